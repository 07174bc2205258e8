//! Numbers as a person would type them, never on the wrong side of what is needed.

/// Significant digits of a typed number, where the change does not ask for more.
const DIGITS: i32 = 3;
/// As many as a number carries without rounding errors of its own.
const MOST_DIGITS: i32 = 12;
/// Rounding may add this share of the change.
const ADDED_SHARE: f64 = 0.1;

/// The number of fewest digits at or beyond `exact`, seen from `current`, that is not much further: 1,234,567.8 from
/// 1,000,000 becomes 1,240,000. Never below zero.
pub(super) fn outward(current: f64, exact: f64) -> f64 {
    let is_raised = exact > current;
    if exact <= 0.0 {
        return 0.0;
    }
    let mut rounded = exact;
    for digits in DIGITS..=MOST_DIGITS {
        rounded = at_digits(exact, digits, is_raised);
        if (rounded - exact).abs() <= ADDED_SHARE * (exact - current).abs() {
            return rounded;
        }
    }
    rounded
}

/// A positive number with so many significant digits, upwards or downwards.
pub(in crate::plan) fn at_digits(value: f64, digits: i32, upwards: bool) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a finite number is small")]
    let exponent = libm::log10(value).floor() as i32 - digits + 1;
    let steps = scaled(value, -exponent);
    // What is such a number but for its last bit stays what it is.
    let whole = if (steps - steps.round()).abs() < 1e-9 * steps {
        steps.round()
    } else if upwards {
        steps.ceil()
    } else {
        steps.floor()
    };
    // Read back from text, so that it is the decimal a person would have typed, to the last bit.
    format!("{whole}e{exponent}").parse().unwrap_or(value)
}

fn scaled(value: f64, exponent: i32) -> f64 {
    if exponent >= 0 { value * 10_f64.powi(exponent) } else { value / 10_f64.powi(-exponent) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_away_from_where_they_were_and_not_far() {
        assert_eq!(outward(1e6, 1_234_567.8), 1_240_000.0);
        assert_eq!(outward(5e8, 13_456_789.0), 13_400_000.0);
        assert_eq!(outward(0.9, 0.723_456), 0.723);
        assert_eq!(outward(4.0, 0.0), 0.0);
        assert_eq!(outward(4.0, 2.5), 2.5);
        assert_eq!(outward(0.0, 0.1 + 0.2), 0.3);
        // A small change of a large number keeps the digits it needs.
        assert_eq!(outward(100e6, 100_020_345.0), 100_021_000.0);
        assert_eq!(outward(1e12, 14_999_900.0), 14_900_000.0);
        for exact in [1e-9, 3.333, 7e11, 123.456_789] {
            assert!(outward(0.0, exact) >= exact * (1.0 - 1e-9));
            let lowered = outward(2.0 * exact, exact);
            assert!(lowered <= exact * (1.0 + 1e-9) && lowered > 0.9 * exact - 1e-12);
        }
    }
}
