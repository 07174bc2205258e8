//! (C8) what customers take, and when. Minimum sizes need binaries; only signed minimums are rows here, the others are
//! in `whole.rs`.

use super::Program;
use crate::lp::{Expression, Origin, Sense};
use crate::market::hosting::gpu_system;
use crate::plan::context::{name, stamp};
use crate::site::OfferStatus;

impl Program<'_> {
    pub(super) fn add_offer_rows(&mut self) {
        self.add_term_rows();
        for offer in 0..self.context.site.offers.len() {
            self.add_customer_rows(offer);
            self.add_gpu_rows(offer);
        }
        self.add_hosting_minimums();
    }

    /// `host[h,o,t] = host[h,o,t-1] + start[h,o,t] - what has come to its term`.
    fn add_term_rows(&mut self) {
        let context = self.context;
        let host = self.handles.host.clone();
        for ((index, period), column) in host {
            let candidate = &context.candidates[index];
            let offer = context.offer(candidate);
            let mut right = Expression::default();
            if period > 0 {
                right.add(self.handles.host[&(index, period - 1)], 1.0);
            }
            if let Some(start) = self.handles.start.get(&(index, period)) {
                right.add(*start, 1.0);
            }
            for ((_, begun), start) in self.handles.start.range((index, 0)..(index, period)) {
                let end = context.calendar.periods[*begun].first_month as f64 + offer.term_months.round();
                if context.calendar.period_from(end) == Some(period) {
                    right.add(*start, -1.0);
                }
            }
            let stamp = stamp(&context.calendar, period);
            let row = name(&["C8", "term", &context.component(candidate.hall).id, &offer.id, &stamp]);
            self.equal(row, Expression::of(column, 1.0), &right, origin(offer));
        }
    }

    /// Critical MW of an offer under contract in all halls.
    pub(super) fn hosted_for(&self, offer: usize, period: usize) -> Expression {
        let mut sum = Expression::default();
        for (index, _) in self.context.candidates.iter().enumerate().filter(|(_, c)| c.offer == offer) {
            if let Some(column) = self.handles.host.get(&(index, period)) {
                sum.add(*column, 1.0);
            }
        }
        sum
    }

    fn add_customer_rows(&mut self, index: usize) {
        let context = self.context;
        let offer = &context.site.offers[index];
        let signed_from = (offer.status == OfferStatus::Signed && offer.min_mw > 0.0)
            .then(|| {
                let date = offer.latest.or(offer.earliest).unwrap_or(context.calendar.start);
                context.calendar.periods.iter().position(|period| period.start >= date)
            })
            .flatten();
        for period in 0..self.periods() {
            let stamp = stamp(&context.calendar, period);
            let hosted = self.hosted_for(index, period);
            let term_runs = signed_from.is_some_and(|from| {
                let first = context.calendar.periods[from].first_month as f64;
                period >= from
                    && (context.calendar.periods[period].first_month as f64) < first + offer.term_months
            });
            if term_runs && self.freedom != super::Freedom::KeepMining {
                let row = name(&["C8", "least", &offer.id, &stamp]);
                let right = Expression::constant(offer.min_mw);
                self.model.add_row(row, hosted.clone(), Sense::AtLeast, &right, origin(offer));
            }
            if hosted.is_zero() {
                continue;
            }
            let row = name(&["C8", "most", &offer.id, &stamp]);
            self.at_most(row, hosted, &Expression::constant(offer.max_mw), origin(offer));
            let Some(rate) = offer.start_mw_per_month else { continue };
            let mut started = Expression::default();
            for (candidate, _) in context.candidates.iter().enumerate().filter(|(_, c)| c.offer == index) {
                if let Some(column) = self.handles.start.get(&(candidate, period)) {
                    started.add(*column, 1.0);
                }
            }
            if !started.is_zero() {
                let months = context.calendar.periods[period].months as f64;
                let row = name(&["C8", "pace", &offer.id, &stamp]);
                // Whoever takes whole blocks takes one at a time at the least.
                let most = (rate * months).max(self.start_block(offer));
                self.at_most(row, started, &Expression::constant(most), origin(offer));
            }
        }
    }

    /// (C9) GPU cloud: no more under contract than GPUs bought and alive.
    fn add_gpu_rows(&mut self, index: usize) {
        let context = self.context;
        let offer = &context.site.offers[index];
        let Some(system) = gpu_system(context.site, offer) else { return };
        for period in 0..self.periods() {
            let hosted = self.hosted_for(index, period);
            if hosted.is_zero() {
                continue;
            }
            let now = context.calendar.periods[period].first_month as f64;
            let mut alive = Expression::default();
            for ((_, order), column) in self.handles.gpu.range((index, 0)..=(index, period)) {
                let ready = context.calendar.periods[*order].first_month as f64 + system.lead_months;
                if ready <= now && now < ready + system.life_months {
                    alive.add(*column, 1.0);
                }
            }
            let row = name(&["C9", "gpu", &offer.id, &stamp(&context.calendar, period)]);
            let origin = Origin { family: "C9", object: system.model.clone(), unit: "MW" };
            self.at_most(row, hosted, &alive, origin);
        }
    }

    fn add_hosting_minimums(&mut self) {
        if self.freedom == super::Freedom::KeepMining {
            return;
        }
        let context = self.context;
        for minimum in &context.site.limits.hosting_min_mw {
            for period in 0..self.periods() {
                if context.calendar.periods[period].start < minimum.from {
                    continue;
                }
                let mut hosted = Expression::default();
                for offer in 0..context.site.offers.len() {
                    hosted.add_scaled(&self.hosted_for(offer, period), 1.0);
                }
                let stamp = stamp(&context.calendar, period);
                let row = name(&["C8", "minimum", &minimum.from.to_string(), &stamp]);
                let object = format!("least hosting from {}", minimum.from);
                let origin = Origin { family: "C8", object, unit: "MW" };
                let right = Expression::constant(minimum.mw);
                self.model.add_row(row, hosted, Sense::AtLeast, &right, origin);
            }
        }
    }
}

fn origin(offer: &crate::site::Offer) -> Origin {
    Origin { family: "C8", object: offer.name.clone(), unit: "MW" }
}
