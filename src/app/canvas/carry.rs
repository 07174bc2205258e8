//! A typical part that is brought from the list of parts to where it is to stand.

use egui::{CursorIcon, Id, LayerId, Order, PointerButton, Pos2, Rect, Shape, Stroke, Ui, vec2};

use super::gesture::{Gesture, link_at};
use super::paint::Drawing;
use super::{ghost, layout, rating_text};
use crate::app::state::Action;
use crate::app::theme;
use crate::app::tool::Ask;
use crate::draft;
use crate::file;
use crate::site::Component;

/// `UPS, 1.5 MW`
pub(in crate::app) fn name_with_size(part: &Component) -> String {
    let rating = rating_text(part);
    if rating.is_empty() { part.name.clone() } else { format!("{}, {rating}", part.name) }
}

/// A part of the list under the pointer.
pub struct Carried {
    pub typical: Component,
    pub pointer: Pos2,
    /// Its key in the list, once the button is let go.
    pub let_go: Option<String>,
}

/// The part that is carried; nothing once Escape is pressed, or where the list has none such any more.
pub fn carried(ui: &Ui, gesture: &mut Gesture) -> Option<Carried> {
    let Gesture::Carrying { part } = gesture else { return None };
    let (is_held, gone, pointer) = ui.input_mut(|input| {
        let gone = input.consume_key(egui::Modifiers::NONE, egui::Key::Escape);
        (input.pointer.button_down(PointerButton::Primary), gone, input.pointer.latest_pos())
    });
    let typical = draft::sized_part(file::typical_parts(), part);
    let (Some(typical), Some(pointer), false) = (typical, pointer, gone) else {
        *gesture = Gesture::None;
        return None;
    };
    let let_go = (!is_held).then(|| std::mem::take(part));
    if let_go.is_some() {
        *gesture = Gesture::None;
    }
    Some(Carried { typical, pointer, let_go })
}

/// Shows the part at the pointer, and puts it in where the button is let go: into the wire that is under it, else there.
/// Beside the drawing, and with Escape, nothing is put in.
pub(super) fn follow(
    ui: &Ui,
    drawing: &Drawing<'_>,
    view: Rect,
    gesture: &mut Gesture,
    actions: &mut Vec<Action>,
) {
    let Some(Carried { typical, pointer, let_go }) = carried(ui, gesture) else { return };
    let is_over = view.contains(pointer);
    let onto = link_at(drawing, pointer).filter(|_| is_over && drawing.part_at(pointer).is_none());
    if let Some(part) = let_go {
        let at = drawing.to_screen.inverse() * pointer;
        actions.extend(is_over.then(|| match onto {
            Some(link) => Action::Ask(Ask::SplitBy { link: drawing.site.links[link].id.clone(), part }),
            None => Action::PlacePart { part, at },
        }));
        return;
    }
    let palette = drawing.palette;
    // Above the drawing, which is painted after this.
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("carried part")));
    if let Some(link) = onto {
        let line: Vec<_> = drawing.layout.links[link].iter().map(|at| drawing.to_screen * *at).collect();
        painter.add(Shape::line(line, Stroke::new(4.0, palette.accent.gamma_multiply(0.7))));
    }
    let rect = Rect::from_center_size(pointer, layout::size_of(&typical) * drawing.to_screen.scaling);
    let ink = if is_over { palette.accent } else { palette.text_weak };
    ghost::frame(&painter, rect, ink, palette);
    let name = painter.layout_no_wrap(name_with_size(&typical), theme::bold(theme::SMALL), ink);
    let place = rect.center_bottom() + vec2(-name.size().x / 2.0, 4.0);
    painter.rect_filled(Rect::from_min_size(place, name.size()).expand(3.0), 3.0, palette.canvas);
    painter.galley(place, name, ink);
    ui.set_cursor_icon(if is_over { CursorIcon::Grabbing } else { CursorIcon::NoDrop });
}
