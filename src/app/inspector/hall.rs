//! What the drawing can carry in one hall.

use egui::{Align, Layout, RichText, Ui};

use super::Inspected;
use crate::app::{theme, widgets};
use crate::engineering::{ClimateUsed, HallEngineering, Study};
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
    capacity(ui, inspected, hall);
    thermal(ui, inspected, hall);
    availability(ui, inspected, hall);
    reach(ui, inspected, hall);
    widgets::section(ui, "As drawn", "");
}

fn capacity(ui: &mut Ui, inspected: &Inspected<'_>, hall: &HallEngineering) {
    if let Some(findings) = inspected.findings {
        firm(ui, findings, hall);
    }
    let racks = [("air", hall.air_kw_per_rack), ("liquid", hall.liquid_kw_per_rack)];
    for (medium, kw) in racks.into_iter().filter(|(_, kw)| *kw > 0.0) {
        let name = format!("Densest rack, {medium}");
        fact(ui, &name, &format!("{} kW", format::number(kw, 0)), "By the hall's row groups".into());
    }
}

fn firm(ui: &mut Ui, findings: &Study, hall: &HallEngineering) {
    let Some(capacity) = findings.hall_capacity(&hall.id) else { return };
    if capacity.hosting_alone_mw > 0.0 {
        let hint = "With every other hall empty, at the design hour, through power, heat and space";
        fact(ui, "Hosting alone", &format::mw(capacity.hosting_alone_mw), hint.into());
        let hint = "Its share when all halls together host the most the site can carry";
        fact(ui, "Hosting with all halls full", &format::mw(capacity.hosting_mw), hint.into());
        if let Some(survival) = findings.survival(&hall.id) {
            let after = |place: usize| match survival.contingency[place].as_str() {
                "" => "Limited by the hall's own space".to_owned(),
                loss => format!("Least after the {loss}; full then: {}", survival.cut[place].join(", ")),
            };
            fact(ui, "N+1: any one unit lost", &format::mw(survival.mw.n_plus_1), after(1));
            fact(ui, "Maintainable: any part lost", &format::mw(survival.mw.maintainable), after(2));
        }
    }
    if capacity.stranded_mw > 1e-3 {
        let hint = format!("Space that cannot be served: {} in the way", capacity.stranded_by.join(", "));
        fact(ui, "Stranded", &format::mw(capacity.stranded_mw), hint);
    }
    let hint = "With every other hall empty and no hosting";
    fact(ui, "Mining alone", &format::mw(capacity.mining_alone_mw), hint.into());
}

fn thermal(ui: &mut Ui, inspected: &Inspected<'_>, hall: &HallEngineering) {
    let Some(findings) = inspected.findings else { return };
    let Some(chain) = findings.thermal.hall(&hall.id).and_then(|hall| hall.hosting.as_ref()) else { return };
    let hours = |count: u32| format!("{} h", format::number(f64::from(count), 0));
    let climate = findings.thermal.climate.as_ref().map(ClimateUsed::words).unwrap_or_default();
    fact(ui, "PUE over the year", &format::number(chain.annual_pue, 3), format!("Weather: {climate}"));
    let hint = "Every loss between the utility and the IT: sizes the feed";
    fact(ui, "PUE in the worst hour", &format::number(chain.peak_pue, 3), hint.into());
    let wet = format!("{} a year with evaporation", hours(chain.wet_hours));
    fact(ui, "Water", &format!("{} L/kWh", format::number(chain.wue_l_per_kwh, 2)), wet);
    let hint = "Hours of the year in which all heat is carried without a compressor";
    fact(ui, "Free cooling", &hours(chain.free_cooling_hours), hint.into());
    if chain.short_hours > 0 {
        let hint = "Hours of the year in which the devices cannot take all the heat";
        fact(ui, "Short of cooling", &hours(chain.short_hours), hint.into());
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
    for cause in found.causes.iter().take(3) {
        let hint =
            format!("Hours a year that would go without {}", cause.cause.words(inspected.document.shown()));
        let parts: Vec<String> = cause.cause.parts().iter().take(2).map(name).collect();
        let more = if cause.cause.parts().len() > 2 { " …" } else { "" };
        let label = format!("  through {}{more}", parts.join(", "));
        fact(ui, &label, &format!("{} h", format::number(cause.hours_per_year, 3)), hint);
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
