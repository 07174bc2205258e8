//! What prices do not tell is solved again.
//!
//! Parts of one chain are worth something only together, and the prices of a plan put that worth on any one of them. So
//! where a price holds for no MW, the plan is solved again with a MW (or all of it, where it is less) moved and every other
//! order of the same object as it was. The prices of that plan tell what the loss is made of.

use super::prices::Prices;
use super::{Decided, Told, Worth, WorthShare, shares_of, words};
use crate::lp::{Basis, Column, Session, Solution, SolveError};
use crate::plan::program::{Losses, MILLION, Program};
use crate::plan::solve::{Failure, PlanError, Watch, settle};
use std::collections::BTreeMap;

/// Decisions that are moved, those first that most money goes with.
const MOVED: usize = 8;

/// What is moved, MW.
const STEP_MW: f64 = 1.0;

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
    let mut by_money: Vec<usize> = (0..told.len()).filter(|index| told[*index].reason.date.is_some()).collect();
    by_money.sort_by(|a, b| told[*b].reason.money_usd.abs().total_cmp(&told[*a].reason.money_usd.abs()));
    for (step, index) in by_money.into_iter().take(MOVED).enumerate() {
        watch.at("Weighing dates", 0.8 + 0.1 * step as f32 / MOVED as f32)?;
        for is_earlier in [true, false] {
            let one = &mut told[index];
            let from = if is_earlier { one.first } else { one.last };
            let side = if is_earlier { &mut one.reason.earlier } else { &mut one.reason.later };
            let Some(shift) = side.as_mut().filter(|shift| is_unsettled(shift.worth.as_ref())) else { continue };
            let to = if is_earlier { from - 1 } else { from + 1 };
            if let Some(vertex) = vertex {
                session.start_from(vertex.clone());
            }
            let mut moving = Moving { program, losses, session, watch };
            match moving.moved(one.reason.decided, one.of, (from, to), solution)? {
                Some(worth) => {
                    shift.sentence = words::shifted(&worth);
                    shift.worth = Some(worth);
                }
                None => {
                    shift.sentence = words::CLASH.to_owned();
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

struct Moving<'m, 'p, 'c, 'l, 'w> {
    program: &'m mut Program<'p>,
    losses: &'m mut Losses<'c>,
    session: &'l mut Session,
    watch: &'m Watch<'w>,
}

impl Moving<'_, '_, '_, '_, '_> {
    /// `None` where nothing else can be changed so that every limit is kept.
    fn moved(
        &mut self,
        decided: Decided,
        of: usize,
        (from, to): (usize, usize),
        solution: &Solution,
    ) -> Result<Option<Worth>, PlanError> {
        let handles = &self.program.handles;
        let columns = match decided {
            Decided::Part => &handles.build,
            Decided::FitOut => &handles.fit,
            Decided::Hosting => &handles.start,
        };
        let own: BTreeMap<usize, Column> =
            columns.range((of, 0)..=(of, usize::MAX)).map(|((_, period), column)| (*period, *column)).collect();
        let (Some(leaving), Some(entering)) = (own.get(&from), own.get(&to)) else { return Ok(None) };
        let room = self.program.model.columns[*entering].upper - solution.values[*entering];
        let step = STEP_MW.min(solution.values[*leaving]).min(room);
        if step <= 0.0 {
            return Ok(None);
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
            let value = (solution.values[*column] + change).clamp(data.lower, data.upper);
            (data.lower, data.upper) = (value, value);
        }
        let rows = self.program.model.rows.len();
        let found = settle(self.program, self.losses, self.session, self.watch);
        let worth = found.map(|(moved, _)| {
            let usd_per_mw = (moved.objective - solution.objective) * MILLION / step;
            let (priced, shares) = shares_of(Prices::new(self.program, &moved).moved(decided, of, from, to));
            let shares = told_shares(usd_per_mw.min(0.0), priced, shares);
            Worth { usd_per_mw: usd_per_mw.min(0.0), holds_mw: Some(step), shares }
        });
        self.program.forget_rows(rows);
        for (column, lower, upper) in bounds {
            let data = &mut self.program.model.columns[column];
            (data.lower, data.upper) = (lower, upper);
        }
        match worth {
            Ok(worth) => Ok(Some(worth)),
            Err(PlanError(Failure::Solver(SolveError::Infeasible))) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

/// The shares at the moved plan, which are those of the whole way there where they add up to the loss.
fn told_shares(loss: f64, priced: f64, shares: Vec<WorthShare>) -> Vec<WorthShare> {
    if (priced - loss).abs() <= MISSED * loss.abs() { shares } else { Vec::new() }
}
