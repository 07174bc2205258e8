//! Number fields that read units: `120 MW`, `4.2 c/kWh`, `3*2.5 MVA`.

use egui::text::{CCursor, CCursorRange};
use egui::{Align, Id, Layout, Response, RichText, TextEdit, Ui, vec2};

use crate::app::state::{Action, Slot, View};
use crate::app::{Document, theme};
use crate::quantity::{Unit, format};
use crate::site::field::{self, FieldSpec, fields_of};
use crate::site::{Address, Evidence, Object, Override, Provenance};

const FIELD_WIDTH: f32 = 142.0;
/// Room of the letter that says where a value is from.
const MARK_WIDTH: f32 = 18.0;

/// One row for every number of an object.
pub fn numbers(ui: &mut Ui, document: &Document, view: &View, object: &Object, actions: &mut Vec<Action>) {
    other_numbers(ui, document, view, object, |_| false, actions);
}

/// As [`numbers`], without those that are shown elsewhere on the page, by their keys.
pub fn other_numbers(
    ui: &mut Ui,
    document: &Document,
    view: &View,
    object: &Object,
    is_elsewhere: impl Fn(&str) -> bool,
    actions: &mut Vec<Action>,
) {
    for (spec, value) in fields_of(document.shown(), object) {
        if !is_elsewhere(spec.key) {
            let at = Address::new(object.clone(), spec.key);
            let row = Row { at: &at, name: spec.label, spoken: "", place: "" };
            row_of(ui, document, view, &row, &spec, value, actions);
        }
    }
}

/// A number on a page of its own.
pub struct Row<'a> {
    pub at: &'a Address,
    pub name: &'a str,
    /// What a screen reader says where the name alone is not enough; else empty.
    pub spoken: &'a str,
    /// Tells fields of one number apart that are shown at once; empty where there is one.
    pub place: &'static str,
}

/// One row for a number; nothing where it does not exist.
pub fn row_at(ui: &mut Ui, document: &Document, view: &View, row: &Row<'_>, actions: &mut Vec<Action>) {
    let site = document.shown();
    if let (Some(spec), Some(value)) = (field::spec(site, row.at), site.value(row.at)) {
        row_of(ui, document, view, row, &spec, value, actions);
    }
}

/// One row for the capex budget of every calendar year of the plan.
pub fn capex_years(ui: &mut Ui, document: &Document, view: &View, actions: &mut Vec<Action>) {
    let site = document.shown();
    let first = site.plan.start.year();
    let last = i32::from(first) + site.plan.horizon_years as i32;
    let budgets = site.limits.capex_by_year_usd.iter().map(|budget| budget.year);
    let years: std::collections::BTreeSet<i16> =
        (first..i16::try_from(last).unwrap_or(i16::MAX)).chain(budgets).collect();
    for year in years {
        let object = Object::CapexYear(year);
        let name = site.object_name(&object);
        for (spec, value) in fields_of(site, &object) {
            let at = Address::new(object.clone(), spec.key);
            let row = Row { at: &at, name: &name, spoken: "", place: "" };
            row_of(ui, document, view, &row, &spec, value, actions);
        }
    }
}

fn row_of(
    ui: &mut Ui,
    document: &Document,
    view: &View,
    row: &Row<'_>,
    spec: &FieldSpec,
    value: Option<f64>,
    actions: &mut Vec<Action>,
) {
    let Row { at, name, spoken, place } = *row;
    let palette = theme::of(ui);
    let like = Override::Value { at: at.clone(), value: None };
    let overridden = document.differs(&like);
    let edit = view.field.as_ref().filter(|edit| edit.at == *at && edit.slot == Slot::Value);
    ui.horizontal(|ui| {
        ui.set_min_height(26.0);
        let width = (ui.available_width() - FIELD_WIDTH - 8.0).max(40.0);
        let label = ui
            .allocate_ui_with_layout(vec2(width, 26.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(width);
                let colour = if overridden { palette.accent } else { palette.text };
                let mark = if provenance(document, at).is_some() { MARK_WIDTH } else { 0.0 };
                // A long name takes a second line, beside which the mark has its room.
                let words = egui::Label::new(RichText::new(name).color(colour)).wrap();
                let label = ui
                    .scope(|ui| {
                        ui.set_max_width(width - mark);
                        ui.add(words)
                    })
                    .inner;
                evidence_mark(ui, document, at);
                label
            })
            .inner
            .on_hover_ui(|ui| help(ui, document, at, spec));
        let cell = Cell {
            place,
            at,
            slot: Slot::Value,
            shown: shown(value, spec.unit),
            exact: entry_text(value, spec.unit),
            hint: "not set",
        };
        let align = egui::Align2([Align::Max, Align::Center]);
        let field = text_field(ui, view, &cell, actions, |field| {
            field.desired_width(FIELD_WIDTH - 16.0).align(align)
        });
        if spoken.is_empty() {
            field.labelled_by(label.id);
        } else {
            field.accessible_name(spoken);
        }
    });
    if let Some(error) = edit.and_then(|edit| edit.error.as_ref()) {
        ui.label(RichText::new(error).size(theme::SMALL).color(palette.error));
    }
    if overridden {
        ui.horizontal(|ui| {
            let base = shown(document.site().value(at).flatten(), spec.unit);
            let text =
                format!("Differs in this scenario; base {}", if base.is_empty() { "not set" } else { &base });
            ui.label(RichText::new(text).size(theme::SMALL).color(palette.accent));
            let reset = ui.small_button("Reset").on_hover_text("Takes the base value back");
            if reset.clicked() {
                actions.push(Action::Reset(like));
            }
        });
    }
}

/// What a text field stands for: a number, or what is known of it.
pub struct Cell<'a> {
    /// As [`Row::place`].
    pub place: &'static str,
    pub at: &'a Address,
    pub slot: Slot,
    /// As it is read.
    pub shown: String,
    /// As it is typed.
    pub exact: String,
    /// Shown where there is nothing.
    pub hint: &'static str,
}

impl Cell<'_> {
    pub fn id(&self) -> Id {
        Id::unique(("field", self.place, self.at.to_string(), self.slot))
    }
}

/// A field that turns what is typed into actions: its text is all there to be replaced once it has the focus, and is
/// taken when the focus leaves it, unless by Escape.
pub fn text_field(
    ui: &mut Ui,
    view: &View,
    cell: &Cell<'_>,
    actions: &mut Vec<Action>,
    style: impl FnOnce(TextEdit<'_>) -> TextEdit<'_>,
) -> Response {
    let id = cell.id();
    let (at, slot) = (cell.at, cell.slot);
    let edit = view.field.as_ref().filter(|edit| edit.at == *at && edit.slot == slot);
    let mut text = match edit {
        Some(edit) => edit.text.clone(),
        None => cell.shown.clone(),
    };
    let mut field = style(
        TextEdit::singleline(&mut text).id(id).hint_text(RichText::new(cell.hint).size(theme::BODY - 1.0)),
    );
    if edit.is_some_and(|edit| edit.error.is_some()) {
        field = field.text_color(theme::of(ui).error);
    }
    let mut output = field.show(ui);
    let response = output.response.response.clone();
    if response.gained_focus() && edit.is_none() {
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(cell.exact.chars().count()));
        output.state.cursor.set_char_range(Some(all));
        output.state.store(ui.ctx(), id);
        actions.push(Action::BeginField { at: at.clone(), slot, text: cell.exact.clone() });
    } else if response.changed() {
        if edit.is_none() {
            actions.push(Action::BeginField { at: at.clone(), slot, text: text.clone() });
        }
        actions.push(Action::TypeField(text));
    }
    if let Some(edit) = edit
        && response.lost_focus()
        && !ui.input(|input| input.key_pressed(egui::Key::Escape))
    {
        actions.push(Action::CommitField { at: at.clone(), slot, text: edit.text.clone() });
    }
    response
}

/// The value as it is read.
fn shown(value: Option<f64>, unit: Unit) -> String {
    value.map(|value| format::with_unit(value, unit)).unwrap_or_default()
}

/// The value as it is typed: every digit, in a form the field reads back.
pub fn entry_text(value: Option<f64>, unit: Unit) -> String {
    let Some(value) = value else { return String::new() };
    match unit {
        Unit::Share => format!("{} %", trimmed(value * 100.0)),
        Unit::Usd => format!("${}", trimmed(value)),
        Unit::None | Unit::Count => trimmed(value),
        _ => format!("{} {}", trimmed(value), unit.symbol()),
    }
}

/// The value as it stands under a head that names its unit: every digit, percent for a share.
pub fn entry_number(value: Option<f64>, unit: Unit) -> String {
    value.map(|value| trimmed(if unit == Unit::Share { value * 100.0 } else { value })).unwrap_or_default()
}

/// Twelve significant digits without the noise of binary fractions.
fn trimmed(value: f64) -> String {
    let rounded: f64 = format!("{value:.11e}").parse().unwrap_or(value);
    rounded.to_string()
}

fn provenance<'a>(document: &'a Document, at: &Address) -> Option<&'a Provenance> {
    document.site().provenance_of(at)
}

/// A letter for where a value comes from.
fn evidence_mark(ui: &mut Ui, document: &Document, at: &Address) {
    let Some(known) = provenance(document, at) else { return };
    let palette = theme::of(ui);
    let (letter, colour) = match known.evidence {
        Evidence::Measured => ("M", palette.good),
        Evidence::Document => ("D", palette.good),
        Evidence::Quote => ("Q", palette.info),
        Evidence::Client => ("C", palette.info),
        Evidence::Assumed => ("A", palette.warning),
    };
    ui.label(RichText::new(letter).font(theme::bold(theme::SMALL - 1.0)).color(colour))
        .on_hover_text(format!("{}: {}", evidence_word(known.evidence), known.source));
}

pub fn evidence_word(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Measured => "Measured",
        Evidence::Document => "From a document",
        Evidence::Quote => "Quoted",
        Evidence::Client => "Said by the client",
        Evidence::Assumed => "Assumed",
    }
}

pub fn help(ui: &mut Ui, document: &Document, at: &Address, spec: &FieldSpec) {
    ui.set_max_width(280.0);
    ui.label(theme::strong(spec.label, theme::BODY));
    ui.label(spec.help);
    ui.weak(format!("{} to {}", shown(Some(spec.min), spec.unit), shown(Some(spec.max), spec.unit)));
    if let Some(known) = provenance(document, at) {
        ui.separator();
        ui.label(format!("{}: {}", evidence_word(known.evidence), known.source));
        if let Some(as_of) = known.as_of {
            ui.weak(format!("As of {}", format::date(as_of)));
        }
        if let (Some(low), Some(high)) = (known.low, known.high) {
            ui.weak(format!("Between {} and {}", shown(Some(low), spec.unit), shown(Some(high), spec.unit)));
        }
    }
    ui.weak(at.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_into_a_field_reads_back_exactly() {
        for (value, unit) in [
            (0.085, Unit::Share),
            (1_250_000.0, Unit::Usd),
            (42.5, Unit::UsdPerMwh),
            (9.4e6, Unit::UsdPerMw),
            (-0.15, Unit::Share),
            (148.26e12, Unit::None),
            (12.0, Unit::Months),
            (2.5, Unit::Mva),
            (-31.5, Unit::Degrees),
        ] {
            let text = entry_text(Some(value), unit);
            let back = unit.parse(&text).unwrap();
            assert!((back - value).abs() <= 1e-11 * value.abs(), "{text} reads as {back}");
        }
        assert_eq!(entry_text(None, Unit::Mw), "");
    }
}
