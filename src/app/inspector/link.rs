//! What is no number of a link: the trench of a fibre route, and its note.

use egui::{Id, RichText, Ui};

use super::parts::line;
use crate::app::state::Action;
use crate::app::{Document, theme, widgets};
use crate::quantity::format;
use crate::site::drawing::Stroke;
use crate::site::edit::Edit;
use crate::site::{Link, Medium, Object};

const FIELD: f32 = 160.0;

/// Changes a link of the base case: what a scenario has for its rating is left to the scenario.
pub(super) fn change(document: &Document, link: &Link, change: impl Fn(&mut Link)) -> Action {
    let mut next = document.site().links.iter().find(|known| known.id == link.id).unwrap_or(link).clone();
    change(&mut next);
    Action::Draw(Stroke::Relink(Box::new(next)))
}

/// The trench, with what shares it, and the note.
pub fn words(ui: &mut Ui, document: &Document, link: &Link, actions: &mut Vec<Action>) {
    if let Medium::Fibre { trench, .. } = &link.medium {
        line(ui, "Trench", |ui| {
            let id = Id::unique(("trench", &link.id));
            let now = trench.as_deref().unwrap_or_default();
            if let Some(text) = widgets::draft_field(ui, id, "Trench of the fibre", now, "its own", FIELD) {
                let name = text.trim();
                let named = (!name.is_empty()).then(|| name.to_owned());
                actions.push(change(document, link, |link| {
                    if let Medium::Fibre { trench, .. } = &mut link.medium {
                        trench.clone_from(&named);
                    }
                }));
            }
        });
        let words = sharing(document, link, trench.as_deref());
        ui.label(RichText::new(words).size(theme::SMALL).color(theme::of(ui).text_weak));
    }
    line(ui, "Note", |ui| {
        let id = Id::unique(("note of a link", &link.id));
        if let Some(text) = widgets::draft_field(ui, id, "Note of the link", &link.note, "none", FIELD) {
            let object = Object::Link(link.id.clone());
            actions.push(Action::Edit(Edit::SetNote { object, note: text.trim().to_owned() }));
        }
    });
    let what =
        if matches!(link.medium, Medium::Fibre { .. }) { "Trench and note are" } else { "The note is" };
    super::everywhere::say(ui, document, what);
}

/// Which other routes one cut takes, or which trenches there are.
fn sharing(document: &Document, link: &Link, trench: Option<&str>) -> String {
    let others = document.shown().links.iter().filter(|other| other.id != link.id);
    let named = |other: &&Link| match (&other.medium, trench) {
        (Medium::Fibre { trench: Some(known), .. }, Some(trench)) => known == trench,
        _ => false,
    };
    match (trench, others.clone().filter(named).count()) {
        (None, _) => {
            let known: std::collections::BTreeSet<&str> = others
                .filter_map(|other| match &other.medium {
                    Medium::Fibre { trench, .. } => trench.as_deref(),
                    _ => None,
                })
                .collect();
            match known.len() {
                0 => "Links that name one trench fail together".to_owned(),
                _ => format!("Trenches of other links: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
            }
        }
        (Some(_), 0) => "No other link is in this trench".to_owned(),
        (Some(_), 1) => "One cut takes this and another link".to_owned(),
        (Some(_), count) => {
            format!("One cut takes this and {} other links", format::number(count as f64, 0))
        }
    }
}
