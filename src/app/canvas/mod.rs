//! The one-line diagram: painted in screen space, culled, with less detail from afar.

pub mod align;
mod camera;
pub mod carry;
pub(super) mod far;
pub mod free;
mod furniture;
pub mod gesture;
pub mod ghost;
mod labels;
pub mod layers;
pub mod layout;
mod legend;
mod minimap;
pub mod moment;
mod naming;
mod near;
pub(super) mod paint;
mod pick;
mod route;
mod sheet;
pub mod study;
pub mod swap;
pub mod symbol;
#[cfg(test)]
mod tests;
pub mod wires;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::emath::TSTransform;
use egui::{
    Align2, CursorIcon, Mesh, Painter, PointerButton, Pos2, Rect, Response, Role, Sense, Shape, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::backdrop::{self, Shown};
use super::state::{Action, Camera, Renaming};
use super::theme::{self, Palette};
use super::tool::Ask;
use crate::engineering::Study as Findings;
use crate::plan::Plan;
use crate::site::{ComponentId, Object, Site};
use furniture::Furniture;
use gesture::Gesture;
use layers::Layers;
use paint::Drawing;
use sheet::Sheet;
use study::Study;

pub use words::rating_text;

const ZOOM_RANGE: std::ops::RangeInclusive<f32> = 0.05..=4.0;

/// Share of its ink that a drawing keeps beneath the places its parts would take.
const BENEATH_GHOSTS: f32 = 0.4;

/// What the canvas shows.
pub struct Scene<'a> {
    pub site: &'a Arc<Site>,
    pub plan: Option<&'a Arc<Plan>>,
    pub period: usize,
    pub selection: Option<&'a Object>,
    /// Other parts that are selected with it.
    pub also: &'a BTreeSet<ComponentId>,
    pub legend: bool,
    pub minimap: bool,
    pub layers: Layers,
    /// The picture beneath it.
    pub backdrop: Option<&'a Shown>,
    pub study: Option<Study>,
    /// None while the drawing has not been studied yet.
    pub findings: Option<&'a Arc<Findings>>,
    /// Where parts would go, in the site's order; see `Tool::Arrange`.
    pub ghosts: Option<&'a [Pos2]>,
    /// The part that is being given a name.
    pub renaming: Option<&'a Renaming>,
}

impl Scene<'_> {
    /// Places of the selected parts in the site's list.
    fn chosen_places(&self) -> BTreeSet<usize> {
        gesture::places(self.site, self.selection, self.also)
    }
}

/// Shows the drawing in the rest of `ui` and lets it be panned, zoomed, selected and changed.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    camera: &mut Camera,
    gesture: &mut Gesture,
    actions: &mut Vec<Action>,
) {
    let palette = theme::of(ui);
    let view = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(view);
    if view.width() < 8.0 || view.height() < 8.0 {
        return;
    }
    let id = ui.scope_id().with("canvas");
    let mut background = ui.interact(view, id, Sense::click_and_drag());
    background.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "One-line diagram"));
    let painter = ui.painter_at(view);
    painter.rect_filled(view, 0.0, palette.canvas);

    let sheet = Sheet::of(ui, scene);
    let mut furniture = Furniture::of(view, scene.backdrop.is_some());
    if scene.ghosts.is_some() {
        furniture.leave_room_at_top();
    }
    let marks = sheet::marks(ui, scene, &sheet);
    let mut drawing = Drawing {
        site: scene.site,
        sheet: &sheet,
        layout: &sheet.layout,
        palette,
        to_screen: camera.to_screen,
        study: scene.study,
        marks: &marks,
        layers: scene.layers,
    };
    // Before the drawing is moved, or a part would be taken up beside where it was pressed.
    take_hold(ui, scene, &drawing, &background, gesture, actions);
    let backdrop = scene.backdrop.map(|shown| under_hand(ui, shown, gesture, camera, actions));
    camera::pan_and_zoom(
        ui,
        &sheet.layout,
        scene,
        (view, furniture.area),
        camera,
        (&mut background, gesture),
    );
    camera.pointer =
        background.hover_pos().map(|pointer| camera.to_screen.inverse() * pointer).or(camera.pointer);
    camera.middle = camera.to_screen.inverse() * view.center();
    let pointer = ui.input(|input| input.pointer.latest_pos()).map(|at| camera.to_screen.inverse() * at);
    let held = gesture::held(scene, &sheet.layout, gesture, pointer);
    let elsewhere = held.as_ref().map(|held| sheet.layout.moved(scene.site, &held.centres));
    if let Some(shown) = &backdrop {
        backdrop::paint(&painter, shown, camera.to_screen, palette);
        backdrop::name(ui, shown, view, camera.to_screen);
    }
    paint_grid(&painter, view, camera.to_screen, palette);
    drawing.to_screen = camera.to_screen;
    carry::follow(ui, &drawing, view, gesture, actions);
    if scene.site.components.is_empty() {
        let words = "Nothing is drawn yet: press A to add a part".to_owned();
        let words = painter.layout_no_wrap(words, theme::font(theme::TITLE), palette.text_weak);
        // Beside the panel of a picture that lies beneath.
        let middle = if scene.backdrop.is_some() { furniture.area.center_bottom() } else { view.center() };
        let place = Align2::CENTER_BOTTOM.anchor_size(middle, words.size());
        painter.rect_filled(place.expand2(vec2(10.0, 5.0)), theme::RADIUS_SMALL, palette.canvas);
        painter.galley(place.min, words, palette.text_weak);
        furniture::show(ui, scene, &furniture, actions);
        return;
    }

    drawing.layout = elsewhere.as_ref().unwrap_or(&sheet.layout);
    let chosen = scene.chosen_places();
    let resting = ui.input(|input| input.pointer.hover_pos()).filter(|_| background.hovered());
    let hovered = resting.filter(|_| *gesture == Gesture::None).and_then(|at| drawing.part_at(at));
    let over = minimap_place(scene, &drawing, view);
    let labels = paint_drawing(&painter, scene, &drawing, &furniture, &chosen, hovered, over);
    // A screen reader is told of all in sight, a pointer of what it rests on.
    if pick::is_read(ui, id) {
        for index in 0..scene.site.components.len() {
            if drawing.seen(index) != layers::Seen::Hidden && view.intersects(drawing.rect(index)) {
                pick::known(ui, &drawing, index, id, chosen.contains(&index), actions);
            }
        }
    }
    if let Some(index) = hovered {
        ui.set_cursor_icon(CursorIcon::PointingHand);
        let part = pick::id_of(id, &scene.site.components[index].id);
        let response = ui.interact(drawing.rect(index).intersect(view), part.with("tip"), Sense::hover());
        response.on_hover_ui(|ui| drawing.tooltip(ui, index));
    }
    press(ui, scene, &drawing, &background, &labels, actions);
    gesture::paint(ui, &drawing, scene, gesture, held.as_ref());
    gesture::port(ui, &drawing, scene, id, gesture);
    gesture::follow(ui, &drawing, scene, gesture, held.as_ref(), actions);
    if let Some(ghosts) = scene.ghosts.filter(|ghosts| ghosts.len() == scene.site.components.len()) {
        ghost::paint(&painter, &drawing, ghosts);
    }
    if scene.legend {
        let entries = match scene.study {
            Some(study) => legend::study_entries(study, palette),
            None => legend::entries(scene.site, palette),
        };
        legend::paint(&painter, furniture.legend, furniture.column, &entries, palette);
    }
    if let Some(place) = over {
        minimap::show(ui, &drawing, view, place, camera);
    }
    if let Some(renaming) = scene.renaming {
        naming::show(ui, &drawing, renaming, &labels, actions);
    }
    furniture::show(ui, scene, &furniture, actions);
}

fn minimap_place(scene: &Scene<'_>, drawing: &Drawing<'_>, view: Rect) -> Option<Rect> {
    let world = drawing.layout.bounds.filter(|_| scene.minimap)?;
    minimap::place(view, world, drawing.to_screen)
}

/// Paints links, parts and words; gives where the words came to stand, by place of their part.
fn paint_drawing(
    painter: &Painter,
    scene: &Scene<'_>,
    drawing: &Drawing<'_>,
    furniture: &Furniture,
    chosen: &BTreeSet<usize>,
    hovered: Option<usize>,
    minimap: Option<Rect>,
) -> Vec<(usize, Rect)> {
    let is_chosen = |index: usize| chosen.contains(&index);
    let mut obstacles = furniture.obstacles(scene.legend);
    obstacles.extend(minimap);
    if !drawing.is_detailed() {
        drawing.paint_far(painter, scene.selection, is_chosen, hovered);
        if scene.ghosts.is_some() || !drawing.has_tags() {
            return Vec::new();
        }
        return drawing.paint_labels(painter, obstacles, chosen, scene.selection);
    }
    // What stands gives way to the frames of where it would stand.
    let mut painter = painter.clone();
    if scene.ghosts.is_some() {
        painter.multiply_opacity(BENEATH_GHOSTS);
    }
    let painter = &painter;
    drawing.paint_links(painter, scene.selection);
    let view = painter.clip_rect();
    for index in 0..scene.site.components.len() {
        if !view.expand(160.0).intersects(drawing.rect(index)) || drawing.seen(index) == layers::Seen::Hidden
        {
            continue;
        }
        drawing.paint_node(painter, index, is_chosen(index), hovered == Some(index));
    }
    if scene.ghosts.is_some() {
        return Vec::new();
    }
    drawing.paint_labels(painter, obstacles, chosen, scene.selection)
}

/// The backdrop as the hand that holds it has it.
fn under_hand(
    ui: &Ui,
    shown: &Shown,
    gesture: &mut Gesture,
    camera: &Camera,
    actions: &mut Vec<Action>,
) -> Shown {
    let Gesture::Backdrop(grip) = *gesture else { return shown.clone() };
    let mut grip = Some(grip);
    let shown = backdrop::follow(ui, shown, &mut grip, camera.to_screen, actions);
    *gesture = grip.map_or(Gesture::None, Gesture::Backdrop);
    shown
}

/// What a drag is about: the part it begins on, with Shift a frame, else the whole drawing.
fn take_hold(
    ui: &Ui,
    scene: &Scene<'_>,
    drawing: &Drawing<'_>,
    background: &Response,
    gesture: &mut Gesture,
    actions: &mut Vec<Action>,
) {
    let modifiers = ui.input(|input| input.modifiers);
    if background.drag_started_by(PointerButton::Primary)
        && *gesture == Gesture::None
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        let from = drawing.to_screen.inverse() * origin;
        match drawing.part_at(origin) {
            _ if modifiers.shift => *gesture = Gesture::Framing { from },
            Some(index) => {
                let part = &scene.site.components[index];
                if part.drawn.locked {
                    actions.push(Action::Ask(Ask::SayLocked(part.id.clone())));
                    *gesture = Gesture::Refused;
                } else {
                    if !scene.chosen_places().contains(&index) {
                        actions.push(Action::SelectParts(pick::group_of(scene, index)));
                    }
                    *gesture = Gesture::Moving { part: part.id.clone(), from };
                }
            }
            None => {
                let grip = scene.backdrop.and_then(|shown| shown.grip(origin, drawing.to_screen));
                if let Some(grip) = grip {
                    *gesture = Gesture::Backdrop(grip);
                }
            }
        }
    }
}

/// A click selects; twice, it goes into the group that is selected, else shows the part, or names it where it is on the name.
fn press(
    ui: &Ui,
    scene: &Scene<'_>,
    drawing: &Drawing<'_>,
    background: &Response,
    labels: &[(usize, Rect)],
    actions: &mut Vec<Action>,
) {
    let modifiers = ui.input(|input| input.modifiers);
    let Some(at) = background.interact_pointer_pos() else { return };
    if background.double_clicked() {
        let named = labels.iter().find(|(_, place)| place.contains(at)).map(|(index, _)| *index);
        let titled = || {
            let index = drawing.part_at(at)?;
            let title = drawing.rect(index).with_max_y(drawing.rect(index).top() + naming::TITLE);
            (drawing.has_words_inside(index) && title.contains(at)).then_some(index)
        };
        if let Some(index) = named.or_else(titled) {
            actions.push(Action::Ask(Ask::BeginRename(scene.site.components[index].id.clone())));
        } else if let Some(index) = drawing.part_at(at)
            && let Some(inner) = pick::clicked_twice(scene, index)
        {
            actions.push(inner);
        } else if let Some(index) = drawing.part_at(at) {
            actions.push(Action::Reveal(Object::Component(scene.site.components[index].id.clone())));
        }
    } else if background.clicked() {
        if let Some(index) = drawing.part_at(at) {
            actions.extend(pick::clicked(scene, index, modifiers.shift || modifiers.command));
        } else {
            let link = gesture::link_at(drawing, at).map(|link| scene.site.links[link].id.clone());
            actions.push(Action::Select(link.map(Object::Link)));
        }
    }
}

/// A small drawing without interaction, for the gallery.
pub fn thumbnail(painter: &Painter, rect: Rect, site: &Arc<Site>, palette: &Palette) {
    painter.rect_filled(rect, theme::RADIUS_SMALL, palette.canvas);
    let sheet = Sheet::of_thumbnail(painter.ctx(), site);
    let Some(bounds) = sheet.layout.bounds else { return };
    let drawing = Drawing {
        site,
        sheet: &sheet,
        layout: &sheet.layout,
        palette,
        to_screen: camera::fit(bounds.expand(30.0), rect.shrink(10.0)),
        study: None,
        marks: &Arc::default(),
        layers: Layers::default(),
    };
    let painter = painter.with_clip_rect(rect);
    drawing.paint_links(&painter, None);
    for index in 0..site.components.len() {
        drawing.paint_node(&painter, index, false, false);
    }
}

fn paint_grid(painter: &Painter, view: Rect, to_screen: TSTransform, palette: &Palette) {
    let mut step = 48.0 * to_screen.scaling;
    while step < 22.0 {
        step *= 2.0;
    }
    let origin = to_screen.translation;
    let mut mesh = Mesh::default();
    let mut x = view.left() + (origin.x - view.left()).rem_euclid(step);
    while x < view.right() {
        let mut y = view.top() + (origin.y - view.top()).rem_euclid(step);
        while y < view.bottom() {
            let dot = Rect::from_center_size(pos2(x, y), Vec2::splat(1.5));
            mesh.add_colored_rect(dot, palette.canvas_dot);
            y += step;
        }
        x += step;
    }
    painter.add(Shape::mesh(mesh));
}
