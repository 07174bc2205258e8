//! What every hall can carry, in one pass over the drawing.

use std::collections::BTreeMap;

use super::availability::{Availability, MOST_STATES_KEPT, asked_mw, availability_within};
use super::checks::{name_of, place_of};
use super::contingency::{FirmMw, MOST_PARTS, firm_mw};
use super::factors::{GrossFactor, factor_of, mining_supply};
use super::graph::Network;
use super::latency::Fibre;
use super::space::{RackCooling, densest_kw_per_rack, rack_space_mw};
use super::supply::{Port, Sources, Standing, Supply};
use crate::quantity::{Problem, Report, Severity};
use crate::site::{Component, ComponentId, FailureClass, Hall, Site};

/// What the drawing can carry, judged with everything planned built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Engineering {
    /// In drawing order.
    pub halls: Vec<HallEngineering>,
    /// What each component must pass on when every hall hosts all it can with nothing lost, MW of heat for cooling
    /// and of power for the rest; by index into `site.components`.
    pub hosting_demand_mw: Vec<f64>,
    /// The same for mining.
    pub mining_demand_mw: Vec<f64>,
    /// What could not be judged, and why. The rules of drawing are in [`super::check`].
    pub report: Report,
}

/// Parts and links that may be gone through for all halls together (a hall whose losses are looked at counts its
/// square), which keeps the largest drawing a file may hold within seconds. Sixty parts and eight halls use a
/// thousandth of it.
const MOST_WORK: usize = 20_000_000;

/// One hall at full build.
#[derive(Clone, Debug, PartialEq)]
pub struct HallEngineering {
    pub id: ComponentId,
    /// False where the drawing is too large to judge this hall; everything below is then empty.
    pub is_judged: bool,
    /// IT power the hall can hold at most, MW.
    pub critical_mw: f64,
    /// Critical MW that may become hosting, by convertible share.
    pub hosting_max_mw: f64,
    /// `None` where power or a way for the heat is missing.
    pub gross_mining: Option<GrossFactor>,
    pub gross_hosting: Option<GrossFactor>,
    /// Of the hosting port, at the load the hall carries with nothing lost.
    pub availability: Option<Availability>,
    /// Of the mining port, at the load it carries with nothing lost; a share of the hours.
    pub mining_availability: Option<f64>,
    pub firm_mw: FirmMw,
    /// Mining MW with nothing lost.
    pub mining_mw: f64,
    /// What limits each class of `firm_mw`.
    pub limiting: [String; 3],
    /// By metro id; metros out of reach are left out.
    pub rtt_ms: BTreeMap<ComponentId, f64>,
    /// By metro id.
    pub diverse_routes: BTreeMap<ComponentId, u32>,
    /// Densest rack served by air and by liquid, kW.
    pub air_kw_per_rack: f64,
    pub liquid_kw_per_rack: f64,
    /// Share of the heat of hosting that leaves by liquid.
    pub liquid_share: f64,
    pub has_hosting_power_path: bool,
    pub has_mining_power_path: bool,
    /// A way for hosting's heat to the outside, by liquid and by air.
    pub has_liquid_path: bool,
    pub has_air_path_hosting: bool,
    pub has_mining_air_path: bool,
    pub has_mining_liquid_path: bool,
}

impl Engineering {
    pub fn hall(&self, id: &str) -> Option<&HallEngineering> {
        self.halls.iter().find(|hall| hall.id == id)
    }
}

/// Judges every hall of the site, availability without planned work: what a plan uses.
pub fn engineering(site: &Site) -> Engineering {
    engineering_with(site, false)
}

/// As [`engineering`], with the hours of planned work in the availability if asked for.
pub fn engineering_with(site: &Site, planned_maintenance: bool) -> Engineering {
    let network = Network::new(site);
    let fibre = Fibre::new(site, &network);
    let mut result = Engineering {
        hosting_demand_mw: vec![0.0; network.len()],
        mining_demand_mw: vec![0.0; network.len()],
        ..Engineering::default()
    };
    let mut work = 0;
    for (node, component) in site.components.iter().enumerate() {
        let Some(hall) = component.hall() else { continue };
        let mut judged = HallEngineering::unjudged(component, hall);
        if work < MOST_WORK {
            judged.is_judged = true;
            work += judge_paths(site, &network, &fibre, node, &mut judged);
            work += judge_hosting(site, &network, node, hall, &mut judged, &mut result);
            judge_mining(site, &network, node, hall, &mut judged, &mut result);
            if work >= MOST_WORK {
                result.report.problems.push(drawing_too_large(component));
            }
        }
        result.halls.push(judged);
    }
    judge_availability(site, &network, planned_maintenance, &mut result);
    result
}

/// Share of hosting's heat that leaves by liquid: as the fit-out says; without one, all of it where liquid is
/// the only way out drawn.
pub fn hosting_liquid_share(site: &Site, network: &Network, hall: usize) -> f64 {
    let leaves_by = |liquid| {
        network.heat_out(hall, liquid).iter().any(|(link, _)| site.links[*link].medium.serves().allows(false))
    };
    match site.components[hall].hall().and_then(|hall| hall.fit_out.as_ref()) {
        Some(fit_out) => fit_out.liquid_share.clamp(0.0, 1.0),
        None if leaves_by(true) && !leaves_by(false) => 1.0,
        None => 0.0,
    }
}

/// Critical MW of hosting that the hall's space allows with its own fit-out: convertible share and rack positions.
pub fn hosting_cap_mw(hall: &Hall, cooling: RackCooling, kw_per_rack: f64) -> f64 {
    let convertible = if hall.fit_out.is_some() { hall.hosting_max_mw() } else { hall.fitted_mw };
    convertible.min(rack_space_mw(hall, cooling, kw_per_rack)).max(0.0)
}

impl HallEngineering {
    fn unjudged(component: &Component, hall: &Hall) -> Self {
        Self {
            id: component.id.clone(),
            is_judged: false,
            critical_mw: hall.critical_mw,
            hosting_max_mw: hall.hosting_max_mw(),
            gross_mining: None,
            gross_hosting: None,
            availability: None,
            mining_availability: None,
            firm_mw: FirmMw::default(),
            mining_mw: 0.0,
            limiting: Default::default(),
            rtt_ms: BTreeMap::new(),
            diverse_routes: BTreeMap::new(),
            air_kw_per_rack: densest_kw_per_rack(hall, RackCooling::Air),
            liquid_kw_per_rack: densest_kw_per_rack(hall, RackCooling::Liquid),
            liquid_share: 0.0,
            has_hosting_power_path: false,
            has_mining_power_path: false,
            has_liquid_path: false,
            has_air_path_hosting: false,
            has_mining_air_path: false,
            has_mining_liquid_path: false,
        }
    }
}

/// Which ways lead in and out; gives the work it took.
fn judge_paths(
    site: &Site,
    network: &Network,
    fibre: &Fibre,
    node: usize,
    result: &mut HallEngineering,
) -> usize {
    let supply = |port, liquid_share, standing| Supply::of(site, network, node, port, liquid_share, standing);
    let reach = fibre.reach(site, network, node);
    (result.rtt_ms, result.diverse_routes) = (reach.rtt_ms, reach.diverse_routes);
    let mut work = network.fibre(node).len();
    if let Some(by_air) = supply(Port::Hosting, 0.0, Standing::FullBuild) {
        result.has_hosting_power_path = has_power_path(site, &by_air);
        result.has_air_path_hosting = has_heat_path(site, &by_air);
        work += by_air.size();
    }
    if let Some(by_liquid) = supply(Port::Hosting, 1.0, Standing::FullBuild) {
        result.has_liquid_path = has_heat_path(site, &by_liquid);
        work += by_liquid.size();
    }
    if let Some(by_air) = supply(Port::Mining, 0.0, Standing::Drawn) {
        result.has_mining_power_path = has_power_path(site, &by_air);
        result.has_mining_air_path = has_heat_path(site, &by_air);
        work += by_air.size();
    }
    if let Some(by_liquid) = supply(Port::Mining, 1.0, Standing::Drawn) {
        result.has_mining_liquid_path = has_heat_path(site, &by_liquid);
        work += by_liquid.size();
    }
    work
}

/// Hosting with all in service and with parts lost; gives the work it took.
fn judge_hosting(
    site: &Site,
    network: &Network,
    node: usize,
    hall: &Hall,
    result: &mut HallEngineering,
    all: &mut Engineering,
) -> usize {
    result.liquid_share = hosting_liquid_share(site, network, node);
    let Some(supply) = hosting_supply(site, network, node, result.liquid_share) else { return 0 };
    result.gross_hosting = factor_of(site, &supply);
    let cooling = if supply.uses(true) { RackCooling::Liquid } else { RackCooling::Air };
    let cap = hosting_cap_mw(hall, cooling, 0.0);
    let judged = firm_mw(site, &supply, cap, FailureClass::Maintainable);
    if judged.is_none() {
        all.report.problems.push(too_large(supply.component(site, supply.hall())));
    }
    let judged = judged.or_else(|| firm_mw(site, &supply, cap, FailureClass::N));
    (result.firm_mw, result.limiting) = judged.unwrap_or_default();
    add_demand(site, &supply, result.firm_mw.n, &mut all.hosting_demand_mw);
    supply.size() * supply.size().min(MOST_PARTS)
}

pub(super) fn hosting_supply(
    site: &Site,
    network: &Network,
    node: usize,
    liquid_share: f64,
) -> Option<Supply> {
    Supply::of(site, network, node, Port::Hosting, liquid_share, Standing::FullBuild)
}

/// What a hall mines on: by air where it can, as most fleets do, else by liquid.
fn usual_mining_supply(site: &Site, network: &Network, node: usize) -> Option<(Supply, GrossFactor)> {
    [0.0, 1.0].into_iter().find_map(|share| mining_supply(site, network, node, share))
}

fn judge_mining(
    site: &Site,
    network: &Network,
    node: usize,
    hall: &Hall,
    result: &mut HallEngineering,
    all: &mut Engineering,
) {
    let Some((supply, factor)) = usual_mining_supply(site, network, node) else { return };
    result.gross_mining = Some(factor);
    if let Some((firm, _)) = firm_mw(site, &supply, hall.critical_mw, FailureClass::N) {
        result.mining_mw = firm.n;
    }
    add_demand(site, &supply, result.mining_mw, &mut all.mining_demand_mw);
}

fn add_demand(site: &Site, supply: &Supply, load_mw: f64, demand_mw: &mut [f64]) {
    for (node, asked) in supply.nodes.iter().zip(asked_mw(site, supply, load_mw)) {
        demand_mw[*node] += asked;
    }
}

/// Availability of both ports of every hall, once it is known what all of them ask of what they share.
fn judge_availability(site: &Site, network: &Network, planned: bool, all: &mut Engineering) {
    let Engineering { halls, hosting_demand_mw, mining_demand_mw, report } = all;
    let mut states_left = MOST_STATES_KEPT;
    for hall in halls.iter_mut().filter(|hall| hall.is_judged) {
        let Some(node) = network.node(&hall.id) else { continue };
        if hall.gross_hosting.is_some()
            && hall.firm_mw.n > 0.0
            && let Some(supply) = hosting_supply(site, network, node, hall.liquid_share)
        {
            let load_mw = hall.firm_mw.n;
            match availability_within(site, &supply, load_mw, hosting_demand_mw, planned, &mut states_left) {
                Ok(found) => {
                    found.problems.iter().for_each(|problem| report.add_once(problem.clone()));
                    hall.availability = Some(found);
                }
                Err(problem) => report.add_once(problem),
            }
        }
        if hall.mining_mw > 0.0
            && let Some((supply, _)) = usual_mining_supply(site, network, node)
        {
            let load_mw = hall.mining_mw;
            match availability_within(site, &supply, load_mw, mining_demand_mw, planned, &mut states_left) {
                Ok(found) => hall.mining_availability = Some(found.availability),
                Err(problem) => report.add_once(problem),
            }
        }
    }
}

fn too_large(hall: &Component) -> Problem {
    Problem {
        severity: Severity::Warning,
        code: "supply-too-large",
        place: place_of(hall),
        message: format!(
            "{} leans on too many parts to look at every loss; N+1 and Maintainable are not judged",
            name_of(hall)
        ),
        hint: "draw identical parallel parts as one part with several units".to_owned(),
    }
}

fn drawing_too_large(last: &Component) -> Problem {
    Problem {
        severity: Severity::Warning,
        code: "drawing-too-large",
        place: place_of(last),
        message: format!("the drawing is too large to judge every hall; those after {} are not judged", name_of(last)),
        hint: "draw identical parallel parts as one part with several units, or split the site into several files".to_owned(),
    }
}

/// True when power from the grid or on-site generation reaches the hall's port.
pub fn has_power_path(site: &Site, supply: &Supply) -> bool {
    let works = supply.working(site, Sources::Grid, |_| true);
    supply.feeders[supply.hall()].iter().any(|edge| works[edge.node])
}

/// True when every medium the supply uses has a powered way for the heat to the outside.
pub fn has_heat_path(site: &Site, supply: &Supply) -> bool {
    let works = supply.working(site, Sources::Grid, |_| true);
    [false, true].into_iter().filter(|liquid| supply.uses(*liquid)).all(|liquid| {
        supply.sinks[supply.hall()].iter().any(|edge| edge.liquid == liquid && works[edge.node])
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::site::{Kind, Serves};

    fn site() -> Site {
        let mut site = site_of(&[
            ("grid", grid(50.0)),
            ("H1", hall(10.0)),
            ("W1", Kind::FanWall(cooling(8.0, 0.02))),
            ("H2", hall(5.0)),
        ]);
        power(&mut site, "grid", "H1");
        power(&mut site, "grid", "W1");
        air(&mut site, "H1", "W1", Serves::Both);
        for id in ["grid", "W1"] {
            reliability(&mut site, id, 1.0, 4.0);
        }
        site
    }

    #[test]
    fn every_hall_is_judged_in_drawing_order() {
        let judged = engineering(&site());
        assert_eq!(judged.report.problems, []);
        let [first, second] = &judged.halls[..] else { panic!("{} halls", judged.halls.len()) };
        assert!(first.has_hosting_power_path && first.has_air_path_hosting && first.has_mining_air_path);
        assert!(!first.has_liquid_path && !first.has_mining_liquid_path);
        // 100 positions of 20 kW hold less than the wall can cool.
        assert_eq!((first.firm_mw.n, first.mining_mw), (2.0, 8.0));
        assert_eq!(first.limiting[0], "the hall's own space");
        let both_up = 1.0 / (1.0 + 4.0 / 8760.0) / (1.0 + 4.0 / 8760.0);
        assert!((first.availability.as_ref().unwrap().availability - both_up).abs() < 1e-12);
        assert!((first.mining_availability.unwrap() - both_up).abs() < 1e-12);
        assert_eq!((second.gross_mining, second.gross_hosting), (None, None));
        assert_eq!(second.availability, None);
        assert_eq!(second.firm_mw, FirmMw::default());
    }

    #[test]
    fn what_cannot_be_judged_is_reported_once() {
        let mut site = site();
        site.component_mut("grid").unwrap().repair_hours = None;
        let judged = engineering(&site);
        let codes: Vec<_> = judged.report.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["failure-data-missing"]);
        assert_eq!(judged.report.problems[0].place, "components/grid");
        assert_eq!(judged.halls[0].availability, None);
    }

    #[test]
    fn liquid_is_assumed_where_it_is_the_only_way_drawn() {
        let mut site = site();
        let share = |site: &Site| hosting_liquid_share(site, &Network::new(site), 1);
        set_liquid_share(&mut site, "H1", 0.8);
        assert_eq!(share(&site), 0.8);
        hall_mut(&mut site, "H1").fit_out = None;
        assert_eq!(share(&site), 0.0);
        site.links.retain(|link| link.to != "W1" || link.medium.is_power());
        liquid(&mut site, "H1", "W1", Serves::Hosting);
        assert_eq!(share(&site), 1.0);
    }
}
