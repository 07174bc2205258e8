//! Everything the drawing says about itself: what `wattshift engineer` prints and the window lays over the drawing.

use super::summary::{Engineering, engineering};
use crate::site::Site;

/// The studies of a site at full build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Study {
    pub engineering: Engineering,
}

/// Works out every study. It takes tens of milliseconds: not for the thread that draws.
pub fn study(site: &Site) -> Study {
    Study { engineering: engineering(site) }
}
