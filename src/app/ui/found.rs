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

/// What the options of the command line are called on the pages of the window; longer names first where one begins another.
const CONTROLS: [(&str, &str); 14] = [
    ("--hour beginning", "A time is the begin of the hour"),
    ("--hour ending", "A time is the end of the hour"),
    ("--standard-time", "The clock keeps standard time all year"),
    ("--time-zone", "Time zone"),
    ("--usd-per-unit", "Dollars for one"),
    ("--date-order", "Dates with slashes"),
    ("--decimal point", "Decimal mark"),
    ("--decimal comma", "Decimal mark"),
    ("--decimal", "Decimal mark"),
    ("--only NAME", "Only rows with"),
    ("--only", "Only rows with"),
    ("--column", "Column of values"),
    ("--unit", "Unit"),
    ("--year", "Year without dates"),
];

/// A hint with the controls of the window in place of the options of the command line.
fn in_the_window(hint: &str) -> String {
    let mut words = hint.to_owned();
    for (option, control) in CONTROLS {
        words = words.replace(option, &format!("“{control}” above"));
    }
    words
}

fn remark(ui: &mut Ui, problem: &Problem) {
    let colours = theme::of(ui);
    ui.horizontal_top(|ui| {
        widgets::severity_mark(ui, problem.severity);
        ui.vertical(|ui| {
            ui.add(Label::new(format!("{}: {}", problem.place, problem.message)).wrap());
            if !problem.hint.is_empty() {
                let hint = in_the_window(&problem.hint);
                ui.add(Label::new(RichText::new(hint).color(colours.text_weak)).wrap());
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two dashes alone are a blank reading.
    fn names_an_option(text: &str) -> bool {
        text.split("--").skip(1).any(|rest| rest.starts_with(|letter: char| letter.is_ascii_lowercase()))
    }

    /// Every option that a hint of an import names has a control, or the window would send users to the command line.
    #[test]
    fn no_hint_of_an_import_names_an_option_in_the_window() {
        let sources = [
            include_str!("../../file/import/clock.rs"),
            include_str!("../../file/import/columns.rs"),
            include_str!("../../file/import/hours.rs"),
            include_str!("../../file/import/kind.rs"),
            include_str!("../../file/import/mod.rs"),
            include_str!("../../file/import/table.rs"),
            include_str!("../../file/import/value.rs"),
            include_str!("../../file/history.rs"),
            include_str!("../../market/power/hours.rs"),
            include_str!("../../quantity/written.rs"),
        ];
        let hints: Vec<&str> = sources
            .iter()
            .flat_map(|source| source.lines())
            .filter(|line| !line.trim_start().starts_with("//") && line.contains("--"))
            .flat_map(|line| line.split('"').skip(1).step_by(2))
            .filter(|text| names_an_option(text))
            .collect();
        assert!(hints.len() > 10, "the hints are looked for in the wrong place");
        for hint in hints {
            let shown = in_the_window(hint);
            assert!(!names_an_option(&shown), "{shown}");
        }
        assert_eq!(in_the_window("check the unit (--unit)"), "check the unit (“Unit” above)");
    }
}
