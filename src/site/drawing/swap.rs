//! A part in the place of another, and a part put into a link.

use std::collections::BTreeSet;

use super::{Hanging, Replacement, can_connect, hold, is_of};
use crate::site::{Link, Medium, Object, Override, Site, field};

/// What goes when a part is replaced: links, and what scenarios and offers say that has no meaning for the new kind.
pub fn lost_by(site: &Site, replacement: &Replacement) -> Hanging {
    let mut next = site.clone();
    if replace(&mut next, replacement).is_err() {
        return Hanging::default();
    }
    let mut said = Vec::new();
    for (before, after) in site.offers.iter().zip(&next.offers) {
        if before.needs.latency.is_some() && after.needs.latency.is_none() {
            said.push(format!("the round trip that {} asks for", before.label()));
        }
    }
    for (before, after) in site.scenarios.iter().zip(&next.scenarios) {
        let count = before.overrides.len() - after.overrides.len();
        if count > 0 {
            let word = if count == 1 { "change" } else { "changes" };
            said.push(format!("{count} {word} of scenario {}", before.name));
        }
    }
    for id in &replacement.without {
        if let Some(link) = site.links.iter().find(|link| link.id == *id) {
            let name = |id: &str| site.object_name(&Object::Component(id.to_owned()));
            let medium = link.medium.label().to_lowercase();
            said.push(format!("the {medium} link from {} to {}", name(&link.from), name(&link.to)));
        }
    }
    Hanging { links: 0, said }
}

pub(super) fn replace(site: &mut Site, replacement: &Replacement) -> Result<String, String> {
    let Replacement { part, provenance, without } = replacement;
    let id = &part.id;
    let label =
        format!("Replace {} by {}", site.object_name(&Object::Component(id.clone())), part.kind.label());
    let place = hold::held(site, id)?;
    hold::is_free(place)?;
    *place = part.clone();
    for link in without {
        let known = site.links.iter().find(|other| other.id == *link);
        let known = known.ok_or_else(|| format!("there is no link `{link}`"))?;
        if known.from != *id && known.to != *id {
            return Err(format!("the link `{link}` is not of {}", part.tag));
        }
    }
    site.links.retain(|link| !without.contains(&link.id));
    // Its values are others now, with origins of their own.
    let parts = BTreeSet::from([id.as_str()]);
    let links: BTreeSet<String> = without.iter().cloned().collect();
    site.provenance.retain(|origin| !is_of(&origin.at.object, &parts, &links));
    site.provenance.extend(provenance.iter().cloned());
    let known = site.clone();
    for scenario in &mut site.scenarios {
        scenario.overrides.retain(|change| match change {
            Override::Value { at, .. } if is_of(&at.object, &parts, &links) => {
                field::spec(&known, at).is_some()
            }
            _ => true,
        });
    }
    if !matches!(part.kind, crate::site::Kind::Metro(_)) {
        for offer in &mut site.offers {
            offer.needs.latency.take_if(|latency| latency.metro == *id);
        }
    }
    Ok(label)
}

/// Only links of fibre have a trench; whatever else a link says stays with its first half.
pub(super) fn split(
    site: &mut Site,
    link: &str,
    by: &str,
    into: &Medium,
    rest: &Link,
) -> Result<String, String> {
    let place = site.links.iter().position(|other| other.id == link);
    let place = place.ok_or_else(|| format!("there is no link `{link}`"))?;
    let name = |site: &Site, id: &str| site.object_name(&Object::Component(id.to_owned()));
    let (from, to) = (site.links[place].from.clone(), site.links[place].to.clone());
    let label = format!("Put {} between {} and {}", name(site, by), name(site, &from), name(site, &to));
    if by == from || by == to {
        return Err(format!("{} is an end of this link already", name(site, by)));
    }
    if rest.from != by || rest.to != to {
        return Err("the second half of a split link goes from the part to where the link went".to_owned());
    }
    // Judged without the link itself, which gives way to its halves.
    let whole = site.links.remove(place);
    let first = Link { to: by.to_owned(), medium: into.clone(), ..whole };
    can_connect(site, &first)?;
    site.links.insert(place, first);
    can_connect(site, rest)?;
    site.links.push(rest.clone());
    Ok(label)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{draw, pair, part, power};
    use super::super::{Replacement, Stroke, link_between};
    use super::*;
    use crate::site::{Address, Component, Electrical, Kind};

    fn switchgear() -> Component {
        Component {
            kind: Kind::Switchgear(Electrical { rating_mva: 10.0, loss_share: 0.0 }),
            ..part("t-1", "T1")
        }
    }

    fn by_switchgear(without: Vec<String>) -> Replacement {
        Replacement { part: switchgear(), provenance: Vec::new(), without }
    }

    #[test]
    fn a_part_is_replaced_and_what_does_not_fit_is_said_and_goes() {
        let mut site = pair();
        let at = Address::new(Object::Component("t-1".into()), "heat_mw");
        site.scenarios[0].overrides.push(Override::Value { at, value: Some(1.0) });
        let link = site.links[0].id.clone();
        let words = lost_by(&site, &by_switchgear(vec![link.clone()])).words().join("; ");
        assert_eq!(words, "1 change of scenario more; the power link from T1 to BUS");
        let (next, label) = draw(&site, Stroke::Replace(Box::new(by_switchgear(vec![link])))).unwrap();
        assert_eq!(label, "Replace T1 by Switchgear");
        assert!(next.links.is_empty() && next.provenance.is_empty());
        // The number of units is a value of any part.
        assert_eq!(next.scenarios[0].overrides.len(), 1);
        let (kept, _) = draw(&site, Stroke::Replace(Box::new(by_switchgear(Vec::new())))).unwrap();
        assert_eq!(kept.links, site.links);
        for wrong in [vec!["gone".to_owned()], vec!["other".to_owned()]] {
            let mut site = site.clone();
            site.components.push(part("x", "X"));
            site.components.push(part("y", "Y"));
            site.links.push(Link { id: "other".into(), ..link_between(&site, "x", "y", power()) });
            assert!(draw(&site, Stroke::Replace(Box::new(by_switchgear(wrong)))).is_err());
        }
    }

    #[test]
    fn a_link_is_split_by_a_part() {
        let mut site = pair();
        site.components.push(part("sw", "SW"));
        let link = site.links[0].id.clone();
        let rest = Box::new(link_between(&site, "sw", "bus", power()));
        let split = |by: &str, rest: Box<Link>| Stroke::Split {
            link: link.clone(),
            by: by.into(),
            into: power(),
            rest,
        };
        let (next, label) = draw(&site, split("sw", rest.clone())).unwrap();
        assert_eq!(label, "Put SW between T1 and BUS");
        let ends: Vec<(&str, &str)> =
            next.links.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect();
        assert_eq!(ends, [("t-1", "sw"), ("sw", "bus")]);
        assert_eq!(next.links[0].id, link, "what was said of the link stays with its first half");
        assert!(draw(&site, split("bus", rest.clone())).unwrap_err().contains("an end of this link"));
        assert!(draw(&site, split("gone", rest.clone())).is_err());
        let mut joined = site.clone();
        joined.links.push(Link { id: "z".into(), ..link_between(&site, "t-1", "sw", power()) });
        assert!(draw(&joined, split("sw", rest)).unwrap_err().contains("T1 gives power to SW already"));
    }
}
