//! What is taken from the table to a spreadsheet, and back.

use egui::Context;

use crate::app::App;
use crate::app::state::{Place, SiteView};
use crate::quantity::Severity;

impl App {
    /// True where the keys of the clipboard mean lines of the table.
    pub(in crate::app) fn shows_table(&self) -> bool {
        self.view.site == SiteView::Table && matches!(self.view.place, Place::Site | Place::Both)
    }

    /// The selected lines, or all that are listed, as text for a spreadsheet.
    pub(in crate::app) fn copy_table(&mut self, ctx: &Context, now: f64) {
        let Some(document) = &self.document else { return };
        let sheet = self.view.table.sheet(document);
        let listed = |id: &String| sheet.parts(document.shown()).any(|part| part.id == *id);
        let chosen = self.view.parts().into_iter().filter(listed).collect();
        let text = sheet.as_text(document.shown(), &chosen);
        let lines = text.lines().count().saturating_sub(1);
        ctx.copy_text(text);
        let words = if lines == 1 {
            "1 line of the table is".to_owned()
        } else {
            format!("{lines} lines of the table are")
        };
        self.toast(now, Severity::Info, format!("{words} on the clipboard"));
    }
}
