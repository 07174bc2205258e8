//! Pages on which the program is asked to draw: numbers are entered, what would be drawn is shown, then it is.

pub mod convertible;
pub mod new_site;

use egui::{Button, Response, RichText, TextEdit, Ui};

use super::command::{Menu, Situation};
use super::canvas::gesture::moved_to;
use super::canvas::layout;
use super::state::{Camera, Overlay};
use super::{App, theme, widgets};
use crate::draft::Stock;
use crate::file;
use crate::quantity::{Problem, Severity};
use crate::site::edit::Edit;

/// What the program can be asked to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    NewSite,
    Convertible,
}

impl Drawn {
    pub fn text(self) -> &'static str {
        match self {
            Self::NewSite => "New from numbers…",
            Self::Convertible => "Make convertible…",
        }
    }

    pub fn tooltip(self) -> &'static str {
        match self {
            Self::NewSite => "Draws, wires and sizes a mining site from a few numbers",
            Self::Convertible => "Draws the power and cooling a hall needs for hosting: sized, priced, wired",
        }
    }

    pub fn menu(self) -> Menu {
        match self {
            Self::NewSite => Menu::File,
            Self::Convertible => Menu::Edit,
        }
    }

    pub fn is_enabled(self, now: &Situation) -> bool {
        match self {
            Self::NewSite => true,
            Self::Convertible => now.has_document,
        }
    }
}

/// What the program draws with.
pub(super) fn stock() -> Stock<'static> {
    Stock { parts: file::typical_parts(), planning: file::catalogue::planning() }
}

impl App {
    /// Puts in what the program has drawn. A drawing that is shown in rows is kept so, or what is put in would stand
    /// elsewhere than it was meant to.
    pub(super) fn take_drawn(&mut self, edit: Edit, now: f64) {
        let Some(document) = &self.document else { return };
        let site = document.site();
        let edit = match (moved_to(site, &layout::centres(site)), edit) {
            (Some(rows), Edit::Together { label, mut edits }) => {
                edits.insert(0, Edit::Draw(rows));
                Edit::Together { label, edits }
            }
            (_, edit) => edit,
        };
        self.edit(&edit, now);
        self.view.camera = Camera::fitted();
    }

    pub(super) fn ask_to_draw(&mut self, what: Drawn, now: f64) {
        match what {
            Drawn::NewSite => {
                self.view.overlay = Some(Overlay::NewSite(Box::default()));
            }
            Drawn::Convertible => self.open_convertible(now),
        }
    }
}

/// A field of a page: its name, the text, and what was wrong with it before.
fn field(ui: &mut Ui, label: &str, text: &mut String, width: f32) -> Response {
    ui.add(TextEdit::singleline(text).desired_width(width)).accessible_name(label)
}

/// The button that does what the page is for.
fn main_button(ui: &mut Ui, text: &str, is_enabled: bool) -> bool {
    let colours = theme::of(ui);
    let words = RichText::new(text).color(colours.on_accent).font(theme::bold(theme::BODY));
    ui.add_enabled(is_enabled, Button::new(words).fill(colours.accent)).clicked()
}

/// Problems, the worst first.
fn remarks(ui: &mut Ui, problems: &[Problem]) {
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        for problem in problems.iter().filter(|problem| problem.severity == severity) {
            ui.horizontal_top(|ui| {
                widgets::severity_mark(ui, severity);
                ui.vertical(|ui| {
                    ui.add(egui::Label::new(&problem.message).wrap());
                    if !problem.hint.is_empty() {
                        let hint = RichText::new(&problem.hint).size(theme::SMALL).color(theme::of(ui).text_weak);
                        ui.add(egui::Label::new(hint).wrap());
                    }
                });
            });
        }
    }
}
