//! What every hall can carry, in one pass over the drawing.

use std::collections::BTreeMap;

use super::availability::{Availability, availability};
use super::checks::{name_of, place_of};
use super::contingency::{FirmMw, firm_mw};
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
    /// What could not be judged, and why. The rules of drawing are in [`super::check`].
    pub report: Report,
}

/// One hall at full build.
#[derive(Clone, Debug, PartialEq)]
pub struct HallEngineering {
    pub id: ComponentId,
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

/// Judges every hall of the site.
pub fn engineering(site: &Site) -> Engineering {
    let network = Network::new(site);
    let fibre = Fibre::new(site, &network);
    let mut result = Engineering::default();
    for (node, component) in site.components.iter().enumerate() {
        if let Some(hall) = component.hall() {
            result.halls.push(judge(site, &network, &fibre, node, hall, &mut result.report));
        }
    }
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

fn judge(
    site: &Site,
    network: &Network,
    fibre: &Fibre,
    node: usize,
    hall: &Hall,
    report: &mut Report,
) -> HallEngineering {
    let liquid_share = hosting_liquid_share(site, network, node);
    let hosting = |share| Supply::of(site, network, node, Port::Hosting, share, Standing::FullBuild);
    let mining = |share| Supply::of(site, network, node, Port::Mining, share, Standing::Drawn);
    let reach = fibre.reach(site, network, node);
    let mut result = HallEngineering {
        id: site.components[node].id.clone(),
        critical_mw: hall.critical_mw,
        hosting_max_mw: hall.hosting_max_mw(),
        gross_mining: None,
        gross_hosting: None,
        availability: None,
        mining_availability: None,
        firm_mw: FirmMw::default(),
        mining_mw: 0.0,
        limiting: Default::default(),
        rtt_ms: reach.rtt_ms,
        diverse_routes: reach.diverse_routes,
        air_kw_per_rack: densest_kw_per_rack(hall, RackCooling::Air),
        liquid_kw_per_rack: densest_kw_per_rack(hall, RackCooling::Liquid),
        liquid_share,
        has_hosting_power_path: hosting(0.0).is_some_and(|supply| has_power_path(site, &supply)),
        has_mining_power_path: mining(0.0).is_some_and(|supply| has_power_path(site, &supply)),
        has_liquid_path: hosting(1.0).is_some_and(|supply| has_heat_path(site, &supply)),
        has_air_path_hosting: hosting(0.0).is_some_and(|supply| has_heat_path(site, &supply)),
        has_mining_air_path: mining(0.0).is_some_and(|supply| has_heat_path(site, &supply)),
        has_mining_liquid_path: mining(1.0).is_some_and(|supply| has_heat_path(site, &supply)),
    };
    if let Some(supply) = hosting(liquid_share) {
        judge_hosting(site, &supply, hall, &mut result, report);
    }
    judge_mining(site, network, node, hall, &mut result, report);
    result
}

fn judge_hosting(
    site: &Site,
    supply: &Supply,
    hall: &Hall,
    result: &mut HallEngineering,
    report: &mut Report,
) {
    result.gross_hosting = factor_of(site, supply);
    let cooling = if supply.uses(true) { RackCooling::Liquid } else { RackCooling::Air };
    let cap = hosting_cap_mw(hall, cooling, 0.0);
    match firm_mw(site, supply, cap, FailureClass::Maintainable) {
        Some((firm, limiting)) => (result.firm_mw, result.limiting) = (firm, limiting),
        None => {
            report.problems.push(too_large(supply.component(site, supply.hall())));
            if let Some((firm, limiting)) = firm_mw(site, supply, cap, FailureClass::N) {
                (result.firm_mw, result.limiting) = (firm, limiting);
            }
        }
    }
    if result.gross_hosting.is_some() && result.firm_mw.n > 0.0 {
        match availability(site, supply, result.firm_mw.n) {
            Ok(found) => result.availability = Some(found),
            Err(problem) => add_once(report, problem),
        }
    }
}

fn judge_mining(
    site: &Site,
    network: &Network,
    node: usize,
    hall: &Hall,
    result: &mut HallEngineering,
    report: &mut Report,
) {
    // Air first: a yard with both is judged by the cooling most fleets use.
    let Some((supply, factor)) =
        [0.0, 1.0].into_iter().find_map(|share| mining_supply(site, network, node, share))
    else {
        return;
    };
    result.gross_mining = Some(factor);
    if let Some((firm, _)) = firm_mw(site, &supply, hall.critical_mw, FailureClass::N) {
        result.mining_mw = firm.n;
    }
    match super::availability::unavailability(site, &supply, result.mining_mw) {
        Ok(down) => result.mining_availability = Some(1.0 - down),
        Err(problem) => add_once(report, problem),
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

/// A part without failure data is named once, however many halls lean on it.
fn add_once(report: &mut Report, problem: Problem) {
    if !report.problems.contains(&problem) {
        report.problems.push(problem);
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
