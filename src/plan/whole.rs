//! Whole decisions: branch and bound over the program of `program/whole.rs`, and what they cost.
//!
//! The program is first solved with every decision split, cuts and all; that objective is the first bound. From there whole
//! decisions are narrowed one by one, each time solving the linear program from the last vertex, which takes a fraction of what
//! a solver of integers takes that starts afresh and does not know what to ask first. Where a point is whole, its decisions
//! are held and the rest settled, which cuts the worst years and losses that it breaks; the rows hold for every other point.
//! The search ends when no plan can be worth more than the best found by as much as was asked, or when time is over. The linear
//! rest of the best gives prices and proof.

use super::context::Context;
use super::program::{Losses, MILLION, Program, too_small};
use super::result::{Status, WholeCertificate};
use super::solve::{Failure, Options, PlanError, Watch, settle};
use crate::lp::{self, Column, Limits, PROVEN, Solution, SolveError};
use crate::quantity::{Report, format};
use crate::site::OfferStatus;
use std::time::{Duration, Instant};

/// How near to the bound a plan is asked to come, as a share of its objective.
pub(super) const RELATIVE_GAP: f64 = 1e-3;

/// Gaps of programs worth less than this are measured against it, million USD.
const LEAST_WORTH: f64 = 1e-3;

/// How long whole decisions are looked for where nobody says.
const SECONDS: f64 = 10.0;

/// Farther from a whole number than this, a decision is split.
const SPLIT: f64 = 1e-6;

/// After how many nodes a point is rounded to find a plan early.
const ROUND_EVERY: usize = 20;

/// What whole decisions came to.
#[derive(Debug)]
pub(super) struct WholeAnswer {
    /// With integers, and with every cut.
    pub model: lp::Model,
    pub certificate: WholeCertificate,
    pub rounds: usize,
}

/// A search for whole decisions.
pub(super) struct Search<'s, 'l> {
    pub losses: &'s mut Losses<'l>,
    pub options: Options,
    pub watch: &'s Watch<'s>,
}

impl WholeAnswer {
    /// *Optimal* within the gap that is asked for.
    pub fn status(&self) -> Status {
        let is_near = self.certificate.integer_gap <= RELATIVE_GAP;
        if is_near { Status::Optimal } else { Status::Feasible }
    }
}

impl Search<'_, '_> {
    /// Finds the best whole decisions of a program that was solved relaxed, and leaves it holding them.
    ///
    /// # Errors
    /// [`SolveError::Infeasible`] where no whole decisions keep to every row; a problem where none were found in time; else
    /// [`PlanError`] as of any solve.
    pub fn decide(
        &mut self,
        program: &mut Program<'_>,
        session: &mut lp::Session,
        relaxed: &Solution,
    ) -> Result<(Solution, WholeAnswer), PlanError> {
        let integer_columns = program.whole_columns().len();
        let mut tree = Tree::new(program, relaxed, Instant::now() + duration(self.seconds()));
        tree.try_rounded(self, program, session, &relaxed.values)?;
        while let Some(node) = tree.next() {
            self.watch.at("Making decisions whole", 0.4)?;
            tree.look(self, program, session, node)?;
        }
        let bound = tree.bound();
        let best = match tree.best {
            Some(best) => best,
            None if !tree.is_over => return Err(PlanError(Failure::Solver(SolveError::Infeasible))),
            // Nothing was found in time: to take nothing whole is a plan too, unless something is promised.
            None => match self.held(program, session, &vec![0.0; program.model.columns.len()])? {
                Some(nothing) => nothing,
                None => return Err(self.out_of_time()),
            },
        };
        // Again, for its prices and where the session stands.
        let Some(solution) = self.held(program, session, &best.values)? else {
            let words = "the whole decisions that were found do not stand a second look".to_owned();
            return Err(PlanError(Failure::Solver(SolveError::Failed(words))));
        };
        program.ask_whole();
        let model = program.model.clone();
        program.hold(&best.values);
        let certificate = WholeCertificate {
            lp_bound_usd: relaxed.objective * MILLION,
            bound_usd: bound.max(solution.objective) * MILLION,
            integer_gap: gap(bound, solution.objective),
            integer_columns,
        };
        Ok((solution, WholeAnswer { model, certificate, rounds: tree.looked_at }))
    }

    /// The best linear rest with the whole decisions of a point held; `None` where there is none.
    fn held(
        &mut self,
        program: &mut Program<'_>,
        session: &mut lp::Session,
        values: &[f64],
    ) -> Result<Option<Solution>, PlanError> {
        program.hold(values);
        match settle(program, self.losses, session, self.watch) {
            Ok((solution, _)) => Ok(Some(solution)),
            Err(PlanError(Failure::Solver(SolveError::Infeasible))) => Ok(None),
            Err(other) => Err(other),
        }
    }

    fn out_of_time(&self) -> PlanError {
        let mut report = Report::default();
        report.error(
            "whole-out-of-time",
            "plan",
            format!(
                "no plan of whole blocks, least sizes and choices was found in {} seconds",
                format::number(self.seconds(), 0)
            ),
            "give the search more time with --seconds, or plan without whole decisions",
        );
        PlanError(Failure::Problems(report))
    }

    fn seconds(&self) -> f64 {
        self.options.seconds.unwrap_or(SECONDS)
    }
}

/// A part of the plans, within bounds of some whole decisions.
#[derive(Debug)]
struct Node {
    narrowed: Vec<(Column, f64, f64)>,
    /// No plan of it is worth more.
    bound: f64,
}

/// What is still to be looked at, and the best found.
#[derive(Debug)]
struct Tree {
    columns: Vec<Column>,
    /// The first columns are choices, which are narrowed first.
    choices: usize,
    open: Vec<Node>,
    /// The node to go on with: down from the one looked at last.
    down: Option<Node>,
    best: Option<Solution>,
    /// What was left aside as not worth enough more than the best.
    aside: Vec<Node>,
    ends: Instant,
    is_over: bool,
    looked_at: usize,
}

impl Tree {
    fn new(program: &Program<'_>, relaxed: &Solution, ends: Instant) -> Self {
        Self {
            columns: program.whole_columns(),
            choices: program.choices(),
            open: Vec::new(),
            down: Some(Node { narrowed: Vec::new(), bound: relaxed.objective }),
            best: None,
            aside: Vec::new(),
            ends,
            is_over: false,
            looked_at: 0,
        }
    }

    /// No plan is worth more.
    fn bound(&self) -> f64 {
        let nodes = self.open.iter().chain(&self.down).chain(&self.aside).map(|node| node.bound);
        nodes.chain(self.best.iter().map(|best| best.objective)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// True where a node may hold a plan that is worth enough more than the best.
    fn may_gain(&self, bound: f64) -> bool {
        self.best.as_ref().is_none_or(|best| gap(bound, best.objective) > RELATIVE_GAP)
    }

    /// Down where the last look left off, else the node that promises most. None when all is looked at or time is over.
    fn next(&mut self) -> Option<Node> {
        if Instant::now() >= self.ends && self.looked_at > 0 && !(self.open.is_empty() && self.down.is_none())
        {
            self.is_over = true;
            return None;
        }
        loop {
            let node = match self.down.take() {
                Some(node) => node,
                None => {
                    let bounds = self.open.iter().map(|node| node.bound).enumerate();
                    let (most, _) = bounds.reduce(|a, b| if b.1 >= a.1 { b } else { a })?;
                    self.open.swap_remove(most)
                }
            };
            if self.may_gain(node.bound) {
                return Some(node);
            }
            self.aside.push(node);
        }
    }

    fn look(
        &mut self,
        search: &mut Search<'_, '_>,
        program: &mut Program<'_>,
        session: &mut lp::Session,
        mut node: Node,
    ) -> Result<(), PlanError> {
        self.looked_at += 1;
        program.narrow(&node.narrowed);
        let watch = search.watch;
        let solution = match session.solve_while(&program.model, Limits::default(), &|| watch.goes_on()) {
            Err(SolveError::Infeasible) => return Ok(()),
            other => other?,
        };
        node.bound = node.bound.min(solution.objective);
        if !self.may_gain(node.bound) {
            self.aside.push(node);
            return Ok(());
        }
        let Some((column, value)) = self.most_split(&solution.values) else {
            let rows = program.model.rows.len();
            let found = search.held(program, session, &solution.values)?;
            self.keep(search, program, session, found)?;
            // Rows were cut that this point broke: others of the node may be better now.
            if program.model.rows.len() > rows {
                self.down = Some(node);
            }
            return Ok(());
        };
        // Far down in a search that has found nothing, the nearest whole point may do.
        if self.looked_at.is_multiple_of(ROUND_EVERY) {
            self.try_rounded(search, program, session, &solution.values)?;
        }
        let within = |lower: f64, upper: f64| {
            let mut narrowed: Vec<(Column, f64, f64)> = node.narrowed.clone();
            let known = narrowed.iter().position(|(of, ..)| *of == column);
            let (least, most) = known.map_or((f64::NEG_INFINITY, f64::INFINITY), |index| {
                let (_, least, most) = narrowed.swap_remove(index);
                (least, most)
            });
            narrowed.push((column, lower.max(least), upper.min(most)));
            Node { narrowed, bound: node.bound }
        };
        let below = within(f64::NEG_INFINITY, value.floor());
        let above = within(value.ceil(), f64::INFINITY);
        let (near, far) = if value - value.floor() > 0.5 { (above, below) } else { (below, above) };
        self.open.push(far);
        self.down = Some(near);
        Ok(())
    }

    /// The decision that is farthest from whole, choices before all others; `None` where all are whole.
    fn most_split(&self, values: &[f64]) -> Option<(Column, f64)> {
        let (choices, dates) = self.columns.split_at(self.choices.min(self.columns.len()));
        [choices, dates].into_iter().find_map(|columns| {
            let split =
                columns.iter().map(|column| (*column, (values[*column] - values[*column].round()).abs()));
            let (column, distance) = split.reduce(|a, b| if b.1 > a.1 { b } else { a })?;
            (distance > SPLIT).then_some((column, values[column]))
        })
    }

    /// Keeps the better of what was found and what is known. Rows of losses keep to one way to run, so that a row cut since may
    /// take away a plan that survives in another: what is known is then settled again, and what was left aside for it looked at
    /// again, so that the best and its bound are of the same program.
    fn keep(
        &mut self,
        search: &mut Search<'_, '_>,
        program: &mut Program<'_>,
        session: &mut lp::Session,
        found: Option<Solution>,
    ) -> Result<(), PlanError> {
        let before = self.best.as_ref().map_or(f64::NEG_INFINITY, |best| best.objective);
        let mut known: Vec<Solution> = self.best.take().into_iter().chain(found).collect();
        while !known.is_empty() {
            known.sort_by(|a, b| a.objective.total_cmp(&b.objective));
            let Some(most) = known.pop() else { break };
            program.release();
            if lp::residuals(&program.model, &most).primal <= PROVEN {
                self.best = Some(most);
                break;
            }
            known.extend(search.held(program, session, &most.values)?);
        }
        if self.best.as_ref().is_none_or(|best| best.objective < before) {
            self.open.append(&mut self.aside);
        }
        Ok(())
    }

    /// Takes what is split of a point whole, upwards: what has begun a little has begun.
    fn try_rounded(
        &mut self,
        search: &mut Search<'_, '_>,
        program: &mut Program<'_>,
        session: &mut lp::Session,
        values: &[f64],
    ) -> Result<(), PlanError> {
        let mut rounded = values.to_vec();
        for column in &self.columns {
            rounded[*column] = (values[*column] - SPLIT).ceil().max(0.0);
        }
        let found = search.held(program, session, &rounded)?;
        self.keep(search, program, session, found)
    }
}

/// How far a bound is above an objective, as a share of it.
fn gap(bound: f64, objective: f64) -> f64 {
    ((bound - objective) / objective.abs().max(LEAST_WORTH)).max(0.0)
}

/// Seconds as a duration, of any number.
fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.clamp(0.0, 1e6)).unwrap_or_default()
}

/// What a plan says of decisions that it splits, or keeps whole. `objective` in million USD.
pub(super) fn notes(
    context: &Context<'_>,
    certificate: Option<&WholeCertificate>,
    objective: f64,
) -> Vec<String> {
    match certificate {
        Some(certificate) => notes_of_whole(context, certificate, objective * MILLION),
        None => notes_of_splitting(context),
    }
}

fn notes_of_splitting(context: &Context<'_>) -> Vec<String> {
    let site = context.site;
    let mut notes = Vec::new();
    let mut note = |is_so: bool, words: &str| {
        if is_so {
            notes.push(words.to_owned());
        }
    };
    let planned = || site.components.iter().filter_map(|component| component.planned());
    note(
        site.offers.iter().any(|offer| offer.min_mw > 0.0 && offer.status != OfferStatus::Signed),
        "Least MW of offers that are not signed are not enforced: a linear plan may take less",
    );
    note(
        site.offers.iter().any(|offer| offer.block_mw.is_some())
            || planned().any(|planned| planned.block_mw.is_some()),
        "Blocks are not enforced: a linear plan orders any size",
    );
    note(
        planned().any(|planned| planned.fixed_usd > 0.0)
            || site
                .halls()
                .any(|(_, hall)| hall.fit_out.as_ref().is_some_and(|fit_out| fit_out.fixed_usd > 0.0)),
        "Fixed prices are shared out over the MW built",
    );
    note(
        site.offers.iter().any(|offer| offer.exclusive_set.is_some()),
        "Of offers that exclude each other a linear plan may take a share of each",
    );
    notes
}

fn notes_of_whole(context: &Context<'_>, certificate: &WholeCertificate, objective_usd: f64) -> Vec<String> {
    let mut notes = Vec::new();
    let cost = (certificate.lp_bound_usd - objective_usd).max(0.0);
    let share = cost / objective_usd.abs().max(LEAST_WORTH * MILLION);
    notes.push(if certificate.integer_columns == 0 {
        "Nothing in this site comes in blocks, at a fixed price or with a least size, so whole decisions change nothing"
            .to_owned()
    } else {
        format!(
            "Whole decisions cost {} against a plan that may split them ({} of its worth); no whole plan is worth more than {} above this one",
            format::usd(cost),
            format::percent(share),
            format::usd((certificate.bound_usd - objective_usd).max(0.0)),
        )
    });
    if certificate.integer_columns > 0 {
        notes.push(
            "What binds is told, and plans worth as much are made, with the whole decisions as they are; baselines split them"
                .to_owned(),
        );
    }
    for (index, component) in context.site.components.iter().enumerate() {
        if component.planned().is_some_and(|planned| too_small(planned.block_mw, component.rating_mw())) {
            notes.push(format!("The blocks of {} are too small to be kept to", context.label(index)));
        }
    }
    for offer in &context.site.offers {
        if too_small(offer.block_mw, offer.max_mw) {
            notes.push(format!("The blocks of {} are too small to be kept to", offer.name));
        }
    }
    notes
}
