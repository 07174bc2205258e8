//! What the decisions add up to over time: what is ready, fitted, under contract, owned and standing.

use super::times::Times;
use crate::plan::context::Context;
use crate::plan::decisions::{Decision, Decisions};
use crate::site::State;

/// MW by object and period.
pub(super) type Series = Vec<Vec<f64>>;

pub(super) struct Books {
    /// By component: MW of a planned part in service; critical MW fitted; fitted or under works.
    pub ready: Series,
    pub fitted: Series,
    pub begun: Series,
    /// By candidate: critical MW under contract.
    pub host: Series,
    /// By class: IT MW standing, and running in a typical and in a hot hour.
    pub mined: Series,
    pub running: [Series; 2],
    /// By fleet: IT MW owned.
    pub owned: Series,
    /// By component: MW in service of what stands or is ready.
    pub standing: Series,
}

/// Amounts of a list by object and period. An object or a period that is none is left out: whoever looks for what is
/// allowed finds it there.
pub(super) fn by_period(list: &[Decision], objects: usize, periods: usize) -> Series {
    let mut series = vec![vec![0.0; periods]; objects];
    for decision in list {
        if let Some(cell) = series.get_mut(decision.of).and_then(|row| row.get_mut(decision.period)) {
            *cell += decision.mw;
        }
    }
    series
}

impl Books {
    pub fn new(context: &Context<'_>, times: &Times<'_>, decisions: &Decisions) -> Self {
        let (site, periods) = (context.site, times.count());
        let parts = site.components.len();
        let amounts = |list: &[Decision], objects: usize| by_period(list, objects, periods);

        let (mut ready, mut fitted) = (amounts(&[], parts), amounts(&[], parts));
        let mut begun = fitted.clone();
        for order in &decisions.orders {
            let Some(planned) = site.components.get(order.of).and_then(|part| part.planned()) else {
                continue;
            };
            if let Some(from) = times.ready(order.period, planned.lead_months) {
                ready[order.of][from..].iter_mut().for_each(|mw| *mw += order.mw);
            }
        }
        for (index, component) in site.components.iter().enumerate() {
            let Some(hall) = component.hall() else { continue };
            for series in [&mut fitted, &mut begun] {
                series[index].iter_mut().for_each(|mw| *mw += hall.fitted_mw);
            }
            let Some(fit) = &hall.fit_out else { continue };
            for order in decisions.fits.iter().filter(|order| order.of == index) {
                if let Some(from) = times.ready(order.period, fit.lead_months) {
                    fitted[index][from..].iter_mut().for_each(|mw| *mw += order.mw);
                }
                // Works take the last months of the lead, or all of it.
                let outage = fit.works_outage_months.min(fit.lead_months);
                let begins = times.first(order.period) as f64 + fit.lead_months - outage;
                for (period, mw) in begun[index].iter_mut().enumerate().skip(order.period) {
                    *mw += order.mw * times.share(period, begins, f64::INFINITY);
                }
            }
        }

        let mut host = amounts(&[], context.candidates.len());
        for start in &decisions.starts {
            let Some(candidate) = context.candidates.get(start.of) else { continue };
            let term = context.offer(candidate).term_months.round();
            let until = times.ready(start.period, term).unwrap_or(periods).max(start.period);
            if let Some(held) = host[start.of].get_mut(start.period..until) {
                held.iter_mut().for_each(|mw| *mw += start.mw);
            }
        }

        let fleets = site.fleets.len();
        let mut owned = amounts(&[], fleets);
        let retired = amounts(&decisions.retired, fleets);
        for (index, fleet) in site.fleets.iter().enumerate() {
            let mut delivered = vec![0.0; periods];
            for buy in decisions.buys.iter().filter(|buy| buy.of == index) {
                if let Some(at) = times.ready(buy.period, fleet.purchase_lead_months) {
                    delivered[at] += buy.mw;
                }
            }
            let mut now = fleet.cohorts.iter().map(|cohort| cohort.mw).sum::<f64>();
            for period in 0..periods {
                now += delivered[period] - retired[index][period];
                owned[index][period] = now;
            }
        }

        let mut books = Self {
            ready,
            fitted,
            begun,
            host,
            mined: amounts(&decisions.mined, context.classes.len()),
            running: [0, 1].map(|weather| amounts(&decisions.running[weather], context.classes.len())),
            owned,
            standing: Vec::new(),
        };
        let standing = (0..parts).map(|part| books.standing_of(context, times, decisions, part)).collect();
        books.standing = standing;
        books
    }

    /// Of a planned part what is ready; of one that stands its rating less what is removed, replaced and under works.
    fn standing_of(
        &self,
        context: &Context<'_>,
        times: &Times<'_>,
        decisions: &Decisions,
        part: usize,
    ) -> Vec<f64> {
        let component = context.component(part);
        if matches!(component.state, State::Planned(_)) {
            return self.ready[part].clone();
        }
        let mut lost = vec![0.0; times.count()];
        for removal in decisions.removals.iter().filter(|removal| removal.of == part) {
            lost[removal.period.min(times.count())..].iter_mut().for_each(|share| *share += removal.mw);
        }
        for (other, candidate) in context.site.components.iter().enumerate() {
            let (Some(planned), most) = (candidate.planned(), candidate.rating_mw()) else { continue };
            if most <= 0.0 {
                continue;
            }
            if planned.replaces.contains(&component.id) {
                for (lost, ready) in lost.iter_mut().zip(&self.ready[other]) {
                    *lost += ready / most;
                }
            }
            if planned.works_outage_months > 0.0 && planned.works_outage.contains(&component.id) {
                for order in decisions.orders.iter().filter(|order| order.of == other) {
                    let done = times.first(order.period) as f64 + planned.lead_months;
                    for (period, lost) in lost.iter_mut().enumerate().skip(order.period) {
                        *lost +=
                            order.mw / most * times.share(period, done - planned.works_outage_months, done);
                    }
                }
            }
        }
        lost.into_iter().map(|lost| component.rating_mw() * (1.0 - lost)).collect()
    }
}
