//! How links run between parts: by which faces they leave and enter, where they turn, how they share a face.

use egui::{Pos2, Rect, pos2, vec2};

use super::layout::{BUS, SYMBOL};
use super::near::Near;
use super::symbol::Pose;
use crate::site::drawing::link_ends;
use crate::site::{Component, Kind, Link, Medium, Side, Site};

/// Distance between two wires on one side of a part.
const PORT_SPACING: f32 = 22.0;
/// Distance a wire keeps from parts it passes.
const WIRE_CLEARANCE: f32 = 7.0;
/// Distance from a part at which a wire may turn that does not turn half way.
const NEAR: f32 = 20.0;
/// A part farther than this from the space between two others has no say in how a link between them runs: the widest
/// lane, the clearance, and something for rounding.
const REACH: f32 = 20.0;

/// How the links of a site run.
#[derive(Clone, Debug, Default)]
pub(super) struct Ways(Vec<Way>);

/// How one link runs.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    /// Places of its parts in the site's list; none where one is missing or both are the same.
    ends: Option<(usize, usize)>,
    /// By how much it keeps to its lane.
    shift: f32,
    route: Option<Route>,
    /// From the middle of the face it leaves by.
    leaves: f32,
    /// From the middle of the face it enters by.
    enters: f32,
}

/// A wire at a face of a part.
struct Port {
    node: usize,
    face: Face,
    /// Where its other end is, along the face.
    towards: f32,
    link: usize,
    leaves: bool,
}

impl Ways {
    /// Routes all links of a site whose parts take these places; also their corners.
    pub fn new(site: &Site, nodes: &[Rect]) -> (Self, Vec<Vec<Pos2>>) {
        let way = |(link, ends): (&Link, Option<(usize, usize)>)| {
            let ends = ends.filter(|(from, to)| from != to);
            let side = ends.map_or(Side::None, |(from, to)| link_side(site, from, to));
            Way { ends, shift: lane(&link.medium, side), ..Way::default() }
        };
        let mut ways = Self(site.links.iter().zip(link_ends(site)).map(way).collect());
        let mut lines = vec![Vec::new(); ways.0.len()];
        let all = vec![true; ways.0.len()];
        ways.route(site, nodes, &all, &mut lines);
        (ways, lines)
    }

    /// As [`Ways::new`] of the same site, where parts went from places `before` to places `nodes`.
    pub fn moved(
        &self,
        site: &Site,
        (before, nodes): (&[Rect], &[Rect]),
        lines: &[Vec<Pos2>],
    ) -> (Self, Vec<Vec<Pos2>>) {
        let is_moved = |index: usize| before[index] != nodes[index];
        let moved = (0..nodes.len()).filter(|index| is_moved(*index));
        let places: Vec<Rect> = moved.flat_map(|index| [before[index], nodes[index]]).collect();
        let near = Near::new(&places);
        let is_led_anew = |way: &Way| {
            way.ends.is_some_and(|(from, to)| {
                let between = nodes[from].union(nodes[to]).expand(REACH);
                is_moved(from) || is_moved(to) || near.touches(&places, between, |_| true)
            })
        };
        let anew: Vec<bool> = self.0.iter().map(is_led_anew).collect();
        let (mut ways, mut lines) = (self.clone(), lines.to_vec());
        if anew.contains(&true) {
            ways.route(site, nodes, &anew, &mut lines);
        }
        (ways, lines)
    }

    /// Routes some of the links, and puts all in order that share a part with one of them.
    fn route(&mut self, site: &Site, nodes: &[Rect], anew: &[bool], lines: &mut [Vec<Pos2>]) {
        let ground = Ground { nodes, turns: &turns(site), near: &Near::new(nodes) };
        let mut is_touched = vec![false; nodes.len()];
        for (way, _) in self.0.iter_mut().zip(anew).filter(|(_, anew)| **anew) {
            let Some((from, to)) = way.ends else { continue };
            way.route = Some(best_route(&ground, from, to, way.shift));
            (is_touched[from], is_touched[to]) = (true, true);
        }
        self.spread(site, nodes, &is_touched);
        for (way, line) in self.0.iter().zip(lines) {
            let (Some((from, to)), Some(route)) = (way.ends, way.route) else { continue };
            if is_touched[from] || is_touched[to] {
                let ends = [from, to].map(|index| body(&site.components[index], nodes[index]));
                *line = path(ends[0], ends[1], route, way.leaves, way.enters, way.shift);
            }
        }
    }

    /// Spreads wires along the faces of parts.
    fn spread(&mut self, site: &Site, nodes: &[Rect], is_touched: &[bool]) {
        let along = |face: Face, at: Pos2| if face.is_level() { at.x } else { at.y };
        let mut ports = Vec::new();
        for (link, way) in self.0.iter().enumerate() {
            let (Some((from, to)), Some(route)) = (way.ends, way.route) else { continue };
            for (node, other, face, leaves) in [(from, to, route.leave, true), (to, from, route.enter, false)]
            {
                if is_touched[node] {
                    let towards = along(face, nodes[other].center());
                    ports.push(Port { node, face, towards, link, leaves });
                }
            }
        }
        ports.sort_by(|a, b| {
            let face = (a.node, a.face).cmp(&(b.node, b.face));
            face.then(a.towards.total_cmp(&b.towards)).then(a.link.cmp(&b.link))
        });
        for list in ports.chunk_by(|a, b| (a.node, a.face) == (b.node, b.face)) {
            for (place, Port { node, face, towards, link, leaves }) in list.iter().enumerate() {
                let rect = nodes[*node];
                let length = if face.is_level() { rect.width() } else { rect.height() };
                let spacing = PORT_SPACING.min(length * 0.8 / list.len() as f32);
                let is_bus = matches!(site.components[*node].kind, Kind::Switchgear(_));
                let spread = (place as f32 - (list.len() - 1) as f32 / 2.0) * spacing;
                let centre = along(*face, rect.center());
                // A straight drop from a bus is worth more than even spacing.
                let straight = (towards - centre).clamp(-length * 0.42, length * 0.42);
                let offset =
                    if is_bus && (towards - centre - straight).abs() < 1.0 { straight } else { spread };
                let way = &mut self.0[*link];
                *(if *leaves { &mut way.leaves } else { &mut way.enters }) = offset;
            }
        }
    }
}

/// Corners of a link that is being drawn, from a part to a place.
pub(super) fn trial(site: &Site, nodes: &[Rect], from: usize, to: Rect) -> Vec<Pos2> {
    let mut nodes = nodes.to_vec();
    nodes.push(to);
    let end = nodes.len() - 1;
    let mut turns = turns(site);
    turns.push(0);
    let ground = Ground { nodes: &nodes, turns: &turns, near: &Near::new(&nodes) };
    let route = best_route(&ground, from, end, 0.0);
    path(body(&site.components[from], nodes[from]), nodes[end], route, 0.0, 0.0, 0.0)
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Face {
    Top,
    Bottom,
    Left,
    Right,
}

impl Face {
    /// Wires stand beside each other along it.
    fn is_level(self) -> bool {
        matches!(self, Self::Top | Self::Bottom)
    }

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
    match (route.leave.is_level(), route.enter.is_level()) {
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
    use crate::app::canvas::layout::{self, Layout};
    use crate::file;
    use egui::Vec2;

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

    /// Held against routing everything again, over walks of one part and of many at once.
    #[test]
    fn what_a_moved_part_does_not_touch_stays_and_the_rest_is_as_if_laid_out_anew() {
        let mut state = 11_u32;
        let mut next = move |most: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % most
        };
        for template in file::templates() {
            let site = file::read_text(template.text).0.unwrap();
            let mut laid = Layout::new(&site);
            let mut centres = layout::centres(&site);
            for turn in 0..24 {
                let far = if turn % 3 == 0 { 2_000 } else { 160 };
                for _ in 0..=(turn % 5) * 3 {
                    let by = vec2(next(far) as f32, next(far) as f32) - Vec2::splat(far as f32 / 2.0);
                    let part = next(centres.len());
                    centres[part] = layout::on_grid(centres[part] + by);
                }
                laid = laid.moved(&site, &centres);
                let anew = Layout::at(&site, &centres);
                assert_eq!((&laid.nodes, laid.bounds), (&anew.nodes, anew.bounds), "{}", template.name);
                for (link, (one, other)) in laid.links.iter().zip(&anew.links).enumerate() {
                    assert_eq!(one, other, "link {} of {}", site.links[link].id, template.name);
                }
            }
        }
    }

    #[test]
    fn another_part_or_link_is_laid_out_anew() {
        let site = file::read_text(file::templates()[0].text).0.unwrap();
        let laid = Layout::new(&site);
        let mut without = site.clone();
        without.links.remove(0);
        assert_eq!(laid.changed(&site, &without).links, Layout::new(&without).links);
        let mut turned = site.clone();
        let bus = turned.components.iter_mut().find(|part| matches!(part.kind, Kind::Switchgear(_)));
        bus.unwrap().drawn.quarter_turns = 1;
        assert_eq!(laid.changed(&site, &turned).links, Layout::new(&turned).links);
        let mut elsewhere = site.clone();
        elsewhere.components[3].at_schematic.x += 64.0;
        assert_eq!(laid.changed(&site, &elsewhere).links, Layout::new(&elsewhere).links);
    }
}
