//! Cash month by month, expected and in the stress case, over the least that is to be kept, and what is owed.

use egui::{Align2, Stroke, Ui, pos2};

use super::{Axes, ChartInput, Words, at, last_month, period_at, period_label, round_up, spread};
use crate::app::state::Action;
use crate::app::theme::{self, Palette};
use crate::plan::{Finance, Plan};
use crate::quantity::{date, format};

const MILLION: f64 = 1e6;

/// Draws the picture in the rest of `ui`.
pub fn cash(ui: &mut Ui, input: &ChartInput<'_>, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let plan = input.plan;
    let series = Series::new(&plan.finance, plan.periods.len());
    let words = Words {
        headline: headline(plan),
        axis: "Cash at each month's end, $M".to_owned(),
        name: "Cash by month",
    };
    let Some((axes, response)) = Axes::new(ui, input, palette, &words, series.range()) else { return };
    paint(&axes, plan, &series, palette);
    axes.cursor(input, &response, actions);
    let month = response.hover_pos().map_or(0.0, |at| axes.month_at(at.x));
    response.on_hover_ui_at_pointer(|ui| tooltip(ui, plan, &series, month));
}

/// Everything in millions of dollars.
struct Series {
    mean: Vec<f64>,
    stress: Vec<f64>,
    /// By month; empty where none is asked for.
    minimum: Vec<f64>,
    /// By period.
    owed: Vec<f64>,
}

impl Series {
    fn new(finance: &Finance, periods: usize) -> Self {
        let millions = |series: &[f64]| -> Vec<f64> {
            series.iter().map(|usd| if usd.is_finite() { usd / MILLION } else { 0.0 }).collect()
        };
        let owed = (0..periods).map(|period| {
            finance.debt.iter().map(|debt| at(&debt.balance_usd, period)).sum::<f64>() / MILLION
        });
        Self {
            mean: millions(&finance.cash_by_month_usd),
            stress: millions(&finance.stress_by_month_usd),
            minimum: millions(&finance.minimum_by_month_usd),
            owed: owed.collect(),
        }
    }

    fn range(&self) -> (f64, f64) {
        let all = || self.mean.iter().chain(&self.stress).chain(&self.owed).chain(&self.minimum).copied();
        let low = all().fold(0.0, f64::min);
        (if low < 0.0 { -round_up(-low) } else { 0.0 }, round_up(all().fold(0.0, f64::max) * 1.08))
    }

    fn owes(&self) -> bool {
        self.owed.iter().any(|usd| *usd > 0.05)
    }
}

fn paint(axes: &Axes<'_>, plan: &Plan, series: &Series, palette: &Palette) {
    let painter = axes.painter.with_clip_rect(axes.plot.expand(1.0));
    if series.owes() {
        axes.steps(plan, &series.owed, Stroke::new(1.4, palette.debt), Some(4.0));
    }
    let line = |values: &[f64], stroke: Stroke| {
        let points =
            values.iter().enumerate().map(|(month, usd)| pos2(axes.x(month as f64 + 1.0), axes.y(*usd)));
        painter.add(egui::Shape::line(points.collect(), stroke));
    };
    line(&series.stress, Stroke::new(1.6, palette.warning));
    line(&series.mean, Stroke::new(2.2, palette.plan_line));
    if axes.bottom < 0.0 {
        painter.hline(axes.plot.x_range(), axes.y(0.0), Stroke::new(1.0, palette.border_strong));
    }
    if let Some(minimum) = series.minimum.first().copied() {
        line(&series.minimum, Stroke::new(1.2, palette.error));
        let y = axes.y(minimum);
        let most = series.minimum.iter().copied().fold(minimum, f64::max);
        let up_to =
            if most > minimum { format!(" to {}", format::usd(most * MILLION)) } else { String::new() };
        let text = format!("minimum {}{up_to}", format::usd(minimum * MILLION));
        axes.note(pos2(axes.plot.left() + 6.0, y - 1.0), Align2::LEFT_BOTTOM, &text, palette.error);
    }
    let mut names = vec![
        (axes.y(series.mean.last().copied().unwrap_or(0.0)), "expected", palette.plan_line),
        (axes.y(series.stress.last().copied().unwrap_or(0.0)), "stress case", palette.warning),
    ];
    if series.owes() {
        names.push((axes.y(series.owed.last().copied().unwrap_or(0.0)), "owed", palette.debt));
    }
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let height = theme::SMALL + 5.0;
    let wanted = names.iter().map(|(y, _, _)| y - height - 1.0);
    let tops = spread(wanted, height, axes.plot.top() + 2.0, axes.plot.bottom());
    for ((_, name, colour), top) in names.into_iter().zip(tops) {
        axes.note(pos2(axes.plot.right() - 4.0, top), Align2::RIGHT_TOP, name, colour);
    }
}

/// The month named, as a date.
fn month_name(plan: &Plan, month: usize) -> String {
    let start =
        plan.periods.first().map(|period| date::add_months(period.start, i32::try_from(month).unwrap_or(0)));
    start.map(date::month_label).unwrap_or_default()
}

fn headline(plan: &Plan) -> String {
    let [Some((month, mean)), Some((bad_month, stress))] = plan.finance.lowest() else {
        return "Cash of the plan".to_owned();
    };
    format!(
        "Cash is lowest in {} at {}; in the stress case {} in {}",
        month_name(plan, month),
        format::usd(mean),
        format::usd(stress),
        month_name(plan, bad_month),
    )
}

fn tooltip(ui: &mut Ui, plan: &Plan, series: &Series, month: f64) {
    let index = (month.min(last_month(plan) - 1.0).max(0.0)) as usize;
    let period = period_at(plan, month);
    ui.label(theme::strong(month_name(plan, index), theme::BODY));
    let money = |value: f64| format::usd(value * MILLION);
    let mut lines = vec![
        ("Cash, expected".to_owned(), money(at(&series.mean, index))),
        ("Cash in the stress case".to_owned(), money(at(&series.stress, index))),
    ];
    for debt in &plan.finance.debt {
        lines.push((format!("Owed: {}", debt.name), format::usd(at(&debt.balance_usd, period))));
        let raised = at(&debt.raised_usd, period);
        if raised > 0.5 {
            let when = plan.periods.get(period).map(period_label).unwrap_or_default();
            lines.push((format!("Raised in {when}: {}", debt.name), format::usd(raised)));
        }
    }
    for (name, value) in lines {
        ui.horizontal(|ui| {
            ui.label(name);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(value));
        });
    }
    ui.label(format!("Stress case: {}", plan.finance.stress_case));
}
