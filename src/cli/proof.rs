//! Certificate, audit and stamp of a plan, as text and JSON.

use crate::plan::{AuditLine, Certificate, Plan, Stamp};
use serde_json::{Value, json};

/// Numbers that JSON has.
pub fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

pub fn stamp_json(stamp: &Stamp) -> Value {
    json!({
        "program": stamp.program,
        "solver": stamp.solver,
        "tolerance_asked": stamp.tolerance_asked,
        "tolerance_proven": stamp.tolerance_proven,
        "seed": stamp.seed,
        "detail": stamp.detail.word(),
        "whole": stamp.whole,
        "paths": stamp.paths,
        "judge_paths": stamp.judge_paths,
        "input_sha256": stamp.input_sha256,
    })
}

pub fn audit_json(lines: &[AuditLine]) -> Value {
    let line = |line: &AuditLine| {
        json!({
            "family": line.family,
            "what": line.what,
            // Unknown where a figure is no number.
            "worst": finite(line.worst),
            "object": line.object,
            "unit": line.unit,
            "tolerance": line.tolerance,
            "holds": line.holds(),
        })
    };
    lines.iter().map(line).collect()
}

pub fn certificate_json(certificate: &Certificate) -> Value {
    json!({
        "primal_residual": certificate.primal_residual,
        // JSON has no infinity: a solver without duals leaves these unknown.
        "dual_residual": finite(certificate.dual_residual),
        "relative_gap": finite(certificate.relative_gap),
        "second_solver_objective_usd": certificate.second_solver_objective_usd,
        "cash_flow_residual": certificate.cash_flow_residual,
        // Of whole decisions; unknown where decisions may be split.
        "lp_bound_usd": certificate.whole.map(|whole| whole.lp_bound_usd),
        "bound_usd": certificate.whole.map(|whole| whole.bound_usd),
        "integer_gap": certificate.whole.map(|whole| whole.integer_gap),
        "integer_columns": certificate.whole.map(|whole| whole.integer_columns),
        "audit": audit_json(&certificate.audit),
    })
}

/// The audit in a line, or what it finds in several; then the stamp.
pub fn text(plan: &Plan) -> String {
    let lines = &plan.certificate.audit;
    let broken: Vec<&AuditLine> = lines.iter().filter(|line| !line.holds()).collect();
    let mut text = if broken.is_empty() {
        format!("audit without the program: all {} families hold\n", lines.len())
    } else {
        format!("audit without the program: {} of {} families do not hold\n", broken.len(), lines.len())
    };
    for line in broken {
        text.push_str(&format!("  {}\n", line.sentence()));
    }
    text.push_str(&plan.stamp.lines().join("; "));
    text.push('\n');
    text
}
