//! The hosting that survives the loss of a part: a fast look at power and heat apart.
//!
//! Power is a maximum flow from the sources to the hall's hosting port with every part at its rating, heat a
//! maximum flow from the hall to the devices that reject it with every device at its design-hour rating; the
//! smaller of the two counts. Losses and the power of the cooling itself are left out, and so are the other halls:
//! this is a first look by hall, and the plan checks the whole site with both (C7). Everything planned counts as
//! built; where several options exclude each other, all of them do.
//!
//! While a part is lost the hall lives on the utility or on the gensets, whichever carries more, but not on a
//! mixture of both: a transfer switch is on one side. With nothing lost gensets carry nothing.

use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};

use super::checks::name_of;
use super::supply::{Edge, Sources, Supply, is_source, rejects_heat};
use crate::site::{FailureClass, Site};

/// Largest supply (parts and links) whose every loss is looked at; the work grows with its square.
pub const MOST_PARTS: usize = 600;

/// Hosting MW of a hall that survives each class of failure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FirmMw {
    /// All parts in service.
    pub n: f64,
    /// Loss of any one unit.
    pub n_plus_1: f64,
    /// Loss of any one part or link, and of the utility.
    pub maintainable: f64,
}

impl FirmMw {
    pub fn of(&self, class: FailureClass) -> f64 {
        match class {
            FailureClass::N => self.n,
            FailureClass::NPlusOne => self.n_plus_1,
            FailureClass::Maintainable => self.maintainable,
        }
    }
}

/// What is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    Nothing,
    /// One unit of the part at this place in [`Supply::nodes`].
    Unit(usize),
    /// The whole part.
    Part(usize),
    /// A link, as an index into `site.links`.
    Link(usize),
    /// All grid feeds.
    Utility,
}

impl Loss {
    /// The user's own name for the loss.
    pub fn label(self, site: &Site, supply: &Supply) -> String {
        match self {
            Self::Nothing => "nothing lost".to_owned(),
            Self::Unit(node) if supply.component(site, node).units > 1 => {
                format!("one unit of {}", name_of(supply.component(site, node)))
            }
            Self::Unit(node) | Self::Part(node) => name_of(supply.component(site, node)).to_owned(),
            Self::Link(link) => {
                let link = &site.links[link];
                let name = |id: &str| {
                    site.component(id).map_or_else(|| id.to_owned(), |end| name_of(end).to_owned())
                };
                format!("the link {} from {} to {}", link.id, name(&link.from), name(&link.to))
            }
            Self::Utility => "the utility".to_owned(),
        }
    }
}

/// The losses a class asks to survive, besides those of the class below it.
pub fn losses(site: &Site, supply: &Supply, class: FailureClass) -> Vec<Loss> {
    let parts = 0..supply.hall();
    match class {
        FailureClass::N => vec![Loss::Nothing],
        FailureClass::NPlusOne => parts.map(Loss::Unit).collect(),
        FailureClass::Maintainable => {
            let mut links: Vec<usize> =
                supply.feeders.iter().chain(&supply.sinks).flatten().map(|edge| edge.link).collect();
            links.sort_unstable();
            links.dedup();
            // A single unit is the whole part, which the class below has looked at.
            parts
                .filter(|node| supply.component(site, *node).units > 1)
                .map(Loss::Part)
                .chain(links.into_iter().map(Loss::Link))
                .chain([Loss::Utility])
                .collect()
        }
    }
}

/// What survives by class, at most `cap_mw`, and what limits each class.
///
/// Looks only as far as `deepest`; the classes beyond it are given as zero. `None` when the supply is too large.
pub fn firm_mw(
    site: &Site,
    supply: &Supply,
    cap_mw: f64,
    deepest: FailureClass,
) -> Option<(FirmMw, [String; 3])> {
    if deepest > FailureClass::N && supply.size() > MOST_PARTS {
        return None;
    }
    let mut firm = [0.0; 3];
    let mut limiting = [const { String::new() }; 3];
    let mut least = surviving(site, supply, Loss::Nothing, cap_mw);
    let mut name = least.limit.to_owned();
    let mut mw = least.mw;
    for (place, class) in FailureClass::ALL.into_iter().enumerate().take_while(|(_, class)| *class <= deepest)
    {
        for loss in losses(site, supply, class) {
            // Nothing survives less than nothing.
            if mw <= 0.0 || loss == Loss::Nothing {
                continue;
            }
            least = surviving(site, supply, loss, mw);
            if least.mw < mw {
                mw = least.mw;
                name = format!("loss of {}", loss.label(site, supply));
            }
        }
        firm[place] = mw;
        limiting[place].clone_from(&name);
    }
    Some((FirmMw { n: firm[0], n_plus_1: firm[1], maintainable: firm[2] }, limiting))
}

/// MW of hosting and what keeps it from being more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surviving {
    pub mw: f64,
    pub limit: &'static str,
}

/// The limit of a hall whose power and heat would carry more than its space.
pub const OWN_SPACE: &str = "the hall's own space";

/// Flows are whole watts, so that a sum of several may miss the load by some.
const SAME_MW: f64 = 1e-5;

/// Hosting that survives one loss, at most `cap_mw`.
pub fn surviving(site: &Site, supply: &Supply, loss: Loss, cap_mw: f64) -> Surviving {
    if cap_mw <= 0.0 {
        return Surviving { mw: 0.0, limit: OWN_SPACE };
    }
    let sources: &[Sources] = match loss {
        Loss::Nothing => &[Sources::Grid],
        Loss::Utility => &[Sources::Gensets],
        _ => &[Sources::Grid, Sources::Gensets],
    };
    let mut best = Surviving { mw: 0.0, limit: "power to the hall" };
    for source in sources {
        let found = carried(site, supply, *source, loss, cap_mw);
        if found.mw > best.mw || (best.mw == 0.0 && *source == sources[0]) {
            best = found;
        }
        if best.mw >= cap_mw {
            break;
        }
    }
    best
}

fn carried(site: &Site, supply: &Supply, sources: Sources, loss: Loss, cap_mw: f64) -> Surviving {
    let reduced;
    let supply = match loss {
        Loss::Link(link) => {
            reduced = without_link(supply, link);
            &reduced
        }
        _ => supply,
    };
    let left = |node: usize| units_left(site, supply, loss, node);
    let works = supply.working(site, sources, |node| left(node) > 0);
    if !works[supply.hall()] {
        let powered = supply.feeders[supply.hall()].iter().any(|edge| works[edge.node]);
        let limit = if powered { "heat from the hall" } else { "power to the hall" };
        return Surviving { mw: 0.0, limit };
    }
    let flows = Flows { site, supply, works: &works, left: &left };
    let power = flows.power_mw(cap_mw);
    let heat = flows.heat_mw(power);
    if power.min(heat) >= cap_mw - SAME_MW {
        Surviving { mw: cap_mw, limit: OWN_SPACE }
    } else if heat < power {
        Surviving { mw: heat, limit: "heat from the hall" }
    } else {
        Surviving { mw: power, limit: "power to the hall" }
    }
}

/// Units of a part that still carry load.
fn units_left(site: &Site, supply: &Supply, loss: Loss, node: usize) -> u32 {
    let component = supply.component(site, node);
    match loss {
        Loss::Part(lost) if lost == node => 0,
        Loss::Unit(lost) if lost == node => component.working_units().min(component.units.saturating_sub(1)),
        _ => component.working_units(),
    }
}

fn without_link(supply: &Supply, link: usize) -> Supply {
    let mut reduced = supply.clone();
    for edges in reduced.feeders.iter_mut().chain(&mut reduced.sinks) {
        edges.retain(|edge| edge.link != link);
    }
    reduced
}

/// Flows are counted in whole watts: exact, so that an augmenting path never ends in a rounding error.
const WATTS_PER_MW: f64 = 1e6;
const UNLIMITED: u64 = 1_000_000_000_000_000;

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a range that u64 holds"
)]
fn watts(mw: f64) -> u64 {
    // Not-a-number becomes zero.
    (mw * WATTS_PER_MW).round().clamp(0.0, UNLIMITED as f64) as u64
}

fn megawatts(watts: u64) -> f64 {
    watts as f64 / WATTS_PER_MW
}

struct Flows<'a, Left: Fn(usize) -> u32> {
    site: &'a Site,
    supply: &'a Supply,
    works: &'a [bool],
    left: &'a Left,
}

impl<Left: Fn(usize) -> u32> Flows<'_, Left> {
    fn rating(&self, node: usize, share: f64) -> u64 {
        watts(self.supply.component(self.site, node).unit_rating_mw() * f64::from((self.left)(node)) * share)
    }

    fn link_rating(&self, edge: &Edge) -> u64 {
        self.site.links[edge.link].rating_mw.map_or(UNLIMITED, watts)
    }

    fn power_mw(&self, cap_mw: f64) -> f64 {
        let hall = self.supply.hall();
        let mut graph = PartGraph::new(self.supply.nodes.len());
        for node in 0..=hall {
            let kind = &self.supply.component(self.site, node).kind;
            if !self.works[node] || kind.cooling().is_some() {
                continue;
            }
            if is_source(kind) {
                graph.join(graph.source, graph.into[node], UNLIMITED);
            }
            let rating = if node == hall { watts(cap_mw) } else { self.rating(node, 1.0) };
            graph.join(graph.into[node], graph.out[node], rating);
            for edge in &self.supply.feeders[node] {
                graph.join(graph.out[edge.node], graph.into[node], self.link_rating(edge));
            }
        }
        graph.join(graph.out[hall], graph.sink, UNLIMITED);
        megawatts(graph.most()).min(cap_mw)
    }

    /// Most IT power whose heat finds a way out, air and liquid at once.
    fn heat_mw(&self, cap_mw: f64) -> f64 {
        let by_medium = |liquid: bool| {
            let share = self.supply.share(liquid);
            if share <= 0.0 {
                return f64::INFINITY;
            }
            let mut wanted = [0.0; 2];
            wanted[usize::from(liquid)] = cap_mw * share;
            megawatts(self.heat_flow(wanted)) / share
        };
        let apart = by_medium(false).min(by_medium(true)).min(cap_mw);
        let fits = |mw: f64| {
            let wanted = [mw * self.supply.share(false), mw * self.supply.share(true)];
            self.heat_flow(wanted) + 2 >= watts(wanted[0]) + watts(wanted[1])
        };
        if !(self.supply.uses(true) && self.supply.uses(false)) || fits(apart) {
            return apart;
        }
        // Both media end in the same devices: the most that fits lies between nothing and each one's own.
        let (mut low, mut high) = (0.0, apart);
        while high - low > 1e-5 {
            let middle = 0.5 * (low + high);
            if fits(middle) { low = middle } else { high = middle }
        }
        low
    }

    /// Watts of heat that leave when the hall offers so many MW by air and by liquid.
    fn heat_flow(&self, wanted: [f64; 2]) -> u64 {
        let hall = self.supply.hall();
        let mut graph = PartGraph::new(self.supply.nodes.len());
        for node in 0..hall {
            let kind = &self.supply.component(self.site, node).kind;
            let (true, Some(cooling)) = (self.works[node], kind.cooling()) else { continue };
            graph.join(graph.into[node], graph.out[node], self.rating(node, cooling.design_hour_share));
            for edge in &self.supply.sinks[node] {
                graph.join(graph.out[node], graph.into[edge.node], self.link_rating(edge));
            }
            if self.supply.sinks[node].is_empty() && rejects_heat(kind) {
                graph.join(graph.out[node], graph.sink, UNLIMITED);
            }
        }
        // The hall's two sides: air leaves from one, liquid from the other.
        let sides = [graph.into[hall], graph.out[hall]];
        for (side, mw) in sides.into_iter().zip(wanted) {
            graph.join(graph.source, side, watts(mw));
        }
        for edge in self.supply.sinks[hall].iter().filter(|edge| self.works[edge.node]) {
            graph.join(sides[usize::from(edge.liquid)], graph.into[edge.node], self.link_rating(edge));
        }
        graph.most()
    }
}

/// A flow graph with an entry and an exit for every part, so that parts have ratings.
struct PartGraph {
    graph: DiGraph<(), u64>,
    source: NodeIndex,
    sink: NodeIndex,
    into: Vec<NodeIndex>,
    out: Vec<NodeIndex>,
}

impl PartGraph {
    fn new(parts: usize) -> Self {
        let mut graph = DiGraph::with_capacity(2 * parts + 2, 4 * parts);
        let source = graph.add_node(());
        let sink = graph.add_node(());
        let into = (0..parts).map(|_| graph.add_node(())).collect();
        let out = (0..parts).map(|_| graph.add_node(())).collect();
        Self { graph, source, sink, into, out }
    }

    fn join(&mut self, from: NodeIndex, to: NodeIndex, capacity: u64) {
        if capacity > 0 {
            self.graph.add_edge(from, to, capacity);
        }
    }

    fn most(&self) -> u64 {
        dinics(&self.graph, self.source, self.sink).0
    }
}

#[cfg(test)]
mod tests {
    use super::super::graph::Network;
    use super::super::supply::{Port, Standing};
    use super::super::testing::*;
    use super::*;
    use crate::site::{Kind, Serves};

    fn firm(site: &Site, liquid_share: f64) -> (FirmMw, [String; 3]) {
        let network = Network::new(site);
        let hall = network.node("hall").unwrap();
        let supply =
            Supply::of(site, &network, hall, Port::Hosting, liquid_share, Standing::FullBuild).unwrap();
        firm_mw(site, &supply, 10.0, FailureClass::Maintainable).unwrap()
    }

    /// 2N power, gensets behind both sides, and two walls each of which takes all the heat.
    fn two_n() -> Site {
        let mut site = site_of(&[("hall", hall(10.0)), ("grid", grid(50.0)), ("gen", genset(4.0))]);
        site.component_mut("gen").unwrap().units = 4;
        site.component_mut("gen").unwrap().spare_units = 1;
        for side in ["a", "b"] {
            let (switch, supply, wall) =
                (format!("ats-{side}"), format!("ups-{side}"), format!("wall-{side}"));
            site.components.push(component(&switch, switchgear(20.0)));
            site.components.push(component(&supply, ups(10.0, 0.04)));
            site.components.push(component(&wall, Kind::FanWall(cooling(10.0, 0.02))));
            power(&mut site, "grid", &switch);
            power(&mut site, "gen", &switch);
            power(&mut site, &switch, &supply);
            power(&mut site, &supply, "hall");
            power(&mut site, &switch, &wall);
            air(&mut site, "hall", &wall, Serves::Hosting);
        }
        site
    }

    #[test]
    fn a_2n_hall_with_gensets_is_maintainable() {
        let (firm, limiting) = firm(&two_n(), 0.0);
        assert_eq!(firm, FirmMw { n: 10.0, n_plus_1: 10.0, maintainable: 10.0 });
        assert_eq!(limiting[2], "the hall's own space");
    }

    #[test]
    fn without_gensets_the_utility_is_what_limits() {
        let mut site = two_n();
        site.links.retain(|link| link.from != "gen");
        let (firm, limiting) = firm(&site, 0.0);
        assert_eq!((firm.n, firm.n_plus_1, firm.maintainable), (10.0, 0.0, 0.0));
        assert_eq!(limiting[1], "loss of grid");
    }

    #[test]
    fn gensets_short_of_the_load_are_what_limits() {
        let mut site = two_n();
        site.component_mut("gen").unwrap().units = 3;
        let (firm, limiting) = firm(&site, 0.0);
        assert_eq!((firm.n, firm.maintainable), (10.0, 8.0));
        assert_eq!(limiting[2], "loss of grid");
    }

    #[test]
    fn a_smaller_side_is_what_survives() {
        let mut site = two_n();
        if let Kind::Ups(ups) = &mut site.component_mut("ups-b").unwrap().kind {
            ups.rating_mw = 6.5;
        }
        let (firm, limiting) = firm(&site, 0.0);
        assert_eq!((firm.n, firm.n_plus_1, firm.maintainable), (10.0, 6.5, 6.5));
        // The switch and the UPS of side A take the same with them; the one nearer the source is named.
        assert_eq!(limiting[1], "loss of ats-a");
        assert_eq!(limiting[0], "the hall's own space");
    }

    #[test]
    fn a_spare_unit_survives_a_unit_but_not_the_whole_part() {
        let mut site = two_n();
        for device in ["wall-a", "wall-b"] {
            site.links.retain(|link| link.to != device);
        }
        site.components.push(component("cdu", Kind::Cdu(cooling(2.5, 0.01))));
        site.components.push(component("dry", Kind::DryCooler(cooling(5.0, 0.02))));
        for (id, units) in [("cdu", 5), ("dry", 3)] {
            let part = site.component_mut(id).unwrap();
            (part.units, part.spare_units) = (units, 1);
            power(&mut site, "ats-a", id);
            power(&mut site, "ats-b", id);
        }
        liquid(&mut site, "hall", "cdu", Serves::Hosting);
        liquid(&mut site, "cdu", "dry", Serves::Hosting);
        let (spare, limiting) = firm(&site, 1.0);
        assert_eq!((spare.n, spare.n_plus_1, spare.maintainable), (10.0, 10.0, 0.0));
        assert_eq!(limiting[2], "loss of dry");
        site.component_mut("dry").unwrap().spare_units = 0;
        site.component_mut("dry").unwrap().units = 2;
        let (bare, limiting) = firm(&site, 1.0);
        assert_eq!((bare.n, bare.n_plus_1), (10.0, 5.0));
        assert_eq!(limiting[1], "loss of one unit of dry");
    }

    #[test]
    fn devices_on_one_feeder_fall_with_it() {
        let mut site = two_n();
        // Both walls hang on side A.
        site.links.retain(|link| !(link.from == "ats-b" && link.to == "wall-b"));
        power(&mut site, "ats-a", "wall-b");
        let (firm, limiting) = firm(&site, 0.0);
        assert_eq!((firm.n, firm.n_plus_1), (10.0, 0.0));
        assert_eq!(limiting[1], "loss of ats-a");
    }

    #[test]
    fn a_single_link_is_found() {
        let mut site = two_n();
        site.links.retain(|link| !(link.from == "hall" && link.to == "wall-b"));
        power(&mut site, "ats-b", "wall-a");
        let wall = site.component_mut("wall-a").unwrap();
        (wall.units, wall.spare_units) = (2, 1);
        let (firm, limiting) = firm(&site, 0.0);
        assert_eq!((firm.n, firm.n_plus_1, firm.maintainable), (10.0, 10.0, 0.0));
        assert!(limiting[2].contains("wall-a"), "{}", limiting[2]);
    }

    #[test]
    fn air_and_liquid_share_the_coolers_they_end_in() {
        let mut site = two_n();
        for device in ["wall-a", "wall-b"] {
            site.links.retain(|link| link.to != device);
        }
        // Half the heat by a CRAH, half by a CDU, both to a chiller that takes 8 MW.
        site.components.push(component("crah", Kind::Crah(cooling(9.0, 0.02))));
        site.components.push(component("cdu", Kind::Cdu(cooling(9.0, 0.01))));
        site.components.push(component("chiller", Kind::Chiller(cooling(8.0, 0.2))));
        for device in ["crah", "cdu", "chiller"] {
            power(&mut site, "ats-a", device);
        }
        air(&mut site, "hall", "crah", Serves::Hosting);
        liquid(&mut site, "hall", "cdu", Serves::Hosting);
        liquid(&mut site, "crah", "chiller", Serves::Hosting);
        liquid(&mut site, "cdu", "chiller", Serves::Hosting);
        let (shared, limiting) = firm(&site, 0.5);
        assert!((shared.n - 8.0).abs() < 1e-4, "{}", shared.n);
        assert_eq!(limiting[0], "heat from the hall");
        // At the design hour the chiller keeps three quarters.
        if let Kind::Chiller(cooling) = &mut site.component_mut("chiller").unwrap().kind {
            cooling.design_hour_share = 0.75;
        }
        assert!((firm(&site, 0.5).0.n - 6.0).abs() < 1e-4);
    }

    #[test]
    fn no_class_is_given_where_the_supply_is_too_large() {
        let mut site = two_n();
        for number in 0..MOST_PARTS {
            let id = format!("s{number}");
            site.components.push(component(&id, switchgear(1.0)));
            power(&mut site, "grid", &id);
            power(&mut site, &id, "hall");
        }
        let network = Network::new(&site);
        let supply = Supply::of(&site, &network, 0, Port::Hosting, 0.0, Standing::FullBuild).unwrap();
        assert_eq!(firm_mw(&site, &supply, 10.0, FailureClass::NPlusOne), None);
        assert!(firm_mw(&site, &supply, 10.0, FailureClass::N).is_some());
    }
}
