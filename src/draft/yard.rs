//! Where parts stand on the plan while nobody has said: as on the one-line, to scale, and none on another.

use super::footprint;
use crate::site::drawing::Sketch;
use crate::site::ground::Ground;
use crate::site::{Component, ComponentId, Kind, Point, Site};

/// Length of a drawing unit of the one-line on the plan, metres.
pub const METRES_OF_A_UNIT: f64 = 0.3;
/// Way between two parts, metres.
const CLEAR: f64 = 2.0;
/// Parts that one is moved past, one after the other, before it is put beside everything.
const MOST_PASSED: usize = 32;

/// Ground that is taken.
#[derive(Clone, Copy)]
struct Plot {
    at: Point,
    half: (f64, f64),
}

impl Plot {
    fn of(part: &Component, at: Point) -> Self {
        let (width, depth) = footprint(part);
        Self { at, half: (width / 2.0, depth / 2.0) }
    }

    /// How far apart the middles of two plots are that leave a way between them, east and south, whole metres.
    fn reach(&self, other: &Self) -> (f64, f64) {
        ((self.half.0 + other.half.0 + CLEAR).ceil(), (self.half.1 + other.half.1 + CLEAR).ceil())
    }

    fn lies_on(&self, other: &Self) -> bool {
        let (east, south) = self.reach(other);
        (self.at.x - other.at.x).abs() < east && (self.at.y - other.at.y).abs() < south
    }
}

/// Places on the plan, in metres, for the parts that have none, where `site` has the parts as they are shown. Halls come
/// first, so that what belongs to them gives way. A part stands to the nearest one that somebody put on the plan as it
/// does on the one-line; what would lie on another is moved past it, east, west, south or north, by as little as it takes.
/// Parts that have a place keep it.
pub fn on_the_plan(site: &Site) -> Vec<(ComponentId, Point)> {
    let shown = || site.components.iter().filter(|part| Ground::Plan.shows(part));
    let put: Vec<(&Component, Point)> = shown().filter_map(|part| Some((part, part.at_plan?))).collect();
    let mut taken: Vec<Plot> = put.iter().map(|(part, at)| Plot::of(part, *at)).collect();
    let mut waiting: Vec<&Component> = shown().filter(|part| part.at_plan.is_none()).collect();
    waiting.sort_by_key(|part| !matches!(part.kind, Kind::Hall(_)));
    let mut places = Vec::with_capacity(waiting.len());
    for part in waiting {
        let at = clear_of(&taken, Plot::of(part, wanted(part, &put)));
        taken.push(Plot::of(part, at));
        places.push((part.id.clone(), at));
    }
    places
}

/// The sketch with places on the plan, by the parts of the site that stand there; as it is where none does.
pub(super) fn put_on_the_plan(site: &Site, mut sketch: Sketch) -> Sketch {
    if site.components.iter().all(|part| part.at_plan.is_none()) {
        return sketch;
    }
    // Parts that wait for a place go on waiting.
    let mut both = site.clone();
    both.components.retain(|part| part.at_plan.is_some());
    both.components.extend(sketch.parts.iter().cloned());
    for (id, at) in on_the_plan(&both) {
        if let Some(part) = sketch.parts.iter_mut().find(|part| part.id == id) {
            part.at_plan = Some(at);
        }
    }
    sketch
}

/// Where a part would stand if nothing were in its way.
fn wanted(part: &Component, put: &[(&Component, Point)]) -> Point {
    let from = part.at_schematic;
    let distance = |other: &Component| (other.at_schematic.x - from.x).hypot(other.at_schematic.y - from.y);
    let nearest = put.iter().min_by(|one, other| distance(one.0).total_cmp(&distance(other.0)));
    let (zero, at) =
        nearest.map_or((Point::default(), Point::default()), |(near, at)| (near.at_schematic, *at));
    let farthest = Ground::Plan.farthest();
    let along = |at: f64, by: f64| (at + by * METRES_OF_A_UNIT).round().clamp(-farthest, farthest);
    Point { x: along(at.x, from.x - zero.x), y: along(at.y, from.y - zero.y) }
}

/// The nearest place straight east, west, south or north that is free; without one, east of everything.
fn clear_of(taken: &[Plot], wanted: Plot) -> Point {
    let moved = [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)].map(|way| moved_along(taken, wanted, way));
    let distance = |at: &Point| (at.x - wanted.at.x).abs() + (at.y - wanted.at.y).abs();
    let nearest = moved.into_iter().flatten().min_by(|one, other| distance(one).total_cmp(&distance(other)));
    nearest.unwrap_or_else(|| {
        let past = |other: &Plot| other.at.x + wanted.reach(other).0;
        let east = taken.iter().map(past).fold(wanted.at.x, f64::max);
        Point { x: east.min(Ground::Plan.farthest()), y: wanted.at.y }
    })
}

/// Where a plot comes free that is moved along one way past what it lies on; `None` where too much is in its way, or
/// where the plan ends.
fn moved_along(taken: &[Plot], mut plot: Plot, (east, south): (f64, f64)) -> Option<Point> {
    for _ in 0..=MOST_PASSED {
        let Some(other) = taken.iter().find(|other| plot.lies_on(other)) else { return Some(plot.at) };
        let reach = plot.reach(other);
        if east != 0.0 {
            plot.at.x = other.at.x + east * reach.0;
        } else {
            plot.at.y = other.at.y + south * reach.1;
        }
        let farthest = Ground::Plan.farthest();
        if plot.at.x.abs() > farthest || plot.at.y.abs() > farthest {
            return None;
        }
    }
    None
}
