//! Plans that are worth nearly as much and host as little, or as much, as that allows: how far the split may differ before
//! it costs anything to speak of.

use super::baselines;
use super::decisions::Decisions;
use super::judge::Judged;
use super::planner::{Best, Markets};
use super::program::{FloorYear, Losses, MILLION};
use super::result::Baseline;
use super::solve::{Failure, PlanError, Watch, settle};
use crate::lp::{Expression, Origin, Sense, SolveError};

/// Present worth that may be given up, as a share of the present value of capex.
const GIVEN_UP: f64 = 0.02;

/// The plans with the least and with the most hosting MW-years whose objective is within 2 % of the present value of
/// capex of the best. None where the best spends nothing. The program is left with another objective.
pub(super) fn near(
    best: &mut Best<'_>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    judged: &Judged,
    floors: &[FloorYear],
    watch: &Watch<'_>,
) -> Result<Vec<Baseline>, PlanError> {
    let context = best.program.context;
    let calendar = &context.calendar;
    let spent: f64 =
        judged.capex.iter().enumerate().map(|(month, usd)| usd * calendar.discount(month)).sum::<f64>()
            / MILLION;
    if spent <= 0.0 || best.program.handles.host.is_empty() {
        return Ok(Vec::new());
    }
    let program = &mut best.program;
    let mut worth = Expression::default();
    for (column, data) in program.model.columns.iter_mut().enumerate() {
        worth.add(column, std::mem::take(&mut data.cost));
    }
    let least = Expression::constant(best.solution.objective - GIVEN_UP * spent - program.model.offset);
    let origin = Origin { family: "near", object: "worth of the best plan".into(), unit: "$M" };
    program.model.add_row("near".into(), worth, Sense::AtLeast, &least, origin);
    let hosts: Vec<(usize, usize)> =
        program.handles.host.iter().map(|((_, period), column)| (*period, *column)).collect();
    let mut found = Vec::with_capacity(2);
    for (step, (name, sign)) in
        [("least hosting worth as much", -1.0), ("most hosting worth as much", 1.0)].into_iter().enumerate()
    {
        watch.at("Looking at plans worth as much", 0.9 + 0.03 * step as f32)?;
        for (period, column) in &hosts {
            program.model.columns[*column].cost = sign * calendar.periods[*period].months as f64 / 12.0;
        }
        let solution = match settle(program, losses, &mut best.session, watch) {
            Ok((solution, _)) => solution,
            // A loss that is survived in two ways has rows of one of them, which may leave nothing near the best.
            Err(PlanError(Failure::Solver(SolveError::Infeasible))) => continue,
            Err(other) => return Err(other),
        };
        let decisions = Decisions::read(program, &solution.values);
        found.push(baselines::describe(
            context,
            name,
            &markets.judge(context, &decisions),
            &decisions,
            floors,
        ));
    }
    Ok(found)
}
