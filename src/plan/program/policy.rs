//! (C14) the worst-year floor of billed revenue and the risk weight by tail cuts, (C15) contracted revenue, and the
//! columns that limits of an impossible brief give way by.

use super::{ColumnCash, MILLION, Program, Tail};
use crate::lp::{Column, Expression, Origin, Sense};
use crate::plan::context::name;
use crate::quantity::statistics;

/// Million USD for a hosted MW and month: a hundred times what the dearest contract pays.
const FAR_ABOVE_MONEY: f64 = 10.0;

/// The floor of one plan year's billed revenue: coins, rent, GPU-hours, hosted energy, backstop and re-let as they are
/// billed. Power that tenants reimburse, demand response, service credits and prepayment credits are no part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FloorYear {
    /// 0-based.
    pub year: usize,
    pub usd: f64,
    /// Keep-mining's expected revenue of the year, USD.
    pub reference_usd: f64,
    /// USD of the floor for each unit of [`Program::level`], where there is one.
    pub usd_per_level: f64,
    /// Column that it gives way by while an impossible brief is measured, and USD of the floor for each unit of it.
    pub slack: Option<(Column, f64)>,
    pub cuts: usize,
}

impl Program<'_> {
    pub(super) fn add_policy_rows(&mut self) {
        let Some(share) = self.context.site.limits.contracted_share.filter(|share| *share > 0.0) else {
            return;
        };
        let mut floors = self.floors.clone();
        floors.sort_by_key(|floor| floor.year);
        floors.dedup_by_key(|floor| floor.year);
        for floor in floors {
            let mut contracted = Expression::default();
            for (column, cash) in self.cash.iter().enumerate() {
                let usd: f64 =
                    cash.contracted.iter().filter(|(year, _)| *year == floor.year).map(|(_, usd)| usd).sum();
                contracted.add(column, usd / MILLION);
            }
            let label = self.year_label(floor.year);
            let origin =
                Origin { family: "C15", object: format!("contracted revenue of {label}"), unit: "$M" };
            let right = Expression::constant(share * floor.reference_usd / MILLION);
            self.model.add_row(name(&["C15", &label]), contracted, Sense::AtLeast, &right, origin);
        }
    }

    /// Calendar year in which a plan year starts.
    pub(in crate::plan) fn year_label(&self, year: usize) -> String {
        self.context.calendar.date_of(year * 12).year().to_string()
    }

    pub(super) fn add_floor_cut(&mut self, index: usize, weights: Vec<f64>) {
        let floor = self.floors[index].clone();
        let mut tail = Expression::default();
        for (column, cash) in self.cash.iter().enumerate() {
            let usd: f64 = cash
                .revenue
                .iter()
                .filter(|(year, _)| *year == floor.year)
                .map(|(_, by_path)| by_path.iter().zip(&weights).map(|(revenue, w)| revenue * w).sum::<f64>())
                .sum();
            tail.add(column, usd / MILLION);
        }
        if let Some((slack, usd_per_unit)) = floor.slack {
            tail.add(slack, usd_per_unit / MILLION);
        }
        if let Some(level) = self.level {
            tail.add(level, -floor.usd_per_level / MILLION);
        }
        let label = self.year_label(floor.year);
        // A share and dollars of one year are two floors while an impossible brief is measured.
        let same_year = self.floors[..index].iter().filter(|other| other.year == floor.year).count();
        let row = match same_year {
            0 => name(&["C14", &label, &floor.cuts.to_string()]),
            more => name(&["C14", &label, &more.to_string(), &floor.cuts.to_string()]),
        };
        let origin = Origin { family: "C14", object: format!("{label} revenue floor"), unit: "$M" };
        let right = Expression::constant(floor.usd / MILLION);
        let row = self.model.add_row(row, tail, Sense::AtLeast, &right, origin);
        self.tail_rows.push((row, Tail { year: Some(floor.year), weights }));
        self.floors[index].cuts += 1;
    }

    /// Makes the floors rise together with one column, from what they are: the higher, the more they promise. Called before
    /// anything is cut. Each year's expected revenue bounds it from the start.
    pub fn vary_floors(&mut self) -> Column {
        let level = self.add_column("level".to_owned(), 0.0, f64::INFINITY, ColumnCash::default());
        self.level = Some(level);
        for index in 0..self.floors.len() {
            self.add_floor_cut(index, vec![1.0 / self.paths() as f64; self.paths()]);
        }
        level
    }

    /// `(1-w) E[NPV] + w CVaR(NPV)`: the mean is scaled down and a free column takes the tail.
    pub(super) fn weigh_risk(&mut self) {
        let weight = self.context.site.plan.risk_weight;
        if weight <= 0.0 {
            return;
        }
        for column in &mut self.model.columns {
            column.cost *= 1.0 - weight;
        }
        // Bounded by the mean tail of the present values: one cut with equal weights keeps the program bounded.
        let tail =
            self.add_column("tail".to_owned(), f64::NEG_INFINITY, f64::INFINITY, ColumnCash::default());
        self.model.columns[tail].cost = weight;
        self.handles.tail = Some(tail);
        let equal = vec![1.0 / self.paths() as f64; self.paths()];
        self.add_objective_cut(tail, equal);
    }

    pub(super) fn add_objective_cut(&mut self, tail: Column, weights: Vec<f64>) {
        let mut worst = Expression::default();
        for (column, cash) in self.cash.iter().enumerate() {
            let usd: f64 = match cash.npv.as_slice() {
                [only] => *only,
                many => many.iter().zip(&weights).map(|(npv, weight)| npv * weight).sum(),
            };
            worst.add(column, usd / MILLION);
        }
        let count = self.model.rows.iter().filter(|row| row.origin.family == "tail").count();
        let origin = Origin { family: "tail", object: "worst tail of NPV".to_owned(), unit: "$M" };
        let row = name(&["tail", &count.to_string()]);
        self.at_most(row, Expression::of(tail, 1.0), &worst, origin);
        self.tail_rows.push((self.model.rows.len() - 1, Tail { year: None, weights }));
    }

    /// Adds a column that a limit gives way by, at a price in million USD a unit. Which rows it loosens, and how much a
    /// unit of it does, is the caller's to say: in [`FloorYear::slack`] of floors, in the rows themselves of others.
    pub fn add_slack(&mut self, label: String, price: f64) -> Column {
        let slack = self.add_column(label, 0.0, f64::INFINITY, ColumnCash::default());
        self.model.columns[slack].cost = -price;
        slack
    }

    /// Puts the money back as the objective, leaving slacks where they are bounded.
    pub fn restore_objective(&mut self) {
        for (data, cash) in self.model.columns.iter_mut().zip(&self.cash) {
            data.cost = statistics::mean(&cash.npv) / MILLION;
        }
        if let Some(tail) = self.handles.tail {
            let weight = self.context.site.plan.risk_weight;
            for column in &mut self.model.columns {
                column.cost *= 1.0 - weight;
            }
            self.model.columns[tail].cost = weight;
        }
    }

    /// Expected NPV of a point, USD, whatever the objective is.
    pub fn expected_npv(&self, values: &[f64]) -> f64 {
        self.cash.iter().zip(values).map(|(cash, value)| statistics::mean(&cash.npv) * value).sum()
    }

    /// Puts fitted MW-months of a hall, earlier ones worth more, far above money in the objective.
    pub fn prefer_earliest_fit_out(&mut self, hall: usize) {
        let calendar = &self.context.calendar;
        for ((_, period), column) in self.handles.fit_ready.range((hall, 0)..=(hall, usize::MAX)) {
            self.model.columns[*column].cost += FAR_ABOVE_MONEY * calendar.period_discount(*period);
        }
    }

    /// Puts hosting MW-months, earlier ones worth more, far above money in the objective.
    pub fn prefer_earliest_hosting(&mut self) {
        let calendar = &self.context.calendar;
        for ((_, period), column) in &self.handles.host {
            self.model.columns[*column].cost += FAR_ABOVE_MONEY * calendar.period_discount(*period);
        }
    }
}
