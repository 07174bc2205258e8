//! `wattshift plan FILE --since OTHER`: what is different in the plan from that of another file or scenario.

use super::{Common, input, output};
use crate::file::Loaded;
use crate::plan::{self, Change, Options, Plan, Planner};
use serde_json::{Value, json};
use std::path::Path;

/// The file compared with, and what is different.
pub struct Since {
    name: String,
    changes: Vec<Change>,
}

/// Plans the other file with the planner of the plan, whose markets and vertex it starts from.
///
/// # Errors
/// Where the other file cannot be read or planned.
pub fn since(
    other: &Path,
    (plan, loaded): (&Plan, &Loaded),
    planner: &mut Planner,
    options: Options,
    common: &Common,
) -> anyhow::Result<Since> {
    // The scenario that is asked for is that of the plan; the other file names its own after `#`.
    let alone = Common { scenario: None, ..common.clone() };
    let input = input::read(other, &alone)?;
    let before = input.site(common.quiet)?;
    let options = Options { second_opinion: false, ..options };
    let scenario = input.scenario.as_deref();
    let name = other.display().to_string();
    // Choices that are worth the same may be made otherwise the second time.
    if before.site == loaded.site && scenario.unwrap_or_default() == plan.scenario {
        return Ok(Since { name, changes: Vec::new() });
    }
    let old = planner.solve(&before.site, scenario, options, &output::progress_bar(common.progress))?.plan;
    let changes = plan::changes(&old, plan, &before.site, &loaded.site);
    Ok(Since { name, changes })
}

impl Since {
    pub fn json(&self) -> Value {
        json!({
            "since": self.name,
            "changes": self.changes.iter().map(|change| json!({
                // A brief that becomes possible is worth no sum.
                "usd": change.usd.is_finite().then_some(change.usd),
                "sentence": change.sentence,
            })).collect::<Value>(),
        })
    }

    pub fn text(&self) -> String {
        let mut text = format!("\nSince {}\n", self.name);
        if self.changes.is_empty() {
            text.push_str("  Nothing is different\n");
        }
        for change in &self.changes {
            text.push_str(&format!("  • {}\n", change.sentence));
        }
        text
    }
}
