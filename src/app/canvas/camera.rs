//! What of the drawing is in sight.

use egui::emath::TSTransform;
use egui::{CursorIcon, Rect, Response, Ui, Vec2, vec2};

use super::gesture::Gesture;
use super::layout::{self, Layout};
use super::{Scene, ZOOM_RANGE};
use crate::app::backdrop::Shown;
use crate::app::state::Camera;
use crate::site::Object;

/// How a part of the drawing fills an area of the screen.
pub(super) fn fit(bounds: Rect, area: Rect) -> TSTransform {
    let scale = (area.width() / bounds.width().max(1.0)).min(area.height() / bounds.height().max(1.0));
    let scale = scale.clamp(*ZOOM_RANGE.start(), 1.4);
    TSTransform::new(area.center().to_vec2() - bounds.center().to_vec2() * scale, scale)
}

/// What the selected parts, or the selected link, take.
fn chosen_bounds(layout: &Layout, scene: &Scene<'_>) -> Option<Rect> {
    if let Some(Object::Link(id)) = scene.selection {
        let index = scene.site.links.iter().position(|link| link.id == *id)?;
        let corners = layout.links[index].iter();
        return corners.map(|at| Rect::from_center_size(*at, Vec2::ZERO)).reduce(Rect::union);
    }
    scene.chosen_places().into_iter().map(|index| layout.nodes[index]).reduce(Rect::union)
}

/// Fits, zooms and pans as it was asked for since the last frame.
pub(super) fn pan_and_zoom(
    ui: &Ui,
    layout: &Layout,
    scene: &Scene<'_>,
    (view, area): (Rect, Rect),
    camera: &mut Camera,
    (background, gesture): (&mut Response, &Gesture),
) {
    if !camera.moved && (camera.last_size - view.size()).abs().max_elem() > 0.5 {
        camera.fit = true;
    }
    camera.last_size = view.size();
    // Labels stand beside the outermost symbols.
    let ghosts = scene.ghosts.map(|ghosts| layout::rects(scene.site, ghosts));
    let ghosts = ghosts.into_iter().flatten().reduce(Rect::union);
    let drawn = layout.bounds.or_else(|| scene.backdrop.map(Shown::bounds));
    let bounds = drawn
        .map(|bounds| ghosts.map_or(bounds, |ghosts| ghosts.union(bounds)))
        .map(|bounds| Rect::from_min_max(bounds.min - vec2(70.0, 6.0), bounds.max + vec2(70.0, 6.0)));
    if std::mem::take(&mut camera.fit)
        && let Some(bounds) = bounds
    {
        camera.to_screen = fit(bounds, area);
        camera.moved = false;
    }
    if std::mem::take(&mut camera.zoom_to_selection)
        && let Some(chosen) = chosen_bounds(layout, scene)
    {
        camera.to_screen = fit(chosen.expand(160.0), area);
        camera.moved = true;
    }
    if std::mem::take(&mut camera.show_selection)
        && let Some(chosen) = chosen_bounds(layout, scene)
        && !area.contains_rect(camera.to_screen * chosen)
    {
        match bounds {
            // Whoever has not moved the drawing sees all of it.
            Some(bounds) if !camera.moved => camera.to_screen = fit(bounds, area),
            _ => {
                let middle = camera.to_screen * chosen.center();
                camera.to_screen.translation += area.center() - middle;
            }
        }
    }
    let by = std::mem::replace(&mut camera.zoom_by, 1.0);
    if by > 0.0 && (by - 1.0).abs() > 1e-3 {
        let scale = (camera.to_screen.scaling * by).clamp(*ZOOM_RANGE.start(), *ZOOM_RANGE.end());
        let centre = camera.to_screen.inverse() * view.center();
        camera.to_screen = TSTransform::new(view.center().to_vec2() - centre.to_vec2() * scale, scale);
        camera.moved = true;
    }
    let before = camera.to_screen;
    // The scene would scale the drag, since its own children live in drawing units; ours live on the screen.
    if background.dragged() && *gesture == Gesture::None {
        camera.to_screen.translation += background.drag_delta();
        ui.set_cursor_icon(CursorIcon::Grabbing);
    }
    egui::Scene::new()
        .zoom_range(*ZOOM_RANGE.start()..=*ZOOM_RANGE.end())
        .drag_pan_buttons(egui::DragPanButtons::empty())
        .scroll_zooms(true)
        .register_pan_and_zoom(ui, background, &mut camera.to_screen);
    if camera.to_screen != before {
        camera.moved = true;
    }
}

/// As [`fit`], however small that makes it.
pub(super) fn fit_any(bounds: Rect, area: Rect) -> TSTransform {
    let scale = (area.width() / bounds.width().max(1.0)).min(area.height() / bounds.height().max(1.0));
    TSTransform::new(area.center().to_vec2() - bounds.center().to_vec2() * scale, scale)
}
