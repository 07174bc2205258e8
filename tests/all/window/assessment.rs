//! The assessment of a site, filled in as a user does it.

use super::assumptions::undo_label;
use super::*;
use egui::accesskit::Role;
use wattshift::app::state::{Place, SiteView};
use wattshift::site::{AssessmentItem, AssessmentState, AssessmentTopic};

fn assessment() -> Harness<'static, App> {
    let mut harness = harness_of(vec2(1600.0, 900.0), false, solved_app());
    harness.state_mut().send(Action::ShowPlace(Place::Site));
    harness.state_mut().send(Action::Do(Command::View(SiteView::Assessment)));
    harness.run();
    harness
}

fn items(harness: &Harness<'_, App>) -> Vec<AssessmentItem> {
    harness.state().document().unwrap().site().assessment.clone()
}

#[test]
fn what_the_engineering_says_is_taken_in_one_step_and_edited() {
    let mut harness = assessment();
    assert!(items(&harness).is_empty());
    harness.get_by_label_contains("Take all").click();
    harness.run();
    let taken = items(&harness);
    assert!(taken.len() >= 5 && taken.iter().all(|item| !item.evidence.is_empty()), "{taken:?}");
    assert_eq!(undo_label(&harness).as_deref(), Some("Take what the engineering says into the assessment"));
    type_into(&mut harness, "Cost of item 1", "2*1.5 M");
    type_into(&mut harness, "Months of item 1", "1 year");
    type_into(&mut harness, "Evidence of item 1", "Load study of 2026-02");
    harness.get_by_label("State of item 1").click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Under way").click();
    harness.run();
    harness.get_by_label("Gate of item 1").click();
    harness.run();
    let now = items(&harness);
    let first = &now[0];
    assert_eq!((first.cost_usd, first.months, first.state), (3e6, 12.0, AssessmentState::UnderWay));
    assert_eq!((first.evidence.as_str(), first.gate.is_some()), ("Load study of 2026-02", true));
    for bad in ["NaN", "-5", "1e300", "soon"] {
        type_into(&mut harness, "Cost of item 1", bad);
        assert_eq!(items(&harness), now, "{bad}");
    }
    // The file keeps it, and a file without it is as before.
    let site = harness.state().document().unwrap().site().clone();
    let text = wattshift::file::write_text(&site);
    assert_eq!(wattshift::file::read_text(&text).0.unwrap().assessment, now);
    harness.get_by_label("Take item 1 out").click();
    harness.run();
    assert_eq!(items(&harness).len(), now.len() - 1);
}

#[test]
fn an_item_of_ones_own_is_added_and_no_plan_takes_notice() {
    let mut harness = assessment();
    let plan = harness.state().answer().plan.clone().unwrap();
    harness.get_by_label("Add item").click();
    harness.run();
    type_into(&mut harness, "Item 1", "Noise permit of the county");
    harness.get_by_label("Topic of item 1").click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Permits").click();
    harness.run();
    let now = items(&harness);
    assert_eq!(
        (now[0].topic, now[0].item.as_str()),
        (AssessmentTopic::Permits, "Noise permit of the county")
    );
    assert!(std::sync::Arc::ptr_eq(&plan, harness.state().answer().plan.as_ref().unwrap()));
}

#[test]
fn a_hostile_assessment_in_a_file_is_told_by_its_place() {
    let mut site = fixture::site();
    site.assessment.push(AssessmentItem { cost_usd: 1.0, ..AssessmentItem::default() });
    let text = wattshift::file::write_text(&site);
    assert!(text.contains("cost_usd: 1.0"));
    for bad in ["inf", "-1.0", "1e300", "NaN"] {
        let (_, report) =
            wattshift::file::read_text(&text.replacen("cost_usd: 1.0", &format!("cost_usd: {bad}"), 1));
        assert!(report.has_errors(), "{bad}");
        assert!(report.problems.iter().any(|problem| problem.place.contains("assessment")), "{report:?}");
    }
}

#[test]
fn pictures_of_the_assessment() {
    for &(size, dark, frame) in picture_frames() {
        let mut harness = harness_of(size, dark, solved_app());
        harness.state_mut().send(Action::ShowPlace(Place::Site));
        harness.state_mut().send(Action::Do(Command::View(SiteView::Assessment)));
        harness.run();
        harness.get_by_label_contains("Take all").click();
        harness.run();
        type_into(&mut harness, "Cost of item 2", "4.5 M");
        type_into(&mut harness, "Months of item 2", "14");
        picture_of(&mut harness, &format!("assessment-{frame}"));
    }
}
