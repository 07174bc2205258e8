//! Gensets, change-overs and ride-through against closed forms.

use super::super::testing::*;
use super::standby::Outage;
use super::tests::{add, close, frame, judged, supply_of, transfer_switch, up};
use super::*;
use crate::site::Electrical;

/// Utility, transfer switch with one genset, and what else is given between the switch and the hall.
fn with_genset(between: Option<Kind>) -> Site {
    let mut site = frame();
    reliability(&mut site, "grid", 1.956, 1.32);
    site.components.push(component("gen", genset(12.0)));
    add(&mut site, "ats", transfer_switch(20.0), 0.0, 0.0);
    power(&mut site, "grid", "ats");
    power(&mut site, "gen", "ats");
    match between {
        Some(kind) => {
            add(&mut site, "ups", kind, 0.0, 0.0);
            power(&mut site, "ats", "ups");
            power(&mut site, "ups", "hall");
        }
        None => power(&mut site, "ats", "hall"),
    }
    site
}

const UTILITY: Outage = Outage::LogNormal { mean: 1.32, log_deviation: 1.2 };

#[test]
fn gensets_stand_in_for_the_utility_behind_a_ups() {
    let site = with_genset(Some(ups(20.0, 0.0)));
    let found = judged(&site, 10.0, &[]);
    let ride = 5.0 / 60.0;
    close(found.ride_through_minutes, 5.0, 1e-12);
    let (rate, lasts) = (1.956 * UTILITY.longer_than(ride), UTILITY.excess(ride) / UTILITY.longer_than(ride));
    // One set: 1 - p exp(-t/MTTF), with p = OA (1 - FTS), nearly linear over an hour.
    let start = 0.995 * (1.0 - 0.0094);
    let fails_of_outages = 1.0 - start * (1.0 - (ride + lasts) / 1100.0);
    close(found.failures_per_year, rate * fails_of_outages, 2e-3);
    assert!(found.downtime_hours_per_year > rate * lasts * (1.0 - start));
    assert_eq!(found.start_interruptions_per_year, 0.0);
    // The domain's stand-by formula without a distribution: rate * (1 - OA (1 - FTS) exp(-r/MTTF)).
    close(found.failures_per_year, 1.956 * (1.0 - start * libm::exp(-1.32 / 1100.0)), 0.06);
}

#[test]
fn a_start_that_nothing_bridges_is_an_interruption() {
    let found = judged(&with_genset(None), 10.0, &[]);
    // Every loss is one, and a plant that fails while it runs makes a second: one in 1100/1.32 outages.
    let start = 0.995 * (1.0 - 0.0094);
    close(found.failures_per_year, 1.956 * up(1.956, 1.32) * (1.0 + start * 1.32 / 1100.0), 2e-5);
    close(found.start_interruptions_per_year, 1.956 * up(1.956, 1.32) * start, 1e-9);
    let down = unavailability(&with_genset(None), &supply_of(&with_genset(None), 0.0), 10.0, &[]).unwrap();
    let whole = availability(&with_genset(None), &supply_of(&with_genset(None), 0.0), 10.0, &[]).unwrap();
    close(down, whole.downtime_hours_per_year / 8760.0, 1e-12);
}

#[test]
fn a_ups_rides_through_short_outages_without_gensets() {
    let mut site = frame();
    reliability(&mut site, "grid", 1.956, 1.32);
    add(&mut site, "u", ups(20.0, 0.0), 0.0, 0.0);
    power(&mut site, "grid", "u");
    power(&mut site, "u", "hall");
    let found = judged(&site, 10.0, &[]);
    let share = UTILITY.longer_than(5.0 / 60.0);
    assert!(share < 0.97);
    close(found.failures_per_year, 1.956 * share, 1e-3);
    close(found.downtime_hours_per_year, 1.956 * UTILITY.excess(5.0 / 60.0), 1e-3);
    // A fan wall with power of its own from the utility warms the hall sooner than the battery is empty.
    let mut warm = site.clone();
    *warm.component_mut("wall").unwrap().kind.cooling_mut().unwrap() = cooling(100.0, 0.02);
    power(&mut warm, "grid", "wall");
    close(judged(&warm, 10.0, &[]).ride_through_minutes, 2.5, 1e-9);
    // Fed through the UPS it does not.
    let mut fed = site;
    *fed.component_mut("wall").unwrap().kind.cooling_mut().unwrap() = cooling(100.0, 0.02);
    power(&mut fed, "u", "wall");
    close(judged(&fed, 10.0, &[]).ride_through_minutes, 5.0, 1e-9);
}

#[test]
fn a_transfer_switch_fails_on_demand() {
    let key = "fails_to_transfer.automatic_transfer_switch";
    let site = with_genset(Some(ups(20.0, 0.0)));
    let (good, bad) = (judged(&site, 10.0, &[]), judged(&site, 10.0, &[(key, 0.005)]));
    let rate = 1.956 * UTILITY.longer_than(5.0 / 60.0);
    close(bad.failures_per_year - good.failures_per_year, rate * 0.005 * 0.985, 0.01);
    assert!(bad.causes.iter().any(|one| one.cause == Cause::Transfer("ats".to_owned())));

    // A static switch between two UPS: the second helps only where the switch changes over.
    let mut site = frame();
    for side in ["a", "b"] {
        add(&mut site, side, ups(20.0, 0.0), 0.5, 24.0);
        power(&mut site, "grid", side);
    }
    add(
        &mut site,
        "sts",
        Kind::StaticTransferSwitch(Electrical { rating_mva: 20.0, loss_share: 0.0 }),
        0.0,
        0.0,
    );
    power(&mut site, "a", "sts");
    power(&mut site, "b", "sts");
    power(&mut site, "sts", "hall");
    let found = judged(&site, 10.0, &[("fails_to_transfer.static_transfer_switch", 0.002)]);
    let down = 1.0 - up(0.5, 24.0);
    close(found.downtime_hours_per_year, down * (1.0 - (1.0 - down) * 0.998) * 8760.0, 1e-9);
    let onset = 0.5 * up(0.5, 24.0) * (1.0 - (1.0 - down) * 0.998);
    close(found.failures_per_year, onset + 0.5 * up(0.5, 24.0) * down * 0.998, 1e-9);
}

#[test]
fn a_plant_beyond_its_permit_and_impossible_plants_are_named() {
    let mut site = with_genset(Some(ups(20.0, 0.0)));
    if let Kind::Genset(genset) = &mut site.component_mut("gen").unwrap().kind {
        genset.permit_hours_per_year = 1.0;
    }
    let found = judged(&site, 10.0, &[]);
    assert_eq!(found.problems[0].code, "genset-permit");
    assert!(found.problems[0].message.contains("gen") && found.problems[0].message.contains("2.6"));
    assert!(found.failures_per_year > 0.5, "the plant stops after an hour: {found:?}");
    for bad in [f64::NAN, -0.5, 1.5] {
        if let Kind::Genset(genset) = &mut site.component_mut("gen").unwrap().kind {
            genset.fail_to_start = bad;
        }
        let problem = availability(&site, &supply_of(&site, 0.0), 10.0, &[]).unwrap_err();
        assert!(problem.code == "failure-data-bad" && problem.message.contains("gen"));
    }
}
