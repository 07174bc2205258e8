//! Tariffs, imports and bills as a script sees them.

use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use wattshift::file;

fn wattshift(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wattshift"));
    command.args(arguments).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn template(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("site_templates").join(format!("{name}.site.ron"))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn grid_of(path: &Path) -> String {
    let (loaded, _) = file::read(path);
    let site = loaded.unwrap().site;
    let (component, _) = site.grid_feeds().next().unwrap();
    component.id.clone()
}

/// A sample year of prices, a metered load, the bills of both: imported, saved, read again, rebuilt.
#[test]
fn prices_and_a_load_are_imported_and_the_bill_is_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let site = template("west-texas-100mw");
    let feed = grid_of(&site);
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/power/ercot_sample_year.csv");
    let (priced, loaded) = (at("priced.site.ron"), at("loaded.site.ron"));
    let import = |extra: &[&str]| {
        let mut arguments =
            vec!["import", "prices", text(&sample), "--site", text(&site), "--deck", "sample"];
        arguments.extend(["--year", "2025", "--unit", "$/MWh", "--feed", &feed, "--json"]);
        arguments.extend(extra);
        wattshift(&arguments)
    };
    let dry = import(&[]);
    assert_eq!(status(&dry), 0, "{}", String::from_utf8_lossy(&dry.stderr));
    assert!(json(&dry)["written"].is_null() && !priced.exists());
    let preview = &json(&dry)["preview"];
    assert_eq!((preview["steps"].as_u64(), preview["zone"].as_str()), (Some(8_760), Some("America/Chicago")));
    assert!((json(&dry)["price_deck"]["mean_usd_per_mwh"].as_f64().unwrap() - 27.8).abs() < 0.2);
    assert_eq!(status(&import(&["-o", text(&priced)])), 0);

    let mut load = String::from("timestamp,kW\n");
    let mut clock = jiff_at(2025, 1, 1);
    for quarter in 0..35_040 {
        writeln!(load, "{},{}", clock.strftime("%Y-%m-%d %H:%M"), 60_000 + (quarter % 96) * 100).unwrap();
        clock = clock.checked_add(std::time::Duration::from_secs(900)).unwrap();
    }
    let meter = at("meter.csv");
    std::fs::write(&meter, load).unwrap();
    let output = wattshift(&[
        "import",
        "load",
        text(&meter),
        "--site",
        text(&priced),
        "--standard-time",
        "-o",
        text(&loaded),
        "--json",
    ]);
    assert_eq!(status(&output), 0, "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(json(&output)["feed"], feed.as_str());

    // The saved file reads clean, and saves to the same bytes.
    let (read, report) = file::read(&loaded);
    assert!(report.is_clean(), "{:#?}", report.problems);
    let mut document = read.unwrap().site;
    assert_eq!(file::write_text(&document), std::fs::read_to_string(&loaded).unwrap());

    // A bill entered as the tariff makes it is within; one 5 % dearer is not.
    let component = document.component_mut(&feed).unwrap();
    let wattshift::site::Kind::GridFeed(grid) = &mut component.kind else { panic!() };
    let july = wattshift::site::BillMonth {
        month: jiff_at(2025, 7, 1).date(),
        kwh: 48e6,
        billed_kw: 69_500.0,
        total_usd: 1.0,
        four_cp_kw: Some(3_000.0),
    };
    grid.bills = vec![july];
    let with_bill = at("bill.site.ron");
    let rebuilt = |document: &wattshift::site::Site| {
        file::save(&with_bill, document).unwrap();
        let output = wattshift(&["market", text(&with_bill), "--json"]);
        assert!(status(&output) <= 1, "{}", String::from_utf8_lossy(&output.stderr));
        json(&output)
    };
    let first = rebuilt(&document);
    let total = first["bill"][0]["recomputed_usd"].as_f64().unwrap();
    assert_eq!(first["bill"][0]["within_2_percent"], false);
    assert_eq!(first["bill"][0]["basis"], "metered load, hourly prices");
    let parts: f64 = ["energy", "adder", "block", "demand", "ratchet", "four_cp", "minimum_take", "fixed"]
        .iter()
        .map(|part| first["bill"][0][format!("{part}_usd")].as_f64().unwrap())
        .sum();
    assert!((parts - total).abs() < 1e-6 * total);
    for (factor, within) in [(1.0, true), (1.05, false)] {
        let wattshift::site::Kind::GridFeed(grid) = &mut document.component_mut(&feed).unwrap().kind else {
            panic!()
        };
        grid.bills[0].total_usd = total * factor;
        let market = rebuilt(&document);
        assert_eq!(market["bill"][0]["within_2_percent"], within);
        assert_eq!(market["bill_summary"][0]["within_2_percent"], i32::from(within));
    }
    assert_eq!(first["price_duration"]["basis"], "hours");
    let curtailment = &first["curtailment"];
    assert!(curtailment["strike_usd_per_mwh"].as_f64().unwrap() > 20.0);
    let (bands, hours) =
        (&curtailment["margin_usd_per_mw_year"], &curtailment["hourly_margin_usd_per_mw_year"]);
    assert!((bands.as_f64().unwrap() / hours.as_f64().unwrap() - 1.0).abs() < 0.02);
}

fn jiff_at(year: i16, month: i8, day: i8) -> jiff::civil::DateTime {
    jiff::civil::date(year, month, day).at(0, 0, 0, 0)
}

#[test]
fn the_power_part_of_the_market_is_there_for_every_template() {
    for template in file::templates() {
        let output = wattshift(&["market", text(&self::template(template.name)), "--json"]);
        let market = json(&output);
        for key in ["tariffs", "price_duration", "curtailment", "power_calibration", "bill", "bill_summary"] {
            assert!(!market[key].is_null(), "{}: {key}", template.name);
        }
        let hours = market["curtailment"]["hours"].as_object().unwrap();
        let sum: f64 = hours.values().map(|hours| hours.as_f64().unwrap()).sum();
        assert!((sum - 8_760.0).abs() < 1e-6, "{}", template.name);
        for deck in market["power_calibration"]["decks"].as_array().unwrap() {
            assert!(deck["fitted"].is_object() != deck["why_not"].is_string(), "{deck}");
        }
    }
}

#[test]
fn nothing_is_written_over_without_force_nor_over_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (csv, out) = (folder.path().join("prices.csv"), folder.path().join("notes.txt"));
    let site = template("washington-18mw");
    let mut year = String::from("time (UTC),price $/MWh\n");
    let mut clock = jiff_at(2025, 1, 1);
    for hour in 0..8_760 {
        writeln!(year, "{},{}", clock.strftime("%Y-%m-%d %H:%M"), 30 + hour % 24).unwrap();
        clock = clock.checked_add(std::time::Duration::from_secs(3600)).unwrap();
    }
    std::fs::write(&csv, &year).unwrap();
    std::fs::write(&out, "keep me").unwrap();
    let import = |to: &std::path::Path, extra: &[&str]| {
        let mut arguments =
            vec!["import", "prices", text(&csv), "--site", text(&site), "--deck", "d", "-o", text(to)];
        arguments.extend(extra);
        wattshift(&arguments)
    };
    assert_eq!(status(&import(&out, &[])), 2);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "keep me");
    assert_eq!(status(&import(&csv, &["--force"])), 2);
    assert_eq!(std::fs::read_to_string(&csv).unwrap(), year);
    assert_eq!(status(&import(folder.path(), &["--force"])), 2);
    let done = import(&out, &["--force"]);
    assert_eq!(status(&done), 0, "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("[import-utc]") && said.contains("[deck-unused]"), "{said}");
    assert!(std::fs::read_to_string(&out).unwrap().contains("price_decks"));
}

#[test]
fn a_decimal_comma_in_a_file_of_commas_is_named_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("comma.csv");
    std::fs::write(&csv, "time,price $/MWh\n2025-01-01 00:00,30,17\n2025-01-01 01:00,31,20\n").unwrap();
    let output = wattshift(&[
        "import",
        "prices",
        text(&csv),
        "--site",
        text(&template("washington-18mw")),
        "--deck",
        "d",
        "--json",
    ]);
    assert_eq!((status(&output), output.stdout.len()), (2, 0));
    let problems = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(problems.contains("import-too-wide") && problems.contains("line 2"), "{problems}");
}

#[test]
fn a_file_that_is_no_series_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (bad, out) = (folder.path().join("bad.csv"), folder.path().join("out.site.ron"));
    let site = template("washington-18mw");
    std::fs::write(&bad, "time,price\n2025-01-01 00:00,cheap\n2025-01-01 01:00,dear\n").unwrap();
    let run = |what: &str, extra: &[&str]| {
        let mut arguments =
            vec!["import", what, text(&bad), "--site", text(&site), "-o", text(&out), "--json"];
        arguments.extend(extra);
        wattshift(&arguments)
    };
    for output in [run("prices", &["--deck", "d"]), run("load", &[])] {
        assert_eq!((status(&output), output.stdout.len()), (2, 0));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("error: bad.csv") && said.contains("nothing is imported"), "{said}");
        assert!(!out.exists());
    }
    for (extra, words) in [
        (["--feed", "nowhere"], "there is no component"),
        (["--time-zone", "Mars"], "UTC-06:00"),
        (["--unit", "bushels"], "c/kWh"),
    ] {
        let output = run("load", &extra);
        assert_eq!(status(&output), 2);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{said}");
    }
    assert!(!out.exists());
}
