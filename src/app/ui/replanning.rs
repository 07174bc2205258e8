//! What deciding again is worth, and what one would do then.

use egui::{RichText, Ui};

use crate::app::{theme, widgets};
use crate::plan::{Detail, Plan, Status};
use crate::quantity::{date, format};

const NUMBER_WIDTH: f32 = 66.0;

pub fn show(ui: &mut Ui, plan: &Plan) {
    let palette = theme::of(ui);
    let Some(again) = &plan.replanning else {
        if plan.detail == Detail::Quick && plan.status == Status::Optimal {
            widgets::section(ui, "Deciding again", "Full detail works out what it is worth");
        }
        return;
    };
    ui.add_space(4.0);
    widgets::section(ui, "Deciding again", &date::month_label(again.from));
    ui.add(egui::Label::new(again.sentence()).wrap());
    let heads = ["As planned", "Again", "Hosted"]
        .map(|head| RichText::new(head).size(theme::SMALL).color(palette.text_weak));
    widgets::table_row(ui, RichText::new("Hashprice then"), &heads, NUMBER_WIDTH);
    for case in &again.cases {
        let numbers =
            [format::usd(case.planned_usd), format::usd(case.replanned_usd), format::mw(case.hosting_mw)];
        let name = format!("${}/PH/s/day", format::number(case.hashprice_usd_per_ph_day, 1));
        widgets::table_row(ui, RichText::new(name), &numbers.map(RichText::new), NUMBER_WIDTH).on_hover_text(
            format!(
                "{} of the futures; NPV of following the plan, of deciding again, and MW hosted at most then",
                format::percent(case.probability)
            ),
        );
    }
}
