//! What is done to the drawing beside drawing it: parts named, brought into line, grouped, locked, turned, replaced, put
//! into links; the steps done and undone; a file that another program changed.

use std::collections::BTreeSet;

use egui::{Pos2, Vec2, vec2};

use super::App;
use super::canvas::align::{self, Line, Way};
use super::canvas::gesture::{moved_to, placed, places};
use super::canvas::{layout, swap};
use super::drawing::typical_sketch;
use super::state::{Camera, Ghosts, Listed, Overlay, Place, Renaming};
use super::tool::{Ask, Tool};
use crate::quantity::Severity;
use crate::site::drawing::{Replacement, Stroke, groups, link_between, lost_by, name_problem};
use crate::site::edit::{self, Edit};
use crate::site::{Component, ComponentId, Medium, Object, Site};

/// Gaps between a part and the next one that is joined to it, drawing units.
const BENEATH: f32 = 4.0 * layout::GRID;
const BESIDE: f32 = 8.0 * layout::GRID;

impl App {
    pub(super) fn use_tool(&mut self, tool: Tool, now: f64) {
        let parts: Vec<ComponentId> = self.view.parts().into_iter().collect();
        match tool {
            Tool::Find if self.view.place == Place::Assumptions => self.view.assumptions.focus_search = true,
            Tool::Find => self.view.overlay = Some(Overlay::list(Listed::Drawn)),
            // Asked about what is unsaved first; see `dispatch`.
            Tool::Blank => {}
            Tool::Next => {
                if let Some(part) = parts.into_iter().next() {
                    self.view.overlay = Some(Overlay::list(Listed::Next { part }));
                }
            }
            Tool::Split => self.list_parts(),
            Tool::Replace => {
                if let Some(part) = parts.into_iter().next() {
                    self.view.overlay = Some(Overlay::list(Listed::Kinds { part }));
                }
            }
            Tool::Rename => {
                if let Some(part) = parts.into_iter().next() {
                    self.begin_rename(part);
                }
            }
            Tool::Group => self.stroke(Stroke::Group(parts), now),
            Tool::Ungroup => self.stroke(Stroke::Ungroup(parts), now),
            Tool::IntoGroup => self.enter_group(),
            Tool::Lock => self.lock(parts, now),
            Tool::Turn => self.stroke(Stroke::Turn(parts), now),
            Tool::Flip => self.stroke(Stroke::Flip(parts), now),
            Tool::Align(line) => self.align(line, tool.text(), now),
            Tool::Distribute(way) => self.distribute(way, tool.text(), now),
            Tool::Arrange => self.show_arranged(now),
            Tool::PlaceGhosts => self.place_ghosts(now),
            Tool::Layer(layer) => {
                self.view.layers.step(layer);
                self.show_drawing();
            }
            Tool::Backdrop(doing) => self.use_backdrop(doing, now),
            Tool::Minimap => self.view.minimap = !self.view.minimap,
            Tool::Steps => self.view.overlay = Some(Overlay::Steps),
        }
    }

    pub(super) fn ask(&mut self, ask: Ask, now: f64) {
        match ask {
            Ask::BeginRename(part) => self.begin_rename(part),
            Ask::NameShown => {
                if let Some(renaming) = &mut self.view.renaming {
                    renaming.fresh = false;
                }
            }
            Ask::TypeName(text) => self.type_name(text),
            Ask::TakeName(text) => self.take_name(text, now),
            Ask::LeaveName => self.view.renaming = None,
            Ask::NextBy { part, by } => self.put_next(&part, by, now),
            Ask::SplitBy { link, part } => self.split_by(&link, part, now),
            Ask::ReplaceBy { part, by } => self.replace_by(&part, by, now),
            Ask::Replace(replacement) => self.replace(replacement, now),
            Ask::GoToStep(steps) => self.go_to_step(steps, now),
            Ask::LeaveGhosts => self.view.ghosts = None,
            Ask::SayLocked(part) => {
                if let Some(document) = &self.document {
                    let name = document.shown().object_name(&Object::Component(part));
                    let why = format!("{name} is locked where it is; unlock it with Ctrl+L to move it");
                    self.toast(now, Severity::Warning, why);
                }
            }
            Ask::KeepMine { path, next } => self.save_over(path, next),
            Ask::SaveElsewhere { next } => self.save_elsewhere(next),
            Ask::ReadTheirs(path) => self.open(path),
        }
    }

    /// The drawing comes into view where it is not.
    fn show_drawing(&mut self) {
        if matches!(self.view.place, Place::Answer | Place::Assumptions) {
            self.show_place(Place::Both);
        }
    }

    // Names.

    fn begin_rename(&mut self, part: ComponentId) {
        let tag = self.document.as_ref().and_then(|document| {
            let part = document.shown().component(&part)?;
            Some(part.tag.clone())
        });
        if let Some(text) = tag {
            self.show_drawing();
            self.select(Some(Object::Component(part.clone())));
            self.view.renaming = Some(Renaming { part, text, why: None, fresh: true });
        }
    }

    fn type_name(&mut self, text: String) {
        let Some(document) = &self.document else { return };
        if let Some(renaming) = &mut self.view.renaming {
            renaming.why = name_problem(document.site(), &renaming.part, &text);
            renaming.text = text;
        }
    }

    /// A name that cannot be taken stays in its field with the reason.
    fn take_name(&mut self, text: String, now: f64) {
        self.type_name(text);
        let Some(renaming) = self.view.renaming.take() else { return };
        match renaming.why {
            Some(_) => self.view.renaming = Some(Renaming { fresh: true, ..renaming }),
            None => self.stroke(Stroke::Rename { part: renaming.part, tag: renaming.text }, now),
        }
    }

    // In line.

    fn align(&mut self, line: Line, label: &str, now: f64) {
        self.put_at(label, now, |rects, chosen, held| align::aligned(rects, chosen, held, line));
    }

    fn distribute(&mut self, way: Way, label: &str, now: f64) {
        self.put_at(label, now, |rects, chosen, held| align::distributed(rects, chosen, held, way));
    }

    /// Puts the selected parts at the places that `to` gives them, as one step of this name.
    fn put_at(
        &mut self,
        label: &str,
        now: f64,
        to: impl FnOnce(&[egui::Rect], &BTreeSet<usize>, &BTreeSet<usize>) -> Vec<Pos2>,
    ) {
        let Some(document) = &self.document else { return };
        let site = document.site();
        let chosen = places(site, self.view.selection.as_ref(), &self.view.also);
        let held: BTreeSet<usize> =
            chosen.iter().copied().filter(|index| site.components[*index].drawn.locked).collect();
        let rects = layout::rects(site, &layout::centres(site));
        let stays = held.iter().next().map(|index| site.components[*index].id.clone());
        let label = format!("{label}: {} parts", chosen.len());
        match placed(site, to(&rects, &chosen, &held), &chosen) {
            Some(stroke) => {
                self.edit(&Edit::Together { label, edits: vec![Edit::Draw(stroke)] }, now);
                if let Some(part) = stays {
                    self.ask(Ask::SayLocked(part), now);
                }
            }
            None => self.toast(now, Severity::Info, "They stand so already".to_owned()),
        }
    }

    // Groups and locks.

    pub(super) fn has_group(&self) -> bool {
        let Some(document) = &self.document else { return false };
        let grouped = document.shown().components.iter().filter(|part| part.drawn.group.is_some());
        let mut grouped = grouped.map(|part| &part.id);
        grouped.any(|id| self.view.has_part(id))
    }

    /// The site with the places of the parts that are selected, for what they are of groups.
    fn chosen(&self) -> Option<(&Site, BTreeSet<usize>)> {
        let site = self.document.as_ref()?.shown();
        Some((site, places(site, self.view.selection.as_ref(), &self.view.also)))
    }

    /// What is one level inside of the selected group, towards the part that was taken hold of.
    fn inside(&self) -> Option<Vec<ComponentId>> {
        let Some(Object::Component(held)) = &self.view.selection else { return None };
        let parts = &self.document.as_ref()?.shown().components;
        let place = parts.iter().position(|part| part.id == *held && part.drawn.group.is_some())?;
        let (site, chosen) = self.chosen()?;
        let inner = groups::further_in(site, place, &chosen)?;
        let others = inner.iter().filter(|other| **other != place);
        Some(std::iter::once(&place).chain(others).map(|at| site.components[*at].id.clone()).collect())
    }

    pub(super) fn is_group(&self) -> bool {
        !self.view.also.is_empty() && self.inside().is_some()
    }

    fn enter_group(&mut self) {
        if let Some(parts) = self.inside() {
            self.select_parts(parts);
        }
    }

    /// Selects the group around the selected parts; nothing where there is none.
    pub(super) fn leave_group(&mut self) {
        let around = self.chosen().and_then(|(site, chosen)| {
            let group = groups::further_out(site, &chosen)?;
            let first = self.view.selection.clone();
            let mut ids: Vec<ComponentId> =
                group.iter().map(|place| site.components[*place].id.clone()).collect();
            // What was taken hold of stays first, so that Enter leads back to it.
            ids.sort_by_key(|id| first != Some(Object::Component(id.clone())));
            Some(ids)
        });
        match around {
            Some(parts) => self.select_parts(parts),
            None => self.select(None),
        }
    }

    /// Locks the selected parts, or unlocks them where all are.
    fn lock(&mut self, parts: Vec<ComponentId>, now: f64) {
        let Some(document) = &self.document else { return };
        let is_locked =
            |id: &ComponentId| document.site().component(id).is_some_and(|part| part.drawn.locked);
        let locked = !parts.iter().all(is_locked);
        let lock = Edit::Draw(Stroke::Lock { parts, locked });
        // A drawing that is shown in rows is kept so, or a locked part would not be where it is seen.
        let site = document.site();
        let edit = match moved_to(site, &layout::centres(site)).filter(|_| locked) {
            Some(rows) => match edit::apply(site, &lock) {
                Ok((_, label)) => Edit::Together { label, edits: vec![Edit::Draw(rows), lock] },
                Err(why) => return self.toast(now, Severity::Error, why),
            },
            None => lock,
        };
        self.edit(&edit, now);
    }

    // Other parts.

    fn split_by(&mut self, link: &str, part: ComponentId, now: f64) {
        let Some(document) = &self.document else { return };
        let site = document.site();
        let mut sketch = typical_sketch(part);
        for part in &mut sketch.parts {
            swap::at_voltage_of(site, link, part);
        }
        let middle = layout::Layout::new(site);
        let place = site.links.iter().position(|other| other.id == link);
        let Some(at) = place.and_then(|place| layout::middle_of(&middle.links[place])) else { return };
        let link = link.to_owned();
        let ends = place.map(|place| [site.links[place].from.clone(), site.links[place].to.clone()]);
        let on = ends.and_then(|[from, to]| self.spot_by(&[&from, &to], None));
        self.put_in_and(sketch, at, on, now, move |with, parts| {
            let [id] = parts else { return Ok(None) };
            let by = with.component(id).ok_or("the part was not put in")?;
            let split = Edit::Draw(swap::split(with, &link, by)?);
            let (_, label) = edit::apply(with, &split)?;
            Ok(Some((label, split)))
        });
    }

    /// Puts a typical part in beneath another, beside it for fibre, above it where it feeds it, and joins them.
    fn put_next(&mut self, part: &str, by: ComponentId, now: f64) {
        let Some(document) = &self.document else { return };
        let site = document.site();
        let Some(place) = site.components.iter().position(|other| other.id == part) else { return };
        let from = &site.components[place];
        let mut sketch = typical_sketch(by);
        let Some(typical) = sketch.parts.pop() else { return };
        let (new, medium, forward) = match swap::next_to(from, typical) {
            Ok(next) => next,
            Err(why) => return self.toast(now, Severity::Error, why),
        };
        let at = layout::centres(site)[place] + way_from(from, &new, &medium, forward);
        let on = self.spot_by(&[part], Some(&new));
        sketch.parts.push(new);
        let other = part.to_owned();
        self.put_in_and(sketch, at, on, now, move |with, parts| {
            let [id] = parts else { return Ok(None) };
            let (from, to) = if forward { (&other, id) } else { (id, &other) };
            let join = Edit::Draw(Stroke::Connect(Box::new(link_between(with, from, to, medium))));
            let name = |id: &str| with.object_name(&Object::Component(id.to_owned()));
            Ok(Some((format!("Add {} to {}", name(id), name(&other)), join)))
        });
    }

    fn replace_by(&mut self, part: &str, by: ComponentId, now: f64) {
        let Some(document) = &self.document else { return };
        let typical = typical_sketch(by);
        let replacement = match swap::replacement(document.site(), part, typical) {
            Ok(replacement) => Box::new(replacement),
            Err(why) => return self.toast(now, Severity::Error, why),
        };
        let lost = lost_by(document.site(), &replacement).words();
        if lost.is_empty() {
            self.replace(replacement, now);
        } else {
            self.view.overlay = Some(Overlay::Replace { replacement, lost });
        }
    }

    fn replace(&mut self, replacement: Box<Replacement>, now: f64) {
        let part = replacement.part.id.clone();
        self.stroke(Stroke::Replace(replacement), now);
        self.say_unplaced(&[part], now);
    }

    // Arrangement.

    /// Shows where parts would stand in rows; what is locked stays.
    fn show_arranged(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let centres = arranged_round_locked(document.site());
        if moved_to(document.site(), &centres).is_none() {
            self.toast(now, Severity::Info, "The drawing is arranged already".to_owned());
            return;
        }
        let revision = document.revision();
        self.show_drawing();
        self.view.ghosts = Some(Ghosts { revision, centres });
        self.view.camera = Camera::fitted();
    }

    fn place_ghosts(&mut self, now: f64) {
        let Some(ghosts) = self.view.ghosts.take() else { return };
        let Some(document) = &self.document else { return };
        if ghosts.revision == document.revision()
            && let Some(stroke) = moved_to(document.site(), &ghosts.centres)
        {
            let edits = vec![Edit::Draw(stroke)];
            self.edit(&Edit::Together { label: "Arrange the drawing".to_owned(), edits }, now);
            self.view.camera = Camera::fitted();
        }
    }

    // Steps.

    fn go_to_step(&mut self, steps: isize, now: f64) {
        self.view.field = None;
        let Some(document) = &mut self.document else { return };
        let mut gone = false;
        for _ in 0..steps.unsigned_abs() {
            let step = if steps < 0 { document.undo() } else { document.redo() };
            gone |= step.is_some();
        }
        if gone {
            self.answer.edits.clear();
            self.document_changed(now);
        }
    }
}

/// From a part to one that is joined to it: beside it for fibre, beneath it, or above it where the new one feeds it.
pub(super) fn way_from(from: &Component, new: &Component, medium: &Medium, forward: bool) -> Vec2 {
    let reach = (layout::size_of(from) + layout::size_of(new)) / 2.0;
    match medium {
        Medium::Fibre { .. } => vec2(reach.x + BESIDE, 0.0),
        _ if forward => vec2(0.0, reach.y + BENEATH),
        _ => vec2(0.0, -reach.y - BENEATH),
    }
}

/// Places in rows, with locked parts where they are and none of the others on them.
fn arranged_round_locked(site: &Site) -> Vec<Pos2> {
    let mut centres = layout::arranged(site);
    let drawn = layout::centres(site);
    let locked: Vec<usize> =
        (0..centres.len()).filter(|index| site.components[*index].drawn.locked).collect();
    if locked.is_empty() {
        return centres;
    }
    for index in &locked {
        centres[*index] = drawn[*index];
    }
    let mut rects = layout::rects(site, &centres);
    for index in 0..centres.len() {
        if site.components[index].drawn.locked {
            continue;
        }
        let rect = rects[index];
        let on_locked = locked.iter().any(|other| rects[*other].intersects(rect.shrink(0.5)));
        if on_locked {
            let others: Vec<egui::Rect> = rects
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .map(|(_, rect)| *rect)
                .collect();
            let by = layout::clear_of(&[rect], &others);
            centres[index] += by;
            rects[index] = rect.translate(by);
        }
    }
    centres
}
