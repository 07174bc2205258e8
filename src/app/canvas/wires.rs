//! Links near by, as one mesh. A dashed link is hundreds of lines: painted one by one they take longer than all symbols,
//! and most of them are out of sight.

use std::sync::{Arc, PoisonError};

use egui::emath::TSTransform;
use egui::epaint::PathStroke;
use egui::epaint::tessellator::Path;
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2};

use super::layers::{Layers, Seen};
use super::paint::{Drawing, Ink};
use super::route;
use super::study::Study;
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

/// Links as they were painted last, with what they depend on beside the sheet.
pub(super) type Kept = Option<(Asked, Arc<Mesh>)>;

#[derive(PartialEq)]
pub(super) struct Asked {
    to_screen: TSTransform,
    view: Rect,
    /// Its width, and pixels of a point.
    soft_edge: (f32, f32),
    layers: Layers,
    study: Option<Study>,
    is_dark: bool,
    selected: Option<String>,
}

impl Drawing<'_> {
    pub(super) fn paint_links(&self, painter: &Painter, selection: Option<&Object>) {
        let lines = Lines::on(painter);
        let selected = match selection {
            Some(Object::Link(id)) => Some(id.clone()),
            _ => None,
        };
        let asked = Asked {
            to_screen: self.to_screen,
            view: lines.view,
            soft_edge: (lines.feathering, lines.pixels_per_point),
            layers: self.layers,
            study: self.study,
            is_dark: self.palette.dark,
            selected,
        };
        let mut kept = self.sheet.mesh.lock().unwrap_or_else(PoisonError::into_inner);
        // Parts that are held take their wires along in every frame.
        let is_still = std::ptr::eq(self.layout, &raw const *self.sheet.layout);
        let known = kept.take().filter(|(known, _)| is_still && *known == asked);
        let mesh = known.map_or_else(|| Arc::new(self.mesh_of_links(lines, selection)), |(_, mesh)| mesh);
        painter.add(Shape::Mesh(Arc::clone(&mesh)));
        *kept = is_still.then_some((asked, mesh));
    }

    pub(super) fn mesh_of_links(&self, mut lines: Lines, selection: Option<&Object>) -> Mesh {
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
        lines.mesh
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
                let count = count as usize;
                self.mesh.reserve_vertices(8 * count);
                self.mesh.reserve_triangles(6 * count);
                let profile = self.profile(along.rot90() / length, stroke);
                for turn in 0..count {
                    let turn = first + turn as f32;
                    let start = (turn * step - begun).max(0.0);
                    let end = (turn * step + dash - begun).min(length);
                    if end > start {
                        let at = |distance: f32| from + along * (distance / length);
                        self.dash(at(start), at(end), &profile);
                    }
                }
            }
            begun += length;
        }
    }

    /// Edges of a straight line from one side to the other, and their inks: soft on both sides, as the tessellator's own.
    fn profile(&self, across: Vec2, stroke: Stroke) -> Vec<(Vec2, Color32)> {
        let (soft, half) = (self.feathering, stroke.width / 2.0);
        let edges = if soft <= 0.0 {
            vec![(-half, stroke.color), (half, stroke.color)]
        } else if stroke.width <= soft {
            // Thinner than its soft edge, it is fainter instead.
            let ink = stroke.color.gamma_multiply(stroke.width / soft);
            vec![(-soft, Color32::TRANSPARENT), (0.0, ink), (soft, Color32::TRANSPARENT)]
        } else {
            let (inner, outer) = (half - soft / 2.0, half + soft / 2.0);
            vec![
                (-outer, Color32::TRANSPARENT),
                (-inner, stroke.color),
                (inner, stroke.color),
                (outer, Color32::TRANSPARENT),
            ]
        };
        edges.into_iter().map(|(at, ink)| (across * at, ink)).collect()
    }

    /// A short straight line with ends cut off: thousands of them are a dashed drawing, and the tessellator's way to its
    /// round ends takes five times as long.
    fn dash(&mut self, from: Pos2, to: Pos2, profile: &[(Vec2, Color32)]) {
        let Ok(first) = u32::try_from(self.mesh.vertices.len()) else { return };
        for (by, ink) in profile {
            self.mesh.colored_vertex(from + *by, *ink);
            self.mesh.colored_vertex(to + *by, *ink);
        }
        for strip in (first..).step_by(2).take(profile.len() - 1) {
            self.mesh.add_triangle(strip, strip + 1, strip + 2);
            self.mesh.add_triangle(strip + 1, strip + 2, strip + 3);
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
