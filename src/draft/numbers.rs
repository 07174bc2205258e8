//! The numbers a new site is drawn from: what is filled in, what can be drawn, and what is wrong with them.

use std::sync::LazyLock;

use super::equipment::rows;
use super::site::Transformers;
use super::{Stock, metro, metros};
use crate::quantity::diagnostic::did_you_mean;
use crate::quantity::{Report, Unit, delimited, format};
use crate::site::MinerCooling;

const ENTRIES: &str = include_str!("../../assets/drawing/numbers.csv");

/// A number of the form, with what is filled in and where that comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub label: String,
    pub unit: Unit,
    /// What can be drawn at all.
    pub least: f64,
    pub most: f64,
    /// The usual range, and the value filled in.
    pub low: f64,
    pub value: f64,
    pub high: f64,
    pub year: u16,
    pub source: String,
}

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| rows(ENTRIES).filter_map(entry_of).collect());

/// Every number of the form, in its order.
pub fn entries() -> &'static [Entry] {
    &TABLE
}

fn entry_of(line: &str) -> Option<Entry> {
    let cells = delimited::fields(line, ',');
    let [key, label, unit, least, low, value, high, most, year, source] = cells.as_slice() else {
        return None;
    };
    Some(Entry {
        key: key.to_string(),
        label: label.to_string(),
        unit: unit_of(unit)?,
        least: least.parse().ok()?,
        most: most.parse().ok()?,
        low: low.parse().ok()?,
        value: value.parse().ok()?,
        high: high.parse().ok()?,
        year: year.parse().ok()?,
        source: source.to_string(),
    })
}

/// Units the table is in.
fn unit_of(symbol: &str) -> Option<Unit> {
    use Unit::{Count, Km, Kv, Months, Mw, Share, SquareMetre, Usd, UsdPerKwMonth, UsdPerMwh};
    [Mw, Kv, Share, Count, SquareMetre, UsdPerMwh, UsdPerKwMonth, Months, Km, Usd]
        .into_iter()
        .find(|unit| unit.symbol() == symbol)
}

/// What a new site is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    pub name: String,
    /// How the miners of the halls are cooled.
    pub cooling: MinerCooling,
    /// A model of the catalogue of miners.
    pub fleet: String,
    pub transformers: Transformers,
    /// Id of a metro.
    pub metro: String,
    /// Latitude and longitude, degrees; the metro's where it is not set.
    pub place: Option<(f64, f64)>,
    /// By [`entries`], in their order and units.
    pub values: Vec<f64>,
}

impl Default for Numbers {
    /// What is filled in.
    fn default() -> Self {
        Self {
            name: "New site".to_owned(),
            cooling: MinerCooling::Air,
            fleet: "Bitmain S21".to_owned(),
            transformers: Transformers::NPlus1,
            metro: "dallas".to_owned(),
            place: None,
            values: entries().iter().map(|entry| entry.value).collect(),
        }
    }
}

impl Numbers {
    /// A number by its key; zero for a key there is none of.
    pub fn get(&self, key: &str) -> f64 {
        entries()
            .iter()
            .zip(&self.values)
            .find(|(entry, _)| entry.key == key)
            .map_or(0.0, |(_, value)| *value)
    }

    /// # Errors
    /// When there is no number of that key.
    pub fn set(&mut self, key: &str, value: f64) -> Result<(), String> {
        let index = entries().iter().position(|entry| entry.key == key);
        let slot = index.and_then(|index| self.values.get_mut(index));
        *slot.ok_or_else(|| {
            let near = did_you_mean(key, entries().iter().map(|entry| entry.key.as_str()));
            format!(
                "there is no number `{key}`{}",
                near.map_or(String::new(), |near| format!("; did you mean `{near}`?"))
            )
        })? = value;
        Ok(())
    }

    /// True where the number is as it was filled in.
    pub fn is_filled_in(&self, key: &str) -> bool {
        entries().iter().any(|entry| entry.key == key && entry.value == self.get(key))
    }

    /// How many halls.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held to the table's range")]
    pub fn halls(&self) -> u32 {
        self.get("halls").clamp(0.0, 1e4).round() as u32
    }

    /// What stands in the way of drawing it, and what is unusual.
    pub fn check(&self, stock: &Stock<'_>) -> Report {
        let mut report = Report::default();
        for entry in entries() {
            let value = self.get(&entry.key);
            let shown = |value: f64| format::with_unit(value, entry.unit);
            if !(value.is_finite() && value >= entry.least && value <= entry.most) {
                report.error(
                    "number-out-of-range",
                    entry.key.clone(),
                    format!("{} of {} cannot be drawn", entry.label, shown(value)),
                    format!("enter {} to {}", shown(entry.least), shown(entry.most)),
                );
            } else if entry.unit == Unit::Count && value.fract() != 0.0 {
                report.error(
                    "number-not-whole",
                    entry.key.clone(),
                    format!("{} of {value} is no whole number", entry.label),
                    "enter a whole number",
                );
            } else if value < entry.low || value > entry.high {
                report.info(
                    "number-unusual",
                    entry.key.clone(),
                    format!(
                        "{} of {} is outside the usual {} to {}",
                        entry.label,
                        shown(value),
                        shown(entry.low),
                        shown(entry.high)
                    ),
                    entry.source.clone(),
                );
            }
        }
        if self.name.trim().is_empty() {
            report.error("name-missing", "name", "the site has no name", "enter what people call it");
        }
        if metro(&self.metro).is_none() {
            let near = did_you_mean(&self.metro, metros().iter().map(|place| place.id.as_str()));
            let hint = near.map_or_else(
                || {
                    format!(
                        "there are: {}",
                        metros().iter().map(|place| place.id.as_str()).collect::<Vec<_>>().join(", ")
                    )
                },
                |near| format!("did you mean `{near}`?"),
            );
            report.error("metro-unknown", "metro", format!("there is no metro `{}`", self.metro), hint);
        }
        if let Some((latitude, longitude)) = self.place {
            let is_on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
            if !is_on_earth {
                report.error(
                    "place-out-of-range",
                    "place",
                    format!("{latitude}, {longitude} is no place on the earth"),
                    "enter a latitude of -90 to 90 and a longitude of -180 to 180 degrees",
                );
            }
        }
        self.check_fleet(stock, &mut report);
        report
    }

    fn check_fleet(&self, stock: &Stock<'_>, report: &mut Report) {
        let asics = &stock.planning.asics;
        match asics.iter().find(|asic| asic.model == self.fleet) {
            None => {
                let near = did_you_mean(&self.fleet, asics.iter().map(|asic| asic.model.as_str()));
                let hint = near.map_or_else(
                    || {
                        format!(
                            "there are: {}",
                            asics.iter().map(|asic| asic.model.as_str()).collect::<Vec<_>>().join(", ")
                        )
                    },
                    |near| format!("did you mean `{near}`?"),
                );
                report.error("fleet-unknown", "fleet", format!("there is no miner `{}`", self.fleet), hint);
            }
            Some(asic) if asic.cooling != self.cooling => {
                let fitting: Vec<&str> = asics
                    .iter()
                    .filter(|other| other.cooling == self.cooling)
                    .map(|other| other.model.as_str())
                    .collect();
                report.error(
                    "fleet-cooling",
                    "fleet",
                    format!(
                        "{} is made for {}, but the halls have {}",
                        asic.model,
                        cooling_word(asic.cooling),
                        cooling_word(self.cooling)
                    ),
                    format!("take one of: {}", fitting.join(", ")),
                );
            }
            Some(_) => {}
        }
    }
}

/// How miners are cooled, in words.
pub(super) fn cooling_word(cooling: MinerCooling) -> &'static str {
    match cooling {
        MinerCooling::Air => "air",
        MinerCooling::Hydro => "water in the machine (hydro)",
        MinerCooling::Immersion => "immersion",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_read_with_range_and_source() {
        assert_eq!(entries().len(), rows(ENTRIES).count());
        for entry in entries() {
            let values = [entry.least, entry.low, entry.value, entry.high, entry.most];
            assert!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{}", entry.key);
            assert!(!entry.source.is_empty() && entry.year >= 2024);
        }
    }
}
