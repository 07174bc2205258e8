//! Blocks, options and offers that exclude each other: what a plan of whole decisions could not keep to, or what says nothing.

use super::{Drawing, name_of, place_of};
use crate::quantity::{Report, format};
use crate::site::{Object, OfferStatus};
use std::collections::BTreeMap;

/// Blocks that are larger than the whole.
pub(super) fn check_blocks(drawing: &Drawing, report: &mut Report) {
    for component in &drawing.site.components {
        let Some(block) = component.planned().and_then(|planned| planned.block_mw) else { continue };
        let rating = component.rating_mw();
        if block > rating && rating > 0.0 {
            report.warning(
                "block-over-rating",
                place_of(component),
                format!(
                    "a block of {} is {}, more than its rating of {}: a plan of whole decisions pays for all of the block",
                    name_of(component),
                    format::mw(block),
                    format::mw(rating)
                ),
                "lower the block, or raise the rating",
            );
        }
    }
    for offer in &drawing.site.offers {
        let Some(block) = offer.block_mw.filter(|block| *block > offer.max_mw) else { continue };
        report.warning(
            "block-over-most",
            Object::Offer(offer.id.clone()).to_string(),
            format!(
                "{} takes blocks of {}, and {} at most: in whole decisions it takes nothing",
                offer.name,
                format::mw(block),
                format::mw(offer.max_mw)
            ),
            "lower the block, or raise the most MW",
        );
    }
}

/// Sets with one option, which exclude nothing.
pub(super) fn check_options(drawing: &Drawing, report: &mut Report) {
    let mut sets: BTreeMap<&str, BTreeMap<&str, &crate::site::Component>> = BTreeMap::new();
    for component in &drawing.site.components {
        if let Some(option) = component.planned().and_then(|planned| planned.option_set.as_ref()) {
            sets.entry(&option.set).or_default().insert(&option.option, component);
        }
    }
    for (set, options) in sets {
        let mut options = options.into_iter();
        if let (Some((option, component)), None) = (options.next(), options.next()) {
            report.warning(
                "option-alone",
                place_of(component),
                format!("`{option}` is the only option of the set `{set}`, so it excludes nothing"),
                "give the other option the same set, or take this part out of it",
            );
        }
    }
}

/// Sets of one offer, which exclude nothing, and of several that are signed, which all hold.
pub(super) fn check_exclusive(drawing: &Drawing, report: &mut Report) {
    let mut sets: BTreeMap<&str, Vec<&crate::site::Offer>> = BTreeMap::new();
    for offer in &drawing.site.offers {
        if let Some(set) = &offer.exclusive_set {
            sets.entry(set).or_default().push(offer);
        }
    }
    for (set, offers) in sets {
        if let [only] = &offers[..] {
            report.warning(
                "exclusive-alone",
                Object::Offer(only.id.clone()).to_string(),
                format!("{} is the only offer of the set `{set}`, so it excludes nothing", only.name),
                "give the offers that exclude each other the same `exclusive_set`, or take this one out",
            );
        }
        let signed: Vec<&str> = offers
            .iter()
            .filter(|offer| offer.status == OfferStatus::Signed)
            .map(|offer| offer.name.as_str())
            .collect();
        if let [_, .., last] = &signed[..] {
            let place = offers.iter().find(|offer| offer.name == *last).map_or("", |offer| &offer.id);
            report.warning(
                "exclusive-signed",
                Object::Offer(place.to_owned()).to_string(),
                format!(
                    "{} exclude each other and are all signed, so all of them are kept",
                    signed.join(", ")
                ),
                "correct the status of those that are not signed, or take them out of the set",
            );
        }
    }
}
