//! The exact calculation against the enumeration of all states, by evaluators that share no code with it.

use super::super::testing::*;
use super::exact::{Exact, Gate, Importance, Node, Own};
use super::sets::SetReliability;
use super::tests::{ANY, add, supply_of};
use super::*;
use crate::quantity::random::stream;
use crate::site::{Medium, Serves};
use rand::{Rng, RngExt as _};

/// A random site of up to fourteen parts that fail: power parts fed by earlier ones, devices with feeders and
/// devices behind them, and a hall that uses one or both media.
fn random_site(random: &mut impl Rng) -> (Site, f64) {
    let mut site = site_of(&[("hall", hall(10.0))]);
    let power_parts = random.random_range(2..8);
    let devices = random.random_range(2..8);
    let liquid_share = [0.0, 0.4, 1.0][random.random_range(0..3)];
    for number in 0..power_parts {
        let is_source = number == 0 || random.random_bool(0.15);
        let id = format!("p{number}");
        let kind = match (is_source, random.random_bool(0.6)) {
            (true, _) => grid(50.0),
            (_, true) => switchgear(50.0),
            _ => transformer(50.0, 0.0),
        };
        add(&mut site, &id, kind, random.random_range(0.0..20.0), random.random_range(0.1..300.0));
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
        add(&mut site, &id, kind, random.random_range(0.0..20.0), random.random_range(0.1..300.0));
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

/// What the evaluator needs of the site, by index of the component: who feeds it, where its heat goes.
struct Drawn {
    feeders: Vec<Vec<usize>>,
    air: Vec<Vec<usize>>,
    liquid: Vec<Vec<usize>>,
}

impl Drawn {
    fn new(site: &Site) -> Self {
        let count = site.components.len();
        let mut drawn =
            Self { feeders: vec![vec![]; count], air: vec![vec![]; count], liquid: vec![vec![]; count] };
        let place = |id: &str| site.components.iter().position(|part| part.id == id).unwrap();
        for link in &site.links {
            let (from, to) = (place(&link.from), place(&link.to));
            match link.medium {
                Medium::Power { .. } => drawn.feeders[to].push(from),
                Medium::Air { .. } => drawn.air[from].push(to),
                _ => drawn.liquid[from].push(to),
            }
        }
        drawn
    }

    /// Whether the hall is up, given which parts are up by themselves. Parts stand after what they lean on.
    fn hall_is_up(&self, site: &Site, liquid_share: f64, own: impl Fn(usize) -> bool) -> bool {
        let mut works = vec![false; site.components.len()];
        let any = |list: &[usize], works: &[bool]| list.iter().any(|node| works[*node]);
        for node in 1..works.len() {
            let fed = any(&self.feeders[node], &works);
            works[node] = own(node)
                && match &site.components[node].kind {
                    Kind::GridFeed(_) => true,
                    Kind::Cdu(c) => (c.power_share == 0.0 || fed) && any(&self.liquid[node], &works),
                    Kind::DryCooler(c) => {
                        let last = self.liquid[node].is_empty();
                        (c.power_share == 0.0 || fed) && (last || any(&self.liquid[node], &works))
                    }
                    _ => fed,
                };
        }
        any(&self.feeders[0], &works)
            && (liquid_share == 0.0 || any(&self.liquid[0], &works))
            && (liquid_share == 1.0 || any(&self.air[0], &works))
    }
}

#[test]
fn random_sites_with_common_causes_agree_with_the_enumeration_of_all_states() {
    let mut random = stream(11, "availability");
    let data = ReliabilityData::built_in();
    let (mut useful, mut grouped, mut largest) = (0, 0, 0);
    for _ in 0..150 {
        let (site, liquid_share) = random_site(&mut random);
        let supply = supply_of(&site, liquid_share);
        let found = availability(&site, &supply, ANY, &[]).unwrap();
        let structure = Structure::new(&site, &supply, ANY, &[], data).unwrap();
        // The groups are taken over; what follows from them is worked out anew.
        let groups: Vec<Vec<usize>> = structure
            .origins
            .iter()
            .filter_map(|origin| match origin {
                Origin::CommonCause(nodes) => Some(nodes.iter().map(|node| supply.nodes[*node]).collect()),
                _ => None,
            })
            .collect();
        let rate = |part: usize| site.components[part].failures_per_year.unwrap();
        let hours = |part: usize| site.components[part].repair_hours.unwrap();
        // Events: every part but the hall, then every group; (a year, hours).
        let parts = site.components.len() - 1;
        let mut events: Vec<(f64, f64)> = (1..=parts).map(|part| (rate(part), hours(part))).collect();
        for group in &groups {
            let is_grid = matches!(site.components[group[0]].kind, Kind::GridFeed(_));
            let beta = if is_grid { 0.16 } else { 0.05 };
            let common = beta * group.iter().map(|part| rate(*part)).fold(f64::INFINITY, f64::min);
            events.push((common, group.iter().map(|part| hours(*part)).fold(0.0, f64::max)));
            for part in group {
                events[part - 1].0 -= common;
            }
        }
        let down: Vec<f64> =
            events.iter().map(|(rate, hours)| rate * hours / (rate * hours + 8760.0)).collect();
        let drawn = Drawn::new(&site);
        let is_up = |state: usize, part: usize| {
            state & (1 << (part - 1)) != 0
                && groups
                    .iter()
                    .enumerate()
                    .all(|(g, group)| !group.contains(&part) || state & (1 << (parts + g)) != 0)
        };
        let mut lost = 0.0;
        let mut up_given = vec![[0.0; 2]; events.len()];
        for state in 0_usize..1 << events.len() {
            let chance: f64 = down
                .iter()
                .enumerate()
                .map(|(n, u)| if state & (1 << n) == 0 { *u } else { 1.0 - u })
                .product();
            if drawn.hall_is_up(&site, liquid_share, |part| is_up(state, part)) {
                for (event, u) in down.iter().enumerate() {
                    let is_up = state & (1 << event) != 0;
                    up_given[event][usize::from(is_up)] += chance / if is_up { 1.0 - u } else { *u };
                }
            } else {
                lost += chance;
            }
        }
        assert!((found.availability - (1.0 - lost)).abs() < 1e-10, "{} {}", found.availability, 1.0 - lost);
        let quick = unavailability(&site, &supply, ANY, &[]).unwrap();
        assert!((quick - lost).abs() < 1e-10);

        let mut failures = 0.0;
        for (event, (rate, _)) in events.iter().enumerate() {
            let birnbaum = up_given[event][1] - up_given[event][0];
            failures += birnbaum * rate * (1.0 - down[event]);
            let cause = match event.checked_sub(parts) {
                None => Cause::Part(site.components[event + 1].id.clone()),
                Some(group) => {
                    let listed = found.causes.iter().find(|one| {
                        matches!(&one.cause, Cause::Common(ids)
                            if groups[group].iter().all(|part| ids.contains(&site.components[*part].id)))
                    });
                    listed.map_or(Cause::Common(vec![]), |one| one.cause.clone())
                }
            };
            match found.causes.iter().find(|one| one.cause == cause) {
                Some(listed) => {
                    assert!((listed.birnbaum - birnbaum).abs() < 1e-9, "{} {birnbaum}", listed.birnbaum);
                    assert!((listed.fussell_vesely - birnbaum * down[event] / lost).abs() < 1e-8);
                    assert!((listed.hours_per_year - birnbaum * down[event] * 8760.0).abs() < 1e-6);
                }
                None => assert!((birnbaum * down[event]).abs() < 1e-9, "{cause:?} {birnbaum}"),
            }
        }
        assert!((found.failures_per_year - failures).abs() < 1e-7, "{} {failures}", found.failures_per_year);
        let all_up = |without: usize| drawn.hall_is_up(&site, liquid_share, |part| part != without);
        for part in 1..=parts {
            if all_up(usize::MAX) {
                let id = &site.components[part].id;
                assert_eq!(!all_up(part), found.single_points_of_failure.contains(id), "{id}");
            }
        }
        useful += usize::from(lost > 0.0 && lost < 1.0);
        grouped += groups.len();
        largest = largest.max(parts);
    }
    assert!(
        useful > 60 && grouped > 60 && largest == 14,
        "{useful} useful, {grouped} groups, {largest} parts"
    );
}

/// Random nodes with ratings, thresholds and stand-by plant; the last is the end.
fn random_nodes(random: &mut impl Rng) -> Vec<Node> {
    let count = random.random_range(3..14);
    let chance = |random: &mut dyn FnMut() -> f64| SetReliability {
        unavailability: if random() < 0.1 { 0.0 } else { random() * 0.6 },
        failures_per_year: random() * 5.0,
    };
    (0..count)
        .map(|node: usize| {
            let mut gates = Vec::new();
            for _ in 0..random.random_range(0..3) {
                let chosen: Vec<usize> = (0..node).filter(|_| random.random_bool(0.4)).collect();
                let members: Vec<(usize, f64)> =
                    chosen.into_iter().map(|supplier| (supplier, random.random_range(0.5..3.0))).collect();
                let total: f64 = members.iter().map(|(_, rating)| rating).sum();
                if !members.is_empty() {
                    gates.push(Gate { members, needed: total * random.random_range(0.0..1.0) });
                }
            }
            let own = if node > 0 && random.random_bool(0.25) {
                let mut draw = || random.random::<f64>();
                let (sources_down, sources_up) = (chance(&mut draw), chance(&mut draw));
                Own::StandBy { sources: vec![random.random_range(0..node)], sources_down, sources_up }
            } else {
                Own::Always(chance(&mut || random.random::<f64>()))
            };
            Node { own, gates }
        })
        .collect()
}

/// Probability that the end is down and the failures a year that each node begins, over all states.
fn enumerated(nodes: &[Node]) -> (f64, Vec<Importance>) {
    let end = nodes.len() - 1;
    let works = |state: usize| {
        let mut works = vec![false; nodes.len()];
        for (at, node) in nodes.iter().enumerate() {
            works[at] = state & (1 << at) != 0
                && node.gates.iter().all(|gate| {
                    let up: Vec<f64> = gate
                        .members
                        .iter()
                        .filter(|(member, _)| works[*member])
                        .map(|(_, rating)| *rating)
                        .collect();
                    !up.is_empty() && up.iter().sum::<f64>() >= gate.needed
                });
        }
        works
    };
    let mut lost = 0.0;
    let mut found = vec![Importance::default(); nodes.len()];
    for state in 0_usize..1 << nodes.len() {
        let works_now = works(state);
        let own = |at: usize| match &nodes[at].own {
            Own::Always(own) => *own,
            Own::StandBy { sources, sources_down, sources_up } => {
                if sources.iter().any(|source| works_now[*source]) { *sources_up } else { *sources_down }
            }
        };
        let chances: Vec<f64> =
            (0..nodes.len())
                .map(|at| {
                    if state & (1 << at) == 0 { own(at).unavailability } else { 1.0 - own(at).unavailability }
                })
                .collect();
        lost += if works_now[end] { 0.0 } else { chances.iter().product::<f64>() };
    }
    // By differences: every node made sure, and made lost, and the rest enumerated again.
    let up_with = |at: usize, forced: bool| {
        let mut changed = nodes.to_vec();
        let sure = SetReliability { unavailability: if forced { 0.0 } else { 1.0 }, failures_per_year: 0.0 };
        changed[at].own = Own::Always(sure);
        1.0 - enumerated_down(&changed, &works)
    };
    for (at, importance) in found.iter_mut().enumerate() {
        importance.up_without = up_with(at, false);
        importance.birnbaum = up_with(at, true) - importance.up_without;
    }
    (lost, found)
}

fn enumerated_down(nodes: &[Node], works: &dyn Fn(usize) -> Vec<bool>) -> f64 {
    (0_usize..1 << nodes.len())
        .map(|state| {
            let works_now = works(state);
            if works_now[nodes.len() - 1] {
                return 0.0;
            }
            nodes
                .iter()
                .enumerate()
                .map(|(at, node)| {
                    let down = match &node.own {
                        Own::Always(own) => own.unavailability,
                        Own::StandBy { sources, sources_down, .. }
                            if !sources.iter().any(|source| works_now[*source]) =>
                        {
                            sources_down.unavailability
                        }
                        Own::StandBy { sources_up, .. } => sources_up.unavailability,
                    };
                    if state & (1 << at) == 0 { down } else { 1.0 - down }
                })
                .product()
        })
        .sum()
}

#[test]
fn random_structures_agree_with_the_enumeration_and_with_differences() {
    let mut random = stream(12, "structures");
    let mut plants = 0;
    for _ in 0..60 {
        let nodes = random_nodes(&mut random);
        let mut states = MOST_STATES_KEPT;
        let solution = solve(&nodes, nodes.len() - 1, &mut states).unwrap();
        let (lost, importance) = enumerated(&nodes);
        assert!((solution.unavailability - lost).abs() < 1e-10, "{} {lost}", solution.unavailability);
        let exact = Exact::new(&nodes, nodes.len() - 1).unwrap();
        assert!((exact.unavailability(&mut states).unwrap() - lost).abs() < 1e-10);
        let mut frequency = 0.0;
        for ((node, found), expected) in nodes.iter().zip(&solution.importance).zip(&importance) {
            // What the end does not lean on is not worked through.
            let leans = found.up_without != 0.0 || found.birnbaum != 0.0;
            if leans {
                assert!((found.birnbaum - expected.birnbaum).abs() < 1e-9, "{found:?} {expected:?}");
                assert!((found.up_without - expected.up_without).abs() < 1e-9, "{found:?} {expected:?}");
            } else {
                assert!(expected.birnbaum.abs() < 1e-9 || expected.up_without == 0.0);
            }
            match &node.own {
                Own::Always(own) => frequency += expected.birnbaum * own.failures_per_year,
                Own::StandBy { .. } => {
                    plants += 1;
                    frequency += found.failures_per_year;
                }
            }
        }
        assert!((solution.failures_per_year - frequency).abs() < 1e-8);
    }
    assert!(plants > 30);
}

#[test]
fn importance_is_the_difference_that_a_small_change_makes() {
    let mut random = stream(13, "differences");
    for _ in 0..20 {
        let nodes = random_nodes(&mut random);
        let end = nodes.len() - 1;
        let down = |nodes: &[Node]| {
            Exact::new(nodes, end).unwrap().unavailability(&mut { MOST_STATES_KEPT }).unwrap()
        };
        let solution = solve(&nodes, end, &mut { MOST_STATES_KEPT }).unwrap();
        for at in 0..nodes.len() {
            let mut changed = nodes.clone();
            let Own::Always(own) = &mut changed[at].own else { continue };
            own.unavailability += 1e-4;
            let slope = (down(&changed) - down(&nodes)) / 1e-4;
            assert!((slope - solution.importance[at].birnbaum).abs() < 1e-8, "{slope}");
        }
    }
}
