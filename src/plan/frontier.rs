//! What a steadier income costs: the best plans over the height of the worst-year revenue floor (C14).

use super::baselines;
use super::context::Context;
use super::decisions::Decisions;
use super::extract;
use super::planner::{End, Markets, Planner, floor_years, scenario_context};
use super::program::{FloorYear, Freedom, Losses, MILLION, Program};
use super::result::Baseline;
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
}

/// Plans from the one that keeps no floor to the highest floor that can be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Frontier {
    pub scenario: String,
    pub unit: FloorUnit,
    /// Plan years in which the floor holds, by the calendar year they start in: first and last.
    pub years: (i16, i16),
    /// Probability level of the tail that keeps the floor.
    pub tail_level: f64,
    pub points: Vec<FrontierPoint>,
    /// Where the document's own floor stands.
    pub own_floor: Option<f64>,
    pub keep_mining: Baseline,
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
        let context = scenario_context(&site, options.detail)?;
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
        let keep_judged = markets.judge(&context, &keep.decisions);

        let own = &site.limits;
        let unit = match (own.worst_year_floor_share, own.worst_year_floor_usd) {
            (None, Some(_)) => FloorUnit::MillionUsd,
            _ => FloorUnit::Share,
        };
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
            watch.at("Raising the floor", 0.2 + 0.8 * index as f32 / points as f32)?;
            let share = index as f64 / (points.max(2) - 1) as f64;
            let floor = (lowest + (highest - lowest) * share).min(highest - INSIDE * highest.abs());
            found.push(walk.point(floor, &watch)?);
        }
        watch.at("Done", 1.0)?;
        let year = |floor: &FloorYear| context.calendar.date_of(floor.year * 12).year();
        let years = (floors.first().map_or(0, year), floors.last().map_or(0, year));
        let own_floor = match unit {
            FloorUnit::Share => own.worst_year_floor_share,
            FloorUnit::MillionUsd => own.worst_year_floor_usd.map(|usd| usd / DOLLARS),
        };
        Ok(Frontier {
            scenario: scenario.unwrap_or_default().to_owned(),
            unit,
            years,
            tail_level: site.plan.tail_level,
            points: found,
            own_floor: own_floor.filter(|floor| *floor > 0.0),
            keep_mining: baselines::of_keep_mining(&context, &keep_judged, &keep.decisions, &floors),
        })
    }
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
        let tail_level = self.context.site.plan.tail_level;
        let floors = &self.program.floors;
        floors
            .iter()
            .map(|floor| {
                let revenue = self.program.revenue_of_year(floor.year, &solution.values);
                statistics::worst_tail_mean(&revenue, tail_level) / floor.usd_per_level
            })
            .fold(f64::INFINITY, f64::min)
            .max(0.0)
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
        })
    }
}
