//! The place of what is believed: every number of a topic with its range and source, and beside it what follows.

mod bars;
pub mod bills;
mod bitcoin;
mod calibration;
mod customers;
pub(super) mod entry;
mod equipment;
mod fan;
pub mod history;
pub mod import;
mod list;
pub mod outlook;
mod pictures;
pub(super) mod plot;
mod power;
mod table;
pub mod tariff;

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Align, Layout, Rect, RichText, ScrollArea, TextEdit, Ui, UiBuilder, pos2, vec2};

use super::state::{Action, View};
use super::{Command, Document, theme, widgets};
use crate::file::library::{self, Choices};
use crate::site::Evidence;
use crate::site::edit::Edit;
use crate::site::inventory::{Assumption, Topic};
use list::List;
use outlook::Markets;

pub use list::as_table;

/// What the place shows. The widgets of the place change it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssumptionsView {
    pub topic: Topic,
    pub filter: Filter,
    pub search: String,
    /// `None`: as in the file, under the names of the objects. The flag: rising.
    pub sort: Option<(Column, bool)>,
    /// Picture shown of each topic where there is room for one.
    pub picture: [usize; 4],
    /// Critical MW of an offer that is added from the library.
    pub offer_mw: OfferSize,
    /// Put the cursor into the search at the next frame.
    pub focus_search: bool,
}

/// Megawatts, of a usual block until the user says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfferSize(pub f64);

impl Default for OfferSize {
    fn default() -> Self {
        Self(10.0)
    }
}

/// Which numbers are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    /// Chosen by the program or the author, without a document, a quote or a measurement.
    Assumed,
    /// The scenario says something of its own.
    Differs,
    NoSource,
}

impl Filter {
    fn lets(self, row: &Assumption) -> bool {
        match self {
            Self::All => true,
            Self::Assumed => row.is_assumed(),
            Self::Differs => row.differs,
            Self::NoSource => row.has_no_source(),
        }
    }
}

/// A column the list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Name,
    Unit,
    Source,
    AsOf,
    Evidence,
}

const EVIDENCE: [Evidence; 5] =
    [Evidence::Measured, Evidence::Document, Evidence::Quote, Evidence::Client, Evidence::Assumed];

/// Least width of the place at which the pictures stand beside the table.
const PICTURES_FROM: f32 = 960.0;
const HEAD: f32 = 40.0;
const CHIPS: f32 = 34.0;
const FOOT: f32 = 26.0;

/// The place, in the rest of `ui`.
pub fn show(
    ui: &mut Ui,
    document: &Document,
    view: &View,
    own: &mut AssumptionsView,
    markets: &Markets,
    actions: &mut Vec<Action>,
) {
    let palette = theme::of(ui);
    let area = ui.available_rect_before_wrap();
    if area.width() < 260.0 || area.height() < 120.0 {
        return;
    }
    let list = List::new(document, own);
    let beside = area.width() >= PICTURES_FROM;
    let width =
        if beside { (area.width() * 0.64).min(area.width() - 430.0).min(1180.0) } else { area.width() };
    let left = Rect::from_min_size(area.min, vec2(width, area.height()));
    ui.painter().rect_filled(left, 0.0, palette.panel);
    let inner = left.shrink2(vec2(12.0, 6.0));
    let strip =
        |top: f32, height: f32| Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), height));

    let mut head = child(ui, strip(inner.top(), HEAD - 6.0), "head");
    topics(&mut head, own, actions);
    search(&mut head, own);
    let mut chips = child(ui, strip(inner.top() + HEAD - 6.0, CHIPS), "chips");
    filters(&mut chips, own, document, &list, actions);

    let top = inner.top() + HEAD - 6.0 + CHIPS;
    let wrong = view.field.as_ref().and_then(|edit| edit.error.clone());
    let body = Rect::from_min_max(pos2(inner.left(), top), pos2(inner.right(), inner.bottom() - FOOT));
    let mut rows = ui.new_child(UiBuilder::new().max_rect(body).id_salt("assumptions"));
    table::show(&mut rows, document, view, own, &list, actions);

    let mut foot = child(ui, strip(inner.bottom() - FOOT + 2.0, FOOT - 2.0), "foot");
    match wrong {
        Some(why) => {
            foot.add(egui::Label::new(RichText::new(why).color(palette.error)).truncate());
        }
        None => footing(&mut foot, own, &list, actions),
    }
    if beside {
        let right = Rect::from_min_max(pos2(left.right(), area.top()), area.max);
        let mut side =
            ui.new_child(UiBuilder::new().max_rect(right.shrink2(vec2(10.0, 8.0))).id_salt("pictures"));
        pictures::show(&mut side, document, view, own, markets, actions);
    }
    ui.advance_cursor_after_rect(area);
}

fn child(ui: &mut Ui, rect: Rect, salt: &str) -> Ui {
    ui.new_child(
        UiBuilder::new().max_rect(rect).id_salt(salt.to_owned()).layout(Layout::left_to_right(Align::Center)),
    )
}

fn topics(ui: &mut Ui, own: &AssumptionsView, actions: &mut Vec<Action>) {
    let choices = Topic::ALL.map(|topic| (topic, topic.text()));
    if let Some(topic) = widgets::segmented(ui, own.topic, &choices) {
        actions.push(Action::Do(Command::Assumptions(topic)));
    }
}

fn search(ui: &mut Ui, own: &mut AssumptionsView) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let width = (ui.available_width() - 8.0).clamp(60.0, 240.0);
        let field = TextEdit::singleline(&mut own.search)
            .hint_text("Search numbers and sources")
            .desired_width(width);
        let response = ui.add(field).accessible_name("Search numbers and sources");
        if std::mem::take(&mut own.focus_search) {
            response.request_focus();
        }
    });
}

fn filters(
    ui: &mut Ui,
    own: &mut AssumptionsView,
    document: &Document,
    list: &List,
    actions: &mut Vec<Action>,
) {
    let counts = list.counts;
    let words = [
        (Filter::All, format!("All ({})", counts.all)),
        (Filter::Assumed, format!("Assumed for you ({})", counts.assumed)),
        (Filter::Differs, format!("Differs in scenario ({})", counts.differs)),
        (Filter::NoSource, format!("No source ({})", counts.no_source)),
    ];
    let choices: Vec<(Filter, &str)> = words.iter().map(|(filter, text)| (*filter, text.as_str())).collect();
    if let Some(filter) = widgets::segmented(ui, own.filter, &choices) {
        own.filter = filter;
    }
    if own.topic == Topic::Customers {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| add_offer(ui, own, document, actions));
    }
    if own.topic == Topic::Bitcoin {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| history::menu(ui, document, actions));
    }
    if own.topic == Topic::Power {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (command, text) in
                [(Command::ImportLoad, "Import load…"), (Command::ImportPrices, "Import prices…")]
            {
                let button = egui::Button::new(RichText::new(text).size(theme::SMALL + 0.5)).small();
                if ui.add(button).on_hover_text(command.tooltip()).clicked() {
                    actions.push(Action::Do(command));
                }
            }
        });
    }
}

/// The library of offers: a size, and what is put into the site at that size.
fn add_offer(ui: &mut Ui, own: &mut AssumptionsView, document: &Document, actions: &mut Vec<Action>) {
    let small = |text: &str| RichText::new(text.to_owned()).size(theme::SMALL + 0.5);
    let button = egui::Button::new(small("Add offer…")).small();
    let config = MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = MenuButton::from_button(button).config(config).ui(ui, |ui| {
        ui.set_min_width(340.0);
        ui.horizontal(|ui| {
            let label = ui.label("Critical MW of the offer");
            let field = egui::DragValue::new(&mut own.offer_mw.0).range(0.1..=10_000.0).speed(0.5);
            ui.add(field.max_decimals(1)).labelled_by(label.id);
        });
        ui.separator();
        ScrollArea::vertical().max_height(380.0).show(ui, |ui| {
            for entry in library::offers() {
                let words = format!("{}. {}. Source: {}", entry.kind.label(), entry.summary, entry.source);
                let choice = egui::Button::new(&entry.name).frame_when_inactive(false);
                if ui.add(choice).on_hover_text(words).clicked() {
                    actions.push(match entry.addition(document.site(), own.offer_mw.0, Choices::default()) {
                        Ok(addition) => Action::Edit(Edit::AddOffer(Box::new(addition))),
                        Err(why) => Action::Say(why),
                    });
                    ui.close();
                }
            }
        });
    });
    response.on_hover_text("Puts an offer of the library into the site, with the sources of its values");
}

fn footing(ui: &mut Ui, own: &AssumptionsView, list: &List, actions: &mut Vec<Action>) {
    let counts = list.counts;
    let mut words = format!(
        "Values assumed for you: {} of {}; {} without a source",
        counts.assumed, counts.all, counts.no_source
    );
    if own.filter == Filter::Assumed && own.sort.is_none() {
        words.push_str(". The widest range first, low to high as a share of the value");
    }
    ui.label(RichText::new(words).size(theme::SMALL + 0.5).color(theme::of(ui).text_weak));
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let command = Command::CopyAssumptions;
        let button = egui::Button::new(RichText::new("Copy as table").size(theme::SMALL + 0.5)).small();
        if ui.add(button).on_hover_text(command.tooltip()).clicked() {
            actions.push(Action::Do(command));
        }
    });
}
