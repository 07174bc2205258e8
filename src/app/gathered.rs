//! What is wrong or worth knowing, gathered from checks, studies and reading once and not in every frame: a large drawing
//! has hundreds of remarks, and each leads to a part by its name.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::engineering::Study as Findings;
use crate::quantity::diagnostic::Problem;
use crate::quantity::grouping::grouped;
use crate::quantity::{Report, Severity};
use crate::site::place::{object_at, subject_of};
use crate::site::{Object, Site};

/// Parts of one remark that are named in the list; the others are under the pointer.
const NAMED: usize = 3;

/// All problems, the worst first.
#[derive(Default)]
pub(super) struct Gathered {
    pub errors: usize,
    pub warnings: usize,
    pub worst: Option<Severity>,
    pub remarks: Vec<Remark>,
}

/// One thing that is said, of one part or of many.
pub(super) struct Remark {
    pub severity: Severity,
    /// Names of the first parts it is about, and what they lead to.
    pub about: Vec<(String, Option<Object>)>,
    /// Names of the others.
    pub others: Vec<String>,
    pub message: String,
    pub hint: String,
}

impl Gathered {
    pub fn new(site: Option<&Site>, reports: [&Report; 2], findings: Option<&Findings>) -> Self {
        let Some(site) = site else { return Self::default() };
        let reports = reports.into_iter().chain(findings.map(|found| &found.report));
        // Checks and studies may look at the same thing.
        let mut said = BTreeSet::new();
        let all: Vec<&Problem> = reports
            .flat_map(|report| &report.problems)
            .filter(|problem| said.insert((problem.severity, &problem.place, &problem.message)))
            .collect();
        let mut groups = grouped(all.iter().copied(), |problem| subject_of(site, problem));
        groups.sort_by_key(|group| group.problems.first().map(|problem| Reverse(problem.severity)));
        let remarks = groups.iter().filter_map(|group| {
            let about = group.problems.iter().take(NAMED).map(|problem| {
                let object = object_at(site, &problem.place);
                let name =
                    object.as_ref().map_or_else(|| problem.place.clone(), |object| site.object_name(object));
                (name, object)
            });
            Some(Remark {
                severity: group.problems.first()?.severity,
                about: about.collect(),
                others: group.names.iter().skip(NAMED).cloned().collect(),
                message: group.message.clone(),
                hint: group.hint.clone(),
            })
        });
        let count = |severity| all.iter().filter(|problem| problem.severity == severity).count();
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            worst: all.iter().map(|problem| problem.severity).max(),
            remarks: remarks.collect(),
        }
    }
}
