use super::super::graph::Network;
use super::super::supply::{Port, Standing};
use super::super::testing::*;
use super::*;
use crate::site::{Cooling, Electrical, Serves};

/// A load so small that any one supplier is enough.
pub const ANY: f64 = 1e-9;

pub fn supply_of(site: &Site, liquid_share: f64) -> Supply {
    let network = Network::new(site);
    let hall = network.node("hall").unwrap();
    Supply::of(site, &network, hall, Port::Hosting, liquid_share, Standing::FullBuild).unwrap()
}

pub fn up(failures_per_year: f64, repair_hours: f64) -> f64 {
    1.0 / (1.0 + failures_per_year * repair_hours / 8760.0)
}

/// Data in which nothing is common and transfers succeed, but for the values given.
fn data_with(values: &[(&str, f64)]) -> ReliabilityData {
    let zeroed = [
        "beta_set",
        "beta_sides",
        "beta_grid_feed",
        "beta_genset_start",
        "fails_to_transfer.automatic_transfer_switch",
        "fails_to_transfer.static_transfer_switch",
    ];
    let zeros = zeroed.iter().map(|key| (*key, 0.0));
    zeros
        .chain(values.iter().copied())
        .fold(ReliabilityData::default(), |data, (key, value)| data.with(key, value).unwrap())
}

pub fn judged(site: &Site, load_mw: f64, values: &[(&str, f64)]) -> Availability {
    let options = AvailabilityOptions { data: data_with(values), ..AvailabilityOptions::default() };
    availability_with(site, &supply_of(site, 0.0), load_mw, &[], &options).unwrap()
}

/// A grid and a hall with a passive fan wall that never fails; parts are put between them.
pub fn frame() -> Site {
    let passive = Cooling { design_hour_power_share: 0.0, ..cooling(100.0, 0.0) };
    let mut site = site_of(&[("grid", grid(100.0)), ("hall", hall(10.0)), ("wall", Kind::FanWall(passive))]);
    reliability(&mut site, "grid", 0.0, 0.0);
    reliability(&mut site, "wall", 0.0, 0.0);
    air(&mut site, "hall", "wall", Serves::Both);
    site
}

pub fn add(site: &mut Site, id: &str, kind: Kind, failures_per_year: f64, repair_hours: f64) {
    site.components.push(component(id, kind));
    reliability(site, id, failures_per_year, repair_hours);
}

pub fn transfer_switch(mw: f64) -> Kind {
    Kind::AutomaticTransferSwitch(Electrical { rating_mva: mw, loss_share: 0.0 })
}

/// A UPS whose battery lasts no time.
fn bare_ups(mw: f64) -> Kind {
    Kind::Ups(crate::site::Ups { rating_mw: mw, loss_share: 0.0, ride_through_minutes: 0.0 })
}

pub fn close(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance * expected.abs().max(1e-300), "{value} is not {expected}");
}

#[test]
fn series_multiplies() {
    let mut site = frame();
    add(&mut site, "t", transformer(20.0, 0.01), 0.0059, 297.4);
    add(&mut site, "u", ups(20.0, 0.04), 0.1, 8.0);
    power(&mut site, "grid", "t");
    power(&mut site, "t", "u");
    power(&mut site, "u", "hall");
    let found = availability(&site, &supply_of(&site, 0.0), ANY, &[]).unwrap();
    let all_up = up(0.0059, 297.4) * up(0.1, 8.0);
    close(found.availability, all_up, 1e-14);
    close(found.failures_per_year, all_up * (0.0059 + 0.1), 1e-12);
    close(found.downtime_hours_per_year, (1.0 - all_up) * 8760.0, 1e-9);
    // The grid is one, too, though it never fails.
    assert_eq!(found.single_points_of_failure, ["grid", "wall", "t", "u"]);
    assert_eq!(found.causes[0].cause, Cause::Part("t".to_owned()));
    let hours: f64 = found.causes.iter().map(|one| one.failures_per_year).sum();
    close(hours, found.failures_per_year, 1e-12);
}

/// The one-line series of the Gold Book example: utility, fuse, transformer, breaker, bus and cable.
#[test]
fn a_radial_feeder_of_gold_book_parts() {
    let parts = [
        (1.956, 1.32),
        (0.101_54, 4.0),
        (0.001_11, 5.0),
        (0.001_85, 0.5),
        (0.009_49, 7.29),
        (0.001_41, 10.5),
    ];
    let mut site = frame();
    reliability(&mut site, "grid", parts[0].0, parts[0].1);
    let mut before = "grid".to_owned();
    for (place, (failures, hours)) in parts[1..].iter().enumerate() {
        let id = format!("s{place}");
        add(&mut site, &id, switchgear(20.0), *failures, *hours);
        power(&mut site, &before, &id);
        before = id;
    }
    power(&mut site, &before, "hall");
    let found = judged(&site, 10.0, &[]);
    let all_up: f64 = parts.iter().map(|(failures, hours)| up(*failures, *hours)).product();
    let rate: f64 = parts.iter().map(|(failures, _)| failures).sum();
    close(found.availability, all_up, 1e-13);
    close(found.failures_per_year, all_up * rate, 1e-11);
    // First order, as the book adds: sum of failures times repair.
    let hours: f64 = parts.iter().map(|(failures, hours)| failures * hours).sum();
    close(found.downtime_hours_per_year, hours, 1e-3);
}

#[test]
fn parallel_multiplies_what_is_down() {
    let mut site = frame();
    for side in ["a", "b"] {
        add(&mut site, side, ups(20.0, 0.04), 0.175, 8.0);
        power(&mut site, "grid", side);
        power(&mut site, side, "hall");
    }
    let found = judged(&site, 10.0, &[]);
    let down = 1.0 - up(0.175, 8.0);
    close(found.downtime_hours_per_year, down * down * 8760.0, 1e-9);
    // Both down: each fails while the other is under repair.
    close(found.failures_per_year, 2.0 * 0.175 * up(0.175, 8.0) * down, 1e-9);
    assert_eq!(found.single_points_of_failure, ["grid", "wall"]);
    close(found.mean_duration_hours(), 4.0, 1e-2);
}

/// Domain reference, 6.6: independent coincidences 5.0e-5 a year, the common cause 8.75e-3.
#[test]
fn one_cause_takes_both_sides() {
    let mut site = frame();
    for side in ["a", "b"] {
        add(&mut site, side, ups(20.0, 0.04), 0.175, 8.0);
        power(&mut site, "grid", side);
        power(&mut site, side, "hall");
    }
    close(judged(&site, 10.0, &[]).failures_per_year, 5.6e-5, 0.01);
    let found = availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap();
    let (own, common) = (0.175 * 0.95, 0.175 * 0.05);
    let pair_down = (1.0 - up(own, 8.0)).powi(2);
    let expected = 1.0 - up(common, 8.0) * (1.0 - pair_down);
    close(found.downtime_hours_per_year, expected * 8760.0, 1e-9);
    let frequency =
        up(common, 8.0) * (common * (1.0 - pair_down) + 2.0 * own * up(own, 8.0) * (1.0 - up(own, 8.0)));
    close(found.failures_per_year, frequency, 1e-9);
    let first = &found.causes[0];
    // By part the common cause counts with both, and with it nearly all of the downtime.
    assert_eq!((found.contributors[0].0.as_str(), found.contributors[1].0.as_str()), ("a", "b"));
    assert!(found.contributors[0].2 > 0.98 && found.contributors[1].2 > 0.98);
    assert_eq!(first.cause, Cause::Common(vec!["a".to_owned(), "b".to_owned()]));
    close(first.hours_per_year, common * 8.0, 1e-2);
    assert!(first.cause.words(&site).contains("common to a, b"));
    // At a load that takes both, neither is the other's reserve.
    let both = availability(&site, &supply_of(&site, 0.0), 30.0, &[]).unwrap();
    close(both.availability, up(0.175, 8.0).powi(2), 1e-14);
}

#[test]
fn half_size_parts_are_no_reserve_for_each_other_at_full_load() {
    let mut site = frame();
    for side in ["a", "b"] {
        add(&mut site, side, ups(6.0, 0.0), 0.175, 8.0);
        power(&mut site, "grid", side);
        power(&mut site, side, "hall");
    }
    let both = judged(&site, 10.0, &[]);
    close(both.availability, up(0.175, 8.0).powi(2), 1e-14);
    assert_eq!(both.single_points_of_failure, ["grid", "wall", "a", "b"]);
    let one = judged(&site, 5.0, &[]);
    close(one.downtime_hours_per_year, (1.0 - up(0.175, 8.0)).powi(2) * 8760.0, 1e-9);
}

#[test]
fn two_transformers_behind_a_2n_pair_are_judged_by_the_whole_load() {
    let mut site = frame();
    add(&mut site, "bus", switchgear(100.0), 0.0, 0.0);
    for side in ["a", "b"] {
        add(&mut site, side, ups(10.0, 0.0), 0.1, 8.0);
        let feeder = format!("t{side}");
        add(&mut site, &feeder, transformer(12.0, 0.0), 0.2, 100.0);
        power(&mut site, "grid", &feeder);
        power(&mut site, &feeder, "bus");
        power(&mut site, "bus", side);
        power(&mut site, side, "hall");
    }
    // Either transformer carries the 10 MW alone, though both UPS together could ask for 20.
    let found = judged(&site, 10.0, &[]);
    let pair = |failures, hours| 1.0 - (1.0 - up(failures, hours)).powi(2);
    close(found.availability, pair(0.1, 8.0) * pair(0.2, 100.0), 1e-13);
}

#[test]
fn two_of_three_units_with_common_cause() {
    let mut site = frame();
    add(&mut site, "u", ups(5.0, 0.0), 0.4, 24.0);
    let set = site.component_mut("u").unwrap();
    (set.units, set.spare_units) = (3, 1);
    power(&mut site, "grid", "u");
    power(&mut site, "u", "hall");
    let found = availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap();
    let (own, common) = (up(0.4 * 0.95, 24.0), up(0.4 * 0.05, 24.0));
    let two_of_three = own.powi(3) + 3.0 * own.powi(2) * (1.0 - own);
    close(found.availability, two_of_three * common, 1e-13);
    let own_failures = 3.0 * 2.0 * own.powi(2) * (1.0 - own) * 0.4 * 0.95;
    close(found.failures_per_year, common * own_failures + two_of_three * common * 0.4 * 0.05, 1e-10);
}

#[test]
fn a_set_needs_the_units_that_carry_its_load() {
    let mut site = frame();
    add(&mut site, "u", ups(1.0, 0.0), 0.4, 24.0);
    site.component_mut("u").unwrap().units = 12;
    power(&mut site, "grid", "u");
    power(&mut site, "u", "hall");
    let supply = supply_of(&site, 0.0);
    let down_at = |load, demand: &[f64]| unavailability(&site, &supply, load, demand).unwrap();
    let rates = sets::Rates { own: 0.4 * 0.95, common: 0.4 * 0.05, repair_hours: 24.0 };
    let expected = |needed| sets::set_reliability(12, needed, rates).unavailability;
    close(down_at(12.0, &[]), expected(12), 1e-12);
    close(down_at(10.0, &[]), expected(10), 1e-12);
    close(down_at(9.5, &[]), expected(10), 1e-12);
    // Another hall takes the rest, and what is asked beyond all units asks for no more than all.
    close(down_at(9.5, &[0.0, 0.0, 0.0, 11.0]), expected(11), 1e-12);
    close(down_at(9.5, &[0.0, 0.0, 0.0, 99.0]), expected(12), 1e-12);
}

#[test]
fn both_sides_ask_for_the_load_but_never_for_more_together() {
    let mut site = site_of(&[
        ("hall", hall(10.0)),
        ("grid", grid(100.0)),
        ("bus", switchgear(100.0)),
        ("a", ups(10.0, 0.0)),
        ("b", ups(6.0, 0.0)),
        ("cdu1", Kind::Cdu(cooling(8.0, 0.0))),
        ("cdu2", Kind::Cdu(cooling(9.0, 0.0))),
        ("dry", Kind::DryCooler(cooling(50.0, 0.1))),
        ("wall", Kind::FanWall(cooling(50.0, 0.0))),
    ]);
    for (from, to) in
        [("grid", "bus"), ("bus", "a"), ("bus", "b"), ("a", "hall"), ("b", "hall"), ("bus", "dry")]
    {
        power(&mut site, from, to);
    }
    for (from, to) in [("hall", "cdu1"), ("hall", "cdu2"), ("cdu1", "dry"), ("cdu2", "dry")] {
        liquid(&mut site, from, to, Serves::Both);
    }
    air(&mut site, "hall", "wall", Serves::Both);
    let supply = supply_of(&site, 0.7);
    let asked = asked_mw(&site, &supply, 10.0);
    let of = |id: &str| asked[(0..asked.len()).find(|node| supply.component(&site, *node).id == id).unwrap()];
    assert_eq!((of("a"), of("b"), of("hall")), (10.0, 6.0, 10.0));
    close(of("cdu1"), 7.0, 1e-12);
    close(of("dry"), 7.0, 1e-12);
    close(of("wall"), 3.0, 1e-12);
    // 10 MW of IT and 0.7 MW for the dry coolers.
    close(of("bus"), 10.7, 1e-12);
    close(of("grid"), 10.7, 1e-12);
}

#[test]
fn a_shared_root_counts_once() {
    let mut site = frame();
    add(&mut site, "root", switchgear(100.0), 2.0, 50.0);
    for side in ["a", "b"] {
        add(&mut site, side, ups(20.0, 0.0), 1.0, 80.0);
        power(&mut site, "root", side);
        power(&mut site, side, "hall");
    }
    power(&mut site, "grid", "root");
    let found = judged(&site, 10.0, &[]);
    let down = 1.0 - up(1.0, 80.0);
    close(found.availability, up(2.0, 50.0) * (1.0 - down * down), 1e-13);
}

// --- planned work ---

#[test]
fn planned_work_takes_one_unit_at_a_time() {
    let mut site = frame();
    for side in ["a", "b"] {
        add(&mut site, side, bare_ups(20.0), 0.5, 24.0);
        power(&mut site, "grid", side);
        power(&mut site, side, "hall");
    }
    let options = |planned_maintenance| AvailabilityOptions {
        planned_maintenance,
        data: data_with(&[("maintenance_hours.fan_wall", 0.0)]),
    };
    let supply = supply_of(&site, 0.0);
    let off = availability_with(&site, &supply, 10.0, &[], &options(false)).unwrap();
    let on = availability_with(&site, &supply, 10.0, &[], &options(true)).unwrap();
    let down = 1.0 - up(0.5, 24.0);
    // 8 h a year each, during which the other alone carries the hall.
    close(on.planned_hours_per_year, 2.0 * 8.0 * (down - down * down), 1e-9);
    close(on.downtime_hours_per_year - off.downtime_hours_per_year, on.planned_hours_per_year, 1e-9);
    assert_eq!(off.planned_hours_per_year, 0.0);
    // A single path is down for the work itself, once a year.
    site.links.retain(|link| link.from != "b" && link.to != "b");
    let single = availability_with(&site, &supply_of(&site, 0.0), 10.0, &[], &options(true)).unwrap();
    close(single.planned_hours_per_year, 8.0 * up(0.5, 24.0), 1e-9);
    close(single.failures_per_year, 0.5 * up(0.5, 24.0) * (1.0 - 8.0 / 8760.0) + up(0.5, 24.0), 1e-9);
    // A spare unit in a set makes its upkeep harmless but for failures meanwhile.
    let set = site.component_mut("a").unwrap();
    (set.units, set.spare_units) = (2, 1);
    let spare = availability_with(&site, &supply_of(&site, 0.0), 10.0, &[], &options(true)).unwrap();
    assert!(spare.planned_hours_per_year < 0.05, "{spare:?}");
}

// --- bad input and bounds ---

#[test]
fn a_part_without_failure_data_is_named_and_the_catalogue_fills_in() {
    let mut site = frame();
    site.components.push(component("T7", transformer(20.0, 0.0)));
    power(&mut site, "grid", "T7");
    power(&mut site, "T7", "hall");
    let problem = availability(&site, &supply_of(&site, 0.0), 1.0, &[]).unwrap_err();
    assert_eq!(problem.code, "failure-data-missing");
    assert!(problem.message.contains("T7"), "{}", problem.message);
    site.catalogue.reliability.push(crate::site::catalogue::ReliabilityEntry {
        kind: "transformer".to_owned(),
        failures_per_year: 0.5,
        repair_hours: 10.0,
        source: "test".to_owned(),
    });
    close(availability(&site, &supply_of(&site, 0.0), 1.0, &[]).unwrap().availability, up(0.5, 10.0), 1e-14);
    site.component_mut("T7").unwrap().repair_hours = Some(f64::NAN);
    assert_eq!(availability(&site, &supply_of(&site, 0.0), 1.0, &[]).unwrap_err().code, "failure-data-bad");
}

#[test]
fn a_mesh_beyond_the_bound_is_refused_and_not_waited_for() {
    let mut site = frame();
    for number in 0..40 {
        add(&mut site, &format!("u{number}"), ups(1.0, 0.0), 0.1, 8.0);
        power(&mut site, "grid", &format!("u{number}"));
        power(&mut site, &format!("u{number}"), "hall");
    }
    assert_eq!(availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap_err().code, "too-meshed");
}

#[test]
fn five_thousand_parts_are_judged_or_refused_in_bounded_time() {
    // A chain is judged.
    let mut chain = frame();
    add(&mut chain, "s0", switchgear(50.0), 0.001, 8.0);
    power(&mut chain, "grid", "s0");
    for number in 1..5_000 {
        add(&mut chain, &format!("s{number}"), switchgear(50.0), 0.001, 8.0);
        power(&mut chain, &format!("s{}", number - 1), &format!("s{number}"));
    }
    power(&mut chain, "s4999", "hall");
    close(judged(&chain, 10.0, &[]).availability, up(0.001, 8.0).powi(5_000), 1e-9);
    // As many side by side are refused with a reason.
    let mut wide = frame();
    for number in 0..5_000 {
        add(&mut wide, &format!("u{number}"), ups(1.0, 0.0), 0.1, 8.0);
        power(&mut wide, "grid", &format!("u{number}"));
        power(&mut wide, &format!("u{number}"), "hall");
    }
    let problem = availability(&wide, &supply_of(&wide, 0.0), 10.0, &[]).unwrap_err();
    assert!(problem.code == "too-meshed" && problem.message.contains("hall"), "{problem:?}");
}

#[test]
fn what_the_figures_rest_on_is_said_in_sentences() {
    assert!(Availability::assumptions().len() >= 8);
    assert!(
        Availability::assumptions().iter().all(|sentence| sentence.ends_with('.') && sentence.len() > 40)
    );
}
