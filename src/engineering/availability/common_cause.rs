//! Which parts are each other's reserve and alike, so that one cause may take them all.

use std::collections::BTreeMap;

use super::exact::Gate;

/// Most pairs of parts that are looked at.
const MOST_PAIRS: usize = 4_000_000;

/// What makes two parts alike: the kind, the voltage, and how many of the same kind stand before it on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likeness {
    pub kind: &'static str,
    /// Outgoing voltage, as the bits of its number.
    pub kv: u64,
}

/// Groups of two and more nodes, each ascending, of which one common cause takes all; `None` for a structure that is
/// too large to be looked through.
///
/// Two alike nodes are each other's reserve where they bring different members of one gate that can do without a
/// member: the transformers of side A and side B of a 2N hall, two feeders of a bus of which one is enough, the
/// dry coolers of one loop. `order` has suppliers before what they serve; nodes with no likeness stay alone.
pub fn groups(gates: &[Vec<Gate>], order: &[usize], alike: &[Option<Likeness>]) -> Option<Vec<Vec<usize>>> {
    let levels = levels(gates, order, alike);
    let upstream = upstream(gates, order);
    let mut join = Join((0..gates.len()).collect());
    let mut pairs = 0_usize;
    for gate in gates.iter().flatten().filter(|gate| can_lose_one(gate)) {
        // Of each likeness: the node and the members of the gate that it brings.
        let mut brings: BTreeMap<(Likeness, u16), Vec<(usize, u64)>> = BTreeMap::new();
        let mut seen: BTreeMap<usize, u64> = BTreeMap::new();
        for (place, (member, _)) in gate.members.iter().enumerate().take(64) {
            for node in upstream[*member].nodes() {
                *seen.entry(node).or_default() |= 1 << place;
            }
        }
        pairs += seen.len();
        for (node, members) in seen {
            if let Some(likeness) = alike[node] {
                brings.entry((likeness, levels[node])).or_default().push((node, members));
            }
        }
        for nodes in brings.values() {
            pairs += nodes.len() * nodes.len();
            if pairs > MOST_PAIRS {
                return None;
            }
            for (place, (one, members)) in nodes.iter().enumerate() {
                for (other, others) in &nodes[place + 1..] {
                    if members & others == 0 {
                        join.unite(*one, *other);
                    }
                }
            }
        }
    }
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for node in 0..gates.len() {
        found.entry(join.root(node)).or_default().push(node);
    }
    Some(found.into_values().filter(|group| group.len() > 1).collect())
}

fn can_lose_one(gate: &Gate) -> bool {
    let total: f64 = gate.members.iter().map(|(_, rating)| rating).sum();
    let least = gate.members.iter().map(|(_, rating)| *rating).fold(f64::INFINITY, f64::min);
    gate.members.len() > 1 && total - least >= gate.needed
}

/// Nodes of the same kind before each node, on the way that has most of them.
fn levels(gates: &[Vec<Gate>], order: &[usize], alike: &[Option<Likeness>]) -> Vec<u16> {
    let kinds: BTreeMap<&str, usize> = alike
        .iter()
        .flatten()
        .map(|likeness| (likeness.kind, 0))
        .collect::<BTreeMap<_, _>>()
        .into_keys()
        .enumerate()
        .map(|(place, kind)| (kind, place))
        .collect();
    let place = |node: usize| alike[node].and_then(|likeness| kinds.get(likeness.kind).copied());
    let mut counts = vec![vec![0_u16; kinds.len()]; gates.len()];
    let mut levels = vec![0; gates.len()];
    for node in order {
        let mut count = vec![0; kinds.len()];
        for (member, _) in gates[*node].iter().flat_map(|gate| &gate.members) {
            for (most, other) in count.iter_mut().zip(&counts[*member]) {
                *most = (*most).max(*other);
            }
        }
        if let Some(kind) = place(*node) {
            levels[*node] = count[kind];
            count[kind] = count[kind].saturating_add(1);
        }
        counts[*node] = count;
    }
    levels
}

/// A set of nodes.
#[derive(Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn nodes(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(word, bits)| {
            (0..64).filter(move |bit| bits & (1_u64 << bit) != 0).map(move |bit| word * 64 + bit)
        })
    }
}

/// Each node with all that it leans on.
fn upstream(gates: &[Vec<Gate>], order: &[usize]) -> Vec<Bits> {
    let mut found = vec![Bits(vec![0; gates.len().div_ceil(64)]); gates.len()];
    for node in order {
        let mut all = found[*node].clone();
        all.0[node / 64] |= 1 << (node % 64);
        for (member, _) in gates[*node].iter().flat_map(|gate| &gate.members) {
            for (bits, others) in all.0.iter_mut().zip(&found[*member].0) {
                *bits |= others;
            }
        }
        found[*node] = all;
    }
    found
}

/// Union of sets, the lowest node as root.
struct Join(Vec<usize>);

impl Join {
    fn root(&mut self, node: usize) -> usize {
        let mut at = node;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(members: &[usize], needed: f64) -> Gate {
        Gate { members: members.iter().map(|member| (*member, 1.0)).collect(), needed }
    }

    fn like(kind: &'static str) -> Option<Likeness> {
        Some(Likeness { kind, kv: 0 })
    }

    fn groups_of(gates: &[Vec<Gate>], alike: &[Option<Likeness>]) -> Vec<Vec<usize>> {
        let order: Vec<usize> = (0..gates.len()).collect();
        groups(gates, &order, alike).unwrap()
    }

    #[test]
    fn each_level_of_a_2n_pair_is_a_group_of_its_own() {
        // grid 0, then switchgear 1 2, transformers 3 4, switchgear 5 6, hall 7.
        let gates = [
            vec![],
            vec![gate(&[0], 1.0)],
            vec![gate(&[0], 1.0)],
            vec![gate(&[1], 1.0)],
            vec![gate(&[2], 1.0)],
            vec![gate(&[3], 1.0)],
            vec![gate(&[4], 1.0)],
            vec![gate(&[5, 6], 1.0)],
        ];
        let (bus, transformer) = (like("switchgear"), like("transformer"));
        let alike = [like("grid"), bus, bus, transformer, transformer, bus, bus, None];
        assert_eq!(groups_of(&gates, &alike), [vec![1, 2], vec![3, 4], vec![5, 6]]);
        // Where both are needed, neither is the other's reserve.
        let mut both = gates.clone();
        both[7] = vec![gate(&[5, 6], 2.0)];
        assert!(groups_of(&both, &alike).is_empty());
        // Different voltages are different makes.
        let mut other = alike;
        other[2] = Some(Likeness { kind: "switchgear", kv: 1 });
        assert_eq!(groups_of(&gates, &other), [vec![3, 4], vec![5, 6]]);
    }

    #[test]
    fn three_of_which_two_are_needed_are_one_group() {
        let gates = [vec![], vec![], vec![], vec![gate(&[0, 1, 2], 2.0)]];
        let alike = [like("ups"), like("ups"), like("ups"), None];
        assert_eq!(groups_of(&gates, &alike), [vec![0, 1, 2]]);
    }
}
