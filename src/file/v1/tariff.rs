//! Tariffs beyond the index, measured loads, bills.

use super::{Day, Moment};
use crate::file::mirror::{choice, record};
use crate::site;

record! {
    Tariff => site::Tariff {
        price_deck: String = String::new(),
        adder_usd_per_mwh: f64 = 0.0,
        demand_usd_per_kw_month: f64 = 0.0,
        ratchet_share: f64 = 0.0,
        four_cp_usd_per_kw_year: f64 = 0.0,
        peak_avoidance_share: f64 = 0.0,
        energy: EnergyPrice = EnergyPrice::Index,
        block: Option<FixedBlock> = None,
        fixed_usd_per_month: f64 = 0.0,
    }
}

choice! {
    EnergyPrice => site::EnergyPrice {
        Index,
        Flat(price: FlatPrice),
        TimeOfUse(prices: TimeOfUse),
    }
}

record! {
    FlatPrice => site::FlatPrice { usd_per_mwh: f64, market_share: f64 = 0.0 }
}

record! {
    TimeOfUse => site::TimeOfUse {
        periods: Vec<TimeOfUsePeriod> = Vec::new(),
        otherwise_usd_per_mwh: f64,
        market_share: f64 = 0.0,
    }
}

record! {
    TimeOfUsePeriod => site::TimeOfUsePeriod {
        name: String = String::new(),
        from_month: u32 = 1,
        to_month: u32 = 12,
        days: Days = Days::All,
        from_hour: u32 = 0,
        to_hour: u32 = 24,
        usd_per_mwh: f64,
    }
}

choice! {
    Days => site::Days { All, Weekdays, Weekend }
}

record! {
    FixedBlock => site::FixedBlock { mw: f64, usd_per_mwh: f64, until: Option<Day> = None }
}

record! {
    MeasuredLoad => site::MeasuredLoad { source: String = String::new(), kw: Series }
}

record! {
    Series => site::Series {
        start: Moment,
        minutes: u32 = 60,
        zone: String = "UTC".to_owned(),
        readings: String,
    }
}

record! {
    BillMonth => site::BillMonth {
        month: Day,
        kwh: f64,
        billed_kw: f64 = 0.0,
        total_usd: f64,
        four_cp_kw: Option<f64> = None,
    }
}
