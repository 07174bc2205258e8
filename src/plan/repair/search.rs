//! What alone makes a brief possible where a change is a step and not an amount: dates, contracts with the utility, what a
//! customer needs. The changed document itself is planned, a handful of times for each, since a later date never makes
//! less possible: the first that is possible is found by halving.

use super::gives::{Give, Value};
use super::trial::Trial;
use crate::plan::context::Context;
use crate::plan::solve::{PlanError, Watch};
use crate::site::{Override, Site};

/// Plans that are made to find steps. What is not found with them is not listed.
const MOST_TRIALS: usize = 120;

/// Steps of limits, each of which alone makes the brief possible.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub found: Vec<(Give, Value)>,
    trials: usize,
    /// Some limit was not looked at.
    pub is_cut_short: bool,
}

impl Steps {
    /// Looks through limits of one kind. Where all of them together, given as far as they go, leave the brief impossible,
    /// no single one makes it possible.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn look(
        &mut self,
        context: &Context<'_>,
        gives: Vec<Give>,
        trial: &mut Trial<'_>,
        watch: &Watch<'_>,
    ) -> Result<(), PlanError> {
        let mut open: Vec<(Give, Vec<Value>)> = gives
            .into_iter()
            .map(|give| {
                let steps = give.steps(context);
                (give, steps)
            })
            .collect();
        open.retain(|(_, steps)| !steps.is_empty());
        let last = |(give, steps): &(Give, Vec<Value>)| steps.last().map(|value| (give.clone(), *value));
        let all: Vec<(Give, Value)> = open.iter().filter_map(last).collect();
        if all.is_empty() || all.len() > 1 && !self.is_possible(context, &all, trial, watch)? {
            return Ok(());
        }
        for (give, steps) in open {
            if self.trials >= MOST_TRIALS {
                self.is_cut_short = true;
                return Ok(());
            }
            let mut at =
                |index: usize| self.is_possible(context, &[(give.clone(), steps[index])], trial, watch);
            if !at(steps.len() - 1)? {
                continue;
            }
            // The first of (never, possible].
            let (mut possible, mut first) = (steps.len() - 1, 0);
            while first < possible {
                let middle = first + (possible - first) / 2;
                if at(middle)? { possible = middle } else { first = middle + 1 }
            }
            self.found.push((give, steps[possible]));
        }
        Ok(())
    }

    fn is_possible(
        &mut self,
        context: &Context<'_>,
        changes: &[(Give, Value)],
        trial: &mut Trial<'_>,
        watch: &Watch<'_>,
    ) -> Result<bool, PlanError> {
        self.trials += 1;
        match changed(context, changes) {
            Some((site, _)) => trial.is_possible(&site, watch),
            None => Ok(false),
        }
    }
}

/// The site with limits changed, and the changes; `None` where they cannot be made.
pub(super) fn changed(context: &Context<'_>, changes: &[(Give, Value)]) -> Option<(Site, Vec<Override>)> {
    let mut site = context.site.clone();
    let overrides: Vec<Override> =
        changes.iter().flat_map(|(give, value)| give.overrides(context, *value)).collect();
    for change in &overrides {
        change.apply(&mut site).ok()?;
    }
    Some((site, overrides))
}
