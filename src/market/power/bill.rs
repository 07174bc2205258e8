//! *Rebuild this bill*: the tariff works out each bill of the utility again, part by part.

use super::hours::{ENOUGH, Readings, minutes_of_month};
use super::{deck_of, minimum_take_usd_per_mwh, month_bands};
use crate::quantity::zone::Zone;
use crate::quantity::{Date, date};
use crate::site::{BillMonth, EnergyPrice, GridFeed, PriceDeck, Site, Tariff};
use jiff::civil::Weekday;

/// A tariff whose bill is this near, as a share of the bill, is the one that was billed.
pub const TOLERANCE: f64 = 0.02;
/// Months before this one whose peaks a ratchet looks back on.
const RATCHET_MONTHS: i32 = 11;
/// June to September.
const FOUR_CP_MONTHS: std::ops::RangeInclusive<i8> = 6..=9;
const MINUTES_PER_HOUR: usize = 60;

/// What a bill is made of, USD.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BillParts {
    pub energy: f64,
    pub adder: f64,
    /// A fixed-price block against the index; negative where the block was the cheaper.
    pub block: f64,
    /// Demand charge on the peak of the month.
    pub demand: f64,
    /// What the ratchet adds to it.
    pub ratchet: f64,
    pub four_cp: f64,
    pub minimum_take: f64,
    pub fixed: f64,
}

impl BillParts {
    pub fn total(&self) -> f64 {
        let Self { energy, adder, block, demand, ratchet, four_cp, minimum_take, fixed } = self;
        energy + adder + block + demand + ratchet + four_cp + minimum_take + fixed
    }
}

/// A bill and what the tariff makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RebuiltBill {
    /// Id of the grid feed.
    pub feed: String,
    /// First day of the month.
    pub month: Date,
    pub kwh: f64,
    pub billed_kw: f64,
    pub total_usd: f64,
    /// Peak that the tariff bills demand on, with the ratchet.
    pub recomputed_kw: f64,
    pub parts: BillParts,
    pub recomputed_usd: f64,
    /// Of the bill's total; positive where the tariff makes more. `None` for a bill of nothing.
    pub difference_share: Option<f64>,
    /// The two are within [`TOLERANCE`] of the bill.
    pub is_within: bool,
    /// What the price of energy was taken from, in words.
    pub basis: &'static str,
    /// What was assumed for want of a reading, in words.
    pub assumed: Vec<String>,
}

/// All bills of a feed together.
#[derive(Clone, Debug, PartialEq)]
pub struct BillSummary {
    pub feed: String,
    pub months: usize,
    pub within: usize,
    pub kwh: f64,
    pub total_usd: f64,
    pub recomputed_usd: f64,
    pub difference_share: Option<f64>,
    /// Adder with which the tariff would bill the same in all, USD/MWh.
    pub implied_adder_usd_per_mwh: Option<f64>,
}

/// Every bill of the site, by feed in drawing order.
pub fn rebuild_bills(site: &Site) -> Vec<RebuiltBill> {
    site.grid_feeds()
        .flat_map(|(component, feed)| {
            let bench = Bench::new(site, feed);
            (0..feed.bills.len()).map(move |index| bench.rebuild(&component.id, index)).collect::<Vec<_>>()
        })
        .collect()
}

/// The bills of each feed added up.
pub fn sum_up(site: &Site, bills: &[RebuiltBill]) -> Vec<BillSummary> {
    let feeds = site.grid_feeds().filter(|(_, feed)| !feed.bills.is_empty());
    feeds
        .map(|(component, feed)| {
            let of_feed = || bills.iter().filter(|bill| bill.feed == component.id);
            let kwh: f64 = of_feed().map(|bill| bill.kwh).sum();
            let total_usd: f64 = of_feed().map(|bill| bill.total_usd).sum();
            let recomputed_usd: f64 = of_feed().map(|bill| bill.recomputed_usd).sum();
            BillSummary {
                feed: component.id.clone(),
                months: of_feed().count(),
                within: of_feed().filter(|bill| bill.is_within).count(),
                kwh,
                total_usd,
                recomputed_usd,
                difference_share: share_of(recomputed_usd, total_usd),
                implied_adder_usd_per_mwh: (kwh > 0.0)
                    .then(|| feed.tariff.adder_usd_per_mwh + (total_usd - recomputed_usd) / (kwh / 1000.0)),
            }
        })
        .collect()
}

fn share_of(recomputed: f64, billed: f64) -> Option<f64> {
    (billed != 0.0).then(|| (recomputed - billed) / billed.abs())
}

/// What a feed's bills are worked out with.
struct Bench<'a> {
    feed: &'a GridFeed,
    /// Of the energy; `None` where the index does not exist.
    deck: Option<PriceDeck>,
    prices: Option<Readings>,
    load: Option<Readings>,
    /// Of the load's meter, else of the prices, else of the place.
    zone: Zone,
}

impl<'a> Bench<'a> {
    fn new(site: &Site, feed: &'a GridFeed) -> Self {
        let deck = deck_of(site, &feed.tariff).map(std::borrow::Cow::into_owned);
        let prices = deck.as_ref().and_then(|deck| Readings::of_prices(deck.hours.as_ref()?));
        let load = feed.load.as_ref().and_then(|load| Readings::of_load(&load.kw));
        let zone = load.as_ref().or(prices.as_ref()).map(|readings| readings.zone.clone());
        let zone = zone.unwrap_or_else(|| Zone::near(site.latitude, site.longitude));
        Self { feed, deck, prices, load, zone }
    }

    fn rebuild(&self, feed: &str, index: usize) -> RebuiltBill {
        let bill = &self.feed.bills[index];
        let tariff = &self.feed.tariff;
        let mwh = bill.kwh / 1000.0;
        let mut assumed = Vec::new();
        let month = self.month(bill.month, &mut assumed);
        let peak = self.peak_kw(bill);
        let highest = self.highest_before(index);
        let recomputed_kw = peak.max(tariff.ratchet_share * highest);
        let parts = BillParts {
            energy: mwh * month.usd_per_mwh,
            adder: mwh * tariff.adder_usd_per_mwh,
            block: self.block(bill, &month),
            demand: peak * tariff.demand_usd_per_kw_month,
            ratchet: (recomputed_kw - peak) * tariff.demand_usd_per_kw_month,
            four_cp: self.four_cp(index, &mut assumed),
            minimum_take: self.minimum_take(bill, &month),
            fixed: tariff.fixed_usd_per_month,
        };
        let recomputed_usd = parts.total();
        let difference = (recomputed_usd - bill.total_usd).abs();
        RebuiltBill {
            feed: feed.to_owned(),
            month: bill.month.first_of_month(),
            kwh: bill.kwh,
            billed_kw: bill.billed_kw,
            total_usd: bill.total_usd,
            recomputed_kw,
            parts,
            recomputed_usd,
            difference_share: share_of(recomputed_usd, bill.total_usd),
            is_within: difference <= TOLERANCE * bill.total_usd.abs(),
            basis: month.basis,
            assumed,
        }
    }

    /// Prices of a month: weighed by the metered load where both are known hour by hour.
    fn month(&self, day: Date, assumed: &mut Vec<String>) -> MonthPrice {
        let (year, month) = (day.year(), day.month());
        let Some(deck) = &self.deck else {
            assumed
                .push("the tariff names no price deck that exists: energy is counted at nothing".to_owned());
            return MonthPrice { usd_per_mwh: 0.0, even_usd_per_mwh: 0.0, hours: 0.0, basis: "no price" };
        };
        let span = minutes_of_month(&self.zone, year, month);
        let (begin, minutes) =
            span.unwrap_or((0, day.days_in_month().unsigned_abs() as usize * 24 * MINUTES_PER_HOUR));
        let hours = minutes as f64 / MINUTES_PER_HOUR as f64;
        let load = self.load.as_ref().filter(|load| is_covered(load, year, month));
        let tariff = &self.feed.tariff;
        if let EnergyPrice::Flat(price) = &tariff.energy {
            let usd = price.usd_per_mwh;
            return MonthPrice { usd_per_mwh: usd, even_usd_per_mwh: usd, hours, basis: "flat price" };
        }
        let is_known = match &tariff.energy {
            EnergyPrice::TimeOfUse(_) => true,
            _ => self.prices.as_ref().is_some_and(|prices| is_covered(prices, year, month)),
        };
        let typical =
            || month_bands(deck, month).iter().map(|band| band.share * band.usd_per_mwh).sum::<f64>();
        if !is_known {
            assumed.push(
                "the typical month of the price deck stands for this one, and the load is taken as even"
                    .to_owned(),
            );
            let usd = typical();
            return MonthPrice { usd_per_mwh: usd, even_usd_per_mwh: usd, hours, basis: "typical month" };
        }
        let step = load.map_or(MINUTES_PER_HOUR, |load| load.minutes as usize);
        let (mut weighed, mut weight, mut sum, mut count) = (0.0, 0.0, 0.0, 0.0);
        for offset in (0..minutes).step_by(step.max(1)) {
            let instant = begin + offset as i64;
            let Some(price) = self.price_at(tariff, instant) else { continue };
            sum += price;
            count += 1.0;
            if let Some(kw) = load.and_then(|load| load.at(instant)) {
                weighed += kw * price;
                weight += kw;
            }
        }
        let even = if count > 0.0 { sum / count } else { typical() };
        let is_index = tariff.energy.is_index();
        if weight > 0.0 {
            let basis =
                if is_index { "metered load, hourly prices" } else { "metered load, periods of the tariff" };
            MonthPrice { usd_per_mwh: weighed / weight, even_usd_per_mwh: even, hours, basis }
        } else {
            assumed.push("the load is taken as even over the month".to_owned());
            let basis =
                if is_index { "even load, hourly prices" } else { "even load, periods of the tariff" };
            MonthPrice { usd_per_mwh: even, even_usd_per_mwh: even, hours, basis }
        }
    }

    fn price_at(&self, tariff: &Tariff, instant: i64) -> Option<f64> {
        match &tariff.energy {
            EnergyPrice::Index => self.prices.as_ref()?.at(instant),
            EnergyPrice::Flat(price) => Some(price.usd_per_mwh),
            EnergyPrice::TimeOfUse(prices) => {
                let clock = self.zone.clock(instant);
                let is_weekend = matches!(clock.date().weekday(), Weekday::Saturday | Weekday::Sunday);
                let (month, hour) = (clock.month().unsigned_abs(), clock.hour().unsigned_abs());
                Some(prices.price(u32::from(month), is_weekend, u32::from(hour)))
            }
        }
    }

    /// Peak of the month: the meter's where it was read, else the billed one.
    fn peak_kw(&self, bill: &BillMonth) -> f64 {
        self.metered_peak(bill.month.year(), bill.month.month()).unwrap_or(bill.billed_kw)
    }

    fn metered_peak(&self, year: i16, month: i8) -> Option<f64> {
        let load = self.load.as_ref().filter(|load| is_covered(load, year, month))?;
        load.values[load.month(year, month)].iter().flatten().copied().reduce(f64::max)
    }

    /// Highest peak of the eleven months before, of those with a bill or a reading; zero without any.
    fn highest_before(&self, index: usize) -> f64 {
        let this = self.feed.bills[index].month;
        let mut highest: f64 = 0.0;
        for back in 1..=RATCHET_MONTHS {
            let before = date::add_months(this.first_of_month(), -back);
            if let Some(metered) = self.metered_peak(before.year(), before.month()) {
                highest = highest.max(metered);
            }
        }
        for bill in &self.feed.bills[..index] {
            let months = date::months_between(bill.month, this);
            if (1..=RATCHET_MONTHS).contains(&months) {
                highest = highest.max(self.peak_kw(bill));
            }
        }
        highest
    }

    /// A twelfth of the yearly charge on the coincident peak: the bill's own, else the mean peak of the summer
    /// before as far as it is known, less what mining avoids.
    fn four_cp(&self, index: usize, assumed: &mut Vec<String>) -> f64 {
        let bill = &self.feed.bills[index];
        let tariff = &self.feed.tariff;
        let rate = tariff.four_cp_usd_per_kw_year / 12.0;
        if rate == 0.0 {
            return 0.0;
        }
        if let Some(kw) = bill.four_cp_kw {
            return rate * kw;
        }
        let summer: Vec<f64> = self.feed.bills[..index]
            .iter()
            .filter(|earlier| {
                earlier.month.year() + 1 == bill.month.year()
                    && FOUR_CP_MONTHS.contains(&earlier.month.month())
            })
            .map(|earlier| self.peak_kw(earlier))
            .collect();
        let (kw, whose) = if summer.is_empty() {
            (self.peak_kw(bill), "this month's peak")
        } else {
            (crate::quantity::statistics::mean(&summer), "the mean peak of last summer's bills")
        };
        assumed.push(format!(
            "the coincident peak is not on the bill: {whose}, less the share mining avoids, stands for it"
        ));
        rate * kw * (1.0 - tariff.peak_avoidance_share)
    }

    fn block(&self, bill: &BillMonth, month: &MonthPrice) -> f64 {
        let block = self.feed.tariff.block.as_ref();
        let day = bill.month.first_of_month();
        let block = block.filter(|block| block.until.is_none_or(|until| day < until));
        block.map_or(0.0, |block| block.mw * month.hours * (block.usd_per_mwh - month.even_usd_per_mwh))
    }

    /// Energy short of the least that is billed, at the mean delivered price.
    fn minimum_take(&self, bill: &BillMonth, month: &MonthPrice) -> f64 {
        let day = bill.month.first_of_month();
        let contract = self.feed.contract_mw.iter().rev().find(|step| step.from <= day);
        let mw =
            contract.map_or(self.feed.interconnection_mw, |step| step.mw.min(self.feed.interconnection_mw));
        let short = self.feed.minimum_take_share * mw * month.hours - bill.kwh / 1000.0;
        short.max(0.0) * minimum_take_usd_per_mwh(month.even_usd_per_mwh + self.feed.tariff.adder_usd_per_mwh)
    }
}

/// Energy prices of one month, before the adder, USD/MWh.
struct MonthPrice {
    /// As the load took it.
    usd_per_mwh: f64,
    /// Of an even load.
    even_usd_per_mwh: f64,
    hours: f64,
    basis: &'static str,
}

/// Whether nearly all of a month was read.
fn is_covered(readings: &Readings, year: i16, month: i8) -> bool {
    let taken = readings.values[readings.month(year, month)].iter().flatten().count();
    let steps = readings.steps_of_month(year, month);
    steps > 0 && taken as f64 >= ENOUGH * steps as f64
}

#[cfg(test)]
mod tests;
