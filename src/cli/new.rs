//! `wattshift new`: a site file from a template, or drawn from numbers.

use super::{CLEAN, Common, PROBLEMS, output};
use crate::draft::{self, Numbers, Stock, Transformers};
use crate::engineering;
use crate::file;
use crate::quantity::Report;
use crate::quantity::diagnostic::did_you_mean;
use crate::site::{MinerCooling, Site};
use anyhow::{Context as _, anyhow, bail};
use clap::ValueEnum;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "What is not given is filled in with a planning value, whose source the file keeps; `--list-numbers` prints them. \
                  Example: wattshift new --gross-mw 100 --grid-kv 138 --halls 3 --hall-mw 30 --metro dallas -o mine.site.ron"
)]
pub struct Arguments {
    /// Template to start from; `wattshift templates` lists them
    #[arg(long, value_name = "NAME", required_unless_present_any = ["gross_mw", "list_numbers"], conflicts_with = "gross_mw")]
    template: Option<String>,
    /// Draws a site from numbers: power of the grid connection (`100`, `0.1 GW`)
    #[arg(long, value_name = "MW", allow_negative_numbers = true)]
    gross_mw: Option<String>,
    #[command(flatten)]
    numbers: NumberFlags,
    /// Prints the numbers a site is drawn from, with what is filled in and its source
    #[arg(long, conflicts_with_all = ["template", "gross_mw"])]
    list_numbers: bool,
    /// Site file to write
    #[arg(short, long, value_name = "FILE", required_unless_present = "list_numbers")]
    output: Option<PathBuf>,
    /// Replace FILE if it exists (the old one is kept as .bak)
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    common: Common,
}

/// Flags of a site drawn from numbers.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Numbers of a new site")]
struct NumberFlags {
    /// What people call the site
    #[arg(long, value_name = "NAME", requires = "gross_mw")]
    name: Option<String>,
    /// Voltage at the point of interconnection
    #[arg(long, value_name = "KV", requires = "gross_mw", allow_negative_numbers = true)]
    grid_kv: Option<String>,
    /// Share of the grid power that is never interrupted (`60 %`)
    #[arg(long, value_name = "SHARE", requires = "gross_mw", allow_negative_numbers = true)]
    firm_share: Option<String>,
    #[arg(
        long,
        value_name = "N",
        requires = "gross_mw",
        allow_negative_numbers = true,
        help = "How many halls"
    )]
    halls: Option<String>,
    /// IT power of each hall
    #[arg(long, value_name = "MW", requires = "gross_mw", allow_negative_numbers = true)]
    hall_mw: Option<String>,
    /// Floor of each hall for a MW of its IT
    #[arg(long, value_name = "M2", requires = "gross_mw", allow_negative_numbers = true)]
    hall_m2_per_mw: Option<String>,
    /// How the miners are cooled
    #[arg(long, value_enum, requires = "gross_mw")]
    cooling: Option<CoolingName>,
    /// Model of the miners that fill the halls, of the catalogue
    #[arg(long, value_name = "MODEL", requires = "gross_mw")]
    fleet: Option<String>,
    /// How old the miners are
    #[arg(long, value_name = "MONTHS", requires = "gross_mw", allow_negative_numbers = true)]
    fleet_age_months: Option<String>,
    /// Main transformers: what the halls take, or one more in each section
    #[arg(long, value_enum, requires = "gross_mw")]
    transformers: Option<TransformersName>,
    /// Price of energy at all hours (`45`, `4.5 c/kWh`)
    #[arg(long, value_name = "USD_PER_MWH", requires = "gross_mw", allow_negative_numbers = true)]
    flat_usd_per_mwh: Option<String>,
    /// Demand charge
    #[arg(long, value_name = "USD_PER_KW_MONTH", requires = "gross_mw", allow_negative_numbers = true)]
    demand_usd_per_kw_month: Option<String>,
    /// Nearest metro, by its id or name
    #[arg(long, value_name = "METRO", requires = "gross_mw")]
    metro: Option<String>,
    /// Length of the fibre route to the metro
    #[arg(long, value_name = "KM", requires = "gross_mw", allow_negative_numbers = true)]
    metro_km: Option<String>,
    /// Latitude of the site; the metro's without it
    #[arg(long, value_name = "DEGREES", requires_all = ["gross_mw", "longitude"], allow_negative_numbers = true)]
    latitude: Option<f64>,
    /// Longitude of the site
    #[arg(long, value_name = "DEGREES", requires_all = ["gross_mw", "latitude"], allow_negative_numbers = true)]
    longitude: Option<f64>,
    /// What the owner can spend on the first day (`100 M`)
    #[arg(long, value_name = "USD", requires = "gross_mw", allow_negative_numbers = true)]
    opening_cash_usd: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CoolingName {
    Air,
    Hydro,
    Immersion,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TransformersName {
    #[value(name = "n")]
    N,
    #[value(name = "n+1")]
    NPlus1,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    match (&arguments.template, &arguments.output) {
        (_, None) => list(arguments),
        (Some(template), Some(_)) => from_template(arguments, template),
        (None, Some(_)) => from_numbers(arguments),
    }
}

/// What the program draws with.
pub(super) fn stock() -> Stock<'static> {
    Stock { parts: file::typical_parts(), planning: file::catalogue::planning() }
}

fn from_template(arguments: &Arguments, name: &str) -> anyhow::Result<u8> {
    let templates = file::templates();
    let Some(template) = templates.iter().find(|template| template.name == name) else {
        let names: Vec<&str> = templates.iter().map(|template| template.name).collect();
        let hint = did_you_mean(name, names.iter().copied()).map_or_else(
            || format!("there are: {}", names.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        bail!("there is no template `{name}`; {hint}");
    };
    let (site, _) = file::read_text(template.text);
    let site = site.with_context(|| format!("the template `{}` does not read", template.name))?;
    save(arguments, &site, &Report::default(), &[("template", template.name.to_owned())])
}

fn from_numbers(arguments: &Arguments) -> anyhow::Result<u8> {
    let numbers = numbers(arguments)?;
    let (site, mut report) = draft::drawn(&numbers, stock());
    let Some(site) = site else { return Err(output::failure(&report.problems)) };
    report.extend(engineering::check(&site));
    save(arguments, &site, &report, &[("name", site.name.clone())])
}

fn numbers(arguments: &Arguments) -> anyhow::Result<Numbers> {
    let flags = &arguments.numbers;
    let mut numbers = Numbers::default();
    let typed = [
        ("gross_mw", &arguments.gross_mw),
        ("grid_kv", &flags.grid_kv),
        ("firm_share", &flags.firm_share),
        ("halls", &flags.halls),
        ("hall_mw", &flags.hall_mw),
        ("hall_m2_per_mw", &flags.hall_m2_per_mw),
        ("fleet_age_months", &flags.fleet_age_months),
        ("flat_usd_per_mwh", &flags.flat_usd_per_mwh),
        ("demand_usd_per_kw_month", &flags.demand_usd_per_kw_month),
        ("metro_km", &flags.metro_km),
        ("opening_cash_usd", &flags.opening_cash_usd),
    ];
    for (key, text) in typed {
        let Some(text) = text else { continue };
        let flag = key.replace('_', "-");
        let unit = draft::entries().iter().find(|entry| entry.key == key).map(|entry| entry.unit);
        let unit = unit.with_context(|| format!("--{flag} is no number of a new site"))?;
        let value = unit.parse(text).map_err(|why| anyhow!("--{flag}: {why}"))?;
        numbers.set(key, value).map_err(|why| anyhow!(why))?;
    }
    if let Some(cooling) = flags.cooling {
        numbers.cooling = match cooling {
            CoolingName::Air => MinerCooling::Air,
            CoolingName::Hydro => MinerCooling::Hydro,
            CoolingName::Immersion => MinerCooling::Immersion,
        };
    }
    match &flags.fleet {
        Some(model) => numbers.fleet.clone_from(model),
        None => numbers.fleet = draft::usual_fleet(numbers.cooling, &stock()),
    }
    if let Some(transformers) = flags.transformers {
        numbers.transformers = match transformers {
            TransformersName::N => Transformers::N,
            TransformersName::NPlus1 => Transformers::NPlus1,
        };
    }
    if let Some(metro) = &flags.metro {
        numbers.metro = draft::metro(metro).map_or_else(|| metro.clone(), |place| place.id.clone());
    }
    if let Some(name) = &flags.name {
        numbers.name.clone_from(name);
    }
    numbers.place = flags.latitude.zip(flags.longitude);
    Ok(numbers)
}

fn save(arguments: &Arguments, site: &Site, report: &Report, said: &[(&str, String)]) -> anyhow::Result<u8> {
    let Some(path) = &arguments.output else { bail!("name the file to write with -o FILE") };
    output::may_write(path, arguments.force, None)?;
    file::save(path, site)?;
    if arguments.common.json {
        let mut document = json!({ "file": path.display().to_string() });
        for (key, value) in said {
            document[*key] = json!(value);
        }
        if arguments.template.is_none() {
            document["problems"] = output::problems_json(report);
        }
        output::json(&document)?;
    } else {
        if !arguments.common.quiet {
            for problem in &report.problems {
                output::note(&output::problem_text(problem));
            }
        }
        output::text(&format!("Wrote {}\n", path.display()))?;
    }
    Ok(if report.is_clean() { CLEAN } else { PROBLEMS })
}

fn list(arguments: &Arguments) -> anyhow::Result<u8> {
    let entries = draft::entries();
    if arguments.common.json {
        let numbers = entries.iter().map(|entry| {
            json!({
                "key": entry.key,
                "label": entry.label,
                "unit": entry.unit.symbol(),
                "low": entry.low,
                "value": entry.value,
                "high": entry.high,
                "least": entry.least,
                "most": entry.most,
                "year": entry.year,
                "source": entry.source,
            })
        });
        let metros: Vec<&str> = draft::metros().iter().map(|metro| metro.id.as_str()).collect();
        output::json(&json!({ "numbers": numbers.collect::<Vec<_>>(), "metros": metros }))?;
        return Ok(CLEAN);
    }
    let mut text = String::new();
    for entry in entries {
        let shown = |value: f64| crate::quantity::format::with_unit(value, entry.unit);
        text += &format!(
            "--{:<24} {:>12}  {} to {}; {}\n",
            entry.key.replace('_', "-"),
            shown(entry.value),
            shown(entry.low),
            shown(entry.high),
            entry.source
        );
    }
    text += &format!(
        "--metro: {}\n",
        draft::metros().iter().map(|metro| metro.id.as_str()).collect::<Vec<_>>().join(", ")
    );
    output::text(&text)?;
    Ok(CLEAN)
}
