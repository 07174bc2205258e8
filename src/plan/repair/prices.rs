//! What giving way is priced at, so that repairs of different kinds can be put in an order.
//!
//! A dollar of a budget or of a floor is a dollar, a share of a floor is what it is a share of, MW of the utility are at
//! the price of a connection, and a MW that is not hosted is at its rent: a year of it when it is given up, a month of
//! it for each month that it comes later.

use crate::quantity::{HOURS_PER_MONTH, delimited};
use crate::site::{Offer, Terms};
use std::sync::LazyLock;

const ASSET: &str = include_str!("../../../assets/catalogue/repair_prices.csv");

/// Months of rent that a MW given up is priced at.
pub(super) const MONTHS_GIVEN_UP: f64 = 12.0;

/// Prices that no site states.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Prices {
    pub contract_usd_per_mw: f64,
    pub rent_usd_per_kw_month: f64,
}

static BUILT_IN: LazyLock<Prices> = LazyLock::new(|| Prices {
    contract_usd_per_mw: value_of("contract_usd_per_mw").unwrap_or_default(),
    rent_usd_per_kw_month: value_of("rent_usd_per_kw_month").unwrap_or_default(),
});

/// Column `value` of a line of the asset; a test sees that both are there.
fn value_of(key: &str) -> Option<f64> {
    ASSET.lines().map(|line| delimited::fields(line, ',')).find(|cells| cells[0] == key)?.get(2)?.parse().ok()
}

impl Prices {
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Rent of a MW of an offer for a month, USD: by its own terms where they are by the MW.
    pub fn month_of(&self, offer: &Offer) -> f64 {
        match offer.terms {
            Terms::Colocation { rent_usd_per_kw_month, .. } => rent_usd_per_kw_month * 1000.0,
            Terms::BitcoinHosting { usd_per_mwh, .. } => usd_per_mwh * HOURS_PER_MONTH,
            Terms::GpuCloud { .. } => self.month(),
        }
    }

    /// Rent of a MW for a month, USD.
    pub fn month(&self) -> f64 {
        self.rent_usd_per_kw_month * 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_is_in_the_asset_and_within_its_range() {
        for key in ["contract_usd_per_mw", "rent_usd_per_kw_month"] {
            let value = value_of(key).unwrap();
            let line = ASSET.lines().find(|line| line.starts_with(key)).unwrap();
            let cells = delimited::fields(line, ',');
            let (low, high): (f64, f64) = (cells[1].parse().unwrap(), cells[3].parse().unwrap());
            assert!(0.0 < low && low <= value && value <= high && cells.len() == 7, "{line}");
        }
    }
}
