//! What the `market` command, the outlook panel and the report print of the markets.

use super::{World, bitcoin, power};
use crate::quantity::{Date, HOURS_PER_YEAR, date, statistics};
use crate::site::{AsicFleet, PriceDeck, Site, Tariff};

const MONTHS: usize = 12;
const DAYS_PER_MONTH: f64 = 365.0 / 12.0;
/// Plan years whose hashprice is printed.
const YEARS: [usize; 4] = [1, 2, 4, 8];

/// The markets in numbers. Machines are judged at their own plug: no cooling or losses upstream.
#[derive(Clone, Debug, PartialEq)]
pub struct MarketSummary {
    pub as_of: Date,
    /// From difficulty, price, subsidy and fees.
    pub hashprice_usd_per_ph_day: f64,
    /// The override where one is set, else the same; fleets are judged at it.
    pub planned_hashprice_usd_per_ph_day: f64,
    pub network_eh: f64,
    pub halving_height: u32,
    /// From the as-of date.
    pub days_to_halving: f64,
    pub halving_date: Date,
    pub fleets: Vec<FleetSummary>,
    /// Mean delivered price of a load that never stops; `None` without a grid feed that names a price deck.
    pub power_usd_per_mwh: Option<f64>,
    /// Of the machines owned; `None` without machines or without a power price.
    pub hashcost_usd_per_ph_day: Option<Hashcost>,
    pub public_hashcost_usd_per_ph_day: f64,
    /// Delivered prices of the typical year, ascending; empty without a power price.
    pub power_bands: Vec<PowerBand>,
    /// In the last month of years 1, 2, 4 and 8, as far as the paths go.
    pub hashprice_by_year: Vec<YearQuantiles>,
    pub hashprice: Fan,
    pub btc_price: Fan,
    pub network: Fan,
    pub power_scale: Fan,
    pub gpu_index: Fan,
    pub colocation_index: Fan,
}

/// A fleet at the planned hashprice and the mean power price.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetSummary {
    pub id: String,
    pub efficiency_j_per_th: f64,
    /// Revenue less power and variable cost, per MWh of IT; `None` without a power price.
    pub margin_usd_per_mwh: Option<f64>,
    /// Power price at which the margin is zero: the strike of curtailment.
    pub breakeven_power_usd_per_mwh: f64,
    /// Days in which a new machine earns its price while nothing changes; `None` when it never does, or without
    /// a price of the machine or of power.
    pub payback_days: Option<f64>,
}

/// Cost of an operating PH/s, USD a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hashcost {
    pub power: f64,
    /// Power, variable cost, pool fee and site cost.
    pub fleet: f64,
    /// The same with overhead and the interest of existing loans, as public miners' total hashcost is counted.
    pub total: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerBand {
    pub hours: f64,
    pub usd_per_mwh: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YearQuantiles {
    pub year: usize,
    pub mean: f64,
    pub p5: f64,
    pub p25: f64,
    pub p50: f64,
    pub p75: f64,
    pub p95: f64,
}

/// Mean and quantiles by month.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fan {
    pub mean: Vec<f64>,
    pub p5: Vec<f64>,
    pub p25: Vec<f64>,
    pub p50: Vec<f64>,
    pub p75: Vec<f64>,
    pub p95: Vec<f64>,
}

/// The markets of a site, with the quantiles of sampled paths.
pub fn summary(site: &Site, world: &World) -> MarketSummary {
    let given = &site.assumptions.bitcoin;
    let today = bitcoin::hashprice_today(given);
    let planned = given.hashprice_override_usd_per_ph_day.unwrap_or(today);
    let halving_height = bitcoin::halving_height_after(given.block_height);
    let days_to_halving = bitcoin::days_to_height(given.block_height, halving_height, given.block_minutes);
    let power = delivered_power(site);
    let power_price = power.map(|(deck, tariff)| power::annual_mean(deck) + tariff.adder_usd_per_mwh);
    let hashprice = fan(&world.hashprice, world.months);
    MarketSummary {
        as_of: given.as_of,
        hashprice_usd_per_ph_day: today,
        planned_hashprice_usd_per_ph_day: planned,
        network_eh: bitcoin::network_eh(given.difficulty),
        halving_height,
        days_to_halving,
        halving_date: date::add_days(given.as_of, days_to_halving),
        fleets: site.fleets.iter().map(|fleet| fleet_summary(site, fleet, planned, power_price)).collect(),
        power_usd_per_mwh: power_price,
        hashcost_usd_per_ph_day: power_price.and_then(|price| hashcost(site, planned, price)),
        public_hashcost_usd_per_ph_day: given.public_hashcost_usd_per_ph_day,
        power_bands: power.map(|(deck, tariff)| power_bands(deck, tariff)).unwrap_or_default(),
        hashprice_by_year: YEARS.iter().filter_map(|year| hashprice.at_year(*year)).collect(),
        btc_price: fan(&world.btc_price, world.months),
        network: fan(&world.network_eh, world.months),
        power_scale: fan(&world.power_scale, world.months),
        gpu_index: fan(&world.gpu_index, world.months),
        colocation_index: fan(&world.colocation_index, world.months),
        hashprice,
    }
}

/// Deck and tariff of the first grid feed that names a deck of the site.
fn delivered_power(site: &Site) -> Option<(&PriceDeck, &Tariff)> {
    site.grid_feeds().find_map(|(_, feed)| Some((site.price_deck(&feed.tariff.price_deck)?, &feed.tariff)))
}

fn power_bands(deck: &PriceDeck, tariff: &Tariff) -> Vec<PowerBand> {
    power::annual_bands(deck)
        .into_iter()
        .map(|band| PowerBand {
            hours: band.share * HOURS_PER_YEAR,
            usd_per_mwh: band.usd_per_mwh + tariff.adder_usd_per_mwh,
        })
        .collect()
}

fn fleet_summary(site: &Site, fleet: &AsicFleet, hashprice: f64, power_price: Option<f64>) -> FleetSummary {
    let breakeven = bitcoin::break_even_power_usd_per_mwh(hashprice, fleet, 1.0);
    let margin = power_price.map(|price| breakeven - price);
    FleetSummary {
        id: fleet.id.clone(),
        efficiency_j_per_th: fleet.efficiency_j_per_th,
        margin_usd_per_mwh: margin,
        breakeven_power_usd_per_mwh: breakeven,
        payback_days: margin.zip(machine_price(site, fleet)).and_then(|(margin, usd_per_th)| {
            let mwh_per_th_day = fleet.efficiency_j_per_th * 24.0 / 1e6;
            bitcoin::static_payback_days(usd_per_th, margin * mwh_per_th_day, fleet.availability)
        }),
    }
}

/// USD per TH/s of a new machine: the fleet's own price, else the pinned catalogue's.
fn machine_price(site: &Site, fleet: &AsicFleet) -> Option<f64> {
    fleet.purchase_usd_per_th.or_else(|| {
        let model = site.catalogue.asics.iter().find(|asic| asic.model == fleet.model)?;
        Some(model.usd_per_th)
    })
}

fn hashcost(site: &Site, hashprice: f64, usd_per_mwh: f64) -> Option<Hashcost> {
    // Of the machines at work, USD a day and PH/s; a MW of IT takes 24 MWh a day.
    let mut petahash = 0.0;
    let mut running_mw = 0.0;
    let mut variable = 0.0;
    let mut pool = 0.0;
    for fleet in &site.fleets {
        let mw = fleet.owned_mw() * fleet.availability;
        let share = mw * fleet.th_per_mw() / 1000.0;
        running_mw += mw;
        petahash += share;
        variable += mw * 24.0 * fleet.variable_usd_per_mwh;
        pool += share * hashprice * fleet.pool_fee_share;
    }
    if petahash <= 0.0 {
        return None;
    }
    let installed_mw: f64 = site.fleets.iter().map(AsicFleet::owned_mw).sum();
    let site_cost = installed_mw * site.company.mining_site_usd_per_mw_month / DAYS_PER_MONTH;
    let interest: f64 =
        site.company.loans.iter().map(|loan| loan.balance_usd * loan.rate).sum::<f64>() / 365.0;
    let overhead = site.company.overhead_usd_per_month / DAYS_PER_MONTH;
    let power = running_mw * 24.0 * usd_per_mwh / petahash;
    let fleet = power + (variable + pool + site_cost) / petahash;
    Some(Hashcost { power, fleet, total: fleet + (overhead + interest) / petahash })
}

/// Mean and quantiles over paths indexed `[path][month]`.
pub fn fan(paths: &[Vec<f64>], months: usize) -> Fan {
    let mut fan = Fan::default();
    let mut values = Vec::with_capacity(paths.len());
    for month in 0..months {
        values.clear();
        values.extend(paths.iter().filter_map(|path| path.get(month).copied()));
        values.sort_by(f64::total_cmp);
        fan.mean.push(statistics::mean(&values));
        let quantiles = [&mut fan.p5, &mut fan.p25, &mut fan.p50, &mut fan.p75, &mut fan.p95];
        for (series, probability) in quantiles.into_iter().zip([0.05, 0.25, 0.5, 0.75, 0.95]) {
            series.push(statistics::quantile_of_sorted(&values, probability));
        }
    }
    fan
}

impl Fan {
    /// The last month of a plan year counted from 1; `None` where the paths are shorter.
    fn at_year(&self, year: usize) -> Option<YearQuantiles> {
        let month = year * MONTHS - 1;
        Some(YearQuantiles {
            year,
            mean: *self.mean.get(month)?,
            p5: *self.p5.get(month)?,
            p25: *self.p25.get(month)?,
            p50: *self.p50.get(month)?,
            p75: *self.p75.get(month)?,
            p95: *self.p95.get(month)?,
        })
    }
}
