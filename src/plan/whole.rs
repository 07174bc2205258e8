//! Whole decisions: branch and bound over the program of `program/whole.rs`, and what they cost.
//!
//! The program is first solved with every decision split, cuts and all; that objective is the first bound. Then integers are
//! asked for with the cuts at hand. Their answer is held and the linear rest solved again, which cuts the worst years and
//! losses that the answer breaks and leaves a plan that breaks none. The best such plan is kept; the search goes on with the
//! new cuts until the plan is as near to the bound as asked, or time is over. The linear rest at the end gives prices and
//! proof.

use super::context::Context;
use super::planner::Markets;
use super::program::{FloorYear, Losses, MILLION, Program, too_small};
use super::repair;
use super::result::{Repair, Status, WholeCertificate};
use super::solve::{Failure, Options, PlanError, Watch, settle};
use crate::lp::{self, Limits, Solution, SolveError};
use crate::quantity::{Report, format};
use crate::site::OfferStatus;
use std::time::{Duration, Instant};

/// How near to the bound a plan is asked to come, as a share of its objective.
pub(super) const RELATIVE_GAP: f64 = 1e-3;

/// Gaps of programs worth less than this are measured against it, million USD.
const LEAST_WORTH: f64 = 1e-3;

/// How long whole decisions are looked for where nobody says.
const SECONDS: f64 = 10.0;

/// Rounds of asking for integers and cutting what they break.
const MOST_ROUNDS: usize = 60;

/// What whole decisions came to.
#[derive(Debug)]
pub(super) struct WholeAnswer {
    /// With integers, and with every cut.
    pub model: lp::Model,
    pub certificate: WholeCertificate,
    pub rounds: usize,
}

/// The nearest plan of whole decisions to a brief that none keeps to.
pub(super) struct Nearest<'a> {
    pub program: Program<'a>,
    pub session: lp::Session,
    pub solution: Solution,
    pub answer: WholeAnswer,
    pub repairs: Vec<Repair>,
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
        let ends = Instant::now() + duration(self.seconds());
        let mut bound = relaxed.objective;
        let mut best: Option<Solution> = None;
        let mut rounds = 0;
        while integer_columns > 0 && rounds < MOST_ROUNDS {
            let left = ends.saturating_duration_since(Instant::now()).as_secs_f64();
            let is_near = best.as_ref().is_some_and(|best| gap(bound, best.objective) <= RELATIVE_GAP);
            // The first look is taken however little time there is.
            if is_near || (left <= 0.0 && rounds > 0) {
                break;
            }
            rounds += 1;
            self.watch.at("Making decisions whole", 0.4)?;
            program.ask_whole();
            let mut limits = Limits::default();
            (limits.seconds, limits.relative_gap) = (Some(left.max(0.1)), RELATIVE_GAP);
            let mut asked = lp::Session::new(self.options.solver);
            let found = match asked.solve_while(&program.model, limits, &|| self.watch.goes_on()) {
                Err(SolveError::TimeLimit) => break,
                other => other?,
            };
            bound = bound.min(found.bound.unwrap_or(f64::INFINITY)).max(found.objective);
            let rows = program.model.rows.len();
            program.hold(&found.values);
            match settle(program, self.losses, session, self.watch) {
                Ok((solution, _)) => {
                    if best.as_ref().is_none_or(|best| solution.objective > best.objective) {
                        best = Some(solution);
                    }
                }
                // The worst years or losses cannot be kept with these decisions; the rows cut say so from now on.
                Err(PlanError(Failure::Solver(SolveError::Infeasible))) => {}
                Err(other) => return Err(other),
            }
            // Nothing that was found breaks a row any more: more of the same answer would come.
            if program.model.rows.len() == rows {
                break;
            }
        }
        let best = match best {
            Some(best) => best,
            None if integer_columns == 0 => relaxed.clone(),
            // Nothing was found in time: to take nothing whole is a plan too, unless something is promised.
            None => {
                program.hold(&vec![0.0; program.model.columns.len()]);
                match settle(program, self.losses, session, self.watch) {
                    Err(PlanError(Failure::Solver(SolveError::Infeasible))) => return Err(self.out_of_time()),
                    settled => settled?.0,
                }
            }
        };
        program.ask_whole();
        let model = program.model.clone();
        program.hold(&best.values);
        // From the last vertex: rows were cut since, and prices are wanted.
        let (solution, _) = settle(program, self.losses, session, self.watch)?;
        let certificate = WholeCertificate {
            lp_bound_usd: relaxed.objective * MILLION,
            bound_usd: bound.max(solution.objective) * MILLION,
            integer_gap: gap(bound, solution.objective),
            integer_columns,
        };
        Ok((solution, WholeAnswer { model, certificate, rounds }))
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

    /// Softens every limit the user set, finds the least that has to give for whole decisions, then the best plan then.
    pub fn nearest<'a>(
        &mut self,
        context: &'a Context<'a>,
        markets: &Markets,
        floors: Vec<FloorYear>,
    ) -> Result<Nearest<'a>, PlanError> {
        let mut program = Program::of_whole_decisions(context, markets, floors);
        let slacks = program.relax();
        let mut session = lp::Session::new(self.options.solver);
        let (relaxed, _) = settle(&mut program, self.losses, &mut session, self.watch)?;
        let (least, first) = self.decide(&mut program, &mut session, &relaxed)?;
        for (column, _) in &slacks {
            let given = least.values[*column];
            // A hair more than the least, so that the second search is not pinched by rounding.
            program.model.columns[*column].upper = given + 1e-6 * (1.0 + given);
        }
        program.release();
        program.restore_objective();
        let (relaxed, _) = settle(&mut program, self.losses, &mut session, self.watch)?;
        let (solution, mut answer) = self.decide(&mut program, &mut session, &relaxed)?;
        answer.rounds += first.rounds;
        let repairs = repair::of(slacks, &least.values);
        Ok(Nearest { program, session, solution, answer, repairs })
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
