//! The exact calculation: dynamic programming over a structure of parts, with the states that something still
//! leans on kept as bits.

use super::sets::SetReliability;

/// Most states of the parts still leaned on that the calculation follows at once.
pub const MOST_STATES: usize = 1 << 18;

/// Most states kept in all, which bounds the memory and, over all halls of a drawing, the time.
pub const MOST_STATES_KEPT: usize = 1 << 22;

/// Suppliers, with their ratings, of which enough must work.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    pub members: Vec<(usize, f64)>,
    pub needed: f64,
}

/// How a node fails by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Own {
    /// Whatever else happens.
    Always(SetReliability),
    /// Stand-by plant. The frequency is that of failing in service, for each year in that condition.
    StandBy { sources: Vec<usize>, sources_down: SetReliability, sources_up: SetReliability },
}

/// A node works when its own set is up and every gate is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub own: Own,
    pub gates: Vec<Gate>,
}

/// What the calculation finds; nodes by place.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Probability that the last node is down. Summed as it is, not taken from 1, so that nines keep their digits.
    pub unavailability: f64,
    pub failures_per_year: f64,
    pub importance: Vec<Importance>,
}

/// Importance of a node, its effect on the end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Importance {
    /// P(end up | node up) - P(end up | node down).
    pub birnbaum: f64,
    /// P(end up | node down); exactly zero for a single point of failure.
    pub up_without: f64,
    /// Probability that the end is down and would be up if the node never failed.
    pub share_down: f64,
    /// Failures of the end that the node begins, a year.
    pub failures_per_year: f64,
}

/// States of the nodes still leaned on, as bits, with their probability; ascending.
type Layer = Vec<(u64, f64)>;

struct Step {
    node: usize,
    gates: Vec<Test>,
    /// Bits of the sources whose loss calls a stand-by plant.
    sources: u64,
    bit: u64,
    /// Bits that something later still leans on.
    keep: u64,
}

/// A gate over bits.
enum Test {
    /// Any of these.
    Any(u64),
    /// All of these.
    All(u64),
    /// As much rating as needed.
    Sum(Vec<(u64, f64)>, f64),
}

impl Test {
    fn new(gate: &Gate, bits: &[u64]) -> Self {
        let members: Vec<(u64, f64)> =
            gate.members.iter().map(|(node, rating)| (bits[*node], *rating)).collect();
        let all = members.iter().fold(0, |mask, (bit, _)| mask | bit);
        let total: f64 = members.iter().map(|(_, rating)| rating).sum();
        let least = members.iter().map(|(_, rating)| *rating).fold(f64::INFINITY, f64::min);
        let distinct = all.count_ones() as usize == members.len();
        if members.is_empty() || least >= gate.needed {
            Self::Any(all)
        } else if distinct && total >= gate.needed && total - least < gate.needed {
            Self::All(all)
        } else {
            Self::Sum(members, gate.needed)
        }
    }

    fn is_open(&self, state: u64) -> bool {
        match self {
            Self::Any(mask) => state & mask != 0,
            Self::All(mask) => state & mask == *mask,
            Self::Sum(members, needed) => {
                let mut any = false;
                let mut sum = 0.0;
                for (bit, rating) in members {
                    if state & bit != 0 {
                        any = true;
                        sum += rating;
                    }
                }
                any && sum >= *needed
            }
        }
    }
}

impl Step {
    fn is_served(&self, state: u64) -> bool {
        self.gates.iter().all(|gate| gate.is_open(state))
    }

    fn down_chance(&self, own: &Own, state: u64) -> f64 {
        match own {
            Own::Always(own) => own.unavailability,
            Own::StandBy { sources_down, .. } if state & self.sources == 0 => sources_down.unavailability,
            Own::StandBy { sources_up, .. } => sources_up.unavailability,
        }
    }
}

/// The structure in the order in which it is worked through.
pub struct Exact<'a> {
    nodes: &'a [Node],
    steps: Vec<Step>,
    end_bit: u64,
}

impl<'a> Exact<'a> {
    /// `None` when more than 64 nodes are leaned on at once, or a node leans on itself.
    pub fn new(nodes: &'a [Node], end: usize) -> Option<Self> {
        let suppliers = suppliers(nodes);
        [depth_first(&suppliers, end), narrow_first(&suppliers, end)]
            .into_iter()
            .flatten()
            .map(|order| (effort(&suppliers, &order, end), order))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .and_then(|(_, order)| Self::in_order(nodes, &suppliers, &order, end))
    }

    fn in_order(nodes: &'a [Node], suppliers: &[Vec<usize>], order: &[usize], end: usize) -> Option<Self> {
        let frees = closing(suppliers, order, end);
        let mut free = u64::MAX;
        let mut bits = vec![0_u64; nodes.len()];
        let mut steps = Vec::with_capacity(order.len());
        for (position, node) in order.iter().enumerate() {
            let gates = nodes[*node].gates.iter().map(|gate| Test::new(gate, &bits)).collect();
            let sources = match &nodes[*node].own {
                Own::Always(_) => 0,
                Own::StandBy { sources, .. } => sources.iter().fold(0, |mask, source| mask | bits[*source]),
            };
            // Lowest free bit.
            let bit = free & free.wrapping_neg();
            if bit == 0 {
                return None;
            }
            bits[*node] = bit;
            free &= !bit;
            for done in &frees[position] {
                free |= bits[*done];
            }
            steps.push(Step { node: *node, gates, sources, bit, keep: !free });
        }
        Some(Self { nodes, steps, end_bit: bits[end] })
    }

    /// Only the probability that the end is down; `None` when there are too many states.
    pub fn unavailability(&self, states_left: &mut usize) -> Option<f64> {
        let mut layer = vec![(0, 1.0)];
        for step in &self.steps {
            layer = self.advance(&layer, step);
            *states_left = states_left.saturating_sub(layer.len());
            if layer.len() > MOST_STATES || *states_left == 0 {
                return None;
            }
        }
        Some(self.down_share(&layer))
    }

    /// Everything; `None` when there are too many states.
    pub fn solve(&self, states_left: &mut usize) -> Option<Solution> {
        let mut layers: Vec<Layer> = vec![vec![(0, 1.0)]];
        for step in &self.steps {
            let next = self.advance(layers.last()?, step);
            *states_left = states_left.saturating_sub(next.len());
            if next.len() > MOST_STATES || *states_left == 0 {
                return None;
            }
            layers.push(next);
        }
        let last = layers.last()?;
        let importance = self.importance(&layers);
        Some(Solution {
            unavailability: self.down_share(last),
            failures_per_year: importance.iter().map(|node| node.failures_per_year).sum(),
            importance,
        })
    }

    fn advance(&self, layer: &Layer, step: &Step) -> Layer {
        let own = &self.nodes[step.node].own;
        let mut next = Vec::with_capacity(layer.len() * 2);
        for (state, probability) in layer {
            let down = (state & !step.bit) & step.keep;
            if step.is_served(*state) {
                let chance = step.down_chance(own, *state);
                if chance < 1.0 {
                    next.push(((state | step.bit) & step.keep, probability * (1.0 - chance)));
                }
                // A state of no probability is kept: the importance of a part that never fails asks for it.
                next.push((down, probability * chance));
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

    fn down_share(&self, layer: &Layer) -> f64 {
        layer.iter().filter(|(state, _)| state & self.end_bit == 0).map(|(_, probability)| probability).sum()
    }

    /// One pass from the end backwards gives the derivative to every node at once: the chance that the end comes
    /// up from each state, and at each node the difference between its two outcomes.
    fn importance(&self, layers: &[Layer]) -> Vec<Importance> {
        let mut result = vec![Importance::default(); self.nodes.len()];
        let Some(last) = layers.last() else { return result };
        let mut chance: Vec<f64> =
            last.iter().map(|(state, _)| if state & self.end_bit == 0 { 0.0 } else { 1.0 }).collect();
        for (position, step) in self.steps.iter().enumerate().rev() {
            let own = &self.nodes[step.node].own;
            let after = &layers[position + 1];
            let chance_of = |state: u64| {
                after.binary_search_by_key(&state, |(state, _)| *state).map_or(0.0, |at| chance[at])
            };
            let found = &mut result[step.node];
            let mut before = Vec::with_capacity(layers[position].len());
            for (state, probability) in &layers[position] {
                let down = chance_of((state & !step.bit) & step.keep);
                found.up_without += probability * down;
                if step.is_served(*state) {
                    let fails = step.down_chance(own, *state);
                    let up = if fails < 1.0 { chance_of((state | step.bit) & step.keep) } else { down };
                    let effect = probability * (up - down);
                    found.birnbaum += effect;
                    found.share_down += effect * fails;
                    found.failures_per_year += effect * step.failures_per_year(own, *state);
                    before.push(up * (1.0 - fails) + down * fails);
                } else {
                    before.push(down);
                }
            }
            chance = before;
        }
        result
    }
}

impl Step {
    fn failures_per_year(&self, own: &Own, state: u64) -> f64 {
        match own {
            Own::Always(own) => own.failures_per_year,
            Own::StandBy { sources_down, .. } if state & self.sources == 0 => sources_down.failures_per_year,
            Own::StandBy { sources_up, .. } => sources_up.failures_per_year,
        }
    }
}

// --- order -----------------------------------------------------------------------------------------------------

/// What each node must come after, ascending and once.
fn suppliers(nodes: &[Node]) -> Vec<Vec<usize>> {
    nodes
        .iter()
        .map(|node| {
            let mut found: Vec<usize> =
                node.gates.iter().flat_map(|gate| &gate.members).map(|(supplier, _)| *supplier).collect();
            if let Own::StandBy { sources, .. } = &node.own {
                found.extend(sources);
            }
            found.sort_unstable();
            found.dedup();
            found
        })
        .collect()
}

/// Nodes the end leans on, each right after what it leans on; `None` when one leans on itself.
fn depth_first(suppliers: &[Vec<usize>], end: usize) -> Option<Vec<usize>> {
    // 0 not seen, 1 open, 2 done.
    let mut state = vec![0_u8; suppliers.len()];
    let mut order = Vec::new();
    let mut open = vec![(end, 0)];
    state[end] = 1;
    while let Some((node, next)) = open.last_mut() {
        if let Some(supplier) = suppliers[*node].get(*next) {
            *next += 1;
            match state[*supplier] {
                0 => {
                    state[*supplier] = 1;
                    open.push((*supplier, 0));
                }
                1 => return None,
                _ => {}
            }
        } else {
            state[*node] = 2;
            order.push(*node);
            open.pop();
        }
    }
    Some(order)
}

/// Nodes the end leans on, the next always that which leaves the fewest leaned on.
///
/// A node that leans on nothing comes right before the first that leans on it: both sides of a 2N pair then go
/// through the order level by level, and the common cause of a level is forgotten with it.
fn narrow_first(suppliers: &[Vec<usize>], end: usize) -> Option<Vec<usize>> {
    let wanted = depth_first(suppliers, end)?;
    let mut users = vec![0_usize; suppliers.len()];
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); suppliers.len()];
    let mut waits = vec![0_usize; suppliers.len()];
    for node in &wanted {
        for supplier in &suppliers[*node] {
            users[*supplier] += 1;
            if !suppliers[*supplier].is_empty() {
                followers[*supplier].push(*node);
                waits[*node] += 1;
            }
        }
    }
    let mut ready: Vec<usize> =
        wanted.iter().copied().filter(|node| !suppliers[*node].is_empty() && waits[*node] == 0).collect();
    let mut is_placed = vec![false; suppliers.len()];
    let mut order = Vec::with_capacity(wanted.len());
    let mut place = |node: usize, users: &mut [usize], is_placed: &mut [bool]| {
        for supplier in &suppliers[node] {
            users[*supplier] -= 1;
            if !is_placed[*supplier] {
                is_placed[*supplier] = true;
                order.push(*supplier);
            }
        }
        is_placed[node] = true;
        order.push(node);
    };
    while let Some(best) = (0..ready.len()).min_by_key(|candidate| {
        let node = ready[*candidate];
        let opens = suppliers[node].iter().filter(|supplier| !is_placed[**supplier]).count();
        let closes = suppliers[node].iter().filter(|supplier| users[**supplier] == 1).count();
        (opens + suppliers.len() - closes, *candidate)
    }) {
        let node = ready.remove(best);
        place(node, &mut users, &mut is_placed);
        for follower in &followers[node] {
            waits[*follower] -= 1;
            if waits[*follower] == 0 {
                // In front: what continues the work just done goes before what begins new.
                ready.insert(0, *follower);
            }
        }
    }
    if !is_placed[end] {
        // The end leans on nothing.
        order.push(end);
    }
    Some(order)
}

/// Nodes that nothing leans on any more, by position in the order.
fn closing(suppliers: &[Vec<usize>], order: &[usize], end: usize) -> Vec<Vec<usize>> {
    let mut last_use = vec![0_usize; suppliers.len()];
    for (position, node) in order.iter().enumerate() {
        last_use[*node] = position;
        for supplier in &suppliers[*node] {
            last_use[*supplier] = position;
        }
    }
    let mut closing = vec![Vec::new(); order.len()];
    for node in order.iter().filter(|node| **node != end) {
        closing[last_use[*node]].push(*node);
    }
    closing
}

/// Upper bound of the states of an order.
fn effort(suppliers: &[Vec<usize>], order: &[usize], end: usize) -> f64 {
    let mut width = 0.0_f64;
    closing(suppliers, order, end)
        .iter()
        .map(|closed| {
            width += 1.0;
            let states = libm::exp2(width.min(1000.0));
            width -= closed.len() as f64;
            states
        })
        .sum()
}
