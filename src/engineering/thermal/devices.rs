//! How much heat a cooling device takes at an outdoor condition, and the electric power and water it takes for it.
//!
//! Steady state, hour by hour. A drawn `heat_mw` is the rating at the reference condition of the kind
//! (`assets/thermal/devices.csv`); it is never exceeded, for pumps, pipes and exchangers are sized to it. Fans and
//! pumps follow the affinity laws. The loop returns at its design temperature, which is what holds the machines;
//! where the outdoors cannot give back its supply temperature, the supply is warmer and the heat less.
//!
//! - Dry cooler: heat at full fan speed goes with the difference between returning water and entering air
//!   (constant effectiveness at a given air flow; ASHRAE Handbook, HVAC Systems and Equipment, heat exchangers), and
//!   with the fan speed to a power below one, as the effectiveness rises when the air slows down.
//! - Adiabatic cooler: the same, with air cooled towards its wet bulb by wet pads of constant effectiveness.
//! - Cooling tower: the same with the wet bulb, the driving temperature of Merkel's method in its linear form.
//! - Chiller: a constant share of the Carnot COP between evaporator and condenser, both at an approach that grows
//!   with the load; a free-cooling coil before it takes what the outdoors can take.
//! - CDU, CRAH, rear door, immersion loop: pumps or fans inside the loop, whose heat the loop takes too.
//! - Fan wall: outdoor air through the machines, which allow it up to a temperature.

use super::parameters::Parameters;
use crate::site::{Component, Kind};

/// Latent heat of water at 30 C, kWh a kilogram (2,430 kJ; IAPWS steam tables). A kilogram is a litre here.
const LATENT_KWH_PER_L: f64 = 0.675;

const KELVIN: f64 = 273.15;

/// The outdoors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outdoors {
    pub dry_bulb_c: f64,
    pub wet_bulb_c: f64,
}

/// Temperatures of the medium that brings heat to a device, at design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loop {
    /// From the device to what asks for cooling.
    pub supply_c: f64,
    /// Back to the device.
    pub return_c: f64,
}

/// What a device does with an amount of heat.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Running {
    pub power_mw: f64,
    /// Heat handed on: what came in and the power turned to heat inside the loop.
    pub heat_on_mw: f64,
    pub water_l_per_h: f64,
    /// A compressor runs.
    pub compressor: bool,
}

/// A motor that moves air or liquid.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mover {
    /// Electric power at full speed per rated heat.
    power_share: f64,
    least_speed: f64,
    exponent: f64,
}

impl Mover {
    fn of(parameters: &Parameters, kind: &str, what: &str) -> Self {
        let get = |name: &str| parameters.get(kind, &format!("{what}_{name}"));
        Self { power_share: get("power_share"), least_speed: get("least_speed"), exponent: get("exponent") }
    }

    /// Power per rated heat, speed held at least at its least.
    fn held(self, speed: f64) -> f64 {
        if speed <= 0.0 {
            return 0.0;
        }
        self.power_share * power_of(speed.clamp(self.least_speed, 1.0), self.exponent)
    }

    /// Power per rated heat of many, staged below the least speed.
    fn staged(self, speed: f64) -> f64 {
        let staged = (speed / self.least_speed).clamp(0.0, 1.0);
        self.power_share * staged * power_of(speed.clamp(self.least_speed, 1.0), self.exponent)
    }
}

fn power_of(base: f64, exponent: f64) -> f64 {
    if exponent == 3.0 { base * base * base } else { libm::pow(base, exponent) }
}

/// A device whose fans give heat to the outdoors.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rejector {
    /// Returning liquid over driving outdoor temperature at the rating.
    rated_difference_k: f64,
    approach_k: f64,
    /// One over the power of the fan speed that heat goes with.
    speed_exponent: f64,
    fan: Mover,
    pump: Mover,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Pads {
    effectiveness: f64,
    coil_effectiveness: f64,
    bleed_share: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct FanWall {
    limit_c: f64,
    rated_rise_k: f64,
    largest_rise_k: f64,
    fan: Mover,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Chiller {
    reference_dry_bulb_c: f64,
    capacity_loss_per_k: f64,
    carnot_share: f64,
    evaporator_approach_k: f64,
    condenser_approach_k: f64,
    least_lift_k: f64,
    least_condenser_c: f64,
    economiser_approach_k: f64,
    is_water_cooled: bool,
    fan: Mover,
    pump: Mover,
}

/// The model of one kind of device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Device(Model);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Model {
    Dry(Rejector),
    Adiabatic(Rejector, Pads),
    /// With the share evaporated and water let go included, litres a kWh of heat.
    Tower(Rejector, f64),
    FanWall(FanWall),
    Chiller(Chiller),
    /// Pumps or fans inside the loop.
    Indoor(Mover),
    /// Drawn without electric power.
    Passive,
}

impl Device {
    /// The model of a component; `None` for what is no cooling device. What is drawn without any electric power is
    /// taken for passive unless it rejects heat. `is_mining` and `has_sinks` say what it serves and whether other
    /// devices take its heat.
    pub fn of(component: &Component, is_mining: bool, has_sinks: bool) -> Option<Self> {
        let cooling = component.kind.cooling()?;
        let is_passive = cooling.power_share <= 0.0 && cooling.design_hour_power_share <= 0.0;
        let table = Parameters::built_in();
        let kind = component.kind.catalogue_key();
        Some(Self(match component.kind {
            Kind::DryCooler(_) => {
                let difference =
                    table.get(kind, "reference_return_c") - table.get(kind, "reference_dry_bulb_c");
                Model::Dry(Rejector::of(table, kind, difference))
            }
            Kind::AdiabaticCooler(_) => {
                let pads = Pads {
                    effectiveness: table.get(kind, "pad_effectiveness"),
                    coil_effectiveness: table.get(kind, "coil_effectiveness"),
                    bleed_share: table.get(kind, "bleed_share"),
                };
                let reference = Outdoors {
                    dry_bulb_c: table.get(kind, "reference_dry_bulb_c"),
                    wet_bulb_c: table.get(kind, "reference_wet_bulb_c"),
                };
                let difference = table.get(kind, "reference_return_c") - pads.air_c(reference);
                Model::Adiabatic(Rejector::of(table, kind, difference), pads)
            }
            Kind::CoolingTower(_) => {
                let difference =
                    table.get(kind, "reference_return_c") - table.get(kind, "reference_wet_bulb_c");
                let cycles = table.get(kind, "cycles_of_concentration");
                let litres = table.get(kind, "evaporated_share") / LATENT_KWH_PER_L * cycles / (cycles - 1.0);
                Model::Tower(Rejector::of(table, kind, difference), litres)
            }
            Kind::FanWall(_) => {
                let port = if is_mining { "mining" } else { "hosting" };
                Model::FanWall(FanWall {
                    limit_c: table.get(kind, &format!("reference_dry_bulb_{port}_c")),
                    rated_rise_k: table.get(kind, "reference_rise_k"),
                    largest_rise_k: table.get(kind, "largest_rise_k"),
                    fan: Mover {
                        power_share: table.get(kind, &format!("fan_power_share_{port}")),
                        least_speed: table.get(kind, "fan_least_speed"),
                        exponent: table.get(kind, "fan_exponent"),
                    },
                })
            }
            Kind::Chiller(_) => Model::Chiller(Chiller::of(table, kind, has_sinks)),
            _ if is_passive => Model::Passive,
            _ => Model::Indoor(Mover::of(table, kind, "mover")),
        }))
    }

    /// Share of the rating the device can take, 0 to 1.
    pub fn capacity_share(self, outdoors: Outdoors, brings: Loop) -> f64 {
        let share = match self.0 {
            Model::Dry(rejector) => rejector.at_full_speed(outdoors.dry_bulb_c, brings),
            Model::Adiabatic(rejector, pads) => {
                rejector.at_full_speed(rejector.air_c(pads, outdoors, brings), brings)
            }
            Model::Tower(rejector, _) => rejector.at_full_speed(outdoors.wet_bulb_c, brings),
            Model::FanWall(wall) => wall.rise_k(outdoors) / wall.rated_rise_k,
            Model::Chiller(chiller) if !chiller.is_water_cooled => {
                let above = outdoors.dry_bulb_c - chiller.reference_dry_bulb_c;
                1.0 - chiller.capacity_loss_per_k * above.max(0.0)
            }
            Model::Chiller(_) | Model::Indoor(_) | Model::Passive => 1.0,
        };
        share.clamp(0.0, 1.0)
    }

    /// Temperature of the liquid the device can give back at its rating, before anything holds it warmer.
    pub fn coldest_supply_c(self, outdoors: Outdoors, brings: Loop) -> f64 {
        match self.0 {
            Model::Dry(rejector) => outdoors.dry_bulb_c + rejector.approach_k,
            Model::Adiabatic(rejector, pads) => rejector.air_c(pads, outdoors, brings) + rejector.approach_k,
            Model::Tower(rejector, _) => outdoors.wet_bulb_c + rejector.approach_k,
            _ => brings.supply_c,
        }
    }

    /// Power, water and heat handed on for an amount of heat. `behind_c` is the coldest liquid that devices behind
    /// this one can give it, where there are any.
    pub fn run(
        self,
        heat_mw: f64,
        rating_mw: f64,
        outdoors: Outdoors,
        brings: Loop,
        behind_c: Option<f64>,
    ) -> Running {
        if !(heat_mw > 0.0 && rating_mw > 0.0) {
            return Running::default();
        }
        let load = heat_mw / rating_mw;
        match self.0 {
            Model::Dry(rejector) => rejector.run(load, rating_mw, outdoors.dry_bulb_c, brings).0,
            Model::Adiabatic(rejector, pads) => {
                let air_c = rejector.air_c(pads, outdoors, brings);
                let (mut running, speed) = rejector.run(load, rating_mw, air_c, brings);
                // Air flow times heat capacity, kW a kelvin: the rated heat over the rise of the air at the rating.
                let air_kw_per_k =
                    1_000.0 * rating_mw * speed / (pads.coil_effectiveness * rejector.rated_difference_k);
                let evaporated_kw = air_kw_per_k * (outdoors.dry_bulb_c - air_c);
                running.water_l_per_h = evaporated_kw / LATENT_KWH_PER_L * (1.0 + pads.bleed_share);
                running
            }
            Model::Tower(rejector, litres_per_kwh) => {
                let mut running = rejector.run(load, rating_mw, outdoors.wet_bulb_c, brings).0;
                running.water_l_per_h = 1_000.0 * heat_mw * litres_per_kwh;
                running
            }
            Model::FanWall(wall) => {
                let rise = wall.rise_k(outdoors).min(wall.largest_rise_k);
                let speed = if rise > 0.0 { (load * wall.rated_rise_k / rise).min(1.0) } else { 1.0 };
                Running {
                    power_mw: rating_mw * wall.fan.staged(speed),
                    heat_on_mw: heat_mw,
                    ..Running::default()
                }
            }
            Model::Chiller(chiller) => chiller.run(load, rating_mw, outdoors, brings, behind_c),
            Model::Indoor(mover) => {
                let power_mw = rating_mw * mover.held(load);
                Running { power_mw, heat_on_mw: heat_mw + power_mw, ..Running::default() }
            }
            Model::Passive => Running { heat_on_mw: heat_mw, ..Running::default() },
        }
    }
}

impl Rejector {
    fn of(table: &Parameters, kind: &str, rated_difference_k: f64) -> Self {
        Self {
            rated_difference_k,
            approach_k: table.get(kind, "approach_k"),
            speed_exponent: 1.0 / table.get(kind, "capacity_exponent"),
            fan: Mover::of(table, kind, "fan"),
            pump: Mover::of(table, kind, "pump"),
        }
    }

    /// Share of the rating at full fan speed, which in cold air is above one.
    fn at_full_speed(self, driving_c: f64, brings: Loop) -> f64 {
        (brings.return_c - driving_c).max(0.0) / self.rated_difference_k
    }

    /// Air that enters the coil: the pads are wet where dry air could not take the rating.
    fn air_c(self, pads: Pads, outdoors: Outdoors, brings: Loop) -> f64 {
        let is_wet = outdoors.dry_bulb_c > brings.return_c - self.rated_difference_k;
        if is_wet { pads.air_c(outdoors) } else { outdoors.dry_bulb_c }
    }

    /// Fans and pumps; gives the fan speed too.
    fn run(self, load: f64, rating_mw: f64, driving_c: f64, brings: Loop) -> (Running, f64) {
        let of_full_speed = load / self.at_full_speed(driving_c, brings);
        let speed = if of_full_speed < 1.0 { libm::pow(of_full_speed, self.speed_exponent) } else { 1.0 };
        let power_mw = rating_mw * (self.fan.staged(speed) + self.pump.held(load));
        (Running { power_mw, heat_on_mw: load * rating_mw, ..Running::default() }, speed)
    }
}

impl Pads {
    fn air_c(self, outdoors: Outdoors) -> f64 {
        outdoors.dry_bulb_c - self.effectiveness * (outdoors.dry_bulb_c - outdoors.wet_bulb_c).max(0.0)
    }
}

impl FanWall {
    /// Rise of the air that the machines allow.
    fn rise_k(self, outdoors: Outdoors) -> f64 {
        self.limit_c + self.rated_rise_k - outdoors.dry_bulb_c
    }
}

impl Chiller {
    fn of(table: &Parameters, kind: &str, is_water_cooled: bool) -> Self {
        let side = if is_water_cooled { "water" } else { "air" };
        let get = |name: &str| table.get(kind, name);
        let of_side = |name: &str, unit: &str| get(&format!("{name}_{side}{unit}"));
        let mut fan = Mover::of(table, kind, "fan");
        if is_water_cooled {
            // The fans stand in what is drawn behind it.
            fan.power_share = 0.0;
        }
        Self {
            reference_dry_bulb_c: get("reference_dry_bulb_c"),
            capacity_loss_per_k: get("capacity_loss_per_k"),
            carnot_share: of_side("carnot_share", ""),
            evaporator_approach_k: get("evaporator_approach_k"),
            condenser_approach_k: of_side("condenser_approach", "_k"),
            least_lift_k: get("least_lift_k"),
            least_condenser_c: if is_water_cooled {
                get("least_condenser_water_c")
            } else {
                f64::NEG_INFINITY
            },
            economiser_approach_k: of_side("economiser_approach", "_k"),
            is_water_cooled,
            fan,
            pump: Mover::of(table, kind, "pump"),
        }
    }

    fn run(
        self,
        load: f64,
        rating_mw: f64,
        outdoors: Outdoors,
        brings: Loop,
        behind_c: Option<f64>,
    ) -> Running {
        let outside_c = behind_c.unwrap_or(outdoors.dry_bulb_c);
        let range_k = (brings.return_c - brings.supply_c).max(1.0);
        let free_share =
            ((brings.return_c - outside_c - self.economiser_approach_k) / range_k).clamp(0.0, 1.0);
        let lifted_mw = load * rating_mw * (1.0 - free_share);
        // Approaches grow with the heat the machine itself moves.
        let moved = load * (1.0 - free_share);
        let evaporator_c = brings.supply_c - self.evaporator_approach_k * moved;
        let condenser_c = outside_c.max(self.least_condenser_c) + self.condenser_approach_k * moved;
        let lift_k = (condenser_c - evaporator_c).max(self.least_lift_k);
        let compressor_mw = lifted_mw * lift_k / (self.carnot_share * (evaporator_c + KELVIN));
        let power_mw = compressor_mw + rating_mw * (self.fan.held(load) + self.pump.held(load));
        Running {
            power_mw,
            heat_on_mw: load * rating_mw + compressor_mw,
            water_l_per_h: 0.0,
            compressor: free_share < 1.0,
        }
    }
}

/// The loop behind a component, or behind a hall: `asks` is `cdu`, `crah`, ..., or `hosting_air`.
pub fn loop_of(asks: &str) -> Option<Loop> {
    let table = Parameters::built_in();
    let found =
        Loop { supply_c: table.get(asks, "loop_supply_c"), return_c: table.get(asks, "loop_return_c") };
    (found.supply_c.is_finite() && found.return_c.is_finite()).then_some(found)
}

impl Loop {
    /// The loop that suits both: the colder of each.
    pub fn with(self, other: Self) -> Self {
        Self { supply_c: self.supply_c.min(other.supply_c), return_c: self.return_c.min(other.return_c) }
    }
}
