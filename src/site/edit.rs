//! Every change to the document is a value; applying it gives the new document and a label for undo.

use super::{Address, Object, OfferStatus, Scenario, Site, field};
use crate::quantity::{Date, format};

/// A change a user makes.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Sets or clears one number.
    SetValue {
        at: Address,
        value: Option<f64>,
    },
    /// Sets several numbers as one step.
    SetValues(Vec<(Address, Option<f64>)>),
    Rename {
        object: Object,
        name: String,
    },
    SetNote {
        object: Object,
        note: String,
    },
    SetOfferStatus {
        offer: String,
        status: OfferStatus,
    },
    SetOfferWindow {
        offer: String,
        earliest: Option<Date>,
        latest: Option<Date>,
    },
    SetSiteName(String),
    SetSiteNote(String),
    SetCapexYear {
        year: i16,
        usd: Option<f64>,
    },
    AddScenario(Scenario),
    RemoveScenario(String),
    /// Writes a number into a scenario instead of the base case.
    OverrideValue {
        scenario: String,
        at: Address,
        value: Option<f64>,
    },
    /// Takes a number of a scenario back to the base case.
    ClearOverride {
        scenario: String,
        at: Address,
    },
}

/// Applies a change.
///
/// # Errors
/// A sentence that names the object and what would do; the document is then unchanged.
pub fn apply(site: &Site, edit: &Edit) -> Result<(Site, String), String> {
    let mut next = site.clone();
    let label = match edit {
        Edit::SetValue { at, value } => {
            next.set_value(at, *value)?;
            label_of(site, at, *value)
        }
        Edit::SetValues(values) => {
            for (at, value) in values {
                next.set_value(at, *value)?;
            }
            format!("Change {} values", values.len())
        }
        Edit::Rename { object, name } => {
            let slot = match object {
                Object::Component(id) => next.component_mut(id).map(|component| &mut component.name),
                Object::Offer(id) => {
                    next.offers.iter_mut().find(|offer| offer.id == *id).map(|offer| &mut offer.name)
                }
                Object::Fleet(id) => {
                    next.fleets.iter_mut().find(|fleet| fleet.id == *id).map(|fleet| &mut fleet.model)
                }
                Object::Company => Some(&mut next.company.name),
                _ => None,
            };
            slot.ok_or_else(|| format!("`{object}` has no name to change"))?.clone_from(name);
            format!("Rename to {name}")
        }
        Edit::SetNote { object, note } => {
            let slot = match object {
                Object::Component(id) => next.component_mut(id).map(|component| &mut component.note),
                Object::Link(id) => {
                    next.links.iter_mut().find(|link| link.id == *id).map(|link| &mut link.note)
                }
                Object::Offer(id) => {
                    next.offers.iter_mut().find(|offer| offer.id == *id).map(|offer| &mut offer.note)
                }
                _ => None,
            };
            slot.ok_or_else(|| format!("`{object}` has no note"))?.clone_from(note);
            format!("Change note of {object}")
        }
        Edit::SetOfferStatus { offer, status } => {
            let target = find_offer(&mut next, offer)?;
            target.status = *status;
            if *status == OfferStatus::Signed {
                target.probability = 1.0;
            }
            format!("Set {offer} to {}", status.label())
        }
        Edit::SetOfferWindow { offer, earliest, latest } => {
            let target = find_offer(&mut next, offer)?;
            target.earliest = *earliest;
            target.latest = *latest;
            format!("Change dates of {offer}")
        }
        Edit::SetSiteName(name) => {
            next.name.clone_from(name);
            "Rename site".to_owned()
        }
        Edit::SetSiteNote(note) => {
            next.note.clone_from(note);
            "Change site note".to_owned()
        }
        Edit::SetCapexYear { year, usd } => {
            if usd.is_some_and(|usd| !usd.is_finite() || usd < 0.0) {
                return Err(format!("the capex budget of {year} must be zero or more dollars"));
            }
            let years = &mut next.limits.capex_by_year_usd;
            years.retain(|entry| entry.year != *year);
            if let Some(usd) = usd {
                years.push(super::company::YearUsd { year: *year, usd: *usd });
                years.sort_by_key(|entry| entry.year);
            }
            format!("Change capex budget of {year}")
        }
        Edit::AddScenario(scenario) => {
            if next.scenarios.iter().any(|existing| existing.name == scenario.name) {
                return Err(format!("there is already a scenario `{}`", scenario.name));
            }
            next.scenarios.push(scenario.clone());
            format!("Add scenario {}", scenario.name)
        }
        Edit::RemoveScenario(name) => {
            let before = next.scenarios.len();
            next.scenarios.retain(|scenario| scenario.name != *name);
            if next.scenarios.len() == before {
                return Err(format!("there is no scenario `{name}`"));
            }
            format!("Remove scenario {name}")
        }
        Edit::OverrideValue { scenario, at, value } => {
            // Tried on the base document first, so that a value out of range is refused here and not at the solve.
            site.clone().set_value(at, *value)?;
            let target = find_scenario(&mut next, scenario)?;
            target.overrides.retain(|change| !overrides_value(change, at));
            target.overrides.push(super::Override::Value { at: at.clone(), value: *value });
            format!("{} in {scenario}", label_of(site, at, *value))
        }
        Edit::ClearOverride { scenario, at } => {
            let target = find_scenario(&mut next, scenario)?;
            target.overrides.retain(|change| !overrides_value(change, at));
            format!("Take {at} back to base in {scenario}")
        }
    };
    Ok((next, label))
}

fn overrides_value(change: &super::Override, address: &Address) -> bool {
    matches!(change, super::Override::Value { at, .. } if at == address)
}

fn find_offer<'a>(site: &'a mut Site, id: &str) -> Result<&'a mut super::Offer, String> {
    site.offers.iter_mut().find(|offer| offer.id == id).ok_or_else(|| format!("there is no offer `{id}`"))
}

fn find_scenario<'a>(site: &'a mut Site, name: &str) -> Result<&'a mut Scenario, String> {
    site.scenarios
        .iter_mut()
        .find(|scenario| scenario.name == name)
        .ok_or_else(|| format!("there is no scenario `{name}`"))
}

/// `Change rent of Fluid west to 132 $/kW-month`
fn label_of(site: &Site, at: &Address, value: Option<f64>) -> String {
    let Some(spec) = field::spec(site, at) else { return format!("Change {at}") };
    let name = site.object_name(&at.object);
    match value {
        Some(value) => {
            format!("Change {} of {name} to {}", lower_first(spec.label), format::with_unit(value, spec.unit))
        }
        None => format!("Clear {} of {name}", lower_first(spec.label)),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        // An abbreviation such as UPS keeps its capitals.
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + chars.as_str()
        }
        _ => text.to_owned(),
    }
}
