//! `wattshift templates`

use super::{CLEAN, Common, output};
use crate::file;
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let templates = file::templates();
    if arguments.common.json {
        let list: Vec<Value> = templates
            .iter()
            .map(|template| json!({ "name": template.name, "title": template.title, "summary": template.summary }))
            .collect();
        output::json(&json!({ "templates": list }))?;
    } else {
        let mut text = String::new();
        for template in templates {
            text.push_str(&format!("{}\n    {}\n    {}\n", template.name, template.title, template.summary));
        }
        text.push_str("\nMake a site of one: wattshift new --template NAME -o FILE.site.ron\n");
        output::text(&text)?;
    }
    Ok(CLEAN)
}
