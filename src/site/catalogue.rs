//! Catalogue entries: default data with value, range and source, built in under `assets/catalogue` and pinned in
//! the site file as they were when the site was solved.

use std::sync::LazyLock;

/// Entries pinned in a document. An entry pinned here wins over the built-in one of the same key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    pub asics: Vec<AsicModel>,
    pub gpus: Vec<GpuModel>,
    pub reliability: Vec<ReliabilityEntry>,
    pub availability: Vec<AvailabilityEntry>,
}

/// A miner model on the market.
#[derive(Clone, Debug, PartialEq)]
pub struct AsicModel {
    pub model: String,
    pub year: u16,
    pub th_per_s: f64,
    pub efficiency_j_per_th: f64,
    pub cooling: super::MinerCooling,
    pub usd_per_th_low: f64,
    pub usd_per_th: f64,
    pub usd_per_th_high: f64,
    pub source: String,
}

/// A low, a likely and a high value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub value: f64,
    pub high: f64,
}

/// A GPU system on the market.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuModel {
    pub model: String,
    /// Name of the hardware generation, as in [`super::SystemRental`].
    pub generation: String,
    /// Year of the figures.
    pub year: u16,
    /// In one server or rack, and the most it draws; `None` where it is not known.
    pub gpus: u32,
    pub kw_per_unit: Option<Range>,
    pub kw_per_gpu: f64,
    pub liquid_share: f64,
    pub kw_per_rack: f64,
    pub usd_per_gpu_low: f64,
    pub usd_per_gpu: f64,
    pub usd_per_gpu_high: f64,
    pub kw_per_gpu_range: Option<Range>,
    /// Economic life.
    pub life_months: Option<Range>,
    /// Resale price after 36 months over the purchase price.
    pub residual_share: Option<Range>,
    pub lead_months: Option<Range>,
    /// USD per GPU-hour at a one-year commitment.
    pub rental_usd_per_gpu_hour: Option<Range>,
    /// Change of the rental price per year, the coming of newer generations included.
    pub rental_drift: Option<Range>,
    /// Of power, cooling and capital cost.
    pub source: String,
    /// Of life, residual, lead and rental.
    pub market_source: String,
}

impl GpuModel {
    /// A system to buy, with the catalogue's likely values; what the catalogue does not know is as a new site
    /// file takes it.
    pub fn system(&self, id: &str) -> super::GpuSystem {
        let value = |range: Option<Range>, otherwise: f64| range.map_or(otherwise, |range| range.value);
        super::GpuSystem {
            id: id.to_owned(),
            model: self.model.clone(),
            kw_per_gpu: self.kw_per_gpu,
            usd_per_gpu: self.usd_per_gpu,
            lead_months: value(self.lead_months, 6.0),
            life_months: value(self.life_months, 60.0),
            liquid_share: self.liquid_share,
            kw_per_rack: self.kw_per_rack,
            residual_share_after_36_months: value(self.residual_share, 0.0),
            rental: super::SystemRental {
                generation: self.generation.clone(),
                usd_per_gpu_hour: self.rental_usd_per_gpu_hour.map(|range| range.value),
                drift: self.rental_drift.map(|range| range.value),
                // Drifts seen in the market have the coming of newer generations in them already.
                step_share: self.rental_drift.map(|_| 0.0),
                ..super::SystemRental::default()
            },
        }
    }
}

/// Failure data of a component kind.
#[derive(Clone, Debug, PartialEq)]
pub struct ReliabilityEntry {
    /// [`super::Kind::catalogue_key`].
    pub kind: String,
    pub failures_per_year: f64,
    pub repair_hours: f64,
    pub source: String,
}

/// A value of the availability study that no part carries, as a document has it.
#[derive(Clone, Debug, PartialEq)]
pub struct AvailabilityEntry {
    /// Key of the built-in table, `assets/catalogue/availability.csv`.
    pub key: String,
    /// In the unit of the table.
    pub value: f64,
    pub source: String,
}

/// A row of the built-in table of what no part carries: shares of common causes, transfer switches, stored cold,
/// planned work and fibre.
#[derive(Clone, Debug, PartialEq)]
pub struct AvailabilityValue {
    pub key: String,
    pub low: f64,
    pub value: f64,
    pub high: f64,
    pub unit: String,
    pub year: u16,
    pub source: String,
}

const AVAILABILITY: &str = include_str!("../../assets/catalogue/availability.csv");

static AVAILABILITY_VALUES: LazyLock<Vec<AvailabilityValue>> =
    LazyLock::new(|| AVAILABILITY.lines().skip(1).filter_map(availability_value).collect());

/// The built-in table in its own order.
pub fn availability_values() -> &'static [AvailabilityValue] {
    &AVAILABILITY_VALUES
}

/// A line of `key,low,value,high,unit,year,"source"`; a test sees that none is dropped.
fn availability_value(line: &str) -> Option<AvailabilityValue> {
    let mut cells = line.splitn(7, ',');
    let mut cell = || cells.next().map(str::trim);
    Some(AvailabilityValue {
        key: cell()?.to_owned(),
        low: cell()?.parse().ok()?,
        value: cell()?.parse().ok()?,
        high: cell()?.parse().ok()?,
        unit: cell()?.to_owned(),
        year: cell()?.parse().ok()?,
        source: cell()?.trim_matches('"').to_owned(),
    })
}

impl AvailabilityValue {
    /// Least and most that a document may hold: what can be, wider than the range that is plausible.
    pub fn bounds(&self) -> (f64, f64) {
        match self.unit.as_str() {
            // A spread has no off, and may be above one.
            _ if self.key == "outage_log_deviation" => (0.05, 5.0),
            "minutes" => (0.0, 1_440.0),
            "hours" => (0.0, 8_760.0),
            _ => (0.0, 1.0),
        }
    }
}

impl AvailabilityEntry {
    /// The built-in value as a document pins it.
    pub fn of(value: &AvailabilityValue) -> Self {
        Self { key: value.key.clone(), value: value.value, source: value.source.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_availability_table_is_read_once_with_range_and_source() {
        let lines = AVAILABILITY.lines().skip(1).filter(|line| !line.trim().is_empty()).count();
        assert_eq!(availability_values().len(), lines);
        let mut keys: Vec<&str> = availability_values().iter().map(|value| value.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), lines, "no key stands twice");
        for value in availability_values() {
            assert!(
                0.0 < value.low && value.low <= value.value && value.value <= value.high,
                "{}",
                value.key
            );
            assert!(value.source.len() > 15 && value.year >= 1980 && !value.unit.is_empty(), "{}", value.key);
            let (least, most) = value.bounds();
            assert!(least < value.low && value.high < most, "{}", value.key);
        }
    }
}
