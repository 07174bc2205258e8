//! What the contract of a grid feed allows, and the part of it that is never interrupted, from dates on.

use std::collections::BTreeSet;

use egui::{Align, Layout, RichText, Ui};
use egui_extras::DatePickerButton;

use super::number::{Row, row_at};
use super::several::of_all;
use crate::app::state::{Action, View};
use crate::app::{Document, theme, widgets};
use crate::quantity::{Date, date, format};
use crate::site::{Address, Component, DatedMw, GridFeed, Kind, Object, Override, Site};

/// One of the two lists of a feed.
struct Steps {
    title: &'static str,
    /// What holds where no step is set.
    open: &'static str,
    /// What undo calls a step.
    what: &'static str,
    of: fn(&GridFeed) -> &Vec<DatedMw>,
    object: fn(String, Date) -> Object,
}

const LISTS: [Steps; 2] = [
    Steps {
        title: "Contract by date",
        open: "All that the wires carry, from the first day on",
        what: "contract",
        of: |feed| &feed.contract_mw,
        object: Object::ContractFrom,
    },
    Steps {
        title: "Firm power by date",
        open: "All of the contract is firm",
        what: "firm power",
        of: |feed| &feed.firm_mw,
        object: Object::FirmFrom,
    },
];

/// Both lists of a feed, in the scenario that is shown or in the base case.
pub fn steps(ui: &mut Ui, document: &Document, view: &View, id: &str, actions: &mut Vec<Action>) {
    for list in &LISTS {
        list.show(ui, document, view, id, actions);
    }
}

impl Steps {
    fn at(&self, id: &str, from: Date) -> Address {
        Address::new((self.object)(id.to_owned(), from), "mw")
    }

    fn known<'a>(&self, site: &'a Site, id: &str) -> &'a [DatedMw] {
        match site.component(id).map(|part| &part.kind) {
            Some(Kind::GridFeed(feed)) => (self.of)(feed),
            _ => &[],
        }
    }

    fn show(&self, ui: &mut Ui, document: &Document, view: &View, id: &str, actions: &mut Vec<Action>) {
        let now = self.known(document.shown(), id);
        widgets::section(ui, self.title, if now.is_empty() { self.open } else { "" });
        // Also those that a scenario takes away, so that they can be taken back.
        let dates: BTreeSet<Date> =
            now.iter().chain(self.known(document.site(), id)).map(|step| step.from).collect();
        for from in dates {
            let at = self.at(id, from);
            let is_there = now.iter().find(|step| step.from == from);
            ui.push_id((self.what, from.to_string()), |ui| {
                ui.horizontal(|ui| {
                    ui.label(RichText::new("From").color(theme::of(ui).text_weak));
                    let mut day = from;
                    let picker = DatePickerButton::new(&mut day)
                        .id_salt("from")
                        .show_icon(false)
                        .calendar_week(false)
                        .format("%-d %b %Y");
                    if let Some(step) = is_there
                        && ui.add(picker).changed()
                    {
                        actions.extend(self.moved(document, id, now, *step, day));
                    } else if is_there.is_none() {
                        ui.label(format::date(from));
                    }
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let hint = "Takes the step out";
                        if is_there.is_some() && ui.small_button("×").on_hover_text(hint).clicked() {
                            actions.push(Action::Change(Override::Value { at: at.clone(), value: None }));
                        }
                    });
                });
                let spoken = format!("{} from {}", self.title, format::date(from));
                let row = Row { at: &at, name: "  MW", spoken: &spoken, place: "feed" };
                row_at(ui, document, view, &row, actions);
            });
        }
        let words = format!("Add a step of {}", self.what);
        if ui.small_button(words).on_hover_text("A year after the last one, with its MW").clicked() {
            actions.push(self.another(document.shown(), id));
        }
    }

    /// One more step: of the first day, or a year after the last one.
    fn another(&self, site: &Site, id: &str) -> Action {
        let (from, mw) = match self.known(site, id).last() {
            Some(last) => (date::add_months(last.from, 12), last.mw),
            None => (site.plan.start, site.component(id).map_or(0.0, Component::rating_mw)),
        };
        Action::Change(Override::Value { at: self.at(id, from), value: Some(mw) })
    }

    /// A step on another day, unless there is one.
    fn moved(
        &self,
        document: &Document,
        id: &str,
        now: &[DatedMw],
        step: DatedMw,
        to: Date,
    ) -> Option<Action> {
        if to == step.from {
            return None;
        }
        let name = document.shown().object_name(&Object::Component(id.to_owned()));
        if now.iter().any(|other| other.from == to) {
            let why = format!("The {} of {name} has a step from {} already", self.what, format::date(to));
            return Some(Action::Say(why));
        }
        let changes = [
            Override::Value { at: self.at(id, step.from), value: None },
            Override::Value { at: self.at(id, to), value: Some(step.mw) },
        ];
        let label = format!("Move a step of the {} of {name} to {}", self.what, format::date(to));
        Some(Action::Edit(of_all(document, label, &changes)))
    }
}
