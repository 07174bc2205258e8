//! A backdrop under the pointer: taken hold of, it follows; at a corner it is scaled, the opposite one staying.

use egui::emath::TSTransform;
use egui::{CursorIcon, Pos2, Ui};

use super::paint::HANDLE;
use super::{Ask, Shown};
use crate::app::canvas::layers::Seen;
use crate::app::state::Action;
use crate::site::backdrop::{Change, SCALE};
use crate::site::{Backdrop, Point};

/// Where a backdrop is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grip {
    /// At a corner, counted from the upper left clockwise, or as a whole.
    corner: Option<usize>,
    /// The place of the view that was pressed.
    from: Point,
}

/// A place of the screen in the units of the view.
pub fn point_of(to_screen: TSTransform, at: Pos2) -> Point {
    let at = to_screen.inverse() * at;
    Point { x: f64::from(at.x), y: f64::from(at.y) }
}

impl Shown {
    /// What a press there takes hold of; nothing of a locked one, or while its panel is closed.
    pub fn grip(&self, pointer: Pos2, to_screen: TSTransform) -> Option<Grip> {
        if !self.open || self.backdrop.locked || self.seen == Seen::Hidden {
            return None;
        }
        let from = point_of(to_screen, pointer);
        if self.has_handles() {
            let near = |corner: &Pos2| (*corner - pointer).abs().max_elem() <= HANDLE + 3.0;
            if let Some(corner) = self.on_screen(to_screen).iter().position(near) {
                return Some(Grip { corner: Some(corner), from });
            }
        }
        let pixel = self.backdrop.to_pixel(from);
        let is_inside = (0.0..=self.size.0).contains(&pixel.x) && (0.0..=self.size.1).contains(&pixel.y);
        is_inside.then_some(Grip { corner: None, from })
    }

    /// Where it is while it is held and the pointer is there.
    pub fn held(&self, grip: Grip, pointer: Point) -> Backdrop {
        let now = &self.backdrop;
        let Some(corner) = grip.corner else {
            let at = Point { x: now.at.x + pointer.x - grip.from.x, y: now.at.y + pointer.y - grip.from.y };
            return Backdrop { at, ..now.clone() };
        };
        let corners = self.corners();
        let kept = corners[(corner + 2) % 4];
        let (fixed, moved) = (now.to_view(kept), now.to_view(corners[corner]));
        let (across, down) = (moved.x - fixed.x, moved.y - fixed.y);
        // Along the diagonal: the picture keeps its shape.
        let along = (pointer.x - fixed.x) * across + (pointer.y - fixed.y) * down;
        let by = (along / (across * across + down * down)).max(0.01);
        let scale = (now.scale * by).clamp(SCALE.min, SCALE.max);
        if scale.is_finite() { now.about(kept, scale, now.turn_degrees) } else { now.clone() }
    }
}

/// Shows a held backdrop where the pointer has it; where it is let go it stays, as one step, and Escape leaves it where it
/// was. Gives it as it is to be painted.
pub fn follow(
    ui: &Ui,
    shown: &Shown,
    grip: &mut Option<Grip>,
    to_screen: TSTransform,
    actions: &mut Vec<Action>,
) -> Shown {
    let Some(held) = *grip else { return shown.clone() };
    let (released, escapes, pointer) = ui.input_mut(|input| {
        let escapes = input.consume_key(egui::Modifiers::NONE, egui::Key::Escape);
        (!input.pointer.primary_down(), escapes, input.pointer.latest_pos())
    });
    ui.set_cursor_icon(if held.corner.is_some() { CursorIcon::ResizeNwSe } else { CursorIcon::Grabbing });
    let Some(pointer) = pointer.filter(|_| !escapes) else {
        *grip = None;
        return shown.clone();
    };
    let backdrop = shown.held(held, point_of(to_screen, pointer));
    if released {
        *grip = None;
        let Backdrop { at, scale, turn_degrees, .. } = backdrop;
        if backdrop != shown.backdrop {
            actions.push(Action::Backdrop(Ask::Change(Change::Place { at, scale, turn_degrees })));
        }
    }
    Shown { backdrop, ..shown.clone() }
}
