//! Small sites for the tests of the room.

use super::{decks, power};
use crate::site::{
    AsicFleet, Cohort, Component, Curtailment, GridFeed, Kind, MinerCooling, ResaleRule, Site, Tariff,
};
use jiff::civil::date;

/// Machines like their data sheet, bought in June 2024; with a price they can be bought.
pub fn fleet(id: &str, j_per_th: f64, mw: f64, usd_per_th: Option<f64>) -> AsicFleet {
    AsicFleet {
        id: id.into(),
        model: format!("model {id}"),
        efficiency_j_per_th: j_per_th,
        cohorts: vec![Cohort { mw, bought: date(2024, 6, 1) }],
        cooling: MinerCooling::Air,
        availability: 1.0,
        pool_fee_share: 0.0,
        stale_share: 0.0,
        variable_usd_per_mwh: 0.0,
        purchase_usd_per_th: usd_per_th,
        purchase_lead_months: 3.0,
        purchase_max_mw: 10.0,
        life_months: 60.0,
        install_usd_per_mw: 0.0,
        resale: ResaleRule { margin_days: 400.0, scrap_usd_per_th: 1.0, buyer_usd_per_mwh: 50.0 },
        wear: Default::default(),
    }
}

pub fn feed(price_deck: &str, adder_usd_per_mwh: f64) -> Component {
    Component::standing(
        &format!("feed-{price_deck}"),
        Kind::GridFeed(GridFeed {
            interconnection_mw: 100.0,
            contract_mw: Vec::new(),
            firm_mw: Vec::new(),
            tariff: Tariff {
                price_deck: price_deck.into(),
                adder_usd_per_mwh,
                demand_usd_per_kw_month: 0.0,
                ratchet_share: 0.0,
                four_cp_usd_per_kw_year: 0.0,
                peak_avoidance_share: 0.0,
                ..Tariff::default()
            },
            minimum_take_share: 0.0,
            deposit_usd: 0.0,
            curtailment: Curtailment {
                mandated_hours_per_year: 0.0,
                four_cp_hours_per_year: 0.0,
                demand_response_usd_per_mw_hour: 0.0,
                called_hours_per_year: 0.0,
                called_usd_per_mwh: 0.0,
            },
            load: None,
            bills: Vec::new(),
        }),
    )
}

/// A site on ERCOT West power with an adder that makes the mean price `usd_per_mwh`.
pub fn feed_at(usd_per_mwh: f64) -> Site {
    let mut site = Site::empty("test");
    site.assumptions.price_decks = decks::built_in();
    let mean = power::annual_mean(&site.assumptions.price_decks[0]);
    site.components = vec![feed("unknown", 99.0), feed("ercot-hb-west", usd_per_mwh - mean)];
    site
}
