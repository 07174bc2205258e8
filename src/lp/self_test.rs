//! Programs that solvers are known to get wrong, with answers that are known without one.
//!
//! Each is small and its answer follows by hand. A build of a solver that fails here is not to be trusted with a plan.

use super::{
    Expression, Model, Origin, Row, Sense, Session, Solution, SolveError, Solver, prices, residuals,
};

/// What a program comes to.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    /// The optimum, and what each row is worth where that is one number (none: not looked at).
    Optimum(f64, Vec<f64>),
    Infeasible,
    Unbounded,
}

/// A program with its answer.
struct Trap {
    name: &'static str,
    model: Model,
    answer: Answer,
    /// Solved first in the same way, so that the solver starts from where that one ended.
    after: Option<Model>,
}

/// How one solver answers one program.
#[derive(Clone, Debug, PartialEq)]
pub struct SelfTest {
    /// What is tried.
    pub name: &'static str,
    pub solver: &'static str,
    /// `0.05`, `infeasible` or `unbounded`.
    pub expected: String,
    pub found: String,
    /// Largest of what is off: the optimum relative to 1 + its size, rows and bounds, prices of rows; zero where there is
    /// rightly no optimum, infinite where the answer is of another kind.
    pub off_by: f64,
}

/// Off by more is a wrong answer.
const TOLERANCE: f64 = 1e-6;

/// Longest a program of a few rows may take.
const MOST_SECONDS: f64 = 5.0;

impl SelfTest {
    pub fn holds(&self) -> bool {
        self.off_by <= TOLERANCE
    }
}

/// Has every solver that is built in answer every program, as long as `goes_on` says so.
pub fn self_test(goes_on: &dyn Fn() -> bool) -> Vec<SelfTest> {
    let traps = traps();
    let mut tests = Vec::with_capacity(2 * traps.len());
    for solver in Solver::all() {
        for trap in &traps {
            if !goes_on() {
                return tests;
            }
            tests.push(tried(trap, *solver));
        }
    }
    tests
}

fn tried(trap: &Trap, solver: Solver) -> SelfTest {
    let mut session = Session::new(solver);
    if let Some(first) = &trap.after {
        // Whatever becomes of it: the program itself is what counts.
        let _ = session.solve(first, Some(MOST_SECONDS));
        if let Some(basis) = session.basis() {
            session = Session::new(solver);
            session.start_from(basis);
        }
    }
    judged(trap, solver, session.solve(&trap.model, Some(MOST_SECONDS)))
}

fn judged(trap: &Trap, solver: Solver, outcome: Result<Solution, SolveError>) -> SelfTest {
    let expected = match &trap.answer {
        Answer::Optimum(best, _) => format!("{best}"),
        Answer::Infeasible => "infeasible".to_owned(),
        Answer::Unbounded => "unbounded".to_owned(),
    };
    let (found, off_by) = match (&trap.answer, outcome) {
        (Answer::Optimum(best, worth), Ok(solution)) => {
            let off = off_by(trap, solver, &solution, *best, worth);
            (format!("{}", solution.objective), if off.is_nan() { f64::INFINITY } else { off })
        }
        (Answer::Infeasible, Err(SolveError::Infeasible)) => ("infeasible".to_owned(), 0.0),
        (Answer::Unbounded, Err(SolveError::Unbounded)) => ("unbounded".to_owned(), 0.0),
        (_, Ok(solution)) => (format!("{}", solution.objective), f64::INFINITY),
        (_, Err(SolveError::Infeasible)) => ("infeasible".to_owned(), f64::INFINITY),
        (_, Err(SolveError::Unbounded)) => ("unbounded".to_owned(), f64::INFINITY),
        (_, Err(other)) => (other.to_string(), f64::INFINITY),
    };
    SelfTest { name: trap.name, solver: solver.name(), expected, found, off_by }
}

fn off_by(trap: &Trap, solver: Solver, solution: &Solution, best: f64, worth: &[f64]) -> f64 {
    // What is claimed, and what the point is worth.
    let claims = [solution.objective, trap.model.objective(&solution.values)];
    let mut off =
        claims.iter().fold(0.0, |off: f64, worth| off.max((worth - best).abs() / (1.0 + best.abs())));
    off = off.max(residuals(&trap.model, solution).primal);
    for (column, value) in trap.model.columns.iter().zip(&solution.values) {
        if column.is_integer {
            off = off.max((value - value.round()).abs());
        }
    }
    if worth.is_empty() {
        return off;
    }
    // Where a solver gives no prices they come from the dual program, as everywhere.
    match prices(&trap.model, solution, solver) {
        Ok(found) if found.len() == worth.len() => {
            found.iter().zip(worth).fold(off, |off, (a, b)| off.max((a - b).abs() / (1.0 + b.abs())))
        }
        _ => f64::INFINITY,
    }
}

/// Builds small programs line by line.
#[derive(Default)]
struct Build(Model);

impl Build {
    /// Columns at zero or above, by their worth.
    fn columns(mut self, costs: &[f64]) -> Self {
        for cost in costs {
            self = self.column(0.0, f64::INFINITY, *cost);
        }
        self
    }

    fn column(mut self, lower: f64, upper: f64, cost: f64) -> Self {
        let name = format!("x{}", self.0.columns.len());
        self.0.add_column(name, lower, upper, cost);
        self
    }

    fn whole(mut self) -> Self {
        self.0.columns.iter_mut().for_each(|column| column.is_integer = true);
        self
    }

    fn row(mut self, coefficients: &[f64], sense: Sense, right: f64) -> Self {
        let terms = coefficients.iter().copied().enumerate().filter(|(_, factor)| *factor != 0.0).collect();
        let name = format!("r{}", self.0.rows.len());
        let left = Expression { terms, constant: 0.0 };
        self.0.add_row(name, left, sense, &Expression::constant(right), Origin::default());
        self
    }

    /// A row that keeps its zeros.
    fn row_with_zeros(mut self, coefficients: &[f64], sense: Sense, right: f64) -> Self {
        let terms = coefficients.iter().copied().enumerate().collect();
        let name = format!("r{}", self.0.rows.len());
        self.0.rows.push(Row { name, sense, right, terms, origin: Origin::default() });
        self
    }
}

fn optimum(name: &'static str, build: Build, best: f64, worth: &[f64]) -> Trap {
    Trap { name, model: build.0, answer: Answer::Optimum(best, worth.to_vec()), after: None }
}

fn none(name: &'static str, build: Build, answer: Answer) -> Trap {
    Trap { name, model: build.0, answer, after: None }
}

fn traps() -> Vec<Trap> {
    use Sense::{AtLeast, AtMost, Equal};
    let free = (f64::NEG_INFINITY, f64::INFINITY);
    let mut traps = Vec::new();

    // Beale (1955): the textbook rule goes round in circles at the origin; 1/20 at (1/25, 0, 1, 0).
    let beale = || {
        Build::default()
            .columns(&[0.75, -150.0, 0.02, -6.0])
            .row(&[0.25, -60.0, -0.04, 9.0], AtMost, 0.0)
            .row(&[0.5, -90.0, -0.02, 3.0], AtMost, 0.0)
            .row(&[0.0, 0.0, 1.0, 0.0], AtMost, 1.0)
    };
    traps.push(optimum("cycling (Beale)", beale(), 0.05, &[0.0, 1.5, 0.05]));
    // Kuhn's: the objective is the last row, which (2, 0, 2, 0) reaches.
    let kuhn = Build::default()
        .columns(&[2.0, 3.0, -1.0, -12.0])
        .row(&[-2.0, -9.0, 1.0, 9.0], AtMost, 0.0)
        .row(&[1.0 / 3.0, 1.0, -1.0 / 3.0, -2.0], AtMost, 0.0)
        .row(&[2.0, 3.0, -1.0, -12.0], AtMost, 2.0);
    traps.push(optimum("cycling (Kuhn)", kuhn, 2.0, &[]));
    // Thirty rows x + k y <= 1 + k through (1, 1); 1 + 15.5 between the fifteenth and the next.
    let corner = (1..=30).fold(Build::default().columns(&[1.0, 15.5]), |build, k| {
        build.row(&[1.0, f64::from(k)], AtMost, 1.0 + f64::from(k))
    });
    traps.push(optimum("thirty rows through one corner", corner, 16.5, &[]));
    // Klee and Minty (1972): a cube whose every corner may be visited; 5^8 in the last column alone.
    let size = 8;
    let costs: Vec<f64> = (0..size).map(|j| f64::from(1 << (size - 1 - j))).collect();
    let cube = (0..size).fold(Build::default().columns(&costs), |build, i| {
        let row: Vec<f64> = (0..=i).map(|j| if j == i { 1.0 } else { f64::from(1 << (i - j + 1)) }).collect();
        build.row(&row, AtMost, 5f64.powi(i + 1))
    });
    traps.push(optimum("a long way round (Klee and Minty)", cube, 390_625.0, &[]));
    // Assignment of five to five: every vertex is degenerate; 5 on the diagonal.
    let costs: Vec<f64> = (0..25).map(|c| if c / 5 == c % 5 { 1.0 } else { 0.25 }).collect();
    let assignment = (0..10).fold(Build::default().columns(&costs), |build, row| {
        let serves = |c: usize| if row < 5 { c / 5 == row } else { c % 5 == row - 5 };
        let coefficients: Vec<f64> = (0..25).map(|c| if serves(c) { 1.0 } else { 0.0 }).collect();
        build.row(&coefficients, Equal, 1.0)
    });
    traps.push(optimum("degenerate assignment", assignment, 5.0, &[]));

    // 2 x + y with x + y <= 5 written in millionths and x <= 3 in billions: 8, worth 1e6 and 1e-9 a unit.
    let scaled = || {
        Build::default().columns(&[2.0, 1.0]).row(&[1e-6, 1e-6], AtMost, 5e-6).row(&[1e9, 0.0], AtMost, 3e9)
    };
    traps.push(optimum("rows of 1e-6 beside rows of 1e9", scaled(), 8.0, &[1e6, 1e-9]));
    let wide =
        Build::default().columns(&[1e-6, 1e6]).row(&[1e-6, 1e3], AtMost, 1.0).row(&[1.0, 0.0], AtMost, 2.5e5);
    // y = (1 - x/1e6)/1e3 costs x a thousandth; it pays a millionth, so x stays at nothing.
    traps.push(optimum("columns of 1e-6 beside columns of 1e6", wide, 1e3, &[]));

    // |x - 3| is least at 3, x free; and a free column that only an equality holds.
    let free_columns = Build::default()
        .column(free.0, free.1, 0.0)
        .column(free.0, free.1, -1.0)
        .row(&[1.0, -1.0], AtMost, 3.0)
        .row(&[1.0, 1.0], AtLeast, 3.0);
    traps.push(optimum("free columns", free_columns, 0.0, &[]));
    let chained =
        Build::default().column(free.0, free.1, 1.0).column(free.0, 5.0, 0.0).row(&[1.0, -1.0], Equal, 2.0);
    traps.push(optimum("a free column held by an equality", chained, 7.0, &[1.0]));
    let below =
        Build::default().column(-5.0, -2.0, -1.0).column(free.0, -1.0, 2.0).row(&[1.0, 1.0], AtMost, 0.0);
    traps.push(optimum("bounds below zero", below, 3.0, &[0.0]));
    let fixed = Build::default().column(4.0, 4.0, 3.0).column(0.0, 10.0, 1.0).row(&[1.0, 1.0], AtMost, 6.0);
    traps.push(optimum("fixed columns", fixed, 14.0, &[1.0]));
    let endless = Build::default().columns(&[-1.0, -2.0]).row(&[1.0, 1.0], AtLeast, 3.0);
    traps.push(optimum("bounds that are infinite", endless, -3.0, &[-1.0]));

    let apart = |gap: f64| {
        Build::default().columns(&[1.0, 1.0]).row(&[1.0, 1.0], AtMost, 1.0).row(
            &[1.0, 1.0],
            AtLeast,
            1.0 + gap,
        )
    };
    traps.push(none("impossible by 1e-7", apart(1e-7), Answer::Infeasible));
    traps.push(none("impossible by 1e-3", apart(1e-3), Answer::Infeasible));
    traps.push(optimum("possible by nothing", apart(0.0), 1.0, &[]));
    let ray =
        Build::default().columns(&[1.0, 1.0]).row(&[1.0, -1.0], AtMost, 1.0).row(&[-1.0, 1.0], AtMost, 1.0);
    traps.push(none("a ray without end", ray, Answer::Unbounded));
    let no_rows = Build::default().columns(&[1.0]);
    traps.push(none("no row at all", no_rows, Answer::Unbounded));

    // max 60 x + 30 y + 20 z of Dantzig's kind: 280 at (2, 0, 8).
    let furniture = || {
        Build::default()
            .column(0.0, f64::INFINITY, 60.0)
            .column(0.0, 5.0, 30.0)
            .column(0.0, f64::INFINITY, 20.0)
            .row(&[8.0, 6.0, 1.0], AtMost, 48.0)
            .row(&[4.0, 2.0, 1.5], AtMost, 20.0)
            .row(&[2.0, 1.5, 0.5], AtMost, 8.0)
    };
    traps.push(optimum("a textbook program", furniture(), 280.0, &[0.0, 10.0, 10.0]));
    let twice = furniture().row(&[4.0, 2.0, 1.5], AtMost, 20.0).row(&[2.0, 1.5, 0.5], AtMost, 8.0).row(
        &[4.0, 3.0, 1.0],
        AtMost,
        16.0,
    );
    traps.push(optimum("duplicate rows", twice, 280.0, &[]));
    traps.push(optimum("an empty row", furniture().row(&[], AtMost, 3.0), 280.0, &[0.0, 10.0, 10.0, 0.0]));
    traps.push(none(
        "an empty row that nothing keeps",
        furniture().row(&[], AtLeast, 1.0),
        Answer::Infeasible,
    ));
    let zeros = Build::default().columns(&[0.0, 1.0]).row_with_zeros(&[0.0, 1.0], Equal, 2.0).row_with_zeros(
        &[1.0, 0.0],
        AtMost,
        1.0,
    );
    traps.push(optimum("an equality with zero coefficients", zeros, 2.0, &[1.0, 0.0]));

    // At most, at least and equal, to be raised and to be lowered: x at the upper row's 4, y at the least 1, z given.
    let senses = |sign: f64| {
        Build::default()
            .columns(&[2.0 * sign, -3.0 * sign, 5.0 * sign])
            .row(&[1.0, 0.0, 0.0], if sign > 0.0 { AtMost } else { AtLeast }, 4.0)
            .row(&[0.0, 1.0, 0.0], if sign > 0.0 { AtLeast } else { AtMost }, 1.0)
            .row(&[0.0, 0.0, 1.0], Equal, 2.0)
    };
    traps.push(optimum("signs of prices, to be raised", senses(1.0), 15.0, &[2.0, -3.0, 5.0]));
    traps.push(optimum("signs of prices, to be lowered", senses(-1.0), -15.0, &[-2.0, 3.0, -5.0]));

    // 1e-7 x <= 2.5e-7 is x <= 2, and 3 y <= 10 is y <= 3.
    let tiny = Build::default()
        .column(0.0, 10.0, 1.0)
        .column(0.0, 10.0, 1.0)
        .row(&[1e-7, 0.0], AtMost, 2.5e-7)
        .row(&[0.0, 3.0], AtMost, 10.0)
        .whole();
    traps.push(optimum("whole numbers under coefficients of 1e-7", tiny, 5.0, &[]));
    // 29 is the largest amount that coins of 6, 10 and 15 cannot pay.
    let coins = Build::default()
        .column(0.0, 10.0, 1.0)
        .column(0.0, 10.0, 1.0)
        .column(0.0, 10.0, 1.0)
        .row(&[6.0, 10.0, 15.0], Equal, 29.0)
        .whole();
    traps.push(none("no whole numbers make it (Frobenius)", coins, Answer::Infeasible));

    traps.push(Trap {
        after: Some(beale().0),
        ..optimum("from the basis of another program", furniture(), 280.0, &[])
    });
    traps.push(Trap { after: Some(furniture().0), ..optimum("and back", beale(), 0.05, &[]) });
    traps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_solver_answers_every_program() {
        let tests = self_test(&|| true);
        assert_eq!(tests.len(), traps().len() * Solver::all().len());
        let wrong: Vec<&SelfTest> = tests.iter().filter(|test| !test.holds()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn answers_that_are_wrong_are_told_apart() {
        let solver = Solver::default();
        for trap in traps() {
            let right = Session::new(solver).solve(&trap.model, Some(MOST_SECONDS));
            let wrong: Vec<Result<Solution, SolveError>> = match right {
                Ok(right) => {
                    let best = right.objective;
                    let better = Solution { objective: best + 1e-3 * (1.0 + best.abs()), ..right.clone() };
                    let elsewhere = Solution { values: vec![1e7; right.values.len()], ..right };
                    vec![Ok(better), Ok(elsewhere), Err(SolveError::Infeasible), Err(SolveError::TimeLimit)]
                }
                Err(SolveError::Infeasible) => vec![Err(SolveError::Unbounded), Err(SolveError::TimeLimit)],
                Err(_) => vec![Err(SolveError::Infeasible), Err(SolveError::Failed(String::new()))],
            };
            for wrong in wrong {
                let said = format!("{wrong:?}");
                assert!(!judged(&trap, solver, wrong).holds(), "{}: {said}", trap.name);
            }
        }
    }

    #[test]
    fn a_self_test_stops_when_asked() {
        let left = std::cell::Cell::new(3);
        let goes_on = || {
            left.set(left.get() - 1);
            left.get() >= 0
        };
        assert_eq!(self_test(&goes_on).len(), 3);
    }

    /// What is stamped on a plan is what is built in.
    #[test]
    fn solvers_are_called_by_their_versions() {
        let lock = include_str!("../../Cargo.lock");
        let version = |package: &str| {
            let at = lock.find(&format!("name = \"{package}\"\nversion = \"")).unwrap();
            lock[at..].split('"').nth(3).unwrap()
        };
        for solver in Solver::all() {
            let package = if solver.name().starts_with("HiGHS") { "highs-sys" } else { "microlp" };
            let (name, version) = (solver.name().split_once(' ').unwrap().1, version(package));
            assert!(version.starts_with(&format!("{name}.")), "{} is built in as {version}", solver.name());
        }
    }
}
