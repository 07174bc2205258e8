//! What a node of the structure stands for and how it fails in time.

use super::exact::Own;
use super::sets::{Rates, SetReliability, k_of_n_down, set_reliability};
use super::standby::{Outage, Plant};
use crate::quantity::HOURS_PER_YEAR;

/// Who a node stands for; places are those of [`Supply::nodes`].
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    Part(usize),
    /// One cause that takes all of these.
    CommonCause(Vec<usize>),
    /// The change-over of a transfer switch.
    Transfer(usize),
    /// One cause that keeps transfer switches, or gensets, from doing what they are called for.
    CommonDemand(Vec<usize>),
}

/// How a node fails in time; what [`Own`] sums up and the simulation plays.
#[derive(Clone, Debug, PartialEq)]
pub enum Model {
    Set {
        units: u32,
        needed: u32,
        rates: Rates,
        outage: Outage,
        ridden_hours: f64,
    },
    /// Called when none of the sources works, or when one of the others does not.
    StandBy {
        plant: Plant,
        sources: Vec<usize>,
        others: Vec<usize>,
        away: Outage,
        here: Outage,
        ridden_hours: f64,
    },
    /// Asked once whenever one of the triggers stops working, until all work again.
    Demand {
        units: u32,
        needed: u32,
        chance: f64,
        common: f64,
        triggers: Vec<usize>,
    },
}

impl Model {
    pub fn own(&self) -> Own {
        match self {
            Self::Set { units, needed, rates, .. } => Own::Always(set_reliability(*units, *needed, *rates)),
            Self::StandBy { plant, sources, away, here, ridden_hours, .. } => {
                let in_outage = |outage: &Outage, from: f64| {
                    let found = plant.uncovered(outage, from);
                    let (hours, outages) = (outage.excess(from), outage.longer_than(from));
                    // An outage counts with the source as if the plant were down in it for the share of its hours;
                    // what it truly fails in more, while running, counts here.
                    let more =
                        if hours > 0.0 { (found.outages - found.hours) * outages / hours } else { 0.0 };
                    SetReliability { unavailability: found.hours, failures_per_year: more * HOURS_PER_YEAR }
                };
                Own::StandBy {
                    sources: sources.clone(),
                    sources_down: in_outage(away, *ridden_hours),
                    sources_up: in_outage(here, 0.0),
                }
            }
            Self::Demand { units, needed, chance, common, .. } => {
                let (own, _) = k_of_n_down(*units, *needed, *chance);
                let unavailability = own + common - own * common;
                Own::Always(SetReliability { unavailability, failures_per_year: 0.0 })
            }
        }
    }
}

impl Model {
    pub fn units(&self) -> u32 {
        match self {
            Self::Set { units, .. } | Self::Demand { units, .. } => *units,
            Self::StandBy { plant, .. } => plant.units,
        }
    }

    /// The same with one unit out.
    pub fn without_a_unit(&self) -> Own {
        let mut rest = self.clone();
        let (units, needed) = match &mut rest {
            Self::Set { units, needed, .. } | Self::Demand { units, needed, .. } => (units, *needed),
            Self::StandBy { plant, .. } => (&mut plant.units, plant.needed),
        };
        *units = units.saturating_sub(1);
        if *units >= needed {
            return rest.own();
        }
        let down = SetReliability { unavailability: 1.0, failures_per_year: 0.0 };
        match rest.own() {
            Own::Always(_) => Own::Always(down),
            Own::StandBy { sources, .. } => Own::StandBy { sources, sources_down: down, sources_up: down },
        }
    }
}
