//! Rules a drawing must keep to, one function a rule. Each problem names the user's own part and how to mend it.
//!
//! Deliberately absent: short-circuit and protection studies. Ids, ranges, references and the order of dates are
//! checked where a file is read.

mod climate;
mod halls;
mod links;
mod parts;
mod paths;
mod times;
mod whole;

pub use links::joining_medium;

use super::graph::Network;
use crate::quantity::Report;
use crate::site::{Component, Link, Object, Site};

/// Everything wrong with the drawing.
///
/// Linear in the number of parts and links (up to a logarithm), so that a large drawing is checked as it is edited.
pub fn check(site: &Site) -> Report {
    let network = Network::new(site);
    let paths = paths::Paths::new(site, &network);
    let drawing = Drawing { site, network: &network, paths: &paths };
    let mut report = Report::default();
    for rule in RULES {
        rule(&drawing, &mut report);
    }
    report
}

type Rule = fn(&Drawing, &mut Report);

const RULES: &[Rule] = &[
    links::check_ends,
    links::check_voltages,
    links::check_ratings,
    parts::check_orphans,
    parts::check_ratings,
    parts::check_grid_feeds,
    parts::check_dead_ends,
    paths::check_source,
    paths::check_power_cycles,
    paths::check_heat_cycles,
    paths::check_rooted_power,
    paths::check_cooling_power,
    paths::check_heat_ends,
    halls::check_mining,
    halls::check_hosting,
    halls::check_fibre,
    halls::check_fit_out,
    halls::check_space,
    halls::check_gross_to_critical,
    halls::check_fleets,
    times::check_plan_start,
    times::check_orders,
    times::check_offers,
    whole::check_blocks,
    whole::check_options,
    whole::check_exclusive,
    climate::check_climate,
];

/// The site with its network and what reaches what.
struct Drawing<'a> {
    site: &'a Site,
    network: &'a Network,
    paths: &'a paths::Paths,
}

/// What a user calls a part.
pub(super) fn name_of(component: &Component) -> &str {
    [&component.tag, &component.name].into_iter().find(|name| !name.is_empty()).unwrap_or(&component.id)
}

/// Where a problem with a part is shown.
pub(super) fn place_of(component: &Component) -> String {
    Object::Component(component.id.clone()).to_string()
}

pub(super) fn place_of_link(link: &Link) -> String {
    Object::Link(link.id.clone()).to_string()
}

#[cfg(test)]
mod tests;
