//! The price-duration curve of a site's power, and what stopping at the strike is worth.

use super::hours::{Readings, hourly_deck};
use super::{PreparedDeck, StatusHours, annual_bands};
use crate::market::bitcoin;
use crate::market::plug::{Plug, Plugged, plugged, priced_feed};
use crate::quantity::{HOURS_PER_YEAR, statistics};
use crate::site::{PriceDeck, Site};

/// Points of a curve that is drawn from hours.
const POINTS: usize = 201;
const MONTHS: i8 = 12;

/// Delivered prices, dearest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceDuration {
    /// Id of the grid feed.
    pub feed: String,
    /// True where the hours themselves are kept; else the curve is made of the bands.
    pub is_hourly: bool,
    pub points: Vec<DurationPoint>,
}

/// Share of the year that is dearer than a price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DurationPoint {
    pub share: f64,
    pub usd_per_mwh: f64,
}

/// A year of a running MW of one fleet where it stands, at one hashprice and the prices as they stand.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetCurtailment {
    pub fleet: String,
    /// Component ids of the hall it is judged in, `None` at its own plug, and of the feed it buys at.
    pub hall: Option<String>,
    pub feed: String,
    /// Delivered power price above which it stands still.
    pub strike_usd_per_mwh: f64,
    /// Of 8,760 h, by status.
    pub hours: StatusHours,
    /// Margin with what demand response pays, before charges on peaks, USD per MW of IT and year.
    pub margin_usd_per_mw_year: f64,
    pub demand_response_usd_per_mw_year: f64,
    /// Charges on the peak that mining does not avoid.
    pub charges_usd_per_mw_year: f64,
    /// Margin of the same machines if they never stopped and offered nothing.
    pub never_stopping_usd_per_mw_year: f64,
    /// The margin summed over every hour of the series, where the hours are kept; the plan uses the bands.
    pub hourly_margin_usd_per_mw_year: Option<f64>,
}

/// The price-duration curve of the first grid feed whose energy has a price, adder included.
pub fn price_duration(site: &Site) -> Option<PriceDuration> {
    let priced = priced_feed(site, None)?;
    let adder = priced.feed.tariff.adder_usd_per_mwh;
    let readings = priced.deck.hours.as_ref().and_then(Readings::of_prices);
    let mut points = Vec::new();
    if let Some(readings) = &readings {
        let mut hours: Vec<f64> = readings.values.iter().flatten().copied().collect();
        hours.sort_by(f64::total_cmp);
        points.extend((0..POINTS).map(|point| {
            let share = point as f64 / (POINTS - 1) as f64;
            let usd_per_mwh = statistics::quantile_of_sorted(&hours, 1.0 - share) + adder;
            DurationPoint { share, usd_per_mwh }
        }));
    } else {
        // A band stands at the middle of its hours.
        let mut dearer = 0.0;
        for band in annual_bands(&priced.deck).iter().rev() {
            points.push(DurationPoint {
                share: dearer + band.share / 2.0,
                usd_per_mwh: band.usd_per_mwh + adder,
            });
            dearer += band.share;
        }
    }
    Some(PriceDuration { feed: priced.id.to_owned(), is_hourly: readings.is_some(), points })
}

/// What every fleet's year is spent on at a hashprice (USD/PH/s/day), each on its own feed; `plugs` as of
/// [`super::super::summary()`].
pub fn curtailment(site: &Site, hashprice: f64, plugs: &[Plug]) -> Vec<FleetCurtailment> {
    plugged(site, plugs).iter().filter_map(|plugged| of_fleet(plugged, hashprice)).collect()
}

fn of_fleet(plugged: &Plugged<'_>, hashprice: f64) -> Option<FleetCurtailment> {
    let (fleet, priced) = (plugged.fleet, plugged.feed.as_ref()?);
    let (g, v, working) = (plugged.plug.gross_factor, fleet.variable_usd_per_mwh, fleet.working_share());
    let prepared = |deck: &PriceDeck| PreparedDeck::new(deck, &priced.feed.tariff, &priced.feed.curtailment);
    let by_bands = prepared(&priced.deck);
    let readings = priced.deck.hours.as_ref().and_then(Readings::of_prices);
    let by_hours = readings.map(|readings| prepared(&hourly_deck(&priced.deck, &readings)));
    let r =
        bitcoin::revenue_usd_per_mwh(hashprice, plugged.j_per_th, fleet.pool_fee_share, fleet.stale_share);
    let month = |deck: &PreparedDeck, month| deck.mining_month(month, r, 1.0, g, v, working);
    let year = |deck: &PreparedDeck| (1..=MONTHS).map(|m| month(deck, m).margin_usd_per_mw).sum::<f64>();
    let mut hours = StatusHours::default();
    for status in (1..=MONTHS).map(|month| by_bands.status_hours(month, r, 1.0, g, v)) {
        hours.mandated += status.mandated;
        hours.four_cp += status.four_cp;
        hours.called += status.called;
        hours.price += status.price;
        hours.running += status.running;
    }
    Some(FleetCurtailment {
        fleet: fleet.id.clone(),
        hall: plugged.plug.hall.clone(),
        feed: priced.id.to_owned(),
        strike_usd_per_mwh: plugged.strike_usd_per_mwh(hashprice),
        hours,
        margin_usd_per_mw_year: year(&by_bands),
        demand_response_usd_per_mw_year: (1..=MONTHS).map(|m| month(&by_bands, m).other_usd_per_mw).sum(),
        charges_usd_per_mw_year: f64::from(MONTHS) * plugged.charges_usd_per_mw_month(),
        never_stopping_usd_per_mw_year: working
            * HOURS_PER_YEAR
            * (r - by_bands.annual_mean_price(1.0) * g - v),
        hourly_margin_usd_per_mw_year: by_hours.as_ref().map(year),
    })
}
