//! The linear program that splits the site's megawatts over time, and the plan read out of it.

pub mod result;

pub use result::*;

/// Name of the baseline that builds and converts nothing.
pub const KEEP_MINING: &str = "keep mining";
