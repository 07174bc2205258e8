//! Availability of a hall's port: exact, by dynamic programming over the drawing.
//!
//! A part works when its own set is up and it is served: enough of its power feeders work and, where it makes or
//! takes heat, enough of the devices behind it. "Enough" means that their ratings cover what the part must pass
//! on at the load judged, so two half-size transformers are not each other's reserve while two full-size ones
//! are. A set of identical units is up while as many work as carry its load when every hall hosts all it can
//! (k = load / unit rating, rounded up, spares never counted in); a share [`COMMON_CAUSE`] of the failures takes
//! all units at once. Ratings count without losses: a drawing rates a UPS and its feeder alike.
//!
//! An automatic transfer switch is drawn with both feeders closed; normally open ties count as open. Links never
//! fail. Heat is lost at once: ride-through of stored cold and of batteries is left out, and so is planned
//! maintenance. The start of the gensets is taken as bridged by the UPS.

use super::checks::{name_of, place_of};
use super::factors::factor_of;
use super::supply::{Edge, Supply, edge_rating_mw, needs_power, rejects_heat};
use crate::quantity::{HOURS_PER_YEAR, Problem, Severity};
use crate::site::{Component, ComponentId, Genset, Kind, Site};

/// Share of the failures of a set's units that take all its units at once (beta factor; practice uses 2 to 10 %).
pub const COMMON_CAUSE: f64 = 0.05;

/// Most states of the parts still leaned on that the calculation follows at once.
pub const MOST_STATES: usize = 1 << 18;

/// Most states kept in all, which bounds the memory and, over all halls of a drawing, the time.
pub const MOST_STATES_KEPT: usize = 1 << 22;

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
    availability_within(site, supply, load_mw, demand_mw, &mut states_left)
}

/// As [`availability`], taking the states it keeps from an allowance shared by many halls.
///
/// # Errors
/// As [`availability`]; the supply counts as too meshed when the allowance is used up.
pub fn availability_within(
    site: &Site,
    supply: &Supply,
    load_mw: f64,
    demand_mw: &[f64],
    states_left: &mut usize,
) -> Result<Availability, Problem> {
    let parts = parts(site, supply, load_mw, demand_mw)?;
    let schedule = Schedule::new(&parts).ok_or_else(|| too_meshed(site, supply))?;
    let layers = forward(&parts, &schedule, states_left).ok_or_else(|| too_meshed(site, supply))?;
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
pub fn unavailability(site: &Site, supply: &Supply, load_mw: f64, demand_mw: &[f64]) -> Result<f64, Problem> {
    let parts = parts(site, supply, load_mw, demand_mw)?;
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
        place: place_of(hall),
        message: format!(
            "the supply of {} is too meshed for an exact availability ({} parts, more than {MOST_STATES} states at once)",
            name_of(hall),
            supply.nodes.len()
        ),
        hint: "draw identical parallel parts as one part with several units".to_owned(),
    }
}

// --- parts ---------------------------------------------------------------------------------------------------

fn parts(site: &Site, supply: &Supply, load_mw: f64, demand_mw: &[f64]) -> Result<Vec<Part>, Problem> {
    let outage_hours = source_outage_hours(site, supply)?;
    let needs = asked_mw(site, supply, load_mw);
    let mut parts = Vec::with_capacity(supply.nodes.len());
    for node in 0..supply.nodes.len() {
        let component = supply.component(site, node);
        let demand = demand_mw.get(supply.nodes[node]).copied().unwrap_or(0.0).max(needs[node]);
        let needed = units_needed(component, demand);
        let own = match &component.kind {
            Kind::Genset(genset) => stand_by(component, needed, genset, outage_hours),
            _ => {
                let (failures, hours) = failure_data(site, component)?;
                set_reliability(component.units.max(1), needed, failures, hours)
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
                name_of(component)
            ),
        )),
        _ if component.hall().is_some() => Ok((0.0, 0.0)),
        _ => Err(no_failure_data(
            component,
            format!("there is no failure data for {} ({})", name_of(component), component.kind.label()),
        )),
    }
}

fn no_failure_data(component: &Component, message: String) -> Problem {
    Problem {
        severity: Severity::Warning,
        code: "failure-data-missing",
        place: place_of(component),
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

/// Units of a set that carry a load, at the design hour for cooling; all but the spares where they do not.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the units of the set"
)]
fn units_needed(component: &Component, load_mw: f64) -> u32 {
    let working = component.working_units();
    let unit = component.unit_rating_mw()
        * component.kind.cooling().map_or(1.0, |cooling| cooling.design_hour_share);
    // A rounding error must not ask for one more unit.
    let needed = (load_mw / unit * (1.0 - 1e-9)).ceil();
    if needed.is_finite() { needed.clamp(1.0, f64::from(working)) as u32 } else { working }
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
fn stand_by(component: &Component, needed: u32, genset: &Genset, hours: f64) -> SetReliability {
    let run = if genset.mean_hours_to_failure > 0.0 {
        libm::exp(-hours / genset.mean_hours_to_failure)
    } else {
        0.0
    };
    let unit_up = (genset.operational_availability * (1.0 - genset.fail_to_start) * run).clamp(0.0, 1.0);
    let units = component.units.max(1);
    let common_down = if units > 1 { COMMON_CAUSE * (1.0 - unit_up) } else { 0.0 };
    let own_down = 1.0 - (unit_up / (1.0 - common_down)).min(1.0);
    let (set_down, _) = k_of_n_down(units, needed, own_down);
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

/// What each part of a supply must be able to pass on at the load, MW: of heat for devices, of power for the rest.
/// By place in [`Supply::nodes`].
///
/// A part may be asked for all that the parts behind it may be asked for, but never for more than the whole load
/// with its losses and cooling, or a device for more than the heat of the media that lead to it: both sides of a
/// 2N pair ask for the load, though not at once.
pub fn asked_mw(site: &Site, supply: &Supply, load_mw: f64) -> Vec<f64> {
    let count = supply.nodes.len();
    let whole_power = load_mw * factor_of(site, supply).map_or(1.0, |factor| factor.typical);
    let heat_share = heat_shares(supply);
    let mut asked = vec![0.0_f64; count];
    asked[supply.hall()] = load_mw;
    for node in (0..count).rev() {
        let is_hall = node == supply.hall();
        let cooling = supply.component(site, node).kind.cooling();
        let whole = if is_hall || cooling.is_some() { load_mw * heat_share[node] } else { whole_power };
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

/// Share of the hall's heat that could reach each node: of air, of liquid, or of both.
fn heat_shares(supply: &Supply) -> Vec<f64> {
    let mut reached = vec![[false; 2]; supply.nodes.len()];
    reached[supply.hall()] = [true; 2];
    for node in (0..supply.nodes.len()).rev() {
        let media = reached[node];
        for edge in &supply.sinks[node] {
            for liquid in [false, true] {
                let leaves = node != supply.hall() || edge.liquid == liquid;
                reached[edge.node][usize::from(liquid)] |= leaves && media[usize::from(liquid)];
            }
        }
    }
    let share = |[air, liquid]: [bool; 2]| {
        (if air { supply.share(false) } else { 0.0 }) + if liquid { supply.share(true) } else { 0.0 }
    };
    reached.into_iter().map(share).collect()
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
fn forward(parts: &[Part], schedule: &Schedule, states_left: &mut usize) -> Option<Vec<Layer>> {
    let mut layers: Vec<Layer> = vec![vec![(0, 1.0)]];
    for (part, at) in parts.iter().zip(&schedule.steps) {
        let next = step(layers.last()?, part, at);
        *states_left = states_left.saturating_sub(next.len());
        if next.len() > MOST_STATES || *states_left == 0 {
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

#[cfg(test)]
mod tests {
    use super::super::graph::Network;
    use super::super::supply::{Port, Standing};
    use super::super::testing::*;
    use super::*;
    use crate::quantity::random::stream;
    use crate::site::{Cooling, Medium, Serves};
    use rand::{Rng, RngExt as _};

    /// A load so small that any one supplier is enough.
    const ANY: f64 = 1e-9;

    fn supply_of(site: &Site, liquid_share: f64) -> Supply {
        let network = Network::new(site);
        let hall = network.node("hall").unwrap();
        Supply::of(site, &network, hall, Port::Hosting, liquid_share, Standing::FullBuild).unwrap()
    }

    fn up(failures_per_year: f64, repair_hours: f64) -> f64 {
        1.0 / (1.0 + failures_per_year * repair_hours / 8760.0)
    }

    /// A grid and a hall with a passive fan wall that never fails; parts are put between them.
    fn frame() -> Site {
        let passive = Cooling { design_hour_power_share: 0.0, ..cooling(100.0, 0.0) };
        let mut site =
            site_of(&[("grid", grid(100.0)), ("hall", hall(10.0)), ("wall", Kind::FanWall(passive))]);
        reliability(&mut site, "grid", 0.0, 0.0);
        reliability(&mut site, "wall", 0.0, 0.0);
        air(&mut site, "hall", "wall", Serves::Both);
        site
    }

    fn add(site: &mut Site, id: &str, kind: Kind, failures_per_year: f64, repair_hours: f64) {
        site.components.push(component(id, kind));
        reliability(site, id, failures_per_year, repair_hours);
    }

    fn close(value: f64, expected: f64, tolerance: f64) {
        assert!(
            (value - expected).abs() <= tolerance * expected.abs().max(1e-300),
            "{value} is not {expected}"
        );
    }

    #[test]
    fn series_multiplies() {
        let mut site = frame();
        add(&mut site, "t", transformer(20.0, 0.01), 0.0059, 297.4);
        add(&mut site, "u", ups(20.0, 0.04), 0.1, 8.0);
        power(&mut site, "grid", "t");
        power(&mut site, "t", "u");
        power(&mut site, "u", "hall");
        let found = availability(&site, &supply_of(&site, 0.0), ANY, &[]).unwrap();
        let all_up = up(0.0059, 297.4) * up(0.1, 8.0);
        close(found.availability, all_up, 1e-14);
        close(found.failures_per_year, all_up * (0.0059 + 0.1), 1e-12);
        close(found.downtime_hours_per_year, (1.0 - all_up) * 8760.0, 1e-9);
        // The grid is one, too, though it never fails.
        assert_eq!(found.single_points_of_failure, ["grid", "wall", "t", "u"]);
        assert_eq!(found.contributors[0].0, "t");
    }

    #[test]
    fn parallel_multiplies_what_is_down() {
        let mut site = frame();
        for side in ["a", "b"] {
            add(&mut site, side, ups(20.0, 0.04), 0.175, 8.0);
            power(&mut site, "grid", side);
            power(&mut site, side, "hall");
        }
        let found = availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap();
        let down = 1.0 - up(0.175, 8.0);
        close(found.downtime_hours_per_year, down * down * 8760.0, 1e-9);
        // Both down: each fails while the other is under repair.
        close(found.failures_per_year, 2.0 * 0.175 * up(0.175, 8.0) * down, 1e-9);
        assert_eq!(found.single_points_of_failure, ["grid", "wall"]);
        close(found.mean_duration_hours(), 4.0, 1e-2);
    }

    #[test]
    fn half_size_parts_are_no_reserve_for_each_other_at_full_load() {
        let mut site = frame();
        for side in ["a", "b"] {
            add(&mut site, side, ups(6.0, 0.0), 0.175, 8.0);
            power(&mut site, "grid", side);
            power(&mut site, side, "hall");
        }
        let supply = supply_of(&site, 0.0);
        let both = availability(&site, &supply, 10.0, &[]).unwrap();
        close(both.availability, up(0.175, 8.0).powi(2), 1e-14);
        assert_eq!(both.single_points_of_failure, ["grid", "wall", "a", "b"]);
        let one = availability(&site, &supply, 5.0, &[]).unwrap();
        close(one.downtime_hours_per_year, (1.0 - up(0.175, 8.0)).powi(2) * 8760.0, 1e-9);
    }

    #[test]
    fn two_transformers_behind_a_2n_pair_are_judged_by_the_whole_load() {
        let mut site = frame();
        add(&mut site, "bus", switchgear(100.0), 0.0, 0.0);
        for side in ["a", "b"] {
            add(&mut site, side, ups(10.0, 0.0), 0.1, 8.0);
            let feeder = format!("t{side}");
            add(&mut site, &feeder, transformer(12.0, 0.0), 0.2, 100.0);
            power(&mut site, "grid", &feeder);
            power(&mut site, &feeder, "bus");
            power(&mut site, "bus", side);
            power(&mut site, side, "hall");
        }
        // Either transformer carries the 10 MW alone, though both UPS together could ask for 20.
        let found = availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap();
        let pair = |failures, hours| 1.0 - (1.0 - up(failures, hours)).powi(2);
        close(found.availability, pair(0.1, 8.0) * pair(0.2, 100.0), 1e-13);
    }

    #[test]
    fn two_of_three_units_with_common_cause() {
        let mut site = frame();
        add(&mut site, "u", ups(5.0, 0.0), 0.4, 24.0);
        let set = site.component_mut("u").unwrap();
        (set.units, set.spare_units) = (3, 1);
        power(&mut site, "grid", "u");
        power(&mut site, "u", "hall");
        let found = availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap();
        let (own, common) = (up(0.4 * 0.95, 24.0), up(0.4 * 0.05, 24.0));
        let two_of_three = own.powi(3) + 3.0 * own.powi(2) * (1.0 - own);
        close(found.availability, two_of_three * common, 1e-13);
        let own_failures = 3.0 * 2.0 * own.powi(2) * (1.0 - own) * 0.4 * 0.95;
        close(found.failures_per_year, common * own_failures + two_of_three * common * 0.4 * 0.05, 1e-10);
    }

    #[test]
    fn a_set_needs_the_units_that_carry_its_load() {
        let mut site = frame();
        add(&mut site, "u", ups(1.0, 0.0), 0.4, 24.0);
        site.component_mut("u").unwrap().units = 12;
        power(&mut site, "grid", "u");
        power(&mut site, "u", "hall");
        let supply = supply_of(&site, 0.0);
        let down_at = |load, demand: &[f64]| unavailability(&site, &supply, load, demand).unwrap();
        let expected = |needed| set_reliability(12, needed, 0.4, 24.0).unavailability;
        close(down_at(12.0, &[]), expected(12), 1e-12);
        close(down_at(10.0, &[]), expected(10), 1e-12);
        close(down_at(9.5, &[]), expected(10), 1e-12);
        // Another hall takes the rest, and what is asked beyond all units asks for no more than all.
        close(down_at(9.5, &[0.0, 0.0, 0.0, 11.0]), expected(11), 1e-12);
        close(down_at(9.5, &[0.0, 0.0, 0.0, 99.0]), expected(12), 1e-12);
    }

    #[test]
    fn both_sides_ask_for_the_load_but_never_for_more_together() {
        let mut site = site_of(&[
            ("hall", hall(10.0)),
            ("grid", grid(100.0)),
            ("bus", switchgear(100.0)),
            ("a", ups(10.0, 0.0)),
            ("b", ups(6.0, 0.0)),
            ("cdu1", Kind::Cdu(cooling(8.0, 0.0))),
            ("cdu2", Kind::Cdu(cooling(9.0, 0.0))),
            ("dry", Kind::DryCooler(cooling(50.0, 0.1))),
            ("wall", Kind::FanWall(cooling(50.0, 0.0))),
        ]);
        for (from, to) in
            [("grid", "bus"), ("bus", "a"), ("bus", "b"), ("a", "hall"), ("b", "hall"), ("bus", "dry")]
        {
            power(&mut site, from, to);
        }
        for (from, to) in [("hall", "cdu1"), ("hall", "cdu2"), ("cdu1", "dry"), ("cdu2", "dry")] {
            liquid(&mut site, from, to, Serves::Both);
        }
        air(&mut site, "hall", "wall", Serves::Both);
        let supply = supply_of(&site, 0.7);
        let asked = asked_mw(&site, &supply, 10.0);
        let of =
            |id: &str| asked[(0..asked.len()).find(|node| supply.component(&site, *node).id == id).unwrap()];
        assert_eq!((of("a"), of("b"), of("hall")), (10.0, 6.0, 10.0));
        close(of("cdu1"), 7.0, 1e-12);
        close(of("dry"), 7.0, 1e-12);
        close(of("wall"), 3.0, 1e-12);
        // 10 MW of IT and 0.7 MW for the dry coolers.
        close(of("bus"), 10.7, 1e-12);
        close(of("grid"), 10.7, 1e-12);
    }

    #[test]
    fn a_shared_root_counts_once() {
        let mut site = frame();
        add(&mut site, "root", switchgear(100.0), 2.0, 50.0);
        for side in ["a", "b"] {
            add(&mut site, side, ups(20.0, 0.0), 1.0, 80.0);
            power(&mut site, "root", side);
            power(&mut site, side, "hall");
        }
        power(&mut site, "grid", "root");
        let found = availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap();
        let down = 1.0 - up(1.0, 80.0);
        close(found.availability, up(2.0, 50.0) * (1.0 - down * down), 1e-13);
    }

    #[test]
    fn gensets_stand_in_for_the_utility() {
        let mut site = frame();
        reliability(&mut site, "grid", 1.956, 1.32);
        site.components.push(component("gen", genset(12.0)));
        add(
            &mut site,
            "ats",
            Kind::AutomaticTransferSwitch(crate::site::Electrical { rating_mva: 20.0, loss_share: 0.0 }),
            0.0,
            0.0,
        );
        power(&mut site, "grid", "ats");
        power(&mut site, "gen", "ats");
        power(&mut site, "ats", "hall");
        let found = availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap();
        let fails = 1.0 - 0.995 * (1.0 - 0.0094) * libm::exp(-1.32 / 1100.0);
        close(found.downtime_hours_per_year, (1.0 - up(1.956, 1.32)) * fails * 8760.0, 1e-9);
        // The stand-by formula of IEEE 493: events a year = rate of the primary times the chance of no start.
        close(found.failures_per_year, 1.956 * up(1.956, 1.32) * fails, 1e-9);
    }

    #[test]
    fn a_part_without_failure_data_is_named_and_the_catalogue_fills_in() {
        let mut site = frame();
        site.components.push(component("T7", transformer(20.0, 0.0)));
        power(&mut site, "grid", "T7");
        power(&mut site, "T7", "hall");
        let problem = availability(&site, &supply_of(&site, 0.0), 1.0, &[]).unwrap_err();
        assert_eq!(problem.code, "failure-data-missing");
        assert!(problem.message.contains("T7"), "{}", problem.message);
        site.catalogue.reliability.push(crate::site::catalogue::ReliabilityEntry {
            kind: "transformer".to_owned(),
            failures_per_year: 0.5,
            repair_hours: 10.0,
            source: "test".to_owned(),
        });
        close(
            availability(&site, &supply_of(&site, 0.0), 1.0, &[]).unwrap().availability,
            up(0.5, 10.0),
            1e-14,
        );
        site.component_mut("T7").unwrap().repair_hours = Some(f64::NAN);
        assert!(availability(&site, &supply_of(&site, 0.0), 1.0, &[]).is_err());
    }

    #[test]
    fn sets_of_any_size_give_a_probability_at_once() {
        let large = set_reliability(u32::MAX, u32::MAX - 5, 0.1, 10.0);
        assert!((0.0..=1.0).contains(&large.unavailability) && large.failures_per_year.is_finite());
        let sure = set_reliability(1_000_000, 900_000, 0.1, 10.0);
        close(sure.unavailability, 1.0 - up(0.1 * COMMON_CAUSE, 10.0), 1e-9);
        assert_eq!(set_reliability(3, 2, 0.0, 10.0).unavailability, 0.0);
        // Eight of ten, by hand.
        let unit = 1.0 - up(0.95, 100.0);
        let by_hand: f64 = [(10.0, 1.0), (9.0, 10.0), (8.0, 45.0)]
            .iter()
            .map(|(k, ways)| ways * (1.0 - unit).powf(*k) * unit.powf(10.0 - k))
            .sum();
        close(k_of_n_down(10, 8, unit).0, 1.0 - by_hand, 1e-10);
    }

    #[test]
    fn a_mesh_beyond_the_bound_is_refused_and_not_waited_for() {
        let mut site = frame();
        for number in 0..40 {
            add(&mut site, &format!("u{number}"), ups(1.0, 0.0), 0.1, 8.0);
            power(&mut site, "grid", &format!("u{number}"));
            power(&mut site, &format!("u{number}"), "hall");
        }
        assert_eq!(availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap_err().code, "too-meshed");
    }

    // --- against enumeration of all states, by an evaluator that shares no code with the calculation ---

    /// A random site of up to twelve parts that fail: power parts fed by earlier ones, devices with feeders and
    /// devices behind them, and a hall that uses one or both media.
    fn random_site(random: &mut impl Rng) -> (Site, f64) {
        let mut site = site_of(&[("hall", hall(10.0))]);
        let power_parts = random.random_range(2..7);
        let devices = random.random_range(2..6);
        let liquid_share = [0.0, 0.4, 1.0][random.random_range(0..3)];
        for number in 0..power_parts {
            let is_source = number == 0 || random.random_bool(0.15);
            let id = format!("p{number}");
            let kind = if is_source { grid(50.0) } else { switchgear(50.0) };
            add(&mut site, &id, kind, random.random_range(0.0..20.0), random.random_range(0.0..300.0));
            if !is_source {
                for earlier in 0..number {
                    if earlier == number - 1 || random.random_bool(0.4) {
                        power(&mut site, &format!("p{earlier}"), &id);
                    }
                }
            }
        }
        for number in 0..devices {
            let id = format!("d{number}");
            let makes = cooling(50.0, if random.random_bool(0.8) { 0.05 } else { 0.0 });
            let kind = if random.random_bool(0.6) { Kind::DryCooler(makes) } else { Kind::Cdu(makes) };
            add(&mut site, &id, kind, random.random_range(0.0..20.0), random.random_range(0.0..300.0));
            for feeder in 0..power_parts {
                if random.random_bool(0.4) {
                    power(&mut site, &format!("p{feeder}"), &id);
                }
            }
            for earlier in 0..number {
                if random.random_bool(0.4) {
                    liquid(&mut site, &id, &format!("d{earlier}"), Serves::Both);
                }
            }
            if random.random_bool(0.7) {
                air(&mut site, "hall", &id, Serves::Both);
            }
            if random.random_bool(0.7) {
                liquid(&mut site, "hall", &id, Serves::Hosting);
            }
        }
        for feeder in 0..power_parts {
            if feeder == power_parts - 1 || random.random_bool(0.3) {
                power(&mut site, &format!("p{feeder}"), "hall");
            }
        }
        (site, liquid_share)
    }

    /// Whether the hall is up in a state, from the site alone.
    fn hall_is_up(site: &Site, liquid_share: f64, state: usize) -> bool {
        let own = |id: &str| {
            id == "hall" || state & (1 << (site.components.iter().position(|c| c.id == id).unwrap() - 1)) != 0
        };
        fn works(site: &Site, id: &str, liquid_share: f64, own: &dyn Fn(&str) -> bool) -> bool {
            let part = site.component(id).unwrap();
            let goes_to = |wanted: &dyn Fn(&Medium) -> bool| {
                site.links
                    .iter()
                    .filter(|l| l.from == id && wanted(&l.medium))
                    .any(|l| works(site, &l.to, liquid_share, own))
            };
            let fed = || {
                site.links
                    .iter()
                    .filter(|l| l.to == id && l.medium.is_power())
                    .any(|l| works(site, &l.from, liquid_share, own))
            };
            own(id)
                && match &part.kind {
                    Kind::GridFeed(_) => true,
                    Kind::Hall(_) => {
                        fed()
                            && (liquid_share == 0.0 || goes_to(&|m| matches!(m, Medium::Liquid { .. })))
                            && (liquid_share == 1.0 || goes_to(&|m| matches!(m, Medium::Air { .. })))
                    }
                    Kind::Cdu(c) => (c.power_share == 0.0 || fed()) && goes_to(&Medium::is_heat),
                    Kind::DryCooler(c) => {
                        let last = !site.links.iter().any(|l| l.from == id && l.medium.is_heat());
                        (c.power_share == 0.0 || fed()) && (last || goes_to(&Medium::is_heat))
                    }
                    _ => fed(),
                }
        }
        works(site, "hall", liquid_share, &own)
    }

    #[test]
    fn random_sites_agree_with_the_enumeration_of_all_states() {
        let mut random = stream(11, "availability");
        let mut useful = 0;
        for _ in 0..120 {
            let (site, liquid_share) = random_site(&mut random);
            let found = availability(&site, &supply_of(&site, liquid_share), ANY, &[]).unwrap();
            let parts = &site.components[1..];
            let down: Vec<f64> = parts
                .iter()
                .map(|part| 1.0 - up(part.failures_per_year.unwrap(), part.repair_hours.unwrap()))
                .collect();
            let chance = |state: usize| -> f64 {
                down.iter()
                    .enumerate()
                    .map(|(n, u)| if state & (1 << n) == 0 { *u } else { 1.0 - u })
                    .product()
            };
            let is_up: Vec<bool> =
                (0..1 << parts.len()).map(|state| hall_is_up(&site, liquid_share, state)).collect();
            let expected: f64 = (0..is_up.len()).filter(|state| is_up[*state]).map(chance).sum();
            assert!((found.availability - expected).abs() < 1e-10, "{} {expected}", found.availability);
            useful += usize::from(expected > 0.0 && expected < 1.0);

            let mut failures = 0.0;
            for (place, part) in parts.iter().enumerate() {
                let given = |wanted: bool, own: f64| -> f64 {
                    (0..is_up.len())
                        .filter(|state| is_up[*state] && (state & (1 << place) != 0) == wanted)
                        .map(|state| chance(state) / own)
                        .sum()
                };
                let birnbaum = given(true, 1.0 - down[place]) - given(false, down[place]);
                failures += birnbaum * part.failures_per_year.unwrap() * (1.0 - down[place]);
                if let Some(listed) = found.contributors.iter().find(|listed| listed.0 == part.id) {
                    assert!((listed.1 - birnbaum).abs() < 1e-9, "{} {birnbaum}", listed.1);
                    let share = birnbaum * down[place] / (1.0 - expected);
                    assert!((listed.2 - share).abs() < 1e-9);
                } else {
                    assert!(birnbaum.abs() < 1e-9);
                }
                let alone = !is_up[(is_up.len() - 1) & !(1 << place)];
                if is_up[is_up.len() - 1] {
                    assert_eq!(alone, found.single_points_of_failure.contains(&part.id), "{}", part.id);
                }
            }
            assert!(
                (found.failures_per_year - failures).abs() < 1e-8,
                "{} {failures}",
                found.failures_per_year
            );
            let quick = unavailability(&site, &supply_of(&site, liquid_share), ANY, &[]).unwrap();
            assert!((quick - (1.0 - expected)).abs() < 1e-10);
        }
        assert!(useful > 60, "only {useful} of the random sites can be up and down");
    }

    // --- against a simulation of the years, event by event ---

    /// One unit, or the common cause of a set: up and down in turn for exponential times.
    struct Process {
        up_hours: f64,
        down_hours: f64,
        is_up: bool,
        next: f64,
    }

    impl Process {
        fn new(failures_per_year: f64, repair_hours: f64, random: &mut impl Rng) -> Self {
            let up_hours = 8760.0 / failures_per_year;
            Self { up_hours, down_hours: repair_hours, is_up: true, next: exponential(up_hours, random) }
        }

        fn turn(&mut self, random: &mut impl Rng) {
            self.is_up = !self.is_up;
            self.next += exponential(if self.is_up { self.up_hours } else { self.down_hours }, random);
        }
    }

    fn exponential(mean: f64, random: &mut impl Rng) -> f64 {
        -mean * (1.0 - random.random::<f64>()).ln()
    }

    #[test]
    fn a_simulation_sees_the_same_failures_and_hours() {
        // A transformer, then two UPS sides; behind them a set of three PDUs of which two must work.
        let mut site = frame();
        add(&mut site, "t", transformer(20.0, 0.0), 2.0, 20.0);
        add(&mut site, "a", ups(10.0, 0.0), 6.0, 60.0);
        add(&mut site, "b", ups(10.0, 0.0), 9.0, 30.0);
        add(
            &mut site,
            "p",
            Kind::Distribution(crate::site::Electrical { rating_mva: 5.0, loss_share: 0.0 }),
            12.0,
            40.0,
        );
        let set = site.component_mut("p").unwrap();
        (set.units, set.spare_units) = (3, 1);
        for (from, to) in [("grid", "t"), ("t", "a"), ("t", "b"), ("a", "p"), ("b", "p"), ("p", "hall")] {
            power(&mut site, from, to);
        }
        let found = availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap();

        let mut random = stream(5, "twin");
        let own = 12.0 * (1.0 - COMMON_CAUSE);
        let mut processes: Vec<Process> = [
            (2.0, 20.0),
            (6.0, 60.0),
            (9.0, 30.0),
            (own, 40.0),
            (own, 40.0),
            (own, 40.0),
            (12.0 * COMMON_CAUSE, 40.0),
        ]
        .map(|(failures, hours)| Process::new(failures, hours, &mut random))
        .into();
        let years = 20_000.0;
        let (mut now, mut down_hours, mut failures, mut was_up) = (0.0, 0.0, 0.0, true);
        while now < years * 8760.0 {
            let (first, next) = processes
                .iter()
                .enumerate()
                .map(|(place, process)| (place, process.next))
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .unwrap();
            down_hours += if was_up { 0.0 } else { next - now };
            now = next;
            processes[first].turn(&mut random);
            let up = |place: usize| processes[place].is_up;
            let units = (3..6).filter(|place| up(*place)).count();
            let is_up = up(0) && (up(1) || up(2)) && units >= 2 && up(6);
            failures += if was_up && !is_up { 1.0 } else { 0.0 };
            was_up = is_up;
        }
        // The number of failures strays by a third of a percent, the hours by twice that.
        close(found.failures_per_year, failures / years, 0.015);
        close(found.downtime_hours_per_year, down_hours / years, 0.02);
    }
}
