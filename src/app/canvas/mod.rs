//! The one-line diagram: painted in screen space, culled, with less detail from afar.

pub mod gesture;
pub mod layout;
pub mod moment;
pub mod study;
pub mod symbol;

use std::collections::{BTreeMap, BTreeSet};

use egui::emath::TSTransform;
use egui::{
    Align2, Color32, CursorIcon, FontId, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::state::{Action, Camera};
use super::theme::{self, Palette};
use crate::engineering::Study as Findings;
use crate::plan::Plan;
use crate::quantity::{Unit, format};
use crate::site::{Component, ComponentId, Kind, Layer, Medium, Object, Side, Site};
use gesture::Gesture;
use layout::Layout;
use moment::{Condition, Moment, PartMoment, Space};
use study::{Grade, Mark as StudyMark, Study};
use symbol::Pen;

/// Below this scale there is no text on the drawing.
const DETAIL_SCALE: f32 = 0.35;
/// A drawing of few parts keeps its text down to this scale.
const DETAIL_SCALE_OF_FEW: f32 = 0.2;
const FEW_PARTS: usize = 90;
/// Least size of a symbol that is drawn with detail.
const SMALLEST_SYMBOL: f32 = 21.0;
const ZOOM_RANGE: std::ops::RangeInclusive<f32> = 0.05..=4.0;
const LINK_THIN: f32 = 1.4;
const LINK_WIDE: f32 = 7.0;
/// Height at the bottom that labels leave to the legend.
const LEGEND_ROOM: f32 = 34.0;
const LABEL_LARGEST: f32 = 13.0;
const LABEL_SMALLEST: f32 = 10.0;

/// What the canvas shows.
pub struct Scene<'a> {
    pub site: &'a Site,
    pub plan: Option<&'a Plan>,
    pub period: usize,
    pub selection: Option<&'a Object>,
    /// Other parts that are selected with it.
    pub also: &'a BTreeSet<ComponentId>,
    pub revision: u64,
    pub legend: bool,
    pub study: Option<Study>,
    /// None while the drawing has not been studied yet.
    pub findings: Option<&'a Findings>,
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

    let laid = laid_out(ui, scene, view, camera);
    let presses = ui.input(|input| input.modifiers.shift);
    if background.drag_started_by(egui::PointerButton::Primary) && presses && *gesture == Gesture::None {
        let origin = ui.input(|input| input.pointer.press_origin());
        if let Some(from) = origin {
            *gesture = Gesture::Framing { from: camera.to_screen.inverse() * from };
        }
    }
    pan_and_zoom(ui, &laid, scene, view, camera, (&mut background, gesture));
    camera.pointer =
        background.hover_pos().map(|pointer| camera.to_screen.inverse() * pointer).or(camera.pointer);
    camera.middle = camera.to_screen.inverse() * view.center();
    let pointer = ui.input(|input| input.pointer.latest_pos()).map(|at| camera.to_screen.inverse() * at);
    let held = gesture::held(scene, &laid, gesture, pointer);
    let laid = match &held {
        Some(held) => std::sync::Arc::new(Layout::at(scene.site, &held.centres)),
        None => laid,
    };
    paint_grid(&painter, view, camera.to_screen, palette);
    if scene.site.components.is_empty() {
        painter.text(
            view.center(),
            Align2::CENTER_CENTER,
            "Nothing is drawn yet: press A to add a part",
            theme::font(theme::TITLE),
            palette.text_weak,
        );
        return;
    }

    let moment = Moment::new(scene.site, scene.plan, scene.period);
    let marks = match (scene.study, scene.findings) {
        (Some(study), Some(findings)) => study::marks(study, scene.site, findings, &moment),
        _ => BTreeMap::new(),
    };
    let drawing = Drawing {
        site: scene.site,
        layout: &laid,
        moment: &moment,
        palette,
        to_screen: camera.to_screen,
        study: scene.study,
        marks: &marks,
    };
    drawing.paint_links(&painter, scene.selection);
    let mut obstacles = vec![study_bar(view)];
    if scene.legend {
        obstacles.push(Rect::from_min_max(pos2(view.left(), view.bottom() - LEGEND_ROOM), view.max));
    }
    let mut clicked = false;
    let chosen = scene.chosen_places();
    let adds = ui.input(|input| input.modifiers.shift || input.modifiers.command);
    for (index, part) in scene.site.components.iter().enumerate() {
        let rect = drawing.rect(index);
        if !view.expand(160.0).intersects(rect) {
            continue;
        }
        let selected = chosen.contains(&index);
        let response = node_response(ui, &drawing, index, rect.intersect(view), id, selected);
        drawing.paint_node(&painter, index, selected, response.hovered());
        obstacles.push(drawing.occupied(index).expand(if selected { 6.0 } else { 0.0 }));
        if response.clicked() {
            actions.push(match adds {
                true => Action::SelectAlso(part.id.clone()),
                false => Action::Select(Some(Object::Component(part.id.clone()))),
            });
            clicked = true;
        }
        if response.drag_started_by(egui::PointerButton::Primary) && *gesture == Gesture::None {
            if !selected {
                actions.push(Action::Select(Some(Object::Component(part.id.clone()))));
            }
            if let Some(from) = ui.input(|input| input.pointer.press_origin()) {
                *gesture = Gesture::Moving { part: part.id.clone(), from: camera.to_screen.inverse() * from };
            }
        }
        if response.double_clicked() {
            actions.push(Action::Reveal(Object::Component(part.id.clone())));
        }
        if *gesture == Gesture::None {
            response.on_hover_ui(|ui| drawing.tooltip(ui, index));
        }
    }
    if drawing.is_detailed() {
        drawing.paint_labels(&painter, obstacles, scene.selection);
    }
    gesture::paint(ui, &drawing, scene, gesture, held.as_ref());
    gesture::port(ui, &drawing, scene, id, gesture);
    gesture::follow(ui, &drawing, scene, gesture, held.as_ref(), actions);
    if background.clicked() && !clicked {
        let link = background.interact_pointer_pos().and_then(|at| gesture::link_at(&drawing, at));
        actions.push(Action::Select(link.map(|link| Object::Link(scene.site.links[link].id.clone()))));
    }
    if scene.legend {
        let entries = match scene.study {
            Some(study) => study_entries(study, palette),
            None => legend_entries(scene.site, palette),
        };
        paint_legend(&painter, view, &entries, palette);
    }
}

/// Where the choice of a study stands; labels keep clear of it.
pub fn study_bar(view: Rect) -> Rect {
    Rect::from_min_size(view.min + vec2(10.0, 8.0), vec2(442.0, 30.0))
}

/// A small drawing without interaction, for the gallery.
pub fn thumbnail(painter: &Painter, rect: Rect, site: &Site, palette: &Palette) {
    painter.rect_filled(rect, theme::RADIUS_SMALL, palette.canvas);
    let layout = Layout::new(site);
    let Some(bounds) = layout.bounds else { return };
    let to_screen = fit(bounds.expand(30.0), rect.shrink(10.0));
    let moment = Moment::new(site, None, 0);
    let marks = BTreeMap::new();
    let drawing =
        Drawing { site, layout: &layout, moment: &moment, palette, to_screen, study: None, marks: &marks };
    let painter = painter.with_clip_rect(rect);
    drawing.paint_links(&painter, None);
    for index in 0..site.components.len() {
        drawing.paint_node(&painter, index, false, false);
    }
}

/// The layout of the site, worked out once a revision.
fn laid_out(ui: &Ui, scene: &Scene<'_>, view: Rect, camera: &mut Camera) -> std::sync::Arc<Layout> {
    if !camera.moved && (camera.last_size - view.size()).abs().max_elem() > 0.5 {
        camera.fit = true;
    }
    camera.last_size = view.size();
    let id = egui::Id::unique("canvas layout");
    let kept: Option<(u64, std::sync::Arc<Layout>)> = ui.data(|data| data.get_temp(id));
    if let Some((revision, layout)) = kept
        && revision == scene.revision
    {
        return layout;
    }
    let layout = std::sync::Arc::new(Layout::new(scene.site));
    ui.data_mut(|data| data.insert_temp(id, (scene.revision, std::sync::Arc::clone(&layout))));
    layout
}

/// The part of the view that is free of overlays.
fn drawing_area(view: Rect) -> Rect {
    Rect::from_min_max(view.min + vec2(22.0, 42.0), view.max - vec2(22.0, 54.0))
}

fn fit(bounds: Rect, area: Rect) -> TSTransform {
    let scale = (area.width() / bounds.width().max(1.0)).min(area.height() / bounds.height().max(1.0));
    let scale = scale.clamp(*ZOOM_RANGE.start(), 1.4);
    TSTransform::new(area.center().to_vec2() - bounds.center().to_vec2() * scale, scale)
}

fn pan_and_zoom(
    ui: &Ui,
    layout: &Layout,
    scene: &Scene<'_>,
    view: Rect,
    camera: &mut Camera,
    (background, gesture): (&mut Response, &Gesture),
) {
    let area = drawing_area(view);
    // Labels stand beside the outermost symbols.
    let bounds = layout
        .bounds
        .map(|bounds| Rect::from_min_max(bounds.min - vec2(70.0, 6.0), bounds.max + vec2(70.0, 6.0)));
    if std::mem::take(&mut camera.fit)
        && let Some(bounds) = bounds
    {
        camera.to_screen = fit(bounds, area);
        camera.moved = false;
    }
    if std::mem::take(&mut camera.zoom_to_selection)
        && let Some(Object::Component(id)) = scene.selection
        && let Some(index) = scene.site.components.iter().position(|part| part.id == *id)
    {
        camera.to_screen = fit(layout.nodes[index].expand(160.0), area);
        camera.moved = true;
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

fn paint_grid(painter: &Painter, view: Rect, to_screen: TSTransform, palette: &Palette) {
    let mut step = 48.0 * to_screen.scaling;
    while step < 22.0 {
        step *= 2.0;
    }
    let origin = to_screen.translation;
    let mut x = view.left() + (origin.x - view.left()).rem_euclid(step);
    while x < view.right() {
        let mut y = view.top() + (origin.y - view.top()).rem_euclid(step);
        while y < view.bottom() {
            painter.rect_filled(
                Rect::from_center_size(pos2(x, y), Vec2::splat(1.5)),
                0.0,
                palette.canvas_dot,
            );
            y += step;
        }
        x += step;
    }
}

/// Makes a painted node something that pointers, tests and screen readers find.
fn node_response(
    ui: &Ui,
    drawing: &Drawing<'_>,
    index: usize,
    rect: Rect,
    id: egui::Id,
    selected: bool,
) -> Response {
    let part = &drawing.site.components[index];
    let response = ui.interact(rect, id.with(&part.id), Sense::click_and_drag());
    let words = drawing.words(part);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, words.clone()));
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A laid-out site at a moment, and how it lies on the screen.
struct Drawing<'a> {
    site: &'a Site,
    layout: &'a Layout,
    moment: &'a Moment,
    palette: &'a Palette,
    to_screen: TSTransform,
    study: Option<Study>,
    /// By place in the site's components; empty without a study.
    marks: &'a BTreeMap<usize, StudyMark>,
}

impl Drawing<'_> {
    fn scale(&self) -> f32 {
        self.to_screen.scaling
    }

    /// Near enough for text and round elbows.
    fn is_detailed(&self) -> bool {
        let few = self.site.components.len() <= FEW_PARTS;
        self.scale() >= if few { DETAIL_SCALE_OF_FEW } else { DETAIL_SCALE }
    }

    fn part(&self, component: &Component) -> Option<&PartMoment> {
        self.moment.parts.get(&component.id)
    }

    /// "Transformer T1, 40 MVA, planned"
    fn words(&self, component: &Component) -> String {
        let mut words = format!("{} {}", component.kind.label(), component.tag);
        let rating = rating_text(component);
        if !rating.is_empty() {
            words = format!("{words}, {rating}");
        }
        if let Some(part) = self.part(component) {
            words = format!("{words}, {}", part.condition.word());
            if part.is_overloaded() {
                words.push_str(", over its rating");
            }
        }
        words
    }

    // Links.

    fn paint_links(&self, painter: &Painter, selection: Option<&Object>) {
        let largest = self.moment.largest_link_mw();
        let mut order: Vec<usize> = (0..self.site.links.len()).collect();
        // Fibre and air lie beneath, power on top.
        order.sort_by_key(|index| match self.site.links[*index].medium {
            _ if self.is_auxiliary(&self.site.links[*index]) => 0,
            Medium::Air { .. } => 0,
            Medium::Fibre { .. } => 1,
            Medium::Liquid { .. } => 2,
            Medium::Power { .. } => 3,
        });
        for index in order {
            self.paint_link(painter, index, largest, selection);
        }
    }

    fn paint_link(&self, painter: &Painter, index: usize, largest: f64, selection: Option<&Object>) {
        let link = &self.site.links[index];
        let points = &self.layout.links[index];
        if points.len() < 2 {
            return;
        }
        let line: Vec<Pos2> = points.iter().map(|point| self.to_screen * *point).collect();
        let Some(bounds) = line.iter().map(|p| Rect::from_center_size(*p, Vec2::ZERO)).reduce(Rect::union)
        else {
            return;
        };
        if !painter.clip_rect().intersects(bounds.expand(8.0)) {
            return;
        }
        let share = if largest > 1e-9 { (self.moment.link_mw[index] / largest) as f32 } else { 0.0 };
        let zoom = self.scale().sqrt().clamp(0.45, 1.4);
        let auxiliary = self.is_auxiliary(link);
        let width = match link.medium {
            Medium::Fibre { .. } => LINK_THIN,
            Medium::Power { .. } if auxiliary => 1.0,
            Medium::Air { .. } => LINK_THIN + (LINK_WIDE - LINK_THIN) * 0.6 * share,
            _ => LINK_THIN + (LINK_WIDE - LINK_THIN) * share,
        } * zoom;
        let solid = self.link_is_solid(link);
        let side = self.link_side(link);
        let colour = link_colour(self.palette, &link.medium, side);
        let colour = match self.study {
            Some(study) if study.keeps(&link.medium) => theme::mix(colour, self.palette.canvas, 0.3),
            Some(_) => theme::mix(colour, self.palette.canvas, 0.75),
            None => colour,
        };
        let colour = match (solid, auxiliary) {
            (true, false) => colour,
            (true, true) => theme::mix(colour, self.palette.canvas, 0.55),
            (false, false) => theme::mix(colour, self.palette.canvas, 0.4),
            (false, true) => theme::mix(colour, self.palette.canvas, 0.68),
        };
        let line = if self.is_detailed() { layout::rounded(&line, 9.0 * self.scale()) } else { line };
        if matches!(selection, Some(Object::Link(id)) if *id == link.id) {
            painter.add(Shape::line(line.clone(), Stroke::new(width + 6.0, self.palette.accent_soft)));
        }
        let stroke = Stroke::new(width, colour);
        if !solid {
            painter.extend(Shape::dashed_line(&line, Stroke::new(width.min(1.6), colour), 5.0, 4.0));
        } else if matches!(side, Side::B) && !auxiliary && link.medium.is_power() {
            painter.extend(Shape::dashed_line(&line, stroke, (width * 4.0).max(9.0), (width * 0.9).max(2.5)));
        } else if matches!(link.medium, Medium::Fibre { .. }) {
            painter.extend(Shape::dashed_line(&line, stroke, 2.0, 3.0));
        } else {
            painter.add(Shape::line(line, stroke));
        }
    }

    /// Power for a cooling part, which stands back behind the way of the load.
    fn is_auxiliary(&self, link: &crate::site::Link) -> bool {
        link.medium.is_power()
            && self.site.component(&link.to).is_some_and(|part| part.kind.layer() == Layer::Cooling)
    }

    fn link_is_solid(&self, link: &crate::site::Link) -> bool {
        [&link.from, &link.to]
            .iter()
            .all(|id| self.moment.parts.get(*id).is_none_or(|part| part.condition.is_solid()))
    }

    fn link_side(&self, link: &crate::site::Link) -> Side {
        let index = |id: &str| self.site.components.iter().position(|part| part.id == id);
        match (index(&link.from), index(&link.to)) {
            (Some(from), Some(to)) => layout::link_side(self.site, from, to),
            _ => Side::None,
        }
    }

    // Nodes.

    fn rect(&self, index: usize) -> Rect {
        let rect = self.to_screen * self.layout.nodes[index];
        let small = self.is_detailed()
            && rect.height() < SMALLEST_SYMBOL
            && self.layout.nodes[index].width() <= layout::SYMBOL;
        if small { Rect::from_center_size(rect.center(), Vec2::splat(SMALLEST_SYMBOL)) } else { rect }
    }

    /// The screen space a node takes, which labels keep clear of.
    fn occupied(&self, index: usize) -> Rect {
        self.rect(index).expand(2.0)
    }

    fn paint_node(&self, painter: &Painter, index: usize, selected: bool, hovered: bool) {
        let component = &self.site.components[index];
        let Some(part) = self.part(component) else { return };
        let rect = self.rect(index);
        if !painter.clip_rect().intersects(rect.expand(20.0)) {
            return;
        }
        let palette = self.palette;
        let mark = self.marks.get(&index);
        if let Some(mark) = mark {
            let colour = palette.grade(mark.grade);
            let plate = rect.expand((6.0 * self.scale()).clamp(3.0, 7.0));
            painter.rect(
                plate,
                5.0,
                colour.gamma_multiply(0.38),
                Stroke::new(1.6, colour),
                StrokeKind::Outside,
            );
        }
        if selected || hovered {
            let fill = if selected {
                palette.accent_soft
            } else {
                theme::mix(palette.canvas, palette.accent_soft, 0.6)
            };
            let stroke = Stroke::new(if selected { 2.0 } else { 1.0 }, palette.accent);
            painter.rect(rect.expand(5.0), 6.0, fill, stroke, StrokeKind::Outside);
        }
        if let Some(hall) = component.hall() {
            let words = mark.map(|mark| mark.words.as_str());
            self.paint_hall(painter, component, hall.critical_mw, part, rect, words);
        } else {
            // A patch of ground hides the wires behind an open symbol.
            if !matches!(component.kind, Kind::Switchgear(_)) && !selected && !hovered && mark.is_none() {
                painter.rect_filled(rect, 3.0, palette.canvas);
            }
            let colour = match (self.study, mark) {
                (None, _) => self.node_colour(component, part),
                // On its plate a symbol has the colour of text; what the study leaves out stands back.
                (Some(_), Some(_)) => palette.text,
                (Some(_), None) => theme::mix(self.node_colour(component, part), palette.canvas, 0.6),
            };
            let pen = Pen {
                painter,
                stroke: Stroke::new((1.7 * self.scale().sqrt()).clamp(0.8, 2.6), colour),
                fill: palette.symbol_fill,
                dashed: !part.condition.is_solid() && part.condition != Condition::Removed,
                text: rect.height() > 12.0,
            };
            symbol::draw(&pen, &component.kind, rect);
        }
        match part.condition {
            Condition::Works => {
                symbol::hatch(painter, rect.expand(3.0), 6.0, Stroke::new(1.0, palette.works));
            }
            Condition::Removed => {
                let stroke = Stroke::new(2.0, palette.error);
                painter.line_segment([rect.left_top(), rect.right_bottom()], stroke);
                painter.line_segment([rect.right_top(), rect.left_bottom()], stroke);
            }
            Condition::Standing | Condition::Planned | Condition::Built => {}
        }
        if part.is_overloaded() && self.is_detailed() {
            symbol::overload_badge(painter, rect.right_top(), 7.0, palette);
        }
    }

    fn node_colour(&self, component: &Component, part: &PartMoment) -> Color32 {
        let palette = self.palette;
        if part.is_overloaded() {
            return palette.error;
        }
        let base = match (component.kind.layer(), component.side) {
            (Layer::Power, Side::A) => palette.side_a,
            (Layer::Power, Side::B) => palette.side_b,
            (Layer::Cooling, _) => theme::mix(palette.symbol, palette.liquid, 0.55),
            (Layer::Fibre, _) => palette.fibre,
            _ => palette.symbol,
        };
        if part.condition.is_solid() { base } else { theme::mix(base, palette.canvas, 0.35) }
    }

    fn paint_hall(
        &self,
        painter: &Painter,
        component: &Component,
        critical_mw: f64,
        part: &PartMoment,
        rect: Rect,
        words: Option<&str>,
    ) {
        let palette = self.palette;
        let scale = self.scale();
        let detailed = self.is_detailed();
        painter.rect(
            rect,
            (5.0 * scale).min(5.0),
            palette.symbol_fill,
            Stroke::new(1.4, if part.condition.is_solid() { palette.symbol } else { palette.works }),
            StrokeKind::Middle,
        );
        // A room too low for words inside has them above its roof.
        let inside = rect.height() > 48.0 && rect.width() > 84.0;
        let header = if detailed && inside { label_size(scale) + 6.0 } else { 0.0 };
        let footer = if detailed && rect.height() > 58.0 && inside { label_size(scale) + 5.0 } else { 0.0 };
        let inner = rect.shrink((6.0 * scale).clamp(2.0, 8.0));
        let grid = Rect::from_min_max(inner.min + vec2(0.0, header), inner.max - vec2(0.0, footer));
        self.paint_racks(painter, grid, critical_mw, part);
        if !detailed || !inside {
            return;
        }
        let size = label_size(scale);
        let clip = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
        let title =
            clip.text(inner.left_top(), Align2::LEFT_TOP, &component.tag, theme::bold(size), palette.text);
        let rating = words.map_or_else(|| format::mw(critical_mw), str::to_owned);
        let room = inner.right() - title.right() - 8.0;
        let galley = clip.layout_no_wrap(rating, theme::font(size), palette.text_weak);
        if galley.size().x <= room {
            clip.galley(pos2(inner.right() - galley.size().x, inner.top()), galley, palette.text_weak);
        }
        if footer > 0.0 {
            let text = fitting(&clip, &space_texts(part), theme::font(size - 0.5), inner.width());
            clip.text(
                inner.left_bottom(),
                Align2::LEFT_BOTTOM,
                text,
                theme::font(size - 0.5),
                palette.text_weak,
            );
        }
    }

    /// Racks in columns, filled by use from the left.
    fn paint_racks(&self, painter: &Painter, grid: Rect, critical_mw: f64, part: &PartMoment) {
        if grid.height() < 3.0 || grid.width() < 6.0 || critical_mw <= 0.0 {
            return;
        }
        let palette = self.palette;
        let rows = if grid.height() > 44.0 { 4_usize } else { 3 };
        let pitch = (grid.height() / rows as f32).max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a small count"
        )]
        let columns = ((grid.width() / (pitch * 0.62)).round().clamp(8.0, 30.0)) as usize;
        let cell = vec2(grid.width() / columns as f32, pitch);
        let gap = (cell.x * 0.16).clamp(0.4, 2.0);
        let cells = rows * columns;
        let mut ends = Vec::new();
        let mut sum = 0.0;
        for (space, mw) in &part.space {
            sum += mw / critical_mw * cells as f64;
            ends.push((sum, *space));
        }
        for index in 0..cells {
            let (column, row) = (index / rows, index % rows);
            let at = grid.min + vec2(column as f32 * cell.x, row as f32 * cell.y);
            let rect = Rect::from_min_size(at, cell).shrink(gap / 2.0);
            let middle = index as f64 + 0.5;
            let space = ends.iter().find(|(end, _)| middle < *end).map(|(_, space)| *space);
            let radius = (cell.x * 0.12).min(2.0);
            match space {
                Some(Space::Hosting(offer)) => {
                    painter.rect_filled(rect, radius, theme::tenant(palette, offer));
                }
                Some(Space::Mining) => {
                    painter.rect_filled(rect, radius, palette.mining);
                }
                Some(Space::Works) => {
                    symbol::hatch(painter, rect, 4.0, Stroke::new(1.0, palette.works));
                }
                Some(Space::Fitted) => {
                    painter.rect_stroke(
                        rect,
                        radius,
                        Stroke::new(1.0, palette.hosting[0]),
                        StrokeKind::Inside,
                    );
                }
                None => {
                    painter.rect_filled(rect, radius, palette.unused);
                }
            }
        }
    }

    // Labels.

    /// Labels beside symbols, most important first, none over another or over a symbol.
    fn paint_labels(&self, painter: &Painter, mut taken: Vec<Rect>, selection: Option<&Object>) {
        let wires: Vec<Rect> = self
            .layout
            .links
            .iter()
            .flat_map(|line| line.windows(2))
            .map(|run| Rect::from_two_pos(self.to_screen * run[0], self.to_screen * run[1]).expand(1.0))
            .collect();
        let has_words_inside = |index: usize| {
            let rect = self.rect(index);
            self.site.components[index].hall().is_some() && rect.height() > 48.0 && rect.width() > 84.0
        };
        let mut order: Vec<usize> =
            (0..self.site.components.len()).filter(|index| !has_words_inside(*index)).collect();
        order.sort_by_key(|index| (self.label_rank(*index, selection), *index));
        for index in order {
            let rect = self.rect(index);
            if painter.clip_rect().intersects(rect) {
                self.paint_label(painter, index, rect, &wires, &mut taken);
            }
        }
    }

    fn label_rank(&self, index: usize, selection: Option<&Object>) -> u8 {
        let component = &self.site.components[index];
        if matches!(selection, Some(Object::Component(id)) if *id == component.id) {
            return 0;
        }
        if self.part(component).is_some_and(PartMoment::is_overloaded) {
            return 1;
        }
        match component.kind {
            Kind::Hall(_) | Kind::GridFeed(_) => 2,
            Kind::Transformer(_) | Kind::Genset(_) | Kind::Ups(_) => 3,
            Kind::Switchgear(_) => 5,
            _ => 4,
        }
    }

    fn paint_label(
        &self,
        painter: &Painter,
        index: usize,
        rect: Rect,
        wires: &[Rect],
        taken: &mut Vec<Rect>,
    ) {
        let component = &self.site.components[index];
        let Some(part) = self.part(component) else { return };
        let size = label_size(self.scale());
        let palette = self.palette;
        let rating = rating_text(component);
        let load = part.load_share().filter(|_| part.condition.is_solid()).map(|share| {
            format!("{} · {} %", format::mw(part.load_mw.unwrap_or(0.0)), format::number(share * 100.0, 0))
        });
        let (load, load_colour) = match (self.study, self.marks.get(&index)) {
            (Some(_), mark) => (mark.map(|mark| mark.words.clone()), palette.text),
            (None, _) if part.is_overloaded() => (load, palette.error),
            (None, _) => (load, palette.text_weak),
        };
        let weak = if part.condition.is_solid() { palette.text } else { palette.text_weak };
        let full = vec![
            Line { bold: component.tag.clone(), plain: rating.clone(), colour: weak },
            Line { bold: String::new(), plain: load.unwrap_or_default(), colour: load_colour },
        ];
        let tag = vec![Line { bold: component.tag.clone(), plain: rating, colour: weak }];
        let bare = vec![Line { bold: component.tag.clone(), plain: String::new(), colour: weak }];
        let smaller = (size - 1.0).max(LABEL_SMALLEST);
        for (lines, size) in [(&full, size), (&full, smaller), (&tag, smaller), (&bare, smaller)] {
            let lines: Vec<&Line> = lines.iter().filter(|line| !line.is_empty()).collect();
            let extent = measure(painter, &lines, size);
            let best = label_places(rect, extent)
                .into_iter()
                .map(|(at, align)| (Rect::from_min_size(at, extent), align))
                .filter(|(place, _)| {
                    painter.clip_rect().contains_rect(*place)
                        && !taken.iter().any(|other| other.intersects(place.shrink(1.0)))
                })
                .min_by_key(|(place, _)| wires.iter().filter(|wire| wire.intersects(*place)).count());
            if let Some((place, align)) = best {
                painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 2.0, palette.canvas.gamma_multiply(0.82));
                write(painter, place, align, &lines, size);
                taken.push(place.expand2(vec2(3.0, 1.0)));
                return;
            }
        }
    }

    // Tooltip.

    fn tooltip(&self, ui: &mut Ui, index: usize) {
        let component = &self.site.components[index];
        ui.set_max_width(280.0);
        let title = if component.name.is_empty() { component.kind.label() } else { &component.name };
        ui.label(theme::strong(format!("{} · {title}", component.tag), theme::BODY));
        ui.label(definition(&component.kind));
        if let Some(part) = self.part(component) {
            let mut facts = vec![rating_text(component), part.condition.word().to_owned()];
            if let (Some(load), Some(share)) = (part.load_mw, part.load_share()) {
                facts.push(format!("carries {} ({})", format::mw(load), format::percent(share)));
            }
            facts.retain(|fact| !fact.is_empty());
            ui.weak(facts.join(", "));
            if component.hall().is_some() {
                ui.weak(space_texts(part).first().cloned().unwrap_or_default());
            }
        }
        if let (Some(study), Some(mark)) = (self.study, self.marks.get(&index)) {
            ui.separator();
            ui.label(theme::strong(format!("{}: {}", study.text(), mark.words), theme::BODY));
            ui.label(&mark.because);
        }
    }
}

struct Line {
    bold: String,
    plain: String,
    colour: Color32,
}

impl Line {
    fn is_empty(&self) -> bool {
        self.bold.is_empty() && self.plain.is_empty()
    }

    fn plain_text(&self) -> String {
        match (self.bold.is_empty(), self.plain.is_empty()) {
            (false, false) => format!(" · {}", self.plain),
            _ => self.plain.clone(),
        }
    }
}

fn label_size(scale: f32) -> f32 {
    // Half points, so that zooming does not fill the glyph atlas.
    ((LABEL_LARGEST * scale.sqrt() * 2.0).round() / 2.0).clamp(LABEL_SMALLEST, LABEL_LARGEST + 3.0)
}

fn measure(painter: &Painter, lines: &[&Line], size: f32) -> Vec2 {
    let width = |text: String, font: FontId| painter.layout_no_wrap(text, font, Color32::BLACK).size().x;
    let widest = lines
        .iter()
        .map(|line| width(line.bold.clone(), theme::bold(size)) + width(line.plain_text(), theme::font(size)))
        .fold(0.0, f32::max);
    vec2(widest, (size * 1.22) * lines.len() as f32)
}

fn write(painter: &Painter, place: Rect, align: egui::Align, lines: &[&Line], size: f32) {
    for (row, line) in lines.iter().enumerate() {
        let bold = painter.layout_no_wrap(line.bold.clone(), theme::bold(size), line.colour);
        let plain = painter.layout_no_wrap(line.plain_text(), theme::font(size), line.colour);
        let width = bold.size().x + plain.size().x;
        let x = match align {
            egui::Align::Min => place.left(),
            egui::Align::Center => place.center().x - width / 2.0,
            egui::Align::Max => place.right() - width,
        };
        let y = place.top() + row as f32 * size * 1.22;
        let split = x + bold.size().x;
        painter.galley(pos2(x, y), bold, line.colour);
        painter.galley(pos2(split, y), plain, line.colour);
    }
}

/// Where a label may stand, best first.
fn label_places(rect: Rect, extent: Vec2) -> [(Pos2, egui::Align); 6] {
    let gap = 5.0;
    let middle = rect.center().y - extent.y / 2.0;
    let centred = rect.center().x - extent.x / 2.0;
    [
        (pos2(rect.right() + gap, middle), egui::Align::Min),
        (pos2(rect.left() - gap - extent.x, middle), egui::Align::Max),
        (pos2(rect.right() + gap, rect.bottom() - extent.y * 0.4), egui::Align::Min),
        (pos2(rect.right() + gap, rect.top() - extent.y * 0.6), egui::Align::Min),
        (pos2(centred, rect.bottom() + 2.0), egui::Align::Center),
        (pos2(centred, rect.top() - extent.y - 2.0), egui::Align::Center),
    ]
}

/// `2 × 40 MVA`, `120 MW`; empty for fibre.
pub fn rating_text(component: &Component) -> String {
    let (value, unit) = match (&component.kind, component.kind.electrical()) {
        (_, Some(electrical)) => (electrical.rating_mva, Unit::Mva),
        (kind, None) if kind.layer() == Layer::Fibre => return String::new(),
        _ => (component.unit_rating_mw(), Unit::Mw),
    };
    let one = format::with_unit(value, unit);
    if component.units > 1 { format!("{} × {one}", component.units) } else { one }
}

/// What fills a hall, the longest text first.
fn space_texts(part: &PartMoment) -> Vec<String> {
    let sum = |wanted: fn(&Space) -> bool| -> f64 {
        part.space.iter().filter(|(space, _)| wanted(space)).map(|(_, mw)| mw).sum()
    };
    let mut long = Vec::new();
    let mut short = Vec::new();
    for (mw, word, letter) in [
        (sum(|space| matches!(space, Space::Hosting(_))), "hosting", "H"),
        (sum(|space| matches!(space, Space::Works)), "works", "W"),
        (sum(|space| matches!(space, Space::Fitted)), "vacant", "V"),
        (sum(|space| matches!(space, Space::Mining)), "mining", "M"),
    ] {
        if mw > 0.05 {
            let number = format::number(mw, if mw >= 9.95 { 0 } else { 1 });
            long.push(format!("{number} {word}"));
            short.push(format!("{number} {letter}"));
        }
    }
    if long.is_empty() {
        return vec!["empty".to_owned()];
    }
    vec![long.join(" · "), short.join(" · ")]
}

/// The first text that fits the width; empty when none does.
fn fitting(painter: &Painter, texts: &[String], font: FontId, width: f32) -> String {
    texts
        .iter()
        .find(|text| painter.layout_no_wrap((*text).clone(), font.clone(), Color32::BLACK).size().x <= width)
        .cloned()
        .unwrap_or_default()
}

fn link_colour(palette: &Palette, medium: &Medium, side: Side) -> Color32 {
    match (medium, side) {
        (Medium::Power { .. }, Side::A) => palette.side_a,
        (Medium::Power { .. }, Side::B) => palette.side_b,
        (Medium::Power { .. }, Side::None) => palette.power,
        (Medium::Liquid { .. }, _) => palette.liquid,
        (Medium::Air { .. }, _) => palette.air,
        (Medium::Fibre { .. }, _) => palette.fibre,
    }
}

fn definition(kind: &Kind) -> &'static str {
    match kind {
        Kind::GridFeed(_) => "The connection to the utility: interconnection, contract and firm megawatts",
        Kind::Generation(_) => "Power made on the site all year",
        Kind::Transformer(_) => "Changes voltage; rated in MVA, megawatts follow with the power factor",
        Kind::Switchgear(_) => "A bus with its breakers, from which circuits branch",
        Kind::Genset(_) => "Stand-by engines that carry hosting while the grid is away",
        Kind::Ups(_) => "Uninterruptible supply: batteries carry the load until gensets run",
        Kind::Battery(_) => "Stores energy",
        Kind::AutomaticTransferSwitch(_) => "Changes between two sources within seconds",
        Kind::StaticTransferSwitch(_) => "Changes between two sources within milliseconds",
        Kind::Distribution(_) => "Brings power to the racks",
        Kind::FanWall(_) => "Moves a hall's air through coils or to the outside",
        Kind::Crah(_) => "Cools a hall's air with water",
        Kind::RearDoor(_) => "Takes heat at the back of each rack",
        Kind::Cdu(_) => "Coolant distribution unit: separates the racks' liquid loop from the plant's",
        Kind::Immersion(_) => "Machines stand in a dielectric liquid",
        Kind::Chiller(_) => "Makes cold water with a compressor",
        Kind::DryCooler(_) => "Gives heat to the outside air with fans and no water",
        Kind::AdiabaticCooler(_) => "A dry cooler that sprays water in hot hours",
        Kind::CoolingTower(_) => "Gives heat to the air by evaporating water",
        Kind::Hall(_) => "A building or yard of machines; its racks show what the megawatts are used for",
        Kind::MeetMeRoom => "Where carriers' fibre meets the site's",
        Kind::Carrier => "A network that reaches the site",
        Kind::Metro(_) => "The city a tenant's latency is measured to",
    }
}

// Legend.

fn paint_legend(painter: &Painter, view: Rect, entries: &[(Mark, &'static str)], palette: &Palette) {
    let font = theme::font(theme::SMALL);
    let galleys: Vec<_> = entries
        .iter()
        .map(|(_, text)| painter.layout_no_wrap((*text).to_owned(), font.clone(), palette.text_weak))
        .collect();
    let swatch_of = |mark: &Mark| if matches!(mark, Mark::Title) { 0.0 } else { 18.0 + 5.0 };
    let width: f32 = entries
        .iter()
        .zip(&galleys)
        .map(|((mark, _), galley)| galley.size().x + swatch_of(mark) + 12.0)
        .sum::<f32>()
        + 8.0;
    if width > view.width() - 140.0 {
        return;
    }
    let height = 24.0;
    let rect =
        Rect::from_min_size(pos2(view.left() + 10.0, view.bottom() - height - 8.0), vec2(width, height));
    painter.rect(
        rect,
        6.0,
        palette.card.gamma_multiply(0.94),
        Stroke::new(1.0, palette.border),
        StrokeKind::Inside,
    );
    let mut x = rect.left() + 10.0;
    for ((mark, _), galley) in entries.iter().zip(galleys) {
        let place = Rect::from_center_size(pos2(x + 9.0, rect.center().y), vec2(18.0, 10.0));
        paint_mark(painter, place, *mark);
        x += swatch_of(mark);
        let advance = galley.size().x + 12.0;
        painter.galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, palette.text_weak);
        x += advance;
    }
}

#[derive(Clone, Copy)]
enum Mark {
    /// The words stand alone.
    Title,
    Fill(Color32),
    Hatch(Color32),
    Line(Color32, Option<(f32, f32)>),
}

fn study_entries(study: Study, palette: &Palette) -> Vec<(Mark, &'static str)> {
    let mut entries = vec![(Mark::Title, study.title())];
    let grades = Grade::ALL.into_iter().zip(study.grades());
    entries.extend(grades.map(|(grade, words)| (Mark::Fill(palette.grade(grade)), words)));
    entries
}

fn legend_entries(site: &Site, palette: &Palette) -> Vec<(Mark, &'static str)> {
    let mut entries = vec![
        (Mark::Fill(palette.mining), "Mining"),
        (Mark::Fill(palette.hosting[0]), "Hosting"),
        (Mark::Hatch(palette.works), "Works"),
        (Mark::Line(palette.power, None), "Power"),
    ];
    let has_side = |side| site.components.iter().any(|part| part.side == side);
    if has_side(Side::A) {
        entries.push((Mark::Line(palette.side_a, None), "A side"));
    }
    if has_side(Side::B) {
        entries.push((Mark::Line(palette.side_b, Some((7.0, 2.5))), "B side"));
    }
    let present: BTreeMap<&str, ()> = site.links.iter().map(|link| (link.medium.label(), ())).collect();
    for (word, mark) in [
        ("Liquid", Mark::Line(palette.liquid, None)),
        ("Air", Mark::Line(palette.air, None)),
        ("Fibre", Mark::Line(palette.fibre, Some((2.0, 3.0)))),
    ] {
        if present.contains_key(word) {
            entries.push((mark, word));
        }
    }
    if site.components.iter().any(|part| part.planned().is_some()) {
        entries.push((Mark::Line(palette.text_weak, Some((4.0, 3.0))), "May be built"));
    }
    entries
}

fn paint_mark(painter: &Painter, place: Rect, mark: Mark) {
    match mark {
        Mark::Title => {}
        Mark::Fill(colour) => {
            painter.rect_filled(place, 2.0, colour);
        }
        Mark::Hatch(colour) => symbol::hatch(painter, place, 4.0, Stroke::new(1.0, colour)),
        Mark::Line(colour, dash) => {
            let ends = [place.left_center(), place.right_center()];
            let stroke = Stroke::new(2.0, colour);
            match dash {
                Some((dash, gap)) => painter.extend(Shape::dashed_line(&ends, stroke, dash, gap)),
                None => {
                    painter.line_segment(ends, stroke);
                }
            }
        }
    }
}
