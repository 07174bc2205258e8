//! Reasons as sentences.

use super::{Decided, Reason, Shift, Worth, WorthShare};
use crate::plan::context::Context;
use crate::quantity::{Date, date, format};

/// Less than this a MW is rounding to a reader, USD.
const ROUNDING_USD: f64 = 100.0;

/// Prices that hold for less than this are told as the least there is to lose, MW.
pub(super) const HARDLY_MW: f64 = 0.01;

/// Causes that are named on each side.
const NAMED: usize = 3;

/// `T2, 40.0 MW ordered in Apr 2027: earlier (Jan 2027) costs …; later (Jul 2027) …`
pub(super) fn made(subject: &str, reason: &Reason, earlier: &Shift, later: &Shift) -> String {
    let [first, last] = [reason.date, reason.last].map(|day| day.map_or_else(String::new, date::month_label));
    let when = match (reason.decided, first == last) {
        (Decided::Hosting, true) => format!("from {first}"),
        (Decided::Hosting, false) => format!("from {first}, all by {last}"),
        (_, true) => format!("ordered in {first}"),
        (_, false) => format!("ordered from {first} to {last}"),
    };
    let side = |word: &str, shift: &Shift| {
        let when = shift.to.map_or_else(String::new, |day| format!(" ({})", date::month_label(day)));
        format!("{word}{when} {}", shift.sentence)
    };
    format!(
        "{subject}, {} {when}: {}; {}",
        format::mw(reason.mw),
        side("earlier", earlier),
        side("later", later)
    )
}

/// Of rent that would begin before anything it needs can be ready.
pub(super) fn too_early(context: &Context<'_>, decided: Decided, of: usize, to: usize) -> Option<String> {
    let candidate = context.candidates.get(of).filter(|_| decided == Decided::Hosting)?;
    // Space that is fitted already waits for no fit-out.
    if context.hall_of(candidate.hall).is_some_and(|hall| hall.fitted_mw > 0.0) {
        return None;
    }
    let lead = context.lead_months(candidate);
    let first = context.calendar.ready_period(0, lead).filter(|first| to < *first)?;
    Some(format!(
        "is not possible: what it needs is ready in {} at the earliest, {} months after the plan starts",
        date::month_label(context.calendar.periods[first].start),
        format::number(lead, 0)
    ))
}

/// Of what cannot be moved whatever else is changed, with the promises and floors that would give way.
pub(super) fn broken(promises: &[String]) -> String {
    match promises {
        [] => "is not possible: no other change keeps every limit".to_owned(),
        [one] => format!("is not possible: {one} could not be kept"),
        [one, another] => format!("is not possible: {one} and {another} could not be kept"),
        [one, rest @ ..] => {
            format!("is not possible: {one} and {} other limits could not be kept", rest.len())
        }
    }
}

/// `costs $180k a MW for paying sooner`
pub(super) fn shifted(worth: &Worth) -> String {
    let because = shares(&worth.shares);
    if is_nothing(worth) {
        return match is_exact(worth) {
            true => "makes no difference".to_owned(),
            false => "costs nothing at the plan's prices, which hold for no MW alone".to_owned(),
        };
    }
    format!("costs {}{} a MW{because}", at_least(worth), format::usd(-worth.usd_per_mw))
}

pub(super) fn left_out(subject: &str, decided: Decided, day: Date, worth: &Worth) -> String {
    let verb = if decided == Decided::Hosting { "from" } else { "ordered in" };
    let when = format!("{verb} {}", date::month_label(day));
    if is_nothing(worth) {
        let words = if is_exact(worth) { "would be worth what it costs" } else { "would add nothing" };
        return format!("{subject} is left out: {when}, a MW {words}");
    }
    format!(
        "{subject} is left out: {when}, where it lacks least, a MW would have to earn {}{} more{}",
        at_least(worth),
        format::usd(-worth.usd_per_mw),
        shares(&worth.shares)
    )
}

/// What has no date at which it could be decided.
pub(super) fn never(subject: &str, context: &Context<'_>, decided: Decided) -> String {
    let limits = &context.site.limits;
    let because = match (decided, limits.last_order) {
        (Decided::Hosting, _) => "no period of the plan starts within its window".to_owned(),
        (_, Some(last)) => {
            format!("ordered until {}, it would not be ready within the plan", format::date(last))
        }
        (_, None) => "it cannot be ready within the plan".to_owned(),
    };
    format!("{subject} is left out: {because}")
}

/// Why there is no such decision in the period before or after.
pub(super) fn impossible(
    context: &Context<'_>,
    decided: Decided,
    of: usize,
    to: Option<usize>,
    is_earlier: bool,
) -> String {
    let Some(to) = to else {
        let end = if is_earlier { "the plan starts then" } else { "it is the last period of the plan" };
        return format!("is not possible: {end}");
    };
    let component = match decided {
        Decided::Hosting => context.component(context.candidates[of].hall),
        _ => context.component(of),
    };
    let fit = component.hall().and_then(|hall| hall.fit_out.as_ref());
    let (earliest, latest) = match decided {
        Decided::Part => (
            component.planned().and_then(|planned| planned.earliest),
            component.planned().and_then(|planned| planned.latest),
        ),
        Decided::FitOut => (fit.and_then(|fit| fit.earliest), None),
        Decided::Hosting => {
            let offer = context.offer(&context.candidates[of]);
            (offer.earliest, offer.latest)
        }
    };
    let start = context.calendar.periods[to].start;
    let last = context.site.limits.last_order.filter(|_| decided != Decided::Hosting);
    let because = match (earliest, latest, last) {
        (Some(day), _, _) if start < day => format!("it may not before {}", format::date(day)),
        (_, Some(day), _) if start > day => format!("it may not after {}", format::date(day)),
        (_, _, Some(day)) if start > day => format!("nothing may be ordered after {}", format::date(day)),
        _ => "it would not be ready within the plan".to_owned(),
    };
    format!("is not possible: {because}")
}

fn is_nothing(worth: &Worth) -> bool {
    worth.usd_per_mw.abs() < ROUNDING_USD
}

fn is_exact(worth: &Worth) -> bool {
    worth.holds_mw.is_some_and(|mw| mw >= HARDLY_MW)
}

fn at_least(worth: &Worth) -> &'static str {
    if is_exact(worth) { "" } else { "at least " }
}

/// ` for paying sooner`, or `: $150k for the 2026 budget and $30k for paying sooner, less $5k for …`.
fn shares(shares: &[WorthShare]) -> String {
    let side = |sign: f64| -> Vec<&WorthShare> {
        shares.iter().filter(|share| share.usd_per_mw * sign >= ROUNDING_USD).collect()
    };
    let (costs, gains) = (side(-1.0), side(1.0));
    match (costs.as_slice(), gains.as_slice()) {
        ([], _) => String::new(),
        ([only], []) => format!(" for {}", only.what),
        (costs, []) => format!(": {}", list(costs)),
        (costs, gains) => format!(": {}, less {}", list(costs), list(gains)),
    }
}

fn list(shares: &[&WorthShare]) -> String {
    let told = if shares.len() > NAMED { NAMED - 1 } else { shares.len() };
    let mut items: Vec<String> = shares[..told]
        .iter()
        .map(|share| format!("{} for {}", format::usd(share.usd_per_mw.abs()), share.what))
        .collect();
    if told < shares.len() {
        let rest: f64 = shares[told..].iter().map(|share| share.usd_per_mw.abs()).sum();
        items.push(format!("{} for other limits", format::usd(rest)));
    }
    match items.as_slice() {
        [one] => one.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
        [] => String::new(),
    }
}
