//! Hashprice sold forward: closed forms, worlds of two paths by hand, and what must always hold.

use super::audit::audit;
use super::context::{Context, MiningTable};
use super::decisions::Decisions;
use super::hedge::{expected_hashprice, forwards, margin_flows};
use super::judge::judge;
use super::planner::{End, Markets};
use super::program::{Freedom, Losses, Program};
use super::result::{Detail, HedgePlan, Plan, Status};
use super::solve::{Options, Progress, Solved, Watch, solve_with};
use super::stress::Stress;
use super::testing::site;
use super::treasury;
use crate::lp::Solver;
use crate::market::World;
use crate::quantity::statistics;
use crate::site::{Hedge, Kind, Site};

/// Days of a month of 730 hours.
const DAYS: f64 = 730.0 / 24.0;

fn solved(site: &Site, detail: Detail) -> Plan {
    solve_with(site, None, Options { detail, ..Options::default() }, &|_| true).unwrap().plan
}

fn plan_of(site: &Site) -> Plan {
    solved(site, Detail::Quick)
}

fn near(found: f64, by_hand: f64) {
    assert!((found - by_hand).abs() <= 1e-9 * (1.0 + by_hand.abs()), "{found} against {by_hand}");
}

fn proven(plan: &Plan) {
    if cfg!(feature = "highs") {
        assert_eq!(plan.status, Status::Optimal, "{:?} {:?}", plan.certificate, plan.repairs);
    }
    assert!(plan.certificate.cash_flow_residual <= 1e-9, "{:?}", plan.certificate);
}

fn world_of(site: &Site, detail: Detail) -> World {
    Markets::sample(&Context::new(site, detail).unwrap()).unwrap().program
}

/// Nobody to host, power so cheap and even that machines always run: what a MW mines is a line in hashprice.
fn only_mining() -> Site {
    let mut site = site();
    site.offers.clear();
    site.fleets[0].purchase_usd_per_th = None;
    site.fleets[0].variable_usd_per_mwh = 0.0;
    for month in &mut site.assumptions.price_decks[0].months {
        month.truncate(1);
        month[0].share = 1.0;
        month[0].usd_per_mwh = 1.0;
    }
    if let Kind::GridFeed(feed) = &mut site.components[0].kind {
        feed.curtailment = Default::default();
    }
    site
}

/// PH/s of the 20 MW that run in the fixture, at work.
fn running_ph_per_s() -> f64 {
    0.93 * 20.0 / 17.5 * 1_000.0
}

#[test]
fn on_average_a_forward_costs_its_spread() {
    for detail in [Detail::Quick, Detail::Full] {
        let mut site = site();
        site.company.hedge = Some(Hedge { spread: 0.05, ..Hedge::default() });
        let context = Context::new(&site, detail).unwrap();
        let markets = Markets::new(&context).unwrap();
        let world = &markets.worlds.program;
        let program = Program::new(&context, &markets, Freedom::Everything, Vec::new());
        assert_eq!(program.handles.hedge.len(), if detail == Detail::Full { 12 } else { 4 });
        for (period, column) in &program.handles.hedge {
            let span = context.calendar.periods[*period];
            let (mut npv, mut billed) = (0.0, 0.0);
            for month in span.first_month..span.first_month + span.months {
                let mean = world.hashprice.iter().map(|path| path[month]).sum::<f64>() / world.paths as f64;
                let discount = (1.0 + site.company.discount_rate).powf(-(month as f64 + 0.5) / 12.0);
                npv -= 0.05 * mean * DAYS * 1_000.0 * discount;
                billed -= 0.05 * mean * DAYS * 1_000.0;
            }
            near(statistics::mean(&program.cash[*column].npv), npv);
            assert_eq!(program.cash[*column].revenue.len(), 1);
            assert_eq!(program.cash[*column].revenue[0].0, 0);
            near(statistics::mean(&program.cash[*column].revenue[0].1), billed);
        }
    }
}

#[test]
fn without_risk_floor_or_cash_nothing_is_sold() {
    let without = plan_of(&site());
    let mut may = site();
    may.company.hedge = Some(Hedge { spread: 0.001, ..Hedge::default() });
    let with = plan_of(&may);
    proven(&with);
    assert!(with.hedges.is_empty(), "{:?}", with.hedges);
    near(with.objective_usd, without.objective_usd);
    assert!(with.notes.iter().any(|note| note.contains("sold forward")));
}

/// A share of nothing is no share: the same program to the last row, and that of a file that says nothing.
#[test]
fn what_may_not_be_sold_is_in_no_program() {
    let model = |site: &Site| {
        let solved = solve_with(site, None, Options::default(), &|_| true).unwrap();
        (format!("{:?}", solved.model), solved.plan)
    };
    let mut none = site();
    none.plan.risk_weight = 0.5;
    let mut zero = none.clone();
    zero.company.hedge = Some(Hedge { share: 0.0, ..Hedge::default() });
    assert_eq!(model(&none), model(&zero));
    assert!(!model(&none).0.contains("hedge"));
}

#[test]
fn a_miner_who_fears_only_the_tail_sells_the_most_at_no_spread() {
    for detail in [Detail::Quick, Detail::Full] {
        let mut site = only_mining();
        site.plan.risk_weight = 1.0;
        site.plan.horizon_years = 1;
        site.company.hedge = Some(Hedge { share: 0.6, spread: 0.0, margin_share: 0.35 });
        let plan = solved(&site, detail);
        proven(&plan);
        let most = 0.6 * running_ph_per_s();
        // The first month's hashprice is known: where it is sold by itself there is nothing to fear.
        let at_risk: Vec<_> = plan.hedges.iter().filter(|hedge| hedge.period > 0).collect();
        assert_eq!(at_risk.len(), if detail == Detail::Full { 11 } else { 3 });
        if detail == Detail::Quick {
            near(plan.hedges[0].ph_per_s, most);
        }
        for hedge in at_risk {
            near(hedge.ph_per_s, most);
            assert!(hedge.expected_settlement_usd.abs() < 1e-6, "{hedge:?}");
        }
        let bound = plan.binding.iter().find(|binding| binding.constraint == "C16").expect("it binds");
        assert!(
            bound.sentence.starts_with("The hashrate that may be sold forward is used up"),
            "{}",
            bound.sentence
        );
        assert!(bound.shadow_price > 0.0 && bound.unit == "USD per EH/s");
        let signed: Vec<_> =
            plan.commitments.iter().filter(|commitment| commitment.object == "company").collect();
        assert_eq!((signed.len(), signed[0].date), (1, site.plan.start));
        near(signed[0].cash_usd, plan.hedges.iter().map(|hedge| hedge.margin_usd).sum());
    }
}

/// Two paths and the worse of them alone: the worse is raised by what the forwards pay on it, month by month.
#[test]
fn the_tail_of_two_paths_moves_by_what_is_paid_on_the_worse() {
    let mut site = only_mining();
    (site.plan.paths, site.plan.judge_paths) = (2, 2);
    (site.plan.tail_level, site.plan.risk_weight) = (0.5, 1.0);
    site.plan.horizon_years = 1;
    let without = plan_of(&site);
    let hedge = Hedge { share: 0.3, spread: 0.02, margin_share: 0.35 };
    site.company.hedge = Some(hedge);
    let with = plan_of(&site);
    proven(&with);
    let world = world_of(&site, Detail::Quick);
    let sum = |path: &[f64]| path.iter().sum::<f64>();
    let worse = usize::from(sum(&world.hashprice[1]) < sum(&world.hashprice[0]));
    let (mut gain, mut unsold) = (0.0, 0);
    for quarter in 0..4 {
        let paid: f64 = (quarter * 3..quarter * 3 + 3)
            .map(|month| {
                let (low, high) = (world.hashprice[worse][month], world.hashprice[1 - worse][month]);
                let forward = 0.98 * (low + high) / 2.0;
                (forward - low) * DAYS * (1.11_f64).powf(-(month as f64 + 0.5) / 12.0)
            })
            .sum();
        let sold = if paid > 0.0 { 0.3 * running_ph_per_s() } else { 0.0 };
        gain += sold * paid;
        unsold += usize::from(sold == 0.0);
        let told = with.hedges.iter().find(|hedge| hedge.period == quarter);
        near(told.map_or(0.0, |hedge| hedge.ph_per_s), sold);
    }
    // In the third quarter the worse path is the higher one.
    assert!(gain > 1e4 && unsold == 1, "the paths lie apart and cross: {gain} {unsold}");
    assert!(((with.objective_usd - without.objective_usd) - gain).abs() < 1.0, "{gain}");
}

#[test]
fn margin_is_held_from_the_first_day_until_each_month_settles() {
    let hedge = Hedge { margin_share: 0.5, ..Hedge::default() };
    let flows = margin_flows(&hedge, 3, &[40.0, 30.0, 20.0]);
    let half = 0.5 * DAYS;
    let expected = [(0, -90.0 * half), (3, 40.0 * half), (4, 30.0 * half), (5, 20.0 * half)];
    assert_eq!(flows.len(), expected.len());
    for ((month, usd), (by_hand, value)) in flows.into_iter().zip(expected) {
        assert_eq!(month, by_hand);
        near(usd, value);
    }
    // A year at the most is quoted, and no more than the paths have.
    let short = World { months: 5, paths: 1, hashprice: vec![vec![50.0; 5]], ..World::default() };
    assert_eq!(forwards(&expected_hashprice(&short), &Hedge { spread: 0.1, ..Hedge::default() }), [45.0; 5]);
    let long = World { months: 30, paths: 1, hashprice: vec![vec![50.0; 30]], ..World::default() };
    assert_eq!(forwards(&expected_hashprice(&long), &Hedge::default()).len(), 12);
}

/// The margin must be there on the first day: with little in the bank little is sold.
#[test]
fn what_is_sold_is_what_cash_can_stand_behind() {
    let mut site = only_mining();
    site.plan.risk_weight = 1.0;
    site.plan.horizon_years = 1;
    site.company.mining_site_usd_per_mw_month = 0.0;
    site.company.hedge = Some(Hedge { share: 0.8, spread: 0.0, margin_share: 1.0 });
    site.limits.minimum_cash_usd = Some(0.0);
    // So poor a company that the first month is the narrow one.
    site.company.other_cash_usd_per_month = -0.5e6;
    site.company.opening_cash_usd = 1e6;
    let plan = plan_of(&site);
    proven(&plan);
    let free = 0.8 * running_ph_per_s();
    let sold: f64 = plan.hedges.iter().map(|hedge| hedge.ph_per_s).sum();
    assert!(sold > 1.0 && sold < 4.0 * free * 0.9, "{sold} of {}", 4.0 * free);
    for cash in [&plan.finance.cash_by_month_usd, &plan.finance.stress_by_month_usd] {
        assert!(cash.iter().all(|usd| *usd >= -1.0), "{cash:?}");
    }
    let lowest = plan.finance.lowest();
    assert!(lowest.iter().flatten().any(|(_, usd)| *usd < 1.0), "some month is down to the minimum");
    // With money in the bank as much is sold as may be.
    site.company.opening_cash_usd = 100e6;
    let rich = plan_of(&site);
    near(rich.hedges.iter().map(|hedge| hedge.ph_per_s).sum(), 4.0 * free);
    assert!(rich.objective_usd >= plan.objective_usd);
    assert!(rich.notes.iter().any(|note| note.contains("1-in-10 high")));
}

/// NPV of every path, billed revenue of the first year, cash in both cases and tax: walked without the program they are the
/// program's.
#[test]
fn the_walk_agrees_with_the_program_on_every_path() {
    for (detail, rate) in [(Detail::Quick, 0.0), (Detail::Quick, 0.25), (Detail::Full, 0.25)] {
        let mut site = site();
        site.company.tax.rate = rate;
        site.company.opening_cash_usd = 60e6;
        site.limits.minimum_cash_usd = Some(2e6);
        site.plan.risk_weight = 0.9;
        site.company.hedge = Some(Hedge { spread: 0.01, ..Hedge::default() });
        let context = Context::new(&site, detail).unwrap();
        let markets = Markets::new(&context).unwrap();
        let world = &markets.worlds.program;
        let mut program = Program::new(&context, &markets, Freedom::Everything, Vec::new());
        let watch: &dyn Fn(Progress) -> bool = &|_| true;
        let (solution, _) = End::default()
            .go_on(&mut program, &mut Losses::new(&context), Solver::default(), &Watch::new(&watch))
            .unwrap();
        let decisions = Decisions::read(&program, &solution.values);
        assert!(!decisions.hedges.is_empty(), "the tail is worth the spread");
        let walked = judge(&context, world, &markets.mining, &decisions);
        near(statistics::mean(&walked.npv) / 1e6, program.expected_npv(&solution.values) / 1e6);
        // Every path weighs in the tail.
        let tail = statistics::worst_tail_mean(&walked.npv, site.plan.tail_level);
        let objective = 0.1 * statistics::mean(&walked.npv) + 0.9 * tail;
        assert!((objective / 1e6 - solution.objective).abs() < 1e-5, "{objective} {}", solution.objective);
        for path in 0..world.paths {
            let year = context.calendar.periods.iter().filter(|period| period.first_month < 12).count();
            let billed: f64 = (0..year).map(|t| walked.mining[path][t] + walked.hosting[path][t]).sum();
            let programs = program.revenue_of_year(0, &solution.values)[path];
            assert!((billed - programs).abs() < 1e-6 * billed.abs(), "{billed} {programs}");
        }
        let stress = Stress::new(&context, world);
        let stressed = judge(&context, &stress.world, &stress.mining, &decisions);
        let books = [
            treasury::cash_by_month(&context, &walked),
            treasury::stressed_cash(&context, &walked, &stressed),
        ];
        for (case, books) in books.into_iter().enumerate() {
            for (own, programs) in books.iter().zip(program.cash_by_month(case, &solution.values)) {
                assert!(
                    (*own / 1e6 - programs).abs() < 1e-6 * (1.0 + programs.abs()),
                    "{own} in case {case}"
                );
            }
        }
        // All margin is back within the year, so that no tax is paid on it.
        assert!(walked.margins.iter().sum::<f64>().abs() < 1e-3 && walked.margins[0] < 0.0);
    }
}

#[test]
fn leave_to_sell_never_lowers_the_objective() {
    let shares = [0.2, 1.0];
    let changes: [fn(&mut Site); 4] = [
        |site| site.plan.risk_weight = 0.3,
        |site| {
            site.limits.worst_year_floor_share = Some(0.6);
            site.limits.floor_from_year = Some(0);
        },
        |site| {
            site.limits.minimum_cash_usd = Some(0.0);
            site.company.opening_cash_usd = 12e6;
        },
        |site| (site.plan.risk_weight, site.company.tax.rate) = (0.8, 0.24),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        for (seed, share) in shares.into_iter().enumerate() {
            let mut site = site();
            site.plan.seed = seed as u64 + 5;
            change(&mut site);
            let without = plan_of(&site);
            site.company.hedge = Some(Hedge { share, ..Hedge::default() });
            let with = plan_of(&site);
            if without.status == Status::Optimal {
                proven(&with);
                assert!(
                    with.objective_usd >= without.objective_usd - 1.0,
                    "{index} {share}: {} {}",
                    with.objective_usd,
                    without.objective_usd
                );
            }
        }
    }
}

/// What nothing else can reach: the floor of the first year, which no hosting is ready for.
#[test]
fn forwards_keep_a_floor_that_mining_alone_breaks() {
    let mut site = only_mining();
    site.plan.horizon_years = 1;
    site.limits.floor_from_year = Some(0);
    let mean = plan_of(&site).stability[0].mean_usd;
    let worst = plan_of(&site).stability[0].worst_year_usd;
    site.limits.worst_year_floor_usd = Some(worst + 0.3 * (mean - worst));
    assert_eq!(plan_of(&site).status, Status::Infeasible);
    site.company.hedge = Some(Hedge { spread: 0.01, ..Hedge::default() });
    let kept = plan_of(&site);
    proven(&kept);
    assert!(!kept.hedges.is_empty());
    let sold = |plan: &Plan| plan.hedges.iter().map(|hedge: &HedgePlan| hedge.ph_per_s).sum::<f64>();
    // It costs, so no more is sold than the floor asks for.
    assert!(sold(&kept) < 0.999 * 4.0 * 0.8 * running_ph_per_s());
    assert!(kept.binding.iter().any(|binding| binding.constraint == "C14"));
}

/// What is signed stays signed at its price, also where only some of the paths are looked at.
#[test]
fn deciding_again_keeps_what_was_signed_and_its_price() {
    let mut site = site();
    site.company.hedge = Some(Hedge::default());
    let context = Context::new(&site, Detail::Quick).unwrap();
    let markets = Markets::new(&context).unwrap();
    let world = markets.worlds.program.of_paths(&[0, 1, 2]);
    let mining = MiningTable::new(&context, &world);
    let few = markets.on(world, mining);
    let made = |markets: &Markets| Program::new(&context, markets, Freedom::Everything, Vec::new());
    let (all, some) = (made(&markets), made(&few));
    assert_eq!(all.forwards, some.forwards);
    assert_eq!(all.forwards.len(), 12);
    let held = some.handles.decided_before(8);
    assert!(some.handles.hedge.values().all(|column| held.contains(column)));
}

/// The audit, which knows nothing of the program, finds what is sold beyond what runs, what is told otherwise and what pays
/// otherwise.
#[test]
fn the_audit_finds_what_is_wrong_with_a_sale() {
    let mut site = site();
    site.plan.risk_weight = 0.9;
    site.plan.horizon_years = 3;
    site.company.opening_cash_usd = 80e6;
    site.limits.minimum_cash_usd = Some(0.0);
    site.company.hedge = Some(Hedge { spread: 0.01, ..Hedge::default() });
    let mut solved = solve_with(&site, None, Options::default(), &|_| true).unwrap();
    assert!(!solved.decisions.hedges.is_empty());
    let failed = |solved: &Solved| -> Vec<&'static str> {
        let lines = audit(&site, None, None, solved).unwrap();
        assert!(lines.iter().any(|line| line.family == "C16"));
        lines.iter().filter(|line| !line.holds()).map(|line| line.family).collect()
    };
    assert!(failed(&solved).is_empty(), "{:?}", failed(&solved));
    solved.decisions.hedges[0].ph_per_s *= 1.5;
    let found = failed(&solved);
    for family in ["C13", "C16", "revenue", "NPV"] {
        assert!(found.contains(&family), "{family} in {found:?}");
    }
    solved.decisions.hedges[0].ph_per_s /= 1.5;
    solved.plan.hedges[0].forward_by_month_usd_per_ph_day[0] += 0.5;
    assert_eq!(failed(&solved), ["C16"]);
}

#[test]
fn a_site_without_machines_sells_nothing() {
    let mut bare = site();
    bare.fleets.clear();
    bare.plan.risk_weight = 1.0;
    bare.company.hedge = Some(Hedge { spread: 0.0, ..Hedge::default() });
    let plan = plan_of(&bare);
    proven(&plan);
    assert!(plan.hedges.is_empty(), "{:?}", plan.hedges);
}
