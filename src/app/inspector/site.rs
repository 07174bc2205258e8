//! What holds for the site as a whole and is no number: the weather it is judged in, and how its studies count.

use egui::{ComboBox, RichText, Ui};

use super::Inspected;
use crate::app::state::Action;
use crate::app::{Command, theme, widgets};
use crate::engineering::Availability;
use crate::engineering::thermal::built_in_by_distance;
use crate::quantity::format;
use crate::site::edit::Edit;
use crate::site::{Climate, Site};

pub fn show(ui: &mut Ui, inspected: &Inspected<'_>, actions: &mut Vec<Action>) {
    widgets::section(ui, "Weather", "Cooling is judged in every hour of this year, in each scenario alike");
    choice(ui, inspected.document.site(), actions);
    if ui.button(Command::ImportWeather.text()).on_hover_text(Command::ImportWeather.tooltip()).clicked() {
        actions.push(Action::Do(Command::ImportWeather));
    }
    ui.weak("or drop the file on the window");
    if let Some(climate) = inspected.findings.and_then(|findings| findings.thermal.climate.as_ref()) {
        let km = format!("{} km from the site", format::number(climate.distance_km, 0));
        widgets::fact(ui, "Station", &climate.year.name, climate.year.source.clone());
        widgets::fact(ui, "Distance", &km, "Great circle between the station and the site".to_owned());
        let celsius = |value: f64| format!("{} °C", format::number(value, 1));
        let hint = format!("Devices are judged at {}", climate.design.words());
        widgets::fact(ui, "Design dry bulb", celsius(climate.design.dry_bulb_c), hint.clone());
        widgets::fact(ui, "Design wet bulb", celsius(climate.design.wet_bulb_c), hint);
        widgets::fact(ui, "Hottest hour", climate.hottest_hour(), String::new());
    }
    widgets::section(ui, "Availability", "");
    planned_work(ui, inspected, actions);
    widgets::section(ui, "What availability rests on", "");
    for sentence in Availability::assumptions() {
        ui.label(RichText::new(*sentence).size(theme::BODY - 1.0).color(theme::of(ui).text_weak));
    }
}

/// The typical years of the program by distance, the nearest of them whichever it is, and what was imported.
fn choice(ui: &mut Ui, site: &Site, actions: &mut Vec<Action>) {
    let years = built_in_by_distance(site);
    let words = |km: f64, name: &str| format!("{name}, {} km", format::number(km, 0));
    let nearest = years.first().map_or_else(String::new, |(km, known)| words(*km, &known.year.name));
    let nearest = format!("Nearest: {nearest}");
    let now = match &site.climate {
        None => nearest.clone(),
        Some(Climate::Imported(year)) => format!("Imported: {}", year.name),
        Some(Climate::BuiltIn(id)) => years
            .iter()
            .find(|(_, known)| known.id == id)
            .map_or_else(|| format!("`{id}`, unknown"), |(km, known)| words(*km, &known.year.name)),
    };
    let mut chosen = None;
    ui.name_inputs("Weather", |ui| {
        ComboBox::from_id_salt("weather")
            .width(ui.available_width() - 8.0)
            .height(360.0)
            .truncate()
            .icon(widgets::chevron)
            .selected_text(now)
            .show_ui(ui, |ui| {
                if ui.selectable_label(site.climate.is_none(), nearest).clicked() {
                    chosen = Some((None, "the nearest typical year".to_owned()));
                }
                for (km, known) in &years {
                    let climate = Some(Climate::BuiltIn(known.id.to_owned()));
                    let is_chosen = site.climate == climate;
                    if ui.selectable_label(is_chosen, words(*km, &known.year.name)).clicked() {
                        chosen = Some((climate, known.year.name.clone()));
                    }
                }
            });
    });
    actions.extend(chosen.map(|(climate, name)| Action::Edit(Edit::SetClimate { climate, name })));
}

/// The switch, and that it moves no plan.
pub fn planned_work(ui: &mut Ui, inspected: &Inspected<'_>, actions: &mut Vec<Action>) {
    let mut counts = inspected.counts_planned_work;
    let switch = ui.checkbox(&mut counts, "Count planned work");
    let hint = "The yearly upkeep of each unit, one at a time; a part without reserve takes its hall down for it. \
                Plans and contracts are judged without it.";
    if switch.on_hover_text(hint).clicked() {
        actions.push(Action::Do(Command::CountPlannedWork));
    }
}
