//! The values of selected parts, one and several, changed as a user changes them.

use super::assumptions::undo_label;
use super::*;
use egui::accesskit::Role;
use wattshift::site::{Component, Evidence, Side, State};

fn selected(parts: &[&str]) -> Harness<'static, App> {
    let mut harness = harness_of(vec2(1280.0, 1600.0), false, solved_app());
    harness.state_mut().send(Action::SelectParts(parts.iter().map(|id| (*id).to_owned()).collect()));
    harness.run();
    harness
}

fn part(harness: &Harness<'_, App>, id: &str) -> Component {
    harness.state().document().unwrap().shown().component(id).unwrap().clone()
}

fn send(harness: &mut Harness<'_, App>, command: Command) {
    harness.state_mut().send(Action::Do(command));
    harness.run();
}

#[test]
fn typing_sets_a_number_of_all_selected_parts_in_one_step() {
    let mut harness = selected(&["T1", "T2", "SW1"]);
    // 40, 40 and 120 MVA.
    type_into(&mut harness, "Rating of one unit", "3*15 MVA");
    for id in ["T1", "T2", "SW1"] {
        let object = Object::Component(id.into());
        assert_eq!(shown_value(&harness, object, "rating_mva"), Some(45.0), "{id}");
    }
    assert_eq!(undo_label(&harness).as_deref(), Some("Change rating of one unit of 3 parts"));
    send(&mut harness, Command::Undo);
    assert_eq!(shown_value(&harness, Object::Component("SW1".into()), "rating_mva"), Some(120.0));
    // What cannot be is said under the field and changes none of them.
    type_into(&mut harness, "Rating of one unit", "NaN");
    harness.get_by_label_contains("`NaN` is not understood");
    assert_eq!(shown_value(&harness, Object::Component("T1".into()), "rating_mva"), Some(40.0));
}

#[test]
fn in_a_scenario_several_parts_differ_there_alone() {
    let mut harness = selected(&["T1", "T2"]);
    harness.state_mut().send(Action::ChooseScenario(Some("Mesa AI walks away".into())));
    harness.run();
    harness.state_mut().send(Action::SelectParts(vec!["T1".into(), "T2".into()]));
    harness.run();
    type_into(&mut harness, "Rating of one unit", "50");
    let document = harness.state().document().unwrap();
    let at = Address::new(Object::Component("T2".into()), "rating_mva");
    assert_eq!(document.shown().value(&at), Some(Some(50.0)));
    assert_eq!(document.site().value(&at), Some(Some(40.0)));
}

#[test]
fn a_part_that_stands_becomes_one_that_may_be_built_at_usual_terms() {
    let mut harness = selected(&["T1", "T2"]);
    harness.get_by_role_and_label(Role::Button, "Planned").click();
    harness.run();
    for id in ["T1", "T2"] {
        let State::Planned(planned) = part(&harness, id).state else { panic!("{id} stands") };
        assert_eq!((planned.usd_per_mw, planned.lead_months), (40_000.0, 30.0));
    }
    let at = Address::new(Object::Component("T1".into()), "lead_months");
    let origin = harness.state().document().unwrap().site().provenance_of(&at).cloned().unwrap();
    assert_eq!((origin.evidence, origin.low, origin.high), (Evidence::Assumed, Some(18.0), Some(48.0)));
    assert_eq!(undo_label(&harness).as_deref(), Some("Make 2 parts planned"));
    // Back again: the terms and what was known of them go.
    harness.get_by_role_and_label(Role::Button, "Existing").click();
    harness.run();
    assert_eq!(part(&harness, "T1").state, State::Existing(None));
    assert!(harness.state().document().unwrap().site().provenance_of(&at).is_none());
}

#[test]
fn words_side_and_dates_of_a_part_are_edited() {
    let mut harness = selected(&["UPS-A"]);
    type_into(&mut harness, "Tag of the part", "UPS A1");
    assert_eq!(part(&harness, "UPS-A").tag, "UPS A1");
    assert_eq!(undo_label(&harness).as_deref(), Some("Change tag of UPS-A"));
    harness.get_by_role_and_label(Role::Button, "B").click();
    harness.run();
    assert_eq!(part(&harness, "UPS-A").side, Side::B);
    harness.get_all_by_label("Any day").next().unwrap().click();
    harness.run();
    let planned = part(&harness, "UPS-A").planned().cloned().unwrap();
    assert!(planned.earliest.is_some() != planned.latest.is_some());
    harness.get_by_role_and_label(Role::Button, "Add").click();
    harness.run();
    harness.run();
    let planned = part(&harness, "UPS-A").planned().cloned().unwrap();
    assert_eq!(planned.payments.len(), 1);
    type_into(&mut harness, "Share of payment 1", "30 %");
    let planned = part(&harness, "UPS-A").planned().cloned().unwrap();
    assert!((planned.payments[0].share - 0.3).abs() < 1e-12);
    type_into(&mut harness, "Share of payment 1", "-30 %");
    assert_eq!(part(&harness, "UPS-A").planned().unwrap().payments, planned.payments);
}

#[test]
fn values_of_the_library_are_shown_before_and_after_and_taken_in_one_step() {
    let mut harness = selected(&["UPS-A"]);
    harness.get_by_label("Take values from").click();
    harness.run();
    harness.get_by_label("Usual price and lead time").click();
    harness.run();
    harness.get_by_label("10 months → 7.5 months");
    assert_eq!(part(&harness, "UPS-A").planned().unwrap().lead_months, 10.0);
    harness.get_by_label("Take 2 values").click();
    harness.run();
    let planned = part(&harness, "UPS-A").planned().cloned().unwrap();
    assert_eq!((planned.lead_months, planned.usd_per_mw), (7.5, 450_000.0));
    assert_eq!(undo_label(&harness).as_deref(), Some("Take values for UPS-A"));
    send(&mut harness, Command::Undo);
    assert_eq!(part(&harness, "UPS-A").planned().unwrap().lead_months, 10.0);
}

#[test]
fn pictures_of_the_inspector() {
    for dark in [false, true] {
        for (name, parts) in [("one", &["UPS-A"][..]), ("several", &["T1", "UPS-A", "UPS-B"])] {
            let mut harness = harness_of(vec2(1280.0, 800.0), dark, solved_app());
            harness.state_mut().send(Action::SelectParts(parts.iter().map(|id| (*id).to_owned()).collect()));
            harness.run();
            picture_of(&mut harness, &format!("inspector-{name}{}", if dark { "-dark" } else { "" }));
        }
    }
}
