//! Small sites for the tests of this room.

use crate::quantity::Date;
use crate::site::{
    Component, Cooling, CoolingNeed, Curtailment, Delivery, Electrical, FailureClass, FitOut, Genset,
    GridFeed, Hall, Kind, Link, Medium, Needs, Offer, OfferStatus, Planned, RowGroup, Serves, Site, SlaTerms,
    State, Tariff, Terms, Ups, Use,
};

pub fn component(id: &str, kind: Kind) -> Component {
    Component { tag: id.to_owned(), name: id.to_owned(), ..Component::standing(id, kind) }
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
            ..Tariff::default()
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
        load: None,
        bills: Vec::new(),
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
            holder: Default::default(),
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
        rating: None,
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
        sla_terms: SlaTerms::default(),
        exclusive_set: None,
        note: String::new(),
    }
}

/// A hall for hosting and mining that has room for all its critical megawatts.
pub fn roomy_hall(critical_mw: f64) -> Kind {
    let Kind::Hall(mut data) = hall(critical_mw) else { panic!("hall() gives a hall") };
    data.area_m2 = 1e6;
    data.row_groups.clear();
    Kind::Hall(data)
}

/// A drawing by chance, without circles: feeds, transformers, buses, gensets, UPS, cooling of both media and halls,
/// with losses, spare units, ratings of links and now and then a part that leads nowhere.
#[cfg(feature = "highs")]
pub fn random_site(number: u64) -> Site {
    use rand::RngExt as _;
    let mut random = crate::quantity::random::stream(number, "drawing");
    let mut site = Site::empty("random");
    let tiers = [("grid", 1..3), ("tr", 1..4), ("gen", 0..2), ("bus", 1..4), ("ups", 1..4)];
    let mut made: Vec<Vec<String>> = Vec::new();
    for (tier, range) in tiers {
        let count = random.random_range(range);
        made.push((0..count).map(|index| format!("{tier}{index}")).collect());
        for id in made.last().unwrap() {
            let mw = random.random_range(3.0..12.0);
            let loss = random.random_range(0.0..0.08);
            site.components.push(component(
                id,
                match tier {
                    "grid" => grid(2.0 * mw),
                    "tr" => transformer(mw, loss),
                    "gen" => genset(mw),
                    "bus" => switchgear(2.0 * mw),
                    _ => ups(mw, loss),
                },
            ));
            let part = site.components.last_mut().unwrap();
            part.units = random.random_range(1..4);
            part.spare_units = random.random_range(0..part.units.min(2));
        }
    }
    let mut cooling_ids: Vec<String> = Vec::new();
    for (tier, is_last) in [("cdu", false), ("wall", true), ("dry", true)] {
        for index in 0..random.random_range(1..3) {
            let id = format!("{tier}{index}");
            let mut data = cooling(random.random_range(3.0..15.0), random.random_range(0.0..0.1));
            data.design_hour_share = random.random_range(0.7..1.0);
            let kind = match (tier, is_last) {
                ("wall", _) => Kind::FanWall(data),
                (_, true) => Kind::DryCooler(data),
                _ => Kind::Cdu(data),
            };
            site.components.push(component(&id, kind));
            site.components.last_mut().unwrap().units = random.random_range(1..3);
            cooling_ids.push(id);
        }
    }
    let mut links: Vec<(String, String, bool)> = Vec::new();
    let mut join_some = |from: &[String], to: &[String], heat: bool| {
        for target in to {
            let sure = random.random_range(0..from.len().max(1));
            for (index, source) in from.iter().enumerate() {
                if index == sure || random.random_bool(0.4) {
                    links.push((source.clone(), target.clone(), heat));
                }
            }
        }
    };
    join_some(&made[0], &made[1], false);
    join_some(&made[1], &made[3], false);
    join_some(&made[2], &made[3], false);
    join_some(&made[3], &made[4], false);
    join_some(&made[3], &cooling_ids, false);
    let hall_ids: Vec<String> = (0..3).map(|index| format!("hall{index}")).collect();
    join_some(&made[4], &hall_ids, false);
    let of = |tier: &str| -> Vec<String> {
        cooling_ids.iter().filter(|id| id.starts_with(tier)).cloned().collect()
    };
    // Heat runs from the first to the second.
    join_some(&hall_ids, &of("wall"), true);
    join_some(&hall_ids, &of("cdu"), true);
    join_some(&of("cdu"), &of("dry"), true);
    for id in &hall_ids {
        site.components.push(component(id, roomy_hall(random.random_range(2.0..9.0))));
        let share = [0.0, 0.5, 1.0][random.random_range(0..3)];
        set_liquid_share(&mut site, id, share);
    }
    for (from, to, heat) in links {
        match (heat, to.starts_with("wall")) {
            (false, _) => power(&mut site, &from, &to),
            (true, true) => air(&mut site, &from, &to, Serves::Both),
            (true, false) => liquid(&mut site, &from, &to, Serves::Both),
        }
        if random.random_bool(0.1) {
            site.links.last_mut().unwrap().rating_mw = Some(random.random_range(1.0..10.0));
        }
    }
    site
}
