//! Dates that a plan can still meet.

use super::{Drawing, name_of, place_of};
use crate::engineering::pairing::offer_refusal;
use crate::quantity::{Date, Report};
use crate::site::{Kind, Object};

/// The plan starts no earlier than what it knows.
pub(super) fn check_plan_start(drawing: &Drawing, report: &mut Report) {
    let (start, as_of) = (drawing.site.plan.start, drawing.site.as_of);
    if start < as_of {
        report.warning(
            "plan-before-as-of",
            Object::Plan.to_string(),
            format!("the plan starts on {start}, before the date of the information, {as_of}"),
            "start the plan on or after that date, or roll the site forward",
        );
    }
    if drawing.site.plan.horizon_years == 0 {
        report.error(
            "no-horizon",
            Object::Plan.to_string(),
            "the plan is zero years long",
            "enter the years to plan",
        );
    }
}

/// Planned parts can still be ordered.
pub(super) fn check_orders(drawing: &Drawing, report: &mut Report) {
    let start = drawing.site.plan.start;
    for component in &drawing.site.components {
        let Some(latest) = component.planned().and_then(|planned| planned.latest) else { continue };
        // A scenario that takes another option closes the window for good.
        if latest < start && latest != Date::MIN {
            report.warning(
                "order-window-closed",
                place_of(component),
                format!(
                    "{} had to be ordered by {latest}, before the plan starts on {start}",
                    name_of(component)
                ),
                "move its latest order date, or mark it as existing if it was built",
            );
        }
    }
}

/// Offers can still be taken, and ask for metros that are drawn.
pub(super) fn check_offers(drawing: &Drawing, report: &mut Report) {
    for offer in &drawing.site.offers {
        let place = || Object::Offer(offer.id.clone()).to_string();
        if let Some(reason) = offer_refusal(drawing.site, offer) {
            report.warning("offer-refused", place(), reason, "no hall is given to it as it stands");
        }
        if let Some(latency) = &offer.needs.latency {
            let end = drawing.network.node(&latency.metro).map(|node| &drawing.site.components[node]);
            if let Some(end) = end.filter(|end| !matches!(end.kind, Kind::Metro(_))) {
                report.error(
                    "latency-no-metro",
                    place(),
                    format!("{} asks for a round trip to {}, which is no metro", offer.name, name_of(end)),
                    "name a metro",
                );
            }
        }
    }
}
