//! What deciding again is worth: the plan is one list of decisions for every future, and those who follow it will know more
//! by the time the later ones are due.
//!
//! After two years the paths fall into thirds by hashprice. In each third everything decided until then stays as planned, and
//! the rest is decided anew on the paths of that third. The mean of what that adds is the worth of deciding again, a lower
//! bound: a plan made with the second look in mind would leave more open before it.
//!
//! A third keeps each revenue floor as far as the plan itself does there, so that the plan is always among the answers.

use super::context::{Context, MiningTable};
use super::planner::{Best, Markets};
use super::program::{FloorYear, Freedom, Losses, MILLION, Program};
use super::result::{ReplanCase, Replanning};
use super::solve::{Failure, PlanError, Watch, settle};
use crate::lp::{Basis, Session, SolveError, Solver};
use crate::market::World;
use crate::quantity::statistics;

/// Plan month from which decisions are made anew.
const AGAIN_MONTH: f64 = 24.0;

/// Futures that are told apart.
const CASES: usize = 3;

/// Decisions that stand are held this near to where they were, so that a solver's rounding leaves room; MW or million USD.
const STANDS: f64 = 1e-7;

/// Floors are lowered by this share where the plan itself sets them, for the same reason.
const INSIDE: f64 = 1e-9;

/// Decides again in each third. `None` where the plan ends before, or has fewer paths than thirds.
///
/// # Errors
/// [`PlanError`] when the solver fails or is stopped; a third in which nothing else can be decided keeps the plan.
pub(super) fn again(
    best: &Best<'_>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    (solver, vertex): (Solver, Option<&Basis>),
    watch: &Watch<'_>,
) -> Result<Option<Replanning>, PlanError> {
    let context = best.program.context;
    let world = &markets.worlds.program;
    let Some(from) = context.calendar.period_from(AGAIN_MONTH).filter(|_| world.paths >= CASES) else {
        return Ok(None);
    };
    let month = context.calendar.periods[from].first_month;
    let mut cases = Vec::with_capacity(CASES);
    for (index, paths) in thirds(world, month).into_iter().enumerate() {
        watch.at("Deciding again in two years", 0.75 + 0.05 * index as f32 / CASES as f32)?;
        let third = Third::new(context, markets, &paths);
        cases.push(third.decide(best, from, losses, (solver, vertex), watch)?);
    }
    let worth_usd = cases.iter().map(|case| case.probability * (case.replanned_usd - case.planned_usd)).sum();
    Ok(Some(Replanning { from: context.calendar.periods[from].start, worth_usd, cases }))
}

/// Paths in equal parts by their hashprice of a month, lowest first.
fn thirds(world: &World, month: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..world.paths).collect();
    order.sort_by(|a, b| world.hashprice[*a][month].total_cmp(&world.hashprice[*b][month]));
    let mut parts: Vec<Vec<usize>> = (0..CASES)
        .map(|part| order[part * world.paths / CASES..(part + 1) * world.paths / CASES].to_vec())
        .collect();
    parts.iter_mut().for_each(|part| part.sort_unstable());
    parts
}

/// The paths of one future.
struct Third<'a> {
    context: &'a Context<'a>,
    probability: f64,
    paths: Vec<usize>,
    markets: Markets,
}

impl<'a> Third<'a> {
    fn new(context: &'a Context<'a>, markets: &Markets, paths: &[usize]) -> Self {
        let world = markets.worlds.program.of_paths(paths);
        let mining = MiningTable::new(context, &world);
        let probability = paths.len() as f64 / markets.worlds.program.paths as f64;
        Self { context, probability, paths: paths.to_vec(), markets: markets.on(world, mining) }
    }

    /// Decides anew from a period on.
    fn decide(
        &self,
        best: &Best<'_>,
        from: usize,
        losses: &mut Losses<'_>,
        (solver, vertex): (Solver, Option<&Basis>),
        watch: &Watch<'_>,
    ) -> Result<ReplanCase, PlanError> {
        let floors = self.floors(best);
        let mut program = Program::new(self.context, &self.markets, Freedom::Everything, floors);
        let planned = best.values_in(&program);
        for column in program.handles.decided_before(from) {
            let (data, value) = (&mut program.model.columns[column], planned[column]);
            (data.lower, data.upper) = ((value - STANDS).max(data.lower), (value + STANDS).min(data.upper));
        }
        let mut session = Session::new(solver);
        if let Some(vertex) = vertex {
            session.start_from(vertex.clone());
        }
        let planned_usd = program.worth(&planned);
        let (values, replanned_usd) = match settle(&mut program, losses, &mut session, watch) {
            Ok((solution, _)) if solution.objective * MILLION > planned_usd => {
                (solution.values, solution.objective * MILLION)
            }
            Ok(_) | Err(PlanError(Failure::Solver(SolveError::Infeasible))) => (planned, planned_usd),
            Err(other) => return Err(other),
        };
        let month = self.context.calendar.periods[from].first_month;
        Ok(ReplanCase {
            probability: self.probability,
            hashprice_usd_per_ph_day: self.markets.worlds.program.mean_hashprice(month),
            planned_usd,
            replanned_usd,
            hosting_mw: most_hosted(&program, &values),
        })
    }

    /// The plan's floors, as far as it keeps them on these paths.
    fn floors(&self, best: &Best<'_>) -> Vec<FloorYear> {
        let level = self.context.site.plan.tail_level;
        let floors = best.program.floors.iter().map(|floor| {
            let everywhere = best.program.revenue_of_year(floor.year, &best.solution.values);
            let here: Vec<f64> = self.paths.iter().map(|path| everywhere[*path]).collect();
            let kept = statistics::worst_tail_mean(&here, level);
            FloorYear { usd: floor.usd.min(kept - INSIDE * kept.abs()), cuts: 0, ..floor.clone() }
        });
        floors.collect()
    }
}

/// Hosting at full build, critical MW.
fn most_hosted(program: &Program<'_>, values: &[f64]) -> f64 {
    let mut by_period = vec![0.0; program.periods()];
    for ((_, period), column) in &program.handles.host {
        by_period[*period] += values[*column];
    }
    by_period.into_iter().fold(0.0, f64::max)
}
