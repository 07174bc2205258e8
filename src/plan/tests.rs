//! What must always hold of a plan, on a site small enough to follow.

use super::context::Context;
use super::planner::{End, Markets};
use super::program::{FloorYear, Freedom, Losses, Program};
use super::result::{Detail, Plan, Status};
use super::solve::{Options, Progress, Solved, Watch, solve_with};
use super::testing::{site, terms_of};
use crate::lp::{self, Expression, Origin, Sense, Solver};
use crate::market::World;
use crate::site::{HostingMinimum, Site, Terms};

fn solved(site: &Site) -> Solved {
    solve_with(site, None, Options::default(), &|_| true).unwrap()
}

fn plan_of(site: &Site) -> Plan {
    solved(site).plan
}

fn hosting_peak(plan: &Plan) -> f64 {
    plan.hosting_mw().into_iter().fold(0.0, f64::max)
}

#[test]
fn the_plan_is_proven_and_its_cash_adds_up() {
    let plan = plan_of(&site());
    if cfg!(feature = "highs") {
        assert_eq!(plan.status, Status::Optimal, "{:?}", plan.certificate);
        assert!(plan.certificate.dual_residual <= 1e-6 && plan.certificate.relative_gap <= 1e-6);
    }
    assert!(plan.certificate.primal_residual <= 1e-6);
    assert!(plan.certificate.cash_flow_residual <= 1e-6, "{:?}", plan.certificate);
    assert!(hosting_peak(&plan) > 1.0, "the tenant pays well enough to be hosted");
}

#[test]
fn the_pure_rust_solver_agrees() {
    let model = solved(&site()).model;
    let first = lp::solve(&model, Solver::default(), None).unwrap();
    let second = lp::solve(&model, Solver::Microlp, None).unwrap();
    assert!((first.objective - second.objective).abs() <= 1e-6 * (1.0 + first.objective.abs()));
}

#[test]
fn relaxing_a_limit_never_lowers_the_optimum() {
    let base = plan_of(&site()).objective_usd;
    let relaxations: [fn(&mut Site); 5] = [
        |site| site.limits.capex_by_year_usd[0].usd *= 1.3,
        |site| site.offers[0].max_mw += 1.0,
        |site| site.offers[0].start_mw_per_month = None,
        |site| terms_of(site, "U").unwrap().lead_months = 3.0,
        |site| site.fleets[0].purchase_max_mw += 5.0,
    ];
    for (index, relax) in relaxations.into_iter().enumerate() {
        let mut changed = site();
        relax(&mut changed);
        let more = plan_of(&changed).objective_usd;
        assert!(more >= base - 1.0, "relaxation {index}: {more} < {base}");
    }
}

#[cfg(feature = "highs")]
#[test]
fn a_shadow_price_is_the_slope_of_the_optimum() {
    let base = plan_of(&site());
    let binding = base.binding.iter().find(|b| b.object == "2026 budget").expect("the first budget binds");
    let step = 10_000.0;
    let slope = |sign: f64| {
        let mut changed = site();
        changed.limits.capex_by_year_usd[0].usd += sign * step;
        (plan_of(&changed).objective_usd - base.objective_usd) / (sign * step)
    };
    let (up, down) = (slope(1.0), slope(-1.0));
    let price = binding.shadow_price;
    // At a corner the price lies between the two slopes.
    assert!(price >= up - 1e-4 && price <= down + 1e-4, "{up} <= {price} <= {down}");
    assert!(price > 0.0);

    // As far as it says it holds, and no further: then less is gained.
    let holds = binding.holds.expect("this solver tells");
    assert!(holds.more.is_finite() && holds.more > 0.0, "{holds:?}");
    let gained = |more: f64| {
        let mut changed = site();
        changed.limits.capex_by_year_usd[0].usd += more;
        plan_of(&changed).objective_usd - base.objective_usd
    };
    let within = gained(holds.more);
    assert!((within - price * holds.more).abs() < 1e-6 * base.objective_usd.abs(), "{within} {holds:?}");
    assert!(gained(1.5 * holds.more) < 1.5 * price * holds.more - 1.0);
    // A whole unit is worth what solving again with it says.
    for binding in base.binding.iter().filter(|binding| binding.constraint == "C11") {
        if let Some(worth) = binding.step_worth_usd {
            assert!((gained(1e6) - worth).abs() < 1.0, "{} against {worth}", gained(1e6));
            return;
        }
    }
}

#[test]
fn nothing_is_used_beyond_what_is_there() {
    let plan = plan_of(&site());
    for part in &plan.parts {
        for period in 0..plan.periods.len() {
            let load = part.mining_mw[period] + part.hosting_mw[period];
            assert!(load <= part.rating_mw[period] + 1e-6, "{} in period {period}", part.component);
        }
    }
    let hall = &plan.halls[0];
    for period in 0..plan.periods.len() {
        let hosted: f64 = hall.uses.iter().filter(|of| !of.of.is_mining()).map(|of| of.mw[period]).sum();
        assert!(hosted <= hall.fitted_mw[period] + 1e-6);
        // Fitted space never returns to mining.
        if period > 0 {
            assert!(hall.fitted_mw[period] >= hall.fitted_mw[period - 1] - 1e-9);
        }
    }
}

#[test]
fn keep_mining_equals_its_closed_form() {
    // Nothing to build, nothing to sell, no second use: the present value is a sum over months.
    let mut alone = site();
    alone.offers.clear();
    alone.limits.capex_total_usd = Some(0.0);
    alone.fleets[0].resale.scrap_usd_per_th = 0.0;
    alone.fleets[0].resale.margin_days = 0.0;
    alone.fleets[0].life_months = 600.0;
    alone.company.mining_site_usd_per_mw_month = 0.0;
    if let crate::site::Kind::GridFeed(feed) = &mut alone.components[0].kind {
        feed.tariff.demand_usd_per_kw_month = 0.0;
        feed.tariff.four_cp_usd_per_kw_year = 0.0;
        feed.minimum_take_share = 0.0;
    }
    let plan = plan_of(&alone);
    let context = Context::new(&alone, Detail::Quick).unwrap();
    let world = World::sample(&alone, context.calendar.months, 40).unwrap();
    // Utility energy of an IT MWh, by hand: fan power at the switchgear, 1 % lost there.
    let gross = (1.0 + 0.05) / 0.99;
    let mut expected = 0.0;
    for path in 0..40 {
        for month in 0..context.calendar.months {
            let revenue =
                crate::market::bitcoin::revenue_usd_per_mwh(world.hashprice[path][month], 17.5, 0.01, 0.0);
            let cost = 3.0 * context.calendar.inflation(month);
            let calendar_month = context.calendar.calendar_month(month);
            let scale = world.power_scale[path][month];
            let cell = context.feeds[0].deck.mining_month(calendar_month, revenue, scale, gross, cost, 0.93);
            expected += 20.0 * cell.margin_usd_per_mw * context.calendar.discount(month) / 40.0;
        }
    }
    assert!(
        (plan.objective_usd - expected).abs() < 1e-6 * expected,
        "{} against {expected}",
        plan.objective_usd
    );
}

/// The tail cuts against the formulation they replace: a row and a shortfall column a path.
#[test]
fn tail_cuts_equal_a_row_for_each_path() {
    let mut floored = site();
    floored.plan.tail_level = 0.8;
    // A rent that does not pay for itself: only the floor brings the tenant in.
    floored.offers[0].terms = Terms::Colocation { rent_usd_per_kw_month: 75.0, escalator: 0.03 };
    let context = Context::new(&floored, Detail::Quick).unwrap();
    let markets = Markets::new(&context).unwrap();
    let free = Program::new(&context, &markets, Freedom::Everything, Vec::new());
    let solution = lp::solve(&free.model, Solver::default(), None).unwrap();
    let floors: Vec<FloorYear> = [2usize, 4]
        .into_iter()
        .map(|year| {
            let revenue = free.revenue_of_year(year, &solution.values);
            let worst = crate::quantity::statistics::worst_tail_mean(&revenue, 0.8);
            FloorYear {
                year,
                usd: worst * 1.05,
                reference_usd: 0.0,
                usd_per_level: 0.0,
                slack: None,
                cuts: 0,
            }
        })
        .collect();

    let mut cut = Program::new(&context, &markets, Freedom::Everything, floors.clone());
    let (by_cuts, rounds) = End::default()
        .go_on(&mut cut, &mut Losses::new(&context), Solver::default(), &Watch::new(&|_: Progress| true))
        .unwrap();
    assert!(rounds > 1, "the floor must be violated at first");

    let mut full = Program::new(&context, &markets, Freedom::Everything, Vec::new());
    for floor in &floors {
        let eta = full.model.add_column(format!("eta{}", floor.year), f64::NEG_INFINITY, f64::INFINITY, 0.0);
        let mut tail = Expression::of(eta, 1.0);
        for path in 0..40 {
            let short = full.model.add_column(format!("short{}-{path}", floor.year), 0.0, f64::INFINITY, 0.0);
            tail.add(short, -1.0 / (40.0 * 0.2));
            let mut covered = Expression::of(short, 1.0);
            covered.add(eta, -1.0);
            for (column, cash) in full.cash.iter().enumerate() {
                for (_, by_path) in cash.revenue.iter().filter(|(year, _)| *year == floor.year) {
                    covered.add(column, by_path[path] / 1e6);
                }
            }
            let name = format!("cover{}-{path}", floor.year);
            full.model.add_row(name, covered, Sense::AtLeast, &Expression::default(), Origin::default());
        }
        let right = Expression::constant(floor.usd / 1e6);
        full.model.add_row(format!("floor{}", floor.year), tail, Sense::AtLeast, &right, Origin::default());
    }
    let by_rows = lp::solve(&full.model, Solver::default(), None).unwrap();
    let difference = (by_cuts.objective - by_rows.objective).abs();
    assert!(
        difference <= 1e-6 * (1.0 + by_rows.objective.abs()),
        "{} {}",
        by_cuts.objective,
        by_rows.objective
    );
    assert!(by_cuts.objective < solution.objective, "the floor costs something");
}

#[test]
fn a_floor_out_of_reach_names_itself() {
    let mut greedy = site();
    greedy.limits.worst_year_floor_usd = Some(500e6);
    let plan = plan_of(&greedy);
    assert_eq!(plan.status, Status::Infeasible);
    assert!(!plan.repairs.is_empty());
    assert!(
        plan.repairs.iter().all(|repair| repair.object.contains("floor") || repair.object.contains("budget"))
    );
    assert!(plan.repairs.iter().any(|repair| repair.object.contains("revenue floor")));
}

#[test]
fn a_promise_that_comes_too_early_names_itself_and_the_repair_mends_it() {
    let mut hasty = site();
    let from = crate::quantity::Date::constant(2026, 4, 1);
    hasty.limits.hosting_min_mw = vec![HostingMinimum { from, mw: 4.0 }];
    let plan = plan_of(&hasty);
    assert_eq!(plan.status, Status::Infeasible);
    let repair = plan.repairs.iter().find(|repair| repair.object.contains("least hosting")).unwrap();
    assert!(repair.change.contains("lower by 4.0"), "{}", repair.change);
    hasty.limits.hosting_min_mw[0].mw = 0.0;
    assert_ne!(plan_of(&hasty).status, Status::Infeasible);
}

#[test]
fn risk_weight_trades_the_mean_for_the_tail() {
    let neutral = plan_of(&site());
    let mut careful = site();
    careful.plan.risk_weight = 0.9;
    let careful = plan_of(&careful);
    assert!(careful.npv.expected_usd <= neutral.npv.expected_usd + 1.0);
    assert!(careful.npv.cvar95_usd >= neutral.npv.cvar95_usd - 1.0);
}

#[test]
fn full_detail_tells_the_same_story_as_quick() {
    let options = Options { detail: Detail::Full, ..Options::default() };
    let full = solve_with(&site(), None, options, &|_| true).unwrap().plan;
    assert_eq!(full.periods.len(), 96);
    assert!(full.certificate.cash_flow_residual <= 1e-6);
    // Quick lets a quarter's MW move in on its first day and orders only each quarter: near, not equal.
    let quick = plan_of(&site());
    let difference = (full.objective_usd - quick.objective_usd).abs();
    assert!(difference < 0.1 * quick.objective_usd.abs(), "{} {}", full.objective_usd, quick.objective_usd);
    assert!((hosting_peak(&full) - hosting_peak(&quick)).abs() < 1.0);
}

#[test]
fn a_plan_is_the_same_on_one_thread_and_on_many() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| plan_of(&site()))
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn cancelling_and_unknown_scenarios_are_errors_in_words() {
    let cancelled = solve_with(&site(), None, Options::default(), &|_| false).unwrap_err();
    assert_eq!(cancelled.to_string(), "cancelled");
    let unknown = solve_with(&site(), Some("nonsense"), Options::default(), &|_| true).unwrap_err();
    assert!(unknown.to_string().contains("no scenario `nonsense`"));
    let mut without = site();
    without.components.remove(0);
    without.links.retain(|link| link.from != "G");
    let missing = solve_with(&without, None, Options::default(), &|_| true).unwrap_err();
    assert!(missing.to_string().contains("grid feed"), "{missing}");
}

/// What no decision moves is in every plan on every path: the program, the judge and a sum by hand agree.
#[test]
fn a_fixed_charge_and_a_block_are_settled_in_every_plan() {
    let base = plan_of(&site());
    let mut changed = site();
    let crate::site::Kind::GridFeed(feed) = &mut changed.components[0].kind else { panic!() };
    let until = Some(jiff::civil::date(2028, 1, 1));
    feed.tariff.block = Some(crate::site::FixedBlock { mw: 6.0, usd_per_mwh: 33.0, until });
    feed.tariff.fixed_usd_per_month = 4_000.0;
    let plan = plan_of(&changed);
    assert!(plan.certificate.cash_flow_residual <= 1e-6, "{:?}", plan.certificate);
    let context = Context::new(&changed, Detail::Quick).unwrap();
    let world = World::sample(&changed, context.calendar.months, 40).unwrap();
    let mut expected = 0.0;
    for month in 0..context.calendar.months {
        let day = context.calendar.date_of(month);
        let deck = &changed.assumptions.price_decks[0].months[usize::try_from(day.month() - 1).unwrap()];
        let index: f64 = deck.iter().map(|band| band.share * band.usd_per_mwh).sum();
        for path in 0..40 {
            let block = if Some(day) < until {
                6.0 * 730.0 * (index * world.power_scale[path][month] - 33.0)
            } else {
                0.0
            };
            expected += (block - 4_000.0) * context.calendar.discount(month) / 40.0;
        }
    }
    let difference = plan.objective_usd - base.objective_usd;
    assert!((difference - expected).abs() < 1e-5 * expected.abs(), "{difference} against {expected}");
    assert_eq!(plan.hosting_mw().len(), base.hosting_mw().len());
}

/// A site on a time-of-use tariff needs no price deck, and a dearer tariff is worth less.
#[test]
fn a_plan_buys_at_the_tariff_of_the_user() {
    let at = |usd_per_mwh: f64| {
        let mut changed = site();
        changed.assumptions.price_decks.clear();
        let crate::site::Kind::GridFeed(feed) = &mut changed.components[0].kind else { panic!() };
        feed.tariff.price_deck.clear();
        feed.tariff.energy = crate::site::EnergyPrice::TimeOfUse(crate::site::TimeOfUse {
            periods: vec![crate::site::TimeOfUsePeriod {
                name: "day".into(),
                from_month: 1,
                to_month: 12,
                days: crate::site::Days::Weekdays,
                from_hour: 8,
                to_hour: 20,
                usd_per_mwh,
            }],
            otherwise_usd_per_mwh: 25.0,
            market_share: 0.5,
        });
        let plan = plan_of(&changed);
        assert!(plan.certificate.cash_flow_residual <= 1e-6, "{:?}", plan.certificate);
        plan.objective_usd
    };
    assert!(at(60.0) < at(40.0));
}
