//! From a site to a plan: sample, solve keep-mining, solve with tail cuts, judge, prove, explain.

use super::baselines::{self, Baselines};
use super::context::{Context, MiningTable};
use super::decisions::Decisions;
use super::extract;
use super::judge::{Judged, judge};
use super::program::{FloorYear, Freedom, LossRow, Losses, MILLION, Program};
use super::repair;
use super::result::{Detail, ModelSize, Plan, Repair, Status};
use crate::lp::{self, Solution, SolveError, Solver};
use crate::market::World;
use crate::market::reduce::{self, Worlds};
use crate::quantity::{Report, Severity, statistics};
use crate::site::Site;
use crate::site::scenario::with_scenario;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, mpsc};

/// Rounds of solving and cutting before the plan is given up as not converging.
const MOST_ROUNDS: usize = 60;

/// How far a plan has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub stage: String,
    /// 0 to 1.
    pub share: f32,
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
        Self(Failure::Solver(error))
    }
}

/// A plan with the program it came from.
#[derive(Debug)]
pub struct Solved {
    pub plan: Plan,
    /// The program of the last round, cuts included: the exact one solved.
    pub model: lp::Model,
    /// The rows of (C7) in it as data, and those of keep-mining.
    pub loss_rows: Vec<LossRow>,
    pub keep_mining_loss_rows: Vec<LossRow>,
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

/// Makes a plan. `progress` is told each stage and cancels by returning false.
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
    let report = |stage: &str, share: f32| {
        if progress(Progress { stage: stage.to_owned(), share }) {
            Ok(())
        } else {
            Err(PlanError(Failure::Cancelled))
        }
    };
    report("Reading the drawing", 0.0)?;
    let site = scenario_site(site, scenario, options.seed)?;
    let context =
        Context::new(&site, options.detail).map_err(|problems| PlanError(Failure::Problems(problems)))?;
    report("Sampling the markets", 0.1)?;
    let Worlds { program: world, judge: large } = sample(&context)?;
    let mining = MiningTable::new(&context, &world);

    report("Keep mining", 0.2)?;
    let mut losses = Losses::new(&context);
    let keep = baselines::keep_mining(&context, &world, &mining, &mut losses, options.solver)?;
    let floors = floor_years(&context, &keep.mean_revenue_by_year);

    // The baselines need nothing of the plan: they are solved beside it. Who first needs the jury samples it.
    let jury = LazyJury::new(Box::new(|| Jury::new(&context, large)));
    let abandoned = AtomicBool::new(false);
    let (tell, told) = mpsc::sync_channel(4);
    // The solver takes one program at a time, and the plan is what the user waits for. Nothing is sent: the end that
    // goes with `best` is dropped when its last program is solved, and that is the word to go on.
    let (plan_settled, plan_settles) = mpsc::sync_channel::<()>(0);
    let (best, Baselines { all: baselines, keep_judged }) = std::thread::scope(|scope| {
        let aside = scope.spawn(|| {
            let (tell, plan_settles) = (tell, plan_settles);
            baselines::all(&context, &world, &mining, options.solver, &keep, &floors, &jury, &|share| {
                // An error is the other end's being dropped.
                let _ = plan_settles.recv();
                // Nobody listens any more only when the plan has failed, and then the flag says so.
                let _ = tell.send(share);
                if abandoned.load(Ordering::Relaxed) { Err(PlanError(Failure::Cancelled)) } else { Ok(()) }
            })
        });
        let best = best(&context, &world, &mining, losses, options, &floors, &jury, plan_settled, &report);
        let best = best.and_then(|best| {
            for share in told {
                report("Solving baselines", 0.8 + 0.18 * share)?;
            }
            Ok(best)
        });
        abandoned.store(best.is_err(), Ordering::Relaxed);
        let baselines = aside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok::<_, PlanError>((best?, baselines?))
    })?;
    let Best { program, solution, decisions, judged, rounds, repairs, status } = best;

    report("Checking the answer", 0.98)?;
    let size = ModelSize {
        columns: program.model.columns.len(),
        rows: program.model.rows.len(),
        nonzeros: program.model.nonzeros(),
        rounds,
    };
    let proof = lp::residuals(&program.model, &solution);
    let walked = judge(&context, &world, &mining, &decisions);
    let expected = program.expected_npv(&solution.values);
    let cash_flow_residual = (statistics::mean(&walked.npv) - expected).abs() / (1.0 + expected.abs());
    let second = options
        .second_opinion
        .then(|| lp::solve(&program.model, Solver::Microlp, Some(120.0)).ok())
        .flatten()
        .map(|other| other.objective * MILLION);

    let certificate = super::result::Certificate {
        primal_residual: proof.primal,
        dual_residual: proof.dual,
        relative_gap: proof.gap,
        second_solver_objective_usd: second,
        cash_flow_residual,
    };
    let proven = proof.primal <= 1e-6
        && cash_flow_residual <= 1e-6
        && (solution.duals.is_empty() || (proof.dual <= 1e-6 && proof.gap <= 1e-6));
    let status = if status == Status::Optimal && (!proven || solution.duals.is_empty()) {
        Status::Feasible
    } else {
        status
    };
    let answer = extract::Answer {
        program: &program,
        solution: &solution,
        decisions: &decisions,
        judged: &judged,
        keep_judged: &keep_judged,
        status,
        repairs,
        baselines,
        certificate,
        size,
        scenario: scenario.unwrap_or_default(),
        detail: options.detail,
    };
    let plan = extract::plan(answer);
    report("Done", 1.0)?;
    Ok(Solved {
        plan,
        model: program.model,
        loss_rows: program.loss_rows,
        keep_mining_loss_rows: keep.loss_rows,
    })
}

/// The plan itself, before it is proven and put into words.
struct Best<'a> {
    program: Program<'a>,
    solution: Solution,
    decisions: Decisions,
    judged: Judged,
    rounds: usize,
    repairs: Vec<Repair>,
    status: Status,
}

/// Solves for the best plan, or for the least that would have to give way, and judges it. Drops `settled` when the
/// solver is free for others.
#[expect(
    clippy::too_many_arguments,
    reason = "the worlds, the floors and the ways to report are all different things"
)]
fn best<'a>(
    context: &'a Context<'a>,
    world: &'a World,
    mining: &'a MiningTable,
    mut losses: Losses<'a>,
    options: Options,
    floors: &[FloorYear],
    jury: &LazyJury<'_>,
    settled: mpsc::SyncSender<()>,
    report: &dyn Fn(&str, f32) -> Result<(), PlanError>,
) -> Result<Best<'a>, PlanError> {
    report("Solving the plan", 0.3)?;
    let mut program = Program::new(context, world, mining, Freedom::Everything, floors.to_vec());
    let outcome = solve_with_cuts(&mut program, &mut losses, options.solver, &|round| {
        report("Cutting worst years", 0.3 + 0.3 * (round as f32 / (round as f32 + 6.0)))
    });
    let (solution, rounds, repairs, status) = match outcome {
        Ok((solution, rounds)) => (solution, rounds, Vec::new(), Status::Optimal),
        Err(PlanError(Failure::Solver(SolveError::Infeasible))) => {
            report("Looking for what clashes", 0.5)?;
            let relaxed =
                repair::relax(context, world, mining, &mut losses, floors.to_vec(), options.solver)?;
            program = relaxed.program;
            (relaxed.solution, relaxed.rounds, relaxed.repairs, Status::Infeasible)
        }
        Err(other) => return Err(other),
    };
    drop(settled);
    report("Judging on other paths", 0.7)?;
    let decisions = Decisions::read(&program, &solution.values);
    let judged = jury.judge(context, &decisions);
    Ok(Best { program, solution, decisions, judged, rounds, repairs, status })
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

/// The worlds a plan is made and judged on.
pub(super) fn sample(context: &Context<'_>) -> Result<Worlds, PlanError> {
    reduce::worlds(context.site, context.calendar.months)
        .map_err(|problems| PlanError(Failure::Problems(problems)))
}

/// The larger world that finished plans are judged on.
pub(super) struct Jury {
    world: World,
    mining: MiningTable,
}

/// A jury that is seated by who first needs it; the other waits.
pub(super) type LazyJury<'a> = LazyLock<Jury, Box<dyn FnOnce() -> Jury + Send + 'a>>;

impl Jury {
    fn new(context: &Context<'_>, world: World) -> Self {
        let mining = MiningTable::new(context, &world);
        Self { world, mining }
    }

    pub fn judge(&self, context: &Context<'_>, decisions: &Decisions) -> Judged {
        judge(context, &self.world, &self.mining, decisions)
    }
}

/// Solves, cuts the tails and the losses that are violated, and solves again until none is.
pub(super) fn solve_with_cuts(
    program: &mut Program<'_>,
    losses: &mut Losses<'_>,
    solver: Solver,
    progress: &dyn Fn(usize) -> Result<(), PlanError>,
) -> Result<(Solution, usize), PlanError> {
    settle(program, losses, &mut lp::Session::new(solver), true, progress)
}

/// As [`solve_with_cuts`] with a session of the caller's, and without tails: for plans that promise no worst year.
pub(super) fn solve_surviving(
    program: &mut Program<'_>,
    losses: &mut Losses<'_>,
    session: &mut lp::Session,
) -> Result<Solution, PlanError> {
    settle(program, losses, session, false, &|_| Ok(())).map(|(solution, _)| solution)
}

fn settle(
    program: &mut Program<'_>,
    losses: &mut Losses<'_>,
    session: &mut lp::Session,
    has_tails: bool,
    progress: &dyn Fn(usize) -> Result<(), PlanError>,
) -> Result<(Solution, usize), PlanError> {
    for round in 1..=MOST_ROUNDS {
        let solution = session.solve(&program.model, None)?;
        let mut added = if has_tails { program.cut_tails(&solution.values) } else { 0 };
        // Losses are dear to look at: once the worst years are settled.
        if added == 0 {
            added = losses.cut(program, &solution.values)?;
        }
        if added == 0 {
            return Ok((solution, round));
        }
        progress(round)?;
    }
    Err(PlanError(Failure::Solver(SolveError::Failed(format!(
        "the worst years and the losses to survive did not settle in {MOST_ROUNDS} rounds"
    )))))
}

/// Years in which the floor holds, and how high: a share of keep-mining's expected revenue or dollars, whichever is
/// more. Without a floor the years still carry the reference that contracted revenue is measured against.
fn floor_years(context: &Context<'_>, reference: &[f64]) -> Vec<FloorYear> {
    let limits = &context.site.limits;
    let share = limits.worst_year_floor_share.unwrap_or(0.0);
    let usd = limits.worst_year_floor_usd.unwrap_or(0.0);
    if share <= 0.0 && usd <= 0.0 && limits.contracted_share.is_none() {
        return Vec::new();
    }
    let first = limits.floor_from_year.map_or_else(|| first_floor_year(context), |year| year as usize);
    reference
        .iter()
        .enumerate()
        .skip(first)
        .map(|(year, reference)| FloorYear {
            year,
            usd: (share * reference).max(usd),
            reference_usd: *reference,
            slack: None,
            cuts: 0,
        })
        .collect()
}

/// First full plan year after the shortest way to a hosted megawatt.
fn first_floor_year(context: &Context<'_>) -> usize {
    let shortest = context
        .candidates
        .iter()
        .map(|candidate| {
            let fit = context.hall_of(candidate.hall).and_then(|hall| hall.fit_out.as_ref());
            let parts = candidate.pair.requires.iter().filter_map(|id| context.site.component(id)?.planned());
            parts.map(|planned| planned.lead_months).chain(fit.map(|fit| fit.lead_months)).fold(0.0, f64::max)
        })
        .fold(f64::INFINITY, f64::min);
    if shortest.is_finite() { (shortest / 12.0).ceil() as usize } else { 1 }
}
