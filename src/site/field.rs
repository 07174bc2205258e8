//! The one table of editable numbers: key, label, unit, range and meaning of each.
//!
//! Validation, the inspector, scenario overrides, provenance and undo labels all read it, so a number that is in
//! the table is checked, shown, overridable and undoable; one that is not in it does not exist for a user.

use super::{
    Address, AsicFleet, Backstop, BitcoinAssumptions, Company, Component, Cooling, DatedMw, Electrical,
    EnergyPrice, FitOut, FixedBlock, FlatPrice, GpuRental, GpuSystem, Hall, Hedge, Instrument,
    InstrumentKind, Kind, Limits, Link, Loan, Object, Offer, PlanSettings, Planned, Prepayment, Rating, Site,
    State, Terms, TimeOfUse,
};
use crate::quantity::Unit;
use crate::quantity::diagnostic::did_you_mean;

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldSpec {
    pub key: &'static str,
    pub label: &'static str,
    pub unit: Unit,
    pub min: f64,
    pub max: f64,
    /// The value may be left out.
    pub optional: bool,
    /// The value is a whole number.
    pub whole: bool,
    pub help: &'static str,
}

/// A row of the table for objects of type `T`.
struct Field<T> {
    spec: FieldSpec,
    /// Outer `None`: the object has no such value (a transformer has no critical MW).
    get: fn(&T) -> Option<Option<f64>>,
    set: fn(&mut T, Option<f64>),
}

/// A plain `f64` at a path of the object.
macro_rules! number {
    ($path:ident $(. $rest:ident)*, $key:literal, $label:literal, $unit:ident, $min:expr, $max:expr, $help:literal) => {
        Field {
            spec: FieldSpec { key: $key, label: $label, unit: Unit::$unit, min: $min, max: $max, optional: false, whole: false, help: $help },
            get: |object| Some(Some(object.$path$(.$rest)*)),
            set: |object, value| if let Some(value) = value { object.$path$(.$rest)* = value },
        }
    };
}

/// A whole number kept as `u32`.
macro_rules! whole {
    ($path:ident, $key:literal, $label:literal, $unit:ident, $min:expr, $max:expr, $help:literal) => {
        Field {
            spec: FieldSpec {
                key: $key,
                label: $label,
                unit: Unit::$unit,
                min: $min,
                max: $max,
                optional: false,
                whole: true,
                help: $help,
            },
            get: |object| Some(Some(f64::from(object.$path))),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the range is checked before"
            )]
            set: |object, value| {
                if let Some(value) = value {
                    object.$path = value as u32
                }
            },
        }
    };
}

/// An `Option<f64>` at a path of the object.
macro_rules! optional {
    ($path:ident $(. $rest:ident)*, $key:literal, $label:literal, $unit:ident, $min:expr, $max:expr, $help:literal) => {
        Field {
            spec: FieldSpec {
                key: $key,
                label: $label,
                unit: Unit::$unit,
                min: $min,
                max: $max,
                optional: true,
                whole: false,
                help: $help,
            },
            get: |object| Some(object.$path$(.$rest)*),
            set: |object, value| object.$path$(.$rest)* = value,
        }
    };
}

/// A value of a part that only some objects have.
macro_rules! part {
    ($get:path, $set:path, $path:ident $(. $rest:ident)*, $key:literal, $label:literal, $unit:ident, $min:expr, $max:expr, $help:literal) => {
        Field {
            spec: FieldSpec { key: $key, label: $label, unit: Unit::$unit, min: $min, max: $max, optional: false, whole: false, help: $help },
            get: |object| $get(object).map(|part| Some(part.$path$(.$rest)*)),
            set: |object, value| if let (Some(part), Some(value)) = ($set(object), value) { part.$path$(.$rest)* = value },
        }
    };
}

const HUGE_USD: f64 = 1e12;

fn electrical(component: &Component) -> Option<&Electrical> {
    component.kind.electrical()
}
fn electrical_mut(component: &mut Component) -> Option<&mut Electrical> {
    component.kind.electrical_mut()
}
fn cooling(component: &Component) -> Option<&Cooling> {
    component.kind.cooling()
}
fn cooling_mut(component: &mut Component) -> Option<&mut Cooling> {
    component.kind.cooling_mut()
}
fn planned(component: &Component) -> Option<&Planned> {
    component.planned()
}
fn planned_mut(component: &mut Component) -> Option<&mut Planned> {
    match &mut component.state {
        State::Planned(planned) => Some(planned),
        State::Existing(_) => None,
    }
}
fn removal(component: &Component) -> Option<&super::Removal> {
    match &component.state {
        State::Existing(removal) => removal.as_ref(),
        State::Planned(_) => None,
    }
}
fn removal_mut(component: &mut Component) -> Option<&mut super::Removal> {
    match &mut component.state {
        State::Existing(removal) => removal.as_mut(),
        State::Planned(_) => None,
    }
}
fn hall(component: &Component) -> Option<&Hall> {
    component.hall()
}
fn fit_out(component: &Component) -> Option<&FitOut> {
    component.hall().and_then(|hall| hall.fit_out.as_ref())
}
fn fit_out_mut(component: &mut Component) -> Option<&mut FitOut> {
    hall_mut(component).and_then(|hall| hall.fit_out.as_mut())
}

fn hedge(company: &Company) -> Option<&Hedge> {
    company.hedge.as_ref()
}
fn hedge_mut(company: &mut Company) -> Option<&mut Hedge> {
    company.hedge.as_mut()
}

fn energy(component: &Component) -> Option<&EnergyPrice> {
    grid(component).map(|feed| &feed.tariff.energy)
}
fn energy_mut(component: &mut Component) -> Option<&mut EnergyPrice> {
    grid_mut(component).map(|feed| &mut feed.tariff.energy)
}
fn flat_price(component: &Component) -> Option<&FlatPrice> {
    match energy(component) {
        Some(EnergyPrice::Flat(price)) => Some(price),
        _ => None,
    }
}
fn flat_price_mut(component: &mut Component) -> Option<&mut FlatPrice> {
    match energy_mut(component) {
        Some(EnergyPrice::Flat(price)) => Some(price),
        _ => None,
    }
}
fn time_of_use(component: &Component) -> Option<&TimeOfUse> {
    match energy(component) {
        Some(EnergyPrice::TimeOfUse(prices)) => Some(prices),
        _ => None,
    }
}
fn time_of_use_mut(component: &mut Component) -> Option<&mut TimeOfUse> {
    match energy_mut(component) {
        Some(EnergyPrice::TimeOfUse(prices)) => Some(prices),
        _ => None,
    }
}
fn block(component: &Component) -> Option<&FixedBlock> {
    grid(component).and_then(|feed| feed.tariff.block.as_ref())
}
fn block_mut(component: &mut Component) -> Option<&mut FixedBlock> {
    grid_mut(component).and_then(|feed| feed.tariff.block.as_mut())
}

/// The price of a period of a time-of-use tariff, counted from zero.
macro_rules! tariff_period {
    ($index:literal, $key:literal, $label:literal) => {
        Field {
            spec: FieldSpec {
                key: $key,
                label: $label,
                unit: Unit::UsdPerMwh,
                min: -1e3,
                max: 1e4,
                optional: false,
                whole: false,
                help: "Price of energy in this period of the time-of-use tariff, before the adder",
            },
            get: |component| {
                time_of_use(component)
                    .and_then(|prices| prices.periods.get($index))
                    .map(|period| Some(period.usd_per_mwh))
            },
            set: |component, value| {
                let period = time_of_use_mut(component).and_then(|prices| prices.periods.get_mut($index));
                if let (Some(period), Some(value)) = (period, value) {
                    period.usd_per_mwh = value;
                }
            },
        }
    };
}

/// Accessors of one kind of component.
macro_rules! kind_accessors {
    ($($get:ident, $set:ident, $variant:ident, $type:ty;)*) => {$(
        #[allow(dead_code, reason = "one pair a kind; the reader of a kind that has one elsewhere stays unused")]
        fn $get(component: &Component) -> Option<&$type> {
            match &component.kind { Kind::$variant(part) => Some(part), _ => None }
        }
        fn $set(component: &mut Component) -> Option<&mut $type> {
            match &mut component.kind { Kind::$variant(part) => Some(part), _ => None }
        }
    )*};
}
kind_accessors! {
    grid, grid_mut, GridFeed, super::GridFeed;
    generation, generation_mut, Generation, super::Generation;
    genset, genset_mut, Genset, super::Genset;
    ups, ups_mut, Ups, super::Ups;
    battery, battery_mut, Battery, super::Battery;
    metro, metro_mut, Metro, super::Metro;
    hall_of, hall_mut, Hall, Hall;
}

const COMPONENT: &[Field<Component>] = &[
    part!(
        grid,
        grid_mut,
        interconnection_mw,
        "interconnection_mw",
        "Interconnection",
        Mw,
        0.0,
        1e5,
        "Power the wires to the utility carry"
    ),
    part!(
        grid,
        grid_mut,
        tariff.adder_usd_per_mwh,
        "adder_usd_per_mwh",
        "Delivery adder",
        UsdPerMwh,
        -1e3,
        1e4,
        "Added to the energy price of every hour"
    ),
    part!(
        grid,
        grid_mut,
        tariff.demand_usd_per_kw_month,
        "demand_usd_per_kw_month",
        "Demand charge",
        UsdPerKwMonth,
        0.0,
        1e3,
        "Charge on the billed peak of each month"
    ),
    part!(
        grid,
        grid_mut,
        tariff.ratchet_share,
        "ratchet_share",
        "Ratchet",
        Share,
        0.0,
        1.0,
        "Share of the highest peak of the last eleven months that is billed at least"
    ),
    part!(
        grid,
        grid_mut,
        tariff.four_cp_usd_per_kw_year,
        "four_cp_usd_per_kw_year",
        "4CP charge",
        UsdPerKwYear,
        0.0,
        1e4,
        "Next year's transmission charge on this summer's coincident peaks"
    ),
    part!(
        grid,
        grid_mut,
        tariff.peak_avoidance_share,
        "peak_avoidance_share",
        "Peaks mining avoids",
        Share,
        0.0,
        1.0,
        "Share of the mining import that stays away from billed peaks"
    ),
    part!(
        grid,
        grid_mut,
        tariff.fixed_usd_per_month,
        "fixed_usd_per_month",
        "Fixed charge",
        Usd,
        0.0,
        1e9,
        "Customer, meter and facility charges of a month, whatever is used"
    ),
    part!(
        flat_price,
        flat_price_mut,
        usd_per_mwh,
        "flat_usd_per_mwh",
        "Flat energy price",
        UsdPerMwh,
        -1e3,
        1e4,
        "Price of energy at all hours, before the adder"
    ),
    part!(
        flat_price,
        flat_price_mut,
        market_share,
        "flat_market_share",
        "Share that moves with the market",
        Share,
        0.0,
        1.0,
        "Share of the flat price that follows the power price; the rest stands as agreed"
    ),
    tariff_period!(0, "period_1_usd_per_mwh", "Price of period 1"),
    tariff_period!(1, "period_2_usd_per_mwh", "Price of period 2"),
    tariff_period!(2, "period_3_usd_per_mwh", "Price of period 3"),
    tariff_period!(3, "period_4_usd_per_mwh", "Price of period 4"),
    tariff_period!(4, "period_5_usd_per_mwh", "Price of period 5"),
    tariff_period!(5, "period_6_usd_per_mwh", "Price of period 6"),
    tariff_period!(6, "period_7_usd_per_mwh", "Price of period 7"),
    tariff_period!(7, "period_8_usd_per_mwh", "Price of period 8"),
    part!(
        time_of_use,
        time_of_use_mut,
        otherwise_usd_per_mwh,
        "otherwise_usd_per_mwh",
        "Price of all other hours",
        UsdPerMwh,
        -1e3,
        1e4,
        "Price of energy in the hours that no period names, before the adder"
    ),
    part!(
        time_of_use,
        time_of_use_mut,
        market_share,
        "time_of_use_market_share",
        "Share that moves with the market",
        Share,
        0.0,
        1.0,
        "Share of the prices by period that follows the power price; the rest stands as agreed"
    ),
    part!(
        block,
        block_mut,
        mw,
        "block_mw",
        "Fixed-price block",
        Mw,
        0.0,
        1e5,
        "Power bought at a fixed price in every hour; what is not used is sold again at the index"
    ),
    part!(
        block,
        block_mut,
        usd_per_mwh,
        "block_usd_per_mwh",
        "Price of the block",
        UsdPerMwh,
        -1e3,
        1e4,
        "Agreed price of the block, before the adder"
    ),
    part!(
        grid,
        grid_mut,
        minimum_take_share,
        "minimum_take_share",
        "Minimum take",
        Share,
        0.0,
        1.0,
        "Share of the contract billed whether used or not, at the mean delivered price"
    ),
    part!(
        grid,
        grid_mut,
        deposit_usd,
        "deposit_usd",
        "Security deposit",
        Usd,
        0.0,
        HUGE_USD,
        "Cash the utility holds"
    ),
    part!(
        grid,
        grid_mut,
        curtailment.mandated_hours_per_year,
        "mandated_hours_per_year",
        "Mandated curtailment",
        Hours,
        0.0,
        8760.0,
        "Hours a year in which interruptible load must stop"
    ),
    part!(
        grid,
        grid_mut,
        curtailment.four_cp_hours_per_year,
        "four_cp_hours_per_year",
        "4CP hours avoided",
        Hours,
        0.0,
        8760.0,
        "Hours a year mining stops to stay out of coincident peaks"
    ),
    part!(
        grid,
        grid_mut,
        curtailment.demand_response_usd_per_mw_hour,
        "demand_response_usd_per_mw_hour",
        "Demand-response payment",
        UsdPerMwh,
        0.0,
        1e4,
        "Paid per MW and hour in which a machine would run"
    ),
    part!(
        grid,
        grid_mut,
        curtailment.called_hours_per_year,
        "called_hours_per_year",
        "Called hours",
        Hours,
        0.0,
        8760.0,
        "Hours a year in which demand response is called; a machine off for the price is not"
    ),
    part!(
        grid,
        grid_mut,
        curtailment.called_usd_per_mwh,
        "called_usd_per_mwh",
        "Called energy price",
        UsdPerMwh,
        0.0,
        1e5,
        "Paid for energy not taken when called"
    ),
    part!(
        generation,
        generation_mut,
        rating_mw,
        "generation_mw",
        "Rating of one unit",
        Mw,
        0.0,
        1e5,
        "Power of one generating unit"
    ),
    part!(
        generation,
        generation_mut,
        fuel_usd_per_mwh,
        "fuel_usd_per_mwh",
        "Fuel cost",
        UsdPerMwh,
        0.0,
        1e4,
        "Fuel and running cost of a MWh"
    ),
    part!(
        electrical,
        electrical_mut,
        rating_mva,
        "rating_mva",
        "Rating of one unit",
        Mva,
        0.0,
        1e5,
        "Nameplate of one unit; MW follow with the power factor"
    ),
    part!(
        electrical,
        electrical_mut,
        loss_share,
        "loss_share",
        "Losses",
        Share,
        0.0,
        0.5,
        "Share of the incoming power lost"
    ),
    part!(
        genset,
        genset_mut,
        rating_mw,
        "genset_mw",
        "Rating of one unit",
        Mw,
        0.0,
        1e5,
        "Stand-by power of one set"
    ),
    part!(
        genset,
        genset_mut,
        permit_hours_per_year,
        "permit_hours_per_year",
        "Permit hours",
        Hours,
        0.0,
        8760.0,
        "Hours a year the air permit allows a set to run"
    ),
    part!(
        genset,
        genset_mut,
        operational_availability,
        "operational_availability",
        "Operational availability",
        Share,
        0.0,
        1.0,
        "Probability that a set is not in repair when called"
    ),
    part!(
        genset,
        genset_mut,
        fail_to_start,
        "fail_to_start",
        "Fail to start",
        Share,
        0.0,
        1.0,
        "Probability that a set does not start on demand"
    ),
    part!(
        genset,
        genset_mut,
        mean_hours_to_failure,
        "mean_hours_to_failure",
        "Mean run to failure",
        Hours,
        1e-3,
        1e7,
        "Mean hours a running set lasts"
    ),
    part!(ups, ups_mut, rating_mw, "ups_mw", "Rating of one unit", Mw, 0.0, 1e5, "Output of one module"),
    part!(
        ups,
        ups_mut,
        loss_share,
        "ups_loss_share",
        "Losses",
        Share,
        0.0,
        0.5,
        "Share of the incoming power lost"
    ),
    part!(
        ups,
        ups_mut,
        ride_through_minutes,
        "ride_through_minutes",
        "Ride-through",
        Minutes,
        0.0,
        1e5,
        "Time the batteries carry the load"
    ),
    part!(battery, battery_mut, rating_mw, "battery_mw", "Power", Mw, 0.0, 1e5, "Power of one unit"),
    part!(battery, battery_mut, energy_mwh, "energy_mwh", "Energy", Mwh, 0.0, 1e6, "Energy of one unit"),
    part!(
        battery,
        battery_mut,
        round_trip_efficiency,
        "round_trip_efficiency",
        "Round trip",
        Share,
        0.01,
        1.0,
        "Energy out over energy in"
    ),
    part!(
        cooling,
        cooling_mut,
        heat_mw,
        "heat_mw",
        "Heat of one unit",
        Mw,
        0.0,
        1e5,
        "Heat one unit takes in a typical hour"
    ),
    part!(
        cooling,
        cooling_mut,
        design_hour_share,
        "design_hour_share",
        "Left at the design hour",
        Share,
        0.0,
        1.5,
        "Share of the heat rating left at the 0.4 % hour"
    ),
    part!(
        cooling,
        cooling_mut,
        power_share,
        "power_share",
        "Power per heat",
        Share,
        0.0,
        5.0,
        "Electric power per heat moved in a typical hour"
    ),
    part!(
        cooling,
        cooling_mut,
        design_hour_power_share,
        "design_hour_power_share",
        "Power per heat, design hour",
        Share,
        0.0,
        5.0,
        "Electric power per heat moved at the 0.4 % hour"
    ),
    part!(
        cooling,
        cooling_mut,
        water_l_per_kwh,
        "water_l_per_kwh",
        "Water",
        LitresPerKwh,
        0.0,
        100.0,
        "Water per kWh of heat"
    ),
    part!(
        hall,
        hall_mut,
        critical_mw,
        "critical_mw",
        "Critical IT",
        Mw,
        0.0,
        1e5,
        "IT power the hall can hold"
    ),
    part!(
        hall,
        hall_mut,
        fitted_mw,
        "fitted_mw",
        "Fitted today",
        Mw,
        0.0,
        1e5,
        "Critical MW ready for hosting on the first day"
    ),
    part!(
        hall,
        hall_mut,
        convertible_share,
        "convertible_share",
        "Convertible",
        Share,
        0.0,
        1.0,
        "Share of the critical MW that may become hosting"
    ),
    part!(hall, hall_mut, area_m2, "area_m2", "Floor", SquareMetre, 0.0, 1e8, "Floor of the hall"),
    part!(
        hall,
        hall_mut,
        mining_m2_per_mw,
        "mining_m2_per_mw",
        "Floor per mining MW",
        SquareMetre,
        0.0,
        1e6,
        "Floor one MW of miners takes"
    ),
    part!(
        hall_of,
        hall_mut,
        floor_load_t_per_m2,
        "floor_load_t_per_m2",
        "Floor load",
        TonnesPerSquareMetre,
        0.0,
        1e3,
        "Weight a square metre carries"
    ),
    part!(
        fit_out,
        fit_out_mut,
        usd_per_mw,
        "fit_out_usd_per_mw",
        "Fit-out",
        UsdPerMw,
        0.0,
        1e9,
        "Cost of a critical MW of hosting space"
    ),
    part!(
        fit_out,
        fit_out_mut,
        fixed_usd,
        "fit_out_fixed_usd",
        "Fit-out, fixed",
        Usd,
        0.0,
        HUGE_USD,
        "Cost of the whole fit-out besides the MW: with the first order in whole decisions, shared out over the MW in a linear plan"
    ),
    part!(
        fit_out,
        fit_out_mut,
        lead_months,
        "fit_out_lead_months",
        "Fit-out lead",
        Months,
        0.0,
        240.0,
        "Months from order to ready"
    ),
    part!(
        fit_out,
        fit_out_mut,
        works_outage_months,
        "fit_out_outage_months",
        "Fit-out outage",
        Months,
        0.0,
        240.0,
        "Last months of the lead during which the space is empty"
    ),
    part!(
        fit_out,
        fit_out_mut,
        m2_per_mw,
        "fit_out_m2_per_mw",
        "Floor per hosting MW",
        SquareMetre,
        0.0,
        1e6,
        "Floor one MW of hosting takes"
    ),
    part!(
        fit_out,
        fit_out_mut,
        liquid_share,
        "fit_out_liquid_share",
        "Liquid heat",
        Share,
        0.0,
        1.0,
        "Share of the heat that leaves by liquid"
    ),
    part!(
        fit_out,
        fit_out_mut,
        kw_per_rack,
        "fit_out_kw_per_rack",
        "Densest rack",
        KwPerRack,
        0.0,
        5e3,
        "Densest rack the fit-out serves"
    ),
    part!(metro, metro_mut, latitude, "latitude", "Latitude", Degrees, -90.0, 90.0, "Degrees north"),
    part!(metro, metro_mut, longitude, "longitude", "Longitude", Degrees, -180.0, 180.0, "Degrees east"),
    part!(
        planned,
        planned_mut,
        usd_per_mw,
        "usd_per_mw",
        "Price",
        UsdPerMw,
        0.0,
        1e9,
        "Price of a usable MW"
    ),
    part!(
        planned,
        planned_mut,
        fixed_usd,
        "fixed_usd",
        "Price, fixed",
        Usd,
        0.0,
        HUGE_USD,
        "Price besides the MW: with the first order in whole decisions, shared out over the MW in a linear plan"
    ),
    Field {
        spec: FieldSpec {
            key: "order_block_mw",
            label: "Ordered in blocks of",
            unit: Unit::Mw,
            min: 1e-6,
            max: 1e5,
            optional: true,
            whole: false,
            help: "The part comes in whole blocks of this size, the last one paid whole; any size where it is not set",
        },
        get: |component| planned(component).map(|planned| planned.block_mw),
        set: |component, value| {
            if let Some(planned) = planned_mut(component) {
                planned.block_mw = value;
            }
        },
    },
    part!(
        planned,
        planned_mut,
        lead_months,
        "lead_months",
        "Lead time",
        Months,
        0.0,
        240.0,
        "Months from order to ready"
    ),
    part!(
        planned,
        planned_mut,
        works_outage_months,
        "works_outage_months",
        "Works outage",
        Months,
        0.0,
        240.0,
        "Last months of the lead during which other parts are down"
    ),
    part!(
        planned,
        planned_mut,
        reuse_share,
        "reuse_share",
        "Reused",
        Share,
        0.0,
        1.0,
        "Share of the price saved by what stands"
    ),
    part!(
        removal,
        removal_mut,
        cost_usd,
        "removal_cost_usd",
        "Removal cost",
        Usd,
        0.0,
        HUGE_USD,
        "Cost of taking the part out"
    ),
    part!(
        removal,
        removal_mut,
        salvage_usd,
        "removal_salvage_usd",
        "Salvage",
        Usd,
        0.0,
        HUGE_USD,
        "What the part sells for"
    ),
    part!(
        removal,
        removal_mut,
        months,
        "removal_months",
        "Removal takes",
        Months,
        0.0,
        240.0,
        "Months the removal takes"
    ),
    whole!(units, "units", "Units", Count, 1.0, 10_000.0, "Identical units of the set"),
    whole!(
        spare_units,
        "spare_units",
        "Spare units",
        Count,
        0.0,
        10_000.0,
        "Units beyond those that carry the load: 1 for N+1"
    ),
    number!(power_factor, "power_factor", "Power factor", None, 0.1, 1.0, "MW per MVA"),
    optional!(kv_in, "kv_in", "Voltage in", Kv, 0.05, 1500.0, "Incoming port"),
    optional!(kv_out, "kv_out", "Voltage out", Kv, 0.05, 1500.0, "Outgoing port, where it differs"),
    optional!(
        failures_per_year,
        "failures_per_year",
        "Failures of one unit",
        PerYear,
        0.0,
        1e4,
        "From the catalogue where it is not set"
    ),
    optional!(
        repair_hours,
        "repair_hours",
        "Repair time",
        Hours,
        0.0,
        8760.0,
        "From the catalogue where it is not set"
    ),
];

fn fibre_km(link: &Link) -> Option<Option<f64>> {
    match &link.medium {
        super::Medium::Fibre { km, .. } => Some(*km),
        _ => None,
    }
}

const LINK: &[Field<Link>] = &[
    optional!(
        rating_mw,
        "rating_mw",
        "Rating",
        Mw,
        0.0,
        1e5,
        "Most the link carries; unlimited where it is not set"
    ),
    Field {
        spec: FieldSpec {
            key: "km",
            label: "Fibre route",
            unit: Unit::Km,
            min: 0.0,
            max: 40_000.0,
            optional: true,
            whole: false,
            help: "Length of the fibre; great circle times route factor where it is not set",
        },
        get: fibre_km,
        set: |link, value| {
            if let super::Medium::Fibre { km, .. } = &mut link.medium {
                *km = value;
            }
        },
    },
];

const FLEET: &[Field<AsicFleet>] = &[
    number!(
        efficiency_j_per_th,
        "efficiency_j_per_th",
        "Efficiency",
        JPerTh,
        1.0,
        1e4,
        "Energy per terahash at the wall"
    ),
    number!(
        availability,
        "availability",
        "Availability",
        Share,
        0.0,
        1.0,
        "Share of the hours machines work when they may"
    ),
    number!(
        pool_fee_share,
        "pool_fee_share",
        "Pool fee",
        Share,
        0.0,
        1.0,
        "Share of the reward the pool keeps"
    ),
    number!(
        stale_share,
        "stale_share",
        "Stale shares",
        Share,
        0.0,
        1.0,
        "Share of the work that comes too late"
    ),
    number!(
        wear.realised_share,
        "realised_share",
        "Realised hashrate",
        Share,
        0.01,
        1.0,
        "Hashrate of a running machine over its nameplate, at the same power"
    ),
    number!(
        wear.failures_per_year,
        "failures_per_year",
        "Failures",
        PerYear,
        0.0,
        50.0,
        "Failures of a machine a year (annual failure rate)"
    ),
    number!(
        wear.repair_hours,
        "repair_hours",
        "Repair",
        Hours,
        0.0,
        87_600.0,
        "Hours from a failure until the machine runs again"
    ),
    number!(
        wear.ageing_per_year,
        "ageing_per_year",
        "Ageing",
        Share,
        0.0,
        0.5,
        "Yearly growth of the energy per terahash with age"
    ),
    number!(
        variable_usd_per_mwh,
        "variable_usd_per_mwh",
        "Running cost",
        UsdPerMwh,
        0.0,
        1e4,
        "Labour, repairs and network per MWh of IT"
    ),
    optional!(
        purchase_usd_per_th,
        "purchase_usd_per_th",
        "New machine",
        UsdPerTh,
        0.0,
        1e4,
        "Price; not for sale where it is not set"
    ),
    number!(
        purchase_lead_months,
        "purchase_lead_months",
        "Purchase lead",
        Months,
        0.0,
        120.0,
        "Months from order to delivery"
    ),
    number!(purchase_max_mw, "purchase_max_mw", "Most to buy", Mw, 0.0, 1e5, "Over the whole plan"),
    number!(life_months, "life_months", "Life", Months, 1.0, 600.0, "Machines retire at this age"),
    number!(
        install_usd_per_mw,
        "install_usd_per_mw",
        "Moving in",
        UsdPerMw,
        0.0,
        1e8,
        "Moving a MW of machines into a hall"
    ),
    number!(
        resale.margin_days,
        "resale_margin_days",
        "Resale multiple",
        None,
        0.0,
        1e4,
        "Days of margin a buyer of used machines pays"
    ),
    number!(
        resale.scrap_usd_per_th,
        "scrap_usd_per_th",
        "Scrap price",
        UsdPerTh,
        0.0,
        1e3,
        "Least a used machine brings"
    ),
    number!(
        resale.buyer_usd_per_mwh,
        "resale_buyer_usd_per_mwh",
        "Buyer's power price",
        UsdPerMwh,
        0.0,
        1e4,
        "Power price of the buyer of used machines"
    ),
];

const GPU_SYSTEM: &[Field<GpuSystem>] = &[
    number!(
        kw_per_gpu,
        "kw_per_gpu",
        "Power of one GPU",
        Kw,
        0.01,
        1e3,
        "Critical IT with its share of network and storage"
    ),
    number!(usd_per_gpu, "usd_per_gpu", "Price of one GPU", Usd, 0.0, 1e7, "All-in capital cost"),
    number!(lead_months, "lead_months", "Lead", Months, 0.0, 120.0, "Months from order to delivery"),
    number!(life_months, "life_months", "Life", Months, 1.0, 240.0, "Economic life"),
    number!(
        liquid_share,
        "liquid_share",
        "Liquid heat",
        Share,
        0.0,
        1.0,
        "Share of the heat that leaves by liquid"
    ),
    number!(kw_per_rack, "kw_per_rack", "Rack", KwPerRack, 0.1, 5e3, "Power of one rack"),
    number!(
        residual_share_after_36_months,
        "residual_share_after_36_months",
        "Residual after 36 months",
        Share,
        0.0,
        1.0,
        "Resale price over purchase price"
    ),
    optional!(
        rental.usd_per_gpu_hour,
        "rental_usd_per_gpu_hour",
        "Rental price today",
        UsdPerGpuHour,
        0.0,
        1e3,
        "What the market pays for a GPU-hour of this generation, one-year commitment"
    ),
    optional!(
        rental.drift,
        "rental_drift",
        "Rental drift",
        Share,
        -0.99,
        1.0,
        "Change of this generation's price per year; without it the site's"
    ),
    optional!(
        rental.volatility,
        "rental_volatility",
        "Rental volatility",
        Share,
        0.0,
        3.0,
        "Of this generation's price, per year; without it the site's"
    ),
    optional!(
        rental.step_share,
        "rental_step_share",
        "Generation step",
        Share,
        0.0,
        0.99,
        "Fall of this generation's price when the next one comes; without it the site's"
    ),
];

fn prepayment(offer: &Offer) -> Option<&Prepayment> {
    offer.prepayment.as_ref()
}
fn prepayment_mut(offer: &mut Offer) -> Option<&mut Prepayment> {
    offer.prepayment.as_mut()
}
fn backstop(offer: &Offer) -> Option<&Backstop> {
    offer.backstop.as_ref()
}
fn backstop_mut(offer: &mut Offer) -> Option<&mut Backstop> {
    offer.backstop.as_mut()
}
fn rating(offer: &Offer) -> Option<&Rating> {
    offer.rating.as_ref()
}
fn rating_mut(offer: &mut Offer) -> Option<&mut Rating> {
    offer.rating.as_mut()
}

fn rent(offer: &Offer) -> Option<Option<f64>> {
    match offer.terms {
        Terms::Colocation { rent_usd_per_kw_month, .. } => Some(Some(rent_usd_per_kw_month)),
        _ => None,
    }
}
fn gpu_price(offer: &Offer) -> Option<Option<f64>> {
    match offer.terms {
        Terms::GpuCloud { usd_per_gpu_hour, .. } => Some(Some(usd_per_gpu_hour)),
        _ => None,
    }
}
fn hosting_price(offer: &Offer) -> Option<Option<f64>> {
    match offer.terms {
        Terms::BitcoinHosting { usd_per_mwh, .. } => Some(Some(usd_per_mwh)),
        _ => None,
    }
}
fn escalator_of(offer: &Offer) -> Option<Option<f64>> {
    let (Terms::Colocation { escalator, .. }
    | Terms::GpuCloud { escalator, .. }
    | Terms::BitcoinHosting { escalator, .. }) = offer.terms;
    Some(Some(escalator))
}

const fn plain(
    key: &'static str,
    label: &'static str,
    unit: Unit,
    min: f64,
    max: f64,
    help: &'static str,
) -> FieldSpec {
    FieldSpec { key, label, unit, min, max, optional: false, whole: false, help }
}

const OFFER: &[Field<Offer>] = &[
    Field {
        spec: plain(
            "rent_usd_per_kw_month",
            "Rent",
            Unit::UsdPerKwMonth,
            0.0,
            1e4,
            "First-year rent per kW of critical IT and month",
        ),
        get: rent,
        set: |offer, value| {
            if let (Terms::Colocation { rent_usd_per_kw_month, .. }, Some(value)) = (&mut offer.terms, value)
            {
                *rent_usd_per_kw_month = value;
            }
        },
    },
    Field {
        spec: plain(
            "usd_per_gpu_hour",
            "GPU price",
            Unit::UsdPerGpuHour,
            0.0,
            1e3,
            "Contract price of a GPU-hour",
        ),
        get: gpu_price,
        set: |offer, value| {
            if let (Terms::GpuCloud { usd_per_gpu_hour, .. }, Some(value)) = (&mut offer.terms, value) {
                *usd_per_gpu_hour = value;
            }
        },
    },
    Field {
        spec: plain(
            "terms_utilisation",
            "Hours sold",
            Unit::Share,
            0.0,
            1.0,
            "Share of the GPU-hours that are sold",
        ),
        get: |offer| match offer.terms {
            Terms::GpuCloud { utilisation, .. } => Some(Some(utilisation)),
            _ => None,
        },
        set: |offer, value| {
            if let (Terms::GpuCloud { utilisation, .. }, Some(value)) = (&mut offer.terms, value) {
                *utilisation = value;
            }
        },
    },
    Field {
        spec: plain(
            "hosting_usd_per_mwh",
            "Hosting price",
            Unit::UsdPerMwh,
            0.0,
            1e4,
            "Price of energy to a client's miners",
        ),
        get: hosting_price,
        set: |offer, value| {
            if let (Terms::BitcoinHosting { usd_per_mwh, .. }, Some(value)) = (&mut offer.terms, value) {
                *usd_per_mwh = value;
            }
        },
    },
    Field {
        spec: plain(
            "escalator",
            "Escalator",
            Unit::Share,
            -0.5,
            1.0,
            "Yearly rise, on the anniversary of the rent start",
        ),
        get: escalator_of,
        set: |offer, value| {
            let (Terms::Colocation { escalator, .. }
            | Terms::GpuCloud { escalator, .. }
            | Terms::BitcoinHosting { escalator, .. }) = &mut offer.terms;
            if let Some(value) = value {
                *escalator = value;
            }
        },
    },
    number!(
        probability,
        "probability",
        "Probability",
        Share,
        0.0,
        1.0,
        "Probability that the deal closes as described"
    ),
    number!(
        min_mw,
        "min_mw",
        "Least",
        Mw,
        0.0,
        1e5,
        "Least critical MW the customer takes; kept of a signed offer, and of others in whole decisions"
    ),
    number!(max_mw, "max_mw", "Most", Mw, 0.0, 1e5, "Most critical MW the customer takes"),
    optional!(block_mw, "block_mw", "Block", Mw, 1e-6, 1e5, "The customer takes whole blocks of this size"),
    optional!(
        start_mw_per_month,
        "start_mw_per_month",
        "Most taken over a month",
        Mw,
        0.0,
        1e5,
        "Most critical MW the customer takes over in a month"
    ),
    number!(term_months, "term_months", "Term", Months, 1.0, 600.0, "Months from the rent start"),
    number!(
        opex_usd_per_kw_month,
        "opex_usd_per_kw_month",
        "Landlord's cost",
        UsdPerKwMonth,
        0.0,
        1e4,
        "Operating cost besides power"
    ),
    number!(
        power_share,
        "power_share",
        "Power borne",
        Share,
        0.0,
        1.0,
        "Share of the power bill the landlord bears; 0 is a pass-through"
    ),
    number!(utilisation, "utilisation", "Load", Share, 0.0, 1.0, "Load as a share of the contract"),
    number!(
        take_or_pay_share,
        "take_or_pay_share",
        "Take-or-pay",
        Share,
        0.0,
        1.0,
        "Share of the rent due whether used or not"
    ),
    part!(
        prepayment,
        prepayment_mut,
        months_of_rent,
        "prepayment_months_of_rent",
        "Prepaid rent",
        Months,
        0.0,
        600.0,
        "Months of first-year rent paid at the rent start"
    ),
    part!(
        prepayment,
        prepayment_mut,
        credit_from_month,
        "prepayment_credit_from_month",
        "Prepayment credited from",
        Months,
        0.0,
        600.0,
        "Months of the term before the first credit"
    ),
    part!(
        prepayment,
        prepayment_mut,
        credit_months,
        "prepayment_credit_months",
        "Prepayment credited over",
        Months,
        1.0,
        600.0,
        "Months over which it is credited evenly"
    ),
    part!(
        backstop,
        backstop_mut,
        share,
        "backstop_share",
        "Backstop",
        Share,
        0.0,
        1.0,
        "Share of the rent that the backstop pays after a default"
    ),
    part!(
        backstop,
        backstop_mut,
        months,
        "backstop_months",
        "Backstop lasts",
        Months,
        0.0,
        600.0,
        "Months for which the backstop pays"
    ),
    optional!(
        sla_terms.cap_share,
        "sla_terms_cap_share",
        "Credit cap",
        Share,
        0.0,
        1.0,
        "Most service credit of a month as a share of its rent"
    ),
    number!(
        tenant_funded_usd_per_mw,
        "tenant_funded_usd_per_mw",
        "Tenant-funded",
        UsdPerMw,
        0.0,
        1e9,
        "Capital the tenant pays for each MW"
    ),
    number!(
        delivery.damages_days_per_day,
        "damages_days_per_day",
        "Delivery damages",
        None,
        0.0,
        100.0,
        "Days of rent paid per day late"
    ),
    number!(
        default_per_year,
        "default_per_year",
        "Default",
        Share,
        0.0,
        1.0,
        "Probability of default per year; 0 with a rating named: the rating's"
    ),
    part!(
        rating,
        rating_mut,
        default_per_year,
        "rating_default_per_year",
        "Default of the rating",
        Share,
        0.0,
        1.0,
        "Probability of default per year that goes with the rating"
    ),
    number!(
        void_months,
        "void_months",
        "Void",
        Months,
        0.0,
        240.0,
        "Months empty after a default and its backstop"
    ),
    number!(relet_share, "relet_share", "Re-let", Share, 0.0, 2.0, "Next tenant's rent over this one's"),
    number!(
        needs.availability,
        "needs_availability",
        "Needs availability",
        Share,
        0.0,
        1.0,
        "Share of the hours with power and cooling"
    ),
    number!(
        needs.kw_per_rack,
        "needs_kw_per_rack",
        "Needs rack density",
        KwPerRack,
        0.0,
        5e3,
        "Power of one rack"
    ),
    Field {
        spec: plain(
            "needs_rtt_ms",
            "Needs round trip",
            Unit::Milliseconds,
            0.0,
            1e4,
            "Longest round trip to the metro",
        ),
        get: |offer| offer.needs.latency.as_ref().map(|need| Some(need.rtt_ms)),
        set: |offer, value| {
            if let (Some(need), Some(value)) = (&mut offer.needs.latency, value) {
                need.rtt_ms = value;
            }
        },
    },
    Field {
        spec: FieldSpec {
            whole: true,
            ..plain(
                "needs_diverse_routes",
                "Needs diverse routes",
                Unit::Count,
                0.0,
                10.0,
                "Fibre routes with no part in common",
            )
        },
        get: |offer| Some(Some(f64::from(offer.needs.diverse_routes))),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked before"
        )]
        set: |offer, value| {
            if let Some(value) = value {
                offer.needs.diverse_routes = value as u32;
            }
        },
    },
];

const BITCOIN: &[Field<BitcoinAssumptions>] = &[
    number!(
        price_usd_per_btc,
        "price_usd_per_btc",
        "Bitcoin price",
        UsdPerBtc,
        1.0,
        1e9,
        "On the as-of date"
    ),
    number!(difficulty, "difficulty", "Difficulty", None, 1.0, 1e18, "Of the present epoch"),
    whole!(block_height, "block_height", "Block height", Count, 0.0, 6_929_999.0, "On the as-of date"),
    number!(
        block_minutes,
        "block_minutes",
        "Block interval",
        Minutes,
        1.0,
        60.0,
        "Mean minutes between blocks"
    ),
    optional!(
        epoch_block_minutes,
        "epoch_block_minutes",
        "Block interval, this epoch",
        Minutes,
        0.1,
        600.0,
        "Mean minutes between the blocks since the last retarget; the block interval where it is not set"
    ),
    number!(
        fee_share_of_subsidy,
        "fee_share_of_subsidy",
        "Fees",
        Share,
        0.0,
        100.0,
        "Transaction fees as a share of the subsidy"
    ),
    number!(
        fee_spikes_per_year,
        "fee_spikes_per_year",
        "Fee spikes",
        PerYear,
        0.0,
        12.0,
        "Mean number of months a year with a fee spike"
    ),
    number!(
        fee_spike_share,
        "fee_spike_share",
        "Spike size",
        Share,
        0.0,
        100.0,
        "Mean of a spike on top of the usual fees, as a share of the subsidy"
    ),
    number!(
        bootstrap_block_months,
        "bootstrap_block_months",
        "Bootstrap run",
        Months,
        1.0,
        120.0,
        "Mean months of history taken in one run by the bootstrap"
    ),
    number!(
        price_drift,
        "price_drift",
        "Price growth",
        Share,
        -0.99,
        5.0,
        "Expected growth of the price per year"
    ),
    number!(
        price_volatility,
        "price_volatility",
        "Price volatility",
        Share,
        0.0,
        3.0,
        "Diffusive part, per year"
    ),
    number!(jumps_per_year, "jumps_per_year", "Jumps", PerYear, 0.0, 365.0, "Mean number of jumps a year"),
    number!(jump_mean, "jump_mean", "Mean jump", Share, -1.0, 1.0, "Mean of the log jump"),
    number!(jump_deviation, "jump_deviation", "Jump deviation", Share, 0.0, 2.0, "Deviation of the log jump"),
    number!(
        marginal_j_per_th,
        "marginal_j_per_th",
        "Marginal miner",
        JPerTh,
        1.0,
        1e3,
        "Efficiency of the miner at break-even"
    ),
    number!(
        marginal_usd_per_mwh,
        "marginal_usd_per_mwh",
        "Marginal power price",
        UsdPerMwh,
        0.0,
        1e4,
        "Power price of the miner at break-even"
    ),
    number!(
        marginal_other_usd_per_ph_day,
        "marginal_other_usd_per_ph_day",
        "Marginal other cost",
        UsdPerPhDay,
        0.0,
        1e3,
        "What the miner at break-even pays besides power"
    ),
    optional!(
        switch_off_other_usd_per_ph_day,
        "switch_off_other_usd_per_ph_day",
        "Switch-off other cost",
        UsdPerPhDay,
        0.0,
        1e3,
        "What a machine must earn besides power to keep running; the marginal other cost where it is not set"
    ),
    number!(
        efficiency_gain,
        "efficiency_gain",
        "Efficiency gain",
        Share,
        0.0,
        0.9,
        "Yearly fall of the marginal miner's J/TH"
    ),
    number!(
        growth_half_life_months,
        "growth_half_life_months",
        "Growth half-life",
        Months,
        0.1,
        600.0,
        "Months in which half the gap closes when hashrate must grow"
    ),
    number!(
        shrink_half_life_months,
        "shrink_half_life_months",
        "Shrink half-life",
        Months,
        0.1,
        600.0,
        "Months in which half the gap closes when hashrate must shrink"
    ),
    whole!(
        lag_months,
        "lag_months",
        "Lag",
        Months,
        0.0,
        60.0,
        "Months by which the network sees the price late"
    ),
    whole!(
        delivery_months,
        "delivery_months",
        "Delivery",
        Months,
        0.0,
        60.0,
        "Months from the order of machines to their hashrate, on top of the lag"
    ),
    number!(
        hashrate_volatility_per_month,
        "hashrate_volatility_per_month",
        "Hashrate volatility",
        Share,
        0.0,
        1.0,
        "Per month"
    ),
    optional!(
        hashprice_override_usd_per_ph_day,
        "hashprice_override_usd_per_ph_day",
        "Hashprice at start",
        UsdPerPhDay,
        0.1,
        1e4,
        "Level every path is shifted to; from difficulty and price where it is not set"
    ),
    number!(
        public_hashcost_usd_per_ph_day,
        "public_hashcost_usd_per_ph_day",
        "Public hashcost",
        UsdPerPhDay,
        0.0,
        1e4,
        "Median total hashcost of public miners, for comparison"
    ),
];

const POWER: &[Field<super::assumptions::PowerAssumptions>] = &[
    number!(drift, "drift", "Power price growth", Share, -0.5, 1.0, "Growth of the deck per year"),
    number!(
        volatility,
        "volatility",
        "Power price volatility",
        Share,
        0.0,
        3.0,
        "Of the monthly scaling, per year"
    ),
    number!(
        half_life_months,
        "half_life_months",
        "Half-life",
        Months,
        0.1,
        600.0,
        "Months in which half a deviation fades"
    ),
];

const GPU_RENTAL: &[Field<GpuRental>] = &[
    number!(drift, "drift", "GPU rental drift", Share, -0.99, 1.0, "Change of the index per year"),
    number!(volatility, "volatility", "GPU rental volatility", Share, 0.0, 3.0, "Per year"),
    number!(
        half_life_months,
        "half_life_months",
        "Half-life",
        Months,
        0.1,
        600.0,
        "Months in which half a deviation fades"
    ),
    number!(
        generation_years,
        "generation_years",
        "Generation",
        Years,
        0.25,
        50.0,
        "Years between hardware generations"
    ),
    number!(
        step_share,
        "step_share",
        "Generation step",
        Share,
        0.0,
        0.99,
        "Fall of the index with each generation"
    ),
    number!(
        generation_correlation,
        "generation_correlation",
        "Generations together",
        Share,
        0.0,
        1.0,
        "Correlation of each named generation's price with the index; 100 % is one market"
    ),
    number!(
        colocation_drift,
        "colocation_drift",
        "Rent growth",
        Share,
        -0.5,
        1.0,
        "Growth of rent asked of new tenants, per year"
    ),
    number!(colocation_volatility, "colocation_volatility", "Rent volatility", Share, 0.0, 2.0, "Per year"),
];

const DELIVERY: &[Field<super::assumptions::DeliveryAssumptions>] = &[
    number!(delay_low_months, "delay_low_months", "Delay, low", Months, 0.0, 120.0, "Least delay"),
    number!(delay_mode_months, "delay_mode_months", "Delay, likely", Months, 0.0, 120.0, "Most likely delay"),
    number!(delay_high_months, "delay_high_months", "Delay, high", Months, 0.0, 120.0, "Longest delay"),
];

const CORRELATION: &[Field<super::assumptions::Correlation>] = &[
    number!(
        btc_hashrate,
        "btc_hashrate",
        "Bitcoin – hashrate",
        None,
        -1.0,
        1.0,
        "Correlation of monthly shocks"
    ),
    number!(btc_power, "btc_power", "Bitcoin – power", None, -1.0, 1.0, "Correlation of monthly shocks"),
    number!(btc_gpu, "btc_gpu", "Bitcoin – GPU rental", None, -1.0, 1.0, "Correlation of monthly shocks"),
    number!(
        hashrate_power,
        "hashrate_power",
        "Hashrate – power",
        None,
        -1.0,
        1.0,
        "Correlation of monthly shocks"
    ),
    number!(
        hashrate_gpu,
        "hashrate_gpu",
        "Hashrate – GPU rental",
        None,
        -1.0,
        1.0,
        "Correlation of monthly shocks"
    ),
    number!(power_gpu, "power_gpu", "Power – GPU rental", None, -1.0, 1.0, "Correlation of monthly shocks"),
];

const COMPANY: &[Field<Company>] = &[
    number!(
        opening_cash_usd,
        "opening_cash_usd",
        "Opening cash",
        Usd,
        -HUGE_USD,
        HUGE_USD,
        "On the first day of the plan"
    ),
    number!(bitcoin_held, "bitcoin_held", "Bitcoin held", Btc, 0.0, 2.1e7, "On the first day of the plan"),
    number!(
        overhead_usd_per_month,
        "overhead_usd_per_month",
        "Overhead a month",
        Usd,
        0.0,
        HUGE_USD,
        "Corporate cost"
    ),
    number!(
        other_cash_usd_per_month,
        "other_cash_usd_per_month",
        "Other cash a month",
        Usd,
        -HUGE_USD,
        HUGE_USD,
        "Net cash from everything else"
    ),
    number!(
        sold_bitcoin_share,
        "sold_bitcoin_share",
        "Bitcoin sold",
        Share,
        0.0,
        1.0,
        "Share of the mined bitcoin sold at once"
    ),
    number!(discount_rate, "discount_rate", "Discount rate", Share, 0.0, 1.0, "Nominal, unlevered, per year"),
    number!(
        tenant_discount_rate,
        "tenant_discount_rate",
        "Tenant rate",
        Share,
        0.0,
        1.0,
        "Discount rate of contracted rent beyond the horizon"
    ),
    number!(inflation, "inflation", "Inflation", Share, -0.2, 1.0, "Of costs, each January"),
    number!(
        mining_site_usd_per_mw_month,
        "mining_site_usd_per_mw_month",
        "Mining site cost",
        UsdPerMwMonth,
        0.0,
        1e7,
        "Site cost of an installed MW of miners besides energy"
    ),
    number!(
        contingency_share,
        "contingency_share",
        "Contingency",
        Share,
        0.0,
        1.0,
        "Added to every purchase"
    ),
    optional!(
        powered_land_usd_per_mw,
        "powered_land_usd_per_mw",
        "Price of powered land",
        UsdPerMw,
        0.0,
        HUGE_USD,
        "What the land would fetch on the first day, or a lease of it is worth then, per MW of contracted power: compared with the plan where it is set"
    ),
    number!(
        tax.rate,
        "tax_rate",
        "Tax rate",
        Share,
        0.0,
        0.9,
        "Federal and state together, on the income of the site; 0 plans before tax"
    ),
    number!(
        tax.bonus_share,
        "tax_bonus_share",
        "Written off at once",
        Share,
        0.0,
        1.0,
        "Share of a purchase that is written off in the year it is paid"
    ),
    number!(
        tax.depreciation_years,
        "tax_depreciation_years",
        "Depreciation",
        Years,
        1.0,
        60.0,
        "Years over which the rest of a purchase is written off"
    ),
    number!(
        tax.loss_use_share,
        "tax_loss_use_share",
        "Use of losses",
        Share,
        0.0,
        1.0,
        "Share of a year's taxable income that losses of earlier years may take away"
    ),
    number!(
        tax.opening_loss_usd,
        "tax_opening_loss_usd",
        "Losses brought in",
        Usd,
        0.0,
        HUGE_USD,
        "Losses of years before the plan that are still to be used"
    ),
    part!(
        hedge,
        hedge_mut,
        share,
        "hedge_share",
        "Sold forward at most",
        Share,
        0.0,
        1.0,
        "Share of the hashrate that runs of which hashprice may be sold forward, in each of the first twelve months"
    ),
    part!(
        hedge,
        hedge_mut,
        spread,
        "hedge_spread",
        "Forward below expectation",
        Share,
        0.0,
        0.9,
        "How far below the expected hashprice a forward is sold; never above it: a plan is not to live off knowing better than the market"
    ),
    part!(
        hedge,
        hedge_mut,
        margin_share,
        "hedge_margin_share",
        "Margin of a forward",
        Share,
        0.0,
        1.0,
        "Share of a contract's value held in cash from the first day until it settles"
    ),
];

const LOAN: &[Field<Loan>] = &[
    number!(balance_usd, "balance_usd", "Balance", Usd, 0.0, HUGE_USD, "On the first day of the plan"),
    number!(rate, "rate", "Rate", Share, 0.0, 1.0, "Per year"),
    number!(
        amortisation_months,
        "amortisation_months",
        "Amortisation",
        Months,
        0.0,
        600.0,
        "Months of equal principal before the maturity"
    ),
];

/// A number that only some kinds of instrument have.
macro_rules! kind_value {
    ($key:literal, $label:literal, $unit:ident, $min:expr, $max:expr, $help:literal, $($variant:ident { $($field:tt)* })|+ => $value:ident) => {
        Field {
            spec: FieldSpec { key: $key, label: $label, unit: Unit::$unit, min: $min, max: $max, optional: false, whole: false, help: $help },
            get: |instrument| match &instrument.kind {
                $(InstrumentKind::$variant { $($field)* })|+ => Some(Some(*$value)),
                _ => None,
            },
            set: |instrument, value| {
                let slot = match &mut instrument.kind {
                    $(InstrumentKind::$variant { $($field)* })|+ => Some($value),
                    _ => None,
                };
                if let (Some(slot), Some(value)) = (slot, value) {
                    *slot = value;
                }
            },
        }
    };
}

const INSTRUMENT: &[Field<Instrument>] = &[
    number!(limit_usd, "limit_usd", "Limit", Usd, 0.0, HUGE_USD, "Most that can be drawn"),
    number!(rate, "rate", "Rate", Share, 0.0, 1.0, "Per year"),
    number!(fee_share, "fee_share", "Fee", Share, 0.0, 1.0, "Of each draw"),
    number!(term_months, "term_months", "Term", Months, 1.0, 600.0, "Months from a draw to its maturity"),
    kind_value!(
        "loan_to_cost", "Loan to cost", Share, 0.0, 1.0,
        "Most of the works' cost so far that may be outstanding",
        SeniorSecuredNotes { loan_to_cost, .. } | ConstructionLoan { loan_to_cost, .. } => loan_to_cost
    ),
    kind_value!(
        "dscr", "DSCR", None, 0.0, 100.0,
        "Least contracted hosting cash over interest, six months late and with a tenth more cost",
        SeniorSecuredNotes { dscr, .. } | ConstructionLoan { dscr, .. } => dscr
    ),
    kind_value!(
        "loan_to_value", "Loan to value", Share, 0.0, 1.0,
        "Most of the machines' resale value in the stress case that may be outstanding",
        AsicBackedLoan { loan_to_value } => loan_to_value
    ),
    kind_value!(
        "initial_ltv", "Loan to bitcoin", Share, 0.0, 1.0,
        "Most of the pledged bitcoin, at its 1-in-20 low price, that may be outstanding",
        BitcoinBackedLine { initial_ltv, .. } => initial_ltv
    ),
    kind_value!(
        "usd_per_year", "Most a year", Usd, 0.0, HUGE_USD,
        "Most that may be sold in a calendar year",
        EquityAtMarket { usd_per_year } => usd_per_year
    ),
    kind_value!(
        "dividend", "Dividend", Share, 0.0, 1.0,
        "Per year on what is outstanding",
        Preferred { dividend } => dividend
    ),
];

const LIMITS: &[Field<Limits>] = &[
    optional!(
        capex_total_usd,
        "capex_total_usd",
        "Capex in all",
        Usd,
        0.0,
        HUGE_USD,
        "Most the plan may spend; unlimited where it is not set"
    ),
    optional!(
        minimum_cash_usd,
        "minimum_cash_usd",
        "Minimum cash",
        Usd,
        0.0,
        HUGE_USD,
        "Least cash at any month's end"
    ),
    optional!(
        minimum_cash_months,
        "minimum_cash_months",
        "Minimum cash, months",
        Months,
        0.0,
        120.0,
        "Months of fixed cost (corporate overhead and interest on loans that stand) to keep on top of the minimum in dollars at any month's end"
    ),
    optional!(
        worst_year_floor_share,
        "worst_year_floor_share",
        "Worst-year revenue floor",
        Share,
        0.0,
        10.0,
        "Billed revenue of the worst tail of paths as a share of keep-mining's expected billed revenue of that year; power reimbursed, demand response and prepayment credits are no part of it"
    ),
    optional!(
        worst_year_floor_usd,
        "worst_year_floor_usd",
        "Worst-year revenue floor, dollars",
        Usd,
        0.0,
        HUGE_USD,
        "Billed revenue of the worst tail of paths in every year; the higher of the two floors holds"
    ),
    optional!(
        contracted_share,
        "contracted_share",
        "Contracted revenue",
        Share,
        0.0,
        10.0,
        "Contracted revenue of a year as a share of keep-mining's expected billed revenue"
    ),
];

/// The budget of a single year; a year without one is not limited.
const CAPEX_YEAR: FieldSpec = FieldSpec {
    key: "usd",
    label: "Capex budget",
    unit: Unit::Usd,
    min: 0.0,
    max: HUGE_USD,
    optional: true,
    whole: false,
    help: "Most the plan may pay for what it builds in this calendar year; unlimited where it is not set",
};

/// MW in force from a date on.
const fn dated(label: &'static str, help: &'static str) -> FieldSpec {
    FieldSpec { key: "mw", label, unit: Unit::Mw, min: 0.0, max: 1e5, optional: true, whole: false, help }
}

const HOSTING_FROM: FieldSpec =
    dated("Least hosting", "Critical MW that must be hosted from this date on; none where it is not set");
const CONTRACT_FROM: FieldSpec =
    dated("Contract", "What the contract with the utility allows from this date on");
const FIRM_FROM: FieldSpec =
    dated("Firm power", "The part of the contract that is never interrupted, from this date on");

/// Calendar years that can have a budget.
const BUDGET_YEARS: std::ops::RangeInclusive<i16> = 2009..=2150;

const PLAN: &[Field<PlanSettings>] = &[
    whole!(horizon_years, "horizon_years", "Horizon", Years, 1.0, 25.0, "Years the plan looks ahead"),
    number!(
        risk_weight,
        "risk_weight",
        "Risk weight",
        Share,
        0.0,
        1.0,
        "Weight of the worst tail in the objective"
    ),
    number!(
        tail_level,
        "tail_level",
        "Tail in the plan",
        Share,
        0.5,
        0.99,
        "Probability level of the worst tail in the plan"
    ),
    number!(
        report_tail_level,
        "report_tail_level",
        "Tail reported",
        Share,
        0.5,
        0.999,
        "Probability level at which the worst year is reported"
    ),
    whole!(paths, "paths", "Paths in the plan", Count, 2.0, 5_000.0, "Market paths the plan is made on"),
    whole!(
        judge_paths,
        "judge_paths",
        "Paths that judge",
        Count,
        2.0,
        100_000.0,
        "Market paths the finished plan is judged on"
    ),
];

/// Runs `$body` with `$table` and `$target` bound to the table and the object an address names.
macro_rules! with_object {
    ($site:expr, $object:expr, $iter:ident, $company:ident, |$table:ident, $target:ident| $body:expr, $missing:expr) => {
        match $object {
            Object::Component(id) => match $site.components.$iter().find(|item| item.id == *id) {
                Some($target) => {
                    let $table = COMPONENT;
                    $body
                }
                None => $missing,
            },
            Object::Link(id) => match $site.links.$iter().find(|item| item.id == *id) {
                Some($target) => {
                    let $table = LINK;
                    $body
                }
                None => $missing,
            },
            Object::Fleet(id) => match $site.fleets.$iter().find(|item| item.id == *id) {
                Some($target) => {
                    let $table = FLEET;
                    $body
                }
                None => $missing,
            },
            Object::GpuSystem(id) => match $site.gpu_systems.$iter().find(|item| item.id == *id) {
                Some($target) => {
                    let $table = GPU_SYSTEM;
                    $body
                }
                None => $missing,
            },
            Object::Offer(id) => match $site.offers.$iter().find(|item| item.id == *id) {
                Some($target) => {
                    let $table = OFFER;
                    $body
                }
                None => $missing,
            },
            Object::Loan(id) => match $site.company.loans.$iter().find(|item| item.id == *id) {
                Some($target) => {
                    let $table = LOAN;
                    $body
                }
                None => $missing,
            },
            Object::Instrument(id) => match $site.company.instruments.$iter().find(|item| item.id == *id) {
                Some($target) => {
                    let $table = INSTRUMENT;
                    $body
                }
                None => $missing,
            },
            Object::Bitcoin => {
                let ($table, $target) = (BITCOIN, $company!($site.assumptions.bitcoin));
                $body
            }
            Object::Power => {
                let ($table, $target) = (POWER, $company!($site.assumptions.power));
                $body
            }
            Object::GpuRental => {
                let ($table, $target) = (GPU_RENTAL, $company!($site.assumptions.gpu_rental));
                $body
            }
            Object::Delivery => {
                let ($table, $target) = (DELIVERY, $company!($site.assumptions.delivery));
                $body
            }
            Object::Correlation => {
                let ($table, $target) = (CORRELATION, $company!($site.assumptions.correlation));
                $body
            }
            Object::Company => {
                let ($table, $target) = (COMPANY, $company!($site.company));
                $body
            }
            Object::Limits => {
                let ($table, $target) = (LIMITS, $company!($site.limits));
                $body
            }
            // Not one of a table's objects: see `fields_of` and `set_value`.
            Object::CapexYear(_)
            | Object::HostingFrom(_)
            | Object::ContractFrom(..)
            | Object::FirmFrom(..) => $missing,
            Object::Plan => {
                let ($table, $target) = (PLAN, $company!($site.plan));
                $body
            }
        }
    };
}
macro_rules! shared {
    ($path:expr) => {
        &$path
    };
}
macro_rules! exclusive {
    ($path:expr) => {
        &mut $path
    };
}

/// A number of a list by year or date, which is there whether it is set or not.
fn listed(site: &Site, object: &Object) -> Option<(FieldSpec, Option<f64>)> {
    let feed = |id: &str| match &site.component(id)?.kind {
        Kind::GridFeed(feed) => Some(feed),
        _ => None,
    };
    Some(match object {
        Object::CapexYear(year) if BUDGET_YEARS.contains(year) => {
            (CAPEX_YEAR, site.limits.capex_of_year(*year))
        }
        Object::HostingFrom(from) => (HOSTING_FROM, site.limits.hosting_from(*from)),
        Object::ContractFrom(id, from) => (CONTRACT_FROM, DatedMw::step(&feed(id)?.contract_mw, *from)),
        Object::FirmFrom(id, from) => (FIRM_FROM, DatedMw::step(&feed(id)?.firm_mw, *from)),
        _ => return None,
    })
}

/// The values an object has, with their meanings, in the order they are shown.
pub fn fields_of(site: &Site, object: &Object) -> Vec<(FieldSpec, Option<f64>)> {
    if let Some(known) = listed(site, object) {
        return vec![known];
    }
    with_object!(
        site,
        object,
        iter,
        shared,
        |table, target| table
            .iter()
            .filter_map(|field| (field.get)(target).map(|value| (field.spec, value)))
            .collect(),
        Vec::new()
    )
}

/// The numbers of a part, as [`fields_of`] gives them for its address.
pub fn fields_of_part(part: &Component) -> Vec<(FieldSpec, Option<f64>)> {
    COMPONENT.iter().filter_map(|field| (field.get)(part).map(|value| (field.spec, value))).collect()
}

/// Sets a number of a part.
///
/// # Errors
/// A sentence where the part has no such number or it cannot be so; the part is then unchanged.
pub fn set_in_part(part: &mut Component, key: &str, value: Option<f64>) -> Result<(), String> {
    let field = COMPONENT.iter().find(|field| field.spec.key == key && (field.get)(part).is_some());
    let field = field.ok_or_else(|| format!("a {} has no `{key}`", part.kind.label()))?;
    match value {
        Some(value) => {
            if let Some(problem) = field.spec.problem_with(value) {
                return Err(problem);
            }
        }
        None if !field.spec.optional => return Err(format!("{} cannot be left out", field.spec.label)),
        None => {}
    }
    (field.set)(part, value);
    Ok(())
}

/// What an address means, when the object exists and has such a value.
pub fn spec(site: &Site, at: &Address) -> Option<FieldSpec> {
    fields_of(site, &at.object).into_iter().map(|(spec, _)| spec).find(|spec| spec.key == at.field)
}

/// Every object of the document, in file order.
pub fn objects(site: &Site) -> Vec<Object> {
    let mut objects = Vec::new();
    objects.extend(site.components.iter().map(|item| Object::Component(item.id.clone())));
    objects.extend(site.links.iter().map(|item| Object::Link(item.id.clone())));
    objects.extend(site.fleets.iter().map(|item| Object::Fleet(item.id.clone())));
    objects.extend(site.gpu_systems.iter().map(|item| Object::GpuSystem(item.id.clone())));
    objects.extend(site.offers.iter().map(|item| Object::Offer(item.id.clone())));
    objects.extend(site.company.loans.iter().map(|item| Object::Loan(item.id.clone())));
    objects.extend(site.company.instruments.iter().map(|item| Object::Instrument(item.id.clone())));
    objects.extend([
        Object::Bitcoin,
        Object::Power,
        Object::GpuRental,
        Object::Delivery,
        Object::Correlation,
        Object::Company,
        Object::Limits,
        Object::Plan,
    ]);
    objects.extend(site.limits.capex_by_year_usd.iter().map(|budget| Object::CapexYear(budget.year)));
    objects.extend(site.limits.hosting_min_mw.iter().map(|minimum| Object::HostingFrom(minimum.from)));
    for component in &site.components {
        let Kind::GridFeed(feed) = &component.kind else { continue };
        let of = |from| (component.id.clone(), from);
        let contracts = feed.contract_mw.iter().map(|step| of(step.from));
        objects.extend(contracts.map(|(id, from)| Object::ContractFrom(id, from)));
        objects.extend(
            feed.firm_mw.iter().map(|step| of(step.from)).map(|(id, from)| Object::FirmFrom(id, from)),
        );
    }
    objects
}

impl FieldSpec {
    /// Why a value cannot stand here, in words; `None` when it can.
    pub fn problem_with(&self, value: f64) -> Option<String> {
        let shown = |limit: f64| crate::quantity::format::with_unit(limit, self.unit);
        if !value.is_finite() {
            Some(format!("{} is {value}, which is not a finite number", self.label))
        } else if value < self.min {
            Some(format!("{} is {}, below the least possible {}", self.label, shown(value), shown(self.min)))
        } else if value > self.max {
            Some(format!("{} is {}, above the most accepted {}", self.label, shown(value), shown(self.max)))
        } else if self.whole && value.fract() != 0.0 {
            Some(format!("{} is {value}, which is not a whole number", self.label))
        } else {
            None
        }
    }
}

impl Site {
    /// The value at an address; outer `None` when there is no such value.
    pub fn value(&self, at: &Address) -> Option<Option<f64>> {
        fields_of(self, &at.object).into_iter().find(|(spec, _)| spec.key == at.field).map(|(_, value)| value)
    }

    /// Sets or clears a value.
    ///
    /// # Errors
    /// A sentence when the object or the value does not exist, or the new value cannot stand there; the
    /// document is then unchanged.
    pub fn set_value(&mut self, at: &Address, value: Option<f64>) -> Result<(), String> {
        let existing = fields_of(self, &at.object);
        let Some((spec, _)) = existing.iter().find(|(spec, _)| spec.key == at.field) else {
            if existing.is_empty() {
                return Err(format!("there is no `{}`", at.object));
            }
            let hint = did_you_mean(&at.field, existing.iter().map(|(spec, _)| spec.key));
            return Err(match hint {
                Some(near) => format!("`{}` has no `{}`; did you mean `{near}`?", at.object, at.field),
                None => format!("`{}` has no `{}`", at.object, at.field),
            });
        };
        match value {
            None if !spec.optional => {
                return Err(format!("{} of `{}` cannot be left out", spec.label, at.object));
            }
            Some(value) => {
                if let Some(message) = spec.problem_with(value) {
                    return Err(format!("{message}, at `{at}`"));
                }
            }
            None => {}
        }
        match &at.object {
            Object::CapexYear(year) => {
                self.limits.set_capex_of_year(*year, value);
                return Ok(());
            }
            Object::HostingFrom(from) => {
                self.limits.set_hosting_from(*from, value);
                return Ok(());
            }
            Object::ContractFrom(id, from) | Object::FirmFrom(id, from) => {
                if let Some(Kind::GridFeed(feed)) = self.component_mut(id).map(|part| &mut part.kind) {
                    let is_firm = matches!(at.object, Object::FirmFrom(..));
                    let steps = if is_firm { &mut feed.firm_mw } else { &mut feed.contract_mw };
                    DatedMw::set_step(steps, *from, value);
                }
                return Ok(());
            }
            _ => {}
        }
        with_object!(
            self,
            &at.object,
            iter_mut,
            exclusive,
            |table, target| {
                if let Some(field) =
                    table.iter().find(|field| field.spec.key == at.field && (field.get)(target).is_some())
                {
                    (field.set)(target, value);
                }
            },
            ()
        );
        Ok(())
    }

    /// What a user calls an object.
    pub fn object_name(&self, object: &Object) -> String {
        let found = match object {
            Object::Component(id) => self.component(id).map(Component::called),
            Object::Offer(id) => self.offer(id).map(|item| item.name.as_str()),
            Object::Fleet(id) => self.fleet(id).map(|item| item.model.as_str()),
            Object::GpuSystem(id) => {
                self.gpu_systems.iter().find(|item| item.id == *id).map(|item| item.model.as_str())
            }
            Object::Loan(id) => {
                self.company.loans.iter().find(|item| item.id == *id).map(|item| item.name.as_str())
            }
            Object::Instrument(id) => {
                self.company.instruments.iter().find(|item| item.id == *id).map(|item| item.name.as_str())
            }
            _ => None,
        };
        match (found, object) {
            (Some(name), _) if !name.is_empty() => name.to_owned(),
            (_, Object::Bitcoin) => "bitcoin".to_owned(),
            (_, Object::Power) => "power".to_owned(),
            (_, Object::GpuRental) => "GPU rental".to_owned(),
            (_, Object::Delivery) => "delivery".to_owned(),
            (_, Object::Correlation) => "correlations".to_owned(),
            (_, Object::Company) => "the company".to_owned(),
            (_, Object::Limits) => "the limits".to_owned(),
            (_, Object::CapexYear(year)) => year.to_string(),
            (_, Object::HostingFrom(from)) => format!("the site from {from}"),
            (_, Object::ContractFrom(id, from) | Object::FirmFrom(id, from)) => {
                format!("{} from {from}", self.object_name(&Object::Component(id.clone())))
            }
            (_, Object::Plan) => "the plan".to_owned(),
            (
                _,
                Object::Component(id)
                | Object::Link(id)
                | Object::Fleet(id)
                | Object::GpuSystem(id)
                | Object::Offer(id)
                | Object::Loan(id)
                | Object::Instrument(id),
            ) => id.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_within_an_object_and_ranges_are_ordered() {
        fn check<T>(table: &[Field<T>]) {
            for (index, field) in table.iter().enumerate() {
                assert!(field.spec.min < field.spec.max, "{}", field.spec.key);
                assert!(
                    !table[..index].iter().any(|other| other.spec.key == field.spec.key),
                    "{}",
                    field.spec.key
                );
            }
        }
        check(COMPONENT);
        check(LINK);
        check(FLEET);
        check(GPU_SYSTEM);
        check(OFFER);
        check(BITCOIN);
        check(POWER);
        check(GPU_RENTAL);
        check(DELIVERY);
        check(CORRELATION);
        check(COMPANY);
        check(LOAN);
        check(INSTRUMENT);
        check(LIMITS);
        check(PLAN);
    }

    #[test]
    fn a_budget_of_a_year_comes_and_goes_in_order() {
        let mut site = Site::empty("test");
        let at = |year| Address::new(Object::CapexYear(year), "usd");
        for (year, usd) in [(2028, 3e6), (2027, 2e6), (2028, 4e6)] {
            site.set_value(&at(year), Some(usd)).unwrap();
        }
        let years: Vec<_> =
            site.limits.capex_by_year_usd.iter().map(|entry| (entry.year, entry.usd)).collect();
        assert_eq!(years, [(2027, 2e6), (2028, 4e6)]);
        assert!(site.set_value(&at(2027), Some(-1.0)).is_err());
        assert!(site.set_value(&at(1066), Some(1.0)).is_err());
        site.set_value(&at(2027), None).unwrap();
        assert_eq!(site.value(&at(2027)), Some(None));
        assert_eq!(site.value(&at(2028)), Some(Some(4e6)));
    }

    #[test]
    fn a_value_out_of_range_changes_nothing() {
        let mut site = Site::empty("test");
        let before = site.clone();
        let at = Address::new(Object::Company, "discount_rate");
        for bad in [f64::NAN, f64::INFINITY, -0.1, 2.0] {
            assert!(site.set_value(&at, Some(bad)).is_err());
        }
        assert!(site.set_value(&at, None).is_err());
        let slip = Address::new(Object::Company, "discount_rat");
        assert!(site.set_value(&slip, Some(0.1)).unwrap_err().contains("discount_rate"));
        assert!(site.set_value(&Address::new(Object::Offer("x".into()), "rent"), Some(1.0)).is_err());
        assert_eq!(site, before);
        site.set_value(&at, Some(0.12)).unwrap();
        assert_eq!(site.value(&at), Some(Some(0.12)));
    }
}
