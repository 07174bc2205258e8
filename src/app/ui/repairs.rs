//! What would make an impossible brief possible: a row a repair, each applied as one step.

use egui::{RichText, Ui};

use crate::app::chart::ChartInput;
use crate::app::state::Action;
use crate::app::{Document, theme, widgets};
use crate::quantity::{Severity, format};

/// Rows in the order of the answer. A repair is of the document and the scenario that were planned: while either is
/// another, the buttons wait for the next plan.
pub fn show(ui: &mut Ui, input: &ChartInput<'_>, document: &Document, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let plan = input.plan;
    let is_of_shown = !input.stale && plan.scenario == document.scenario().unwrap_or_default();
    for (index, repair) in plan.repairs.iter().enumerate() {
        ui.horizontal_top(|ui| {
            widgets::severity_mark(ui, Severity::Warning);
            ui.vertical(|ui| {
                ui.add(egui::Label::new(&repair.sentence).wrap());
                let worth = format!("The best plan is then worth {}", format::usd(repair.npv_usd));
                ui.label(RichText::new(worth).size(theme::SMALL).color(palette.text_weak));
                let button = ui.add_enabled(is_of_shown, egui::Button::new("Apply"));
                // Each button has a name of its own for screen readers and keys.
                let name = format!("Apply repair {}: {}", index + 1, repair.object);
                button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, is_of_shown, &name));
                if button.on_hover_text("One step, which undo takes back").clicked() {
                    actions.push(Action::Edit(repair.edit(document.scenario())));
                }
            });
        });
        ui.add_space(6.0);
    }
}
