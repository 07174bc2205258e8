//! (C16) hashprice sold forward on the plan's first day, no more than a share of the hashrate that runs.
//!
//! `hedge[t] <= share * sum_c e[c,t] * run[c,typical,t]`, both in EH/s, for the periods within the months the market
//! quotes. A MW of IT has `e = working share / (J/TH)` EH/s, the least over the months of the period. What runs in typical
//! weather counts, not what is installed: a machine that stands earns nothing that a forward could fix. Hours that a price
//! or the utility takes away are not known on the first day; the share leaves room for them.
//!
//! A forward is a contract and no part of the site: like instruments (C12) it is open to the plan alone and not to the
//! plans it is compared with, so that what a floor asks for does not hang on it.

use super::{ColumnCash, Freedom, Program};
use crate::lp::{Expression, Origin};
use crate::market::World;
use crate::plan::context::{Context, Weather, name};
use crate::plan::hedge::{PH_PER_EH, forwards, margin_flows, settlement_usd};
use crate::plan::stress::Stress;
use crate::site::Hedge;

fn offered(context: &Context<'_>, freedom: Freedom) -> Option<Hedge> {
    let hedge = context.site.company.hedge;
    hedge.filter(|hedge| hedge.share > 0.0 && freedom == Freedom::Everything)
}

/// Prices of the months that may be sold, from what is expected of hashprice on the first day; none where nothing may.
pub(super) fn quoted(context: &Context<'_>, expected: &[f64], freedom: Freedom) -> Vec<f64> {
    offered(context, freedom).map_or_else(Vec::new, |hedge| forwards(expected, &hedge))
}

impl Program<'_> {
    fn hedge(&self) -> Option<Hedge> {
        offered(self.context, self.freedom)
    }

    pub(super) fn add_hedge_columns(&mut self, world: &World) {
        let Some(hedge) = self.hedge() else { return };
        let context = self.context;
        let calendar = &context.calendar;
        for period in 0..self.periods() {
            let span = calendar.periods[period];
            let months = span.first_month..span.first_month + span.months;
            if months.end > self.forwards.len() {
                break;
            }
            let settled = |world: &World, path: usize, month: usize| {
                PH_PER_EH * settlement_usd(self.forwards[month], world.hashprice[path][month])
            };
            let mut monthly = self.by_case(
                months.clone(),
                world.paths,
                |path, month| settled(world, path, month),
                |stress: &Stress, month| settled(&stress.world, 0, month),
            );
            if self.stress.is_some() {
                let held = margin_flows(&hedge, months.start, &self.forwards[months.clone()]);
                for flows in &mut monthly {
                    flows.extend(held.iter().map(|(month, usd)| (*month, usd * PH_PER_EH)));
                }
            }
            let on_paths = |weight: &dyn Fn(usize) -> f64| -> Vec<f64> {
                let of_path =
                    |path| months.clone().map(|month| settled(world, path, month) * weight(month)).sum();
                (0..world.paths).map(of_path).collect()
            };
            let cash = ColumnCash {
                npv: on_paths(&|month| calendar.discount(month)),
                // It fixes the price of coins and is billed with them.
                revenue: vec![(span.first_month / 12, on_paths(&|_| 1.0))],
                monthly,
                ..ColumnCash::default()
            };
            let label = name(&["hedge", &self.stamp(period)]);
            let column = self.add_column(label, 0.0, f64::INFINITY, cash);
            self.handles.hedge.insert(period, column);
        }
    }

    pub(super) fn add_hedge_rows(&mut self) {
        let Some(hedge) = self.hedge() else { return };
        let context = self.context;
        for (period, column) in self.handles.hedge.clone() {
            let span = context.calendar.periods[period];
            let mut most = Expression::default();
            for (index, class) in context.classes.iter().enumerate() {
                let fleet = context.fleet(class);
                let eh_per_mw = (span.first_month..span.first_month + span.months)
                    .map(|month| fleet.working_share() / context.running_j_per_th(fleet, month))
                    .fold(f64::INFINITY, f64::min);
                let running = self.handles.running[&(index, period, Weather::Typical as usize)];
                most.add(running, hedge.share * eh_per_mw);
            }
            let origin = Origin {
                family: "C16",
                object: "hashrate that may be sold forward".to_owned(),
                unit: "EH/s",
            };
            let row = name(&["C16", "share", &self.stamp(period)]);
            self.at_most(row, Expression::of(column, 1.0), &most, origin);
        }
    }
}
