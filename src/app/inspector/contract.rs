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

/// Which other offers this one excludes: at most one of a set is taken. The base case alone is changed.
pub fn excludes(ui: &mut Ui, offers: &[Offer], offer: &Offer, actions: &mut Vec<Action>) {
    let others = || offers.iter().filter(|other| other.id != offer.id);
    if offer.exclusive_set.is_none() && others().next().is_none() {
        return;
    }
    let set = |offer: &Offer, set: Option<&str>| Edit::SetExclusive {
        offer: offer.id.clone(),
        set: set.map(str::to_owned),
    };
    let now = offer.exclusive_set.as_deref().unwrap_or("No other");
    let choices = |ui: &mut Ui| {
        let alone = ui.selectable_label(offer.exclusive_set.is_none(), "No other");
        if alone.on_hover_text("Taken whatever else is taken").clicked() {
            actions.push(Action::Edit(set(offer, None)));
        }
        let mut sets: Vec<&str> = offers.iter().filter_map(|other| other.exclusive_set.as_deref()).collect();
        sets.sort_unstable();
        sets.dedup();
        for known in sets {
            let chosen = offer.exclusive_set.as_deref() == Some(known);
            let words = "At most one offer of this set is taken";
            if ui.selectable_label(chosen, known).on_hover_text(words).clicked() {
                actions.push(Action::Edit(set(offer, Some(known))));
            }
        }
        for other in others().filter(|other| other.exclusive_set.is_none()) {
            let words = format!("At most one of {} and {} is taken", offer.name, other.name);
            if ui
                .selectable_label(false, format!("{}, a new set", other.name))
                .on_hover_text(&words)
                .clicked()
            {
                let new = format!("{} or {}", offer.name, other.name);
                let edits = vec![set(offer, Some(&new)), set(other, Some(&new))];
                actions.push(Action::Edit(Edit::Together { label: words, edits }));
            }
        }
    };
    ui.horizontal(|ui| {
        ui.label("Excludes");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.name_inputs(format!("Offers that {} excludes", offer.name), |ui| {
                ComboBox::from_id_salt(("excludes", &offer.id))
                    .width(WIDTH)
                    .truncate()
                    .icon(widgets::chevron)
                    .selected_text(now)
                    .show_ui(ui, choices);
            });
        });
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
