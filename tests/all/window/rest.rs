//! A window left alone asks for no frame, whatever it shows: nothing moves, so no processor is used.

use std::time::Duration;

use egui::accesskit::Role;
use wattshift::app::pages::Drawn;
use wattshift::app::state::{Overlay, SiteView};
use wattshift::app::tool::Tool;

use super::*;

/// Least wait for the next frame where a text cursor blinks.
const BLINK: Duration = Duration::from_millis(300);

/// Lets what was opened come to its end and says what asks for a frame.
fn settle(harness: &mut Harness<'_, App>, what: &str) {
    harness.run();
    harness.run_steps(30);
    let asked = harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    let types = harness.ctx.text_edit_focused();
    let least = if types { BLINK } else { Duration::MAX };
    let causes = harness.ctx.repaint_causes();
    assert!(asked.is_some_and(|asked| asked >= least), "{what}: asks for a frame in {asked:?}: {causes:?}");
    assert!(types || !harness.ctx.has_requested_repaint(), "{what}: {causes:?}");
}

#[test]
fn every_view_comes_to_rest_with_and_without_a_plan_and_a_study() {
    for has_plan in [true, false] {
        let mut app = App::for_test(fixture::site(), services());
        if has_plan {
            app.inject_plan(fixture::plan(&fixture::site()));
        }
        let mut harness = harness(app);
        for place in [Command::ShowBoth, Command::ShowSite, Command::ShowAnswer, Command::ShowWhy] {
            harness.state_mut().send(Action::Do(place));
            settle(&mut harness, &format!("{place:?}, plan {has_plan}"));
        }
        harness.state_mut().send(Action::Do(Command::ShowBoth));
        for view in SiteView::ALL {
            harness.state_mut().send(Action::Do(Command::View(view)));
            settle(&mut harness, &format!("{view:?}, plan {has_plan}"));
            harness.state_mut().send(Action::Select(Some(Object::Component("H2".to_owned()))));
            settle(&mut harness, &format!("{view:?} with a hall, plan {has_plan}"));
        }
        harness.state_mut().send(Action::Do(Command::View(SiteView::OneLine)));
        for study in Study::ALL {
            harness.state_mut().send(Action::Do(Command::Study(Some(study))));
            settle(&mut harness, &format!("{study:?}, plan {has_plan}"));
        }
    }
}

#[test]
fn pages_lists_and_questions_come_to_rest() {
    let mut app =
        App::for_test(fixture::site(), super::assumptions::quick(wattshift::app::built_in::services()));
    app.inject_plan(fixture::plan(&fixture::site()));
    let mut harness = harness(app);
    harness.state_mut().send(Action::Select(Some(Object::Component("H1".to_owned()))));
    for command in [
        Command::Draw(Drawn::NewSite),
        Command::Draw(Drawn::Convertible),
        Command::Draw(Drawn::Blueprint),
        Command::Draw(Drawn::KeepBlueprint),
        Command::Palette,
        Command::Help,
        Command::AddPart,
        Command::Tool(Tool::Steps),
        Command::Tool(Tool::Arrange),
        Command::Tool(Tool::Rename),
        Command::TakeOut,
        Command::ToggleProblems,
    ] {
        harness.state_mut().send(Action::Do(command));
        settle(&mut harness, &format!("{command:?}"));
        if harness.state().view().overlay.is_some() {
            harness.state_mut().send(Action::CloseOverlay);
        }
        harness.state_mut().send(Action::Do(Command::ClearSelection));
        settle(&mut harness, &format!("after {command:?}"));
        harness.state_mut().send(Action::Select(Some(Object::Component("H1".to_owned()))));
        harness.run();
    }
}

/// Nothing drawn, nothing open, and a message that goes by itself.
#[test]
fn an_empty_document_and_the_start_come_to_rest() {
    settle(&mut harness(App::new(services())), "the start");
    let mut harness = harness(App::for_test(Site::empty("nothing"), services()));
    settle(&mut harness, "nothing drawn");
    harness.get_by_role_and_label(Role::Canvas, "One-line diagram");
    harness.state_mut().send(Action::Say("A message".to_owned()));
    settle(&mut harness, "an error, which stays");
    assert_eq!(harness.state().view().toasts.len(), 1);
}

/// Looking at a page does not make it anew in every frame.
#[test]
fn a_page_keeps_what_it_shows() {
    let mut harness = harness(App::for_test(fixture::site(), services()));
    harness.state_mut().send(Action::Do(Command::Draw(Drawn::Blueprint)));
    settle(&mut harness, "blueprints");
    let page = |harness: &Harness<'_, App>| match &harness.state().view().overlay {
        Some(Overlay::Blueprint(page)) => page.clone(),
        other => panic!("{other:?}"),
    };
    let before = page(&harness);
    harness.run_steps(3);
    assert!(before.shares_with(&page(&harness)), "the sites of the page are those of the frame before");
}
