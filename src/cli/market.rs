//! `wattshift market FILE`

mod hosting;

use super::{Common, input, output};
use crate::market::summary::{Fan, MarketSummary};
use crate::market::{self, World};
use crate::plan::hosting::Hosting;
use crate::quantity::format;
use crate::site::Site;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file, or FILE#SCENARIO
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    let input = input::read(&arguments.file, common);
    let loaded = input.site(common.quiet)?;
    let site = crate::plan::scenario_site(&loaded.site, input.scenario.as_deref(), common.seed)?;
    let months = site.plan.horizon_years as usize * 12;
    let world = World::sample(&site, months, site.plan.judge_paths as usize).map_err(|report| {
        anyhow::anyhow!(report.problems.iter().map(output::problem_text).collect::<Vec<_>>().join("\n"))
    })?;
    let summary = market::summary(&site, &world);
    let offers = crate::plan::hosting::hosting(&site, &world);
    if common.json {
        output::json(&market_json(&site, &summary, &world, &offers))?;
    } else {
        output::text(&(market_text(&summary) + &hosting::text(&offers)))?;
    }
    Ok(input.status())
}

fn market_json(site: &Site, summary: &MarketSummary, world: &World, offers: &Hosting) -> Value {
    json!({
        "as_of": summary.as_of.to_string(),
        "hashprice_usd_per_ph_day": summary.hashprice_usd_per_ph_day,
        "planned_hashprice_usd_per_ph_day": summary.planned_hashprice_usd_per_ph_day,
        "network_eh_per_s": summary.network_eh,
        "halving_height": summary.halving_height,
        "days_to_halving": summary.days_to_halving,
        "halving_date": summary.halving_date.to_string(),
        "fleets": summary.fleets.iter().map(|fleet| json!({
            "id": fleet.id,
            "efficiency_j_per_th": fleet.efficiency_j_per_th,
            "margin_usd_per_mwh": fleet.margin_usd_per_mwh,
            "breakeven_power_usd_per_mwh": fleet.breakeven_power_usd_per_mwh,
            "payback_days": fleet.payback_days,
        })).collect::<Value>(),
        "power_usd_per_mwh": summary.power_usd_per_mwh,
        "hashcost_usd_per_ph_day": summary.hashcost_usd_per_ph_day.map(|cost| json!({
            "power": cost.power, "fleet": cost.fleet, "total": cost.total,
        })),
        "public_hashcost_usd_per_ph_day": summary.public_hashcost_usd_per_ph_day,
        "power_bands": summary.power_bands.iter().map(|band| json!({
            "hours": band.hours, "usd_per_mwh": band.usd_per_mwh,
        })).collect::<Value>(),
        "hashprice_by_year": summary.hashprice_by_year.iter().map(|year| json!({
            "year": year.year, "mean": year.mean,
            "p5": year.p5, "p25": year.p25, "p50": year.p50, "p75": year.p75, "p95": year.p95,
        })).collect::<Value>(),
        "quantiles": {
            "hashprice_usd_per_ph_day": fan(&summary.hashprice),
            "btc_price_usd": fan(&summary.btc_price),
            "network_eh_per_s": fan(&summary.network),
            "power_scale": fan(&summary.power_scale),
            "gpu_index": fan(&summary.gpu_index),
            "colocation_index": fan(&summary.colocation_index),
        },
        "gpu_generations": hosting::generations_json(site, world),
        "offers": hosting::offers_json(offers),
        "mining_margin": hosting::mining_json(offers),
    })
}

fn fan(fan: &Fan) -> Value {
    json!({ "mean": fan.mean, "p5": fan.p5, "p25": fan.p25, "p50": fan.p50, "p75": fan.p75, "p95": fan.p95 })
}

fn market_text(summary: &MarketSummary) -> String {
    let hashprice = |value: f64| format!("{} $/PH/s/day", format::number(value, 2));
    let price = |value: Option<f64>| {
        value.map_or_else(|| "\u{2013}".to_owned(), |usd| format!("{} $/MWh", format::number(usd, 1)))
    };
    let mut rows = vec![
        vec![format!("Hashprice on {}", summary.as_of), hashprice(summary.hashprice_usd_per_ph_day)],
        vec![
            "Public miners' median total hashcost".into(),
            hashprice(summary.public_hashcost_usd_per_ph_day),
        ],
        vec!["Network".into(), format!("{} EH/s", format::number(summary.network_eh, 0))],
        vec![
            format!("Halving at block {}", format::number(f64::from(summary.halving_height), 0)),
            format!("{} (in {} days)", summary.halving_date, format::number(summary.days_to_halving, 0)),
        ],
        vec!["Power, mean delivered".into(), price(summary.power_usd_per_mwh)],
    ];
    if summary.planned_hashprice_usd_per_ph_day != summary.hashprice_usd_per_ph_day {
        rows.push(vec!["Hashprice planned with".into(), hashprice(summary.planned_hashprice_usd_per_ph_day)]);
    }
    if let Some(cost) = summary.hashcost_usd_per_ph_day {
        rows.push(vec!["Hashcost, power".into(), hashprice(cost.power)]);
        rows.push(vec!["Hashcost, fleet".into(), hashprice(cost.fleet)]);
        rows.push(vec!["Hashcost, total".into(), hashprice(cost.total)]);
    }
    let mut text = output::table(&rows);
    let mut fleets =
        vec![["Fleet", "J/TH", "margin", "break-even power", "payback, days"].map(str::to_owned).to_vec()];
    for fleet in &summary.fleets {
        fleets.push(vec![
            fleet.id.clone(),
            format::number(fleet.efficiency_j_per_th, 1),
            price(fleet.margin_usd_per_mwh),
            price(Some(fleet.breakeven_power_usd_per_mwh)),
            fleet.payback_days.map_or_else(|| "never".to_owned(), |days| format::number(days, 0)),
        ]);
    }
    text.push('\n');
    text.push_str(&output::table(&fleets));
    let mut years = vec![["Hashprice, year", "mean", "P5", "P50", "P95"].map(str::to_owned).to_vec()];
    for year in &summary.hashprice_by_year {
        let cell = |value: f64| format::number(value, 1);
        years.push(vec![
            year.year.to_string(),
            cell(year.mean),
            cell(year.p5),
            cell(year.p50),
            cell(year.p95),
        ]);
    }
    text.push('\n');
    text.push_str(&output::table(&years));
    text
}
