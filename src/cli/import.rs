//! `wattshift import prices|load|equipment FILE --site SITE`

use super::{CLEAN, Common, PROBLEMS, input, output};
use crate::file;
use crate::file::import::{self, DateOrder, Import, ImportOptions, Preview, Stamps, ValueUnit};
use crate::market::power::{annual_mean, hours};
use crate::quantity::written::Mark;
use crate::quantity::zone::Zone;
use crate::quantity::{Severity, format};
use crate::site::edit::{self, Edit};
use crate::site::{EnergyPrice, GridFeed, Kind, MeasuredLoad, Site};
use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Hourly prices into a price deck: bands by calendar month, and the hours themselves
    Prices(PricesArguments),
    /// A metered load by the hour or quarter-hour, kept with a grid feed
    Load(LoadArguments),
    /// A list of equipment (CSV, TSV, XLSX) into the drawing: parts and links, held against what is drawn already
    Equipment(super::equipment::Arguments),
}

#[derive(Debug, clap::Args)]
struct PricesArguments {
    #[command(flatten)]
    source: Source,
    /// Price deck to make or replace
    #[arg(long, value_name = "ID")]
    deck: String,
    /// What the deck is called; its id without it
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Grid feed that buys at this deck from now on
    #[arg(long, value_name = "ID")]
    feed: Option<String>,
    /// Dollars for one unit of the file's currency
    #[arg(long, value_name = "RATE")]
    usd_per_unit: Option<f64>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct LoadArguments {
    #[command(flatten)]
    source: Source,
    /// Grid feed whose meter it is; the only one without it
    #[arg(long, value_name = "ID")]
    feed: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// The site an import is for, and the one it makes.
#[derive(Debug, clap::Args)]
pub(super) struct Sites {
    /// Site file it is for
    #[arg(long, value_name = "SITE")]
    pub site: PathBuf,
    /// Site file to write; without it the preview is all
    #[arg(short, long, value_name = "OUT.site.ron")]
    pub output: Option<PathBuf>,
    /// Replace OUT if it exists (the old one is kept as .bak)
    #[arg(long, requires = "output")]
    force: bool,
}

impl Sites {
    /// Asked before anything is read.
    pub fn may_write(&self, imported: &Path) -> anyhow::Result<()> {
        match &self.output {
            Some(path) => output::may_write(path, self.force, Some(imported)),
            None => Ok(()),
        }
    }
}

/// The file, and what it does not say itself.
#[derive(Debug, clap::Args)]
struct Source {
    /// CSV or text file: times and values, or a date and 24 columns, or the values of a year
    file: PathBuf,
    #[command(flatten)]
    sites: Sites,
    /// Unit of the values: $/MWh, $/kWh, c/kWh; kW, MW, kWh, MWh
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    unit: Option<ValueUnit>,
    /// Zone of the times: America/Chicago, UTC-06:00
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    time_zone: Option<Zone>,
    /// The times keep standard time all year
    #[arg(long)]
    standard_time: bool,
    /// What a time stands for
    #[arg(long, value_enum, value_name = "END")]
    hour: Option<HourName>,
    /// Order of dates such as 03/04/2025
    #[arg(long, value_enum, value_name = "ORDER")]
    date_order: Option<OrderName>,
    /// What stands before the decimals of a number
    #[arg(long, value_enum, value_name = "MARK")]
    decimal: Option<MarkName>,
    /// Heading of the column with the values, or its place counted from one
    #[arg(long, value_name = "HEADING")]
    column: Option<String>,
    /// Only rows that have this in a column, such as the name of a zone or a node
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Year of values without times
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
    /// Where it comes from, in words; the name of the file without it
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum HourName {
    Beginning,
    Ending,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum OrderName {
    MonthFirst,
    DayFirst,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum MarkName {
    Point,
    Comma,
}

fn unit(text: &str) -> Result<ValueUnit, String> {
    ValueUnit::named(text).ok_or_else(|| {
        let names: Vec<&str> = ValueUnit::ALL.iter().map(|unit| unit.symbol()).collect();
        format!("write one of {}", names.join(", "))
    })
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::named(text).ok_or_else(|| {
        let names: Vec<&str> = Zone::names().collect();
        format!("write an offset such as UTC-06:00, or one of {}", names.join(", "))
    })
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let source = match &arguments.what {
        What::Prices(arguments) => &arguments.source,
        What::Load(arguments) => &arguments.source,
        What::Equipment(arguments) => return super::equipment::run(arguments),
    };
    source.sites.may_write(&source.file)?;
    match &arguments.what {
        What::Prices(arguments) => prices(arguments),
        What::Load(arguments) => load(arguments),
        What::Equipment(arguments) => super::equipment::run(arguments),
    }
}

fn prices(arguments: &PricesArguments) -> anyhow::Result<u8> {
    let (source, common) = (&arguments.source, &arguments.common);
    let site = site_of(source, common)?;
    let options = ImportOptions { usd_per_unit: arguments.usd_per_unit, ..options_of(source, &site, None) };
    let (name, text) = text_of(source)?;
    let mut import = import::prices(&name, &text, &options);
    let words = source.source.clone().unwrap_or_else(|| name.clone());
    let title = arguments.name.clone().unwrap_or_else(|| arguments.deck.clone());
    let deck = import.series.take().and_then(|series| {
        hours::deck_of_hours(&arguments.deck, &title, &words, series)
            .map_err(|problem| import.report.add_once(problem))
            .ok()
    });
    let extra = deck.as_ref().map_or(Value::Null, |deck| {
        json!({
            "id": deck.id,
            "mean_usd_per_mwh": annual_mean(deck),
            "months": deck.months.iter().map(|bands| {
                bands.iter().map(|band| band.share * band.usd_per_mwh).sum::<f64>()
            }).collect::<Value>(),
        })
    });
    let changed = match deck {
        Some(deck) => {
            let mut next =
                edit::apply(&site, &Edit::PutPriceDeck(Box::new(deck))).map_err(anyhow::Error::msg)?.0;
            if let Some(id) = &arguments.feed {
                let mut tariff = grid_feed(&site, Some(id))?.1.tariff.clone();
                tariff.price_deck.clone_from(&arguments.deck);
                tariff.energy = EnergyPrice::Index;
                let edit = Edit::SetTariff { feed: id.clone(), tariff: Box::new(tariff) };
                next = edit::apply(&next, &edit).map_err(anyhow::Error::msg)?.0;
            }
            let buys = |(_, feed): (_, &GridFeed)| feed.tariff.price_deck == arguments.deck;
            if !next.grid_feeds().any(buys) {
                import.report.info(
                    "deck-unused",
                    format!("price_decks/{}", arguments.deck),
                    format!("no grid feed buys at the price deck {} yet", arguments.deck),
                    "add --feed ID to have a grid feed buy at it",
                );
            }
            Some(next)
        }
        None => None,
    };
    finish(source, common, &import, ("prices", "price_deck", extra), changed.as_ref())
}

fn load(arguments: &LoadArguments) -> anyhow::Result<u8> {
    let (source, common) = (&arguments.source, &arguments.common);
    let site = site_of(source, common)?;
    let (id, feed) = grid_feed(&site, arguments.feed.as_deref())?;
    let (name, text) = text_of(source)?;
    let mut import = import::load(&name, &text, &options_of(source, &site, Some(feed)));
    let words = source.source.clone().unwrap_or_else(|| name.clone());
    let changed = match import.series.take() {
        Some(kw) => {
            let load = Some(Box::new(MeasuredLoad { source: words, kw }));
            Some(edit::apply(&site, &Edit::SetLoad { feed: id.clone(), load }).map_err(anyhow::Error::msg)?.0)
        }
        None => None,
    };
    finish(source, common, &import, ("load", "feed", json!(id)), changed.as_ref())
}

fn site_of(source: &Source, common: &Common) -> anyhow::Result<Site> {
    let input = input::read(&source.sites.site, common)?;
    Ok(input.site(true)?.site.clone())
}

fn text_of(source: &Source) -> anyhow::Result<(String, String)> {
    let text = file::read_companion(&source.file).map_err(|report| output::failure(&report.problems))?;
    Ok((file::companion_name(&source.file), text))
}

fn options_of(source: &Source, site: &Site, feed: Option<&GridFeed>) -> ImportOptions {
    ImportOptions {
        unit: source.unit,
        zone: source.time_zone.clone(),
        standard_time: source.standard_time,
        stamps: source.hour.map(|hour| match hour {
            HourName::Beginning => Stamps::Beginning,
            HourName::Ending => Stamps::Ending,
        }),
        date_order: source.date_order.map(|order| match order {
            OrderName::MonthFirst => DateOrder::MonthFirst,
            OrderName::DayFirst => DateOrder::DayFirst,
        }),
        decimal_mark: source.decimal.map(|mark| match mark {
            MarkName::Point => Mark::Point,
            MarkName::Comma => Mark::Comma,
        }),
        column: source.column.clone(),
        only: source.only.clone(),
        year: source.year,
        usd_per_unit: None,
        place: (site.latitude, site.longitude),
        connection_mw: feed.map(|feed| feed.interconnection_mw),
    }
}

/// The feed of an id, or the only one.
fn grid_feed<'a>(site: &'a Site, id: Option<&str>) -> anyhow::Result<(String, &'a GridFeed)> {
    if let Some(id) = id {
        let component = site.component(id).with_context(|| format!("there is no component `{id}`"))?;
        let Kind::GridFeed(feed) = &component.kind else { bail!("`{id}` is no grid feed") };
        return Ok((component.id.clone(), feed));
    }
    let feeds: Vec<_> = site.grid_feeds().collect();
    match feeds.as_slice() {
        [(component, feed)] => Ok((component.id.clone(), feed)),
        [] => bail!("the site has no grid feed"),
        several => {
            let ids: Vec<&str> = several.iter().map(|(component, _)| component.id.as_str()).collect();
            bail!("the site has several grid feeds; say which with --feed: {}", ids.join(", "))
        }
    }
}

/// Prints what was read and writes the changed site where one is wanted.
fn finish(
    source: &Source,
    common: &Common,
    import: &Import,
    (kind, key, extra): (&str, &str, Value),
    changed: Option<&Site>,
) -> anyhow::Result<u8> {
    let Some(changed) = changed else {
        let least = if common.quiet { Severity::Error } else { Severity::Info };
        for problem in import.report.problems.iter().filter(|problem| problem.severity >= least) {
            output::note(&output::problem_text(problem));
        }
        bail!("nothing is imported from {}", source.file.display());
    };
    let written: Option<&Path> = match &source.sites.output {
        Some(path) => {
            // What the command line says may not do in a file, such as an id with a space.
            let (_, report) = file::read_text(&file::write_text(changed));
            if report.has_errors() {
                let errors = report.problems.iter().filter(|problem| problem.severity == Severity::Error);
                return Err(output::failure(errors));
            }
            file::save(path, changed).map_err(|error| anyhow::anyhow!("{error}; {}", error.hint()))?;
            Some(path)
        }
        None => None,
    };
    if common.json {
        output::json(&json!({
            "kind": kind,
            key: extra,
            "preview": preview_json(&import.preview),
            "problems": output::problems_json(&import.report),
            "written": written.map(|path| path.display().to_string()),
        }))?;
    } else {
        output::text(&preview_text(&import.preview, kind))?;
        for problem in &import.report.problems {
            output::note(&output::problem_text(problem));
        }
        let end = match written {
            Some(path) => format!("Wrote {}\n", path.display()),
            None => "Nothing is written; add -o OUT.site.ron to write the site with it\n".to_owned(),
        };
        output::text(&end)?;
    }
    Ok(if import.report.is_clean() { CLEAN } else { PROBLEMS })
}

fn preview_json(preview: &Preview) -> Value {
    json!({
        "layout": preview.layout,
        "column": preview.column,
        "unit": preview.unit,
        "zone": preview.zone,
        "clock": preview.clock,
        "stamps": preview.stamps,
        "step_minutes": preview.step_minutes,
        "rows_read": preview.rows_read,
        "rows_refused": preview.rows_refused,
        "first": preview.first.map(|clock| clock.to_string()),
        "last": preview.last.map(|clock| clock.to_string()),
        "steps": preview.steps,
        "missing": preview.missing,
        "doubled": preview.doubled,
        "least": preview.least,
        "mean": preview.mean,
        "most": preview.most,
        "negative": preview.negative,
        "sample": preview.sample.iter().map(|(line, clock, value)| json!({
            "line": line, "clock": clock.to_string(), "value": value,
        })).collect::<Value>(),
    })
}

fn preview_text(preview: &Preview, kind: &str) -> String {
    let unit = if kind == "prices" { "$/MWh" } else { "kW" };
    let figure = |value: f64| format!("{} {unit}", format::number(value, 2));
    let count = |value: usize| format::number(value as f64, 0);
    let clock = |clock: Option<jiff::civil::DateTime>| {
        clock.map_or_else(|| "\u{2013}".to_owned(), |clock| clock.strftime("%Y-%m-%d %H:%M").to_string())
    };
    let mut rows = vec![
        vec!["Layout".to_owned(), preview.layout.clone()],
        vec!["Column".to_owned(), preview.column.clone()],
        vec!["Unit".to_owned(), preview.unit.clone()],
        vec!["Time zone".to_owned(), preview.zone.clone()],
        vec!["Clock".to_owned(), preview.clock.clone()],
        vec!["A time is the".to_owned(), preview.stamps.clone()],
        vec!["Step".to_owned(), format!("{} min", preview.step_minutes)],
        vec!["First, standard time".to_owned(), clock(preview.first)],
        vec!["Last, standard time".to_owned(), clock(preview.last)],
        vec!["Readings".to_owned(), count(preview.rows_read)],
        vec!["Refused".to_owned(), count(preview.rows_refused)],
        vec!["Missing steps".to_owned(), count(preview.missing)],
        vec!["Read twice".to_owned(), count(preview.doubled)],
        vec!["Lowest".to_owned(), figure(preview.least)],
        vec!["Mean".to_owned(), figure(preview.mean)],
        vec!["Highest".to_owned(), figure(preview.most)],
    ];
    for (line, at, value) in &preview.sample {
        rows.push(vec![format!("line {line}"), clock(Some(*at)), figure(*value)]);
    }
    output::table(&rows)
}
