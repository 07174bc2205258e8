//! Stand-by plant: whether it starts, and how long it runs while the normal supply is away.

use rand::{Rng, RngExt as _};

use super::super::checks::{name_of, place_of};
use super::data::ReliabilityData;
use super::sets::k_of_n_down;
use crate::quantity::{HOURS_PER_YEAR, Problem, Severity};
use crate::site::{Component, Genset};

/// Steps of the integrals over the hours of an outage; even, for Simpson's rule in the logarithm of the hours.
const STEPS: usize = 96;

/// How long an outage lasts, hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outage {
    /// Repairs.
    Exponential { mean: f64 },
    /// Utility outages; the mean is that of the hours, the deviation that of their logarithm.
    LogNormal { mean: f64, log_deviation: f64 },
}

/// Share of the standard normal distribution below `x`.
fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

impl Outage {
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Exponential { mean } | Self::LogNormal { mean, .. } => mean,
        }
    }

    /// Share of the outages that last longer.
    pub fn longer_than(&self, hours: f64) -> f64 {
        if hours <= 0.0 {
            return 1.0;
        }
        match *self {
            Self::Exponential { mean } => libm::exp(-hours / mean),
            Self::LogNormal { mean, log_deviation } => normal(-standardised(mean, log_deviation, hours)),
        }
    }

    /// Mean hours beyond `hours`, shorter outages counted as none: `E[(D - t)+]`.
    pub fn excess(&self, hours: f64) -> f64 {
        if hours <= 0.0 {
            return self.mean();
        }
        match *self {
            Self::Exponential { mean } => mean * libm::exp(-hours / mean),
            // Partial expectation of the log-normal distribution.
            Self::LogNormal { mean, log_deviation } => {
                let at = standardised(mean, log_deviation, hours);
                (mean * normal(log_deviation - at) - hours * normal(-at)).max(0.0)
            }
        }
    }

    /// Share of the outages that end in the hour, per relative change of the hours.
    fn ends(&self, hours: f64) -> f64 {
        match *self {
            Self::Exponential { mean } => hours / mean * libm::exp(-hours / mean),
            Self::LogNormal { mean, log_deviation } => {
                let at = standardised(mean, log_deviation, hours);
                libm::exp(-0.5 * at * at) / (log_deviation * libm::sqrt(std::f64::consts::TAU))
            }
        }
    }

    /// Hours that hardly any outage exceeds.
    fn longest(&self) -> f64 {
        match *self {
            Self::Exponential { mean } => mean * 40.0,
            Self::LogNormal { mean, log_deviation } => {
                mean * libm::exp(log_deviation * (0.5 * log_deviation + 8.0))
            }
        }
    }

    /// Hours of one outage that lasts longer than `from`, counted from there.
    pub fn sample_beyond(&self, from: f64, random: &mut impl Rng) -> f64 {
        // Ride-through is minutes and outages are hours: a second draw is rare, a thousandth never seen.
        for _ in 0..1000 {
            let hours = match *self {
                Self::Exponential { mean } => return exponential(mean, random),
                Self::LogNormal { mean, log_deviation } => {
                    let normal: f64 = random.sample(rand_distr::StandardNormal);
                    mean * libm::exp(log_deviation * (normal - 0.5 * log_deviation))
                }
            };
            if hours > from {
                return hours - from;
            }
        }
        self.mean()
    }
}

/// A time with the mean, hours.
pub fn exponential(mean: f64, random: &mut impl Rng) -> f64 {
    -mean * libm::log(1.0 - random.random::<f64>())
}

fn standardised(mean: f64, log_deviation: f64, hours: f64) -> f64 {
    libm::log(hours / mean) / log_deviation + 0.5 * log_deviation
}

/// A set of gensets, of which `needed` carry the load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plant {
    pub units: u32,
    pub needed: u32,
    /// Chance that a set is not in repair and starts: OA * (1 - FTS).
    pub ready: f64,
    /// Chance that one cause keeps all sets of this plant from starting, and of all plants that are its reserve.
    pub common: f64,
    pub shared: f64,
    pub mean_hours_to_failure: f64,
    /// No set runs longer in one outage than its permit allows in a year.
    pub permit_hours: f64,
}

/// What a plant leaves uncovered of the outages it is called in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Uncovered {
    /// Share of the hours.
    pub hours: f64,
    /// Share of the outages in which the plant fails to start or fails before the end.
    pub outages: f64,
}

impl Plant {
    /// # Errors
    /// A problem that names the plant when its data cannot be.
    pub fn new(
        component: &Component,
        genset: &Genset,
        needed: u32,
        data: &ReliabilityData,
    ) -> Result<Self, Problem> {
        let is_share = |value: f64| (0.0..=1.0).contains(&value);
        let runs = genset.mean_hours_to_failure > 0.0 && genset.permit_hours_per_year >= 0.0;
        if !is_share(genset.operational_availability) || !is_share(genset.fail_to_start) || !runs {
            return Err(Problem {
                severity: Severity::Warning,
                code: "failure-data-bad",
                place: place_of(component),
                message: format!(
                    "{} has an operational availability of {}, fails to start with {}, and runs {} h to a failure, which is not possible",
                    name_of(component),
                    genset.operational_availability,
                    genset.fail_to_start,
                    genset.mean_hours_to_failure
                ),
                hint: "enter shares between 0 and 1 and more than 0 h".to_owned(),
            });
        }
        let ready = genset.operational_availability * (1.0 - genset.fail_to_start);
        let units = component.units.max(1);
        Ok(Self {
            units,
            needed: needed.min(units),
            ready,
            common: if units > 1 { data.beta_start() * (1.0 - ready) } else { 0.0 },
            shared: 0.0,
            mean_hours_to_failure: genset.mean_hours_to_failure,
            permit_hours: genset.permit_hours_per_year,
        })
    }

    /// Chance that one set starts, common causes apart.
    pub fn starts_alone(&self) -> f64 {
        (self.ready / ((1.0 - self.common) * (1.0 - self.shared)).max(f64::MIN_POSITIVE)).min(1.0)
    }

    /// Chance that the plant no longer carries its load these hours after it was called.
    ///
    /// A set is up with `OA * (1 - FTS) * exp(-t/MTTF)`; k of n, in series with the common cause.
    pub fn down_after(&self, hours: f64) -> f64 {
        if hours > self.permit_hours {
            return 1.0;
        }
        let unit_up = self.starts_alone() * libm::exp(-hours / self.mean_hours_to_failure);
        let (set_down, _) = k_of_n_down(self.units, self.needed, 1.0 - unit_up);
        set_down + self.common - set_down * self.common
    }

    /// What the plant leaves uncovered of outages beyond the `from` hours that are ridden through.
    ///
    /// With `h(x)` the chance to be down x hours after the call and S(x) the share of outages longer than x:
    /// of the hours `int S h dx / int S dx` (the hours of an outage are met at every age), of the outages
    /// `E[h(D)]` (a set that failed is not repaired while the utility is away, so h only grows).
    pub fn uncovered(&self, outage: &Outage, from: f64) -> Uncovered {
        let at_first = self.down_after(from);
        let (hours, outages) = (outage.excess(from), outage.longer_than(from));
        let first = libm::log(from.max(outage.mean() * 1e-7));
        let last = outage.longest().min(self.permit_hours);
        let width = (libm::log(last) - first) / STEPS as f64;
        if !(hours > 0.0 && outages > 0.0 && width > 0.0) {
            return Uncovered { hours: at_first, outages: at_first };
        }
        // Only what comes on top of the first chance is integrated: it vanishes where the integral begins.
        // Beyond the permit the plant is down for sure.
        let surely = if self.permit_hours < outage.longest() { 1.0 - at_first } else { 0.0 };
        let mut more = (surely * outage.excess(last), surely * outage.longer_than(last));
        for step in 0..=STEPS {
            let at = libm::exp(first + width * step as f64).min(last);
            let simpson = match step {
                0 | STEPS => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            };
            let weight = (self.down_after(at) - at_first) * width / 3.0 * simpson;
            more.0 += weight * outage.longer_than(at) * at;
            more.1 += weight * outage.ends(at);
        }
        Uncovered {
            hours: (at_first + more.0 / hours).clamp(0.0, 1.0),
            outages: (at_first + more.1 / outages).clamp(0.0, 1.0),
        }
    }
}

/// A problem when the plant is expected to run for more hours a year than its permit allows.
pub fn permit_problem(component: &Component, genset: &Genset, hours_per_year: f64) -> Option<Problem> {
    (hours_per_year > genset.permit_hours_per_year).then(|| Problem {
        severity: Severity::Warning,
        code: "genset-permit",
        place: place_of(component),
        message: format!(
            "{} would run {:.1} h a year while the utility is away, its permit allows {} h",
            name_of(component),
            hours_per_year.min(HOURS_PER_YEAR),
            genset.permit_hours_per_year
        ),
        hint: "apply for more hours, or mend the failure data of the grid feed".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::random::stream;

    const UTILITY: Outage = Outage::LogNormal { mean: 1.32, log_deviation: 1.2 };

    fn plant(units: u32, needed: u32) -> Plant {
        Plant {
            units,
            needed,
            ready: 0.995 * (1.0 - 0.0094),
            common: 0.0,
            shared: 0.0,
            mean_hours_to_failure: 1100.0,
            permit_hours: 1e6,
        }
    }

    fn close(value: f64, expected: f64, tolerance: f64) {
        assert!(
            (value - expected).abs() <= tolerance * expected.abs().max(1e-300),
            "{value} is not {expected}"
        );
    }

    /// The table of the domain reference, 6.4: p = OA (1 - FTS) exp(-t/MTTF), 4 of 5 and 8 of 10.
    #[test]
    fn plants_give_the_published_chances_to_run() {
        let maintained = |units, needed| Plant {
            ready: 0.9998 * (1.0 - 0.0013),
            mean_hours_to_failure: 1662.0,
            ..plant(units, needed)
        };
        for (units, needed, hours, up) in [
            (5, 4, 1.0, 0.99996),
            (5, 4, 8.0, 0.99961),
            (5, 4, 24.0, 0.99758),
            (5, 4, 72.0, 0.98242),
            (10, 8, 24.0, 0.99956),
            (10, 8, 72.0, 0.99199),
        ] {
            assert!((1.0 - maintained(units, needed).down_after(hours) - up).abs() < 6e-6, "{units} {hours}");
        }
        assert!((1.0 - plant(5, 4).down_after(1.0) - 0.99775).abs() < 6e-6);
        assert!((1.0 - plant(5, 4).down_after(24.0) - 0.98819).abs() < 6e-6);
    }

    /// For one set and repairs that end at a constant rate the integrals are `1 - p / (1 + r/MTTF)`.
    #[test]
    fn one_set_against_exponential_outages_is_closed() {
        for mean in [0.5, 8.0, 130.0, 2000.0] {
            let found = plant(1, 1).uncovered(&Outage::Exponential { mean }, 0.0);
            let expected = 1.0 - 0.995 * (1.0 - 0.0094) / (1.0 + mean / 1100.0);
            close(found.hours, expected, 1e-6);
            close(found.outages, expected, 1e-6);
        }
    }

    #[test]
    fn log_normal_outages_have_their_mean_and_their_tail() {
        let mut random = stream(3, "outages");
        let hours: Vec<f64> = (0..200_000).map(|_| UTILITY.sample_beyond(0.0, &mut random)).collect();
        let count = hours.len() as f64;
        close(hours.iter().sum::<f64>() / count, 1.32, 0.02);
        for from in [0.1, 0.5, 4.0] {
            close(
                hours.iter().filter(|h| **h > from).count() as f64 / count,
                UTILITY.longer_than(from),
                0.03,
            );
            close(hours.iter().map(|h| (h - from).max(0.0)).sum::<f64>() / count, UTILITY.excess(from), 0.03);
        }
        close(UTILITY.excess(0.0), UTILITY.excess(1e-12), 1e-9);
    }

    #[test]
    fn the_integrals_are_the_means_over_simulated_outages() {
        let mut random = stream(4, "outages");
        let weak = Plant { mean_hours_to_failure: 20.0, ..plant(6, 4) };
        for from in [0.0, 0.25] {
            let (mut outages, mut hours, mut lost_outages, mut lost_hours) = (0.0, 0.0, 0.0, 0.0);
            for _ in 0..100_000 {
                let lasts = UTILITY.sample_beyond(from, &mut random);
                let mut runs: Vec<f64> = (0..6)
                    .map(|_| {
                        let starts = random.random_bool(weak.ready);
                        if starts { exponential(20.0, &mut random) } else { 0.0 }
                    })
                    .collect();
                runs.sort_by(f64::total_cmp);
                // The plant ends when the third set of six is gone.
                let ends = (runs[2] - from).max(0.0);
                outages += 1.0;
                hours += lasts;
                lost_outages += if ends < lasts { 1.0 } else { 0.0 };
                lost_hours += (lasts - ends).max(0.0);
            }
            let found = weak.uncovered(&UTILITY, from);
            close(found.outages, lost_outages / outages, 0.05);
            close(found.hours, lost_hours / hours, 0.08);
        }
    }

    #[test]
    fn a_plant_stops_when_its_permit_is_used_up() {
        let short = Plant { permit_hours: 10.0, ..plant(3, 2) };
        assert!(short.down_after(9.9) < 0.01 && short.down_after(10.1) == 1.0);
        let found = short.uncovered(&Outage::Exponential { mean: 10.0 }, 0.0);
        // Of exponential outages the share exp(-1) is longer, and the hours alike.
        assert!(
            (0.368..0.372).contains(&found.outages) && (0.368..0.372).contains(&found.hours),
            "{found:?}"
        );
    }
}
