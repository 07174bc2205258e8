//! A part's name, typed where it stands.

use egui::{Rect, TextEdit, Ui, pos2, vec2};

use super::paint::Drawing;
use crate::app::state::{Action, Renaming};
use crate::app::theme;
use crate::app::tool::Ask;

/// Height of the line inside a hall that has its name.
pub(super) const TITLE: f32 = 24.0;
const FIELD: egui::Vec2 = vec2(150.0, 24.0);

/// The field over the name, with why the name cannot be taken. Enter takes it, Escape leaves it.
pub(super) fn show(
    ui: &mut Ui,
    drawing: &Drawing<'_>,
    renaming: &Renaming,
    labels: &[(usize, Rect)],
    actions: &mut Vec<Action>,
) {
    let found = drawing.site.components.iter().position(|part| part.id == renaming.part);
    let Some(index) = found else {
        actions.push(Action::Ask(Ask::LeaveName));
        return;
    };
    let part = drawing.rect(index);
    let label = labels.iter().find(|(of, _)| *of == index).map(|(_, place)| place.min);
    let at = match label {
        Some(label) => label - vec2(4.0, 4.0),
        None if drawing.has_words_inside(index) => part.min + vec2(2.0, 2.0),
        None => pos2(part.right() + 4.0, part.center().y - FIELD.y / 2.0),
    };
    let view = ui.clip_rect().shrink(4.0);
    let most = (view.max - FIELD).max(view.min);
    let place = Rect::from_min_size(at.clamp(view.min, most), FIELD);
    let mut text = renaming.text.clone();
    let field = TextEdit::singleline(&mut text).font(theme::bold(theme::BODY)).desired_width(FIELD.x);
    let response = ui.put(place, field);
    response.clone().accessible_name("Name on the drawing");
    if renaming.fresh {
        response.request_focus();
        // What is typed replaces the name.
        if let Some(mut state) = egui::TextEdit::load_state(ui.ctx(), response.id) {
            let all = egui::text::CCursorRange::two(
                egui::text::CCursor::new(0),
                egui::text::CCursor::new(text.chars().count()),
            );
            state.cursor.set_char_range(Some(all));
            state.store(ui.ctx(), response.id);
        }
        actions.push(Action::Ask(Ask::NameShown));
    }
    if let Some(why) = &renaming.why {
        let palette = theme::of(ui);
        let galley = ui.painter().layout(why.clone(), theme::font(theme::SMALL), palette.error, 230.0);
        let below = place.left_bottom() + vec2(0.0, 3.0);
        let ground = Rect::from_min_size(below, galley.size() + vec2(12.0, 8.0));
        let border = egui::Stroke::new(1.0, palette.error);
        ui.painter().rect(ground, 4.0, palette.card, border, egui::StrokeKind::Inside);
        ui.painter().galley(below + vec2(6.0, 4.0), galley, palette.error);
        let words = why.clone();
        ui.interact(ground, response.id.with("why"), egui::Sense::hover())
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words.clone()));
    }
    if response.changed() {
        actions.push(Action::Ask(Ask::TypeName(text.clone())));
    }
    if response.lost_focus() {
        let gone = ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape));
        actions.push(Action::Ask(if gone { Ask::LeaveName } else { Ask::TakeName(text) }));
    }
}
