//! Answers that prove themselves: a solver's word is checked against the model, and what does not hold is an error.

use super::{Model, Residuals, Session, Solution, SolveError, Solver, prices, residuals};

/// Largest residual and gap, both relative, of an answer that counts as proven.
pub const PROVEN: f64 = 1e-6;

/// The pure-Rust simplex has been seen to go round in circles; then there is an error and no wait.
const MOST_SECONDS: f64 = 5.0;

impl Session {
    /// An optimal point with prices (`duals`, one a row) that prove it: rows and bounds are kept, no column could still
    /// pay, and the objective meets the bound of the prices (weak duality), each to [`PROVEN`] by [`residuals`].
    ///
    /// Where a solver gives no prices they come from the dual program. What does not hold is asked for again from
    /// nothing, the second time with rows and columns turned round, which leads a simplex another way.
    ///
    /// # Errors
    /// [`SolveError`]; [`SolveError::Unproven`] when no answer holds.
    pub fn prove(&mut self, model: &Model) -> Result<Solution, SolveError> {
        let seconds = (self.solver() == Solver::Microlp).then_some(MOST_SECONDS);
        let first = self.solve(model, seconds).and_then(|solution| self.proven(model, solution));
        let Err(failure) = first else { return first };
        if matches!(failure, SolveError::Defect(_)) {
            return Err(failure);
        }
        let turned = turned(model);
        let again = self.solve(&turned, seconds).and_then(|solution| self.proven(&turned, solution)).map(
            |mut solution| {
                solution.values.reverse();
                solution.duals.reverse();
                solution
            },
        );
        again.map_err(|_| failure)
    }

    fn proven(&self, model: &Model, mut solution: Solution) -> Result<Solution, SolveError> {
        let solver = self.solver();
        if solution.duals.len() != model.rows.len() {
            // No row is worth anything where every column rests on the bound it likes best.
            solution.duals = vec![0.0; model.rows.len()];
            if check(model, &solution).is_ok() {
                return Ok(solution);
            }
            solution.duals.clear();
            solution.duals = match prices(model, &solution, solver) {
                Ok(duals) if is_proven(model, &solution, &duals) => duals,
                _ => {
                    let mut back = Solution { duals: Vec::new(), ..solution.clone() };
                    back.values.reverse();
                    let mut duals = prices(&turned(model), &back, solver)?;
                    duals.reverse();
                    duals
                }
            };
        }
        check(model, &solution)?;
        Ok(solution)
    }
}

fn is_proven(model: &Model, solution: &Solution, duals: &[f64]) -> bool {
    check(model, &Solution { duals: duals.to_vec(), ..solution.clone() }).is_ok()
}

fn check(model: &Model, solution: &Solution) -> Result<(), SolveError> {
    let Residuals { primal, dual, gap } = residuals(model, solution);
    // A residual that is no number proves nothing.
    if [primal, dual, gap].into_iter().all(|residual| residual <= PROVEN) {
        return Ok(());
    }
    Err(SolveError::Unproven { solver: solution.solver, primal, dual, gap })
}

/// The same program with its rows and columns in the opposite order.
fn turned(model: &Model) -> Model {
    let mut turned = model.clone();
    turned.columns.reverse();
    turned.rows.reverse();
    for row in &mut turned.rows {
        row.terms.reverse();
        for (column, _) in &mut row.terms {
            *column = model.columns.len() - 1 - *column;
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::super::{Expression, Origin, Sense};
    use super::*;

    /// max x + y under x + 2 y <= 4, x <= 3, y <= 3: 3.5 at (3, 0.5), a row worth 1/2.
    fn small() -> Model {
        let mut model = Model::default();
        let x = model.add_column("x".into(), 0.0, 3.0, 1.0);
        let y = model.add_column("y".into(), 0.0, 3.0, 1.0);
        let left = Expression { terms: vec![(x, 1.0), (y, 2.0)], constant: 0.0 };
        model.add_row("r".into(), left, Sense::AtMost, &Expression::constant(4.0), Origin::default());
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
    fn an_answer_comes_with_prices_that_prove_it() {
        for solver in solvers() {
            for model in [small(), turned(&small())] {
                let found = Session::new(solver).prove(&model).unwrap();
                assert!((found.objective - 3.5).abs() < 1e-9, "{solver:?}");
                assert!((found.duals[0] - 0.5).abs() < 1e-9, "{solver:?} {found:?}");
            }
        }
        assert_eq!(turned(&turned(&small())), small());
    }

    #[test]
    fn a_point_short_of_the_optimum_or_outside_a_row_is_refused() {
        let model = small();
        let solver = Solver::default();
        let session = Session::new(solver);
        let right = Session::new(solver).prove(&model).unwrap();
        for values in [vec![3.0, 0.4], vec![3.0, 0.6], vec![2.0, 1.0], vec![f64::NAN, 0.5]] {
            let wrong = Solution { objective: model.objective(&values), values, ..right.clone() };
            let refused = session.proven(&model, wrong.clone());
            assert!(matches!(refused, Err(SolveError::Unproven { .. })), "{wrong:?}");
            // Nor with prices of the room's own making.
            let bare = Solution { duals: Vec::new(), ..wrong.clone() };
            assert!(session.proven(&model, bare).is_err(), "{wrong:?}");
        }
        assert_eq!(session.proven(&model, right.clone()), Ok(right));
    }

    #[test]
    fn no_row_is_worth_anything_where_the_bounds_decide() {
        let mut model = small();
        model.rows[0].right = 100.0;
        for solver in solvers() {
            let found = Session::new(solver).prove(&model).unwrap();
            assert_eq!((found.objective, &found.duals[..]), (6.0, &[0.0][..]), "{solver:?}");
        }
    }
}
