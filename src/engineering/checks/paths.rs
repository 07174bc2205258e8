//! What reaches what: power from a source, heat to the outside, and circles on the way.

use super::{Drawing, name_of, place_of};
use crate::engineering::graph::Network;
use crate::engineering::supply::{Port, needs_power, rejects_heat};
use crate::quantity::Report;
use crate::site::{Kind, Layer, Site};

/// Parts reached from a source and devices that find a way out for heat, for each port, over everything drawn.
pub(super) struct Paths {
    mining: PortPaths,
    hosting: PortPaths,
}

pub(super) struct PortPaths {
    /// Power from the grid or on-site generation arrives through closed links.
    pub powered: Vec<bool>,
    /// The device is powered, if it needs to be, and its heat reaches the outside.
    pub rejecting: Vec<bool>,
}

impl Paths {
    pub fn new(site: &Site, network: &Network) -> Self {
        Self {
            mining: PortPaths::new(site, network, Port::Mining),
            hosting: PortPaths::new(site, network, Port::Hosting),
        }
    }

    pub fn of(&self, port: Port) -> &PortPaths {
        match port {
            Port::Mining => &self.mining,
            Port::Hosting => &self.hosting,
        }
    }
}

impl PortPaths {
    fn new(site: &Site, network: &Network, port: Port) -> Self {
        let powered = powered(site, network, port);
        let rejecting = rejecting(site, network, port, &powered);
        Self { powered, rejecting }
    }
}

fn serves(site: &Site, link: usize, port: Port) -> bool {
    site.links[link].medium.serves().allows(port.is_mining())
}

fn powered(site: &Site, network: &Network, port: Port) -> Vec<bool> {
    let mut reached = vec![false; network.len()];
    let mut open: Vec<usize> = (0..network.len())
        .filter(|node| matches!(site.components[*node].kind, Kind::GridFeed(_) | Kind::Generation(_)))
        .collect();
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut reached[node], true) || site.components[node].kind.layer() != Layer::Power {
            continue;
        }
        open.extend(
            network.power_out(node).iter().filter(|(link, _)| serves(site, *link, port)).map(|(_, to)| *to),
        );
    }
    reached
}

fn rejecting(site: &Site, network: &Network, port: Port, powered: &[bool]) -> Vec<bool> {
    let runs = |node: usize| {
        let kind = &site.components[node].kind;
        kind.cooling().is_some() && (powered[node] || !needs_power(kind))
    };
    let mut reached = vec![false; network.len()];
    let mut open: Vec<usize> = (0..network.len())
        .filter(|node| rejects_heat(&site.components[*node].kind) && onward(site, network, *node, port) == 0)
        .collect();
    while let Some(node) = open.pop() {
        if !runs(node) || std::mem::replace(&mut reached[node], true) {
            continue;
        }
        open.extend(
            network.heat_in(node).iter().filter(|(link, _)| serves(site, *link, port)).map(|(_, from)| *from),
        );
    }
    reached
}

/// Heat links out of a node that serve the port.
fn onward(site: &Site, network: &Network, node: usize, port: Port) -> usize {
    [false, true]
        .into_iter()
        .flat_map(|liquid| network.heat_out(node, liquid))
        .filter(|(link, _)| serves(site, *link, port))
        .count()
}

/// A site with halls has a grid feed or generation of its own.
pub(super) fn check_source(drawing: &Drawing, report: &mut Report) {
    if drawing.site.halls().next().is_some() && !has_source(drawing) {
        report.error(
            "no-source",
            "site",
            "there are halls, but no grid feed and no on-site generation",
            "draw a grid feed and link it to the halls",
        );
    }
}

fn has_source(drawing: &Drawing) -> bool {
    let kinds = || drawing.site.components.iter().map(|component| &component.kind);
    kinds().any(|kind| matches!(kind, Kind::GridFeed(_) | Kind::Generation(_)))
}

/// Power runs away from its source and never back.
pub(super) fn check_power_cycles(drawing: &Drawing, report: &mut Report) {
    for cycle in drawing.network.power_cycles() {
        report_cycle(
            drawing,
            report,
            &cycle,
            "power-cycle",
            "power",
            "mark the tie between them as normally open",
        );
    }
}

/// Heat runs away from the load and never back.
pub(super) fn check_heat_cycles(drawing: &Drawing, report: &mut Report) {
    for cycle in drawing.network.heat_cycles() {
        report_cycle(
            drawing,
            report,
            &cycle,
            "heat-cycle",
            "heat",
            "turn round or remove one of their links",
        );
    }
}

/// Most parts of a circle that a message lists.
const MOST_NAMED: usize = 8;

fn report_cycle(
    drawing: &Drawing,
    report: &mut Report,
    cycle: &[usize],
    code: &'static str,
    what: &str,
    hint: &str,
) {
    let mut names: Vec<&str> =
        cycle.iter().take(MOST_NAMED).map(|node| name_of(&drawing.site.components[*node])).collect();
    let more = format!("and {} more", cycle.len().saturating_sub(MOST_NAMED));
    if cycle.len() > MOST_NAMED {
        names.push(&more);
    }
    let place = cycle.first().map_or_else(String::new, |node| place_of(&drawing.site.components[*node]));
    report.error(code, place, format!("{what} runs in a circle through {}", names.join(", ")), hint);
}

/// Every part that passes power on gets it from the grid or on-site generation through closed links.
pub(super) fn check_rooted_power(drawing: &Drawing, report: &mut Report) {
    if !has_source(drawing) {
        return;
    }
    for (node, component) in drawing.site.components.iter().enumerate() {
        let passes_power = component.kind.layer() == Layer::Power && needs_power(&component.kind);
        let is_reached =
            [Port::Mining, Port::Hosting].iter().any(|port| drawing.paths.of(*port).powered[node]);
        if !passes_power || is_reached || drawing.network.is_isolated(node) {
            continue;
        }
        report.error(
            "power-not-rooted",
            place_of(component),
            format!(
                "no power from the grid or on-site generation reaches {} ({}) through closed links",
                name_of(component),
                component.kind.label()
            ),
            "link its feeder to it, or close the open tie",
        );
    }
}

/// Ports for which a device has heat brought to it.
fn ports_served<'a>(drawing: &'a Drawing, node: usize) -> impl Iterator<Item = Port> + 'a {
    [Port::Mining, Port::Hosting].into_iter().filter(move |port| {
        drawing.network.heat_in(node).iter().any(|(link, _)| serves(drawing.site, *link, *port))
    })
}

/// Every cooling device that needs power has a feed that serves the port it cools.
pub(super) fn check_cooling_power(drawing: &Drawing, report: &mut Report) {
    if !has_source(drawing) {
        return;
    }
    for (node, component) in drawing.site.components.iter().enumerate() {
        if component.kind.cooling().is_none() || !needs_power(&component.kind) {
            continue;
        }
        let without: Vec<&str> = ports_served(drawing, node)
            .filter(|port| !drawing.paths.of(*port).powered[node])
            .map(Port::word)
            .collect();
        if !without.is_empty() {
            report.error(
                "cooling-without-power",
                place_of(component),
                format!(
                    "{} ({}) takes heat of {} but has no power that serves it",
                    name_of(component),
                    component.kind.label(),
                    without.join(" and ")
                ),
                "link a powered switchboard to it, with a link that serves the same use as the heat",
            );
        }
    }
}

/// Heat ends in a device that gives it to the outside.
pub(super) fn check_heat_ends(drawing: &Drawing, report: &mut Report) {
    for (node, component) in drawing.site.components.iter().enumerate() {
        if component.kind.cooling().is_none() || rejects_heat(&component.kind) {
            continue;
        }
        let stuck: Vec<&str> = ports_served(drawing, node)
            .filter(|port| onward(drawing.site, drawing.network, node, *port) == 0)
            .map(Port::word)
            .collect();
        if !stuck.is_empty() {
            report.error(
                "heat-ends",
                place_of(component),
                format!(
                    "the heat of {} ends in {}, and a {} cannot give it to the outside",
                    stuck.join(" and "),
                    name_of(component),
                    component.kind.label()
                ),
                "link it to a dry cooler, an adiabatic cooler, a cooling tower or a chiller",
            );
        }
    }
}
