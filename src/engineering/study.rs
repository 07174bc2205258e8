//! Everything the drawing says about itself: what `wattshift engineer` prints and the window lays over the drawing.

use std::collections::BTreeMap;

use super::availability::ReliabilityData;
use super::availability::fibre::{FibreAvailability, carrier_with_cable, connections};
use super::availability::monte_carlo::{MonteCarlo, MonteCarloOptions, monte_carlo};
use super::capacity::{Capacity, HallCapacity, capacity};
use super::firm::Survival;
use super::graph::Network;
use super::loading::PartLoading;
use super::summary::{Engineering, engineering_with, hosting_supply};
use super::thermal::{Thermal, thermal};
use super::workload::{Suitability, suitability};
use crate::quantity::{Problem, Report};
use crate::site::{ComponentId, Site};

/// What a user may choose about the studies. A plan does not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StudyOptions {
    /// Whether hours of planned work count in the availability of the halls.
    pub planned_maintenance: bool,
}

/// The studies of a site at full build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Study {
    /// With what they were made.
    pub options: StudyOptions,
    pub engineering: Engineering,
    pub capacity: Capacity,
    pub thermal: Thermal,
    /// Availability of the fibre from a hall to a metro, by hall and metro.
    pub fibre: BTreeMap<ComponentId, BTreeMap<ComponentId, FibreAvailability>>,
    /// Classes of work by hall, suitable or not.
    pub workloads: BTreeMap<ComponentId, Vec<Suitability>>,
    /// What could not be judged and what is worth knowing, of all studies.
    pub report: Report,
}

/// Works out every study, planned work left out. It takes a tenth of a second or so: not for the thread that draws.
pub fn study(site: &Site) -> Study {
    study_with(site, StudyOptions::default())
}

/// As [`study`], as the user chose it. Planned work takes one exact calculation for each part, a few tenths of a
/// second for sixty.
pub fn study_with(site: &Site, options: StudyOptions) -> Study {
    let network = Network::new(site);
    let ((engineering, fibre), (capacity, thermal)) = rayon::join(
        || (engineering_with(site, options.planned_maintenance), fibre(site, &network)),
        || rayon::join(|| capacity(site), || thermal(site, &network)),
    );
    let mut report = Report::default();
    let fibre = fibre.into_iter().map(|(hall, (found, problems))| {
        for problem in problems {
            report.add_once(problem);
        }
        (hall, found)
    });
    let fibre: BTreeMap<ComponentId, BTreeMap<ComponentId, FibreAvailability>> = fibre.collect();
    report.problems.extend(carrier_with_cable(site, &network));
    for problem in [&engineering.report, &capacity.report, &thermal.report]
        .into_iter()
        .flat_map(|report| report.problems.clone())
    {
        report.add_once(problem);
    }
    let halls = engineering.halls.iter().filter(|hall| hall.is_judged);
    let workloads = halls.map(|hall| (hall.id.clone(), suitability(hall, fibre.get(&hall.id)))).collect();
    Study { options, engineering, capacity, thermal, fibre, workloads, report }
}

type Connections = (BTreeMap<ComponentId, FibreAvailability>, Vec<Problem>);

fn fibre(site: &Site, network: &Network) -> BTreeMap<ComponentId, Connections> {
    let data = ReliabilityData::of(site);
    let halls = site.components.iter().enumerate().filter(|(_, part)| part.hall().is_some());
    halls.map(|(node, hall)| (hall.id.clone(), connections(site, network, node, &data))).collect()
}

impl Study {
    pub fn hall_capacity(&self, id: &str) -> Option<&HallCapacity> {
        self.capacity.halls.iter().find(|hall| hall.id == id)
    }

    /// What of a hall survives with every other hall empty; `None` where the drawing is too large to look at it.
    pub fn survival(&self, id: &str) -> Option<&Survival> {
        self.capacity.firm.alone.iter().find(|(hall, _)| hall == id).map(|(_, survival)| survival)
    }

    /// Load of a part by its place in `site.components`.
    pub fn loading(&self, component: usize) -> Option<&PartLoading> {
        self.capacity.parts.iter().find(|part| part.component == component)
    }

    /// Hosting of all halls over the year: weighted by their energy. `None` where none has a chain.
    pub fn site_thermal(&self) -> Option<SiteThermal> {
        let chains: Vec<_> = self.thermal.halls.iter().filter_map(|hall| hall.hosting.as_ref()).collect();
        let it_mwh: f64 = chains.iter().map(|chain| chain.it_mwh).sum();
        if it_mwh <= 0.0 {
            return None;
        }
        let it_mw: f64 = chains.iter().map(|chain| chain.it_mw).sum();
        let by_load = |of: fn(&super::thermal::ChainThermal) -> f64| {
            chains.iter().map(|chain| of(chain) * chain.it_mw).sum::<f64>() / it_mw
        };
        Some(SiteThermal {
            annual_pue: chains.iter().map(|chain| chain.utility_mwh).sum::<f64>() / it_mwh,
            peak_pue: by_load(|chain| chain.peak_pue),
            wue_l_per_kwh: chains.iter().map(|chain| chain.wue_l_per_kwh * chain.it_mwh).sum::<f64>()
                / it_mwh,
            free_cooling_hours: chains.iter().map(|chain| chain.free_cooling_hours).min().unwrap_or(0),
        })
    }
}

/// Hosting of a whole site over a typical year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteThermal {
    pub annual_pue: f64,
    /// Peak PUE of the halls, weighted by their load: their worst hours need not be the same one.
    pub peak_pue: f64,
    pub wue_l_per_kwh: f64,
    /// Of the hall that has fewest.
    pub free_cooling_hours: u32,
}

/// Plays years of failures and repairs of a hall's hosting, as its exact availability is worked out.
///
/// `progress` is told the share done and may return false to stop. `None` when it did, or when the hall hosts
/// nothing.
///
/// # Errors
/// A problem when the years are too many to play, or when a part lacks failure data.
pub fn play(
    site: &Site,
    study: &Study,
    hall: &str,
    options: &MonteCarloOptions,
    progress: &dyn Fn(f64) -> bool,
) -> Result<Option<MonteCarlo>, Problem> {
    let network = Network::new(site);
    let Some(judged) = study.engineering.hall(hall).filter(|hall| hall.availability.is_some()) else {
        return Ok(None);
    };
    let Some(node) = network.node(hall) else { return Ok(None) };
    let Some(supply) = hosting_supply(site, &network, node, judged.liquid_share) else { return Ok(None) };
    monte_carlo(site, &supply, judged.firm_mw.n, &study.engineering.hosting_demand_mw, options, progress)
}
