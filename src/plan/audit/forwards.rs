//! (C16) hashprice sold forward: what each contract pays and ties up, and that no more is sold than runs.

use super::books::Books;
use super::times::Times;
use super::{Family, Subject};
use crate::market::World;
use crate::plan::decisions::Decisions;
use crate::plan::result::AuditLine;
use crate::quantity::HOURS_PER_MONTH;

/// Months that are quoted on the first day (docs/model.md, C16).
const QUOTED_MONTHS: usize = 12;
const DAYS: f64 = HOURS_PER_MONTH / 24.0;

/// One month's contract.
pub(super) struct Contract {
    pub month: usize,
    pub period: usize,
    ph_per_s: f64,
    /// Agreed on the first day, USD per PH/s and day.
    price: f64,
}

impl Contract {
    /// What it pays where hashprice comes out so, USD.
    pub fn pays(&self, hashprice: f64) -> f64 {
        self.ph_per_s * (self.price - hashprice) * DAYS
    }
}

/// Every contract of the decisions, at prices reckoned again from the paths the plan was made on.
pub(super) fn contracts(subject: &Subject<'_>, times: &Times<'_>, decisions: &Decisions) -> Vec<Contract> {
    let world: &World = subject.made_on.0;
    let spread = subject.context.site.company.hedge.map_or(0.0, |hedge| hedge.spread);
    let mut list = Vec::new();
    for sale in decisions.hedges.iter().filter(|sale| sale.period < times.count()) {
        for month in times.span(sale.period) {
            let sum: f64 = world.hashprice.iter().map(|path| path[month]).sum();
            let price = (1.0 - spread) * sum / world.paths.max(1) as f64;
            list.push(Contract { month, period: sale.period, ph_per_s: sale.ph_per_s, price });
        }
    }
    list
}

/// Margin held at the end of each month, USD: of the contracts that have not settled by then.
pub(super) fn margin_held(subject: &Subject<'_>, times: &Times<'_>, contracts: &[Contract]) -> Vec<f64> {
    let share = subject.context.site.company.hedge.map_or(0.0, |hedge| hedge.margin_share);
    let held = |month: usize| -> f64 {
        let open = contracts.iter().filter(|contract| contract.month > month);
        open.map(|contract| contract.ph_per_s * contract.price * DAYS * share).sum()
    };
    (0..times.months).map(held).collect()
}

/// (C16) no more than the share of what runs, within the months quoted, and as the plan tells it.
pub(super) fn line(subject: &Subject<'_>, times: &Times<'_>, books: &Books) -> AuditLine {
    let Subject { context, decisions, plan, .. } = *subject;
    let mut family = Family::new("C16", "hashprice sold forward", "PH/s");
    let share = context.site.company.hedge.map_or(0.0, |hedge| hedge.share);
    let contracts = contracts(subject, times, decisions);
    for period in 0..times.count() {
        let of = || format!("hashprice sold forward, {}", times.label(period));
        let sold: f64 =
            decisions.hedges.iter().filter(|sale| sale.period == period).map(|sale| sale.ph_per_s).sum();
        if times.span(period).end > QUOTED_MONTHS {
            family.forbidden(sold, of);
            continue;
        }
        let told: f64 =
            plan.hedges.iter().filter(|hedge| hedge.period == period).map(|hedge| hedge.ph_per_s).sum();
        // Less than a hundredth of a PH/s is not told.
        family.at_most((told - sold).abs(), 0.01, of);
        let running: f64 = context
            .classes
            .iter()
            .enumerate()
            .map(|(class, data)| {
                let fleet = context.fleet(data);
                let worst = times
                    .span(period)
                    .map(|month| context.running_j_per_th(fleet, month))
                    .fold(0.0, f64::max);
                // A MW of machines at j J/TH is 1e6/j TH/s, a thousandth of that in PH/s.
                if worst > 0.0 {
                    books.running[0][class][period] * fleet.working_share() * 1e3 / worst
                } else {
                    0.0
                }
            })
            .sum();
        family.at_most(sold, share * running, of);
    }
    for hedge in &plan.hedges {
        for (month, told) in times.span(hedge.period).zip(&hedge.forward_by_month_usd_per_ph_day) {
            let price =
                contracts.iter().find(|contract| contract.month == month).map_or(0.0, |known| known.price);
            family.same(*told, price, || format!("price of a forward, {}", times.label(hedge.period)));
        }
    }
    family.line()
}
