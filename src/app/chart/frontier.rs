//! The frontier: what a steadier income costs, with the plans it is held against and how it splits the site.

use egui::{
    Align2, CursorIcon, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::labels::Labels;
use super::{Words, splits};
use crate::app::assumptions::plot::{Plot, Range, tooltip};
use crate::app::state::Action;
use crate::app::theme::{self, Palette};
use crate::plan::{FloorUnit, Frontier, FrontierPoint, Rival};
use crate::quantity::format;
use crate::site::Site;

const MILLION: f64 = 1e6;
/// How far beyond the floors of the frontier the axis goes to the left, as a share of their span.
const BEFORE: f64 = 0.35;
/// How far from the frontier something may stand without being moved to the edge, as a share of its fall.
const NEAR: f64 = 1.2;
/// Half of the square in which a point answers to the pointer.
const REACH: f32 = 12.0;
/// Room for the splits under the axis, where the card is high enough.
const SPLITS: f32 = 66.0;
const SPLITS_FROM: f32 = 290.0;
/// Width below which the axis says less of itself.
const NARROW: f32 = 540.0;

/// What the picture is drawn from.
pub struct FrontierInput<'a> {
    pub frontier: &'a Frontier,
    /// The site that is shown.
    pub site: &'a Site,
    pub scenario: Option<&'a str>,
    /// NPV of the plan in hand, where it is of the same site and grid of time.
    pub plan_usd: Option<f64>,
    /// The frontier is that of the site shown, and a point can become its floor.
    pub is_current: bool,
    pub footer: String,
}

/// Draws the picture in the rest of `ui`. A point that is clicked, or reached by key and entered, becomes the floor.
pub fn frontier(ui: &mut Ui, input: &FrontierInput<'_>, actions: &mut Vec<Action>) {
    let found = input.frontier;
    let words = Words { headline: found.finding(), axis: "NPV, $M".to_owned(), name: "Frontier" };
    let title = title(found, ui.available_width() < NARROW);
    let free = if ui.available_height() >= SPLITS_FROM { SPLITS } else { 0.0 };
    let ranges = ranges(input);
    let Some((plot, _)) = Plot::titled_over(ui, &words, &title, &input.footer, ranges, free) else {
        return;
    };
    let picture = Picture { plot, input };
    picture.curve();
    let shown = splits::chosen(found.points.len());
    let mut labels = picture.labels();
    picture.own_floor();
    let mut rivals = Vec::new();
    for rival in &found.rivals {
        rivals.push(picture.rival(ui, rival, &mut labels));
    }
    picture.points(ui, &shown, &mut labels, actions);
    picture.names(rivals, &mut labels);
    if free > 0.0 {
        let rect = Rect::from_min_max(
            pos2(picture.plot.rect.left(), picture.plot.rect.bottom() + 38.0),
            pos2(picture.plot.rect.right(), picture.plot.rect.bottom() + 30.0 + free),
        );
        splits::paint(ui, &picture.plot, input, &shown, rect);
    }
}

/// `1-in-10` of the worst tenth of paths, or the tail in per cent.
fn tail(level: f64) -> String {
    let one_in = 1.0 / (1.0 - level).max(1e-9);
    if (one_in - one_in.round()).abs() < 1e-6 {
        format!("1-in-{}", format::number(one_in, 0))
    } else {
        format!("worst {}", format::percent(1.0 - level))
    }
}

/// What the axis of floors is, shorter where the card is narrow.
fn title(found: &Frontier, is_narrow: bool) -> String {
    let (first, last) = found.years;
    let tail = tail(found.tail_level);
    match (found.unit, is_narrow) {
        (FloorUnit::Share, false) => {
            format!(
                "{tail} revenue in every year {first} to {last}, % of what keep-mining is expected to bring"
            )
        }
        (FloorUnit::MillionUsd, false) => {
            format!("{tail} revenue in every year {first} to {last}, $M a year")
        }
        (FloorUnit::Share, true) => format!("{tail} revenue, % of keep-mining's expected"),
        (FloorUnit::MillionUsd, true) => format!("{tail} revenue, $M a year"),
    }
}

/// A floor as it stands on the axis: per cent or million dollars.
fn on_axis(unit: FloorUnit, floor: f64) -> f64 {
    match unit {
        FloorUnit::Share => floor * 100.0,
        FloorUnit::MillionUsd => floor,
    }
}

/// Both axes: the frontier with some room, and what stands near it.
fn ranges(input: &FrontierInput<'_>) -> (Range, Range) {
    let found = input.frontier;
    let unit = found.unit;
    let floors = || found.points.iter().map(|point| on_axis(unit, point.floor));
    let (low, high) = (floors().fold(f64::INFINITY, f64::min), floors().fold(0.0, f64::max));
    let low = low.min(high);
    let span = (high - low).max(0.02 * high).max(0.5);
    let mut left = if low <= NEAR * span { 0.0 } else { low - BEFORE * span };
    let mut right = high + 0.08 * span;
    if let Some(own) = found.unit.own(&input.site.limits).map(|own| on_axis(unit, own)) {
        if own < left && own > left - span {
            left = (own - 0.1 * span).max(0.0);
        }
        if own > right && own < right + 0.5 * span {
            right = own + 0.05 * span;
        }
    }
    let worths = || found.points.iter().map(|point| point.judged.npv_usd / MILLION);
    let (least, most) = (worths().fold(f64::INFINITY, f64::min), worths().fold(f64::NEG_INFINITY, f64::max));
    let fall = (most - least).max(0.01 * most.abs()).max(0.2);
    let others = found.rivals.iter().map(|rival| rival.judged.npv_usd).chain(input.plan_usd);
    let near = others
        .map(|usd| usd / MILLION)
        .filter(|worth| *worth > least - NEAR * fall && *worth < most + NEAR * fall);
    let (bottom, top) = near.fold((least, most), |(low, high), worth| (low.min(worth), high.max(worth)));
    let room = 0.13 * (top - bottom).max(fall);
    ((left, right), (bottom - room, top + room))
}

struct Picture<'a> {
    plot: Plot<'a>,
    input: &'a FrontierInput<'a>,
}

/// A shape that is named beside it once all shapes stand.
struct Named {
    at: Pos2,
    text: String,
    is_strong: bool,
}

impl Picture<'_> {
    fn place(&self, floor: f64, npv_usd: f64) -> Pos2 {
        self.plot.at(on_axis(self.input.frontier.unit, floor), npv_usd / MILLION)
    }

    fn of(&self, point: &FrontierPoint) -> Pos2 {
        self.place(point.floor, point.judged.npv_usd)
    }

    /// The points joined, and before the first the floors that are kept unasked.
    fn curve(&self) {
        let palette = self.plot.palette;
        let found = self.input.frontier;
        let line: Vec<Pos2> = found.points.iter().map(|point| self.of(point)).collect();
        if let Some(first) = line.first() {
            let begin = pos2(self.plot.rect.left(), first.y);
            if first.x - begin.x > 3.0 {
                let stroke = Stroke::new(1.8, palette.plan_line);
                self.plot.inside().extend(Shape::dashed_line(&[begin, *first], stroke, 5.0, 4.0));
            }
        }
        self.plot.inside().add(Shape::line(line, Stroke::new(2.2, palette.plan_line)));
    }

    /// What words must not cover: the curve and its points.
    fn labels(&self) -> Labels {
        let mut labels = Labels::within(self.plot.rect.expand2(vec2(0.0, 2.0)));
        let line: Vec<Pos2> = self.input.frontier.points.iter().map(|point| self.of(point)).collect();
        for pair in line.windows(2) {
            let steps = (pair[0].distance(pair[1]) / 7.0).clamp(1.0, 200.0).ceil();
            let mut step = 0.0;
            while step <= steps {
                let at = pair[0] + (pair[1] - pair[0]) * (step / steps);
                step += 1.0;
                labels.keep_clear(Rect::from_center_size(at, vec2(9.0, 9.0)));
            }
        }
        if let Some(first) = line.first() {
            let begin = pos2(self.plot.rect.left(), first.y - 3.0);
            labels.keep_clear(Rect::from_min_max(begin, pos2(first.x, first.y + 3.0)));
        }
        labels
    }

    /// The floor of the document, by a line with its name above the plot; at the edge where it lies beyond.
    fn own_floor(&self) {
        let unit = self.input.frontier.unit;
        let Some(own) = unit.own(&self.input.site.limits) else { return };
        let plot = &self.plot;
        let wanted = plot.x(on_axis(unit, own));
        let x = plot.painter.round_to_pixel_center(wanted.clamp(plot.rect.left(), plot.rect.right()));
        let colour = plot.palette.text;
        let line = [pos2(x, plot.rect.top() - 2.0), pos2(x, plot.rect.bottom())];
        plot.painter.extend(Shape::dashed_line(&line, Stroke::new(1.2, colour), 4.0, 3.0));
        let beyond = (wanted - x).abs() > 2.0;
        let text = format!("floor asked for: {}{}", unit.words(own), if beyond { ", beyond" } else { "" });
        let (shift, align) =
            if x > plot.rect.center().x { (-4.0, Align2::RIGHT_TOP) } else { (4.0, Align2::LEFT_TOP) };
        plot.note(pos2(x + shift, plot.rect.top() - 15.0), align, &text, colour);
    }

    /// The shape of a plan that takes no optimiser; where it lies beyond the axes it stands at their edge with its figures.
    fn rival(&self, ui: &mut Ui, rival: &Rival, labels: &mut Labels) -> Named {
        let plot = &self.plot;
        let unit = self.input.frontier.unit;
        let exact = self.place(rival.floor, rival.judged.npv_usd);
        let area = plot.rect.shrink2(vec2(18.0, 17.0));
        let is_beyond = exact.x < plot.rect.left() - 1.0
            || exact.x > plot.rect.right() + 1.0
            || exact.y > plot.rect.bottom() + 1.0
            || exact.y < plot.rect.top() - 1.0;
        let mut at = if is_beyond { area.clamp(exact) } else { exact };
        // Two at the same corner stand side by side.
        while labels.is_taken(Rect::from_center_size(at, vec2(10.0, 10.0))) && is_beyond {
            at.y -= 16.0;
            if at.y < area.top() {
                break;
            }
        }
        shape(&plot.painter, plot.palette, &rival.judged.name, at);
        if is_beyond {
            let towards = (exact - at).normalized();
            arrow(&plot.painter, at + towards * 12.0, towards, plot.palette.text_weak);
        }
        labels.keep_clear(Rect::from_center_size(at, vec2(15.0, 15.0)));
        let name = name_of(&rival.judged.name);
        let keeps = unit.words(rival.floor);
        let npv = format::usd(rival.judged.npv_usd);
        let spoken = format!("{name}: keeps {keeps}, NPV {npv}");
        let id = ui.scope_id().with(("rival", &rival.judged.name));
        let response = ui.interact(Rect::from_center_size(at, vec2(16.0, 16.0)), id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
        let most = most(&rival.judged.hosting_mw);
        let rows = [
            ("Keeps", keeps),
            ("NPV", npv.clone()),
            ("Capex", format::usd(rival.judged.capex_usd)),
            ("Hosted at most", format::mw(most)),
        ];
        response.on_hover_ui(|ui| tooltip(ui, &name, &rows, ""));
        let text = if is_beyond { spoken } else { name };
        Named { at, text, is_strong: false }
    }

    fn points(&self, ui: &mut Ui, shown: &[usize], labels: &mut Labels, actions: &mut Vec<Action>) {
        let (plot, input) = (&self.plot, self.input);
        let found = input.frontier;
        let palette = plot.palette;
        self.plan(labels);
        let centres: Vec<Pos2> = found.points.iter().map(|point| self.of(point)).collect();
        let knee = found.knee();
        for (index, point) in found.points.iter().enumerate() {
            let at = centres[index];
            let response = self.answers(ui, index, point, &centres);
            if knee.is_some_and(|knee| knee.index == index) {
                plot.painter.circle_stroke(at, 8.5, Stroke::new(1.6, palette.text));
            }
            let is_meant = response.hovered() || response.has_focus();
            let radius = if is_meant { 6.0 } else { 4.2 };
            let fill = if shown.contains(&index) { palette.plan_line } else { palette.card };
            plot.painter.circle(at, radius, fill, Stroke::new(1.8, palette.plan_line));
            if response.has_focus() {
                plot.painter.circle_stroke(at, 10.0, Stroke::new(2.0, palette.accent));
            }
            if response.clicked()
                && let Some(edit) = found.edit(index, &input.site.limits, input.scenario)
            {
                actions.push(Action::Edit(edit));
            }
            self.tell(response, point);
        }
    }

    /// A point's place for the pointer: as wide as its neighbours leave it.
    fn answers(&self, ui: &mut Ui, index: usize, point: &FrontierPoint, centres: &[Pos2]) -> Response {
        let at = centres[index];
        let half = |other: Option<&Pos2>| {
            other.map_or(REACH, |other| ((other.x - at.x).abs() / 2.0).max((other.y - at.y).abs() / 2.0))
        };
        let before = half(index.checked_sub(1).and_then(|before| centres.get(before))).min(REACH);
        let after = half(centres.get(index + 1)).min(REACH);
        let reach = before.min(after).max(3.0);
        let place = Rect::from_center_size(at, vec2(2.0 * reach, 2.0 * reach));
        let enabled = self.input.is_current;
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let response = ui.interact(place, ui.scope_id().with(("floor", index)), sense);
        let unit = self.input.frontier.unit;
        let spoken = format!(
            "Set the floor to {}: NPV {}, capex {}, {} hosted at most",
            unit.words(point.floor),
            format::usd(point.judged.npv_usd),
            format::usd(point.judged.capex_usd),
            format::mw(most(&point.judged.hosting_mw)),
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &spoken));
        if enabled { response.on_hover_cursor(CursorIcon::PointingHand) } else { response }
    }

    fn tell(&self, response: Response, point: &FrontierPoint) {
        let found = self.input.frontier;
        let unit = found.unit;
        let free = found.points.first().map_or(0.0, |first| first.judged.npv_usd);
        let next = format!("The next {} costs", unit.step_words());
        let rows = [
            ("NPV", format::usd(point.judged.npv_usd)),
            ("Against no floor", format::usd_change(point.judged.npv_usd - free)),
            (next.as_str(), format::usd(unit.step_price(point.price_usd))),
            ("Capex", format::usd(point.judged.capex_usd)),
            ("Hosted at most", format::mw(most(&point.judged.hosting_mw))),
            ("1-in-20 of expected, weakest year", format::percent(point.judged.worst_year_share)),
        ];
        let hint = if self.input.is_current {
            "Click or Enter makes it the floor of the document, as one step"
        } else {
            "Of an earlier state of the site: draw the frontier again to choose a floor"
        };
        response.on_hover_ui(|ui| {
            tooltip(ui, &format!("Floor {}", unit.words(point.floor)), &rows, hint);
        });
    }

    /// The plan in hand: on the frontier where it is the best of its floor.
    fn plan(&self, labels: &mut Labels) {
        let (Some(at), palette) = (self.plan_at(), self.plot.palette) else { return };
        let size = 9.5;
        let corners =
            vec![at - vec2(0.0, size), at + vec2(size, 0.0), at + vec2(0.0, size), at - vec2(size, 0.0)];
        self.plot.painter.add(Shape::convex_polygon(
            corners,
            palette.accent_soft,
            Stroke::new(2.0, palette.text),
        ));
        labels.keep_clear(Rect::from_center_size(at, vec2(19.0, 19.0)));
    }

    /// A plan keeps the floor that is asked for, or the one that the best plan keeps unasked.
    fn plan_at(&self) -> Option<Pos2> {
        let found = self.input.frontier;
        let unasked = found.points.first()?.floor;
        let own = found.unit.own(&self.input.site.limits).unwrap_or(0.0);
        let at = self.place(own.max(unasked), self.input.plan_usd?);
        self.plot.rect.expand(2.0).contains(at).then_some(at)
    }

    /// The words beside the shapes, the most important first.
    fn names(&self, rivals: Vec<Named>, labels: &mut Labels) {
        let found = self.input.frontier;
        let palette = self.plot.palette;
        let mut names = Vec::new();
        if let Some(knee) = found.knee() {
            let price = format::usd(found.unit.step_price(knee.beyond_usd));
            let text = format!("knee: the next {} costs {price}", found.unit.step_words());
            names.push(Named { at: self.of(&found.points[knee.index]), text, is_strong: true });
        }
        if let Some(at) = self.plan_at() {
            names.push(Named { at, text: "this plan".to_owned(), is_strong: true });
        }
        names.extend(rivals);
        for name in names {
            let font = if name.is_strong { theme::bold(theme::SMALL) } else { theme::font(theme::SMALL) };
            let galley = self.plot.painter.layout_no_wrap(name.text, font, palette.text);
            let rect = labels.place(name.at, 12.0, galley.size());
            // Where the words had to go further off, a line leads to them.
            let near = rect.clamp(name.at);
            let gap = near - name.at;
            if gap.length() > 19.0 {
                let begin = name.at + gap.normalized() * 9.0;
                self.plot.painter.line_segment([begin, near], Stroke::new(1.0, palette.text_weak));
            }
            let ground = palette.card.gamma_multiply(0.86);
            self.plot.painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 3.0, ground);
            self.plot.painter.galley(rect.min, galley, palette.text);
        }
    }
}

fn most(series: &[f64]) -> f64 {
    series.iter().copied().fold(0.0, f64::max)
}

/// A baseline's name as it stands beside its shape.
fn name_of(name: &str) -> String {
    name.strip_prefix("convert ").unwrap_or(name).to_owned()
}

/// The shape of a baseline: a square mines, triangles convert, one of half of everything is half filled.
fn shape(painter: &egui::Painter, palette: &Palette, name: &str, at: Pos2) {
    let stroke = Stroke::new(1.5, palette.text);
    if name == crate::plan::KEEP_MINING {
        let square = Rect::from_center_size(at, vec2(13.0, 13.0));
        painter.rect(square, 1.0, palette.mining, stroke, egui::StrokeKind::Middle);
        return;
    }
    let (top, left, right) = (at - vec2(0.0, 7.0), at + vec2(-7.0, 5.5), at + vec2(7.0, 5.5));
    let is_half = name.contains("half");
    let fill = if is_half { palette.card } else { palette.hosting[0] };
    painter.add(Shape::convex_polygon(vec![top, right, left], fill, stroke));
    if is_half {
        let foot = pos2(at.x, at.y + 5.5);
        painter.add(Shape::convex_polygon(vec![top, foot, left], palette.hosting[0], Stroke::NONE));
        painter.add(Shape::closed_line(vec![top, right, left], stroke));
    }
}

/// A small head that points to what lies beyond the axes.
fn arrow(painter: &egui::Painter, tip: Pos2, towards: egui::Vec2, colour: egui::Color32) {
    let across = towards.rot90() * 3.5;
    let back = tip - towards * 4.0;
    painter.add(Shape::convex_polygon(
        vec![tip + towards * 3.0, back + across, back - across],
        colour,
        Stroke::NONE,
    ));
}
