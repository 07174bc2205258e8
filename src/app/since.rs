//! The plan before the one shown, and what the last edit changed in it.

use std::sync::Arc;

use super::state::{Answer, Since};
use super::{Document, figures};
use crate::plan::{Plan, changes};
use crate::site::Site;

/// A plan with the site it was made from.
#[derive(Clone, Debug)]
pub struct Made {
    pub plan: Arc<Plan>,
    pub site: Arc<Site>,
}

impl Answer {
    /// Shows a plan of a revision of the document. The plan of another revision that it replaces is what it is compared
    /// with, where both are of one scenario and see time alike.
    pub fn put(&mut self, plan: Arc<Plan>, revision: u64, document: Option<&Document>) {
        if self.made_from != revision {
            self.before = self.plan.take().zip(self.made_of.take()).map(|(plan, site)| Made { plan, site });
            self.told_edits = std::mem::take(&mut self.edits);
        }
        self.made_of = document.map(|document| Arc::clone(document.shown()));
        self.since = self.made_of.as_ref().and_then(|site| self.since(&plan, site));
        self.figures = figures::figures(&plan);
        self.plan = Some(plan);
        self.made_from = revision;
    }

    fn since(&self, plan: &Plan, site: &Site) -> Option<Since> {
        let alike =
            |before: &&Made| before.plan.scenario == plan.scenario && before.plan.detail == plan.detail;
        let before = self.before.as_ref().filter(alike)?;
        let changes = changes(&before.plan, plan, &before.site, site);
        (!changes.is_empty()).then(|| Since { what: words(&self.told_edits), changes })
    }
}

/// What was done; undoing and choosing another scenario are no edits.
fn words(edits: &[String]) -> String {
    let mut named: Vec<&str> = edits.iter().map(String::as_str).collect();
    // A number that is dragged is one edit to its user.
    named.dedup();
    match named.as_slice() {
        [] => "the plan before".to_owned(),
        [one] => format!("the edit “{one}”"),
        [one, other] => format!("the edits “{one}” and “{other}”"),
        many => format!("{} edits", many.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Detail, solve};
    use crate::site::edit::Edit;

    #[test]
    fn a_plan_is_compared_with_the_one_before_of_the_same_scenario() {
        let site = crate::file::read_text(crate::file::templates()[2].text).0.unwrap();
        let mut site = site;
        (site.plan.paths, site.plan.judge_paths) = (20, 20);
        let plan = Arc::new(solve(&site, None, Detail::Quick, &|_| true).unwrap());
        let mut document = Document::new(site, None);
        let mut answer = Answer::default();
        answer.put(Arc::clone(&plan), document.revision(), Some(&document));
        assert_eq!(answer.since, None, "nothing was before");
        let mut richer = (*plan).clone();
        richer.npv.expected_usd += 5e6;
        let edit = Edit::SetSiteName("other".into());
        answer.edits.push(document.apply(&edit).unwrap());
        let richer = Arc::new(richer);
        answer.put(Arc::clone(&richer), document.revision(), Some(&document));
        let told = answer.since.clone().unwrap();
        assert_eq!(told.what, "the edit “Rename site”");
        assert_eq!(told.changes.len(), 1);
        assert!(told.changes[0].sentence.starts_with("NPV rises by $5.00M"), "{told:?}");
        // What comes later of the same revision is compared with the same plan.
        answer.put(richer, document.revision(), Some(&document));
        assert_eq!(answer.since, Some(told));
        let mut other = (*plan).clone();
        other.scenario = "Another".into();
        document.choose_scenario(None);
        answer.put(Arc::new(other), document.revision(), Some(&document));
        assert_eq!(answer.since, None, "another scenario is another question");
    }
}
