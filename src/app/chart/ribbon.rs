//! The conversion ribbon: gross megawatts over the horizon, by use.

use egui::{Align2, Shape, Stroke, Ui, pos2, vec2};

use super::{Axes, ChartInput, Words, at, halvings, period_at, period_label, round_up};
use crate::app::canvas::symbol::hatch;
use crate::app::state::Action;
use crate::app::theme::{self, Palette};
use crate::plan::{Plan, Status};
use crate::quantity::format;

const VISIBLE_MW: f64 = 0.05;

/// Draws the ribbon in the rest of `ui`.
pub fn ribbon(ui: &mut Ui, input: &ChartInput<'_>, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let plan = input.plan;
    let layers = Layers::new(plan);
    let contract = plan.gross.contract_mw.iter().copied().fold(0.0, f64::max);
    let used = layers.mining.iter().copied().fold(0.0, f64::max);
    let words = Words {
        headline: headline(plan),
        axis: "Utility power at the design hour, MW".to_owned(),
        name: "Conversion ribbon",
    };
    let top = round_up(contract.max(used) * 1.06);
    let Some((axes, response)) = Axes::new(ui, input, palette, &words, (0.0, top)) else { return };
    paint_layers(&axes, input, &layers, palette);
    paint_limits(&axes, plan, palette);
    for (month, day) in halvings(input) {
        axes.mark(month, &format!("halving {}", crate::quantity::date::month_label(day)));
    }
    paint_events(&axes, plan, palette);
    axes.cursor(input, &response, actions);
    let period = response.hover_pos().map_or(0, |at| period_at(plan, axes.month_at(at.x)));
    response.on_hover_ui_at_pointer(|ui| tooltip(ui, input, period));
}

/// Upper edges of the stack, from the ground up.
struct Layers {
    /// By offer, in the order of the site.
    offers: Vec<Vec<f64>>,
    hosting: Vec<f64>,
    works: Vec<f64>,
    mining: Vec<f64>,
    contract: Vec<f64>,
}

impl Layers {
    fn new(plan: &Plan) -> Self {
        let gross = &plan.gross;
        let count = plan.periods.len();
        let mut edge = vec![0.0; count];
        let mut rise = |series: &dyn Fn(usize) -> f64| -> Vec<f64> {
            for (index, value) in edge.iter_mut().enumerate() {
                *value += series(index).max(0.0);
            }
            edge.clone()
        };
        let offers: Vec<Vec<f64>> =
            gross.by_offer_mw.iter().map(|series| rise(&|index| at(series, index))).collect();
        let split = |index: usize| gross.by_offer_mw.iter().map(|series| at(series, index)).sum::<f64>();
        let hosting = rise(&|index| at(&gross.hosting_mw, index) - split(index));
        let works = rise(&|index| at(&gross.works_mw, index));
        let mining = rise(&|index| at(&gross.mining_mw, index));
        let contract =
            mining.iter().enumerate().map(|(index, edge)| at(&gross.contract_mw, index).max(*edge)).collect();
        Self { offers, hosting, works, mining, contract }
    }
}

fn paint_layers(axes: &Axes<'_>, input: &ChartInput<'_>, layers: &Layers, palette: &Palette) {
    let plan = input.plan;
    axes.band(plan, &layers.mining, &layers.contract, palette.unused);
    let ground = vec![0.0; plan.periods.len()];
    let mut below = &ground;
    let mut labels = Vec::new();
    for (index, edge) in layers.offers.iter().enumerate() {
        let colour = theme::tenant(palette, index);
        axes.band(plan, below, edge, colour);
        let name = input.site.offers.get(index).map_or("hosting", |offer| offer.name.as_str());
        labels.push((below, edge, name.to_owned(), theme::text_on(colour)));
        below = edge;
    }
    axes.band(plan, below, &layers.hosting, palette.hosting[0]);
    if layers.offers.is_empty() {
        labels.push((below, &layers.hosting, "Hosting".to_owned(), theme::text_on(palette.hosting[0])));
    }
    axes.band(plan, &layers.hosting, &layers.works, palette.card);
    for (index, period) in plan.periods.iter().enumerate() {
        let (low, high) = (at(&layers.hosting, index), at(&layers.works, index));
        if high - low > VISIBLE_MW {
            hatch(&axes.painter, axes.column(period, low, high), 5.0, Stroke::new(1.2, palette.works));
        }
    }
    axes.band(plan, &layers.works, &layers.mining, palette.mining);
    labels.push((&layers.works, &layers.mining, "Mining".to_owned(), theme::text_on(palette.mining)));
    labels.push((&layers.hosting, &layers.works, "Works".to_owned(), palette.text));
    labels.push((&layers.mining, &layers.contract, "Unused contract".to_owned(), palette.text_weak));
    // A line between the tenants keeps them apart in grey.
    for edge in layers.offers.iter().chain([&layers.hosting, &layers.mining]) {
        axes.steps(plan, edge, Stroke::new(0.75, palette.card), None);
    }
    for (low, high, name, colour) in labels {
        axes.label_band(plan, low, high, &name, colour);
    }
}

fn paint_limits(axes: &Axes<'_>, plan: &Plan, palette: &Palette) {
    axes.steps(plan, &plan.gross.contract_mw, Stroke::new(1.3, palette.text), None);
    let firm_differs = plan
        .gross
        .firm_mw
        .iter()
        .zip(&plan.gross.contract_mw)
        .any(|(firm, contract)| (firm - contract).abs() > VISIBLE_MW);
    let last = plan.periods.len().saturating_sub(1);
    let place = |value: f64, text: &str| {
        let y = axes.y(value);
        axes.note(pos2(axes.plot.right() - 3.0, y - 2.0), Align2::RIGHT_BOTTOM, text, palette.text);
    };
    place(
        at(&plan.gross.contract_mw, last),
        &format!("contract {}", format::mw(at(&plan.gross.contract_mw, last))),
    );
    if firm_differs {
        axes.steps(plan, &plan.gross.firm_mw, Stroke::new(1.6, palette.text), Some(6.0));
        place(at(&plan.gross.firm_mw, last), &format!("firm {}", format::mw(at(&plan.gross.firm_mw, last))));
    }
}

/// A mark for the first order of anything, and one for the day the first tenant starts.
fn paint_events(axes: &Axes<'_>, plan: &Plan, palette: &Palette) {
    let first = |series: &[f64]| series.iter().position(|mw| *mw > VISIBLE_MW);
    let mut orders: Vec<usize> = plan.builds.iter().filter_map(|build| first(&build.ordered_mw)).collect();
    orders.sort_unstable();
    orders.dedup();
    let y = axes.plot.bottom();
    let service = first(&plan.gross.hosting_mw)
        .and_then(|index| plan.periods.get(index))
        .map(|period| axes.x(period.first_month as f64));
    for (index, order) in orders.iter().enumerate() {
        let Some(period) = plan.periods.get(*order) else { continue };
        let at = pos2(axes.x(period.first_month as f64).max(axes.plot.left() + 5.0), y - 6.0);
        let diamond =
            vec![at - vec2(0.0, 5.0), at + vec2(5.0, 0.0), at + vec2(0.0, 5.0), at - vec2(5.0, 0.0)];
        axes.painter.add(Shape::convex_polygon(diamond, palette.card, Stroke::new(1.4, palette.text)));
        // Named where the mark of the first service leaves room.
        let named = index + 1 == orders.len() && service.is_none_or(|x| (x - at.x).abs() > 72.0);
        if named {
            axes.note(
                at + vec2(9.0, 0.0),
                Align2::LEFT_CENTER,
                if index == 0 { "order" } else { "orders" },
                palette.text,
            );
        }
    }
    if let Some(start) = first(&plan.gross.hosting_mw).filter(|index| *index > 0)
        && let Some(period) = plan.periods.get(start)
    {
        let x = axes.x(period.first_month as f64);
        let at = pos2(x, axes.y(plan.gross.hosting_mw[start]));
        axes.painter.circle(at, 4.0, palette.card, Stroke::new(1.6, palette.text));
        let text = format!("RFS {}", period_label(period));
        // Left of the mark, above the orders; to its right where the axis is near.
        let (shift, align) = if x - axes.plot.left() > 90.0 {
            (vec2(-9.0, -1.0), Align2::RIGHT_BOTTOM)
        } else {
            (vec2(9.0, -1.0), Align2::LEFT_BOTTOM)
        };
        axes.note(at + shift, align, &text, palette.text);
    }
}

/// What the ribbon shows, in a sentence.
fn headline(plan: &Plan) -> String {
    if plan.status == Status::Infeasible {
        return "No plan keeps to every limit; see what to change under Answer".to_owned();
    }
    let gross = &plan.gross;
    let most = gross.hosting_mw.iter().copied().fold(0.0, f64::max);
    if most < VISIBLE_MW {
        return "Mining keeps every megawatt: no conversion pays within the limits".to_owned();
    }
    let reached = gross.hosting_mw.iter().position(|mw| *mw >= most * 0.995).unwrap_or(0);
    let total = at(&gross.contract_mw, reached);
    let when = plan.periods.get(reached).map(period_label).unwrap_or_default();
    let mining = at(&gross.mining_mw, reached);
    let rest = if mining > VISIBLE_MW {
        format!("mining keeps {} that may be interrupted", format::mw(mining))
    } else if at(&plan.mining_mw(), reached) > VISIBLE_MW {
        "mining stands still at the design hour".to_owned()
    } else {
        "mining ends".to_owned()
    };
    let decimals = usize::from(most < 9.95);
    format!("Hosting takes {} of {} by {when}; {rest}", format::number(most, decimals), format::mw(total))
}

fn tooltip(ui: &mut Ui, input: &ChartInput<'_>, period: usize) {
    let plan = input.plan;
    let Some(found) = plan.periods.get(period) else { return };
    ui.label(theme::strong(period_label(found), theme::BODY));
    let mut row = |name: &str, mw: f64| {
        if mw > VISIBLE_MW {
            ui.horizontal(|ui| {
                ui.label(name);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.label(format::mw(mw))
                });
            });
        }
    };
    row("Contract", at(&plan.gross.contract_mw, period));
    row("Mining", at(&plan.gross.mining_mw, period));
    row("Works", at(&plan.gross.works_mw, period));
    for (offer, series) in input.site.offers.iter().zip(&plan.gross.by_offer_mw) {
        row(&offer.name, at(series, period));
    }
}
