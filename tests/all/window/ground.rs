//! The plan in metres and the map of fibre in kilometres: parts are put there, moved and taken off, the selection is that
//! of the one-line.

use egui::{Event, Modifiers, Pos2};
use wattshift::app::state::SiteView;
use wattshift::site::ground::{Ground, place};
use wattshift::site::{Point, edit::Edit};

use super::assumptions::undo_label;
use super::*;

fn site(harness: &Harness<'_, App>) -> Site {
    Site::clone(harness.state().document().unwrap().site())
}

fn at(harness: &Harness<'_, App>, id: &str, ground: Ground) -> Option<Point> {
    let site = site(harness);
    place(&site, site.component(id).unwrap(), ground)
}

fn on_screen(harness: &Harness<'_, App>, id: &str, ground: Ground) -> Pos2 {
    let at = at(harness, id, ground).unwrap();
    harness.state().view().grounds.to_screen(ground) * egui::pos2(at.x as f32, at.y as f32)
}

fn drag(harness: &mut Harness<'_, App>, from: Pos2, to: Pos2) {
    for step in [from, from + (to - from) * 0.5, to] {
        harness.hover_at(step);
        harness.run();
        if step == from {
            harness.drag_at(from);
            harness.run();
        }
    }
    harness.drop_at(to);
    harness.run();
}

fn shown(view: SiteView, site: Site) -> Harness<'static, App> {
    let mut harness = harness(App::for_test(site, services()));
    harness.state_mut().send(Action::Do(Command::ShowSite));
    harness.state_mut().send(Action::Do(Command::View(view)));
    harness.run_steps(4);
    harness
}

#[test]
fn parts_are_dragged_from_the_tray_moved_and_put_back() {
    let mut harness = shown(SiteView::Plan, fixture::site());
    assert_eq!(at(&harness, "H1", Ground::Plan), None);
    let from = harness.get_by_label_contains("H1 Hall").rect().center();
    drag(&mut harness, from, egui::pos2(420.0, 420.0));
    assert!(undo_label(&harness).unwrap().starts_with("Put H1 on the plan"), "{:?}", undo_label(&harness));
    let first = on_screen(&harness, "H1", Ground::Plan);
    drag(&mut harness, first, first + egui::vec2(60.0, -40.0));
    let second = on_screen(&harness, "H1", Ground::Plan);
    assert!((second - first - egui::vec2(60.0, -40.0)).length() < 25.0, "{first:?} {second:?}");
    // Escape leaves it; undo takes each step back.
    harness.hover_at(second);
    harness.drag_at(second);
    harness.run();
    harness.hover_at(second + egui::vec2(90.0, 0.0));
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    harness.drop_at(second + egui::vec2(90.0, 0.0));
    harness.run();
    assert!((on_screen(&harness, "H1", Ground::Plan) - second).length() < 1.0);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert!((on_screen(&harness, "H1", Ground::Plan) - first).length() < 1.0);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(at(&harness, "H1", Ground::Plan), None);
    assert_eq!(site(&harness), fixture::site());
}

#[test]
fn all_parts_are_placed_by_the_one_line_and_keys_move_them() {
    let mut harness = shown(SiteView::Plan, fixture::site());
    harness.get_by_label("Place all by the one-line").click();
    harness.run();
    let placed = site(&harness);
    let shown_there = placed.components.iter().filter(|part| Ground::Plan.shows(part));
    assert!(shown_there.clone().count() > 5 && shown_there.clone().all(|part| part.at_plan.is_some()));
    assert!(harness.query_by_label("Place all by the one-line").is_none(), "the tray is empty");
    // The selection is shared: chosen on the plan, chosen on the one-line.
    harness.get_by_label("T2 on the plan").click();
    harness.run();
    assert_eq!(harness.state().view().selection, Some(Object::Component("T2".to_owned())));
    let before = at(&harness, "T2", Ground::Plan).unwrap();
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    harness.run();
    assert_eq!(at(&harness, "T2", Ground::Plan), Some(Point { x: before.x + 1.0, y: before.y }));
    // Several chosen go together.
    let other = at(&harness, "H1", Ground::Plan).unwrap();
    harness.state_mut().send(Action::SelectParts(vec!["T2".to_owned(), "H1".to_owned()]));
    harness.run();
    let from = on_screen(&harness, "T2", Ground::Plan);
    drag(&mut harness, from, from + egui::vec2(-80.0, 0.0));
    let by = at(&harness, "T2", Ground::Plan).unwrap().x - before.x - 1.0;
    assert!(by < -5.0, "{by}");
    assert_eq!(at(&harness, "H1", Ground::Plan), Some(Point { x: other.x + by, y: other.y }));
    assert_eq!(undo_label(&harness), Some("Put 2 parts on the plan".to_owned()));
    harness.get_by_label("T2 on the plan").click();
    harness.run();
    let drawn = site(&harness).component("T2").unwrap().at_schematic;
    assert_eq!(drawn, placed.component("T2").unwrap().at_schematic, "the one-line is as it was");
    harness.key_press_modifiers(Modifiers::ALT, Key::Num1);
    harness.run();
    assert_eq!(harness.state().view().site, SiteView::OneLine);
    assert_eq!(harness.state().view().selection, Some(Object::Component("T2".to_owned())));
}

#[test]
fn metros_lie_where_they_are_and_a_carrier_where_it_is_put() {
    let template = wattshift::file::read_text(wattshift::file::templates()[0].text).0.unwrap();
    let mut harness = shown(SiteView::Map, template);
    // Dallas by great circle from 31.42, -103.49, km: east and a little north.
    let dallas = at(&harness, "dallas", Ground::Map).unwrap();
    assert!(
        (dallas.x.hypot(dallas.y) / 648.0 - 1.0).abs() < 0.02 && dallas.x > 0.0 && dallas.y < 0.0,
        "{dallas:?}"
    );
    assert!(harness.query_by_label("DAL on the map").is_some());
    harness.state_mut().send(Action::Select(Some(Object::Component("carrier-1".to_owned()))));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.run();
    assert!(at(&harness, "carrier-1", Ground::Map).is_some(), "the keyboard puts it in the middle");
    assert_eq!(undo_label(&harness), Some("Put CAR 1 on the map".to_owned()));
    let text = wattshift::file::write_text(&site(&harness));
    assert!(text.contains("at_map"));
    assert_eq!(wattshift::file::read_text(&text).0.as_ref(), Some(&site(&harness)));
}

#[test]
fn a_ground_of_a_pixel_of_nothing_or_far_away_stands() {
    for view in [SiteView::Plan, SiteView::Map] {
        let mut harness = shown(view, Site::empty("nothing"));
        harness.run();
        for size in [vec2(1.0, 1.0), vec2(90.0, 70.0), vec2(3000.0, 2000.0)] {
            harness.set_size(size);
            harness.run();
        }
        let mut site = fixture::site();
        for (index, part) in site.components.iter_mut().enumerate() {
            part.at_plan = Some(Point { x: if index == 0 { -1e6 } else { 1e6 }, y: 0.0 });
        }
        site.components[1].units = u32::MAX;
        let mut harness = shown(view, site);
        for _ in 0..60 {
            harness.state_mut().send(Action::Do(Command::ZoomIn));
            harness.run();
        }
        harness.event(Event::PointerMoved(egui::pos2(500.0, 400.0)));
        harness.run();
        let nowhere = Edit::Ground {
            ground: Ground::Plan,
            places: vec![("H1".into(), Some(Point { x: f64::NAN, y: 0.0 }))],
        };
        harness.state_mut().send(Action::Edit(nowhere));
        harness.run();
        assert!(harness.state().view().toasts.last().unwrap().text.contains("H1 cannot stand there"));
    }
}

/// Writes pictures of both grounds into the folder of `WATTSHIFT_PICTURES`.
#[test]
fn pictures_of_the_grounds() {
    if std::env::var_os("WATTSHIFT_PICTURES").is_none() {
        return;
    }
    let site = wattshift::file::read_text(wattshift::file::templates()[0].text).0.unwrap();
    for &(size, dark, frame) in picture_frames() {
        let mut harness = harness_of(size, dark, App::for_test(site.clone(), services()));
        harness.state_mut().send(Action::Do(Command::ShowSite));
        for (view, name) in [(SiteView::Plan, "plan"), (SiteView::Map, "map")] {
            harness.state_mut().send(Action::Do(Command::View(view)));
            harness.run_steps(4);
            picture_of(&mut harness, &format!("ground-{name}-tray-{frame}"));
            let all = if name == "plan" { "Place all by the one-line" } else { "Place all on their way" };
            harness.get_by_label(all).click();
            harness.run();
            let chosen = if name == "plan" { ["hall-1", "hall-2"] } else { ["carrier-1", "dallas"] };
            harness.state_mut().send(Action::SelectParts(chosen.map(str::to_owned).to_vec()));
            harness.state_mut().send(Action::Do(Command::Fit));
            harness.run();
            picture_of(&mut harness, &format!("ground-{name}-{frame}"));
        }
    }
}

/// The colour of a hall a quarter in from its left side, on the plan at a month.
fn hall_on_the_plan(month: f64, hall: &str) -> [u8; 4] {
    let mut app = at_month(month);
    app.send(Action::Do(Command::ShowSite));
    app.send(Action::Do(Command::View(SiteView::Plan)));
    let mut harness = harness(app);
    harness.run_steps(4);
    harness.get_by_label("Place all by the one-line").click();
    harness.run_steps(4);
    harness.key_press(Key::F);
    harness.run_steps(4);
    let part = site(&harness).component(hall).unwrap().clone();
    let (width, depth) = wattshift::draft::footprint(&part);
    let middle = part.at_plan.unwrap();
    let at = egui::pos2((middle.x - width * 0.4) as f32, (middle.y - depth * 0.3) as f32);
    let at = harness.state().view().grounds.to_screen(Ground::Plan) * at;
    harness.render().unwrap().get_pixel(at.x as u32, at.y as u32).0
}

#[test]
fn the_plan_shows_what_a_hall_is_used_for_at_the_date() {
    let app = at_month(0.0);
    let plan = app.answer().plan.as_ref().unwrap();
    let last = plan.periods.last().unwrap().first_month as f64;
    let hosts = plan.halls.iter().find(|hall| hall.fitted_mw.last().is_some_and(|mw| *mw > 0.0));
    let hall = &hosts.expect("the fixture is converted").id;
    let (today, then) = (hall_on_the_plan(0.0, hall), hall_on_the_plan(last, hall));
    assert_ne!(today, then, "a hall that mines and one that hosts have other colours");
    assert_eq!(hall_on_the_plan(0.0, hall), today);
}
