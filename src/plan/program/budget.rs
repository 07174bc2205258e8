//! (C11) gross cash for things in the calendar year it is paid, within the budgets.

use super::{MILLION, Program};
use crate::lp::{Expression, Origin};
use crate::plan::context::name;

impl Program<'_> {
    pub(super) fn add_budget_rows(&mut self) {
        let limits = &self.context.site.limits;
        for budget in &limits.capex_by_year_usd {
            let calendar = &self.context.calendar;
            let spent = self.spent(|month| calendar.date_of(month).year() == budget.year);
            let row = name(&["C11", &budget.year.to_string()]);
            self.add_budget(row, spent, budget.usd, format!("{} budget", budget.year));
        }
        if let Some(total) = limits.capex_total_usd {
            let spent = self.spent(|_| true);
            self.add_budget("C11.total".to_owned(), spent, total, "total budget".to_owned());
        }
    }

    fn spent(&self, counts: impl Fn(usize) -> bool) -> Expression {
        let mut sum = Expression::default();
        for (column, cash) in self.cash.iter().enumerate() {
            let usd: f64 = cash.capex.iter().filter(|(month, _)| counts(*month)).map(|(_, usd)| usd).sum();
            sum.add(column, usd / MILLION);
        }
        sum
    }

    fn add_budget(&mut self, row: String, spent: Expression, usd: f64, object: String) {
        if spent.is_zero() {
            return;
        }
        let origin = Origin { family: "C11", object, unit: "$M" };
        self.at_most(row, spent, &Expression::constant(usd / MILLION), origin);
    }
}
