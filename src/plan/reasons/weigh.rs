//! What prices do not tell is solved again.
//!
//! Parts of one chain are worth something only together, and the prices of a plan put that worth on any one of them. So
//! where a price holds for no MW, the plan is solved again with a MW (or all of it, where it is less) moved and every other
//! order of the same object as it was. The prices of that plan tell what the loss is made of.

use super::prices::Prices;
use super::{Decided, Told, Worth, WorthShare, shares_of, words};
use crate::lp::{Basis, Column, Limits, Row, RowIndex, Sense, Session, Solution, SolveError};
use crate::plan::program::{Losses, MILLION, Program};
use crate::plan::solve::{Failure, PlanError, Watch, settle};
use std::collections::BTreeMap;

/// Decisions that are moved, those first that most money goes with.
const MOVED: usize = 5;

/// What is moved, MW.
const STEP_MW: f64 = 1.0;

/// Rounding of the solver that what stays may move by, MW.
const PLAY_MW: f64 = 1e-6;

/// Shares of a loss that miss it by more than this are not told in dollars.
const MISSED: f64 = 0.1;

/// Solves again for the decisions that most money goes with. The program is left as it was.
///
/// # Errors
/// [`PlanError`] when the caller asks to stop.
pub(in crate::plan) fn weigh(
    told: &mut [Told],
    program: &mut Program<'_>,
    solution: &Solution,
    (losses, vertex): (&mut Losses<'_>, Option<&Basis>),
    session: &mut Session,
    watch: &Watch<'_>,
) -> Result<(), PlanError> {
    let mut by_money: Vec<usize> =
        (0..told.len()).filter(|index| told[*index].reason.date.is_some()).collect();
    by_money.sort_by(|a, b| told[*b].reason.money_usd.abs().total_cmp(&told[*a].reason.money_usd.abs()));
    for (step, index) in by_money.into_iter().take(MOVED).enumerate() {
        watch.at("Weighing dates", 0.8 + 0.1 * step as f32 / MOVED as f32)?;
        for is_earlier in [true, false] {
            let one = &mut told[index];
            let decided = one.reason.decided;
            let from = if is_earlier { one.first } else { one.last };
            let side = if is_earlier { &mut one.reason.earlier } else { &mut one.reason.later };
            let Some(shift) = side.as_mut().filter(|shift| is_unsettled(shift.worth.as_ref())) else {
                continue;
            };
            let to = if is_earlier { from - 1 } else { from + 1 };
            if let Some(lead) = words::too_early(program.context, decided, one.of, to) {
                (shift.sentence, shift.worth) = (lead, None);
                continue;
            }
            if let Some(vertex) = vertex {
                session.start_from(vertex.clone());
            }
            let mut moving = Moving { program, losses, session, watch };
            match moving.moved(decided, one.of, (from, to), solution)? {
                // One more look that fails leaves what the prices tell.
                Moved::Unknown => {}
                Moved::At(worth) => {
                    shift.sentence = words::shifted(&worth);
                    shift.worth = Some(worth);
                }
                Moved::Breaks(limits) => {
                    shift.sentence = words::broken(&limits);
                    shift.worth = None;
                }
            }
        }
        told[index].say();
    }
    Ok(())
}

fn is_unsettled(worth: Option<&Worth>) -> bool {
    worth.is_some_and(|worth| worth.holds_mw.is_some_and(|mw| mw < words::HARDLY_MW))
}

/// What comes of moving.
enum Moved {
    At(Worth),
    Unknown,
    /// Promises and floors that cannot be kept then; none where no plan at all is possible.
    Breaks(Vec<String>),
}

struct Moving<'m, 'p, 'c, 'l, 'w> {
    program: &'m mut Program<'p>,
    losses: &'m mut Losses<'c>,
    session: &'l mut Session,
    watch: &'m Watch<'w>,
}

impl Moving<'_, '_, '_, '_, '_> {
    fn moved(
        &mut self,
        decided: Decided,
        of: usize,
        (from, to): (usize, usize),
        solution: &Solution,
    ) -> Result<Moved, PlanError> {
        let handles = &self.program.handles;
        let columns = match decided {
            Decided::Part => &handles.build,
            Decided::FitOut => &handles.fit,
            Decided::Hosting => &handles.start,
        };
        let own: BTreeMap<usize, Column> = columns
            .range((of, 0)..=(of, usize::MAX))
            .map(|((_, period), column)| (*period, *column))
            .collect();
        let (Some(leaving), Some(entering)) = (own.get(&from), own.get(&to)) else {
            return Ok(Moved::Breaks(Vec::new()));
        };
        let room = self.program.model.columns[*entering].upper - solution.values[*entering];
        let step = STEP_MW.min(solution.values[*leaving]).min(room);
        if step <= 0.0 {
            return Ok(Moved::Breaks(Vec::new()));
        }
        let bounds: Vec<(Column, f64, f64)> = own
            .values()
            .map(|column| {
                let data = &self.program.model.columns[*column];
                (*column, data.lower, data.upper)
            })
            .collect();
        for column in own.values() {
            let change = f64::from(i8::from(column == entering) - i8::from(column == leaving)) * step;
            let data = &mut self.program.model.columns[*column];
            let value = solution.values[*column] + change;
            let (least, most) = (data.lower, data.upper);
            data.lower = (value - PLAY_MW).clamp(least, most);
            data.upper = (value + PLAY_MW).clamp(least, most);
        }
        let rows = self.program.model.rows.len();
        let found = settle(self.program, self.losses, self.session, self.watch);
        let moved = match found {
            Ok((moved, _)) => {
                let usd_per_mw = ((moved.objective - solution.objective) * MILLION / step).min(0.0);
                let priced = Prices::new(self.program, &moved).moved(decided, of, from, to);
                let shares = told_shares(usd_per_mw, shares_of(priced));
                Ok(Moved::At(Worth { usd_per_mw, holds_mw: Some(step), shares }))
            }
            Err(PlanError(Failure::Solver(SolveError::Infeasible))) => Ok(Moved::Breaks(self.broken())),
            Err(PlanError(Failure::Cancelled)) => Err(PlanError(Failure::Cancelled)),
            Err(_) => Ok(Moved::Unknown),
        };
        self.program.forget_rows(rows);
        for (column, lower, upper) in bounds {
            let data = &mut self.program.model.columns[column];
            (data.lower, data.upper) = (lower, upper);
        }
        moved
    }

    /// Promises and floors that give way least, in MW and million USD, where all the others can be kept.
    fn broken(&mut self) -> Vec<String> {
        let mut model = self.program.model.clone();
        model.columns.iter_mut().for_each(|column| column.cost = 0.0);
        let promises: Vec<RowIndex> =
            (0..model.rows.len()).filter(|row| is_promise(&model.rows[*row])).collect();
        let mut gives: Vec<(Column, String)> = Vec::with_capacity(promises.len());
        for row in promises {
            let column = model.add_column(format!("gives.{row}"), 0.0, f64::INFINITY, -1.0);
            model.rows[row].terms.push((column, 1.0));
            gives.push((column, promise(&self.program.model.rows[row])));
        }
        let Ok(found) = self.session.solve_while(&model, Limits::default(), &|| self.watch.goes_on()) else {
            return Vec::new();
        };
        let mut broken: Vec<String> = Vec::new();
        for (column, object) in gives {
            if found.values[column] > BROKEN && !broken.contains(&object) {
                broken.push(object);
            }
        }
        broken
    }
}

/// What gives way by more than this is broken, MW or million USD.
const BROKEN: f64 = 1e-5;

/// What a row asks for, in words.
fn promise(row: &Row) -> String {
    match row.name.starts_with("C8.least.") {
        true => format!("what {} was promised", row.origin.object),
        false => row.origin.object.clone(),
    }
}

/// A row that asks for something instead of limiting it.
fn is_promise(row: &Row) -> bool {
    row.sense == Sense::AtLeast && matches!(row.origin.family, "C8" | "C13" | "C14" | "C15")
}

/// The shares at the moved plan, which are those of the whole way there where they add up to the loss.
fn told_shares(loss: f64, (priced, shares): (f64, Vec<WorthShare>)) -> Vec<WorthShare> {
    if (priced - loss).abs() <= MISSED * loss.abs() { shares } else { Vec::new() }
}
