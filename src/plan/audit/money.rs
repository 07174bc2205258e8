//! (C11) budgets, (C13) cash, (C14) worst years, (C15) contracted revenue, (C17) tax, and what the plan says it is worth.

use super::books::Books;
use super::debt;
use super::forwards;
use super::times::Times;
use super::walk::{Purchases, Walk};
use super::{Family, Subject};
use crate::plan::lease::{Cohort, Lease};
use crate::plan::result::AuditLine;
use crate::plan::stress::Stress;
use crate::quantity::statistics;
use crate::site::Tax;
use std::collections::BTreeMap;

/// Taken off a drawn dollar in the objective (docs/model.md, Objective).
const UNNEEDED: f64 = 1e-7;

/// What the families look at, reckoned once.
pub(super) struct Money {
    pub bought: Purchases,
    /// On the paths the plan was made on.
    pub walk: Walk,
    pub tax: TaxWalk,
    /// At the end of each month: on the mean of those paths, and in the stress case.
    pub cash: [Vec<f64>; 2],
    pub ledgers: Vec<debt::Account>,
    pub stress: Stress,
}

pub(super) fn lines(subject: &Subject<'_>, times: &Times<'_>, books: &Books) -> Vec<AuditLine> {
    let Subject { context, decisions, made_on, judged_on, .. } = *subject;
    let bought = Purchases::new(subject, times, decisions);
    let walk = Walk::new(subject, times, decisions, made_on);
    let tax = TaxWalk::new(&context.site.company.tax, times, &walk, &bought);
    let ledgers = debt::accounts(subject, times);
    let stress = Stress::new(context, made_on.0);
    let stressed = Walk::new(subject, times, decisions, (&stress.world, &stress.mining));
    let margin = forwards::margin_held(subject, times, &forwards::contracts(subject, times, decisions));
    let cash = [&walk, &stressed].map(|case| {
        let mut cash = debt::cash(subject, times, &case.operating, &bought.all, &tax.by_year, &ledgers);
        cash.iter_mut().zip(&margin).for_each(|(cash, held)| *cash -= held);
        cash
    });
    let money = Money { bought, walk, tax, cash, ledgers, stress };

    let judged = Walk::new(subject, times, decisions, judged_on);
    let judged_tax = TaxWalk::new(&context.site.company.tax, times, &judged, &money.bought);
    let keep = Walk::new(subject, times, subject.keep_mining, made_on);
    let floors = Floors::new(subject, times, &keep);
    let families = [
        budgets(subject, times, &money),
        debt::promises(subject, times, books, &money),
        cash_kept(subject, times, &money),
        worst_years(subject, times, &money, &floors),
        contracted(subject, times, &floors),
        tax_told(subject, times, &money),
        income(subject, times, &judged),
        worth(subject, times, &money, (&judged, &judged_tax)),
    ];
    families.into_iter().map(Family::line).collect()
}

/// (C11) payments by calendar year, and as the plan tells them.
fn budgets(subject: &Subject<'_>, times: &Times<'_>, money: &Money) -> Family {
    let mut family = Family::new("C11", "payments within the budgets", "USD");
    let mut by_year: BTreeMap<i16, f64> = BTreeMap::new();
    for (month, usd) in money.bought.all.iter().enumerate() {
        *by_year.entry(times.date(month).year()).or_default() += usd;
    }
    let limits = &subject.context.site.limits;
    for budget in &limits.capex_by_year_usd {
        let paid = by_year.get(&budget.year).copied().unwrap_or(0.0);
        family.at_most(paid, budget.usd.max(0.0), || format!("{} budget", budget.year));
    }
    let total = money.bought.all.iter().sum();
    if let Some(most) = limits.capex_total_usd {
        family.at_most(total, most.max(0.0), || "total budget".to_owned());
    }
    let told = &subject.plan.capex;
    family.same(told.total_usd, total, || "capex in all".to_owned());
    let told: BTreeMap<i16, f64> = told.by_year.iter().copied().collect();
    for year in told.keys().chain(by_year.keys()) {
        let of = |years: &BTreeMap<i16, f64>| years.get(year).copied().unwrap_or(0.0);
        family.same(of(&told), of(&by_year), || format!("capex of {year}"));
    }
    family
}

/// (C13) cash at every month's end, in both cases.
fn cash_kept(subject: &Subject<'_>, times: &Times<'_>, money: &Money) -> Family {
    let mut family = Family::new("C13", "cash at every month's end", "USD");
    let told = &subject.plan.finance;
    let told = [&told.cash_by_month_usd, &told.stress_by_month_usd];
    for ((told, cash), case) in told.into_iter().zip(&money.cash).zip(["", " in the stress case"]) {
        if told.len() != cash.len() {
            family.forbidden(f64::INFINITY, || format!("cash{case}: the number of months"));
        }
        for (month, usd) in cash.iter().enumerate() {
            let of = |what: &str| format!("{what}{case}, {}", month_name(times, month));
            if let Some(told) = told.get(month) {
                family.same(*told, *usd, || of("cash"));
            }
            if let Some(least) = subject.context.site.limits.minimum_cash_usd {
                family.at_least(*usd, least, || of("minimum cash"));
            }
        }
    }
    family
}

pub(super) fn month_name(times: &Times<'_>, month: usize) -> String {
    crate::quantity::date::month_label(times.date(month))
}

/// What each year must bring at its worst: (plan year, USD of the floor, keep-mining's expected revenue).
struct Floors(Vec<(usize, f64, f64)>);

impl Floors {
    fn new(subject: &Subject<'_>, times: &Times<'_>, keep: &Walk) -> Self {
        let context = subject.context;
        let limits = &context.site.limits;
        // From the first full year after the shortest way to a hosted megawatt.
        let leads = context.candidates.iter().map(|candidate| {
            let fit_out = context.hall_of(candidate.hall).and_then(|hall| hall.fit_out.as_ref());
            let parts = candidate.pair.requires.iter().filter_map(|id| context.site.component(id)?.planned());
            let parts = parts.map(|planned| planned.lead_months);
            parts.fold(fit_out.map_or(0.0, |fit| fit.lead_months), f64::max)
        });
        let shortest = leads.fold(f64::INFINITY, f64::min);
        let own = if shortest.is_finite() { (shortest / 12.0).ceil() as usize } else { 1 };
        let first = limits.floor_from_year.map_or(own, |year| year as usize);
        let share = limits.worst_year_floor_share.unwrap_or(0.0);
        let usd = limits.worst_year_floor_usd.unwrap_or(0.0);
        let years = first..times.months / 12;
        Self(
            years
                .map(|year| {
                    let by_path: Vec<f64> = keep.revenue.iter().map(|path| path[year]).collect();
                    let reference = statistics::mean(&by_path);
                    (year, (share * reference).max(usd).max(0.0), reference)
                })
                .collect(),
        )
    }
}

/// (C14) the mean of the worst tail of each year's billed revenue.
fn worst_years(subject: &Subject<'_>, times: &Times<'_>, money: &Money, floors: &Floors) -> Family {
    let mut family = Family::new("C14", "worst-year revenue above its floor", "USD");
    let level = subject.context.site.plan.tail_level;
    for (year, floor, _) in floors.0.iter().filter(|(_, floor, _)| *floor > 0.0) {
        let mut revenue: Vec<f64> = money.walk.revenue.iter().map(|path| path[*year]).collect();
        let worst = tail_mean(&mut revenue, level);
        family.at_least(worst, *floor, || format!("revenue floor of {}", times.date(year * 12).year()));
    }
    family
}

/// Mean of the worst `1 - level` as the most of `c - mean(max(0, c - x)) / (1 - level)` over c (Rockafellar and Uryasev 2000),
/// which is found at one of the values.
fn tail_mean(values: &mut [f64], level: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let mass = (1.0 - level) * values.len() as f64;
    let (mut below, mut most) = (0.0, f64::NEG_INFINITY);
    for (count, value) in values.iter().enumerate() {
        let short = count as f64 * value - below;
        most = most.max(value - short / mass);
        below += value;
    }
    if most.is_finite() { most } else { 0.0 }
}

/// (C15) rent due while nobody stops and nothing is late.
fn contracted(subject: &Subject<'_>, times: &Times<'_>, floors: &Floors) -> Family {
    let context = subject.context;
    let mut family = Family::new("C15", "contracted revenue", "USD");
    let mut due = vec![0.0; times.count()];
    let mut by_year = vec![0.0; times.months / 12];
    for start in &subject.decisions.starts {
        let Some(candidate) = context.candidates.get(start.of) else { continue };
        let offer = context.offer(candidate);
        let lease = Lease::new(context, offer, candidate.pair.sla_credit_share);
        let cohort = Cohort { start: times.first(start.period), delay: 0, default_month: None };
        for month in cohort.start..lease.end(cohort).min(times.months) {
            let usd = start.mw * lease.rent(cohort, month, 1.0) * offer.take_or_pay_share;
            by_year[month / 12] += usd;
            if let Some(period) = times.holding(month) {
                due[period] += usd;
            }
        }
    }
    family.same_series(&subject.plan.revenue.contracted_usd, &due, times, "contracted revenue");
    if let Some(share) = context.site.limits.contracted_share.filter(|share| *share > 0.0) {
        for (year, _, reference) in &floors.0 {
            let of = || format!("contracted revenue of {}", times.date(year * 12).year());
            family.at_least(by_year[*year], share * reference, of);
        }
    }
    family
}

/// Tax on the mean of a walk, month by month.
pub(super) struct TaxWalk {
    /// Paid in each plan year's last month; on the horizon's last day.
    pub by_year: Vec<f64>,
    pub at_the_end: f64,
}

impl TaxWalk {
    fn new(tax: &Tax, times: &Times<'_>, walk: &Walk, bought: &Purchases) -> Self {
        let years = times.months / 12;
        if tax.rate <= 0.0 {
            return Self { by_year: vec![0.0; years], at_the_end: 0.0 };
        }
        let mut income: Vec<f64> =
            walk.operating.chunks(12).map(|months| months.iter().sum::<f64>()).collect();
        let mut left = 0.0;
        let life = (tax.depreciation_years * 12.0).max(1.0);
        for (month, usd) in bought.all.iter().enumerate() {
            let mut to_write_off = *usd;
            if month < times.months {
                income[month / 12] -= tax.bonus_share * usd;
                to_write_off -= tax.bonus_share * usd;
                let monthly = to_write_off / life;
                for (age, later) in (month..times.months).enumerate() {
                    let share = (life - age as f64).clamp(0.0, 1.0);
                    income[later / 12] -= monthly * share;
                    to_write_off -= monthly * share;
                }
            }
            left += to_write_off;
        }
        income.push(walk.beyond / times.end_discount() - left);
        let mut losses = tax.opening_loss_usd;
        let mut paid: Vec<f64> = income
            .into_iter()
            .map(|income| {
                let relief = losses.min(tax.loss_use_share * income.max(0.0));
                losses += (-income).max(0.0) - relief;
                tax.rate * (income.max(0.0) - relief)
            })
            .collect();
        let at_the_end = paid.pop().unwrap_or(0.0);
        Self { by_year: paid, at_the_end }
    }

    fn present_value(&self, times: &Times<'_>) -> f64 {
        let years = self.by_year.iter().enumerate();
        years.map(|(year, usd)| usd * times.discount(year * 12 + 11)).sum::<f64>()
            + self.at_the_end * times.end_discount()
    }
}

/// (C17) tax of each year as the plan tells it.
fn tax_told(subject: &Subject<'_>, times: &Times<'_>, money: &Money) -> Family {
    let mut family = Family::new("C17", "tax year by year", "USD");
    let mut by_period = vec![0.0; times.count()];
    for (year, usd) in money.tax.by_year.iter().enumerate() {
        if let Some(period) = times.holding(year * 12 + 11) {
            by_period[period] += usd;
        }
    }
    family.same_series(&subject.plan.finance.tax_usd, &by_period, times, "tax");
    family
}

/// Revenue on the paths that judge, as the plan tells it.
fn income(subject: &Subject<'_>, times: &Times<'_>, judged: &Walk) -> Family {
    let mut family = Family::new("revenue", "mean revenue by use", "USD");
    let told = &subject.plan.revenue;
    family.same_series(&told.mining.mean, &judged.mining, times, "mining revenue");
    family.same_series(&told.hosting.mean, &judged.hosting, times, "hosting revenue");
    family.same_series(&told.other.mean, &judged.other, times, "demand response and availability");
    family
}

/// What the plan is worth on the paths it was made on and on those that judge it.
fn worth(
    subject: &Subject<'_>,
    times: &Times<'_>,
    money: &Money,
    (judged, judged_tax): (&Walk, &TaxWalk),
) -> Family {
    let mut family = Family::new("NPV", "net present value", "USD");
    let spent: f64 = money.bought.all.iter().enumerate().map(|(m, usd)| usd * times.discount(m)).sum();
    let fees: f64 = money.ledgers.iter().map(|account| account.fees).sum();
    let net = |walk: &Walk, tax: &TaxWalk| -> Vec<f64> {
        let certain = spent + fees + tax.present_value(times);
        walk.npv.iter().map(|npv| npv - certain).collect()
    };
    let settings = &subject.context.site.plan;
    let mut made = net(&money.walk, &money.tax);
    let drawn: f64 = subject.decisions.draws.iter().map(|draw| draw.usd).sum();
    let weight = settings.risk_weight.max(0.0);
    let expected = statistics::mean(&made);
    let objective =
        (1.0 - weight) * (expected - UNNEEDED * drawn) + weight * tail_mean(&mut made, settings.tail_level);
    family.same(subject.plan.objective_usd, objective, || "objective".to_owned());
    let mut judged = net(judged, judged_tax);
    let told = &subject.plan.npv;
    family.same(told.expected_usd, statistics::mean(&judged), || "expected NPV".to_owned());
    family.same(told.cvar95_usd, tail_mean(&mut judged, 0.95), || "NPV of the worst 5 %".to_owned());
    family.same(told.p5_usd, statistics::quantile_of_sorted(&judged, 0.05), || {
        "NPV exceeded in 19 of 20".to_owned()
    });
    // Two reckonings of a plan that is worth little are held to what it moves.
    family.scale = family.scale.max(spent.abs());
    family
}
