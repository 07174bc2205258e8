//! `wattshift new --template NAME -o FILE`

use super::{CLEAN, Common, output};
use crate::file;
use crate::quantity::diagnostic::did_you_mean;
use anyhow::{Context as _, bail};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Template to start from; `wattshift templates` lists them
    #[arg(long, value_name = "NAME")]
    template: String,
    /// Site file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace FILE if it exists (the old one is kept as .bak)
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let templates = file::templates();
    let Some(template) = templates.iter().find(|template| template.name == arguments.template) else {
        let names: Vec<&str> = templates.iter().map(|template| template.name).collect();
        let hint = did_you_mean(&arguments.template, names.iter().copied()).map_or_else(
            || format!("there are: {}", names.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        bail!("there is no template `{}`; {hint}", arguments.template);
    };
    output::may_write(&arguments.output, arguments.force, None)?;
    let (site, _) = file::read_text(template.text);
    let site = site.with_context(|| format!("the template `{}` does not read", template.name))?;
    file::save(&arguments.output, &site)?;
    if arguments.common.json {
        output::json(&json!({ "template": template.name, "file": arguments.output.display().to_string() }))?;
    } else {
        output::text(&format!("Wrote {}\n", arguments.output.display()))?;
    }
    Ok(CLEAN)
}
