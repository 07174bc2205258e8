//! Plans one after another: what an edit leaves as it was is not worked out again.
//!
//! Three things are kept, the last two for quick plans and for full ones each. The sampled markets, as long as nothing that
//! they are drawn from has changed. The vertex each program ended at, by the names of its columns and rows, for the next
//! simplex to start from. And the tails that were cut, as weights on paths, which hold whatever is decided. Rows of losses
//! are not kept: each holds in one way to run only, and what was cut for one plan may be too careful for the next.

use super::alternatives;
use super::audit;
use super::baselines::{self, WayEnds};
use super::context::{Context, MiningClass, MiningTable};
use super::decisions::Decisions;
use super::explain::{self, Limit};
use super::extract;
use super::foresight::Foresight;
use super::hedge;
use super::judge::{Judged, judge};
use super::pairs::{Pairs, without_money};
use super::program::{Cuts, FloorYear, Freedom, Losses, MILLION, Program};
use super::reasons;
use super::result::{Binding, Certificate, Detail, ModelSize, Period, Repair, Stamp, Status};
use super::solve::{Failure, Listener, Options, PlanError, Solved, Watch, scenario_site, settle_telling};
use super::whole::{self, WholeAnswer};
use super::{repair, replan};
use crate::lp::{self, Basis, PROVEN, Solution, SolveError, Solver};
use crate::market::World;
use crate::market::reduce::{self, Worlds};
use crate::quantity::statistics;
use crate::site::{Company, Kind, Site};
use std::collections::BTreeMap;

/// Longest a second opinion is waited for, seconds.
const SECOND_OPINION_SECONDS: f64 = 120.0;

/// Makes plans, and remembers.
#[derive(Debug, Default)]
pub struct Planner {
    pub(super) pairs: Pairs,
    markets: Option<Markets>,
    quick_ends: Ends,
    full_ends: Ends,
}

/// The paths plans are made and judged on, and what a MW of mining earns on them.
#[derive(Debug)]
pub(super) struct Markets {
    /// What they were drawn from.
    key: Site,
    classes: Vec<MiningClass>,
    pub worlds: Worlds,
    /// By month that is sold forward, on the first day: what is known later does not move prices agreed then.
    pub expected_hashprice: Vec<f64>,
    /// On the paths of the program.
    pub mining: MiningTable,
    /// On the paths that judge.
    judging: MiningTable,
}

/// Where a program ended.
#[derive(Debug, Default)]
pub(super) struct End {
    pub basis: Option<Basis>,
    pub cuts: Cuts,
}

/// Where the programs of the last plan ended.
#[derive(Debug, Default)]
struct Ends {
    /// Which the months that were cut are of.
    periods: Vec<Period>,
    keep: End,
    plan: End,
    earliest: End,
    ways: WayEnds,
}

impl Planner {
    /// The markets of a site, sampled when they are not those of the last.
    pub(super) fn markets(&mut self, context: &Context<'_>) -> Result<&Markets, PlanError> {
        Markets::renew(&mut self.markets, context)
    }

    /// Makes a plan: best split first, which the listener gets at once, then the plans it is compared with and how far
    /// its prices hold.
    ///
    /// # Errors
    /// [`PlanError`] when the document cannot be planned with, the scenario does not exist, the listener asks to stop or
    /// the solver fails. What was worked out until then is kept.
    pub fn solve(
        &mut self,
        site: &Site,
        scenario: Option<&str>,
        options: Options,
        listener: &dyn Listener,
    ) -> Result<Solved, PlanError> {
        let watch = Watch::new(listener);
        watch.at("Reading the drawing", 0.0)?;
        let site = scenario_site(site, scenario, options.seed)?;
        let context = scenario_context(&site, options.detail, &mut self.pairs)?;
        let longer = match options.detail {
            Detail::Quick => None,
            Detail::Full => Some(scenario_context(&site, Detail::Quick, &mut self.pairs)?),
        };
        watch.at("Sampling the markets", 0.1)?;
        let markets = Markets::renew(&mut self.markets, &context)?;
        let (ends, ahead) = match &longer {
            None => (&mut self.quick_ends, None),
            Some(longer) => (&mut self.full_ends, Some((longer, &mut self.quick_ends))),
        };
        ends.renew(&context.calendar.periods);

        watch.at("Keep mining", 0.2)?;
        let mut losses = Losses::new(&context);
        let keep =
            baselines::keep_mining(&context, markets, &mut losses, options.solver, &mut ends.keep, &watch)
                .map_err(|error| match error {
                    PlanError(Failure::Solver(SolveError::Infeasible)) => {
                        repair::shortage(&context, markets, options.solver, &watch)
                    }
                    other => other,
                })?;
        let floors = floor_years(&context, &keep.mean_revenue_by_year, false);
        watch.at("Solving the plan", 0.3)?;
        let foresight = match ahead {
            Some((longer, ends)) => {
                ends.renew(&longer.calendar.periods);
                Foresight::of(longer, markets, options, &floors, &mut ends.plan, &watch)?
            }
            None => Foresight::default(),
        };
        let start = (&foresight, &mut ends.plan);
        let mut best = best(&context, markets, &mut losses, options, &floors, start, &watch)?;
        watch.at("Judging on other paths", 0.6)?;
        let keep_judged = markets.judge(&context, &keep.decisions);
        let judged = markets.judge(&context, &best.decisions);
        watch.at("Checking the answer", 0.65)?;
        let walked = judge(&context, &markets.worlds.program, &markets.mining, &best.decisions);
        let certificate = certificate(&best, &walked);
        let mut plan = extract::plan(extract::Answer {
            program: &best.program,
            solution: &best.solution,
            decisions: &best.decisions,
            judged: &judged,
            walked: &walked,
            world: &markets.worlds.program,
            keep_judged: &keep_judged,
            status: proven(best.status, &certificate, &best.solution),
            binding: bindings(&best.limits),
            repairs: best.repairs.clone(),
            baselines: vec![baselines::of_keep_mining(&context, &keep_judged, &keep.decisions, &floors)],
            certificate,
            stamp: Stamp::of(&site, options),
            size: best.size,
            scenario: scenario.unwrap_or_default(),
            detail: options.detail,
        });
        plan.notes.extend(best.note.clone());
        listener.first(plan.clone());
        // It walks every path again, for which nobody waits; what it finds takes *optimal* back.
        watch.at("Auditing", 0.68)?;
        audit::certify(&mut plan, &context, markets, &best.decisions, &keep.decisions);
        let (linear, loss_rows) = (best.program.model.clone(), best.program.loss_rows());
        losses.hold(&best.program, &best.solution.values);
        let vertex = best.session.basis();
        let mut told = Vec::new();
        if plan.status == Status::Optimal {
            told = reasons::reasons(&best.program, &best.solution, &best.decisions, &best.session);
        }

        let Best { program, session, solution, limits, .. } = &mut best;
        explain::measure(limits, program, solution, session);
        if plan.status == Status::Optimal {
            explain::weigh_units(
                limits,
                program,
                (&mut losses, &vertex),
                session,
                solution.objective,
                &watch,
            )?;
            let at = (&mut losses, vertex.as_ref());
            reasons::weigh(&mut told, program, solution, at, session, &watch)?;
            plan.reasons = told.into_iter().map(|told| told.reason).collect();
        }
        plan.binding = bindings(limits);

        plan.baselines.extend(baselines::others(
            &context,
            markets,
            options.solver,
            &floors,
            (&mut ends.earliest, &mut ends.ways),
            &watch,
        )?);
        if plan.status == Status::Optimal && options.detail == Detail::Full && !options.whole {
            let start = (options.solver, vertex.as_ref());
            plan.replanning = replan::again(&best, markets, &mut losses, start, &watch)?;
        }
        if plan.status == Status::Optimal {
            if let Some(vertex) = vertex {
                best.session.start_from(vertex);
            }
            plan.alternatives =
                alternatives::near(&mut best, markets, &mut losses, &judged, &floors, &watch)?;
        }
        if options.second_opinion {
            watch.at("Asking the second solver", 0.97)?;
            let second = lp::solve(&linear, Solver::Microlp, Some(SECOND_OPINION_SECONDS)).ok();
            plan.certificate.second_solver_objective_usd = second.map(|other| other.objective * MILLION);
        }
        watch.at("Done", 1.0)?;
        let model = best.whole.map_or(linear, |whole| whole.model);
        let (decisions, keep_mining) = (best.decisions, keep.decisions);
        Ok(Solved {
            plan,
            model,
            loss_rows,
            keep_mining_loss_rows: keep.loss_rows,
            decisions,
            keep_mining_decisions: keep_mining,
        })
    }
}

/// What a plan of a site is made from, with pairs that may have been judged before.
pub(super) fn scenario_context<'a>(
    site: &'a Site,
    detail: Detail,
    pairs: &mut Pairs,
) -> Result<Context<'a>, PlanError> {
    Context::knowing(site, detail, pairs).map_err(|problems| PlanError(Failure::Problems(problems)))
}

fn bindings(limits: &[Limit]) -> Vec<Binding> {
    limits.iter().map(|limit| limit.binding.clone()).collect()
}

/// The plan itself, before it is proven and put into words.
pub(super) struct Best<'a> {
    pub program: Program<'a>,
    /// At the vertex of the answer.
    pub session: lp::Session,
    pub solution: Solution,
    decisions: Decisions,
    limits: Vec<Limit>,
    size: ModelSize,
    repairs: Vec<Repair>,
    /// What the repairs leave out.
    note: Option<String>,
    status: Status,
    /// Of whole decisions, which the program then holds.
    whole: Option<WholeAnswer>,
}

/// Solves for the best plan, or for the least that would have to give way.
fn best<'a>(
    context: &'a Context<'a>,
    markets: &Markets,
    losses: &mut Losses<'_>,
    options: Options,
    floors: &[FloorYear],
    (foresight, end): (&Foresight, &mut End),
    watch: &Watch<'_>,
) -> Result<Best<'a>, PlanError> {
    let mut program = match options.whole {
        true => Program::of_whole_decisions(context, markets, floors.to_vec()),
        false => Program::new(context, markets, Freedom::Everything, floors.to_vec()),
    };
    foresight.help(&mut program);
    let mut session = lp::Session::new(options.solver);
    let (mut whole, mut note) = (None, None);
    let (solution, rounds, repairs, status) = match end.go_on_in(&mut session, &mut program, losses, watch) {
        Ok((relaxed, rounds)) if program.is_whole() => {
            let mut search = whole::Search { losses, options, watch };
            match search.decide(&mut program, &mut session, &relaxed) {
                Ok((solution, answer)) => {
                    let status = answer.status();
                    let rounds = rounds + answer.rounds;
                    whole = Some(answer);
                    (solution, rounds, Vec::new(), status)
                }
                Err(PlanError(Failure::Solver(SolveError::Infeasible))) => {
                    watch.at("Looking for what clashes", 0.5)?;
                    let (nearest, answer) = repair::relax_whole(context, markets, floors, &mut search)?;
                    (program, session, note) = (nearest.program, nearest.session, nearest.note);
                    let rounds = rounds + nearest.rounds + answer.rounds;
                    whole = Some(answer);
                    (nearest.solution, rounds, nearest.repairs, Status::Infeasible)
                }
                Err(other) => return Err(other),
            }
        }
        Ok((solution, rounds)) => (solution, rounds, Vec::new(), Status::Optimal),
        Err(PlanError(Failure::Solver(SolveError::Infeasible))) => {
            watch.at("Looking for what clashes", 0.5)?;
            let relaxed = repair::relax(context, markets, losses, floors, options, watch)?;
            (program, session, note) = (relaxed.program, relaxed.session, relaxed.note);
            let status = if relaxed.is_possible { Status::Optimal } else { Status::Infeasible };
            (relaxed.solution, relaxed.rounds, relaxed.repairs, status)
        }
        Err(other) => return Err(other),
    };
    let size = ModelSize {
        columns: program.model.columns.len(),
        rows: program.model.rows.len(),
        nonzeros: program.model.nonzeros(),
        rounds,
    };
    let decisions = Decisions::read(&program, &solution.values);
    let limits = explain::bindings(&program, &solution);
    Ok(Best { program, session, solution, decisions, limits, size, repairs, note, status, whole })
}

impl Best<'_> {
    /// The answer in the columns of another program of the same site; nothing of what only that has.
    pub fn values_in(&self, other: &Program<'_>) -> Vec<f64> {
        let columns = self.program.model.columns.iter().zip(&self.solution.values);
        let known: BTreeMap<&str, f64> =
            columns.map(|(column, value)| (column.name.as_str(), *value)).collect();
        let value = |column: &lp::ColumnData| known.get(column.name.as_str()).copied().unwrap_or(0.0);
        other.model.columns.iter().map(value).collect()
    }
}

/// Rows, prices and gap of the answer, and its cash flows as `walked` without the program on the same paths.
fn certificate(best: &Best<'_>, walked: &Judged) -> Certificate {
    let proof = lp::residuals(&best.program.model, &best.solution);
    let whole = best.whole.as_ref();
    let of_whole = whole.map_or(0.0, |whole| lp::residuals(&whole.model, &best.solution).primal);
    let expected = best.program.expected_npv(&best.solution.values);
    Certificate {
        primal_residual: proof.primal.max(of_whole),
        dual_residual: proof.dual,
        relative_gap: proof.gap,
        second_solver_objective_usd: None,
        cash_flow_residual: (statistics::mean(&walked.npv) - expected).abs() / (1.0 + expected.abs()),
        whole: whole.map(|whole| whole.certificate),
        audit: Vec::new(),
    }
}

/// *Optimal* is said only of what is proven.
fn proven(status: Status, certificate: &Certificate, solution: &Solution) -> Status {
    let holds = [
        certificate.primal_residual,
        certificate.cash_flow_residual,
        certificate.dual_residual,
        certificate.relative_gap,
    ];
    // A residual that is no number proves nothing.
    let is_proven = !solution.duals.is_empty() && holds.into_iter().all(|residual| residual <= PROVEN);
    if status == Status::Optimal && !is_proven { Status::Feasible } else { status }
}

impl End {
    /// Solves a program from where the last one like it ended, and remembers where this one does.
    ///
    /// # Errors
    /// [`PlanError`]; what was remembered then stays.
    pub fn go_on(
        &mut self,
        program: &mut Program<'_>,
        losses: &mut Losses<'_>,
        solver: Solver,
        watch: &Watch<'_>,
    ) -> Result<(Solution, usize), PlanError> {
        let mut session = lp::Session::new(solver);
        self.go_on_in(&mut session, program, losses, watch)
    }

    /// Begins where another program ended, as long as nothing is remembered of its own.
    pub fn begin_at(&mut self, other: &Self) {
        if self.basis.is_none() {
            self.basis.clone_from(&other.basis);
        }
    }

    /// As [`End::go_on`] in a session that goes on afterwards.
    pub fn go_on_in(
        &mut self,
        session: &mut lp::Session,
        program: &mut Program<'_>,
        losses: &mut Losses<'_>,
        watch: &Watch<'_>,
    ) -> Result<(Solution, usize), PlanError> {
        program.add_cuts(&self.cuts);
        if let Some(basis) = &self.basis {
            session.start_from(basis.clone());
        }
        let mut basis = None;
        let mut keep = |session: &lp::Session| basis = session.basis();
        let (solution, rounds) = settle_telling(program, losses, session, watch, &mut keep)?;
        // The next program begins without rows of losses again: it is nearest to where this one was without them.
        *self = Self { basis: basis.or_else(|| session.basis()), cuts: program.tight_cuts(&solution) };
        Ok((solution, rounds))
    }
}

impl Ends {
    /// Forgets what does not hold for other periods. Tails do: they are weights on paths.
    fn renew(&mut self, periods: &[Period]) {
        if self.periods != periods {
            let ways = [&mut self.ways.mothball, &mut self.ways.one_hall];
            for end in [&mut self.keep, &mut self.plan, &mut self.earliest].into_iter().chain(ways) {
                end.cuts.months.clear();
            }
            self.periods = periods.to_vec();
        }
    }
}

impl Markets {
    /// The markets in `kept` where they are those of the site, else new ones.
    fn renew<'k>(kept: &'k mut Option<Self>, context: &Context<'_>) -> Result<&'k Self, PlanError> {
        let key = Self::key(context.site);
        let known = kept.take().filter(|markets| markets.key == key);
        let renewed = match known {
            Some(mut markets) => {
                markets.worlds.take_tenants_of(context.site);
                if markets.classes != context.classes {
                    markets.mining = MiningTable::new(context, &markets.worlds.program);
                    markets.judging = MiningTable::new(context, &markets.worlds.judge);
                    markets.classes.clone_from(&context.classes);
                }
                markets
            }
            None => Self::new(context)?,
        };
        Ok(kept.insert(renewed))
    }

    pub fn new(context: &Context<'_>) -> Result<Self, PlanError> {
        let worlds = Self::sample(context)?;
        let mining = MiningTable::new(context, &worlds.program);
        let judging = MiningTable::new(context, &worlds.judge);
        let expected_hashprice = hedge::expected_hashprice(&worlds.program);
        let (key, classes) = (Self::key(context.site), context.classes.clone());
        Ok(Self { key, classes, worlds, expected_hashprice, mining, judging })
    }

    /// The paths a plan is made and judged on.
    pub fn sample(context: &Context<'_>) -> Result<Worlds, PlanError> {
        reduce::worlds(context.site, context.calendar.months)
            .map_err(|problems| PlanError(Failure::Problems(problems)))
    }

    /// A site without what has no part in drawing markets or in what a MW mines: what is not taken out here is taken to
    /// matter.
    fn key(site: &Site) -> Site {
        let mut key = without_money(site);
        key.components.retain(|component| matches!(component.kind, Kind::GridFeed(_)));
        key.links.clear();
        key.company = Company {
            discount_rate: site.company.discount_rate,
            inflation: site.company.inflation,
            ..Company::default()
        };
        key
    }

    /// Markets of some of the paths, for a program; there is nothing to judge on.
    pub fn on(&self, world: World, mining: MiningTable) -> Self {
        let judge = world.of_paths(&[]);
        let judging = mining.clone();
        let worlds = Worlds { program: world, judge };
        let (key, classes) = (self.key.clone(), self.classes.clone());
        let expected_hashprice = self.expected_hashprice.clone();
        Self { key, classes, worlds, expected_hashprice, mining, judging }
    }

    /// The paths plans are made on and those that judge them, with what a MW mines on each.
    pub fn both(&self) -> [(&World, &MiningTable); 2] {
        [(&self.worlds.program, &self.mining), (&self.worlds.judge, &self.judging)]
    }

    /// A finished plan on the paths that judge.
    pub fn judge(&self, context: &Context<'_>, decisions: &Decisions) -> Judged {
        judge(context, &self.worlds.judge, &self.judging, decisions)
    }
}

/// Years in which the floor holds, and how high: a share of keep-mining's expected revenue or dollars, whichever is
/// more. Without a floor the years still carry the reference that contracted revenue is measured against; where nothing
/// asks for them there are none, unless they are wanted.
pub(super) fn floor_years(context: &Context<'_>, reference: &[f64], wanted: bool) -> Vec<FloorYear> {
    let limits = &context.site.limits;
    let share = limits.worst_year_floor_share.unwrap_or(0.0);
    let usd = limits.worst_year_floor_usd.unwrap_or(0.0);
    if share <= 0.0 && usd <= 0.0 && limits.contracted_share.is_none() && !wanted {
        return Vec::new();
    }
    let first = first_floor_year(context);
    reference
        .iter()
        .enumerate()
        .skip(first)
        .map(|(year, reference)| FloorYear {
            year,
            usd: (share * reference).max(usd),
            reference_usd: *reference,
            usd_per_level: 0.0,
            slack: None,
            cuts: 0,
        })
        .collect()
}

/// Plan year from which floors hold: the file's, else the first full one after the shortest way to a hosted megawatt.
pub(super) fn first_floor_year(context: &Context<'_>) -> usize {
    if let Some(year) = context.site.limits.floor_from_year {
        return year as usize;
    }
    let leads = context.candidates.iter().map(|candidate| context.lead_months(candidate));
    let shortest = leads.fold(f64::INFINITY, f64::min);
    if shortest.is_finite() { (shortest / 12.0).ceil() as usize } else { 1 }
}
