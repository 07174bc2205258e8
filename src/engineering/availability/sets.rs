//! Sets of identical repairable units.

use super::data::{ReliabilityData, failure_data};
use crate::quantity::HOURS_PER_YEAR;
use crate::site::{Component, Kind, Site};

/// Probability and frequency with which a set of units fails.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SetReliability {
    pub unavailability: f64,
    /// Falls below what is needed, per year.
    pub failures_per_year: f64,
}

/// Failures of a unit, split by what they take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Of one unit alone, a year.
    pub own: f64,
    /// Of all units of the set at once, a year.
    pub common: f64,
    pub repair_hours: f64,
}

/// Share of the time that a part with these failures a year and hours to repair is down: `lr / (8760 + lr)`.
pub fn down_share(failures_per_year: f64, repair_hours: f64) -> f64 {
    let hours = failures_per_year * repair_hours;
    hours / (hours + HOURS_PER_YEAR)
}

/// A set of repairable units of which `needed` must work.
///
/// Own and common failures are two parts in series, both with the unit's repair time; the first is binomial, with
/// frequency `needed * P(exactly needed up) * rate` (IEEE 493, k-of-n).
pub fn set_reliability(units: u32, needed: u32, rates: Rates) -> SetReliability {
    let (own_down, at_limit) = k_of_n_down(units, needed, down_share(rates.own, rates.repair_hours));
    let common_down = down_share(rates.common, rates.repair_hours);
    let (own_up, common_up) = (1.0 - own_down, 1.0 - common_down);
    SetReliability {
        unavailability: own_down + common_down - own_down * common_down,
        failures_per_year: common_up * f64::from(needed) * at_limit * rates.own
            + own_up * common_up * rates.common,
    }
}

/// How often a set cannot carry its whole rating: fewer units are up than carry load. By the failure data of its kind and the
/// share of failures that take a whole set; `None` for gensets and grid feeds, whose failures are of another kind, and where
/// the data cannot be.
pub fn at_full_load(site: &Site, part: &Component) -> Option<SetReliability> {
    if matches!(part.kind, Kind::Genset(_) | Kind::GridFeed(_)) || part.units == 0 {
        return None;
    }
    let (failures, repair_hours) = failure_data(site, part).ok()?;
    let common = if part.units > 1 { ReliabilityData::of(site).beta_set() * failures } else { 0.0 };
    let rates = Rates { own: failures - common, common, repair_hours };
    Some(set_reliability(part.units, part.working_units(), rates))
}

/// Probability that fewer than `needed` of `units` independent units are up, and that exactly `needed` are.
pub fn k_of_n_down(units: u32, needed: u32, unit_down: f64) -> (f64, f64) {
    let needed = needed.min(units);
    if unit_down <= 0.0 {
        return (0.0, if needed == units { 1.0 } else { 0.0 });
    }
    if unit_down >= 1.0 {
        return (if needed > 0 { 1.0 } else { 0.0 }, if needed == 0 { 1.0 } else { 0.0 });
    }
    if units == 1 {
        let up = 1.0 - unit_down;
        return if needed == 1 { (unit_down, up) } else { (0.0, unit_down) };
    }
    // Probability of exactly `up` units, in logarithms: sets may be large. The sum runs away from the limit on
    // the side of failure, where terms fall fast, so that a small result keeps its digits.
    let n = f64::from(units);
    let (log_up, log_down) = (libm::log1p(-unit_down), libm::log(unit_down));
    let all_ways = libm::lgamma(n + 1.0);
    let exactly = |up: u32| {
        let k = f64::from(up);
        let ways = all_ways - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
        libm::exp(ways + k * log_up + (n - k) * log_down)
    };
    let mut down = 0.0;
    for up in (0..needed).rev() {
        let term = exactly(up);
        down += term;
        // Terms grow towards the mode and fall beyond it; only below it may the tail be cut.
        if term <= down * 1e-18 && f64::from(up) < n * (1.0 - unit_down) {
            break;
        }
    }
    (down.min(1.0), exactly(needed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64, tolerance: f64) {
        assert!(
            (value - expected).abs() <= tolerance * expected.abs().max(1e-300),
            "{value} is not {expected}"
        );
    }

    fn rates(own: f64, common: f64, repair_hours: f64) -> Rates {
        Rates { own, common, repair_hours }
    }

    /// Component data of IEEE 493-2007 as the standard network papers print them: failures a year, hours to
    /// repair, inherent availability.
    #[test]
    fn the_gold_book_rates_give_the_availabilities_it_prints() {
        for (failures, hours, availability) in [
            (1.956, 1.32, 0.999_705),
            (0.312, 0.52, 0.999_981_48),
            (0.1235, 18.28, 0.999_742_31),
            (0.101_54, 4.0, 0.999_953_63),
            (0.001_11, 5.0, 0.999_999_37),
            (0.009_49, 7.29, 0.999_992_1),
            (0.0096, 9.6, 0.999_989_48),
            (0.003_43, 37.5, 0.999_985_32),
            (0.001_41, 10.5, 0.999_998_31),
        ] {
            let set = set_reliability(1, 1, rates(failures, 0.0, hours));
            assert!((1.0 - set.unavailability - availability).abs() < 5.5e-7, "{failures} {hours}");
            close(set.failures_per_year, failures * (1.0 - set.unavailability), 1e-14);
        }
    }

    /// `A = sum C(n,i) p^i q^(n-i)`, `f = n C(n-1,k-1) p^k q^(n-k) rate`, with whole binomials.
    #[test]
    fn k_of_n_is_the_binomial_sum() {
        let choose = |n: u32, k: u32| (0..k).fold(1.0, |ways, i| ways * f64::from(n - i) / f64::from(i + 1));
        for (n, k) in [(1, 1), (2, 1), (3, 2), (5, 4), (10, 8), (22, 21), (4, 0)] {
            let (rate, hours) = (0.95, 100.0);
            let q = down_share(rate, hours);
            let p = 1.0 - q;
            let term = |i: u32| choose(n, i) * p.powi(i as i32) * q.powi((n - i) as i32);
            let down: f64 = (0..k).map(term).sum();
            let set = set_reliability(n, k, rates(rate, 0.0, hours));
            close(set.unavailability, down, 1e-11);
            let frequency = if k == 0 {
                0.0
            } else {
                f64::from(n) * choose(n - 1, k - 1) * p.powi(k as i32) * q.powi((n - k) as i32) * rate
            };
            close(set.failures_per_year, frequency, 1e-11);
        }
    }

    #[test]
    fn sets_of_any_size_give_a_probability_at_once() {
        let large = set_reliability(u32::MAX, u32::MAX - 5, rates(0.095, 0.005, 10.0));
        assert!((0.0..=1.0).contains(&large.unavailability) && large.failures_per_year.is_finite());
        let sure = set_reliability(1_000_000, 900_000, rates(0.095, 0.005, 10.0));
        close(sure.unavailability, down_share(0.005, 10.0), 1e-9);
        assert_eq!(set_reliability(3, 2, rates(0.0, 0.0, 10.0)).unavailability, 0.0);
    }
}
