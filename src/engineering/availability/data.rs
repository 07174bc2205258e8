//! Failure data: of a part from the drawing or the catalogue, and what no part carries, from the catalogue of the site
//! and else from `assets/catalogue/availability.csv`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::super::checks::{name_of, place_of};
use crate::quantity::{HOURS_PER_YEAR, Problem, Severity};
use crate::site::catalogue::{AvailabilityValue, availability_values};
use crate::site::{Component, Kind, Site};

/// Most failures a year of one unit that are taken for data and not for a slip.
pub const MOST_FAILURES_PER_YEAR: f64 = 1e4;

/// What the calculation takes from no drawing: shares of common causes, transfer switches, stored cold, planned
/// work and fibre, by key.
#[derive(Clone, Debug, PartialEq)]
pub struct ReliabilityData {
    parameters: BTreeMap<String, AvailabilityValue>,
}

static BUILT_IN: LazyLock<ReliabilityData> = LazyLock::new(|| ReliabilityData {
    parameters: availability_values().iter().map(|value| (value.key.clone(), value.clone())).collect(),
});

impl Default for ReliabilityData {
    fn default() -> Self {
        BUILT_IN.clone()
    }
}

impl ReliabilityData {
    /// The data that comes with the program.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The data of a site: what its catalogue pins, else what comes with the program. A pinned value may lie outside
    /// today's range, but not outside what can be: reading a file reports such a one, and here it does not count.
    pub fn of(site: &Site) -> Cow<'static, Self> {
        let mut data = Cow::Borrowed(Self::built_in());
        // The first of two entries counts, as with failure data of parts.
        for entry in site.catalogue.availability.iter().rev() {
            let Some(known) = data.parameters.get(&entry.key) else { continue };
            let (least, most) = known.bounds();
            if known.value != entry.value
                && (least..=most).contains(&entry.value)
                && let Some(parameter) = data.to_mut().parameters.get_mut(&entry.key)
            {
                parameter.value = entry.value;
                parameter.source.clone_from(&entry.source);
            }
        }
        data
    }

    /// Every value with its key, in order of the keys.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &AvailabilityValue)> {
        self.parameters.iter().map(|(key, parameter)| (key.as_str(), parameter))
    }

    /// The value of a key in the unit of the data; zero for a key that is not there.
    pub fn value(&self, key: &str) -> f64 {
        self.parameters.get(key).map_or(0.0, |parameter| parameter.value)
    }

    fn of_kind(&self, what: &str, kind: &str) -> f64 {
        self.value(&format!("{what}.{kind}"))
    }

    /// The same data with another value, kept within the range of its key.
    ///
    /// # Errors
    /// A problem for a key that is not there and for a value outside its range.
    pub fn with(mut self, key: &str, value: f64) -> Result<Self, Problem> {
        let bad = |message: String| Problem {
            severity: Severity::Error,
            code: "reliability-value",
            place: key.to_owned(),
            message,
            hint: "see assets/catalogue/availability.csv for the keys and their ranges".to_owned(),
        };
        let Some(parameter) = self.parameters.get_mut(key) else {
            return Err(bad(format!("there is no failure data called `{key}`")));
        };
        // Zero switches an effect off, whatever the range of plausible values is; a spread has no off.
        let is_off = value == 0.0 && key != "outage_log_deviation";
        if !(is_off || (parameter.low..=parameter.high).contains(&value)) {
            return Err(bad(format!(
                "`{key}` is {value}, outside {} to {} {}",
                parameter.low, parameter.high, parameter.unit
            )));
        }
        parameter.value = value;
        Ok(self)
    }

    /// Share of the failures of a set's units that take the whole set.
    pub fn beta_set(&self) -> f64 {
        self.value("beta_set")
    }

    /// Share of the failures of a part that take all parts that are its reserve, too.
    pub fn beta_sides(&self, kind: &Kind) -> f64 {
        match kind {
            Kind::GridFeed(_) => self.value("beta_grid_feed"),
            Kind::Genset(_) => self.beta_start(),
            _ => self.value("beta_sides"),
        }
    }

    /// Share of the failures to start that take all sets.
    pub fn beta_start(&self) -> f64 {
        self.value("beta_genset_start")
    }

    /// Chance that a transfer switch stays where it is when it should change over; zero for anything else.
    pub fn fails_to_transfer(&self, kind: &Kind) -> f64 {
        self.of_kind("fails_to_transfer", kind.catalogue_key())
    }

    /// Standard deviation of the logarithm of a utility outage's length.
    pub fn outage_log_deviation(&self) -> f64 {
        self.value("outage_log_deviation")
    }

    /// Hours from the loss of the utility until the gensets carry the load.
    pub fn genset_start_hours(&self) -> f64 {
        self.value("genset_start_minutes") / 60.0
    }

    /// Hours that the hall does without a cooling device before it is too warm.
    pub fn thermal_ride_through_hours(&self, kind: &Kind) -> f64 {
        let place = match kind {
            Kind::FanWall(_) | Kind::Crah(_) => "air",
            Kind::RearDoor(_) | Kind::Cdu(_) => "liquid",
            Kind::Immersion(_) => "immersion",
            _ => "rejection",
        };
        self.of_kind("ride_through_minutes", place) / 60.0
    }

    /// Hours until a cooling device takes heat again after its power is back.
    pub fn restart_hours(&self, kind: &Kind) -> f64 {
        let kind = if matches!(kind, Kind::Chiller(_)) { "chiller" } else { "cooling" };
        self.of_kind("restart_minutes", kind) / 60.0
    }

    /// Hours a year that one unit is out for planned work; zero where the data has none.
    pub fn maintenance_hours(&self, kind: &Kind) -> f64 {
        self.of_kind("maintenance_hours", kind.catalogue_key())
    }

    pub fn fibre_cuts_per_km_year(&self) -> f64 {
        self.value("fibre_cuts_per_km_year")
    }

    pub fn fibre_repair_hours(&self) -> f64 {
        self.value("fibre_repair_hours")
    }
}

/// Failures a year and hours to repair of one unit: the part's own, else the catalogue's for its kind.
///
/// A hall is only space: without an entry it does not fail.
///
/// # Errors
/// A problem that names the part when there is no data, or none that can be: not finite, negative, more than
/// [`MOST_FAILURES_PER_YEAR`] failures, a repair of more than a year, or failures without a time to mend them.
pub fn failure_data(site: &Site, component: &Component) -> Result<(f64, f64), Problem> {
    let key = component.kind.catalogue_key();
    let entry = site.catalogue.reliability.iter().find(|entry| entry.kind == key);
    let failures = component.failures_per_year.or(entry.map(|entry| entry.failures_per_year));
    let hours = component.repair_hours.or(entry.map(|entry| entry.repair_hours));
    let name = name_of(component);
    let (failures, hours) = match (failures, hours) {
        (Some(failures), Some(hours)) => (failures, hours),
        _ if component.hall().is_some() => return Ok((0.0, 0.0)),
        _ => {
            return Err(problem(
                component,
                "failure-data-missing",
                format!("there is no failure data for {name} ({})", component.kind.label()),
            ));
        }
    };
    let wrong = if !(0.0..=MOST_FAILURES_PER_YEAR).contains(&failures) {
        Some(format!("{name} has {failures} failures a year, which no part has"))
    } else if !(0.0..=HOURS_PER_YEAR).contains(&hours) {
        Some(format!("{name} takes {hours} h to repair; it must be between 0 and 8,760"))
    } else if failures > 0.0 && hours == 0.0 {
        Some(format!("{name} fails {failures} times a year and takes no time to repair"))
    } else {
        None
    };
    wrong.map_or(Ok((failures, hours)), |message| Err(problem(component, "failure-data-bad", message)))
}

fn problem(component: &Component, code: &'static str, message: String) -> Problem {
    Problem {
        severity: Severity::Warning,
        code,
        place: place_of(component),
        message,
        hint: format!(
            "enter failures per year and hours to repair, or pin a catalogue entry for `{}`",
            component.kind.catalogue_key()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::*;
    use super::*;
    use crate::site::catalogue::AvailabilityEntry;

    #[test]
    fn the_table_has_every_value_the_calculation_asks_for() {
        let data = ReliabilityData::built_in();
        for key in [
            "beta_set",
            "beta_sides",
            "beta_grid_feed",
            "beta_genset_start",
            "fails_to_transfer.automatic_transfer_switch",
            "fails_to_transfer.static_transfer_switch",
            "outage_log_deviation",
            "genset_start_minutes",
            "ride_through_minutes.air",
            "ride_through_minutes.liquid",
            "ride_through_minutes.immersion",
            "ride_through_minutes.rejection",
            "restart_minutes.cooling",
            "restart_minutes.chiller",
            "fibre_cuts_per_km_year",
            "fibre_repair_hours",
        ] {
            assert!(data.value(key) > 0.0, "{key}");
        }
    }

    #[test]
    fn what_a_site_pins_wins_and_what_cannot_be_does_not_count() {
        let mut site = site_of(&[]);
        assert!(matches!(ReliabilityData::of(&site), Cow::Borrowed(_)));
        let mut pin = |key: &str, value: f64| {
            let entry = AvailabilityEntry { key: key.to_owned(), value, source: "ours".to_owned() };
            site.catalogue.availability.push(entry);
            ReliabilityData::of(&site).value("beta_sides")
        };
        // Outside the plausible range, inside what can be.
        assert_eq!(pin("beta_sides", 0.5), 0.5);
        assert_eq!(pin("beta_sides", 0.3), 0.5, "the first of two counts");
        assert_eq!(pin("betta_sides", 0.3), 0.5);
        for bad in [f64::NAN, f64::INFINITY, -0.1, 1.5] {
            let mut site = site_of(&[]);
            let entry = AvailabilityEntry { key: "beta_sides".to_owned(), value: bad, source: String::new() };
            site.catalogue.availability.push(entry);
            assert_eq!(ReliabilityData::of(&site).value("beta_sides"), 0.05);
        }
    }

    #[test]
    fn a_value_is_changed_within_its_range_only() {
        let data = ReliabilityData::default();
        assert_eq!(data.clone().with("beta_sides", 0.02).unwrap().value("beta_sides"), 0.02);
        assert_eq!(data.clone().with("beta_sides", 0.0).unwrap().value("beta_sides"), 0.0);
        for (key, value) in
            [("beta_sides", f64::NAN), ("beta_sides", 0.9), ("beta_sides", -0.05), ("betta", 0.05)]
        {
            assert_eq!(data.clone().with(key, value).unwrap_err().code, "reliability-value");
        }
    }

    #[test]
    fn bad_rates_are_named() {
        let mut site = site_of(&[("T7", transformer(20.0, 0.0))]);
        let mut code = |failures: f64, hours: f64| {
            reliability(&mut site, "T7", failures, hours);
            failure_data(&site, &site.components[0]).map_err(|problem| {
                assert!(problem.message.contains("T7") && problem.hint.contains("transformer"));
                problem.code
            })
        };
        for (failures, hours) in [
            (f64::NAN, 8.0),
            (0.1, f64::NAN),
            (-0.1, 8.0),
            (0.1, -8.0),
            (1e9, 8.0),
            (0.1, 8_761.0),
            (f64::INFINITY, 8.0),
            (0.1, f64::INFINITY),
            (0.1, 0.0),
        ] {
            assert_eq!(code(failures, hours), Err("failure-data-bad"), "{failures} {hours}");
        }
        assert_eq!(code(0.0, 0.0), Ok((0.0, 0.0)));
        assert_eq!(code(0.1, 8_760.0), Ok((0.1, 8_760.0)));
    }
}
