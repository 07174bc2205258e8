//! Links: what may be joined with what.

use super::{Drawing, name_of, place_of_link};
use crate::engineering::supply::is_source;
use crate::quantity::{Report, format};
use crate::site::{Component, Kind, Layer, Medium, Serves};

/// Voltages of two ports are the same within this share.
const SAME_VOLTAGE: f64 = 0.01;

/// Links whose two ends exist: (index, from, to).
fn joined<'a>(drawing: &'a Drawing) -> impl Iterator<Item = (usize, &'a Component, &'a Component)> {
    drawing.site.links.iter().enumerate().filter_map(|(index, link)| {
        let end = |id: &str| drawing.network.node(id).map(|node| &drawing.site.components[node]);
        Some((index, end(&link.from)?, end(&link.to)?))
    })
}

/// Each medium runs between the kinds that have a port for it, in its own direction.
pub(super) fn check_ends(drawing: &Drawing, report: &mut Report) {
    for (index, from, to) in joined(drawing) {
        let link = &drawing.site.links[index];
        if let Some((wrong, hint)) = misfit(&link.medium, &from.kind, &to.kind) {
            let message = format!(
                "the {} link from {} ({}) to {} ({}) does not fit: {wrong}",
                link.medium.label().to_lowercase(),
                name_of(from),
                from.kind.label(),
                name_of(to),
                to.kind.label()
            );
            report.error("link-misfit", place_of_link(link), message, hint);
        } else if let Some(wrong) = unusual(&link.medium, &to.kind) {
            let message = format!("{} ({}) {wrong}", name_of(to), to.kind.label());
            report.warning(
                "medium-unusual",
                place_of_link(link),
                message,
                "change the medium of the link or the kind of the device",
            );
        }
    }
}

/// The medium that a new link between two parts carries: what its second end usually takes.
///
/// # Errors
/// Why nothing runs from one to the other.
pub fn joining_medium(from: &Component, to: &Component) -> Result<Medium, String> {
    let serves = Serves::Both;
    let media = [
        Medium::Power { serves, normally_open: false },
        Medium::Liquid { serves },
        Medium::Air { serves },
        Medium::Fibre { km: None, trench: None },
    ];
    let runs = |medium: &Medium| {
        misfit(medium, &from.kind, &to.kind).is_none() && unusual(medium, &to.kind).is_none()
    };
    let Some(medium) = media.into_iter().find(runs) else {
        let (one, other) = (from.kind.label(), to.kind.label());
        return Err(format!("nothing runs between {} ({one}) and {} ({other})", name_of(from), name_of(to)));
    };
    match between(from, to).filter(|_| medium.is_power()) {
        Some((out, into)) => Err(format!(
            "{} gives {}, but {} takes {}; put a transformer between them",
            name_of(from),
            kv(out),
            name_of(to),
            kv(into)
        )),
        None => Ok(medium),
    }
}

/// What is wrong with a link's ends and how to mend it.
fn misfit(medium: &Medium, from: &Kind, to: &Kind) -> Option<(&'static str, &'static str)> {
    match medium {
        Medium::Power { .. } => {
            if from.layer() != Layer::Power {
                Some((
                    "its first end gives no power",
                    "turn the link round, or start it at a part of the power layer",
                ))
            } else if is_source(to) {
                Some(("its second end is a source and takes no power", "turn the link round"))
            } else if to.layer() == Layer::Fibre {
                Some(("its second end takes no power", "end it at a power part, a cooling device or a hall"))
            } else {
                None
            }
        }
        Medium::Liquid { .. } | Medium::Air { .. } => {
            if from.layer() != Layer::Load && from.cooling().is_none() {
                Some((
                    "its first end gives off no heat",
                    "start it at a hall or a cooling device; heat runs away from the load",
                ))
            } else if to.cooling().is_none() {
                Some((
                    "its second end takes no heat",
                    "end it at a cooling device; heat runs away from the load",
                ))
            } else if is_last(from) {
                Some(("its first end gives its heat to the outside", "remove the link"))
            } else {
                None
            }
        }
        Medium::Fibre { .. } => {
            let has_fibre = |kind: &Kind| matches!(kind.layer(), Layer::Fibre | Layer::Load);
            if has_fibre(from) && has_fibre(to) {
                None
            } else {
                Some(("fibre joins halls, meet-me rooms, carriers and metros", "end it at one of these"))
            }
        }
    }
}

/// Devices that pass nothing on. A chiller may: to a cooling tower or a dry cooler.
fn is_last(kind: &Kind) -> bool {
    matches!(kind, Kind::FanWall(_) | Kind::DryCooler(_) | Kind::AdiabaticCooler(_) | Kind::CoolingTower(_))
}

/// A medium the device does not usually take.
fn unusual(medium: &Medium, to: &Kind) -> Option<&'static str> {
    match (medium, to) {
        (Medium::Liquid { .. }, Kind::FanWall(_) | Kind::Crah(_) | Kind::RearDoor(_)) => {
            Some("takes heat from air, but the link brings it by liquid")
        }
        (Medium::Air { .. }, Kind::Cdu(_) | Kind::Immersion(_) | Kind::CoolingTower(_)) => {
            Some("takes heat from liquid, but the link brings it by air")
        }
        _ => None,
    }
}

/// The voltages of two ends that do not fit each other.
fn between(from: &Component, to: &Component) -> Option<(f64, f64)> {
    let (out, into) = (from.kv_out.or(from.kv_in)?, to.kv_in?);
    ((out - into).abs() > SAME_VOLTAGE * out.abs().max(into.abs())).then_some((out, into))
}

fn kv(value: f64) -> String {
    format!("{} kV", format::number(value, format::decimals_for(value)))
}

/// The outgoing voltage of one end is the incoming voltage of the other, where both are known.
pub(super) fn check_voltages(drawing: &Drawing, report: &mut Report) {
    for (index, from, to) in joined(drawing) {
        let link = &drawing.site.links[index];
        if !link.medium.is_power() {
            continue;
        }
        if let Some((out, into)) = between(from, to) {
            report.error(
                "voltage-mismatch",
                place_of_link(link),
                format!("{} gives {}, but {} takes {}", name_of(from), kv(out), name_of(to), kv(into)),
                "put a transformer between them or correct one of the voltages",
            );
        }
    }
}

/// A rating that is set lets something through.
pub(super) fn check_ratings(drawing: &Drawing, report: &mut Report) {
    for (index, from, to) in joined(drawing) {
        let link = &drawing.site.links[index];
        let Some(rating) = link.rating_mw else { continue };
        if !(rating.is_finite() && rating > 0.0) {
            report.error(
                "rating-not-positive",
                place_of_link(link),
                format!(
                    "the link from {} to {} has a rating of {}",
                    name_of(from),
                    name_of(to),
                    format::mw(rating)
                ),
                "enter what it carries, or clear the rating if the link does not limit",
            );
        }
    }
}
