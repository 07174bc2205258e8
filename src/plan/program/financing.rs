//! (C12) instruments: what may be drawn, when it is paid back, and what it rests on. In million USD.
//!
//! - `sum draws <= limit` (the bitcoin line, which revolves: `balance <= limit`), draws on the first day of periods within the
//!   window; shares also within their yearly amount.
//! - `balance[t] = balance[t-1] + draw[t] - repay[t]` and `<= draws that are not due yet` for loans that may be paid back
//!   early; notes and preferred shares stay until they are due, so their draws carry all their cash.
//! - Works: `sum_i balance_i / loan_to_cost_i <= cost of works to date`, gross of what tenants fund, which lenders count as
//!   equity, and
//!   `sum_i dscr_i * interest_i <= contracted hosting cash`, on what is older than the grace of interest during
//!   construction.
//! - Machines: `sum_i balance_i / ltv_i <= resale value in the stress case`.
//! - Bitcoin: `sum_i balance_i / ltv_i <= bitcoin held * P5 of its price`. What is pledged to one is not pledged to another.
//! - What is owed at the horizon is covered by cash and the loan-to-cost share of the value beyond it.
//!
//! Draws, coupons and repayments have no weight in the objective: money at its fair yield is worth nothing, and cheap debt
//! must not decide what to build. Fees do.

use super::{ColumnCash, MILLION, Program};
use crate::lp::{Column, Expression, Origin};
use crate::market::{World, bitcoin};
use crate::plan::context::{name, stamp};
use crate::plan::finance::can_be_drawn;
use crate::plan::lease::{Cohort, Lease};
use crate::plan::program::power_bill;
use crate::plan::treasury::due_period;
use crate::site::{Instrument, InstrumentKind};
use std::collections::BTreeMap;

/// Taken off a drawn million in the objective, so that what need not be drawn is not; a dollar in ten million.
const UNNEEDED: f64 = 1e-7;

/// Months by which lenders take every space to be late when they look at coverage.
const LATE_MONTHS: u32 = 6;

/// Operating cost as lenders see it, over what is planned.
const LENDERS_COST: f64 = 1.1;

/// Lenders on bitcoin look at the price that nineteen in twenty paths stay above.
const LENDERS_QUANTILE: f64 = 0.05;

/// Two quarters after the space is ready come before coverage is tested.
const QUARTERS_BEFORE_TEST: f64 = 6.0;

/// A promise to lenders in a period: `owed <= cover`, million USD.
#[derive(Clone, Debug)]
pub struct Covenant {
    pub name: &'static str,
    /// Indices of the instruments that share the cover.
    pub instruments: Vec<usize>,
    pub period: usize,
    pub owed: Expression,
    pub cover: Expression,
}

impl<'a> Program<'a> {
    pub(super) fn add_financing(&mut self, world: &World) {
        if self.stress.is_none() {
            return;
        }
        for index in 0..self.context.site.company.instruments.len() {
            self.add_instrument(index);
        }
        if self.handles.draw.is_empty() {
            return;
        }
        self.add_works_rows(world);
        self.add_pledge_rows(world);
    }

    fn instrument(&self, index: usize) -> &'a Instrument {
        &self.context.site.company.instruments[index]
    }

    fn limit_origin(&self, index: usize, what: &str) -> Origin {
        let instrument = self.instrument(index);
        loan_origin(&format!("{what} of {}", instrument.label()))
    }

    fn add_instrument(&mut self, index: usize) {
        let context = self.context;
        let calendar = &context.calendar;
        let instrument = &context.site.company.instruments[index];
        let limit = instrument.limit_usd / MILLION;
        let (from, to) = (instrument.available_from, instrument.available_to);
        let window: Vec<usize> =
            (0..self.periods()).filter(|period| calendar.starts_within(*period, from, to)).collect();
        let Some(first) = window.first().copied().filter(|_| can_be_drawn(calendar, instrument)) else {
            return;
        };
        for period in window {
            self.add_draw(index, period, limit);
        }
        if instrument.may_repay_early() {
            self.add_line(index, first, limit);
        }
        if !instrument.revolves() {
            let row = name(&["C12", "limit", &instrument.id]);
            let drawn = self.draws_of(index, |_| true);
            let origin = self.limit_origin(index, "limit");
            self.at_most(row, drawn, &Expression::constant(limit), origin);
        }
        if let InstrumentKind::EquityAtMarket { usd_per_year } = instrument.kind {
            self.add_yearly_rows(index, usd_per_year / MILLION);
        }
    }

    /// A draw with its fee and, where it stays until it is due, its coupons and its repayment.
    fn add_draw(&mut self, index: usize, period: usize, limit: f64) {
        let calendar = &self.context.calendar;
        let instrument = self.instrument(index);
        let first = calendar.periods[period].first_month;
        let mut flows = vec![(first, (1.0 - instrument.fee_share) * MILLION)];
        if instrument.is_repaid() && !instrument.may_repay_early() {
            let due = due_period(calendar, instrument, period).map(|due| calendar.periods[due].first_month);
            let coupon = -instrument.coupon() / 12.0 * MILLION;
            flows.extend((first..due.unwrap_or(calendar.months)).map(|month| (month, coupon)));
            flows.extend(due.map(|month| (month, -MILLION)));
        }
        let npv = vec![-instrument.fee_share * MILLION * calendar.discount(first)];
        let label = name(&["draw", &instrument.id, &self.stamp(period)]);
        let monthly = self.in_both_cases(|| flows.into_iter());
        let column = self.add_column(label, 0.0, limit, ColumnCash { npv, monthly, ..ColumnCash::default() });
        self.model.columns[column].cost = -UNNEEDED;
        self.handles.draw.insert((index, period), column);
    }

    /// Balance and early repayment of a loan, from the first period it may be drawn in.
    fn add_line(&mut self, index: usize, first: usize, limit: f64) {
        let context = self.context;
        let calendar = &context.calendar;
        let instrument = self.instrument(index);
        let (id, coupon) = (&context.site.company.instruments[index].id, instrument.coupon() / 12.0);
        for period in first..self.periods() {
            let stamp = self.stamp(period);
            let span = calendar.periods[period];
            let held = span.first_month..span.first_month + span.months;
            let monthly = self.in_both_cases(|| held.map(|month| (month, -coupon * MILLION)));
            let cash = ColumnCash { monthly, ..ColumnCash::default() };
            let balance = self.add_column(name(&["balance", id, &stamp]), 0.0, f64::INFINITY, cash);
            self.handles.balance.insert((index, period), balance);
            let mut right = Expression::default();
            if period > first {
                right.add(self.handles.balance[&(index, period - 1)], 1.0);
                let monthly = self.in_both_cases(|| std::iter::once((span.first_month, -MILLION)));
                let cash = ColumnCash { monthly, ..ColumnCash::default() };
                let repay = self.add_column(name(&["repay", id, &stamp]), 0.0, f64::INFINITY, cash);
                self.handles.repay.insert((index, period), repay);
                right.add(repay, -1.0);
            }
            if let Some(draw) = self.handles.draw.get(&(index, period)) {
                right.add(*draw, 1.0);
            }
            let origin = self.limit_origin(index, "balance");
            self.equal(name(&["C12", "balance", id, &stamp]), Expression::of(balance, 1.0), &right, origin);
            if instrument.revolves() {
                let origin = self.limit_origin(index, "limit");
                let row = name(&["C12", "limit", id, &stamp]);
                self.at_most(row, Expression::of(balance, 1.0), &Expression::constant(limit), origin);
            }
            let running = self.draws_not_due(index, period);
            let origin = self.limit_origin(index, "term");
            self.at_most(name(&["C12", "due", id, &stamp]), Expression::of(balance, 1.0), &running, origin);
        }
    }

    fn add_yearly_rows(&mut self, index: usize, most: f64) {
        let context = self.context;
        let id = &context.site.company.instruments[index].id;
        let year_of = |period: usize| context.calendar.periods[period].start.year();
        let years: std::collections::BTreeSet<i16> = self
            .handles
            .draw
            .keys()
            .filter(|(of, _)| *of == index)
            .map(|(_, period)| year_of(*period))
            .collect();
        for year in years {
            // A longer period stands for each of the years it holds.
            let drawn = self.draws_of(index, |period| year_of(period) == year);
            let origin = self.limit_origin(index, &format!("amount in {year}"));
            let row = name(&["C12", "year", id, &year.to_string()]);
            self.at_most(row, drawn, &Expression::constant(most), origin);
        }
    }

    fn draws_of(&self, index: usize, counts: impl Fn(usize) -> bool) -> Expression {
        let mut sum = Expression::default();
        for ((_, period), column) in self.handles.draw.range((index, 0)..=(index, usize::MAX)) {
            if counts(*period) {
                sum.add(*column, 1.0);
            }
        }
        sum
    }

    fn draws_not_due(&self, index: usize, period: usize) -> Expression {
        let instrument = self.instrument(index);
        self.draws_of(index, |drawn| {
            drawn <= period
                && due_period(&self.context.calendar, instrument, drawn).is_none_or(|due| due > period)
        })
    }

    /// What is owed on an instrument in a period.
    fn outstanding(&self, index: usize, period: usize) -> Expression {
        let instrument = self.instrument(index);
        if instrument.may_repay_early() {
            let balance = self.handles.balance.get(&(index, period));
            balance.map_or_else(Expression::default, |column| Expression::of(*column, 1.0))
        } else if instrument.is_repaid() {
            self.draws_not_due(index, period)
        } else {
            Expression::default()
        }
    }

    fn drawn_on(&self, wanted: impl Fn(&Instrument) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> = self.handles.draw.keys().map(|(index, _)| *index).collect();
        found.dedup();
        found.retain(|index| wanted(self.instrument(*index)));
        found
    }

    /// Adds a promise to lenders and keeps it to be read. A period in which nothing can be owed has none.
    fn promise(&mut self, covenant: Covenant, key: &str, object: &str) {
        if covenant.owed.terms.is_empty() {
            return;
        }
        let row = name(&["C12", key, &stamp(&self.context.calendar, covenant.period)]);
        let origin = loan_origin(object);
        self.at_most(row, covenant.owed.clone(), &covenant.cover, origin);
        self.covenants.push(covenant);
    }

    /// Loan to cost and coverage of what finances works.
    fn add_works_rows(&mut self, world: &World) {
        let financing = self.drawn_on(|instrument| instrument.project_covenants().is_some());
        if financing.is_empty() {
            return;
        }
        let cost = self.add_cost_columns();
        for (period, column) in cost.into_iter().enumerate() {
            let mut owed = Expression::default();
            for index in &financing {
                let Some((share, _)) = self.instrument(*index).project_covenants() else { continue };
                owed.add_scaled(&self.outstanding(*index, period), 1.0 / share);
            }
            let cover = Expression::of(column, 1.0);
            let covenant =
                Covenant { name: "loan to cost", instruments: financing.clone(), period, owed, cover };
            self.promise(covenant, "cost", "cost of the works that may be lent on");
        }
        let tested = self.drawn_on(|instrument| {
            instrument.coupon() > 0.0 && instrument.project_covenants().is_some_and(|(_, dscr)| dscr > 0.0)
        });
        if tested.is_empty() {
            return;
        }
        let hosting = self.contracted_cash(world);
        let grace = self.longest_lead() + f64::from(LATE_MONTHS) + QUARTERS_BEFORE_TEST;
        for (period, cover) in hosting.into_iter().enumerate() {
            let span = self.context.calendar.periods[period];
            let mut owed = Expression::default();
            for index in &tested {
                let Some((_, dscr)) = self.instrument(*index).project_covenants() else { continue };
                let months = span.months as f64 * self.instrument(*index).coupon() / 12.0 * dscr;
                let is_recent = |drawn: usize| {
                    let since = self.context.calendar.periods[drawn].first_month as f64;
                    drawn <= period && since + grace > span.first_month as f64
                };
                let mut old = self.outstanding(*index, period);
                old.add_scaled(&self.draws_of(*index, is_recent), -1.0);
                owed.add_scaled(&old, months);
            }
            let instruments = tested.clone();
            let covenant = Covenant { name: "debt service coverage", instruments, period, owed, cover };
            self.promise(covenant, "coverage", "contracted hosting that covers interest");
        }
    }

    /// Cost to date of parts, fit-outs and GPUs at the end of each period.
    fn add_cost_columns(&mut self) -> Vec<Column> {
        let context = self.context;
        let handles = &self.handles;
        let whole = &handles.whole;
        let works: Vec<Column> =
            [&handles.build, &handles.fit, &handles.gpu, &whole.blocks, &whole.first, &whole.first_fit]
                .into_iter()
                .flat_map(|columns| columns.values().copied())
                .collect();
        let mut paid = vec![Expression::default(); self.periods()];
        for column in works {
            for (month, usd) in &self.cash[column].capex {
                if let Some(period) = context.calendar.period_of.get(*month) {
                    paid[*period].add(column, usd / MILLION);
                }
            }
        }
        let mut cost: Vec<Column> = Vec::new();
        for (period, mut right) in paid.into_iter().enumerate() {
            let stamp = self.stamp(period);
            let label = name(&["cost", &stamp]);
            let column = self.add_column(label, f64::NEG_INFINITY, f64::INFINITY, ColumnCash::default());
            if let Some(before) = cost.last() {
                right.add(*before, 1.0);
            }
            let origin = loan_origin("cost of the works to date");
            self.equal(name(&["C12", "paid", &stamp]), Expression::of(column, 1.0), &right, origin);
            cost.push(column);
        }
        cost
    }

    /// Hosting cash as lenders count it: contracted rent only, late, at a higher cost, nobody in default; a month that loses
    /// money covers nothing.
    fn contracted_cash(&self, world: &World) -> Vec<Expression> {
        let context = self.context;
        let calendar = &context.calendar;
        let scale = world.mean_power_scale();
        let mut cash = vec![Expression::default(); self.periods()];
        for (index, candidate) in context.candidates.iter().enumerate() {
            let starts = self.handles.start.range((index, 0)..=(index, usize::MAX));
            if context.offer(candidate).is_bitcoin_hosting() {
                continue;
            }
            // A prepayment is debt to the tenant and services no other; damages for lateness are paid once.
            let mut offer = context.offer(candidate).clone();
            offer.prepayment = None;
            offer.delivery.damages_days_per_day = 0.0;
            let lease = Lease::new(context, &offer, candidate.pair.sla_credit_share);
            let deck = &context.feeds[candidate.feed].deck;
            for ((_, period), column) in starts {
                let start = calendar.periods[*period].first_month;
                let cohort = Cohort { start, delay: LATE_MONTHS, default_month: None };
                for month in start..lease.end(cohort).min(calendar.months) {
                    let power = power_bill(
                        deck,
                        calendar.calendar_month(month),
                        scale[month],
                        candidate.pair.gross.typical,
                    );
                    let cost = calendar.inflation(month) * LENDERS_COST;
                    let paid = lease.month(cohort, month, 1.0, power, cost);
                    cash[calendar.period_of[month]].add(*column, paid.net().max(0.0) / MILLION);
                }
            }
        }
        cash
    }

    /// Longest way to a hosted megawatt, months: as long as this interest is part of the works' cost.
    fn longest_lead(&self) -> f64 {
        let context = self.context;
        let leads = context.candidates.iter().map(|candidate| context.lead_months(candidate));
        leads.fold(0.0, f64::max)
    }

    /// Loan to value of machines and of bitcoin.
    fn add_pledge_rows(&mut self, world: &World) {
        let context = self.context;
        let machines = self.pledged(|kind| match kind {
            InstrumentKind::AsicBackedLoan { loan_to_value } => Some(*loan_to_value),
            _ => None,
        });
        let coins = self.pledged(|kind| match kind {
            InstrumentKind::BitcoinBackedLine { initial_ltv, .. } => Some(*initial_ltv),
            _ => None,
        });
        for period in 0..self.periods() {
            let span = context.calendar.periods[period];
            let months = span.first_month..span.first_month + span.months;
            if !machines.is_empty() {
                let owed = self.owed_over(&machines, period);
                let mut cover = Expression::default();
                for (fleet, data) in context.site.fleets.iter().enumerate() {
                    let Some(stress) = &self.stress else { continue };
                    let value = |month: usize| {
                        let j_per_th = context.running_j_per_th(data, month);
                        bitcoin::resale_usd_per_mw(data, stress.world.hashprice[0][month], j_per_th)
                    };
                    let least = months.clone().map(value).fold(f64::INFINITY, f64::min);
                    cover.add(self.handles.fleet[&(fleet, period)], least / MILLION);
                }
                let instruments = machines.keys().copied().collect();
                let covenant =
                    Covenant { name: "loan to value of machines", instruments, period, owed, cover };
                self.promise(covenant, "machines", "value of the machines that may be lent on");
            }
            if !coins.is_empty() {
                let owed = self.owed_over(&coins, period);
                let price = |month| world.quantile_btc_price(month, LENDERS_QUANTILE);
                let least = months.map(price).fold(f64::INFINITY, f64::min);
                let cover = Expression::constant(context.site.company.bitcoin_held * least / MILLION);
                let instruments = coins.keys().copied().collect();
                let covenant =
                    Covenant { name: "loan to value of bitcoin", instruments, period, owed, cover };
                self.promise(covenant, "bitcoin", "bitcoin that may be pledged");
            }
        }
    }

    /// Instruments that can be drawn on, with the share of the pledge they lend.
    fn pledged(&self, share: impl Fn(&InstrumentKind) -> Option<f64>) -> BTreeMap<usize, f64> {
        let drawn = self.drawn_on(|instrument| share(&instrument.kind).is_some());
        drawn.into_iter().filter_map(|index| Some((index, share(&self.instrument(index).kind)?))).collect()
    }

    fn owed_over(&self, shares: &BTreeMap<usize, f64>, period: usize) -> Expression {
        let mut owed = Expression::default();
        for (index, share) in shares {
            owed.add_scaled(&self.outstanding(*index, period), 1.0 / share);
        }
        owed
    }

    /// What is still owed at the horizon is no more than cash and what lenders would give on the value beyond it.
    pub(super) fn add_end_row(&mut self) {
        let Some(last) = self.periods().checked_sub(1) else { return };
        let mut owed = Expression::default();
        // Preferred shares without a maturity in the plan stay with their holders.
        for index in self.drawn_on(|of| !matches!(of.kind, InstrumentKind::Preferred { .. })) {
            owed.add_scaled(&self.outstanding(index, last), 1.0);
        }
        let Some(cash) = self.handles.cash.get(&(0, last)).filter(|_| !owed.terms.is_empty()) else { return };
        let instruments = &self.context.site.company.instruments;
        let lent = instruments.iter().filter_map(Instrument::project_covenants).map(|(share, _)| share);
        let lent =
            lent.fold(None, |least: Option<f64>, share| Some(least.map_or(share, |least| least.min(share))));
        let mut cover = Expression::of(*cash, 1.0);
        let factor = lent.unwrap_or(0.0) / self.context.calendar.end_discount() / MILLION;
        for (column, data) in self.cash.iter().enumerate() {
            let is_tax = self.handles.tax_beyond.contains(&column);
            cover.add(column, factor * if is_tax { data.beyond } else { data.beyond.max(0.0) });
        }
        let origin = loan_origin("what is owed at the horizon");
        self.at_most(name(&["C12", "end"]), owed, &cover, origin);
    }
}

fn loan_origin(what: &str) -> Origin {
    Origin { family: "C12", object: what.to_owned(), unit: "$M" }
}
