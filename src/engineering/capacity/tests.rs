use super::super::testing::*;
use super::*;
use crate::site::{DatedMw, Kind, Serves};

/// Grid - transformer of 10 MW (1 % lost) - UPS (4 % lost) - hall; a fan wall on the transformer takes 4 % of the
/// heat as power at the design hour.
fn chain() -> Site {
    let mut site = site_of(&[
        ("grid", grid(50.0)),
        ("tr", transformer(10.0, 0.01)),
        ("ups", ups(40.0, 0.04)),
        ("wall", Kind::FanWall(cooling(40.0, 0.02))),
        ("hall", roomy_hall(30.0)),
    ]);
    power(&mut site, "grid", "tr");
    power_for(&mut site, "tr", "ups", Serves::Hosting);
    power_for(&mut site, "ups", "hall", Serves::Hosting);
    power_for(&mut site, "tr", "hall", Serves::Mining);
    power(&mut site, "tr", "wall");
    air(&mut site, "hall", "wall", Serves::Both);
    site
}

fn part<'a>(found: &'a Capacity, site: &Site, id: &str) -> &'a PartLoading {
    found.parts.iter().find(|part| site.components[part.component].id == id).unwrap()
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 3e-6, "{a} is not {b}");
}

/// Power into a part less its loss is the power out of it; a device's power and a hall's heat follow what they do.
fn balances(site: &Site, found: &Capacity) {
    let flow = |link: usize| found.links.iter().find(|(of, _)| *of == link).map_or(0.0, |(_, mw)| *mw);
    let sum = |is_power: bool, end: &dyn Fn(&crate::site::Link) -> bool| -> f64 {
        let links = site.links.iter().enumerate();
        links.filter(|(_, l)| l.medium.is_power() == is_power && end(l)).map(|(index, _)| flow(index)).sum()
    };
    for (node, component) in site.components.iter().enumerate() {
        let id = &component.id;
        let (power_in, power_out) = (sum(true, &|l| l.to == *id), sum(true, &|l| l.from == *id));
        let (heat_in, heat_out) = (sum(false, &|l| l.to == *id), sum(false, &|l| l.from == *id));
        if let Some(hall) = found.halls.iter().find(|hall| hall.component == node) {
            let load = hall.hosting_mw + hall.mining_mw;
            assert!((power_in - load).abs() < 1e-4 && (heat_out - load).abs() < 1e-4, "{id}: {load}");
        } else if component.kind.cooling().is_some() {
            let power = super::super::carry::power_share(component);
            assert!((power_in - heat_in * power).abs() < 1e-6, "{id}");
            assert!(heat_out == 0.0 || (heat_out - heat_in).abs() < 1e-6, "{id}");
        } else if !super::super::supply::is_source(&component.kind) {
            assert!((power_in * (1.0 - component.loss_share()) - power_out).abs() < 1e-6, "{id}");
        }
        if let Some(part) = found.parts.iter().find(|part| part.component == node) {
            assert!(part.used_mw <= part.rating_mw + 2e-6, "{id}: {part:?}");
        }
    }
}

#[test]
fn losses_and_cooling_power_add_up_on_the_transformer() {
    let site = chain();
    let found = capacity(&site);
    assert_eq!(found.report.problems, []);
    let hosting = 10.0 / (1.0 / 0.96 + 0.04);
    near(found.hosting_mw, hosting);
    near(found.halls[0].hosting_alone_mw, hosting);
    near(found.halls[0].mining_alone_mw, 10.0 / 1.04);
    near(found.mining_mw, 0.0);
    near(found.halls[0].stranded_mw, 30.0 - hosting);
    assert_eq!(found.halls[0].stranded_by, ["tr"]);
    let transformer = part(&found, &site, "tr");
    near(transformer.used_mw, 10.0);
    near(transformer.share, 1.0);
    near(part(&found, &site, "grid").used_mw, 10.0 / 0.99);
    near(part(&found, &site, "wall").used_mw, hosting);
    near(part(&found, &site, "ups").stranded_mw, 40.0 - hosting);
    balances(&site, &found);
}

#[test]
fn mining_takes_what_hosting_leaves() {
    let mut site = chain();
    hall_mut(&mut site, "hall").convertible_share = 0.1;
    let found = capacity(&site);
    near(found.hosting_mw, 3.0);
    near(found.mining_mw, (10.0 - 3.0 * (1.0 / 0.96 + 0.04)) / 1.04);
    near(found.halls[0].stranded_mw, 0.0);
    assert!(found.halls[0].stranded_by.is_empty());
    balances(&site, &found);
}

#[test]
fn heat_at_the_design_hour_and_the_firm_contract_limit() {
    let mut site = chain();
    if let Kind::FanWall(cooling) = &mut site.component_mut("wall").unwrap().kind {
        (cooling.heat_mw, cooling.design_hour_share) = (5.0, 0.8);
    }
    let found = capacity(&site);
    near(found.hosting_mw, 4.0);
    assert_eq!(found.halls[0].stranded_by, ["wall"]);
    if let Kind::GridFeed(feed) = &mut site.component_mut("grid").unwrap().kind {
        feed.firm_mw = vec![DatedMw { from: date(2020, 1, 1), mw: 2.0 }];
    }
    let found = capacity(&site);
    near(found.hosting_mw, 2.0 * 0.99 / (1.0 / 0.96 + 0.04));
    assert_eq!(found.halls[0].stranded_by, ["the firm MW of grid"]);
    // The rest of the wall is for mining, on what of the feed is not firm.
    near(found.mining_mw, 4.0 - found.hosting_mw);
}

// microlp cannot finish these degenerate programs: it ends "unbounded", or short of the optimum.
#[cfg(feature = "highs")]
#[test]
fn halls_that_share_a_transformer_get_equal_shares_of_what_they_could_have() {
    let mut site = chain();
    site.components.push(component("small", roomy_hall(4.0)));
    power_for(&mut site, "ups", "small", Serves::Hosting);
    air(&mut site, "small", "wall", Serves::Hosting);
    let found = capacity(&site);
    let all = 10.0 / (1.0 / 0.96 + 0.04);
    near(found.hosting_mw, all);
    // Alone: all, and 4 MW.
    near(found.halls[0].hosting_mw, all * all / (all + 4.0));
    near(found.halls[1].hosting_mw, all * 4.0 / (all + 4.0));
    balances(&site, &found);
}

#[test]
fn parallel_parts_share_by_rating() {
    let mut site = chain();
    site.components.push(component("tr2", transformer(20.0, 0.01)));
    power(&mut site, "grid", "tr2");
    for id in ["ups", "wall"] {
        power(&mut site, "tr2", id);
    }
    hall_mut(&mut site, "hall").critical_mw = 9.0;
    let found = capacity(&site);
    near(found.hosting_mw, 9.0);
    near(part(&found, &site, "tr").share, part(&found, &site, "tr2").share);
    let load = 9.0 * (1.0 / 0.96 + 0.04);
    near(part(&found, &site, "tr").used_mw, load / 3.0);
    // Without the large one the small one has all of it.
    let small = part(&found, &site, "tr");
    near(small.n_minus_1_margin_mw.unwrap(), 10.0 - load);
    assert_eq!(small.worst_contingency, "loss of tr2");
    near(part(&found, &site, "tr2").n_minus_1_margin_mw.unwrap(), 20.0 - load);
}

// microlp cannot finish these degenerate programs: it ends "unbounded", or short of the optimum.
#[cfg(feature = "highs")]
#[test]
fn flows_balance_and_a_larger_rating_never_carries_less() {
    for number in 0..40 {
        let site = random_site(number);
        let found = capacity(&site);
        assert!(found.report.problems.is_empty(), "{number}: {:?}", found.report.problems);
        balances(&site, &found);
        let alone: f64 = found.halls.iter().map(|hall| hall.hosting_alone_mw).sum();
        assert!(found.hosting_mw <= alone + 1e-5, "{number}");
        let mut larger = site.clone();
        let which = number as usize % larger.components.len();
        larger.components[which].units += 1;
        let more = capacity(&larger);
        assert!(more.hosting_mw >= found.hosting_mw - 1e-5, "{number}: {}", site.components[which].id);
        assert_eq!(capacity(&site), found, "{number}: the same drawing, the same answer");
    }
}

#[test]
fn what_cannot_be_carried_is_said() {
    let codes = |site: &Site| -> Vec<&str> {
        capacity(site).report.problems.iter().map(|problem| problem.code).collect()
    };
    let mut circle = chain();
    power(&mut circle, "ups", "tr");
    assert_eq!(codes(&circle), ["capacity-circle"]);
    assert_eq!(capacity(&circle).report.problems[0].place, "components/tr");
    for broken in [f64::NAN, f64::INFINITY, -1.0] {
        let mut site = chain();
        site.component_mut("tr").unwrap().kind = transformer(broken, 0.01);
        let found = capacity(&site);
        assert_eq!(codes(&site), ["capacity-number"]);
        assert!(found.report.problems[0].message.contains("tr"));
        assert_eq!(found.hosting_mw, 0.0);
        site.component_mut("tr").unwrap().kind = transformer(10.0, broken);
        assert_eq!(codes(&site), ["capacity-number"]);
    }
    for broken in [f64::NAN, f64::INFINITY, -1.0] {
        let mut site = chain();
        site.links[0].rating_mw = Some(broken);
        let found = capacity(&site);
        assert_eq!(codes(&site), ["capacity-number"]);
        let problem = &found.report.problems[0];
        assert!(
            problem.message.contains(&site.links[0].id) && problem.place.starts_with("links/"),
            "{problem:?}"
        );
        assert_eq!(found.hosting_mw, 0.0);
    }
    // Zero is a rating; an island carries nothing; a hall that would feed its own UPS does not.
    let mut site = chain();
    site.component_mut("tr").unwrap().kind = transformer(0.0, 0.01);
    site.components.push(component("island", roomy_hall(4.0)));
    let found = capacity(&site);
    assert_eq!((found.hosting_mw, found.mining_mw), (0.0, 0.0));
    assert_eq!(found.halls[1].stranded_mw, 4.0);
    assert!(found.halls[1].stranded_by[0].contains("island"));
    let mut own = chain();
    power(&mut own, "hall", "ups");
    assert_eq!(codes(&own), ["capacity-circle"]);
    assert_eq!(codes(&site_of(&[])), [""; 0]);
}

#[test]
fn a_drawing_of_thousands_of_parts_is_refused_at_once_or_carried() {
    let mut site = chain();
    for number in 0..5_000 {
        let id = format!("s{number}");
        site.components.push(component(&id, switchgear(1.0)));
        power(&mut site, "grid", &id);
        power(&mut site, &id, "ups");
    }
    let found = capacity(&site);
    assert_eq!(found.report.problems[0].code, "capacity-too-large");
    assert_eq!(found.hosting_mw, 0.0);
}
