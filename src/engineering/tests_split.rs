//! What splitting a set in two leaves as it was and what it changes, by the programs of capacity and availability.

use super::availability::{at_full_load, availability};
use super::capacity::{HallCapacity, capacity};
use super::contingency::FirmMw;
use super::graph::Network;
use super::supply::{Port, Standing, Supply};
use super::testing::*;
use crate::site::edit::{Edit, apply};
use crate::site::split::Units;
use crate::site::{Kind, Serves, Site};

/// A hall behind 7 x 2.5 MW of UPS and a spare, with enough of all else: utility and gensets, each alone enough, and walls
/// that take no power and never fail.
fn seven_and_a_spare() -> Site {
    let mut site = site_of(&[
        ("grid", grid(100.0)),
        ("gen", genset(50.0)),
        ("x", ups(2.5, 0.0)),
        ("hall", roomy_hall(30.0)),
    ]);
    for (id, units) in [("gen", 2), ("x", 8)] {
        let part = site.component_mut(id).unwrap();
        (part.units, part.spare_units) = (units, 1);
    }
    power(&mut site, "grid", "x");
    power(&mut site, "gen", "x");
    power(&mut site, "x", "hall");
    for wall in ["wall-a", "wall-b"] {
        site.components.push(component(wall, Kind::FanWall(cooling(40.0, 0.0))));
        reliability(&mut site, wall, 0.0, 0.0);
        air(&mut site, "hall", wall, Serves::Hosting);
    }
    reliability(&mut site, "grid", 0.0, 0.0);
    reliability(&mut site, "x", 0.5, 40.0);
    site
}

fn in_two(site: &Site, units: u32, spare_units: u32) -> Site {
    let second = Units { units, spare_units };
    apply(site, &Edit::SplitInTwo { part: "x".into(), second }).unwrap().0
}

fn carried(site: &Site) -> (HallCapacity, FirmMw) {
    let found = capacity(site);
    assert!(!found.report.has_errors(), "{:?}", found.report);
    (found.halls[0].clone(), found.firm.alone[0].1.mw)
}

#[track_caller]
fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-6, "{a} is not {b}");
}

#[test]
fn two_sets_carry_what_one_did_and_lose_more_to_a_unit_and_less_to_work() {
    let site = seven_and_a_spare();
    let (one, firm) = carried(&site);
    near(one.hosting_alone_mw, 17.5);
    near(firm.n_plus_1, 17.5);
    near(firm.maintainable, 0.0);
    // 4 and the spare, and 3: a unit of the three takes 2.5 MW, all of the four 10.
    let (two, firm) = carried(&in_two(&site, 3, 0));
    near(two.hosting_alone_mw, 17.5);
    near(firm.n_plus_1, 15.0);
    near(firm.maintainable, 7.5);
    // The spare with the other set: the unit that is lost is then one of the four.
    let (_, firm) = carried(&in_two(&site, 4, 1));
    near(firm.n_plus_1, 15.0);
    // With a spare for each, any one unit is covered again.
    let mut spares = site.clone();
    let set = spares.component_mut("x").unwrap();
    (set.units, set.spare_units) = (9, 2);
    let (_, firm) = carried(&in_two(&spares, 4, 1));
    near(firm.n_plus_1, 17.5);
}

/// Why a set with spares is no N single parts: all of them would carry load.
#[test]
fn single_parts_in_place_of_spares_would_carry_more() {
    let site = seven_and_a_spare();
    assert!(apply(&site, &Edit::Split("x".into())).unwrap_err().contains("split it into two sets"));
    let mut without = site.clone();
    without.component_mut("x").unwrap().spare_units = 0;
    let single = apply(&without, &Edit::Split("x".into())).unwrap().0;
    near(carried(&single).0.hosting_alone_mw, 20.0);
}

/// At the full load of the set the hall is up where the set is, and where both of the two are.
#[test]
fn how_often_both_sets_carry_all_of_it_is_the_product() {
    let site = seven_and_a_spare();
    let unavailable = |site: &Site| {
        let network = Network::new(site);
        let hall = network.node("hall").unwrap();
        let supply = Supply::of(site, &network, hall, Port::Hosting, 0.0, Standing::FullBuild).unwrap();
        1.0 - availability(site, &supply, 17.5, &[]).unwrap().availability
    };
    let of = |site: &Site, id: &str| at_full_load(site, site.component(id).unwrap()).unwrap().unavailability;
    let whole = of(&site, "x");
    assert!(whole > 1e-5, "{whole} is large enough to be compared");
    assert!((unavailable(&site) / whole - 1.0).abs() < 1e-6, "{} is not {whole}", unavailable(&site));
    let split = in_two(&site, 3, 0);
    let both = 1.0 - (1.0 - of(&split, "x")) * (1.0 - of(&split, "x-2"));
    assert!(both > 2.0 * whole, "the three have no spare");
    let found = unavailable(&split);
    assert!((found / both - 1.0).abs() < 1e-6, "{found} is not {both}");
    // The other causes are those of gensets and feeds, of which a set of them says nothing.
    assert!(at_full_load(&site, site.component("gen").unwrap()).is_none());
}
