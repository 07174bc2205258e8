//! The drawing from afar: parts as plates, wires as bars, in one mesh. Two thousand symbols with round lines take
//! fifteen milliseconds to tessellate; their plates take one, and say as much at that size.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Vec2, pos2, vec2};

use super::layers::Seen;
use super::moment::Space;
use super::paint::Drawing;
use crate::app::theme::{self, Palette};
use crate::site::{Kind, Medium, Object};

/// Least width of a plate and of a wire, so that neither is lost between pixels.
const LEAST_PLATE: f32 = 3.0;
const LEAST_WIRE: f32 = 1.0;
/// Least width of a hall's plate in which a tag of two letters has room.
const LEAST_NAMED: f32 = 16.0;
/// Most halls and feeds that are named.
const MOST_NAMES: usize = 60;
/// From this scale on parts have their tags where there is room: the main ones, and then all.
const TAGS_SCALE: f32 = 0.25;
const ALL_TAGS_SCALE: f32 = 0.35;

impl Drawing<'_> {
    /// Near enough for tags beside plates.
    pub(super) fn has_tags(&self) -> bool {
        self.scale() >= TAGS_SCALE
    }

    /// Whether a part has its tag beside its plate; a hall has it inside.
    pub(super) fn has_tag(&self, index: usize) -> bool {
        let is_main = |kind: &Kind| {
            matches!(
                kind,
                Kind::GridFeed(_)
                    | Kind::Transformer(_)
                    | Kind::Switchgear(_)
                    | Kind::Genset(_)
                    | Kind::Ups(_)
            )
        };
        let part = &self.site.components[index];
        let is_shown =
            self.scale() >= ALL_TAGS_SCALE || is_main(&part.kind) || self.part(index).is_overloaded();
        part.hall().is_none() && is_shown
    }

    pub(super) fn paint_far(
        &self,
        painter: &Painter,
        selection: Option<&Object>,
        is_chosen: impl Fn(usize) -> bool,
        hovered: Option<usize>,
    ) {
        let mut mesh = Mesh::default();
        // Grown by doubling, a mesh of this size is copied as often as it is painted.
        let runs: usize = self.layout.links.iter().map(|line| line.len().saturating_sub(1)).sum();
        let plates = 3 * self.site.components.len() + runs;
        mesh.reserve_vertices(4 * plates);
        mesh.reserve_triangles(2 * plates);
        let view = painter.clip_rect();
        self.add_wires(&mut mesh, view, selection);
        for index in 0..self.site.components.len() {
            let rect = self.plate(index);
            let seen = self.seen(index);
            if seen == Seen::Hidden || !view.intersects(rect.expand(4.0)) {
                continue;
            }
            let palette = self.palette;
            let ink = |colour: Color32| match seen {
                Seen::Shown => colour,
                seen => theme::mix(palette.canvas, colour, seen.ink()),
            };
            if let Some(mark) = self.marks.get(&index) {
                mesh.add_colored_rect(rect.expand(3.0), ink(palette.grade(mark.grade)));
            }
            if is_chosen(index) || hovered == Some(index) {
                mesh.add_colored_rect(rect.expand(2.5), palette.accent);
            }
            let part = self.part(index);
            let colour = self.node_colour(&self.site.components[index], part);
            if self.site.components[index].hall().is_some() {
                self.add_hall(&mut mesh, index, rect, &ink);
            } else if part.condition.is_solid() {
                mesh.add_colored_rect(rect, ink(colour));
            } else {
                // What does not stand is a frame.
                mesh.add_colored_rect(rect, ink(colour));
                mesh.add_colored_rect(rect.shrink(LEAST_WIRE), palette.canvas);
            }
            if part.is_overloaded() {
                mesh.add_colored_rect(
                    Rect::from_center_size(rect.right_top(), Vec2::splat(4.0)),
                    palette.error,
                );
            }
        }
        painter.add(Shape::mesh(mesh));
        self.paint_names(painter);
    }

    /// The place of a part, large enough to be seen.
    pub(super) fn plate(&self, index: usize) -> Rect {
        let rect = self.rect(index);
        // A symbol does not fill its place.
        let share = match self.site.components[index].kind {
            Kind::Hall(_) => 1.0,
            Kind::Switchgear(_) => 0.9,
            _ => 0.7,
        };
        let size = (rect.size() * share).max(Vec2::splat(LEAST_PLATE));
        Rect::from_center_size(rect.center(), size)
    }

    /// A room whose width is shared by its uses.
    fn add_hall(&self, mesh: &mut Mesh, index: usize, rect: Rect, ink: &impl Fn(Color32) -> Color32) {
        let palette = self.palette;
        let part = self.part(index);
        mesh.add_colored_rect(rect, ink(palette.symbol));
        let inner = rect.shrink(LEAST_WIRE);
        let whole = self.site.components[index].hall().map_or(0.0, |hall| hall.critical_mw);
        add_uses(mesh, inner, (&part.space, whole), palette, ink);
    }

    /// Wires run straight across and down, so that each run is a bar.
    fn add_wires(&self, mesh: &mut Mesh, view: Rect, selection: Option<&Object>) {
        let in_sight = self.to_screen.inverse() * view.expand(8.0);
        for index in &self.sheet.order {
            let line = &self.layout.links[*index];
            if line.len() < 2 || !in_sight.intersects(self.layout.spans[*index]) {
                continue;
            }
            let seen = self.seen_link(*index);
            if seen == Seen::Hidden {
                continue;
            }
            let ink = self.link_ink(*index);
            let is_chosen = matches!(selection, Some(Object::Link(id)) if *id == self.site.links[*index].id);
            let colour = match seen {
                _ if is_chosen => self.palette.accent,
                Seen::Shown => ink.colour,
                seen => theme::mix(self.palette.canvas, ink.colour, seen.ink()),
            };
            let thin = matches!(self.site.links[*index].medium, Medium::Fibre { .. }) || !ink.wire.solid;
            let width =
                if thin { LEAST_WIRE } else { ink.width.max(LEAST_WIRE) } + f32::from(u8::from(is_chosen));
            for run in self.between_plates(*index).windows(2) {
                let bar = Rect::from_two_pos(self.to_screen * run[0], self.to_screen * run[1]);
                let bar = bar.expand(width / 2.0);
                if view.intersects(bar) {
                    mesh.add_colored_rect(bar, colour);
                }
            }
        }
    }

    /// The corners of a link, its ends where its plates are: a plate is smaller than the place at whose edge a wire ends.
    pub(super) fn between_plates(&self, index: usize) -> Vec<Pos2> {
        let mut line = self.layout.links[index].clone();
        let (Some((from, to)), 2..) = (self.sheet.wires[index].ends, line.len()) else { return line };
        let last = line.len() - 1;
        for (end, next, part) in [(0, 1, from), (last, last - 1, to)] {
            let middle = self.layout.nodes[part].center();
            let is_down = line[end].x == line[next].x;
            let inside = if is_down { pos2(line[end].x, middle.y) } else { pos2(middle.x, line[end].y) };
            // Only on the way it has.
            if (line[end] - line[next]).dot(inside - line[end]) > 0.0 {
                line[end] = inside;
            }
        }
        line
    }

    /// Names of halls and feeds that have room for them.
    fn paint_names(&self, painter: &Painter) {
        let font = theme::bold(10.0);
        let view = painter.clip_rect();
        let named = (0..self.site.components.len()).filter_map(|index| {
            let is_hall = match self.site.components[index].kind {
                Kind::Hall(_) => true,
                Kind::GridFeed(_) if !self.has_tags() => false,
                _ => return None,
            };
            if self.seen(index) == Seen::Hidden || !view.contains_rect(self.rect(index)) {
                return None;
            }
            let rect = self.plate(index);
            if is_hall && rect.width() < LEAST_NAMED {
                return None;
            }
            let tag = self.site.components[index].tag.clone();
            let galley = painter.layout_no_wrap(tag, font.clone(), self.palette.text);
            let size = galley.size();
            let at = if is_hall {
                rect.center() - size / 2.0
            } else {
                rect.right_center() + vec2(3.0, -size.y / 2.0)
            };
            (!is_hall || size.x + 4.0 <= rect.width()).then_some((galley, size, at))
        });
        for (galley, size, at) in named.take(MOST_NAMES) {
            let ground = Rect::from_min_size(at, size).expand2(vec2(2.0, -1.0));
            painter.rect_filled(ground, 2.0, self.palette.canvas.gamma_multiply(0.82));
            painter.galley(at, galley, self.palette.text);
        }
    }
}

/// The width of a room shared by its uses, of `whole` MW; what is left is unused.
pub fn add_uses(
    mesh: &mut Mesh,
    room: Rect,
    (space, whole): (&[(Space, f64)], f64),
    palette: &Palette,
    ink: &impl Fn(Color32) -> Color32,
) {
    mesh.add_colored_rect(room, ink(palette.unused));
    let mut left = room.left();
    for (space, mw) in space {
        let colour = match space {
            Space::Hosting(offer) => theme::tenant(palette, *offer),
            Space::Mining => palette.mining,
            Space::Works => palette.works,
            Space::Fitted => theme::mix(palette.hosting[0], palette.canvas, 0.6),
        };
        let share = if whole > 1e-9 { (mw / whole).clamp(0.0, 1.0) as f32 } else { 0.0 };
        let right = (left + share * room.width()).min(room.right());
        mesh.add_colored_rect(room.with_min_x(left).with_max_x(right), ink(colour));
        left = right;
    }
}
