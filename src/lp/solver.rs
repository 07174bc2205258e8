//! HiGHS and microlp behind one door. microlp comes through good_lp; HiGHS does not, because good_lp gives no warm start
//! from a basis, which a plan's tail cuts live on.

use super::basis::{Basis, Reach};
use super::{Column, Model, RowIndex, Sense, Solution, check::defect};
use good_lp::solvers::{ResolutionError, Solution as _, SolverModel};
use good_lp::{Expression, Variable, constraint, variable, variables};

/// Which code solves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solver {
    /// C++ simplex; the default where it is built in.
    #[cfg(feature = "highs")]
    Highs,
    /// Pure-Rust simplex, the second opinion; gives no duals.
    Microlp,
}

impl Default for Solver {
    fn default() -> Self {
        #[cfg(feature = "highs")]
        return Self::Highs;
        #[cfg(not(feature = "highs"))]
        return Self::Microlp;
    }
}

impl Solver {
    /// Every solver that is built in.
    pub fn all() -> &'static [Self] {
        &[
            #[cfg(feature = "highs")]
            Self::Highs,
            Self::Microlp,
        ]
    }

    /// How far a row may be off in its own unit, as it is asked of the solver first; microlp is not asked, its own is 1e-10.
    pub fn tolerance(self) -> f64 {
        match self {
            #[cfg(feature = "highs")]
            Self::Highs => super::highs::TIGHTEST,
            Self::Microlp => 1e-10,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "highs")]
            Self::Highs => "HiGHS 1.15",
            Self::Microlp => "microlp 0.6",
        }
    }
}

/// Why there is no optimal point.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SolveError {
    #[error("no point keeps to every row")]
    Infeasible,
    #[error("the objective grows without limit")]
    Unbounded,
    #[error("the time limit was reached")]
    TimeLimit,
    /// Whoever waited asked it to.
    #[error("stopped")]
    Stopped,
    #[error("the model is not fit for a solver: {0}")]
    Defect(String),
    #[error("the solver failed: {0}")]
    Failed(String),
    /// The answer is not shown to be the optimum: see [`super::Residuals`].
    #[error(
        "the answer of {solver} does not prove itself (primal {primal:.1e}, dual {dual:.1e}, gap {gap:.1e})"
    )]
    Unproven { solver: &'static str, primal: f64, dual: f64, gap: f64 },
}

/// How long a solve may take and how near to the best it must come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    pub seconds: Option<f64>,
    /// Of a program with integers: (bound - objective) / |objective| at which it ends.
    pub relative_gap: f64,
    /// Set by the session from the model.
    pub(super) is_integer: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { seconds: None, relative_gap: 1e-4, is_integer: false }
    }
}

/// A sequence of solves of a model that changes little from one to the next. With HiGHS each starts from the last
/// basis as long as the model only gained rows or changed costs, bounds and right-hand sides; anything else starts afresh.
#[derive(Debug)]
pub struct Session {
    solver: Solver,
    start: Option<Basis>,
    #[cfg(feature = "highs")]
    highs: super::highs::Session,
}

impl Session {
    pub fn new(solver: Solver) -> Self {
        Self {
            solver,
            start: None,
            #[cfg(feature = "highs")]
            highs: super::highs::Session::new(),
        }
    }

    pub(super) fn solver(&self) -> Solver {
        self.solver
    }

    /// Has the first solve start where a solve of another model ended, as far as names are the same. A solver that cannot
    /// takes no notice.
    pub fn start_from(&mut self, basis: Basis) {
        self.start = Some(basis);
    }

    /// Where the last solve ended, for [`Session::start_from`].
    pub fn basis(&self) -> Option<Basis> {
        match self.solver {
            #[cfg(feature = "highs")]
            Solver::Highs => self.highs.basis(),
            Solver::Microlp => None,
        }
    }

    /// How far right-hand sides can move together from an optimal point before prices change: `direction` is the change of
    /// each row a unit of step. `None` where the solver does not tell.
    #[cfg_attr(not(feature = "highs"), expect(unused_variables, reason = "only HiGHS tells"))]
    pub fn reach(&self, model: &Model, solution: &Solution, direction: &[(RowIndex, f64)]) -> Option<Reach> {
        match self.solver {
            #[cfg(feature = "highs")]
            Solver::Highs => {
                let moves = self.highs.change_of_basis(direction.to_vec())?;
                Some(Reach::of(model, solution, direction, &moves))
            }
            Solver::Microlp => None,
        }
    }

    /// Change of the columns that are not at rest, a unit of step along a change of right-hand sides as that of
    /// [`Session::reach`]. `None` where the solver does not tell.
    #[cfg_attr(not(feature = "highs"), expect(unused_variables, reason = "only HiGHS tells"))]
    pub fn change(&self, direction: &[(RowIndex, f64)]) -> Option<Vec<(Column, f64)>> {
        match self.solver {
            #[cfg(feature = "highs")]
            Solver::Highs => self.highs.change_of_basis(direction.to_vec()).map(|moves| moves.0),
            Solver::Microlp => None,
        }
    }

    /// Solves a model.
    ///
    /// # Errors
    /// [`SolveError`]; a model with a number that is not finite never reaches a solver.
    pub fn solve(&mut self, model: &Model, seconds: Option<f64>) -> Result<Solution, SolveError> {
        self.solve_while(model, Limits { seconds, ..Limits::default() }, &|| true)
    }

    /// Solves a model as long as `goes_on` says so, which is asked some forty times a second (with microlp: once).
    ///
    /// # Errors
    /// [`SolveError`], [`SolveError::Stopped`] among them.
    pub fn solve_while(
        &mut self,
        model: &Model,
        limits: Limits,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Solution, SolveError> {
        if let Some(message) = defect(model) {
            return Err(SolveError::Defect(message));
        }
        if !goes_on() {
            return Err(SolveError::Stopped);
        }
        let limits = Limits { is_integer: model.has_integers(), ..limits };
        let start = self.start.take();
        let mut solution = match self.solver {
            #[cfg(feature = "highs")]
            Solver::Highs => self.highs.solve(model, start.as_ref(), limits, goes_on)?,
            Solver::Microlp => {
                drop(start);
                microlp(model, limits)?
            }
        };
        // A simplex point may sit a rounding error outside a bound, an integer a rounding error beside a whole number.
        for (value, column) in solution.values.iter_mut().zip(&model.columns) {
            *value = value.clamp(column.lower, column.upper);
            if column.is_integer {
                *value = value.round();
            }
        }
        Ok(solution)
    }
}

/// Solves one model once.
///
/// # Errors
/// [`SolveError`], as [`Session::solve`].
pub fn solve(model: &Model, solver: Solver, seconds: Option<f64>) -> Result<Solution, SolveError> {
    Session::new(solver).solve(model, seconds)
}

fn microlp(model: &Model, limits: Limits) -> Result<Solution, SolveError> {
    let mut problem = variables!();
    let columns: Vec<Variable> = model
        .columns
        .iter()
        .map(|column| {
            let definition = variable().min(column.lower).max(column.upper);
            problem.add(if column.is_integer { definition.integer() } else { definition })
        })
        .collect();
    let mut objective = Expression::with_capacity(columns.len());
    for (column, data) in columns.iter().zip(&model.columns) {
        if data.cost != 0.0 {
            objective.add_mul(data.cost, *column);
        }
    }
    let mut program = problem.maximise(objective).using(good_lp::solvers::microlp::microlp);
    if let Some(seconds) = limits.seconds {
        program = good_lp::WithTimeLimit::with_time_limit(program, seconds);
    }
    for row in &model.rows {
        program.add_constraint(row_constraint(row, &columns));
    }
    let found = program.solve().map_err(|error| match error {
        ResolutionError::Infeasible => SolveError::Infeasible,
        ResolutionError::Unbounded => SolveError::Unbounded,
        other => SolveError::Failed(other.to_string()),
    })?;
    let values: Vec<f64> = columns.iter().map(|column| found.value(*column)).collect();
    let (objective, name) = (model.objective(&values), Solver::Microlp.name());
    // It ends at the best of all, or with an error.
    let bound = limits.is_integer.then_some(objective);
    Ok(Solution { objective, values, duals: Vec::new(), bound, solver: name })
}

/// good_lp's microlp knows "at most" and "equal".
fn row_constraint(row: &super::Row, columns: &[Variable]) -> good_lp::Constraint {
    let sign = if row.sense == Sense::AtLeast { -1.0 } else { 1.0 };
    let mut left = Expression::with_capacity(row.terms.len());
    for (column, coefficient) in &row.terms {
        left.add_mul(sign * coefficient, columns[*column]);
    }
    let right = sign * row.right;
    if row.sense == Sense::Equal { constraint!(left == right) } else { constraint!(left <= right) }
}

#[cfg(test)]
mod tests {
    use super::super::{Expression as Sum, Origin, residuals};
    use super::*;

    /// Furniture of Dantzig's kind: max 60 x + 30 y + 20 z under three rows; optimum 280 at (2, 0, 8).
    fn furniture() -> Model {
        let mut model = Model::default();
        let x = model.add_column("x".into(), 0.0, f64::INFINITY, 60.0);
        let y = model.add_column("y".into(), 0.0, 5.0, 30.0);
        let z = model.add_column("z".into(), 0.0, f64::INFINITY, 20.0);
        let rows = [([8.0, 6.0, 1.0], 48.0), ([4.0, 2.0, 1.5], 20.0), ([2.0, 1.5, 0.5], 8.0)];
        for (index, (coefficients, right)) in rows.into_iter().enumerate() {
            let terms = [x, y, z].into_iter().zip(coefficients).collect();
            let left = Sum { terms, constant: 0.0 };
            model.add_row(format!("r{index}"), left, Sense::AtMost, &Sum::constant(right), Origin::default());
        }
        model
    }

    fn solvers() -> Vec<Solver> {
        vec![
            #[cfg(feature = "highs")]
            Solver::Highs,
            Solver::Microlp,
        ]
    }

    #[test]
    fn solvers_agree_on_a_textbook_program() {
        for solver in solvers() {
            let solution = solve(&furniture(), solver, None).unwrap();
            assert!((solution.objective - 280.0).abs() < 1e-9, "{solver:?}");
            assert!((solution.values[0] - 2.0).abs() < 1e-9 && (solution.values[2] - 8.0).abs() < 1e-9);
        }
    }

    #[cfg(feature = "highs")]
    #[test]
    fn duals_are_the_change_of_the_objective_and_prove_the_optimum() {
        let model = furniture();
        let solution = solve(&model, Solver::Highs, None).unwrap();
        let textbook = [0.0, 10.0, 10.0];
        for (dual, expected) in solution.duals.iter().zip(textbook) {
            assert!((dual - expected).abs() < 1e-9);
        }
        let proof = residuals(&model, &solution);
        assert!(proof.primal < 1e-9 && proof.dual < 1e-9 && proof.gap < 1e-9, "{proof:?}");
        // A wrong point or wrong prices must not pass.
        let mut wrong = solution.clone();
        wrong.values[0] += 1.0;
        assert!(residuals(&model, &wrong).primal > 1e-2);
        let mut wrong = solution.clone();
        wrong.duals[1] = 0.0;
        assert!(residuals(&model, &wrong).gap > 1e-2);
    }

    #[cfg(feature = "highs")]
    #[test]
    fn the_dual_of_an_at_least_row_has_the_sign_of_its_finite_difference() {
        let build = |right: f64| {
            let mut model = Model::default();
            let x = model.add_column("x".into(), 0.0, f64::INFINITY, -3.0);
            model.add_row(
                "least".into(),
                Sum::of(x, 1.0),
                Sense::AtLeast,
                &Sum::constant(right),
                Origin::default(),
            );
            model
        };
        let base = solve(&build(2.0), Solver::Highs, None).unwrap();
        let more = solve(&build(2.5), Solver::Highs, None).unwrap();
        assert!(((more.objective - base.objective) / 0.5 - base.duals[0]).abs() < 1e-9);
        assert!((base.duals[0] + 3.0).abs() < 1e-9);
        assert!(residuals(&build(2.0), &base).gap < 1e-9);
    }

    #[test]
    fn whole_numbers_are_found_and_bounded() {
        // By hand: 4 x + 3 y under 2 x + y <= 5.5 and x + 2 y <= 5.5 is 14.3 at (1.83, 1.83); of whole numbers
        // (2, 1) gives 11, (1, 2) 10 and none more.
        for solver in solvers() {
            let mut model = Model::default();
            let x = model.add_column("x".into(), 0.0, 10.0, 4.0);
            let y = model.add_column("y".into(), 0.0, 10.0, 3.0);
            for (name, a, b) in [("a", 2.0, 1.0), ("b", 1.0, 2.0)] {
                let left = Sum { terms: vec![(x, a), (y, b)], constant: 0.0 };
                model.add_row(name.into(), left, Sense::AtMost, &Sum::constant(5.5), Origin::default());
            }
            let relaxed = solve(&model, solver, None).unwrap();
            assert!((relaxed.objective - 7.0 * 5.5 / 3.0).abs() < 1e-9 && relaxed.bound.is_none());
            model.columns[x].is_integer = true;
            model.columns[y].is_integer = true;
            let whole = solve(&model, solver, None).unwrap();
            assert_eq!((whole.objective, &whole.values[..]), (11.0, &[2.0, 1.0][..]), "{solver:?}");
            assert!(whole.bound.is_some_and(|bound| (bound - 11.0).abs() < 0.01) && whole.duals.is_empty());
            let text = super::super::write_mps(&model, "whole");
            assert_eq!(text.matches("'MARKER'").count(), 2);
        }
    }

    #[test]
    fn what_has_no_optimum_is_said() {
        for solver in solvers() {
            let mut unbounded = Model::default();
            unbounded.add_column("x".into(), 0.0, f64::INFINITY, 1.0);
            assert!(matches!(solve(&unbounded, solver, None), Err(SolveError::Unbounded)), "{solver:?}");
            let mut infeasible = Model::default();
            let x = infeasible.add_column("x".into(), 0.0, 1.0, 1.0);
            let left = Sum::of(x, 1.0);
            infeasible.add_row("r".into(), left, Sense::AtLeast, &Sum::constant(2.0), Origin::default());
            assert_eq!(solve(&infeasible, solver, None), Err(SolveError::Infeasible), "{solver:?}");
            let mut broken = Model::default();
            broken.add_column("x".into(), 0.0, 1.0, f64::NAN);
            assert!(matches!(solve(&broken, solver, None), Err(SolveError::Defect(_))));
        }
    }

    #[test]
    fn a_session_follows_changes_of_money_bounds_and_rows() {
        for solver in solvers() {
            let mut session = Session::new(solver);
            let mut model = furniture();
            for step in 0..5 {
                match step {
                    4 => model.rows[1].right = 12.0,
                    1 => model.columns[1].cost = 90.0,
                    2 => model.columns[0].upper = 1.0,
                    3 => {
                        let left = Sum::of(2, 1.0);
                        model.add_row(
                            "z".into(),
                            left,
                            Sense::AtMost,
                            &Sum::constant(3.0),
                            Origin::default(),
                        );
                    }
                    _ => {}
                }
                let warm = session.solve(&model, None).unwrap();
                let cold = solve(&model, solver, None).unwrap();
                assert!((warm.objective - cold.objective).abs() < 1e-9, "{solver:?} step {step}");
                if !warm.duals.is_empty() {
                    assert!(residuals(&model, &warm).gap < 1e-9);
                }
            }
            // A row taken away starts afresh.
            model.rows.remove(0);
            let after = session.solve(&model, None).unwrap();
            assert!((after.objective - solve(&model, solver, None).unwrap().objective).abs() < 1e-9);
        }
    }
}
