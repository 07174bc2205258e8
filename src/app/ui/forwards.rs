//! What the plan sells of hashprice forward, a line a period.

use egui::{RichText, Ui};

use super::answer::MONEY_WIDTH;
use crate::app::{theme, widgets};
use crate::plan::Plan;
use crate::quantity::{Unit, date, format};

/// Nothing where nothing is sold.
pub fn show(ui: &mut Ui, plan: &Plan) {
    if plan.hedges.is_empty() {
        return;
    }
    ui.add_space(4.0);
    widgets::section(ui, "Hashprice sold forward", "$/PH/s/day, on the plan's first day");
    let heads = ["PH/s", "Price", "Margin"]
        .map(|head| RichText::new(head).size(theme::SMALL).color(theme::of(ui).text_weak));
    widgets::table_row(ui, RichText::new(""), &heads, MONEY_WIDTH);
    for hedge in &plan.hedges {
        let Some(period) = plan.periods.get(hedge.period) else { continue };
        let numbers = [
            format::number(hedge.ph_per_s, format::decimals_for(hedge.ph_per_s)),
            format::in_unit(hedge.forward_usd_per_ph_day, Unit::UsdPerPhDay),
            format::usd(hedge.margin_usd),
        ];
        let row = widgets::table_row(
            ui,
            RichText::new(date::month_label(period.start)),
            &numbers.map(RichText::new),
            MONEY_WIDTH,
        );
        row.on_hover_text(format!(
            "Settles {} on average; the margin is held from the first day until then",
            format::usd(hedge.expected_settlement_usd)
        ));
    }
}
