//! HiGHS: a C++ simplex that starts from the last basis when the model has only grown or changed its money, and from a
//! basis by name when it is another model.

mod simplex;

use super::basis::{Basis, Place};
use super::{Limits, Model, Row, Sense, Solution, SolveError, Solver};
use highs::{Col, HighsModelStatus, HighsSolutionStatus, RowProblem};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

type Task = Box<dyn FnOnce() + Send>;

/// The one thread that calls HiGHS: its destructor resets a global scheduler and is not safe to run on two threads
/// at once.
fn thread() -> Result<&'static SyncSender<Task>, SolveError> {
    static THREAD: OnceLock<Result<SyncSender<Task>, String>> = OnceLock::new();
    THREAD
        .get_or_init(|| {
            let (sender, receiver) = sync_channel::<Task>(16);
            std::thread::Builder::new()
                .name("highs".to_owned())
                .spawn(move || {
                    for task in receiver {
                        task();
                    }
                })
                .map(|_| sender)
                .map_err(|error| error.to_string())
        })
        .as_ref()
        .map_err(|error| SolveError::Failed(format!("the solver thread did not start: {error}")))
}

thread_local! {
    /// Solved models by session, on the solver thread: a HiGHS object never leaves it.
    static KEPT: RefCell<BTreeMap<u64, highs::Model>> = const { RefCell::new(BTreeMap::new()) };
}

/// A sequence of solves of a model that grows rows or changes costs, bounds and right-hand sides; each starts from the last basis.
#[derive(Debug)]
pub(super) struct Session {
    id: u64,
    /// What the solver holds.
    held: Option<Model>,
}

/// What is different from the model the solver holds.
#[derive(Debug, Default)]
struct Changes {
    costs: Vec<(usize, f64)>,
    bounds: Vec<(usize, f64, f64)>,
    /// Bounds of rows whose right-hand side is another.
    rights: Vec<(usize, f64, f64)>,
    rows: Vec<Row>,
}

impl Session {
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), held: None }
    }

    pub fn solve(
        &mut self,
        model: &Model,
        start: Option<&Basis>,
        limits: Limits,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Solution, SolveError> {
        let id = self.id;
        // What an error leaves behind is not gone on from.
        let mut held = self.held.take();
        let mut outcome = Err(SolveError::Failed("HiGHS was not asked".to_owned()));
        if let Some(held) = &mut held
            && let Some(changes) = changes(held, model)
        {
            for (held, row) in held.rows.iter_mut().zip(&model.rows) {
                held.right = row.right;
            }
            held.rows.extend(changes.rows.iter().cloned());
            for (held, column) in held.columns.iter_mut().zip(&model.columns) {
                (held.lower, held.upper, held.cost) = (column.lower, column.upper, column.cost);
            }
            outcome = on_thread(goes_on, move |stop| resume(id, &changes, limits, stop));
        }
        if matches!(outcome, Err(SolveError::Failed(_))) {
            let whole = model.clone();
            let start = start.map(|basis| basis.on(model));
            outcome = on_thread(goes_on, move |stop| afresh(id, &whole, start.as_ref(), limits, stop));
            held = Some(model.clone());
        }
        let Point { values, duals, bound } = outcome?;
        self.held = held;
        let name = Solver::Highs.name();
        // The solver does not see the constant.
        let bound = bound.map(|bound| bound + model.offset);
        Ok(Solution { objective: model.objective(&values), values, duals, bound, solver: name })
    }

    /// Where the last solve ended.
    pub fn basis(&self) -> Option<Basis> {
        let (id, held) = (self.id, self.held.as_ref()?);
        let places = on_thread(&|| true, move |_| with_kept(id, simplex::basis)).ok()?;
        Some(Basis::new(held, &places.0, &places.1))
    }

    /// Change of basic columns and of the activities of basic rows along a change of right-hand sides.
    pub fn change_of_basis(&self, direction: Vec<(usize, f64)>) -> Option<super::basis::Moves> {
        let id = self.id;
        on_thread(&|| true, move |_| with_kept(id, |model| simplex::change_of_basis(model, &direction))).ok()
    }
}

fn with_kept<T>(
    id: u64,
    task: impl FnOnce(&mut highs::Model) -> Result<T, SolveError>,
) -> Result<T, SolveError> {
    KEPT.with_borrow_mut(|kept| kept.get_mut(&id).map_or_else(|| Err(failed("no model")), task))
}

/// How often who waits for the solver is asked whether to go on.
const ASK: Duration = Duration::from_millis(25);

/// Has the solver thread do something, and waits for it; raises the task's flag when `goes_on` says no.
fn on_thread<T: Send + 'static>(
    goes_on: &dyn Fn() -> bool,
    task: impl FnOnce(&AtomicBool) -> Result<T, SolveError> + Send + 'static,
) -> Result<T, SolveError> {
    let (answer, result) = sync_channel(1);
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    let task: Task = Box::new(move || {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            if raised.load(Ordering::Relaxed) { Err(SolveError::Stopped) } else { task(&raised) }
        }))
        .unwrap_or_else(|_| Err(SolveError::Failed("HiGHS panicked".to_owned())));
        // The asker may have gone; then nobody needs the answer.
        let _ = answer.send(outcome);
    });
    let gone = || SolveError::Failed("the solver thread has stopped".to_owned());
    thread()?.send(task).map_err(|_| gone())?;
    loop {
        match result.recv_timeout(ASK) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Disconnected) => return Err(gone()),
            Err(RecvTimeoutError::Timeout) => stop.store(!goes_on(), Ordering::Relaxed),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let id = self.id;
        let forget: Task = Box::new(move || KEPT.with_borrow_mut(|kept| drop(kept.remove(&id))));
        if let Ok(thread) = thread() {
            // When the thread has gone there is nothing left to forget.
            let _ = thread.send(forget);
        }
    }
}

/// `None` when the model differs by more than costs, bounds, right-hand sides and rows added at the end.
fn changes(held: &Model, model: &Model) -> Option<Changes> {
    if held.columns.len() != model.columns.len() || held.rows.len() > model.rows.len() {
        return None;
    }
    if held.columns.iter().zip(&model.columns).any(|(old, new)| old.is_integer != new.is_integer) {
        return None;
    }
    let same = |(a, b): (&Row, &Row)| a.sense == b.sense && a.terms == b.terms;
    if !held.rows.iter().zip(&model.rows).all(same) {
        return None;
    }
    let mut changes = Changes { rows: model.rows[held.rows.len()..].to_vec(), ..Changes::default() };
    for (index, (old, new)) in held.rows.iter().zip(&model.rows).enumerate() {
        if old.right != new.right {
            let (lower, upper) = row_limits(new);
            changes.rights.push((index, lower, upper));
        }
    }
    for (index, (old, new)) in held.columns.iter().zip(&model.columns).enumerate() {
        if old.cost != new.cost {
            changes.costs.push((index, new.cost));
        }
        if old.lower != new.lower || old.upper != new.upper {
            changes.bounds.push((index, new.lower, new.upper));
        }
    }
    Some(changes)
}

fn between(lower: f64, upper: f64) -> (Bound<f64>, Bound<f64>) {
    (Bound::Included(lower), Bound::Included(upper))
}

fn row_limits(row: &Row) -> (f64, f64) {
    match row.sense {
        Sense::AtMost => (f64::NEG_INFINITY, row.right),
        Sense::AtLeast => (row.right, f64::INFINITY),
        Sense::Equal => (row.right, row.right),
    }
}

fn row_bounds(row: &Row) -> (Bound<f64>, Bound<f64>) {
    let (lower, upper) = row_limits(row);
    between(lower, upper)
}

/// Columns by index; HiGHS hands out its own handles in the same order.
fn handles(count: usize) -> Vec<Col> {
    let mut problem = RowProblem::default();
    (0..count).map(|_| problem.add_column(0.0, between(0.0, 0.0))).collect()
}

fn failed(status: impl std::fmt::Debug) -> SolveError {
    SolveError::Failed(format!("HiGHS answers {status:?}"))
}

fn build(model: &Model, tolerance: f64, presolve: &str) -> Result<highs::Model, SolveError> {
    let mut problem = RowProblem::default();
    let columns: Vec<Col> = model
        .columns
        .iter()
        .map(|c| problem.add_column_with_integrality(c.cost, between(c.lower, c.upper), c.is_integer))
        .collect();
    for row in &model.rows {
        let terms = row.terms.iter().map(|(column, coefficient)| (columns[*column], *coefficient));
        problem.add_row(row_bounds(row), terms);
    }
    let mut built = problem.try_optimise(highs::Sense::Maximise).map_err(failed)?;
    built.make_quiet();
    // Devex prices: on these programs, of a few thousand rows with two to five entries, a third quicker than the
    // steepest edge that HiGHS would choose, in spite of a few more steps.
    // Presolve may put a column out that brings this many terms into other rows, ten being the usual: a fifth fewer steps.
    for (option, value) in
        [("threads", 1), ("simplex_dual_edge_weight_strategy", 1), ("presolve_substitution_maxfillin", 60)]
    {
        built.try_set_option(option, value).map_err(failed)?;
    }
    for (option, value) in [("parallel", "off"), ("solver", "simplex"), ("presolve", presolve)] {
        built.try_set_option(option, value).map_err(failed)?;
    }
    // Of whole numbers HiGHS would let every row be off by 1e-6 in its own unit, however small its coefficients are: ten where
    // 1e-7 x <= 2.5e-7 allows two (`lp::self_test`).
    for option in ["primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"]
    {
        built.try_set_option(option, tolerance).map_err(failed)?;
    }
    Ok(built)
}

/// What HiGHS found.
struct Point {
    values: Vec<f64>,
    /// One a row; none of a program with integers.
    duals: Vec<f64>,
    /// No point is better than this, of a program with integers.
    bound: Option<f64>,
}

/// Feasibility tolerances with and without presolve, tightest first; HiGHS sometimes cannot finish at the first and says so.
/// Of some programs that no point keeps to it says so only without presolve.
const ATTEMPTS: [(f64, &str); 3] = [(TIGHTEST, "choose"), (1e-7, "choose"), (TIGHTEST, "off")];

/// Tolerance that is asked for first.
pub(super) const TIGHTEST: f64 = 1e-9;

/// Runs on the solver thread: from the last basis.
fn resume(id: u64, changes: &Changes, limits: Limits, stop: &AtomicBool) -> Result<Point, SolveError> {
    match KEPT.with_borrow_mut(|kept| kept.remove(&id)) {
        Some(kept) => finish(id, grown(kept, changes)?, limits, stop),
        None => Err(SolveError::Failed("HiGHS holds no model to go on from".to_owned())),
    }
}

/// Runs on the solver thread: from nothing, or from a basis of another model.
fn afresh(
    id: u64,
    whole: &Model,
    start: Option<&(Vec<Place>, Vec<Place>)>,
    limits: Limits,
    stop: &AtomicBool,
) -> Result<Point, SolveError> {
    KEPT.with_borrow_mut(|kept| drop(kept.remove(&id)));
    let mut outcome = Err(SolveError::Failed("HiGHS was not asked".to_owned()));
    if let Some((columns, rows)) = start {
        let (tolerance, presolve) = ATTEMPTS[0];
        let mut model = build(whole, tolerance, presolve)?;
        outcome =
            simplex::start_from(&mut model, columns, rows).and_then(|()| finish(id, model, limits, stop));
    }
    for (tolerance, presolve) in ATTEMPTS {
        if !matches!(outcome, Err(SolveError::Failed(_))) {
            break;
        }
        outcome = finish(id, build(whole, tolerance, presolve)?, limits, stop);
    }
    outcome
}

/// A solved model with the changes made to it.
fn grown(mut model: highs::Model, changes: &Changes) -> Result<highs::Model, SolveError> {
    let columns = handles(model.num_cols());
    for (column, cost) in &changes.costs {
        model.change_column_cost(columns[*column], *cost);
    }
    for (column, lower, upper) in &changes.bounds {
        model.change_column_bounds(columns[*column], between(*lower, *upper));
    }
    simplex::bound_rows(&mut model, &changes.rights)?;
    for row in &changes.rows {
        let terms = row.terms.iter().map(|(column, coefficient)| (columns[*column], *coefficient));
        model.try_add_row(row_bounds(row), terms).map_err(failed)?;
    }
    Ok(model)
}

/// Solves, reads the point and keeps the model for the next change.
fn finish(id: u64, mut model: highs::Model, limits: Limits, stop: &AtomicBool) -> Result<Point, SolveError> {
    if let Some(seconds) = limits.seconds {
        model.try_set_option("time_limit", seconds).map_err(failed)?;
    }
    let is_integer = limits.is_integer;
    if is_integer {
        model.try_set_option("mip_rel_gap", limits.relative_gap).map_err(failed)?;
    }
    simplex::stop_when(&mut model, stop)?;
    let solved = model.try_solve().map_err(failed)?;
    let status = solved.status();
    let has_point = solved.primal_solution_status() == HighsSolutionStatus::Feasible;
    let outcome = match status {
        HighsModelStatus::Optimal => Ok(()),
        HighsModelStatus::ReachedTimeLimit if is_integer && has_point => Ok(()),
        HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => Err(SolveError::Infeasible),
        HighsModelStatus::Unbounded => Err(SolveError::Unbounded),
        HighsModelStatus::ReachedTimeLimit => Err(SolveError::TimeLimit),
        HighsModelStatus::ReachedInterrupt => Err(SolveError::Stopped),
        other => Err(SolveError::Failed(format!("HiGHS ends with {other:?}"))),
    };
    let solution = solved.get_solution();
    let point = Point {
        values: solution.columns().to_vec(),
        duals: if is_integer { Vec::new() } else { solution.dual_rows().to_vec() },
        bound: is_integer.then(|| solved.double_info_value(c"mip_dual_bound").ok()).flatten(),
    };
    let mut kept: highs::Model = solved.into();
    simplex::forget_flag(&mut kept);
    outcome?;
    KEPT.with_borrow_mut(|all| all.insert(id, kept));
    Ok(point)
}
