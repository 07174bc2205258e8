//! What a change would do to the halls, worked out beside the window before it is made.

use std::sync::Arc;

use super::{App, Document};
use crate::draft::price_usd;
use crate::engineering::{FirmMw, Study, StudyOptions};
use crate::jobs::Message;
use crate::site::edit::Edit;
use crate::site::{Object, Site};

/// A change that is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Of the document that it would be made to.
    revision: u64,
    edit: Edit,
    number: u64,
    /// What parts that may be built cost in all, before and after, of those whose price would be another, $.
    pub usd: Option<(f64, f64)>,
    /// Halls that would carry otherwise; `None` while it is worked out, and where it could not be.
    pub halls: Option<Result<Vec<Carried>, String>>,
}

/// What hosting of a hall survives, MW, before and after the change.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    pub hall: String,
    /// With everything in service.
    pub n: (f64, f64),
    /// With any one unit lost.
    pub n_plus_1: (f64, f64),
    /// With any one part lost.
    pub maintainable: (f64, f64),
}

/// Less than this is no difference, MW.
const VISIBLE_MW: f64 = 0.005;

impl Trial {
    /// Whether it is of a change to the document as it is.
    pub fn is_of(&self, document: &Document, edit: &Edit) -> bool {
        self.revision == document.revision() && self.edit == *edit
    }
}

impl App {
    /// Works out what a change would do to the halls: by the worker, or here where there is none.
    pub(super) fn try_out(&mut self, edit: Edit) {
        let Some(document) = &self.document else { return };
        if self.view.trial.as_ref().is_some_and(|trial| trial.is_of(document, &edit)) {
            return;
        }
        let number = self.view.trial.as_ref().map_or(0, |trial| trial.number) + 1;
        let revision = document.revision();
        let shown = Arc::clone(document.shown());
        let after = document.tried(&edit);
        let usd = after.as_ref().ok().and_then(|(after, _)| usd(&shown, after));
        let study = self.services.study;
        let job = move || {
            let (after, _) = after?;
            let options = StudyOptions::default();
            Ok(carried(&shown, &study(&shown, options), &study(&after, options)))
        };
        let mut trial = Trial { revision, edit, number, usd, halls: None };
        match &mut self.workers {
            Some(workers) => workers.trials.submit(number, move |_| job()),
            None => trial.halls = Some(job()),
        }
        self.view.trial = Some(trial);
    }

    pub(super) fn poll_trials(&mut self) {
        let Some(workers) = &self.workers else { return };
        for message in workers.trials.poll() {
            let Message::Done { revision, outcome, cancelled: false, .. } = message else { continue };
            if let Some(trial) = self.view.trial.as_mut().filter(|trial| trial.number == revision) {
                trial.halls = Some(outcome.and_then(|halls| halls));
            }
        }
    }
}

fn usd(before: &Site, after: &Site) -> Option<(f64, f64)> {
    let parts = before.components.iter().zip(&after.components);
    let prices = parts.map(|(before, after)| (price_usd(before), price_usd(after)));
    let others = prices.filter(|(before, after)| before != after);
    others
        .map(|(before, after)| (before.unwrap_or(0.0), after.unwrap_or(0.0)))
        .reduce(|sum, price| (sum.0 + price.0, sum.1 + price.1))
}

/// Halls of which another part survives, in the order of the drawing.
fn carried(site: &Site, before: &Study, after: &Study) -> Vec<Carried> {
    let halls = site.components.iter().filter(|part| part.hall().is_some());
    halls
        .filter_map(|part| {
            let (before, after) = (before.survival(&part.id)?.mw, after.survival(&part.id)?.mw);
            let class = |of: fn(&FirmMw) -> f64| (of(&before), of(&after));
            let [n, n_plus_1, maintainable] =
                [class(|mw| mw.n), class(|mw| mw.n_plus_1), class(|mw| mw.maintainable)];
            let differs = |(before, after): &(f64, f64)| (after - before).abs() >= VISIBLE_MW;
            let hall = site.object_name(&Object::Component(part.id.clone()));
            let is_other = [n, n_plus_1, maintainable].iter().any(differs);
            is_other.then_some(Carried { hall, n, n_plus_1, maintainable })
        })
        .collect()
}
