//! `wattshift market FILE`: one file a part, each with its JSON keys and its text.

mod bitcoin;
mod hosting;
mod power;

use super::{Common, input, output};
use crate::file;
use crate::market::calibrate::{Calibration, calibrate};
use crate::market::summary::Fan;
use crate::market::{self, MarketSummary, Plug, World};
use crate::quantity::{Severity, format};
use crate::site::edit::{self, Edit};
use crate::site::{Address, Override, PriceModel, Site, field};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file, or FILE#SCENARIO
    file: PathBuf,
    /// Monthly or daily bitcoin prices as CSV (date, price; network hashrate or difficulty and fees where known) in
    /// place of the history that comes with the program, for the bootstrap and for calibration
    #[arg(long, value_name = "CSV")]
    history: Option<PathBuf>,
    /// What the price of bitcoin is drawn from, instead of the file's choice
    #[arg(long, value_enum, value_name = "MODEL")]
    price_model: Option<PriceModelName>,
    /// Take over what the history says of volatility, jumps, fee spikes and the network's speeds; what it hardly tells
    /// is named
    #[arg(long)]
    calibrate: bool,
    /// Write the site with --history, --price-model and --calibrate in its base case
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Replace OUT if it exists (the old one is kept as .bak)
    #[arg(long, requires = "output")]
    force: bool,
    #[command(flatten)]
    common: Common,
}

/// [`PriceModel`] as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum PriceModelName {
    JumpDiffusion,
    Bootstrap,
}

impl From<PriceModelName> for PriceModel {
    fn from(name: PriceModelName) -> Self {
        match name {
            PriceModelName::JumpDiffusion => Self::JumpDiffusion,
            PriceModelName::Bootstrap => Self::Bootstrap,
        }
    }
}

/// What every part prints from.
struct Market<'a> {
    site: &'a Site,
    world: &'a World,
    summary: &'a MarketSummary,
    /// Where each fleet stands.
    plugs: &'a [Plug],
}

/// A part: its top-level keys of the JSON document, and its paragraphs of the text.
struct Part {
    keys: fn(&Market<'_>) -> Map<String, Value>,
    text: fn(&Market<'_>) -> String,
}

/// In the order they are printed. No two parts have a key in common.
const PARTS: [Part; 3] = [
    Part { keys: bitcoin::keys, text: bitcoin::text },
    Part { keys: power::keys, text: power::text },
    Part { keys: hosting::keys, text: hosting::text },
];

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    if let Some(output) = &arguments.output {
        output::may_write(output, arguments.force, arguments.history.as_deref())?;
    }
    let input = input::read(&arguments.file, common)?;
    let loaded = input.site(common.quiet)?;
    let edited = edited(&loaded.site, arguments)?;
    let site = crate::plan::scenario_site(&edited, input.scenario.as_deref(), common.seed)?;
    let months = site.plan.horizon_years as usize * 12;
    let world = World::sample(&site, months, site.plan.judge_paths as usize)
        .map_err(|report| output::failure(&report.problems))?;
    let plugs = crate::plan::plugs(&site);
    let summary = market::summary(&site, &world, &plugs);
    let market = Market { site: &site, world: &world, summary: &summary, plugs: &plugs };
    // Before anything is printed: what could not be written has no result.
    if let Some(output) = &arguments.output {
        file::save(output, &edited)?;
        if !common.quiet {
            output::note(&format!("Wrote {}", output.display()));
        }
    }
    if common.json {
        let keys: Map<String, Value> = PARTS.iter().flat_map(|part| (part.keys)(&market)).collect();
        output::json(&Value::Object(keys))?;
    } else {
        let texts = PARTS.iter().map(|part| (part.text)(&market));
        let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
        output::text(&texts.join("\n"))?;
    }
    Ok(input.status())
}

fn fan(fan: &Fan) -> Value {
    json!({ "mean": fan.mean, "p5": fan.p5, "p25": fan.p25, "p50": fan.p50, "p75": fan.p75, "p95": fan.p95 })
}

/// The document with what the arguments change in its base case.
fn edited(site: &Site, arguments: &Arguments) -> anyhow::Result<Site> {
    let mut site = site.clone();
    if let Some(path) = &arguments.history {
        let text = file::read_companion(path).map_err(|report| output::failure(&report.problems))?;
        let name = file::companion_name(path);
        let (history, report) = file::read_price_history(&name, &text);
        let Some(history) = history else {
            let errors = report.problems.iter().filter(|problem| problem.severity == Severity::Error);
            return Err(output::failure(errors));
        };
        if !arguments.common.quiet {
            report.problems.iter().for_each(|problem| output::note(&output::problem_text(problem)));
        }
        site = changed(&site, &Edit::SetPriceHistory(Some(history)))?;
    }
    if let Some(model) = arguments.price_model {
        site = changed(&site, &Edit::Change(Override::PriceModel { model: model.into() }))?;
    }
    if arguments.calibrate {
        let calibration = calibrate(&site);
        if !arguments.common.quiet {
            taken_in_doubt(&site, &calibration).iter().for_each(|line| output::note(line));
        }
        for change in calibration.changes() {
            site = changed(&site, &Edit::Change(change))?;
        }
    }
    Ok(site)
}

/// What is taken over although the history hardly tells it, a line a value.
fn taken_in_doubt(site: &Site, calibration: &Calibration) -> Vec<String> {
    let taken =
        calibration.estimates.iter().filter(|estimate| estimate.applied && !estimate.doubts.is_empty());
    taken
        .filter_map(|estimate| {
            let at = Address::new(estimate.object.clone(), estimate.key);
            let spec = field::spec(site, &at)?;
            let value = format::with_unit(estimate.value?, spec.unit);
            Some(format!("{} taken over as {value}: {}", spec.label, estimate.doubts.join("; ")))
        })
        .collect()
}

fn changed(site: &Site, edit: &Edit) -> anyhow::Result<Site> {
    edit::apply(site, edit).map(|(site, _)| site).map_err(anyhow::Error::msg)
}
