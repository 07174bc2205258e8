//! What follows from the assumptions, worked out beside the window: paths are sampled and summed up.

use std::sync::Arc;

use crate::app::App;
use crate::app::state::Place;
use crate::jobs::Message;
use crate::market::calibrate::{Calibration, calibrate};
use crate::market::power::bill::{BillSummary, RebuiltBill, rebuild_bills, sum_up};
use crate::market::power::calibration::history as power_history;
use crate::market::power::curtailment::{FleetCurtailment, PriceDuration, curtailment, price_duration};
use crate::market::power::{PreparedDeck, deck_of};
use crate::market::summary::{self, Fan, MarketSummary};
use crate::market::{World, bitcoin, history};
use crate::plan::hosting::{Hosting, hosting};
use crate::plan::plugs;
use crate::quantity::{Date, Severity, date};
use crate::site::{HistoryMonth, Site};

const DAYS_PER_MONTH: f64 = 365.25 / 12.0;

/// Markets of a site over its horizon.
#[derive(Clone, Debug)]
pub struct Outlook {
    pub summary: MarketSummary,
    /// First month of the paths.
    pub start: Date,
    pub months: usize,
    pub paths: usize,
    /// Delivered price of a load that never stops, $/MWh; `None` without a feed whose energy has a price.
    pub power: Option<Fan>,
    pub duration: Option<PriceDuration>,
    /// By fleet, in the order of the site.
    pub curtailment: Vec<FleetCurtailment>,
    /// Hashprice of the past: months before the start, and $/PH/s/day.
    pub history: Vec<(f64, f64)>,
    /// Monthly means behind the price deck of the first feed's index, delivered: months before the start, and $/MWh.
    pub power_history: Vec<(f64, f64)>,
    pub calibration: Calibration,
    pub hosting: Hosting,
    pub bills: Vec<RebuiltBill>,
    pub bill_sums: Vec<BillSummary>,
}

/// The outlook in hand and the one being made.
#[derive(Clone, Debug, Default)]
pub struct Markets {
    pub outlook: Option<Arc<Outlook>>,
    /// Revision of the document the outlook was made from.
    pub made_from: u64,
    pub asked: Option<u64>,
    pub failed: Option<String>,
}

/// Samples the paths that judge a plan, as `wattshift market` does, and sums them up.
///
/// # Errors
/// What is wrong with the assumptions, one line a problem.
pub fn outlook(site: &Site) -> Result<Outlook, String> {
    let months = site.plan.horizon_years as usize * 12;
    let paths = site.plan.judge_paths as usize;
    let world = World::sample(site, months, paths).map_err(|report| {
        let lines: Vec<String> =
            report.problems.iter().map(|problem| format!("{}: {}", problem.place, problem.message)).collect();
        lines.join("\n")
    })?;
    let plugs = plugs(site);
    let summary = summary::summary(site, &world, &plugs);
    let bills = rebuild_bills(site);
    Ok(Outlook {
        start: site.plan.start,
        months,
        paths,
        power: power_fan(site, &summary),
        duration: price_duration(site),
        curtailment: curtailment(site, summary.planned_hashprice_usd_per_ph_day, &plugs),
        bill_sums: sum_up(site, &bills),
        bills,
        history: past_hashprice(site),
        power_history: past_power(site),
        calibration: calibrate(site),
        hosting: hosting(site, &world),
        summary,
    })
}

/// Hashprice of each month of the history, from its price, network and fees and the subsidy of its blocks.
fn past_hashprice(site: &Site) -> Vec<(f64, f64)> {
    let past = history::of(site);
    let of_month = |month: &HistoryMonth| {
        let middle = date::add_days(month.month, 15.0);
        let epoch = history::epochs().iter().rev().find(|epoch| epoch.start <= middle)?;
        let subsidy = bitcoin::subsidy_btc(epoch.start_height);
        let fees = subsidy * month.fee_share_of_subsidy.unwrap_or(0.0);
        let difficulty = month.network_eh.map_or(epoch.difficulty, bitcoin::difficulty_of);
        let hashprice = bitcoin::hashprice_usd(difficulty, subsidy, fees, month.price_usd_per_btc);
        let months = date::days_between(site.plan.start, middle) / DAYS_PER_MONTH;
        (hashprice.is_finite() && months < 0.0).then_some((months, hashprice))
    };
    past.months.iter().filter_map(of_month).collect()
}

/// Months that are known of the deck that the first feed's index names, with the feed's adder; none for a price of the
/// tariff's own.
fn past_power(site: &Site) -> Vec<(f64, f64)> {
    let Some((_, feed)) = site.grid_feeds().next() else { return Vec::new() };
    let deck = site.price_deck(&feed.tariff.price_deck).filter(|_| feed.tariff.energy.is_index());
    let Some(deck) = deck else { return Vec::new() };
    let of_month = |(year, month, usd): (i16, i8, f64)| {
        let middle = date::add_days(Date::new(year, month, 1).ok()?, 15.0);
        let months = date::days_between(site.plan.start, middle) / DAYS_PER_MONTH;
        let delivered = usd + feed.tariff.adder_usd_per_mwh;
        (delivered.is_finite() && months < 0.0).then_some((months, delivered))
    };
    power_history(deck).into_iter().filter_map(of_month).collect()
}

/// Quantiles of the delivered price: it rises with the scale of the market, so its quantiles are at those of the scale;
/// the mean is at the mean, since it rises in a straight line.
fn power_fan(site: &Site, summary: &MarketSummary) -> Option<Fan> {
    let (deck, feed) = site.grid_feeds().find_map(|(_, feed)| Some((deck_of(site, &feed.tariff)?, feed)))?;
    let prepared = PreparedDeck::new(&deck, &feed.tariff, &feed.curtailment);
    Some(summary.power_scale.map(|scale| prepared.annual_mean_price(scale)))
}

impl App {
    /// Has the markets looked at anew where they are shown: by the worker, or here where there is none.
    pub(in crate::app) fn look_at_markets(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let revision = document.revision();
        let known = self.markets.made_from == revision || self.markets.asked == Some(revision);
        if self.view.place != Place::Assumptions || known {
            return;
        }
        let (site, work) = (Arc::clone(document.shown()), self.services.outlook);
        self.markets.asked = Some(revision);
        match &mut self.workers {
            Some(workers) => workers.markets.submit(revision, move |_| work(&site)),
            None => self.take_outlook(revision, Ok(work(&site)), now),
        }
    }

    pub(in crate::app) fn poll_markets(&mut self, now: f64) {
        let Some(workers) = &self.workers else { return };
        for message in workers.markets.poll() {
            if let Message::Done { revision, outcome, cancelled: false, .. } = message {
                self.take_outlook(revision, outcome, now);
            }
        }
    }

    /// Takes an outlook of the document as it is; a late one is dropped.
    fn take_outlook(&mut self, revision: u64, outcome: Result<Result<Outlook, String>, String>, now: f64) {
        if self.markets.asked != Some(revision) {
            return;
        }
        self.markets.asked = None;
        self.markets.made_from = revision;
        match outcome {
            Ok(Ok(outlook)) => {
                self.markets.outlook = Some(Arc::new(outlook));
                self.markets.failed = None;
            }
            Ok(Err(why)) => self.markets.failed = Some(why),
            Err(panic) => {
                let why = format!("The markets broke off: {panic}");
                self.toast(now, Severity::Error, why.clone());
                self.markets.failed = Some(why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{read_text, templates};

    /// The mean of the fan is the mean of the price of every path.
    #[test]
    fn the_fan_of_the_power_price_is_that_of_its_paths() {
        let mut site = read_text(templates()[0].text).0.unwrap();
        site.plan.judge_paths = 50;
        site.plan.horizon_years = 2;
        let outlook = outlook(&site).unwrap();
        let fan = outlook.power.unwrap();
        let world = World::sample(&site, 24, 50).unwrap();
        let (_, feed) = site.grid_feeds().next().unwrap();
        let deck = site.price_deck(&feed.tariff.price_deck).unwrap();
        let prepared = PreparedDeck::new(deck, &feed.tariff, &feed.curtailment);
        let prices: Vec<f64> =
            world.power_scale.iter().map(|path| prepared.annual_mean_price(path[23])).collect();
        let mean = prices.iter().sum::<f64>() / prices.len() as f64;
        assert!((fan.mean[23] - mean).abs() < 1e-9 * mean.abs());
        assert!(prices.iter().filter(|price| **price < fan.p50[23]).count() == 25);
    }

    /// Mean hashprices of months as they were published; the history keeps each month's last price, not its mean.
    #[test]
    fn the_past_is_that_of_the_published_hashprice() {
        let site = Site::empty("test");
        let past = past_hashprice(&site);
        for (year, month, published) in
            [(2023, 10, 64.054), (2024, 3, 108.165), (2024, 6, 55.264), (2025, 3, 48.33), (2025, 7, 59.423)]
        {
            let middle = date::add_days(Date::constant(year, month, 1), 15.0);
            let months = date::days_between(site.plan.start, middle) / DAYS_PER_MONTH;
            let (_, found) = past.iter().find(|(at, _)| (at - months).abs() < 0.01).unwrap();
            assert!((found / published - 1.0).abs() < 0.2, "{year}-{month}: {found} is not near {published}");
        }
    }

    /// Against the file of the months that comes with the program, read here by hand.
    #[test]
    fn the_past_of_power_is_that_of_the_deck_with_the_adder() {
        let site = read_text(templates()[0].text).0.unwrap();
        let (_, feed) = site.grid_feeds().next().unwrap();
        let past = past_power(&site);
        let text = include_str!("../../../assets/power/ercot_hb_west_monthly_quantiles_2024_2026.csv");
        let row = text.lines().find(|line| line.starts_with("2025-03,real_time")).unwrap();
        let mean: f64 = row.split(',').nth(3).unwrap().parse().unwrap();
        let middle = date::add_days(Date::constant(2025, 3, 1), 15.0);
        let months = date::days_between(site.plan.start, middle) / DAYS_PER_MONTH;
        let (_, found) = past.iter().find(|(at, _)| (at - months).abs() < 0.01).unwrap();
        assert!((found - mean - feed.tariff.adder_usd_per_mwh).abs() < 1e-9, "{found} for {mean}");
        assert!(past.iter().all(|(month, _)| *month < 0.0));
        let mut flat = site;
        let feed = flat.components.iter_mut().find(|component| component.id == "feed").unwrap();
        if let crate::site::Kind::GridFeed(feed) = &mut feed.kind {
            let price = crate::site::FlatPrice { usd_per_mwh: 40.0, market_share: 0.0 };
            feed.tariff.energy = crate::site::EnergyPrice::Flat(price);
        }
        assert!(past_power(&flat).is_empty());
    }

    #[test]
    fn assumptions_that_cannot_be_are_told_in_words() {
        let mut site = Site::empty("test");
        site.assumptions.bitcoin.difficulty = f64::NAN;
        assert!(outlook(&site).unwrap_err().contains("ifficulty"));
    }
}
