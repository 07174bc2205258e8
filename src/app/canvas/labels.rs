//! Words beside symbols, as many as the scale and the place allow.

use std::sync::Arc;

use egui::{Color32, FontId, Galley, Painter, Pos2, Rect, Vec2, pos2, vec2};

use super::layers::Seen;
use super::paint::{Drawing, inked};
use super::words::{rating_text, voltage_text};
use crate::app::theme;
use crate::quantity::format;
use crate::site::{Kind, Object};

const LABEL_LARGEST: f32 = 13.0;
const LABEL_SMALLEST: f32 = 10.0;
/// Of the size of letters.
const LINE_HEIGHT: f32 = 1.22;
/// From this scale on labels also say names and voltages.
const WORDS_SCALE: f32 = 1.4;

impl Drawing<'_> {
    /// Labels beside symbols, most important first, none over another or over a symbol.
    /// Gives where each came to stand, by place of its part.
    pub(super) fn paint_labels(
        &self,
        painter: &Painter,
        mut taken: Vec<Rect>,
        selection: Option<&Object>,
    ) -> Vec<(usize, Rect)> {
        let clip = painter.clip_rect();
        let wires: Vec<Rect> = self
            .layout
            .links
            .iter()
            .flat_map(|line| line.windows(2))
            .map(|run| Rect::from_two_pos(self.to_screen * run[0], self.to_screen * run[1]).expand(1.0))
            .filter(|wire| wire.intersects(clip))
            .collect();
        let has_label = |index: usize| {
            let rect = self.rect(index);
            clip.intersects(rect) && !self.has_words_inside(index) && self.seen(index) != Seen::Hidden
        };
        let mut order: Vec<usize> =
            (0..self.site.components.len()).filter(|index| has_label(*index)).collect();
        order.sort_by_key(|index| (self.label_rank(*index, selection), *index));
        let stand = order.into_iter().filter_map(|index| {
            let painter = inked(painter, self.seen(index));
            let place = self.paint_label(&painter, index, self.rect(index), &wires, &mut taken)?;
            Some((index, place))
        });
        stand.collect()
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

    fn paint_label(
        &self,
        painter: &Painter,
        index: usize,
        rect: Rect,
        wires: &[Rect],
        taken: &mut Vec<Rect>,
    ) -> Option<Rect> {
        let component = &self.site.components[index];
        let part = self.part(index);
        let size = label_size(self.scale());
        let palette = self.palette;
        let rating = rating_text(component);
        let load = part.load_share().filter(|_| part.condition.is_solid()).map(|share| {
            format!("{} · {} %", format::mw(part.load_mw.unwrap_or(0.0)), format::number(share * 100.0, 0))
        });
        let (load, load_colour) = match (self.study, self.marks.get(&index)) {
            (Some(_), mark) => (mark.map(|mark| mark.words.clone()), palette.text),
            (None, _) if part.is_overloaded() => (load, palette.error),
            (None, _) => (load, palette.text_weak),
        };
        let weak = if part.condition.is_solid() { palette.text } else { palette.text_weak };
        let mut full = vec![
            Line { bold: component.tag.clone(), plain: rating.clone(), colour: weak },
            Line { bold: String::new(), plain: load.unwrap_or_default(), colour: load_colour },
        ];
        // Near by there is room for what it is called and the voltages of its ports.
        if self.scale() >= WORDS_SCALE {
            for plain in [component.name.clone(), voltage_text(component)] {
                full.push(Line { bold: String::new(), plain, colour: palette.text_weak });
            }
        }
        let tag = vec![Line { bold: component.tag.clone(), plain: rating, colour: weak }];
        let bare = vec![Line { bold: component.tag.clone(), plain: String::new(), colour: weak }];
        let smaller = (size - 1.0).max(LABEL_SMALLEST);
        for (lines, size) in [(&full, size), (&full, smaller), (&tag, smaller), (&bare, smaller)] {
            let lines: Vec<&Line> = lines.iter().filter(|line| !line.is_empty()).collect();
            let laid = lay(painter, &lines, size);
            let extent = laid.extent;
            let best = label_places(rect, extent)
                .into_iter()
                .map(|(at, align)| (Rect::from_min_size(at, extent), align))
                .filter(|(place, _)| {
                    painter.clip_rect().contains_rect(*place)
                        && !taken.iter().any(|other| other.intersects(place.shrink(1.0)))
                })
                .min_by_key(|(place, _)| wires.iter().filter(|wire| wire.intersects(*place)).count());
            if let Some((place, align)) = best {
                painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 2.0, palette.canvas.gamma_multiply(0.82));
                write(painter, place, align, laid);
                taken.push(place.expand2(vec2(3.0, 1.0)));
                return Some(place);
            }
        }
        None
    }
}

struct Line {
    bold: String,
    plain: String,
    colour: Color32,
}

impl Line {
    fn is_empty(&self) -> bool {
        self.bold.is_empty() && self.plain.is_empty()
    }

    fn plain_text(&self) -> String {
        match (self.bold.is_empty(), self.plain.is_empty()) {
            (false, false) => format!(" · {}", self.plain),
            _ => self.plain.clone(),
        }
    }
}

pub(super) fn label_size(scale: f32) -> f32 {
    // Half points, so that zooming does not fill the glyph atlas.
    ((LABEL_LARGEST * scale.sqrt() * 2.0).round() / 2.0).clamp(LABEL_SMALLEST, LABEL_LARGEST + 3.0)
}

/// A label laid out: its rows, bold words before plain ones, and the room it takes.
struct Laid {
    rows: Vec<[Arc<Galley>; 2]>,
    extent: Vec2,
    size: f32,
}

fn lay(painter: &Painter, lines: &[&Line], size: f32) -> Laid {
    let rows: Vec<[Arc<Galley>; 2]> = lines
        .iter()
        .map(|line| {
            [
                painter.layout_no_wrap(line.bold.clone(), theme::bold(size), line.colour),
                painter.layout_no_wrap(line.plain_text(), theme::font(size), line.colour),
            ]
        })
        .collect();
    let widest = rows.iter().map(row_width).fold(0.0, f32::max);
    Laid { extent: vec2(widest, size * LINE_HEIGHT * rows.len() as f32), rows, size }
}

fn row_width([bold, plain]: &[Arc<Galley>; 2]) -> f32 {
    bold.size().x + plain.size().x
}

fn write(painter: &Painter, place: Rect, align: egui::Align, laid: Laid) {
    for (row, galleys) in laid.rows.into_iter().enumerate() {
        let width = row_width(&galleys);
        let x = match align {
            egui::Align::Min => place.left(),
            egui::Align::Center => place.center().x - width / 2.0,
            egui::Align::Max => place.right() - width,
        };
        let y = place.top() + row as f32 * laid.size * LINE_HEIGHT;
        let [bold, plain] = galleys;
        let split = x + bold.size().x;
        for (at, galley) in [(x, bold), (split, plain)] {
            if !galley.is_empty() {
                painter.galley(pos2(at, y), galley, Color32::PLACEHOLDER);
            }
        }
    }
}

/// Where a label may stand, best first.
fn label_places(rect: Rect, extent: Vec2) -> [(Pos2, egui::Align); 6] {
    let gap = 5.0;
    let middle = rect.center().y - extent.y / 2.0;
    let centred = rect.center().x - extent.x / 2.0;
    [
        (pos2(rect.right() + gap, middle), egui::Align::Min),
        (pos2(rect.left() - gap - extent.x, middle), egui::Align::Max),
        (pos2(rect.right() + gap, rect.bottom() - extent.y * 0.4), egui::Align::Min),
        (pos2(rect.right() + gap, rect.top() - extent.y * 0.6), egui::Align::Min),
        (pos2(centred, rect.bottom() + 2.0), egui::Align::Center),
        (pos2(centred, rect.top() - extent.y - 2.0), egui::Align::Center),
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
