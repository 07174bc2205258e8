//! Lists of equipment in the window: pasted into the table, dropped as a file, looked at and taken.

use super::assumptions::undo_label;
use super::*;
use egui::Event;
use egui::accesskit::Role;
use wattshift::app::state::{Overlay, Place, SiteView};

fn table() -> Harness<'static, App> {
    let mut harness = harness(solved_app());
    harness.state_mut().send(Action::ShowPlace(Place::Site));
    harness.state_mut().send(Action::Do(Command::View(SiteView::Table)));
    harness.run();
    harness
}

fn paste(harness: &mut Harness<'_, App>, text: &str) {
    harness.input_mut().events.push(Event::Paste(text.to_owned()));
    harness.run();
}

fn site(harness: &Harness<'_, App>) -> Site {
    Site::clone(harness.state().document().unwrap().site())
}

#[test]
fn lines_of_a_spreadsheet_are_shown_before_they_are_taken() {
    let mut harness = table();
    let before = site(&harness);
    paste(&mut harness, "Tag\tRating (MVA)\tUnits\nT1\t50\t1\nT2\t40\t2\nnonsense\t1\t1\n");
    assert!(matches!(harness.state().view().overlay, Some(Overlay::Equipment(_))));
    harness.get_by_label("rating of one unit 40 MVA → 50 MVA");
    assert!(harness.query_all_by_label_contains("what `nonsense` is was not understood").count() > 0);
    assert_eq!(site(&harness), before);
    // One of the two lines is left out.
    harness.get_by_label("Take T2").click();
    harness.run();
    harness.get_by_label("1 line is taken");
    harness.get_by_role_and_label(Role::Button, "Use").click();
    harness.run();
    let value = |id: &str, key| shown_value(&harness, Object::Component(id.into()), key);
    assert_eq!((value("T1", "rating_mva"), value("T2", "units")), (Some(50.0), Some(1.0)));
    assert_eq!(undo_label(&harness).as_deref(), Some("Import equipment of the clipboard: 1 changed"));
    harness.state_mut().send(Action::Do(Command::Undo));
    harness.run();
    assert_eq!(site(&harness).components, before.components);
}

#[test]
fn what_the_table_copies_it_reads_back_as_the_same() {
    let mut harness = table();
    harness.state_mut().send(Action::Do(Command::CopyTable));
    harness.run_steps(1);
    let mut view = harness.state().view().table.clone();
    let text = view.sheet(harness.state().document().unwrap()).as_text(&site(&harness), &Default::default());
    paste(&mut harness, &text);
    let Some(Overlay::Equipment(found)) = harness.state().view().overlay.clone() else { panic!("no page") };
    let other: Vec<_> = found
        .draft
        .rows
        .iter()
        .filter(|row| row.what != wattshift::file::import::equipment::What::Same)
        .collect();
    assert!(other.is_empty(), "{other:?}");
}

#[test]
fn a_list_that_is_dropped_puts_its_parts_beside_the_drawing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rev A.csv");
    std::fs::write(
        &path,
        "Tag,Type,Rating,Fed from,Kreis\nX-1,Pad-mount transformer,2500 kVA,SW1,7\nX-2,UPS,1 MW,X-1,8\n",
    )
    .unwrap();
    let mut harness = table();
    harness.state_mut().send(Action::OpenPath(path));
    harness.run();
    harness.get_by_label("2 lines are taken");
    // What a column holds is said once and remembered by its heading.
    harness.get_by_label("Column Kreis holds").click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Note").click();
    harness.run();
    assert_eq!(harness.state().view().headings.get("kreis").map(String::as_str), Some("note"));
    harness.get_by_role_and_label(Role::Button, "Use").click();
    harness.run();
    let site = site(&harness);
    let part = |id: &str| site.component(id).unwrap();
    assert_eq!((part("x-1").note.as_str(), part("x-2").rating_mw()), ("7", 1.0));
    let right =
        site.components.iter().filter(|part| !part.id.starts_with("x-")).map(|part| part.at_schematic.x);
    let right = right.fold(f64::MIN, f64::max);
    assert!(part("x-1").at_schematic.x > right && part("x-2").at_schematic.x > right);
    assert!(site.links.iter().any(|link| link.from == "x-1" && link.to == "x-2"));
    assert_eq!(harness.state().view().parts().len(), 2);
}

#[test]
fn hostile_text_on_the_clipboard_changes_nothing() {
    let mut harness = table();
    let before = site(&harness);
    for text in
        ["", "\t\t\t\n", "NaN", "Tag\tRating\nT1\tNaN MVA\n", &"x\t".repeat(100_000), &"a\n".repeat(50_000)]
    {
        paste(&mut harness, text);
        harness.state_mut().send(Action::TakeEquipment);
        harness.run();
        harness.state_mut().send(Action::CloseOverlay);
        harness.run();
        assert_eq!(site(&harness), before, "{}", &text[..text.len().min(20)]);
    }
}

#[test]
fn pictures_of_an_equipment_list() {
    for &(size, dark, frame) in picture_frames() {
        let mut harness = harness_of(size, dark, solved_app());
        harness.state_mut().send(Action::ShowPlace(Place::Site));
        harness.state_mut().send(Action::Do(Command::View(SiteView::Table)));
        harness.run();
        paste(
            &mut harness,
            "Tag\tDescription\tType\tRating (MVA)\tQty\tFed from\tBreaker\nT1\tMain transformer A\tTransformer\t50\t1\tSW1\tCB-1\nT2\tMain transformer\tTransformer\t40\t1\tSW1\tCB-2\nX-7\tPad-mount\tTransformer\t2.5\t4\tMV1\tCB-9\nUPS-C\tUPS\tUPS\t1.25\t8\tX-7\t\n??\tmystery box\t\t1\t1\t\t\nMV1\tbus\tUPS\t1\t1\t\t\nDC-9\tDry cooler\tDry cooler\t\t3\tnowhere\t\n",
        );
        picture_of(&mut harness, &format!("equipment-{frame}"));
    }
}
