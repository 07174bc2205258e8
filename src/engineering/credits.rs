//! Service credits: the share of a month's rent that outages are expected to give back.
//!
//! Outages begin as a Poisson process and last an exponential time. An offer counts either each event by its own
//! length or the hours a month loses together ([`SlaMeasure`]); both have closed forms.

use crate::site::{SlaBand, SlaMeasure, SlaTerms};

/// Cells of the grid on which the credits of a month are added up, from nothing to the cap. Credits that are
/// multiples of a thousandth of the cap, as published ones are, lie on it exactly.
const CELLS: usize = 1000;
/// Credited events a month above which the sum of their credits is taken for its mean: `exp` of their number
/// would vanish, and the spread is below a twentieth.
const MANY_EVENTS: f64 = 600.0;

/// Expected credit as a share of the rent, never more than all of it.
///
/// `events_per_year` outages of `mean_hours` on average. An event, or a month, is credited by the highest band
/// whose hours it exceeds.
pub fn expected_credit_share(
    events_per_year: f64,
    mean_hours: f64,
    bands: &[SlaBand],
    terms: &SlaTerms,
) -> f64 {
    let events = events_per_year / 12.0;
    if !(events > 0.0 && events.is_finite() && mean_hours > 0.0 && mean_hours.is_finite()) {
        return 0.0;
    }
    let mut bands: Vec<&SlaBand> = bands.iter().collect();
    bands.sort_by(|a, b| a.from_hours.total_cmp(&b.from_hours));
    let lasts = |hours: f64| libm::exp(-hours.max(0.0) / mean_hours);
    let share = match (terms.measure, terms.cap_share) {
        (SlaMeasure::Event, None) => events * layered(&bands, f64::INFINITY, lasts),
        (SlaMeasure::Event, Some(cap)) => capped_sum(events, &bands, cap, lasts),
        (SlaMeasure::MonthTotal, cap) => {
            layered(&bands, cap.unwrap_or(f64::INFINITY), |hours| total_exceeds(events, mean_hours, hours))
        }
    };
    share.clamp(0.0, 1.0)
}

/// `sum_k (c_k - c_(k-1)) P(more than h_k)`: the mean credit of what exceeds hours with the probability given.
fn layered(bands: &[&SlaBand], cap: f64, exceeds: impl Fn(f64) -> f64) -> f64 {
    let mut credit = 0.0;
    let mut below = 0.0;
    for band in bands {
        let share = band.credit_share.min(cap);
        credit += (share - below) * exceeds(band.from_hours);
        below = share;
    }
    credit
}

/// Probability that a month's events together last more than `hours`: a Poisson number of exponential lengths,
/// `sum_n P(N = n) P(Erlang(n) > hours)` with `P(Erlang(n) > x) = P(Poisson(x) < n)`, x in mean lengths.
fn total_exceeds(events: f64, mean_hours: f64, hours: f64) -> f64 {
    if hours <= 0.0 {
        return -libm::expm1(-events);
    }
    let length = hours / mean_hours;
    // Beyond it less than 1e-16 of the events' distribution is left.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "thousands at most")]
    let most = (events + 12.0 * libm::sqrt(events) + 40.0).min(1e6) as u32;
    let mut longer = 0.0;
    let mut probability = 0.0;
    for count in 1..=most {
        longer += poisson(length, count - 1);
        probability += poisson(events, count) * longer.min(1.0);
    }
    probability.min(1.0)
}

fn poisson(mean: f64, count: u32) -> f64 {
    let count = f64::from(count);
    libm::exp(count * libm::log(mean) - mean - libm::lgamma(count + 1.0))
}

/// Mean of `min(cap, sum of the credits of a month's events)`, by Panjer's recursion for a Poisson number of
/// events (ASTIN Bulletin 12(1), 1981) on a grid of [`CELLS`]; a credit between two cells is shared between them
/// so that its mean stays.
fn capped_sum(events: f64, bands: &[&SlaBand], cap: f64, lasts: impl Fn(f64) -> f64) -> f64 {
    if cap <= 0.0 {
        return 0.0;
    }
    let mut severity = vec![0.0; CELLS + 1];
    for (index, band) in bands.iter().enumerate() {
        let longer = bands.get(index + 1).map_or(0.0, |next| lasts(next.from_hours));
        let probability = (lasts(band.from_hours) - longer).max(0.0);
        let position = (band.credit_share / cap).clamp(0.0, 1.0) * CELLS as f64;
        // A hair, so that 2.5 % of 50 % is cell 50 and not almost.
        let position = if (position - position.round()).abs() < 1e-9 { position.round() } else { position };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the cells")]
        let cell = position as usize;
        let above = position - cell as f64;
        severity[cell] += probability * (1.0 - above);
        if above > 0.0 {
            severity[cell + 1] += probability * above;
        }
    }
    let credited: f64 = severity.iter().skip(1).sum();
    let mean: f64 = severity.iter().enumerate().map(|(cell, share)| cell as f64 * share).sum();
    if events * credited > MANY_EVENTS {
        return (events * mean / CELLS as f64).min(1.0) * cap;
    }
    let mut sum = vec![0.0; CELLS];
    sum[0] = libm::exp(-events * credited);
    for cell in 1..CELLS {
        let convolved: f64 = (1..=cell).map(|step| step as f64 * severity[step] * sum[cell - step]).sum();
        sum[cell] = events / cell as f64 * convolved;
    }
    let below: f64 = sum.iter().sum();
    let mean_below: f64 = sum.iter().enumerate().map(|(cell, share)| cell as f64 * share).sum();
    (mean_below / CELLS as f64 + (1.0 - below).max(0.0)) * cap
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::random::stream;
    use rand::Rng as _;

    fn bands(pairs: &[(f64, f64)]) -> Vec<SlaBand> {
        pairs
            .iter()
            .map(|(from_hours, credit_share)| SlaBand {
                from_hours: *from_hours,
                credit_share: *credit_share,
            })
            .collect()
    }

    fn terms(measure: SlaMeasure, cap_share: Option<f64>) -> SlaTerms {
        SlaTerms { schedule: String::new(), measure, cap_share }
    }

    /// Months played out: mean credit and its standard error.
    fn played(events_per_year: f64, mean_hours: f64, bands: &[SlaBand], terms: &SlaTerms) -> (f64, f64) {
        const MONTHS: usize = 40_000;
        let mut random = stream(7, "service credits");
        let mut uniform = || ((random.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        let credit = |hours: f64| {
            bands.iter().rev().find(|band| hours > band.from_hours).map_or(0.0, |band| band.credit_share)
        };
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..MONTHS {
            let mut at = -uniform().ln() * 12.0 / events_per_year;
            let (mut total, mut added) = (0.0, 0.0);
            while at < 1.0 {
                let hours = -uniform().ln() * mean_hours;
                total += hours;
                added += credit(hours);
                at -= uniform().ln() * 12.0 / events_per_year;
            }
            let month = match terms.measure {
                SlaMeasure::Event => added,
                SlaMeasure::MonthTotal if total > 0.0 => credit(total),
                SlaMeasure::MonthTotal => 0.0,
            };
            let month = month.min(terms.cap_share.unwrap_or(f64::INFINITY));
            sum += month;
            squares += month * month;
        }
        let mean = sum / MONTHS as f64;
        (mean, ((squares / MONTHS as f64 - mean * mean) / MONTHS as f64).sqrt())
    }

    #[test]
    fn expected_credits_agree_with_months_played_out() {
        let steps = bands(&[(0.0, 0.025), (0.083, 0.05), (0.75, 0.1), (4.0, 0.2), (8.0, 0.3), (24.0, 1.0)]);
        let hourly: Vec<SlaBand> = (0..34)
            .map(|hour| SlaBand {
                from_hours: f64::from(hour),
                credit_share: (0.03 * f64::from(hour + 1)).min(1.0),
            })
            .collect();
        for (events, hours) in [(1.5, 3.0), (12.0, 2.0), (60.0, 1.0), (120.0, 5.0)] {
            for bands in [&steps, &hourly] {
                for terms in [
                    terms(SlaMeasure::Event, None),
                    terms(SlaMeasure::Event, Some(0.5)),
                    terms(SlaMeasure::Event, Some(1.0)),
                    terms(SlaMeasure::MonthTotal, None),
                    terms(SlaMeasure::MonthTotal, Some(0.25)),
                ] {
                    let (mean, error) = played(events, hours, bands, &terms);
                    let exact = expected_credit_share(events, hours, bands, &terms);
                    // Uncapped sums of events may pass the whole rent; the expectation says no more than all.
                    let agrees = (mean - exact).abs() <= 4.0 * error + 1e-9 || (mean >= 1.0 && exact == 1.0);
                    assert!(agrees, "{events} {hours} {terms:?}: {exact} against {mean} +- {error}");
                }
            }
        }
    }

    /// One band from the first second on: the sum is a scaled Poisson number, the month's total a coin.
    #[test]
    fn flat_credits_have_textbook_means() {
        let flat = bands(&[(0.0, 0.2)]);
        let share = |measure, cap| expected_credit_share(24.0, 3.0, &flat, &terms(measure, cap));
        let none = (-2.0_f64).exp();
        assert!((share(SlaMeasure::Event, None) - 0.4).abs() < 1e-12);
        assert!((share(SlaMeasure::MonthTotal, None) - 0.2 * (1.0 - none)).abs() < 1e-12);
        // min(0.2 N, 0.4) with N of mean 2: 0.2 P(1) + 0.4 P(2 and more).
        let capped = 0.2 * 2.0 * none + 0.4 * (1.0 - 3.0 * none);
        assert!((share(SlaMeasure::Event, Some(0.4)) - capped).abs() < 1e-12);
    }

    /// Rare outages: each month has one at most, so that all measures agree (f/12 times the credit of an event).
    #[test]
    fn rare_outages_are_credited_alike_by_every_measure() {
        let steps = bands(&[(0.0, 0.05), (4.0, 0.2), (24.0, 0.9)]);
        let by_event = expected_credit_share(0.002, 5.0, &steps, &SlaTerms::default());
        for other in [terms(SlaMeasure::MonthTotal, None), terms(SlaMeasure::Event, Some(1.0))] {
            let share = expected_credit_share(0.002, 5.0, &steps, &other);
            assert!((share / by_event - 1.0).abs() < 1e-3, "{other:?}");
        }
    }

    #[test]
    fn odd_figures_give_a_share_between_nothing_and_all() {
        let odd = [
            bands(&[]),
            bands(&[(8760.0, 12.0), (0.0, 0.1)]),
            bands(&[(f64::NAN, 0.5)]),
            bands(&[(0.0, -1.0)]),
        ];
        for bands in &odd {
            for events in [0.0, -1.0, 1e-12, 5.0, 1e4, f64::NAN, f64::INFINITY] {
                for hours in [0.0, 1e-9, 10.0, 1e6, f64::NAN] {
                    for cap in [None, Some(0.0), Some(1e-9), Some(0.5), Some(1.0)] {
                        for measure in SlaMeasure::ALL {
                            let share = expected_credit_share(events, hours, bands, &terms(measure, cap));
                            assert!((0.0..=1.0).contains(&share), "{events} {hours} {cap:?} {share}");
                        }
                    }
                }
            }
        }
    }
}
