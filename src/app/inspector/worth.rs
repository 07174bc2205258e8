//! What the drawing and the plan say of a part: what it carries, what is left after a loss, how often it fails, what one
//! more unit of it is worth, and how old that is.

use egui::{Label, RichText, Ui};

use super::Inspected;
use crate::app::{theme, widgets};
use crate::engineering::availability::failure_data;
use crate::quantity::format;
use crate::site::{Component, Object};

/// The engineering summary of a part that is no hall.
pub fn engineering(ui: &mut Ui, inspected: &Inspected<'_>, part: &Component) {
    let site = inspected.document.shown();
    if part.hall().is_some() {
        return;
    }
    let place = site.components.iter().position(|other| other.id == part.id);
    let loading = inspected.findings.zip(place).and_then(|(findings, place)| findings.loading(place));
    let data = failure_data(site, part).ok();
    if loading.is_none() && data.is_none() {
        return;
    }
    widgets::section(ui, "Engineering", "With everything planned built, at the design hour");
    if let Some(loading) = loading {
        let figure = format!(
            "{} of {}, {}",
            format::mw(loading.used_mw),
            format::mw(loading.rating_mw),
            format::percent(loading.share)
        );
        widgets::fact(ui, "Carries", figure, "In the joint answer with every hall as full as can be".into());
        if let Some(margin) = loading.n_minus_1_margin_mw {
            let hint = format!("Least after the {}", loading.worst_contingency);
            let palette = theme::of(ui);
            let ink = if margin < -1e-6 { palette.error } else { palette.text };
            let figure = RichText::new(format::mw(margin)).color(ink);
            widgets::fact(ui, "Left after the worst loss", figure, hint);
        }
        if loading.stranded_mw > 1e-3 {
            let hint = "Rating that nothing uses in the joint answer";
            widgets::fact(ui, "Unused", format::mw(loading.stranded_mw), hint.into());
        }
    }
    if let Some((failures, hours)) = data {
        let down = failures * hours / (crate::quantity::HOURS_PER_YEAR + failures * hours);
        let hint = format!(
            "{} failures a year of one unit, {} h to repair",
            format::number(failures, 4),
            format::number(hours, 1)
        );
        widgets::fact(ui, "Availability of a unit", format::availability(1.0 - down), hint);
    }
}

/// What binds at a part, and whether the plan that says so is of the document as it is.
pub fn plan(ui: &mut Ui, inspected: &Inspected<'_>, part: &Component) {
    let Some(plan) = inspected.plan else { return };
    let name = inspected.document.shown().object_name(&Object::Component(part.id.clone()));
    let bound: Vec<_> = plan.binding.iter().filter(|bound| bound.is_of(&name)).collect();
    widgets::section(ui, "Worth in the plan", "");
    if bound.is_empty() {
        ui.label(RichText::new("No limit of this part binds").color(theme::of(ui).text_weak));
    }
    for bound in bound {
        ui.add(Label::new(&bound.sentence).wrap());
    }
    let palette = theme::of(ui);
    let (words, ink) = match (inspected.is_stale, inspected.edits) {
        (false, _) => ("Of the plan of what is shown".to_owned(), palette.text_weak),
        (true, 0) => ("Of the plan before what is shown".to_owned(), palette.warning),
        (true, 1) => ("Of the plan before the last edit".to_owned(), palette.warning),
        (true, count) => (format!("Of the plan before the last {count} edits"), palette.warning),
    };
    ui.label(RichText::new(words).size(theme::SMALL).color(ink));
}
