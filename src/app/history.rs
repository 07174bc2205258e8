//! Undo and redo as labelled snapshots of the whole document.

use std::sync::Arc;

use crate::site::Site;

/// Most steps kept; snapshots share nothing, so that memory stays bounded.
const LIMIT: usize = 200;

/// A document as it was, and what was then done to it.
#[derive(Clone, Debug)]
struct Step {
    label: String,
    site: Arc<Site>,
}

/// Steps back and forth.
#[derive(Clone, Debug, Default)]
pub struct History {
    undo: Vec<Step>,
    redo: Vec<Step>,
}

impl History {
    /// Notes that `label` is about to change `before`.
    pub fn record(&mut self, label: String, before: Arc<Site>) {
        self.redo.clear();
        self.undo.push(Step { label, site: before });
        if self.undo.len() > LIMIT {
            self.undo.remove(0);
        }
    }

    /// The document before the last step, and the step's label.
    pub fn undo(&mut self, now: Arc<Site>) -> Option<(Arc<Site>, String)> {
        shift(&mut self.undo, &mut self.redo, now)
    }

    /// The document after the step last undone, and the step's label.
    pub fn redo(&mut self, now: Arc<Site>) -> Option<(Arc<Site>, String)> {
        shift(&mut self.redo, &mut self.undo, now)
    }

    /// Labels of the steps that can be taken back, the newest first.
    pub fn done(&self) -> impl Iterator<Item = &str> {
        self.undo.iter().rev().map(|step| step.label.as_str())
    }

    /// Labels of the steps that can be made again, the next first.
    pub fn undone(&self) -> impl Iterator<Item = &str> {
        self.redo.iter().rev().map(|step| step.label.as_str())
    }

    pub fn undo_label(&self) -> Option<&str> {
        self.undo.last().map(|step| step.label.as_str())
    }

    pub fn redo_label(&self) -> Option<&str> {
        self.redo.last().map(|step| step.label.as_str())
    }
}

fn shift(from: &mut Vec<Step>, to: &mut Vec<Step>, now: Arc<Site>) -> Option<(Arc<Site>, String)> {
    let step = from.pop()?;
    to.push(Step { label: step.label.clone(), site: now });
    Some((step.site, step.label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_back_and_forth_and_a_new_one_ends_the_future() {
        let named = |name: &str| Arc::new(Site::empty(name));
        let mut history = History::default();
        history.record("Rename to b".into(), named("a"));
        history.record("Rename to c".into(), named("b"));
        assert_eq!(history.undo_label(), Some("Rename to c"));
        let (site, label) = history.undo(named("c")).unwrap();
        assert_eq!((site.name.as_str(), label.as_str()), ("b", "Rename to c"));
        assert_eq!(history.redo_label(), Some("Rename to c"));
        let (site, _) = history.redo(site).unwrap();
        assert_eq!(site.name, "c");
        history.undo(site).unwrap();
        history.record("Rename to d".into(), named("b"));
        assert_eq!(history.redo_label(), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut history = History::default();
        for step in 0..=LIMIT {
            history.record(step.to_string(), Arc::new(Site::empty("x")));
        }
        assert_eq!(history.undo.len(), LIMIT);
        assert_eq!(history.undo[0].label, "1");
    }
}
