//! Three more ways: give up mining, sell the land, convert one hall and wait.

use super::{describe, solve_without_promises};
use crate::lp::Solver;
use crate::plan::context::Context;
use crate::plan::decisions::{Decision, Decisions};
use crate::plan::planner::{End, Markets};
use crate::plan::program::{FloorYear, Freedom, Losses, Program};
use crate::plan::result::Baseline;
use crate::plan::solve::{PlanError, Watch};
use crate::quantity::statistics;

/// Plan months in which one hall is converted and no other is begun.
const WAIT_MONTHS: usize = 24;

/// Where the programs of these ways ended, for those of the next plan.
#[derive(Debug, Default)]
pub(in crate::plan) struct WayEnds {
    pub mothball: End,
    pub one_hall: End,
}

/// Stops mining with each fleet in the first period in which it loses money on the mean of the paths, sells it then, and
/// pays what goes on: minimum take, demand charges, fixed charges. Nothing is built, and signed tenants stay in space that
/// stands. `None` where no fleet loses.
pub(in crate::plan) fn mothball(
    context: &Context<'_>,
    markets: &Markets,
    solver: Solver,
    floors: &[FloorYear],
    end: &mut End,
    watch: &Watch<'_>,
) -> Result<Option<Baseline>, PlanError> {
    let stops: Vec<Option<usize>> =
        (0..context.site.fleets.len()).map(|fleet| first_loss(context, markets, fleet)).collect();
    if stops.iter().all(Option::is_none) {
        return Ok(None);
    }
    let mut program = Program::new(context, markets, Freedom::KeepMining, Vec::new());
    let handles = &program.handles;
    let columns = &mut program.model.columns;
    for ((fleet, _), column) in &handles.buy {
        if stops[*fleet].is_some() {
            columns[*column].upper = 0.0;
        }
    }
    for ((fleet, period), column) in &handles.fleet {
        match stops[*fleet] {
            Some(stop) if *period >= stop => columns[*column].upper = 0.0,
            _ => {}
        }
    }
    // Until then they are kept: whoever sells sooner does not wait for a loss.
    for ((fleet, period), column) in &handles.retire {
        let before = || match period.checked_sub(1) {
            Some(before) => owned_at(context, *fleet, before),
            None => context.site.fleets[*fleet].owned_mw(),
        };
        let too_old = || owned_at(context, *fleet, *period) < before();
        match stops[*fleet] {
            Some(stop) if *period < stop && !too_old() => columns[*column].upper = 0.0,
            _ => {}
        }
    }
    let (solution, _) = end.go_on(&mut program, &mut Losses::new(context), solver, watch)?;
    let decisions = Decisions::read(&program, &solution.values);
    let judged = markets.judge(context, &decisions);
    Ok(Some(describe(context, super::MOTHBALL, &judged, &decisions, floors)))
}

/// Machines of a fleet within their life in a period, MW.
fn owned_at(context: &Context<'_>, fleet: usize, period: usize) -> f64 {
    let fleet = &context.site.fleets[fleet];
    let now = context.calendar.periods[period].first_month as f64;
    let end = |bought| {
        f64::from(crate::quantity::date::months_between(context.calendar.start, bought)) + fleet.life_months
    };
    fleet.cohorts.iter().filter(|cohort| end(cohort.bought) > now).map(|cohort| cohort.mw).sum()
}

/// First period in which a fleet's best hall earns less than keeping its machines costs, on the mean of the paths.
fn first_loss(context: &Context<'_>, markets: &Markets, fleet: usize) -> Option<usize> {
    let calendar = &context.calendar;
    let site_cost = context.site.company.mining_site_usd_per_mw_month;
    let earned = |class: usize, month: usize| {
        let by_path: Vec<f64> = (0..markets.mining.paths())
            .map(|path| markets.mining.at(class, path, month).margin_usd_per_mw)
            .collect();
        statistics::mean(&by_path) - site_cost * calendar.inflation(month)
    };
    let classes: Vec<usize> =
        (0..context.classes.len()).filter(|class| context.classes[*class].fleet == fleet).collect();
    (0..calendar.periods.len()).filter(|_| !classes.is_empty()).find(|period| {
        let span = calendar.periods[*period];
        let months = span.first_month..span.first_month + span.months;
        classes.iter().all(|class| months.clone().map(|month| earned(*class, month)).sum::<f64>() < 0.0)
    })
}

/// The land with its contracted power is sold on the first day at the stated price, and the machines at their resale price.
/// `None` where no price is stated.
pub(in crate::plan) fn sell_land(
    context: &Context<'_>,
    markets: &Markets,
    floors: &[FloorYear],
) -> Option<Baseline> {
    let price = context.site.company.powered_land_usd_per_mw?;
    let powered: f64 = context
        .feeds
        .iter()
        .enumerate()
        .filter_map(|(index, _)| context.grid_feed(index))
        .map(|feed| {
            context.least_in_force(&feed.contract_mw, feed.interconnection_mw, 0).min(feed.interconnection_mw)
        })
        .sum();
    let fleets = context.site.fleets.iter().enumerate();
    let retired = fleets.map(|(of, fleet)| Decision { of, period: 0, mw: fleet.owned_mw() });
    let decisions =
        Decisions { retired: retired.collect(), land_usd: price * powered, ..Decisions::default() };
    let judged = markets.judge(context, &decisions);
    Some(describe(context, super::SELL_LAND, &judged, &decisions, floors))
}

/// One hall is converted as early and as far as it can be, and no other begun before month 24; see [`decide_one_hall`].
pub(in crate::plan) fn one_hall(
    context: &Context<'_>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    solver: Solver,
    floors: &[FloorYear],
    end: &mut End,
    watch: &Watch<'_>,
) -> Result<Option<Baseline>, PlanError> {
    let decided = decide_one_hall(context, markets, losses, solver, end, watch)?;
    Ok(decided.map(|(hall, decisions)| {
        let name = format!("convert {} alone, decide on the rest after two years", context.label(hall));
        describe(context, &name, &markets.judge(context, &decisions), &decisions, floors)
    }))
}

/// The hall whose first MW is worth most is fitted out as early and as far as money and leads allow; no other hall's fit-out
/// is ordered before month 24. The NPV decides the rest: tenants, parts, and what is converted then. `None` where there are
/// not two halls to choose from.
fn decide_one_hall(
    context: &Context<'_>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    solver: Solver,
    end: &mut End,
    watch: &Watch<'_>,
) -> Result<Option<(usize, Decisions)>, PlanError> {
    let mut program = Program::new(context, markets, Freedom::AtMostShare(1.0), Vec::new());
    let Some(hall) = best_hall(&program) else { return Ok(None) };
    for ((of, period), column) in &program.handles.fit {
        if *of != hall && context.calendar.periods[*period].first_month < WAIT_MONTHS {
            program.model.columns[*column].upper = 0.0;
        }
    }
    program.prefer_earliest_fit_out(hall);
    let decisions = solve_without_promises(program, losses, solver, end, watch)?;
    Ok(Some((hall, decisions)))
}

/// Of several halls that can be converted the one where a MW, rented at the earliest date, is worth most after what it
/// needs: rent less fit-out and the planned parts it leans on, each ordered at once. The first of equals.
fn best_hall(program: &Program<'_>) -> Option<usize> {
    let (context, handles) = (program.context, &program.handles);
    let cost = |column: usize| statistics::mean(&program.cash[column].npv);
    let first = |columns: &std::collections::BTreeMap<(usize, usize), usize>, of: usize| {
        columns.range((of, 0)..=(of, usize::MAX)).next().map(|(_, column)| *column)
    };
    let mut halls: Vec<(usize, f64)> = Vec::new();
    for (index, candidate) in context.candidates.iter().enumerate() {
        let (Some(start), Some(fit)) = (first(&handles.start, index), first(&handles.fit, candidate.hall))
        else {
            continue;
        };
        let parts = candidate
            .pair
            .requires
            .iter()
            .filter_map(|part| first(&handles.build, context.network.node(part)?).map(cost));
        let worth = cost(start) + cost(fit) + parts.sum::<f64>();
        match halls.iter_mut().find(|(hall, _)| *hall == candidate.hall) {
            Some((_, best)) => *best = best.max(worth),
            None => halls.push((candidate.hall, worth)),
        }
    }
    if halls.len() < 2 {
        return None;
    }
    halls.into_iter().reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(hall, _)| hall)
}

#[cfg(feature = "highs")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::result::Detail;
    use crate::plan::solve::Progress;
    use crate::plan::tests_losses::two_halls;
    use crate::site::{FailureClass, Site};

    fn decided(site: &Site) -> Option<(usize, Decisions)> {
        let context = Context::new(site, Detail::Quick).unwrap();
        let markets = Markets::new(&context).unwrap();
        let mut losses = Losses::new(&context);
        let watch: &dyn Fn(Progress) -> bool = &|_| true;
        let watch = Watch::new(&watch);
        decide_one_hall(&context, &markets, &mut losses, Solver::default(), &mut End::default(), &watch)
            .unwrap()
    }

    #[test]
    fn one_hall_is_converted_at_once_and_the_other_after_two_years() {
        let mut site = two_halls(FailureClass::N);
        site.limits.capex_by_year_usd.clear();
        let (one, other) = (2, site.components.len() - 1);
        assert_eq!((&*site.components[one].id, &*site.components[other].id), ("H", "H2"));
        // The first of equals; then the one whose space is cheaper.
        for (cheaper, chosen) in [(None, one), (Some(other), other), (Some(one), one)] {
            let mut site = site.clone();
            if let Some(cheaper) = cheaper
                && let crate::site::Kind::Hall(hall) = &mut site.components[cheaper].kind
            {
                hall.fit_out.as_mut().unwrap().usd_per_mw *= 0.9;
            }
            let (hall, decisions) = decided(&site).unwrap();
            assert_eq!(hall, chosen, "{cheaper:?}");
            // Half of 20 MW can be converted, all of it is, on the first day.
            let at_once = decisions.fits.iter().filter(|fit| fit.of == hall && fit.period == 0);
            assert!((at_once.map(|fit| fit.mw).sum::<f64>() - 10.0).abs() < 1e-6, "{:?}", decisions.fits);
            // Quarters: the ninth begins with month 24.
            let rest: Vec<&Decision> = decisions.fits.iter().filter(|fit| fit.of != hall).collect();
            assert!(!rest.is_empty() && rest.iter().all(|fit| fit.period >= 8), "{rest:?}");
        }
    }

    #[test]
    fn one_hall_alone_is_no_choice() {
        assert!(decided(&crate::plan::testing::site()).is_none());
    }
}
