//! What a plan by months is told by one of longer periods, before its first simplex.
//!
//! A plan of quarters and years is made in a tenth of the time, on the same paths. Two things it finds hold by months too.
//! A tail is weights on paths: it bounds an income or the objective whatever is decided and however time is cut. And a
//! broken row of (C7) holds in any period, in that period's ratings: the months of the period it was broken in get it
//! from the start. What the months break beyond that is cut as ever.

use super::context::Context;
use super::planner::{End, Markets};
use super::program::{Cuts, FloorYear, Freedom, Losses, Program};
use super::result::Period;
use super::solve::{Failure, Options, PlanError, Watch};
use crate::engineering::FirmCut;
use crate::lp::SolveError;

/// Rows worth having from the start.
#[derive(Debug, Default)]
pub(super) struct Foresight {
    cuts: Cuts,
    losses: Vec<(Period, FirmCut)>,
}

impl Foresight {
    /// Makes the plan of `context`, which has longer periods than the one that is to be helped. An impossible brief
    /// foresees nothing.
    ///
    /// # Errors
    /// [`PlanError`] when the listener asks to stop or the solver fails.
    pub fn of(
        context: &Context<'_>,
        markets: &Markets,
        options: Options,
        floors: &[FloorYear],
        end: &mut End,
        watch: &Watch<'_>,
    ) -> Result<Self, PlanError> {
        let mut program = Program::new(context, markets, Freedom::Everything, floors.to_vec());
        let mut losses = Losses::new(context);
        match end.go_on(&mut program, &mut losses, options.solver, watch) {
            Ok((solution, _)) => {
                // Months in which cash falls short are those of other periods.
                let cuts = Cuts { months: Vec::new(), ..program.tight_cuts(&solution) };
                let period = |row: usize| context.calendar.periods[row];
                let losses =
                    program.loss_rows().into_iter().map(|row| (period(row.period), row.cut)).collect();
                Ok(Self { cuts, losses })
            }
            Err(PlanError(Failure::Solver(SolveError::Infeasible))) => Ok(Self::default()),
            Err(other) => Err(other),
        }
    }

    /// Adds what was foreseen to a program of shorter periods.
    pub fn help(&self, program: &mut Program<'_>) {
        program.add_cuts(&self.cuts);
        let context = program.context;
        for (index, period) in context.calendar.periods.iter().enumerate() {
            for (whole, cut) in &self.losses {
                if (whole.first_month..whole.first_month + whole.months).contains(&period.first_month) {
                    program.add_loss_row(cut, index);
                }
            }
        }
    }
}
