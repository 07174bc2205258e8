//! Every integration test, in one binary: one link instead of one for each file.

#[cfg(feature = "gui")]
mod window;
