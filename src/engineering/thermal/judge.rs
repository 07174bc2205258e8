//! The drawn shares of every cooling device against the models'.
//!
//! The drawing is a warning where it counts on more than the model gives, beyond a tolerance, and a note where it
//! is far on the safe side. Tolerances allow for what the models do not know (a maker's fans, trim machines, a
//! loop warmer or colder than usual): a tenth of the rating, a third of the power.

use std::collections::BTreeMap;

use super::super::checks::{name_of, place_of};
use super::super::supply::Port;
use super::chain::{Chain, DeviceHour};
use super::climates::ClimateUsed;
use crate::quantity::{Report, Severity};
use crate::site::climate::HOURS;
use crate::site::{Component, ComponentId, Site};

/// Drawn share of the rating at the design hour above the modelled one that is passed over.
const CAPACITY_OVER: f64 = 0.1;
/// The same below: the drawing is cautious.
const CAPACITY_UNDER: f64 = 0.2;
/// Power per heat: passed over up to this, or up to [`POWER_RELATIVE`] of the modelled figure.
const POWER_ABSOLUTE: f64 = 0.02;
const POWER_RELATIVE: f64 = 1.0 / 3.0;
/// Litres a kWh of heat: passed over up to this, or up to half the modelled figure.
const WATER_ABSOLUTE: f64 = 0.15;
const WATER_RELATIVE: f64 = 0.5;
/// Power per heat drawn above the modelled figure by more than this, and by more than the figure itself, is noted.
/// Much stays under it on purpose: with both sides of a 2N plant running, fans and pumps idle along, and what is
/// drawn must do with one side alone.
const POWER_CAUTION: f64 = 0.05;
/// Water drawn above the modelled figure, likewise.
const WATER_CAUTION: f64 = 0.3;

/// One cooling device on one port over the year, all halls at full load.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceThermal {
    pub id: ComponentId,
    pub port: Port,
    /// Rating of the set, MW of heat, and its mean heat over the year.
    pub rating_mw: f64,
    pub mean_heat_mw: f64,
    /// Electric power per heat over the year, to be compared with the drawn `power_share`.
    pub power_share: f64,
    /// At the worse design condition, to be compared with the drawn `design_hour_power_share`.
    pub design_hour_power_share: f64,
    /// Share of the rating left at the worse design condition, to be compared with the drawn `design_hour_share`.
    pub design_hour_share: f64,
    pub worst_hour_share: f64,
    /// Water per heat over the year, to be compared with the drawn `water_l_per_kwh`.
    pub water_l_per_kwh: f64,
}

/// Sums of each device over the chains that use it, by index into `site.components`.
#[derive(Default)]
pub struct Tally(BTreeMap<usize, Sums>);

/// One device over the hours of one chain, or of several.
#[derive(Clone, Copy, Default)]
pub struct Sums {
    heat_mwh: f64,
    power_mwh: f64,
    litres: f64,
    /// Heat and power at both design conditions.
    design: [(f64, f64); 2],
    /// Share of the rating lost at the worse design condition and in the worst hour.
    design_loss: f64,
    worst_loss: f64,
}

impl Sums {
    /// Adds an hour of the year.
    pub fn add_hour(&mut self, hour: &DeviceHour) {
        self.heat_mwh += hour.heat_mw;
        self.power_mwh += hour.power_mw;
        self.litres += hour.water_l_per_h;
        self.worst_loss = self.worst_loss.max(1.0 - hour.capacity_share);
    }

    /// Sets one of the two design conditions.
    pub fn set_design(&mut self, which: usize, hour: &DeviceHour) {
        if let Some(design) = self.design.get_mut(which) {
            *design = (hour.heat_mw, hour.power_mw);
        }
        self.design_loss = self.design_loss.max(1.0 - hour.capacity_share);
    }

    fn merge(&mut self, other: &Self) {
        self.heat_mwh += other.heat_mwh;
        self.power_mwh += other.power_mwh;
        self.litres += other.litres;
        for (own, other) in self.design.iter_mut().zip(other.design) {
            *own = (own.0 + other.0, own.1 + other.1);
        }
        self.design_loss = self.design_loss.max(other.design_loss);
        self.worst_loss = self.worst_loss.max(other.worst_loss);
    }
}

impl Tally {
    /// Adds a chain, with the sums of each of its devices.
    pub fn add(&mut self, chain: &Chain, sums: &[Sums]) {
        for (device, sums) in chain.devices.iter().zip(sums) {
            self.0.entry(device.node).or_default().merge(sums);
        }
    }

    /// The devices that took heat, in drawing order.
    pub fn devices(&self, site: &Site, port: Port) -> Vec<DeviceThermal> {
        let per_heat = |value: f64, heat: f64| if heat > 0.0 { value / heat } else { 0.0 };
        let used = self.0.iter().filter(|(_, sums)| sums.heat_mwh > 0.0);
        used.map(|(node, sums)| DeviceThermal {
            id: site.components[*node].id.clone(),
            port,
            rating_mw: site.components[*node].rating_mw(),
            mean_heat_mw: sums.heat_mwh / HOURS as f64,
            power_share: per_heat(sums.power_mwh, sums.heat_mwh),
            design_hour_power_share: sums
                .design
                .iter()
                .map(|(heat, power)| per_heat(*power, *heat))
                .fold(0.0, f64::max),
            design_hour_share: 1.0 - sums.design_loss,
            worst_hour_share: 1.0 - sums.worst_loss,
            water_l_per_kwh: per_heat(sums.litres, 1_000.0 * sums.heat_mwh),
        })
        .collect()
    }
}

/// A drawn figure beside the modelled one.
struct Figure {
    what: &'static str,
    drawn: f64,
    modelled: f64,
    /// How far the drawing counts on more than the model gives; negative on the safe side.
    over: f64,
    tolerance: f64,
    caution: f64,
    shown: fn(f64) -> String,
}

impl Figure {
    fn words(&self) -> String {
        format!(
            "{} is drawn {} and modelled {}",
            self.what,
            (self.shown)(self.drawn),
            (self.shown)(self.modelled)
        )
    }
}

/// One problem a device and direction, with every figure that is far off.
pub fn judge(site: &Site, climate: &ClimateUsed, devices: &[DeviceThermal], report: &mut Report) {
    let by_id: BTreeMap<&str, &Component> =
        site.components.iter().rev().map(|component| (component.id.as_str(), component)).collect();
    for device in devices {
        let Some(component) = by_id.get(device.id.as_str()) else { continue };
        let figures = figures(component, device);
        let far = |is_far: fn(&Figure) -> bool| -> Vec<String> {
            figures.iter().filter(|figure| is_far(figure)).map(Figure::words).collect()
        };
        let bold = far(|figure| figure.over > figure.tolerance);
        let cautious = far(|figure| -figure.over > figure.caution);
        let said = |figures: &[String]| {
            format!(
                "{} on the {} port in the weather of {}: {}",
                name_of(component),
                device.port.word(),
                climate.year.name,
                figures.join("; ")
            )
        };
        if !bold.is_empty() {
            report.add(
                Severity::Warning,
                "cooling-drawn-better",
                place_of(component),
                said(&bold),
                "the plan counts on the drawn figures: enter the modelled ones, or keep yours where a maker's data \
                 sheet for this weather and loop shows them",
            );
        }
        if !cautious.is_empty() {
            report.add(
                Severity::Info,
                "cooling-drawn-cautious",
                place_of(component),
                said(&cautious),
                "the drawing is on the safe side, as with trim machines, fixed speed, a colder loop or one side of two \
                 alone; enter the modelled figures where it has none of these",
            );
        }
    }
}

fn figures(component: &Component, device: &DeviceThermal) -> Vec<Figure> {
    let Some(cooling) = component.kind.cooling() else { return Vec::new() };
    let power = |what, drawn: f64, modelled: f64| {
        let tolerance = POWER_ABSOLUTE.max(POWER_RELATIVE * modelled);
        let caution = POWER_CAUTION.max(modelled);
        Figure { what, drawn, modelled, over: modelled - drawn, tolerance, caution, shown: three_decimals }
    };
    let water_tolerance = WATER_ABSOLUTE.max(WATER_RELATIVE * device.water_l_per_kwh);
    vec![
        Figure {
            what: "share of the rating left at the design hour",
            drawn: cooling.design_hour_share,
            modelled: device.design_hour_share,
            over: cooling.design_hour_share - device.design_hour_share,
            tolerance: CAPACITY_OVER,
            caution: CAPACITY_UNDER,
            shown: per_cent,
        },
        power("power per heat in a typical hour", cooling.power_share, device.power_share),
        power(
            "power per heat at the design hour",
            cooling.design_hour_power_share,
            device.design_hour_power_share,
        ),
        Figure {
            what: "water a kWh of heat",
            drawn: cooling.water_l_per_kwh,
            modelled: device.water_l_per_kwh,
            over: device.water_l_per_kwh - cooling.water_l_per_kwh,
            tolerance: water_tolerance,
            caution: WATER_CAUTION.max(device.water_l_per_kwh),
            shown: litres,
        },
    ]
}

fn per_cent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn three_decimals(share: f64) -> String {
    format!("{share:.3}")
}

fn litres(litres: f64) -> String {
    format!("{litres:.2} L")
}
