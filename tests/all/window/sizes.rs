//! Sizes of parts: chosen in a list before a part is put in, and for a part of the drawing with what the size changes.

use egui::{Event, Modifiers, pos2};
use wattshift::draft::rating_of;
use wattshift::site::{Component, Evidence};

use super::assumptions::undo_label;
use super::drawing::{drag, drawn, select, site};
use super::*;

fn newest(harness: &Harness<'_, App>) -> Component {
    site(harness).components.last().unwrap().clone()
}

fn key(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
}

fn list(harness: &mut Harness<'_, App>, text: &str) {
    key(harness, Modifiers::NONE, Key::A);
    harness.event(Event::Text(text.to_owned()));
    harness.run();
}

#[test]
fn a_size_is_chosen_by_arrows_by_typing_by_a_click_or_by_dragging() {
    let mut harness = drawn();
    let before = site(&harness);
    let expect = |harness: &mut Harness<'_, App>, rating: f64| {
        let part = newest(harness);
        assert_eq!(rating_of(&part), rating, "{part:?}");
        let found = site(harness);
        let origin = found.provenance.iter().find(|origin| origin.at.to_string().contains(&part.id)).unwrap();
        assert!(origin.source.contains("its size: "), "{origin:?}");
        assert!(!part.id.contains('@'), "{}", part.id);
        key(harness, Modifiers::COMMAND, Key::Z);
        assert!(site(harness) == before);
    };
    // Arrows: 1.25 is typical, 1.5 and 2 follow.
    list(&mut harness, "ups");
    for pressed in [Key::ArrowRight, Key::ArrowRight, Key::ArrowRight, Key::ArrowLeft] {
        key(&mut harness, Modifiers::NONE, pressed);
    }
    key(&mut harness, Modifiers::NONE, Key::Enter);
    expect(&mut harness, 2.0);
    // Typed with the name; gear also by its current.
    list(&mut harness, "unit transformer 2.5");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    expect(&mut harness, 2.5);
    list(&mut harness, "switchboard 2000");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    expect(&mut harness, 1.44);
    // A click on one of the sizes under the marked line, opened by the arrow of the line.
    list(&mut harness, "");
    harness.get_by_label("Sizes of CDU").scroll_to_me();
    harness.run();
    harness.get_by_label("Sizes of CDU").click();
    harness.run_steps(3);
    harness.get_by_label("CDU of 1.35 MW").scroll_to_me();
    harness.run();
    harness.get_by_label("CDU of 1.35 MW").click();
    harness.run();
    expect(&mut harness, 1.35);
    // Out of the list to its place.
    list(&mut harness, "genset");
    let from = harness.get_by_label("Stand-by gensets of 3 MW").rect().center();
    drag(&mut harness, from, pos2(120.0, 620.0));
    assert!(harness.state().view().overlay.is_none());
    expect(&mut harness, 3.0);
    // The typical size says nothing of a ladder and has the source it had.
    list(&mut harness, "ups");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(rating_of(&newest(&harness)), 1.25);
    assert!(site(&harness).provenance.iter().all(|origin| !origin.source.contains("its size")));
}

#[test]
fn lists_of_what_can_be_joined_put_into_a_link_or_in_place_of_another_have_sizes() {
    let mut harness = drawn();
    select(&mut harness, "MV2");
    key(&mut harness, Modifiers::NONE, Key::N);
    harness.event(Event::Text("unit transformer 1.5".to_owned()));
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let added = newest(&harness);
    assert_eq!((rating_of(&added), added.kv_out), (1.5, Some(0.415)));
    assert_eq!(undo_label(&harness), Some(format!("Add {} to MV2", added.tag)));
    select(&mut harness, "UPS-B");
    key(&mut harness, Modifiers::SHIFT, Key::A);
    harness.event(Event::Text("battery 20".to_owned()));
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::Enter);
    if harness.query_by_label("Replace").is_some() {
        harness.get_by_label("Replace").click();
        harness.run();
    }
    let replaced = site(&harness).component("UPS-B").unwrap().clone();
    assert_eq!((replaced.kind.label(), rating_of(&replaced)), ("Battery", 20.0));
}

fn choose_size(harness: &mut Harness<'_, App>, words: &str) {
    harness.get_by_label("Take values from").click();
    harness.run();
    harness.get_by_label(words).click();
    harness.run_steps(3);
}

fn selected(app: App, part: &str) -> Harness<'static, App> {
    let mut harness = harness_of(vec2(1280.0, 1600.0), false, app);
    harness.state_mut().send(Action::SelectParts(vec![part.to_owned()]));
    harness.run();
    harness
}

fn template() -> App {
    let text = wattshift::file::template("washington-18mw").unwrap().text;
    App::for_test(wattshift::file::read_text(text).0.unwrap(), services())
}

/// What a hall survives is what the engineering says of the changed site, asked beside the window.
#[test]
fn a_size_of_a_part_shows_its_price_and_what_the_halls_carry_before_it_is_taken() {
    let mut harness = selected(template(), "cdu-1a");
    let before = site(&harness);
    choose_size(&mut harness, "Size: 0.8 MW");
    harness.get_by_label("1.2 MW → 0.8 MW");
    // 4 units of 1.2 MW at 0.25 M$ a MW: 1.2 M$, and 0.8 M$ of 0.8 MW.
    harness.get_by_label("$1.20M → $800k");
    let mut after = before.clone();
    let cdu = after.component_mut("cdu-1a").unwrap();
    *cdu = wattshift::draft::resized(cdu, 0.8);
    let study = |site: &Site| wattshift::engineering::study(site);
    let (was, is) = (study(&before), study(&after));
    let mut told = 0;
    for hall in ["hall-1", "hall-2", "hall-3"] {
        let (Some(was), Some(is)) = (was.survival(hall), is.survival(hall)) else { continue };
        let classes = [
            (was.mw.n, is.mw.n),
            (was.mw.n_plus_1, is.mw.n_plus_1),
            (was.mw.maintainable, is.mw.maintainable),
        ];
        for (was, is) in classes {
            if (was - is).abs() > 0.1 {
                let words = format!(
                    "{} → {}",
                    wattshift::quantity::format::mw(was),
                    wattshift::quantity::format::mw(is)
                );
                assert!(harness.query_all_by_label(&words).next().is_some(), "{hall}: {words}");
                told += 1;
            }
        }
    }
    assert!(told > 0, "the halls carry less behind smaller CDUs");
    assert!(site(&harness) == before, "nothing is changed while it is looked at");
    harness.get_by_label("Take 1 value").click();
    harness.run();
    assert_eq!(rating_of(site(&harness).component("cdu-1a").unwrap()), 0.8);
    assert_eq!(undo_label(&harness).as_deref(), Some("Take values for CDU 1A"));
    let at = Address::new(Object::Component("cdu-1a".into()), "heat_mw");
    let origin = site(&harness).provenance_of(&at).cloned().unwrap();
    assert!(origin.evidence == Evidence::Assumed && origin.source.contains("liquid-to-liquid"), "{origin:?}");
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(site(&harness) == before);
}

#[test]
fn a_usual_price_follows_the_size_and_one_of_the_users_own_stays() {
    let mut site = fixture::site();
    let part = site.component_mut("T2").unwrap();
    *part = wattshift::draft::resized(part, 7.5);
    let (planned, _) = wattshift::file::catalogue::usual_terms(part);
    part.state = wattshift::site::State::Planned(planned);
    let mut own = site.clone();
    let wattshift::site::State::Planned(terms) = &mut own.component_mut("T2").unwrap().state else {
        panic!()
    };
    terms.usd_per_mw = 99_000.0;
    for (site, count, price) in [(site, 3, 40_000.0), (own, 2, 99_000.0)] {
        let mut harness = selected(App::for_test(site, services()), "T2");
        choose_size(&mut harness, "Size: 40 MVA");
        harness.get_by_label("7.5 MVA → 40 MVA");
        // From a pad-mounted unit to a main transformer.
        harness.get_by_label("12 months → 30 months");
        harness.get_by_label(&format!("Take {count} values")).click();
        harness.run();
        let document = harness.state().document().unwrap();
        let part = document.site().component("T2").unwrap();
        let planned = part.planned().unwrap();
        assert_eq!((planned.usd_per_mw, planned.lead_months, rating_of(part)), (price, 30.0, 40.0));
    }
}

/// With threads: the answer of the newest choice comes, whatever was asked before, and the window does not wait.
#[test]
fn what_a_size_changes_is_worked_out_beside_the_window() {
    let mut harness = with_workers(template(), 400);
    harness.state_mut().send(Action::SelectParts(vec!["cdu-1a".to_owned()]));
    harness.run();
    let edit = |rating: f64| {
        let at = Address::new(Object::Component("cdu-1a".into()), "heat_mw");
        wattshift::site::edit::Edit::of_overrides(
            String::new(),
            &[wattshift::site::Override::Value { at, value: Some(rating) }],
            None,
        )
    };
    for rating in [2.0, 1.5, 0.8] {
        harness.state_mut().send(Action::TryOut(Box::new(edit(rating))));
    }
    for _ in 0..600 {
        harness.run_steps(1);
        if harness.state().view().trial.as_ref().is_some_and(|trial| trial.halls.is_some()) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let state = harness.state();
    let trial = state.view().trial.as_ref().unwrap();
    assert!(
        trial.is_of(state.document().unwrap(), &edit(0.8))
            && !trial.is_of(state.document().unwrap(), &edit(2.0))
    );
    assert!(!trial.halls.clone().unwrap().unwrap().is_empty());
    // A change that cannot be says why.
    let why = edit(f64::NAN);
    harness.state_mut().send(Action::TryOut(Box::new(why)));
    for _ in 0..200 {
        harness.run_steps(1);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(matches!(harness.state().view().trial.as_ref().unwrap().halls, Some(Err(_))));
}

#[test]
fn pictures_of_sizes() {
    for &(size, dark, frame) in picture_frames() {
        let mut harness = harness_of(size, dark, solved_app());
        harness.state_mut().send(Action::Do(Command::ShowSite));
        harness.run();
        list(&mut harness, "");
        for _ in 0..5 {
            key(&mut harness, Modifiers::NONE, Key::ArrowDown);
        }
        key(&mut harness, Modifiers::NONE, Key::ArrowLeft);
        picture_of(&mut harness, &format!("sizes-list-{frame}"));
        let mut harness = harness_of(size, dark, template());
        harness.state_mut().send(Action::SelectParts(vec!["cdu-1a".to_owned()]));
        harness.run();
        harness.get_by_label("Take values from").scroll_to_me();
        harness.run_steps(3);
        choose_size(&mut harness, "Size: 0.8 MW");
        picture_of(&mut harness, &format!("sizes-inspector-{frame}"));
    }
}
