//! One-line symbols, after the habit of IEC 60617 and IEEE 315, drawn to any size.

use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use crate::app::theme::{self, Palette};
use crate::site::{Component, Kind};

/// How a symbol is turned about its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    pub middle: Pos2,
    /// Quarter turns clockwise, 0 to 3.
    pub quarters: u32,
    /// Mirrored left to right before it is turned.
    pub flipped: bool,
}

impl Pose {
    pub fn of(part: &Component, middle: Pos2) -> Self {
        Self { middle, quarters: part.drawn.quarter_turns % 4, flipped: part.drawn.flipped }
    }

    /// Where a place of the upright symbol comes to be.
    pub fn at(&self, place: Pos2) -> Pos2 {
        let from_middle = place - self.middle;
        let mirrored = if self.flipped { vec2(-from_middle.x, from_middle.y) } else { from_middle };
        // The screen's y grows downward, where a quarter clockwise leads from right to down.
        self.middle + (0..self.quarters).fold(mirrored, |way, _| vec2(-way.y, way.x))
    }

    pub fn rect(&self, rect: Rect) -> Rect {
        Rect::from_two_pos(self.at(rect.min), self.at(rect.max))
    }

    /// The place of the upright symbol whose turned place this is.
    pub fn upright(&self, turned: Rect) -> Rect {
        let size = if self.quarters % 2 == 1 { turned.size().yx() } else { turned.size() };
        Rect::from_center_size(turned.center(), size)
    }
}

/// Draws lines solid or dashed.
pub struct Pen<'a> {
    pub painter: &'a Painter,
    pub pose: Pose,
    pub stroke: Stroke,
    pub fill: Color32,
    pub dashed: bool,
    /// Text is drawn; false at a distance.
    pub text: bool,
}

impl Pen<'_> {
    fn line(&self, points: &[Pos2]) {
        self.posed_line(points.iter().map(|at| self.pose.at(*at)).collect());
    }

    /// A line whose places are turned already.
    fn posed_line(&self, points: Vec<Pos2>) {
        if self.dashed {
            let dash = (self.stroke.width * 2.6).max(2.5);
            self.painter.extend(Shape::dashed_line(&points, self.stroke, dash, dash * 0.8));
        } else {
            self.painter.add(Shape::line(points, self.stroke));
        }
    }

    fn circle(&self, centre: Pos2, radius: f32) {
        let centre = self.pose.at(centre);
        if self.dashed {
            self.painter.circle_filled(centre, radius, self.fill);
            let points: Vec<Pos2> = (0..=32)
                .map(|step| centre + radius * Vec2::angled(step as f32 / 32.0 * std::f32::consts::TAU))
                .collect();
            self.posed_line(points);
        } else {
            self.painter.circle(centre, radius, self.fill, self.stroke);
        }
    }

    fn rect(&self, rect: Rect) {
        let rect = self.pose.rect(rect);
        if self.dashed {
            self.painter.rect_filled(rect, 2.0, self.fill);
            self.posed_line(outline(rect).to_vec());
        } else {
            self.painter.rect(rect, 2.0, self.fill, self.stroke, StrokeKind::Middle);
        }
    }

    fn filled(&self, rect: Rect, rounding: f32, colour: Color32) {
        self.painter.rect_filled(self.pose.rect(rect), rounding, colour);
    }

    fn dot(&self, at: Pos2, radius: f32, colour: Color32) {
        self.painter.circle_filled(self.pose.at(at), radius, colour);
    }

    /// Letters stay upright.
    fn letter(&self, at: Pos2, size: f32, text: &str) {
        if self.text {
            self.painter.text(
                self.pose.at(at),
                Align2::CENTER_CENTER,
                text,
                theme::bold(size.clamp(6.0, 40.0)),
                self.stroke.color,
            );
        }
    }
}

fn outline(rect: Rect) -> [Pos2; 5] {
    [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()]
}

/// The outline of what does not stand yet.
pub fn dashed_frame(painter: &Painter, rect: Rect, stroke: Stroke) {
    painter.extend(Shape::dashed_line(&outline(rect), stroke, 5.0, 3.0));
}

/// Draws the symbol of a kind inside `rect`, its place as it is turned.
pub fn draw(pen: &Pen<'_>, kind: &Kind, rect: Rect) {
    let rect = pen.pose.upright(rect);
    let centre = rect.center();
    let half = rect.height().min(rect.width()) / 2.0;
    let at = |x: f32, y: f32| centre + vec2(x, y) * half;
    match kind {
        Kind::GridFeed(_) => pylon(pen, &at),
        Kind::Generation(_) => {
            pen.circle(centre, half * 0.86);
            pen.letter(centre, half * 0.8, "G");
            pen.line(&[at(-0.35, 0.5), at(0.35, 0.5)]);
        }
        Kind::Genset(_) => {
            pen.circle(centre, half * 0.86);
            pen.letter(centre, half * 0.95, "G");
        }
        Kind::Transformer(_) => {
            pen.circle(at(0.0, 0.34), half * 0.6);
            let ring = Pen { fill: Color32::TRANSPARENT, ..*pen };
            pen.dot(at(0.0, -0.34), half * 0.6, pen.fill);
            ring.circle(at(0.0, -0.34), half * 0.6);
            ring.circle(at(0.0, 0.34), half * 0.6);
        }
        Kind::Switchgear(_) => bus(pen, rect),
        Kind::Ups(_) => ups(pen, rect, &at),
        Kind::Battery(_) => battery(pen, &at),
        Kind::AutomaticTransferSwitch(_) | Kind::StaticTransferSwitch(_) => {
            transfer_switch(pen, rect, &at, matches!(kind, Kind::StaticTransferSwitch(_)));
        }
        Kind::Distribution(_) => {
            pen.rect(rect.shrink(half * 0.12));
            for x in [-0.45, 0.0, 0.45] {
                pen.line(&[at(x, -0.5), at(x, 0.15)]);
                let foot = Rect::from_center_size(at(x, 0.38), Vec2::splat(half * 0.26));
                pen.filled(foot, 1.0, pen.stroke.color);
            }
        }
        Kind::FanWall(_) | Kind::Crah(_) => {
            pen.rect(rect.shrink(half * 0.1));
            fan(pen, at(-0.4, -0.4), half * 0.34);
            fan(pen, at(0.4, -0.4), half * 0.34);
            fan(pen, at(-0.4, 0.4), half * 0.34);
            fan(pen, at(0.4, 0.4), half * 0.34);
        }
        Kind::RearDoor(_) => {
            pen.rect(Rect::from_min_max(at(-0.8, -0.9), at(0.35, 0.9)));
            pen.rect(Rect::from_min_max(at(0.35, -0.9), at(0.75, 0.9)));
            zigzag(pen, at(0.55, -0.6), at(0.55, 0.6), half * 0.12);
        }
        Kind::Cdu(_) => {
            pen.rect(rect.shrink(half * 0.1));
            pen.line(&[at(-0.9, 0.9), at(0.9, -0.9)]);
            drop_shape(pen, at(-0.38, -0.4), half * 0.26);
            drop_shape(pen, at(0.4, 0.36), half * 0.26);
        }
        Kind::Immersion(_) => {
            pen.line(&[at(-0.85, -0.6), at(-0.85, 0.8), at(0.85, 0.8), at(0.85, -0.6)]);
            wave(pen, &at, -0.25);
            for x in [-0.45, 0.0, 0.45] {
                pen.rect(Rect::from_min_max(at(x - 0.13, 0.0), at(x + 0.13, 0.6)));
            }
        }
        Kind::Chiller(_) => {
            pen.rect(rect.shrink(half * 0.1));
            for turn in 0..3 {
                let arm = Vec2::angled(turn as f32 * std::f32::consts::PI / 3.0) * half * 0.55;
                pen.line(&[centre - arm, centre + arm]);
            }
        }
        Kind::DryCooler(_) | Kind::AdiabaticCooler(_) => {
            dry_cooler(pen, &at, half, matches!(kind, Kind::AdiabaticCooler(_)));
        }
        Kind::CoolingTower(_) => {
            pen.line(&[
                at(-0.55, -0.8),
                at(-0.42, 0.0),
                at(-0.8, 0.85),
                at(0.8, 0.85),
                at(0.42, 0.0),
                at(0.55, -0.8),
                at(-0.55, -0.8),
            ]);
            wave(pen, &at, 0.45);
        }
        Kind::Hall(_) => pen.rect(rect),
        Kind::MeetMeRoom => meet_me(pen, rect, &at, half),
        Kind::Carrier => {
            pen.circle(centre, half * 0.8);
            pen.line(&[at(-0.8, 0.0), at(0.8, 0.0)]);
            for side in [-1.0, 1.0] {
                let arc: Vec<Pos2> = (0..=12)
                    .map(|step| std::f32::consts::PI * step as f32 / 12.0)
                    .map(|angle| at(side * 0.38 * angle.sin(), -0.8 * angle.cos()))
                    .collect();
                pen.line(&arc);
            }
        }
        Kind::Metro(_) => pin(pen, &at, half),
    }
}

type At<'a> = &'a dyn Fn(f32, f32) -> Pos2;

fn pylon(pen: &Pen<'_>, at: At<'_>) {
    pen.line(&[at(-0.5, 0.95), at(-0.16, -0.9), at(0.16, -0.9), at(0.5, 0.95)]);
    pen.line(&[at(-0.75, -0.45), at(0.75, -0.45)]);
    pen.line(&[at(-0.6, -0.05), at(0.6, -0.05)]);
    pen.line(&[at(-0.24, -0.45), at(0.32, -0.05), at(-0.4, 0.42), at(0.5, 0.95)]);
    pen.line(&[at(0.24, -0.45), at(-0.32, -0.05), at(0.4, 0.42), at(-0.5, 0.95)]);
}

fn bus(pen: &Pen<'_>, rect: Rect) {
    let centre = rect.center();
    let bar = Rect::from_center_size(centre, vec2(rect.width(), rect.height() * 0.28));
    if pen.dashed {
        pen.filled(bar, 1.5, pen.fill);
        pen.line(&outline(bar));
    } else {
        pen.filled(bar, 1.5, pen.stroke.color);
    }
    let size = rect.height() * 0.5;
    pen.rect(Rect::from_center_size(pos2(centre.x, rect.top()), Vec2::splat(size)));
}

fn ups(pen: &Pen<'_>, rect: Rect, at: At<'_>) {
    let box_rect = rect.shrink(rect.width() * 0.05);
    pen.rect(box_rect);
    pen.line(&[box_rect.left_bottom(), box_rect.right_top()]);
    let wave: Vec<Pos2> = (0..=12)
        .map(|step| step as f32 / 12.0)
        .map(|t| at(-0.68 + 0.56 * t, -0.46 - 0.15 * (t * std::f32::consts::TAU).sin()))
        .collect();
    pen.line(&wave);
    pen.line(&[at(0.14, 0.38), at(0.68, 0.38)]);
    pen.line(&[at(0.14, 0.56), at(0.68, 0.56)]);
}

fn battery(pen: &Pen<'_>, at: At<'_>) {
    pen.line(&[at(0.0, -0.95), at(0.0, -0.5)]);
    pen.line(&[at(-0.7, -0.5), at(0.7, -0.5)]);
    pen.line(&[at(-0.35, -0.18), at(0.35, -0.18)]);
    pen.line(&[at(-0.7, 0.14), at(0.7, 0.14)]);
    pen.line(&[at(-0.35, 0.46), at(0.35, 0.46)]);
    pen.line(&[at(0.0, 0.46), at(0.0, 0.95)]);
}

fn transfer_switch(pen: &Pen<'_>, rect: Rect, at: At<'_>, is_static: bool) {
    pen.rect(rect.shrink(rect.width() * 0.05));
    for x in [-0.45, 0.45] {
        pen.line(&[at(x, -0.9), at(x, -0.35)]);
        pen.dot(at(x, -0.3), rect.width() * 0.045, pen.stroke.color);
    }
    pen.line(&[at(0.0, 0.9), at(0.0, 0.35), at(-0.45, -0.3)]);
    if is_static {
        pen.line(&[at(0.28, 0.3), at(0.28, 0.7), at(0.62, 0.5), at(0.28, 0.3)]);
        pen.line(&[at(0.62, 0.3), at(0.62, 0.7)]);
    }
}

fn fan(pen: &Pen<'_>, centre: Pos2, radius: f32) {
    let centre = pen.pose.at(centre);
    pen.painter.circle_stroke(centre, radius, Stroke::new(pen.stroke.width * 0.7, pen.stroke.color));
    for turn in 0..3 {
        let blade = Vec2::angled(turn as f32 * std::f32::consts::TAU / 3.0 - 0.5) * radius * 0.85;
        pen.painter
            .line_segment([centre, centre + blade], Stroke::new(pen.stroke.width * 1.2, pen.stroke.color));
    }
}

fn dry_cooler(pen: &Pen<'_>, at: At<'_>, half: f32, adiabatic: bool) {
    pen.rect(Rect::from_min_max(at(-0.95, -0.15), at(0.95, 0.75)));
    zigzag(pen, at(-0.8, 0.3), at(0.8, 0.3), half * 0.18);
    fan(pen, at(-0.48, -0.5), half * 0.34);
    fan(pen, at(0.48, -0.5), half * 0.34);
    if adiabatic {
        for x in [-0.5, 0.0, 0.5] {
            pen.line(&[at(x, 0.82), at(x, 0.98)]);
        }
    }
}

fn meet_me(pen: &Pen<'_>, rect: Rect, at: At<'_>, half: f32) {
    pen.rect(rect.shrink(half * 0.1));
    let spots = [at(-0.45, -0.4), at(0.45, -0.4), at(0.0, 0.45)];
    pen.line(&[spots[0], spots[1], spots[2], spots[0]]);
    for spot in spots {
        pen.painter.circle(pen.pose.at(spot), half * 0.16, pen.fill, pen.stroke);
    }
}

fn pin(pen: &Pen<'_>, at: At<'_>, half: f32) {
    let head = at(0.0, -0.28);
    let radius = half * 0.58;
    let mut line: Vec<Pos2> = (0..=20)
        .map(|step| std::f32::consts::PI * (0.86 + 1.28 * step as f32 / 20.0))
        .map(|angle| head + radius * Vec2::angled(angle))
        .collect();
    line.push(at(0.0, 0.95));
    line.insert(0, at(0.0, 0.95));
    pen.line(&line);
    pen.circle(head, half * 0.2);
}

fn zigzag(pen: &Pen<'_>, from: Pos2, to: Pos2, height: f32) {
    let along = to - from;
    let across = along.rot90().normalized() * height;
    let points: Vec<Pos2> = (0..=8)
        .map(|step| {
            let sign = if step % 2 == 0 { -1.0 } else { 1.0 };
            from + along * (step as f32 / 8.0) + across * sign
        })
        .collect();
    pen.line(&points);
}

fn wave(pen: &Pen<'_>, at: At<'_>, y: f32) {
    let points: Vec<Pos2> = (0..=16)
        .map(|step| step as f32 / 16.0)
        .map(|t| at(-0.65 + 1.3 * t, y + 0.1 * (t * 2.0 * std::f32::consts::TAU).sin()))
        .collect();
    pen.line(&points);
}

fn drop_shape(pen: &Pen<'_>, centre: Pos2, radius: f32) {
    let top = centre - vec2(0.0, radius * 1.3);
    let corners = [
        top,
        centre + vec2(radius * 0.8, 0.1 * radius),
        centre + vec2(0.0, radius),
        centre - vec2(radius * 0.8, -0.1 * radius),
    ];
    pen.painter.add(Shape::convex_polygon(
        corners.map(|corner| pen.pose.at(corner)).to_vec(),
        pen.stroke.color,
        Stroke::NONE,
    ));
}

/// Diagonal lines inside a rectangle, on one grid for the whole window so that neighbours match.
pub fn hatch(painter: &Painter, rect: Rect, spacing: f32, stroke: Stroke) {
    if rect.width() < 0.5 || rect.height() < 0.5 || !rect.is_finite() {
        return;
    }
    let first = ((rect.left() + rect.top()) / spacing).ceil() * spacing;
    let last = rect.right() + rect.bottom();
    let mut sum = first;
    while sum <= last {
        // On the line x + y = sum.
        let start = if sum - rect.top() <= rect.right() {
            pos2(sum - rect.top(), rect.top())
        } else {
            pos2(rect.right(), sum - rect.right())
        };
        let end = if sum - rect.left() <= rect.bottom() {
            pos2(rect.left(), sum - rect.left())
        } else {
            pos2(sum - rect.bottom(), rect.bottom())
        };
        painter.line_segment([start, end], stroke);
        sum += spacing;
    }
}

/// A padlock: the part is neither moved nor taken out.
pub fn lock(painter: &Painter, at: Pos2, size: f32, palette: &Palette) {
    let body = Rect::from_center_size(at + vec2(0.0, size * 0.35), vec2(size * 1.7, size * 1.3));
    let bow: Vec<Pos2> = (0..=10)
        .map(|step| std::f32::consts::PI * (1.0 + step as f32 / 10.0))
        .map(|angle| body.center_top() + vec2(angle.cos() * size * 0.55, angle.sin() * size * 0.75))
        .collect();
    painter.rect_filled(body.expand(1.2), 2.0, palette.canvas);
    painter.add(Shape::line(bow, Stroke::new(1.4, palette.text)));
    painter.rect_filled(body, 1.0, palette.text);
}

/// A badge that says "over the limit" by shape and letter, not by colour alone.
pub fn overload_badge(painter: &Painter, at: Pos2, size: f32, palette: &Palette) {
    let triangle = vec![at + vec2(0.0, -size), at + vec2(size, size * 0.8), at + vec2(-size, size * 0.8)];
    painter.add(Shape::convex_polygon(triangle, palette.error, Stroke::new(1.0, palette.canvas)));
    painter.text(
        at + vec2(0.0, size * 0.12),
        Align2::CENTER_CENTER,
        "!",
        theme::bold((size * 1.3).max(6.0)),
        theme::text_on(palette.error),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_turns_clockwise_about_its_middle() {
        let pose = |quarters, flipped| Pose { middle: pos2(10.0, 10.0), quarters, flipped };
        let right = pos2(14.0, 10.0);
        assert_eq!(pose(0, false).at(right), right);
        assert_eq!(pose(1, false).at(right), pos2(10.0, 14.0));
        assert_eq!(pose(2, false).at(right), pos2(6.0, 10.0));
        assert_eq!(pose(3, false).at(right), pos2(10.0, 6.0));
        assert_eq!(pose(1, true).at(right), pos2(10.0, 6.0));
        let bus = Rect::from_center_size(pos2(10.0, 10.0), vec2(104.0, 26.0));
        let turned = pose(1, false).rect(bus);
        assert_eq!((turned.size(), pose(1, false).upright(turned)), (vec2(26.0, 104.0), bus));
    }
}
