//! What the pointer does to the drawing: parts follow it, a link is drawn from one to another, a frame selects.

use std::collections::BTreeSet;

use egui::{CursorIcon, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use super::layers::Seen;
use super::layout::{self, Layout};
use super::paint::Drawing;
use super::{Scene, swap};
use crate::app::backdrop::Grip;
use crate::app::state::Action;
use crate::app::theme;
use crate::app::tool::Ask;
use crate::engineering;
use crate::site::drawing::{self, Stroke as Gestured};
use crate::site::{ComponentId, Link, Medium, Object, Point, Site};

/// The pointer in the middle of something.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Gesture {
    #[default]
    None,
    /// The selected parts follow the pointer, which took hold of one of them.
    Moving { part: ComponentId, from: Pos2 },
    /// A link is drawn from a part to one of those, by place in the site's list, that it may end at.
    Joining { from: ComponentId, ends: BTreeSet<usize> },
    /// A frame is drawn from here.
    Framing { from: Pos2 },
    /// The picture beneath follows the pointer.
    Backdrop(Grip),
    /// A typical part is brought from the list of parts.
    Carrying { part: ComponentId },
    /// What was taken hold of does not follow.
    Refused,
}

/// Parts nearer than this to the line of another fall into it, drawing units.
const FALLS_IN: f32 = 7.0;
/// Screen distance around a part at which its port shows.
const PORT_NEAR: f32 = 18.0;
const PORT_RADIUS: f32 = 6.0;

/// The drawing with some parts held elsewhere, and the lines they fell into.
pub struct Held {
    pub centres: Vec<Pos2>,
    pub guides: Vec<[Pos2; 2]>,
}

/// Where parts are while they follow the pointer (in drawing units).
pub fn held(scene: &Scene<'_>, laid: &Layout, gesture: &Gesture, pointer: Option<Pos2>) -> Option<Held> {
    let (Gesture::Moving { part, from }, Some(pointer)) = (gesture, pointer) else { return None };
    let index = scene.site.components.iter().position(|other| other.id == *part)?;
    let chosen: BTreeSet<usize> = scene
        .chosen_places()
        .into_iter()
        .filter(|index| !scene.site.components[*index].drawn.locked)
        .collect();
    let start = laid.nodes[index].center();
    let others = laid.nodes.iter().enumerate().filter(|(other, _)| !chosen.contains(other));
    let (at, guides) = fallen_in(start + (pointer - *from), others.map(|(_, rect)| *rect));
    let by = at - start;
    let centres = laid
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| if chosen.contains(&index) { node.center() + by } else { node.center() });
    Some(Held { centres: centres.collect(), guides })
}

/// A place on the grid, or in line with the nearest part that nearly is.
fn fallen_in(at: Pos2, others: impl Iterator<Item = Rect> + Clone) -> (Pos2, Vec<[Pos2; 2]>) {
    let mut place = layout::on_grid(at);
    let mut guides = Vec::new();
    let nearest = |of: fn(Pos2) -> f32| {
        others
            .clone()
            .map(|rect| rect.center())
            .filter(|centre| (of(*centre) - of(at)).abs() < FALLS_IN)
            .min_by(|a, b| (*a - at).length_sq().total_cmp(&(*b - at).length_sq()))
    };
    let (column, row) = (nearest(|at| at.x), nearest(|at| at.y));
    if let Some(other) = column {
        place.x = other.x;
    }
    if let Some(other) = row {
        place.y = other.y;
    }
    guides.extend(column.into_iter().chain(row).map(|other| [other, place]));
    (place, guides)
}

/// Begins what a press on the drawing means, and ends it where the button is let go.
pub(super) fn follow(
    ui: &Ui,
    drawing: &Drawing<'_>,
    scene: &Scene<'_>,
    gesture: &mut Gesture,
    held: Option<&Held>,
    actions: &mut Vec<Action>,
) {
    if *gesture == Gesture::None {
        return;
    }
    let (released, gone) = ui.input_mut(|input| {
        (input.pointer.primary_released(), input.consume_key(egui::Modifiers::NONE, egui::Key::Escape))
    });
    let pointer = ui.input(|input| input.pointer.latest_pos());
    if gone {
        *gesture = Gesture::None;
        return;
    }
    if !released {
        return;
    }
    match (std::mem::take(gesture), pointer) {
        (Gesture::Moving { part, .. }, _) => {
            let Some(held) = held else { return };
            let chosen = scene.chosen_places();
            let onto = wire_under(drawing, scene, &part).and_then(|(index, link)| {
                let link = &scene.site.links[link];
                swap::dropped_on(scene.site, &link.id, index, held)
            });
            actions.push(match onto {
                Some(Ok(edit)) => Action::Edit(edit),
                Some(Err(why)) => Action::Say(why),
                None => match placed(scene.site, held.centres.clone(), &chosen) {
                    Some(stroke) => Action::Draw(stroke),
                    None => return,
                },
            });
            let locked = chosen.iter().find(|index| scene.site.components[**index].drawn.locked);
            actions.extend(
                locked.map(|index| Action::Ask(Ask::SayLocked(scene.site.components[*index].id.clone()))),
            );
        }
        (Gesture::Joining { from, .. }, Some(pointer)) => {
            if let Some(to) = drawing.part_at(pointer).map(|index| &scene.site.components[index].id)
                && *to != from
            {
                actions.push(match joined(scene.site, &from, to) {
                    Ok(link) => Action::Draw(Gestured::Connect(Box::new(link))),
                    Err(why) => Action::Say(why),
                });
            }
        }
        (Gesture::Framing { from }, Some(pointer)) => {
            let frame = Rect::from_two_pos(drawing.to_screen * from, pointer);
            let inside = |index: &usize| {
                drawing.seen(*index) != Seen::Hidden && frame.contains(drawing.rect(*index).center())
            };
            let parts = (0..scene.site.components.len()).filter(inside);
            actions.push(Action::SelectParts(
                parts.map(|index| scene.site.components[index].id.clone()).collect(),
            ));
        }
        _ => {}
    }
}

/// The stroke that puts chosen parts at their places, beside what stands there; `None` where nothing moves. What is
/// locked stays.
pub fn placed(site: &Site, mut centres: Vec<Pos2>, chosen: &BTreeSet<usize>) -> Option<Gestured> {
    let (locked, chosen): (BTreeSet<usize>, BTreeSet<usize>) =
        chosen.iter().partition(|index| site.components[**index].drawn.locked);
    if !locked.is_empty() {
        let stand = layout::centres(site);
        for index in locked {
            centres[index] = stand[index];
        }
    }
    let rects = layout::rects(site, &centres);
    let (moved, still): (Vec<usize>, Vec<usize>) =
        (0..site.components.len()).partition(|index| chosen.contains(index));
    let by = layout::clear_of(
        &moved.iter().map(|index| rects[*index]).collect::<Vec<_>>(),
        &still.iter().map(|index| rects[*index]).collect::<Vec<_>>(),
    );
    for index in chosen {
        centres[index] += by;
    }
    moved_to(site, &centres)
}

/// The stroke that puts parts at places on the drawing; `None` where they are there.
pub fn moved_to(site: &Site, centres: &[Pos2]) -> Option<Gestured> {
    let elsewhere = site.components.iter().zip(layout::drawn(site)).zip(centres);
    let moves: Vec<(ComponentId, Point)> = elsewhere
        .filter(|((_, drawn), at)| drawn != *at)
        .map(|((part, _), at)| (part.id.clone(), Point { x: f64::from(at.x), y: f64::from(at.y) }))
        .collect();
    (!moves.is_empty()).then_some(Gestured::Move(moves))
}

/// The link that joins two parts, whichever way it runs.
///
/// # Errors
/// Why nothing runs between them.
pub fn joined(site: &Site, from: &str, to: &str) -> Result<Link, String> {
    let part = |id: &str| site.component(id).ok_or_else(|| format!("there is no part `{id}`"));
    let (one, other) = (part(from)?, part(to)?);
    let link = |from: &str, to: &str, medium: Medium| drawing::link_between(site, from, to, medium);
    let link = match (engineering::joining_medium(one, other), engineering::joining_medium(other, one)) {
        (Ok(medium), _) => link(from, to, medium),
        (Err(_), Ok(medium)) => link(to, from, medium),
        (Err(why), Err(_)) => return Err(why),
    };
    drawing::can_connect(site, &link).map(|()| link)
}

/// The place of a part that is held alone, and of the link whose line its middle is on.
fn wire_under(drawing: &Drawing<'_>, scene: &Scene<'_>, part: &str) -> Option<(usize, usize)> {
    if scene.chosen_places().len() > 1 {
        return None;
    }
    let index = scene.site.components.iter().position(|other| other.id == part)?;
    // Where links ran before the part was taken up: they give way to it.
    Some((index, link_of(drawing, &drawing.sheet.layout, drawing.rect(index).center())?))
}

/// The link under the pointer.
pub(super) fn link_at(drawing: &Drawing<'_>, pointer: Pos2) -> Option<usize> {
    link_of(drawing, drawing.layout, pointer)
}

fn link_of(drawing: &Drawing<'_>, layout: &Layout, pointer: Pos2) -> Option<usize> {
    let distance = |line: &[Pos2]| {
        line.windows(2)
            .map(|run| {
                let (a, b) = (drawing.to_screen * run[0], drawing.to_screen * run[1]);
                let along = b - a;
                let share = ((pointer - a).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
                (a + along * share - pointer).length()
            })
            .fold(f32::INFINITY, f32::min)
    };
    let near = layout.links.iter().enumerate().map(|(index, line)| (index, distance(line)));
    near.filter(|(index, away)| *away < 6.0 && drawing.seen_link(*index) != Seen::Hidden)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(index, _)| index)
}

/// The port that a link is drawn from: of the part the pointer is near, else of the selected one.
pub(super) fn port(ui: &Ui, drawing: &Drawing<'_>, scene: &Scene<'_>, id: egui::Id, gesture: &mut Gesture) {
    if !matches!(gesture, Gesture::None) || !drawing.is_detailed() {
        return;
    }
    let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|at| ui.clip_rect().contains(*at));
    let near = pointer.and_then(|pointer| {
        let places = (0..scene.site.components.len())
            .filter(|index| drawing.seen(*index) != Seen::Hidden)
            .filter(|index| drawing.rect(*index).expand(PORT_NEAR).contains(pointer));
        places.min_by(|a, b| {
            let away = |index: &usize| (drawing.rect(*index).center() - pointer).length_sq();
            away(a).total_cmp(&away(b))
        })
    });
    let selected = || match scene.selection {
        Some(Object::Component(id)) => scene.site.components.iter().position(|part| part.id == *id),
        _ => None,
    };
    let Some(index) = near.or_else(selected) else { return };
    let part = &scene.site.components[index];
    let at = drawing.rect(index).center_bottom() + vec2(0.0, PORT_RADIUS + 3.0);
    if !ui.clip_rect().contains(at) {
        return;
    }
    let place = Rect::from_center_size(at, Vec2::splat(PORT_RADIUS * 2.0 + 4.0));
    let response = ui.interact(place, id.with(("port", &part.id)), Sense::drag());
    let words = format!("Join {}", part.tag);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words.clone()));
    let palette = drawing.palette;
    let painter = ui.painter();
    painter.circle(at, PORT_RADIUS, palette.canvas, Stroke::new(1.6, palette.accent));
    let arm = PORT_RADIUS * 0.5;
    for way in [vec2(arm, 0.0), vec2(0.0, arm)] {
        painter.line_segment([at - way, at + way], Stroke::new(1.4, palette.accent));
    }
    if response.drag_started() {
        let parts = scene.site.components.iter().enumerate();
        let ends = parts.filter(|(_, other)| joined(scene.site, &part.id, &other.id).is_ok());
        *gesture = Gesture::Joining { from: part.id.clone(), ends: ends.map(|(index, _)| index).collect() };
    }
    response.on_hover_cursor(CursorIcon::Crosshair).on_hover_text("Drag to a part to join them");
}

/// Paints what the gesture is about: lines fallen into, the link being drawn with the parts it may end at, the frame.
pub(super) fn paint(
    ui: &Ui,
    drawing: &Drawing<'_>,
    scene: &Scene<'_>,
    gesture: &Gesture,
    held: Option<&Held>,
) {
    let painter = ui.painter();
    let palette = drawing.palette;
    for guide in held.iter().flat_map(|held| &held.guides) {
        let ends = guide.map(|at| drawing.to_screen * at);
        painter.extend(Shape::dashed_line(&ends, Stroke::new(1.0, palette.accent), 4.0, 4.0));
    }
    let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else { return };
    match gesture {
        Gesture::Joining { from, ends } => {
            let Some(index) = scene.site.components.iter().position(|part| part.id == *from) else { return };
            for other in (0..scene.site.components.len()).filter(|other| *other != index) {
                let rect = drawing.rect(other);
                if ends.contains(&other) {
                    let width = if rect.expand(6.0).contains(pointer) { 3.0 } else { 1.5 };
                    let stroke = Stroke::new(width, palette.good);
                    painter.rect_stroke(rect.expand(5.0), 6.0, stroke, StrokeKind::Outside);
                } else {
                    painter.rect_filled(rect.expand(2.0), 4.0, palette.canvas.gamma_multiply(0.6));
                }
            }
            let line = drawing.layout.trial(scene.site, index, drawing.to_screen.inverse() * pointer);
            let line: Vec<Pos2> = line.into_iter().map(|at| drawing.to_screen * at).collect();
            painter.extend(Shape::dashed_line(&line, Stroke::new(2.0, palette.accent), 7.0, 4.0));
            ui.set_cursor_icon(CursorIcon::Crosshair);
        }
        Gesture::Framing { from } => {
            let frame = Rect::from_two_pos(drawing.to_screen * *from, pointer);
            let fill = theme::mix(palette.accent_soft, palette.canvas, 0.3).gamma_multiply(0.5);
            painter.rect(frame, 2.0, fill, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
        }
        Gesture::Moving { part, .. } => {
            ui.set_cursor_icon(CursorIcon::Grabbing);
            // A link that the part would be put into lights up, in the colour of whether it fits.
            let under = wire_under(drawing, scene, part).and_then(|(index, link)| {
                let fits = swap::dropped_on(scene.site, &scene.site.links[link].id, index, held?)?.is_ok();
                Some((link, if fits { palette.good } else { palette.error }))
            });
            if let Some((link, colour)) = under {
                let line: Vec<Pos2> =
                    drawing.sheet.layout.links[link].iter().map(|at| drawing.to_screen * *at).collect();
                painter.add(Shape::line(line, Stroke::new(4.0, colour.gamma_multiply(0.7))));
            }
        }
        Gesture::Refused => ui.set_cursor_icon(CursorIcon::NotAllowed),
        // They set their own.
        Gesture::Backdrop(_) | Gesture::Carrying { .. } | Gesture::None => {}
    }
}

/// Places of the selected parts in the site's list.
pub fn places(site: &Site, selection: Option<&Object>, also: &BTreeSet<ComponentId>) -> BTreeSet<usize> {
    let is_selected = |id: &ComponentId| {
        also.contains(id) || matches!(selection, Some(Object::Component(chosen)) if chosen == id)
    };
    let parts = site.components.iter().enumerate().filter(|(_, part)| is_selected(&part.id));
    parts.map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn a_part_falls_into_line_with_one_that_is_near() {
        let other = Rect::from_center_size(pos2(100.0, 304.0), Vec2::splat(44.0));
        let (at, guides) = fallen_in(pos2(97.0, 51.0), std::iter::once(other));
        assert_eq!((at, guides.len()), (pos2(100.0, 48.0), 1));
        let (at, guides) = fallen_in(pos2(20.0, 51.0), std::iter::once(other));
        assert_eq!((at, guides.len()), (pos2(24.0, 48.0), 0));
    }
}
