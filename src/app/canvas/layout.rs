//! Where parts and links lie, in drawing units.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::near::Near;
use super::symbol::Pose;
use crate::site::{Component, Kind, Medium, Side, Site};

pub const SYMBOL: f32 = 44.0;
pub const HALL: Vec2 = vec2(212.0, 116.0);
const BUS: Vec2 = vec2(104.0, 26.0);
/// Free space between two parts, for labels and wires.
const CLEARANCE: Vec2 = vec2(64.0, 36.0);
/// Parts of different rows that are farther apart than this do not keep their rows apart.
const BESIDE: f32 = 40.0;
/// Least distance of two rows.
const LEAST_STEP: f32 = 12.0;
/// Distance between two wires on one side of a part.
const PORT_SPACING: f32 = 22.0;
/// Distance a wire keeps from parts it passes.
const WIRE_CLEARANCE: f32 = 7.0;
const NEAR: f32 = 20.0;

/// Parts stand on multiples of this.
pub const GRID: f32 = 8.0;

/// The drawing without colours.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub nodes: Vec<Rect>,
    pub links: Vec<Vec<Pos2>>,
    pub bounds: Option<Rect>,
}

impl Layout {
    /// Lays a site out where its parts are drawn; see [`centres`].
    pub fn new(site: &Site) -> Self {
        Self::at(site, &centres(site))
    }

    /// Lays a site out with its parts at these places.
    pub fn at(site: &Site, centres: &[Pos2]) -> Self {
        let nodes = rects(site, centres);
        let index: BTreeMap<&str, usize> =
            site.components.iter().enumerate().map(|(index, part)| (part.id.as_str(), index)).collect();
        let links = route_all(site, &nodes, &index);
        let bounds = nodes
            .iter()
            .copied()
            .chain(links.iter().flatten().map(|point| Rect::from_center_size(*point, Vec2::ZERO)))
            .reduce(Rect::union);
        Self { nodes, links, bounds }
    }

    /// Corners of a link that is being drawn, from a part to a place.
    pub fn trial(&self, site: &Site, from: usize, to: Pos2) -> Vec<Pos2> {
        let mut nodes = self.nodes.clone();
        nodes.push(Rect::from_center_size(to, Vec2::splat(2.0)));
        let end = nodes.len() - 1;
        let mut turns = turns(site);
        turns.push(0);
        let ground = Ground { nodes: &nodes, turns: &turns, near: &Near::new(&nodes) };
        let route = best_route(&ground, from, end, 0.0);
        path(body(&site.components[from], nodes[from]), nodes[end], route, 0.0, 0.0, 0.0)
    }
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

fn turns(site: &Site) -> Vec<u32> {
    site.components.iter().map(|part| part.drawn.quarter_turns % 4).collect()
}

/// Where a symbol's ink begins, so that wires end on it: circles and bars are narrower than their places.
fn body(part: &Component, turned: Rect) -> Rect {
    let half = SYMBOL / 2.0;
    let pose = Pose::of(part, turned.center());
    let rect = pose.upright(turned);
    pose.rect(match &part.kind {
        Kind::Switchgear(_) => {
            Rect::from_min_max(rect.min, pos2(rect.right(), rect.center().y + BUS.y * 0.14))
        }
        Kind::Transformer(_) => rect.shrink2(vec2(half * 0.5, half * 0.06)),
        Kind::GridFeed(_) => rect.shrink2(vec2(half * 0.72, half * 0.05)),
        Kind::Genset(_) | Kind::Generation(_) => rect.shrink(half * 0.14),
        Kind::Carrier => rect.shrink(half * 0.2),
        Kind::Metro(_) => rect.shrink2(vec2(half * 0.55, half * 0.1)),
        Kind::Hall(_) => rect,
        _ => rect.shrink(half * 0.1),
    })
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

/// A wire at a face of a part: where along the face, which link, and whether it leaves there.
type PortUse = (f32, usize, bool);

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Face {
    Top,
    Bottom,
    Left,
    Right,
}

impl Face {
    /// The face of the upright symbol that a face of one turned by so many quarters is.
    fn turned_back(self, quarters: u32) -> Self {
        (0..quarters % 4).fold(self, |face, _| match face {
            Self::Top => Self::Left,
            Self::Left => Self::Bottom,
            Self::Bottom => Self::Right,
            Self::Right => Self::Top,
        })
    }
}

/// How a link runs: the faces it leaves and enters by, and how far along it turns.
#[derive(Clone, Copy, Debug)]
struct Route {
    leave: Face,
    enter: Face,
    turn: f32,
}

fn route_all(site: &Site, nodes: &[Rect], index: &BTreeMap<&str, usize>) -> Vec<Vec<Pos2>> {
    let ends: Vec<Option<(usize, usize)>> = site
        .links
        .iter()
        .map(|link| Some((*index.get(link.from.as_str())?, *index.get(link.to.as_str())?)))
        .map(|ends| ends.filter(|(from, to)| from != to))
        .collect();
    let shifts: Vec<f32> = site
        .links
        .iter()
        .zip(&ends)
        .map(|(link, ends)| {
            let side = ends.map_or(Side::None, |(from, to)| link_side(site, from, to));
            lane(&link.medium, side)
        })
        .collect();
    let ground = Ground { nodes, turns: &turns(site), near: &Near::new(nodes) };
    let routes: Vec<Option<Route>> = ends
        .iter()
        .zip(&shifts)
        .map(|(ends, shift)| ends.map(|(from, to)| best_route(&ground, from, to, *shift)))
        .collect();
    let bodies: Vec<Rect> = site.components.iter().zip(nodes).map(|(part, rect)| body(part, *rect)).collect();
    let mut ports: BTreeMap<(usize, Face), Vec<PortUse>> = BTreeMap::new();
    for (link, (ends, route)) in ends.iter().zip(&routes).enumerate() {
        let (Some((from, to)), Some(route)) = (ends, route) else { continue };
        let along = |face: Face, at: Pos2| if matches!(face, Face::Top | Face::Bottom) { at.x } else { at.y };
        ports.entry((*from, route.leave)).or_default().push((
            along(route.leave, nodes[*to].center()),
            link,
            true,
        ));
        ports.entry((*to, route.enter)).or_default().push((
            along(route.enter, nodes[*from].center()),
            link,
            false,
        ));
    }
    let mut offsets: BTreeMap<(usize, bool), f32> = BTreeMap::new();
    for ((node, face), mut list) in ports {
        list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let length =
            if matches!(face, Face::Top | Face::Bottom) { nodes[node].width() } else { nodes[node].height() };
        let spacing = PORT_SPACING.min(length * 0.8 / list.len() as f32);
        let is_bus = matches!(site.components[node].kind, Kind::Switchgear(_));
        for (place, (other, link, leaving)) in list.iter().enumerate() {
            let spread = (place as f32 - (list.len() - 1) as f32 / 2.0) * spacing;
            let centre = if matches!(face, Face::Top | Face::Bottom) {
                nodes[node].center().x
            } else {
                nodes[node].center().y
            };
            // A straight drop from a bus is worth more than even spacing.
            let straight = (other - centre).clamp(-length * 0.42, length * 0.42);
            offsets.insert(
                (*link, *leaving),
                if is_bus && (other - centre - straight).abs() < 1.0 { straight } else { spread },
            );
        }
    }
    ends.iter()
        .zip(&routes)
        .enumerate()
        .map(|(link, (ends, route))| match (ends, route) {
            (Some((from, to)), Some(route)) => {
                let offset = |leaving| offsets.get(&(link, leaving)).copied().unwrap_or(0.0);
                path(bodies[*from], bodies[*to], *route, offset(true), offset(false), shifts[link])
            }
            _ => Vec::new(),
        })
        .collect()
}

/// The side of a 2N arrangement a link belongs to.
pub fn link_side(site: &Site, from: usize, to: usize) -> Side {
    match site.components[to].side {
        Side::None => site.components[from].side,
        side => side,
    }
}

/// Keeps parallel runs of different kinds apart.
fn lane(medium: &Medium, side: Side) -> f32 {
    match (medium, side) {
        (Medium::Power { .. }, Side::A) => -7.0,
        (Medium::Power { .. }, Side::B) => 7.0,
        (Medium::Power { .. }, Side::None) => 0.0,
        (Medium::Liquid { .. }, _) => -3.0,
        (Medium::Air { .. }, _) => 4.0,
        (Medium::Fibre { .. }, _) => 11.0,
    }
}

fn port(rect: Rect, face: Face, offset: f32) -> Pos2 {
    match face {
        Face::Top => pos2(rect.center().x + offset, rect.top()),
        Face::Bottom => pos2(rect.center().x + offset, rect.bottom()),
        Face::Left => pos2(rect.left(), rect.center().y + offset),
        Face::Right => pos2(rect.right(), rect.center().y + offset),
    }
}

/// The corners of a link.
fn path(from: Rect, to: Rect, route: Route, leave_offset: f32, enter_offset: f32, shift: f32) -> Vec<Pos2> {
    let start = port(from, route.leave, leave_offset);
    let end = port(to, route.enter, enter_offset);
    let vertical = |face| matches!(face, Face::Top | Face::Bottom);
    match (vertical(route.leave), vertical(route.enter)) {
        (true, true) => {
            if (start.x - end.x).abs() < 1.0 {
                return vec![start, end];
            }
            let turn = start.y + (end.y - start.y) * route.turn + shift;
            vec![start, pos2(start.x, turn), pos2(end.x, turn), end]
        }
        (false, false) => {
            if (start.y - end.y).abs() < 1.0 {
                return vec![start, end];
            }
            let turn = start.x + (end.x - start.x) * route.turn + shift;
            vec![start, pos2(turn, start.y), pos2(turn, end.y), end]
        }
        (true, false) => vec![start, pos2(start.x, end.y), end],
        (false, true) => vec![start, pos2(end.x, start.y), end],
    }
}

/// What wires run between.
struct Ground<'a> {
    nodes: &'a [Rect],
    /// Quarters each part is turned by.
    turns: &'a [u32],
    near: &'a Near,
}

/// The way with the fewest parts crossed, then the shortest with the fewest bends.
fn best_route(ground: &Ground<'_>, from: usize, to: usize, shift: f32) -> Route {
    let nodes = ground.nodes;
    let (a, b) = (nodes[from], nodes[to]);
    let down = b.center().y >= a.center().y;
    let right = b.center().x >= a.center().x;
    let (leave_y, enter_y) = if down { (Face::Bottom, Face::Top) } else { (Face::Top, Face::Bottom) };
    let (leave_x, enter_x) = if right { (Face::Right, Face::Left) } else { (Face::Left, Face::Right) };
    let gap_y = if down { b.top() - a.bottom() } else { a.top() - b.bottom() };
    let gap_x = if right { b.left() - a.right() } else { a.left() - b.right() };
    let mut candidates = Vec::new();
    if gap_y > 2.0 {
        let near = (NEAR / gap_y).min(0.5);
        for turn in [0.5, near, 1.0 - near] {
            candidates.push(Route { leave: leave_y, enter: enter_y, turn });
        }
    }
    if gap_x > 2.0 {
        let near = (NEAR / gap_x).min(0.5);
        for turn in [0.5, near, 1.0 - near] {
            candidates.push(Route { leave: leave_x, enter: enter_x, turn });
        }
    }
    if gap_x > 2.0 && gap_y > 2.0 {
        candidates.push(Route { leave: leave_x, enter: enter_y, turn: 0.5 });
        candidates.push(Route { leave: leave_y, enter: enter_x, turn: 0.5 });
    }
    candidates
        .into_iter()
        .map(|route| (cost(ground, from, to, &path(a, b, route, 0.0, 0.0, shift), route), route))
        .min_by(|(a, _), (b, _)| a.total_cmp(b))
        .map_or(Route { leave: leave_y, enter: enter_y, turn: 0.5 }, |(_, route)| route)
}

fn cost(ground: &Ground<'_>, from: usize, to: usize, path: &[Pos2], route: Route) -> f32 {
    let crossed = path
        .windows(2)
        .map(|segment| {
            let run = Rect::from_two_pos(segment[0], segment[1]).expand(WIRE_CLEARANCE);
            ground.near.count(ground.nodes, run, |index| index != from && index != to)
        })
        .sum::<usize>();
    let length: f32 = path.windows(2).map(|segment| (segment[1] - segment[0]).length()).sum();
    // Ways that lead down from a part and into the next from above read as a one-line diagram.
    let natural = |face: Face, index: usize| face.turned_back(ground.turns.get(index).copied().unwrap_or(0));
    let unusual = match (natural(route.leave, from), natural(route.enter, to)) {
        (Face::Bottom, Face::Top) | (Face::Left, Face::Right) | (Face::Right, Face::Left) => 0.0,
        (Face::Top, Face::Bottom) => 20.0,
        _ => 170.0,
    };
    crossed as f32 * 4_000.0 + length + path.len() as f32 * 30.0 + unusual + (route.turn - 0.5).abs() * 10.0
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

/// A path with round elbows.
pub fn rounded(points: &[Pos2], radius: f32) -> Vec<Pos2> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut line = vec![points[0]];
    for corner in points.windows(3) {
        let (before, at, after) = (corner[0], corner[1], corner[2]);
        let reach = radius.min((at - before).length() / 2.0).min((after - at).length() / 2.0);
        let start = at + (before - at).normalized() * reach;
        let end = at + (after - at).normalized() * reach;
        for step in 0..=4 {
            let t = step as f32 / 4.0;
            let one = start + (at - start) * t;
            let two = at + (end - at) * t;
            line.push(one + (two - one) * t);
        }
    }
    line.extend(points.last());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_goes_round_a_part_in_its_way() {
        let at = |x: f32, y: f32| Rect::from_center_size(pos2(x, y), Vec2::splat(SYMBOL));
        let nodes = [at(0.0, 0.0), at(200.0, 200.0), at(0.0, 100.0)];
        let ground = Ground { nodes: &nodes, turns: &[0; 3], near: &Near::new(&nodes) };
        let route = best_route(&ground, 0, 1, 0.0);
        let line = path(nodes[0], nodes[1], route, 0.0, 0.0, 0.0);
        for segment in line.windows(2) {
            assert!(!Rect::from_two_pos(segment[0], segment[1]).expand(1.0).intersects(nodes[2]), "{line:?}");
        }
    }

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
