//! Finds room on the paper: parts that are put in go beside what stands, in their own row or all together.

use crate::site::drawing::Sketch;
use crate::site::{Component, Kind, Point, Site};

/// The grid of the drawing.
const GRID: f64 = 8.0;
/// Room for labels and wires between two parts.
const CLEAR: f64 = 12.0;
/// How far a part is moved in its row before it is left where it is.
const FARTHEST: u32 = 2_000;

/// Half of the width and height a part is drawn in, drawing units.
fn half_size(kind: &Kind) -> (f64, f64) {
    match kind {
        Kind::Hall(_) => (106.0, 58.0),
        Kind::Switchgear(_) => (52.0, 13.0),
        _ => (22.0, 22.0),
    }
}

fn touches(one: &Component, at: Point, other: &Component) -> bool {
    let ((a, b), (c, d)) = (half_size(&one.kind), half_size(&other.kind));
    (at.x - other.at_schematic.x).abs() < a + c + CLEAR && (at.y - other.at_schematic.y).abs() < b + d + CLEAR
}

/// Moves each part of the sketch along its row, to the nearest place where it lies on nothing.
pub(super) fn put_clear(site: &Site, mut sketch: Sketch) -> Sketch {
    for index in 0..sketch.parts.len() {
        let (before, rest) = sketch.parts.split_at_mut(index);
        let Some(part) = rest.first_mut() else { continue };
        let wanted = Point { x: snapped(part.at_schematic.x), y: snapped(part.at_schematic.y) };
        let others = || site.components.iter().chain(before.iter());
        let steps = (0..FARTHEST).flat_map(|step| [f64::from(step), -f64::from(step)]);
        let free = steps
            .map(|step| Point { x: wanted.x + step * GRID, ..wanted })
            .find(|at| !others().any(|other| touches(part, *at, other)));
        part.at_schematic = free.unwrap_or(wanted);
    }
    sketch
}

/// Moves the whole sketch to the nearest place where the frame round it holds nothing of the site.
pub(super) fn put_beside(site: &Site, mut sketch: Sketch) -> Sketch {
    for part in &mut sketch.parts {
        part.at_schematic = Point { x: snapped(part.at_schematic.x), y: snapped(part.at_schematic.y) };
    }
    let Some(frame) = sketch.parts.iter().map(|part| frame_of(part, part.at_schematic)).reduce(joined) else {
        return sketch;
    };
    let is_free = |x: f64, y: f64| {
        !site.components.iter().any(|other| {
            let [left, top, right, bottom] = frame_of(other, other.at_schematic);
            left < frame[2] + x + CLEAR
                && right > frame[0] + x - CLEAR
                && top < frame[3] + y + CLEAR
                && bottom > frame[1] + y - CLEAR
        })
    };
    let rings = (0..MOST_RINGS).find_map(|ring| {
        let side = f64::from(ring);
        let along = (-ring..=ring).map(f64::from);
        let mut ways: Vec<(f64, f64)> =
            along.flat_map(|place| [(place, side), (place, -side), (side, place), (-side, place)]).collect();
        ways.sort_by(|one, other| {
            (one.0 * one.0 + one.1 * one.1).total_cmp(&(other.0 * other.0 + other.1 * other.1))
        });
        ways.into_iter().map(|(x, y)| (x * RING, y * RING)).find(|(x, y)| is_free(*x, *y))
    });
    // A drawing without a free place has one beside all of it.
    let (x, y) = rings.unwrap_or_else(|| {
        let right = site.components.iter().map(|part| part.at_schematic.x).fold(f64::NEG_INFINITY, f64::max);
        (snapped(right - frame[0] + PAST_ALL), 0.0)
    });
    for part in &mut sketch.parts {
        part.at_schematic = Point { x: part.at_schematic.x + x, y: part.at_schematic.y + y };
    }
    sketch
}

/// Steps in which room for a whole blueprint is looked for, and how many of them; then how far it goes past all.
const RING: f64 = 48.0;
const MOST_RINGS: i32 = 60;
const PAST_ALL: f64 = 160.0;

/// Left, top, right and bottom of a part at a place.
fn frame_of(part: &Component, at: Point) -> [f64; 4] {
    let (half_width, half_height) = half_size(&part.kind);
    [at.x - half_width, at.y - half_height, at.x + half_width, at.y + half_height]
}

fn joined(one: [f64; 4], other: [f64; 4]) -> [f64; 4] {
    [one[0].min(other[0]), one[1].min(other[1]), one[2].max(other[2]), one[3].max(other[3])]
}

fn snapped(at: f64) -> f64 {
    (at / GRID).round() * GRID
}
