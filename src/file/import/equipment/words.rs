//! What headings and names of equipment mean.

use std::sync::LazyLock;

use crate::file::typical_parts;
use crate::quantity::delimited::fields;
use crate::site::field::{FieldSpec, fields_of_part};
use crate::site::{Component, Planned, State};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    Tag,
    Name,
    Kind,
    /// A power in kVA, MVA, kW, MW, tons of refrigeration, or amperes at a voltage.
    Rating,
    /// One voltage, or that of both sides.
    Voltage,
    State,
    FedFrom,
    Feeds,
    Side,
    Note,
    /// A number of the one table of numbers.
    Number(FieldSpec),
}

const PLAIN: [(Target, &str, &str); 10] = [
    (Target::Tag, "tag", "Tag"),
    (Target::Name, "name", "Name"),
    (Target::Kind, "kind", "Kind"),
    (Target::Rating, "rating", "Rating"),
    (Target::Voltage, "voltage", "Voltage"),
    (Target::State, "state", "State"),
    (Target::FedFrom, "fed_from", "Fed from"),
    (Target::Feeds, "feeds", "Feeds"),
    (Target::Side, "side", "Side"),
    (Target::Note, "note", "Note"),
];

impl Target {
    /// Its name in scripts and in what is remembered.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Number(spec) => spec.key,
            other => PLAIN.iter().find(|(target, ..)| target == other).map_or("", |(_, key, _)| key),
        }
    }

    pub fn label(&self) -> &'static str {
        match self {
            Self::Number(spec) => spec.label,
            other => PLAIN.iter().find(|(target, ..)| target == other).map_or("", |(.., label)| label),
        }
    }

    pub fn of_key(key: &str) -> Option<Self> {
        targets().find(|target| target.key() == key)
    }
}

/// Every number a part of any kind can have, once.
static NUMBERS: LazyLock<Vec<FieldSpec>> = LazyLock::new(|| {
    let mut found: Vec<FieldSpec> = Vec::new();
    for part in &typical_parts().components {
        let planned = Component { state: State::Planned(Planned::default()), ..part.clone() };
        for (spec, _) in fields_of_part(&planned) {
            if !found.iter().any(|known| known.key == spec.key) {
                found.push(spec);
            }
        }
    }
    found
});

/// All that a column can be said to hold.
pub fn targets() -> impl Iterator<Item = Target> {
    PLAIN.into_iter().map(|(target, ..)| target).chain(NUMBERS.iter().copied().map(Target::Number))
}

/// Headings of equipment lists, without case and unit, and the key of what they mean.
const HEADINGS: &[(&str, &str)] = &[
    ("tag", "tag"),
    ("tag no", "tag"),
    ("tag number", "tag"),
    ("equipment tag", "tag"),
    ("equipment id", "tag"),
    ("equipment no", "tag"),
    ("equipment number", "tag"),
    ("asset", "tag"),
    ("asset id", "tag"),
    ("asset tag", "tag"),
    ("id", "tag"),
    ("designation", "tag"),
    ("name", "name"),
    ("description", "name"),
    ("equipment", "name"),
    ("equipment name", "name"),
    ("equipment description", "name"),
    ("item", "name"),
    ("kind", "kind"),
    ("type", "kind"),
    ("equipment type", "kind"),
    ("category", "kind"),
    ("class", "kind"),
    ("rating", "rating"),
    ("rated power", "rating"),
    ("rating of one unit", "rating"),
    ("capacity", "rating"),
    ("size", "rating"),
    ("power", "rating"),
    ("kva", "rating"),
    ("mva", "rating"),
    ("kw", "rating"),
    ("mw", "rating"),
    ("cooling capacity", "rating"),
    ("voltage", "voltage"),
    ("voltages", "voltage"),
    ("rated voltage", "voltage"),
    ("kv", "voltage"),
    ("primary", "kv_in"),
    ("primary voltage", "kv_in"),
    ("input voltage", "kv_in"),
    ("hv", "kv_in"),
    ("secondary", "kv_out"),
    ("secondary voltage", "kv_out"),
    ("output voltage", "kv_out"),
    ("lv", "kv_out"),
    ("state", "state"),
    ("status", "state"),
    ("condition", "state"),
    ("existing/new", "state"),
    ("fed from", "fed_from"),
    ("fed by", "fed_from"),
    ("supplied from", "fed_from"),
    ("supply", "fed_from"),
    ("source", "fed_from"),
    ("upstream", "fed_from"),
    ("feeds", "feeds"),
    ("feeding", "feeds"),
    ("supplies", "feeds"),
    ("downstream", "feeds"),
    ("side", "side"),
    ("a/b", "side"),
    ("path", "side"),
    ("note", "note"),
    ("notes", "note"),
    ("remark", "note"),
    ("remarks", "note"),
    ("comment", "note"),
    ("comments", "note"),
    ("qty", "units"),
    ("quantity", "units"),
    ("count", "units"),
    ("no of units", "units"),
    ("number of units", "units"),
    ("spares", "spare_units"),
    ("redundant units", "spare_units"),
    ("pf", "power_factor"),
    ("cost", "fixed_usd"),
    ("price per mw", "usd_per_mw"),
    ("lead", "lead_months"),
    ("lead time", "lead_months"),
    ("mttr", "repair_hours"),
    ("failure rate", "failures_per_year"),
];

/// Without case, marks and double spaces.
pub fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace(['.', ':', '*', '#', '_'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A heading and the unit it names: `Rating (kVA)`, `Lead time, months`, `Voltage [kV]`.
pub fn split_unit(head: &str) -> (&str, &str) {
    let head = head.trim();
    for (open, close) in [('(', ')'), ('[', ']')] {
        if let Some((name, unit)) = head.strip_suffix(close).and_then(|rest| rest.rsplit_once(open)) {
            return (name.trim(), unit.trim());
        }
    }
    match head.rsplit_once(',') {
        Some((name, unit)) => (name.trim(), unit.trim()),
        None => (head, ""),
    }
}

/// What a heading means; `None` where nobody knows.
pub fn heading(head: &str) -> Option<Target> {
    let (name, _) = split_unit(head);
    let of = |name: &str| {
        let name = plain(name);
        let known = HEADINGS.iter().find(|(known, _)| *known == name).map(|(_, key)| *key);
        let labelled =
            NUMBERS.iter().find(|spec| plain(spec.label) == name || spec.key == name.replace(' ', "_"));
        known.and_then(Target::of_key).or_else(|| labelled.map(|spec| Target::Number(*spec)))
    };
    // A comma may be of the words: `Price, fixed`.
    of(head).or_else(|| of(name))
}

/// A bare unit as a heading names the unit of the column: `kVA`.
pub fn unit_of(head: &str) -> &str {
    let (name, unit) = split_unit(head);
    let is_unit = |text: &str| matches!(plain(text).as_str(), "kva" | "mva" | "kw" | "mw" | "kv");
    if unit.is_empty() && is_unit(name) { name } else { unit }
}

/// Words and the typical parts they name.
static KINDS: LazyLock<Vec<(String, &'static Component)>> = LazyLock::new(|| {
    let text = include_str!("../../../../assets/catalogue/equipment_words.csv");
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let cells = fields(line, ',');
        let part = typical_parts().component(cells.get(1)?)?;
        Some((format!(" {} ", loose(cells.first()?)), part))
    });
    lines.collect()
});

/// Words between single spaces, whatever stood between them; digits end a word, so that `UPS1` names a UPS.
fn loose(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    for letter in text.to_lowercase().chars() {
        if letter.is_alphabetic() {
            found.push(letter);
        } else if !found.ends_with(' ') {
            found.push(' ');
        }
    }
    found.trim().to_owned()
}

/// The typical part that words name, by the longest that is known of them; of words as long the first.
pub fn kind_of(text: &str) -> Option<&'static Component> {
    let text = format!(" {} ", loose(text));
    let found = KINDS.iter().filter(|(word, _)| text.contains(word.as_str()));
    found.reduce(|best, next| if next.0.len() > best.0.len() { next } else { best }).map(|(_, part)| *part)
}

/// How many words there are, for the tests.
#[cfg(test)]
pub fn known_words() -> usize {
    KINDS.len()
}
