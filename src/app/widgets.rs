//! Small pieces that several panels share.

use egui::{
    Align2, CursorIcon, Frame, Id, Modal, Rect, Response, RichText, Role, Sense, Shape, Stroke, StrokeKind,
    Ui, Vec2, WidgetInfo, pos2, vec2,
};

use egui::text::{CCursor, CCursorRange};

use super::theme::{self, Palette};
use crate::quantity::Severity;

/// The mark of a list that opens: a small angle.
pub fn chevron(ui: &Ui, rect: Rect, _visuals: &egui::style::WidgetVisuals, _open: bool) {
    let centre = rect.center();
    let line = vec![centre + vec2(-3.5, -1.5), centre + vec2(0.0, 2.0), centre + vec2(3.5, -1.5)];
    ui.painter().add(Shape::line(line, Stroke::new(1.4, theme::of(ui).text_weak)));
}

/// A page in front of the window, which is shaded behind it.
pub fn modal(ui: &Ui, name: &str) -> Modal {
    let frame = Frame::popup(ui.style()).inner_margin(MODAL_MARGIN);
    Modal::new(Id::unique(name)).backdrop_color(theme::of(ui).shade).frame(frame)
}

const MODAL_MARGIN: i8 = 14;

/// The border of a cell of a table: there only while it is written in or pointed at.
pub fn cell_border(ui: &Ui, response: &Response) {
    let palette = theme::of(ui);
    let colour = match (response.has_focus(), response.hovered()) {
        (true, _) => palette.accent,
        (false, true) => palette.border_strong,
        (false, false) => return,
    };
    ui.painter().rect_stroke(response.rect, 4.0, Stroke::new(1.0, colour), StrokeKind::Inside);
}

/// A row of choices of which one holds.
pub fn segmented<T: Copy + PartialEq>(ui: &mut Ui, now: T, choices: &[(T, &str)]) -> Option<T> {
    let palette = theme::of(ui);
    let mut chosen = None;
    let font = theme::font(theme::BODY - 0.5);
    let widths: Vec<f32> = choices
        .iter()
        .map(|(_, text)| {
            ui.painter().layout_no_wrap((*text).to_owned(), font.clone(), palette.text).size().x + 20.0
        })
        .collect();
    let (rect, _) = ui.allocate_exact_size(vec2(widths.iter().sum::<f32>() + 4.0, 26.0), Sense::hover());
    ui.painter().rect(
        rect,
        theme::RADIUS_SMALL,
        palette.field,
        Stroke::new(1.0, palette.border),
        StrokeKind::Inside,
    );
    let mut x = rect.left() + 2.0;
    for ((value, text), width) in choices.iter().zip(widths) {
        let cell = Rect::from_min_size(pos2(x, rect.top() + 2.0), vec2(width, rect.height() - 4.0));
        x += width;
        let response = ui.interact(cell, ui.scope_id().with(("segment", text)), Sense::click());
        let selected = *value == now;
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, *text));
        if selected {
            ui.painter().rect(
                cell,
                4.0,
                palette.card,
                Stroke::new(1.0, palette.border_strong),
                StrokeKind::Inside,
            );
        }
        let colour = if selected || response.hovered() { palette.text } else { palette.text_weak };
        ui.painter().text(cell.center(), Align2::CENTER_CENTER, text, font.clone(), colour);
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            chosen = Some(*value);
        }
    }
    chosen
}

/// A button that is drawn, not written; its name is spoken and shown on hover.
pub fn icon_button(
    ui: &mut Ui,
    name: &str,
    enabled: bool,
    draw: impl FnOnce(&egui::Painter, Rect, Stroke),
) -> Response {
    let palette = theme::of(ui);
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(28.0), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    if enabled && response.hovered() {
        ui.painter().rect_filled(rect, theme::RADIUS_SMALL, theme::mix(palette.panel, palette.text, 0.08));
    }
    let colour = if enabled { palette.text } else { theme::mix(palette.panel, palette.text_weak, 0.5) };
    draw(ui.painter(), rect.shrink(7.0), Stroke::new(1.6, colour));
    response
}

/// An arrow that turns back, or forward when mirrored.
pub fn turn_arrow(painter: &egui::Painter, rect: Rect, stroke: Stroke, mirrored: bool) {
    let flip = if mirrored { -1.0 } else { 1.0 };
    let at = |x: f32, y: f32| rect.center() + vec2(x * flip * rect.width() / 2.0, y * rect.height() / 2.0);
    let mut line = vec![at(-0.9, -0.25), at(0.25, -0.25)];
    for step in 0..=8 {
        let angle = std::f32::consts::PI * step as f32 / 8.0;
        line.push(at(0.25 + 0.55 * angle.sin(), 0.25 - 0.5 * angle.cos()));
    }
    line.push(at(-0.35, 0.75));
    painter.add(Shape::line(line, stroke));
    painter.add(Shape::line(vec![at(-0.35, -0.85), at(-0.95, -0.25), at(-0.35, 0.35)], stroke));
}

/// The round button that runs the timeline.
pub fn play_button(ui: &mut Ui, playing: bool, name: &str) -> Response {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(34.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let fill =
        if response.hovered() { theme::mix(palette.accent, palette.text, 0.15) } else { palette.accent };
    let centre = rect.center();
    ui.painter().circle_filled(centre, 16.0, fill);
    if playing {
        for x in [-3.5, 3.5] {
            let bar = Rect::from_center_size(centre + vec2(x, 0.0), vec2(3.6, 12.0));
            ui.painter().rect_filled(bar, 1.0, palette.on_accent);
        }
    } else {
        let arrow = vec![centre + vec2(-4.0, -6.5), centre + vec2(7.0, 0.0), centre + vec2(-4.0, 6.5)];
        ui.painter().add(Shape::convex_polygon(arrow, palette.on_accent, Stroke::NONE));
    }
    response.on_hover_text(name).on_hover_cursor(CursorIcon::PointingHand)
}

/// A shape and a letter for a severity.
pub fn severity_mark(ui: &mut Ui, severity: Severity) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(16.0), Sense::hover());
    paint_severity(ui.painter(), rect, severity, theme::of(ui));
    response
}

pub fn paint_severity(painter: &egui::Painter, rect: Rect, severity: Severity, palette: &Palette) {
    let centre = rect.center();
    let (colour, letter) = match severity {
        Severity::Error => (palette.error, "!"),
        Severity::Warning => (palette.warning, "!"),
        Severity::Info => (palette.info, "i"),
    };
    match severity {
        Severity::Error => {
            let points = (0..8)
                .map(|step| centre + 8.0 * Vec2::angled((step as f32 + 0.5) * std::f32::consts::TAU / 8.0));
            painter.add(Shape::convex_polygon(points.collect(), colour, Stroke::NONE));
        }
        Severity::Warning => {
            let points = vec![centre + vec2(0.0, -7.5), centre + vec2(8.0, 6.5), centre + vec2(-8.0, 6.5)];
            painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
        }
        Severity::Info => {
            painter.circle_filled(centre, 7.5, colour);
        }
    }
    let down = if severity == Severity::Warning { 1.5 } else { 0.0 };
    painter.text(
        centre + vec2(0.0, down),
        Align2::CENTER_CENTER,
        letter,
        theme::bold(10.5),
        theme::text_on(colour),
    );
}

/// One line of a table: a name that gives way, and numbers of equal width at the right.
pub fn table_row(ui: &mut Ui, name: RichText, numbers: &[RichText], width: f32) -> Response {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let room = (ui.available_width() - width * numbers.len() as f32).max(30.0);
        let cell = |ui: &mut Ui, width: f32, layout: egui::Layout, text: RichText| {
            ui.allocate_ui_with_layout(vec2(width, 20.0), layout, |ui| {
                ui.set_min_width(width);
                ui.add(egui::Label::new(text).truncate())
            })
            .inner
        };
        let response = cell(ui, room, egui::Layout::left_to_right(egui::Align::Center), name);
        for number in numbers {
            cell(ui, width, egui::Layout::right_to_left(egui::Align::Center), number.clone());
        }
        response
    })
    .inner
}

/// A name at the left, its figure at the right, the reason under the pointer. A name that is too long for the line gives
/// way.
pub fn fact(ui: &mut Ui, name: &str, figure: impl Into<egui::WidgetText>, hint: String) {
    let figure = figure.into();
    let row = ui.scope(|ui| {
        // Lines of a table stand closer than fields.
        ui.spacing_mut().interact_size.y = 18.0;
        ui.horizontal(|ui| {
            let drawn = figure.clone().into_galley(
                ui,
                Some(egui::TextWrapMode::Extend),
                f32::INFINITY,
                egui::TextStyle::Body,
            );
            let room = (ui.available_width() - drawn.size().x - ui.spacing().item_spacing.x).max(60.0);
            ui.scope(|ui| {
                ui.set_max_width(room);
                ui.add(egui::Label::new(RichText::new(name).color(theme::of(ui).text_weak)).truncate());
            });
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(figure).truncate());
            });
        })
    });
    if !hint.is_empty() {
        row.inner.response.on_hover_text(hint);
    }
}

/// A heading with a weak line of explanation.
pub fn section(ui: &mut Ui, title: &str, note: &str) {
    ui.add_space(6.0);
    ui.label(theme::strong(title, theme::BODY));
    if !note.is_empty() {
        ui.label(RichText::new(note).size(theme::SMALL).color(theme::of(ui).text_weak));
    }
    ui.add_space(2.0);
}

/// A small rounded word on a coloured ground.
pub fn chip(ui: &mut Ui, text: &str, colour: egui::Color32) -> Response {
    let palette = theme::of(ui);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::bold(theme::SMALL), colour);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(18.0, 8.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let ground = theme::mix(palette.panel, colour, if palette.dark { 0.24 } else { 0.13 });
    ui.painter().rect_filled(rect, rect.height() / 2.0, ground);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, colour);
    response
}

/// A field for a line of text that is taken when the focus leaves it, unless by Escape; then the text. What is typed until
/// then is kept beside the document.
pub fn draft_field(
    ui: &mut Ui,
    id: egui::Id,
    label: &str,
    now: &str,
    hint: &str,
    width: f32,
) -> Option<String> {
    draft(ui, id, label, now, |field| field.hint_text(hint).desired_width(width))
}

/// As [`draft_field`], for a number: at the right of its cell.
pub fn draft_number(ui: &mut Ui, id: egui::Id, label: &str, now: &str, width: f32) -> Option<String> {
    let align = Align2([egui::Align::Max, egui::Align::Center]);
    draft(ui, id, label, now, |field| field.desired_width(width).align(align))
}

fn draft(
    ui: &mut Ui,
    id: egui::Id,
    label: &str,
    now: &str,
    style: impl FnOnce(egui::TextEdit<'_>) -> egui::TextEdit<'_>,
) -> Option<String> {
    let pass = ui.ctx().cumulative_pass_nr();
    // A draft is good for the pass after the one it was typed in: what an abandoned field held must not come back.
    let draft = ui.data(|data| data.get_temp::<(u64, String)>(id));
    let draft = draft.filter(|(typed_in, _)| typed_in + 1 >= pass).map(|(_, text)| text);
    let mut text = draft.unwrap_or_else(|| now.to_owned());
    let field = style(egui::TextEdit::singleline(&mut text).id(id));
    let mut output = field.show(ui);
    let response = output.response.response.clone().accessible_name(label);
    if response.gained_focus() {
        // All there to be replaced, as in a field of a number.
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
        output.state.cursor.set_char_range(Some(all));
        output.state.store(ui.ctx(), id);
    }
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, (pass, text.clone())));
    }
    let leaves = response.lost_focus() && !ui.input(|input| input.key_pressed(egui::Key::Escape));
    (leaves && text != now).then_some(text)
}
