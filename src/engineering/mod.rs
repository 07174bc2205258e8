//! What the drawing can carry: checks, gross factors, availability, contingency, latency, and which offer fits
//! which hall.

pub mod factors;
pub mod graph;
pub mod supply;
#[cfg(test)]
mod testing;

pub use factors::{GrossFactor, gross_factor};
pub use graph::Network;
