//! `wattshift export-lp FILE -o OUT.mps`

use super::plan::{Decisions, DetailName, solve_options};
use super::{Common, input, output};
use crate::{file, lp, plan};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file, or FILE#SCENARIO
    file: PathBuf,
    /// MPS file to write
    #[arg(short, long, value_name = "OUT.mps")]
    output: PathBuf,
    /// How finely the plan sees time
    #[arg(long, value_enum, default_value_t)]
    detail: DetailName,
    #[command(flatten)]
    decisions: Decisions,
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    let input = input::read(&arguments.file, common)?;
    let site = &input.site(common.quiet)?.site;
    let options = solve_options(arguments.detail, arguments.decisions, common);
    let scenario = input.scenario.as_deref();
    let solved = plan::solve_with(site, scenario, options, &output::progress_bar(common.progress))?;
    let name = if solved.plan.scenario.is_empty() {
        site.name.clone()
    } else {
        format!("{}#{}", site.name, solved.plan.scenario)
    };
    file::write_atomically(&arguments.output, lp::write_mps(&solved.model, &name).as_bytes())?;
    let size = solved.plan.size;
    // The file minimises; its optimum is minus the plan's, in million USD.
    let optimum = -solved.plan.objective_usd / 1e6;
    if common.json {
        output::json(&json!({
            "file": arguments.output.display().to_string(),
            "columns": size.columns,
            "rows": size.rows,
            "nonzeros": size.nonzeros,
            "optimum": optimum,
            "objective_usd": solved.plan.objective_usd,
        }))?;
    } else {
        output::text(&format!(
            "Wrote {}\n{} columns, {} rows, {} nonzeros; the optimum another solver should find: {optimum}\n",
            arguments.output.display(),
            size.columns,
            size.rows,
            size.nonzeros,
        ))?;
    }
    Ok(super::plan::status_of(&solved.plan, &input))
}
