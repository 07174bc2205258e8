//! New parts while a ground is shown: each stands where one looks, or waits in the tray and that is said. Its place on the
//! one-line, which every part has, is found near what it may be joined to.

use std::collections::BTreeSet;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::{GroundView, rect_of, shortened, snapped};
use crate::app::App;
use crate::app::canvas::layout::{self, GRID};
use crate::app::editing::way_from;
use crate::app::state::{Place, SiteView};
use crate::draft::METRES_OF_A_UNIT;
use crate::engineering::joining_medium;
use crate::quantity::Severity;
use crate::site::drawing::Sketch;
use crate::site::edit::{self, Edit};
use crate::site::ground::{Ground, degrees_at, place};
use crate::site::{Component, ComponentId, Kind, Object, Point, Site};

/// Where on a ground something new goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub ground: Ground,
    /// Middle of it, in the unit of the ground.
    pub at: Pos2,
    /// It was put just there by hand; else it goes beside what stands there.
    pub exact: bool,
}

/// Gap between a part and the next one that is joined to it: metres on the plan, widths of a mark on the map.
const GAP_M: f32 = 2.0;

impl GroundView {
    /// Where one looks: under the pointer where it last was, if that is in sight, else the middle; nothing before the first
    /// frame.
    fn look(&self) -> Option<Pos2> {
        let seen = self.seen()?;
        Some(self.pointer.filter(|at| seen.contains(*at)).unwrap_or(seen.center()))
    }
}

impl App {
    /// Whether the view on show has places for a part that is brought by hand.
    pub(in crate::app) fn takes_carried(&self) -> bool {
        let is_drawn = self.view.site == SiteView::OneLine && self.view.place != Place::Answer;
        is_drawn || self.ground().is_some()
    }

    /// Where something new goes on the ground that is shown.
    pub(in crate::app) fn spot(&self) -> Option<Spot> {
        let ground = self.ground()?;
        let at = self.view.grounds.view(ground).look()?;
        Some(Spot { ground, at, exact: false })
    }

    /// Beside parts of the ground that is shown, in their middle; where one looks if they have no place there.
    pub(in crate::app) fn spot_by(&self, parts: &[&str], by: Option<&Component>) -> Option<Spot> {
        let spot = self.spot()?;
        let ground = spot.ground;
        let scale = self.view.grounds.to_screen(ground).scaling;
        let site = self.document.as_ref()?.site();
        let known = |id: &&str| {
            let part = site.component(id)?;
            Some(rect_of(part, place(site, part, ground)?, ground, scale))
        };
        let rects: Vec<Rect> = parts.iter().filter_map(known).collect();
        if rects.is_empty() || rects.len() < parts.len() {
            return Some(spot);
        }
        let sum = rects.iter().fold(Vec2::ZERO, |sum, rect| sum + rect.center().to_vec2());
        let middle = sum / rects.len() as f32;
        let beside = by.map_or(0.0, |by| {
            let own = rect_of(by, Point::default(), ground, scale);
            let gap = if ground == Ground::Plan { GAP_M } else { own.width() };
            (rects[0].width() + own.width()) / 2.0 + gap
        });
        Some(Spot { at: middle.to_pos2() + vec2(beside, 0.0), ..spot })
    }

    /// Beside the parts that are copied, on the ground that is shown; nothing where they have no place there, and the copy
    /// waits with them.
    pub(in crate::app) fn spot_of_copy(&self, copied: &Sketch) -> Option<Spot> {
        let spot = self.spot()?;
        let ground = spot.ground;
        let scale = self.view.grounds.to_screen(ground).scaling;
        let rects =
            copied.parts.iter().filter_map(|part| Some(rect_of(part, ground.entered(part)?, ground, scale)));
        let bounds = rects.reduce(Rect::union)?;
        let middles = copied.parts.iter().filter_map(|part| ground.entered(part));
        let middles = middles.map(|at| Rect::from_pos(pos2(shortened(at.x), shortened(at.y))));
        let middle = middles.reduce(Rect::union)?.center();
        Some(Spot { at: middle + vec2(bounds.width() + GAP_M, 0.0), ..spot })
    }

    /// Puts a typical part on a ground, at a place chosen by hand or where the list was asked for. A metro lies where its
    /// degrees say, which become those of the place.
    pub(in crate::app) fn place_on(&mut self, mut sketch: Sketch, spot: Spot, now: f64) {
        let Some(document) = &self.document else { return };
        let site = document.site();
        for part in &mut sketch.parts {
            let Kind::Metro(metro) = &mut part.kind else { continue };
            if spot.ground != Ground::Map {
                continue;
            }
            let at = snapped(spot.at);
            let Some((latitude, longitude)) = degrees_at(site, at) else {
                let why = format!("{} cannot lie there: it is beyond a pole", part.name);
                return self.toast(now, Severity::Error, why);
            };
            (metro.latitude, metro.longitude) = (latitude, longitude);
            for origin in &mut sketch.provenance {
                "where it was put on the map of fibre".clone_into(&mut origin.source);
            }
        }
        let at = self.drawn_place(spot, &sketch);
        self.put_in_and(sketch, at, Some(spot), now, |_, _| Ok(None));
    }

    /// A place of the one-line for what is put on a ground: by the nearest part there that it may be joined to, on the side
    /// where that would be drawn; else by the nearest part; beneath the drawing where nothing has a place on the ground.
    pub(in crate::app) fn drawn_place(&self, spot: Spot, sketch: &Sketch) -> Pos2 {
        let Some(document) = &self.document else { return Pos2::ZERO };
        let site = document.site();
        let centres = layout::centres(site);
        let target = spot.at;
        let mut near: Vec<(f32, usize)> = site
            .components
            .iter()
            .enumerate()
            .filter_map(|(index, part)| {
                let at = place(site, part, spot.ground)?;
                Some(((pos2(shortened(at.x), shortened(at.y)) - target).length_sq(), index))
            })
            .collect();
        near.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let way = |new: &Component, index: usize| {
            let part = &site.components[index];
            let way = match (joining_medium(part, new), joining_medium(new, part)) {
                (Ok(medium), _) => way_from(part, new, &medium, true),
                (Err(_), Ok(medium)) => way_from(part, new, &medium, false),
                (Err(_), Err(_)) => return None,
            };
            Some(centres[index] + way)
        };
        let kin = sketch.parts.iter().find_map(|new| near.iter().find_map(|(_, index)| way(new, *index)));
        let nearest = || near.first().map(|(_, index)| centres[*index]);
        let beneath = || {
            let rects = layout::rects(site, &centres);
            let drawn = rects.into_iter().reduce(Rect::union)?;
            Some(drawn.center_bottom() + vec2(0.0, 8.0 * GRID))
        };
        kin.or_else(nearest).or_else(beneath).unwrap_or(Pos2::ZERO)
    }

    /// The edit that gives new parts of a site their places on a ground. `stood` is where they stand, in their order, where
    /// they are copied from parts of a ground. `None` where none of them gets one.
    pub(in crate::app) fn places_on(
        &self,
        with: &Site,
        new: &[ComponentId],
        stood: &[Option<Point>],
        spot: Spot,
    ) -> Option<Edit> {
        let scale = self.view.grounds.to_screen(spot.ground).scaling;
        let places = places(with, new, stood, spot, scale);
        (!places.is_empty()).then_some(Edit::Ground { ground: spot.ground, places })
    }

    /// Parts the program has drawn go where one looks, as they stand to each other on the one-line; one step.
    pub(in crate::app) fn insert_drawn(&mut self, edit: Edit, now: f64) {
        let spot = self.spot();
        let Some(document) = &self.document else { return };
        let (site, mut edit) = (document.site().clone(), edit);
        if let (Some(spot), Ok((with, _))) = (spot, edit::apply(&site, &edit)) {
            let new = added(&site, &with);
            let stood = vec![None; new.len()];
            let places = self.places_on(&with, &new, &stood, spot);
            if let Edit::Together { edits, .. } = &mut edit {
                edits.extend(places);
            }
        }
        self.take_drawn(edit, now);
    }

    /// Says of parts that are new which of them the ground on show does not have.
    pub(in crate::app) fn say_unplaced(&mut self, new: &[ComponentId], now: f64) {
        let (Some(ground), Some(document)) = (self.ground(), &self.document) else { return };
        let site = document.site();
        let known = || new.iter().filter_map(|id| site.component(id));
        let name = |parts: &[&Component]| match parts {
            [part] => site.object_name(&Object::Component(part.id.clone())),
            parts => format!("{} parts", parts.len()),
        };
        let elsewhere: Vec<&Component> = known().filter(|part| !ground.shows(part)).collect();
        let waiting: Vec<&Component> =
            known().filter(|part| ground.shows(part) && place(site, part, ground).is_none()).collect();
        let mut said = Vec::new();
        if !elsewhere.is_empty() {
            let is = if elsewhere.len() == 1 { "is" } else { "are" };
            said.push(format!("{} {is} on the one-line: {}", name(&elsewhere), not_shown(ground)));
        }
        if !waiting.is_empty() {
            let (is, has) = if waiting.len() == 1 { ("waits", "has") } else { ("wait", "have") };
            let word = ground.word();
            said.push(format!(
                "{} {is} in the list at the right and {has} no place on the {word} yet",
                name(&waiting)
            ));
        }
        if !said.is_empty() {
            self.toast(now, Severity::Info, said.join("; "));
        }
    }
}

/// Why a part is not on a ground.
pub(super) fn not_shown(ground: Ground) -> &'static str {
    match ground {
        Ground::Plan => "the plan does not show metros and carriers",
        Ground::Map => "the map shows fibre alone",
    }
}

/// Parts that one site has and another has not, in their order.
pub(in crate::app) fn added(before: &Site, after: &Site) -> Vec<ComponentId> {
    let known: BTreeSet<&str> = before.components.iter().map(|part| part.id.as_str()).collect();
    let new = after.components.iter().filter(|part| !known.contains(part.id.as_str()));
    new.map(|part| part.id.clone()).collect()
}

/// Places of new parts: as they stood to each other, else as on the one-line, with their middle at the spot.
fn places(
    site: &Site,
    new: &[ComponentId],
    stood: &[Option<Point>],
    spot: Spot,
    pixels: f32,
) -> Vec<(ComponentId, Option<Point>)> {
    let Spot { ground, at, exact } = spot;
    // What has a place without being put there stays: a metro by its degrees, a meet-me room at the site.
    let goes = |part: &&Component| ground.shows(part) && (place(site, part, ground).is_none() || exact);
    let parts: Vec<(&Component, Option<Point>)> = new
        .iter()
        .zip(stood)
        .filter_map(|(id, stood)| Some((site.component(id).filter(goes)?, *stood)))
        .filter(|(part, _)| !matches!(part.kind, Kind::Metro(_)))
        .collect();
    let unit = match ground {
        Ground::Plan => METRES_OF_A_UNIT,
        // As far apart as on the one-line at its usual size.
        Ground::Map => 1.0 / f64::from(pixels.max(1e-6)),
    };
    let have_stood = parts.iter().all(|(_, stood)| stood.is_some());
    let lies = |part: &Component, stood: Option<Point>| match stood.filter(|_| have_stood) {
        Some(at) => at,
        None => Point { x: part.at_schematic.x * unit, y: part.at_schematic.y * unit },
    };
    let lying: Vec<(&Component, Pos2)> = parts
        .iter()
        .map(|(part, stood)| (*part, lies(part, *stood)))
        .map(|(part, at)| (part, pos2(shortened(at.x), shortened(at.y))))
        .collect();
    let Some(bounds) = lying.iter().map(|(_, at)| Rect::from_pos(*at)).reduce(Rect::union) else {
        return Vec::new();
    };
    let by = at - bounds.center();
    let to: Vec<(&Component, Point)> = lying.into_iter().map(|(part, at)| (part, snapped(at + by))).collect();
    let clear = if exact { Vec2::ZERO } else { clear(site, &to, ground, pixels) };
    let moved = |at: Point| Point { x: at.x + f64::from(clear.x), y: at.y + f64::from(clear.y) };
    to.into_iter().map(|(part, at)| (part.id.clone(), Some(moved(at)))).collect()
}

/// The shortest way, in whole metres or kilometres, by which parts come to lie beside what stands on the ground. Halls keep
/// equipment not away, which stands in them, but what comes with a building of its own.
fn clear(site: &Site, to: &[(&Component, Point)], ground: Ground, pixels: f32) -> Vec2 {
    // In steps of the search, which is made for the grid of the one-line.
    const STEP: f32 = 1.0 / (2.0 * GRID);
    let has_building = to.iter().any(|(part, _)| part.hall().is_some());
    let is_open = |part: &Component| has_building || part.hall().is_none();
    let rect = |part: &Component, at: Point| {
        let rect = rect_of(part, at, ground, pixels);
        Rect::from_min_max((rect.min.to_vec2() / STEP).to_pos2(), (rect.max.to_vec2() / STEP).to_pos2())
    };
    let is_new = |part: &Component| to.iter().any(|(new, _)| new.id == part.id);
    let stand = site.components.iter().filter(|part| is_open(part) && !is_new(part));
    let stand: Vec<Rect> = stand.filter_map(|part| Some(rect(part, place(site, part, ground)?))).collect();
    let parts: Vec<Rect> =
        to.iter().filter(|(part, _)| is_open(part)).map(|(part, at)| rect(part, *at)).collect();
    layout::clear_of(&parts, &stand) * STEP
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::typical_parts;

    fn site() -> Site {
        let mut site = Site::empty("ground");
        for (index, id) in ["genset", "hall", "ups", "metro", "carrier"].into_iter().enumerate() {
            let mut part = typical_parts().component(id).unwrap().clone();
            part.at_schematic = Point { x: 100.0 * index as f64, y: 0.0 };
            site.components.push(part);
        }
        site
    }

    fn put(
        site: &Site,
        new: &[&str],
        stood: &[Option<Point>],
        at: Pos2,
        exact: bool,
    ) -> Vec<(String, Point)> {
        let new: Vec<String> = new.iter().map(|id| (*id).to_owned()).collect();
        let spot = Spot { ground: Ground::Plan, at, exact };
        let found = places(site, &new, stood, spot, 4.0);
        found.into_iter().map(|(id, at)| (id, at.unwrap())).collect()
    }

    #[test]
    fn a_building_is_put_beside_another_and_equipment_into_it() {
        let mut site = site();
        site.component_mut("hall").unwrap().at_plan = Some(Point::default());
        let mut second = site.component("hall").unwrap().clone();
        (second.id, second.at_plan) = ("second".to_owned(), None);
        site.components.push(second);
        let rect = |id: &str, at: Point| rect_of(site.component(id).unwrap(), at, Ground::Plan, 4.0);
        let here = rect("hall", Point::default());
        for new in [&["second"][..], &["second", "genset"]] {
            let stood = vec![None; new.len()];
            for (id, at) in put(&site, new, &stood, Pos2::ZERO, false) {
                assert!(!rect(&id, at).shrink(0.01).intersects(here), "{id} of {new:?} at {at:?}");
            }
        }
        let ups = put(&site, &["ups"], &[None], Pos2::ZERO, false);
        assert!(rect("ups", ups[0].1).intersects(here));
    }

    #[test]
    fn parts_keep_to_each_other_with_their_middle_at_the_spot() {
        let site = site();
        let at = |x, y| Some(Point { x, y });
        let stood = [at(10.0, 4.0), at(30.0, 8.0)];
        let found = put(&site, &["genset", "ups"], &stood, pos2(200.0, 100.0), true);
        assert_eq!(found[0], ("genset".to_owned(), Point { x: 190.0, y: 98.0 }));
        assert_eq!(found[1], ("ups".to_owned(), Point { x: 210.0, y: 102.0 }));
        // Where one has not stood, all stand as on the one-line: 200 units are 60 m.
        let found = put(&site, &["genset", "ups"], &[stood[0], None], pos2(0.0, 0.0), true);
        assert_eq!((found[0].1.x, found[1].1.x), (-30.0, 30.0));
        // Metros and carriers are no matter of the plan.
        assert!(put(&site, &["metro", "carrier"], &[None, None], pos2(0.0, 0.0), true).is_empty());
    }

    /// By trying every place within the distance found: none that is nearer is free.
    #[test]
    fn what_is_not_put_by_hand_goes_beside_what_stands_but_into_halls() {
        let mut site = site();
        site.components[0].at_plan = Some(Point { x: 0.0, y: 0.0 });
        site.components[1].at_plan = Some(Point { x: 300.0, y: 0.0 });
        let found = put(&site, &["ups"], &[None], pos2(300.0, 0.0), false);
        assert_eq!(found[0].1, Point { x: 300.0, y: 0.0 }, "a UPS stands in a hall");
        let rect = |id: &str, at: Point| rect_of(site.component(id).unwrap(), at, Ground::Plan, 4.0);
        let genset = rect("genset", Point::default());
        let found = put(&site, &["ups"], &[None], pos2(1.0, 0.0), false);
        let to = found[0].1;
        let clear = |at: Point| !rect("ups", at).shrink(0.1).intersects(genset);
        assert!(clear(to), "{to:?}");
        let far = (to.x - 1.0).hypot(to.y);
        for (x, y) in (-20..=20).flat_map(|x| (-20..=20).map(move |y| (f64::from(x), f64::from(y)))) {
            let at = Point { x: 1.0 + x, y };
            assert!(!clear(at) || x.hypot(y) >= far - 1.0, "{at:?} is nearer than {to:?}");
        }
        assert_eq!(put(&site, &["ups"], &[None], pos2(1.4, 0.0), true)[0].1, Point { x: 1.0, y: 0.0 });
    }
}
