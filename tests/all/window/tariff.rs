//! The energy price of a grid feed, by clicks and keys: its kind, its periods, its block; and a price history imported.

use egui::accesskit::Role;
use wattshift::app::state::Overlay;
use wattshift::site::inventory::Topic;
use wattshift::site::{BootstrapDrift, EnergyPrice, Override, PriceModel, Scenario, Tariff, TimeOfUse};

use super::assumptions::{app_on, quick, undo_label};
use super::*;

/// A window on the first template with its grid feed selected.
fn app_on_feed() -> App {
    let mut app = app_on(0, Topic::Power);
    app.send(Action::Do(Command::ShowBoth));
    app.send(Action::Select(Some(Object::Component("feed".to_owned()))));
    app
}

fn tariff(harness: &Harness<'_, App>) -> Tariff {
    let site = harness.state().document().unwrap().site();
    site.grid_feeds().next().unwrap().1.tariff.clone()
}

fn time_of_use(harness: &Harness<'_, App>) -> TimeOfUse {
    match tariff(harness).energy {
        EnergyPrice::TimeOfUse(prices) => prices,
        other => panic!("energy is bought at {other:?}"),
    }
}

fn click(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_role_and_label(Role::Button, label).scroll_to_me();
    harness.run();
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.run();
}

fn undo(harness: &mut Harness<'_, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
}

#[test]
fn a_tariff_by_time_of_use_is_made_by_clicks_and_undone_step_by_step() {
    let mut harness = harness_of(vec2(1280.0, 2600.0), false, app_on_feed());
    harness.run();
    click(&mut harness, "Time of use");
    assert_eq!(undo_label(&harness), Some("Buy the energy of GRID by time of use".to_owned()));
    let level = time_of_use(&harness).otherwise_usd_per_mwh;
    assert!(level > 10.0, "the level of the index is kept");
    click(&mut harness, "Add period");
    assert_eq!(time_of_use(&harness).periods.len(), 1);
    harness.get_by_label_contains("The periods take every hour");
    type_into(&mut harness, "Name of period 1", "Summer peak");
    type_into(&mut harness, "Price of Summer peak", "140 $/MWh");
    assert_eq!(undo_label(&harness).as_deref(), Some("Change price of period 1 of GRID to 140 $/MWh"));
    for (list, entry) in
        [("First month", "Jun"), ("Last month", "Sep"), ("Begins at", "13:00"), ("Ends at", "19:00")]
    {
        harness.get_by_role_and_label(Role::ComboBox, list).click();
        harness.run();
        // A list of twelve months is longer than its popup.
        click(&mut harness, entry);
    }
    let period = time_of_use(&harness).periods[0].clone();
    assert_eq!((period.name.as_str(), period.usd_per_mwh), ("Summer peak", 140.0));
    assert_eq!((period.from_month, period.to_month, period.from_hour, period.to_hour), (6, 9, 13, 19));
    // Four months of 730 h, six hours of 24.
    harness.get_by_label("730 h a year");
    harness.get_by_label_contains("Price map: 2 prices by month and hour");
    // A second period of all hours takes the rest; before the first it would take everything.
    click(&mut harness, "Add period");
    harness.get_by_label_contains("h a year; 730 h more are taken by Summer peak above");
    click(&mut harness, "Move Period 1 up");
    harness.get_by_label_contains("Takes no hour: Period 1 above has them all");
    assert_eq!(time_of_use(&harness).periods[1].name, "Summer peak");
    undo(&mut harness);
    assert_eq!(time_of_use(&harness).periods[0].name, "Summer peak");
    click(&mut harness, "Remove Summer peak");
    assert_eq!(time_of_use(&harness).periods.len(), 1);
    for _ in 0..20 {
        undo(&mut harness);
    }
    assert!(harness.state().document().is_some_and(|document| !document.is_modified()));
}

/// A price typed in a scenario stays with its period when the list changes, and goes with it, which is said.
#[test]
fn a_price_of_a_scenario_stays_with_its_period() {
    let mut app = app_on_feed();
    app.send(Action::ChooseScenario(Some("Hashprice 35 flat".to_owned())));
    let mut harness = harness_of(vec2(1280.0, 2600.0), false, app);
    harness.run();
    harness.get_by_label_contains("the same in every scenario");
    click(&mut harness, "Time of use");
    click(&mut harness, "Add period");
    click(&mut harness, "Add period");
    type_into(&mut harness, "Price of Period 2", "99");
    let base = time_of_use(&harness).periods[1].usd_per_mwh;
    assert!(base < 90.0, "the base case keeps its price");
    click(&mut harness, "Move Period 2 up");
    let feed = Object::Component("feed".to_owned());
    assert_eq!(shown_value(&harness, feed.clone(), "period_1_usd_per_mwh"), Some(99.0));
    assert_eq!(shown_value(&harness, feed, "period_2_usd_per_mwh"), Some(base));
    click(&mut harness, "Remove Period 2");
    harness.get_by_label_contains("1 value of a scenario went with the prices they were of");
    let scenario = |harness: &Harness<'_, App>| -> Scenario {
        harness
            .state()
            .document()
            .unwrap()
            .site()
            .scenarios
            .iter()
            .find(|s| s.name == "Hashprice 35 flat")
            .cloned()
            .unwrap()
    };
    let of_feed = |scenario: Scenario| {
        let is_price = |change: &&Override| matches!(change, Override::Value { at, .. } if at.field.starts_with("period_"));
        scenario.overrides.iter().filter(is_price).count()
    };
    assert_eq!(of_feed(scenario(&harness)), 0);
    undo(&mut harness);
    assert_eq!(of_feed(scenario(&harness)), 1);
}

/// A price that is half typed as its period is moved goes to the period it was typed for.
#[test]
fn a_price_being_typed_is_taken_before_the_list_changes() {
    let mut harness = harness_of(vec2(1280.0, 2600.0), false, app_on_feed());
    harness.run();
    click(&mut harness, "Time of use");
    click(&mut harness, "Add period");
    click(&mut harness, "Add period");
    harness.get_by_role_and_label(Role::TextInput, "Price of Period 1").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Price of Period 1").type_text("77");
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Move Period 1 down").click();
    harness.run();
    let periods = time_of_use(&harness).periods;
    assert_eq!((periods[1].name.as_str(), periods[1].usd_per_mwh), ("Period 1", 77.0));
    assert!(periods[0].usd_per_mwh != 77.0);
}

#[test]
fn a_block_is_added_filled_in_and_taken_away_in_the_power_tab() {
    let mut app = app_on(0, Topic::Power);
    app.view_mut().assumptions.picture = [3; 4];
    let mut harness = harness_of(vec2(1280.0, 1000.0), true, app);
    harness.run();
    harness.get_by_label_contains("Tariff: Energy is bought at ERCOT HB_WEST, real time, ");
    click(&mut harness, "Add block");
    harness.get_by_label_contains("A block of no megawatts changes nothing");
    type_into(&mut harness, "Power of the block", "25 MW");
    type_into(&mut harness, "Price of the block", "41.5");
    let block = tariff(&harness).block.unwrap();
    assert_eq!((block.mw, block.usd_per_mwh, block.until), (25.0, 41.5, None));
    click(&mut harness, "Whole plan");
    assert!(tariff(&harness).block.unwrap().until.is_some());
    click(&mut harness, "Remove block");
    assert_eq!(tariff(&harness).block, None);
    for _ in 0..5 {
        undo(&mut harness);
    }
    assert!(harness.state().document().is_some_and(|document| !document.is_modified()));
}

#[test]
fn a_deck_of_the_program_is_chosen_for_an_index_without_one() {
    let mut site = fixture::site();
    site.assumptions.price_decks.clear();
    let mut app = App::for_test(site, quick(services()));
    app.send(Action::Select(Some(Object::Component("GRID".to_owned()))));
    let mut harness = harness_of(vec2(1280.0, 1400.0), false, app);
    harness.run();
    harness.get_by_label_contains("This file has no price deck `west`");
    harness.get_by_role_and_label(Role::ComboBox, "Price deck of GRID").click();
    harness.run();
    harness.get_by_label_contains("NYISO zone D (North)").click();
    harness.run();
    assert_eq!(tariff(&harness).price_deck, "nyiso-north");
    assert_eq!(harness.state().document().unwrap().site().assumptions.price_decks.len(), 1);
}

const HISTORY: &str =
    "date,close,volume\n2023-12-30,42100,7\n2024-01-31,42580,9\n2024-02-29,61200,9\n2024-04-30,60640,3\n";

/// A file dropped under Bitcoin: shown with what its columns are, its gap named, taken with the model in one step.
#[test]
fn a_price_history_is_dropped_shown_taken_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.csv");
    std::fs::write(&file, HISTORY).unwrap();
    let mut harness = harness(app_on(0, Topic::Bitcoin));
    harness.run();
    harness.state_mut().send(Action::OpenPath(file.clone()));
    harness.run();
    harness.get_by_label("Price history of mine.csv");
    harness.get_by_label_contains("4 months, Dec 2023 to Apr 2024, 1 missing");
    harness.get_by_label_contains("the column `close` is taken for the price");
    harness.get_by_label_contains("not used: `volume`");
    harness.get_by_label_contains("mine.csv, line 5: Mar 2024 is missing before this line");
    harness.get_by_role_and_label(Role::Button, "Bootstrap of the history").click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "As the history did").click();
    harness.run();
    harness.get_by_label("Use").click();
    harness.run();
    assert_eq!(undo_label(&harness).as_deref(), Some("Import the price history mine.csv"));
    let bitcoin = |harness: &Harness<'_, App>| {
        let assumptions = &harness.state().document().unwrap().site().assumptions;
        let months = assumptions.price_history.as_ref().map(|history| history.months.len());
        (months, assumptions.bitcoin.price_model, assumptions.bitcoin.bootstrap_drift)
    };
    assert_eq!(bitcoin(&harness), (Some(4), PriceModel::Bootstrap, BootstrapDrift::History));
    // Back to the program's months, by the menu.
    harness.get_by_label("Price: bootstrap…").click();
    harness.run();
    harness.get_by_label("History: mine.csv");
    harness.get_by_label("Use the program's price history").click();
    harness.run();
    assert_eq!(bitcoin(&harness).0, None);
    undo(&mut harness);
    undo(&mut harness);
    assert_eq!(bitcoin(&harness), (None, PriceModel::JumpDiffusion, BootstrapDrift::Assumed));
    // A file that is no history says so by line and changes nothing.
    std::fs::write(&file, "date,close\n2024-01,plenty\n").unwrap();
    harness.state_mut().send(Action::OpenPath(file));
    harness.run();
    harness.get_by_label_contains("mine.csv, line 2: `plenty` is not a number");
    harness.get_by_label("The site keeps its price history");
    harness.get_by_label("Close").click();
    harness.run();
    assert_eq!(harness.state().view().overlay, None::<Overlay>);
}

#[test]
fn the_growth_of_the_bootstrap_is_chosen_in_its_menu() {
    let mut harness = harness(app_on(0, Topic::Bitcoin));
    harness.run();
    harness.get_by_label("Price: jump diffusion…").click();
    harness.run();
    harness.get_by_label("As the history did").click();
    harness.run();
    let drift = harness.state().document().unwrap().site().assumptions.bitcoin.bootstrap_drift;
    assert_eq!(drift, BootstrapDrift::History);
    assert_eq!(
        undo_label(&harness).as_deref(),
        Some("Let the bootstrap of the price grow as the history did")
    );
}

/// What the page of prices asks can be said on it: the column the hint speaks of.
#[test]
fn a_column_of_an_import_is_named_on_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.csv");
    let mut text = String::from("time,alpha,beta\n");
    for day in 1..=28 {
        for hour in 0..24 {
            text.push_str(&format!("2025-02-{day:02} {hour:02}:00,{},{}\n", 20 + hour, 400 + hour));
        }
    }
    std::fs::write(&file, text).unwrap();
    let mut harness = harness(app_on(0, Topic::Power));
    harness.run();
    harness.state_mut().send(Action::OpenPath(file));
    harness.run();
    harness.get_by_label_contains("several columns have numbers");
    harness.get_by_label_contains("say which holds the values (“Column of values” above)");
    type_into(&mut harness, "Column of values", "beta");
    harness.get_by_label_contains("411.50 $/MWh");
}

/// The new pieces, for a designer to look at.
#[test]
fn pictures_of_the_tariff() {
    if std::env::var_os("WATTSHIFT_PICTURES").is_none() {
        return;
    }
    let prices = || {
        let period = |name: &str, months: (u32, u32), days, hours: (u32, u32), usd_per_mwh| {
            wattshift::site::TimeOfUsePeriod {
                name: name.to_owned(),
                from_month: months.0,
                to_month: months.1,
                days,
                from_hour: hours.0,
                to_hour: hours.1,
                usd_per_mwh,
            }
        };
        use wattshift::site::Days;
        TimeOfUse {
            periods: vec![
                period("Summer peak", (6, 9), Days::Weekdays, (13, 19), 142.0),
                period("Summer shoulder", (6, 9), Days::Weekdays, (8, 22), 81.5),
                period("Winter morning", (12, 2), Days::All, (6, 10), 68.0),
                period("Night", (1, 12), Days::All, (22, 6), 24.0),
                period("August afternoon", (8, 8), Days::Weekdays, (14, 17), 310.0),
            ],
            otherwise_usd_per_mwh: 43.0,
            market_share: 0.3,
        }
    };
    let with_prices = |empty: bool| {
        let services = quick(wattshift::app::built_in::services());
        let mut site = (*services.templates[0].site).clone();
        site.plan.judge_paths = 200;
        for component in &mut site.components {
            if let wattshift::site::Kind::GridFeed(feed) = &mut component.kind {
                let mut prices = prices();
                if empty {
                    prices.periods.clear();
                }
                feed.tariff.energy = EnergyPrice::TimeOfUse(prices);
                let until = Some(wattshift::quantity::Date::constant(2029, 1, 1));
                feed.tariff.block = Some(wattshift::site::FixedBlock { mw: 25.0, usd_per_mwh: 41.5, until });
            }
        }
        App::for_test(site, services)
    };
    for (width, height) in [(1280.0, 800.0), (1920.0, 1080.0)] {
        for dark in [false, true] {
            let size = vec2(width, height);
            let shade = if dark { "dark" } else { "light" };
            for (name, mut app) in [("periods", with_prices(false)), ("none", with_prices(true))] {
                app.send(Action::Do(Command::Assumptions(Topic::Power)));
                app.view_mut().assumptions.picture = [3; 4];
                render(harness_of(size, dark, app), &format!("tariff-tab-{name}-{width}-{shade}"));
            }
            let mut app = with_prices(false);
            app.send(Action::Select(Some(Object::Component("feed".to_owned()))));
            render(harness_of(size, dark, app), &format!("tariff-inspector-{width}-{shade}"));
        }
    }
    let mut app = with_prices(false);
    app.send(Action::Select(Some(Object::Component("feed".to_owned()))));
    render(harness_of(vec2(1280.0, 1900.0), false, app), "tariff-inspector-tall");
    let mut app = app_on(0, Topic::Power);
    app.view_mut().assumptions.picture = [3; 4];
    render(harness(app), "tariff-tab-index");
    for index in 0..wattshift::file::templates().len() {
        let mut app = app_on(index, Topic::Power);
        app.view_mut().assumptions.picture = [1; 4];
        render(harness(app), &format!("power-fan-{index}"));
    }
    for topic in Topic::ALL {
        let mut app = app_on(0, topic);
        app.view_mut().assumptions.filter = wattshift::app::assumptions::Filter::Assumed;
        render(harness(app), &format!("assumed-{}", topic.text()));
        for (size, dark) in [(vec2(1280.0, 800.0), false), (vec2(1920.0, 1080.0), true)] {
            let mut app = App::for_test(Site::empty("Empty"), quick(services()));
            app.send(Action::Do(Command::Assumptions(topic)));
            app.view_mut().assumptions.picture = [3; 4];
            render(harness_of(size, dark, app), &format!("empty-{}-{}", topic.text(), size.x));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("exchange export.csv");
    let months = wattshift::market::history::built_in();
    let mut text = String::from("date,close,volume\n");
    for month in months.months.iter().filter(|month| month.month.month() != 5) {
        text.push_str(&format!("{},{},1\n", month.month, month.price_usd_per_btc * 1.04));
    }
    std::fs::write(&file, text).unwrap();
    for dark in [false, true] {
        let mut app = app_on(0, Topic::Bitcoin);
        app.send(Action::OpenPath(file.clone()));
        let shade = if dark { "dark" } else { "light" };
        render(harness_of(vec2(1280.0, 800.0), dark, app), &format!("history-{shade}"));
    }
    std::fs::write(&file, "date,close\n2024-01,plenty\n2024-02,-4\n").unwrap();
    let mut app = app_on(0, Topic::Bitcoin);
    app.send(Action::OpenPath(file));
    render(harness(app), "history-refused");
}
