//! Every change to the document is a value; applying it gives the new document and a label for undo.

mod reach;

use super::backdrop::{self, Under};
use super::drawing::Stroke;
use super::ground::Ground;
use super::{
    Address, AssessmentItem, BillMonth, BootstrapDrift, Climate, Component, ComponentId, FitOut, GridFeed,
    Hedge, Instrument, Kind, MeasuredLoad, Object, OfferAddition, Override, Point, PriceDeck, PriceHistory,
    Provenance, Rating, Scenario, Site, SlaBand, SlaTerms, Tariff, drawing, field, ground, parts, split,
};
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
    /// Months of the past that the file carries; `None` goes back to those of the program.
    SetPriceHistory(Option<PriceHistory>),
    /// The growth a bootstrap has in the mean, the same in every scenario.
    SetBootstrapDrift(BootstrapDrift),
    /// Where a number comes from, with its range; `None` takes back what the file says of it.
    SetProvenance {
        at: Address,
        entry: Option<Provenance>,
    },
    /// Several changes as one step.
    Together {
        label: String,
        edits: Vec<Edit>,
    },
    SetSiteName(String),
    SetSiteNote(String),
    AddScenario(Scenario),
    RemoveScenario(String),
    /// The weather of the site, the same in every scenario; `name` is what the user calls it.
    SetClimate {
        climate: Option<Climate>,
        name: String,
    },
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
    /// The set of offers that exclude each other; none takes the offer out of its set.
    SetExclusive {
        offer: String,
        set: Option<String>,
    },
    /// Money the company could raise, with the origin of its terms.
    AddInstrument {
        instrument: Box<Instrument>,
        provenance: Vec<Provenance>,
    },
    /// Takes an instrument away, and what scenarios and sources say of it.
    RemoveInstrument(String),
    /// Terms at which hashprice may be sold forward; none takes them away, and what scenarios and sources say of them.
    SetHedge(Option<Hedge>),
    /// All of a grid feed's tariff: how energy is priced, periods, block.
    SetTariff {
        feed: String,
        tariff: Box<Tariff>,
    },
    /// A new price deck, or one in place of that of the same id.
    PutPriceDeck(Box<PriceDeck>),
    /// The metered load of a grid feed; none takes it away.
    SetLoad {
        feed: String,
        load: Option<Box<MeasuredLoad>>,
    },
    /// A gesture on the drawing, the same in every scenario.
    Draw(Stroke),
    /// Puts parts on the plan or the map, or takes them off it, the same in every scenario.
    Ground {
        ground: Ground,
        places: Vec<(ComponentId, Option<Point>)>,
    },
    /// A picture under a view, the same in every scenario.
    Backdrop {
        under: Under,
        change: backdrop::Change,
    },
    /// Draws a set of identical units as single parts, the same in every scenario.
    Split(String),
    /// Draws a set as two, of which the second has these units; the same in every scenario.
    SplitInTwo {
        part: ComponentId,
        second: split::Units,
    },
    /// What turning a hall into hosting takes, and how much of it may turn, the same in every scenario.
    SetFitOut {
        hall: String,
        convertible_share: f64,
        fit_out: Box<FitOut>,
    },
    /// All items of the assessment.
    SetAssessment {
        label: String,
        items: Vec<AssessmentItem>,
    },
    /// Parts in the place of those of the same ids, in the base case.
    PutParts {
        label: String,
        parts: Vec<Component>,
    },
    /// The utility's bills of a grid feed, put in order of time.
    SetBills {
        feed: String,
        bills: Vec<BillMonth>,
    },
}

impl Edit {
    /// Changes of numbers, offers and dates as one step: in a scenario, or in the base case.
    pub fn of_overrides(label: String, changes: &[Override], scenario: Option<&str>) -> Self {
        let of = |change: &Override| match scenario {
            Some(scenario) => Self::Override { scenario: scenario.to_owned(), change: change.clone() },
            None => Self::Change(change.clone()),
        };
        Self::Together { label, edits: changes.iter().map(of).collect() }
    }
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
        Edit::SetPriceHistory(history) => {
            next.assumptions.price_history.clone_from(history);
            match history {
                Some(history) => format!("Use the price history {}", history.name),
                None => "Use the program's price history".to_owned(),
            }
        }
        Edit::SetBootstrapDrift(drift) => {
            next.assumptions.bitcoin.bootstrap_drift = *drift;
            format!("Let the bootstrap of the price grow {}", lower_first(drift.label()))
        }
        Edit::SetProvenance { at, entry } => {
            check_provenance(site, at, entry.as_ref())?;
            let position = next.provenance.iter().position(|known| known.at == *at);
            match (position, entry) {
                (Some(position), Some(entry)) => next.provenance[position] = entry.clone(),
                (Some(position), None) => drop(next.provenance.remove(position)),
                (None, Some(entry)) => next.provenance.push(entry.clone()),
                (None, None) => {}
            }
            format!("Change source of {}", value_words(site, at))
        }
        Edit::Together { label, edits } => {
            for edit in edits {
                next = apply(&next, edit)?.0;
            }
            label.clone()
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
        Edit::SetClimate { climate, name } => {
            next.climate.clone_from(climate);
            format!("Take the weather of {name}")
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
        Edit::SetExclusive { offer, set } => {
            let set = set.as_ref().map(|set| set.trim()).filter(|set| !set.is_empty());
            let target = find_offer(&mut next, offer)?;
            target.exclusive_set = set.map(str::to_owned);
            match set {
                Some(set) => format!("Take {} or another of {set}", target.name),
                None => format!("Let {} exclude no other offer", target.name),
            }
        }
        Edit::AddInstrument { instrument, provenance } => {
            let known = &mut next.company.instruments;
            if known.iter().any(|other| other.id == instrument.id) {
                let id = &instrument.id;
                return Err(format!("there is already an instrument `{id}`; give the new one another id"));
            }
            known.push(instrument.as_ref().clone());
            next.provenance.extend(provenance.iter().cloned());
            format!("Add instrument {}", instrument.name)
        }
        Edit::RemoveInstrument(id) => {
            let known = &mut next.company.instruments;
            let position = known
                .iter()
                .position(|other| other.id == *id)
                .ok_or_else(|| format!("there is no instrument `{id}`"))?;
            known.remove(position);
            let object = Object::Instrument(id.clone());
            next.provenance.retain(|origin| origin.at.object != object);
            for scenario in &mut next.scenarios {
                scenario
                    .overrides
                    .retain(|change| !matches!(change, Override::Value { at, .. } if at.object == object));
            }
            format!("Remove instrument {}", site.object_name(&object))
        }
        Edit::SetHedge(hedge) => set_hedge(&mut next, *hedge),
        Edit::SetTariff { feed, tariff } => {
            find_feed(&mut next, feed)?.tariff = tariff.as_ref().clone();
            format!("Change the tariff of {}", feed_name(site, feed))
        }
        Edit::PutPriceDeck(deck) => {
            let decks = &mut next.assumptions.price_decks;
            match decks.iter_mut().find(|existing| existing.id == deck.id) {
                Some(existing) => {
                    *existing = deck.as_ref().clone();
                    format!("Replace price deck {}", deck.name)
                }
                None => {
                    decks.push(deck.as_ref().clone());
                    format!("Add price deck {}", deck.name)
                }
            }
        }
        Edit::SetLoad { feed, load } => {
            find_feed(&mut next, feed)?.load = load.as_deref().cloned();
            let doing = if load.is_some() { "Import" } else { "Remove" };
            format!("{doing} the metered load of {}", feed_name(site, feed))
        }
        Edit::Ground { ground, places } => ground::put(&mut next, *ground, places)?,
        Edit::Backdrop { under, change } => backdrop::change(&mut next.backdrops, *under, change)?,
        Edit::Split(part) => split::split(&mut next, part)?,
        Edit::SplitInTwo { part, second } => split::split_in_two(&mut next, part, *second)?,
        Edit::SetFitOut { hall, convertible_share, fit_out } => {
            let name = site.object_name(&Object::Component(hall.clone()));
            if !(0.0..=1.0).contains(convertible_share) {
                return Err(format!("{convertible_share} is no share of {name}; enter 0 to 1"));
            }
            let found = next.component_mut(hall).map(|part| &mut part.kind);
            let Some(Kind::Hall(found)) = found else { return Err(format!("there is no hall `{hall}`")) };
            found.convertible_share = *convertible_share;
            found.fit_out = Some(fit_out.as_ref().clone());
            format!("Change the fit-out of {name}")
        }
        Edit::Draw(stroke) => drawing::draw(&mut next, stroke)?,
        Edit::SetAssessment { label, items } => {
            next.assessment.clone_from(items);
            label.clone()
        }
        Edit::PutParts { label, parts } => {
            parts::put(&mut next, parts)?;
            label.clone()
        }
        Edit::SetBills { feed, bills } => {
            let mut bills = bills.clone();
            bills.sort_by_key(|bill| bill.month);
            find_feed(&mut next, feed)?.bills = bills;
            format!("Change the bills of {}", feed_name(site, feed))
        }
    };
    Ok((next, label))
}

fn set_hedge(next: &mut Site, hedge: Option<Hedge>) -> String {
    next.company.hedge = hedge;
    if hedge.is_some() {
        return "Let hashprice be sold forward".to_owned();
    }
    let company = next.clone();
    let leads_nowhere =
        |at: &Address| at.object == Object::Company && !at.is_whole() && field::spec(&company, at).is_none();
    next.provenance.retain(|origin| !leads_nowhere(&origin.at));
    for scenario in &mut next.scenarios {
        scenario
            .overrides
            .retain(|change| !matches!(change, Override::Value { at, .. } if leads_nowhere(at)));
    }
    "Sell no hashprice forward".to_owned()
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

fn feed_name(site: &Site, id: &str) -> String {
    site.object_name(&Object::Component(id.to_owned()))
}

fn find_feed<'a>(site: &'a mut Site, id: &str) -> Result<&'a mut GridFeed, String> {
    match site.component_mut(id).map(|component| &mut component.kind) {
        Some(Kind::GridFeed(feed)) => Ok(feed),
        Some(_) => Err(format!("`{id}` is no grid feed")),
        None => Err(format!("there is no grid feed `{id}`")),
    }
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
        Override::Survives { class, .. } => format!("Change {subject} to {}", class.label()),
        Override::LastOrder { date: Some(date) } => format!("Change {subject} to {}", format::date(*date)),
        Override::LastOrder { date: None } => format!("Clear {subject}"),
        Override::PriceModel { model } => format!("Draw {subject} from: {}", lower_first(model.label())),
        Override::State { .. } | Override::OfferWindow { .. } => format!("Change {subject}"),
    }
}

/// Refuses a source of nothing, and a range that cannot be.
fn check_provenance(site: &Site, at: &Address, entry: Option<&Provenance>) -> Result<(), String> {
    let Some(entry) = entry else { return Ok(()) };
    if entry.at != *at {
        return Err(format!("a source of `{}` cannot be kept at `{at}`", entry.at));
    }
    if at.is_whole() {
        let known = !field::fields_of(site, &at.object).is_empty();
        return known.then_some(()).ok_or_else(|| format!("there is no `{}`", at.object));
    }
    let spec = field::spec(site, at).ok_or_else(|| format!("there is no value `{at}`"))?;
    for (word, limit) in [("low", entry.low), ("high", entry.high)] {
        if let Some(problem) = limit.and_then(|limit| spec.problem_with(limit)) {
            return Err(format!("the {word} value: {problem}"));
        }
    }
    match (entry.low, entry.high) {
        (Some(low), Some(high)) if low > high => {
            Err(format!("the low value of {} is above its high value", value_words(site, at)))
        }
        _ => Ok(()),
    }
}

/// `rent of Fluid west`
fn value_words(site: &Site, at: &Address) -> String {
    match field::spec(site, at) {
        Some(spec) => format!("{} of {}", lower_first(spec.label), site.object_name(&at.object)),
        None if at.is_whole() => site.object_name(&at.object),
        None => at.to_string(),
    }
}

/// What a change is about: `rent of Fluid west`.
fn subject(site: &Site, change: &Override) -> String {
    let offer = |id: &str| site.object_name(&Object::Offer(id.to_owned()));
    match change {
        Override::Value { at, .. } => value_words(site, at),
        Override::State { component, .. } => {
            format!("the state of {}", site.object_name(&Object::Component(component.clone())))
        }
        Override::Choice { set, .. } => format!("option set {set}"),
        Override::OfferStatus { offer: id, .. } => format!("status of {}", offer(id)),
        Override::OfferWindow { offer: id, .. } => format!("dates of {}", offer(id)),
        Override::WithoutOffer { offer: id } => offer(id),
        Override::Survives { offer: id, .. } => format!("what {} must survive", offer(id)),
        Override::LastOrder { .. } => "the last order date".to_owned(),
        Override::PriceModel { .. } => "the bitcoin price".to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Evidence;

    fn source_of(field: &str, low: Option<f64>, high: Option<f64>) -> Edit {
        let at = Address::new(Object::Company, field);
        let entry = Provenance {
            at: at.clone(),
            source: "board paper".into(),
            as_of: None,
            evidence: Evidence::Document,
            private: false,
            low,
            high,
        };
        Edit::SetProvenance { at, entry: Some(entry) }
    }

    #[test]
    fn a_source_is_set_replaced_and_taken_back() {
        let site = Site::empty("test");
        let (site, label) = apply(&site, &source_of("discount_rate", Some(0.1), None)).unwrap();
        assert_eq!(label, "Change source of discount rate of the company");
        let (site, _) = apply(&site, &source_of("discount_rate", Some(0.1), Some(0.13))).unwrap();
        assert_eq!((site.provenance.len(), site.provenance[0].high), (1, Some(0.13)));
        let at = Address::new(Object::Company, "discount_rate");
        let (site, _) = apply(&site, &Edit::SetProvenance { at, entry: None }).unwrap();
        assert!(site.provenance.is_empty());
    }

    #[test]
    fn a_source_of_nothing_and_an_impossible_range_are_refused() {
        let site = Site::empty("test");
        let refused = |edit: &Edit| apply(&site, edit).unwrap_err();
        assert!(refused(&source_of("discount_rat", None, None)).contains("there is no value"));
        assert!(refused(&source_of("discount_rate", Some(0.2), Some(0.1))).contains("above its high value"));
        assert!(refused(&source_of("discount_rate", Some(f64::NAN), None)).contains("not a finite number"));
        assert!(refused(&source_of("discount_rate", None, Some(2.0))).contains("above the most accepted"));
        let at = Address::whole(Object::Offer("nobody".into()));
        let Edit::SetProvenance { entry, .. } = source_of("discount_rate", None, None) else { panic!() };
        let entry = entry.map(|entry| Provenance { at: at.clone(), ..entry });
        assert!(refused(&Edit::SetProvenance { at, entry }).contains("there is no `offers/nobody`"));
    }

    #[test]
    fn changes_together_are_one_step_or_none() {
        let site = Site::empty("test");
        let rename = Edit::SetSiteName("other".into());
        let together =
            |second: Edit| Edit::Together { label: "both".into(), edits: vec![rename.clone(), second] };
        let (next, label) = apply(&site, &together(source_of("discount_rate", None, None))).unwrap();
        assert_eq!((next.name.as_str(), next.provenance.len(), label.as_str()), ("other", 1, "both"));
        assert!(apply(&site, &together(source_of("discount_rat", None, None))).is_err());
    }
}
