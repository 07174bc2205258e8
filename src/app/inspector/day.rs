//! A day that may be left open.

use egui::{Align, Layout, Ui};
use egui_extras::DatePickerButton;

use crate::quantity::Date;

/// A day that may be left open; the new choice when it was changed. `open` are the words where no day is set, and those of
/// the button that leaves it open.
pub fn day(
    ui: &mut Ui,
    salt: impl std::hash::Hash + std::fmt::Debug,
    label: &str,
    open: [&str; 2],
    now: Option<Date>,
    first_choice: Date,
) -> Option<Option<Date>> {
    let mut chosen = None;
    ui.push_id(salt, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_height(26.0);
            ui.label(label);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| match now {
                None => {
                    if ui.button(open[0]).on_hover_text("Sets a day").clicked() {
                        chosen = Some(Some(first_choice));
                    }
                }
                Some(mut day) => {
                    if ui.button(open[1]).on_hover_text("Leaves the day open").clicked() {
                        chosen = Some(None);
                    }
                    let picker = DatePickerButton::new(&mut day)
                        .id_salt("day")
                        .show_icon(false)
                        .calendar_week(false)
                        .format("%-d %b %Y");
                    if ui.add(picker).changed() {
                        chosen = Some(Some(day));
                    }
                }
            });
        });
    });
    chosen
}
