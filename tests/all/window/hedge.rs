//! Selling hashprice forward: switched on and off on the Company page, and told in the answer.

use egui::accesskit::Role;

use super::assumptions::undo_label;
use super::*;

#[test]
fn forwards_are_switched_on_changed_and_switched_off_again() {
    let mut app = solved_app();
    app.send(Action::ShowTab(InspectorTab::Company));
    let mut harness = harness_of(vec2(1280.0, 2600.0), false, app);
    harness.run();
    let share = |harness: &Harness<'_, App>| shown_value(harness, Object::Company, "hedge_share");
    assert_eq!(share(&harness), None);
    let switch = |harness: &mut Harness<'_, App>| {
        harness.get_by_role_and_label(Role::CheckBox, "The plan may sell forwards").click();
        harness.run();
    };
    switch(&mut harness);
    assert_eq!(share(&harness), Some(0.8));
    assert_eq!(undo_label(&harness).as_deref(), Some("Let hashprice be sold forward"));
    type_into(&mut harness, "Sold forward at most", "55");
    assert_eq!(share(&harness), Some(0.55));
    // What cannot be is refused and said, and nothing changes.
    type_into(&mut harness, "Forward below expectation", "-3");
    assert_eq!(shown_value(&harness, Object::Company, "hedge_spread"), Some(0.03));
    switch(&mut harness);
    assert_eq!(share(&harness), None);
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run();
    }
    assert_eq!(share(&harness), Some(0.8));
}

#[test]
fn the_answer_lists_what_is_sold_forward() {
    let mut app = solved_app();
    app.send(Action::Do(Command::ShowAnswer));
    let mut harness = harness_of(vec2(1280.0, 1600.0), false, app);
    harness.run();
    harness.get_by_label("Hashprice sold forward");
    harness.get_by_label("812");
    harness.get_by_label("$943k");
}
