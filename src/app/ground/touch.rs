//! How parts on a ground answer to the pointer, to screen readers and to tests. They are painted, not widgets: two thousand
//! widgets take ten times as long as the picture itself.

use std::collections::BTreeSet;

use egui::accesskit::Action as Asked;
use egui::{Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use super::paint::{Picture, whereabouts};
use super::{GroundView, rect_of, shortened};
use crate::app::state::Action;
use crate::site::ground::Ground;
use crate::site::{ComponentId, Object, Point, Site};

/// The topmost part at a place of the screen.
fn part_at(
    site: &Site,
    parts: &[(usize, Point)],
    ground: Ground,
    own: &GroundView,
    at: Pos2,
) -> Option<usize> {
    let there = own.to_screen.inverse() * at;
    let is_hit = |(index, at): &&(usize, Point)| {
        rect_of(&site.components[*index], *at, ground, own.to_screen.scaling).contains(there)
    };
    parts.iter().rposition(|part| is_hit(&part))
}

/// Takes hold of the part that a drag begins on.
pub(super) fn take_hold(
    ui: &Ui,
    background: &Response,
    (site, parts, ground): (&Site, &[(usize, Point)], Ground),
    chosen: &BTreeSet<ComponentId>,
    own: &mut GroundView,
    actions: &mut Vec<Action>,
) {
    let Some(from) = ui.input(|input| input.pointer.press_origin()).filter(|_| background.drag_started())
    else {
        return;
    };
    let Some(place) = part_at(site, parts, ground, own, from) else { return };
    let (index, at) = parts[place];
    let id = &site.components[index].id;
    own.held = Some((id.clone(), own.to_screen.inverse() * from - pos2(shortened(at.x), shortened(at.y))));
    // One of several that are chosen takes the others along.
    if !chosen.contains(id) {
        actions.push(Action::Select(Some(Object::Component(id.clone()))));
    }
}

/// What a click selects and what the pointer rests on; a screen reader is told of all in sight.
pub(super) fn answer(
    ui: &Ui,
    canvas: Rect,
    background: &Response,
    picture: &Picture<'_>,
    own: &GroundView,
    actions: &mut Vec<Action>,
) {
    let Picture { site, parts, ground, .. } = *picture;
    if ui.ctx().accesskit_node_builder(background.id, |_| ()).is_some() {
        for (index, at) in parts.iter() {
            known(ui, canvas, picture, (*index, *at), actions);
        }
    }
    let at = background.interact_pointer_pos().filter(|_| background.clicked());
    if let Some(at) = at {
        let part = part_at(site, parts, ground, own, at).map(|place| &site.components[parts[place].0].id);
        let also = ui.input(|input| input.modifiers.command || input.modifiers.shift);
        actions.push(match part {
            Some(id) if also => Action::SelectAlso(id.clone()),
            part => Action::Select(part.map(|id| Object::Component(id.clone()))),
        });
    }
    let Some(at) = background.hover_pos().filter(|_| own.held.is_none()) else { return };
    if let Some(place) = part_at(site, parts, ground, own, at) {
        let (index, at) = parts[place];
        let part = &site.components[index];
        let rect = picture.to_screen * rect_of(part, at, ground, picture.to_screen.scaling);
        let tip =
            ui.interact(rect.intersect(canvas), id_of(ui, ground, &part.id).with("tip"), Sense::hover());
        let name = site.object_name(&Object::Component(part.id.clone()));
        tip.on_hover_text(format!("{name}: {}", whereabouts(ground, at)));
    }
}

fn id_of(ui: &Ui, ground: Ground, part: &str) -> egui::Id {
    ui.scope_id().with(("on the ground", ground, part))
}

/// Makes a painted part known to screen readers and tests, which may also press it.
fn known(
    ui: &Ui,
    canvas: Rect,
    picture: &Picture<'_>,
    (index, at): (usize, Point),
    actions: &mut Vec<Action>,
) {
    let part = &picture.site.components[index];
    let rect = picture.to_screen * rect_of(part, at, picture.ground, picture.to_screen.scaling);
    if !rect.intersects(canvas) {
        return;
    }
    let id = id_of(ui, picture.ground, &part.id);
    let response = ui.interact(rect.intersect(canvas), id, Sense::hover());
    let name = picture.site.object_name(&Object::Component(part.id.clone()));
    let is_chosen = picture.chosen.contains(&part.id);
    response.widget_info(|| {
        WidgetInfo::selected(
            Role::Button,
            true,
            is_chosen,
            format!("{name} on the {}", picture.ground.word()),
        )
    });
    ui.ctx().accesskit_node_builder(id, |node| node.add_action(Asked::Click));
    if ui.input(|input| input.has_accesskit_action_request(id, Asked::Click)) {
        actions.push(Action::Select(Some(Object::Component(part.id.clone()))));
    }
}
