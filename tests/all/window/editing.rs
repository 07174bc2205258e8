//! The drawing edited in a window: parts brought into line, named, replaced, put into links, grouped, locked, turned;
//! the list of steps; an arrangement that is shown first; what cannot be done.

use egui::{Event, Pos2};
use wattshift::app::Document;
use wattshift::app::canvas::align::{Line, Way};
use wattshift::app::canvas::layout::Layout;
use wattshift::app::state::{Listed, Overlay};
use wattshift::app::tool::Tool;
use wattshift::site::drawing::{Sketch, Stroke, link_between};
use wattshift::site::edit::Edit;
use wattshift::site::{Kind, Medium, Point, Serves};

use super::assumptions::undo_label;
use super::drawing::{drag, drawn, on_screen, select, site};
use super::*;

fn several(harness: &mut Harness<'_, App>, parts: &[&str]) {
    let parts = parts.iter().map(|id| (*id).to_owned()).collect();
    harness.state_mut().send(Action::SelectParts(parts));
    harness.run();
}

fn undo(harness: &mut Harness<'_, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
}

pub fn key(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
}

pub fn typed(harness: &mut Harness<'_, App>, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.run();
}

pub fn said(harness: &Harness<'_, App>) -> String {
    harness.state().view().toasts.iter().map(|toast| toast.text.clone()).collect::<Vec<_>>().join("; ")
}

fn centre(harness: &Harness<'_, App>, id: &str) -> Pos2 {
    let site = site(harness);
    let index = site.components.iter().position(|part| part.id == id).unwrap();
    Layout::new(&site).nodes[index].center()
}

/// Adds a part with nothing joined to it, clear of the others, and gives its id.
fn add(harness: &mut Harness<'_, App>, typical: &str) -> String {
    let action = Action::PlacePart { part: typical.to_owned(), at: Pos2::new(-600.0, -300.0) };
    harness.state_mut().send(action);
    harness.run();
    harness.state_mut().send(Action::Do(Command::Fit));
    harness.run();
    site(harness).components.last().unwrap().id.clone()
}

#[test]
fn parts_are_brought_into_line_and_spread_by_keys() {
    let mut harness = drawn();
    let before = site(&harness);
    several(&mut harness, &["T1", "MV2", "T3"]);
    key(&mut harness, Modifiers::ALT, Key::ArrowUp);
    let after = site(&harness);
    let nodes = Layout::new(&after).nodes;
    let top = |id: &str| nodes[after.components.iter().position(|part| part.id == id).unwrap()].top();
    assert!((top("T1") - top("MV2")).abs() < 0.01 && (top("T1") - top("T3")).abs() < 0.01);
    assert_eq!(undo_label(&harness).as_deref(), Some("Align tops: 3 parts"));
    undo(&mut harness);
    assert_eq!(site(&harness), before);
    // Every line and way is a command; what stands so already says so.
    for tool in [Line::Left, Line::Centre, Line::Right, Line::Top, Line::Middle, Line::Bottom]
        .map(Tool::Align)
        .into_iter()
        .chain([Way::Across, Way::Down].map(Tool::Distribute))
    {
        harness.state_mut().send(Action::Do(Command::Tool(tool)));
        harness.run();
        let once = site(&harness);
        harness.state_mut().send(Action::Do(Command::Tool(tool)));
        harness.run();
        assert_eq!(site(&harness), once, "{tool:?} twice is {tool:?} once");
    }
    assert!(said(&harness).contains("They stand so already"));
    // One part is in line with itself: nothing is offered.
    select(&mut harness, "T1");
    let one = site(&harness);
    key(&mut harness, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(site(&harness), one);
}

#[test]
fn a_part_is_found_as_it_is_typed() {
    let mut harness = drawn();
    harness.state_mut().send(Action::Do(Command::ShowAnswer));
    harness.run();
    harness.state_mut().send(Action::Do(Command::ShowSite));
    harness.run();
    key(&mut harness, Modifiers::COMMAND, Key::F);
    assert!(matches!(harness.state().view().overlay, Some(Overlay::Palette { of: Listed::Drawn, .. })));
    typed(&mut harness, "dry coo");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().view().selection, Some(Object::Component("DC".into())));
    let at = on_screen(&harness, "DC");
    let middle = harness.get_by_label("One-line diagram").rect().center();
    assert!((at.center() - middle).length() < 60.0, "it is brought to the middle: {at:?}");
    key(&mut harness, Modifiers::COMMAND, Key::F);
    typed(&mut harness, "no such thing");
    harness.get_by_label("Nothing is called that");
}

#[test]
fn a_part_is_named_where_it_stands() {
    let mut harness = drawn();
    select(&mut harness, "T2");
    key(&mut harness, Modifiers::NONE, Key::F2);
    harness.get_by_label("Name on the drawing");
    typed(&mut harness, "Main west");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(site(&harness).component("T2").unwrap().tag, "Main west", "what is typed replaces the name");
    assert_eq!(undo_label(&harness).as_deref(), Some("Rename T2 to Main west"));
    assert_eq!(harness.state().view().renaming, None);
    // A name that is taken stays in its field and says why; Escape leaves.
    key(&mut harness, Modifiers::NONE, Key::F2);
    typed(&mut harness, "T1");
    harness.get_by_label_contains("already a Transformer called T1");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label_contains("already a Transformer called T1");
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(harness.state().view().renaming, None);
    assert_eq!(site(&harness).component("T2").unwrap().tag, "Main west");
    assert_eq!(harness.state().view().selection, Some(Object::Component("T2".into())), "and only the field");
    // An empty one too.
    key(&mut harness, Modifiers::NONE, Key::F2);
    key(&mut harness, Modifiers::NONE, Key::Backspace);
    harness.get_by_label_contains("a part needs a name");
    key(&mut harness, Modifiers::NONE, Key::Escape);
}

/// The frames of a quick hand: two clicks in a blink.
#[test]
fn a_double_click_on_a_name_begins_to_change_it() {
    let mut app = Some(solved_app());
    let mut harness: Harness<'_, App> = Harness::builder()
        .with_size(vec2(1280.0, 800.0))
        .with_max_steps(60)
        .with_step_dt(1.0 / 60.0)
        .with_context_setup(theme::install)
        .build_eframe(move |_| app.take().expect("the window is built once"));
    harness.state_mut().send(Action::Do(Command::ShowSite));
    harness.run_steps(30);
    let at = on_screen(&harness, "H1").min + egui::vec2(14.0, 12.0);
    harness.hover_at(at);
    harness.step();
    for pressed in [true, false, true, false] {
        let modifiers = Modifiers::NONE;
        let button = egui::PointerButton::Primary;
        harness.event(Event::PointerButton { pos: at, button, pressed, modifiers });
        harness.step();
    }
    harness.run_steps(5);
    harness.get_by_label("Name on the drawing");
    assert_eq!(harness.state().view().renaming.as_ref().unwrap().part, "H1");
}

#[test]
fn a_part_is_replaced_and_what_does_not_fit_is_said_first() {
    let mut harness = drawn();
    let before = site(&harness);
    select(&mut harness, "T2");
    key(&mut harness, Modifiers::SHIFT, Key::A);
    typed(&mut harness, "switchgear");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let after = site(&harness);
    let part = after.component("T2").unwrap();
    assert!(matches!(part.kind, Kind::Switchgear(_)) && part.tag == "T2");
    assert_eq!(after.links, before.links, "power runs to and from a bus as through a transformer");
    assert_eq!(undo_label(&harness).as_deref(), Some("Replace T2 by Switchgear"));
    undo(&mut harness);
    assert_eq!(site(&harness), before);
    // A carrier takes no power.
    key(&mut harness, Modifiers::SHIFT, Key::A);
    typed(&mut harness, "carrier");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label("Replace T2 by Carrier?");
    harness.get_by_label("the power link from T2 to MV2");
    assert_eq!(site(&harness), before);
    harness.get_by_label("Replace").click();
    harness.run();
    let after = site(&harness);
    assert!(after.links.iter().all(|link| link.from != "T2" && link.to != "T2"));
    undo(&mut harness);
    assert_eq!(site(&harness), before);
}

#[test]
fn a_part_is_put_into_a_link_from_the_list_or_by_dropping_it_there() {
    let mut harness = drawn();
    let before = site(&harness);
    let link = before.links.iter().find(|link| link.from == "T2" && link.to == "MV2").unwrap().id.clone();
    harness.state_mut().send(Action::Select(Some(Object::Link(link.clone()))));
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::A);
    assert!(matches!(harness.state().view().overlay, Some(Overlay::Palette { of: Listed::Into { .. }, .. })));
    assert!(harness.query_by_label_contains("Adiabatic").is_none(), "what does not fit is not offered");
    typed(&mut harness, "switchgear");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let after = site(&harness);
    let new = after.components.last().unwrap().clone();
    let ends: Vec<(&str, &str)> = after
        .links
        .iter()
        .filter(|link| link.from == new.id || link.to == new.id)
        .map(|link| (link.from.as_str(), link.to.as_str()))
        .collect();
    assert_eq!(ends, [("T2", new.id.as_str()), (new.id.as_str(), "MV2")]);
    assert_eq!(undo_label(&harness), Some(format!("Put {} between T2 and MV2", new.tag)));
    undo(&mut harness);
    assert_eq!(site(&harness), before);

    // A part that is not joined yet, let go on the line.
    let id = add(&mut harness, "switchgear");
    let loose = site(&harness);
    let index = loose.links.iter().position(|other| other.id == link).unwrap();
    let line = &Layout::new(&loose).links[index];
    let middle = harness.state().view().camera.to_screen * (line[0] + (line[1] - line[0]) * 0.5);
    let from = on_screen(&harness, &id).center();
    drag(&mut harness, from, middle);
    let after = site(&harness);
    assert!(after.links.iter().any(|link| link.from == "T2" && link.to == id), "{}", said(&harness));
    assert!(after.links.iter().any(|link| link.from == id && link.to == "MV2"));
    undo(&mut harness);
    assert_eq!(site(&harness), loose, "moved and put in at once, taken back at once");
    // What cannot stand there says why and stays where it was.
    undo(&mut harness);
    let id = add(&mut harness, "metro");
    let loose = site(&harness);
    let middle = harness.state().view().camera.to_screen * (line[0] + (line[1] - line[0]) * 0.5);
    let from = on_screen(&harness, &id).center();
    drag(&mut harness, from, middle);
    assert!(said(&harness).contains("nothing runs between"), "{}", said(&harness));
    assert_eq!(site(&harness), loose);
}

#[test]
fn a_part_is_added_joined_to_the_selected_one() {
    let mut harness = drawn();
    let before = site(&harness);
    select(&mut harness, "MMR");
    key(&mut harness, Modifiers::NONE, Key::N);
    assert!(harness.query_by_label_contains("Main transformer").is_none());
    typed(&mut harness, "carrier");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let after = site(&harness);
    let new = after.components.last().unwrap();
    let link = after.links.last().unwrap();
    assert!([&link.from, &link.to].contains(&&new.id) && [&link.from, &link.to].contains(&&"MMR".to_owned()));
    assert_eq!(undo_label(&harness), Some(format!("Add {} to MMR", new.tag)));
    assert_eq!(harness.state().view().selection, Some(Object::Component(new.id.clone())));
    undo(&mut harness);
    assert_eq!(site(&harness), before);
}

#[test]
fn a_group_is_selected_and_moved_together() {
    let mut harness = drawn();
    several(&mut harness, &["T1", "MV1"]);
    key(&mut harness, Modifiers::COMMAND, Key::G);
    assert_eq!(undo_label(&harness).as_deref(), Some("Group 2 parts"));
    harness.state_mut().send(Action::Select(None));
    harness.run();
    let at = on_screen(&harness, "T1").center();
    let click = |harness: &mut Harness<'_, App>, at: Pos2| {
        harness.hover_at(at);
        harness.run();
        harness.drag_at(at);
        harness.drop_at(at);
        harness.run();
    };
    click(&mut harness, at);
    assert_eq!(harness.state().view().parts().len(), 2, "a click selects the group");
    let apart = centre(&harness, "MV1") - centre(&harness, "T1");
    let begun = centre(&harness, "T1");
    drag(&mut harness, at, at + egui::vec2(-110.0, 0.0));
    assert!((centre(&harness, "T1") - begun).length() > 20.0);
    assert!((centre(&harness, "MV1") - centre(&harness, "T1") - apart).length() < 0.01);
    // What is written has the group, and a file without one is as before.
    let text = wattshift::file::write_text(&site(&harness));
    assert!(text.contains("group: \"group\""), "the group is in the file");
    assert_eq!(wattshift::file::read_text(&text).0.unwrap().components, site(&harness).components);
    key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    assert!(site(&harness).components.iter().all(|part| part.drawn.group.is_none()));
}

#[test]
fn a_locked_part_neither_moves_nor_goes_and_says_so() {
    let mut harness = drawn();
    select(&mut harness, "T2");
    key(&mut harness, Modifiers::COMMAND, Key::L);
    assert_eq!(undo_label(&harness).as_deref(), Some("Lock T2"));
    let locked = site(&harness);
    let at = on_screen(&harness, "T2").center();
    drag(&mut harness, at, at + egui::vec2(80.0, 60.0));
    assert!(said(&harness).contains("T2 is locked"), "{}", said(&harness));
    key(&mut harness, Modifiers::NONE, Key::Delete);
    if matches!(harness.state().view().overlay, Some(Overlay::TakeOut { .. })) {
        harness.get_all_by_label("Take out").last().unwrap().click();
        harness.run();
    }
    assert_eq!(site(&harness), locked);
    select(&mut harness, "T2");
    for (modifiers, pressed) in
        [(Modifiers::SHIFT, Key::ArrowDown), (Modifiers::NONE, Key::R), (Modifiers::SHIFT, Key::R)]
    {
        key(&mut harness, modifiers, pressed);
        assert_eq!(site(&harness), locked);
    }
    // Of several the others go, and it stays.
    several(&mut harness, &["T1", "T2", "T3"]);
    let (one, two) = (centre(&harness, "T1"), centre(&harness, "T2"));
    key(&mut harness, Modifiers::SHIFT, Key::ArrowDown);
    assert!(centre(&harness, "T1") != one && centre(&harness, "T2") == two);
    select(&mut harness, "T2");
    key(&mut harness, Modifiers::COMMAND, Key::L);
    assert_eq!(undo_label(&harness).as_deref(), Some("Unlock T2"));
}

#[test]
fn symbols_are_turned_and_flipped_and_a_bus_stands_upright() {
    let mut harness = drawn();
    let before = site(&harness);
    select(&mut harness, "SW1");
    let flat = on_screen(&harness, "SW1");
    key(&mut harness, Modifiers::NONE, Key::R);
    let upright = on_screen(&harness, "SW1");
    assert!(flat.width() > 2.0 * flat.height() && upright.height() > 2.0 * upright.width());
    assert_eq!(undo_label(&harness).as_deref(), Some("Turn SW1"));
    key(&mut harness, Modifiers::SHIFT, Key::R);
    assert!(site(&harness).component("SW1").unwrap().drawn.flipped);
    let text = wattshift::file::write_text(&site(&harness));
    assert_eq!(wattshift::file::read_text(&text).0.unwrap().components, site(&harness).components);
    undo(&mut harness);
    undo(&mut harness);
    assert_eq!(site(&harness), before);
}

#[test]
fn a_click_on_a_step_of_the_history_goes_there() {
    let mut harness = drawn();
    let before = site(&harness);
    select(&mut harness, "T2");
    for _ in 0..3 {
        key(&mut harness, Modifiers::NONE, Key::R);
    }
    key(&mut harness, Modifiers::COMMAND, Key::L);
    let after = site(&harness);
    key(&mut harness, Modifiers::COMMAND, Key::H);
    harness.get_by_label("History");
    harness.get_by_label_contains("As it was opened").click();
    harness.run();
    assert_eq!(site(&harness), before);
    harness.get_by_label_contains("Lock T2").click();
    harness.run();
    assert_eq!(site(&harness), after);
    harness.get_by_label("Close").click();
    harness.run();
    assert_eq!(harness.state().view().overlay, None);
}

#[test]
fn an_arrangement_is_shown_before_it_is_taken() {
    let mut harness = drawn();
    // Rows shown for a file without places are no places yet: moving a part keeps them.
    select(&mut harness, "T2");
    key(&mut harness, Modifiers::SHIFT, Key::ArrowDown);
    let at = on_screen(&harness, "C1").center();
    drag(&mut harness, at, at + egui::vec2(60.0, 90.0));
    let before = site(&harness);
    for (end, taken) in [(Key::Escape, false), (Key::Enter, true)] {
        harness.state_mut().send(Action::Select(None));
        key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
        harness.get_by_label("Apply");
        assert_eq!(site(&harness), before, "nothing moves while it is shown");
        key(&mut harness, Modifiers::NONE, end);
        assert_eq!(site(&harness) != before, taken);
        assert_eq!(harness.state().view().ghosts, None);
    }
    assert_eq!(undo_label(&harness).as_deref(), Some("Arrange the drawing"));
    // An edit meanwhile makes the places of another drawing.
    undo(&mut harness);
    key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    harness.state_mut().send(Action::Edit(Edit::SetSiteName("Other".into())));
    harness.run();
    assert_eq!(harness.state().view().ghosts, None);
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mut harness = drawn();
    let before = site(&harness);
    let power = Medium::Power { serves: Serves::Both, normally_open: false };
    let itself = Stroke::Connect(Box::new(link_between(&before, "T2", "T2", power.clone())));
    harness.state_mut().send(Action::Draw(itself));
    harness.run();
    assert!(said(&harness).contains("T2 cannot be joined to itself"));
    assert_eq!(site(&harness), before);
    // From a port back to its own part is no link either.
    let port = on_screen(&harness, "T2").center_bottom() + egui::vec2(0.0, 9.0);
    select(&mut harness, "T2");
    let own = on_screen(&harness, "T2").center();
    drag(&mut harness, port, own);
    assert_eq!(site(&harness), before);
    // A loop can be drawn and is told of; the drawing goes on.
    harness.state_mut().send(Action::Do(Command::ToggleProblems));
    let back = Stroke::Connect(Box::new(link_between(&before, "MV2", "SW1", power)));
    harness.state_mut().send(Action::Draw(back));
    harness.run();
    let with_loop = site(&harness);
    assert_eq!(with_loop.links.len(), before.links.len() + 1);
    assert!(
        wattshift::engineering::check(&with_loop)
            .problems
            .iter()
            .any(|problem| problem.code == "power-cycle")
    );
    undo(&mut harness);
    // So does a drawing without its only feed.
    select(&mut harness, "GRID");
    key(&mut harness, Modifiers::NONE, Key::Delete);
    if matches!(harness.state().view().overlay, Some(Overlay::TakeOut { .. })) {
        harness.get_all_by_label("Take out").last().unwrap().click();
        harness.run();
    }
    assert!(site(&harness).component("GRID").is_none());
    select(&mut harness, "T2");
    key(&mut harness, Modifiers::NONE, Key::R);
    undo(&mut harness);
    undo(&mut harness);
    assert_eq!(site(&harness), before);
}

/// A small generator, so that the sequences are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }
}

/// Any change of the drawing, sensible or not.
fn any_stroke(dice: &mut Dice, site: &Site) -> Stroke {
    let part = |dice: &mut Dice| {
        let index = dice.roll(site.components.len() + 1);
        site.components.get(index).map_or_else(|| "gone".to_owned(), |part| part.id.clone())
    };
    let parts = |dice: &mut Dice| (0..1 + dice.roll(3)).map(|_| part(dice)).collect::<Vec<_>>();
    let chosen = parts(dice);
    let link =
        site.links.get(dice.roll(site.links.len() + 1)).map_or("gone".to_owned(), |link| link.id.clone());
    let number = |dice: &mut Dice| dice.roll(2_000) as f64 - 1_000.0;
    match dice.roll(12) {
        0 => Stroke::Move(
            chosen.into_iter().map(|id| (id, Point { x: number(dice), y: number(dice) })).collect(),
        ),
        1 => {
            let sketch = Sketch::of(site, &chosen.into_iter().collect());
            Stroke::Insert(Box::new(sketch.fitted(site, Point { x: number(dice), y: 40.0 })))
        }
        2 => {
            let power = Medium::Power { serves: Serves::Both, normally_open: false };
            let to = parts(dice).remove(0);
            Stroke::Connect(Box::new(link_between(site, &chosen[0], &to, power)))
        }
        3 => Stroke::Remove { parts: chosen, links: Vec::new() },
        4 => Stroke::Remove { parts: Vec::new(), links: vec![link] },
        5 => Stroke::Rename { part: chosen[0].clone(), tag: format!("P{}", dice.roll(40)) },
        6 => Stroke::Group(chosen),
        7 => Stroke::Ungroup(chosen),
        8 => Stroke::Lock { parts: chosen, locked: dice.roll(4) == 0 },
        9 => Stroke::Turn(chosen),
        10 => Stroke::Flip(chosen),
        _ => {
            let typical = wattshift::file::typical_parts();
            let by = typical.components[dice.roll(typical.components.len())].id.clone();
            let sketch = Sketch::of(typical, &std::collections::BTreeSet::from([by]));
            match wattshift::app::canvas::swap::replacement(site, &chosen[0], sketch) {
                Ok(replacement) => Stroke::Replace(Box::new(replacement)),
                Err(_) => Stroke::Ungroup(chosen),
            }
        }
    }
}

/// 500 sequences of edits, undone, give the file of before, byte for byte; made again, that of after.
#[test]
fn edits_undone_give_the_first_bytes_back() {
    let begun = fixture::site();
    let first = wattshift::file::write_text(&begun);
    let (mut done, mut refused) = (0, 0);
    for sequence in 0..500 {
        let mut dice = Dice(sequence);
        let mut document = Document::new(begun.clone(), None);
        for _ in 0..2 + dice.roll(9) {
            let stroke = any_stroke(&mut dice, document.site());
            match document.apply(&Edit::Draw(stroke)) {
                Ok(_) => done += 1,
                Err(why) => {
                    assert!(!why.is_empty());
                    refused += 1;
                }
            }
        }
        let last = document.site().clone();
        while document.undo().is_some() {}
        assert_eq!(wattshift::file::write_text(document.site()), first, "sequence {sequence}");
        while document.redo().is_some() {}
        assert_eq!(*document.site(), last, "sequence {sequence}");
    }
    assert!(done > 1_500 && refused > 100, "{done} edits, {refused} refused");
}

pub fn wait_for(harness: &mut Harness<'_, App>, holds: impl Fn(&App) -> bool) {
    let begun = std::time::Instant::now();
    while !holds(harness.state()) {
        assert!(begun.elapsed() < std::time::Duration::from_secs(120), "waited too long");
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
}

/// While a plan is being worked out the drawing is edited as ever, and the plan of before is dropped.
#[test]
fn the_drawing_is_edited_while_a_plan_is_worked_out() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let gate = Arc::new(AtomicBool::new(false));
    let held = Arc::clone(&gate);
    let slow = Services {
        solve: Arc::new(move |site: &Site, _, _, reporter| {
            while !held.load(Ordering::SeqCst) {
                if !reporter.progress("Waiting", 0.1) {
                    return Err("cancelled".to_owned());
                }
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            Ok(fixture::plan(site))
        }),
        ..services()
    };
    let app = App::for_test(fixture::site(), slow);
    let mut harness = with_workers(app, 12);
    harness.state_mut().send(Action::Do(Command::Solve));
    wait_for(&mut harness, |app| app.answer().asked.is_some());
    for tool in [Tool::Turn, Tool::Lock, Tool::Lock, Tool::Flip] {
        harness.state_mut().send(Action::Select(Some(Object::Component("T2".into()))));
        harness.state_mut().send(Action::Do(Command::Tool(tool)));
        harness.step();
    }
    assert_eq!(undo_label(&harness).as_deref(), Some("Flip T2"));
    gate.store(true, Ordering::SeqCst);
    wait_for(&mut harness, |app| app.answer().plan.is_some() && !app.answer().is_busy());
    let revision = harness.state().document().unwrap().revision();
    assert_eq!(harness.state().answer().made_from, revision, "the plan is of the drawing as it is");
}

/// Writes pictures of what the editor shows into the folder of `WATTSHIFT_PICTURES`.
#[test]
fn pictures_of_editing() {
    if std::env::var_os("WATTSHIFT_PICTURES").is_none() {
        return;
    }
    let services = super::assumptions::quick(wattshift::app::built_in::services());
    for (size, dark) in [(vec2(1280.0, 800.0), false), (vec2(1920.0, 1080.0), true)] {
        for (index, template) in services.templates.iter().enumerate() {
            let mut app = App::for_test((*template.site).clone(), services.clone());
            app.inject_plan(fixture::plan(&template.site));
            let mut harness = harness_of(size, dark, app);
            let name = |what: &str| format!("editing-{}-{what}-{}", template.name, size.x);
            harness.run();
            picture_of(&mut harness, &name("both"));
            harness.state_mut().send(Action::Do(Command::ShowSite));
            harness.run();
            if index > 0 {
                picture_of(&mut harness, &name("site"));
                continue;
            }
            let parts: Vec<String> = site(&harness).components.iter().map(|part| part.id.clone()).collect();
            let hall = site(&harness).halls().next().unwrap().0.id.clone();
            select(&mut harness, &parts[2]);
            for pressed in
                [(Modifiers::NONE, Key::R), (Modifiers::COMMAND, Key::L), (Modifiers::NONE, Key::F2)]
            {
                key(&mut harness, pressed.0, pressed.1);
            }
            let taken = site(&harness).components[3].tag.clone();
            typed(&mut harness, &taken);
            picture_of(&mut harness, &name("naming"));
            key(&mut harness, Modifiers::NONE, Key::Escape);
            key(&mut harness, Modifiers::COMMAND, Key::H);
            picture_of(&mut harness, &name("history"));
            key(&mut harness, Modifiers::NONE, Key::Escape);
            select(&mut harness, &hall);
            key(&mut harness, Modifiers::SHIFT, Key::A);
            typed(&mut harness, "carrier");
            key(&mut harness, Modifiers::NONE, Key::Enter);
            picture_of(&mut harness, &name("replacing"));
            key(&mut harness, Modifiers::NONE, Key::Escape);
            key(&mut harness, Modifiers::ALT, Key::Num7);
            key(&mut harness, Modifiers::ALT, Key::Num9);
            key(&mut harness, Modifiers::ALT, Key::Num9);
            picture_of(&mut harness, &name("layers"));
            for pressed in [Key::Num7, Key::Num7, Key::Num9] {
                key(&mut harness, Modifiers::ALT, pressed);
            }
            let at = on_screen(&harness, &parts[1]).center();
            drag(&mut harness, at, at + egui::vec2(-180.0, 60.0));
            several(&mut harness, &[&parts[4], &parts[5], &parts[6]]);
            picture_of(&mut harness, &name("several"));
            harness.state_mut().send(Action::Select(None));
            key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
            picture_of(&mut harness, &name("arranging"));
            key(&mut harness, Modifiers::NONE, Key::Escape);
            for _ in 0..9 {
                harness.state_mut().send(Action::Do(Command::ZoomOut));
                harness.run();
            }
            picture_of(&mut harness, &name("far"));
            harness.state_mut().send(Action::Reveal(Object::Component(parts[2].clone())));
            harness.run();
            for _ in 0..2 {
                harness.state_mut().send(Action::Do(Command::ZoomIn));
                harness.run();
            }
            picture_of(&mut harness, &name("near"));
        }
    }
}
