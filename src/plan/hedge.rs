//! Hashprice forwards (C16): what a contract is worth and ties up, worked out without the program.
//!
//! A forward is sold on the plan's first day for one of its first twelve months. At the month's end its seller gets the
//! price agreed less the hashprice of the month, for each PH/s and day; nothing is delivered.

use super::context::Context;
use super::decisions::Decisions;
use super::result::{Commitment, HedgePlan};
use crate::market::World;
use crate::quantity::{HOURS_PER_MONTH, date, format};
use crate::site::Hedge;

/// Months ahead that hashprice is quoted. Source: contract specification of the non-deliverable hashprice forward,
/// docs.luxor.tech, derivatives: monthly, up to twelve months out (read in 2025).
const MONTHS_QUOTED: usize = 12;

/// Days of a contract's month: the plan's months have 730 hours, those the machines earn in.
const DAYS_PER_MONTH: f64 = HOURS_PER_MONTH / 24.0;

/// PH/s in the program's unit of hashrate, EH/s.
pub const PH_PER_EH: f64 = 1_000.0;

/// Quantile of hashprice that stands for a rally, month by month: the stress case's, on the other side.
const HIGH_HASHPRICE: f64 = 0.90;

/// Less than this is a rounding error of the solver, PH/s.
const NOTHING: f64 = 1e-6;

/// Less than this is not told, PH/s: contracts are of whole PH/s.
const UNTOLD: f64 = 0.005;

/// What is sold for each month of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Sale {
    pub period: usize,
    pub ph_per_s: f64,
    /// Price agreed by month of the period, USD per PH/s and day.
    pub forwards: Vec<f64>,
}

/// Mean over the paths that a plan is made on of the hashprice of each month that is quoted, USD per PH/s and day.
pub fn expected_hashprice(world: &World) -> Vec<f64> {
    (0..world.months.min(MONTHS_QUOTED)).map(|month| world.mean_hashprice(month)).collect()
}

/// Price at which each of these months is sold, USD per PH/s and day: `F_m = (1 - spread) * E[H_m]`.
pub fn forwards(expected: &[f64], hedge: &Hedge) -> Vec<f64> {
    expected.iter().map(|hashprice| (1.0 - hedge.spread) * hashprice).collect()
}

/// What the seller of a PH/s gets for a month, USD: `(F - H) * days`.
pub fn settlement_usd(forward: f64, hashprice: f64) -> f64 {
    (forward - hashprice) * DAYS_PER_MONTH
}

/// What is held of the seller of a PH/s for a month, USD: a share of the contract's value.
pub fn margin_usd(hedge: &Hedge, forward: f64) -> f64 {
    hedge.margin_share * forward * DAYS_PER_MONTH
}

/// Margin of a PH/s in every month of a period, by plan month: paid on the first day, back in the month that settles.
pub fn margin_flows(hedge: &Hedge, first_month: usize, forwards: &[f64]) -> Vec<(usize, f64)> {
    let held = |forward: &f64| margin_usd(hedge, *forward);
    let posted: f64 = forwards.iter().map(held).sum();
    let back = (first_month..).zip(forwards).map(|(month, forward)| (month, held(forward)));
    std::iter::once((0, -posted)).chain(back).collect()
}

impl Sale {
    /// `None` where nothing is sold.
    pub fn new(period: usize, eh_per_s: f64, forwards: &[f64]) -> Option<Self> {
        let ph_per_s = eh_per_s * PH_PER_EH;
        (ph_per_s > NOTHING).then(|| Self { period, ph_per_s, forwards: forwards.to_vec() })
    }

    /// Settlement by plan month where hashprice is as told, USD.
    pub fn settled<'a>(
        &'a self,
        context: &Context<'_>,
        hashprice: impl Fn(usize) -> f64 + 'a,
    ) -> impl Iterator<Item = (usize, f64)> + 'a {
        let first = context.calendar.periods[self.period].first_month;
        (first..)
            .zip(&self.forwards)
            .map(move |(month, forward)| (month, self.ph_per_s * settlement_usd(*forward, hashprice(month))))
    }
}

/// Margin paid (below zero) and given back by month of the horizon, USD.
pub fn margin_by_month(context: &Context<'_>, decisions: &Decisions) -> Vec<f64> {
    let mut flows = vec![0.0; context.calendar.months];
    let Some(hedge) = &context.site.company.hedge else { return flows };
    for sale in &decisions.hedges {
        let first = context.calendar.periods[sale.period].first_month;
        for (month, usd) in margin_flows(hedge, first, &sale.forwards) {
            flows[month] += usd * sale.ph_per_s;
        }
    }
    flows
}

/// The sales as they are told.
pub fn plans(context: &Context<'_>, decisions: &Decisions) -> Vec<HedgePlan> {
    let Some(hedge) = &context.site.company.hedge else { return Vec::new() };
    let of_sale = |sale: &Sale| {
        let sum: f64 = sale.forwards.iter().sum();
        // E[F - H] = F - F / (1 - spread)
        let expected: f64 = sale.forwards.iter().map(|f| settlement_usd(*f, f / (1.0 - hedge.spread))).sum();
        let margin: f64 = sale.forwards.iter().map(|forward| margin_usd(hedge, *forward)).sum();
        HedgePlan {
            period: sale.period,
            ph_per_s: sale.ph_per_s,
            forward_usd_per_ph_day: sum / sale.forwards.len().max(1) as f64,
            forward_by_month_usd_per_ph_day: sale.forwards.clone(),
            margin_usd: margin * sale.ph_per_s,
            expected_settlement_usd: expected * sale.ph_per_s,
        }
    };
    decisions.hedges.iter().filter(|sale| sale.ph_per_s >= UNTOLD).map(of_sale).collect()
}

/// What is signed on the first day, all months together: the margin is the cash it takes, and buying everything back at
/// the expected price costs what was sold below it.
pub fn commitment(context: &Context<'_>, decisions: &Decisions) -> Option<Commitment> {
    let plans = plans(context, decisions);
    let (first, last) = (plans.first()?, plans.last()?);
    let calendar = &context.calendar;
    let most = plans.iter().map(|plan| plan.ph_per_s).fold(0.0, f64::max);
    let span = calendar.periods[last.period];
    let end = calendar.date_of(span.first_month + span.months - 1);
    let months =
        format!("{} to {}", date::month_label(calendar.periods[first.period].start), date::month_label(end));
    Some(Commitment {
        date: calendar.start,
        item: format!("Sell up to {} of hashprice forward, {months}", format::ph_per_s(most)),
        object: "company".to_owned(),
        cash_usd: plans.iter().map(|plan| plan.margin_usd).sum(),
        cancel_usd: plans.iter().map(|plan| -plan.expected_settlement_usd).sum(),
    })
}

/// What the plan keeps to and leaves out where hashprice may be sold forward; nothing where it may not.
pub fn notes(context: &Context<'_>, decisions: &Decisions, world: &World) -> Vec<String> {
    let Some(hedge) = context.site.company.hedge.filter(|hedge| hedge.share > 0.0) else {
        return Vec::new();
    };
    let mut notes = vec![format!(
        "Hashprice may be sold forward on the first day, for the first {MONTHS_QUOTED} months, at {} below what the paths expect; later sales are left out, since their prices are not known today",
        format::percent(hedge.spread)
    )];
    let high = |month| world.quantile_hashprice(month, HIGH_HASHPRICE);
    let rally: f64 =
        decisions.hedges.iter().flat_map(|sale| sale.settled(context, high)).map(|(_, usd)| -usd).sum();
    if rally > 0.0 {
        notes.push(format!(
            "Were hashprice at its 1-in-10 high in every month sold, the forwards would cost {}, which the machines earn on top; a buyer may ask for that as margin before it is earned, and neither case of cash holds it",
            format::usd(rally)
        ));
    }
    notes
}
