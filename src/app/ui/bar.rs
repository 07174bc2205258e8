//! The bar at the top: name, menus, scenario, undo and redo, how the calculation stands.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align, Align2, Button, ComboBox, Layout, MenuBar, RichText, Sense, Stroke, Ui, vec2};

use crate::app::backdrop::Doing;
use crate::app::canvas::align::Line;
use crate::app::command::{Command, Menu, Situation};
use crate::app::state::{Action, Place, Progress};
use crate::app::tool::Tool;
use crate::app::{App, theme, widgets};

const PLACES: [(Place, &str); 4] = [
    (Place::Both, "Both"),
    (Place::Site, "Site"),
    (Place::Assumptions, "Assumptions"),
    (Place::Answer, "Answer"),
];
const MENUS_WIDTH: f32 = 264.0;
/// Room beside the name for the mark that it was modified.
const MODIFIED: f32 = 20.0;

pub fn show(app: &mut App, ui: &mut Ui) {
    let wide = ui.available_width() > 900.0;
    ui.horizontal_centered(|ui| {
        logo(ui);
        if wide {
            ui.label(theme::strong("Wattshift", theme::TITLE));
        }
        ui.add_space(6.0);
        menus(app, ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            calculation(app, ui);
            whole_decisions(app, ui);
            ui.add_space(4.0);
            history(app, ui);
            ui.add_space(4.0);
            scenario(app, ui);
            if wide {
                ui.add_space(8.0);
                if let Some(place) = widgets::segmented(ui, app.view.place, &PLACES) {
                    app.actions.push(Action::ShowPlace(place));
                }
                ui.add_space(8.0);
            }
            // The name has what the others leave, however wide the calculation is at the time.
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| site_name(app, ui));
        });
    });
}

/// Two bars that change places: mining gives way to hosting.
fn logo(ui: &mut Ui) {
    let palette = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
    let painter = ui.painter();
    for (index, (mining, hosting)) in [(1.0, 0.15), (0.7, 0.5), (0.35, 0.95)].into_iter().enumerate() {
        let x = rect.left() + index as f32 * 7.0;
        let bar = |from: f32, to: f32| {
            egui::Rect::from_min_max(
                egui::pos2(x, rect.bottom() - to * rect.height()),
                egui::pos2(x + 5.5, rect.bottom() - from * rect.height()),
            )
        };
        painter.rect_filled(bar(hosting, f32::max(mining, hosting)), 1.0, palette.mining);
        painter.rect_filled(bar(0.0, hosting), 1.0, palette.hosting[0]);
    }
}

fn menus(app: &mut App, ui: &mut Ui) {
    let situation = app.situation();
    // A menu bar takes all the width it is given.
    ui.allocate_ui_with_layout(vec2(MENUS_WIDTH, 28.0), Layout::left_to_right(Align::Center), |ui| {
        ui.set_max_width(MENUS_WIDTH);
        MenuBar::new().ui(ui, |ui| menu_buttons(app, ui, &situation));
    });
}

fn menu_buttons(app: &mut App, ui: &mut Ui, situation: &Situation) {
    for menu in Menu::ALL {
        ui.menu_button(menu.text(), |ui| {
            ui.set_min_width(230.0);
            for command in Command::ALL.into_iter().filter(|command| command.menu() == menu) {
                if begins_group(command) {
                    ui.separator();
                }
                let text = match command {
                    Command::Undo => {
                        labelled(app.document.as_ref().and_then(|d| d.history().undo_label()), "Undo")
                    }
                    Command::Redo => {
                        labelled(app.document.as_ref().and_then(|d| d.history().redo_label()), "Redo")
                    }
                    _ => command.text().to_owned(),
                };
                let button = Button::new(text)
                    .shortcut_text(command.shortcut_text(ui.ctx()))
                    .frame_when_inactive(false);
                let response = ui.add_enabled(command.is_enabled(situation), button);
                if response.on_hover_text(command.tooltip()).clicked() {
                    app.actions.push(Action::Do(command));
                    ui.close();
                }
            }
            if menu == Menu::File && !app.view.recent.is_empty() {
                ui.separator();
                for path in &app.view.recent {
                    let name = path.file_name().map_or_else(
                        || path.display().to_string(),
                        |name| name.to_string_lossy().into_owned(),
                    );
                    if ui
                        .add(Button::new(name).frame_when_inactive(false))
                        .on_hover_text(path.display().to_string())
                        .clicked()
                    {
                        app.actions.push(Action::OpenPath(path.clone()));
                        ui.close();
                    }
                }
            }
        });
    }
}

fn begins_group(command: Command) -> bool {
    matches!(
        command,
        Command::Save
            | Command::CloseFile
            | Command::AddScenario
            | Command::SelectNext
            | Command::Fit
            | Command::TakeOut
            | Command::Tool(
                Tool::Backdrop(Doing::Show)
                    | Tool::Find
                    | Tool::Rename
                    | Tool::Align(Line::Left)
                    | Tool::Arrange
                    | Tool::Steps
            )
            | Command::NudgeLeft
            | Command::ToggleInspector
            | Command::Study(None)
            | Command::ImportWeather
            | Command::ThemeSystem
            | Command::FullScreen
            | Command::Solve
            | Command::DrawFrontier
    )
}

fn labelled(label: Option<&str>, word: &str) -> String {
    match label {
        Some(label) => format!("{word}: {label}"),
        None => word.to_owned(),
    }
}

fn site_name(app: &App, ui: &mut Ui) {
    let palette = theme::of(ui);
    let Some(document) = &app.document else { return };
    let (line, _) = ui.allocate_exact_size(vec2(1.0, 18.0), Sense::hover());
    ui.painter().rect_filled(line, 0.0, palette.border_strong);
    ui.add_space(4.0);
    let room = (ui.available_width() - MODIFIED).max(20.0);
    let name = RichText::new(&document.site().name).font(theme::bold(theme::BODY));
    let path = document.path().map_or_else(|| "Not saved yet".to_owned(), |path| path.display().to_string());
    ui.scope(|ui| {
        ui.set_max_width(room);
        ui.add(egui::Label::new(name).truncate()).on_hover_text(path);
    });
    if document.is_modified() {
        let (dot, response) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
        ui.painter().circle_filled(dot.center(), 3.5, palette.mining);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, "Modified"));
        response.on_hover_text("Changed since it was saved");
    }
}

fn scenario(app: &mut App, ui: &mut Ui) {
    let Some(document) = &app.document else { return };
    let now = document.scenario().unwrap_or("Base case").to_owned();
    let mut chosen = None;
    ui.name_inputs("Scenario", |ui| {
        ComboBox::from_id_salt("scenario")
            .width(150.0)
            .truncate()
            .icon(widgets::chevron)
            .selected_text(&now)
            .show_ui(ui, |ui| {
                if ui.selectable_label(document.scenario().is_none(), "Base case").clicked() {
                    chosen = Some(Action::ChooseScenario(None));
                }
                for scenario in &document.site().scenarios {
                    let selected = document.scenario() == Some(scenario.name.as_str());
                    let response = ui.selectable_label(selected, &scenario.name);
                    let response = if scenario.note.is_empty() {
                        response
                    } else {
                        response.on_hover_text(&scenario.note)
                    };
                    if response.clicked() {
                        chosen = Some(Action::ChooseScenario(Some(scenario.name.clone())));
                    }
                }
                ui.separator();
                if ui.add(Button::new(Command::AddScenario.text()).frame_when_inactive(false)).clicked() {
                    chosen = Some(Action::Do(Command::AddScenario));
                }
            });
    });
    app.actions.extend(chosen);
}

fn history(app: &mut App, ui: &mut Ui) {
    let situation = app.situation();
    // Right to left: redo is laid out first.
    for (command, mirrored) in [(Command::Redo, true), (Command::Undo, false)] {
        let label = match (&app.document, mirrored) {
            (Some(document), true) => labelled(document.history().redo_label(), "Redo"),
            (Some(document), false) => labelled(document.history().undo_label(), "Undo"),
            (None, _) => command.text().to_owned(),
        };
        let enabled = command.is_enabled(&situation);
        let response = widgets::icon_button(ui, command.text(), enabled, |painter, rect, stroke| {
            widgets::turn_arrow(painter, rect, stroke, mirrored);
        });
        let words = format!("{label} ({})", command.shortcut_text(ui.ctx()));
        if response.on_hover_text(words).clicked() {
            app.actions.push(Action::Do(command));
        }
    }
}

/// Whether plans split decisions or keep them whole.
fn whole_decisions(app: &mut App, ui: &mut Ui) {
    let command = Command::WholeDecisions;
    let switch = Button::selectable(app.view.whole, "Whole");
    let response = ui.add_enabled(command.is_enabled(&app.situation()), switch);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::CheckBox, true, app.view.whole, command.text())
    });
    if response.on_hover_text(command.tooltip()).clicked() {
        app.actions.push(Action::Do(command));
    }
}

/// Progress with a way to stop it, or how the answer in hand stands.
fn calculation(app: &mut App, ui: &mut Ui) {
    let palette = theme::of(ui);
    let width = 176.0;
    match &app.answer.progress {
        Progress::Working { stage, share } => {
            if ui.button("Stop").on_hover_text(Command::CancelSolve.tooltip()).clicked() {
                app.actions.push(Action::Do(Command::CancelSolve));
            }
            progress_bar(ui, stage, *share, width - 60.0);
        }
        Progress::Due { .. } => progress_bar(ui, "Updating…", 0.0, width),
        Progress::Failed(why) => {
            let response = widgets::chip(ui, "No new plan", palette.error);
            response.on_hover_text(why);
        }
        Progress::Idle => {
            let (text, colour, hint) = match &app.answer.plan {
                None => ("No plan", palette.text_weak, "Nothing has been worked out yet"),
                Some(_) if app.is_stale() => {
                    ("Out of date", palette.warning, "The site has changed since the plan was made")
                }
                Some(plan) => match plan.status {
                    crate::plan::Status::Optimal if plan.certificate.whole.is_some() => {
                        ("Optimal", palette.good, "Proven within 0.1 % of the best, and the proof holds")
                    }
                    crate::plan::Status::Optimal => {
                        ("Optimal", palette.good, "Proven best, and the proof holds")
                    }
                    crate::plan::Status::Feasible => {
                        ("Feasible", palette.warning, "Keeps to every limit, but is not proven best")
                    }
                    crate::plan::Status::Infeasible => {
                        ("Infeasible", palette.error, "No plan keeps to every limit")
                    }
                },
            };
            widgets::chip(ui, text, colour).on_hover_text(hint);
        }
    }
}

pub(super) fn progress_bar(ui: &mut Ui, stage: &str, share: f32, width: f32) {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
    let words = format!("{stage} {} %", (share * 100.0).round());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, words.clone()));
    let painter = ui.painter_at(rect);
    painter.rect(
        rect,
        theme::RADIUS_SMALL,
        palette.field,
        Stroke::new(1.0, palette.border),
        egui::StrokeKind::Inside,
    );
    let mut done = rect.shrink(1.0);
    done.set_width(done.width() * share.clamp(0.0, 1.0));
    painter.rect_filled(done, theme::RADIUS_SMALL, palette.accent_soft);
    let mut text = LayoutJob::simple_singleline(stage.to_owned(), theme::font(theme::SMALL), palette.text);
    text.wrap = TextWrapping::truncate_at_width(width - 10.0);
    let text = painter.layout_job(text);
    painter.galley(Align2::CENTER_CENTER.anchor_size(rect.center(), text.size()).min, text, palette.text);
    response.on_hover_text(words);
}
