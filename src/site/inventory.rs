//! What the plan believes, number by number: value, range, where it comes from and what a scenario makes of it.
//!
//! The rows are those of [`super::field`]; nothing is listed twice. A number without a word of its own in the file is
//! held against the planning ranges that come with the program, so that it either has a source or is named as having
//! none.

use super::catalogue::{AsicModel, GpuModel};
use super::field::{FieldSpec, fields_of};
use super::{Address, Component, Evidence, Kind, Object, Override, Provenance, Scenario, Site};
use crate::quantity::Date;

/// What a group of assumptions is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Topic {
    #[default]
    Bitcoin,
    Power,
    Customers,
    Equipment,
}

impl Topic {
    pub const ALL: [Self; 4] = [Self::Bitcoin, Self::Power, Self::Customers, Self::Equipment];

    pub fn text(self) -> &'static str {
        match self {
            Self::Bitcoin => "Bitcoin",
            Self::Power => "Power",
            Self::Customers => "Customers",
            Self::Equipment => "Equipment",
        }
    }

    /// The objects whose numbers belong to the topic, in file order.
    pub fn objects(self, site: &Site) -> Vec<Object> {
        match self {
            Self::Bitcoin => vec![Object::Bitcoin, Object::Correlation],
            Self::Power => {
                let is_source = |component: &&Component| {
                    matches!(component.kind, Kind::GridFeed(_) | Kind::Generation(_))
                };
                let sources = site.components.iter().filter(is_source);
                std::iter::once(Object::Power)
                    .chain(sources.map(|component| Object::Component(component.id.clone())))
                    .collect()
            }
            Self::Customers => {
                let offers = site.offers.iter().map(|offer| Object::Offer(offer.id.clone()));
                offers.chain([Object::GpuRental, Object::Delivery]).collect()
            }
            Self::Equipment => {
                let fleets = site.fleets.iter().map(|fleet| Object::Fleet(fleet.id.clone()));
                let systems = site.gpu_systems.iter().map(|system| Object::GpuSystem(system.id.clone()));
                fleets.chain(systems).collect()
            }
        }
    }
}

/// Numbers of a power source that say how it is built, not what it costs: the drawing's own.
const OF_THE_DRAWING: [&str; 14] = [
    "interconnection_mw",
    "generation_mw",
    "units",
    "spare_units",
    "power_factor",
    "kv_in",
    "kv_out",
    "failures_per_year",
    "repair_hours",
    "usd_per_mw",
    "fixed_usd",
    "lead_months",
    "works_outage_months",
    "reuse_share",
];

/// A value planners use where a site says nothing else, with its range and where that comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanningValue {
    /// List or object, and field: `fleets.availability`, `bitcoin.difficulty`.
    pub key: String,
    pub low: f64,
    pub value: f64,
    pub high: f64,
    pub year: u16,
    pub evidence: Evidence,
    pub source: String,
}

/// Everything the program knows of usual values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planning {
    pub values: Vec<PlanningValue>,
    pub asics: Vec<AsicModel>,
    pub gpus: Vec<GpuModel>,
}

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file names a source for this number.
    Own,
    /// The file names a source for the whole object.
    Object,
    /// The file says nothing; the value lies in the planning range.
    Planning,
    /// The scenario that is shown sets it.
    Scenario,
    /// An optional value that is left out.
    NotSet,
    /// Nobody says.
    None,
}

/// A usual range with its source.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub source: String,
    pub year: Option<u16>,
    pub evidence: Evidence,
}

/// One number with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    pub at: Address,
    pub spec: FieldSpec,
    /// What a user calls the object.
    pub object: String,
    /// As shown: with the scenario applied.
    pub value: Option<f64>,
    /// Without the scenario.
    pub base: Option<f64>,
    /// The scenario says something of its own about it.
    pub differs: bool,
    pub origin: Origin,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub source: String,
    pub as_of: Option<Date>,
    /// `None` where there is no source.
    pub evidence: Option<Evidence>,
    /// The planning range, whether the value lies in it or not.
    pub usual: Option<Range>,
}

impl Assumption {
    /// The program or the author of the file chose it, and no document, quote or measurement stands behind it.
    pub fn is_assumed(&self) -> bool {
        match self.origin {
            Origin::Planning => self.evidence == Some(Evidence::Assumed),
            Origin::Own | Origin::Object => self.evidence == Some(Evidence::Assumed),
            Origin::Scenario | Origin::NotSet | Origin::None => false,
        }
    }

    pub fn has_no_source(&self) -> bool {
        self.origin == Origin::None
    }
}

/// Every number of a topic, in file order.
///
/// `shown` is `site` with `scenario` applied.
pub fn assumptions(
    site: &Site,
    shown: &Site,
    scenario: Option<&Scenario>,
    planning: &Planning,
    topic: Topic,
) -> Vec<Assumption> {
    let mut rows = Vec::new();
    for object in topic.objects(shown) {
        let name = shown.object_name(&object);
        let drawn = matches!(object, Object::Component(_));
        for (spec, value) in fields_of(shown, &object) {
            if drawn && OF_THE_DRAWING.contains(&spec.key) {
                continue;
            }
            let at = Address::new(object.clone(), spec.key);
            rows.push(assumption(site, shown, scenario, planning, at, spec, &name, value));
        }
    }
    rows
}

#[expect(clippy::too_many_arguments, reason = "the place of a number and where to look it up")]
fn assumption(
    site: &Site,
    shown: &Site,
    scenario: Option<&Scenario>,
    planning: &Planning,
    at: Address,
    spec: FieldSpec,
    object: &str,
    value: Option<f64>,
) -> Assumption {
    let base = site.value(&at).flatten();
    let like = Override::Value { at: at.clone(), value: None };
    let own_of_scenario =
        scenario.filter(|scenario| scenario.overrides.iter().any(|change| change.is_about_same(&like)));
    let usual = planning.range(shown, &at);
    let mut row = Assumption {
        at,
        spec,
        object: object.to_owned(),
        value,
        base,
        differs: own_of_scenario.is_some(),
        origin: Origin::None,
        low: None,
        high: None,
        source: String::new(),
        as_of: None,
        evidence: None,
        usual,
    };
    let known = site.provenance_of(&row.at);
    if let Some(known) = known {
        row.low = known.low;
        row.high = known.high;
    }
    if let Some(scenario) = own_of_scenario {
        row.origin = Origin::Scenario;
        row.source = match scenario.note.is_empty() {
            true => scenario.name.clone(),
            false => format!("{}: {}", scenario.name, scenario.note),
        };
    } else if value.is_none() {
        row.origin = Origin::NotSet;
    } else if let Some(known) = known {
        row.origin = if known.at == row.at { Origin::Own } else { Origin::Object };
        row.source.clone_from(&known.source);
        row.as_of = known.as_of;
        row.evidence = Some(known.evidence);
    } else if let Some(usual) = row.usual.as_ref().filter(|usual| usual.holds(value)) {
        row.origin = Origin::Planning;
        row.low = usual.low;
        row.high = usual.high;
        row.source.clone_from(&usual.source);
        row.as_of = usual.year.map(|year| Date::constant(i16::try_from(year).unwrap_or(2025), 12, 31));
        row.evidence = Some(usual.evidence);
    }
    row
}

impl Range {
    /// True when a value lies in the range, or is the one value there is.
    fn holds(&self, value: Option<f64>) -> bool {
        let Some(value) = value else { return false };
        let slack = 1e-9 * value.abs();
        self.low.is_none_or(|low| value >= low - slack) && self.high.is_none_or(|high| value <= high + slack)
    }
}

impl Planning {
    /// What is usual for a number: of the machine's model, else of its kind.
    pub fn range(&self, site: &Site, at: &Address) -> Option<Range> {
        self.of_model(site, at).or_else(|| {
            let key = format!("{}.{}", kind_of(site, &at.object)?, at.field);
            self.values.iter().find(|known| known.key == key).map(|known| Range {
                low: Some(known.low),
                high: Some(known.high),
                source: known.source.clone(),
                year: Some(known.year),
                evidence: known.evidence,
            })
        })
    }

    /// From the catalogue, where the machine is in it. An entry pinned in the site wins over the program's.
    fn of_model(&self, site: &Site, at: &Address) -> Option<Range> {
        let one = |value: f64, source: &str| Range {
            low: Some(value),
            high: Some(value),
            source: source.to_owned(),
            year: None,
            evidence: Evidence::Document,
        };
        let price = |low: f64, high: f64, source: &str| Range {
            low: Some(low),
            high: Some(high),
            source: source.to_owned(),
            year: None,
            evidence: Evidence::Assumed,
        };
        match &at.object {
            Object::Fleet(id) => {
                let fleet = site.fleet(id)?;
                let known = site.catalogue.asics.iter().chain(&self.asics);
                let known = known.into_iter().find(|asic| asic.model == fleet.model)?;
                match at.field.as_str() {
                    "efficiency_j_per_th" => Some(one(known.efficiency_j_per_th, &known.source)),
                    "purchase_usd_per_th" => {
                        Some(price(known.usd_per_th_low, known.usd_per_th_high, &known.source))
                    }
                    _ => None,
                }
            }
            Object::GpuSystem(id) => {
                let system = site.gpu_systems.iter().find(|system| system.id == *id)?;
                let known = site.catalogue.gpus.iter().chain(&self.gpus);
                let known = known.into_iter().find(|gpu| gpu.model == system.model)?;
                let of = |range: Option<super::catalogue::Range>| {
                    range.map(|range| price(range.low, range.high, &known.market_source))
                };
                match at.field.as_str() {
                    "kw_per_gpu" => Some(one(known.kw_per_gpu, &known.source)),
                    "liquid_share" => Some(one(known.liquid_share, &known.source)),
                    "kw_per_rack" => Some(one(known.kw_per_rack, &known.source)),
                    "usd_per_gpu" => {
                        Some(price(known.usd_per_gpu_low, known.usd_per_gpu_high, &known.source))
                    }
                    "life_months" => of(known.life_months),
                    "residual_share_after_36_months" => of(known.residual_share),
                    "lead_months" => of(known.lead_months),
                    "rental_usd_per_gpu_hour" => of(known.rental_usd_per_gpu_hour),
                    "rental_drift" => of(known.rental_drift),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The word under which planning values of an object are kept.
fn kind_of(site: &Site, object: &Object) -> Option<&'static str> {
    Some(match object {
        Object::Component(id) => match site.component(id)?.kind {
            Kind::GridFeed(_) => "grid_feeds",
            Kind::Generation(_) => "generation",
            _ => return None,
        },
        Object::Fleet(_) => "fleets",
        Object::GpuSystem(_) => "gpu_systems",
        Object::Offer(_) => "offers",
        Object::Bitcoin => "bitcoin",
        Object::Power => "power",
        Object::GpuRental => "gpu_rental",
        Object::Delivery => "delivery",
        Object::Correlation => "correlation",
        Object::Company => "company",
        _ => return None,
    })
}

impl Site {
    /// What the file says of where a number comes from: of the number itself, else of its whole object.
    pub fn provenance_of(&self, at: &Address) -> Option<&Provenance> {
        let of = |wanted: &Address| self.provenance.iter().find(|known| known.at == *wanted);
        of(at).or_else(|| of(&Address::whole(at.object.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::{Edit, apply};
    use crate::site::scenario::with_scenario;

    fn planning() -> Planning {
        let value = |key: &str, low, value, high| PlanningValue {
            key: key.into(),
            low,
            value,
            high,
            year: 2025,
            evidence: Evidence::Assumed,
            source: "a handbook".into(),
        };
        Planning {
            values: vec![value("power.drift", 0.0, 0.02, 0.03), value("power.volatility", 0.1, 0.2, 0.3)],
            ..Planning::default()
        }
    }

    fn row(site: &Site, scenario: Option<&str>, field: &str) -> Assumption {
        let scenario = site.scenarios.iter().find(|known| Some(known.name.as_str()) == scenario);
        let (shown, _) = with_scenario(site, scenario);
        let rows = assumptions(site, &shown, scenario, &planning(), Topic::Power);
        rows.into_iter().find(|row| row.at.field == field).unwrap()
    }

    fn entry(at: Address, source: &str) -> Provenance {
        Provenance {
            at,
            source: source.into(),
            as_of: None,
            evidence: Evidence::Quote,
            private: false,
            low: Some(0.1),
            high: None,
        }
    }

    #[test]
    fn a_number_has_its_own_source_else_its_objects_else_the_usual_range() {
        let mut site = Site::empty("test");
        let drift = row(&site, None, "drift");
        assert_eq!((drift.origin, drift.low, drift.high), (Origin::Planning, Some(0.0), Some(0.03)));
        assert!(drift.is_assumed() && drift.source == "a handbook");
        // The half-life has no planning value here, and nobody says where it comes from.
        assert!(row(&site, None, "half_life_months").has_no_source());
        // Out of the usual range the range is no source.
        site.assumptions.power.drift = 0.04;
        assert!(row(&site, None, "drift").has_no_source());

        site.provenance.push(entry(Address::whole(Object::Power), "a study"));
        let half_life = row(&site, None, "half_life_months");
        assert_eq!((half_life.origin, half_life.evidence), (Origin::Object, Some(Evidence::Quote)));
        site.provenance.push(entry(Address::new(Object::Power, "drift"), "a letter"));
        let drift = row(&site, None, "drift");
        assert_eq!((drift.origin, drift.source.as_str(), drift.low), (Origin::Own, "a letter", Some(0.1)));
        assert!(!drift.is_assumed());
    }

    #[test]
    fn a_scenario_shows_its_value_beside_the_base() {
        let mut site = Site::empty("test");
        site.scenarios.push(Scenario { name: "dear".into(), note: "gas doubles".into(), overrides: vec![] });
        let at = Address::new(Object::Power, "drift");
        let change = Override::Value { at, value: Some(0.2) };
        let (site, _) = apply(&site, &Edit::Override { scenario: "dear".into(), change }).unwrap();
        let drift = row(&site, Some("dear"), "drift");
        assert_eq!((drift.value, drift.base, drift.differs), (Some(0.2), Some(0.02), true));
        assert_eq!((drift.origin, drift.source.as_str()), (Origin::Scenario, "dear: gas doubles"));
        assert!(!row(&site, None, "drift").differs);
    }
}
