//! `wattshift engineer FILE`

use super::{Common, PROBLEMS, input, output};
use crate::engineering::availability::ReliabilityData;
use crate::engineering::availability::fibre::{FibreAvailability, FibrePart};
use crate::engineering::thermal::WeatherImport;
use crate::engineering::workload::Verdict;
use crate::engineering::{
    self, Availability, Cause, ChainThermal, MonteCarlo, Study, StudyOptions, Suitability,
};
use crate::file;
use crate::quantity::grouping::grouped;
use crate::quantity::{Report, Severity, Unit, format};
use crate::site::place::subject_of;
use crate::site::{Climate, Kind, Object, Site};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file, or FILE#SCENARIO
    file: PathBuf,

    /// Hourly weather of a year instead of the site's: EPW, TMY3 or a CSV with a header
    #[arg(long, value_name = "YEAR")]
    weather: Option<PathBuf>,

    /// Also write the site with that weather in it
    #[arg(short, long, value_name = "OUT.site.ron", requires = "weather")]
    output: Option<PathBuf>,

    /// Replace OUT if it exists (the old one is kept as .bak)
    #[arg(long, requires = "output")]
    force: bool,

    /// Count the hours of planned work as downtime: the yearly upkeep of each unit, one at a time
    #[arg(long)]
    maintenance: bool,

    /// Also play this many years of failures and repairs, to check the exact availability
    #[arg(long, value_name = "YEARS")]
    monte_carlo: Option<f64>,

    #[command(flatten)]
    common: Common,
}

/// Simulated years of a hall, and its name.
type Played = Vec<(String, MonteCarlo)>;

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    if let Some(path) = &arguments.output {
        output::may_write(path, arguments.force, arguments.weather.as_deref())?;
    }
    let input = input::read(&arguments.file, common)?;
    let loaded = input.site(common.quiet)?;
    let mut notes = Report::default();
    let mut original = loaded.site.clone();
    if let Some(path) = &arguments.weather {
        original.climate = Some(imported(path, &original, &mut notes)?);
    }
    let site = crate::plan::scenario_site(&original, input.scenario.as_deref(), common.seed)?;
    let options = StudyOptions { planned_maintenance: arguments.maintenance };
    let mut study = engineering::study_with(&site, options);
    let mut played = Played::new();
    if let Some(years) = arguments.monte_carlo {
        played = play(&site, &study, years)?;
    }
    if let Some(path) = &arguments.output {
        file::save(path, &original).map_err(|error| anyhow::anyhow!("{error}; {}", error.hint()))?;
        if !common.quiet {
            output::note(&format!("wrote {}", path.display()));
        }
    }
    notes.extend(std::mem::take(&mut study.report));
    study.report = notes;
    if common.json {
        output::json(&engineer_json(&site, &study, &played))?;
    } else {
        output::text(&engineer_text(&site, &study, &played))?;
    }
    let poor = study.report.problems.iter().any(|problem| problem.severity != Severity::Info);
    Ok(if poor { PROBLEMS } else { input.status() })
}

/// The weather of a file as the site carries it; what was odd about it goes to the notes.
fn imported(path: &Path, site: &Site, notes: &mut Report) -> anyhow::Result<Climate> {
    let text = file::read_companion(path).map_err(|report| output::failure(&report.problems))?;
    let WeatherImport { found, report, .. } = WeatherImport::read(site, &file::companion_name(path), &text);
    let Some(found) = found else { return Err(output::failure(&report.problems)) };
    notes.extend(report);
    Ok(found.climate())
}

fn play(site: &Site, study: &Study, years: f64) -> anyhow::Result<Played> {
    let data = ReliabilityData::of(site).into_owned();
    let options = engineering::MonteCarloOptions { years, seed: site.plan.seed, data };
    let mut played = Played::new();
    for hall in &study.engineering.halls {
        let found = engineering::play(site, study, &hall.id, &options, &|_| true)
            .map_err(|problem| output::failure([&problem]))?;
        played.extend(found.map(|found| (hall.id.clone(), found)));
    }
    Ok(played)
}

// JSON.

fn engineer_json(site: &Site, study: &Study, played: &Played) -> Value {
    let total = study.site_thermal();
    let halls: Value =
        study.engineering.halls.iter().map(|hall| hall_json(study, played, &hall.id)).collect();
    let components: Value = study
        .capacity
        .parts
        .iter()
        .filter_map(|part| Some((part, site.components.get(part.component)?)))
        .map(|(part, component)| {
            json!({
                "id": component.id,
                "rating_mw": component.rating_mw(),
                "usable_mw": part.rating_mw,
                "used_mw": part.used_mw,
                "loading_share": part.share,
                "stranded_mw": part.stranded_mw,
                "n_minus_1_margin_mw": part.n_minus_1_margin_mw,
                "worst_contingency": part.worst_contingency,
            })
        })
        .collect();
    json!({
        "halls": halls,
        "site": {
            "gross_mw": site.interconnection_mw(),
            "hosting_capacity_mw": study.capacity.hosting_mw,
            "mining_capacity_mw": study.capacity.mining_mw,
            // Null where it was not judged, which a problem explains.
            "hosting_firm_mw": study.capacity.firm.is_judged.then(|| firm_json(&study.capacity.firm.joint)),
            "peak_pue": total.map(|total| total.peak_pue),
            "annual_pue": total.map(|total| total.annual_pue),
            "wue_l_per_kwh": total.map(|total| total.wue_l_per_kwh),
            "free_cooling_hours": total.map(|total| total.free_cooling_hours),
            "stranded": stranded(site, study).iter().map(|(what, mw, because)| json!({
                "what": what, "mw": mw, "because": because,
            })).collect::<Value>(),
            "climate": study.thermal.climate.as_ref().map(|climate| json!({
                "name": climate.year.name,
                "source": climate.year.source,
                "distance_km": climate.distance_km,
                "design_dry_bulb_c": climate.design.dry_bulb_c,
                "design_wet_bulb_c": climate.design.wet_bulb_c,
            })),
        },
        "components": components,
        "cooling": study.thermal.devices.iter().map(|device| json!({
            "id": device.id,
            "port": if device.port.is_mining() { "mining" } else { "hosting" },
            "rating_mw": device.rating_mw,
            "mean_heat_mw": device.mean_heat_mw,
            "power_share": device.power_share,
            "design_hour_power_share": device.design_hour_power_share,
            "design_hour_share": device.design_hour_share,
            "worst_hour_share": device.worst_hour_share,
            "water_l_per_kwh": device.water_l_per_kwh,
        })).collect::<Value>(),
        "assessment": engineering::assessment::suggestions(site, study).iter().map(|item| json!({
            "topic": item.topic.label(),
            "item": item.item,
            "state": item.state.label(),
            "evidence": item.evidence,
        })).collect::<Value>(),
        "planned_maintenance": study.options.planned_maintenance,
        "assumptions": Availability::assumptions(),
        "problems": output::problems_json(&study.report),
    })
}

fn firm_json(survival: &engineering::Survival) -> Value {
    let of = |place: usize, mw: f64| {
        json!({
            "mw": mw, "contingency": survival.contingency[place], "cut": survival.cut[place],
        })
    };
    json!({
        "n": survival.mw.n,
        "n_plus_1": survival.mw.n_plus_1,
        "maintainable": survival.mw.maintainable,
        "limits": [
            of(0, survival.mw.n), of(1, survival.mw.n_plus_1), of(2, survival.mw.maintainable),
        ],
    })
}

fn hall_json(study: &Study, played: &Played, id: &str) -> Value {
    let mut json = Map::new();
    let mut set = |key: &str, value: Value| {
        json.insert(key.to_owned(), value);
    };
    set("id", id.into());
    let Some(hall) = study.engineering.hall(id) else { return Value::Object(json) };
    set("critical_mw", hall.critical_mw.into());
    let capacity = study.hall_capacity(id);
    set("hosting_capacity_mw", json!(capacity.map_or(hall.firm_mw.n, |hall| hall.hosting_alone_mw)));
    set("mining_capacity_mw", json!(capacity.map_or(hall.mining_mw, |hall| hall.mining_alone_mw)));
    set("joint_hosting_mw", json!(capacity.map(|hall| hall.hosting_mw)));
    set("joint_mining_mw", json!(capacity.map(|hall| hall.mining_mw)));
    set("stranded_mw", json!(capacity.map(|hall| hall.stranded_mw)));
    set("stranded_by", json!(capacity.map(|hall| &hall.stranded_by)));
    let alone = study.survival(id).cloned().unwrap_or_else(|| engineering::Survival {
        mw: hall.firm_mw,
        contingency: hall.limiting.clone(),
        ..engineering::Survival::default()
    });
    set("hosting_firm_mw", firm_json(&alone));
    let found = hall.availability.as_ref();
    set(
        "availability",
        json!({
            "hosting": found.map(|found| found.availability),
            "mining": hall.mining_availability,
            "hosting_failures_per_year": found.map(|found| found.failures_per_year),
            "hosting_downtime_hours_per_year": found.map(|found| found.downtime_hours_per_year),
            "planned_maintenance": study.options.planned_maintenance,
            "planned_hours_per_year": found.map(|found| found.planned_hours_per_year),
            "mean_duration_hours": found.map(Availability::mean_duration_hours),
            "ride_through_minutes": found.map(|found| found.ride_through_minutes),
            "contributors": found.map(|found| found.contributors.iter().map(|(part, birnbaum, share)| json!({
                "component": part, "fussell_vesely": share, "birnbaum": birnbaum,
            })).collect::<Value>()),
            "causes": found.map(causes_json),
            "monte_carlo": played.iter().find(|(hall, _)| hall == id).map(|(_, played)| monte_carlo_json(played)),
        }),
    );
    set("single_points_of_failure", json!(found.map_or(&[][..], |found| &found.single_points_of_failure)));
    set("rtt_ms", json!(hall.rtt_ms));
    set("diverse_routes", json!(hall.diverse_routes));
    let fibre = study.fibre.get(id).into_iter().flatten();
    set(
        "fibre_availability",
        fibre.map(|(metro, found)| (metro.clone(), json!(found.availability))).collect::<Map<_, _>>().into(),
    );
    let fibre = study.fibre.get(id).into_iter().flatten();
    set(
        "fibre",
        fibre.map(|(metro, found)| (metro.clone(), fibre_json(found))).collect::<Map<_, _>>().into(),
    );
    let classes = study.workloads.get(id).into_iter().flatten();
    set("workload_classes", classes.map(workload_json).collect());
    let thermal = study.thermal.hall(id);
    let chain = |chain: Option<&ChainThermal>| chain.map(chain_json);
    set(
        "thermal",
        json!({
            "hosting": chain(thermal.and_then(|hall| hall.hosting.as_ref())),
            "mining": chain(thermal.and_then(|hall| hall.mining.as_ref())),
        }),
    );
    Value::Object(json)
}

fn fibre_json(found: &FibreAvailability) -> Value {
    json!({
        "availability": found.availability,
        "failures_per_year": found.failures_per_year,
        "downtime_hours_per_year": found.downtime_hours_per_year,
        "single_points_of_failure": found.single_points_of_failure.iter().map(FibrePart::id).collect::<Vec<_>>(),
        "shared_trenches": found.shared_trenches(),
    })
}

fn workload_json(class: &Suitability) -> Value {
    let [low, usual, high] = class.workload.rtt_ms;
    json!({
        "id": class.workload.key,
        "name": class.workload.name,
        "use": class.workload.port.word(),
        "satisfied": class.is_satisfied(),
        "verdict": class.verdict.key(),
        "metro": class.metro,
        "rtt_ms": class.rtt_ms,
        "rtt_bound_ms": usual,
        "rtt_bound_strict_ms": low,
        "rtt_bound_lax_ms": high,
        "availability": class.availability,
        "availability_needed": class.workload.availability_need,
        "availability_good": class.workload.availability_good,
        "source": class.workload.source,
    })
}

fn causes_json(found: &Availability) -> Value {
    found
        .causes
        .iter()
        .map(|cause| {
            let kind = match cause.cause {
                Cause::Part(_) => "part",
                Cause::Common(_) => "common_cause",
                Cause::Transfer(_) => "transfer",
                Cause::CommonDemand(_) => "common_demand",
            };
            json!({
                "components": cause.cause.parts(),
                "cause": kind,
                "fussell_vesely": cause.fussell_vesely,
                "birnbaum": cause.birnbaum,
                "hours_per_year": cause.hours_per_year,
                "failures_per_year": cause.failures_per_year,
            })
        })
        .collect()
}

fn monte_carlo_json(played: &MonteCarlo) -> Value {
    let estimate = |of: engineering::Estimate| json!({ "mean": of.mean, "low": of.low, "high": of.high });
    json!({
        "years": played.years,
        "failures": played.failures,
        "planned_maintenance": false,
        "confidence": 0.99,
        "availability": estimate(played.availability),
        "failures_per_year": estimate(played.failures_per_year),
        "mean_duration_hours": estimate(played.mean_duration_hours),
    })
}

fn chain_json(chain: &ChainThermal) -> Value {
    let parts = chain.pue_parts();
    json!({
        "it_mw": chain.it_mw,
        "annual_pue": chain.annual_pue,
        "annual_pue_parts": { "it": 1.0, "losses": parts.losses, "cooling": parts.cooling, "house": parts.house },
        "design_hour_pue": chain.design_hour_pue,
        "peak_pue": chain.peak_pue,
        "wue_l_per_kwh": chain.wue_l_per_kwh,
        "free_cooling_hours": chain.free_cooling_hours,
        "wet_hours": chain.wet_hours,
        "short_hours": chain.short_hours,
        "design_hour_mw": chain.design_hour_mw,
        "design_hour_share": chain.design_hour_share,
        "worst_hour_share": chain.worst_hour_share,
        "cooling_mwh": chain.cooling_mwh,
        "house_mwh": chain.house_mwh,
        "utility_mwh": chain.utility_mwh,
    })
}

/// (what, MW, because): halls whose space power or heat cannot follow.
fn stranded(site: &Site, study: &Study) -> Vec<(String, f64, String)> {
    let halls = study.capacity.halls.iter().filter(|hall| hall.stranded_mw > 1e-6);
    halls.map(|hall| (name(site, &hall.id), hall.stranded_mw, hall.stranded_by.join(", "))).collect()
}

// Text.

fn name(site: &Site, id: &str) -> String {
    site.object_name(&Object::Component(id.to_owned()))
}

fn engineer_text(site: &Site, study: &Study, played: &Played) -> String {
    let mut text = output::table(&site_rows(site, study));
    text.push('\n');
    text.push_str(&output::table(&hall_rows(site, study)));
    for hall in &study.engineering.halls {
        let Some(found) = &hall.availability else { continue };
        text.push_str(&format!("\n{}: what takes hosting down\n", name(site, &hall.id)));
        let rows: Vec<Vec<String>> = found
            .causes
            .iter()
            .take(5)
            .map(|cause| {
                let share = format::percent(cause.fussell_vesely);
                vec![
                    cause.cause.words(site),
                    format!("{} h/yr", format::number(cause.hours_per_year, 4)),
                    share,
                ]
            })
            .collect();
        text.push_str(&output::table(&rows));
        if let Some((_, played)) = played.iter().find(|(id, _)| *id == hall.id) {
            text.push_str(&format!(
                "  played {} years without planned work: {} ({} to {} with 99 % confidence)\n",
                format::number(played.years, 0),
                format::availability(played.availability.mean),
                format::availability(played.availability.low),
                format::availability(played.availability.high),
            ));
        }
    }
    text.push_str(&workload_text(site, study));
    if !study.report.problems.is_empty() {
        text.push('\n');
        for group in grouped(&study.report.problems, |problem| subject_of(site, problem)) {
            text.push_str(&output::group_text(&group));
            text.push('\n');
        }
    }
    text
}

/// Classes of work by hall, those it suits first.
fn workload_text(site: &Site, study: &Study) -> String {
    let mut text = String::new();
    for hall in &study.engineering.halls {
        let Some(classes) = study.workloads.get(&hall.id) else { continue };
        text.push_str(&format!("\n{}: work it suits by round trip and availability\n", name(site, &hall.id)));
        let mut line = |title: &str, wanted: &dyn Fn(Verdict) -> bool, says_why: bool| {
            let of = classes.iter().filter(|class| wanted(class.verdict));
            let named: Vec<String> = of
                .map(|class| match says_why {
                    true => format!("{} ({})", class.workload.name, class.verdict.word()),
                    false => class.workload.name.clone(),
                })
                .collect();
            if !named.is_empty() {
                text.push_str(&format!("  {title}: {}\n", named.join("; ")));
            }
        };
        line("suits", &|verdict| verdict == Verdict::Satisfied, false);
        line("not", &|verdict| !matches!(verdict, Verdict::Satisfied | Verdict::NotJudged), true);
        line("not judged, without such a use", &|verdict| verdict == Verdict::NotJudged, false);
    }
    text
}

fn site_rows(site: &Site, study: &Study) -> Vec<Vec<String>> {
    let firm = &study.capacity.firm;
    let survives = |mw: f64| if firm.is_judged { format::mw(mw) } else { "\u{2013}".to_owned() };
    let mut rows = vec![
        vec!["Interconnection".to_owned(), format::mw(site.interconnection_mw())],
        vec!["Hosting, all halls together".into(), format::mw(study.capacity.hosting_mw)],
        vec!["Mining beside it".into(), format::mw(study.capacity.mining_mw)],
        vec!["Hosting after any one unit lost (N+1)".into(), survives(firm.joint.mw.n_plus_1)],
        vec!["Hosting after any part or link lost".into(), survives(firm.joint.mw.maintainable)],
    ];
    if let Some(total) = study.site_thermal() {
        rows.push(vec!["PUE of hosting, year".into(), format::number(total.annual_pue, 3)]);
        rows.push(vec!["PUE of hosting, worst hour".into(), format::number(total.peak_pue, 3)]);
        rows.push(vec!["WUE, L/kWh".into(), format::number(total.wue_l_per_kwh, 2)]);
        let hours = format::number(f64::from(total.free_cooling_hours), 0);
        rows.push(vec!["Hours without compressors".into(), hours]);
    }
    let planned = if study.options.planned_maintenance { "counted" } else { "left out" };
    rows.push(vec!["Planned work in availability".into(), planned.into()]);
    for (what, mw, because) in stranded(site, study) {
        rows.push(vec![format!("Stranded in {what} by {because}"), format::mw(mw)]);
    }
    rows
}

/// A column a hall.
fn hall_rows(site: &Site, study: &Study) -> Vec<Vec<String>> {
    let halls = &study.engineering.halls;
    let none = || "\u{2013}".to_owned();
    let row = |title: &str, of: &dyn Fn(&engineering::HallEngineering) -> Option<String>| {
        let cells = halls.iter().map(|hall| of(hall).unwrap_or_else(none));
        std::iter::once(title.to_owned()).chain(cells).collect::<Vec<String>>()
    };
    let mut rows = vec![
        row("Hall", &|hall| Some(name(site, &hall.id))),
        row("Critical IT", &|hall| Some(format::mw(hall.critical_mw))),
        row("Hosting alone", &|hall| Some(format::mw(study.hall_capacity(&hall.id)?.hosting_alone_mw))),
        row("Hosting jointly", &|hall| Some(format::mw(study.hall_capacity(&hall.id)?.hosting_mw))),
        row("  N+1", &|hall| Some(format::mw(study.survival(&hall.id)?.mw.n_plus_1))),
        row("  Maintainable", &|hall| Some(format::mw(study.survival(&hall.id)?.mw.maintainable))),
        row("Mining alone", &|hall| Some(format::mw(study.hall_capacity(&hall.id)?.mining_alone_mw))),
        row("Availability", &|hall| Some(format::availability(hall.availability.as_ref()?.availability))),
        row("  failures a year", &|hall| {
            Some(format::number(hall.availability.as_ref()?.failures_per_year, 3))
        }),
        row("  hours down a year", &|hall| {
            Some(format::number(hall.availability.as_ref()?.downtime_hours_per_year, 3))
        }),
        row("  of them planned work", &|hall| {
            let hours = hall.availability.as_ref()?.planned_hours_per_year;
            study.options.planned_maintenance.then(|| format::number(hours, 3))
        }),
        row("  single points of failure", &|hall| {
            Some(hall.availability.as_ref()?.single_points_of_failure.len().to_string())
        }),
        row("PUE, year", &|hall| {
            Some(format::number(study.thermal.hall(&hall.id)?.hosting.as_ref()?.annual_pue, 3))
        }),
        row("  above 1: losses", &|hall| pue_part(study, &hall.id, |parts| parts.losses)),
        row("  cooling", &|hall| pue_part(study, &hall.id, |parts| parts.cooling)),
        row("  lighting, offices, electrical rooms", &|hall| pue_part(study, &hall.id, |parts| parts.house)),
        row("PUE, worst hour", &|hall| {
            Some(format::number(study.thermal.hall(&hall.id)?.hosting.as_ref()?.peak_pue, 3))
        }),
        row("Hours short of cooling", &|hall| {
            let chain = study.thermal.hall(&hall.id)?.hosting.as_ref()?;
            Some(format::number(f64::from(chain.short_hours), 0))
        }),
    ];
    let metros = site.components.iter().filter(|part| matches!(part.kind, Kind::Metro(_)));
    for metro in metros {
        rows.push(row(&format!("Round trip to {}", name(site, &metro.id)), &|hall| {
            let ms = hall.rtt_ms.get(&metro.id)?;
            let routes = hall.diverse_routes.get(&metro.id).copied().unwrap_or(0);
            Some(format!("{} ({routes})", format::with_unit(*ms, Unit::Milliseconds)))
        }));
        let fibre = |hall: &str| study.fibre.get(hall)?.get(&metro.id);
        rows.push(row("  fibre up", &|hall| Some(format::availability(fibre(&hall.id)?.availability))));
        rows.push(row("  fibre failures a year", &|hall| {
            Some(format::number(fibre(&hall.id)?.failures_per_year, 3))
        }));
    }
    // Nothing to say of any hall.
    rows.retain(|row| row.iter().skip(1).any(|cell| *cell != none()));
    rows
}

fn pue_part(study: &Study, hall: &str, of: fn(&engineering::PueParts) -> f64) -> Option<String> {
    let chain = study.thermal.hall(hall)?.hosting.as_ref()?;
    Some(format::number(of(&chain.pue_parts()), 3))
}
