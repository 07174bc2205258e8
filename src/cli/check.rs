//! `wattshift check FILE`

use super::{CLEAN, Common, PROBLEMS, input, output};
use crate::quantity::{Severity, format};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file, or FILE#SCENARIO to see that it has the scenario
    file: PathBuf,
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
    if arguments.common.json {
        output::json(&json!({ "problems": output::problems_json(report) }))?;
    } else {
        let mut text = String::new();
        for problem in &report.problems {
            text.push_str(&output::problem_text(problem));
            text.push('\n');
        }
        let count = |severity| format::number(report.count(severity) as f64, 0);
        if report.is_clean() {
            text.push_str(&format!("{}: no problems\n", input.path.display()));
        } else {
            let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
            text.push_str(&format!("{}: errors {errors}, warnings {warnings}\n", input.path.display()));
        }
        output::text(&text)?;
    }
    Ok(if report.is_clean() { CLEAN } else { PROBLEMS })
}
