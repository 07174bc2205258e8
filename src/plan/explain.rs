//! What binds and what one more unit of it is worth, in sentences.

use super::program::{Losses, MILLION, Program};
use super::result::{Binding, Holds};
use super::solve::{Failure, PlanError, Watch, settle};
use crate::lp::{Basis, RowIndex, Sense, Session, Solution};
use crate::quantity::{date, format};
use std::collections::BTreeMap;

/// Shadow prices below this are rounding, million USD per unit.
const NOTHING: f64 = 1e-6;

struct Group {
    family: &'static str,
    object: String,
    unit: &'static str,
    price: f64,
    importance: f64,
    first_period: Option<usize>,
    rows: Vec<RowIndex>,
}

/// What binds, with the rows it is made of.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    pub binding: Binding,
    rows: Vec<RowIndex>,
    /// One unit of the limit on the right-hand sides: upwards, or downwards of what is promised.
    step: f64,
    words: Words,
}

/// The two halves of a sentence, between which the worth stands.
#[derive(Clone, Debug)]
struct Words {
    before: String,
    after: String,
}

impl Words {
    fn with(&self, worth: &str) -> String {
        format!("{}{worth}{}", self.before, self.after)
    }
}

/// Binding limits, most important first. Rows of one object are summed: the worth of one more unit throughout.
pub(super) fn bindings(program: &Program<'_>, solution: &Solution) -> Vec<Limit> {
    let mut groups: BTreeMap<(&'static str, String), Group> = BTreeMap::new();
    for (index, (row, dual)) in program.model.rows.iter().zip(&solution.duals).enumerate() {
        // Equalities are bookkeeping; C1 keeps flows together, C17 losses and income, and are nobody's limit.
        let internal = matches!(row.origin.family, "C1" | "C17" | "tail" | "base" | "whole");
        if row.sense == Sense::Equal || internal {
            continue;
        }
        let key = (row.origin.family, row.origin.object.clone());
        let group = groups.entry(key).or_insert_with(|| Group {
            family: row.origin.family,
            object: row.origin.object.clone(),
            unit: row.origin.unit,
            price: 0.0,
            importance: 0.0,
            first_period: None,
            rows: Vec::new(),
        });
        // One more unit throughout is one more in the rows that do not bind too.
        group.rows.push(index);
        if dual.abs() < NOTHING {
            continue;
        }
        group.price += dual;
        group.importance += (dual * row.right).abs().max(dual.abs());
        if group.first_period.is_none() {
            group.first_period = period_of(program, &row.name);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().filter(|group| group.importance > 0.0).collect();
    groups.sort_by(|a, b| b.importance.total_cmp(&a.importance).then_with(|| a.object.cmp(&b.object)));
    groups.into_iter().map(|group| limit(program, group)).collect()
}

/// How far each price holds, told by a session that stands at the vertex of the solution.
pub(super) fn measure(limits: &mut [Limit], program: &Program<'_>, solution: &Solution, session: &Session) {
    for limit in limits {
        let direction: Vec<(RowIndex, f64)> = limit.rows.iter().map(|row| (*row, 1.0)).collect();
        // In the unit of the price.
        let scale = if limit.binding.is_money() { MILLION } else { 1.0 };
        limit.binding.holds = session
            .reach(&program.model, solution, &direction)
            .map(|reach| Holds { less: reach.less * scale, more: reach.more * scale });
    }
}

/// Worth of a unit below this is nothing to a reader, USD.
const NOTHING_USD: f64 = 5_000.0;

/// Limits whose worth is worked out by solving again.
const TOLD: usize = 12;

/// What a whole unit of each of the first limits is worth, which its price tells only as far as the price holds: where it
/// holds less far, the program is solved again from its vertex with that unit more, and whatever that breaks is cut again.
pub(super) fn weigh_units(
    limits: &mut [Limit],
    program: &mut Program<'_>,
    (losses, vertex): (&mut Losses<'_>, &Option<Basis>),
    session: &mut Session,
    objective: f64,
    watch: &Watch<'_>,
) -> Result<(), PlanError> {
    let told = limits.len().min(TOLD);
    let rows = program.model.rows.len();
    for (index, limit) in limits.iter_mut().take(TOLD).enumerate() {
        let is_money = limit.binding.is_money();
        let holds = limit.binding.holds.map(|holds| if limit.step > 0.0 { holds.more } else { holds.less });
        let unit = if is_money { MILLION } else { 1.0 };
        if holds.is_none_or(|holds| holds >= unit * limit.step.abs()) {
            continue;
        }
        watch.at("Weighing what binds", 0.7 + 0.1 * index as f32 / told as f32)?;
        let rights: Vec<f64> = limit.rows.iter().map(|row| program.model.rows[*row].right).collect();
        for row in &limit.rows {
            program.model.rows[*row].right += limit.step;
        }
        if let Some(vertex) = vertex {
            session.start_from(vertex.clone());
        }
        let changed = settle(program, losses, session, watch);
        // A loss that is survived in two ways has rows of one of them, which may be too careful for others.
        program.forget_rows(rows);
        for (row, right) in limit.rows.iter().zip(rights) {
            program.model.rows[*row].right = right;
        }
        match changed {
            Ok((solution, _)) => limit.is_worth((solution.objective - objective) * MILLION, is_money),
            Err(PlanError(Failure::Cancelled)) => return Err(PlanError(Failure::Cancelled)),
            // One more of it leaves the price as it is told.
            Err(_) => {}
        }
    }
    // What is worth nothing by itself comes last.
    limits.sort_by_key(|limit| limit.binding.step_worth_usd.is_some_and(|usd| usd < NOTHING_USD));
    Ok(())
}

impl Limit {
    /// Takes the worth of a step, USD, in place of the price of the vertex.
    fn is_worth(&mut self, usd: f64, is_money: bool) {
        let usd = usd.max(0.0);
        self.binding.step_worth_usd = Some(usd);
        if usd < NOTHING_USD {
            // A corner: something else binds with it.
            self.binding.sentence = format!("{}nothing by itself", self.words.before);
            return;
        }
        let worth = if is_money {
            format!("${}", format::number(usd / MILLION, 2))
        } else {
            format::usd(usd / self.step.abs())
        };
        self.binding.sentence = self.words.with(&worth);
    }
}

/// Row names end with the first month of their period.
fn period_of(program: &Program<'_>, row: &str) -> Option<usize> {
    let stamp = row.rsplit('.').next()?;
    (0..program.periods()).find(|period| super::context::stamp(&program.context.calendar, *period) == stamp)
}

fn limit(program: &Program<'_>, group: Group) -> Limit {
    let from = group.first_period.map_or_else(String::new, |period| {
        format!(" from {}", date::month_label(program.context.calendar.periods[period].start))
    });
    let is_money = group.unit == "$M";
    // Million USD per million USD is USD per USD; per MW it is turned into USD.
    let shadow_price = if is_money { group.price } else { group.price * MILLION };
    let worth = if is_money {
        format!("${}", format::number(group.price.abs(), 2))
    } else {
        format::usd(shadow_price.abs())
    };
    let object = &group.object;
    let (before, after) = match group.family {
        "C2" => {
            (format!("{object} is full{from}: one more MW throughout would be worth "), ", before its price")
        }
        "C3" => (
            format!("{object} takes no more heat{from}: one more MW throughout would be worth "),
            ", before its price",
        ),
        "C4" => {
            (format!("{object} has no more space{from}: one more MW of it throughout would be worth "), "")
        }
        "C5" => (format!("The positions of {object} are taken{from}: as many again would be worth "), ""),
        "C6" => (
            format!("Hosting waits for {object}{from}: having a MW of it ready would be worth "),
            ", before its price",
        ),
        "C7" => {
            (format!("{object} hosts no more that survives a failure{from}: one more MW would be worth "), "")
        }
        "C7 loss" => (format!("{object} is at its most{from}: one more MW would be worth "), ""),
        "C8" if shadow_price >= 0.0 => {
            (format!("{object} takes no more{from}: one more MW of it would be worth "), "")
        }
        "C8" => (format!("{object} was promised{from}: one MW less would be worth "), ""),
        "C8 least" => (format!("{object} takes no less: one MW less of it would be worth "), ""),
        "C9" => (format!("All {object} that may run do{from}: one more MW of machines would be worth "), ""),
        "C10" => (format!("The {object} is used up{from}: one more MW would be worth "), ""),
        "C11" => (format!("The {object} is spent: one more dollar of it would add "), " of NPV"),
        "C12" => (format!("The {object} is used up{from}: one more dollar of it would add "), " of NPV"),
        "C13" => (format!("The {object} binds{from}: one dollar less of it would add "), " of NPV"),
        "C14" => (format!("The {object} binds: one dollar less of it would add "), " of NPV"),
        "C15" => (format!("The {object} binds: one dollar less would add "), " of NPV"),
        "C16" => {
            (format!("The {object} is used up{from}: one more EH/s of it throughout would be worth "), "")
        }
        _ => (format!("{object} binds{from}: one more of it would be worth "), ""),
    };
    let words = Words { before, after: after.to_owned() };
    // A promise or a floor gives way downwards, every other limit upwards; positions by a hundredth.
    let unit = if group.unit == "share" { 0.01 } else { 1.0 };
    let step = if shadow_price < 0.0 { -unit } else { unit };
    let binding = Binding {
        constraint: group.family.to_owned(),
        object: group.object,
        shadow_price,
        unit: if is_money { Binding::PER_DOLLAR.to_owned() } else { format!("USD per {}", group.unit) },
        holds: None,
        step_worth_usd: None,
        sentence: words.with(&worth),
    };
    Limit { binding, rows: group.rows, step, words }
}
