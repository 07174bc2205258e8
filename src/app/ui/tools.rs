//! Dialogs and lists of the drawing: parts to find and to put in, what goes when a part is replaced, an arrangement that
//! is shown, the steps done, a file that another program changed.

use std::path::Path;

use egui::{Align, Button, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::palette::Entry;
use crate::app::canvas::{rating_text, swap};
use crate::app::drawing::typical_sketch;
use crate::app::state::{Action, Listed, Next};
use crate::app::tool::{Ask, Tool};
use crate::app::{App, Command, theme, widgets};
use crate::file;
use crate::site::drawing::Replacement;
use crate::site::{ComponentId, Object, Site};

/// What a list of the drawing offers.
pub(super) fn entries(app: &App, of: &Listed) -> Vec<Entry> {
    let Some(document) = &app.document else { return Vec::new() };
    let site = document.shown();
    match of {
        Listed::Drawn => site
            .components
            .iter()
            .map(|part| Entry {
                text: format!("{} {}", part.tag, part.name).trim().to_owned(),
                hint: format!("{} {}", part.kind.label(), rating_text(part)).trim().to_owned(),
                action: Action::Reveal(Object::Component(part.id.clone())),
                part: None,
            })
            .collect(),
        Listed::Next { part } => {
            let Some(from) = site.component(part) else { return Vec::new() };
            let typical = file::typical_parts().components.iter();
            typical
                .filter_map(|typical| Some((typical, swap::next_to(from, typical.clone()).ok()?)))
                .map(|(typical, (_, medium, _))| Entry {
                    text: typical.name.clone(),
                    hint: format!("{} {}", medium.label().to_lowercase(), rating_text(typical))
                        .trim()
                        .to_owned(),
                    action: Action::Ask(Ask::NextBy { part: part.clone(), by: typical.id.clone() }),
                    part: Some(typical.id.clone()),
                })
                .collect()
        }
        Listed::Kinds { part } => {
            let Some(before) = site.component(part) else { return Vec::new() };
            let kinds = file::typical_parts().components.iter();
            kinds
                .filter(|typical| typical.kind.label() != before.kind.label() || typical.name != before.name)
                .map(|typical| Entry {
                    text: typical.name.clone(),
                    hint: rating_text(typical),
                    action: Action::Ask(Ask::ReplaceBy { part: part.clone(), by: typical.id.clone() }),
                    part: Some(typical.id.clone()),
                })
                .collect()
        }
        Listed::Into { link } => file::typical_parts()
            .components
            .iter()
            .filter(|typical| fits_into(site, link, &typical.id))
            .map(|typical| Entry {
                text: typical.name.clone(),
                hint: rating_text(typical),
                action: Action::Ask(Ask::SplitBy { link: link.clone(), part: typical.id.clone() }),
                part: Some(typical.id.clone()),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a typical part can stand between the ends of a link.
fn fits_into(site: &Site, link: &str, typical: &ComponentId) -> bool {
    let sketch = typical_sketch(typical.clone());
    sketch.parts.into_iter().next().is_some_and(|mut part| {
        swap::at_voltage_of(site, link, &mut part);
        swap::split(site, link, &part).is_ok()
    })
}

/// What goes with a part that is replaced.
pub(super) fn replace(app: &mut App, ui: &Ui, replacement: &Replacement, lost: &[String]) {
    let name = app
        .document
        .as_ref()
        .map(|document| document.shown().object_name(&Object::Component(replacement.part.id.clone())));
    let title = format!("Replace {} by {}?", name.unwrap_or_default(), replacement.part.kind.label());
    let choices = ["Cancel", "Replace"];
    let chosen = question(
        ui,
        "replace",
        &title,
        "This does not fit and goes; undo brings all of it back",
        lost,
        &choices,
    );
    if let Some(chosen) = chosen {
        app.actions.push(Action::CloseOverlay);
        if chosen == 1 {
            app.actions.push(Action::Ask(Ask::Replace(Box::new(replacement.clone()))));
        }
    }
}

/// The file was changed by another program since it was read; `next` is what waits for the answer.
pub(super) fn changed(app: &mut App, ui: &Ui, path: &Path, next: Option<&Next>) {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let title = format!("{name} was changed by another program");
    let words = "It is not as it was when it was opened or saved here. Keeping yours writes over it; reading theirs \
                 leaves out what you changed since";
    let choices = ["Cancel", "Save as…", "Read theirs", "Keep mine"];
    let waits: Vec<String> = next.map(waiting).into_iter().collect();
    let chosen = question(ui, "changed", &title, words, &waits, &choices);
    if let Some(chosen) = chosen {
        app.actions.push(Action::CloseOverlay);
        let (path, next) = (path.to_path_buf(), next.cloned());
        app.actions.extend(match chosen {
            1 => Some(Action::Ask(Ask::SaveElsewhere { next })),
            2 => Some(Action::Ask(Ask::ReadTheirs(path))),
            3 => Some(Action::Ask(Ask::KeepMine { path, next })),
            _ => None,
        });
    }
}

/// What goes on once the site is saved, and not where theirs is read.
fn waiting(next: &Next) -> String {
    let what = match next {
        Next::Quit => "the program closes",
        Next::Gallery => "the start page is shown",
        Next::Blank => "a blank site is begun",
        Next::Template(_) => "the template is opened",
        Next::Drawn(_) => "the site that was drawn is shown",
        Next::OpenDialog | Next::Path(_) => "the other file is opened",
    };
    format!("Once yours is saved, {what}; reading theirs stays here")
}

/// A question with lines of what it is about; gives the place of the answer, of which the first leaves all as it is and
/// the last goes ahead.
fn question(
    ui: &Ui,
    name: &str,
    title: &str,
    words: &str,
    lines: &[String],
    choices: &[&str],
) -> Option<usize> {
    let colours = theme::of(ui);
    let modal = widgets::modal(ui, name).show(ui.ctx(), |ui| {
        ui.set_width(440.0_f32.min(ui.ctx().content_rect().width() - 40.0));
        ui.add(egui::Label::new(theme::strong(title, theme::TITLE)).wrap());
        ui.label(RichText::new(words).color(colours.text_weak));
        ui.add_space(4.0);
        let height = (ui.ctx().content_rect().height() - 240.0).max(60.0);
        ScrollArea::vertical().max_height(height).show(ui, |ui| {
            for line in lines {
                ui.horizontal_top(|ui| {
                    ui.label("•");
                    ui.add(egui::Label::new(line).wrap());
                });
            }
        });
        ui.add_space(10.0);
        let mut chosen = None;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (place, choice) in choices.iter().enumerate().rev() {
                let button = if place + 1 == choices.len() {
                    Button::new(
                        RichText::new(*choice).color(colours.on_accent).font(theme::bold(theme::BODY)),
                    )
                    .fill(colours.accent)
                } else {
                    Button::new(*choice)
                };
                if ui.add(button).clicked() {
                    chosen = Some(place);
                }
            }
        });
        chosen
    });
    modal.inner.or(modal.should_close().then_some(0))
}

/// The arrangement that is shown: to be taken or left.
pub(super) fn ghosts(ui: &mut Ui, view: Rect, actions: &mut Vec<Action>) {
    let colours = theme::of(ui);
    let width = 430.0_f32.min(view.width() - 20.0);
    let place =
        Rect::from_min_size(pos2(view.center().x - width / 2.0, view.top() + 46.0), vec2(width, 40.0));
    if !view.contains_rect(place) {
        return;
    }
    let border = egui::Stroke::new(1.0, colours.accent);
    ui.painter().rect(place, theme::RADIUS, colours.card, border, egui::StrokeKind::Inside);
    let mut child = ui.new_child(
        UiBuilder::new()
            .max_rect(place.shrink2(vec2(12.0, 4.0)))
            .id_salt("ghosts")
            .layout(Layout::right_to_left(Align::Center)),
    );
    let take = Button::new(RichText::new("Apply").color(colours.on_accent)).fill(colours.accent);
    if child.add(take).on_hover_text(Tool::PlaceGhosts.tooltip()).clicked() {
        actions.push(Action::Do(Command::Tool(Tool::PlaceGhosts)));
    }
    if child.button("Leave").on_hover_text("Leaves the drawing as it is (Escape)").clicked() {
        actions.push(Action::Ask(Ask::LeaveGhosts));
    }
    child.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.add(egui::Label::new("Parts would stand where the frames are").truncate());
    });
}

/// Height of a line of the history.
const STEP: f32 = 26.0;

/// What was done and undone, the newest first; a click goes there.
pub(super) fn steps(app: &mut App, ui: &Ui) {
    let colours = theme::of(ui);
    let Some(document) = &app.document else { return };
    let history = document.history();
    let (undone, done): (Vec<&str>, Vec<&str>) = (history.undone().collect(), history.done().collect());
    let mut rows: Vec<(isize, String, bool)> = Vec::new();
    for (turn, label) in undone.iter().enumerate().rev() {
        rows.push((turn as isize + 1, (*label).to_owned(), false));
    }
    for (turn, label) in done.iter().enumerate() {
        rows.push((-(turn as isize), (*label).to_owned(), true));
    }
    rows.push((-(done.len() as isize), "As it was opened".to_owned(), true));
    let mut chosen = None;
    let modal = widgets::modal(ui, "steps").show(ui.ctx(), |ui| {
        ui.set_width(420.0_f32.min(ui.ctx().content_rect().width() - 40.0));
        ui.label(theme::strong("History", theme::TITLE));
        ui.label(
            RichText::new("A click goes to the drawing as it was after that step").color(colours.text_weak),
        );
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.y = 1.0;
        let height = (ui.ctx().content_rect().height() - 220.0).max(120.0);
        ScrollArea::vertical().max_height(height).show_rows(ui, STEP, rows.len(), |ui, seen| {
            for (steps, label, is_done) in &rows[seen] {
                let colour = if *is_done { colours.text } else { colours.text_weak };
                let hint = match (*steps, *is_done) {
                    (0, _) => "now",
                    (_, false) => "undone",
                    _ => "",
                };
                let button = Button::selectable(*steps == 0, RichText::new(label).color(colour))
                    .right_text(RichText::new(hint).color(colours.text_weak))
                    .min_size(vec2(ui.available_width(), STEP));
                if ui.add(button).clicked() {
                    chosen = Some(*steps);
                }
            }
        });
        ui.add_space(8.0);
        ui.button("Close").clicked()
    });
    if let Some(steps) = chosen {
        app.actions.push(Action::Ask(Ask::GoToStep(steps)));
    } else if modal.inner || modal.should_close() {
        app.actions.push(Action::CloseOverlay);
    }
}
