//! Values of the library, or of another part, for a part: what each would change is shown before any is taken.

use egui::{Button, ComboBox, Id, RichText, Ui};

use super::several::of_all;
use crate::app::state::{Action, View};
use crate::app::ui::sizes::size_words;
use crate::app::{Document, theme, widgets};
use crate::draft;
use crate::file;
use crate::file::catalogue::usual;
use crate::quantity::format;
use crate::site::edit::Edit;
use crate::site::field::{FieldSpec, fields_of_part};
use crate::site::{Address, Component, Evidence, Object, Override, Provenance};

/// Most other parts of the site that are listed.
const MOST_PARTS: usize = 200;

/// Where values come from.
#[derive(Clone, Debug, PartialEq)]
enum From {
    /// A typical part of the program, by its id.
    Typical(String),
    /// The same in another size.
    Size(f64),
    /// What is usual to pay and to wait for the kind.
    Usual,
    /// Another part of the site.
    Part(String),
}

/// As [`From`], with the part itself: names and ids are written only where they are read.
#[derive(Clone, Copy)]
enum Choice<'a> {
    Typical(&'a Component),
    /// The part itself in another rating.
    Size(&'a Component, f64),
    Usual,
    Part(&'a Component),
}

impl Choice<'_> {
    fn is(&self, from: &From) -> bool {
        match (self, from) {
            (Self::Typical(part), From::Typical(id)) | (Self::Part(part), From::Part(id)) => part.id == *id,
            (Self::Size(_, rating), From::Size(known)) => rating == known,
            (Self::Usual, From::Usual) => true,
            _ => false,
        }
    }

    fn from(&self) -> From {
        match self {
            Self::Typical(part) => From::Typical(part.id.clone()),
            Self::Size(_, rating) => From::Size(*rating),
            Self::Usual => From::Usual,
            Self::Part(part) => From::Part(part.id.clone()),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Typical(part) => format!("Typical: {}", part.name),
            Self::Size(part, rating) => format!("Size: {}", size_words(&draft::resized(part, *rating))),
            Self::Usual => "Usual price and lead time".to_owned(),
            Self::Part(part) => format!("As {}", part.called()),
        }
    }
}

/// A number that would change.
struct Change {
    spec: FieldSpec,
    before: Option<f64>,
    after: Option<f64>,
    origin: Option<Provenance>,
}

/// A choice of what to take values from, then the changes with the question.
pub fn show(ui: &mut Ui, document: &Document, part: &Component, view: &View, actions: &mut Vec<Action>) {
    if choices(document, part).next().is_none() {
        return;
    }
    let id = Id::unique(("pick", &part.id));
    let mut chosen: Option<From> = ui.data(|data| data.get_temp(id));
    widgets::section(ui, "From the library", "");
    ui.name_inputs("Take values from", |ui| {
        let words = chosen.as_ref().and_then(|chosen| words_of(document, part, chosen));
        ComboBox::from_id_salt(("pick", &part.id))
            .width(ui.available_width() - 8.0)
            .height(360.0)
            .truncate()
            .icon(widgets::chevron)
            .selected_text(words.unwrap_or_else(|| "Take values from…".to_owned()))
            .show_ui(ui, |ui| {
                for choice in choices(document, part) {
                    let is_chosen = chosen.as_ref().is_some_and(|chosen| choice.is(chosen));
                    if ui.selectable_label(is_chosen, choice.words()).clicked() {
                        chosen = Some(choice.from());
                    }
                }
            });
    });
    let mut done = false;
    if let Some(from) = &chosen
        && let Some(words) = words_of(document, part, from)
    {
        let changes = changes(document, part, from);
        done = preview(ui, document, part, view, (&changes, &words), actions);
    }
    ui.data_mut(|data| match chosen.filter(|_| !done) {
        Some(chosen) => drop(data.insert_temp(id, chosen)),
        None => data.remove::<From>(id),
    });
}

/// Typical parts of the kind, what is usual, other parts of the kind. Looked for anew at each question: the list is seldom
/// open, and the first of it comes at once.
fn choices<'a>(document: &'a Document, part: &'a Component) -> impl Iterator<Item = Choice<'a>> {
    let is_alike = |other: &&Component| other.kind.label() == part.kind.label();
    let typical = file::typical_parts().components.iter().filter(is_alike).map(Choice::Typical);
    let own = draft::rating_of(part);
    let sizes = draft::sizes(part).into_iter().filter(move |size| *size != own);
    let is_usual = part.planned().is_some() && usual(part, "usd_per_mw").is_some();
    let parts = document.shown().components.iter();
    let others = parts.filter(is_alike).filter(|other| other.id != part.id).take(MOST_PARTS);
    typical
        .chain(sizes.map(|size| Choice::Size(part, size)))
        .chain(is_usual.then_some(Choice::Usual))
        .chain(others.map(Choice::Part))
}

/// What a choice says; nothing where it is none any more.
fn words_of(document: &Document, part: &Component, from: &From) -> Option<String> {
    choices(document, part).find(|choice| choice.is(from)).map(|choice| choice.words())
}

/// Values of the part in another size: its rating and what goes with that. A price and a lead time that are the usual ones
/// of the size before become the usual ones of this; a price of the user's own stays.
fn sized(part: &Component, rating: f64) -> Vec<(&'static str, Option<f64>, Option<Provenance>)> {
    let next = draft::resized(part, rating);
    let from = |field: &str, source: String, range: Option<(f64, f64)>| Provenance {
        at: Address::new(Object::Component(part.id.clone()), field),
        source,
        as_of: None,
        evidence: Evidence::Assumed,
        private: false,
        low: range.map(|(low, _)| low),
        high: range.map(|(_, high)| high),
    };
    let before = fields_of_part(part);
    let of = |key: &str| before.iter().find(|(spec, _)| spec.key == key).and_then(|(_, value)| *value);
    fields_of_part(&next)
        .into_iter()
        .filter_map(|(spec, value)| {
            if let (Some(was), Some(is)) = (usual(part, spec.key), usual(&next, spec.key))
                && of(spec.key) == Some(was.value)
            {
                let source = format!("{} ({})", is.source, is.year);
                return Some((
                    spec.key,
                    Some(is.value),
                    Some(from(spec.key, source, Some((is.low, is.high)))),
                ));
            }
            let source = draft::source_of_sizes(part)?.to_owned();
            (value != of(spec.key)).then(|| (spec.key, value, Some(from(spec.key, source, None))))
        })
        .collect()
}

/// What would be different, in the order of the page. How many units there are is no property of the equipment.
fn changes(document: &Document, part: &Component, from: &From) -> Vec<Change> {
    let values: Vec<(&'static str, Option<f64>, Option<Provenance>)> = match from {
        From::Usual => ["usd_per_mw", "lead_months"]
            .into_iter()
            .filter_map(|field| {
                let entry = usual(part, field)?;
                let origin = Provenance {
                    at: Address::new(Object::Component(part.id.clone()), field),
                    source: format!("{} ({})", entry.source, entry.year),
                    as_of: None,
                    evidence: entry.evidence,
                    private: false,
                    low: Some(entry.low),
                    high: Some(entry.high),
                };
                Some((field, Some(entry.value), Some(origin)))
            })
            .collect(),
        From::Size(rating) => sized(part, *rating),
        From::Typical(id) | From::Part(id) => {
            let is_typical = matches!(from, From::Typical(_));
            let site = if is_typical { file::typical_parts() } else { document.shown().as_ref() };
            let Some(other) = site.component(id) else { return Vec::new() };
            let of = |field: &str| {
                let at = Address::new(Object::Component(id.clone()), field);
                let known = site.provenance_of(&at).cloned()?;
                Some(Provenance { at: Address::new(Object::Component(part.id.clone()), field), ..known })
            };
            let fields = fields_of_part(other).into_iter();
            fields.map(|(spec, value)| (spec.key, value, of(spec.key))).collect()
        }
    };
    fields_of_part(part)
        .into_iter()
        .filter(|(spec, _)| !matches!(spec.key, "units" | "spare_units"))
        .filter_map(|(spec, before)| {
            let (_, after, origin) = values.iter().find(|(key, ..)| *key == spec.key)?;
            (*after != before).then(|| Change { spec, before, after: *after, origin: origin.clone() })
        })
        .collect()
}

/// Each value before and after; true once the question is answered.
fn preview(
    ui: &mut Ui,
    document: &Document,
    part: &Component,
    view: &View,
    (changes, words): (&[Change], &str),
    actions: &mut Vec<Action>,
) -> bool {
    if changes.is_empty() {
        ui.weak("Every value is the same already");
        return ui.small_button("Close").clicked();
    }
    let shown = |value: Option<f64>, spec: &FieldSpec| {
        value.map_or_else(|| "not set".to_owned(), |value| format::with_unit(value, spec.unit))
    };
    for change in changes {
        let figure =
            format!("{} → {}", shown(change.before, &change.spec), shown(change.after, &change.spec));
        let hint = change.origin.as_ref().map(|origin| origin.source.clone()).unwrap_or_default();
        widgets::fact(ui, change.spec.label, theme::strong(figure, theme::BODY), hint);
    }
    let edit = take(document, part, changes, words);
    // What is no number equals nothing, and would be tried again in every frame.
    if changes.iter().all(|change| change.after.is_none_or(f64::is_finite)) {
        consequences(ui, document, view, &edit, actions);
    }
    let mut done = false;
    ui.horizontal(|ui| {
        let colours = theme::of(ui);
        let count =
            if changes.len() == 1 { "1 value".to_owned() } else { format!("{} values", changes.len()) };
        let text = RichText::new(format!("Take {count}")).color(colours.on_accent);
        if ui.add(Button::new(text).fill(colours.accent)).clicked() {
            actions.push(Action::Edit(edit));
            done = true;
        }
        done |= ui.button("Cancel").clicked();
    });
    done
}

/// What all units of the part cost and what hosting the halls carry, where that would be otherwise.
fn consequences(ui: &mut Ui, document: &Document, view: &View, edit: &Edit, actions: &mut Vec<Action>) {
    let trial = view.trial.as_ref().filter(|trial| trial.is_of(document, edit));
    let Some(trial) = trial else {
        actions.push(Action::TryOut(Box::new(edit.clone())));
        return;
    };
    if let Some((before, after)) = trial.usd {
        let figure = format!("{} → {}", format::usd(before), format::usd(after));
        let hint = "Of all units, without what is put to use again".to_owned();
        widgets::fact(ui, "Price in all", theme::strong(figure, theme::BODY), hint);
    }
    match &trial.halls {
        None => drop(ui.weak("Working out what the halls carry…")),
        Some(Err(why)) => drop(ui.weak(format!("What the halls carry could not be worked out: {why}"))),
        Some(Ok(halls)) if halls.is_empty() => drop(ui.weak("The halls carry as much hosting as before")),
        Some(Ok(halls)) => {
            for hall in halls {
                for (class, (before, after), hint) in [
                    ("N", hall.n, "Hosting with everything in service"),
                    ("N+1", hall.n_plus_1, "Hosting with any one unit lost"),
                    ("maintainable", hall.maintainable, "Hosting with any one part lost"),
                ] {
                    let (before, after) = (format::mw(before), format::mw(after));
                    if before != after {
                        let figure = format!("{before} → {after}");
                        let name = format!("{} {class}", hall.hall);
                        widgets::fact(ui, &name, theme::strong(figure, theme::BODY), hint.to_owned());
                    }
                }
            }
        }
    }
}

/// All changes as one step; where they come from is kept with the base case, of which a scenario's values are not.
fn take(document: &Document, part: &Component, changes: &[Change], words: &str) -> Edit {
    let name = document.shown().object_name(&Object::Component(part.id.clone()));
    let at = |change: &Change| Address::new(Object::Component(part.id.clone()), change.spec.key);
    let values: Vec<Override> =
        changes.iter().map(|change| Override::Value { at: at(change), value: change.after }).collect();
    let mut edits = vec![of_all(document, String::new(), &values)];
    if document.scenario().is_none() {
        for change in changes {
            // A source that is for the former value says nothing of this one.
            let entry = change.origin.clone().or_else(|| {
                document.site().provenance_of(&at(change))?;
                Some(Provenance {
                    at: at(change),
                    source: words.to_owned(),
                    as_of: None,
                    evidence: Evidence::Assumed,
                    private: false,
                    low: None,
                    high: None,
                })
            });
            if let Some(entry) = entry {
                edits.push(Edit::SetProvenance { at: at(change), entry: Some(entry) });
            }
        }
    }
    Edit::Together { label: format!("Take values for {name}"), edits }
}
