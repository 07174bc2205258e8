//! Scenarios: named sets of typed overrides, never copies.

use super::{Address, Component, ComponentId, FailureClass, Offer, OfferStatus, PriceModel, Site, State};
use crate::quantity::{Date, Report};

#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub name: String,
    pub note: String,
    pub overrides: Vec<Override>,
}

/// One difference of a scenario from the base document.
#[derive(Clone, Debug, PartialEq)]
pub enum Override {
    /// Any editable number; `None` clears an optional one.
    Value {
        at: Address,
        value: Option<f64>,
    },
    /// Whether a part stands or may be built, and on what terms.
    State {
        component: ComponentId,
        state: State,
    },
    /// Fixes an option set to one option.
    Choice {
        set: String,
        option: String,
    },
    /// What a customer has agreed to.
    OfferStatus {
        offer: String,
        status: OfferStatus,
        probability: f64,
    },
    OfferWindow {
        offer: String,
        earliest: Option<Date>,
        latest: Option<Date>,
    },
    /// Takes an offer off the table.
    WithoutOffer {
        offer: String,
    },
    /// What an offer's hosting must survive.
    Survives {
        offer: String,
        class: FailureClass,
    },
    /// The last day on which anything may be ordered; `None` sets no such day.
    LastOrder {
        date: Option<Date>,
    },
    /// What the price of bitcoin is drawn from.
    PriceModel {
        model: PriceModel,
    },
}

/// The document with a scenario's overrides applied, and what could not be applied.
///
/// `None` is the base case.
pub fn with_scenario(site: &Site, scenario: Option<&Scenario>) -> (Site, Report) {
    let mut result = site.clone();
    let mut report = Report::default();
    let Some(scenario) = scenario else { return (result, report) };
    for change in &scenario.overrides {
        if let Err(message) = change.apply(&mut result) {
            report.error(
                "override-dangling",
                format!("scenario {}", scenario.name),
                message,
                "remove the override or name an object that exists",
            );
        }
    }
    (result, report)
}

impl Override {
    /// Makes the change in a document.
    ///
    /// # Errors
    /// A sentence when what it is about does not exist or cannot be so; the document is then unchanged.
    pub fn apply(&self, site: &mut Site) -> Result<(), String> {
        match self {
            Override::Value { at, value } => site.set_value(at, *value),
            Override::State { component, state } => {
                find_component(site, component)?.state = state.clone();
                Ok(())
            }
            Override::Choice { set, option } => choose_option(site, set, option),
            Override::OfferStatus { offer, status, probability } => {
                let offer = find_offer(site, offer)?;
                offer.status = *status;
                offer.probability = *probability;
                Ok(())
            }
            Override::OfferWindow { offer, earliest, latest } => {
                let offer = find_offer(site, offer)?;
                offer.earliest = *earliest;
                offer.latest = *latest;
                Ok(())
            }
            Override::WithoutOffer { offer } => {
                find_offer(site, offer)?;
                site.offers.retain(|candidate| candidate.id != *offer);
                Ok(())
            }
            Override::Survives { offer, class } => {
                find_offer(site, offer)?.needs.survives = *class;
                Ok(())
            }
            Override::LastOrder { date } => {
                site.limits.last_order = *date;
                Ok(())
            }
            Override::PriceModel { model } => {
                site.assumptions.bitcoin.price_model = *model;
                Ok(())
            }
        }
    }

    /// True when both are about the same thing, so that the later one stands in place of the earlier.
    pub fn is_about_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Value { at: a, .. }, Self::Value { at: b, .. }) => a == b,
            (Self::State { component: a, .. }, Self::State { component: b, .. }) => a == b,
            (Self::Choice { set: a, .. }, Self::Choice { set: b, .. }) => a == b,
            (Self::OfferStatus { offer: a, .. }, Self::OfferStatus { offer: b, .. })
            | (Self::OfferWindow { offer: a, .. }, Self::OfferWindow { offer: b, .. })
            | (Self::Survives { offer: a, .. }, Self::Survives { offer: b, .. })
            | (Self::WithoutOffer { offer: a }, Self::WithoutOffer { offer: b }) => a == b,
            (Self::PriceModel { .. }, Self::PriceModel { .. })
            | (Self::LastOrder { .. }, Self::LastOrder { .. }) => true,
            _ => false,
        }
    }
}

fn find_component<'a>(site: &'a mut Site, id: &str) -> Result<&'a mut Component, String> {
    site.component_mut(id).ok_or_else(|| format!("there is no component `{id}`"))
}

fn find_offer<'a>(site: &'a mut Site, id: &str) -> Result<&'a mut Offer, String> {
    site.offers.iter_mut().find(|offer| offer.id == id).ok_or_else(|| format!("there is no offer `{id}`"))
}

/// Forbids every part of the set's other options by closing its order window before it opens.
fn choose_option(site: &mut Site, set: &str, option: &str) -> Result<(), String> {
    let mut found = false;
    for component in &mut site.components {
        let State::Planned(planned) = &mut component.state else { continue };
        let Some(candidate) = &planned.option_set else { continue };
        if candidate.set != set {
            continue;
        }
        if candidate.option == option {
            found = true;
        } else {
            planned.latest = Some(Date::MIN);
        }
    }
    if found { Ok(()) } else { Err(format!("option set `{set}` has no option `{option}`")) }
}
