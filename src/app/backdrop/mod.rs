//! Pictures under the one-line and the plan: put in, unpacked beside the window, moved, scaled, calibrated.
//!
//! The pointer moves a picture only while its panel is open: a view that is panned by pressing on its ground must not
//! carry the ground off because nobody thought of locking it.

mod calibrate;
mod files;
mod hold;
mod paint;
mod panel;
mod pictures;
mod tool;

use egui::{Rect, pos2};

use super::canvas::layers::Seen;
use super::state::{Action, Camera, Place, SiteView};
use super::{App, Command};
use crate::file;
use crate::quantity::{Severity, Unit};
use crate::site::backdrop::{Change, OPACITY, PLACE, SCALE, Under};
use crate::site::edit::Edit;
use crate::site::{Backdrop, Point};

pub use calibrate::Calibration;
pub use files::Found;
pub use hold::Grip;
pub use paint::{name, paint};
pub use pictures::{Look, Pictures, Unpacked};
pub use tool::Doing;

pub(super) use calibrate::choose as choose_points;
pub(super) use files::is_picture;
pub(super) use hold::{follow, point_of};

/// What the window remembers of backdrops.
#[derive(Clone, Debug, Default)]
pub struct BackdropView {
    /// The panel is open; it is about the view on show.
    pub open: bool,
    /// Points of the plan that are being chosen.
    pub calibration: Option<Calibration>,
    /// The opacity as the slider has it while it is held.
    pub opacity: Option<f64>,
}

/// What panel and pointer ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    Close,
    /// Of the view on show.
    Change(Change),
    ShowOpacity(Option<f64>),
    See(Seen),
    /// A point of the plan is chosen.
    Choose(Point),
    /// The point of the keyboard goes there.
    MoveCursor(Point),
    /// The distance of the two points, as typed.
    TakeDistance(String),
    LeaveCalibration,
}

/// A backdrop as it is shown.
#[derive(Clone)]
pub struct Shown {
    pub under: Under,
    /// With numbers that can be painted.
    pub backdrop: Backdrop,
    /// Width and height, pixels.
    pub size: (f64, f64),
    pub look: Look,
    pub seen: Seen,
    /// Its panel is open, so that its edge is seen and the pointer may move it.
    pub open: bool,
}

impl Shown {
    /// The corners from the upper left clockwise, pixels.
    fn corners(&self) -> [Point; 4] {
        let (width, height) = self.size;
        [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)].map(|(x, y)| Point { x, y })
    }

    /// What it takes of its view.
    pub fn bounds(&self) -> Rect {
        let corners = self.corners().map(|corner| screen_point(self.backdrop.to_view(corner)));
        corners.into_iter().fold(Rect::NOTHING, |rect, corner| rect.union(Rect::from_pos(corner)))
    }

    fn middle(&self) -> Point {
        Point { x: self.size.0 / 2.0, y: self.size.1 / 2.0 }
    }
}

/// A place as the screen counts.
#[expect(clippy::cast_possible_truncation, reason = "screen coordinates are single precision")]
fn screen_point(at: Point) -> egui::Pos2 {
    pos2(at.x as f32, at.y as f32)
}

/// The nearest that can be painted.
fn paintable(backdrop: &Backdrop) -> Backdrop {
    let within = |value: f64, range: crate::site::backdrop::Range, else_: f64| {
        if value.is_finite() { value.clamp(range.min, range.max) } else { else_ }
    };
    let turn = backdrop.turn_degrees;
    Backdrop {
        at: Point { x: within(backdrop.at.x, PLACE, 0.0), y: within(backdrop.at.y, PLACE, 0.0) },
        scale: within(backdrop.scale, SCALE, 1.0),
        turn_degrees: if turn.is_finite() { turn % 360.0 } else { 0.0 },
        opacity: within(backdrop.opacity, OPACITY, 0.5),
        ..backdrop.clone()
    }
}

impl App {
    /// The view on show that a backdrop may be under.
    pub(super) fn backdrop_view(&self) -> Option<Under> {
        match self.view.site {
            _ if self.document.is_none() || !matches!(self.view.place, Place::Site | Place::Both) => None,
            SiteView::OneLine => Some(Under::OneLine),
            SiteView::Plan => Some(Under::Plan),
            SiteView::Map | SiteView::Halls | SiteView::Table | SiteView::Assessment => None,
        }
    }

    pub(super) fn has_backdrop(&self) -> bool {
        let under = self.backdrop_view();
        under.is_some_and(|under| self.backdrop(under).is_some())
    }

    fn backdrop(&self, under: Under) -> Option<&Backdrop> {
        self.document.as_ref()?.site().backdrops.of(under)
    }

    /// The backdrop of a view with its picture, which is unpacked where it is not yet.
    pub(super) fn shown_backdrop(&mut self, under: Under, ctx: &egui::Context) -> Option<Shown> {
        let mut backdrop = paintable(self.backdrop(under)?);
        if let Some(opacity) = self.view.backdrop.opacity {
            backdrop.opacity = opacity;
        }
        let worker = self.workers.as_mut().map(|workers| &mut workers.pictures);
        // A sheet of paper would outshine a dark drawing over it, and hide its lines.
        let inverted = under == Under::OneLine && ctx.global_style().visuals.dark_mode;
        let (look, size) = self.pictures.look(&backdrop.picture, inverted, worker, ctx);
        let open = self.view.backdrop.open;
        Some(Shown { under, backdrop, size, look, seen: self.view.layers.backdrop, open })
    }

    pub(super) fn poll_pictures(&mut self, ctx: &egui::Context) {
        let Some(workers) = &self.workers else { return };
        for message in workers.pictures.poll() {
            if let crate::jobs::Message::Done { outcome, .. } = message {
                self.pictures.take(outcome, ctx);
            }
        }
    }

    pub(super) fn use_backdrop(&mut self, doing: Doing, now: f64) {
        let Some(under) = self.backdrop_view() else {
            if doing == Doing::Layer {
                self.view.layers.backdrop = self.view.layers.backdrop.next();
            }
            return;
        };
        match doing {
            Doing::Show => {
                self.view.backdrop.open = !self.view.backdrop.open;
                self.view.backdrop.calibration = None;
            }
            Doing::Put => self.backdrop_dialog(under),
            Doing::Calibrate => {
                let calibration = Some(Calibration::default());
                self.view.backdrop = BackdropView { open: true, calibration, opacity: None };
                self.select(None);
            }
            Doing::Lock => {
                let locked = self.backdrop(under).is_some_and(|backdrop| backdrop.locked);
                self.edit(&Edit::Backdrop { under, change: Change::Lock(!locked) }, now);
            }
            Doing::TakeOut => self.edit(&Edit::Backdrop { under, change: Change::TakeOut }, now),
            Doing::Layer => self.view.layers.backdrop = self.view.layers.backdrop.next(),
        }
    }

    pub(super) fn ask_backdrop(&mut self, ask: Ask, now: f64) {
        match ask {
            Ask::Close => self.view.backdrop = BackdropView::default(),
            Ask::Change(change) => {
                if let Some(under) = self.backdrop_view() {
                    self.view.backdrop.opacity = None;
                    self.edit(&Edit::Backdrop { under, change }, now);
                }
            }
            Ask::ShowOpacity(opacity) => self.view.backdrop.opacity = opacity,
            Ask::See(seen) => self.view.layers.backdrop = seen,
            Ask::Choose(at) => {
                if let Some(calibration) = &mut self.view.backdrop.calibration {
                    calibration.choose(at);
                }
            }
            Ask::MoveCursor(at) => {
                if let Some(calibration) = &mut self.view.backdrop.calibration {
                    calibration.cursor = Some(at);
                }
            }
            Ask::TakeDistance(text) => self.take_distance(text, now),
            Ask::LeaveCalibration => self.view.backdrop.calibration = None,
        }
    }

    /// A distance that cannot be stays in its field with the reason.
    fn take_distance(&mut self, text: String, now: f64) {
        let Some(calibration) = &mut self.view.backdrop.calibration else { return };
        let Some((from, to)) = calibration.points() else { return };
        let parsed = Unit::Metre.parse(&text);
        calibration.text = text;
        let Some(document) = &self.document else { return };
        let backdrop = document.site().backdrops.plan.as_ref();
        let tried = parsed.and_then(|metres| {
            let backdrop = backdrop.ok_or("there is no backdrop under the plan any more")?;
            backdrop.calibrated(from, to, metres).map(|_| metres)
        });
        match tried {
            Ok(metres) => {
                self.view.backdrop.calibration = None;
                let change = Change::Calibrate { from, to, metres };
                self.edit(&Edit::Backdrop { under: Under::Plan, change }, now);
            }
            Err(why) => calibration.error = Some(why),
        }
    }

    /// Puts a picture that was read under a view: in the place and at the width of the one before, else where it fills
    /// what is seen.
    pub(super) fn take_picture(&mut self, found: Found, now: f64) {
        let Found { under, name, outcome } = found;
        let prepared = match outcome {
            Ok(prepared) => prepared,
            Err(why) => return self.toast(now, Severity::Error, why),
        };
        let Some(document) = &self.document else { return };
        let is_blank = document.site().components.is_empty();
        let before = document.site().backdrops.of(under).cloned();
        let mut said = vec![format!("{name} is under the {}", under.word())];
        let kept = before.and_then(|before| file::backdrop::in_place_of(&before, name.clone(), &prepared));
        let backdrop = match kept {
            Some((backdrop, words)) => {
                said.push(words.to_owned());
                backdrop
            }
            None => {
                let seen = self.seen_of(under);
                let middle = Point { x: f64::from(seen.center().x), y: f64::from(seen.center().y) };
                let sides = (f64::from(seen.width()), f64::from(seen.height()));
                file::backdrop::within(middle, sides, name, &prepared)
            }
        };
        said.extend(prepared.note);
        self.edit(&Edit::Backdrop { under, change: Change::Put(Box::new(backdrop)) }, now);
        self.view.layers.backdrop = Seen::Shown;
        self.view.backdrop = BackdropView { open: true, ..BackdropView::default() };
        if is_blank && under == Under::OneLine {
            self.view.camera = Camera::fitted();
        }
        self.toast(now, Severity::Info, said.join("; "));
    }

    /// What is seen of a view, in its units; a usual extent where it was not shown yet.
    fn seen_of(&self, under: Under) -> Rect {
        let (width, height) = file::backdrop::usual_extent(under);
        let usual = || Rect::from_center_size(egui::Pos2::ZERO, egui::vec2(width as f32, height as f32));
        match under {
            Under::OneLine => {
                let camera = &self.view.camera;
                let is_shown = camera.last_size.min_elem() > 8.0 && !camera.fit;
                let size = camera.last_size / camera.to_screen.scaling;
                if is_shown { Rect::from_center_size(camera.middle, size) } else { usual() }
            }
            Under::Plan => self.view.grounds.plan_seen().unwrap_or_else(usual),
        }
    }

    /// Reads a dropped picture, for the view on show.
    pub(super) fn drop_picture(&mut self, path: std::path::PathBuf, now: f64) {
        let why = match (self.backdrop_view(), &self.document) {
            (Some(under), _) => return self.read_picture(under, path, now),
            (None, None) => "A picture goes under a drawing: open a site first, or begin a blank one",
            (None, Some(_)) => {
                "A picture goes under the one-line or the plan: show one of them and drop it there"
            }
        };
        self.toast(now, Severity::Error, why.to_owned());
    }
}

/// A command of backdrops as an action.
fn doing(doing: Doing) -> Action {
    Action::Do(Command::Tool(super::tool::Tool::Backdrop(doing)))
}
