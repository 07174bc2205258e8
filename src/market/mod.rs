//! The world a plan meets: bitcoin, power, GPU rental and colocation rents, and the tenants' fates.
//!
//! Everything is a pure function of the document; paths are drawn from streams named by driver, so that all
//! scenarios and files share them. Transcendental functions are `libm`'s: the same figures on every machine.

pub mod bitcoin;
pub mod calibrate;
pub mod correlation;
pub mod decks;
pub mod doubt;
pub mod draw;
pub mod economics;
pub mod epoch;
mod fit;
pub mod history;
pub mod hosting;
pub mod paths;
pub mod plug;
pub mod power;
pub mod price;
pub mod reduce;
pub mod summary;
#[cfg(test)]
mod testing;

pub use hosting::{OfferFigures, offer_figures};
pub use paths::{OfferPath, SystemPath, World};
pub use plug::{Plug, Plugged};
pub use power::{MiningMonth, PreparedDeck};
pub use summary::{MarketSummary, summary};
