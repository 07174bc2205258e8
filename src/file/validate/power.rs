//! Tariffs, price series, measured loads and bills.

use super::{Check, Step, way};
use crate::quantity::zone::Zone;
use crate::quantity::{Date, format};
use crate::site::tariff::MOST_PERIODS;
use crate::site::{BillMonth, EnergyPrice, GridFeed, Series, Tariff};

/// Lengths of a step of a series, minutes.
const STEPS: [u32; 3] = [15, 30, 60];
/// Bills of a feed that are kept.
const MOST_BILLS: usize = 600;

impl Check<'_, '_> {
    /// `way` leads to the component.
    pub(super) fn grid_feed(&mut self, feed: &GridFeed, way: &[Step]) {
        let to = |rest: &[Step<'static>]| -> Vec<Step> {
            way.iter().copied().chain(way!["kind"]).chain(rest.iter().copied()).collect()
        };
        self.tariff(&feed.tariff, &to(&way!["tariff"]));
        if let Some(block) = &feed.tariff.block
            && block.mw > feed.interconnection_mw
        {
            self.error(
                "block-beyond-connection",
                &to(&way!["tariff", "block", "mw"]),
                format!(
                    "the block of {} is more than the connection of {}",
                    format::mw(block.mw),
                    format::mw(feed.interconnection_mw)
                ),
                "buy ahead at most what the connection can carry",
            );
        }
        if let Some(load) = &feed.load {
            let at = to(&way!["load"]);
            let readings = self.series(&load.kw, &at, "The measured load");
            if let Some(negative) = readings.iter().position(|reading| reading.is_some_and(|kw| kw < 0)) {
                self.error(
                    "load-negative",
                    &at,
                    format!("reading {} of the measured load is negative", negative + 1),
                    "import the load again: power taken from the utility is positive",
                );
            }
        }
        self.bills(&feed.bills, &to(&way!["bills"]));
    }

    fn tariff(&mut self, tariff: &Tariff, way: &[Step]) {
        let to = |rest: &[Step<'static>]| -> Vec<Step> {
            way.iter().copied().chain(rest.iter().copied()).collect()
        };
        if let EnergyPrice::TimeOfUse(prices) = &tariff.energy {
            if prices.periods.len() > MOST_PERIODS {
                self.error(
                    "too-many",
                    &to(&way!["energy", "periods"]),
                    format!("the tariff has {} periods", prices.periods.len()),
                    format!("keep {MOST_PERIODS} of them at most; the other hours have a price of their own"),
                );
            }
            for (index, period) in prices.periods.iter().enumerate() {
                for (key, what, value, least, most) in [
                    ("from_month", "The first month", period.from_month, 1.0, 12.0),
                    ("to_month", "The last month", period.to_month, 1.0, 12.0),
                    ("from_hour", "The first hour", period.from_hour, 0.0, 23.0),
                    ("to_hour", "The hour it ends at", period.to_hour, 1.0, 24.0),
                ] {
                    let at = to(&way!["energy", "periods", index, key]);
                    self.range(&at, what, f64::from(value), least, most);
                }
            }
        }
        if tariff.block.is_some() && !tariff.energy.is_index() {
            self.error(
                "block-without-index",
                &to(&way!["block"]),
                "a block is sold again at the index, and the energy of this tariff has no index",
                "make the energy price `Index` with a price deck, or remove the block",
            );
        }
    }

    /// The readings of a series, when it is one.
    pub(super) fn series(&mut self, series: &Series, way: &[Step], what: &str) -> Vec<Option<i64>> {
        self.year(way, "The start of the readings", series.start.date());
        if !STEPS.contains(&series.minutes) {
            self.error(
                "series-step",
                way,
                format!("{what} has steps of {} minutes", series.minutes),
                "give steps of 15, 30 or 60 minutes",
            );
        }
        if Zone::named(&series.zone).is_none() {
            self.error(
                "time-zone-unknown",
                way,
                format!("there is no time zone `{}`", series.zone),
                "name one such as `America/Chicago`, or an offset such as `UTC-06:00`",
            );
        }
        series.readings().unwrap_or_else(|wrong| {
            self.error(
                "series-unreadable",
                way,
                format!("{what} cannot be read: {wrong}"),
                "import it again",
            );
            Vec::new()
        })
    }

    fn bills(&mut self, bills: &[BillMonth], way: &[Step]) {
        if bills.len() > MOST_BILLS {
            self.error(
                "too-many",
                way,
                format!("there are {} bills", bills.len()),
                format!("keep {MOST_BILLS} of them at most"),
            );
            return;
        }
        let mut before: Option<Date> = None;
        for (index, bill) in bills.iter().enumerate() {
            let at = |key| -> Vec<Step> { way.iter().copied().chain(way![index, key]).collect() };
            self.year(&at("month"), "The month of the bill", bill.month);
            self.range(&at("kwh"), "The energy", bill.kwh, 0.0, 1e10);
            self.range(&at("billed_kw"), "The billed peak", bill.billed_kw, 0.0, 1e8);
            self.range(&at("total_usd"), "The total", bill.total_usd, -1e9, 1e9);
            if let Some(kw) = bill.four_cp_kw {
                self.range(&at("four_cp_kw"), "The coincident peak", kw, 0.0, 1e8);
            }
            let month = bill.month.first_of_month();
            if before == Some(month) {
                self.error(
                    "dates-unsorted",
                    &at("month"),
                    format!("there are two bills of {}", month_of(month)),
                    "keep one, or add them up where the month was billed in parts",
                );
            } else if let Some(before) = before.filter(|before| *before > month) {
                self.error(
                    "dates-unsorted",
                    &at("month"),
                    format!(
                        "the bill of {} does not come after that of {}",
                        month_of(month),
                        month_of(before)
                    ),
                    "put the bills in order, one a month",
                );
            }
            before = Some(month);
        }
    }
}

fn month_of(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}
