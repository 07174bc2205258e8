//! What a steadier income costs: the best plans over the height of the worst-year revenue floor (C14).

mod reading;

pub use reading::Knee;

use super::KEEP_MINING;
use super::baselines;
use super::context::Context;
use super::decisions::Decisions;
use super::extract;
use super::judge::{Judged, judge};
use super::planner::{End, Markets, Planner, floor_years, scenario_context};
use super::program::{FloorYear, Freedom, Losses, MILLION, Program};
use super::result::{Baseline, Detail, Period};
use super::solve::{Failure, Listener, Options, PlanError, Watch, scenario_site, settle};
use crate::lp::{self, Column, Solution, SolveError};
use crate::quantity::{Report, statistics};
use crate::site::Site;

/// Fewest and most points.
pub const POINTS: std::ops::RangeInclusive<usize> = 2..=101;
/// What a model without a floor in shares or dollars is measured in.
const DOLLARS: f64 = 1e6;
/// The last point stays this share inside the highest floor there is, so that rounding does not make it impossible.
const INSIDE: f64 = 1e-6;

/// What a floor is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloorUnit {
    /// Share of keep-mining's expected revenue of the year.
    Share,
    /// Million USD a year.
    MillionUsd,
}

/// One plan of the frontier.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierPoint {
    /// Floor that the plan keeps in every year, in the unit of the frontier.
    pub floor: f64,
    /// Expected NPV on the paths of the program, USD: concave along the floor.
    pub npv_usd: f64,
    /// NPV that one more unit of the floor would cost, USD.
    pub price_usd: f64,
    /// Judged on the larger number of paths, like the other plans.
    pub judged: Baseline,
    /// Mean of the worst tail of the lowest year, at the reporting level, USD.
    pub worst_year_usd: f64,
    /// Critical MW hosted by offer, in the order of the site's, and period.
    pub by_offer_mw: Vec<Vec<f64>>,
    /// IT MW mined by period.
    pub mining_mw: Vec<f64>,
}

/// A plan that takes no optimiser, where it stands beside the frontier.
#[derive(Clone, Debug, PartialEq)]
pub struct Rival {
    pub judged: Baseline,
    /// Floor that it keeps on the paths of the program, in the unit of the frontier.
    pub floor: f64,
    /// Expected NPV on the paths of the program, USD: no more than the frontier's at that floor.
    pub npv_usd: f64,
}

/// Plans from the one that keeps no floor to the highest floor that can be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Frontier {
    pub scenario: String,
    pub detail: Detail,
    pub periods: Vec<Period>,
    pub unit: FloorUnit,
    /// Plan years in which the floor holds, by the calendar year they start in: first and last.
    pub years: (i16, i16),
    /// Probability level of the tail that keeps the floor.
    pub tail_level: f64,
    pub points: Vec<FrontierPoint>,
    /// Where the document's own floor stands.
    pub own_floor: Option<f64>,
    /// Keep mining first.
    pub rivals: Vec<Rival>,
}

impl Planner {
    /// Solves for `points` plans with floors evenly between the one nobody asked for and the highest there is.
    ///
    /// # Errors
    /// [`PlanError`]: as for a plan; a brief that no plan keeps without a floor is a problem, as there is nothing to vary.
    pub fn frontier(
        &mut self,
        site: &Site,
        scenario: Option<&str>,
        options: Options,
        points: usize,
        listener: &dyn Listener,
    ) -> Result<Frontier, PlanError> {
        let watch = Watch::new(listener);
        watch.at("Reading the drawing", 0.0)?;
        let site = scenario_site(site, scenario, options.seed)?;
        let context = scenario_context(&site, options.detail, &mut self.pairs)?;
        watch.at("Sampling the markets", 0.02)?;
        let markets = self.markets(&context)?;
        let mut losses = Losses::new(&context);
        watch.at("Keep mining", 0.08)?;
        let keep = baselines::keep_mining(
            &context,
            markets,
            &mut losses,
            options.solver,
            &mut End::default(),
            &watch,
        )?;

        let unit = FloorUnit::of(&site.limits);
        let floors = levelled(&context, &keep.mean_revenue_by_year, unit);
        let mut walk = Walk::new(&context, markets, &floors, losses, options);
        watch.at("Solving without a floor", 0.1)?;
        let free = walk.at(0.0, &watch).map_err(|error| nothing_to_vary(error, &context))?;
        let lowest = walk.natural_level(&free);
        watch.at("Finding the highest floor", 0.15)?;
        let highest = walk.highest(&watch)?.max(lowest);
        let points = points.clamp(*POINTS.start(), *POINTS.end());
        // Nothing to vary where the plan nobody asked for is as steady as any.
        let points = if highest - lowest <= INSIDE * highest.abs() { 1 } else { points };
        let mut found = Vec::with_capacity(points);
        for index in 0..points {
            watch.at("Raising the floor", 0.2 + 0.65 * index as f32 / points as f32)?;
            let share = index as f64 / (points.max(2) - 1) as f64;
            let floor = (lowest + (highest - lowest) * share).min(highest - INSIDE * highest.abs());
            found.push(walk.point(floor, &watch)?);
        }
        watch.at("Comparing with other plans", 0.85)?;
        let mut ways = vec![(KEEP_MINING, keep.decisions)];
        let mut end = End::default();
        let mut losses = Losses::new(&context);
        ways.extend(baselines::earliest_ways(
            &context,
            markets,
            &mut losses,
            options.solver,
            &mut end,
            (0.85, 1.0),
            &watch,
        )?);
        let rivals = ways
            .into_iter()
            .map(|(name, decisions)| rival(&context, markets, name, &decisions, &floors))
            .collect();
        watch.at("Done", 1.0)?;
        let year = |floor: &FloorYear| context.calendar.date_of(floor.year * 12).year();
        Ok(Frontier {
            scenario: scenario.unwrap_or_default().to_owned(),
            detail: options.detail,
            periods: context.calendar.periods.clone(),
            unit,
            years: (floors.first().map_or(0, year), floors.last().map_or(0, year)),
            tail_level: site.plan.tail_level,
            points: found,
            own_floor: unit.own(&site.limits),
            rivals,
        })
    }
}

/// A plan that takes no optimiser, with the floor it keeps on the paths on which the frontier keeps its own.
fn rival(
    context: &Context<'_>,
    markets: &Markets,
    name: &str,
    decisions: &Decisions,
    floors: &[FloorYear],
) -> Rival {
    let walked = judge(context, &markets.worlds.program, &markets.mining, decisions);
    Rival {
        judged: baselines::describe(context, name, &markets.judge(context, decisions), decisions, &[]),
        floor: level_of(context, &walked, floors),
        npv_usd: statistics::mean(&walked.npv),
    }
}

/// The floor that a plan keeps on the paths it was walked along.
fn level_of(context: &Context<'_>, walked: &Judged, floors: &[FloorYear]) -> f64 {
    let revenue = extract::revenue_by_year(context, walked);
    lowest_level(floors, context.site.plan.tail_level, |year| revenue[year].clone())
}

/// Least level of any year that has a floor, of the billed revenue by path that `revenue` gives for a plan year.
fn lowest_level(floors: &[FloorYear], tail_level: f64, revenue: impl Fn(usize) -> Vec<f64>) -> f64 {
    floors
        .iter()
        .map(|floor| statistics::worst_tail_mean(&revenue(floor.year), tail_level) / floor.usd_per_level)
        .fold(f64::INFINITY, f64::min)
        .max(0.0)
}

/// Floors of the years in which the document's would hold, at nothing, rising with one level.
fn levelled(context: &Context<'_>, reference: &[f64], unit: FloorUnit) -> Vec<FloorYear> {
    let mut floors = floor_years(context, reference, true);
    for floor in &mut floors {
        floor.usd = 0.0;
        floor.usd_per_level = match unit {
            FloorUnit::Share => floor.reference_usd.max(1.0),
            FloorUnit::MillionUsd => DOLLARS,
        };
    }
    floors
}

fn nothing_to_vary(error: PlanError, context: &Context<'_>) -> PlanError {
    if error != PlanError(Failure::Solver(SolveError::Infeasible)) {
        return error;
    }
    let mut report = Report::default();
    report.error(
        "frontier-impossible",
        format!("site {}", context.site.name),
        "no plan keeps the other limits, even without an revenue floor, so there is nothing to compare",
        "make a plan first: it says which limits clash and what mends it",
    );
    PlanError(Failure::Problems(report))
}

/// One program whose floor is moved by the bounds of a column, so that every solve starts from the last vertex.
struct Walk<'a> {
    program: Program<'a>,
    session: lp::Session,
    losses: Losses<'a>,
    level: Column,
    markets: &'a Markets,
    context: &'a Context<'a>,
}

impl<'a> Walk<'a> {
    fn new(
        context: &'a Context<'a>,
        markets: &'a Markets,
        floors: &[FloorYear],
        losses: Losses<'a>,
        options: Options,
    ) -> Self {
        let mut program = Program::new(context, markets, Freedom::Everything, floors.to_vec());
        let level = program.vary_floors();
        Self { program, session: lp::Session::new(options.solver), losses, level, markets, context }
    }

    /// The best plan at a level of the floor.
    fn at(&mut self, level: f64, watch: &Watch<'_>) -> Result<Solution, PlanError> {
        let column = &mut self.program.model.columns[self.level];
        (column.lower, column.upper) = (level, level);
        settle(&mut self.program, &mut self.losses, &mut self.session, watch).map(|(solution, _)| solution)
    }

    /// The floor that a plan keeps without being asked.
    fn natural_level(&self, solution: &Solution) -> f64 {
        let program = &self.program;
        lowest_level(&program.floors, self.context.site.plan.tail_level, |year| {
            program.revenue_of_year(year, &solution.values)
        })
    }

    /// The highest floor that any plan keeps.
    fn highest(&mut self, watch: &Watch<'_>) -> Result<f64, PlanError> {
        let costs: Vec<f64> =
            self.program.model.columns.iter_mut().map(|column| std::mem::take(&mut column.cost)).collect();
        let column = &mut self.program.model.columns[self.level];
        (column.lower, column.upper, column.cost) = (0.0, f64::INFINITY, 1.0);
        let highest = settle(&mut self.program, &mut self.losses, &mut self.session, watch);
        for (column, cost) in self.program.model.columns.iter_mut().zip(costs) {
            column.cost = cost;
        }
        highest.map(|(solution, _)| solution.values[self.level])
    }

    fn point(&mut self, floor: f64, watch: &Watch<'_>) -> Result<FrontierPoint, PlanError> {
        let solution = self.at(floor, watch)?;
        let decisions = Decisions::read(&self.program, &solution.values);
        let judged = self.markets.judge(self.context, &decisions);
        let report_level = self.context.site.plan.report_tail_level;
        let by_year = extract::revenue_by_year(self.context, &judged);
        let held = self.program.floors.iter().map(|floor| floor.year);
        let worst_year_usd = held
            .map(|year| statistics::worst_tail_mean(&by_year[year], report_level))
            .fold(f64::INFINITY, f64::min);
        // The level stands on the right of every floor's rows.
        let prices = self.program.model.rows.iter().zip(&solution.duals);
        let price: f64 = prices
            .filter(|(row, _)| row.origin.family == "C14")
            .map(|(row, dual)| {
                let terms = row.terms.iter().filter(|(column, _)| *column == self.level);
                -dual * terms.map(|(_, factor)| -factor).sum::<f64>()
            })
            .sum();
        Ok(FrontierPoint {
            floor,
            npv_usd: self.program.expected_npv(&solution.values),
            price_usd: price * MILLION,
            judged: baselines::describe(self.context, "", &judged, &decisions, &[]),
            worst_year_usd,
            by_offer_mw: by_offer(self.context, &decisions),
            mining_mw: mining(self.context, &decisions),
        })
    }
}

/// Critical MW hosted by offer and period.
fn by_offer(context: &Context<'_>, decisions: &Decisions) -> Vec<Vec<f64>> {
    (0..context.site.offers.len())
        .map(|offer| {
            let starts = decisions.starts.iter();
            let of_offer: Vec<_> =
                starts.copied().filter(|start| context.candidates[start.of].offer == offer).collect();
            baselines::hosting_mw(context, &of_offer)
        })
        .collect()
}

fn mining(context: &Context<'_>, decisions: &Decisions) -> Vec<f64> {
    let mut mw = vec![0.0; context.calendar.periods.len()];
    for decision in &decisions.mined {
        mw[decision.period] += decision.mw;
    }
    mw
}
