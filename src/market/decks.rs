//! Price decks that come with the program, computed from the real prices in `assets/power`.

use super::power::calibration::MonthPrice;
use super::power::hours::CENTS;
use super::power::{bands_from_hours, cut_shares};
use crate::quantity::statistics;
use crate::site::{PriceBand, PriceDeck, Series};

const ERCOT: &str = include_str!("../../assets/power/ercot_hb_west_monthly_quantiles_2024_2026.csv");
const NYISO: &str = include_str!("../../assets/power/nyiso_west_real_time_hourly_2019_2020.csv");
const NYISO_NORTH: &str = include_str!("../../assets/power/nyiso_north_real_time_hourly_2019_2020.csv");
const WASHINGTON: &str = include_str!("../../assets/power/washington_industrial_monthly_2001_2025.csv");
/// Months of [`WASHINGTON`] in the deck, the last ones.
const WASHINGTON_MONTHS: usize = 36;

const MONTHS: u8 = 12;
/// A cent a kWh in USD/MWh.
const USD_PER_MWH_OF_CENT: f64 = 10.0;
/// Probabilities of the quantile columns of [`ERCOT`].
const PROBABILITIES: [f64; 21] = [
    0.0, 0.01, 0.02, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50, 0.60, 0.70, 0.75, 0.80, 0.85, 0.90,
    0.95, 0.98, 0.99, 1.0,
];

/// The built-in decks: `ercot-hb-west`, `nyiso-west`, `washington-industrial`, `nyiso-north`. Those made of hours keep
/// them.
pub fn built_in() -> Vec<PriceDeck> {
    let ercot = ercot_months();
    vec![
        deck(
            "ercot-hb-west",
            "ERCOT West hub, real-time",
            "ERCOT HB_WEST real-time, monthly quantiles of 2024-01 to 2026-03, statistics of public market reports",
            |month| ercot_bands(month, &ercot),
        ),
        with_hours(
            NYISO,
            deck(
                "nyiso-west",
                "NYISO zone A (West), real-time",
                "NYISO zone WEST real-time, hourly, 2019-01-02 to 2020-05-11 (J. Cipolla, nyiso, MIT)",
                |month| bands_from_hours(&nyiso_hours(NYISO, month)),
            ),
        ),
        deck(
            "washington-industrial",
            "Washington State, industrial bill",
            "US EIA average industrial retail price, Washington, 2022-05 to 2025-04; delivered, with demand charges",
            washington_bands,
        ),
        with_hours(
            NYISO_NORTH,
            deck(
                "nyiso-north",
                "NYISO zone D (North), real-time",
                "NYISO zone NORTH real-time, hourly, 2019-01-02 to 2020-05-11 (J. Cipolla, nyiso, MIT)",
                |month| bands_from_hours(&nyiso_hours(NYISO_NORTH, month)),
            ),
        ),
    ]
}

/// Monthly mean prices behind a built-in deck or a template's, in order of time; empty for any other id. A template may
/// have raised their level, which moves none of the path's parameters.
pub fn history(id: &str) -> Vec<MonthPrice> {
    let month_of = |text: &str| -> Option<(i16, i8)> {
        let mut parts = text.split('-');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    match id {
        "ercot-hb-west" | "hb-west" => rows(ERCOT)
            .filter(|row| row.get(1) == Some(&"real_time"))
            .filter_map(|row| Some((month_of(row.first()?)?, row.get(3)?.parse().ok()?)))
            .map(|((year, month), usd)| (year, month, usd))
            .collect(),
        "washington-industrial" | "wa-industrial" => rows(WASHINGTON)
            .filter_map(|row| Some((month_of(row.first()?)?, row.get(1)?.parse::<f64>().ok()?)))
            .map(|((year, month), cents)| (year, month, USD_PER_MWH_OF_CENT * cents))
            .collect(),
        "nyiso-west" => nyiso_history(NYISO, month_of),
        "nyiso-north" => nyiso_history(NYISO_NORTH, month_of),
        _ => Vec::new(),
    }
}

fn nyiso_history(csv: &str, month_of: impl Fn(&str) -> Option<(i16, i8)>) -> Vec<MonthPrice> {
    let mut months: Vec<((i16, i8), Vec<f64>)> = Vec::new();
    for row in rows(csv) {
        let Some(month) = row.first().and_then(|date| month_of(date)) else { continue };
        let hours = row.into_iter().skip(1).filter_map(|text| text.parse::<f64>().ok());
        match months.last_mut() {
            Some((last, known)) if *last == month => known.extend(hours),
            _ => months.push((month, hours.collect())),
        }
    }
    months.into_iter().map(|((year, month), hours)| (year, month, statistics::mean(&hours))).collect()
}

/// Every day of the file has 24 hours, also those on which clocks changed: its hours are those of standard time.
fn nyiso_series(csv: &str) -> Series {
    let prices = rows(csv).flat_map(|row| row.into_iter().skip(1).map(|text| text.parse::<f64>().ok()));
    let readings: Vec<Option<i64>> = prices.map(|usd| usd.map(|usd| (usd * CENTS).round() as i64)).collect();
    Series {
        start: jiff::civil::date(2019, 1, 2).at(0, 0, 0, 0),
        minutes: 60,
        zone: "UTC-05:00".to_owned(),
        readings: Series::text_of(&readings),
    }
}

/// A deck that keeps the hours of a NYISO file.
fn with_hours(csv: &str, deck: PriceDeck) -> PriceDeck {
    PriceDeck { hours: Some(nyiso_series(csv)), ..deck }
}

fn deck(id: &str, name: &str, source: &str, bands: impl Fn(u8) -> Vec<PriceBand>) -> PriceDeck {
    PriceDeck {
        id: id.to_owned(),
        name: name.to_owned(),
        source: source.to_owned(),
        months: (1..=MONTHS).map(bands).collect(),
        hours: None,
    }
}

/// Rows of a file below its header, split at the commas.
fn rows(csv: &str) -> impl Iterator<Item = Vec<&str>> {
    csv.lines().skip(1).map(|line| line.split(',').collect())
}

/// Calendar month of `2024-01` or `2024-01-31`.
fn calendar_month(text: &str) -> Option<u8> {
    text.split('-').nth(1)?.parse().ok()
}

/// Real-time prices of one month of one year.
struct ErcotMonth {
    calendar_month: u8,
    hours: f64,
    mean: f64,
    /// At [`PROBABILITIES`].
    quantiles: Vec<f64>,
}

fn ercot_months() -> Vec<ErcotMonth> {
    rows(ERCOT)
        .filter_map(|row| {
            let [month, "real_time", numbers @ ..] = &row[..] else { return None };
            let numbers: Vec<f64> = numbers.iter().filter_map(|text| text.parse().ok()).collect();
            let [hours, mean, quantiles @ ..] = &numbers[..] else { return None };
            (quantiles.len() == PROBABILITIES.len()).then_some(ErcotMonth {
                calendar_month: calendar_month(month)?,
                hours: *hours,
                mean: *mean,
                quantiles: quantiles.to_vec(),
            })
        })
        .collect()
}

fn ercot_bands(month: u8, months: &[ErcotMonth]) -> Vec<PriceBand> {
    let years: Vec<&ErcotMonth> = months.iter().filter(|row| row.calendar_month == month).collect();
    let hours: f64 = years.iter().map(|year| year.hours).sum();
    let mut bands: Vec<PriceBand> = cut_shares().map(|share| PriceBand { share, usd_per_mwh: 0.0 }).to_vec();
    for year in years {
        for (band, price) in bands.iter_mut().zip(year.band_prices()) {
            band.usd_per_mwh += price * year.hours / hours;
        }
    }
    bands
}

impl ErcotMonth {
    /// Mean price of each cut. The quantiles say little about the last percent, which holds the spikes: there
    /// the price that keeps the published mean stands.
    fn band_prices(&self) -> Vec<f64> {
        let [cuts @ .., top] = cut_shares();
        let mut prices = Vec::with_capacity(cuts.len() + 1);
        let mut below = 0.0;
        for share in cuts {
            prices.push(self.integral(below, below + share) / share);
            below += share;
        }
        prices.push((self.mean - self.integral(0.0, below)) / top);
        prices
    }

    /// Integral of the quantile function, straight between its points.
    fn integral(&self, from: f64, to: f64) -> f64 {
        let points = PROBABILITIES.windows(2).zip(self.quantiles.windows(2));
        points
            .map(|(p, q)| {
                let (start, end) = (from.max(p[0]), to.min(p[1]));
                let middle = (f64::midpoint(start, end) - p[0]) / (p[1] - p[0]);
                (end - start).max(0.0) * (q[0] + middle * (q[1] - q[0]))
            })
            .sum()
    }
}

fn nyiso_hours(csv: &str, month: u8) -> Vec<f64> {
    rows(csv)
        .filter(|row| row.first().and_then(|date| calendar_month(date)) == Some(month))
        .flat_map(|row| row.into_iter().skip(1).filter_map(|text| text.parse().ok()))
        .collect()
}

fn washington_bands(month: u8) -> Vec<PriceBand> {
    let skipped = rows(WASHINGTON).count().saturating_sub(WASHINGTON_MONTHS);
    let cents: Vec<f64> = rows(WASHINGTON)
        .skip(skipped)
        .filter(|row| row.first().and_then(|date| calendar_month(date)) == Some(month))
        .filter_map(|row| row.get(1)?.parse().ok())
        .collect();
    vec![PriceBand { share: 1.0, usd_per_mwh: USD_PER_MWH_OF_CENT * statistics::mean(&cents) }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::power::{annual_mean, month_bands};

    fn month_means(deck: &PriceDeck) -> Vec<f64> {
        (1..=12)
            .map(|month| month_bands(deck, month).iter().map(|band| band.share * band.usd_per_mwh).sum())
            .collect()
    }

    /// Means worked out outside this program: of the published monthly means, of the hours, of the bills.
    #[test]
    fn each_deck_keeps_the_means_of_its_prices() {
        let expected: [(&str, [f64; 12], f64); 4] = [
            (
                "ercot-hb-west",
                [
                    41.0833, 22.7326, 22.4533, 26.1950, 35.7500, 26.4050, 28.3650, 37.9900, 30.6350, 28.1550,
                    31.0950, 33.2500,
                ],
                1e-3,
            ),
            (
                "nyiso-west",
                [
                    24.7596, 20.5016, 21.1392, 17.9826, 19.8290, 30.7157, 30.4531, 23.4144, 23.4473, 20.2679,
                    24.6587, 21.1052,
                ],
                1e-3,
            ),
            (
                "washington-industrial",
                [64.6, 65.8, 63.4, 64.6, 60.3, 60.2, 62.0, 65.6, 65.1, 65.3, 62.4, 64.8],
                0.1,
            ),
            (
                "nyiso-north",
                [
                    21.3521, 17.9558, 18.7627, 14.0811, 12.2739, 12.5259, 20.8233, 18.956, 11.9642, 12.2013,
                    14.9897, 19.2237,
                ],
                1e-3,
            ),
        ];
        let decks = built_in();
        assert_eq!(decks.len(), expected.len());
        for (deck, (id, means, tolerance)) in decks.iter().zip(expected) {
            assert_eq!(deck.id, id);
            for (mean, expected) in month_means(deck).into_iter().zip(means) {
                assert!((mean - expected).abs() < tolerance, "{id}: {mean}, not {expected}");
            }
        }
        // EIA's yearly table gives 6.35 c/kWh for Washington in 2023.
        assert!((annual_mean(&decks[2]) - 63.5).abs() < 1.0);
    }

    #[test]
    fn every_row_of_the_files_is_read() {
        assert_eq!(ercot_months().len(), 27);
        assert_eq!((1..=12).map(|month| nyiso_hours(NYISO, month).len()).sum::<usize>(), 496 * 24);
        assert_eq!(rows(WASHINGTON).count(), 292);
        assert_eq!((history("ercot-hb-west").len(), history("washington-industrial").len()), (27, 292));
        assert_eq!((history("nyiso-west").len(), history("of-the-user").len()), (17, 0));
    }

    #[test]
    fn bands_ascend_and_shares_fill_the_month() {
        for deck in built_in() {
            assert_eq!(deck.months.len(), 12);
            for bands in &deck.months {
                assert!((bands.iter().map(|band| band.share).sum::<f64>() - 1.0).abs() < 1e-9);
                assert!(
                    bands.windows(2).all(|pair| pair[0].usd_per_mwh <= pair[1].usd_per_mwh),
                    "{}",
                    deck.id
                );
            }
            assert!(!deck.source.is_empty());
        }
    }

    /// Straight lines: the integral of a quantile function from 0 to 20 over the unit interval.
    #[test]
    fn quantiles_are_integrated_along_straight_lines() {
        let month = ErcotMonth {
            calendar_month: 1,
            hours: 744.0,
            mean: 10.0,
            quantiles: PROBABILITIES.iter().map(|p| 20.0 * p).collect(),
        };
        assert!((month.integral(0.0, 1.0) - 10.0).abs() < 1e-12);
        assert!((month.integral(0.33, 0.77) - 10.0 * (0.77 * 0.77 - 0.33 * 0.33)).abs() < 1e-12);
        let prices = month.band_prices();
        assert!((prices[12] - 19.9).abs() < 1e-9 && (prices[0] - 20.0 * 0.0825 / 2.0).abs() < 1e-9);
    }
}
