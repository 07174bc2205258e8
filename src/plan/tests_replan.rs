//! What deciding again is worth, against what must hold of it.

use super::result::{Detail, Plan, Replanning};
use super::solve::{Options, solve_with};
use super::testing;
use crate::site::Site;

fn plan(site: &Site) -> Plan {
    let options = Options { detail: Detail::Full, ..Options::default() };
    solve_with(site, None, options, &|_| true).unwrap().plan
}

fn holds(plan: &Plan) -> &Replanning {
    let again = plan.replanning.as_ref().unwrap();
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs().max(1e6);
    assert_eq!(again.cases.len(), 3);
    assert!(
        again.cases.windows(2).all(|two| two[0].hashprice_usd_per_ph_day <= two[1].hashprice_usd_per_ph_day)
    );
    assert!((again.cases.iter().map(|case| case.probability).sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(again.cases.iter().all(|case| case.replanned_usd >= case.planned_usd));
    // The parts of what the plan is worth weigh up to its objective.
    let planned: f64 = again.cases.iter().map(|case| case.probability * case.planned_usd).sum();
    assert!(near(planned, plan.objective_usd), "{planned} {}", plan.objective_usd);
    let replanned: f64 = again.cases.iter().map(|case| case.probability * case.replanned_usd).sum();
    assert!(near(replanned - planned, again.worth_usd));
    again
}

/// A site whose tenant pays about what mining earns, and comes after two years.
fn undecided() -> Site {
    let mut site = testing::site();
    site.plan.paths = 60;
    site.limits.worst_year_floor_share = None;
    site.limits.worst_year_floor_usd = None;
    site
}

#[test]
fn those_who_know_more_decide_no_worse_and_without_doubt_alike() {
    let mut site = undecided();
    let rents = [60.0, 75.0, 90.0, 110.0];
    let worths: Vec<f64> = rents
        .into_iter()
        .map(|rent_usd_per_kw_month| {
            site.offers[0].terms = crate::site::Terms::Colocation { rent_usd_per_kw_month, escalator: 0.03 };
            holds(&plan(&site)).worth_usd
        })
        .collect();
    // Somewhere between never and always hashprice decides.
    assert!(worths.iter().any(|worth| *worth > 1e4), "{worths:?}");
    // Where every path is the same there is nothing to learn.
    site.assumptions.bitcoin.price_volatility = 0.0;
    site.assumptions.bitcoin.jumps_per_year = 0.0;
    site.assumptions.bitcoin.hashrate_volatility_per_month = 0.0;
    site.assumptions.bitcoin.fee_spikes_per_year = 0.0;
    site.assumptions.power.volatility = 0.0;
    site.assumptions.gpu_rental.volatility = 0.0;
    site.assumptions.gpu_rental.colocation_volatility = 0.0;
    for offer in &mut site.offers {
        (offer.default_per_year, offer.probability, offer.rating) = (0.0, 1.0, None);
    }
    site.assumptions.delivery.delay_high_months = 0.0;
    site.assumptions.delivery.delay_mode_months = 0.0;
    site.assumptions.delivery.delay_low_months = 0.0;
    let again = plan(&site);
    assert!(holds(&again).worth_usd < 100.0, "{:?}", again.replanning);
}

#[test]
fn short_plans_and_quick_ones_do_not_say() {
    let mut site = undecided();
    site.plan.horizon_years = 2;
    assert_eq!(plan(&site).replanning, None);
    site.plan.horizon_years = 5;
    assert_eq!(solve_with(&site, None, Options::default(), &|_| true).unwrap().plan.replanning, None);
}

#[test]
fn a_floor_and_a_weight_on_the_tail_keep_the_plan_among_the_answers() {
    let mut site = undecided();
    site.limits.worst_year_floor_share = Some(0.6);
    let floored = plan(&site);
    assert!(floored.replanning.is_some_and(|again| again.worth_usd >= 0.0));
    site.plan.risk_weight = 0.4;
    let careful = plan(&site);
    assert!(careful.replanning.is_some_and(|again| again.worth_usd >= 0.0));
}
