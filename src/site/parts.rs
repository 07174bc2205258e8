//! Parts changed as a whole: what is no number of its own, such as state, dates and rows of a hall.

use std::collections::{BTreeMap, BTreeSet};

use super::field::fields_of_part;
use super::{Address, Component, Object, Override, Site};

/// Puts parts in the place of those of the same ids; sources and scenarios forget numbers that they no longer have.
///
/// # Errors
/// A sentence for a part that is not there, and for a number that was changed to what cannot be; the document is then
/// left as it may be and thrown away.
pub(super) fn put(site: &mut Site, parts: &[Component]) -> Result<(), String> {
    let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for part in parts {
        let name = site.object_name(&Object::Component(part.id.clone()));
        let place = site.components.iter().position(|other| other.id == part.id);
        let place = place.ok_or_else(|| format!("there is no part `{}`", part.id))?;
        let before = fields_of_part(&site.components[place]);
        let fields = fields_of_part(part);
        for (spec, value) in &fields {
            let is_new = !before.iter().any(|(other, was)| other.key == spec.key && was == value);
            if is_new && let Some(problem) = value.and_then(|value| spec.problem_with(value)) {
                return Err(format!("{problem}, in {name}"));
            }
        }
        keys.insert(&part.id, fields.iter().map(|(spec, _)| spec.key).collect());
        site.components[place] = part.clone();
    }
    let leads_nowhere = |at: &Address| match &at.object {
        Object::Component(id) if !at.is_whole() => {
            keys.get(id.as_str()).is_some_and(|keys| !keys.contains(at.field.as_str()))
        }
        _ => false,
    };
    site.provenance.retain(|origin| !leads_nowhere(&origin.at));
    for scenario in &mut site.scenarios {
        // Where a scenario says itself how a part stands, its numbers are those of that state.
        let own: BTreeSet<String> = scenario
            .overrides
            .iter()
            .filter_map(|change| match change {
                Override::State { component, .. } => Some(component.clone()),
                _ => None,
            })
            .collect();
        scenario.overrides.retain(|change| match change {
            Override::Value { at, .. } if leads_nowhere(at) => {
                matches!(&at.object, Object::Component(id) if own.contains(id))
            }
            _ => true,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::{Edit, apply};
    use crate::site::{Evidence, Kind, Planned, Point, Provenance, State, Ups};

    fn ups() -> Component {
        Component {
            tag: "UPS 1".into(),
            state: State::Planned(Planned { usd_per_mw: 5e5, ..Planned::default() }),
            at_schematic: Point { x: 0.0, y: 0.0 },
            ..Component::standing(
                "u1",
                Kind::Ups(Ups { rating_mw: 1.0, loss_share: 0.04, ride_through_minutes: 5.0 }),
            )
        }
    }

    fn put_one(site: &Site, part: Component) -> Result<Site, String> {
        let edit = Edit::PutParts { label: "test".into(), parts: vec![part] };
        apply(site, &edit).map(|(site, _)| site)
    }

    #[test]
    fn a_part_that_stands_forgets_what_it_would_have_cost() {
        let mut site = Site::empty("test");
        site.components.push(ups());
        for field in ["usd_per_mw", "units"] {
            let at = Address::new(Object::Component("u1".into()), field);
            site.provenance.push(Provenance {
                at,
                source: "quote".into(),
                as_of: None,
                evidence: Evidence::Quote,
                private: false,
                low: None,
                high: None,
            });
        }
        let next = put_one(&site, Component { state: State::Existing(None), ..ups() }).unwrap();
        let left: Vec<&str> = next.provenance.iter().map(|origin| origin.at.field.as_str()).collect();
        assert_eq!(left, ["units"]);
    }

    #[test]
    fn what_cannot_be_is_refused_by_the_parts_name_and_what_was_so_before_stays() {
        let mut site = Site::empty("test");
        site.components.push(Component { power_factor: 7.0, ..ups() });
        let bad = Component { units: 0, power_factor: 7.0, ..ups() };
        let error = put_one(&site, bad).unwrap_err();
        assert!(error.contains("UPS 1") && error.contains("Units"), "{error}");
        // Renaming does not stumble over a number that was wrong all along.
        let renamed = Component { name: "new".into(), power_factor: 7.0, ..ups() };
        assert_eq!(put_one(&site, renamed).unwrap().components[0].name, "new");
        assert!(put_one(&Site::empty("empty"), ups()).unwrap_err().contains("no part `u1`"));
    }
}
