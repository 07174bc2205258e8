//! Which part is under the pointer, and how screen readers and tests find parts. Parts are painted, not widgets: two
//! thousand widgets take ten times as long as the drawing itself.

use std::collections::BTreeSet;

use egui::accesskit::Action as Asked;
use egui::{Pos2, Response, Role, Sense, Ui, WidgetInfo};

use super::Scene;
use super::layers::Seen;
use super::paint::Drawing;
use crate::app::state::Action;
use crate::site::drawing::groups;
use crate::site::{ComponentId, Object};

impl Drawing<'_> {
    /// The part at a place of the screen; the nearest where several are.
    pub(super) fn part_at(&self, pointer: Pos2) -> Option<usize> {
        let hit = (0..self.site.components.len()).filter(|index| {
            self.seen(*index) != Seen::Hidden && self.rect(*index).expand(2.0).contains(pointer)
        });
        let away = |index: &usize| (self.rect(*index).center() - pointer).length_sq();
        hit.min_by(|a, b| away(a).total_cmp(&away(b)))
    }
}

/// The widget id of a part, of use where the pointer rests on it and to screen readers.
pub(super) fn id_of(canvas: egui::Id, part: &str) -> egui::Id {
    canvas.with(("part", part))
}

/// Makes a painted part known to tooltips, tests and screen readers, which may also press it.
pub(super) fn known(
    ui: &Ui,
    drawing: &Drawing<'_>,
    index: usize,
    canvas: egui::Id,
    selected: bool,
    actions: &mut Vec<Action>,
) -> Response {
    let part = &drawing.site.components[index];
    let id = id_of(canvas, &part.id);
    let response = ui.interact(drawing.rect(index).intersect(ui.clip_rect()), id, Sense::hover());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, drawing.words(index)));
    ui.ctx().accesskit_node_builder(id, |node| node.add_action(Asked::Click));
    if ui.input(|input| input.has_accesskit_action_request(id, Asked::Click)) {
        actions.push(Action::Select(Some(Object::Component(part.id.clone()))));
    }
    response
}

/// True when something reads the window aloud, or tests it.
pub(super) fn is_read(ui: &Ui, canvas: egui::Id) -> bool {
    ui.ctx().accesskit_node_builder(canvas, |_| ()).is_some()
}

/// What a click on a part selects: its group; inside of a group, what stands beside that which is selected.
pub(super) fn clicked(scene: &Scene<'_>, index: usize, adds: bool) -> Vec<Action> {
    let members = group_of(scene, index);
    if adds {
        return members.into_iter().map(Action::SelectAlso).collect();
    }
    vec![Action::SelectParts(members)]
}

/// What a double click on a part selects: one level further in, where a group is selected.
pub(super) fn clicked_twice(scene: &Scene<'_>, index: usize) -> Option<Action> {
    let inner = groups::further_in(scene.site, index, &scene.chosen_places())?;
    Some(Action::SelectParts(first(scene, index, &inner)))
}

/// What a hand gets hold of by a part, the part itself first.
pub(super) fn group_of(scene: &Scene<'_>, index: usize) -> Vec<ComponentId> {
    first(scene, index, &groups::reached(scene.site, index, &scene.chosen_places()))
}

fn first(scene: &Scene<'_>, index: usize, places: &BTreeSet<usize>) -> Vec<ComponentId> {
    let others = places.iter().filter(|place| **place != index);
    std::iter::once(&index).chain(others).map(|place| scene.site.components[*place].id.clone()).collect()
}
