//! Machines: ASIC fleets and GPU systems.

use crate::quantity::Date;

/// Bitcoin miners of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct AsicFleet {
    pub id: String,
    pub model: String,
    pub efficiency_j_per_th: f64,
    /// Machines owned, by purchase.
    pub cohorts: Vec<Cohort>,
    pub cooling: MinerCooling,
    /// Share of the hours a machine works when it may: repairs and restarts, not economic curtailment.
    pub availability: f64,
    pub pool_fee_share: f64,
    pub stale_share: f64,
    /// Labour, repairs and network, USD per MWh of IT.
    pub variable_usd_per_mwh: f64,
    /// Price of a new machine, USD per TH/s; no purchase where it is not set.
    pub purchase_usd_per_th: Option<f64>,
    pub purchase_lead_months: f64,
    pub purchase_max_mw: f64,
    pub life_months: f64,
    /// Moving a MW of machines into a hall, or between halls.
    pub install_usd_per_mw: f64,
    pub resale: ResaleRule,
}

/// Machines bought together.
#[derive(Clone, Debug, PartialEq)]
pub struct Cohort {
    /// IT power of the machines, MW.
    pub mw: f64,
    pub bought: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MinerCooling {
    Air,
    Hydro,
    Immersion,
}

impl MinerCooling {
    pub fn is_liquid(self) -> bool {
        self != Self::Air
    }
}

/// What a used machine sells for: `max(scrap, multiple * daily margin per TH)`.
#[derive(Clone, Debug, PartialEq)]
pub struct ResaleRule {
    /// Days of margin a buyer pays.
    pub margin_days: f64,
    pub scrap_usd_per_th: f64,
    /// The buyer's power price.
    pub buyer_usd_per_mwh: f64,
}

impl AsicFleet {
    /// Terahash per second of one IT megawatt: 1 J/TH is 1 W per TH/s.
    pub fn th_per_mw(&self) -> f64 {
        1e6 / self.efficiency_j_per_th
    }

    pub fn owned_mw(&self) -> f64 {
        self.cohorts.iter().map(|cohort| cohort.mw).sum()
    }
}

/// A GPU system that the site can buy to serve a GPU-cloud contract.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuSystem {
    pub id: String,
    pub model: String,
    /// Critical IT power of one GPU with its share of network and storage, kW.
    pub kw_per_gpu: f64,
    pub usd_per_gpu: f64,
    pub lead_months: f64,
    pub life_months: f64,
    pub liquid_share: f64,
    pub kw_per_rack: f64,
    /// Resale value after three years as a share of the price; later linear to zero at the end of life.
    pub residual_share_after_36_months: f64,
    pub rental: SystemRental,
}

/// How the rental price of one hardware generation moves; what is not set follows the site's
/// [`super::GpuRental`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SystemRental {
    /// Systems of one generation share their chance; empty, it is the one of the site's index.
    pub generation: String,
    /// What the market pays for a GPU-hour of it on the as-of date, one-year commitment.
    pub usd_per_gpu_hour: Option<f64>,
    /// Change of the price per year.
    pub drift: Option<f64>,
    pub volatility: Option<f64>,
    /// Fall of the price when the next generation comes.
    pub step_share: Option<f64>,
}

impl SystemRental {
    /// True when no value of its own moves the price, so that the site's index is the system's.
    pub fn follows_site(&self) -> bool {
        self.generation.is_empty()
            && self.drift.is_none()
            && self.volatility.is_none()
            && self.step_share.is_none()
    }
}
