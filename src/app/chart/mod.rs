//! Charts over the plan's horizon, painted in steps of the plan's periods.

mod alternatives;
mod cash;
mod fan;
mod frontier;
mod labels;
mod ribbon;
mod splits;
mod timeline;

use egui::emath::GuiRounding as _;
use egui::{
    Align2, Color32, Mesh, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

pub use alternatives::alternatives;
pub use cash::cash;
pub use fan::{fan, weakest_year};
pub use frontier::{FrontierInput, frontier};
pub use ribbon::ribbon;
pub use timeline::timeline;

use super::canvas::wires::Lines;
use super::state::Action;
use super::theme::{self, Palette};
use crate::market::bitcoin::{HALVING_INTERVAL, days_to_height};
use crate::plan::{Period, Plan};
use crate::quantity::{Date, date, format};
use crate::site::BitcoinAssumptions;

/// What every chart is drawn from.
pub struct ChartInput<'a> {
    pub site: &'a crate::site::Site,
    pub plan: &'a Plan,
    /// Plan month that is marked.
    pub month: f64,
    /// Scenario, as-of date and revision of the file.
    pub footer: String,
    /// The plan belongs to an earlier state of the document.
    pub stale: bool,
}

/// Index of the period a plan month lies in; the last one beyond the end.
pub fn period_at(plan: &Plan, month: f64) -> usize {
    plan.periods.iter().rposition(|period| period.first_month as f64 <= month + 1e-9).unwrap_or(0)
}

/// `Q3 2028`, `2032` or `Mar 2027`, by the length of the period.
pub fn period_label(period: &Period) -> String {
    match period.months {
        0..=2 => date::month_label(period.start),
        3..=11 => date::quarter_label(period.start),
        _ if period.start.month() == 1 => period.start.year().to_string(),
        _ => format!("year from {}", date::month_label(period.start)),
    }
}

fn last_month(plan: &Plan) -> f64 {
    plan.periods.last().map_or(1.0, |period| (period.first_month + period.months) as f64).max(1.0)
}

/// Plan month of a date, when it lies in the horizon.
fn month_of(plan: &Plan, day: Date) -> Option<f64> {
    let start = plan.periods.first()?.start;
    let month = date::days_between(start, day) / (365.25 / 12.0);
    (0.0..=last_month(plan)).contains(&month).then_some(month)
}

/// When the block subsidy halves within the plan.
fn halvings(input: &ChartInput<'_>) -> Vec<(f64, Date)> {
    let days = halving_dates(&input.site.assumptions.bitcoin);
    days.into_iter().filter_map(|day| Some((month_of(input.plan, day)?, day))).collect()
}

/// When the block subsidy halves after the as-of date, as far as a plan may look.
pub fn halving_dates(bitcoin: &BitcoinAssumptions) -> Vec<Date> {
    (1..12_u32)
        .map(|halving| {
            let next = (bitcoin.block_height / HALVING_INTERVAL + halving).saturating_mul(HALVING_INTERVAL);
            let days = days_to_height(bitcoin.block_height, next, bitcoin.block_minutes);
            date::add_days(bitcoin.as_of, days)
        })
        .collect()
}

/// The frame of a chart: headline, axis title, plot, footer.
struct Axes<'a> {
    painter: Painter,
    palette: &'a Palette,
    plot: Rect,
    months: f64,
    top: f64,
    bottom: f64,
}

/// Texts around a chart.
pub struct Words {
    pub headline: String,
    pub axis: String,
    /// Spoken by a screen reader.
    pub name: &'static str,
}

/// Paints a card with headline, axis title and footer in the rest of `ui`, and gives the painter and the place of the
/// plot; none where there is no room.
pub fn card(ui: &mut Ui, palette: &Palette, words: &Words, footer: &str) -> Option<(Painter, Rect)> {
    let card = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(card);
    if card.width() < 160.0 || card.height() < 110.0 {
        return None;
    }
    let painter = ui.painter_at(card);
    painter.rect(
        card,
        theme::RADIUS,
        palette.card,
        Stroke::new(1.0, palette.border),
        egui::StrokeKind::Inside,
    );
    let inner = card.shrink2(vec2(14.0, 10.0));
    let large = card.width() > 700.0;
    let size = if large { theme::TITLE } else { theme::BODY + 1.0 };
    let headline = painter.layout(words.headline.clone(), theme::bold(size), palette.text, inner.width());
    let text_top = inner.top() + headline.size().y + 3.0;
    painter.galley(inner.left_top(), headline, palette.text);
    let title =
        painter.layout(words.axis.clone(), theme::font(theme::SMALL), palette.text_weak, inner.width());
    let axis = Rect::from_min_size(pos2(inner.left(), text_top), title.size());
    painter.galley(axis.min, title, palette.text_weak);
    let footer =
        painter.layout_no_wrap(footer.to_owned(), theme::font(theme::SMALL - 0.5), palette.text_weak);
    let footer_at = pos2(inner.right() - footer.size().x, inner.bottom() - footer.size().y);
    let room = footer_at.y - axis.bottom() > 120.0;
    if room && footer.size().x < inner.width() {
        painter.galley(footer_at, footer.clone(), palette.text_weak);
    }
    let bottom = inner.bottom() - if room { footer.size().y + 2.0 } else { 0.0 } - 18.0;
    let plot = Rect::from_min_max(
        pos2(inner.left() + 38.0, axis.bottom() + 19.0),
        pos2(inner.right() - 4.0, bottom),
    );
    (plot.height() >= 30.0).then_some((painter, plot))
}

/// Paints a card with a sentence alone, where there is no picture to draw.
fn note(ui: &mut Ui, palette: &Palette, words: &Words) {
    let area = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(area);
    let painter = ui.painter_at(area);
    let border = Stroke::new(1.0, palette.border);
    painter.rect(area, theme::RADIUS, palette.card, border, egui::StrokeKind::Inside);
    let inner = area.shrink2(vec2(14.0, 10.0));
    let text =
        painter.layout(words.headline.clone(), theme::font(theme::BODY), palette.text_weak, inner.width());
    painter.galley(pos2(inner.left(), inner.center().y - text.size().y / 2.0), text, palette.text_weak);
    let response = ui.interact(area, ui.scope_id().with(words.name), Sense::hover());
    let spoken = format!("{}: {}", words.name, words.headline);
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, spoken.clone()));
}

/// Tops of names of a height beside the ends of their lines, given from the highest line down: moved apart where they
/// would touch, and kept between two edges.
pub fn spread(wanted: impl Iterator<Item = f32>, height: f32, ceiling: f32, floor: f32) -> Vec<f32> {
    let mut tops: Vec<f32> = Vec::new();
    for top in wanted {
        let free = tops.last().map_or(ceiling, |top| top + height);
        tops.push(top.max(free));
    }
    // What does not fit at the bottom moves up again.
    let mut limit = floor - height;
    for top in tops.iter_mut().rev() {
        *top = top.min(limit);
        limit = *top - height;
    }
    tops
}

impl<'a> Axes<'a> {
    /// Paints the card, its texts and the grid; none where there is no room.
    fn new(
        ui: &mut Ui,
        input: &ChartInput<'a>,
        palette: &'a Palette,
        words: &Words,
        range: (f64, f64),
    ) -> Option<(Self, egui::Response)> {
        let (painter, plot) = card(ui, palette, words, &input.footer)?;
        let (bottom, top) = range;
        let axes = Self { painter, palette, plot, months: last_month(input.plan), top, bottom };
        axes.paint_grid(input.plan);
        let response = ui.interact(plot, ui.scope_id().with(words.name), Sense::click_and_drag());
        let spoken = format!("{}: {}", words.name, words.headline);
        response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, spoken.clone()));
        Some((axes, response))
    }

    fn x(&self, month: f64) -> f32 {
        self.plot.left() + (month / self.months) as f32 * self.plot.width()
    }

    fn y(&self, value: f64) -> f32 {
        let share = (value - self.bottom) / (self.top - self.bottom).max(1e-12);
        self.plot.bottom() - (share.clamp(-0.2, 1.2) as f32) * self.plot.height()
    }

    fn month_at(&self, x: f32) -> f64 {
        f64::from((x - self.plot.left()) / self.plot.width().max(1.0)).clamp(0.0, 1.0) * self.months
    }

    fn paint_grid(&self, plan: &Plan) {
        let small = theme::font(theme::SMALL);
        let lines = if self.plot.height() > 190.0 { 5.0 } else { 3.5 };
        for value in ticks(self.bottom, self.top, lines) {
            let y = self.y(value);
            self.painter.hline(
                self.plot.x_range(),
                self.painter.round_to_pixel_center(y),
                Stroke::new(1.0, self.palette.grid),
            );
            let decimals = if (self.top - self.bottom) < 5.0 { 1 } else { 0 };
            self.painter.text(
                pos2(self.plot.left() - 6.0, y),
                Align2::RIGHT_CENTER,
                format::number(value, decimals),
                small.clone(),
                self.palette.text_weak,
            );
        }
        for (month, year) in years(plan, self.plot.width()) {
            let x = self.x(month);
            self.painter.vline(
                x,
                self.plot.bottom()..=self.plot.bottom() + 4.0,
                Stroke::new(1.0, self.palette.border_strong),
            );
            self.painter.text(
                pos2(x, self.plot.bottom() + 5.0),
                Align2::CENTER_TOP,
                year,
                small.clone(),
                self.palette.text_weak,
            );
        }
        self.painter.hline(
            self.plot.x_range(),
            self.plot.bottom(),
            Stroke::new(1.0, self.palette.border_strong),
        );
    }

    /// A filled band between two stepped series.
    fn band(&self, plan: &Plan, low: &[f64], high: &[f64], colour: Color32) {
        // One mesh: soft edges of a column for each period take ten times as long, and show between the columns.
        let mut mesh = Mesh::default();
        for (index, period) in plan.periods.iter().enumerate() {
            let (Some(low), Some(high)) = (low.get(index), high.get(index)) else { continue };
            let column = self.column(period, *low, *high).round_to_pixels(self.painter.pixels_per_point());
            if column.is_positive() {
                mesh.add_colored_rect(column, colour);
            }
        }
        self.painter.add(Shape::mesh(mesh));
    }

    /// The rectangle of a period between two values.
    fn column(&self, period: &Period, low: f64, high: f64) -> Rect {
        let left = self.x(period.first_month as f64);
        let right = self.x((period.first_month + period.months) as f64);
        Rect::from_min_max(pos2(left, self.y(high)), pos2(right, self.y(low)))
    }

    /// A stepped line; gaps where a value is missing.
    fn steps(&self, plan: &Plan, values: &[f64], stroke: Stroke, dash: Option<f32>) {
        let mut points: Vec<Pos2> = Vec::new();
        for (period, value) in plan.periods.iter().zip(values) {
            let y = self.y(*value);
            points.push(pos2(self.x(period.first_month as f64), y));
            points.push(pos2(self.x((period.first_month + period.months) as f64), y));
        }
        let painter = self.painter.with_clip_rect(self.plot.expand(1.0));
        match dash {
            Some(dash) => {
                let mut lines = Lines::on(&painter);
                lines.dashed(&points, stroke, dash, dash * 0.7);
                painter.add(lines.into_shape());
            }
            None => {
                painter.add(Shape::line(points, stroke));
            }
        }
    }

    /// Writes a name inside a stepped band where it is widest and high enough; false when it fits nowhere.
    fn label_band(&self, plan: &Plan, low: &[f64], high: &[f64], text: &str, colour: Color32) -> bool {
        let size = if self.plot.width() > 700.0 { theme::BODY } else { theme::SMALL + 0.5 };
        let galley = self.painter.layout_no_wrap(text.to_owned(), theme::bold(size), colour);
        let wanted = galley.size() + vec2(10.0, 1.0);
        let mut best: Option<(f32, Pos2)> = None;
        for begin in 0..plan.periods.len() {
            let left = self.x(plan.periods[begin].first_month as f64);
            let (mut floor, mut ceiling) = (f32::INFINITY, f32::NEG_INFINITY);
            for (index, period) in plan.periods.iter().enumerate().skip(begin) {
                let (Some(low), Some(high)) = (low.get(index), high.get(index)) else { break };
                floor = floor.min(self.y(*low));
                ceiling = ceiling.max(self.y(*high));
                // The names of the limit lines stand at the right edge.
                let right =
                    self.x((period.first_month + period.months) as f64).min(self.plot.right() - LIMIT_NAME);
                let height = floor - ceiling;
                if height < wanted.y {
                    break;
                }
                if right - left >= wanted.x {
                    let score = height.min(60.0) + (right - left).min(260.0) * 0.1;
                    if best.is_some_and(|(known, _)| score <= known) {
                        continue;
                    }
                    let lines: Vec<f32> = plan
                        .gross
                        .firm_mw
                        .get(begin..=index)
                        .unwrap_or_default()
                        .iter()
                        .map(|firm| self.y(*firm))
                        .collect();
                    if let Some(y) = clear_height(ceiling, floor, wanted.y, &lines) {
                        best = Some((score, pos2((left + right) / 2.0, y)));
                    }
                }
            }
        }
        let Some((_, centre)) = best else { return false };
        self.painter.galley(centre - galley.size() / 2.0, galley, colour);
        true
    }

    /// The marked moment; the pointer moves it.
    fn cursor(&self, input: &ChartInput<'_>, response: &egui::Response, actions: &mut Vec<Action>) {
        let x = self.painter.round_to_pixel_center(self.x(input.month));
        self.painter.vline(x, self.plot.y_range(), Stroke::new(1.5, self.palette.accent));
        let tip = pos2(x, self.plot.top());
        self.painter.add(Shape::convex_polygon(
            vec![tip, tip - vec2(4.5, 6.0), tip + vec2(4.5, -6.0)],
            self.palette.accent,
            Stroke::NONE,
        ));
        if (response.dragged() || response.clicked())
            && let Some(at) = response.interact_pointer_pos()
        {
            actions.push(Action::Scrub(self.month_at(at.x)));
        }
    }

    /// A vertical mark with its name at the top of the plot.
    fn mark(&self, month: f64, text: &str) {
        let x = self.painter.round_to_pixel_center(self.x(month));
        let line = [pos2(x, self.plot.top() - 4.0), pos2(x, self.plot.bottom())];
        self.painter.extend(Shape::dashed_line(&line, Stroke::new(1.0, self.palette.text_weak), 3.0, 3.0));
        let near_end = x > self.plot.right() - 60.0;
        let (at, align) = if near_end { (-4.0, Align2::RIGHT_TOP) } else { (4.0, Align2::LEFT_TOP) };
        self.note(pos2(x + at, self.plot.top() - 16.0), align, text, self.palette.text_weak);
    }

    /// Small text on a ground of the card's colour.
    fn note(&self, at: Pos2, align: Align2, text: &str, colour: Color32) {
        let galley = self.painter.layout_no_wrap(text.to_owned(), theme::font(theme::SMALL), colour);
        let rect = align.anchor_size(at, galley.size());
        self.painter.rect_filled(rect.expand2(vec2(3.0, 0.5)), 3.0, self.palette.card.gamma_multiply(0.86));
        self.painter.galley(rect.min, galley, colour);
    }
}

/// Round values in a range, about `wanted` of them.
pub fn ticks(low: f64, high: f64, wanted: f64) -> Vec<f64> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return Vec::new();
    }
    let rough = span / wanted;
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|unit| unit * power)
        .find(|step| *step >= rough)
        .unwrap_or(power);
    let first = libm::ceil(low / step - 1e-9);
    (0..50)
        .map(|index| (first + f64::from(index)) * step)
        .take_while(|value| *value <= high + step * 1e-6)
        .collect()
}

/// Months at which calendar years begin, thinned to the room there is.
fn years(plan: &Plan, width: f32) -> Vec<(f64, String)> {
    let Some(first) = plan.periods.first() else { return Vec::new() };
    let end = last_month(plan);
    let mut found = Vec::new();
    let offset = f64::from((13 - i32::from(first.start.month())) % 12);
    let first_year = first.start.year() + i16::from(first.start.month() > 1);
    for index in 0..60_i16 {
        let month = offset + f64::from(index) * 12.0;
        if month > end + 1e-9 {
            break;
        }
        found.push((month, (first_year + index).to_string()));
    }
    let most = (width / 46.0).max(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive count")]
    let every = ((found.len() as f32 / most).ceil() as usize).max(1);
    found.into_iter().step_by(every).collect()
}

/// The next round value at or above, so that an axis ends on one.
pub fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|unit| unit * power)
        .find(|round| *round >= value * 0.999)
        .unwrap_or(value)
}

/// A series in one period, zero where it is missing.
fn at(series: &[f64], index: usize) -> f64 {
    series.get(index).copied().filter(|value| value.is_finite()).unwrap_or(0.0)
}

/// Room that a limit line's name takes at the right edge.
const LIMIT_NAME: f32 = 84.0;

/// Middle of a place for a label of a height between two edges that no line crosses: the middle, else beside a line.
fn clear_height(ceiling: f32, floor: f32, height: f32, lines: &[f32]) -> Option<f32> {
    let is_clear = |y: f32| {
        y - height / 2.0 >= ceiling
            && y + height / 2.0 <= floor
            && lines.iter().all(|line| (line - y).abs() > height / 2.0 + 1.0)
    };
    let beside = lines.iter().flat_map(|line| [line + height / 2.0 + 2.0, line - height / 2.0 - 2.0]);
    std::iter::once((ceiling + floor) / 2.0).chain(beside).find(|y| is_clear(*y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(0.0, 100.0, 5.0), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(0.0, f64::NAN, 5.0), Vec::<f64>::new());
        assert!(ticks(-30.0, 45.0, 4.0).contains(&0.0));
        assert_eq!(round_up(104.0), 120.0);
        assert_eq!(round_up(f64::INFINITY), 1.0);
    }
}
