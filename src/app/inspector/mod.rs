//! The values at the right: of the selected part, or of the site as a whole.

mod contract;
mod day;
mod drawn;
mod everywhere;
mod feed;
mod fit_out;
mod hall;
mod hedge;
mod link;
mod money;
pub mod number;
mod offers;
mod parts;
mod payments;
mod pick;
mod several;
mod site;
mod worth;

use egui::{RichText, ScrollArea, Ui};

use super::assumptions::tariff;
use super::canvas::rating_text;
use super::state::{Action, InspectorTab, View};
use super::{Document, theme, widgets};
use crate::engineering::Study;
use crate::plan::Plan;
use crate::quantity::format;
use crate::site::{Component, Object, State};

pub use day::day;
pub use everywhere::say as in_all_scenarios;
pub use number::numbers;

/// What the inspector reads.
pub struct Inspected<'a> {
    pub document: &'a Document,
    pub plan: Option<&'a Plan>,
    pub period: usize,
    pub findings: Option<&'a Study>,
    /// What the user asked of the studies; those in hand may be from before.
    pub counts_planned_work: bool,
    /// The plan in hand was made from an earlier state of the document.
    pub is_stale: bool,
    /// Edits since the plan in hand.
    pub edits: usize,
}

pub fn show(ui: &mut Ui, inspected: &Inspected<'_>, view: &View, actions: &mut Vec<Action>) {
    match &view.selection {
        Some(_) if !view.also.is_empty() => {
            scrolled(ui, "several", |ui| show_several(ui, inspected, view, actions));
        }
        Some(object) => show_object(ui, inspected, view, object, actions),
        None => show_site(ui, inspected, view, actions),
    }
}

fn show_several(ui: &mut Ui, inspected: &Inspected<'_>, view: &View, actions: &mut Vec<Action>) {
    let site = inspected.document.shown();
    drawn::several(ui, site, view, actions);
    let chosen = view.parts();
    let parts: Vec<&Component> = site.components.iter().filter(|part| chosen.contains(&part.id)).collect();
    ui.separator();
    parts::show(ui, inspected.document, &parts, actions);
    fit_out::of_several(ui, inspected.document, &parts, actions);
    several::numbers(ui, site, &parts, view, actions);
}

fn scrolled(ui: &mut Ui, salt: &str, add: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(salt.to_owned()).auto_shrink(false).show(ui, |ui| {
        // Keeps values clear of the scroll bar.
        ui.set_max_width(ui.available_width() - 6.0);
        add(ui);
        ui.add_space(12.0);
    });
}

fn show_object(
    ui: &mut Ui,
    inspected: &Inspected<'_>,
    view: &View,
    object: &Object,
    actions: &mut Vec<Action>,
) {
    let site = inspected.document.shown();
    ui.horizontal(|ui| {
        ui.label(theme::strong(site.object_name(object), theme::TITLE));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.button("Done").on_hover_text("Back to the values of the site").clicked() {
                actions.push(Action::Select(None));
            }
        });
    });
    if let Object::Component(id) = object
        && let Some(component) = site.component(id)
    {
        component_head(ui, inspected, component);
        drawn::part(ui, site, view, actions);
    }
    if let Object::Link(id) = object
        && let Some(link) = site.links.iter().find(|link| link.id == *id)
    {
        drawn::link(ui, inspected.document, link, actions);
    }
    ui.separator();
    scrolled(ui, "object", |ui| {
        if let Object::Offer(id) = object
            && let Some(offer) = site.offer(id)
        {
            offers::head(ui, inspected, offer, actions);
        }
        if let Object::Component(id) = object
            && let Some(part) = site.component(id)
        {
            hall::summary(ui, inspected, id, actions);
            worth::engineering(ui, inspected, part);
            worth::plan(ui, inspected, part);
            widgets::section(ui, "The part", "");
            parts::show(ui, inspected.document, &[part], actions);
            fit_out::show(ui, inspected.document, view, part, actions);
            pick::show(ui, inspected.document, part, view, actions);
            widgets::section(ui, "Values", "");
        }
        match object {
            Object::Component(id) if tariff::is_feed(inspected.document.shown(), id) => {
                tariff::show(ui, inspected.document, view, id, actions);
                widgets::section(ui, "Connection and charges", "");
                number::other_numbers(ui, inspected.document, view, object, tariff::has_number, actions);
                feed::steps(ui, inspected.document, view, id, actions);
            }
            Object::Component(id) if site.component(id).is_some_and(|part| part.hall().is_some()) => {
                number::other_numbers(ui, inspected.document, view, object, fit_out::has_number, actions);
            }
            _ => numbers(ui, inspected.document, view, object, actions),
        }
        if let Object::Link(id) = object
            && let Some(link) = site.links.iter().find(|link| link.id == *id)
        {
            link::words(ui, inspected.document, link, actions);
        }
        if let Object::Component(id) = object {
            component_tail(ui, inspected, id);
        }
    });
}

fn component_head(ui: &mut Ui, inspected: &Inspected<'_>, component: &Component) {
    let palette = theme::of(ui);
    ui.horizontal_wrapped(|ui| {
        widgets::chip(ui, component.kind.label(), palette.accent);
        let (word, colour) = match &component.state {
            State::Existing(None) => ("Stands today", palette.text_weak),
            State::Existing(Some(_)) => ("May be removed", palette.warning),
            State::Planned(_) => ("May be built", palette.good),
        };
        widgets::chip(ui, word, colour);
    });
    let flow = inspected.plan.and_then(|plan| plan.parts.iter().find(|flow| flow.component == component.id));
    if let Some(flow) = flow {
        let at = |series: &[f64]| series.get(inspected.period).copied().unwrap_or(0.0);
        let (mining, hosting, rating) = (at(&flow.mining_mw), at(&flow.hosting_mw), at(&flow.rating_mw));
        ui.label(
            RichText::new(format!(
                "Carries {} mining and {} hosting of {} in service",
                format::mw(mining),
                format::mw(hosting),
                format::mw(rating)
            ))
            .color(palette.text_weak),
        );
    } else if component.hall().is_none() {
        let rating = rating_text(component);
        if !rating.is_empty() {
            ui.label(RichText::new(rating).color(palette.text_weak));
        }
    }
}

/// What the plan orders for a part.
fn component_tail(ui: &mut Ui, inspected: &Inspected<'_>, id: &str) {
    let orders: Vec<_> = inspected
        .plan
        .into_iter()
        .flat_map(|plan| {
            plan.builds.iter().filter(|build| build.component == id).map(move |build| (plan, build))
        })
        .collect();
    if !orders.is_empty() {
        widgets::section(ui, "In the plan", "");
        for (plan, build) in orders {
            for (period, mw) in plan.periods.iter().zip(&build.ordered_mw).filter(|(_, mw)| **mw > 0.005) {
                let what = if build.fit_out { "Fit-out" } else { "Order" };
                ui.label(format!("{what} of {} on {}", format::mw(*mw), format::date(period.start)));
            }
            let cost: f64 = build.capex_usd.iter().sum();
            ui.label(RichText::new(format!("{} in all", format::usd(cost))).color(theme::of(ui).text_weak));
        }
    }
}

fn show_site(ui: &mut Ui, inspected: &Inspected<'_>, view: &View, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 1.0;
        ui.spacing_mut().button_padding.x = 4.0;
        for tab in InspectorTab::ALL {
            let selected = view.tab == tab;
            let text = RichText::new(tab.text()).size(theme::BODY - 1.0);
            let button = egui::Button::selectable(selected, text);
            if ui.add(button).clicked() {
                actions.push(Action::ShowTab(tab));
            }
        }
    });
    ui.separator();
    let document = inspected.document;
    let site = document.shown();
    scrolled(ui, view.tab.text(), |ui| match view.tab {
        InspectorTab::Offers => offers::list(ui, inspected, actions),
        InspectorTab::Site => site::show(ui, inspected, actions),
        InspectorTab::Limits => {
            widgets::section(ui, "What the plan must keep to", "A limit that is left empty does not bind");
            numbers(ui, document, view, &Object::Limits, actions);
            widgets::section(ui, "Capex by year", "Most that may be paid in a calendar year");
            number::capex_years(ui, document, view, actions);
        }
        InspectorTab::Prices => {
            for (title, note, object) in [
                (
                    "Bitcoin",
                    format!("As of {}", format::date(site.assumptions.bitcoin.as_of)),
                    Object::Bitcoin,
                ),
                ("Power", String::new(), Object::Power),
                ("GPU rental and rent", String::new(), Object::GpuRental),
                ("Delivery", "Delay of each tenant's space".to_owned(), Object::Delivery),
            ] {
                widgets::section(ui, title, &note);
                numbers(ui, document, view, &object, actions);
            }
        }
        InspectorTab::Fleets => {
            for fleet in &site.fleets {
                widgets::section(ui, &fleet.model, &format!("{} owned", format::mw(fleet.owned_mw())));
                numbers(ui, document, view, &Object::Fleet(fleet.id.clone()), actions);
            }
            for system in &site.gpu_systems {
                widgets::section(ui, &system.model, "GPU system");
                numbers(ui, document, view, &Object::GpuSystem(system.id.clone()), actions);
            }
            if site.fleets.is_empty() && site.gpu_systems.is_empty() {
                ui.weak("No machines are in this site file");
            }
        }
        InspectorTab::Company => {
            let name = if site.company.name.is_empty() { "Company" } else { &site.company.name };
            widgets::section(ui, name, "");
            number::other_numbers(ui, document, view, &Object::Company, hedge::has_number, actions);
            hedge::show(ui, document, view, actions);
            for loan in &site.company.loans {
                widgets::section(ui, &loan.name, &format!("Loan, due {}", format::date(loan.maturity)));
                numbers(ui, document, view, &Object::Loan(loan.id.clone()), actions);
            }
            for instrument in &site.company.instruments {
                money::head(ui, instrument, actions);
                numbers(ui, document, view, &Object::Instrument(instrument.id.clone()), actions);
            }
            money::add(ui, document.site(), actions);
            everywhere::say(ui, document, "Which instruments there are is");
        }
        InspectorTab::Plan => {
            widgets::section(
                ui,
                "How the plan is worked out",
                &format!("Starts {}", format::date(site.plan.start)),
            );
            numbers(ui, document, view, &Object::Plan, actions);
            if let Some(plan) = inspected.plan.filter(|plan| !plan.notes.is_empty()) {
                widgets::section(ui, "What the plan leaves out", "");
                for note in &plan.notes {
                    ui.label(RichText::new(note).size(theme::BODY - 1.0).color(theme::of(ui).text_weak));
                }
            }
        }
    });
}
