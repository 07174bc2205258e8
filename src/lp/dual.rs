//! What each row is worth, for a solver that does not say: the dual program, solved as a program of its own.

use super::{Expression, Model, Origin, Sense, Solution, SolveError, Solver, solve};

/// The pure-Rust simplex has been seen to go round in circles on degenerate duals; then there is an error and no wait.
const MOST_SECONDS: f64 = 10.0;

/// Change of the optimum per unit of each row's right-hand side: the solver's own where it gives them, else an
/// optimal point of the dual program (weak duality makes either a proof).
///
/// # Errors
/// [`SolveError`] of the dual program.
pub fn prices(model: &Model, solution: &Solution, solver: Solver) -> Result<Vec<f64>, SolveError> {
    if solution.duals.len() == model.rows.len() {
        return Ok(solution.duals.clone());
    }
    let mut values = solve(&dual(model), solver, Some(MOST_SECONDS))?.values;
    values.truncate(model.rows.len());
    Ok(values)
}

/// The dual of `max c x` under rows and `l <= x <= u`, as a maximisation: a column a row, in their order, then one
/// for every finite bound. `max -(b y + u w - l v)` under `A' y + w - v = c`.
fn dual(model: &Model) -> Model {
    let mut dual = Model::default();
    let mut of_column = vec![Expression::default(); model.columns.len()];
    for (index, row) in model.rows.iter().enumerate() {
        let (lower, upper) = match row.sense {
            Sense::AtMost => (0.0, f64::INFINITY),
            Sense::AtLeast => (f64::NEG_INFINITY, 0.0),
            Sense::Equal => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let price = dual.add_column(format!("y{index}"), lower, upper, -row.right);
        for (column, coefficient) in &row.terms {
            of_column[*column].add(price, *coefficient);
        }
    }
    for (index, (column, mut sum)) in model.columns.iter().zip(of_column).enumerate() {
        if column.upper.is_finite() {
            let most = dual.add_column(format!("w{index}"), 0.0, f64::INFINITY, -column.upper);
            sum.add(most, 1.0);
        }
        if column.lower.is_finite() {
            let least = dual.add_column(format!("v{index}"), 0.0, f64::INFINITY, column.lower);
            sum.add(least, -1.0);
        }
        let right = Expression::constant(column.cost);
        dual.add_row(format!("c{index}"), sum, Sense::Equal, &right, Origin::default());
    }
    dual
}

#[cfg(test)]
mod tests {
    use super::super::residuals;
    use super::*;

    #[test]
    fn prices_from_the_dual_program_prove_the_optimum() {
        let mut model = Model::default();
        let x = model.add_column("x".into(), 0.0, 4.0, 3.0);
        let y = model.add_column("y".into(), 1.0, f64::INFINITY, 2.0);
        let z = model.add_column("z".into(), f64::NEG_INFINITY, f64::INFINITY, 0.0);
        let sum = |terms: &[(usize, f64)]| Expression { terms: terms.to_vec(), constant: 0.0 };
        let rows = [
            (sum(&[(x, 1.0), (y, 2.0)]), Sense::AtMost, 8.0),
            (sum(&[(x, 1.0), (z, -1.0)]), Sense::Equal, 1.0),
            (sum(&[(y, 1.0), (z, 1.0)]), Sense::AtLeast, 2.5),
        ];
        for (index, (left, sense, right)) in rows.into_iter().enumerate() {
            let right = Expression::constant(right);
            model.add_row(format!("r{index}"), left, sense, &right, Origin::default());
        }
        let mut solution = solve(&model, Solver::Microlp, None).unwrap();
        assert!((solution.objective - 16.0).abs() < 1e-9, "{}", solution.objective);
        solution.duals = prices(&model, &solution, Solver::Microlp).unwrap();
        let proof = residuals(&model, &solution);
        assert!(proof.primal < 1e-9 && proof.dual < 1e-9 && proof.gap < 1e-9, "{proof:?}");
        assert!((solution.duals[0] - 1.0).abs() < 1e-9, "{:?}", solution.duals);
    }
}
