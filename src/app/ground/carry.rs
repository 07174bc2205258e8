//! A typical part that is brought from the list of parts onto a ground: its ground is shown true to scale under the pointer.

use egui::{CursorIcon, Id, LayerId, Order, Rect, Ui, vec2};

use super::paint::{size_words, whereabouts};
use super::put::{Spot, not_shown};
use super::{GroundView, rect_of, snapped};
use crate::app::canvas::carry::{Carried, carried, name_with_size};
use crate::app::canvas::gesture::Gesture;
use crate::app::canvas::ghost;
use crate::app::state::Action;
use crate::app::theme;
use crate::site::ground::Ground;

/// Shows the part at the nearest metre or kilometre, and puts it in where the button is let go. Beside the ground, and with
/// Escape, nothing is put in.
pub(super) fn follow(
    ui: &Ui,
    canvas: Rect,
    own: &GroundView,
    ground: Ground,
    gesture: &mut Gesture,
    actions: &mut Vec<Action>,
) {
    let Some(Carried { typical, pointer, let_go }) = carried(ui, gesture) else { return };
    let is_over = canvas.contains(pointer);
    let at = own.to_screen.inverse() * pointer;
    if let Some(part) = let_go {
        actions.extend(is_over.then_some(Action::PlaceOn { part, spot: Spot { ground, at, exact: true } }));
        return;
    }
    let palette = theme::of(ui);
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("carried part")));
    let is_shown = ground.shows(&typical);
    let ink = if is_over && is_shown { palette.accent } else { palette.text_weak };
    let (rect, words) = if is_over && is_shown {
        let at = snapped(at);
        let rect = own.to_screen * rect_of(&typical, at, ground, own.to_screen.scaling);
        let size = if ground == Ground::Plan { format!("{}, ", size_words(&typical)) } else { String::new() };
        (rect, format!("{size}{}", whereabouts(ground, at)))
    } else {
        let words =
            if is_over { format!("goes onto the one-line: {}", not_shown(ground)) } else { String::new() };
        (Rect::from_center_size(pointer, vec2(24.0, 24.0)), words)
    };
    ghost::frame(&painter, rect, ink, palette);
    let name = painter.layout_no_wrap(name_with_size(&typical), theme::bold(theme::SMALL), ink);
    let words = painter.layout_no_wrap(words, theme::font(theme::SMALL), palette.text);
    let mut top = rect.center_bottom() + vec2(0.0, 5.0);
    for line in [name, words].into_iter().filter(|line| line.size().x > 0.0) {
        let place = Rect::from_min_size(top - vec2(line.size().x / 2.0, 0.0), line.size());
        painter.rect_filled(place.expand2(vec2(4.0, 1.0)), 3.0, palette.canvas);
        painter.galley(place.min, line, ink);
        top.y = place.bottom() + 2.0;
    }
    ui.set_cursor_icon(if is_over { CursorIcon::Grabbing } else { CursorIcon::NoDrop });
}
