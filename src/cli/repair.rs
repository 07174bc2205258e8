//! `wattshift plan FILE --repair N -o NEW`: what would make an impossible brief possible, printed and applied.

use super::output;
use crate::file;
use crate::plan::{Plan, Repair, Status};
use crate::quantity::format;
use crate::site::Site;
use crate::site::edit;
use anyhow::{anyhow, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Arguments {
    /// Apply repair N of an impossible brief and save the site to -o FILE; with a scenario, in the scenario
    #[arg(long, value_name = "N", requires = "output")]
    repair: Option<usize>,
    /// Site file that the repair is saved to
    #[arg(short, long, value_name = "FILE", requires = "repair")]
    output: Option<PathBuf>,
    /// Replace FILE if it exists (the old one is kept as .bak)
    #[arg(long, requires = "output")]
    force: bool,
}

/// A repair that was saved.
pub struct Applied {
    number: usize,
    sentence: String,
    to: PathBuf,
}

impl Arguments {
    /// Refuses what could not be saved before the plan is worked out.
    ///
    /// # Errors
    /// A sentence with what would do.
    pub fn may_write(&self, read_from: &Path) -> anyhow::Result<()> {
        match &self.output {
            Some(to) => output::may_write(to, self.force, Some(read_from)),
            None => Ok(()),
        }
    }

    /// Applies the repair that was asked for and saves the site.
    ///
    /// # Errors
    /// When the brief is possible as it is, there are fewer repairs, or the file cannot be written.
    pub fn apply(&self, plan: &Plan, site: &Site, scenario: Option<&str>) -> anyhow::Result<Option<Applied>> {
        let (Some(number), Some(to)) = (self.repair, &self.output) else { return Ok(None) };
        if plan.status != Status::Infeasible {
            bail!("there is nothing to repair: a plan keeps to every limit; leave out --repair");
        }
        let chosen = number.checked_sub(1).and_then(|index| plan.repairs.get(index));
        let Some(repair) = chosen else {
            let listed: String = plan.repairs.iter().enumerate().map(line).collect();
            bail!("there is no repair {number}; choose from 1 to {}:\n{listed}", plan.repairs.len());
        };
        let (next, _) = edit::apply(site, &repair.edit(scenario)).map_err(|reason| anyhow!(reason))?;
        file::save(to, &next)?;
        Ok(Some(Applied { number, sentence: repair.sentence.clone(), to: to.clone() }))
    }
}

impl Applied {
    pub fn json(&self) -> Value {
        json!({ "number": self.number, "file": self.to.display().to_string() })
    }

    pub fn text(&self) -> String {
        format!("\nRepair {}: {}\nWrote {}\n", self.number, self.sentence, self.to.display())
    }
}

/// A repair in the keys of the interface contract, numbered from 1.
pub fn repair_json((index, repair): (usize, &Repair)) -> Value {
    json!({
        "number": index + 1,
        "object": repair.object,
        "change": repair.change,
        "cost_usd": repair.cost_usd,
        "sentence": repair.sentence,
        "npv_usd": repair.npv_usd,
        "changes": repair.changes.iter().map(|change| json!({
            "object": change.object,
            "now": number_or_text(&change.now),
            "least": number_or_text(&change.least),
            "value": number_or_text(&change.value),
            "unit": change.unit,
        })).collect::<Value>(),
    })
}

/// A number as a number; dates and classes as text.
fn number_or_text(text: &str) -> Value {
    text.parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .map_or_else(|| json!(text), |number| json!(number))
}

/// The list at the head of the summary of an impossible brief.
pub fn summary(plan: &Plan) -> String {
    let mut text =
        "No plan keeps to every limit. What would make it possible, least price first:\n".to_owned();
    text.extend(plan.repairs.iter().enumerate().map(line));
    text.push_str("\n  Apply one: wattshift plan FILE --repair N -o NEW.site.ron\n");
    text.push_str("\nThe nearest plan, with the limits of least price relaxed:\n\n");
    text
}

/// `  2. Lower the …; the best plan is then worth $12.3M`
fn line((index, repair): (usize, &Repair)) -> String {
    format!(
        "  {}. {}; the best plan is then worth {}\n",
        index + 1,
        repair.sentence,
        format::usd(repair.npv_usd)
    )
}
