//! A planner that remembers answers as one that does not.

use super::context::Context;
use super::planner::{End, Markets, Planner, floor_years};
use super::program::{Freedom, Losses, Program};
use super::result::{Detail, Plan, Status};
use super::solve::{Failure, Listener, Options, PlanError, Progress, Watch, solve_with};
use super::{KEEP_MINING, baselines, testing, tests_losses};
use crate::quantity::Date;
use crate::site::{FailureClass, Kind, Planned, Site, State, Terms};
use std::cell::{Cell, RefCell};

fn fresh(site: &Site) -> Plan {
    solve_with(site, None, Options::default(), &|_| true).unwrap().plan
}

fn again(planner: &mut Planner, site: &Site) -> Plan {
    planner.solve(site, None, Options::default(), &|_: Progress| true).unwrap().plan
}

fn agree(one: &Plan, other: &Plan, what: &str) {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + a.abs());
    assert_eq!(one.status, other.status, "{what}");
    assert!(
        near(one.objective_usd, other.objective_usd),
        "{what}: {} {}",
        one.objective_usd,
        other.objective_usd
    );
    assert_eq!(one.baselines.len(), other.baselines.len(), "{what}");
    // Other decisions than the objective's may be tied, and then judged otherwise: what is reported of keep-mining
    // has none to tie.
    let (a, b) = (one.keep_mining().unwrap(), other.keep_mining().unwrap());
    assert!(near(a.npv_usd, b.npv_usd), "{what}");
}

type Edit = fn(&mut Site);

/// Edits of every kind: money, dates, offers, drawing, markets, limits, and back.
fn edits() -> Vec<(&'static str, Edit)> {
    vec![
        ("nothing", |_| {}),
        ("budget", |site| site.limits.capex_total_usd = Some(60e6)),
        ("floor", |site| site.limits.worst_year_floor_share = Some(0.6)),
        ("rent", |site| {
            site.offers[0].terms = Terms::Colocation { rent_usd_per_kw_month: 160.0, escalator: 0.02 };
        }),
        ("default", |site| site.offers[0].default_per_year = 0.08),
        ("needs", |site| site.offers[0].needs.survives = FailureClass::NPlusOne),
        ("price of a part", |site| {
            if let State::Planned(planned) = &mut site.component_mut("U").unwrap().state {
                planned.usd_per_mw *= 1.3;
            }
        }),
        ("rating", |site| {
            if let Kind::Hall(hall) = &mut site.component_mut("H").unwrap().kind {
                hall.critical_mw -= 2.0;
            }
        }),
        ("power", |site| {
            for band in site.assumptions.price_decks[0].months.iter_mut().flatten() {
                band.usd_per_mwh += 4.0;
            }
        }),
        ("risk", |site| site.plan.risk_weight = 0.4),
        ("seed", |site| site.plan.seed = 9),
        ("start", |site| site.plan.start = Date::constant(2027, 4, 1)),
        ("impossible", |site| site.limits.worst_year_floor_usd = Some(1e12)),
        ("possible", |site| site.limits.worst_year_floor_usd = None),
        ("machines", |site| site.fleets[0].efficiency_j_per_th -= 2.0),
    ]
}

#[test]
fn what_is_remembered_changes_no_answer() {
    let mut planner = Planner::default();
    let mut site = testing::site();
    for (what, edit) in edits() {
        edit(&mut site);
        agree(&again(&mut planner, &site), &fresh(&site), what);
    }
    // Back to the first site in one step, after all that.
    agree(&again(&mut planner, &testing::site()), &fresh(&testing::site()), "back");
}

struct Hearing {
    first: RefCell<Option<Plan>>,
    /// Stages until the listener asks to stop.
    patience: Cell<usize>,
}

impl Listener for Hearing {
    fn progress(&self, _: Progress) -> bool {
        let left = self.patience.get();
        self.patience.set(left.saturating_sub(1));
        left > 0
    }

    fn first(&self, plan: Plan) {
        *self.first.borrow_mut() = Some(plan);
    }
}

#[test]
fn the_plan_comes_before_what_it_is_compared_with() {
    let hearing = Hearing { first: RefCell::default(), patience: Cell::new(usize::MAX) };
    let whole = Planner::default().solve(&testing::site(), None, Options::default(), &hearing).unwrap().plan;
    let first = hearing.first.into_inner().unwrap();
    assert_eq!(first.baselines.len(), 1);
    assert_eq!(first.baselines[0].name, KEEP_MINING);
    assert_eq!(whole.baselines.len(), 3);
    assert_eq!(first.status, Status::Optimal);
    // The rest is the same, but for what one more unit of a limit is worth where its price does not hold as far.
    for late in &whole.binding {
        let is_it = |early: &&super::result::Binding| {
            (&early.object, &early.constraint) == (&late.object, &late.constraint)
        };
        let early = first.binding.iter().find(is_it);
        assert!(early.is_some_and(|early| early.shadow_price == late.shadow_price), "{}", late.object);
    }
    let (baselines, alternatives) = (whole.baselines.clone(), whole.alternatives.clone());
    let (binding, reasons) = (whole.binding.clone(), whole.reasons.clone());
    // Nobody waits for the audit.
    assert!(first.certificate.audit.is_empty() && !whole.certificate.audit.is_empty());
    let certificate =
        super::result::Certificate { audit: whole.certificate.audit.clone(), ..first.certificate.clone() };
    let same = Plan { baselines, alternatives, binding, reasons, certificate, ..first } == whole;
    assert!(same, "the plan itself does not change");
}

#[test]
fn a_plan_stops_at_every_stage_and_leaves_the_planner_whole() {
    let mut planner = Planner::default();
    let site = testing::site();
    let mut stopped = 0;
    for patience in 0.. {
        let hearing = Hearing { first: RefCell::default(), patience: Cell::new(patience) };
        match planner.solve(&site, None, Options::default(), &hearing) {
            Err(PlanError(Failure::Cancelled)) => stopped += 1,
            Ok(solved) => {
                agree(&solved.plan, &fresh(&site), "after stops");
                break;
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(stopped > 8, "{stopped}");
}

/// A plan by months that begins with what one of quarters and years found is the one that begins with nothing.
#[test]
fn what_is_foreseen_changes_no_plan() {
    let mut site = tests_losses::two_halls(FailureClass::NPlusOne);
    (site.plan.risk_weight, site.limits.worst_year_floor_share) = (0.4, Some(0.9));
    site.component_mut("T2").unwrap().state =
        State::Planned(Planned { usd_per_mw: 0.2e6, lead_months: 19.0, ..Planned::default() });
    let options = Options { detail: Detail::Full, ..Options::default() };
    let told = solve_with(&site, None, options, &|_| true).unwrap();

    let context = Context::new(&site, Detail::Full).unwrap();
    let markets = Markets::new(&context).unwrap();
    let watch = Watch::new(&|_: Progress| true);
    let mut losses = Losses::new(&context);
    let mut end = End::default();
    let keep =
        baselines::keep_mining(&context, &markets, &mut losses, options.solver, &mut end, &watch).unwrap();
    let floors = floor_years(&context, &keep.mean_revenue_by_year, false);
    let mut program = Program::new(&context, &markets, Freedom::Everything, floors);
    let (alone, _) = End::default().go_on(&mut program, &mut losses, options.solver, &watch).unwrap();
    let (a, b) = (told.plan.objective_usd, alone.objective * 1e6);
    assert!((a - b).abs() <= 1e-6 * b.abs(), "{a} {b}");
    // There was something to foresee: rows of losses and tails.
    assert!(!told.loss_rows.is_empty() && told.model.rows.iter().any(|row| row.origin.family == "tail"));
}
