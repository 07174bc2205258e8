//! A laid-out site at a moment, painted in screen space.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::emath::TSTransform;
use egui::{Align2, Color32, Mesh, Painter, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use super::labels::{LINE_HEIGHT, fitting, label_size};
use super::layers::{Layers, Seen};
use super::layout::{self, Layout};
use super::moment::{Condition, PartMoment, Space};
use super::sheet::{Sheet, Wire};
use super::study::{Mark as StudyMark, Study};
use super::symbol::{self, Pen, Pose};
use super::words::space_texts;
use crate::app::theme::{self, Palette};
use crate::quantity::format;
use crate::site::{Component, Kind, Layer, Medium, Side, Site};

/// Below this scale parts are plates without text; see `far`.
const DETAIL_SCALE: f32 = 0.35;
/// Of a drawing of so many parts already where symbols would have to be larger than their places to be read.
const MANY_PARTS: usize = 600;
const DETAIL_SCALE_OF_MANY: f32 = SMALLEST_SYMBOL / layout::SYMBOL;
/// A drawing of few parts keeps its text down to this scale.
const DETAIL_SCALE_OF_FEW: f32 = 0.2;
const FEW_PARTS: usize = 90;
/// Least size of a symbol that is drawn with detail.
const SMALLEST_SYMBOL: f32 = 21.0;
const LINK_THIN: f32 = 1.4;
const LINK_WIDE: f32 = 7.0;

/// A laid-out site at a moment, and how it lies on the screen.
pub(super) struct Drawing<'a> {
    pub site: &'a Site,
    pub sheet: &'a Sheet,
    /// The sheet's own, or one with parts held elsewhere.
    pub layout: &'a Layout,
    pub palette: &'a Palette,
    pub to_screen: TSTransform,
    pub study: Option<Study>,
    /// By place in the site's components; empty without a study.
    pub marks: &'a Arc<BTreeMap<usize, StudyMark>>,
    pub layers: Layers,
}

/// How a link is drawn.
pub(super) struct Ink {
    pub width: f32,
    pub colour: Color32,
    pub wire: Wire,
}

impl Drawing<'_> {
    pub(super) fn scale(&self) -> f32 {
        self.to_screen.scaling
    }

    /// Near enough for symbols, text and round elbows.
    pub(super) fn is_detailed(&self) -> bool {
        self.scale()
            >= match self.site.components.len() {
                count if count <= FEW_PARTS => DETAIL_SCALE_OF_FEW,
                count if count < MANY_PARTS => DETAIL_SCALE,
                _ => DETAIL_SCALE_OF_MANY,
            }
    }

    pub(super) fn part(&self, index: usize) -> &PartMoment {
        &self.sheet.moment.parts[index]
    }

    /// How a part is seen by its layer.
    pub(super) fn seen(&self, index: usize) -> Seen {
        self.layers.of(self.site.components[index].kind.layer())
    }

    pub(super) fn seen_link(&self, index: usize) -> Seen {
        let layer = |index: usize| self.site.components[index].kind.layer();
        let ends = self.sheet.wires[index].ends.map_or([Layer::Load; 2], |(a, b)| [layer(a), layer(b)]);
        self.layers.of_link(&self.site.links[index], ends)
    }

    // Links.

    /// How wide and in which colour a link is drawn: by what it carries of what the busiest carries.
    pub(super) fn link_ink(&self, index: usize) -> Ink {
        let link = &self.site.links[index];
        let wire = self.sheet.wires[index];
        let largest = self.sheet.largest_link_mw;
        let share = if largest > 1e-9 { (self.sheet.moment.link_mw[index] / largest) as f32 } else { 0.0 };
        let zoom = self.scale().sqrt().clamp(0.45, 1.4);
        let Wire { auxiliary, side, solid, .. } = wire;
        let width = match link.medium {
            Medium::Fibre { .. } => LINK_THIN,
            Medium::Power { .. } if auxiliary => 1.0,
            Medium::Air { .. } => LINK_THIN + (LINK_WIDE - LINK_THIN) * 0.6 * share,
            _ => LINK_THIN + (LINK_WIDE - LINK_THIN) * share,
        } * zoom;
        let colour = link_colour(self.palette, &link.medium, side);
        let colour = match self.study {
            Some(study) if study.keeps(&link.medium) => theme::mix(colour, self.palette.canvas, 0.3),
            Some(_) => theme::mix(colour, self.palette.canvas, 0.75),
            None => colour,
        };
        let colour = match (solid, auxiliary) {
            (true, false) => colour,
            (true, true) => theme::mix(colour, self.palette.canvas, 0.55),
            (false, false) => theme::mix(colour, self.palette.canvas, 0.4),
            (false, true) => theme::mix(colour, self.palette.canvas, 0.68),
        };
        Ink { width, colour, wire }
    }

    // Nodes.

    pub(super) fn rect(&self, index: usize) -> Rect {
        let rect = self.to_screen * self.layout.nodes[index];
        let small = self.is_detailed()
            && rect.height() < SMALLEST_SYMBOL
            && self.layout.nodes[index].width() <= layout::SYMBOL;
        if small { Rect::from_center_size(rect.center(), Vec2::splat(SMALLEST_SYMBOL)) } else { rect }
    }

    /// The screen space a node takes, which labels keep clear of.
    pub(super) fn occupied(&self, index: usize) -> Rect {
        self.with_mark(index).expand(2.0)
    }

    /// Where a part is seen, with the colour that a study lays under it.
    pub(super) fn with_mark(&self, index: usize) -> Rect {
        let margin = if self.marks.contains_key(&index) { (6.0 * self.scale()).clamp(3.0, 7.0) } else { 0.0 };
        self.rect(index).expand(margin)
    }

    pub(super) fn paint_node(&self, painter: &Painter, index: usize, selected: bool, hovered: bool) {
        let component = &self.site.components[index];
        let part = self.part(index);
        let rect = self.rect(index);
        let painter = &inked(painter, self.seen(index));
        if !painter.clip_rect().intersects(rect.expand(20.0)) {
            return;
        }
        let palette = self.palette;
        let mark = self.marks.get(&index);
        if let Some(mark) = mark {
            let colour = palette.grade(mark.grade);
            painter.rect(
                self.with_mark(index),
                5.0,
                colour.gamma_multiply(0.38),
                Stroke::new(1.6, colour),
                StrokeKind::Outside,
            );
        }
        if selected || hovered {
            let fill = if selected {
                palette.accent_soft
            } else {
                theme::mix(palette.canvas, palette.accent_soft, 0.6)
            };
            let stroke = Stroke::new(if selected { 2.0 } else { 1.0 }, palette.accent);
            painter.rect(rect.expand(5.0), 6.0, fill, stroke, StrokeKind::Outside);
        }
        if let Some(hall) = component.hall() {
            let words = mark.map(|mark| mark.words.as_str());
            self.paint_hall(painter, component, hall.critical_mw, part, rect, words);
        } else {
            // A patch of ground hides the wires behind an open symbol.
            if !matches!(component.kind, Kind::Switchgear(_)) && !selected && !hovered && mark.is_none() {
                painter.rect_filled(rect, 0.0, palette.canvas);
            }
            let colour = match (self.study, mark) {
                (None, _) => self.node_colour(component, part),
                // On its plate a symbol has the colour of text; what the study leaves out stands back.
                (Some(_), Some(_)) => palette.text,
                (Some(_), None) => theme::mix(self.node_colour(component, part), palette.canvas, 0.6),
            };
            let pen = Pen {
                painter,
                pose: Pose::of(component, rect.center()),
                stroke: Stroke::new((1.7 * self.scale().sqrt()).clamp(0.8, 2.6), colour),
                fill: palette.symbol_fill,
                dashed: !part.condition.is_solid() && part.condition != Condition::Removed,
                text: rect.height() > 12.0,
            };
            symbol::draw(&pen, &component.kind, rect);
        }
        match part.condition {
            Condition::Works => {
                symbol::hatch(painter, rect.expand(3.0), 6.0, Stroke::new(1.0, palette.works));
            }
            Condition::Removed => {
                let stroke = Stroke::new(2.0, palette.error);
                painter.line_segment([rect.left_top(), rect.right_bottom()], stroke);
                painter.line_segment([rect.right_top(), rect.left_bottom()], stroke);
            }
            Condition::Standing | Condition::Planned | Condition::Built => {}
        }
        if part.is_overloaded() && self.is_detailed() {
            symbol::overload_badge(painter, rect.right_top(), 7.0, palette);
        }
        if component.drawn.locked && self.is_detailed() {
            symbol::lock(painter, rect.left_top(), 4.5, palette);
        }
    }

    pub(super) fn node_colour(&self, component: &Component, part: &PartMoment) -> Color32 {
        let palette = self.palette;
        if part.is_overloaded() {
            return palette.error;
        }
        let base = match (component.kind.layer(), component.side) {
            (Layer::Power, Side::A) => palette.side_a,
            (Layer::Power, Side::B) => palette.side_b,
            (Layer::Cooling, _) => theme::mix(palette.symbol, palette.liquid, 0.55),
            (Layer::Fibre, _) => palette.fibre,
            _ => palette.symbol,
        };
        if part.condition.is_solid() { base } else { theme::mix(base, palette.canvas, 0.35) }
    }

    fn paint_hall(
        &self,
        painter: &Painter,
        component: &Component,
        critical_mw: f64,
        part: &PartMoment,
        rect: Rect,
        words: Option<&str>,
    ) {
        let palette = self.palette;
        let scale = self.scale();
        let detailed = self.is_detailed();
        painter.rect(
            rect,
            (5.0 * scale).min(5.0),
            palette.symbol_fill,
            Stroke::new(1.4, if part.condition.is_solid() { palette.symbol } else { palette.works }),
            StrokeKind::Middle,
        );
        // A room too low for words inside has them above its roof.
        let inside = rect.height() > 48.0 && rect.width() > 84.0;
        let inner = rect.shrink((6.0 * scale).clamp(2.0, 8.0));
        if !detailed || !inside {
            self.paint_racks(painter, inner, critical_mw, part);
            return;
        }
        let size = label_size(scale);
        let title = painter.layout_no_wrap(component.tag.clone(), theme::bold(size), palette.text);
        let ink = if words.is_some() { palette.text } else { palette.text_weak };
        let figure = words.map_or_else(|| format::mw(critical_mw), str::to_owned);
        // The first of several figures where all of them are too long.
        let texts: Vec<String> = [Some(figure.as_str()), figure.split(" · ").next()]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect();
        let figure = fitting(painter, &texts, theme::font(size), inner.width());
        let figure = painter.layout_no_wrap(figure, theme::font(size), ink);
        let has_room = figure.size().x <= inner.width() - title.size().x - 8.0;
        // What a study says is said at any rate, on a line of its own; the rating may be left out.
        let is_below = words.is_some() && !has_room && figure.size().x <= inner.width();
        let header = size + 6.0 + if is_below { size * LINE_HEIGHT } else { 0.0 };
        let footer = if rect.height() > 58.0 && !is_below { size + 5.0 } else { 0.0 };
        let grid = Rect::from_min_max(inner.min + vec2(0.0, header), inner.max - vec2(0.0, footer));
        self.paint_racks(painter, grid, critical_mw, part);
        // Another frame of sight is another mesh, so only a title that would leave its room has one.
        let clip = if title.size().x > inner.width() {
            Cow::Owned(painter.with_clip_rect(rect.intersect(painter.clip_rect())))
        } else {
            Cow::Borrowed(painter)
        };
        clip.galley(inner.left_top(), title, palette.text);
        if is_below {
            clip.galley(inner.left_top() + vec2(0.0, size * LINE_HEIGHT), figure, ink);
        } else if has_room {
            clip.galley(pos2(inner.right() - figure.size().x, inner.top()), figure, ink);
        }
        if footer > 0.0 {
            let text = fitting(&clip, &space_texts(part), theme::font(size - 0.5), inner.width());
            clip.text(
                inner.left_bottom(),
                Align2::LEFT_BOTTOM,
                text,
                theme::font(size - 0.5),
                palette.text_weak,
            );
        }
    }

    /// Racks in columns, filled by use from the left.
    fn paint_racks(&self, painter: &Painter, grid: Rect, critical_mw: f64, part: &PartMoment) {
        if grid.height() < 3.0 || grid.width() < 6.0 || critical_mw <= 0.0 {
            return;
        }
        let palette = self.palette;
        let rows = if grid.height() > 44.0 { 4_usize } else { 3 };
        let pitch = (grid.height() / rows as f32).max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a small count"
        )]
        let columns = ((grid.width() / (pitch * 0.62)).round().clamp(8.0, 30.0)) as usize;
        let cell = vec2(grid.width() / columns as f32, pitch);
        let gap = (cell.x * 0.16).clamp(0.4, 2.0);
        let cells = rows * columns;
        let mut ends = Vec::new();
        let mut sum = 0.0;
        for (space, mw) in &part.space {
            sum += mw / critical_mw * cells as f64;
            ends.push((sum, *space));
        }
        // One mesh: a room of rounded cells takes as long as all symbols of the screen.
        let mut mesh = Mesh::default();
        for index in 0..cells {
            let (column, row) = (index / rows, index % rows);
            let at = grid.min + vec2(column as f32 * cell.x, row as f32 * cell.y);
            let rect = Rect::from_min_size(at, cell).shrink(gap / 2.0);
            let middle = index as f64 + 0.5;
            let space = ends.iter().find(|(end, _)| middle < *end).map(|(_, space)| *space);
            match space {
                Some(Space::Hosting(offer)) => mesh.add_colored_rect(rect, theme::tenant(palette, offer)),
                Some(Space::Mining) => mesh.add_colored_rect(rect, palette.mining),
                Some(Space::Works) => {
                    symbol::hatch(painter, rect, 4.0, Stroke::new(1.0, palette.works));
                }
                Some(Space::Fitted) => {
                    mesh.add_colored_rect(rect, palette.hosting[0]);
                    mesh.add_colored_rect(rect.shrink(1.0), palette.symbol_fill);
                }
                None => mesh.add_colored_rect(rect, palette.unused),
            }
        }
        painter.add(Shape::mesh(mesh));
    }
}

/// The ink of a link by its medium, and by its side where it is power.
pub fn link_colour(palette: &Palette, medium: &Medium, side: Side) -> Color32 {
    match (medium, side) {
        (Medium::Power { .. }, Side::A) => palette.side_a,
        (Medium::Power { .. }, Side::B) => palette.side_b,
        (Medium::Power { .. }, Side::None) => palette.power,
        (Medium::Liquid { .. }, _) => palette.liquid,
        (Medium::Air { .. }, _) => palette.air,
        (Medium::Fibre { .. }, _) => palette.fibre,
    }
}

/// A painter with as much ink as a layer is seen with.
pub(super) fn inked(painter: &Painter, seen: Seen) -> Cow<'_, Painter> {
    if seen == Seen::Shown {
        return Cow::Borrowed(painter);
    }
    let mut painter = painter.clone();
    painter.multiply_opacity(seen.ink());
    Cow::Owned(painter)
}
