//! What the history says of the bitcoin market, beside what is assumed, with one button to take it over.

use egui::{Button, Rect, RichText, ScrollArea, Stroke, Ui, UiBuilder, pos2};

use super::pictures::Scene;
use super::plot::figure;
use crate::app::chart::{Words, card};
use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::market::calibrate::{Calibration, Estimate};
use crate::quantity::{date, format};
use crate::site::edit::Edit;
use crate::site::{Address, Evidence, Override, Provenance, field};

/// Standard errors to either side of a fitted value that hold it in nineteen cases of twenty.
const NINETEEN_IN_TWENTY: f64 = 1.96;

pub fn table(ui: &mut Ui, scene: &Scene<'_>, actions: &mut Vec<Action>) {
    let calibration = &scene.outlook.calibration;
    let palette = theme::of(ui);
    let words = Words {
        headline: headline(scene),
        axis: format!("Fitted to {}, with the standard error{}", calibration.history, poor(calibration)),
        name: "Calibration from history",
    };
    let Some((_, plot)) = card(ui, palette, &words, &scene.footer) else { return };
    let rect = Rect::from_min_max(pos2(plot.left() - 38.0, plot.top() - 14.0), plot.max);
    figure(ui, rect, &words);
    let mut area = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("calibration"));
    let weak = |text: &str| RichText::new(text).size(theme::SMALL).color(palette.text_weak);
    let width = ((rect.width() - 120.0) / 3.0).clamp(44.0, 66.0);
    widgets::table_row(&mut area, weak("Parameter"), &["Assumed", "Fitted", "± error"].map(weak), width);
    let bottom = (area.available_height() - 32.0).max(30.0);
    ScrollArea::vertical().id_salt("estimates").auto_shrink(false).max_height(bottom).show(&mut area, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for estimate in &calibration.estimates {
            row(ui, scene, estimate, width);
        }
    });
    let apply = Button::new("Apply the fitted values").small();
    let hint = "Takes the fitted values over, with their source, as one step, those marked poor too; the growth of the price stays as it is";
    if area.add_enabled(!differing(scene).is_empty(), apply).on_hover_text(hint).clicked() {
        actions.push(Action::Edit(edit(scene)));
    }
    ui.painter().hline(rect.x_range(), rect.top() + 22.0, Stroke::new(1.0, palette.border));
}

/// How many of the fitted values the history hardly tells.
fn poor(calibration: &Calibration) -> String {
    let fitted = || calibration.estimates.iter().filter(|estimate| estimate.value.is_some());
    match fitted().filter(|estimate| !estimate.doubts.is_empty()).count() {
        0 => String::new(),
        count => format!("; {count} of {} poorly told", fitted().count()),
    }
}

fn row(ui: &mut Ui, scene: &Scene<'_>, estimate: &Estimate, width: f32) {
    let at = Address::new(estimate.object.clone(), estimate.key);
    let Some(spec) = field::spec(scene.site, &at) else { return };
    let shown = |value: Option<f64>| {
        let text = value.map_or_else(|| "–".to_owned(), |value| format::in_unit(value, spec.unit));
        RichText::new(text)
    };
    let symbol = spec.unit.symbol();
    let mut name =
        if symbol.is_empty() { spec.label.to_owned() } else { format!("{}, {symbol}", spec.label) };
    if estimate.value.is_some() && !estimate.doubts.is_empty() {
        name.push_str(" (poor)");
    }
    let numbers = [
        shown(scene.site.value(&at).flatten()),
        shown(rounded(estimate.value)),
        shown(rounded(estimate.standard_error)),
    ];
    let response = widgets::table_row(ui, RichText::new(name), &numbers, width);
    let mut words = format!("{}: {}, {} months", spec.help, estimate.method, estimate.months);
    for doubt in &estimate.doubts {
        words.push_str("; ");
        words.push_str(doubt);
    }
    if estimate.value.is_some() && !estimate.applied {
        words.push_str("; a forecast and not a habit of the market: shown and not applied");
    }
    response.on_hover_text(words);
}

/// Three digits, as many as a fit has at best.
fn rounded(value: Option<f64>) -> Option<f64> {
    value.map(|value| format!("{value:.2e}").parse().unwrap_or(value))
}

/// What applying would change.
fn differing(scene: &Scene<'_>) -> Vec<Override> {
    let changes = scene.outlook.calibration.changes();
    let differs = |change: &Override| match change {
        Override::Value { at, value } => scene.site.value(at) != Some(*value),
        _ => true,
    };
    changes.into_iter().filter(differs).collect()
}

fn headline(scene: &Scene<'_>) -> String {
    let calibration = &scene.outlook.calibration;
    let of = |key: &str| {
        let found = calibration.estimates.iter().find(|estimate| estimate.key == key)?;
        let at = Address::new(found.object.clone(), found.key);
        Some((found.value?, scene.site.value(&at).flatten()?))
    };
    match of("price_volatility") {
        Some((fitted, assumed)) => format!(
            "The past had a price volatility of {} % a year besides jumps; {} % is assumed",
            format::number(fitted * 100.0, 0),
            format::number(assumed * 100.0, 0)
        ),
        None => "The history is too short to fit a market to".to_owned(),
    }
}

/// In the base case every value comes with its source; a scenario takes the values alone.
fn edit(scene: &Scene<'_>) -> Edit {
    let calibration = &scene.outlook.calibration;
    let mut edits = Vec::new();
    for change in differing(scene) {
        match scene.scenario {
            Some(scenario) => edits.push(Edit::Override { scenario: scenario.to_owned(), change }),
            None => {
                edits.extend(source(calibration, &change, scene));
                edits.push(Edit::Change(change));
            }
        }
    }
    Edit::Together { label: "Apply the values fitted to the history".to_owned(), edits }
}

fn source(calibration: &Calibration, change: &Override, scene: &Scene<'_>) -> Option<Edit> {
    let Override::Value { at, value: Some(value) } = change else { return None };
    let estimate =
        calibration.estimates.iter().find(|known| known.key == at.field && known.object == at.object)?;
    let spec = field::spec(scene.site, at)?;
    let range = estimate.standard_error.map(|error| {
        let limit = |sign: f64| (value + sign * NINETEEN_IN_TWENTY * error).clamp(spec.min, spec.max);
        let (low, high) = (limit(-1.0), limit(1.0));
        if spec.whole { (low.floor(), high.ceil()) } else { (low, high) }
    });
    let (low, high) = range.unzip();
    let span = calibration.span.map_or_else(String::new, |(first, last)| {
        format!(", {} to {}", date::month_label(first), date::month_label(last))
    });
    let entry = Provenance {
        at: at.clone(),
        source: format!(
            "Fitted to {}{span}: {}{}",
            calibration.history,
            estimate.method,
            estimate.doubts.iter().map(|doubt| format!("; {doubt}")).collect::<String>()
        ),
        as_of: calibration.span.map(|(_, last)| last),
        evidence: Evidence::Measured,
        private: false,
        low,
        high,
    };
    Some(Edit::SetProvenance { at: at.clone(), entry: Some(entry) })
}
