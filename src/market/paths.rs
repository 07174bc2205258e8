//! Market paths: what bitcoin, the network, power, GPU rental and rents may do month by month, and when tenants
//! fail or are late.
//!
//! Month `m` is the m-th month from the plan start, and its values hold for the whole month. The levels of the
//! as-of date hold at the plan start; only block heights run on the calendar from the as-of date on, so that
//! halvings keep their dates.
//!
//! Bounds: no price, index or hashrate leaves its level at the start by more than a factor of e^40 (2e17) either
//! way. Within the ranges of the document every value is then finite; assumptions that reach the bound (a
//! volatility of 300 % for decades) bend the stated means there.

use super::bitcoin;
use super::correlation::{DRIVERS, Factor};
use super::draw::{self, Uniforms};
use super::price::{FeeSpikes, PriceDraw, PriceProcess};
use crate::quantity::{Report, date, statistics};
use crate::site::{
    Address, BitcoinAssumptions, DeliveryAssumptions, GpuRental, GpuSystem, Object, Offer, PowerAssumptions,
    Site, field,
};
use rayon::prelude::*;

const MONTHS_PER_YEAR: f64 = 12.0;
const LOG_BOUND: f64 = 40.0;
/// Least cost of the marginal miner, USD/PH/s/day: free mining would call for an endless network.
const LEAST_COST: f64 = 1e-9;

/// Sampled paths, indexed `[path][month]`. Paths `2k` and `2k + 1` mirror each other (antithetic).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    pub months: usize,
    pub paths: usize,
    /// USD/PH/s/day.
    pub hashprice: Vec<Vec<f64>>,
    /// USD/BTC.
    pub btc_price: Vec<Vec<f64>>,
    /// Network hashrate, EH/s.
    pub network_eh: Vec<Vec<f64>>,
    /// Factor on the positive prices of a power deck.
    pub power_scale: Vec<Vec<f64>>,
    /// GPU rental relative to the plan start.
    pub gpu_index: Vec<Vec<f64>>,
    /// Colocation rent asked of new tenants relative to the plan start.
    pub colocation_index: Vec<Vec<f64>>,
    /// The same of each GPU system whose price moves by values of its own, in the order of the site's systems.
    pub gpu_systems: Vec<SystemPath>,
    /// One entry an offer, in the order of the site's offers.
    pub tenants: Vec<OfferPath>,
}

/// Rental price of one GPU system's generation relative to the plan start, indexed `[path][month]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemPath {
    pub system: String,
    pub index: Vec<Vec<f64>>,
}

/// The fate of one offer on every path.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferPath {
    pub offer: String,
    /// Plan month from which the tenant pays nothing any more; `Some(0)` where the deal never closes.
    pub default_month: Vec<Option<u32>>,
    /// Months by which the tenant's space is late.
    pub delay_months: Vec<u32>,
}

impl World {
    /// Draws `paths` paths of `months` months.
    ///
    /// The streams depend on the plan's seed, the driver and the pair of paths alone: fewer paths or months are
    /// a prefix of more, and scenarios share their draws.
    ///
    /// - Bitcoin price: Merton's jump diffusion, compensated so that the expected price grows by `price_drift`, or
    ///   runs of months of a history ([`super::price`]).
    /// - Network hashrate: it grows towards the level at which the marginal miner breaks even at the price of
    ///   `lag_months + delivery_months` ago, and shrinks towards the one at which machines are switched off at the
    ///   price of `lag_months` ago, each log gap closing with its half-life, plus noise. Difficulty follows the
    ///   hashrate monthly; the subsidy of a month is weighted by its days.
    /// - Fees: a share of the subsidy, with spikes in some months, which the network does not react to.
    /// - Hashprice override: divides hashrate and multiplies the marginal miner's cost by the same factor, so
    ///   that every path's hashprice is the one without the override times that factor, through halvings too.
    /// - Power scale and GPU and colocation indices: a trend times a log-Ornstein-Uhlenbeck factor that starts
    ///   at one and has mean one in every month. GPU rental also falls by a step with each generation;
    ///   colocation rents revert with the half-life of GPU rental.
    /// - A GPU system with rental values of its own has an index of its own: its drift, volatility and step, the
    ///   site's where it has none, the site's half-life and dates of generations. Its monthly shock is
    ///   `c z + sqrt(1 - c^2) z'`, z the site's and z' of a stream named by its generation; systems of one
    ///   generation share it, and one without a named generation takes z alone.
    ///
    /// # Errors
    /// Assumptions outside their ranges, correlations that no four markets can have together, and a history too short
    /// to draw from.
    pub fn sample(site: &Site, months: usize, paths: usize) -> Result<Self, Report> {
        check_ranges(site)?;
        let factor = Factor::new(&site.assumptions.correlation)?;
        let markets = Markets::new(site, months)?;
        let mut world = Self { months, paths, ..Self::default() };
        // Pairs share nothing, and are put together in their order: the same world on any number of threads.
        let pairs: Vec<[Path; 2]> = (0..paths.div_ceil(2))
            .into_par_iter()
            .map(|pair| {
                let draws = month_draws(site.plan.seed, pair, months, &factor, &markets.bitcoin);
                let mut paths = draws.each_ref().map(|draws| markets.path(draws));
                for system in &markets.systems {
                    let indices = system.pair(site.plan.seed, pair, &draws);
                    paths.iter_mut().zip(indices).for_each(|(path, index)| path.systems.push(index));
                }
                paths
            })
            .collect();
        world.gpu_systems = own_systems(site)
            .map(|system| SystemPath { system: system.id.clone(), index: Vec::with_capacity(paths) })
            .collect();
        for path in pairs.into_iter().flatten().take(paths) {
            world.hashprice.push(path.hashprice);
            world.btc_price.push(path.btc_price);
            world.network_eh.push(path.network_eh);
            world.power_scale.push(path.power_scale);
            world.gpu_index.push(path.gpu_index);
            world.colocation_index.push(path.colocation_index);
            let systems = world.gpu_systems.iter_mut().zip(path.systems);
            systems.for_each(|(system, index)| system.index.push(index));
        }
        world.tenants = tenants(site, paths);
        Ok(world)
    }

    /// The world of some of the paths.
    pub fn of_paths(&self, paths: &[usize]) -> Self {
        fn take<T: Clone>(series: &[T], paths: &[usize]) -> Vec<T> {
            paths.iter().map(|path| series[*path].clone()).collect()
        }
        Self {
            months: self.months,
            paths: paths.len(),
            hashprice: take(&self.hashprice, paths),
            btc_price: take(&self.btc_price, paths),
            network_eh: take(&self.network_eh, paths),
            power_scale: take(&self.power_scale, paths),
            gpu_index: take(&self.gpu_index, paths),
            colocation_index: take(&self.colocation_index, paths),
            gpu_systems: self
                .gpu_systems
                .iter()
                .map(|own| SystemPath { system: own.system.clone(), index: take(&own.index, paths) })
                .collect(),
            tenants: self
                .tenants
                .iter()
                .map(|tenant| OfferPath {
                    offer: tenant.offer.clone(),
                    default_month: take(&tenant.default_month, paths),
                    delay_months: take(&tenant.delay_months, paths),
                })
                .collect(),
        }
    }

    /// Rental index by path and month that a GPU system's price follows.
    pub fn gpu_index_of(&self, system: &str) -> &[Vec<f64>] {
        self.gpu_systems.iter().find(|path| path.system == system).map_or(&self.gpu_index, |path| &path.index)
    }

    /// Mean hashprice of a month over the paths, USD/PH/s/day; zero where there is none.
    pub fn mean_hashprice(&self, month: usize) -> f64 {
        statistics::mean(&self.hashprices(month))
    }

    /// Quantile of the hashprice of a month over the paths, USD/PH/s/day; zero where there is none.
    pub fn quantile_hashprice(&self, month: usize, probability: f64) -> f64 {
        statistics::quantile(&self.hashprices(month), probability)
    }

    /// Quantile of the bitcoin price of a month over the paths, USD.
    pub fn quantile_btc_price(&self, month: usize, probability: f64) -> f64 {
        let prices: Vec<f64> = self.btc_price.iter().map(|path| path[month]).collect();
        statistics::quantile(&prices, probability)
    }

    /// Mean power scaling by month over the paths.
    pub fn mean_power_scale(&self) -> Vec<f64> {
        statistics::mean_by_month(&self.power_scale, self.months)
    }

    fn hashprices(&self, month: usize) -> Vec<f64> {
        self.hashprice.iter().filter_map(|path| path.get(month).copied()).collect()
    }
}

/// The fates of all offers on a number of paths, in the order of the site's offers.
pub(super) fn tenants(site: &Site, paths: usize) -> Vec<OfferPath> {
    let delivery = &site.assumptions.delivery;
    site.offers.iter().map(|offer| offer_path(offer, delivery, site.plan.seed, paths)).collect()
}

/// What the paths are drawn from.
const DRAWN_FROM: [Object; 4] = [Object::Bitcoin, Object::Power, Object::GpuRental, Object::Delivery];

/// No figure made of values in their ranges is infinite or not a number.
fn check_ranges(site: &Site) -> Result<(), Report> {
    let mut report = Report::default();
    let systems = site.gpu_systems.iter().map(|system| Object::GpuSystem(system.id.clone()));
    for object in DRAWN_FROM.into_iter().chain(systems) {
        for (spec, value) in field::fields_of(site, &object) {
            if let Some(message) = value.and_then(|value| spec.problem_with(value)) {
                let at = Address::new(object.clone(), spec.key);
                report.error("value-out-of-range", at.to_string(), message, "enter a value within the range");
            }
        }
    }
    if report.has_errors() { Err(report) } else { Ok(()) }
}

const HASHRATE: usize = 1;
const POWER: usize = 2;
const GPU: usize = 3;
const DRIVER_NAMES: [&str; DRIVERS] = ["btc", "hashrate", "power", "gpu"];

/// What chance does in one month; the draw of month `m` leads to month `m + 1`.
#[derive(Clone, Copy)]
struct MonthDraw {
    /// Correlated shocks by driver, of mean zero and variance one.
    shocks: [f64; DRIVERS],
    price: PriceDraw,
    colocation: f64,
    /// Factor on this month's hashprice by its fees.
    fees: f64,
}

/// The draws of a pair of antithetic paths.
fn month_draws(
    seed: u64,
    pair: usize,
    months: usize,
    factor: &Factor,
    bitcoin: &BitcoinMarket,
) -> [Vec<MonthDraw>; 2] {
    let prices = bitcoin.price.pair(seed, pair, months);
    let fees = bitcoin.fee_spikes.as_ref().map(|spikes| spikes.pair(seed, pair, months));
    let mut others = [HASHRATE, POWER, GPU].map(|driver| Uniforms::new(seed, DRIVER_NAMES[driver], pair));
    let mut colocation = Uniforms::new(seed, "colocation", pair);
    let mut paths = [Vec::with_capacity(months), Vec::with_capacity(months)];
    for month in 0..months {
        let others = others.each_mut().map(Uniforms::next_normal);
        let colocation = colocation.next_normal();
        for ((side, path), sign) in paths.iter_mut().enumerate().zip([1.0, -1.0]) {
            let price = prices[side][month];
            let [hashrate, power, gpu] = others.map(|normal| sign * normal);
            path.push(MonthDraw {
                shocks: factor.apply([price.shock, hashrate, power, gpu]),
                price,
                colocation: sign * colocation,
                fees: fees.as_ref().map_or(1.0, |fees| fees[side][month]),
            });
        }
    }
    paths
}

/// One path of every market, by month.
struct Path {
    hashprice: Vec<f64>,
    btc_price: Vec<f64>,
    network_eh: Vec<f64>,
    power_scale: Vec<f64>,
    gpu_index: Vec<f64>,
    colocation_index: Vec<f64>,
    /// Of the systems that do not follow the site's index.
    systems: Vec<Vec<f64>>,
}

/// The systems that do not follow the site's index, in the order of the site.
fn own_systems(site: &Site) -> impl Iterator<Item = &GpuSystem> {
    site.gpu_systems.iter().filter(|system| !system.rental.follows_site())
}

/// The rental index of a GPU system with values of its own; see [`World::sample`].
struct SystemMarket {
    index: Index,
    /// Names the stream of the generation's own shocks.
    stream: String,
    /// Share of the site's shock in the system's, and of the generation's own.
    together: f64,
    apart: f64,
}

impl SystemMarket {
    fn new(site: &Site, system: &GpuSystem, months: usize) -> Self {
        let given = &site.assumptions.gpu_rental;
        let own = &system.rental;
        let rental = GpuRental {
            drift: own.drift.unwrap_or(given.drift),
            volatility: own.volatility.unwrap_or(given.volatility),
            step_share: own.step_share.unwrap_or(given.step_share),
            ..given.clone()
        };
        let together = if own.generation.is_empty() { 1.0 } else { given.generation_correlation };
        Self {
            index: Index::of_gpu_rental(&rental, months),
            stream: format!("gpu generation {}", own.generation),
            together,
            apart: libm::sqrt((1.0 - together * together).max(0.0)),
        }
    }

    /// The index on both paths of a pair.
    fn pair(&self, seed: u64, pair: usize, draws: &[Vec<MonthDraw>; 2]) -> [Vec<f64>; 2] {
        let mut alone = Uniforms::new(seed, &self.stream, pair);
        let alone: Vec<f64> = draws[0].iter().map(|_| alone.next_normal()).collect();
        [1.0, -1.0].map(|sign| {
            let side = if sign > 0.0 { &draws[0] } else { &draws[1] };
            let shocks = side.iter().zip(&alone);
            self.index.path(
                shocks.map(|(draw, alone)| self.together * draw.shocks[GPU] + sign * self.apart * alone),
            )
        })
    }
}

/// Everything about the markets that chance does not touch.
struct Markets {
    bitcoin: BitcoinMarket,
    power: Index,
    gpu: Index,
    colocation: Index,
    /// Of the systems that do not follow the site's index.
    systems: Vec<SystemMarket>,
}

impl Markets {
    fn new(site: &Site, months: usize) -> Result<Self, Report> {
        let assumptions = &site.assumptions;
        Ok(Self {
            bitcoin: BitcoinMarket::new(site, months)?,
            power: Index::of_power(&assumptions.power, months),
            gpu: Index::of_gpu_rental(&assumptions.gpu_rental, months),
            colocation: Index::of_colocation(&assumptions.gpu_rental, months),
            systems: own_systems(site).map(|system| SystemMarket::new(site, system, months)).collect(),
        })
    }

    fn path(&self, draws: &[MonthDraw]) -> Path {
        let price = self.bitcoin.log_price(draws);
        let growth = self.bitcoin.network_growth(&price, draws);
        let mut path = Path {
            hashprice: Vec::with_capacity(draws.len()),
            btc_price: price.iter().map(|log| self.bitcoin.start_usd_per_btc * libm::exp(*log)).collect(),
            network_eh: Vec::with_capacity(draws.len()),
            power_scale: self.power.path(draws.iter().map(|draw| draw.shocks[POWER])),
            gpu_index: self.gpu.path(draws.iter().map(|draw| draw.shocks[GPU])),
            colocation_index: self.colocation.path(draws.iter().map(|draw| draw.colocation)),
            systems: Vec::with_capacity(self.systems.len()),
        };
        let (start, level) = (self.bitcoin.start_network_eh, self.bitcoin.level);
        for (month, (growth, draw)) in growth.into_iter().zip(draws).enumerate() {
            let growth = libm::exp(growth);
            let undisturbed = self.bitcoin.per_usd[month] * path.btc_price[month];
            path.hashprice.push(level * undisturbed * draw.fees / growth);
            path.network_eh.push(start / level * growth);
        }
        path
    }
}

fn bounded(log: f64) -> f64 {
    log.clamp(-LOG_BOUND, LOG_BOUND)
}

fn years(month: usize) -> f64 {
    month as f64 / MONTHS_PER_YEAR
}

struct BitcoinMarket {
    start_usd_per_btc: f64,
    start_network_eh: f64,
    /// Hashprice of a price of 1 USD/BTC at the difficulty of the start, by month: falls with the subsidy.
    per_usd: Vec<f64>,
    /// Log growth of the network, by month, at which the marginal miner breaks even at the price of the start.
    log_break_even: Vec<f64>,
    /// The same at which running machines are switched off.
    log_switch_off: Vec<f64>,
    /// Hashprice with the override over hashprice without.
    level: f64,
    price: PriceProcess,
    fee_spikes: Option<FeeSpikes>,
    growth_closing: f64,
    shrink_closing: f64,
    lag_months: usize,
    delivery_months: usize,
    network_deviation: f64,
}

impl BitcoinMarket {
    fn new(site: &Site, months: usize) -> Result<Self, Report> {
        let given = &site.assumptions.bitcoin;
        let per_usd: Vec<f64> = month_subsidies(given, site.plan.start, months)
            .into_iter()
            .map(|subsidy| {
                bitcoin::hashprice_usd(given.difficulty, subsidy, subsidy * given.fee_share_of_subsidy, 1.0)
            })
            .collect();
        let start = per_usd.first().map_or(0.0, |per_usd| per_usd * given.price_usd_per_btc);
        // Without any subsidy there is no level to shift.
        let level = match given.hashprice_override_usd_per_ph_day {
            Some(wanted) if start > 0.0 => wanted / start,
            _ => 1.0,
        };
        let log_over = |other_usd_per_ph_day: f64| -> Vec<f64> {
            let earned = per_usd.iter().map(|per_usd| per_usd * given.price_usd_per_btc).enumerate();
            earned
                .map(|(month, usd)| libm::log(usd / running_cost(given, other_usd_per_ph_day, month)))
                .collect()
        };
        let other = given.marginal_other_usd_per_ph_day;
        let months_of = |months: u32| usize::try_from(months).unwrap_or(usize::MAX);
        Ok(Self {
            start_usd_per_btc: given.price_usd_per_btc,
            start_network_eh: bitcoin::network_eh(given.difficulty),
            log_break_even: log_over(other),
            log_switch_off: log_over(given.switch_off_other_usd_per_ph_day.unwrap_or(other)),
            per_usd,
            level,
            price: PriceProcess::new(site, months)?,
            fee_spikes: FeeSpikes::new(given),
            growth_closing: 1.0 - monthly_keep(given.growth_half_life_months),
            shrink_closing: 1.0 - monthly_keep(given.shrink_half_life_months),
            lag_months: months_of(given.lag_months),
            delivery_months: months_of(given.delivery_months),
            network_deviation: given.hashrate_volatility_per_month,
        })
    }

    /// Log of the price over the one at the start, by month.
    fn log_price(&self, draws: &[MonthDraw]) -> Vec<f64> {
        let mut log = 0.0;
        let months = draws.iter().enumerate();
        months
            .map(|(month, draw)| {
                let now = log;
                log = bounded(log + self.price.step(month, &draw.price));
                now
            })
            .collect()
    }

    /// Log of the network hashrate over the one at the start, by month, without the override.
    ///
    /// Machines that arrive were ordered at the price of `lag + delivery` months ago, machines that stop do so at the
    /// price of `lag` months ago: after a fall both can happen in one month.
    fn network_growth(&self, price: &[f64], draws: &[MonthDraw]) -> Vec<f64> {
        let mut log = 0.0;
        let mut path = Vec::with_capacity(price.len());
        for (month, draw) in draws.iter().enumerate() {
            path.push(log);
            let next = month + 1;
            if next == draws.len() {
                break;
            }
            let seen = next.saturating_sub(self.lag_months);
            let ordered = seen.saturating_sub(self.delivery_months);
            let arriving = bounded(self.log_break_even[next] + price[ordered]) - log;
            let stopping = bounded(self.log_switch_off[next] + price[seen]) - log;
            log = bounded(
                log + self.growth_closing * arriving.max(0.0)
                    + self.shrink_closing * stopping.min(0.0)
                    + self.network_deviation * draw.shocks[HASHRATE],
            );
        }
        path
    }
}

/// Mean subsidy per block of each month, BTC.
fn month_subsidies(given: &BitcoinAssumptions, start: date::Date, months: usize) -> Vec<f64> {
    let height = |month: usize| {
        let first_day = date::add_months(start, i32::try_from(month).unwrap_or(i32::MAX));
        bitcoin::height_after_days(given, date::days_between(given.as_of, first_day))
    };
    (0..months).map(|month| bitcoin::mean_subsidy_btc(height(month), height(month + 1))).collect()
}

/// Hashprice at which the marginal miner earns its energy and `other_usd_per_ph_day`, USD/PH/s/day.
fn running_cost(given: &BitcoinAssumptions, other_usd_per_ph_day: f64, month: usize) -> f64 {
    let j_per_th = given.marginal_j_per_th * libm::pow(1.0 - given.efficiency_gain, years(month));
    let cost = bitcoin::power_hashcost(j_per_th, given.marginal_usd_per_mwh) + other_usd_per_ph_day;
    cost.max(LEAST_COST)
}

/// Share of a deviation left after a month.
fn monthly_keep(half_life_months: f64) -> f64 {
    libm::exp(-core::f64::consts::LN_2 / half_life_months)
}

/// A trend times a mean-reverting lognormal factor of mean one.
struct Index {
    /// Log of the trend less half the variance, by month.
    centre: Vec<f64>,
    keep: f64,
    monthly_deviation: f64,
}

impl Index {
    /// Exact monthly steps of `dx = -k x dt + sigma dW` from `x = 0`, with k from the half-life.
    fn new(volatility: f64, half_life_months: f64, months: usize, log_trend: impl Fn(usize) -> f64) -> Self {
        let keep = monthly_keep(half_life_months);
        let speed = core::f64::consts::LN_2 / half_life_months * MONTHS_PER_YEAR;
        let stationary_variance = volatility * volatility / (2.0 * speed);
        let variance_after = |month: usize| stationary_variance * -libm::expm1(-2.0 * speed * years(month));
        Self {
            centre: (0..months).map(|month| log_trend(month) - variance_after(month) / 2.0).collect(),
            keep,
            monthly_deviation: libm::sqrt(variance_after(1)),
        }
    }

    fn of_power(given: &PowerAssumptions, months: usize) -> Self {
        let trend = libm::log(1.0 + given.drift);
        Self::new(given.volatility, given.half_life_months, months, |month| trend * years(month))
    }

    fn of_gpu_rental(given: &GpuRental, months: usize) -> Self {
        let trend = libm::log(1.0 + given.drift);
        let step = libm::log(1.0 - given.step_share);
        Self::new(given.volatility, given.half_life_months, months, |month| {
            // A hair is added so that the month a generation is due in is not missed by rounding.
            let generations = (years(month) / given.generation_years + 1e-9).floor();
            trend * years(month) + step * generations
        })
    }

    fn of_colocation(given: &GpuRental, months: usize) -> Self {
        let trend = libm::log(1.0 + given.colocation_drift);
        Self::new(given.colocation_volatility, given.half_life_months, months, |month| trend * years(month))
    }

    fn path(&self, shocks: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut deviation = 0.0;
        let months = self.centre.iter().zip(shocks);
        months
            .map(|(centre, shock)| {
                let value = libm::exp(bounded(centre + deviation));
                deviation = self.keep * deviation + self.monthly_deviation * shock;
                value
            })
            .collect()
    }
}

/// The fate of an offer. Those that fall together share one uniform.
fn offer_path(offer: &Offer, delivery: &DeliveryAssumptions, seed: u64, paths: usize) -> OfferPath {
    let closing = uniforms(seed, format!("closing of {}", offer.id), paths);
    let defaults = uniforms(seed, format!("default of {}", offer.falls_with()), paths);
    let delays = uniforms(seed, format!("delay of {}", offer.id), paths);
    OfferPath {
        offer: offer.id.clone(),
        default_month: closing
            .zip(defaults)
            .map(|(closing, default)| {
                if closing < offer.probability {
                    default_month(offer.default_rate(), default)
                } else {
                    Some(0)
                }
            })
            .collect(),
        delay_months: delays.map(|uniform| delay_months(delivery, uniform)).collect(),
    }
}

/// One uniform a path, mirrored in pairs.
fn uniforms(seed: u64, driver: String, paths: usize) -> impl Iterator<Item = f64> {
    let mut last = 0.0;
    (0..paths).map(move |path| {
        last = if path % 2 == 0 { Uniforms::new(seed, &driver, path / 2).next_uniform() } else { 1.0 - last };
        last
    })
}

/// First month without rent of a tenant who fails with the same probability every year; `None` beyond any plan.
///
/// Rounded so that a month's rent is paid with the probability of living to its middle, where it falls due. Never
/// month 0, which is kept for deals that do not close.
fn default_month(default_per_year: f64, uniform: f64) -> Option<u32> {
    if default_per_year <= 0.0 {
        return None;
    }
    let life_months = MONTHS_PER_YEAR * libm::log(uniform) / libm::log1p(-default_per_year.min(1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range of u32")]
    (life_months < f64::from(u32::MAX)).then(|| libm::round(life_months).max(1.0) as u32)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast saturates, and no delay is negative"
)]
fn delay_months(delivery: &DeliveryAssumptions, uniform: f64) -> u32 {
    let months = draw::triangular(
        delivery.delay_low_months,
        delivery.delay_mode_months,
        delivery.delay_high_months,
        uniform,
    );
    libm::round(months) as u32
}

#[cfg(test)]
mod proofs;
#[cfg(test)]
mod tests;
