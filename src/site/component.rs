//! What is drawn: components with their kinds, ratings and states.

use super::{BillMonth, ComponentId, EnergyPrice, FixedBlock, MeasuredLoad, Point};
use crate::quantity::Date;

/// One drawn part of the site; with `units` > 1 a set of identical units that share its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    pub id: ComponentId,
    /// Short label painted beside the symbol, such as `T2`.
    pub tag: String,
    pub name: String,
    pub kind: Kind,
    /// Identical units; ratings in `kind` are for one unit.
    pub units: u32,
    /// Units beyond those needed to carry the load (1 for N+1); they add no capacity.
    pub spare_units: u32,
    pub state: State,
    /// Position on the one-line diagram, in drawing units.
    pub at_schematic: Point,
    /// Position on the plan, metres east and south.
    pub at_plan: Option<Point>,
    /// Position on the map of fibre, km east and south of the site; a metro's own latitude and longitude without it.
    pub at_map: Option<Point>,
    pub side: Side,
    /// Voltage of the incoming port, kV.
    pub kv_in: Option<f64>,
    /// Voltage of the outgoing port, kV; the same as `kv_in` where it is not set.
    pub kv_out: Option<f64>,
    pub power_factor: f64,
    /// Failures a year of one unit; the kind's default from the catalogue where it is not set.
    pub failures_per_year: Option<f64>,
    /// Hours to repair one unit.
    pub repair_hours: Option<f64>,
    pub note: String,
    pub drawn: Drawn,
}

/// How a part is drawn and held on the drawing; no plan takes notice of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Parts of one group are selected and moved together; of groups within each other, the outermost.
    pub group: Option<String>,
    /// The groups within it that the part is of, from the outer to the inner.
    pub subgroups: Vec<String>,
    /// The part is neither moved nor taken out.
    pub locked: bool,
    /// Quarter turns of the symbol, clockwise; four are none.
    pub quarter_turns: u32,
    /// Left and right of the symbol change places, before it is turned.
    pub flipped: bool,
}

/// Redundant side of a 2N arrangement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    #[default]
    None,
    A,
    B,
}

/// Whether a part stands, or may be built.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Stands today; with `Some`, the plan may remove it.
    Existing(Option<Removal>),
    /// The plan decides whether, when and how much to build.
    Planned(Planned),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    pub cost_usd: f64,
    pub salvage_usd: f64,
    pub months: f64,
    pub earliest: Option<Date>,
}

/// Terms on which a planned part can be ordered.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    pub fixed_usd: f64,
    /// USD per MW of usable rating.
    pub usd_per_mw: f64,
    pub lead_months: f64,
    /// Order dates.
    pub earliest: Option<Date>,
    pub latest: Option<Date>,
    /// Capacity comes in whole blocks of this size.
    pub block_mw: Option<f64>,
    /// Shares of the price by months after the order; all at order where it is empty.
    pub payments: Vec<Payment>,
    /// The last months of the lead during which the parts in `works_outage` are down.
    pub works_outage_months: f64,
    pub works_outage: Vec<ComponentId>,
    /// Existing parts that this one takes the place of when it is ready.
    pub replaces: Vec<ComponentId>,
    /// Share of the price saved by reusing what stands.
    pub reuse_share: f64,
    pub option_set: Option<OptionSet>,
}

/// Parts of one set and different options exclude each other: the air version or the liquid version of a hall.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionSet {
    pub set: String,
    pub option: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Payment {
    pub share: f64,
    pub months_after_order: f64,
}

impl Default for Planned {
    fn default() -> Self {
        Self {
            fixed_usd: 0.0,
            usd_per_mw: 0.0,
            lead_months: 0.0,
            earliest: None,
            latest: None,
            block_mw: None,
            payments: Vec::new(),
            works_outage_months: 0.0,
            works_outage: Vec::new(),
            replaces: Vec::new(),
            reuse_share: 0.0,
            option_set: None,
        }
    }
}

/// What a component is, with the ratings of one unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    GridFeed(GridFeed),
    /// On-site generation that runs all year.
    Generation(Generation),
    Transformer(Electrical),
    /// Switchgear, a switchboard or a bus.
    Switchgear(Electrical),
    /// Stand-by plant: carries load only while the grid is away.
    Genset(Genset),
    Ups(Ups),
    Battery(Battery),
    /// Automatic (mechanical) transfer switch.
    AutomaticTransferSwitch(Electrical),
    StaticTransferSwitch(Electrical),
    /// PDU, remote power panel or busway.
    Distribution(Electrical),
    FanWall(Cooling),
    Crah(Cooling),
    RearDoor(Cooling),
    Cdu(Cooling),
    Immersion(Cooling),
    Chiller(Cooling),
    DryCooler(Cooling),
    AdiabaticCooler(Cooling),
    CoolingTower(Cooling),
    Hall(Hall),
    MeetMeRoom,
    Carrier,
    Metro(Metro),
}

/// Anything power passes through.
#[derive(Clone, Debug, PartialEq)]
pub struct Electrical {
    /// Rating of one unit, MVA.
    pub rating_mva: f64,
    /// Share of the incoming power lost at full load.
    pub loss_share: f64,
}

/// The connection to the utility and what its power costs.
#[derive(Clone, Debug, PartialEq)]
pub struct GridFeed {
    /// What the wires carry.
    pub interconnection_mw: f64,
    /// What the contract allows, from each date on; the interconnection where it is empty.
    pub contract_mw: Vec<DatedMw>,
    /// The part of it that is never interrupted, from each date on; all of it where it is empty.
    pub firm_mw: Vec<DatedMw>,
    pub tariff: Tariff,
    /// Share of the contract billed whether used or not.
    pub minimum_take_share: f64,
    pub deposit_usd: f64,
    pub curtailment: Curtailment,
    /// The metered load, where the user has it.
    pub load: Option<MeasuredLoad>,
    /// Bills of the utility, to hold the tariff against; in order of time.
    pub bills: Vec<BillMonth>,
}

/// A power in force from a date on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DatedMw {
    pub from: Date,
    pub mw: f64,
}

impl DatedMw {
    pub fn step(steps: &[Self], from: Date) -> Option<f64> {
        steps.iter().find(|step| step.from == from).map(|step| step.mw)
    }

    /// Sets or takes away the step of a date; the list stays in order.
    pub fn set_step(steps: &mut Vec<Self>, from: Date, mw: Option<f64>) {
        steps.retain(|step| step.from != from);
        if let Some(mw) = mw {
            steps.push(Self { from, mw });
            steps.sort_by_key(|step| step.from);
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tariff {
    /// The price deck of the index; may be empty where the energy price is not an index.
    pub price_deck: String,
    pub adder_usd_per_mwh: f64,
    pub demand_usd_per_kw_month: f64,
    /// Share of the highest peak of the last eleven months billed at least.
    pub ratchet_share: f64,
    /// Transmission charge on next year's bill by this summer's coincident peaks.
    pub four_cp_usd_per_kw_year: f64,
    /// Share of the mining import that stays away from billed peaks.
    pub peak_avoidance_share: f64,
    /// How the price of an hour's energy is set.
    pub energy: EnergyPrice,
    /// Energy bought ahead at a fixed price.
    pub block: Option<FixedBlock>,
    /// Charged whatever is used: customer, meter and facility charges.
    pub fixed_usd_per_month: f64,
}

/// Hours in which mining must or may stand still.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curtailment {
    pub mandated_hours_per_year: f64,
    pub four_cp_hours_per_year: f64,
    /// Availability payment for interruptible load, USD per MW and hour in which it would run.
    pub demand_response_usd_per_mw_hour: f64,
    pub called_hours_per_year: f64,
    /// Paid for energy not taken when called.
    pub called_usd_per_mwh: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Generation {
    pub rating_mw: f64,
    pub fuel_usd_per_mwh: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Genset {
    pub rating_mw: f64,
    /// Hours a year the air permit allows.
    pub permit_hours_per_year: f64,
    /// Probability that a set is not in repair when called.
    pub operational_availability: f64,
    pub fail_to_start: f64,
    /// Mean hours to a failure while running.
    pub mean_hours_to_failure: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ups {
    pub rating_mw: f64,
    pub loss_share: f64,
    pub ride_through_minutes: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Battery {
    pub rating_mw: f64,
    pub energy_mwh: f64,
    pub round_trip_efficiency: f64,
}

/// A device that takes heat in and passes it on or rejects it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cooling {
    /// Heat one unit takes in a typical hour, MW.
    pub heat_mw: f64,
    /// Share of `heat_mw` left at the design hour (the 0.4 % hour).
    pub design_hour_share: f64,
    /// Electric power per heat in a typical hour, MW/MW.
    pub power_share: f64,
    /// Electric power per heat at the design hour.
    pub design_hour_power_share: f64,
    pub water_l_per_kwh: f64,
}

/// A building or a container yard that holds machines.
#[derive(Clone, Debug, PartialEq)]
pub struct Hall {
    /// IT power the hall can hold at most, MW.
    pub critical_mw: f64,
    pub area_m2: f64,
    /// Floor a megawatt of mining takes, with its aisles.
    pub mining_m2_per_mw: f64,
    pub floor_load_t_per_m2: f64,
    pub row_groups: Vec<RowGroup>,
    /// Share of `critical_mw` that may become hosting.
    pub convertible_share: f64,
    pub fit_out: Option<FitOut>,
    /// Critical MW already fitted for hosting on the first day of the plan.
    pub fitted_mw: f64,
    pub present_use: Use,
}

/// What stands in a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holder {
    #[default]
    Racks,
    Containers,
    Tanks,
}

impl Holder {
    pub const ALL: [Self; 3] = [Self::Racks, Self::Containers, Self::Tanks];

    pub fn label(self) -> &'static str {
        match self {
            Self::Racks => "Racks",
            Self::Containers => "Containers",
            Self::Tanks => "Tanks",
        }
    }
}

/// Rack, container or tank positions of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct RowGroup {
    pub name: String,
    pub holder: Holder,
    pub positions: u32,
    /// Power of one position under miners.
    pub mining_kw_per_position: f64,
    /// Power of one rack by cooling type; zero where that cooling is not offered.
    pub air_kw_per_rack: f64,
    pub liquid_kw_per_rack: f64,
    /// Weight of one hosting rack.
    pub rack_tonnes: f64,
    /// Footprint of one rack with its share of the aisle.
    pub m2_per_rack: f64,
}

/// Turning mining space of a hall into space a tenant can use.
#[derive(Clone, Debug, PartialEq)]
pub struct FitOut {
    pub usd_per_mw: f64,
    pub fixed_usd: f64,
    pub lead_months: f64,
    /// The last months of the lead, during which the space is empty.
    pub works_outage_months: f64,
    /// Floor a megawatt of hosting takes.
    pub m2_per_mw: f64,
    /// Share of the heat that leaves by liquid; the rest leaves by air.
    pub liquid_share: f64,
    /// Densest rack the fit-out serves.
    pub kw_per_rack: f64,
    pub earliest: Option<Date>,
    pub payments: Vec<Payment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    Mining,
    Hosting,
    Empty,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Metro {
    pub latitude: f64,
    pub longitude: f64,
}

/// What a power or heat link carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Serves {
    #[default]
    Both,
    Mining,
    Hosting,
}

impl Serves {
    pub fn allows(self, mining: bool) -> bool {
        match self {
            Self::Both => true,
            Self::Mining => mining,
            Self::Hosting => !mining,
        }
    }
}

/// The layer a kind belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    Power,
    Cooling,
    Load,
    Fibre,
}

impl Kind {
    /// The field's word for this kind, in sentence case.
    pub fn label(&self) -> &'static str {
        match self {
            Self::GridFeed(_) => "Grid feed",
            Self::Generation(_) => "On-site generation",
            Self::Transformer(_) => "Transformer",
            Self::Switchgear(_) => "Switchgear",
            Self::Genset(_) => "Genset plant",
            Self::Ups(_) => "UPS",
            Self::Battery(_) => "Battery",
            Self::AutomaticTransferSwitch(_) => "ATS",
            Self::StaticTransferSwitch(_) => "STS",
            Self::Distribution(_) => "PDU / busway",
            Self::FanWall(_) => "Fan wall",
            Self::Crah(_) => "CRAH",
            Self::RearDoor(_) => "RDHx",
            Self::Cdu(_) => "CDU",
            Self::Immersion(_) => "Immersion loop",
            Self::Chiller(_) => "Chiller",
            Self::DryCooler(_) => "Dry cooler",
            Self::AdiabaticCooler(_) => "Adiabatic cooler",
            Self::CoolingTower(_) => "Cooling tower",
            Self::Hall(_) => "Hall",
            Self::MeetMeRoom => "Meet-me room",
            Self::Carrier => "Carrier",
            Self::Metro(_) => "Metro",
        }
    }

    /// Key of the kind in the catalogue of failure data.
    pub fn catalogue_key(&self) -> &'static str {
        match self {
            Self::GridFeed(_) => "grid_feed",
            Self::Generation(_) => "generation",
            Self::Transformer(_) => "transformer",
            Self::Switchgear(_) => "switchgear",
            Self::Genset(_) => "genset",
            Self::Ups(_) => "ups",
            Self::Battery(_) => "battery",
            Self::AutomaticTransferSwitch(_) => "automatic_transfer_switch",
            Self::StaticTransferSwitch(_) => "static_transfer_switch",
            Self::Distribution(_) => "distribution",
            Self::FanWall(_) => "fan_wall",
            Self::Crah(_) => "crah",
            Self::RearDoor(_) => "rear_door",
            Self::Cdu(_) => "cdu",
            Self::Immersion(_) => "immersion",
            Self::Chiller(_) => "chiller",
            Self::DryCooler(_) => "dry_cooler",
            Self::AdiabaticCooler(_) => "adiabatic_cooler",
            Self::CoolingTower(_) => "cooling_tower",
            Self::Hall(_) => "hall",
            Self::MeetMeRoom => "meet_me_room",
            Self::Carrier => "carrier",
            Self::Metro(_) => "metro",
        }
    }

    pub fn layer(&self) -> Layer {
        match self {
            Self::GridFeed(_)
            | Self::Generation(_)
            | Self::Transformer(_)
            | Self::Switchgear(_)
            | Self::Genset(_)
            | Self::Ups(_)
            | Self::Battery(_)
            | Self::AutomaticTransferSwitch(_)
            | Self::StaticTransferSwitch(_)
            | Self::Distribution(_) => Layer::Power,
            Self::FanWall(_)
            | Self::Crah(_)
            | Self::RearDoor(_)
            | Self::Cdu(_)
            | Self::Immersion(_)
            | Self::Chiller(_)
            | Self::DryCooler(_)
            | Self::AdiabaticCooler(_)
            | Self::CoolingTower(_) => Layer::Cooling,
            Self::Hall(_) => Layer::Load,
            Self::MeetMeRoom | Self::Carrier | Self::Metro(_) => Layer::Fibre,
        }
    }

    /// The cooling ratings, for a kind that has them.
    pub fn cooling(&self) -> Option<&Cooling> {
        match self {
            Self::FanWall(cooling)
            | Self::Crah(cooling)
            | Self::RearDoor(cooling)
            | Self::Cdu(cooling)
            | Self::Immersion(cooling)
            | Self::Chiller(cooling)
            | Self::DryCooler(cooling)
            | Self::AdiabaticCooler(cooling)
            | Self::CoolingTower(cooling) => Some(cooling),
            _ => None,
        }
    }

    pub fn cooling_mut(&mut self) -> Option<&mut Cooling> {
        match self {
            Self::FanWall(cooling)
            | Self::Crah(cooling)
            | Self::RearDoor(cooling)
            | Self::Cdu(cooling)
            | Self::Immersion(cooling)
            | Self::Chiller(cooling)
            | Self::DryCooler(cooling)
            | Self::AdiabaticCooler(cooling)
            | Self::CoolingTower(cooling) => Some(cooling),
            _ => None,
        }
    }

    /// The electrical ratings, for a kind that only passes power on.
    pub fn electrical(&self) -> Option<&Electrical> {
        match self {
            Self::Transformer(electrical)
            | Self::Switchgear(electrical)
            | Self::AutomaticTransferSwitch(electrical)
            | Self::StaticTransferSwitch(electrical)
            | Self::Distribution(electrical) => Some(electrical),
            _ => None,
        }
    }

    pub fn electrical_mut(&mut self) -> Option<&mut Electrical> {
        match self {
            Self::Transformer(electrical)
            | Self::Switchgear(electrical)
            | Self::AutomaticTransferSwitch(electrical)
            | Self::StaticTransferSwitch(electrical)
            | Self::Distribution(electrical) => Some(electrical),
            _ => None,
        }
    }
}

impl Drawn {
    /// Names of the groups the part is of, from the outermost to the innermost.
    pub fn groups(&self) -> impl Iterator<Item = &String> {
        self.group.iter().chain(&self.subgroups)
    }

    /// Puts the part into these groups and no others, from the outermost to the innermost.
    pub fn set_groups(&mut self, groups: impl IntoIterator<Item = String>) {
        let mut groups = groups.into_iter();
        self.group = groups.next();
        self.subgroups = groups.collect();
    }
}

impl Component {
    /// What a user calls it: its tag, else its name, else its id.
    pub fn called(&self) -> &str {
        [&self.tag, &self.name].into_iter().find(|word| !word.is_empty()).unwrap_or(&self.id)
    }

    /// One unit that stands, with neither tag, name, voltage nor place.
    pub fn standing(id: &str, kind: Kind) -> Self {
        Self {
            id: id.to_owned(),
            tag: String::new(),
            name: String::new(),
            kind,
            units: 1,
            spare_units: 0,
            state: State::Existing(None),
            at_schematic: Point::default(),
            at_plan: None,
            at_map: None,
            side: Side::None,
            kv_in: None,
            kv_out: None,
            power_factor: 1.0,
            failures_per_year: None,
            repair_hours: None,
            note: String::new(),
            drawn: Drawn::default(),
        }
    }

    /// Share of the incoming power lost in the part.
    pub fn loss_share(&self) -> f64 {
        match &self.kind {
            Kind::Ups(ups) => ups.loss_share,
            kind => kind.electrical().map_or(0.0, |electrical| electrical.loss_share),
        }
    }

    /// Units that carry load: all but the spares, at least one.
    pub fn working_units(&self) -> u32 {
        self.units.saturating_sub(self.spare_units).max(1)
    }

    /// Rating of one unit in MW: of power for the power layer, of heat in a typical hour for cooling, of IT for
    /// a hall. Zero for fibre.
    pub fn unit_rating_mw(&self) -> f64 {
        match &self.kind {
            Kind::GridFeed(feed) => feed.interconnection_mw,
            Kind::Generation(generation) => generation.rating_mw,
            Kind::Genset(genset) => genset.rating_mw,
            Kind::Ups(ups) => ups.rating_mw,
            Kind::Battery(battery) => battery.rating_mw,
            Kind::Hall(hall) => hall.critical_mw,
            Kind::MeetMeRoom | Kind::Carrier | Kind::Metro(_) => 0.0,
            kind => match (kind.electrical(), kind.cooling()) {
                (Some(electrical), _) => electrical.rating_mva * self.power_factor,
                (_, Some(cooling)) => cooling.heat_mw,
                _ => 0.0,
            },
        }
    }

    /// Usable rating of the whole set, spares left out, MW.
    pub fn rating_mw(&self) -> f64 {
        self.unit_rating_mw() * f64::from(self.working_units())
    }

    pub fn planned(&self) -> Option<&Planned> {
        match &self.state {
            State::Planned(planned) => Some(planned),
            State::Existing(_) => None,
        }
    }

    pub fn hall(&self) -> Option<&Hall> {
        match &self.kind {
            Kind::Hall(hall) => Some(hall),
            _ => None,
        }
    }
}

impl Hall {
    /// Hosting critical MW the hall can become at most.
    pub fn hosting_max_mw(&self) -> f64 {
        (self.critical_mw * self.convertible_share).max(self.fitted_mw)
    }

    /// Densest rack the fit-out and the row groups serve, kW.
    pub fn density_kw_per_rack(&self, liquid: bool) -> f64 {
        let by_rows = self
            .row_groups
            .iter()
            .map(|group| if liquid { group.liquid_kw_per_rack } else { group.air_kw_per_rack })
            .fold(0.0, f64::max);
        match (&self.fit_out, self.row_groups.is_empty()) {
            (Some(fit_out), true) => fit_out.kw_per_rack,
            (Some(fit_out), false) => by_rows.min(fit_out.kw_per_rack),
            (None, _) => by_rows,
        }
    }
}
