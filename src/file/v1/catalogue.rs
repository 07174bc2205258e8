//! Pinned catalogue entries.

use super::fleet::MinerCooling;
use crate::file::mirror::{record, settings};
use crate::site::catalogue;

settings! {
    Catalogue => catalogue::Catalogue {
        asics: Vec<AsicModel> = Vec::new(),
        gpus: Vec<GpuModel> = Vec::new(),
        reliability: Vec<ReliabilityEntry> = Vec::new(),
        availability: Vec<AvailabilityEntry> = Vec::new(),
    }
}

record! {
    AsicModel => catalogue::AsicModel {
        model: String,
        year: u16,
        th_per_s: f64,
        efficiency_j_per_th: f64,
        cooling: MinerCooling = MinerCooling::Air,
        usd_per_th_low: f64,
        usd_per_th: f64,
        usd_per_th_high: f64,
        source: String,
    }
}

record! {
    GpuModel => catalogue::GpuModel {
        model: String,
        generation: String = String::new(),
        year: u16 = 0,
        gpus: u32 = 0,
        kw_per_unit: Option<Range> = None,
        kw_per_gpu: f64,
        liquid_share: f64,
        kw_per_rack: f64,
        usd_per_gpu_low: f64,
        usd_per_gpu: f64,
        usd_per_gpu_high: f64,
        kw_per_gpu_range: Option<Range> = None,
        life_months: Option<Range> = None,
        residual_share: Option<Range> = None,
        lead_months: Option<Range> = None,
        rental_usd_per_gpu_hour: Option<Range> = None,
        rental_drift: Option<Range> = None,
        source: String,
        market_source: String = String::new(),
    }
}

record! {
    Range => catalogue::Range { low: f64, value: f64, high: f64 }
}

record! {
    ReliabilityEntry => catalogue::ReliabilityEntry {
        kind: String,
        failures_per_year: f64,
        repair_hours: f64,
        source: String,
    }
}

record! {
    AvailabilityEntry => catalogue::AvailabilityEntry {
        key: String,
        value: f64,
        source: String,
    }
}
