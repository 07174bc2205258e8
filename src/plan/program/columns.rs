//! The decisions and the cash each one brings on every path.

use super::{ColumnCash, Freedom, Program};
use crate::market::hosting::gpu_system;
use crate::market::{World, bitcoin};
use crate::plan::context::{MiningTable, Weather, name, stamp, tenant_path};
use crate::plan::lease::{Cohort, Lease};
use crate::plan::prices::{self, Schedule};
use crate::plan::stress::Stress;
use crate::quantity::{Date, HOURS_PER_MONTH};
use crate::site::{Hall, State};
use std::collections::BTreeMap;

impl Program<'_> {
    pub(super) fn add_columns(&mut self, world: &World, mining: &MiningTable) {
        self.add_part_columns();
        self.add_fit_columns();
        self.add_contract_columns(world);
        self.add_gpu_columns();
        self.add_mining_columns(mining);
        self.add_fleet_columns(world);
        self.add_hedge_columns(world);
        self.add_settlement_columns(world);
        self.add_taken_columns();
    }

    pub(super) fn stamp(&self, period: usize) -> String {
        stamp(&self.context.calendar, period)
    }

    /// True when some row asks what a column pays and earns month by month.
    pub(super) fn keeps_months(&self) -> bool {
        self.stress.is_some() || self.context.site.company.tax.rate > 0.0
    }

    /// Cash by month that is the same in both cases, as far as the horizon and only where a row asks for it.
    pub(super) fn in_both_cases<I: Iterator<Item = (usize, f64)>>(
        &self,
        flows: impl FnOnce() -> I,
    ) -> [Vec<(usize, f64)>; 2] {
        if !self.keeps_months() {
            return Default::default();
        }
        let months = self.context.calendar.months;
        let flows: Vec<(usize, f64)> =
            flows().filter(|(month, usd)| *month < months && *usd != 0.0).collect();
        [flows.clone(), flows]
    }

    /// Cash by month as the mean over the paths and on the stress path: `usd` takes a path and a month.
    pub(super) fn by_case(
        &self,
        months: std::ops::Range<usize>,
        paths: usize,
        usd: impl Fn(usize, usize) -> f64,
        stressed: impl Fn(&Stress, usize) -> f64,
    ) -> [Vec<(usize, f64)>; 2] {
        if !self.keeps_months() {
            return Default::default();
        }
        let months = months.start..months.end.min(self.context.calendar.months);
        let mean = |month| (0..paths).map(|path| usd(path, month)).sum::<f64>() / paths as f64;
        let mean = months.clone().map(|month| (month, mean(month)));
        let stress = self
            .stress
            .iter()
            .flat_map(|stress| months.clone().map(|month| (month, stressed(stress, month))));
        [mean.collect(), stress.collect()]
    }

    /// Cash of paying a schedule.
    pub(super) fn outlay(&self, schedule: Schedule) -> ColumnCash {
        let npv = schedule.iter().map(|(month, usd)| -usd * self.context.calendar.discount(*month)).sum();
        ColumnCash { npv: vec![npv], capex: schedule, ..ColumnCash::default() }
    }

    fn may_order(&self, period: usize, earliest: Option<Date>, latest: Option<Date>) -> bool {
        let calendar = &self.context.calendar;
        calendar.starts_within(period, earliest, latest)
            && calendar.starts_within(period, None, self.context.site.limits.last_order)
    }

    fn add_part_columns(&mut self) {
        let context = self.context;
        for (index, component) in context.site.components.iter().enumerate() {
            match &component.state {
                State::Planned(planned) => {
                    let max = component.rating_mw();
                    if max <= 0.0 {
                        continue;
                    }
                    for period in 0..self.periods() {
                        let ready = context.calendar.ready_period(period, planned.lead_months);
                        let open = self.may_build() && ready.is_some();
                        if open && self.may_order(period, planned.earliest, planned.latest) {
                            let cash = self.order_cash(index, period, planned, max);
                            let name = name(&["build", &component.id, &self.stamp(period)]);
                            let column = self.add_column(name, 0.0, max, cash);
                            self.handles.build.insert((index, period), column);
                        }
                    }
                    for period in 0..self.periods() {
                        let name = name(&["ready", &component.id, &self.stamp(period)]);
                        let column = self.add_column(name, 0.0, max, ColumnCash::default());
                        self.handles.ready.insert((index, period), column);
                    }
                }
                State::Existing(Some(removal)) if self.may_build() => {
                    for period in 0..self.periods() {
                        if !self.may_order(period, removal.earliest, None) {
                            continue;
                        }
                        let month = context.calendar.periods[period].first_month;
                        let done = month + removal.months.round() as usize;
                        let mut cash = self.outlay(vec![(month, removal.cost_usd)]);
                        cash.npv[0] += removal.salvage_usd * context.calendar.discount(done);
                        cash.monthly = self.in_both_cases(|| std::iter::once((done, removal.salvage_usd)));
                        let name = name(&["remove", &component.id, &self.stamp(period)]);
                        let column = self.add_column(name, 0.0, 1.0, cash);
                        self.handles.remove.insert((index, period), column);
                    }
                }
                State::Existing(_) => {}
            }
        }
    }

    fn add_fit_columns(&mut self) {
        let context = self.context;
        for (index, component) in context.site.components.iter().enumerate() {
            let Some(hall) = component.hall() else { continue };
            let most = self.most_fitted(hall);
            if let Some(fit) = hall.fit_out.as_ref().filter(|_| self.may_build() && most > hall.fitted_mw) {
                for period in 0..self.periods() {
                    let open = context.calendar.ready_period(period, fit.lead_months).is_some();
                    if !open || !self.may_order(period, fit.earliest, None) {
                        continue;
                    }
                    let max = hall.hosting_max_mw() - hall.fitted_mw;
                    let cash = self.fit_cash(index, period, fit, max);
                    let name = name(&["fit", &component.id, &self.stamp(period)]);
                    let column = self.add_column(name, 0.0, most - hall.fitted_mw, cash);
                    self.handles.fit.insert((index, period), column);
                }
            }
            for period in 0..self.periods() {
                let name = name(&["fitted", &component.id, &self.stamp(period)]);
                let upper = most.max(hall.fitted_mw);
                let column = self.add_column(name, 0.0, upper, ColumnCash::default());
                self.handles.fit_ready.insert((index, period), column);
            }
        }
    }

    fn most_fitted(&self, hall: &Hall) -> f64 {
        let most = hall.hosting_max_mw();
        match self.freedom {
            Freedom::AtMostShare(share) => hall.fitted_mw + (most - hall.fitted_mw) * share,
            _ => most,
        }
    }

    fn add_contract_columns(&mut self, world: &World) {
        let context = self.context;
        let scale = world.mean_power_scale();
        for (index, candidate) in context.candidates.iter().enumerate() {
            if !self.may_host(candidate.offer) {
                continue;
            }
            let offer = context.offer(candidate);
            let hall = &context.component(candidate.hall).id;
            let lease = Lease::new(context, offer, candidate.pair.sla_credit_share);
            for period in 0..self.periods() {
                if context.calendar.starts_within(period, offer.earliest, offer.latest) {
                    let cash = self.lease_cash(world, &scale, index, &lease, period);
                    let name = name(&["start", hall, &offer.id, &self.stamp(period)]);
                    let column = self.add_column(name, 0.0, f64::INFINITY, cash);
                    self.handles.start.insert((index, period), column);
                }
            }
            for period in 0..self.periods() {
                let name = name(&["host", hall, &offer.id, &self.stamp(period)]);
                let upper = candidate.pair.hosting_max_mw;
                let column = self.add_column(name, 0.0, upper, ColumnCash::default());
                self.handles.host.insert((index, period), column);
            }
        }
    }

    fn lease_cash(
        &self,
        world: &World,
        scale: &[f64],
        candidate: usize,
        lease: &Lease<'_>,
        period: usize,
    ) -> ColumnCash {
        let context = self.context;
        let calendar = &context.calendar;
        let offer = context.offer(&context.candidates[candidate]);
        let start = calendar.periods[period].first_month;
        let deck = &context.feeds[context.candidates[candidate].feed].deck;
        let gross = context.candidates[candidate].pair.gross.typical;
        let tenants = tenant_path(world, offer);
        let gpu_index = lease.gpu_index(world);
        let years = calendar.years();
        let first_end = start + offer.term_months.round() as usize + 120;
        let power: Vec<f64> = (start..first_end.max(calendar.months))
            .map(|month| power_bill(deck, calendar.calendar_month(month), at_month(scale, month), gross))
            .collect();
        let discount: Vec<f64> =
            (start..first_end.max(calendar.months)).map(|m| calendar.discount(m)).collect();
        let inflation: Vec<f64> =
            (start..first_end.max(calendar.months)).map(|m| calendar.inflation(m)).collect();
        let keeps_months = self.keeps_months();
        // Present value, its part beyond the horizon, revenue by year and, where it is asked for, cash by month.
        let cash_of = |cohort: Cohort, gpu_index: &[f64]| {
            let (mut value, mut beyond, mut revenue) = (0.0, 0.0, vec![0.0; years]);
            let mut months = Vec::new();
            let end = lease.end(cohort).min(start + power.len());
            for month in start..end {
                let inside = month < calendar.months;
                if !inside && lease.is_lost_by(cohort, calendar.months) {
                    break;
                }
                let since = month - start;
                let index = at_month(gpu_index, month);
                let cash = lease.month(cohort, month, index, power[since], inflation[since]);
                value += cash.net() * discount[since];
                if inside {
                    revenue[month / 12] += cash.revenue;
                    if keeps_months {
                        months.push(cash.net());
                    }
                } else {
                    beyond += cash.net() * discount[since];
                }
            }
            LeaseCash { value, beyond, revenue, months }
        };

        let mut npv = vec![0.0; world.paths];
        let mut beyond = 0.0;
        let mut revenue = vec![vec![0.0; world.paths]; years];
        let mut mean = vec![0.0; calendar.months.saturating_sub(start)];
        // A rent that follows no index is the same on every path on which the same happens to the tenant.
        let mut known: BTreeMap<(u32, Option<u32>), LeaseCash> = BTreeMap::new();
        for path in 0..world.paths {
            let delay = tenants.map_or(0, |tenant| tenant.delay_months[path]);
            let default_month = tenants.and_then(|tenant| tenant.default_month[path]);
            let mut cohort = Cohort { start, delay, default_month };
            // Who stops after the term has not stopped.
            let end = lease.end(cohort);
            cohort.default_month = default_month.filter(|month| (*month as usize) < end);
            if lease.is_indexed() {
                known.clear();
            }
            let cash = known
                .entry((delay, cohort.default_month))
                .or_insert_with(|| cash_of(cohort, &gpu_index[path]));
            npv[path] = cash.value;
            beyond += cash.beyond / world.paths as f64;
            for (revenue, usd) in revenue.iter_mut().zip(&cash.revenue) {
                revenue[path] = *usd;
            }
            for (mean, usd) in mean.iter_mut().zip(&cash.months) {
                *mean += usd / world.paths as f64;
            }
        }
        let stressed = self.stress.as_ref().map(|stress| {
            let default_month = tenant_path(&stress.world, offer).and_then(|tenant| tenant.default_month[0]);
            let cohort = Cohort { start, delay: 0, default_month };
            cash_of(cohort, &lease.gpu_index(&stress.world)[0]).months
        });
        let mut monthly = <[Vec<(usize, f64)>; 2]>::default();
        if keeps_months {
            monthly = [mean, stressed.unwrap_or_default()].map(|usd| (start..).zip(usd).collect());
        }
        let funded = offer.tenant_funded_usd_per_mw;
        let mut capex = Vec::new();
        if funded > 0.0 {
            let value = funded * calendar.discount(start);
            npv.iter_mut().for_each(|sum| *sum += value);
            capex.push((start, -funded));
        }
        let certain = Cohort { start, delay: 0, default_month: None };
        let contracted = (0..years)
            .map(|year| {
                let due = (year * 12..year * 12 + 12)
                    .filter(|month| *month >= start && *month < lease.end(certain))
                    .map(|month| lease.rent(certain, month, 1.0) * offer.take_or_pay_share)
                    .sum();
                (year, due)
            })
            .filter(|(_, due)| *due != 0.0)
            .collect();
        let revenue =
            revenue.into_iter().enumerate().filter(|(_, by_path)| by_path.iter().any(|r| *r != 0.0));
        ColumnCash { npv, beyond, capex, revenue: revenue.collect(), contracted, monthly }
    }

    fn add_gpu_columns(&mut self) {
        let context = self.context;
        for (index, offer) in context.site.offers.iter().enumerate() {
            let Some(system) = gpu_system(context.site, offer) else { continue };
            if !context.candidates.iter().any(|candidate| candidate.offer == index) || !self.may_host(index) {
                continue;
            }
            for period in 0..self.periods() {
                if context.calendar.ready_period(period, system.lead_months).is_none()
                    || !self.may_order(period, None, None)
                {
                    continue;
                }
                let schedule = prices::gpus(&context.calendar, &context.site.company, period, system);
                let paid: f64 = schedule.iter().map(|(_, usd)| usd).sum();
                let mut cash = self.outlay(schedule);
                let age = (context.calendar.months - context.calendar.periods[period].first_month) as f64;
                let resale = paid * prices::gpu_residual_share(system, age) * context.calendar.end_discount();
                cash.npv[0] += resale;
                cash.beyond += resale;
                let name = name(&["gpu", &offer.id, &self.stamp(period)]);
                let column = self.add_column(name, 0.0, f64::INFINITY, cash);
                self.handles.gpu.insert((index, period), column);
            }
        }
    }

    fn add_mining_columns(&mut self, mining: &MiningTable) {
        let context = self.context;
        let calendar = &context.calendar;
        let site_cost = context.site.company.mining_site_usd_per_mw_month;
        for (index, class) in context.classes.iter().enumerate() {
            let (hall, fleet) = (&context.component(class.hall).id, &context.fleet(class).id);
            for period in 0..self.periods() {
                let span = calendar.periods[period];
                let months = span.first_month..span.first_month + span.months;
                let held: f64 =
                    months.clone().map(|m| site_cost * calendar.inflation(m) * calendar.discount(m)).sum();
                let stamp = self.stamp(period);
                let monthly =
                    self.in_both_cases(|| months.clone().map(|m| (m, -site_cost * calendar.inflation(m))));
                let cash = ColumnCash { npv: vec![-held], monthly, ..ColumnCash::default() };
                let column = self.add_column(name(&["mine", hall, fleet, &stamp]), 0.0, f64::INFINITY, cash);
                self.handles.mine.insert((index, period), column);

                let moving = context.fleet(class).install_usd_per_mw * calendar.inflation(span.first_month);
                let monthly = self.in_both_cases(|| std::iter::once((span.first_month, -moving)));
                let npv = vec![-moving * calendar.discount(span.first_month)];
                let cash = ColumnCash { npv, monthly, ..ColumnCash::default() };
                let column =
                    self.add_column(name(&["install", hall, fleet, &stamp]), 0.0, f64::INFINITY, cash);
                self.handles.install.insert((index, period), column);

                let mut npv = vec![0.0; mining.paths()];
                let mut revenue = vec![0.0; mining.paths()];
                let monthly = self.by_case(
                    months.clone(),
                    mining.paths(),
                    |path, month| mining.at(index, path, month).margin_usd_per_mw,
                    |stress, month| stress.mining.at(index, 0, month).margin_usd_per_mw,
                );
                for month in months {
                    let discount = calendar.discount(month);
                    for path in 0..mining.paths() {
                        let cell = mining.at(index, path, month);
                        npv[path] += cell.margin_usd_per_mw * discount;
                        revenue[path] += cell.revenue_usd_per_mw;
                    }
                }
                for (key, weather) in Weather::BOTH.into_iter().enumerate() {
                    let share = weather.share();
                    let cash = ColumnCash {
                        npv: npv.iter().map(|value| value * share).collect(),
                        revenue: vec![(
                            span.first_month / 12,
                            revenue.iter().map(|value| value * share).collect(),
                        )],
                        monthly: monthly
                            .each_ref()
                            .map(|flows| flows.iter().map(|(month, usd)| (*month, usd * share)).collect()),
                        ..ColumnCash::default()
                    };
                    let label = name(&["run", hall, fleet, weather.key(), &stamp]);
                    let column = self.add_column(label, 0.0, f64::INFINITY, cash);
                    self.handles.running.insert((index, period, key), column);
                }
            }
        }
    }

    fn add_fleet_columns(&mut self, world: &World) {
        let context = self.context;
        let calendar = &context.calendar;
        for (index, fleet) in context.site.fleets.iter().enumerate() {
            let resale_on = |world: &World, path: usize, month: usize| {
                let month = month.min(calendar.months - 1);
                bitcoin::resale_usd_per_mw(
                    fleet,
                    world.hashprice[path][month],
                    context.running_j_per_th(fleet, month),
                )
            };
            let resale = |month: usize| -> Vec<f64> {
                (0..world.paths).map(|path| resale_on(world, path, month)).collect()
            };
            for period in 0..self.periods() {
                let stamp = self.stamp(period);
                let last = period + 1 == self.periods();
                let mut cash = ColumnCash::default();
                if last {
                    let factor = calendar.end_discount();
                    cash.npv = resale(calendar.months).into_iter().map(|usd| usd * factor).collect();
                    cash.beyond = crate::quantity::statistics::mean(&cash.npv);
                }
                let column = self.add_column(name(&["fleet", &fleet.id, &stamp]), 0.0, f64::INFINITY, cash);
                self.handles.fleet.insert((index, period), column);

                let month = calendar.periods[period].first_month;
                let factor = calendar.discount(month);
                let npv = resale(month).into_iter().map(|usd| usd * factor).collect();
                let monthly = self.by_case(
                    month..month + 1,
                    world.paths,
                    |path, month| resale_on(world, path, month),
                    |stress, month| resale_on(&stress.world, 0, month),
                );
                let cash = ColumnCash { npv, monthly, ..ColumnCash::default() };
                let column = self.add_column(name(&["retire", &fleet.id, &stamp]), 0.0, f64::INFINITY, cash);
                self.handles.retire.insert((index, period), column);

                let arrives = calendar.ready_period(period, fleet.purchase_lead_months).is_some();
                let schedule = prices::miners(calendar, &context.site.company, period, fleet);
                if let Some(schedule) = schedule.filter(|_| arrives && self.may_order(period, None, None)) {
                    let cash = self.outlay(schedule);
                    let label = name(&["buy", &fleet.id, &stamp]);
                    let column = self.add_column(label, 0.0, fleet.purchase_max_mw, cash);
                    self.handles.buy.insert((index, period), column);
                }
            }
        }
    }
}

/// What a MW of a cohort brings, USD.
struct LeaseCash {
    /// Present value, and its part beyond the horizon.
    value: f64,
    beyond: f64,
    /// By plan year.
    revenue: Vec<f64>,
    /// From the cohort's start to the horizon; empty where nobody asks.
    months: Vec<f64>,
}

/// Power bill of a MW of load over a month, USD.
pub(in crate::plan) fn power_bill(
    deck: &crate::market::PreparedDeck,
    calendar_month: i8,
    scale: f64,
    gross_factor: f64,
) -> f64 {
    HOURS_PER_MONTH * deck.mean_price(calendar_month, scale) * gross_factor
}

/// Value of a monthly series; the last month's beyond the horizon.
pub(in crate::plan) fn at_month(series: &[f64], month: usize) -> f64 {
    series.get(month).or(series.last()).copied().unwrap_or(1.0)
}
