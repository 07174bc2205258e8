//! What a weather file holds, before it is taken.

use egui::{RichText, Ui};

use super::found;
use crate::app::state::Action;
use crate::app::{App, theme, widgets};
use crate::engineering::ClimateUsed;
use crate::engineering::thermal::{FoundYear, WeatherImport};
use crate::quantity::format;
use crate::site::climate::HOURS;

pub fn show(app: &mut App, ui: &mut Ui, import: &WeatherImport) {
    let colours = theme::of(ui);
    let screen = ui.ctx().content_rect();
    let climate = app.findings.as_ref().and_then(|findings| findings.thermal.climate.as_ref());
    let modal = widgets::modal(ui, "weather").show(ui.ctx(), |ui| {
        ui.set_width(560.0_f32.min(screen.width() - 40.0));
        let title = match &import.found {
            Some(found) => format!("Weather of {}", found.year.name),
            None => format!("{} has no year of weather that can be taken", import.file_name),
        };
        ui.label(theme::strong(title, theme::TITLE));
        if let Some(found) = &import.found {
            ui.label(RichText::new(&import.file_name).size(theme::SMALL).color(colours.text_weak));
            ui.add_space(6.0);
            facts(ui, found, climate);
        }
        let take = import.found.is_some().then_some(Action::TakeWeather);
        found::and_choice(
            ui,
            &import.report.problems,
            screen.height() - 420.0,
            take,
            "The site keeps its weather",
        )
    });
    let closed = modal.should_close().then_some(Action::CloseOverlay);
    app.actions.extend(modal.inner.or(closed));
}

fn facts(ui: &mut Ui, found: &FoundYear, now: Option<&ClimateUsed>) {
    let FoundYear { year, design, distance_km, .. } = found;
    let celsius = |value: f64| format!("{} °C", format::number(value, 1));
    let sides = |degrees: f64, sides: [&str; 2]| {
        format!("{}° {}", format::number(degrees.abs(), 2), sides[usize::from(degrees < 0.0)])
    };
    let place = format!(
        "{}, {}, {} m",
        sides(year.latitude, ["N", "S"]),
        sides(year.longitude, ["E", "W"]),
        format::number(year.elevation_m, 0)
    );
    widgets::fact(ui, "Measured at", &place, String::new());
    let distance = format!("{} km from the site", format::number(*distance_km, 0));
    widgets::fact(ui, "Distance", &distance, "Great circle between the station and the site".to_owned());
    widgets::fact(ui, "Source", &year.source, String::new());
    let hours = |count: usize| format::number(count as f64, 0);
    let read = match found.hours_filled() {
        0 => format!("{}, all of the year", hours(found.hours_given)),
        filled => format!("{} of {}, {} filled", hours(found.hours_given), hours(HOURS), hours(filled)),
    };
    widgets::fact(ui, "Hours read", &read, "Hours with temperature and humidity in the file".to_owned());
    let design_words = |dry: f64, wet: f64| format!("{} dry bulb, {} wet bulb", celsius(dry), celsius(wet));
    let hint = "Each exceeded in 35 hours of the year (0.4 %)";
    let words = design_words(design.dry_bulb_c, design.wet_bulb_c);
    widgets::fact(ui, "Design hours", &words, hint.to_owned());
    if let Some(now) = now {
        let words = design_words(now.design.dry_bulb_c, now.design.wet_bulb_c);
        widgets::fact(ui, "  of the weather used now", &words, now.words());
    }
    let coldest = year.dry_bulb_c.iter().copied().fold(f64::INFINITY, f64::min);
    let hottest = year.dry_bulb_c.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let words = format!("{} to {}", celsius(coldest), celsius(hottest));
    widgets::fact(ui, "Dry bulb over the year", &words, String::new());
}
