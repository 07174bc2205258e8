//! The answer in full: charts, what to sign and order by when, what binds, and what else could be done.

use egui::{Align, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::two_charts;
use crate::app::chart::ChartInput;
use crate::app::state::Action;
use crate::app::{Document, theme, widgets};
use crate::plan::{Plan, Status};
use crate::quantity::{Severity, format};
use crate::site::Object;

pub fn show(ui: &mut Ui, input: &ChartInput<'_>, document: &Document, actions: &mut Vec<Action>) {
    let area = ui.available_rect_before_wrap();
    let charts = (area.height() * 0.52).clamp(170.0, 460.0);
    let top = Rect::from_min_size(area.min, vec2(area.width(), charts));
    let mut child = ui.new_child(UiBuilder::new().max_rect(top).id_salt("charts"));
    two_charts(&mut child, input, actions);
    let below = Rect::from_min_max(pos2(area.left(), top.bottom() + theme::GAP), area.max);
    if below.height() < 60.0 {
        return;
    }
    let width = (below.width() - 2.0 * theme::GAP) / 3.0;
    let column = |index: f32| {
        let left = below.left() + index * (width + theme::GAP);
        Rect::from_min_size(pos2(left, below.top()), vec2(width, below.height()))
    };
    let plan = input.plan;
    card(ui, column(0.0), "What to order and sign, by when", |ui| commitments(ui, plan, document, actions));
    if plan.status == Status::Infeasible || plan.binding.is_empty() && !plan.repairs.is_empty() {
        card(ui, column(1.0), "What would make a plan possible", |ui| repairs(ui, plan));
    } else {
        card(ui, column(1.0), "What binds, and what one more unit is worth", |ui| binding(ui, plan));
    }
    card(ui, column(2.0), "Against other ways", |ui| baselines(ui, plan));
    ui.advance_cursor_after_rect(area);
}

fn card(ui: &mut Ui, rect: Rect, title: &str, add: impl FnOnce(&mut Ui)) {
    let palette = theme::of(ui);
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(title));
    theme::card(palette).show(&mut child, |ui| {
        ui.set_min_size(rect.size() - vec2(26.0, 18.0));
        ui.set_max_size(rect.size() - vec2(26.0, 18.0));
        ui.label(theme::strong(title, theme::BODY + 1.0));
        ui.add_space(2.0);
        ScrollArea::vertical().id_salt(title).auto_shrink(false).show(ui, add);
    });
}

fn right(ui: &mut Ui, text: String) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(text));
}

fn commitments(ui: &mut Ui, plan: &Plan, document: &Document, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    if plan.commitments.is_empty() {
        ui.weak("The plan commits to nothing");
    }
    for commitment in &plan.commitments {
        ui.horizontal(|ui| {
            ui.label(RichText::new(format::date(commitment.date)).color(palette.text_weak));
            let object = Object::Component(commitment.object.clone());
            let known = document.shown().component(&commitment.object).is_some();
            let room = (ui.available_width() - 76.0).max(40.0);
            ui.scope(|ui| {
                ui.set_max_width(room);
                let label = egui::Label::new(&commitment.item).truncate().sense(egui::Sense::click());
                let response = ui.add(label);
                let words = format!("{}; cancelling costs {}", commitment.item, format::usd(commitment.cancel_usd));
                if response.on_hover_text(words).clicked() && known {
                    actions.push(Action::Select(Some(object)));
                }
            });
            right(ui, format::usd(commitment.cash_usd));
        });
    }
}

fn binding(ui: &mut Ui, plan: &Plan) {
    if plan.binding.is_empty() {
        ui.weak("No limit binds");
    }
    for bound in &plan.binding {
        ui.horizontal_top(|ui| {
            ui.label(RichText::new("•").color(theme::of(ui).accent));
            ui.add(egui::Label::new(&bound.sentence).wrap());
        });
    }
    let refused: Vec<_> = plan.refused.iter().take(12).collect();
    if !refused.is_empty() {
        widgets::section(ui, "Refused", "");
        for refused in refused {
            ui.horizontal_top(|ui| {
                widgets::severity_mark(ui, Severity::Warning);
                ui.add(egui::Label::new(format!("{} in {}: {}", refused.offer, refused.hall, refused.reason)).wrap());
            });
        }
    }
}

fn repairs(ui: &mut Ui, plan: &Plan) {
    for repair in &plan.repairs {
        ui.horizontal_top(|ui| {
            widgets::severity_mark(ui, Severity::Error);
            let cost = repair.cost_usd.map(|usd| format!(" ({})", format::usd(usd))).unwrap_or_default();
            ui.add(egui::Label::new(format!("{}{cost}", repair.sentence)).wrap());
        });
    }
}

fn baselines(ui: &mut Ui, plan: &Plan) {
    let palette = theme::of(ui);
    let weakest = plan.stability.iter().map(|year| year.worst_year_share).fold(f64::INFINITY, f64::min);
    let mut rows = vec![("This plan".to_owned(), plan.npv.expected_usd, plan.capex.total_usd, weakest, Vec::new())];
    rows.extend(plan.baselines.iter().map(|base| {
        (capital(&base.name), base.npv_usd, base.capex_usd, base.worst_year_share, base.policies_missed.clone())
    }));
    egui::Grid::new("baselines").num_columns(4).striped(false).spacing(vec2(14.0, 6.0)).show(ui, |ui| {
        for (index, head) in ["", "NPV", "Capex", "1-in-20"].into_iter().enumerate() {
            let text = RichText::new(head).size(theme::SMALL).color(palette.text_weak);
            if index == 0 { ui.label(text) } else { right_cell(ui, text) };
        }
        ui.end_row();
        for (index, (name, npv, capex, share, missed)) in rows.iter().enumerate() {
            let style = |text: String| if index == 0 { theme::strong(text, theme::BODY) } else { RichText::new(text) };
            let response = ui.add(egui::Label::new(style(name.clone())).truncate());
            if !missed.is_empty() {
                response.on_hover_text(format!("Misses: {}", missed.join(", ")));
            }
            right_cell(ui, style(format::usd(*npv)));
            right_cell(ui, style(format::usd(*capex)));
            let percent = if share.is_finite() { format!("{} %", format::number(share * 100.0, 0)) } else { "–".to_owned() };
            right_cell(ui, style(percent));
            ui.end_row();
        }
    });
    widgets::section(ui, "Income by year", "Expected, in a 1-in-20 year, and the share contracted");
    egui::Grid::new("stability").num_columns(4).spacing(vec2(14.0, 4.0)).show(ui, |ui| {
        for year in &plan.stability {
            ui.label(year.year.to_string());
            right_cell(ui, RichText::new(format::usd(year.mean_usd)));
            right_cell(ui, RichText::new(format::usd(year.worst_year_usd)));
            right_cell(ui, RichText::new(format!("{} %", format::number(year.share_contracted * 100.0, 0))));
            ui.end_row();
        }
    });
}

fn right_cell(ui: &mut Ui, text: RichText) -> egui::Response {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(text)).inner
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
