//! What is known of each kind of cooling device, from `assets/thermal/devices.csv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static TABLE: LazyLock<Parameters> =
    LazyLock::new(|| Parameters::read(include_str!("../../../assets/thermal/devices.csv")));

/// The table: kind, parameter, value, unit, low, high, source.
pub struct Parameters(BTreeMap<(String, String), f64>);

impl Parameters {
    /// The table that comes with the program.
    pub fn built_in() -> &'static Self {
        &TABLE
    }

    fn read(text: &str) -> Self {
        Self(rows(text).map(|row| ((row.kind.to_owned(), row.parameter.to_owned()), row.value)).collect())
    }

    /// A value of the table. One that is not there would be a fault of the program, which the tests look for; it
    /// is not a number, so that no result could hide it.
    pub fn get(&self, kind: &str, parameter: &str) -> f64 {
        self.0.get(&(kind.to_owned(), parameter.to_owned())).copied().unwrap_or(f64::NAN)
    }
}

struct Row<'a> {
    kind: &'a str,
    parameter: &'a str,
    value: f64,
    #[cfg(test)]
    low: f64,
    #[cfg(test)]
    high: f64,
    #[cfg(test)]
    source: &'a str,
}

fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let fields: Vec<&str> = line.splitn(7, ',').collect();
        let [kind, parameter, value, _unit, low, high, source] = fields.as_slice() else { return None };
        let _ = (low, high, source);
        Some(Row {
            kind,
            parameter,
            value: value.parse().ok()?,
            #[cfg(test)]
            low: low.parse().ok()?,
            #[cfg(test)]
            high: high.parse().ok()?,
            #[cfg(test)]
            source,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_read_lies_in_its_range_and_has_a_source() {
        let text = include_str!("../../../assets/thermal/devices.csv");
        let written = text.lines().filter(|line| !line.starts_with('#')).count();
        let read: Vec<Row> = rows(text).collect();
        assert_eq!(read.len(), written, "each line is read");
        assert_eq!(Parameters::read(text).0.len(), written, "no value stands twice");
        for row in read {
            assert!(
                row.low <= row.value && row.value <= row.high && row.source.len() > 5,
                "{} {}",
                row.kind,
                row.parameter
            );
        }
    }
}
