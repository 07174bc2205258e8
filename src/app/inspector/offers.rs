//! Offers: what customers would sign, and what the plan makes of it.

use egui::{Align, ComboBox, Layout, RichText, Ui, vec2};

use super::{Inspected, contract, day};
use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::plan::{Plan, UseOf};
use crate::quantity::{Unit, date, format};
use crate::site::{Object, Offer, OfferStatus, Override, Terms};

const STATUSES: [OfferStatus; 4] =
    [OfferStatus::Idea, OfferStatus::LetterOfIntent, OfferStatus::Exclusive, OfferStatus::Signed];

/// Every offer as a card.
pub fn list(ui: &mut Ui, inspected: &Inspected<'_>, actions: &mut Vec<Action>) {
    let site = inspected.document.shown();
    if site.offers.is_empty() {
        ui.weak("No customer's offer is in this site file");
    }
    for (index, offer) in site.offers.iter().enumerate() {
        card(ui, inspected, index, offer, actions);
        ui.add_space(2.0);
    }
}

fn card(ui: &mut Ui, inspected: &Inspected<'_>, index: usize, offer: &Offer, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    theme::card(palette).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.horizontal(|ui| {
            let (swatch, _) = ui.allocate_exact_size(vec2(10.0, 10.0), egui::Sense::hover());
            ui.painter().rect_filled(swatch, 2.0, theme::tenant(palette, index));
            let room = (ui.available_width() - 112.0).max(40.0);
            let name = ui
                .allocate_ui_with_layout(vec2(room, 24.0), Layout::left_to_right(Align::Center), |ui| {
                    ui.set_min_width(room);
                    let label = egui::Label::new(theme::strong(&offer.name, theme::BODY)).truncate();
                    ui.add(label.sense(egui::Sense::click()))
                })
                .inner
                .on_hover_cursor(egui::CursorIcon::PointingHand);
            if name.on_hover_text("Shows every value of the offer").clicked() {
                actions.push(Action::Select(Some(Object::Offer(offer.id.clone()))));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| status(ui, offer, actions));
        });
        ui.label(RichText::new(terms(offer)).color(palette.text_weak));
        ui.label(RichText::new(size_and_dates(offer)).color(palette.text_weak));
        verdict(ui, inspected, offer);
    });
}

/// The top of an offer's own page.
pub fn head(ui: &mut Ui, inspected: &Inspected<'_>, offer: &Offer, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    ui.label(RichText::new(&offer.customer).color(palette.text_weak));
    ui.label(terms(offer));
    ui.label(size_and_dates(offer));
    ui.horizontal(|ui| {
        ui.label("Status");
        status(ui, offer, actions);
    });
    reset(ui, inspected, status_change(offer, offer.status), actions);
    window(ui, inspected, offer, actions);
    let like = Override::OfferWindow { offer: offer.id.clone(), earliest: None, latest: None };
    reset(ui, inspected, like, actions);
    contract::excludes(ui, &inspected.document.shown().offers, offer, actions);
    contract::choices(ui, offer, actions);
    super::everywhere::say(
        ui,
        inspected.document,
        "Which offers exclude each other, service credits and the tenant's rating are",
    );
    verdict(ui, inspected, offer);
    if !offer.note.is_empty() {
        ui.label(RichText::new(&offer.note).color(palette.text_weak));
    }
    ui.separator();
}

fn status(ui: &mut Ui, offer: &Offer, actions: &mut Vec<Action>) {
    let name = format!("Status of {}", offer.name);
    ui.name_inputs(name, |ui| {
        ComboBox::from_id_salt(("status", &offer.id))
            .width(84.0)
            .icon(widgets::chevron)
            .selected_text(offer.status.label())
            .show_ui(ui, |ui| {
                for status in STATUSES {
                    if ui.selectable_label(offer.status == status, status.label()).clicked() {
                        actions.push(Action::Change(status_change(offer, status)));
                    }
                }
            });
    });
}

/// What is signed comes for certain.
fn status_change(offer: &Offer, status: OfferStatus) -> Override {
    let probability = if status == OfferStatus::Signed { 1.0 } else { offer.probability };
    Override::OfferStatus { offer: offer.id.clone(), status, probability }
}

/// The words of a day that is open, and of leaving it open.
const OPEN: [&str; 2] = ["Any day", "Any"];

/// The first and the last day on which the offer's megawatts may start.
fn window(ui: &mut Ui, inspected: &Inspected<'_>, offer: &Offer, actions: &mut Vec<Action>) {
    let plan = &inspected.document.shown().plan;
    let change = |earliest, latest| {
        Action::Change(Override::OfferWindow { offer: offer.id.clone(), earliest, latest })
    };
    if let Some(earliest) = day(ui, ("earliest", &offer.id), "Start from", OPEN, offer.earliest, plan.start) {
        actions.push(change(earliest, offer.latest));
    }
    let horizon = date::add_months(plan.start, plan.horizon_years as i32 * 12);
    if let Some(latest) = day(ui, ("latest", &offer.id), "Start by", OPEN, offer.latest, horizon) {
        actions.push(change(offer.earliest, latest));
    }
}

/// Says that a scenario has words of its own, and takes them back.
fn reset(ui: &mut Ui, inspected: &Inspected<'_>, like: Override, actions: &mut Vec<Action>) {
    if !inspected.document.differs(&like) {
        return;
    }
    ui.horizontal(|ui| {
        let text = RichText::new("Differs in this scenario").size(theme::SMALL);
        ui.label(text.color(theme::of(ui).accent));
        if ui.small_button("Reset").on_hover_text("Takes the base value back").clicked() {
            actions.push(Action::Reset(like));
        }
    });
}

/// `132 $/kW-month, +3.0 % a year, 15 years`
fn terms(offer: &Offer) -> String {
    let years = format!(
        "{} years",
        format::number(offer.term_months / 12.0, usize::from(offer.term_months % 12.0 != 0.0))
    );
    let rise = |escalator: f64| {
        if escalator == 0.0 { String::new() } else { format!(", +{} a year", format::percent(escalator)) }
    };
    match &offer.terms {
        Terms::Colocation { rent_usd_per_kw_month, escalator } => {
            format!("{} $/kW-month{}, {years}", format::number(*rent_usd_per_kw_month, 0), rise(*escalator))
        }
        Terms::GpuCloud { usd_per_gpu_hour, utilisation, escalator, .. } => format!(
            "{} $/GPU-h at {}{}, {years}",
            format::number(*usd_per_gpu_hour, 2),
            format::percent(*utilisation),
            rise(*escalator)
        ),
        Terms::BitcoinHosting { usd_per_mwh, escalator } => {
            format!("{} $/MWh, bitcoin hosting{}, {years}", format::number(*usd_per_mwh, 1), rise(*escalator))
        }
    }
}

/// `10 to 40 MW, Jan 2027 to Jun 2028`
fn size_and_dates(offer: &Offer) -> String {
    let size = if offer.min_mw > 0.0 && offer.min_mw < offer.max_mw {
        format!("{} to {}", format::number(offer.min_mw, 0), format::with_unit(offer.max_mw, Unit::Mw))
    } else {
        format!("up to {}", format::with_unit(offer.max_mw, Unit::Mw))
    };
    match (offer.earliest, offer.latest) {
        (Some(from), Some(to)) => {
            format!("{size}, start {} to {}", date::month_label(from), date::month_label(to))
        }
        (Some(from), None) => format!("{size}, start from {}", date::month_label(from)),
        (None, Some(to)) => format!("{size}, start by {}", date::month_label(to)),
        (None, None) => size,
    }
}

/// What the plan takes of an offer, and where it cannot.
fn verdict(ui: &mut Ui, inspected: &Inspected<'_>, offer: &Offer) {
    let palette = theme::of(ui);
    let Some(plan) = inspected.plan else { return };
    let taken = most_mw(plan, &offer.id);
    let (text, colour) = if taken > 0.05 {
        (format!("Plan takes {}", format::mw(taken)), palette.good)
    } else {
        ("Plan takes nothing".to_owned(), palette.text_weak)
    };
    ui.label(RichText::new(text).font(theme::bold(theme::BODY - 0.5)).color(colour));
    let refusals: Vec<_> = plan.refused.iter().filter(|refused| refused.offer == offer.id).collect();
    for refused in refusals.iter().take(SHOWN_REFUSALS) {
        let hall = inspected.document.shown().object_name(&Object::Component(refused.hall.clone()));
        ui.horizontal_top(|ui| {
            widgets::severity_mark(ui, crate::quantity::Severity::Warning);
            ui.add(
                egui::Label::new(RichText::new(format!("{hall}: {}", refused.reason)).size(theme::SMALL))
                    .wrap(),
            );
        });
    }
    let others = refusals.len().saturating_sub(SHOWN_REFUSALS);
    if others > 0 {
        let words = format!("{others} more {}", if others == 1 { "refusal" } else { "refusals" });
        ui.label(RichText::new(words).size(theme::SMALL).color(palette.accent)).on_hover_ui(|ui| {
            ui.set_max_width(360.0);
            for refused in refusals.iter().skip(SHOWN_REFUSALS) {
                let hall = inspected.document.shown().object_name(&Object::Component(refused.hall.clone()));
                ui.label(format!("{hall}: {}", refused.reason));
            }
        });
    }
}

/// Refusals written out on a card; the others are in a tooltip.
const SHOWN_REFUSALS: usize = 1;

fn most_mw(plan: &Plan, offer: &str) -> f64 {
    let of = UseOf::Hosting { offer: offer.to_owned() };
    let uses: Vec<_> = plan.halls.iter().flat_map(|hall| &hall.uses).filter(|plan| plan.of == of).collect();
    (0..plan.periods.len())
        .map(|period| uses.iter().map(|plan| plan.mw.get(period).copied().unwrap_or(0.0)).sum::<f64>())
        .fold(0.0, f64::max)
}
