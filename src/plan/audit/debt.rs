//! (C12) what is raised, owed and promised to lenders, and the company's cash month by month.

use super::books::Books;
use super::money::{Money, month_name};
use super::times::Times;
use super::{Family, Subject};
use crate::market::bitcoin;
use crate::plan::lease::{Cohort, Lease};
use crate::quantity::{HOURS_PER_MONTH, date};
use crate::site::{Instrument, InstrumentKind, Loan};
use std::collections::BTreeMap;

/// Lenders take every space to be so many months late, cost so much higher and interest to be part of the works for two
/// quarters after the space is ready; on bitcoin they look at this quantile of its price (docs/model.md, C12).
const LATE_MONTHS: u32 = 6;
const DEARER: f64 = 1.1;
const QUARTERS_MONTHS: f64 = 6.0;
const LOW_PRICE: f64 = 0.05;

/// An instrument by month of the horizon, USD.
pub(super) struct Account {
    pub owed: Vec<f64>,
    /// Received net of fees less what is paid.
    pub net: Vec<f64>,
    /// Present value.
    pub fees: f64,
    /// Drawn and not due yet, whatever was paid back early.
    running: Vec<f64>,
}

/// One an instrument, in the order of the site's.
pub(super) fn accounts(subject: &Subject<'_>, times: &Times<'_>) -> Vec<Account> {
    let instruments = &subject.context.site.company.instruments;
    instruments.iter().enumerate().map(|(of, terms)| account(subject, times, of, terms)).collect()
}

/// First month of the period that the maturity of a draw falls in, after the draw's own.
fn due(times: &Times<'_>, terms: &Instrument, period: usize) -> Option<usize> {
    let maturity = times.first(period) + terms.term_months.round().max(0.0) as usize;
    let due = times.holding(maturity)?.max(period + 1);
    (due < times.count()).then(|| times.first(due))
}

fn account(subject: &Subject<'_>, times: &Times<'_>, of: usize, terms: &Instrument) -> Account {
    let months = times.months;
    let (mut moved, mut net, mut running) = (vec![0.0; months], vec![0.0; months], vec![0.0; months]);
    let mut fees = 0.0;
    for draw in subject.decisions.draws.iter().filter(|draw| draw.of == of && draw.period < times.count()) {
        let first = times.first(draw.period);
        fees += draw.usd * terms.fee_share * times.discount(first);
        net[first] += draw.usd * (1.0 - terms.fee_share);
        if !terms.is_repaid() {
            continue;
        }
        moved[first] += draw.usd;
        let due = due(times, terms, draw.period);
        running[first..due.unwrap_or(months)].iter_mut().for_each(|usd| *usd += draw.usd);
        if let Some(due) = due.filter(|_| !terms.may_repay_early()) {
            moved[due] -= draw.usd;
            net[due] -= draw.usd;
        }
    }
    for back in subject.decisions.repays.iter().filter(|back| back.of == of && back.period < times.count()) {
        moved[times.first(back.period)] -= back.usd;
        net[times.first(back.period)] -= back.usd;
    }
    let mut owed = 0.0;
    let owed: Vec<f64> = moved
        .into_iter()
        .map(|change| {
            owed += change;
            owed
        })
        .collect();
    for (net, owed) in net.iter_mut().zip(&owed) {
        *net -= owed * terms.coupon() / 12.0;
    }
    Account { owed, net, fees, running }
}

/// Interest and principal of a loan that stands: equal parts in the months up to its maturity, or all at the end.
fn service(times: &Times<'_>, loan: &Loan) -> Vec<f64> {
    let maturity = date::months_between(times.date(0), loan.maturity).max(0) as usize;
    let parts = (loan.amortisation_months.round() as usize).min(maturity);
    let first = if parts > 0 { maturity - parts } else { maturity };
    let mut owed = loan.balance_usd;
    (0..times.months)
        .map(|month| {
            let due = if month < first || month > maturity || owed <= 0.0 {
                0.0
            } else if month == maturity {
                owed
            } else {
                loan.balance_usd / (parts + 1) as f64
            };
            let interest = if month <= maturity { owed * loan.rate / 12.0 } else { 0.0 };
            owed -= due;
            due + interest
        })
        .collect()
}

/// Cash at the end of each month: opening cash, operations, other business less overhead, purchases, tax, debt.
pub(super) fn cash(
    subject: &Subject<'_>,
    times: &Times<'_>,
    operating: &[f64],
    bought: &[f64],
    tax_by_year: &[f64],
    accounts: &[Account],
) -> Vec<f64> {
    let company = &subject.context.site.company;
    let services: Vec<Vec<f64>> = company.loans.iter().map(|loan| service(times, loan)).collect();
    let mut cash = company.opening_cash_usd;
    (0..times.months)
        .map(|month| {
            cash += operating[month] + company.other_cash_usd_per_month
                - company.overhead_usd_per_month * times.level(month)
                - bought.get(month).copied().unwrap_or(0.0);
            cash -= services.iter().map(|paid| paid[month]).sum::<f64>();
            cash += accounts.iter().map(|account| account.net[month]).sum::<f64>();
            if month % 12 == 11 {
                cash -= tax_by_year.get(month / 12).copied().unwrap_or(0.0);
            }
            cash
        })
        .collect()
}

/// (C12) limits, windows, balances and promises of everything that is drawn on.
pub(super) fn promises(subject: &Subject<'_>, times: &Times<'_>, books: &Books, money: &Money) -> Family {
    let mut family = Family::new("C12", "draws, balances and promises to lenders", "USD");
    let context = subject.context;
    let decisions = subject.decisions;
    let instruments = &context.site.company.instruments;
    for (of, terms) in instruments.iter().enumerate() {
        let label = terms.label();
        let account = &money.ledgers[of];
        let mut by_year: BTreeMap<i16, f64> = BTreeMap::new();
        let mut raised = vec![0.0; times.count()];
        for draw in decisions.draws.iter().filter(|draw| draw.of == of) {
            let is_open = times.begins_within(draw.period, terms.available_from, terms.available_to);
            if !is_open || draw.period >= times.count() {
                family.forbidden(draw.usd, || format!("draw on {label} in {}", times.label(draw.period)));
                continue;
            }
            raised[draw.period] += draw.usd;
            *by_year.entry(times.date(times.first(draw.period)).year()).or_default() += draw.usd;
        }
        if !terms.revolves() {
            family.at_most(raised.iter().sum(), terms.limit_usd, || format!("limit of {label}"));
        }
        if let InstrumentKind::EquityAtMarket { usd_per_year } = terms.kind {
            for (year, usd) in by_year {
                family.at_most(usd, usd_per_year, || format!("{label} in {year}"));
            }
        }
        for (month, owed) in account.owed.iter().enumerate() {
            let of = |what: &str| format!("{what} of {label}, {}", month_name(times, month));
            family.at_least(*owed, 0.0, || of("balance"));
            family.at_most(*owed, account.running[month], || of("term"));
            if terms.revolves() {
                family.at_most(*owed, terms.limit_usd, || of("limit"));
            }
        }
        let told = subject.plan.finance.debt.iter().find(|told| told.instrument == terms.id);
        let is_told = told.is_some() || raised.iter().sum::<f64>() <= 1.0;
        if !is_told {
            family.forbidden(raised.iter().sum(), || format!("{label}: nothing is told of it"));
        }
        if let Some(told) = told {
            let ends = (0..times.count()).map(|period| account.owed[times.span(period).end - 1]);
            family.same_series(&told.raised_usd, &raised, times, &format!("raised of {label}"));
            // The plan tells whole dollars.
            let ends: Vec<f64> = ends.map(|usd| if usd.abs() < 1.0 { 0.0 } else { usd }).collect();
            family.same_series(&told.balance_usd, &ends, times, &format!("balance of {label}"));
        }
    }
    if decisions.draws.is_empty() {
        return family;
    }
    hold_works(subject, times, money, &mut family);
    hold_pledges(subject, times, books, money, &mut family);
    hold_end(subject, times, money, &mut family);
    family
}

/// Loan to cost, and interest covered by contracted hosting.
fn hold_works(subject: &Subject<'_>, times: &Times<'_>, money: &Money, family: &mut Family) {
    let context = subject.context;
    let instruments = &context.site.company.instruments;
    let grace = context.candidates.iter().map(|of| context.lead_months(of)).fold(0.0, f64::max)
        + f64::from(LATE_MONTHS)
        + QUARTERS_MONTHS;
    let covered = as_lenders_see(subject, times);
    let mut cost = 0.0;
    for (period, covered) in covered.into_iter().enumerate() {
        let span = times.span(period);
        cost += span.clone().filter_map(|month| money.bought.works.get(month)).sum::<f64>();
        let (mut lent, mut interest) = (0.0, 0.0);
        for (of, terms) in instruments.iter().enumerate() {
            let Some((share, coverage)) = terms.project_covenants() else { continue };
            let owed = money.ledgers[of].owed[span.start];
            if share > 0.0 {
                lent += owed / share;
            }
            let young = subject.decisions.draws.iter().filter(|draw| {
                draw.of == of
                    && draw.period <= period
                    && times.first(draw.period) as f64 + grace > span.start as f64
            });
            let young: f64 = young.map(|draw| draw.usd).sum();
            interest += coverage * terms.coupon() / 12.0 * span.len() as f64 * (owed - young);
        }
        family.at_most(lent, cost.max(0.0), || format!("loan to cost, {}", times.label(period)));
        family.at_most(interest, covered, || format!("debt service coverage, {}", times.label(period)));
    }
}

/// Hosting cash by period as lenders count it; see docs/model.md (C12).
fn as_lenders_see(subject: &Subject<'_>, times: &Times<'_>) -> Vec<f64> {
    let context = subject.context;
    let scale = subject.made_on.0.mean_power_scale();
    let mut cash = vec![0.0; times.count()];
    for start in &subject.decisions.starts {
        let Some(candidate) = context.candidates.get(start.of) else { continue };
        if context.offer(candidate).is_bitcoin_hosting() {
            continue;
        }
        let mut offer = context.offer(candidate).clone();
        offer.prepayment = None;
        offer.delivery.damages_days_per_day = 0.0;
        let lease = Lease::new(context, &offer, candidate.pair.sla_credit_share);
        let cohort = Cohort { start: times.first(start.period), delay: LATE_MONTHS, default_month: None };
        let deck = &context.feeds[candidate.feed].deck;
        let months = lease.end(cohort).min(times.months);
        for (month, scale) in scale.iter().enumerate().take(months).skip(cohort.start) {
            let price = deck.mean_price(times.calendar_month(month), *scale);
            let bill = HOURS_PER_MONTH * price * candidate.pair.gross.typical;
            let earned = lease.month(cohort, month, 1.0, bill, DEARER * times.level(month)).net();
            if let Some(period) = times.holding(month) {
                cash[period] += start.mw * earned.max(0.0);
            }
        }
    }
    cash
}

/// Loan to value of machines and of bitcoin.
fn hold_pledges(subject: &Subject<'_>, times: &Times<'_>, books: &Books, money: &Money, family: &mut Family) {
    let site = subject.context.site;
    for period in 0..times.count() {
        let span = times.span(period);
        let (mut on_machines, mut on_coins) = (0.0, 0.0);
        for (terms, account) in site.company.instruments.iter().zip(&money.ledgers) {
            let owed = account.owed[span.start];
            match terms.kind {
                InstrumentKind::AsicBackedLoan { loan_to_value } if loan_to_value > 0.0 => {
                    on_machines += owed / loan_to_value;
                }
                InstrumentKind::BitcoinBackedLine { initial_ltv, .. } if initial_ltv > 0.0 => {
                    on_coins += owed / initial_ltv;
                }
                _ => {}
            }
        }
        let mut machines = 0.0;
        for (fleet, owned) in site.fleets.iter().zip(&books.owned) {
            let worth = |month: usize| {
                let j_per_th = fleet.running_j_per_th(fleet.mean_age_years(times.date(month)));
                bitcoin::resale_usd_per_mw(fleet, money.stress.world.hashprice[0][month], j_per_th)
            };
            machines += owned[period] * span.clone().map(worth).fold(f64::INFINITY, f64::min);
        }
        if on_machines > 0.0 {
            family.at_most(on_machines, machines, || {
                format!("loan to value of machines, {}", times.label(period))
            });
        }
        if on_coins > 0.0 {
            let price = |month| subject.made_on.0.quantile_btc_price(month, LOW_PRICE);
            let coins = site.company.bitcoin_held * span.map(price).fold(f64::INFINITY, f64::min);
            family.at_most(on_coins, coins, || format!("loan to value of bitcoin, {}", times.label(period)));
        }
    }
}

/// What is owed at the horizon is covered by cash and by what lenders give on the value beyond it.
fn hold_end(subject: &Subject<'_>, times: &Times<'_>, money: &Money, family: &mut Family) {
    let instruments = &subject.context.site.company.instruments;
    let stays = |of: &Instrument| matches!(of.kind, InstrumentKind::Preferred { .. });
    let owed = instruments.iter().zip(&money.ledgers).filter(|(terms, _)| !stays(terms));
    let owed: f64 = owed.filter_map(|(_, account)| account.owed.last()).sum();
    let least = instruments.iter().filter_map(Instrument::project_covenants).map(|(share, _)| share);
    let lent = least.fold(f64::INFINITY, f64::min);
    let lent = if lent.is_finite() { lent } else { 0.0 };
    let value = money.walk.beyond_above_zero / times.end_discount() - money.tax.at_the_end;
    let cash = money.cash[0].last().copied().unwrap_or(0.0);
    if owed > 1.0 {
        family.at_most(owed, cash + lent * value, || "what is owed at the horizon".to_owned());
    }
}
