//! `wattshift check FILE`

use super::plan::DetailName;
use super::{CLEAN, Common, PROBLEMS, input, output, proof};
use crate::file::backdrop::{self, Summary};
use crate::plan::{self, Deep, Options};
use crate::quantity::{Severity, format};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file, or FILE#SCENARIO to see that it has the scenario
    file: PathBuf,
    /// Also test the solvers, plan the site with two of them and audit the plan without any
    #[arg(long)]
    deep: bool,
    /// How finely that plan sees time
    #[arg(long, value_enum, default_value_t, requires = "deep")]
    detail: DetailName,
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let input = input::read(&arguments.file, &arguments.common)?;
    let report = &input.report;
    let is_unreadable =
        input.loaded.is_none() && report.problems.iter().any(|problem| problem.code.starts_with("file-"));
    if is_unreadable {
        return Err(output::failure(&report.problems));
    }
    let deep = match &input.loaded {
        // What has errors cannot be planned: they are the answer.
        Some(loaded) if arguments.deep && !report.has_errors() => {
            let options = Options {
                detail: arguments.detail.into(),
                seed: arguments.common.seed,
                ..Options::default()
            };
            let progress = output::progress_bar(arguments.common.progress);
            let mut deep = plan::check_deeply(&loaded.site, input.scenario.as_deref(), options, &progress)?;
            deep.plan.stamp.input_sha256 = Some(loaded.sha256.clone());
            Some(deep)
        }
        _ => None,
    };
    let backdrops = input.loaded.as_ref().map_or_else(Vec::new, |loaded| backdrop::summaries(&loaded.site));
    if arguments.common.json {
        let mut document = json!({ "problems": output::problems_json(report), "backdrops": backdrops.iter().map(backdrop_json).collect::<Value>() });
        if arguments.deep {
            document["deep"] = deep.as_ref().map_or(Value::Null, deep_json);
        }
        output::json(&document)?;
    } else {
        let mut text = String::new();
        for problem in &report.problems {
            text.push_str(&output::problem_text(problem));
            text.push('\n');
        }
        let count = |severity| format::number(report.count(severity) as f64, 0);
        for backdrop in &backdrops {
            text.push_str(&backdrop_text(backdrop));
        }
        if report.is_clean() {
            text.push_str(&format!("{}: no problems\n", input.path.display()));
        } else {
            let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
            text.push_str(&format!("{}: errors {errors}, warnings {warnings}\n", input.path.display()));
        }
        match &deep {
            Some(deep) => text.push_str(&deep_text(deep)),
            None if arguments.deep => text.push_str("not checked deeper: errors must be mended first\n"),
            None => {}
        }
        output::text(&text)?;
    }
    let holds = deep.is_none_or(|deep| deep.holds());
    Ok(if report.is_clean() && holds { CLEAN } else { PROBLEMS })
}

/// A picture under a view; `format`, `width_px` and `height_px` are null where it cannot be shown.
pub(super) fn backdrop_json(backdrop: &Summary) -> Value {
    let size = backdrop.header.map(|header| header.size());
    json!({
        "under": backdrop.under.word(),
        "name": backdrop.name,
        "bytes": backdrop.bytes,
        "format": backdrop.header.map(|header| header.format.name()),
        "width_px": size.map(|(width, _)| width),
        "height_px": size.map(|(_, height)| height),
    })
}

/// `backdrop of the plan: aerial.jpg, JPEG, 4 000 x 3 000 px, 2 300 kB`
pub(super) fn backdrop_text(backdrop: &Summary) -> String {
    let about = backdrop.header.map_or_else(|| "cannot be shown".to_owned(), |header| header.words());
    let name: String = backdrop.name.chars().filter(|letter| !letter.is_control()).take(100).collect();
    let kilobytes = format::number(backdrop.bytes as f64 / 1024.0, 0);
    format!("backdrop of the {}: {name}, {about}, {kilobytes} kB\n", backdrop.under.word())
}

fn deep_json(deep: &Deep) -> Value {
    json!({
        "holds": deep.holds(),
        "status": deep.plan.status.word(),
        "objective_usd": deep.plan.objective_usd,
        "stamp": proof::stamp_json(&deep.plan.stamp),
        "self_tests": deep.self_tests.iter().map(|test| json!({
            "name": test.name,
            "solver": test.solver,
            "expected": test.expected,
            "found": test.found,
            // Unknown where the answer is of another kind.
            "off_by": proof::finite(test.off_by),
            "holds": test.holds(),
        })).collect::<Value>(),
        "certificate": proof::certificate_json(&deep.plan.certificate),
        // On markets drawn anew; that of the certificate is on those the plan was made on.
        "audit": proof::audit_json(&deep.audit),
    })
}

fn deep_text(deep: &Deep) -> String {
    let checks = deep.checks();
    let mut text = String::new();
    for (part, title) in [
        ("solvers", "Solvers on programs with known answers"),
        ("proof", "The plan, and a second solver"),
        ("audit", "The plan against the site, without a solver"),
    ] {
        text.push_str(&format!("\n{title}\n"));
        let rows: Vec<Vec<String>> = checks
            .iter()
            .filter(|check| check.part == part)
            .map(|check| {
                let mark = if check.holds { "holds" } else { "FAILS" };
                vec![format!("{mark}  {}", check.name), check.figures.clone()]
            })
            .collect();
        text.push_str(&output::table(&rows));
    }
    let failed = checks.iter().filter(|check| !check.holds).count();
    text.push_str(&match failed {
        0 => format!("\nall {} checks hold\n", checks.len()),
        failed => format!("\n{failed} of {} checks do not hold\n", checks.len()),
    });
    text.push_str(&deep.plan.stamp.lines().join("; "));
    text.push('\n');
    text
}
