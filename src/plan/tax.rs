//! (C17) tax on the income of the site, year by year on the mean path: the plan's own reckoning, without the program.
//!
//! Income of a plan year is operating cash less what is written off. Interest, corporate overhead and other business are
//! left out, as they are of the NPV. The value beyond the horizon counts as income of one more year, on its last day,
//! less everything that is not written off yet; losses are not paid for.

use super::time::Calendar;
use crate::site::Tax;

/// Tax of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taxes {
    /// By plan year, paid in the year's last month, USD.
    pub by_year: Vec<f64>,
    /// On the value beyond the horizon, on the horizon's last day, USD.
    pub beyond: f64,
}

/// Month in which the tax of a plan year is paid.
pub fn month_paid(year: usize) -> usize {
    year * 12 + 11
}

/// Shares of a purchase paid in `month` that are written off in each plan year; the entry after the last year is what is
/// left at the horizon. Their sum is one.
///
/// `bonus` in the year of the payment, the rest in equal months over the years of depreciation, from that month on:
/// straight line (domain: 39 years for what is building; bonus depreciation takes what lives twenty years or less).
pub fn deductions(calendar: &Calendar, tax: &Tax, month: usize) -> Vec<f64> {
    let years = calendar.years();
    let mut shares = vec![0.0; years + 1];
    if month >= calendar.months {
        shares[years] = 1.0;
        return shares;
    }
    let life = (tax.depreciation_years * 12.0).max(1.0);
    for (year, share) in shares.iter_mut().enumerate().take(years).skip(month / 12) {
        let ends = ((year + 1) * 12 - month) as f64;
        let begins = (year * 12).saturating_sub(month) as f64;
        *share = (1.0 - tax.bonus_share) * (ends.min(life) - begins.min(life)) / life;
    }
    shares[month / 12] += tax.bonus_share;
    shares[years] = 1.0 - shares.iter().sum::<f64>();
    shares
}

/// The tax that follows from mean cash: `tax[y] = rate * (income[y] - used[y])`, `used[y] <= share * income[y]` and no more
/// than the losses of earlier years.
///
/// `operating` and `capex` are USD by month (`capex` may run past the horizon), `beyond` is a present value.
pub fn taxes(calendar: &Calendar, tax: &Tax, operating: &[f64], capex: &[f64], beyond: f64) -> Taxes {
    let years = calendar.years();
    if tax.rate <= 0.0 {
        return Taxes { by_year: vec![0.0; years], beyond: 0.0 };
    }
    let mut income = vec![0.0; years + 1];
    for (month, usd) in operating.iter().enumerate() {
        income[month / 12] += usd;
    }
    income[years] += beyond / calendar.end_discount();
    for (month, usd) in capex.iter().enumerate().filter(|(_, usd)| **usd != 0.0) {
        for (income, share) in income.iter_mut().zip(deductions(calendar, tax, month)) {
            *income -= usd * share;
        }
    }
    let mut losses = tax.opening_loss_usd;
    let mut due = income.into_iter().map(|income| {
        if income <= 0.0 {
            losses -= income;
            return 0.0;
        }
        let used = losses.min(tax.loss_use_share * income);
        losses -= used;
        tax.rate * (income - used)
    });
    let by_year = due.by_ref().take(years).collect();
    Taxes { by_year, beyond: due.next().unwrap_or(0.0) }
}

impl Taxes {
    /// Present value of the tax on what falls beyond the horizon, USD.
    pub fn beyond_present_value(&self, calendar: &Calendar) -> f64 {
        self.beyond * calendar.end_discount()
    }

    /// Present value of all tax, USD.
    pub fn present_value(&self, calendar: &Calendar) -> f64 {
        let years = self.by_year.iter().enumerate();
        years.map(|(year, usd)| usd * calendar.discount(month_paid(year))).sum::<f64>()
            + self.beyond_present_value(calendar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Detail;
    use crate::site::Site;

    fn calendar() -> Calendar {
        let mut site = Site::empty("tax");
        site.plan.horizon_years = 3;
        Calendar::new(&site, Detail::Quick)
    }

    #[test]
    fn a_purchase_is_written_off_once() {
        let calendar = calendar();
        let tax = Tax { bonus_share: 0.4, depreciation_years: 2.0, ..Tax::default() };
        // Paid in month 6 of 36: 40 % at once and 60 % over 24 months, of which 6, 12 and 6 lie in the three years.
        let shares = deductions(&calendar, &tax, 6);
        for (share, by_hand) in shares.iter().zip([0.4 + 0.15, 0.3, 0.15, 0.0]) {
            assert!((share - by_hand).abs() < 1e-12, "{shares:?}");
        }
        // Over ten years from month 30: 6 of 120 months lie in the horizon.
        let tax = Tax { bonus_share: 0.0, depreciation_years: 10.0, ..Tax::default() };
        assert!((deductions(&calendar, &tax, 30)[3] - 0.95).abs() < 1e-12);
        assert_eq!(deductions(&calendar, &tax, 40), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn losses_take_away_four_fifths_of_later_income() {
        let calendar = calendar();
        let tax = Tax { rate: 0.25, bonus_share: 1.0, loss_use_share: 0.8, ..Tax::default() };
        // 100 bought in the first year against 40, 60 and 60 of operating cash: a loss of 60; then income of 60 less 48 is
        // taxed, and 12 of losses are left for the third year's 60.
        let operating: Vec<f64> = [40.0, 60.0, 60.0].iter().flat_map(|usd| [usd / 12.0; 12]).collect();
        let found = taxes(&calendar, &tax, &operating, &[100.0], 0.0);
        for (usd, by_hand) in found.by_year.iter().zip([0.0, 0.25 * 12.0, 0.25 * 48.0]) {
            assert!((usd - by_hand).abs() < 1e-9, "{found:?}");
        }
        assert_eq!(found.beyond, 0.0);
        // What stays to be written off comes off the value beyond the horizon.
        let slow = Tax { bonus_share: 0.0, depreciation_years: 6.0, ..tax };
        let end = calendar.end_discount();
        let found = taxes(&calendar, &slow, &[0.0; 36], &[60.0], 100.0 * end);
        // 10 a year are losses, 30 in all; 30 are left: 70 of income less 30 of losses.
        assert!((found.beyond - 0.25 * 40.0).abs() < 1e-9, "{found:?}");
    }
}
