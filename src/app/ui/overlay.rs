//! What covers the window: the help page, the question about unsaved changes, passing messages.

use egui::{Align, Area, Button, Id, Layout, Order, RichText, ScrollArea, Ui, vec2};

use super::{palette, tools, weather};
use crate::app::command::{Command, Menu};
use crate::app::state::{Action, Next, Overlay, Place, UnsavedChoice};
use crate::app::{App, assumptions, equipment, pages, theme, widgets};
use crate::site::{ComponentId, Object};

pub fn show(app: &mut App, ui: &mut Ui) {
    match app.view.overlay.clone() {
        Some(Overlay::Palette { typed, chosen, size, of }) => {
            palette::show(app, ui, (typed, chosen, size), of);
        }
        Some(Overlay::TakeOut { parts, links, hanging }) => take_out(app, ui, parts, links, &hanging),
        Some(Overlay::Replace { replacement, lost }) => tools::replace(app, ui, &replacement, &lost),
        Some(Overlay::Steps) => tools::steps(app, ui),
        Some(Overlay::Changed { path, next }) => tools::changed(app, ui, &path, next.as_ref()),
        Some(Overlay::Help) => help(app, ui),
        Some(Overlay::Unsaved(next)) => unsaved(app, ui, &next),
        Some(Overlay::Weather(import)) => weather::show(app, ui, &import),
        Some(Overlay::Equipment(found)) => equipment::show(app, ui, &found),
        Some(Overlay::Series(found)) => assumptions::import::show(app, ui, &found),
        Some(Overlay::Bills(page)) => assumptions::bills::show(app, ui, page),
        Some(Overlay::History(page)) => assumptions::history::show(app, ui, page),
        Some(Overlay::NewSite(page)) => pages::new_site::show(app, ui, page),
        Some(Overlay::Convertible(page)) => pages::convertible::show(app, ui, page),
        Some(Overlay::Blueprint(page)) => pages::blueprint::show(app, ui, page),
        Some(Overlay::TwoSets(page)) => pages::two_sets::show(app, ui, page),
        Some(Overlay::KeepBlueprint(name)) => pages::blueprint::keep(app, ui, name),
        None => {}
    }
    toasts(app, ui);
    hover_hint(app, ui);
}

/// Every command with its key, from the one list.
fn help(app: &mut App, ui: &mut Ui) {
    let colours = theme::of(ui);
    let screen = ui.ctx().content_rect();
    let modal = widgets::modal(ui, "help").show(ui.ctx(), |ui| {
        ui.set_width(700.0_f32.min(screen.width() - 40.0));
        ui.label(theme::strong(Command::Help.text(), theme::FIGURE - 4.0));
        ui.weak("Drag moves the drawing or the part it begins on, Shift and drag selects by a frame, the wheel zooms, a click selects, a double click on a name changes it; a part let go on a wire is put into it; number fields read units: 120 MW, 4.2 c/kWh, 3*2.5 MVA");
        ui.add_space(6.0);
        ScrollArea::vertical().max_height((screen.height() - 200.0).max(80.0)).show(ui, |ui| {
            for menu in Menu::ALL {
                widgets::section(ui, menu.text(), "");
                for command in Command::ALL.into_iter().filter(|command| command.menu() == menu) {
                    ui.horizontal(|ui| {
                        let cell = |ui: &mut Ui, width: f32, text: RichText| {
                            ui.allocate_ui_with_layout(vec2(width, 20.0), Layout::left_to_right(Align::Center), |ui| {
                                ui.set_min_width(width);
                                ui.label(text);
                            });
                        };
                        cell(ui, 120.0, RichText::new(command.shortcut_text(ui.ctx())).font(theme::bold(theme::BODY)).color(colours.accent));
                        cell(ui, 170.0, RichText::new(command.text()));
                        ui.weak(command.tooltip());
                    });
                }
            }
        });
        ui.add_space(8.0);
        ui.button("Close").clicked()
    });
    if modal.inner || modal.should_close() {
        app.actions.push(Action::CloseOverlay);
    }
}

/// What goes with parts that are to be taken out.
fn take_out(app: &mut App, ui: &mut Ui, parts: Vec<ComponentId>, links: Vec<String>, hanging: &[String]) {
    let colours = theme::of(ui);
    let modal = widgets::modal(ui, "take out").show(ui.ctx(), |ui| {
        ui.set_width(420.0_f32.min(ui.ctx().content_rect().width() - 40.0));
        let what = match (parts.as_slice(), &app.document) {
            ([id], Some(document)) => document.shown().object_name(&Object::Component(id.clone())),
            (parts, _) => format!("{} parts", parts.len()),
        };
        ui.label(theme::strong(format!("Take {what} out of the drawing?"), theme::TITLE));
        ui.label(RichText::new("This goes with it; undo brings all of it back").color(colours.text_weak));
        ui.add_space(4.0);
        for line in hanging {
            ui.horizontal_top(|ui| {
                ui.label("•");
                ui.add(egui::Label::new(line).wrap());
            });
        }
        ui.add_space(10.0);
        let mut choice = None;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Take out").clicked() {
                choice = Some(true);
            }
            if ui.button("Cancel").clicked() {
                choice = Some(false);
            }
        });
        choice
    });
    let choice = modal.inner.or(modal.should_close().then_some(false));
    if let Some(goes) = choice {
        app.actions.push(Action::CloseOverlay);
        if goes {
            app.actions.push(Action::TakeOut { parts, links });
        }
    }
}

fn unsaved(app: &mut App, ui: &mut Ui, next: &Next) {
    let colours = theme::of(ui);
    let name = app.document.as_ref().map(|document| document.site().name.clone()).unwrap_or_default();
    let modal = widgets::modal(ui, "unsaved").show(ui.ctx(), |ui| {
        ui.set_width(400.0_f32.min(ui.ctx().content_rect().width() - 40.0));
        ui.label(theme::strong(format!("Save changes to {name}?"), theme::TITLE));
        let what = if *next == Next::Quit { "closing" } else { "leaving it" };
        ui.label(
            RichText::new(format!("Changes since the last save are lost when {what} without saving"))
                .color(colours.text_weak),
        );
        ui.add_space(10.0);
        let mut choice = None;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let save =
                Button::new(RichText::new("Save").color(colours.on_accent).font(theme::bold(theme::BODY)))
                    .fill(colours.accent);
            if ui.add(save).clicked() {
                choice = Some(UnsavedChoice::Save);
            }
            if ui.button("Do not save").clicked() {
                choice = Some(UnsavedChoice::Discard);
            }
            if ui.button("Cancel").clicked() {
                choice = Some(UnsavedChoice::Cancel);
            }
        });
        choice
    });
    let closed = modal.should_close().then_some(UnsavedChoice::Cancel);
    if let Some(choice) = modal.inner.or(closed) {
        app.actions.push(Action::Unsaved(choice));
    }
}

fn toasts(app: &mut App, ui: &mut Ui) {
    if app.view.toasts.is_empty() {
        return;
    }
    let colours = theme::of(ui);
    let toasts = app.view.toasts.clone();
    Area::new(Id::unique("toasts"))
        .order(Order::Foreground)
        .anchor(egui::Align2::CENTER_BOTTOM, vec2(0.0, -44.0))
        .show(ui.ctx(), |ui| {
            for toast in toasts {
                egui::Frame::popup(ui.style()).inner_margin(egui::Margin::symmetric(14, 10)).show(ui, |ui| {
                    ui.set_max_width(460.0);
                    ui.horizontal(|ui| {
                        widgets::severity_mark(ui, toast.severity);
                        ui.add(egui::Label::new(&toast.text).wrap());
                        if toast.until.is_none() && ui.button("Dismiss").clicked() {
                            app.actions.push(Action::DismissToast(toast.id));
                        }
                    });
                });
            }
            ui.visuals_mut().override_text_color = Some(colours.text);
        });
}

/// Says that a file held over the window can be dropped.
fn hover_hint(app: &App, ui: &Ui) {
    let held = ui.input(|input| !input.raw.hovered_files.is_empty());
    if !held {
        return;
    }
    let colours = theme::of(ui);
    let screen = ui.ctx().content_rect();
    let painter = ui.ctx().layer_painter(egui::LayerId::new(Order::Foreground, Id::unique("drop")));
    painter.rect_filled(screen, 0.0, colours.shade);
    painter.text(
        screen.center(),
        egui::Align2::CENTER_CENTER,
        if app.view.place == Place::Assumptions {
            "Drop to look at prices or a load (.csv), or to open the site"
        } else {
            "Drop to open the site, or to look at its weather (.epw, .csv)"
        },
        theme::bold(theme::DISPLAY),
        egui::Color32::WHITE,
    );
}
