//! A site and a plan for it, made by hand, so that the window is tested without solver or files.

use wattshift::plan::*;
use wattshift::quantity::{Date, date};
use wattshift::site::*;

pub fn day(year: i16, month: i8) -> Date {
    Date::constant(year, month, 1)
}

fn electrical(rating_mva: f64) -> Electrical {
    Electrical { rating_mva, loss_share: 0.006 }
}

fn cooling(heat_mw: f64) -> Cooling {
    Cooling {
        heat_mw,
        design_hour_share: 0.92,
        power_share: 0.04,
        design_hour_power_share: 0.06,
        water_l_per_kwh: 0.0,
    }
}

fn part(id: &str, name: &str, kind: Kind, at: (f64, f64)) -> Component {
    Component {
        tag: id.to_owned(),
        name: name.to_owned(),
        at_schematic: Point { x: at.0, y: at.1 },
        power_factor: 0.98,
        ..Component::standing(id, kind)
    }
}

fn planned(mut component: Component, usd_per_mw: f64, lead_months: f64) -> Component {
    component.state = State::Planned(Planned { usd_per_mw, lead_months, ..Planned::default() });
    component
}

fn on_side(mut component: Component, side: Side) -> Component {
    component.side = side;
    component
}

fn units(mut component: Component, units: u32, spare_units: u32) -> Component {
    component.units = units;
    component.spare_units = spare_units;
    component
}

fn hall(id: &str, critical_mw: f64, at: (f64, f64)) -> Component {
    let fit_out = FitOut {
        usd_per_mw: 6.2e6,
        fixed_usd: 0.0,
        lead_months: 12.0,
        works_outage_months: 6.0,
        m2_per_mw: 150.0,
        liquid_share: 0.75,
        kw_per_rack: 130.0,
        earliest: None,
        payments: Vec::new(),
    };
    let hall = Hall {
        critical_mw,
        area_m2: critical_mw * 160.0,
        mining_m2_per_mw: 120.0,
        floor_load_t_per_m2: 1.8,
        row_groups: Vec::new(),
        convertible_share: 1.0,
        fit_out: Some(fit_out),
        fitted_mw: 0.0,
        present_use: Use::Mining,
    };
    part(id, &format!("Building {id}"), Kind::Hall(hall), at)
}

fn offer(id: &str, name: &str, rent: f64, max_mw: f64, from: Date, status: OfferStatus) -> Offer {
    Offer {
        id: id.to_owned(),
        name: name.to_owned(),
        customer: format!("{name} Inc."),
        tenant_group: id.to_owned(),
        status,
        probability: 0.8,
        sign_by: None,
        terms: Terms::Colocation { rent_usd_per_kw_month: rent, escalator: 0.03 },
        min_mw: 10.0,
        max_mw,
        block_mw: None,
        earliest: Some(from),
        latest: None,
        start_mw_per_month: None,
        term_months: 180.0,
        opex_usd_per_kw_month: 18.0,
        power_share: 0.0,
        utilisation: 0.8,
        take_or_pay_share: 1.0,
        prepayment: None,
        backstop: None,
        tenant_funded_usd_per_mw: 0.0,
        delivery: Delivery { damages_days_per_day: 1.0, sunset: None },
        default_per_year: 0.01,
        rating: None,
        void_months: 9.0,
        relet_share: 0.8,
        needs: Needs {
            availability: 0.9999,
            survives: FailureClass::Maintainable,
            latency: Some(LatencyNeed { metro: "DAL".to_owned(), rtt_ms: 12.0 }),
            diverse_routes: 2,
            kw_per_rack: 130.0,
            cooling: CoolingNeed::Liquid,
        },
        sla: Vec::new(),
        sla_terms: SlaTerms::default(),
        exclusive_set: None,
        note: String::new(),
    }
}

/// A 100 MW mining site with three halls, of which two may become hosting.
pub fn site() -> Site {
    let mut site = Site::empty("Llano Flats 100 MW");
    let feed = GridFeed {
        interconnection_mw: 100.0,
        contract_mw: Vec::new(),
        firm_mw: vec![DatedMw { from: day(2026, 1), mw: 75.0 }],
        tariff: Tariff {
            price_deck: "west".to_owned(),
            adder_usd_per_mwh: 6.0,
            demand_usd_per_kw_month: 2.1,
            ratchet_share: 0.0,
            four_cp_usd_per_kw_year: 60.0,
            peak_avoidance_share: 0.95,
            ..Tariff::default()
        },
        minimum_take_share: 0.0,
        deposit_usd: 4e6,
        curtailment: Curtailment {
            mandated_hours_per_year: 20.0,
            four_cp_hours_per_year: 60.0,
            demand_response_usd_per_mw_hour: 3.0,
            called_hours_per_year: 12.0,
            called_usd_per_mwh: 200.0,
        },
        load: None,
        bills: Vec::new(),
    };
    let genset = Genset {
        rating_mw: 3.0,
        permit_hours_per_year: 100.0,
        operational_availability: 0.99,
        fail_to_start: 0.01,
        mean_hours_to_failure: 1700.0,
    };
    let ups = || Ups { rating_mw: 2.5, loss_share: 0.03, ride_through_minutes: 5.0 };
    site.components = vec![
        part("GRID", "Utility 138 kV", Kind::GridFeed(feed), (5.0, 0.0)),
        part("SW1", "138 kV bus", Kind::Switchgear(electrical(120.0)), (5.0, 1.0)),
        part("T1", "Main transformer", Kind::Transformer(electrical(40.0)), (1.5, 2.0)),
        part("T2", "Main transformer", Kind::Transformer(electrical(40.0)), (5.0, 2.0)),
        part("T3", "Main transformer", Kind::Transformer(electrical(40.0)), (8.5, 2.0)),
        part("MV1", "34.5 kV bus", Kind::Switchgear(electrical(50.0)), (1.5, 3.0)),
        part("MV2", "34.5 kV bus", Kind::Switchgear(electrical(50.0)), (5.0, 3.0)),
        part("MV3", "34.5 kV bus", Kind::Switchgear(electrical(50.0)), (8.5, 3.0)),
        planned(units(part("GEN", "Stand-by plant", Kind::Genset(genset), (3.3, 3.0)), 26, 2), 8.5e5, 14.0),
        planned(
            units(on_side(part("UPS-A", "UPS A", Kind::Ups(ups()), (3.8, 4.0)), Side::A), 28, 0),
            9e5,
            10.0,
        ),
        planned(
            units(on_side(part("UPS-B", "UPS B", Kind::Ups(ups()), (6.2, 4.0)), Side::B), 28, 0),
            9e5,
            10.0,
        ),
        hall("H1", 30.0, (1.5, 5.2)),
        hall("H2", 35.0, (5.0, 5.2)),
        hall("H3", 30.0, (8.5, 5.2)),
        units(part("FW1", "Fan wall", Kind::FanWall(cooling(6.0)), (0.6, 6.6)), 6, 0),
        planned(units(part("CDU", "CDU row", Kind::Cdu(cooling(2.4)), (4.4, 6.6)), 16, 1), 2.5e5, 8.0),
        planned(
            units(part("DC", "Dry coolers", Kind::DryCooler(cooling(1.6)), (6.2, 6.6)), 24, 2),
            3.1e5,
            9.0,
        ),
        units(part("FW3", "Fan wall", Kind::FanWall(cooling(6.0)), (9.2, 6.6)), 6, 0),
        part("MMR", "Meet-me room", Kind::MeetMeRoom, (10.6, 4.2)),
        part("C1", "Carrier north", Kind::Carrier, (11.8, 3.2)),
        part("C2", "Carrier south", Kind::Carrier, (11.8, 5.2)),
        part("DAL", "Dallas", Kind::Metro(Metro { latitude: 32.8, longitude: -96.8 }), (13.0, 4.2)),
    ];
    let power = |serves| Medium::Power { serves, normally_open: false };
    let fibre = || Medium::Fibre { km: Some(180.0), trench: None };
    let ends: Vec<(&str, &str, Medium)> = vec![
        ("GRID", "SW1", power(Serves::Both)),
        ("SW1", "T1", power(Serves::Both)),
        ("SW1", "T2", power(Serves::Both)),
        ("SW1", "T3", power(Serves::Both)),
        ("T1", "MV1", power(Serves::Both)),
        ("T2", "MV2", power(Serves::Both)),
        ("T3", "MV3", power(Serves::Both)),
        ("MV1", "H1", power(Serves::Mining)),
        ("MV2", "H2", power(Serves::Mining)),
        ("MV3", "H3", power(Serves::Mining)),
        ("MV2", "UPS-A", power(Serves::Hosting)),
        ("MV3", "UPS-B", power(Serves::Hosting)),
        ("GEN", "UPS-A", power(Serves::Hosting)),
        ("UPS-A", "H2", power(Serves::Hosting)),
        ("UPS-B", "H2", power(Serves::Hosting)),
        ("UPS-A", "H1", power(Serves::Hosting)),
        ("H1", "FW1", Medium::Air { serves: Serves::Both }),
        ("H3", "FW3", Medium::Air { serves: Serves::Both }),
        ("H2", "CDU", Medium::Liquid { serves: Serves::Hosting }),
        ("CDU", "DC", Medium::Liquid { serves: Serves::Hosting }),
        ("H3", "MMR", fibre()),
        ("MMR", "C1", fibre()),
        ("MMR", "C2", fibre()),
        ("C1", "DAL", fibre()),
        ("C2", "DAL", fibre()),
    ];
    site.links = ends
        .into_iter()
        .enumerate()
        .map(|(index, (from, to, medium))| Link {
            id: format!("L{index}"),
            from: from.to_owned(),
            to: to.to_owned(),
            medium,
            rating_mw: None,
            note: String::new(),
        })
        .collect();
    site.fleets = vec![AsicFleet {
        id: "s21".to_owned(),
        model: "S21 Pro class".to_owned(),
        efficiency_j_per_th: 17.5,
        cohorts: vec![Cohort { mw: 92.0, bought: day(2024, 6) }],
        cooling: MinerCooling::Air,
        availability: 0.97,
        pool_fee_share: 0.01,
        stale_share: 0.002,
        variable_usd_per_mwh: 3.0,
        purchase_usd_per_th: None,
        purchase_lead_months: 3.0,
        purchase_max_mw: 0.0,
        life_months: 84.0,
        install_usd_per_mw: 30_000.0,
        resale: ResaleRule { margin_days: 300.0, scrap_usd_per_th: 0.4, buyer_usd_per_mwh: 45.0 },
        wear: Default::default(),
    }];
    site.offers = vec![
        offer("north", "Fluid West", 132.0, 35.0, day(2027, 7), OfferStatus::Exclusive),
        offer("south", "Mesa AI", 124.0, 27.0, day(2028, 1), OfferStatus::LetterOfIntent),
    ];
    "Llano Digital".clone_into(&mut site.company.name);
    site.company.opening_cash_usd = 180e6;
    site.company.loans = vec![Loan {
        id: "line".to_owned(),
        name: "Bitcoin-backed line".to_owned(),
        balance_usd: 40e6,
        rate: 0.095,
        maturity: day(2028, 6),
        amortisation_months: 24.0,
    }];
    site.limits.capex_total_usd = Some(700e6);
    site.scenarios = vec![
        Scenario {
            name: "Hashprice stays at 35".to_owned(),
            note: "Flat through the halving".to_owned(),
            overrides: Vec::new(),
        },
        Scenario {
            name: "Mesa AI walks away".to_owned(),
            note: String::new(),
            overrides: vec![Override::WithoutOffer { offer: "south".to_owned() }],
        },
    ];
    site.provenance = vec![Provenance {
        at: Address::new(Object::Offer("north".to_owned()), "opex_usd_per_kw_month"),
        source: "Term sheet of 2025-11-04".to_owned(),
        as_of: Some(day(2025, 11)),
        evidence: Evidence::Document,
        private: false,
        low: Some(15.0),
        high: Some(22.0),
    }];
    site
}

/// Quarters for five years, then years.
fn periods() -> Vec<Period> {
    let start = day(2026, 1);
    let mut periods: Vec<Period> = (0..20)
        .map(|quarter| Period {
            start: date::add_months(start, quarter * 3),
            first_month: quarter as usize * 3,
            months: 3,
        })
        .collect();
    periods.extend((0..5).map(|year| Period {
        start: date::add_months(start, 60 + year * 12),
        first_month: 60 + year as usize * 12,
        months: 12,
    }));
    periods
}

/// A plan that turns H2 and then H1 into hosting.
pub fn plan(site: &Site) -> Plan {
    let periods = periods();
    let count = periods.len();
    let over = |value: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..count).map(value).collect() };
    let ramp = |from: usize, quarters: f64, top: f64| {
        move |t: usize| {
            if t < from { 0.0 } else { ((t - from + 1) as f64 / quarters).min(1.0) * top }
        }
    };
    let north = ramp(6, 3.0, 35.0);
    let south = ramp(9, 3.0, 27.0);
    let works = |hosted: f64, t: usize, from: usize| {
        if t + 2 >= from && t < from + 3 { (35.0 - hosted).max(0.0) * 0.6 } else { 0.0 }
    };
    let works2 = |t: usize| works(north(t), t, 6);
    let works1 = |t: usize| works(south(t) + 8.0, t, 9);
    let mining2 = |t: usize| (35.0 - north(t) - works2(t)).max(0.0);
    let mining1 = |t: usize| (30.0 - south(t) - works1(t)).max(0.0);
    let mining3 = |t: usize| if t >= 20 { 24.0 } else { 27.0 };
    let use_of = |of: UseOf, mw: Vec<f64>| UsePlan { of, mw };
    let fleet = || UseOf::Mining { fleet: "s21".to_owned() };
    let tenant = |offer: &str| UseOf::Hosting { offer: offer.to_owned() };
    let halls = vec![
        HallPlan {
            id: "H1".to_owned(),
            uses: vec![use_of(fleet(), over(&mining1)), use_of(tenant("south"), over(&south))],
            fitted_mw: over(&south),
            works_mw: over(&works1),
        },
        HallPlan {
            id: "H2".to_owned(),
            uses: vec![use_of(fleet(), over(&mining2)), use_of(tenant("north"), over(&north))],
            fitted_mw: over(&north),
            works_mw: over(&works2),
        },
        HallPlan {
            id: "H3".to_owned(),
            uses: vec![use_of(fleet(), over(&mining3))],
            fitted_mw: over(&|_| 0.0),
            works_mw: over(&|_| 0.0),
        },
    ];
    let hosting = |t: usize| north(t) + south(t);
    let mining = |t: usize| mining1(t) + mining2(t) + mining3(t);
    let build = |component: &str, fit_out: bool, order: usize, ready: usize, mw: f64, usd: f64| BuildPlan {
        component: component.to_owned(),
        fit_out,
        ordered_mw: over(&|t| if t == order { mw } else { 0.0 }),
        ready_mw: over(&|t| if t >= ready { mw } else { 0.0 }),
        capex_usd: over(&|t| {
            if t >= order && t < ready.max(order + 1) {
                usd * mw / (ready - order).max(1) as f64
            } else {
                0.0
            }
        }),
    };
    let builds = vec![
        build("GEN", false, 1, 6, 66.0, 8.5e5),
        build("UPS-A", false, 2, 6, 66.0, 9e5),
        build("UPS-B", false, 2, 6, 66.0, 9e5),
        build("CDU", false, 3, 6, 36.0, 2.5e5),
        build("DC", false, 3, 6, 36.0, 3.1e5),
        build("H2", true, 2, 6, 35.0, 6.2e6),
        build("H1", true, 5, 9, 27.0, 6.2e6),
    ];
    let flow = |id: &str,
                rating: f64,
                mining: &dyn Fn(usize) -> f64,
                hosting: &dyn Fn(usize) -> f64,
                from: usize| PartFlow {
        component: id.to_owned(),
        mining_mw: over(mining),
        hosting_mw: over(hosting),
        rating_mw: over(&|t| if t >= from { rating } else { 0.0 }),
    };
    let none = |_: usize| 0.0;
    let pue = 1.2;
    let parts = vec![
        flow("GRID", 100.0, &|t| mining(t) * 1.05, &|t| hosting(t) * pue, 0),
        flow("SW1", 117.6, &|t| mining(t) * 1.05, &|t| hosting(t) * pue, 0),
        flow("T1", 39.2, &|t| mining1(t) * 1.04, &none, 0),
        flow("T2", 39.2, &|t| mining2(t) * 1.04, &|t| north(t) * pue, 0),
        flow("T3", 39.2, &|t| mining3(t) * 1.04, &|t| south(t) * 0.4, 0),
        flow("MV1", 49.0, &|t| mining1(t) * 1.03, &none, 0),
        flow("MV2", 49.0, &|t| mining2(t) * 1.03, &|t| north(t) * pue, 0),
        flow("MV3", 49.0, &|t| mining3(t) * 1.03, &|t| south(t) * 0.4, 0),
        flow("UPS-A", 70.0, &none, &|t| north(t) * 0.5 + south(t) * 0.6, 6),
        flow("UPS-B", 70.0, &none, &|t| north(t) * 0.5 + south(t) * 0.4, 6),
        flow("GEN", 72.0, &none, &none, 6),
        flow("FW1", 36.0, &mining1, &none, 0),
        flow("FW3", 36.0, &mining3, &none, 0),
        flow("CDU", 36.0, &none, &|t| north(t) * 0.75, 6),
        flow("DC", 35.2, &none, &|t| north(t) * 0.75, 6),
    ];
    let gross = Gross {
        mining_mw: over(&|t| mining(t) * 1.05),
        hosting_mw: over(&|t| hosting(t) * pue),
        by_offer_mw: vec![over(&|t| north(t) * pue), over(&|t| south(t) * pue)],
        works_mw: over(&|t| works1(t) + works2(t)),
        contract_mw: over(&|_| 100.0),
        firm_mw: over(&|_| 75.0),
    };
    let months = |t: usize| periods[t].months as f64 / 12.0;
    let decay = |t: usize| if periods[t].first_month >= 27 { 0.72 } else { 1.0 } * (1.0 - 0.012 * periods[t].first_month as f64 / 12.0);
    let mining_year = |t: usize| mining(t) * 0.42e6 * decay(t);
    let hosting_year = |t: usize| north(t) * 132.0 * 12.0 * 1e3 + south(t) * 124.0 * 12.0 * 1e3;
    let keep_year = |t: usize| 92.0 * 0.42e6 * decay(t);
    let band = |mean: &dyn Fn(usize) -> f64, low: f64, high: f64| Band {
        mean: over(&|t| mean(t) * months(t)),
        p5: over(&|t| mean(t) * months(t) * low),
        p95: over(&|t| mean(t) * months(t) * high),
    };
    let blended = Band {
        mean: over(&|t| (mining_year(t) + hosting_year(t)) * months(t)),
        p5: over(&|t| (mining_year(t) * 0.45 + hosting_year(t) * 0.93) * months(t)),
        p95: over(&|t| (mining_year(t) * 1.75 + hosting_year(t)) * months(t)),
    };
    let debt_service_usd = over(&|t| if t < 10 { 5.2e6 } else { 0.0 });
    let capex = |t: usize| builds.iter().map(|build| build.capex_usd[t]).sum::<f64>();
    let mut cash = 180e6;
    let cash_usd = over_mut(count, |t| {
        cash += (mining_year(t) * 0.35 + hosting_year(t) * 0.86) * months(t)
            - capex(t) * 0.35
            - debt_service_usd[t];
        cash
    });
    let months_of =
        |series: &dyn Fn(f64) -> f64| (0..120).map(|month| series(f64::from(month))).collect::<Vec<f64>>();
    let finance = Finance {
        cash_by_month_usd: months_of(&|month| {
            60e6 + 1.1e6 * month - 45e6 * (-(month - 20.0).powi(2) / 90.0).exp()
        }),
        stress_by_month_usd: months_of(&|month| {
            55e6 + 0.2e6 * month - 45e6 * (-(month - 22.0).powi(2) / 90.0).exp()
        }),
        stress_case: "hashprice at its 1-in-10 low in every month, and North lost in Jan 2028".into(),
        minimum_cash_usd: Some(10e6),
        minimum_by_month_usd: vec![10e6; 120],
        debt: vec![DebtPlan {
            instrument: "notes".into(),
            name: "Senior secured notes".into(),
            balance_usd: over(&|t| if (2..22).contains(&t) { 40e6 } else { 0.0 }),
            raised_usd: over(&|t| if t == 2 { 40e6 } else { 0.0 }),
        }],
        covenants: vec![CovenantPlan {
            name: "loan to cost".into(),
            instrument: "notes".into(),
            headroom_usd: periods.iter().map(|_| Some(12e6)).collect(),
            least_headroom_usd: 12e6,
            least_at: periods[3].start,
        }],
        ..Finance::default()
    };
    let years: Vec<i16> = (2026..2036).collect();
    let at_year = |year: i16| (0..count).rposition(|t| periods[t].start.year() <= year).unwrap_or(0);
    let stability = years
        .iter()
        .map(|year| {
            let t = at_year(*year);
            let (mean, worst) =
                (mining_year(t) + hosting_year(t), mining_year(t) * 0.4 + hosting_year(t) * 0.92);
            YearStability {
                year: *year,
                mean_usd: mean,
                cv: 0.12,
                worst_year_usd: worst,
                worst_year_share: worst / mean,
                share_contracted: hosting_year(t) / mean,
                keep_mining_mean_usd: keep_year(t),
                keep_mining_worst_usd: keep_year(t) * 0.41,
                floor_usd: None,
            }
        })
        .collect();
    let capex_by_year: Vec<(i16, f64)> = years
        .iter()
        .map(|year| (*year, (0..count).filter(|t| periods[*t].start.year() == *year).map(capex).sum()))
        .collect();
    let commitment = |year, month, item: &str, object: &str, cash: f64| Commitment {
        date: day(year, month),
        item: item.to_owned(),
        object: object.to_owned(),
        cash_usd: cash,
        cancel_usd: cash * 0.3,
    };
    Plan {
        scenario: String::new(),
        detail: Detail::Quick,
        solver: "HiGHS 1.15".to_owned(),
        status: Status::Optimal,
        objective_usd: 412e6,
        npv: Npv { expected_usd: 412e6, p5_usd: 301e6, cvar95_usd: 278e6, beyond_horizon_share: 0.31 },
        halls,
        parts,
        gross,
        capex: Capex { total_usd: capex_by_year.iter().map(|(_, usd)| usd).sum(), by_year: capex_by_year },
        revenue: RevenueBands {
            mining: band(&mining_year, 0.4, 1.8),
            hosting: band(&hosting_year, 0.93, 1.0),
            other: Band::default(),
            blended,
            keep_mining: band(&keep_year, 0.4, 1.85),
            contracted_usd: over(&|t| hosting_year(t) * months(t)),
        },
        stability,
        cash_usd,
        debt_service_usd,
        finance,
        refused: vec![Refused {
            hall: "H3".to_owned(),
            offer: "south".to_owned(),
            reason: "no liquid cooling can be built at H3; draw a CDU and a dry cooler, or ask for air"
                .to_owned(),
        }],
        binding: vec![
            Binding {
                constraint: "C2".to_owned(),
                object: "T2".to_owned(),
                shadow_price: 2.1e6,
                unit: "MW".to_owned(),
                holds: None,
                step_worth_usd: None,
                sentence: "T2, 40 MVA: binds from Q3 2027; one more megawatt is worth $2.10M".to_owned(),
            },
            Binding {
                constraint: "C10".to_owned(),
                object: "GRID".to_owned(),
                shadow_price: 1.3e6,
                unit: "MW".to_owned(),
                holds: None,
                step_worth_usd: None,
                sentence: "Firm power of 75 MW: binds from Q4 2028; one more firm megawatt is worth $1.30M"
                    .to_owned(),
            },
        ],
        reasons: vec![Reason {
            decided: Decided::Part,
            object: "T2".to_owned(),
            offer: None,
            date: Some(day(2026, 4)),
            last: Some(day(2026, 4)),
            mw: 40.0,
            money_usd: -8e6,
            now: "T2, 40.0 MW ordered in Apr 2026: earlier (Jan 2026) costs $5k a MW for paying sooner; later (Jul 2026) \
                  costs $140k a MW for North, which needs it"
                .to_owned(),
            earlier: None,
            later: None,
            lacks: None,
        }],
        repairs: Vec::new(),
        baselines: vec![
            baseline("keep mining", 74e6, 0.0, 0.38, 0.0, count),
            baseline("convert all at the earliest dates", 366e6, 640e6, 0.81, 92.0, count),
            baseline("mothball", 12e6, 0.0, 1.0, 0.0, count),
        ],
        alternatives: Vec::new(),
        hedges: vec![HedgePlan {
            period: 0,
            ph_per_s: 812.0,
            forward_usd_per_ph_day: 36.4,
            forward_by_month_usd_per_ph_day: vec![36.6, 36.4, 36.2],
            margin_usd: 943e3,
            expected_settlement_usd: -83e3,
        }],
        replanning: None,
        commitments: vec![
            commitment(2026, 4, "Order 66 MW of gensets", "GEN", 16.8e6),
            commitment(2026, 7, "Order UPS for 66 MW", "UPS-A", 29.7e6),
            commitment(2026, 7, "Sign Fluid West, 35 MW", "north", 0.0),
            commitment(2026, 7, "Start fit-out of H2, 35 MW", "H2", 54.2e6),
            commitment(2027, 4, "Start fit-out of H1, 27 MW", "H1", 41.8e6),
        ],
        certificate: Certificate {
            primal_residual: 2e-9,
            dual_residual: 1e-9,
            relative_gap: 3e-10,
            second_solver_objective_usd: None,
            cash_flow_residual: 4e-11,
            whole: None,
            audit: Vec::new(),
        },
        stamp: Stamp::default(),
        size: ModelSize { columns: 2210, rows: 1412, nonzeros: 9120, rounds: 3 },
        notes: vec!["Short circuit and protection are not studied".to_owned()],
        builds,
        periods: periods.clone(),
    }
    .for_site(site)
}

fn over_mut(count: usize, mut value: impl FnMut(usize) -> f64) -> Vec<f64> {
    (0..count).map(&mut value).collect()
}

fn baseline(
    name: &str,
    npv_usd: f64,
    capex_usd: f64,
    worst_year_share: f64,
    hosting: f64,
    count: usize,
) -> Baseline {
    Baseline {
        name: name.to_owned(),
        npv_usd,
        capex_usd,
        worst_year_share,
        policies_missed: Vec::new(),
        hosting_mw: vec![hosting; count],
    }
}

/// Leaves a plan's halls to those the site has, so that the fixture also serves an emptied site.
trait ForSite {
    fn for_site(self, site: &Site) -> Self;
}

impl ForSite for Plan {
    fn for_site(mut self, site: &Site) -> Self {
        self.halls.retain(|hall| site.component(&hall.id).is_some());
        self
    }
}
