//! Availability of a hall's port: exact, by dynamic programming over the drawing.
//!
//! A part works when its own set is up and it is served: enough of its power feeders work and, where it makes or
//! takes heat, enough of the devices behind it. "Enough" means that their ratings cover what the part must pass
//! on at the load judged, so two half-size transformers are not each other's reserve while two full-size ones
//! are. A set of identical units is up while as many units work as it needs; a share [`COMMON_CAUSE`] of the
//! failures takes all units at once. An automatic transfer switch is drawn with both feeders closed; normally
//! open ties count as open. Links never fail. Heat is lost at once: ride-through of stored cold and of batteries
//! is left out, and so is planned maintenance. The start of the gensets is taken as bridged by the UPS.

use super::factors::factor_of;
use super::supply::{Edge, Supply, edge_rating_mw, needs_power, rejects_heat};
use crate::quantity::{HOURS_PER_YEAR, Problem, Severity};
use crate::site::{Component, ComponentId, Genset, Kind, Site};

/// Share of the failures of a set's units that take all its units at once (beta factor; practice uses 2 to 10 %).
pub const COMMON_CAUSE: f64 = 0.05;

/// Most states of the parts still leaned on that the calculation follows at once.
pub const MOST_STATES: usize = 1 << 18;

/// Most states kept in all, which bounds the memory.
const MOST_STATES_KEPT: usize = 1 << 22;

/// What a port's tenant sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Availability {
    /// Share of the hours with power and cooling.
    pub availability: f64,
    pub failures_per_year: f64,
    pub downtime_hours_per_year: f64,
    /// Parts whose loss alone takes the port down, in drawing order.
    pub single_points_of_failure: Vec<ComponentId>,
    /// (part, Birnbaum importance, Fussell-Vesely importance), the largest Fussell-Vesely first.
    ///
    /// Birnbaum: change of the port's availability for a change of the part's. Fussell-Vesely: share of the
    /// port's unavailability that goes when the part never fails.
    pub contributors: Vec<(ComponentId, f64, f64)>,
}

impl Availability {
    /// Mean hours of one event; zero when nothing ever fails.
    pub fn mean_duration_hours(&self) -> f64 {
        if self.failures_per_year > 0.0 { self.downtime_hours_per_year / self.failures_per_year } else { 0.0 }
    }
}

/// Probability and frequency with which a set of units fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SetReliability {
    pub unavailability: f64,
    /// Falls below what is needed, per year.
    pub failures_per_year: f64,
}

/// Suppliers of which enough must work.
struct Gate {
    members: Vec<(usize, f64)>,
    needed: f64,
}

struct Part {
    unavailability: f64,
    failures_per_year: f64,
    gates: Vec<Gate>,
}

/// States of the parts still leaned on, as bits, with their probability; ascending.
type Layer = Vec<(u64, f64)>;

/// Availability of the port a supply belongs to when it carries `load_mw` of IT.
///
/// With a load near zero any one feeder and any one device counts as enough.
///
/// # Errors
/// A problem that names the part without failure data, or the hall whose supply is too meshed.
pub fn availability(site: &Site, supply: &Supply, load_mw: f64) -> Result<Availability, Problem> {
    let parts = parts(site, supply, load_mw)?;
    let schedule = Schedule::new(&parts).ok_or_else(|| too_meshed(site, supply))?;
    let layers = forward(&parts, &schedule).ok_or_else(|| too_meshed(site, supply))?;
    let unavailability = down_share(&layers, &schedule);
    let importance = importance(&parts, &schedule, &layers);

    let mut contributors = Vec::new();
    let mut single_points = Vec::new();
    let mut failures_per_year = 0.0;
    for (node, (part, importance)) in parts.iter().zip(&importance).enumerate() {
        failures_per_year += importance.birnbaum * part.failures_per_year;
        if node == supply.hall() && part.unavailability == 0.0 {
            continue;
        }
        if importance.up_without == 0.0 && node != supply.hall() {
            single_points.push(supply.nodes[node]);
        }
        let share = if unavailability > 0.0 {
            importance.birnbaum * part.unavailability / unavailability
        } else {
            0.0
        };
        if share > 0.0 {
            contributors.push((supply.nodes[node], importance.birnbaum, share));
        }
    }
    single_points.sort_unstable();
    contributors.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let id = |node: usize| site.components[node].id.clone();
    Ok(Availability {
        availability: 1.0 - unavailability,
        failures_per_year,
        downtime_hours_per_year: unavailability * HOURS_PER_YEAR,
        single_points_of_failure: single_points.into_iter().map(id).collect(),
        contributors: contributors
            .into_iter()
            .map(|(node, birnbaum, share)| (id(node), birnbaum, share))
            .collect(),
    })
}

/// Only the share of the hours in which the port is down; several times quicker than [`availability`].
///
/// # Errors
/// As [`availability`].
pub fn unavailability(site: &Site, supply: &Supply, load_mw: f64) -> Result<f64, Problem> {
    let parts = parts(site, supply, load_mw)?;
    let schedule = Schedule::new(&parts).ok_or_else(|| too_meshed(site, supply))?;
    let mut layer = vec![(0, 1.0)];
    for (node, part) in parts.iter().enumerate() {
        layer = step(&layer, part, &schedule.steps[node]);
        if layer.len() > MOST_STATES {
            return Err(too_meshed(site, supply));
        }
    }
    Ok(down_share(&[layer], &schedule))
}

fn too_meshed(site: &Site, supply: &Supply) -> Problem {
    let hall = supply.component(site, supply.hall());
    Problem {
        severity: Severity::Warning,
        code: "too-meshed",
        place: format!("component {}", hall.tag),
        message: format!(
            "the supply of {} is too meshed for an exact availability ({} parts, more than {MOST_STATES} states at once)",
            hall.tag,
            supply.nodes.len()
        ),
        hint: "draw identical parallel parts as one part with several units".to_owned(),
    }
}

// --- parts ---------------------------------------------------------------------------------------------------

fn parts(site: &Site, supply: &Supply, load_mw: f64) -> Result<Vec<Part>, Problem> {
    let outage_hours = source_outage_hours(site, supply)?;
    let needs = needs(site, supply, load_mw);
    let mut parts = Vec::with_capacity(supply.nodes.len());
    for node in 0..supply.nodes.len() {
        let component = supply.component(site, node);
        let own = match &component.kind {
            Kind::Genset(genset) => stand_by(component, genset, outage_hours),
            _ => {
                let (failures, hours) = failure_data(site, component)?;
                set_reliability(component.units.max(1), component.working_units(), failures, hours)
            }
        };
        parts.push(Part {
            unavailability: own.unavailability,
            failures_per_year: own.failures_per_year,
            gates: gates(site, supply, node, &needs),
        });
    }
    Ok(parts)
}

/// Failures a year and hours to repair of one unit: the part's own, else the catalogue's for its kind.
///
/// A hall is only space: without an entry it does not fail.
fn failure_data(site: &Site, component: &Component) -> Result<(f64, f64), Problem> {
    let key = component.kind.catalogue_key();
    let entry = site.catalogue.reliability.iter().find(|entry| entry.kind == key);
    let failures = component.failures_per_year.or(entry.map(|entry| entry.failures_per_year));
    let hours = component.repair_hours.or(entry.map(|entry| entry.repair_hours));
    match (failures, hours) {
        (Some(failures), Some(hours))
            if failures >= 0.0 && hours >= 0.0 && (failures * hours).is_finite() =>
        {
            Ok((failures, hours))
        }
        (Some(failures), Some(hours)) => Err(no_failure_data(
            component,
            format!(
                "{} has {failures} failures a year and {hours} h to repair, which is not possible",
                component.tag
            ),
        )),
        _ if component.hall().is_some() => Ok((0.0, 0.0)),
        _ => Err(no_failure_data(
            component,
            format!("there is no failure data for {} ({})", component.tag, component.kind.label()),
        )),
    }
}

fn no_failure_data(component: &Component, message: String) -> Problem {
    Problem {
        severity: Severity::Warning,
        code: "failure-data-missing",
        place: format!("component {}", component.tag),
        message,
        hint: format!(
            "enter failures per year and hours to repair, or pin a catalogue entry for `{}`",
            component.kind.catalogue_key()
        ),
    }
}

/// Hours the gensets must run: the longest repair among the grid feeds and generation they stand in for.
fn source_outage_hours(site: &Site, supply: &Supply) -> Result<f64, Problem> {
    let components = || (0..supply.nodes.len()).map(|node| supply.component(site, node));
    let mut longest = 0.0_f64;
    if components().any(|component| matches!(component.kind, Kind::Genset(_))) {
        for component in components() {
            if matches!(component.kind, Kind::GridFeed(_) | Kind::Generation(_)) {
                longest = longest.max(failure_data(site, component)?.1);
            }
        }
    }
    Ok(longest)
}

/// A set of repairable units of which `needed` must work.
///
/// Independent failures (1 - beta) and common ones (beta) are two parts in series, both with the unit's repair
/// time; the independent part is binomial, with frequency `needed * P(exactly needed up) * rate`.
pub fn set_reliability(units: u32, needed: u32, failures_per_year: f64, repair_hours: f64) -> SetReliability {
    let common = if units > 1 { COMMON_CAUSE } else { 0.0 };
    let own_rate = failures_per_year * (1.0 - common);
    let common_rate = failures_per_year * common;
    let down = |rate: f64| rate * repair_hours / (rate * repair_hours + HOURS_PER_YEAR);
    let (own_down, at_limit) = k_of_n_down(units, needed, down(own_rate));
    let common_down = down(common_rate);
    let (own_up, common_up) = (1.0 - own_down, 1.0 - common_down);
    SetReliability {
        unavailability: own_down + common_down - own_down * common_down,
        failures_per_year: common_up * f64::from(needed) * at_limit * own_rate
            + own_up * common_up * common_rate,
    }
}

/// A stand-by plant when it is called: not in repair, started, and running until the utility is back.
///
/// Per unit OA * (1 - FTS) * exp(-hours/MTTF), k of n, with the share [`COMMON_CAUSE`] of the failures common to
/// all units. It fails on demand, so its failures are counted with the source it stands in for.
fn stand_by(component: &Component, genset: &Genset, hours: f64) -> SetReliability {
    let run = if genset.mean_hours_to_failure > 0.0 {
        libm::exp(-hours / genset.mean_hours_to_failure)
    } else {
        0.0
    };
    let unit_up = (genset.operational_availability * (1.0 - genset.fail_to_start) * run).clamp(0.0, 1.0);
    let units = component.units.max(1);
    let common_down = if units > 1 { COMMON_CAUSE * (1.0 - unit_up) } else { 0.0 };
    let own_down = 1.0 - (unit_up / (1.0 - common_down)).min(1.0);
    let (set_down, _) = k_of_n_down(units, component.working_units(), own_down);
    SetReliability { unavailability: set_down + common_down - set_down * common_down, failures_per_year: 0.0 }
}

/// Probability that fewer than `needed` of `units` independent units are up, and that exactly `needed` are.
fn k_of_n_down(units: u32, needed: u32, unit_down: f64) -> (f64, f64) {
    let needed = needed.min(units);
    if unit_down <= 0.0 {
        return (0.0, if needed == units { 1.0 } else { 0.0 });
    }
    if unit_down >= 1.0 {
        return (if needed > 0 { 1.0 } else { 0.0 }, if needed == 0 { 1.0 } else { 0.0 });
    }
    // Probability of exactly `up` units, in logarithms: sets may be large. The sum runs away from the limit on
    // the side of failure, where terms fall fast, so that a small result keeps its digits.
    let n = f64::from(units);
    let exactly = |up: u32| {
        let k = f64::from(up);
        let ways = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
        libm::exp(ways + k * libm::log1p(-unit_down) + (n - k) * libm::log(unit_down))
    };
    let mut down = 0.0;
    for up in (0..needed).rev() {
        let term = exactly(up);
        down += term;
        // Terms grow towards the mode and fall beyond it; only below it may the tail be cut.
        if term <= down * 1e-18 && f64::from(up) < n * (1.0 - unit_down) {
            break;
        }
    }
    (down.min(1.0), exactly(needed))
}

// --- gates ---------------------------------------------------------------------------------------------------

/// What each part must be able to pass on at the load, MW: of heat for devices, of power for the rest.
///
/// A part may be asked for all that the parts behind it may be asked for, but never for more than the whole load
/// with its losses and cooling: both sides of a 2N pair ask for the load, though not at once.
fn needs(site: &Site, supply: &Supply, load_mw: f64) -> Vec<f64> {
    let count = supply.nodes.len();
    let whole_power = load_mw * factor_of(site, supply).map_or(1.0, |factor| factor.typical);
    let mut asked = vec![0.0_f64; count];
    asked[supply.hall()] = load_mw;
    for node in (0..count).rev() {
        let component = supply.component(site, node);
        let is_hall = node == supply.hall();
        let cooling = component.kind.cooling();
        let whole = if is_hall || cooling.is_some() { load_mw } else { whole_power };
        asked[node] = asked[node].min(whole);
        let need = asked[node];
        for edge in &supply.sinks[node] {
            let heat = if is_hall { need * supply.share(edge.liquid) } else { need };
            asked[edge.node] += heat.min(edge_rating_mw(site, supply, *edge).max(0.0));
        }
        let power = cooling.map_or(need, |cooling| need * cooling.power_share);
        for edge in &supply.feeders[node] {
            asked[edge.node] += power.min(edge_rating_mw(site, supply, *edge).max(0.0));
        }
    }
    asked
}

fn gates(site: &Site, supply: &Supply, node: usize, needs: &[f64]) -> Vec<Gate> {
    let component = supply.component(site, node);
    let mut gates = Vec::new();
    if needs_power(&component.kind) {
        let taken = match component.kind.cooling() {
            Some(cooling) => needs[node] * cooling.power_share,
            None => needs[node],
        };
        gates.push(gate(site, supply, supply.feeders[node].iter(), taken));
    }
    let sinks = &supply.sinks[node];
    if node == supply.hall() {
        for liquid in [false, true].into_iter().filter(|liquid| supply.uses(*liquid)) {
            let edges = sinks.iter().filter(|edge| edge.liquid == liquid);
            gates.push(gate(site, supply, edges, needs[node] * supply.share(liquid)));
        }
    } else if component.kind.cooling().is_some() && !(sinks.is_empty() && rejects_heat(&component.kind)) {
        gates.push(gate(site, supply, sinks.iter(), needs[node]));
    }
    gates
}

/// A gate that never asks for more than all its members together give: whether that is enough is a matter of
/// capacity, not of availability.
fn gate<'a>(site: &Site, supply: &Supply, edges: impl Iterator<Item = &'a Edge>, needed: f64) -> Gate {
    let members: Vec<(usize, f64)> =
        edges.map(|edge| (edge.node, edge_rating_mw(site, supply, *edge).max(0.0))).collect();
    let total: f64 = members.iter().map(|(_, rating)| rating).sum();
    // A rounding error must not ask for one more unit.
    Gate { members, needed: needed.min(total) * (1.0 - 1e-9) }
}

// --- dynamic programming -------------------------------------------------------------------------------------

/// Where the states of parts are kept while something still leans on them.
struct Schedule {
    steps: Vec<Step>,
    /// Bit of the hall after the last step.
    hall_bit: u64,
}

struct Step {
    /// Bits of the members of each gate, as in the part's gates.
    gate_bits: Vec<Vec<u64>>,
    bit: u64,
    /// Bits that something later still leans on.
    keep: u64,
}

impl Schedule {
    /// `None` when more than 64 parts are leaned on at once.
    fn new(parts: &[Part]) -> Option<Self> {
        let mut last_use: Vec<usize> = (0..parts.len()).collect();
        for (node, part) in parts.iter().enumerate() {
            for (supplier, _) in part.gates.iter().flat_map(|gate| &gate.members) {
                last_use[*supplier] = last_use[*supplier].max(node);
            }
        }
        let hall = parts.len().checked_sub(1)?;
        last_use[hall] = parts.len();
        let mut free = u64::MAX;
        let mut bits = vec![0_u64; parts.len()];
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); parts.len() + 1];
        for (node, last) in last_use.iter().enumerate() {
            users[*last].push(node);
        }
        let mut steps = Vec::with_capacity(parts.len());
        for (node, part) in parts.iter().enumerate() {
            let gate_bits = part
                .gates
                .iter()
                .map(|gate| gate.members.iter().map(|(supplier, _)| bits[*supplier]).collect())
                .collect();
            // Lowest free bit.
            let bit = free & free.wrapping_neg();
            if bit == 0 {
                return None;
            }
            bits[node] = bit;
            free &= !bit;
            for done in &users[node] {
                free |= bits[*done];
            }
            steps.push(Step { gate_bits, bit, keep: !free });
        }
        Some(Self { steps, hall_bit: bits[hall] })
    }
}

fn is_served(part: &Part, step: &Step, state: u64) -> bool {
    part.gates.iter().zip(&step.gate_bits).all(|(gate, bits)| {
        let mut any = false;
        let mut sum = 0.0;
        for ((_, rating), bit) in gate.members.iter().zip(bits) {
            if state & bit != 0 {
                any = true;
                sum += rating;
            }
        }
        any && sum >= gate.needed
    })
}

fn step(layer: &Layer, part: &Part, step: &Step) -> Layer {
    let mut next = Vec::with_capacity(layer.len() * 2);
    for (state, probability) in layer {
        let down = (state & !step.bit) & step.keep;
        if is_served(part, step, *state) {
            let up = (state | step.bit) & step.keep;
            next.push((up, probability * (1.0 - part.unavailability)));
            next.push((down, probability * part.unavailability));
        } else {
            next.push((down, *probability));
        }
    }
    next.sort_by_key(|(state, _)| *state);
    next.dedup_by(|from, into| {
        let same = from.0 == into.0;
        if same {
            into.1 += from.1;
        }
        same
    });
    next
}

/// All layers, the first before any part; `None` when there are too many states.
fn forward(parts: &[Part], schedule: &Schedule) -> Option<Vec<Layer>> {
    let mut layers: Vec<Layer> = vec![vec![(0, 1.0)]];
    let mut kept = 1;
    for (part, at) in parts.iter().zip(&schedule.steps) {
        let next = step(layers.last()?, part, at);
        kept += next.len();
        if next.len() > MOST_STATES || kept > MOST_STATES_KEPT {
            return None;
        }
        layers.push(next);
    }
    Some(layers)
}

/// Probability of the last layer's states in which the hall is down. Summed as it is, not taken from 1, so that
/// nines keep their digits.
fn down_share(layers: &[Layer], schedule: &Schedule) -> f64 {
    layers.last().map_or(1.0, |layer| {
        layer
            .iter()
            .filter(|(state, _)| state & schedule.hall_bit == 0)
            .map(|(_, probability)| probability)
            .sum()
    })
}

#[derive(Clone, Copy, Default)]
struct Importance {
    /// P(hall up | part up) - P(hall up | part down).
    birnbaum: f64,
    /// P(hall up | part down); exactly zero for a single point of failure.
    up_without: f64,
}

/// One pass from the hall backwards gives the derivative to every part at once: the chance that the hall comes
/// up from each state, and at each part the difference between its two outcomes.
fn importance(parts: &[Part], schedule: &Schedule, layers: &[Layer]) -> Vec<Importance> {
    let mut result = vec![Importance::default(); parts.len()];
    let Some(last) = layers.last() else { return result };
    let mut chance: Vec<f64> =
        last.iter().map(|(state, _)| if state & schedule.hall_bit == 0 { 0.0 } else { 1.0 }).collect();
    for node in (0..parts.len()).rev() {
        let (part, at) = (&parts[node], &schedule.steps[node]);
        let after = &layers[node + 1];
        let chance_of = |state: u64| {
            after.binary_search_by_key(&state, |(state, _)| *state).map_or(0.0, |position| chance[position])
        };
        let mut before = Vec::with_capacity(layers[node].len());
        for (state, probability) in &layers[node] {
            let down = chance_of((state & !at.bit) & at.keep);
            result[node].up_without += probability * down;
            if is_served(part, at, *state) {
                let up = chance_of((state | at.bit) & at.keep);
                result[node].birnbaum += probability * (up - down);
                before.push(up * (1.0 - part.unavailability) + down * part.unavailability);
            } else {
                before.push(down);
            }
        }
        chance = before;
    }
    result
}
