//! Power prices as bands, and what an interruptible miner earns against them.

pub mod bill;
pub mod calibration;
pub mod curtailment;
pub mod hours;
pub mod tariff;

pub use tariff::deck_of;

use crate::quantity::{Date, HOURS_PER_MONTH};
use crate::site::{Curtailment, FixedBlock, PriceBand, PriceDeck, Tariff};

/// Equal cuts below the dearest hours.
const CUTS: usize = 12;
/// Share of the hours in the dearest band.
const TOP_SHARE: f64 = 0.01;
const MONTHS: usize = 12;
/// June to September, in which the four coincident peaks fall.
const FOUR_CP_MONTHS: std::ops::RangeInclusive<usize> = 6..=9;

/// Bands of a run of hourly prices: 12 equal cuts of the cheaper 99 % and the dearest 1 %, ascending.
///
/// An hour on the edge of a cut counts on both sides with its parts, and a band's price is the exact mean of its
/// hours: the mean of the bands is the mean of the hours. No hours, no bands.
pub fn bands_from_hours(hours: &[f64]) -> Vec<PriceBand> {
    let pieces: Vec<PriceBand> =
        hours.iter().map(|price| PriceBand { share: 1.0, usd_per_mwh: *price }).collect();
    bands_from_pieces(pieces)
}

/// As [`bands_from_hours`], for prices that each stand for a share of the hours; the shares may have any sum.
pub fn bands_from_pieces(mut pieces: Vec<PriceBand>) -> Vec<PriceBand> {
    pieces.retain(|piece| piece.share > 0.0);
    pieces.sort_by(|a, b| a.usd_per_mwh.total_cmp(&b.usd_per_mwh));
    let total: f64 = pieces.iter().map(|piece| piece.share).sum();
    if pieces.is_empty() {
        return Vec::new();
    }
    let mut bands = Vec::with_capacity(CUTS + 1);
    let mut piece = 0;
    let mut left = pieces[0].share;
    for share in cut_shares() {
        let mut wanted = share * total;
        let mut money = 0.0;
        while wanted > 0.0 {
            let taken = wanted.min(left);
            money += taken * pieces[piece].usd_per_mwh;
            wanted -= taken;
            left -= taken;
            if left <= 0.0 {
                if piece + 1 == pieces.len() {
                    // What rounding leaves over belongs to the last hour.
                    money += wanted * pieces[piece].usd_per_mwh;
                    break;
                }
                piece += 1;
                left = pieces[piece].share;
            }
        }
        bands.push(PriceBand { share, usd_per_mwh: money / (share * total) });
    }
    bands
}

/// Shares of the bands, cheapest first; they sum to 1.
pub fn cut_shares() -> [f64; CUTS + 1] {
    std::array::from_fn(|band| if band < CUTS { (1.0 - TOP_SHARE) / CUTS as f64 } else { TOP_SHARE })
}

/// Bands of a calendar month (1 is January, 13 January again); none where the deck has no such month.
pub fn month_bands(deck: &PriceDeck, calendar_month: i8) -> &[PriceBand] {
    deck.months.get(month_index(calendar_month)).map_or(&[], Vec::as_slice)
}

/// Bands of the whole year, of months of equal length.
pub fn annual_bands(deck: &PriceDeck) -> Vec<PriceBand> {
    bands_from_pieces(deck.months.iter().flatten().copied().collect())
}

/// Mean price of the deck's year, USD/MWh, of months of equal length.
pub fn annual_mean(deck: &PriceDeck) -> f64 {
    let months = deck.months.len().max(1) as f64;
    deck.months.iter().flatten().map(|band| band.share * band.usd_per_mwh).sum::<f64>() / months
}

fn month_index(calendar_month: i8) -> usize {
    usize::from((i16::from(calendar_month) - 1).rem_euclid(MONTHS as i16).unsigned_abs())
}

/// What a MW of IT earns by mining in one month of [`HOURS_PER_MONTH`] hours.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MiningMonth {
    /// Revenue and other income less power and variable cost.
    pub margin_usd_per_mw: f64,
    /// Of the coins.
    pub revenue_usd_per_mw: f64,
    /// Demand-response income.
    pub other_usd_per_mw: f64,
    /// Hours of full output: machines in repair are counted out.
    pub running_hours: f64,
    pub power_cost_usd_per_mw: f64,
}

/// Hours of a month of [`HOURS_PER_MONTH`] hours by status, in the order in which an hour gets its status.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StatusHours {
    pub mandated: f64,
    pub four_cp: f64,
    /// Called by demand response when it would have run.
    pub called: f64,
    /// Dearer than the strike, called or not.
    pub price: f64,
    pub running: f64,
}

/// A price deck with a feed's tariff, net of the hours in which mining must stand still.
///
/// Each hour has one status: mandated curtailment, 4CP, called demand response, price curtailment, running. Mandated
/// and called hours of a year fall evenly on its months, 4CP hours on June to September; within a month each takes the
/// dearest hours that are left, in this order. A call finds only machines that would run: a called hour dearer than
/// the strike is one of price curtailment.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedDeck {
    months: [PreparedMonth; MONTHS],
    adder_usd_per_mwh: f64,
    /// Share of a price above zero that the scaling of a path moves: all of an index, less of an agreed price.
    market_share: f64,
    block: Option<FixedBlock>,
    fixed_usd_per_month: f64,
    /// Paid per MW of utility load and hour in which it would run, and per MWh not taken when called.
    demand_response_usd_per_mw_hour: f64,
    called_usd_per_mwh: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct PreparedMonth {
    /// Hours left to mining, called ones included, ascending in price.
    bands: Vec<HourBand>,
    /// Hours taken from them, by status.
    mandated: f64,
    four_cp: f64,
    /// Parts of the flat mean price that scale with the market (above zero) and that do not.
    mean_above_zero: f64,
    mean_below_zero: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct HourBand {
    hours: f64,
    /// Of these, in which demand response is called.
    called: f64,
    usd_per_mwh: f64,
}

/// Hours of a month in which a machine would run.
#[derive(Clone, Copy, Debug, Default)]
struct Worth {
    running: f64,
    called: f64,
    /// Of the running hours for a MW from the utility, USD.
    energy_cost: f64,
}

impl PreparedDeck {
    /// `deck` is the one that [`deck_of`] the tariff gives.
    pub fn new(deck: &PriceDeck, tariff: &Tariff, curtailment: &Curtailment) -> Self {
        Self {
            months: std::array::from_fn(|index| {
                PreparedMonth::new(deck.months.get(index).map_or(&[], Vec::as_slice), index + 1, curtailment)
            }),
            adder_usd_per_mwh: tariff.adder_usd_per_mwh,
            market_share: tariff::market_share(tariff),
            block: tariff.block.clone(),
            fixed_usd_per_month: tariff.fixed_usd_per_month,
            demand_response_usd_per_mw_hour: curtailment.demand_response_usd_per_mw_hour,
            called_usd_per_mwh: curtailment.called_usd_per_mwh,
        }
    }

    /// The miner's month: it runs whenever an hour pays,
    /// `margin = availability * sum_b hours_b * max(0, r - price_b*g - v)` + demand response.
    ///
    /// A band's price is `p*scale + adder`, `p*(1 + m*(scale - 1)) + adder` where only the share m of it moves with
    /// the market; a price at or below zero does not scale. `r` is the revenue of a MWh
    /// of IT energy ([`super::bitcoin::revenue_usd_per_mwh`]), `gross_factor` g the utility energy per IT energy,
    /// `variable` v the other cost per MWh of IT.
    ///
    /// Demand response pays the availability price for the utility load of the machines in service in every hour in
    /// which they would run (outside mandated curtailment and 4CP, not dearer than the strike), called ones included,
    /// and the energy price for those that are called. What it pays is no reason to run: the strike is that of the
    /// energy alone.
    pub fn mining_month(
        &self,
        calendar_month: i8,
        r: f64,
        scale: f64,
        gross_factor: f64,
        variable: f64,
        availability: f64,
    ) -> MiningMonth {
        let month = &self.months[month_index(calendar_month)];
        let worth = self.worth_running(month, r, scale, gross_factor, variable);
        let running_hours = availability * worth.running;
        let revenue = running_hours * r;
        let power_cost = availability * worth.energy_cost * gross_factor;
        let response = self.demand_response_usd_per_mw_hour * (worth.running + worth.called)
            + self.called_usd_per_mwh * worth.called;
        let other = availability * gross_factor * response;
        MiningMonth {
            margin_usd_per_mw: revenue - power_cost - running_hours * variable + other,
            revenue_usd_per_mw: revenue,
            other_usd_per_mw: other,
            running_hours,
            power_cost_usd_per_mw: power_cost,
        }
    }

    /// Hours worth running of a month.
    fn worth_running(
        &self,
        month: &PreparedMonth,
        r: f64,
        scale: f64,
        gross_factor: f64,
        variable: f64,
    ) -> Worth {
        let factor = self.moved(scale);
        let mut worth = Worth::default();
        for band in &month.bands {
            let price = scaled(band.usd_per_mwh, factor) + self.adder_usd_per_mwh;
            if r - price * gross_factor - variable <= 0.0 {
                // Bands ascend and scaling keeps their order: the rest is dearer.
                break;
            }
            let running = band.hours - band.called;
            worth.running += running;
            worth.called += band.called;
            worth.energy_cost += running * price;
        }
        worth
    }

    /// What the hours of a month are spent on; arguments as of [`Self::mining_month`].
    pub fn status_hours(
        &self,
        calendar_month: i8,
        r: f64,
        scale: f64,
        gross_factor: f64,
        variable: f64,
    ) -> StatusHours {
        let month = &self.months[month_index(calendar_month)];
        let worth = self.worth_running(month, r, scale, gross_factor, variable);
        let left: f64 = month.bands.iter().map(|band| band.hours).sum();
        StatusHours {
            mandated: month.mandated,
            four_cp: month.four_cp,
            called: worth.called,
            price: left - worth.running - worth.called,
            running: worth.running,
        }
    }

    /// Cash of a month that no decision moves, USD: the fixed-price block settled against the index, less the fixed
    /// charge. The block's energy is bought at its price and credited at the index of every hour, which is what using
    /// it and selling the rest comes to while the load itself pays the index.
    pub fn settlement_usd(&self, first_day: Date, scale: f64) -> f64 {
        let block = self.block.as_ref().filter(|block| block.until.is_none_or(|until| first_day < until));
        let gain = block.map_or(0.0, |block| {
            let index = self.mean_price(first_day.month(), scale) - self.adder_usd_per_mwh;
            block.mw * HOURS_PER_MONTH * (index - block.usd_per_mwh)
        });
        gain - self.fixed_usd_per_month
    }

    /// True when [`Self::settlement_usd`] is not always zero.
    pub fn has_settlement(&self) -> bool {
        self.fixed_usd_per_month != 0.0 || self.block.as_ref().is_some_and(|block| block.mw != 0.0)
    }

    /// Factor of a price above zero on a path.
    fn moved(&self, scale: f64) -> f64 {
        // An index moves by the factor itself, to the last digit.
        if self.market_share == 1.0 { scale } else { 1.0 + self.market_share * (scale - 1.0) }
    }

    /// Mean delivered price of a load that never stops, USD per MWh from the utility.
    pub fn mean_price(&self, calendar_month: i8, scale: f64) -> f64 {
        let month = &self.months[month_index(calendar_month)];
        month.mean_above_zero * self.moved(scale) + month.mean_below_zero + self.adder_usd_per_mwh
    }

    /// Price of energy that is billed by the minimum take and not taken, USD/MWh, as the deck stands.
    pub fn minimum_take_price(&self, calendar_month: i8) -> f64 {
        minimum_take_usd_per_mwh(self.mean_price(calendar_month, 1.0))
    }

    /// As [`Self::mean_price`], over the twelve months.
    pub fn annual_mean_price(&self, scale: f64) -> f64 {
        (1..=MONTHS as i8).map(|month| self.mean_price(month, scale)).sum::<f64>() / MONTHS as f64
    }
}

/// Price of energy below the minimum take, from the mean delivered price of its month, energy and adder: nobody is paid
/// for energy not taken, whatever the index.
pub fn minimum_take_usd_per_mwh(mean_delivered: f64) -> f64 {
    mean_delivered.max(0.0)
}

fn scaled(usd_per_mwh: f64, scale: f64) -> f64 {
    if usd_per_mwh > 0.0 { usd_per_mwh * scale } else { usd_per_mwh }
}

impl PreparedMonth {
    fn new(bands: &[PriceBand], calendar_month: usize, curtailment: &Curtailment) -> Self {
        let total: f64 = bands.iter().map(|band| band.share).sum();
        if total <= 0.0 {
            return Self::default();
        }
        let mut hours: Vec<HourBand> = bands
            .iter()
            .map(|band| HourBand {
                hours: band.share / total * HOURS_PER_MONTH,
                called: 0.0,
                usd_per_mwh: band.usd_per_mwh,
            })
            .collect();
        hours.sort_by(|a, b| a.usd_per_mwh.total_cmp(&b.usd_per_mwh));
        let mean_of = |wanted: fn(f64) -> bool| {
            let priced = hours.iter().filter(|band| wanted(band.usd_per_mwh));
            priced.map(|band| band.hours * band.usd_per_mwh).sum::<f64>() / HOURS_PER_MONTH
        };
        let mean_above_zero = mean_of(|price| price > 0.0);
        let mean_below_zero = mean_of(|price| price <= 0.0);

        let of_year = |hours_per_year: f64| hours_per_year.max(0.0) / MONTHS as f64;
        let peaks = if FOUR_CP_MONTHS.contains(&calendar_month) {
            curtailment.four_cp_hours_per_year.max(0.0) / FOUR_CP_MONTHS.count() as f64
        } else {
            0.0
        };
        let mandated = take_dearest(&mut hours, of_year(curtailment.mandated_hours_per_year));
        let four_cp = take_dearest(&mut hours, peaks);
        call_dearest(&mut hours, of_year(curtailment.called_hours_per_year));
        Self { bands: hours, mandated, four_cp, mean_above_zero, mean_below_zero }
    }
}

/// Takes hours off the dearest bands and returns how many there were to take.
fn take_dearest(bands: &mut Vec<HourBand>, wanted: f64) -> f64 {
    let mut left = wanted;
    while left > 0.0
        && let Some(dearest) = bands.last_mut()
    {
        if dearest.hours > left {
            dearest.hours -= left;
            return wanted;
        }
        left -= dearest.hours;
        bands.pop();
    }
    wanted - left
}

/// Marks hours of the dearest bands as called.
fn call_dearest(bands: &mut [HourBand], wanted: f64) {
    let mut left = wanted;
    for band in bands.iter_mut().rev() {
        band.called = left.clamp(0.0, band.hours);
        left -= band.called;
    }
}

#[cfg(test)]
mod tests;
