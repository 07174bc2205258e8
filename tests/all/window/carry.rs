//! New parts while the plan or the map of fibre is shown: dragged out of the list, put in by keys, pasted, inserted. Each
//! stands where one looks, has a place on the one-line, and is one step.

use egui::{Modifiers, Pos2, pos2};
use wattshift::app::canvas::layout::Layout;
use wattshift::app::ground::Spot;
use wattshift::app::pages::Drawn;
use wattshift::app::state::SiteView;
use wattshift::draft::footprint;
use wattshift::site::edit::Edit;
use wattshift::site::ground::{Ground, from_site, place};
use wattshift::site::{Component, Kind, Point};

use super::assumptions::undo_label;
use super::drawing::{drag, select, site};
use super::editing::{key, said, typed};
use super::*;

/// A ground on which parts stand, with the middle of the window free.
fn shown(view: SiteView) -> Harness<'static, App> {
    let mut site = fixture::site();
    for (id, x, y) in [("H2", 0.0, 0.0), ("T2", 0.0, -160.0), ("UPS-A", -70.0, -60.0), ("UPS-B", 70.0, -60.0)]
    {
        site.component_mut(id).unwrap().at_plan = Some(Point { x, y });
    }
    for (id, x, y) in [("C1", 60.0, -20.0), ("C2", -40.0, 50.0)] {
        site.component_mut(id).unwrap().at_map = Some(Point { x, y });
    }
    let mut harness = harness(App::for_test(site, services()));
    look_at(&mut harness, view);
    harness
}

fn look_at(harness: &mut Harness<'_, App>, view: SiteView) {
    harness.state_mut().send(Action::Do(Command::ShowSite));
    harness.state_mut().send(Action::Do(Command::View(view)));
    harness.run_steps(4);
}

fn at(harness: &Harness<'_, App>, id: &str, ground: Ground) -> Option<Point> {
    let site = site(harness);
    place(&site, site.component(id).unwrap(), ground)
}

fn on_screen(harness: &Harness<'_, App>, at: Point, ground: Ground) -> Pos2 {
    harness.state().view().grounds.to_screen(ground) * pos2(at.x as f32, at.y as f32)
}

fn newest(harness: &Harness<'_, App>) -> Component {
    site(harness).components.last().unwrap().clone()
}

fn line_of(harness: &Harness<'_, App>, name: &str) -> Pos2 {
    harness.get_by_label(&format!("Keep {name} on top")).rect().right_center() + egui::vec2(60.0, 0.0)
}

/// Takes hold of a part in the list, searched for, and brings it to a place without letting go.
fn bring(harness: &mut Harness<'_, App>, search: &str, name: &str, to: Pos2) {
    key(harness, Modifiers::NONE, Key::A);
    typed(harness, search);
    let from = line_of(harness, name);
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.run();
    harness.hover_at(to);
    harness.run();
}

fn drag_out(harness: &mut Harness<'_, App>, name: &str, to: Pos2) {
    key(harness, Modifiers::NONE, Key::A);
    typed(harness, name);
    let from = line_of(harness, name);
    drag(harness, from, to);
}

/// Middle of a part on the one-line.
fn drawn_at(site: &Site, id: &str) -> egui::Rect {
    let index = site.components.iter().position(|part| part.id == id).unwrap();
    Layout::new(site).nodes[index]
}

fn lies_free(site: &Site, id: &str) -> bool {
    let own = drawn_at(site, id);
    let nodes = Layout::new(site).nodes;
    let others = site.components.iter().zip(nodes).filter(|(part, _)| part.id != id);
    others.into_iter().all(|(_, node)| !node.intersects(own.shrink(1.0)))
}

#[test]
fn a_part_is_dragged_onto_the_plan_at_its_metres_and_stands_near_its_kin_on_the_one_line() {
    let mut harness = shown(SiteView::Plan);
    let before = site(&harness);
    // Beside the plan nothing is put in, and with Escape neither.
    drag_out(&mut harness, "Stand-by gensets", pos2(4.0, 4.0));
    assert_eq!(site(&harness), before);
    let target = Point { x: -30.0, y: 40.0 };
    let to = on_screen(&harness, target, Ground::Plan);
    bring(&mut harness, "gensets", "Stand-by gensets", to);
    key(&mut harness, Modifiers::NONE, Key::Escape);
    harness.drop_at(to);
    harness.run();
    assert_eq!(site(&harness), before);

    drag_out(&mut harness, "Stand-by gensets", to + egui::vec2(1.0, -1.0));
    let added = newest(&harness);
    assert_eq!(added.at_plan, Some(target), "snapped to the nearest metre");
    assert_eq!(undo_label(&harness), Some(format!("Add {} {}", added.kind.label(), added.tag)));
    assert_eq!(harness.state().view().selection, Some(Object::Component(added.id.clone())));
    // A genset feeds the UPS that stands nearest on the plan: it is drawn above that, on nothing.
    let after = site(&harness);
    let (own, kin) = (drawn_at(&after, &added.id).center(), drawn_at(&after, "UPS-A").center());
    let hall = drawn_at(&after, "H2").center();
    assert!((own - kin).length().min((own - hall).length()) < 260.0, "{own:?} {kin:?} {hall:?}");
    assert!(lies_free(&after, &added.id));
    // What is written is read back, and one undo takes all of it.
    let text = wattshift::file::write_text(&after);
    assert!(wattshift::file::read_text(&text).0.unwrap().components == after.components);
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(site(&harness) == before);
}

#[test]
fn the_ghost_of_a_part_is_its_ground_true_to_scale() {
    let mut harness = shown(SiteView::Plan);
    let scale = harness.state().view().grounds.to_screen(Ground::Plan).scaling;
    let part = wattshift::file::typical_parts().component("transformer").unwrap();
    let (width, depth) = footprint(part);
    assert_eq!((width, depth), (14.0, 12.0));
    let to = on_screen(&harness, Point { x: 40.0, y: 60.0 }, Ground::Plan);
    bring(&mut harness, "main transformer", "Main transformer", to);
    // The dashes of the frame end at the corners of its ground.
    let wanted = egui::Rect::from_center_size(to, vec2(width as f32, depth as f32) * scale);
    let corners = |shapes: &[egui::epaint::ClippedShape]| {
        let mut bounds = egui::Rect::NOTHING;
        for shape in shapes {
            if let egui::Shape::LineSegment { points, .. } = &shape.shape
                && points.iter().all(|point| wanted.expand(6.0).contains(*point))
            {
                bounds = bounds.union(egui::Rect::from_points(points));
            }
        }
        bounds
    };
    let found = corners(&harness.output().shapes);
    assert!((found.min - wanted.min).length() < scale + 6.0, "{found:?} {wanted:?}");
    assert!((found.max - wanted.max).length() < scale + 6.0, "{found:?} {wanted:?}");
    for &(size, dark, frame) in picture_frames() {
        for (view, name, part) in [
            (SiteView::Plan, "plan", "Stand-by gensets"),
            (SiteView::Map, "map", "Carrier"),
            (SiteView::Map, "not-on-the-map", "Main transformer"),
        ] {
            let template = wattshift::file::read_text(wattshift::file::templates()[0].text).0.unwrap();
            let mut harness = harness_of(size, dark, App::for_test(template, services()));
            look_at(&mut harness, view);
            let all =
                if view == SiteView::Plan { "Place all by the one-line" } else { "Place all on their way" };
            harness.get_by_label(all).click();
            harness.run();
            harness.state_mut().send(Action::Do(Command::Fit));
            harness.run();
            key(&mut harness, Modifiers::NONE, Key::A);
            typed(&mut harness, part);
            let from = line_of(&harness, part);
            harness.hover_at(from);
            harness.run();
            harness.drag_at(from);
            harness.run();
            harness.hover_at((size * vec2(0.32, 0.55)).to_pos2());
            harness.run();
            picture_of(&mut harness, &format!("carry-{name}-{frame}"));
        }
    }
}

#[test]
fn on_the_map_a_carrier_stands_at_its_kilometres_a_metro_by_degrees_and_power_goes_to_the_one_line() {
    let mut harness = shown(SiteView::Map);
    let before = site(&harness);
    let target = Point { x: 120.0, y: -90.0 };
    let to = on_screen(&harness, target, Ground::Map);
    drag_out(&mut harness, "Carrier", to);
    let added = newest(&harness);
    let near = |at: Point| (at.x - target.x).hypot(at.y - target.y) < 1.0;
    assert!(added.at_map.is_some_and(near), "{:?}", added.at_map);
    assert!(lies_free(&site(&harness), &added.id));
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(site(&harness) == before);

    let to = on_screen(&harness, target, Ground::Map);
    drag_out(&mut harness, "Metro", to);
    let added = newest(&harness);
    let Kind::Metro(metro) = &added.kind else { panic!("{added:?}") };
    assert!(added.at_map.is_none() && near(from_site(&before, metro.latitude, metro.longitude)), "{metro:?}");
    let origins = site(&harness).provenance;
    let origin = origins.iter().find(|origin| origin.at.to_string().contains(&added.id)).unwrap();
    assert!(!origin.source.contains("Dallas"), "{origin:?}");
    key(&mut harness, Modifiers::COMMAND, Key::Z);

    let to = on_screen(&harness, target, Ground::Map);
    drag_out(&mut harness, "Main transformer", to);
    let added = newest(&harness);
    assert!(matches!(added.kind, Kind::Transformer(_)) && added.at_map.is_none() && added.at_plan.is_none());
    assert!(said(&harness).contains("is on the one-line: the map shows fibre alone"), "{}", said(&harness));
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(site(&harness) == before);
}

#[test]
fn keys_put_parts_where_one_looks_and_beside_what_they_are_joined_to() {
    let mut harness = shown(SiteView::Plan);
    let before = site(&harness);
    // A: under the pointer.
    let target = Point { x: 50.0, y: -110.0 };
    let to = on_screen(&harness, target, Ground::Plan);
    harness.hover_at(to);
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::A);
    typed(&mut harness, "cdu");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let added = newest(&harness);
    let found = added.at_plan.unwrap();
    assert!((found.x - target.x).hypot(found.y - target.y) < 1.5, "{found:?}");
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    // On what stands there it goes beside it.
    let to = on_screen(&harness, Point { x: 0.0, y: -160.0 }, Ground::Plan);
    harness.hover_at(to);
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::A);
    typed(&mut harness, "cdu");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let found = newest(&harness).at_plan.unwrap();
    let away = (found.x).hypot(found.y + 160.0);
    assert!(away > 5.0 && away < 30.0, "{found:?}");
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    // N: beside the selected one.
    select(&mut harness, "T2");
    key(&mut harness, Modifiers::NONE, Key::N);
    typed(&mut harness, "switchgear");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let added = newest(&harness);
    let (stands, own) = (site(&harness).component("T2").unwrap().clone(), added.at_plan.unwrap());
    let gap = own.x - (footprint(&stands).0 + footprint(&added).0) / 2.0;
    assert!((1.0..4.0).contains(&gap) && (own.y + 160.0).abs() < 1.0, "{own:?}");
    assert_eq!(undo_label(&harness), Some(format!("Add {} to T2", added.tag)));
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(site(&harness) == before);
    // A on a link: between its ends.
    let link = before.links.iter().find(|link| link.from == "UPS-A" && link.to == "H2").unwrap();
    harness.state_mut().send(Action::Select(Some(Object::Link(link.id.clone()))));
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::A);
    typed(&mut harness, "switchgear");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(newest(&harness).at_plan, Some(Point { x: -35.0, y: -30.0 }));
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(site(&harness) == before);
    // Shift+A: what takes the place of another stands where that stood, and what the plan does not show is said.
    select(&mut harness, "UPS-B");
    key(&mut harness, Modifiers::SHIFT, Key::A);
    typed(&mut harness, "battery");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    if harness.query_by_label("Replace").is_some() {
        harness.get_by_label("Replace").click();
        harness.run();
    }
    assert_eq!(at(&harness, "UPS-B", Ground::Plan), Some(Point { x: 70.0, y: -60.0 }));
    key(&mut harness, Modifiers::SHIFT, Key::A);
    typed(&mut harness, "metro");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label("Replace").click();
    harness.run();
    assert!(said(&harness).contains("the plan does not show metros"), "{}", said(&harness));
}

#[test]
fn copies_stand_beside_what_they_are_copied_from_or_wait_and_say_so() {
    let mut harness = shown(SiteView::Plan);
    let before = site(&harness);
    harness.state_mut().send(Action::SelectParts(vec!["UPS-A".into(), "UPS-B".into()]));
    harness.run();
    key(&mut harness, Modifiers::COMMAND, Key::D);
    let after = site(&harness);
    let copies = &after.components[before.components.len()..];
    let places: Vec<Point> = copies.iter().map(|part| part.at_plan.unwrap()).collect();
    assert_eq!(
        (places[1].x - places[0].x, places[1].y - places[0].y),
        (140.0, 0.0),
        "as they stood to each other"
    );
    assert!(copies.iter().all(|part| lies_free(&after, &part.id)));
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(site(&harness) == before, "one step");
    // Parts of another document, where one looks.
    let text = wattshift::file::write_text(wattshift::file::typical_parts());
    let target = Point { x: 60.0, y: -110.0 };
    harness.hover_at(on_screen(&harness, target, Ground::Plan));
    harness.run();
    let other = wattshift::site::drawing::Sketch::of(
        &wattshift::file::read_text(&text).0.unwrap(),
        &["genset".to_owned(), "ats".to_owned(), "metro".to_owned()].into(),
    );
    let text = wattshift::file::write_text(&other.into_site("Parts"));
    harness.state_mut().send(Action::Paste(text));
    harness.run();
    let after = site(&harness);
    let pasted = &after.components[before.components.len()..];
    assert_eq!(pasted.len(), 3);
    let placed: Vec<Point> = pasted.iter().filter_map(|part| part.at_plan).collect();
    assert_eq!(placed.len(), 2, "a metro is not on the plan");
    assert!(said(&harness).contains("the plan does not show metros"), "{}", said(&harness));
    let middle = (placed[0].x + placed[1].x) / 2.0;
    assert!((middle - target.x).abs() < 30.0, "{placed:?}");
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    // A copy of what waits in the tray waits beside it.
    select(&mut harness, "T1");
    key(&mut harness, Modifiers::COMMAND, Key::D);
    assert_eq!(newest(&harness).at_plan, None);
    assert!(said(&harness).contains("waits in the list at the right"), "{}", said(&harness));
    harness.get_by_label_contains(&format!("{} Transformer", newest(&harness).tag));
}

#[test]
fn a_blueprint_is_put_where_one_looks_and_a_chain_by_its_hall() {
    let mut harness = shown(SiteView::Plan);
    let before = site(&harness);
    let target = Point { x: 60.0, y: -110.0 };
    harness.hover_at(on_screen(&harness, target, Ground::Plan));
    harness.run();
    harness.state_mut().send(Action::Do(Command::Draw(Drawn::Blueprint)));
    harness.run_steps(4);
    harness.get_by_label("Put it in").click();
    harness.run_steps(4);
    let after = site(&harness);
    let new = &after.components[before.components.len()..];
    assert!(new.len() > 3 && new.iter().all(|part| part.at_plan.is_some() == Ground::Plan.shows(part)));
    let mean = |of: fn(&Point) -> f64| {
        let places: Vec<f64> = new.iter().filter_map(|part| part.at_plan.as_ref().map(of)).collect();
        (places.iter().copied().fold(f64::MIN, f64::max) + places.iter().copied().fold(f64::MAX, f64::min))
            / 2.0
    };
    assert!((mean(|at| at.x) - target.x).abs() < 90.0 && (mean(|at| at.y) - target.y).abs() < 90.0);
    assert!(undo_label(&harness).unwrap().starts_with("Insert "), "{:?}", undo_label(&harness));
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(site(&harness) == before, "one step");
    select(&mut harness, "H3");
    harness.state_mut().send(Action::Do(Command::Draw(Drawn::Convertible)));
    harness.run_steps(4);
    harness.get_by_label("Draw it").click();
    harness.run_steps(4);
    let after = site(&harness);
    let chain = &after.components[before.components.len()..];
    assert!(chain.len() > 3 && chain.iter().all(|part| part.at_plan.is_some()));
    assert!(!said(&harness).contains("wait in the list"), "{}", said(&harness));
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(site(&harness) == before, "one step");
    // While nothing stands on the plan, the chain waits with the rest.
    harness.state_mut().view_mut().toasts.clear();
    let shown = before.components.iter().filter(|part| Ground::Plan.shows(part));
    let everything = shown.map(|part| (part.id.clone(), None)).collect();
    harness.state_mut().send(Action::Edit(Edit::Ground { ground: Ground::Plan, places: everything }));
    select(&mut harness, "H3");
    harness.state_mut().send(Action::Do(Command::Draw(Drawn::Convertible)));
    harness.run_steps(4);
    harness.get_by_label("Draw it").click();
    harness.run_steps(4);
    assert!(said(&harness).contains("parts wait in the list at the right"), "{}", said(&harness));
}

#[test]
fn what_cannot_be_put_on_a_ground_leaves_all_as_it_is() {
    for (view, ground) in [(SiteView::Plan, Ground::Plan), (SiteView::Map, Ground::Map)] {
        let mut harness = shown(view);
        let before = site(&harness);
        for (x, y) in [(f32::NAN, 0.0), (f32::INFINITY, 1.0), (3e8, -3e8)] {
            for part in ["carrier", "metro", "ups", "ups@9e9", "no-such-part", ""] {
                let spot = Spot { ground, at: pos2(x, y), exact: true };
                harness.state_mut().send(Action::PlaceOn { part: part.to_owned(), spot });
                harness.run();
                let found = site(&harness);
                let placed = |part: &Component| part.at_plan.or(part.at_map);
                for part in &found.components[before.components.len()..] {
                    assert!(placed(part).is_none_or(|at| at.x.is_finite() && at.y.is_finite()));
                }
                while site(&harness) != before {
                    key(&mut harness, Modifiers::COMMAND, Key::Z);
                }
            }
        }
        // A part that is held while the view changes is let go there; where no view takes it, it is gone.
        let name = &wattshift::file::typical_parts().component("carrier").unwrap().name.clone();
        for (to, taken) in [(SiteView::Map, true), (SiteView::Table, false)] {
            look_at(&mut harness, view);
            let left = harness.state().view().overlay.is_none();
            assert!(left);
            key(&mut harness, Modifiers::NONE, Key::A);
            typed(&mut harness, name);
            let from = line_of(&harness, name);
            harness.hover_at(from);
            harness.run();
            harness.drag_at(from);
            harness.run();
            harness.hover_at(pos2(500.0, 400.0));
            harness.run();
            harness.state_mut().send(Action::Do(Command::View(to)));
            harness.run_steps(3);
            harness.hover_at(pos2(510.0, 410.0));
            harness.run();
            harness.drop_at(pos2(510.0, 410.0));
            harness.run();
            look_at(&mut harness, SiteView::OneLine);
            assert_eq!(site(&harness) != before, taken, "{to:?}");
            while site(&harness) != before {
                key(&mut harness, Modifiers::COMMAND, Key::Z);
            }
        }
    }
    // The first part of all.
    let mut harness = harness(App::for_test(Site::empty("Blank"), services()));
    look_at(&mut harness, SiteView::Plan);
    key(&mut harness, Modifiers::NONE, Key::A);
    typed(&mut harness, "main trans");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(newest(&harness).at_plan, Some(Point { x: 0.0, y: 0.0 }));
}
