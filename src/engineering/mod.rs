//! What the drawing can carry: checks, gross factors, availability, contingency, latency, and which offer fits
//! which hall.

pub mod assessment;
pub mod availability;
pub mod capacity;
pub mod carry;
pub mod checks;
pub mod contingency;
pub mod credits;
pub mod factors;
pub mod firm;
pub mod graph;
pub mod latency;
pub mod loading;
pub mod pairing;
pub mod space;
pub mod study;
pub mod summary;
pub mod supply;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests_split;
pub mod thermal;
pub mod workload;

pub use availability::monte_carlo::{Estimate, MonteCarlo, MonteCarloOptions};
pub use availability::{Availability, Cause};
pub use capacity::{Capacity, HallCapacity, capacity};
pub use checks::{check, joining_medium};
pub use contingency::FirmMw;
pub use credits::expected_credit_share;
pub use factors::{GrossFactor, gross_factor};
pub use firm::{Contingency, Firm, FirmCut, Mode, Screen, Survival};
pub use graph::Network;
pub use loading::PartLoading;
pub use pairing::{Pair, offer_refusal, pair};
pub use study::{SiteThermal, Study, StudyOptions, play, study, study_with};
pub use summary::{Engineering, HallEngineering, engineering};
pub use thermal::{ChainThermal, ClimateUsed, DeviceThermal, HallThermal, PueParts, Thermal, thermal};
pub use workload::{Suitability, Verdict, Workload};
