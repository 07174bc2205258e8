//! The drawing changed in a window: parts put in, moved, joined, copied and taken out, each one step to undo.

use egui::{Event, Modifiers, Pos2, Vec2, pos2};
use wattshift::app::canvas::layout::Layout;
use wattshift::app::state::{Listed, Overlay};
use wattshift::site::Medium;
use wattshift::site::drawing::Stroke;

use super::assumptions::undo_label;
use super::*;

pub fn site(harness: &Harness<'_, App>) -> Site {
    Site::clone(harness.state().document().unwrap().site())
}

pub fn parts(harness: &Harness<'_, App>) -> Vec<String> {
    site(harness).components.into_iter().map(|part| part.tag).collect()
}

/// Where a part is on the screen.
pub fn on_screen(harness: &Harness<'_, App>, id: &str) -> egui::Rect {
    let site = site(harness);
    let index = site.components.iter().position(|part| part.id == id).unwrap();
    harness.state().view().camera.to_screen * Layout::new(&site).nodes[index]
}

pub fn select(harness: &mut Harness<'_, App>, id: &str) {
    harness.state_mut().send(Action::Select(Some(Object::Component(id.to_owned()))));
    harness.run();
}

pub fn drag(harness: &mut Harness<'_, App>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.run();
    harness.hover_at(from + (to - from) * 0.5);
    harness.run();
    harness.hover_at(to);
    harness.run();
    harness.drop_at(to);
    harness.run();
}

pub fn drawn() -> Harness<'static, App> {
    let mut harness = harness(solved_app());
    harness.state_mut().send(Action::Do(Command::ShowSite));
    harness.run();
    harness
}

#[test]
fn a_part_is_put_in_from_the_list_where_the_pointer_is() {
    let mut harness = drawn();
    let before = parts(&harness);
    harness.key_press(Key::A);
    harness.run();
    assert!(matches!(
        harness.state().view().overlay,
        Some(Overlay::Palette { of: Listed::Parts { .. }, .. })
    ));
    harness.event(Event::Text("main trans".to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let after = parts(&harness);
    assert_eq!(after.len(), before.len() + 1);
    let tag = after.last().unwrap().clone();
    assert!(!before.contains(&tag), "{tag} is taken");
    assert_eq!(undo_label(&harness), Some(format!("Add Transformer {tag}")));
    assert!(matches!(&harness.state().view().selection, Some(Object::Component(_))));
    // What it is worth comes with where it comes from.
    let site = site(&harness);
    let id = &site.components.last().unwrap().id;
    assert!(
        site.provenance.iter().any(|origin| origin.at.to_string().starts_with(&format!("components/{id}.")))
    );
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(parts(&harness), before);
}

/// Where a line of the list of parts is, by the star before it.
fn line_of(harness: &Harness<'_, App>, name: &str) -> Pos2 {
    harness.get_by_label(&format!("Keep {name} on top")).rect().right_center() + egui::vec2(60.0, 0.0)
}

fn drag_out(harness: &mut Harness<'_, App>, name: &str, to: Pos2) {
    harness.key_press(Key::A);
    harness.run();
    let from = line_of(harness, name);
    // The list stands still from its first moment.
    harness.run_steps(4);
    assert_eq!(line_of(harness, name), from);
    drag(harness, from, to);
}

#[test]
fn a_part_is_dragged_from_the_list_to_its_place_or_into_a_wire() {
    let name = &wattshift::file::typical_parts().component("switchgear").unwrap().name;
    let mut harness = drawn();
    let before = parts(&harness);
    // Beside the drawing nothing is put in.
    drag_out(&mut harness, name, pos2(4.0, 4.0));
    assert!(harness.state().view().overlay.is_none());
    assert_eq!(parts(&harness), before);
    // Room between the rows of the template, beside the first transformer.
    let free = on_screen(&harness, "T1").left_center() - egui::vec2(110.0, 0.0);
    drag_out(&mut harness, name, free);
    assert_eq!(parts(&harness).len(), before.len() + 1);
    let added = site(&harness).components.last().unwrap().id.clone();
    // Beside what stands there.
    let stands = on_screen(&harness, &added);
    assert!((stands.center() - free).length() < 90.0, "{stands:?} {free:?}");
    assert_eq!(site(&harness).components.last().unwrap().name, *name);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    // On a wire it is put into it: one step, with the link on both its sides.
    let drawn = site(&harness);
    let wires = Layout::new(&drawn).links;
    let to_screen = harness.state().view().camera.to_screen;
    let (link, at) = drawn
        .links
        .iter()
        .zip(&wires)
        .filter(|(link, _)| link.medium.is_power() && link.to == "T1")
        .map(|(link, line)| (link.clone(), to_screen * (line[0] + (line[1] - line[0]) * 0.5)))
        .next()
        .unwrap();
    drag_out(&mut harness, name, at);
    let after = site(&harness);
    let added = &after.components.last().unwrap().id;
    let joined = |from: &str, to: &str| after.links.iter().any(|link| link.from == from && link.to == to);
    assert!(joined(&link.from, added) && joined(added, &link.to), "{:?}", harness.state().view().toasts);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(site(&harness), drawn);
}

#[test]
fn the_first_part_of_a_blank_drawing_is_dragged_there_and_escape_leaves_it() {
    let name = &wattshift::file::typical_parts().component("switchgear").unwrap().name;
    let mut harness = harness(App::for_test(Site::empty("Blank"), services()));
    harness.state_mut().send(Action::Do(Command::ShowSite));
    harness.run();
    harness.key_press(Key::A);
    harness.run();
    let from = line_of(&harness, name);
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.run();
    harness.hover_at(from + egui::vec2(-120.0, 40.0));
    harness.run();
    picture_of(&mut harness, "drawing-carried");
    harness.key_press(Key::Escape);
    harness.run();
    harness.drop_at(from + egui::vec2(-120.0, 40.0));
    harness.run();
    assert!(parts(&harness).is_empty());
    drag_out(&mut harness, name, pos2(500.0, 400.0));
    assert_eq!(parts(&harness).len(), 1);
}

#[test]
fn favourites_are_on_top_of_the_list() {
    let typical = &wattshift::file::typical_parts().components;
    let (first, last) = (&typical[0].name, &typical.last().unwrap().name);
    let mut harness = drawn();
    harness.key_press(Key::A);
    harness.run();
    harness.get_by_label(&format!("Keep {last} on top")).scroll_to_me();
    harness.run();
    harness.get_by_label(&format!("Keep {last} on top")).click();
    harness.run();
    let star = harness.get_by_label(&format!("{last} no longer on top")).rect();
    assert!(star.top() < harness.get_by_label(&format!("Keep {first} on top")).rect().top());
    picture_of(&mut harness, "drawing-favourites");
    // By keys: the marked line is the favourite.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::B);
    harness.run();
    assert!(harness.state().view().favourites.is_empty());
}

#[test]
fn a_part_follows_the_pointer_and_undo_puts_it_back() {
    let mut harness = drawn();
    let before = on_screen(&harness, "T2");
    let rest = on_screen(&harness, "T1");
    drag(&mut harness, before.center(), before.center() + egui::vec2(0.0, 130.0));
    let after = on_screen(&harness, "T2");
    let moved = after.center() - before.center();
    assert!((moved - egui::vec2(0.0, 130.0)).length() < 40.0, "{moved:?}");
    assert!((on_screen(&harness, "T1").center() - rest.center()).length() < 0.1);
    assert_eq!(harness.state().view().selection, Some(Object::Component("T2".to_owned())));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert!((on_screen(&harness, "T2").center() - before.center()).length() < 0.1);
}

#[test]
fn escape_leaves_a_part_where_it_was() {
    let mut harness = drawn();
    let at = on_screen(&harness, "T2").center();
    harness.drag_at(at);
    harness.run();
    harness.hover_at(at + egui::vec2(90.0, 60.0));
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    harness.drop_at(at + egui::vec2(90.0, 60.0));
    harness.run();
    assert_eq!(undo_label(&harness), None);
}

#[test]
fn a_link_is_drawn_from_a_port_or_chosen_from_the_list() {
    let mut harness = drawn();
    let target = "H1";
    select(&mut harness, "MMR");
    let links = site(&harness).links.len();
    let port = on_screen(&harness, "MMR").center_bottom() + egui::vec2(0.0, 9.0);
    let to = on_screen(&harness, target).center();
    drag(&mut harness, port, to);
    let site_now = site(&harness);
    assert_eq!(site_now.links.len(), links + 1, "{:?}", harness.state().view().toasts);
    assert!(matches!(site_now.links.last().unwrap().medium, Medium::Fibre { .. }));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(site(&harness).links.len(), links);
    select(&mut harness, "MMR");
    harness.key_press(Key::J);
    harness.run();
    harness.event(Event::Text("H1".to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(site(&harness).links.len(), links + 1);
    assert_eq!(undo_label(&harness), Some("Join MMR to H1".to_owned()));
}

#[test]
fn what_cannot_be_joined_says_why() {
    let mut harness = drawn();
    select(&mut harness, "MMR");
    let links = site(&harness).links.len();
    let port = on_screen(&harness, "MMR").center_bottom() + egui::vec2(0.0, 9.0);
    let to = on_screen(&harness, "T1").center();
    drag(&mut harness, port, to);
    assert_eq!(site(&harness).links.len(), links);
    let said = harness.state().view().toasts.last().unwrap().text.clone();
    assert!(said.contains("MMR") && said.contains("T1"), "{said}");
}

#[test]
fn several_parts_are_moved_copied_and_taken_out_together() {
    let mut harness = drawn();
    let before = site(&harness);
    select(&mut harness, "T1");
    let at = on_screen(&harness, "T2").center();
    harness.hover_at(at);
    harness.event(Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed: true,
        modifiers: Modifiers::SHIFT,
    });
    harness.event_modifiers(
        Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed: false,
            modifiers: Modifiers::SHIFT,
        },
        Modifiers::SHIFT,
    );
    harness.run();
    assert_eq!(harness.state().view().parts().len(), 2, "{:?}", harness.state().view().parts());
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.run();
    assert_eq!(undo_label(&harness).map(|label| label.starts_with("Move ")), Some(true));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    assert_eq!(site(&harness).components.len(), before.components.len() + 2);
    assert_eq!(harness.state().view().parts().len(), 2, "the copies are selected");
    harness.key_press(Key::Delete);
    harness.run();
    assert_eq!(site(&harness).components.len(), before.components.len());
    for _ in 0..3 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run();
    }
    assert_eq!(site(&harness), before);
}

#[test]
fn parts_go_through_the_clipboard_and_foreign_text_is_refused() {
    let mut harness = drawn();
    let before = site(&harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    assert_eq!(harness.state().view().parts().len(), before.components.len());
    harness.event(Event::Copy);
    harness.step();
    let text = harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let text = text.expect("the parts are on the clipboard");
    harness.run();
    harness.event(Event::Paste(text));
    harness.run();
    let after = site(&harness);
    assert_eq!(after.components.len(), 2 * before.components.len());
    assert_eq!(after.links.len(), 2 * before.links.len());
    // None lies on another.
    let nodes = Layout::new(&after).nodes;
    for (index, node) in nodes.iter().enumerate() {
        assert!(nodes[..index].iter().all(|other| !other.shrink(0.6).intersects(*node)), "{index}");
    }
    for foreign in ["", "T1\tT2\n1\t2", "(format: 1", "\u{0}\u{1}", &"x".repeat(100_000)] {
        harness.event(Event::Paste(foreign.to_owned()));
        harness.run();
        assert!(
            harness.state().view().toasts.last().is_some_and(|toast| toast.text.contains("holds no parts"))
        );
    }
    assert_eq!(site(&harness), after);
}

#[test]
fn what_hangs_on_a_part_is_said_before_it_goes() {
    let mut app = solved_app();
    let scenario = wattshift::site::Scenario {
        name: "Larger".into(),
        note: String::new(),
        overrides: vec![wattshift::site::Override::Value {
            at: Address::new(Object::Component("T2".into()), "rating_mva"),
            value: Some(50.0),
        }],
    };
    app.send(Action::Edit(wattshift::site::edit::Edit::AddScenario(scenario)));
    let mut harness = harness(app);
    harness.run();
    select(&mut harness, "T2");
    let before = site(&harness);
    harness.key_press(Key::Delete);
    harness.run();
    harness.get_by_label("Take T2 out of the drawing?");
    harness.get_by_label("1 change of scenario Larger");
    assert_eq!(site(&harness), before);
    let all = harness.get_all_by_label("Take out").count();
    harness.get_all_by_label("Take out").nth(all - 1).unwrap().click();
    harness.run();
    let after = site(&harness);
    assert!(after.component("T2").is_none() && after.scenarios[0].overrides.is_empty());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(site(&harness), before);
}

#[test]
fn a_wire_is_selected_changed_and_taken_out() {
    let mut harness = drawn();
    let first = site(&harness).links[0].clone();
    harness.state_mut().send(Action::Select(Some(Object::Link(first.id.clone()))));
    harness.run();
    harness.get_by_label("Normally open").click();
    harness.run();
    assert!(matches!(site(&harness).links[0].medium, Medium::Power { normally_open: true, .. }));
    harness.key_press(Key::Delete);
    harness.run();
    assert!(site(&harness).links.iter().all(|link| link.id != first.id));
}

#[test]
fn the_drawing_survives_any_window_and_zoom() {
    for (size, zoom) in [(vec2(1.0, 1.0), 1.0), (vec2(300.0, 200.0), 3.0), (vec2(1920.0, 1080.0), 0.5)] {
        let mut harness = harness_of(size, true, solved_app());
        harness.ctx.set_zoom_factor(zoom);
        harness.run();
        for stroke in [Stroke::Move(Vec::new()), Stroke::Remove { parts: Vec::new(), links: Vec::new() }] {
            harness.state_mut().send(Action::Draw(stroke));
            harness.run();
        }
        harness.hover_at(Pos2::ZERO + Vec2::splat(0.5));
        harness.run();
    }
}

/// Writes pictures of the gestures on the templates into the folder of `WATTSHIFT_PICTURES`.
#[test]
fn pictures_of_the_drawing() {
    if std::env::var_os("WATTSHIFT_PICTURES").is_none() {
        return;
    }
    for index in 0..wattshift::file::templates().len() {
        let services = super::assumptions::quick(wattshift::app::built_in::services());
        let template = services.templates[index].clone();
        for (size, dark) in [(vec2(1280.0, 800.0), false), (vec2(1920.0, 1080.0), true)] {
            let mut app = App::for_test((*template.site).clone(), services.clone());
            app.send(Action::Do(Command::ShowSite));
            let mut harness = harness_of(size, dark, app);
            harness.run();
            let name = |what: &str| format!("drawing-{}-{what}-{}", template.name, size.x);
            picture_of(&mut harness, &name("whole"));
            let hall = site(&harness).halls().next().unwrap().0.id.clone();
            select(&mut harness, &hall);
            let port = on_screen(&harness, &hall).center_bottom() + egui::vec2(0.0, 9.0);
            harness.hover_at(port);
            harness.run();
            harness.drag_at(port);
            harness.run();
            harness.hover_at(port + egui::vec2(120.0, 90.0));
            harness.run();
            picture_of(&mut harness, &name("joining"));
            harness.drop_at(port + egui::vec2(120.0, 90.0));
            harness.run();
            let feed = on_screen(&harness, "feed").center();
            harness.drag_at(feed);
            harness.run();
            harness.hover_at(feed + egui::vec2(140.0, 20.0));
            harness.run();
            picture_of(&mut harness, &name("moving"));
            harness.key_press(Key::Escape);
            harness.run();
            harness.drop_at(feed);
            harness.key_press(Key::A);
            harness.run();
            picture_of(&mut harness, &name("list"));
            harness.key_press(Key::Escape);
            harness.run();
            harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
            harness.run();
            picture_of(&mut harness, &name("several"));
        }
    }
}
