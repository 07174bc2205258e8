//! Axes for pictures of markets: any two quantities, painted on the card that all charts share.

use egui::{
    Align2, Color32, Mesh, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};

use crate::app::chart::{Words, card, spread, ticks};
use crate::app::theme::{self, Palette};
use crate::market::summary::Fan;
use crate::quantity::{Date, date, format};

/// Height of a line under the horizontal axis.
const TITLE: f32 = 15.0;

/// Both ends of an axis.
pub type Range = (f64, f64);

/// The frame of a picture and its scales.
pub struct Plot<'a> {
    pub painter: Painter,
    pub palette: &'a Palette,
    pub rect: Rect,
    x: (f64, f64),
    y: (f64, f64),
}

impl<'a> Plot<'a> {
    /// Paints card, texts and the horizontal grid; none where there is no room.
    pub fn new(
        ui: &mut Ui,
        words: &Words,
        footer: &str,
        x: (f64, f64),
        y: (f64, f64),
    ) -> Option<(Self, Response)> {
        let (painter, rect) = card(ui, theme::of(ui), words, footer)?;
        Self::within(ui, painter, rect, words, x, y)
    }

    /// As [`Self::new`], with a line under the horizontal axis that says what it is.
    pub fn titled(
        ui: &mut Ui,
        words: &Words,
        title: &str,
        footer: &str,
        x: (f64, f64),
        y: (f64, f64),
    ) -> Option<(Self, Response)> {
        Self::titled_over(ui, words, title, footer, (x, y), 0.0)
    }

    /// As [`Self::titled`], with so much of the card left free under the title.
    pub fn titled_over(
        ui: &mut Ui,
        words: &Words,
        title: &str,
        footer: &str,
        (x, y): (Range, Range),
        free: f32,
    ) -> Option<(Self, Response)> {
        let palette = theme::of(ui);
        let (painter, mut rect) = card(ui, palette, words, footer)?;
        rect.max.y -= TITLE + free;
        let at = pos2(rect.center().x, rect.bottom() + 19.0);
        painter.text(at, Align2::CENTER_TOP, title, theme::font(theme::SMALL), palette.text_weak);
        let (plot, response) = Self::within(ui, painter, rect, words, x, y)?;
        plot.x_axis();
        Some((plot, response))
    }

    fn within(
        ui: &mut Ui,
        painter: Painter,
        rect: Rect,
        words: &Words,
        x: (f64, f64),
        y: (f64, f64),
    ) -> Option<(Self, Response)> {
        if rect.height() < 24.0 {
            return None;
        }
        let plot = Self { painter, palette: theme::of(ui), rect, x, y };
        plot.horizontal_grid();
        Some((plot, figure(ui, rect, words)))
    }

    pub fn x(&self, value: f64) -> f32 {
        let share = (value - self.x.0) / (self.x.1 - self.x.0).max(1e-12);
        self.rect.left() + share.clamp(-0.2, 1.2) as f32 * self.rect.width()
    }

    pub fn y(&self, value: f64) -> f32 {
        let share = (value - self.y.0) / (self.y.1 - self.y.0).max(1e-12);
        self.rect.bottom() - share.clamp(-0.2, 1.2) as f32 * self.rect.height()
    }

    pub fn at(&self, x: f64, y: f64) -> Pos2 {
        pos2(self.x(x), self.y(y))
    }

    /// The value under a point of the screen.
    pub fn value_at(&self, point: Pos2) -> (f64, f64) {
        let share_x = f64::from((point.x - self.rect.left()) / self.rect.width().max(1.0)).clamp(0.0, 1.0);
        let share_y = f64::from((self.rect.bottom() - point.y) / self.rect.height().max(1.0)).clamp(0.0, 1.0);
        (self.x.0 + share_x * (self.x.1 - self.x.0), self.y.0 + share_y * (self.y.1 - self.y.0))
    }

    /// Paints inside the plot alone.
    pub fn inside(&self) -> Painter {
        self.painter.with_clip_rect(self.rect.expand(1.0))
    }

    fn horizontal_grid(&self) {
        let lines = if self.rect.height() > 190.0 { 5.0 } else { 3.5 };
        let found = ticks(self.y.0, self.y.1, lines);
        let decimals = decimals_of(&found);
        for value in found {
            let y = self.painter.round_to_pixel_center(self.y(value));
            self.painter.hline(self.rect.x_range(), y, Stroke::new(1.0, self.palette.grid));
            self.painter.text(
                pos2(self.rect.left() - 6.0, y),
                Align2::RIGHT_CENTER,
                format::number(value, decimals),
                theme::font(theme::SMALL),
                self.palette.text_weak,
            );
        }
    }

    /// A tick below the axis with its words.
    pub fn tick(&self, value: f64, words: &str) {
        let x = self.painter.round_to_pixel_center(self.x(value));
        let line = Stroke::new(1.0, self.palette.border_strong);
        self.painter.vline(x, self.rect.bottom()..=self.rect.bottom() + 4.0, line);
        let at = pos2(x, self.rect.bottom() + 5.0);
        let weak = self.palette.text_weak;
        self.painter.text(at, Align2::CENTER_TOP, words, theme::font(theme::SMALL), weak);
    }

    pub fn base_line(&self) {
        let line = Stroke::new(1.0, self.palette.border_strong);
        self.painter.hline(self.rect.x_range(), self.rect.bottom(), line);
    }

    /// Round values along the axis.
    pub fn x_axis(&self) {
        let wanted = f64::from(self.rect.width() / 90.0).clamp(3.0, 9.0);
        let found = ticks(self.x.0, self.x.1, wanted);
        let decimals = decimals_of(&found);
        for value in found {
            self.tick(value, &format::number(value, decimals));
        }
        self.base_line();
    }

    /// Calendar years under an axis of months from a date.
    pub fn year_axis(&self, start: Date) {
        let first = date::add_months(start, whole(self.x.0));
        let last = date::add_months(start, whole(self.x.1));
        let years: Vec<i16> = (first.year() + i16::from(first.month() > 1)..=last.year()).collect();
        let most = (self.rect.width() / 46.0).max(1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive count")]
        let every = ((years.len() as f32 / most).ceil() as usize).max(1);
        // Counted from the end of the past, so that the years of the plan keep their ticks.
        for year in years.into_iter().filter(|year| usize::from(year.unsigned_abs()) % every == 0) {
            let month = f64::from(date::months_between(start, Date::constant(year, 1, 1)));
            self.tick(month, &year.to_string());
        }
        self.base_line();
    }

    /// A filled band between two curves over the same points.
    pub fn band(&self, points: &[f64], low: &[f64], high: &[f64], colour: Color32) {
        let mut mesh = Mesh::default();
        for ((x, low), high) in points.iter().zip(low).zip(high) {
            mesh.colored_vertex(self.at(*x, *low), colour);
            mesh.colored_vertex(self.at(*x, *high), colour);
        }
        let pairs = u32::try_from(mesh.vertices.len() / 2).unwrap_or(0);
        for pair in 1..pairs {
            let (a, b, c, d) = (2 * pair - 2, 2 * pair - 1, 2 * pair, 2 * pair + 1);
            mesh.add_triangle(a, b, c);
            mesh.add_triangle(b, c, d);
        }
        self.inside().add(Shape::mesh(mesh));
    }

    pub fn line(&self, points: impl IntoIterator<Item = (f64, f64)>, stroke: Stroke, dash: Option<f32>) {
        let points: Vec<Pos2> = points.into_iter().map(|(x, y)| self.at(x, y)).collect();
        match dash {
            Some(dash) => self.inside().extend(Shape::dashed_line(&points, stroke, dash, dash * 0.7)),
            None => {
                self.inside().add(Shape::line(points, stroke));
            }
        }
    }

    /// A level across the plot with its name above the line, from a place on the axis on.
    pub fn level(&self, value: f64, from: f64, name: &str, colour: Color32) {
        if value > self.y.1 || value < self.y.0 {
            return;
        }
        self.line([(self.x.0, value), (self.x.1, value)], Stroke::new(1.3, colour), Some(5.0));
        let at = pos2(self.x(from).max(self.rect.left()) + 5.0, self.y(value) - 2.0);
        self.note(at, Align2::LEFT_BOTTOM, name, colour);
    }

    /// A vertical mark with its name at the top.
    pub fn mark(&self, value: f64, name: &str) {
        if value < self.x.0 || value > self.x.1 {
            return;
        }
        let x = self.painter.round_to_pixel_center(self.x(value));
        let line = [pos2(x, self.rect.top() - 4.0), pos2(x, self.rect.bottom())];
        self.painter.extend(Shape::dashed_line(&line, Stroke::new(1.0, self.palette.text_weak), 3.0, 3.0));
        let near_end = x > self.rect.right() - 70.0;
        let (shift, align) = if near_end { (-4.0, Align2::RIGHT_TOP) } else { (4.0, Align2::LEFT_TOP) };
        self.note(pos2(x + shift, self.rect.top() - 16.0), align, name, self.palette.text_weak);
    }

    /// Small text on a ground of the card's colour.
    pub fn note(&self, at: Pos2, align: Align2, text: &str, colour: Color32) {
        let galley = self.painter.layout_no_wrap(text.to_owned(), theme::font(theme::SMALL), colour);
        let mut rect = align.anchor_size(at, galley.size());
        // Words near an edge stay on the card.
        let over = (rect.right() - self.rect.right() - 2.0).max(0.0);
        rect = rect.translate(vec2(-over, 0.0));
        self.painter.rect_filled(rect.expand2(vec2(3.0, 0.5)), 3.0, self.palette.card.gamma_multiply(0.86));
        self.painter.galley(rect.min, galley, colour);
    }

    /// Names at the right end of curves, moved apart where they would touch.
    pub fn end_names(&self, mut names: Vec<(f64, String, Color32)>) {
        names.sort_by(|a, b| b.0.total_cmp(&a.0));
        let height = theme::SMALL + 4.0;
        let wanted = names.iter().map(|(value, _, _)| self.y(*value) - height / 2.0);
        let tops = spread(wanted, height, self.rect.top(), self.rect.bottom());
        for ((_, name, colour), top) in names.into_iter().zip(tops) {
            self.note(pos2(self.rect.right() - 3.0, top), Align2::RIGHT_TOP, &name, colour);
        }
    }

    /// Quantiles over months: 5 to 95 % pale, 25 to 75 % stronger, the median as a line.
    pub fn fan(&self, months: &[f64], fan: &Fan, colour: Color32) {
        self.band(months, &fan.p5, &fan.p95, colour.gamma_multiply(0.16));
        self.band(months, &fan.p25, &fan.p75, colour.gamma_multiply(0.24));
        for edge in [&fan.p5, &fan.p95] {
            let points = months.iter().copied().zip(edge.iter().copied());
            self.line(points, Stroke::new(0.8, colour.gamma_multiply(0.6)), None);
        }
        let median = months.iter().copied().zip(fan.p50.iter().copied());
        self.line(median, Stroke::new(2.2, colour), None);
        let mean = months.iter().copied().zip(fan.mean.iter().copied());
        self.line(mean, Stroke::new(1.2, colour), Some(3.5));
        let last = |series: &[f64]| series.last().copied().unwrap_or(0.0);
        let weak = self.palette.text_weak;
        self.end_names(vec![
            (last(&fan.p95), "P95".to_owned(), weak),
            (last(&fan.mean), "mean".to_owned(), colour),
            (last(&fan.p50), "median".to_owned(), colour),
            (last(&fan.p5), "P5".to_owned(), weak),
        ]);
    }
}

/// As many decimals as ticks have.
fn decimals_of(ticks: &[f64]) -> usize {
    let is_whole = |scale: f64| ticks.iter().all(|tick| (tick * scale - (tick * scale).round()).abs() < 1e-6);
    [1.0, 10.0, 100.0].into_iter().position(is_whole).unwrap_or(3)
}

#[expect(clippy::cast_possible_truncation, reason = "months of a plan and of its past")]
fn whole(months: f64) -> i32 {
    months.clamp(-1e5, 1e5) as i32
}

/// Says to a screen reader what stands in a rectangle.
pub fn figure(ui: &mut Ui, rect: Rect, words: &Words) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(words.name), Sense::hover());
    let spoken = format!("{}: {}", words.name, words.headline);
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, spoken.clone()));
    response
}

/// Rows of a tooltip: a name and its figure.
pub fn tooltip(ui: &mut Ui, title: &str, rows: &[(&str, String)], source: &str) {
    ui.set_max_width(320.0);
    ui.label(theme::strong(title, theme::BODY));
    for (name, value) in rows {
        ui.horizontal(|ui| {
            ui.label(*name);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(value));
        });
    }
    if !source.is_empty() {
        ui.weak(source);
    }
}
