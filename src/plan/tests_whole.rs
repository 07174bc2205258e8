//! Whole decisions against every setting of their integers, cases that can be solved by hand, and input that no one should
//! enter.

use super::context::Context;
use super::planner::Markets;
use super::program::{Losses, Program};
use super::result::{Detail, Plan, Status};
use super::solve::{Failure, Options, PlanError, Progress, Solved, Watch, settle, solve_with};
use super::testing::{site, terms_of};
use super::whole::RELATIVE_GAP;
use crate::lp::{self, Solver};
use crate::quantity::Date;
use crate::site::{FitOut, Kind, Offer, OfferStatus, OptionSet, Site, Terms};

fn whole(site: &Site) -> Solved {
    solve_with(site, None, Options { whole: true, ..Options::default() }, &|_| true).unwrap()
}

fn split(site: &Site) -> Plan {
    solve_with(site, None, Options::default(), &|_| true).unwrap().plan
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * (1.0 + a.abs().max(b.abs()))
}

/// As near as a plan of whole decisions is asked to come.
fn within_gap(plan: &Plan, best_usd: f64) -> bool {
    plan.objective_usd <= best_usd + 1e-6 * best_usd.abs()
        && plan.objective_usd >= best_usd - 1.01 * RELATIVE_GAP * best_usd.abs()
        && plan.certificate.whole.is_some_and(|of| of.bound_usd >= best_usd - 1e-6 * best_usd.abs())
}

fn fit_of(site: &mut Site) -> &mut FitOut {
    let hall = site.component_mut("H").and_then(|component| match &mut component.kind {
        Kind::Hall(hall) => hall.fit_out.as_mut(),
        _ => None,
    });
    hall.unwrap()
}

/// Few paths, five years, no budgets, and orders in the first two quarters only.
fn small() -> Site {
    let mut site = site();
    (site.plan.paths, site.plan.judge_paths, site.plan.horizon_years) = (6, 6, 5);
    site.limits.capex_by_year_usd.clear();
    site.limits.last_order = Some(Date::constant(site.plan.start.year(), 5, 1));
    fit_of(&mut site).fixed_usd = 0.0;
    site
}

fn rented(id: &str, usd: f64, most: f64) -> Offer {
    let mut offer = site().offers.remove(0);
    (offer.id, offer.name) = (id.to_owned(), id.to_owned());
    offer.terms = Terms::Colocation { rent_usd_per_kw_month: usd, escalator: 0.0 };
    offer.max_mw = most;
    offer
}

/// Numbers between 0 and 1 that are the same in every run.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

fn generated(case: u64) -> Site {
    let mut draw = Draw(case);
    let mut site = small();
    site.plan.seed = case;
    fit_of(&mut site).fixed_usd = draw.between(0.0, 12e6);
    site.limits.capex_total_usd = Some(draw.between(12e6, 60e6));
    site.offers = vec![rented("a", draw.between(70.0, 160.0), draw.between(3.0, 8.0))];
    match case % 5 {
        0 => {
            site.offers[0].min_mw = draw.between(1.0, 1.2 * site.offers[0].max_mw).min(site.offers[0].max_mw);
        }
        1 => terms_of(&mut site, "U").unwrap().block_mw = Some(draw.between(3.0, 9.0)),
        2 => {
            site.offers.push(rented("b", draw.between(70.0, 160.0), draw.between(3.0, 8.0)));
            site.offers[1].min_mw = draw.between(0.0, 2.0);
            site.offers.iter_mut().for_each(|offer| offer.exclusive_set = Some("one".into()));
        }
        3 => {
            terms_of(&mut site, "T").unwrap().fixed_usd = draw.between(0.0, 6e6);
            site.offers[0].min_mw = draw.between(0.0, 3.0);
        }
        _ => {
            for (id, option) in [("C", "wet"), ("F2", "dry")] {
                if id == "F2" {
                    let mut twin = site.components.iter().find(|part| part.id == "C").unwrap().clone();
                    (twin.id, twin.tag) = (id.to_owned(), id.to_owned());
                    site.components.push(twin);
                    let mut links: Vec<_> = site
                        .links
                        .iter()
                        .filter(|link| link.from == "C" || link.to == "C")
                        .cloned()
                        .collect();
                    for link in &mut links {
                        link.id.push('2');
                        for end in [&mut link.from, &mut link.to] {
                            if end == "C" {
                                *end = id.to_owned();
                            }
                        }
                    }
                    site.links.extend(links);
                }
                let start = site.plan.start;
                let terms = terms_of(&mut site, id).unwrap();
                terms.option_set = Some(OptionSet { set: "cooling".into(), option: option.into() });
                terms.fixed_usd = draw.between(0.0, 3e6);
                terms.latest = Some(start);
            }
        }
    }
    site
}

/// Best objective over every setting of the integers, million USD, and how many settings there are.
fn enumerated(site: &Site) -> (f64, usize) {
    let context = Context::new(site, Detail::Quick).unwrap();
    let markets = Markets::new(&context).unwrap();
    let goes_on = |_: Progress| true;
    let watch = Watch::new(&goes_on);
    let mut losses = Losses::new(&context);
    let mut program = Program::of_whole_decisions(&context, &markets, Vec::new());
    let mut session = lp::Session::new(Solver::default());
    let columns = program.whole_columns();
    let tops: Vec<usize> =
        columns.iter().map(|column| program.model.columns[*column].upper as usize).collect();
    let count: usize = tops.iter().map(|top| top + 1).product();
    let mut best = f64::NEG_INFINITY;
    for setting in 0..count {
        let mut rest = setting;
        let bounds: Vec<(usize, f64, f64)> = columns
            .iter()
            .zip(&tops)
            .map(|(column, top)| {
                let value = (rest % (top + 1)) as f64;
                rest /= top + 1;
                (*column, value, value)
            })
            .collect();
        program.narrow(&bounds);
        if let Ok((solution, _)) = settle(&mut program, &mut losses, &mut session, &watch) {
            best = best.max(solution.objective);
        }
    }
    (best, count)
}

#[test]
fn branch_and_bound_finds_what_every_setting_of_the_integers_finds() {
    let (mut decided, mut dearer) = (0, 0);
    for case in 0..30 {
        let site = generated(case);
        let (best, count) = enumerated(&site);
        assert!((4..=400).contains(&count), "case {case}: {count} settings");
        let Solved { plan, model, .. } = whole(&site);
        assert_eq!(plan.status, Status::Optimal, "case {case}: {:?}", plan.certificate);
        assert!(within_gap(&plan, best * 1e6), "case {case}: {} of {best}", plan.objective_usd);
        assert!(plan.certificate.cash_flow_residual <= 1e-6, "case {case}: {:?}", plan.certificate);
        // A solver of integers that knows nothing of the search.
        let other = lp::solve(&model, Solver::default(), None).unwrap().objective;
        assert!((other - best).abs() <= 2e-4 * (1.0 + best.abs()), "case {case}: {other} against {best}");
        let of_whole = plan.certificate.whole.unwrap();
        assert!(of_whole.lp_bound_usd >= plan.objective_usd - 1.0, "case {case}");
        decided += usize::from(plan.hosting_mw().into_iter().fold(0.0, f64::max) > 0.5);
        dearer += usize::from(of_whole.lp_bound_usd > plan.objective_usd * (1.0 + RELATIVE_GAP) + 1.0);
    }
    // The cases are decisions: some host, and wholeness costs some of them something.
    assert!((8..30).contains(&decided) && dearer >= 8, "{decided} host, {dearer} are dearer");
}

#[test]
fn a_fixed_price_is_paid_whole_with_the_first_order_or_not_at_all() {
    // One order date: by hand, the plan without the price less the price, or nothing at all.
    for (fixed, pays) in [(3e6, true), (400e6, false)] {
        let mut free = small();
        free.limits.last_order = Some(free.plan.start);
        let mut none = free.clone();
        none.offers.clear();
        let mut priced = free.clone();
        fit_of(&mut priced).fixed_usd = fixed;
        let context = Context::new(&priced, Detail::Quick).unwrap();
        let paid = fixed * (1.0 + priced.company.contingency_share) * context.calendar.discount(0);
        let plan = whole(&priced).plan;
        let by_hand = (split(&free).objective_usd - paid).max(split(&none).objective_usd);
        assert!(within_gap(&plan, by_hand), "{fixed}: {} of {by_hand}", plan.objective_usd);
        let build = plan.builds.iter().find(|build| build.fit_out).unwrap();
        let ordered: f64 = build.ordered_mw.iter().sum();
        let spent: f64 = build.capex_usd.iter().sum();
        let expected =
            (3e6 * ordered + if pays { fixed } else { 0.0 }) * (1.0 + priced.company.contingency_share);
        assert!(near(spent, expected) && (ordered > 0.0) == pays, "{spent} {expected}");
        let committed: f64 = plan
            .commitments
            .iter()
            .filter(|commitment| commitment.item.contains("fit-out"))
            .map(|commitment| commitment.cash_usd)
            .sum();
        assert!(near(committed, spent), "{committed} {spent}");
    }
}

#[test]
fn parts_and_customers_come_in_whole_blocks_and_the_last_is_paid_whole() {
    let mut blocked = small();
    terms_of(&mut blocked, "U").unwrap().block_mw = Some(5.0);
    blocked.offers[0].block_mw = Some(3.0);
    let plan = whole(&blocked).plan;
    assert!(
        within_gap(&plan, plan.objective_usd) && plan.status == Status::Optimal,
        "{:?}",
        plan.certificate
    );
    let build = plan.builds.iter().find(|build| build.component == "U").unwrap();
    let spent: f64 = build.capex_usd.iter().sum();
    let prices: Vec<f64> = build.ordered_mw.iter().map(|mw| (mw / 5.0 - 1e-6).ceil() * 5.0 * 1.2e6).collect();
    let paid = prices.iter().sum::<f64>() * (1.0 + blocked.company.contingency_share);
    // Prices rise in January; all orders are in the first year.
    assert!(near(spent, paid) && paid > 0.0, "{spent} {paid}");
    // An order leaves unused at most what the three blocks exceed the rating by, 3 MW.
    for ordered in build.ordered_mw.iter().filter(|mw| **mw > 0.0) {
        assert!((ordered / 5.0 - 1e-6).ceil() * 5.0 - ordered <= 3.0 + 1e-6, "{ordered}");
    }
    // 12 MW in blocks of five are three blocks, 15 MW; the tenant's most, 8 MW, holds two of its blocks.
    for hosted in plan.hosting_mw() {
        assert!((hosted / 3.0 - (hosted / 3.0).round()).abs() < 1e-6 && hosted <= 6.0 + 1e-6, "{hosted}");
    }
    assert!(plan.hosting_mw().into_iter().fold(0.0, f64::max) > 2.9);
    assert!(plan.commitments.iter().any(|commitment| commitment.item.contains("of 5.0 MW of U")));
}

#[test]
fn options_that_both_are_needed_leave_nothing_to_host() {
    let mut either = small();
    for (id, option) in [("T", "one"), ("U", "other")] {
        let set = OptionSet { set: "s".into(), option: option.into() };
        terms_of(&mut either, id).unwrap().option_set = Some(set);
    }
    let mut none = small();
    none.offers.clear();
    let plan = whole(&either).plan;
    assert!(plan.hosting_mw().into_iter().all(|mw| mw < 1e-6));
    assert!(within_gap(&plan, split(&none).objective_usd));
    // Split, half of each may stand.
    assert!(split(&either).objective_usd > plan.objective_usd + 1.0);
}

#[test]
fn a_least_size_is_kept_or_the_offer_is_not_taken() {
    let mut least = small();
    least.limits.capex_total_usd = Some(15e6);
    let linear = split(&least);
    let peak = linear.hosting_mw().into_iter().fold(0.0, f64::max);
    assert!(peak > 0.5 && peak < 7.0, "the budget binds: {peak}");
    // What fits anyway costs nothing.
    least.offers[0].min_mw = peak * 0.9;
    let plan = whole(&least).plan;
    assert!(within_gap(&plan, linear.objective_usd), "{} {}", plan.objective_usd, linear.objective_usd);
    // More than the budget buys: as if there were no offer.
    least.offers[0].min_mw = 8.0;
    let mut none = least.clone();
    none.offers.clear();
    let plan = whole(&least).plan;
    assert!(within_gap(&plan, split(&none).objective_usd));
    assert!(plan.hosting_mw().into_iter().all(|mw| mw < 1e-6));
    // Terms shorter than the window: the most at one time counts, not the sum of all starts.
    least.offers[0].term_months = 12.0;
    let plan = whole(&least).plan;
    let most = plan.hosting_mw().into_iter().fold(0.0, f64::max);
    assert!(!(1e-6..8.0 - 1e-6).contains(&most), "{most}");
}

#[test]
fn at_most_one_offer_of_a_set_is_taken() {
    let mut both = small();
    both.offers = vec![rented("a", 150.0, 3.0), rented("b", 120.0, 6.0)];
    let alone = |index: usize| {
        let mut one = both.clone();
        one.offers = vec![both.offers[index].clone()];
        split(&one).objective_usd
    };
    let best = alone(0).max(alone(1));
    let together = split(&both).objective_usd;
    both.offers.iter_mut().for_each(|offer| offer.exclusive_set = Some("one".into()));
    let plan = whole(&both).plan;
    assert!(within_gap(&plan, best) && together > best + 1.0, "{} {best}", plan.objective_usd);
    // Split, a share of each: between one alone and both.
    let shared = split(&both);
    assert!(shared.objective_usd >= best - 1.0 && shared.objective_usd < together - 1.0);
    assert!(shared.notes.iter().any(|note| note.contains("exclude each other")));
}

#[test]
fn what_only_whole_decisions_make_impossible_is_said_of_the_users_objects() {
    let mut promised = small();
    let offer = &mut promised.offers[0];
    (offer.status, offer.probability) = (OfferStatus::Signed, 1.0);
    (offer.min_mw, offer.max_mw, offer.block_mw) = (8.0, 8.0, Some(5.0));
    offer.latest = Some(Date::constant(2028, 1, 1));
    assert_eq!(split(&promised).status, Status::Optimal);
    let plan = whole(&promised).plan;
    assert_eq!(plan.status, Status::Infeasible);
    let repair = plan.repairs.iter().find(|repair| repair.object.contains("Tenant"));
    let sentence = &repair.expect("names the customer").sentence;
    assert!(sentence.contains("8.0 MW") && sentence.contains("5.0 MW"), "{sentence}");
    // What the repair says mends it.
    let mut mended = promised.clone();
    mended.offers[0].min_mw = 5.0;
    assert_eq!(whole(&mended).plan.status, Status::Optimal);
    assert!(plan.certificate.cash_flow_residual <= 1e-6);
}

#[test]
fn a_site_without_whole_decisions_plans_as_if_nobody_asked() {
    let plain = small();
    let (asked, not_asked) = (whole(&plain).plan, split(&plain));
    assert!(near(asked.objective_usd, not_asked.objective_usd));
    assert_eq!(asked.certificate.whole.map(|whole| whole.integer_columns), Some(0));
    assert!(asked.notes.iter().any(|note| note.contains("change nothing")));
}

#[test]
fn the_search_stops_when_it_is_asked_to_and_when_time_is_over() {
    let site = generated(3);
    let stops = |progress: Progress| progress.stage != "Making decisions whole";
    let options = Options { whole: true, ..Options::default() };
    assert_eq!(solve_with(&site, None, options, &stops).unwrap_err(), PlanError(Failure::Cancelled));
    // Hardly any time: a plan all the same, and no more is claimed than is known.
    let plan = solve_with(&site, None, Options { seconds: Some(1e-9), ..options }, &|_| true).unwrap().plan;
    let of_whole = plan.certificate.whole.unwrap();
    assert!(of_whole.bound_usd >= plan.objective_usd - 1.0 && plan.certificate.primal_residual <= 1e-6);
    assert_eq!(plan.status == Status::Optimal, of_whole.integer_gap <= RELATIVE_GAP);
}

#[test]
fn blocks_that_make_no_sense_end_in_a_plan() {
    for block in [0.0, -3.0, f64::NAN, f64::INFINITY, 1e-7, 1e5, 12.0] {
        let mut odd = small();
        terms_of(&mut odd, "U").unwrap().block_mw = Some(block);
        odd.offers[0].block_mw = Some(block);
        let plan = whole(&odd).plan;
        assert!(plan.objective_usd.is_finite(), "{block}");
        assert!(plan.certificate.primal_residual <= 1e-6, "{block}");
        let is_small = block > 0.0 && block < 1e-3;
        assert_eq!(plan.notes.iter().any(|note| note.contains("too small")), is_small, "{block}");
    }
}
