//! `wattshift frontier FILE`

use super::plan::{Decisions, DetailName, other_plan, solve_options};
use super::{Common, input, output};
use crate::plan::{Baseline, FloorUnit, Frontier, FrontierPoint, Planner, Rival};
use crate::quantity::format;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file, or FILE#SCENARIO
    file: PathBuf,
    /// Plans between the one that keeps no floor and the highest floor there is
    #[arg(long, value_name = "N", default_value_t = 11, value_parser = clap::value_parser!(u8).range(2..=101))]
    points: u8,
    /// How finely the plans see time
    #[arg(long, value_enum, default_value_t)]
    detail: DetailName,
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    let input = input::read(&arguments.file, common)?;
    let loaded = input.site(common.quiet)?;
    let options = solve_options(arguments.detail, Decisions::default(), common);
    let frontier = Planner::default().frontier(
        &loaded.site,
        input.scenario.as_deref(),
        options,
        usize::from(arguments.points),
        &output::progress_bar(common.progress),
    )?;
    if common.json {
        output::json(&document(&frontier, &loaded.site.name, &loaded.sha256))?;
    } else {
        output::text(&summary(&frontier, &loaded.site.name))?;
    }
    Ok(input.status())
}

fn key(unit: FloorUnit) -> &'static str {
    match unit {
        FloorUnit::Share => "floor_share",
        FloorUnit::MillionUsd => "floor_musd",
    }
}

fn document(frontier: &Frontier, site: &str, input_sha256: &str) -> Value {
    let point = |point: &FrontierPoint| {
        let mut value = json!({
            key(frontier.unit): point.floor,
            "program_npv_usd": point.npv_usd,
            "floor_price_usd": point.price_usd,
            "worst_year_usd": point.worst_year_usd,
        });
        if let (Value::Object(value), Value::Object(judged)) = (&mut value, other_plan(&point.judged)) {
            value.extend(
                judged.into_iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "policies_missed")),
            );
        }
        value
    };
    let rival = |rival: &Rival| {
        let mut value = other_plan(&rival.judged);
        if let Value::Object(value) = &mut value {
            value.insert(key(frontier.unit).to_owned(), json!(rival.floor));
        }
        value
    };
    let rivals: Vec<Value> = frontier.rivals.iter().map(rival).collect();
    json!({
        "input_sha256": input_sha256,
        "site": site,
        "scenario": frontier.scenario,
        "first_year": frontier.years.0,
        "last_year": frontier.years.1,
        "tail_level": frontier.tail_level,
        "own_floor": frontier.own_floor,
        "finding": frontier.finding(),
        "knee": frontier.knee().map(|knee| json!({
            key(frontier.unit): knee.floor,
            "price_before_usd": knee.before_usd,
            "price_beyond_usd": knee.beyond_usd,
        })),
        "points": frontier.points.iter().map(point).collect::<Value>(),
        "keep_mining": rivals.first(),
        "baselines": rivals,
    })
}

fn summary(frontier: &Frontier, site: &str) -> String {
    let title = if frontier.scenario.is_empty() {
        site.to_owned()
    } else {
        format!("{site} · {}", frontier.scenario)
    };
    let tail = format::percent(1.0 - frontier.tail_level);
    let (of, next) = match frontier.unit {
        FloorUnit::Share => ("of what keep-mining is expected to earn in the year", "next point costs"),
        FloorUnit::MillionUsd => ("in dollars a year", "next $1M costs"),
    };
    let mut text = format!(
        "{title}\nWorst-year revenue floor {of}, {} to {}: the mean of the worst {tail} of paths keeps it in every year\n\n",
        frontier.years.0, frontier.years.1
    );
    let mut rows = vec![
        ["floor", "NPV", "against no floor", next, "1-in-20, lowest year", "capex", "hosted at most"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let free = frontier.points.first().map_or(0.0, |point| point.judged.npv_usd);
    let unit = frontier.unit;
    let row = |floor: f64, judged: &Baseline, price: String| {
        let hosted = judged.hosting_mw.iter().copied().fold(0.0, f64::max);
        vec![
            unit.words(floor),
            format::usd(judged.npv_usd),
            format::usd_change(judged.npv_usd - free),
            price,
            format::percent(judged.worst_year_share),
            format::usd(judged.capex_usd),
            format::mw(hosted),
        ]
    };
    for point in &frontier.points {
        rows.push(row(point.floor, &point.judged, format::usd(unit.step_price(point.price_usd))));
    }
    text.push_str(&output::table(&rows));
    text.push_str(&format!("\n{}.\n", frontier.finding()));
    for rival in &frontier.rivals {
        text.push_str(&format!(
            "{} keeps {} at an NPV of {}.\n",
            rival.judged.name,
            unit.words(rival.floor),
            format::usd(rival.judged.npv_usd)
        ));
    }
    if let Some(own) = frontier.own_floor {
        text.push_str(&format!("The file asks for {}.\n", unit.words(own)));
    }
    text
}
