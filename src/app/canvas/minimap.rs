//! The whole drawing small in a corner, with the frame of what is in sight.

use egui::emath::TSTransform;
use egui::{Mesh, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::camera;
use super::paint::Drawing;
use crate::app::state::Camera;
use crate::app::theme;

const LARGEST: egui::Vec2 = vec2(172.0, 112.0);
/// Views smaller than this have no room for it.
const LEAST_VIEW: egui::Vec2 = vec2(420.0, 260.0);

/// Where it stands at the corner of a view; none where all is in sight.
pub(super) fn place(view: Rect, world: Rect, to_screen: TSTransform) -> Option<Rect> {
    let is_roomy = view.width() >= LEAST_VIEW.x && view.height() >= LEAST_VIEW.y;
    if !is_roomy || view.expand(1.0).contains_rect(to_screen * world) {
        return None;
    }
    let scale = (LARGEST.x / world.width().max(1.0)).min(LARGEST.y / world.height().max(1.0));
    let size = (world.size() * scale).max(vec2(60.0, 40.0));
    Some(Rect::from_min_max(view.max - size - vec2(10.0, 10.0), view.max - vec2(10.0, 10.0)))
}

/// Paints it; a click or drag on it brings that place to the middle of the view.
pub(super) fn show(ui: &Ui, drawing: &Drawing<'_>, view: Rect, place: Rect, camera: &mut Camera) {
    let Some(world) = drawing.layout.bounds else { return };
    let palette = drawing.palette;
    let response = ui.interact(place, ui.scope_id().with("minimap"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Overview of the drawing"));
    let painter = ui.painter_at(place);
    painter.rect(
        place,
        theme::RADIUS_SMALL,
        palette.card.gamma_multiply(0.96),
        Stroke::new(1.0, palette.border_strong),
        StrokeKind::Inside,
    );
    let to_map = camera::fit_any(world, place.shrink(5.0));
    let mut mesh = Mesh::default();
    for (index, node) in drawing.layout.nodes.iter().enumerate() {
        let ink = drawing.seen(index).ink();
        if ink <= 0.0 {
            continue;
        }
        let rect = to_map * *node;
        let rect = Rect::from_center_size(rect.center(), rect.size().max(vec2(1.5, 1.5)));
        let colour = drawing.node_colour(&drawing.site.components[index], drawing.part(index));
        mesh.add_colored_rect(rect, theme::mix(palette.card, colour, ink));
    }
    painter.add(Shape::mesh(mesh));
    let frame = to_map * (camera.to_screen.inverse() * view);
    painter.rect(
        frame.intersect(place.shrink(1.5)),
        1.0,
        palette.accent.gamma_multiply(0.12),
        Stroke::new(1.5, palette.accent),
        StrokeKind::Inside,
    );
    if let Some(pointer) = response.interact_pointer_pos()
        && (response.clicked() || response.dragged())
    {
        let there = to_map.inverse() * pointer.clamp(place.min, place.max);
        let before = camera.to_screen;
        camera.to_screen.translation = view.center().to_vec2() - there.to_vec2() * camera.to_screen.scaling;
        camera.moved = true;
        if camera.to_screen != before {
            ui.ctx().request_repaint();
        }
    }
    response.on_hover_text("Click or drag to go there");
}
