//! A file that another program changed while it was open here.

use egui::ViewportId;
use wattshift::app::state::{Next, Overlay};
use wattshift::site::edit::Edit;

use super::editing::wait_for;
use super::*;

/// A file that another program changed is not written over unasked.
#[test]
fn a_file_changed_behind_the_program_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    for keep in [false, true] {
        let (mut harness, path) = changed_behind(folder.path());
        harness.state_mut().send(Action::Do(Command::Save));
        wait_for(&mut harness, |app| matches!(app.view().overlay, Some(Overlay::Changed { .. })));
        harness.run_steps(2);
        harness.get_by_label("site.site.ron was changed by another program");
        let on_disk = || wattshift::file::read(&path).0.unwrap().site.name;
        assert_eq!(on_disk(), "Theirs", "nothing was written over");
        harness.get_by_label("Save as…");
        harness.get_by_label(if keep { "Keep mine" } else { "Read theirs" }).click();
        harness.run_steps(2);
        wait_for(&mut harness, |app| app.document().is_some_and(|document| !document.is_modified()));
        let shown = harness.state().document().unwrap().site().name.clone();
        assert_eq!(
            (shown.as_str(), on_disk().as_str()),
            if keep { ("Mine", "Mine") } else { ("Theirs", "Theirs") }
        );
        // Saved here, it is known again.
        harness.state_mut().send(Action::Edit(Edit::SetSiteName("Again".into())));
        harness.step();
        harness.state_mut().send(Action::Do(Command::Save));
        wait_for(&mut harness, |app| app.document().is_some_and(|document| !document.is_modified()));
        assert_eq!(on_disk(), "Again");
    }
}

/// The file on disk, of which another program has its own, and a window with changes of its own that is asked to save.
fn changed_behind(folder: &Path) -> (Harness<'static, App>, PathBuf) {
    let path = folder.join("site.site.ron");
    wattshift::file::save(&path, &fixture::site()).unwrap();
    let app = App::new(Services {
        read: wattshift::app::built_in::services().read,
        save: wattshift::app::built_in::services().save,
        stamp: wattshift::file::stamp,
        ..services()
    });
    let mut harness = with_workers(app, 12);
    harness.state_mut().send(Action::OpenPath(path.clone()));
    wait_for(&mut harness, |app| app.document().is_some());
    harness.state_mut().send(Action::Edit(Edit::SetSiteName("Mine".into())));
    harness.step();
    let theirs = Site { name: "Theirs".into(), ..fixture::site() };
    wattshift::file::save(&path, &theirs).unwrap();
    (harness, path)
}

/// Saves on the way out, as the question about unsaved changes does, up to the question about the other program's file.
fn save_and_be_asked(harness: &mut Harness<'_, App>) {
    harness.run_steps(4);
    harness.get_by_label("Save").click();
    harness.run_steps(2);
    wait_for(harness, |app| matches!(app.view().overlay, Some(Overlay::Changed { .. })));
    harness.run_steps(2);
}

fn on_disk(path: &Path) -> String {
    wattshift::file::read(path).0.unwrap().site.name
}

fn is_modified(app: &App) -> bool {
    app.document().is_some_and(wattshift::app::Document::is_modified)
}

#[test]
fn what_waited_for_the_save_goes_on_once_mine_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (mut harness, path) = changed_behind(folder.path());
    harness.state_mut().send(Action::Do(Command::CloseFile));
    save_and_be_asked(&mut harness);
    harness.get_by_label_contains("Once yours is saved, the start page is shown");
    harness.get_by_label("Keep mine").click();
    wait_for(&mut harness, |app| app.document().is_none());
    assert_eq!((on_disk(&path).as_str(), harness.state().view().gallery), ("Mine", true));
}

#[test]
fn another_file_is_opened_once_mine_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (mut harness, path) = changed_behind(folder.path());
    let other = folder.path().join("other.site.ron");
    wattshift::file::save(&other, &Site { name: "Other".into(), ..fixture::site() }).unwrap();
    harness.state_mut().send(Action::OpenPath(other));
    save_and_be_asked(&mut harness);
    harness.get_by_label("Keep mine").click();
    wait_for(&mut harness, |app| app.document().is_some_and(|document| document.site().name == "Other"));
    assert_eq!(on_disk(&path), "Mine");
}

#[test]
fn the_window_closes_once_mine_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (mut harness, path) = changed_behind(folder.path());
    harness
        .input_mut()
        .viewports
        .entry(ViewportId::ROOT)
        .or_default()
        .events
        .push(egui::ViewportEvent::Close);
    harness.step();
    assert_eq!(harness.state().view().overlay, Some(Overlay::Unsaved(Next::Quit)));
    save_and_be_asked(&mut harness);
    harness.get_by_label_contains("the program closes");
    harness.get_by_label("Keep mine").click();
    let begun = std::time::Instant::now();
    loop {
        harness.step();
        let commands = &harness.output().viewport_output[&ViewportId::ROOT].commands;
        if commands.contains(&egui::ViewportCommand::Close) {
            break;
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(120), "the window stays open");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(on_disk(&path), "Mine");
}

/// Nothing goes on where the question is left or theirs is read, and no later save remembers it.
#[test]
fn what_waited_is_given_up_with_the_question() {
    let folder = tempfile::tempdir().unwrap();
    for (button, name, written) in [("Cancel", "Mine", "Theirs"), ("Read theirs", "Theirs", "Theirs")] {
        let (mut harness, path) = changed_behind(folder.path());
        harness.state_mut().send(Action::Do(Command::CloseFile));
        save_and_be_asked(&mut harness);
        harness.get_by_label(button).click();
        harness.run_steps(2);
        wait_for(&mut harness, |app| app.document().is_some_and(|document| document.site().name == name));
        assert_eq!((on_disk(&path).as_str(), is_modified(harness.state())), (written, button == "Cancel"));
        harness.state_mut().send(Action::Edit(Edit::SetSiteName("Later".into())));
        harness.step();
        harness.state_mut().send(Action::Do(Command::Save));
        if button == "Cancel" {
            wait_for(&mut harness, |app| matches!(app.view().overlay, Some(Overlay::Changed { .. })));
            harness.run_steps(2);
            assert!(harness.query_by_label_contains("Once yours is saved").is_none());
            harness.get_by_label("Keep mine").click();
            harness.run_steps(2);
        }
        wait_for(&mut harness, |app| !is_modified(app));
        assert_eq!(on_disk(&path), "Later");
        assert!(harness.state().document().is_some(), "{button}: the site stays open");
    }
}

#[test]
fn pictures_of_the_question() {
    for &(size, dark, frame) in picture_frames() {
        let mut harness = harness_of(size, dark, solved_app());
        harness.state_mut().view_mut().overlay =
            Some(Overlay::Changed { path: "llano-flats.site.ron".into(), next: Some(Next::Quit) });
        harness.run_steps(4);
        picture_of(&mut harness, &format!("changed-behind-{frame}"));
    }
}
