//! Where parts and links lie, in drawing units.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::near::Near;
use super::route::{self, Ways};
use crate::site::{Component, Kind, Link, Site};

pub const SYMBOL: f32 = 44.0;
pub const HALL: Vec2 = vec2(212.0, 116.0);
pub(super) const BUS: Vec2 = vec2(104.0, 26.0);
/// Free space between two parts, for labels and wires.
const CLEARANCE: Vec2 = vec2(64.0, 36.0);
/// Parts of different rows that are farther apart than this do not keep their rows apart.
const BESIDE: f32 = 40.0;
/// Least distance of two rows.
const LEAST_STEP: f32 = 12.0;

/// Parts stand on multiples of this.
pub const GRID: f32 = 8.0;

/// The drawing without colours.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub nodes: Vec<Rect>,
    pub links: Vec<Vec<Pos2>>,
    /// What the corners of each link take; nothing where it has none.
    pub spans: Vec<Rect>,
    pub bounds: Option<Rect>,
    /// How the links run, kept for [`Layout::moved`].
    ways: Ways,
}

impl Layout {
    /// Lays a site out where its parts are drawn; see [`centres`].
    pub fn new(site: &Site) -> Self {
        Self::at(site, &centres(site))
    }

    /// Lays a site out with its parts at these places.
    pub fn at(site: &Site, centres: &[Pos2]) -> Self {
        let nodes = rects(site, centres);
        let (ways, links) = Ways::new(site, &nodes);
        Self::of(nodes, links, ways)
    }

    /// As [`Layout::at`] of the site it was made of, with some parts elsewhere: only links that this can have led another
    /// way are routed anew.
    pub fn moved(&self, site: &Site, centres: &[Pos2]) -> Self {
        let nodes = rects(site, centres);
        if nodes.len() != self.nodes.len() {
            return Self::at(site, centres);
        }
        let (ways, links) = self.ways.moved(site, (&self.nodes, &nodes), &self.links);
        Self::of(nodes, links, ways)
    }

    /// As [`Layout::new`] of a site that may differ from the one it was made of in anything.
    pub fn changed(&self, before: &Site, site: &Site) -> Self {
        if is_drawn_alike(before, site) { self.moved(site, &centres(site)) } else { Self::new(site) }
    }

    fn of(nodes: Vec<Rect>, links: Vec<Vec<Pos2>>, ways: Ways) -> Self {
        let span = |line: &Vec<Pos2>| Rect::from_points(line);
        let spans: Vec<Rect> = links.iter().map(span).collect();
        let runs = spans.iter().zip(&links).filter(|(_, line)| !line.is_empty()).map(|(span, _)| *span);
        let bounds = nodes.iter().copied().chain(runs).reduce(Rect::union);
        Self { nodes, links, spans, bounds, ways }
    }

    /// Corners of a link that is being drawn, from a part to a place.
    pub fn trial(&self, site: &Site, from: usize, to: Pos2) -> Vec<Pos2> {
        route::trial(site, &self.nodes, from, Rect::from_center_size(to, Vec2::splat(2.0)))
    }
}

/// True where two sites have the same parts and links, but for where the parts stand and what they are worth.
fn is_drawn_alike(one: &Site, other: &Site) -> bool {
    let same_part = |(a, b): (&Component, &Component)| {
        a.id == b.id
            && std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind)
            && (a.side, a.drawn.quarter_turns, a.drawn.flipped)
                == (b.side, b.drawn.quarter_turns, b.drawn.flipped)
    };
    let same_link = |(a, b): (&Link, &Link)| (&a.from, &a.to, &a.medium) == (&b.from, &b.to, &b.medium);
    one.components.len() == other.components.len()
        && one.links.len() == other.links.len()
        && one.components.iter().zip(&other.components).all(same_part)
        && one.links.iter().zip(&other.links).all(same_link)
}

/// The places that parts take around their centres.
pub fn rects(site: &Site, centres: &[Pos2]) -> Vec<Rect> {
    let parts = site.components.iter().zip(centres);
    parts.map(|(part, at)| Rect::from_center_size(*at, size_of(part))).collect()
}

/// Where parts stand: as they are drawn, and in rows where most of them would lie on each other.
pub fn centres(site: &Site) -> Vec<Pos2> {
    let drawn = drawn(site);
    let nodes = rects(site, &drawn);
    let near = Near::new(&nodes);
    let hidden = nodes
        .iter()
        .enumerate()
        .filter(|(index, node)| near.touches(&nodes, **node, |other| other != *index));
    if 2 * hidden.count() > nodes.len() { arranged(site) } else { drawn }
}

/// Places in rows, near to each other, as [`spaced`] puts them.
pub fn arranged(site: &Site) -> Vec<Pos2> {
    let places = spaced(site, &positions(site));
    places.into_iter().map(on_grid).collect()
}

/// The nearest place of the grid.
pub fn on_grid(at: Pos2) -> Pos2 {
    pos2((at.x / GRID).round() * GRID, (at.y / GRID).round() * GRID)
}

/// The shortest way, in steps of the grid, by which parts come to lie on none of the others.
pub fn clear_of(parts: &[Rect], others: &[Rect]) -> Vec2 {
    let near = Near::new(others);
    let is_clear =
        |by: Vec2| parts.iter().all(|part| !near.touches(others, part.translate(by).shrink(0.5), |_| true));
    let step = 2.0 * GRID;
    for ring in 0..200_i16 {
        let side = f32::from(ring) * step;
        let mut ways: Vec<Vec2> = Vec::new();
        for place in -ring..=ring {
            let along = f32::from(place) * step;
            ways.extend([vec2(along, side), vec2(along, -side), vec2(side, along), vec2(-side, along)]);
        }
        ways.sort_by(|a, b| a.length_sq().total_cmp(&b.length_sq()));
        if let Some(way) = ways.into_iter().find(|by| is_clear(*by)) {
            return way;
        }
    }
    Vec2::ZERO
}

/// The place a part takes, turned as it is drawn.
pub fn size_of(part: &Component) -> Vec2 {
    let size = match part.kind {
        Kind::Hall(_) => HALL,
        Kind::Switchgear(_) => BUS,
        _ => Vec2::splat(SYMBOL),
    };
    if part.drawn.quarter_turns % 2 == 1 { size.yx() } else { size }
}

/// Positions as drawn.
pub fn drawn(site: &Site) -> Vec<Pos2> {
    #[expect(clippy::cast_possible_truncation, reason = "screen coordinates are single precision")]
    let places =
        site.components.iter().map(|part| pos2(part.at_schematic.x as f32, part.at_schematic.y as f32));
    places.map(|at| if at.is_finite() { at } else { Pos2::ZERO }).collect()
}

/// Positions as drawn; a site without any gets rows by layer.
fn positions(site: &Site) -> Vec<Pos2> {
    let drawn = drawn(site);
    let spread = drawn.iter().any(|at| Some(at) != drawn.first());
    if spread || drawn.len() < 2 {
        return drawn;
    }
    let mut placed = BTreeMap::new();
    site.components
        .iter()
        .map(|part| {
            let row = part.kind.layer() as usize;
            let column = placed.entry(row).or_insert(0_u16);
            *column += 1;
            pos2(f32::from(*column), row as f32)
        })
        .collect()
}

/// Positions on the drawing: columns keep their proportions, rows move as near to each other as their parts allow.
///
/// What stood in a row stays in a row, and what stood above stays above.
fn spaced(site: &Site, positions: &[Pos2]) -> Vec<Pos2> {
    let sizes: Vec<Vec2> = site.components.iter().map(size_of).collect();
    let rows = rows(positions);
    let scale = column_scale(positions, &sizes, &rows);
    let mut order: Vec<usize> = (0..positions.len()).collect();
    order.sort_by_key(|index| (rows[*index], *index));
    let linked = linked_pairs(site);
    let mut placed: Vec<Pos2> = positions.iter().map(|at| pos2(at.x * scale, 0.0)).collect();
    let mut done: Vec<usize> = Vec::new();
    let mut floor = 0.0_f32;
    for row in order.chunk_by(|a, b| rows[*a] == rows[*b]) {
        let y = row
            .iter()
            .flat_map(|index| done.iter().map(move |other| (*index, *other)))
            .filter(|(index, other)| {
                let across = (placed[*index].x - placed[*other].x).abs();
                across < (sizes[*index].x + sizes[*other].x) / 2.0 + BESIDE
                    || linked.contains(&(*index.min(other), *index.max(other)))
            })
            .map(|(index, other)| placed[other].y + (sizes[index].y + sizes[other].y) / 2.0 + CLEARANCE.y)
            .fold(floor, f32::max);
        for index in row {
            placed[*index].y = y;
        }
        done.extend(row);
        floor = y + LEAST_STEP;
    }
    placed
}

/// Parts joined by a link, the earlier one first.
fn linked_pairs(site: &Site) -> BTreeSet<(usize, usize)> {
    let index: BTreeMap<&str, usize> =
        site.components.iter().enumerate().map(|(index, part)| (part.id.as_str(), index)).collect();
    site.links
        .iter()
        .filter(|link| link.medium.is_power() || link.medium.is_heat())
        .filter_map(|link| Some((*index.get(link.from.as_str())?, *index.get(link.to.as_str())?)))
        .map(|(from, to)| (from.min(to), from.max(to)))
        .collect()
}

/// The row each part stands in, from the top; heights that hardly differ are one row.
fn rows(positions: &[Pos2]) -> Vec<usize> {
    let mut heights: Vec<f32> = positions.iter().map(|at| at.y).collect();
    heights.sort_by(f32::total_cmp);
    let span = heights.last().unwrap_or(&0.0) - heights.first().unwrap_or(&0.0);
    let tolerance = span / 60.0;
    let mut starts: Vec<f32> = Vec::new();
    for height in heights {
        if starts.last().is_none_or(|start| height - start > tolerance) {
            starts.push(height);
        }
    }
    positions.iter().map(|at| starts.iter().rposition(|start| at.y >= *start).unwrap_or(0)).collect()
}

/// Least scale at which no two parts of a row come too near.
fn column_scale(positions: &[Pos2], sizes: &[Vec2], rows: &[usize]) -> f32 {
    let mut scale: f32 = 0.0;
    for index in 0..positions.len() {
        for other in 0..index {
            let apart = (positions[index].x - positions[other].x).abs();
            if rows[index] == rows[other] && apart > 1e-3 {
                scale = scale.max(((sizes[index].x + sizes[other].x) / 2.0 + CLEARANCE.x) / apart);
            }
        }
    }
    if scale > 0.0 && scale.is_finite() { scale.min(1_000.0) } else { 1.0 }
}

/// The place half way along a link.
pub fn middle_of(line: &[Pos2]) -> Option<Pos2> {
    let length: f32 = line.windows(2).map(|run| (run[1] - run[0]).length()).sum();
    let mut left = length / 2.0;
    for run in line.windows(2) {
        let along = run[1] - run[0];
        if along.length() >= left {
            return Some(run[0] + along.normalized() * left);
        }
        left -= along.length();
    }
    line.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_has_finite_coordinates() {
        assert!(Layout::new(&Site::empty("x")).bounds.is_none());
    }

    #[test]
    fn what_is_put_on_a_part_goes_beside_it() {
        let at = |x: f32, y: f32| Rect::from_center_size(pos2(x, y), Vec2::splat(SYMBOL));
        let others = [at(0.0, 0.0), at(60.0, 0.0)];
        assert_eq!(clear_of(&[at(0.0, 100.0)], &others), Vec2::ZERO);
        let moved = [at(10.0, 4.0)];
        let by = clear_of(&moved, &others);
        assert!(
            by.length() < 60.0
                && others.iter().all(|other| !moved[0].translate(by).shrink(0.5).intersects(*other))
        );
    }
}
