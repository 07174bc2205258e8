//! What the solved program decides, in the words of the site, free of columns.

use super::program::{MILLION, Program};
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

/// Every decision that moves money.
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
    /// Drawn of an instrument on the first day of a period, and paid back before it is due.
    pub draws: Vec<Amount>,
    pub repays: Vec<Amount>,
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
            draws: amounts(&handles.draw),
            repays: amounts(&handles.repay),
        }
    }
}
