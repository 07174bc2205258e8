//! What the user believes of the markets.

use super::Series;
use super::history::{BootstrapDrift, PriceHistory, PriceModel};
use crate::quantity::Date;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assumptions {
    pub bitcoin: BitcoinAssumptions,
    pub power: PowerAssumptions,
    pub price_decks: Vec<PriceDeck>,
    pub gpu_rental: GpuRental,
    pub delivery: DeliveryAssumptions,
    pub correlation: Correlation,
    /// Months of the past in place of those that come with the program.
    pub price_history: Option<PriceHistory>,
}

/// The network on the as-of date and how it moves.
#[derive(Clone, Debug, PartialEq)]
pub struct BitcoinAssumptions {
    pub as_of: Date,
    pub price_usd_per_btc: f64,
    pub difficulty: f64,
    pub block_height: u32,
    pub block_minutes: f64,
    /// Mean minutes between the blocks of the present difficulty epoch; `block_minutes` where not set.
    pub epoch_block_minutes: Option<f64>,
    /// Transaction fees as a share of the subsidy, in months without a spike.
    pub fee_share_of_subsidy: f64,
    /// Mean number of months a year with a fee spike.
    pub fee_spikes_per_year: f64,
    /// Mean size of a spike as a share of the subsidy, on top of the usual fees.
    pub fee_spike_share: f64,
    pub price_model: PriceModel,
    /// Mean run of months of a bootstrap.
    pub bootstrap_block_months: f64,
    pub bootstrap_drift: BootstrapDrift,
    /// Expected growth of the price per year.
    pub price_drift: f64,
    /// Volatility of the diffusive part per year.
    pub price_volatility: f64,
    pub jumps_per_year: f64,
    pub jump_mean: f64,
    pub jump_deviation: f64,
    /// The marginal miner, whose break-even the network reverts to.
    pub marginal_j_per_th: f64,
    pub marginal_usd_per_mwh: f64,
    /// What the marginal miner pays besides energy, USD/PH/s/day.
    pub marginal_other_usd_per_ph_day: f64,
    /// What a machine must earn besides its energy to keep running, USD/PH/s/day; below it the network shrinks. The
    /// marginal miner's other cost where not set.
    pub switch_off_other_usd_per_ph_day: Option<f64>,
    /// Yearly fall of the marginal miner's J/TH.
    pub efficiency_gain: f64,
    /// Months in which half the gap closes when hashrate must grow: machines must be delivered.
    pub growth_half_life_months: f64,
    /// Months in which half the gap closes when hashrate must shrink: machines are switched off.
    pub shrink_half_life_months: f64,
    /// Months by which the network sees the price late.
    pub lag_months: u32,
    /// Months from order to running machines, on top of the lag: growth follows the price of then, machines stop at
    /// the price of now.
    pub delivery_months: u32,
    pub hashrate_volatility_per_month: f64,
    /// A level every path is shifted to at the plan start, USD/PH/s/day; from difficulty and price where not set.
    pub hashprice_override_usd_per_ph_day: Option<f64>,
    /// Median public miners' total hashcost, for comparison.
    pub public_hashcost_usd_per_ph_day: f64,
}

impl Default for BitcoinAssumptions {
    /// December 2025 (sources in `assets/catalogue/bitcoin.ron`).
    fn default() -> Self {
        Self {
            as_of: Date::constant(2025, 12, 25),
            price_usd_per_btc: 88_000.0,
            difficulty: 148.26e12,
            block_height: 929_400,
            block_minutes: 9.95,
            epoch_block_minutes: None,
            fee_share_of_subsidy: 0.01,
            fee_spikes_per_year: 0.0,
            fee_spike_share: 0.0,
            price_model: PriceModel::JumpDiffusion,
            bootstrap_block_months: 6.0,
            bootstrap_drift: BootstrapDrift::Assumed,
            price_drift: 0.05,
            price_volatility: 0.38,
            jumps_per_year: 8.0,
            jump_mean: -0.02,
            jump_deviation: 0.08,
            marginal_j_per_th: 23.0,
            marginal_usd_per_mwh: 50.0,
            marginal_other_usd_per_ph_day: 8.0,
            switch_off_other_usd_per_ph_day: None,
            efficiency_gain: 0.06,
            growth_half_life_months: 9.0,
            shrink_half_life_months: 4.0,
            lag_months: 1,
            delivery_months: 0,
            hashrate_volatility_per_month: 0.03,
            hashprice_override_usd_per_ph_day: None,
            public_hashcost_usd_per_ph_day: 44.8,
        }
    }
}

/// How power prices move around their deck.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerAssumptions {
    /// Growth of the deck per year.
    pub drift: f64,
    /// Volatility of the monthly scaling per year.
    pub volatility: f64,
    pub half_life_months: f64,
}

impl Default for PowerAssumptions {
    fn default() -> Self {
        Self { drift: 0.02, volatility: 0.25, half_life_months: 12.0 }
    }
}

/// Prices of a typical year: twelve calendar months of bands.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceDeck {
    pub id: String,
    pub name: String,
    pub source: String,
    /// January first; each month's bands in ascending price.
    pub months: Vec<Vec<PriceBand>>,
    /// The hours the bands were made of, where they are kept: hundredths of USD/MWh.
    pub hours: Option<Series>,
}

/// Hours of a month at one price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceBand {
    /// Share of the month's hours; the shares of a month sum to 1.
    pub share: f64,
    pub usd_per_mwh: f64,
}

/// The rental index of GPUs, relative to contract prices.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuRental {
    /// Change of the index per year.
    pub drift: f64,
    pub volatility: f64,
    pub half_life_months: f64,
    /// Years between hardware generations; each lowers the index by `step_share` at once.
    pub generation_years: f64,
    pub step_share: f64,
    /// Correlation of each named generation's chance with the index; at 1 all generations move together.
    pub generation_correlation: f64,
    /// Growth of colocation rent asked of new tenants, per year.
    pub colocation_drift: f64,
    pub colocation_volatility: f64,
}

impl Default for GpuRental {
    fn default() -> Self {
        Self {
            drift: -0.15,
            volatility: 0.35,
            half_life_months: 12.0,
            generation_years: 2.0,
            step_share: 0.10,
            generation_correlation: 1.0,
            colocation_drift: 0.02,
            colocation_volatility: 0.08,
        }
    }
}

/// How late works finish.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryAssumptions {
    /// Triangular delay of each tenant's space, months.
    pub delay_low_months: f64,
    pub delay_mode_months: f64,
    pub delay_high_months: f64,
}

impl Default for DeliveryAssumptions {
    fn default() -> Self {
        Self { delay_low_months: 0.0, delay_mode_months: 0.0, delay_high_months: 6.0 }
    }
}

/// Correlations of monthly shocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation {
    pub btc_hashrate: f64,
    pub btc_power: f64,
    pub btc_gpu: f64,
    pub hashrate_power: f64,
    pub hashrate_gpu: f64,
    pub power_gpu: f64,
}

impl Default for Correlation {
    fn default() -> Self {
        Self {
            btc_hashrate: 0.1,
            btc_power: 0.0,
            btc_gpu: 0.15,
            hashrate_power: 0.0,
            hashrate_gpu: 0.0,
            power_gpu: 0.0,
        }
    }
}
