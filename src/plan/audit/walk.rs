//! The money of the decisions, walked path by path: what months bring, what they are worth, and what is billed.

use super::Subject;
use super::forwards;
use super::times::Times;
use crate::market::hosting::gpu_system;
use crate::market::{World, bitcoin};
use crate::plan::context::{MiningTable, Weather, tenant_path};
use crate::plan::decisions::{Decision, Decisions};
use crate::plan::lease::{Cohort, Lease};
use crate::plan::prices;
use crate::plan::program::part_blocks;
use crate::quantity::HOURS_PER_MONTH;
use crate::site::{AsicFleet, Payment, Site, State};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What the decisions bring on the paths of a world, USD.
#[derive(Default)]
pub(super) struct Walk {
    /// By path, before fees and tax.
    pub npv: Vec<f64>,
    /// Mean present value from beyond the horizon, and that of what is worth something there, decision by decision.
    pub beyond: f64,
    pub beyond_above_zero: f64,
    /// Billed revenue by path and plan year.
    pub revenue: Vec<Vec<f64>>,
    /// Mean by period: of coins, of tenants, of demand response.
    pub mining: Vec<f64>,
    pub hosting: Vec<f64>,
    pub other: Vec<f64>,
    /// Mean by month of the horizon: everything but purchases, fees and tax.
    pub operating: Vec<f64>,
}

/// One path's.
struct Path {
    npv: f64,
    beyond: f64,
    revenue: Vec<f64>,
    mining: Vec<f64>,
    other: Vec<f64>,
    operating: Vec<f64>,
}

impl Walk {
    pub fn new(
        subject: &Subject<'_>,
        times: &Times<'_>,
        decisions: &Decisions,
        (world, mining): (&World, &MiningTable),
    ) -> Self {
        let context = subject.context;
        let years = times.months.div_ceil(12);
        let running = running_by_month(decisions, times, context.classes.len());
        let leases: Vec<Lease<'_>> = context
            .candidates
            .iter()
            .map(|of| Lease::new(context, context.offer(of), of.pair.sla_credit_share))
            .collect();
        let scales = world.mean_power_scale();
        let starts: Vec<Start> = decisions
            .starts
            .iter()
            .filter_map(|start| {
                Some(Start::new(subject, times, world, &scales, leases.get(start.of)?, start))
            })
            .collect();
        let sales = sales(subject, times, decisions);
        let contracts = forwards::contracts(subject, times, decisions);
        let path = |index: usize| -> Path {
            let mut path = Path {
                npv: 0.0,
                beyond: 0.0,
                revenue: vec![0.0; years],
                mining: vec![0.0; times.count()],
                other: vec![0.0; times.count()],
                operating: vec![0.0; times.months],
            };
            for (class, running) in running.iter().enumerate() {
                for (month, mw, period) in running {
                    let cell = mining.at(class, index, *month);
                    path.operating[*month] += mw * cell.margin_usd_per_mw;
                    path.mining[*period] += mw * cell.revenue_usd_per_mw;
                    path.other[*period] += mw * cell.other_usd_per_mw;
                    path.revenue[month / 12] += mw * cell.revenue_usd_per_mw;
                }
            }
            for feed in context.feeds.iter().filter(|feed| feed.deck.has_settlement()) {
                for month in 0..times.months {
                    let scale = world.power_scale[index][month];
                    path.operating[month] += feed.deck.settlement_usd(times.date(month), scale);
                }
            }
            for contract in &contracts {
                let usd = contract.pays(world.hashprice[index][contract.month]);
                path.operating[contract.month] += usd;
                path.mining[contract.period] += usd;
                path.revenue[contract.month / 12] += usd;
            }
            for sale in &sales {
                let usd = sale.mw
                    * bitcoin::resale_usd_per_mw(
                        sale.fleet,
                        world.hashprice[index][sale.month],
                        sale.j_per_th,
                    );
                match sale.is_at_the_end {
                    true => path.beyond += usd * times.end_discount(),
                    false => path.operating[sale.month] += usd,
                }
            }
            path.npv = path.beyond + present(times, &path.operating);
            for start in &starts {
                let lived = &start.lives[start.of_path[index]];
                path.npv += start.mw * lived.npv;
                add_scaled(&mut path.revenue, &lived.by_year, start.mw);
            }
            path
        };
        let paths: Vec<Path> = (0..world.paths).into_par_iter().map(path).collect();
        let certain = certain(subject, times, decisions);
        let mut walk = Self::of_paths(paths, times, certain, world.paths);
        for start in &starts {
            start.add_mean(&mut walk, times);
        }
        walk
    }

    fn of_paths(paths: Vec<Path>, times: &Times<'_>, certain: Certain, count: usize) -> Self {
        let Certain { operating, beyond, late } = certain;
        let fixed = present(times, &operating) + beyond + late;
        let mut walk = Self {
            mining: vec![0.0; times.count()],
            hosting: vec![0.0; times.count()],
            other: vec![0.0; times.count()],
            beyond,
            beyond_above_zero: beyond,
            operating,
            ..Self::default()
        };
        let weight = 1.0 / count as f64;
        for path in paths {
            walk.npv.push(path.npv + fixed);
            walk.beyond += path.beyond * weight;
            walk.beyond_above_zero += path.beyond * weight;
            add_scaled(&mut walk.operating, &path.operating, weight);
            add_scaled(&mut walk.mining, &path.mining, weight);
            add_scaled(&mut walk.other, &path.other, weight);
            walk.revenue.push(path.revenue);
        }
        walk
    }
}

fn add_scaled(sum: &mut [f64], series: &[f64], factor: f64) {
    for (sum, value) in sum.iter_mut().zip(series) {
        *sum += value * factor;
    }
}

fn present(times: &Times<'_>, by_month: &[f64]) -> f64 {
    by_month.iter().enumerate().map(|(month, usd)| usd * times.discount(month)).sum()
}

/// By class: (month, MW over both weather states, period) where anything runs.
fn running_by_month(
    decisions: &Decisions,
    times: &Times<'_>,
    classes: usize,
) -> Vec<Vec<(usize, f64, usize)>> {
    let mut mw = vec![vec![0.0; times.count()]; classes];
    for (weather, running) in Weather::BOTH.into_iter().zip(&decisions.running) {
        for decision in running {
            mw[decision.of][decision.period] += decision.mw * weather.share();
        }
    }
    let months = |of: Vec<f64>| {
        let periods = of.into_iter().enumerate().filter(|(_, mw)| *mw != 0.0);
        periods.flat_map(|(period, mw)| times.span(period).map(move |month| (month, mw, period))).collect()
    };
    mw.into_iter().map(months).collect()
}

/// Machines sold in a month, or standing at the horizon, at the J/TH they run at then.
struct Sale<'a> {
    fleet: &'a AsicFleet,
    mw: f64,
    month: usize,
    j_per_th: f64,
    is_at_the_end: bool,
}

fn sales<'a>(subject: &Subject<'a>, times: &Times<'_>, decisions: &Decisions) -> Vec<Sale<'a>> {
    let site = subject.context.site;
    let sale = |of: &Decision, month: usize, is_at_the_end: bool| {
        let fleet = &site.fleets[of.of];
        let j_per_th = fleet.running_j_per_th(fleet.mean_age_years(times.date(month)));
        Sale { fleet, mw: of.mw, month, j_per_th, is_at_the_end }
    };
    let retired = decisions.retired.iter().map(|of| sale(of, times.first(of.period), false));
    retired.chain(decisions.left.iter().map(|of| sale(of, times.months - 1, true))).collect()
}

/// Megawatts whose rent starts together.
struct Start {
    mw: f64,
    begins: usize,
    /// What may happen to a MW, and which of it does on each path.
    lives: Vec<Lived>,
    of_path: Vec<usize>,
}

/// What a MW of a cohort does when something certain happens to its tenant.
struct Lived {
    npv: f64,
    beyond: f64,
    /// From the start to the term or the horizon: net cash and billed revenue.
    months: Vec<(f64, f64)>,
    by_year: Vec<f64>,
}

impl Start {
    fn new(
        subject: &Subject<'_>,
        times: &Times<'_>,
        world: &World,
        scales: &[f64],
        lease: &Lease<'_>,
        start: &Decision,
    ) -> Self {
        let context = subject.context;
        let candidate = &context.candidates[start.of];
        let deck = &context.feeds[candidate.feed].deck;
        let begins = times.first(start.period);
        let index = lease.gpu_index(world);
        let live = |(delay, default_month): Fate, path: usize| {
            let cohort = Cohort { start: begins, delay, default_month };
            let by_year = vec![0.0; times.months.div_ceil(12)];
            let mut lived = Lived { npv: 0.0, beyond: 0.0, months: Vec::new(), by_year };
            let stays = !lease.is_lost_by(cohort, times.months);
            let ends = if stays { lease.end(cohort) } else { lease.end(cohort).min(times.months) };
            for month in begins..ends {
                // Series that end with the horizon keep their last value.
                let at = month.min(times.months - 1);
                let price = deck.mean_price(times.calendar_month(month), scales[at]);
                let bill = HOURS_PER_MONTH * price * candidate.pair.gross.typical;
                let cash = lease.month(cohort, month, index[path][at], bill, times.level(month));
                let worth = cash.net() * times.discount(month);
                lived.npv += worth;
                if month < times.months {
                    lived.months.push((cash.net(), cash.revenue));
                    lived.by_year[month / 12] += cash.revenue;
                } else {
                    lived.beyond += worth;
                }
            }
            lived
        };
        let tenant = tenant_path(world, context.offer(candidate));
        let fate = |path: usize| -> Fate {
            tenant.map_or((0, None), |tenant| (tenant.delay_months[path], tenant.default_month[path]))
        };
        if lease.is_indexed() {
            let lives = (0..world.paths).into_par_iter().map(|path| live(fate(path), path)).collect();
            return Self { mw: start.mw, begins, lives, of_path: (0..world.paths).collect() };
        }
        // A rent that follows no index is the same on every path on which the same happens.
        let (mut known, mut lives) = (BTreeMap::new(), Vec::new());
        let of_path = (0..world.paths)
            .map(|path| {
                *known.entry(fate(path)).or_insert_with(|| {
                    lives.push(live(fate(path), path));
                    lives.len() - 1
                })
            })
            .collect();
        Self { mw: start.mw, begins, lives, of_path }
    }

    /// Adds what its months and periods bring on the mean of the paths.
    fn add_mean(&self, walk: &mut Walk, times: &Times<'_>) {
        let mut often = vec![0usize; self.lives.len()];
        self.of_path.iter().for_each(|life| often[*life] += 1);
        let mut beyond = 0.0;
        for (lived, often) in self.lives.iter().zip(often) {
            let weight = self.mw * often as f64 / self.of_path.len() as f64;
            beyond += lived.beyond * weight;
            for (month, (net, revenue)) in (self.begins..).zip(&lived.months) {
                walk.operating[month] += net * weight;
                if let Some(period) = times.holding(month) {
                    walk.hosting[period] += revenue * weight;
                }
            }
        }
        walk.beyond += beyond;
        walk.beyond_above_zero += beyond.max(0.0);
    }
}

/// Delay, and the month in which a tenant stops.
type Fate = (u32, Option<u32>);

/// Cash besides purchases that is the same on every path.
struct Certain {
    operating: Vec<f64>,
    /// Present value of what stands at the horizon, and of what is paid after it for what came before.
    beyond: f64,
    late: f64,
}

fn certain(subject: &Subject<'_>, times: &Times<'_>, decisions: &Decisions) -> Certain {
    let context = subject.context;
    let site = context.site;
    let mut cash = Certain { operating: vec![0.0; times.months], beyond: 0.0, late: 0.0 };
    let mut spend = |month: usize, usd: f64| match cash.operating.get_mut(month) {
        Some(sum) => *sum -= usd,
        None => cash.late -= usd * times.discount(month),
    };
    for standing in &decisions.mined {
        for month in times.span(standing.period) {
            spend(month, standing.mw * site.company.mining_site_usd_per_mw_month * times.level(month));
        }
    }
    for moved in &decisions.installs {
        let month = times.first(moved.period);
        let fleet = context.fleet(&context.classes[moved.of]);
        spend(month, moved.mw * fleet.install_usd_per_mw * times.level(month));
    }
    for removal in &decisions.removals {
        if let State::Existing(Some(terms)) = &context.component(removal.of).state {
            let out = times.first(removal.period) + terms.months.round() as usize;
            spend(out, -removal.mw * terms.salvage_usd);
        }
    }
    for billed in &decisions.billed {
        let Some(feed) = context.grid_feed(billed.of) else { continue };
        for month in times.span(billed.period) {
            spend(month, billed.mw * 1000.0 * feed.tariff.demand_usd_per_kw_month);
        }
    }
    for peak in &decisions.peaks {
        let Some(feed) = context.grid_feed(peak.of) else { continue };
        // A September's peak is billed in the twelve months of the next calendar year.
        for september in times.span(peak.period).filter(|month| times.calendar_month(*month) == 9) {
            for month in september + 4..september + 16 {
                spend(month, peak.mw * 1000.0 * feed.tariff.four_cp_usd_per_kw_year / 12.0);
            }
        }
    }
    for short in &decisions.shortfalls {
        let deck = &context.feeds[short.of].deck;
        for month in times.span(short.period) {
            let price = deck.mean_price(times.calendar_month(month), 1.0).max(0.0);
            spend(month, short.mw * HOURS_PER_MONTH * price);
        }
    }
    for order in &decisions.gpus {
        let Some(system) = gpu_system(site, &site.offers[order.of]) else { continue };
        let paid: f64 = gpu_payments(site, times, order).iter().map(|(_, usd)| usd).sum();
        let age = (times.months - times.first(order.period)) as f64;
        cash.beyond += paid * prices::gpu_residual_share(system, age) * times.end_discount();
    }
    cash
}

/// Payments of one purchase: the price agreed at the order, with contingency, at the cost level of that month.
fn payments(site: &Site, times: &Times<'_>, period: usize, usd: f64, by: &[Payment]) -> Vec<(usize, f64)> {
    let order = times.first(period);
    let agreed = usd * (1.0 + site.company.contingency_share) * times.level(order);
    if by.is_empty() {
        return vec![(order, agreed)];
    }
    let month = |payment: &Payment| order + payment.months_after_order.max(0.0).round() as usize;
    by.iter().map(|payment| (month(payment), agreed * payment.share)).collect()
}

fn gpu_payments(site: &Site, times: &Times<'_>, order: &Decision) -> Vec<(usize, f64)> {
    gpu_system(site, &site.offers[order.of]).map_or_else(Vec::new, |system| {
        payments(site, times, order.period, order.mw * 1000.0 / system.kw_per_gpu * system.usd_per_gpu, &[])
    })
}

/// What is bought, by month.
pub(super) struct Purchases {
    /// Parts, fit-outs and GPUs: what lenders call the cost of works.
    pub works: Vec<f64>,
    /// All of it, with machines and removals, less what tenants fund; may run past the horizon.
    pub all: Vec<f64>,
}

impl Purchases {
    pub fn new(subject: &Subject<'_>, times: &Times<'_>, decisions: &Decisions) -> Self {
        let context = subject.context;
        let site = context.site;
        let mut bought = Self { works: Vec::new(), all: Vec::new() };
        let pay = |into: &mut Vec<f64>, paid: Vec<(usize, f64)>| {
            for (month, usd) in paid {
                if into.len() <= month {
                    into.resize(month + 1, 0.0);
                }
                into[month] += usd;
            }
        };
        // A fixed price is paid whole with the first order, or shared out over the MW there may be.
        let price =
            |of: &[Decision], order: &Decision, paid_mw: f64, usd_per_mw: f64, fixed: f64, most: f64| {
                let is_first = of.iter().all(|other| other.of != order.of || other.period >= order.period);
                let share = match decisions.is_whole {
                    true => f64::from(u8::from(is_first)),
                    false if most > 0.0 => order.mw / most,
                    false => 0.0,
                };
                paid_mw * usd_per_mw + fixed * share
            };
        for order in &decisions.orders {
            let Some(part) = site.components.get(order.of) else { continue };
            let Some(planned) = part.planned() else { continue };
            let rating = part.rating_mw();
            let blocks = part_blocks(planned, rating).filter(|_| decisions.is_whole);
            let paid_mw = blocks.map_or(order.mw, |blocks| (order.mw / blocks.mw - 1e-6).ceil() * blocks.mw);
            let usd = price(&decisions.orders, order, paid_mw, planned.usd_per_mw, planned.fixed_usd, rating);
            let usd = usd * (1.0 - planned.reuse_share);
            pay(&mut bought.works, payments(site, times, order.period, usd, &planned.payments));
        }
        for order in &decisions.fits {
            let Some(hall) = site.components.get(order.of).and_then(|part| part.hall()) else { continue };
            let Some(fit) = &hall.fit_out else { continue };
            let most = hall.hosting_max_mw() - hall.fitted_mw;
            let usd = price(&decisions.fits, order, order.mw, fit.usd_per_mw, fit.fixed_usd, most);
            pay(&mut bought.works, payments(site, times, order.period, usd, &fit.payments));
        }
        for order in &decisions.gpus {
            pay(&mut bought.works, gpu_payments(site, times, order));
        }
        bought.all.clone_from(&bought.works);
        for buy in &decisions.buys {
            let fleet = &site.fleets[buy.of];
            let usd = fleet.purchase_usd_per_th.unwrap_or(0.0) * 1e6 / fleet.efficiency_j_per_th * buy.mw;
            pay(&mut bought.all, payments(site, times, buy.period, usd, &[]));
        }
        for removal in &decisions.removals {
            if let State::Existing(Some(terms)) = &context.component(removal.of).state {
                pay(&mut bought.all, vec![(times.first(removal.period), removal.mw * terms.cost_usd)]);
            }
        }
        for start in &decisions.starts {
            if let Some(candidate) = context.candidates.get(start.of) {
                let funded = context.offer(candidate).tenant_funded_usd_per_mw;
                pay(&mut bought.all, vec![(times.first(start.period), -funded * start.mw)]);
            }
        }
        bought
    }
}
