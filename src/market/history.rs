//! Bitcoin's past by the month and by the difficulty epoch, from `assets/bitcoin`, and the history a site carries.

use crate::quantity::{Date, date};
use crate::site::{HistoryMonth, PriceHistory, Site};
use std::sync::LazyLock;

const MONTHS: &str = include_str!("../../assets/bitcoin/monthly_2017_2025.csv");
const EPOCHS: &str = include_str!("../../assets/bitcoin/retarget_epochs_2016_2026.csv");

/// A difficulty epoch of the past: 2,016 blocks at one difficulty.
#[derive(Clone, Debug, PartialEq)]
pub struct PastEpoch {
    pub start_height: u32,
    pub start: Date,
    pub difficulty: f64,
    /// From its first block to the first of the next, seconds; `None` for the last one known.
    pub seconds: Option<f64>,
}

/// Difficulty epochs from mid-2016 on, in order of height.
pub fn epochs() -> &'static [PastEpoch] {
    static EPOCHS_READ: LazyLock<Vec<PastEpoch>> = LazyLock::new(|| {
        rows(EPOCHS)
            .filter_map(|row| {
                let [height, start, difficulty, seconds] = row[..] else { return None };
                Some(PastEpoch {
                    start_height: height.parse().ok()?,
                    start: start.parse().ok()?,
                    difficulty: difficulty.parse().ok()?,
                    seconds: seconds.parse().ok(),
                })
            })
            .collect()
    });
    &EPOCHS_READ
}

/// The monthly history that comes with the program, July 2017 to July 2025.
pub fn built_in() -> &'static PriceHistory {
    static BUILT_IN: LazyLock<PriceHistory> = LazyLock::new(|| PriceHistory {
        name: "Bitcoin, July 2017 to July 2025".to_owned(),
        source: "monthly statistics of public daily charts and of the chain's difficulty epochs".to_owned(),
        months: rows(MONTHS)
            .filter_map(|row| {
                let [month, _, _, last, _, network, fee_of_reward, _] = row[..] else { return None };
                let fee_of_reward: f64 = fee_of_reward.parse().ok()?;
                Some(HistoryMonth {
                    month: format!("{month}-01").parse().ok()?,
                    price_usd_per_btc: last.parse().ok()?,
                    network_eh: network.parse().ok(),
                    fee_share_of_subsidy: Some(fee_of_reward / (1.0 - fee_of_reward)),
                })
            })
            .collect(),
    });
    &BUILT_IN
}

/// The history a site is judged by: its own, else the program's.
pub fn of(site: &Site) -> &PriceHistory {
    site.assumptions.price_history.as_ref().unwrap_or_else(|| built_in())
}

/// Monthly log returns of the price with the index of the month they lead to; none across a gap, and none where a
/// price is not positive.
pub fn returns(history: &PriceHistory) -> Vec<(usize, f64)> {
    let months = history.months.windows(2).enumerate();
    months
        .filter_map(|(index, pair)| {
            let ratio = pair[1].price_usd_per_btc / pair[0].price_usd_per_btc;
            (date::months_between(pair[0].month, pair[1].month) == 1 && ratio.is_finite() && ratio > 0.0)
                .then(|| (index + 1, libm::log(ratio)))
        })
        .collect()
}

/// Rows of a file below its header, split at the commas.
fn rows(csv: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    csv.lines().skip(1).map(|line| line.split(',').collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::bitcoin;
    use crate::market::epoch::{RETARGET_BLOCKS, retargeted};

    #[test]
    fn every_row_of_the_files_is_read_and_in_order() {
        let months = &built_in().months;
        assert_eq!((months.len(), returns(built_in()).len()), (97, 96));
        assert!(
            months.iter().all(|month| month.network_eh.is_some() && month.fee_share_of_subsidy.is_some())
        );
        assert_eq!((epochs().len(), epochs().last().unwrap().seconds), (268, None));
        assert!(
            epochs().windows(2).all(|pair| pair[1].start_height - pair[0].start_height == RETARGET_BLOCKS)
        );
        // Ten-fold in two years: from 2,738.92 to 118,748.50 USD in 96 months.
        let growth: f64 = returns(built_in()).iter().map(|(_, value)| value).sum();
        assert!((growth - (118_748.50_f64 / 2_738.92).ln()).abs() < 1e-9);
    }

    /// The difficulties of the chain follow from their epochs' durations. Before 2025 the times are those of block
    /// headers, on the first block of each epoch, and one interval more than the rule counts.
    #[test]
    fn the_retarget_rule_gives_the_difficulties_of_the_chain() {
        let mut tried = 0;
        for pair in epochs().windows(2) {
            let Some(seconds) = pair[0].seconds.filter(|_| pair[1].start.year() < 2025) else { continue };
            let next = retargeted(pair[0].difficulty, seconds * 2015.0 / 2016.0);
            assert!((next / pair[1].difficulty - 1.0).abs() < 0.005, "{}: {next}", pair[1].start_height);
            tried += 1;
        }
        assert!(tried > 200, "{tried}");
    }

    /// Every month's published mean hashprice from the month's means of price, difficulty and fees. Price and
    /// difficulty move within a month, so the mean of the product is not the product of the means.
    #[test]
    fn monthly_hashprices_follow_from_price_difficulty_and_fees() {
        let mut worst: f64 = 0.0;
        for row in rows(MONTHS) {
            let number = |column: usize| row[column].parse::<f64>().unwrap();
            // The month of the halving has two subsidies, and the fees of its day were three times the subsidy.
            if matches!(row[0], "2020-05" | "2024-04") {
                continue;
            }
            let subsidy = if row[0] < "2020-05" {
                12.5
            } else if row[0] < "2024-04" {
                6.25
            } else {
                3.125
            };
            let fee = subsidy * number(6) / (1.0 - number(6));
            let hashprice = bitcoin::hashprice_usd(number(4), subsidy, fee, number(2));
            worst = worst.max((hashprice / number(7) - 1.0).abs());
        }
        assert!(worst < 0.06, "{worst}");
    }
}
