//! A schedule of payments: shares of a price by months after the order.

use egui::{Id, RichText, Ui};

use super::parts::line;
use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::quantity::{Unit, format};
use crate::site::Payment;

/// Latest month of a payment, as files have it.
const LATEST_MONTH: f64 = 240.0;
/// Shares add up to all of a price within this.
const WHOLE: f64 = 1e-9;

/// Payments as they are, with what their rows are called.
pub struct Schedule<'a> {
    /// What a screen reader calls a row: `payment`.
    pub of: &'a str,
    /// Tells the fields of several schedules apart.
    pub place: &'a str,
    pub payments: &'a [Payment],
    pub lead_months: f64,
}

impl Schedule<'_> {
    /// Rows that are typed into, and one to add another; the new schedule when it was changed.
    pub fn show(&self, ui: &mut Ui, actions: &mut Vec<Action>) -> Option<Vec<Payment>> {
        let mut next = self.payments.to_vec();
        line(ui, "Payments", |ui| {
            let (hint, add) = self.another();
            if ui.small_button("Add").on_hover_text(hint).clicked() {
                next.push(add);
            }
            let sum: f64 = next.iter().map(|payment| payment.share).sum();
            let words = match next.len() {
                0 => "all at the order".to_owned(),
                _ => format!("{} in all", format::percent(sum)),
            };
            let is_all = next.is_empty() || (sum - 1.0).abs() < WHOLE;
            let ink = if is_all { theme::of(ui).text_weak } else { theme::of(ui).error };
            ui.label(RichText::new(words).color(ink));
        });
        let mut gone = None;
        for (index, payment) in next.iter_mut().enumerate().take(self.payments.len()) {
            line(ui, &format!("  {}", index + 1), |ui| {
                if ui.small_button("×").on_hover_text("Takes the payment out").clicked() {
                    gone = Some(index);
                }
                let Payment { share, months_after_order } = payment;
                self.cell(
                    ui,
                    &Cell {
                        what: "Months after the order",
                        index,
                        unit: Unit::Months,
                        most: LATEST_MONTH,
                        width: 84.0,
                    },
                    months_after_order,
                    actions,
                );
                self.cell(
                    ui,
                    &Cell { what: "Share", index, unit: Unit::Share, most: 1.0, width: 64.0 },
                    share,
                    actions,
                );
            });
        }
        if let Some(index) = gone {
            next.remove(index);
        }
        (next != self.payments).then_some(next)
    }

    /// A further payment, of what is left, with words for it.
    fn another(&self) -> (&'static str, Payment) {
        if self.payments.is_empty() {
            let all = Payment { share: 1.0, months_after_order: 0.0 };
            return ("All is paid at the order; adds a first payment", all);
        }
        let left = 1.0 - self.payments.iter().map(|payment| payment.share).sum::<f64>();
        let share = if left > 0.0 { left } else { 0.1 };
        let months_after_order = self.lead_months.min(LATEST_MONTH);
        ("Adds a payment of what is left", Payment { share, months_after_order })
    }

    fn cell(&self, ui: &mut Ui, cell: &Cell, value: &mut f64, actions: &mut Vec<Action>) {
        let Cell { what, index, unit, most, width } = *cell;
        let id = Id::unique(("payment", self.of, what, index, self.place));
        let now = format::with_unit(*value, unit);
        let spoken = format!("{what} of {} {}", self.of, index + 1);
        let Some(text) = widgets::draft_field(ui, id, &spoken, &now, "", width) else { return };
        match unit.parse(&text) {
            Ok(typed) if (0.0..=most).contains(&typed) => *value = typed,
            Ok(_) => {
                let most = format::with_unit(most, unit);
                actions.push(Action::Say(format!("{spoken} is between 0 and {most}, not {}", text.trim())));
            }
            Err(why) => actions.push(Action::Say(why)),
        }
    }
}

/// A number of a row.
struct Cell {
    what: &'static str,
    index: usize,
    unit: Unit,
    most: f64,
    width: f32,
}
