//! What one would do otherwise: prices by hand, and that each way is the way it says.

use super::result::{Baseline, Plan};
use super::solve::{Options, solve_with};
use super::testing::site;
use crate::quantity::Date;
use crate::site::{Kind, Loan, OfferStatus, Site};

fn plan_of(site: &Site) -> Plan {
    solve_with(site, None, Options::default(), &|_| true).unwrap().plan
}

fn way<'p>(plan: &'p Plan, name: &str) -> Option<&'p Baseline> {
    plan.baselines.iter().find(|base| base.name.starts_with(name))
}

const LAND: &str = "sell or lease the powered land";
const MOTHBALL: &str = "stop mining when it loses";

/// The fixture without charges that go on when nothing runs.
fn without_charges() -> Site {
    let mut site = site();
    if let Kind::GridFeed(feed) = &mut site.component_mut("G").unwrap().kind {
        feed.minimum_take_share = 0.0;
        feed.tariff.demand_usd_per_kw_month = 0.0;
        feed.tariff.four_cp_usd_per_kw_year = 0.0;
    }
    site
}

#[test]
fn the_land_is_worth_its_price_and_only_where_one_is_stated() {
    assert!(way(&plan_of(&site()), LAND).is_none());
    let mut site = site();
    site.fleets.clear();
    site.company.powered_land_usd_per_mw = Some(0.4e6);
    // 30 MW in the middle of the first month at 11 % a year.
    let plan = plan_of(&site);
    let land = way(&plan, LAND).unwrap();
    let by_hand = 30.0 * 0.4e6 * 1.11_f64.powf(-0.5 / 12.0);
    assert!((land.npv_usd - by_hand).abs() < 1.0, "{}", land.npv_usd);
    assert_eq!(land.capex_usd, 0.0);
    // A quarter of it is tax in the year's last month; the year's other income is nothing.
    site.company.tax.rate = 0.25;
    let taxed = way(&plan_of(&site), LAND).unwrap().npv_usd;
    let by_hand = by_hand - 0.25 * 12e6 * 1.11_f64.powf(-11.5 / 12.0);
    assert!((taxed - by_hand).abs() < 1.0, "{taxed} {by_hand}");
    // Only what is contracted on the first day is sold.
    if let Kind::GridFeed(feed) = &mut site.component_mut("G").unwrap().kind {
        feed.contract_mw = vec![crate::site::DatedMw { from: Date::constant(2026, 1, 1), mw: 15.0 }];
    }
    let half = way(&plan_of(&site), LAND).unwrap().npv_usd;
    assert!((half - taxed / 2.0).abs() < 1.0, "{half} {taxed}");
}

#[test]
fn mining_stops_when_it_loses_and_not_before() {
    // Nobody keeps machines at half a million a MW and month: all are sold on the first day, as with the land.
    let mut site = without_charges();
    site.company.mining_site_usd_per_mw_month = 500_000.0;
    site.company.powered_land_usd_per_mw = Some(0.0);
    let plan = plan_of(&site);
    let (stopped, sold) = (way(&plan, MOTHBALL).unwrap(), way(&plan, LAND).unwrap());
    assert!((stopped.npv_usd - sold.npv_usd).abs() < 1.0, "{} {}", stopped.npv_usd, sold.npv_usd);
    assert!(sold.npv_usd > 1e5, "machines fetch something");
    // What costs nothing never loses.
    site.company.mining_site_usd_per_mw_month = 0.0;
    assert!(way(&plan_of(&site), MOTHBALL).is_none());
    // Between the two it goes on for a while, and whoever may stop when it pays to is never worse off.
    for cost in [8_000.0, 15_000.0, 30_000.0] {
        let mut site = without_charges();
        site.company.mining_site_usd_per_mw_month = cost;
        let plan = plan_of(&site);
        let Some(stopped) = way(&plan, MOTHBALL) else { continue };
        assert!(stopped.npv_usd <= plan.keep_mining().unwrap().npv_usd + 1e3, "{cost}");
    }
}

#[test]
fn what_was_promised_and_is_not_kept_is_said_of_each_way() {
    let mut site = without_charges();
    site.company.mining_site_usd_per_mw_month = 500_000.0;
    site.offers[0].status = OfferStatus::Signed;
    (site.offers[0].min_mw, site.offers[0].latest) = (3.0, Some(Date::constant(2027, 7, 1)));
    let plan = plan_of(&site);
    let missed = &way(&plan, MOTHBALL).unwrap().policies_missed;
    assert!(missed.contains(&"Tenant: 0.0 MW of 3.0 MW".to_owned()), "{missed:?}");
    let all = &way(&plan, "convert all").unwrap().policies_missed;
    assert!(!all.iter().any(|policy| policy.starts_with("Tenant")), "{all:?}");
}

#[test]
fn a_minimum_in_months_is_that_many_months_of_overhead_and_interest() {
    let mut dollars = site();
    dollars.company.inflation = 0.0;
    dollars.company.opening_cash_usd = 20e6;
    dollars.company.overhead_usd_per_month = 300_000.0;
    let mut months = dollars.clone();
    dollars.limits.minimum_cash_usd = Some(1e6 + 6.0 * 300_000.0);
    months.limits.minimum_cash_usd = Some(1e6);
    months.limits.minimum_cash_months = Some(6.0);
    let (a, b) = (plan_of(&dollars), plan_of(&months));
    assert!((a.objective_usd - b.objective_usd).abs() < 1.0, "{} {}", a.objective_usd, b.objective_usd);
    assert!((a.finance.minimum_by_month_usd[40] - b.finance.minimum_by_month_usd[40]).abs() < 1e-6);
    // It costs what it binds: without it the plan is worth more.
    let mut free = dollars.clone();
    free.limits.minimum_cash_usd = None;
    let free = plan_of(&free);
    assert!(free.objective_usd > a.objective_usd + 1e3 && free.finance.minimum_by_month_usd.is_empty());
    // A loan of 10 M$ at 12 %: 0.1 M$ of interest until it is paid back after two years, and overhead rises each January.
    let mut owing = months;
    owing.company.inflation = 0.03;
    owing.company.loans = vec![Loan {
        id: "l".into(),
        name: "Loan".into(),
        balance_usd: 10e6,
        rate: 0.12,
        maturity: Date::constant(2028, 1, 1),
        amortisation_months: 0.0,
    }];
    owing.company.opening_cash_usd = 60e6;
    let plan = plan_of(&owing);
    assert_eq!(plan.status, super::result::Status::Optimal, "{:?}", plan.repairs);
    let least = &plan.finance.minimum_by_month_usd;
    assert!((least[5] - (1e6 + 6.0 * 400_000.0)).abs() < 1e-6);
    assert!((least[30] - (1e6 + 6.0 * 300_000.0 * 1.03 * 1.03)).abs() < 1e-3, "{}", least[30]);
    let cash = plan.finance.cash_by_month_usd.iter().zip(&plan.finance.stress_by_month_usd).zip(least);
    for ((mean, stress), least) in cash {
        assert!(mean.min(*stress) >= least - 1.0, "{mean} {stress} {least}");
    }
}
