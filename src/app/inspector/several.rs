//! Numbers of several parts at once: what they share, what differs, and typing that sets it for all.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Align, Align2, Layout, RichText, Ui, vec2};

use super::number::{Cell, FIELD_WIDTH, entry_text, shown, text_field};
use crate::app::state::{Action, Slot, View};
use crate::app::{App, Document, assumptions::entry, theme, widgets};
use crate::quantity::format;
use crate::site::edit::Edit;
use crate::site::field::{FieldSpec, fields_of_part};
use crate::site::{Address, Component, ComponentId, Object, Override, Site};

/// A number that several parts have.
#[derive(Clone, Debug)]
struct Shared {
    spec: FieldSpec,
    /// The first part that has it.
    first: String,
    count: usize,
    low: Option<f64>,
    high: Option<f64>,
    /// All have the same value, or none.
    same: bool,
    value: Option<f64>,
}

/// The numbers of parts, in the order of the one table, each once.
fn shared(parts: &[&Component]) -> Vec<Shared> {
    let mut found: Vec<Shared> = Vec::new();
    for part in parts {
        let mut at = 0;
        for (spec, value) in fields_of_part(part) {
            match found.iter().position(|known| known.spec.key == spec.key) {
                Some(place) => {
                    let known = &mut found[place];
                    known.count += 1;
                    known.same &= known.value == value;
                    known.low = [known.low, value].into_iter().flatten().reduce(f64::min);
                    known.high = [known.high, value].into_iter().flatten().reduce(f64::max);
                    at = place + 1;
                }
                None => {
                    let first = part.id.clone();
                    let new = Shared { spec, first, count: 1, low: value, high: value, same: true, value };
                    found.insert(at, new);
                    at += 1;
                }
            }
        }
    }
    found
}

/// As [`shared`]; what was found in the frame before while site and selection are the same.
fn kept_shared(ui: &Ui, site: &Arc<Site>, parts: &[&Component], view: &View) -> Arc<Vec<Shared>> {
    #[derive(Clone)]
    struct Kept {
        site: Arc<Site>,
        chosen: BTreeSet<ComponentId>,
        found: Arc<Vec<Shared>>,
    }
    let id = egui::Id::unique("numbers of several parts");
    let chosen = view.parts();
    let kept: Option<Kept> = ui.data(|data| data.get_temp(id));
    if let Some(kept) = kept.filter(|kept| Arc::ptr_eq(&kept.site, site) && kept.chosen == chosen) {
        return kept.found;
    }
    let found = Arc::new(shared(parts));
    let kept = Kept { site: Arc::clone(site), chosen, found: Arc::clone(&found) };
    ui.data_mut(|data| data.insert_temp(id, kept));
    found
}

/// A row for every number that any of the parts has.
pub fn numbers(ui: &mut Ui, site: &Arc<Site>, parts: &[&Component], view: &View, actions: &mut Vec<Action>) {
    widgets::section(ui, "Values", "What is typed is set for all that have it, in one step");
    let found = kept_shared(ui, site, parts, view);
    let (all, some): (Vec<_>, Vec<_>) = found.iter().partition(|known| known.count == parts.len());
    for known in all {
        row(ui, known, parts.len(), view, actions);
    }
    if !some.is_empty() {
        widgets::section(ui, "Of some of them", "");
        for known in some {
            row(ui, known, parts.len(), view, actions);
        }
    }
}

fn row(ui: &mut Ui, known: &Shared, of: usize, view: &View, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let at = Address::new(Object::Component(known.first.clone()), known.spec.key);
    let edit = view.field.as_ref().filter(|edit| edit.at == at && edit.slot == Slot::All);
    ui.horizontal(|ui| {
        ui.set_min_height(26.0);
        let width = (ui.available_width() - FIELD_WIDTH - 8.0).max(40.0);
        let words = match known.count {
            count if count == of => known.spec.label.to_owned(),
            count => format!("{} ({count} of {of})", known.spec.label),
        };
        let label = ui
            .allocate_ui_with_layout(vec2(width, 26.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(width);
                ui.add(egui::Label::new(words).wrap())
            })
            .inner;
        let hint = match (known.low, known.high) {
            (Some(low), Some(high)) if !known.same => {
                format!("{} to {}", shown(Some(low), known.spec.unit), shown(Some(high), known.spec.unit))
            }
            _ => "Not set".to_owned(),
        };
        label.clone().on_hover_ui(|ui| {
            ui.set_max_width(280.0);
            ui.label(theme::strong(known.spec.label, theme::BODY));
            ui.label(known.spec.help);
            ui.weak(&hint);
        });
        let value = known.value.filter(|_| known.same);
        let cell = Cell {
            place: "several",
            at: &at,
            slot: Slot::All,
            shown: shown(value, known.spec.unit),
            exact: entry_text(value, known.spec.unit),
            hint: if known.same { "not set" } else { "several values" },
        };
        let align = Align2([Align::Max, Align::Center]);
        let field = text_field(ui, view, &cell, actions, |field| {
            field.desired_width(FIELD_WIDTH - 16.0).align(align)
        });
        field.labelled_by(label.id);
    });
    if let Some(error) = edit.and_then(|edit| edit.error.as_ref()) {
        ui.label(RichText::new(error).size(theme::SMALL).color(palette.error));
    }
}

impl App {
    /// The change that was typed for all selected parts, or why there is none.
    pub(in crate::app) fn read_all(&self, at: &Address, text: &str) -> Result<Option<Edit>, String> {
        let Some(document) = &self.document else { return Ok(None) };
        let parts = self.view.parts();
        let mut changes = Vec::new();
        let mut label = at.field.clone();
        let mut count = 0;
        for part in document.shown().components.iter().filter(|part| parts.contains(&part.id)) {
            let Some((spec, before)) =
                fields_of_part(part).into_iter().find(|(spec, _)| spec.key == at.field)
            else {
                continue;
            };
            let value = entry::number(&spec, text)?;
            if value.is_none() && !spec.optional {
                return Err(format!("{} cannot be left out", spec.label));
            }
            label = spec.label.to_lowercase();
            count += 1;
            if value != before {
                let at = Address::new(Object::Component(part.id.clone()), spec.key);
                changes.push(Override::Value { at, value });
            }
        }
        let label = format!("Change {label} of {} parts", format::number(count as f64, 0));
        Ok((!changes.is_empty()).then(|| of_all(document, label, &changes)))
    }
}

/// Changes of several parts as one step, in the scenario that is shown or in the base case.
pub fn of_all(document: &Document, label: String, changes: &[Override]) -> Edit {
    let label = match document.scenario() {
        Some(scenario) => format!("{label} in {scenario}"),
        None => label,
    };
    Edit::of_overrides(label, changes, document.scenario())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::typical_parts;

    #[test]
    fn numbers_of_several_parts_are_named_once_with_their_range() {
        let site = typical_parts();
        let parts: Vec<&Component> =
            ["transformer", "unit-transformer", "hall"].map(|id| site.component(id).unwrap()).to_vec();
        let found = shared(&parts);
        let of = |key: &str| found.iter().find(|known| known.spec.key == key).unwrap();
        assert_eq!((of("rating_mva").count, of("rating_mva").same), (2, false));
        assert_eq!((of("rating_mva").low, of("rating_mva").high), (Some(3.5), Some(40.0)));
        assert_eq!((of("units").count, of("units").same, of("units").value), (3, true, Some(1.0)));
        assert_eq!(of("critical_mw").count, 1);
        let mut keys: Vec<&str> = found.iter().map(|known| known.spec.key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
