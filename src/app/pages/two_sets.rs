//! *Split into two sets…*: how many units and spares the second set has, and what a loss then leaves.

use egui::{Align, Grid, Label, Layout, RichText, Ui, vec2};

use super::{close_or_stay, field, foot};
use crate::app::inspector::in_all_scenarios;
use crate::app::state::{Action, Overlay};
use crate::app::{App, theme, widgets};
use crate::engineering::availability::at_full_load;
use crate::quantity::{Severity, Unit, format};
use crate::site::edit::Edit;
use crate::site::split::{Units, can_split_in_two};
use crate::site::{Component, ComponentId, Object, Site};

const UNITS: &str = "Units of the second set";
const SPARES: &str = "Spare units among them";

/// What is entered, as text.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoSetsPage {
    part: ComponentId,
    units: String,
    spares: String,
}

/// A whole number of units.
fn count(label: &str, text: &str) -> Result<u32, String> {
    let value = Unit::Count.parse(text).map_err(|why| format!("{label}: {why}"))?;
    if !(value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value)) {
        return Err(format!("{label}: `{}` is no number of units", text.trim()));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
    let units = value as u32;
    Ok(units)
}

impl TwoSetsPage {
    fn second(&self) -> Result<Units, String> {
        Ok(Units { units: count(UNITS, &self.units)?, spare_units: count(SPARES, &self.spares)? })
    }
}

impl App {
    pub(in crate::app) fn open_two_sets(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let site = document.site();
        let selected = match &self.view.selection {
            Some(Object::Component(id)) => site.component(id),
            _ => None,
        };
        let Some(part) = selected else {
            return self.toast(now, Severity::Error, "Select the part that is to be two sets".to_owned());
        };
        let half = Units::of(part).second_half();
        match can_split_in_two(site, &part.id, half) {
            Ok(_) => {
                let (units, spares) = (half.units.to_string(), half.spare_units.to_string());
                let page = TwoSetsPage { part: part.id.clone(), units, spares };
                self.view.overlay = Some(Overlay::TwoSets(Box::new(page)));
            }
            Err(why) => self.toast(now, Severity::Error, why),
        }
    }
}

pub fn show(app: &mut App, ui: &mut Ui, mut page: Box<TwoSetsPage>) {
    let part =
        app.document.as_ref().and_then(|document| Some((document, document.site().component(&page.part)?)));
    let Some((document, part)) = part else {
        app.view.overlay = None;
        return;
    };
    let site = document.site();
    let colours = theme::of(ui);
    let modal = widgets::modal(ui, "two sets").show(ui.ctx(), |ui| {
        ui.set_width(540.0_f32.min(ui.ctx().content_rect().width() - 40.0));
        let name = site.object_name(&Object::Component(part.id.clone()));
        ui.label(theme::strong(format!("Split {name} into two sets"), theme::FIGURE - 4.0));
        let words = "Both keep the links of the set and carry what it carried; each falls back on its own spares alone";
        ui.add(Label::new(RichText::new(words).color(colours.text_weak)).wrap());
        in_all_scenarios(ui, document, "How units stand in sets is");
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            for (label, text) in [(UNITS, &mut page.units), (SPARES, &mut page.spares)] {
                ui.label(label);
                field(ui, label, text, 56.0);
                ui.add_space(12.0);
            }
        });
        ui.add_space(6.0);
        let second = page.second();
        let split = second
            .and_then(|second| can_split_in_two(site, &part.id, second).map(|first| [first, second]));
        match &split {
            Ok(sets) => figures(ui, site, part, *sets),
            Err(why) => {
                ui.add(Label::new(RichText::new(why).color(colours.error)).wrap());
            }
        }
        ui.add_space(8.0);
        let edit =
            split.ok().map(|[_, second]| Action::Edit(Edit::SplitInTwo { part: part.id.clone(), second }));
        let is_ready = edit.is_some();
        foot(ui, "Split it", || edit, is_ready, |_| None)
    });
    close_or_stay(app, modal, Overlay::TwoSets(page));
}

/// What the set is today and the two would be, beside each other.
fn figures(ui: &mut Ui, site: &Site, part: &Component, sets: [Units; 2]) {
    let whole = Units::of(part);
    let unit_mw = part.unit_rating_mw();
    let mw = |units: u32| unit_mw * f64::from(units);
    let up = |of: Units| {
        let part = Component { units: of.units, spare_units: of.spare_units, ..part.clone() };
        at_full_load(site, &part).map(|set| 1.0 - set.unavailability)
    };
    let both = |of: &dyn Fn(Units) -> f64| of(sets[0]) + of(sets[1]);
    let lost = |of: Units| mw(of.working() - of.after_a_loss());
    let carried = both(&|set| mw(set.working()));
    let units = |of: Units| match of.spare_units {
        0 => format!("{}", of.units),
        spare => format!("{} ({spare} spare)", of.units),
    };
    let mut rows: Vec<(&str, &str, [String; 4])> = vec![
        ("Units", "", [units(whole), units(sets[0]), units(sets[1]), units(whole)]),
        (
            "Carries",
            "All units in service but the spares",
            [mw(whole.working()), mw(sets[0].working()), mw(sets[1].working()), carried].map(format::mw),
        ),
        (
            "Any one unit lost",
            "The worse of the two, beside the other in full",
            [
                mw(whole.after_a_loss()),
                mw(sets[0].after_a_loss()),
                mw(sets[1].after_a_loss()),
                carried - lost(sets[0]).max(lost(sets[1])),
            ]
            .map(format::mw),
        ),
        (
            "A whole set lost",
            "The larger of the two, as for work on all of it",
            [
                format::mw(0.0),
                String::new(),
                String::new(),
                format::mw(carried - mw(sets[0].working().max(sets[1].working()))),
            ],
        ),
    ];
    if let (Some(whole), Some(first), Some(second)) = (up(whole), up(sets[0]), up(sets[1])) {
        rows.push((
            "Carries all of it",
            "Share of the time, by the failure data of the part; the two fail each on its own",
            [whole, first, second, first * second].map(format::availability),
        ));
    }
    let colours = theme::of(ui);
    Grid::new("two sets").num_columns(5).min_col_width(76.0).spacing(vec2(22.0, 6.0)).show(ui, |ui| {
        ui.label("");
        for head in ["Today", "First set", "Second set", "Both"] {
            right(ui, RichText::new(head).size(theme::SMALL).color(colours.text_weak));
        }
        ui.end_row();
        for (name, hint, cells) in rows {
            let label = ui.label(name);
            if !hint.is_empty() {
                label.on_hover_text(hint);
            }
            for (place, cell) in cells.into_iter().enumerate() {
                right(
                    ui,
                    if place == 0 || place == 3 { theme::strong(cell, theme::BODY) } else { cell.into() },
                );
            }
            ui.end_row();
        }
    });
}

/// A figure of a column.
fn right(ui: &mut Ui, figure: RichText) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(figure));
}
