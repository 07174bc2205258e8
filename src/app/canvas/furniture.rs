//! What stands over the drawing: studies, layers, zoom, legend; and the room they leave it.

use egui::{
    Align, Align2, CursorIcon, Layout, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::Scene;
use super::layers::{Layers, Seen};
use super::study::Study;
use crate::app::backdrop::Doing;
use crate::app::state::Action;
use crate::app::tool::Tool;
use crate::app::{Command, theme, widgets};

/// In a view so much wider than high, studies and legend stand in a column at the left: height is what the drawing
/// lacks there.
const WIDE: f32 = 2.4;
const COLUMN: f32 = 122.0;
const COLUMN_ROW: f32 = 18.5;
/// Least height for the studies and the legend under each other.
const LEAST_COLUMN: f32 = 318.0;
const ZOOM: egui::Vec2 = vec2(102.0, 28.0);
const LAYER: egui::Vec2 = vec2(66.0, 24.0);
/// The word for the layer of the backdrop is longer.
const BACKDROP: f32 = 82.0;
/// From this width on the layers stand beside the zoom.
const LAYERS_BESIDE: f32 = 850.0;
const LEGEND: f32 = 24.0;
const MARGIN: f32 = 10.0;
const QUESTION: f32 = 56.0;

/// Where things stand over the drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Furniture {
    /// Studies and legend stand under each other.
    pub column: bool,
    pub studies: Rect,
    pub layers: Rect,
    pub zoom: Rect,
    pub legend: Rect,
    /// What is left for the drawing.
    pub area: Rect,
}

impl Furniture {
    pub fn of(view: Rect, has_backdrop: bool) -> Self {
        let column = view.width() >= WIDE * view.height() && view.height() >= LEAST_COLUMN;
        let zoom = Rect::from_min_size(pos2(view.right() - ZOOM.x - MARGIN, view.top() + 8.0), ZOOM);
        let (more, lines) = if has_backdrop { (BACKDROP, 4.0) } else { (0.0, 3.0) };
        let (row, stack) = (vec2(LAYER.x * 3.0 + more, LAYER.y + 4.0), vec2(ZOOM.x, LAYER.y * lines + 4.0));
        let layers = if !column && view.width() >= LAYERS_BESIDE + more {
            Rect::from_min_size(pos2(zoom.left() - row.x - 8.0, zoom.top()), row)
        } else {
            Rect::from_min_size(pos2(zoom.left(), zoom.bottom() + 6.0), stack)
        };
        let start = view.min + vec2(MARGIN, 8.0);
        if column {
            let studies = vec2(COLUMN - MARGIN, COLUMN_ROW * (Study::ALL.len() + 1) as f32 + 4.0);
            let studies = Rect::from_min_size(start, studies);
            let legend = Rect::from_min_max(
                pos2(studies.left(), studies.bottom() + 6.0),
                pos2(studies.right() + 12.0, view.bottom() - 8.0),
            );
            let area = Rect::from_min_max(
                view.min + vec2(COLUMN + 30.0, 14.0),
                view.max - vec2(ZOOM.x + MARGIN + 12.0, 14.0),
            );
            return Self { column, studies, layers, zoom, legend, area };
        }
        let legend = Rect::from_min_max(
            pos2(start.x, view.bottom() - LEGEND - 8.0),
            pos2(view.right() - 140.0, view.bottom() - 8.0),
        );
        let studies = Rect::from_min_size(start, vec2(502.0, 30.0));
        let area = Rect::from_min_max(view.min + vec2(22.0, 42.0), view.max - vec2(22.0, 54.0));
        Self { column, studies, layers, zoom, legend, area }
    }

    /// Leaves room for a question above the drawing.
    pub fn leave_room_at_top(&mut self) {
        let top = (self.area.top() + QUESTION).min(self.area.center().y);
        self.area = self.area.with_min_y(top);
    }

    /// Places that labels keep clear of.
    pub fn obstacles(&self, legend: bool) -> Vec<Rect> {
        let mut taken = vec![self.studies, self.layers, self.zoom];
        if legend {
            taken.push(self.legend.expand2(vec2(MARGIN, 8.0)));
        }
        taken
    }
}

/// Studies, layers and zoom; the legend is painted with the drawing.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, furniture: &Furniture, actions: &mut Vec<Action>) {
    studies(ui, scene, furniture, actions);
    layers(ui, scene, furniture.layers, actions);
    zoom(ui, furniture.zoom, actions);
}

/// Which study is laid over the drawing.
fn studies(ui: &mut Ui, scene: &Scene<'_>, furniture: &Furniture, actions: &mut Vec<Action>) {
    let named = Study::ALL.map(|study| (Some(study), study.text()));
    let choices: Vec<(Option<Study>, &str)> = std::iter::once((None, "By use")).chain(named).collect();
    if !furniture.column {
        let place = UiBuilder::new()
            .max_rect(furniture.studies)
            .id_salt("studies")
            .layout(Layout::left_to_right(Align::Center));
        if let Some(chosen) = widgets::segmented(&mut ui.new_child(place), scene.study, &choices) {
            actions.push(Action::Do(Command::Study(chosen)));
        }
        return;
    }
    for (row, (study, text)) in choices.into_iter().enumerate() {
        let cell = cell(furniture.studies, row, furniture.studies.width(), COLUMN_ROW);
        if row == 0 {
            ground(ui, furniture.studies);
        }
        if choice(ui, cell, text, scene.study == study, text) {
            actions.push(Action::Do(Command::Study(study)));
        }
    }
}

fn cell(within: Rect, row: usize, width: f32, height: f32) -> Rect {
    let at = within.min + vec2(2.0, 2.0 + row as f32 * height);
    Rect::from_min_size(at, vec2(width - 4.0, height))
}

fn ground(ui: &Ui, place: Rect) {
    let palette = theme::of(ui);
    let border = Stroke::new(1.0, palette.border);
    ui.painter().rect(place, theme::RADIUS_SMALL, palette.field, border, StrokeKind::Inside);
}

/// One of several, of which one holds; true when it is pressed.
fn choice(ui: &Ui, cell: Rect, text: &str, holds: bool, name: &str) -> bool {
    let palette = theme::of(ui);
    let response = ui.interact(cell, ui.scope_id().with(("choice", name)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, holds, name));
    if holds {
        let border = Stroke::new(1.0, palette.border_strong);
        ui.painter().rect(cell.shrink(1.0), 4.0, palette.card, border, StrokeKind::Inside);
    }
    let colour = if holds || response.hovered() { palette.text } else { palette.text_weak };
    let font = theme::font(theme::BODY - 0.5);
    ui.painter().text(cell.left_center() + vec2(9.0, 0.0), Align2::LEFT_CENTER, text, font, colour);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

/// Power, cooling, fibre and the backdrop where there is one: a filled mark is shown, half of one dimmed, an empty one hidden.
fn layers(ui: &Ui, scene: &Scene<'_>, place: Rect, actions: &mut Vec<Action>) {
    ground(ui, place);
    let palette = theme::of(ui);
    let is_row = place.height() < LAYER.y * 2.0;
    let named = Layers::ALL.map(|(layer, word)| (Tool::Layer(layer), word, scene.layers.of(layer)));
    let backdrop = (Tool::Backdrop(Doing::Layer), "Backdrop", scene.layers.backdrop);
    let backdrop = scene.backdrop.map(|_| backdrop);
    for (turn, (tool, word, seen)) in named.into_iter().chain(backdrop).enumerate() {
        let cell = if is_row {
            let at = place.min + vec2(2.0 + turn as f32 * LAYER.x, 2.0);
            let width = if turn < Layers::ALL.len() { LAYER.x } else { BACKDROP };
            Rect::from_min_size(at, vec2(width - 4.0, LAYER.y))
        } else {
            cell(place, turn, place.width(), LAYER.y)
        };
        let command = Command::Tool(tool);
        let response = ui.interact(cell, ui.scope_id().with(("layer", word)), Sense::click());
        response.widget_info(|| {
            WidgetInfo::labeled(egui::Role::Button, true, format!("{word} layer, {}", seen.word()))
        });
        let mark = Rect::from_center_size(cell.left_center() + vec2(9.0, 0.0), vec2(9.0, 9.0));
        let ink = if response.hovered() || seen == Seen::Shown { palette.text } else { palette.text_weak };
        let filled = match seen {
            Seen::Shown => mark,
            Seen::Dimmed => mark.with_min_y(mark.center().y),
            Seen::Hidden => Rect::NOTHING,
        };
        if filled.is_positive() {
            ui.painter().rect_filled(filled, 1.0, ink);
        }
        ui.painter().rect_stroke(mark, 2.0, Stroke::new(1.0, ink), StrokeKind::Inside);
        let at = cell.left_center() + vec2(17.0, 0.0);
        let text = ui.painter().text(at, Align2::LEFT_CENTER, word, theme::font(theme::SMALL), ink);
        if seen == Seen::Hidden {
            ui.painter().hline(text.x_range(), text.center().y + 1.0, Stroke::new(1.0, ink));
        }
        let words = format!(
            "{word} is {}; a click makes it {} ({})",
            seen.word(),
            seen.next().word(),
            command.shortcut_text(ui.ctx())
        );
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(words).clicked() {
            actions.push(Action::Do(command));
        }
    }
}

fn zoom(ui: &mut Ui, place: Rect, actions: &mut Vec<Action>) {
    let palette = theme::of(ui);
    let border = Stroke::new(1.0, palette.border);
    ui.painter().rect(place, theme::RADIUS_SMALL, palette.card, border, StrokeKind::Inside);
    let mut child = ui.new_child(
        UiBuilder::new()
            .max_rect(place.shrink2(vec2(2.0, 0.0)))
            .id_salt("zoom")
            .layout(Layout::left_to_right(Align::Center)),
    );
    child.spacing_mut().item_spacing.x = 2.0;
    for (command, lines) in [(Command::ZoomOut, 1), (Command::Fit, 0), (Command::ZoomIn, 2)] {
        let response =
            widgets::icon_button(&mut child, command.text(), true, |painter, rect, stroke| match lines {
                0 => {
                    painter.rect_stroke(rect.shrink(1.0), 2.0, stroke, StrokeKind::Middle);
                }
                _ => {
                    painter.hline(rect.x_range(), rect.center().y, stroke);
                    if lines == 2 {
                        painter.vline(rect.center().x, rect.y_range(), stroke);
                    }
                }
            });
        let words = format!("{} ({})", command.tooltip(), command.shortcut_text(child.ctx()));
        if response.on_hover_text(words).clicked() {
            actions.push(Action::Do(command));
        }
        child.add_space(2.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In a low and wide view the drawing gets the height, elsewhere the width.
    #[test]
    fn furniture_keeps_to_its_view_and_leaves_the_drawing_room() {
        for (width, height, column) in [
            (948.0, 321.0, true),
            (948.0, 356.0, true),
            (1588.0, 520.0, true),
            (948.0, 590.0, false),
            (700.0, 340.0, false),
        ] {
            let view = Rect::from_min_size(pos2(0.0, 128.0), vec2(width, height));
            for has_backdrop in [false, true] {
                let placed = Furniture::of(view, has_backdrop);
                assert_eq!(placed.column, column, "{width} x {height}");
                for rect in [placed.studies, placed.zoom, placed.layers, placed.area] {
                    assert!(view.contains_rect(rect), "{rect:?} at {width} x {height}");
                }
                assert!(!placed.zoom.intersects(placed.layers) && !placed.studies.intersects(placed.zoom));
                if column {
                    assert!(
                        placed.area.height() > 0.9 * height && placed.legend.height() > 10.0 * 15.5 + 9.0
                    );
                }
            }
        }
    }
}
