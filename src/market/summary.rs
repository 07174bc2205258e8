//! What the `market` command, the outlook panel and the report print of the markets.

use super::economics::{self, Hashcost, Payback, SurvivalMap};
use super::epoch::{self, DifficultyEpoch};
use super::plug::{Plug, Plugged, PricedFeed, plugged, priced_feed};
use super::{World, bitcoin, power};
use crate::quantity::{Date, HOURS_PER_YEAR, date, statistics};
use crate::site::{PriceDeck, Site, Tariff};

const MONTHS: usize = 12;
/// Plan years whose hashprice is printed.
const YEARS: [usize; 4] = [1, 2, 4, 8];

/// The markets in numbers. Machines are judged where they stand, with losses and cooling between meter and machine.
#[derive(Clone, Debug, PartialEq)]
pub struct MarketSummary {
    pub as_of: Date,
    /// From difficulty, price, subsidy and fees.
    pub hashprice_usd_per_ph_day: f64,
    /// The override where one is set, else the same; fleets are judged at it.
    pub planned_hashprice_usd_per_ph_day: f64,
    pub network_eh: f64,
    pub epoch: DifficultyEpoch,
    pub subsidy_btc: f64,
    pub subsidy_after_halving_btc: f64,
    pub halving_height: u32,
    /// From the as-of date.
    pub days_to_halving: f64,
    pub halving_date: Date,
    /// From the start of the plan, which paybacks are counted from.
    pub days_to_halving_from_start: f64,
    pub fleets: Vec<FleetSummary>,
    /// Mean delivered price of a load that never stops; `None` without a grid feed that names a price deck.
    pub power_usd_per_mwh: Option<f64>,
    /// Of the machines owned; `None` without machines or without a power price.
    pub hashcost_usd_per_ph_day: Option<Hashcost>,
    pub public_hashcost_usd_per_ph_day: f64,
    pub survival_map: SurvivalMap,
    /// Delivered prices of the typical year, ascending; empty without a power price.
    pub power_bands: Vec<PowerBand>,
    /// Of plan years 1, 2, 4 and 8, as far as the paths go.
    pub hashprice_by_year: Vec<YearQuantiles>,
    pub hashprice: Fan,
    pub btc_price: Fan,
    pub network: Fan,
    pub power_scale: Fan,
    pub gpu_index: Fan,
    pub colocation_index: Fan,
}

/// A fleet at the planned hashprice and the mean power price of its feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetSummary {
    pub id: String,
    /// Where it is judged, and what lies between meter and machine; at its own plug where no hall takes it.
    pub plug: Plug,
    /// Mean delivered price of its feed; `None` without a grid feed whose energy has a price.
    pub power_usd_per_mwh: Option<f64>,
    /// Charges on the peak that mining does not avoid, per MWh of IT.
    pub charges_usd_per_mwh: f64,
    /// Of the data sheet.
    pub efficiency_j_per_th: f64,
    /// Of the machines owned, aged and at their realised hashrate.
    pub running_j_per_th: f64,
    /// Share of the hours machines work when they may, failures included.
    pub working_share: f64,
    /// Of the machines owned, PH/s.
    pub nameplate_ph: f64,
    /// At work on average, PH/s.
    pub working_ph: f64,
    /// Revenue less power, variable cost and charges on peaks, per MWh of IT; `None` without a power price.
    pub margin_usd_per_mwh: Option<f64>,
    /// Mean delivered power price at which the margin is zero.
    pub breakeven_power_usd_per_mwh: f64,
    /// Delivered price above which an hour is not worth running; charges on peaks move no hour.
    pub strike_usd_per_mwh: f64,
    /// Days in which a new machine earns its price while nothing changes; `None` when it never does, or without
    /// a price of the machine or of power.
    pub payback_days: Option<f64>,
    /// The same with what changes along the paths.
    pub payback: Payback,
    /// `None` without machines or without a power price.
    pub hashcost_usd_per_ph_day: Option<Hashcost>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerBand {
    pub hours: f64,
    pub usd_per_mwh: f64,
}

/// A plan year over all paths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YearQuantiles {
    /// Counted from 1.
    pub year: usize,
    /// First day of its last month.
    pub last_month: Date,
    /// In that month.
    pub at_end: Quantiles,
    /// Of the mean of its twelve months.
    pub over_year: Quantiles,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quantiles {
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
///
/// `plugs` says where each fleet stands, in the order of the site; one that is not in it is judged at its own plug.
pub fn summary(site: &Site, world: &World, plugs: &[Plug]) -> MarketSummary {
    let given = &site.assumptions.bitcoin;
    let today = bitcoin::hashprice_today(given);
    let planned = given.hashprice_override_usd_per_ph_day.unwrap_or(today);
    let halving_height = bitcoin::halving_height_after(given.block_height);
    let days_to_halving = bitcoin::days_to_height(given.block_height, halving_height, given.block_minutes);
    let power = priced_feed(site, None);
    let fleets = plugged(site, plugs);
    let hashprice = fan(&world.hashprice, world.months);
    MarketSummary {
        as_of: given.as_of,
        hashprice_usd_per_ph_day: today,
        planned_hashprice_usd_per_ph_day: planned,
        network_eh: bitcoin::network_eh(given.difficulty),
        epoch: epoch::difficulty_epoch(given),
        subsidy_btc: bitcoin::subsidy_btc(given.block_height),
        subsidy_after_halving_btc: bitcoin::subsidy_btc(halving_height),
        halving_height,
        days_to_halving,
        halving_date: date::add_days(given.as_of, days_to_halving),
        days_to_halving_from_start: economics::days_to_halving_from_start(site),
        fleets: fleets.iter().map(|fleet| fleet_summary(site, fleet, planned, &hashprice)).collect(),
        power_usd_per_mwh: power.as_ref().map(PricedFeed::mean_usd_per_mwh),
        hashcost_usd_per_ph_day: economics::site_hashcost(site, &fleets, planned),
        public_hashcost_usd_per_ph_day: given.public_hashcost_usd_per_ph_day,
        survival_map: economics::survival_map(site, &fleets),
        power_bands: power.map(|feed| power_bands(&feed.deck, &feed.feed.tariff)).unwrap_or_default(),
        hashprice_by_year: hashprice_by_year(site, world, &hashprice),
        btc_price: fan(&world.btc_price, world.months),
        network: fan(&world.network_eh, world.months),
        power_scale: fan(&world.power_scale, world.months),
        gpu_index: fan(&world.gpu_index, world.months),
        colocation_index: fan(&world.colocation_index, world.months),
        hashprice,
    }
}

/// Mean delivered price of a load that never stops, USD/MWh; `None` without a grid feed whose energy has a price.
pub fn mean_power_price(site: &Site) -> Option<f64> {
    priced_feed(site, None).map(|feed| feed.mean_usd_per_mwh())
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

fn fleet_summary(site: &Site, plugged: &Plugged<'_>, planned: f64, hashprice: &Fan) -> FleetSummary {
    let (fleet, j_per_th) = (plugged.fleet, plugged.j_per_th);
    let payback = economics::payback(site, plugged, planned, &hashprice.mean, &hashprice.p50);
    let power_usd_per_mwh = plugged.power_usd_per_mwh();
    FleetSummary {
        id: fleet.id.clone(),
        plug: plugged.plug.clone(),
        power_usd_per_mwh,
        charges_usd_per_mwh: plugged.charges_usd_per_mwh(),
        efficiency_j_per_th: fleet.efficiency_j_per_th,
        running_j_per_th: j_per_th,
        working_share: fleet.working_share(),
        nameplate_ph: fleet.owned_mw() * fleet.th_per_mw() / 1000.0,
        working_ph: fleet.owned_mw() * fleet.working_share() * 1000.0 / j_per_th,
        margin_usd_per_mwh: power_usd_per_mwh
            .map(|price| plugged.margin_usd_per_mwh(planned, j_per_th, price)),
        breakeven_power_usd_per_mwh: plugged.break_even_usd_per_mwh(planned),
        strike_usd_per_mwh: plugged.strike_usd_per_mwh(planned),
        payback_days: payback.static_days,
        payback,
        hashcost_usd_per_ph_day: economics::fleet_hashcost(site, plugged, planned),
    }
}

fn hashprice_by_year(site: &Site, world: &World, fan: &Fan) -> Vec<YearQuantiles> {
    let of_year = |year: usize| {
        let months = (year - 1) * MONTHS..year * MONTHS;
        let at_end = fan.at(months.end - 1)?;
        let means: Vec<Vec<f64>> = world
            .hashprice
            .iter()
            .filter_map(|path| Some(vec![statistics::mean(path.get(months.clone())?)]))
            .collect();
        let last = i32::try_from(months.end - 1).ok()?;
        Some(YearQuantiles {
            year,
            last_month: date::add_months(site.plan.start.first_of_month(), last),
            at_end,
            over_year: self::fan(&means, 1).at(0)?,
        })
    };
    YEARS.into_iter().filter_map(of_year).collect()
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
    /// The same quantiles of a figure that rises with this one.
    pub fn map(&self, of: impl Fn(f64) -> f64) -> Self {
        let each = |series: &[f64]| series.iter().map(|value| of(*value)).collect();
        Self {
            mean: each(&self.mean),
            p5: each(&self.p5),
            p25: each(&self.p25),
            p50: each(&self.p50),
            p75: each(&self.p75),
            p95: each(&self.p95),
        }
    }

    /// One month; `None` where the paths are shorter.
    fn at(&self, month: usize) -> Option<Quantiles> {
        Some(Quantiles {
            mean: *self.mean.get(month)?,
            p5: *self.p5.get(month)?,
            p25: *self.p25.get(month)?,
            p50: *self.p50.get(month)?,
            p75: *self.p75.get(month)?,
            p95: *self.p95.get(month)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::testing::{feed_at, fleet};
    use crate::site::MinerCooling;
    use crate::site::catalogue::AsicModel;
    use jiff::civil::date;

    /// Two fleets on ERCOT West power with an adder that makes the mean price 50 USD/MWh.
    fn site() -> Site {
        let mut site = feed_at(50.0);
        site.fleets = vec![fleet("new", 13.5, 27.0, Some(25.7)), fleet("old", 29.5, 29.5, None)];
        site.assumptions.bitcoin.hashprice_override_usd_per_ph_day = Some(38.3);
        site
    }

    #[test]
    fn a_fleet_is_judged_at_the_planned_hashprice_and_the_mean_power_price() {
        let mut site = site();
        site.catalogue.asics.push(AsicModel {
            model: "model old".into(),
            year: 2021,
            th_per_s: 104.0,
            efficiency_j_per_th: 29.5,
            cooling: MinerCooling::Air,
            usd_per_th_low: 1.5,
            usd_per_th: 3.0,
            usd_per_th_high: 5.0,
            source: "test".into(),
        });
        let world = World::sample(&site, 60, 200).unwrap();
        let summary = summary(&site, &world, &[]);
        assert!((summary.hashprice_usd_per_ph_day - 38.0).abs() < 0.38);
        assert_eq!(summary.planned_hashprice_usd_per_ph_day, 38.3);
        assert!((summary.power_usd_per_mwh.unwrap() - 50.0).abs() < 1e-9);
        // Table of paybacks: S21 XP and S19j Pro at 38.3 and 0.05 USD/kWh.
        for (fleet, payback) in summary.fleets.iter().zip([1163.0, 1034.0]) {
            let margin = fleet.margin_usd_per_mwh.unwrap();
            assert!((fleet.breakeven_power_usd_per_mwh - 50.0 - margin).abs() < 1e-9);
            assert!((fleet.payback_days.unwrap() - payback).abs() < 0.7, "{fleet:?}");
        }
        // Blocks until 1,050,000 at 9.95 minutes: within the window of the forecasts, 29 March to 10 April 2028.
        assert_eq!(summary.halving_height, 1_050_000);
        assert!(summary.halving_date >= date(2028, 3, 29) && summary.halving_date <= date(2028, 4, 10));
        assert!((summary.days_to_halving - 120_600.0 * 9.95 / 1440.0).abs() < 1e-9);
    }

    #[test]
    fn power_bands_fill_the_year_at_the_delivered_price() {
        let site = site();
        let summary = summary(&site, &World::default(), &[]);
        assert_eq!(summary.power_bands.len(), 13);
        assert!((summary.power_bands.iter().map(|band| band.hours).sum::<f64>() - 8760.0).abs() < 1e-6);
        let mean = summary.power_bands.iter().map(|band| band.hours * band.usd_per_mwh).sum::<f64>() / 8760.0;
        assert!((mean - 50.0).abs() < 1e-9);
        assert!(summary.hashprice_by_year.is_empty());
    }

    #[test]
    fn a_site_without_power_or_machines_has_no_made_up_figures() {
        let mut site = Site::empty("bare");
        site.fleets.push(fleet("f", 17.5, 0.0, Some(15.0)));
        let summary = summary(&site, &World::default(), &[]);
        assert_eq!((summary.power_usd_per_mwh, summary.hashcost_usd_per_ph_day), (None, None));
        assert_eq!((summary.fleets[0].margin_usd_per_mwh, summary.fleets[0].payback_days), (None, None));
        assert!(summary.fleets[0].breakeven_power_usd_per_mwh > 80.0);
        assert!(summary.power_bands.is_empty());
    }

    #[test]
    fn quantiles_of_the_paths_are_ordered_and_printed_by_year() {
        let mut site = site();
        site.assumptions.bitcoin.hashprice_override_usd_per_ph_day = None;
        let world = World::sample(&site, 60, 400).unwrap();
        let summary = summary(&site, &world, &[]);
        let years: Vec<usize> = summary.hashprice_by_year.iter().map(|year| year.year).collect();
        assert_eq!(years, [1, 2, 4]);
        for year in &summary.hashprice_by_year {
            for found in [year.at_end, year.over_year] {
                assert!(found.p5 < found.p25 && found.p25 < found.p50);
                assert!(found.p50 < found.p75 && found.p75 < found.p95);
            }
            assert!((year.at_end.mean - world.mean_hashprice(12 * year.year - 1)).abs() < 1e-9);
            assert!((year.at_end.p95 - world.quantile_hashprice(12 * year.year - 1, 0.95)).abs() < 1e-9);
            let months = 12 * (year.year - 1)..12 * year.year;
            let mean = months.map(|month| world.mean_hashprice(month)).sum::<f64>() / 12.0;
            assert!((year.over_year.mean - mean).abs() < 1e-9);
        }
        // The plan of the test starts in January: the first year ends in December.
        assert_eq!(summary.hashprice_by_year[0].last_month.month(), 12);
        assert_eq!(summary.hashprice.p50.len(), 60);
        // Reversion keeps the mean where miners can live, through the halving of 2028.
        assert!(
            summary.hashprice.mean.iter().all(|mean| (20.0..60.0).contains(mean)),
            "{:?}",
            summary.hashprice.mean
        );
    }
}
