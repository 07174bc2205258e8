//! Repairs against the documents they mend, on a site small enough to plan thousands of times.

use super::gives::{Give, Value};
use super::search::changed;
use super::soft::Soft;
use super::trial::Trial;
use crate::lp::Solver;
use crate::plan::context::Context;
use crate::plan::planner::Markets;
use crate::plan::program::{FloorYear, Losses};
use crate::plan::solve::{Options, Watch, solve_with};
use crate::plan::testing::{site as whole_site, terms_of};
use crate::plan::{Detail, Failure, Plan, PlanError, Repair, Status};
use crate::quantity::{Date, date, random};
use crate::site::edit::apply;
use crate::site::{DatedMw, HostingMinimum, Kind, OfferStatus, Override, Scenario, Site, company::YearUsd};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

fn day(year: i16, month: i8) -> Date {
    Date::constant(year, month, 1)
}

/// The fixture over fewer years and paths.
fn tiny() -> Site {
    let mut site = whole_site();
    site.plan.paths = 4;
    site.plan.judge_paths = 4;
    site.plan.horizon_years = 4;
    site
}

fn plan_of(site: &Site) -> Plan {
    solve_with(site, None, Options::default(), &|_| true).unwrap().plan
}

fn goes_on() -> impl Fn(crate::plan::Progress) -> bool {
    |_| true
}

/// Plans changed documents anew, without the program that found the repairs.
struct Oracle {
    markets: Markets,
}

impl Oracle {
    fn new(site: &Site) -> Self {
        let context = Context::new(site, Detail::Quick).unwrap();
        Self { markets: Markets::new(&context).unwrap() }
    }

    fn is_possible(&self, site: &Site) -> bool {
        let listener = goes_on();
        Trial::new(&self.markets, Options::default(), None).is_possible(site, &Watch::new(&listener)).unwrap()
    }
}

fn is_infeasible(outcome: &Result<Plan, PlanError>) -> bool {
    outcome.as_ref().is_ok_and(|plan| plan.status == Status::Infeasible)
}

fn repaired(site: &Site, repair: &Repair) -> Site {
    apply(site, &repair.edit(None)).unwrap().0
}

/// A brief with some of what a user may ask, harder than the site can give more often than not.
fn brief(random: &mut ChaCha8Rng) -> Site {
    let mut site = tiny();
    let mut chance = |share: f64| random.random_range(0.0..1.0) < share;
    let asked: [bool; 9] = [0.7, 0.35, 0.35, 0.2, 0.35, 0.45, 0.3, 0.25, 0.25].map(&mut chance);
    let mut between = |low: f64, high: f64| random.random_range(low..high);
    if asked[0] {
        let usd = [between(0.0, 20e6), between(0.0, 20e6)];
        site.limits.capex_by_year_usd =
            vec![YearUsd { year: 2026, usd: usd[0] }, YearUsd { year: 2027, usd: usd[1] }];
    }
    if asked[1] {
        site.limits.capex_total_usd = Some(between(0.0, 40e6));
    }
    if asked[2] {
        site.limits.worst_year_floor_usd = Some(between(4e6, 60e6));
    }
    if asked[3] {
        site.limits.worst_year_floor_share = Some(between(0.5, 3.0));
    }
    if asked[4] {
        let month = [1, 4, 7, 10][between(0.0, 4.0) as usize];
        let from = day(2026 + between(0.0, 3.0) as i16, month);
        site.limits.hosting_min_mw = vec![HostingMinimum { from, mw: between(0.5, 12.0) }];
    }
    if asked[5] {
        let offer = &mut site.offers[0];
        offer.status = OfferStatus::Signed;
        offer.min_mw = between(0.5, 8.0);
        let month = [1, 4, 7, 10][between(0.0, 4.0) as usize];
        offer.latest = Some(day(2026 + between(0.0, 3.0) as i16, month));
    }
    if asked[6] {
        site.limits.last_order = Some(day(2026, [1, 4, 7, 10][between(0.0, 4.0) as usize]));
    }
    if asked[7] {
        let latest = day(2026, [1, 4, 7][between(0.0, 3.0) as usize]);
        terms_of(&mut site, "U").unwrap().latest = Some(latest);
    }
    if asked[8]
        && let Some(Kind::GridFeed(feed)) = site.component_mut("G").map(|part| &mut part.kind)
    {
        feed.firm_mw = vec![DatedMw { from: day(2026, 1), mw: between(0.0, 8.0) }];
    }
    site
}

/// Limits whose every change is looked through, and how far they go.
fn all_gives(context: &Context<'_>) -> Vec<(Give, Value)> {
    let amounts = Give::amounts(context).into_iter().map(|give| {
        let farthest = if give.is_raised() { 1e11 } else { 0.0 };
        (give, Value::Number(farthest))
    });
    let steps = Give::dates(context).into_iter().chain(Give::utility(context)).chain(Give::needs(context));
    let steps = steps.filter_map(|give| {
        let last = *give.steps(context).last()?;
        Some((give, last))
    });
    amounts.chain(steps).collect()
}

/// The value a hair (a thousandth of the change, a step) short of the least.
fn short_of(give: &Give, least: f64, context: &Context<'_>) -> Option<Value> {
    let steps = give.steps(context);
    let Value::Number(now) = give.now(context.site) else { return None };
    if steps.is_empty() {
        return Some(Value::Number(least + 1e-3 * (now - least)));
    }
    let at = steps.iter().position(|step| *step == Value::Number(least))?;
    at.checked_sub(1).map(|before| steps[before])
}

/// Draws fifty impossible briefs. Each repair listed mends its brief, no single change that is less does, and no single
/// limit that is not listed does however far it goes.
fn mend_fifty(seed: u64) {
    let mut random = random::stream(seed, "impossible briefs");
    let oracle = Oracle::new(&tiny());
    let (mut seen, mut singles, mut combinations, mut drawn) = (0, 0, 0, 0);
    while seen < 50 {
        drawn += 1;
        assert!(drawn < 500, "too few briefs are impossible");
        let site = brief(&mut random);
        if oracle.is_possible(&site) {
            continue;
        }
        seen += 1;
        let plan = plan_of(&site);
        assert_eq!(plan.status, Status::Infeasible, "brief {drawn}");
        assert!(!plan.repairs.is_empty() && plan.repairs.len() <= 8, "brief {drawn}: {:?}", site.limits);
        let context = Context::new(&site, Detail::Quick).unwrap();
        let gives = all_gives(&context);
        let (alone, together): (Vec<&Repair>, Vec<&Repair>) =
            plan.repairs.iter().partition(|repair| repair.changes.len() == 1);
        for repair in &plan.repairs {
            let mended = repaired(&site, repair);
            assert!(oracle.is_possible(&mended), "brief {drawn}: {}", repair.sentence);
            assert!(repair.npv_usd.is_finite() && repair.cost_usd.is_some_and(|usd| usd > 0.0));
        }
        // In order of price, single changes first.
        for pair in alone.windows(2) {
            assert!(pair[0].cost_usd <= pair[1].cost_usd.map(|usd| usd * 1.2), "brief {drawn}");
        }
        assert!(plan.repairs[alone.len()..].iter().all(|repair| repair.changes.len() > 1));
        for repair in &alone {
            let object = &repair.object;
            let (give, _) = gives.iter().find(|(give, _)| give.object(&context) == *object).unwrap();
            let least = &repair.changes[0].least;
            let before = match give.now(&site) {
                Value::Number(_) => short_of(give, least.parse().unwrap(), &context),
                _ => {
                    let steps = give.steps(&context);
                    let at = steps.iter().position(|step| match step {
                        Value::Date(date) => date.to_string() == *least,
                        other => matches!(other, Value::Class(class) if class.label() == least),
                    });
                    at.unwrap().checked_sub(1).map(|before| steps[before])
                }
            };
            if let Some(before) = before {
                let (changed, _) = changed(&context, &[(give.clone(), before)]).unwrap();
                assert!(!oracle.is_possible(&changed), "brief {drawn}: less does: {}", repair.sentence);
            }
        }
        // What is not listed does not do alone, however far it goes.
        for (give, farthest) in &gives {
            let is_listed = alone.iter().any(|repair| repair.object == give.object(&context));
            if !is_listed && plan.repairs.len() < 8 {
                let (changed, _) = changed(&context, &[(give.clone(), *farthest)]).unwrap();
                assert!(!oracle.is_possible(&changed), "brief {drawn}: {} does too", give.object(&context));
            }
        }
        singles += alone.len();
        combinations += together.len();
    }
    assert!(singles > 20 && combinations > 10, "{singles} single repairs, {combinations} together");
}

#[test]
fn impossible_briefs_are_mended_and_no_single_change_is_less() {
    mend_fifty(20_261_123);
}

#[test]
fn fifty_more_impossible_briefs_are_mended() {
    mend_fifty(1);
}

#[test]
fn a_hundred_and_fifty_impossible_briefs_are_mended() {
    mend_fifty(2);
}

#[test]
fn two_hundred_impossible_briefs_are_mended() {
    mend_fifty(3);
}

#[test]
fn a_combination_is_no_dearer_than_any_point_of_a_grid() {
    let mut site = tiny();
    site.limits.capex_by_year_usd = vec![YearUsd { year: 2026, usd: 2e6 }, YearUsd { year: 2027, usd: 3e6 }];
    site.offers[0].status = OfferStatus::Signed;
    site.offers[0].min_mw = 4.0;
    site.offers[0].latest = Some(day(2027, 10));
    let plan = plan_of(&site);
    assert_eq!(plan.status, Status::Infeasible);
    let context = Context::new(&site, Detail::Quick).unwrap();
    let gives = Give::amounts(&context);
    assert_eq!(gives.len(), 3);
    let price_of = |values: &[f64]| -> f64 {
        gives.iter().zip(values).map(|(give, value)| give.price(&context, &[], Value::Number(*value))).sum()
    };
    let found = plan
        .repairs
        .iter()
        .filter(|repair| {
            let is_amount = |object: &String| gives.iter().any(|give| give.object(&context) == *object);
            repair.changes.iter().all(|change| is_amount(&change.object))
        })
        .map(|repair| {
            let values: Vec<f64> = gives
                .iter()
                .map(|give| {
                    let change = repair.changes.iter().find(|change| change.object == give.object(&context));
                    match (change, give.now(&site)) {
                        (Some(change), _) => change.least.parse().unwrap_or(f64::NAN),
                        (None, Value::Number(now)) => now,
                        (None, _) => f64::NAN,
                    }
                })
                .collect();
            price_of(&values)
        })
        .filter(|price| price.is_finite())
        .fold(f64::INFINITY, f64::min);
    assert!(found.is_finite() && found > 0.0);
    let oracle = Oracle::new(&site);
    let (mut tried, mut possible) = (0, 0);
    for first in 0..7 {
        for second in 0..7 {
            for less in 0..5 {
                let values =
                    [2e6 + 3e6 * f64::from(first), 3e6 + 3e6 * f64::from(second), 4.0 - f64::from(less)];
                let changes: Vec<(Give, Value)> =
                    gives.iter().cloned().zip(values.map(Value::Number)).collect();
                let (changed, _) = changed(&context, &changes).unwrap();
                tried += 1;
                if oracle.is_possible(&changed) {
                    possible += 1;
                    assert!(price_of(&values) >= found - 1.0, "{values:?} is cheaper than {found}");
                }
            }
        }
    }
    assert!(possible > 5 && possible < tried, "{possible} of {tried}");
}

/// Subsets of so many of the first `count` numbers.
fn subsets(count: usize, size: usize) -> Vec<Vec<usize>> {
    (0..1_usize << count)
        .map(|bits| (0..count).filter(|index| bits >> index & 1 == 1).collect::<Vec<_>>())
        .filter(|subset| subset.len() == size)
        .collect()
}

#[test]
fn of_the_cheapest_ways_one_of_fewest_limits_is_told() {
    let mut random = random::stream(7, "combinations");
    let markets = Oracle::new(&tiny()).markets;
    let listener = goes_on();
    let watch = Watch::new(&listener);
    let mut compared = 0;
    for _ in 0..60 {
        let site = brief(&mut random);
        let context = Context::new(&site, Detail::Quick).unwrap();
        let mut losses = Losses::new(&context);
        let floors: Vec<FloorYear> = (1..4)
            .map(|year| FloorYear {
                year,
                usd: 0.0,
                reference_usd: 1e7,
                usd_per_level: 0.0,
                slack: None,
                cuts: 0,
            })
            .collect();
        let soften = || Soft::new(&context, &markets, &floors, Give::amounts(&context), Solver::default());
        let mut soft = soften();
        let least = soft.least(&mut losses, &watch).unwrap();
        let price = |given: &[f64]| -> f64 {
            let of = |(give, given): (&Give, &f64)| given * give.unit_price(&context, &floors);
            soft_gives(&context).iter().zip(given).map(of).sum()
        };
        let used = least.iter().filter(|given| **given > 0.0).count();
        if used < 2 {
            continue;
        }
        let chosen = soften().fewest(price(&least), &mut losses, &watch).unwrap();
        assert!(chosen.len() <= used);
        let fewer = soft.least_among(&chosen, &mut losses, &watch).unwrap();
        assert!(price(&fewer) <= price(&least) * (1.0 + 1e-5) + 1.0);
        // No smaller set does as cheaply.
        for subset in subsets(least.len(), chosen.len() - 1) {
            if let Ok(given) = soft.least_among(&subset, &mut losses, &watch) {
                assert!(price(&given) > price(&least) * (1.0 + 1e-6) + 0.1, "{subset:?} of {chosen:?}");
            }
        }
        compared += 1;
        if compared == 6 {
            break;
        }
    }
    assert_eq!(compared, 6);
}

fn soft_gives(context: &Context<'_>) -> Vec<Give> {
    Give::amounts(context)
}

#[test]
fn a_repair_of_a_scenario_is_the_scenarios_own() {
    let mut site = tiny();
    let greedy = crate::site::Address::new(crate::site::Object::Limits, "worst_year_floor_usd");
    site.scenarios = vec![Scenario {
        name: "Greedy".into(),
        note: String::new(),
        overrides: vec![Override::Value { at: greedy.clone(), value: Some(1e12) }],
    }];
    let plan = solve_with(&site, Some("Greedy"), Options::default(), &|_| true).unwrap().plan;
    assert_eq!(plan.status, Status::Infeasible);
    let repair = &plan.repairs[0];
    assert_eq!(repair.object, "revenue floor in dollars");
    let (mended, label) = apply(&site, &repair.edit(Some("Greedy"))).unwrap();
    assert!(label.starts_with("Repair: "));
    assert_eq!(mended.limits, site.limits, "the base case is as it was");
    assert_eq!(mended.scenarios[0].overrides.len(), 1);
    let again = solve_with(&mended, Some("Greedy"), Options::default(), &|_| true).unwrap().plan;
    assert_ne!(again.status, Status::Infeasible);
    // What it said the plan would be worth.
    assert!((again.npv.expected_usd - repair.npv_usd).abs() < 1e-6 * again.npv.expected_usd.abs());
}

#[test]
fn what_cannot_be_asked_has_an_answer_in_words() {
    type Ask = fn(&mut Site);
    let signed: Ask = |site| {
        site.offers[0].status = OfferStatus::Signed;
        site.offers[0].min_mw = 4.0;
    };
    let asks: [(&str, Ask, Ask); 9] = [
        ("no budget", signed, |site| {
            site.limits.capex_by_year_usd = (2026..2031).map(|year| YearUsd { year, usd: 0.0 }).collect();
            site.limits.capex_total_usd = Some(0.0);
        }),
        ("refused everywhere", signed, |site| site.offers[0].needs.availability = 0.999_999),
        ("density", signed, |site| site.offers[0].needs.kw_per_rack = 900.0),
        ("term beyond the horizon", signed, |site| site.offers[0].term_months = 600.0),
        ("minimum above maximum", signed, |site| site.offers[0].min_mw = 20.0),
        ("minimum above all power", signed, |site| {
            site.limits.hosting_min_mw = vec![HostingMinimum { from: day(2027, 1), mw: 1e5 }];
        }),
        ("floor of a trillion", signed, |site| site.limits.worst_year_floor_usd = Some(1e12)),
        ("latest before today", signed, |site| site.offers[0].latest = Some(day(2020, 1))),
        ("dates outside", signed, |site| {
            site.limits.last_order = Some(day(2019, 1));
            site.limits.hosting_min_mw = vec![HostingMinimum { from: day(1999, 1), mw: 2.0 }];
        }),
    ];
    for (what, first, then) in asks {
        let mut site = tiny();
        first(&mut site);
        then(&mut site);
        let plan = plan_of(&site);
        assert_eq!(plan.status, Status::Infeasible, "{what}");
        assert!(!plan.repairs.is_empty(), "{what}");
        let oracle = Oracle::new(&site);
        for repair in &plan.repairs {
            assert!(oracle.is_possible(&repaired(&site, repair)), "{what}: {}", repair.sentence);
            let words = format!("{} {} {}", repair.object, repair.change, repair.sentence);
            assert!(!words.to_lowercase().contains("infeasible") && words.len() > 40, "{what}: {words}");
        }
    }
    let mut dense = tiny();
    signed(&mut dense);
    dense.offers[0].latest = Some(day(2028, 1));
    dense.offers[0].needs.kw_per_rack = 900.0;
    let plan = plan_of(&dense);
    let density = plan.repairs.iter().find(|repair| repair.object.contains("rack density")).unwrap();
    // The fit-out of the hall carries 130 kW a rack.
    assert_eq!(density.changes[0].value, "130", "{}", density.sentence);
}

#[test]
fn what_stands_and_does_not_fit_is_named() {
    let mut site = tiny();
    if let Some(Kind::Hall(hall)) = site.component_mut("H").map(|part| &mut part.kind) {
        hall.fitted_mw = 10.0;
        hall.area_m2 = 1_000.0;
    }
    let error = solve_with(&site, None, Options::default(), &|_| true).unwrap_err();
    let Failure::Problems(report) = &error.0 else { panic!("{error}") };
    assert_eq!(report.problems[0].code, "site-impossible");
    assert_eq!(report.problems[0].place, "H");
    // 10 MW at 300 m² each in a hall of 1,000 m².
    assert!(report.problems[0].message.contains("short by 2\u{202f}000 m²"), "{error}");
}

#[test]
fn looking_for_repairs_stops_when_asked() {
    let mut site = tiny();
    site.limits.worst_year_floor_usd = Some(1e12);
    let stop = |progress: crate::plan::Progress| !progress.stage.contains("repairs");
    let outcome = solve_with(&site, None, Options::default(), &stop);
    assert_eq!(outcome.map(|_| ()).unwrap_err(), PlanError(Failure::Cancelled));
    assert!(!is_infeasible(&solve_with(&tiny(), None, Options::default(), &stop).map(|solved| solved.plan)));
}

#[test]
fn the_pure_rust_solver_finds_the_same_repairs() {
    let mut site = tiny();
    site.limits.hosting_min_mw = vec![HostingMinimum { from: day(2027, 1), mw: 7.0 }];
    site.limits.capex_by_year_usd = vec![YearUsd { year: 2026, usd: 1e6 }];
    let by = |solver| {
        let options = Options { solver, ..Options::default() };
        let plan = solve_with(&site, None, options, &|_| true).unwrap().plan;
        assert_eq!(plan.status, Status::Infeasible);
        plan.repairs.iter().map(|repair| repair.change.clone()).collect::<Vec<_>>()
    };
    assert_eq!(by(Solver::Microlp), by(Solver::default()));
}

#[test]
fn months_between_dates_are_the_price_of_a_delay() {
    let mut site = tiny();
    site.limits.hosting_min_mw = vec![HostingMinimum { from: day(2026, 4), mw: 4.0 }];
    let context = Context::new(&site, Detail::Quick).unwrap();
    let give = Give::HostingFrom { from: day(2026, 4), mw: 4.0 };
    // 4 MW at 130 $/kW-month for nine months.
    let price = give.price(&context, &[], Value::Date(day(2027, 1)));
    assert!((price - 9.0 * 4.0 * 130_000.0).abs() < 1e-6, "{price}");
    assert_eq!(date::months_between(day(2026, 4), day(2027, 1)), 9);
}
