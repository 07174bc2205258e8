//! What the drawing can carry: checks, gross factors, availability, contingency, latency, and which offer fits
//! which hall.

pub mod availability;
pub mod checks;
pub mod contingency;
pub mod factors;
pub mod graph;
pub mod latency;
pub mod pairing;
pub mod space;
pub mod study;
pub mod summary;
pub mod supply;
#[cfg(test)]
mod testing;

pub use availability::Availability;
pub use checks::check;
pub use contingency::FirmMw;
pub use factors::{GrossFactor, gross_factor};
pub use graph::Network;
pub use pairing::{Pair, offer_refusal, pair};
pub use study::{Study, study};
pub use summary::{Engineering, HallEngineering, engineering};
