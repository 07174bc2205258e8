use super::*;
use crate::site::{
    Backstop, CoolingNeed, Delivery, FailureClass, Needs, OfferStatus, Prepayment, Rating, SlaTerms,
    SystemRental,
};

fn offer(terms: Terms, term_months: f64) -> Offer {
    Offer {
        id: "o".into(),
        name: "Offer".into(),
        customer: "Customer".into(),
        tenant_group: String::new(),
        status: OfferStatus::Idea,
        probability: 1.0,
        sign_by: None,
        terms,
        min_mw: 0.0,
        max_mw: 10.0,
        block_mw: None,
        earliest: None,
        latest: None,
        start_mw_per_month: None,
        term_months,
        opex_usd_per_kw_month: 0.0,
        power_share: 0.0,
        utilisation: 1.0,
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

fn colocation(rent_usd_per_kw_month: f64, escalator: f64) -> Terms {
    Terms::Colocation { rent_usd_per_kw_month, escalator }
}

fn around(mw: f64) -> Surroundings {
    Surroundings { mw, ..Surroundings::default() }
}

fn near(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-9, "{found} against {expected}");
}

#[test]
fn the_value_of_a_term_is_the_closed_form() {
    for (escalator, years) in [(0.03, 10), (0.03, 25), (0.025, 1), (-0.2, 7)] {
        let closed = ((1.0_f64 + escalator).powi(years) - 1.0) / escalator;
        near(rent_years(escalator, years as usize * 12), closed);
        near(first_year_from_total(closed, escalator, years as usize * 12), 1.0);
    }
    near(rent_years(0.0, 144), 12.0);
    // A year and a half: the second year's rent for six months.
    near(rent_years(0.1, 18), 1.0 + 1.1 / 2.0);
    assert_eq!((rent_years(0.03, 0), first_year_from_total(1.0, 0.03, 0)), (0.0, 0.0));
}

/// TeraWulf's Abernathy in 2031, its fifth year: 251 M$ left of 298.8 M$ of rent, cost 42.7 M$ rising 3 % a year.
#[test]
fn the_announced_years_of_a_contract_come_out() {
    let year1 = first_year_from_total(9.5e9, 0.03, 300) / 168.0;
    let mut lease = offer(colocation(year1 / 12_000.0, 0.03), 300.0);
    lease.opex_usd_per_kw_month = 42.7e6 / (168_000.0 * 12.0);
    let level = (0..300).map(|month| 1.03_f64.powi(month / 12)).collect();
    let found = offer_figures(&lease, None, &Surroundings { cost_level: level, ..around(168.0) });
    near(found.tcv_usd, 9.5e9);
    assert_eq!(found.years.len(), 25);
    let fifth = found.years[4];
    near(fifth.opex_usd, 42.7e6 * 1.03_f64.powi(4));
    // Within 2.5 %: the rent starts in steps, so that 2031 is in part the sixth year of the first of them.
    assert!((fifth.noi_usd / 251e6 - 1.0).abs() < 0.025, "{}", fifth.noi_usd);
    assert!((fifth.noi_usd / fifth.revenue_usd - 0.84).abs() < 0.005);
}

/// Core42 by its announcement: 125 $/kW-month, 1.5 M$ per MW and year, 70 % left after the landlord's power.
#[test]
fn the_landlord_who_pays_power_keeps_what_was_announced() {
    let mut lease = offer(colocation(125.0, 0.03), 120.0);
    lease.power_share = 1.0;
    lease.opex_usd_per_kw_month = 4.0;
    lease.prepayment = Some(Prepayment { months_of_rent: 12.0, credit_from_month: 0.0, credit_months: 12.0 });
    let bill = 730.0 * 37.0 * 1.25;
    let found = offer_figures(
        &lease,
        None,
        &Surroundings {
            gross_per_critical: Some(1.208),
            power_usd_per_mw: vec![bill],
            capex_usd_per_mw: Some(7e6),
            ..around(60.0)
        },
    );
    near(found.year1().revenue_usd, 90e6);
    assert!((found.noi_margin().unwrap() - 0.70).abs() < 0.005, "{:?}", found.noi_margin());
    near(found.gross_mw.unwrap(), 72.48);
    near(found.year1_usd_per_kw_month, 125.0);
    near(found.year1_usd_per_mwh_critical, 125.0 / 0.73);
    near(found.year1_usd_per_mwh_gross.unwrap(), 125.0 / 0.73 / 1.208);
    // 1.05 M$ per MW over 7 M$: within the published 13.1 to 17.5 %.
    assert!((found.yield_on_cost.unwrap() - 1.05 / 7.0).abs() < 0.001);
    let prepaid = found.prepayment.unwrap();
    near(prepaid.usd, 90e6);
    assert_eq!(prepaid.never_credited_usd, 0.0);
    // Received and credited within the first year: the year's cash is its income.
    near(found.year1().cash_usd, found.year1().noi_usd);
}

#[test]
fn gpus_prepayment_and_take_or_pay() {
    let system = GpuSystem {
        id: "gb300".into(),
        model: "GB300".into(),
        kw_per_gpu: 2.5,
        usd_per_gpu: 76_300.0,
        lead_months: 6.0,
        life_months: 60.0,
        liquid_share: 0.87,
        kw_per_rack: 140.0,
        residual_share_after_36_months: 0.3,
        rental: SystemRental::default(),
    };
    let terms = |indexed| Terms::GpuCloud {
        gpu_system: "gb300".into(),
        usd_per_gpu_hour: 2.91,
        utilisation: 0.8,
        indexed,
        escalator: 0.0,
    };
    let mut cloud = offer(terms(false), 60.0);
    cloud.take_or_pay_share = 0.9;
    cloud.tenant_funded_usd_per_mw = 1e6;
    cloud.prepayment =
        Some(Prepayment { months_of_rent: 12.0, credit_from_month: 24.0, credit_months: 48.0 });
    let basis = Surroundings { capex_usd_per_mw: Some(30e6), credit_share: 0.01, ..around(200.0) };
    let found = offer_figures(&cloud, Some(&system), &basis);
    let year = 80_000.0 * 2.91 * 8760.0 * 0.8;
    near(found.gpus.unwrap(), 80_000.0);
    near(found.year1().revenue_usd, year);
    near(found.year1().take_or_pay_usd, 0.9 * year);
    near(found.year1().credits_usd, 0.01 * year);
    near(found.year1().prepayment_usd, year);
    near(found.years[2].prepayment_usd, -year / 4.0);
    let prepaid = found.prepayment.unwrap();
    // 48 months from month 24 on, of which the term has 36.
    near(prepaid.never_credited_usd, year / 4.0);
    near(prepaid.share_of_tcv, 0.2);
    near(found.capex_usd.unwrap(), 29e6 * 200.0);
    // On demand the price follows the index of its generation, here falling by a tenth each month to a floor.
    let index = vec![1.0, 0.9, 0.81];
    let found = offer_figures(
        &offer(terms(true), 4.0),
        Some(&system),
        &Surroundings { gpu_index: index, ..around(200.0) },
    );
    near(found.tcv_usd, year / 12.0 * (1.0 + 0.9 + 0.81 + 0.81));
    assert_eq!((found.years.len(), found.years[0].months), (1, 4));
}

/// The expected value against tenants played out on the sampled paths' own rule for the month of a default.
#[test]
fn the_expected_value_counts_default_backstop_void_and_relet() {
    let mut lease = offer(colocation(100.0, 0.03), 120.0);
    lease.rating = Some(Rating { name: "B".into(), default_per_year: 0.08 });
    lease.backstop = Some(Backstop { by: "Parent".into(), share: 0.5, months: 24.0 });
    lease.void_months = 9.0;
    lease.relet_share = 0.8;
    let found = offer_figures(&lease, None, &around(1.0));
    near(found.survival_to_end, 0.92_f64.powi(10));
    near(found.years[3].survival, 0.92_f64.powi(4));
    let rent = |month: usize| 100_000.0 * 1.03_f64.powi((month / 12) as i32);
    // The last two years are the dearest.
    near(found.backstop.clone().unwrap().most_usd, 0.5 * (96..120).map(rent).sum::<f64>());
    let draws = 200_000;
    let mut sum = 0.0;
    for draw in 0..draws {
        // Evenly spread quantiles: no sampling error to speak of.
        let uniform = (f64::from(draw) + 0.5) / f64::from(draws);
        let life = 12.0 * uniform.ln() / 0.92_f64.ln();
        let stops = life.round().max(1.0) as usize;
        for month in 0..120 {
            let share = if month < stops {
                1.0
            } else if month - stops < 24 {
                0.5
            } else if month - stops < 33 {
                0.0
            } else {
                0.8
            };
            sum += share * rent(month);
        }
    }
    let played = sum / f64::from(draws);
    assert!((found.expected_tcv_usd / played - 1.0).abs() < 1e-4, "{} {played}", found.expected_tcv_usd);
    lease.rating = None;
    let sure = offer_figures(&lease, None, &around(1.0));
    near(sure.expected_tcv_usd, sure.tcv_usd);
}

#[test]
fn odd_offers_give_finite_figures() {
    for (term, mw) in [(0.0, 10.0), (0.4, 0.0), (600.0, 1e5), (f64::NAN, 10.0)] {
        let mut odd = offer(Terms::BitcoinHosting { usd_per_mwh: 70.0, escalator: -0.5 }, term);
        odd.default_per_year = 1.0;
        odd.prepayment =
            Some(Prepayment { months_of_rent: 600.0, credit_from_month: 600.0, credit_months: 0.0 });
        let found = offer_figures(&odd, None, &around(mw));
        let figures = [found.tcv_usd, found.expected_tcv_usd, found.usd_per_kw_month, found.survival_to_end];
        assert!(figures.iter().all(|value| value.is_finite()), "{term} {mw}: {figures:?}");
    }
    // A GPU offer whose system is unknown earns nothing, and says so by having no GPUs.
    let terms = Terms::GpuCloud {
        gpu_system: "x".into(),
        usd_per_gpu_hour: 3.0,
        utilisation: 1.0,
        indexed: false,
        escalator: 0.0,
    };
    let found = offer_figures(&offer(terms, 12.0), None, &around(5.0));
    assert_eq!((found.tcv_usd, found.gpus, found.noi_margin()), (0.0, None, None));
}
