//! Which part is under the pointer, and how screen readers and tests find parts. Parts are painted, not widgets: two
//! thousand widgets take ten times as long as the drawing itself.

use egui::accesskit::Action as Asked;
use egui::{Pos2, Response, Role, Sense, Ui, WidgetInfo};

use super::Scene;
use super::layers::Seen;
use super::paint::Drawing;
use crate::app::state::Action;
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

/// What a click on a part selects: its group, and once the group is selected the part alone.
pub(super) fn clicked(scene: &Scene<'_>, index: usize, adds: bool) -> Vec<Action> {
    let part = &scene.site.components[index];
    let members = group_of(scene, index);
    if adds {
        return members.into_iter().map(Action::SelectAlso).collect();
    }
    let chosen = scene.chosen_places();
    let is_whole = chosen.len() == members.len()
        && chosen.iter().all(|place| members.contains(&scene.site.components[*place].id));
    if members.len() < 2 || is_whole {
        vec![Action::Select(Some(Object::Component(part.id.clone())))]
    } else {
        vec![Action::SelectParts(members)]
    }
}

/// A part with the others of its group, itself first.
pub(super) fn group_of(scene: &Scene<'_>, index: usize) -> Vec<ComponentId> {
    let part = &scene.site.components[index];
    let mut members = vec![part.id.clone()];
    if let Some(group) = &part.drawn.group {
        let others = scene.site.components.iter().enumerate();
        members.extend(
            others
                .filter(|(place, other)| *place != index && other.drawn.group.as_ref() == Some(group))
                .map(|(_, other)| other.id.clone()),
        );
    }
    members
}
