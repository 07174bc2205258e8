//! The frontier against what must hold of it, and plans worth as much.

use super::frontier::{FloorUnit, Frontier, FrontierPoint};
use super::planner::Planner;
use super::result::{Baseline, Detail, Plan, Status};
use super::solve::{Options, solve_with};
use super::testing;
use crate::site::{Limits, Site, edit};

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

/// A frontier of a made-up curve: a share of steadiness and what the plan is worth there, $M.
fn drawn(curve: impl IntoIterator<Item = (f64, f64)>, unit: FloorUnit) -> Frontier {
    let judged = |npv_usd| Baseline {
        name: String::new(),
        npv_usd,
        capex_usd: 0.0,
        worst_year_share: 0.5,
        policies_missed: Vec::new(),
        hosting_mw: Vec::new(),
    };
    let point = |(floor, npv): (f64, f64)| FrontierPoint {
        floor,
        npv_usd: npv * 1e6,
        price_usd: 0.0,
        judged: judged(npv * 1e6),
        worst_year_usd: 0.0,
        by_offer_mw: Vec::new(),
        mining_mw: Vec::new(),
    };
    Frontier {
        scenario: String::new(),
        detail: Detail::Quick,
        periods: Vec::new(),
        unit,
        years: (2028, 2035),
        tail_level: 0.9,
        points: curve.into_iter().map(point).collect(),
        own_floor: None,
        rivals: Vec::new(),
    }
}

#[test]
fn the_knee_is_where_the_price_rises_through_its_mean() {
    // On a quarter of a circle it lies at 45 degrees, however fine the points.
    for points in [11, 101] {
        let circle = (0..points).map(|index| {
            let x = f64::from(index) / f64::from(points - 1);
            (x, (1.0 - x * x).sqrt())
        });
        let knee = drawn(circle, FloorUnit::Share).knee().unwrap();
        let step = 1.0 / f64::from(points - 1);
        assert!((knee.floor - std::f64::consts::FRAC_1_SQRT_2).abs() <= step, "{knee:?}");
    }
    // A bend in a line is the knee, whatever the units; the wall at the end does not hide it.
    let bent = [(40.0, 100.0), (45.0, 99.0), (50.0, 98.0), (55.0, 88.0), (60.0, 78.0), (60.5, 70.0)];
    let knee = drawn(bent, FloorUnit::MillionUsd).knee().unwrap();
    assert_eq!((knee.index, knee.floor), (2, 50.0));
    assert!((knee.before_usd - 0.2e6).abs() < 1.0 && (knee.beyond_usd - 2e6).abs() < 1.0, "{knee:?}");
    let scaled = bent.map(|(floor, npv)| (floor * 1e-2, npv * 30.0));
    assert_eq!(drawn(scaled, FloorUnit::Share).knee().unwrap().index, 2);
    // A line has none, nor has what costs nothing, nor what has no inside.
    let line = (0..11).map(|index| (f64::from(index), 50.0 - f64::from(index)));
    assert_eq!(drawn(line, FloorUnit::Share).knee(), None);
    let level = (0..11).map(|index| (f64::from(index), 50.0));
    assert_eq!(drawn(level, FloorUnit::Share).knee(), None);
    for count in 0..3 {
        assert_eq!(drawn(bent.into_iter().take(count), FloorUnit::Share).knee(), None);
    }
}

#[test]
fn the_finding_is_a_sentence_about_the_curve() {
    let bent = [(40.0, 100.0), (45.0, 99.0), (50.0, 98.0), (55.0, 88.0), (60.0, 78.0)];
    assert_eq!(
        drawn(bent, FloorUnit::MillionUsd).finding(),
        "The first $40.0M a year of steady income cost nothing; up to $50.0M a year each further $1M costs $200k, beyond it $2.00M and more"
    );
    let unasked = [(0.0, 100.0), (0.3, 99.7), (0.6, 99.4), (0.7, 80.0)];
    assert_eq!(
        drawn(unasked, FloorUnit::Share).finding(),
        "Up to 60.0 % each point of steady income costs $10k, beyond it $1.94M and more"
    );
    let cheap = [(0.0, 100.0), (0.3, 99.999), (0.6, 99.999), (0.7, 99.9)];
    assert_eq!(
        drawn(cheap, FloorUnit::Share).finding(),
        "The first 60.0 % of steady income cost nothing; beyond, each further point costs $10k and more"
    );
    let sloped = [(0.0, 50.0), (0.6, 20.0)];
    assert_eq!(
        drawn(sloped, FloorUnit::Share).finding(),
        "Each point of steady income costs $500k, up to 60.0 %, the most there is"
    );
    let line = [(0.2, 50.0), (0.4, 40.0), (0.6, 30.0)];
    assert_eq!(
        drawn(line, FloorUnit::Share).finding(),
        "The first 20.0 % of steady income cost nothing; each further point costs $500k, up to 60.0 %, the most there is"
    );
    assert!(drawn([(0.5, 50.0)], FloorUnit::Share).finding().contains("keeps 50.0 % unasked"));
    assert!(drawn([], FloorUnit::Share).finding().contains("no plan"));
}

#[test]
fn a_point_becomes_the_floor_of_the_document_or_of_a_scenario() {
    let mut site = trading();
    site.limits.worst_year_floor_usd = Some(2e6);
    site.scenarios.push(crate::site::Scenario {
        name: "Lean".to_owned(),
        note: String::new(),
        overrides: Vec::new(),
    });
    let both = Limits { worst_year_floor_share: Some(0.3), ..site.limits.clone() };
    assert_eq!(FloorUnit::of(&site.limits), FloorUnit::MillionUsd);
    assert_eq!(FloorUnit::of(&both), FloorUnit::Share);
    let frontier = drawn([(0.0, 9.0), (0.123_456_78, 8.0)], FloorUnit::Share);
    let step = frontier.edit(1, &both, None).unwrap();
    let (changed, label) = edit::apply(&site, &step).unwrap();
    assert_eq!(label, "Set the worst-year floor to 12.3 %");
    // Rounded down, and the floor in dollars does not hold beside it.
    assert_eq!(changed.limits.worst_year_floor_share, Some(0.123456));
    assert_eq!(changed.limits.worst_year_floor_usd, None);
    let (changed, _) = edit::apply(&site, &frontier.edit(0, &both, Some("Lean")).unwrap()).unwrap();
    assert_eq!(changed.limits, site.limits, "the base case stays");
    let (shown, report) = crate::site::scenario::with_scenario(&changed, changed.scenarios.first());
    assert!(!report.has_errors());
    assert_eq!(shown.limits.worst_year_floor_share, Some(0.0));
    assert_eq!(frontier.edit(2, &both, None), None);
}

#[test]
fn no_plan_beats_the_frontier_at_the_floor_it_keeps() {
    let frontier = frontier(&trading(), 9);
    let names: Vec<&str> = frontier.rivals.iter().map(|rival| rival.judged.name.as_str()).collect();
    assert_eq!(names[0], super::KEEP_MINING);
    assert_eq!(names.len(), 3);
    let points = &frontier.points;
    for rival in &frontier.rivals {
        let above = points.iter().position(|point| point.floor >= rival.floor);
        // Concave: what lies on or under the frontier is no higher than the price of a point tells.
        let Some(above) = above else { panic!("{rival:?} keeps more than the highest floor") };
        let point = &points[above];
        let bound = point.npv_usd + point.price_usd * (point.floor - rival.floor);
        let bound = bound.min(points[0].npv_usd);
        assert!(rival.npv_usd <= bound + 1e-6 * bound.abs(), "{rival:?} over {bound}");
    }
}

/// What is hosted by offer adds up to what the plan hosts, and no megawatt is used twice.
#[test]
fn a_point_says_how_it_splits_the_site() {
    let frontier = frontier(&trading(), 3);
    for point in &frontier.points {
        assert_eq!(point.mining_mw.len(), frontier.periods.len());
        for (period, total) in point.judged.hosting_mw.iter().enumerate() {
            let sum: f64 = point.by_offer_mw.iter().map(|offer| offer[period]).sum();
            assert!((sum - total).abs() < 1e-9, "{sum} of {total}");
        }
    }
    let most = |point: &FrontierPoint| point.judged.hosting_mw.iter().copied().fold(0.0, f64::max);
    assert!(most(&frontier.points[2]) > most(&frontier.points[0]) + 1.0, "steadiness is hosted");
    assert!(
        frontier.points[0].mining_mw.iter().sum::<f64>() > frontier.points[2].mining_mw.iter().sum::<f64>()
    );
}
