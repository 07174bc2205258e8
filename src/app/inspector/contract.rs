//! What an offer takes from the library: the schedule of its service credits and the rating of its tenant.

use egui::{ComboBox, Ui};

use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::file::library;
use crate::quantity::format;
use crate::site::Offer;
use crate::site::edit::Edit;

const WIDTH: f32 = 168.0;

/// Two lists; the base case alone is changed, since the sources come along.
pub fn choices(ui: &mut Ui, offer: &Offer, actions: &mut Vec<Action>) {
    ui.label(egui::RichText::new("From the library").size(theme::SMALL).color(theme::of(ui).text_weak));
    ui.horizontal(|ui| {
        ui.label("Service credits");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| credits(ui, offer, actions));
    });
    ui.horizontal(|ui| {
        ui.label("Rating of the tenant");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| rating(ui, offer, actions));
    });
}

fn credits(ui: &mut Ui, offer: &Offer, actions: &mut Vec<Action>) {
    let now = &offer.sla_terms.schedule;
    let known = library::sla_schedules().iter().find(|schedule| schedule.key == *now);
    let shown = match known {
        Some(schedule) => &schedule.name,
        None if now.is_empty() => "As entered",
        None => now,
    };
    ui.name_inputs(format!("Service credits of {}", offer.name), |ui| {
        ComboBox::from_id_salt(("credits", &offer.id))
            .width(WIDTH)
            .truncate()
            .icon(widgets::chevron)
            .selected_text(shown)
            .show_ui(ui, |ui| {
                for schedule in library::sla_schedules() {
                    let words = format!("{}. Source: {}", schedule.summary, schedule.source);
                    let chosen = *now == schedule.key;
                    if ui.selectable_label(chosen, &schedule.name).on_hover_text(words).clicked() {
                        actions.push(Action::Edit(Edit::SetServiceCredits {
                            offer: offer.id.clone(),
                            bands: schedule.bands.clone(),
                            terms: schedule.terms(),
                        }));
                    }
                }
            });
    });
}

fn rating(ui: &mut Ui, offer: &Offer, actions: &mut Vec<Action>) {
    let now = offer.rating.as_ref().map_or("None", |rating| rating.name.as_str());
    let set = |rating| Action::Edit(Edit::SetRating { offer: offer.id.clone(), rating });
    ui.name_inputs(format!("Rating of the tenant of {}", offer.name), |ui| {
        ComboBox::from_id_salt(("rating", &offer.id))
            .width(WIDTH)
            .truncate()
            .icon(widgets::chevron)
            .selected_text(now)
            .show_ui(ui, |ui| {
                if ui.selectable_label(offer.rating.is_none(), "None").clicked() {
                    actions.push(set(None));
                }
                for entry in library::ratings() {
                    let words =
                        format!("{} a year; {}", format::percent(entry.default_per_year), entry.source);
                    let chosen = now == entry.name;
                    if ui.selectable_label(chosen, &entry.name).on_hover_text(words).clicked() {
                        actions.push(set(Some(entry.rating())));
                    }
                }
            });
    });
}
