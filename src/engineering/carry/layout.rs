//! A drawing fit to be carried through, and the ratings of what stands in it.

use super::super::checks::{name_of, place_of, place_of_link};
use super::super::graph::Network;
use super::super::space::RackCooling;
use super::super::summary::{hosting_cap_mw, hosting_liquid_share};
use super::super::supply::Standing;
use crate::quantity::Report;
use crate::site::{Component, DatedMw, Hall, Kind, Site};

/// A drawing fit to be carried through: no circles, and only parts whose numbers make sense.
#[derive(Debug)]
pub struct Layout<'a> {
    pub site: &'a Site,
    pub network: Network,
    pub(in crate::engineering) power_order: Vec<usize>,
    pub(in crate::engineering) heat_order: Vec<usize>,
    /// By component: stands and has usable numbers.
    pub(in crate::engineering) stands: Vec<bool>,
    pub halls: Vec<HallSpace>,
}

/// What the space of a hall allows.
#[derive(Clone, Debug, PartialEq)]
pub struct HallSpace {
    /// Index into `site.components`.
    pub component: usize,
    pub critical_mw: f64,
    /// Most hosting by convertible share, rack positions and floor, MW.
    pub hosting_mw: f64,
    /// Share of hosting's heat that leaves by liquid.
    pub liquid_share: f64,
}

impl<'a> Layout<'a> {
    /// Reads a drawing. Parts with numbers that cannot be carried through are left out and named in the report.
    ///
    /// # Errors
    /// A report when power or heat runs in a circle: then nothing can be said of any part.
    pub fn new(site: &'a Site, standing: Standing) -> Result<(Self, Report), Report> {
        let network = Network::new(site);
        let mut report = Report::default();
        let (Some(power_order), Some(heat_order)) = (network.power_order(), network.heat_order()) else {
            let cycle = network.power_cycles().into_iter().chain(network.heat_cycles()).next();
            let first = cycle.and_then(|cycle| cycle.first().copied());
            let (place, name) = first
                .and_then(|node| site.components.get(node))
                .map_or_else(Default::default, |part| (place_of(part), name_of(part).to_owned()));
            report.error(
                "capacity-circle",
                place,
                format!(
                    "power or heat runs in a circle through {name}, so what the site carries is not judged"
                ),
                "mark a tie as normally open, or turn one link round",
            );
            return Err(report);
        };
        let mut layout =
            Self { site, network, power_order, heat_order, stands: Vec::new(), halls: Vec::new() };
        for (node, component) in site.components.iter().enumerate() {
            let sound = defect(component).is_none();
            if let Some(what) = defect(component) {
                report.error(
                    "capacity-number",
                    place_of(component),
                    format!(
                        "{what} of {} is no number that can be carried; it counts as absent",
                        name_of(component)
                    ),
                    "give ratings of zero or more and losses between 0 and 1",
                );
            }
            layout.stands.push(sound && standing.includes(site, &layout.network, node));
        }
        for link in &site.links {
            if link.rating_mw.is_some_and(|mw| !(mw.is_finite() && mw >= 0.0)) {
                report.error(
                    "capacity-number",
                    place_of_link(link),
                    format!(
                        "the rating of the link {} is no number that can be carried; it counts as zero",
                        link.id
                    ),
                    "enter what it carries, or clear the rating if the link does not limit",
                );
            }
        }
        for (node, component) in site.components.iter().enumerate().filter(|(node, _)| layout.stands[*node]) {
            if let Some(hall) = component.hall() {
                let liquid_share = hosting_liquid_share(site, &layout.network, node);
                let cooling = if liquid_share > 0.0 { RackCooling::Liquid } else { RackCooling::Air };
                let hosting_mw = hosting_space_mw(hall, cooling);
                let critical_mw = hall.critical_mw;
                layout.halls.push(HallSpace { component: node, critical_mw, hosting_mw, liquid_share });
            }
        }
        Ok((layout, report))
    }

    pub fn component(&self, node: usize) -> &'a Component {
        &self.site.components[node]
    }

    /// Megawatts by hall, in the order of [`Layout::halls`], as megawatts by component.
    pub fn by_component(&self, by_hall: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; self.site.components.len()];
        for (hall, mw) in self.halls.iter().zip(by_hall) {
            all[hall.component] = *mw;
        }
        all
    }

    /// Ratings at which everything that stands is built and whole.
    pub fn full_build(&self) -> Ratings {
        let rating = |node: usize, component: &Component| {
            if self.stands[node] { component.rating_mw() } else { 0.0 }
        };
        let parts: Vec<f64> =
            self.site.components.iter().enumerate().map(|(node, part)| rating(node, part)).collect();
        let feed = |node: usize, component: &Component| match &component.kind {
            Kind::GridFeed(feed) => {
                let contract = last_step(&feed.contract_mw).unwrap_or(f64::INFINITY).min(parts[node]);
                (contract, last_step(&feed.firm_mw).unwrap_or(f64::INFINITY).min(contract))
            }
            _ => (f64::INFINITY, f64::INFINITY),
        };
        let feeds: Vec<(f64, f64)> =
            self.site.components.iter().enumerate().map(|(node, part)| feed(node, part)).collect();
        Ratings {
            parts: parts.iter().zip(&feeds).map(|(part, (contract, _))| part.min(*contract)).collect(),
            firm: feeds.into_iter().map(|(_, firm)| firm).collect(),
        }
    }
}

/// Ratings in service, by component: MW of the kind [`Component::rating_mw`] gives, contracts of feeds included;
/// and of a feed the part of it that may carry hosting.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratings {
    pub parts: Vec<f64>,
    pub firm: Vec<f64>,
}

/// What has a rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// A part, by index into `site.components`.
    Part(usize),
    /// The part of a feed's contract that is never interrupted, which is all that hosting may use.
    Firm(usize),
    /// A link, by index into `site.links`.
    Link(usize),
}

fn last_step(steps: &[DatedMw]) -> Option<f64> {
    steps.iter().max_by_key(|step| step.from).map(|step| step.mw)
}

/// The number of a part that no program should see, in words.
fn defect(component: &Component) -> Option<&'static str> {
    let usable = |value: f64| value.is_finite() && value >= 0.0;
    if !usable(component.rating_mw()) {
        return Some("the rating");
    }
    let loss = component.loss_share();
    if !(usable(loss) && loss < 1.0) {
        return Some("the loss");
    }
    if let Some(cooling) = component.kind.cooling()
        && ![cooling.design_hour_share, cooling.power_share, cooling.design_hour_power_share]
            .into_iter()
            .all(usable)
    {
        return Some("the design-hour share or the power");
    }
    match &component.kind {
        Kind::Hall(hall) => (!usable(hosting_space_mw(hall, RackCooling::Air))
            || !usable(hosting_space_mw(hall, RackCooling::Liquid)))
        .then_some("the space"),
        Kind::GridFeed(feed) => (!feed.contract_mw.iter().chain(&feed.firm_mw).all(|step| usable(step.mw)))
            .then_some("the contract"),
        _ => None,
    }
}

fn hosting_space_mw(hall: &Hall, cooling: RackCooling) -> f64 {
    let m2_per_mw = hall.fit_out.as_ref().map_or(0.0, |fit_out| fit_out.m2_per_mw);
    let floor = if hall.area_m2 > 0.0 && m2_per_mw > 0.0 { hall.area_m2 / m2_per_mw } else { f64::INFINITY };
    hosting_cap_mw(hall, cooling, 0.0).min(hall.critical_mw).min(floor)
}

/// Rating of what has one, MW of what its load is counted in: heat at the design hour for cooling.
pub(in crate::engineering) fn rating_of(layout: &Layout, ratings: &Ratings, of: Limit) -> f64 {
    match of {
        Limit::Part(node) => ratings.parts[node] * design_hour_share(layout.component(node)),
        Limit::Firm(node) => ratings.firm[node],
        Limit::Link(link) => match layout.site.links[link].rating_mw {
            // A rating that is no number carries nothing; the report of the layout names it.
            Some(mw) => {
                if mw.is_finite() {
                    mw.max(0.0)
                } else {
                    0.0
                }
            }
            None => f64::INFINITY,
        },
    }
}

pub(in crate::engineering) fn design_hour_share(component: &Component) -> f64 {
    component.kind.cooling().map_or(1.0, |cooling| cooling.design_hour_share)
}

/// Electric power of a device per heat it handles at the design hour; its typical figure where none is given.
pub(in crate::engineering) fn power_share(component: &Component) -> f64 {
    component.kind.cooling().map_or(0.0, |cooling| {
        if cooling.design_hour_power_share > 0.0 {
            cooling.design_hour_power_share
        } else {
            cooling.power_share
        }
    })
}
