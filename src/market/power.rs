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
    /// Called by demand response.
    pub called: f64,
    /// Dearer than the strike.
    pub price: f64,
    pub running: f64,
}

/// A price deck with a feed's tariff, net of the hours in which mining must stand still.
///
/// Each hour has one status, in this order: mandated curtailment, 4CP, called demand response, price
/// curtailment, running. Mandated and called hours of a year fall evenly on its months, 4CP hours on June to
/// September; within a month they take the dearest hours first.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedDeck {
    months: [PreparedMonth; MONTHS],
    adder_usd_per_mwh: f64,
    /// Share of a price above zero that the scaling of a path moves: all of an index, less of an agreed price.
    market_share: f64,
    block: Option<FixedBlock>,
    fixed_usd_per_month: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct PreparedMonth {
    /// Hours left to mining, ascending in price.
    bands: Vec<HourBand>,
    /// Hours taken from them, by status.
    mandated: f64,
    four_cp: f64,
    called: f64,
    /// Income of a MW of utility load, offered and called, before availability.
    demand_response_usd_per_mw: f64,
    /// Parts of the flat mean price that scale with the market (above zero) and that do not.
    mean_above_zero: f64,
    mean_below_zero: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct HourBand {
    hours: f64,
    usd_per_mwh: f64,
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
    /// Demand response pays the availability price for the utility load of the machines in service in every hour
    /// outside mandated curtailment and 4CP, and the energy price for called hours. A month in which no hour is
    /// worth running has no load to offer and earns none of it.
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
        let (hours, energy_cost) = self.worth_running(month, r, scale, gross_factor, variable);
        let running_hours = availability * hours;
        let revenue = running_hours * r;
        let power_cost = availability * energy_cost * gross_factor;
        let other =
            if hours > 0.0 { availability * gross_factor * month.demand_response_usd_per_mw } else { 0.0 };
        MiningMonth {
            margin_usd_per_mw: revenue - power_cost - running_hours * variable + other,
            revenue_usd_per_mw: revenue,
            other_usd_per_mw: other,
            running_hours,
            power_cost_usd_per_mw: power_cost,
        }
    }

    /// Hours worth running of a month, and their energy cost for a MW from the utility, USD.
    fn worth_running(
        &self,
        month: &PreparedMonth,
        r: f64,
        scale: f64,
        gross_factor: f64,
        variable: f64,
    ) -> (f64, f64) {
        let factor = self.moved(scale);
        let mut hours = 0.0;
        let mut energy_cost = 0.0;
        for band in &month.bands {
            let price = scaled(band.usd_per_mwh, factor) + self.adder_usd_per_mwh;
            if r - price * gross_factor - variable <= 0.0 {
                // Bands ascend and scaling keeps their order: the rest is dearer.
                break;
            }
            hours += band.hours;
            energy_cost += band.hours * price;
        }
        (hours, energy_cost)
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
        let (running, _) = self.worth_running(month, r, scale, gross_factor, variable);
        let left: f64 = month.bands.iter().map(|band| band.hours).sum();
        StatusHours {
            mandated: month.mandated,
            four_cp: month.four_cp,
            called: month.called,
            price: left - running,
            running,
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

    /// As [`Self::mean_price`], over the twelve months.
    pub fn annual_mean_price(&self, scale: f64) -> f64 {
        (1..=MONTHS as i8).map(|month| self.mean_price(month, scale)).sum::<f64>() / MONTHS as f64
    }
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
        let called = take_dearest(&mut hours, of_year(curtailment.called_hours_per_year));
        Self {
            bands: hours,
            mandated,
            four_cp,
            called,
            demand_response_usd_per_mw: curtailment.demand_response_usd_per_mw_hour
                * (HOURS_PER_MONTH - mandated - four_cp)
                + curtailment.called_usd_per_mwh * called,
            mean_above_zero,
            mean_below_zero,
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::draw::Uniforms;

    const NO_CURTAILMENT: Curtailment = Curtailment {
        mandated_hours_per_year: 0.0,
        four_cp_hours_per_year: 0.0,
        demand_response_usd_per_mw_hour: 0.0,
        called_hours_per_year: 0.0,
        called_usd_per_mwh: 0.0,
    };

    fn tariff(adder_usd_per_mwh: f64) -> Tariff {
        Tariff {
            price_deck: "deck".into(),
            adder_usd_per_mwh,
            demand_usd_per_kw_month: 0.0,
            ratchet_share: 0.0,
            four_cp_usd_per_kw_year: 0.0,
            peak_avoidance_share: 0.0,
            ..Tariff::default()
        }
    }

    fn deck(months: Vec<Vec<PriceBand>>) -> PriceDeck {
        PriceDeck { id: "deck".into(), name: "Deck".into(), source: "test".into(), months, hours: None }
    }

    /// A year of prices with negative hours and spikes: twelve months of 730 hours.
    fn year_of_hours() -> Vec<Vec<f64>> {
        (0..MONTHS)
            .map(|month| {
                let mut uniforms = Uniforms::new(11, "hours", month);
                (0..730)
                    .map(|_| {
                        let base = 30.0 + 4.0 * month as f64 + 25.0 * uniforms.next_normal();
                        if uniforms.next_uniform() > 0.985 {
                            base + 900.0 * uniforms.next_uniform()
                        } else {
                            base
                        }
                    })
                    .collect()
            })
            .collect()
    }

    fn mean_of(bands: &[PriceBand]) -> f64 {
        bands.iter().map(|band| band.share * band.usd_per_mwh).sum()
    }

    #[test]
    fn bands_keep_the_mean_of_the_hours_for_any_number_of_hours() {
        for count in [1, 2, 11, 12, 13, 100, 672, 730, 744, 745] {
            let hours: Vec<f64> = year_of_hours().concat().into_iter().take(count).collect();
            let bands = bands_from_hours(&hours);
            assert_eq!(bands.len(), 13);
            let mean = hours.iter().sum::<f64>() / count as f64;
            assert!((mean_of(&bands) - mean).abs() < 1e-9, "{count} hours");
            assert!((bands.iter().map(|band| band.share).sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(bands.windows(2).all(|pair| pair[0].usd_per_mwh <= pair[1].usd_per_mwh + 1e-9));
        }
        assert!(bands_from_hours(&[]).is_empty());
    }

    #[test]
    fn the_top_band_is_the_dearest_hundredth() {
        let hours: Vec<f64> = (1..=1200).map(f64::from).collect();
        let bands = bands_from_hours(&hours);
        // Hours 1189 to 1200, and the first 99 hours.
        assert!((bands[12].usd_per_mwh - 1194.5).abs() < 1e-9);
        assert!((bands[0].usd_per_mwh - 50.0).abs() < 1e-9);
    }

    /// With one band an hour the closed form is the sum over 8,760 hours, each given its status one by one.
    #[test]
    fn the_closed_form_is_the_sum_over_8760_hours() {
        let curtailment = Curtailment {
            mandated_hours_per_year: 60.0,
            four_cp_hours_per_year: 16.0,
            demand_response_usd_per_mw_hour: 8.0,
            called_hours_per_year: 36.0,
            called_usd_per_mwh: 150.0,
        };
        let (r, scale, g, v, availability, adder) = (95.0, 1.3, 1.05, 4.0, 0.94, 6.5);
        let year = year_of_hours();
        let hourly = deck(
            year.iter()
                .map(|hours| {
                    hours.iter().map(|price| PriceBand { share: 1.0 / 730.0, usd_per_mwh: *price }).collect()
                })
                .collect(),
        );
        let prepared = PreparedDeck::new(&hourly, &tariff(adder), &curtailment);
        for (index, hours) in year.iter().enumerate() {
            let month = index + 1;
            let mut dearest_first = hours.clone();
            dearest_first.sort_by(|a, b| b.total_cmp(a));
            let peaks = if (6..=9).contains(&month) { 4 } else { 0 };
            let mut margin = 0.0;
            let mut running = 0.0;
            for (rank, price) in dearest_first.into_iter().enumerate() {
                let delivered = if price > 0.0 { price * scale } else { price } + adder;
                if rank < 5 + peaks {
                    continue;
                }
                margin += availability * g * 8.0;
                if rank < 5 + peaks + 3 {
                    margin += availability * g * 150.0;
                } else if r - delivered * g - v > 0.0 {
                    margin += availability * (r - delivered * g - v);
                    running += availability;
                }
            }
            let month = i8::try_from(month).unwrap();
            let closed = prepared.mining_month(month, r, scale, g, v, availability);
            assert!((closed.margin_usd_per_mw - margin).abs() < 1e-6, "{month}: {closed:?} {margin}");
            assert!((closed.running_hours - running).abs() < 1e-6);
            let parts = closed.revenue_usd_per_mw + closed.other_usd_per_mw
                - closed.power_cost_usd_per_mw
                - closed.running_hours * v;
            assert!((parts - closed.margin_usd_per_mw).abs() < 1e-6);
        }
    }

    /// Thirteen bands against every hour: never above it, since inside a band a miner could still choose, and
    /// within 2 % of it.
    #[test]
    fn thirteen_bands_stay_within_two_percent_of_the_hours() {
        let year = year_of_hours();
        let banded = deck(year.iter().map(|hours| bands_from_hours(hours)).collect());
        let prepared = PreparedDeck::new(&banded, &tariff(5.0), &NO_CURTAILMENT);
        for r in [60.0, 83.3, 110.0] {
            let by_bands: f64 = (1..=12)
                .map(|month| prepared.mining_month(month, r, 1.0, 1.04, 2.0, 1.0).margin_usd_per_mw)
                .sum();
            let by_hours: f64 =
                year.iter().flatten().map(|price| (r - (price + 5.0) * 1.04 - 2.0).max(0.0)).sum();
            assert!(by_bands <= by_hours + 1e-6 && by_bands > 0.98 * by_hours, "{r}: {by_bands} {by_hours}");
        }
    }

    #[test]
    fn a_flat_load_pays_every_hour_and_negative_prices_do_not_scale() {
        let band = |share, usd_per_mwh| PriceBand { share, usd_per_mwh };
        let months = vec![vec![band(0.25, -20.0), band(0.5, 40.0), band(0.25, 100.0)]; MONTHS];
        let curtailment = Curtailment { mandated_hours_per_year: 2000.0, ..NO_CURTAILMENT };
        let prepared = PreparedDeck::new(&deck(months), &tariff(3.0), &curtailment);
        assert!((prepared.mean_price(1, 1.0) - (-5.0 + 20.0 + 25.0 + 3.0)).abs() < 1e-9);
        assert!((prepared.mean_price(13, 2.0) - (-5.0 + 90.0 + 3.0)).abs() < 1e-9);
        assert!((prepared.annual_mean_price(2.0) - 88.0).abs() < 1e-9);
    }

    #[test]
    fn curtailment_beyond_the_month_leaves_nothing_to_run_or_to_offer() {
        let months = vec![vec![PriceBand { share: 1.0, usd_per_mwh: 20.0 }]; MONTHS];
        let all = Curtailment {
            mandated_hours_per_year: 8760.0,
            four_cp_hours_per_year: 8760.0,
            demand_response_usd_per_mw_hour: 10.0,
            called_hours_per_year: 8760.0,
            called_usd_per_mwh: 100.0,
        };
        let prepared = PreparedDeck::new(&deck(months.clone()), &tariff(0.0), &all);
        assert_eq!(prepared.mining_month(7, 90.0, 1.0, 1.0, 0.0, 1.0), MiningMonth::default());
        // A machine that never pays to run has no load to offer.
        let some = Curtailment { mandated_hours_per_year: 0.0, called_hours_per_year: 100.0, ..all };
        let prepared = PreparedDeck::new(&deck(months), &tariff(0.0), &some);
        assert_eq!(prepared.mining_month(1, 10.0, 1.0, 1.0, 0.0, 1.0), MiningMonth::default());
        assert!(prepared.mining_month(1, 30.0, 1.0, 1.0, 0.0, 1.0).other_usd_per_mw > 0.0);
        // A deck without months, and a month far outside the calendar.
        let empty = PreparedDeck::new(&deck(Vec::new()), &tariff(2.0), &some);
        assert_eq!(empty.mining_month(i8::MIN, 90.0, 1.0, 1.0, 0.0, 1.0), MiningMonth::default());
        assert_eq!(empty.mean_price(i8::MAX, 1.0), 2.0);
    }
}
