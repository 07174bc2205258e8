//! The program with a column by which each limit gives way: the least that must be given, in all or by one limit alone.

use super::gives::{Give, Value};
use crate::lp::{self, Column, Expression, Origin, Sense, Solution, SolveError, Solver};
use crate::plan::context::Context;
use crate::plan::planner::Markets;
use crate::plan::program::{FloorYear, Freedom, Losses, MILLION, Program};
use crate::plan::solve::{Failure, PlanError, Watch, settle};
use crate::quantity::Unit;
use std::collections::BTreeMap;

/// Given in less than this there is nothing given, million USD, MW or share.
const NOTHING: f64 = 1e-7;
/// Room above the least price for a program that keeps to it, so that it is not pinched by rounding.
const ROOM: f64 = 1e-6;

/// A program whose limits give way at a price, and nothing else counts.
pub(super) struct Soft<'a> {
    pub program: Program<'a>,
    pub session: lp::Session,
    pub gives: Vec<Give>,
    /// By limit: its column and the price of a unit of the column, million USD.
    slacks: Vec<(Column, f64)>,
    /// Where the last program ended that had a point.
    last: Option<lp::Basis>,
    solver: Solver,
    pub rounds: usize,
}

impl<'a> Soft<'a> {
    pub fn new(
        context: &'a Context<'a>,
        markets: &Markets,
        floors: &[FloorYear],
        gives: Vec<Give>,
        solver: Solver,
    ) -> Self {
        let program = Program::new(context, markets, Freedom::Everything, apart(context, floors));
        Self::of(program, context, floors, gives, solver)
    }

    /// As [`Soft::new`], of whole decisions, relaxed.
    pub fn of_whole_decisions(
        context: &'a Context<'a>,
        markets: &Markets,
        floors: &[FloorYear],
        gives: Vec<Give>,
        solver: Solver,
    ) -> Self {
        let program = Program::of_whole_decisions(context, markets, apart(context, floors));
        Self::of(program, context, floors, gives, solver)
    }

    fn of(
        program: Program<'a>,
        context: &Context<'_>,
        floors: &[FloorYear],
        gives: Vec<Give>,
        solver: Solver,
    ) -> Self {
        let session = lp::Session::new(solver);
        let mut soft = Self { program, session, gives, slacks: Vec::new(), last: None, solver, rounds: 0 };
        for column in &mut soft.program.model.columns {
            column.cost = 0.0;
        }
        let mut loosened: BTreeMap<String, Vec<(Column, f64)>> = BTreeMap::new();
        for index in 0..soft.gives.len() {
            let give = soft.gives[index].clone();
            let price = give.unit_price(context, floors) * scale(&give) / MILLION;
            let column = soft.program.add_slack(format!("give.{index}"), price);
            soft.slacks.push((column, price));
            // Rows of months are cut later, and give way with these.
            match give {
                Give::OpeningCash { .. } => soft.program.handles.raised = Some(column),
                Give::MinimumCash { .. } => soft.program.handles.lowered = Some(column),
                _ => {}
            }
            for (row, by) in give.rows(context, floors) {
                loosened.entry(row).or_default().push((column, by * scale(&give)));
            }
            for floor in &mut soft.program.floors {
                let is_share = floor.reference_usd > 0.0;
                floor.slack = match give {
                    Give::FloorShare { .. } if is_share => Some((column, floor.reference_usd)),
                    Give::FloorUsd { .. } if !is_share => Some((column, MILLION)),
                    _ => floor.slack,
                };
            }
        }
        for row in &mut soft.program.model.rows {
            for (column, by) in loosened.get(&row.name).into_iter().flatten() {
                row.terms.push((*column, if row.sense == Sense::AtMost { -by } else { *by }));
            }
        }
        soft
    }

    /// Least total price, and what each limit gives for it, in its own unit.
    ///
    /// # Errors
    /// [`SolveError::Infeasible`] where no limit of the user stands in the way.
    pub fn least(&mut self, losses: &mut Losses<'_>, watch: &Watch<'_>) -> Result<Vec<f64>, PlanError> {
        let solution = self.cheapest(losses, watch)?;
        Ok(self.given(&solution))
    }

    /// The point of the least total price.
    ///
    /// # Errors
    /// As [`Soft::least`].
    pub fn cheapest(&mut self, losses: &mut Losses<'_>, watch: &Watch<'_>) -> Result<Solution, PlanError> {
        self.open(|_| true);
        self.settle(losses, watch)
    }

    /// The least that one limit alone must give, in its own unit; `None` where it alone does not do.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn least_of(
        &mut self,
        index: usize,
        losses: &mut Losses<'_>,
        watch: &Watch<'_>,
    ) -> Result<Option<f64>, PlanError> {
        self.open(|other| other == index);
        match self.settle(losses, watch) {
            Ok(solution) => Ok(Some(self.given(&solution)[index])),
            Err(PlanError(Failure::Solver(SolveError::Infeasible))) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// What limits of one set give for the least price among themselves.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn least_among(
        &mut self,
        chosen: &[usize],
        losses: &mut Losses<'_>,
        watch: &Watch<'_>,
    ) -> Result<Vec<f64>, PlanError> {
        self.open(|index| chosen.contains(&index));
        let solution = self.settle(losses, watch)?;
        Ok(self.given(&solution))
    }

    /// Fewest limits that together give way at no more than `price` in USD: each has a yes-or-no column, without which it
    /// gives nothing. The program is of no use for anything else afterwards.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn fewest(
        mut self,
        price: f64,
        losses: &mut Losses<'_>,
        watch: &Watch<'_>,
    ) -> Result<Vec<usize>, PlanError> {
        self.open(|_| true);
        let most = price / MILLION * (1.0 + ROOM) + NOTHING;
        let mut total = Expression::default();
        let mut chosen = Vec::with_capacity(self.slacks.len());
        for (index, (column, price)) in self.slacks.clone().into_iter().enumerate() {
            let model = &mut self.program.model;
            model.columns[column].cost = 0.0;
            total.add(column, price);
            let choice = self.program.add_slack(format!("choice.{index}"), 1.0);
            let model = &mut self.program.model;
            model.columns[choice].upper = 1.0;
            model.columns[choice].is_integer = true;
            chosen.push(choice);
            // None can give more than all the price buys.
            let right = Expression::of(choice, most);
            let row = format!("choice.{index}");
            model.add_row(row, Expression::of(column, price), Sense::AtMost, &right, internal());
        }
        let right = Expression::constant(most);
        self.program.model.add_row("price".to_owned(), total, Sense::AtMost, &right, internal());
        let solution = self.settle(losses, watch)?;
        Ok((0..chosen.len()).filter(|index| solution.values[chosen[*index]] > 0.5).collect())
    }

    /// The best plan where each limit gives so much, in its own unit; the program then stands there.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn best_at(
        &mut self,
        given: &[f64],
        losses: &mut Losses<'_>,
        watch: &Watch<'_>,
    ) -> Result<Solution, PlanError> {
        for ((column, _), (give, given)) in self.slacks.iter().zip(self.gives.iter().zip(given)) {
            let least = given / scale(give);
            // A hair more than the least, so that the second solve is not pinched by rounding.
            let room = if least > 0.0 { ROOM * (1.0 + least) } else { 0.0 };
            self.program.model.columns[*column].upper = least + room;
        }
        self.program.restore_objective();
        self.settle(losses, watch)
    }

    pub fn basis(&self) -> Option<lp::Basis> {
        self.last.clone()
    }

    fn open(&mut self, is_open: impl Fn(usize) -> bool) {
        for (index, ((column, _), give)) in self.slacks.iter().zip(&self.gives).enumerate() {
            let most = match give.now(self.program.context.site) {
                // What is lowered has nothing left to give at zero.
                Value::Number(now) if !give.is_raised() => now / scale(give),
                _ => f64::INFINITY,
            };
            self.program.model.columns[*column].upper = if is_open(index) { most } else { 0.0 };
        }
    }

    /// What each limit gives at a point, in its own unit.
    pub fn given(&self, solution: &Solution) -> Vec<f64> {
        let of = |(column, _): &(Column, f64)| solution.values[*column];
        let given = self.slacks.iter().map(of).map(|given| if given > NOTHING { given } else { 0.0 });
        given.zip(&self.gives).map(|(given, give)| given * scale(give)).collect()
    }

    fn settle(&mut self, losses: &mut Losses<'_>, watch: &Watch<'_>) -> Result<Solution, PlanError> {
        match settle(&mut self.program, losses, &mut self.session, watch) {
            Ok((solution, rounds)) => {
                self.rounds += rounds;
                self.last = self.session.basis().or(self.last.take());
                Ok(solution)
            }
            Err(error) => {
                // A session does not go on from where there is no point, but from where the last one was.
                self.session = lp::Session::new(self.solver);
                if let Some(basis) = &self.last {
                    self.session.start_from(basis.clone());
                }
                Err(error)
            }
        }
    }
}

/// Units of a limit to a unit of its column: the program counts money in millions.
fn scale(give: &Give) -> f64 {
    if give.unit() == Unit::Usd { MILLION } else { 1.0 }
}

/// A floor in dollars and one as a share of a reference give way apart: a year with both has one of each, the first with
/// its reference, the other without. (C15) reads the references of the first.
fn apart(context: &Context<'_>, floors: &[FloorYear]) -> Vec<FloorYear> {
    let limits = &context.site.limits;
    let share = limits.worst_year_floor_share.unwrap_or(0.0).max(0.0);
    let usd = limits.worst_year_floor_usd.unwrap_or(0.0).max(0.0);
    let shares = floors.iter().map(|floor| FloorYear { usd: share * floor.reference_usd, ..floor.clone() });
    let dollars = floors.iter().filter(|_| usd > 0.0);
    shares.chain(dollars.map(|floor| FloorYear { usd, reference_usd: 0.0, ..floor.clone() })).collect()
}

fn internal() -> Origin {
    Origin { family: "base", object: "price of giving way".to_owned(), unit: "$M" }
}
