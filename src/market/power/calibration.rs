//! The power path's parameters from a history of monthly prices, with their errors.
//!
//! `ln p = season[calendar month] + trend * t + x`, x an Ornstein-Uhlenbeck process sampled by the month: season and
//! trend by least squares (the trend on what both leave after their calendar-month means, Frisch and Waugh 1933), x
//! by its first autocorrelation. A short history makes the autocorrelation and the deviation of x too small, because
//! season and trend take up part of x; so both are corrected by simulation (indirect inference, Smith 1993): the
//! persistence and deviation are those with which simulated histories of the same length show on average what the
//! history shows. The spread of the same simulations is the error of each figure.

use super::hours::Readings;
use crate::market::draw::Uniforms;
use crate::market::{decks, doubt};
use crate::quantity::{format, statistics};
use crate::site::PriceDeck;

const MONTHS: usize = 12;
/// Months a history must have: each calendar month twice, or season and deviation cannot be told apart.
pub const LEAST_MONTHS: usize = 24;
/// Longest history that is fitted, months.
const MOST_MONTHS: usize = 1_200;
/// Simulated histories.
const SIMULATIONS: usize = 400;
/// Persistence below which months know nothing of one another: a half-life of three days.
const LEAST_PERSISTENT: f64 = 1e-3;
/// Deviation of logs that is rounding and no movement.
const STILL: f64 = 1e-9;
/// Most persistent month-to-month autocorrelation considered: a half-life of 139 months.
const MOST_PERSISTENT: f64 = 0.995;

/// A figure and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub error: f64,
}

/// What a history says of the power path.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    pub months: usize,
    /// First and last month of the history: (year, month).
    pub first: (i16, i8),
    pub last: (i16, i8),
    /// Growth per year.
    pub drift: Estimate,
    /// Root mean square of the logs around season and trend, corrected for the months it was taken from.
    pub deviation: f64,
    /// Of the monthly scaling, per year; `None` without a half-life, which it cannot be told apart from.
    pub volatility: Option<Estimate>,
    /// `None` where a month says nothing of the next, or the opposite: no half-life makes such months.
    pub half_life_months: Option<Estimate>,
    /// Level of each calendar month against the mean of the twelve, January first.
    pub seasonal: [f64; MONTHS],
    /// Why a figure is not to be leaned on, or why there is none, a sentence each; empty for a good fit.
    pub doubts: Vec<String>,
}

/// A month of a history: year, month, mean price in USD/MWh.
pub type MonthPrice = (i16, i8, f64);

/// Monthly prices behind a deck: of its own hours where it keeps them, else of the program's price of that id.
pub fn history(deck: &PriceDeck) -> Vec<MonthPrice> {
    match deck.hours.as_ref().and_then(Readings::of_prices) {
        Some(readings) => readings.monthly_means(),
        None => decks::history(&deck.id),
    }
}

/// Fits the path to a history in order of time; months may be missing.
///
/// # Errors
/// A sentence when the history is too short, or has a month whose mean is not above zero.
pub fn calibrate(history: &[MonthPrice]) -> Result<Calibration, String> {
    let history = &history[history.len().saturating_sub(MOST_MONTHS)..];
    let (Some(first), Some(last)) = (history.first(), history.last()) else {
        return Err("there is no history of this price".to_owned());
    };
    if history.len() < LEAST_MONTHS {
        return Err(format!("the history has {} months; {LEAST_MONTHS} at least are needed", history.len()));
    }
    if let Some((year, month, price)) = history.iter().find(|(_, _, price)| !(*price > 0.0)) {
        return Err(format!(
            "the mean price of {year:04}-{month:02} is {price:.2} USD/MWh; the path scales prices above zero"
        ));
    }
    let layout = Layout::new(history);
    if layout.counts.contains(&0) {
        return Err("a calendar month is missing from the history".to_owned());
    }
    let logs: Vec<f64> = history.iter().map(|(_, _, price)| libm::log(*price)).collect();
    let seen = layout.fit(&logs);

    let shocks: Vec<Vec<f64>> = (0..SIMULATIONS)
        .map(|simulation| {
            let mut uniforms = Uniforms::new(0, "power calibration", simulation);
            (0..layout.span + 1).map(|_| uniforms.next_normal()).collect()
        })
        .collect();
    // Monotone in the persistence, so halving finds it.
    let (mut low, mut high) = (0.0, MOST_PERSISTENT);
    for _ in 0..24 {
        let middle = (low + high) / 2.0;
        let mean =
            statistics::mean(&layout.simulate(&shocks, middle).map(|fit| fit.keep).collect::<Vec<_>>());
        if mean < seen.keep {
            low = middle;
        } else {
            high = middle;
        }
    }
    let keep = (low + high) / 2.0;
    let simulated: Vec<Fit> = layout.simulate(&shocks, keep).collect();
    let of = |pick: fn(&Fit) -> f64| simulated.iter().map(pick).collect::<Vec<f64>>();
    // Simulated deviations of one show how much of one is left.
    let left = statistics::mean(&of(|fit| fit.deviation));
    let deviation = if left > 0.0 { seen.deviation / left } else { 0.0 };
    let volatility = |keep: f64, deviation: f64| deviation * libm::sqrt(2.0 * speed(keep));
    // Spread of persistence and deviation together, each corrected by its mean as the history's own is.
    let mean_keep = statistics::mean(&of(|fit| fit.keep));
    let corrected = |fit: &Fit| (fit.keep + keep - mean_keep).clamp(LEAST_PERSISTENT, MOST_PERSISTENT);
    let half_lives: Vec<f64> = simulated.iter().map(|fit| half_life(corrected(fit))).collect();
    let volatilities: Vec<f64> = simulated
        .iter()
        .map(|fit| volatility(corrected(fit), deviation * fit.deviation / left.max(f64::MIN_POSITIVE)))
        .collect();
    let slopes = of(|fit| fit.slope);
    let growth = libm::exp(MONTHS as f64 * seen.slope);
    let reverts = keep > LEAST_PERSISTENT && deviation > STILL;
    let mut fitted = Calibration {
        months: history.len(),
        first: (first.0, first.1),
        last: (last.0, last.1),
        drift: Estimate {
            value: growth - 1.0,
            error: growth * MONTHS as f64 * deviation * statistics::standard_deviation(&slopes),
        },
        deviation,
        volatility: reverts
            .then(|| Estimate { value: volatility(keep, deviation), error: spread(&volatilities) }),
        half_life_months: reverts.then(|| Estimate { value: half_life(keep), error: spread(&half_lives) }),
        seasonal: seasonal(&layout, &logs, seen.slope),
        doubts: Vec::new(),
    };
    fitted.doubts = doubts(&fitted, keep);
    Ok(fitted)
}

fn doubts(fitted: &Calibration, keep: f64) -> Vec<String> {
    let mut doubts = Vec::new();
    if fitted.deviation <= STILL {
        doubts.push("the price never leaves its season and trend: there is no path to fit".to_owned());
    } else if fitted.half_life_months.is_none() {
        doubts.push(
            "no half-life can be told, and no volatility with it: a month above its season is not followed by \
             another more often than by chance"
                .to_owned(),
        );
    }
    if keep > MOST_PERSISTENT - LEAST_PERSISTENT {
        let longest = format::number(half_life(MOST_PERSISTENT), 0);
        doubts.push(format!("the half-life ends at the longest looked at, {longest} months"));
    }
    let figures = [
        ("the drift", Some(fitted.drift)),
        ("the volatility", fitted.volatility),
        ("the half-life", fitted.half_life_months),
    ];
    for (name, estimate) in figures {
        if estimate.is_some_and(|found| found.error >= found.value.abs()) {
            doubts.push(format!("{name} has an error as large as its value: the history hardly tells it"));
        }
    }
    doubts.extend(doubt::shortness(fitted.months).map(|words| format!("{words}, and season takes up part")));
    doubts
}

/// Half the width of the middle 68 %: the standard deviation of a bell curve, and finite for a skewed one.
fn spread(values: &[f64]) -> f64 {
    (statistics::quantile(values, 0.84) - statistics::quantile(values, 0.16)) / 2.0
}

fn half_life(keep: f64) -> f64 {
    -core::f64::consts::LN_2 / libm::log(keep.clamp(LEAST_PERSISTENT, MOST_PERSISTENT))
}

/// Speed of reversion per year.
fn speed(keep: f64) -> f64 {
    core::f64::consts::LN_2 / half_life(keep) * MONTHS as f64
}

/// Where the months of a history lie in time.
struct Layout {
    /// Months since the first, ascending.
    at: Vec<usize>,
    /// Calendar month of each, from zero.
    season: Vec<usize>,
    /// Months of each calendar month.
    counts: [usize; MONTHS],
    /// Months from first to last.
    span: usize,
}

/// What least squares finds in a run of logs.
struct Fit {
    /// Trend per month.
    slope: f64,
    /// First autocorrelation of what is left.
    keep: f64,
    /// Root mean square of what is left.
    deviation: f64,
}

impl Layout {
    fn new(history: &[MonthPrice]) -> Self {
        let number = |(year, month, _): &MonthPrice| i64::from(*year) * MONTHS as i64 + i64::from(*month) - 1;
        let first = history.first().map_or(0, number);
        let at: Vec<usize> =
            history.iter().map(|month| usize::try_from(number(month) - first).unwrap_or(0)).collect();
        let season: Vec<usize> =
            history.iter().map(|month| number(month).rem_euclid(MONTHS as i64) as usize).collect();
        let mut counts = [0; MONTHS];
        for month in &season {
            counts[*month] += 1;
        }
        let span = at.last().copied().unwrap_or(0).min(10 * MOST_MONTHS);
        Self { at, season, counts, span }
    }

    /// Values less the mean of their calendar month.
    fn without_season(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = [0.0; MONTHS];
        for (value, season) in values.iter().zip(&self.season) {
            sums[*season] += value;
        }
        let mean = |season: usize| sums[season] / self.counts[season].max(1) as f64;
        values.iter().zip(&self.season).map(|(value, season)| value - mean(*season)).collect()
    }

    fn fit(&self, logs: &[f64]) -> Fit {
        let time = self.without_season(&self.at.iter().map(|at| *at as f64).collect::<Vec<_>>());
        let values = self.without_season(logs);
        let square: f64 = time.iter().map(|time| time * time).sum();
        let slope = if square > 0.0 {
            time.iter().zip(&values).map(|(time, value)| time * value).sum::<f64>() / square
        } else {
            0.0
        };
        let left: Vec<f64> = values.iter().zip(&time).map(|(value, time)| value - slope * time).collect();
        let variance = left.iter().map(|left| left * left).sum::<f64>() / left.len().max(1) as f64;
        let (mut products, mut pairs) = (0.0, 0.0);
        for (index, pair) in left.windows(2).enumerate() {
            if self.at[index + 1] == self.at[index] + 1 {
                products += pair[0] * pair[1];
                pairs += 1.0;
            }
        }
        let keep = if variance > 1e-12 && pairs > 0.0 { products / pairs / variance } else { 0.0 };
        Fit { slope, keep, deviation: libm::sqrt(variance) }
    }

    /// The fit of simulated histories of a stationary process of deviation one.
    fn simulate<'a>(&'a self, shocks: &'a [Vec<f64>], keep: f64) -> impl Iterator<Item = Fit> + 'a {
        let step = libm::sqrt(1.0 - keep * keep);
        shocks.iter().map(move |shocks| {
            let mut deviation = 0.0;
            let path: Vec<f64> = shocks
                .iter()
                .enumerate()
                .map(|(month, shock)| {
                    deviation = if month == 0 { *shock } else { keep * deviation + step * shock };
                    deviation
                })
                .collect();
            let logs: Vec<f64> = self.at.iter().map(|at| path.get(*at).copied().unwrap_or(0.0)).collect();
            self.fit(&logs)
        })
    }
}

/// Geometric mean of each calendar month without the trend, against the mean of the twelve.
fn seasonal(layout: &Layout, logs: &[f64], slope: f64) -> [f64; MONTHS] {
    let mut sums = [0.0; MONTHS];
    for ((log, at), season) in logs.iter().zip(&layout.at).zip(&layout.season) {
        sums[*season] += log - slope * *at as f64;
    }
    let levels: [f64; MONTHS] =
        std::array::from_fn(|month| libm::exp(sums[month] / layout.counts[month].max(1) as f64));
    let mean = statistics::mean(&levels);
    levels.map(|level| level / mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exact monthly steps of the process with known parameters.
    fn made(months: usize, seed: usize, drift: f64, volatility: f64, half_life: f64) -> Vec<MonthPrice> {
        let mut uniforms = Uniforms::new(99, "made history", seed);
        let keep = libm::exp(-core::f64::consts::LN_2 / half_life);
        let stationary = volatility / libm::sqrt(2.0 * core::f64::consts::LN_2 / half_life * 12.0);
        let mut x = stationary * uniforms.next_normal();
        (0..months)
            .map(|month| {
                let season = 1.0 + 0.3 * libm::sin(month as f64 / 12.0 * core::f64::consts::TAU);
                let price = 40.0 * season * libm::pow(1.0 + drift, month as f64 / 12.0) * libm::exp(x);
                x = keep * x + stationary * libm::sqrt(1.0 - keep * keep) * uniforms.next_normal();
                (2001 + (month / 12) as i16, (month % 12) as i8 + 1, price)
            })
            .collect()
    }

    #[test]
    fn a_long_history_gives_its_parameters_back_within_their_errors() {
        let fitted = calibrate(&made(1_200, 1, 0.03, 0.40, 6.0)).unwrap();
        for (estimate, truth) in [
            (fitted.drift, 0.03),
            (fitted.volatility.unwrap(), 0.40),
            (fitted.half_life_months.unwrap(), 6.0),
        ] {
            assert!((estimate.value - truth).abs() < 3.0 * estimate.error, "{estimate:?} {truth}");
            assert!(estimate.error < 0.25 * truth, "{estimate:?}");
        }
        let peak = fitted.seasonal[3];
        assert!(
            (peak - 1.3).abs() < 0.08 && (fitted.seasonal[9] - 0.7).abs() < 0.08,
            "{:?}",
            fitted.seasonal
        );
    }

    /// Without the correction four years of a half-life of six months would show one of two.
    #[test]
    fn short_histories_are_right_on_average_and_their_errors_are_their_spread() {
        let fits: Vec<Calibration> =
            (0..60).map(|seed| calibrate(&made(48, seed, 0.0, 0.30, 6.0)).unwrap()).collect();
        // A history that shows no half-life stands for one of no time at all.
        let half_lives: Vec<f64> =
            fits.iter().map(|fit| fit.half_life_months.map_or(0.0, |found| found.value)).collect();
        assert!(fits.iter().all(|fit| fit.doubts.iter().any(|doubt| doubt.contains("48 months"))));
        let median = statistics::quantile(&half_lives, 0.5);
        assert!((3.5..10.0).contains(&median), "{median}");
        let volatilities: Vec<f64> = fits.iter().filter_map(|fit| Some(fit.volatility?.value)).collect();
        let mean = statistics::mean(&volatilities);
        assert!((mean - 0.30).abs() < 0.05, "{mean}");
        let drifts: Vec<f64> = fits.iter().map(|fit| fit.drift.value).collect();
        let (seen, said) = (
            statistics::standard_deviation(&drifts),
            statistics::mean(&fits.iter().map(|fit| fit.drift.error).collect::<Vec<_>>()),
        );
        assert!((0.5..2.0).contains(&(seen / said)), "{seen} {said}");
    }

    #[test]
    fn a_history_that_cannot_be_fitted_says_why() {
        let good = made(36, 5, 0.0, 0.3, 6.0);
        assert!(calibrate(&[]).unwrap_err().contains("no history"));
        assert!(calibrate(&good[..23]).unwrap_err().contains("23 months"));
        let mut negative = good.clone();
        negative[7].2 = -3.0;
        assert!(calibrate(&negative).unwrap_err().contains("2001-08"));
        let januaries_missing: Vec<MonthPrice> = good.iter().copied().filter(|month| month.1 != 1).collect();
        assert!(calibrate(&januaries_missing).unwrap_err().contains("calendar month"));
        // A price that never moves has no path to fit, and no figure that is not one.
        let flat: Vec<MonthPrice> = good.iter().map(|(year, month, _)| (*year, *month, 50.0)).collect();
        let fitted = calibrate(&flat).unwrap();
        assert_eq!((fitted.volatility, fitted.half_life_months), (None, None));
        assert!(fitted.doubts[0].contains("never leaves"), "{:?}", fitted.doubts);
        // Gaps shorten nothing: the months keep their place in time.
        let gaps: Vec<MonthPrice> =
            made(240, 2, 0.05, 0.3, 6.0).into_iter().filter(|m| m.0 % 5 != 0).collect();
        let fitted = calibrate(&gaps).unwrap();
        assert!((fitted.drift.value - 0.05).abs() < 3.0 * fitted.drift.error.max(0.005));
    }

    /// Months that swing from one side to the other revert within none: no half-life makes them.
    #[test]
    fn months_that_alternate_have_no_half_life_and_it_is_said() {
        let mut uniforms = Uniforms::new(5, "alternating", 0);
        let alternating: Vec<MonthPrice> = (0..120)
            .map(|month: i16| {
                let swing = if (month / 12 + month) % 2 == 0 { 0.2 } else { -0.2 };
                let price = 40.0 * libm::exp(swing + 0.02 * uniforms.next_normal());
                (2010 + month / 12, (month % 12) as i8 + 1, price)
            })
            .collect();
        let fitted = calibrate(&alternating).unwrap();
        assert_eq!((fitted.volatility, fitted.half_life_months), (None, None));
        assert!(fitted.doubts[0].contains("no half-life can be told"), "{:?}", fitted.doubts);
        assert!((fitted.deviation - 0.2).abs() < 0.03, "{}", fitted.deviation);
        // One that wanders without end is at the longest half-life, and that is said.
        let mut log = 0.0;
        let wandering: Vec<MonthPrice> = (0..120)
            .map(|month: i16| {
                log += 0.3 * uniforms.next_normal();
                (2010 + month / 12, (month % 12) as i8 + 1, 40.0 * libm::exp(log))
            })
            .collect();
        let fitted = calibrate(&wandering).unwrap();
        let half_life = fitted.half_life_months.unwrap();
        assert!(half_life.value > 6.0 && !fitted.doubts.is_empty(), "{fitted:?}");
    }
}
