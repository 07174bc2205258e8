//! What the solved program decides, in the words of the site, free of columns.

use super::context::Context;
use super::hedge::Sale;
use super::prices::{self, Schedule};
use super::program::{MILLION, Program, part_blocks};
use crate::quantity::format;
use std::collections::BTreeMap;

/// Below this a decision is a rounding error of the solver, MW.
const NOTHING: f64 = 1e-7;

/// An amount decided for an object (an index into the site's list) in a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    pub of: usize,
    pub period: usize,
    pub mw: f64,
}

/// Money decided for an object in a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    pub of: usize,
    pub period: usize,
    pub usd: f64,
}

/// MW over one of several links that a part can choose from, in a weather state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkFlow {
    /// Index into the site's links.
    pub link: usize,
    pub mining: bool,
    /// In the hours above the design hour.
    pub hot: bool,
    pub period: usize,
    pub mw: f64,
}

/// Every decision that moves money, and the flows that are chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decisions {
    pub orders: Vec<Decision>,
    /// Share of an existing part removed.
    pub removals: Vec<Decision>,
    pub fits: Vec<Decision>,
    pub starts: Vec<Decision>,
    pub gpus: Vec<Decision>,
    pub mined: Vec<Decision>,
    pub installs: Vec<Decision>,
    /// By weather: typical, hot.
    pub running: [Vec<Decision>; 2],
    pub buys: Vec<Decision>,
    pub retired: Vec<Decision>,
    /// Machines left at the end of the horizon.
    pub left: Vec<Decision>,
    pub peaks: Vec<Decision>,
    pub billed: Vec<Decision>,
    pub shortfalls: Vec<Decision>,
    /// Whole blocks are paid for, and a fixed price whole with the first order instead of with each MW.
    pub is_whole: bool,
    /// Drawn of an instrument on the first day of a period, and paid back before it is due.
    pub draws: Vec<Amount>,
    pub repays: Vec<Amount>,
    /// Hashprice sold forward on the first day.
    pub hedges: Vec<Sale>,
    pub flows: Vec<LinkFlow>,
    /// Received for the land and its power on the first day, USD; the plan itself never sells it.
    pub land_usd: f64,
}

impl Decisions {
    /// Reads the decisions out of a solved program.
    pub fn read(program: &Program<'_>, values: &[f64]) -> Self {
        let read = |columns: &BTreeMap<(usize, usize), usize>| -> Vec<Decision> {
            columns
                .iter()
                .map(|((of, period), column)| Decision { of: *of, period: *period, mw: values[*column] })
                .filter(|decision| decision.mw > NOTHING)
                .collect()
        };
        let amounts = |columns: &BTreeMap<(usize, usize), usize>| -> Vec<Amount> {
            let all = read(columns).into_iter();
            all.map(|Decision { of, period, mw }| Amount { of, period, usd: mw * MILLION }).collect()
        };
        let handles = &program.handles;
        let last = program.periods() - 1;
        let running = [0, 1].map(|weather| {
            handles
                .running
                .iter()
                .filter(|((_, _, of), _)| *of == weather)
                .map(|((class, period, _), column)| Decision {
                    of: *class,
                    period: *period,
                    mw: values[*column],
                })
                .filter(|decision| decision.mw > NOTHING)
                .collect()
        });
        Self {
            orders: read(&handles.build),
            removals: read(&handles.remove),
            fits: read(&handles.fit),
            starts: read(&handles.start),
            gpus: read(&handles.gpu),
            mined: read(&handles.mine),
            installs: read(&handles.install),
            running,
            buys: read(&handles.buy),
            retired: read(&handles.retire),
            left: read(&handles.fleet).into_iter().filter(|decision| decision.period == last).collect(),
            peaks: read(&handles.peak),
            billed: read(&handles.billed),
            shortfalls: read(&handles.shortfall),
            is_whole: program.is_whole(),
            draws: amounts(&handles.draw),
            repays: amounts(&handles.repay),
            hedges: sales(program, values),
            flows: handles
                .flow
                .iter()
                .map(|((link, mining, hot, period), column)| LinkFlow {
                    link: *link,
                    mining: *mining,
                    hot: *hot,
                    period: *period,
                    mw: values[*column],
                })
                .filter(|flow| flow.mw > NOTHING)
                .collect(),
            land_usd: 0.0,
        }
    }

    /// What an order of a planned part costs, USD by plan month.
    pub fn payments_of_part(&self, context: &Context<'_>, order: &Decision) -> Schedule {
        let component = context.component(order.of);
        let Some(planned) = component.planned() else { return Schedule::new() };
        let (calendar, company) = (&context.calendar, &context.site.company);
        let rating = component.rating_mw();
        if !self.is_whole {
            let per_mw = prices::part(calendar, company, order.period, planned, rating);
            return prices::times(per_mw, order.mw);
        }
        let paid_mw = match part_blocks(planned, rating) {
            Some(blocks) => blocks.holding(order.mw) * blocks.mw,
            None => order.mw,
        };
        let mut paid = prices::times(prices::part_mw(calendar, company, order.period, planned), paid_mw);
        if planned.fixed_usd > 0.0 && is_first(&self.orders, order) {
            paid.extend(prices::part_fixed(calendar, company, order.period, planned));
        }
        paid
    }

    /// An order of a planned part in words: `3 blocks of 4.0 MW`, or its MW.
    pub fn amount_of_part(&self, context: &Context<'_>, order: &Decision) -> String {
        let component = context.component(order.of);
        let planned = component.planned().filter(|_| self.is_whole);
        match planned.and_then(|planned| part_blocks(planned, component.rating_mw())) {
            Some(blocks) => {
                let count = blocks.holding(order.mw);
                let word = if count > 1.0 { "blocks" } else { "block" };
                format!("{} {word} of {}", format::number(count, 0), format::mw(blocks.mw))
            }
            None => format::mw(order.mw),
        }
    }

    /// What an order of a hall's fit-out costs, USD by plan month.
    pub fn payments_of_fit(&self, context: &Context<'_>, order: &Decision) -> Schedule {
        let hall = context.hall_of(order.of);
        let Some((hall, fit)) = hall.and_then(|hall| Some((hall, hall.fit_out.as_ref()?))) else {
            return Schedule::new();
        };
        let (calendar, company) = (&context.calendar, &context.site.company);
        if !self.is_whole {
            let max = hall.hosting_max_mw() - hall.fitted_mw;
            return prices::times(prices::fit_out(calendar, company, order.period, fit, max), order.mw);
        }
        let mut paid = prices::times(prices::fit_out_mw(calendar, company, order.period, fit), order.mw);
        if fit.fixed_usd > 0.0 && is_first(&self.fits, order) {
            paid.extend(prices::fit_out_fixed(calendar, company, order.period, fit));
        }
        paid
    }
}

fn sales(program: &Program<'_>, values: &[f64]) -> Vec<Sale> {
    let sale = |(period, column): (&usize, &usize)| {
        let span = program.context.calendar.periods[*period];
        let months = span.first_month..span.first_month + span.months;
        Sale::new(*period, values[*column], program.forwards.get(months)?)
    };
    program.handles.hedge.iter().filter_map(sale).collect()
}

/// True of the first order of an object.
fn is_first(orders: &[Decision], order: &Decision) -> bool {
    orders.iter().filter(|other| other.of == order.of).all(|other| other.period >= order.period)
}
