//! (C13) cash in the mean and in the stress case, at or above the minimum at every month's end.
//!
//! `cash[c,t] = cash[c,t-1] + ops[c,t] - capex[t] - tax[t] + draws net of fees - repayments - coupons + equity net of fee`
//! plus what no decision moves (overhead, other business, loans that stand), in million USD, with a column a period and
//! case. A period longer than a month may be poorer in between, where purchases fall early: such months get a row of their
//! own, `cash[c,t-1] + flows up to the month >= minimum`, once an answer breaks it, so that every month's end holds and few
//! rows are needed.

use super::{ColumnCash, Freedom, MILLION, Program};
use crate::lp::{Expression, Origin, Sense};
use crate::plan::context::{Context, name, stamp};
use crate::plan::stress::Case;
use crate::plan::treasury;

/// Months may fall short of the minimum by this much, million USD.
const TOLERANCE: f64 = 1e-7;

/// True where a minimum of cash is set. Baselines show what one would do otherwise, whether it can be paid for or not.
pub(super) fn is_kept(context: &Context<'_>, freedom: Freedom) -> bool {
    context.site.limits.keeps_cash() && freedom == Freedom::Everything
}

impl Program<'_> {
    pub(super) fn add_cash_rows(&mut self) {
        if self.stress.is_none() {
            return;
        }
        let context = self.context;
        let constant = treasury::constant_cash(context);
        let minimum = self.minimum();
        for (index, case) in Case::BOTH.into_iter().enumerate() {
            let mut flows = self.flows_by_period(index);
            for (month, usd) in constant.iter().enumerate() {
                flows[context.calendar.period_of[month]].constant += usd / MILLION;
            }
            let mut before = Expression::constant(context.site.company.opening_cash_usd / MILLION);
            for (period, flow) in flows.into_iter().enumerate() {
                let stamp = stamp(&context.calendar, period);
                let label = name(&["cash", case.key(), &stamp]);
                let column = self.add_column(label, f64::NEG_INFINITY, f64::INFINITY, ColumnCash::default());
                self.handles.cash.insert((index, period), column);
                before.add_scaled(&flow, 1.0);
                let row = name(&["C13", case.key(), &stamp]);
                let origin = origin_of(case);
                self.equal(row, Expression::of(column, 1.0), &before, origin);
                let row = name(&["C13", "least", case.key(), &stamp]);
                let span = context.calendar.periods[period];
                let least = Expression::constant(minimum[span.first_month + span.months - 1]);
                let origin = origin_of(case);
                self.model.add_row(row, Expression::of(column, 1.0), Sense::AtLeast, &least, origin);
                before = Expression::of(column, 1.0);
            }
        }
        self.add_end_row();
    }

    /// At the end of each month, million USD.
    fn minimum(&self) -> Vec<f64> {
        let minimum = treasury::minimum_cash(self.context);
        let none = || vec![0.0; self.context.calendar.months];
        minimum.map_or_else(none, |usd| usd.into_iter().map(|usd| usd / MILLION).collect())
    }

    /// What each period brings and takes, million USD.
    fn flows_by_period(&self, case: usize) -> Vec<Expression> {
        let calendar = &self.context.calendar;
        let mut flows = vec![Expression::default(); self.periods()];
        for (column, cash) in self.cash.iter().enumerate() {
            let mut add = |month: usize, usd: f64| {
                if let Some(period) = calendar.period_of.get(month) {
                    flows[*period].add(column, usd / MILLION);
                }
            };
            cash.monthly[case].iter().for_each(|(month, usd)| add(*month, *usd));
            cash.capex.iter().for_each(|(month, usd)| add(*month, -usd));
        }
        flows
    }

    /// Cash at the end of each month at a point, million USD.
    pub(in crate::plan) fn cash_by_month(&self, case: usize, values: &[f64]) -> Vec<f64> {
        let months = self.context.calendar.months;
        let mut flow: Vec<f64> =
            treasury::constant_cash(self.context).iter().map(|usd| usd / MILLION).collect();
        for (cash, value) in self.cash.iter().zip(values).filter(|(_, value)| **value != 0.0) {
            for (month, usd) in &cash.monthly[case] {
                flow[*month] += usd * value / MILLION;
            }
            for (month, usd) in cash.capex.iter().filter(|(month, _)| *month < months) {
                flow[*month] -= usd * value / MILLION;
            }
        }
        let raised = self.handles.raised.map_or(0.0, |column| values[column]);
        let mut cash = self.context.site.company.opening_cash_usd / MILLION + raised;
        flow.into_iter()
            .map(|flow| {
                cash += flow;
                cash
            })
            .collect()
    }

    /// Rows for the months inside a period that fall below the minimum at this point. Returns how many were added.
    pub(super) fn cut_cash(&mut self, values: &[f64]) -> usize {
        if self.stress.is_none() {
            return 0;
        }
        let context = self.context;
        let lowered = self.handles.lowered.map_or(0.0, |column| values[column]);
        let minimum = self.minimum();
        let mut added = 0;
        for index in 0..Case::BOTH.len() {
            for (month, cash) in self.cash_by_month(index, values).into_iter().enumerate() {
                let period = context.calendar.period_of[month];
                let span = context.calendar.periods[period];
                let is_last = month + 1 == span.first_month + span.months;
                let least = minimum[month] - lowered;
                let short = cash < least - TOLERANCE * (1.0 + least.abs());
                if !is_last && short && self.add_month_row(index, month) {
                    added += 1;
                }
            }
        }
        added
    }

    /// Keeps the cash of a month inside a period above the minimum; false where no cash is kept or the row is there.
    pub(super) fn add_month_row(&mut self, index: usize, month: usize) -> bool {
        let context = self.context;
        let is_known = self.cash_months.contains_key(&(index, month));
        let Some(case) = Case::BOTH.get(index).copied() else { return false };
        if is_known || self.stress.is_none() || month >= context.calendar.months {
            return false;
        }
        let period = context.calendar.period_of[month];
        let months = context.calendar.periods[period].first_month..=month;
        let constant = treasury::constant_cash(context);
        let mut cash = match period.checked_sub(1) {
            Some(before) => Expression::of(self.handles.cash[&(index, before)], 1.0),
            None => {
                let mut opening = Expression::constant(context.site.company.opening_cash_usd / MILLION);
                if let Some(raised) = self.handles.raised {
                    opening.add(raised, 1.0);
                }
                opening
            }
        };
        if let Some(lowered) = self.handles.lowered {
            cash.add(lowered, 1.0);
        }
        cash.constant += constant[months.clone()].iter().sum::<f64>() / MILLION;
        for (column, flows) in self.cash.iter().enumerate() {
            let earned = flows.monthly[index].iter().filter(|(of, _)| months.contains(of));
            let paid = flows.capex.iter().filter(|(of, _)| months.contains(of));
            let net: f64 = earned.map(|(_, usd)| usd).sum::<f64>() - paid.map(|(_, usd)| usd).sum::<f64>();
            cash.add(column, net / MILLION);
        }
        let day = context.calendar.date_of(month);
        let of_month = format!("{:04}-{:02}", day.year(), day.month());
        let row = name(&["C13", "month", case.key(), &of_month, &stamp(&context.calendar, period)]);
        let (origin, least) = (origin_of(case), Expression::constant(self.minimum()[month]));
        let row = self.model.add_row(row, cash, Sense::AtLeast, &least, origin);
        self.cash_months.insert((index, month), row);
        true
    }
}

fn origin_of(case: Case) -> Origin {
    let object = match case {
        Case::Mean => "minimum cash".to_owned(),
        Case::Stress => "minimum cash in the stress case".to_owned(),
    };
    Origin { family: "C13", object, unit: "$M" }
}
