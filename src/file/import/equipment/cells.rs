//! Ratings and voltages as engineers write them.

use crate::quantity::Unit;

/// What a cell says of a rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rating {
    pub power: Power,
    /// `2 x 2500 kVA` says how many there are.
    pub units: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Power {
    Mva(f64),
    Mw(f64),
}

/// A ton of refrigeration, MW (12,000 Btu/h; 3.516 853 kW).
const TON_MW: f64 = 3.516_853e-3;

/// Numbers with the letters behind each, in order.
fn numbers(text: &str) -> Result<Vec<(f64, String)>, String> {
    let text = text.to_lowercase().replace(['\u{a0}', '\u{202f}'], " ");
    let mut found: Vec<(f64, String)> = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        if let Some((_, unit)) = found.last_mut() {
            unit.push_str(rest[..at].trim_end_matches('.'));
        } else if rest[..at].contains('-') {
            return Err("is below zero".to_owned());
        }
        // A decimal point may begin a number.
        let start = at - usize::from(rest[..at].ends_with('.'));
        let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
        let length = rest[start..].find(|letter| !is_part(letter)).unwrap_or(rest.len() - start);
        let (number, behind) = rest[start..].split_at(length);
        found.push((Unit::None.parse(number.trim_end_matches(['.', ',']))?, String::new()));
        rest = behind;
        if found.len() > 4 {
            return Err("has too many numbers".to_owned());
        }
    }
    if let Some((_, unit)) = found.last_mut() {
        unit.push_str(rest);
    }
    for (_, unit) in &mut found {
        *unit =
            unit.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, '/' | '×')).collect();
    }
    Ok(found)
}

/// Reads a rating; `unit` is that of the heading, for a bare number.
///
/// # Errors
/// What is wrong with it, to be read behind the text itself.
pub fn rating(text: &str, unit: &str) -> Result<Rating, String> {
    let mut found = numbers(text)?;
    let mut units = None;
    if found.len() > 1 && matches!(found[0].1.as_str(), "x" | "×" | "no" | "off") {
        units = Some(found.remove(0).0);
    }
    let heading = unit.to_lowercase();
    let unit_of = |unit: &str| if unit.is_empty() { heading.clone() } else { unit.to_owned() };
    let power = match found.as_slice() {
        [(number, unit)] => {
            let unit = unit_of(unit);
            match unit.trim_end_matches("each") {
                "mva" => Power::Mva(*number),
                "kva" => Power::Mva(number / 1e3),
                "va" => Power::Mva(number / 1e6),
                "gw" | "gwe" => Power::Mw(number * 1e3),
                "mw" | "mwe" | "mwth" => Power::Mw(*number),
                "kw" | "kwe" | "kwth" => Power::Mw(number / 1e3),
                "w" => Power::Mw(number / 1e6),
                "tr" | "ton" | "tons" | "rt" => Power::Mw(number * TON_MW),
                "" => return Err("has no unit; write kVA, MVA, kW, MW or amperes at a voltage".to_owned()),
                "a" | "amp" | "amps" => return Err("has no voltage; write 4000 A @ 415 V".to_owned()),
                other => return Err(format!("has the unit `{other}`, which is no power")),
            }
        }
        [(one, of_one), (other, of_other)] => {
            let is_current = |unit: &str| matches!(unit, "a" | "amp" | "amps" | "aat");
            let volts = |number: f64, unit: &str| match unit {
                "v" | "vac" | "volts" | "volt" | "vll" => Some(number),
                "kv" => Some(number * 1e3),
                _ => None,
            };
            let found = if is_current(of_one) {
                volts(*other, of_other).map(|volts| (*one, volts))
            } else if is_current(of_other) {
                volts(*one, of_one).map(|volts| (*other, volts))
            } else {
                None
            };
            let (amperes, volts) = found.ok_or("is not understood; write 2500 kVA or 4000 A @ 415 V")?;
            // Three phases: S = √3 U I.
            Power::Mva(3.0_f64.sqrt() * volts * amperes / 1e6)
        }
        _ => return Err("is not understood; write 2500 kVA or 4000 A @ 415 V".to_owned()),
    };
    let (Power::Mva(size) | Power::Mw(size)) = power;
    if !(size > 0.0 && size.is_finite()) {
        return Err("is no power".to_owned());
    }
    Ok(Rating { power, units })
}

/// Reads one voltage or that of both sides, kV: `34.5/0.415 kV`, `480 V`, `138 kV - 34.5 kV`.
///
/// # Errors
/// What is wrong with it, to be read behind the text itself.
pub fn voltages(text: &str, unit: &str) -> Result<(f64, Option<f64>), String> {
    let found = numbers(text)?;
    // 415Y/240 V: the letter says how the phases are joined.
    let bare = |unit: &str| unit.trim_matches(['/', 'y', 'd']).to_owned();
    let kv = |number: f64, unit: &str| match bare(unit).as_str() {
        "kv" | "kvac" => Some(number),
        "v" | "vac" | "volt" | "volts" => Some(number / 1e3),
        _ => None,
    };
    let no_unit = "has no unit; write V or kV";
    match found.as_slice() {
        [(number, own)] => {
            let own = if own.is_empty() { unit.to_lowercase() } else { own.clone() };
            Ok((kv(*number, &own).ok_or(no_unit)?, None))
        }
        [(one, of_one), (other, of_other)] => {
            let of_other = if of_other.is_empty() { unit.to_lowercase() } else { of_other.clone() };
            // A unit behind both is that of both.
            let of_one = if bare(of_one).is_empty() { of_other.clone() } else { of_one.clone() };
            let both = kv(*one, &of_one).zip(kv(*other, &of_other));
            let (one, other) = both.ok_or(no_unit)?;
            // 415Y/240 and 480/277 V name the phases of one side.
            let is_phase = (one / other - 3.0_f64.sqrt()).abs() < 0.02;
            Ok((one, (!is_phase).then_some(other)))
        }
        _ => Err("is not understood; write 480 V or 34.5/0.415 kV".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_as_they_are_written() {
        for (text, unit, power, units) in [
            ("2500 kVA", "", Power::Mva(2.5), None),
            ("2,500", "kVA", Power::Mva(2.5), None),
            ("2.5MVA", "", Power::Mva(2.5), None),
            (".5 MVA", "", Power::Mva(0.5), None),
            ("2 x 2500 kVA", "", Power::Mva(2.5), Some(2.0)),
            ("500 TR", "", Power::Mw(1.758_426_5), None),
            ("40", "MW", Power::Mw(40.0), None),
        ] {
            let found = rating(text, unit).unwrap_or_else(|error| panic!("{text} {error}"));
            assert_eq!(found.units, units, "{text}");
            let (a, b) = match (found.power, power) {
                (Power::Mva(a), Power::Mva(b)) | (Power::Mw(a), Power::Mw(b)) => (a, b),
                other => panic!("{text}: {other:?}"),
            };
            assert!((a - b).abs() < 1e-9, "{text}: {a}");
        }
        // A published table of busways: 4,000 A at 415 V is 2,875 kVA.
        for text in ["4000 A @ 415 V", "4000A@415V", "415V 4000A", "4,000 A at 415 V", "4000 amps @ 0.415 kV"]
        {
            let Ok(Rating { power: Power::Mva(mva), .. }) = rating(text, "") else { panic!("{text}") };
            assert!((mva - 2.875).abs() < 1e-3, "{text}: {mva}");
        }
        for text in ["", "big", "NaN", "4000 A", "12 parsecs", "-5 kVA", "5", "1 2 3 4 5 6 kVA", "1e999 kVA"]
        {
            assert!(rating(text, "").is_err(), "{text}");
        }
    }

    #[test]
    fn voltages_as_they_are_written() {
        for (text, unit, kv) in [
            ("34.5/0.415 kV", "", (34.5, Some(0.415))),
            ("480 V", "", (0.48, None)),
            ("480", "V", (0.48, None)),
            ("138 kV - 34.5 kV", "", (138.0, Some(34.5))),
            ("34.5kV/415V", "", (34.5, Some(0.415))),
            ("480/277 V", "", (0.48, None)),
            ("415Y/240 V", "", (0.415, None)),
            ("13.8", "kV", (13.8, None)),
        ] {
            let found = voltages(text, unit).unwrap_or_else(|error| panic!("{text} {error}"));
            assert!((found.0 - kv.0).abs() < 1e-12 && found.1 == kv.1, "{text}: {found:?}");
        }
        for text in ["", "high", "480", "1/2/3 kV", "-5 kV"] {
            assert!(voltages(text, "").is_err(), "{text}");
        }
    }
}
