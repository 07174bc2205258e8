//! Time as docs/model.md tells it, reckoned again: when what is ordered is ready, what a month is discounted and inflated by.

use crate::plan::result::Period;
use crate::quantity::{Date, date};
use crate::site::Site;

/// The periods of a plan with the site's rates.
pub(super) struct Times<'a> {
    pub periods: &'a [Period],
    pub months: usize,
    start: Date,
    /// By month: its first day, and the period that holds it.
    dates: Vec<Date>,
    holding: Vec<usize>,
    discount: Vec<f64>,
    level: Vec<f64>,
    end_discount: f64,
}

/// Months after the horizon that have factors: the longest term, and as late as it may start.
const BEYOND: usize = 960;

impl<'a> Times<'a> {
    pub fn new(site: &Site, periods: &'a [Period]) -> Self {
        let months = periods.last().map_or(0, |last| last.first_month + last.months);
        let (company, start) = (&site.company, site.plan.start);
        let fall = |rate: f64, months: f64| libm::pow(1.0 + rate, -months / 12.0);
        let end_discount = fall(company.discount_rate, months as f64);
        let discount = |month: usize| match month.checked_sub(months) {
            None => fall(company.discount_rate, month as f64 + 0.5),
            Some(after) => end_discount * fall(company.tenant_discount_rate, after as f64 + 0.5),
        };
        let level = |month: usize| {
            let januaries = f64::from(month_date(start, month).year() - start.year());
            libm::pow(1.0 + company.inflation, januaries)
        };
        let holding = periods.iter().enumerate();
        Self {
            periods,
            months,
            start,
            dates: (0..months + BEYOND).map(|month| month_date(start, month)).collect(),
            holding: holding.flat_map(|(index, period)| vec![index; period.months]).collect(),
            discount: (0..months + BEYOND).map(discount).collect(),
            level: (0..months + BEYOND).map(level).collect(),
            end_discount,
        }
    }

    pub fn count(&self) -> usize {
        self.periods.len()
    }

    /// Plan month of a period's first day.
    pub fn first(&self, period: usize) -> usize {
        self.periods.get(period).map_or(self.months, |period| period.first_month)
    }

    pub fn span(&self, period: usize) -> std::ops::Range<usize> {
        let first = self.first(period);
        first..first + self.periods.get(period).map_or(0, |period| period.months)
    }

    /// Period that holds a month; `None` beyond the horizon.
    pub fn holding(&self, month: usize) -> Option<usize> {
        self.holding.get(month).copied()
    }

    /// First period that starts a lead after the first day of another, or later.
    pub fn ready(&self, ordered: usize, lead_months: f64) -> Option<usize> {
        let at = self.first(ordered) as f64 + lead_months;
        (0..self.count()).find(|period| self.first(*period) as f64 >= at - 1e-9)
    }

    /// Share of a period's months that lie between two plan months.
    pub fn share(&self, period: usize, from: f64, to: f64) -> f64 {
        let span = self.span(period);
        let inside = to.min(span.end as f64) - from.max(span.start as f64);
        (inside / span.len().max(1) as f64).clamp(0.0, 1.0)
    }

    pub fn date(&self, month: usize) -> Date {
        self.dates.get(month).copied().unwrap_or_else(|| month_date(self.start, month))
    }

    pub fn calendar_month(&self, month: usize) -> i8 {
        self.date(month).month()
    }

    pub fn label(&self, period: usize) -> String {
        date::month_label(self.date(self.first(period)))
    }

    /// To the first day, from the middle of a month; beyond the horizon at the tenant's rate from there on.
    pub fn discount(&self, month: usize) -> f64 {
        self.discount.get(month).copied().unwrap_or(0.0)
    }

    /// To the first day, from the horizon's last.
    pub fn end_discount(&self) -> f64 {
        self.end_discount
    }

    /// Costs rise each January.
    pub fn level(&self, month: usize) -> f64 {
        self.level.get(month).or(self.level.last()).copied().unwrap_or(1.0)
    }

    /// True when a period's first day lies in a window.
    pub fn begins_within(&self, period: usize, earliest: Option<Date>, latest: Option<Date>) -> bool {
        let day = self.date(self.first(period));
        earliest.is_none_or(|earliest| earliest <= day) && latest.is_none_or(|latest| day <= latest)
    }
}

fn month_date(start: Date, month: usize) -> Date {
    date::add_months(start, i32::try_from(month).unwrap_or(i32::MAX))
}
