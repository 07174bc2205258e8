//! What reading a file found, and the choice to take it: the foot of every page that shows an import.

use egui::{Align, Button, Label, Layout, RichText, ScrollArea, Ui};

use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::quantity::Problem;

/// Lists what was found within some height, and asks. `take` is what *Use* does, `None` where nothing can be taken; then
/// `kept` says what stays as it is.
pub fn and_choice(
    ui: &mut Ui,
    problems: &[Problem],
    height: f32,
    take: Option<Action>,
    kept: &str,
) -> Option<Action> {
    let heading = if problems.is_empty() { "Nothing is odd about the file" } else { "What was found" };
    widgets::section(ui, heading, "");
    ScrollArea::vertical().max_height(height.clamp(60.0, 240.0)).show(ui, |ui| {
        problems.iter().for_each(|problem| remark(ui, problem));
    });
    ui.add_space(10.0);
    let mut answer = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let is_taken = take.is_some();
        if let Some(take) = take {
            let colours = theme::of(ui);
            let words = RichText::new("Use").color(colours.on_accent).font(theme::bold(theme::BODY));
            if ui.add(Button::new(words).fill(colours.accent)).clicked() {
                answer = Some(take);
            }
        }
        if ui.button(if is_taken { "Cancel" } else { "Close" }).clicked() {
            answer = Some(Action::CloseOverlay);
        }
        ui.weak(if is_taken { "For the site in every scenario; undo takes it back" } else { kept });
    });
    answer
}

fn remark(ui: &mut Ui, problem: &Problem) {
    let colours = theme::of(ui);
    ui.horizontal_top(|ui| {
        widgets::severity_mark(ui, problem.severity);
        ui.vertical(|ui| {
            ui.add(Label::new(format!("{}: {}", problem.place, problem.message)).wrap());
            if !problem.hint.is_empty() {
                ui.add(Label::new(RichText::new(&problem.hint).color(colours.text_weak)).wrap());
            }
        });
    });
}
