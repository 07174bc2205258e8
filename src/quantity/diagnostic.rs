//! Problems found in a user's data: severity, code, place, message, hint.

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    /// The word used in JSON and text output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One problem in the user's data, in the user's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    /// Stable short name, for scripts: `rating-not-positive`.
    pub code: &'static str,
    /// The user's own object: `component T1`, `offers/north.rent_usd_per_kw_month, line 41:9`.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it; empty when there is nothing to add.
    pub hint: String,
}

/// A growing list of problems. Nothing stops at the first one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub problems: Vec<Problem>,
}

impl Report {
    /// A problem that several things lead to is named once.
    pub fn add_once(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    pub fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.problems.push(Problem {
            severity,
            code,
            place: place.into(),
            message: message.into(),
            hint: hint.into(),
        });
    }

    pub fn error(
        &mut self,
        code: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(Severity::Error, code, place, message, hint);
    }

    pub fn warning(
        &mut self,
        code: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(Severity::Warning, code, place, message, hint);
    }

    pub fn info(
        &mut self,
        code: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(Severity::Info, code, place, message, hint);
    }

    pub fn extend(&mut self, other: Report) {
        self.problems.extend(other.problems);
    }

    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// True when nothing of severity warning or error was found.
    pub fn is_clean(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity == Severity::Info)
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|problem| problem.severity == severity).count()
    }
}

/// The candidate nearest to `wrong`, when it is near enough to be a slip of the fingers.
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(wrong, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().max(wrong.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_is_recognised_and_nonsense_is_not() {
        assert_eq!(did_you_mean("ratng_mva", ["rating_mva", "kind"]), Some("rating_mva"));
        assert_eq!(did_you_mean("zebra", ["rating_mva", "kind"]), None);
    }

    #[test]
    fn a_report_with_only_notes_is_clean() {
        let mut report = Report::default();
        report.info("note", "site", "a note", "");
        assert!(report.is_clean());
        report.warning("w", "site", "a warning", "");
        assert!(!report.is_clean() && !report.has_errors());
        report.error("e", "site", "an error", "");
        assert!(report.has_errors());
    }
}
