//! *New from numbers…*: a site drawn, wired and sized from what is known of it in a first call.

use std::sync::Arc;

use egui::{Align, ComboBox, Grid, Layout, RichText, ScrollArea, Ui, vec2};

use super::{close_or_stay, field, foot, remarks, stock};
use crate::app::state::{Action, Overlay};
use crate::app::{App, canvas, theme, widgets};
use crate::draft::{self, Numbers, Transformers};
use crate::quantity::{Report, Unit, format};
use crate::site::{MinerCooling, Site};

const COOLINGS: [(MinerCooling, &str); 3] =
    [(MinerCooling::Air, "Air"), (MinerCooling::Hydro, "Hydro"), (MinerCooling::Immersion, "Immersion")];

/// What is entered, and what would be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSitePage {
    pub numbers: Numbers,
    /// What is typed, by the entries of the form in their order.
    typed: Vec<String>,
    /// Latitude and longitude as typed; empty for the metro's.
    place: String,
    /// What was drawn from the numbers last.
    site: Option<Arc<Site>>,
    report: Report,
}

impl Default for NewSitePage {
    fn default() -> Self {
        let numbers = Numbers::default();
        let typed = draft::entries().iter().map(|entry| format::in_unit(entry.value, entry.unit)).collect();
        let mut page = Self { numbers, typed, place: String::new(), site: None, report: Report::default() };
        page.draw();
        page
    }
}

impl NewSitePage {
    /// Reads what is typed and draws from it.
    fn draw(&mut self) {
        let mut unread = Report::default();
        for (entry, text) in draft::entries().iter().zip(&self.typed) {
            match entry.unit.parse(text) {
                Ok(value) => {
                    // The key is the entry's own.
                    let _ = self.numbers.set(&entry.key, value);
                }
                Err(why) => {
                    unread.error("not-understood", entry.key.clone(), format!("{}: {why}", entry.label), "");
                }
            }
        }
        match place_of(&self.place) {
            Ok(place) => self.numbers.place = place,
            Err(why) => unread.error("not-understood", "place", why, "enter it as 31.42, -103.49"),
        }
        let (site, report) =
            if unread.has_errors() { (None, unread) } else { draft::drawn(&self.numbers, stock()) };
        self.site = site.map(Arc::new);
        self.report = report;
    }
}

/// Latitude and longitude of a text; none where it is empty.
fn place_of(text: &str) -> Result<Option<(f64, f64)>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let said = || format!("`{text}` is no latitude and longitude");
    let (latitude, longitude) = text.split_once([',', ';']).ok_or_else(said)?;
    let degrees = |text: &str| text.trim().parse::<f64>().map_err(|_| said());
    Ok(Some((degrees(latitude)?, degrees(longitude)?)))
}

pub fn show(app: &mut App, ui: &mut Ui, mut page: Box<NewSitePage>) {
    let colours = theme::of(ui);
    let screen = ui.ctx().content_rect();
    let before = (page.numbers.clone(), page.typed.clone(), page.place.clone());
    let modal = widgets::modal(ui, "new from numbers").show(ui.ctx(), |ui| {
        let width = 1040.0_f32.min(screen.width() - 40.0);
        ui.set_width(width);
        ui.label(theme::strong("New from numbers", theme::FIGURE - 4.0));
        ui.label(
            RichText::new(
                "A mining site, drawn and sized; every value can be changed afterwards and keeps its source",
            )
            .color(colours.text_weak),
        );
        ui.add_space(6.0);
        let height = (screen.height() - 190.0).max(80.0);
        let is_wide = width > 900.0;
        // Without the least height the page would grow by a few lines a frame.
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            if is_wide {
                ui.horizontal_top(|ui| {
                    ui.vertical(|ui| {
                        ui.set_width(width * 0.56);
                        form(ui, &mut page, true);
                    });
                    ui.add_space(8.0);
                    ui.vertical(|ui| preview(ui, &page));
                });
            } else {
                form(ui, &mut page, width > 620.0);
                preview(ui, &page);
            }
        });
        ui.add_space(8.0);
        foot(ui, "Draw it", || page.site.clone().map(Action::OpenDrawn), page.site.is_some(), |_| None)
    });
    if before != (page.numbers.clone(), page.typed.clone(), page.place.clone()) {
        page.draw();
    }
    close_or_stay(app, modal, Overlay::NewSite(page));
}

fn form(ui: &mut Ui, page: &mut NewSitePage, with_sources: bool) {
    let colours = theme::of(ui);
    let source = |ui: &mut Ui, text: &str| {
        if with_sources {
            let words = RichText::new(text).size(theme::SMALL).color(colours.text_weak);
            let room = vec2(ui.available_width().max(60.0), 18.0);
            ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(words).truncate());
            });
        }
    };
    Grid::new("numbers of a new site").num_columns(3).spacing(vec2(10.0, 5.0)).show(ui, |ui| {
        ui.label("Name");
        field(ui, "Name", &mut page.numbers.name, 150.0);
        ui.end_row();
        for (index, entry) in draft::entries().iter().enumerate() {
            let Some(text) = page.typed.get_mut(index) else { continue };
            let unit = if entry.unit == Unit::Usd { "" } else { entry.unit.symbol() };
            ui.label(&entry.label).on_hover_text(&entry.source);
            ui.horizontal(|ui| {
                field(ui, &entry.label, text, 86.0).on_hover_text(&entry.source);
                ui.label(RichText::new(unit).color(colours.text_weak));
            });
            let shown = |value: f64| format::in_unit(value, entry.unit);
            let range = if entry.low < entry.high {
                format!("{} to {}; ", shown(entry.low), shown(entry.high))
            } else {
                String::new()
            };
            source(ui, &format!("{range}{}", entry.source));
            ui.end_row();
            match entry.key.as_str() {
                "firm_share" => transformers(ui, page, &source),
                "hall_m2_per_mw" => machines(ui, page, &source),
                "fleet_age_months" => metro(ui, page, &source),
                _ => {}
            }
        }
    });
}

fn transformers(ui: &mut Ui, page: &mut NewSitePage, source: &impl Fn(&mut Ui, &str)) {
    ui.label("Main transformers");
    let choices = Transformers::ALL.map(|choice| (choice, choice.label()));
    if let Some(choice) = widgets::segmented(ui, page.numbers.transformers, &choices) {
        page.numbers.transformers = choice;
    }
    source(ui, "in two sections; N+1 has one more in each");
    ui.end_row();
}

fn machines(ui: &mut Ui, page: &mut NewSitePage, source: &impl Fn(&mut Ui, &str)) {
    let asics = &stock().planning.asics;
    ui.label("Cooling of the miners");
    if let Some(cooling) = widgets::segmented(ui, page.numbers.cooling, &COOLINGS) {
        page.numbers.cooling = cooling;
        page.numbers.fleet = draft::usual_fleet(cooling, &stock());
    }
    source(ui, "fan walls, dry coolers, or tanks and dry coolers");
    ui.end_row();
    ui.label("Miners");
    ui.name_inputs("Miners", |ui| {
        ComboBox::from_id_salt("miners")
            .width(150.0)
            .icon(widgets::chevron)
            .selected_text(page.numbers.fleet.clone())
            .show_ui(ui, |ui| {
                for asic in asics.iter().filter(|asic| asic.cooling == page.numbers.cooling) {
                    let words = format!("{}, {} J/TH", asic.model, asic.efficiency_j_per_th);
                    ui.selectable_value(&mut page.numbers.fleet, asic.model.clone(), words);
                }
            });
    });
    let known = asics.iter().find(|asic| asic.model == page.numbers.fleet);
    source(ui, known.map_or("", |asic| asic.source.as_str()));
    ui.end_row();
}

fn metro(ui: &mut Ui, page: &mut NewSitePage, source: &impl Fn(&mut Ui, &str)) {
    ui.label("Nearest metro");
    ui.name_inputs("Nearest metro", |ui| {
        let name = draft::metro(&page.numbers.metro).map_or("", |place| place.name.as_str());
        ComboBox::from_id_salt("metro").width(150.0).icon(widgets::chevron).selected_text(name).show_ui(
            ui,
            |ui| {
                for place in draft::metros() {
                    ui.selectable_value(&mut page.numbers.metro, place.id.clone(), &place.name);
                }
            },
        );
    });
    source(ui, "where networks meet");
    ui.end_row();
    ui.label("Site lies at");
    field(ui, "Site lies at", &mut page.place, 150.0);
    source(ui, "latitude, longitude; the metro's where empty. Weather is of the nearest typical year");
    ui.end_row();
}

fn preview(ui: &mut Ui, page: &NewSitePage) {
    let colours = theme::of(ui);
    let width = ui.available_width().max(120.0);
    let (rect, _) = ui.allocate_exact_size(vec2(width, width * 0.66), egui::Sense::hover());
    match &page.site {
        Some(site) => {
            canvas::thumbnail(ui.painter(), rect, site, colours);
            ui.add_space(4.0);
            facts(ui, site);
        }
        None => {
            ui.painter().rect_filled(rect, theme::RADIUS_SMALL, colours.canvas);
            let words = "Nothing can be drawn from these numbers yet";
            ui.painter().text(
                rect.center(),
                egui::Align2::CENTER_CENTER,
                words,
                theme::font(theme::BODY),
                colours.text_weak,
            );
        }
    }
    ui.add_space(4.0);
    remarks(ui, &page.report.problems);
}

/// What was drawn, in a few lines.
fn facts(ui: &mut Ui, site: &Site) {
    for (name, prefix) in
        [("Main transformers", "t-"), ("Unit transformers", "xf-"), ("Cooling", "fans-"), ("Cooling", "dry-")]
    {
        let parts = site.components.iter().filter(|part| part.id.starts_with(prefix));
        let found: Vec<String> =
            parts.map(|part| format!("{} {}", part.tag, canvas::rating_text(part))).collect();
        if let Some(first) = found.first() {
            let words =
                if found.len() > 1 { format!("{first}, {} sets", found.len()) } else { first.clone() };
            widgets::fact(ui, name, words, found.join("\n"));
        }
    }
    if let Some(fleet) = site.fleets.first() {
        let exahash = fleet.owned_mw() * fleet.th_per_mw() / 1e6;
        let words = format!("{}, {} EH/s", format::mw(fleet.owned_mw()), format::number(exahash, 2));
        widgets::fact(ui, &fleet.model, words, String::new());
    }
}
