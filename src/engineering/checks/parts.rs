//! Single parts: ratings, and parts that do nothing.

use super::{Drawing, name_of, place_of};
use crate::engineering::supply::is_source;
use crate::quantity::{Report, format};
use crate::site::{Component, DatedMw, GridFeed, Kind, Layer};

/// Every part is linked to something.
pub(super) fn check_orphans(drawing: &Drawing, report: &mut Report) {
    let mut touched = vec![false; drawing.network.len()];
    // From the links themselves: an open tie touches its ends, too.
    for end in drawing.site.links.iter().flat_map(|link| [&link.from, &link.to]) {
        if let Some(node) = drawing.network.node(end) {
            touched[node] = true;
        }
    }
    for (component, _) in drawing.site.components.iter().zip(&touched).filter(|(_, touched)| !**touched) {
        report.warning(
            "orphan",
            place_of(component),
            format!("{} ({}) is linked to nothing", name_of(component), component.kind.label()),
            "link it or delete it",
        );
    }
}

/// Ratings that carry load are above zero, losses below everything.
pub(super) fn check_ratings(drawing: &Drawing, report: &mut Report) {
    for component in &drawing.site.components {
        if component.kind.layer() == Layer::Fibre {
            continue;
        }
        let rating = component.rating_mw();
        if !(rating.is_finite() && rating > 0.0) {
            report.error(
                "rating-not-positive",
                place_of(component),
                format!(
                    "{} ({}) has a rating of {}",
                    name_of(component),
                    component.kind.label(),
                    format::mw(rating)
                ),
                rating_hint(component),
            );
        }
        let loss = component.loss_share();
        if !(0.0..1.0).contains(&loss) {
            report.error(
                "loss-impossible",
                place_of(component),
                format!("{} loses {} of what it takes", name_of(component), format::percent(loss)),
                "enter its loss at full load; 0.5 to 6 % is usual",
            );
        }
        if component.kind.cooling().is_some_and(|cooling| !(cooling.design_hour_share > 0.0)) {
            report.error(
                "rating-not-positive",
                place_of(component),
                format!("{} takes no heat at the design hour", name_of(component)),
                "enter the share of its rating left on the hottest day; 0.85 to 1 is usual",
            );
        }
    }
}

fn rating_hint(component: &Component) -> &'static str {
    match component.kind {
        Kind::Hall(_) => "enter the IT power it holds, in MW",
        Kind::GridFeed(_) => "enter what the interconnection carries, in MW",
        _ if component.kind.cooling().is_some() => "enter the heat one unit takes, in MW",
        _ => "enter the rating of one unit",
    }
}

/// A contract stays within the interconnection, and its firm part within the contract.
pub(super) fn check_grid_feeds(drawing: &Drawing, report: &mut Report) {
    for (component, feed) in drawing.site.grid_feeds() {
        let over = |steps: &[DatedMw]| {
            steps
                .iter()
                .copied()
                .find(|step| step.mw > feed.interconnection_mw * f64::from(component.working_units()))
        };
        if let Some(step) = over(&feed.contract_mw).or_else(|| over(&feed.firm_mw)) {
            report.error(
                "contract-over-interconnection",
                place_of(component),
                format!(
                    "{} may draw {} from {} on, but its wires carry {}",
                    name_of(component),
                    format::mw(step.mw),
                    step.from,
                    format::mw(component.rating_mw())
                ),
                "raise the interconnection or lower the contract",
            );
        }
        for step in firm_steps_over_contract(feed) {
            report.warning(
                "firm-over-contract",
                place_of(component),
                format!(
                    "{} of {} are firm from {} on, more than the contract allows then",
                    format::mw(step.mw),
                    name_of(component),
                    step.from
                ),
                "raise the contract or lower the firm part",
            );
        }
    }
}

fn firm_steps_over_contract(feed: &GridFeed) -> impl Iterator<Item = DatedMw> {
    feed.firm_mw.iter().copied().filter(|firm| {
        let in_force = feed.contract_mw.iter().filter(|contract| contract.from <= firm.from);
        // The last step begun is in force; before the first one nothing is said.
        in_force.max_by_key(|contract| contract.from).is_some_and(|contract| firm.mw > contract.mw)
    })
}

/// Power parts feed something and cooling devices take heat from something.
pub(super) fn check_dead_ends(drawing: &Drawing, report: &mut Report) {
    for (node, component) in drawing.site.components.iter().enumerate() {
        let (idle, hint) = match component.kind.layer() {
            // A battery may only take and give at one link.
            Layer::Power if !matches!(component.kind, Kind::Battery(_)) => {
                (drawing.network.power_out(node).is_empty(), "link it to what it feeds or delete it")
            }
            Layer::Cooling => (
                drawing.network.heat_in(node).is_empty(),
                "link a hall or another device to it, or delete it",
            ),
            _ => continue,
        };
        // Parts without any link are orphans, which is another rule.
        let alone = drawing.network.is_isolated(node);
        if idle && !alone {
            let what = match component.kind.cooling() {
                Some(_) => "takes heat from nothing",
                None if is_source(&component.kind) => "feeds nothing through a closed link",
                None => "takes power but feeds nothing through a closed link",
            };
            report.warning(
                "dead-end",
                place_of(component),
                format!("{} ({}) {what}", name_of(component), component.kind.label()),
                hint,
            );
        }
    }
}
