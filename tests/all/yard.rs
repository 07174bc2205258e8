//! Places that the program gives parts on the plan: on ground of their own, by those that stand.

use wattshift::draft::{Conversion, Numbers, drawn, footprint, on_the_plan};
use wattshift::file;
use wattshift::site::edit::apply;
use wattshift::site::ground::Ground;
use wattshift::site::{Component, Kind, Point, Site};

use super::draft::stock;

fn templates() -> impl Iterator<Item = Site> {
    file::templates().iter().map(|template| file::read_text(template.text).0.expect("templates are read"))
}

fn bare(mut site: Site) -> Site {
    for part in &mut site.components {
        part.at_plan = None;
    }
    site
}

fn placed(mut site: Site) -> Site {
    for (id, at) in on_the_plan(&site) {
        site.component_mut(&id).expect("a part of the site").at_plan = Some(at);
    }
    site
}

fn overlaps(site: &Site) -> Vec<(&str, &str)> {
    let plots: Vec<(&Component, Point)> =
        site.components.iter().filter_map(|part| Some((part, part.at_plan?))).collect();
    let pairs = plots
        .iter()
        .enumerate()
        .flat_map(|(index, one)| plots[..index].iter().map(move |other| (one, other)));
    let overlap = |one: &(&Component, Point), other: &(&Component, Point)| {
        let ((a, b), (c, d)) = (footprint(one.0), footprint(other.0));
        (one.1.x - other.1.x).abs() < (a + c) / 2.0 && (one.1.y - other.1.y).abs() < (b + d) / 2.0
    };
    let lying = pairs.filter(|(one, other)| overlap(one, other));
    lying.map(|(one, other)| (one.0.id.as_str(), other.0.id.as_str())).collect()
}

#[test]
fn every_part_of_a_template_has_ground_of_its_own() {
    for site in templates() {
        let site = placed(bare(site));
        let shown = site.components.iter().filter(|part| Ground::Plan.shows(part));
        assert!(shown.clone().all(|part| part.at_plan.is_some()));
        assert_eq!(overlaps(&site), [] as [(&str, &str); 0], "{}", site.name);
    }
}

#[test]
fn templates_stand_on_the_plan_and_on_the_map() {
    for site in templates() {
        for part in &site.components {
            let is_outside = matches!(part.kind, Kind::Carrier);
            assert!(part.at_plan.is_some() || !Ground::Plan.shows(part), "{}: {}", site.name, part.id);
            assert!(part.at_map.is_some() || !is_outside, "{}: {}", site.name, part.id);
        }
        assert_eq!(overlaps(&site), [] as [(&str, &str); 0], "{}", site.name);
    }
}

#[test]
fn parts_that_stand_keep_their_place_and_others_stand_by_them() {
    let mut site = bare(templates().next().expect("a template"));
    let hall = site.halls().next().map(|(hall, _)| hall.id.clone()).expect("a hall");
    let far = Point { x: 5_000.0, y: -3_000.0 };
    site.component_mut(&hall).expect("the hall").at_plan = Some(far);
    let site = placed(site);
    assert_eq!(site.component(&hall).expect("the hall").at_plan, Some(far));
    for part in site.components.iter().filter(|part| Ground::Plan.shows(part)) {
        let at = part.at_plan.expect("a place");
        assert!((at.x - far.x).hypot(at.y - far.y) < 700.0, "{}: {at:?}", part.id);
    }
    assert!(on_the_plan(&site).is_empty(), "nothing is left to place");
}

#[test]
fn parts_on_one_spot_and_halls_larger_than_the_plan_get_places_on_it() {
    let mut site = bare(templates().next().expect("a template"));
    for part in &mut site.components {
        part.at_schematic = Point { x: f64::MAX, y: -f64::MAX };
        if let Kind::Hall(hall) = &mut part.kind {
            hall.area_m2 = 1e300;
        }
    }
    let farthest = Ground::Plan.farthest();
    for (id, at) in on_the_plan(&site) {
        assert!(at.x.abs() <= farthest && at.y.abs() <= farthest, "{id}: {at:?}");
    }
}

#[test]
fn a_chain_that_is_drawn_stands_by_its_hall_where_others_stand() {
    let site = drawn(&Numbers::default(), stock()).0.expect("the usual numbers are drawn");
    let hall = site.halls().next().map(|(hall, _)| hall.clone()).expect("a hall");
    let proposal = Conversion::of(&site, &hall.id).propose(&site, stock()).0.expect("a chain");
    let (after, _) = apply(&site, &proposal.edit).expect("it is put in");
    assert!(after.components.len() > site.components.len() + 5);
    assert_eq!(overlaps(&after), [] as [(&str, &str); 0]);
    let middle = hall.at_plan.expect("a drawn site stands on the plan");
    for part in after.components.iter().filter(|part| site.component(&part.id).is_none()) {
        let at = part.at_plan.expect("a place");
        assert!((at.x - middle.x).hypot(at.y - middle.y) < 250.0, "{}: {at:?}", part.id);
    }
    // Where nothing stands on the plan nothing is put there.
    let bare = bare(site);
    let proposal = Conversion::of(&bare, &hall.id).propose(&bare, stock()).0.expect("a chain");
    let (after, _) = apply(&bare, &proposal.edit).expect("it is put in");
    assert!(after.components.iter().all(|part| part.at_plan.is_none()));
}
