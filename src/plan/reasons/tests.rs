//! What is said of dates is what solving again finds.

use super::{Decided, NOTHING_MW, Reason, Told, Worth, reasons, weigh};
use crate::lp::{self, Basis, Session, Solution, Solver};
use crate::plan::context::Context;
use crate::plan::decisions::Decisions;
use crate::plan::planner::{Markets, floor_years};
use crate::plan::program::{Freedom, Losses, MILLION, Program};
use crate::plan::result::Detail;
use crate::plan::solve::{Options, Progress, Watch, settle, solve_with};
use crate::plan::testing::{part, site, terms_of};
use crate::quantity::Date;
use crate::site::{OfferStatus, Site, State};
use std::collections::BTreeMap;

/// A plan's program at its answer.
struct Solved<'c> {
    program: Program<'c>,
    solution: Solution,
    session: Session,
    basis: Option<Basis>,
    losses: Losses<'c>,
}

const WATCH: &dyn Fn(Progress) -> bool = &|_| true;

fn solved<'c>(context: &'c Context<'c>) -> Solved<'c> {
    let markets = Markets::new(context).unwrap();
    let keep = Program::new(context, &markets, Freedom::KeepMining, Vec::new());
    let kept = lp::solve(&keep.model, Solver::default(), None).unwrap();
    let reference: Vec<f64> = (0..context.calendar.years())
        .map(|year| crate::quantity::statistics::mean(&keep.revenue_of_year(year, &kept.values)))
        .collect();
    let floors = floor_years(context, &reference, false);
    let mut program = Program::new(context, &markets, Freedom::Everything, floors);
    let mut session = Session::new(Solver::default());
    let mut losses = Losses::new(context);
    let (solution, _) = settle(&mut program, &mut losses, &mut session, &Watch::new(&WATCH)).unwrap();
    let basis = session.basis();
    Solved { program, solution, session, basis, losses }
}

impl Solved<'_> {
    fn told(&self) -> Vec<Told> {
        let decisions = Decisions::read(&self.program, &self.solution.values);
        reasons(&self.program, &self.solution, &decisions, &self.session)
    }

    fn columns(&self, decided: Decided) -> &BTreeMap<(usize, usize), usize> {
        let handles = &self.program.handles;
        match decided {
            Decided::Part => &handles.build,
            Decided::FitOut => &handles.fit,
            Decided::Hosting => &handles.start,
        }
    }

    /// The objective where at least so many MW of `to` are decided, USD.
    fn forced(&self, to: usize, mw: f64) -> f64 {
        let mut model = self.program.model.clone();
        model.columns[to].lower = self.solution.values[to] + mw;
        lp::solve(&model, Solver::default(), None).unwrap().objective * MILLION
    }

    /// The objective where so many MW are decided in another period and nothing else of the object is, USD.
    fn moved(&self, told: &Told, (from, to): (usize, usize), mw: f64) -> Option<f64> {
        let mut model = self.program.model.clone();
        let columns = self.columns(told.reason.decided);
        for ((_, period), column) in columns.range((told.of, 0)..=(told.of, usize::MAX)) {
            let change = if *period == to { mw } else { 0.0 } - if *period == from { mw } else { 0.0 };
            let data = &mut model.columns[*column];
            let (least, most) = (data.lower, data.upper);
            let value = self.solution.values[*column] + change;
            data.lower = (value - 1e-6).clamp(least, most);
            data.upper = (value + 1e-6).clamp(least, most);
        }
        lp::solve(&model, Solver::default(), None).ok().map(|found| found.objective * MILLION)
    }
}

/// The fixture pressed from several sides.
fn sites() -> Vec<Site> {
    let change = |edit: fn(&mut Site)| {
        let mut site = site();
        edit(&mut site);
        site
    };
    vec![
        site(),
        change(|site| site.limits.capex_by_year_usd[0].usd = 12e6),
        change(|site| {
            site.limits.capex_total_usd = Some(25e6);
            site.plan.risk_weight = 0.3;
        }),
        change(|site| site.limits.worst_year_floor_share = Some(0.5)),
        change(|site| {
            site.company.tax.rate = 0.25;
            site.offers[0].latest = Some(Date::constant(2027, 10, 1));
        }),
    ]
}

/// Every shift with its periods and its worth.
fn shifts(told: &Told) -> Vec<(usize, usize, Worth)> {
    let sides = [(&told.reason.earlier, told.first, -1_isize), (&told.reason.later, told.last, 1)];
    sides
        .into_iter()
        .filter_map(|(side, from, step)| {
            let worth = side.as_ref()?.worth.clone()?;
            Some((from, from.checked_add_signed(step)?, worth))
        })
        .collect()
}

#[test]
fn prices_of_dates_are_what_solving_again_finds() {
    let (mut exact, mut bounded) = (0, 0);
    for site in sites() {
        let context = Context::new(&site, Detail::Quick).unwrap();
        let solved = solved(&context);
        let base = solved.solution.objective * MILLION;
        for told in solved.told() {
            for (from, to, worth) in shifts(&told) {
                let what = format!("{} {:?} {worth:?}", told.reason.now, (from, to));
                // A worth is its shares, and never a gain: the plan is the best.
                let sum: f64 = worth.shares.iter().map(|share| share.usd_per_mw).sum();
                assert!((sum - worth.usd_per_mw).abs() < 20.0, "{what}");
                assert!(worth.usd_per_mw < 1.0, "{what}");
                let columns = solved.columns(told.reason.decided);
                let mw = 0.2_f64.min(solved.solution.values[columns[&(told.of, from)]]);
                // However far it is moved, at least the price is lost.
                if let Some(moved) = solved.moved(&told, (from, to), mw) {
                    assert!(moved <= base + mw * worth.usd_per_mw + 1.0, "{what}: {}", (moved - base) / mw);
                    bounded += 1;
                }
                // As far as the price holds, an order forced into the other period loses exactly that.
                let step = worth.holds_mw.unwrap().min(mw);
                let enters = columns[&(told.of, to)];
                let leaves = columns[&(told.of, from)];
                let at_upper = solved.program.model.columns[leaves].upper - NOTHING_MW;
                if step > 0.01 && solved.solution.values[leaves] < at_upper {
                    let found = (solved.forced(enters, step) - base) / step;
                    let wrong = (found - worth.usd_per_mw).abs();
                    assert!(wrong < 1e-4 * worth.usd_per_mw.abs() + 20.0, "{what}: {found}");
                    let moved = (solved.moved(&told, (from, to), step).unwrap() - base) / step;
                    let wrong = (moved - worth.usd_per_mw).abs();
                    assert!(wrong < 1e-4 * worth.usd_per_mw.abs() + 50.0, "{what}: moved {moved}");
                    exact += 1;
                }
            }
        }
    }
    assert!(exact > 6 && bounded > 40, "{exact} {bounded}");
}

#[test]
fn what_prices_do_not_tell_is_solved_again() {
    let mut found = 0;
    for site in sites() {
        let context = Context::new(&site, Detail::Quick).unwrap();
        let mut solved = solved(&context);
        let base = solved.solution.objective * MILLION;
        let before = solved.told();
        let mut after = before.clone();
        let model = solved.program.model.clone();
        let at = (&mut solved.losses, solved.basis.as_ref());
        let watch = Watch::new(&WATCH);
        weigh(&mut after, &mut solved.program, &solved.solution, at, &mut solved.session, &watch).unwrap();
        assert_eq!(solved.program.model, model, "the program is left as it was");
        for (before, after) in before.iter().zip(&after) {
            for (from, to, worth) in &shifts(after) {
                // What is not possible is in the first list only.
                let told_first = shifts(before);
                let same = |of: &&(usize, usize, Worth)| (of.0, of.1) == (*from, *to);
                let (_, _, priced) = told_first.iter().find(same).unwrap();
                if priced == worth {
                    continue;
                }
                let step = worth.holds_mw.unwrap();
                let moved = solved.moved(before, (*from, *to), step).unwrap();
                let loss = (moved - base) / step;
                assert!((loss - worth.usd_per_mw).abs() < 50.0, "{} {loss}", after.reason.now);
                assert!(loss <= priced.usd_per_mw + 20.0, "{} {priced:?}", after.reason.now);
                found += 1;
            }
        }
    }
    assert!(found > 10, "{found}");
}

fn reasons_of(site: &Site) -> Vec<Reason> {
    solve_with(site, None, Options::default(), &|_| true).unwrap().plan.reasons
}

#[test]
fn a_part_that_nobody_needs_lacks_its_price() {
    let mut site = site();
    let drawn = site.component("D").unwrap().clone();
    let mut spare = part("X", drawn.kind, drawn.state);
    if let State::Planned(planned) = &mut spare.state {
        planned.usd_per_mw = 1e6;
        planned.latest = Some(Date::constant(2026, 1, 1));
    }
    site.components.push(spare);
    let left_out: Vec<Reason> =
        reasons_of(&site).into_iter().filter(|reason| reason.date.is_none()).collect();
    let spare = left_out.iter().find(|reason| reason.object == "X").unwrap();
    // 30 % with the order and 70 % eight months on, each in the middle of its month, at 11 % a year.
    let paid = |month: f64| 1.11_f64.powf(-(month + 0.5) / 12.0);
    let price = 1e6 * (0.3 * paid(0.0) + 0.7 * paid(8.0));
    let lacks = spare.lacks.as_ref().unwrap();
    let own = lacks.shares.iter().find(|share| share.what == "its price").unwrap();
    assert!((own.usd_per_mw + price).abs() < 1.0, "{own:?} {price}");
    // Nothing else is priced but the budgets it would take from.
    assert!(lacks.shares.iter().all(|share| matches!(share.constraint, "objective" | "C11")), "{lacks:?}");
    assert!(spare.now.starts_with("X is left out: ordered in Jan 2026"), "{}", spare.now);
}

#[test]
fn what_stands_in_the_way_of_another_date_is_named() {
    let mut site = site();
    site.limits.last_order = Some(Date::constant(2026, 1, 1));
    site.offers[0].earliest = Some(Date::constant(2027, 4, 1));
    let told = reasons_of(&site);
    let of = |decided: Decided| told.iter().find(|reason| reason.decided == decided && reason.date.is_some());
    let fit = of(Decided::FitOut).unwrap();
    assert_eq!(fit.earlier.as_ref().unwrap().sentence, "is not possible: the plan starts then");
    assert_eq!(
        fit.later.as_ref().unwrap().sentence,
        "is not possible: nothing may be ordered after 2026-01-01"
    );
    let rent = of(Decided::Hosting).unwrap();
    assert_eq!(rent.offer.as_deref(), Some("tenant"));
    assert_eq!(rent.earlier.as_ref().unwrap().sentence, "is not possible: it may not before 2027-04-01");
}

#[test]
fn a_lead_and_a_promise_stand_in_the_way_of_another_date() {
    let mut site = site();
    site.offers[0].start_mw_per_month = None;
    site.offers[0].status = OfferStatus::Signed;
    (site.offers[0].min_mw, site.offers[0].max_mw) = (6.0, 6.0);
    site.offers[0].latest = Some(Date::constant(2027, 4, 1));
    terms_of(&mut site, "T").unwrap().lead_months = 15.0;
    let told = reasons_of(&site);
    let rent = told.iter().find(|reason| reason.decided == Decided::Hosting).unwrap();
    assert_eq!(
        rent.earlier.as_ref().unwrap().sentence,
        "is not possible: what it needs is ready in Apr 2027 at the earliest, 15 months after the plan starts"
    );
    let fit = told.iter().find(|reason| reason.decided == Decided::FitOut).unwrap();
    let promised = "is not possible: what Tenant was promised could not be kept";
    assert_eq!(fit.later.as_ref().unwrap().sentence, promised);
}
