//! Halls: what each needs to mine, to host, and to turn from one to the other.

use super::{Drawing, name_of, place_of};
use crate::engineering::factors::factor_of;
use crate::engineering::space::{RackCooling, bears_racks, rack_space_mw};
use crate::engineering::summary::hosting_liquid_share;
use crate::engineering::supply::{Port, Standing, Supply};
use crate::quantity::{Report, format};
use crate::site::{AsicFleet, Component, Hall, Object, Use};

/// Peak utility MW for a critical MW that built sites have (domain reference 4.3, with a margin).
const USUAL_GROSS: std::ops::RangeInclusive<f64> = 1.20..=1.55;

/// Parts that the gross factors of all halls may look at together, which bounds the time.
const MOST_PARTS_SEEN: usize = 1_000_000;

fn halls<'a>(drawing: &'a Drawing) -> impl Iterator<Item = (usize, &'a Component, &'a Hall)> {
    let components = drawing.site.components.iter().enumerate();
    components.filter_map(|(node, component)| component.hall().map(|hall| (node, component, hall)))
}

fn has_heat_path(drawing: &Drawing, hall: usize, port: Port, liquid: bool) -> bool {
    drawing.network.heat_out(hall, liquid).iter().any(|(link, to)| {
        drawing.site.links[*link].medium.serves().allows(port.is_mining())
            && drawing.paths.of(port).rejecting[*to]
    })
}

/// A hall that mines has raw power and a way for the miners' heat.
pub(super) fn check_mining(drawing: &Drawing, report: &mut Report) {
    for (node, component, hall) in halls(drawing) {
        if hall.present_use != Use::Mining || drawing.network.is_isolated(node) {
            continue;
        }
        if !drawing.paths.of(Port::Mining).powered[node] {
            report.error(
                "mining-without-power",
                place_of(component),
                format!("no power for mining reaches {}", name_of(component)),
                "link a powered part to it, with a link that serves mining",
            );
        }
        if !has_heat_path(drawing, node, Port::Mining, false)
            && !has_heat_path(drawing, node, Port::Mining, true)
        {
            report.error(
                "mining-without-cooling",
                place_of(component),
                format!("the heat of the miners in {} finds no way out", name_of(component)),
                "link it by air or liquid to a powered device that rejects heat, with links that serve mining",
            );
        }
    }
}

/// A hall that may become hosting has protected power and a way for every medium its fit-out uses.
pub(super) fn check_hosting(drawing: &Drawing, report: &mut Report) {
    for (node, component, hall) in halls(drawing) {
        if hall.hosting_max_mw() <= 0.0 || drawing.network.is_isolated(node) {
            continue;
        }
        let name = name_of(component);
        if !drawing.paths.of(Port::Hosting).powered[node] {
            report.warning(
                "hosting-without-power",
                place_of(component),
                format!("{name} may become hosting, but no power for hosting reaches it"),
                "draw the path as it may be built: grid, transformer, UPS, hall; links must serve hosting",
            );
        }
        let liquid_share = hosting_liquid_share(drawing.site, drawing.network, node);
        for (liquid, share) in [(false, 1.0 - liquid_share), (true, liquid_share)] {
            if share > 0.0 && !has_heat_path(drawing, node, Port::Hosting, liquid) {
                let medium = if liquid { "liquid" } else { "air" };
                report.warning(
                    "hosting-without-cooling",
                    place_of(component),
                    format!(
                        "{} of the heat of hosting in {name} leaves by {medium} and finds no way out",
                        format::percent(share)
                    ),
                    format!("link {name} by {medium} to a powered device that rejects heat, with links that serve hosting"),
                );
            }
        }
    }
}

/// A hall that may become hosting reaches a carrier or a metro by fibre.
pub(super) fn check_fibre(drawing: &Drawing, report: &mut Report) {
    use crate::site::Kind;
    let network = drawing.network;
    let mut reached = vec![false; network.len()];
    let is_outside = |kind: &Kind| matches!(kind, Kind::Carrier | Kind::Metro(_));
    let kind = |node: usize| &drawing.site.components[node].kind;
    let mut open: Vec<usize> = (0..network.len()).filter(|node| is_outside(kind(*node))).collect();
    while let Some(node) = open.pop() {
        if !std::mem::replace(&mut reached[node], true) {
            open.extend(network.fibre(node).iter().map(|(_, to)| *to));
        }
    }
    let by_any_room = (0..network.len()).any(|node| reached[node] && matches!(kind(node), Kind::MeetMeRoom));
    for (node, component, hall) in halls(drawing) {
        let is_reached = if network.fibre(node).is_empty() { by_any_room } else { reached[node] };
        if hall.hosting_max_mw() > 0.0 && !is_reached && !network.is_isolated(node) {
            report.warning(
                "hosting-without-fibre",
                place_of(component),
                format!(
                    "{} may become hosting, but no fibre joins it to a carrier or a metro",
                    name_of(component)
                ),
                "draw a meet-me room with fibre to a carrier or a metro",
            );
        }
    }
}

/// Converting has a price and a lead time.
pub(super) fn check_fit_out(drawing: &Drawing, report: &mut Report) {
    for (_, component, hall) in halls(drawing) {
        let name = name_of(component);
        if hall.fitted_mw > hall.critical_mw {
            report.error(
                "fitted-over-critical",
                place_of(component),
                format!(
                    "{} of {name} are fitted for hosting, but it holds {}",
                    format::mw(hall.fitted_mw),
                    format::mw(hall.critical_mw)
                ),
                "correct one of the two",
            );
        }
        if hall.fit_out.is_none() && hall.convertible_share > 0.0 && hall.hosting_max_mw() > hall.fitted_mw {
            report.warning(
                "fit-out-missing",
                place_of(component),
                format!(
                    "{} of {name} may become hosting, but it has no fit-out: what is not fitted today stays mining",
                    format::percent(hall.convertible_share)
                ),
                "give the hall a fit-out with price, lead and density, or set its convertible share to 0",
            );
        }
    }
}

/// Rows may hold this much less than the hall is drawn with before it is said: figures are rounded.
const ROWS_SHORT: f64 = 0.99;

/// The rows of miners hold what the hall is drawn with, and stand on its floor. Rows that hold more are no problem: a hall
/// is often limited by its power, not by its positions.
fn check_row_sums(component: &Component, hall: &Hall, report: &mut Report) {
    let sums = hall.row_sums();
    let name = name_of(component);
    if hall.present_use == Use::Mining && sums.mining_mw > 0.0 && hall.critical_mw > 0.0 {
        let share = sums.mining_mw / hall.critical_mw;
        let message = format!(
            "the rows of {name} hold {} of miners, the hall is drawn with {}",
            format::mw(sums.mining_mw),
            format::mw(hall.critical_mw)
        );
        let hint = "correct the count or the power of a position, or take the sum as the hall's MW";
        if share < ROWS_SHORT {
            report.warning("row-sum", place_of(component), message, hint);
        }
    }
    if sums.floor_m2 > 1.01 * hall.area_m2 {
        report.warning(
            "row-area",
            place_of(component),
            format!(
                "the {} positions of {name} take {} m² with their aisles, it has {} m²",
                format::number(sums.positions as f64, 0),
                format::number(sums.floor_m2, 0),
                format::number(hall.area_m2, 0)
            ),
            "correct the count, the floor of a position or the area of the hall",
        );
    }
}

/// Floor and rows hold what the hall is said to hold.
pub(super) fn check_space(drawing: &Drawing, report: &mut Report) {
    for (node, component, hall) in halls(drawing) {
        let name = name_of(component);
        for group in hall.row_groups.iter().filter(|group| !bears_racks(hall, group)) {
            report.warning(
                "floor-load",
                place_of(component),
                format!(
                    "racks of {} t on {} m² in {} of {name} are more than the floor's {} t/m²",
                    format::number(group.rack_tonnes, 2),
                    format::number(group.m2_per_rack, 2),
                    group.name,
                    format::number(hall.floor_load_t_per_m2, 2)
                ),
                "strengthen the floor, spread the racks or take lighter ones; these rows count for no hosting",
            );
        }
        check_row_sums(component, hall, report);
        let hosting = hall.hosting_max_mw();
        let cooling = if hosting_liquid_share(drawing.site, drawing.network, node) > 0.0 {
            RackCooling::Liquid
        } else {
            RackCooling::Air
        };
        let racks = rack_space_mw(hall, cooling, 0.0);
        // The hundredth is for rounded figures.
        if hosting > 0.0 && racks < 0.99 * hosting {
            report.warning(
                "rack-positions",
                place_of(component),
                format!(
                    "the rows of {name} hold {} of {}-cooled racks, {} may become hosting",
                    format::mw(racks),
                    cooling.word(),
                    format::mw(hosting)
                ),
                "add positions, offer denser racks or lower the convertible share",
            );
        }
        let floor = [
            ("hosting", hall.fit_out.as_ref().map_or(0.0, |fit_out| fit_out.m2_per_mw) * hosting),
            ("mining", hall.mining_m2_per_mw * hall.critical_mw),
        ];
        for (what, needed) in floor {
            if needed > 1.01 * hall.area_m2 {
                report.warning(
                    "floor-area",
                    place_of(component),
                    format!(
                        "{what} in all of {name} takes {} m², it has {} m²",
                        format::number(needed, 0),
                        format::number(hall.area_m2, 0)
                    ),
                    "correct the area or the floor a megawatt takes",
                );
            }
        }
    }
}

/// Peak gross-to-critical of hosting is within what built sites have.
pub(super) fn check_gross_to_critical(drawing: &Drawing, report: &mut Report) {
    let mut seen = 0;
    for (node, component, hall) in halls(drawing) {
        if hall.hosting_max_mw() <= 0.0 {
            continue;
        }
        if seen > MOST_PARTS_SEEN {
            report.info(
                "gross-to-critical-unchecked",
                place_of(component),
                format!(
                    "gross-to-critical was not checked from {} on: the drawing is very large",
                    name_of(component)
                ),
                "",
            );
            return;
        }
        let share = hosting_liquid_share(drawing.site, drawing.network, node);
        let supply =
            Supply::of(drawing.site, drawing.network, node, Port::Hosting, share, Standing::FullBuild);
        let Some(supply) = supply else { continue };
        seen += supply.nodes.len();
        let Some(factor) = factor_of(drawing.site, &supply) else { continue };
        if !USUAL_GROSS.contains(&factor.design_hour) {
            report.warning(
                "gross-to-critical",
                place_of(component),
                format!(
                    "a critical MW of hosting in {} takes {} MW from the utility at the design hour; built sites take {} to {}",
                    name_of(component),
                    format::number(factor.design_hour, 2),
                    format::number(*USUAL_GROSS.start(), 2),
                    format::number(*USUAL_GROSS.end(), 2)
                ),
                "check the losses and the power per heat of the parts on its path",
            );
        }
    }
}

/// The machines owned find room where their cooling is.
pub(super) fn check_fleets(drawing: &Drawing, report: &mut Report) {
    if drawing.site.fleets.is_empty() {
        return;
    }
    let room = |liquid: Option<bool>| -> f64 {
        halls(drawing)
            .filter(|(node, ..)| {
                liquid.is_none_or(|liquid| has_heat_path(drawing, *node, Port::Mining, liquid))
            })
            .map(|(_, _, hall)| (hall.critical_mw - hall.fitted_mw).max(0.0))
            .sum()
    };
    let owned = |liquid: Option<bool>| -> f64 {
        let fleets = drawing.site.fleets.iter();
        fleets
            .filter(|fleet| liquid.is_none_or(|liquid| fleet.cooling.is_liquid() == liquid))
            .map(AsicFleet::owned_mw)
            .sum()
    };
    let place = || Object::Fleet(drawing.site.fleets[0].id.clone()).to_string();
    for (liquid, what) in [(Some(false), "air-cooled "), (Some(true), "liquid-cooled "), (None, "")] {
        let (owned, room) = (owned(liquid), room(liquid));
        if owned > room * 1.001 + 1e-9 {
            report.warning(
                "fleet-over-halls",
                place(),
                format!(
                    "{} of {what}machines are owned, but the halls that suit them hold {}",
                    format::mw(owned),
                    format::mw(room)
                ),
                "the plan leaves the rest in store; correct the fleets or draw the halls and their cooling",
            );
            // The total would only repeat it.
            return;
        }
    }
}
