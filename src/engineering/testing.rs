//! Small sites for the tests of this room.

use crate::quantity::Date;
use crate::site::{
    Component, Cooling, CoolingNeed, Curtailment, Delivery, Electrical, FailureClass, FitOut, Genset,
    GridFeed, Hall, Kind, Link, Medium, Needs, Offer, OfferStatus, Planned, Point, RowGroup, Serves, Side,
    Site, State, Tariff, Terms, Ups, Use,
};

pub fn component(id: &str, kind: Kind) -> Component {
    Component {
        id: id.to_owned(),
        tag: id.to_owned(),
        name: id.to_owned(),
        kind,
        units: 1,
        spare_units: 0,
        state: State::Existing(None),
        at_schematic: Point::default(),
        at_plan: None,
        side: Side::None,
        kv_in: None,
        kv_out: None,
        power_factor: 1.0,
        failures_per_year: None,
        repair_hours: None,
        note: String::new(),
    }
}

pub fn site_of(parts: &[(&str, Kind)]) -> Site {
    let mut site = Site::empty("test");
    site.components = parts.iter().map(|(id, kind)| component(id, kind.clone())).collect();
    site
}

pub fn grid(mw: f64) -> Kind {
    Kind::GridFeed(GridFeed {
        interconnection_mw: mw,
        contract_mw: Vec::new(),
        firm_mw: Vec::new(),
        tariff: Tariff {
            price_deck: String::new(),
            adder_usd_per_mwh: 0.0,
            demand_usd_per_kw_month: 0.0,
            ratchet_share: 0.0,
            four_cp_usd_per_kw_year: 0.0,
            peak_avoidance_share: 0.0,
        },
        minimum_take_share: 0.0,
        deposit_usd: 0.0,
        curtailment: Curtailment {
            mandated_hours_per_year: 0.0,
            four_cp_hours_per_year: 0.0,
            demand_response_usd_per_mw_hour: 0.0,
            called_hours_per_year: 0.0,
            called_usd_per_mwh: 0.0,
        },
    })
}

pub fn switchgear(mva: f64) -> Kind {
    Kind::Switchgear(Electrical { rating_mva: mva, loss_share: 0.0 })
}

pub fn transformer(mva: f64, loss_share: f64) -> Kind {
    Kind::Transformer(Electrical { rating_mva: mva, loss_share })
}

pub fn ups(mw: f64, loss_share: f64) -> Kind {
    Kind::Ups(Ups { rating_mw: mw, loss_share, ride_through_minutes: 5.0 })
}

pub fn genset(mw: f64) -> Kind {
    Kind::Genset(Genset {
        rating_mw: mw,
        permit_hours_per_year: 500.0,
        operational_availability: 0.995,
        fail_to_start: 0.0094,
        mean_hours_to_failure: 1100.0,
    })
}

pub fn cooling(heat_mw: f64, power_share: f64) -> Cooling {
    Cooling {
        heat_mw,
        design_hour_share: 1.0,
        power_share,
        design_hour_power_share: 2.0 * power_share,
        water_l_per_kwh: 0.0,
    }
}

/// A hall that may become hosting throughout, by air at 20 kW a rack.
pub fn hall(critical_mw: f64) -> Kind {
    Kind::Hall(Hall {
        critical_mw,
        area_m2: 1000.0,
        mining_m2_per_mw: 50.0,
        floor_load_t_per_m2: 1.5,
        row_groups: vec![RowGroup {
            name: "rows".to_owned(),
            positions: 100,
            mining_kw_per_position: 100.0,
            air_kw_per_rack: 20.0,
            liquid_kw_per_rack: 130.0,
            rack_tonnes: 1.0,
            m2_per_rack: 2.5,
        }],
        convertible_share: 1.0,
        fit_out: Some(FitOut {
            usd_per_mw: 1e6,
            fixed_usd: 0.0,
            lead_months: 6.0,
            works_outage_months: 2.0,
            m2_per_mw: 100.0,
            liquid_share: 0.0,
            kw_per_rack: 130.0,
            earliest: None,
            payments: Vec::new(),
        }),
        fitted_mw: 0.0,
        present_use: Use::Mining,
    })
}

pub fn hall_mut<'a>(site: &'a mut Site, id: &str) -> &'a mut Hall {
    match &mut site.component_mut(id).unwrap().kind {
        Kind::Hall(hall) => hall,
        _ => panic!("{id} is no hall"),
    }
}

pub fn plan(site: &mut Site, id: &str) {
    site.component_mut(id).unwrap().state = State::Planned(Planned::default());
}

pub fn set_liquid_share(site: &mut Site, id: &str, share: f64) {
    hall_mut(site, id).fit_out.as_mut().unwrap().liquid_share = share;
}

/// Failures a year and hours to repair of one unit.
pub fn reliability(site: &mut Site, id: &str, failures_per_year: f64, repair_hours: f64) {
    let component = site.component_mut(id).unwrap();
    component.failures_per_year = Some(failures_per_year);
    component.repair_hours = Some(repair_hours);
}

pub fn power_link(id: &str, from: &str, to: &str) -> Link {
    link(id, from, to, Medium::Power { serves: Serves::Both, normally_open: false })
}

pub fn link(id: &str, from: &str, to: &str, medium: Medium) -> Link {
    Link {
        id: id.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        medium,
        rating_mw: None,
        note: String::new(),
    }
}

pub fn power(site: &mut Site, from: &str, to: &str) {
    power_for(site, from, to, Serves::Both);
}

pub fn power_for(site: &mut Site, from: &str, to: &str, serves: Serves) {
    join(site, from, to, Medium::Power { serves, normally_open: false });
}

pub fn air(site: &mut Site, from: &str, to: &str, serves: Serves) {
    join(site, from, to, Medium::Air { serves });
}

pub fn liquid(site: &mut Site, from: &str, to: &str, serves: Serves) {
    join(site, from, to, Medium::Liquid { serves });
}

pub fn fibre(site: &mut Site, from: &str, to: &str, km: Option<f64>, trench: Option<&str>) {
    join(site, from, to, Medium::Fibre { km, trench: trench.map(str::to_owned) });
}

pub fn join(site: &mut Site, from: &str, to: &str, medium: Medium) {
    let id = format!("{from}-{to}-{}", site.links.len());
    site.links.push(link(&id, from, to, medium));
}

pub fn date(year: i16, month: i8, day: i8) -> Date {
    jiff::civil::date(year, month, day)
}

/// A signed colocation offer that asks for nothing but space.
pub fn colocation(id: &str, max_mw: f64) -> Offer {
    Offer {
        id: id.to_owned(),
        name: id.to_owned(),
        customer: id.to_owned(),
        tenant_group: id.to_owned(),
        status: OfferStatus::LetterOfIntent,
        probability: 1.0,
        sign_by: None,
        terms: Terms::Colocation { rent_usd_per_kw_month: 130.0, escalator: 0.03 },
        min_mw: 0.0,
        max_mw,
        block_mw: None,
        earliest: None,
        latest: None,
        start_mw_per_month: None,
        term_months: 120.0,
        opex_usd_per_kw_month: 10.0,
        power_share: 0.0,
        utilisation: 0.8,
        take_or_pay_share: 1.0,
        prepayment: None,
        backstop: None,
        tenant_funded_usd_per_mw: 0.0,
        delivery: Delivery { damages_days_per_day: 0.0, sunset: None },
        default_per_year: 0.0,
        void_months: 0.0,
        relet_share: 0.0,
        needs: Needs {
            availability: 0.0,
            survives: FailureClass::N,
            latency: None,
            diverse_routes: 0,
            kw_per_rack: 0.0,
            cooling: CoolingNeed::Either,
        },
        sla: Vec::new(),
        note: String::new(),
    }
}
