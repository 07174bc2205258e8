//! What is taken from the table to a spreadsheet, and back.

use egui::Context;

use crate::app::state::{Place, SiteView};
use crate::app::{App, assessment};
use crate::quantity::Severity;

impl App {
    /// True where the keys of the clipboard mean lines of the table.
    pub(in crate::app) fn shows_table(&self) -> bool {
        self.view.site == SiteView::Table && matches!(self.view.place, Place::Site | Place::Both)
    }

    /// True for text that is lines of a spreadsheet: where the table is shown, all that is no site file.
    pub(in crate::app) fn is_list(&self, text: &str) -> bool {
        let is_site = text.trim_start().starts_with("#![enable") || text.trim_start().starts_with("Site(");
        self.document.is_some() && self.shows_table() && !is_site
    }

    /// The selected lines, or all that are listed, as text for a spreadsheet.
    pub(in crate::app) fn copy_table(&mut self, ctx: &Context, now: f64) {
        let Some(document) = &self.document else { return };
        if self.view.site == SiteView::Assessment {
            ctx.copy_text(assessment::as_text(document.site()));
            self.toast(now, Severity::Info, "The assessment is on the clipboard".to_owned());
            return;
        }
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
