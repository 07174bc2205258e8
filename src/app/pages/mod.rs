//! Pages on which the program is asked to draw: numbers are entered, what would be drawn is shown, then it is.

pub mod blueprint;
pub mod convertible;
pub mod new_site;
pub mod two_sets;

use egui::{Align, Button, Layout, ModalResponse, Response, RichText, TextEdit, Ui};

use super::canvas::gesture::moved_to;
use super::canvas::layout;
use super::command::{Menu, Situation};
use super::ground::added;
use super::state::{Action, Camera, Overlay};
use super::{App, theme, widgets};
use crate::draft::{Proposal, Stock};
use crate::file;
use crate::quantity::{Problem, Severity, Unit, format};
use crate::site::ComponentId;
use crate::site::edit::{self, Edit};

/// What the program can be asked to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    NewSite,
    Convertible,
    Blueprint,
    KeepBlueprint,
    Split,
    SplitInTwo,
}

impl Drawn {
    pub fn text(self) -> &'static str {
        match self {
            Self::NewSite => "New from numbers…",
            Self::Convertible => "Make convertible…",
            Self::Blueprint => "Insert a blueprint…",
            Self::KeepBlueprint => "Keep as blueprint…",
            Self::Split => "Split into single parts",
            Self::SplitInTwo => "Split into two sets…",
        }
    }

    pub fn tooltip(self) -> &'static str {
        match self {
            Self::NewSite => "Draws, wires and sizes a mining site from a few numbers",
            Self::Blueprint => {
                "Puts in parts that belong together, scaled by megawatts and joined to what stands"
            }
            Self::KeepBlueprint => "Keeps the selected parts, to be put in again here or elsewhere",
            Self::Split => {
                "Draws a part of several units as so many parts, with its links and in all the same"
            }
            Self::SplitInTwo => {
                "Draws a part of several units as two, with its spares on either side, and what that does to a loss"
            }
            Self::Convertible => "Draws the power and cooling a hall needs for hosting: sized, priced, wired",
        }
    }

    pub fn menu(self) -> Menu {
        match self {
            Self::NewSite => Menu::File,
            Self::Convertible | Self::Blueprint | Self::KeepBlueprint | Self::Split | Self::SplitInTwo => {
                Menu::Edit
            }
        }
    }

    pub fn is_enabled(self, now: &Situation) -> bool {
        match self {
            Self::NewSite => true,
            Self::Convertible | Self::Blueprint => now.has_document,
            Self::KeepBlueprint | Self::Split => now.has_parts,
            Self::SplitInTwo => now.has_parts && now.parts == 1,
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
        let new = edit::apply(site, &edit).map(|(with, _)| added(site, &with)).unwrap_or_default();
        self.edit(&edit, now);
        self.say_unplaced(&new, now);
        self.view.camera = Camera::fitted();
    }

    /// Each selected set becomes single parts, all as one step.
    fn split(&mut self, now: f64) {
        let parts: Vec<ComponentId> = self.view.parts().into_iter().collect();
        let name = match parts.as_slice() {
            [id] => id.clone(),
            parts => format!("{} parts", parts.len()),
        };
        match parts.as_slice() {
            [id] => self.edit(&Edit::Split(id.clone()), now),
            _ => {
                let edits = parts.into_iter().map(Edit::Split).collect();
                self.edit(&Edit::Together { label: format!("Split {name}"), edits }, now);
            }
        }
    }

    pub(super) fn ask_to_draw(&mut self, what: Drawn, now: f64) {
        match what {
            Drawn::NewSite => {
                self.view.overlay = Some(Overlay::NewSite(Box::default()));
            }
            Drawn::Convertible => self.open_convertible(now),
            Drawn::Blueprint => self.open_blueprints(),
            Drawn::KeepBlueprint => self.ask_to_keep(),
            Drawn::Split => self.split(now),
            Drawn::SplitInTwo => self.open_two_sets(now),
        }
    }
}

/// A field of a page: its name, the text, and what was wrong with it before.
fn field(ui: &mut Ui, label: &str, text: &mut String, width: f32) -> Response {
    ui.add(TextEdit::singleline(text).desired_width(width)).accessible_name(label)
}

/// The foot of a page: the button it is for, *Cancel*, and what the page adds. `main` is what the button does; there is
/// nothing to do as long as it is `None`.
fn foot(
    ui: &mut Ui,
    name: &str,
    main: impl FnOnce() -> Option<Action>,
    is_ready: bool,
    more: impl FnOnce(&mut Ui) -> Option<Action>,
) -> Option<Action> {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let mut answer = if main_button(ui, name, is_ready) { main() } else { None };
        if ui.button("Cancel").clicked() {
            answer = Some(Action::CloseOverlay);
        }
        more(ui).or(answer)
    })
    .inner
}

/// A page is closed before what it asked for is done, or it stays.
fn close_or_stay(app: &mut App, modal: ModalResponse<Option<Action>>, page: Overlay) {
    let closed = modal.should_close().then_some(Action::CloseOverlay);
    match modal.inner.or(closed) {
        Some(action) => {
            app.actions.push(Action::CloseOverlay);
            app.actions.push(action);
        }
        None => app.view.overlay = Some(page),
    }
}

/// Cost and months of what would be drawn.
fn cost_and_months(proposal: &Proposal) -> String {
    format!(
        "{}, ready {} after the order",
        format::usd(proposal.capex_usd),
        format::with_unit(proposal.lead_months, Unit::Months)
    )
}

/// The button that does what the page is for.
fn main_button(ui: &mut Ui, text: &str, is_enabled: bool) -> bool {
    let colours = theme::of(ui);
    let words = RichText::new(text).color(colours.on_accent).font(theme::bold(theme::BODY));
    ui.add_enabled(is_enabled, Button::new(words).fill(colours.accent)).clicked()
}

/// Room for a scroll bar, pixels.
const SCROLL_BAR: f32 = 12.0;

/// Parts that would be added, with ratings, cost and months.
fn added_list(ui: &mut Ui, proposal: &Proposal) {
    let weak = |text: &str| RichText::new(text).size(theme::SMALL).color(theme::of(ui).text_weak);
    let heads = ["Units", "Price", "Lead"].map(weak);
    let name = weak("What is added");
    ui.spacing_mut().item_spacing.y = 0.0;
    // The scroll bar beside it covers no figure.
    ui.set_max_width(ui.available_width() - SCROLL_BAR);
    let width = (ui.available_width() / 6.0).clamp(80.0, 130.0);
    widgets::table_row(ui, name, &heads, width);
    for part in &proposal.added {
        let is_priced = part.usd > 0.0 || part.lead_months > 0.0;
        let numbers = [
            part.rating.clone(),
            if is_priced { format::usd(part.usd) } else { String::new() },
            if is_priced { format::with_unit(part.lead_months, Unit::Months) } else { "stands".to_owned() },
        ];
        let name = RichText::new(format!("{}  {}", part.tag, part.name));
        widgets::table_row(ui, name, &numbers.map(RichText::new), width)
            .on_hover_text(format!("{} usable", format::mw(part.rating_mw)));
    }
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
                        let hint =
                            RichText::new(&problem.hint).size(theme::SMALL).color(theme::of(ui).text_weak);
                        ui.add(egui::Label::new(hint).wrap());
                    }
                });
            });
        }
    }
}
