//! Sizes of typical parts in lists of them: shown under the marked line, stepped through by keys, found by typing.

use egui::{Button, Response, RichText, Role, Sense, Shape, Stroke, Ui, WidgetInfo, vec2};

use crate::app::canvas::rating_text;
use crate::app::state::Action;
use crate::app::theme;
use crate::app::tool::Ask;
use crate::draft;
use crate::file;
use crate::quantity::{Unit, format};
use crate::site::{Component, ComponentId};

/// The sizes of a typical part; there are none where there is nothing to choose.
#[derive(Clone, Debug)]
pub(super) struct Sizes {
    typical: &'static Component,
    ratings: Vec<f64>,
}

/// `2.88 MVA`, with the current of gear: `2.88 MVA, 4 000 A at 415 V`.
pub fn size_words(part: &Component) -> String {
    words_of(&Component { units: 1, ..part.clone() })
}

/// As [`size_words`], with how many of them there are.
fn words_of(part: &Component) -> String {
    let rating = rating_text(part);
    let Some(amperes) = draft::bus_current_a(part) else { return rating };
    // As frames are named; the rating itself has three digits.
    let step = if amperes < 1000.0 { 10.0 } else { 50.0 };
    let amperes = format::number((amperes / step).round() * step, 0);
    let voltage = match part.kv_out.or(part.kv_in) {
        Some(kv) if kv < 1.0 => format!("{} V", format::number(kv * 1e3, 0)),
        Some(kv) => format::with_unit(kv, Unit::Kv),
        None => return rating,
    };
    format!("{rating}, {amperes} A at {voltage}")
}

impl Sizes {
    pub fn of(part: &str) -> Option<Self> {
        let typical = file::typical_parts().component(part)?;
        let ratings = draft::sizes(typical);
        (!ratings.is_empty()).then_some(Self { typical, ratings })
    }

    fn typical_rating(&self) -> f64 {
        draft::rating_of(self.typical)
    }

    pub fn words(&self, rating: f64) -> String {
        words_of(&draft::resized(self.typical, rating))
    }

    /// The key of a size; the part's own id where it is the typical one.
    pub fn key(&self, rating: Option<f64>) -> ComponentId {
        match rating.filter(|rating| *rating != self.typical_rating()) {
            Some(rating) => draft::size_key(&self.typical.id, rating),
            None => self.typical.id.clone(),
        }
    }

    /// The next larger or smaller size.
    pub fn step(&self, rating: Option<f64>, larger: bool) -> f64 {
        let now = rating.unwrap_or(self.typical_rating());
        let next = if larger {
            self.ratings.iter().copied().find(|size| *size > now)
        } else {
            self.ratings.iter().rev().copied().find(|size| *size < now)
        };
        next.unwrap_or(now)
    }

    /// The size that was typed beside the rest of an entry's words: one that has such a word as it stands before one in
    /// which it only occurs. `Some(None)` where the typical one does.
    pub fn typed(&self, entry: &str, typed: &str) -> Option<Option<f64>> {
        let (entry, typed) = (entry.to_lowercase(), typed.to_lowercase());
        let left: Vec<&str> = typed.split_whitespace().filter(|word| !entry.contains(word)).collect();
        if left.is_empty() {
            return Some(None);
        }
        let of = |rating: f64, is_whole: bool| {
            // Thousands stand apart in figures, and are typed as one word.
            let words =
                self.words(rating).to_lowercase().replace(['\u{202f}', '\u{a0}'], "").replace(',', " ");
            left.iter().all(|word| {
                if is_whole {
                    words.split_whitespace().any(|known| known == *word)
                } else {
                    words.contains(word)
                }
            })
        };
        let ways = [true, false];
        ways.into_iter()
            .find_map(|is_whole| self.ratings.iter().copied().find(|rating| of(*rating, is_whole)))
            .map(Some)
    }

    /// The sizes as buttons, under the line of their part; gives the one that was pressed, and whether it is dragged.
    pub fn show(
        &self,
        ui: &mut Ui,
        chosen: Option<f64>,
        may_carry: bool,
        moved: bool,
    ) -> Option<(f64, bool)> {
        let colours = theme::of(ui);
        let now = chosen.unwrap_or(self.typical_rating());
        let unit = if self.typical.kind.electrical().is_some() { Unit::Mva } else { Unit::Mw };
        let mut pressed = None;
        let shown = ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(3.0, 3.0);
            ui.add_space(26.0);
            for rating in &self.ratings {
                let part = draft::resized(self.typical, *rating);
                let text = RichText::new(format::in_unit(*rating, unit)).size(theme::SMALL);
                let sense = if may_carry { Sense::click_and_drag() } else { Sense::click() };
                let response = ui.add(Button::selectable(*rating == now, text).frame(true).sense(sense));
                let name = format!("{} of {}", self.typical.name, size_words(&part));
                response.widget_info(|| WidgetInfo::selected(Role::Button, true, *rating == now, &name));
                if response.drag_started() {
                    pressed = Some((*rating, true));
                }
                if response.clicked() {
                    pressed = Some((*rating, false));
                }
                response.on_hover_text(name);
            }
            ui.label(RichText::new(unit.symbol()).size(theme::SMALL).color(colours.text_weak));
        });
        if moved {
            shown.response.scroll_to_me(None);
        }
        pressed
    }
}

/// Shows the sizes of a line that is not marked.
pub(super) fn button(ui: &mut Ui, name: &str, is_open: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, 26.0), Sense::click());
    let words = format!("Sizes of {name}");
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_open, &words));
    let colours = theme::of(ui);
    let ink = if response.hovered() { colours.text } else { colours.text_weak };
    let at = rect.center();
    let line = if is_open {
        [vec2(-3.5, -1.5), vec2(0.0, 2.0), vec2(3.5, -1.5)]
    } else {
        [vec2(-1.5, -3.5), vec2(2.0, 0.0), vec2(-1.5, 3.5)]
    };
    ui.painter().add(Shape::line(line.map(|by| at + by).to_vec(), Stroke::new(1.4, ink)));
    response.on_hover_text(words)
}

/// An action that puts a part in, with another size of it.
pub(super) fn with_part(action: Action, key: ComponentId) -> Action {
    match action {
        Action::PlacePart { at, .. } => Action::PlacePart { part: key, at },
        Action::PlaceOn { spot, .. } => Action::PlaceOn { part: key, spot },
        Action::Ask(Ask::NextBy { part, .. }) => Action::Ask(Ask::NextBy { part, by: key }),
        Action::Ask(Ask::SplitBy { link, .. }) => Action::Ask(Ask::SplitBy { link, part: key }),
        Action::Ask(Ask::ReplaceBy { part, .. }) => Action::Ask(Ask::ReplaceBy { part, by: key }),
        action => action,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_found_by_its_figure_or_its_current() {
        let of = |part: &str, typed: &str| {
            let sizes = Sizes::of(part).unwrap();
            sizes.typed(&sizes.typical.name.clone(), typed)
        };
        assert_eq!(of("unit-transformer", "unit tr"), Some(None));
        assert_eq!(of("unit-transformer", "unit 2.5"), Some(Some(2.5)));
        assert_eq!(of("unit-transformer", "transformer 2 mva"), Some(Some(2.0)), "and not that of 2.5");
        assert_eq!(of("unit-transformer", "transformer 9"), None);
        assert_eq!(of("switchboard", "switchboard 4000"), Some(Some(2.88)));
        assert_eq!(of("cdu", "1.35"), Some(Some(1.35)));
        assert!(Sizes::of("hall").is_none() && Sizes::of("metro").is_none() && Sizes::of("gone").is_none());
    }

    #[test]
    fn sizes_are_stepped_through_and_end_at_their_ends() {
        let sizes = Sizes::of("ups").unwrap();
        assert_eq!((sizes.step(None, true), sizes.step(None, false)), (1.5, 1.0));
        let mut now = None;
        for _ in 0..40 {
            now = Some(sizes.step(now, true));
        }
        assert_eq!(now, Some(2.5));
        assert_eq!(
            (sizes.key(now), sizes.key(Some(1.25)), sizes.key(None)),
            ("ups@2.5".into(), "ups".into(), "ups".into())
        );
    }
}
