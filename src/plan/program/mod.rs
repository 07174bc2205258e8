//! The linear program: its columns and, one file a family, its rows.
//!
//! Money inside the program is in million USD, power in MW. Every column keeps its cash on each path beside the
//! model, so that tails can be cut and budgets summed without a second formulation.

mod balance;
mod budget;
mod cash;
mod columns;
mod financing;
mod firm;
mod fleets;
mod grid;
mod hedge;
mod offers;
mod policy;
mod space;
mod tax;
mod whole;

pub(in crate::plan) use columns::{at_month, power_bill};
pub use financing::Covenant;
pub use firm::{LossRow, Losses};
pub use policy::FloorYear;
pub use whole::{Whole, part_blocks, too_small};

use super::context::Context;
use super::stress::Stress;
use crate::lp::{Column, Expression, Model, Origin, RowIndex, Sense, Solution};
use crate::plan::planner::Markets;
use crate::quantity::statistics;
use crate::site::{OfferStatus, State};
use std::collections::BTreeMap;

/// Dollars in the program's unit of money.
pub const MILLION: f64 = 1e6;

/// What a column does to the money, per unit, in USD.
#[derive(Clone, Debug, Default)]
pub struct ColumnCash {
    /// Present value by path; one entry when it is the same on all.
    pub npv: Vec<f64>,
    /// Part of the mean present value that falls beyond the horizon.
    pub beyond: f64,
    /// Gross payments for things, by plan month.
    pub capex: Vec<(usize, f64)>,
    /// Billed revenue by plan year and path.
    pub revenue: Vec<(usize, Vec<f64>)>,
    /// Contracted revenue by plan year while no tenant defaults and nothing is late.
    pub contracted: Vec<(usize, f64)>,
    /// Cash besides capex by case and plan month of the horizon, in the order of [`super::stress::Case::BOTH`]; empty
    /// where no row asks for it.
    pub monthly: [Vec<(usize, f64)>; 2],
}

/// What may be decided.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Freedom {
    #[default]
    Everything,
    /// Nothing is built or converted; only signed tenants move into space that stands.
    KeepMining,
    /// No hall converts more than this share of what it could.
    AtMostShare(f64),
}

/// Columns by what they decide. Keys are indices into the site's lists and the calendar's periods.
#[derive(Clone, Debug, Default)]
pub struct Handles {
    /// MW of a planned part ordered on the first day of a period.
    pub build: BTreeMap<(usize, usize), Column>,
    /// MW of a planned part in service.
    pub ready: BTreeMap<(usize, usize), Column>,
    /// Share of an existing part whose removal is ordered.
    pub remove: BTreeMap<(usize, usize), Column>,
    pub fit: BTreeMap<(usize, usize), Column>,
    pub fit_ready: BTreeMap<(usize, usize), Column>,
    /// Critical MW of a candidate (hall and offer) whose rent starts.
    pub start: BTreeMap<(usize, usize), Column>,
    /// Critical MW of a candidate under contract.
    pub host: BTreeMap<(usize, usize), Column>,
    /// Installed miners of a class, MW of IT.
    pub mine: BTreeMap<(usize, usize), Column>,
    /// Running miners by weather (0 typical, 1 hot).
    pub running: BTreeMap<(usize, usize, usize), Column>,
    pub install: BTreeMap<(usize, usize), Column>,
    pub fleet: BTreeMap<(usize, usize), Column>,
    pub buy: BTreeMap<(usize, usize), Column>,
    pub retire: BTreeMap<(usize, usize), Column>,
    pub gpu: BTreeMap<(usize, usize), Column>,
    pub peak: BTreeMap<(usize, usize), Column>,
    pub billed: BTreeMap<(usize, usize), Column>,
    pub shortfall: BTreeMap<(usize, usize), Column>,
    /// MW over one of several links, by (link, for mining, in the hottest hours, period); one column for both kinds of
    /// hours where what is split is the same.
    pub flow: BTreeMap<(usize, bool, bool, usize), Column>,
    /// Cash at the end of a period by case (0 mean, 1 stress), million USD.
    pub cash: BTreeMap<(usize, usize), Column>,
    /// Drawn of an instrument on the first day of a period, million USD.
    pub draw: BTreeMap<(usize, usize), Column>,
    /// Paid back on the first day of a period before it is due, million USD.
    pub repay: BTreeMap<(usize, usize), Column>,
    /// Outstanding of an instrument that may be paid back early, million USD.
    pub balance: BTreeMap<(usize, usize), Column>,
    /// Taxed and relieved income of the value beyond the horizon, million USD.
    pub tax_beyond: Vec<Column>,
    /// Cash missing on the first day while an impossible brief is measured, million USD.
    pub raised: Option<Column>,
    /// Million USD by which the minimum of cash gives way.
    pub lowered: Option<Column>,
    /// Free column that the tail cuts of the objective bound from above.
    pub tail: Option<Column>,
    /// Hashprice sold forward for each month of a period, EH/s.
    pub hedge: BTreeMap<usize, Column>,
    /// Decisions that are made whole or not at all.
    pub whole: Whole,
}

impl Handles {
    /// What is decided before a period: orders, contracts, machines and how they run, money.
    pub fn decided_before(&self, period: usize) -> Vec<Column> {
        let decisions = [
            &self.build,
            &self.remove,
            &self.fit,
            &self.start,
            &self.mine,
            &self.install,
            &self.buy,
            &self.retire,
            &self.gpu,
            &self.draw,
            &self.repay,
        ];
        let decided = decisions.into_iter().flatten().filter(|((_, of), _)| *of < period);
        let running = self.running.iter().filter(|((_, of, _), _)| *of < period);
        // Forwards are all signed on the first day.
        let sold = self.hedge.values().copied();
        let rest = decided.map(|(_, column)| *column).chain(running.map(|(_, column)| *column));
        rest.chain(sold).collect()
    }
}

/// Design-hour load of a part in a period, to be read after the solve.
#[derive(Clone, Debug)]
pub struct Load {
    pub component: usize,
    pub period: usize,
    pub mining: Expression,
    pub hosting: Expression,
    pub rating: Expression,
}

/// The model with everything needed to read its answer.
#[derive(Debug)]
pub struct Program<'a> {
    pub context: &'a Context<'a>,
    pub model: Model,
    pub cash: Vec<ColumnCash>,
    pub handles: Handles,
    pub loads: Vec<Load>,
    /// Import of each feed by period and weather: (mining, hosting).
    pub imports: BTreeMap<(usize, usize, usize), (Expression, Expression)>,
    pub floors: Vec<FloorYear>,
    /// What the instruments promise, to be read after the solve.
    pub covenants: Vec<Covenant>,
    /// Price by month at which hashprice is sold forward, USD per PH/s and day; empty where it is not.
    pub forwards: Vec<f64>,
    /// The second case of cash; present where cash is kept above a minimum.
    stress: Option<Stress>,
    /// Rows of (case, month) that were cut (C13).
    cash_months: BTreeMap<(usize, usize), RowIndex>,
    /// What rated links carry in the period and weather being built.
    link_flows: BTreeMap<usize, Expression>,
    paths: usize,
    freedom: Freedom,
    /// Blocks, fixed prices, least sizes and choices have columns of their own, which are to be whole.
    is_whole: bool,
    /// Column that all floors rise with; see [`Program::vary_floors`].
    level: Option<Column>,
    /// Rows that were cut, with what they were cut from.
    tail_rows: Vec<(RowIndex, Tail)>,
    loss_rows: Vec<(RowIndex, LossRow)>,
}

/// A worst tail that bounds an income or the objective: the weights of the paths, which hold for any decisions.
#[derive(Clone, Debug, PartialEq)]
pub struct Tail {
    /// Plan year of an revenue floor; `None` for the objective.
    pub year: Option<usize>,
    pub weights: Vec<f64>,
}

/// Rows cut from one program that hold in another with the same periods and as many paths.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cuts {
    pub tails: Vec<Tail>,
    /// Months inside a period whose cash is kept above the minimum, by case.
    pub months: Vec<(usize, usize)>,
}

impl<'a> Program<'a> {
    /// Builds the whole program on a sampled world.
    pub fn new(
        context: &'a Context<'a>,
        markets: &Markets,
        freedom: Freedom,
        floors: Vec<FloorYear>,
    ) -> Self {
        Self::made(context, markets, freedom, floors, false)
    }

    /// Builds the whole program with the columns and rows of whole decisions, every one of them relaxed until
    /// [`Program::ask_whole`].
    pub fn of_whole_decisions(context: &'a Context<'a>, markets: &Markets, floors: Vec<FloorYear>) -> Self {
        Self::made(context, markets, Freedom::Everything, floors, true)
    }

    fn made(
        context: &'a Context<'a>,
        markets: &Markets,
        freedom: Freedom,
        floors: Vec<FloorYear>,
        is_whole: bool,
    ) -> Self {
        let mut program = Self {
            context,
            model: Model::default(),
            cash: Vec::new(),
            handles: Handles::default(),
            loads: Vec::new(),
            imports: BTreeMap::new(),
            floors,
            covenants: Vec::new(),
            forwards: hedge::quoted(context, &markets.expected_hashprice, freedom),
            stress: cash::is_kept(context, freedom).then(|| Stress::new(context, &markets.worlds.program)),
            cash_months: BTreeMap::new(),
            link_flows: BTreeMap::new(),
            paths: markets.worlds.program.paths,
            freedom,
            is_whole,
            level: None,
            tail_rows: Vec::new(),
            loss_rows: Vec::new(),
        };
        program.add_columns(&markets.worlds.program, &markets.mining);
        for period in 0..program.periods() {
            program.add_balances(period);
        }
        program.add_space_rows();
        program.add_pair_rows();
        program.add_offer_rows();
        program.add_whole_rows();
        program.add_fleet_rows();
        program.add_hedge_rows();
        program.add_grid_rows();
        program.add_budget_rows();
        program.add_policy_rows();
        program.add_tax_rows();
        program.add_financing(&markets.worlds.program);
        program.add_cash_rows();
        for (data, cash) in program.model.columns.iter_mut().zip(&program.cash) {
            data.cost += statistics::mean(&cash.npv) / MILLION;
        }
        program.weigh_risk();
        program
    }

    pub fn periods(&self) -> usize {
        self.context.calendar.periods.len()
    }

    pub fn paths(&self) -> usize {
        self.paths
    }

    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn add_column(&mut self, name: String, lower: f64, upper: f64, cash: ColumnCash) -> Column {
        self.cash.push(cash);
        self.model.add_column(name, lower, upper, 0.0)
    }

    fn at_most(&mut self, name: String, left: Expression, right: &Expression, origin: Origin) {
        self.model.add_row(name, left, Sense::AtMost, right, origin);
    }

    fn equal(&mut self, name: String, left: Expression, right: &Expression, origin: Origin) {
        self.model.add_row(name, left, Sense::Equal, right, origin);
    }

    /// True when the restriction leaves an offer open.
    fn may_host(&self, offer: usize) -> bool {
        self.freedom != Freedom::KeepMining || self.context.site.offers[offer].status == OfferStatus::Signed
    }

    fn may_build(&self) -> bool {
        self.freedom != Freedom::KeepMining
    }

    /// Rating in service of a part in a period, MW: what exists or is ready, less what is replaced, removed or
    /// under works (C2).
    pub fn rating(&self, component: usize, period: usize) -> Expression {
        let part = self.context.component(component);
        let rating = part.rating_mw();
        if matches!(part.state, State::Planned(_)) {
            return self
                .handles
                .ready
                .get(&(component, period))
                .map_or_else(Expression::default, |column| Expression::of(*column, 1.0));
        }
        let mut expression = Expression::constant(rating);
        for (order, column) in self.handles.remove.range((component, 0)..=(component, period)) {
            debug_assert_eq!(order.0, component);
            expression.add(*column, -rating);
        }
        for (other, candidate) in self.context.site.components.iter().enumerate() {
            let Some(planned) = candidate.planned() else { continue };
            let max = candidate.rating_mw();
            if max <= 0.0 {
                continue;
            }
            if planned.replaces.contains(&part.id)
                && let Some(ready) = self.handles.ready.get(&(other, period))
            {
                expression.add(*ready, -rating / max);
            }
            if planned.works_outage_months > 0.0 && planned.works_outage.contains(&part.id) {
                for ((_, order), column) in self.handles.build.range((other, 0)..=(other, period)) {
                    let ready =
                        self.context.calendar.periods[*order].first_month as f64 + planned.lead_months;
                    let share =
                        self.context.calendar.overlap(period, ready - planned.works_outage_months, ready);
                    expression.add(*column, -rating / max * share);
                }
            }
        }
        expression
    }

    /// Cash and worst-tail value rows may be violated by the present point; adds a cut for each that is.
    ///
    /// The floor of year y is `min over tails q of sum_s q_s R_ys(x) >= floor_y` (C14): each cut is one tail, so a
    /// handful of cuts replaces a row per path. Returns how many were added.
    pub fn cut_tails(&mut self, values: &[f64]) -> usize {
        let level = self.context.site.plan.tail_level;
        let mut added = self.cut_cash(values);
        for index in 0..self.floors.len() {
            let floor = self.floors[index].clone();
            let revenue = self.revenue_of_year(floor.year, values);
            let slack = floor.slack.map_or(0.0, |(column, usd_per_unit)| values[column] * usd_per_unit);
            let tail = statistics::worst_tail_mean(&revenue, level);
            let asked = floor.usd + self.level.map_or(0.0, |level| values[level] * floor.usd_per_level);
            if tail + slack < asked - short(asked) {
                let weights = statistics::worst_tail_weights(&revenue, level);
                self.add_floor_cut(index, weights);
                added += 1;
            }
        }
        if let Some(tail_column) = self.handles.tail {
            let npv = self.npv_by_path(values);
            let tail = statistics::worst_tail_mean(&npv, level);
            if tail < values[tail_column] * MILLION - short(tail) {
                let weights = statistics::worst_tail_weights(&npv, level);
                self.add_objective_cut(tail_column, weights);
                added += 1;
            }
        }
        added
    }

    /// Adds rows that were cut from another program.
    pub fn add_cuts(&mut self, cuts: &Cuts) {
        let level = self.context.site.plan.tail_level;
        // Weights are a tail of this level, of these paths: none weighs more than its share of the tail.
        let most = 1.0 / (self.paths as f64 * (1.0 - level)) * (1.0 + 1e-9);
        for tail @ Tail { year, weights } in &cuts.tails {
            let fits = weights.len() == self.paths && weights.iter().all(|weight| *weight <= most);
            if !fits || self.tail_rows.iter().any(|(_, known)| known == tail) {
                continue;
            }
            match (year, self.handles.tail) {
                (Some(year), _) => {
                    for index in 0..self.floors.len() {
                        if self.floors[index].year == *year {
                            self.add_floor_cut(index, weights.clone());
                        }
                    }
                }
                (None, Some(tail)) => self.add_objective_cut(tail, weights.clone()),
                (None, None) => {}
            }
        }
        for (case, month) in &cuts.months {
            self.add_month_row(*case, *month);
        }
    }

    /// Takes away the rows from an index on, all of them cut.
    pub fn forget_rows(&mut self, from: RowIndex) {
        self.model.rows.truncate(from);
        self.tail_rows.retain(|(row, _)| *row < from);
        self.loss_rows.retain(|(row, _)| *row < from);
        self.cash_months.retain(|_, row| *row < from);
    }

    /// Rows of (C7) cut so far, as data.
    pub fn loss_rows(&self) -> Vec<LossRow> {
        self.loss_rows.iter().map(|(_, row)| row.clone()).collect()
    }

    /// The cut rows that hold the answer where it is.
    pub fn tight_cuts(&self, solution: &Solution) -> Cuts {
        let is_tight = |row: RowIndex| solution.duals.get(row).is_some_and(|price| *price != 0.0);
        let tails = self.tail_rows.iter().filter(|(row, _)| is_tight(*row)).map(|(_, tail)| tail.clone());
        let months = self.cash_months.iter().filter(|(_, row)| is_tight(**row)).map(|(of, _)| *of);
        Cuts { tails: tails.collect(), months: months.collect() }
    }

    /// Billed revenue of a plan year by path, USD.
    pub fn revenue_of_year(&self, year: usize, values: &[f64]) -> Vec<f64> {
        let mut total = vec![0.0; self.paths];
        for (cash, value) in self.cash.iter().zip(values) {
            if *value == 0.0 {
                continue;
            }
            for (_, by_path) in cash.revenue.iter().filter(|(of, _)| *of == year) {
                for (sum, revenue) in total.iter_mut().zip(by_path) {
                    *sum += revenue * value;
                }
            }
        }
        total
    }

    /// `(1-w) E[NPV] + w CVaR(NPV)` of a point, USD, whatever the objective is.
    pub fn worth(&self, values: &[f64]) -> f64 {
        let plan = &self.context.site.plan;
        let npv = self.npv_by_path(values);
        let tail = statistics::worst_tail_mean(&npv, plan.tail_level);
        (1.0 - plan.risk_weight) * statistics::mean(&npv) + plan.risk_weight * tail
    }

    fn npv_by_path(&self, values: &[f64]) -> Vec<f64> {
        let mut total = vec![0.0; self.paths];
        for (cash, value) in self.cash.iter().zip(values) {
            for (path, sum) in total.iter_mut().enumerate() {
                *sum += value * on_path(&cash.npv, path);
            }
        }
        total
    }
}

/// What a tail may be short by before it is cut, USD: a cent at least, which is ten times what a solver lets a row of
/// million USD be off. A floor of nothing would be cut for ever.
fn short(tail: f64) -> f64 {
    1e-2 + 1e-7 * tail.abs()
}

/// A series with one entry for all paths or one a path.
pub(super) fn on_path(series: &[f64], path: usize) -> f64 {
    match series {
        [] => 0.0,
        [only] => *only,
        many => many[path],
    }
}
