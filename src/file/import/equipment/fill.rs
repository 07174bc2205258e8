//! Cells of a line taken into its part.

use super::cells::{self, Power};
use super::words;
use crate::quantity::Unit;
use crate::site::field::{FieldSpec, fields_of_part, set_in_part};
use crate::site::{Component, Kind, Side};

/// True for a part that may be built, false for one that stands.
pub(super) fn state_of(text: &str) -> Option<bool> {
    match words::plain(text).as_str() {
        "planned" | "new" | "proposed" | "future" | "to be built" | "to be procured" | "procure" => {
            Some(true)
        }
        "existing" | "removable" | "installed" | "in service" | "operational" | "energized" | "energised"
        | "as built" => Some(false),
        _ => None,
    }
}

/// The key of a kind's rating, in MVA or in MW.
fn rating_key(kind: &Kind) -> Option<(&'static str, Unit)> {
    Some(match kind {
        Kind::GridFeed(_) => ("interconnection_mw", Unit::Mw),
        Kind::Generation(_) => ("generation_mw", Unit::Mw),
        Kind::Genset(_) => ("genset_mw", Unit::Mw),
        Kind::Ups(_) => ("ups_mw", Unit::Mw),
        Kind::Battery(_) => ("battery_mw", Unit::Mw),
        Kind::Hall(_) => ("critical_mw", Unit::Mw),
        Kind::MeetMeRoom | Kind::Carrier | Kind::Metro(_) => return None,
        kind if kind.electrical().is_some() => ("rating_mva", Unit::Mva),
        _ => ("heat_mw", Unit::Mw),
    })
}

pub(super) fn set_side(part: &mut Component, text: &str) -> Result<(), String> {
    part.side = match text.to_lowercase().trim_start_matches("side").trim() {
        "a" => Side::A,
        "b" => Side::B,
        "none" | "n" => Side::None,
        _ => return Err("is no side; write A or B".to_owned()),
    };
    Ok(())
}

pub(super) fn set_rating(part: &mut Component, text: &str, unit: &str) -> Result<(), String> {
    let found = cells::rating(text, unit)?;
    let (key, unit) =
        rating_key(&part.kind).ok_or_else(|| format!("is no use: a {} has no rating", part.kind.label()))?;
    let value = match (found.power, unit) {
        (Power::Mva(mva), Unit::Mva) => mva,
        (Power::Mw(mw), Unit::Mva) => mw / part.power_factor,
        (Power::Mw(mw), _) => mw,
        (Power::Mva(_), _) if part.kind.cooling().is_some() => {
            return Err("is no heat; write kW, MW or tons of refrigeration".to_owned());
        }
        (Power::Mva(mva), _) => mva * part.power_factor,
    };
    set_in_part(part, key, Some(value)).map_err(|why| format!("cannot be: {why}"))?;
    match found.units {
        Some(units) => set_in_part(part, "units", Some(units)).map_err(|why| format!("cannot be: {why}")),
        None => Ok(()),
    }
}

pub(super) fn set_voltage(part: &mut Component, text: &str, unit: &str) -> Result<(), String> {
    let (one, other) = cells::voltages(text, unit)?;
    let gives_only = matches!(part.kind, Kind::GridFeed(_) | Kind::Generation(_) | Kind::Genset(_));
    let ports: &[(&str, Option<f64>)] = match (&part.kind, other) {
        (_, Some(other)) => &[("kv_in", Some(one)), ("kv_out", Some(other))],
        (_, None) if gives_only => &[("kv_out", Some(one))],
        // A transformer with one voltage is of that voltage at the side it is fed.
        (Kind::Transformer(_), None) => &[("kv_in", Some(one))],
        _ => &[("kv_in", Some(one)), ("kv_out", None)],
    };
    for (key, kv) in ports {
        set_in_part(part, key, *kv).map_err(|why| format!("cannot be: {why}"))?;
    }
    Ok(())
}

/// A number under a heading: in its own unit, else in that of the heading, else in the usual one.
pub(super) fn set_number(
    part: &mut Component,
    spec: &FieldSpec,
    text: &str,
    unit: &str,
) -> Result<(), String> {
    // Kinds have numbers of one name each: losses of a UPS, of a transformer.
    let fields = fields_of_part(part);
    let own = fields.iter().find(|(own, _)| own.key == spec.key);
    let own = own.or_else(|| fields.iter().find(|(own, _)| own.label == spec.label)).map(|(own, _)| *own);
    let own = own.ok_or_else(|| {
        format!("is no use: this {} has no {}", part.kind.label(), spec.label.to_lowercase())
    })?;
    let has_unit = text.contains(|letter: char| letter.is_alphabetic() || matches!(letter, '%' | '$'));
    let value = own.unit.parse(text).map(|value| {
        let with = own.unit.parse(&format!("{text} {unit}"));
        if has_unit || unit.is_empty() { value } else { with.unwrap_or(value) }
    });
    let value = value.map_err(|_| {
        format!("is no number in {}", if own.unit.symbol().is_empty() { "digits" } else { own.unit.symbol() })
    })?;
    set_in_part(part, own.key, Some(value)).map_err(|why| format!("cannot be: {why}"))
}
