//! `wattshift offers`: the library, and putting one of it into a site.

use super::{CLEAN, Common, input, output};
use crate::file;
use crate::file::library::{self, Choices, LibraryOffer, Sourced};
use crate::quantity::format;
use crate::site::edit::{Edit, apply};
use crate::site::{Evidence, Site};
use anyhow::{anyhow, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Entry of the library to add to a site
    #[arg(long, value_name = "KEY", requires_all = ["mw", "to", "output"], conflicts_with = "change")]
    add: Option<String>,
    /// Offer of the site to give another schedule of service credits or rating
    #[arg(long, value_name = "OFFER", requires_all = ["to", "output"])]
    change: Option<String>,
    /// Critical megawatts of the new offer
    #[arg(long, value_name = "MW", requires = "add", allow_negative_numbers = true)]
    mw: Option<f64>,
    /// Site file to start from
    #[arg(long, value_name = "SITE")]
    to: Option<PathBuf>,
    /// Site file to write
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// GPU system that a GPU-cloud offer sells, instead of the entry's
    #[arg(long, value_name = "MODEL", requires = "add")]
    gpu: Option<String>,
    /// Schedule of service credits, instead of the entry's
    #[arg(long, value_name = "KEY")]
    sla: Option<String>,
    /// Rating of the tenant, whose default rate then holds
    #[arg(long, value_name = "NAME")]
    rating: Option<String>,
    /// Replace FILE if it exists (the old one is kept as .bak)
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    let is_list = arguments.add.is_none() && arguments.change.is_none();
    let meaningless = [
        ("--scenario", common.scenario.is_some(), "an offer goes into the base case"),
        ("--seed", common.seed.is_some(), "nothing is drawn"),
        ("--sla", is_list && arguments.sla.is_some(), "it belongs to --add KEY or --change OFFER"),
        ("--rating", is_list && arguments.rating.is_some(), "it belongs to --add KEY or --change OFFER"),
        ("--force", is_list && arguments.force, "nothing is written without --add KEY or --change OFFER"),
    ];
    if let Some((flag, _, why)) = meaningless.into_iter().find(|(_, is_said, _)| *is_said) {
        bail!("{flag} means nothing here: {why}");
    }
    match (&arguments.to, &arguments.output) {
        (Some(from), Some(to)) if arguments.add.is_some() || arguments.change.is_some() => {
            write(arguments, from, to)
        }
        (None, None) if arguments.add.is_none() && arguments.change.is_none() => list(arguments),
        _ => bail!(
            "name what to do with the site: --add KEY --mw N, or --change OFFER, with --to SITE -o FILE"
        ),
    }
}

fn write(arguments: &Arguments, from: &Path, to: &Path) -> anyhow::Result<u8> {
    let input = input::read(from, &arguments.common)?;
    let site = &input.site(arguments.common.quiet)?.site;
    if let Some(scenario) = &input.scenario {
        bail!("#{scenario} means nothing here: an offer goes into the base case");
    }
    output::may_write(to, arguments.force, None)?;
    let mut said = Vec::new();
    let mut next = site.clone();
    let mut edit = |site: &Site, edit: &Edit| -> anyhow::Result<Site> {
        let (next, label) = apply(site, edit).map_err(|reason| anyhow!(reason))?;
        said.push(label);
        Ok(next)
    };
    let (sla, rating) = (arguments.sla.as_deref(), arguments.rating.as_deref());
    let mut id = arguments.change.clone().unwrap_or_default();
    if let Some(key) = &arguments.add {
        let choices = Choices {
            gpu_model: arguments.gpu.as_deref().unwrap_or_default(),
            sla: sla.unwrap_or_default(),
            rating: rating.unwrap_or_default(),
        };
        let entry = library::offer(key).map_err(|reason| anyhow!(reason))?;
        if let Some(model) = arguments.gpu.as_deref().filter(|_| !entry.sells_gpu_hours()) {
            bail!(
                "--gpu {model} means nothing for {key}: {} sells no GPU hours; choose an entry that does, such as {}",
                entry.kind.label(),
                library::offers()
                    .iter()
                    .find(|entry| entry.sells_gpu_hours())
                    .map_or("none", |entry| &entry.key)
            );
        }
        let addition = entry
            .addition(site, arguments.mw.unwrap_or_default(), choices)
            .map_err(|reason| anyhow!(reason))?;
        id.clone_from(&addition.offer.id);
        next = edit(&next, &Edit::AddOffer(Box::new(addition)))?;
    } else {
        if sla.is_none() && rating.is_none() {
            bail!("say what changes: --sla KEY or --rating NAME");
        }
        if let Some(key) = sla {
            let schedule = library::sla_schedule(key).map_err(|reason| anyhow!(reason))?;
            let change = Edit::SetServiceCredits {
                offer: id.clone(),
                bands: schedule.bands.clone(),
                terms: schedule.terms(),
            };
            next = edit(&next, &change)?;
        }
        if let Some(name) = rating {
            let entry = library::rating(name).map_err(|reason| anyhow!(reason))?;
            next = edit(&next, &Edit::SetRating { offer: id.clone(), rating: Some(entry.rating()) })?;
        }
    }
    file::save(to, &next)?;
    if arguments.common.json {
        output::json(&json!({ "offer": id, "file": to.display().to_string(), "changes": said }))?;
    } else {
        output::text(&format!("{}\nWrote {}\n", said.join("\n"), to.display()))?;
    }
    Ok(input.status())
}

fn list(arguments: &Arguments) -> anyhow::Result<u8> {
    if arguments.common.json {
        output::json(&json!({
            "offers": library::offers().iter().map(offer_json).collect::<Value>(),
            "sla_schedules": library::sla_schedules().iter().map(|schedule| json!({
                "key": schedule.key,
                "name": schedule.name,
                "measure": schedule.measure.label(),
                "cap_share": schedule.cap_share,
                "bands": schedule.bands.iter().map(|band| json!({
                    "from_hours": band.from_hours, "credit_share": band.credit_share,
                })).collect::<Value>(),
                "summary": schedule.summary,
                "source": schedule.source,
                "as_of": schedule.as_of.to_string(),
                "evidence": evidence(schedule.evidence),
            })).collect::<Value>(),
            "ratings": library::ratings().iter().map(|rating| json!({
                "name": rating.name,
                "low": rating.low,
                "default_per_year": rating.default_per_year,
                "high": rating.high,
                "source": rating.source,
                "as_of": rating.as_of.to_string(),
                "evidence": evidence(rating.evidence()),
            })).collect::<Value>(),
            "gpu_systems": library::gpu_models(&Site::empty("")).iter().map(|model| {
                let range = |range: Option<crate::site::catalogue::Range>| range.map(|range| json!({
                    "low": range.low, "value": range.value, "high": range.high,
                }));
                json!({
                    "model": model.model,
                    "generation": model.generation,
                    "year": model.year,
                    "gpus": model.gpus,
                    "kw_per_unit": range(model.kw_per_unit),
                    "kw_per_gpu": model.kw_per_gpu,
                    "kw_per_gpu_range": range(model.kw_per_gpu_range),
                    "liquid_share": model.liquid_share,
                    "kw_per_rack": model.kw_per_rack,
                    "usd_per_gpu": {
                        "low": model.usd_per_gpu_low, "value": model.usd_per_gpu, "high": model.usd_per_gpu_high,
                    },
                    "life_months": range(model.life_months),
                    "residual_share": range(model.residual_share),
                    "lead_months": range(model.lead_months),
                    "rental_usd_per_gpu_hour": range(model.rental_usd_per_gpu_hour),
                    "rental_drift": range(model.rental_drift),
                    "source": model.source,
                    "market_source": model.market_source,
                })
            }).collect::<Value>(),
        }))?;
    } else {
        output::text(&text())?;
    }
    Ok(CLEAN)
}

fn offer_json(entry: &LibraryOffer) -> Value {
    let sourced = |values: &[Sourced]| -> Value {
        values
            .iter()
            .map(|value| {
                json!({
                    "key": value.key,
                    "low": value.low,
                    "value": value.value,
                    "high": value.high,
                    "source": value.source,
                    "as_of": value.as_of.to_string(),
                    "evidence": evidence(value.evidence),
                })
            })
            .collect()
    };
    json!({
        "key": entry.key,
        "name": entry.name,
        "kind": entry.kind.key(),
        "customer": entry.customer,
        "announced": entry.announced.to_string(),
        "summary": entry.summary,
        "source": entry.source,
        "year1_usd_per_kw_month": entry.year1_usd_per_kw_month(),
        "rating": entry.rating,
        "sla": entry.sla,
        "gpu_model": entry.gpu_model,
        "facts": sourced(&entry.facts),
        "values": sourced(&entry.values),
    })
}

fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Measured => "measured",
        Evidence::Document => "document",
        Evidence::Quote => "quote",
        Evidence::Client => "client",
        Evidence::Assumed => "assumed",
    }
}

fn text() -> String {
    let none = || "\u{2013}".to_owned();
    let mut rows =
        vec![["Offer", "kind", "MW", "years", "contract", "year 1, $/kW-month"].map(str::to_owned).to_vec()];
    for entry in library::offers() {
        let fact = |key: &str| entry.fact(key).map(|fact| fact.value);
        let value = |key: &str| entry.values.iter().find(|value| value.key == key).map(|value| value.value);
        let years = fact("term_years").or_else(|| Some(value("term_months")? / 12.0));
        let rent = entry.year1_usd_per_kw_month().or_else(|| value("rent_usd_per_kw_month"));
        rows.push(vec![
            entry.key.clone(),
            entry.kind.label().to_owned(),
            fact("critical_mw").map_or_else(none, |mw| format::number(mw, 0)),
            years.map_or_else(none, |years| format::number(years, 0)),
            fact("tcv_usd").map_or_else(none, format::usd),
            rent.map_or_else(none, |rent| format::number(rent, 0)),
        ]);
    }
    let mut text = output::table(&rows);
    text.push_str("\nSchedules of service credits (--sla KEY)\n");
    for schedule in library::sla_schedules() {
        text.push_str(&format!("  {:<16} {}\n", schedule.key, schedule.summary));
    }
    text.push_str("\nRatings and their default a year (--rating NAME)\n");
    for rating in library::ratings() {
        let rate = format::number(rating.default_per_year * 100.0, 2);
        text.push_str(&format!("  {:<26} {rate} %\n", rating.name));
    }
    text.push_str("\nGPU systems (--gpu MODEL)\n");
    for model in library::gpu_models(&Site::empty("")) {
        let rental = model.rental_usd_per_gpu_hour.map_or_else(none, |range| format::number(range.value, 2));
        text.push_str(&format!(
            "  {:<22} {:>5} kW, {:>8} a GPU, {rental} $/GPU-h\n",
            model.model,
            format::number(model.kw_per_gpu, 2),
            format::usd(model.usd_per_gpu),
        ));
    }
    text.push_str("\nAdd one: wattshift offers --add KEY --mw N --to SITE.site.ron -o NEW.site.ron\n");
    text
}
