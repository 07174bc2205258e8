//! What is the same in every scenario is said where it is changed, while a scenario is shown.

use egui::{Label, RichText, Ui};

use crate::app::{Document, theme};

/// `Tag and side are the same in all scenarios`, where a scenario is shown; `what` ends with its verb.
pub fn say(ui: &mut Ui, document: &Document, what: &str) {
    let Some(scenario) = document.scenario() else { return };
    let words = RichText::new(format!("{what} the same in all scenarios"));
    let label = Label::new(words.size(theme::SMALL).color(theme::of(ui).info)).wrap();
    let hint = format!("A change goes into the base case and every scenario, not into {scenario} alone");
    ui.add(label).on_hover_text(hint);
}
