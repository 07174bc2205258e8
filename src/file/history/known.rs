//! A price history held against what the chain and the exchanges are known to have done, so that PH/s taken for EH/s or
//! per cent taken for a share does not pass for a market.

use super::columns::EH_PER_DIFFICULTY;
use crate::quantity::{Date, Severity, date, format, statistics};
use crate::site::HistoryMonth;
use std::sync::LazyLock;

const MONTHS: &str = include_str!("../../../assets/bitcoin/monthly_2017_2025.csv");
const EPOCHS: &str = include_str!("../../../assets/bitcoin/retarget_epochs_2016_2026.csv");

/// Code of an unlikely network.
pub const NETWORK: &str = "network-unlikely";
/// Months after the last known epoch in which its difficulty still tells a unit.
const MONTHS_AFTER: i32 = 24;
/// Histories differ by source and time of day; by more than this factor in the middle they are of something else.
const APART: f64 = 3.0;
/// Fees swing more from day to day, and are told as shares of two things.
const FEES_APART: f64 = 5.0;

/// Something a history cannot be in its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Slip {
    pub severity: Severity,
    pub code: &'static str,
    pub message: String,
    pub hint: String,
}

struct Past {
    month: Date,
    price_usd: f64,
    fee_share_of_subsidy: f64,
}

static PAST: LazyLock<Vec<Past>> = LazyLock::new(|| {
    let rows = MONTHS.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter_map(|row| {
        let [month, _, _, last, _, _, fee_of_reward, _] = row[..] else { return None };
        let of_reward: f64 = fee_of_reward.parse().ok()?;
        Some(Past {
            month: format!("{month}-01").parse().ok()?,
            price_usd: last.parse().ok()?,
            fee_share_of_subsidy: of_reward / (1.0 - of_reward),
        })
    })
    .collect()
});

/// First day and difficulty of each epoch.
static DIFFICULTIES: LazyLock<Vec<(Date, f64)>> = LazyLock::new(|| {
    let rows = EPOCHS.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter_map(|row| Some((row.get(1)?.parse().ok()?, row.get(2)?.parse().ok()?))).collect()
});

fn past(month: Date) -> Option<&'static Past> {
    PAST.iter().find(|past| date::months_between(past.month, month) == 0)
}

/// Network of a month by the chain's difficulty, EH/s.
pub fn network_eh(month: Date) -> Option<f64> {
    let (last, _) = DIFFICULTIES.last()?;
    let epochs = DIFFICULTIES.iter().rev();
    let (_, difficulty) = epochs.into_iter().find(|(start, _)| *start <= month)?;
    (date::months_between(*last, month) <= MONTHS_AFTER).then_some(difficulty * EH_PER_DIFFICULTY)
}

/// The middle of what stands beside what is known, over the months that have both.
fn middle(months: &[HistoryMonth], ratio: impl Fn(&HistoryMonth) -> Option<f64>) -> Option<f64> {
    let ratios: Vec<f64> = months.iter().filter_map(ratio).filter(|ratio| ratio.is_finite()).collect();
    (!ratios.is_empty()).then(|| statistics::quantile(&ratios, 0.5))
}

fn is_about(ratio: f64, size: f64, apart: f64) -> bool {
    (1.0 / apart..=apart).contains(&(ratio / size))
}

fn times(ratio: f64) -> String {
    format!("{} times", format::number(ratio, if ratio < 10.0 { format::decimals_for(ratio) } else { 0 }))
}

/// What is wrong by orders of magnitude: an error where the size shows the unit, else a warning. Months outside
/// mid-2016 to two years after the last known epoch (network) and July 2017 to July 2025 (price, fees) are not judged.
pub fn slips(months: &[HistoryMonth]) -> Vec<Slip> {
    let mut slips = Vec::new();
    let network = middle(months, |month| Some(month.network_eh? / network_eh(month.month)?));
    if let Some(ratio) = network.filter(|ratio| !is_about(*ratio, 1.0, APART)) {
        let units = [
            (1e-3, "ZH/s"),
            (1e3, "PH/s"),
            (1e6, "TH/s"),
            (1e9, "GH/s"),
            (1.0 / EH_PER_DIFFICULTY, "difficulty"),
            (EH_PER_DIFFICULTY, "EH/s taken for a difficulty"),
        ];
        let unit = units.into_iter().find(|(size, _)| is_about(ratio, *size, APART));
        let message = format!(
            "the network of these months is about {} what the chain's difficulty says{}",
            times(ratio),
            unit.map_or_else(String::new, |(_, name)| format!(": it looks like {name}"))
        );
        let hint = "name what it is in the head: hashrate_eh, hashrate_ph, hashrate_th or difficulty";
        let severity = if unit.is_some() { Severity::Error } else { Severity::Warning };
        slips.push(Slip { severity, code: NETWORK, message, hint: hint.to_owned() });
    }
    let price = middle(months, |month| Some(month.price_usd_per_btc / past(month.month)?.price_usd));
    if let Some(ratio) = price.filter(|ratio| !is_about(*ratio, 1.0, APART)) {
        slips.push(Slip {
            severity: Severity::Warning,
            code: "price-unlikely",
            message: format!("the prices are about {} what bitcoin cost in these months", times(ratio)),
            hint: "give USD per bitcoin: no thousands of dollars, no cents, no other currency".to_owned(),
        });
    }
    let fees = middle(months, |month| {
        let known = past(month.month)?.fee_share_of_subsidy;
        month.fee_share_of_subsidy.filter(|_| known > 0.0).map(|share| share / known)
    });
    if let Some(ratio) = fees.filter(|ratio| *ratio > FEES_APART) {
        let is_percent = is_about(ratio, 100.0, APART);
        slips.push(Slip {
            severity: if is_percent { Severity::Error } else { Severity::Warning },
            code: "fees-unlikely",
            message: format!(
                "the fees of these months are about {} what they were{}",
                times(ratio),
                if is_percent { ": they look like per cent" } else { "" }
            ),
            hint: "give a share of the subsidy: 0.02 is 2 %; per cent are headed `fees %`".to_owned(),
        });
    }
    slips
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(year: i16, network_eh: f64, price: f64, fees: f64) -> HistoryMonth {
        HistoryMonth {
            month: Date::constant(year, 1, 1),
            price_usd_per_btc: price,
            network_eh: Some(network_eh),
            fee_share_of_subsidy: Some(fees),
        }
    }

    /// Published figures of January 2018 (about 15 EH/s, 10,000 USD), 2021 (150 EH/s, 33,000) and 2024 (500 EH/s,
    /// 42,500), rounded as a user would.
    fn rounded() -> Vec<HistoryMonth> {
        vec![
            month(2018, 15.0, 10_000.0, 0.1),
            month(2021, 150.0, 33_000.0, 0.1),
            month(2024, 500.0, 42_500.0, 0.1),
        ]
    }

    fn with(change: impl Fn(&mut HistoryMonth)) -> Vec<(&'static str, Severity, String)> {
        let mut months = rounded();
        months.iter_mut().for_each(change);
        slips(&months).into_iter().map(|slip| (slip.code, slip.severity, slip.message)).collect()
    }

    #[test]
    fn units_are_told_by_their_size() {
        assert_eq!(with(|_| {}), []);
        for (factor, unit) in
            [(1e3, "PH/s"), (1e6, "TH/s"), (1e-3, "ZH/s"), (1.0 / EH_PER_DIFFICULTY, "difficulty")]
        {
            let found = with(|month| month.network_eh = month.network_eh.map(|eh| eh * factor));
            assert_eq!(found.len(), 1, "{unit}");
            assert_eq!((found[0].0, found[0].1), (NETWORK, Severity::Error));
            assert!(found[0].2.ends_with(unit), "{}", found[0].2);
        }
        let found = with(|month| month.network_eh = month.network_eh.map(|eh| eh * 20.0));
        assert_eq!((found[0].0, found[0].1), (NETWORK, Severity::Warning));
        let found = with(|month| month.price_usd_per_btc /= 1e3);
        assert_eq!((found[0].0, found[0].1), ("price-unlikely", Severity::Warning));
        let found =
            with(|month| month.fee_share_of_subsidy = month.fee_share_of_subsidy.map(|fee| fee * 100.0));
        assert_eq!((found[0].0, found[0].1), ("fees-unlikely", Severity::Error));
        // Before and long after what is known nothing is judged.
        assert_eq!(slips(&[month(2012, 1e9, 1e9, 50.0), month(2040, 1e9, 1e9, 50.0)]), []);
        assert_eq!(slips(&[]), []);
    }
}
