//! Words beside shapes, where they cover nothing.

use egui::{Pos2, Rect, Vec2, vec2};

/// The places that are taken.
pub struct Labels {
    bounds: Rect,
    taken: Vec<Rect>,
}

impl Labels {
    pub fn within(bounds: Rect) -> Self {
        Self { bounds, taken: Vec::new() }
    }

    pub fn keep_clear(&mut self, rect: Rect) {
        self.taken.push(rect);
    }

    pub fn is_taken(&self, rect: Rect) -> bool {
        self.taken.iter().any(|taken| taken.intersects(rect))
    }

    /// A place of a size beside a point, so far from it: the first that is free, else the one that covers least.
    pub fn place(&mut self, at: Pos2, gap: f32, size: Vec2) -> Rect {
        let (x, y) = (gap + size.x / 2.0, gap + size.y / 2.0);
        let corner = vec2(0.6 * gap + size.x / 2.0, 0.6 * gap + size.y / 2.0);
        let sides = [
            vec2(x, 0.0),
            vec2(-x, 0.0),
            vec2(0.0, -y),
            vec2(0.0, y),
            vec2(corner.x, -corner.y),
            vec2(corner.x, corner.y),
            vec2(-corner.x, corner.y),
            vec2(-corner.x, -corner.y),
            vec2(x, 2.0 * y),
            vec2(-x, 2.0 * y),
            vec2(x, -2.0 * y),
            vec2(-x, -2.0 * y),
        ];
        let mut best: Option<(f32, Rect)> = None;
        for side in sides {
            let rect = self.inside(Rect::from_center_size(at + side, size));
            let covered: f32 = self
                .taken
                .iter()
                .map(|taken| taken.intersect(rect))
                .filter(Rect::is_positive)
                .map(|common| common.area())
                .sum();
            if best.is_none_or(|(least, _)| covered < least) {
                best = Some((covered, rect));
            }
            if covered <= 0.0 {
                break;
            }
        }
        let rect = best.map_or(Rect::from_center_size(at, size), |(_, rect)| rect);
        self.taken.push(rect);
        rect
    }

    /// Moved as far as it takes to lie within the bounds.
    fn inside(&self, rect: Rect) -> Rect {
        let over = vec2(
            (rect.right() - self.bounds.right()).max(0.0) - (self.bounds.left() - rect.left()).max(0.0),
            (rect.bottom() - self.bounds.bottom()).max(0.0) - (self.bounds.top() - rect.top()).max(0.0),
        );
        rect.translate(-over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn words_stand_beside_a_point_and_off_what_is_taken() {
        let bounds = Rect::from_min_max(pos2(0.0, 0.0), pos2(200.0, 100.0));
        let mut labels = Labels::within(bounds);
        let point = pos2(50.0, 50.0);
        let size = vec2(40.0, 10.0);
        labels.keep_clear(Rect::from_center_size(point, vec2(8.0, 8.0)));
        let mut placed = Vec::new();
        for _ in 0..6 {
            let rect = labels.place(point, 8.0, size);
            assert!(bounds.contains_rect(rect), "{rect:?}");
            assert!(placed.iter().all(|other: &Rect| !other.intersects(rect)), "{rect:?} of {placed:?}");
            placed.push(rect);
        }
        assert_eq!(placed[0].left(), 58.0, "to the right first");
        // In the corner there is room on one side only, and nothing leaves the bounds.
        let rect = labels.place(pos2(198.0, 2.0), 8.0, size);
        assert!(bounds.contains_rect(rect));
        // What is larger than the bounds still has a place.
        assert!(labels.place(point, 8.0, vec2(500.0, 10.0)).is_finite());
    }
}
