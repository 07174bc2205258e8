//! Utility megawatts for each megawatt of IT, from the drawing.

use super::graph::Network;
use super::supply::{Edge, Port, Sources, Standing, Supply, edge_rating_mw, is_source};
use crate::site::{Cooling, Site};

/// Utility MW per IT MW of a hall's port, losses and cooling included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrossFactor {
    /// In a typical hour.
    pub typical: f64,
    /// At the design hour (the 0.4 % hour), which sizes the feed.
    pub design_hour: f64,
}

/// Gross factor of a hall (an index into `site.components`) on one port.
///
/// One MW of IT becomes one MW of heat, which follows the heat links (split by rating where there are several);
/// each device on the way takes `power_share` of the heat it handles as electric power; power is followed from
/// the hall and from each device up to the grid or on-site generation, every part adding its loss as
/// 1/(1 - loss), split among feeders by rating. Gensets carry nothing while the grid is there. The heat of the
/// devices' own motors is not added to what the next device takes.
///
/// Hosting is judged at full build; mining on what stands today, and on all that is drawn where that does not
/// do. `None` when there is no way for the power or for the heat.
pub fn gross_factor(
    site: &Site,
    network: &Network,
    hall: usize,
    mining: bool,
    liquid_share: f64,
) -> Option<GrossFactor> {
    if mining {
        return mining_supply(site, network, hall, liquid_share).map(|(_, factor)| factor);
    }
    factor_of(site, &Supply::of(site, network, hall, Port::Hosting, liquid_share, Standing::FullBuild)?)
}

/// What a hall's mining leans on, with its gross factor: what stands today, else all that is drawn.
pub fn mining_supply(
    site: &Site,
    network: &Network,
    hall: usize,
    liquid_share: f64,
) -> Option<(Supply, GrossFactor)> {
    [Standing::Existing, Standing::Drawn].into_iter().find_map(|standing| {
        let supply = Supply::of(site, network, hall, Port::Mining, liquid_share, standing)?;
        let factor = factor_of(site, &supply)?;
        Some((supply, factor))
    })
}

/// Gross factor over a supply; `None` when the hall is without power or without a way for its heat.
pub fn factor_of(site: &Site, supply: &Supply) -> Option<GrossFactor> {
    let works = supply.working(site, Sources::Grid, |_| true);
    if !works[supply.hall()] {
        return None;
    }
    Some(GrossFactor {
        typical: utility_mw(site, supply, &works, |cooling| cooling.power_share)?,
        design_hour: utility_mw(site, supply, &works, |cooling| cooling.design_hour_power_share)?,
    })
}

/// Utility power for one MW of IT; `None` when a part on the way loses all it takes.
fn utility_mw(
    site: &Site,
    supply: &Supply,
    works: &[bool],
    power_share: impl Fn(&Cooling) -> f64,
) -> Option<f64> {
    let count = supply.nodes.len();
    let mut heat = vec![0.0; count];
    // Power each node must give to what it feeds.
    let mut given = vec![0.0; count];
    let mut utility = 0.0;
    // The hall first: everything a node serves comes before it.
    for node in (0..count).rev() {
        let component = supply.component(site, node);
        let taken = if node == supply.hall() {
            for liquid in [false, true] {
                let sinks = supply.sinks[node].iter().filter(|edge| edge.liquid == liquid);
                split(site, supply, works, supply.share(liquid), sinks, &mut heat);
            }
            1.0
        } else if let Some(cooling) = component.kind.cooling() {
            let passed_on = heat[node];
            split(site, supply, works, passed_on, supply.sinks[node].iter(), &mut heat);
            passed_on * power_share(cooling)
        } else {
            let kept = 1.0 - component.loss_share();
            if kept <= 0.0 {
                return None;
            }
            given[node] / kept
        };
        if is_source(&component.kind) {
            utility += taken;
        } else {
            split(site, supply, works, taken, supply.feeders[node].iter(), &mut given);
        }
    }
    utility.is_finite().then_some(utility)
}

/// Adds an amount to the working suppliers, by rating; evenly when none has a rating.
fn split<'a>(
    site: &Site,
    supply: &Supply,
    works: &[bool],
    amount: f64,
    edges: impl Iterator<Item = &'a Edge>,
    to: &mut [f64],
) {
    if amount == 0.0 {
        return;
    }
    let rated: Vec<(usize, f64)> = edges
        .filter(|edge| works[edge.node])
        .map(|edge| (edge.node, edge_rating_mw(site, supply, *edge).max(0.0)))
        .collect();
    let total: f64 = rated.iter().map(|(_, rating)| rating).sum();
    for (node, rating) in &rated {
        let share = if total > 0.0 && total.is_finite() { rating / total } else { 1.0 / rated.len() as f64 };
        to[*node] += amount * share;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::site::{Kind, Serves};

    /// Grid - transformer (1 % lost) - bus; the hosting port through a UPS (4 % lost), the cooling from the bus.
    fn chain() -> Site {
        let mut site = site_of(&[
            ("hall", hall(10.0)),
            ("grid", grid(50.0)),
            ("tr", transformer(50.0, 0.01)),
            ("ups", ups(10.0, 0.04)),
            ("crah", Kind::Crah(cooling(10.0, 0.05))),
            ("chiller", Kind::Chiller(cooling(12.0, 0.20))),
            ("wall", Kind::FanWall(cooling(12.0, 0.02))),
        ]);
        power(&mut site, "grid", "tr");
        power_for(&mut site, "tr", "ups", Serves::Hosting);
        power_for(&mut site, "ups", "hall", Serves::Hosting);
        power_for(&mut site, "tr", "hall", Serves::Mining);
        for device in ["crah", "chiller", "wall"] {
            power(&mut site, "tr", device);
        }
        air(&mut site, "hall", "crah", Serves::Hosting);
        liquid(&mut site, "crah", "chiller", Serves::Hosting);
        air(&mut site, "hall", "wall", Serves::Mining);
        site
    }

    #[test]
    fn losses_and_cooling_multiply_up_to_the_utility() {
        let site = chain();
        let network = Network::new(&site);
        let hosting = gross_factor(&site, &network, 0, false, 0.0).unwrap();
        assert!((hosting.typical - (1.0 / 0.96 + 0.05 + 0.20) / 0.99).abs() < 1e-12);
        assert!((hosting.design_hour - (1.0 / 0.96 + 0.10 + 0.40) / 0.99).abs() < 1e-12);
        let mining = gross_factor(&site, &network, 0, true, 0.0).unwrap();
        assert!((mining.typical - 1.02 / 0.99).abs() < 1e-12);
    }

    #[test]
    fn no_factor_without_a_way_for_the_heat() {
        let site = chain();
        let network = Network::new(&site);
        assert_eq!(gross_factor(&site, &network, 0, false, 0.5), None);
        assert_eq!(gross_factor(&site, &network, 0, true, 1.0), None);
    }

    #[test]
    fn feeders_and_devices_share_by_rating() {
        let mut site = chain();
        // A second UPS of half the rating and twice the loss: two thirds and one third of the IT power.
        site.components.push(component("ups2", ups(5.0, 0.08)));
        power_for(&mut site, "tr", "ups2", Serves::Hosting);
        power_for(&mut site, "ups2", "hall", Serves::Hosting);
        let network = Network::new(&site);
        let hosting = gross_factor(&site, &network, 0, false, 0.0).unwrap();
        let expected = (2.0 / 3.0 / 0.96 + 1.0 / 3.0 / 0.92 + 0.25) / 0.99;
        assert!((hosting.typical - expected).abs() < 1e-12);
    }

    #[test]
    fn gensets_carry_nothing_while_the_grid_is_there() {
        let mut site = chain();
        site.components.push(component("gen", genset(30.0)));
        power(&mut site, "gen", "ups");
        let network = Network::new(&site);
        let hosting = gross_factor(&site, &network, 0, false, 0.0).unwrap();
        assert!((hosting.typical - (1.0 / 0.96 + 0.25) / 0.99).abs() < 1e-12);
    }

    #[test]
    fn a_part_that_loses_everything_gives_no_factor() {
        let mut site = chain();
        if let Kind::Ups(ups) = &mut site.component_mut("ups").unwrap().kind {
            ups.loss_share = 1.0;
        }
        assert_eq!(gross_factor(&site, &Network::new(&site), 0, false, 0.0), None);
    }
}
