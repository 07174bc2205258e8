//! A finished plan, walked month by month along any sampled world.
//!
//! It knows nothing of the program's columns: prices, contracts and machines are worked out again from the decisions
//! alone. On the world the plan was made on, its mean present value must equal the program's objective; on a larger
//! world it judges the plan.

use super::context::{Context, MiningTable, Weather, tenant_path};
use super::decisions::{Decision, Decisions};
use super::hedge;
use super::lease::{Cohort, Lease, LeaseMonth};
use super::prices;
use super::program::{at_month, power_bill};
use super::tax::{self, Taxes};
use super::time::Calendar;
use super::treasury::{self, Ledger};
use crate::market::hosting::gpu_system;
use crate::market::{OfferPath, World, bitcoin};
use crate::quantity::HOURS_PER_MONTH;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A plan on a world.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Present value by path, after the fees of what is raised and the tax on the mean, USD.
    pub npv: Vec<f64>,
    /// Mean present value beyond the horizon, USD.
    pub beyond: f64,
    /// Billed revenue by path and period, USD.
    pub mining: Vec<Vec<f64>>,
    pub hosting: Vec<Vec<f64>>,
    /// Demand-response income by path and period, USD.
    pub other: Vec<Vec<f64>>,
    /// Rent due by period while no tenant defaults and nothing is late, USD.
    pub contracted: Vec<f64>,
    /// Mean operating cash by month of the horizon, USD: everything but capex.
    pub operating: Vec<f64>,
    /// Capex by month, USD; may run past the horizon.
    pub capex: Vec<f64>,
    /// What is raised, by instrument in the order of the site's.
    pub raised: Vec<Ledger>,
    /// Margin of forwards paid (below zero) and given back by month, USD: neither income nor part of the NPV.
    pub margins: Vec<f64>,
    /// On the mean of these paths.
    pub taxes: Taxes,
}

/// One path's share.
struct PathCash {
    npv: f64,
    beyond: f64,
    mining: Vec<f64>,
    hosting: Vec<f64>,
    other: Vec<f64>,
    operating: Vec<f64>,
}

/// Walks a plan along every path of a world. Tax is worked out on the mean of the paths and taken off each of them.
pub fn judge(context: &Context<'_>, world: &World, mining: &MiningTable, decisions: &Decisions) -> Judged {
    let calendar = &context.calendar;
    let (certain_npv, certain_beyond, operating, capex) = certain_cash(context, decisions);
    let scales = world.mean_power_scale();
    let leases: Vec<Lease<'_>> = context
        .candidates
        .iter()
        .map(|candidate| Lease::new(context, context.offer(candidate), candidate.pair.sla_credit_share))
        .collect();
    let bills = power_bills(context, &scales);
    let cohorts: Vec<StartedLease<'_>> = decisions
        .starts
        .par_iter()
        .map(|start| StartedLease::new(context, world, *start, &leases[start.of], &bills[start.of]))
        .collect();
    let paths: Vec<PathCash> = (0..world.paths)
        .into_par_iter()
        .map(|path| path_cash(context, world, mining, decisions, &cohorts, path))
        .collect();

    let mut judged = Judged {
        contracted: contracted(context, decisions, &leases),
        operating,
        capex,
        beyond: certain_beyond,
        ..Judged::default()
    };
    let weight = 1.0 / world.paths as f64;
    for path in paths {
        judged.npv.push(path.npv + certain_npv);
        judged.beyond += path.beyond * weight;
        for (sum, value) in judged.operating.iter_mut().zip(&path.operating) {
            *sum += value * weight;
        }
        judged.mining.push(path.mining);
        judged.hosting.push(path.hosting);
        judged.other.push(path.other);
    }
    debug_assert_eq!(judged.operating.len(), calendar.months);
    judged.raised = (0..context.site.company.instruments.len())
        .map(|instrument| treasury::drawn(context, instrument, decisions))
        .collect();
    judged.margins = hedge::margin_by_month(context, decisions);
    let tax = &context.site.company.tax;
    judged.taxes = tax::taxes(calendar, tax, &judged.operating, &judged.capex, judged.beyond);
    judged.beyond -= judged.taxes.beyond_present_value(calendar);
    let fees: f64 = judged.raised.iter().map(|debt| debt.fees_present_value).sum();
    let certain = judged.taxes.present_value(calendar) + fees;
    judged.npv.iter_mut().for_each(|npv| *npv -= certain);
    judged
}

/// Power bill of a MW of load by candidate and month, as far as any term runs.
fn power_bills(context: &Context<'_>, scales: &[f64]) -> Vec<Vec<f64>> {
    let calendar = &context.calendar;
    context
        .candidates
        .iter()
        .map(|candidate| {
            let deck = &context.feeds[candidate.feed].deck;
            let last = calendar.months + context.offer(candidate).term_months.round() as usize + 120;
            (0..last)
                .map(|month| {
                    let scale = at_month(scales, month);
                    power_bill(deck, calendar.calendar_month(month), scale, candidate.pair.gross.typical)
                })
                .collect()
        })
        .collect()
}

/// Megawatts of one candidate that start in one period.
struct StartedLease<'a> {
    mw: f64,
    first_month: usize,
    lease: &'a Lease<'a>,
    bills: &'a [f64],
    /// Rental index by path that an indexed rent follows.
    gpu_index: &'a [Vec<f64>],
    tenant: Option<&'a OfferPath>,
    /// Cash by what happens to the cohort. Few things happen on thousands of paths, and a rent that follows no index
    /// is then the same on each of them. Empty where it follows one.
    known: BTreeMap<Fate, CohortCash>,
}

/// (delay, month of default) of a cohort.
type Fate = (u32, Option<u32>);

/// Cash of one MW of a cohort.
#[derive(Clone, Debug, Default)]
struct CohortCash {
    npv: f64,
    /// Part of `npv` past the horizon.
    beyond: f64,
    /// From the cohort's start to the horizon.
    months: Vec<LeaseMonth>,
}

impl<'a> StartedLease<'a> {
    fn new(
        context: &Context<'_>,
        world: &'a World,
        start: Decision,
        lease: &'a Lease<'a>,
        bills: &'a [f64],
    ) -> Self {
        let mut started = Self {
            mw: start.mw,
            first_month: context.calendar.periods[start.period].first_month,
            lease,
            bills,
            gpu_index: lease.gpu_index(world),
            tenant: tenant_path(world, context.offer(&context.candidates[start.of])),
            known: BTreeMap::new(),
        };
        if !lease.is_indexed() {
            let mut known = BTreeMap::new();
            for path in 0..world.paths {
                let fate = started.fate(path);
                known.entry(fate).or_insert_with(|| started.cash(&context.calendar, fate, &[]));
            }
            started.known = known;
        }
        started
    }

    fn fate(&self, path: usize) -> Fate {
        self.tenant.map_or((0, None), |tenant| (tenant.delay_months[path], tenant.default_month[path]))
    }

    fn cash(&self, calendar: &Calendar, (delay, default_month): Fate, gpu_index: &[f64]) -> CohortCash {
        let cohort = Cohort { start: self.first_month, delay, default_month };
        let ends = self.lease.end(cohort).min(self.bills.len());
        let is_lost = self.lease.is_lost_by(cohort, calendar.months);
        let sees = if is_lost { ends.min(calendar.months) } else { ends };
        let mut cash = CohortCash::default();
        for (month, bill) in self.bills.iter().enumerate().take(sees).skip(cohort.start) {
            let index = at_month(gpu_index, month);
            let paid = self.lease.month(cohort, month, index, *bill, calendar.inflation(month));
            let value = paid.net() * calendar.discount(month);
            cash.npv += value;
            if month < calendar.months {
                cash.months.push(paid);
            } else {
                cash.beyond += value;
            }
        }
        cash
    }

    /// Cash of one MW on a path.
    fn on_path(&self, calendar: &Calendar, path: usize) -> Cow<'_, CohortCash> {
        let fate = self.fate(path);
        match self.known.get(&fate) {
            Some(cash) => Cow::Borrowed(cash),
            None => Cow::Owned(self.cash(calendar, fate, &self.gpu_index[path])),
        }
    }
}

fn path_cash(
    context: &Context<'_>,
    world: &World,
    mining: &MiningTable,
    decisions: &Decisions,
    cohorts: &[StartedLease<'_>],
    path: usize,
) -> PathCash {
    let calendar = &context.calendar;
    let periods = calendar.periods.len();
    let mut cash = PathCash {
        npv: 0.0,
        beyond: 0.0,
        mining: vec![0.0; periods],
        hosting: vec![0.0; periods],
        other: vec![0.0; periods],
        operating: vec![0.0; calendar.months],
    };
    for (weather, running) in Weather::BOTH.into_iter().zip(&decisions.running) {
        for decision in running {
            let span = calendar.periods[decision.period];
            let mw = decision.mw * weather.share();
            for month in span.first_month..span.first_month + span.months {
                let cell = mining.at(decision.of, path, month);
                cash.npv += mw * cell.margin_usd_per_mw * calendar.discount(month);
                cash.operating[month] += mw * cell.margin_usd_per_mw;
                cash.mining[decision.period] += mw * cell.revenue_usd_per_mw;
                cash.other[decision.period] += mw * cell.other_usd_per_mw;
            }
        }
    }
    for feed in context.feeds.iter().filter(|feed| feed.deck.has_settlement()) {
        for month in 0..calendar.months {
            let scale = at_month(&world.power_scale[path], month);
            let usd = feed.deck.settlement_usd(calendar.date_of(month), scale);
            cash.npv += usd * calendar.discount(month);
            cash.operating[month] += usd;
        }
    }
    for sale in &decisions.hedges {
        for (month, usd) in sale.settled(context, |month| world.hashprice[path][month]) {
            cash.npv += usd * calendar.discount(month);
            cash.operating[month] += usd;
            cash.mining[sale.period] += usd;
        }
    }
    for started in cohorts {
        let paid = started.on_path(calendar, path);
        cash.npv += started.mw * paid.npv;
        cash.beyond += started.mw * paid.beyond;
        for (month, paid) in (started.first_month..).zip(&paid.months) {
            cash.operating[month] += started.mw * paid.net();
            cash.hosting[calendar.period_of[month]] += started.mw * paid.revenue;
        }
    }
    let resale = |fleet: usize, month: usize| {
        let fleet = &context.site.fleets[fleet];
        let month = month.min(calendar.months - 1);
        let j_per_th = context.running_j_per_th(fleet, month);
        bitcoin::resale_usd_per_mw(fleet, world.hashprice[path][month], j_per_th)
    };
    for decision in &decisions.retired {
        let month = calendar.periods[decision.period].first_month;
        let usd = decision.mw * resale(decision.of, month);
        cash.npv += usd * calendar.discount(month);
        cash.operating[month] += usd;
    }
    for decision in &decisions.left {
        let value = decision.mw * resale(decision.of, calendar.months) * calendar.end_discount();
        cash.npv += value;
        cash.beyond += value;
    }
    cash
}

/// Cash that is the same on every path: (present value, its part beyond the horizon, operating by month, capex by
/// month).
fn certain_cash(context: &Context<'_>, decisions: &Decisions) -> (f64, f64, Vec<f64>, Vec<f64>) {
    let calendar = &context.calendar;
    let site = context.site;
    let company = &site.company;
    let mut operating = vec![0.0; calendar.months];
    let mut capex = vec![0.0; calendar.months];
    let mut npv = 0.0;
    let mut beyond = 0.0;
    let mut pay = |schedule: prices::Schedule, amount: f64| {
        for (month, usd) in schedule {
            if month >= capex.len() {
                capex.resize(month + 1, 0.0);
            }
            capex[month] += usd * amount;
        }
    };
    for decision in &decisions.orders {
        pay(decisions.payments_of_part(context, decision), 1.0);
    }
    for decision in &decisions.fits {
        pay(decisions.payments_of_fit(context, decision), 1.0);
    }
    for decision in &decisions.gpus {
        if let Some(system) = gpu_system(site, &site.offers[decision.of]) {
            let schedule = prices::gpus(calendar, company, decision.period, system);
            let paid: f64 = schedule.iter().map(|(_, usd)| usd).sum();
            let age = (calendar.months - calendar.periods[decision.period].first_month) as f64;
            let resale =
                paid * prices::gpu_residual_share(system, age) * calendar.end_discount() * decision.mw;
            npv += resale;
            beyond += resale;
            pay(schedule, decision.mw);
        }
    }
    for decision in &decisions.buys {
        if let Some(schedule) = prices::miners(calendar, company, decision.period, &site.fleets[decision.of])
        {
            pay(schedule, decision.mw);
        }
    }
    for decision in &decisions.starts {
        let funded = context.offer(&context.candidates[decision.of]).tenant_funded_usd_per_mw;
        pay(vec![(calendar.periods[decision.period].first_month, -funded)], decision.mw);
    }
    let mut spend = |month: usize, usd: f64| {
        if month < operating.len() {
            operating[month] += usd;
        }
        npv += usd * calendar.discount(month);
    };
    spend(0, decisions.land_usd);
    for decision in &decisions.removals {
        if let crate::site::State::Existing(Some(removal)) = &context.component(decision.of).state {
            let month = calendar.periods[decision.period].first_month;
            // The cost of taking a part out is paid like a purchase; what it sells for comes when it is out.
            pay(vec![(month, removal.cost_usd)], decision.mw);
            spend(month + removal.months.round() as usize, removal.salvage_usd * decision.mw);
        }
    }
    let months_of = |decision: &Decision| {
        let span = calendar.periods[decision.period];
        span.first_month..span.first_month + span.months
    };
    for decision in &decisions.mined {
        for month in months_of(decision) {
            spend(month, -decision.mw * company.mining_site_usd_per_mw_month * calendar.inflation(month));
        }
    }
    for decision in &decisions.installs {
        let month = calendar.periods[decision.period].first_month;
        let usd = context.fleet(&context.classes[decision.of]).install_usd_per_mw * calendar.inflation(month);
        spend(month, -decision.mw * usd);
    }
    for decision in &decisions.billed {
        let Some(feed) = context.grid_feed(decision.of) else { continue };
        for month in months_of(decision) {
            spend(month, -decision.mw * 1000.0 * feed.tariff.demand_usd_per_kw_month);
        }
    }
    for decision in &decisions.peaks {
        let Some(feed) = context.grid_feed(decision.of) else { continue };
        for september in months_of(decision).filter(|month| calendar.calendar_month(*month) == 9) {
            for month in september + 4..september + 16 {
                spend(month, -decision.mw * 1000.0 * feed.tariff.four_cp_usd_per_kw_year / 12.0);
            }
        }
    }
    for decision in &decisions.shortfalls {
        let deck = &context.feeds[decision.of].deck;
        for month in months_of(decision) {
            let price = deck.minimum_take_price(calendar.calendar_month(month));
            spend(month, -decision.mw * HOURS_PER_MONTH * price);
        }
    }
    npv -= capex.iter().enumerate().map(|(month, usd)| usd * calendar.discount(month)).sum::<f64>();
    (npv, beyond, operating, capex)
}

fn contracted(context: &Context<'_>, decisions: &Decisions, leases: &[Lease<'_>]) -> Vec<f64> {
    let calendar = &context.calendar;
    let mut due = vec![0.0; calendar.periods.len()];
    for decision in &decisions.starts {
        let lease = &leases[decision.of];
        let offer = context.offer(&context.candidates[decision.of]);
        let start = calendar.periods[decision.period].first_month;
        let cohort = Cohort { start, delay: 0, default_month: None };
        for month in start..lease.end(cohort).min(calendar.months) {
            due[calendar.period_of[month]] +=
                decision.mw * lease.rent(cohort, month, 1.0) * offer.take_or_pay_share;
        }
    }
    due
}
