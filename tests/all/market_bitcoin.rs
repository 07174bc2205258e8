//! The bitcoin part of `wattshift market` as a script sees it: keys, imports, calibration.

use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn market(file: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wattshift")).arg("market").arg(file).args(arguments).output().unwrap()
}

fn template() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("site_templates/west-texas-100mw.site.ron")
}

fn keys_of(file: &Path, arguments: &[&str]) -> Value {
    let output = market(file, &[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_market_tells_the_epoch_the_build_up_of_cost_and_the_map() {
    let found = keys_of(&template(), &[]);
    let epoch = &found["difficulty_epoch"];
    assert_eq!(epoch["blocks_found"].as_u64().unwrap() + epoch["blocks_left"].as_u64().unwrap(), 2_016);
    assert_eq!(epoch["recent_retargets"].as_array().map(Vec::len), Some(6));
    // 11 December 2025: 149.30 T became 148.20 T, which the trade press gave as -0.74 %.
    let december = &epoch["recent_retargets"][1];
    assert_eq!(december["height"], 927_360);
    assert!((december["change"].as_f64().unwrap() + 0.0074).abs() < 5e-5, "{december}");
    assert_eq!(
        (found["subsidy_btc"].as_f64(), found["subsidy_after_halving_btc"].as_f64()),
        (Some(3.125), Some(1.5625))
    );

    let cost = &found["hashcost_usd_per_ph_day"];
    let part = |key: &str| cost[key].as_f64().unwrap();
    let fleet_cost = part("power") + part("charges") + part("site");
    let sum = fleet_cost + part("corporate") + part("financing");
    assert!((sum - part("total")).abs() < 1e-9 && (fleet_cost - part("fleet")).abs() < 1e-9);
    // 65 USD/kW-year of which mining meets a twentieth.
    assert!(part("charges") > 0.0);
    assert!(found["survival_map"]["counts"].as_str().unwrap().contains("losses and cooling"));
    for year in found["hashprice_by_year"].as_array().unwrap() {
        // A year's mean varies less than its last month.
        let width = |of: &Value| of["p95"].as_f64().unwrap() - of["p5"].as_f64().unwrap();
        assert!(width(&year["over_year"]) < width(year), "{year}");
    }
    assert_eq!(found["hashprice_by_year"][0]["month"], "2026-12");
    for fleet in found["fleets"].as_array().unwrap() {
        assert!(fleet["hashcost_usd_per_ph_day"]["total"].is_number() || fleet["nameplate_ph_per_s"] == 0.0);
        assert_eq!(fleet["payback"]["static_days"], fleet["payback_days"]);
        // By hand: two or three per cent lost and fanned away between meter and machine, and the charges over it.
        let value = |key: &str| fleet[key].as_f64().unwrap();
        assert!(fleet["hall"].is_string() && (1.01..1.10).contains(&value("gross_factor")), "{fleet}");
        let apart = value("strike_usd_per_mwh") - value("breakeven_power_usd_per_mwh");
        assert!((apart * value("gross_factor") - value("charges_usd_per_mwh")).abs() < 1e-9);
        let margin =
            (value("breakeven_power_usd_per_mwh") - value("power_usd_per_mwh")) * value("gross_factor");
        assert!((margin - value("margin_usd_per_mwh")).abs() < 1e-9, "{fleet}");
    }

    let map = &found["survival_map"];
    let (columns, rows) = (
        map["hashprice_usd_per_ph_day"].as_array().unwrap().len(),
        map["power_usd_per_mwh"].as_array().unwrap().len(),
    );
    for fleet in map["fleets"].as_array().unwrap() {
        let grid = fleet["margin_usd_per_mwh"].as_array().unwrap();
        assert!(grid.len() == rows && grid.iter().all(|row| row.as_array().unwrap().len() == columns));
    }
    assert_eq!(map["points"][2]["hashprice_usd_per_ph_day"], 35.0);

    let calibration = &found["calibration"];
    for key in ["price_volatility", "jumps_per_year", "growth_half_life_months", "btc_hashrate"] {
        assert!(
            calibration[key]["value"].is_number() && calibration[key]["months"].as_u64().unwrap() > 90,
            "{key}"
        );
    }
    assert_eq!(calibration["price_volatility"]["notes"], serde_json::json!([]));
    assert_eq!(calibration["jumps_per_year"]["notes"][0], "no jumps are seen beyond the diffusion");
    let errors = &found["path_reduction"]["relative_errors"];
    assert!(errors["hashprice"]["mean"].as_f64().unwrap() < 1e-9);
    assert!(errors["mining_value"]["worst_tenth"].as_f64().unwrap().abs() < 0.05, "{errors}");
}

#[test]
fn a_history_is_imported_drawn_from_and_fitted_to_in_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("prices.csv");
    // Five years of months that rise by a fifth and fall by a tenth in turn.
    let mut text = "month;close\n".to_owned();
    let mut price = 10_000.0;
    for month in 0..60 {
        let _ = writeln!(text, "{}-{:02};{price:.2}", 2020 + month / 12, month % 12 + 1);
        price *= if month % 2 == 0 { 1.2 } else { 0.9 };
    }
    std::fs::write(&csv, text.replace('.', ",")).unwrap();
    let saved = folder.path().join("saved.site.ron");
    let csv = csv.to_str().unwrap();
    let arguments =
        ["--history", csv, "--price-model", "bootstrap", "--calibrate", "-o", saved.to_str().unwrap()];
    let found = keys_of(&template(), &arguments);
    assert_eq!(
        (found["price_model"].as_str(), found["calibration"]["history"].as_str()),
        (Some("bootstrap"), Some("prices.csv"))
    );
    assert_eq!(found["calibration"]["price_volatility"]["months"], 59);
    // What is taken over and hardly told is named.
    let again = folder.path().join("again.site.ron");
    let second = ["--history", csv, "--calibrate", "-o", again.to_str().unwrap()];
    let said = String::from_utf8_lossy(&market(&template(), &second).stderr).into_owned();
    assert!(said.contains("taken over as") && said.contains("only 59 months"), "{said}");
    // The network and fees are not in the file: what it does not tell stays as it was.
    assert!(found["calibration"]["growth_half_life_months"]["value"].is_null());

    // Everything is in the saved file, and a second look at it says the same.
    let again = keys_of(&saved, &[]);
    assert_eq!(again, found);
    let text = std::fs::read_to_string(&saved).unwrap();
    assert!(
        text.contains("price_model: Bootstrap")
            && text.contains("(month: \"2020-02-01\", price_usd_per_btc: 12000.0)")
    );
    assert_eq!(
        market(&template(), &arguments).status.code(),
        Some(2),
        "an existing file is not replaced unasked"
    );

    std::fs::write(folder.path().join("bad.csv"), "month,price\n2024-01,42000\n2024-02,lots\n").unwrap();
    let bad = folder.path().join("bad.csv");
    let output = market(&template(), &["--history", bad.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("bad.csv, line 3: `lots` is not a number"), "{said}");
}

#[test]
fn a_scenario_may_draw_its_price_from_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.site.ron");
    let original = std::fs::read_to_string(template()).unwrap();
    let changed =
        original.replacen("overrides: [", "overrides: [\n            PriceModel(model: Bootstrap),", 1);
    assert_ne!(original, changed);
    std::fs::write(&file, &changed).unwrap();
    let name = changed.split("scenarios: [").nth(1).unwrap().split('"').nth(1).unwrap().to_owned();
    assert_eq!(keys_of(&file, &["--scenario", &name])["price_model"], "bootstrap");
    assert_eq!(keys_of(&file, &[])["price_model"], "jump_diffusion");
}
