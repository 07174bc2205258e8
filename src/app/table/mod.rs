//! The table of parts: a line a part, each value edited where it stands, the selection that of the drawing.

mod clipboard;
mod grid;
pub mod sheet;

use std::sync::Arc;

use egui::{ComboBox, Layout, RichText, TextEdit, Ui, UiBuilder, vec2};

use super::command::Command;
use super::state::{Action, View};
use super::{Document, theme, widgets};
use crate::quantity::format;
use crate::site::ComponentId;
pub use sheet::{Column, Sheet};

const TOOLS: f32 = 34.0;

/// What the table shows and remembers.
#[derive(Clone, Debug, Default)]
pub struct TableView {
    /// Words that every listed part has.
    pub search: String,
    /// The one kind that is listed, by its label.
    pub kind: Option<&'static str>,
    /// Column and whether it rises.
    pub sort: Option<(Column, bool)>,
    /// Where a range of rows begins that Shift and a click ends.
    anchor: Option<ComponentId>,
    /// What was listed last, with what it was made from.
    made: Option<(Key, Arc<Sheet>)>,
    /// The part that was brought into view last, so that scrolling by hand is not fought.
    brought: Option<ComponentId>,
}

/// What a sheet depends on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    revision: u64,
    search: String,
    kind: Option<&'static str>,
    sort: Option<(Column, bool)>,
}

impl TableView {
    /// What is listed; made anew only where something changed.
    pub fn sheet(&mut self, document: &Document) -> Arc<Sheet> {
        let key = Key {
            revision: document.revision(),
            search: self.search.clone(),
            kind: self.kind,
            sort: self.sort,
        };
        if let Some((made, sheet)) = &self.made
            && *made == key
        {
            return Arc::clone(sheet);
        }
        let sheet = Arc::new(Sheet::new(document.shown(), self));
        self.made = Some((key, Arc::clone(&sheet)));
        sheet
    }
}

pub fn show(ui: &mut Ui, document: &Document, view: &View, own: &mut TableView, actions: &mut Vec<Action>) {
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, 0.0, theme::of(ui).card);
    let (tools, rest) = area.shrink2(vec2(10.0, 4.0)).split_top_bottom_at_y(area.top() + TOOLS);
    let sheet = own.sheet(document);
    let layout = Layout::left_to_right(egui::Align::Center);
    let mut line = ui.new_child(UiBuilder::new().max_rect(tools).id_salt("tools").layout(layout));
    toolbar(&mut line, document, own, &sheet, actions);
    // The search may have changed just now.
    let sheet = own.sheet(document);
    let mut body = ui.new_child(UiBuilder::new().max_rect(rest).id_salt("grid"));
    body.set_clip_rect(rest.intersect(ui.clip_rect()));
    grid::show(&mut body, document, view, own, &sheet, actions);
}

fn toolbar(ui: &mut Ui, document: &Document, own: &mut TableView, sheet: &Sheet, actions: &mut Vec<Action>) {
    let room = (ui.available_width() - 590.0).clamp(90.0, 240.0);
    let search = TextEdit::singleline(&mut own.search).hint_text("Find parts").desired_width(room);
    ui.add(search).accessible_name("Find parts");
    let all = document.shown().components.len();
    ui.name_inputs("Kind of parts", |ui| {
        ComboBox::from_id_salt("kind of parts")
            .width(150.0)
            .icon(widgets::chevron)
            .selected_text(own.kind.unwrap_or("All kinds"))
            .height(420.0)
            .show_ui(ui, |ui| {
                if ui.selectable_label(own.kind.is_none(), format!("All kinds ({all})")).clicked() {
                    own.kind = None;
                }
                for (kind, count) in sheet::kinds(document.shown()) {
                    let is_chosen = own.kind == Some(kind);
                    if ui.selectable_label(is_chosen, format!("{kind} ({count})")).clicked() {
                        own.kind = Some(kind);
                    }
                }
            });
    });
    let listed = sheet.rows.len();
    let words = if listed == all {
        format!("{} parts", format::number(all as f64, 0))
    } else {
        format!("{} of {} parts", format::number(listed as f64, 0), format::number(all as f64, 0))
    };
    ui.label(RichText::new(words).color(theme::of(ui).text_weak));
    ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
        for command in [Command::ImportEquipment, Command::CopyTable] {
            if ui.button(command.text()).on_hover_text(command.tooltip()).clicked() {
                actions.push(Action::Do(command));
            }
        }
        let select = ui.add_enabled(listed > 0, egui::Button::new("Select listed"));
        if select.on_hover_text("Selects every part that is listed, here and in the drawing").clicked() {
            let ids = sheet.rows.iter().filter_map(|row| document.shown().components.get(*row));
            actions.push(Action::SelectParts(ids.map(|part| part.id.clone()).collect()));
        }
    });
}
