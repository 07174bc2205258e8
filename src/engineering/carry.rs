//! The site as one coupled linear program: power with its losses, heat, and the power of the cooling, for every
//! hall at once, at the design hour.
//!
//! Flows are projected out as in the plan (C1 to C3): from each hall a sum travels along the drawn links, away from
//! the load for heat and towards the source for power, and only where a part has several links to choose from does
//! a flow get a column. Loads are linear in the halls' megawatts, so that the program is a cone cut off by ratings:
//! what is feasible stays so when a hall takes less.

mod layout;
mod program;
mod route;
mod ways;

pub use layout::{HallSpace, Layout, Limit, Ratings};
pub(super) use layout::{design_hour_share, power_share, rating_of};
pub(super) use program::{PRICE, Program, Sum, add, value};
pub(super) use ways::{Stream, Ways};
