//! The steady-revenue fan: the plan's revenue over what mining alone would bring.

use egui::{Align2, Stroke, Ui, pos2};

use super::{Axes, ChartInput, Words, at, halvings, period_at, period_label, round_up, spread};
use crate::app::state::Action;
use crate::app::theme::{self, Palette};
use crate::plan::{Plan, YearStability};
use crate::quantity::format;

const MILLION: f64 = 1e6;

/// Draws the fan in the rest of `ui`.
pub fn fan(ui: &mut Ui, input: &ChartInput<'_>, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let plan = input.plan;
    let series = Series::new(plan);
    let words = Words {
        headline: headline(plan),
        axis: "Revenue net of power passed through, $M a year".to_owned(),
        name: "Steady-revenue fan",
    };
    let Some((axes, response)) = Axes::new(ui, input, palette, &words, series.range()) else { return };
    paint(&axes, input, &series, palette);
    axes.cursor(input, &response, actions);
    let period = response.hover_pos().map_or(0, |at| period_at(plan, axes.month_at(at.x)));
    response.on_hover_ui_at_pointer(|ui| tooltip(ui, plan, &series, period));
}

/// Everything in millions of dollars a year, so that quarters and years compare.
struct Series {
    plan_low: Vec<f64>,
    plan_mean: Vec<f64>,
    plan_high: Vec<f64>,
    keep_low: Vec<f64>,
    keep_mean: Vec<f64>,
    keep_high: Vec<f64>,
    contracted: Vec<f64>,
    debt: Vec<f64>,
}

impl Series {
    fn new(plan: &Plan) -> Self {
        let yearly = |series: &[f64]| -> Vec<f64> {
            plan.periods
                .iter()
                .enumerate()
                .map(|(index, period)| at(series, index) * 12.0 / period.months.max(1) as f64 / MILLION)
                .collect()
        };
        let (blended, keep) = (&plan.revenue.blended, &plan.revenue.keep_mining);
        Self {
            plan_low: yearly(&blended.p5),
            plan_mean: yearly(&blended.mean),
            plan_high: yearly(&blended.p95),
            keep_low: yearly(&keep.p5),
            keep_mean: yearly(&keep.mean),
            keep_high: yearly(&keep.p95),
            contracted: yearly(&plan.revenue.contracted_usd),
            debt: yearly(&plan.debt_service_usd),
        }
    }

    fn range(&self) -> (f64, f64) {
        let all = || {
            [&self.plan_high, &self.keep_high, &self.contracted, &self.plan_low, &self.keep_low]
                .into_iter()
                .flatten()
        };
        let high = all().copied().fold(0.0, f64::max);
        let low = all().copied().fold(0.0, f64::min);
        (if low < 0.0 { -round_up(-low) } else { 0.0 }, round_up(high * 1.08))
    }
}

fn paint(axes: &Axes<'_>, input: &ChartInput<'_>, series: &Series, palette: &Palette) {
    let plan = input.plan;
    let ground = vec![0.0; plan.periods.len()];
    let has_contracts = series.contracted.iter().any(|value| *value > 0.05);
    if has_contracts {
        axes.band(plan, &ground, &series.contracted, theme::mix(palette.card, palette.contracted, 0.14));
    }
    axes.band(plan, &series.keep_low, &series.keep_high, palette.keep_line.gamma_multiply(0.24));
    axes.band(plan, &series.plan_low, &series.plan_high, palette.plan_line.gamma_multiply(0.3));
    for edge in [&series.keep_low, &series.keep_high] {
        axes.steps(plan, edge, Stroke::new(0.8, palette.keep_line.gamma_multiply(0.6)), None);
    }
    if has_contracts {
        axes.steps(plan, &series.contracted, Stroke::new(1.8, palette.contracted), None);
    }
    axes.steps(plan, &series.keep_mean, Stroke::new(1.4, palette.keep_line), Some(4.0));
    axes.steps(plan, &series.plan_mean, Stroke::new(2.2, palette.plan_line), None);
    let has_debt = series.debt.iter().any(|value| *value > 0.05);
    if has_debt {
        axes.steps(plan, &series.debt, Stroke::new(1.8, palette.debt), None);
    }
    for (month, day) in halvings(input) {
        axes.mark(month, &format!("halving {}", crate::quantity::date::month_label(day)));
    }
    paint_names(axes, plan, series, palette, has_contracts, has_debt);
}

/// Names at the right end of the lines, moved apart where they would touch.
fn paint_names(
    axes: &Axes<'_>,
    plan: &Plan,
    series: &Series,
    palette: &Palette,
    contracts: bool,
    debt: bool,
) {
    let last = plan.periods.len().saturating_sub(1);
    let mut names = vec![
        (axes.y(at(&series.plan_mean, last)), "plan, expected (band P5–P95)", palette.plan_line),
        (axes.y(at(&series.keep_mean, last)), "keep mining", palette.keep_line),
    ];
    if contracts {
        names.push((axes.y(at(&series.contracted, last)), "contracted rent", palette.contracted));
    }
    if debt {
        name_debt(axes, plan, series, palette);
    }
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let height = theme::SMALL + 5.0;
    let wanted = names.iter().map(|(y, _, _)| y - height - 1.0);
    let tops = spread(wanted, height, axes.plot.top() + 2.0, axes.plot.bottom());
    for ((_, name, colour), top) in names.into_iter().zip(tops) {
        axes.note(pos2(axes.plot.right() - 4.0, top), Align2::RIGHT_TOP, name, colour);
    }
}

/// Names the debt at its largest payment, also where that is beyond the axis.
fn name_debt(axes: &Axes<'_>, plan: &Plan, series: &Series, palette: &Palette) {
    let largest = series.debt.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let Some((index, yearly)) = largest else { return };
    let Some(period) = plan.periods.get(index) else { return };
    let x = axes.x(period.first_month as f64);
    let beyond = *yearly > axes.top;
    let text = if beyond {
        format!("debt due {}", format::usd(at(&plan.debt_service_usd, index)))
    } else {
        "debt service".to_owned()
    };
    let y = axes.y(*yearly).max(axes.plot.top() + 14.0) - 2.0;
    let (at, align) = if x > axes.plot.center().x {
        (pos2(x - 5.0, y), Align2::RIGHT_BOTTOM)
    } else {
        (pos2(x + 5.0, y), Align2::LEFT_BOTTOM)
    };
    axes.note(at, align, &text, palette.debt);
}

/// The year whose 1-in-20 revenue is the smallest share of what is expected.
pub fn weakest_year(plan: &Plan) -> Option<&YearStability> {
    plan.stability.iter().min_by(|a, b| a.worst_year_share.total_cmp(&b.worst_year_share))
}

fn headline(plan: &Plan) -> String {
    let Some(weakest) = weakest_year(plan) else {
        return "Billed revenue of the plan and of mining alone".to_owned();
    };
    // Years after the plan has settled say what it is for; the weakest may lie in the works.
    let settled = plan.stability.iter().rev().nth(plan.stability.len() / 3).unwrap_or(weakest);
    let share = |part: f64, whole: f64| if whole.abs() > 1e-9 { part / whole } else { 0.0 };
    let keep = share(settled.keep_mining_worst_usd, settled.keep_mining_mean_usd);
    format!(
        "A 1-in-20 year in {} still brings {}, {} of expected; mining alone {} ({})",
        settled.year,
        format::usd(settled.worst_year_usd),
        whole_percent(settled.worst_year_share),
        format::usd(settled.keep_mining_worst_usd),
        whole_percent(keep),
    )
}

fn whole_percent(share: f64) -> String {
    format!("{} %", format::number(share * 100.0, 0))
}

fn tooltip(ui: &mut Ui, plan: &Plan, series: &Series, period: usize) {
    let Some(found) = plan.periods.get(period) else { return };
    ui.label(theme::strong(period_label(found), theme::BODY));
    let money = |value: f64| format!("{} a year", format::usd(value * MILLION));
    for (name, value) in [
        ("Plan, expected", money(at(&series.plan_mean, period))),
        (
            "Plan, P5 to P95",
            format!(
                "{} to {}",
                format::usd(at(&series.plan_low, period) * MILLION),
                money(at(&series.plan_high, period))
            ),
        ),
        ("Keep mining, expected", money(at(&series.keep_mean, period))),
        ("Contracted rent", money(at(&series.contracted, period))),
        ("Debt service", money(at(&series.debt, period))),
    ] {
        ui.horizontal(|ui| {
            ui.label(name);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(value));
        });
    }
}
