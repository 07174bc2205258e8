//! An impossible brief: what the user could change to make it possible, least price first.
//!
//! First single limits. Those that are amounts (budgets, floors, promised MW) give way by a column of the program each,
//! the least of one being found with all others at nothing; those that are steps (dates, contracts, needs) by planning
//! the changed document ([`search`]). Then limits together: least total price, then fewest of them. Each is rounded
//! outwards to a number a person would type, and listed only when the document with that change plans
//! ([`trial`]), with what its best plan is worth.

mod gives;
mod physical;
mod prices;
mod search;
mod soft;
#[cfg(test)]
mod tests;
mod trial;
pub(super) mod typed;
mod whole;
mod words;

pub(super) use physical::shortage;
pub(super) use whole::relax_whole;

use super::context::Context;
use super::planner::Markets;
use super::program::{FloorYear, Losses, Program};
use super::result::Repair;
use super::solve::{Failure, Options, PlanError, Watch};
use crate::lp::{self, Solution, SolveError};
use gives::{Give, Value};
use search::{Steps, changed};
use soft::Soft;
use trial::Trial;
use words::Given;

/// Repairs that are listed.
const MOST_LISTED: usize = 8;
/// How much further a rounded amount is moved where the plan that it allows is pinched by rounding, as shares of it.
const PUSHES: [f64; 4] = [0.0, 1e-6, 1e-4, 1e-2];

/// The nearest plan to an impossible brief, and what would make the brief possible.
pub(super) struct Relaxed<'a> {
    pub program: Program<'a>,
    pub session: lp::Session,
    pub solution: Solution,
    pub rounds: usize,
    pub repairs: Vec<Repair>,
    /// What the list leaves out, in a sentence.
    pub note: Option<String>,
    /// The solver took a brief for impossible that is not: there is nothing to repair.
    pub is_possible: bool,
}

/// Limits with what would just be enough, and the price of that, USD.
struct Way {
    gives: Vec<(Give, Value)>,
    price: f64,
}

/// Finds what could give, and the best plan where the least total price is given.
///
/// # Errors
/// [`PlanError`]; [`Failure::Problems`] where nothing the user may set stands in the way.
pub(super) fn relax<'a>(
    context: &'a Context<'a>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    floors: &[FloorYear],
    options: Options,
    watch: &Watch<'_>,
) -> Result<Relaxed<'a>, PlanError> {
    let soften = || Soft::new(context, markets, floors, Give::amounts(context), options.solver);
    let mut soft = soften();
    let least = match soft.least(losses, watch) {
        Err(PlanError(Failure::Solver(SolveError::Infeasible))) => {
            return Err(shortage(context, markets, options.solver, watch));
        }
        other => other?,
    };

    if least.iter().all(|given| *given == 0.0) {
        // The solver spoke too soon: with nothing given there is a point after all, from which the best plan follows.
        let solution = soft.best_at(&least, losses, watch)?;
        let Soft { program, session, rounds, .. } = soft;
        let (repairs, note) = (Vec::new(), None);
        return Ok(Relaxed { program, session, solution, rounds, repairs, note, is_possible: true });
    }

    let mut singles = Vec::new();
    let count = soft.gives.len();
    for index in 0..count {
        watch.at("Trying what could give", 0.5 + 0.03 * index as f32 / count as f32)?;
        if let Some(given) = soft.least_of(index, losses, watch)? {
            singles.push(way(context, floors, &soft.gives, [(index, given)]));
        }
    }
    let together = combination(&mut soft, soften, &least, (context, floors), losses, watch)?;
    watch.at("Planning the nearest brief", 0.54)?;
    let given = given_by(&soft.gives, &together, context);
    let solution = soft.best_at(&given, losses, watch)?;

    let mut trial = Trial::new(markets, options, soft.basis());
    let mut steps = Steps::default();
    for gives in [Give::dates(context), Give::utility(context), Give::needs(context)] {
        watch.at("Trying other dates and contracts", 0.55)?;
        steps.look(context, gives, &mut trial, watch)?;
    }
    for (give, value) in std::mem::take(&mut steps.found) {
        let price = give.price(context, floors, value);
        singles.push(Way { gives: vec![(give, value)], price });
    }
    // Stable: of the same price, in the order of the document.
    singles.sort_by(|a, b| a.price.total_cmp(&b.price));
    if together.gives.len() > 1 {
        singles.push(together);
    }
    let mut repairs = Vec::new();
    for way in &singles {
        if repairs.len() == MOST_LISTED {
            break;
        }
        watch.at("Trying the repairs", 0.57 + 0.03 * repairs.len() as f32 / MOST_LISTED as f32)?;
        repairs.extend(apply(context, floors, way, &mut trial, watch)?);
    }
    let note = steps.is_cut_short.then(|| {
        "Not every date and contract was tried as a repair: there are too many in this site".to_owned()
    });
    let Soft { program, session, rounds, .. } = soft;
    Ok(Relaxed { program, session, solution, rounds, repairs, note, is_possible: false })
}

/// The limits that give way together: of all ways at the least price, one of the fewest limits.
fn combination<'a>(
    soft: &mut Soft<'a>,
    soften: impl Fn() -> Soft<'a>,
    least: &[f64],
    (context, floors): (&Context<'_>, &[FloorYear]),
    losses: &mut Losses<'_>,
    watch: &Watch<'_>,
) -> Result<Way, PlanError> {
    let given = |given: &[f64]| -> Vec<(usize, f64)> {
        given.iter().copied().enumerate().filter(|(_, given)| *given > 0.0).collect()
    };
    let mut found = way(context, floors, &soft.gives, given(least));
    if found.gives.len() > 1 {
        watch.at("Looking for the fewest changes", 0.53)?;
        let chosen = soften().fewest(found.price, losses, watch)?;
        if chosen.len() < found.gives.len() {
            let fewer = soft.least_among(&chosen, losses, watch)?;
            found = way(context, floors, &soft.gives, given(&fewer));
        }
    }
    Ok(found)
}

/// Limits that give amounts, with the values they then have.
fn way(
    context: &Context<'_>,
    floors: &[FloorYear],
    gives: &[Give],
    given: impl IntoIterator<Item = (usize, f64)>,
) -> Way {
    let mut way = Way { gives: Vec::new(), price: 0.0 };
    for (index, given) in given {
        let give = gives[index].clone();
        let Value::Number(now) = give.now(context.site) else { continue };
        let exact = if give.is_raised() { now + given } else { (now - given).max(0.0) };
        way.price += give.price(context, floors, Value::Number(exact));
        way.gives.push((give, Value::Number(exact)));
    }
    way
}

/// How much each amount gives, in the order of `gives`.
fn given_by(gives: &[Give], way: &Way, context: &Context<'_>) -> Vec<f64> {
    let of = |give: &Give| {
        let (_, exact) = way.gives.iter().find(|(other, _)| other == give)?;
        match (give.now(context.site), exact) {
            (Value::Number(now), Value::Number(exact)) => Some((exact - now).abs()),
            _ => None,
        }
    };
    gives.iter().map(|give| of(give).unwrap_or(0.0)).collect()
}

/// A way rounded and tried; `None` where the document with it does not plan.
fn apply(
    context: &Context<'_>,
    floors: &[FloorYear],
    way: &Way,
    trial: &mut Trial<'_>,
    watch: &Watch<'_>,
) -> Result<Option<Repair>, PlanError> {
    for push in PUSHES {
        let given: Vec<Given> =
            way.gives.iter().map(|(give, exact)| rounded(context, give, *exact, push)).collect();
        let changes: Vec<(Give, Value)> = given.iter().map(|one| (one.give.clone(), one.value)).collect();
        let Some((site, overrides)) = changed(context, &changes) else { continue };
        if let Some(npv) = trial.worth(&site, watch)? {
            let price = changes.iter().map(|(give, value)| give.price(context, floors, *value)).sum();
            return Ok(Some(words::repair(context, &given, price, npv, overrides)));
        }
    }
    Ok(None)
}

fn rounded(context: &Context<'_>, give: &Give, exact: Value, push: f64) -> Given {
    let value = match (give.now(context.site), exact) {
        // What comes in steps is what a person would type already.
        (Value::Number(now), Value::Number(exact)) if give.steps(context).is_empty() => {
            let further = push * exact.max(now) * if give.is_raised() { 1.0 } else { -1.0 };
            Value::Number(typed::outward(now, (exact + further).max(0.0)))
        }
        (_, exact) => exact,
    };
    Given { give: give.clone(), exact, value }
}
