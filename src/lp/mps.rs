//! Free MPS, names kept.

use super::{Model, Sense};
use std::fmt::Write as _;

/// The model as free MPS text that `glpsol --freemps` and `cbc` read.
///
/// MPS readers do not agree on how to ask for a maximum, so the file minimises the negative objective; its optimum
/// is minus the plan's. The constant stands, by convention with its sign turned, as the right-hand side of the
/// objective row.
pub fn write_mps(model: &Model, name: &str) -> String {
    let mut text = String::with_capacity(64 * (model.columns.len() + model.nonzeros()));
    // Writing to a String cannot fail.
    let _ = writeln!(text, "* minimises minus the objective; unit: million USD");
    let _ = writeln!(text, "NAME {}", super::name_of(name));
    let _ = writeln!(text, "ROWS\n N objective");
    for row in &model.rows {
        let letter = match row.sense {
            Sense::AtMost => 'L',
            Sense::AtLeast => 'G',
            Sense::Equal => 'E',
        };
        let _ = writeln!(text, " {letter} {}", row.name);
    }
    let mut by_column: Vec<Vec<(usize, f64)>> = vec![Vec::new(); model.columns.len()];
    for (index, row) in model.rows.iter().enumerate() {
        for (column, coefficient) in &row.terms {
            by_column[*column].push((index, *coefficient));
        }
    }
    let _ = writeln!(text, "COLUMNS");
    let mut is_integer = false;
    for (column, entries) in model.columns.iter().zip(&by_column) {
        if column.is_integer != is_integer {
            is_integer = column.is_integer;
            let _ = writeln!(text, " marker 'MARKER' '{}'", if is_integer { "INTORG" } else { "INTEND" });
        }
        // Written even when zero, so that a column without rows is still declared.
        let _ = writeln!(text, " {} objective {}", column.name, -column.cost);
        for (row, coefficient) in entries {
            let _ = writeln!(text, " {} {} {coefficient}", column.name, model.rows[*row].name);
        }
    }
    if is_integer {
        let _ = writeln!(text, " marker 'MARKER' 'INTEND'");
    }
    let _ = writeln!(text, "RHS");
    if model.offset != 0.0 {
        let _ = writeln!(text, " rhs objective {}", model.offset);
    }
    for row in model.rows.iter().filter(|row| row.right != 0.0) {
        let _ = writeln!(text, " rhs {} {}", row.name, row.right);
    }
    let _ = writeln!(text, "BOUNDS");
    for column in &model.columns {
        let (lower, upper) = (column.lower, column.upper);
        if lower == upper {
            let _ = writeln!(text, " FX bound {} {lower}", column.name);
            continue;
        }
        if lower == f64::NEG_INFINITY && upper == f64::INFINITY {
            let _ = writeln!(text, " FR bound {}", column.name);
            continue;
        }
        if lower == f64::NEG_INFINITY {
            let _ = writeln!(text, " MI bound {}", column.name);
        } else if lower != 0.0 {
            let _ = writeln!(text, " LO bound {} {lower}", column.name);
        }
        if upper != f64::INFINITY {
            let _ = writeln!(text, " UP bound {} {upper}", column.name);
        }
    }
    let _ = writeln!(text, "ENDATA");
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Expression, Model, Origin, Sense};
    use super::*;

    #[test]
    fn a_small_model_is_written_row_by_row() {
        let mut model = Model { offset: 5.0, ..Model::default() };
        let x = model.add_column("x".into(), 0.0, 4.0, 3.0);
        let y = model.add_column("y".into(), f64::NEG_INFINITY, f64::INFINITY, -1.0);
        let mut left = Expression::of(x, 1.0);
        left.add(y, -1.0);
        model.add_row("r".into(), left, Sense::AtMost, &Expression::constant(2.0), Origin::default());
        let text = write_mps(&model, "a model");
        let expected = "* minimises minus the objective; unit: million USD\nNAME a_model\nROWS\n N objective\n L r\n\
                        COLUMNS\n x objective -3\n x r 1\n y objective 1\n y r -1\nRHS\n rhs objective 5\n rhs r 2\n\
                        BOUNDS\n UP bound x 4\n FR bound y\nENDATA\n";
        assert_eq!(text, expected);
    }
}
