//! A brief that only whole decisions make impossible: the least total price at which limits give way to whole decisions.

use super::gives::Give;
use super::search::changed;
use super::soft::Soft;
use super::words::{self, Given};
use super::{Relaxed, Value, rounded, way};
use crate::plan::context::Context;
use crate::plan::decisions::Decisions;
use crate::plan::planner::Markets;
use crate::plan::program::FloorYear;
use crate::plan::solve::PlanError;
use crate::plan::whole::{Search, WholeAnswer};
use crate::quantity::statistics;

/// The nearest plan of whole decisions, and the limits that give way to it together. Amounts alone: other dates and
/// contracts are looked for where no plan at all is possible.
///
/// # Errors
/// [`PlanError`] as of [`Search::decide`].
pub(in crate::plan) fn relax_whole<'a>(
    context: &'a Context<'a>,
    markets: &Markets,
    floors: &[FloorYear],
    search: &mut Search<'_, '_>,
) -> Result<(Relaxed<'a>, WholeAnswer), PlanError> {
    let (solver, watch) = (search.options.solver, search.watch);
    let mut soft = Soft::of_whole_decisions(context, markets, floors, Give::amounts(context), solver);
    let relaxed = soft.cheapest(search.losses, watch)?;
    let (least, first) = search.decide(&mut soft.program, &mut soft.session, &relaxed)?;
    let given = soft.given(&least);
    soft.program.release();
    let relaxed = soft.best_at(&given, search.losses, watch)?;
    let (solution, mut answer) = search.decide(&mut soft.program, &mut soft.session, &relaxed)?;
    answer.rounds += first.rounds;
    let gave = given.iter().copied().enumerate().filter(|(_, given)| *given > 0.0);
    let together = way(context, floors, &soft.gives, gave);
    let rounded: Vec<Given> =
        together.gives.iter().map(|(give, exact)| rounded(context, give, *exact, 0.0)).collect();
    let changes: Vec<(Give, Value)> = rounded.iter().map(|one| (one.give.clone(), one.value)).collect();
    let mut repairs = Vec::new();
    if let Some((_, overrides)) = changed(context, &changes).filter(|_| !changes.is_empty()) {
        let price = changes.iter().map(|(give, value)| give.price(context, floors, *value)).sum();
        let decisions = Decisions::read(&soft.program, &solution.values);
        let npv = statistics::mean(&markets.judge(context, &decisions).npv);
        repairs.push(words::repair(context, &rounded, price, npv, overrides));
    }
    let Soft { program, session, rounds, .. } = soft;
    let note = Some("A plan that may split its decisions keeps to every limit; whole ones do not".to_owned());
    Ok((Relaxed { program, session, solution, rounds, repairs, note, is_possible: false }, answer))
}
