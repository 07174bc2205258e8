//! The right side of the place: key figures of a topic, and its pictures, all at once where there is room.

use egui::{Rect, RichText, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::outlook::{Markets, Outlook};
use super::{AssumptionsView, bitcoin, customers, equipment, power};
use crate::app::state::{Action, View};
use crate::app::{Document, theme, widgets};
use crate::file::catalogue::planning;
use crate::quantity::format;
use crate::site::inventory::Topic;
use crate::site::{Address, Site};

/// What a picture is painted from.
pub struct Scene<'a> {
    /// With the scenario applied.
    pub site: &'a Site,
    pub document: &'a Document,
    pub view: &'a View,
    pub scenario: Option<&'a str>,
    pub outlook: &'a Outlook,
    /// Scenario, as-of date and revision.
    pub footer: String,
}

impl Scene<'_> {
    /// Where a number comes from, in words.
    pub fn source_of(&self, at: Address) -> String {
        match self.site.provenance_of(&at) {
            Some(known) => known.source.clone(),
            None => planning().range(self.site, &at).map(|usual| usual.source).unwrap_or_default(),
        }
    }
}

/// A figure that leads the pictures.
pub struct KeyFigure {
    pub name: &'static str,
    pub value: String,
    pub detail: String,
    /// Definition and where it comes from, for the tooltip.
    pub meaning: String,
}

/// A picture with its name on the switch.
pub struct Picture {
    pub name: &'static str,
    pub paint: fn(&mut Ui, &Scene<'_>, &mut Vec<Action>),
}

const FIGURE: f32 = 62.0;
/// Least width of a card.
const NARROWEST: f32 = 118.0;
const SWITCH: f32 = 32.0;
/// Least sizes at which the pictures of a topic stand together.
const TOGETHER: egui::Vec2 = vec2(640.0, 560.0);

pub fn show(
    ui: &mut Ui,
    document: &Document,
    view: &View,
    own: &mut AssumptionsView,
    markets: &Markets,
    actions: &mut Vec<Action>,
) {
    let area = ui.available_rect_before_wrap();
    let Some(outlook) = &markets.outlook else {
        let words = match &markets.failed {
            Some(why) => why.clone(),
            None => "Sampling the markets…".to_owned(),
        };
        let layout = egui::Layout::centered_and_justified(egui::Direction::TopDown);
        ui.new_child(UiBuilder::new().max_rect(area).layout(layout)).label(words);
        return;
    };
    let is_stale = markets.made_from != document.revision() || markets.failed.is_some();
    let mut footer = footing(document, outlook);
    if is_stale {
        footer = format!("Of an earlier state: updating… · {footer}");
        ui.set_opacity(0.72);
    }
    let site = document.shown();
    let scene = Scene { site, document, view, scenario: document.scenario(), outlook, footer };
    let (figures, pictures) = match own.topic {
        Topic::Bitcoin => (bitcoin::figures(&scene), bitcoin::PICTURES),
        Topic::Power => (power::figures(&scene), power::PICTURES),
        Topic::Customers => (customers::figures(&scene), customers::PICTURES),
        Topic::Equipment => (equipment::figures(&scene), equipment::PICTURES),
    };
    let mut top = area.top();
    if let Some(why) = &markets.failed {
        let rect = Rect::from_min_size(area.min, vec2(area.width(), 22.0));
        let mut line = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("failed"));
        line.add(egui::Label::new(RichText::new(why).color(theme::of(ui).error)).truncate());
        top += 26.0;
    }
    if !figures.is_empty() && area.height() > 260.0 {
        let place = Rect::from_min_max(pos2(area.left(), top), area.max);
        top = cards(ui, place, &figures) + theme::GAP;
    }
    let rest = Rect::from_min_max(pos2(area.left(), top), area.max);
    if pictures.len() > 1 && (rest.width() < TOGETHER.x || rest.height() < TOGETHER.y) {
        let index = own.topic as usize;
        let chosen = own.picture[index].min(pictures.len() - 1);
        let choices: Vec<(usize, &str)> =
            pictures.iter().enumerate().map(|(index, picture)| (index, picture.name)).collect();
        let strip = Rect::from_min_size(rest.min, vec2(rest.width(), SWITCH));
        let mut bar = ui.new_child(UiBuilder::new().max_rect(strip).id_salt("switch"));
        if let Some(next) = widgets::segmented(&mut bar, chosen, &choices) {
            own.picture[index] = next;
        }
        let below = Rect::from_min_max(pos2(rest.left(), strip.bottom()), rest.max);
        paint(ui, &pictures[chosen], below, &scene, actions);
    } else {
        together(ui, rest, pictures, &scene, actions);
    }
}

/// Two pictures a row; of an odd number the first has a row of its own.
fn together(ui: &mut Ui, rect: Rect, pictures: &[Picture], scene: &Scene<'_>, actions: &mut Vec<Action>) {
    let (alone, pairs) = pictures.split_at(pictures.len() % 2);
    let rows: Vec<&[Picture]> =
        std::iter::once(alone).filter(|row| !row.is_empty()).chain(pairs.chunks(2)).collect();
    let height =
        (rect.height() - theme::GAP * (rows.len().saturating_sub(1)) as f32) / rows.len().max(1) as f32;
    for (line, row) in rows.into_iter().enumerate() {
        let width = (rect.width() - theme::GAP * (row.len() - 1) as f32) / row.len() as f32;
        for (column, picture) in row.iter().enumerate() {
            let corner = vec2(column as f32 * (width + theme::GAP), line as f32 * (height + theme::GAP));
            paint(ui, picture, Rect::from_min_size(rect.min + corner, vec2(width, height)), scene, actions);
        }
    }
}

fn paint(ui: &mut Ui, picture: &Picture, rect: Rect, scene: &Scene<'_>, actions: &mut Vec<Action>) {
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(picture.name));
    (picture.paint)(&mut child, scene, actions);
}

/// One row of cards, or two where they would be too narrow; gives where they end.
fn cards(ui: &mut Ui, rect: Rect, figures: &[KeyFigure]) -> f32 {
    let palette = theme::of(ui);
    let rows = if rect.width() / figures.len() as f32 >= NARROWEST || rect.height() < 420.0 { 1 } else { 2 };
    let count = figures.len().div_ceil(rows);
    let width = (rect.width() - theme::GAP * (count as f32 - 1.0)) / count as f32;
    for (index, figure) in figures.iter().enumerate() {
        let corner = vec2(
            (index % count) as f32 * (width + theme::GAP),
            (index / count) as f32 * (FIGURE + theme::GAP),
        );
        let place = Rect::from_min_size(rect.min + corner, vec2(width, FIGURE));
        let response = ui.interact(place, ui.scope_id().with(figure.name), egui::Sense::hover());
        let spoken = format!("{}: {}, {}", figure.name, figure.value, figure.detail);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, spoken.clone()));
        let border = Stroke::new(1.0, palette.border);
        ui.painter().rect(place, theme::RADIUS, palette.card, border, StrokeKind::Inside);
        let inner = place.shrink2(vec2(10.0, 6.0));
        let mut child = ui.new_child(UiBuilder::new().max_rect(inner).id_salt(("figure", index)));
        child.spacing_mut().item_spacing.y = 0.0;
        let line = |ui: &mut Ui, text: RichText| ui.add(egui::Label::new(text).truncate());
        line(&mut child, RichText::new(figure.name).size(theme::SMALL).color(palette.text_weak));
        line(&mut child, theme::strong(&figure.value, theme::TITLE));
        line(&mut child, RichText::new(&figure.detail).size(theme::SMALL).color(palette.text_weak));
        response.on_hover_text(&figure.meaning);
    }
    rect.top() + rows as f32 * (FIGURE + theme::GAP) - theme::GAP
}

/// `Base case · as of 2025-12-25 · revision 3 · 2 000 paths`
fn footing(document: &Document, outlook: &Outlook) -> String {
    let scenario = document.scenario().unwrap_or("Base case");
    format!(
        "{scenario} · as of {} · revision {} · {} paths",
        format::date(outlook.summary.as_of),
        document.site().revision,
        format::number(outlook.paths as f64, 0)
    )
}

/// A picture that has nothing to show says what is missing.
pub fn nothing(ui: &mut Ui, why: &str) {
    let palette = theme::of(ui);
    let rect = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(rect);
    let border = Stroke::new(1.0, palette.border);
    ui.painter().rect(rect, theme::RADIUS, palette.card, border, StrokeKind::Inside);
    let layout = egui::Layout::top_down(egui::Align::Center);
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect.shrink(16.0)).layout(layout));
    // Two lines stand in the middle of the card.
    child.add_space((child.available_height() / 2.0 - 18.0).max(0.0));
    child.add(egui::Label::new(RichText::new(why).color(palette.text_weak)).wrap());
}
