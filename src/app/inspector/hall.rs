//! What the drawing can carry in one hall.

use egui::{RichText, Ui};

use super::{Inspected, site};
use crate::app::command::Command;
use crate::app::pages::Drawn;
use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::engineering::{ClimateUsed, HallEngineering, Study};
use crate::quantity::{Unit, format};
use crate::site::Object;

/// The engineering summary of a hall; nothing for other parts.
pub fn summary(ui: &mut Ui, inspected: &Inspected<'_>, id: &str, actions: &mut Vec<Action>) {
    let Some(hall) = inspected.findings.and_then(|findings| findings.engineering.hall(id)) else { return };
    let convert = Command::Draw(Drawn::Convertible);
    if ui.small_button(convert.text()).on_hover_text(convert.tooltip()).clicked() {
        actions.push(Action::Do(convert));
    }
    widgets::section(ui, "Engineering", "With everything planned built");
    if !hall.is_judged {
        ui.weak("The drawing is too large to judge this hall: see Problems");
        return;
    }
    capacity(ui, inspected, hall);
    thermal(ui, inspected, hall);
    availability(ui, inspected, hall, actions);
    reach(ui, inspected, hall);
    work(ui, inspected, hall);
}

fn capacity(ui: &mut Ui, inspected: &Inspected<'_>, hall: &HallEngineering) {
    if let Some(findings) = inspected.findings {
        firm(ui, findings, hall);
    }
    let racks = [("air", hall.air_kw_per_rack), ("liquid", hall.liquid_kw_per_rack)];
    for (medium, kw) in racks.into_iter().filter(|(_, kw)| *kw > 0.0) {
        let name = format!("Densest rack, {medium}");
        widgets::fact(ui, &name, format!("{} kW", format::number(kw, 0)), "By the hall's row groups".into());
    }
}

fn firm(ui: &mut Ui, findings: &Study, hall: &HallEngineering) {
    let Some(capacity) = findings.hall_capacity(&hall.id) else { return };
    if capacity.hosting_alone_mw > 0.0 {
        let hint = "With every other hall empty, at the design hour, through power, heat and space";
        widgets::fact(ui, "Hosting alone", format::mw(capacity.hosting_alone_mw), hint.into());
        let hint = "Its share when all halls together host the most the site can carry";
        widgets::fact(ui, "Hosting with all halls full", format::mw(capacity.hosting_mw), hint.into());
        if let Some(survival) = findings.survival(&hall.id) {
            let after = |place: usize| match survival.contingency[place].as_str() {
                "" => "Limited by the hall's own space".to_owned(),
                loss => format!("Least after the {loss}; full then: {}", survival.cut[place].join(", ")),
            };
            widgets::fact(ui, "N+1: any one unit lost", format::mw(survival.mw.n_plus_1), after(1));
            widgets::fact(ui, "Maintainable: any part lost", format::mw(survival.mw.maintainable), after(2));
        }
    }
    if capacity.stranded_mw > 1e-3 {
        let hint = format!("Space that cannot be served: {} in the way", capacity.stranded_by.join(", "));
        widgets::fact(ui, "Stranded", format::mw(capacity.stranded_mw), hint);
    }
    let hint = "With every other hall empty and no hosting";
    widgets::fact(ui, "Mining alone", format::mw(capacity.mining_alone_mw), hint.into());
}

fn thermal(ui: &mut Ui, inspected: &Inspected<'_>, hall: &HallEngineering) {
    let Some(findings) = inspected.findings else { return };
    let Some(chain) = findings.thermal.hall(&hall.id).and_then(|hall| hall.hosting.as_ref()) else { return };
    let hours = |count: u32| format!("{} h", format::number(f64::from(count), 0));
    let climate = findings.thermal.climate.as_ref().map(ClimateUsed::words).unwrap_or_default();
    let parts = format!("1 of IT and {}. Weather: {climate}", chain.pue_parts().words());
    widgets::fact(ui, "PUE over the year", format::number(chain.annual_pue, 3), parts);
    let hint = "Every loss between the utility and the IT: sizes the feed";
    widgets::fact(ui, "PUE in the worst hour", format::number(chain.peak_pue, 3), hint.into());
    let wet = format!("{} a year with evaporation", hours(chain.wet_hours));
    widgets::fact(ui, "Water", format!("{} L/kWh", format::number(chain.wue_l_per_kwh, 2)), wet);
    let hint = "Hours of the year in which all heat is carried without a compressor";
    widgets::fact(ui, "Free cooling", hours(chain.free_cooling_hours), hint.into());
    if chain.short_hours > 0 {
        let hint = "Hours of the year in which the devices cannot take all the heat";
        widgets::fact(ui, "Short of cooling", hours(chain.short_hours), hint.into());
    }
}

fn availability(ui: &mut Ui, inspected: &Inspected<'_>, hall: &HallEngineering, actions: &mut Vec<Action>) {
    let Some(found) = &hall.availability else { return };
    site::planned_work(ui, inspected, actions);
    let hint = format!(
        "{} failures a year, {} hours each",
        format::number(found.failures_per_year, 3),
        format::number(found.mean_duration_hours(), 2)
    );
    widgets::fact(ui, "Availability of hosting", format::availability(found.availability), hint.clone());
    widgets::fact(ui, "Down", format!("{} h a year", format::number(found.downtime_hours_per_year, 2)), hint);
    let counts = inspected.findings.is_some_and(|findings| findings.options.planned_maintenance);
    let (planned, hint) = match counts {
        true => (
            format!("{} h a year", format::number(found.planned_hours_per_year, 2)),
            "Of the hours down: yearly upkeep, one unit at a time",
        ),
        false => ("left out".to_owned(), "Yearly upkeep is not in the figures above"),
    };
    widgets::fact(ui, "  of it planned work", &planned, hint.into());
    let name = |id: &String| inspected.document.shown().object_name(&Object::Component(id.clone()));
    let alone: Vec<String> = found.single_points_of_failure.iter().map(name).collect();
    let count = if alone.is_empty() { "none".to_owned() } else { alone.len().to_string() };
    let hint = if alone.is_empty() {
        "No part alone takes hosting down".to_owned()
    } else {
        format!("Each alone takes hosting down: {}", alone.join(", "))
    };
    widgets::fact(ui, "Single points of failure", &count, hint);
    for cause in found.causes.iter().take(3) {
        let hint =
            format!("Hours a year that would go without {}", cause.cause.words(inspected.document.shown()));
        let parts: Vec<String> = cause.cause.parts().iter().take(2).map(name).collect();
        let more = if cause.cause.parts().len() > 2 { " …" } else { "" };
        let label = format!("  through {}{more}", parts.join(", "));
        widgets::fact(ui, &label, format!("{} h", format::number(cause.hours_per_year, 3)), hint);
    }
}

fn reach(ui: &mut Ui, inspected: &Inspected<'_>, hall: &HallEngineering) {
    let site = inspected.document.shown();
    let fibre = inspected.findings.and_then(|findings| findings.fibre.get(&hall.id));
    for (metro, ms) in &hall.rtt_ms {
        let name = site.object_name(&Object::Component(metro.clone()));
        let routes = hall.diverse_routes.get(metro).copied().unwrap_or(0);
        let hint = format!("{routes} fibre routes of which no two share a trench");
        widgets::fact(
            ui,
            &format!("Round trip to {name}"),
            format::with_unit(*ms, Unit::Milliseconds),
            hint.clone(),
        );
        let Some(found) = fibre.and_then(|fibre| fibre.get(metro)) else { continue };
        widgets::fact(ui, "  fibre up", format::availability(found.availability), found.words(site));
        let often = format!("{} a year", format::number(found.failures_per_year, 3));
        widgets::fact(ui, "  fibre failures", &often, found.words(site));
        let trenches = found.shared_trenches();
        let trench =
            if trenches.is_empty() { String::new() } else { format!(", {} shared", trenches.join(", ")) };
        let hint = if trenches.is_empty() {
            format!("{hint}; no trench holds several links of the way")
        } else {
            format!("{hint}; one cut in {} takes several links", trenches.join(" or "))
        };
        widgets::fact(ui, "  diverse routes", format!("{routes}{trench}"), hint);
    }
}

/// Classes of work by what the hall's round trips and availability allow, those that fit first.
fn work(ui: &mut Ui, inspected: &Inspected<'_>, hall: &HallEngineering) {
    let Some(classes) = inspected.findings.and_then(|findings| findings.workloads.get(&hall.id)) else {
        return;
    };
    let site = inspected.document.shown();
    let fitting = classes.iter().filter(|class| class.is_satisfied()).count();
    let note = format!("{fitting} of {} classes, by round trip and availability", classes.len());
    widgets::section(ui, "Work it suits", &note);
    let (fit, others): (Vec<_>, Vec<_>) = classes.iter().partition(|class| class.is_satisfied());
    for class in fit.into_iter().chain(others) {
        let palette = theme::of(ui);
        let colour = if class.is_satisfied() { palette.good } else { palette.text_weak };
        let word = RichText::new(class.verdict.word()).color(colour);
        widgets::fact(ui, &class.workload.name, word, class.because(site));
    }
}
