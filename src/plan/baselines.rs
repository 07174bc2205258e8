//! Plans that need no optimiser's cleverness, solved under the same physical and money limits, so that the best plan
//! is always seen beside what one would do otherwise. Policies (C14, C15) are reported met or missed.

use super::context::Context;
use super::decisions::{Decision, Decisions};
use super::judge::Judged;
use super::planner::{End, Markets};
use super::program::{FloorYear, Freedom, LossRow, Losses, Program};
use super::result::Baseline;
use super::solve::{PlanError, Watch};
use super::{KEEP_MINING, extract, treasury};
use crate::lp::Solver;
use crate::quantity::{format, statistics};

/// Keep-mining, solved first because floors are shares of its revenue.
pub(super) struct Keep {
    pub decisions: Decisions,
    pub mean_revenue_by_year: Vec<f64>,
    pub loss_rows: Vec<LossRow>,
}

pub(super) fn keep_mining(
    context: &Context<'_>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    solver: Solver,
    end: &mut End,
    watch: &Watch<'_>,
) -> Result<Keep, PlanError> {
    let mut program = Program::new(context, markets, Freedom::KeepMining, Vec::new());
    let (solution, _) = end.go_on(&mut program, losses, solver, watch)?;
    let mean_revenue_by_year = (0..context.calendar.years())
        .map(|year| statistics::mean(&program.revenue_of_year(year, &solution.values)))
        .collect();
    let decisions = Decisions::read(&program, &solution.values);
    Ok(Keep { decisions, mean_revenue_by_year, loss_rows: program.loss_rows() })
}

pub(super) fn of_keep_mining(
    context: &Context<'_>,
    judged: &Judged,
    decisions: &Decisions,
    floors: &[FloorYear],
) -> Baseline {
    describe(context, KEEP_MINING, judged, decisions, floors)
}

/// Everything, and half of everything, at the earliest dates.
pub(super) fn earliest(
    context: &Context<'_>,
    markets: &Markets,
    solver: Solver,
    floors: &[FloorYear],
    end: &mut End,
    watch: &Watch<'_>,
) -> Result<Vec<Baseline>, PlanError> {
    let ways = earliest_ways(context, markets, solver, end, (0.8, 0.9), watch)?;
    let described = ways.iter().map(|(name, decisions)| {
        describe(context, name, &markets.judge(context, decisions), decisions, floors)
    });
    Ok(described.collect())
}

/// What is decided in them; the progress told goes from the first to the second of `shares`.
pub(super) fn earliest_ways(
    context: &Context<'_>,
    markets: &Markets,
    solver: Solver,
    end: &mut End,
    (from, to): (f32, f32),
    watch: &Watch<'_>,
) -> Result<Vec<(&'static str, Decisions)>, PlanError> {
    let mut losses = Losses::new(context);
    let shares = [("convert all at the earliest dates", 1.0), ("convert half at the earliest dates", 0.5)];
    let mut found = Vec::with_capacity(shares.len());
    for (step, (name, share)) in shares.into_iter().enumerate() {
        watch.at("Comparing with other plans", from + (to - from) * step as f32 / shares.len() as f32)?;
        let program = Program::new(context, markets, Freedom::AtMostShare(share), Vec::new());
        // The two differ only in bounds: the second starts from the first one's vertex.
        found.push((name, convert_earliest(program, &mut losses, solver, end, watch)?));
    }
    Ok(found)
}

/// As much hosting as early as money and lead times allow, and the best of what is left to decide.
fn convert_earliest(
    mut program: Program<'_>,
    losses: &mut Losses<'_>,
    solver: Solver,
    end: &mut End,
    watch: &Watch<'_>,
) -> Result<Decisions, PlanError> {
    // A promise that cannot be kept must not leave the baselines without an answer.
    let promised = ["C8.least", "C8.minimum", "C15"];
    program.model.rows.retain(|row| !promised.iter().any(|name| row.name.starts_with(name)));
    program.prefer_earliest_hosting();
    let (solution, _) = end.go_on(&mut program, losses, solver, watch)?;
    Ok(Decisions::read(&program, &solution.values))
}

pub(super) fn describe(
    context: &Context<'_>,
    name: &str,
    judged: &Judged,
    decisions: &Decisions,
    floors: &[FloorYear],
) -> Baseline {
    let years = extract::revenue_by_year(context, judged);
    let level = context.site.plan.report_tail_level;
    let mut policies_missed = Vec::new();
    for floor in floors {
        let worst = statistics::worst_tail_mean(&years[floor.year], context.site.plan.tail_level);
        if worst < floor.usd * (1.0 - 1e-3) {
            let year = context.calendar.date_of(floor.year * 12).year();
            let (worst, floor) = (format::usd(worst), format::usd(floor.usd));
            policies_missed.push(format!("{year} revenue floor: {worst} of {floor}"));
        }
    }
    if let Some(minimum) = context.site.limits.minimum_cash_usd {
        let cash = treasury::cash_by_month(context, judged);
        let lowest = cash.into_iter().fold(f64::INFINITY, f64::min);
        if lowest < minimum - 1e-6 * minimum.abs().max(1.0) {
            policies_missed.push(format!(
                "minimum cash: {} of {}",
                format::usd(lowest),
                format::usd(minimum)
            ));
        }
    }
    let worst_year_share = years
        .iter()
        .map(|by_path| {
            let mean = statistics::mean(by_path);
            if mean > 0.0 { statistics::worst_tail_mean(by_path, level) / mean } else { 1.0 }
        })
        .fold(f64::INFINITY, f64::min);
    Baseline {
        name: name.to_owned(),
        npv_usd: statistics::mean(&judged.npv),
        capex_usd: judged.capex.iter().sum(),
        worst_year_share,
        policies_missed,
        hosting_mw: hosting_mw(context, &decisions.starts),
    }
}

/// Critical MW let by period, of what starts.
pub(super) fn hosting_mw(context: &Context<'_>, starts: &[Decision]) -> Vec<f64> {
    let mut hosting_mw = vec![0.0; context.calendar.periods.len()];
    for decision in starts {
        let offer = context.offer(&context.candidates[decision.of]);
        let start = context.calendar.periods[decision.period].first_month as f64;
        let end = context.calendar.period_from(start + offer.term_months.round()).unwrap_or(hosting_mw.len());
        for mw in &mut hosting_mw[decision.period..end] {
            *mw += decision.mw;
        }
    }
    hosting_mw
}
