//! (C17) tax on the mean path, by plan year: income splits into a positive part and a loss, losses are carried on, and
//! only a share of a year's income may be taken away by those of earlier years.
//!
//! `operating[y] - written off[y] = pos[y] - loss[y]`, `carried[y] = carried[y-1] + loss[y] - used[y]`,
//! `used[y] <= share * pos[y]`, `used[y] <= carried[y-1]`, `tax[y] = rate * (pos[y] - used[y])`, all in million USD. The
//! value beyond the horizon is one more year (see [`crate::plan::tax`]). Paying tax sooner or on more than the income never
//! pays, so the program's split is the recursion that the judge walks.

use super::{ColumnCash, MILLION, Program};
use crate::lp::{Expression, Origin};
use crate::plan::context::name;
use crate::plan::tax::{deductions, month_paid};

impl Program<'_> {
    /// Every column that earns or costs stands before this is called; what is raised is no income and comes after.
    pub(super) fn add_tax_rows(&mut self) {
        let context = self.context;
        let tax = context.site.company.tax;
        if tax.rate <= 0.0 {
            return;
        }
        let calendar = &context.calendar;
        let years = calendar.years();
        let mut income = vec![Expression::default(); years + 1];
        // Purchases fall in few months.
        let written_off: Vec<Vec<f64>> =
            (0..=calendar.months).map(|month| deductions(calendar, &tax, month)).collect();
        for (column, cash) in self.cash.iter().enumerate() {
            let mut of_column = vec![0.0; years + 1];
            for (month, usd) in &cash.monthly[0] {
                of_column[month / 12] += usd;
            }
            of_column[years] += cash.beyond / calendar.end_discount();
            for (month, usd) in &cash.capex {
                for (sum, share) in of_column.iter_mut().zip(&written_off[(*month).min(calendar.months)]) {
                    *sum -= usd * share;
                }
            }
            for (sum, usd) in income.iter_mut().zip(of_column) {
                sum.add(column, usd / MILLION);
            }
        }
        let mut carried = Expression::constant(tax.opening_loss_usd / MILLION);
        for (year, income) in income.into_iter().enumerate() {
            carried = self.add_tax_year(year, income, &carried);
        }
    }

    /// Adds a year's columns and rows; gives what is carried on from it.
    fn add_tax_year(&mut self, year: usize, income: Expression, before: &Expression) -> Expression {
        let calendar = &self.context.calendar;
        let tax = self.context.site.company.tax;
        let is_end = year == calendar.years();
        let label = if is_end { "end".to_owned() } else { self.year_label(year) };
        let paid = -tax.rate * MILLION;
        let of_income = |share: f64| {
            let usd = paid * share;
            if is_end {
                let value = usd * calendar.end_discount();
                return ColumnCash { npv: vec![value], beyond: value, ..ColumnCash::default() };
            }
            let month = month_paid(year);
            let npv = vec![usd * calendar.discount(month)];
            ColumnCash {
                npv,
                monthly: self.in_both_cases(|| std::iter::once((month, usd))),
                ..ColumnCash::default()
            }
        };
        let (positive, used) = (of_income(1.0), of_income(-1.0));
        let mut add = |what: &str, cash: ColumnCash| {
            self.add_column(name(&["tax", what, &label]), 0.0, f64::INFINITY, cash)
        };
        let positive = add("income", positive);
        let used = add("used", used);
        let loss = add("loss", ColumnCash::default());
        let carried = add("carried", ColumnCash::default());
        if is_end {
            self.handles.tax_beyond = vec![positive, used];
        }
        let origin = || Origin { family: "C17", object: format!("taxable income of {label}"), unit: "$M" };
        let mut split = Expression::of(positive, 1.0);
        split.add(loss, -1.0);
        self.equal(name(&["C17", "income", &label]), split, &income, origin());
        let mut right = before.clone();
        right.add(loss, 1.0);
        right.add(used, -1.0);
        self.equal(name(&["C17", "carried", &label]), Expression::of(carried, 1.0), &right, origin());
        let most = Expression::of(positive, tax.loss_use_share);
        self.at_most(name(&["C17", "share", &label]), Expression::of(used, 1.0), &most, origin());
        self.at_most(name(&["C17", "used", &label]), Expression::of(used, 1.0), before, origin());
        Expression::of(carried, 1.0)
    }
}
