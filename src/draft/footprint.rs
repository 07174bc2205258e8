//! The ground parts take, from `assets/drawing/footprints.csv`.

use std::sync::LazyLock;

use super::blueprint::typical_of;
use super::equipment::rows;
use crate::quantity::delimited;
use crate::site::{Component, Kind};

const FOOTPRINTS: &str = include_str!("../../assets/drawing/footprints.csv");

struct Footprint {
    part: String,
    width_m: f64,
    depth_m: f64,
}

static TABLE: LazyLock<Vec<Footprint>> =
    LazyLock::new(|| rows(FOOTPRINTS).filter_map(footprint_of).collect());

fn footprint_of(line: &str) -> Option<Footprint> {
    let cells = delimited::fields(line, ',');
    let [part, width, depth, _, _] = cells.as_slice() else { return None };
    Some(Footprint { part: part.to_string(), width_m: width.parse().ok()?, depth_m: depth.parse().ok()? })
}

/// Side of the square a hall without an area, or a part without a footprint, is drawn as, metres.
const UNKNOWN_M: f64 = 6.0;
/// A building is about twice as long as wide.
const HALL_LENGTH_BY_WIDTH: f64 = 2.0;

/// Width and depth of the ground a part takes, metres. A hall has its area; the units of a set stand in rows, as many in
/// a row as make the whole about twice as wide as deep.
pub fn footprint(part: &Component) -> (f64, f64) {
    if let Kind::Hall(hall) = &part.kind {
        if !(hall.area_m2 > 0.0 && hall.area_m2.is_finite()) {
            return (UNKNOWN_M, UNKNOWN_M);
        }
        let width = (hall.area_m2 / HALL_LENGTH_BY_WIDTH).sqrt();
        return (width * HALL_LENGTH_BY_WIDTH, width);
    }
    let known = TABLE.iter().find(|known| Some(known.part.as_str()) == typical_of(part));
    let (width, depth) = known.map_or((UNKNOWN_M, UNKNOWN_M), |known| (known.width_m, known.depth_m));
    let units = f64::from(part.units.max(1));
    let in_a_row = (HALL_LENGTH_BY_WIDTH * units * depth / width).sqrt().round().clamp(1.0, units);
    (width * in_a_row, depth * (units / in_a_row).ceil())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_footprint_is_read() {
        assert_eq!(TABLE.len(), rows(FOOTPRINTS).count());
        assert!(TABLE.iter().all(|known| known.width_m > 0.0 && known.depth_m > 0.0));
    }
}
