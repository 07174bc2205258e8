//! Round-trip time and diverse routes from the halls to the metros over the fibre drawn.

use std::collections::BTreeMap;

use petgraph::algo::{dijkstra, dinics};
use petgraph::graph::{DiGraph, NodeIndex, UnGraph};

use super::graph::Network;
use crate::site::{ComponentId, Kind, Medium, Site};

/// One-way delay of light in G.652 fibre, ms per km.
pub const MS_PER_KM: f64 = 4.9e-3;
/// Fibre route over great circle, where no length is given.
pub const ROUTE_FACTOR: f64 = 1.4;
/// Equipment at the end of a link, ms of round trip for each link on the way.
pub const MS_PER_HOP: f64 = 0.02;
/// Mean radius of the earth, km.
const EARTH_KM: f64 = 6371.0;

/// Fibre of a site, worked out once for all its halls.
#[derive(Clone, Debug)]
pub struct Fibre {
    /// Components with any fibre, ascending: the meet-me rooms a hall without fibre of its own uses.
    meet_me_rooms: Vec<usize>,
    /// Metros by node, with the round trip from every node that reaches them.
    metros: Vec<(usize, BTreeMap<usize, f64>)>,
    routes: RouteGraph,
}

/// Flow graph in which every trench, or link without one, lets one route through.
#[derive(Clone, Debug)]
struct RouteGraph {
    graph: DiGraph<(), u32>,
    /// Node of the graph for each component.
    nodes: Vec<NodeIndex>,
}

/// Round trip and diverse routes of one hall, by metro id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Milliseconds; metros out of reach are left out.
    pub rtt_ms: BTreeMap<ComponentId, f64>,
    /// Routes of which no two share a trench or a link; zero for metros out of reach.
    pub diverse_routes: BTreeMap<ComponentId, u32>,
}

/// Kilometres between two points on the earth (haversine), degrees in.
pub fn great_circle_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let half_chord = |a: f64, b: f64| {
        let sine = libm::sin((b - a).to_radians() / 2.0);
        sine * sine
    };
    let across = libm::cos(from.0.to_radians()) * libm::cos(to.0.to_radians()) * half_chord(from.1, to.1);
    let inside = (half_chord(from.0, to.0) + across).clamp(0.0, 1.0);
    2.0 * EARTH_KM * libm::asin(libm::sqrt(inside))
}

/// Length of a fibre link, km: as given, else great circle between its ends times [`ROUTE_FACTOR`].
///
/// Metros lie where they say, everything else at the site.
pub fn fibre_km(site: &Site, link: usize, from: usize, to: usize) -> f64 {
    let given = match &site.links[link].medium {
        Medium::Fibre { km, .. } => *km,
        _ => None,
    };
    given.unwrap_or_else(|| great_circle_km(place(site, from), place(site, to)) * ROUTE_FACTOR).max(0.0)
}

fn place(site: &Site, node: usize) -> (f64, f64) {
    match &site.components[node].kind {
        Kind::Metro(metro) => (metro.latitude, metro.longitude),
        _ => (site.latitude, site.longitude),
    }
}

impl Fibre {
    pub fn new(site: &Site, network: &Network) -> Self {
        let of_kind = |wanted: fn(&Kind) -> bool| {
            (0..network.len()).filter(move |node| wanted(&site.components[*node].kind)).collect::<Vec<_>>()
        };
        let graph = length_graph(site, network);
        let metros = of_kind(|kind| matches!(kind, Kind::Metro(_)))
            .into_iter()
            .map(|metro| {
                let times = dijkstra(&graph, NodeIndex::new(metro), None, |edge| *edge.weight());
                (metro, times.into_iter().map(|(node, time)| (node.index(), time)).collect())
            })
            .collect();
        Self {
            meet_me_rooms: of_kind(|kind| matches!(kind, Kind::MeetMeRoom)),
            metros,
            routes: RouteGraph::new(site, network),
        }
    }

    /// What a hall reaches: by its own fibre, or where it has none through any meet-me room of the site.
    pub fn reach(&self, site: &Site, network: &Network, hall: usize) -> Reach {
        let own = [hall];
        let starts: &[usize] = if network.fibre(hall).is_empty() { &self.meet_me_rooms } else { &own };
        let mut reach = Reach::default();
        for (metro, times) in &self.metros {
            let id = &site.components[*metro].id;
            let shortest = starts.iter().filter_map(|start| times.get(start).copied()).min_by(f64::total_cmp);
            let routes = match shortest {
                None => 0,
                // A single way out of the hall is a single route.
                Some(_) if starts.len() == 1 && network.fibre(starts[0]).len() == 1 => 1,
                Some(_) => self.routes.count(starts, *metro),
            };
            if let Some(time) = shortest {
                reach.rtt_ms.insert(id.clone(), time);
            }
            reach.diverse_routes.insert(id.clone(), routes);
        }
        reach
    }
}

/// Round-trip milliseconds of every link.
fn length_graph(site: &Site, network: &Network) -> UnGraph<(), f64> {
    let mut graph = UnGraph::with_capacity(network.len(), site.links.len());
    for _ in 0..network.len() {
        graph.add_node(());
    }
    for (link, from, to) in fibre_links(network) {
        let time = 2.0 * MS_PER_KM * fibre_km(site, link, from, to) + MS_PER_HOP;
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), time);
    }
    graph
}

/// Every fibre link once: (link, one end, other end).
fn fibre_links(network: &Network) -> impl Iterator<Item = (usize, usize, usize)> {
    let mut links: Vec<_> = (0..network.len())
        .flat_map(|from| network.fibre(from).iter().map(move |(link, to)| (*link, from, *to)))
        .collect();
    // A link is listed at both its ends.
    links.sort_unstable();
    links.dedup_by_key(|(link, ..)| *link);
    links.into_iter()
}

impl RouteGraph {
    fn new(site: &Site, network: &Network) -> Self {
        let mut graph = DiGraph::new();
        let nodes: Vec<NodeIndex> = (0..network.len()).map(|_| graph.add_node(())).collect();
        let mut trenches: BTreeMap<&str, (NodeIndex, NodeIndex)> = BTreeMap::new();
        let dig = |graph: &mut DiGraph<(), u32>| {
            let (one, other) = (graph.add_node(()), graph.add_node(()));
            graph.add_edge(one, other, 1);
            (one, other)
        };
        for (link, from, to) in fibre_links(network) {
            let (one, other) = match &site.links[link].medium {
                Medium::Fibre { trench: Some(trench), .. } => {
                    *trenches.entry(trench).or_insert_with(|| dig(&mut graph))
                }
                _ => dig(&mut graph),
            };
            for end in [from, to] {
                graph.add_edge(nodes[end], one, u32::MAX / 4);
                graph.add_edge(other, nodes[end], u32::MAX / 4);
            }
        }
        Self { graph, nodes }
    }

    fn count(&self, starts: &[usize], metro: usize) -> u32 {
        match starts {
            [] => 0,
            [start] => self.between(&self.graph, self.nodes[*start], metro),
            _ => {
                let mut graph = self.graph.clone();
                let anywhere = graph.add_node(());
                for start in starts {
                    graph.add_edge(anywhere, self.nodes[*start], u32::MAX / 4);
                }
                self.between(&graph, anywhere, metro)
            }
        }
    }

    fn between(&self, graph: &DiGraph<(), u32>, start: NodeIndex, metro: usize) -> u32 {
        if start == self.nodes[metro] { 0 } else { dinics(graph, start, self.nodes[metro]).0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::site::Metro;

    fn dallas() -> Kind {
        Kind::Metro(Metro { latitude: 32.7767, longitude: -96.7970 })
    }

    fn reach_of(site: &Site, hall: &str) -> Reach {
        let network = Network::new(site);
        Fibre::new(site, &network).reach(site, &network, network.node(hall).unwrap())
    }

    #[test]
    fn the_great_circle_between_dallas_and_houston() {
        // 361.8 km by the published city coordinates.
        let km = great_circle_km((32.7767, -96.7970), (29.7604, -95.3698));
        assert!((km - 361.8).abs() < 1.0, "{km}");
        assert_eq!(great_circle_km((10.0, 20.0), (10.0, 20.0)), 0.0);
        // Half way round the earth.
        assert!((great_circle_km((0.0, 0.0), (0.0, 180.0)) - std::f64::consts::PI * EARTH_KM).abs() < 1e-6);
    }

    #[test]
    fn the_shortest_way_counts_its_kilometres_and_hops() {
        let mut site = site_of(&[
            ("hall", hall(10.0)),
            ("mmr", Kind::MeetMeRoom),
            ("carrier", Kind::Carrier),
            ("dallas", dallas()),
        ]);
        fibre(&mut site, "mmr", "carrier", Some(10.0), None);
        fibre(&mut site, "carrier", "dallas", Some(200.0), None);
        fibre(&mut site, "mmr", "dallas", Some(300.0), None);
        let reach = reach_of(&site, "hall");
        assert!((reach.rtt_ms["dallas"] - (2.0 * 4.9e-3 * 210.0 + 2.0 * 0.02)).abs() < 1e-12);
        assert_eq!(reach.diverse_routes["dallas"], 2);
    }

    #[test]
    fn a_link_without_length_takes_the_great_circle_and_the_route_factor() {
        let mut site = site_of(&[("hall", hall(10.0)), ("dallas", dallas())]);
        (site.latitude, site.longitude) = (29.7604, -95.3698);
        fibre(&mut site, "dallas", "hall", None, None);
        let km = great_circle_km((29.7604, -95.3698), (32.7767, -96.7970)) * 1.4;
        let reach = reach_of(&site, "hall");
        assert!((reach.rtt_ms["dallas"] - (2.0 * 4.9e-3 * km + 0.02)).abs() < 1e-12);
    }

    #[test]
    fn routes_in_one_trench_are_one_route() {
        let mut site = site_of(&[
            ("hall", hall(10.0)),
            ("east", Kind::Carrier),
            ("west", Kind::Carrier),
            ("dallas", dallas()),
        ]);
        fibre(&mut site, "hall", "east", Some(1.0), Some("gate"));
        fibre(&mut site, "hall", "west", Some(1.0), Some("gate"));
        fibre(&mut site, "east", "dallas", Some(100.0), None);
        fibre(&mut site, "west", "dallas", Some(120.0), None);
        assert_eq!(reach_of(&site, "hall").diverse_routes["dallas"], 1);
        for link in &mut site.links {
            if let Medium::Fibre { trench, .. } = &mut link.medium {
                *trench = None;
            }
        }
        assert_eq!(reach_of(&site, "hall").diverse_routes["dallas"], 2);
    }

    #[test]
    fn a_metro_out_of_reach_has_no_time_and_no_route() {
        let mut site = site_of(&[("hall", hall(10.0)), ("mmr", Kind::MeetMeRoom), ("dallas", dallas())]);
        let reach = reach_of(&site, "hall");
        assert!(reach.rtt_ms.is_empty());
        assert_eq!(reach.diverse_routes["dallas"], 0);
        fibre(&mut site, "mmr", "dallas", Some(50.0), None);
        assert_eq!(reach_of(&site, "hall").diverse_routes["dallas"], 1);
    }
}
