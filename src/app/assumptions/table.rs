//! The table: a line a number, each cell typed into where it stands.

use egui::containers::menu::MenuButton;
use egui::{Align, Align2, Button, Frame, Key, Label, Layout, Margin, Modifiers, RichText, Sense, Ui, vec2};
use egui_extras::{Column as Width, TableBuilder, TableRow};

use super::list::{Line, List, evidence_of};
use super::{AssumptionsView, Column, EVIDENCE, entry};
use crate::app::inspector::number::{self, Cell, evidence_word, text_field};
use crate::app::state::{Action, Slot, View};
use crate::app::{Document, theme, widgets};
use crate::quantity::format;
use crate::site::edit::Edit;
use crate::site::inventory::{Assumption, Origin};
use crate::site::{Evidence, Override};

const ROW: f32 = 25.0;
const HEADER: f32 = 22.0;
const NUMBER: f32 = 60.0;
const BASE: f32 = 84.0;
const UNIT: f32 = 78.0;
const AS_OF: f32 = 80.0;
const KIND: f32 = 82.0;
const DIFFERENCE: f32 = 88.0;
/// Text of what is known of a value.
const NOTE: f32 = theme::SMALL + 0.5;
const TEXT: f32 = theme::BODY - 0.5;

/// Widths of the columns at a width of the table.
struct Widths {
    name: f32,
    source: f32,
    /// Columns that give way where it is narrow.
    range: bool,
    dates: bool,
}

impl Widths {
    fn new(width: f32, in_scenario: bool) -> Self {
        let spacing = 6.0;
        let fixed = BASE + UNIT + KIND + if in_scenario { DIFFERENCE } else { 0.0 } + 8.0 * spacing + 14.0;
        let range = width - fixed > 2.0 * NUMBER + 190.0;
        let dates = width - fixed > 2.0 * NUMBER + AS_OF + 230.0;
        let left = width - fixed - if range { 2.0 * NUMBER } else { 0.0 } - if dates { AS_OF } else { 0.0 };
        let name = (left * 0.46).clamp(100.0, 190.0);
        Self { name, source: (left - name).max(60.0), range, dates }
    }
}

pub fn show(
    ui: &mut Ui,
    document: &Document,
    view: &View,
    own: &mut AssumptionsView,
    list: &List,
    actions: &mut Vec<Action>,
) {
    let in_scenario = document.scenario().is_some();
    let widths = Widths::new(ui.available_width(), in_scenario);
    ui.spacing_mut().item_spacing = vec2(6.0, 1.0);
    let scroll = step_with_arrows(ui, view, list);
    let mut table = TableBuilder::new(ui)
        .id_salt(("assumptions", own.topic.text()))
        .striped(false)
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Width::exact(widths.name).clip(true));
    if widths.range {
        table = table.column(Width::exact(NUMBER).clip(true));
    }
    table = table.column(Width::exact(BASE).clip(true));
    if widths.range {
        table = table.column(Width::exact(NUMBER).clip(true));
    }
    table = table.column(Width::exact(UNIT).clip(true));
    if in_scenario {
        table = table.column(Width::exact(DIFFERENCE).clip(true));
    }
    table = table.column(Width::exact(widths.source).clip(true));
    if widths.dates {
        table = table.column(Width::exact(AS_OF).clip(true));
    }
    table = table.column(Width::exact(KIND).clip(true));
    if let Some(line) = scroll {
        table = table.scroll_to_row(line, None);
    }
    table.header(HEADER, |mut row| header(&mut row, own, &widths, in_scenario)).body(|body| {
        body.rows(ROW, list.lines.len(), |mut row| match list.lines.get(row.index()) {
            Some(Line::Group(name)) => {
                row.col(|ui| {
                    // The name of an object may run over the empty cells to its right.
                    ui.set_clip_rect(ui.clip_rect().with_max_x(f32::INFINITY));
                    let name = theme::strong(name, TEXT).color(theme::of(ui).text);
                    ui.add(Label::new(name).extend());
                });
            }
            Some(Line::Row(index)) => {
                if let Some(found) = list.rows.get(*index) {
                    let cells = Cells { document, view, row: found, with_object: !list.is_grouped };
                    cells.show(&mut row, &widths, in_scenario, actions);
                }
            }
            None => {}
        });
    });
    if list.lines.is_empty() {
        let middle = ui.max_rect().center_top() + vec2(0.0, 90.0);
        let words = "No number is found: change the search or the filter";
        ui.painter().text(
            middle,
            Align2::CENTER_CENTER,
            words,
            theme::font(theme::BODY),
            theme::of(ui).text_weak,
        );
    }
}

/// Up and down go to the same column of the row above or beneath; the line that must come into view.
fn step_with_arrows(ui: &mut Ui, view: &View, list: &List) -> Option<usize> {
    let edit = view.field.as_ref()?;
    let step = ui.input_mut(|input| {
        let mut take = |key| input.consume_key(Modifiers::NONE, key);
        i32::from(take(Key::ArrowDown)) - i32::from(take(Key::ArrowUp))
    });
    if step == 0 {
        return None;
    }
    let at_row = |line: &Line| match line {
        Line::Row(index) => list.rows.get(*index),
        Line::Group(_) => None,
    };
    let here = list.lines.iter().position(|line| at_row(line).is_some_and(|row| row.at == edit.at))?;
    let mut lines: Box<dyn Iterator<Item = usize>> =
        if step > 0 { Box::new(here + 1..list.lines.len()) } else { Box::new((0..here).rev()) };
    let (line, row) = lines.find_map(|line| Some((line, at_row(list.lines.get(line)?)?)))?;
    let next = Cell {
        place: "",
        at: &row.at,
        slot: edit.slot,
        shown: String::new(),
        exact: String::new(),
        hint: "",
    };
    ui.memory_mut(|memory| memory.request_focus(next.id()));
    Some(line)
}

fn header(row: &mut TableRow<'_, '_>, own: &mut AssumptionsView, widths: &Widths, in_scenario: bool) {
    let plain = |row: &mut TableRow<'_, '_>, text: &str, right: bool| {
        row.col(|ui| {
            let text = RichText::new(text).size(theme::SMALL).color(theme::of(ui).text_weak);
            if right {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.add_space(5.0);
                    ui.add(Label::new(text).truncate())
                });
            } else {
                ui.add(Label::new(text).truncate());
            }
        });
    };
    sortable(row, own, Column::Name, "Number");
    if widths.range {
        plain(row, "Low", true);
    }
    plain(row, if in_scenario { "Scenario" } else { "Base" }, true);
    if widths.range {
        plain(row, "High", true);
    }
    sortable(row, own, Column::Unit, "Unit");
    if in_scenario {
        plain(row, "Base case", false);
    }
    sortable(row, own, Column::Source, "Source");
    if widths.dates {
        sortable(row, own, Column::AsOf, "As of");
    }
    sortable(row, own, Column::Evidence, "Evidence");
}

/// A click sorts rising, the next falling, the third goes back to the order of the file.
fn sortable(row: &mut TableRow<'_, '_>, own: &mut AssumptionsView, column: Column, text: &str) {
    row.col(|ui| {
        let palette = theme::of(ui);
        let mark = match own.sort {
            Some((sorted, true)) if sorted == column => " ▲",
            Some((sorted, false)) if sorted == column => " ▼",
            _ => "",
        };
        let words = RichText::new(format!("{text}{mark}")).size(theme::SMALL).color(palette.text_weak);
        ui.spacing_mut().button_padding = vec2(if column == Column::Name { 0.0 } else { 5.0 }, 0.0);
        ui.spacing_mut().interact_size.y = 16.0;
        let response = ui.add(Button::new(words).frame(false)).on_hover_text("Sorts by this column");
        if response.clicked() {
            own.sort = match own.sort {
                Some((sorted, true)) if sorted == column => Some((column, false)),
                Some((sorted, false)) if sorted == column => None,
                _ => Some((column, true)),
            };
        }
    });
}

/// One row being drawn.
struct Cells<'a> {
    document: &'a Document,
    view: &'a View,
    row: &'a Assumption,
    with_object: bool,
}

impl Cells<'_> {
    fn show(
        &self,
        cells: &mut TableRow<'_, '_>,
        widths: &Widths,
        in_scenario: bool,
        actions: &mut Vec<Action>,
    ) {
        cells.col(|ui| self.name(ui));
        if widths.range {
            cells.col(|ui| self.number(ui, Slot::Low, self.row.low, actions));
        }
        cells.col(|ui| self.number(ui, Slot::Value, self.row.value, actions));
        if widths.range {
            cells.col(|ui| self.number(ui, Slot::High, self.row.high, actions));
        }
        cells.col(|ui| {
            let unit = RichText::new(self.row.spec.unit.symbol()).size(NOTE);
            ui.add_space(5.0);
            ui.add(Label::new(unit.color(theme::of(ui).text_weak)).truncate());
        });
        if in_scenario {
            cells.col(|ui| self.difference(ui, actions));
        }
        cells.col(|ui| {
            let cell = Cell {
                place: "",
                at: &self.row.at,
                slot: Slot::Source,
                shown: self.row.source.clone(),
                exact: self.row.source.clone(),
                hint: if self.row.origin == Origin::NotSet { "" } else { "no source" },
            };
            self.text(ui, &cell, Align::Min, actions);
        });
        if widths.dates {
            cells.col(|ui| {
                let date = self.row.as_of.map(format::date).unwrap_or_default();
                let cell = Cell {
                    place: "",
                    at: &self.row.at,
                    slot: Slot::AsOf,
                    shown: date.clone(),
                    exact: date,
                    hint: "",
                };
                self.text(ui, &cell, Align::Min, actions);
            });
        }
        cells.col(|ui| self.evidence(ui, actions));
    }

    /// What a screen reader and a test call a cell.
    fn spoken(&self, slot: Slot) -> String {
        let name = format!("{} of {}", self.row.spec.label, self.row.object);
        match slot {
            Slot::Value | Slot::All => name,
            Slot::Low => format!("Low of {name}"),
            Slot::High => format!("High of {name}"),
            Slot::Source => format!("Source of {name}"),
            Slot::AsOf => format!("As-of date of {name}"),
        }
    }

    fn name(&self, ui: &mut Ui) {
        let palette = theme::of(ui);
        ui.add_space(if self.with_object { 0.0 } else { 8.0 });
        let text = match self.with_object {
            true => format!("{} · {}", self.row.spec.label, self.row.object),
            false => self.row.spec.label.to_owned(),
        };
        let colour = if self.row.differs { palette.accent } else { palette.text };
        let label =
            ui.add(Label::new(RichText::new(text).size(TEXT).color(colour)).truncate().sense(Sense::hover()));
        label.on_hover_ui(|ui| {
            number::help(ui, self.document, &self.row.at, &self.row.spec);
            if let Some(usual) = self.row.usual.as_ref().filter(|_| self.row.origin != Origin::Own) {
                let shown = |value: f64| format::with_unit(value, self.row.spec.unit);
                let words = match (usual.low, usual.high) {
                    (Some(low), Some(high)) if low < high => {
                        format!("Usual: {} to {}", shown(low), shown(high))
                    }
                    (Some(low), _) => format!("Usual: {}", shown(low)),
                    _ => String::new(),
                };
                ui.separator();
                ui.label(format!("{words} ({})", usual.source));
            }
        });
    }

    fn number(&self, ui: &mut Ui, slot: Slot, value: Option<f64>, actions: &mut Vec<Action>) {
        let unit = self.row.spec.unit;
        let cell = Cell {
            place: "",
            at: &self.row.at,
            slot,
            shown: value.map(|value| format::in_unit(value, unit)).unwrap_or_default(),
            exact: number::entry_text(value, unit),
            hint: if slot == Slot::Value { "not set" } else { "" },
        };
        self.text(ui, &cell, Align::Max, actions);
    }

    /// A cell without a frame until the pointer or the cursor is in it; the value alone stands on a ground of its own.
    fn text(&self, ui: &mut Ui, cell: &Cell<'_>, align: Align, actions: &mut Vec<Action>) {
        let palette = theme::of(ui);
        let slot = cell.slot;
        let width = ui.available_width();
        let own_range = matches!(self.row.origin, Origin::Own | Origin::Object);
        let ink = match slot {
            Slot::Value if self.row.differs => palette.accent,
            Slot::Value => palette.text,
            Slot::Low | Slot::High if own_range => palette.text,
            _ => palette.text_weak,
        };
        let ground = if slot == Slot::Value { palette.field } else { palette.panel };
        let frame = Frame::new().fill(ground).corner_radius(4).inner_margin(Margin::symmetric(5, 3));
        let response = text_field(ui, self.view, cell, actions, |field| {
            field
                .frame(frame)
                .font(theme::font(if matches!(slot, Slot::Source | Slot::AsOf) { NOTE } else { TEXT }))
                .text_color(ink)
                .desired_width(width)
                .align(Align2([align, Align::Center]))
        });
        let response = response.accessible_name(self.spoken(slot));
        widgets::cell_border(ui, &response);
        if slot == Slot::Source && !self.row.source.is_empty() {
            response.on_hover_text(&self.row.source);
        }
    }

    /// The value of the base case and the way back to it, where the scenario says something of its own.
    fn difference(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        if !self.row.differs {
            return;
        }
        let palette = theme::of(ui);
        let base = self
            .row
            .base
            .map_or_else(|| "not set".to_owned(), |value| format::in_unit(value, self.row.spec.unit));
        let name = format!("Reset {}", self.spoken(Slot::Value));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let reset = widgets::icon_button(ui, &name, true, |painter, rect, stroke| {
                widgets::turn_arrow(painter, rect, stroke, false);
            });
            if reset.on_hover_text("Takes the value of the base case back").clicked() {
                actions.push(Action::Reset(Override::Value { at: self.row.at.clone(), value: None }));
            }
            ui.add(Label::new(RichText::new(base).size(TEXT).color(palette.accent)).truncate());
        });
    }

    fn evidence(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let palette = theme::of(ui);
        let word = evidence_of(self.row);
        let colour = match (self.row.origin, self.row.evidence) {
            (Origin::None, _) => palette.error,
            (_, Some(Evidence::Measured | Evidence::Document)) => palette.good,
            (_, Some(Evidence::Quote | Evidence::Client)) => palette.info,
            (_, Some(Evidence::Assumed)) => palette.warning,
            _ => palette.text_weak,
        };
        let short = match self.row.evidence {
            Some(Evidence::Document) => "Document",
            Some(Evidence::Client) => "Client",
            _ => word,
        };
        ui.spacing_mut().button_padding.x = 5.0;
        let button =
            Button::new(RichText::new(short).size(NOTE).color(colour)).frame_when_inactive(false).truncate();
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            ui.set_min_width(150.0);
            for evidence in EVIDENCE {
                let chosen = self.row.evidence == Some(evidence);
                if ui.selectable_label(chosen, evidence_word(evidence)).clicked() {
                    actions.push(Action::Edit(entry::with_evidence(self.document, &self.row.at, evidence)));
                    ui.close();
                }
            }
            ui.separator();
            let forget = Button::new("Forget the source").frame_when_inactive(false);
            let is_own = self.row.origin == Origin::Own;
            if ui.add_enabled(is_own, forget).clicked() {
                let at = self.row.at.clone();
                actions.push(Action::Edit(Edit::SetProvenance { at, entry: None }));
                ui.close();
            }
        });
        response.accessible_name(format!("Evidence of {}: {word}", self.spoken(Slot::Value)));
    }
}
