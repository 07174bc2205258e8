//! Asking for a plan, hearing how far it is, and solving one program until nothing breaks a row that is not there yet.

use super::decisions::Decisions;
use super::planner::Planner;
use super::program::{LossRow, Losses, Program};
use super::result::{Detail, Plan};
use crate::lp::{self, Limits, Solution, SolveError, Solver};
use crate::quantity::{Report, Severity};
use crate::site::Site;
use crate::site::scenario::with_scenario;
use std::cell::RefCell;
use std::fmt;

/// Rounds of solving and cutting before the plan is given up as not converging.
const MOST_ROUNDS: usize = 60;

/// How far a plan has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    pub stage: String,
    /// 0 to 1.
    pub share: f32,
}

/// Whom a plan is made for.
pub trait Listener {
    /// Told at every stage, and asked again and again while a program is solved; false asks to stop.
    fn progress(&self, progress: Progress) -> bool;

    /// The plan as soon as it is proven. What it is compared with and how far its prices hold come with the result.
    fn first(&self, _plan: Plan) {}
}

impl<F: Fn(Progress) -> bool> Listener for F {
    fn progress(&self, progress: Progress) -> bool {
        self(progress)
    }
}

/// A listener with the stage it was told last.
pub(super) struct Watch<'a> {
    pub listener: &'a dyn Listener,
    now: RefCell<Progress>,
}

impl<'a> Watch<'a> {
    pub fn new(listener: &'a dyn Listener) -> Self {
        Self { listener, now: RefCell::default() }
    }

    /// Goes on to a stage.
    ///
    /// # Errors
    /// [`Failure::Cancelled`].
    pub fn at(&self, stage: &str, share: f32) -> Result<(), PlanError> {
        *self.now.borrow_mut() = Progress { stage: stage.to_owned(), share };
        if self.goes_on() { Ok(()) } else { Err(PlanError(Failure::Cancelled)) }
    }

    pub fn goes_on(&self) -> bool {
        self.listener.progress(self.now.borrow().clone())
    }
}

/// How a plan is made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    pub detail: Detail,
    pub solver: Solver,
    /// Solve the final program once more with the pure-Rust solver.
    pub second_opinion: bool,
    /// Replaces the seed of the file.
    pub seed: Option<u64>,
    /// Keep to blocks, fixed prices, options, least sizes and exclusions instead of splitting them.
    pub whole: bool,
    /// Longest that whole decisions are looked for; ten seconds where it is not set.
    pub seconds: Option<f64>,
}

/// Why there is no plan at all. An impossible brief is not a failure: it gives a plan with repairs.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The caller's progress callback asked to stop.
    Cancelled,
    /// The document cannot be planned with.
    Problems(Report),
    /// There is no scenario of the name asked for.
    UnknownScenario {
        name: String,
        known: Vec<String>,
    },
    Solver(SolveError),
}

/// [`Failure`] as an error.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanError(pub Failure);

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Failure::Cancelled => f.write_str("cancelled"),
            Failure::Problems(report) => {
                let errors = report.problems.iter().filter(|problem| problem.severity == Severity::Error);
                for (index, problem) in errors.enumerate() {
                    if index > 0 {
                        f.write_str("\n")?;
                    }
                    write!(f, "{}: {}", problem.place, problem.message)?;
                    if !problem.hint.is_empty() {
                        write!(f, "; {}", problem.hint)?;
                    }
                }
                Ok(())
            }
            Failure::UnknownScenario { name, known } => {
                write!(f, "there is no scenario `{name}`; ")?;
                match crate::quantity::diagnostic::did_you_mean(name, known.iter().map(String::as_str)) {
                    Some(near) => write!(f, "did you mean `{near}`?"),
                    None if known.is_empty() => f.write_str("the file has none"),
                    None => write!(f, "the file has: {}", known.join(", ")),
                }
            }
            Failure::Solver(error) => write!(f, "the plan could not be solved: {error}"),
        }
    }
}

impl std::error::Error for PlanError {}

impl From<SolveError> for PlanError {
    fn from(error: SolveError) -> Self {
        Self(match error {
            SolveError::Stopped => Failure::Cancelled,
            other => Failure::Solver(other),
        })
    }
}

/// A plan with the program it came from.
#[derive(Clone, Debug)]
pub struct Solved {
    pub plan: Plan,
    /// The program of the last round, cuts included: the exact one solved.
    pub model: lp::Model,
    /// The rows of (C7) in it as data, and those of keep-mining.
    pub loss_rows: Vec<LossRow>,
    pub keep_mining_loss_rows: Vec<LossRow>,
    /// What was decided, and what keep-mining decides: what an audit starts from.
    pub(super) decisions: Decisions,
    pub(super) keep_mining_decisions: Decisions,
}

/// Makes a plan with default options; see [`solve_with`].
///
/// # Errors
/// [`PlanError`].
pub fn solve(
    site: &Site,
    scenario: Option<&str>,
    detail: Detail,
    progress: &dyn Fn(Progress) -> bool,
) -> Result<Plan, PlanError> {
    let options = Options { detail, ..Options::default() };
    solve_with(site, scenario, options, progress).map(|solved| solved.plan)
}

/// Makes one plan. Who makes several keeps a [`Planner`].
///
/// # Errors
/// [`PlanError`] when the document cannot be planned with, the scenario does not exist, the caller cancels or the
/// solver fails.
pub fn solve_with(
    site: &Site,
    scenario: Option<&str>,
    options: Options,
    progress: &dyn Fn(Progress) -> bool,
) -> Result<Solved, PlanError> {
    Planner::default().solve(site, scenario, options, &progress)
}

/// The site with a scenario applied and the seed replaced.
///
/// # Errors
/// [`PlanError`] when the scenario does not exist or names what does not.
pub fn scenario_site(site: &Site, scenario: Option<&str>, seed: Option<u64>) -> Result<Site, PlanError> {
    let chosen = match scenario {
        None => None,
        Some(name) => {
            Some(site.scenarios.iter().find(|candidate| candidate.name == name).ok_or_else(|| {
                let known = site.scenarios.iter().map(|candidate| candidate.name.clone()).collect();
                PlanError(Failure::UnknownScenario { name: name.to_owned(), known })
            })?)
        }
    };
    let (mut site, report) = with_scenario(site, chosen);
    if report.has_errors() {
        return Err(PlanError(Failure::Problems(report)));
    }
    if let Some(seed) = seed {
        site.plan.seed = seed;
    }
    Ok(site)
}

/// Solves, cuts the tails and the losses that are violated, and solves again until none is. A plan that promises no worst
/// year has no tails to cut.
pub(super) fn settle(
    program: &mut Program<'_>,
    losses: &mut Losses<'_>,
    session: &mut lp::Session,
    watch: &Watch<'_>,
) -> Result<(Solution, usize), PlanError> {
    settle_telling(program, losses, session, watch, &mut |_| {})
}

/// As [`settle`]; tells of the session before any row of a loss is cut.
pub(super) fn settle_telling(
    program: &mut Program<'_>,
    losses: &mut Losses<'_>,
    session: &mut lp::Session,
    watch: &Watch<'_>,
    before_losses: &mut dyn FnMut(&lp::Session),
) -> Result<(Solution, usize), PlanError> {
    let mut is_told = false;
    for round in 1..=MOST_ROUNDS {
        let solution = session.solve_while(&program.model, Limits::default(), &|| watch.goes_on())?;
        let mut added = program.cut_tails(&solution.values);
        // Losses are dear to look at: once the worst years are settled.
        if added == 0 {
            added = losses.cut(program, &solution.values)?;
            if added > 0 && !std::mem::replace(&mut is_told, true) {
                before_losses(session);
            }
        }
        if added == 0 {
            return Ok((solution, round));
        }
    }
    Err(PlanError(Failure::Solver(SolveError::Failed(format!(
        "the worst years and the losses to survive did not settle in {MOST_ROUNDS} rounds"
    )))))
}
