//! What a ground looks like: a grid in round lengths, parts to scale, links between them, the scale at the foot.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::emath::TSTransform;
use egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use super::names::{Names, called};
use super::{rect_of, shortened};
use crate::app::backdrop::{self, Shown};
use crate::app::canvas::far::add_uses;
use crate::app::canvas::moment::{Condition, Moment};
use crate::app::canvas::paint::link_colour;
use crate::app::canvas::symbol;
use crate::app::canvas::wires::Lines;
use crate::app::theme::{self, Palette};
use crate::draft::footprint;
use crate::engineering::latency::fibre_km;
use crate::quantity::{Unit, format};
use crate::site::ground::Ground;
use crate::site::{Component, ComponentId, Hall, Kind, Medium, Point, Side, Site};

pub(super) struct Picture<'a> {
    pub site: &'a Arc<Site>,
    /// Index of a part and where it stands.
    pub parts: &'a Arc<Vec<(usize, Point)>>,
    pub ground: Ground,
    pub to_screen: TSTransform,
    pub palette: &'a Palette,
    pub chosen: &'a BTreeSet<ComponentId>,
    /// Places of the parts that each link joins.
    pub ends: &'a [Option<(usize, usize)>],
    pub backdrop: Option<&'a Shown>,
    /// What stands and what it is used for at the date of the plan that is shown; of the plan only.
    pub moment: Option<&'a Moment>,
}

/// Least distance of two lines of the grid, pixels.
const GRID_PIXELS: f32 = 56.0;
/// Among so many, a part lower than this on the screen is a plate: round corners and dashes would take long and are hardly
/// seen.
const MANY: usize = 300;
/// Pixels by which the run of the largest flow is thicker on either side than one without.
const MOST_THICKER: f32 = 1.8;
const LEAST_OUTLINED: f32 = 14.0;

/// `120 m east, 40 m south`
pub(super) fn whereabouts(ground: Ground, at: Point) -> String {
    let unit = ground.unit();
    let way = |value: f64, ways: [&str; 2]| {
        format!("{} {unit} {}", format::number(value.abs(), 0), ways[usize::from(value < 0.0)])
    };
    format!("{}, {}", way(at.x, ["east", "west"]), way(at.y, ["south", "north"]))
}

/// `14 x 12 m`, the ground a part takes.
pub(super) fn size_words(part: &Component) -> String {
    let (width, depth) = footprint(part);
    let side = |side: f64| format::number(side, if side.fract() == 0.0 { 0 } else { 1 });
    format!("{} x {} m", side(width), side(depth))
}

/// The nearest 1, 2 or 5 times a power of ten that is at least `least`.
fn round_length(least: f32) -> f32 {
    let power = 10_f32.powf(least.max(1e-6).log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|length| *length >= least * 0.999)
        .unwrap_or(least)
}

impl Picture<'_> {
    pub fn paint(&self, painter: &Painter, view: Rect, names: &mut Names) {
        painter.rect_filled(view, 0.0, self.palette.canvas);
        if let Some(shown) = self.backdrop {
            backdrop::paint(painter, shown, self.to_screen, self.palette);
        }
        self.grid(painter, view);
        self.links(painter);
        if self.ground == Ground::Map {
            let at = self.to_screen * Pos2::ZERO;
            painter.circle(at, 8.0, self.palette.canvas, Stroke::new(2.0, self.palette.symbol));
            painter.circle_filled(at, 3.0, self.palette.symbol);
            self.label(
                painter,
                at + vec2(12.0, 0.0),
                Align2::LEFT_CENTER,
                &self.site.name,
                self.palette.text,
            );
        }
        let mut plates = Mesh::default();
        plates.reserve_vertices(8 * self.parts.len());
        plates.reserve_triangles(4 * self.parts.len());
        let places: Vec<(usize, Rect)> = self
            .parts
            .iter()
            .map(|(index, at)| {
                let part = &self.site.components[*index];
                (*index, self.to_screen * rect_of(part, *at, self.ground, self.to_screen.scaling))
            })
            .collect();
        for (index, rect) in &places {
            self.part(painter, *index, *rect, &mut plates);
        }
        painter.add(Shape::mesh(plates));
        self.names(painter, &places, names);
        self.foot(painter, view);
        if self.parts.is_empty() {
            let words = match self.ground {
                Ground::Plan => {
                    "Nothing is on the plan yet: press A to add a part, or drag one from the list at the right"
                }
                Ground::Map => "No fibre is drawn yet",
            };
            let below = vec2(0.0, if self.ground == Ground::Map { 40.0 } else { 0.0 });
            self.label(painter, view.center() + below, Align2::CENTER_CENTER, words, self.palette.text_weak);
        }
    }

    fn label(&self, painter: &Painter, at: Pos2, align: Align2, text: &str, colour: Color32) {
        let galley = painter.layout_no_wrap(text.to_owned(), theme::font(theme::SMALL + 0.5), colour);
        let rect = align.anchor_size(at, galley.size());
        painter.rect_filled(rect.expand2(vec2(3.0, 1.0)), 3.0, self.palette.canvas.gamma_multiply(0.8));
        painter.galley(rect.min, galley, colour);
    }

    fn grid(&self, painter: &Painter, view: Rect) {
        let scale = self.to_screen.scaling;
        let step = round_length(GRID_PIXELS / scale);
        let seen = self.to_screen.inverse() * view;
        let stroke = Stroke::new(1.0, self.palette.grid);
        let lines = |from: f32, to: f32| {
            let first = (from / step).ceil();
            let count = ((to / step).floor() - first).clamp(0.0, 400.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 400")]
            let count = count as usize;
            (0..=count).map(move |line| (first + line as f32) * step)
        };
        for x in lines(seen.left(), seen.right()) {
            painter.vline((self.to_screen * pos2(x, 0.0)).x, view.y_range(), stroke);
        }
        for y in lines(seen.top(), seen.bottom()) {
            painter.hline(view.x_range(), (self.to_screen * pos2(0.0, y)).y, stroke);
        }
    }

    /// Where parts are on the screen, by their place in the site's list; on the map what is no fibre is at the site.
    fn middles(&self) -> Vec<Option<Pos2>> {
        let here = |part: &Component| {
            // A meet-me room is on the site; a carrier without a place is nowhere.
            let is_here = matches!(part.kind, Kind::Hall(_) | Kind::MeetMeRoom);
            (self.ground == Ground::Map && is_here).then(|| self.to_screen * Pos2::ZERO)
        };
        let mut middles: Vec<Option<Pos2>> = self.site.components.iter().map(here).collect();
        for (index, at) in self.parts.iter() {
            middles[*index] = Some(self.to_screen * pos2(shortened(at.x), shortened(at.y)));
        }
        middles
    }

    fn links(&self, painter: &Painter) {
        let middles = self.middles();
        let view = painter.clip_rect();
        let mut runs = Mesh::default();
        if self.ground == Ground::Plan {
            runs.reserve_vertices(8 * self.ends.len());
            runs.reserve_triangles(4 * self.ends.len());
        }
        let largest_mw = self.moment.map_or(0.0, Moment::largest_link_mw).max(1e-9);
        let stands = |index: usize| self.condition(index).is_solid();
        let mut ways = Lines::on(painter);
        let mut lengths = Vec::new();
        for (index, (link, ends)) in self.site.links.iter().zip(self.ends).enumerate() {
            let is_fibre = matches!(link.medium, Medium::Fibre { .. });
            let Some((one, other)) = *ends else { continue };
            let (Some(from), Some(to)) = (middles[one], middles[other]) else { continue };
            if (self.ground == Ground::Map && !is_fibre) || from == to {
                continue;
            }
            let colour = link_colour(self.palette, &link.medium, self.site.components[other].side);
            if self.ground == Ground::Plan {
                // A run follows the axes of the ground, as trenches do.
                let corner = pos2(to.x, from.y);
                let mw = self.moment.and_then(|moment| moment.link_mw.get(index)).copied().unwrap_or(0.0);
                let half = 0.5 + MOST_THICKER * (mw / largest_mw).clamp(0.0, 1.0).sqrt() as f32;
                let ink = colour.gamma_multiply(if stands(one) && stands(other) { 0.8 } else { 0.4 });
                for (from, to) in [(from, corner), (corner, to)] {
                    let run = Rect::from_two_pos(from, to).expand(half);
                    if run.intersects(view) {
                        runs.add_colored_rect(run, ink);
                    }
                }
                continue;
            }
            ways.dashed(&[from, to], Stroke::new(1.8, colour), 7.0, 4.0);
            if (to - from).length() > 90.0 {
                let km = format::with_unit(fibre_km(self.site, index, one, other), Unit::Km);
                // Two ways beside each other have their lengths at two places.
                let along = if index % 2 == 0 { 0.42 } else { 0.58 };
                lengths.push((from + (to - from) * along, km, colour));
            }
        }
        painter.add(Shape::mesh(runs));
        painter.add(ways.into_shape());
        for (at, km, colour) in lengths.iter().filter(|(at, ..)| view.contains(*at)) {
            self.label(painter, *at, Align2::CENTER_CENTER, km, *colour);
        }
    }

    /// How a part stands at the moment that is shown; without one as it is drawn.
    fn condition(&self, index: usize) -> Condition {
        match self.moment.and_then(|moment| moment.parts.get(index)) {
            Some(at) => at.condition,
            None if self.site.components[index].planned().is_some() => Condition::Planned,
            None => Condition::Standing,
        }
    }

    fn part(&self, painter: &Painter, index: usize, rect: Rect, plates: &mut Mesh) {
        let palette = self.palette;
        if !painter.clip_rect().intersects(rect.expand(80.0)) {
            return;
        }
        let part = &self.site.components[index];
        let condition = self.condition(index);
        let colour = match &part.kind {
            Kind::Hall(_) => palette.symbol,
            kind if kind.cooling().is_some() => palette.liquid,
            kind if kind.layer() == crate::site::Layer::Fibre => palette.fibre,
            _ => match part.side {
                Side::A => palette.side_a,
                Side::B => palette.side_b,
                Side::None => palette.symbol,
            },
        };
        let is_chosen = self.chosen.contains(&part.id);
        let edge = if is_chosen { Stroke::new(2.5, palette.accent) } else { Stroke::new(1.4, colour) };
        let share = match (palette.dark, condition.is_solid()) {
            (true, true) => 0.36,
            (true, false) => 0.14,
            (false, true) => 0.24,
            (false, false) => 0.1,
        };
        let ground = theme::mix(palette.canvas, colour, share);
        if self.ground == Ground::Map {
            mark(painter, &part.kind, rect, edge, ground);
        } else if rect.height() < LEAST_OUTLINED && self.parts.len() > MANY {
            let is_faint = !condition.is_solid() && !is_chosen;
            let line = if is_faint { theme::mix(edge.color, palette.canvas, 0.5) } else { edge.color };
            plates.add_colored_rect(rect, line);
            plates.add_colored_rect(rect.shrink(edge.width), ground);
        } else {
            painter.rect_filled(rect, 2.0, ground);
            if let Some(hall) = part.hall() {
                self.uses(painter, index, hall, rect.shrink(edge.width));
            }
            match condition {
                _ if is_chosen || condition.is_solid() => {
                    painter.rect_stroke(rect, 2.0, edge, StrokeKind::Inside);
                }
                Condition::Standing | Condition::Built => {}
                Condition::Planned => symbol::dashed_frame(painter, rect, edge),
                Condition::Works => {
                    symbol::hatch(painter, rect, 5.0, Stroke::new(1.0, palette.works));
                    symbol::dashed_frame(painter, rect, edge);
                }
                Condition::Removed => {
                    let faint = Stroke::new(1.0, theme::mix(edge.color, palette.canvas, 0.5));
                    painter.rect_stroke(rect, 2.0, faint, StrokeKind::Inside);
                    painter.line_segment([rect.left_top(), rect.right_bottom()], faint);
                    painter.line_segment([rect.left_bottom(), rect.right_top()], faint);
                }
            }
        }
        if self.names_inside(rect) {
            painter.with_clip_rect(rect.intersect(painter.clip_rect())).text(
                rect.center(),
                Align2::CENTER_CENTER,
                called(part),
                theme::bold(theme::SMALL + 0.5),
                palette.text,
            );
        }
    }

    /// What a hall is used for at the moment, as shares of its width; without a plan as it is used today.
    fn uses(&self, painter: &Painter, index: usize, hall: &Hall, room: Rect) {
        let palette = self.palette;
        let Some(at) = self.moment.and_then(|moment| moment.parts.get(index)) else { return };
        let mut mesh = Mesh::default();
        // Its name stands on them.
        let ink = |colour| theme::mix(palette.canvas, colour, if palette.dark { 0.6 } else { 0.5 });
        add_uses(&mut mesh, room, (&at.space, hall.critical_mw), palette, &ink);
        painter.add(Shape::mesh(mesh));
    }

    /// The scale, where north is, and how far apart two selected parts are.
    fn foot(&self, painter: &Painter, view: Rect) {
        let scale = self.to_screen.scaling;
        let length = round_length(90.0 / scale);
        let left = view.left_bottom() + vec2(18.0, -20.0);
        let right = left + vec2(length * scale, 0.0);
        let stroke = Stroke::new(1.6, self.palette.text);
        let (up, unit) = (vec2(0.0, -5.0), self.ground.unit());
        painter.add(Shape::line(vec![left + up, left, right, right + up], stroke));
        let decimals = if length < 1.0 { 2 } else { 0 };
        let words = format!("{} {unit}", format::number(f64::from(length), decimals));
        self.label(
            painter,
            left + vec2((right.x - left.x) / 2.0, -8.0),
            Align2::CENTER_BOTTOM,
            &words,
            self.palette.text,
        );
        let north = view.right_top() + vec2(-26.0, 44.0);
        let arrow = [vec2(0.0, -16.0), vec2(6.0, 4.0), vec2(0.0, 0.0), vec2(-6.0, 4.0)];
        painter.add(Shape::closed_line(arrow.map(|by: Vec2| north + by).to_vec(), stroke));
        self.label(painter, north + vec2(0.0, 14.0), Align2::CENTER_CENTER, "N", self.palette.text);
        let chosen: Vec<&(usize, Point)> = self
            .parts
            .iter()
            .filter(|(index, _)| self.chosen.contains(&self.site.components[*index].id))
            .collect();
        if let [(one, from), (other, to)] = chosen.as_slice() {
            let name = |index: usize| called(&self.site.components[index]);
            let distance = (to.x - from.x).hypot(to.y - from.y);
            let words = format!("{} to {}: {} {unit}", name(*one), name(*other), format::number(distance, 0));
            self.label(
                painter,
                view.center_bottom() - vec2(0.0, 22.0),
                Align2::CENTER_CENTER,
                &words,
                self.palette.text,
            );
        }
    }
}

/// A metro is a drop, a carrier a circle, a room a square.
fn mark(painter: &Painter, kind: &Kind, rect: Rect, edge: Stroke, ground: Color32) {
    let half = rect.width() / 2.0;
    match kind {
        Kind::Metro(_) => {
            let tip = rect.center() + vec2(0.0, half);
            let points = vec![
                tip,
                rect.center() + vec2(-half * 0.7, -half * 0.1),
                rect.center() + vec2(half * 0.7, -half * 0.1),
            ];
            painter.add(Shape::convex_polygon(points, edge.color, Stroke::NONE));
            painter.circle(rect.center() - vec2(0.0, half * 0.25), half * 0.72, ground, edge);
        }
        Kind::Carrier => {
            painter.circle(rect.center(), half * 0.8, ground, edge);
        }
        _ => {
            painter.rect(rect.shrink(half * 0.2), 3.0, ground, edge, StrokeKind::Inside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_round_and_places_are_said_in_words() {
        let found: Vec<f32> = [0.7, 1.0, 1.1, 3.0, 5.1, 70.0, 101.0].map(round_length).to_vec();
        for (length, wanted) in found.into_iter().zip([1.0, 1.0, 2.0, 5.0, 10.0, 100.0, 200.0]) {
            assert!((length / wanted - 1.0).abs() < 1e-5, "{length} {wanted}");
        }
        assert!(round_length(0.0) > 0.0);
        let at = Point { x: -12.0, y: 40.4 };
        assert_eq!(whereabouts(Ground::Plan, at), "12 m west, 40 m south");
    }
}
