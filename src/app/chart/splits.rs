//! How some points of a frontier split the site: a small ribbon each, of one scale.

use egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2};

use super::frontier::FrontierInput;
use crate::app::assumptions::plot::Plot;
use crate::app::theme;
use crate::plan::FrontierPoint;
use crate::quantity::format;

/// Ribbons that stand side by side.
const COUNT: usize = 5;
const GAP: f32 = 10.0;
/// Width below which a ribbon tells whole megawatts.
const NARROW: f32 = 110.0;

/// The points that have a ribbon: first, last and evenly between.
pub fn chosen(points: usize) -> Vec<usize> {
    let Some(last) = points.checked_sub(1) else { return Vec::new() };
    let count = COUNT.min(points);
    let mut found: Vec<usize> = (0..count).map(|index| index * last / (count - 1).max(1)).collect();
    found.dedup();
    found
}

/// Paints a ribbon for each of the chosen points.
pub fn paint(ui: &mut Ui, plot: &Plot<'_>, input: &FrontierInput<'_>, chosen: &[usize], area: Rect) {
    let points: Vec<&FrontierPoint> =
        chosen.iter().filter_map(|index| input.frontier.points.get(*index)).collect();
    let top = points.iter().flat_map(|point| totals(point)).fold(1e-9, f64::max);
    let months =
        input.frontier.periods.last().map_or(1.0, |last| (last.first_month + last.months) as f64).max(1.0);
    let width = (area.width() - GAP * (COUNT as f32 - 1.0)) / COUNT as f32;
    for (index, point) in points.into_iter().enumerate() {
        let left = area.left() + index as f32 * (width + GAP);
        let cell = Rect::from_min_max(pos2(left, area.top()), pos2(left + width, area.bottom()));
        ribbon(ui, plot, input, point, cell, (months, top));
    }
}

/// IT MW in use by period.
fn totals(point: &FrontierPoint) -> Vec<f64> {
    point.judged.hosting_mw.iter().zip(&point.mining_mw).map(|(hosting, mining)| hosting + mining).collect()
}

fn ribbon(
    ui: &mut Ui,
    plot: &Plot<'_>,
    input: &FrontierInput<'_>,
    point: &FrontierPoint,
    cell: Rect,
    (months, top): (f64, f64),
) {
    let palette = plot.palette;
    let most = point.judged.hosting_mw.iter().copied().fold(0.0, f64::max);
    let floor = input.frontier.unit.words(point.floor);
    let small = theme::font(theme::SMALL);
    plot.painter.text(cell.left_top(), Align2::LEFT_TOP, &floor, theme::bold(theme::SMALL), palette.text);
    let hosted = match cell.width() < NARROW && most >= 9.95 {
        true => format!("{} MW", format::number(most, 0)),
        false => format::mw(most),
    };
    plot.painter.text(cell.right_top(), Align2::RIGHT_TOP, &hosted, small, palette.text_weak);
    let ground = cell.with_min_y(cell.top() + theme::SMALL + 5.0);
    plot.painter.rect_filled(ground, 0.0, palette.unused);
    let x = |month: usize| ground.left() + (month as f64 / months) as f32 * ground.width();
    let y = |mw: f64| ground.bottom() - (mw / top).clamp(0.0, 1.0) as f32 * ground.height();
    for (index, period) in input.frontier.periods.iter().enumerate() {
        let (left, right) = (x(period.first_month), x(period.first_month + period.months));
        let mut below = 0.0;
        let mut rise = |mw: f64, colour| {
            let above = below + mw.max(0.0);
            let bar = Rect::from_min_max(pos2(left, y(above)), pos2(right, y(below)));
            plot.painter.rect_filled(bar, 0.0, colour);
            below = above;
        };
        let at = |series: &[f64]| series.get(index).copied().unwrap_or(0.0);
        for (offer, series) in point.by_offer_mw.iter().enumerate() {
            rise(at(series), theme::tenant(palette, offer));
        }
        rise(at(&point.mining_mw), palette.mining);
    }
    plot.painter.rect_stroke(ground, 0.0, Stroke::new(1.0, palette.border_strong), StrokeKind::Outside);
    let spoken = format!("Split at a floor of {floor}: {} hosted at most", format::mw(most));
    let response = ui.interact(cell, ui.scope_id().with(("split", point.floor.to_bits())), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &spoken));
    response.on_hover_ui(|ui| {
        ui.set_max_width(300.0);
        ui.label(theme::strong(format!("Floor {floor}"), theme::BODY));
        for (offer, series) in input.site.offers.iter().zip(&point.by_offer_mw) {
            let mw = series.iter().copied().fold(0.0, f64::max);
            if mw > 0.05 {
                ui.label(format!("{}: up to {}", offer.name, format::mw(mw)));
            }
        }
        let mining = point.mining_mw.iter().copied();
        let (first, last) = (mining.clone().next().unwrap_or(0.0), mining.last().unwrap_or(0.0));
        ui.label(format!("Mining: {} at the start, {} at the end", format::mw(first), format::mw(last)));
        ui.weak("IT power of halls over the horizon, on one scale");
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ribbons_are_of_the_ends_and_evenly_between() {
        assert_eq!(chosen(11), [0, 2, 5, 7, 10]);
        assert_eq!(chosen(21), [0, 5, 10, 15, 20]);
        assert_eq!(chosen(3), [0, 1, 2]);
        assert_eq!((chosen(1), chosen(0)), (vec![0], vec![]));
    }
}
