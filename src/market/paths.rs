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

/// The fate of an offer. Customers of one group share one uniform, so that they fail together; where no group is
/// named the customer is the group, and where no customer is named the offer stands alone.
fn offer_path(offer: &Offer, delivery: &DeliveryAssumptions, seed: u64, paths: usize) -> OfferPath {
    let group = match (offer.tenant_group.is_empty(), offer.customer.is_empty()) {
        (false, _) => format!("default of {}", offer.tenant_group),
        (true, false) => format!("default of {}", offer.customer),
        (true, true) => format!("default of offer {}", offer.id),
    };
    let closing = uniforms(seed, format!("closing of {}", offer.id), paths);
    let defaults = uniforms(seed, group, paths);
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
mod tests {
    use super::*;
    use crate::site::{
        CoolingNeed, Delivery, FailureClass, Needs, OfferStatus, Rating, SlaTerms, SystemRental, Terms,
    };
    use jiff::civil::date;

    fn offer(id: &str, group: &str, default_per_year: f64, probability: f64) -> Offer {
        Offer {
            id: id.into(),
            name: id.into(),
            customer: String::new(),
            tenant_group: group.into(),
            status: OfferStatus::Idea,
            probability,
            sign_by: None,
            terms: Terms::Colocation { rent_usd_per_kw_month: 130.0, escalator: 0.03 },
            min_mw: 0.0,
            max_mw: 50.0,
            block_mw: None,
            earliest: None,
            latest: None,
            start_mw_per_month: None,
            term_months: 120.0,
            opex_usd_per_kw_month: 10.0,
            power_share: 0.0,
            utilisation: 0.9,
            take_or_pay_share: 1.0,
            prepayment: None,
            backstop: None,
            tenant_funded_usd_per_mw: 0.0,
            delivery: Delivery { damages_days_per_day: 0.0, sunset: None },
            default_per_year,
            rating: None,
            void_months: 6.0,
            relet_share: 0.9,
            needs: Needs {
                availability: 0.999,
                survives: FailureClass::N,
                latency: None,
                diverse_routes: 0,
                kw_per_rack: 10.0,
                cooling: CoolingNeed::Either,
            },
            sla: Vec::new(),
            sla_terms: SlaTerms::default(),
            note: String::new(),
        }
    }

    fn site() -> Site {
        let mut site = Site::empty("test");
        site.offers =
            vec![offer("a", "one", 0.05, 0.7), offer("b", "one", 0.05, 1.0), offer("c", "", 0.0, 1.0)];
        site
    }

    /// Mean over paths and its standard error, from the means of antithetic pairs.
    fn mean_and_error(paths: &[Vec<f64>], month: usize) -> (f64, f64) {
        let pairs: Vec<f64> =
            paths.chunks(2).map(|pair| f64::midpoint(pair[0][month], pair[1][month])).collect();
        let error = statistics::standard_deviation(&pairs) / (pairs.len() as f64).sqrt();
        (statistics::mean(&pairs), error)
    }

    fn assert_mean(paths: &[Vec<f64>], month: usize, expected: f64) {
        let (mean, error) = mean_and_error(paths, month);
        assert!(
            (mean - expected).abs() <= 3.0 * error + 1e-12,
            "month {month}: {mean} \u{b1} {error}, not {expected}"
        );
        // A mean without an error would prove nothing.
        assert!(month == 0 || (error > 0.0 && error < 0.1 * expected), "month {month}: error {error}");
    }

    #[test]
    fn prices_and_indices_have_their_stated_means() {
        let mut site = site();
        site.assumptions.correlation.btc_power = 0.4;
        let world = World::sample(&site, 121, 4000).unwrap();
        let given = &site.assumptions;
        for month in [0, 1, 12, 60, 120] {
            let t = month as f64 / 12.0;
            let btc = given.bitcoin.price_usd_per_btc * (1.0 + given.bitcoin.price_drift).powf(t);
            assert_mean(&world.btc_price, month, btc);
            assert_mean(&world.power_scale, month, (1.0 + given.power.drift).powf(t));
            // A generation every two years, from the start on.
            let steps = (1.0 - given.gpu_rental.step_share).powi((month / 24) as i32);
            assert_mean(&world.gpu_index, month, (1.0 + given.gpu_rental.drift).powf(t) * steps);
            assert_mean(&world.colocation_index, month, (1.0 + given.gpu_rental.colocation_drift).powf(t));
        }
    }

    #[test]
    fn shocks_are_correlated_as_stated() {
        let mut site = site();
        site.assumptions.bitcoin.jumps_per_year = 0.0;
        site.assumptions.correlation.btc_gpu = 0.6;
        site.assumptions.correlation.btc_power = -0.3;
        let world = World::sample(&site, 2, 4000).unwrap();
        let log_change =
            |paths: &[Vec<f64>]| paths.iter().map(|path| (path[1] / path[0]).ln()).collect::<Vec<_>>();
        let correlation = |a: &[f64], b: &[f64]| {
            let (mean_a, mean_b) = (statistics::mean(a), statistics::mean(b));
            let products: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).collect();
            statistics::mean(&products)
                / (statistics::standard_deviation(a) * statistics::standard_deviation(b))
        };
        let btc = log_change(&world.btc_price);
        // Four standard errors of a correlation over 2,000 independent pairs are below 0.09.
        assert!((correlation(&btc, &log_change(&world.gpu_index)) - 0.6).abs() < 0.09);
        assert!((correlation(&btc, &log_change(&world.power_scale)) + 0.3).abs() < 0.09);
        assert!(correlation(&btc, &log_change(&world.colocation_index)).abs() < 0.09);
    }

    #[test]
    fn fewer_paths_or_months_are_a_prefix_of_more() {
        let site = site();
        let long = World::sample(&site, 60, 21).unwrap();
        let short = World::sample(&site, 24, 8).unwrap();
        for path in 0..8 {
            for (of_short, of_long) in [
                (&short.hashprice, &long.hashprice),
                (&short.btc_price, &long.btc_price),
                (&short.network_eh, &long.network_eh),
                (&short.power_scale, &long.power_scale),
                (&short.gpu_index, &long.gpu_index),
                (&short.colocation_index, &long.colocation_index),
            ] {
                assert_eq!(of_short[path], of_long[path][..24]);
            }
        }
        for (of_short, of_long) in short.tenants.iter().zip(&long.tenants) {
            assert_eq!(of_short.default_month, of_long.default_month[..8]);
            assert_eq!(of_short.delay_months, of_long.delay_months[..8]);
        }
        assert_eq!((long.hashprice.len(), long.tenants[0].default_month.len()), (21, 21));
        let mut other = site.clone();
        other.plan.seed += 1;
        assert_ne!(World::sample(&other, 24, 8).unwrap(), short);
        // Taking an offer off the table moves nothing else.
        other = site.clone();
        other.offers.remove(0);
        let without = World::sample(&other, 24, 8).unwrap();
        assert_eq!((&without.hashprice, &without.tenants[0]), (&short.hashprice, &short.tenants[1]));
    }

    #[test]
    fn the_paths_of_a_pair_mirror_each_other() {
        let mut site = site();
        site.assumptions.bitcoin.jumps_per_year = 0.0;
        let world = World::sample(&site, 37, 40).unwrap();
        for pair in world.power_scale.chunks(2) {
            let centre = (pair[0][36].ln() + pair[1][36].ln()) / 2.0;
            let first = (world.power_scale[0][36].ln() + world.power_scale[1][36].ln()) / 2.0;
            assert!((centre - first).abs() < 1e-12);
        }
        let defaults = uniforms(1, "x".into(), 2).collect::<Vec<_>>();
        assert_eq!(defaults[0] + defaults[1], 1.0);
    }

    /// Without chance the price stands still, so hashprice halves with the subsidy and recovers as machines
    /// stop, and at last sits at the marginal miner's cost.
    #[test]
    fn hashprice_halves_at_the_halving_and_reverts_to_the_marginal_cost() {
        let mut site = site();
        let bitcoin = &mut site.assumptions.bitcoin;
        bitcoin.price_volatility = 0.0;
        bitcoin.jumps_per_year = 0.0;
        bitcoin.price_drift = 0.0;
        bitcoin.hashrate_volatility_per_month = 0.0;
        bitcoin.efficiency_gain = 0.0;
        // Half of April 2028: 28 months after the start.
        let halving = date(2028, 4, 16);
        let days = date::days_between(bitcoin.as_of, halving);
        bitcoin.block_minutes = 10.0;
        bitcoin.block_height = 1_050_000 - (days * 144.0) as u32;
        let cost = bitcoin::power_hashcost(bitcoin.marginal_j_per_th, bitcoin.marginal_usd_per_mwh)
            + bitcoin.marginal_other_usd_per_ph_day;
        let world = World::sample(&site, 200, 2).unwrap();
        let path = &world.hashprice[0];
        assert!((path[0] - bitcoin::hashprice_today(&site.assumptions.bitcoin)).abs() < 1e-9);
        assert!((path[26] - cost).abs() < 0.3, "{}", path[26]);
        let network = &world.network_eh[0];
        let per_eh = |month: usize| path[month] * network[month];
        assert!((per_eh(27) / per_eh(26) - 0.75).abs() < 1e-3, "half of April at half the subsidy");
        assert!((per_eh(28) / per_eh(26) - 0.5).abs() < 1e-9);
        // Four months close half of the gap of ln 2.
        let gap = |month: usize| (cost / path[month]).ln();
        assert!((gap(32) / gap(28) - 0.5).abs() < 0.01);
        // 1,440 days after the halving the next one is still ahead, and the network has come to rest.
        assert!((path[70] / cost - 1.0).abs() < 1e-3);
    }

    #[test]
    fn a_slow_network_grows_later_than_a_quick_one_and_sees_the_price_late() {
        let mut site = site();
        let bitcoin = &mut site.assumptions.bitcoin;
        bitcoin.hashrate_volatility_per_month = 0.0;
        bitcoin.lag_months = 6;
        bitcoin.efficiency_gain = 0.0;
        let world = World::sample(&site, 8, 2).unwrap();
        // Until the lag has passed the network of both paths knows the same price, however theirs have parted.
        assert_eq!(world.network_eh[0][..7], world.network_eh[1][..7]);
        assert_ne!(world.network_eh[0][7], world.network_eh[1][7]);
    }

    #[test]
    fn an_override_scales_every_path_through_the_halving() {
        let mut site = site();
        let free = World::sample(&site, 60, 10).unwrap();
        site.assumptions.bitcoin.hashprice_override_usd_per_ph_day = Some(35.0);
        let shifted = World::sample(&site, 60, 10).unwrap();
        let factor = 35.0 / free.hashprice[0][0];
        for path in 0..10 {
            assert!((shifted.hashprice[path][0] - 35.0).abs() < 1e-9);
            for month in 0..60 {
                assert!((shifted.hashprice[path][month] / free.hashprice[path][month] - factor).abs() < 1e-9);
                assert!(
                    (shifted.network_eh[path][month] * factor / free.network_eh[path][month] - 1.0).abs()
                        < 1e-9
                );
            }
        }
        assert_eq!(shifted.btc_price, free.btc_price);
    }

    #[test]
    fn each_gpu_generation_decays_at_its_own_rate() {
        let mut site = site();
        let system = |id: &str, generation: &str, drift: Option<f64>, step_share: Option<f64>| GpuSystem {
            id: id.into(),
            model: id.into(),
            kw_per_gpu: 2.0,
            usd_per_gpu: 50_000.0,
            lead_months: 6.0,
            life_months: 60.0,
            liquid_share: 0.0,
            kw_per_rack: 40.0,
            residual_share_after_36_months: 0.3,
            rental: SystemRental {
                generation: generation.into(),
                drift,
                step_share,
                ..SystemRental::default()
            },
        };
        let before = World::sample(&site, 61, 4000).unwrap();
        site.gpu_systems = vec![
            system("plain", "", None, None),
            system("old", "Hopper", Some(-0.35), Some(0.2)),
            system("new", "Blackwell", Some(-0.10), None),
            system("new too", "Blackwell", Some(-0.10), None),
        ];
        let world = World::sample(&site, 61, 4000).unwrap();
        // Nothing else moves, and a system without values of its own follows the site.
        assert_eq!((&world.gpu_index, &world.tenants), (&before.gpu_index, &before.tenants));
        assert_eq!(world.gpu_index_of("plain"), world.gpu_index);
        assert_eq!(world.gpu_systems.len(), 3);
        for month in [1, 23, 24, 60] {
            let t = month as f64 / 12.0;
            let steps = |share: f64| (1.0 - share).powi((month / 24) as i32);
            assert_mean(world.gpu_index_of("old"), month, 0.65_f64.powf(t) * steps(0.2));
            assert_mean(world.gpu_index_of("new"), month, 0.90_f64.powf(t) * steps(0.1));
        }
        // At a correlation of one the generations differ in drift and step alone.
        let ratio =
            |world: &World, path: usize| world.gpu_index_of("old")[path][12] / world.gpu_index[path][12];
        assert!((ratio(&world, 0) - ratio(&world, 7)).abs() < 1e-12);
        site.assumptions.gpu_rental.generation_correlation = 0.5;
        let apart = World::sample(&site, 61, 4000).unwrap();
        assert!((ratio(&apart, 0) - ratio(&apart, 7)).abs() > 1e-3);
        assert_eq!(apart.gpu_index, world.gpu_index);
        // One generation, one price; and the shocks are as correlated as stated.
        assert_eq!(apart.gpu_index_of("new"), apart.gpu_index_of("new too"));
        let logs = |paths: &[Vec<f64>]| paths.iter().map(|path| (path[1] / path[0]).ln()).collect::<Vec<_>>();
        let (a, b) = (logs(&apart.gpu_index), logs(apart.gpu_index_of("old")));
        let (mean_a, mean_b) = (statistics::mean(&a), statistics::mean(&b));
        let products: Vec<f64> = a.iter().zip(&b).map(|(a, b)| (a - mean_a) * (b - mean_b)).collect();
        let correlation = statistics::mean(&products)
            / (statistics::standard_deviation(&a) * statistics::standard_deviation(&b));
        assert!((correlation - 0.5).abs() < 0.07, "{correlation}");
        // Fewer paths or months are a prefix of more, here too.
        let short = World::sample(&site, 12, 3).unwrap();
        for path in 0..3 {
            assert_eq!(short.gpu_index_of("old")[path], apart.gpu_index_of("old")[path][..12]);
        }
    }

    #[test]
    fn the_hazard_follows_the_rating_unless_it_is_set_by_hand() {
        let mut site = site();
        site.offers[1].default_per_year = 0.0;
        site.offers[1].tenant_group = "alone".into();
        let failed = |site: &Site| {
            let world = World::sample(site, 12, 4000).unwrap();
            world.tenants[1]
                .default_month
                .iter()
                .filter(|month| month.is_some_and(|month| month < 120))
                .count() as f64
                / 4000.0
        };
        assert_eq!(failed(&site), 0.0);
        site.offers[1].rating = Some(Rating { name: "B".into(), default_per_year: 0.031 });
        assert!((failed(&site) - (1.0 - 0.969_f64.powi(10))).abs() < 0.025);
        site.offers[1].default_per_year = 0.10;
        assert!((failed(&site) - (1.0 - 0.9_f64.powi(10))).abs() < 0.025);
    }

    #[test]
    fn tenants_of_a_group_fail_together_and_as_often_as_stated() {
        let world = World::sample(&site(), 12, 4000).unwrap();
        let [a, b, c] = &world.tenants[..] else { panic!("three offers") };
        assert!(c.default_month.iter().all(Option::is_none));
        let closed: Vec<usize> = (0..4000).filter(|path| a.default_month[*path] != Some(0)).collect();
        assert!((closed.len() as f64 / 4000.0 - 0.7).abs() < 0.03);
        assert!(closed.iter().all(|path| a.default_month[*path] == b.default_month[*path]));
        assert!(b.default_month.iter().all(|month| *month != Some(0)));
        // 1 - 0.95^10 = 0.401; rent of month 119 is lost by those who failed before its middle.
        let failed = b.default_month.iter().filter(|month| month.is_some_and(|month| month < 120)).count();
        assert!((failed as f64 / 4000.0 - 0.401).abs() < 0.025, "{failed}");
        // Triangular from 0 over 0 to 6 months: mean 2.
        let delays: f64 = a.delay_months.iter().map(|months| f64::from(*months)).sum();
        assert!((delays / 4000.0 - 2.0).abs() < 0.1);
        assert_eq!(default_month(1.0, 0.5), Some(1));
    }

    /// Every assumption at either end of its range, alone and together.
    #[test]
    fn extreme_assumptions_stay_finite() {
        let mut sites = Vec::new();
        for upper in [false, true] {
            let mut all = site();
            for object in &DRAWN_FROM {
                for (spec, _) in field::fields_of(&site(), object) {
                    let value = Some(if upper { spec.max } else { spec.min });
                    let at = Address::new(object.clone(), spec.key);
                    let mut alone = site();
                    alone.set_value(&at, value).unwrap();
                    all.set_value(&at, value).unwrap();
                    sites.push((at.to_string(), alone));
                }
            }
            sites.push((format!("all at {}", if upper { "max" } else { "min" }), all));
        }
        assert!(sites.len() > 60);
        for (name, site) in sites {
            let world = World::sample(&site, 300, 2).unwrap();
            for series in [
                &world.hashprice,
                &world.btc_price,
                &world.network_eh,
                &world.power_scale,
                &world.gpu_index,
                &world.colocation_index,
            ] {
                assert!(series.iter().flatten().all(|value| value.is_finite() && *value >= 0.0), "{name}");
                assert_eq!((series.len(), series[0].len()), (2, 300));
            }
            assert!(world.mean_hashprice(299).is_finite());
        }
    }

    #[test]
    fn an_empty_world_and_impossible_correlations_are_no_panic() {
        let mut site = site();
        let empty = World::sample(&site, 0, 0).unwrap();
        assert_eq!((empty.mean_hashprice(0), empty.quantile_hashprice(3, 0.5)), (0.0, 0.0));
        assert_eq!(World::sample(&site, 0, 3).unwrap().hashprice, vec![Vec::<f64>::new(); 3]);
        site.assumptions.correlation.btc_hashrate = 0.99;
        site.assumptions.correlation.btc_power = 0.99;
        site.assumptions.correlation.hashrate_power = -0.99;
        assert!(World::sample(&site, 12, 2).unwrap_err().has_errors());
        site.assumptions.correlation = Default::default();
        site.assumptions.bitcoin.difficulty = f64::NAN;
        let report = World::sample(&site, 12, 2).unwrap_err();
        assert_eq!(report.problems[0].place, "bitcoin.difficulty");
    }
}
