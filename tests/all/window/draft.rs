//! What the program draws, asked for in the window: every click, key and typed word is counted.

use egui::{Event, Modifiers};
use egui_kittest::kittest::NodeT as _;
use wattshift::app::pages::Drawn;
use wattshift::app::state::Overlay;
use wattshift::plan::{Detail, Options, Status, solve_with};

use super::assumptions::undo_label;
use super::*;

/// A user whose gestures are counted.
struct Hand {
    harness: Harness<'static, App>,
    gestures: usize,
}

impl Hand {
    fn new(app: App) -> Self {
        let mut harness = harness(app);
        harness.run();
        Self { harness, gestures: 0 }
    }

    #[track_caller]
    fn click(&mut self, label: &str) {
        self.harness.get_by_role_and_label(egui::accesskit::Role::Button, label).click();
        self.settle();
        self.gestures += 1;
    }

    /// A page finds its place over a few frames.
    fn settle(&mut self) {
        self.harness.run_steps(4);
        self.harness.run();
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
        self.gestures += 1;
    }

    fn say(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run();
        self.gestures += 1;
    }

    /// Clicks into a field, marks all of it and types.
    #[track_caller]
    fn fill(&mut self, label: &str, text: &str) {
        self.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, label).click();
        self.harness.run();
        self.gestures += 1;
        self.key(Modifiers::COMMAND, Key::A);
        self.say(text);
    }

    fn site(&self) -> Site {
        Site::clone(self.harness.state().document().unwrap().site())
    }
}

#[test]
fn a_hundred_megawatts_from_numbers_with_two_convertible_halls_take_few_gestures_and_are_planned() {
    let mut hand = Hand::new(App::new(wattshift::app::built_in::services()));
    hand.click("New from numbers…");
    hand.fill("Name", "Llano Alto");
    hand.click("Draw it");
    assert_eq!(hand.site().name, "Llano Alto");
    assert_eq!(hand.site().interconnection_mw(), 100.0);
    assert!(hand.harness.state().document().unwrap().is_modified(), "it is in no file yet");
    for hall in ["HALL 1", "HALL 2"] {
        hand.key(Modifiers::COMMAND, Key::K);
        hand.say("convertible");
        hand.key(Modifiers::NONE, Key::Enter);
        hand.fill("Hosting", "12 MW");
        hand.click("Draw it");
        assert_eq!(undo_label(&hand.harness), Some(format!("Make {hall} convertible")));
    }
    assert!(hand.gestures < 25, "{} gestures", hand.gestures);
    let site = hand.site();
    let hosting: f64 = site.halls().map(|(_, hall)| hall.hosting_max_mw()).sum();
    assert!((hosting - 24.0).abs() < 1e-9);
    let report = wattshift::engineering::check(&site);
    assert!(report.is_clean(), "{report:?}");
    let options = Options { detail: Detail::Quick, ..Options::default() };
    let solved = solve_with(&site, None, options, &|_| true).unwrap();
    assert_eq!(solved.plan.status, Status::Optimal);
    // Each was one step.
    for _ in 0..2 {
        hand.key(Modifiers::COMMAND, Key::Z);
    }
    assert!(hand.site().halls().all(|(_, hall)| hall.fit_out.is_none()));
}

#[test]
fn numbers_that_cannot_be_drawn_are_said_and_nothing_is_drawn() {
    let mut hand = Hand::new(App::new(wattshift::app::built_in::services()));
    hand.click("New from numbers…");
    for (text, said) in
        [("much", "is not understood"), ("9e99", "cannot be drawn"), ("-5", "cannot be drawn")]
    {
        hand.fill("Grid power", text);
        assert!(hand.harness.query_all_by_label_contains(said).next().is_some(), "{text}");
        let button = hand.harness.get_by_role_and_label(egui::accesskit::Role::Button, "Draw it");
        assert!(button.accesskit_node().is_disabled(), "{text}");
    }
    hand.key(Modifiers::NONE, Key::Escape);
    assert!(hand.harness.state().view().overlay.is_none() && hand.harness.state().document().is_none());
}

#[test]
fn the_page_of_a_hall_follows_what_is_chosen_on_it() {
    let mut hand = Hand::new(solved_app());
    hand.harness.state_mut().send(Action::Select(Some(Object::Component("H2".to_owned()))));
    hand.harness.state_mut().send(Action::Do(Command::Draw(Drawn::Convertible)));
    hand.settle();
    assert!(hand.harness.query_by_label("Make H2 convertible").is_some());
    let ups = |hand: &Hand| hand.harness.query_all_by_label_contains("UPS 2").count();
    assert_eq!(ups(&hand), 2, "a side each");
    hand.click("N+1");
    assert_eq!(ups(&hand), 1);
    hand.harness.get_by_role_and_label(egui::accesskit::Role::CheckBox, "UPS").click();
    hand.harness.run();
    assert_eq!(ups(&hand), 0);
    let density = |hand: &Hand| {
        let Some(Overlay::Convertible(page)) = &hand.harness.state().view().overlay else {
            panic!("no page")
        };
        page.conversion.kw_per_rack
    };
    hand.click("Air (CRAH)");
    assert_eq!(density(&hand), 25.0);
    hand.fill("Hosting", "1000 MW");
    assert!(hand.harness.query_all_by_label_contains("cannot be drawn in H2").next().is_some());
    hand.click("Cancel");
    assert_eq!(undo_label(&hand.harness), None);
}

fn parts_of(hand: &Hand) -> usize {
    hand.site().components.len()
}

#[test]
fn a_blueprint_is_scaled_joined_and_put_in_as_one_step() {
    let mut hand = Hand::new(solved_app());
    let before = hand.site();
    hand.key(Modifiers::COMMAND, Key::K);
    hand.say("blueprint insert");
    hand.key(Modifiers::NONE, Key::Enter);
    assert!(hand.harness.query_by_label("Insert a blueprint").is_some());
    hand.fill("Size", "6 MW");
    hand.click("Put it in");
    let after = hand.site();
    assert_eq!(undo_label(&hand.harness), Some("Insert Liquid-cooled block".to_owned()));
    let block = after.halls().find(|(part, _)| before.component(&part.id).is_none()).unwrap();
    assert!((block.1.critical_mw - 6.0).abs() < 1e-9);
    hand.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(hand.site(), before);
}

#[test]
fn selected_parts_are_kept_put_in_again_and_forgotten() {
    let mut hand = Hand::new(solved_app());
    let parts = vec!["T2".to_owned(), "H2".to_owned()];
    hand.harness.state_mut().send(Action::SelectParts(parts));
    hand.harness.state_mut().send(Action::Do(Command::Draw(Drawn::KeepBlueprint)));
    hand.settle();
    hand.fill("Name of the blueprint", "Our yard");
    hand.click("Keep");
    assert_eq!(hand.harness.state().view().blueprints.len(), 1);
    let before = parts_of(&hand);
    hand.harness.state_mut().send(Action::Do(Command::Draw(Drawn::Blueprint)));
    hand.settle();
    hand.click("Our yard 35.0 MW");
    hand.click("Put it in");
    assert_eq!(parts_of(&hand), before + 2);
    assert_eq!(undo_label(&hand.harness), Some("Insert Our yard".to_owned()));
    hand.harness.state_mut().send(Action::Do(Command::Draw(Drawn::Blueprint)));
    hand.settle();
    hand.click("Our yard 35.0 MW");
    hand.click("Forget it");
    assert_eq!(hand.harness.state().view().blueprints.len(), 0);
    assert_eq!(parts_of(&hand), before + 2, "what was put in stays");
}

#[test]
fn a_set_is_split_and_what_is_one_says_so() {
    let mut site = fixture::site();
    let set = site.components.iter_mut().find(|part| part.id == "T2").unwrap();
    set.units = 3;
    let mut hand = Hand::new(App::for_test(site, services()));
    let before = parts_of(&hand);
    let split = |hand: &mut Hand, part: &str| {
        hand.harness.state_mut().send(Action::Select(Some(Object::Component(part.to_owned()))));
        hand.harness.state_mut().send(Action::Do(Command::Draw(Drawn::Split)));
        hand.settle();
    };
    split(&mut hand, "T2");
    assert_eq!(
        (parts_of(&hand), undo_label(&hand.harness)),
        (before + 2, Some("Split T2 into 3".to_owned()))
    );
    split(&mut hand, "T2");
    assert_eq!(parts_of(&hand), before + 2);
    assert!(hand.harness.state().view().toasts.last().unwrap().text.contains("one unit already"));
    hand.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(parts_of(&hand), before);
}

/// Writes pictures of the pages and what they draw into the folder of `WATTSHIFT_PICTURES`.
#[test]
fn pictures_of_what_is_drawn() {
    for &(size, dark, frame) in picture_frames() {
        let mut app = Some(App::new(wattshift::app::built_in::services()));
        let mut harness = harness_of(size, dark, app.take().unwrap());
        harness.run();
        let picture = |harness: &mut Harness<'_, App>, name: &str| {
            picture_of(harness, &format!("draft-{name}-{frame}"));
        };
        harness.state_mut().send(Action::Do(Command::Draw(Drawn::NewSite)));
        harness.run();
        picture(&mut harness, "numbers");
        harness.get_by_role_and_label(egui::accesskit::Role::Button, "Draw it").click();
        harness.run();
        harness.state_mut().send(Action::Do(Command::ShowSite));
        harness.run();
        harness.state_mut().send(Action::Do(Command::ToggleProblems));
        harness.run();
        picture(&mut harness, "mine");
        harness.state_mut().send(Action::Do(Command::Draw(Drawn::Convertible)));
        harness.run();
        picture(&mut harness, "convertible");
        harness.get_by_role_and_label(egui::accesskit::Role::Button, "Draw it").click();
        harness.run();
        harness.state_mut().send(Action::Do(Command::ToggleInspector));
        harness.run();
        picture(&mut harness, "converted");
        harness.state_mut().send(Action::Do(Command::Draw(Drawn::Blueprint)));
        harness.run_steps(6);
        picture(&mut harness, "blueprint");
        harness.get_by_role_and_label(egui::accesskit::Role::Button, "Put it in").click();
        harness.run();
        picture(&mut harness, "inserted");
    }
}
