//! What the user believes of the markets.

use serde::{Deserialize, Serialize};

use super::Day;
use super::tariff::Series;
use crate::file::mirror::{Mirror, Step, Visit, Walk, choice, record, settings};
use crate::site;
use crate::site::assumptions;

settings! {
    BitcoinAssumptions => site::BitcoinAssumptions {
        as_of: Day = Day(crate::quantity::Date::constant(2025, 12, 25)),
        price_usd_per_btc: f64 = 88_000.0,
        difficulty: f64 = 148.26e12,
        block_height: u32 = 929_400,
        block_minutes: f64 = 9.95,
        epoch_block_minutes: Option<f64> = None,
        fee_share_of_subsidy: f64 = 0.01,
        fee_spikes_per_year: f64 = 0.0,
        fee_spike_share: f64 = 0.0,
        price_model: PriceModel = PriceModel::JumpDiffusion,
        bootstrap_block_months: f64 = 6.0,
        bootstrap_drift: BootstrapDrift = BootstrapDrift::Assumed,
        price_drift: f64 = 0.05,
        price_volatility: f64 = 0.38,
        jumps_per_year: f64 = 8.0,
        jump_mean: f64 = -0.02,
        jump_deviation: f64 = 0.08,
        marginal_j_per_th: f64 = 23.0,
        marginal_usd_per_mwh: f64 = 50.0,
        marginal_other_usd_per_ph_day: f64 = 8.0,
        switch_off_other_usd_per_ph_day: Option<f64> = None,
        efficiency_gain: f64 = 0.06,
        growth_half_life_months: f64 = 9.0,
        shrink_half_life_months: f64 = 4.0,
        lag_months: u32 = 1,
        delivery_months: u32 = 0,
        hashrate_volatility_per_month: f64 = 0.03,
        hashprice_override_usd_per_ph_day: Option<f64> = None,
        public_hashcost_usd_per_ph_day: f64 = 44.8,
    }
}

choice! {
    PriceModel => site::PriceModel { JumpDiffusion, Bootstrap }
}

choice! {
    BootstrapDrift => site::BootstrapDrift { Assumed, History }
}

settings! {
    PriceHistory => site::PriceHistory {
        name: String = String::new(),
        source: String = String::new(),
        months: Vec<HistoryMonth> = Vec::new(),
    }
}

record! {
    HistoryMonth => site::HistoryMonth {
        month: Day,
        price_usd_per_btc: f64,
        network_eh: Option<f64> = None,
        fee_share_of_subsidy: Option<f64> = None,
    }
}

settings! {
    PowerAssumptions => assumptions::PowerAssumptions {
        drift: f64 = 0.02,
        volatility: f64 = 0.25,
        half_life_months: f64 = 12.0,
    }
}

settings! {
    GpuRental => site::GpuRental {
        drift: f64 = -0.15,
        volatility: f64 = 0.35,
        half_life_months: f64 = 12.0,
        generation_years: f64 = 2.0,
        step_share: f64 = 0.10,
        generation_correlation: f64 = 1.0,
        colocation_drift: f64 = 0.02,
        colocation_volatility: f64 = 0.08,
    }
}

settings! {
    DeliveryAssumptions => assumptions::DeliveryAssumptions {
        delay_low_months: f64 = 0.0,
        delay_mode_months: f64 = 0.0,
        delay_high_months: f64 = 6.0,
    }
}

settings! {
    Correlation => assumptions::Correlation {
        btc_hashrate: f64 = 0.1,
        btc_power: f64 = 0.0,
        btc_gpu: f64 = 0.15,
        hashrate_power: f64 = 0.0,
        hashrate_gpu: f64 = 0.0,
        power_gpu: f64 = 0.0,
    }
}

record! {
    PriceDeck => site::PriceDeck {
        id: String,
        name: String = String::new(),
        source: String = String::new(),
        months: Vec<Vec<PriceBand>> = Vec::new(),
        hours: Option<Series> = None,
    }
}

/// `(share of the month's hours, USD/MWh)`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriceBand(pub f64, pub f64);

impl Mirror for PriceBand {
    type Site = site::PriceBand;

    fn from_site(site: &site::PriceBand) -> Self {
        let site::PriceBand { share, usd_per_mwh } = site;
        Self(*share, *usd_per_mwh)
    }

    fn into_site(self) -> site::PriceBand {
        let Self(share, usd_per_mwh) = self;
        site::PriceBand { share, usd_per_mwh }
    }
}

impl Walk for PriceBand {
    fn walk(&self, way: &mut Vec<Step>, visit: &mut Visit) {
        visit(way, self.0);
        visit(way, self.1);
    }
}

#[cfg(test)]
impl crate::file::sample::Sample for PriceBand {
    fn sample(random: &mut crate::file::sample::Random) -> Self {
        Self(f64::sample(random), f64::sample(random))
    }
}
