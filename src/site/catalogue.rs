//! Catalogue entries: default data with value, range and source, built in under `assets/catalogue` and pinned in
//! the site file as they were when the site was solved.

/// Entries pinned in a document. An entry pinned here wins over the built-in one of the same key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    pub asics: Vec<AsicModel>,
    pub gpus: Vec<GpuModel>,
    pub reliability: Vec<ReliabilityEntry>,
}

/// A miner model on the market.
#[derive(Clone, Debug, PartialEq)]
pub struct AsicModel {
    pub model: String,
    pub year: u16,
    pub th_per_s: f64,
    pub efficiency_j_per_th: f64,
    pub cooling: super::MinerCooling,
    pub usd_per_th_low: f64,
    pub usd_per_th: f64,
    pub usd_per_th_high: f64,
    pub source: String,
}

/// A GPU system on the market.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuModel {
    pub model: String,
    pub kw_per_gpu: f64,
    pub liquid_share: f64,
    pub kw_per_rack: f64,
    pub usd_per_gpu_low: f64,
    pub usd_per_gpu: f64,
    pub usd_per_gpu_high: f64,
    pub source: String,
}

/// Failure data of a component kind.
#[derive(Clone, Debug, PartialEq)]
pub struct ReliabilityEntry {
    /// [`super::Kind::catalogue_key`].
    pub kind: String,
    pub failures_per_year: f64,
    pub repair_hours: f64,
    pub source: String,
}
