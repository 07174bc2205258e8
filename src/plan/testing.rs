//! A small site whose answer can be followed by hand: one feed, one hall, one fleet, one offer.

use crate::quantity::Date;
use crate::site::assumptions::PriceBand;
use crate::site::{
    AsicFleet, Cohort, Component, Cooling, CoolingNeed, Curtailment, Delivery, Electrical, FailureClass,
    FitOut, GridFeed, Hall, Kind, Link, MinerCooling, Needs, Offer, OfferStatus, Payment, Planned, PriceDeck,
    ResaleRule, Serves, Site, SlaTerms, State, Tariff, Terms, Ups, Use, catalogue::ReliabilityEntry,
    component,
};

pub fn part(id: &str, kind: Kind, state: State) -> Component {
    Component { tag: id.to_owned(), name: id.to_owned(), state, ..Component::standing(id, kind) }
}

fn planned(usd_per_mw: f64, lead_months: f64) -> State {
    let payments = vec![
        Payment { share: 0.3, months_after_order: 0.0 },
        Payment { share: 0.7, months_after_order: lead_months },
    ];
    State::Planned(Planned { usd_per_mw, lead_months, payments, ..Planned::default() })
}

fn link(from: &str, to: &str, medium: crate::site::Medium) -> Link {
    Link {
        id: format!("{from}-{to}"),
        from: from.to_owned(),
        to: to.to_owned(),
        medium,
        rating_mw: None,
        note: String::new(),
    }
}

fn power(from: &str, to: &str, serves: Serves) -> Link {
    link(from, to, crate::site::Medium::Power { serves, normally_open: false })
}

fn cooler(heat_mw: f64) -> Cooling {
    Cooling {
        heat_mw,
        design_hour_share: 0.9,
        power_share: 0.05,
        design_hour_power_share: 0.1,
        water_l_per_kwh: 0.0,
    }
}

/// 30 MW of utility, a hall of 20 MW that may convert half, 20 MW of S21, one tenant for 8 MW.
pub fn site() -> Site {
    let mut site = Site::empty("Fixture");
    let stands = || State::Existing(None);
    let grid = Kind::GridFeed(GridFeed {
        interconnection_mw: 30.0,
        contract_mw: Vec::new(),
        firm_mw: Vec::new(),
        tariff: Tariff {
            price_deck: "flat".into(),
            adder_usd_per_mwh: 5.0,
            demand_usd_per_kw_month: 2.0,
            ratchet_share: 0.8,
            four_cp_usd_per_kw_year: 10.0,
            peak_avoidance_share: 0.5,
            ..Tariff::default()
        },
        minimum_take_share: 0.3,
        deposit_usd: 0.0,
        curtailment: Curtailment {
            mandated_hours_per_year: 40.0,
            four_cp_hours_per_year: 20.0,
            demand_response_usd_per_mw_hour: 2.0,
            called_hours_per_year: 10.0,
            called_usd_per_mwh: 100.0,
        },
        load: None,
        bills: Vec::new(),
    });
    let electrical = |rating_mva| Electrical { rating_mva, loss_share: 0.01 };
    let hall = Kind::Hall(Hall {
        critical_mw: 20.0,
        area_m2: 4_000.0,
        mining_m2_per_mw: 100.0,
        floor_load_t_per_m2: 2.0,
        row_groups: Vec::new(),
        convertible_share: 0.5,
        fit_out: Some(FitOut {
            usd_per_mw: 3e6,
            fixed_usd: 2e6,
            lead_months: 9.0,
            works_outage_months: 6.0,
            m2_per_mw: 300.0,
            liquid_share: 1.0,
            kw_per_rack: 130.0,
            earliest: None,
            payments: Vec::new(),
        }),
        fitted_mw: 0.0,
        present_use: Use::Mining,
    });
    site.components = vec![
        part("G", grid, stands()),
        part("S", Kind::Switchgear(electrical(40.0)), stands()),
        part("H", hall, stands()),
        part("F", Kind::FanWall(cooler(24.0)), stands()),
        part("T", Kind::Transformer(electrical(12.0)), planned(0.2e6, 12.0)),
        part(
            "U",
            Kind::Ups(Ups { rating_mw: 12.0, loss_share: 0.04, ride_through_minutes: 5.0 }),
            planned(1.2e6, 8.0),
        ),
        part("C", Kind::Cdu(cooler(12.0)), planned(0.3e6, 6.0)),
        part("D", Kind::DryCooler(cooler(14.0)), planned(0.4e6, 8.0)),
    ];
    let liquid = |from, to| link(from, to, crate::site::Medium::Liquid { serves: Serves::Hosting });
    site.links = vec![
        power("G", "S", Serves::Both),
        power("S", "H", Serves::Mining),
        power("S", "F", Serves::Both),
        power("S", "T", Serves::Hosting),
        power("T", "U", Serves::Hosting),
        power("U", "H", Serves::Hosting),
        power("U", "C", Serves::Hosting),
        power("U", "D", Serves::Hosting),
        link("H", "F", crate::site::Medium::Air { serves: Serves::Mining }),
        liquid("H", "C"),
        liquid("C", "D"),
    ];
    site.fleets = vec![AsicFleet {
        id: "s21".into(),
        model: "S21".into(),
        efficiency_j_per_th: 17.5,
        cohorts: vec![Cohort { mw: 20.0, bought: Date::constant(2024, 6, 1) }],
        cooling: MinerCooling::Air,
        availability: 0.93,
        pool_fee_share: 0.01,
        stale_share: 0.0,
        variable_usd_per_mwh: 3.0,
        purchase_usd_per_th: Some(15.0),
        purchase_lead_months: 3.0,
        purchase_max_mw: 10.0,
        life_months: 72.0,
        install_usd_per_mw: 20_000.0,
        resale: ResaleRule { margin_days: 200.0, scrap_usd_per_th: 1.0, buyer_usd_per_mwh: 45.0 },
        wear: Default::default(),
    }];
    site.offers = vec![Offer {
        id: "tenant".into(),
        name: "Tenant".into(),
        customer: "Tenant Inc".into(),
        tenant_group: "tenant".into(),
        status: OfferStatus::LetterOfIntent,
        probability: 0.95,
        sign_by: None,
        terms: Terms::Colocation { rent_usd_per_kw_month: 130.0, escalator: 0.03 },
        min_mw: 0.0,
        max_mw: 8.0,
        block_mw: None,
        earliest: None,
        latest: None,
        start_mw_per_month: Some(2.0),
        term_months: 144.0,
        opex_usd_per_kw_month: 18.0,
        power_share: 0.0,
        utilisation: 0.9,
        take_or_pay_share: 1.0,
        prepayment: None,
        backstop: None,
        tenant_funded_usd_per_mw: 0.0,
        delivery: Delivery { damages_days_per_day: 1.0, sunset: None },
        default_per_year: 0.03,
        rating: None,
        void_months: 9.0,
        relet_share: 0.8,
        needs: Needs {
            availability: 0.98,
            survives: FailureClass::N,
            latency: None,
            diverse_routes: 0,
            kw_per_rack: 100.0,
            cooling: CoolingNeed::Liquid,
        },
        sla: Vec::new(),
        sla_terms: SlaTerms::default(),
        exclusive_set: None,
        note: String::new(),
    }];
    let bands = |factor: f64| {
        [(0.6, 25.0), (0.3, 45.0), (0.1, 140.0)]
            .map(|(share, usd)| PriceBand { share, usd_per_mwh: usd * factor })
            .to_vec()
    };
    let months = (1..=12).map(|month| bands(1.0 + 0.02 * f64::from(month))).collect();
    site.assumptions.price_decks = vec![PriceDeck {
        id: "flat".into(),
        name: "Fixture".into(),
        source: "made up".into(),
        months,
        hours: None,
    }];
    site.catalogue.reliability = site
        .components
        .iter()
        .map(|component| ReliabilityEntry {
            kind: component.kind.catalogue_key().to_owned(),
            failures_per_year: 0.05,
            repair_hours: 8.0,
            source: "made up".into(),
        })
        .collect();
    site.plan.paths = 40;
    site.plan.judge_paths = 40;
    site.plan.horizon_years = 8;
    site.limits.capex_by_year_usd = vec![component_year(2026, 30e6), component_year(2027, 30e6)];
    site
}

fn component_year(year: i16, usd: f64) -> crate::site::company::YearUsd {
    crate::site::company::YearUsd { year, usd }
}

/// Reaches a planned part's terms.
pub fn terms_of<'a>(site: &'a mut Site, id: &str) -> Option<&'a mut Planned> {
    match site.component_mut(id).map(|component| &mut component.state) {
        Some(component::State::Planned(planned)) => Some(planned),
        _ => None,
    }
}
