//! Bars along one axis with marks across them: costs against a price, days against a date.

use egui::{Align2, Color32, Rect, Shape, Stroke, Ui, pos2, vec2};

use super::plot::figure;
use crate::app::canvas::symbol::hatch;
use crate::app::chart::{Words, card, round_up, ticks};
use crate::app::theme;
use crate::quantity::format;

/// One bar, of one or more parts.
pub struct Bar {
    pub name: String,
    pub parts: Vec<Part>,
    /// Written after the bar.
    pub total: String,
    pub tooltip: Vec<(&'static str, String)>,
    pub source: String,
}

pub struct Part {
    pub value: f64,
    pub name: &'static str,
    pub colour: Color32,
    /// Told apart without colour.
    pub hatched: bool,
}

/// A line across all bars.
pub struct Mark {
    pub value: f64,
    pub name: String,
}

pub fn show(ui: &mut Ui, words: &Words, footer: &str, bars: &[Bar], marks: &[Mark], decimals: usize) {
    let palette = theme::of(ui);
    let Some((painter, mut plot)) = card(ui, palette, words, footer) else { return };
    let response = figure(ui, plot, words);
    plot.min.x -= 34.0;
    let length = |bar: &Bar| bar.parts.iter().map(|part| part.value.max(0.0)).sum::<f64>();
    let most = bars.iter().map(length).chain(marks.iter().map(|mark| mark.value)).fold(0.0, f64::max);
    let top = round_up(most * 1.12);
    // A line for the names of the marks, each on a height of its own.
    let lines = marks.len() as f32 * 14.0;
    let field = Rect::from_min_max(pos2(plot.left(), plot.top() - 16.0 + lines), plot.max);
    let x = |value: f64| field.left() + (value / top).clamp(0.0, 1.0) as f32 * field.width();
    let small = theme::font(theme::SMALL);
    for value in ticks(0.0, top, f64::from(field.width() / 90.0).clamp(3.0, 8.0)) {
        let at = painter.round_to_pixel_center(x(value));
        painter.vline(at, field.y_range(), Stroke::new(1.0, palette.grid));
        let below = pos2(at, field.bottom() + 5.0);
        let text = format::number(value, if top < 5.0 { 1 } else { 0 });
        painter.text(below, Align2::CENTER_TOP, text, small.clone(), palette.text_weak);
    }
    let slot = field.height() / bars.len().max(1) as f32;
    let height = (slot - 36.0).clamp(8.0, 34.0);
    let mut notes = Vec::new();
    for (index, bar) in bars.iter().enumerate() {
        let middle = field.top() + (index as f32 + 0.5) * slot;
        let name_at = pos2(field.left() + 1.0, middle - height / 2.0 - 2.0);
        let name = painter.layout_no_wrap(bar.name.clone(), theme::bold(theme::SMALL + 0.5), palette.text);
        notes.push((Align2::LEFT_BOTTOM.anchor_size(name_at, name.size()), name));
        let mut from = 0.0;
        for part in &bar.parts {
            let to = from + part.value.max(0.0);
            let rect =
                Rect::from_min_max(pos2(x(from), middle - height / 2.0), pos2(x(to), middle + height / 2.0));
            painter.rect_filled(rect, 0.0, part.colour);
            if part.hatched {
                hatch(&painter.with_clip_rect(rect), rect, 5.0, Stroke::new(1.0, palette.card));
            }
            if to > from && part.value > 0.0 {
                painter.vline(rect.right(), rect.y_range(), Stroke::new(1.0, palette.card));
            }
            let text = format!("{} {}", part.name, format::number(part.value, decimals));
            let ink = theme::text_on(part.colour);
            let galley = painter.layout_no_wrap(text, small.clone(), ink);
            if !part.name.is_empty() && galley.size().x + 8.0 < rect.width() && !part.hatched {
                painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
            }
            from = to;
        }
        if bar.parts.len() > 1 {
            let parts = bar
                .parts
                .iter()
                .map(|part| format!("{} {}", part.name, format::number(part.value, decimals)));
            let text = parts.collect::<Vec<_>>().join(" · ");
            let below = pos2(field.left() + 1.0, middle + height / 2.0 + 3.0);
            let galley = painter.layout_no_wrap(text, small.clone(), palette.text_weak);
            notes.push((Align2::LEFT_TOP.anchor_size(below, galley.size()), galley));
        }
        let total = painter.layout_no_wrap(bar.total.clone(), theme::bold(theme::SMALL + 0.5), palette.text);
        let end = pos2(x(from) + 6.0, middle);
        notes.push((Align2::LEFT_CENTER.anchor_size(end, total.size()), total));
    }
    for (index, mark) in marks.iter().enumerate() {
        let at = painter.round_to_pixel_center(x(mark.value));
        let name_y = plot.top() - 16.0 + index as f32 * 14.0;
        let line = [pos2(at, name_y + 2.0), pos2(at, field.bottom())];
        painter.extend(Shape::dashed_line(&line, Stroke::new(1.4, palette.text), 4.0, 3.0));
        let galley = painter.layout_no_wrap(mark.name.clone(), small.clone(), palette.text);
        let left =
            if at + galley.size().x + 8.0 > field.right() { at - galley.size().x - 5.0 } else { at + 5.0 };
        let rect = Rect::from_min_size(pos2(left, name_y), galley.size());
        painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 2.0, palette.card);
        painter.galley(rect.min, galley, palette.text);
    }
    // Over the marks, so that words beside a mark can be read.
    for (rect, galley) in notes {
        // What would leave the card moves over its bar.
        let rect = rect.translate(vec2((field.right() + 4.0 - rect.right()).min(0.0), 0.0));
        painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 2.0, palette.card);
        painter.galley(rect.min, galley, palette.text);
    }
    let hovered = response.hover_pos().map(|at| ((at.y - field.top()) / slot).max(0.0));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and a small count"
    )]
    let bar = hovered.and_then(|slot| bars.get(slot as usize));
    if let Some(bar) = bar {
        response.on_hover_ui_at_pointer(|ui| super::plot::tooltip(ui, &bar.name, &bar.tooltip, &bar.source));
    }
}
