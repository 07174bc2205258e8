//! Why what is ordered and started is ordered and started then, and what the rest lacks.

use egui::{RichText, Ui};

use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::plan::{Plan, Reason, told_first};
use crate::site::Object;

/// The reasons that most money goes with; the others under the pointer of the title.
pub fn show(ui: &mut Ui, plan: &Plan, actions: &mut Vec<Action>) {
    if plan.reasons.is_empty() {
        return;
    }
    widgets::section(
        ui,
        "Why then",
        "A MW of it a period earlier or later, with the best of everything else",
    );
    for reason in told_first(&plan.reasons) {
        ui.horizontal_top(|ui| {
            ui.label(RichText::new("•").color(theme::of(ui).accent));
            let row = ui.add(egui::Label::new(&reason.now).wrap().sense(egui::Sense::click()));
            if row.on_hover_text("Selects it").clicked() {
                actions.push(Action::Select(Some(object_of(reason))));
            }
        });
    }
    let told = told_first(&plan.reasons).count();
    if told < plan.reasons.len() {
        ui.collapsing(format!("{} more", plan.reasons.len() - told), |ui| {
            let shown: Vec<&Reason> = told_first(&plan.reasons).collect();
            for reason in plan.reasons.iter().filter(|reason| !shown.contains(reason)) {
                ui.add(egui::Label::new(RichText::new(&reason.now).size(theme::SMALL)).wrap());
            }
        });
    }
}

fn object_of(reason: &Reason) -> Object {
    match &reason.offer {
        Some(offer) => Object::Offer(offer.clone()),
        None => Object::Component(reason.object.clone()),
    }
}
