//! What must hold of the plan of any site, on small sites made at random from numbered seeds.

use super::audit::audit;
use super::context::{Context, MiningTable};
use super::decisions::Decisions;
use super::judge::judge;
use super::planner::{End, Markets, Planner};
use super::program::{Freedom, Losses, Program};
use super::result::{Detail, Plan, Status};
use super::solve::{Options, Progress, Solved, Watch, solve_with};
use super::testing::{self, terms_of};
use crate::lp::Solver;
use crate::market::World;
use crate::quantity::{random, statistics};
use crate::site::company::{Instrument, InstrumentKind};
use crate::site::{Kind, Offer, Site, Terms};
use rand::Rng as _;

const SITES: std::ops::Range<u64> = 0..6;

/// A site like the fixture, other in everything that can be other and still be planned.
fn generated(case: u64) -> Site {
    let mut stream = random::stream(case, "sites made at random");
    let mut between = |low: f64, high: f64| low + (high - low) * (stream.next_u64() as f64 / u64::MAX as f64);
    let mut site = testing::site();
    site.plan.seed = case;
    (site.plan.paths, site.plan.judge_paths) = (20, 20);
    site.plan.horizon_years = between(4.0, 7.0) as u32;
    site.plan.tail_level = between(0.6, 0.9);
    let rent = |usd: f64| Terms::Colocation { rent_usd_per_kw_month: usd, escalator: 0.02 };
    let offer = &mut site.offers[0];
    offer.terms = rent(between(80.0, 170.0));
    offer.max_mw = between(3.0, 9.0);
    offer.start_mw_per_month = Some(between(0.5, 3.0));
    offer.default_per_year = between(0.0, 0.08);
    offer.term_months = between(48.0, 160.0).round();
    offer.power_share = if case.is_multiple_of(2) { between(0.0, 0.5) } else { 0.0 };
    if case % 2 == 1 {
        let other = Offer {
            id: "second".into(),
            name: "Second".into(),
            tenant_group: "second".into(),
            terms: rent(between(80.0, 140.0)),
            max_mw: between(2.0, 6.0),
            term_months: between(24.0, 60.0).round(),
            ..site.offers[0].clone()
        };
        site.offers.push(other);
    }
    for budget in &mut site.limits.capex_by_year_usd {
        budget.usd = between(6e6, 40e6);
    }
    let fleet = &mut site.fleets[0];
    fleet.efficiency_j_per_th = between(15.0, 23.0);
    fleet.purchase_usd_per_th = Some(between(6.0, 20.0));
    fleet.purchase_max_mw = between(0.0, 8.0);
    terms_of(&mut site, "U").unwrap().lead_months = between(3.0, 14.0).round();
    terms_of(&mut site, "T").unwrap().usd_per_mw *= between(0.5, 2.0);
    let dearer = between(0.7, 1.3);
    for band in site.assumptions.price_decks[0].months.iter_mut().flatten() {
        band.usd_per_mwh *= dearer;
    }
    if let Kind::GridFeed(feed) = &mut site.components[0].kind {
        feed.interconnection_mw = between(24.0, 32.0);
        feed.tariff.ratchet_share = between(0.0, 0.9);
    }
    site.company.tax.rate = if case.is_multiple_of(3) { 0.2 } else { 0.0 };
    site
}

fn solved(site: &Site) -> Solved {
    solve_with(site, None, Options::default(), &|_| true).unwrap()
}

fn plan_of(site: &Site) -> Plan {
    solved(site).plan
}

/// Two amounts of the size of an objective.
fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-6 * expected.abs().max(1e6)
}

#[test]
fn plans_of_sites_made_at_random_hold() {
    let mut hosting = 0;
    for case in SITES {
        let site = generated(case);
        let solved = solved(&site);
        if cfg!(feature = "highs") {
            assert_eq!(solved.plan.status, Status::Optimal, "{case}: {:?}", solved.plan.notes);
        }
        let broken: Vec<String> = audit(&site, None, None, &solved)
            .unwrap()
            .iter()
            .filter(|line| !line.holds())
            .map(super::result::AuditLine::sentence)
            .collect();
        assert!(broken.is_empty(), "{case}: {broken:?}");
        hosting += usize::from(solved.plan.hosting_mw().iter().any(|mw| *mw > 0.5));
    }
    assert!(hosting >= 3, "of these sites {hosting} host anything");
}

/// The same paths in another order, and as often as the order names them.
fn rearranged(world: &World, order: &[usize]) -> World {
    let take =
        |series: &[Vec<f64>]| -> Vec<Vec<f64>> { order.iter().map(|path| series[*path].clone()).collect() };
    let mut other = world.clone();
    other.paths = order.len();
    for (series, own) in [
        (&world.hashprice, &mut other.hashprice),
        (&world.btc_price, &mut other.btc_price),
        (&world.network_eh, &mut other.network_eh),
        (&world.power_scale, &mut other.power_scale),
        (&world.gpu_index, &mut other.gpu_index),
        (&world.colocation_index, &mut other.colocation_index),
    ] {
        *own = take(series);
    }
    for (system, own) in world.gpu_systems.iter().zip(&mut other.gpu_systems) {
        own.index = take(&system.index);
    }
    for (tenant, own) in world.tenants.iter().zip(&mut other.tenants) {
        own.default_month = order.iter().map(|path| tenant.default_month[*path]).collect();
        own.delay_months = order.iter().map(|path| tenant.delay_months[*path]).collect();
    }
    other
}

/// Objective of the program on a world, with what is decided walked along its paths.
fn optimum_on(
    context: &Context<'_>,
    markets: &mut Markets,
    world: World,
    floor: Option<f64>,
) -> (f64, Vec<f64>) {
    markets.mining = MiningTable::new(context, &world);
    markets.worlds.program = world;
    let floors = floor.map_or_else(Vec::new, |usd| {
        let keep = vec![usd; context.calendar.years()];
        let mut floors = super::planner::floor_years(context, &keep, true);
        floors.iter_mut().for_each(|floor| floor.usd = usd);
        floors
    });
    let mut program = Program::new(context, markets, Freedom::Everything, floors);
    let mut losses = Losses::new(context);
    let watch = Watch::new(&|_: Progress| true);
    let (solution, _) = End::default().go_on(&mut program, &mut losses, Solver::default(), &watch).unwrap();
    let decisions = Decisions::read(&program, &solution.values);
    let walked = judge(context, &markets.worlds.program, &markets.mining, &decisions);
    (solution.objective * 1e6, walked.npv)
}

#[test]
fn duplicated_or_permuted_paths_change_nothing() {
    for case in SITES {
        let mut site = generated(case);
        site.plan.risk_weight = 0.3;
        let context = Context::new(&site, Detail::Quick).unwrap();
        let mut markets = Markets::new(&context).unwrap();
        let world = markets.worlds.program.clone();
        let keep = plan_of(&site);
        let floor = 0.8 * keep.stability.iter().map(|year| year.worst_year_usd).fold(f64::INFINITY, f64::min);
        let (once, _) = optimum_on(&context, &mut markets, world.clone(), Some(floor));
        let backwards: Vec<usize> = (0..world.paths).rev().collect();
        let twice: Vec<usize> = (0..2 * world.paths).map(|path| path * 7 % world.paths).collect();
        for (what, order) in [("permuted", backwards), ("duplicated", twice)] {
            let mut count = vec![0; world.paths];
            order.iter().for_each(|path| count[*path] += 1);
            assert!(count.iter().all(|each| *each == count[0]), "every path as often as another");
            let (other, _) = optimum_on(&context, &mut markets, rearranged(&world, &order), Some(floor));
            assert!(near(other, once), "{case}, {what}: {other} {once}");
        }
    }
}

#[test]
fn no_risk_weight_is_the_mean_and_a_tail_of_one_path_the_worst() {
    for case in SITES {
        let mut site = generated(case);
        let objective = |site: &Site| {
            let context = Context::new(site, Detail::Quick).unwrap();
            let mut markets = Markets::new(&context).unwrap();
            let world = markets.worlds.program.clone();
            optimum_on(&context, &mut markets, world, None)
        };
        let (mean, by_path) = objective(&site);
        assert!(near(mean, statistics::mean(&by_path)), "{case}: {mean}");
        site.plan.risk_weight = 1.0;
        site.plan.tail_level = 1.0 - 1.0 / f64::from(site.plan.paths);
        let (worst, of_the_wary) = objective(&site);
        let least = of_the_wary.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(near(worst, least), "{case}: {worst} {least}");
        // Nobody who looks at the mean has a better worst path.
        let other = by_path.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(least >= other - 1.0, "{case}: {least} {other}");
    }
}

#[test]
fn no_plan_that_keeps_to_the_same_limits_is_worth_more() {
    let mut compared = 0;
    for case in SITES {
        let mut site = generated(case);
        site.limits.worst_year_floor_share = (case.is_multiple_of(2)).then_some(0.4);
        let plan = plan_of(&site);
        if plan.status == Status::Infeasible {
            continue;
        }
        // As many paths judge as the program has, so they are the same.
        assert!(near(plan.npv.expected_usd, plan.objective_usd), "{case}");
        for other in plan.baselines.iter().chain(&plan.alternatives) {
            if other.policies_missed.is_empty() {
                let most = plan.npv.expected_usd + 1e-6 * plan.npv.expected_usd.abs().max(1e6);
                assert!(other.npv_usd <= most, "{case}: {} {} {most}", other.name, other.npv_usd);
                compared += 1;
            }
        }
    }
    assert!(compared >= 6, "{compared}");
}

#[test]
fn a_frontier_falls_and_falls_faster() {
    let mut looked_at = 0;
    for case in SITES {
        let mut site = generated(case);
        // Too little to come unasked, so that steadiness costs something.
        site.offers[0].terms = Terms::Colocation { rent_usd_per_kw_month: 70.0, escalator: 0.02 };
        let listener = |_: Progress| true;
        let Ok(frontier) = Planner::default().frontier(&site, None, Options::default(), 5, &listener) else {
            continue;
        };
        let points = &frontier.points;
        for pair in points.windows(2) {
            assert!(pair[1].floor > pair[0].floor, "{case}");
            assert!(pair[1].npv_usd <= pair[0].npv_usd + 1.0, "{case}: {pair:?}");
        }
        for three in points.windows(3) {
            let slope = |a: usize, b: usize| {
                (three[b].npv_usd - three[a].npv_usd) / (three[b].floor - three[a].floor)
            };
            let slack = 1e-5 * three[0].npv_usd.abs().max(1e6) / (three[1].floor - three[0].floor);
            assert!(slope(1, 2) <= slope(0, 1) + slack, "{case}: {three:?}");
        }
        looked_at += 1;
    }
    assert!(looked_at >= 4, "{looked_at}");
}

/// A floor on revenue is no reason to stand still: what stands and would earn, runs.
#[test]
fn mining_never_idles_to_meet_the_floor() {
    let mut earning = 0;
    for case in SITES {
        let free = plan_of(&generated(case));
        let mut site = generated(case);
        let worst = free.stability.iter().map(|year| year.worst_year_usd).fold(f64::INFINITY, f64::min);
        site.limits.worst_year_floor_usd = Some(worst);
        let solved = solved(&site);
        if solved.plan.status == Status::Infeasible {
            continue;
        }
        let context = Context::new(&site, Detail::Quick).unwrap();
        let markets = Markets::new(&context).unwrap();
        let (world, periods) = (&markets.worlds.program, &solved.plan.periods);
        let margin = |class: usize, period: usize| -> f64 {
            let span = periods[period];
            let months = span.first_month..span.first_month + span.months;
            let path = |path: usize| -> f64 {
                months.clone().map(|m| markets.mining.at(class, path, m).margin_usd_per_mw).sum()
            };
            (0..world.paths).map(path).sum::<f64>() / world.paths as f64
        };
        for standing in &solved.decisions.mined {
            let runs = solved.decisions.running[0]
                .iter()
                .find(|of| (of.of, of.period) == (standing.of, standing.period))
                .map_or(0.0, |of| of.mw);
            // Peaks are charged for what runs: 2 $/kW-month with a ratchet for eleven months more, and 10 $/kW of the next
            // year for those of summer; on a quarter at most 2,000 (3 + 9.9) + 10,000 USD a MW.
            let earns = margin(standing.of, standing.period)
                > 36_000.0_f64.max(12_000.0 * periods[standing.period].months as f64);
            earning += usize::from(earns);
            assert!(
                !earns || runs >= standing.mw - 1e-6,
                "{case}: {runs} of {} MW run in period {}",
                standing.mw,
                standing.period
            );
        }
    }
    assert!(earning > 50, "{earning} times something stood that would earn");
}

#[test]
fn money_at_its_fair_yield_changes_nothing() {
    for case in SITES {
        let mut site = generated(case);
        site.company.opening_cash_usd = 600e6;
        let plain = plan_of(&site);
        site.limits.minimum_cash_usd = Some(1e6);
        let fair = |id: &str, kind| Instrument {
            id: id.to_owned(),
            name: String::new(),
            kind,
            limit_usd: 50e6,
            rate: site.company.discount_rate,
            fee_share: 0.0,
            available_from: None,
            available_to: None,
            term_months: 36.0,
        };
        let instruments = vec![
            fair("loan", InstrumentKind::ConstructionLoan { loan_to_cost: 0.6, dscr: 1.1 }),
            fair("notes", InstrumentKind::ConvertibleNotes { conversion_premium: 0.2 }),
            fair("shares", InstrumentKind::EquityAtMarket { usd_per_year: 20e6 }),
        ];
        site.company.instruments = instruments;
        let financed = plan_of(&site);
        assert!(near(financed.objective_usd, plain.objective_usd), "{case}");
        let (with, without) = (financed.hosting_mw(), plain.hosting_mw());
        let apart = with.iter().zip(&without).map(|(a, b)| (a - b).abs());
        assert!(apart.fold(0.0, f64::max) < 1e-4, "{case}");
    }
}

#[test]
fn relaxing_any_limit_never_lowers_the_optimum() {
    type Relax = fn(&mut Site);
    let relaxations: [(&str, Relax); 8] = [
        ("a budget", |site| site.limits.capex_by_year_usd[1].usd *= 1.2),
        ("no budget", |site| site.limits.capex_by_year_usd.clear()),
        ("more of an offer", |site| site.offers[0].max_mw += 1.0),
        ("no pace", |site| site.offers[0].start_mw_per_month = None),
        ("a shorter lead", |site| {
            let terms = terms_of(site, "U").unwrap();
            terms.lead_months = (terms.lead_months - 3.0).max(0.0);
        }),
        ("more machines", |site| site.fleets[0].purchase_max_mw += 3.0),
        ("a lower floor", |site| site.limits.worst_year_floor_usd = None),
        ("more power", |site| {
            // Nothing is asked of the contract that was not before.
            if let Kind::GridFeed(feed) = &mut site.components[0].kind {
                (feed.interconnection_mw, feed.minimum_take_share) = (feed.interconnection_mw + 3.0, 0.0);
            }
        }),
    ];
    for case in SITES {
        let mut site = generated(case);
        if let Kind::GridFeed(feed) = &mut site.components[0].kind {
            feed.minimum_take_share = 0.0;
        }
        site.limits.worst_year_floor_usd = (case.is_multiple_of(2)).then_some(2e6);
        let base = plan_of(&site);
        if base.status == Status::Infeasible {
            continue;
        }
        let (what, relax) = relaxations[(case as usize * 3) % relaxations.len()];
        let (also, other) = relaxations[(case as usize * 3 + 1) % relaxations.len()];
        for (what, relax) in [(what, relax), (also, other)] {
            let mut relaxed = site.clone();
            relax(&mut relaxed);
            let more = plan_of(&relaxed).objective_usd;
            assert!(more >= base.objective_usd - 1e-6 * base.objective_usd.abs().max(1e6), "{case}, {what}");
        }
    }
}

#[cfg(feature = "highs")]
#[test]
fn a_price_is_the_difference_as_far_as_it_holds() {
    let mut looked_at = 0;
    for case in SITES {
        let site = generated(case);
        let plan = plan_of(&site);
        for binding in plan.binding.iter().filter(|binding| binding.constraint == "C11") {
            let (Some(holds), Some(year)) = (binding.holds, binding.object.split(' ').next()) else {
                continue;
            };
            let Ok(year) = year.parse::<i16>() else { continue };
            for step in [0.5 * holds.more.min(5e6), -0.5 * holds.less.min(5e6)] {
                if step.abs() < 1_000.0 {
                    continue;
                }
                let mut moved = site.clone();
                let budget = moved.limits.capex_of_year(year).unwrap();
                moved.limits.set_capex_of_year(year, Some(budget + step));
                let gained = plan_of(&moved).objective_usd - plan.objective_usd;
                let expected = binding.shadow_price * step;
                assert!(
                    (gained - expected).abs() <= 1e-6 * plan.objective_usd.abs().max(1e6),
                    "{case}: {} moved by {step}: {gained} {expected}",
                    binding.object
                );
                looked_at += 1;
            }
        }
    }
    assert!(looked_at >= 3, "{looked_at} steps were long enough to look at");
}
