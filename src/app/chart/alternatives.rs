//! How far the hosting could differ at nearly the same worth: the plan between the least and the most.

use egui::{Align2, Stroke, Ui, pos2};

use super::{Axes, ChartInput, Words, at, period_at, period_label, round_up, spread};
use crate::app::state::Action;
use crate::app::theme;
use crate::plan::{Baseline, Plan, Status};
use crate::quantity::format;

/// Differences below this are none on the screen, MW.
const VISIBLE_MW: f64 = 0.05;

/// Draws the picture in the rest of `ui`, or says why there is none.
pub fn alternatives(ui: &mut Ui, input: &ChartInput<'_>, is_busy: bool, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let plan = input.plan;
    let best = plan.hosting_mw();
    if let Some(why) = why_none(plan, input.site.offers.is_empty(), is_busy) {
        let words = Words { headline: why.to_owned(), axis: String::new(), name: "Plans worth as much" };
        super::note(ui, palette, &words);
        return;
    }
    let band = Band::new(&best, &plan.alternatives);
    let top = round_up(band.high.iter().copied().fold(0.0, f64::max) * 1.1);
    let words = Words {
        headline: headline(plan, &best, &band),
        axis: "Critical IT hosted, MW".to_owned(),
        name: "Plans worth as much",
    };
    let Some((axes, response)) = Axes::new(ui, input, palette, &words, (0.0, top)) else { return };
    axes.band(plan, &band.low, &band.high, palette.plan_line.gamma_multiply(0.2));
    for other in &plan.alternatives {
        axes.steps(plan, &other.hosting_mw, Stroke::new(1.2, palette.plan_line), Some(4.0));
    }
    axes.steps(plan, &best, Stroke::new(2.2, palette.plan_line), None);
    let last = plan.periods.len().saturating_sub(1);
    let mut names = vec![(axes.y(at(&best, last)), "this plan")];
    for other in &plan.alternatives {
        names.push((axes.y(at(&other.hosting_mw, last)), short(&other.name)));
    }
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let height = theme::SMALL + 4.0;
    let tops =
        spread(names.iter().map(|(y, _)| y - height / 2.0), height, axes.plot.top(), axes.plot.bottom());
    for ((_, name), top) in names.into_iter().zip(tops) {
        let place = pos2(axes.plot.right() - 4.0, top);
        axes.note(place, Align2::RIGHT_TOP, name, palette.plan_line);
    }
    axes.cursor(input, &response, actions);
    let period = response.hover_pos().map_or(0, |at| period_at(plan, axes.month_at(at.x)));
    response.on_hover_ui_at_pointer(|ui| tooltip(ui, plan, &best, period));
}

/// Least and most hosting of the plan and those worth as much, by period.
struct Band {
    low: Vec<f64>,
    high: Vec<f64>,
}

impl Band {
    fn new(best: &[f64], others: &[Baseline]) -> Self {
        let over = |pick: fn(f64, f64) -> f64| -> Vec<f64> {
            (0..best.len())
                .map(|index| {
                    others.iter().map(|other| at(&other.hosting_mw, index)).fold(at(best, index), pick)
                })
                .collect()
        };
        Self { low: over(f64::min), high: over(f64::max) }
    }

    /// The period in which they differ most, from a period on: the first of equals.
    fn widest(&self, from: usize) -> usize {
        let width = |index: usize| self.high[index] - self.low[index];
        // The last of the reverse is the first.
        (from..self.low.len()).rev().max_by(|a, b| width(*a).total_cmp(&width(*b))).unwrap_or(0)
    }
}

/// `least hosting worth as much` beside its line.
fn short(name: &str) -> &str {
    name.split(" worth ").next().unwrap_or(name)
}

/// Why there is nothing to draw.
fn why_none(plan: &Plan, has_no_offers: bool, is_busy: bool) -> Option<&'static str> {
    if !plan.alternatives.is_empty() {
        return None;
    }
    Some(if has_no_offers {
        "There are no offers, so mining has nothing to share the site with"
    } else if plan.status == Status::Infeasible {
        "No plan keeps to every limit; plans worth as much come with one that does"
    } else if plan.status == Status::Feasible {
        "The plan is not proven best, so how far another split may differ is not known"
    } else if is_busy {
        "Plans worth as much are being worked out"
    } else if plan.capex.total_usd < 0.5 {
        "The plan builds nothing, so there is no split to vary"
    } else {
        "The search for other splits found none that is worth as much"
    })
}

fn headline(plan: &Plan, best: &[f64], band: &Band) -> String {
    let given = plan.alternatives.iter().map(|other| plan.npv.expected_usd - other.npv_usd);
    let given = format::usd(given.fold(0.0, f64::max));
    // Before full build they differ by a quarter's delay too, which is another question.
    let most = best.iter().copied().fold(0.0, f64::max);
    let widest = band.widest(best.iter().position(|mw| *mw >= most * 0.995).unwrap_or(0));
    let (low, high) = (at(&band.low, widest), at(&band.high, widest));
    if high - low < VISIBLE_MW {
        return format!(
            "The hosting is settled: within {given} of the best no other split hosts more or less"
        );
    }
    let when = plan.periods.get(widest).map(period_label).unwrap_or_default();
    let decimals = usize::from(high - low < 9.95);
    format!(
        "Between {} and {} MW of hosting in {when} are worth the same within {given}",
        format::number(low, decimals),
        format::number(high, decimals),
    )
}

fn tooltip(ui: &mut Ui, plan: &Plan, best: &[f64], period: usize) {
    let Some(found) = plan.periods.get(period) else { return };
    ui.set_max_width(320.0);
    ui.label(theme::strong(period_label(found), theme::BODY));
    let row = |ui: &mut Ui, name: &str, mw: f64, npv_usd: f64| {
        ui.horizontal(|ui| {
            ui.label(name);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(format!("{}, NPV {}", format::mw(mw), format::usd(npv_usd)));
            });
        });
    };
    row(ui, "This plan", at(best, period), plan.npv.expected_usd);
    for other in &plan.alternatives {
        row(ui, short(&other.name), at(&other.hosting_mw, period), other.npv_usd);
    }
    ui.weak("Worth as much: NPV within 2 % of the present value of what the plan spends on capex");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_holds_all_plans_and_is_named_where_it_is_widest() {
        let other = |hosting_mw: &[f64]| Baseline {
            name: "least hosting worth as much".to_owned(),
            npv_usd: 0.0,
            capex_usd: 0.0,
            worst_year_share: 0.0,
            policies_missed: Vec::new(),
            hosting_mw: hosting_mw.to_vec(),
        };
        // A series that is too short counts as nothing.
        let band = Band::new(&[0.0, 5.0, 6.0, 6.0], &[other(&[0.0, 3.0, 4.0, 4.0]), other(&[1.0, 9.0, 8.0])]);
        assert_eq!(band.low, [0.0, 3.0, 4.0, 0.0]);
        assert_eq!(band.high, [1.0, 9.0, 8.0, 6.0]);
        assert_eq!((band.widest(0), band.widest(2)), (1, 3));
        assert_eq!(Band::new(&[2.0, 2.0], &[other(&[1.0, 1.0])]).widest(0), 0, "the first of equals");
        assert_eq!(short("most hosting worth as much"), "most hosting");
        assert_eq!(Band::new(&[], &[]).widest(0), 0);
    }
}
