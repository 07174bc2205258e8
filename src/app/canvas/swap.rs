//! A part in the place of another, and a part in a link, worked out before it is drawn.

use super::gesture::Held;
use crate::engineering::joining_medium;
use crate::site::drawing::{Replacement, Sketch, Stroke, can_connect, link_between};
use crate::site::edit::Edit;
use crate::site::{Component, Kind, Link, Medium, Site};

/// The typical part in the place of one of the site: it keeps id, tag, place, side, state, note and the voltages of its
/// ports, and the links that still fit.
///
/// # Errors
/// Why not: there is no such part, or it is of that kind already.
pub fn replacement(site: &Site, id: &str, typical: Sketch) -> Result<Replacement, String> {
    let before = site.component(id).ok_or_else(|| format!("there is no part `{id}`"))?;
    let Some(new) = typical.parts.into_iter().next() else {
        return Err("there is no such typical part".to_owned());
    };
    let kv_in = new.kv_in.and(before.kv_in).or(new.kv_in);
    let through = new.kv_in == new.kv_out;
    let kv_out = match new.kv_out {
        Some(_) if through => kv_in,
        Some(own) => before.kv_out.or(Some(own)),
        None => None,
    };
    let part = Component {
        id: before.id.clone(),
        tag: before.tag.clone(),
        state: before.state.clone(),
        at_schematic: before.at_schematic,
        at_plan: before.at_plan,
        at_map: before.at_map,
        side: before.side,
        kv_in,
        kv_out,
        note: before.note.clone(),
        drawn: before.drawn.clone(),
        ..new
    };
    let end = |end: &str| if end == id { Some(&part) } else { site.component(end) };
    let fits = |link: &Link| match (end(&link.from), end(&link.to)) {
        (Some(from), Some(to)) => joining_medium(from, to).is_ok_and(|medium| is_like(&medium, &link.medium)),
        _ => false,
    };
    let touches = |link: &&Link| link.from == id || link.to == id;
    let without =
        site.links.iter().filter(touches).filter(|link| !fits(link)).map(|link| link.id.clone()).collect();
    let mut provenance = typical.provenance;
    for origin in &mut provenance {
        origin.at.object = crate::site::Object::Component(id.to_owned());
    }
    Ok(Replacement { part, provenance, without })
}

/// Heat by liquid and by air are the same to a link's ends.
fn is_like(one: &Medium, other: &Medium) -> bool {
    one.label() == other.label() || one.is_heat() && other.is_heat()
}

/// The stroke that leads a link through a part.
///
/// # Errors
/// Why the part does not fit between the link's ends.
pub fn split(site: &Site, link: &str, by: &Component) -> Result<Stroke, String> {
    let known = site.links.iter().find(|other| other.id == link);
    let known = known.ok_or_else(|| format!("there is no link `{link}`"))?;
    let part = |id: &str| site.component(id).ok_or_else(|| format!("there is no part `{id}`"));
    let (from, to) = (part(&known.from)?, part(&known.to)?);
    let half = |from: &Component, to: &Component| {
        let medium = joining_medium(from, to)?;
        if !is_like(&medium, &known.medium) {
            let (one, other) = (&from.tag, &to.tag);
            let (wanted, runs) = (known.medium.label().to_lowercase(), medium.label().to_lowercase());
            return Err(format!("{one} and {other} are joined by {runs}, and this link carries {wanted}"));
        }
        Ok(if medium.label() == known.medium.label() { known.medium.clone() } else { medium })
    };
    let into = half(from, by)?;
    let medium = match half(by, to)? {
        // The trench and the length are of the first half; of the second nobody has said yet.
        Medium::Fibre { .. } => Medium::Fibre { km: None, trench: None },
        Medium::Power { serves, .. } => Medium::Power { serves, normally_open: false },
        medium => medium,
    };
    let rest = Box::new(link_between(site, &by.id, &known.to, medium));
    Ok(Stroke::Split { link: link.to_owned(), by: by.id.clone(), into, rest })
}

/// A bus has the voltage of the link that it is put into.
pub fn at_voltage_of(site: &Site, link: &str, part: &mut Component) {
    let Some(known) = site.links.iter().find(|other| other.id == link) else { return };
    let from = site.component(&known.from).and_then(|part| part.kv_out.or(part.kv_in));
    let to = site.component(&known.to).and_then(|part| part.kv_in);
    if known.medium.is_power() {
        take_voltage(part, from.or(to));
    }
}

/// Buses are built for any voltage; whatever else is typical comes with its own.
fn take_voltage(part: &mut Component, kv: Option<f64>) {
    if matches!(part.kind, Kind::Switchgear(_)) && kv.is_some() {
        (part.kv_in, part.kv_out) = (kv, kv);
    }
}

/// A part that is put in to be joined to another: with the voltage it takes there, the medium, and whether it runs
/// from the other to it.
///
/// # Errors
/// Why nothing runs between them.
pub fn next_to(from: &Component, mut part: Component) -> Result<(Component, Medium, bool), String> {
    let kv = from.kv_out.or(from.kv_in).filter(|_| from.kind.layer() == crate::site::Layer::Power);
    take_voltage(&mut part, kv);
    match (joining_medium(from, &part), joining_medium(&part, from)) {
        (Ok(medium), _) => Ok((part, medium, true)),
        (Err(_), Ok(medium)) => Ok((part, medium, false)),
        (Err(why), Err(_)) => Err(why),
    }
}

/// The edit that a part which is not joined yet makes when it is let go on a link; `None` where it is joined already.
///
/// The inner error says why it does not fit there.
pub fn dropped_on(site: &Site, link: &str, part: usize, held: &Held) -> Option<Result<Edit, String>> {
    let by = &site.components[part];
    if site.links.iter().any(|link| link.from == by.id || link.to == by.id) {
        return None;
    }
    Some(split(site, link, by).and_then(|stroke| {
        if let Stroke::Split { rest, .. } = &stroke {
            can_connect(site, rest)?;
        }
        let moved = super::gesture::moved_to(site, &held.centres).map(Edit::Draw);
        let (_, label) = crate::site::edit::apply(site, &Edit::Draw(stroke.clone()))?;
        Ok(Edit::Together { label, edits: moved.into_iter().chain([Edit::Draw(stroke)]).collect() })
    }))
}
