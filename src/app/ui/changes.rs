//! One line under the figures: what the last edit changed in the plan.

use egui::{Label, RichText, Ui};

use crate::app::state::Since;
use crate::app::theme;

/// Height of the line.
pub const HEIGHT: f32 = 20.0;

/// As much of it as there is room for; all of it, a line each, under the pointer.
pub fn show(ui: &mut Ui, since: &Since) {
    let head = format!("Since {}", since.what);
    let sentences: Vec<&str> = since.changes.iter().map(|change| change.sentence.as_str()).collect();
    let line = RichText::new(format!("{head}: {}", sentences.join(" · ")));
    let line = line.size(theme::SMALL + 0.5).color(theme::of(ui).text_weak);
    ui.add(Label::new(line).truncate()).on_hover_text(format!("{head}:\n{}", sentences.join("\n")));
}
