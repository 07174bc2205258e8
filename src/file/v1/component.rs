//! Drawn parts.

use super::tariff::{BillMonth, MeasuredLoad, Tariff};
use super::{Day, Point};
use crate::file::mirror::{Mirror, Step, Visit, Walk, choice, record, settings};
use crate::site;

record! {
    Component => site::Component {
        id: String,
        tag: String = String::new(),
        name: String = String::new(),
        kind: Kind,
        units: u32 = 1,
        spare_units: u32 = 0,
        state: State = State::Existing,
        at_schematic: Point = Point(0.0, 0.0),
        at_plan: Option<Point> = None,
        at_map: Option<Point> = None,
        side: Side = Side::None,
        kv_in: Option<f64> = None,
        kv_out: Option<f64> = None,
        power_factor: f64 = 1.0,
        failures_per_year: Option<f64> = None,
        repair_hours: Option<f64> = None,
        note: String = String::new(),
        drawn: Drawn = Drawn::default(),
    }
}

settings! {
    Drawn => site::Drawn {
        group: Option<String> = None,
        subgroups: Vec<String> = Vec::new(),
        locked: bool = false,
        quarter_turns: u32 = 0,
        flipped: bool = false,
    }
}

choice! {
    Side => site::Side { None, A, B }
}

/// `Existing` where it is left out.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub enum State {
    Existing,
    /// Stands today, and the plan may remove it.
    Removable(Removal),
    Planned(Planned),
}

impl Mirror for State {
    type Site = site::State;

    fn from_site(site: &site::State) -> Self {
        match site {
            site::State::Existing(None) => Self::Existing,
            site::State::Existing(Some(removal)) => Self::Removable(Removal::from_site(removal)),
            site::State::Planned(planned) => Self::Planned(Planned::from_site(planned)),
        }
    }

    fn into_site(self) -> site::State {
        match self {
            Self::Existing => site::State::Existing(None),
            Self::Removable(removal) => site::State::Existing(Some(removal.into_site())),
            Self::Planned(planned) => site::State::Planned(planned.into_site()),
        }
    }
}

impl Walk for State {
    fn walk(&self, way: &mut Vec<Step>, visit: &mut Visit) {
        match self {
            Self::Existing => {}
            Self::Removable(removal) => removal.walk(way, visit),
            Self::Planned(planned) => planned.walk(way, visit),
        }
    }
}

record! {
    Removal => site::Removal {
        cost_usd: f64 = 0.0,
        salvage_usd: f64 = 0.0,
        months: f64 = 0.0,
        earliest: Option<Day> = None,
    }
}

record! {
    Planned => site::Planned {
        usd_per_mw: f64,
        fixed_usd: f64 = 0.0,
        lead_months: f64,
        earliest: Option<Day> = None,
        latest: Option<Day> = None,
        block_mw: Option<f64> = None,
        payments: Vec<Payment> = Vec::new(),
        works_outage_months: f64 = 0.0,
        works_outage: Vec<String> = Vec::new(),
        replaces: Vec<String> = Vec::new(),
        reuse_share: f64 = 0.0,
        option_set: Option<OptionSet> = None,
    }
}

record! {
    OptionSet => site::OptionSet { set: String, option: String }
}

record! {
    Payment => site::Payment { share: f64, months_after_order: f64 = 0.0 }
}

choice! {
    Kind => site::Kind {
        GridFeed(feed: GridFeed),
        Generation(generation: Generation),
        Transformer(electrical: Electrical),
        Switchgear(electrical: Electrical),
        Genset(genset: Genset),
        Ups(ups: Ups),
        Battery(battery: Battery),
        AutomaticTransferSwitch(electrical: Electrical),
        StaticTransferSwitch(electrical: Electrical),
        Distribution(electrical: Electrical),
        FanWall(cooling: Cooling),
        Crah(cooling: Cooling),
        RearDoor(cooling: Cooling),
        Cdu(cooling: Cooling),
        Immersion(cooling: Cooling),
        Chiller(cooling: Cooling),
        DryCooler(cooling: Cooling),
        AdiabaticCooler(cooling: Cooling),
        CoolingTower(cooling: Cooling),
        Hall(hall: Hall),
        MeetMeRoom,
        Carrier,
        Metro(metro: Metro),
    }
}

record! {
    Electrical => site::Electrical { rating_mva: f64, loss_share: f64 = 0.0 }
}

record! {
    GridFeed => site::GridFeed {
        interconnection_mw: f64,
        contract_mw: Vec<DatedMw> = Vec::new(),
        firm_mw: Vec<DatedMw> = Vec::new(),
        tariff: Tariff,
        minimum_take_share: f64 = 0.0,
        deposit_usd: f64 = 0.0,
        curtailment: Curtailment = Curtailment::default(),
        load: Option<MeasuredLoad> = None,
        bills: Vec<BillMonth> = Vec::new(),
    }
}

record! {
    DatedMw => site::DatedMw { from: Day, mw: f64 }
}

settings! {
    Curtailment => site::Curtailment {
        mandated_hours_per_year: f64 = 0.0,
        four_cp_hours_per_year: f64 = 0.0,
        demand_response_usd_per_mw_hour: f64 = 0.0,
        called_hours_per_year: f64 = 0.0,
        called_usd_per_mwh: f64 = 0.0,
    }
}

record! {
    Generation => site::Generation { rating_mw: f64, fuel_usd_per_mwh: f64 }
}

record! {
    Genset => site::Genset {
        rating_mw: f64,
        permit_hours_per_year: f64,
        operational_availability: f64 = 0.995,
        fail_to_start: f64 = 0.0094,
        mean_hours_to_failure: f64 = 1_100.0,
    }
}

record! {
    Ups => site::Ups { rating_mw: f64, loss_share: f64 = 0.04, ride_through_minutes: f64 = 5.0 }
}

record! {
    Battery => site::Battery { rating_mw: f64, energy_mwh: f64, round_trip_efficiency: f64 = 0.86 }
}

record! {
    Cooling => site::Cooling {
        heat_mw: f64,
        design_hour_share: f64 = 1.0,
        power_share: f64,
        design_hour_power_share: f64,
        water_l_per_kwh: f64 = 0.0,
    }
}

record! {
    Hall => site::Hall {
        critical_mw: f64,
        area_m2: f64,
        mining_m2_per_mw: f64 = 93.0,
        floor_load_t_per_m2: f64 = 1.2,
        row_groups: Vec<RowGroup> = Vec::new(),
        convertible_share: f64 = 0.0,
        fit_out: Option<FitOut> = None,
        fitted_mw: f64 = 0.0,
        present_use: Use = Use::Mining,
    }
}

record! {
    RowGroup => site::RowGroup {
        name: String = String::new(),
        holder: Holder = Holder::Racks,
        positions: u32,
        mining_kw_per_position: f64 = 0.0,
        air_kw_per_rack: f64 = 0.0,
        liquid_kw_per_rack: f64 = 0.0,
        rack_tonnes: f64 = 1.36,
        m2_per_rack: f64 = 3.0,
    }
}

choice! {
    Holder => site::Holder { Racks, Containers, Tanks }
}

record! {
    FitOut => site::FitOut {
        usd_per_mw: f64,
        fixed_usd: f64 = 0.0,
        lead_months: f64,
        works_outage_months: f64 = 0.0,
        m2_per_mw: f64 = 465.0,
        liquid_share: f64 = 0.0,
        kw_per_rack: f64,
        earliest: Option<Day> = None,
        payments: Vec<Payment> = Vec::new(),
    }
}

choice! {
    Use => site::Use { Mining, Hosting, Empty }
}

record! {
    Metro => site::Metro { latitude: f64, longitude: f64 }
}

choice! {
    Serves => site::Serves { Both, Mining, Hosting }
}

#[expect(clippy::derivable_impls, reason = "the variants are written by the macro")]
impl Default for Serves {
    fn default() -> Self {
        Self::Both
    }
}

impl Serves {
    pub(super) fn is_both(&self) -> bool {
        *self == Self::Both
    }
}

#[cfg(test)]
impl crate::file::sample::Sample for State {
    fn sample(random: &mut crate::file::sample::Random) -> Self {
        match random.below(3) {
            0 => Self::Existing,
            1 => Self::Removable(Removal::sample(random)),
            _ => Self::Planned(Planned::sample(random)),
        }
    }
}
