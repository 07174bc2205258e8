//! How numbers are printed. Screen, report and command line all use these functions, so that a figure is the
//! same everywhere to the last digit shown.

use super::{Date, Unit};

const MINUS: char = '\u{2212}';
/// Narrow no-break space between groups of three digits.
const GROUP: char = '\u{202f}';

/// A number with `decimals` digits after the point, grouped by thousands, with a true minus sign.
///
/// Not-a-number prints as `–`, infinity as `∞`.
pub fn number(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return "\u{2013}".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "\u{221e}".to_owned() } else { format!("{MINUS}\u{221e}") };
    }
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::with_capacity(plain.len() + 6);
    // A value that rounds to zero has no sign.
    if value < 0.0 && plain.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0') {
        text.push(MINUS);
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(GROUP);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// `12.5 MW`; whole megawatts from 100 up.
pub fn mw(value: f64) -> String {
    format!("{} MW", number(value, if value.abs() >= 99.95 { 0 } else { 1 }))
}

/// `812.3 PH/s`
pub fn ph_per_s(value: f64) -> String {
    format!("{} PH/s", shortest(value))
}

/// Dollars with an engineering suffix: `$9.41M`, `−$310k`, `$1.20B`.
pub fn usd(value: f64) -> String {
    if !value.is_finite() {
        return number(value, 0);
    }
    let magnitude = value.abs();
    let (scaled, suffix, decimals) = if magnitude >= 999.5e6 {
        (magnitude / 1e9, "B", 2)
    } else if magnitude >= 99.95e6 {
        (magnitude / 1e6, "M", 0)
    } else if magnitude >= 9.995e6 {
        (magnitude / 1e6, "M", 1)
    } else if magnitude >= 999.5e3 {
        (magnitude / 1e6, "M", 2)
    } else if magnitude >= 999.5 {
        (magnitude / 1e3, "k", 0)
    } else {
        (magnitude, "", if magnitude > 0.0 && magnitude < 9.995 { 2 } else { 0 })
    };
    let sign = if value < 0.0 && magnitude >= 0.005 { MINUS.to_string() } else { String::new() };
    format!("{sign}${}{suffix}", number(scaled, decimals))
}

/// As [`usd`] with an explicit plus sign, for differences.
pub fn usd_change(value: f64) -> String {
    if value > 0.0 { format!("+{}", usd(value)) } else { usd(value) }
}

/// A share in percent with one decimal: `84.3 %`.
pub fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0, 1))
}

/// An availability in percent with as many digits as tell its nines apart: `99.982 %`.
pub fn availability(share: f64) -> String {
    let lost = (1.0 - share) * 100.0;
    // Two digits of what is lost; a hair less, so that 1 % does not become two digits by rounding.
    let digits = (-libm::log10(lost) - 1e-9).ceil() + 1.0;
    let decimals = if digits.is_finite() { digits.clamp(1.0, 9.0) } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 9")]
    let decimals = decimals as usize;
    format!("{} %", number(share * 100.0, decimals))
}

/// `2026-01-01`
pub fn date(value: Date) -> String {
    value.to_string()
}

/// A value with its unit, with as many decimals as make sense for it.
pub fn with_unit(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Usd => usd(value),
        Unit::Share => percent(value),
        Unit::Count => number(value, 0),
        Unit::None => plain(value),
        _ => format!("{} {}", shortest(value), unit.symbol()),
    }
}

/// About four significant digits, without zeros at the end of the fraction.
/// A value in its unit, without the unit's symbol where that stands in a column of its own: `5` for 5 %, `$12.0M`.
pub fn in_unit(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Share => shortest(value * 100.0),
        Unit::Usd | Unit::Count | Unit::None => with_unit(value, unit),
        _ => shortest(value),
    }
}

/// A value without a unit; as large as a difficulty it counts in trillions, as the field does: `148.26 T`.
fn plain(value: f64) -> String {
    const TRILLION: f64 = 1e12;
    if value.abs() < TRILLION || !value.is_finite() {
        return shortest(value);
    }
    format!("{} T", trim(&number(value / TRILLION, 2)))
}

fn shortest(value: f64) -> String {
    trim(&number(value, decimals_for(value)))
}

/// Without zeros at the end of a fraction.
fn trim(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

/// Decimals that show about four significant digits.
pub fn decimals_for(value: f64) -> usize {
    let magnitude = value.abs();
    if magnitude >= 1000.0 || (magnitude.fract() == 0.0 && magnitude < 1e15) {
        0
    } else if magnitude >= 100.0 {
        1
    } else if magnitude >= 10.0 {
        2
    } else if magnitude >= 0.1 {
        3
    } else {
        6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_signed() {
        assert_eq!(number(1_234_567.891, 1), "1\u{202f}234\u{202f}567.9");
        assert_eq!(number(-0.04, 1), "0.0");
        assert_eq!(number(-12.0, 0), "\u{2212}12");
        assert_eq!(number(f64::NAN, 1), "\u{2013}");
    }

    #[test]
    fn dollars_take_a_suffix() {
        assert_eq!(usd(9_412_000.0), "$9.41M");
        assert_eq!(usd(-310_400.0), "\u{2212}$310k");
        assert_eq!(usd(1_204_000_000.0), "$1.20B");
        assert_eq!(usd(42.4), "$42");
        assert_eq!(usd(0.0), "$0");
        assert_eq!(usd(999_600.0), "$1.00M");
        assert_eq!(usd_change(12_340_000.0), "+$12.3M");
        assert_eq!(percent(0.8432), "84.3 %");
    }

    #[test]
    fn an_availability_shows_its_nines() {
        for (share, text) in
            [(1.0, "100.0 %"), (0.99, "99.0 %"), (0.9995, "99.950 %"), (0.999_982, "99.9982 %")]
        {
            assert_eq!(availability(share), text);
        }
        assert_eq!(availability(0.0), "0.0 %");
        assert_eq!(availability(f64::NAN), format!("{} %", number(f64::NAN, 1)));
    }

    #[test]
    fn units_follow_the_value() {
        assert_eq!(with_unit(35.0, Unit::UsdPerPhDay), "35 $/PH/s/day");
        assert_eq!(with_unit(0.85, Unit::Share), "85.0 %");
        assert_eq!(with_unit(2.5, Unit::Mw), "2.5 MW");
        assert_eq!(with_unit(0.98, Unit::None), "0.98");
        assert_eq!(with_unit(148.26e12, Unit::None), "148.26 T");
        assert_eq!(in_unit(0.05, Unit::Share), "5");
        assert_eq!(in_unit(42.5, Unit::UsdPerMwh), "42.5");
        assert_eq!(in_unit(12e6, Unit::Usd), "$12.0M");
        assert_eq!(with_unit(1_200.0, Unit::Mw), "1\u{202f}200 MW");
    }
}
