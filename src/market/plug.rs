//! Fleets where they stand: what lies between machine and meter, what a MWh costs there, and what a MW adds to the
//! charges on peaks. Every figure of a fleet is worked out through [`Plugged`], so that all of them count the same.
//!
//! The way from meter to machine is drawn, and judging a drawing is not this room's work: the caller brings it.

use super::{bitcoin, economics, power};
use crate::quantity::HOURS_PER_MONTH;
use crate::site::{AsicFleet, GridFeed, PriceDeck, Site, Tariff};
use std::borrow::Cow;

/// Where a fleet is plugged in.
#[derive(Clone, Debug, PartialEq)]
pub struct Plug {
    /// Component id; `None` where no hall takes the machines, which are then judged at their own plug.
    pub hall: Option<String>,
    /// Component id of the grid feed upstream; the first whose energy has a price where there is none.
    pub feed: Option<String>,
    /// Utility energy per IT energy in a typical hour: losses and cooling.
    pub gross_factor: f64,
    /// Utility MW per IT MW in the design hour.
    pub design_hour_factor: f64,
}

impl Default for Plug {
    fn default() -> Self {
        Self { hall: None, feed: None, gross_factor: 1.0, design_hour_factor: 1.0 }
    }
}

/// A fleet with its price and charges. Power prices are per MWh at the meter, margins per MWh of IT.
#[derive(Clone, Debug)]
pub struct Plugged<'a> {
    pub fleet: &'a AsicFleet,
    pub plug: Plug,
    pub feed: Option<PricedFeed<'a>>,
    /// Of the machines owned, aged, today.
    pub j_per_th: f64,
}

/// A grid feed whose energy has a price.
#[derive(Clone, Debug)]
pub struct PricedFeed<'a> {
    pub id: &'a str,
    pub feed: &'a GridFeed,
    pub deck: Cow<'a, PriceDeck>,
}

impl PricedFeed<'_> {
    /// Mean delivered price of a load that never stops, USD/MWh.
    pub fn mean_usd_per_mwh(&self) -> f64 {
        power::annual_mean(&self.deck) + self.feed.tariff.adder_usd_per_mwh
    }
}

/// The feed of an id if its energy has a price, else the first whose energy has one.
pub fn priced_feed<'a>(site: &'a Site, id: Option<&str>) -> Option<PricedFeed<'a>> {
    let mut priced = site.grid_feeds().filter_map(|(component, feed)| {
        let deck = power::deck_of(site, &feed.tariff)?;
        Some(PricedFeed { id: &component.id, feed, deck })
    });
    let first = priced.next()?;
    match id {
        Some(id) if id != first.id => priced.find(|other| other.id == id).or(Some(first)),
        _ => Some(first),
    }
}

/// Charges on a MW of billed peak that stands all year, USD a month: demand, and a twelfth of the year's
/// coincident-peak charge. A ratchet adds nothing to a peak that stands.
pub fn peak_usd_per_mw_month(tariff: &Tariff) -> f64 {
    1000.0 * (tariff.demand_usd_per_kw_month + tariff.four_cp_usd_per_kw_year / 12.0)
}

/// The same of a MW of mining's load, which stays away from a share of the peaks (C10).
pub fn mining_peak_usd_per_mw_month(tariff: &Tariff) -> f64 {
    (1.0 - tariff.peak_avoidance_share) * peak_usd_per_mw_month(tariff)
}

/// Every fleet of a site in its order; those beyond the end of `plugs` are judged at their own plug.
pub fn plugged<'a>(site: &'a Site, plugs: &[Plug]) -> Vec<Plugged<'a>> {
    let mut plugs = plugs.iter().cloned();
    site.fleets
        .iter()
        .map(|fleet| {
            let plug = plugs.next().unwrap_or_default();
            let feed = priced_feed(site, plug.feed.as_deref());
            Plugged { fleet, feed, j_per_th: economics::running_j_per_th(site, fleet), plug }
        })
        .collect()
}

impl Plugged<'_> {
    /// Mean delivered price of a load that never stops, USD/MWh; `None` where no energy has a price.
    pub fn power_usd_per_mwh(&self) -> Option<f64> {
        self.feed.as_ref().map(PricedFeed::mean_usd_per_mwh)
    }

    /// What a MW of IT that runs adds to the bill through its peak, USD a month: in the hour that asks most of the way.
    pub fn charges_usd_per_mw_month(&self) -> f64 {
        let tariff = self.feed.as_ref().map(|feed| &feed.feed.tariff);
        self.plug.gross_factor.max(self.plug.design_hour_factor)
            * tariff.map_or(0.0, mining_peak_usd_per_mw_month)
    }

    /// The same over the IT energy of a month without a stop, USD/MWh.
    pub fn charges_usd_per_mwh(&self) -> f64 {
        let hours = HOURS_PER_MONTH * self.fleet.working_share();
        if hours > 0.0 { self.charges_usd_per_mw_month() / hours } else { 0.0 }
    }

    /// Delivered price above which an hour is not worth running: charges on peaks are paid for the month and move none.
    pub fn strike_usd_per_mwh(&self, hashprice: f64) -> f64 {
        bitcoin::break_even_power_usd_per_mwh(hashprice, self.fleet, self.j_per_th, self.plug.gross_factor)
    }

    /// Mean delivered price at which running all month earns nothing once the charges on its peak are paid.
    pub fn break_even_usd_per_mwh(&self, hashprice: f64) -> f64 {
        self.strike_usd_per_mwh(hashprice) - self.charges_usd_per_mwh() / self.plug.gross_factor
    }

    /// Revenue less power, variable cost and charges on peaks, USD per MWh of IT.
    pub fn margin_usd_per_mwh(&self, hashprice: f64, j_per_th: f64, power_usd_per_mwh: f64) -> f64 {
        let fleet = self.fleet;
        bitcoin::revenue_usd_per_mwh(hashprice, j_per_th, fleet.pool_fee_share, fleet.stale_share)
            - power_usd_per_mwh * self.plug.gross_factor
            - fleet.variable_usd_per_mwh
            - self.charges_usd_per_mwh()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::testing::{feed, feed_at, fleet};
    use crate::site::{EnergyPrice, FlatPrice, Kind};

    /// By hand: 12.5 USD/kW-month of which mining meets two fifths, 1.08 kW at the meter for one of IT in the design
    /// hour, 0.9 of 730 hours worked.
    #[test]
    fn charges_are_those_of_the_peak_that_mining_does_not_avoid() {
        let mut site = feed_at(50.0);
        let Kind::GridFeed(grid) = &mut site.components[1].kind else { panic!() };
        grid.tariff.demand_usd_per_kw_month = 6.5;
        grid.tariff.four_cp_usd_per_kw_year = 72.0;
        grid.tariff.peak_avoidance_share = 0.6;
        site.fleets = vec![fleet("f", 20.0, 10.0, None)];
        site.fleets[0].availability = 0.9;
        let plug = Plug { gross_factor: 1.04, design_hour_factor: 1.08, ..Plug::default() };
        let found = plugged(&site, &[plug]).remove(0);
        assert!((found.charges_usd_per_mw_month() - 12_500.0 * 0.4 * 1.08).abs() < 1e-9);
        let charge = 5_400.0 / (0.9 * 730.0);
        assert!((found.charges_usd_per_mwh() - charge).abs() < 1e-12);
        // 48 USD/PH/s/day at 20 J/TH are 100 USD/MWh of IT.
        assert!((found.strike_usd_per_mwh(48.0) - 100.0 / 1.04).abs() < 1e-9);
        assert!((found.break_even_usd_per_mwh(48.0) - (100.0 - charge) / 1.04).abs() < 1e-9);
        let margin = found.margin_usd_per_mwh(48.0, 20.0, found.power_usd_per_mwh().unwrap());
        assert!((margin - (100.0 - 52.0 - charge)).abs() < 1e-9, "{margin}");
        // A machine that never works has no energy to bear a charge, and no figure that is not one.
        site.fleets[0].availability = 0.0;
        assert_eq!(plugged(&site, &[])[0].charges_usd_per_mwh(), 0.0);
    }

    #[test]
    fn a_fleet_buys_at_its_own_feed() {
        let mut site = feed_at(50.0);
        let mut second = feed("none", 1.0);
        second.id = "hydro".into();
        if let Kind::GridFeed(grid) = &mut second.kind {
            grid.tariff.energy = EnergyPrice::Flat(FlatPrice { usd_per_mwh: 30.0, market_share: 0.0 });
        }
        site.components.push(second);
        site.fleets =
            vec![fleet("a", 20.0, 1.0, None), fleet("b", 20.0, 1.0, None), fleet("c", 20.0, 1.0, None)];
        let at = |feed: &str| Plug { feed: Some(feed.into()), ..Plug::default() };
        // A feed without a price is stood in for by the first that has one, as is a fleet without a plug.
        let prices: Vec<f64> = plugged(&site, &[at("hydro"), at("feed-unknown")])
            .iter()
            .map(|fleet| fleet.power_usd_per_mwh().unwrap())
            .collect();
        assert!((prices[0] - 31.0).abs() < 1e-9, "{prices:?}");
        assert!((prices[1] - 50.0).abs() < 1e-9 && (prices[2] - 50.0).abs() < 1e-9, "{prices:?}");
        site.components.clear();
        assert_eq!(plugged(&site, &[])[0].power_usd_per_mwh(), None);
    }
}
