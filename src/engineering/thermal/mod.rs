//! The thermal study: what the cooling drawn can do in every hour of a typical year at the site.
//!
//! Each hall's port is followed along its heat links as the gross factors are ([`super::factors`]), but with models
//! of the devices ([`devices`]) in place of the drawn shares. The drawn shares stay what the plan uses; this study
//! judges them ([`judge`]).
//!
//! Lighting, offices, air for the electrical rooms and the heaters of stand-by gensets are a share of IT by port
//! ([`chain::house_share`]); they are part of the PUE and of no gross factor, since nothing draws them.
//!
//! What it leaves out: the heat stored in water and walls, humidity in the hall, recirculation between coolers, dirt,
//! wind, noise limits, losses of UPS and transformers that rise at part load, halls that are not yet full.

pub mod chain;
pub mod climates;
pub mod devices;
pub mod import;
pub mod judge;
pub mod parameters;
pub mod psychrometrics;
#[cfg(test)]
mod tests;
pub mod weather;

pub use climates::{BuiltInYear, Choice, ClimateUsed, Design, built_in_years, climate_of};
pub use import::{FoundYear, WeatherImport, built_in_by_distance};
pub use judge::DeviceThermal;
pub use weather::{Place, hour_name, read_weather};

use std::collections::BTreeMap;

use super::checks::{name_of, place_of};
use super::factors::mining_supply;
use super::graph::Network;
use super::space::RackCooling;
use super::summary::{hosting_cap_mw, hosting_liquid_share};
use super::supply::{Port, Standing, Supply};
use crate::quantity::Report;
use crate::site::climate::HOURS;
use crate::site::{ComponentId, Site};
use chain::{Chain, DeviceHour, Hour};
use devices::{Loop, Outdoors};

/// Devices of all chains together that are followed through the year (two seconds or so); the chains after them
/// are left out with a problem. Sixty parts use some sixty.
const MOST_DEVICES: usize = 4_000;

/// Parts and links that may be gone through to find the chains.
const MOST_WORK: usize = 20_000_000;

/// Weather in which every device keeps its rating: what a chain can carry at all is found there.
const MILD: Outdoors = Outdoors { dry_bulb_c: 10.0, wet_bulb_c: 8.0 };

/// The cooling of a site in a typical year, with everything planned built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thermal {
    /// `None` only when no weather could be had; there are no halls then.
    pub climate: Option<ClimateUsed>,
    /// In drawing order.
    pub halls: Vec<HallThermal>,
    /// Every cooling device in use, by port and in drawing order.
    pub devices: Vec<DeviceThermal>,
    /// What the study is based on, what it could not judge, and drawn shares far from the models'.
    pub report: Report,
}

/// One hall. A port without power, without a way for its heat or without load has no chain.
#[derive(Clone, Debug, PartialEq)]
pub struct HallThermal {
    pub id: ComponentId,
    pub hosting: Option<ChainThermal>,
    pub mining: Option<ChainThermal>,
}

/// A port of a hall over the year, at the load it is built for all year round.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainThermal {
    /// IT load judged, MW: what the space allows and the devices' ratings carry, all halls at theirs at once.
    pub it_mw: f64,
    /// Utility energy over IT energy of the year: every loss between the utility and the IT, like the gross factors.
    pub annual_pue: f64,
    /// At the worse of the two design conditions.
    pub design_hour_pue: f64,
    /// In the worst hour: what sizes the feed.
    pub peak_pue: f64,
    /// Water for each kWh of IT over the year, litres.
    pub wue_l_per_kwh: f64,
    /// In the hour that takes most, m3 an hour.
    pub peak_water_m3_per_hour: f64,
    /// Hours in which all the heat is carried without a compressor.
    pub free_cooling_hours: u32,
    /// Hours in which water is evaporated.
    pub wet_hours: u32,
    /// Hours in which the devices cannot take all the heat; the IT load is lowered in them.
    pub short_hours: u32,
    /// IT load the devices can take at the worse design condition, MW; more than `it_mw` where there is room.
    pub design_hour_mw: f64,
    /// Share of what the chain takes in mild weather that is left at the worse design condition.
    pub design_hour_share: f64,
    /// The same in the worst hour.
    pub worst_hour_share: f64,
    /// Hour of the year, from zero, in which least is left.
    pub worst_hour: usize,
    pub it_mwh: f64,
    pub utility_mwh: f64,
    /// Electric energy of the cooling devices alone.
    pub cooling_mwh: f64,
    /// Of `utility_mwh`: lighting, offices, electrical rooms and warm gensets, with their losses.
    pub house_mwh: f64,
}

impl ChainThermal {
    /// What is above one in the annual PUE, as shares of the IT energy: losses of the way (those to the cooling
    /// devices included), cooling devices, house load.
    pub fn pue_parts(&self) -> PueParts {
        let share = |mwh: f64| mwh / self.it_mwh;
        let losses = self.utility_mwh - self.it_mwh - self.cooling_mwh - self.house_mwh;
        PueParts { losses: share(losses), cooling: share(self.cooling_mwh), house: share(self.house_mwh) }
    }
}

/// The annual PUE less one, by cause; each a share of the IT energy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PueParts {
    pub losses: f64,
    pub cooling: f64,
    pub house: f64,
}

impl PueParts {
    /// `losses 0.067, cooling 0.058, lighting, offices and electrical rooms 0.028`
    pub fn words(&self) -> String {
        format!(
            "losses {:.3}, cooling {:.3}, lighting, offices and electrical rooms {:.3}",
            self.losses, self.cooling, self.house
        )
    }
}

impl Thermal {
    pub fn hall(&self, id: &str) -> Option<&HallThermal> {
        self.halls.iter().find(|hall| hall.id == id)
    }
}

impl HallThermal {
    pub fn chain(&self, port: Port) -> Option<&ChainThermal> {
        match port {
            Port::Hosting => self.hosting.as_ref(),
            Port::Mining => self.mining.as_ref(),
        }
    }
}

/// Studies every hall of the site.
///
/// Hosting is judged at full build, mining as the gross factors judge it: on what stands today, and on all that is
/// drawn where that does not do. Each port is judged with all halls at full load on it, so that devices shared by
/// halls carry what all of them give. Every hour is run on its own; time goes with devices and hours.
pub fn thermal(site: &Site, network: &Network) -> Thermal {
    let mut result = Thermal::default();
    result.climate = climate_of(site, &mut result.report);
    let Some(climate) = &result.climate else { return result };
    let mut halls: BTreeMap<usize, HallThermal> = BTreeMap::new();
    for (node, component) in site.components.iter().enumerate().filter(|(_, part)| part.hall().is_some()) {
        halls.insert(node, HallThermal { id: component.id.clone(), hosting: None, mining: None });
    }
    let mut devices = Vec::new();
    for port in [Port::Hosting, Port::Mining] {
        let mut by_device = judge::Tally::default();
        for loaded in chains(site, network, port, &mut result.report) {
            let judged = run_year(&loaded, climate, &mut by_device);
            if let Some(hall) = halls.get_mut(&loaded.hall) {
                match port {
                    Port::Hosting => hall.hosting = judged,
                    Port::Mining => hall.mining = judged,
                }
            }
        }
        devices.extend(by_device.devices(site, port));
    }
    judge::judge(site, climate, &devices, &mut result.report);
    result.halls = halls.into_values().collect();
    result.devices = devices;
    result
}

/// Every hour of the year of one hall's port; `None` where the port has no chain.
pub fn hourly(
    site: &Site,
    network: &Network,
    climate: &ClimateUsed,
    hall: &str,
    port: Port,
) -> Option<Vec<Hour>> {
    let node = network.node(hall)?;
    let loaded =
        chains(site, network, port, &mut Report::default()).into_iter().find(|found| found.hall == node)?;
    let mut by_device = vec![DeviceHour::default(); loaded.chain.devices.len()];
    Some(hours(climate).map(|outdoors| loaded.chain.run(loaded.it_mw, outdoors, &mut by_device)).collect())
}

fn hours(climate: &ClimateUsed) -> impl Iterator<Item = Outdoors> {
    let year = &climate.year;
    year.dry_bulb_c
        .iter()
        .zip(&year.wet_bulb_c)
        .map(|(dry, wet)| Outdoors { dry_bulb_c: *dry, wet_bulb_c: *wet })
}

/// A chain with the load it is judged at.
struct Loaded {
    hall: usize,
    chain: Chain,
    it_mw: f64,
}

/// The chains of all halls on one port, each knowing what the others give to the devices they share.
fn chains(site: &Site, network: &Network, port: Port, report: &mut Report) -> Vec<Loaded> {
    let mut found = Vec::new();
    let (mut heat_mw, mut loops) = (BTreeMap::<usize, f64>::new(), BTreeMap::<usize, Loop>::new());
    let (mut devices, mut work) = (0, 0);
    for (node, component) in site.components.iter().enumerate() {
        let Some(hall) = component.hall() else { continue };
        if devices >= MOST_DEVICES || work >= MOST_WORK {
            report.warning(
                "drawing-too-large",
                place_of(component),
                format!(
                    "the drawing has too many devices for the thermal study; {} and the halls after it are left out \
                     on the {} port",
                    name_of(component),
                    port.word()
                ),
                "draw identical devices as one part with several units",
            );
            break;
        }
        let liquid_share = hosting_liquid_share(site, network, node);
        let supply = match port {
            Port::Hosting => Supply::of(site, network, node, port, liquid_share, Standing::FullBuild),
            Port::Mining => [0.0, 1.0]
                .into_iter()
                .find_map(|share| mining_supply(site, network, node, share))
                .map(|(supply, _)| supply),
        };
        let Some(supply) = supply else { continue };
        work += supply.size();
        let it_mw = match port {
            Port::Hosting if supply.uses(true) => hosting_cap_mw(hall, RackCooling::Liquid, 0.0),
            Port::Hosting => hosting_cap_mw(hall, RackCooling::Air, 0.0),
            Port::Mining => hall.critical_mw,
        };
        if !(it_mw > 0.0 && it_mw.is_finite()) {
            continue;
        }
        let Some(chain) = Chain::of(site, &supply, port) else { continue };
        devices += chain.devices.len();
        for ((device, share), asked) in
            chain.devices.iter().zip(chain.heat_shares()).zip(chain.asked_loops(site, &supply, port))
        {
            *heat_mw.entry(device.node).or_default() += share * it_mw;
            if let Some(asked) = asked {
                loops.entry(device.node).and_modify(|known| *known = known.with(asked)).or_insert(asked);
            }
        }
        found.push(Loaded { hall: node, chain, it_mw });
    }
    for loaded in &mut found {
        let shares = loaded.chain.heat_shares();
        for (device, share) in loaded.chain.devices.iter_mut().zip(shares) {
            let own = share * loaded.it_mw;
            let all = heat_mw.get(&device.node).copied().unwrap_or(own);
            device.crowding = if own > 0.0 { (all / own).max(1.0) } else { 1.0 };
            if let Some(asked) = loops.get(&device.node) {
                device.brings = *asked;
            }
        }
        // No more than the ratings carry in mild weather, so that an hour is short of what could be had at all.
        let mut by_device = vec![DeviceHour::default(); loaded.chain.devices.len()];
        loaded.it_mw = loaded.chain.run(loaded.it_mw, MILD, &mut by_device).it_mw;
    }
    found
}

/// Runs the year and both design conditions.
fn run_year(loaded: &Loaded, climate: &ClimateUsed, tally: &mut judge::Tally) -> Option<ChainThermal> {
    let Loaded { chain, it_mw, .. } = loaded;
    let mut by_device = vec![DeviceHour::default(); chain.devices.len()];
    let mut device_sums = vec![judge::Sums::default(); chain.devices.len()];
    let mild_room = chain.run(*it_mw, MILD, &mut by_device).room;
    let mut year = Sums::default();
    for (index, outdoors) in hours(climate).enumerate() {
        year.add(index, &chain.run(*it_mw, outdoors, &mut by_device));
        device_sums.iter_mut().zip(&by_device).for_each(|(sums, hour)| sums.add_hour(hour));
    }
    let mut design = Worst::default();
    for (which, outdoors) in design_conditions(&climate.design).into_iter().enumerate() {
        design.add(&chain.run(*it_mw, outdoors, &mut by_device));
        device_sums.iter_mut().zip(&by_device).for_each(|(sums, hour)| sums.set_design(which, hour));
    }
    tally.add(chain, &device_sums);
    let of_mild = |room: f64| if mild_room.is_finite() { (room / mild_room).clamp(0.0, 1.0) } else { 1.0 };
    if !(year.it_mwh > 0.0) {
        return None;
    }
    Some(ChainThermal {
        it_mw: *it_mw,
        annual_pue: year.utility_mwh / year.it_mwh,
        design_hour_pue: design.pue,
        peak_pue: year.worst.pue,
        wue_l_per_kwh: year.litres / (1_000.0 * year.it_mwh),
        peak_water_m3_per_hour: year.most_litres / 1_000.0,
        free_cooling_hours: year.free,
        wet_hours: year.wet,
        short_hours: year.short,
        design_hour_mw: it_mw * design.room,
        design_hour_share: of_mild(design.room),
        worst_hour_share: of_mild(year.worst.room),
        worst_hour: year.worst_hour.min(HOURS - 1),
        it_mwh: year.it_mwh,
        utility_mwh: year.utility_mwh,
        cooling_mwh: year.cooling_mwh,
        house_mwh: year.house_mwh,
    })
}

/// Both design conditions: hottest by dry bulb, and by wet bulb, which is what evaporation is chosen for.
fn design_conditions(design: &Design) -> [Outdoors; 2] {
    [
        Outdoors { dry_bulb_c: design.dry_bulb_c, wet_bulb_c: design.coincident_wet_bulb_c },
        Outdoors { dry_bulb_c: design.coincident_dry_bulb_c, wet_bulb_c: design.wet_bulb_c },
    ]
}

/// The worst of several hours: highest PUE, least room.
struct Worst {
    pue: f64,
    room: f64,
}

impl Default for Worst {
    fn default() -> Self {
        Self { pue: 0.0, room: f64::INFINITY }
    }
}

impl Worst {
    fn add(&mut self, hour: &Hour) {
        if hour.it_mw > 0.0 {
            self.pue = self.pue.max(hour.utility_mw / hour.it_mw);
        }
        self.room = self.room.min(hour.room);
    }
}

#[derive(Default)]
struct Sums {
    it_mwh: f64,
    utility_mwh: f64,
    cooling_mwh: f64,
    house_mwh: f64,
    litres: f64,
    most_litres: f64,
    free: u32,
    wet: u32,
    short: u32,
    worst: Worst,
    worst_hour: usize,
}

impl Sums {
    fn add(&mut self, index: usize, hour: &Hour) {
        let is_short = hour.room < 1.0 - 1e-6;
        self.it_mwh += hour.it_mw;
        self.utility_mwh += hour.utility_mw;
        self.cooling_mwh += hour.cooling_mw;
        self.house_mwh += hour.house_mw;
        self.litres += hour.water_l_per_h;
        self.most_litres = self.most_litres.max(hour.water_l_per_h);
        self.short += u32::from(is_short);
        self.free += u32::from(!is_short && !hour.compressor);
        self.wet += u32::from(hour.water_l_per_h > 0.0);
        if hour.room < self.worst.room {
            self.worst_hour = index;
        }
        self.worst.add(hour);
    }
}
