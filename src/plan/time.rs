//! Periods, months and discounting.
//!
//! Orders are placed on the first day of a period; what is ordered is ready from the first period that starts at
//! or after order + lead. Payments fall in the middle of their month.

use super::result::{Detail, Period};
use crate::quantity::{Date, date};
use crate::site::{Payment, Site};

/// The plan's calendar.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub start: Date,
    /// Months of the horizon.
    pub months: usize,
    pub periods: Vec<Period>,
    /// Period of each month.
    pub period_of: Vec<usize>,
    /// By month, and [`RUN_ON_MONTHS`] beyond the horizon: judging asks for them a million times.
    tables: Vec<MonthFactors>,
    rates: Rates,
}

/// Months after the horizon that are tabulated: the longest lease that starts at its end.
const RUN_ON_MONTHS: usize = 360;

/// What every amount of a month is multiplied with.
#[derive(Clone, Copy, Debug)]
struct MonthFactors {
    calendar_month: i8,
    discount: f64,
    inflation: f64,
}

/// Rates a year.
#[derive(Clone, Copy, Debug)]
struct Rates {
    discount: f64,
    /// From the horizon on.
    tenant: f64,
    inflation: f64,
}

impl Rates {
    /// `months` is the length of the horizon.
    fn factors(self, start: Date, months: usize, month: usize) -> MonthFactors {
        let power = |rate: f64, months: f64| libm::pow(1.0 + rate, -months / 12.0);
        let discount = if month < months {
            power(self.discount, month as f64 + 0.5)
        } else {
            power(self.discount, months as f64) * power(self.tenant, (month - months) as f64 + 0.5)
        };
        let date = date_of(start, month);
        let januaries = i32::from(date.year()) - i32::from(start.year());
        MonthFactors {
            calendar_month: date.month(),
            discount,
            inflation: libm::pow(1.0 + self.inflation, f64::from(januaries)),
        }
    }
}

fn date_of(start: Date, month: usize) -> Date {
    date::add_months(start, i32::try_from(month).unwrap_or(i32::MAX))
}

impl Calendar {
    pub fn new(site: &Site, detail: Detail) -> Self {
        let years = site.plan.horizon_years.max(1) as usize;
        let months = years * 12;
        let mut periods = Vec::new();
        let mut month = 0;
        while month < months {
            let length = match detail {
                Detail::Full => 1,
                Detail::Quick if month < 60 => 3,
                Detail::Quick => 12,
            };
            let start = date::add_months(site.plan.start, month as i32);
            periods.push(Period { start, first_month: month, months: length });
            month += length;
        }
        let period_of = periods
            .iter()
            .enumerate()
            .flat_map(|(index, period)| std::iter::repeat_n(index, period.months))
            .collect();
        let rates = Rates {
            discount: site.company.discount_rate,
            tenant: site.company.tenant_discount_rate,
            inflation: site.company.inflation,
        };
        let start = site.plan.start;
        let tables = (0..months + RUN_ON_MONTHS).map(|month| rates.factors(start, months, month)).collect();
        Self { start, months, periods, period_of, tables, rates }
    }

    pub fn years(&self) -> usize {
        self.months / 12
    }

    pub fn date_of(&self, month: usize) -> Date {
        date_of(self.start, month)
    }

    fn factors(&self, month: usize) -> MonthFactors {
        let beyond = || self.rates.factors(self.start, self.months, month);
        self.tables.get(month).copied().unwrap_or_else(beyond)
    }

    pub fn calendar_month(&self, month: usize) -> i8 {
        self.factors(month).calendar_month
    }

    /// Discount factor to the plan start, mid-month: `(1+r)^-((m+0.5)/12)`. Beyond the horizon the tenant's rate
    /// applies from the horizon on.
    pub fn discount(&self, month: usize) -> f64 {
        self.factors(month).discount
    }

    /// Discount factor at the very end of the horizon.
    pub fn end_discount(&self) -> f64 {
        libm::pow(1.0 + self.rates.discount, -(self.months as f64) / 12.0)
    }

    /// Costs rise each January.
    pub fn inflation(&self, month: usize) -> f64 {
        self.factors(month).inflation
    }

    /// Sum of monthly discount factors over a period.
    pub fn period_discount(&self, period: usize) -> f64 {
        let Period { first_month, months, .. } = self.periods[period];
        (first_month..first_month + months).map(|month| self.discount(month)).sum()
    }

    /// First period that starts at or after plan month `month`; `None` beyond the horizon.
    pub fn period_from(&self, month: f64) -> Option<usize> {
        self.periods.iter().position(|period| period.first_month as f64 >= month - 1e-9)
    }

    /// Period in which something ordered in `period` is ready.
    pub fn ready_period(&self, period: usize, lead_months: f64) -> Option<usize> {
        self.period_from(self.periods[period].first_month as f64 + lead_months)
    }

    /// Share of a period's months that lie in `[from, to)` plan months.
    pub fn overlap(&self, period: usize, from: f64, to: f64) -> f64 {
        let Period { first_month, months, .. } = self.periods[period];
        let (first, last) = (first_month as f64, (first_month + months) as f64);
        ((to.min(last) - from.max(first)) / months as f64).clamp(0.0, 1.0)
    }

    /// True when the first day of a period lies in a window of dates.
    pub fn starts_within(&self, period: usize, earliest: Option<Date>, latest: Option<Date>) -> bool {
        let start = self.periods[period].start;
        earliest.is_none_or(|date| start >= date) && latest.is_none_or(|date| start <= date)
    }

    /// Months and shares in which an order placed in `period` is paid.
    pub fn payments(&self, period: usize, payments: &[Payment]) -> Vec<(usize, f64)> {
        let order = self.periods[period].first_month;
        if payments.is_empty() {
            return vec![(order, 1.0)];
        }
        payments
            .iter()
            .map(|payment| (order + payment.months_after_order.max(0.0).round() as usize, payment.share))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(detail: Detail) -> Calendar {
        Calendar::new(&Site::empty("test"), detail)
    }

    #[test]
    fn quick_is_quarters_for_five_years_then_years() {
        let quick = calendar(Detail::Quick);
        assert_eq!(quick.periods.len(), 25);
        assert_eq!(quick.periods[20].months, 12);
        assert_eq!(calendar(Detail::Full).periods.len(), 120);
        assert_eq!(quick.period_of[59], 19);
        assert_eq!(quick.period_of[60], 20);
    }

    #[test]
    fn what_is_ordered_is_ready_from_the_first_period_at_or_after_the_lead() {
        let quick = calendar(Detail::Quick);
        assert_eq!(quick.ready_period(0, 3.0), Some(1));
        assert_eq!(quick.ready_period(0, 3.5), Some(2));
        assert_eq!(quick.ready_period(0, 0.0), Some(0));
        assert_eq!(quick.ready_period(24, 1.0), None);
        assert!((quick.overlap(1, 4.0, 9.0) - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn discounting_changes_to_the_tenants_rate_at_the_horizon() {
        let quick = calendar(Detail::Quick);
        assert!((quick.discount(0) - 1.11f64.powf(-0.5 / 12.0)).abs() < 1e-12);
        let expected = 1.11f64.powf(-10.0) * 1.085f64.powf(-0.5 / 12.0);
        assert!((quick.discount(120) - expected).abs() < 1e-12);
        // Past the tabulated months the formula goes on.
        let last = quick.tables.len() - 1;
        let step = 1.085f64.powf(-1.0 / 12.0);
        assert!((quick.discount(last + 1) / quick.discount(last) - step).abs() < 1e-12);
    }
}
