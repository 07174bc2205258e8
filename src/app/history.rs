//! Undo and redo as labelled states of the whole document. Of the states behind the newest only what differs from the
//! next is kept: a nudge of one part of thousands must not take the memory of all of them.

use std::sync::Arc;

use super::difference::Difference;
use crate::site::Site;

/// Most steps kept.
const LIMIT: usize = 200;

/// A document as it was, and what was then done to it.
#[derive(Clone, Debug)]
struct Step {
    label: String,
    site: Kept,
}

#[derive(Clone, Debug)]
enum Kept {
    /// The state at the end of a stack, whole.
    Whole(Arc<Site>),
    /// What it has that the state after it in the stack has not.
    Less(Box<Difference>),
}

/// States, each as what differs from the next, the last whole.
#[derive(Clone, Debug, Default)]
struct Stack(Vec<Step>);

impl Stack {
    fn push(&mut self, label: String, site: Arc<Site>) {
        if let Some(last) = self.0.last_mut()
            && let Kept::Whole(before) = &last.site
        {
            last.site = Kept::Less(Box::new(Difference::new(before, &site)));
        }
        self.0.push(Step { label, site: Kept::Whole(site) });
        if self.0.len() > LIMIT {
            self.0.remove(0);
        }
    }

    fn pop(&mut self) -> Option<(String, Arc<Site>)> {
        let Step { label, site: Kept::Whole(site) } = self.0.pop()? else { return None };
        if let Some(last) = self.0.last_mut()
            && let Kept::Less(less) = &last.site
        {
            last.site = Kept::Whole(Arc::new(less.applied_to(&site)));
        }
        Some((label, site))
    }

    fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.iter().map(|step| step.label.as_str())
    }
}

/// Steps back and forth.
#[derive(Clone, Debug, Default)]
pub struct History {
    undo: Stack,
    redo: Stack,
}

impl History {
    /// Notes that `label` is about to change `before`.
    pub fn record(&mut self, label: String, before: Arc<Site>) {
        self.redo.0.clear();
        self.undo.push(label, before);
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
        self.undo.labels().rev()
    }

    /// Labels of the steps that can be made again, the next first.
    pub fn undone(&self) -> impl Iterator<Item = &str> {
        self.redo.labels().rev()
    }

    pub fn undo_label(&self) -> Option<&str> {
        self.undo.labels().next_back()
    }

    pub fn redo_label(&self) -> Option<&str> {
        self.redo.labels().next_back()
    }
}

fn shift(from: &mut Stack, to: &mut Stack, now: Arc<Site>) -> Option<(Arc<Site>, String)> {
    let (label, site) = from.pop()?;
    to.push(label.clone(), now);
    Some((site, label))
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
        assert_eq!(history.undo.0.len(), LIMIT);
        assert_eq!(history.undo.0[0].label, "1");
    }
}
