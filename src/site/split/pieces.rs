//! Pieces in the place of a set: their shares of its links and money, and what sources and scenarios say of them.

use std::collections::BTreeSet;

use super::Units;
use crate::site::{Address, Component, Link, Object, Override, Point, Provenance, Site, State};

/// Half of what a part takes of its row with its label, and how far apart rows are, in drawing units.
const HALF_PART: f64 = 60.0;
const HALF_HALL: f64 = 120.0;
const ROW: f64 = 64.0;

/// What a piece has of its set.
#[derive(Clone, Copy, Debug)]
struct Share {
    /// Of the units that carry load, by which ratings of links go.
    of_load: f64,
    /// Of all units, by which money of the whole set goes.
    of_units: f64,
    /// The price of a usable MW as a multiple of the set's: more where more of the units stand by.
    of_price: f64,
    /// Usable rating of the piece, MW.
    rating_mw: f64,
}

/// Puts pieces in the place of a set; they have its units among them.
pub(super) fn pieces(site: &mut Site, id: &str, into: &[Units]) -> Result<(), String> {
    let place = site
        .components
        .iter()
        .position(|part| part.id == id)
        .ok_or_else(|| format!("there is no part `{id}`"))?;
    let set = site.components[place].clone();
    let whole = Units::of(&set);
    let share_of = |piece: &Units| {
        let of_load = f64::from(piece.working()) / f64::from(whole.working());
        let of_units = f64::from(piece.units) / f64::from(whole.units);
        let rating_mw = set.unit_rating_mw() * f64::from(piece.working());
        Share { of_load, of_units, of_price: of_units / of_load, rating_mw }
    };
    let mut parts: BTreeSet<String> = site.components.iter().map(|part| part.id.clone()).collect();
    let mut tags: BTreeSet<String> = site.components.iter().map(|part| part.tag.clone()).collect();
    let mut ids: BTreeSet<String> = site.links.iter().map(|link| link.id.clone()).collect();
    let of_set: Vec<Link> =
        site.links.iter().filter(|link| link.from == id || link.to == id).cloned().collect();
    let said = Said::of(site, id, &of_set);
    let mut copies: Vec<Component> = Vec::new();
    for (index, piece) in into.iter().enumerate() {
        let share = share_of(piece);
        let mut part = set.clone();
        (part.units, part.spare_units) = (piece.units, piece.spare_units);
        share.take_of_state(&mut part.state);
        if index == 0 {
            for link in site.links.iter_mut().filter(|link| link.from == id || link.to == id) {
                link.rating_mw = link.rating_mw.map(|mw| mw * share.of_load);
            }
            said.of_first(site, share);
            site.components[place] = part;
            continue;
        }
        let number = index + 1;
        part.id = numbered(&format!("{id}-{number}"), &mut parts);
        if !set.tag.is_empty() {
            part.tag = numbered(&format!("{}.{number}", set.tag), &mut tags);
        }
        let others: Vec<&Component> = site.components.iter().chain(&copies).collect();
        let from = copies.last().map_or(set.at_schematic, |copy: &Component| copy.at_schematic);
        part.at_schematic = beside(&set, &others, from);
        (part.at_plan, part.at_map, part.drawn) = (None, None, crate::site::Drawn::default());
        let mut names = vec![(Object::Component(id.to_owned()), Object::Component(part.id.clone()))];
        for link in &of_set {
            let end = |end: &String| if end == id { part.id.clone() } else { end.clone() };
            let (from, to) = (end(&link.from), end(&link.to));
            let copy = numbered(&format!("{from}_{to}"), &mut ids);
            names.push((Object::Link(link.id.clone()), Object::Link(copy.clone())));
            let rating_mw = link.rating_mw.map(|mw| mw * share.of_load);
            site.links.push(Link { id: copy, from, to, rating_mw, ..link.clone() });
        }
        said.of_copy(site, share, &names);
        for other in &mut site.components {
            let State::Planned(planned) = &mut other.state else { continue };
            for list in [&mut planned.works_outage, &mut planned.replaces] {
                if list.iter().any(|known| known == id) {
                    list.push(part.id.clone());
                }
            }
        }
        copies.push(part);
    }
    site.components.splice(place + 1..place + 1, copies);
    Ok(())
}

impl Share {
    /// Terms of the set become those of the piece.
    fn take_of_state(self, state: &mut State) {
        match state {
            State::Planned(planned) => {
                planned.fixed_usd *= self.of_units;
                planned.usd_per_mw *= self.of_price;
                planned.block_mw = planned.block_mw.map(|mw| self.block(mw));
            }
            State::Existing(Some(removal)) => {
                removal.cost_usd *= self.of_units;
                removal.salvage_usd *= self.of_units;
            }
            State::Existing(None) => {}
        }
    }

    /// A block that is larger than what the piece has would never be built.
    fn block(self, mw: f64) -> f64 {
        if self.rating_mw > 0.0 { mw.min(self.rating_mw) } else { mw }
    }

    /// A number of the set as it is of the piece, by its key in the table of editable numbers.
    fn of_value(self, at: &Address, value: f64) -> f64 {
        match (&at.object, at.field.as_str()) {
            (Object::Link(_), "rating_mw") => value * self.of_load,
            (Object::Component(_), "fixed_usd" | "removal_cost_usd" | "removal_salvage_usd") => {
                value * self.of_units
            }
            (Object::Component(_), "usd_per_mw") => value * self.of_price,
            (Object::Component(_), "order_block_mw") => self.block(value),
            _ => value,
        }
    }
}

/// What sources and scenarios say of a set and its links.
struct Said {
    origins: Vec<Provenance>,
    /// By the place of the scenario.
    changes: Vec<(usize, Override)>,
    about: BTreeSet<Object>,
}

impl Said {
    fn of(site: &Site, id: &str, links: &[Link]) -> Self {
        let objects = links.iter().map(|link| Object::Link(link.id.clone()));
        let about: BTreeSet<Object> = objects.chain([Object::Component(id.to_owned())]).collect();
        let is_of = |object: &Object| about.contains(object);
        let origins = site.provenance.iter().filter(|origin| is_of(&origin.at.object)).cloned().collect();
        let scenarios = site.scenarios.iter().enumerate();
        let changes = scenarios
            .flat_map(|(place, scenario)| scenario.overrides.iter().map(move |change| (place, change)))
            .filter(|(_, change)| match change {
                Override::Value { at, .. } => is_of(&at.object),
                Override::State { component, .. } => component == id,
                _ => false,
            })
            .map(|(place, change)| (place, change.clone()))
            .collect();
        Self { origins, changes, about }
    }

    /// The same of the piece that keeps the id.
    fn of_first(&self, site: &mut Site, share: Share) {
        for origin in &mut site.provenance {
            if self.about.contains(&origin.at.object) {
                *origin = share.of_origin(origin.clone());
            }
        }
        for change in site.scenarios.iter_mut().flat_map(|scenario| &mut scenario.overrides) {
            let is_of = match &*change {
                Override::Value { at, .. } => self.about.contains(&at.object),
                Override::State { component, .. } => {
                    self.about.contains(&Object::Component(component.clone()))
                }
                _ => false,
            };
            if is_of {
                *change = share.of_change(change.clone());
            }
        }
    }

    /// The same of another piece; `names` are objects of the set with those of the piece.
    fn of_copy(&self, site: &mut Site, share: Share, names: &[(Object, Object)]) {
        let moved = |at: &Address| {
            let object = names.iter().find(|(of_set, _)| *of_set == at.object);
            Address { object: object.map_or(&at.object, |(_, copy)| copy).clone(), field: at.field.clone() }
        };
        site.provenance.extend(self.origins.iter().map(|origin| {
            let copy = share.of_origin(origin.clone());
            Provenance { at: moved(&copy.at), ..copy }
        }));
        for (place, change) in &self.changes {
            let change = match share.of_change(change.clone()) {
                Override::Value { at, value } => Override::Value { at: moved(&at), value },
                Override::State { component, state } => {
                    let at = moved(&Address::new(Object::Component(component.clone()), ""));
                    let component = if let Object::Component(copy) = at.object { copy } else { component };
                    Override::State { component, state }
                }
                other => other,
            };
            if let Some(scenario) = site.scenarios.get_mut(*place) {
                scenario.overrides.push(change);
            }
        }
    }
}

impl Share {
    fn of_origin(self, origin: Provenance) -> Provenance {
        let of = |value: Option<f64>| value.map(|value| self.of_value(&origin.at, value));
        Provenance { low: of(origin.low), high: of(origin.high), ..origin }
    }

    fn of_change(self, change: Override) -> Override {
        match change {
            Override::Value { at, value } => {
                let value = value.map(|value| self.of_value(&at, value));
                Override::Value { at, value }
            }
            Override::State { component, mut state } => {
                self.take_of_state(&mut state);
                Override::State { component, state }
            }
            other => other,
        }
    }
}

/// A name nothing has yet.
fn numbered(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = wanted.to_owned();
    let mut next = 2_u64;
    while !taken.insert(name.clone()) {
        name = format!("{wanted}-{next}");
        next += 1;
    }
    name
}

/// The next place to the right in the row that has room for the part.
fn beside(part: &Component, others: &[&Component], from: Point) -> Point {
    let half = |part: &Component| if part.hall().is_some() { HALF_HALL } else { HALF_PART };
    let blocks = |at: &Point| {
        others.iter().any(|other| {
            (other.at_schematic.x - at.x).abs() < half(part) + half(other)
                && (other.at_schematic.y - at.y).abs() < ROW
        })
    };
    let step = 2.0 * half(part);
    // There are fewer parts than places, so the last is only for a drawing that is all one row.
    let mut places =
        (1..=2 * others.len() + 2).map(|place| Point { x: from.x + place as f64 * step, ..from });
    places.clone().find(|at| !blocks(at)).or_else(|| places.next_back()).unwrap_or(from)
}
