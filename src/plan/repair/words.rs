//! A repair in words and as the entry of the answer.

use super::gives::{Give, Value};
use crate::plan::context::Context;
use crate::plan::result::{Change, Repair};
use crate::quantity::{Unit, date, format};
use crate::site::Override;

/// One limit of a repair: what it is made, and what would be just enough.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Given {
    pub give: Give,
    pub exact: Value,
    pub value: Value,
}

pub(super) fn repair(
    context: &Context<'_>,
    given: &[Given],
    price_usd: f64,
    npv_usd: f64,
    overrides: Vec<Override>,
) -> Repair {
    let phrases: Vec<String> = given.iter().map(|one| phrase(context, one)).collect();
    let sentence = match (given, phrases.as_slice()) {
        ([only], [phrase]) => format!("{}{}", capital(phrase), enough(only)),
        _ => format!("Together: {}", phrases.join("; ")),
    };
    let objects: Vec<String> = given.iter().map(|one| one.give.object(context)).collect();
    let changes: Vec<Change> = given.iter().map(|one| change(context, one)).collect();
    let words: Vec<String> = given.iter().map(|one| short(context, one)).collect();
    Repair {
        object: objects.join(" + "),
        change: words.join("; "),
        cost_usd: Some(price_usd),
        sentence,
        npv_usd,
        changes,
        overrides,
    }
}

fn change(context: &Context<'_>, given: &Given) -> Change {
    let (now, unit) = (given.give.now(context.site), given.give.unit());
    Change {
        object: given.give.object(context),
        now: plain(now, unit),
        least: plain(given.exact, unit),
        value: plain(given.value, unit),
        unit: unit_word(unit),
    }
}

/// `raise the 2026 budget from $30.0M to $31.4M`
fn phrase(context: &Context<'_>, given: &Given) -> String {
    let Given { give, value, .. } = given;
    let (object, unit, now) = (give.object(context), give.unit(), give.now(context.site));
    match (now, *value) {
        (Value::Date(now), Value::Date(value)) => {
            let months = date::months_between(now, value);
            let later = if months == 1 { "a month".to_owned() } else { format!("{months} months") };
            format!("move the {object} from {now} to {value}, {later} later")
        }
        (now, value) => {
            let verb = if give.is_raised() { "raise" } else { "lower" };
            format!("{verb} the {object} from {} to {}", shown(now, unit), shown(value, unit))
        }
    }
}

/// What would be just enough, where what is written is rounded.
fn enough(given: &Given) -> String {
    let way = if given.give.is_raised() { "least" } else { "most" };
    match (given.exact, given.value) {
        (Value::Date(_), _) => "; no earlier period does".to_owned(),
        (Value::Number(exact), Value::Number(value)) if exact != value => {
            format!("; {} is the {way} that makes the brief possible", exactly(exact, given.give.unit()))
        }
        _ => format!("; that is the {way} that makes the brief possible"),
    }
}

/// `raise by $1.40M to $31.4M`
fn short(context: &Context<'_>, given: &Given) -> String {
    let unit = given.give.unit();
    match (given.give.now(context.site), given.value) {
        (Value::Number(now), Value::Number(value)) => {
            let verb = if given.give.is_raised() { "raise" } else { "lower" };
            let by = (value - now).abs();
            let by = if unit == Unit::Mw { format::mw(by) } else { shown(Value::Number(by), unit) };
            format!("{verb} by {by} to {}", shown(given.value, unit))
        }
        (_, value) => format!("change to {}", shown(value, unit)),
    }
}

/// A value with all the digits it was rounded to.
fn shown(value: Value, unit: Unit) -> String {
    match value {
        Value::Date(date) => format::date(date),
        Value::Class(class) => class.label().to_owned(),
        Value::Number(value) => match unit {
            Unit::Usd if is_rounded(value) => format::usd(value),
            Unit::Usd => format!("${}", format::number(value, decimals(value, 2))),
            Unit::Share => {
                let percent = value * 100.0;
                format!("{} %", format::number(percent, decimals(percent, 6).max(1)))
            }
            Unit::Mw => format!("{} MW", format::number(value, decimals(value, 6).max(1))),
            _ => format::with_unit(value, unit),
        },
    }
}

/// True where three digits say all of it.
fn is_rounded(value: f64) -> bool {
    format!("{value:.2e}").parse::<f64>().is_ok_and(|read| (read - value).abs() <= 1e-12 * value.abs())
}

/// Fewest decimals that say all of a value, up to `most`.
fn decimals(value: f64, most: usize) -> usize {
    let says_all = |decimals: &usize| {
        format!("{value:.0$}", *decimals)
            .parse::<f64>()
            .is_ok_and(|read| (read - value).abs() <= 1e-11 * value.abs())
    };
    (0..most).find(says_all).unwrap_or(most)
}

/// A value as it came out, to the cent and the watt.
fn exactly(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Usd => format!("${}", format::number(value, 2)),
        Unit::Share => format!("{} %", format::number(value * 100.0, 6)),
        Unit::Mw => format!("{} MW", format::number(value, 6)),
        _ => format::with_unit(value, unit),
    }
}

/// A value for scripts.
fn plain(value: Value, unit: Unit) -> String {
    match value {
        Value::Number(value) => value.to_string(),
        other => shown(other, unit),
    }
}

fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Usd => "USD",
        Unit::Share => "share",
        Unit::None => "",
        other => other.symbol(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
