//! Plans that need no optimiser's cleverness, solved under the same physical and money limits, so that the best plan
//! is always seen beside what one would do otherwise. Policies (C14, C15) are reported met or missed.

mod ways;

pub(super) use ways::{WayEnds, mothball, one_hall, sell_land};

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
use crate::site::OfferStatus;

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

/// Name of the baseline that ends mining.
pub(super) const MOTHBALL: &str = "stop mining when it loses";

/// Name of the baseline that ends everything.
pub(super) const SELL_LAND: &str = "sell or lease the powered land";

/// Everything that one would do otherwise, besides keeping on mining.
pub(super) fn others(
    context: &Context<'_>,
    markets: &Markets,
    solver: Solver,
    floors: &[FloorYear],
    (earliest_end, ways): (&mut End, &mut WayEnds),
    watch: &Watch<'_>,
) -> Result<Vec<Baseline>, PlanError> {
    let mut losses = Losses::new(context);
    let mut found = earliest(context, markets, &mut losses, solver, floors, earliest_end, watch)?;
    watch.at("Comparing with one hall", 0.87)?;
    // Most of it is the same as converting all.
    ways.one_hall.begin_at(earliest_end);
    found.extend(one_hall(context, markets, &mut losses, solver, floors, &mut ways.one_hall, watch)?);
    watch.at("Comparing with no mining", 0.88)?;
    found.extend(mothball(context, markets, solver, floors, &mut ways.mothball, watch)?);
    found.extend(sell_land(context, markets, floors));
    Ok(found)
}

/// Everything, and half of everything, at the earliest dates.
fn earliest(
    context: &Context<'_>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    solver: Solver,
    floors: &[FloorYear],
    end: &mut End,
    watch: &Watch<'_>,
) -> Result<Vec<Baseline>, PlanError> {
    let ways = earliest_ways(context, markets, losses, solver, end, (0.8, 0.87), watch)?;
    let described = ways.iter().map(|(name, decisions)| {
        describe(context, name, &markets.judge(context, decisions), decisions, floors)
    });
    Ok(described.collect())
}

/// What is decided in them; the progress told goes from the first to the second of `shares`.
pub(super) fn earliest_ways(
    context: &Context<'_>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    solver: Solver,
    end: &mut End,
    (from, to): (f32, f32),
    watch: &Watch<'_>,
) -> Result<Vec<(&'static str, Decisions)>, PlanError> {
    let shares = [("convert all at the earliest dates", 1.0), ("convert half at the earliest dates", 0.5)];
    let mut found = Vec::with_capacity(shares.len());
    for (step, (name, share)) in shares.into_iter().enumerate() {
        watch.at("Comparing with other plans", from + (to - from) * step as f32 / shares.len() as f32)?;
        // As much hosting as early as money and lead times allow, and the best of what is left to decide.
        let mut program = Program::new(context, markets, Freedom::AtMostShare(share), Vec::new());
        program.prefer_earliest_hosting();
        // The two differ only in bounds: the second starts from the first one's vertex.
        found.push((name, solve_without_promises(program, losses, solver, end, watch)?));
    }
    Ok(found)
}

/// As [`End::go_on`], with every promise to a tenant or to the company taken out: one that cannot be kept must not leave the
/// baselines without an answer.
fn solve_without_promises(
    mut program: Program<'_>,
    losses: &mut Losses<'_>,
    solver: Solver,
    end: &mut End,
    watch: &Watch<'_>,
) -> Result<Decisions, PlanError> {
    let promised = ["C8.least", "C8.minimum", "C15"];
    program.model.rows.retain(|row| !promised.iter().any(|name| row.name.starts_with(name)));
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
    if let Some(minimum) = treasury::minimum_cash(context) {
        let cash = treasury::cash_by_month(context, judged);
        // The month that is furthest below.
        let furthest = cash.into_iter().zip(minimum).min_by(|a, b| (a.0 - a.1).total_cmp(&(b.0 - b.1)));
        if let Some((cash, minimum)) = furthest
            && cash < minimum - 1e-6 * minimum.abs().max(1.0)
        {
            policies_missed.push(format!("minimum cash: {} of {}", format::usd(cash), format::usd(minimum)));
        }
    }
    policies_missed.extend(promises_missed(context, judged, decisions, floors));
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

/// What was promised to tenants and asked of hosting (C8), and contracted revenue (C15), where it is not kept.
fn promises_missed(
    context: &Context<'_>,
    judged: &Judged,
    decisions: &Decisions,
    floors: &[FloorYear],
) -> Vec<String> {
    let (site, calendar) = (context.site, &context.calendar);
    let short = |hosted: &[f64], asked: f64, counts: &dyn Fn(usize) -> bool| -> Option<f64> {
        let periods = (0..hosted.len()).filter(|period| counts(*period));
        periods.map(|period| hosted[period]).reduce(f64::min).filter(|least| *least < asked * (1.0 - 1e-6))
    };
    let mut missed = Vec::new();
    for (index, offer) in site.offers.iter().enumerate() {
        if offer.status != OfferStatus::Signed || offer.min_mw <= 0.0 {
            continue;
        }
        let date = offer.latest.or(offer.earliest).unwrap_or(calendar.start);
        let Some(from) = calendar.periods.iter().position(|period| period.start >= date) else { continue };
        let end = calendar.periods[from].first_month as f64 + offer.term_months;
        let runs = |period: usize| period >= from && (calendar.periods[period].first_month as f64) < end;
        let starts = decisions.starts.iter().filter(|start| context.candidates[start.of].offer == index);
        let hosted = hosting_mw(context, &starts.copied().collect::<Vec<_>>());
        if let Some(least) = short(&hosted, offer.min_mw, &runs) {
            missed.push(format!("{}: {} of {}", offer.name, format::mw(least), format::mw(offer.min_mw)));
        }
    }
    let all = hosting_mw(context, &decisions.starts);
    for minimum in &site.limits.hosting_min_mw {
        let counts = |period: usize| calendar.periods[period].start >= minimum.from;
        if let Some(least) = short(&all, minimum.mw, &counts) {
            let (least, asked) = (format::mw(least), format::mw(minimum.mw));
            missed.push(format!("hosting from {}: {least} of {asked}", minimum.from));
        }
    }
    if let Some(share) = site.limits.contracted_share.filter(|share| *share > 0.0) {
        for floor in floors {
            let of_year = calendar.periods.iter().zip(&judged.contracted);
            let of_year = of_year.filter(|(period, _)| period.first_month / 12 == floor.year);
            let contracted: f64 = of_year.map(|(_, usd)| usd).sum();
            let asked = share * floor.reference_usd;
            if contracted < asked * (1.0 - 1e-6) {
                let year = calendar.date_of(floor.year * 12).year();
                let (contracted, asked) = (format::usd(contracted), format::usd(asked));
                missed.push(format!("{year} contracted revenue: {contracted} of {asked}"));
            }
        }
    }
    missed
}
