//! How far an edit reaches: a scenario varies numbers, states and offers; all else is the same in every one.

use super::Edit;
use crate::site::drawing::Stroke;

impl Edit {
    /// True for a change of the base case, and so of every scenario, in what the site is; false where it is of one scenario,
    /// or only of how things are drawn and held.
    pub fn is_of_all_scenarios(&self) -> bool {
        match self {
            Self::Override { .. }
            | Self::ClearOverride { .. }
            | Self::AddScenario(_)
            | Self::RemoveScenario(_)
            | Self::Ground { .. }
            | Self::Backdrop { .. } => false,
            Self::Together { edits, .. } => edits.iter().any(Self::is_of_all_scenarios),
            Self::Draw(stroke) => match stroke {
                Stroke::Move(_)
                | Stroke::Group(_)
                | Stroke::Ungroup(_)
                | Stroke::Lock { .. }
                | Stroke::Turn(_)
                | Stroke::Flip(_) => false,
                Stroke::Insert(_)
                | Stroke::Connect(_)
                | Stroke::Relink(_)
                | Stroke::Remove { .. }
                | Stroke::Rename { .. }
                | Stroke::Replace(_)
                | Stroke::Split { .. } => true,
            },
            Self::Change(_)
            | Self::Rename { .. }
            | Self::SetNote { .. }
            | Self::SetPriceHistory(_)
            | Self::SetBootstrapDrift(_)
            | Self::SetProvenance { .. }
            | Self::SetSiteName(_)
            | Self::SetSiteNote(_)
            | Self::SetClimate { .. }
            | Self::AddOffer(_)
            | Self::SetServiceCredits { .. }
            | Self::SetRating { .. }
            | Self::SetExclusive { .. }
            | Self::AddInstrument { .. }
            | Self::RemoveInstrument(_)
            | Self::SetHedge(_)
            | Self::SetTariff { .. }
            | Self::PutPriceDeck(_)
            | Self::SetLoad { .. }
            | Self::Split(_)
            | Self::SplitInTwo { .. }
            | Self::SetFitOut { .. }
            | Self::SetAssessment { .. }
            | Self::PutParts { .. }
            | Self::SetBills { .. } => true,
        }
    }
}
