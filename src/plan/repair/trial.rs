//! Planning a site with a change made to it: whether a brief is possible then, and what its best plan is worth.

use crate::lp::{self, Solution, SolveError};
use crate::plan::baselines;
use crate::plan::context::Context;
use crate::plan::decisions::Decisions;
use crate::plan::pairs::Pairs;
use crate::plan::planner::{End, Markets, floor_years, scenario_context};
use crate::plan::program::{Freedom, Losses, Program};
use crate::plan::solve::{Failure, Options, PlanError, Watch};
use crate::quantity::statistics;
use crate::site::Site;

/// Plans changed sites one after another, each from where the last one ended.
pub(super) struct Trial<'m> {
    markets: &'m Markets,
    options: Options,
    /// Most trials change money and dates, which leave pairs as they are.
    pairs: Pairs,
    keep: End,
    plan: End,
}

impl<'m> Trial<'m> {
    /// `start` is where a program much like the first to be tried ended.
    pub fn new(markets: &'m Markets, options: Options, start: Option<lp::Basis>) -> Self {
        let plan = End { basis: start, ..End::default() };
        Self { markets, options, pairs: Pairs::default(), keep: End::default(), plan }
    }

    /// Whether a plan of the site keeps to every limit.
    ///
    /// # Errors
    /// [`Failure::Cancelled`].
    pub fn is_possible(&mut self, site: &Site, watch: &Watch<'_>) -> Result<bool, PlanError> {
        Ok(self.plan(site, watch, |_, _, _| ())?.is_some())
    }

    /// Expected NPV of the best plan on the paths that judge, USD; `None` where no plan keeps to every limit.
    ///
    /// # Errors
    /// [`Failure::Cancelled`].
    pub fn worth(&mut self, site: &Site, watch: &Watch<'_>) -> Result<Option<f64>, PlanError> {
        let markets = self.markets;
        self.plan(site, watch, |context, program, solution| {
            let decisions = Decisions::read(program, &solution.values);
            statistics::mean(&markets.judge(context, &decisions).npv)
        })
    }

    fn plan<T>(
        &mut self,
        site: &Site,
        watch: &Watch<'_>,
        read: impl FnOnce(&Context<'_>, &Program<'_>, &Solution) -> T,
    ) -> Result<Option<T>, PlanError> {
        let solved = scenario_context(site, self.options.detail, &mut self.pairs).and_then(|context| {
            let (markets, solver) = (self.markets, self.options.solver);
            let mut losses = Losses::new(&context);
            let kept = baselines::keep_mining(&context, markets, &mut losses, solver, &mut self.keep, watch)?;
            let floors = floor_years(&context, &kept.mean_revenue_by_year, false);
            let mut program = Program::new(&context, markets, Freedom::Everything, floors);
            let (solution, _) = self.plan.go_on(&mut program, &mut losses, solver, watch)?;
            Ok(read(&context, &program, &solution))
        });
        match solved {
            Ok(read) => Ok(Some(read)),
            Err(PlanError(Failure::Solver(SolveError::Infeasible) | Failure::Problems(_))) => Ok(None),
            Err(other) => Err(other),
        }
    }
}
