//! What a steadier income costs, in the window: drawn, stopped, chosen from, undone, and known when it is old.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use wattshift::app::state::{Action, AnswerPage, Place, Progress};
use wattshift::app::{App, Command, Services};
use wattshift::plan::*;
use wattshift::site::edit::Edit;
use wattshift::site::{Address, Object, Override, Site};

use super::{fixture, harness, harness_of, picture_frames, render, services, shown_value, with_workers};

const LIMITS: Object = Object::Limits;

/// A plan's figures where nothing but NPV and hosting matters.
fn judged(name: &str, npv_usd: f64, hosting: f64) -> Baseline {
    let periods = fixture::plan(&fixture::site()).periods.len();
    Baseline {
        name: name.to_owned(),
        npv_usd,
        capex_usd: hosting * 8e6,
        worst_year_share: 0.6,
        policies_missed: Vec::new(),
        hosting_mw: vec![hosting; periods],
    }
}

/// A frontier with a bend at 70 % of what keep-mining brings.
fn drawn(points: usize) -> Frontier {
    let periods = fixture::plan(&fixture::site()).periods;
    let worth =
        |floor: f64| if floor < 0.7 { 412e6 - (floor - 0.4) * 20e6 } else { 406e6 - (floor - 0.7) * 400e6 };
    let point = |index: usize| {
        let share = index as f64 / (points - 1) as f64;
        let floor = 0.4 + 0.5 * share;
        let hosting = 20.0 + 42.0 * share;
        FrontierPoint {
            floor,
            npv_usd: worth(floor),
            price_usd: if floor < 0.7 { 20e6 } else { 400e6 },
            judged: judged("", worth(floor), hosting),
            worst_year_usd: floor * 40e6,
            by_offer_mw: vec![vec![hosting * 0.6; periods.len()], vec![hosting * 0.4; periods.len()]],
            mining_mw: vec![92.0 - hosting; periods.len()],
        }
    };
    let rival = |name: &str, floor, npv_usd, hosting| Rival {
        judged: judged(name, npv_usd, hosting),
        floor,
        npv_usd,
    };
    Frontier {
        scenario: String::new(),
        detail: Detail::Quick,
        periods: periods.clone(),
        unit: FloorUnit::Share,
        years: (2028, 2035),
        tail_level: 0.9,
        points: (0..points).map(point).collect(),
        own_floor: None,
        rivals: vec![
            rival(KEEP_MINING, 0.0, 74e6, 0.0),
            rival("convert all at the earliest dates", 0.86, 336e6, 92.0),
            rival("convert half at the earliest dates", 0.52, 380e6, 46.0),
        ],
    }
}

/// Services whose frontier goes on until it is let go or stopped, and counts how often it was asked for.
fn held(gate: &Arc<AtomicBool>, asked: &Arc<AtomicUsize>) -> Services {
    let (gate, asked) = (Arc::clone(gate), Arc::clone(asked));
    Services {
        frontier: Arc::new(move |_: &Site, _, _, points, reporter| {
            asked.fetch_add(1, Ordering::SeqCst);
            while !gate.load(Ordering::SeqCst) {
                if !reporter.progress("Raising the floor", 0.4) {
                    return Err("cancelled".to_owned());
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(drawn(points))
        }),
        ..services()
    }
}

fn app_of(services: Services) -> App {
    let site = fixture::site();
    let plan = fixture::plan(&site);
    let mut app = App::for_test(site, services);
    app.inject_plan(plan);
    app
}

/// Frames until something holds, for as long as a slow machine may take.
fn wait_for(harness: &mut Harness<'_, App>, what: &str, holds: impl Fn(&App) -> bool) {
    let begun = Instant::now();
    while !holds(harness.state()) {
        assert!(begun.elapsed() < Duration::from_secs(240), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(10));
        harness.step();
    }
    harness.run_steps(3);
}

fn is_working(app: &App) -> bool {
    matches!(app.frontier().progress, Progress::Working { .. })
}

fn undo_label(harness: &Harness<'_, App>) -> Option<String> {
    harness.state().document().and_then(|document| document.history().undo_label().map(str::to_owned))
}

/// The fixture with its frontier drawn.
fn with_frontier(points: usize) -> App {
    let mut app = app_of(services());
    app.inject_frontier(drawn(points));
    app.send(Action::Do(Command::ShowWhy));
    app
}

#[test]
fn the_frontier_is_drawn_by_its_worker_with_progress_and_can_be_stopped() {
    let (gate, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut harness = with_workers(app_of(held(&gate, &asked)), 12);
    harness.run_steps(2);
    harness.state_mut().send(Action::Do(Command::ShowWhy));
    harness.run_steps(2);
    harness.get_by_label("Draw the frontier").click();
    wait_for(
        &mut harness,
        "progress",
        |app| matches!(&app.frontier().progress, Progress::Working { stage, .. } if stage == "Raising the floor"),
    );
    assert_eq!(harness.state().view().page, AnswerPage::Why);
    harness.get_by_label("Stop drawing the frontier").click();
    harness.run_steps(3);
    assert!(!is_working(harness.state()) && harness.state().frontier().found.is_none());
    harness.get_by_label("Draw the frontier");

    // The newest wins: a finer one in place of the one that is being drawn.
    harness.state_mut().send(Action::Do(Command::DrawFrontier));
    wait_for(&mut harness, "the second", |_| asked.load(Ordering::SeqCst) == 2);
    harness.state_mut().send(Action::Do(Command::DrawFineFrontier));
    wait_for(&mut harness, "the third", |_| asked.load(Ordering::SeqCst) == 3);
    gate.store(true, Ordering::SeqCst);
    wait_for(&mut harness, "the picture", |app| app.frontier().found.is_some());
    assert_eq!(harness.state().frontier().found.as_ref().map(|found| found.points.len()), Some(21));
    assert!(!is_working(harness.state()));
    harness.get_by_label_contains("Frontier: The first 40.0 % of steady income cost nothing");
}

#[test]
fn one_that_is_being_drawn_of_another_site_is_not_wanted() {
    let (gate, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut harness = with_workers(app_of(held(&gate, &asked)), 12);
    harness.run_steps(2);
    harness.state_mut().send(Action::Do(Command::DrawFrontier));
    wait_for(&mut harness, "work", |_| asked.load(Ordering::SeqCst) == 1);
    // A floor is what the frontier varies: it goes on.
    let floor = |value| Override::Value { at: Address::new(LIMITS, "worst_year_floor_share"), value };
    harness.state_mut().send(Action::Edit(Edit::Change(floor(Some(0.5)))));
    harness.run_steps(3);
    assert!(is_working(harness.state()));
    let budget = Override::Value { at: Address::new(LIMITS, "capex_total_usd"), value: Some(500e6) };
    harness.state_mut().send(Action::Edit(Edit::Change(budget)));
    harness.run_steps(3);
    assert!(!is_working(harness.state()));
    gate.store(true, Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(100));
    harness.run_steps(3);
    assert!(harness.state().frontier().found.is_none(), "a late one is dropped");
}

#[test]
fn a_frontier_that_fails_says_why() {
    let mut fails = services();
    fails.frontier =
        Arc::new(|_: &Site, _, _, _, _| Err("site Llano: no plan keeps the other limits".to_owned()));
    let mut harness = with_workers(app_of(fails), 12);
    harness.run_steps(2);
    harness.state_mut().send(Action::Do(Command::DrawFrontier));
    wait_for(&mut harness, "the failure", |app| matches!(app.frontier().progress, Progress::Failed(_)));
    harness.get_by_label("site Llano: no plan keeps the other limits");
    harness.get_by_label("Draw again");
}

#[test]
fn a_point_that_is_clicked_becomes_the_floor_and_undo_takes_it_back() {
    let mut harness = harness(with_frontier(11));
    harness.run();
    let floor = |harness: &Harness<'_, App>| shown_value(harness, LIMITS, "worst_year_floor_share");
    assert_eq!(floor(&harness), None);
    harness.get_by_label_contains("Set the floor to 70.0 %").click();
    harness.run();
    assert_eq!(floor(&harness), Some(0.7));
    assert_eq!(undo_label(&harness).as_deref(), Some("Set the worst-year floor to 70.0 %"));
    // The frontier is still that of the site: the floor is what it varies.
    assert!(harness.state().frontier().is_current(Detail::Quick));
    // By key, and in the scenario that is shown.
    harness.state_mut().send(Action::ChooseScenario(Some("Hashprice stays at 35".to_owned())));
    harness.run();
    harness.get_by_label_contains("Set the floor to 85.0 %").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(floor(&harness), Some(0.85));
    let base = harness.state().document().map(|document| document.site().limits.worst_year_floor_share);
    assert_eq!(base, Some(Some(0.7)));
    for _ in 0..2 {
        harness.state_mut().send(Action::Do(Command::Undo));
        harness.run();
    }
    assert_eq!(floor(&harness), None);
    assert_eq!(undo_label(&harness), None);
}

#[test]
fn a_frontier_of_an_earlier_state_is_marked_and_changes_nothing() {
    let mut harness = harness(with_frontier(11));
    harness.run();
    let budget = Override::Value { at: Address::new(LIMITS, "capex_total_usd"), value: Some(500e6) };
    harness.state_mut().send(Action::Edit(Edit::Change(budget)));
    harness.run();
    harness.get_by_label("Of an earlier state");
    harness.get_by_label_contains("Set the floor to 70.0 %").click();
    harness.run();
    assert_eq!(shown_value(&harness, LIMITS, "worst_year_floor_share"), None);
    // Back at the site it was drawn of, it counts again.
    harness.state_mut().send(Action::Do(Command::Undo));
    harness.run();
    assert!(harness.query_by_label("Of an earlier state").is_none());
    assert!(harness.state().frontier().is_current(Detail::Quick));
    assert!(!harness.state().frontier().is_current(Detail::Full), "plans by months are another grid");
}

/// Every point is reached with Tab alone.
#[test]
fn the_points_are_reached_by_key() {
    let mut harness = harness(with_frontier(11));
    harness.run();
    harness.get_by_label_contains("Set the floor to 40.0 %").focus();
    harness.run();
    for _ in 0..10 {
        harness.key_press(Key::Tab);
        harness.run();
    }
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(shown_value(&harness, LIMITS, "worst_year_floor_share"), Some(0.9));
}

#[test]
fn names_of_shapes_and_splits_are_spoken() {
    let mut harness = harness(with_frontier(11));
    harness.run();
    for name in [
        "keep mining: keeps 0.0 %, NPV $74.0M",
        "all at the earliest dates: keeps 86.0 %, NPV $336M",
        "half at the earliest dates: keeps 52.0 %, NPV $380M",
        "Split at a floor of 40.0 %: 20.0 MW hosted at most",
    ] {
        harness.get_by_label(name);
    }
    harness.get_by_label_contains("Plans worth as much: The search for other splits found none");
}

/// The fixture with prices that hold in every way there is, and two plans worth as much.
fn with_reasons() -> App {
    let site = fixture::site();
    let mut plan = fixture::plan(&site);
    let holds = |less, more| Some(Holds { less, more });
    plan.binding[0].holds = holds(0.534, 0.059);
    plan.binding[0].step_worth_usd = Some(17e3);
    plan.binding[1].holds = holds(4.0, f64::INFINITY);
    let budget = |object: &str, holds, worth: &str| Binding {
        object: object.to_owned(),
        unit: Binding::PER_DOLLAR.to_owned(),
        shadow_price: 0.05,
        holds,
        step_worth_usd: None,
        sentence: format!("The {object} is spent: one more dollar of it would add {worth} of NPV"),
        ..plan.binding[0].clone()
    };
    let told = budget("2027 budget", holds(711_180.0, 2_262_208.0), "$0.05");
    let untold = budget("2028 budget", None, "$0.02");
    plan.binding.extend([told, untold]);
    let other = |name: &str, factor: f64, npv_usd: f64| Baseline {
        hosting_mw: plan.hosting_mw().iter().map(|mw| mw * factor).collect(),
        ..judged(name, npv_usd, 0.0)
    };
    plan.alternatives = vec![
        other("least hosting worth as much", 0.7, 410.1e6),
        other("most hosting worth as much", 1.1, 410.4e6),
    ];
    let mut app = App::for_test(site, services());
    app.inject_plan(plan);
    app.inject_frontier(drawn(11));
    app.send(Action::Do(Command::ShowWhy));
    app
}

#[test]
fn how_far_prices_hold_and_what_is_worth_as_much_stand_beside_it() {
    let mut app = with_reasons();
    app.send(Action::Do(Command::ToggleInspector));
    let mut harness = harness_of(vec2(1920.0, 1080.0), false, app);
    harness.run();
    for name in [
        "T2: The price holds from 0.53 MW less to 0.06 MW more; +1.0 MW was solved again and is worth $17k",
        "GRID: The price holds from 4.0 MW less to any amount more; the mark is +1.0 MW",
        "2027 budget: The price holds from $711k less to $2.26M more; the mark is +$1.00M",
        "Plans worth as much: Between 43 and 68 MW of hosting in Q4 2028 are worth the same within $1.90M",
    ] {
        harness.get_by_label(name);
    }
    assert!(harness.query_by_label_contains("2028 budget: The price holds").is_none());
    harness.get_by_label_contains("The 2028 budget is spent");
    // The same bars stand under the decision.
    harness.state_mut().send(Action::Do(Command::ShowAnswer));
    harness.run();
    harness.get_by_label_contains("2027 budget: The price holds from $711k less");
}

/// What a user meets on a document with nothing in it, without a plan and without workers.
#[test]
fn the_page_stands_on_an_empty_document_and_in_a_small_window() {
    let mut app = App::for_test(Site::empty("Empty"), services());
    app.send(Action::Do(Command::ShowWhy));
    let mut harness = harness(app);
    harness.run_steps(3);
    assert_eq!(harness.state().view().place, Place::Answer);
    harness.get_by_label("What a steadier income costs");
    for size in [vec2(60.0, 40.0), vec2(300.0, 200.0), vec2(700.0, 430.0), vec2(3000.0, 300.0)] {
        let mut small = harness_of(size, true, with_reasons());
        small.run_steps(3);
    }
}

/// From the drawing to the plan of a chosen floor, by the real planner on a real template.
#[test]
fn the_plan_follows_the_point_that_is_chosen() {
    let mut services = wattshift::app::built_in::services();
    let site = services.templates.iter().find(|template| template.name.starts_with("washington")).unwrap();
    let site = (*site.site).clone();
    // Fewer points than the window draws: the way is the same, and shorter.
    let draw = Arc::clone(&services.frontier);
    services.frontier =
        Arc::new(move |site, scenario, options, _, reporter| draw(site, scenario, options, 3, reporter));
    let mut app = App::for_test(site, services);
    app.send(Action::Do(Command::DrawFrontier));
    let mut harness = with_workers(app, 12);
    wait_for(&mut harness, "the frontier", |app| app.frontier().found.is_some());
    let found = harness.state().frontier().found.clone().unwrap();
    assert_eq!((found.points.len(), found.unit), (3, FloorUnit::MillionUsd));
    let point = &found.points[1];
    let words = format!("Set the floor to {}", found.unit.words(point.floor));
    harness.state_mut().send(Action::Do(Command::Solve));
    wait_for(&mut harness, "the first plan", |app| {
        app.answer().plan.is_some() && app.answer().progress == Progress::Idle
    });
    harness.get_by_label_contains(&words).click();
    harness.step();
    harness.step();
    let revision = harness.state().document().map(wattshift::app::Document::revision);
    wait_for(&mut harness, "the plan of the point", |app| {
        Some(app.answer().made_from) == revision && app.answer().progress == Progress::Idle
    });
    let plan = harness.state().answer().plan.clone().unwrap();
    assert_eq!(plan.status, Status::Optimal);
    let (found, asked) = (plan.npv.expected_usd, point.judged.npv_usd);
    // Floors are rounded down to six digits.
    assert!((found - asked).abs() < 1e-4 * asked.abs() + 1e4, "{found} for {asked}");
}

// Pictures.

/// A template with its plan and its frontier, worked out once.
fn solved(index: usize) -> App {
    type Solved = Vec<(Site, Plan, Result<Frontier, String>)>;
    static SOLVED: OnceLock<Solved> = OnceLock::new();
    let all = SOLVED.get_or_init(|| {
        let mut sites: Vec<Site> = wattshift::app::built_in::services()
            .templates
            .iter()
            .map(|template| (*template.site).clone())
            .collect();
        // A document without offers, whose floor is a share.
        let mut without = sites[0].clone();
        without.offers.clear();
        without.limits.worst_year_floor_usd = None;
        without.limits.hosting_min_mw.clear();
        sites.push(without);
        // A brief whose floor nothing keeps.
        let mut high = sites[1].clone();
        high.limits.worst_year_floor_usd = Some(80e6);
        sites.push(high);
        sites
            .into_iter()
            .map(|site| {
                let mut planner = Planner::default();
                let heard = |_: wattshift::plan::Progress| true;
                let plan = planner.solve(&site, None, Options::default(), &heard).unwrap().plan;
                let frontier = planner.frontier(&site, None, Options::default(), 11, &heard);
                (site, plan, frontier.map_err(|error| error.to_string()))
            })
            .collect()
    });
    let (site, plan, frontier) = &all[index];
    let mut app = App::for_test(site.clone(), wattshift::app::built_in::services());
    app.inject_plan(plan.clone());
    match frontier {
        Ok(frontier) => app.inject_frontier(frontier.clone()),
        Err(why) => println!("{index}: {why}"),
    }
    app.send(Action::Do(Command::ShowWhy));
    app
}

/// For a designer to look at.
#[test]
fn pictures_of_the_frontier_of_every_template() {
    for &(size, dark, frame) in picture_frames() {
        let names = ["west-texas", "upstate", "washington", "no-offers", "too-high"];
        for (index, name) in names.into_iter().enumerate() {
            render(harness_of(size, dark, solved(index)), &format!("why-{name}-{frame}"));
        }
    }
}

/// What is drawn before there is a frontier, after it is old, and where it is touched.
#[test]
fn pictures_of_the_page() {
    for &(size, dark, frame) in picture_frames() {
        let picture = |name: &str, app: App| {
            render(harness_of(size, dark, app), &format!("why-{name}-{frame}"));
        };
        picture("fixture", with_reasons());
        let mut app = with_reasons();
        app.send(Action::Do(Command::ToggleInspector));
        picture("wide", app);
        let mut app = app_of(services());
        app.send(Action::Do(Command::ShowWhy));
        picture("not-drawn", app);
        let mut app = App::for_test(Site::empty("Empty"), services());
        app.send(Action::Do(Command::ShowWhy));
        picture("empty", app);
        let mut app = with_frontier(21);
        let budget = Override::Value { at: Address::new(LIMITS, "capex_total_usd"), value: Some(500e6) };
        app.send(Action::Edit(Edit::Change(budget)));
        picture("earlier", app);
        let mut app = with_reasons();
        app.send(Action::Do(Command::ShowAnswer));
        picture("decision", app);
        for (name, label) in
            [("hover-point", "Set the floor to 75.0 %"), ("hover-rival", "half at the earliest")]
        {
            let mut harness = harness_of(size, dark, with_reasons());
            harness.run_steps(3);
            harness.get_by_label_contains("Set the floor to 50.0 %").focus();
            harness.get_by_label_contains(label).hover();
            for _ in 0..30 {
                harness.step();
            }
            render(harness, &format!("why-{name}-{frame}"));
        }
        render(harness_of(vec2(900.0, 640.0), dark, with_reasons()), &format!("why-small-{frame}"));
    }
}
