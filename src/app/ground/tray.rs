//! Parts without a place, to be dragged onto the ground.

use egui::{Button, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, Vec2, vec2};

use super::{GroundView, all_placed};
use crate::app::state::Action;
use crate::app::{theme, widgets};
use crate::site::ground::Ground;
use crate::site::{Component, Object, Site};

pub const WIDTH: f32 = 200.0;
const ROW: f32 = 24.0;

pub fn show(
    ui: &mut Ui,
    area: Rect,
    site: &Site,
    waiting: &[&Component],
    ground: Ground,
    own: &mut GroundView,
    actions: &mut Vec<Action>,
) {
    let palette = theme::of(ui);
    ui.painter().rect_filled(area, 0.0, palette.panel);
    let mut child =
        ui.new_child(UiBuilder::new().max_rect(area.shrink2(vec2(10.0, 6.0))).id_salt(("tray", ground)));
    let ui = &mut child;
    widgets::section(ui, &format!("Not on the {} yet", ground.word()), "Drag a part to where it stands");
    let (text, words) = match ground {
        Ground::Plan => (
            "Place all by the one-line",
            "Puts every part of this list as it stands on the one-line, to scale and none on another, to be moved from there",
        ),
        Ground::Map => (
            "Place all on their way",
            "Puts every carrier as far from the site as its fibre is long, towards the metro it leads to",
        ),
    };
    let button = Button::new(text);
    if ui.add(button).on_hover_text(words).clicked() {
        actions.extend(all_placed(site, waiting, ground).map(Action::Edit));
    }
    ui.add_space(6.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    let list = ScrollArea::vertical().id_salt("waiting").auto_shrink(false);
    list.show_rows(ui, ROW, waiting.len(), |ui, rows| {
        for part in &waiting[rows] {
            let name = site.object_name(&Object::Component(part.id.clone()));
            let kind = RichText::new(part.kind.label()).size(theme::SMALL).color(palette.text_weak);
            let button = Button::new(&name)
                .right_text(kind)
                .frame_when_inactive(false)
                .sense(Sense::click_and_drag())
                .min_size(vec2(ui.available_width(), ROW));
            let response = ui.add(button);
            if response.drag_started() {
                own.held = Some((part.id.clone(), Vec2::ZERO));
            }
            if response.clicked() {
                actions.push(Action::Select(Some(Object::Component(part.id.clone()))));
            }
        }
    });
}
