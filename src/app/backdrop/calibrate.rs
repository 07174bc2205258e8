//! Two points of the plan and the distance between them give the picture its scale.

use egui::emath::TSTransform;
use egui::{Align2, CursorIcon, Key, Modifiers, Painter, Pos2, Rect, Response, Shape, Stroke, Ui, vec2};

use super::{Ask, point_of, screen_point};
use crate::app::state::Action;
use crate::app::theme::{self, Palette};
use crate::quantity::{Unit, format};
use crate::site::Point;

/// How far a key moves the point of the keyboard, pixels; with Shift one.
const STEP: f32 = 12.0;

/// What is chosen so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    from: Option<Point>,
    to: Option<Point>,
    /// Where the keyboard is.
    pub(super) cursor: Option<Point>,
    /// The distance as it was typed, where it could not be taken, and why.
    pub(super) text: String,
    pub(super) error: Option<String>,
}

impl Calibration {
    pub(super) fn choose(&mut self, at: Point) {
        if self.from.is_none() {
            self.from = Some(at);
        } else if self.to.is_none() && self.from != Some(at) {
            self.to = Some(at);
        }
    }

    /// Both points, once they are chosen.
    pub fn points(&self) -> Option<(Point, Point)> {
        self.from.zip(self.to)
    }

    /// What is to be done next.
    pub(super) fn words(&self) -> &'static str {
        match (self.from, self.to) {
            (None, _) => "Click a point of the picture, or move there with the arrows and press Enter",
            (Some(_), None) => "Click a second point, as far away as you know the distance",
            (Some(_), Some(_)) => "Enter the distance between the two points",
        }
    }
}

/// Lets points be chosen with pointer or keyboard and paints what is chosen, with a line to the pointer.
pub fn choose(
    ui: &Ui,
    background: &Response,
    to_screen: TSTransform,
    calibration: &Calibration,
    actions: &mut Vec<Action>,
) {
    let ask = |ask: Ask| Action::Backdrop(ask);
    let painter = ui.painter_at(background.rect);
    let palette = theme::of(ui);
    let mut loose = None;
    if calibration.points().is_none() && !ui.ctx().text_edit_focused() {
        let escapes = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        if escapes {
            actions.push(ask(Ask::LeaveCalibration));
            return;
        }
        // A button that was pressed by Enter must not take the Enter of a point.
        ui.memory_mut(|memory| memory.focused().map(|id| memory.surrender_focus(id)));
        if let Some(at) = by_keys(ui, background.rect, to_screen, calibration, actions) {
            loose = Some(at);
        }
        let hovered = background.hover_pos();
        if hovered.is_some() {
            ui.set_cursor_icon(CursorIcon::Crosshair);
        }
        if background.clicked()
            && let Some(at) = background.interact_pointer_pos()
        {
            actions.push(ask(Ask::Choose(point_of(to_screen, at))));
        }
        loose = loose.or(hovered);
        if let Some(cursor) = calibration.cursor {
            cross(&painter, to_screen * screen_point(cursor), palette);
        }
    }
    let on_screen = |at: Point| to_screen * screen_point(at);
    let from = calibration.from.map(on_screen);
    let to = calibration.to.map(on_screen).or(loose);
    if let (Some(from), Some(to)) = (from, to) {
        let halo = Stroke::new(4.0, palette.canvas.gamma_multiply(0.8));
        painter.line_segment([from, to], halo);
        painter.extend(Shape::dashed_line(&[from, to], Stroke::new(2.0, palette.accent), 8.0, 4.0));
        let metres = f64::from((to - from).length() / to_screen.scaling);
        let words = format!("{} as it is now", format::with_unit(metres, Unit::Metre));
        label(&painter, from + (to - from) / 2.0, &words, palette);
    }
    for at in [from, calibration.to.map(on_screen)].into_iter().flatten() {
        cross(&painter, at, palette);
    }
}

/// Arrows move a point, Enter takes it; gives where it is on the screen.
fn by_keys(
    ui: &Ui,
    view: Rect,
    to_screen: TSTransform,
    calibration: &Calibration,
    actions: &mut Vec<Action>,
) -> Option<Pos2> {
    let mut at = calibration.cursor.map(|cursor| to_screen * screen_point(cursor));
    let ways = [
        (Key::ArrowLeft, vec2(-1.0, 0.0)),
        (Key::ArrowRight, vec2(1.0, 0.0)),
        (Key::ArrowUp, vec2(0.0, -1.0)),
        (Key::ArrowDown, vec2(0.0, 1.0)),
    ];
    let mut moved = false;
    for (key, way) in ways {
        for (modifiers, step) in [(Modifiers::SHIFT, 1.0), (Modifiers::NONE, STEP)] {
            let times = ui.input_mut(|input| input.count_and_consume_key(modifiers, key));
            if times > 0 {
                at = Some(at.unwrap_or(view.center()) + way * step * times as f32);
                moved = true;
            }
        }
    }
    let at = at?;
    if moved {
        actions.push(Action::Backdrop(Ask::MoveCursor(point_of(to_screen, at))));
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
        actions.push(Action::Backdrop(Ask::Choose(point_of(to_screen, at))));
    }
    Some(at)
}

/// A mark that is seen on any ground.
fn cross(painter: &Painter, at: Pos2, palette: &Palette) {
    for (width, colour) in [(4.0, palette.canvas), (1.6, palette.accent)] {
        for way in [vec2(9.0, 0.0), vec2(0.0, 9.0)] {
            painter.line_segment([at - way, at + way], Stroke::new(width, colour));
        }
        painter.circle_stroke(at, 5.0, Stroke::new(width, colour));
    }
}

fn label(painter: &Painter, at: Pos2, words: &str, palette: &Palette) {
    let galley = painter.layout_no_wrap(words.to_owned(), theme::bold(theme::SMALL + 1.0), palette.text);
    let rect = Align2::CENTER_CENTER.anchor_size(at - vec2(0.0, 16.0), galley.size());
    painter.rect_filled(rect.expand2(vec2(5.0, 2.0)), 3.0, palette.card);
    painter.galley(rect.min, galley, palette.text);
}
