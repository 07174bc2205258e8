//! Words beside symbols, as many as the scale and the place allow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use egui::emath::{GuiRounding as _, TSTransform};
use egui::{Align, Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Vec2, pos2, vec2};

use super::free::Free;
use super::layers::{Layers, Seen};
use super::paint::{Drawing, inked};
use super::study::Mark;
use super::words::{rating_text, voltage_text};
use crate::app::theme;
use crate::quantity::format;
use crate::site::{Kind, Object};

const LABEL_LARGEST: f32 = 13.0;
const LABEL_SMALLEST: f32 = 10.0;
/// Between two labels: less across, and they read as one.
const BETWEEN: Vec2 = vec2(8.0, 1.0);
/// Of the size of letters.
pub(super) const LINE_HEIGHT: f32 = 1.22;
/// From this scale on labels also say names and voltages.
const WORDS_SCALE: f32 = 1.4;

/// What is kept of labels from frame to frame, for one sheet.
#[derive(Default)]
pub struct Labels {
    about: Option<About>,
    /// By place of the part; none where it was not needed yet.
    words: Vec<Option<Words>>,
    /// Where they stand while nothing moves.
    stand: Option<(Asked, Arc<Vec<Label>>)>,
}

/// What words and the room they take depend on, beside the sheet.
#[derive(Clone)]
struct About {
    marks: Arc<BTreeMap<usize, Mark>>,
    is_near: bool,
    size: f32,
    pixels_per_point: f32,
}

/// What the places of labels depend on, beside sheet and words.
#[derive(Clone, PartialEq)]
struct Asked {
    to_screen: TSTransform,
    view: Rect,
    furniture: Vec<Rect>,
    layers: Layers,
    chosen: BTreeSet<usize>,
    selection: Option<Object>,
}

/// Words of a part, the more important rows first; some may be empty.
struct Words {
    rows: Vec<Row>,
    tag: Row,
    /// Room that they take in each form.
    extents: [Option<Vec2>; 4],
}

#[derive(Clone, Default)]
struct Row {
    bold: String,
    plain: String,
}

/// How much is said, and how large; the first that fits is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Full,
    FullSmaller,
    Rating,
    Tag,
}

/// A label that has found its place.
#[derive(Clone, Debug)]
struct Label {
    part: usize,
    form: Form,
    place: Rect,
    align: Align,
}

impl Drawing<'_> {
    /// Labels beside symbols, most important first, none over another, over a symbol or over what stands on the view.
    /// Gives where each came to stand, by place of its part.
    pub(super) fn paint_labels(
        &self,
        painter: &Painter,
        furniture: Vec<Rect>,
        chosen: &BTreeSet<usize>,
        selection: Option<&Object>,
    ) -> Vec<(usize, Rect)> {
        let mut kept = self.sheet.labels.lock().unwrap_or_else(PoisonError::into_inner);
        kept.keep_about(self, painter);
        let asked = Asked {
            to_screen: self.to_screen,
            view: painter.clip_rect(),
            furniture,
            layers: self.layers,
            chosen: chosen.clone(),
            selection: selection.cloned(),
        };
        // Parts that are held stand elsewhere in every frame.
        let is_still = std::ptr::eq(self.layout, &raw const *self.sheet.layout);
        let known = kept.stand.take().filter(|(known, _)| is_still && *known == asked);
        let stand = match known {
            Some((_, stand)) => stand,
            None => Arc::new(self.placed_labels(painter, &asked, &mut kept)),
        };
        self.paint_grounds(painter, &stand);
        for label in stand.iter() {
            if let Some(words) = kept.words[label.part].as_ref() {
                self.paint_label(&inked(painter, self.seen(label.part)), label, words);
            }
        }
        let places = stand.iter().map(|label| (label.part, label.place)).collect();
        kept.stand = is_still.then_some((asked, stand));
        places
    }

    fn placed_labels(&self, painter: &Painter, asked: &Asked, kept: &mut Labels) -> Vec<Label> {
        let view = asked.view;
        let mut free = Free::over(view);
        for rect in &asked.furniture {
            free.take(*rect);
        }
        let in_sight = |index: &usize| {
            self.seen(*index) != Seen::Hidden && view.expand(160.0).intersects(self.rect(*index))
        };
        let parts: Vec<usize> = (0..self.site.components.len()).filter(in_sight).collect();
        // Words stand beside the frame of what is chosen.
        let frame = |index: usize| if asked.chosen.contains(&index) { 6.0 } else { 0.0 };
        for index in &parts {
            free.take(self.occupied(*index).expand(frame(*index)));
        }
        for run in self.layout.links.iter().flat_map(|line| line.windows(2)) {
            let wire = Rect::from_two_pos(self.to_screen * run[0], self.to_screen * run[1]).expand(1.0);
            if wire.intersects(view) {
                free.cross(wire);
            }
        }
        let is_detailed = self.is_detailed();
        let has_label = |index: &usize| {
            let is_named = if is_detailed { !self.has_words_inside(*index) } else { self.has_tag(*index) };
            is_named && view.intersects(self.rect(*index))
        };
        let mut order: Vec<usize> = parts.into_iter().filter(has_label).collect();
        order.sort_by_key(|index| (self.label_rank(*index, asked.selection.as_ref()), *index));
        let placed = |index| {
            let rect = self.with_mark(index).expand(frame(index));
            self.placed_label(painter, (index, rect), kept, &mut free)
        };
        order.into_iter().filter_map(placed).collect()
    }

    /// The label of a part beside its place on the screen, with as many words as have room; none where not even its tag has.
    fn placed_label(
        &self,
        painter: &Painter,
        (part, rect): (usize, Rect),
        kept: &mut Labels,
        free: &mut Free,
    ) -> Option<Label> {
        let size = label_size(self.scale());
        let words = kept.words[part].get_or_insert_with(|| self.words_beside(part));
        let is_free = |extent: Vec2, turn: usize| {
            let (at, _) = label_places(rect, extent)[turn];
            free.is_free(Rect::from_min_size(at, extent))
        };
        // Where the tag alone has no room more words have none either: their place has its place in it.
        let least = words.extent(painter, Form::Tag, size);
        let turns: Vec<usize> = (0..PLACES).filter(|turn| is_free(least, *turn)).collect();
        if turns.is_empty() {
            return None;
        }
        let forms = [Form::Full, Form::FullSmaller, Form::Rating, Form::Tag];
        // A plate has its tag alone.
        let forms = if self.is_detailed() { forms.as_slice() } else { &forms[3..] };
        let label = forms.iter().find_map(|form| {
            let extent = words.extent(painter, *form, size);
            let places = label_places(rect, extent);
            let open = turns.iter().filter(|turn| is_free(extent, **turn)).map(|turn| places[*turn]);
            let (at, align) = open.min_by_key(|(at, _)| free.crossed(Rect::from_min_size(*at, extent)))?;
            Some(Label { part, form: *form, place: Rect::from_min_size(at, extent), align })
        })?;
        free.take(label.place.expand2(BETWEEN));
        Some(label)
    }

    /// A hall near enough has its words in its room.
    pub(super) fn has_words_inside(&self, index: usize) -> bool {
        let rect = self.rect(index);
        self.site.components[index].hall().is_some() && rect.height() > 48.0 && rect.width() > 84.0
    }

    fn label_rank(&self, index: usize, selection: Option<&Object>) -> u8 {
        let component = &self.site.components[index];
        if matches!(selection, Some(Object::Component(id)) if *id == component.id) {
            return 0;
        }
        if self.part(index).is_overloaded() {
            return 1;
        }
        match component.kind {
            Kind::Hall(_) | Kind::GridFeed(_) => 2,
            Kind::Transformer(_) | Kind::Genset(_) | Kind::Ups(_) => 3,
            Kind::Switchgear(_) => 5,
            _ => 4,
        }
    }

    fn words_beside(&self, index: usize) -> Words {
        let component = &self.site.components[index];
        let part = self.part(index);
        let tag = component.tag.clone();
        let after_tag =
            |words: String| if tag.is_empty() || words.is_empty() { words } else { format!(" · {words}") };
        let plain = |plain: String| Row { bold: String::new(), plain };
        let rating = rating_text(component);
        let is_near = self.scale() >= WORDS_SCALE;
        let mut rows = if self.study.is_some() {
            // The figure of the study, in the room of the rating.
            let figure = self.marks.get(&index).map(|mark| mark.words.clone()).unwrap_or_default();
            let rating = Some(rating).filter(|_| is_near);
            vec![Row { bold: tag.clone(), plain: after_tag(figure) }, plain(rating.unwrap_or_default())]
        } else {
            let load = part.load_share().filter(|_| part.condition.is_solid()).map(|share| {
                format!(
                    "{} · {} %",
                    format::mw(part.load_mw.unwrap_or(0.0)),
                    format::number(share * 100.0, 0)
                )
            });
            vec![Row { bold: tag.clone(), plain: after_tag(rating) }, plain(load.unwrap_or_default())]
        };
        // Near by there is room for what it is called and the voltages of its ports.
        if is_near {
            rows.extend([component.name.clone(), voltage_text(component)].map(plain));
        }
        Words { rows, tag: Row { bold: tag, plain: String::new() }, extents: [None; 4] }
    }

    /// What is beneath labels, as one mesh: they lie over wires and not over each other.
    fn paint_grounds(&self, painter: &Painter, stand: &[Label]) {
        let mut mesh = Mesh::default();
        mesh.reserve_vertices(4 * stand.len());
        mesh.reserve_triangles(2 * stand.len());
        for label in stand {
            let colour = self.palette.canvas.gamma_multiply(0.82 * self.seen(label.part).ink());
            let ground = label.place.expand2(vec2(2.0, 0.0));
            mesh.add_colored_rect(ground.round_to_pixels(painter.pixels_per_point()), colour);
        }
        painter.add(Shape::mesh(mesh));
    }

    fn paint_label(&self, painter: &Painter, label: &Label, words: &Words) {
        let palette = self.palette;
        let Label { part, form, place, align } = *label;
        let is_marked = self.marks.contains_key(&part);
        let part = self.part(part);
        let size = form.size(label_size(self.scale()));
        for (line, (turn, row)) in words.of(form).enumerate() {
            let ink = match turn {
                0 if is_marked || part.condition.is_solid() => palette.text,
                1 if self.study.is_none() && part.is_overloaded() => palette.error,
                _ => palette.text_weak,
            };
            let galleys = row.galleys(painter, size);
            let width = galleys[0].size().x + galleys[1].size().x;
            let x = match align {
                Align::Min => place.left(),
                Align::Center => place.center().x - width / 2.0,
                Align::Max => place.right() - width,
            };
            let y = place.top() + line as f32 * size * LINE_HEIGHT;
            let split = x + galleys[0].size().x;
            for (at, galley) in [x, split].into_iter().zip(galleys) {
                if !galley.is_empty() {
                    painter.galley(pos2(at, y), galley, ink);
                }
            }
        }
    }
}

impl Labels {
    /// Forgets what is not of this study, scale and screen.
    fn keep_about(&mut self, drawing: &Drawing<'_>, painter: &Painter) {
        let about = About {
            marks: Arc::clone(drawing.marks),
            is_near: drawing.scale() >= WORDS_SCALE,
            size: label_size(drawing.scale()),
            pixels_per_point: painter.pixels_per_point(),
        };
        let known = self.about.replace(about.clone());
        let says_the_same =
            |known: &About| Arc::ptr_eq(&known.marks, &about.marks) && known.is_near == about.is_near;
        if !known.as_ref().is_some_and(says_the_same) {
            self.words.clear();
            self.stand = None;
        }
        self.words.resize_with(drawing.site.components.len(), || None);
        if known
            .is_some_and(|known| (known.size, known.pixels_per_point) != (about.size, about.pixels_per_point))
        {
            self.words.iter_mut().flatten().for_each(|words| words.extents = [None; 4]);
            self.stand = None;
        }
    }
}

impl Form {
    /// Size of its letters where `size` is that of the largest.
    fn size(self, size: f32) -> f32 {
        match self {
            Self::Full => size,
            Self::FullSmaller | Self::Rating | Self::Tag => (size - 1.0).max(LABEL_SMALLEST),
        }
    }
}

impl Words {
    /// Rows of a form with something in them, and their places among all.
    fn of(&self, form: Form) -> impl Iterator<Item = (usize, &Row)> {
        let rows = match form {
            Form::Full | Form::FullSmaller => self.rows.as_slice(),
            Form::Rating => &self.rows[..1],
            Form::Tag => std::slice::from_ref(&self.tag),
        };
        rows.iter().enumerate().filter(|(_, row)| !(row.bold.is_empty() && row.plain.is_empty()))
    }

    fn extent(&mut self, painter: &Painter, form: Form, largest: f32) -> Vec2 {
        let turn = form as usize;
        if let Some(extent) = self.extents[turn] {
            return extent;
        }
        let size = form.size(largest);
        let mut extent = Vec2::ZERO;
        for (_, row) in self.of(form) {
            let [bold, plain] = row.galleys(painter, size);
            extent = vec2(extent.x.max(bold.size().x + plain.size().x), extent.y + size * LINE_HEIGHT);
        }
        self.extents[turn] = Some(extent);
        extent
    }
}

impl Row {
    /// Laid out, in the colour that is given where they are painted.
    fn galleys(&self, painter: &Painter, size: f32) -> [Arc<egui::Galley>; 2] {
        [
            painter.layout_no_wrap(self.bold.clone(), theme::bold(size), Color32::PLACEHOLDER),
            painter.layout_no_wrap(self.plain.clone(), theme::font(size), Color32::PLACEHOLDER),
        ]
    }
}

pub(super) fn label_size(scale: f32) -> f32 {
    // Half points, so that zooming does not fill the glyph atlas.
    ((LABEL_LARGEST * scale.sqrt() * 2.0).round() / 2.0).clamp(LABEL_SMALLEST, LABEL_LARGEST + 3.0)
}

const PLACES: usize = 6;

/// Where a label may stand, best first. More words take a place that has that of fewer in it.
fn label_places(rect: Rect, extent: Vec2) -> [(Pos2, Align); PLACES] {
    let gap = 5.0;
    let middle = rect.center().y - extent.y / 2.0;
    let centred = rect.center().x - extent.x / 2.0;
    [
        (pos2(rect.right() + gap, middle), Align::Min),
        (pos2(rect.left() - gap - extent.x, middle), Align::Max),
        (pos2(rect.right() + gap, rect.bottom() - extent.y * 0.4), Align::Min),
        (pos2(rect.right() + gap, rect.top() - extent.y * 0.6), Align::Min),
        (pos2(centred, rect.bottom() + 2.0), Align::Center),
        (pos2(centred, rect.top() - extent.y - 2.0), Align::Center),
    ]
}

/// The first text that fits the width; empty when none does.
pub(super) fn fitting(painter: &Painter, texts: &[String], font: FontId, width: f32) -> String {
    texts
        .iter()
        .find(|text| painter.layout_no_wrap((*text).clone(), font.clone(), Color32::BLACK).size().x <= width)
        .cloned()
        .unwrap_or_default()
}
