//! The one integration-test binary: each module tests the program from outside. A second binary would link
//! everything once more.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops; clippy knows only functions marked as tests"
)]

mod architecture;
mod assessment;
mod backdrop;
mod bad_briefs;
mod command_line;
mod draft;
mod equipment;
mod foreign_solvers;
mod inputs;
mod library;
mod market_bitcoin;
mod plan_cases;
mod power;
mod sizes;
mod templates;
mod thermal;
mod whole;
mod why;
#[cfg(feature = "gui")]
mod window;
mod yard;
