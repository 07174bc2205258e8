//! `wattshift blueprints`: what there is to put in, putting it into a site, and keeping parts of one.

use super::{CLEAN, Common, PROBLEMS, convert, input, output};
use crate::draft::{Blueprint, Insertion};
use crate::quantity::{Unit, format};
use crate::site::{ComponentId, Point, Site};
use crate::{engineering, file};
use anyhow::{Context as _, anyhow, bail};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Blueprint to put into a site: its key, or a file of kept parts
    #[arg(long, value_name = "KEY", requires = "to", conflicts_with = "keep")]
    insert: Option<String>,
    /// How large, in the megawatts the list names; as it is kept without it
    #[arg(long, value_name = "MW", requires = "insert", allow_negative_numbers = true)]
    mw: Option<String>,
    /// Where the middle of it goes on the one-line diagram; beside what stands without it
    #[arg(long, value_name = "X,Y", requires = "insert", allow_hyphen_values = true)]
    at: Option<String>,
    /// What a port is joined to, by ids; `PORT=none` leaves it open, the likeliest part is taken without it
    #[arg(long, value_name = "PORT=PART", requires = "insert")]
    join: Vec<String>,
    /// Parts to keep as a blueprint, by id, with commas between
    #[arg(long, value_name = "PARTS", requires_all = ["to", "output"], value_delimiter = ',')]
    keep: Vec<String>,
    /// What the kept parts are called
    #[arg(long, value_name = "NAME", requires = "keep")]
    name: Option<String>,
    /// Site file to put it into, or to keep parts of
    #[arg(long, value_name = "SITE")]
    to: Option<PathBuf>,
    /// Site file to write; without it only what would be added is printed
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace FILE if it exists (the old one is kept as .bak)
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    match (&arguments.insert, &arguments.to) {
        (Some(key), Some(to)) => insert(arguments, key, to),
        (None, Some(from)) if !arguments.keep.is_empty() => keep(arguments, from),
        (None, None) if arguments.keep.is_empty() && arguments.output.is_none() => list(arguments),
        _ => bail!("name what to do with the site: --insert KEY, or --keep PARTS, with --to SITE"),
    }
}

fn named(key: &str) -> anyhow::Result<Blueprint> {
    if let Some(known) = file::blueprint(key) {
        return Blueprint::of(known.site.clone()).map_err(|why| anyhow!(why));
    }
    let path = Path::new(key);
    if !path.exists() {
        let names: Vec<&str> = file::blueprints().iter().map(|known| known.key).collect();
        let near = crate::quantity::diagnostic::did_you_mean(key, names.iter().copied());
        let hint = near.map_or_else(
            || format!("there are: {}", names.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        bail!("there is no blueprint `{key}`, and no file of that name; {hint}");
    }
    let (loaded, report) = file::read(path);
    let loaded = loaded.ok_or_else(|| output::failure(&report.problems))?;
    Blueprint::of(loaded.site).map_err(|why| anyhow!(why))
}

fn insert(arguments: &Arguments, key: &str, to: &Path) -> anyhow::Result<u8> {
    let input = input::read(to, &arguments.common)?;
    let site = &input.site(arguments.common.quiet)?.site;
    if input.scenario.is_some() {
        bail!("a scenario means nothing here: parts are drawn in the base case");
    }
    let at = match &arguments.at {
        Some(text) => point(text)?,
        None => beside(site),
    };
    let mut insertion = Insertion::of(named(key)?, at);
    if let Some(text) = &arguments.mw {
        insertion.mw = Unit::Mw.parse(text).map_err(|why| anyhow!("--mw: {why}"))?;
    }
    for join in &arguments.join {
        let (port, part) = join.split_once('=').with_context(|| format!("--join {join}: write PORT=PART"))?;
        let part = (part != "none").then(|| part.to_owned());
        insertion.joins.insert(port.to_owned(), part);
    }
    let (proposal, mut report) = insertion.propose(site);
    let Some(proposal) = proposal else { return Err(output::failure(&report.problems)) };
    if let Some(path) = &arguments.output {
        output::may_write(path, arguments.force, None)?;
        file::save(path, &proposal.site)?;
    }
    report.extend(engineering::check(&proposal.site));
    let written = arguments.output.as_ref().map(|path| path.display().to_string());
    convert::say(&arguments.common, written, &proposal, None, &report)?;
    Ok(if report.is_clean() { CLEAN } else { PROBLEMS })
}

pub(super) fn point(text: &str) -> anyhow::Result<Point> {
    let read = |text: &str| text.trim().parse::<f64>().ok().filter(|at| at.is_finite());
    text.split_once(',')
        .and_then(|(x, y)| Some(Point { x: read(x)?, y: read(y)? }))
        .with_context(|| format!("--at {text}: write two numbers with a comma, such as 640,320"))
}

/// The middle of the drawing, from where room is looked for.
fn beside(site: &Site) -> Point {
    crate::site::drawing::Sketch::of_site(site.clone()).centre()
}

fn keep(arguments: &Arguments, from: &Path) -> anyhow::Result<u8> {
    let input = input::read(from, &arguments.common)?;
    let site = &input.site(arguments.common.quiet)?.site;
    let parts: BTreeSet<ComponentId> = arguments.keep.iter().map(|id| id.trim().to_owned()).collect();
    if let Some(missing) = parts.iter().find(|id| site.component(id).is_none()) {
        bail!("there is no part `{missing}` in {}", from.display());
    }
    let name = arguments.name.clone().unwrap_or_else(|| format!("Parts of {}", site.name));
    let blueprint = Blueprint::cut_out(site, &parts, &name).map_err(|why| anyhow!(why))?;
    let path = arguments.output.as_ref().context("name the file to write with -o FILE")?;
    output::may_write(path, arguments.force, Some(from))?;
    file::save(path, &blueprint.site)?;
    if arguments.common.json {
        output::json(
            &json!({ "file": path.display().to_string(), "blueprint": described(None, &blueprint) }),
        )?;
    } else {
        output::text(&format!("Wrote {}\n", path.display()))?;
    }
    Ok(CLEAN)
}

fn described(key: Option<&str>, blueprint: &Blueprint) -> Value {
    let ports = blueprint.ports(&Site::empty(""), Point::default());
    json!({
        "key": key,
        "name": blueprint.site.name,
        "summary": blueprint.site.note,
        "mw": blueprint.mw(),
        "ports": ports.iter().map(|port| json!({ "id": port.id, "name": port.name })).collect::<Value>(),
    })
}

fn list(arguments: &Arguments) -> anyhow::Result<u8> {
    let all: Vec<(&str, Blueprint)> = file::blueprints()
        .iter()
        .filter_map(|known| Some((known.key, Blueprint::of(known.site.clone()).ok()?)))
        .collect();
    if arguments.common.json {
        output::json(&json!({
            "blueprints": all.iter().map(|(key, blueprint)| described(Some(key), blueprint)).collect::<Value>()
        }))?;
        return Ok(CLEAN);
    }
    let mut text = String::new();
    for (key, blueprint) in &all {
        let ports: Vec<String> = blueprint
            .ports(&Site::empty(""), Point::default())
            .into_iter()
            .map(|port| format!("{} ({})", port.id, port.name))
            .collect();
        let size =
            if blueprint.mw() > 0.0 { format!(", {}", format::mw(blueprint.mw())) } else { String::new() };
        text += &format!(
            "{key}: {}{size}\n    {}\n    ports: {}\n",
            blueprint.site.name,
            blueprint.site.note,
            ports.join(", ")
        );
    }
    output::text(&text)?;
    Ok(CLEAN)
}
