//! The plan, read out of the solved program and its judgement.

use super::context::Context;
use super::decisions::{Decision, Decisions};
use super::finance;
use super::hedge;
use super::judge::Judged;
use super::prices;
use super::program::{MILLION, Program};
use super::result::{
    Band, Baseline, Binding, BuildPlan, Capex, Certificate, Commitment, Detail, Gross, HallPlan, ModelSize,
    Npv, PartFlow, Plan, Repair, RevenueBands, Stamp, Status, UseOf, UsePlan, YearStability,
};
use super::whole;
use crate::lp::Solution;
use crate::market::World;
use crate::quantity::statistics;
use std::collections::BTreeMap;

/// Everything a plan is read from.
pub(super) struct Answer<'p, 'c> {
    pub program: &'p Program<'c>,
    pub solution: &'p Solution,
    pub decisions: &'p Decisions,
    pub judged: &'p Judged,
    /// The plan on the paths it was made on.
    pub walked: &'p Judged,
    pub world: &'p World,
    pub keep_judged: &'p Judged,
    pub status: Status,
    pub binding: Vec<Binding>,
    pub repairs: Vec<Repair>,
    pub baselines: Vec<Baseline>,
    pub certificate: Certificate,
    pub stamp: Stamp,
    pub size: ModelSize,
    pub scenario: &'p str,
    pub detail: Detail,
}

pub(super) fn plan(answer: Answer<'_, '_>) -> Plan {
    let Answer { program, solution, decisions, judged, keep_judged, .. } = answer;
    let context = program.context;
    let expected = statistics::mean(&judged.npv);
    let mut notes = context.notes.clone();
    notes.extend(whole::notes(context, answer.certificate.whole.as_ref(), solution.objective));
    notes.push(finance::words_of_npv(context));
    let finance = finance::finance(program, solution, decisions, answer.walked, answer.world);
    notes.extend(hedge::notes(context, decisions, answer.world));
    note_sample_gap(program, solution, judged, &mut notes);
    Plan {
        scenario: answer.scenario.to_owned(),
        detail: answer.detail,
        solver: solution.solver.to_owned(),
        status: answer.status,
        objective_usd: solution.objective * MILLION,
        npv: Npv {
            expected_usd: expected,
            p5_usd: statistics::quantile(&judged.npv, 0.05),
            cvar95_usd: statistics::worst_tail_mean(&judged.npv, 0.95),
            beyond_horizon_share: if expected == 0.0 { 0.0 } else { judged.beyond / expected },
        },
        periods: context.calendar.periods.clone(),
        halls: halls(program, solution),
        builds: builds(program, solution, decisions),
        parts: parts(program, solution),
        gross: gross(program, solution),
        capex: capex(context, judged),
        revenue: revenue(context, judged, keep_judged),
        stability: stability(program, judged, keep_judged),
        cash_usd: finance::at_period_ends(context, &finance.cash_by_month_usd),
        debt_service_usd: finance::debt_service(context, answer.walked),
        finance,
        refused: context.refused.clone(),
        binding: answer.binding,
        reasons: Vec::new(),
        repairs: answer.repairs,
        baselines: answer.baselines,
        alternatives: Vec::new(),
        hedges: hedge::plans(context, decisions),
        replanning: None,
        commitments: commitments(context, decisions),
        certificate: answer.certificate,
        stamp: answer.stamp,
        size: answer.size,
        notes,
    }
}

/// The paths of the plan and the paths that judge it should tell the same story.
fn note_sample_gap(program: &Program<'_>, solution: &Solution, judged: &Judged, notes: &mut Vec<String>) {
    let inside = program.expected_npv(&solution.values);
    let outside = statistics::mean(&judged.npv);
    let scale = judged.capex.iter().sum::<f64>().max(inside.abs()).max(1.0);
    if (inside - outside).abs() > 0.05 * scale {
        notes.push(format!(
            "On {} other paths the plan is worth {} instead of {}: raise the number of paths in the plan",
            judged.npv.len(),
            crate::quantity::format::usd(outside),
            crate::quantity::format::usd(inside)
        ));
    }
}

fn halls(program: &Program<'_>, solution: &Solution) -> Vec<HallPlan> {
    let context = program.context;
    let values = &solution.values;
    let series = |column: &dyn Fn(usize) -> Option<usize>| -> Vec<f64> {
        (0..program.periods())
            .map(|period| column(period).map_or(0.0, |column| clean(values[column])))
            .collect()
    };
    let mut halls = Vec::new();
    for (index, component) in context.site.components.iter().enumerate() {
        if component.hall().is_none() {
            continue;
        }
        let mut uses = Vec::new();
        for (class, data) in context.classes.iter().enumerate().filter(|(_, class)| class.hall == index) {
            let of = UseOf::Mining { fleet: context.fleet(data).id.clone() };
            let mw = series(&|period| program.handles.running.get(&(class, period, 0)).copied());
            uses.push(UsePlan { of, mw });
        }
        for (candidate, data) in context.candidates.iter().enumerate().filter(|(_, c)| c.hall == index) {
            let of = UseOf::Hosting { offer: context.offer(data).id.clone() };
            let mw = series(&|period| program.handles.host.get(&(candidate, period)).copied());
            uses.push(UsePlan { of, mw });
        }
        let fitted_mw = series(&|period| program.handles.fit_ready.get(&(index, period)).copied());
        let works_mw = fitted_mw
            .iter()
            .enumerate()
            .map(|(period, fitted)| clean(program.begun(index, period).at(values) - fitted))
            .collect();
        halls.push(HallPlan { id: component.id.clone(), uses, fitted_mw, works_mw });
    }
    halls
}

/// Rounding errors of a solver are zero.
fn clean(value: f64) -> f64 {
    if value.abs() < 1e-7 { 0.0 } else { value }
}

fn builds(program: &Program<'_>, solution: &Solution, decisions: &Decisions) -> Vec<BuildPlan> {
    let context = program.context;
    let periods = program.periods();
    let mut builds = Vec::new();
    for (index, component) in context.site.components.iter().enumerate() {
        if component.planned().is_some() {
            let schedule = |order: &Decision| decisions.payments_of_part(context, order);
            builds.push(BuildPlan {
                component: component.id.clone(),
                fit_out: false,
                ordered_mw: ordered(&decisions.orders, index, periods),
                ready_mw: (0..periods)
                    .map(|period| {
                        program
                            .handles
                            .ready
                            .get(&(index, period))
                            .map_or(0.0, |column| clean(solution.values[*column]))
                    })
                    .collect(),
                capex_usd: paid(context, &decisions.orders, index, &schedule),
            });
        }
        if component.hall().is_some_and(|hall| hall.fit_out.is_some()) {
            let schedule = |order: &Decision| decisions.payments_of_fit(context, order);
            builds.push(BuildPlan {
                component: component.id.clone(),
                fit_out: true,
                ordered_mw: ordered(&decisions.fits, index, periods),
                ready_mw: (0..periods)
                    .map(|period| clean(solution.values[program.handles.fit_ready[&(index, period)]]))
                    .collect(),
                capex_usd: paid(context, &decisions.fits, index, &schedule),
            });
        }
    }
    builds
}

fn ordered(decisions: &[Decision], of: usize, periods: usize) -> Vec<f64> {
    let mut series = vec![0.0; periods];
    for decision in decisions.iter().filter(|decision| decision.of == of) {
        series[decision.period] += decision.mw;
    }
    series
}

fn paid(
    context: &Context<'_>,
    decisions: &[Decision],
    of: usize,
    schedule: &dyn Fn(&Decision) -> prices::Schedule,
) -> Vec<f64> {
    let calendar = &context.calendar;
    let mut series = vec![0.0; calendar.periods.len()];
    for decision in decisions.iter().filter(|decision| decision.of == of) {
        for (month, usd) in schedule(decision) {
            // What falls due after the horizon is still money: it stands in the last period.
            let period = calendar.period_of.get(month).copied().unwrap_or(series.len() - 1);
            series[period] += usd;
        }
    }
    series
}

fn parts(program: &Program<'_>, solution: &Solution) -> Vec<PartFlow> {
    let periods = program.periods();
    let mut flows: BTreeMap<usize, PartFlow> = BTreeMap::new();
    for load in &program.loads {
        let flow = flows.entry(load.component).or_insert_with(|| PartFlow {
            component: program.context.component(load.component).id.clone(),
            mining_mw: vec![0.0; periods],
            hosting_mw: vec![0.0; periods],
            rating_mw: vec![0.0; periods],
        });
        flow.mining_mw[load.period] = clean(load.mining.at(&solution.values));
        flow.hosting_mw[load.period] = clean(load.hosting.at(&solution.values));
        flow.rating_mw[load.period] = clean(load.rating.at(&solution.values));
    }
    flows.into_values().collect()
}

fn gross(program: &Program<'_>, solution: &Solution) -> Gross {
    let context = program.context;
    let values = &solution.values;
    let periods = program.periods();
    let mut gross =
        Gross { by_offer_mw: vec![vec![0.0; periods]; context.site.offers.len()], ..Gross::default() };
    for period in 0..periods {
        let (mut mining, mut hosting, mut contract, mut firm) = (0.0, 0.0, 0.0, 0.0);
        for feed in 0..context.feeds.len() {
            if let Some((by_miners, by_tenants)) = program.imports.get(&(feed, period, 1)) {
                mining += by_miners.at(values);
                hosting += by_tenants.at(values);
            }
            contract += program.contract_mw(feed, period);
            firm += program.firm_mw(feed, period);
        }
        gross.mining_mw.push(clean(mining));
        gross.hosting_mw.push(clean(hosting));
        gross.contract_mw.push(contract);
        gross.firm_mw.push(firm);
        let mut works = 0.0;
        for (index, component) in context.site.components.iter().enumerate() {
            if component.hall().is_none() {
                continue;
            }
            let fitted = values[program.handles.fit_ready[&(index, period)]];
            let under_works = program.begun(index, period).at(values) - fitted;
            let factor = context
                .judged(&component.id)
                .and_then(|judged| judged.gross_hosting)
                .map_or(1.0, |factor| factor.design_hour);
            works += clean(under_works) * factor;
        }
        // Space under works may hold more than the contract would have let it use.
        gross.works_mw.push(works.min((contract - mining - hosting).max(0.0)));
    }
    for (index, candidate) in context.candidates.iter().enumerate() {
        for period in 0..periods {
            if let Some(column) = program.handles.host.get(&(index, period)) {
                gross.by_offer_mw[candidate.offer][period] +=
                    clean(values[*column]) * candidate.pair.gross.design_hour;
            }
        }
    }
    gross
}

fn capex(context: &Context<'_>, judged: &Judged) -> Capex {
    let mut by_year: BTreeMap<i16, f64> = BTreeMap::new();
    for (month, usd) in judged.capex.iter().enumerate().filter(|(_, usd)| **usd != 0.0) {
        *by_year.entry(context.calendar.date_of(month).year()).or_default() += usd;
    }
    Capex { total_usd: judged.capex.iter().sum(), by_year: by_year.into_iter().collect() }
}

fn band(by_path: &[Vec<f64>], periods: usize) -> Band {
    let mut band = Band::default();
    for period in 0..periods {
        let mut values: Vec<f64> = by_path.iter().map(|path| path[period]).collect();
        values.sort_by(f64::total_cmp);
        band.mean.push(statistics::mean(&values));
        band.p5.push(statistics::quantile_of_sorted(&values, 0.05));
        band.p95.push(statistics::quantile_of_sorted(&values, 0.95));
    }
    band
}

fn blended(judged: &Judged) -> Vec<Vec<f64>> {
    judged
        .mining
        .iter()
        .zip(&judged.hosting)
        .map(|(mining, hosting)| mining.iter().zip(hosting).map(|(a, b)| a + b).collect())
        .collect()
}

fn revenue(context: &Context<'_>, judged: &Judged, keep: &Judged) -> RevenueBands {
    let periods = context.calendar.periods.len();
    RevenueBands {
        mining: band(&judged.mining, periods),
        hosting: band(&judged.hosting, periods),
        other: band(&judged.other, periods),
        blended: band(&blended(judged), periods),
        keep_mining: band(&blended(keep), periods),
        contracted_usd: judged.contracted.clone(),
    }
}

/// Billed revenue by plan year and path.
pub(super) fn revenue_by_year(context: &Context<'_>, judged: &Judged) -> Vec<Vec<f64>> {
    let calendar = &context.calendar;
    let mut years = vec![vec![0.0; judged.npv.len()]; calendar.years()];
    for (path, series) in blended(judged).into_iter().enumerate() {
        for (period, usd) in series.into_iter().enumerate() {
            years[calendar.periods[period].first_month / 12][path] += usd;
        }
    }
    years
}

fn stability(program: &Program<'_>, judged: &Judged, keep: &Judged) -> Vec<YearStability> {
    let context = program.context;
    let calendar = &context.calendar;
    let level = context.site.plan.report_tail_level;
    let keep_years = revenue_by_year(context, keep);
    revenue_by_year(context, judged)
        .into_iter()
        .enumerate()
        .map(|(year, by_path)| {
            let mean = statistics::mean(&by_path);
            let worst = statistics::worst_tail_mean(&by_path, level);
            let contracted: f64 = calendar
                .periods
                .iter()
                .zip(&judged.contracted)
                .filter(|(period, _)| period.first_month / 12 == year)
                .map(|(_, usd)| usd)
                .sum();
            let per = |value: f64| if mean > 0.0 { value / mean } else { 0.0 };
            YearStability {
                year: calendar.date_of(year * 12).year(),
                mean_usd: mean,
                cv: per(statistics::standard_deviation(&by_path)),
                worst_year_usd: worst,
                worst_year_share: per(worst),
                share_contracted: per(contracted).min(1.0),
                keep_mining_mean_usd: statistics::mean(&keep_years[year]),
                keep_mining_worst_usd: statistics::worst_tail_mean(&keep_years[year], level),
                floor_usd: program
                    .floors
                    .iter()
                    .filter(|floor| floor.year == year && floor.usd > 0.0)
                    .map(|floor| floor.usd)
                    .max_by(f64::total_cmp),
            }
        })
        .collect()
}

fn commitments(context: &Context<'_>, decisions: &Decisions) -> Vec<Commitment> {
    let calendar = &context.calendar;
    let company = &context.site.company;
    let mut list = Vec::new();
    let mut order = |decision: &Decision, item: String, object: &str, schedule: prices::Schedule| {
        let total: f64 = schedule.iter().map(|(_, usd)| usd).sum();
        let first = calendar.periods[decision.period].first_month;
        let deposit: f64 = schedule.iter().filter(|(month, _)| *month == first).map(|(_, usd)| usd).sum();
        list.push(Commitment {
            date: calendar.periods[decision.period].start,
            item,
            object: object.to_owned(),
            cash_usd: total,
            cancel_usd: deposit,
        });
    };
    for decision in &decisions.orders {
        let component = context.component(decision.of);
        let item = format!(
            "Order {} of {}",
            decisions.amount_of_part(context, decision),
            context.label(decision.of)
        );
        order(decision, item, &component.id, decisions.payments_of_part(context, decision));
    }
    for decision in &decisions.fits {
        let component = context.component(decision.of);
        let item = format!("Order fit-out of {} in {}", amount(decision.mw), context.label(decision.of));
        order(decision, item, &component.id, decisions.payments_of_fit(context, decision));
    }
    for decision in &decisions.buys {
        let fleet = &context.site.fleets[decision.of];
        if let Some(schedule) = prices::miners(calendar, company, decision.period, fleet) {
            let item = format!("Buy {} of {}", amount(decision.mw), fleet.model);
            order(decision, item, &fleet.id, prices::times(schedule, decision.mw));
        }
    }
    for decision in &decisions.gpus {
        let offer = &context.site.offers[decision.of];
        if let Some(system) = crate::market::hosting::gpu_system(context.site, offer) {
            let schedule = prices::gpus(calendar, company, decision.period, system);
            let item = format!("Buy {} of {}", amount(decision.mw), system.model);
            order(decision, item, &system.id, prices::times(schedule, decision.mw));
        }
    }
    for (index, offer) in context.site.offers.iter().enumerate() {
        let starts = decisions.starts.iter().filter(|start| context.candidates[start.of].offer == index);
        let Some(first) = starts.map(|start| start.period).min() else { continue };
        if offer.status == crate::site::OfferStatus::Signed {
            continue;
        }
        let start = calendar.periods[first].start;
        list.push(Commitment {
            date: offer.sign_by.map_or(start, |by| by.min(start)),
            item: format!("Sign {}", offer.name),
            object: offer.id.clone(),
            cash_usd: 0.0,
            cancel_usd: 0.0,
        });
    }
    list.extend(finance::commitments(context, decisions));
    list.extend(hedge::commitment(context, decisions));
    list.sort_by(|a, b| a.date.cmp(&b.date).then_with(|| a.item.cmp(&b.item)));
    list
}

fn amount(mw: f64) -> String {
    crate::quantity::format::mw(mw)
}
