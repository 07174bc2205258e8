//! Assessment: what has to be true before tenants come, item by item, beside what the engineering says of it.

use std::sync::Arc;

use egui::{Align, Button, ComboBox, Id, Label, Layout, RichText, ScrollArea, Ui, UiBuilder, vec2};
use egui_extras::{Column as Width, DatePickerButton, TableBuilder, TableRow};

use super::state::Action;
use super::{Command, Document, theme, widgets};
use crate::engineering::Study;
use crate::engineering::assessment::suggestions;
use crate::quantity::{Date, format};
use crate::site::assessment::{COST, MONTHS};
use crate::site::edit::Edit;
use crate::site::field::FieldSpec;
use crate::site::{AssessmentItem, AssessmentState, AssessmentTopic, Site};

const ROW: f32 = 28.0;
const TOPIC: f32 = 100.0;
const STATE: f32 = 96.0;
const NUMBER: f32 = 80.0;
const GATE: f32 = 104.0;
const BUTTON: f32 = 26.0;

pub fn show(ui: &mut Ui, document: &Document, findings: Option<&Study>, actions: &mut Vec<Action>) {
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, 0.0, theme::of(ui).card);
    let mut child = ui.new_child(UiBuilder::new().max_rect(area.shrink2(vec2(12.0, 6.0))));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    let items = &document.site().assessment;
    let known = suggested(&mut child, document, findings);
    child.horizontal(|ui| {
        ui.add(Label::new(theme::strong(headline(items), theme::TITLE)).truncate());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui
                .button(Command::CopyTable.text())
                .on_hover_text("Copies the items for a spreadsheet")
                .clicked()
            {
                actions.push(Action::Do(Command::CopyTable));
            }
            if ui.button("Add item").on_hover_text("Adds an item, to be filled in").clicked() {
                let mut next = items.clone();
                next.push(AssessmentItem { item: "New item".to_owned(), ..AssessmentItem::default() });
                actions.push(set("Add an item to the assessment", next));
            }
        });
    });
    child.add_space(2.0);
    ScrollArea::vertical().id_salt("assessment").auto_shrink(false).show(&mut child, |ui| {
        if items.is_empty() {
            ui.weak("No item is listed yet: take what the engineering suggests, or add your own");
        } else {
            table(ui, document, actions);
        }
        suggest(ui, items, &known, actions);
    });
}

fn set(label: &str, items: Vec<AssessmentItem>) -> Action {
    Action::Edit(Edit::SetAssessment { label: label.to_owned(), items })
}

/// What the engineering says of the document as it is shown, worked out once a study.
fn suggested(ui: &mut Ui, document: &Document, findings: Option<&Study>) -> Arc<Vec<AssessmentItem>> {
    let Some(study) = findings else { return Arc::new(Vec::new()) };
    let id = Id::unique("suggestions of the assessment");
    // A study belongs to one revision, give or take the moment until the next one comes.
    let key = (document.revision(), std::ptr::from_ref(study).addr());
    let kept = ui.data(|data| data.get_temp::<((u64, usize), Arc<Vec<AssessmentItem>>)>(id));
    if let Some((_, found)) = kept.filter(|(made, _)| *made == key) {
        return found;
    }
    let found = Arc::new(suggestions(document.shown(), study));
    ui.data_mut(|data| data.insert_temp(id, (key, Arc::clone(&found))));
    found
}

fn headline(items: &[AssessmentItem]) -> String {
    if items.is_empty() {
        return "Nothing is assessed yet".to_owned();
    }
    let count = |state| items.iter().filter(|item| item.state == state).count();
    let left = items.iter().filter(|item| item.state != AssessmentState::Met);
    let cost: f64 = left.clone().map(|item| item.cost_usd).sum();
    let longest = left.map(|item| item.months).fold(0.0, f64::max);
    let mut words = format!("{} of {} items are met", count(AssessmentState::Met), items.len());
    if cost > 0.0 || longest > 0.0 {
        words = format!(
            "{words}; the others cost {} and take up to {} months",
            format::usd(cost),
            format::number(longest, 0)
        );
    }
    match count(AssessmentState::Missed) {
        0 => words,
        missed => format!("{words}; {missed} cannot be met"),
    }
}

fn table(ui: &mut Ui, document: &Document, actions: &mut Vec<Action>) {
    let items = document.site().assessment.as_slice();
    let first_day = document.site().plan.start;
    let mut next = items.to_vec();
    let mut gone = None;
    let fixed = TOPIC + STATE + 2.0 * NUMBER + GATE + BUTTON + 8.0 * 6.0;
    let left = (ui.available_width() - fixed).max(260.0);
    let (item_width, evidence_width) = (left * 0.45, left * 0.55);
    ScrollArea::horizontal().id_salt("items across").show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let mut table = TableBuilder::new(ui)
            .id_salt("items")
            .striped(false)
            .vscroll(false)
            .cell_layout(Layout::left_to_right(Align::Center));
        for width in [TOPIC, item_width, STATE, evidence_width, NUMBER, NUMBER, GATE, BUTTON] {
            table = table.column(Width::exact(width).clip(true));
        }
        let heads = |mut row: TableRow<'_, '_>| {
            for (text, right) in [
                ("Topic", false),
                ("Item", false),
                ("State", false),
                ("Evidence", false),
                ("Cost, $", true),
                ("Months", true),
                ("Gate", false),
                ("", false),
            ] {
                row.col(|ui| {
                    let text = RichText::new(text).size(theme::SMALL).color(theme::of(ui).text_weak);
                    let layout = if right { Layout::right_to_left(Align::Center) } else { *ui.layout() };
                    ui.with_layout(layout, |ui| ui.add(Label::new(text).truncate()));
                });
            }
        };
        table.header(20.0, heads).body(|body| {
            body.rows(ROW, items.len(), |mut row| {
                let index = row.index();
                let now = &items[index];
                let id = |what: &str| Id::unique(("assessment", what, index));
                let item = &mut next[index];
                row.col(|ui| {
                    let choices = AssessmentTopic::ALL.map(|topic| (topic, topic.label()));
                    pick(ui, &format!("Topic of item {}", index + 1), TOPIC, &mut item.topic, &choices);
                });
                row.col(|ui| {
                    text(ui, id("item"), &format!("Item {}", index + 1), &now.item, &mut item.item);
                });
                row.col(|ui| {
                    let choices = AssessmentState::ALL.map(|state| (state, state.label()));
                    pick(ui, &format!("State of item {}", index + 1), STATE, &mut item.state, &choices);
                });
                row.col(|ui| {
                    let label = format!("Evidence of item {}", index + 1);
                    text(ui, id("evidence"), &label, &now.evidence, &mut item.evidence);
                });
                for (spec, value, slot) in
                    [(&COST, now.cost_usd, &mut item.cost_usd), (&MONTHS, now.months, &mut item.months)]
                {
                    row.col(|ui| number(ui, id(spec.key), spec, index, (value, slot), actions));
                }
                row.col(|ui| gate(ui, index, item, first_day));
                row.col(|ui| {
                    let name = format!("Take item {} out", index + 1);
                    let out = widgets::icon_button(ui, &name, true, |painter, rect, stroke| {
                        painter.line_segment([rect.left_top(), rect.right_bottom()], stroke);
                        painter.line_segment([rect.right_top(), rect.left_bottom()], stroke);
                    });
                    if out.on_hover_text("Takes the item out").clicked() {
                        gone = Some(index);
                    }
                });
            });
        });
    });
    let mut label = "Change the assessment";
    if let Some(index) = gone {
        next.remove(index);
        label = "Take an item out of the assessment";
    }
    if next != items {
        actions.push(set(label, next));
    }
}

fn pick<T: Copy + PartialEq>(ui: &mut Ui, name: &str, width: f32, now: &mut T, choices: &[(T, &str)]) {
    let shown = choices.iter().find(|(value, _)| value == now).map_or("", |(_, words)| words);
    ui.name_inputs(name, |ui| {
        ComboBox::from_id_salt(name)
            .width(width - 8.0)
            .icon(widgets::chevron)
            .selected_text(shown)
            .height(320.0)
            .show_ui(ui, |ui| {
                for (value, words) in choices {
                    ui.selectable_value(now, *value, *words);
                }
            });
    });
}

fn text(ui: &mut Ui, id: Id, label: &str, now: &str, slot: &mut String) {
    let width = ui.available_width() - 4.0;
    let field = ui.scope(|ui| widgets::draft_field(ui, id, label, now, "", width));
    if !now.is_empty() {
        // A long text gives way to the column.
        field.response.on_hover_text(now);
    }
    if let Some(typed) = field.inner {
        *slot = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    }
}

fn number(
    ui: &mut Ui,
    id: Id,
    spec: &FieldSpec,
    index: usize,
    (now, slot): (f64, &mut f64),
    actions: &mut Vec<Action>,
) {
    let label = format!("{} of item {}", spec.label, index + 1);
    let shown = if now == 0.0 { String::new() } else { format::in_unit(now, spec.unit) };
    let Some(typed) = widgets::draft_number(ui, id, &label, &shown, NUMBER - 4.0) else { return };
    let value = if typed.trim().is_empty() { Ok(0.0) } else { spec.unit.parse(&typed) };
    match value.and_then(|value| spec.problem_with(value).map_or(Ok(value), Err)) {
        Ok(value) => *slot = value,
        Err(why) => actions.push(Action::Say(why)),
    }
}

fn gate(ui: &mut Ui, index: usize, item: &mut AssessmentItem, first_day: Date) {
    match &mut item.gate {
        None => {
            let set = ui.add(Button::new("Set a day").frame_when_inactive(false));
            let set = set.accessible_name(format!("Gate of item {}", index + 1));
            if set.on_hover_text("Day by which the item has to be met").clicked() {
                item.gate = Some(first_day);
            }
        }
        Some(day) => {
            let salt = format!("gate {index}");
            let picker = DatePickerButton::new(day)
                .id_salt(&salt)
                .show_icon(false)
                .calendar_week(false)
                .format("%-d %b %Y");
            ui.add(picker);
            let name = format!("No gate for item {}", index + 1);
            if ui.add(Button::new("×").frame(false)).accessible_name(name).clicked() {
                item.gate = None;
            }
        }
    }
}

/// What the engineering says, beside what is listed: to be taken as an item, or to bring one up to date.
fn suggest(ui: &mut Ui, items: &[AssessmentItem], known: &[AssessmentItem], actions: &mut Vec<Action>) {
    widgets::section(
        ui,
        "By the engineering",
        "As drawn, with everything planned built; a permit is a paper that no drawing shows",
    );
    if known.is_empty() {
        ui.weak("The drawing says nothing of hosting yet");
        return;
    }
    let place = |found: &AssessmentItem| {
        items.iter().position(|item| item.topic == found.topic && item.item == found.item)
    };
    let is_told = |found: &AssessmentItem| {
        place(found)
            .is_some_and(|place| items[place].state == found.state && items[place].evidence == found.evidence)
    };
    let taken = |wanted: &[&AssessmentItem]| {
        let mut next = items.to_vec();
        for found in wanted {
            match place(found) {
                Some(place) => {
                    next[place].state = found.state;
                    next[place].evidence.clone_from(&found.evidence);
                }
                None => next.push((*found).clone()),
            }
        }
        next
    };
    let open: Vec<&AssessmentItem> = known.iter().filter(|found| !is_told(found)).collect();
    if !open.is_empty() && ui.button(format!("Take all {}", open.len())).clicked() {
        actions.push(set("Take what the engineering says into the assessment", taken(&open)));
    }
    for found in known {
        ui.horizontal(|ui| {
            let palette = theme::of(ui);
            let (mark, ink) = match found.state {
                AssessmentState::Met => ("✔", palette.good),
                _ => ("▲", palette.warning),
            };
            ui.label(RichText::new(mark).color(ink));
            ui.label(RichText::new(found.topic.label()).color(palette.text_weak));
            let words = format!("{}: {}", found.item, found.evidence);
            let room = (ui.available_width() - 80.0).max(60.0);
            ui.scope(|ui| {
                ui.set_max_width(room);
                ui.add(Label::new(words).truncate());
            });
            let button = match place(found) {
                _ if is_told(found) => None,
                Some(_) => Some("Update"),
                None => Some("Take"),
            };
            match button {
                Some(words) => {
                    let take = ui.small_button(words);
                    let take = take.accessible_name(format!("{words} {}", found.item));
                    if take.clicked() {
                        actions
                            .push(set("Take what the engineering says into the assessment", taken(&[found])));
                    }
                }
                None => {
                    ui.weak("listed");
                }
            }
        });
    }
}

/// The items with tabs between the columns.
pub fn as_text(site: &Site) -> String {
    let mut text = "Topic\tItem\tState\tEvidence\tCost, $\tMonths\tGate\n".to_owned();
    for item in &site.assessment {
        let gate = item.gate.map(format::date).unwrap_or_default();
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let cells = [
            item.topic.label().to_owned(),
            plain(&item.item),
            item.state.label().to_owned(),
            plain(&item.evidence),
            item.cost_usd.to_string(),
            item.months.to_string(),
            gate,
        ];
        text.push_str(&cells.join("\t"));
        text.push('\n');
    }
    text
}
