//! Groups of groups on the drawing: made, reached level by level, left, copied and kept.

use egui::{Event, Pos2};

use super::assumptions::undo_label;
use super::drawing::{on_screen, site};
use super::*;

/// A window that is quick enough for two clicks to be a double one: `T1` and `MV1` a group, which with `H1` is one again.
fn nested() -> Harness<'static, App> {
    let mut app = Some(solved_app());
    let mut harness: Harness<'_, App> = Harness::builder()
        .with_size(vec2(1280.0, 800.0))
        .with_max_steps(120)
        .with_step_dt(1.0 / 60.0)
        .with_context_setup(theme::install)
        .build_eframe(move |_| app.take().expect("the window is built once"));
    harness.state_mut().send(Action::Do(Command::ShowSite));
    harness.run_steps(30);
    for parts in [&["T1", "MV1"][..], &["T1", "MV1", "H1"]] {
        harness.state_mut().send(Action::SelectParts(parts.iter().map(|id| (*id).to_owned()).collect()));
        harness.run_steps(2);
        key(&mut harness, Modifiers::COMMAND, Key::G);
    }
    harness.state_mut().send(Action::Select(None));
    harness.run_steps(30);
    harness
}

fn key(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn press(harness: &mut Harness<'_, App>, at: Pos2, times: usize) {
    harness.hover_at(at);
    harness.step();
    for _ in 0..times {
        for pressed in [true, false] {
            let modifiers = Modifiers::NONE;
            let button = egui::PointerButton::Primary;
            harness.event(Event::PointerButton { pos: at, button, pressed, modifiers });
            harness.step();
        }
    }
    // Long enough that the next click is another one.
    harness.run_steps(40);
}

fn chosen(harness: &Harness<'_, App>) -> Vec<String> {
    harness.state().view().parts().into_iter().collect()
}

fn names(site: &Site, id: &str) -> Vec<String> {
    site.component(id).unwrap().drawn.groups().cloned().collect()
}

#[test]
fn a_click_selects_the_outermost_group_and_a_double_click_goes_in() {
    let mut harness = nested();
    assert_eq!(undo_label(&harness).as_deref(), Some("Group 3 parts"));
    assert_eq!((names(&site(&harness), "T1").len(), names(&site(&harness), "H1").len()), (2, 1));
    let transformer = on_screen(&harness, "T1").center();
    press(&mut harness, transformer, 1);
    assert_eq!(chosen(&harness), ["H1", "MV1", "T1"]);
    harness.get_by_label("A group of 1 group and 1 part: Enter goes in");
    press(&mut harness, transformer, 1);
    assert_eq!(chosen(&harness).len(), 3, "a second click, later, is no double one");
    press(&mut harness, transformer, 2);
    assert_eq!(chosen(&harness), ["MV1", "T1"]);
    // Inside, a click reaches what stands there; twice on the group goes on to the part.
    let hall = on_screen(&harness, "H1").center();
    press(&mut harness, hall, 1);
    assert_eq!(chosen(&harness), ["H1"]);
    press(&mut harness, transformer, 2);
    assert_eq!(chosen(&harness), ["T1"]);
    // Outside of it all is as ever.
    let bus = on_screen(&harness, "MV2").center();
    press(&mut harness, bus, 1);
    assert_eq!(chosen(&harness), ["MV2"]);
    press(&mut harness, transformer, 1);
    assert_eq!(chosen(&harness).len(), 3);
}

#[test]
fn keys_go_in_and_out_level_by_level() {
    let mut harness = nested();
    let transformer = on_screen(&harness, "T1").center();
    press(&mut harness, transformer, 1);
    for expected in [&["MV1", "T1"][..], &["T1"], &["T1"]] {
        key(&mut harness, Modifiers::NONE, Key::Enter);
        assert_eq!(chosen(&harness), expected);
    }
    for expected in [&["MV1", "T1"][..], &["H1", "MV1", "T1"], &[]] {
        key(&mut harness, Modifiers::NONE, Key::Escape);
        assert_eq!(chosen(&harness), expected);
    }
}

#[test]
fn groups_are_taken_off_copied_and_kept_with_their_nesting() {
    let mut harness = nested();
    let before = site(&harness);
    // A file keeps them, and gives the same text again.
    let text = wattshift::file::write_text(&before);
    assert!(text.contains("group: \"group-2\", subgroups: [\"group\"]"), "{text}");
    let (read, report) = wattshift::file::read_text(&text);
    let read = read.unwrap();
    assert_eq!(read.components, before.components);
    // Saving pins failure data once; from then on the text stays.
    let again = wattshift::file::write_text(&read);
    assert_eq!(wattshift::file::write_text(&wattshift::file::read_text(&again).0.unwrap()), again);
    assert!(report.problems.iter().all(|problem| !problem.code.starts_with("group")), "{report:?}");
    // A copy has groups of its own.
    let transformer = on_screen(&harness, "T1").center();
    press(&mut harness, transformer, 1);
    key(&mut harness, Modifiers::COMMAND, Key::D);
    let copies: Vec<Vec<String>> = site(&harness).components[before.components.len()..]
        .iter()
        .map(|part| part.drawn.groups().cloned().collect())
        .collect();
    assert_eq!(copies.len(), 3);
    assert_eq!(copies.iter().filter(|groups| groups.len() == 2).count(), 2);
    assert!(copies.iter().flatten().all(|name| !["group", "group-2"].contains(&name.as_str())), "{copies:?}");
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(site(&harness).components, before.components);
    // The outer one goes first, then what was within it.
    harness.state_mut().send(Action::Select(None));
    harness.run_steps(3);
    // The copy was brought into sight.
    let transformer = on_screen(&harness, "T1").center();
    press(&mut harness, transformer, 1);
    key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    assert_eq!((names(&site(&harness), "T1"), names(&site(&harness), "H1")), (vec!["group".into()], vec![]));
    assert_eq!(undo_label(&harness).as_deref(), Some("Ungroup 3 parts"));
    key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    assert!(site(&harness).components.iter().all(|part| part.drawn.group.is_none()));
    for _ in 0..2 {
        key(&mut harness, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(site(&harness).components, before.components);
}

/// Grouping what is one group already says so and is no step.
#[test]
fn the_same_group_twice_is_refused() {
    let mut harness = nested();
    let before = undo_label(&harness);
    let transformer = on_screen(&harness, "T1").center();
    press(&mut harness, transformer, 1);
    key(&mut harness, Modifiers::COMMAND, Key::G);
    assert!(harness.state().view().toasts.last().unwrap().text.contains("a group already"));
    assert_eq!(undo_label(&harness), before);
}

#[test]
fn groups_that_cannot_be_are_named_and_open_all_the_same() {
    let mut site = fixture::site();
    let set = |site: &mut Site, id: &str, groups: &[&str]| {
        let groups = groups.iter().map(|name| (*name).to_owned());
        site.component_mut(id).unwrap().drawn.set_groups(groups);
    };
    set(&mut site, "T1", &["a", "b"]);
    set(&mut site, "T2", &["b", "a"]);
    set(&mut site, "T3", &["c", "c"]);
    set(&mut site, "MV1", &["x", "d"]);
    set(&mut site, "MV2", &["y", "d"]);
    site.component_mut("MV3").unwrap().drawn.subgroups = vec!["e".to_owned()];
    let many: Vec<String> = (0..3_000).map(|number| format!("g{number}")).collect();
    site.component_mut("H3").unwrap().drawn.set_groups(many);
    let text = wattshift::file::write_text(&site);
    let (read, report) = wattshift::file::read_text(&text);
    let found: Vec<(&str, &str)> = report
        .problems
        .iter()
        .filter(|problem| problem.code.starts_with("group-"))
        .map(|problem| (problem.code, problem.message.as_str()))
        .collect();
    for (code, part) in [
        ("group-cycle", "T2"),
        ("group-cycle", "T3"),
        ("group-torn", "MV2"),
        ("group-dangling", "MV3"),
        ("group-depth", "H3"),
    ] {
        assert!(
            found.iter().any(|(known, words)| *known == code && words.contains(part)),
            "{code} {found:?}"
        );
    }
    assert_eq!(found.len(), 5, "{found:?}");
    // Nothing of it is lost, and the drawing is used as ever.
    let read = read.unwrap();
    assert_eq!(read.components, site.components);
    let mut harness = harness(App::for_test(read, services()));
    harness.run();
    for id in ["T1", "T2", "T3", "MV2", "MV3", "H3"] {
        let at = on_screen(&harness, id).center();
        harness.hover_at(at);
        harness.drag_at(at);
        harness.drop_at(at);
        harness.run();
        assert!(chosen(&harness).contains(&id.to_owned()), "{id}");
        harness.key_press(Key::Enter);
        harness.key_press(Key::Escape);
        harness.run();
    }
}

#[test]
fn pictures_of_groups() {
    for &(size, dark, frame) in picture_frames() {
        let mut app = solved_app();
        app.send(Action::Do(Command::ShowSite));
        let mut harness = harness_of(size, dark, app);
        harness.run();
        for parts in [&["T1", "MV1"][..], &["T1", "MV1", "H1"]] {
            harness.state_mut().send(Action::SelectParts(parts.iter().map(|id| (*id).to_owned()).collect()));
            harness.run();
            harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
            harness.run();
        }
        picture_of(&mut harness, &format!("groups-outer-{frame}"));
        harness.key_press(Key::Enter);
        harness.run();
        picture_of(&mut harness, &format!("groups-inner-{frame}"));
    }
}
