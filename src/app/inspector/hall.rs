//! What the drawing can carry in one hall.

use egui::{Align, Layout, RichText, Ui};

use super::Inspected;
use crate::app::{theme, widgets};
use crate::engineering::HallEngineering;
use crate::quantity::{Unit, format};
use crate::site::Object;

/// The engineering summary of a hall; nothing for other parts.
pub fn summary(ui: &mut Ui, inspected: &Inspected<'_>, id: &str) {
    let Some(hall) = inspected.findings.and_then(|findings| findings.engineering.hall(id)) else { return };
    widgets::section(ui, "Engineering", "With everything planned built");
    if !hall.is_judged {
        ui.weak("The drawing is too large to judge this hall: see Problems");
        return;
    }
    capacity(ui, hall);
    availability(ui, inspected, hall);
    reach(ui, inspected, hall);
    widgets::section(ui, "As drawn", "");
}

fn capacity(ui: &mut Ui, hall: &HallEngineering) {
    if hall.firm_mw.n > 0.0 {
        firm(ui, hall);
    }
    fact(ui, "Mining", &format::mw(hall.mining_mw), "Most that power, heat and space let mine here".into());
    let racks = [("air", hall.air_kw_per_rack), ("liquid", hall.liquid_kw_per_rack)];
    for (medium, kw) in racks.into_iter().filter(|(_, kw)| *kw > 0.0) {
        let name = format!("Densest rack, {medium}");
        fact(ui, &name, &format!("{} kW", format::number(kw, 0)), "By the hall's row groups".into());
    }
}

fn firm(ui: &mut Ui, hall: &HallEngineering) {
    fact(ui, "Hosting, nothing lost", &format::mw(hall.firm_mw.n), limit(&hall.limiting[0]));
    fact(ui, "N+1: any one unit lost", &format::mw(hall.firm_mw.n_plus_1), limit(&hall.limiting[1]));
    fact(ui, "Maintainable: any part lost", &format::mw(hall.firm_mw.maintainable), limit(&hall.limiting[2]));
    if let Some(gross) = hall.gross_hosting {
        let hint = "Utility MW per MW of IT for hosting, losses and cooling included: sizes the feed and pays the bill";
        fact(ui, "Gross factor, design hour", &format::number(gross.design_hour, 3), hint.into());
        fact(ui, "Gross factor, typical", &format::number(gross.typical, 3), hint.into());
    }
}

fn availability(ui: &mut Ui, inspected: &Inspected<'_>, hall: &HallEngineering) {
    let Some(found) = &hall.availability else { return };
    let hint = format!(
        "{} failures a year, {} hours each",
        format::number(found.failures_per_year, 3),
        format::number(found.mean_duration_hours(), 2)
    );
    fact(ui, "Availability of hosting", &format::availability(found.availability), hint.clone());
    fact(ui, "Down", &format!("{} h a year", format::number(found.downtime_hours_per_year, 2)), hint);
    let name = |id: &String| inspected.document.shown().object_name(&Object::Component(id.clone()));
    let alone: Vec<String> = found.single_points_of_failure.iter().map(name).collect();
    let count = if alone.is_empty() { "none".to_owned() } else { alone.len().to_string() };
    let hint = if alone.is_empty() {
        "No part alone takes hosting down".to_owned()
    } else {
        format!("Each alone takes hosting down: {}", alone.join(", "))
    };
    fact(ui, "Single points of failure", &count, hint);
    for (id, _, share) in found.contributors.iter().take(3) {
        let hours = share * found.downtime_hours_per_year;
        let hint = "Hours a year that would go if this part never failed (Fussell-Vesely)";
        fact(ui, &format!("  through {}", name(id)), &format!("{} h", format::number(hours, 3)), hint.into());
    }
}

fn reach(ui: &mut Ui, inspected: &Inspected<'_>, hall: &HallEngineering) {
    for (metro, ms) in &hall.rtt_ms {
        let name = inspected.document.shown().object_name(&Object::Component(metro.clone()));
        let routes = hall.diverse_routes.get(metro).copied().unwrap_or(0);
        let hint = format!("{routes} fibre routes of which no two share a trench");
        fact(ui, &format!("Round trip to {name}"), &format::with_unit(*ms, Unit::Milliseconds), hint);
    }
}

fn limit(what: &str) -> String {
    if what.is_empty() { String::new() } else { format!("Limited by {what}") }
}

/// A name at the left, its figure at the right, the reason under the pointer.
fn fact(ui: &mut Ui, name: &str, figure: &str, hint: String) {
    let row = ui.horizontal(|ui| {
        ui.label(RichText::new(name).color(theme::of(ui).text_weak));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(figure));
    });
    if !hint.is_empty() {
        row.response.on_hover_text(hint);
    }
}
