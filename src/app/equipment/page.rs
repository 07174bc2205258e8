//! The page over the window that shows what a list would do.

use std::sync::Arc;

use egui::{Align, Checkbox, ComboBox, Label, Layout, RichText, ScrollArea, Ui, vec2};

use super::{EquipmentImport, Question};
use crate::app::inspector::in_all_scenarios;
use crate::app::state::Action;
use crate::app::ui::found::and_choice;
use crate::app::{App, theme, widgets};
use crate::file::import::equipment::{Row, Target, What, targets};
use crate::quantity::format;

const LINE: f32 = 24.0;
const COLUMN: f32 = 128.0;

pub(in crate::app) fn show(app: &mut App, ui: &mut Ui, found: &Arc<EquipmentImport>) {
    let palette = theme::of(ui);
    let screen = ui.ctx().content_rect();
    let taken = found.taken().len();
    let modal = widgets::modal(ui, "equipment").show(ui.ctx(), |ui| {
        ui.set_width(980.0_f32.min(screen.width() - 40.0));
        let question = &found.question;
        ui.label(theme::strong(format!("Equipment of {}", question.book.file_name), theme::TITLE));
        let mut next = question.clone();
        sheet(ui, &mut next);
        columns(ui, &mut next);
        ui.add_space(4.0);
        filter(ui, found, &mut next);
        let room = (screen.height() - 470.0).clamp(96.0, 420.0);
        rows(ui, found, &mut next, room);
        let asked = (next != *question).then(|| Action::AskEquipment(Box::new(next)));
        ui.add_space(2.0);
        let words = match taken {
            0 => "No line is chosen that changes anything".to_owned(),
            1 => "1 line is taken".to_owned(),
            count => format!("{} lines are taken", format::number(count as f64, 0)),
        };
        ui.label(RichText::new(words).color(palette.text_weak));
        if let Some(document) = &app.document {
            in_all_scenarios(ui, document, "What a list changes is");
        }
        let take = (taken > 0).then_some(Action::TakeEquipment);
        let problems = &found.draft.report.problems;
        let answer = and_choice(ui, problems, 90.0, take, "The drawing stays as it is");
        answer.or(asked)
    });
    let closed = modal.should_close().then_some(Action::CloseOverlay);
    app.actions.extend(modal.inner.or(closed));
}

/// The sheet, and the line its headings stand in.
fn sheet(ui: &mut Ui, next: &mut Question) {
    ui.horizontal(|ui| {
        if next.book.sheets.len() > 1 {
            let mut chosen = next.mapping.sheet;
            ui.label("Sheet");
            ui.name_inputs("Sheet", |ui| {
                let name = next.book.sheets.get(chosen).map_or("", |sheet| sheet.name.as_str());
                ComboBox::from_id_salt("sheet").icon(widgets::chevron).selected_text(name).show_ui(
                    ui,
                    |ui| {
                        for (place, sheet) in next.book.sheets.iter().enumerate() {
                            ui.selectable_value(&mut chosen, place, &sheet.name);
                        }
                    },
                );
            });
            if chosen != next.mapping.sheet {
                next.mapping = next.book.guess(Some(chosen), &Default::default());
            }
        }
        let Some(sheet) = next.book.sheets.get(next.mapping.sheet) else { return };
        let mut header = next.mapping.header.unwrap_or(0);
        ui.label("Headings in line");
        ui.name_inputs("Headings in line", |ui| {
            let text = (header + 1).to_string();
            ComboBox::from_id_salt("header").width(56.0).icon(widgets::chevron).selected_text(text).show_ui(
                ui,
                |ui| {
                    for (place, row) in sheet.rows.iter().enumerate().take(40) {
                        let words: Vec<&str> =
                            row.iter().map(String::as_str).filter(|cell| !cell.is_empty()).take(6).collect();
                        ui.selectable_value(
                            &mut header,
                            place,
                            format!("{}  {}", place + 1, words.join(" | ")),
                        );
                    }
                },
            );
        });
        if Some(header) != next.mapping.header && (next.mapping.header.is_some() || header != 0) {
            next.mapping.header = Some(header);
            let count = sheet.rows.get(header).map_or(0, Vec::len);
            next.mapping.columns.resize(count, None);
        }
        if next.mapping.header.is_none() {
            let ink = theme::of(ui).warning;
            ui.label(RichText::new("No header row was recognised: say what the columns hold").color(ink));
        }
    });
}

/// What each column holds, under its heading and a cell of it.
fn columns(ui: &mut Ui, next: &mut Question) {
    let header = next.mapping.header.unwrap_or(0);
    let Some(sheet) = next.book.sheets.get(next.mapping.sheet) else { return };
    let empty = Vec::new();
    let heads = sheet.rows.get(header).unwrap_or(&empty);
    let sample = |place: usize| {
        let cells = sheet.rows.iter().skip(header + 1).filter_map(|row| row.get(place));
        cells.map(String::as_str).find(|cell| !cell.is_empty()).unwrap_or("")
    };
    let mut changed = None;
    ScrollArea::horizontal().id_salt("columns of the list").show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            for (place, now) in next.mapping.columns.iter().enumerate() {
                ui.allocate_ui_with_layout(vec2(COLUMN, 66.0), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(COLUMN);
                    ui.spacing_mut().item_spacing.y = 2.0;
                    let head = heads.get(place).map_or("", String::as_str);
                    ui.add(Label::new(theme::strong(head, theme::BODY - 0.5)).truncate());
                    let weak = RichText::new(sample(place)).size(theme::SMALL).color(theme::of(ui).text_weak);
                    ui.add(Label::new(weak).truncate());
                    let shown = now.map_or("passed over", |target| target.label());
                    ui.name_inputs(format!("Column {head} holds"), |ui| {
                        ComboBox::from_id_salt(("column", place))
                            .width(COLUMN - 8.0)
                            .height(360.0)
                            .truncate()
                            .icon(widgets::chevron)
                            .selected_text(shown)
                            .show_ui(ui, |ui| {
                                if ui.selectable_label(now.is_none(), "passed over").clicked() {
                                    changed = Some((place, None));
                                }
                                for target in targets() {
                                    let unit = match target {
                                        Target::Number(spec) if !spec.unit.symbol().is_empty() => {
                                            format!(", {}", spec.unit.symbol())
                                        }
                                        _ => String::new(),
                                    };
                                    let words = format!("{}{unit}", target.label());
                                    let chosen = now.is_some_and(|now| now.key() == target.key());
                                    if ui.selectable_label(chosen, words).clicked() {
                                        changed = Some((place, Some(target)));
                                    }
                                }
                            });
                    });
                });
            }
        });
    });
    if let Some((place, target)) = changed {
        // Two columns cannot mean the same.
        let key = target.map(|target| target.key());
        for other in next
            .mapping
            .columns
            .iter_mut()
            .filter(|other| key.is_some() && other.map(|other| other.key()) == key)
        {
            *other = None;
        }
        next.mapping.columns[place] = target;
    }
}

fn filter(ui: &mut Ui, found: &EquipmentImport, next: &mut Question) {
    let count = |what: What| found.draft.count(what);
    let all = format!("All {}", format::number(found.draft.rows.len() as f64, 0));
    let named: Vec<(Option<What>, String)> =
        [What::Added, What::Changed, What::Gone, What::Unmatched, What::Same]
            .into_iter()
            .filter(|what| count(*what) > 0)
            .map(|what| {
                let mut word = what.word().to_owned();
                if let Some(first) = word.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                (Some(what), format!("{word} {}", format::number(count(what) as f64, 0)))
            })
            .collect();
    let choices: Vec<(Option<What>, &str)> = std::iter::once((None, all.as_str()))
        .chain(named.iter().map(|(what, words)| (*what, words.as_str())))
        .collect();
    ui.horizontal(|ui| {
        if let Some(chosen) = widgets::segmented(ui, next.shown, &choices) {
            next.shown = chosen;
        }
        let listed = |row: &Row| next.shown.is_none_or(|what| row.what == what);
        let places: Vec<usize> = found
            .draft
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| listed(row))
            .map(|(place, _)| place)
            .collect();
        if ui.small_button("Take all").on_hover_text("Takes every line that is listed").clicked() {
            places.iter().for_each(|place| {
                next.left.remove(place);
            });
        }
        if ui.small_button("Take none").on_hover_text("Leaves every line that is listed").clicked() {
            next.left.extend(places.iter().copied());
        }
    });
}

fn rows(ui: &mut Ui, found: &EquipmentImport, next: &mut Question, room: f32) {
    let listed: Vec<usize> = (0..found.draft.rows.len())
        .filter(|place| next.shown.is_none_or(|what| found.draft.rows[*place].what == what))
        .collect();
    let scroll = ScrollArea::vertical().id_salt("lines").max_height(room).auto_shrink([false, true]);
    scroll.show_rows(ui, LINE, listed.len(), |ui, range| {
        for place in listed.get(range).unwrap_or_default() {
            line(ui, *place, &found.draft.rows[*place], next);
        }
    });
}

fn line(ui: &mut Ui, place: usize, row: &Row, next: &mut Question) {
    let palette = theme::of(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(LINE - 4.0);
        let can = matches!(row.what, What::Added | What::Changed | What::Gone);
        let mut is_taken = can && !next.left.contains(&place);
        let box_ = ui.add_enabled(can, Checkbox::without_text(&mut is_taken));
        let box_ = box_.accessible_name(format!("Take {}", row.tag));
        if box_.clicked() {
            if is_taken {
                next.left.remove(&place);
            } else {
                next.left.insert(place);
            }
        }
        let cell = |ui: &mut Ui, width: f32, text: RichText| {
            ui.allocate_ui_with_layout(vec2(width, 20.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(width);
                ui.add(Label::new(text).truncate());
            });
        };
        let ink = match row.what {
            What::Added => palette.good,
            What::Changed => palette.accent,
            What::Gone => palette.error,
            What::Unmatched => palette.warning,
            What::Same => palette.text_weak,
        };
        cell(ui, 68.0, RichText::new(row.what.word()).color(ink));
        cell(ui, 110.0, theme::strong(&row.tag, theme::BODY - 0.5));
        cell(ui, 110.0, RichText::new(&row.kind).color(palette.text_weak));
        let words = row.words();
        let response = ui.add(Label::new(RichText::new(&words)).truncate());
        if !row.notes.is_empty() {
            response.on_hover_text(row.notes.join("\n"));
        }
    });
}
