//! What is drawn at the right: what a link carries and whom it serves, and what can be done with several parts at once.

use egui::{RichText, Ui};

use super::{everywhere, link};
use crate::app::canvas::align::{Line, Way};
use crate::app::canvas::gesture::places;
use crate::app::command::Command;
use crate::app::state::{Action, View};
use crate::app::tool::Tool;
use crate::app::{Document, theme, widgets};
use crate::site::drawing::groups;
use crate::site::{Link, Medium, Object, Serves, Site};

const SERVES: [(Serves, &str); 3] =
    [(Serves::Both, "Both"), (Serves::Mining, "Mining"), (Serves::Hosting, "Hosting")];

/// Ends, medium and use of a link.
pub fn link(ui: &mut Ui, document: &Document, link: &Link, actions: &mut Vec<Action>) {
    let site = document.shown();
    let name = |id: &str| site.object_name(&Object::Component(id.to_owned()));
    ui.label(format!("{} from {} to {}", link.medium.label(), name(&link.from), name(&link.to)));
    let mut medium = link.medium.clone();
    if let Medium::Power { serves, .. } | Medium::Liquid { serves } | Medium::Air { serves } = &mut medium {
        widgets::section(ui, "Serves", "");
        if let Some(chosen) = widgets::segmented(ui, *serves, &SERVES) {
            *serves = chosen;
        }
    }
    if let Medium::Power { normally_open, .. } = &mut medium {
        ui.checkbox(normally_open, "Normally open")
            .on_hover_text("A tie that is closed only when another way is lost");
    }
    if medium.is_heat() {
        widgets::section(ui, "Carries heat by", "");
        let by = [(true, "Liquid"), (false, "Air")];
        let is_liquid = matches!(medium, Medium::Liquid { .. });
        if let Some(liquid) = widgets::segmented(ui, is_liquid, &by) {
            let (Medium::Liquid { serves } | Medium::Air { serves }) = medium else { return };
            medium = if liquid { Medium::Liquid { serves } } else { Medium::Air { serves } };
        }
    }
    if medium != link.medium {
        actions.push(link::change(document, link, |link| link.medium.clone_from(&medium)));
    }
    if !matches!(link.medium, Medium::Fibre { .. }) {
        everywhere::say(ui, document, "What a link carries and whom it serves are");
    }
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        button(ui, Command::Tool(Tool::Split), actions);
        button(ui, Command::TakeOut, actions);
    });
    ui.separator();
}

/// Several parts at once.
pub fn several(ui: &mut Ui, site: &Site, view: &View, actions: &mut Vec<Action>) {
    let parts = view.parts();
    ui.label(theme::strong(format!("{} parts selected", parts.len()), theme::TITLE));
    in_groups(ui, site, view);
    let mut kinds: Vec<(&str, usize, f64)> = Vec::new();
    for part in site.components.iter().filter(|part| parts.contains(&part.id)) {
        let label = part.kind.label();
        match kinds.iter_mut().find(|(known, ..)| *known == label) {
            Some((_, count, mw)) => {
                *count += 1;
                *mw += part.rating_mw();
            }
            None => kinds.push((label, 1, part.rating_mw())),
        }
    }
    ui.separator();
    for (label, count, mw) in kinds {
        let rating = if mw > 0.0 { crate::quantity::format::mw(mw) } else { String::new() };
        let numbers = [RichText::new(count.to_string()), RichText::new(rating)];
        widgets::table_row(ui, RichText::new(label), &numbers, 70.0);
    }
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        for command in [Command::Duplicate, Command::CopyParts, Command::TakeOut, Command::ClearSelection] {
            button(ui, command, actions);
        }
        let is_grouped =
            site.components.iter().any(|part| part.drawn.group.is_some() && parts.contains(&part.id));
        for tool in [Tool::Group, Tool::Ungroup, Tool::IntoGroup, Tool::Lock, Tool::Turn, Tool::Flip] {
            if !matches!(tool, Tool::Ungroup | Tool::IntoGroup) || is_grouped {
                button(ui, Command::Tool(tool), actions);
            }
        }
    });
    widgets::section(ui, "In line", "");
    ui.horizontal_wrapped(|ui| {
        let lines = [Line::Left, Line::Centre, Line::Right, Line::Top, Line::Middle, Line::Bottom];
        let ways = [Way::Across, Way::Down].map(Tool::Distribute);
        for tool in lines.map(Tool::Align).into_iter().chain(ways) {
            button(ui, Command::Tool(tool), actions);
        }
    });
    ui.add_space(4.0);
    ui.weak("Drag one of them to move them all; Shift and a click adds a part or takes it out");
}

/// What the selection is of groups, where it is of any.
fn in_groups(ui: &mut Ui, site: &Site, view: &View) {
    let Some(Object::Component(held)) = &view.selection else { return };
    // Without it the selection is of no group, and the others need not be looked at.
    if site.component(held).is_none_or(|part| part.drawn.groups().next().is_none()) {
        return;
    }
    let chosen = places(site, view.selection.as_ref(), &view.also);
    if let Some(words) = groups::words(site, &chosen) {
        ui.label(RichText::new(words).color(theme::of(ui).text_weak));
    }
}

/// Buttons of a single part, and of what group it is.
pub fn part(ui: &mut Ui, site: &Site, view: &View, actions: &mut Vec<Action>) {
    in_groups(ui, site, view);
    ui.horizontal_wrapped(|ui| {
        for command in [Command::Tool(Tool::Next), Command::JoinPart, Command::Duplicate, Command::TakeOut] {
            button(ui, command, actions);
        }
        for tool in [Tool::Rename, Tool::Replace, Tool::Turn, Tool::Flip, Tool::Lock] {
            button(ui, Command::Tool(tool), actions);
        }
    });
}

fn button(ui: &mut Ui, command: Command, actions: &mut Vec<Action>) {
    let words = format!("{} {}", command.tooltip(), command.shortcut_text(ui.ctx()));
    if ui.button(command.text()).on_hover_text(words).clicked() {
        actions.push(Action::Do(command));
    }
}
