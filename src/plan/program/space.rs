//! (C2) building over time, (C4) fit-out and floor, (C5) positions, (C6) what a pair leans on.

use super::Program;
use crate::lp::{Expression, Origin};
use crate::plan::context::name;
use crate::site::FailureClass;

impl Program<'_> {
    pub(super) fn add_space_rows(&mut self) {
        self.add_ready_rows();
        self.add_option_rows();
        for hall in 0..self.context.site.components.len() {
            if self.context.hall_of(hall).is_some() {
                self.add_hall_rows(hall);
            }
        }
    }

    fn origin(&self, family: &'static str, component: usize, unit: &'static str) -> Origin {
        Origin { family, object: self.context.label(component), unit }
    }

    /// `ready[k,t] = ready[k,t-1] + what was ordered a lead ago`.
    fn add_ready_rows(&mut self) {
        let context = self.context;
        let ready = self.handles.ready.clone();
        for ((component, period), column) in ready {
            let lead = context.component(component).planned().map_or(0.0, |planned| planned.lead_months);
            let mut right = Expression::default();
            if period > 0 {
                right.add(self.handles.ready[&(component, period - 1)], 1.0);
            }
            for ((_, order), build) in self.handles.build.range((component, 0)..=(component, period)) {
                if context.calendar.ready_period(*order, lead) == Some(period) {
                    right.add(*build, 1.0);
                }
            }
            let row = name(&["C2", "ready", &context.component(component).id, &self.stamp(period)]);
            self.equal(row, Expression::of(column, 1.0), &right, self.origin("C2", component, "MW"));
        }
        // What is removed, is removed once.
        let removed: std::collections::BTreeSet<usize> =
            self.handles.remove.keys().map(|(component, _)| *component).collect();
        for component in removed {
            let mut total = Expression::default();
            for (_, column) in self.handles.remove.range((component, 0)..=(component, usize::MAX)) {
                total.add(*column, 1.0);
            }
            let row = name(&["C2", "remove", &context.component(component).id]);
            self.at_most(row, total, &Expression::constant(1.0), self.origin("C2", component, "share"));
        }
    }

    /// Options of one set share the place: the largest built share of each option, summed over options, is at most
    /// one. In a linear plan half of each may stand; in a whole one the shares are nothing or all.
    fn add_option_rows(&mut self) {
        let context = self.context;
        let mut sets: std::collections::BTreeMap<&str, std::collections::BTreeMap<&str, Vec<usize>>> =
            std::collections::BTreeMap::new();
        for (index, component) in context.site.components.iter().enumerate() {
            if let Some(option) = component.planned().and_then(|planned| planned.option_set.as_ref()) {
                sets.entry(&option.set).or_default().entry(&option.option).or_default().push(index);
            }
        }
        let last = self.periods() - 1;
        for (set, options) in sets {
            let mut total = Expression::default();
            for (option, members) in options {
                let label = name(&["option", set, option]);
                let share = self.add_column(label, 0.0, 1.0, super::ColumnCash::default());
                self.handles.whole.options.push(share);
                total.add(share, 1.0);
                for member in members {
                    let Some(ready) = self.handles.ready.get(&(member, last)).copied() else { continue };
                    let rating = context.component(member).rating_mw();
                    let row = name(&["C2", "option", set, option, &context.component(member).id]);
                    let right = Expression::of(share, 1.0);
                    self.at_most(
                        row,
                        Expression::of(ready, 1.0 / rating),
                        &right,
                        self.origin("C2", member, "share"),
                    );
                }
            }
            let origin = Origin { family: "C2", object: format!("option set {set}"), unit: "share" };
            self.at_most(name(&["C2", "option", set]), total, &Expression::constant(1.0), origin);
        }
    }

    fn add_hall_rows(&mut self, hall: usize) {
        let context = self.context;
        let component = context.component(hall);
        let Some(data) = context.hall_of(hall) else { return };
        for period in 0..self.periods() {
            let stamp = self.stamp(period);
            let fitted = self.handles.fit_ready[&(hall, period)];

            // fitted[h,t] = fitted[h,t-1] + what was ordered a lead ago
            let mut right = Expression::default();
            if period > 0 {
                right.add(self.handles.fit_ready[&(hall, period - 1)], 1.0);
            } else {
                right.constant = data.fitted_mw;
            }
            let lead = data.fit_out.as_ref().map_or(0.0, |fit| fit.lead_months);
            for ((_, order), fit) in self.handles.fit.range((hall, 0)..=(hall, period)) {
                if context.calendar.ready_period(*order, lead) == Some(period) {
                    right.add(*fit, 1.0);
                }
            }
            let row = name(&["C4", "fitted", &component.id, &stamp]);
            self.equal(row, Expression::of(fitted, 1.0), &right, self.origin("C4", hall, "MW"));

            // Tenants only where space is fitted.
            let hosted = self.hosted_in(hall, period, false);
            let row = name(&["C4", "host", &component.id, &stamp]);
            self.at_most(row, hosted.clone(), &Expression::of(fitted, 1.0), self.origin("C4", hall, "MW"));

            // Space that works have taken never returns to mining.
            let mut mined = self.hosted_in(hall, period, true);
            for (class, _) in context.classes.iter().enumerate().filter(|(_, class)| class.hall == hall) {
                mined.add(self.handles.mine[&(class, period)], 1.0);
            }
            let taken = self.begun(hall, period);
            let mut load = mined.clone();
            load.add_scaled(&taken, 1.0);
            let row = name(&["C4", "power", &component.id, &stamp]);
            let rating = self.rating(hall, period);
            self.at_most(row, load, &rating, self.origin("C4", hall, "MW"));

            if data.area_m2 > 0.0 {
                let m2_per_mw = data.fit_out.as_ref().map_or(0.0, |fit| fit.m2_per_mw);
                let mut floor = Expression::default();
                floor.add_scaled(&mined, data.mining_m2_per_mw / 1000.0);
                floor.add_scaled(&taken, m2_per_mw / 1000.0);
                let row = name(&["C4", "floor", &component.id, &stamp]);
                let right = Expression::constant(data.area_m2 / 1000.0);
                self.at_most(row, floor, &right, self.origin("C4", hall, "1000 m²"));
            }
            self.add_position_row(hall, period, &mined, &taken);
        }
    }

    /// Miners and racks share the row groups' positions (C5).
    fn add_position_row(&mut self, hall: usize, period: usize, mined: &Expression, taken: &Expression) {
        let Some(data) = self.context.hall_of(hall) else { return };
        let liquid =
            self.context.judged(&self.context.component(hall).id).is_some_and(|j| j.liquid_share > 0.0);
        let positions = |kw: fn(&crate::site::RowGroup, bool) -> f64| -> f64 {
            data.row_groups.iter().map(|group| f64::from(group.positions) * kw(group, liquid) / 1000.0).sum()
        };
        let mining = positions(|group, _| group.mining_kw_per_position);
        let hosting =
            positions(|group, liquid| if liquid { group.liquid_kw_per_rack } else { group.air_kw_per_rack });
        let mut share = Expression::default();
        if mining > 0.0 {
            share.add_scaled(mined, 1.0 / mining);
        }
        if hosting > 0.0 {
            share.add_scaled(taken, 1.0 / hosting);
        }
        if share.is_zero() {
            return;
        }
        let row = name(&["C5", &self.context.component(hall).id, &self.stamp(period)]);
        let origin = self.origin("C5", hall, "share");
        self.at_most(row, share, &Expression::constant(1.0), origin);
    }

    /// Contracted MW of a hall: on the mining port, or on the hosting port.
    pub(super) fn hosted_in(&self, hall: usize, period: usize, on_mining_port: bool) -> Expression {
        let context = self.context;
        let mut sum = Expression::default();
        for (index, candidate) in context.candidates.iter().enumerate() {
            if candidate.hall == hall
                && context.offer(candidate).is_bitcoin_hosting() == on_mining_port
                && let Some(column) = self.handles.host.get(&(index, period))
            {
                sum.add(*column, 1.0);
            }
        }
        sum
    }

    /// Critical MW whose works have begun: fitted space and space under works.
    pub fn begun(&self, hall: usize, period: usize) -> Expression {
        let calendar = &self.context.calendar;
        let Some(data) = self.context.hall_of(hall) else { return Expression::default() };
        let mut sum = Expression::constant(data.fitted_mw);
        let Some(fit) = &data.fit_out else { return sum };
        for ((_, order), column) in self.handles.fit.range((hall, 0)..=(hall, period)) {
            let ready = calendar.periods[*order].first_month as f64 + fit.lead_months;
            let begins = ready - fit.works_outage_months.min(fit.lead_months);
            sum.add(*column, calendar.overlap(period, begins, f64::INFINITY));
        }
        sum
    }

    pub(super) fn add_pair_rows(&mut self) {
        let context = self.context;
        for (index, candidate) in context.candidates.iter().enumerate() {
            let hall = context.component(candidate.hall);
            let offer = context.offer(candidate);
            for part in &candidate.pair.requires {
                let Some(component) = context.network.node(part) else { continue };
                let rating = context.component(component).rating_mw();
                if rating <= 0.0 {
                    continue;
                }
                for period in 0..self.periods() {
                    let (Some(host), Some(ready)) = (
                        self.handles.host.get(&(index, period)).copied(),
                        self.handles.ready.get(&(component, period)).copied(),
                    ) else {
                        continue;
                    };
                    let right = Expression::of(ready, candidate.pair.hosting_max_mw / rating);
                    let row = name(&["C6", &hall.id, &offer.id, part, &self.stamp(period)]);
                    let origin = self.origin("C6", component, "MW");
                    self.at_most(row, Expression::of(host, 1.0), &right, origin);
                }
            }
        }
        self.add_firm_rows();
    }

    /// Tenants of a failure class and above together keep within what survives in the hall.
    fn add_firm_rows(&mut self) {
        let context = self.context;
        for (hall, component) in context.site.components.iter().enumerate() {
            let Some(judged) = context.judged(&component.id) else { continue };
            let firm = [judged.firm_mw.n, judged.firm_mw.n_plus_1, judged.firm_mw.maintainable];
            for (class, limit) in FailureClass::ALL.into_iter().zip(firm) {
                for period in 0..self.periods() {
                    let sum = self.surviving_in(hall, class, period);
                    // One candidate is bounded by its own column.
                    if sum.terms.len() > 1 {
                        let row = name(&["C7", class.label(), &component.id, &self.stamp(period)]);
                        let origin = self.origin("C7", hall, "MW");
                        self.at_most(row, sum, &Expression::constant(limit), origin);
                    }
                }
            }
        }
    }
}
