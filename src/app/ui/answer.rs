//! The answer in full: charts, what to sign and order by when, what binds, and what else could be done.

use egui::{Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::{holds, two_charts};
use crate::app::chart::{self, ChartInput};
use crate::app::state::Action;
use crate::app::{Document, theme, widgets};
use crate::plan::{Plan, Status};
use crate::quantity::{Severity, format};
use crate::site::Object;

/// Width from which ribbon, fan and cash stand side by side.
const THREE_CHARTS: f32 = 1_080.0;

/// Width of a column of money.
pub(super) const MONEY_WIDTH: f32 = 66.0;

pub fn show(ui: &mut Ui, input: &ChartInput<'_>, document: &Document, actions: &mut Vec<Action>) {
    let area = ui.available_rect_before_wrap();
    let has_cash = !input.plan.finance.cash_by_month_usd.is_empty();
    let is_wide = area.width() >= THREE_CHARTS;
    // Where three stand side by side no chart is lower; where they do not, cash takes a row of its own.
    let share = if has_cash && !is_wide { 0.66 } else { 0.52 };
    let charts = (area.height() * share).clamp(170.0, if is_wide { 460.0 } else { 620.0 });
    let top = Rect::from_min_size(area.min, vec2(area.width(), charts));
    let (pair, own) = if !has_cash {
        (top, None)
    } else if is_wide {
        let (left, right) = top.split_left_right_at_fraction(2.0 / 3.0);
        (left, Some(right.with_min_x(right.left() + theme::GAP)))
    } else {
        let (upper, lower) = top.split_top_bottom_at_fraction(0.5);
        (upper, Some(lower.with_min_y(lower.top() + theme::GAP)))
    };
    let mut child = ui.new_child(UiBuilder::new().max_rect(pair).id_salt("charts"));
    two_charts(&mut child, input, actions);
    if let Some(own) = own {
        let mut child = ui.new_child(UiBuilder::new().max_rect(own).id_salt("cash"));
        chart::cash(&mut child, input, actions);
    }
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
        card(ui, column(1.0), "What would make it possible", |ui| {
            super::repairs::show(ui, input, document, actions);
        });
    } else {
        card(ui, column(1.0), "What binds, and its worth", |ui| {
            binding(ui, plan, document);
            super::reasons::show(ui, plan, actions);
        });
    }
    card(ui, column(2.0), "Against other ways", |ui| baselines(ui, plan));
    ui.advance_cursor_after_rect(area);
}

pub(super) fn card(ui: &mut Ui, rect: Rect, title: &str, add: impl FnOnce(&mut Ui)) {
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

fn commitments(ui: &mut Ui, plan: &Plan, document: &Document, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    if plan.commitments.is_empty() {
        ui.weak("The plan commits to nothing");
    }
    ui.spacing_mut().item_spacing.y = 1.0;
    for commitment in &plan.commitments {
        let known = document.shown().component(&commitment.object).is_some();
        let cash = [RichText::new(format::usd(commitment.cash_usd))];
        let row = widgets::table_row(ui, RichText::new(&commitment.item), &cash, MONEY_WIDTH);
        let row = row.on_hover_text(&commitment.item).interact(egui::Sense::click());
        if known && row.clicked() {
            actions.push(Action::Select(Some(Object::Component(commitment.object.clone()))));
        }
        let cancel = if commitment.cancel_usd > 0.5 {
            format!("cancelling costs {}", format::usd(commitment.cancel_usd))
        } else {
            "free to cancel".to_owned()
        };
        let words = format!("by {} · {cancel}", format::date(commitment.date));
        ui.label(RichText::new(words).size(theme::SMALL).color(palette.text_weak));
        ui.add_space(6.0);
    }
}

pub(super) fn binding(ui: &mut Ui, plan: &Plan, document: &Document) {
    if plan.binding.is_empty() {
        ui.weak("No limit binds");
    }
    for bound in &plan.binding {
        ui.horizontal_top(|ui| {
            ui.label(RichText::new("•").color(theme::of(ui).accent));
            ui.vertical(|ui| {
                let sentence = ui.add(egui::Label::new(&bound.sentence).wrap());
                if bound.holds.is_none() {
                    sentence.on_hover_text(holds::UNTOLD);
                }
                holds::bar(ui, bound);
            });
        });
    }
    let refused: Vec<_> = plan.refused.iter().take(12).collect();
    if !refused.is_empty() {
        widgets::section(ui, "Refused", "");
        for refused in refused {
            let name = |object| document.shown().object_name(&object);
            let offer = name(Object::Offer(refused.offer.clone()));
            let hall = name(Object::Component(refused.hall.clone()));
            ui.horizontal_top(|ui| {
                widgets::severity_mark(ui, Severity::Warning);
                ui.add(egui::Label::new(format!("{offer} in {hall}: {}", refused.reason)).wrap());
            });
        }
    }
}

fn baselines(ui: &mut Ui, plan: &Plan) {
    let palette = theme::of(ui);
    let weakest = plan.stability.iter().map(|year| year.worst_year_share).fold(f64::INFINITY, f64::min);
    let share = |share: f64| if share.is_finite() { format::percent(share) } else { "–".to_owned() };
    ui.spacing_mut().item_spacing.y = 2.0;
    let heads = ["NPV", "Capex", "1-in-20"]
        .map(|head| RichText::new(head).size(theme::SMALL).color(palette.text_weak));
    widgets::table_row(ui, RichText::new(""), &heads, MONEY_WIDTH);
    let own = [format::usd(plan.npv.expected_usd), format::usd(plan.capex.total_usd), share(weakest)];
    widgets::table_row(
        ui,
        theme::strong("This plan", theme::BODY),
        &own.map(|text| theme::strong(text, theme::BODY)),
        MONEY_WIDTH,
    );
    for base in &plan.baselines {
        let numbers = [format::usd(base.npv_usd), format::usd(base.capex_usd), share(base.worst_year_share)];
        let name = capital(&base.name);
        let row = widgets::table_row(ui, RichText::new(&name), &numbers.map(RichText::new), MONEY_WIDTH);
        let words = if base.policies_missed.is_empty() {
            name
        } else {
            format!("{name}; misses {}", base.policies_missed.join(", "))
        };
        row.on_hover_text(words);
    }
    super::replanning::show(ui, plan);
    debt(ui, plan);
    super::forwards::show(ui, plan);
    super::certificate::show(ui, plan);
    ui.add_space(4.0);
    widgets::section(ui, "Billed revenue by year", "");
    let heads = ["Expected", "1-in-20", "Contracted"]
        .map(|head| RichText::new(head).size(theme::SMALL).color(palette.text_weak));
    widgets::table_row(ui, RichText::new(""), &heads, MONEY_WIDTH);
    for year in &plan.stability {
        let numbers = [
            format::usd(year.mean_usd),
            format::usd(year.worst_year_usd),
            format::percent(year.share_contracted),
        ];
        widgets::table_row(
            ui,
            RichText::new(year.year.to_string()),
            &numbers.map(RichText::new),
            MONEY_WIDTH,
        );
    }
}

/// What is raised and owed, and how close the plan comes to a promise to lenders.
fn debt(ui: &mut Ui, plan: &Plan) {
    if plan.finance.debt.is_empty() {
        return;
    }
    let palette = theme::of(ui);
    ui.add_space(4.0);
    widgets::section(ui, "Debt", "");
    let heads = ["Raised", "At most", "Horizon"]
        .map(|head| RichText::new(head).size(theme::SMALL).color(palette.text_weak));
    widgets::table_row(ui, RichText::new(""), &heads, MONEY_WIDTH);
    for debt in &plan.finance.debt {
        let raised: f64 = debt.raised_usd.iter().sum();
        let most = debt.balance_usd.iter().copied().fold(0.0, f64::max);
        let left = debt.balance_usd.last().copied().unwrap_or(0.0);
        let numbers = [raised, most, left].map(|usd| RichText::new(format::usd(usd)));
        widgets::table_row(ui, RichText::new(&debt.name), &numbers, MONEY_WIDTH).on_hover_text(&debt.name);
    }
    for covenant in &plan.finance.covenants {
        let words = format!(
            "{} of {}: {} to spare in {}",
            capital(&covenant.name),
            covenant.instrument,
            format::usd(covenant.least_headroom_usd),
            crate::quantity::date::month_label(covenant.least_at)
        );
        ui.label(RichText::new(words).size(theme::SMALL).color(palette.text_weak));
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
