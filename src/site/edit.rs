//! Every change to the document is a value; applying it gives the new document and a label for undo.

use super::{Object, OfferAddition, Override, Rating, Scenario, Site, SlaBand, SlaTerms, field};
use crate::quantity::diagnostic::did_you_mean;
use crate::quantity::format;

/// A change a user makes.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A number, an offer's status or dates, a part's state, in the base case.
    Change(Override),
    /// The same in a scenario, in place of what the scenario said of it before.
    Override {
        scenario: String,
        change: Override,
    },
    /// Takes what `like` is about back to the base case.
    ClearOverride {
        scenario: String,
        like: Override,
    },
    Rename {
        object: Object,
        name: String,
    },
    SetNote {
        object: Object,
        note: String,
    },
    SetSiteName(String),
    SetSiteNote(String),
    AddScenario(Scenario),
    RemoveScenario(String),
    /// An offer of the library with its machines and the origin of its values.
    AddOffer(Box<OfferAddition>),
    /// Another schedule of service credits for an offer.
    SetServiceCredits {
        offer: String,
        bands: Vec<SlaBand>,
        terms: SlaTerms,
    },
    /// The tenant's rating, whose default rate then holds: one set by hand is given up.
    SetRating {
        offer: String,
        rating: Option<Rating>,
    },
}

/// Applies a change.
///
/// # Errors
/// A sentence that names the object and what would do; the document is then unchanged.
pub fn apply(site: &Site, edit: &Edit) -> Result<(Site, String), String> {
    let mut next = site.clone();
    let label = match edit {
        Edit::Change(change) => {
            change.apply(&mut next)?;
            label_of(site, change)
        }
        Edit::Override { scenario, change } => {
            // Tried on the base document first, so that a value out of range is refused here and not at the solve.
            change.apply(&mut site.clone())?;
            let target = find_scenario(&mut next, scenario)?;
            target.overrides.retain(|other| !other.is_about_same(change));
            target.overrides.push(change.clone());
            format!("{} in {scenario}", label_of(site, change))
        }
        Edit::ClearOverride { scenario, like } => {
            let target = find_scenario(&mut next, scenario)?;
            target.overrides.retain(|other| !other.is_about_same(like));
            format!("Take {} back to base in {scenario}", subject(site, like))
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
        Edit::SetSiteName(name) => {
            next.name.clone_from(name);
            "Rename site".to_owned()
        }
        Edit::SetSiteNote(note) => {
            next.note.clone_from(note);
            "Change site note".to_owned()
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
        Edit::AddOffer(addition) => add_offer(&mut next, addition)?,
        Edit::SetServiceCredits { offer, bands, terms } => {
            let target = find_offer(&mut next, offer)?;
            target.sla.clone_from(bands);
            target.sla_terms.clone_from(terms);
            format!("Change service credits of {}", target.name)
        }
        Edit::SetRating { offer, rating } => {
            let target = find_offer(&mut next, offer)?;
            target.rating.clone_from(rating);
            if rating.is_some() {
                target.default_per_year = 0.0;
            }
            let label = match rating {
                Some(rating) => format!("Rate {} {}", target.name, rating.name),
                None => format!("Take away the rating of {}", target.name),
            };
            // Where the former rate came from says nothing of this one.
            let object = Object::Offer(offer.clone());
            for key in ["rating_default_per_year", "default_per_year"] {
                next.provenance.retain(|origin| origin.at.object != object || origin.at.field != key);
            }
            label
        }
    };
    Ok((next, label))
}

/// Adds an offer, its machines and the origin of its values; refuses ids that are
/// taken and machines that are missing.
fn add_offer(next: &mut Site, addition: &OfferAddition) -> Result<String, String> {
    let OfferAddition { offer, gpu_system, provenance } = addition;
    if next.offers.iter().any(|other| other.id == offer.id) {
        return Err(format!("there is already an offer `{}`; give the new one another id", offer.id));
    }
    if let Some(system) = gpu_system {
        if next.gpu_systems.iter().any(|other| other.id == system.id) {
            return Err(format!(
                "there is already a GPU system `{}`; give the new one another id",
                system.id
            ));
        }
        next.gpu_systems.push(system.clone());
    }
    if let super::Terms::GpuCloud { gpu_system, .. } = &offer.terms
        && !next.gpu_systems.iter().any(|system| system.id == *gpu_system)
    {
        return Err(format!("there is no GPU system `{gpu_system}`; add it with the offer"));
    }
    next.offers.push(offer.clone());
    next.provenance.extend(provenance.iter().cloned());
    Ok(format!("Add offer {}", offer.name))
}

fn find_offer<'a>(site: &'a mut Site, id: &str) -> Result<&'a mut super::Offer, String> {
    let known: Vec<String> = site.offers.iter().map(|offer| offer.id.clone()).collect();
    site.offers.iter_mut().find(|offer| offer.id == id).ok_or_else(|| {
        let near = did_you_mean(id, known.iter().map(String::as_str));
        match near {
            Some(near) => format!("there is no offer `{id}`; did you mean `{near}`?"),
            None => format!("there is no offer `{id}`"),
        }
    })
}

fn find_scenario<'a>(site: &'a mut Site, name: &str) -> Result<&'a mut Scenario, String> {
    site.scenarios
        .iter_mut()
        .find(|scenario| scenario.name == name)
        .ok_or_else(|| format!("there is no scenario `{name}`"))
}

/// `Change rent of Fluid west to 132 $/kW-month`
fn label_of(site: &Site, change: &Override) -> String {
    let subject = subject(site, change);
    match change {
        Override::Value { at, value: Some(value) } => {
            let unit = field::spec(site, at).map_or(crate::quantity::Unit::None, |spec| spec.unit);
            format!("Change {subject} to {}", format::with_unit(*value, unit))
        }
        Override::Value { value: None, .. } => format!("Clear {subject}"),
        Override::Choice { option, .. } => format!("Choose {option} for {subject}"),
        Override::OfferStatus { status, .. } => format!("Change {subject} to {}", status.label()),
        Override::WithoutOffer { .. } => format!("Leave out {subject}"),
        Override::State { .. } | Override::OfferWindow { .. } => format!("Change {subject}"),
    }
}

/// What a change is about: `rent of Fluid west`.
fn subject(site: &Site, change: &Override) -> String {
    let offer = |id: &str| site.object_name(&Object::Offer(id.to_owned()));
    match change {
        Override::Value { at, .. } => match field::spec(site, at) {
            Some(spec) => format!("{} of {}", lower_first(spec.label), site.object_name(&at.object)),
            None => at.to_string(),
        },
        Override::State { component, .. } => {
            format!("the state of {}", site.object_name(&Object::Component(component.clone())))
        }
        Override::Choice { set, .. } => format!("option set {set}"),
        Override::OfferStatus { offer: id, .. } => format!("status of {}", offer(id)),
        Override::OfferWindow { offer: id, .. } => format!("dates of {}", offer(id)),
        Override::WithoutOffer { offer: id } => offer(id),
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
