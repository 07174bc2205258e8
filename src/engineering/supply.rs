//! What one port of one hall leans on: the part of the network that can bring it power and take its heat.

use std::collections::BTreeMap;

use super::graph::Network;
use crate::site::{Component, Kind, Layer, Site};

/// The two power ports of a hall: raw and interruptible, or protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    Mining,
    Hosting,
}

/// Which parts are taken as standing. A part whose last order date is past when the plan starts, or that a scenario
/// has ruled out, is never built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// What stands today.
    Existing,
    /// Everything drawn, replaced parts included.
    Drawn,
    /// As drawn, without one planned part.
    DrawnWithout(usize),
    /// Everything planned is built and what it replaces is gone. Every option of an option set counts as built.
    FullBuild,
    /// As full build, without one planned part; what only that part replaces stays.
    FullBuildWithout(usize),
}

/// Where power may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sources {
    /// The utility and on-site generation.
    Grid,
    /// Gensets and on-site generation, while the utility is away.
    Gensets,
}

/// A supplier of a node: a power feeder, or a device that takes its heat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Index into `site.links`.
    pub link: usize,
    /// Index into [`Supply::nodes`].
    pub node: usize,
    /// True for heat that leaves by liquid.
    pub liquid: bool,
}

/// Everything a hall's port can lean on, suppliers before what they serve and the hall last.
#[derive(Clone, Debug)]
pub struct Supply {
    /// Indices into `site.components`.
    pub nodes: Vec<usize>,
    /// Power feeders of each node.
    pub feeders: Vec<Vec<Edge>>,
    /// Devices that take the heat of each node.
    pub sinks: Vec<Vec<Edge>>,
    /// Share of the hall's heat that leaves by liquid.
    pub liquid_share: f64,
}

impl Port {
    pub fn is_mining(self) -> bool {
        self == Self::Mining
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Mining => "mining",
            Self::Hosting => "hosting",
        }
    }
}

impl Standing {
    /// True when a part is taken as standing.
    pub fn includes(self, site: &Site, network: &Network, node: usize) -> bool {
        let is_built = |part: usize| can_be_built(site, part) && self.without() != Some(part);
        match self {
            Self::Existing => site.components[node].planned().is_none(),
            Self::Drawn | Self::DrawnWithout(_) => is_built(node),
            Self::FullBuild | Self::FullBuildWithout(_) => {
                is_built(node) && !network.replaced_by(node).iter().any(|successor| is_built(*successor))
            }
        }
    }

    fn without(self) -> Option<usize> {
        match self {
            Self::DrawnWithout(part) | Self::FullBuildWithout(part) => Some(part),
            _ => None,
        }
    }
}

/// True for what stands and for what can still be ordered once the plan starts.
fn can_be_built(site: &Site, node: usize) -> bool {
    let latest = site.components[node].planned().and_then(|planned| planned.latest);
    latest.is_none_or(|latest| latest >= site.plan.start)
}

/// True for a part that makes power or brings it to the site.
pub fn is_source(kind: &Kind) -> bool {
    matches!(kind, Kind::GridFeed(_) | Kind::Generation(_) | Kind::Genset(_))
}

/// True for a device that can give heat to the outside by itself.
pub fn rejects_heat(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::FanWall(_)
            | Kind::DryCooler(_)
            | Kind::AdiabaticCooler(_)
            | Kind::CoolingTower(_)
            | Kind::Chiller(_)
    )
}

/// True for a part that does nothing without electric power: all but sources and passive cooling devices.
pub fn needs_power(kind: &Kind) -> bool {
    match kind.cooling() {
        Some(cooling) => cooling.power_share > 0.0 || cooling.design_hour_power_share > 0.0,
        None => !is_source(kind),
    }
}

/// What a link and the supplier at its other end carry at most, MW.
pub fn edge_rating_mw(site: &Site, supply: &Supply, edge: Edge) -> f64 {
    let supplier = &site.components[supply.nodes[edge.node]];
    supplier.rating_mw().min(site.links[edge.link].rating_mw.unwrap_or(f64::INFINITY))
}

impl Supply {
    /// The supply of a hall's port; `None` when power or heat runs in a circle on the way.
    pub fn of(
        site: &Site,
        network: &Network,
        hall: usize,
        port: Port,
        liquid_share: f64,
        standing: Standing,
    ) -> Option<Self> {
        let stands = |node: usize| standing.includes(site, network, node);
        let suppliers = |node: usize| suppliers(site, network, node, hall, port, liquid_share, &stands);
        let mut supply = Self { nodes: Vec::new(), feeders: Vec::new(), sinks: Vec::new(), liquid_share };
        // Depth first and after the last supplier: every node comes right after what it leans on, which keeps
        // the frontier of the availability calculation narrow. `None` marks a node whose suppliers are open.
        let mut local: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        let mut open = vec![(hall, suppliers(hall), 0)];
        local.insert(hall, None);
        while let Some((node, found, next)) = open.last_mut() {
            if let Some(candidate) = found.get(*next) {
                *next += 1;
                match local.get(&candidate.node) {
                    Some(Some(_)) => {}
                    Some(None) => return None,
                    None => {
                        let node = candidate.node;
                        local.insert(node, None);
                        open.push((node, suppliers(node), 0));
                    }
                }
                continue;
            }
            let localised = |heat: bool| {
                found
                    .iter()
                    .filter(|supplier| supplier.heat == heat)
                    .filter_map(|supplier| {
                        let node = local.get(&supplier.node).copied().flatten()?;
                        Some(Edge { link: supplier.link, node, liquid: supplier.liquid })
                    })
                    .collect()
            };
            supply.feeders.push(localised(false));
            supply.sinks.push(localised(true));
            local.insert(*node, Some(supply.nodes.len()));
            supply.nodes.push(*node);
            open.pop();
        }
        Some(supply)
    }

    /// Parts and links together.
    pub fn size(&self) -> usize {
        self.nodes.len() + self.feeders.iter().chain(&self.sinks).map(Vec::len).sum::<usize>()
    }

    /// Position of the hall in [`Self::nodes`].
    pub fn hall(&self) -> usize {
        self.nodes.len() - 1
    }

    pub fn component<'a>(&self, site: &'a Site, node: usize) -> &'a Component {
        &site.components[self.nodes[node]]
    }

    /// Share of the hall's heat that leaves in the medium.
    pub fn share(&self, liquid: bool) -> f64 {
        if liquid { self.liquid_share } else { 1.0 - self.liquid_share }
    }

    /// True when the hall sends some of its heat in the medium.
    pub fn uses(&self, liquid: bool) -> bool {
        self.share(liquid) > 0.0
    }

    /// Whether a node has what it needs, given which suppliers work: any power feeder, and for heat any device
    /// behind it; a hall needs one for every medium it uses.
    pub fn is_served(&self, site: &Site, node: usize, works: impl Fn(usize) -> bool) -> bool {
        let kind = &self.component(site, node).kind;
        let powered = !needs_power(kind) || self.feeders[node].iter().any(|edge| works(edge.node));
        powered && self.is_cooled(kind, node, works)
    }

    fn is_cooled(&self, kind: &Kind, node: usize, works: impl Fn(usize) -> bool) -> bool {
        let sinks = &self.sinks[node];
        if node == self.hall() {
            return [false, true]
                .into_iter()
                .filter(|liquid| self.uses(*liquid))
                .all(|liquid| sinks.iter().any(|edge| edge.liquid == liquid && works(edge.node)));
        }
        match kind.cooling() {
            None => true,
            Some(_) if sinks.is_empty() => rejects_heat(kind),
            Some(_) => sinks.iter().any(|edge| works(edge.node)),
        }
    }

    /// Which nodes work when the sources named are on and the nodes that `is_up` refuses are down.
    pub fn working(&self, site: &Site, sources: Sources, is_up: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut works = vec![false; self.nodes.len()];
        for node in 0..self.nodes.len() {
            let on = match self.component(site, node).kind {
                Kind::GridFeed(_) => sources != Sources::Gensets,
                Kind::Genset(_) => sources != Sources::Grid,
                _ => true,
            };
            works[node] = on && is_up(node) && self.is_served(site, node, |supplier| works[supplier]);
        }
        works
    }
}

struct Supplier {
    link: usize,
    node: usize,
    heat: bool,
    liquid: bool,
}

fn suppliers(
    site: &Site,
    network: &Network,
    node: usize,
    hall: usize,
    port: Port,
    liquid_share: f64,
    stands: &impl Fn(usize) -> bool,
) -> Vec<Supplier> {
    let kind = &site.components[node].kind;
    let serves = |link: usize| site.links[link].medium.serves().allows(port.is_mining());
    let mut found = Vec::new();
    if needs_power(kind) {
        // Halls and devices pass no power on: what is drawn behind one is a fault the checks name.
        let from_power = |from: usize| site.components[from].kind.layer() == Layer::Power;
        found.extend(
            network
                .power_in(node)
                .iter()
                .filter(|(link, from)| serves(*link) && stands(*from) && from_power(*from))
                .map(|&(link, node)| Supplier { link, node, heat: false, liquid: false }),
        );
    }
    for liquid in [false, true] {
        let takes_part = match kind {
            Kind::Hall(_) => node == hall && if liquid { liquid_share > 0.0 } else { liquid_share < 1.0 },
            _ => kind.cooling().is_some(),
        };
        if takes_part {
            found.extend(
                network
                    .heat_out(node, liquid)
                    .iter()
                    .filter(|(link, to)| {
                        serves(*link) && stands(*to) && site.components[*to].kind.cooling().is_some()
                    })
                    .map(|&(link, node)| Supplier { link, node, heat: true, liquid }),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::site::{Planned, Serves, State};

    fn simple() -> Site {
        let mut site = site_of(&[
            ("hall", hall(10.0)),
            ("grid", grid(50.0)),
            ("bus", switchgear(50.0)),
            ("cdu", Kind::Cdu(cooling(10.0, 0.01))),
            ("cooler", Kind::DryCooler(cooling(12.0, 0.02))),
            ("wall", Kind::FanWall(cooling(12.0, 0.02))),
        ]);
        power(&mut site, "grid", "bus");
        power(&mut site, "bus", "hall");
        power(&mut site, "bus", "cdu");
        power(&mut site, "bus", "cooler");
        power(&mut site, "bus", "wall");
        liquid(&mut site, "hall", "cdu", Serves::Hosting);
        liquid(&mut site, "cdu", "cooler", Serves::Hosting);
        air(&mut site, "hall", "wall", Serves::Mining);
        site
    }

    fn ids(site: &Site, supply: &Supply) -> Vec<String> {
        (0..supply.nodes.len()).map(|node| supply.component(site, node).id.clone()).collect()
    }

    #[test]
    fn a_port_leans_only_on_what_serves_it() {
        let site = simple();
        let network = Network::new(&site);
        let hosting = Supply::of(&site, &network, 0, Port::Hosting, 1.0, Standing::FullBuild).unwrap();
        assert_eq!(ids(&site, &hosting), ["grid", "bus", "cooler", "cdu", "hall"]);
        let mining = Supply::of(&site, &network, 0, Port::Mining, 0.0, Standing::FullBuild).unwrap();
        assert_eq!(ids(&site, &mining), ["grid", "bus", "wall", "hall"]);
        assert!(mining.working(&site, Sources::Grid, |_| true)[mining.hall()]);
        assert!(!mining.working(&site, Sources::Gensets, |_| true)[mining.hall()]);
    }

    #[test]
    fn heat_must_reach_a_device_that_rejects_it() {
        let mut site = simple();
        site.links.retain(|link| link.to != "cooler" || link.from != "cdu");
        let network = Network::new(&site);
        let hosting = Supply::of(&site, &network, 0, Port::Hosting, 1.0, Standing::FullBuild).unwrap();
        assert!(!hosting.working(&site, Sources::Grid, |_| true)[hosting.hall()]);
    }

    #[test]
    fn full_build_puts_the_successor_in_place_of_the_old_part() {
        let mut site = simple();
        site.components.push(component("new", switchgear(60.0)));
        power(&mut site, "grid", "new");
        power(&mut site, "new", "hall");
        site.component_mut("new").unwrap().state =
            State::Planned(Planned { replaces: vec!["bus".to_owned()], ..Planned::default() });
        let network = Network::new(&site);
        let of = |standing| ids(&site, &Supply::of(&site, &network, 0, Port::Mining, 0.0, standing).unwrap());
        assert_eq!(of(Standing::FullBuild), ["grid", "new", "wall", "hall"]);
        assert_eq!(of(Standing::Existing), ["grid", "bus", "wall", "hall"]);
        assert_eq!(of(Standing::FullBuildWithout(6)), ["grid", "bus", "wall", "hall"]);
        assert!(of(Standing::Drawn).len() == 5);
    }

    #[test]
    fn a_circle_on_the_way_is_refused() {
        let mut site = simple();
        power(&mut site, "bus", "grid");
        power(&mut site, "bus", "bus");
        let network = Network::new(&site);
        assert!(Supply::of(&site, &network, 0, Port::Mining, 0.0, Standing::FullBuild).is_none());
    }
}
