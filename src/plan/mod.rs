//! The linear program that splits the site's megawatts over time, and the plan read out of it.
//!
//! The formulation, with its choices and their reasons, is `docs/model.md`; names in brackets such as (C11) are its
//! constraint families.

mod alternatives;
mod audit;
mod baselines;
mod changes;
mod context;
mod decisions;
mod deep;
mod explain;
mod extract;
mod finance;
mod foresight;
mod frontier;
mod hedge;
pub mod hosting;
mod judge;
mod lease;
mod pairs;
mod planner;
mod plugs;
mod prices;
mod program;
mod reasons;
mod repair;
mod replan;
pub mod result;
mod solve;
mod stamp;
mod stress;
mod tax;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
#[cfg(feature = "highs")]
mod tests_baselines;
#[cfg(test)]
mod tests_frontier;
#[cfg(test)]
mod tests_hedge;
#[cfg(test)]
mod tests_losses;
#[cfg(test)]
mod tests_money;
#[cfg(test)]
mod tests_planner;
#[cfg(test)]
mod tests_properties;
#[cfg(test)]
mod tests_replan;
#[cfg(test)]
mod tests_whole;
mod time;
mod treasury;
mod whole;
mod world_dump;

pub use audit::audit;
pub use changes::{Change, changes};
pub use deep::{Deep, DeepCheck, check_deeply};
pub use frontier::{FloorUnit, Frontier, FrontierPoint, Knee, Rival};
pub use planner::Planner;
pub use plugs::plugs;
pub use program::LossRow;
pub use reasons::{Decided, Reason, Shift, Worth, WorthShare, told_first};
pub use result::*;
pub use solve::{Failure, Listener, Options, PlanError, Progress, Solved, scenario_site, solve, solve_with};
pub use world_dump::dump_world;

/// Name of the baseline that builds and converts nothing.
pub const KEEP_MINING: &str = "keep mining";
