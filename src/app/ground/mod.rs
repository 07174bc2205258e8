//! The site in real lengths: the plan in metres, the map of fibre in kilometres. The same parts as on the one-line, each
//! with a place of its own; what has none yet waits in a tray at the side.

mod carry;
mod names;
mod paint;
mod put;
mod touch;
mod tray;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egui::emath::TSTransform;
use egui::{CursorIcon, PointerButton, Pos2, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::backdrop::{self, Grip, Shown};
use super::canvas::gesture::Gesture;
use super::canvas::moment::{Moment, same_plan};
use super::state::{Action, Camera, Place, SiteView, View};
use super::{App, Document, chart, theme};
use crate::draft::{footprint, on_the_plan};
use crate::plan::Plan;
use crate::site::backdrop::Under;
use crate::site::drawing::link_ends;
use crate::site::edit::Edit;
use crate::site::ground::{Ground, on_its_way, place};
use crate::site::{Component, ComponentId, Point, Site};
use names::Names;
use paint::Picture;

pub use put::Spot;
pub(super) use put::added;

/// What is seen of a ground, and what is held on it.
#[derive(Clone, Debug, Default)]
pub struct GroundView {
    to_screen: TSTransform,
    /// The camera was never fitted, or the window has changed since.
    size: Vec2,
    /// Middle of the view on the screen.
    middle: Pos2,
    /// Where the pointer was last, in the unit of the ground.
    pointer: Option<Pos2>,
    /// The user has moved it; without that it follows the size of the window.
    moved: bool,
    /// A part that follows the pointer, and where in it the pointer took hold, in the unit of the ground.
    held: Option<(ComponentId, Vec2)>,
    /// Where links end, of the site it was worked out for.
    ends: Option<(Arc<Site>, Arc<LinkEnds>)>,
    names: Names,
    moment: Option<KeptMoment>,
    /// The picture beneath, where it is held.
    grip: Option<Grip>,
}

/// A site in a period of a plan, with what it was worked out for.
#[derive(Clone, Debug)]
struct KeptMoment {
    site: Arc<Site>,
    plan: Option<Arc<Plan>>,
    period: usize,
    moment: Arc<Moment>,
}

type LinkEnds = Vec<Option<(usize, usize)>>;

impl GroundView {
    /// What stands and is used in a period; the one of the frame before while nothing of it has changed.
    fn moment(&mut self, site: &Arc<Site>, plan: Option<&Arc<Plan>>, period: usize) -> Arc<Moment> {
        let is_same = |kept: &&KeptMoment| {
            Arc::ptr_eq(&kept.site, site) && same_plan(kept.plan.as_ref(), plan) && kept.period == period
        };
        if let Some(kept) = self.moment.as_ref().filter(is_same) {
            return Arc::clone(&kept.moment);
        }
        let moment = Arc::new(Moment::new(site, plan.map(Arc::as_ref), period));
        self.moment = Some(KeptMoment {
            site: Arc::clone(site),
            plan: plan.cloned(),
            period,
            moment: Arc::clone(&moment),
        });
        moment
    }

    /// What is seen of it, in its unit; nothing while it was not shown yet.
    fn seen(&self) -> Option<Rect> {
        let Self { to_screen, size, middle, .. } = self;
        let is_shown = size.min_elem() > 8.0 && to_screen.scaling > 0.0;
        is_shown.then(|| Rect::from_center_size(to_screen.inverse() * *middle, *size / to_screen.scaling))
    }

    fn ends(&mut self, site: &Arc<Site>) -> Arc<LinkEnds> {
        match &self.ends {
            Some((known, ends)) if Arc::ptr_eq(known, site) => Arc::clone(ends),
            _ => {
                let ends = Arc::new(link_ends(site));
                self.ends = Some((Arc::clone(site), Arc::clone(&ends)));
                ends
            }
        }
    }
}

/// The plan's and the map's.
#[derive(Clone, Debug, Default)]
pub struct GroundViews {
    plan: GroundView,
    map: GroundView,
}

impl GroundViews {
    fn of(&mut self, ground: Ground) -> &mut GroundView {
        match ground {
            Ground::Plan => &mut self.plan,
            Ground::Map => &mut self.map,
        }
    }

    /// What is seen of the plan, metres; nothing while it was not shown yet.
    pub fn plan_seen(&self) -> Option<Rect> {
        self.plan.seen()
    }

    /// From the ground to the screen.
    pub fn to_screen(&self, ground: Ground) -> TSTransform {
        self.view(ground).to_screen
    }

    fn view(&self, ground: Ground) -> &GroundView {
        match ground {
            Ground::Plan => &self.plan,
            Ground::Map => &self.map,
        }
    }
}

/// Pixels of a metre or a kilometre.
const LEAST_SCALE: f32 = 1e-3;
const MOST_SCALE: f32 = 60.0;
/// Side of a mark on the map, and the least of a part on the plan, in pixels.
const MARK: f32 = 22.0;
const LEAST_PART: f32 = 9.0;

impl App {
    /// The ground that is shown, if one is.
    pub(super) fn ground(&self) -> Option<Ground> {
        match self.view.site {
            _ if !matches!(self.view.place, Place::Site | Place::Both) => None,
            SiteView::Plan => Some(Ground::Plan),
            SiteView::Map => Some(Ground::Map),
            _ => None,
        }
    }

    pub(super) fn draw_ground(&mut self, ui: &mut Ui, area: Rect, ground: Ground) {
        let backdrop = match ground {
            Ground::Plan => self.shown_backdrop(Under::Plan, ui.ctx()),
            Ground::Map => None,
        };
        let Some(document) = &self.document else { return };
        // Its widgets move what is seen; the rest of the view is read meanwhile.
        let mut own = std::mem::take(&mut self.view.grounds);
        let mut gesture = std::mem::take(&mut self.view.gesture);
        let mut camera = self.view.camera;
        let plan = self.answer.plan.as_ref();
        let period = plan.map_or(0, |plan| chart::period_at(plan, self.view.month));
        // A scenario changes values of parts; which parts there are is the same in all.
        let moment = (ground == Ground::Plan).then(|| own.of(ground).moment(document.shown(), plan, period));
        let shown = (ground, backdrop.as_ref(), moment.as_deref());
        let moved = (own.of(ground), &mut camera, &mut gesture);
        show(ui, area, document, &self.view, moved, shown, &mut self.actions);
        self.view.grounds = own;
        self.view.gesture = gesture;
        self.view.camera = camera;
    }

    /// Moves the selected parts by a metre or a kilometre; what has no place yet gets the middle of what is seen.
    pub(super) fn nudge_on(&mut self, ground: Ground, right: f32, down: f32, now: f64) {
        let Some(document) = &self.document else { return };
        let site = document.site();
        let view = self.view.grounds.of(ground);
        let middle = view.to_screen.inverse() * view.middle;
        let places: Vec<(ComponentId, Option<Point>)> = self
            .view
            .parts()
            .into_iter()
            .filter_map(|id| site.component(&id))
            .filter(|part| ground.shows(part))
            .map(|part| {
                let at = match place(site, part, ground) {
                    Some(at) => Point { x: at.x + f64::from(right), y: at.y + f64::from(down) },
                    None => snapped(middle),
                };
                (part.id.clone(), Some(at))
            })
            .collect();
        if !places.is_empty() {
            self.edit(&Edit::Ground { ground, places }, now);
        }
    }
}

/// Parts of a ground with their places, in file order.
fn placed(site: &Site, ground: Ground) -> Vec<(usize, Point)> {
    let parts = site.components.iter().enumerate().filter(|(_, part)| ground.shows(part));
    parts.filter_map(|(index, part)| Some((index, place(site, part, ground)?))).collect()
}

/// Ground that a part takes: its footprint on the plan, a mark of one size on the map; at least so many pixels.
fn rect_of(part: &Component, at: Point, ground: Ground, scale: f32) -> Rect {
    let size = match ground {
        Ground::Plan => {
            let (width, depth) = footprint(part);
            vec2(shortened(width), shortened(depth)).max(Vec2::splat(LEAST_PART / scale))
        }
        Ground::Map => Vec2::splat(MARK / scale),
    };
    Rect::from_center_size(pos2(shortened(at.x), shortened(at.y)), size)
}

#[expect(clippy::cast_possible_truncation, reason = "screen coordinates are single precision")]
fn shortened(value: f64) -> f32 {
    value as f32
}

/// The nearest whole metre or kilometre.
fn snapped(at: Pos2) -> Point {
    Point { x: f64::from(at.x.round()), y: f64::from(at.y.round()) }
}

/// What puts every part without a place where it is likely to stand: on the plan as on the one-line, to scale and clear of
/// the others, on the map on the way to its metro.
fn all_placed(site: &Site, waiting: &[&Component], ground: Ground) -> Option<Edit> {
    let places: Vec<(ComponentId, Point)> = match ground {
        Ground::Plan => on_the_plan(&super::drawing::on_show(site)),
        Ground::Map => {
            waiting.iter().filter_map(|part| Some((part.id.clone(), on_its_way(site, &part.id)?))).collect()
        }
    };
    let places: Vec<(ComponentId, Option<Point>)> =
        places.into_iter().map(|(id, at)| (id, Some(at))).collect();
    (!places.is_empty()).then_some(Edit::Ground { ground, places })
}

fn show(
    ui: &mut Ui,
    area: Rect,
    document: &Document,
    view: &View,
    (own, camera, gesture): (&mut GroundView, &mut Camera, &mut Gesture),
    (ground, backdrop, moment): (Ground, Option<&Shown>, Option<&Moment>),
    actions: &mut Vec<Action>,
) {
    // The base case: where a part stands is the same in every scenario.
    let site = document.site();
    let waiting: Vec<&Component> = site
        .components
        .iter()
        .filter(|part| ground.shows(part) && place(site, part, ground).is_none())
        .collect();
    let has_tray = !waiting.is_empty() && area.width() > 2.0 * tray::WIDTH;
    let (canvas, side) =
        area.split_left_right_at_x(if has_tray { area.right() - tray::WIDTH } else { area.right() });
    let palette = theme::of(ui);
    let parts = placed(site, ground);
    let background = ui.interact(canvas, ui.scope_id().with(("ground", ground)), Sense::click_and_drag());
    let name = match ground {
        Ground::Plan => "Plan of the site",
        Ground::Map => "Map of fibre",
    };
    background.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, name));
    let chosen = view.parts();
    let calibration = view.backdrop.calibration.as_ref().filter(|_| backdrop.is_some());
    let is_choosing = calibration.is_some_and(|calibration| calibration.points().is_none());
    if !is_choosing {
        touch::take_hold(ui, &background, (site, &parts, ground), &chosen, own, actions);
    }
    if background.drag_started_by(PointerButton::Primary)
        && calibration.is_none()
        && own.held.is_none()
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        own.grip = backdrop.and_then(|shown| shown.grip(origin, own.to_screen));
    }
    let held = backdrop.map(|shown| backdrop::follow(ui, shown, &mut own.grip, own.to_screen, actions));
    look(ui, canvas, site, (&parts, backdrop), ground, (own, camera), &background);
    let pointer = ui.input(|input| input.pointer.latest_pos()).map(|at| own.to_screen.inverse() * at);
    own.pointer = background.hover_pos().map(|at| own.to_screen.inverse() * at).or(own.pointer);

    let held_at = own.held.as_ref().zip(pointer).map(|((id, grip), at)| (id.clone(), snapped(at - *grip)));
    let moves = held_at.as_ref().map_or_else(Vec::new, |(id, to)| moved(site, &parts, &chosen, id, *to));
    let gone: BTreeMap<&ComponentId, Point> = moves.iter().map(|(id, to)| (id, *to)).collect();
    let parts: Arc<Vec<(usize, Point)>> = Arc::new(
        parts
            .into_iter()
            .map(|(index, at)| (index, gone.get(&site.components[index].id).copied().unwrap_or(at)))
            .chain(held_at.iter().filter_map(|(id, at)| {
                // From the tray.
                let index = waiting
                    .iter()
                    .find(|part| part.id == *id)
                    .and_then(|part| site.components.iter().position(|known| known.id == part.id))?;
                Some((index, *at))
            }))
            .collect(),
    );
    let ends = own.ends(site);
    let to_screen = own.to_screen;
    let backdrop = held.as_ref();
    let (parts, chosen, ends) = (&parts, &chosen, &ends);
    let picture = Picture { site, parts, ground, to_screen, palette, chosen, ends, backdrop, moment };
    picture.paint(&ui.painter_at(canvas), canvas, &mut own.names);
    if let Some(shown) = &held {
        backdrop::name(ui, shown, canvas, own.to_screen);
    }
    // Points are chosen on the picture, also where a part lies over it.
    if !is_choosing {
        touch::answer(ui, canvas, &background, &picture, own, actions);
    }
    if let Some(calibration) = calibration {
        backdrop::choose_points(ui, &background, own.to_screen, calibration, actions);
    }
    if has_tray {
        tray::show(ui, side, site, &waiting, ground, own, actions);
    }
    carry::follow(ui, canvas, own, ground, gesture, actions);
    release(ui, canvas, moves, own, ground, actions);
}

/// Where the held part and, if it is one of several chosen, the others go with it.
fn moved(
    site: &Site,
    parts: &[(usize, Point)],
    chosen: &BTreeSet<ComponentId>,
    held: &ComponentId,
    to: Point,
) -> Vec<(ComponentId, Point)> {
    let from = parts.iter().find(|(index, _)| site.components[*index].id == *held);
    let Some((_, from)) = from.filter(|_| chosen.contains(held)) else { return vec![(held.clone(), to)] };
    let (right, down) = (to.x - from.x, to.y - from.y);
    let all = parts.iter().filter(|(index, _)| chosen.contains(&site.components[*index].id));
    all.map(|(index, at)| (site.components[*index].id.clone(), Point { x: at.x + right, y: at.y + down }))
        .collect()
}

/// Pan, zoom and fit.
fn look(
    ui: &Ui,
    canvas: Rect,
    site: &Site,
    (parts, backdrop): (&[(usize, Point)], Option<&Shown>),
    ground: Ground,
    (own, camera): (&mut GroundView, &mut Camera),
    background: &egui::Response,
) {
    let is_resized = (own.size - canvas.size()).abs().max_elem() > 0.5;
    own.size = canvas.size();
    own.middle = canvas.center();
    let asks = std::mem::take(&mut camera.fit);
    if asks || (is_resized && !own.moved) || own.to_screen.scaling <= 0.0 {
        own.to_screen = fitted(canvas, site, parts, ground, backdrop);
        own.moved = false;
    }
    if std::mem::take(&mut camera.zoom_to_selection) {
        own.moved = true;
    }
    let mut zoom = std::mem::replace(&mut camera.zoom_by, 1.0);
    let mut about = canvas.center();
    if let Some(at) = background.hover_pos() {
        let (wheel, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        if wheel != 0.0 || pinch != 1.0 {
            (zoom, about) = (zoom * pinch * (wheel / 300.0).exp(), at);
        }
    }
    if zoom.is_finite() && zoom > 0.0 && (zoom - 1.0).abs() > 1e-4 {
        let scale = (own.to_screen.scaling * zoom).clamp(LEAST_SCALE, MOST_SCALE);
        let fixed = own.to_screen.inverse() * about;
        own.to_screen = TSTransform::new(about.to_vec2() - fixed.to_vec2() * scale, scale);
        own.moved = true;
    }
    if background.dragged() && own.held.is_none() && own.grip.is_none() {
        own.to_screen.translation += background.drag_delta();
        own.moved = true;
        ui.set_cursor_icon(CursorIcon::Grabbing);
    }
}

/// All that has a place; the picture beneath, or a usual extent, where nothing has.
fn fitted(
    canvas: Rect,
    site: &Site,
    parts: &[(usize, Point)],
    ground: Ground,
    backdrop: Option<&Shown>,
) -> TSTransform {
    let least = match ground {
        Ground::Plan => 120.0,
        Ground::Map => 40.0,
    };
    let mut bounds =
        Rect::from_center_size(Pos2::ZERO, Vec2::splat(if ground == Ground::Map { least } else { 0.0 }));
    if ground == Ground::Plan {
        let rects =
            parts.iter().map(|(index, at)| rect_of(&site.components[*index], *at, ground, MOST_SCALE));
        bounds = rects.reduce(Rect::union).or_else(|| backdrop.map(Shown::bounds)).unwrap_or(bounds);
    } else {
        for (_, at) in parts {
            bounds.extend_with(pos2(shortened(at.x), shortened(at.y)));
        }
    }
    let bounds = Rect::from_center_size(bounds.center(), bounds.size().max(Vec2::splat(least)));
    // Labels stand beside the outermost marks.
    let room = canvas.shrink2(vec2(90.0, 60.0).min(canvas.size() * 0.2));
    let scale =
        (room.width() / bounds.width()).min(room.height() / bounds.height()).clamp(LEAST_SCALE, MOST_SCALE);
    TSTransform::new(canvas.center().to_vec2() - bounds.center().to_vec2() * scale, scale)
}

/// Where the pointer lets go a part stays; Escape leaves it where it was.
fn release(
    ui: &Ui,
    canvas: Rect,
    moves: Vec<(ComponentId, Point)>,
    own: &mut GroundView,
    ground: Ground,
    actions: &mut Vec<Action>,
) {
    if own.held.is_none() {
        return;
    }
    let (is_down, escapes, pointer) = ui.input_mut(|input| {
        let escapes = input.consume_key(egui::Modifiers::NONE, egui::Key::Escape);
        (input.pointer.any_down(), escapes, input.pointer.latest_pos())
    });
    if escapes {
        own.held = None;
    } else if !is_down {
        own.held = None;
        let is_over = pointer.is_some_and(|at| canvas.contains(at));
        if is_over && !moves.is_empty() {
            let places = moves.into_iter().map(|(id, at)| (id, Some(at))).collect();
            actions.push(Action::Edit(Edit::Ground { ground, places }));
        }
    }
}
