//! What is done to the drawing: parts put in, copied, moved, joined, taken out.

use egui::{Context, Pos2, Vec2, pos2, vec2};

use super::App;
use super::canvas::gesture::{moved_to, placed, places};
use super::canvas::layout::{self, GRID};
use super::ground::Spot;
use super::state::{Listed, Overlay};
use super::tool::Ask;
use crate::draft;
use crate::file;
use crate::quantity::Severity;
use crate::site::drawing::{Sketch, Stroke, hanging};
use crate::site::edit::Edit;
use crate::site::{ComponentId, Object, Point, Site};

/// How far a copy stands from what it is a copy of.
const BESIDE: Vec2 = vec2(6.0 * GRID, 6.0 * GRID);

impl App {
    pub(super) fn stroke(&mut self, stroke: Stroke, now: f64) {
        self.edit(&Edit::Draw(stroke), now);
    }

    /// Where something new goes: under the pointer, else the middle of what is seen.
    pub(super) fn here(&self) -> Pos2 {
        self.view.camera.pointer.unwrap_or(self.view.camera.middle)
    }

    /// As [`App::here`]; of what goes on the ground that is shown, where it is drawn on the one-line.
    pub(super) fn here_for(&self, sketch: &Sketch) -> (Pos2, Option<Spot>) {
        match self.spot() {
            Some(spot) => (self.drawn_place(spot, sketch), Some(spot)),
            None => (self.here(), None),
        }
    }

    /// Lists what can be drawn; with a link selected, what can be put into it.
    pub(super) fn list_parts(&mut self) {
        if let Some(Object::Link(link)) = &self.view.selection {
            self.view.overlay = Some(Overlay::list(Listed::Into { link: link.clone() }));
            return;
        }
        let on = self.spot();
        self.view.overlay = Some(Overlay::list(Listed::Parts { at: self.here(), on }));
    }

    pub(super) fn list_joins(&mut self) {
        if let Some(Object::Component(from)) = &self.view.selection {
            self.view.overlay = Some(Overlay::list(Listed::Joins { from: from.clone() }));
        }
    }

    pub(super) fn place_part(&mut self, part: ComponentId, at: Pos2, now: f64) {
        self.put_in_and(typical_sketch(part), at, None, now, |_, _| Ok(None));
    }

    /// Puts parts in with their middle at a place, or beside what stands there, and on the ground that is shown, and
    /// selects them; with what else is to be done with the site that has the parts, by their ids, and how all of it is
    /// called, which is one step.
    pub(super) fn put_in_and(
        &mut self,
        sketch: Sketch,
        at: Pos2,
        on: Option<Spot>,
        now: f64,
        and: impl FnOnce(&Site, &[ComponentId]) -> Result<Option<(String, Edit)>, String>,
    ) {
        let Some(document) = &self.document else { return };
        let site = document.site();
        let middle = place_of(sketch.centre());
        let by = layout::on_grid(at) - layout::on_grid(middle);
        let centres = layout::centres(site);
        let parts: Vec<_> = sketch
            .parts
            .iter()
            .map(|part| egui::Rect::from_center_size(place_of(part.at_schematic) + by, layout::size_of(part)))
            .collect();
        let by = by + layout::clear_of(&parts, &layout::rects(site, &centres));
        let stood: Vec<Option<Point>> =
            sketch.parts.iter().map(|part| on.and_then(|spot| spot.ground.entered(part))).collect();
        let sketch = sketch.fitted(site, Point { x: f64::from(by.x), y: f64::from(by.y) });
        let parts: Vec<ComponentId> = sketch.parts.iter().map(|part| part.id.clone()).collect();
        let insert = Edit::Draw(Stroke::Insert(Box::new(sketch)));
        let (with, label) = match crate::site::edit::apply(site, &insert) {
            Ok(done) => done,
            Err(why) => return self.toast(now, Severity::Error, why),
        };
        let then = match and(&with, &parts) {
            Ok(then) => then,
            Err(why) => return self.toast(now, Severity::Error, why),
        };
        // A drawing that is shown in rows is kept so, or what is put in would stand elsewhere than it was put.
        let rows = moved_to(site, &centres).map(Edit::Draw);
        let places = on.and_then(|spot| self.places_on(&with, &parts, &stood, spot));
        let (label, then) = then.map_or((label, None), |(label, then)| (label, Some(then)));
        let mut edits: Vec<Edit> = rows.into_iter().chain([insert]).chain(then).chain(places).collect();
        let edit = match (edits.len(), edits.pop()) {
            (1, Some(insert)) => insert,
            (_, last) => Edit::Together { label, edits: edits.into_iter().chain(last).collect() },
        };
        self.edit(&edit, now);
        self.say_unplaced(&parts, now);
        self.select_parts(parts);
        self.view.camera.show_selection = true;
    }

    pub(super) fn duplicate(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let sketch = Sketch::of(&on_show(document.site()), &self.view.parts());
        if !sketch.parts.is_empty() {
            let at = place_of(sketch.centre()) + BESIDE;
            let on = self.spot_of_copy(&sketch);
            self.put_in_and(sketch, at, on, now, |_, _| Ok(None));
        }
    }

    /// The selected parts as text that other documents read: a site file of them alone.
    pub(super) fn copy_parts(&mut self, ctx: &Context, now: f64) {
        let Some(document) = &self.document else { return };
        let sketch = Sketch::of(&on_show(document.site()), &self.view.parts());
        let count = sketch.parts.len();
        if count == 0 {
            return;
        }
        ctx.copy_text(file::write_text(&sketch.into_site(&format!("Parts of {}", document.site().name))));
        let words = if count == 1 { "1 part is".to_owned() } else { format!("{count} parts are") };
        self.toast(now, Severity::Info, format!("{words} on the clipboard"));
    }

    /// Parts from the clipboard, at the pointer.
    pub(super) fn paste(&mut self, text: &str, now: f64) {
        if self.document.is_none() {
            return;
        }
        match file::read_text(text).0.map(Sketch::of_site).filter(|sketch| !sketch.parts.is_empty()) {
            Some(sketch) => {
                let (at, on) = self.here_for(&sketch);
                self.put_in_and(sketch, at, on, now, |_, _| Ok(None));
            }
            None => self.toast(
                now,
                Severity::Error,
                "The clipboard holds no parts; copy some of a drawing first".to_owned(),
            ),
        }
    }

    /// Takes the selection out; where more than links hangs on it, that is said first.
    pub(super) fn ask_to_take_out(&mut self, now: f64) {
        let Some(document) = &self.document else { return };
        let parts: Vec<ComponentId> = self.view.parts().into_iter().collect();
        let links = match &self.view.selection {
            Some(Object::Link(id)) => vec![id.clone()],
            _ => Vec::new(),
        };
        let hanging = hanging(document.site(), &parts);
        let words = hanging.words();
        if hanging.said.is_empty() {
            self.take_out(parts, links, now);
            if !words.is_empty() {
                self.toast(now, Severity::Info, format!("{} went with it", words.join(", ")));
            }
        } else {
            self.view.overlay = Some(Overlay::TakeOut { parts, links, hanging: words });
        }
    }

    pub(super) fn take_out(&mut self, parts: Vec<ComponentId>, links: Vec<String>, now: f64) {
        if !parts.is_empty() || !links.is_empty() {
            self.select(None);
            self.stroke(Stroke::Remove { parts, links }, now);
        }
    }

    /// Moves the selection by steps of the grid.
    pub(super) fn nudge(&mut self, right: f32, down: f32, now: f64) {
        if let Some(ground) = self.ground() {
            return self.nudge_on(ground, right, down, now);
        }
        let Some(document) = &self.document else { return };
        let site = document.site();
        let by = vec2(right, down) * GRID;
        let chosen = places(site, self.view.selection.as_ref(), &self.view.also);
        let centres = layout::centres(site).into_iter().enumerate();
        let centres: Vec<Pos2> =
            centres.map(|(index, at)| if chosen.contains(&index) { at + by } else { at }).collect();
        let locked = chosen.iter().find(|index| site.components[**index].drawn.locked);
        let locked = locked.map(|index| site.components[*index].id.clone());
        if let Some(stroke) = placed(site, centres, &chosen) {
            self.stroke(stroke, now);
        }
        if let Some(part) = locked {
            self.ask(Ask::SayLocked(part), now);
        }
    }

    pub(super) fn select_all(&mut self) {
        let Some(document) = &self.document else { return };
        let parts = document.shown().components.iter().map(|part| part.id.clone()).collect();
        self.select_parts(parts);
    }

    pub(super) fn select_parts(&mut self, parts: Vec<ComponentId>) {
        let mut parts = parts.into_iter();
        self.select(parts.next().map(Object::Component));
        self.view.also = parts.collect();
    }

    /// Adds a part to the selection, or takes it out.
    pub(super) fn select_also(&mut self, part: ComponentId) {
        let mut parts: Vec<ComponentId> = match &self.view.selection {
            Some(Object::Component(id)) => std::iter::once(id).chain(&self.view.also).cloned().collect(),
            _ => Vec::new(),
        };
        match parts.iter().position(|other| *other == part) {
            Some(place) => drop(parts.remove(place)),
            None => parts.push(part),
        }
        self.select_parts(parts);
    }
}

/// A typical part to be put in, at the size its key names.
pub(super) fn typical_sketch(part: ComponentId) -> Sketch {
    draft::sized_sketch(file::typical_parts(), &part)
}

/// The site with its parts where they are shown.
pub(super) fn on_show(site: &Site) -> Site {
    let mut shown = site.clone();
    if let Some(Stroke::Move(moves)) = moved_to(site, &layout::centres(site)) {
        for (id, at) in moves {
            if let Some(part) = shown.component_mut(&id) {
                part.at_schematic = at;
            }
        }
    }
    shown
}

#[expect(clippy::cast_possible_truncation, reason = "screen coordinates are single precision")]
fn place_of(at: Point) -> Pos2 {
    let place = pos2(at.x as f32, at.y as f32);
    if place.is_finite() { place } else { Pos2::ZERO }
}
