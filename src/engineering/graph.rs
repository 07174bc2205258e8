//! The drawing as a network: who feeds whom with power, who hands heat to whom, and where fibre runs.

use std::collections::BTreeMap;

use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::site::{Link, Medium, Site};

/// The links of a site by component and medium.
///
/// A node is an index into `site.components`, a link an index into `site.links`. Links with an end that does not
/// exist are left out (the checks name them), and so are normally open power links: a tie that is open carries
/// nothing. Every list is in the order of `site.links`.
#[derive(Clone, Debug, Default)]
pub struct Network {
    index: BTreeMap<String, usize>,
    power_in: Vec<Vec<(usize, usize)>>,
    power_out: Vec<Vec<(usize, usize)>>,
    heat_in: Vec<Vec<(usize, usize)>>,
    air_out: Vec<Vec<(usize, usize)>>,
    liquid_out: Vec<Vec<(usize, usize)>>,
    fibre: Vec<Vec<(usize, usize)>>,
    replaced_by: Vec<Vec<usize>>,
}

impl Network {
    pub fn new(site: &Site) -> Self {
        let count = site.components.len();
        let mut index = BTreeMap::new();
        for (node, component) in site.components.iter().enumerate() {
            // Of two parts with one id the first is meant; the checks report the second.
            index.entry(component.id.clone()).or_insert(node);
        }
        let mut network = Self {
            index,
            power_in: vec![Vec::new(); count],
            power_out: vec![Vec::new(); count],
            heat_in: vec![Vec::new(); count],
            air_out: vec![Vec::new(); count],
            liquid_out: vec![Vec::new(); count],
            fibre: vec![Vec::new(); count],
            replaced_by: vec![Vec::new(); count],
        };
        for (link_index, link) in site.links.iter().enumerate() {
            network.add(link_index, link);
        }
        for (node, component) in site.components.iter().enumerate() {
            let replaces = component.planned().map_or(&[][..], |planned| &planned.replaces);
            for old in replaces.iter().filter_map(|id| network.index.get(id)) {
                if *old != node {
                    network.replaced_by[*old].push(node);
                }
            }
        }
        network
    }

    fn add(&mut self, link_index: usize, link: &Link) {
        let (Some(from), Some(to)) = (self.node(&link.from), self.node(&link.to)) else { return };
        match link.medium {
            Medium::Power { normally_open: true, .. } => {}
            Medium::Power { .. } => {
                self.power_out[from].push((link_index, to));
                self.power_in[to].push((link_index, from));
            }
            Medium::Liquid { .. } => {
                self.liquid_out[from].push((link_index, to));
                self.heat_in[to].push((link_index, from));
            }
            Medium::Air { .. } => {
                self.air_out[from].push((link_index, to));
                self.heat_in[to].push((link_index, from));
            }
            Medium::Fibre { .. } => {
                self.fibre[from].push((link_index, to));
                self.fibre[to].push((link_index, from));
            }
        }
    }

    /// Components.
    pub fn len(&self) -> usize {
        self.power_in.len()
    }

    pub fn is_empty(&self) -> bool {
        self.power_in.is_empty()
    }

    /// The node of a component id.
    pub fn node(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// Closed power links into a node: (link, node it comes from).
    pub fn power_in(&self, node: usize) -> &[(usize, usize)] {
        &self.power_in[node]
    }

    /// Closed power links out of a node: (link, node it goes to).
    pub fn power_out(&self, node: usize) -> &[(usize, usize)] {
        &self.power_out[node]
    }

    /// Links that bring heat of either medium to a node: (link, node it comes from).
    pub fn heat_in(&self, node: usize) -> &[(usize, usize)] {
        &self.heat_in[node]
    }

    /// Links that take heat out of a node in one medium: (link, node it goes to).
    pub fn heat_out(&self, node: usize, liquid: bool) -> &[(usize, usize)] {
        if liquid { &self.liquid_out[node] } else { &self.air_out[node] }
    }

    /// Fibre at a node, in both directions: (link, node at the other end).
    pub fn fibre(&self, node: usize) -> &[(usize, usize)] {
        &self.fibre[node]
    }

    /// Planned parts that take the place of a node when they are ready.
    pub fn replaced_by(&self, node: usize) -> &[usize] {
        &self.replaced_by[node]
    }

    /// True when no link of any medium, closed or open fibre included, touches the node.
    pub fn is_isolated(&self, node: usize) -> bool {
        [&self.power_in, &self.power_out, &self.heat_in, &self.air_out, &self.liquid_out, &self.fibre]
            .iter()
            .all(|lists| lists[node].is_empty())
    }

    /// All nodes with every power source before what it feeds; `None` when power runs in a circle.
    pub fn power_order(&self) -> Option<Vec<usize>> {
        order(&self.power_graph())
    }

    /// All nodes with everything that makes heat before what takes it; `None` when heat runs in a circle.
    pub fn heat_order(&self) -> Option<Vec<usize>> {
        order(&self.heat_graph())
    }

    /// Sets of nodes that feed each other in a circle, each in ascending order.
    pub fn power_cycles(&self) -> Vec<Vec<usize>> {
        cycles(&self.power_graph())
    }

    /// Sets of nodes that hand heat to each other in a circle, each in ascending order.
    pub fn heat_cycles(&self) -> Vec<Vec<usize>> {
        cycles(&self.heat_graph())
    }

    fn power_graph(&self) -> DiGraph<(), ()> {
        graph_of(self.len(), self.power_out.iter().map(|links| links.iter()))
    }

    fn heat_graph(&self) -> DiGraph<(), ()> {
        graph_of(
            self.len(),
            self.air_out.iter().zip(&self.liquid_out).map(|(air, liquid)| air.iter().chain(liquid)),
        )
    }
}

fn graph_of<'a, Links>(count: usize, links_out: impl Iterator<Item = Links>) -> DiGraph<(), ()>
where
    Links: Iterator<Item = &'a (usize, usize)>,
{
    let mut graph = DiGraph::with_capacity(count, count);
    for _ in 0..count {
        graph.add_node(());
    }
    for (from, links) in links_out.enumerate() {
        for (_, to) in links {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(*to), ());
        }
    }
    graph
}

fn order(graph: &DiGraph<(), ()>) -> Option<Vec<usize>> {
    toposort(graph, None).ok().map(|nodes| nodes.into_iter().map(NodeIndex::index).collect())
}

/// Kosaraju's algorithm and not Tarjan's: petgraph's Tarjan recurses, and a long chain would exhaust the stack.
fn cycles(graph: &DiGraph<(), ()>) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = kosaraju_scc(graph)
        .into_iter()
        .filter(|nodes| nodes.len() > 1 || nodes.iter().any(|node| graph.contains_edge(*node, *node)))
        .map(|nodes| {
            let mut nodes: Vec<usize> = nodes.into_iter().map(NodeIndex::index).collect();
            nodes.sort_unstable();
            nodes
        })
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn links_are_found_from_both_ends_and_open_ties_are_left_out() {
        let mut site = site_of(&[("grid", grid(50.0)), ("bus", switchgear(50.0)), ("hall", hall(10.0))]);
        power(&mut site, "grid", "bus");
        power(&mut site, "bus", "hall");
        site.links.push(Link {
            medium: Medium::Power { serves: crate::site::Serves::Both, normally_open: true },
            ..power_link("tie", "grid", "hall")
        });
        power(&mut site, "bus", "nowhere");
        let network = Network::new(&site);
        assert_eq!(network.power_in(2), &[(1, 1)]);
        assert_eq!(network.power_out(0), &[(0, 1)]);
        assert_eq!(network.power_order(), Some(vec![0, 1, 2]));
        assert!(network.power_cycles().is_empty());
    }

    #[test]
    fn a_circle_has_no_order_and_is_named() {
        let mut site = site_of(&[
            ("grid", grid(50.0)),
            ("a", switchgear(50.0)),
            ("b", switchgear(50.0)),
            ("c", switchgear(50.0)),
        ]);
        power(&mut site, "grid", "a");
        power(&mut site, "a", "b");
        power(&mut site, "b", "c");
        power(&mut site, "c", "a");
        let network = Network::new(&site);
        assert_eq!(network.power_order(), None);
        assert_eq!(network.power_cycles(), vec![vec![1, 2, 3]]);
    }

    #[test]
    fn a_chain_of_fifty_thousand_parts_does_not_exhaust_the_stack() {
        let mut site = site_of(&[]);
        for number in 0..50_000 {
            site.components.push(component(&format!("s{number}"), switchgear(1.0)));
        }
        for number in 1..50_000 {
            power(&mut site, &format!("s{}", number - 1), &format!("s{number}"));
        }
        let network = Network::new(&site);
        assert_eq!(network.power_order().map(|order| order.len()), Some(50_000));
        assert!(network.power_cycles().is_empty());
    }
}
