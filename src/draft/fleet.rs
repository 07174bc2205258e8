//! The machines of a new site.

use super::Stock;
use super::numbers::Numbers;
use crate::quantity::date;
use crate::site::catalogue::AsicModel;
use crate::site::{AsicFleet, Cohort, MinerCooling, ResaleRule, Site, Wear};

/// The miner filled in for a cooling: the one of the form, else the last of the catalogue with that cooling.
pub fn usual_fleet(cooling: MinerCooling, stock: &Stock<'_>) -> String {
    let known = &stock.planning.asics;
    let usual = Numbers::default().fleet;
    let fitting = |asic: &&AsicModel| asic.cooling == cooling;
    let found =
        known.iter().filter(fitting).find(|asic| asic.model == usual).or_else(|| known.iter().rfind(fitting));
    found.map_or(usual, |asic| asic.model.clone())
}

/// The machines that fill the halls.
pub(super) fn fleet(numbers: &Numbers, stock: &Stock<'_>, site: &Site) -> Option<AsicFleet> {
    let asic = stock.planning.asics.iter().find(|asic| asic.model == numbers.fleet)?;
    let usual = |field: &str| {
        let key = format!("fleets.{field}");
        stock.planning.values.iter().find(|known| known.key == key).map_or(0.0, |known| known.value)
    };
    #[expect(clippy::cast_possible_truncation, reason = "at most a few hundred months")]
    let age = numbers.get("fleet_age_months").round() as i32;
    let mw = f64::from(numbers.halls()) * numbers.get("hall_mw");
    Some(AsicFleet {
        id: slug(&asic.model),
        model: asic.model.clone(),
        efficiency_j_per_th: asic.efficiency_j_per_th,
        cohorts: vec![Cohort { mw, bought: date::add_months(site.as_of, -age) }],
        cooling: asic.cooling,
        availability: usual("availability"),
        pool_fee_share: usual("pool_fee_share"),
        stale_share: usual("stale_share"),
        variable_usd_per_mwh: usual("variable_usd_per_mwh"),
        purchase_usd_per_th: Some(asic.usd_per_th),
        purchase_lead_months: usual("purchase_lead_months"),
        // Machines that have come to their end may be bought again, or mining would end with them.
        purchase_max_mw: mw,
        life_months: usual("life_months"),
        install_usd_per_mw: usual("install_usd_per_mw"),
        resale: ResaleRule {
            margin_days: usual("resale_margin_days"),
            scrap_usd_per_th: usual("scrap_usd_per_th"),
            buyer_usd_per_mwh: usual("resale_buyer_usd_per_mwh"),
        },
        wear: Wear::default(),
    })
}

/// A name as an id: small letters, digits and dashes.
fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .to_lowercase()
        .replace('+', " plus")
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.join("-")
}
