//! Hourly prices and loads of a site file as numbers with a clock.

use super::bands_from_hours;
use crate::quantity::zone::{Local, Zone};
use crate::quantity::{Problem, Severity, statistics};
use crate::site::{PriceBand, PriceDeck, Series};
use jiff::civil::{Date, DateTime};

const MONTHS: i8 = 12;
/// Hundredths of USD/MWh in one.
pub const CENTS: f64 = 100.0;
/// Share of a month's steps that must have been read for them to stand for it.
pub const ENOUGH: f64 = 0.9;

/// A series that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Readings {
    pub zone: Zone,
    /// Begin of the first step, minutes since the Unix epoch.
    pub start: i64,
    pub minutes: i64,
    pub values: Vec<Option<f64>>,
}

impl Readings {
    /// Prices of a series of hundredths, USD/MWh; `None` where the series cannot be read.
    pub fn of_prices(series: &Series) -> Option<Self> {
        Self::of(series, CENTS)
    }

    /// Load of a series of kW, kW.
    pub fn of_load(series: &Series) -> Option<Self> {
        Self::of(series, 1.0)
    }

    fn of(series: &Series, per_unit: f64) -> Option<Self> {
        let zone = Zone::named(&series.zone)?;
        let values = series.readings().ok()?;
        let minutes = i64::from(series.minutes);
        (minutes > 0).then(|| Self {
            start: zone.standard(series.start),
            zone,
            minutes,
            values: values.into_iter().map(|value| value.map(|value| value as f64 / per_unit)).collect(),
        })
    }

    /// What the clock on the wall shows as a step begins.
    pub fn clock(&self, index: usize) -> DateTime {
        self.zone.clock(self.begin(index))
    }

    /// Begin of a step, minutes since the Unix epoch.
    pub fn begin(&self, index: usize) -> i64 {
        self.start.saturating_add(self.minutes.saturating_mul(index as i64))
    }

    /// The value of the step that an instant falls in.
    pub fn at(&self, instant: i64) -> Option<f64> {
        let index = usize::try_from(instant.checked_sub(self.start)?.div_euclid(self.minutes)).ok()?;
        self.values.get(index).copied().flatten()
    }

    /// The steps that begin in a month of the wall clock: indices in order.
    pub fn month(&self, year: i16, month: i8) -> std::ops::Range<usize> {
        let next = if month == MONTHS { (year.saturating_add(1), 1) } else { (year, month + 1) };
        self.first_of(year, month)..self.first_of(next.0, next.1)
    }

    /// The first step that begins in a month or after it, at most one past the last.
    fn first_of(&self, year: i16, month: i8) -> usize {
        let Some(instant) = begin_of_month(&self.zone, year, month) else { return self.values.len() };
        let steps = (instant - self.start + self.minutes - 1).div_euclid(self.minutes);
        usize::try_from(steps.max(0)).unwrap_or(0).min(self.values.len())
    }

    /// Steps that a whole month of the wall clock has, whatever part of it was read.
    pub fn steps_of_month(&self, year: i16, month: i8) -> usize {
        minutes_of_month(&self.zone, year, month).map_or(0, |(_, minutes)| minutes / self.minutes as usize)
    }

    /// Mean of each month of the wall clock that was read nearly whole: (year, month, mean).
    pub fn monthly_means(&self) -> Vec<(i16, i8, f64)> {
        let mut means = Vec::new();
        let mut index = 0;
        while index < self.values.len() {
            let clock = self.clock(index);
            let (year, month) = (clock.year(), clock.month());
            let end = self.month(year, month).end.clamp(index + 1, self.values.len());
            let taken: Vec<f64> = self.values[index..end].iter().flatten().copied().collect();
            if taken.len() as f64 >= ENOUGH * self.steps_of_month(year, month) as f64 {
                means.push((year, month, statistics::mean(&taken)));
            }
            index = end;
        }
        means
    }

    /// Values by calendar month of the wall clock, January first.
    pub fn by_calendar_month(&self) -> [Vec<f64>; MONTHS as usize] {
        let mut months: [Vec<f64>; MONTHS as usize] = Default::default();
        for (index, value) in self.values.iter().enumerate() {
            let month = usize::from(self.clock(index).month().unsigned_abs()) - 1;
            if let (Some(value), Some(month)) = (value, months.get_mut(month)) {
                month.push(*value);
            }
        }
        months
    }
}

/// Midnight of the first of a month on the wall clock.
fn begin_of_month(zone: &Zone, year: i16, month: i8) -> Option<i64> {
    let midnight = Date::new(year, month, 1).ok()?.at(0, 0, 0, 0);
    Some(match zone.local(midnight) {
        Local::Once(instant) | Local::Twice(instant, _) => instant,
        // No zone of the table changes its clock at midnight; another would still have the hour before.
        Local::Never => zone.standard(midnight),
    })
}

/// Begin of a month of the wall clock and its length, minutes; an hour less or more where the clock is changed.
pub fn minutes_of_month(zone: &Zone, year: i16, month: i8) -> Option<(i64, usize)> {
    let (next_year, next) = if month == MONTHS { (year.checked_add(1)?, 1) } else { (year, month + 1) };
    let begin = begin_of_month(zone, year, month)?;
    let length = begin_of_month(zone, next_year, next)?.checked_sub(begin)?;
    Some((begin, usize::try_from(length).ok()?))
}

/// A price deck of hourly prices: thirteen bands of each calendar month of the wall clock, and the hours themselves.
///
/// # Errors
/// A problem that names the calendar months without any price, or a series that cannot be read.
pub fn deck_of_hours(id: &str, name: &str, source: &str, series: Series) -> Result<PriceDeck, Problem> {
    let problem = |code, message: String, hint: &str| Problem {
        severity: Severity::Error,
        code,
        place: format!("price_decks/{id}"),
        message,
        hint: hint.to_owned(),
    };
    let Some(readings) = Readings::of_prices(&series) else {
        let message = "the hourly prices cannot be read".to_owned();
        return Err(problem("series-unreadable", message, "import them again"));
    };
    let months = readings.by_calendar_month();
    let missing: Vec<String> = (1..=MONTHS)
        .zip(&months)
        .filter(|(_, hours)| hours.is_empty())
        .map(|(month, _)| jiff::civil::date(2025, month, 1).strftime("%B").to_string())
        .collect();
    if !missing.is_empty() {
        return Err(problem(
            "prices-months-missing",
            format!("there is no price in {}", missing.join(", ")),
            "give a year of prices at least: a price deck stands for a typical year",
        ));
    }
    Ok(PriceDeck {
        id: id.to_owned(),
        name: name.to_owned(),
        source: source.to_owned(),
        months: months.iter().map(|hours| bands_from_hours(hours)).collect(),
        hours: Some(series),
    })
}

/// The year of a series as bands of one hour each: what a walk through every hour earns.
pub fn hourly_deck(deck: &PriceDeck, readings: &Readings) -> PriceDeck {
    let months = readings.by_calendar_month().map(|mut hours| {
        hours.sort_by(f64::total_cmp);
        let share = 1.0 / hours.len().max(1) as f64;
        hours.into_iter().map(|usd_per_mwh| PriceBand { share, usd_per_mwh }).collect()
    });
    PriceDeck { months: months.into(), hours: None, ..deck.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn series(zone: &str, hours: usize, price: impl Fn(usize) -> i64) -> Series {
        let readings: Vec<Option<i64>> = (0..hours).map(|hour| Some(price(hour))).collect();
        Series {
            start: date(2025, 1, 1).at(0, 0, 0, 0),
            minutes: 60,
            zone: zone.into(),
            readings: Series::text_of(&readings),
        }
    }

    #[test]
    fn months_follow_the_clock_on_the_wall() {
        let readings = Readings::of_prices(&series("America/Chicago", 8_760, |hour| hour as i64)).unwrap();
        // March begins in standard time and ends in daylight saving: an hour less.
        assert_eq!(readings.month(2025, 1), 0..744);
        assert_eq!((readings.month(2025, 3).len(), readings.steps_of_month(2025, 3)), (743, 743));
        assert_eq!((readings.month(2025, 11).len(), readings.steps_of_month(2025, 11)), (721, 721));
        assert_eq!(readings.month(2025, 12).end, 8_760);
        assert_eq!(readings.clock(readings.month(2025, 7).start), date(2025, 7, 1).at(0, 0, 0, 0));
        assert_eq!(readings.monthly_means().len(), 12);
        assert!((readings.monthly_means()[0].2 - 3.715).abs() < 1e-9);
        assert_eq!(readings.at(readings.begin(5)), Some(0.05));
        assert_eq!(readings.at(readings.begin(5) + 59), Some(0.05));
        assert_eq!((readings.at(readings.start - 1), readings.at(readings.begin(8_760))), (None, None));
        assert_eq!(readings.by_calendar_month().iter().map(Vec::len).sum::<usize>(), 8_760);
    }

    #[test]
    fn a_deck_needs_every_month() {
        let short = deck_of_hours("d", "D", "s", series("UTC", 24 * 45, |_| 100)).unwrap_err();
        assert!(short.message.contains("March") && short.message.contains("December"), "{}", short.message);
        let hours = series("UTC", 8_760, |hour| 1_000 + (hour % 24) as i64);
        let deck = deck_of_hours("d", "D", "s", hours).unwrap();
        assert_eq!((deck.months.len(), deck.months[3].len()), (12, 13));
        assert!((crate::market::power::annual_mean(&deck) - 10.115).abs() < 1e-9);
        let readings = Readings::of_prices(deck.hours.as_ref().unwrap()).unwrap();
        let hourly = hourly_deck(&deck, &readings);
        assert!((crate::market::power::annual_mean(&hourly) - 10.115).abs() < 1e-9);
        assert_eq!(hourly.months[0].len(), 744);
    }
}
