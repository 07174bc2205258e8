//! The window, driven as a user drives it.

mod assessment;
mod assumptions;
mod backdrop;
mod behind;
mod by_hand;
mod carry;
mod draft;
mod drawing;
mod editing;
mod equipment;
mod fit_out;
mod fixture;
mod from_afar;
mod ground;
mod groups;
mod halls;
mod hedge;
mod inspector;
mod rest;
mod seeing;
mod sizes;

mod frontier;
mod proof;
mod table;
mod tariff;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Key, Modifiers, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use wattshift::app::canvas::study::Study;
use wattshift::app::state::{Action, InspectorTab, Template};
use wattshift::app::{App, Command, Services, theme};
use wattshift::quantity::Report;
use wattshift::site::{Address, Object, Site};

fn services() -> Services {
    let template = |name: &str, title: &str, summary: &str| Template {
        name: name.to_owned(),
        title: title.to_owned(),
        summary: summary.to_owned(),
        site: Arc::new(fixture::site()),
    };
    Services {
        solve: Arc::new(|site: &Site, _, _, _| Ok(fixture::plan(site))),
        frontier: wattshift::app::built_in::services().frontier,
        check: |_| {
            let mut report = Report::default();
            report.warning(
                "gross-to-critical",
                "components/T2",
                "T2 carries more than 90 % of its rating from Q3 2027",
                "add a transformer or let less in H2",
            );
            report
        },
        study: wattshift::engineering::study_with,
        outlook: wattshift::app::assumptions::outlook::outlook,
        read: |path: &Path| {
            let mut report = Report::default();
            report.error("unreadable", path.display().to_string(), "the file is not a site", "");
            (None, report)
        },
        read_weather: wattshift::app::built_in::services().read_weather,
        save: |_, _| Ok(()),
        stamp: |_| None,
        templates: vec![
            template(
                "llano",
                "100 MW air-cooled mine",
                "Three halls behind three transformers; two may become liquid-cooled hosting with 2N UPS and gensets.",
            ),
            template(
                "hydro",
                "Hydro-cooled campus",
                "Liquid loops stand already; what is missing is firm power and fibre.",
            ),
            template("small", "Small site, big tenant", "One hall, one offer, and a deadline."),
        ],
    }
}

fn solved_app() -> App {
    let site = fixture::site();
    let plan = fixture::plan(&site);
    let mut app = App::for_test(site, services());
    app.inject_plan(plan);
    app
}

fn harness_of(size: egui::Vec2, dark: bool, app: App) -> Harness<'static, App> {
    let mut app = Some(app);
    Harness::builder()
        .with_size(size)
        .with_theme(if dark { Theme::Dark } else { Theme::Light })
        .with_max_steps(12)
        .with_context_setup(theme::install)
        .build_eframe(move |_| app.take().expect("the window is built once"))
}

/// A window with its threads, which settles in so many frames.
fn with_workers(app: App, most_frames: u64) -> Harness<'static, App> {
    let mut app = Some(app);
    Harness::builder()
        .with_size(vec2(1280.0, 800.0))
        .with_max_steps(most_frames)
        .with_context_setup(theme::install)
        .build_eframe(move |creation| {
            let mut app = app.take().expect("the window is built once");
            app.start_workers(&creation.egui_ctx).expect("threads");
            app
        })
}

fn harness(app: App) -> Harness<'static, App> {
    harness_of(vec2(1280.0, 800.0), false, app)
}

fn shown_value(harness: &Harness<'_, App>, object: Object, field: &str) -> Option<f64> {
    harness
        .state()
        .document()
        .and_then(|document| document.shown().value(&Address::new(object, field)).flatten())
}

/// Types into the field of that name and presses Enter.
fn type_into(harness: &mut Harness<'_, App>, label: &str, text: &str) {
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, label).focus();
    harness.run();
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, label).type_text(text);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
}

#[test]
fn a_template_of_the_gallery_opens() {
    let mut harness = harness(App::new(services()));
    harness.run();
    assert!(harness.state().document().is_none());
    harness.get_by_label("Template 100 MW air-cooled mine").click();
    harness.run();
    let name = harness.state().document().map(|document| document.site().name.clone());
    assert_eq!(name.as_deref(), Some("Llano Flats 100 MW"));
}

#[test]
fn a_node_of_the_drawing_is_found_by_its_words_and_shows_its_values() {
    let mut harness = harness(solved_app());
    harness.run();
    harness.get_by_label("Transformer T2, 40 MVA, existing").click();
    harness.run();
    assert_eq!(harness.state().view().selection, Some(Object::Component("T2".to_owned())));
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Rating of one unit");
}

#[test]
fn a_typed_value_is_taken_with_its_unit_and_undone_as_one_step() {
    let mut harness = harness(solved_app());
    let t2 = || Object::Component("T2".to_owned());
    harness.state_mut().send(Action::Select(Some(t2())));
    harness.run();
    type_into(&mut harness, "Rating of one unit", "3*20 MVA");
    assert_eq!(shown_value(&harness, t2(), "rating_mva"), Some(60.0));
    let label =
        harness.state().document().and_then(|document| document.history().undo_label().map(str::to_owned));
    assert_eq!(label.as_deref(), Some("Change rating of one unit of T2 to 60 MVA"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(shown_value(&harness, t2(), "rating_mva"), Some(40.0));
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run();
    assert_eq!(shown_value(&harness, t2(), "rating_mva"), Some(60.0));
}

#[test]
fn text_that_is_not_understood_keeps_the_value_and_says_why() {
    let mut harness = harness(solved_app());
    let t2 = || Object::Component("T2".to_owned());
    harness.state_mut().send(Action::Select(Some(t2())));
    harness.run();
    type_into(&mut harness, "Rating of one unit", "12 parsecs");
    assert_eq!(shown_value(&harness, t2(), "rating_mva"), Some(40.0));
    harness.get_by_label_contains("`12 parsecs` is not understood");
    assert!(harness.state().document().is_some_and(|document| !document.is_modified()));
}

#[test]
fn escape_leaves_a_field_as_it_was() {
    let mut harness = harness(solved_app());
    let t2 = || Object::Component("T2".to_owned());
    harness.state_mut().send(Action::Select(Some(t2())));
    harness.run();
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Rating of one unit").focus();
    harness.run();
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Rating of one unit").type_text("99");
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(shown_value(&harness, t2(), "rating_mva"), Some(40.0));
    assert_eq!(harness.state().view().field, None);
    assert_eq!(harness.state().view().selection, Some(t2()), "Escape left the field, not the selection");
}

#[test]
fn in_a_scenario_an_edit_stays_in_the_scenario_and_can_be_reset() {
    let mut harness = harness(solved_app());
    harness.state_mut().send(Action::ChooseScenario(Some("Hashprice stays at 35".to_owned())));
    harness.state_mut().send(Action::Select(Some(Object::Company)));
    harness.run();
    type_into(&mut harness, "Discount rate", "14 %");
    assert_eq!(shown_value(&harness, Object::Company, "discount_rate"), Some(0.14));
    let base = |harness: &Harness<'_, App>| {
        harness.state().document().map(|document| document.site().company.discount_rate)
    };
    assert_eq!(base(&harness), Some(0.11));
    harness.get_by_label_contains("Differs in this scenario");
    harness.get_by_label("Reset").click();
    harness.run();
    assert_eq!(shown_value(&harness, Object::Company, "discount_rate"), Some(0.11));
    assert!(harness.query_by_label_contains("Differs in this scenario").is_none());
}

#[test]
fn a_budget_of_a_year_is_typed_and_cleared() {
    let mut harness = harness(solved_app());
    harness.state_mut().send(Action::ShowTab(InspectorTab::Limits));
    harness.run();
    type_into(&mut harness, "2028", "$120M");
    assert_eq!(shown_value(&harness, Object::CapexYear(2028), "usd"), Some(120e6));
    let label =
        harness.state().document().and_then(|document| document.history().undo_label().map(str::to_owned));
    assert_eq!(label.as_deref(), Some("Change capex budget of 2028 to $120M"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(shown_value(&harness, Object::CapexYear(2028), "usd"), None);
}

/// An offer's status and dates, in the base case and as a scenario's own.
#[test]
fn an_instrument_is_added_changed_and_taken_away() {
    let mut harness = harness(solved_app());
    harness.state_mut().send(Action::ShowTab(InspectorTab::Company));
    harness.run();
    let before = harness.state().document().unwrap().site().company.instruments.len();
    let last = |harness: &Harness<'_, App>| {
        harness.state().document().unwrap().site().company.instruments.last().cloned()
    };
    let site = harness.state().document().unwrap().site().clone();
    let entry =
        wattshift::file::instruments::instruments().iter().find(|entry| entry.key == "construction-loan");
    harness.state_mut().send(Action::Edit(entry.unwrap().addition(&site)));
    harness.run();
    let id = last(&harness).unwrap().id;
    let object = Object::Instrument(id.clone());
    assert_eq!(shown_value(&harness, object.clone(), "loan_to_cost"), Some(0.8));
    // The terms of a kind are numbers like any other, and undone by name.
    let at = Address::new(object.clone(), "dscr");
    let change = wattshift::site::Override::Value { at, value: Some(1.4) };
    harness.state_mut().send(Action::Edit(wattshift::site::edit::Edit::Change(change)));
    harness.run();
    assert_eq!(shown_value(&harness, object.clone(), "dscr"), Some(1.4));
    harness.state_mut().send(Action::Edit(wattshift::site::edit::Edit::RemoveInstrument(id)));
    harness.run();
    assert_eq!(harness.state().document().unwrap().site().company.instruments.len(), before);
    for _ in 0..3 {
        harness.state_mut().send(Action::Do(Command::Undo));
        harness.run();
    }
    assert_eq!(harness.state().document().unwrap().site().company.instruments.len(), before);
    assert_eq!(shown_value(&harness, object, "dscr"), None);
}

#[test]
fn the_answer_shows_cash_in_both_cases_at_every_width() {
    for width in [900.0, 1280.0, 1920.0] {
        let mut app = solved_app();
        app.send(Action::Do(Command::ShowAnswer));
        let mut harness = harness_of(vec2(width, 900.0), false, app);
        harness.run();
        let cash = harness.get_by_label_contains("Cash by month: Cash is lowest in");
        let rect = cash.rect();
        assert!(rect.width() > 120.0 && rect.height() > 30.0, "{rect:?} at {width}");
        harness.get_by_label_contains("Loan to cost of notes: $12.0M to spare");
    }
}

#[test]
fn the_dates_of_an_offer_are_picked_in_the_base_case_or_in_a_scenario() {
    let mut harness = harness(solved_app());
    let id = harness.state().document().unwrap().site().offers[0].id.clone();
    let shown = |harness: &Harness<'_, App>| harness.state().document().unwrap().shown().offers[0].clone();
    let base = |harness: &Harness<'_, App>| harness.state().document().unwrap().site().offers[0].clone();
    let before = base(&harness);
    assert!(before.earliest.is_some());
    harness.state_mut().send(Action::Select(Some(Object::Offer(id))));
    harness.run();
    // The first of the two open-ended choices is the start.
    harness.get_all_by_label("Any").next().unwrap().click();
    harness.run();
    assert_eq!(base(&harness).earliest, None);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(base(&harness), before);

    harness.state_mut().send(Action::ChooseScenario(Some("Hashprice stays at 35".to_owned())));
    harness.run();
    harness.get_all_by_label("Any").next().unwrap().click();
    harness.run();
    assert_eq!((base(&harness).earliest, shown(&harness).earliest), (before.earliest, None));
    harness.get_by_label("Reset").click();
    harness.run();
    assert_eq!(shown(&harness), before);
}

/// Each study marks parts, and a hall's page has its figures.
#[test]
fn the_studies_are_laid_over_the_drawing() {
    let mut harness = harness(solved_app());
    harness.run();
    for study in Study::ALL {
        harness.get_by_role_and_label(egui::accesskit::Role::Button, study.text()).click();
        harness.run();
        assert_eq!(harness.state().view().study, Some(study));
    }
    harness.key_press(Key::Num6);
    harness.run();
    assert_eq!(harness.state().view().study, Some(Study::Worth));
    harness.key_press(Key::Num0);
    harness.run();
    assert_eq!(harness.state().view().study, None);
    harness.state_mut().send(Action::Select(Some(Object::Component("H2".to_owned()))));
    harness.run();
    harness.get_by_label("Engineering");
    harness.get_by_label("Mining alone");
}

/// A year of mild hours with some of them missing, as a planner might drop it.
fn weather_file(folder: &Path, missing: usize) -> PathBuf {
    let path = folder.join("mild.csv");
    let mut text = "dry bulb C,relative humidity %\n".to_owned();
    for hour in 0..8_760 {
        text.push_str(if (100..100 + missing).contains(&hour) { ",\n" } else { "12.5,60\n" });
    }
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn weather_is_shown_before_it_is_taken_and_undone_as_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = weather_file(folder.path(), 4);
    let mut harness = harness(solved_app());
    harness.run();
    let climate = |harness: &Harness<'_, App>| harness.state().document().unwrap().site().climate.clone();
    let before = climate(&harness);
    for choice in ["Cancel", "Use"] {
        harness.state_mut().send(Action::OpenPath(path.clone()));
        harness.run();
        harness.get_by_label_contains(", 4 filled");
        harness.get_by_label_contains("filled by straight lines");
        assert_eq!(climate(&harness), before, "shown and not yet taken");
        harness.get_by_label(choice).click();
        harness.run();
        assert_eq!(harness.state().view().overlay, None);
        assert_eq!(climate(&harness) != before, choice == "Use");
    }
    let label = harness.state().document().unwrap().history().undo_label().map(str::to_owned);
    assert_eq!(label.as_deref(), Some("Take the weather of mild.csv"));

    // The Site page shows it, and leads back to a typical year of the program.
    harness.state_mut().send(Action::ShowTab(InspectorTab::Site));
    harness.run();
    harness.get_by_label("Station");
    harness.get_by_role_and_label(egui::accesskit::Role::ComboBox, "Weather").click();
    harness.run();
    let site = harness.state().document().unwrap().site().clone();
    let years = wattshift::engineering::thermal::built_in_by_distance(&site);
    let (km, second) = years[1];
    let km = wattshift::quantity::format::number(km, 0);
    harness.get_by_label(&format!("{}, {km} km", second.year.name)).click();
    harness.run();
    assert_eq!(climate(&harness), Some(wattshift::site::Climate::BuiltIn(second.id.to_owned())));
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run();
    }
    assert_eq!(climate(&harness), before);
}

#[test]
fn weather_that_cannot_be_taken_says_why_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(solved_app());
    harness.run();
    let before = harness.state().document().unwrap().site().clone();
    let gap = weather_file(folder.path(), 400);
    for (path, why) in [(gap, "400 of 8760 hours"), (folder.path().join("none.epw"), "there is no such file")]
    {
        harness.state_mut().send(Action::OpenPath(path));
        harness.run();
        harness.get_by_label_contains(why);
        assert!(harness.query_by_label("Use").is_none());
        harness.get_by_label("Close").click();
        harness.run();
        assert_eq!(harness.state().view().overlay, None);
    }
    assert_eq!(*harness.state().document().unwrap().site(), before);
    // Without a site there is nothing to give it to.
    let mut harness = harness_of(vec2(1280.0, 800.0), false, App::new(services()));
    harness.state_mut().send(Action::OpenPath("a.epw".into()));
    harness.run_steps(3);
    harness.get_by_label_contains("open a site or a template first");
}

#[test]
fn planned_work_is_counted_at_a_switch_and_said() {
    let mut harness = harness(template_app(1));
    let hall = harness.state().document().unwrap().site().halls().nth(1).unwrap().0.id.clone();
    harness.state_mut().send(Action::Select(Some(Object::Component(hall))));
    harness.run();
    harness.get_by_label("left out");
    harness.get_by_label("Count planned work").click();
    harness.run();
    assert!(harness.state().view().planned_work);
    assert!(harness.query_by_label("left out").is_none());
    harness.get_by_label("Work it suits");
    harness.get_by_label("Interactive chat inference");
}

#[test]
fn a_repair_is_applied_with_a_key_and_undone_as_one_step() {
    let site = fixture::site();
    let mut plan = fixture::plan(&site);
    plan.status = wattshift::plan::Status::Infeasible;
    let lowered = |usd| wattshift::site::Override::Value {
        at: Address::new(Object::CapexYear(2027), "usd"),
        value: Some(usd),
    };
    let repair = |usd: f64| wattshift::plan::Repair {
        object: "2027 budget".to_owned(),
        change: "raise".to_owned(),
        cost_usd: Some(1e6),
        sentence: format!("Raise the 2027 budget to {}", wattshift::quantity::format::usd(usd)),
        npv_usd: 123e6,
        changes: Vec::new(),
        overrides: vec![lowered(usd)],
    };
    plan.repairs = vec![repair(71e6), repair(72e6)];
    let mut app = App::for_test(site, services());
    app.inject_plan(plan);
    app.send(Action::Do(Command::ShowAnswer));
    let mut harness = harness(app);
    harness.run();
    let before = shown_value(&harness, Object::CapexYear(2027), "usd");
    assert_eq!(harness.get_all_by_label("The best plan is then worth $123M").count(), 2);
    harness.get_by_label("Apply repair 2: 2027 budget").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(shown_value(&harness, Object::CapexYear(2027), "usd"), Some(72e6));
    harness.state_mut().send(Action::Do(Command::Undo));
    harness.run();
    assert_eq!(shown_value(&harness, Object::CapexYear(2027), "usd"), before);
}

#[test]
fn the_timeline_moves_the_drawing() {
    let mut harness = harness(solved_app());
    harness.run();
    harness.get_by_label("UPS UPS-A, 28 × 2.5 MW, planned");
    harness.state_mut().send(Action::Do(Command::GoToEnd));
    harness.run();
    harness.get_by_label("UPS UPS-A, 28 × 2.5 MW, built");
}

#[test]
fn every_command_can_be_given() {
    for command in Command::ALL {
        let mut harness = harness(solved_app());
        harness.run();
        harness.state_mut().send(Action::Do(command));
        harness.run_steps(3);
        harness.state_mut().send(Action::Do(command));
        harness.run_steps(2);
    }
}

#[test]
fn the_palette_finds_a_part_by_its_name() {
    let mut harness = harness(solved_app());
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    harness.get_by_label("Find a command").type_text("dry coolers");
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(harness.state().view().selection, Some(Object::Component("DC".to_owned())));
    assert_eq!(harness.state().view().overlay, None);
}

#[test]
fn unsaved_changes_are_asked_about() {
    let mut harness = harness(solved_app());
    harness.state_mut().send(Action::Edit(wattshift::site::edit::Edit::SetSiteName("Changed".to_owned())));
    harness.run();
    harness.state_mut().send(Action::Do(Command::CloseFile));
    harness.run();
    harness.get_by_label("Save changes to Changed?");
    harness.get_by_label("Do not save").click();
    harness.run();
    assert!(harness.state().document().is_none());
}

#[test]
fn a_problem_leads_to_its_part() {
    let mut harness = harness(solved_app());
    harness.state_mut().send(Action::Do(Command::ToggleProblems));
    harness.run();
    harness.get_by_label("T2").click();
    harness.run();
    assert_eq!(harness.state().view().selection, Some(Object::Component("T2".to_owned())));
}

#[test]
fn a_window_of_any_size_is_drawn() {
    for size in [
        vec2(0.0, 0.0),
        vec2(1.0, 1.0),
        vec2(60.0, 40.0),
        vec2(300.0, 200.0),
        vec2(700.0, 430.0),
        vec2(3000.0, 300.0),
    ] {
        let mut harness = harness_of(size, false, solved_app());
        harness.run_steps(3);
        let mut harness = harness_of(size, true, App::new(services()));
        harness.run_steps(3);
    }
}

#[test]
fn a_site_with_nothing_in_it_is_drawn() {
    let mut harness = harness(App::for_test(Site::empty("Empty"), services()));
    for command in [Command::ShowAnswer, Command::SelectNext, Command::ZoomToSelection, Command::ShowBoth] {
        harness.state_mut().send(Action::Do(command));
        harness.run_steps(2);
    }
}

#[test]
fn every_template_opens_and_is_solved() {
    for index in 0..wattshift::file::templates().len() {
        let app = solved_template(index);
        assert!(app.answer().plan.is_some());
        let mut harness = harness(app);
        harness.run_steps(4);
        harness.get_by_label_contains("Conversion ribbon");
    }
}

/// A window on a template without a plan.
fn template_app(index: usize) -> App {
    let services = wattshift::app::built_in::services();
    App::for_test((*services.templates[index].site).clone(), services)
}

/// A window on a template with its plan.
fn solved_template(index: usize) -> App {
    let services = wattshift::app::built_in::services();
    let template = &services.templates[index];
    let site = (*template.site).clone();
    let plan = wattshift::plan::solve(&site, None, wattshift::plan::Detail::Quick, &|_| true)
        .unwrap_or_else(|error| panic!("{} has no plan: {error}", template.name));
    let mut app = App::for_test(site, services.clone());
    app.inject_plan(plan);
    app
}

// Pictures.

fn pixels_differ(image: &image::RgbaImage) -> usize {
    let first = image.get_pixel(0, 0);
    image.pixels().filter(|pixel| *pixel != first).count()
}

fn render(mut harness: Harness<'_, App>, name: &str) {
    picture_of(&mut harness, name);
}

/// Paints the window as it is, and writes it into the folder of `WATTSHIFT_PICTURES`.
fn picture_of(harness: &mut Harness<'_, App>, name: &str) {
    harness.run_steps(6);
    let image = harness.render().expect("the software renderer of Mesa is installed by `make`");
    let painted = pixels_differ(&image);
    assert!(
        painted > (image.width() * image.height() / 20) as usize,
        "{name}: only {painted} pixels are painted"
    );
    if let Some(folder) = std::env::var_os("WATTSHIFT_PICTURES").map(PathBuf::from) {
        std::fs::create_dir_all(&folder).expect("folder for pictures");
        image.save(folder.join(format!("{name}.png"))).expect("picture written");
    }
}

fn at_month(month: f64) -> App {
    let mut app = solved_app();
    app.view_mut().month = month;
    app
}

#[test]
fn the_window_is_painted() {
    render(harness_of(vec2(1280.0, 800.0), false, at_month(27.0)), "window-1280-light");
}

/// Sizes and themes that pictures are made in, with the end of their names.
const FRAMES: [(Vec2, bool, &str); 4] = [
    (vec2(1280.0, 800.0), false, "1280-light"),
    (vec2(1920.0, 1080.0), false, "1920-light"),
    (vec2(1280.0, 800.0), true, "1280-dark"),
    (vec2(1920.0, 1080.0), true, "1920-dark"),
];

/// Those that are asked for: pictures for a designer to look at go into the folder of `WATTSHIFT_PICTURES`; without it there
/// is nothing to do.
fn picture_frames() -> &'static [(Vec2, bool, &'static str)] {
    if std::env::var_os("WATTSHIFT_PICTURES").is_some() { &FRAMES } else { &[] }
}

/// Every view at both sizes in light and dark, for a designer to look at; without the folder there is nothing to do.
#[test]
fn pictures_of_every_view() {
    for &(size, dark, frame) in picture_frames() {
        let picture = |name: &str, app: App| {
            render(harness_of(size, dark, app), &format!("{name}-{frame}"));
        };
        picture("window", at_month(27.0));
        picture("gallery", App::new(wattshift::app::built_in::services()));
        for index in 0..wattshift::file::templates().len() {
            let mut app = solved_template(index);
            app.view_mut().month = 32.0;
            picture(&format!("template{index}"), app);
        }
        let mut app = at_month(60.0);
        app.send(Action::Do(Command::ShowAnswer));
        picture("answer", app);
        let mut app = at_month(20.0);
        app.send(Action::Do(Command::ShowSite));
        app.send(Action::Select(Some(Object::Component("T2".to_owned()))));
        app.send(Action::Do(Command::ToggleProblems));
        picture("site", app);
        let mut app = solved_template(0);
        let offer = app.document().map(|document| document.site().offers[0].id.clone());
        app.send(Action::Select(offer.map(Object::Offer)));
        picture("offer", app);
        let mut app = solved_template(0);
        app.send(Action::ShowTab(InspectorTab::Limits));
        picture("limits", app);
        let mut app = solved_template(0);
        app.send(Action::ShowTab(InspectorTab::Company));
        picture("company", app);
        for (study, name) in
            Study::ALL.into_iter().zip(["loading", "margin", "availability", "heat", "latency", "worth"])
        {
            let command = Command::Study(Some(study));
            let mut empty = App::for_test(Site::empty("Empty"), services());
            empty.send(Action::Do(command));
            picture(&format!("study-{name}-empty"), empty);
            let mut app = solved_template(1);
            let hall = app.document().and_then(|document| {
                document.site().halls().nth(1).map(|(component, _)| component.id.clone())
            });
            app.send(Action::Select(hall.map(Object::Component)));
            app.send(Action::Do(command));
            app.view_mut().month = 32.0;
            picture(&format!("study-{name}"), app);
        }
        let mut app = template_app(0);
        app.send(Action::ShowTab(InspectorTab::Site));
        app.send(Action::Do(Command::ToggleProblems));
        picture("climate", app);
        for (missing, name) in [(4, "weather"), (400, "weather-refused")] {
            let folder = tempfile::tempdir().unwrap();
            let mut app = template_app(0);
            app.send(Action::OpenPath(weather_file(folder.path(), missing)));
            picture(name, app);
        }
        let mut app = at_month(0.0);
        app.send(Action::Do(Command::Palette));
        picture("palette", app);
    }
}
