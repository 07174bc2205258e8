//! The power part of `wattshift market`: tariffs, price-duration curve, curtailment, calibration, bills.

use super::Market;
use crate::cli::output;
use crate::market::power::bill::{self, BillSummary, RebuiltBill};
use crate::market::power::calibration::{self, Calibration, Estimate};
use crate::market::power::curtailment::{self, FleetCurtailment};
use crate::market::power::{annual_mean, deck_of};
use crate::quantity::format;
use crate::site::{AsicFleet, Site};
use serde_json::{Map, Value, json};

pub fn keys(market: &Market<'_>) -> Map<String, Value> {
    let site = market.site;
    let mut keys = Map::new();
    keys.insert(
        "tariffs".into(),
        site.grid_feeds()
            .map(|(component, feed)| {
                let tariff = &feed.tariff;
                let deck = deck_of(site, tariff);
                json!({
                    "feed": component.id,
                    "energy": tariff.energy.label(),
                    "price_deck": tariff.price_deck,
                    "mean_usd_per_mwh": deck.map(|deck| annual_mean(&deck) + tariff.adder_usd_per_mwh),
                    "adder_usd_per_mwh": tariff.adder_usd_per_mwh,
                    "demand_usd_per_kw_month": tariff.demand_usd_per_kw_month,
                    "ratchet_share": tariff.ratchet_share,
                    "four_cp_usd_per_kw_year": tariff.four_cp_usd_per_kw_year,
                    "fixed_usd_per_month": tariff.fixed_usd_per_month,
                    "block": tariff.block.as_ref().map(|block| json!({
                        "mw": block.mw,
                        "usd_per_mwh": block.usd_per_mwh,
                        "until": block.until.map(|until| until.to_string()),
                    })),
                    "has_measured_load": feed.load.is_some(),
                })
            })
            .collect(),
    );
    keys.insert(
        "price_duration".into(),
        curtailment::price_duration(site).map_or(Value::Null, |curve| {
            json!({
                "feed": curve.feed,
                "basis": if curve.is_hourly { "hours" } else { "bands" },
                "points": curve.points.iter().map(|point| json!({
                    "share": point.share, "usd_per_mwh": point.usd_per_mwh,
                })).collect::<Value>(),
            })
        }),
    );
    keys.insert("curtailment".into(), curtailment_json(market));
    keys.insert("power_calibration".into(), calibrations_json(site));
    let bills = bill::rebuild_bills(site);
    keys.insert("bill".into(), bills.iter().map(bill_json).collect());
    keys.insert("bill_summary".into(), bill::sum_up(site, &bills).iter().map(bill_summary_json).collect());
    keys
}

fn curtailed(market: &Market<'_>) -> Vec<FleetCurtailment> {
    let hashprice = market.summary.planned_hashprice_usd_per_ph_day;
    curtailment::curtailment(market.site, hashprice, market.plugs)
}

/// The largest fleet's figures, with those of every fleet.
fn curtailment_json(market: &Market<'_>) -> Value {
    let fleets = curtailed(market);
    let Some(largest) = largest(market.site, &fleets) else { return Value::Null };
    let mut keys = fleet_json(largest);
    keys["fleets"] = fleets.iter().map(fleet_json).collect();
    keys
}

/// That of most MW; of the first of several.
fn largest<'a>(site: &Site, fleets: &'a [FleetCurtailment]) -> Option<&'a FleetCurtailment> {
    let owned = |fleet: &FleetCurtailment| site.fleet(&fleet.fleet).map_or(0.0, AsicFleet::owned_mw);
    fleets.iter().rev().max_by(|a, b| owned(a).total_cmp(&owned(b)))
}

fn fleet_json(fleet: &FleetCurtailment) -> Value {
    let hours = &fleet.hours;
    json!({
        "fleet": fleet.fleet,
        "hall": fleet.hall,
        "feed": fleet.feed,
        "strike_usd_per_mwh": fleet.strike_usd_per_mwh,
        "hours_curtailed": hours.mandated + hours.four_cp + hours.called + hours.price,
        "hours": {
            "mandated": hours.mandated,
            "four_cp": hours.four_cp,
            "called": hours.called,
            "price": hours.price,
            "running": hours.running,
        },
        "margin_usd_per_mw_year": fleet.margin_usd_per_mw_year,
        "demand_response_usd_per_mw_year": fleet.demand_response_usd_per_mw_year,
        "charges_usd_per_mw_year": fleet.charges_usd_per_mw_year,
        "never_stopping_usd_per_mw_year": fleet.never_stopping_usd_per_mw_year,
        "hourly_margin_usd_per_mw_year": fleet.hourly_margin_usd_per_mw_year,
    })
}

/// What the history behind each deck says of the path, beside what the plan uses.
fn calibrations_json(site: &Site) -> Value {
    let given = &site.assumptions.power;
    let decks = site.assumptions.price_decks.iter().map(|deck| {
        let fitted = calibration::calibrate(&calibration::history(deck));
        json!({
            "price_deck": deck.id,
            "fitted": fitted.as_ref().ok().map(calibration_json),
            "why_not": fitted.err(),
        })
    });
    json!({
        "in_use": {
            "drift": given.drift,
            "volatility": given.volatility,
            "half_life_months": given.half_life_months,
        },
        "decks": decks.collect::<Value>(),
    })
}

fn calibration_json(fitted: &Calibration) -> Value {
    let estimate = |estimate: Estimate| json!({ "value": estimate.value, "error": estimate.error });
    let month = |(year, month): (i16, i8)| format!("{year:04}-{month:02}");
    json!({
        "months": fitted.months,
        "first": month(fitted.first),
        "last": month(fitted.last),
        "drift": estimate(fitted.drift),
        "deviation": fitted.deviation,
        "volatility": fitted.volatility.map(estimate),
        "half_life_months": fitted.half_life_months.map(estimate),
        "seasonal": fitted.seasonal,
        "notes": fitted.doubts,
    })
}

/// What the histories say of the power path, with what is to be said of the fit; nothing without a deck.
fn calibrations_text(site: &Site) -> Option<String> {
    if site.assumptions.price_decks.is_empty() {
        return None;
    }
    let none = || "\u{2013}".to_owned();
    let shown = |found: Estimate, factor: f64, unit: &str| {
        let number = |value: f64| format::number(factor * value, 1);
        format!("{} \u{b1} {}{unit}", number(found.value), number(found.error))
    };
    let given = &site.assumptions.power;
    let percent = |share: f64| format!("{} %", format::number(100.0 * share, 1));
    let mut rows = vec![
        ["Power path from", "months", "drift a year", "volatility", "half-life, months"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.push(vec![
        "in the file".to_owned(),
        String::new(),
        percent(given.drift),
        percent(given.volatility),
        format::number(given.half_life_months, 1),
    ]);
    let mut notes = String::new();
    for deck in &site.assumptions.price_decks {
        match calibration::calibrate(&calibration::history(deck)) {
            Ok(fitted) => {
                rows.push(vec![
                    deck.id.clone(),
                    format::number(fitted.months as f64, 0),
                    shown(fitted.drift, 100.0, " %"),
                    fitted.volatility.map_or_else(none, |found| shown(found, 100.0, " %")),
                    fitted.half_life_months.map_or_else(none, |found| shown(found, 1.0, "")),
                ]);
                for doubt in &fitted.doubts {
                    notes.push_str(&format!("  {}: {doubt}\n", deck.id));
                }
            }
            Err(why) => notes.push_str(&format!("  {}: not fitted, {why}\n", deck.id)),
        }
    }
    Some(format!("{}{notes}", output::table(&rows)))
}

fn bill_json(bill: &RebuiltBill) -> Value {
    let parts = &bill.parts;
    json!({
        "feed": bill.feed,
        "month": bill.month.strftime("%Y-%m").to_string(),
        "kwh": bill.kwh,
        "billed_kw": bill.billed_kw,
        "total_usd": bill.total_usd,
        "recomputed_kw": bill.recomputed_kw,
        "recomputed_usd": bill.recomputed_usd,
        "difference_usd": bill.recomputed_usd - bill.total_usd,
        "difference_share": bill.difference_share,
        "within_2_percent": bill.is_within,
        "energy_usd": parts.energy,
        "adder_usd": parts.adder,
        "block_usd": parts.block,
        "demand_usd": parts.demand,
        "ratchet_usd": parts.ratchet,
        "four_cp_usd": parts.four_cp,
        "minimum_take_usd": parts.minimum_take,
        "fixed_usd": parts.fixed,
        "basis": bill.basis,
        "assumed": bill.assumed,
    })
}

fn bill_summary_json(summary: &BillSummary) -> Value {
    json!({
        "feed": summary.feed,
        "months": summary.months,
        "within_2_percent": summary.within,
        "kwh": summary.kwh,
        "total_usd": summary.total_usd,
        "recomputed_usd": summary.recomputed_usd,
        "difference_share": summary.difference_share,
        "implied_adder_usd_per_mwh": summary.implied_adder_usd_per_mwh,
    })
}

/// Lines for people.
pub fn text(market: &Market<'_>) -> String {
    let site = market.site;
    let mut tables = Vec::new();
    let hours = |value: f64| format::number(value, 0);
    let fleets = curtailed(market);
    if !fleets.is_empty() {
        let head = [
            "Power, hours a year",
            "strike",
            "mandated",
            "4CP",
            "called",
            "too dear",
            "running",
            "$/MW-year",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for fleet in &fleets {
            rows.push(vec![
                fleet.fleet.clone(),
                format!("{} $/MWh", format::number(fleet.strike_usd_per_mwh, 1)),
                hours(fleet.hours.mandated),
                hours(fleet.hours.four_cp),
                hours(fleet.hours.called),
                hours(fleet.hours.price),
                hours(fleet.hours.running),
                format::usd(fleet.margin_usd_per_mw_year),
            ]);
        }
        tables.push(output::table(&rows));
    }
    tables.extend(calibrations_text(site));
    let bills = bill::rebuild_bills(site);
    if !bills.is_empty() {
        let head = ["Bill", "kWh", "billed kW", "billed", "tariff makes", "difference"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for bill in &bills {
            let mark = if bill.is_within { "" } else { "  beyond 2 %" };
            rows.push(vec![
                format!("{} {}", bill.feed, bill.month.strftime("%Y-%m")),
                format::number(bill.kwh, 0),
                format::number(bill.billed_kw, 0),
                format!("${}", format::number(bill.total_usd, 0)),
                format!("${}", format::number(bill.recomputed_usd, 0)),
                format!(
                    "{}{mark}",
                    bill.difference_share.map_or_else(|| "\u{2013}".to_owned(), format::percent)
                ),
            ]);
        }
        let mut text = output::table(&rows);
        for summary in bill::sum_up(site, &bills) {
            let adder = summary.implied_adder_usd_per_mwh.map_or_else(String::new, |adder| {
                format!("; an adder of {} $/MWh would bill the same in all", format::number(adder, 2))
            });
            let (within, months) = (summary.within, summary.months);
            text.push_str(&format!("  {}: {within} of {months} bills within 2 %{adder}\n", summary.feed));
        }
        tables.push(text);
    }
    tables.join("\n")
}
