//! Where parts would go: shown before they do.

use egui::{Align2, Painter, Pos2, Stroke, vec2};

use super::free::Free;
use super::layout;
use super::paint::Drawing;
use super::symbol;
use crate::app::theme;

/// The frame of a part that does not stand there yet.
pub fn frame(painter: &Painter, rect: egui::Rect, ink: egui::Color32, palette: &theme::Palette) {
    painter.rect_filled(rect, 3.0, palette.accent_soft.gamma_multiply(0.7));
    symbol::dashed_frame(painter, rect, Stroke::new(1.5, ink));
}

/// Paints the places that parts would take, each with a line from where it is.
pub(super) fn paint(painter: &Painter, drawing: &Drawing<'_>, ghosts: &[Pos2]) {
    let palette = drawing.palette;
    let view = painter.clip_rect();
    let places = layout::rects(drawing.site, ghosts);
    let mut free = Free::over(view);
    for place in &places {
        free.take(drawing.to_screen * *place);
    }
    for (index, (place, node)) in places.iter().zip(&drawing.layout.nodes).enumerate() {
        if (place.center() - node.center()).length() < 0.5 {
            continue;
        }
        let rect = drawing.to_screen * *place;
        let (from, to) = (drawing.to_screen * node.center(), rect.center());
        if !view.intersects(egui::Rect::from_two_pos(from, to).union(rect)) {
            continue;
        }
        painter.line_segment([from, to], Stroke::new(1.0, palette.accent.gamma_multiply(0.35)));
        frame(painter, rect, palette.accent, palette);
        if drawing.is_detailed() && rect.height() > 9.0 {
            let tag = drawing.site.components[index].tag.clone();
            let tag = painter.layout_no_wrap(tag, theme::bold(10.0), palette.accent);
            let size = tag.size();
            // In its frame, else beneath or above it; where neither has room it stands on the one-line as it is.
            let places = [
                Align2::CENTER_TOP.anchor_size(rect.center_bottom() + vec2(0.0, 1.0), size),
                Align2::CENTER_BOTTOM.anchor_size(rect.center_top() - vec2(0.0, 1.0), size),
            ];
            let at = if size.x + 4.0 <= rect.width() {
                Some(rect.center() - size / 2.0)
            } else {
                places.into_iter().find(|place| free.is_free(*place)).map(|place| {
                    painter.rect_filled(place, 2.0, palette.canvas.gamma_multiply(0.82));
                    free.take(place.expand2(vec2(3.0, 0.0)));
                    place.min
                })
            };
            if let Some(at) = at {
                painter.galley(at, tag, palette.accent);
            }
        }
    }
}
