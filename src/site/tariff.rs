//! What energy costs under a tariff beyond the index, and what the utility measured and billed.

use super::Series;
use crate::quantity::Date;

/// Most time-of-use periods of a tariff: summer and winter with three levels each, and two to spare.
pub const MOST_PERIODS: usize = 8;

/// How the price of an hour's energy is set.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum EnergyPrice {
    /// The tariff's price deck, hour by hour; the whole of it moves with the market.
    #[default]
    Index,
    /// One price at all hours.
    Flat(FlatPrice),
    TimeOfUse(TimeOfUse),
}

#[derive(Clone, Debug, PartialEq)]
pub struct FlatPrice {
    pub usd_per_mwh: f64,
    /// Share of the price that moves with the market; the rest stands as agreed.
    pub market_share: f64,
}

/// Prices by period. The first period in the list that an hour falls in sets its price.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeOfUse {
    /// At most [`MOST_PERIODS`].
    pub periods: Vec<TimeOfUsePeriod>,
    /// Price of the hours that no period names, USD/MWh.
    pub otherwise_usd_per_mwh: f64,
    /// As in [`FlatPrice`].
    pub market_share: f64,
}

/// Hours of local clock time at one price.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeOfUsePeriod {
    pub name: String,
    /// First and last calendar month, 1 to 12; the first may be the later one (11 to 2 is the winter).
    pub from_month: u32,
    pub to_month: u32,
    pub days: Days,
    /// Begins at this hour, 0 to 23, and ends before `to_hour`, 1 to 24; where `to_hour` is not after
    /// `from_hour` the period runs through midnight.
    pub from_hour: u32,
    pub to_hour: u32,
    pub usd_per_mwh: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Days {
    #[default]
    All,
    /// Monday to Friday; holidays are not told apart.
    Weekdays,
    Weekend,
}

/// Energy bought at a fixed price in every hour; what the load does not take is sold again at the index.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedBlock {
    pub mw: f64,
    pub usd_per_mwh: f64,
    /// First day without it; the whole plan where it is not set.
    pub until: Option<Date>,
}

/// A load the meter of a feed recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredLoad {
    /// Where the readings come from, in words.
    pub source: String,
    /// Mean power of each step, kW.
    pub kw: Series,
}

/// One bill of the utility as it was paid.
#[derive(Clone, Debug, PartialEq)]
pub struct BillMonth {
    /// Any day of the month billed.
    pub month: Date,
    pub kwh: f64,
    /// Peak the demand charge was billed on.
    pub billed_kw: f64,
    /// All of the bill.
    pub total_usd: f64,
    /// Peak that the coincident-peak charge was billed on; estimated where it is not on the bill.
    pub four_cp_kw: Option<f64>,
}

impl TimeOfUsePeriod {
    /// Whether an hour of local clock time is in the period.
    ///
    /// `month` 1 to 12, `hour` 0 to 23.
    pub fn has(&self, month: u32, is_weekend: bool, hour: u32) -> bool {
        let in_months = if self.from_month <= self.to_month {
            (self.from_month..=self.to_month).contains(&month)
        } else {
            month >= self.from_month || month <= self.to_month
        };
        let in_hours = if self.from_hour < self.to_hour {
            (self.from_hour..self.to_hour).contains(&hour)
        } else {
            hour >= self.from_hour || hour < self.to_hour
        };
        let in_days = match self.days {
            Days::All => true,
            Days::Weekdays => !is_weekend,
            Days::Weekend => is_weekend,
        };
        in_months && in_days && in_hours
    }
}

impl TimeOfUse {
    /// Price of an hour of local clock time, USD/MWh.
    pub fn price(&self, month: u32, is_weekend: bool, hour: u32) -> f64 {
        let period = self.periods.iter().find(|period| period.has(month, is_weekend, hour));
        period.map_or(self.otherwise_usd_per_mwh, |period| period.usd_per_mwh)
    }
}

impl EnergyPrice {
    /// True when the price deck of the tariff is needed.
    pub fn is_index(&self) -> bool {
        matches!(self, Self::Index)
    }

    pub fn label(&self) -> &'static str {
        match self {
            Self::Index => "Index",
            Self::Flat(_) => "Flat",
            Self::TimeOfUse(_) => "Time of use",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_run_through_new_year_and_midnight() {
        let winter_night = TimeOfUsePeriod {
            name: "winter night".into(),
            from_month: 11,
            to_month: 2,
            days: Days::All,
            from_hour: 22,
            to_hour: 6,
            usd_per_mwh: 20.0,
        };
        for (month, hour, expected) in
            [(12, 23, true), (1, 5, true), (2, 22, true), (1, 6, false), (3, 23, false), (11, 21, false)]
        {
            assert_eq!(winter_night.has(month, false, hour), expected, "{month} {hour}");
        }
        let all_day = TimeOfUsePeriod { from_hour: 0, to_hour: 24, days: Days::Weekend, ..winter_night };
        assert!((0..24).all(|hour| all_day.has(1, true, hour) && !all_day.has(1, false, hour)));
        let prices = TimeOfUse { periods: vec![all_day], otherwise_usd_per_mwh: 50.0, market_share: 0.0 };
        assert_eq!((prices.price(1, true, 3), prices.price(1, false, 3)), (20.0, 50.0));
    }
}
