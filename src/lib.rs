//! Wattshift plans how a Bitcoin-mining site becomes an HPC/AI site.
//!
//! The way of the data, and which room may enter which, is in `docs/architecture.md`.

#[cfg(feature = "gui")]
pub mod app;
pub mod cli;
pub mod draft;
pub mod engineering;
pub mod file;
pub mod jobs;
pub mod lp;
pub mod market;
pub mod plan;
pub mod quantity;
pub mod site;
