use super::*;
use crate::engineering::testing::*;
use crate::quantity::{Problem, Severity};
use crate::site::{
    AsicFleet, Cohort, Cooling, DatedMw, Kind, Medium, Metro, MinerCooling, Planned, ResaleRule, Serves,
    State,
};

/// A site without fault: raw power and a fan wall for mining; UPS, CRAH and chiller for hosting; fibre.
fn sound() -> Site {
    let mut site = site_of(&[
        ("grid", grid(50.0)),
        ("T1", transformer(50.0, 0.01)),
        ("U1", ups(2.0, 0.04)),
        ("H1", hall(2.0)),
        ("W1", Kind::FanWall(cooling(3.0, 0.02))),
        ("C1", Kind::Crah(cooling(3.0, 0.03))),
        ("K1", Kind::Chiller(cooling(3.0, 0.10))),
        ("M1", Kind::MeetMeRoom),
        ("dallas", Kind::Metro(Metro { latitude: 32.8, longitude: -96.8 })),
    ]);
    power(&mut site, "grid", "T1");
    power_for(&mut site, "T1", "H1", Serves::Mining);
    power_for(&mut site, "T1", "U1", Serves::Hosting);
    power_for(&mut site, "U1", "H1", Serves::Hosting);
    for device in ["W1", "C1", "K1"] {
        power(&mut site, "T1", device);
    }
    air(&mut site, "H1", "W1", Serves::Mining);
    air(&mut site, "H1", "C1", Serves::Hosting);
    liquid(&mut site, "C1", "K1", Serves::Hosting);
    fibre(&mut site, "M1", "dallas", Some(100.0), None);
    site
}

/// The problem a change brings about, which must be the only one of its code.
fn problem(change: impl FnOnce(&mut Site), code: &str) -> Problem {
    let mut site = sound();
    change(&mut site);
    let report = check(&site);
    let found: Vec<_> = report.problems.iter().filter(|problem| problem.code == code).collect();
    assert_eq!(found.len(), 1, "{code} in {:#?}", report.problems);
    let found = found[0].clone();
    assert!(!found.hint.is_empty() && !found.message.is_empty());
    found
}

fn part<'a>(site: &'a mut Site, id: &str) -> &'a mut Component {
    site.component_mut(id).unwrap()
}

fn cooling_of<'a>(site: &'a mut Site, id: &str) -> &'a mut Cooling {
    part(site, id).kind.cooling_mut().unwrap()
}

fn unlink(site: &mut Site, from: &str, to: &str) {
    let before = site.links.len();
    site.links.retain(|link| !(link.from == from && link.to == to));
    assert!(site.links.len() < before);
}

#[test]
fn a_sound_site_has_no_problem() {
    assert_eq!(check(&sound()).problems, []);
    assert_eq!(check(&Site::empty("new")).problems, []);
}

#[test]
fn links_run_between_kinds_that_have_the_port() {
    let wrong = |from: &str, to: &str, medium: Medium| {
        let (from, to) = (from.to_owned(), to.to_owned());
        problem(move |site| join(site, &from, &to, medium), "link-misfit")
    };
    let power = Medium::Power { serves: Serves::Both, normally_open: false };
    let fibre = Medium::Fibre { km: None, trench: None };
    let found = wrong("H1", "U1", power.clone());
    assert!(found.message.contains("H1") && found.message.contains("U1"));
    assert_eq!(found.place, "links/H1-U1-11");
    assert_eq!(found.severity, Severity::Error);
    wrong("C1", "H1", power.clone());
    wrong("T1", "grid", power.clone());
    wrong("T1", "M1", power);
    wrong("U1", "K1", Medium::Liquid { serves: Serves::Both });
    wrong("K1", "H1", Medium::Liquid { serves: Serves::Both });
    wrong("W1", "K1", Medium::Air { serves: Serves::Both });
    wrong("M1", "T1", fibre);
    problem(|site| liquid(site, "H1", "W1", Serves::Hosting), "medium-unusual");
}

#[test]
fn voltages_agree_where_both_are_known() {
    let found = problem(
        |site| {
            part(site, "T1").kv_in = Some(138.0);
            part(site, "T1").kv_out = Some(34.5);
            part(site, "U1").kv_in = Some(0.48);
        },
        "voltage-mismatch",
    );
    assert!(found.message.contains("34.5") && found.message.contains("0.48"), "{}", found.message);
    // The incoming voltage stands for the outgoing one where that is not set, and one unknown end is no fault.
    let mut site = sound();
    part(&mut site, "T1").kv_in = Some(0.48);
    part(&mut site, "U1").kv_in = Some(0.48);
    assert!(check(&site).is_clean());
}

#[test]
fn power_is_rooted_through_closed_links() {
    let found = problem(
        |site| {
            for link in site.links.iter_mut().filter(|link| link.to == "U1") {
                link.medium = Medium::Power { serves: Serves::Hosting, normally_open: true };
            }
        },
        "power-not-rooted",
    );
    assert!(found.message.contains("U1"));
    problem(|site| site.components.retain(|part| part.id != "grid"), "no-source");
    // A genset is no root: it runs only while the grid is away.
    problem(
        |site| {
            site.components.push(component("G1", genset(5.0)));
            site.components.push(component("S1", switchgear(5.0)));
            power(site, "G1", "S1");
            power(site, "S1", "H1");
        },
        "power-not-rooted",
    );
}

#[test]
fn circles_are_named() {
    let found = problem(|site| power(site, "U1", "T1"), "power-cycle");
    assert!(found.message.contains("T1, U1"), "{}", found.message);
    problem(|site| liquid(site, "K1", "C1", Serves::Hosting), "heat-cycle");
    problem(|site| power(site, "T1", "T1"), "power-cycle");
}

#[test]
fn halls_that_mine_need_power_and_a_way_for_the_heat() {
    assert!(problem(|site| unlink(site, "T1", "H1"), "mining-without-power").message.contains("H1"));
    problem(|site| unlink(site, "H1", "W1"), "mining-without-cooling");
    // A fan wall without power moves no heat.
    problem(|site| unlink(site, "T1", "W1"), "mining-without-cooling");
}

#[test]
fn halls_that_may_host_need_power_cooling_fibre_and_a_fit_out() {
    assert_eq!(problem(|site| unlink(site, "U1", "H1"), "hosting-without-power").severity, Severity::Warning);
    problem(|site| unlink(site, "H1", "C1"), "hosting-without-cooling");
    let found = problem(|site| set_liquid_share(site, "H1", 0.7), "hosting-without-cooling");
    assert!(found.message.contains("liquid") && found.message.contains("70.0 %"), "{}", found.message);
    problem(|site| unlink(site, "M1", "dallas"), "hosting-without-fibre");
    problem(|site| hall_mut(site, "H1").fit_out = None, "fit-out-missing");
    problem(|site| hall_mut(site, "H1").fitted_mw = 3.0, "fitted-over-critical");
    // A hall that stays mining needs none of it.
    let mut site = sound();
    unlink(&mut site, "M1", "dallas");
    hall_mut(&mut site, "H1").convertible_share = 0.0;
    hall_mut(&mut site, "H1").fit_out = None;
    assert!(!check(&site).problems.iter().any(|problem| problem.code.starts_with("hosting")));
}

#[test]
fn cooling_devices_need_a_feed_and_an_end() {
    let found = problem(|site| unlink(site, "T1", "C1"), "cooling-without-power");
    assert!(found.message.contains("C1") && found.message.contains("hosting"));
    // A feed that serves another use does not help.
    problem(
        |site| {
            unlink(site, "T1", "C1");
            power_for(site, "T1", "C1", Serves::Mining);
        },
        "cooling-without-power",
    );
    assert!(problem(|site| unlink(site, "C1", "K1"), "heat-ends").message.contains("CRAH"));
}

#[test]
fn ratings_are_positive() {
    let zero =
        |id: &'static str, kind: Kind| problem(move |site| part(site, id).kind = kind, "rating-not-positive");
    zero("T1", transformer(0.0, 0.01));
    zero("U1", ups(-1.0, 0.04));
    zero("grid", grid(f64::NAN));
    zero("K1", Kind::Chiller(cooling(f64::INFINITY, 0.1)));
    problem(|site| cooling_of(site, "K1").design_hour_share = 0.0, "rating-not-positive");
    problem(|site| site.links[0].rating_mw = Some(0.0), "rating-not-positive");
    problem(|site| part(site, "T1").kind = transformer(50.0, 1.0), "loss-impossible");
}

#[test]
fn parts_that_do_nothing_are_named() {
    problem(|site| site.components.push(component("X", switchgear(1.0))), "orphan");
    problem(
        |site| {
            site.components.push(component("X", switchgear(1.0)));
            power(site, "T1", "X");
        },
        "dead-end",
    );
    problem(
        |site| {
            site.components.push(component("X", Kind::DryCooler(cooling(1.0, 0.02))));
            power(site, "T1", "X");
        },
        "dead-end",
    );
}

#[test]
fn contracts_stay_within_the_wires() {
    let steps = |contract: f64, firm: f64| {
        move |site: &mut Site| {
            if let Kind::GridFeed(feed) = &mut part(site, "grid").kind {
                feed.contract_mw = vec![DatedMw { from: date(2026, 1, 1), mw: contract }];
                feed.firm_mw = vec![DatedMw { from: date(2026, 6, 1), mw: firm }];
            }
        }
    };
    problem(steps(60.0, 10.0), "contract-over-interconnection");
    problem(steps(30.0, 40.0), "firm-over-contract");
    let mut site = sound();
    steps(50.0, 50.0)(&mut site);
    assert!(check(&site).is_clean());
}

#[test]
fn gross_to_critical_is_within_what_built_sites_have() {
    let found = problem(|site| cooling_of(site, "K1").design_hour_power_share = 0.6, "gross-to-critical");
    assert!(found.message.contains("H1"), "{}", found.message);
    problem(|site| cooling_of(site, "K1").design_hour_power_share = 0.0, "gross-to-critical");
}

#[test]
fn floors_and_rows_hold_what_is_said() {
    problem(|site| hall_mut(site, "H1").row_groups[0].rack_tonnes = 9.0, "floor-load");
    problem(|site| hall_mut(site, "H1").row_groups[0].positions = 90, "rack-positions");
    problem(|site| hall_mut(site, "H1").area_m2 = 150.0, "floor-area");
}

#[test]
fn fleets_find_room_where_their_cooling_is() {
    let fleet = |mw: f64, cooling: MinerCooling| AsicFleet {
        id: "s21".to_owned(),
        model: "S21".to_owned(),
        efficiency_j_per_th: 17.5,
        cohorts: vec![Cohort { mw, bought: date(2025, 1, 1) }],
        cooling,
        availability: 0.95,
        pool_fee_share: 0.01,
        stale_share: 0.001,
        variable_usd_per_mwh: 3.0,
        purchase_usd_per_th: None,
        purchase_lead_months: 3.0,
        purchase_max_mw: 0.0,
        life_months: 60.0,
        install_usd_per_mw: 0.0,
        resale: ResaleRule { margin_days: 300.0, scrap_usd_per_th: 1.0, buyer_usd_per_mwh: 50.0 },
        wear: Default::default(),
    };
    let found = problem(|site| site.fleets = vec![fleet(2.5, MinerCooling::Air)], "fleet-over-halls");
    assert!(found.message.contains("2.5 MW") && found.message.contains("air"), "{}", found.message);
    problem(|site| site.fleets = vec![fleet(1.0, MinerCooling::Hydro)], "fleet-over-halls");
    let mut site = sound();
    site.fleets = vec![fleet(2.0, MinerCooling::Air)];
    assert!(check(&site).is_clean());
}

#[test]
fn dates_can_still_be_met() {
    problem(|site| site.plan.start = date(2025, 12, 1), "plan-before-as-of");
    problem(|site| site.plan.horizon_years = 0, "no-horizon");
    problem(
        |site| {
            part(site, "U1").state =
                State::Planned(Planned { latest: Some(date(2025, 6, 1)), ..Planned::default() });
        },
        "order-window-closed",
    );
    let offer = |change: fn(&mut crate::site::Offer)| {
        move |site: &mut Site| {
            let mut offer = colocation("north", 1.0);
            change(&mut offer);
            site.offers = vec![offer];
        }
    };
    problem(offer(|offer| offer.sign_by = Some(date(2025, 6, 1))), "offer-refused");
    problem(
        offer(|offer| {
            offer.needs.latency = Some(crate::site::LatencyNeed { metro: "T1".to_owned(), rtt_ms: 5.0 });
        }),
        "latency-no-metro",
    );
    let mut site = sound();
    offer(|_| ())(&mut site);
    assert!(check(&site).is_clean());
}

/// One long chain of switchboards, the worst case for what each hall leans on: 15,000 parts, 20,000 links.
fn long_chain() -> Site {
    let mut site = sound();
    for number in 0..5_000 {
        let (bus, hall_id, wall) = (format!("b{number}"), format!("h{number}"), format!("w{number}"));
        site.components.push(component(&bus, switchgear(2.0)));
        site.components.push(component(&hall_id, hall(2.0)));
        site.components.push(component(&wall, Kind::FanWall(cooling(3.0, 0.02))));
        let feeder = if number == 0 { "T1".to_owned() } else { format!("b{}", number - 1) };
        power(&mut site, &feeder, &bus);
        power(&mut site, &bus, &hall_id);
        power(&mut site, &bus, &wall);
        air(&mut site, &hall_id, &wall, Serves::Both);
    }
    site
}

// Looking parts up one by one would take minutes here.

#[test]
fn a_very_large_drawing_is_checked() {
    let report = check(&long_chain());
    assert!(!report.has_errors(), "{:?}", report.problems.first());
}

#[test]
fn a_very_large_drawing_is_judged_as_far_as_it_can_be() {
    let judged = crate::engineering::engineering(&long_chain());
    assert_eq!(judged.halls.len(), 5_001);
    assert!(judged.halls[0].is_judged && !judged.halls[5_000].is_judged);
    assert!(judged.report.problems.iter().any(|problem| problem.code == "drawing-too-large"));
}
