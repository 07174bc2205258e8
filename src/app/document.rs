//! The open document: the site, where it is kept, and its history.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::history::History;
use crate::quantity::Report;
use crate::site::scenario::with_scenario;
use crate::site::{Override, Site, edit};

/// An open site file.
#[derive(Clone, Debug)]
pub struct Document {
    site: Arc<Site>,
    /// The site with the chosen scenario applied: what is drawn and solved.
    shown: Arc<Site>,
    scenario: Option<String>,
    path: Option<PathBuf>,
    /// Of the file as it was read or saved here last.
    stamp: Option<String>,
    saved: Arc<Site>,
    modified: bool,
    /// Counts changes of what is shown.
    revision: u64,
    history: History,
    /// What the scenario could not apply.
    scenario_report: Report,
}

impl Document {
    pub fn new(site: Site, path: Option<PathBuf>) -> Self {
        let site = Arc::new(site);
        Self {
            shown: Arc::clone(&site),
            saved: Arc::clone(&site),
            site,
            scenario: None,
            path,
            stamp: None,
            modified: false,
            revision: 1,
            history: History::default(),
            scenario_report: Report::default(),
        }
    }

    /// A document the program has drawn, which is in no file yet.
    pub fn drawn(site: Site) -> Self {
        let nothing = Arc::new(Site::empty(""));
        Self { saved: nothing, modified: true, ..Self::new(site, None) }
    }

    /// The base case, as saved.
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// The site under the chosen scenario.
    pub fn shown(&self) -> &Arc<Site> {
        &self.shown
    }

    /// True when the scenario that is shown says something of its own about what `like` is about.
    pub fn differs(&self, like: &Override) -> bool {
        let Some(name) = self.scenario() else { return false };
        let shown = self.site().scenarios.iter().find(|scenario| scenario.name == name);
        shown.is_some_and(|scenario| scenario.overrides.iter().any(|change| change.is_about_same(like)))
    }

    pub fn scenario(&self) -> Option<&str> {
        self.scenario.as_deref()
    }

    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What the file was like when it was read or saved here last.
    pub fn stamp(&self) -> Option<&str> {
        self.stamp.as_deref()
    }

    /// Notes what the file is like.
    pub fn set_stamp(&mut self, stamp: Option<String>) {
        self.stamp = stamp;
    }

    pub fn is_modified(&self) -> bool {
        self.modified
    }

    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    pub fn scenario_report(&self) -> &Report {
        &self.scenario_report
    }

    /// Applies an edit as one undoable step and returns its label.
    ///
    /// # Errors
    /// The sentence of [`edit::apply`]; the document is then unchanged.
    pub fn apply(&mut self, change: &edit::Edit) -> Result<String, String> {
        let (next, mut label) = edit::apply(&self.site, change)?;
        // Who works on one scenario is told that more than it has changed.
        if self.scenario.is_some() && change.is_of_all_scenarios() {
            label.push_str(", in all scenarios");
        }
        if next != *self.site {
            self.history.record(label.clone(), Arc::clone(&self.site));
            self.set_site(Arc::new(next));
        }
        Ok(label)
    }

    /// What would be shown after an edit, without making it, and how the step would be called.
    ///
    /// # Errors
    /// As [`Document::apply`].
    pub fn tried(&self, change: &edit::Edit) -> Result<(Site, String), String> {
        let (next, label) = edit::apply(&self.site, change)?;
        let chosen = next.scenarios.iter().find(|known| Some(known.name.as_str()) == self.scenario());
        Ok((with_scenario(&next, chosen).0, label))
    }

    pub fn undo(&mut self) -> Option<String> {
        let (site, label) = self.history.undo(Arc::clone(&self.site))?;
        self.set_site(site);
        Some(label)
    }

    pub fn redo(&mut self) -> Option<String> {
        let (site, label) = self.history.redo(Arc::clone(&self.site))?;
        self.set_site(site);
        Some(label)
    }

    /// Shows a scenario, or the base case.
    pub fn choose_scenario(&mut self, name: Option<String>) {
        self.scenario = name;
        self.refresh();
    }

    /// Notes that `site` is now in the file at `path`.
    pub fn mark_saved(&mut self, path: PathBuf, site: Arc<Site>) {
        self.path = Some(path);
        self.saved = site;
        self.modified = *self.site != *self.saved;
    }

    fn set_site(&mut self, site: Arc<Site>) {
        self.site = site;
        self.modified = *self.site != *self.saved;
        self.refresh();
    }

    /// Works out what is shown anew; a scenario that is gone gives way to the base case.
    fn refresh(&mut self) {
        let chosen =
            self.site.scenarios.iter().find(|scenario| Some(&scenario.name) == self.scenario.as_ref());
        self.revision += 1;
        if let Some(scenario) = chosen {
            let (shown, report) = with_scenario(&self.site, Some(scenario));
            self.shown = Arc::new(shown);
            self.scenario_report = report;
        } else {
            self.scenario = None;
            self.shown = Arc::clone(&self.site);
            self.scenario_report = Report::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::Edit;

    #[test]
    fn going_back_to_what_is_saved_is_not_a_modification() {
        let mut document = Document::new(Site::empty("a"), None);
        document.apply(&Edit::SetSiteName("b".into())).unwrap();
        assert!(document.is_modified());
        assert_eq!(document.undo().as_deref(), Some("Rename site"));
        assert!(!document.is_modified());
        assert_eq!(document.site().name, "a");
        document.redo().unwrap();
        document.mark_saved("b.site.ron".into(), Arc::clone(document.site()));
        assert!(!document.is_modified());
    }

    #[test]
    fn an_edit_that_changes_nothing_is_no_step() {
        let mut document = Document::new(Site::empty("a"), None);
        document.apply(&Edit::SetSiteName("a".into())).unwrap();
        assert_eq!(document.history().undo_label(), None);
    }
}
