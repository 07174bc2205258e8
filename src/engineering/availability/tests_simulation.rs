//! The exact calculation against the simulation of the years.

use super::super::testing::*;
use super::monte_carlo::{MonteCarlo, MonteCarloOptions, monte_carlo};
use super::tests::{add, close, frame, supply_of, transfer_switch};
use super::*;
use crate::site::{Electrical, Serves};

fn played(site: &Site, liquid_share: f64, load_mw: f64, years: f64) -> (Availability, MonteCarlo) {
    let supply = supply_of(site, liquid_share);
    let exact = availability(site, &supply, load_mw, &[]).unwrap();
    let options = MonteCarloOptions { years, seed: 17, data: ReliabilityData::default() };
    let played = monte_carlo(site, &supply, load_mw, &[], &options, &|_| true).unwrap().unwrap();
    (exact, played)
}

fn agree((exact, played): (Availability, MonteCarlo)) {
    assert!(played.failures > 500, "{played:?}");
    assert!(played.availability.contains(exact.availability), "{} {played:?}", exact.availability);
    assert!(
        played.failures_per_year.contains(exact.failures_per_year),
        "{} {played:?}",
        exact.failures_per_year
    );
    let mean = exact.mean_duration_hours();
    assert!(played.mean_duration_hours.contains(mean), "{mean} {played:?}");
}

#[test]
fn a_simulation_sees_the_same_failures_and_hours() {
    // A transformer, then two UPS sides; behind them a set of three PDUs of which two must work.
    let mut site = frame();
    add(&mut site, "t", transformer(20.0, 0.0), 0.2, 20.0);
    add(&mut site, "a", ups(10.0, 0.0), 6.0, 60.0);
    add(&mut site, "b", ups(10.0, 0.0), 9.0, 30.0);
    add(&mut site, "p", Kind::Distribution(Electrical { rating_mva: 5.0, loss_share: 0.0 }), 2.0, 40.0);
    let set = site.component_mut("p").unwrap();
    (set.units, set.spare_units) = (3, 1);
    for (from, to) in [("grid", "t"), ("t", "a"), ("t", "b"), ("a", "p"), ("b", "p"), ("p", "hall")] {
        power(&mut site, from, to);
    }
    agree(played(&site, 0.0, 10.0, 20_000.0));
}

/// Utility, gensets, transfer switches, UPS and PDUs on two sides, and liquid cooling fed from both.
pub fn two_n(ride_through_minutes: f64) -> Site {
    let mut site = site_of(&[("hall", hall(10.0)), ("grid", grid(100.0)), ("gen", genset(2.5))]);
    reliability(&mut site, "grid", 6.0, 3.0);
    let plant = site.component_mut("gen").unwrap();
    (plant.units, plant.spare_units) = (6, 1);
    if let Kind::Genset(genset) = &mut plant.kind {
        (genset.fail_to_start, genset.mean_hours_to_failure) = (0.08, 60.0);
    }
    for side in ["a", "b"] {
        let id = |name: &str| format!("{name}-{side}");
        let battery = crate::site::Ups { rating_mw: 12.0, loss_share: 0.0, ride_through_minutes };
        for (name, kind, failures, hours) in [
            ("t", transformer(15.0, 0.0), 0.5, 100.0),
            ("ats", transfer_switch(15.0), 0.3, 12.0),
            ("ups", Kind::Ups(battery), 1.0, 24.0),
            ("dry", Kind::DryCooler(cooling(12.0, 0.05)), 2.0, 24.0),
            ("cdu", Kind::Cdu(cooling(12.0, 0.02)), 1.0, 24.0),
        ] {
            add(&mut site, &id(name), kind, failures, hours);
        }
        power(&mut site, "grid", &id("t"));
        for (from, to) in [("t", "ats"), ("ats", "ups"), ("ups", "cdu"), ("ats", "dry")] {
            power(&mut site, &id(from), &id(to));
        }
        power(&mut site, "gen", &id("ats"));
        power(&mut site, &id("ups"), "hall");
        liquid(&mut site, "hall", &id("cdu"), Serves::Both);
    }
    for (cdu, dry) in [("cdu-a", "dry-a"), ("cdu-a", "dry-b"), ("cdu-b", "dry-a"), ("cdu-b", "dry-b")] {
        liquid(&mut site, cdu, dry, Serves::Both);
    }
    site
}

#[test]
fn a_2n_hall_with_gensets_agrees_with_its_simulation() {
    let (exact, simulated) = played(&two_n(5.0), 1.0, 9.0, 10_000.0);
    assert_eq!(exact.start_interruptions_per_year, 0.0);
    assert!(exact.causes.iter().any(|one| matches!(one.cause, Cause::CommonDemand(_))));
    assert!(exact.causes.iter().all(|one| one.failures_per_year >= 0.0));
    let begun: f64 = exact.causes.iter().map(|one| one.failures_per_year).sum();
    close(begun, exact.failures_per_year, 1e-9);
    agree((exact, simulated));
}

#[test]
fn a_2n_hall_that_rides_through_nothing_agrees_with_its_simulation() {
    let (exact, simulated) = played(&two_n(0.0), 1.0, 9.0, 12_000.0);
    assert!(exact.start_interruptions_per_year > 4.0, "{exact:?}");
    agree((exact, simulated));
}

#[test]
fn a_simulation_repeats_can_be_stopped_and_is_bounded() {
    let site = two_n(5.0);
    let supply = supply_of(&site, 1.0);
    let options = |years| MonteCarloOptions { years, seed: 3, data: ReliabilityData::default() };
    let run = |years| monte_carlo(&site, &supply, 9.0, &[], &options(years), &|_| true).unwrap().unwrap();
    assert_eq!(run(200.0), run(200.0));
    let stopped = monte_carlo(&site, &supply, 9.0, &[], &options(200.0), &|done| done < 0.5).unwrap();
    assert_eq!(stopped, None);
    for years in [f64::NAN, f64::INFINITY, 0.0, -1.0, 1e9] {
        let problem = monte_carlo(&site, &supply, 9.0, &[], &options(years), &|_| true).unwrap_err();
        assert_eq!(problem.code, "simulation-too-long");
    }
    // Two years show little, and say so.
    let short = run(2.0);
    assert!(short.failures_per_year.high - short.failures_per_year.low > 1.0, "{short:?}");
}
