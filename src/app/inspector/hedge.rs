//! Whether the plan may sell hashprice forward, and at what terms.

use egui::Ui;

use super::number;
use crate::app::state::{Action, View};
use crate::app::{Document, widgets};
use crate::site::edit::Edit;
use crate::site::{Hedge, Object};

/// True of the numbers of the company that stand in this section.
pub fn has_number(key: &str) -> bool {
    key.starts_with("hedge_")
}

/// The switch changes the base case; the terms may differ in a scenario, where a share of zero sells nothing.
pub fn show(ui: &mut Ui, document: &Document, view: &View, actions: &mut Vec<Action>) {
    widgets::section(
        ui,
        "Sell hashprice forward",
        "Contracts of a month, settled in cash, sold on the plan's first day for its first year",
    );
    let mut may_sell = document.site().company.hedge.is_some();
    let hint = "Counts where worst years or a minimum cash matter: on average a forward costs its spread. \
                In a scenario, a share of 0 % sells none";
    if ui.checkbox(&mut may_sell, "The plan may sell forwards").on_hover_text(hint).clicked() {
        actions.push(Action::Edit(Edit::SetHedge(may_sell.then(Hedge::default))));
    }
    number::other_numbers(ui, document, view, &Object::Company, |key| !has_number(key), actions);
}
