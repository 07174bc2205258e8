//! The sequential Monte Carlo twin: every unit, common cause, start and change-over played in the order of time.
//!
//! It shares the structure (who leans on whom, and which causes are common) with the exact calculation and nothing
//! of its arithmetic: no k-of-n formula, no integral over outages, no frequency formula.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::super::supply::Supply;
use super::data::ReliabilityData;
use super::exact::Gate;
use super::model::{Model, Origin};
use super::standby::{Plant, exponential};
use super::structure::{Structure, too_large};
use crate::quantity::random::stream;
use crate::quantity::{HOURS_PER_YEAR, Problem, Severity, statistics};
use crate::site::{Kind, Site};

/// Most events of one simulation, which bounds its time.
pub const MOST_EVENTS: f64 = 5e8;
/// Most units that are followed.
pub const MOST_UNITS: u64 = 100_000;
/// Spans of years whose means are taken as independent.
const BATCHES: usize = 50;
/// Student's t at 99.5 % with 49 degrees of freedom, and the normal value.
const STUDENT: f64 = 2.680;
const NORMAL: f64 = 2.576;
/// Failures below which the interval is taken from the Poisson distribution.
const FEW: f64 = 20.0;

/// A mean with its 99 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl Estimate {
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// What the simulated years show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonteCarlo {
    pub years: f64,
    pub failures: u64,
    pub availability: Estimate,
    pub failures_per_year: Estimate,
    pub mean_duration_hours: Estimate,
}

/// How long and with which numbers to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct MonteCarloOptions {
    pub years: f64,
    pub seed: u64,
    pub data: ReliabilityData,
}

/// Plays the years of the port a supply belongs to, as [`super::availability`] judges it; without planned work.
///
/// `progress` is told the share done and may return false to stop, which gives `None`.
///
/// # Errors
/// A problem as of [`super::availability`], or one of a simulation that would take too long.
pub fn monte_carlo(
    site: &Site,
    supply: &Supply,
    load_mw: f64,
    demand_mw: &[f64],
    options: &MonteCarloOptions,
    progress: &dyn Fn(f64) -> bool,
) -> Result<Option<MonteCarlo>, Problem> {
    let structure = Structure::new(site, supply, load_mw, demand_mw, &options.data)?;
    let order = order(&structure).ok_or_else(|| too_large(site, supply))?;
    let events = 2.0 * rate(&structure) * options.years;
    let units: u64 = structure.models.iter().map(|model| u64::from(model.units())).sum();
    if !(options.years > 0.0 && events <= MOST_EVENTS && options.years <= MOST_EVENTS) || units > MOST_UNITS {
        return Err(Problem {
            severity: Severity::Error,
            code: "simulation-too-long",
            place: supply.component(site, supply.hall()).id.clone(),
            message: format!(
                "{} years of {units} units are more than a simulation follows ({events:.3e} events, {MOST_EVENTS:e} at most)",
                options.years
            ),
            hint: "ask for more than 0 and fewer years".to_owned(),
        });
    }
    let name = |node: usize| supply.component(site, node).id.as_str();
    let mut play = Play::new(&structure, order, |node| {
        let name = match &structure.origins[node] {
            Origin::Part(part) => name(*part).to_owned(),
            Origin::Transfer(part) => format!("transfer {}", name(*part)),
            Origin::CommonCause(parts) => format!("cause {}", name(parts[0])),
            Origin::CommonDemand(parts) => format!("demand {}", name(parts[0])),
        };
        stream(options.seed, &format!("availability {name}"))
    });
    for (node, origin) in structure.origins.iter().enumerate() {
        let is_feed = |part: &usize| matches!(supply.component(site, *part).kind, Kind::GridFeed(_));
        play.is_feed[node] = match origin {
            Origin::Part(part) => is_feed(part),
            Origin::CommonCause(parts) => parts.iter().all(is_feed),
            _ => false,
        };
    }
    Ok(play
        .run(options.years, progress)
        .map(|batches| estimate(&batches, options.years, longest(&structure))))
}

/// Failures a year of all units together.
fn rate(structure: &Structure) -> f64 {
    let of = |model: &Model| match model {
        Model::Set { units, rates, .. } => f64::from(*units) * rates.own + rates.common,
        _ => 0.0,
    };
    structure.models.iter().map(of).sum()
}

fn longest(structure: &Structure) -> f64 {
    let of = |model: &Model| match model {
        Model::Set { rates, .. } => rates.repair_hours,
        _ => 0.0,
    };
    structure.models.iter().map(of).fold(0.0, f64::max)
}

/// Nodes after all that they lean on or are called by; `None` where that runs in a circle.
fn order(structure: &Structure) -> Option<Vec<usize>> {
    let before: Vec<Vec<usize>> = structure
        .nodes
        .iter()
        .zip(&structure.models)
        .map(|(node, model)| {
            let members = node.gates.iter().flat_map(|gate| &gate.members).map(|(member, _)| *member);
            let callers = match model {
                Model::Set { .. } => Vec::new(),
                Model::StandBy { sources, others, .. } => sources.iter().chain(others).copied().collect(),
                Model::Demand { triggers, .. } => triggers.clone(),
            };
            members.chain(callers).collect()
        })
        .collect();
    let mut waits: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); before.len()];
    for (node, before) in before.iter().enumerate() {
        for other in before {
            after[*other].push(node);
        }
    }
    let mut order: Vec<usize> = (0..before.len()).filter(|node| waits[*node] == 0).collect();
    let mut next = 0;
    while let Some(node) = order.get(next).copied() {
        next += 1;
        for follower in &after[node] {
            waits[*follower] -= 1;
            if waits[*follower] == 0 {
                order.push(*follower);
            }
        }
    }
    (order.len() == before.len()).then_some(order)
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Event {
    hour: f64,
    node: usize,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Fails,
    Repaired,
    AllFail,
    AllRepaired,
    /// A plant that ran is out; only asks to look again.
    PlantEnds,
}

impl Eq for Event {}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    /// The earliest is the greatest, as the heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.hour.total_cmp(&self.hour).then(other.node.cmp(&self.node))
    }
}

/// What a node is in at the hour.
#[derive(Clone, Copy, Debug)]
struct Now {
    units_up: u32,
    common_up: bool,
    /// Whether a demand is on, of the sources and of the other feeders.
    is_called: [bool; 2],
    /// The hour at which the plant no longer carries its load, in either demand.
    ends: [f64; 2],
    /// Whether the demand is met.
    answers: bool,
}

struct Play<'a> {
    structure: &'a Structure,
    order: Vec<usize>,
    random: Vec<ChaCha8Rng>,
    now: Vec<Now>,
    works: Vec<bool>,
    is_feed: Vec<bool>,
    events: BinaryHeap<Event>,
}

/// Failures and hours down of a span of years, by the span in which they begin.
#[derive(Clone, Copy, Debug, Default)]
struct Batch {
    failures: f64,
    hours: f64,
}

impl<'a> Play<'a> {
    fn new(structure: &'a Structure, order: Vec<usize>, random: impl Fn(usize) -> ChaCha8Rng) -> Self {
        let count = structure.nodes.len();
        let whole = |model: &Model| Now {
            units_up: model.units(),
            common_up: true,
            is_called: [false; 2],
            ends: [f64::INFINITY; 2],
            answers: true,
        };
        let mut play = Self {
            structure,
            order,
            random: (0..count).map(random).collect(),
            now: structure.models.iter().map(whole).collect(),
            works: vec![true; count],
            is_feed: vec![false; count],
            events: BinaryHeap::new(),
        };
        for (node, model) in structure.models.iter().enumerate() {
            if let Model::Set { units, .. } = model {
                for _ in 0..*units {
                    play.schedule(node, What::Fails, 0.0);
                }
                play.schedule(node, What::AllFail, 0.0);
            }
        }
        play
    }

    /// Puts an event of a set at its random time after the hour; one with no rate never comes.
    fn schedule(&mut self, node: usize, what: What, hour: f64) {
        let Model::Set { rates, outage, ridden_hours, .. } = &self.structure.models[node] else { return };
        let random = &mut self.random[node];
        let wait = match what {
            What::Fails if rates.own > 0.0 => exponential(HOURS_PER_YEAR / rates.own, random),
            What::AllFail if rates.common > 0.0 => exponential(HOURS_PER_YEAR / rates.common, random),
            What::Repaired | What::AllRepaired => outage.sample_beyond(*ridden_hours, random),
            _ => return,
        };
        self.events.push(Event { hour: hour + wait, node, what });
    }

    fn run(&mut self, years: f64, progress: &dyn Fn(f64) -> bool) -> Option<Vec<Batch>> {
        let end = years * HOURS_PER_YEAR;
        let mut batches = vec![Batch::default(); BATCHES];
        let mut told = 0.0;
        self.look(0.0, true);
        let mut down_since = (!self.works[self.structure.hall]).then_some(0.0);
        while let Some(event) = self.events.pop().filter(|event| event.hour < end) {
            let hour = event.hour;
            if hour >= told * end {
                if !progress(told) {
                    return None;
                }
                told += 0.005;
            }
            let was_up = self.own(event.node, hour);
            self.happen(event);
            if was_up == self.own(event.node, hour) && event.what != What::PlantEnds {
                continue;
            }
            self.look(hour, true);
            let batch = &mut batches[batch_of(down_since.unwrap_or(hour), end)];
            match (down_since, self.works[self.structure.hall]) {
                (None, false) => down_since = Some(hour),
                (Some(since), true) => {
                    batch.failures += 1.0;
                    batch.hours += hour - since;
                    down_since = None;
                }
                (None, true) if was_up && self.is_feed[event.node] && self.leans_on_plants(hour) => {
                    batch.failures += 1.0;
                    batch.hours += self.structure.start_gap_hours;
                }
                _ => {}
            }
        }
        if let Some(since) = down_since {
            let batch = &mut batches[batch_of(since, end)];
            batch.failures += 1.0;
            batch.hours += end - since;
        }
        Some(batches)
    }

    fn happen(&mut self, event: Event) {
        let now = &mut self.now[event.node];
        let next = match event.what {
            What::Fails => {
                now.units_up = now.units_up.saturating_sub(1);
                What::Repaired
            }
            What::Repaired => {
                now.units_up += 1;
                What::Fails
            }
            What::AllFail => {
                now.common_up = false;
                What::AllRepaired
            }
            What::AllRepaired => {
                now.common_up = true;
                What::AllFail
            }
            What::PlantEnds => return,
        };
        self.schedule(event.node, next, event.hour);
    }

    /// Whether a node is up by itself.
    fn own(&self, node: usize, hour: f64) -> bool {
        let now = &self.now[node];
        match &self.structure.models[node] {
            Model::Set { needed, .. } => now.units_up >= *needed && now.common_up,
            Model::Demand { .. } => now.answers,
            Model::StandBy { sources, .. } => {
                let is_away = sources.iter().all(|source| !self.works[*source]);
                hour < now.ends[usize::from(!is_away)]
            }
        }
    }

    /// Works out what works at the hour, calling what is asked for; with `plants` false as if none had started.
    fn look(&mut self, hour: f64, plants: bool) {
        for place in 0..self.order.len() {
            let node = self.order[place];
            if plants {
                self.call(node, hour);
            }
            let is_plant = matches!(self.structure.models[node], Model::StandBy { .. });
            let own = self.own(node, hour) && (plants || !is_plant);
            self.works[node] = own && self.structure.nodes[node].gates.iter().all(|gate| self.is_open(gate));
        }
    }

    fn is_open(&self, gate: &Gate) -> bool {
        let mut given = gate.members.iter().filter(|(member, _)| self.works[*member]).peekable();
        given.peek().is_some() && given.map(|(_, rating)| rating).sum::<f64>() >= gate.needed
    }

    /// Whether the hall would be down without gensets, where their start is noticed.
    fn leans_on_plants(&mut self, hour: f64) -> bool {
        if self.structure.start_gap_hours <= 0.0 {
            return false;
        }
        let works = self.works.clone();
        self.look(hour, false);
        let alone = self.works[self.structure.hall];
        self.works = works;
        !alone
    }

    /// Begins and ends the demands of a node by what works so far.
    fn call(&mut self, node: usize, hour: f64) {
        let structure = self.structure;
        let is_down = |nodes: &[usize], works: &[bool]| nodes.iter().any(|node| !works[*node]);
        match &structure.models[node] {
            Model::Set { .. } => {}
            Model::StandBy { plant, sources, others, ridden_hours, .. } => {
                let away = sources.iter().all(|source| !self.works[*source]);
                let here = is_down(others, &self.works);
                for (which, called, ridden) in [(0, away, *ridden_hours), (1, here, 0.0)] {
                    if called && !self.now[node].is_called[which] {
                        let ends = hour - ridden + runs(plant, &mut self.random[node]);
                        self.now[node].ends[which] = ends;
                        if ends > hour {
                            self.events.push(Event { hour: ends, node, what: What::PlantEnds });
                        }
                    } else if !called {
                        self.now[node].ends[which] = f64::INFINITY;
                    }
                    self.now[node].is_called[which] = called;
                }
            }
            Model::Demand { units, needed, chance, common, triggers } => {
                let called = is_down(triggers, &self.works);
                if called && !self.now[node].is_called[0] {
                    let random = &mut self.random[node];
                    let good = (0..*units).filter(|_| random.random::<f64>() >= *chance).count();
                    self.now[node].answers = good >= *needed as usize && random.random::<f64>() >= *common;
                } else if !called {
                    self.now[node].answers = true;
                }
                self.now[node].is_called[0] = called;
            }
        }
    }
}

/// Hours from the call until a plant no longer carries its load.
fn runs(plant: &Plant, random: &mut ChaCha8Rng) -> f64 {
    if random.random::<f64>() < plant.common {
        return 0.0;
    }
    let mut ends: Vec<f64> = (0..plant.units)
        .map(|_| {
            let starts = random.random::<f64>() < plant.starts_alone();
            if starts { exponential(plant.mean_hours_to_failure, random) } else { 0.0 }
        })
        .collect();
    ends.sort_by(|a, b| b.total_cmp(a));
    // The load is lost when fewer than needed are left.
    let last = (plant.needed as usize).checked_sub(1).and_then(|place| ends.get(place)).copied();
    last.unwrap_or(f64::INFINITY).min(plant.permit_hours)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the batches")]
fn batch_of(hour: f64, end: f64) -> usize {
    (hour / end * BATCHES as f64).clamp(0.0, (BATCHES - 1) as f64) as usize
}

fn estimate(batches: &[Batch], years: f64, longest_repair_hours: f64) -> MonteCarlo {
    let span = years / batches.len() as f64;
    let of = |value: fn(&Batch) -> f64| -> Vec<f64> { batches.iter().map(value).collect() };
    let (failures, hours) = (of(|batch| batch.failures), of(|batch| batch.hours));
    let (count, down) = (failures.iter().sum::<f64>(), hours.iter().sum::<f64>());
    let half =
        |values: &[f64]| STUDENT * statistics::standard_deviation(values) / libm::sqrt(values.len() as f64);
    let duration = if count > 0.0 { down / count } else { 0.0 };
    let around = |mean: f64, half: f64| Estimate { mean, low: (mean - half).max(0.0), high: mean + half };
    let mut per_year = around(count / years, half(&failures) / span);
    // Ratio of two means: the spread of what is left of the hours after the failures explain them.
    let left: Vec<f64> = failures.iter().zip(&hours).map(|(count, hours)| hours - duration * count).collect();
    let mean_count = count / batches.len() as f64;
    let mut lasts = around(duration, if count > 0.0 { half(&left) / mean_count } else { 0.0 });
    let mut down_hours = around(down / years, half(&hours) / span);
    if count < FEW {
        // Bounds of a Poisson count, and of the mean of as many exponential lengths.
        let (fewest, most) = (gamma_quantile(count, -NORMAL), gamma_quantile(count + 1.0, NORMAL));
        per_year = Estimate { mean: count / years, low: fewest / years, high: most / years };
        lasts = if count > 0.0 {
            let longest = if fewest > 0.0 { down / fewest } else { f64::INFINITY };
            Estimate { mean: duration, low: down / gamma_quantile(count, NORMAL), high: longest }
        } else {
            Estimate { mean: 0.0, low: 0.0, high: longest_repair_hours }
        };
        let high = per_year.high * lasts.high.min(longest_repair_hours.max(duration));
        down_hours = Estimate { mean: down / years, low: per_year.low * lasts.low, high };
    }
    MonteCarlo {
        years,
        failures: count_of(count),
        availability: Estimate {
            mean: 1.0 - down_hours.mean / HOURS_PER_YEAR,
            low: (1.0 - down_hours.high / HOURS_PER_YEAR).max(0.0),
            high: 1.0 - down_hours.low / HOURS_PER_YEAR,
        },
        failures_per_year: per_year,
        mean_duration_hours: lasts,
    }
}

/// Quantile of the gamma distribution with this shape and scale one, by Wilson and Hilferty; zero for shape zero.
fn gamma_quantile(shape: f64, normal: f64) -> f64 {
    if shape <= 0.0 {
        return 0.0;
    }
    let ninth = 1.0 / (9.0 * shape);
    let root = 1.0 - ninth + normal * libm::sqrt(ninth);
    shape * root.max(0.0) * root.max(0.0) * root.max(0.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of ones")]
fn count_of(failures: f64) -> u64 {
    failures as u64
}
