//! The palette: commands, parts of the drawing and parts to draw, found as one types.

use egui::{
    Button, Key, KeyboardShortcut, Pos2, Response, RichText, Role, ScrollArea, Sense, Shape, Stroke,
    TextEdit, Ui, WidgetInfo, vec2,
};

use super::sizes::{self, Sizes};
use super::tools;
use crate::app::canvas::{self, gesture::joined};
use crate::app::command::Command;
use crate::app::state::{Action, Listed, Overlay};
use crate::app::{App, Document, theme, widgets};
use crate::file;
use crate::site::drawing;
use crate::site::{ComponentId, Object};

const MOST_ENTRIES: usize = 12;
const MOST_PARTS: usize = 200;

/// Something the palette can do.
pub(super) struct Entry {
    pub text: String,
    pub hint: String,
    pub action: Action,
    /// The typical part that it puts in.
    pub part: Option<ComponentId>,
}

fn entries(app: &App, ui: &Ui, of: &Listed) -> Vec<Entry> {
    match of {
        Listed::Everything => everything(app, ui),
        Listed::Parts { at, on } => file::typical_parts()
            .components
            .iter()
            .map(|part| Entry {
                text: part.name.clone(),
                hint: canvas::rating_text(part),
                action: match on {
                    Some(spot) => Action::PlaceOn { part: part.id.clone(), spot: *spot },
                    None => Action::PlacePart { part: part.id.clone(), at: *at },
                },
                part: Some(part.id.clone()),
            })
            .collect(),
        Listed::Drawn | Listed::Next { .. } | Listed::Kinds { .. } | Listed::Into { .. } => {
            tools::entries(app, of)
        }
        Listed::Joins { from } => {
            let site = app.document.iter().map(Document::shown);
            site.flat_map(|site| site.components.iter().map(move |part| (site, part)))
                .filter_map(|(site, part)| {
                    let link = joined(site, from, &part.id).ok()?;
                    let entry = Entry {
                        text: format!("{} {}", part.tag, part.name),
                        hint: link.medium.label().to_owned(),
                        action: Action::Draw(drawing::Stroke::Connect(Box::new(link))),
                        part: None,
                    };
                    (part.id != *from).then_some(entry)
                })
                .collect()
        }
    }
}

/// Words of the empty field.
fn hint(of: &Listed) -> &'static str {
    match of {
        Listed::Everything => "Find a command, a scenario, a part or an offer",
        Listed::Parts { .. } => "Find what to draw",
        Listed::Joins { .. } => "Find the part to join it to",
        Listed::Drawn => "Find a part of the drawing",
        Listed::Next { .. } => "Find what to join to it",
        Listed::Kinds { .. } => "Find what to put in its place",
        Listed::Into { .. } => "Find what to put into the link",
    }
}

fn everything(app: &App, ui: &Ui) -> Vec<Entry> {
    let situation = app.situation();
    let mut entries: Vec<Entry> = Command::ALL
        .into_iter()
        .filter(|command| *command != Command::Palette && command.is_enabled(&situation))
        .map(|command| Entry {
            text: command.text().to_owned(),
            hint: command.shortcut_text(ui.ctx()),
            action: Action::Do(command),
            part: None,
        })
        .collect();
    if let Some(document) = &app.document {
        entries.extend(document.site().scenarios.iter().map(|scenario| Entry {
            text: scenario.name.clone(),
            hint: "Scenario".to_owned(),
            action: Action::ChooseScenario(Some(scenario.name.clone())),
            part: None,
        }));
        entries.extend(document.shown().components.iter().map(|part| Entry {
            text: format!("{} {}", part.tag, part.name),
            hint: part.kind.label().to_owned(),
            action: Action::Reveal(Object::Component(part.id.clone())),
            part: None,
        }));
        entries.extend(document.shown().offers.iter().map(|offer| Entry {
            text: offer.name.clone(),
            hint: "Offer".to_owned(),
            action: Action::Select(Some(Object::Offer(offer.id.clone()))),
            part: None,
        }));
    }
    entries
}

/// Every word typed occurs in the entry.
fn matches(entry: &Entry, typed: &str) -> bool {
    let text = format!("{} {}", entry.text, entry.hint).to_lowercase();
    typed.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// An entry that is what was typed, with the sizes of its part and the one that was typed.
fn found_by(entry: Entry, typed: &str) -> Option<Found> {
    let Some(sizes) = entry.part.as_ref().and_then(|part| Sizes::of(part)) else {
        return matches(&entry, typed).then_some(Found { entry, sizes: None, size: None });
    };
    let size = sizes.typed(&format!("{} {}", entry.text, entry.hint), typed)?;
    Some(Found { entry, sizes: Some(sizes), size })
}

/// An entry of the list as it is shown.
struct Found {
    entry: Entry,
    sizes: Option<Sizes>,
    /// Another than the typical size.
    size: Option<f64>,
}

impl Found {
    fn key(&self) -> Option<ComponentId> {
        let part = self.entry.part.clone()?;
        Some(self.sizes.as_ref().map_or(part, |sizes| sizes.key(self.size)))
    }

    fn action(self) -> Action {
        match self.key() {
            Some(key) => sizes::with_part(self.entry.action, key),
            None => self.entry.action,
        }
    }

    fn hint(&self) -> String {
        match (&self.sizes, self.size) {
            (Some(sizes), Some(size)) => sizes.words(size),
            _ => self.entry.hint.clone(),
        }
    }
}

pub(super) fn show(
    app: &mut App,
    ui: &mut Ui,
    (mut typed, mut chosen, mut size): (String, usize, Option<f64>),
    of: Listed,
) {
    let colours = theme::of(ui);
    let most = if of == Listed::Everything { MOST_ENTRIES } else { MOST_PARTS };
    let is_favourite =
        |entry: &Entry| entry.part.as_ref().is_some_and(|part| app.view.favourites.contains(part));
    let mut found: Vec<Found> =
        entries(app, ui, &of).into_iter().filter_map(|entry| found_by(entry, &typed)).take(most).collect();
    found.sort_by_key(|found| !is_favourite(&found.entry));
    let has_stars = found.iter().any(|found| found.entry.part.is_some());
    let any_sizes = found.iter().any(|found| found.sizes.is_some());
    let has_sizes = found.get(chosen).is_some_and(|found| found.sizes.is_some());
    // The field would move its cursor with these keys.
    let (down, up, enter, star, larger, smaller) = ui.input_mut(|input| {
        let star = has_stars && input.consume_key(egui::Modifiers::COMMAND, Key::B);
        let mut take = |key| input.consume_key(egui::Modifiers::NONE, key);
        let (down, up, enter) = (take(Key::ArrowDown), take(Key::ArrowUp), take(Key::Enter));
        (down, up, enter, star, has_sizes && take(Key::ArrowRight), has_sizes && take(Key::ArrowLeft))
    });
    if down || up {
        size = None;
    }
    let last = found.len().saturating_sub(1);
    if down {
        chosen = (chosen + 1).min(last);
    }
    if up {
        chosen = chosen.saturating_sub(1);
    }
    chosen = chosen.min(last);
    if let Some(marked) = found.get_mut(chosen) {
        marked.size = size.or(marked.size);
        if let Some(sizes) = marked.sizes.as_ref().filter(|_| larger || smaller) {
            marked.size = Some(sizes.step(marked.size, larger));
            size = marked.size;
        }
    }
    let steps = down || up || larger || smaller;
    let mut picked = enter.then_some(chosen);
    let mut starred = star.then_some(chosen);
    let may_carry = app.takes_carried() && matches!(of, Listed::Parts { .. });
    let mut carried = None;
    let mut opened = None;
    let mut sized = None;
    let modal = widgets::modal(ui, "palette").show(ui.ctx(), |ui| {
        ui.set_width(460.0_f32.min(ui.ctx().content_rect().width() - 40.0));
        let field = ui.add(
            TextEdit::singleline(&mut typed)
                .hint_text(hint(&of))
                .font(theme::font(theme::TITLE))
                .desired_width(f32::INFINITY),
        );
        field.clone().accessible_name(if of == Listed::Everything { "Find a command" } else { hint(&of) });
        if field.changed() {
            (chosen, size) = (0, None);
        }
        field.request_focus();
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.y = 1.0;
        let height = (ui.ctx().content_rect().height() - 160.0).max(120.0);
        // Without the least height the list would grow by a few lines a frame.
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            for (index, found) in found.iter().enumerate() {
                let entry = &found.entry;
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    if entry.part.is_some() && star_button(ui, &entry.text, is_favourite(entry)).clicked() {
                        starred = Some(index);
                    }
                    let sense = if may_carry { Sense::click_and_drag() } else { Sense::click() };
                    let room = if any_sizes { 24.0 } else { 0.0 };
                    let button = Button::selectable(index == chosen, &entry.text)
                        .right_text(RichText::new(found.hint()).color(colours.text_weak))
                        .sense(sense)
                        .min_size(vec2(ui.available_width() - room, 26.0));
                    let response = ui.add(button);
                    if index == chosen && steps {
                        response.scroll_to_me(None);
                    }
                    if found.sizes.is_some() && sizes::button(ui, &entry.text, index == chosen).clicked() {
                        opened = Some(index);
                    }
                    if response.drag_started() {
                        carried = Some(index);
                    }
                    if response.clicked() {
                        picked = Some(index);
                    }
                });
                if let Some(sizes) = found.sizes.as_ref().filter(|_| index == chosen)
                    && let Some((rating, is_dragged)) = sizes.show(ui, found.size, may_carry, steps)
                {
                    sized = Some(rating);
                    *(if is_dragged { &mut carried } else { &mut picked }) = Some(index);
                }
            }
        });
        if found.is_empty() {
            ui.weak("Nothing is called that");
        } else if has_stars {
            ui.add_space(4.0);
            let star = ui.ctx().format_shortcut(&KeyboardShortcut::new(egui::Modifiers::COMMAND, Key::B));
            let drag = if may_carry { "; drag one to its place" } else { "" };
            let sizes = if has_sizes { "; ← → its size" } else { "" };
            let words = format!("{star} keeps the marked one on top{drag}{sizes}");
            ui.label(RichText::new(words).size(theme::SMALL).color(colours.text_weak));
        }
    });
    if let Some(rating) = sized
        && let Some(found) = found.get_mut(chosen)
    {
        found.size = Some(rating);
    }
    if let Some(index) = opened {
        (chosen, size) = (index, None);
    }
    let starred = starred.and_then(|index| found.get(index)?.entry.part.clone());
    app.actions.extend(starred.map(Action::Favourite));
    if let Some(key) = carried.and_then(|index| found.get(index)?.key()) {
        app.actions.extend([Action::CloseOverlay, Action::Carry(key)]);
        return;
    }
    if let Some(found) = picked.and_then(|index| found.into_iter().nth(index)) {
        app.actions.push(Action::CloseOverlay);
        app.actions.push(found.action());
    } else if modal.should_close() {
        app.actions.push(Action::CloseOverlay);
    } else {
        app.view.overlay = Some(Overlay::Palette { typed, chosen, size, of });
    }
}

/// Whether an entry is kept on top.
fn star_button(ui: &mut Ui, name: &str, is_favourite: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, 26.0), Sense::click());
    let words = if is_favourite { format!("{name} no longer on top") } else { format!("Keep {name} on top") };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_favourite, &words));
    let colours = theme::of(ui);
    let ink = match (is_favourite, response.hovered()) {
        (true, _) => colours.accent,
        (false, true) => colours.text,
        (false, false) => theme::mix(colours.panel, colours.text_weak, 0.45),
    };
    let corner = |number: u8| {
        let turn = f32::from(number) * std::f32::consts::TAU / 10.0;
        let reach = if number.is_multiple_of(2) { 7.0 } else { 3.0 };
        rect.center() + reach * vec2(turn.sin(), -turn.cos())
    };
    let corners: Vec<Pos2> = (0..10).map(corner).collect();
    if is_favourite {
        // A star is not convex: from its middle, corner by corner.
        for number in 0..10 {
            let side = vec![rect.center(), corners[number], corners[(number + 1) % 10]];
            ui.painter().add(Shape::convex_polygon(side, ink, Stroke::new(0.5, ink)));
        }
    } else {
        ui.painter().add(Shape::closed_line(corners, Stroke::new(1.0, ink)));
    }
    response.on_hover_text(words)
}
