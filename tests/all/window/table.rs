//! The table of parts, driven as a user drives it.

use super::*;
use egui::accesskit::Role;
use wattshift::app::state::{Place, SiteView};

fn table() -> Harness<'static, App> {
    let mut harness = harness(solved_app());
    harness.state_mut().send(Action::Do(Command::View(SiteView::Table)));
    harness.state_mut().send(Action::ShowPlace(Place::Site));
    harness.run();
    harness
}

#[test]
fn the_tabs_over_the_drawing_change_the_view_and_keep_the_selection() {
    let mut harness = harness(solved_app());
    harness.run();
    harness.state_mut().send(Action::Select(Some(Object::Component("T2".into()))));
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Table").click();
    harness.run();
    assert_eq!(harness.state().view().site, SiteView::Table);
    assert_eq!(harness.state().view().selection, Some(Object::Component("T2".into())));
    harness.get_by_label("Row T2");
    harness.get_by_role_and_label(Role::Button, "One-line").click();
    harness.run();
    assert_eq!(harness.state().view().site, SiteView::OneLine);
}

#[test]
fn a_cell_of_the_table_takes_an_expression_as_one_step() {
    let mut harness = table();
    harness.get_by_label("Find parts").focus();
    harness.run();
    harness.get_by_label("Find parts").type_text("UPS");
    harness.run();
    assert!(harness.query_by_label("Row T2").is_none());
    type_into(&mut harness, "Units of UPS-A", "3*10");
    assert_eq!(shown_value(&harness, Object::Component("UPS-A".into()), "units"), Some(30.0));
    type_into(&mut harness, "Lead time of UPS-A", "1 year");
    assert_eq!(shown_value(&harness, Object::Component("UPS-A".into()), "lead_months"), Some(12.0));
    harness.state_mut().send(Action::Do(Command::Undo));
    harness.run();
    assert_eq!(shown_value(&harness, Object::Component("UPS-A".into()), "lead_months"), Some(10.0));
    // What cannot be stays with its message and changes nothing.
    type_into(&mut harness, "Units of UPS-A", "NaN");
    assert_eq!(shown_value(&harness, Object::Component("UPS-A".into()), "units"), Some(30.0));
}

#[test]
fn lines_are_selected_with_the_drawing() {
    let mut harness = table();
    for (line, modifiers) in [("Row T1", Modifiers::NONE), ("Row T3", Modifiers::SHIFT)] {
        harness.get_by_label(line).click_modifiers(modifiers);
        harness.run();
    }
    assert_eq!(harness.state().view().parts().into_iter().collect::<Vec<_>>(), ["T1", "T2", "T3"]);
}
