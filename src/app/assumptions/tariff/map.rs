//! The price map of a time-of-use tariff: 12 months by 24 hours, weekdays and weekend.

use egui::{Align2, Color32, Painter, Pos2, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

use super::hours::{HOURS, MONTHS, Owners};
use crate::app::assumptions::plot::{figure, tooltip};
use crate::app::chart::Words;
use crate::app::theme::{self, Palette};
use crate::quantity::format;
use crate::site::TimeOfUse;

pub const MONTH_NAMES: [&str; MONTHS] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_NAMES: [&str; 2] = ["Monday to Friday", "Saturday and Sunday"];

/// Height of a month.
const ROW: f32 = 9.0;
const TITLE: f32 = 16.0;
const AXIS: f32 = 17.0;
/// Room for the names of months.
const LEFT: f32 = 26.0;
/// Least width at which weekdays and weekend stand side by side.
const BESIDE: f32 = 370.0;

/// A tariff with what the map needs of it.
pub struct Map<'a> {
    pub prices: &'a TimeOfUse,
    pub owners: &'a Owners,
    pub scale: Scale,
    pub adder_usd_per_mwh: f64,
    pub feed: &'a str,
}

/// The lowest and the highest price that some hour has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    pub fn of(prices: &TimeOfUse, owners: &Owners) -> Self {
        let periods =
            prices.periods.iter().enumerate().map(|(index, period)| (Some(index), period.usd_per_mwh));
        let used = periods
            .chain([(None, prices.otherwise_usd_per_mwh)])
            .filter(|(owner, _)| owners.hours_a_year(*owner) > 0.0)
            .map(|(_, usd)| usd);
        let (low, high) =
            used.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), usd| (low.min(usd), high.max(usd)));
        Self { low, high }
    }

    /// The ground of a price: the dearer, the further from the card, so that the order is seen without colour too.
    pub fn ground(self, palette: &Palette, usd_per_mwh: f64) -> Color32 {
        let share =
            if self.high > self.low { (usd_per_mwh - self.low) / (self.high - self.low) } else { 0.0 };
        theme::mix(palette.card, palette.plan_line, 0.1 + 0.8 * share.clamp(0.0, 1.0) as f32)
    }
}

/// What is written on the ground of a period: its place in the list.
pub fn mark(index: usize) -> String {
    (index + 1).to_string()
}

impl Map<'_> {
    pub fn show(&self, ui: &mut Ui) {
        let width = ui.available_width();
        let beside = width >= BESIDE;
        let one =
            vec2(if beside { (width - theme::GAP) / 2.0 } else { width }, TITLE + ROW * MONTHS as f32 + AXIS);
        let height = if beside { one.y } else { 2.0 * one.y };
        let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        let words = Words { headline: self.spoken(), axis: String::new(), name: "Price map" };
        let response = figure(ui, rect, &words);
        let shift = if beside { vec2(one.x + theme::GAP, 0.0) } else { vec2(0.0, one.y) };
        let mut under = None;
        for day in 0..2 {
            let place = Rect::from_min_size(rect.min + shift * day as f32, one);
            let cells = self.paint(ui, place, day);
            let pointer = response.hover_pos().filter(|at| cells.contains(*at));
            under = under.or(pointer.map(|at| (day, cell_at(cells, at))));
        }
        if let Some((day, (month, hour))) = under {
            self.tell(response, day, month, hour);
        }
    }

    fn spoken(&self) -> String {
        let used = (0..self.prices.periods.len())
            .map(Some)
            .chain([None])
            .filter(|owner| self.owners.hours_a_year(*owner) > 0.0)
            .count();
        let Scale { low, high } = self.scale;
        format!(
            "{used} prices by month and hour, {} to {} $/MWh",
            format::number(low, 1),
            format::number(high, 1)
        )
    }

    fn price(&self, owner: Option<usize>) -> f64 {
        let period = owner.and_then(|index| self.prices.periods.get(index));
        period.map_or(self.prices.otherwise_usd_per_mwh, |period| period.usd_per_mwh)
    }

    /// Paints weekdays or weekend; gives where the cells are.
    fn paint(&self, ui: &Ui, place: Rect, day: usize) -> Rect {
        let palette = theme::of(ui);
        let painter = ui.painter();
        let small = theme::font(theme::SMALL - 0.5);
        let cells = Rect::from_min_max(
            pos2(place.left() + LEFT, place.top() + TITLE),
            pos2(place.right() - 2.0, place.bottom() - AXIS),
        );
        let title = pos2(cells.left(), place.top());
        painter.text(title, Align2::LEFT_TOP, DAY_NAMES[day], small.clone(), palette.text_weak);
        for (month, name) in MONTH_NAMES.iter().enumerate().step_by(3) {
            let at = pos2(cells.left() - 4.0, cells.top() + (month as f32 + 0.5) * ROW);
            painter.text(at, Align2::RIGHT_CENTER, name, small.clone(), palette.text_weak);
        }
        for hour in (0..=HOURS).step_by(6) {
            let x = cells.left() + cells.width() * hour as f32 / HOURS as f32;
            painter.vline(x, cells.bottom()..=cells.bottom() + 3.0, Stroke::new(1.0, palette.border_strong));
            let at = pos2(x, cells.bottom() + 4.0);
            let align = if hour == HOURS { Align2::RIGHT_TOP } else { Align2::CENTER_TOP };
            painter.text(at, align, format!("{hour:02}"), small.clone(), palette.text_weak);
        }
        for month in 0..MONTHS {
            let mut hour = 0;
            while hour < HOURS {
                let owner = self.owners.at(month, day, hour);
                let end = (hour..HOURS).find(|at| self.owners.at(month, day, *at) != owner).unwrap_or(HOURS);
                let run = block(cells, [month, month + 1, hour, end]);
                painter.rect_filled(run, 0.0, self.scale.ground(palette, self.price(owner)));
                hour = end;
            }
        }
        self.borders(painter, palette, cells, day);
        painter.rect_stroke(cells, 0.0, Stroke::new(1.0, palette.border_strong), egui::StrokeKind::Outside);
        for owner in (0..self.prices.periods.len()).map(Some).chain([None]) {
            let Some(largest) = self.owners.largest_block(day, owner) else { continue };
            let room = block(cells, largest);
            let words = owner.map_or_else(|| "other".to_owned(), mark);
            let wanted = if owner.is_some() { vec2(8.0, 9.0) } else { vec2(34.0, 9.0) };
            if room.width() >= wanted.x && room.height() >= wanted.y {
                let ink = theme::text_on(self.scale.ground(palette, self.price(owner)));
                let font = if owner.is_some() { theme::bold(theme::SMALL) } else { small.clone() };
                painter.text(room.center(), Align2::CENTER_CENTER, words, font, ink);
            }
        }
        cells
    }

    /// A line where two periods meet, also where they cost the same.
    fn borders(&self, painter: &Painter, palette: &Palette, cells: Rect, day: usize) {
        let line = Stroke::new(1.0, palette.text);
        for month in 0..MONTHS {
            for hour in 0..HOURS {
                let here = self.owners.at(month, day, hour);
                let cell = block(cells, [month, month + 1, hour, hour + 1]);
                if hour > 0 && self.owners.at(month, day, hour - 1) != here {
                    painter.vline(cell.left(), cell.y_range(), line);
                }
                if month > 0 && self.owners.at(month - 1, day, hour) != here {
                    painter.hline(cell.x_range(), cell.top(), line);
                }
            }
        }
    }

    fn tell(&self, response: Response, day: usize, month: usize, hour: usize) {
        let owner = self.owners.at(month, day, hour);
        let usd = |value: f64| format!("{} $/MWh", format::number(value, 2));
        let price = self.price(owner);
        let period = match owner.and_then(|index| Some((index, self.prices.periods.get(index)?))) {
            Some((index, period)) => format!("{} {}", mark(index), period.name),
            None => "other hours".to_owned(),
        };
        let title = format!("{}, {}, {hour:02}:00 to {:02}:00", MONTH_NAMES[month], DAY_NAMES[day], hour + 1);
        let rows = [
            ("Period", period),
            ("Energy", usd(price)),
            ("With the adder", usd(price + self.adder_usd_per_mwh)),
        ];
        let source = format!("Tariff of {}, local clock time", self.feed);
        response.on_hover_ui_at_pointer(|ui| tooltip(ui, &title, &rows, &source));
    }
}

/// The place of months and hours, from and to.
fn block(cells: Rect, [top, bottom, from, to]: [usize; 4]) -> Rect {
    let at = |month: usize, hour: usize| {
        cells.min
            + vec2(cells.width() * hour as f32 / HOURS as f32, cells.height() * month as f32 / MONTHS as f32)
    };
    Rect::from_min_max(at(top, from), at(bottom, to))
}

/// Month and hour under a point.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a rectangle, not below zero"
)]
fn cell_at(cells: Rect, at: Pos2) -> (usize, usize) {
    let share = (at - cells.min) / cells.size();
    let index = |share: f32, count: usize| ((share.max(0.0) * count as f32) as usize).min(count - 1);
    (index(share.y, MONTHS), index(share.x, HOURS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pointer_finds_the_cell_that_is_painted_there() {
        let cells = Rect::from_min_size(pos2(40.0, 20.0), vec2(251.0, 109.0));
        for month in 0..MONTHS {
            for hour in 0..HOURS {
                let middle = block(cells, [month, month + 1, hour, hour + 1]).center();
                assert_eq!(cell_at(cells, middle), (month, hour));
            }
        }
        assert_eq!(cell_at(cells, cells.max), (11, 23));
    }

    #[test]
    fn dearer_is_further_from_the_card_in_grey_too() {
        let period = |from_hour, to_hour, usd_per_mwh| crate::site::TimeOfUsePeriod {
            name: String::new(),
            from_month: 1,
            to_month: 12,
            days: crate::site::Days::All,
            from_hour,
            to_hour,
            usd_per_mwh,
        };
        // The third period has no hour of its own: its price is not on the scale.
        let periods = vec![period(6, 12, 120.0), period(12, 18, 60.0), period(8, 9, 4000.0)];
        let prices = TimeOfUse { periods, otherwise_usd_per_mwh: 20.0, market_share: 0.0 };
        let scale = Scale::of(&prices, &Owners::of(&prices));
        assert_eq!(scale, Scale { low: 20.0, high: 120.0 });
        for dark in [false, true] {
            let palette = theme::palette(dark);
            let grey = |colour: Color32| f32::from(colour.r()) * 0.3 + f32::from(colour.g()) * 0.6;
            let step = |usd| (grey(scale.ground(palette, usd)) - grey(palette.card)).abs();
            assert!(step(20.0) < step(60.0) && step(60.0) < step(120.0));
            assert_eq!(scale.ground(palette, 4000.0), scale.ground(palette, 120.0));
            // The lowest price is still told from the card.
            assert_ne!(scale.ground(palette, 20.0), palette.card);
        }
    }
}
