//! The weather a site names.

use super::super::thermal::climates::unknown_built_in;
use super::Drawing;
use crate::quantity::Report;

/// A typical year that the program does not have.
pub fn check_climate(drawing: &Drawing, report: &mut Report) {
    if let Some((message, hint)) = unknown_built_in(drawing.site) {
        report.error("climate-unknown", "climate", message, hint);
    }
}
