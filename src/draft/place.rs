//! Finds room on the paper: parts that are put in go beside what stands, in their own row.

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

fn snapped(at: f64) -> f64 {
    (at / GRID).round() * GRID
}
