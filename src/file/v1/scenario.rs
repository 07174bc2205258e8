//! Scenarios.

use super::component::State;
use super::offer::{FailureClass, OfferStatus};
use super::{Address, Day, PriceModel};
use crate::file::mirror::{choice, record};
use crate::site;

record! {
    Scenario => site::Scenario {
        name: String,
        note: String = String::new(),
        overrides: Vec<Override> = Vec::new(),
    }
}

choice! {
    Override => site::Override {
        Value { at: Address, value: Option<f64> },
        State { component: String, state: State },
        Choice { set: String, option: String },
        OfferStatus { offer: String, status: OfferStatus, probability: f64 },
        OfferWindow {
            offer: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            earliest: Option<Day>,
            #[serde(skip_serializing_if = "Option::is_none")]
            latest: Option<Day>,
        },
        WithoutOffer { offer: String },
        Survives { offer: String, class: FailureClass },
        LastOrder { date: Option<Day> },
        PriceModel { model: PriceModel },
    }
}
