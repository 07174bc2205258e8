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

#[test]
fn pictures_of_the_table() {
    for (size, dark, frame) in FRAMES {
        for (name, place, kind) in [
            ("both", Place::Both, None),
            ("all", Place::Site, None),
            ("one", Place::Site, Some("Transformer")),
        ] {
            let mut harness = harness_of(size, dark, solved_app());
            harness.state_mut().send(Action::ShowPlace(place));
            harness.state_mut().send(Action::Do(Command::View(SiteView::Table)));
            harness.state_mut().send(Action::SelectParts(vec!["T1".into(), "T3".into()]));
            harness.state_mut().view_mut().table.kind = kind;
            picture_of(&mut harness, &format!("table-{name}-{frame}"));
        }
    }
}

#[test]
fn two_thousand_parts_are_listed_by_the_lines_that_are_seen() {
    let mut site = fixture::site();
    let model = site.component("T1").unwrap().clone();
    for index in 0..2000 {
        let tag = format!("X{index}");
        let part = wattshift::site::Component { id: tag.clone(), tag, ..model.clone() };
        site.components.push(part);
    }
    let mut app = App::for_test(site, services());
    app.view_mut().place = Place::Site;
    app.view_mut().site = SiteView::Table;
    let mut harness = harness(app);
    harness.run();
    harness.get_by_label("2,022 parts".replace(',', "\u{202f}").as_str());
    harness.get_by_label("Row GRID");
    assert!(harness.query_by_label("Row X1999").is_none());
    // A part that is selected elsewhere is brought into view.
    harness.state_mut().send(Action::Select(Some(Object::Component("X1999".into()))));
    harness.run();
    harness.run();
    harness.get_by_label("Row X1999");
    let begun = std::time::Instant::now();
    harness.run_steps(20);
    println!("{:.2} ms a frame of 2,022 parts", begun.elapsed().as_secs_f64() * 50.0);
}
