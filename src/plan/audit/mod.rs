//! A finished plan held against the site, without the program: from the decisions alone every limit of docs/model.md is
//! reckoned again, and every figure that the plan tells.
//!
//! Nothing here reads a column, a row or a coefficient, nor the walk that the plan's own figures come from. What it shares
//! with them is the arithmetic of one megawatt (a month of mining, a month of a lease, the price of a month of power),
//! which has tests of its own, and the judgement which hall fits which offer.

mod books;
mod debt;
mod flows;
mod forwards;
mod money;
mod space;
#[cfg(test)]
mod tests;
mod times;
mod walk;

use super::context::{Context, MiningTable};
use super::decisions::Decisions;
use super::pairs::Pairs;
use super::planner::{Markets, scenario_context};
use super::result::{AuditLine, Plan, Status};
use super::solve::{PlanError, Solved, scenario_site};
use crate::market::World;
use crate::site::Site;
use books::Books;
use times::Times;

/// Share of the largest amount of a family that a sum may be off by: the feasibility a solver is held to.
const TOLERANCE: f64 = 1e-6;

/// What is audited, and against what.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub context: &'a Context<'a>,
    pub plan: &'a Plan,
    pub decisions: &'a Decisions,
    /// What keep-mining decides: the floors are measured against its income.
    pub keep_mining: &'a Decisions,
    /// The paths the plan was made on, and those that judge it.
    pub made_on: (&'a World, &'a MiningTable),
    pub judged_on: (&'a World, &'a MiningTable),
}

/// Audits a solved plan anew: the site is judged and the markets are sampled again, nothing is taken over from the planner
/// but what it decided and what it tells. One line a family, in the order of docs/model.md.
///
/// # Errors
/// [`PlanError`] when the site cannot be planned with.
pub fn audit(
    site: &Site,
    scenario: Option<&str>,
    seed: Option<u64>,
    solved: &Solved,
) -> Result<Vec<AuditLine>, PlanError> {
    let site = scenario_site(site, scenario, seed)?;
    let context = scenario_context(&site, solved.plan.detail, &mut Pairs::default())?;
    let markets = Markets::new(&context)?;
    let [made_on, judged_on] = markets.both();
    Ok(audited(&Subject {
        context: &context,
        plan: &solved.plan,
        decisions: &solved.decisions,
        keep_mining: &solved.keep_mining_decisions,
        made_on,
        judged_on,
    }))
}

fn audited(subject: &Subject<'_>) -> Vec<AuditLine> {
    let times = Times::new(subject.context.site, &subject.plan.periods);
    let books = Books::new(subject.context, &times, subject.decisions);
    let mut lines = flows::lines(subject, &times, &books);
    lines.extend(space::lines(subject, &times, &books));
    lines.extend(money::lines(subject, &times, &books));
    lines.push(forwards::line(subject, &times, &books));
    lines.sort_by_key(|line| ORDER.iter().position(|family| *family == line.family));
    lines
}

/// Audits a plan, writes the lines into its certificate, and takes back *optimal* where one does not hold.
pub(super) fn certify(
    plan: &mut Plan,
    context: &Context<'_>,
    markets: &Markets,
    decisions: &Decisions,
    keep_mining: &Decisions,
) {
    let [made_on, judged_on] = markets.both();
    let lines = audited(&Subject { context, plan, decisions, keep_mining, made_on, judged_on });
    let failed: Vec<String> = lines.iter().filter(|line| !line.holds()).map(AuditLine::sentence).collect();
    plan.certificate.audit = lines;
    if plan.status == Status::Optimal && !failed.is_empty() {
        plan.status = Status::Feasible;
        plan.notes.push(format!("The audit finds what the plan does not keep to: {}", failed.join("; ")));
    }
}

const ORDER: [&str; 19] = [
    "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C15", "C16",
    "C17", "revenue", "NPV",
];

/// A family while it is looked through: the largest violation found so far, and of what.
struct Family {
    line: AuditLine,
    /// Largest amount looked at.
    scale: f64,
}

impl Family {
    fn new(family: &'static str, what: &'static str, unit: &'static str) -> Self {
        let line = AuditLine { family, what, worst: 0.0, object: String::new(), unit, tolerance: 0.0 };
        Self { line, scale: 0.0 }
    }

    /// `found` is at most `limit`; a limit that is infinite limits nothing.
    fn at_most(&mut self, found: f64, limit: f64, object: impl FnOnce() -> String) {
        let known = [found, limit].into_iter().filter(|amount| amount.is_finite()).map(f64::abs);
        self.scale = known.fold(self.scale, f64::max);
        let excess = found - limit;
        // What is no number keeps to nothing.
        let excess = if excess.is_nan() { f64::INFINITY } else { excess };
        if excess > self.line.worst {
            self.line.worst = excess;
            self.line.object = object();
        }
    }

    fn at_least(&mut self, found: f64, least: f64, object: impl FnOnce() -> String) {
        self.at_most(-found, -least, object);
    }

    /// Two reckonings of one thing.
    fn same(&mut self, found: f64, reckoned: f64, object: impl FnOnce() -> String) {
        let (high, low) = if found < reckoned { (reckoned, found) } else { (found, reckoned) };
        self.at_most(high, low, object);
    }

    /// Two series of one thing, by period.
    fn same_series(&mut self, found: &[f64], reckoned: &[f64], times: &Times, object: &str) {
        if found.len() != reckoned.len() {
            self.at_most(f64::INFINITY, 0.0, || format!("{object}: the number of periods"));
        }
        for (period, (found, reckoned)) in found.iter().zip(reckoned).enumerate() {
            self.same(*found, *reckoned, || format!("{object}, {}", times.label(period)));
        }
    }

    /// What is not allowed at all.
    fn forbidden(&mut self, amount: f64, object: impl FnOnce() -> String) {
        self.at_most(amount.abs(), 0.0, object);
    }

    fn line(mut self) -> AuditLine {
        self.line.tolerance = TOLERANCE * (1.0 + self.scale);
        self.line
    }
}
