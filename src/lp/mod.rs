//! Our own small linear model, some columns of which may be integers: named rows and columns, where each row comes from,
//! and solvers behind one door.
//!
//! No solver type leaves this room. Objectives are maximised.

#[cfg_attr(not(feature = "highs"), expect(dead_code, reason = "only HiGHS tells its basis"))]
mod basis;
mod check;
mod dual;
#[cfg(feature = "highs")]
mod highs;
mod mps;
mod proof;
mod self_test;
mod solver;

pub use basis::{Basis, Reach};
pub use check::{Residuals, residuals};
pub use dual::prices;
pub use mps::write_mps;
pub use proof::PROVEN;
pub use self_test::{SelfTest, self_test};
pub use solver::{Limits, Session, SolveError, Solver, solve};

/// Index of a column.
pub type Column = usize;
/// Index of a row.
pub type RowIndex = usize;

/// A linear program: maximise `offset + cost · x` subject to rows and bounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    pub columns: Vec<ColumnData>,
    pub rows: Vec<Row>,
    pub offset: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ColumnData {
    /// Unique; letters, digits and `._-:` only.
    pub name: String,
    pub lower: f64,
    pub upper: f64,
    pub cost: f64,
    /// Takes whole numbers only.
    pub is_integer: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    AtMost,
    AtLeast,
    Equal,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub name: String,
    pub sense: Sense,
    pub right: f64,
    /// Column and coefficient, each column once, in ascending order.
    pub terms: Vec<(Column, f64)>,
    pub origin: Origin,
}

/// Where a row comes from: what to call it when it binds or cannot be kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// Constraint family, such as `C11`.
    pub family: &'static str,
    /// The user's object, such as `T2` or `2027 budget`.
    pub object: String,
    /// Unit of the right-hand side.
    pub unit: &'static str,
}

/// A sum of terms and a constant, while a model is being built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expression {
    pub terms: Vec<(Column, f64)>,
    pub constant: f64,
}

impl Expression {
    pub fn constant(value: f64) -> Self {
        Self { terms: Vec::new(), constant: value }
    }

    pub fn of(column: Column, coefficient: f64) -> Self {
        Self { terms: vec![(column, coefficient)], constant: 0.0 }
    }

    pub fn add(&mut self, column: Column, coefficient: f64) {
        if coefficient != 0.0 {
            self.terms.push((column, coefficient));
        }
    }

    pub fn add_scaled(&mut self, other: &Self, factor: f64) {
        if factor != 0.0 {
            self.terms
                .extend(other.terms.iter().map(|(column, coefficient)| (*column, coefficient * factor)));
            self.constant += other.constant * factor;
        }
    }

    /// This sum less another, each column once.
    pub fn less(&self, other: &Self) -> Self {
        let mut difference = self.clone();
        difference.add_scaled(other, -1.0);
        let constant = difference.constant;
        Self { terms: difference.merged(), constant }
    }

    pub fn is_zero(&self) -> bool {
        self.terms.is_empty() && self.constant == 0.0
    }

    /// Terms with each column once and zeros dropped, in ascending order.
    fn merged(mut self) -> Vec<(Column, f64)> {
        self.terms.sort_by_key(|(column, _)| *column);
        let mut merged: Vec<(Column, f64)> = Vec::with_capacity(self.terms.len());
        for (column, coefficient) in self.terms {
            match merged.last_mut() {
                Some((last, sum)) if *last == column => *sum += coefficient,
                _ => merged.push((column, coefficient)),
            }
        }
        merged.retain(|(_, coefficient)| *coefficient != 0.0);
        merged
    }

    /// Value at a point.
    pub fn at(&self, values: &[f64]) -> f64 {
        self.constant
            + self.terms.iter().map(|(column, coefficient)| coefficient * values[*column]).sum::<f64>()
    }
}

impl Model {
    pub fn add_column(&mut self, name: String, lower: f64, upper: f64, cost: f64) -> Column {
        self.columns.push(ColumnData { name, lower, upper, cost, is_integer: false });
        self.columns.len() - 1
    }

    /// True when some column takes whole numbers only.
    pub fn has_integers(&self) -> bool {
        self.columns.iter().any(|column| column.is_integer)
    }

    /// Adds `left sense right`, both sides expressions; the constants move to the right.
    pub fn add_row(
        &mut self,
        name: String,
        left: Expression,
        sense: Sense,
        right: &Expression,
        origin: Origin,
    ) -> RowIndex {
        let mut expression = left;
        expression.add_scaled(right, -1.0);
        let constant = -expression.constant;
        self.rows.push(Row { name, sense, right: constant, terms: expression.merged(), origin });
        self.rows.len() - 1
    }

    pub fn nonzeros(&self) -> usize {
        self.rows.iter().map(|row| row.terms.len()).sum()
    }

    /// Objective at a point.
    pub fn objective(&self, values: &[f64]) -> f64 {
        self.offset + self.columns.iter().zip(values).map(|(column, value)| column.cost * value).sum::<f64>()
    }
}

/// An optimal point.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    pub objective: f64,
    pub values: Vec<f64>,
    /// Change of the objective per unit of a row's right-hand side; empty when the solver gives none, and of a program
    /// with integers.
    pub duals: Vec<f64>,
    /// Of a program with integers: no point has a higher objective.
    pub bound: Option<f64>,
    pub solver: &'static str,
}

/// Turns any text into a name that solvers and MPS readers accept.
pub fn name_of(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':') { c } else { '_' })
        .collect()
}
