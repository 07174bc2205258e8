//! The site file on disk: frozen format versions, reading with every problem found, one canonical text, saving
//! without a moment in which a file is half written; the built-in catalogue and templates.

pub mod backdrop;
mod base64;
pub mod catalogue;
mod history;
pub mod import;
pub mod instruments;
pub mod library;
mod mirror;
mod parts;
pub mod picture;
mod places;
mod read;
#[cfg(test)]
mod sample;
mod save;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod v1;
mod validate;
mod write;

pub use backdrop::read_picture;
pub use history::read_price_history;
pub use parts::{KeptParts, blueprint, blueprints, typical_parts};
pub use read::{
    Loaded, companion_name, read, read_companion, read_companion_bytes, read_text, sha256_as_saved, stamp,
};
pub use save::{SaveError, save, write_atomically};
pub use template::{Template, template, templates};
pub use write::write_text;
