//! Parts brought into line with each other.

use std::collections::BTreeSet;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::layout::GRID;

/// The line that parts come to stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Left,
    Centre,
    Right,
    Top,
    Middle,
    Bottom,
}

/// The way along which parts come to stand evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Across,
    Down,
}

/// Least gap of parts that would lie on each other once they are in line.
const GAP: f32 = 2.0 * GRID;

/// Centres once the chosen parts are in line at the border, or the middle, of what they take together. Those that would
/// then lie on each other go on along the line. `held` do not move.
pub fn aligned(rects: &[Rect], chosen: &BTreeSet<usize>, held: &BTreeSet<usize>, line: Line) -> Vec<Pos2> {
    let mut places = rects.to_vec();
    let Some(bounds) = chosen.iter().filter_map(|index| rects.get(*index)).copied().reduce(Rect::union)
    else {
        return centres(&places);
    };
    for index in chosen.difference(held) {
        let Some(rect) = places.get_mut(*index) else { continue };
        let by = match line {
            Line::Left => vec2(bounds.left() - rect.left(), 0.0),
            Line::Centre => vec2(bounds.center().x - rect.center().x, 0.0),
            Line::Right => vec2(bounds.right() - rect.right(), 0.0),
            Line::Top => vec2(0.0, bounds.top() - rect.top()),
            Line::Middle => vec2(0.0, bounds.center().y - rect.center().y),
            Line::Bottom => vec2(0.0, bounds.bottom() - rect.bottom()),
        };
        *rect = rect.translate(by);
    }
    let down = matches!(line, Line::Left | Line::Centre | Line::Right);
    let mut order: Vec<usize> = chosen.iter().copied().filter(|index| *index < places.len()).collect();
    let along = |at: Pos2| if down { at.y } else { at.x };
    order.sort_by(|a, b| along(rects[*a].center()).total_cmp(&along(rects[*b].center())).then(a.cmp(b)));
    for place in 1..order.len() {
        let (before, index) = (&order[..place], order[place]);
        if held.contains(&index) {
            continue;
        }
        let meets = |rect: Rect| before.iter().any(|other| rect.shrink(0.5).intersects(places[*other]));
        if meets(places[index]) {
            let end = before.iter().map(|other| along(places[*other].max)).fold(f32::NEG_INFINITY, f32::max);
            let by = end + GAP - along(places[index].min);
            places[index] = places[index].translate(if down { vec2(0.0, by) } else { vec2(by, 0.0) });
        }
    }
    centres(&places)
}

/// Centres once the gaps between the chosen parts are equal; the outermost stay. Parts that are wider than their room
/// stand at equal distances of their middles.
pub fn distributed(rects: &[Rect], chosen: &BTreeSet<usize>, held: &BTreeSet<usize>, way: Way) -> Vec<Pos2> {
    let mut places = centres(rects);
    let across = way == Way::Across;
    let of = |at: Vec2| if across { at.x } else { at.y };
    let middle = |index: usize| of(rects[index].center().to_vec2());
    let mut order: Vec<usize> = chosen.iter().copied().filter(|index| *index < rects.len()).collect();
    order.sort_by(|a, b| middle(*a).total_cmp(&middle(*b)).then(a.cmp(b)));
    let (Some(first), Some(last)) = (order.first().copied(), order.last().copied()) else { return places };
    if order.len() < 3 {
        return places;
    }
    let inner = &order[1..order.len() - 1];
    let room =
        (middle(last) - of(rects[last].size()) / 2.0) - (middle(first) + of(rects[first].size()) / 2.0);
    let taken: f32 = inner.iter().map(|index| of(rects[*index].size())).sum();
    let gap = (room - taken) / (order.len() - 1) as f32;
    let step = (middle(last) - middle(first)) / (order.len() - 1) as f32;
    let mut end = middle(first) + of(rects[first].size()) / 2.0;
    for (turn, index) in inner.iter().enumerate() {
        let size = of(rects[*index].size());
        let at = if gap >= 0.0 { end + gap + size / 2.0 } else { middle(first) + step * (turn + 1) as f32 };
        end = at + size / 2.0;
        if !held.contains(index) {
            let place = &mut places[*index];
            *place = if across { pos2(at, place.y) } else { pos2(place.x, at) };
        }
    }
    places
}

fn centres(rects: &[Rect]) -> Vec<Pos2> {
    rects.iter().map(Rect::center).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32, y: f32, width: f32) -> Rect {
        Rect::from_center_size(pos2(x, y), vec2(width, 20.0))
    }

    fn all(count: usize) -> BTreeSet<usize> {
        (0..count).collect()
    }

    #[test]
    fn parts_stand_on_the_line_that_was_asked_for() {
        let rects = [at(0.0, 0.0, 20.0), at(100.0, 50.0, 60.0), at(40.0, 100.0, 40.0)];
        let borders = |line: Line, of: fn(Rect) -> f32| -> Vec<f32> {
            let centres = aligned(&rects, &all(3), &BTreeSet::new(), line);
            let places = rects.iter().zip(centres);
            places.map(|(rect, centre)| of(Rect::from_center_size(centre, rect.size()))).collect()
        };
        assert_eq!(borders(Line::Left, |rect| rect.left()), [-10.0; 3]);
        assert_eq!(borders(Line::Centre, |rect| rect.center().x), [60.0; 3]);
        assert_eq!(borders(Line::Right, |rect| rect.right()), [130.0; 3]);
        assert_eq!(borders(Line::Top, |rect| rect.top()), [-10.0; 3]);
        assert_eq!(borders(Line::Middle, |rect| rect.center().y), [50.0; 3]);
        assert_eq!(borders(Line::Bottom, |rect| rect.bottom()), [110.0; 3]);
        // What is not chosen, and what is held, stays.
        let some = aligned(&rects, &BTreeSet::from([0, 1]), &BTreeSet::from([1]), Line::Right);
        assert_eq!(some, [pos2(120.0, 0.0), pos2(100.0, 50.0), pos2(40.0, 100.0)]);
        assert_eq!(aligned(&[], &all(3), &all(0), Line::Top), []);
    }

    #[test]
    fn parts_of_one_row_go_on_along_the_column() {
        let rects = [at(0.0, 0.0, 20.0), at(30.0, 0.0, 20.0), at(60.0, 0.0, 20.0)];
        let centres = aligned(&rects, &all(3), &BTreeSet::new(), Line::Left);
        assert_eq!(centres, [pos2(0.0, 0.0), pos2(0.0, 36.0), pos2(0.0, 72.0)]);
    }

    #[test]
    fn gaps_are_equal_and_the_ends_stay() {
        let rects = [at(0.0, 0.0, 20.0), at(30.0, 5.0, 40.0), at(200.0, 9.0, 20.0), at(60.0, 0.0, 10.0)];
        let centres = distributed(&rects, &all(4), &BTreeSet::new(), Way::Across);
        let mut edges: Vec<(f32, f32)> = rects
            .iter()
            .zip(&centres)
            .map(|(rect, centre)| (centre.x - rect.width() / 2.0, centre.x + rect.width() / 2.0))
            .collect();
        edges.sort_by(|a, b| a.0.total_cmp(&b.0));
        let gaps: Vec<f32> = edges.windows(2).map(|pair| pair[1].0 - pair[0].1).collect();
        assert!(gaps.iter().all(|gap| (gap - gaps[0]).abs() < 1e-3), "{gaps:?}");
        assert_eq!((centres[0], centres[2]), (rects[0].center(), rects[2].center()));
        // Wider than their room: middles at equal distances.
        let tight = [at(0.0, 0.0, 20.0), at(5.0, 0.0, 90.0), at(40.0, 0.0, 20.0)];
        assert_eq!(distributed(&tight, &all(3), &BTreeSet::new(), Way::Across)[1].x, 20.0);
        assert_eq!(distributed(&tight, &all(2), &BTreeSet::new(), Way::Down)[1], tight[1].center());
    }
}
