//! The company's cash and debt, month by month, walked from the decisions without the program.

use super::context::Context;
use super::decisions::{Amount, Decisions};
use super::judge::Judged;
use super::tax;
use super::time::Calendar;
use crate::quantity::date;
use crate::site::{Instrument, Loan};

/// A debt by month of the horizon, USD.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// Outstanding after the month's payments.
    pub balance: Vec<f64>,
    /// Received, net of fees.
    pub received: Vec<f64>,
    /// Interest, dividends and principal paid.
    pub service: Vec<f64>,
    /// Present value of fees.
    pub fees_present_value: f64,
}

/// Interest and principal of a loan that stands on the first day: equal principal in the months up to its maturity, or all
/// at the end.
pub fn standing(context: &Context<'_>, loan: &Loan) -> Ledger {
    let months = context.calendar.months;
    let maturity = date::months_between(context.calendar.start, loan.maturity).max(0) as usize;
    let amortising = (loan.amortisation_months.round() as usize).min(maturity);
    let mut balance = loan.balance_usd;
    let mut ledger = Ledger { received: vec![0.0; months], ..Ledger::default() };
    for month in 0..months {
        if month > maturity || balance <= 0.0 {
            ledger.balance.push(0.0);
            ledger.service.push(0.0);
            continue;
        }
        let interest = balance * loan.rate / 12.0;
        let principal = if month == maturity {
            balance
        } else if amortising > 0 && month + amortising >= maturity {
            loan.balance_usd / (amortising + 1) as f64
        } else {
            0.0
        };
        balance -= principal;
        ledger.balance.push(balance);
        ledger.service.push(interest + principal);
    }
    ledger
}

/// What is drawn of an instrument and paid on it: draws and repayments on the first day of their period, the coupon each
/// month on what is outstanding, the principal of a draw on the first day of the period its maturity falls in.
pub fn drawn(context: &Context<'_>, of: usize, decisions: &Decisions) -> Ledger {
    let calendar = &context.calendar;
    let instrument = &context.site.company.instruments[of];
    let months = calendar.months;
    let mut ledger = Ledger { received: vec![0.0; months], service: vec![0.0; months], ..Ledger::default() };
    let mut change = vec![0.0; months];
    let own =
        |list: &[Amount]| -> Vec<Amount> { list.iter().filter(|amount| amount.of == of).copied().collect() };
    let first = |period: usize| calendar.periods[period].first_month;
    let mut repay = |change: &mut Vec<f64>, period: usize, usd: f64| {
        change[first(period)] -= usd;
        ledger.service[first(period)] += usd;
    };
    for Amount { period, usd, .. } in own(&decisions.repays) {
        repay(&mut change, period, usd);
    }
    for Amount { period, usd, .. } in own(&decisions.draws) {
        ledger.received[first(period)] += usd * (1.0 - instrument.fee_share);
        ledger.fees_present_value += usd * instrument.fee_share * calendar.discount(first(period));
        if !instrument.is_repaid() {
            continue;
        }
        change[first(period)] += usd;
        if let Some(due) = due_period(calendar, instrument, period).filter(|_| !instrument.may_repay_early())
        {
            repay(&mut change, due, usd);
        }
    }
    let mut balance = 0.0;
    for (change, service) in change.into_iter().zip(&mut ledger.service) {
        balance += change;
        ledger.balance.push(balance);
        *service += balance * instrument.coupon() / 12.0;
    }
    ledger
}

/// Period on whose first day a draw is due: the one its maturity falls in, so that cash leaves early rather than late, but
/// not the draw's own; `None` beyond the horizon.
pub fn due_period(calendar: &Calendar, instrument: &Instrument, drawn_in: usize) -> Option<usize> {
    let maturity = calendar.periods[drawn_in].first_month + instrument.term_months.round().max(0.0) as usize;
    let due = calendar.period_of.get(maturity).copied()?.max(drawn_in + 1);
    (due < calendar.periods.len()).then_some(due)
}

/// Cash of each month that no decision moves: other business less corporate overhead and the service of standing loans.
pub fn constant_cash(context: &Context<'_>) -> Vec<f64> {
    let company = &context.site.company;
    let mut cash: Vec<f64> = (0..context.calendar.months)
        .map(|month| {
            company.other_cash_usd_per_month
                - company.overhead_usd_per_month * context.calendar.inflation(month)
        })
        .collect();
    for loan in &company.loans {
        for (cash, paid) in cash.iter_mut().zip(standing(context, loan).service) {
            *cash -= paid;
        }
    }
    cash
}

/// Cost of each month that does not rest on what is run or built, USD: corporate overhead, inflated, and interest on loans
/// that stand.
pub fn fixed_cost(context: &Context<'_>) -> Vec<f64> {
    let company = &context.site.company;
    let mut cost: Vec<f64> = (0..context.calendar.months)
        .map(|month| company.overhead_usd_per_month * context.calendar.inflation(month))
        .collect();
    for loan in &company.loans {
        let mut owed = loan.balance_usd;
        for (cost, balance) in cost.iter_mut().zip(standing(context, loan).balance) {
            *cost += owed * loan.rate / 12.0;
            owed = balance;
        }
    }
    cost
}

/// Least cash at the end of each month, USD (C13): dollars and months of the month's fixed cost; `None` where neither is set.
pub fn minimum_cash(context: &Context<'_>) -> Option<Vec<f64>> {
    let limits = &context.site.limits;
    let (usd, months) = (limits.minimum_cash_usd.unwrap_or(0.0), limits.minimum_cash_months.unwrap_or(0.0));
    limits.keeps_cash().then(|| fixed_cost(context).into_iter().map(|cost| usd + months * cost).collect())
}

/// Cash at the end of each month, USD: operations and purchases as judged, what is raised, tax, and what no decision moves.
pub fn cash_by_month(context: &Context<'_>, judged: &Judged) -> Vec<f64> {
    stressed_cash(context, judged, judged)
}

/// The same where operations are those of `stressed`; tax, margin of forwards, draws and repayments are `judged`'s in both cases.
pub fn stressed_cash(context: &Context<'_>, judged: &Judged, stressed: &Judged) -> Vec<f64> {
    let mut flow = constant_cash(context);
    for (month, flow) in flow.iter_mut().enumerate() {
        *flow += stressed.operating[month] - judged.capex.get(month).copied().unwrap_or(0.0);
        *flow += judged.margins.get(month).copied().unwrap_or(0.0);
        *flow += judged.raised.iter().map(|debt| debt.received[month] - debt.service[month]).sum::<f64>();
    }
    for (year, usd) in judged.taxes.by_year.iter().enumerate() {
        flow[tax::month_paid(year)] -= usd;
    }
    let mut cash = context.site.company.opening_cash_usd;
    flow.into_iter()
        .map(|flow| {
            cash += flow;
            cash
        })
        .collect()
}
