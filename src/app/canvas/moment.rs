//! The site at one moment of the plan: what stands, what it carries, what the halls are used for.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::plan::{BuildPlan, HallPlan, PartFlow, Plan, UseOf};
use crate::site::drawing::link_ends;
use crate::site::{Component, Kind, Layer, Link, Site, State};

/// How a part stands at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Standing,
    /// May be built; not ordered at this moment.
    Planned,
    /// Ordered and not ready.
    Works,
    /// Planned, and ready at this moment.
    Built,
    /// Taken out by the plan.
    Removed,
}

impl Condition {
    pub fn word(self) -> &'static str {
        match self {
            Self::Standing => "existing",
            Self::Planned => "planned",
            Self::Works => "under works",
            Self::Built => "built",
            Self::Removed => "removed",
        }
    }

    pub fn is_solid(self) -> bool {
        matches!(self, Self::Standing | Self::Built)
    }
}

/// A share of a hall, in MW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Space {
    /// By the offer's place in the site's list.
    Hosting(usize),
    Works,
    Mining,
    /// Ready for a tenant and not let.
    Fitted,
}

/// One part at the moment.
#[derive(Clone, Debug, PartialEq)]
pub struct PartMoment {
    pub condition: Condition,
    /// What it carries at the design hour; none without a plan, or for fibre.
    pub load_mw: Option<f64>,
    /// What is in service.
    pub rating_mw: f64,
    /// Uses of a hall; empty for other parts.
    pub space: Vec<(Space, f64)>,
}

impl PartMoment {
    pub fn load_share(&self) -> Option<f64> {
        self.load_mw.filter(|_| self.rating_mw > 1e-9).map(|load| load / self.rating_mw)
    }

    pub fn is_overloaded(&self) -> bool {
        self.load_share().is_some_and(|share| share > 1.0 + 1e-6)
    }
}

/// The whole site at the moment.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// In the site's order.
    pub parts: Vec<PartMoment>,
    /// By link, in the site's order, MW.
    pub link_mw: Vec<f64>,
    /// Places of the parts that each link joins.
    pub ends: Vec<Option<(usize, usize)>>,
}

impl Moment {
    /// The site in a period of the plan; without a plan as it stands today.
    pub fn new(site: &Site, plan: Option<&Plan>, period: usize) -> Self {
        let planned = plan.map(Planned::new);
        let parts: Vec<PartMoment> =
            site.components.iter().map(|part| part_at(site, part, planned.as_ref(), period)).collect();
        let ends = link_ends(site);
        let link_mw = link_loads(site, &parts, &ends);
        Self { parts, link_mw, ends }
    }

    pub fn largest_link_mw(&self) -> f64 {
        self.link_mw.iter().copied().fold(0.0, f64::max)
    }
}

/// Whether two are the same answer, or both none.
pub fn same_plan(one: Option<&Arc<Plan>>, other: Option<&Arc<Plan>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}

fn at(series: &[f64], period: usize) -> f64 {
    series.get(period).copied().unwrap_or(0.0)
}

/// A plan by part, so that a large drawing is looked through once and not once a part.
struct Planned<'a> {
    flows: BTreeMap<&'a str, &'a PartFlow>,
    builds: BTreeMap<&'a str, &'a BuildPlan>,
    halls: BTreeMap<&'a str, &'a HallPlan>,
}

impl<'a> Planned<'a> {
    fn new(plan: &'a Plan) -> Self {
        let builds = plan.builds.iter().filter(|build| !build.fit_out);
        Self {
            flows: plan.parts.iter().map(|flow| (flow.component.as_str(), flow)).collect(),
            builds: builds.map(|build| (build.component.as_str(), build)).collect(),
            halls: plan.halls.iter().map(|hall| (hall.id.as_str(), hall)).collect(),
        }
    }
}

fn part_at(site: &Site, part: &Component, planned: Option<&Planned<'_>>, period: usize) -> PartMoment {
    let flow = planned.and_then(|planned| planned.flows.get(part.id.as_str()));
    let condition = condition_at(part, planned, period);
    let space = part.hall().map(|_| space_at(site, part, planned, period)).unwrap_or_default();
    let hall_mw: f64 = space
        .iter()
        .filter(|(space, _)| matches!(space, Space::Hosting(_) | Space::Mining))
        .map(|(_, mw)| mw)
        .sum();
    let load_mw = match (&part.kind, flow) {
        (Kind::Hall(_), _) => Some(hall_mw),
        (kind, _) if kind.layer() == Layer::Fibre => None,
        (_, Some(flow)) => Some(at(&flow.mining_mw, period) + at(&flow.hosting_mw, period)),
        (_, None) => None,
    };
    let rating_mw = match (&part.kind, flow, condition) {
        (Kind::Hall(_), _, _) | (_, None, _) => part.rating_mw(),
        (_, Some(flow), Condition::Standing | Condition::Built) => at(&flow.rating_mw, period),
        (_, Some(_), _) => part.rating_mw(),
    };
    PartMoment { condition, load_mw, rating_mw, space }
}

fn condition_at(part: &Component, planned: Option<&Planned<'_>>, period: usize) -> Condition {
    let Some(planned) = planned else {
        return if part.planned().is_some() { Condition::Planned } else { Condition::Standing };
    };
    match &part.state {
        State::Existing(None) => Condition::Standing,
        State::Existing(Some(_)) => {
            let flow = planned.flows.get(part.id.as_str());
            let gone =
                flow.is_some_and(|flow| period < flow.rating_mw.len() && flow.rating_mw[period] <= 1e-9);
            if gone { Condition::Removed } else { Condition::Standing }
        }
        State::Planned(_) => {
            let Some(build) = planned.builds.get(part.id.as_str()) else { return Condition::Planned };
            let ordered: f64 = build.ordered_mw.iter().take(period + 1).sum();
            let ready = at(&build.ready_mw, period);
            if ready > 1e-6 {
                Condition::Built
            } else if ordered > 1e-6 {
                Condition::Works
            } else {
                Condition::Planned
            }
        }
    }
}

/// How a hall is used, in the order it is filled: tenants, works, miners.
fn space_at(
    site: &Site,
    hall: &Component,
    planned: Option<&Planned<'_>>,
    period: usize,
) -> Vec<(Space, f64)> {
    let Some(hall_plan) = planned.and_then(|planned| planned.halls.get(hall.id.as_str())) else {
        return space_today(hall);
    };
    let mut space: Vec<(Space, f64)> = Vec::new();
    let mut hosted = 0.0;
    for (index, offer) in site.offers.iter().enumerate() {
        let of = UseOf::Hosting { offer: offer.id.clone() };
        let mw: f64 =
            hall_plan.uses.iter().filter(|plan| plan.of == of).map(|plan| at(&plan.mw, period)).sum();
        hosted += mw;
        space.push((Space::Hosting(index), mw));
    }
    space.push((Space::Fitted, (at(&hall_plan.fitted_mw, period) - hosted).max(0.0)));
    space.push((Space::Works, at(&hall_plan.works_mw, period)));
    let mining =
        hall_plan.uses.iter().filter(|plan| plan.of.is_mining()).map(|plan| at(&plan.mw, period)).sum();
    space.push((Space::Mining, mining));
    space.retain(|(_, mw)| *mw > 1e-6);
    space
}

/// Without a plan a hall shows its present use.
fn space_today(hall: &Component) -> Vec<(Space, f64)> {
    let Some(hall) = hall.hall() else { return Vec::new() };
    match hall.present_use {
        crate::site::Use::Mining => vec![(Space::Mining, hall.critical_mw)],
        crate::site::Use::Hosting => vec![(Space::Hosting(0), hall.fitted_mw.max(0.0))],
        crate::site::Use::Empty => Vec::new(),
    }
}

/// What each link carries: a part's load shared among its parents by what they carry themselves.
fn link_loads(site: &Site, parts: &[PartMoment], ends: &[Option<(usize, usize)>]) -> Vec<f64> {
    let load = |index: usize| {
        let part = &parts[index];
        if part.condition.is_solid() { part.load_mw } else { Some(0.0) }
    };
    let same = |a: &Link, b: &Link| std::mem::discriminant(&a.medium) == std::mem::discriminant(&b.medium);
    // Links into each part with the load of where they come from.
    let mut into: Vec<Vec<(&Link, f64)>> = vec![Vec::new(); parts.len()];
    let drawn = || site.links.iter().zip(ends);
    for (link, (from, to)) in drawn().filter_map(|(link, ends)| Some((link, (*ends)?))) {
        into[to].extend(load(from).map(|mw| (link, mw)));
    }
    drawn()
        .map(|(link, ends)| {
            let Some((one, other)) = *ends else { return 0.0 };
            let (Some(from), Some(to)) = (load(one), load(other)) else { return 0.0 };
            let joined = [one, other].into_iter().map(|index| (&site.components[index], &parts[index]));
            let allowed = allowed_at_hall(link, joined);
            let parents: f64 =
                into[other].iter().filter(|(other, _)| same(other, link)).map(|(_, mw)| mw).sum();
            let share = if parents > 1e-9 { from / parents } else { 0.0 };
            (to * share).min(from).min(allowed).max(0.0)
        })
        .collect()
}

/// A link at a hall that serves one use carries no more than that use.
fn allowed_at_hall<'a>(link: &Link, ends: impl Iterator<Item = (&'a Component, &'a PartMoment)>) -> f64 {
    let serves = link.medium.serves();
    ends.filter(|(part, _)| part.hall().is_some())
        .map(|(_, part)| {
            part.space
                .iter()
                .filter(|(space, _)| match space {
                    Space::Hosting(_) => serves.allows(false),
                    Space::Mining => serves.allows(true),
                    Space::Works | Space::Fitted => false,
                })
                .map(|(_, mw)| mw)
                .sum::<f64>()
        })
        .fold(f64::INFINITY, f64::min)
}
