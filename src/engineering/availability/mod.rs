//! Availability of a hall's port, exact for the structure drawn and the assumptions stated.
//!
//! A part works when its own set is up and it is served: enough of its power feeders work and, where it makes or
//! takes heat, enough of the devices behind it. "Enough" means that their ratings cover what the part must pass
//! on at the load judged, so two half-size transformers are not each other's reserve while two full-size ones
//! are. A set of identical units is up while as many work as carry its load when every hall hosts all it can
//! (k = load / unit rating, rounded up, spares never counted in). Ratings count without losses: a drawing rates a
//! UPS and its feeder alike.
//!
//! | file | what |
//! |---|---|
//! | `data` | failure data of a part, and `assets/catalogue/availability.csv` |
//! | `sets` | k of n repairable units |
//! | `standby` | gensets over the lengths of outages |
//! | `needs` | what each part must pass on, and the gates that follow |
//! | `common_cause` | which parts one cause may take together |
//! | `model` | what a node stands for and how it fails in time |
//! | `structure` | from the drawing to nodes and gates |
//! | `exact` | dynamic programming over the structure |
//! | `fibre` | the connection to a metro |
//! | `monte_carlo` | the same structure played through the years, as a check |
//!
//! What is taken as independent, and every approximation, stands in [`ASSUMPTIONS`], which reports print.

mod common_cause;
mod data;
mod exact;
pub mod fibre;
mod model;
pub mod monte_carlo;
mod needs;
mod sets;
mod standby;
mod structure;

pub use data::{MOST_FAILURES_PER_YEAR, ReliabilityData, failure_data};
pub use exact::{MOST_STATES, MOST_STATES_KEPT};
pub use needs::asked_mw;
pub use sets::{SetReliability, at_full_load};

use std::collections::BTreeMap;

use exact::{Exact, Node, Own, Solution};
use model::{Model, Origin};
use structure::{Structure, too_large};

use super::checks::name_of;
use super::supply::Supply;
use crate::quantity::{HOURS_PER_YEAR, Problem};
use crate::site::{ComponentId, Kind, Site};

/// What the figures rest on, a sentence each, for reports.
pub const ASSUMPTIONS: &[&str] = &[
    "Parts fail and are repaired independently of each other, of load and of season, at constant rates, unless a common cause joins them; every part has its own repair crew.",
    "A share of the failures of a set's units (beta factor) takes the whole set; a further share takes all parts of the same kind and voltage that are each other's reserve, such as side A and side B, for the time of one repair.",
    "Utility outages last log-normally, repairs exponentially; the loss of several grid feeds at once lasts as long as the longest mean of them.",
    "Gensets are called whenever the utility or what stands between it and their transfer switch is lost; a set that does not start or that fails while running is not repaired until the normal supply is back, and none runs longer than its permit.",
    "Outages other than of the utility that call gensets are taken together as exponential, with their mean over the hours.",
    "A transfer switch stays with the first feeder drawn and is asked once for each loss of it; it may fail to transfer and then does so until that feeder is back. A normally open tie is never closed.",
    "The hall rides through the loss of the utility for as long as the UPS and batteries on enough of its feeders last and its cooling is either fed through them or has that much stored cold, less the time to restart; shorter outages are none. All of it is ready again at the next outage.",
    "Where ride-through is shorter than the start of the gensets, every loss of the utility that the gensets then carry is an interruption until they and the cooling run.",
    "Losses of cooling for other reasons than the utility last hours, and stored cold is not counted against them.",
    "Links of power and heat, controls drawn nowhere, operating errors, fuel supply and disasters are left out.",
    "Planned work is left out unless asked for; then one unit of the site at a time is out, once a year, with nothing lost beforehand.",
];

/// What a port's tenant sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Availability {
    /// Share of the hours with power and cooling.
    pub availability: f64,
    pub failures_per_year: f64,
    pub downtime_hours_per_year: f64,
    /// Parts whose loss alone takes the port down, in drawing order.
    pub single_points_of_failure: Vec<ComponentId>,
    /// What contributes to the downtime, common causes and demands told apart, the largest first.
    pub causes: Vec<Contributor>,
    /// The same by part: (part, Birnbaum importance of its own failures, share of the downtime by all causes that
    /// take it), the largest share first. A common cause counts with each of its parts, so shares may sum to over 1.
    pub contributors: Vec<(ComponentId, f64, f64)>,
    /// Minutes of a utility outage that the hall does not notice.
    pub ride_through_minutes: f64,
    /// Of `failures_per_year`: starts of the gensets that UPS and stored cold do not bridge.
    pub start_interruptions_per_year: f64,
    /// Of `downtime_hours_per_year`: planned work; zero where it was not asked for.
    pub planned_hours_per_year: f64,
    /// What is worth knowing and no reason to withhold the figures, such as permits used up.
    pub problems: Vec<Problem>,
}

/// Something that fails and what that costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributor {
    pub cause: Cause,
    /// Change of the port's availability for a change of the cause's.
    pub birnbaum: f64,
    /// Share of the port's unavailability that goes when the cause never comes (Fussell-Vesely).
    pub fussell_vesely: f64,
    /// The same in hours a year.
    pub hours_per_year: f64,
    /// Failures of the port that the cause begins.
    pub failures_per_year: f64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    Part(ComponentId),
    /// One cause that takes all of these parts.
    Common(Vec<ComponentId>),
    /// The transfer switch does not change over.
    Transfer(ComponentId),
    /// One cause that keeps all of these transfer switches, or gensets, from doing what they are called for.
    CommonDemand(Vec<ComponentId>),
}

impl Cause {
    /// The parts it takes.
    pub fn parts(&self) -> &[ComponentId] {
        match self {
            Self::Part(part) | Self::Transfer(part) => std::slice::from_ref(part),
            Self::Common(parts) | Self::CommonDemand(parts) => parts,
        }
    }

    /// The cause by the names of its parts.
    pub fn words(&self, site: &Site) -> String {
        let names: Vec<String> = self
            .parts()
            .iter()
            .map(|id| site.component(id).map_or_else(|| id.clone(), |part| name_of(part).to_owned()))
            .collect();
        let all = names.join(", ");
        match self {
            Self::Part(_) => all,
            Self::Common(_) => format!("one cause common to {all}"),
            Self::Transfer(_) => format!("{all} not changing over"),
            Self::CommonDemand(_) => format!("one cause that keeps {all} from starting or changing over"),
        }
    }
}

impl Availability {
    /// Mean hours of one event; zero when nothing ever fails.
    pub fn mean_duration_hours(&self) -> f64 {
        if self.failures_per_year > 0.0 { self.downtime_hours_per_year / self.failures_per_year } else { 0.0 }
    }

    /// What the figures rest on, a sentence each.
    pub fn assumptions() -> &'static [&'static str] {
        ASSUMPTIONS
    }
}

/// How an availability is worked out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AvailabilityOptions {
    /// Whether the hours of planned work count.
    pub planned_maintenance: bool,
    pub data: ReliabilityData,
}

/// Availability of the port a supply belongs to when it carries `load_mw` of IT, without planned work, by the data
/// the site pins.
///
/// With a load near zero any one feeder and any one device counts as enough. `demand_mw` is what each component
/// of the site must pass on for all halls together ([`asked_mw`] summed); parts beyond its end are taken to serve
/// this hall alone.
///
/// # Errors
/// A problem that names the part without failure data, or the hall whose supply is too meshed.
pub fn availability(
    site: &Site,
    supply: &Supply,
    load_mw: f64,
    demand_mw: &[f64],
) -> Result<Availability, Problem> {
    let mut states_left = MOST_STATES_KEPT;
    availability_within(site, supply, load_mw, demand_mw, false, &mut states_left)
}

/// As [`availability`], with planned work if asked for, taking the states it keeps from an allowance shared by many
/// halls.
///
/// # Errors
/// As [`availability`]; the supply counts as too meshed when the allowance is used up.
pub fn availability_within(
    site: &Site,
    supply: &Supply,
    load_mw: f64,
    demand_mw: &[f64],
    planned_maintenance: bool,
    states_left: &mut usize,
) -> Result<Availability, Problem> {
    let structure = Structure::new(site, supply, load_mw, demand_mw, &ReliabilityData::of(site))?;
    judge(site, supply, structure, planned_maintenance, states_left)
}

/// As [`availability`], with planned work or other data than the site's.
///
/// # Errors
/// As [`availability`].
pub fn availability_with(
    site: &Site,
    supply: &Supply,
    load_mw: f64,
    demand_mw: &[f64],
    options: &AvailabilityOptions,
) -> Result<Availability, Problem> {
    let structure = Structure::new(site, supply, load_mw, demand_mw, &options.data)?;
    let mut states_left = MOST_STATES_KEPT;
    judge(site, supply, structure, options.planned_maintenance, &mut states_left)
}

/// Only the share of the hours in which the port is down; several times quicker than [`availability`].
///
/// # Errors
/// As [`availability`].
pub fn unavailability(site: &Site, supply: &Supply, load_mw: f64, demand_mw: &[f64]) -> Result<f64, Problem> {
    let structure = Structure::new(site, supply, load_mw, demand_mw, &ReliabilityData::of(site))?;
    let mut states_left = MOST_STATES_KEPT;
    let down = Exact::new(&structure.nodes, structure.hall)
        .and_then(|exact| exact.unavailability(&mut states_left))
        .and_then(|down| {
            let starts = start_interruptions(&structure, site, supply, &mut states_left)?;
            Some(down + starts * structure.start_gap_hours / HOURS_PER_YEAR)
        });
    down.map(|down| down.min(1.0)).ok_or_else(|| too_large(site, supply))
}

fn judge(
    site: &Site,
    supply: &Supply,
    structure: Structure,
    planned_maintenance: bool,
    states_left: &mut usize,
) -> Result<Availability, Problem> {
    let meshed = || too_large(site, supply);
    let mut solution = solve(&structure.nodes, structure.hall, states_left).ok_or_else(meshed)?;
    let starts = start_interruptions(&structure, site, supply, states_left).ok_or_else(meshed)?;
    let planned = if planned_maintenance {
        let mut allowance = MOST_STATES_KEPT;
        planned_work(&structure, &solution, &mut allowance).ok_or_else(meshed)?
    } else {
        Planned::default()
    };
    let start_share = starts * structure.start_gap_hours / HOURS_PER_YEAR;
    let down = (solution.unavailability + start_share + planned.unavailability).clamp(0.0, 1.0);
    solution.failures_per_year += starts + planned.failures_per_year;
    let causes = causes(site, supply, &structure, &solution, down);
    Ok(Availability {
        availability: 1.0 - down,
        failures_per_year: solution.failures_per_year.max(0.0),
        downtime_hours_per_year: down * HOURS_PER_YEAR,
        single_points_of_failure: single_points(site, supply, &structure, &solution),
        contributors: contributors(&causes),
        causes,
        ride_through_minutes: structure.ride_through_hours * 60.0,
        start_interruptions_per_year: starts,
        planned_hours_per_year: planned.unavailability * HOURS_PER_YEAR,
        problems: structure.problems,
    })
}

fn solve(nodes: &[Node], hall: usize, states_left: &mut usize) -> Option<Solution> {
    Exact::new(nodes, hall)?.solve(states_left)
}

fn fails(own: &Own) -> bool {
    match own {
        Own::Always(own) => own.unavailability > 0.0,
        Own::StandBy { .. } => true,
    }
}

fn single_points(
    site: &Site,
    supply: &Supply,
    structure: &Structure,
    solution: &Solution,
) -> Vec<ComponentId> {
    let mut found: Vec<usize> = (0..supply.nodes.len())
        .filter(|node| *node != supply.hall() && solution.importance[*node].up_without == 0.0)
        .filter(|node| !matches!(structure.models[*node], Model::Demand { .. }))
        .map(|node| supply.nodes[node])
        .collect();
    found.sort_unstable();
    found.into_iter().map(|node| site.components[node].id.clone()).collect()
}

fn causes(
    site: &Site,
    supply: &Supply,
    structure: &Structure,
    solution: &Solution,
    down: f64,
) -> Vec<Contributor> {
    let id = |node: &usize| site.components[supply.nodes[*node]].id.clone();
    let ids = |nodes: &[usize]| nodes.iter().map(id).collect();
    let mut found: Vec<Contributor> = structure
        .origins
        .iter()
        .zip(&structure.nodes)
        .zip(&solution.importance)
        .filter(|((_, node), importance)| fails(&node.own) && importance.share_down > 0.0 && down > 0.0)
        .map(|((origin, _), importance)| Contributor {
            cause: match origin {
                Origin::Part(node) => Cause::Part(id(node)),
                Origin::CommonCause(nodes) => Cause::Common(ids(nodes)),
                Origin::Transfer(node) => Cause::Transfer(id(node)),
                Origin::CommonDemand(nodes) => Cause::CommonDemand(ids(nodes)),
            },
            birnbaum: importance.birnbaum,
            fussell_vesely: importance.share_down / down,
            hours_per_year: importance.share_down * HOURS_PER_YEAR,
            failures_per_year: importance.failures_per_year,
        })
        .collect();
    count_with_the_source(&mut found, site);
    // Stable: equals stay in the order of the supply.
    found.sort_by(|a, b| b.hours_per_year.total_cmp(&a.hours_per_year));
    found
}

/// The causes by the parts they take.
fn contributors(causes: &[Contributor]) -> Vec<(ComponentId, f64, f64)> {
    let mut by_part: BTreeMap<&ComponentId, (f64, f64)> = BTreeMap::new();
    for cause in causes {
        for part in cause.cause.parts() {
            let (birnbaum, share) = by_part.entry(part).or_default();
            *share += cause.fussell_vesely;
            if matches!(cause.cause, Cause::Part(_)) {
                *birnbaum = cause.birnbaum;
            }
        }
    }
    let mut found: Vec<(ComponentId, f64, f64)> =
        by_part.into_iter().map(|(part, (birnbaum, share))| (part.clone(), birnbaum, share)).collect();
    found.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    found
}

/// A plant that fails mostly at its start has a negative sum, since outages count with the source as if the plant were
/// down in them for the share of its hours: the difference belongs to the sources.
fn count_with_the_source(found: &mut [Contributor], site: &Site) {
    let owed: f64 = found.iter().map(|one| one.failures_per_year.min(0.0)).sum();
    let is_source = |one: &Contributor| {
        one.cause.parts().iter().all(|id| {
            site.component(id)
                .is_some_and(|part| matches!(part.kind, Kind::GridFeed(_) | Kind::Generation(_)))
        })
    };
    let of_sources: f64 =
        found.iter().filter(|one| is_source(one)).map(|one| one.failures_per_year.max(0.0)).sum();
    for one in found {
        if one.failures_per_year < 0.0 {
            one.failures_per_year = 0.0;
        } else if of_sources > 0.0 && is_source(one) {
            one.failures_per_year *= (1.0 + owed / of_sources).max(0.0);
        }
    }
}

/// Interruptions a year by starts of gensets that ride-through does not bridge: losses of a grid feed after which
/// the hall is up with gensets and would be down without; `None` when there are too many states.
fn start_interruptions(
    structure: &Structure,
    site: &Site,
    supply: &Supply,
    states_left: &mut usize,
) -> Option<f64> {
    if structure.start_gap_hours <= 0.0 {
        return Some(0.0);
    }
    let is_feed = |node: &usize| matches!(supply.component(site, *node).kind, Kind::GridFeed(_));
    let mut nodes = structure.nodes.clone();
    let mut interruptions = 0.0;
    for (node, origin) in structure.origins.iter().enumerate() {
        let loses_feed = match origin {
            Origin::Part(part) => is_feed(part),
            Origin::CommonCause(parts) => parts.iter().all(is_feed),
            _ => false,
        };
        let Own::Always(own) = structure.nodes[node].own else { continue };
        if !loses_feed || own.failures_per_year <= 0.0 {
            continue;
        }
        nodes[node].own = Own::Always(SetReliability { unavailability: 1.0, failures_per_year: 0.0 });
        let mut down_with = |at_start: &dyn Fn(&standby::Plant) -> f64| {
            for (other, model) in nodes.iter_mut().zip(&structure.models) {
                if let (Own::StandBy { sources_down, sources_up, .. }, Model::StandBy { plant, .. }) =
                    (&mut other.own, model)
                {
                    sources_down.unavailability = at_start(plant);
                    sources_up.unavailability = at_start(plant);
                }
            }
            Exact::new(&nodes, structure.hall)?.unavailability(states_left)
        };
        let carried = down_with(&|plant| plant.down_after(0.0))?;
        let alone = down_with(&|_| 1.0)?;
        interruptions += own.failures_per_year * (alone - carried).max(0.0);
        nodes[node].own = structure.nodes[node].own.clone();
    }
    Some(interruptions)
}

/// What planned work adds.
#[derive(Clone, Copy, Debug, Default)]
struct Planned {
    unavailability: f64,
    failures_per_year: f64,
}

/// One unit at a time is out for its hours, once a year: the year is a mixture of the site whole and of the site
/// without that unit; `None` when there are too many states.
fn planned_work(structure: &Structure, whole: &Solution, states_left: &mut usize) -> Option<Planned> {
    let mut planned = Planned::default();
    let mut nodes = structure.nodes.clone();
    for (node, (model, hours)) in structure.models.iter().zip(&structure.maintenance_hours).enumerate() {
        let units = f64::from(model.units());
        if *hours <= 0.0 || whole.importance[node].birnbaum <= 0.0 {
            continue;
        }
        nodes[node].own = model.without_a_unit();
        let reduced = solve(&nodes, structure.hall, states_left)?;
        nodes[node].own = structure.nodes[node].own.clone();
        let share = units * hours / HOURS_PER_YEAR;
        let more = (reduced.unavailability - whole.unavailability).max(0.0);
        planned.unavailability += share * more;
        planned.failures_per_year +=
            share * (reduced.failures_per_year - whole.failures_per_year) + units * more;
    }
    Some(planned)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_enumeration;
#[cfg(test)]
mod tests_simulation;
#[cfg(test)]
mod tests_standby;
