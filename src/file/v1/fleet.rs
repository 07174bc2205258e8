//! Machines.

use super::Day;
use crate::file::mirror::{choice, record, settings};
use crate::site;

record! {
    AsicFleet => site::AsicFleet {
        id: String,
        model: String = String::new(),
        efficiency_j_per_th: f64,
        cohorts: Vec<Cohort> = Vec::new(),
        cooling: MinerCooling = MinerCooling::Air,
        availability: f64 = 1.0,
        pool_fee_share: f64 = 0.0,
        stale_share: f64 = 0.0,
        variable_usd_per_mwh: f64 = 0.0,
        purchase_usd_per_th: Option<f64> = None,
        purchase_lead_months: f64 = 3.0,
        purchase_max_mw: f64 = 0.0,
        life_months: f64 = 60.0,
        install_usd_per_mw: f64 = 0.0,
        resale: ResaleRule = ResaleRule::default(),
        wear: Wear = Wear::default(),
    }
}

record! {
    Cohort => site::Cohort { mw: f64, bought: Day }
}

choice! {
    MinerCooling => site::MinerCooling { Air, Hydro, Immersion }
}

settings! {
    Wear => site::Wear {
        realised_share: f64 = 1.0,
        failures_per_year: f64 = 0.0,
        repair_hours: f64 = 0.0,
        ageing_per_year: f64 = 0.0,
    }
}

settings! {
    ResaleRule => site::ResaleRule {
        margin_days: f64 = 0.0,
        scrap_usd_per_th: f64 = 0.0,
        buyer_usd_per_mwh: f64 = 0.0,
    }
}

record! {
    GpuSystem => site::GpuSystem {
        id: String,
        model: String = String::new(),
        kw_per_gpu: f64,
        usd_per_gpu: f64,
        lead_months: f64 = 6.0,
        life_months: f64 = 60.0,
        liquid_share: f64,
        kw_per_rack: f64,
        residual_share_after_36_months: f64 = 0.0,
        rental: SystemRental = SystemRental::default(),
    }
}

settings! {
    SystemRental => site::SystemRental {
        generation: String = String::new(),
        usd_per_gpu_hour: Option<f64> = None,
        drift: Option<f64> = None,
        volatility: Option<f64> = None,
        step_share: Option<f64> = None,
    }
}
