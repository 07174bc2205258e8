//! The place of assumptions: its table, its pictures, by mouse and by keyboard.

use std::sync::Mutex;

use egui::accesskit::Role;
use wattshift::app::assumptions::Filter;
use wattshift::app::assumptions::outlook::{Outlook, outlook};
use wattshift::app::state::Place;
use wattshift::site::inventory::Topic;
use wattshift::site::{Evidence, Provenance};

use super::*;

/// Each site is sampled once for all tests.
fn known_outlook(site: &Site) -> Result<Outlook, String> {
    static KNOWN: Mutex<Vec<(Site, Outlook)>> = Mutex::new(Vec::new());
    let known = |list: &Vec<(Site, Outlook)>| {
        list.iter().find(|(known, _)| known == site).map(|(_, outlook)| outlook.clone())
    };
    if let Some(found) = known(&KNOWN.lock().unwrap()) {
        return Ok(found);
    }
    let made = outlook(site)?;
    KNOWN.lock().unwrap().push((site.clone(), made.clone()));
    Ok(made)
}

pub fn quick(mut services: Services) -> Services {
    services.outlook = known_outlook;
    services
}

/// A window on the first template, in the place, without a plan.
pub fn app_on(index: usize, topic: Topic) -> App {
    let services = quick(wattshift::app::built_in::services());
    let mut site = (*services.templates[index].site).clone();
    site.plan.judge_paths = 200;
    let mut app = App::for_test(site, services);
    app.send(Action::Do(Command::Assumptions(topic)));
    app
}

fn value(harness: &Harness<'_, App>, at: &str) -> Option<f64> {
    harness.state().document().and_then(|document| document.shown().value(&at.parse().unwrap()).flatten())
}

fn source(harness: &Harness<'_, App>, at: &str) -> Option<Provenance> {
    let at: Address = at.parse().unwrap();
    let document = harness.state().document().unwrap();
    document.site().provenance.iter().find(|known| known.at == at).cloned()
}

pub fn undo_label(harness: &Harness<'_, App>) -> Option<String> {
    harness.state().document().and_then(|document| document.history().undo_label().map(str::to_owned))
}

fn search(harness: &mut Harness<'_, App>, text: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run();
    harness.get_by_label("Search numbers and sources").type_text(text);
    harness.run();
}

#[test]
fn the_place_is_opened_by_its_key_and_a_number_is_searched_edited_and_undone() {
    let mut harness = harness(App::for_test(fixture::site(), quick(services())));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    harness.run();
    assert_eq!(harness.state().view().place, Place::Assumptions);
    search(&mut harness, "fee share");
    assert!(harness.query_by_label("Difficulty of bitcoin").is_none());
    harness.state_mut().view_mut().assumptions.search = "difficulty".to_owned();
    harness.run();
    let before = value(&harness, "bitcoin.difficulty");
    type_into(&mut harness, "Difficulty of bitcoin", "150 T");
    assert_eq!(value(&harness, "bitcoin.difficulty"), Some(150e12));
    assert_eq!(undo_label(&harness).as_deref(), Some("Change difficulty of bitcoin to 150 T"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(value(&harness, "bitcoin.difficulty"), before);
}

#[test]
fn a_number_that_is_not_understood_stays_and_says_why() {
    let mut harness = harness(app_on(0, Topic::Bitcoin));
    search(&mut harness, "block interval");
    type_into(&mut harness, "Block interval of bitcoin", "soon");
    assert_eq!(value(&harness, "bitcoin.block_minutes"), Some(9.95));
    harness.get_by_label_contains("`soon` is not understood");
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().document().is_some_and(|document| !document.is_modified()));
}

#[test]
fn in_a_scenario_a_number_differs_shows_the_base_and_is_reset() {
    let mut app = app_on(0, Topic::Bitcoin);
    app.send(Action::ChooseScenario(Some("Hashprice 35 flat".to_owned())));
    let mut harness = harness(app);
    harness.run();
    // What the scenario of the template says is marked, and can be listed alone.
    harness.get_by_label("Differs in scenario (3)").click();
    harness.run();
    harness.get_by_label("Reset Efficiency gain of bitcoin");
    harness.get_by_label_contains("All (").click();
    search(&mut harness, "fees");
    type_into(&mut harness, "Fees of bitcoin", "3 %");
    assert_eq!(value(&harness, "bitcoin.fee_share_of_subsidy"), Some(0.03));
    let base = harness.state().document().unwrap().site().assumptions.bitcoin.fee_share_of_subsidy;
    assert_eq!(base, 0.01);
    harness.get_by_label("Reset Fees of bitcoin").click();
    harness.run();
    assert_eq!(value(&harness, "bitcoin.fee_share_of_subsidy"), Some(0.01));
    assert!(harness.query_by_label("Reset Fees of bitcoin").is_none());
}

#[test]
fn source_range_date_and_evidence_are_typed_in_place() {
    let mut harness = harness(app_on(0, Topic::Power));
    search(&mut harness, "half-life");
    type_into(&mut harness, "Source of Half-life of power", "Study of the utility");
    type_into(&mut harness, "Low of Half-life of power", "8 months");
    type_into(&mut harness, "As-of date of Half-life of power", "2026-02");
    harness.get_by_label_contains("Evidence of Half-life of power").click();
    harness.run();
    harness.get_by_label("From a document").click();
    harness.run();
    let entry = source(&harness, "power.half_life_months").unwrap();
    assert_eq!(
        (entry.source.as_str(), entry.low, entry.high),
        ("Study of the utility", Some(8.0), Some(24.0))
    );
    assert_eq!(
        (entry.evidence, entry.as_of.unwrap().to_string()),
        (Evidence::Document, "2026-02-01".to_owned())
    );
    assert_eq!(undo_label(&harness).as_deref(), Some("Change source of half-life of power"));
    for _ in 0..4 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run();
    }
    assert_eq!(source(&harness, "power.half_life_months"), None);
}

/// Without the mouse: the search, the first cell by Tab, the next row by arrow, and back out.
#[test]
fn the_table_is_worked_with_the_keyboard_alone() {
    let mut harness = harness(app_on(0, Topic::Power));
    search(&mut harness, "power price");
    let focused = |harness: &Harness<'_, App>| {
        harness.state().view().field.as_ref().map(|edit| (edit.at.to_string(), edit.slot))
    };
    for _ in 0..24 {
        harness.key_press(Key::Tab);
        harness.run();
        if focused(&harness)
            .is_some_and(|(at, slot)| at == "power.drift" && slot == wattshift::app::state::Slot::Value)
        {
            break;
        }
    }
    assert_eq!(focused(&harness).map(|(at, _)| at).as_deref(), Some("power.drift"), "Tab reaches the cell");
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert_eq!(focused(&harness).map(|(at, _)| at).as_deref(), Some("power.volatility"));
    harness.get_by_role_and_label(Role::TextInput, "Power price volatility of power").type_text("30 %");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(value(&harness, "power.volatility"), Some(0.3));
    assert_eq!(value(&harness, "power.drift"), Some(0.02));
}

#[test]
fn what_is_assumed_is_counted_listed_sorted_and_copied() {
    let mut harness = harness(app_on(0, Topic::Equipment));
    harness.run();
    harness.get_by_label_contains("Values assumed for you:");
    harness.get_by_label("No source (0)");
    harness.get_by_label_contains("Assumed for you (").click();
    harness.run();
    assert_eq!(harness.state().view().assumptions.filter, Filter::Assumed);
    assert!(
        harness.query_by_label("Availability of Bitmain S19j Pro").is_none(),
        "a document stands behind it"
    );
    harness.get_by_label("Source").click();
    harness.run();
    harness.get_by_label("Copy as table").click();
    harness.run();
    harness.get_by_label_contains("is on the clipboard");
}

/// Every picture of every topic on every template, on a new document and in a scenario that takes an offer away.
#[test]
fn every_picture_is_painted_on_every_site() {
    let templates = wattshift::file::templates().len();
    for index in 0..=templates {
        for topic in Topic::ALL {
            for picture in 0..4 {
                let mut app = if index < templates {
                    app_on(index, topic)
                } else {
                    let mut app = App::for_test(Site::empty("Empty"), quick(services()));
                    app.send(Action::Do(Command::Assumptions(topic)));
                    app
                };
                app.view_mut().assumptions.picture = [picture; 4];
                if index < templates {
                    app.send(Action::ChooseScenario(Some("No backstop tenant".to_owned())));
                }
                let mut harness = harness(app);
                harness.run();
                assert!(harness.query_by_label_contains("Sampling the markets").is_none());
            }
        }
    }
}

#[test]
fn figures_and_pictures_say_what_they_show() {
    let mut harness = harness(app_on(0, Topic::Bitcoin));
    harness.run();
    harness.get_by_label_contains("Next halving: ");
    harness.get_by_label_contains("Hashprice over the horizon: From");
    harness.get_by_role_and_label(Role::Button, "Survival map").click();
    harness.run();
    harness.get_by_label_contains("Survival map: At");
    harness.get_by_role_and_label(Role::Button, "Hashcost").click();
    harness.run();
    harness.get_by_label_contains("Hashcost against hashprice: A petahash costs");
}

#[test]
fn assumptions_that_cannot_be_sampled_say_why() {
    let mut site = fixture::site();
    site.assumptions.correlation.btc_hashrate = 0.99;
    site.assumptions.correlation.btc_power = 0.99;
    site.assumptions.correlation.hashrate_power = -0.99;
    let mut app = App::for_test(site, quick(services()));
    app.send(Action::Do(Command::Assumptions(Topic::Bitcoin)));
    let mut harness = harness(app);
    harness.run();
    harness.get_by_label_contains("orrelation");
}

#[test]
fn the_place_is_drawn_at_any_size() {
    for size in [vec2(300.0, 200.0), vec2(700.0, 430.0), vec2(960.0, 300.0), vec2(3000.0, 260.0)] {
        for topic in Topic::ALL {
            let mut harness = harness_of(size, true, app_on(1, topic));
            harness.run_steps(4);
        }
    }
}

/// The four topics on all templates, for a designer to look at.
#[test]
fn pictures_of_the_assumptions() {
    if std::env::var_os("WATTSHIFT_PICTURES").is_none() {
        return;
    }
    for index in 0..wattshift::file::templates().len() {
        let services = quick(wattshift::app::built_in::services());
        let name = services.templates[index].name.clone();
        let site = (*services.templates[index].site).clone();
        let plan = wattshift::plan::solve(&site, None, wattshift::plan::Detail::Quick, &|_| true).unwrap();
        for &(size, dark, frame) in picture_frames() {
            for topic in Topic::ALL {
                for picture in 0..if frame == "1280-light" { 4 } else { 1 } {
                    let mut app = App::for_test(site.clone(), services.clone());
                    app.inject_plan(plan.clone());
                    app.send(Action::Do(Command::Assumptions(topic)));
                    app.view_mut().assumptions.picture = [picture; 4];
                    let file = format!("assumptions-{name}-{}-{picture}-{frame}", topic.text());
                    render(harness_of(size, dark, app), &file);
                }
            }
        }
    }
    let mut app = app_on(0, Topic::Power);
    app.send(Action::OpenPath(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/power/ercot_sample_year.csv"),
    ));
    render(harness(app), "assumptions-import");
    let mut app = app_on(0, Topic::Power);
    app.send(Action::Do(Command::EnterBills));
    render(harness(app), "assumptions-bills");
    for dark in [false, true] {
        let mut app = app_on(0, Topic::Bitcoin);
        app.send(Action::ChooseScenario(Some("Hashprice 35 flat".to_owned())));
        let shade = if dark { "dark" } else { "light" };
        render(harness_of(vec2(1280.0, 800.0), dark, app), &format!("assumptions-scenario-{shade}"));
    }
}

#[test]
fn bills_are_pasted_held_against_the_tariff_and_undone() {
    let mut harness = harness(app_on(0, Topic::Power));
    harness.run();
    harness.state_mut().send(Action::Do(Command::EnterBills));
    harness.run();
    let lines = "2025-01\t40000000\t70000\t1900000\n2025-02\tmuch\t70000\t1900000\n";
    harness.get_by_label("Bills, a line a month").focus();
    harness.run();
    harness.get_by_label("Bills, a line a month").type_text(lines);
    harness.run();
    harness.get_by_label_contains("Line 2: kWh `much` is not a number");
    let page = wattshift::app::assumptions::bills::BillsPage {
        feed: "feed".to_owned(),
        text: lines.replace("much", "38000000"),
    };
    harness.state_mut().view_mut().overlay = Some(wattshift::app::state::Overlay::Bills(page));
    harness.run();
    harness.get_by_label("Use").click();
    harness.run();
    let bills = |harness: &Harness<'_, App>| {
        let site = harness.state().document().unwrap().site();
        site.grid_feeds().next().map(|(_, feed)| feed.bills.len())
    };
    assert_eq!(bills(&harness), Some(2));
    harness.state_mut().view_mut().assumptions.picture = [2; 4];
    harness.run();
    harness.get_by_label_contains("Rebuild this bill: The tariff meets");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(bills(&harness), Some(0));
}

/// A file dropped on the place: shown first, read another way, taken as one step, undone.
#[test]
fn prices_are_dropped_shown_and_taken() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/power/ercot_sample_year.csv");
    let mut harness = harness(app_on(0, Topic::Power));
    harness.run();
    harness.state_mut().send(Action::OpenPath(file.clone()));
    harness.run();
    harness.get_by_label_contains("Hourly prices of ercot_sample_year.csv");
    // The pointer is on the page before it clicks.
    harness.get_by_role_and_label(Role::Button, "Load").hover();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Load").click();
    harness.run();
    harness.get_by_label_contains("Metered load of ercot_sample_year.csv");
    harness.get_by_role_and_label(Role::Button, "Prices").click();
    harness.run();
    harness.get_by_label("Use").click();
    harness.run();
    assert_eq!(
        undo_label(&harness).map(|label| label.starts_with("Import the prices ercot_sample_year")),
        Some(true)
    );
    let decks =
        |harness: &Harness<'_, App>| harness.state().document().unwrap().site().assumptions.price_decks.len();
    let after = decks(&harness);
    harness.get_by_label_contains("Price-duration curve: ");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(decks(&harness) + 1, after);
    // A file that is nothing of the kind changes nothing and says why.
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/power/LICENSE-nrel-ssc.txt");
    harness.state_mut().send(Action::OpenPath(other));
    harness.run();
    harness.get_by_label("The site stays as it is");
    harness.get_by_label("Close").click();
    harness.run();
    assert_eq!(harness.state().view().overlay, None);
}
