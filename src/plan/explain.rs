//! What binds and what one more unit of it is worth, in sentences.

use super::program::{MILLION, Program};
use super::result::Binding;
use crate::lp::{Sense, Solution};
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
}

/// Binding limits, most important first. Rows of one object are summed: the worth of one more unit throughout.
pub(super) fn bindings(program: &Program<'_>, solution: &Solution) -> Vec<Binding> {
    let mut groups: BTreeMap<(&'static str, String), Group> = BTreeMap::new();
    for (row, dual) in program.model.rows.iter().zip(&solution.duals) {
        // Equalities are bookkeeping; C1 keeps flows together, C17 losses and income, and are nobody's limit.
        let internal = matches!(row.origin.family, "C1" | "C17" | "tail" | "base");
        if row.sense == Sense::Equal || internal || dual.abs() < NOTHING {
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
        });
        group.price += dual;
        group.importance += (dual * row.right).abs().max(dual.abs());
        if group.first_period.is_none() {
            group.first_period = period_of(program, &row.name);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by(|a, b| b.importance.total_cmp(&a.importance).then_with(|| a.object.cmp(&b.object)));
    groups.into_iter().map(|group| binding(program, group)).collect()
}

/// Row names end with the first month of their period.
fn period_of(program: &Program<'_>, row: &str) -> Option<usize> {
    let stamp = row.rsplit('.').next()?;
    (0..program.periods()).find(|period| super::context::stamp(&program.context.calendar, *period) == stamp)
}

fn binding(program: &Program<'_>, group: Group) -> Binding {
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
    let sentence = match group.family {
        "C2" => {
            format!("{object} is full{from}: one more MW throughout would be worth {worth}, before its price")
        }
        "C3" => format!(
            "{object} takes no more heat{from}: one more MW throughout would be worth {worth}, before its price"
        ),
        "C4" => format!("{object} has no more space{from}: one more unit throughout would be worth {worth}"),
        "C5" => format!("The positions of {object} are taken{from}: as many again would be worth {worth}"),
        "C6" => format!(
            "Hosting waits for {object}{from}: having a MW of it ready would be worth {worth}, before its price"
        ),
        "C7" => format!(
            "{object} hosts no more that survives a failure{from}: one more MW would be worth {worth}"
        ),
        "C7 loss" => format!("{object} is at its most{from}: one more MW would be worth {worth}"),
        "C8" if shadow_price >= 0.0 => {
            format!("{object} takes no more{from}: one more MW of it would be worth {worth}")
        }
        "C8" => format!("{object} was promised{from}: one MW less would be worth {worth}"),
        "C9" => format!("All {object} that may run do{from}: one more MW of machines would be worth {worth}"),
        "C10" => format!("The {object} is used up{from}: one more MW would be worth {worth}"),
        "C11" => format!("The {object} is spent: one more dollar of it would add {worth} of NPV"),
        "C12" => format!("The {object} is used up{from}: one more dollar of it would add {worth} of NPV"),
        "C13" => format!("The {object} binds{from}: one dollar less of it would add {worth} of NPV"),
        "C14" => format!("The {object} binds: one dollar less of it would add {worth} of NPV"),
        "C15" => format!("The {object} binds: one dollar less would add {worth} of NPV"),
        _ => format!("{object} binds{from}"),
    };
    let unit = if is_money { "USD per USD".to_owned() } else { format!("USD per {}", group.unit) };
    Binding { constraint: group.family.to_owned(), object: group.object, shadow_price, unit, sentence }
}
