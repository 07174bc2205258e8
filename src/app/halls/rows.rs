//! The rows of a hall as a table that is typed into.

use egui::{Align, ComboBox, Id, Layout, RichText, Ui};
use egui_extras::{Column as Width, TableBuilder, TableRow};

use super::{Shown, is_liquid, put_rows};
use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::quantity::{Unit, format};
use crate::site::rows::{ROW_FIELDS, RowField};
use crate::site::{Component, Hall, Holder, RowGroup};

const ROW: f32 = 28.0;
const NAME: f32 = 104.0;
const HOLDER: f32 = 94.0;
const NUMBER: f32 = 72.0;
/// What is worked out: load, mining and hosting MW.
const FIGURE: f32 = 62.0;
const BUTTON: f32 = 26.0;

/// Words of the heads, up to three lines each, with the unit in the last.
fn head(field: &RowField) -> String {
    match field.spec.unit.symbol() {
        "" => field.spec.label.to_owned(),
        unit => format!("{}, {unit}", field.spec.label),
    }
}

pub fn table(ui: &mut Ui, shown: &Shown<'_>, part: &Component, hall: &Hall, actions: &mut Vec<Action>) {
    let mut next = hall.row_groups.clone();
    let mut gone = None;
    let width = NAME + HOLDER + 6.0 * NUMBER + 3.0 * FIGURE + BUTTON + 12.0 * 6.0;
    egui::ScrollArea::horizontal().id_salt("rows across").show(ui, |ui| {
        ui.set_min_width(width);
        ui.spacing_mut().item_spacing.x = 6.0;
        let mut table = TableBuilder::new(ui)
            .id_salt(("rows", &part.id))
            .striped(false)
            .vscroll(false)
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Width::exact(NAME).clip(true))
            .column(Width::exact(HOLDER).clip(true));
        for _ in &ROW_FIELDS {
            table = table.column(Width::exact(NUMBER).clip(true));
        }
        for _ in 0..3 {
            table = table.column(Width::exact(FIGURE).clip(true));
        }
        table = table.column(Width::exact(BUTTON));
        let heads = |mut row: TableRow<'_, '_>| {
            let mut head_of = |text: &str, right: bool, help: &str| {
                row.col(|ui| {
                    let text = RichText::new(text).size(theme::SMALL).color(theme::of(ui).text_weak);
                    let label = egui::Label::new(text).wrap();
                    let response = if right {
                        ui.with_layout(Layout::top_down(Align::Max), |ui| ui.add(label)).inner
                    } else {
                        ui.add(label)
                    };
                    if !help.is_empty() {
                        response.on_hover_text(help);
                    }
                });
            };
            head_of("Rows", false, "");
            head_of("Of", false, "What stands in a position");
            for field in &ROW_FIELDS {
                head_of(&head(field), true, field.spec.help);
            }
            head_of(
                "Load, t/m²",
                true,
                "Weight of a rack on its share of the floor; red where the floor bears less",
            );
            head_of("Mining, MW", true, "Count times the power of a position under miners");
            head_of("Hosting, MW", true, "Count times the power of a rack of the cooling the fit-out brings");
            head_of("", false, "");
        };
        table.header(48.0, heads).body(|body| {
            body.rows(ROW, hall.row_groups.len() + 1, |mut row| {
                let index = row.index();
                let Some(group) = hall.row_groups.get(index) else {
                    total(&mut row, hall);
                    return;
                };
                let key = |what: &str| Id::unique(("row", what, index, &part.id));
                row.col(|ui| {
                    let label = format!("Name of rows {}", index + 1);
                    if let Some(name) =
                        widgets::draft_field(ui, key("name"), &label, &group.name, "unnamed", NAME - 4.0)
                    {
                        name.trim().clone_into(&mut next[index].name);
                    }
                });
                row.col(|ui| holder(ui, index, &mut next[index].holder));
                for field in &ROW_FIELDS {
                    row.col(|ui| {
                        let label = format!("{} of rows {}", field.spec.label, index + 1);
                        let now = format::in_unit((field.get)(group), field.spec.unit);
                        let typed = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            widgets::draft_number(ui, key(field.spec.key), &label, &now, NUMBER - 4.0)
                        });
                        if let Some(text) = typed.inner {
                            match read(field, &text) {
                                Ok(value) => (field.set)(&mut next[index], value),
                                Err(why) => actions.push(Action::Say(why)),
                            }
                        }
                    });
                }
                figures(&mut row, hall, group);
                row.col(|ui| {
                    let name = format!("Take rows {} out", index + 1);
                    let out = widgets::icon_button(ui, &name, true, |painter, rect, stroke| {
                        painter.line_segment([rect.left_top(), rect.right_bottom()], stroke);
                        painter.line_segment([rect.right_top(), rect.left_bottom()], stroke);
                    });
                    if out.on_hover_text("Takes these rows out").clicked() {
                        gone = Some(index);
                    }
                });
            });
        });
    });
    let mut doing = "Change the rows of";
    if ui.small_button("Add rows").on_hover_text("Adds rows like the last, to be changed").clicked()
        && let Some(last) = next.last().cloned()
    {
        next.push(RowGroup { name: format!("Rows {}", next.len() + 1), ..last });
        doing = "Add rows to";
    }
    if let Some(index) = gone {
        next.remove(index);
        doing = "Take rows out of";
    }
    if next != hall.row_groups {
        actions.push(put_rows(shown, part, doing, next));
    }
}

/// The number that was typed, in range.
fn read(field: &RowField, text: &str) -> Result<f64, String> {
    let value = if text.trim().is_empty() { 0.0 } else { field.spec.unit.parse(text)? };
    field.spec.problem_with(value).map_or(Ok(value), Err)
}

fn holder(ui: &mut Ui, index: usize, now: &mut Holder) {
    ui.name_inputs(format!("What stands in rows {}", index + 1), |ui| {
        ComboBox::from_id_salt(("holder", index))
            .width(HOLDER - 8.0)
            .icon(widgets::chevron)
            .selected_text(now.label())
            .show_ui(ui, |ui| {
                for holder in Holder::ALL {
                    ui.selectable_value(now, holder, holder.label());
                }
            });
    });
}

fn figure(row: &mut TableRow<'_, '_>, text: RichText) {
    row.col(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(5.0);
            ui.add(egui::Label::new(text).truncate());
        });
    });
}

fn figures(row: &mut TableRow<'_, '_>, hall: &Hall, group: &RowGroup) {
    let each = if is_liquid(hall) { group.liquid_kw_per_rack } else { group.air_kw_per_rack };
    let count = f64::from(group.positions);
    row.col(|ui| {
        let palette = theme::of(ui);
        let load = group.load_t_per_m2();
        let over = load.is_some_and(|load| load > hall.floor_load_t_per_m2);
        let text = load.map_or_else(|| "–".to_owned(), |load| format::number(load, 2));
        let ink = if over { palette.error } else { palette.text_weak };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(5.0);
            ui.label(RichText::new(if over { format!("{text} !") } else { text }).color(ink));
        });
    });
    for mw in [count * group.mining_kw_per_position, count * each] {
        figure(row, RichText::new(format::in_unit(mw / 1000.0, Unit::Mw)));
    }
}

fn total(row: &mut TableRow<'_, '_>, hall: &Hall) {
    let sums = hall.row_sums();
    row.col(|ui| {
        ui.label(theme::strong("Sum", theme::BODY));
    });
    row.col(|_| {});
    figure(row, theme::strong(format::number(sums.positions as f64, 0), theme::BODY));
    for _ in 0..4 {
        row.col(|_| {});
    }
    figure(row, theme::strong(format::number(sums.floor_m2, 0), theme::BODY));
    row.col(|_| {});
    for mw in [sums.mining_mw, super::racks_mw(hall)] {
        figure(row, theme::strong(format::in_unit(mw, Unit::Mw), theme::BODY));
    }
    row.col(|_| {});
}
