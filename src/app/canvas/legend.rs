//! What the colours and lines of the drawing stand for.

use egui::{Color32, Painter, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

use super::study::{Grade, Study};
use super::symbol;
use crate::app::theme::{self, Palette};
use crate::site::{Side, Site};

/// Height of an entry where they stand under each other.
const ROW: f32 = 15.5;

/// The legend in a line at the bottom, or under each other in a column; not at all where it does not fit.
pub(super) fn paint(
    painter: &Painter,
    place: Rect,
    column: bool,
    entries: &[(Mark, &'static str)],
    palette: &Palette,
) {
    let font = theme::font(theme::SMALL);
    let galleys: Vec<_> = entries
        .iter()
        .map(|(_, text)| painter.layout_no_wrap((*text).to_owned(), font.clone(), palette.text_weak))
        .collect();
    let swatch_of = |mark: &Mark| if matches!(mark, Mark::Title) { 0.0 } else { 18.0 + 5.0 };
    let widths = entries.iter().zip(&galleys).map(|((mark, _), galley)| galley.size().x + swatch_of(mark));
    let size = if column {
        vec2(widths.fold(0.0, f32::max) + 18.0, entries.len() as f32 * ROW + 9.0)
    } else {
        vec2(widths.map(|width| width + 12.0).sum::<f32>() + 8.0, 24.0)
    };
    if size.x > place.width() || size.y > place.height() {
        return;
    }
    let rect = Rect::from_min_size(pos2(place.left(), place.bottom() - size.y), size);
    painter.rect(
        rect,
        6.0,
        palette.card.gamma_multiply(0.94),
        Stroke::new(1.0, palette.border),
        StrokeKind::Inside,
    );
    let mut at =
        pos2(rect.left() + 10.0, if column { rect.top() + 4.0 + ROW / 2.0 } else { rect.center().y });
    for ((mark, _), galley) in entries.iter().zip(galleys) {
        let swatch = Rect::from_center_size(at + vec2(9.0, 0.0), vec2(18.0, 10.0));
        paint_mark(painter, swatch, *mark);
        let width = swatch_of(mark) + galley.size().x + 12.0;
        let text = at + vec2(swatch_of(mark), -galley.size().y / 2.0);
        painter.galley(text, galley, palette.text_weak);
        at += if column { vec2(0.0, ROW) } else { vec2(width, 0.0) };
    }
}

#[derive(Clone, Copy)]
pub(super) enum Mark {
    /// The words stand alone.
    Title,
    Fill(Color32),
    Hatch(Color32),
    Line(Color32, Option<(f32, f32)>),
}

pub(super) fn study_entries(study: Study, palette: &Palette) -> Vec<(Mark, &'static str)> {
    let mut entries = vec![(Mark::Title, study.title())];
    let grades = Grade::ALL.into_iter().zip(study.grades());
    entries.extend(grades.map(|(grade, words)| (Mark::Fill(palette.grade(grade)), words)));
    entries
}

pub(super) fn entries(site: &Site, palette: &Palette) -> Vec<(Mark, &'static str)> {
    let mut entries = vec![
        (Mark::Fill(palette.mining), "Mining"),
        (Mark::Fill(palette.hosting[0]), "Hosting"),
        (Mark::Hatch(palette.works), "Works"),
        (Mark::Line(palette.power, None), "Power"),
    ];
    let has_side = |side| site.components.iter().any(|part| part.side == side);
    if has_side(Side::A) {
        entries.push((Mark::Line(palette.side_a, None), "A side"));
    }
    if has_side(Side::B) {
        entries.push((Mark::Line(palette.side_b, Some((7.0, 2.5))), "B side"));
    }
    let is_present = |word: &str| site.links.iter().any(|link| link.medium.label() == word);
    for (word, mark) in [
        ("Liquid", Mark::Line(palette.liquid, None)),
        ("Air", Mark::Line(palette.air, None)),
        ("Fibre", Mark::Line(palette.fibre, Some((2.0, 3.0)))),
    ] {
        if is_present(word) {
            entries.push((mark, word));
        }
    }
    if site.components.iter().any(|part| part.planned().is_some()) {
        entries.push((Mark::Line(palette.text_weak, Some((4.0, 3.0))), "May be built"));
    }
    entries
}

fn paint_mark(painter: &Painter, place: Rect, mark: Mark) {
    match mark {
        Mark::Title => {}
        Mark::Fill(colour) => {
            painter.rect_filled(place, 2.0, colour);
        }
        Mark::Hatch(colour) => symbol::hatch(painter, place, 4.0, Stroke::new(1.0, colour)),
        Mark::Line(colour, dash) => {
            let ends = [place.left_center(), place.right_center()];
            let stroke = Stroke::new(2.0, colour);
            match dash {
                Some((dash, gap)) => painter.extend(Shape::dashed_line(&ends, stroke, dash, gap)),
                None => {
                    painter.line_segment(ends, stroke);
                }
            }
        }
    }
}
