//! A site that nothing the user may set makes possible: which part of it is short, and by how much.

use crate::lp::{self, Sense, SolveError, Solver};
use crate::plan::context::Context;
use crate::plan::planner::Markets;
use crate::plan::program::{Freedom, Program};
use crate::plan::solve::{Failure, PlanError, Watch};
use crate::quantity::{Report, format};
use std::collections::BTreeMap;

/// Shortages below this are rounding.
const NOTHING: f64 = 1e-6;

/// Finds what is short where not even keeping the site as it is can be planned: every row of what can be carried, cooled,
/// housed and supplied may be broken at a price, promises and policies are left out, and the least that must be broken
/// is told, by object.
pub(in crate::plan) fn shortage(
    context: &Context<'_>,
    markets: &Markets,
    solver: Solver,
    watch: &Watch<'_>,
) -> PlanError {
    let mut program = Program::new(context, markets, Freedom::KeepMining, Vec::new());
    for column in &mut program.model.columns {
        column.cost = 0.0;
    }
    let mut slacks = Vec::new();
    for index in 0..program.model.rows.len() {
        let sense = program.model.rows[index].sense;
        if sense == Sense::Equal || program.model.rows[index].origin.family == "tail" {
            continue;
        }
        let slack = program.add_slack(format!("short.{index}"), 1.0);
        let row = &mut program.model.rows[index];
        row.terms.push((slack, if sense == Sense::AtMost { -1.0 } else { 1.0 }));
        slacks.push((slack, row.origin.clone()));
    }
    let mut session = lp::Session::new(solver);
    let limits = lp::Limits::default();
    let solution = match session.solve_while(&program.model, limits, &|| watch.goes_on()) {
        Ok(solution) => solution,
        Err(SolveError::Stopped) => return PlanError(Failure::Cancelled),
        Err(other) => return PlanError(Failure::Solver(other)),
    };
    let mut short: BTreeMap<(String, &'static str), f64> = BTreeMap::new();
    for (column, origin) in slacks {
        let most = short.entry((origin.object, origin.unit)).or_default();
        *most = most.max(solution.values[column]);
    }
    short.retain(|_, by| *by > NOTHING);
    let mut report = Report::default();
    for ((object, unit), by) in &short {
        // Rows count floor in thousands.
        let (by, unit) = if *unit == "1000 m²" { (by * 1000.0, "m²") } else { (*by, *unit) };
        report.error(
            "site-impossible",
            object.clone(),
            format!(
                "{object} is short by {} {unit} for what stands in the site today, so that nothing can be planned, whatever is promised or spent",
                format::number(by, if by >= 100.0 { 0 } else { 3 })
            ),
            "raise its rating or its room, or lower what is fitted and standing there",
        );
    }
    if report.has_errors() {
        return PlanError(Failure::Problems(report));
    }
    report.error(
        "site-impossible",
        "site",
        "what stands and what is drawn contradict each other, so that nothing can be planned",
        "run the checks of the drawing, and take back the last change of it",
    );
    PlanError(Failure::Problems(report))
}
