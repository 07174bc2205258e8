//! Machines: ASIC fleets and GPU systems.

use crate::quantity::{Date, HOURS_PER_YEAR, date};

/// Bitcoin miners of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct AsicFleet {
    pub id: String,
    pub model: String,
    pub efficiency_j_per_th: f64,
    /// Machines owned, by purchase.
    pub cohorts: Vec<Cohort>,
    pub cooling: MinerCooling,
    /// Share of the hours a machine works when it may: restarts, maintenance, heat; not economic curtailment, and
    /// not the failures counted in `wear`.
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
    pub wear: Wear,
}

/// What separates a machine at work from its data sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wear {
    /// Hashrate of a running machine over its nameplate, at the same power.
    pub realised_share: f64,
    /// Failures of a machine a year.
    pub failures_per_year: f64,
    /// Hours from a failure until the machine runs again.
    pub repair_hours: f64,
    /// Yearly growth of the J/TH with age.
    pub ageing_per_year: f64,
}

impl Default for Wear {
    /// A machine like its data sheet.
    fn default() -> Self {
        Self { realised_share: 1.0, failures_per_year: 0.0, repair_hours: 0.0, ageing_per_year: 0.0 }
    }
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

    /// Share of the hours a machine works when it may, failures included: availability times the share of time that
    /// is not spent in repair, `1 / (1 + failures * hours / 8760)`, the availability of an alternating renewal process.
    pub fn working_share(&self) -> f64 {
        self.availability / (1.0 + self.wear.failures_per_year * self.wear.repair_hours / HOURS_PER_YEAR)
    }

    /// Mean age of the machines owned at a date, years, by MW and never beyond their life; zero without machines.
    ///
    /// Machines bought later are counted as old as these: on the careful side.
    pub fn mean_age_years(&self, at: Date) -> f64 {
        let owned = self.owned_mw();
        if !(owned > 0.0) {
            return 0.0;
        }
        let age = |cohort: &Cohort| {
            let years = f64::from(date::months_between(cohort.bought, at)) / 12.0;
            cohort.mw * years.clamp(0.0, self.life_months / 12.0)
        };
        self.cohorts.iter().map(age).sum::<f64>() / owned
    }

    /// J/TH of a running machine of an age: nameplate, aged, over the realised share of its hashrate.
    pub fn running_j_per_th(&self, age_years: f64) -> f64 {
        let aged = self.efficiency_j_per_th * libm::pow(1.0 + self.wear.ageing_per_year, age_years);
        aged / self.wear.realised_share
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
