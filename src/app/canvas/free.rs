//! What of a view is free for words, without looking at all that stands there.

use egui::Rect;

use super::near::Near;

/// Least width of a cell, pixels: about a short label.
const CELL: f32 = 56.0;

/// What of a view is free.
pub struct Free {
    view: Rect,
    taken: (Near, Vec<Rect>),
    wires: (Near, Vec<Rect>),
}

impl Free {
    /// All of it.
    pub fn over(view: Rect) -> Self {
        Self {
            view,
            taken: (Near::over(view, CELL), Vec::new()),
            wires: (Near::over(view, CELL), Vec::new()),
        }
    }

    pub fn take(&mut self, rect: Rect) {
        let (near, rects) = &mut self.taken;
        near.put(rects.len(), rect);
        rects.push(rect);
    }

    /// A wire runs here: words may stand on it where there is no better place.
    pub fn cross(&mut self, wire: Rect) {
        let (near, rects) = &mut self.wires;
        near.put(rects.len(), wire);
        rects.push(wire);
    }

    /// True where a place is in the view and on nothing that is taken by more than a pixel.
    pub fn is_free(&self, place: Rect) -> bool {
        let (near, rects) = &self.taken;
        self.view.contains_rect(place) && !near.touches(rects, place.shrink(1.0), |_| true)
    }

    /// How many wires run behind a place.
    pub fn crossed(&self, place: Rect) -> usize {
        let (near, rects) = &self.wires;
        near.count(rects, place, |_| true)
    }
}
