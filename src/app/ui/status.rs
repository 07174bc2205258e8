//! The line at the bottom and the list of problems it opens.

use egui::{Align, Button, Layout, RichText, ScrollArea, Sense, Ui};

use crate::app::command::Command;
use crate::app::gathered::Remark;
use crate::app::state::{Action, Progress};
use crate::app::{App, theme, widgets};
use crate::plan::{Plan, Status};
use crate::quantity::{Severity, format};
use crate::site::Object;

pub fn show(app: &mut App, ui: &mut Ui) {
    let palette = theme::of(ui);
    ui.horizontal_centered(|ui| {
        ui.style_mut().override_font_id = Some(theme::font(theme::SMALL + 0.5));
        problem_count(app, ui);
        ui.separator();
        let summary = answer_summary(app);
        let colour = if matches!(app.answer.progress, Progress::Failed(_)) {
            palette.error
        } else {
            palette.text_weak
        };
        let room = (ui.available_width() - 210.0).max(40.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            ui.add(egui::Label::new(RichText::new(&summary).color(colour)).truncate())
                .on_hover_text(certificate_words(app));
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let help = format!("{} ({})", Command::Help.text(), Command::Help.shortcut_text(ui.ctx()));
            if ui.add(Button::new(RichText::new(help).color(palette.text_weak)).frame(false)).clicked() {
                app.actions.push(Action::Do(Command::Help));
            }
        });
    });
}

fn problem_count(app: &mut App, ui: &mut Ui) {
    let palette = theme::of(ui);
    let (errors, warnings, worst) = {
        let all = app.gathered();
        (all.errors, all.warnings, all.worst)
    };
    let text = match (errors, warnings) {
        (0, 0) => "No problems".to_owned(),
        (0, warnings) => counted(warnings, "warning"),
        (errors, 0) => counted(errors, "problem"),
        (errors, warnings) => format!("{}, {}", counted(errors, "problem"), counted(warnings, "warning")),
    };
    match worst {
        Some(severity) if severity > Severity::Info => {
            widgets::severity_mark(ui, severity);
        }
        _ => {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(14.0, 14.0), Sense::hover());
            ui.painter().circle_filled(rect.center(), 4.0, palette.good);
        }
    }
    let button = Button::new(text).frame(false);
    if ui.add(button).on_hover_text(Command::ToggleProblems.tooltip()).clicked() {
        app.actions.push(Action::Do(Command::ToggleProblems));
    }
}

pub(super) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// "Optimal, residual 2e-9, 1 412 rows, 0.21 s"
fn answer_summary(app: &App) -> String {
    if let Progress::Failed(why) = &app.answer.progress {
        return why.clone();
    }
    let Some(plan) = &app.answer.plan else { return "No plan yet".to_owned() };
    let mut text = certificate(plan);
    if let Some(elapsed) = app.answer.elapsed {
        text = format!("{text}, {} s", format::number(elapsed.as_secs_f64(), 2));
    }
    if app.is_stale() { format!("Updating… last answer: {text}") } else { text }
}

fn certificate(plan: &Plan) -> String {
    let proof = &plan.certificate;
    let status = match plan.status {
        Status::Optimal => "Optimal",
        Status::Feasible => "Feasible",
        Status::Infeasible => "Infeasible",
    };
    let residual = proof.primal_residual.max(proof.dual_residual).max(proof.cash_flow_residual);
    let rows = format::number(plan.size.rows as f64, 0);
    let columns = format::number(plan.size.columns as f64, 0);
    format!("{status} by {}, residual {residual:.0e}, {rows} rows, {columns} columns", plan.solver)
}

fn certificate_words(app: &App) -> String {
    let Some(plan) = &app.answer.plan else { return String::new() };
    let proof = &plan.certificate;
    let second = match proof.second_solver_objective_usd {
        Some(usd) => format!("second solver finds {}", format::usd(usd)),
        None => "no second solver was asked".to_owned(),
    };
    format!(
        "Largest violation of a limit {:.1e}, of optimality {:.1e}, gap {:.1e}; the objective recomputed from the plan's cash flows differs by {:.1e}; {}; {second}; solved {} times for the tail of revenue",
        proof.primal_residual,
        proof.dual_residual,
        proof.relative_gap,
        proof.cash_flow_residual,
        super::certificate::audit_words(plan),
        plan.size.rounds
    )
}

/// The list of problems; a click selects the object.
pub fn problems(app: &mut App, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.label(theme::strong("Problems", theme::BODY));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Hide").clicked() {
                app.actions.push(Action::Do(Command::ToggleProblems));
            }
        });
    });
    let mut actions = Vec::new();
    ScrollArea::vertical().id_salt("problem list").auto_shrink(false).show(ui, |ui| {
        let all = app.gathered();
        if all.remarks.is_empty() {
            ui.weak("Nothing is wrong with this site");
        }
        for remark in &all.remarks {
            row(ui, remark, &mut actions);
        }
    });
    app.actions.extend(actions);
}

fn row(ui: &mut Ui, remark: &Remark, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    ui.horizontal_top(|ui| {
        widgets::severity_mark(ui, remark.severity);
        for (name, object) in &remark.about {
            place(ui, name, object.as_ref(), actions);
        }
        if !remark.others.is_empty() {
            let words = RichText::new(format!("and {} more", remark.others.len())).color(palette.text_weak);
            ui.label(words).on_hover_text(remark.others.join(", "));
        }
        let mut text = egui::text::LayoutJob::default();
        let plain = |colour| egui::TextFormat {
            font_id: theme::font(theme::BODY - 0.5),
            color: colour,
            ..Default::default()
        };
        text.append(&remark.message, 0.0, plain(palette.text));
        if !remark.hint.is_empty() {
            text.append(&format!("; {}", remark.hint), 0.0, plain(palette.text_weak));
        }
        ui.add(egui::Label::new(text).wrap());
    });
}

/// The name of what a problem is about, which leads there.
fn place(ui: &mut Ui, name: &str, object: Option<&Object>, actions: &mut Vec<Action>) {
    let name = RichText::new(name).font(theme::bold(theme::BODY - 0.5));
    match object {
        Some(object) => {
            if ui.link(name).on_hover_text("Selects it").clicked() {
                actions.push(Action::Reveal(object.clone()));
            }
        }
        None => {
            ui.label(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_agrees_with_its_word() {
        assert_eq!(
            (counted(1, "problem"), counted(2, "problem")),
            ("1 problem".to_owned(), "2 problems".to_owned())
        );
    }
}
