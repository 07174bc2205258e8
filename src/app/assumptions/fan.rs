//! What all fans of markets share: the past before them, and the figures under the pointer.

use egui::{Align2, Response, Stroke, Ui, vec2};

use super::plot::{Plot, tooltip};
use crate::market::summary::Fan;
use crate::quantity::{Date, date};

const DAYS_PER_MONTH: f64 = 365.25 / 12.0;

/// Months of the past before a fan.
pub const PAST: f64 = 30.0;

/// Months before the first of a fan, below zero, and what was then.
pub type Points = [(f64, f64)];

/// A fan of paths with the months before it.
pub struct Shown<'a> {
    /// First month of the fan.
    pub start: Date,
    pub fan: &'a Fan,
    pub past: &'a Points,
    /// What the past is of, and where it is from.
    pub past_name: &'static str,
    pub past_source: &'a str,
    pub in_words: fn(f64) -> String,
}

/// The part of a history that is drawn before a fan.
pub fn recent(history: &Points) -> Vec<(f64, f64)> {
    history.iter().copied().filter(|(month, _)| (-PAST..0.0).contains(month)).collect()
}

/// The month of a fan nearest to a place on its axis.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the count")]
pub fn nearest(month: f64, count: usize) -> usize {
    (month.round().max(0.0) as usize).min(count.saturating_sub(1))
}

impl Shown<'_> {
    /// Where the axis begins.
    pub fn first(&self) -> f64 {
        if self.past.is_empty() { 0.0 } else { -PAST }
    }

    /// The line of the past; a month that is missing leaves a gap.
    pub fn paint_past(&self, plot: &Plot<'_>) {
        let ink = plot.palette.text;
        for run in self.past.chunk_by(|a, b| b.0 - a.0 < 1.5) {
            plot.line(run.iter().copied(), Stroke::new(1.8, ink), None);
        }
        if !self.past.is_empty() {
            plot.note(plot.rect.left_top() + vec2(3.0, 1.0), Align2::LEFT_TOP, "past", ink);
        }
    }

    /// The month under the pointer, of the past or of the paths.
    pub fn tell(&self, plot: &Plot<'_>, response: Response) {
        let Some(at) = response.hover_pos() else { return };
        let at = plot.value_at(at).0;
        let known = self.past.iter().min_by(|a, b| (a.0 - at).abs().total_cmp(&(b.0 - at).abs()));
        if let Some((month, value)) = known.filter(|_| at < -0.5) {
            let title = date::month_label(date::add_days(self.start, month * DAYS_PER_MONTH));
            let rows = [(self.past_name, (self.in_words)(*value))];
            response.on_hover_ui_at_pointer(|ui| tooltip(ui, &title, &rows, self.past_source));
            return;
        }
        let month = nearest(at, self.fan.p50.len());
        response.on_hover_ui_at_pointer(|ui| self.quantiles(ui, month));
    }

    fn quantiles(&self, ui: &mut Ui, month: usize) {
        let title = date::month_label(date::add_months(self.start, month as i32));
        let at = |series: &[f64]| series.get(month).copied().map_or_else(String::new, self.in_words);
        let rows = [
            ("P95", at(&self.fan.p95)),
            ("P75", at(&self.fan.p75)),
            ("Median", at(&self.fan.p50)),
            ("Mean", at(&self.fan.mean)),
            ("P25", at(&self.fan.p25)),
            ("P5", at(&self.fan.p5)),
        ];
        tooltip(ui, &title, &rows, "Sampled from the assumptions at the left");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_under_the_pointer_is_one_of_the_fan() {
        for (at, month) in [(-7.0, 0), (0.4, 0), (0.6, 1), (119.4, 119), (500.0, 119), (f64::NAN, 0)] {
            assert_eq!(nearest(at, 120), month, "{at}");
        }
        assert_eq!(nearest(3.0, 0), 0);
    }

    #[test]
    fn only_the_last_months_are_drawn_before_a_fan() {
        assert_eq!(
            recent(&[(-31.0, 1.0), (-30.0, 2.0), (-0.5, 3.0), (0.0, 4.0), (2.0, 5.0)]),
            [(-30.0, 2.0), (-0.5, 3.0)]
        );
    }
}
