//! Which period of a time-of-use tariff sets the price of each hour: 12 months, weekdays and weekend, 24 hours.

use crate::quantity::HOURS_PER_MONTH;
use crate::site::{TimeOfUse, TimeOfUsePeriod};

pub const MONTHS: usize = 12;
pub const HOURS: usize = 24;
/// Days of a week that are weekdays, and that are not.
const DAYS: [f64; 2] = [5.0, 2.0];

/// The period that has each hour; `None` where the price of other hours holds.
///
/// Indices are month (January first), day (weekday, weekend) and hour.
pub struct Owners([[[Option<usize>; HOURS]; 2]; MONTHS]);

impl Owners {
    pub fn of(prices: &TimeOfUse) -> Self {
        let first = |month, day, hour| prices.periods.iter().position(|period| has(period, month, day, hour));
        Self(std::array::from_fn(|month| {
            std::array::from_fn(|day| std::array::from_fn(|hour| first(month, day, hour)))
        }))
    }

    pub fn at(&self, month: usize, day: usize, hour: usize) -> Option<usize> {
        self.0.get(month)?.get(day)?.get(hour).copied().flatten()
    }

    /// Hours of a typical year at the price of a period, or at that of other hours: months of equal length, five weekdays
    /// to two days of a weekend, as the market counts them.
    pub fn hours_a_year(&self, owner: Option<usize>) -> f64 {
        hours_a_year(|month, day, hour| self.at(month, day, hour) == owner)
    }

    /// Other periods that have hours which this one names too, and come before it, in order.
    pub fn before(&self, period: &TimeOfUsePeriod, index: usize) -> Vec<usize> {
        let mut others: Vec<usize> = cells()
            .filter(|(month, day, hour)| has(period, *month, *day, *hour))
            .filter_map(|(month, day, hour)| self.at(month, day, hour))
            .filter(|owner| *owner < index)
            .collect();
        others.sort_unstable();
        others.dedup();
        others
    }

    /// The largest rectangle of hours and months of one owner: months and hours from and to, the ends not in it.
    pub fn largest_block(&self, day: usize, owner: Option<usize>) -> Option<[usize; 4]> {
        let mut best: Option<(usize, [usize; 4])> = None;
        for top in 0..MONTHS {
            let mut all = [true; HOURS];
            for bottom in top..MONTHS {
                for (hour, all) in all.iter_mut().enumerate() {
                    *all &= self.at(bottom, day, hour) == owner;
                }
                let mut from = 0;
                while from < HOURS {
                    let length = all[from..].iter().take_while(|held| **held).count();
                    let area = length * (bottom + 1 - top);
                    if area > best.map_or(0, |(area, _)| area) {
                        best = Some((area, [top, bottom + 1, from, from + length]));
                    }
                    from += length.max(1);
                }
            }
        }
        best.map(|(_, block)| block)
    }
}

/// Hours of a typical year that a period names, whether they are its own or an earlier one's.
pub fn named_hours(period: &TimeOfUsePeriod) -> f64 {
    hours_a_year(|month, day, hour| has(period, month, day, hour))
}

#[expect(clippy::cast_possible_truncation, reason = "months and hours of a day")]
fn has(period: &TimeOfUsePeriod, month: usize, day: usize, hour: usize) -> bool {
    period.has(month as u32 + 1, day == 1, hour as u32)
}

fn cells() -> impl Iterator<Item = (usize, usize, usize)> {
    (0..MONTHS).flat_map(|month| (0..2).flat_map(move |day| (0..HOURS).map(move |hour| (month, day, hour))))
}

fn hours_a_year(counts: impl Fn(usize, usize, usize) -> bool) -> f64 {
    let weight = |day: usize| HOURS_PER_MONTH * DAYS[day] / (DAYS[0] + DAYS[1]) / HOURS as f64;
    cells().filter(|(month, day, hour)| counts(*month, *day, *hour)).map(|(_, day, _)| weight(day)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::power::{annual_mean, deck_of};
    use crate::quantity::HOURS_PER_YEAR;
    use crate::site::{Days, EnergyPrice, Site, Tariff};

    fn period(months: (u32, u32), days: Days, hours: (u32, u32), usd_per_mwh: f64) -> TimeOfUsePeriod {
        TimeOfUsePeriod {
            name: String::new(),
            from_month: months.0,
            to_month: months.1,
            days,
            from_hour: hours.0,
            to_hour: hours.1,
            usd_per_mwh,
        }
    }

    fn prices() -> TimeOfUse {
        TimeOfUse {
            periods: vec![
                period((6, 9), Days::Weekdays, (13, 19), 140.0),
                period((6, 9), Days::Weekdays, (8, 21), 80.0),
                period((11, 2), Days::All, (22, 6), 20.0),
                period((7, 8), Days::Weekdays, (14, 18), 500.0),
            ],
            otherwise_usd_per_mwh: 35.0,
            market_share: 0.0,
        }
    }

    /// By hand: four months of 730 h, five days of seven, six hours of 24; and so on.
    #[test]
    fn hours_of_each_period_are_those_counted_by_hand() {
        let (prices, month) = (prices(), 730.0);
        let owners = Owners::of(&prices);
        let expected = [
            4.0 * month * 5.0 / 7.0 * 6.0 / 24.0,
            4.0 * month * 5.0 / 7.0 * 7.0 / 24.0,
            4.0 * month * 8.0 / 24.0,
            0.0,
        ];
        for (index, hours) in expected.into_iter().enumerate() {
            let found = owners.hours_a_year(Some(index));
            assert!((found - hours).abs() < 1e-9, "{index}: {found} for {hours}");
        }
        let all: f64 = (0..4).map(|index| owners.hours_a_year(Some(index))).sum();
        assert!((all + owners.hours_a_year(None) - HOURS_PER_YEAR).abs() < 1e-9);
        assert!((named_hours(&prices.periods[3]) - 2.0 * month * 5.0 / 7.0 * 4.0 / 24.0).abs() < 1e-9);
        assert_eq!(owners.before(&prices.periods[3], 3), [0]);
        assert_eq!(owners.before(&prices.periods[1], 1), [0]);
        assert_eq!(owners.before(&prices.periods[0], 0), [] as [usize; 0]);
    }

    /// The mean of the map is the mean that the market buys at.
    #[test]
    fn the_map_costs_what_the_market_says() {
        let prices = prices();
        let owners = Owners::of(&prices);
        let price = |owner: Option<usize>| {
            owner.map_or(prices.otherwise_usd_per_mwh, |index| prices.periods[index].usd_per_mwh)
        };
        let sum: f64 = [None, Some(0), Some(1), Some(2), Some(3)]
            .into_iter()
            .map(|owner| owners.hours_a_year(owner) * price(owner))
            .sum();
        let tariff = Tariff { energy: EnergyPrice::TimeOfUse(prices.clone()), ..Tariff::default() };
        let mean = annual_mean(&deck_of(&Site::empty("test"), &tariff).unwrap());
        assert!((sum / HOURS_PER_YEAR - mean).abs() < 1e-9, "{sum} {mean}");
    }

    #[test]
    fn the_number_of_a_period_stands_in_its_largest_block() {
        let owners = Owners::of(&prices());
        assert_eq!(owners.largest_block(0, Some(0)), Some([5, 9, 13, 19]));
        // Shoulder: five hours before the peak are more than two after it.
        assert_eq!(owners.largest_block(0, Some(1)), Some([5, 9, 8, 13]));
        assert_eq!(owners.largest_block(1, Some(1)), None);
        // Night through the new year: January and February, midnight to six, as large as November and December.
        assert_eq!(owners.largest_block(1, Some(2)), Some([0, 2, 0, 6]));
        assert_eq!(owners.largest_block(0, Some(3)), None);
    }

    #[test]
    fn no_periods_leave_all_hours_to_the_other_price() {
        let owners =
            Owners::of(&TimeOfUse { periods: vec![], otherwise_usd_per_mwh: 1.0, market_share: 0.0 });
        assert!((owners.hours_a_year(None) - HOURS_PER_YEAR).abs() < 1e-9);
        assert_eq!(owners.largest_block(1, None), Some([0, 12, 0, 24]));
    }
}
