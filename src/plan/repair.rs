//! An impossible brief: which of the user's limits clash, and by how much each would have to give.

use super::context::Context;
use super::planner::Markets;
use super::program::{FloorYear, Freedom, Losses, MILLION, Program};
use super::result::Repair;
use super::solve::{PlanError, Watch, settle};
use crate::lp::{self, Column, Origin, Solution, Solver};
use crate::quantity::format;
use std::collections::BTreeMap;

/// The nearest plan to an impossible brief.
pub(super) struct Relaxed<'a> {
    pub program: Program<'a>,
    pub session: lp::Session,
    pub solution: Solution,
    pub rounds: usize,
    pub repairs: Vec<Repair>,
}

/// Softens every limit the user set, finds the least total price of relaxing, then the best plan at that price.
pub(super) fn relax<'a>(
    context: &'a Context<'a>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    floors: Vec<FloorYear>,
    solver: Solver,
    watch: &Watch<'_>,
) -> Result<Relaxed<'a>, PlanError> {
    let mut program = Program::new(context, markets, Freedom::Everything, floors);
    let slacks = program.relax();
    let mut session = lp::Session::new(solver);
    let (least, first_rounds) = settle(&mut program, losses, &mut session, watch)?;
    for (column, _) in &slacks {
        let given = least.values[*column];
        // A hair more than the least, so that the second solve is not pinched by rounding.
        program.model.columns[*column].upper = given + 1e-6 * (1.0 + given);
    }
    program.restore_objective();
    let (solution, rounds) = settle(&mut program, losses, &mut session, watch)?;
    let repairs = of(slacks, &least.values);
    Ok(Relaxed { program, session, solution, rounds: first_rounds + rounds, repairs })
}

/// What gave way at a point, an object a line.
pub(super) fn of(slacks: Vec<(Column, Origin)>, values: &[f64]) -> Vec<Repair> {
    let mut by_object: BTreeMap<(String, &'static str), (Origin, f64)> = BTreeMap::new();
    for (column, origin) in slacks {
        let given = values[column];
        if given > 1e-5 {
            let entry = by_object
                .entry((origin.object.clone(), origin.unit))
                .or_insert_with(|| (origin.clone(), 0.0));
            entry.1 = entry.1.max(given);
        }
    }
    by_object.into_values().map(|(origin, given)| repair_of(&origin, given)).collect()
}

fn repair_of(origin: &Origin, given: f64) -> Repair {
    let object = origin.object.clone();
    let is_money = origin.unit == "$M";
    let amount = if is_money { format::usd(given * MILLION) } else { format::mw(given) };
    let (change, sentence) = match origin.family {
        "C11" => {
            let change = format!("raise by {amount}");
            let sentence =
                format!("The {object} is {amount} too small for the other limits; raise it by {amount}");
            (change, sentence)
        }
        "C14" | "C15" => {
            let change = format!("lower by {amount}");
            let sentence = format!(
                "The {object} is {amount} out of reach; lower it by {amount} or give the plan more budget, earlier offers or shorter leads"
            );
            (change, sentence)
        }
        "C10" => {
            let change = format!("raise by {amount}");
            let sentence = format!(
                "The {object} is {amount} short of what is promised; ask the utility for {amount} more or sign less"
            );
            (change, sentence)
        }
        _ => {
            let change = format!("lower by {amount}");
            let sentence = format!(
                "{object}: {amount} of what is promised cannot be ready in time; agree to {amount} less, or to a later date"
            );
            (change, sentence)
        }
    };
    Repair { object, change, cost_usd: is_money.then_some(given * MILLION), sentence }
}
