//! What the program draws for a user: a whole site from a few numbers, the chain that makes a hall convertible.
//!
//! Window and command line give the same numbers and get the same parts. Everything is sized from the load upwards by
//! the rules here, with ratings, prices and lead times of `assets/drawing`; nothing is drawn that is not priced and
//! sourced, and what is drawn is an ordinary document.

mod added;
mod blueprint;
mod chain;
mod convertible;
mod equipment;
mod fleet;
mod footprint;
mod metros;
mod numbers;
mod pen;
mod place;
mod site;
mod sizes;
mod yard;

pub use added::{Added, price_usd};
pub use blueprint::{Blueprint, Insertion, Port, STAND_IN};
pub use chain::{Chilling, Cooled, Resilience};
pub use convertible::{Conversion, Proposal, UsualFitOut, usual_fit_out};
pub use equipment::{Estimate, estimate};
pub use fleet::usual_fleet;
pub use footprint::footprint;
pub use metros::{MetroPlace, metro, metros};
pub use numbers::{Entry, Numbers, entries};
pub use site::{Transformers, drawn};
pub use sizes::{
    bus_current_a, rating_of, resized, size_key, sized_part, sized_sketch, sizes, source_of_sizes,
};
pub use yard::{METRES_OF_A_UNIT, on_the_plan};

use crate::site::Site;
use crate::site::inventory::Planning;

/// What the program knows of parts and prices beside the tables of this room.
#[derive(Clone, Copy, Debug)]
pub struct Stock<'a> {
    /// One typical part of each kind; see `assets/drawing/parts.site.ron`.
    pub parts: &'a Site,
    /// Machines on the market and usual values.
    pub planning: &'a Planning,
}
