//! Plain quantities and the small tools every room shares: dates, series, statistics, random streams,
//! diagnostics, the one number formatter and the one reader of numbers and dates in imported files.
//!
//! Units are carried by names (`_mw`, `_usd`, `_months`), not by types: money and index values are not SI
//! quantities, and the linear program is plain `f64` anyway.

pub mod date;
pub mod delimited;
pub mod diagnostic;
mod expression;
pub mod format;
pub mod grouping;
pub mod random;
pub mod statistics;
pub mod unit;
pub mod written;
pub mod zone;

pub use date::Date;
pub use diagnostic::{Problem, Report, Severity};
pub use unit::Unit;

/// Hours in a year of 365 days.
pub const HOURS_PER_YEAR: f64 = 8760.0;
/// Hours in a twelfth of a year; every month of the plan has this length, so that a year sums to 8,760 h.
pub const HOURS_PER_MONTH: f64 = HOURS_PER_YEAR / 12.0;
