//! Hashprice forwards that a company may sell.

/// Terms at which hashprice is sold forward: non-deliverable, a contract a month, settled in cash at the month's end.
///
/// Sources of the defaults: `assets/catalogue/planning.ron`, keys `company.hedge_…`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hedge {
    /// Most that may be sold of the hashrate that runs, 0 to 1.
    pub share: f64,
    /// How far below the expected hashprice a forward is sold, as a share of it.
    pub spread: f64,
    /// Initial margin as a share of a contract's value, held from the first day until it settles.
    pub margin_share: f64,
}

impl Default for Hedge {
    fn default() -> Self {
        Self { share: 0.8, spread: 0.03, margin_share: 0.35 }
    }
}
