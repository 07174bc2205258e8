//! One port of one hall as a chain of devices, run at an outdoor condition.

use super::super::factors::factor_of;
use super::super::supply::{Edge, Port, Sources, Supply, edge_rating_mw, is_source};
use super::devices::{Device, Loop, Outdoors, loop_of};
use super::parameters::Parameters;
use crate::site::{Kind, Site};

/// Rounds in which a load that is too high is brought down to what the chain carries.
const ROUNDS: usize = 4;

/// A hall's port with the devices that take its heat.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The hall first, then every device after all that hand heat to it.
    pub devices: Vec<ChainDevice>,
    /// Heat of the hall by device, as shares of the whole; indices into `devices`.
    from_hall: Vec<(usize, f64)>,
    /// Utility MW for each MW at the hall's port.
    utility_per_it_mw: f64,
    /// House load for each MW of IT the port is built for, MW, and utility MW for each MW of it.
    house_share: f64,
    utility_per_house_mw: f64,
}

/// Lighting, offices, air for the electrical rooms and warm gensets of a port, MW for each MW of IT it is built for;
/// values, ranges and sources in `assets/thermal/devices.csv`.
pub fn house_share(port: Port) -> f64 {
    let kind = format!("house_{}", port.word());
    ["lighting_share", "offices_share", "electrical_rooms_share", "standby_share"]
        .iter()
        .map(|parameter| Parameters::built_in().get(&kind, parameter))
        .sum()
}

/// A device as one chain sees it.
#[derive(Clone, Debug)]
pub struct ChainDevice {
    /// Index into `site.components`.
    pub node: usize,
    model: Device,
    pub brings: Loop,
    pub rating_mw: f64,
    /// Heat of all chains at the device for each MW of this one; at least one.
    pub crowding: f64,
    /// Utility MW for each MW of electric power at the device.
    utility_per_mw: f64,
    /// Devices that take its heat, by share.
    behind: Vec<(usize, f64)>,
}

/// One outdoor condition, run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hour {
    /// IT power carried, MW.
    pub it_mw: f64,
    /// Utility power, losses and cooling included, MW.
    pub utility_mw: f64,
    /// Electric power of the cooling devices, MW.
    pub cooling_mw: f64,
    /// Of the utility power: house load with its losses, MW.
    pub house_mw: f64,
    pub water_l_per_h: f64,
    /// Share of what the chain was asked to carry that the devices could take, more than one where there is room.
    pub room: f64,
    /// A compressor runs.
    pub compressor: bool,
}

/// What one device did in an hour: this chain's part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DeviceHour {
    pub heat_mw: f64,
    pub power_mw: f64,
    pub water_l_per_h: f64,
    /// Share of its rating the device could take.
    pub capacity_share: f64,
}

impl Chain {
    /// `None` when the hall is without power or without a way for its heat.
    pub fn of(site: &Site, supply: &Supply, port: Port) -> Option<Self> {
        factor_of(site, supply)?;
        let works = supply.working(site, Sources::Grid, |_| true);
        let utility = utility_per_mw(site, supply, &works);
        let hall = supply.hall();
        // From the hall on: suppliers stand before what they serve, so that the reverse has every device after
        // all that hand heat to it.
        let order: Vec<usize> = (0..hall)
            .rev()
            .filter(|node| works[*node] && supply.component(site, *node).kind.cooling().is_some())
            .collect();
        let mut at = vec![usize::MAX; supply.nodes.len()];
        for (index, node) in order.iter().enumerate() {
            at[*node] = index;
        }
        let localised = |edges: Vec<(usize, f64)>| -> Vec<(usize, f64)> {
            edges.into_iter().map(|(node, share)| (at[node], share)).collect()
        };
        let mut from_hall = Vec::new();
        for liquid in [false, true] {
            let sinks: Vec<Edge> =
                supply.sinks[hall].iter().filter(|edge| edge.liquid == liquid).copied().collect();
            let scale = supply.share(liquid);
            if scale > 0.0 {
                let shares = shares(site, supply, &works, &sinks);
                from_hall.extend(localised(shares).into_iter().map(|(index, share)| (index, scale * share)));
            }
        }
        let devices = order
            .iter()
            .map(|node| {
                let component = supply.component(site, *node);
                let behind = localised(shares(site, supply, &works, &supply.sinks[*node]));
                Some(ChainDevice {
                    node: supply.nodes[*node],
                    model: Device::of(component, port.is_mining(), !behind.is_empty())?,
                    brings: Loop { supply_c: f64::INFINITY, return_c: f64::INFINITY },
                    rating_mw: component.rating_mw(),
                    crowding: 1.0,
                    utility_per_mw: utility[*node],
                    behind,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        // House load hangs on the same boards as the devices; a hall with passive ones alone has its own.
        let fed = devices.iter().filter(|device: &&ChainDevice| device.utility_per_mw > 0.0);
        let (count, sum) =
            fed.fold((0.0, 0.0), |(count, sum), device| (count + 1.0, sum + device.utility_per_mw));
        let utility_per_house_mw = if count > 0.0 { sum / count } else { utility[hall] };
        let house_share = house_share(port);
        Some(Self { devices, from_hall, utility_per_it_mw: utility[hall], house_share, utility_per_house_mw })
    }

    /// Temperatures each device is asked for by what hands heat to it in this chain, by index into `devices`.
    pub fn asked_loops(&self, site: &Site, supply: &Supply, port: Port) -> Vec<Option<Loop>> {
        let mut asked: Vec<Option<Loop>> = vec![None; self.devices.len()];
        for edge in &supply.sinks[supply.hall()] {
            let medium = if edge.liquid { "liquid" } else { "air" };
            let node = supply.nodes[edge.node];
            if let Some(index) = self.devices.iter().position(|device| device.node == node) {
                colder(&mut asked[index], loop_of(&format!("{}_{medium}", port.word())));
            }
        }
        for (index, device) in self.devices.iter().enumerate() {
            // What only rejects heat asks for nothing of its own: it passes on what it was asked for.
            let asks = loop_of(site.components[device.node].kind.catalogue_key()).or(asked[index]);
            for (behind, _) in &device.behind {
                colder(&mut asked[*behind], asks);
            }
        }
        asked
    }

    /// Heat at every device for one MW of IT, the heat of motors left out.
    pub fn heat_shares(&self) -> Vec<f64> {
        let mut heat = vec![0.0; self.devices.len()];
        for (index, share) in &self.from_hall {
            heat[*index] += share;
        }
        for (index, device) in self.devices.iter().enumerate() {
            for (behind, share) in &device.behind {
                heat[*behind] += heat[index] * share;
            }
        }
        heat
    }

    /// Runs the chain at an IT load, which is brought down to what its devices can carry. House load stays that of
    /// the load asked for.
    ///
    /// `by_device` has one entry a device and is overwritten.
    pub fn run(&self, asked_mw: f64, outdoors: Outdoors, by_device: &mut [DeviceHour]) -> Hour {
        let first = self.once(asked_mw, outdoors, by_device);
        let (mut hour, mut it_mw) = (first, asked_mw);
        for _ in 0..ROUNDS {
            if hour.room >= 1.0 - 1e-6 {
                break;
            }
            it_mw *= hour.room;
            hour = self.once(it_mw, outdoors, by_device);
        }
        let house_mw = asked_mw * self.house_share * self.utility_per_house_mw;
        Hour { room: first.room, house_mw, utility_mw: hour.utility_mw + house_mw, ..hour }
    }

    fn once(&self, it_mw: f64, outdoors: Outdoors, by_device: &mut [DeviceHour]) -> Hour {
        by_device.fill(DeviceHour::default());
        for (index, share) in &self.from_hall {
            by_device[*index].heat_mw += share * it_mw;
        }
        let mut hour = Hour {
            it_mw,
            utility_mw: it_mw * self.utility_per_it_mw,
            room: f64::INFINITY,
            ..Hour::default()
        };
        for (index, device) in self.devices.iter().enumerate() {
            let heat_mw = by_device[index].heat_mw;
            if heat_mw <= 0.0 {
                continue;
            }
            let all_heat_mw = heat_mw * device.crowding;
            let capacity_share = device.model.capacity_share(outdoors, device.brings);
            hour.room = hour.room.min(device.rating_mw * capacity_share / all_heat_mw);
            by_device[index].capacity_share = capacity_share;
            let behind_c = self.coldest_behind_c(device, outdoors);
            let running = device.model.run(all_heat_mw, device.rating_mw, outdoors, device.brings, behind_c);
            let part = 1.0 / device.crowding;
            by_device[index].power_mw = running.power_mw * part;
            by_device[index].water_l_per_h = running.water_l_per_h * part;
            hour.cooling_mw += running.power_mw * part;
            hour.utility_mw += running.power_mw * part * device.utility_per_mw;
            hour.water_l_per_h += running.water_l_per_h * part;
            hour.compressor |= running.compressor;
            for (behind, share) in &device.behind {
                by_device[*behind].heat_mw += running.heat_on_mw * part * share;
            }
        }
        hour
    }

    /// The coldest liquid the devices behind one can give it, mixed by their shares.
    fn coldest_behind_c(&self, device: &ChainDevice, outdoors: Outdoors) -> Option<f64> {
        if device.behind.is_empty() {
            return None;
        }
        let supply_c = |index: usize| {
            let behind = &self.devices[index];
            behind.model.coldest_supply_c(outdoors, behind.brings)
        };
        Some(device.behind.iter().map(|(index, share)| share * supply_c(*index)).sum())
    }
}

/// Lowers a loop to what suits another asker too.
fn colder(asked: &mut Option<Loop>, by: Option<Loop>) {
    *asked = match (*asked, by) {
        (Some(known), Some(new)) => Some(known.with(new)),
        (known, new) => known.or(new),
    };
}

/// Utility MW for each MW taken at a node, losses on the way included; split among feeders by rating.
fn utility_per_mw(site: &Site, supply: &Supply, works: &[bool]) -> Vec<f64> {
    let mut utility = vec![0.0; supply.nodes.len()];
    for node in 0..supply.nodes.len() {
        let component = supply.component(site, node);
        if is_source(&component.kind) {
            utility[node] = 1.0;
            continue;
        }
        let fed: f64 = shares(site, supply, works, &supply.feeders[node])
            .into_iter()
            .map(|(feeder, share)| share * utility[feeder])
            .sum();
        let is_load = component.kind.cooling().is_some() || matches!(component.kind, Kind::Hall(_));
        utility[node] = if is_load { fed } else { fed / (1.0 - component.loss_share()) };
    }
    utility
}

/// Shares of the working suppliers of a node, by rating; even when none has a rating. As in `factors`.
fn shares(site: &Site, supply: &Supply, works: &[bool], edges: &[Edge]) -> Vec<(usize, f64)> {
    let rated: Vec<(usize, f64)> = edges
        .iter()
        .filter(|edge| works[edge.node])
        .map(|edge| (edge.node, edge_rating_mw(site, supply, *edge).max(0.0)))
        .collect();
    let total: f64 = rated.iter().map(|(_, rating)| rating).sum();
    let even = 1.0 / rated.len().max(1) as f64;
    let share = |rating: f64| if total > 0.0 && total.is_finite() { rating / total } else { even };
    rated.iter().map(|(node, rating)| (*node, share(*rating))).collect()
}
