//! What each part must pass on at a load, and how many of its suppliers that takes.

use super::super::factors::factor_of;
use super::super::supply::{Edge, Supply, edge_rating_mw, needs_power, rejects_heat};
use super::exact::Gate;
use crate::site::{Component, Site};

/// Units of a set that carry a load, at the design hour for cooling; all but the spares where they do not.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the units of the set"
)]
pub(super) fn units_needed(component: &Component, load_mw: f64) -> u32 {
    let working = component.working_units();
    let unit = component.unit_rating_mw()
        * component.kind.cooling().map_or(1.0, |cooling| cooling.design_hour_share);
    // A rounding error must not ask for one more unit.
    let needed = (load_mw / unit * (1.0 - 1e-9)).ceil();
    if needed.is_finite() { needed.clamp(1.0, f64::from(working)) as u32 } else { working }
}

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

/// What a part leans on: enough power feeders, and for heat enough of the devices behind it.
pub(super) fn gates(site: &Site, supply: &Supply, node: usize, needs: &[f64]) -> Vec<Gate> {
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
