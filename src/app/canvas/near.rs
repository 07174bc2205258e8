//! Which rectangles are near a place, without looking at all of them.

use egui::{Rect, Vec2, vec2};

/// Least width of a cell; about what one part takes.
const CELL: f32 = 160.0;
/// Most cells across and down, however far apart parts are.
const MOST_CELLS: f32 = 128.0;

/// Rectangles by the cells of a grid that they lie in.
#[derive(Clone, Debug, Default)]
pub struct Near {
    bounds: Option<Rect>,
    cell: Vec2,
    across: usize,
    down: usize,
    /// Row by row.
    cells: Vec<Vec<Entry>>,
}

/// A rectangle in a cell.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Its place in the list.
    index: usize,
    /// The first of the columns and rows that it lies in.
    column: usize,
    row: usize,
}

/// Columns and rows that a rectangle lies in, the first and the last.
#[derive(Clone, Copy)]
struct Span {
    columns: (usize, usize),
    rows: (usize, usize),
}

impl Near {
    pub fn new(rects: &[Rect]) -> Self {
        let finite = rects.iter().copied().filter(Rect::is_finite);
        let Some(bounds) = finite.reduce(Rect::union) else { return Self::default() };
        let mut near = Self::over(bounds, CELL);
        for (index, rect) in rects.iter().enumerate() {
            near.put(index, *rect);
        }
        near
    }

    /// Over an area, with nothing in it yet.
    pub fn over(bounds: Rect, least_cell: f32) -> Self {
        if !bounds.is_finite() {
            return Self::default();
        }
        let count = |length: f32| (length / least_cell).ceil().clamp(1.0, MOST_CELLS);
        let (across, down) = (count(bounds.width()), count(bounds.height()));
        let cell = vec2((bounds.width() / across).max(1e-3), (bounds.height() / down).max(1e-3));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 128")]
        let (across, down) = (across as usize, down as usize);
        Self { bounds: Some(bounds), cell, across, down, cells: vec![Vec::new(); across * down] }
    }

    /// Notes the rectangle at this place of the list; one off the area is never found.
    pub fn put(&mut self, index: usize, rect: Rect) {
        let Some(span) = self.span(rect) else { return };
        let entry = Entry { index, column: span.columns.0, row: span.rows.0 };
        for row in span.rows.0..=span.rows.1 {
            for column in span.columns.0..=span.columns.1 {
                self.cells[row * self.across + column].push(entry);
            }
        }
    }

    fn span(&self, rect: Rect) -> Option<Span> {
        let bounds = self.bounds.filter(|bounds| rect.is_finite() && bounds.intersects(rect))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the cells")]
        let place = |at: f32, least: f32, cell: f32, count: usize| {
            ((at - least) / cell).floor().clamp(0.0, (count - 1) as f32) as usize
        };
        let column = |at: f32| place(at, bounds.left(), self.cell.x, self.across);
        let row = |at: f32| place(at, bounds.top(), self.cell.y, self.down);
        Some(Span {
            columns: (column(rect.left()), column(rect.right())),
            rows: (row(rect.top()), row(rect.bottom())),
        })
    }

    /// What lies in the cells of a rectangle, each once.
    fn about(&self, rect: Rect) -> impl Iterator<Item = usize> {
        let span = self.span(rect);
        let rows = span.into_iter().flat_map(|span| {
            (span.rows.0..=span.rows.1)
                .flat_map(move |row| (span.columns.0..=span.columns.1).map(move |column| (row, column, span)))
        });
        rows.flat_map(move |(row, column, span)| {
            let cell = &self.cells[row * self.across + column];
            // One that lies in several of them is met in the first.
            let is_first = move |entry: &&Entry| {
                row == entry.row.max(span.rows.0) && column == entry.column.max(span.columns.0)
            };
            cell.iter().filter(is_first).map(|entry| entry.index)
        })
    }

    /// Whether a rectangle lies on one of the list of which `of` is true.
    pub fn touches(&self, rects: &[Rect], rect: Rect, of: impl Fn(usize) -> bool) -> bool {
        // Whether one is met twice does not matter here.
        let Some(span) = self.span(rect) else { return false };
        (span.rows.0..=span.rows.1).any(|row| {
            let cells = &self.cells[row * self.across + span.columns.0..=row * self.across + span.columns.1];
            cells.iter().flatten().any(|entry| rects[entry.index].intersects(rect) && of(entry.index))
        })
    }

    /// How many of the list of which `of` is true a rectangle lies on.
    pub fn count(&self, rects: &[Rect], rect: Rect, of: impl Fn(usize) -> bool) -> usize {
        self.about(rect).filter(|index| of(*index) && rects[*index].intersects(rect)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    /// Held against looking at every one of them.
    #[test]
    fn what_is_found_is_what_there_is() {
        let mut state = 7_u32;
        let mut next = move |most: f32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0 * most
        };
        for spread in [1.0, 300.0, 5_000.0, 1e7] {
            let mut any = |size: f32| {
                let at = pos2(next(spread) - spread / 2.0, next(spread));
                Rect::from_center_size(at, vec2(next(size) + 1.0, next(size) + 1.0))
            };
            let rects: Vec<Rect> = (0..120).map(|_| any(200.0)).collect();
            let near = Near::new(&rects);
            for _ in 0..200 {
                let rect = any(spread / 3.0);
                let is_odd = |index: usize| index % 2 == 1;
                let count = rects
                    .iter()
                    .enumerate()
                    .filter(|(index, other)| is_odd(*index) && other.intersects(rect))
                    .count();
                assert_eq!(near.count(&rects, rect, is_odd), count);
                assert_eq!(near.touches(&rects, rect, is_odd), count > 0);
            }
        }
        let nothing = Near::new(&[Rect::NAN]);
        assert!(!nothing.touches(
            &[Rect::NAN],
            Rect::from_center_size(pos2(0.0, 0.0), Vec2::splat(9.0)),
            |_| true
        ));
    }
}
