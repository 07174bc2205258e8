//! A typical part times N, drawn as N parts.

use super::{Address, Component, Link, Object, Override, Point, Provenance, Site, State};
use std::collections::BTreeSet;

/// Half of what a part takes of its row with its label, and how far apart rows are, in drawing units.
const HALF_PART: f64 = 60.0;
const HALF_HALL: f64 = 120.0;
const ROW: f64 = 64.0;
/// Most parts that one is split into: more cannot be told apart on a drawing.
pub const MOST_PARTS: u32 = 200;

/// Whether a part can be split.
///
/// # Errors
/// Why not, with what would do.
pub fn can_split(site: &Site, id: &str) -> Result<u32, String> {
    let part = site.component(id).ok_or_else(|| format!("there is no part `{id}`"))?;
    let name = site.object_name(&Object::Component(id.to_owned()));
    match part.units {
        0 | 1 => Err(format!("{name} is one unit already")),
        units if units > MOST_PARTS => {
            Err(format!("{name} has {units} units; a drawing shows at most {MOST_PARTS} of them one by one"))
        }
        // Each of N parts carries load, so N parts in place of N-1 and a spare would carry more.
        _ if part.spare_units > 0 => Err(format!(
            "{name} keeps {} of its units as spare, which single parts cannot; set its spare units to 0 first",
            part.spare_units
        )),
        _ if site
            .scenarios
            .iter()
            .any(|scenario| scenario.overrides.iter().any(|change| is_units(change, id))) =>
        {
            Err(format!("a scenario changes how many units {name} has; take that back first"))
        }
        units => Ok(units),
    }
}

fn is_units(change: &Override, id: &str) -> bool {
    let about = |at: &Address| at.object == Object::Component(id.to_owned());
    matches!(change, Override::Value { at, .. } if about(at) && matches!(at.field.as_str(), "units" | "spare_units"))
}

/// Draws a set of N units as N parts of one unit: side by side, each with the links of the set, a price, a block and a
/// rating of its links of which N make those of the set, and what scenarios and sources say of it. The first keeps
/// the id.
///
/// # Errors
/// [`can_split`]'s.
pub(super) fn split(site: &mut Site, id: &str) -> Result<String, String> {
    let units = can_split(site, id)?;
    let count = f64::from(units);
    let label = format!("Split {} into {units}", site.object_name(&Object::Component(id.to_owned())));
    let place = site
        .components
        .iter()
        .position(|part| part.id == id)
        .ok_or_else(|| format!("there is no part `{id}`"))?;
    let part = &mut site.components[place];
    part.units = 1;
    if let State::Planned(planned) = &mut part.state {
        planned.fixed_usd /= count;
    }
    let rating = part.rating_mw();
    if let State::Planned(planned) = &mut part.state {
        // A block that is larger than what one part has would never be built.
        planned.block_mw = planned.block_mw.map(|mw| if rating > 0.0 { mw.min(rating) } else { mw });
    }
    if let State::Existing(Some(removal)) = &mut part.state {
        removal.cost_usd /= count;
        removal.salvage_usd /= count;
    }
    let first = part.clone();
    let mut parts: BTreeSet<String> = site.components.iter().map(|part| part.id.clone()).collect();
    let mut tags: BTreeSet<String> = site.components.iter().map(|part| part.tag.clone()).collect();
    let mut links: BTreeSet<String> = site.links.iter().map(|link| link.id.clone()).collect();
    for link in site.links.iter_mut().filter(|link| link.from == id || link.to == id) {
        link.rating_mw = link.rating_mw.map(|mw| mw / count);
    }
    let of_set: Vec<Link> =
        site.links.iter().filter(|link| link.from == id || link.to == id).cloned().collect();
    let mut copies: Vec<Component> = Vec::new();
    share_fixed_price(site, id, count);
    for number in 2..=units {
        let copy_id = numbered(&format!("{id}-{number}"), &mut parts);
        let tag = if first.tag.is_empty() {
            String::new()
        } else {
            numbered(&format!("{}.{number}", first.tag), &mut tags)
        };
        let others: Vec<&Component> = site.components.iter().chain(&copies).collect();
        let at = beside(
            &first,
            &others,
            copies.last().map_or(first.at_schematic, |copy: &Component| copy.at_schematic),
        );
        copies.push(Component {
            id: copy_id.clone(),
            tag,
            at_schematic: at,
            at_plan: None,
            at_map: None,
            drawn: crate::site::Drawn::default(),
            ..first.clone()
        });
        for link in &of_set {
            let end = |end: &String| if end == id { copy_id.clone() } else { end.clone() };
            let (from, to) = (end(&link.from), end(&link.to));
            let id = numbered(&format!("{from}_{to}"), &mut links);
            site.links.push(Link { id, from, to, ..link.clone() });
        }
        repeat_what_is_said(site, id, &copy_id);
    }
    site.components.splice(place + 1..place + 1, copies);
    Ok(label)
}

/// A fixed price that a scenario sets is of the whole set, too.
fn share_fixed_price(site: &mut Site, id: &str, count: f64) {
    let object = Object::Component(id.to_owned());
    for change in site.scenarios.iter_mut().flat_map(|scenario| &mut scenario.overrides) {
        match change {
            Override::Value { at, value: Some(value) }
                if at.object == object && OF_THE_SET.contains(&at.field.as_str()) =>
            {
                *value /= count;
            }
            Override::State { component, state: State::Planned(planned) } if component == id => {
                planned.fixed_usd /= count;
            }
            Override::State { component, state: State::Existing(Some(removal)) } if component == id => {
                removal.cost_usd /= count;
                removal.salvage_usd /= count;
            }
            _ => {}
        }
    }
}

/// Numbers of the whole set, by their keys in the table of editable numbers: of each part it is one of N.
const OF_THE_SET: [&str; 3] = ["fixed_usd", "removal_cost_usd", "removal_salvage_usd"];

/// What sources, scenarios and other parts say of one part, of another as well.
fn repeat_what_is_said(site: &mut Site, id: &str, copy: &str) {
    let object = Object::Component(id.to_owned());
    let moved =
        |at: &Address| Address { object: Object::Component(copy.to_owned()), field: at.field.clone() };
    let origins: Vec<Provenance> = site
        .provenance
        .iter()
        .filter(|origin| origin.at.object == object)
        .map(|origin| Provenance { at: moved(&origin.at), ..origin.clone() })
        .collect();
    site.provenance.extend(origins);
    for scenario in &mut site.scenarios {
        let more: Vec<Override> = scenario
            .overrides
            .iter()
            .filter_map(|change| match change {
                Override::Value { at, value } if at.object == object => {
                    Some(Override::Value { at: moved(at), value: *value })
                }
                Override::State { component, state } if component == id => {
                    Some(Override::State { component: copy.to_owned(), state: state.clone() })
                }
                _ => None,
            })
            .collect();
        scenario.overrides.extend(more);
    }
    for part in &mut site.components {
        let State::Planned(planned) = &mut part.state else { continue };
        for list in [&mut planned.works_outage, &mut planned.replaces] {
            if list.iter().any(|known| known == id) {
                list.push(copy.to_owned());
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::{Edit, apply};
    use crate::site::{Electrical, Evidence, Kind, Medium, Planned, Removal, Scenario, Serves};

    fn part(id: &str, units: u32, kind: Kind, at: f64) -> Component {
        Component {
            tag: id.to_uppercase(),
            units,
            at_schematic: Point { x: at, y: 0.0 },
            ..Component::standing(id, kind)
        }
    }

    /// A set of four between two buses, with a link that limits, a source and a scenario.
    fn set_of_four() -> Site {
        let bus = || Kind::Switchgear(Electrical { rating_mva: 50.0, loss_share: 0.0 });
        let unit = Kind::Transformer(Electrical { rating_mva: 3.0, loss_share: 0.01 });
        let mut site = Site::empty("four");
        site.components =
            vec![part("bus", 1, bus(), 0.0), part("x", 4, unit, 200.0), part("lv", 1, bus(), 400.0)];
        site.components[1].state = State::Planned(Planned {
            fixed_usd: 400.0,
            usd_per_mw: 7.0,
            block_mw: Some(6.0),
            ..Planned::default()
        });
        let link = |from: &str, to: &str, rating_mw| Link {
            id: format!("{from}_{to}"),
            from: from.into(),
            to: to.into(),
            medium: Medium::Power { serves: Serves::Both, normally_open: false },
            rating_mw,
            note: "cable".into(),
        };
        site.links = vec![link("bus", "x", Some(10.0)), link("x", "lv", None)];
        let at = |field: &str| Address::new(Object::Component("x".into()), field);
        site.provenance.push(Provenance {
            at: at("usd_per_mw"),
            source: "quote".into(),
            as_of: None,
            evidence: Evidence::Quote,
            private: false,
            low: None,
            high: None,
        });
        let overrides = vec![
            Override::Value { at: at("fixed_usd"), value: Some(800.0) },
            Override::State {
                component: "x".into(),
                state: State::Existing(Some(Removal {
                    cost_usd: 40.0,
                    salvage_usd: 0.0,
                    months: 1.0,
                    earliest: None,
                })),
            },
        ];
        site.scenarios.push(Scenario { name: "dear".into(), overrides, note: String::new() });
        site
    }

    #[test]
    fn four_single_parts_keep_links_totals_and_what_is_said_of_them() {
        let site = set_of_four();
        let (after, label) = apply(&site, &Edit::Split("x".into())).unwrap();
        assert_eq!(label, "Split X into 4");
        let ids: Vec<&str> = after.components.iter().map(|part| part.id.as_str()).collect();
        assert_eq!(ids, ["bus", "x", "x-2", "x-3", "x-4", "lv"]);
        let of = |site: &Site, what: &dyn Fn(&Component) -> f64| -> f64 {
            site.components.iter().filter(|part| part.id.starts_with('x')).map(what).sum()
        };
        let planned = |part: &Component| {
            part.planned().map_or(0.0, |planned| planned.fixed_usd + planned.usd_per_mw * part.rating_mw())
        };
        assert_eq!(of(&after, &Component::rating_mw), of(&site, &Component::rating_mw));
        assert_eq!(of(&after, &planned), of(&site, &planned));
        assert_eq!(after.components[2].planned().unwrap().block_mw, Some(3.0));
        let into: Vec<&Link> = after.links.iter().filter(|link| link.from == "bus").collect();
        assert_eq!((into.len(), into.iter().filter_map(|link| link.rating_mw).sum::<f64>()), (4, 10.0));
        assert_eq!(after.links.iter().filter(|link| link.to == "lv").count(), 4);
        assert_eq!(after.provenance.len(), 4);
        let said = &after.scenarios[0].overrides;
        assert_eq!(said.len(), 8);
        let fixed: f64 = said
            .iter()
            .filter_map(|change| match change {
                Override::Value { value, .. } => *value,
                _ => None,
            })
            .sum();
        assert_eq!(fixed, 800.0);
        // Nothing lies on anything in the row.
        let mut row: Vec<f64> = after.components.iter().map(|part| part.at_schematic.x).collect();
        row.sort_by(f64::total_cmp);
        assert!(row.windows(2).all(|pair| pair[1] - pair[0] >= 100.0), "{row:?}");
    }

    #[test]
    fn what_cannot_be_split_says_why() {
        let mut site = set_of_four();
        let refused = |site: &Site, id: &str| apply(site, &Edit::Split(id.into())).unwrap_err();
        assert!(refused(&site, "bus").contains("BUS is one unit"));
        assert!(refused(&site, "gone").contains("no part `gone`"));
        site.components[1].spare_units = 1;
        assert!(refused(&site, "x").contains("spare"));
        site.components[1].spare_units = 0;
        site.components[1].units = u32::MAX;
        assert!(refused(&site, "x").contains("at most 200"));
        site.components[1].units = 4;
        let at = Address::new(Object::Component("x".into()), "units");
        site.scenarios[0].overrides.push(Override::Value { at, value: Some(5.0) });
        assert!(refused(&site, "x").contains("a scenario changes"));
    }
}
