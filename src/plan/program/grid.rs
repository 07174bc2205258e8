//! (C10) firm and contracted MW, billed peaks, minimum take.

use super::{ColumnCash, Program, at_month};
use crate::lp::{Expression, Origin};
use crate::market::World;
use crate::plan::context::{Weather, name, stamp};
use crate::quantity::{HOURS_PER_MONTH, format};
use crate::site::GridFeed;

impl Program<'_> {
    pub(super) fn add_grid_rows(&mut self) {
        for feed in 0..self.context.feeds.len() {
            let Some(data) = self.context.grid_feed(feed) else { continue };
            for period in 0..self.periods() {
                for weather in [0, 1] {
                    self.add_import_rows(feed, period, weather);
                }
                self.add_peak_columns(feed, data, period);
                self.add_minimum_take(feed, data, period);
            }
            self.add_ratchet_rows(feed, data);
        }
    }

    /// Cash of a feed that nothing decides: fixed charges, and the block settled against the index on each path.
    pub(super) fn add_settlement_columns(&mut self, world: &World) {
        let context = self.context;
        let calendar = &context.calendar;
        for feed in context.feeds.iter().filter(|feed| feed.deck.has_settlement()) {
            let npv = world
                .power_scale
                .iter()
                .map(|scale| {
                    let month = |month: usize| {
                        feed.deck.settlement_usd(calendar.date_of(month), at_month(scale, month))
                            * calendar.discount(month)
                    };
                    (0..calendar.months).map(month).sum()
                })
                .collect();
            let settled = |world: &World, path: usize, month: usize| {
                let scale = at_month(&world.power_scale[path], month);
                feed.deck.settlement_usd(calendar.date_of(month), scale)
            };
            let monthly = self.by_case(
                0..calendar.months,
                world.paths,
                |path, month| settled(world, path, month),
                |stress, month| settled(&stress.world, 0, month),
            );
            let label = name(&["settled", &context.component(feed.component).id]);
            self.add_column(label, 1.0, 1.0, ColumnCash { npv, monthly, ..ColumnCash::default() });
        }
    }

    /// Contract in force in a period, within the interconnection, MW.
    pub fn contract_mw(&self, feed: usize, period: usize) -> f64 {
        self.context.grid_feed(feed).map_or(0.0, |data| {
            self.context
                .least_in_force(&data.contract_mw, data.interconnection_mw, period)
                .min(data.interconnection_mw)
        })
    }

    /// Firm part of the contract in a period, MW.
    pub fn firm_mw(&self, feed: usize, period: usize) -> f64 {
        self.context.grid_feed(feed).map_or(0.0, |data| {
            let fallback = if data.firm_mw.is_empty() { f64::INFINITY } else { 0.0 };
            self.context.least_in_force(&data.firm_mw, fallback, period).min(self.contract_mw(feed, period))
        })
    }

    fn add_import_rows(&mut self, feed: usize, period: usize, weather: usize) {
        let context = self.context;
        let Some((mining, hosting)) = self.imports.get(&(feed, period, weather)).cloned() else { return };
        let component = context.feeds[feed].component;
        let id = &context.component(component).id;
        let label = context.label(component);
        let stamp = stamp(&context.calendar, period);
        let key = Weather::BOTH[weather].key();
        let firm = self.firm_mw(feed, period);
        if !hosting.is_zero() {
            let origin = Origin { family: "C10", object: format!("firm MW of {label}"), unit: "MW" };
            let row = name(&["C10", "firm", id, key, &stamp]);
            self.at_most(row, hosting.clone(), &Expression::constant(firm), origin);
        }
        let mut total = mining;
        total.add_scaled(&hosting, 1.0);
        let origin = Origin { family: "C10", object: format!("contract of {label}"), unit: "MW" };
        let row = name(&["C10", "contract", id, key, &stamp]);
        let right = Expression::constant(self.contract_mw(feed, period));
        self.at_most(row, total, &right, origin);
    }

    /// `peak >= landlord's share of the hosting import + (1 - avoided) * mining import`; the tenant who passes power
    /// through pays for its own peak.
    fn add_peak_columns(&mut self, feed: usize, data: &GridFeed, period: usize) {
        let tariff = &data.tariff;
        if tariff.demand_usd_per_kw_month <= 0.0 && tariff.four_cp_usd_per_kw_year <= 0.0 {
            return;
        }
        let context = self.context;
        let calendar = &context.calendar;
        let id = &context.component(context.feeds[feed].component).id;
        let stamp = stamp(calendar, period);

        let coincident = -tariff.four_cp_usd_per_kw_year * 1000.0 * self.next_year_discount(period);
        let bill = -tariff.four_cp_usd_per_kw_year * 1000.0 / 12.0;
        let monthly = self.in_both_cases(|| self.next_year_bills(period).map(|month| (month, bill)));
        let cash = ColumnCash { npv: vec![coincident], monthly, ..ColumnCash::default() };
        let peak = self.add_column(name(&["peak", id, &stamp]), 0.0, f64::INFINITY, cash);
        self.handles.peak.insert((feed, period), peak);

        let demand = -tariff.demand_usd_per_kw_month * 1000.0 * calendar.period_discount(period);
        let bill = -tariff.demand_usd_per_kw_month * 1000.0;
        let monthly = self.in_both_cases(|| self.months_of(period).map(|month| (month, bill)));
        let cash = ColumnCash { npv: vec![demand], monthly, ..ColumnCash::default() };
        let billed = self.add_column(name(&["billed", id, &stamp]), 0.0, f64::INFINITY, cash);
        self.handles.billed.insert((feed, period), billed);

        let mut tenants = Expression::default();
        for (index, candidate) in context.candidates.iter().enumerate().filter(|(_, c)| c.feed == feed) {
            let offer = context.offer(candidate);
            if !offer.is_bitcoin_hosting()
                && let Some(column) = self.handles.host.get(&(index, period))
            {
                tenants.add(*column, offer.power_share * candidate.pair.gross.design_hour);
            }
        }
        let origin = self.grid_origin(feed, "billed peak");
        for (key, weather) in Weather::BOTH.into_iter().enumerate() {
            let mut load = tenants.clone();
            if let Some((mining, _)) = self.imports.get(&(feed, period, key)) {
                load.add_scaled(mining, 1.0 - tariff.peak_avoidance_share);
            }
            let row = name(&["C10", "peak", id, weather.key(), &stamp]);
            self.at_most(row, load, &Expression::of(peak, 1.0), origin.clone());
        }
        let right = Expression::of(billed, 1.0);
        self.at_most(name(&["C10", "billed", id, &stamp]), Expression::of(peak, 1.0), &right, origin);
    }

    fn grid_origin(&self, feed: usize, what: &str) -> Origin {
        let label = self.context.label(self.context.feeds[feed].component);
        Origin { family: "C10", object: format!("{what} of {label}"), unit: "MW" }
    }

    fn months_of(&self, period: usize) -> std::ops::Range<usize> {
        let span = self.context.calendar.periods[period];
        span.first_month..span.first_month + span.months
    }

    /// Months of next calendar year's twelve bills, for each September in the period.
    fn next_year_bills(&self, period: usize) -> impl Iterator<Item = usize> {
        let calendar = &self.context.calendar;
        let septembers = self.months_of(period).filter(|month| calendar.calendar_month(*month) == 9);
        septembers.flat_map(|september| september + 4..september + 16)
    }

    /// Discount sum of those bills, per twelve.
    fn next_year_discount(&self, period: usize) -> f64 {
        self.next_year_bills(period).map(|month| self.context.calendar.discount(month)).sum::<f64>() / 12.0
    }

    /// `billed[t] >= ratchet * peak[u]` for every period that ends in the eleven months before.
    fn add_ratchet_rows(&mut self, feed: usize, data: &GridFeed) {
        let ratchet = data.tariff.ratchet_share;
        if ratchet <= 0.0 {
            return;
        }
        let context = self.context;
        let periods = &context.calendar.periods;
        let id = &context.component(context.feeds[feed].component).id;
        for period in 0..self.periods() {
            let Some(billed) = self.handles.billed.get(&(feed, period)).copied() else { continue };
            for earlier in 0..period {
                let end = periods[earlier].first_month + periods[earlier].months;
                if end + 11 <= periods[period].first_month {
                    continue;
                }
                let stamps = (stamp(&context.calendar, earlier), stamp(&context.calendar, period));
                let row = name(&["C10", "ratchet", id, &stamps.0, &stamps.1]);
                let left = Expression::of(self.handles.peak[&(feed, earlier)], ratchet);
                let origin = self.grid_origin(feed, "billed peak");
                self.at_most(row, left, &Expression::of(billed, 1.0), origin);
            }
        }
    }

    /// Energy below the minimum take is paid for at the deck's mean delivered price.
    fn add_minimum_take(&mut self, feed: usize, data: &GridFeed, period: usize) {
        if data.minimum_take_share <= 0.0 {
            return;
        }
        let context = self.context;
        let calendar = &context.calendar;
        let deck = &context.feeds[feed].deck;
        let price = |month| deck.minimum_take_price(calendar.calendar_month(month)) * HOURS_PER_MONTH;
        let bill: f64 = self.months_of(period).map(|month| price(month) * calendar.discount(month)).sum();
        let monthly = self.in_both_cases(|| self.months_of(period).map(|month| (month, -price(month))));
        let id = &context.component(context.feeds[feed].component).id;
        let stamp = stamp(calendar, period);
        let cash = ColumnCash { npv: vec![-bill], monthly, ..ColumnCash::default() };
        let shortfall = self.add_column(name(&["shortfall", id, &stamp]), 0.0, f64::INFINITY, cash);
        self.handles.shortfall.insert((feed, period), shortfall);
        let mut take = Expression::of(shortfall, 1.0);
        if let Some((mining, hosting)) = self.imports.get(&(feed, period, 0)) {
            take.add_scaled(mining, 1.0);
            take.add_scaled(hosting, 1.0);
        }
        let least = data.minimum_take_share * self.contract_mw(feed, period);
        let origin = self.grid_origin(feed, &format!("minimum take of {}", format::mw(least)));
        let row = name(&["C10", "take", id, &stamp]);
        self.at_most(row, Expression::constant(least), &take, origin);
    }
}
