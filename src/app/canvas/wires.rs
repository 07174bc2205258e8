//! Links near by, as one mesh. A dashed link is hundreds of lines: painted one by one they take longer than all symbols,
//! and most of them are out of sight.

use egui::epaint::PathStroke;
use egui::epaint::tessellator::Path;
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2};

use super::layers::Seen;
use super::paint::{Drawing, Ink};
use super::route;
use crate::site::{Medium, Object, Side};

/// Most dashes of a run, whatever is asked for: more than a screen has room for.
const MOST_DASHES: f32 = 4_000.0;

/// Lines of a mesh, anti-aliased as the tessellator's own.
pub struct Lines {
    mesh: Mesh,
    path: Path,
    /// Width of the soft edge.
    feathering: f32,
    pixels_per_point: f32,
    view: Rect,
}

impl Drawing<'_> {
    pub(super) fn paint_links(&self, painter: &Painter, selection: Option<&Object>) {
        let mut lines = Lines::on(painter);
        let in_sight = self.to_screen.inverse() * lines.view;
        for index in &self.sheet.order {
            if !in_sight.intersects(self.layout.spans[*index]) {
                continue;
            }
            let seen = self.seen_link(*index);
            if seen != Seen::Hidden {
                self.add_link(&mut lines, *index, seen, selection);
            }
        }
        painter.add(lines.into_shape());
    }

    fn add_link(&self, lines: &mut Lines, index: usize, seen: Seen, selection: Option<&Object>) {
        let link = &self.site.links[index];
        let corners: Vec<Pos2> = self.layout.links[index].iter().map(|at| self.to_screen * *at).collect();
        let Ink { width, colour, wire } = self.link_ink(index);
        let colour = colour.gamma_multiply(seen.ink());
        let line = if self.is_detailed() { route::rounded(&corners, 9.0 * self.scale()) } else { corners };
        if matches!(selection, Some(Object::Link(id)) if *id == link.id) {
            lines.solid(&line, Stroke::new(width + 6.0, self.palette.accent_soft));
        }
        let stroke = Stroke::new(width, colour);
        if !wire.solid {
            lines.dashed(&line, Stroke::new(width.min(1.6), colour), 5.0, 4.0);
        } else if matches!(wire.side, Side::B) && !wire.auxiliary && link.medium.is_power() {
            lines.dashed(&line, stroke, (width * 4.0).max(9.0), (width * 0.9).max(2.5));
        } else if matches!(link.medium, Medium::Fibre { .. }) {
            lines.dashed(&line, stroke, 2.0, 3.0);
        } else {
            lines.solid(&line, stroke);
        }
    }
}

impl Lines {
    /// None yet; those out of the painter's sight are left out.
    pub fn on(painter: &Painter) -> Self {
        let options = painter.ctx().tessellation_options(|options| *options);
        let pixels_per_point = painter.pixels_per_point();
        Self {
            mesh: Mesh::default(),
            path: Path::default(),
            feathering: if options.feathering {
                options.feathering_size_in_pixels / pixels_per_point
            } else {
                0.0
            },
            pixels_per_point,
            view: painter.clip_rect().expand(8.0),
        }
    }

    pub fn into_shape(self) -> Shape {
        Shape::mesh(self.mesh)
    }

    pub fn solid(&mut self, line: &[Pos2], stroke: Stroke) {
        if line.len() < 2 || stroke.color == Color32::TRANSPARENT {
            return;
        }
        self.path.clear();
        if let [from, to] = *line {
            self.path.add_line_segment([from, to]);
        } else {
            self.path.add_open_points(line);
        }
        let stroke = PathStroke::new(stroke.width, stroke.color);
        self.path.stroke_open(self.feathering, &stroke, &mut self.mesh);
    }

    /// Dashes along a line, those in sight.
    pub fn dashed(&mut self, line: &[Pos2], stroke: Stroke, dash: f32, gap: f32) {
        let step = dash + gap;
        // Length of the line up to the run.
        let mut begun = 0.0;
        for run in line.windows(2) {
            let along = run[1] - run[0];
            let from = self.on_pixels(run[0], along, stroke.width);
            let length = along.length();
            if let Some((enters, leaves)) = self.in_sight(run[0], run[1], length) {
                // The dash that the run enters sight in may have begun before it.
                let first = ((begun + enters) / step).floor();
                let count = ((begun + leaves) / step - first).ceil().clamp(0.0, MOST_DASHES);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
                for turn in 0..count as usize {
                    let turn = first + turn as f32;
                    let start = (turn * step - begun).max(0.0);
                    let end = (turn * step + dash - begun).min(length);
                    if end > start {
                        let at = |distance: f32| from + along * (distance / length);
                        self.solid(&[at(start), at(end)], stroke);
                    }
                }
            }
            begun += length;
        }
    }

    /// Where a straight run across or down is sharp: thin dashes between two pixels would be a blur.
    fn on_pixels(&self, at: Pos2, along: Vec2, width: f32) -> Pos2 {
        let half = if (width * self.pixels_per_point).round() % 2.0 == 1.0 { 0.5 } else { 0.0 };
        let snapped = |at: f32| ((at * self.pixels_per_point - half).round() + half) / self.pixels_per_point;
        match (along.x == 0.0, along.y == 0.0) {
            (true, false) => pos2(snapped(at.x), at.y),
            (false, true) => pos2(at.x, snapped(at.y)),
            _ => at,
        }
    }

    /// Distances along a run between which it may be in sight.
    fn in_sight(&self, from: Pos2, to: Pos2, length: f32) -> Option<(f32, f32)> {
        if length <= 0.0 || !length.is_finite() || !self.view.intersects(Rect::from_two_pos(from, to)) {
            return None;
        }
        let mut range = (0.0_f32, length);
        for (from, to, low, high) in [
            (from.x, to.x, self.view.left(), self.view.right()),
            (from.y, to.y, self.view.top(), self.view.bottom()),
        ] {
            let rate = (to - from) / length;
            if rate.abs() > 1e-3 {
                let (one, other) = ((low - from) / rate, (high - from) / rate);
                range = (range.0.max(one.min(other)), range.1.min(one.max(other)));
            }
        }
        (range.0 < range.1).then_some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(line: &[Pos2], view: Rect) -> Vec<f32> {
        let (mesh, path) = (Mesh::default(), Path::default());
        let mut lines = Lines { mesh, path, feathering: 0.0, pixels_per_point: 1.0, view };
        lines.dashed(line, Stroke::new(2.0, Color32::BLACK), 6.0, 4.0);
        let mut ends: Vec<f32> =
            lines.mesh.vertices.iter().map(|vertex| (vertex.pos.x * 100.0).round() / 100.0).collect();
        ends.sort_by(f32::total_cmp);
        ends.dedup_by(|a, b| (*a - *b).abs() < 1e-3);
        ends
    }

    #[test]
    fn dashes_out_of_sight_are_left_out_and_those_in_sight_stay_where_they_are() {
        let line = [pos2(0.0, 0.0), pos2(1_000.0, 0.0)];
        let all = ends(&line, Rect::from_min_max(pos2(-10.0, -10.0), pos2(2_000.0, 10.0)));
        assert_eq!((all.len(), &all[..4]), (200, [0.0, 6.0, 10.0, 16.0].as_slice()));
        let some = ends(&line, Rect::from_min_max(pos2(503.0, -10.0), pos2(521.0, 10.0)));
        assert_eq!(some, [500.0, 506.0, 510.0, 516.0, 520.0, 526.0]);
        assert!(ends(&line, Rect::from_min_max(pos2(0.0, 20.0), pos2(900.0, 30.0))).is_empty());
        // A dash goes round a corner; a line without length or with places beyond all numbers ends.
        let bent = [pos2(0.0, 0.0), pos2(3.0, 0.0), pos2(3.0, 50.0)];
        assert_eq!(ends(&bent, Rect::EVERYTHING).first(), Some(&0.0));
        for end in [0.0, f32::INFINITY, f32::NAN] {
            ends(&[pos2(0.0, 0.0), pos2(end, 0.0)], Rect::EVERYTHING);
        }
    }
}
