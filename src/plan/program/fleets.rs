//! (C1) running within what is installed, (C9) machines owned, bought, retired and moved.

use super::Program;
use crate::lp::{Expression, Origin};
use crate::plan::context::{Weather, name, stamp};
use crate::quantity::date;

impl Program<'_> {
    pub(super) fn add_fleet_rows(&mut self) {
        for fleet in 0..self.context.site.fleets.len() {
            for period in 0..self.periods() {
                self.add_owned_rows(fleet, period);
            }
        }
        for class in 0..self.context.classes.len() {
            for period in 0..self.periods() {
                self.add_class_rows(class, period);
            }
        }
    }

    fn fleet_origin(&self, fleet: usize) -> Origin {
        Origin { family: "C9", object: self.context.site.fleets[fleet].model.clone(), unit: "MW" }
    }

    fn add_owned_rows(&mut self, index: usize, period: usize) {
        let context = self.context;
        let fleet = &context.site.fleets[index];
        let calendar = &context.calendar;
        let stamp = stamp(calendar, period);
        let owned = self.handles.fleet[&(index, period)];
        let now = calendar.periods[period].first_month as f64;

        // fleet[f,t] = fleet[f,t-1] + delivered - retire[f,t]
        let mut right = Expression::default();
        if period > 0 {
            right.add(self.handles.fleet[&(index, period - 1)], 1.0);
        } else {
            right.constant = fleet.owned_mw();
        }
        let mut bought_alive = Expression::default();
        for ((_, order), buy) in self.handles.buy.range((index, 0)..=(index, period)) {
            if calendar.ready_period(*order, fleet.purchase_lead_months) == Some(period) {
                right.add(*buy, 1.0);
            }
            let ready = calendar.periods[*order].first_month as f64 + fleet.purchase_lead_months;
            if ready <= now && now < ready + fleet.life_months {
                bought_alive.add(*buy, 1.0);
            }
        }
        right.add(self.handles.retire[&(index, period)], -1.0);
        let row = name(&["C9", "owned", &fleet.id, &stamp]);
        self.equal(row, Expression::of(owned, 1.0), &right, self.fleet_origin(index));

        // Machines past their age have retired.
        let mut alive = bought_alive;
        for cohort in &fleet.cohorts {
            let end = f64::from(date::months_between(calendar.start, cohort.bought)) + fleet.life_months;
            if end > now {
                alive.constant += cohort.mw;
            }
        }
        let row = name(&["C9", "age", &fleet.id, &stamp]);
        self.at_most(row, Expression::of(owned, 1.0), &alive, self.fleet_origin(index));

        let mut installed = Expression::default();
        for (class, _) in context.classes.iter().enumerate().filter(|(_, class)| class.fleet == index) {
            installed.add(self.handles.mine[&(class, period)], 1.0);
        }
        let row = name(&["C9", "installed", &fleet.id, &stamp]);
        self.at_most(row, installed, &Expression::of(owned, 1.0), self.fleet_origin(index));

        if period == 0 && fleet.purchase_usd_per_th.is_some() {
            let mut bought = Expression::default();
            for (_, column) in self.handles.buy.range((index, 0)..=(index, usize::MAX)) {
                bought.add(*column, 1.0);
            }
            if !bought.is_zero() {
                let row = name(&["C9", "purchase", &fleet.id]);
                let right = Expression::constant(fleet.purchase_max_mw);
                self.at_most(row, bought, &right, self.fleet_origin(index));
            }
        }
    }

    fn add_class_rows(&mut self, index: usize, period: usize) {
        let context = self.context;
        let class = &context.classes[index];
        let (hall, fleet) = (&context.component(class.hall).id, &context.fleet(class).id);
        let stamp = stamp(&context.calendar, period);
        let mine = self.handles.mine[&(index, period)];
        for (key, weather) in Weather::BOTH.into_iter().enumerate() {
            let running = self.handles.running[&(index, period, key)];
            let row = name(&["C1", "run", hall, fleet, weather.key(), &stamp]);
            let origin = Origin { family: "C1", ..self.fleet_origin(class.fleet) };
            self.at_most(row, Expression::of(running, 1.0), &Expression::of(mine, 1.0), origin);
        }
        // Machines that come into a hall are moved there; where they stand on the first day is free.
        if period > 0 {
            let mut added = Expression::of(mine, 1.0);
            added.add(self.handles.mine[&(index, period - 1)], -1.0);
            let row = name(&["C9", "move", hall, fleet, &stamp]);
            let right = Expression::of(self.handles.install[&(index, period)], 1.0);
            self.at_most(row, added, &right, self.fleet_origin(class.fleet));
        }
    }
}
