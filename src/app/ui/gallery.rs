//! The first page: templates with their drawings, files opened lately.

use std::path::PathBuf;

use super::status::counted;
use egui::{
    Align2, CursorIcon, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use crate::app::canvas;
use crate::app::command::Command;
use crate::app::pages::Drawn;
use crate::app::state::{Action, Template};
use crate::app::theme;
use crate::app::tool::Tool;
use crate::quantity::format;
use crate::site::Site;

const CARD_WIDTH: f32 = 344.0;
const WIDEST_CARD: f32 = 600.0;
/// Height of a card's picture by its width.
const PICTURE: f32 = 0.58;
const TEXT_HEIGHT: f32 = 116.0;

pub fn show(ui: &mut Ui, templates: &[Template], recent: &[PathBuf], actions: &mut Vec<Action>) {
    let width = ui.available_width();
    let margin = if width > 700.0 { 48.0 } else { 16.0 };
    ScrollArea::vertical().id_salt("gallery").auto_shrink(false).show(ui, |ui| {
        egui::Frame::new().inner_margin(egui::Margin::symmetric(margin as i8, 32)).show(ui, |ui| {
            ui.set_min_width((width - 2.0 * margin).max(100.0));
            heading(ui, actions);
            ui.add_space(20.0);
            cards(ui, templates, actions);
            if !recent.is_empty() {
                ui.add_space(20.0);
                ui.label(theme::strong("Opened lately", theme::TITLE));
                ui.add_space(4.0);
                for path in recent {
                    let name = path.file_name().map_or_else(
                        || path.display().to_string(),
                        |name| name.to_string_lossy().into_owned(),
                    );
                    ui.horizontal(|ui| {
                        if ui.link(name).clicked() {
                            actions.push(Action::OpenPath(path.clone()));
                        }
                        ui.weak(path.parent().map(|folder| folder.display().to_string()).unwrap_or_default());
                    });
                }
            }
            ui.add_space(20.0);
            ui.weak("Works without a network: a site file and its plan never leave this machine");
        });
    });
}

fn heading(ui: &mut Ui, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    ui.horizontal(|ui| {
        ui.vertical(|ui| {
            ui.label(theme::strong("Wattshift", theme::DISPLAY));
            ui.label(
                RichText::new("Which megawatts of a mining site become hosting, when, and with whose money")
                    .size(theme::TITLE)
                    .color(palette.text_weak),
            );
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let text = RichText::new(Command::Open.text())
                .color(palette.on_accent)
                .font(theme::bold(theme::BODY + 1.0));
            let button =
                egui::Button::new(text).fill(palette.accent).stroke(Stroke::NONE).min_size(vec2(96.0, 34.0));
            if ui.add(button).on_hover_text(Command::Open.tooltip()).clicked() {
                actions.push(Action::Do(Command::Open));
            }
            let numbers = Command::Draw(Drawn::NewSite);
            let words = RichText::new(numbers.text()).font(theme::bold(theme::BODY + 1.0));
            let button = egui::Button::new(words).min_size(vec2(96.0, 34.0));
            if ui.add(button).on_hover_text(numbers.tooltip()).clicked() {
                actions.push(Action::Do(numbers));
            }
            let blank = Command::Tool(Tool::Blank);
            if ui
                .add(egui::Button::new(blank.text()).min_size(vec2(96.0, 34.0)))
                .on_hover_text(blank.tooltip())
                .clicked()
            {
                actions.push(Action::Do(blank));
            }
            ui.label(RichText::new("or drop a site file here").color(palette.text_weak));
        });
    });
}

fn cards(ui: &mut Ui, templates: &[Template], actions: &mut Vec<Action>) {
    ui.label(theme::strong("Start from a template", theme::TITLE));
    ui.add_space(4.0);
    if templates.is_empty() {
        ui.weak("There are no templates in this build; open a site file instead");
        return;
    }
    let gap = 16.0;
    let room = ui.available_width();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive count")]
    let columns = (((room + gap) / (CARD_WIDTH + gap)).floor() as usize).clamp(1, templates.len());
    let width = ((room - gap * (columns - 1) as f32) / columns as f32).clamp(120.0, WIDEST_CARD);
    for (row, chunk) in templates.chunks(columns).enumerate() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for (column, template) in chunk.iter().enumerate() {
                if card(ui, template, width) {
                    actions.push(Action::OpenTemplate(row * columns + column));
                }
            }
        });
        ui.add_space(gap - 6.0);
    }
}

/// `100 MW from the grid · 3 halls · 41 parts · 4 offers · 2 scenarios`
fn facts(site: &Site) -> String {
    [
        format!("{} grid", format::mw(site.interconnection_mw())),
        counted(site.halls().count(), "hall"),
        counted(site.components.len(), "part"),
        counted(site.offers.len(), "offer"),
        counted(site.scenarios.len(), "scenario"),
    ]
    .join(" · ")
}

fn card(ui: &mut Ui, template: &Template, width: f32) -> bool {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, width * PICTURE + TEXT_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Template {}", template.title)));
    let painter = ui.painter_at(rect.expand(2.0));
    let border = if response.hovered() || response.has_focus() {
        Stroke::new(2.0, palette.accent)
    } else {
        Stroke::new(1.0, palette.border)
    };
    painter.rect(rect, 12.0, palette.card, border, StrokeKind::Inside);
    let picture = Rect::from_min_size(rect.min + vec2(8.0, 8.0), vec2(width - 16.0, width * PICTURE - 8.0));
    if ui.is_rect_visible(rect) {
        canvas::thumbnail(&painter, picture, &template.site, palette);
    }
    let text =
        Rect::from_min_max(pos2(rect.left() + 16.0, picture.bottom() + 10.0), rect.max - vec2(16.0, 10.0));
    let title =
        painter.text(text.min, Align2::LEFT_TOP, &template.title, theme::bold(theme::TITLE), palette.text);
    let mut job = egui::text::LayoutJob::simple(
        template.summary.clone(),
        theme::font(theme::BODY),
        palette.text_weak,
        text.width(),
    );
    job.wrap.max_rows = 3;
    let summary = painter.layout_job(job);
    painter.galley(pos2(text.left(), title.bottom() + 4.0), summary, palette.text_weak);
    painter.text(
        text.left_bottom(),
        Align2::LEFT_BOTTOM,
        facts(&template.site),
        theme::font(theme::SMALL),
        palette.text_weak,
    );
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}
