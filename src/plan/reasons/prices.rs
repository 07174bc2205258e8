//! What a decision is worth a MW at the prices of the answer, told apart by what it pays for.
//!
//! The reduced cost of a column j is `c_j - sum_i y_i a_ij`: its own money less what it takes of every row at the row's
//! price (Dantzig 1963, chapter 12). Rows that only carry an amount from one period to the next (`ready`, `fitted` and the
//! terms of contracts) tell nobody anything. Their prices are sums over periods, `y_p - y_q` = what the amount is worth in
//! the periods from p to q, and that is read from the columns they carry: the price of each row the column is in.

use super::Decided;
use crate::lp::{Column, RowIndex, Solution};
use crate::plan::context::{Context, stamp};
use crate::plan::program::Program;
use crate::quantity::date;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Million USD a MW by family and by what it is for.
pub(super) type Money = BTreeMap<(&'static str, String), f64>;

/// Family of a decision's own money.
pub(super) const OWN: &str = "objective";

/// Share of an expected present value below which a price is rounding, million USD a unit.
const ROUNDING: f64 = 1e-9;

/// The answer's prices by column.
pub(super) struct Prices<'p, 'c> {
    program: &'p Program<'c>,
    solution: &'p Solution,
    /// Rows of each column with its coefficient.
    rows: Vec<Vec<(RowIndex, f64)>>,
    reduced: Vec<f64>,
    /// Rows that carry amounts over time.
    carrying: BTreeSet<RowIndex>,
    /// Part or hall whose ready amount a column is.
    ready: BTreeMap<Column, (Decided, usize)>,
    host: BTreeMap<Column, usize>,
}

impl<'p, 'c> Prices<'p, 'c> {
    pub fn new(program: &'p Program<'c>, solution: &'p Solution) -> Self {
        let model = &program.model;
        let mut rows = vec![Vec::new(); model.columns.len()];
        let mut reduced: Vec<f64> = model.columns.iter().map(|column| column.cost).collect();
        let mut carrying = BTreeSet::new();
        for (index, (row, price)) in model.rows.iter().zip(&solution.duals).enumerate() {
            if ["C2.ready.", "C4.fitted.", "C8.term."].iter().any(|name| row.name.starts_with(name)) {
                carrying.insert(index);
            }
            for (column, factor) in &row.terms {
                rows[*column].push((index, *factor));
                reduced[*column] -= price * factor;
            }
        }
        let of = |decided, columns: &BTreeMap<(usize, usize), Column>| -> Vec<(Column, (Decided, usize))> {
            columns.iter().map(|((of, _), column)| (*column, (decided, *of))).collect()
        };
        let handles = &program.handles;
        let ready =
            of(Decided::Part, &handles.ready).into_iter().chain(of(Decided::FitOut, &handles.fit_ready));
        let host = handles.host.iter().map(|((of, _), column)| (*column, *of)).collect();
        Self { program, solution, rows, reduced, carrying, ready: ready.collect(), host }
    }

    /// Change of the objective by a unit of a column, million USD.
    pub fn reduced(&self, column: Column) -> f64 {
        self.reduced[column]
    }

    pub fn rows_of(&self, column: Column) -> &[(RowIndex, f64)] {
        &self.rows[column]
    }

    /// More of it would pay.
    pub fn rests_on_upper(&self, column: Column) -> bool {
        self.reduced[column] > ROUNDING
    }

    /// A MW in one period instead of in another.
    pub fn moved(&self, decided: Decided, of: usize, from: usize, to: usize) -> Money {
        let (old, new) = (self.column(decided, of, from), self.column(decided, of, to));
        let mut money = Money::new();
        let own = own_words(decided, to < from);
        self.add_rows(&mut money, (decided, of), new, 1.0, own);
        self.add_rows(&mut money, (decided, of), old, -1.0, own);
        let (stood, stands) = (self.stands(decided, of, from), self.stands(decided, of, to));
        for period in 0..self.program.periods() {
            let change = i8::from(stands.contains(&period)) - i8::from(stood.contains(&period));
            self.add_standing(&mut money, (decided, of), period, f64::from(change));
        }
        money
    }

    /// A MW in a period, to what is decided.
    pub fn alone(&self, decided: Decided, of: usize, period: usize) -> Money {
        let mut money = Money::new();
        let column = self.column(decided, of, period);
        let own = match decided {
            Decided::Part | Decided::FitOut => "its price",
            Decided::Hosting => "its rent",
        };
        self.add_rows(&mut money, (decided, of), column, 1.0, own);
        for period in self.stands(decided, of, period) {
            self.add_standing(&mut money, (decided, of), period, 1.0);
        }
        money
    }

    fn column(&self, decided: Decided, of: usize, period: usize) -> Column {
        let handles = &self.program.handles;
        let columns = match decided {
            Decided::Part => &handles.build,
            Decided::FitOut => &handles.fit,
            Decided::Hosting => &handles.start,
        };
        columns[&(of, period)]
    }

    /// Periods in which what is decided in a period is there.
    fn stands(&self, decided: Decided, of: usize, period: usize) -> Range<usize> {
        let context = self.program.context;
        let (calendar, end) = (&context.calendar, self.program.periods());
        let ready = |lead: f64| calendar.ready_period(period, lead).unwrap_or(end)..end;
        match decided {
            Decided::Part => {
                ready(context.component(of).planned().map_or(0.0, |planned| planned.lead_months))
            }
            Decided::FitOut => {
                let fit = context.hall_of(of).and_then(|hall| hall.fit_out.as_ref());
                ready(fit.map_or(0.0, |fit| fit.lead_months))
            }
            Decided::Hosting => {
                let term = context.offer(&context.candidates[of]).term_months.round();
                let over = calendar.period_from(calendar.periods[period].first_month as f64 + term);
                period..over.unwrap_or(end)
            }
        }
    }

    /// A column's own money and what it takes of the rows that carry nothing.
    fn add_rows(&self, money: &mut Money, of: (Decided, usize), column: Column, sign: f64, own: &str) {
        let own_money = self.program.model.columns[column].cost * sign;
        *money.entry((OWN, own.to_owned())).or_default() += own_money;
        for (row, factor) in &self.rows[column] {
            if self.carrying.contains(row) {
                continue;
            }
            let value = -self.solution.duals[*row] * factor * sign;
            // A worst tail of the objective is the column's own money, weighed.
            let key = match self.program.model.rows[*row].origin.family {
                "tail" => (OWN, own.to_owned()),
                family => (family, self.words(*row, of)),
            };
            if value != 0.0 {
                *money.entry(key).or_default() += value;
            }
        }
    }

    /// What is decided being there in a period.
    fn add_standing(&self, money: &mut Money, of: (Decided, usize), period: usize, sign: f64) {
        let handles = &self.program.handles;
        let columns = match of.0 {
            Decided::Part => &handles.ready,
            Decided::FitOut => &handles.fit_ready,
            Decided::Hosting => &handles.host,
        };
        let Some(column) = columns.get(&(of.1, period)).copied().filter(|_| sign != 0.0) else { return };
        self.add_rows(money, of, column, sign, "being there");
        // At a bound of its own: all of it is there, or nothing of it is.
        *money.entry((OWN, "its size".to_owned())).or_default() -= self.reduced[column] * sign;
    }

    /// What a row is, to be read after *for*.
    fn words(&self, row: RowIndex, of: (Decided, usize)) -> String {
        let data = &self.program.model.rows[row];
        let object = &data.origin.object;
        let is = |name: &str| data.name.starts_with(name);
        match data.origin.family {
            // Rows that hold what is ordered: whoever fills them waits for it.
            "C2" | "C3" | "C4" | "C6" | "C7 loss" if self.is_held_by(row, of) => self.who_waits(row),
            "C1" => "power and cooling on its way".to_owned(),
            "C2" => format!("room in {object}{}", self.at_the_earliest(row)),
            "C3" => format!("cooling by {object}{}", self.at_the_earliest(row)),
            "C4" if is("C4.host.") => format!("fitted space in {object}{}", self.at_the_earliest(row)),
            "C4" => format!("space in {object}"),
            "C5" => format!("positions in {object}"),
            "C6" => format!("{object}{}", self.at_the_earliest(row)),
            "C7" => format!("what survives a failure in {object}"),
            "C7 loss" => format!("what survives: {}", lower(object)),
            "C8" if is("C8.pace.") => format!("the pace of {object}"),
            "C8" if is("C8.least.") || is("C8.minimum.") => format!("what is promised: {object}"),
            "C8" => format!("MW that {object} takes"),
            "C9" => format!("{object} machines"),
            "C17" => "tax".to_owned(),
            _ => format!("the {object}"),
        }
    }

    /// True of a row that the ready amount of what is ordered holds up.
    fn is_held_by(&self, row: RowIndex, (decided, of): (Decided, usize)) -> bool {
        let held = |(column, factor): &(Column, f64)| {
            *factor < 0.0 && self.ready.get(column).is_some_and(|ready| *ready == (decided, of))
        };
        decided != Decided::Hosting && self.program.model.rows[row].terms.iter().any(held)
    }

    /// Who uses a row: tenants with MW in it, else mining.
    fn who_waits(&self, row: RowIndex) -> String {
        let context = self.program.context;
        let mut tenants: Vec<&str> = Vec::new();
        for (column, _) in &self.program.model.rows[row].terms {
            let Some(candidate) = self.host.get(column) else { continue };
            let name = context.offer(&context.candidates[*candidate]).name.as_str();
            if self.solution.values[*column] > super::NOTHING_MW && !tenants.contains(&name) {
                tenants.push(name);
            }
        }
        match tenants.as_slice() {
            [] => "what it would carry".to_owned(),
            [one] => format!("{one}, which needs it"),
            [some @ .., last] => format!("{} and {last}, which need it", some.join(", ")),
        }
    }

    /// When what a row waits for can be ready at all, where that is after the row's own period.
    fn at_the_earliest(&self, row: RowIndex) -> String {
        let data = &self.program.model.rows[row];
        let Some(waited_for) = data.terms.iter().find_map(|(column, _)| self.ready.get(column)) else {
            return String::new();
        };
        let context = self.program.context;
        let period = data.name.rsplit('.').next().and_then(|name| {
            (0..self.program.periods()).find(|period| stamp(&context.calendar, *period) == name)
        });
        match (self.first_ready(context, *waited_for), period) {
            (Some(first), Some(period)) if first > period => {
                let day = context.calendar.periods[first].start;
                format!(", ready in {} at the earliest", date::month_label(day))
            }
            _ => String::new(),
        }
    }

    fn first_ready(&self, context: &Context<'_>, (decided, of): (Decided, usize)) -> Option<usize> {
        let handles = &self.program.handles;
        let columns = if decided == Decided::Part { &handles.build } else { &handles.fit };
        // What stands already waits for nobody.
        if decided == Decided::FitOut && context.hall_of(of).is_some_and(|hall| hall.fitted_mw > 0.0) {
            return None;
        }
        let ((_, order), _) = columns.range((of, 0)..=(of, usize::MAX)).next()?;
        Some(self.stands(decided, of, *order).start)
    }
}

fn own_words(decided: Decided, sooner: bool) -> &'static str {
    match (decided, sooner) {
        (Decided::Hosting, true) => "rent that begins sooner",
        (Decided::Hosting, false) => "rent that begins later",
        (_, true) => "paying sooner",
        (_, false) => "paying later",
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
