//! What the file says of a hall's fit-out, a feed's contract and a link, changed at the right; what is the same in every
//! scenario says so; a set becomes two.

use egui::accesskit::Role;
use wattshift::app::pages::Drawn;
use wattshift::app::state::Overlay;
use wattshift::site::{Evidence, FitOut, GridFeed, Kind, Medium, Payment};

use super::assumptions::undo_label;
use super::*;

const SCENARIO: &str = "Hashprice stays at 35";

fn shown_at(height: f32, object: Object) -> Harness<'static, App> {
    let mut harness = harness_of(vec2(1280.0, height), false, solved_app());
    harness.state_mut().send(Action::Select(Some(object)));
    harness.run();
    harness
}

fn part_of(id: &str) -> Object {
    Object::Component(id.to_owned())
}

fn in_scenario(harness: &mut Harness<'_, App>, object: Object) {
    harness.state_mut().send(Action::ChooseScenario(Some(SCENARIO.into())));
    harness.state_mut().send(Action::Select(Some(object)));
    harness.run();
}

fn fit_out(harness: &Harness<'_, App>) -> Option<FitOut> {
    let site = harness.state().document().unwrap().site();
    site.component("H2").unwrap().hall().unwrap().fit_out.clone()
}

fn said(harness: &Harness<'_, App>) -> String {
    harness.state().view().toasts.iter().map(|toast| toast.text.clone()).collect::<Vec<_>>().join("; ")
}

fn click(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.run();
    harness.run();
}

#[test]
fn all_of_a_fit_out_is_typed_and_undone_by_name() {
    let mut harness = shown_at(1900.0, part_of("H2"));
    // 35 MW at 6.2 M$.
    harness.get_by_label("35.0 MW for $217M, ready 12 months after the order, empty for the last 6 of them");
    type_into(&mut harness, "Fit-out lead", "14 months");
    type_into(&mut harness, "Convertible", "50 %");
    harness.get_by_label("17.5 MW for $108M, ready 14 months after the order, empty for the last 6 of them");
    // The order day.
    harness.get_by_role_and_label(Role::Button, "Any day").click();
    harness.run();
    let start = harness.state().document().unwrap().site().plan.start;
    assert_eq!(fit_out(&harness).unwrap().earliest, Some(start));
    assert_eq!(undo_label(&harness).as_deref(), Some("Change the first order day of the fit-out of H2"));
    // A schedule of three: each added payment is what is left.
    click(&mut harness, "Add");
    assert_eq!(undo_label(&harness).as_deref(), Some("Change the payments of the fit-out of H2"));
    type_into(&mut harness, "Share of fit-out payment 1", "30 %");
    harness.get_by_label("30.0 % in all");
    click(&mut harness, "Add");
    type_into(&mut harness, "Share of fit-out payment 2", "50 %");
    type_into(&mut harness, "Months after the order of fit-out payment 2", "8");
    click(&mut harness, "Add");
    let payment = |share, months_after_order| Payment { share, months_after_order };
    let all = fit_out(&harness).unwrap().payments;
    assert_eq!(all.len(), 3);
    for (found, expected) in all.iter().zip([payment(0.3, 0.0), payment(0.5, 8.0), payment(0.2, 14.0)]) {
        assert!((found.share - expected.share).abs() < 1e-9, "{found:?}");
        assert_eq!(found.months_after_order, expected.months_after_order);
    }
    harness.get_by_label("100.0 % in all");
    // What cannot be is said, and changes nothing.
    for (field, bad, why) in [
        ("Share of fit-out payment 1", "-30 %", "between 0 and 100.0 %"),
        ("Share of fit-out payment 1", "130 %", "between 0 and 100.0 %"),
        ("Share of fit-out payment 1", "NaN", "not understood"),
        ("Share of fit-out payment 1", "inf", "not understood"),
        ("Months after the order of fit-out payment 2", "1e9", "between 0 and 240 months"),
        ("Months after the order of fit-out payment 2", "soon", "not understood"),
    ] {
        type_into(&mut harness, field, bad);
        assert_eq!(fit_out(&harness).unwrap().payments, all, "{bad}");
        assert!(said(&harness).contains(why), "{bad}: {}", said(&harness));
    }
    // Each payment goes, and undo brings it back.
    harness.get_all_by_label("×").next().unwrap().click();
    harness.run();
    assert_eq!(fit_out(&harness).unwrap().payments.len(), 2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(fit_out(&harness).unwrap().payments, all);
    // What is written is what is read.
    let site = harness.state().document().unwrap().site();
    let text = wattshift::file::write_text(site);
    assert_eq!(wattshift::file::read_text(&text).0.unwrap().components, site.components);
}

#[test]
fn a_fit_out_is_taken_away_and_added_at_usual_values_with_their_sources() {
    let mut harness = shown_at(1900.0, part_of("H2"));
    click(&mut harness, "Remove the fit-out");
    assert_eq!(fit_out(&harness), None);
    assert_eq!(undo_label(&harness).as_deref(), Some("Remove the fit-out of H2"));
    assert_eq!(shown_value(&harness, part_of("H2"), "fit_out_usd_per_mw"), None);
    harness.get_by_label_contains("The hall lists no fit-out");
    harness.get_by_label("Add a fit-out").click();
    harness.run();
    harness.get_by_label("Liquid (cold plate)").click();
    harness.run();
    let added = fit_out(&harness).unwrap();
    assert_eq!(undo_label(&harness).as_deref(), Some("Add a fit-out to H2"));
    assert!(added.usd_per_mw > 1e6 && added.lead_months > 1.0 && added.liquid_share > 0.5, "{added:?}");
    let paid: f64 = added.payments.iter().map(|payment| payment.share).sum();
    assert!((paid - 1.0).abs() < 1e-9);
    for field in ["fit_out_usd_per_mw", "fit_out_lead_months", "fit_out_liquid_share", "fit_out_kw_per_rack"]
    {
        let at = Address::new(part_of("H2"), field);
        let origin = harness.state().document().unwrap().site().provenance_of(&at).cloned().unwrap();
        assert!(origin.evidence == Evidence::Assumed && !origin.source.is_empty(), "{field}");
        assert!(origin.low.unwrap() <= origin.high.unwrap(), "{field}");
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(fit_out(&harness), None);
}

#[test]
fn several_halls_have_one_first_order_day() {
    let mut harness = harness_of(vec2(1280.0, 1600.0), false, solved_app());
    harness.state_mut().send(Action::SelectParts(vec!["H1".into(), "H2".into()]));
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Any day").click();
    harness.run();
    let site = harness.state().document().unwrap().site();
    let days =
        ["H1", "H2"].map(|id| site.component(id).unwrap().hall().unwrap().fit_out.clone().unwrap().earliest);
    assert_eq!(days, [Some(site.plan.start); 2]);
    assert_eq!(undo_label(&harness).as_deref(), Some("Change the first order day of the fit-out of 2 parts"));
}

#[test]
fn what_is_the_same_in_every_scenario_says_so_there_and_in_its_step() {
    let mut harness = shown_at(1900.0, part_of("H2"));
    assert!(harness.query_by_label_contains("in all scenarios").is_none(), "the base case is all there is");
    in_scenario(&mut harness, part_of("H2"));
    harness.get_by_label("Tag, name, note, side and use today are the same in all scenarios");
    harness.get_by_label("The first order day and the payments of a fit-out are the same in all scenarios");
    // A number differs in the scenario alone, and says nothing of the kind.
    type_into(&mut harness, "Fit-out lead", "20 months");
    assert_eq!(fit_out(&harness).unwrap().lead_months, 12.0);
    assert!(!undo_label(&harness).unwrap().contains("all scenarios"));
    // A payment does not.
    click(&mut harness, "Add");
    assert_eq!(fit_out(&harness).unwrap().payments.len(), 1);
    let label = "Change the payments of the fit-out of H2, in all scenarios";
    assert_eq!(undo_label(&harness).as_deref(), Some(label));
    assert!(said(&harness).contains(label));
    // The number of the scenario outlives it.
    assert_eq!(shown_value(&harness, part_of("H2"), "fit_out_lead_months"), Some(20.0));
    type_into(&mut harness, "Name of the part", "Building 2 west");
    assert_eq!(undo_label(&harness).as_deref(), Some("Change name of H2, in all scenarios"));
    // Where things stand is the same for all, and nobody needs to be told.
    let place = wattshift::site::Point { x: 900.0, y: 900.0 };
    harness
        .state_mut()
        .send(Action::Draw(wattshift::site::drawing::Stroke::Move(vec![("H2".into(), place)])));
    harness.run();
    assert!(!undo_label(&harness).unwrap().contains("all scenarios"));
    // Drawing does reach them.
    harness.state_mut().send(Action::Select(Some(part_of("FW1"))));
    harness.state_mut().send(Action::Do(Command::TakeOut));
    harness.run();
    assert_eq!(undo_label(&harness).as_deref(), Some("Take out FW1, in all scenarios"));
}

#[test]
fn rows_and_lists_say_that_they_are_of_all_scenarios() {
    let mut harness = shown_at(900.0, part_of("H1"));
    in_scenario(&mut harness, part_of("H1"));
    harness.state_mut().send(Action::Do(Command::View(wattshift::app::state::SiteView::Halls)));
    harness.run();
    harness.get_by_label("Rows are the same in all scenarios");
    harness.get_by_label("Lay out rows").click();
    harness.run();
    assert_eq!(undo_label(&harness).as_deref(), Some("Lay out rows of H1, in all scenarios"));
    // A list pasted from a spreadsheet.
    let list = "Tag\tRating\nT1\t44 MVA\n";
    harness.state_mut().send(Action::Do(Command::View(wattshift::app::state::SiteView::Table)));
    harness.run();
    harness.event(egui::Event::Paste(list.to_owned()));
    harness.run_steps(4);
    harness.get_by_label("What a list changes is the same in all scenarios");
}

#[test]
fn the_trench_and_the_note_of_a_link_are_typed() {
    let link = |harness: &Harness<'_, App>, id: &str| {
        let site = harness.state().document().unwrap().site();
        site.links.iter().find(|link| link.id == id).cloned().unwrap()
    };
    // Two ways from the meet-me room.
    let mut harness = shown_at(900.0, Object::Link("L21".into()));
    harness.get_by_label("Links that name one trench fail together");
    type_into(&mut harness, "Trench of the fibre", " Road north ");
    assert!(
        matches!(&link(&harness, "L21").medium, Medium::Fibre { trench: Some(name), .. } if name == "Road north")
    );
    harness.get_by_label("No other link is in this trench");
    harness.state_mut().send(Action::Select(Some(Object::Link("L22".into()))));
    harness.run();
    harness.get_by_label("Trenches of other links: Road north");
    type_into(&mut harness, "Trench of the fibre", "Road north");
    harness.get_by_label("One cut takes this and another link");
    type_into(&mut harness, "Trench of the fibre", " ");
    assert!(matches!(&link(&harness, "L22").medium, Medium::Fibre { trench: None, .. }));
    type_into(&mut harness, "Note of the link", "dug in 2019");
    assert_eq!(link(&harness, "L22").note, "dug in 2019");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(link(&harness, "L22").note, "");
    // What a scenario says of the rating does not get into the base case by the way.
    in_scenario(&mut harness, Object::Link("L22".into()));
    type_into(&mut harness, "Rating", "7 MW");
    type_into(&mut harness, "Trench of the fibre", "South");
    assert_eq!(link(&harness, "L22").rating_mw, None);
    assert_eq!(shown_value(&harness, Object::Link("L22".into()), "rating_mw"), Some(7.0));
}

fn feed(harness: &Harness<'_, App>, is_shown: bool) -> GridFeed {
    let document = harness.state().document().unwrap();
    let site = if is_shown { document.shown() } else { document.site() };
    match &site.component("GRID").unwrap().kind {
        Kind::GridFeed(feed) => feed.clone(),
        _ => panic!("a feed"),
    }
}

#[test]
fn the_contract_of_a_feed_is_set_from_dates_on() {
    let mut harness = shown_at(2600.0, part_of("GRID"));
    harness.get_by_label("All that the wires carry, from the first day on");
    click(&mut harness, "Add a step of contract");
    click(&mut harness, "Add a step of contract");
    let steps = feed(&harness, false).contract_mw;
    assert_eq!(steps.iter().map(|step| step.mw).collect::<Vec<_>>(), [100.0, 100.0]);
    assert_eq!(steps[0].from, harness.state().document().unwrap().site().plan.start);
    type_into(&mut harness, "Contract by date from 2026-01-01", "60");
    assert_eq!(feed(&harness, false).contract_mw[0].mw, 60.0);
    type_into(&mut harness, "Contract by date from 2026-01-01", "-5");
    assert_eq!(feed(&harness, false).contract_mw[0].mw, 60.0);
    harness.key_press(Key::Escape);
    harness.run();
    // In a scenario a step is another, or not there, and the base case keeps it.
    in_scenario(&mut harness, part_of("GRID"));
    type_into(&mut harness, "Firm power by date from 2026-01-01", "50");
    assert_eq!((feed(&harness, true).firm_mw[0].mw, feed(&harness, false).firm_mw[0].mw), (50.0, 75.0));
    harness.get_all_by_label("×").next().unwrap().click();
    harness.run();
    assert_eq!((feed(&harness, true).contract_mw.len(), feed(&harness, false).contract_mw.len()), (1, 2));
    // It is still there to be taken back.
    let resets = harness.get_all_by_label("Reset").count();
    assert_eq!(resets, 2);
    harness.get_all_by_label("Reset").next().unwrap().click();
    harness.run();
    assert_eq!(feed(&harness, true).contract_mw, feed(&harness, false).contract_mw);
}

#[test]
fn a_set_with_spares_becomes_two_after_what_a_loss_leaves_was_shown() {
    let mut site = fixture::site();
    let set = site.components.iter_mut().find(|part| part.id == "UPS-A").unwrap();
    (set.units, set.spare_units) = (8, 1);
    (set.failures_per_year, set.repair_hours) = (Some(0.5), Some(40.0));
    let mut harness = harness(App::for_test(site, services()));
    harness.state_mut().send(Action::Select(Some(part_of("UPS-A"))));
    harness.run();
    // Single parts have no spares: it says what would do.
    harness.state_mut().send(Action::Do(Command::Draw(Drawn::Split)));
    harness.run();
    assert!(said(&harness).contains("split it into two sets"), "{}", said(&harness));
    harness.state_mut().send(Action::Do(Command::Draw(Drawn::SplitInTwo)));
    harness.run_steps(4);
    harness.get_by_label("Split UPS-A into two sets");
    // 4 and the spare, and 3: 7 x 2.5 MW, of which a unit of the three takes 2.5 and the larger set 10.
    let count = |text: &str| harness.query_all_by_label(text).count();
    assert_eq!((count("5 (1 spare)"), count("8 (1 spare)"), count("15.0 MW")), (1, 2, 1));
    assert_eq!(count("17.5 MW"), 4, "today with and without a loss, both together, and of the part itself");
    assert_eq!((count("10.0 MW"), count("7.5 MW")), (2, 2));
    harness.get_by_label("Carries all of it");
    for (field, text, why) in [
        ("Units of the second set", "8", "no two sets that carry load"),
        ("Units of the second set", "-1", "no number of units"),
        ("Units of the second set", "2.5", "no number of units"),
        ("Units of the second set", "1e12", "no number of units"),
        ("Units of the second set", "many", "`many` is"),
        ("Spare units among them", "2", "no two sets that carry load"),
    ] {
        let was = if field.starts_with("Units") { "3" } else { "0" };
        enter(&mut harness, field, text);
        harness.get_by_label_contains(why);
        harness.get_by_role_and_label(Role::Button, "Split it").click();
        harness.run_steps(3);
        assert!(
            matches!(harness.state().view().overlay, Some(Overlay::TwoSets(_))),
            "{text}: nothing is done"
        );
        enter(&mut harness, field, was);
    }
    harness.get_by_role_and_label(Role::Button, "Split it").click();
    harness.run_steps(4);
    assert_eq!(undo_label(&harness).as_deref(), Some("Split UPS-A into sets of 5 and 3"));
    let after = harness.state().document().unwrap().site().clone();
    let of = |id: &str| after.component(id).map(|part| (part.units, part.spare_units)).unwrap();
    assert_eq!((of("UPS-A"), of("UPS-A-2")), ((5, 1), (3, 0)));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(harness.state().document().unwrap().site().component("UPS-A").unwrap().units, 8);
    // What is one unit opens no page.
    harness.state_mut().send(Action::Select(Some(part_of("T2"))));
    harness.state_mut().send(Action::Do(Command::Draw(Drawn::SplitInTwo)));
    harness.run();
    assert!(harness.state().view().overlay.is_none() && said(&harness).contains("T2 is one unit already"));
}

/// Replaces the text of a field of a page.
fn enter(harness: &mut Harness<'_, App>, label: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, label).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, label).type_text(text);
    harness.run_steps(3);
}

#[test]
fn pictures_of_fit_outs_steps_links_and_two_sets() {
    for &(size, dark, frame) in picture_frames() {
        let mut harness = harness_of(size, dark, solved_app());
        harness.run();
        let scroll = |harness: &mut Harness<'_, App>, lines: f32| {
            harness.hover_at(egui::pos2(size.x - 150.0, size.y - 200.0));
            harness.run_steps(2);
            harness.event(egui::Event::MouseWheel {
                unit: egui::MouseWheelUnit::Point,
                delta: vec2(0.0, -lines),
                source: egui::MouseWheelSource::Wheel,
                phase: egui::TouchPhase::Move,
                modifiers: Modifiers::NONE,
            });
            harness.run();
        };
        harness.state_mut().send(Action::Select(Some(part_of("H2"))));
        harness.run();
        for _ in 0..2 {
            scroll(&mut harness, 360.0);
        }
        picture_of(&mut harness, &format!("fit-out-{frame}"));
        in_scenario(&mut harness, part_of("H2"));
        picture_of(&mut harness, &format!("fit-out-scenario-{frame}"));
        harness.state_mut().send(Action::Select(Some(part_of("GRID"))));
        harness.run();
        for _ in 0..8 {
            scroll(&mut harness, 800.0);
        }
        picture_of(&mut harness, &format!("feed-steps-{frame}"));
        harness.state_mut().send(Action::Select(Some(Object::Link("L21".into()))));
        harness.run();
        picture_of(&mut harness, &format!("link-{frame}"));
        harness.state_mut().send(Action::Select(Some(part_of("CDU"))));
        harness.state_mut().send(Action::Do(Command::Draw(Drawn::SplitInTwo)));
        harness.run_steps(6);
        picture_of(&mut harness, &format!("two-sets-{frame}"));
    }
}
