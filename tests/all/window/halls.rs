//! The rows of a hall, laid out and corrected as a user does it.

use super::assumptions::undo_label;
use super::*;
use egui::accesskit::Role;
use wattshift::app::state::{Place, SiteView};
use wattshift::site::{Hall, Holder};

fn halls(app: App, hall: &str) -> Harness<'static, App> {
    let mut harness = harness(app);
    harness.state_mut().send(Action::ShowPlace(Place::Site));
    harness.state_mut().send(Action::Do(Command::View(SiteView::Halls)));
    harness.state_mut().send(Action::Select(Some(Object::Component(hall.into()))));
    harness.run();
    harness
}

fn hall(harness: &Harness<'_, App>, id: &str) -> Hall {
    harness.state().document().unwrap().shown().component(id).unwrap().hall().unwrap().clone()
}

#[test]
fn rows_that_are_laid_out_add_up_to_the_hall() {
    let mut harness = halls(solved_app(), "H1");
    harness.get_by_label("Lay out rows").click();
    harness.run();
    let laid = hall(&harness, "H1");
    // 30 MW by racks of 130 kW: 231 positions.
    assert_eq!((laid.row_groups.len(), laid.row_groups[0].positions), (1, 231));
    assert!((laid.row_sums().mining_mw - 30.0).abs() < 1e-9 && laid.row_sums().liquid_mw >= 30.0);
    assert_eq!(undo_label(&harness).as_deref(), Some("Lay out rows of H1"));
    harness.get_by_label("Mining: 30.0 MW by the rows, 30.0 MW drawn");
}

#[test]
fn a_sum_that_does_not_meet_the_hall_is_taken_in_one_step() {
    let mut harness = halls(solved_app(), "H1");
    harness.get_by_label("Lay out rows").click();
    harness.run();
    type_into(&mut harness, "Count of rows 1", "2*100");
    assert_eq!(hall(&harness, "H1").row_groups[0].positions, 200);
    harness.get_by_label_contains("Mining: 26.0 MW by the rows, 30.0 MW drawn");
    harness.get_by_label("Take the sum").click();
    harness.run();
    assert!((hall(&harness, "H1").critical_mw - 200.0 * 30.0 / 231.0).abs() < 1e-9);
    // What cannot be changes nothing and is said.
    for bad in ["NaN", "-3", "1.5", "1e12"] {
        let before = hall(&harness, "H1");
        type_into(&mut harness, "Count of rows 1", bad);
        assert_eq!(hall(&harness, "H1"), before, "{bad}");
    }
    assert!(!harness.state().view().toasts.is_empty());
}

#[test]
fn a_floor_that_does_not_bear_its_racks_is_mended_by_spreading_them() {
    let mut harness = halls(solved_app(), "H2");
    harness.get_by_label("Lay out rows").click();
    harness.run();
    type_into(&mut harness, "Weight each of rows 1", "9000 kg");
    assert!((hall(&harness, "H2").row_groups[0].rack_tonnes - 9.0).abs() < 1e-12);
    harness.get_by_label_contains("Floor load: 3.00 t/m² under Rows");
    // 9 t on a floor of 1.8 t/m2.
    harness.get_by_label("Spread to 5.00 m² each").click();
    harness.run();
    assert!((hall(&harness, "H2").row_groups[0].m2_per_rack - 5.0).abs() < 1e-9);
    assert_eq!(undo_label(&harness).as_deref(), Some("Spread the rows of H2"));
}

#[test]
fn rows_are_added_named_and_taken_out() {
    let mut harness = halls(solved_app(), "H1");
    harness.get_by_label("Lay out rows").click();
    harness.run();
    harness.get_by_label("Add rows").click();
    harness.run();
    type_into(&mut harness, "Name of rows 2", "East yard");
    harness.get_by_label("What stands in rows 2").click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Containers").click();
    harness.run();
    let groups = hall(&harness, "H1").row_groups;
    assert_eq!((groups[1].name.as_str(), groups[1].holder), ("East yard", Holder::Containers));
    harness.get_by_label("Take rows 1 out").click();
    harness.run();
    assert_eq!(hall(&harness, "H1").row_groups.len(), 1);
    // The file keeps it.
    let site = harness.state().document().unwrap().site();
    let text = wattshift::file::write_text(site);
    assert!(text.contains("holder: Containers"));
    let read = wattshift::file::read_text(&text).0.unwrap();
    assert_eq!(read.component("H1"), site.component("H1"));
}

#[test]
fn pictures_of_halls() {
    if std::env::var_os("WATTSHIFT_PICTURES").is_none() {
        return;
    }
    let template = solved_template(2);
    let plan = template.answer().plan.clone().unwrap();
    for &(size, dark, frame) in picture_frames() {
        let site = Site::clone(template.document().unwrap().site());
        let mut app = App::for_test(site, services());
        app.inject_plan(wattshift::plan::Plan::clone(&plan));
        app.view_mut().month = 32.0;
        {
            let mut harness = harness_of(size, dark, app);
            harness.state_mut().send(Action::ShowPlace(Place::Site));
            harness.state_mut().send(Action::Do(Command::View(SiteView::Halls)));
            picture_of(&mut harness, &format!("halls-{frame}"));
        }
    }
}
