//! What energy costs under a tariff, as bands of a typical year.

use crate::site::{EnergyPrice, PriceBand, PriceDeck, Site, Tariff, TimeOfUse};
use std::borrow::Cow;

const MONTHS: u32 = 12;
const WEEKDAYS: f64 = 5.0;
const WEEKEND_DAYS: f64 = 2.0;
const HOURS_PER_DAY: u32 = 24;

/// The price deck a tariff buys at, before its adder: the index it names, or the bands that its own prices make of
/// a typical year. `None` where the index does not exist.
pub fn deck_of<'a>(site: &'a Site, tariff: &Tariff) -> Option<Cow<'a, PriceDeck>> {
    let months = match &tariff.energy {
        EnergyPrice::Index => return site.price_deck(&tariff.price_deck).map(Cow::Borrowed),
        EnergyPrice::Flat(price) => {
            vec![vec![PriceBand { share: 1.0, usd_per_mwh: price.usd_per_mwh }]; MONTHS as usize]
        }
        EnergyPrice::TimeOfUse(prices) => (1..=MONTHS).map(|month| bands_of_month(prices, month)).collect(),
    };
    let name = tariff.energy.label().to_owned();
    Some(Cow::Owned(PriceDeck {
        id: String::new(),
        name,
        source: "the tariff".to_owned(),
        months,
        hours: None,
    }))
}

/// Share of a price above zero that moves with the market.
pub fn market_share(tariff: &Tariff) -> f64 {
    match &tariff.energy {
        EnergyPrice::Index => 1.0,
        EnergyPrice::Flat(price) => price.market_share,
        EnergyPrice::TimeOfUse(prices) => prices.market_share,
    }
}

/// Hours of a typical month at each price, ascending: five weekdays to two days of a weekend, every hour of the
/// day alike, a price a band.
fn bands_of_month(prices: &TimeOfUse, month: u32) -> Vec<PriceBand> {
    let mut bands: Vec<PriceBand> = Vec::new();
    let week = f64::from(HOURS_PER_DAY) * (WEEKDAYS + WEEKEND_DAYS);
    for (is_weekend, days) in [(false, WEEKDAYS), (true, WEEKEND_DAYS)] {
        for hour in 0..HOURS_PER_DAY {
            let usd_per_mwh = prices.price(month, is_weekend, hour);
            match bands.iter_mut().find(|band| band.usd_per_mwh == usd_per_mwh) {
                Some(band) => band.share += days / week,
                None => bands.push(PriceBand { share: days / week, usd_per_mwh }),
            }
        }
    }
    bands.sort_by(|a, b| a.usd_per_mwh.total_cmp(&b.usd_per_mwh));
    bands
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::PreparedDeck;
    use crate::market::power::annual_mean;
    use crate::site::{Curtailment, Days, FixedBlock, FlatPrice, TimeOfUsePeriod};
    use jiff::civil::date;

    fn summer_peaks() -> TimeOfUse {
        let peak = |name: &str, from_month, to_month, from_hour, to_hour, usd_per_mwh| TimeOfUsePeriod {
            name: name.into(),
            from_month,
            to_month,
            days: Days::Weekdays,
            from_hour,
            to_hour,
            usd_per_mwh,
        };
        TimeOfUse {
            periods: vec![
                peak("summer peak", 6, 9, 13, 19, 140.0),
                peak("summer shoulder", 6, 9, 8, 21, 80.0),
                peak("winter peak", 12, 2, 6, 10, 95.0),
            ],
            otherwise_usd_per_mwh: 35.0,
            market_share: 0.4,
        }
    }

    /// Counted by hand: a summer week has 5 x 6 peak and 5 x 7 shoulder hours of 168.
    #[test]
    fn hours_at_each_price_are_those_of_the_week() {
        let bands = bands_of_month(&summer_peaks(), 7);
        let expected = [(103.0 / 168.0, 35.0), (35.0 / 168.0, 80.0), (30.0 / 168.0, 140.0)];
        assert_eq!(bands.len(), 3);
        for (band, (share, usd)) in bands.iter().zip(expected) {
            assert!((band.share - share).abs() < 1e-12 && band.usd_per_mwh == usd, "{bands:?}");
        }
        assert_eq!(bands_of_month(&summer_peaks(), 4).len(), 1);
        assert!((bands_of_month(&summer_peaks(), 1)[1].share - 20.0 / 168.0).abs() < 1e-12);
    }

    /// The month by bands against its hours one by one, and the moving share.
    #[test]
    fn a_month_by_bands_is_the_sum_over_the_hours_of_the_week() {
        let tariff = Tariff {
            energy: EnergyPrice::TimeOfUse(summer_peaks()),
            adder_usd_per_mwh: 4.0,
            ..Tariff::default()
        };
        let site = Site::empty("test");
        let deck = deck_of(&site, &tariff).unwrap();
        let prepared = PreparedDeck::new(&deck, &tariff, &Curtailment::default());
        let (r, scale, g, v, availability) = (100.0, 1.5, 1.04, 2.0, 0.95);
        let mut margin = 0.0;
        let mut mean = 0.0;
        for (is_weekend, days) in [(false, 5.0), (true, 2.0)] {
            for hour in 0..24 {
                let weight = days * 730.0 / 168.0;
                let price = summer_peaks().price(7, is_weekend, hour) * (0.6 + 0.4 * scale) + 4.0;
                mean += weight * price / 730.0;
                margin += weight * availability * (r - price * g - v).max(0.0);
            }
        }
        let month = prepared.mining_month(7, r, scale, g, v, availability);
        assert!((month.margin_usd_per_mw - margin).abs() < 1e-8, "{month:?} {margin}");
        assert!((prepared.mean_price(7, scale) - mean).abs() < 1e-10);
        let hours = prepared.status_hours(7, r, scale, g, v);
        assert!((hours.price - 730.0 * 65.0 / 168.0).abs() < 1e-9, "{hours:?}");
        assert!((hours.running + hours.price - 730.0).abs() < 1e-9);
    }

    #[test]
    fn a_flat_price_is_one_band_and_moves_by_its_share_only() {
        let price = FlatPrice { usd_per_mwh: 52.0, market_share: 0.0 };
        let mut tariff = Tariff { energy: EnergyPrice::Flat(price), ..Tariff::default() };
        let site = Site::empty("test");
        assert_eq!(annual_mean(&deck_of(&site, &tariff).unwrap()), 52.0);
        let mean = |tariff: &Tariff| {
            let deck = deck_of(&site, tariff).unwrap();
            PreparedDeck::new(&deck, tariff, &Curtailment::default()).mean_price(3, 4.0)
        };
        assert!((mean(&tariff) - 52.0).abs() < 1e-9);
        tariff.energy = EnergyPrice::Flat(FlatPrice { usd_per_mwh: 52.0, market_share: 1.0 });
        assert!((mean(&tariff) - 208.0).abs() < 1e-9);
        tariff.energy = EnergyPrice::Index;
        assert!(deck_of(&site, &tariff).is_none(), "an index needs its deck");
    }

    /// Using a block and selling the rest hour by hour comes to the same as paying the index for the load and
    /// settling the whole block against it.
    #[test]
    fn a_block_with_resale_is_its_settlement_against_the_index() {
        let prices = [(0.5, -10.0), (0.3, 40.0), (0.2, 200.0)];
        let bands = prices.map(|(share, usd_per_mwh)| PriceBand { share, usd_per_mwh }).to_vec();
        let mut site = Site::empty("test");
        site.assumptions.price_decks = vec![PriceDeck {
            id: "i".into(),
            name: String::new(),
            source: String::new(),
            months: vec![bands; 12],
            hours: None,
        }];
        let tariff = Tariff {
            price_deck: "i".into(),
            adder_usd_per_mwh: 5.0,
            block: Some(FixedBlock { mw: 8.0, usd_per_mwh: 38.0, until: Some(date(2027, 1, 1)) }),
            fixed_usd_per_month: 1_000.0,
            ..Tariff::default()
        };
        let deck = deck_of(&site, &tariff).unwrap();
        let prepared = PreparedDeck::new(&deck, &tariff, &Curtailment::default());
        let scale = 1.25;
        for load in [0.0, 5.0, 8.0, 20.0] {
            let (mut used, mut at_index) = (0.0, 0.0);
            for (share, usd) in prices {
                let hours = share * 730.0;
                let spot = if usd > 0.0 { usd * scale } else { usd };
                used += hours * (8.0 * 38.0 + (load - 8.0) * spot + load * 5.0);
                at_index += hours * load * (spot + 5.0);
            }
            let settled = at_index - prepared.settlement_usd(date(2026, 5, 1), scale);
            assert!((settled - (used + 1_000.0)).abs() < 1e-6, "{load}: {settled} {used}");
        }
        assert_eq!(prepared.settlement_usd(date(2027, 1, 1), scale), -1_000.0);
        assert!(prepared.has_settlement());
    }
}
