//! The parameters of the bitcoin market fitted to a history, each with its standard error.
//!
//! A fit describes the past. What is a forecast and not a habit of the market, the growth of the price, is shown and
//! not applied.

use super::fit::{hessian, inverse, minimise};
use super::{bitcoin, doubt, history};
use crate::quantity::{Date, date, format, statistics};
use crate::site::{Address, Object, Override, PriceHistory, Site, field};

const MONTHS_PER_YEAR: f64 = 12.0;
/// Fewest months anything is fitted to.
const LEAST_MONTHS: usize = 24;
/// A month's fees are a spike above this multiple of the median of the 13 months around it.
const SPIKE_MULTIPLE: f64 = 2.5;
/// Months before and after a month that its usual fees are taken from.
const SPIKE_WINDOW: usize = 6;

/// What a history says of the market.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    pub history: String,
    pub source: String,
    /// First and last month of the history; `None` where it is empty.
    pub span: Option<(Date, Date)>,
    pub estimates: Vec<Estimate>,
}

/// One fitted parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    pub object: Object,
    /// Key of the number in the table of editable numbers.
    pub key: &'static str,
    /// `None` where the history is too short or the fit has no answer in range.
    pub value: Option<f64>,
    /// Asymptotic; `None` where the likelihood is flat or ends at a bound: the history does not tell.
    pub standard_error: Option<f64>,
    /// Months it is fitted to.
    pub months: usize,
    pub method: &'static str,
    /// Why the value is not to be leaned on, or why there is none; empty for a good fit.
    pub doubts: Vec<String>,
    /// Whether applying the calibration changes it.
    pub applied: bool,
}

impl Calibration {
    /// The changes that bring a document to the fitted values, those in range and marked for it.
    pub fn changes(&self) -> Vec<Override> {
        self.estimates
            .iter()
            .filter(|estimate| estimate.applied)
            .filter_map(|estimate| {
                let at = Address::new(estimate.object.clone(), estimate.key);
                estimate.value.map(|value| Override::Value { at, value: Some(value) })
            })
            .collect()
    }
}

/// Fits the bitcoin market to the site's history, or to the one that comes with the program.
pub fn calibrate(site: &Site) -> Calibration {
    let history = history::of(site);
    let mut estimates = price_estimates(history);
    estimates.extend(fee_estimates(history));
    estimates.extend(network_estimates(site, history));
    for estimate in &mut estimates {
        let at = Address::new(estimate.object.clone(), estimate.key);
        let outside =
            |value: &f64| field::spec(site, &at).is_none_or(|spec| spec.problem_with(*value).is_some());
        if estimate.value.as_ref().is_some_and(outside) {
            let shown = estimate.value.map_or_else(String::new, |value| format::number(value, 3));
            estimate.doubts = vec![format!("the fit lies at {shown}, outside what this number may be")];
            estimate.value = None;
            estimate.standard_error = None;
        }
    }
    let span =
        history.months.first().zip(history.months.last()).map(|(first, last)| (first.month, last.month));
    Calibration { history: history.name.clone(), source: history.source.clone(), span, estimates }
}

fn estimate(
    key: &'static str,
    value: Option<(f64, Option<f64>)>,
    months: usize,
    method: &'static str,
) -> Estimate {
    let object = if key == "btc_hashrate" { Object::Correlation } else { Object::Bitcoin };
    let finite = |number: &f64| number.is_finite();
    let standard_error = value.and_then(|(_, error)| error).filter(finite);
    let value = value.map(|(value, _)| value).filter(finite);
    let doubts = match value {
        Some(value) => doubt::doubts(value, standard_error, months),
        None if months < LEAST_MONTHS => {
            vec![format!("the history has {months} months of it; {LEAST_MONTHS} at least are needed")]
        }
        None => vec!["the history gives no answer in range".to_owned()],
    };
    Estimate { object, key, value, standard_error, doubts, months, method, applied: key != "price_drift" }
}

// Price

const PRICE_METHOD: &str = "maximum likelihood on monthly log returns: the jump diffusion where it is significantly better than the diffusion alone";
/// Twice the log likelihood that jumps must add to be believed: 95 % of chi-square with their three parameters.
const SIGNIFICANT: f64 = 7.815;
/// Monthly drift, yearly volatility, jumps a year, mean and deviation of a log jump.
const PRICE_PARAMETERS: usize = 5;
/// Where the likelihood is looked at. Below the least volatility a single return would make it infinite.
const PRICE_BOUNDS: [(f64, f64); PRICE_PARAMETERS] =
    [(-0.5, 0.5), (0.10, 2.5), (0.1, 24.0), (-0.6, 0.6), (0.01, 0.6)];
/// Several starts, since the likelihood of a mixture has several tops.
const PRICE_STARTS: [[f64; PRICE_PARAMETERS]; 3] =
    [[0.02, 0.55, 1.0, -0.1, 0.15], [0.0, 0.40, 8.0, -0.02, 0.08], [0.03, 0.60, 2.0, 0.1, 0.2]];

fn price_estimates(history: &PriceHistory) -> Vec<Estimate> {
    let returns: Vec<f64> = history::returns(history).into_iter().map(|(_, value)| value).collect();
    let fitted = (returns.len() >= LEAST_MONTHS).then(|| fit_price(&returns));
    let no_jumps = fitted.as_ref().is_some_and(|(at, _)| at[2] == 0.0);
    let part = |key: &'static str, of: &dyn Fn(&[f64]) -> f64| {
        if no_jumps && key.starts_with("jump") {
            let none = (key == "jumps_per_year").then_some((0.0, None));
            let doubts = vec!["no jumps are seen beyond the diffusion".to_owned()];
            return Estimate { doubts, ..estimate(key, none, returns.len(), PRICE_METHOD) };
        }
        let value = fitted.as_ref().map(|(at, covariance)| {
            (of(at), covariance.as_ref().map(|covariance| delta_error(of, at, covariance)))
        });
        estimate(key, value, returns.len(), PRICE_METHOD)
    };
    vec![
        part("price_drift", &expected_growth),
        part("price_volatility", &|at| at[1]),
        part("jumps_per_year", &|at| at[2]),
        part("jump_mean", &|at| at[3]),
        part("jump_deviation", &|at| at[4]),
    ]
}

/// Expected growth of the price in a year.
fn expected_growth(at: &[f64]) -> f64 {
    let jumps = at[2] * libm::expm1(at[3] + at[4] * at[4] / 2.0);
    libm::expm1(MONTHS_PER_YEAR * at[0] + at[1] * at[1] / 2.0 + jumps)
}

/// The parameters, and their covariance where the likelihood has a proper top.
///
/// A diffusion alone is a jump diffusion without jumps; where jumps add too little (likelihood ratio) it stands, with
/// its closed form: mean and deviation of the returns.
fn fit_price(returns: &[f64]) -> (Vec<f64>, Option<Vec<Vec<f64>>>) {
    let jumping = fit_jumps(returns);
    let count = returns.len() as f64;
    let mean = statistics::mean(returns);
    let squares: f64 = returns.iter().map(|value| (value - mean) * (value - mean)).sum();
    let variance = squares / count;
    // Of independent normal returns: n/2 (ln(2 pi v) + 1).
    let alone = count / 2.0 * (libm::log(2.0 * core::f64::consts::PI * variance) + 1.0);
    let together = minus_log_likelihood(returns, &jumping.0);
    // Returns that never differ have no likelihood; no jumps are seen in them either.
    if !(2.0 * (alone - together) < SIGNIFICANT) && variance > 0.0 {
        return jumping;
    }
    let mut covariance = vec![vec![0.0; PRICE_PARAMETERS]; PRICE_PARAMETERS];
    covariance[0][0] = variance / count;
    covariance[1][1] = variance * MONTHS_PER_YEAR / (2.0 * count);
    let volatility = libm::sqrt(variance * MONTHS_PER_YEAR);
    (vec![mean, volatility, 0.0, 0.0, 0.0], Some(covariance))
}

fn fit_jumps(returns: &[f64]) -> (Vec<f64>, Option<Vec<Vec<f64>>>) {
    let minus_log = |at: &[f64]| minus_log_likelihood(returns, at);
    let step = [0.02, 0.1, 0.5, 0.05, 0.05];
    let mut best = (PRICE_STARTS[0].to_vec(), f64::INFINITY);
    for start in PRICE_STARTS {
        let found = minimise(&minus_log, &start, &step);
        if found.1 < best.1 {
            best = found;
        }
    }
    let at = best.0;
    let fine = [1e-4, 1e-3, 1e-2, 1e-3, 1e-3];
    let inside = at
        .iter()
        .zip(PRICE_BOUNDS)
        .zip(fine)
        .all(|((value, (low, high)), step)| value - 2.0 * step > low && value + 2.0 * step < high);
    let covariance = inside.then(|| inverse(&hessian(&minus_log, &at, &fine))).flatten();
    (at, covariance)
}

/// Of Merton's jump diffusion: a month's return is a mixture over the number of jumps, which is Poisson, of normal
/// densities (Merton 1976; J. Honoré, Pitfalls in estimating jump-diffusion models, 1998, on the bounds it needs).
fn minus_log_likelihood(returns: &[f64], at: &[f64]) -> f64 {
    if at.iter().zip(PRICE_BOUNDS).any(|(value, (low, high))| !(low..=high).contains(value)) {
        return f64::INFINITY;
    }
    let rate = at[2] / MONTHS_PER_YEAR;
    let mut weight = libm::exp(-rate);
    // (weight over deviation, mean, 1 / (2 variance)) by the number of jumps.
    let mut kinds = Vec::new();
    let mut count = 0.0;
    while weight > 1e-12 || count < rate {
        let variance = at[1] * at[1] / MONTHS_PER_YEAR + count * at[4] * at[4];
        kinds.push((weight / libm::sqrt(variance), at[0] + count * at[3], 0.5 / variance));
        count += 1.0;
        weight *= rate / count;
    }
    let log_root_two_pi = 0.918_938_533_204_672_7;
    returns
        .iter()
        .map(|value| {
            let density: f64 = kinds
                .iter()
                .map(|(weight, mean, precision)| {
                    weight * libm::exp(-(value - mean) * (value - mean) * precision)
                })
                .sum();
            log_root_two_pi - libm::log(density.max(f64::MIN_POSITIVE))
        })
        .sum()
}

/// Standard error of a function of fitted parameters (delta method).
fn delta_error(of: &dyn Fn(&[f64]) -> f64, at: &[f64], covariance: &[Vec<f64>]) -> f64 {
    let gradient: Vec<f64> = (0..at.len())
        .map(|index| {
            let moved = |by: f64| {
                let mut point = at.to_vec();
                point[index] += by;
                of(&point)
            };
            (moved(1e-5) - moved(-1e-5)) / 2e-5
        })
        .collect();
    let variance: f64 = (0..at.len())
        .flat_map(|row| (0..at.len()).map(move |column| (row, column)))
        .map(|(row, column)| gradient[row] * covariance[row][column] * gradient[column])
        .sum();
    libm::sqrt(variance)
}

// Fees

const FEE_METHOD: &str = "months whose fees exceed 2.5 times the median of the 13 months around them";

/// Spikes: the rate whose months have one with the probability seen, `p = 1 - exp(-rate/12)`, with the error of a
/// binomial share carried through; and their mean excess over the usual fees, with the error of an exponential mean.
fn fee_estimates(history: &PriceHistory) -> Vec<Estimate> {
    let fees: Vec<f64> = history.months.iter().filter_map(|month| month.fee_share_of_subsidy).collect();
    let known = fees.len() >= LEAST_MONTHS;
    let excesses: Vec<f64> = (0..fees.len())
        .filter_map(|month| {
            let window =
                &fees[month.saturating_sub(SPIKE_WINDOW)..(month + SPIKE_WINDOW + 1).min(fees.len())];
            let usual = statistics::quantile(window, 0.5);
            (fees[month] > SPIKE_MULTIPLE * usual).then(|| fees[month] - usual)
        })
        .collect();
    let count = excesses.len() as f64;
    let months = fees.len() as f64;
    let rate = known.then(|| {
        let share = count / months;
        let error = MONTHS_PER_YEAR * libm::sqrt(share / (months * (1.0 - share)));
        // Without a spike there is no count to have an error.
        (-MONTHS_PER_YEAR * libm::log1p(-share), Some(error).filter(|_| count > 0.0))
    });
    let mean = statistics::mean(&excesses);
    let size = (known && count > 0.0).then(|| (mean, Some(mean / libm::sqrt(count))));
    vec![
        estimate("fee_spikes_per_year", rate, fees.len(), FEE_METHOD),
        estimate("fee_spike_share", size, fees.len(), FEE_METHOD),
    ]
}

// Network

const NETWORK_METHOD: &str =
    "least squares of monthly network growth on the gap to a break-even that falls at a steady rate";

/// A month of the network: its log growth into the next month, and what its gap is made of.
struct NetworkMonth {
    years: f64,
    /// Log growth to the next month.
    growth: f64,
    /// Log of what a unit of hashrate would earn next month at the price seen, up to a constant.
    earned: f64,
    /// Log return of the price into the next month.
    price: f64,
}

/// Half-lives of growing and shrinking, noise, and its correlation with the price.
///
/// The model's own equation, `growth = k_grow*max(0, gap) + k_shrink*min(0, gap) + noise`, with a gap to a break-even
/// `a + b*t` that is fitted with it; for given a and b both speeds are plain regressions, since their regressors are
/// never non-zero together.
fn network_estimates(site: &Site, history: &PriceHistory) -> Vec<Estimate> {
    let months = network_months(history, site.assumptions.bitcoin.lag_months as usize);
    let fitted = (months.len() >= LEAST_MONTHS).then(|| fit_network(&months)).flatten();
    let count = months.len();
    let half_life = |speed: f64| -core::f64::consts::LN_2 / libm::log1p(-speed);
    let speed = |index: usize| {
        let fitted = fitted.as_ref()?;
        let value = fitted.speeds[index];
        // The slope of the half-life, for its error.
        let slope = (half_life(value + 1e-6) - half_life(value - 1e-6)) / 2e-6;
        (value > 0.0 && value < 1.0)
            .then(|| (half_life(value), fitted.errors[index].map(|error| (error * slope).abs())))
    };
    let noise = fitted
        .as_ref()
        .map(|fitted| (fitted.deviation, Some(fitted.deviation / libm::sqrt(2.0 * (count as f64 - 4.0)))));
    let correlation = fitted.as_ref().map(|fitted| {
        let prices: Vec<f64> = months.iter().map(|month| month.price).collect();
        let value = correlation(&prices, &fitted.residuals);
        (value, Some((1.0 - value * value) / libm::sqrt(count as f64 - 1.0)))
    });
    vec![
        estimate("growth_half_life_months", speed(0), count, NETWORK_METHOD),
        estimate("shrink_half_life_months", speed(1), count, NETWORK_METHOD),
        estimate("hashrate_volatility_per_month", noise, count, NETWORK_METHOD),
        estimate(
            "btc_hashrate",
            correlation,
            count,
            "correlation of monthly returns with the network's noise",
        ),
    ]
}

fn network_months(history: &PriceHistory, lag: usize) -> Vec<NetworkMonth> {
    let months = &history.months;
    (0..months.len().saturating_sub(1))
        .filter_map(|now| {
            let next = now + 1;
            let seen = next.checked_sub(lag)?;
            let whole = |from: usize, to: usize| {
                date::months_between(months[from].month, months[to].month)
                    == i32::try_from(to - from).unwrap_or(-1)
            };
            if !whole(seen.min(now), next) {
                return None;
            }
            let network = |month: usize| months[month].network_eh.filter(|eh| *eh > 0.0).map(libm::log);
            let price = |month: usize| libm::log(months[month].price_usd_per_btc);
            let fees = 1.0 + months[next].fee_share_of_subsidy.unwrap_or(0.0);
            let subsidy = month_subsidy(months[next].month)?;
            Some(NetworkMonth {
                years: f64::from(date::months_between(months[0].month, months[next].month)) / MONTHS_PER_YEAR,
                growth: network(next)? - network(now)?,
                earned: libm::log(subsidy * fees) + price(seen) - network(now)?,
                price: price(next) - price(now),
            })
        })
        .collect()
}

/// Mean subsidy of a past month, BTC, from the heights of the chain's epochs; `None` outside them.
fn month_subsidy(month: Date) -> Option<f64> {
    let height = |at: Date| {
        let epochs = history::epochs();
        let after = epochs.partition_point(|epoch| epoch.start <= at);
        let (before, after) = (epochs.get(after.checked_sub(1)?)?, epochs.get(after)?);
        let share = date::days_between(before.start, at) / date::days_between(before.start, after.start);
        Some(f64::from(before.start_height) + share * f64::from(after.start_height - before.start_height))
    };
    Some(bitcoin::mean_subsidy_btc(height(month)?, height(date::add_months(month, 1))?))
}

struct NetworkFit {
    /// Monthly, of growing and of shrinking.
    speeds: [f64; 2],
    errors: [Option<f64>; 2],
    deviation: f64,
    residuals: Vec<f64>,
}

fn fit_network(months: &[NetworkMonth]) -> Option<NetworkFit> {
    let gaps = |at: &[f64]| -> Vec<f64> {
        months.iter().map(|month| month.earned - at[0] - at[1] * month.years).collect()
    };
    let speeds = |gaps: &[f64]| -> [f64; 2] {
        [f64::max as fn(f64, f64) -> f64, f64::min].map(|side| {
            let parts = gaps.iter().map(|gap| side(*gap, 0.0));
            let squares: f64 = parts.clone().map(|part| part * part).sum();
            let products: f64 = parts.zip(months).map(|(part, month)| part * month.growth).sum();
            if squares > 0.0 { products / squares } else { 0.0 }
        })
    };
    let residuals = |gaps: &[f64], [grow, shrink]: [f64; 2]| -> Vec<f64> {
        let pairs = gaps.iter().zip(months);
        pairs.map(|(gap, month)| month.growth - grow * gap.max(0.0) - shrink * gap.min(0.0)).collect()
    };
    let squares = |at: &[f64]| {
        let gaps = gaps(at);
        residuals(&gaps, speeds(&gaps)).iter().map(|residual| residual * residual).sum::<f64>()
    };
    // From the trend of what was earned: there as many months have a gap above as below.
    let (level, slope) = straight_line(months)?;
    let (at, sum) = minimise(&squares, &[level, slope], &[0.2, 0.1]);
    let gaps = gaps(&at);
    let [grow, shrink] = speeds(&gaps);
    let variance = sum / (months.len() as f64 - 4.0);
    // Gauss and Newton: the derivatives of the fitted growth by level, slope and both speeds.
    let mut information = vec![vec![0.0; 4]; 4];
    for (gap, month) in gaps.iter().zip(months) {
        let speed = if *gap > 0.0 { grow } else { shrink };
        let row = [-speed, -speed * month.years, gap.max(0.0), gap.min(0.0)];
        for (a, left) in row.iter().enumerate() {
            for (b, right) in row.iter().enumerate() {
                information[a][b] += left * right / variance;
            }
        }
    }
    let covariance = inverse(&information);
    let error = |index: usize| covariance.as_ref().map(|covariance| libm::sqrt(covariance[index][index]));
    Some(NetworkFit {
        speeds: [grow, shrink],
        errors: [error(2), error(3)],
        deviation: libm::sqrt(variance),
        residuals: residuals(&gaps, [grow, shrink]),
    })
}

/// Ordinary least squares of what was earned on time: level at time zero, slope a year.
fn straight_line(months: &[NetworkMonth]) -> Option<(f64, f64)> {
    let years: Vec<f64> = months.iter().map(|month| month.years).collect();
    let earned: Vec<f64> = months.iter().map(|month| month.earned).collect();
    let (mean_years, mean_earned) = (statistics::mean(&years), statistics::mean(&earned));
    let squares: f64 = years.iter().map(|year| (year - mean_years) * (year - mean_years)).sum();
    let products: f64 =
        years.iter().zip(&earned).map(|(year, earned)| (year - mean_years) * (earned - mean_earned)).sum();
    let slope = products / squares;
    slope.is_finite().then_some((mean_earned - slope * mean_years, slope))
}

/// Pearson's correlation of two series of equal length.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (statistics::mean(a), statistics::mean(b));
    let products: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    products
        / ((a.len() as f64 - 1.0) * statistics::standard_deviation(a) * statistics::standard_deviation(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::World;
    use crate::site::HistoryMonth;

    fn found<'a>(calibration: &'a Calibration, key: &str) -> &'a Estimate {
        calibration.estimates.iter().find(|estimate| estimate.key == key).unwrap()
    }

    /// A history drawn from known parameters gives them back within four standard errors.
    #[test]
    fn the_parameters_of_a_drawn_history_are_found_again() {
        let mut site = Site::empty("test");
        let given = &mut site.assumptions.bitcoin;
        (given.price_volatility, given.jumps_per_year) = (0.35, 2.0);
        (given.jump_mean, given.jump_deviation) = (-0.15, 0.10);
        let truth = given.clone();
        let world = World::sample(&site, 1_100, 1).unwrap();
        let start = Date::constant(1900, 1, 1);
        site.assumptions.price_history = Some(PriceHistory {
            name: "drawn".to_owned(),
            source: String::new(),
            months: (0..1_100)
                .map(|month| HistoryMonth {
                    month: date::add_months(start, i32::try_from(month).unwrap()),
                    price_usd_per_btc: world.btc_price[0][month],
                    network_eh: None,
                    fee_share_of_subsidy: None,
                })
                .collect(),
        });
        let calibration = calibrate(&site);
        for (key, expected) in [
            ("price_drift", truth.price_drift),
            ("price_volatility", truth.price_volatility),
            ("jumps_per_year", truth.jumps_per_year),
            ("jump_mean", truth.jump_mean),
            ("jump_deviation", truth.jump_deviation),
        ] {
            let estimate = found(&calibration, key);
            let (value, error) = (estimate.value.unwrap(), estimate.standard_error.unwrap());
            assert!((value - expected).abs() < 4.0 * error, "{key}: {value} \u{b1} {error}, not {expected}");
            assert!(error < expected.abs().max(0.2), "{key}: {error}");
            assert_eq!(estimate.months, 1_099);
        }
        // A long history of what it says it is leaves nothing to doubt.
        assert!(found(&calibration, "price_volatility").doubts.is_empty());
        // Without a network and fees there is nothing to say of them.
        assert_eq!(found(&calibration, "growth_half_life_months").value, None);
        assert_eq!(found(&calibration, "fee_spikes_per_year").value, None);
    }

    /// A network that follows the model's equation has its speeds found again.
    #[test]
    fn the_speeds_of_a_drawn_network_are_found_again() {
        let mut normal = crate::market::draw::Uniforms::new(3, "test network", 0);
        let mut log = 0.0;
        let mut network = 0.0;
        let months: Vec<NetworkMonth> = (0..600)
            .map(|month| {
                let years = f64::from(month) / 12.0;
                let price = 0.15 * normal.next_normal();
                let earned = log - network;
                let gap: f64 = earned - 1.0 + 0.1 * years;
                let noise = 0.03 * normal.next_normal();
                let growth = 0.08 * gap.max(0.0) + 0.2 * gap.min(0.0) + noise;
                log += price;
                network += growth;
                NetworkMonth { years, growth, earned, price }
            })
            .collect();
        let fitted = fit_network(&months).unwrap();
        for (index, expected) in [0.08, 0.2].into_iter().enumerate() {
            let error = fitted.errors[index].unwrap();
            assert!(
                (fitted.speeds[index] - expected).abs() < 4.0 * error && error < 0.06,
                "{:?}",
                fitted.speeds
            );
        }
        assert!(
            (fitted.deviation - 0.03).abs() < 4.0 * 0.03 / f64::sqrt(2.0 * 596.0),
            "{}",
            fitted.deviation
        );
    }

    /// The months that stand out of the shipped fees, April 2024 among them, and orders of magnitude of the rest.
    #[test]
    fn the_shipped_history_gives_figures_a_planner_would_recognise() {
        let site = Site::empty("test");
        let calibration = calibrate(&site);
        assert_eq!(calibration.span, Some((Date::constant(2017, 7, 1), Date::constant(2025, 7, 1))));
        let value = |key| found(&calibration, key).value.unwrap_or_else(|| panic!("{key}: {calibration:#?}"));
        // 96 monthly returns do not show jumps beyond a diffusion; their deviation is 0.19, 0.66 a year.
        assert_eq!((value("jumps_per_year"), found(&calibration, "jump_mean").value), (0.0, None));
        assert!((0.6..0.75).contains(&value("price_volatility")));
        let error = found(&calibration, "price_volatility").standard_error.unwrap();
        assert!((error / value("price_volatility") - 1.0 / f64::sqrt(192.0)).abs() < 1e-9);
        assert!((0.2..2.0).contains(&value("fee_spikes_per_year")));
        assert!((0.05..0.4).contains(&value("fee_spike_share")));
        assert!((1.0..36.0).contains(&value("growth_half_life_months")));
        // 8 of 97 months stand out: 12 of them a year would be -12 ln(1 - 8/97), with the error of the share.
        let spikes = found(&calibration, "fee_spikes_per_year");
        let share = 8.0_f64 / 97.0;
        assert!((value("fee_spikes_per_year") + 12.0 * (1.0 - share).ln()).abs() < 1e-12);
        let error = 12.0 / (1.0 - share) * (share * (1.0 - share) / 97.0).sqrt();
        assert!((spikes.standard_error.unwrap() - error).abs() < 1e-12);
        // What is not well told says so; what is, does not.
        assert!(found(&calibration, "jumps_per_year").doubts[0].contains("no jumps"));
        assert!(found(&calibration, "price_volatility").doubts.is_empty());
        // A network that nearly always grew says little of how it shrinks.
        assert!(found(&calibration, "shrink_half_life_months").value.is_none_or(|months| months < 60.0));
        assert!((0.02..0.15).contains(&value("hashrate_volatility_per_month")));
        // Growth of the past is told and not taken over.
        let changes = calibration.changes();
        assert!(!found(&calibration, "price_drift").applied);
        assert!(changes.len() >= 6, "{changes:#?}");
        let mut fitted = site.clone();
        for change in &changes {
            change.apply(&mut fitted).unwrap();
        }
        assert_eq!(fitted.assumptions.bitcoin.price_drift, site.assumptions.bitcoin.price_drift);
        assert_eq!(fitted.assumptions.bitcoin.price_volatility, value("price_volatility"));
        assert!(World::sample(&fitted, 24, 4).is_ok());
    }

    #[test]
    fn an_empty_or_flat_history_says_nothing_and_breaks_nothing() {
        let mut site = Site::empty("test");
        site.assumptions.price_history = Some(PriceHistory::default());
        let empty = calibrate(&site);
        assert!(empty.span.is_none() && empty.changes().is_empty());
        assert!(empty.estimates.iter().all(|estimate| estimate.doubts[0].contains("24 at least")));
        let mut flat = history::built_in().clone();
        for month in &mut flat.months {
            (month.price_usd_per_btc, month.network_eh) = (1.0, Some(1.0));
            month.fee_share_of_subsidy = Some(0.0);
        }
        site.assumptions.price_history = Some(flat);
        for estimate in calibrate(&site).estimates {
            assert!(estimate.value.is_none_or(f64::is_finite), "{estimate:?}");
        }
    }
}
