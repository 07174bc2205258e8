//! Where a simplex stands, and how far it can go from there.

use super::{Model, RowIndex, Sense, Solution};
use std::collections::BTreeMap;

/// Where a column or a row is at a vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Basic,
    AtLower,
    AtUpper,
    /// Of a column without bounds that is not basic.
    Free,
}

/// Change of basic columns, and of the activities of basic rows, a unit of step.
pub(super) type Moves = (Vec<(usize, f64)>, Vec<(usize, f64)>);

/// A vertex by the names of columns and rows, so that it serves a model that has others too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basis {
    columns: BTreeMap<String, Place>,
    rows: BTreeMap<String, Place>,
}

impl Basis {
    pub(super) fn new(model: &Model, columns: &[Place], rows: &[Place]) -> Self {
        let named = |name: &String, place: &Place| (name.clone(), *place);
        Self {
            columns: model
                .columns
                .iter()
                .zip(columns)
                .map(|(column, place)| named(&column.name, place))
                .collect(),
            rows: model.rows.iter().zip(rows).map(|(row, place)| named(&row.name, place)).collect(),
        }
    }

    /// Places on a model: what is new rests on a bound if a column, and is basic if a row.
    pub(super) fn on(&self, model: &Model) -> (Vec<Place>, Vec<Place>) {
        let columns = model.columns.iter().map(|column| {
            let place = self.columns.get(&column.name).copied().unwrap_or(Place::AtLower);
            match place {
                Place::AtLower if column.lower == f64::NEG_INFINITY => Place::Free,
                Place::AtUpper if column.upper == f64::INFINITY => Place::AtLower,
                place => place,
            }
        });
        let rows = model.rows.iter().map(|row| {
            let place = self.rows.get(&row.name).copied().unwrap_or(Place::Basic);
            match (place, row.sense) {
                (Place::Basic, _) | (_, Sense::Equal) => place,
                (_, Sense::AtMost) => Place::AtUpper,
                (_, Sense::AtLeast) => Place::AtLower,
            }
        });
        (columns.collect(), rows.collect())
    }
}

/// How far a step can go before another vertex is the optimum and prices are others; infinite where nothing stops it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    pub less: f64,
    pub more: f64,
}

/// Rounding of a solver: what moves less does not move.
const STILL: f64 = 1e-9;

impl Reach {
    /// Ratio test from an optimal vertex along a change of right-hand sides: each basic column stays within its bounds and
    /// each basic row on its side.
    pub(super) fn of(
        model: &Model,
        solution: &Solution,
        direction: &[(RowIndex, f64)],
        moves: &Moves,
    ) -> Self {
        let mut reach = Self { less: f64::INFINITY, more: f64::INFINITY };
        for (column, change) in &moves.0 {
            let (data, value) = (&model.columns[*column], solution.values[*column]);
            reach.keep(data.lower - value, data.upper - value, *change);
        }
        let mut steps: BTreeMap<RowIndex, f64> = BTreeMap::new();
        for (row, change) in direction {
            *steps.entry(*row).or_default() += change;
        }
        for (row, change) in &moves.1 {
            let data = &model.rows[*row];
            let activity: f64 =
                data.terms.iter().map(|(column, factor)| factor * solution.values[*column]).sum();
            let (lower, upper) = match data.sense {
                Sense::AtMost => (f64::NEG_INFINITY, data.right),
                Sense::AtLeast => (data.right, f64::INFINITY),
                Sense::Equal => (data.right, data.right),
            };
            // A row that is basic has room; its own right-hand side may move too.
            let moved = steps.remove(row).unwrap_or(0.0);
            reach.keep(lower - activity, upper - activity, change - moved);
        }
        reach
    }

    /// Something with this much room below (negative) and above moves by `change` a unit of step.
    fn keep(&mut self, below: f64, above: f64, change: f64) {
        if change.abs() <= STILL {
            return;
        }
        let (falls, rises) = ((below / -change.abs()).max(0.0), (above / change.abs()).max(0.0));
        let (more, less) = if change > 0.0 { (rises, falls) } else { (falls, rises) };
        self.more = self.more.min(more);
        self.less = self.less.min(less);
    }
}

#[cfg(feature = "highs")]
#[cfg(test)]
mod tests {
    use super::super::{Expression, Limits, Origin, Session, SolveError, Solver, residuals, solve};
    use super::*;
    use crate::quantity::random;
    use rand::Rng as _;

    /// Draws between 0 and 1.
    fn uniforms(seed: u64) -> impl FnMut() -> f64 {
        let mut stream = random::stream(seed, "lp basis");
        move || stream.next_u64() as f64 / u64::MAX as f64
    }

    fn row(model: &mut Model, terms: Vec<(usize, f64)>, sense: Sense, right: f64) -> RowIndex {
        let name = format!("r{}", model.rows.len());
        let left = Expression { terms, constant: 0.0 };
        model.add_row(name, left, sense, &Expression::constant(right), Origin::default())
    }

    /// A program with all kinds of rows and bounds, feasible at the origin, bounded.
    fn random(seed: u64) -> Model {
        let mut draw = uniforms(seed);
        let mut model = Model::default();
        let columns = 12;
        for index in 0..columns {
            let upper = if index % 3 == 0 { 2.0 + draw() } else { f64::INFINITY };
            model.add_column(format!("x{index}"), 0.0, upper, draw() * 4.0 - 1.0);
        }
        for index in 0..10 {
            let terms = (0..columns).filter(|c| (c + index) % 2 == 0 || *c < 4).map(|c| (c, 0.2 + draw()));
            let terms: Vec<_> = terms.collect();
            row(&mut model, terms, Sense::AtMost, 3.0 + 4.0 * draw());
        }
        row(&mut model, (0..columns).map(|c| (c, 1.0)).collect(), Sense::AtMost, 20.0);
        row(&mut model, vec![(0, 1.0), (1, 1.0)], Sense::AtLeast, 0.3);
        row(&mut model, vec![(2, 1.0), (3, -1.0), (4, 0.5)], Sense::Equal, 0.2);
        model
    }

    fn objective(model: &Model) -> f64 {
        solve(model, Solver::Highs, None).unwrap().objective
    }

    #[test]
    fn prices_hold_within_the_reach_and_not_beyond() {
        let mut ends = 0;
        for seed in 0..40 {
            let model = random(seed);
            let mut session = Session::new(Solver::Highs);
            let solution = session.solve(&model, None).unwrap();
            let directions = (0..model.rows.len()).map(|row| vec![(row, 1.0)]).chain([vec![
                (0, 1.0),
                (3, 2.0),
                (11, -0.5),
                (12, 0.3),
            ]]);
            for direction in directions {
                let reach = session.reach(&model, &solution, &direction).unwrap();
                let price: f64 = direction.iter().map(|(row, step)| solution.duals[*row] * step).sum();
                let moved = |step: f64| {
                    let mut model = model.clone();
                    for (row, change) in &direction {
                        model.rows[*row].right += step * change;
                    }
                    solve(&model, Solver::Highs, None).map(|found| found.objective)
                };
                for (sign, length) in [(1.0, reach.more), (-1.0, reach.less)] {
                    let inside = length.min(2.0);
                    let at_the_end = moved(sign * inside).unwrap();
                    let expected = solution.objective + sign * inside * price;
                    assert!((at_the_end - expected).abs() < 1e-6, "{seed} {direction:?} {reach:?}");
                    // Beyond, another price holds, which is worse (the optimum is concave), or nothing is feasible.
                    if length < 2.0 {
                        let beyond = moved(sign * (length + 0.05));
                        let straight = solution.objective + sign * (length + 0.05) * price;
                        assert!(
                            beyond.clone().is_ok_and(|found| found < straight + 1e-7)
                                || beyond == Err(SolveError::Infeasible)
                        );
                        ends += 1;
                    }
                }
            }
        }
        assert!(ends > 100, "{ends}");
    }

    #[test]
    fn a_basis_serves_a_model_with_other_rows_and_columns() {
        for seed in 0..40 {
            let model = random(seed);
            let mut session = Session::new(Solver::Highs);
            session.solve(&model, None).unwrap();
            let basis = session.basis().unwrap();
            let mut other = model.clone();
            other.rows.remove((seed % 10) as usize);
            other.rows[2].right *= 0.7;
            other.columns[5].cost += 0.5;
            other.columns[1].upper = 1.5;
            let added = other.add_column("new".into(), 0.0, 3.0, 1.0);
            other.rows[4].terms.push((added, 1.0));
            let mut warm = Session::new(Solver::Highs);
            warm.start_from(basis);
            let found = warm.solve(&other, None).unwrap();
            assert!((found.objective - objective(&other)).abs() < 1e-9, "{seed}");
            let proof = residuals(&other, &found);
            assert!(proof.primal < 1e-9 && proof.dual < 1e-9 && proof.gap < 1e-9, "{proof:?}");
        }
    }

    #[test]
    fn a_solve_that_nobody_waits_for_stops() {
        // Many equal knapsacks: hours of branching if nothing stops it.
        let mut model = Model::default();
        let mut draw = uniforms(3);
        for index in 0..120 {
            let column = model.add_column(format!("x{index}"), 0.0, 1.0, 100.0 + draw());
            model.columns[column].is_integer = true;
        }
        for _ in 0..30 {
            let terms = (0..120).map(|column| (column, 20.0 + (draw() * 60.0).floor())).collect();
            row(&mut model, terms, Sense::AtMost, 2_400.0);
        }
        let asked = std::cell::Cell::new(0);
        let goes_on = || {
            asked.set(asked.get() + 1);
            asked.get() < 5
        };
        let limits = Limits { relative_gap: 0.0, ..Limits::default() };
        let stopped = Session::new(Solver::Highs).solve_while(&model, limits, &goes_on);
        assert_eq!(stopped, Err(SolveError::Stopped));
        assert_eq!(
            Session::new(Solver::Highs).solve_while(&model, limits, &|| false),
            Err(SolveError::Stopped)
        );
    }
}
