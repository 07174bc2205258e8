use super::super::summary::engineering;
use super::super::testing::*;
use super::*;
use crate::site::{GpuSystem, Kind, LatencyNeed, Metro, Serves, SlaBand};

/// Raw power and a fan wall today; two planned UPS and CRAH sides with a genset plant, fibre over two trenches.
fn site() -> Site {
    let mut site = site_of(&[
        ("H1", hall(10.0)),
        ("grid", grid(50.0)),
        ("gen", genset(4.0)),
        ("W1", Kind::FanWall(cooling(12.0, 0.02))),
        ("east", Kind::Carrier),
        ("west", Kind::Carrier),
        ("dallas", Kind::Metro(Metro { latitude: 32.8, longitude: -96.8 })),
    ]);
    hall_mut(&mut site, "H1").row_groups[0].positions = 500;
    let gensets = site.component_mut("gen").unwrap();
    (gensets.units, gensets.spare_units) = (5, 1);
    plan(&mut site, "gen");
    power_for(&mut site, "grid", "H1", Serves::Mining);
    power(&mut site, "grid", "W1");
    air(&mut site, "H1", "W1", Serves::Mining);
    for side in ["A", "B"] {
        let (switch, supply, crah, chiller) =
            (format!("S{side}"), format!("U{side}"), format!("C{side}"), format!("K{side}"));
        site.components.push(component(&switch, switchgear(30.0)));
        site.components.push(component(&supply, ups(10.0, 0.04)));
        site.components.push(component(&crah, Kind::Crah(cooling(10.0, 0.03))));
        site.components.push(component(&chiller, Kind::Chiller(cooling(10.0, 0.10))));
        for part in [&switch, &supply, &crah, &chiller] {
            plan(&mut site, part);
        }
        power(&mut site, "grid", &switch);
        power(&mut site, "gen", &switch);
        power(&mut site, &switch, &supply);
        power_for(&mut site, &supply, "H1", Serves::Hosting);
        power(&mut site, &switch, &crah);
        power(&mut site, &switch, &chiller);
        air(&mut site, "H1", &crah, Serves::Hosting);
        liquid(&mut site, &crah, &chiller, Serves::Hosting);
    }
    fibre(&mut site, "H1", "east", Some(1.0), Some("north gate"));
    fibre(&mut site, "H1", "west", Some(1.0), Some("south gate"));
    fibre(&mut site, "east", "dallas", Some(100.0), None);
    fibre(&mut site, "west", "dallas", Some(150.0), None);
    for id in site.components.iter().map(|part| part.id.clone()).collect::<Vec<_>>() {
        reliability(&mut site, &id, 0.1, 10.0);
    }
    reliability(&mut site, "grid", 2.0, 2.0);
    reliability(&mut site, "H1", 0.0, 0.0);
    site
}

fn judge(site: &Site, offer: &Offer) -> Result<Pair, String> {
    pair(site, &Network::new(site), &engineering(site), "H1", offer)
}

fn refused(site: &Site, offer: &Offer) -> String {
    judge(site, offer).unwrap_err()
}

#[test]
fn an_undemanding_offer_fits_and_leans_on_no_single_planned_part() {
    let site = site();
    let found = judge(&site, &colocation("north", 10.0)).unwrap();
    assert_eq!(found.hosting_max_mw, 10.0);
    // Either side carries the load alone.
    assert!(found.requires.is_empty(), "{:?}", found.requires);
    assert!((found.gross.typical - (1.0 / 0.96 + 0.13)).abs() < 1e-12);
    assert_eq!(found.liquid_share, 0.0);
}

#[test]
fn a_class_leans_on_every_planned_part_that_is_a_reserve() {
    let site = site();
    let mut offer = colocation("north", 10.0);
    offer.needs.survives = FailureClass::Maintainable;
    let found = judge(&site, &offer).unwrap();
    assert_eq!(found.requires, ["gen", "SA", "UA", "CA", "KA", "SB", "UB", "CB", "KB"]);
    offer.needs.survives = FailureClass::NPlusOne;
    assert_eq!(judge(&site, &offer).unwrap().requires.len(), 9);
}

#[test]
fn an_availability_leans_on_what_it_needs_and_no_more() {
    let mut site = site();
    // Without gensets the port is down 8 h a year, on one side alone 4 h.
    reliability(&mut site, "grid", 2.0, 4.0);
    let mut offer = colocation("north", 10.0);
    offer.needs.availability = 0.9994;
    assert_eq!(judge(&site, &offer).unwrap().requires, ["gen"]);
    offer.needs.availability = 0.99995;
    let found = judge(&site, &offer).unwrap();
    assert!(found.requires.contains(&"UB".to_owned()) && found.availability >= 0.99995, "{found:?}");
    offer.needs.availability = 0.99999999;
    let reason = refused(&site, &offer);
    assert!(reason.contains("99.9999") && reason.contains("H1"), "{reason}");
    // What stands already is not required.
    for part in &mut site.components {
        part.state = crate::site::State::Existing(None);
    }
    offer.needs.availability = 0.99995;
    assert!(judge(&site, &offer).unwrap().requires.is_empty());
}

#[test]
fn an_availability_may_be_met_at_a_smaller_load_only() {
    let mut site = site();
    for id in ["UA", "UB"] {
        site.component_mut(id).unwrap().kind = ups(6.0, 0.04);
        reliability(&mut site, id, 2.0, 20.0);
    }
    let mut offer = colocation("north", 10.0);
    assert_eq!(judge(&site, &offer).unwrap().hosting_max_mw, 10.0);
    offer.needs.availability = 0.999;
    let found = judge(&site, &offer).unwrap();
    assert!((found.hosting_max_mw - 6.0).abs() < 1e-6, "{}", found.hosting_max_mw);
    assert!(found.availability > 0.999);
    offer.min_mw = 8.0;
    assert!(refused(&site, &offer).contains("availability"));
}

#[test]
fn refusals_name_what_is_needed_and_what_is_there() {
    let site = site();
    let check = |change: fn(&mut Offer), words: &[&str]| {
        let mut offer = colocation("north", 10.0);
        change(&mut offer);
        let reason = refused(&site, &offer);
        for word in words {
            assert!(reason.contains(word), "{word} in: {reason}");
        }
    };
    check(
        |offer| offer.needs.latency = Some(LatencyNeed { metro: "dallas".to_owned(), rtt_ms: 0.5 }),
        &["0.50 ms", "1.03 ms", "dallas"],
    );
    check(
        |offer| offer.needs.latency = Some(LatencyNeed { metro: "houston".to_owned(), rtt_ms: 5.0 }),
        &["houston", "no fibre"],
    );
    check(|offer| offer.needs.diverse_routes = 3, &["3 diverse", "has 2"]);
    check(|offer| offer.needs.cooling = CoolingNeed::Liquid, &["liquid", "H1"]);
    check(|offer| offer.needs.kw_per_rack = 40.0, &["40 kW", "20 kW", "air"]);
    check(|offer| offer.min_mw = 12.0, &["12.0 MW", "10.0 MW"]);
}

#[test]
fn a_hall_that_cannot_host_says_why() {
    let offer = colocation("north", 10.0);
    let reason = |change: &dyn Fn(&mut Site)| {
        let mut site = site();
        change(&mut site);
        refused(&site, &offer)
    };
    assert!(reason(&|site| hall_mut(site, "H1").fit_out = None).contains("fit-out"));
    assert!(reason(&|site| hall_mut(site, "H1").convertible_share = 0.0).contains("convertible share"));
    assert!(
        reason(&|site| site.links.retain(|link| !link.from.starts_with('U'))).contains("no protected power")
    );
    assert!(reason(&|site| site.links.retain(|link| !link.from.starts_with('C'))).contains("heat"));
    assert!(reason(&|site| power(site, "UA", "SA")).contains("circle"));
    let mut site = site();
    site.component_mut("UA").unwrap().failures_per_year = None;
    assert!(refused(&site, &offer).contains("UA"));
}

#[test]
fn bitcoin_hosting_asks_for_the_mining_port_alone() {
    let mut site = site();
    hall_mut(&mut site, "H1").fit_out = None;
    let mut offer = colocation("hosting", 10.0);
    offer.terms = Terms::BitcoinHosting { usd_per_mwh: 75.0, escalator: 0.0 };
    let found = judge(&site, &offer).unwrap();
    assert_eq!((found.hosting_max_mw, found.requires.len()), (10.0, 0));
    assert!((found.gross.typical - 1.02).abs() < 1e-12);
    offer.needs.cooling = CoolingNeed::Liquid;
    assert!(refused(&site, &offer).contains("liquid"));
    site.links.retain(|link| !(link.from == "grid" && link.to == "H1"));
    offer.needs.cooling = CoolingNeed::Air;
    assert!(refused(&site, &offer).contains("no power for mining"));
}

#[test]
fn a_gpu_system_brings_its_own_density_and_cooling() {
    let mut site = site();
    site.gpu_systems.push(GpuSystem {
        id: "nvl72".to_owned(),
        model: "GB200 NVL72".to_owned(),
        kw_per_gpu: 1.9,
        usd_per_gpu: 45_000.0,
        lead_months: 6.0,
        life_months: 60.0,
        liquid_share: 0.85,
        kw_per_rack: 130.0,
        residual_share_after_36_months: 0.3,
        rental: Default::default(),
    });
    let mut offer = colocation("cloud", 10.0);
    offer.terms = Terms::GpuCloud {
        gpu_system: "nvl72".to_owned(),
        usd_per_gpu_hour: 2.5,
        utilisation: 0.8,
        indexed: false,
        escalator: 0.0,
    };
    assert_eq!(offer_refusal(&site, &offer), None);
    assert!(refused(&site, &offer).contains("liquid"));
    site.gpu_systems.clear();
    assert!(offer_refusal(&site, &offer).unwrap().contains("nvl72"));
}

#[test]
fn offers_that_are_past_are_refused_before_any_hall() {
    let site = site();
    let mut offer = colocation("north", 10.0);
    assert_eq!(offer_refusal(&site, &offer), None);
    offer.sign_by = Some(date(2025, 11, 1));
    assert!(offer_refusal(&site, &offer).unwrap().contains("2025-11-01"));
    offer.status = OfferStatus::Signed;
    assert_eq!(offer_refusal(&site, &offer), None);
    offer.latest = Some(date(2025, 12, 1));
    assert!(offer_refusal(&site, &offer).is_some());
    offer.latest = None;
    offer.max_mw = f64::NAN;
    assert!(offer_refusal(&site, &offer).is_some());
}

#[test]
fn credits_follow_the_bands_of_exponential_events() {
    let site = site();
    let mut offer = colocation("north", 10.0);
    offer.sla = vec![
        SlaBand { from_hours: 0.0, credit_share: 0.05 },
        SlaBand { from_hours: 4.0, credit_share: 0.20 },
        SlaBand { from_hours: 24.0, credit_share: 1.0 },
    ];
    let judged = engineering(&site).halls[0].availability.clone().unwrap();
    let (events, mean) = (judged.failures_per_year, judged.mean_duration_hours());
    // Each band by its own share of the events.
    let reached = |hours: f64| (-hours / mean).exp();
    let expected =
        events / 12.0 * (0.05 * (1.0 - reached(4.0)) + 0.20 * (reached(4.0) - reached(24.0)) + reached(24.0));
    let pair = judge(&site, &offer).unwrap();
    assert_eq!((pair.outages_per_year, pair.outage_hours), (events, mean));
    let found = pair.sla_credit_share;
    assert!(expected > 0.0 && (found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    offer.sla.clear();
    assert_eq!(judge(&site, &offer).unwrap().sla_credit_share, 0.0);
}

#[test]
fn an_option_that_a_scenario_rules_out_counts_for_nothing() {
    let mut site = site();
    let mut offer = colocation("north", 10.0);
    offer.needs.survives = FailureClass::NPlusOne;
    assert!(judge(&site, &offer).is_ok());
    if let crate::site::State::Planned(planned) = &mut site.component_mut("UB").unwrap().state {
        planned.latest = Some(crate::quantity::Date::MIN);
    }
    let reason = refused(&site, &offer);
    assert!(reason.contains("N+1") && reason.contains("loss of"), "{reason}");
}

#[test]
fn halls_that_share_a_plant_lean_on_it_each() {
    let mut site = site();
    site.components.push(component("H2", hall(4.0)));
    hall_mut(&mut site, "H2").row_groups[0].positions = 500;
    site.components.push(component("U2", ups(4.0, 0.05)));
    plan(&mut site, "U2");
    reliability(&mut site, "U2", 0.1, 10.0);
    reliability(&mut site, "H2", 0.0, 0.0);
    power(&mut site, "SA", "U2");
    power_for(&mut site, "U2", "H2", Serves::Hosting);
    air(&mut site, "H2", "CA", Serves::Hosting);
    let found =
        pair(&site, &Network::new(&site), &engineering(&site), "H2", &colocation("north", 10.0)).unwrap();
    assert_eq!(found.hosting_max_mw, 4.0);
    assert_eq!(found.requires, ["SA", "CA", "KA", "U2"]);
}
