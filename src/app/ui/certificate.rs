//! What proves a plan, at a click: the audit a line a family, and what it was made by and from.

use egui::{CollapsingHeader, RichText, Ui};

use crate::app::{theme, widgets};
use crate::plan::{AuditLine, Plan};
use crate::quantity::Severity;

/// `the audit holds in 18 families`, or what it finds.
pub fn audit_words(plan: &Plan) -> String {
    let lines = &plan.certificate.audit;
    let broken: Vec<String> = lines.iter().filter(|line| !line.holds()).map(AuditLine::sentence).collect();
    match (lines.len(), broken.as_slice()) {
        (0, _) => "not audited".to_owned(),
        (count, []) => format!("the audit holds in {count} families"),
        (_, broken) => format!("the audit finds {}", broken.join("; ")),
    }
}

/// Audit and stamp under one header.
pub fn show(ui: &mut Ui, plan: &Plan) {
    let lines = &plan.certificate.audit;
    if lines.is_empty() {
        return;
    }
    let palette = theme::of(ui);
    ui.add_space(4.0);
    let holding = lines.iter().filter(|line| line.holds()).count();
    let title = format!("Proof: {holding} of {} families hold", lines.len());
    CollapsingHeader::new(title).id_salt("proof").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let weak = |text: String| RichText::new(text).size(theme::SMALL).color(palette.text_weak);
        for line in lines {
            ui.horizontal_top(|ui| {
                if line.holds() {
                    ui.label(weak(format!("{}: {}", line.family, line.what)));
                } else {
                    widgets::severity_mark(ui, Severity::Error);
                    ui.add(egui::Label::new(line.sentence()).wrap());
                }
            });
        }
        for words in plan.stamp.lines() {
            ui.add(egui::Label::new(weak(words)).wrap());
        }
    });
}
