//! The lines of the table.

use egui::{
    Align, Align2, Frame, Key, Label, Layout, Margin, Modifiers, RichText, Role, ScrollArea, Sense, Ui,
    WidgetInfo, vec2,
};
use egui_extras::{Column as Width, TableBuilder, TableRow};

use super::TableView;
use super::sheet::{self, Column, Sheet};
use crate::app::inspector::number::{Cell, entry_text, text_field};
use crate::app::state::{Action, Slot, View};
use crate::app::{Document, theme, widgets};
use crate::quantity::Unit;
use crate::site::edit::Edit;
use crate::site::field::{FieldSpec, fields_of_part};
use crate::site::{Address, Component, ComponentId, Object, Override};

const ROW: f32 = 25.0;
const HEADER: f32 = 24.0;
const TEXT: f32 = theme::BODY - 0.5;
const TAG: f32 = 92.0;
/// Of a name; room that columns leave is its, up to so much.
const NAME: [f32; 2] = [208.0, 360.0];
const KIND: f32 = 112.0;
const STATE: f32 = 78.0;
const RATING: f32 = 76.0;
/// Least width of a column of numbers.
const NUMBER: f32 = 72.0;

pub fn show(
    ui: &mut Ui,
    document: &Document,
    view: &View,
    own: &mut TableView,
    sheet: &Sheet,
    actions: &mut Vec<Action>,
) {
    if sheet.rows.is_empty() {
        let words = if document.shown().components.is_empty() {
            "The drawing is empty: add a part, or paste a list of equipment"
        } else {
            "No part is found: change the search or the kind"
        };
        let middle = ui.max_rect().center_top() + vec2(0.0, 60.0);
        let ink = theme::of(ui).text_weak;
        ui.painter().text(middle, Align2::CENTER_CENTER, words, theme::font(theme::BODY), ink);
        return;
    }
    ui.spacing_mut().item_spacing = vec2(6.0, 0.0);
    let scroll = step_with_arrows(ui, document, view, sheet).or_else(|| bring(document, view, own, sheet));
    let fixed = TAG + NAME[0] + KIND + STATE + RATING + 5.0 * 6.0;
    let heads: Vec<(String, f32)> = sheet
        .numbers
        .iter()
        .map(|spec| {
            let head = sheet::head(spec);
            let font = theme::font(theme::SMALL);
            let drawn = ui.painter().layout_no_wrap(head.clone(), font, theme::of(ui).text);
            (head, (drawn.size().x + 22.0).max(NUMBER))
        })
        .collect();
    let width = fixed + heads.iter().map(|(_, width)| width + 6.0).sum::<f32>() + 16.0;
    let name = (NAME[0] + ui.available_width() - width).clamp(NAME[0], NAME[1]);
    let chosen = view.parts();
    ScrollArea::horizontal().id_salt("columns").auto_shrink(false).show(ui, |ui| {
        ui.set_min_width(width.max(ui.available_width()));
        let mut table = TableBuilder::new(ui)
            .id_salt("parts")
            .striped(false)
            .auto_shrink(false)
            .sense(Sense::click())
            .cell_layout(Layout::left_to_right(Align::Center));
        for width in [TAG, name, KIND, STATE, RATING] {
            table = table.column(Width::exact(width).clip(true));
        }
        for (_, width) in &heads {
            table = table.column(Width::exact(*width).clip(true));
        }
        if let Some(line) = scroll {
            table = table.scroll_to_row(line, None);
        }
        let header = |mut row: TableRow<'_, '_>| {
            sortable(&mut row, own, Column::Tag, "Tag", false);
            sortable(&mut row, own, Column::Name, "Name", false);
            sortable(&mut row, own, Column::Kind, "Kind", false);
            sortable(&mut row, own, Column::State, "State", false);
            sortable(&mut row, own, Column::Rating, "Set, MW", true);
            for (spec, (head, _)) in sheet.numbers.iter().zip(&heads) {
                sortable(&mut row, own, Column::Number(spec.key), head, true);
            }
        };
        let mut clicked = None;
        table.header(HEADER, header).body(|body| {
            body.rows(ROW, sheet.rows.len(), |mut row| {
                let line = row.index();
                let part = sheet.rows.get(line).and_then(|place| document.shown().components.get(*place));
                let Some(part) = part else { return };
                row.set_selected(chosen.contains(&part.id));
                line_of(&mut row, document, view, sheet, part, actions);
                if row.response().clicked() {
                    clicked = Some(part.id.clone());
                }
            });
        });
        if let Some(id) = clicked {
            let modifiers = ui.input(|input| input.modifiers);
            actions.push(choose(document, own, sheet, &id, modifiers));
        }
    });
}

/// A click selects a line, with Ctrl one more or less, with Shift all from the last one.
fn choose(
    document: &Document,
    own: &mut TableView,
    sheet: &Sheet,
    id: &ComponentId,
    modifiers: Modifiers,
) -> Action {
    let ids: Vec<&ComponentId> = sheet.parts(document.shown()).map(|part| &part.id).collect();
    let place = |wanted: &ComponentId| ids.iter().position(|id| *id == wanted);
    // What is clicked on stands where it is.
    own.brought = Some(id.clone());
    if modifiers.shift
        && let (Some(from), Some(to)) = (own.anchor.as_ref().and_then(place), place(id))
    {
        let (low, high) = (from.min(to), from.max(to));
        return Action::SelectParts(ids[low..=high].iter().map(|id| (*id).clone()).collect());
    }
    own.anchor = Some(id.clone());
    if modifiers.command {
        Action::SelectAlso(id.clone())
    } else {
        Action::Select(Some(Object::Component(id.clone())))
    }
}

/// The line of a part that was selected elsewhere.
fn bring(document: &Document, view: &View, own: &mut TableView, sheet: &Sheet) -> Option<usize> {
    let id = match &view.selection {
        Some(Object::Component(id)) => Some(id),
        _ => None,
    };
    if own.brought.as_ref() == id {
        return None;
    }
    own.brought = id.cloned();
    own.anchor = id.cloned();
    let id = id?;
    sheet.parts(document.shown()).position(|part| part.id == *id)
}

/// Up and down go to the same column of the line above or beneath; the line that must come into view.
fn step_with_arrows(ui: &mut Ui, document: &Document, view: &View, sheet: &Sheet) -> Option<usize> {
    let edit = view.field.as_ref()?;
    let Object::Component(here) = &edit.at.object else { return None };
    let step = ui.input_mut(|input| {
        let mut take = |key| input.consume_key(Modifiers::NONE, key);
        i32::from(take(Key::ArrowDown)) - i32::from(take(Key::ArrowUp))
    });
    if step == 0 {
        return None;
    }
    let parts: Vec<&Component> = sheet.parts(document.shown()).collect();
    let place = parts.iter().position(|part| part.id == *here)?;
    let has = |place: &usize| fields_of_part(parts[*place]).iter().any(|(spec, _)| spec.key == edit.at.field);
    let next = if step > 0 { (place + 1..parts.len()).find(has)? } else { (0..place).rev().find(has)? };
    let at = Address::new(Object::Component(parts[next].id.clone()), &edit.at.field);
    let id = cell(&at, None, Unit::None).id();
    ui.memory_mut(|memory| memory.request_focus(id));
    Some(next)
}

fn cell(at: &Address, value: Option<f64>, unit: Unit) -> Cell<'_> {
    Cell {
        place: "table",
        at,
        slot: Slot::Value,
        shown: value.map(|value| sheet::figure(value, unit)).unwrap_or_default(),
        exact: entry_text(value, unit),
        hint: "",
    }
}

/// A click sorts rising, the next falling, the third goes back to the order of the file.
fn sortable(row: &mut TableRow<'_, '_>, own: &mut TableView, column: Column, text: &str, right: bool) {
    row.col(|ui| {
        let mark = match own.sort {
            Some((sorted, true)) if sorted == column => " ▲",
            Some((sorted, false)) if sorted == column => " ▼",
            _ => "",
        };
        let ink = theme::of(ui).text_weak;
        let words = RichText::new(format!("{text}{mark}")).size(theme::SMALL).color(ink);
        ui.spacing_mut().button_padding = vec2(4.0, 0.0);
        ui.spacing_mut().interact_size.y = 16.0;
        let layout = if right { Layout::right_to_left(Align::Center) } else { *ui.layout() };
        let head = ui.with_layout(layout, |ui| ui.add(egui::Button::new(words).frame(false))).inner;
        let head = head.accessible_name(format!("Sort by {text}"));
        if head.on_hover_text("Sorts by this column").clicked() {
            own.sort = match own.sort {
                Some((sorted, true)) if sorted == column => Some((column, false)),
                Some((sorted, false)) if sorted == column => None,
                _ => Some((column, true)),
            };
        }
    });
}

fn line_of(
    row: &mut TableRow<'_, '_>,
    document: &Document,
    view: &View,
    sheet: &Sheet,
    part: &Component,
    actions: &mut Vec<Action>,
) {
    let object = Object::Component(part.id.clone());
    let called = document.shown().object_name(&object);
    row.col(|ui| {
        ui.add_space(4.0);
        let name = Label::new(theme::strong(&called, TEXT)).truncate().selectable(false);
        let spoken = format!("Row {called}");
        ui.add(name).widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    });
    row.col(|ui| {
        // As quiet as the numbers until it is typed into.
        let visuals = ui.visuals_mut();
        visuals.text_edit_bg_color = Some(egui::Color32::TRANSPARENT);
        visuals.widgets.inactive.bg_stroke = egui::Stroke::NONE;
        let id = egui::Id::unique(("table name", &part.id));
        let label = format!("Name of {called}");
        let width = ui.available_width() - 10.0;
        if let Some(name) = widgets::draft_field(ui, id, &label, &part.name, "no name", width) {
            actions.push(Action::Edit(Edit::Rename { object: object.clone(), name }));
        }
    });
    row.col(|ui| words(ui, part.kind.label()));
    row.col(|ui| words(ui, sheet::state_word(&part.state)));
    row.col(|ui| {
        let mw = part.rating_mw();
        let text = if mw > 0.0 { sheet::figure(mw, Unit::Mw) } else { String::new() };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(5.0);
            words(ui, &text);
        });
    });
    let fields = fields_of_part(part);
    for spec in &sheet.numbers {
        row.col(|ui| {
            let Some((_, value)) = fields.iter().find(|(other, _)| other.key == spec.key) else {
                let ink = theme::of(ui).border_strong;
                let at = ui.max_rect().right_center() - vec2(6.0, 0.0);
                ui.painter().text(at, Align2::RIGHT_CENTER, "–", theme::font(TEXT), ink);
                return;
            };
            number(ui, (document, view), &object, &called, spec, *value, actions);
        });
    }
}

fn words(ui: &mut Ui, text: &str) {
    let text = RichText::new(text).size(TEXT).color(theme::of(ui).text_weak);
    ui.add(Label::new(text).truncate().selectable(false));
}

/// A number of a part; accented where the scenario says something of its own.
fn number(
    ui: &mut Ui,
    (document, view): (&Document, &View),
    object: &Object,
    called: &str,
    spec: &FieldSpec,
    value: Option<f64>,
    actions: &mut Vec<Action>,
) {
    let palette = theme::of(ui);
    let at = Address::new(object.clone(), spec.key);
    let differs = document.differs(&Override::Value { at: at.clone(), value: None });
    let ink = if differs { palette.accent } else { palette.text };
    let width = ui.available_width();
    let frame = Frame::new().corner_radius(4).inner_margin(Margin::symmetric(5, 3));
    let response = text_field(ui, view, &cell(&at, value, spec.unit), actions, |field| {
        field
            .frame(frame)
            .font(theme::font(TEXT))
            .text_color(ink)
            .desired_width(width)
            .align(Align2([Align::Max, Align::Center]))
    });
    let response = response.accessible_name(format!("{} of {called}", spec.label));
    widgets::cell_border(ui, &response);
}
