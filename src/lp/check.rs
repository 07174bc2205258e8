//! Checks before and after a solve: nothing but finite numbers goes in, and what comes out is proven.

use super::{Model, Sense, Solution};

/// A sentence naming the first thing that no solver should see, if there is one.
pub(super) fn defect(model: &Model) -> Option<String> {
    if !model.offset.is_finite() {
        return Some("the constant of the objective is not finite".to_owned());
    }
    for column in &model.columns {
        if !column.cost.is_finite() {
            return Some(format!("the objective coefficient of `{}` is not finite", column.name));
        }
        if column.lower.is_nan() || column.upper.is_nan() || column.lower > column.upper {
            return Some(format!("the bounds of `{}` are {} to {}", column.name, column.lower, column.upper));
        }
    }
    for row in &model.rows {
        if !row.right.is_finite() || row.terms.iter().any(|(_, coefficient)| !coefficient.is_finite()) {
            return Some(format!("row `{}` has a coefficient that is not finite", row.name));
        }
        if row.terms.iter().any(|(column, _)| *column >= model.columns.len()) {
            return Some(format!("row `{}` names a column that does not exist", row.name));
        }
    }
    None
}

/// How well a point proves itself optimal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Residuals {
    /// Largest violation of a row or bound, relative to 1 + the size of the row's own terms.
    pub primal: f64,
    /// Largest violation of dual feasibility, relative to 1 + |cost|; infinite without duals.
    pub dual: f64,
    /// |primal - dual objective| / (1 + |primal objective|).
    pub gap: f64,
}

/// Recomputes feasibility, dual feasibility and the duality gap from the model and the point alone.
pub fn residuals(model: &Model, solution: &Solution) -> Residuals {
    let values = &solution.values;
    let mut primal: f64 = 0.0;
    for (column, value) in model.columns.iter().zip(values) {
        let scale = 1.0 + value.abs();
        primal = primal.max((column.lower - value) / scale).max((value - column.upper) / scale);
    }
    for row in &model.rows {
        let mut activity = 0.0;
        let mut size: f64 = row.right.abs();
        for (column, coefficient) in &row.terms {
            let term = coefficient * values[*column];
            activity += term;
            size = size.max(term.abs());
        }
        let excess = activity - row.right;
        let violation = match row.sense {
            Sense::AtMost => excess,
            Sense::AtLeast => -excess,
            Sense::Equal => excess.abs(),
        };
        primal = primal.max(violation / (1.0 + size));
    }
    if solution.duals.len() != model.rows.len() {
        return Residuals { primal, dual: f64::INFINITY, gap: f64::INFINITY };
    }

    let mut reduced: Vec<f64> = model.columns.iter().map(|column| column.cost).collect();
    let mut scales: Vec<f64> = model.columns.iter().map(|column| 1.0 + column.cost.abs()).collect();
    let mut dual_objective = model.offset;
    let mut dual: f64 = 0.0;
    for (row, price) in model.rows.iter().zip(&solution.duals) {
        dual_objective += price * row.right;
        for (column, coefficient) in &row.terms {
            reduced[*column] -= coefficient * price;
            scales[*column] = scales[*column].max(1.0 + (coefficient * price).abs());
        }
        let wrong_sign = match row.sense {
            Sense::AtMost => -price,
            Sense::AtLeast => *price,
            Sense::Equal => 0.0,
        };
        dual = dual.max(wrong_sign / (1.0 + price.abs()));
    }
    for ((column, reduced_cost), scale) in model.columns.iter().zip(&reduced).zip(&scales) {
        // A maximum rests on the upper bound where more would pay, and on the lower where it would cost.
        let bound = if *reduced_cost > 0.0 { column.upper } else { column.lower };
        if bound.is_finite() {
            dual_objective += reduced_cost * bound;
        } else {
            dual = dual.max(reduced_cost.abs() / scale);
        }
    }
    let gap = (solution.objective - dual_objective).abs() / (1.0 + solution.objective.abs());
    Residuals { primal: primal.max(0.0), dual: dual.max(0.0), gap }
}
