//! A monthly history of bitcoin that a file carries, and what is drawn from it.

use crate::quantity::{Date, date};

/// Fewest monthly returns a bootstrap is drawn from.
pub const LEAST_RETURNS: usize = 12;

/// What the price of bitcoin is drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PriceModel {
    /// A diffusion with jumps, of the stated drift, volatility and jumps (Merton 1976).
    #[default]
    JumpDiffusion,
    /// Runs of months of the price history: the file's where it has one, else the one that comes with the program.
    Bootstrap,
}

impl PriceModel {
    pub const ALL: [Self; 2] = [Self::JumpDiffusion, Self::Bootstrap];

    /// As a user reads it.
    pub fn label(self) -> &'static str {
        match self {
            Self::JumpDiffusion => "Jump diffusion",
            Self::Bootstrap => "Bootstrap of the history",
        }
    }

    /// As a script reads it.
    pub fn key(self) -> &'static str {
        match self {
            Self::JumpDiffusion => "jump_diffusion",
            Self::Bootstrap => "bootstrap",
        }
    }
}

/// The growth a bootstrap of the history has in the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BootstrapDrift {
    /// Recentred month by month, so that the expected price grows by the assumed drift.
    #[default]
    Assumed,
    /// The history's own.
    History,
}

impl BootstrapDrift {
    pub const ALL: [Self; 2] = [Self::Assumed, Self::History];

    /// As a user reads it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Assumed => "As assumed",
            Self::History => "As the history did",
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Self::Assumed => {
                "The expected price grows by the assumed drift; the history gives the ups and downs"
            }
            Self::History => "The expected price grows as it did in the history",
        }
    }
}

/// Months of the past, for the bootstrap and for calibration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceHistory {
    pub name: String,
    pub source: String,
    /// In order; a month that is missing is a gap, over which no return is formed.
    pub months: Vec<HistoryMonth>,
}

/// One month of the past.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryMonth {
    /// First day of the month.
    pub month: Date,
    /// Last price of the month, USD/BTC.
    pub price_usd_per_btc: f64,
    /// Mean network hashrate, EH/s.
    pub network_eh: Option<f64>,
    /// Mean fees as a share of the subsidy.
    pub fee_share_of_subsidy: Option<f64>,
}

impl PriceHistory {
    /// Pairs of months that follow each other: each gives one return.
    pub fn neighbouring_months(&self) -> usize {
        let pairs = self.months.windows(2);
        pairs.filter(|pair| date::months_between(pair[0].month, pair[1].month) == 1).count()
    }
}
