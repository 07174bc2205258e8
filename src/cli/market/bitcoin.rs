//! The bitcoin part of `wattshift market`: hashprice, halving, fleets, hashcost, and the quantiles of all paths.

use super::{Market, fan, output};
use crate::market::calibrate::{Calibration, calibrate};
use crate::market::economics::{Hashcost, SurvivalMap};
use crate::market::reduce::{self, Distance, ReductionErrors};
use crate::market::{World, history};
use crate::quantity::{date, format};
use crate::site::{Address, field};
use serde_json::{Map, Value, json};

pub fn keys(market: &Market<'_>) -> Map<String, Value> {
    let summary = market.summary;
    let Value::Object(keys) = json!({
        "as_of": summary.as_of.to_string(),
        "hashprice_usd_per_ph_day": summary.hashprice_usd_per_ph_day,
        "planned_hashprice_usd_per_ph_day": summary.planned_hashprice_usd_per_ph_day,
        "network_eh_per_s": summary.network_eh,
        "difficulty_epoch": epoch_json(market),
        "subsidy_btc": summary.subsidy_btc,
        "subsidy_after_halving_btc": summary.subsidy_after_halving_btc,
        "halving_height": summary.halving_height,
        "days_to_halving": summary.days_to_halving,
        "halving_date": summary.halving_date.to_string(),
        "days_to_halving_from_start": summary.days_to_halving_from_start,
        "fleets": summary.fleets.iter().map(|fleet| json!({
            "id": fleet.id,
            "hall": fleet.plug.hall,
            "feed": fleet.plug.feed,
            "gross_factor": fleet.plug.gross_factor,
            "power_usd_per_mwh": fleet.power_usd_per_mwh,
            "charges_usd_per_mwh": fleet.charges_usd_per_mwh,
            "strike_usd_per_mwh": fleet.strike_usd_per_mwh,
            "efficiency_j_per_th": fleet.efficiency_j_per_th,
            "margin_usd_per_mwh": fleet.margin_usd_per_mwh,
            "breakeven_power_usd_per_mwh": fleet.breakeven_power_usd_per_mwh,
            "payback_days": fleet.payback_days,
            "payback": {
                "static_days": fleet.payback.static_days,
                "mean_path_days": fleet.payback.mean_path_days,
                "median_path_days": fleet.payback.median_path_days,
                "for_sale": fleet.payback.is_priced,
                "delivery_days": fleet.payback.delivery_days,
                "after_halving": fleet.payback.is_after_halving(summary.days_to_halving_from_start),
            },
            "running_j_per_th": fleet.running_j_per_th,
            "working_share": fleet.working_share,
            "nameplate_ph_per_s": fleet.nameplate_ph,
            "working_ph_per_s": fleet.working_ph,
            "hashcost_usd_per_ph_day": fleet.hashcost_usd_per_ph_day.map(|cost| hashcost_json(&cost)),
        })).collect::<Value>(),
        "power_usd_per_mwh": summary.power_usd_per_mwh,
        "hashcost_usd_per_ph_day": summary.hashcost_usd_per_ph_day.map(|cost| hashcost_json(&cost)),
        "public_hashcost_usd_per_ph_day": summary.public_hashcost_usd_per_ph_day,
        "survival_map": map_json(&summary.survival_map),
        "price_model": market.site.assumptions.bitcoin.price_model.key(),
        "calibration": calibration_json(&calibrate(market.site)),
        "path_reduction": reduction_json(market),
        "power_bands": summary.power_bands.iter().map(|band| json!({
            "hours": band.hours, "usd_per_mwh": band.usd_per_mwh,
        })).collect::<Value>(),
        "hashprice_by_year": summary.hashprice_by_year.iter().map(|year| json!({
            "year": year.year,
            // The quantiles beside it are of this month, the last of the year.
            "month": year.last_month.strftime("%Y-%m").to_string(),
            "mean": year.at_end.mean, "p5": year.at_end.p5, "p25": year.at_end.p25, "p50": year.at_end.p50,
            "p75": year.at_end.p75, "p95": year.at_end.p95,
            "over_year": {
                "mean": year.over_year.mean, "p5": year.over_year.p5, "p25": year.over_year.p25,
                "p50": year.over_year.p50, "p75": year.over_year.p75, "p95": year.over_year.p95,
            },
        })).collect::<Value>(),
        "quantiles": {
            "hashprice_usd_per_ph_day": fan(&summary.hashprice),
            "btc_price_usd": fan(&summary.btc_price),
            "network_eh_per_s": fan(&summary.network),
            "power_scale": fan(&summary.power_scale),
            "gpu_index": fan(&summary.gpu_index),
            "colocation_index": fan(&summary.colocation_index),
        },
    }) else {
        return Map::new();
    };
    keys
}

fn hashcost_json(cost: &Hashcost) -> Value {
    json!({
        "power": cost.power, "charges": cost.charges, "site": cost.site, "fleet": cost.fleet,
        "corporate": cost.corporate, "financing": cost.financing, "total": cost.total,
    })
}

/// Retargets of the past that are listed, before the present epoch.
const PAST_RETARGETS: usize = 6;

fn epoch_json(market: &Market<'_>) -> Value {
    let epoch = &market.summary.epoch;
    let known = history::epochs();
    let until = known.partition_point(|past| past.start_height <= epoch.start_height);
    let recent = known[..until].windows(2).rev().take(PAST_RETARGETS);
    json!({
        "start_height": epoch.start_height,
        "blocks_found": epoch.blocks_found,
        "blocks_left": epoch.blocks_left,
        "days_left": epoch.days_left,
        "retarget_date": epoch.retarget_date.to_string(),
        "expected_change": epoch.expected_change,
        "next_difficulty": epoch.next_difficulty,
        "next_hashprice_usd_per_ph_day": epoch.next_hashprice_usd_per_ph_day,
        "recent_retargets": recent.map(|pair| json!({
            "height": pair[1].start_height,
            "date": pair[1].start.to_string(),
            "difficulty": pair[1].difficulty,
            "change": pair[1].difficulty / pair[0].difficulty - 1.0,
        })).collect::<Value>(),
    })
}

fn map_json(map: &SurvivalMap) -> Value {
    json!({
        "hashprice_usd_per_ph_day": map.hashprice_usd_per_ph_day,
        "power_usd_per_mwh": map.power_usd_per_mwh,
        "counts": map.counts,
        "fleets": map.fleets.iter().map(|fleet| json!({
            "id": fleet.id,
            "hall": fleet.hall,
            "margin_usd_per_mwh": fleet.margin_usd_per_mwh,
            "breakeven_power_usd_per_mwh": fleet.break_even_usd_per_mwh,
        })).collect::<Value>(),
        "points": map.points.iter().map(|point| json!({
            "key": point.key,
            "label": point.label,
            "hashprice_usd_per_ph_day": point.hashprice_usd_per_ph_day,
            "power_usd_per_mwh": point.power_usd_per_mwh,
        })).collect::<Value>(),
    })
}

/// Each fitted value under its key, beside what it was fitted to.
fn calibration_json(calibration: &Calibration) -> Value {
    let mut keys = Map::new();
    keys.insert("history".into(), json!(calibration.history));
    keys.insert("source".into(), json!(calibration.source));
    let (first, last) = calibration.span.unzip();
    keys.insert("first_month".into(), json!(first.map(|month| month.to_string())));
    keys.insert("last_month".into(), json!(last.map(|month| month.to_string())));
    for estimate in &calibration.estimates {
        keys.insert(
            estimate.key.into(),
            json!({
                "value": estimate.value,
                "standard_error": estimate.standard_error,
                "months": estimate.months,
                "method": estimate.method,
                "notes": estimate.doubts,
                "applied": estimate.applied,
            }),
        );
    }
    Value::Object(keys)
}

fn reduction_json(market: &Market<'_>) -> Value {
    let errors = |few: &World| reduce::errors(market.site, market.world, few);
    let distance = |distance: &Distance| {
        json!({
            "mean": distance.mean, "p5": distance.p5, "p95": distance.p95, "worst_tenth": distance.worst_tenth,
        })
    };
    let both = |errors: &ReductionErrors| {
        json!({
            "hashprice": distance(&errors.hashprice), "mining_value": distance(&errors.mining_value),
        })
    };
    let paths = market.site.plan.paths as usize;
    json!({
        "paths": paths,
        "of": market.world.paths,
        "relative_errors": both(&errors(&reduce::reduce(market.site, market.world, paths))),
    })
}

pub fn text(market: &Market<'_>) -> String {
    let summary = market.summary;
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
            format!("Next retarget, {}", summary.epoch.retarget_date),
            format!(
                "in {} blocks, difficulty {}",
                format::number(f64::from(summary.epoch.blocks_left), 0),
                signed_percent(summary.epoch.expected_change)
            ),
        ],
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
        for (part, value) in [
            ("power", cost.power),
            ("charges on peaks", cost.charges),
            ("site", cost.site),
            ("corporate", cost.corporate),
            ("financing", cost.financing),
            ("total", cost.total),
        ] {
            rows.push(vec![format!("Hashcost, {part}"), hashprice(value)]);
        }
    }
    let mut text = output::table(&rows);
    let mut fleets = vec![
        [
            "Fleet",
            "J/TH",
            "in hall",
            "gross factor",
            "margin",
            "break-even power",
            "strike",
            "hashcost",
            "payback, days",
            "on the mean path",
            "on the median",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let days = |priced: bool, days: Option<f64>| match days {
        Some(days) => format::number(days, 0),
        None if priced => "never".to_owned(),
        // There is no new machine to pay back.
        None => "\u{2013}".to_owned(),
    };
    for fleet in &summary.fleets {
        fleets.push(vec![
            fleet.id.clone(),
            format::number(fleet.running_j_per_th, 1),
            fleet.plug.hall.clone().unwrap_or_else(|| "none".to_owned()),
            format::number(fleet.plug.gross_factor, 3),
            price(fleet.margin_usd_per_mwh),
            price(Some(fleet.breakeven_power_usd_per_mwh)),
            price(Some(fleet.strike_usd_per_mwh)),
            fleet
                .hashcost_usd_per_ph_day
                .map_or_else(|| "\u{2013}".to_owned(), |cost| format::number(cost.total, 1)),
            days(fleet.payback.is_priced, fleet.payback.static_days),
            days(fleet.payback.is_priced, fleet.payback.mean_path_days),
            days(fleet.payback.is_priced, fleet.payback.median_path_days),
        ]);
    }
    text.push('\n');
    text.push_str(&output::table(&fleets));
    for fleet in summary.fleets.iter().filter(|fleet| fleet.plug.hall.is_none()) {
        text.push_str(&format!(
            "  No hall takes {}: judged at its own plug, without losses and cooling\n",
            fleet.id
        ));
    }
    let head = ["Hashprice, month", "mean", "P5", "P50", "P95", "mean of that year"];
    let mut years = vec![head.map(str::to_owned).to_vec()];
    for year in &summary.hashprice_by_year {
        let cell = |value: f64| format::number(value, 1);
        years.push(vec![
            format!("{}, end of year {}", date::month_label(year.last_month), year.year),
            cell(year.at_end.mean),
            cell(year.at_end.p5),
            cell(year.at_end.p50),
            cell(year.at_end.p95),
            cell(year.over_year.mean),
        ]);
    }
    text.push('\n');
    text.push_str(&output::table(&years));
    text.push('\n');
    text.push_str(&calibration_text(market));
    text
}

fn signed_percent(share: f64) -> String {
    format!("{}{} %", if share > 0.0 { "+" } else { "" }, format::number(100.0 * share, 2))
}

/// What the history says beside what the file assumes.
fn calibration_text(market: &Market<'_>) -> String {
    let calibration = calibrate(market.site);
    let span = calibration.span.map_or_else(String::new, |(first, last)| {
        format!(", {} to {}", date::month_label(first), date::month_label(last))
    });
    let mut rows = vec![["Assumption", "in the file", "fitted", "\u{b1}"].map(str::to_owned).to_vec()];
    let mut notes = String::new();
    for estimate in &calibration.estimates {
        let at = Address::new(estimate.object.clone(), estimate.key);
        let Some(spec) = field::spec(market.site, &at) else { continue };
        let shown = |value: Option<f64>| {
            value.map_or_else(|| "\u{2013}".to_owned(), |value| format::with_unit(value, spec.unit))
        };
        rows.push(vec![
            if estimate.applied { spec.label.to_owned() } else { format!("{} (not applied)", spec.label) },
            shown(market.site.value(&at).flatten()),
            shown(estimate.value),
            shown(estimate.standard_error),
        ]);
        if !estimate.doubts.is_empty() {
            notes.push_str(&format!("  {}: {}\n", spec.label, estimate.doubts.join("; ")));
        }
    }
    let model = market.site.assumptions.bitcoin.price_model.label();
    format!(
        "Bitcoin price from: {}. Fitted to {}{span}:\n{}{notes}",
        model.to_lowercase(),
        calibration.history,
        output::table(&rows)
    )
}
