//! The data that comes with the program, from `assets/catalogue`.

use std::sync::LazyLock;

use serde::de::DeserializeOwned;

use super::mirror::{Mirror, record};
use super::v1;
use crate::site::catalogue::{AvailabilityEntry, availability_values};
use crate::site::inventory::{self, Planning};
use crate::site::{Address, Catalogue, Component, Evidence, Kind, Object, Planned, Provenance};

static BUILT_IN: LazyLock<Catalogue> = LazyLock::new(|| {
    let file = v1::Catalogue {
        asics: entries(include_str!("../../assets/catalogue/asics.ron")),
        gpus: entries(include_str!("../../assets/catalogue/gpus.ron")),
        reliability: entries(include_str!("../../assets/catalogue/reliability.ron")),
        availability: Vec::new(),
    };
    let availability = availability_values().iter().map(AvailabilityEntry::of).collect();
    Catalogue { availability, ..file.into_site() }
});

/// Every entry that comes with the program.
pub fn built_in() -> Catalogue {
    BUILT_IN.clone()
}

record! {
    /// Ranges in the shape of `bitcoin.ron` and `planning.ron`.
    PlanningValue => inventory::PlanningValue {
        key: String,
        low: f64,
        value: f64,
        high: f64,
        year: u16,
        evidence: v1::Evidence = v1::Evidence::Assumed,
        source: String,
    }
}

static PLANNING: LazyLock<Planning> = LazyLock::new(|| {
    let mut bitcoin = bitcoin_defaults();
    for entry in &mut bitcoin {
        entry.key = format!("bitcoin.{}", entry.key);
    }
    let others = entries::<PlanningValue>(include_str!("../../assets/catalogue/planning.ron"));
    let Catalogue { asics, gpus, .. } = built_in();
    Planning { values: bitcoin.into_iter().chain(others).map(Mirror::into_site).collect(), asics, gpus }
});

/// What is usual for the numbers of a site, with ranges and sources.
pub fn planning() -> &'static Planning {
    &PLANNING
}

static EQUIPMENT: LazyLock<Vec<inventory::PlanningValue>> = LazyLock::new(|| {
    let values = entries::<PlanningValue>(include_str!("../../assets/catalogue/equipment.ron"));
    values.into_iter().map(Mirror::into_site).collect()
});

/// What equipment costs and how long it takes, by kind and field: `ups.lead_months`.
pub fn equipment() -> &'static [inventory::PlanningValue] {
    &EQUIPMENT
}

/// A transformer of this rating and more is a main transformer, MVA.
const MAIN_TRANSFORMER_MVA: f64 = 10.0;

/// The usual price (`usd_per_mw`) or lead time (`lead_months`) of a part's kind; `None` for a kind that is not bought by
/// the MW.
pub fn usual(part: &Component, field: &str) -> Option<&'static inventory::PlanningValue> {
    let kind = match &part.kind {
        Kind::Transformer(rating) if rating.rating_mva >= MAIN_TRANSFORMER_MVA => "main_transformer",
        kind => kind.catalogue_key(),
    };
    let key = format!("{kind}.{field}");
    EQUIPMENT.iter().find(|entry| entry.key == key)
}

/// Terms a part begins with once it may be built: what is usual for its kind, with where that comes from. Parts that are
/// not bought by the megawatt begin with nothing to pay.
pub fn usual_terms(part: &Component) -> (Planned, Vec<Provenance>) {
    let mut planned = Planned::default();
    let mut origins = Vec::new();
    for (field, slot) in [("usd_per_mw", &mut planned.usd_per_mw), ("lead_months", &mut planned.lead_months)]
    {
        if let Some(entry) = usual(part, field) {
            *slot = entry.value;
            origins.push(Provenance {
                at: Address::new(Object::Component(part.id.clone()), field),
                source: format!("{} ({})", entry.source, entry.year),
                as_of: None,
                evidence: Evidence::Assumed,
                private: false,
                low: Some(entry.low),
                high: Some(entry.high),
            });
        }
    }
    (planned, origins)
}

/// Ranges and sources of the bitcoin assumptions a new site begins with, by the key of the value.
fn bitcoin_defaults() -> Vec<PlanningValue> {
    entries(include_str!("../../assets/catalogue/bitcoin.ron"))
}

/// The list in a text that comes with the program; the tests see that each can be read.
fn entries<T: DeserializeOwned>(text: &str) -> Vec<T> {
    ron::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{read_text, templates};
    use crate::site::inventory::{Topic, assumptions};
    use crate::site::{Electrical, Site, field};

    #[test]
    fn the_built_in_lists_are_complete_and_in_range() {
        let catalogue = built_in();
        assert_eq!((catalogue.asics.len(), catalogue.gpus.len(), catalogue.reliability.len()), (26, 10, 23));
        for asic in &catalogue.asics {
            assert!(
                asic.usd_per_th_low <= asic.usd_per_th && asic.usd_per_th <= asic.usd_per_th_high,
                "{}",
                asic.model
            );
            assert!((9.0..=40.0).contains(&asic.efficiency_j_per_th) && asic.year >= 2021, "{}", asic.model);
        }
        for gpu in &catalogue.gpus {
            assert!(
                gpu.usd_per_gpu_low <= gpu.usd_per_gpu && gpu.usd_per_gpu <= gpu.usd_per_gpu_high,
                "{}",
                gpu.model
            );
            // Everything but the price of machines that are not traded yet is known.
            let ranges =
                [gpu.kw_per_unit, gpu.kw_per_gpu_range, gpu.life_months, gpu.residual_share, gpu.lead_months];
            for range in ranges.into_iter().chain([gpu.rental_drift]) {
                let range = range.unwrap_or_else(|| panic!("{}", gpu.model));
                assert!(range.low <= range.value && range.value <= range.high, "{}", gpu.model);
            }
            assert_eq!(gpu.kw_per_gpu_range.map(|range| range.value), Some(gpu.kw_per_gpu));
            // A server or rack draws no more than its GPUs' planning share, network and storage included.
            let unit = gpu.kw_per_unit.map_or(0.0, |range| range.value);
            assert!(unit <= gpu.kw_per_gpu * f64::from(gpu.gpus) * 1.001, "{}", gpu.model);
            assert!(!gpu.generation.is_empty() && !gpu.source.is_empty() && !gpu.market_source.is_empty());
        }
        for entry in &catalogue.reliability {
            assert!(entry.failures_per_year > 0.0 && entry.repair_hours > 0.0 && !entry.source.is_empty());
        }
    }

    #[test]
    fn equipment_that_is_bought_by_the_megawatt_has_a_price_and_a_lead_time() {
        for entry in equipment() {
            assert!(
                0.0 < entry.low && entry.low <= entry.value && entry.value <= entry.high,
                "{}",
                entry.key
            );
            assert!(!entry.source.is_empty() && entry.year >= 2020, "{}", entry.key);
        }
        let bought = |part: &&Component| {
            !matches!(part.kind.layer(), crate::site::Layer::Fibre | crate::site::Layer::Load)
        };
        for part in crate::file::typical_parts().components.iter().filter(bought) {
            for field in ["usd_per_mw", "lead_months"] {
                assert!(usual(part, field).is_some(), "{} of {}", field, part.id);
            }
        }
        let part = |id: &str| crate::file::typical_parts().component(id).unwrap();
        assert_eq!(usual(part("transformer"), "lead_months").unwrap().key, "main_transformer.lead_months");
        assert_eq!(usual(part("unit-transformer"), "lead_months").unwrap().key, "transformer.lead_months");
        assert!(usual(part("hall"), "usd_per_mw").is_none());
    }

    #[test]
    fn there_is_failure_data_for_the_kinds_that_have_a_key() {
        let keys: Vec<String> = built_in().reliability.into_iter().map(|entry| entry.kind).collect();
        let plain = Electrical { rating_mva: 1.0, loss_share: 0.0 };
        for kind in
            [Kind::Transformer(plain.clone()), Kind::Distribution(plain), Kind::MeetMeRoom, Kind::Carrier]
        {
            assert!(keys.iter().any(|key| key == kind.catalogue_key()), "{}", kind.catalogue_key());
        }
        // The rest by name, so that a key renamed in the document is noticed here.
        for key in [
            "grid_feed",
            "generation",
            "switchgear",
            "genset",
            "ups",
            "battery",
            "automatic_transfer_switch",
            "static_transfer_switch",
            "fan_wall",
            "crah",
            "rear_door",
            "cdu",
            "immersion",
            "chiller",
            "dry_cooler",
            "adiabatic_cooler",
            "cooling_tower",
            "hall",
            "metro",
        ] {
            assert!(keys.iter().any(|known| known == key), "{key}");
        }
    }

    #[test]
    fn every_bitcoin_assumption_of_a_new_site_has_a_source_and_lies_in_its_range() {
        let site = Site::empty("new");
        let defaults = bitcoin_defaults();
        for (spec, value) in field::fields_of(&site, &Object::Bitcoin) {
            let Some(value) = value else { continue };
            let entry =
                defaults.iter().find(|entry| entry.key == spec.key).unwrap_or_else(|| panic!("{}", spec.key));
            assert_eq!(site.value(&Address::new(Object::Bitcoin, &entry.key)), Some(Some(entry.value)));
            assert_eq!(value, entry.value, "{}", spec.key);
            assert!(entry.low <= value && value <= entry.high && !entry.source.is_empty(), "{}", spec.key);
        }
    }

    #[test]
    fn terms_of_forwards_begin_with_what_is_usual() {
        let mut site = Site::empty("new");
        site.company.hedge = Some(crate::site::Hedge::default());
        let keys = ["hedge_share", "hedge_spread", "hedge_margin_share"];
        for key in keys {
            let usual =
                planning().values.iter().find(|entry| entry.key == format!("company.{key}")).unwrap().value;
            assert_eq!(site.value(&Address::new(Object::Company, key)), Some(Some(usual)), "{key}");
        }
    }

    #[test]
    fn planning_values_are_in_order_and_named_once() {
        let values = &planning().values;
        assert!(values.len() > 80, "the lists read: {}", values.len());
        for (index, entry) in values.iter().enumerate() {
            assert!(entry.low <= entry.value && entry.value <= entry.high, "{}", entry.key);
            assert!(!entry.source.is_empty() && entry.year >= 2020, "{}", entry.key);
            assert!(!values[..index].iter().any(|other| other.key == entry.key), "{} twice", entry.key);
        }
    }

    /// Every number of the four topics has a source: in a new document, in every template, and in its scenarios.
    #[test]
    fn every_assumption_of_a_new_site_and_of_the_templates_has_a_source() {
        let mut sites = vec![("new".to_owned(), Site::empty("new"))];
        for template in templates() {
            sites.push((template.name.to_owned(), read_text(template.text).0.unwrap()));
        }
        let mut without = Vec::new();
        for (name, site) in &sites {
            let scenarios = site.scenarios.iter().map(Some);
            for scenario in std::iter::once(None).chain(scenarios) {
                let (shown, _) = crate::site::scenario::with_scenario(site, scenario);
                for topic in Topic::ALL {
                    let rows = assumptions(site, &shown, scenario, planning(), topic);
                    let bare = rows.iter().filter(|row| row.has_no_source());
                    without.extend(bare.map(|row| format!("{name}: {} = {:?}", row.at, row.value)));
                }
            }
        }
        without.dedup();
        assert!(without.is_empty(), "{} without a source:\n{}", without.len(), without.join("\n"));
    }

    #[test]
    fn a_power_source_is_listed_by_what_it_costs() {
        let site = read_text(templates()[0].text).0.unwrap();
        let rows = assumptions(&site, &site, None, planning(), Topic::Power);
        let has = |field: &str| rows.iter().any(|row| row.at.field == field);
        assert!(has("adder_usd_per_mwh") && has("mandated_hours_per_year"));
        assert!(!has("units") && !has("kv_in") && !has("interconnection_mw"));
    }
}
