//! Turning the mining space of a hall into hosting: what of it may turn, at what price, when, and how it is paid.

use egui::{Button, ComboBox, RichText, Ui};

use super::day::day;
use super::number::{Row, row_at};
use super::parts::{called, put, same};
use super::payments::Schedule;
use super::{everywhere, parts};
use crate::app::command::Command;
use crate::app::pages::Drawn;
use crate::app::state::{Action, View};
use crate::app::{Document, theme, widgets};
use crate::draft::{Cooled, usual_fit_out};
use crate::quantity::format;
use crate::site::edit::Edit;
use crate::site::field::fields_of_part;
use crate::site::{Address, Component, FitOut, Kind, Object};

/// Numbers of the hall that are of its conversion; those of the fit-out itself begin so.
const HALL_NUMBERS: [&str; 2] = ["fitted_mw", "convertible_share"];
const FIT_OUT: &str = "fit_out_";
const OPEN: [&str; 2] = ["Any day", "Any"];

/// True for the key of a number that stands in this section.
pub fn has_number(key: &str) -> bool {
    HALL_NUMBERS.contains(&key) || key.starts_with(FIT_OUT)
}

fn fit_out(part: &Component) -> Option<&FitOut> {
    part.hall()?.fit_out.as_ref()
}

/// All that the file says of a hall's conversion; nothing for other parts.
pub fn show(ui: &mut Ui, document: &Document, view: &View, part: &Component, actions: &mut Vec<Action>) {
    let Some(hall) = part.hall() else { return };
    let name = called(document, &[part]);
    widgets::section(ui, "Fit-out for hosting", "Turning mining space into space that a tenant can use");
    if let Some(fit_out) = &hall.fit_out {
        let words = RichText::new(summary(hall.hosting_max_mw() - hall.fitted_mw, fit_out));
        ui.add(egui::Label::new(words.color(theme::of(ui).text_weak)).wrap());
    }
    let object = Object::Component(part.id.clone());
    for (spec, _) in fields_of_part(part).into_iter().filter(|(spec, _)| has_number(spec.key)) {
        let at = Address::new(object.clone(), spec.key);
        let row = Row { at: &at, name: spec.label, spoken: "", place: "" };
        row_at(ui, document, view, &row, actions);
    }
    match &hall.fit_out {
        Some(fit_out) => {
            order_from(ui, document, &[part], actions);
            let schedule = Schedule {
                of: "fit-out payment",
                place: &part.id,
                payments: &fit_out.payments,
                lead_months: fit_out.lead_months,
            };
            if let Some(payments) = schedule.show(ui, actions) {
                let label = format!("Change the payments of the fit-out of {name}");
                actions.push(put_fit_out(document, label, &[part], |fit_out| {
                    fit_out.payments.clone_from(&payments);
                }));
            }
            everywhere::say(ui, document, "The first order day and the payments of a fit-out are");
            let remove = ui.small_button("Remove the fit-out");
            let hint =
                "The hall can then become no more hosting than is fitted today; sources of its values go too";
            if remove.on_hover_text(hint).clicked() {
                let label = format!("Remove the fit-out of {name}");
                actions.push(put(document, label, &[part], |part| {
                    if let Kind::Hall(hall) = &mut part.kind {
                        hall.fit_out = None;
                    }
                }));
            }
        }
        None => add(ui, document, part, &name, actions),
    }
}

/// The first order day of several halls, where each has a fit-out.
pub fn of_several(ui: &mut Ui, document: &Document, parts: &[&Component], actions: &mut Vec<Action>) {
    if !parts.is_empty() && parts.iter().all(|part| fit_out(part).is_some()) {
        widgets::section(ui, "Fit-out for hosting", "");
        order_from(ui, document, parts, actions);
        everywhere::say(ui, document, "The first order day of a fit-out is");
    }
}

fn order_from(ui: &mut Ui, document: &Document, halls: &[&Component], actions: &mut Vec<Action>) {
    let name = called(document, halls);
    let start = document.shown().plan.start;
    let label = format!("Change the first order day of the fit-out of {name}");
    match same(halls, |part| fit_out(part).map(|fit_out| fit_out.earliest)).flatten() {
        Some(now) => {
            let salt = ("fit-out from", halls[0].id.clone());
            if let Some(day) = day(ui, salt, "Order from", OPEN, now, start) {
                actions.push(put_fit_out(document, label, halls, |fit_out| fit_out.earliest = day));
            }
        }
        None => parts::line(ui, "Order from", |ui| {
            let hint = "Several days; leaves them open for all";
            if ui.button(OPEN[0]).on_hover_text(hint).clicked() {
                actions.push(put_fit_out(document, label, halls, |fit_out| fit_out.earliest = None));
            }
            ui.weak("several days");
        }),
    }
}

/// Changes the fit-outs of halls in the base case.
fn put_fit_out(
    document: &Document,
    label: String,
    halls: &[&Component],
    change: impl Fn(&mut FitOut),
) -> Action {
    put(document, label, halls, |part| {
        if let Kind::Hall(hall) = &mut part.kind
            && let Some(fit_out) = &mut hall.fit_out
        {
            change(fit_out);
        }
    })
}

/// `35.0 MW for $217 M, ready 12 months after the order, empty for the last 6 of them`
fn summary(mw: f64, fit_out: &FitOut) -> String {
    let months = |months: f64| format::number(months, if months.fract() == 0.0 { 0 } else { 1 });
    if mw <= 0.0 {
        return "Nothing is left to convert: see Convertible and Fitted today".to_owned();
    }
    let usd = fit_out.fixed_usd + fit_out.usd_per_mw * mw;
    let empty = match fit_out.works_outage_months {
        outage if outage <= 0.0 => String::new(),
        outage => format!(", empty for the last {} of them", months(outage)),
    };
    let lead = months(fit_out.lead_months);
    format!("{} for {}, ready {lead} months after the order{empty}", format::mw(mw), format::usd(usd))
}

/// A fit-out at usual values, by the cooling of its racks, for a hall that has none.
fn add(ui: &mut Ui, document: &Document, part: &Component, name: &str, actions: &mut Vec<Action>) {
    ui.label(RichText::new("The hall lists no fit-out, so no more of it can become hosting").weak());
    ui.horizontal_wrapped(|ui| {
        ui.name_inputs("Add a fit-out", |ui| {
            ComboBox::from_id_salt("add a fit-out")
                .width(190.0)
                .icon(widgets::chevron)
                .selected_text("Add a fit-out for…")
                .show_ui(ui, |ui| {
                    for cooled in Cooled::ALL {
                        let hint = "Usual price, months and payments, with their sources; one step to undo";
                        if ui.selectable_label(false, cooled.label()).on_hover_text(hint).clicked() {
                            actions.extend(added(document, part, name, cooled));
                        }
                    }
                });
        });
        let convert = Command::Draw(Drawn::Convertible);
        if ui.add(Button::new(convert.text()).small()).on_hover_text(convert.tooltip()).clicked() {
            actions.push(Action::Do(convert));
        }
    });
    everywhere::say(ui, document, "What is added here is");
}

/// The usual fit-out with its sources; a hall of which nothing may turn may then turn as far as its floor goes.
fn added(document: &Document, part: &Component, name: &str, cooled: Cooled) -> Option<Action> {
    let hall = document.site().component(&part.id)?.hall()?;
    let usual = usual_fit_out(&part.id, hall, cooled);
    let fit_out = Edit::SetFitOut {
        hall: part.id.clone(),
        convertible_share: usual.convertible_share,
        fit_out: Box::new(usual.fit_out),
    };
    let sources = usual
        .sources
        .into_iter()
        .map(|entry| Edit::SetProvenance { at: entry.at.clone(), entry: Some(entry) });
    let label = format!("Add a fit-out to {name}");
    let edits = std::iter::once(fit_out).chain(sources).collect();
    Some(Action::Edit(Edit::Together { label, edits }))
}
