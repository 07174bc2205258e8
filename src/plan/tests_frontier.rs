//! The frontier against what must hold of it, and plans worth as much.

use super::frontier::{FloorUnit, Frontier};
use super::planner::Planner;
use super::result::{Plan, Status};
use super::solve::{Options, solve_with};
use super::testing;
use crate::site::Site;

fn frontier(site: &Site, points: usize) -> Frontier {
    let options = Options::default();
    Planner::default().frontier(site, None, options, points, &|_: super::solve::Progress| true).unwrap()
}

fn plan(site: &Site) -> Plan {
    solve_with(site, None, Options::default(), &|_| true).unwrap().plan
}

/// A site whose tenant pays too little to come unasked, so that steadiness costs something.
fn trading() -> Site {
    let mut site = testing::site();
    site.offers[0].terms = crate::site::Terms::Colocation { rent_usd_per_kw_month: 75.0, escalator: 0.03 };
    site.limits.worst_year_floor_share = None;
    site.limits.worst_year_floor_usd = None;
    site
}

#[test]
fn a_higher_floor_costs_more_and_more() {
    let site = trading();
    let frontier = frontier(&site, 9);
    assert_eq!((frontier.unit, frontier.points.len()), (FloorUnit::Share, 9));
    let points = &frontier.points;
    assert!(points[8].floor > points[0].floor + 0.05, "{points:?}");
    assert!((points[0].npv_usd - plan(&site).objective_usd).abs() < 1e-6 * points[0].npv_usd.abs());
    assert!(points[8].npv_usd < points[0].npv_usd - 1e5);
    for pair in points.windows(2) {
        let step = pair[1].floor - pair[0].floor;
        let slope = (pair[1].npv_usd - pair[0].npv_usd) / step;
        // Concave: the fall between two points lies between the prices at them.
        let slack = 1e-6 * pair[0].npv_usd.abs() / step;
        assert!(pair[1].npv_usd <= pair[0].npv_usd + 1.0, "{pair:?}");
        assert!(
            -slope >= pair[0].price_usd - slack && -slope <= pair[1].price_usd + slack,
            "{slope} {pair:?}"
        );
    }
}

#[test]
fn each_point_is_the_plan_of_its_floor() {
    let site = trading();
    let frontier = frontier(&site, 5);
    for point in &frontier.points {
        let mut asked = site.clone();
        asked.limits.worst_year_floor_share = Some(point.floor);
        let alone = plan(&asked);
        assert_eq!(alone.status, Status::Optimal, "{point:?}");
        assert!(
            (alone.objective_usd - point.npv_usd).abs() < 1e-6 * point.npv_usd.abs().max(1e6),
            "{point:?}"
        );
    }
    // The last is the highest there is.
    let mut beyond = site.clone();
    beyond.limits.worst_year_floor_share = Some(frontier.points[4].floor * 1.001);
    assert_eq!(plan(&beyond).status, Status::Infeasible);
}

#[test]
fn a_floor_in_dollars_is_varied_in_dollars() {
    let mut site = trading();
    site.limits.worst_year_floor_usd = Some(1e6);
    let frontier = frontier(&site, 3);
    assert_eq!((frontier.unit, frontier.own_floor), (FloorUnit::MillionUsd, Some(1.0)));
    let mut asked = site.clone();
    asked.limits.worst_year_floor_usd = Some(frontier.points[1].floor * 1e6);
    assert!((plan(&asked).objective_usd - frontier.points[1].npv_usd).abs() < 10.0);
}

#[test]
fn an_impossible_brief_has_no_frontier_and_says_so() {
    let mut site = trading();
    site.limits
        .hosting_min_mw
        .push(crate::site::HostingMinimum { from: crate::quantity::Date::constant(2027, 1, 1), mw: 1e6 });
    let error = Planner::default()
        .frontier(&site, None, Options::default(), 3, &|_: super::solve::Progress| true)
        .unwrap_err();
    assert!(error.to_string().contains("which limits clash"), "{error}");
}

#[test]
fn plans_worth_as_much_bracket_the_best() {
    let site = testing::site();
    let plan = plan(&site);
    let [least, most] = &plan.alternatives[..] else { panic!("{:?}", plan.alternatives) };
    let years = |series: &[f64]| -> f64 {
        series.iter().zip(&plan.periods).map(|(mw, period)| mw * period.months as f64 / 12.0).sum()
    };
    let best = years(&plan.hosting_mw());
    assert!(years(&least.hosting_mw) <= best + 1e-6 && best <= years(&most.hosting_mw) + 1e-6);
    assert!(years(&least.hosting_mw) < years(&most.hosting_mw) - 0.1, "two per cent leave some room");
    for other in [least, most] {
        // On as many paths as the program's, NPV is given up to the allowance and no further.
        let given = plan.npv.expected_usd - other.npv_usd;
        assert!(
            given <= 0.02 * plan.capex.total_usd + 1e-6 * plan.npv.expected_usd.abs() && given >= -1.0,
            "{given}"
        );
    }
}
