//! A site of 20 MW drawn by hand from nothing, with every key, click, drag and typed word counted.

use egui::{Event, Pos2};
use wattshift::site::{Kind, Layer};

use super::drawing::{on_screen, site};
use super::*;

/// A user at a blank document, and how often the hands did something.
struct Hands {
    harness: Harness<'static, App>,
    gestures: usize,
}

impl Hands {
    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.gestures += 1;
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    fn word(&mut self, text: &str) {
        self.gestures += 1;
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run();
    }

    fn click(&mut self, at: Pos2, modifiers: Modifiers) {
        self.gestures += 1;
        self.harness.hover_at(at);
        self.harness.run();
        for pressed in [true, false] {
            let event =
                Event::PointerButton { pos: at, button: egui::PointerButton::Primary, pressed, modifiers };
            self.harness.event_modifiers(event, modifiers);
        }
        self.harness.run();
    }

    fn drag(&mut self, from: Pos2, to: Pos2) {
        self.gestures += 1;
        super::drawing::drag(&mut self.harness, from, to);
    }

    fn at(&self, id: &str) -> Pos2 {
        on_screen(&self.harness, id).center()
    }

    fn select(&mut self, id: &str) {
        let at = self.at(id);
        self.click(at, Modifiers::NONE);
        assert_eq!(self.harness.state().view().selection, Some(Object::Component(id.to_owned())));
    }

    /// Chooses from a list what is typed; gives the id of the part that came.
    fn take_listed(&mut self, key: Key, typed: &str) -> String {
        let before = site(&self.harness).components.len();
        self.key(Modifiers::NONE, key);
        self.word(typed);
        self.key(Modifiers::NONE, Key::Enter);
        let site = site(&self.harness);
        assert_eq!(site.components.len(), before + 1, "{typed}: {:?}", self.harness.state().view().toasts);
        site.components.last().unwrap().id.clone()
    }

    /// Draws a link from the port of one part to another.
    fn join(&mut self, from: &str, to: &str) {
        let links = site(&self.harness).links.len();
        let port = on_screen(&self.harness, from).center_bottom() + egui::vec2(0.0, 9.0);
        let to = self.at(to);
        self.drag(port, to);
        assert_eq!(site(&self.harness).links.len(), links + 1, "{:?}", self.harness.state().view().toasts);
    }
}

#[test]
fn a_site_of_20_mw_is_drawn_by_hand_in_under_60_gestures_and_has_a_plan() {
    let mut harness = harness_of(vec2(1920.0, 1080.0), false, App::new(services()));
    harness.run();
    let mut hands = Hands { harness, gestures: 0 };
    let blank = hands.harness.get_by_label("New blank site").rect().center();
    hands.click(blank, Modifiers::NONE);
    assert!(site(&hands.harness).components.is_empty());

    // From the grid to the first hall and its heat to the outside: each part is joined to the one before.
    let grid = hands.take_listed(Key::A, "grid");
    let substation = hands.take_listed(Key::N, "switchgear");
    let transformer = hands.take_listed(Key::N, "main");
    let unit = hands.take_listed(Key::N, "unit");
    let board = hands.take_listed(Key::N, "low-voltage");
    let _ups = hands.take_listed(Key::N, "ups");
    let hall = hands.take_listed(Key::N, "hall");
    let cdu = hands.take_listed(Key::N, "cdu");
    let dry = hands.take_listed(Key::N, "dry");
    // The second way is a copy of the first.
    hands.select(&transformer);
    for id in [&unit, &board] {
        let at = hands.at(id);
        hands.click(at, Modifiers::SHIFT);
    }
    hands.key(Modifiers::COMMAND, Key::D);
    let copies: Vec<String> =
        site(&hands.harness).components.iter().rev().take(3).map(|part| part.id.clone()).collect();
    let [board_2, _, transformer_2] = copies.as_slice() else { panic!("{copies:?}") };
    hands.join(&substation, transformer_2);
    hands.select(board_2);
    let hall_2 = hands.take_listed(Key::N, "hall");
    hands.join(&hall_2, &cdu);
    hands.join(board_2, &cdu);
    hands.join(board_2, &dry);
    hands.select(&board);
    hands.take_listed(Key::N, "genset");
    // Fibre from the first hall to the city, and from the second hall to the same room.
    hands.select(&hall);
    let room = hands.take_listed(Key::N, "meet");
    hands.take_listed(Key::N, "carrier");
    hands.take_listed(Key::N, "metro");
    hands.join(&room, &hall_2);

    assert!(hands.gestures < 60, "{} gestures", hands.gestures);
    let drawn = site(&hands.harness);
    let count = |of: fn(&Kind) -> bool| drawn.components.iter().filter(|part| of(&part.kind)).count();
    assert_eq!(count(|kind| matches!(kind, Kind::Transformer(_))), 4, "two main ones and their units");
    assert_eq!(count(|kind| matches!(kind, Kind::Hall(_))), 2);
    for of in [
        (|kind| matches!(kind, Kind::Ups(_))) as fn(&Kind) -> bool,
        |kind| matches!(kind, Kind::Genset(_)),
        |kind| matches!(kind, Kind::Cdu(_)),
        |kind| matches!(kind, Kind::DryCooler(_)),
    ] {
        assert_eq!(count(of), 1);
    }
    assert_eq!(count(|kind| kind.layer() == Layer::Fibre), 3);
    let halls: f64 = drawn.halls().map(|(_, hall)| hall.critical_mw).sum();
    assert_eq!(halls, 20.0);
    assert!(drawn.component(&grid).is_some() && drawn.component(&dry).is_some());
    let errors: Vec<String> = wattshift::engineering::check(&drawn)
        .problems
        .iter()
        .filter(|problem| problem.severity == wattshift::quantity::Severity::Error)
        .map(|problem| format!("{}: {}", problem.place, problem.message))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    let plan = wattshift::plan::solve(&drawn, None, wattshift::plan::Detail::Quick, &|_| true).unwrap();
    assert_eq!(plan.status, wattshift::plan::Status::Optimal);
    println!("{} gestures", hands.gestures);
}
