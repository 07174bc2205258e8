//! `wattshift market FILE`: one file a part, each with its JSON keys and its text.

mod bitcoin;

use super::{Common, input, output};
use crate::market::{self, MarketSummary, World};
use crate::site::Site;
use serde_json::{Map, Value};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file, or FILE#SCENARIO
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

/// What every part prints from.
struct Market<'a> {
    #[expect(dead_code, reason = "parts beyond the summary read the site")]
    site: &'a Site,
    #[expect(dead_code, reason = "parts beyond the summary read the paths")]
    world: &'a World,
    summary: &'a MarketSummary,
}

/// A part: its top-level keys of the JSON document, and its paragraphs of the text.
struct Part {
    keys: fn(&Market<'_>) -> Map<String, Value>,
    text: fn(&Market<'_>) -> String,
}

/// In the order they are printed. No two parts have a key in common.
const PARTS: [Part; 1] = [Part { keys: bitcoin::keys, text: bitcoin::text }];

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    let input = input::read(&arguments.file, common);
    let loaded = input.site(common.quiet)?;
    let site = crate::plan::scenario_site(&loaded.site, input.scenario.as_deref(), common.seed)?;
    let months = site.plan.horizon_years as usize * 12;
    let world = World::sample(&site, months, site.plan.judge_paths as usize).map_err(|report| {
        anyhow::anyhow!(report.problems.iter().map(output::problem_text).collect::<Vec<_>>().join("\n"))
    })?;
    let market = Market { site: &site, world: &world, summary: &market::summary(&site, &world) };
    if common.json {
        let keys: Map<String, Value> = PARTS.iter().flat_map(|part| (part.keys)(&market)).collect();
        output::json(&Value::Object(keys))?;
    } else {
        let texts: Vec<String> = PARTS.iter().map(|part| (part.text)(&market)).collect();
        output::text(&texts.join("\n"))?;
    }
    Ok(input.status())
}
