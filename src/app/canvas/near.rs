//! Which rectangles are near a place, without looking at all of them.

use egui::{Rect, pos2};

/// Least width of a cell; about what one part takes.
const CELL: f32 = 160.0;
/// Most cells across and down, however far apart parts are.
const MOST_CELLS: f32 = 128.0;

/// Rectangles by the cells of a grid that they lie in.
#[derive(Clone, Debug, Default)]
pub struct Near {
    bounds: Option<Rect>,
    cell: egui::Vec2,
    across: usize,
    /// Places in the list, row by row.
    cells: Vec<Vec<usize>>,
}

impl Near {
    pub fn new(rects: &[Rect]) -> Self {
        let finite = rects.iter().copied().filter(Rect::is_finite);
        let Some(bounds) = finite.reduce(Rect::union) else { return Self::default() };
        let count = |length: f32| (length / CELL).ceil().clamp(1.0, MOST_CELLS);
        let (across, down) = (count(bounds.width()), count(bounds.height()));
        let cell = egui::vec2((bounds.width() / across).max(1e-3), (bounds.height() / down).max(1e-3));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 128")]
        let (across, down) = (across as usize, down as usize);
        let mut near = Self { bounds: Some(bounds), cell, across, cells: vec![Vec::new(); across * down] };
        for (index, rect) in rects.iter().enumerate() {
            for place in near.places(*rect) {
                near.cells[place].push(index);
            }
        }
        near
    }

    /// Cells that a rectangle lies in.
    fn places(&self, rect: Rect) -> impl Iterator<Item = usize> + use<> {
        let none = (1, 0, 1, 0);
        let (left, right, top, bottom) = match self.bounds {
            Some(bounds) if rect.is_finite() && bounds.intersects(rect) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "clamped to the cells"
                )]
                let place = |at: f32, least: f32, cell: f32, count: usize| {
                    (((at - least) / cell).floor().clamp(0.0, (count - 1) as f32)) as usize
                };
                let (least, down) = (pos2(bounds.left(), bounds.top()), self.cells.len() / self.across);
                (
                    place(rect.left(), least.x, self.cell.x, self.across),
                    place(rect.right(), least.x, self.cell.x, self.across),
                    place(rect.top(), least.y, self.cell.y, down),
                    place(rect.bottom(), least.y, self.cell.y, down),
                )
            }
            _ => none,
        };
        let across = self.across;
        (top..=bottom).flat_map(move |row| (left..=right).map(move |column| row * across + column))
    }

    /// Whether a rectangle lies on one of the list of which `of` is true.
    pub fn touches(&self, rects: &[Rect], rect: Rect, of: impl Fn(usize) -> bool) -> bool {
        self.places(rect)
            .any(|place| self.cells[place].iter().any(|index| of(*index) && rects[*index].intersects(rect)))
    }

    /// How many of the list of which `of` is true a rectangle lies on.
    pub fn count(&self, rects: &[Rect], rect: Rect, of: impl Fn(usize) -> bool) -> usize {
        let places: Vec<usize> = self.places(rect).collect();
        let mut count = 0;
        for (turn, place) in places.iter().enumerate() {
            for index in &self.cells[*place] {
                // One that lies in several cells is counted in the first of them.
                let seen = || places[..turn].iter().any(|other| self.cells[*other].contains(index));
                if of(*index) && rects[*index].intersects(rect) && !seen() {
                    count += 1;
                }
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Vec2, vec2};

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
