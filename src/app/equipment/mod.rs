//! Lists of equipment, from a file or the clipboard: held against the drawing and shown before anything is taken.

mod page;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use egui::Context;

use super::App;
use super::canvas::gesture::moved_to;
use super::canvas::layout;
use super::dispatch::unanswered;
use super::drawing::on_show;
use super::services::FileOutcome;
use super::state::{Camera, Overlay, Place, SiteView};
use crate::engineering::joining_medium;
use crate::file;
use crate::file::import::equipment::{self, Book, Draft, Mapping, Target, What, heading_key};
use crate::quantity::{Report, Severity};
use crate::site::Site;
use crate::site::edit::Edit;

pub(super) use page::show;

/// How a list is to be read, and which of its lines are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub book: Arc<Book>,
    pub mapping: Mapping,
    /// Lines pasted: they say nothing of parts they do not name.
    pub is_part: bool,
    /// Places of rows that are not taken.
    pub left: BTreeSet<usize>,
    /// Rows that are listed; all without it.
    pub shown: Option<What>,
}

/// A list held against the drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct EquipmentImport {
    pub question: Question,
    pub draft: Draft,
}

/// What reading a file brought: its cells, or why there are none.
pub type Found = Result<Book, (String, Report)>;

fn read_file(path: &Path) -> Found {
    let name = file::companion_name(path);
    file::read_companion_bytes(path)
        .and_then(|bytes| equipment::book(&name, &bytes))
        .map_err(|report| (name, report))
}

impl EquipmentImport {
    fn new(site: &Site, question: Question) -> Self {
        let Question { book, mapping, is_part, .. } = &question;
        let draft = equipment::draft(site, book, mapping, joining_medium, *is_part);
        Self { draft, question }
    }

    /// Places of the rows that are taken.
    fn taken(&self) -> BTreeSet<usize> {
        let rows = self.draft.rows.iter().enumerate();
        let changing = rows.filter(|(_, row)| matches!(row.what, What::Added | What::Changed | What::Gone));
        changing.map(|(place, _)| place).filter(|place| !self.question.left.contains(place)).collect()
    }

    fn edit(&self, site: &Site) -> Option<Edit> {
        equipment::edit(site, &self.question.book, &self.draft, &self.taken())
    }
}

impl App {
    pub(super) fn equipment_dialog(&mut self) {
        if let Some(workers) = &mut self.workers {
            workers.files.submit(0, move |_| {
                let dialog = rfd::FileDialog::new()
                    .set_title("Import an equipment list")
                    .add_filter("Lists (Excel, CSV, text)", &["xlsx", "XLSX", "csv", "CSV", "tsv", "txt"]);
                let asked = Instant::now();
                dialog.pick_file().map_or_else(
                    || unanswered(asked),
                    |path| FileOutcome::Equipment(Box::new(read_file(&path))),
                )
            });
        }
    }

    /// A workbook is a list wherever it is dropped; text is one where the table is shown.
    pub(super) fn is_equipment(&self, path: &Path) -> bool {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        self.document.is_some()
            && match ending.as_deref() {
                Some("xlsx") => true,
                Some("csv" | "tsv" | "txt") => self.shows_table(),
                _ => false,
            }
    }

    /// Reads a list that was dropped: by the worker, or here where there is none.
    pub(super) fn read_equipment(&mut self, path: PathBuf, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        match &mut self.workers {
            Some(workers) => {
                workers.files.submit(0, move |_| FileOutcome::Equipment(Box::new(read_file(&path))));
            }
            None => self.show_equipment(read_file(&path), now),
        }
    }

    /// Text of a spreadsheet from the clipboard.
    pub(super) fn paste_list(&mut self, text: &str, now: f64) {
        self.ask_of(equipment::book_of_text("the clipboard", text), true, now);
    }

    /// Shows what a file holds; a question that is open goes first.
    pub(super) fn show_equipment(&mut self, found: Found, now: f64) {
        match found {
            Ok(book)
                if self.document.is_some() && !matches!(self.view.overlay, Some(Overlay::Unsaved(_))) =>
            {
                self.ask_of(book, false, now);
            }
            Ok(book) => {
                let words = format!("{} was not taken: import it again", book.file_name);
                self.toast(now, Severity::Error, words);
            }
            Err((name, report)) => {
                let problem = report.problems.first();
                let why = problem
                    .map_or(String::new(), |problem| format!(": {}; {}", problem.message, problem.hint));
                self.toast(now, Severity::Error, format!("{name} is not read{why}"));
            }
        }
    }

    fn ask_of(&mut self, book: Book, is_part: bool, now: f64) {
        let Some(document) = &self.document else { return };
        if book.sheets.iter().all(|sheet| sheet.rows.iter().flatten().all(String::is_empty)) {
            self.toast(now, Severity::Error, format!("there is no list in {}", book.file_name));
            return;
        }
        let mapping = book.guess(None, &self.view.headings);
        let book = Arc::new(book);
        let question = Question { book, mapping, is_part, left: BTreeSet::new(), shown: None };
        let mut found = EquipmentImport::new(&on_show(document.site()), question);
        // What a list does not name is taken out only when it is asked for.
        let gone = found.draft.rows.iter().enumerate().filter(|(_, row)| row.what == What::Gone);
        found.question.left = gone.map(|(place, _)| place).collect();
        self.view.overlay = Some(Overlay::Equipment(Arc::new(found)));
    }

    /// Reads the list as the user now says; what columns mean is remembered by their headings.
    pub(super) fn ask_equipment(&mut self, mut question: Question) {
        let Some(document) = &self.document else { return };
        let Some(Overlay::Equipment(before)) = &self.view.overlay else { return };
        let is_same = before.question.mapping == question.mapping;
        if !is_same {
            question.left.clear();
            question.shown = None;
        }
        let sheet = question.book.sheets.get(question.mapping.sheet);
        if let Some(heads) = sheet.and_then(|sheet| sheet.rows.get(question.mapping.header.unwrap_or(0))) {
            let same_sheet = before.question.mapping.sheet == question.mapping.sheet;
            let was = before.question.mapping.columns.iter().filter(|_| same_sheet);
            let columns = question.mapping.columns.iter().zip(was).zip(heads);
            for ((now, _), head) in columns.filter(|((now, was), head)| now != was && !head.is_empty()) {
                let key = now.map_or("", |target: Target| target.key());
                self.view.headings.insert(heading_key(head), key.to_owned());
            }
        }
        let next = if is_same {
            EquipmentImport { question, draft: before.draft.clone() }
        } else {
            EquipmentImport::new(&on_show(document.site()), question)
        };
        self.view.overlay = Some(Overlay::Equipment(Arc::new(next)));
    }

    /// The lines that are chosen go into the drawing, as one step of undo; new parts stand beside it, selected.
    pub(super) fn take_equipment(&mut self, now: f64) {
        let Some(Overlay::Equipment(found)) = self.view.overlay.take() else { return };
        let Some(document) = &self.document else { return };
        let site = document.site();
        let Some(edit) = found.edit(&on_show(site)) else { return };
        // A drawing that is shown in rows is kept so, or what is put in would stand elsewhere than it was put.
        let edit = match (moved_to(site, &layout::centres(site)), edit) {
            (Some(rows), Edit::Together { label, edits }) => {
                Edit::Together { label, edits: std::iter::once(Edit::Draw(rows)).chain(edits).collect() }
            }
            (_, edit) => edit,
        };
        let before: BTreeSet<String> = site.components.iter().map(|part| part.id.clone()).collect();
        self.edit(&edit, now);
        let Some(document) = &self.document else { return };
        let added = document.site().components.iter().filter(|part| !before.contains(&part.id));
        let added: Vec<String> = added.map(|part| part.id.clone()).collect();
        if !added.is_empty() {
            self.select_parts(added);
            self.view.camera = Camera::fitted();
        }
        if !matches!(self.view.place, Place::Site | Place::Both) {
            self.view.site = SiteView::Table;
        }
    }
}
