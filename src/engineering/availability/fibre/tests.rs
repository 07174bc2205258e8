use super::super::super::testing::*;
use super::*;
use crate::quantity::random::stream;
use crate::site::Metro;
use rand::RngExt as _;

fn dallas() -> Kind {
    Kind::Metro(Metro { latitude: 32.7767, longitude: -96.7970 })
}

fn data() -> ReliabilityData {
    ReliabilityData::default().with("fibre_repair_hours", 12.0).unwrap()
}

/// Share of the hours that a route of this length is cut.
fn cut(km: f64) -> f64 {
    let hours = 0.0027 * km * 12.0;
    hours / (hours + 8760.0)
}

fn perfect(site: &mut Site) {
    for component in &mut site.components {
        if component.hall().is_none() {
            component.failures_per_year = Some(0.0);
            component.repair_hours = Some(0.0);
        }
    }
}

fn to_dallas(site: &Site) -> Result<Option<FibreAvailability>, Problem> {
    let network = Network::new(site);
    let node = |id: &str| network.node(id).unwrap();
    connection(site, &network, node("hall"), node("dallas"), &data())
}

fn two_routes(trench: [Option<&str>; 2]) -> Site {
    let mut site = site_of(&[
        ("hall", hall(10.0)),
        ("east", Kind::Carrier),
        ("west", Kind::Carrier),
        ("dallas", dallas()),
    ]);
    fibre(&mut site, "hall", "east", Some(20.0), trench[0]);
    fibre(&mut site, "hall", "west", Some(5.0), trench[1]);
    fibre(&mut site, "east", "dallas", Some(30.0), None);
    fibre(&mut site, "west", "dallas", Some(45.0), None);
    perfect(&mut site);
    site
}

/// The figures of the domain reference, 7.4: one route of 50 km is down 98 minutes a year, two diverse ones 0.02.
#[test]
fn one_route_and_two_diverse_ones() {
    let mut one = site_of(&[("hall", hall(10.0)), ("dallas", dallas())]);
    fibre(&mut one, "hall", "dallas", Some(50.0), None);
    perfect(&mut one);
    let found = to_dallas(&one).unwrap().unwrap();
    assert!((found.downtime_hours_per_year - cut(50.0) * 8760.0).abs() < 1e-12);
    assert!((found.downtime_hours_per_year * 60.0 - 97.2).abs() < 1.0, "{found:?}");
    assert!((found.failures_per_year - 0.135 * (1.0 - cut(50.0))).abs() < 1e-12);
    assert_eq!(found.single_points_of_failure.len(), 2, "the link and the metro");

    let found = to_dallas(&two_routes([None, None])).unwrap().unwrap();
    let route = |a: f64, b: f64| 1.0 - (1.0 - cut(a)) * (1.0 - cut(b));
    let expected = route(20.0, 30.0) * route(5.0, 45.0);
    assert!((found.downtime_hours_per_year / 8760.0 / expected - 1.0).abs() < 1e-10);
    assert!((found.downtime_hours_per_year * 60.0 - 0.018).abs() < 0.003);
    assert_eq!(found.single_points_of_failure, [FibrePart::Component("dallas".to_owned())]);
}

#[test]
fn a_shared_trench_is_one_cause_over_the_length_shared() {
    let found = to_dallas(&two_routes([Some("gate"), Some("gate")])).unwrap().unwrap();
    let route = |a: f64, b: f64| 1.0 - (1.0 - cut(a)) * (1.0 - cut(b));
    let expected = 1.0 - (1.0 - cut(5.0)) * (1.0 - route(15.0, 30.0) * route(0.0, 45.0));
    assert!((found.downtime_hours_per_year / 8760.0 / expected - 1.0).abs() < 1e-10);
    assert!(found.single_points_of_failure.contains(&FibrePart::Trench("gate".to_owned())));
    assert_eq!(found.contributors[0].0, FibrePart::Trench("gate".to_owned()));
    // A trench with one link in it is only that link.
    let alone = to_dallas(&two_routes([Some("gate"), None])).unwrap().unwrap();
    assert_eq!(alone, to_dallas(&two_routes([None, None])).unwrap().unwrap());
}

#[test]
fn a_hall_without_fibre_starts_at_any_meet_me_room() {
    let mut site = site_of(&[
        ("hall", hall(10.0)),
        ("a", Kind::MeetMeRoom),
        ("b", Kind::MeetMeRoom),
        ("dead-end", Kind::Carrier),
        ("dallas", dallas()),
        ("houston", dallas()),
    ]);
    fibre(&mut site, "a", "dallas", Some(0.0), None);
    fibre(&mut site, "b", "dallas", Some(0.0), None);
    fibre(&mut site, "b", "dead-end", Some(10.0), None);
    perfect(&mut site);
    for room in ["a", "b"] {
        reliability(&mut site, room, 0.5, 40.0);
    }
    let down = 20.0 / 8780.0;
    let found = to_dallas(&site).unwrap().unwrap();
    assert!((found.downtime_hours_per_year / 8760.0 - down * down).abs() < 1e-15);
    assert!((found.failures_per_year - 2.0 * 0.5 * (1.0 - down) * down).abs() < 1e-12);
    let network = Network::new(&site);
    let (all, problems) = connections(&site, &network, 0, &data());
    assert_eq!((all.len(), problems), (1, Vec::new()), "no fibre leads to Houston");
}

#[test]
fn bad_lengths_missing_data_and_meshes_are_named() {
    let mut site = two_routes([None, None]);
    if let Medium::Fibre { km, .. } = &mut site.links[0].medium {
        *km = Some(f64::NAN);
    }
    assert_eq!(to_dallas(&site).unwrap_err().code, "fibre-length");
    let mut site = two_routes([None, None]);
    site.component_mut("east").unwrap().failures_per_year = None;
    let problem = to_dallas(&site).unwrap_err();
    assert!(problem.code == "failure-data-missing" && problem.message.contains("east"));

    let mut mesh = site_of(&[("hall", hall(10.0)), ("dallas", dallas())]);
    for number in 0..30 {
        mesh.components.push(component(&format!("c{number}"), Kind::Carrier));
    }
    perfect(&mut mesh);
    for one in 0..30 {
        fibre(&mut mesh, "hall", &format!("c{one}"), Some(10.0), None);
        fibre(&mut mesh, "dallas", &format!("c{one}"), Some(10.0), None);
        for other in 0..one {
            fibre(&mut mesh, &format!("c{other}"), &format!("c{one}"), Some(10.0), None);
        }
    }
    assert_eq!(to_dallas(&mesh).unwrap_err().code, "fibre-too-meshed");
}

#[test]
fn random_meshes_agree_with_the_enumeration_of_all_states() {
    let mut random = stream(21, "fibre");
    let mut useful = 0;
    for _ in 0..150 {
        let mut site = site_of(&[("hall", hall(10.0)), ("dallas", dallas())]);
        let carriers = random.random_range(1..4);
        for number in 0..carriers {
            site.components.push(component(&format!("c{number}"), Kind::Carrier));
        }
        for index in 1..site.components.len() {
            let id = site.components[index].id.clone();
            reliability(&mut site, &id, random.random_range(0.1..9.0), random.random_range(1.0..200.0));
        }
        let ids: Vec<String> = site.components.iter().map(|part| part.id.clone()).collect();
        for one in 0..ids.len() {
            for other in 0..one {
                if site.links.len() < 7 && random.random_bool(0.6) {
                    let trench = random.random_bool(0.5).then_some(["x", "y"][random.random_range(0..2)]);
                    fibre(&mut site, &ids[other], &ids[one], Some(random.random_range(0.0..9_000.0)), trench);
                }
            }
        }
        let Some(found) = to_dallas(&site).unwrap() else { continue };

        // Independent events: parts, own length of links, trenches over their least length.
        let trench = |link: usize| match &site.links[link].medium {
            Medium::Fibre { trench, .. } => trench.clone(),
            _ => None,
        };
        let km = |link: usize| match site.links[link].medium {
            Medium::Fibre { km, .. } => km.unwrap(),
            _ => 0.0,
        };
        let least = |name: &str| {
            (0..site.links.len())
                .filter(|l| trench(*l).as_deref() == Some(name))
                .map(km)
                .fold(f64::INFINITY, f64::min)
        };
        let count =
            |name: &str| (0..site.links.len()).filter(|l| trench(*l).as_deref() == Some(name)).count();
        let mut down: Vec<f64> = site.components[1..]
            .iter()
            .map(|part| {
                let hours = part.failures_per_year.unwrap() * part.repair_hours.unwrap();
                hours / (hours + 8760.0)
            })
            .collect();
        let parts = down.len();
        down.extend((0..site.links.len()).map(|link| match trench(link) {
            Some(name) if count(&name) > 1 => cut(km(link) - least(&name)),
            _ => cut(km(link)),
        }));
        for name in ["x", "y"] {
            down.push(if count(name) > 1 { cut(least(name)) } else { 0.0 });
        }
        let mut lost = 0.0;
        for state in 0_usize..1 << down.len() {
            let is_up = |event: usize| state & (1 << event) != 0;
            let chance: f64 =
                down.iter().enumerate().map(|(n, u)| if is_up(n) { 1.0 - u } else { *u }).product();
            let mut reached = vec![false; ids.len()];
            reached[0] = true;
            for _ in 0..ids.len() {
                for (link, drawn) in site.links.iter().enumerate() {
                    let end = |id: &str| ids.iter().position(|other| other == id).unwrap();
                    let (one, other) = (end(&drawn.from), end(&drawn.to));
                    let trench_up = match trench(link).as_deref() {
                        Some("x") => is_up(parts + site.links.len()),
                        Some("y") => is_up(parts + site.links.len() + 1),
                        _ => true,
                    };
                    let part_up = |part: usize| part == 0 || is_up(part - 1);
                    if is_up(parts + link)
                        && trench_up
                        && part_up(one)
                        && part_up(other)
                        && (reached[one] || reached[other])
                    {
                        (reached[one], reached[other]) = (true, true);
                    }
                }
            }
            lost += if reached[1] { 0.0 } else { chance };
        }
        assert!((found.downtime_hours_per_year / 8760.0 - lost).abs() < 1e-10, "{found:?} {lost}");
        useful += 1;
    }
    assert!(useful > 80, "{useful}");
}

#[test]
fn a_pinned_carrier_that_holds_cable_is_told_and_keeps_its_answer() {
    let mut site = two_routes([None, None]);
    let warned = |site: &Site| carrier_with_cable(site, &Network::new(site));
    let entry = |failures_per_year, repair_hours| crate::site::catalogue::ReliabilityEntry {
        kind: "carrier".to_owned(),
        failures_per_year,
        repair_hours,
        source: "test".to_owned(),
    };
    assert_eq!(warned(&site), None);
    site.catalogue.reliability = vec![entry(0.135, 6.0)];
    assert_eq!(warned(&site), None, "every carrier drawn has data of its own");
    for id in ["east", "west"] {
        let carrier = site.component_mut(id).unwrap();
        (carrier.failures_per_year, carrier.repair_hours) = (None, None);
    }
    let problem = warned(&site).unwrap();
    assert_eq!((problem.code, problem.severity), ("carrier-counts-cable", Severity::Warning));
    let old = to_dallas(&site).unwrap().unwrap();
    site.catalogue.reliability = vec![entry(0.2, 4.0)];
    assert_eq!(warned(&site), None);
    assert_ne!(to_dallas(&site).unwrap().unwrap().availability, old.availability);
    // Both routes are cut at once in the trench they share.
    let shared = to_dallas(&two_routes([Some("gate"), Some("gate")])).unwrap().unwrap();
    assert_eq!(shared.shared_trenches(), ["gate"]);
    assert!(shared.words(&site).contains("trench gate"), "{}", shared.words(&site));
}
