//! What the company could raise: the head of an instrument, and the list to add one from.

use egui::{ComboBox, Ui};

use crate::app::state::Action;
use crate::app::widgets;
use crate::file::instruments;
use crate::quantity::format;
use crate::site::edit::Edit;
use crate::site::{Instrument, Site};

/// Name, window and the way to take it out of the file.
pub fn head(ui: &mut Ui, instrument: &Instrument, actions: &mut Vec<Action>) {
    let name = instrument.label();
    widgets::section(ui, name, &window(instrument));
    let remove =
        ui.small_button("Remove").on_hover_text(format!("Take {name} out of the site, in every scenario"));
    if remove.clicked() {
        actions.push(Action::Edit(Edit::RemoveInstrument(instrument.id.clone())));
    }
}

/// The list of the library; the base case alone is changed, since the sources come along.
pub fn add(ui: &mut Ui, site: &Site, actions: &mut Vec<Action>) {
    widgets::section(ui, "Raise money", "Drawn on only where a minimum cash is set under Limits");
    ui.name_inputs("Add an instrument", |ui| {
        ComboBox::from_id_salt("instruments")
            .width(ui.available_width() - 8.0)
            .truncate()
            .icon(widgets::chevron)
            .selected_text("Add an instrument")
            .show_ui(ui, |ui| {
                for entry in instruments::instruments() {
                    if ui.selectable_label(false, &entry.name).on_hover_text(&entry.summary).clicked() {
                        actions.push(Action::Edit(entry.addition(site)));
                    }
                }
            });
    });
}

/// When an instrument may be drawn, in words.
fn window(instrument: &Instrument) -> String {
    match (instrument.available_from, instrument.available_to) {
        (None, None) => "Could be raised at any time".to_owned(),
        (Some(from), None) => format!("Could be raised from {}", format::date(from)),
        (None, Some(to)) => format!("Could be raised until {}", format::date(to)),
        (Some(from), Some(to)) => {
            format!("Could be raised from {} to {}", format::date(from), format::date(to))
        }
    }
}
