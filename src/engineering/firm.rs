//! The hosting that survives the loss of a part, of each hall alone and of all halls jointly, judged by the coupled
//! program with mining dropped.
//!
//! In a loss the site runs in one of three ways: all on the utility; the halls that lean on what is lost on the
//! gensets and the others on the utility, with no part below a transfer switch shared between the two; all on the
//! gensets. Never on a mixture. The loss is judged in the first of them that serves the joint hosting of everything
//! in service, else in the one that falls least short of it. Gensets start only when something is lost.
//!
//! Jointly firm is the hosting vector with the most in all that every loss of the class serves. It is found by
//! cutting: a loss that does not serve the present vector gives, by the prices of its program (Farkas), a row every
//! served vector keeps to; the vector is chosen again, until all losses serve it.
//!
//! Most losses need no program. What was carried once is a witness: its flows carry every smaller vector in every
//! other loss that leaves what they use. In a 2N site the flows that survive side A prove every loss in side A.

mod cut;
mod loss;
mod screen;
mod vector;

pub use cut::FirmCut;
pub(super) use loss::factor;
pub use loss::{Contingency, contingencies};
pub use screen::{MOST_LOSSES, Mode, Screen};

use super::carry::Layout;
use super::contingency::FirmMw;
use crate::lp::SolveError;
use crate::site::ComponentId;

/// What survives, MW by class, and why not more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survival {
    pub mw: FirmMw,
    /// By class: the loss that leaves least, empty where it is the hall's own space.
    pub contingency: [String; 3],
    /// By class: the parts that are full, or gone, in that loss.
    pub cut: [Vec<String>; 3],
}

/// Survival of every hall alone and of all jointly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Firm {
    /// False where the drawing is too large to look at every loss or a program had no proven answer; then all is empty,
    /// and the report of the capacity says why.
    pub is_judged: bool,
    /// By hall in drawing order, every other hall empty.
    pub alone: Vec<(ComponentId, Survival)>,
    /// Of all halls together.
    pub joint: Survival,
    /// The joint vector by class and hall, MW.
    pub joint_by_hall: [Vec<f64>; 3],
    /// Rows that any firm hosting keeps to; enough of them to prove the joint vectors.
    pub cuts: Vec<FirmCut>,
    /// Programs solved and losses looked at, for benches and tests.
    pub solved: usize,
    pub looked_at: usize,
}

/// Survival of every hall alone and of all jointly; `hosting` is the joint answer with everything in service. `None`
/// where there are more than [`MOST_LOSSES`].
///
/// # Errors
/// [`SolveError`].
pub(super) fn firm(layout: &Layout, hosting: &[f64]) -> Result<Option<Firm>, SolveError> {
    Screen::new(layout).map(|screen| screened(screen, hosting)).transpose()
}

fn screened(mut screen: Screen, hosting: &[f64]) -> Result<Firm, SolveError> {
    let mut result = Firm { is_judged: true, ..Firm::default() };
    let mut alone = Vec::new();
    for (place, hall) in screen.layout.halls.iter().enumerate() {
        let survival = screen.alone(place)?;
        alone.push(survival.mw.n);
        result.alone.push((screen.layout.component(hall.component).id.clone(), survival));
    }
    screen.joint(hosting, &alone, &mut result)?;
    (result.solved, result.looked_at) = (screen.solved, screen.looked_at);
    Ok(result)
}

#[cfg(test)]
mod tests;
