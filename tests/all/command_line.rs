//! The command line as a script sees it: exit status, standard output, files.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn wattshift(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wattshift"))
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap()
}

pub fn template(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("site_templates").join(format!("{name}.site.ron"))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A template with one text replaced, in a folder of its own.
fn changed(name: &str, from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let original = std::fs::read_to_string(template(name)).unwrap();
    assert!(original.contains(from), "{from}");
    let path = folder.path().join("changed.site.ron");
    std::fs::write(&path, original.replacen(from, to, 1)).unwrap();
    (folder, path)
}

#[test]
fn a_plan_has_every_key_of_the_contract() {
    let output = wattshift(&["plan", text(&template("washington-18mw")), "--json", "--second-opinion"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    let plan = json(&output);
    for key in [
        "input_sha256",
        "program",
        "solver",
        "status",
        "objective_usd",
        "npv_usd",
        "periods",
        "halls",
        "builds",
        "capex_usd",
        "revenue_usd",
        "stability",
        "cash_usd",
        "debt",
        "covenants",
        "cash_by_month_usd",
        "tax",
        "refused",
        "binding",
        "reasons",
        "repairs",
        "baselines",
        "commitments",
        "hedges",
        "certificate",
        "stamp",
    ] {
        assert!(!plan[key].is_null(), "{key}");
    }
    assert_eq!(plan["status"], "optimal");
    assert_eq!(plan["input_sha256"].as_str().unwrap().len(), 64);
    let baselines = plan["baselines"].as_array().unwrap();
    let named = |name: &str| baselines.iter().any(|base| base["name"].as_str().unwrap().contains(name));
    for name in ["keep mining", "convert all", "convert half", "alone, decide", "stop mining when it loses"] {
        assert!(named(name), "{name}");
    }
    assert!(!named("land"), "no price of the land is stated");
    let periods = plan["periods"].as_array().unwrap().len();
    assert_eq!(plan["halls"][0]["uses"][0]["mw"].as_array().unwrap().len(), periods);
    assert_eq!(plan["revenue_usd"]["blended"]["p5"].as_array().unwrap().len(), periods);
    let objective = plan["objective_usd"].as_f64().unwrap();
    let second = plan["certificate"]["second_solver_objective_usd"].as_f64().unwrap();
    assert!((objective - second).abs() <= 1e-6 * objective.abs().max(1e6));
}

#[test]
fn a_plan_says_what_made_it_and_what_it_was_held_against() {
    let path = template("washington-18mw");
    let plan = json(&wattshift(&["plan", text(&path), "--json", "--seed", "5"]));
    let stamp = &plan["stamp"];
    assert_eq!(stamp["program"], concat!("wattshift ", env!("CARGO_PKG_VERSION")));
    assert_eq!((stamp["seed"].as_u64(), plan["seed"].as_u64()), (Some(5), Some(5)));
    assert_eq!((&stamp["solver"], &stamp["detail"]), (&plan["solver"], &plan["detail"]));
    assert!(stamp["paths"].as_u64() >= Some(1) && stamp["judge_paths"].as_u64() >= stamp["paths"].as_u64());
    assert!(stamp["tolerance_asked"].as_f64().unwrap() <= stamp["tolerance_proven"].as_f64().unwrap());
    // What any other program says of the file.
    let hash = stamp["input_sha256"].as_str().unwrap();
    if let Ok(other) = Command::new("sha256sum").arg(&path).output() {
        assert!(String::from_utf8_lossy(&other.stdout).starts_with(hash), "{hash}");
    }
    let lines = plan["certificate"]["audit"].as_array().unwrap();
    assert_eq!(lines.len(), 19);
    for line in lines {
        assert!(line["worst"].as_f64().unwrap() <= line["tolerance"].as_f64().unwrap(), "{line}");
        assert_eq!(line["holds"], true, "{line}");
    }
}

#[test]
fn a_deep_check_tests_solvers_plan_and_audit() {
    let path = template("washington-18mw");
    let output = wattshift(&["check", text(&path), "--deep", "--json"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    let deep = &json(&output)["deep"];
    assert_eq!((&deep["holds"], &deep["status"]), (&Value::Bool(true), &Value::from("optimal")));
    let tests = deep["self_tests"].as_array().unwrap();
    assert!(tests.len() >= 25 && tests.iter().all(|test| test["holds"] == true), "{tests:?}");
    assert!(!deep["certificate"]["second_solver_objective_usd"].is_null());
    assert_eq!(deep["audit"].as_array().unwrap().len(), 19);
    assert_eq!(deep["stamp"]["input_sha256"].as_str().unwrap().len(), 64);
    // A file with errors is not planned, and says so.
    let (_folder, wrong) = changed("washington-18mw", "from: \"", "from: \"nowhere-");
    let output = wattshift(&["check", text(&wrong), "--deep"]);
    assert_eq!(status(&output), 1);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("errors must be mended first"), "{printed}");
    assert!(json(&wattshift(&["check", text(&wrong), "--deep", "--json"]))["deep"].is_null());
    // A scenario that is not there, and a detail nobody asked to plan in.
    assert_eq!(status(&wattshift(&["check", text(&path), "--deep", "--scenario", "nowhere"])), 1);
    assert_eq!(status(&wattshift(&["check", text(&path), "--detail", "full"])), 2);
}

#[test]
fn the_same_seed_gives_the_same_plan_and_another_seed_another() {
    let plan = |seed: &str| {
        json(&wattshift(&["plan", text(&template("washington-18mw")), "--json", "--seed", seed]))
    };
    assert_eq!(plan("7"), plan("7"));
    assert_ne!(plan("7")["objective_usd"], plan("8")["objective_usd"]);
}

#[test]
fn the_market_is_printed_with_its_halving() {
    let output = wattshift(&["market", text(&template("west-texas-100mw")), "--json"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    let market = json(&output);
    let hashprice = market["hashprice_usd_per_ph_day"].as_f64().unwrap();
    assert!((35.0..45.0).contains(&hashprice), "{hashprice}");
    assert!(market["halving_date"].as_str().unwrap().starts_with("2028-0"));
    assert!(market["days_to_halving"].as_f64().unwrap() > 800.0);
    assert_eq!(market["power_bands"].as_array().map(Vec::is_empty), Some(false));
    for key in ["power", "fleet", "total"] {
        assert!(market["hashcost_usd_per_ph_day"][key].as_f64().unwrap() > 0.0, "{key}");
    }
}

#[test]
fn the_market_puts_every_offer_beside_mining() {
    for name in ["west-texas-100mw", "upstate-new-york-75mw", "washington-18mw"] {
        let output = wattshift(&["market", text(&template(name)), "--json"]);
        assert_eq!(status(&output), 0, "{}", said(&output));
        let market = json(&output);
        let mining = market["mining_margin"]["usd_per_mwh_gross_by_year"][0].as_f64().unwrap();
        assert!((-40.0..120.0).contains(&mining), "{name}: {mining}");
        let offers = market["offers"].as_array().unwrap();
        assert!(!offers.is_empty());
        for offer in offers {
            let value = |key: &str| offer[key].as_f64().unwrap_or_else(|| panic!("{name}: {key} of {offer}"));
            assert!(value("year1_revenue_usd") > 0.0 && value("tcv_usd") > value("year1_revenue_usd"));
            assert!(value("noi_year1_usd") < value("year1_revenue_usd"));
            assert!(value("expected_tcv_usd") <= value("tcv_usd") && value("survival_to_end") <= 1.0);
            let years = offer["years"].as_array().unwrap();
            assert_eq!(years.len() as f64, (value("term_months") / 12.0).ceil());
            // A contract is served by a hall or refused with its reason.
            assert_ne!(offer["hall"].is_null(), offer["refused"].is_null(), "{name}: {offer}");
            if offer["hall"].is_string() {
                assert!(value("yield_on_cost") > 0.0 && value("noi_usd_per_mwh_gross") > 0.0);
                assert!((1.0..1.8).contains(&value("gross_to_critical")));
            }
        }
    }
    let printed = wattshift(&["market", text(&template("washington-18mw"))]);
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(printed.contains("NOI margin") && printed.contains("Mining makes"), "{printed}");
}

#[test]
fn an_offer_of_the_library_goes_into_a_site() {
    let list = json(&wattshift(&["offers", "--json"]));
    for (key, least) in [("offers", 20), ("sla_schedules", 6), ("ratings", 7), ("gpu_systems", 10)] {
        assert!(list[key].as_array().unwrap().len() >= least, "{key}");
    }
    let printed = String::from_utf8_lossy(&wattshift(&["offers"]).stdout).into_owned();
    assert!(printed.contains("cipher-fluidstack") && printed.contains("level3"));
    let folder = tempfile::tempdir().unwrap();
    let site = template("washington-18mw");
    let (first, second) = (folder.path().join("a.site.ron"), folder.path().join("b.site.ron"));
    let added = wattshift(&[
        "offers",
        "--add",
        "iren-microsoft",
        "--mw",
        "4",
        "--to",
        text(&site),
        "-o",
        text(&first),
        "--json",
    ]);
    assert_eq!(status(&added), 0, "{}", said(&added));
    assert_eq!(json(&added)["offer"], "iren-microsoft");
    let checked = wattshift(&["check", text(&first), "--json"]);
    assert_eq!(status(&checked), 0, "{}", String::from_utf8_lossy(&checked.stdout));
    let market = json(&wattshift(&["market", text(&first), "--json"]));
    let offer =
        market["offers"].as_array().unwrap().iter().find(|offer| offer["id"] == "iren-microsoft").unwrap();
    assert!((offer["gpus"].as_f64().unwrap() - 4000.0 / 2.63).abs() < 1e-6);
    assert!((offer["tcv_usd"].as_f64().unwrap() / (9.7e9 / 50.0) - 1.0).abs() < 0.005);
    assert_eq!(market["gpu_generations"][0]["system"], "gb300-nvl72");
    let changed = wattshift(&[
        "offers",
        "--change",
        "iren-microsoft",
        "--sla",
        "coreweave",
        "--rating",
        "BB",
        "--to",
        text(&first),
        "-o",
        text(&second),
    ]);
    assert_eq!(status(&changed), 0, "{}", said(&changed));
    assert!(std::fs::read_to_string(&second).unwrap().contains("rating: (name: \"BB\""));
    // What cannot be done is said, and nothing is written.
    let third = folder.path().join("c.site.ron");
    for (arguments, why) in [
        (vec!["--add", "iren-microsofts", "--mw", "4"], "did you mean `iren-microsoft`"),
        (vec!["--add", "iren-microsoft", "--mw", "-4"], "cannot be added"),
        (vec!["--add", "iren-microsoft", "--mw", "nan"], "cannot be added"),
        (vec!["--add", "iren-microsoft", "--mw", "4", "--gpu", "HGX H1000"], "did you mean"),
        (vec!["--change", "nobody", "--sla", "level3"], "there is no offer `nobody`"),
        (vec!["--change", "iren-microsoft"], "say what changes"),
        (vec!["--add", "iren-microsoft"], "--mw"),
    ] {
        let mut all = vec!["offers"];
        all.extend(arguments);
        all.extend(["--to", text(&first), "-o", text(&third)]);
        let output = wattshift(&all);
        assert_eq!(status(&output), 2, "{all:?}");
        assert!(said(&output).contains(why), "{all:?}: {}", said(&output));
        assert!(!third.exists());
    }
}

#[test]
fn an_impossible_brief_exits_1_with_repairs() {
    let from = "worst_year_floor_usd: 14000000.0";
    let (_folder, path) = changed("washington-18mw", from, "worst_year_floor_usd: 900000000.0");
    let output = wattshift(&["plan", text(&path), "--json"]);
    assert_eq!(status(&output), 1, "{}", said(&output));
    let plan = json(&output);
    assert_eq!(plan["status"], "infeasible");
    let repairs = plan["repairs"].as_array().unwrap();
    assert!(repairs.iter().any(|repair| repair["object"].as_str().unwrap().contains("revenue floor")));
    assert!(repairs.iter().all(|repair| repair["sentence"].as_str().unwrap().len() > 30));
    for (index, repair) in repairs.iter().enumerate() {
        assert_eq!(repair["number"], index + 1);
        assert!(repair["npv_usd"].is_number() && repair["cost_usd"].is_number());
        let change = &repair["changes"][0];
        assert!(["object", "now", "least", "value", "unit"].iter().all(|key| !change[*key].is_null()));
    }
}

#[test]
fn a_repair_is_applied_and_saved_and_then_plans() {
    let from = "worst_year_floor_usd: 14000000.0";
    let (folder, path) = changed("washington-18mw", from, "worst_year_floor_usd: 900000000.0");
    let mended = folder.path().join("mended.site.ron");
    let output = wattshift(&["plan", text(&path), "--repair", "1", "-o", text(&mended)]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("  1. Lower the revenue floor in dollars from $900M to "), "{printed}");
    assert!(printed.contains("Repair 1: ") && printed.contains("Wrote "), "{printed}");
    let planned = wattshift(&["plan", text(&mended), "--json"]);
    assert_eq!(status(&planned), 0, "{}", said(&planned));
    let plan = json(&planned);
    assert_ne!(plan["status"], "infeasible");
    assert!(plan["repairs"].as_array().unwrap().is_empty());
    // Only the floor is another.
    let site_of = |path: &Path| {
        let (loaded, report) = wattshift::file::read(path);
        assert!(!report.has_errors(), "{report:?}");
        loaded.unwrap().site
    };
    let (before, mut after) = (site_of(&path), site_of(&mended));
    assert!(after.limits.worst_year_floor_usd < before.limits.worst_year_floor_usd);
    after.limits.worst_year_floor_usd = before.limits.worst_year_floor_usd;
    assert_eq!(after, before);

    // Nothing is lost or assumed.
    let elsewhere = folder.path().join("elsewhere.site.ron");
    for (arguments, why) in [
        (vec!["--repair", "1", "-o", text(&mended)], "add --force"),
        (vec!["--repair", "1", "-o", text(&path), "--force"], "the file it is read from"),
        (vec!["--repair", "0", "-o", text(&elsewhere)], "there is no repair 0; choose from 1 to"),
        (vec!["--repair", "99", "-o", text(&elsewhere)], "there is no repair 99"),
        (vec!["--repair", "1"], "--output"),
        (vec!["-o", text(&elsewhere)], "--repair"),
    ] {
        let mut all = vec!["plan", text(&path)];
        all.extend(arguments);
        let output = wattshift(&all);
        assert_eq!(status(&output), 2, "{all:?}");
        assert!(said(&output).contains(why), "{all:?}: {}", said(&output));
        assert!(!elsewhere.exists());
    }
    let possible = wattshift(&["plan", text(&mended), "--repair", "1", "-o", text(&elsewhere)]);
    assert_eq!(status(&possible), 2);
    assert!(said(&possible).contains("there is nothing to repair") && !elsewhere.exists());
}

#[test]
fn bad_files_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read_to_string(template("washington-18mw")).unwrap();
    let cases: [(&str, Vec<u8>); 6] = [
        ("empty", Vec::new()),
        ("binary", vec![0xff, 0xfe, 0x00, 0x01, 0x80]),
        ("truncated", whole.as_bytes()[..whole.len() / 2].to_vec()),
        ("newer", whole.replacen("format: 1", "format: 99", 1).into_bytes()),
        (
            "not-a-number",
            whole.replacen("interconnection_mw: 18.0", "interconnection_mw: NaN", 1).into_bytes(),
        ),
        ("negative", whole.replacen("interconnection_mw: 18.0", "interconnection_mw: -18.0", 1).into_bytes()),
    ];
    for (name, bytes) in cases {
        let path = folder.path().join(format!("{name}.site.ron"));
        std::fs::write(&path, bytes).unwrap();
        let checked = wattshift(&["check", text(&path), "--json"]);
        assert_ne!(status(&checked), 0, "{name}");
        let problems = json(&checked)["problems"].as_array().unwrap().clone();
        assert!(problems.iter().any(|problem| problem["severity"] == "error"), "{name}");
        for problem in &problems {
            assert!(problem["message"].as_str().unwrap().len() > 10, "{name}: {problem}");
        }
        let planned = wattshift(&["plan", text(&path)]);
        assert_eq!(status(&planned), 2, "{name}");
        assert!(planned.stdout.is_empty() && said(&planned).contains("error"), "{name}");
    }
    let missing = wattshift(&["plan", text(&folder.path().join("missing.site.ron"))]);
    assert_eq!(status(&missing), 2);
}

#[test]
fn a_slip_in_a_field_name_is_recognised() {
    let (_folder, path) = changed("washington-18mw", "deposit_usd", "depozit_usd");
    let output = wattshift(&["check", text(&path), "--json"]);
    assert_eq!(status(&output), 1);
    let problem = json(&output)["problems"][0].clone();
    assert_eq!(problem["severity"], "warning");
    assert!(problem.to_string().contains("deposit_usd"), "{problem}");
}

#[test]
fn new_makes_a_site_that_checks_clean_and_refuses_what_it_cannot_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.site.ron");
    let made = wattshift(&["new", "--template", "west-texas-100mw", "-o", text(&path)]);
    assert_eq!(status(&made), 0, "{}", said(&made));
    assert_eq!(status(&wattshift(&["check", text(&path)])), 0);
    let again = wattshift(&["new", "--template", "west-texas-100mw", "-o", text(&path)]);
    assert_eq!(status(&again), 2);
    assert!(said(&again).contains("exists"));
    let unknown =
        wattshift(&["new", "--template", "west-texas-10mw", "-o", text(&folder.path().join("x.site.ron"))]);
    assert_eq!(status(&unknown), 2);
    assert!(said(&unknown).contains("west-texas-100mw"), "{}", said(&unknown));
    let nowhere = folder.path().join("no").join("such").join("folder").join("x.site.ron");
    let nowhere = wattshift(&["new", "--template", "west-texas-100mw", "-o", text(&nowhere)]);
    assert_eq!(status(&nowhere), 2);
    assert!(said(&nowhere).contains("folder"), "{}", said(&nowhere));
}

#[test]
fn the_exported_program_and_the_world_are_written_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mps = folder.path().join("plan.mps");
    let file = template("washington-18mw");
    let output = wattshift(&["export-lp", text(&file), "-o", text(&mps), "--json"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    let written = std::fs::read_to_string(&mps).unwrap();
    assert!(written.ends_with("ENDATA\n"));
    let rows =
        written.lines().skip_while(|line| *line != "ROWS").take_while(|line| *line != "COLUMNS").count() - 2;
    assert_eq!(rows as u64, json(&output)["rows"].as_u64().unwrap());

    let world = folder.path().join("world");
    let planned =
        wattshift(&["plan", text(&file), "--json", "--dump-world", text(&world), "--out", text(&world)]);
    assert_eq!(status(&planned), 0, "{}", said(&planned));
    for name in
        ["hashprice_usd_per_ph_day.csv", "bands.csv", "tenants.csv", "calendar.csv", "plan.json", "plan.txt"]
    {
        assert!(world.join(name).metadata().unwrap().len() > 100, "{name}");
    }
    let hashprice = std::fs::read_to_string(world.join("hashprice_usd_per_ph_day.csv")).unwrap();
    assert_eq!(hashprice.lines().count(), 201);
    // What engineering says is beside the markets: three halls, two fleets in each, and the rows that losses cut.
    let lines = |name: &str| std::fs::read_to_string(world.join(name)).unwrap().lines().count() - 1;
    assert_eq!((lines("halls.csv"), lines("fleets_in_halls.csv")), (3, 6));
    assert_eq!((lines("pairs.csv"), lines("pairs_lean_on.csv")), (6, 3));
    let losses = std::fs::read_to_string(world.join("loss_rows.csv")).unwrap();
    for side in [",hosting,hall-", ",rating,", ",constant,,"] {
        assert!(losses.contains(side), "{side}: {losses}");
    }
}

#[test]
fn the_frontier_falls_from_no_floor_to_the_highest() {
    let file = template("washington-18mw");
    let found = json(&wattshift(&["frontier", text(&file), "--points", "4", "--json"]));
    let points = found["points"].as_array().unwrap();
    assert!(!points.is_empty() && points.len() <= 4, "{found}");
    let unit = if points[0].get("floor_share").is_some() { "floor_share" } else { "floor_musd" };
    for pair in points.windows(2) {
        let of = |point: &serde_json::Value, key: &str| point[key].as_f64().unwrap();
        assert!(of(&pair[1], unit) > of(&pair[0], unit));
        assert!(of(&pair[1], "program_npv_usd") <= of(&pair[0], "program_npv_usd") + 1.0);
        assert!(pair[0]["hosting_mw"].is_array() && pair[0]["capex_usd"].is_number());
    }
    assert_eq!(found["keep_mining"]["name"], "keep mining");
    assert_eq!(found["baselines"][0], found["keep_mining"]);
    assert!(found["baselines"][1][unit].is_number(), "{found}");
    assert!(found["finding"].as_str().unwrap().contains("steady income"));
    // Of four points the two inside may be a knee.
    if let Some(knee) = found["knee"].as_object() {
        assert!(points[1..3].iter().any(|point| point[unit] == knee[unit]), "{knee:?}");
        assert!(knee["price_beyond_usd"].as_f64() > knee["price_before_usd"].as_f64());
    }
    let spoken = wattshift(&["frontier", text(&file), "--points", "2"]);
    assert_eq!(status(&spoken), 0, "{}", said(&spoken));
    let spoken = String::from_utf8_lossy(&spoken.stdout).into_owned();
    assert!(spoken.contains("Worst-year revenue floor") && spoken.contains("keep mining keeps"), "{spoken}");
    assert_eq!(status(&wattshift(&["frontier", text(&file), "--points", "1"])), 2);
}

#[test]
fn scenarios_are_named_by_flag_or_by_hash_and_unknown_ones_are_refused() {
    let file = template("washington-18mw");
    let scenarios = std::fs::read_to_string(&file).unwrap();
    let (_, list) = scenarios.split_once("scenarios: [").unwrap();
    let (_, rest) = list.split_once("name: \"").unwrap();
    let (name, _) = rest.split_once('"').unwrap();
    let by_flag = json(&wattshift(&["plan", text(&file), "--json", "--scenario", name]));
    let by_hash = json(&wattshift(&["plan", &format!("{}#{name}", text(&file)), "--json"]));
    assert_eq!(by_flag, by_hash);
    assert_eq!(by_flag["scenario"], name);
    let unknown = wattshift(&["plan", text(&file), "--scenario", "no such thing"]);
    assert_eq!(status(&unknown), 2);
    assert!(said(&unknown).contains("no scenario"));
}

#[test]
fn without_a_display_the_window_becomes_a_summary() {
    if cfg!(target_os = "macos") || cfg!(windows) {
        return;
    }
    let output = wattshift(&[text(&template("washington-18mw"))]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    assert!(said(&output).contains("no display"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("NPV") && printed.contains("Against other plans"));
}

#[test]
fn help_names_every_subcommand_and_a_wrong_flag_exits_2() {
    let help = String::from_utf8_lossy(&wattshift(&["--help"]).stdout).into_owned();
    for command in [
        "check",
        "market",
        "plan",
        "frontier",
        "export-lp",
        "templates",
        "new",
        "convert",
        "blueprints",
        "backdrop",
        "offers",
    ] {
        assert!(help.contains(command), "{command}");
    }
    assert_eq!(status(&wattshift(&["plan", "--no-such-flag"])), 2);
}

/// Every key of the contract, on every template.
#[test]
fn engineering_has_every_key_of_the_contract() {
    for name in ["west-texas-100mw", "upstate-new-york-75mw", "washington-18mw"] {
        let output = wattshift(&["engineer", text(&template(name)), "--json"]);
        assert!(status(&output) <= 1, "{name}: {}", said(&output));
        let found = json(&output);
        for problem in found["problems"].as_array().unwrap() {
            assert_ne!(problem["severity"], "error", "{name}: {problem}");
        }
        let site = &found["site"];
        for key in [
            "gross_mw",
            "hosting_capacity_mw",
            "mining_capacity_mw",
            "peak_pue",
            "annual_pue",
            "wue_l_per_kwh",
            "free_cooling_hours",
        ] {
            assert!(site[key].as_f64().is_some_and(f64::is_finite), "{name}: {key}");
        }
        assert!(site["stranded"].is_array());
        let halls = found["halls"].as_array().unwrap();
        let mut hosting = 0;
        for hall in halls {
            for key in ["critical_mw", "hosting_capacity_mw", "mining_capacity_mw"] {
                assert!(hall[key].as_f64().is_some_and(|mw| mw >= 0.0), "{name}: {key} of {}", hall["id"]);
            }
            let firm = |class: &str| hall["hosting_firm_mw"][class].as_f64().unwrap();
            assert!(firm("n") + 1e-9 >= firm("n_plus_1") && firm("n_plus_1") + 1e-9 >= firm("maintainable"));
            assert!(hall["single_points_of_failure"].is_array());
            assert!(!hall["rtt_ms"].as_object().unwrap().is_empty());
            assert!(!hall["diverse_routes"].as_object().unwrap().is_empty());
            if firm("n") > 0.0 {
                hosting += 1;
                let availability = &hall["availability"];
                for key in ["hosting", "hosting_failures_per_year", "hosting_downtime_hours_per_year"] {
                    assert!(availability[key].as_f64().is_some(), "{name}: {key} of {}", hall["id"]);
                }
                let cause = &availability["contributors"][0];
                assert!(cause["component"].is_string() && cause["fussell_vesely"].as_f64().unwrap() > 0.0);
                assert!(cause["birnbaum"].as_f64().unwrap() > 0.0);
                assert!(hall["thermal"]["hosting"]["annual_pue"].as_f64().unwrap() > 1.0);
                let parts = &hall["thermal"]["hosting"]["annual_pue_parts"];
                let sum: f64 = parts.as_object().unwrap().values().map(|part| part.as_f64().unwrap()).sum();
                assert!((sum - hall["thermal"]["hosting"]["annual_pue"].as_f64().unwrap()).abs() < 1e-9);
            }
            assert_eq!(hall["availability"]["planned_maintenance"], false);
            let classes = hall["workload_classes"].as_array().unwrap();
            assert!(classes.len() >= 11, "{name}");
            for class in classes {
                assert_eq!(class["satisfied"], class["verdict"] == "satisfied", "{class}");
                assert!(class["name"].is_string() && class["source"].is_string(), "{class}");
            }
            let fibre = hall["fibre"].as_object().unwrap();
            assert_eq!(fibre.len(), hall["rtt_ms"].as_object().unwrap().len(), "{name}");
            for connection in fibre.values() {
                assert!(connection["failures_per_year"].as_f64().unwrap() > 0.0, "{connection}");
                assert!(connection["shared_trenches"].is_array(), "{connection}");
            }
        }
        assert!(hosting >= 2, "{name}");
        let parts = found["components"].as_array().unwrap();
        assert!(parts.len() > 20, "{name}");
        for part in parts {
            assert!(part["loading_share"].as_f64().unwrap() <= 1.0 + 1e-6, "{name}: {part}");
            assert!(
                part["usable_mw"].as_f64().unwrap() <= part["rating_mw"].as_f64().unwrap() + 1e-9,
                "{part}"
            );
        }
    }
}

#[test]
fn the_weather_of_a_file_is_judged_in_and_saved_with_the_site() {
    let folder = tempfile::tempdir().unwrap();
    let weather = folder.path().join("mild.csv");
    let hours: String = (0..8760)
        .map(|hour| {
            format!("{:.1},60\n", 12.0 + 6.0 * (f64::from(hour) * std::f64::consts::TAU / 8760.0).sin())
        })
        .collect();
    std::fs::write(&weather, format!("dry bulb C,relative humidity %\n{hours}")).unwrap();
    let out = folder.path().join("mild.site.ron");
    let site = template("washington-18mw");
    let first =
        wattshift(&["engineer", text(&site), "--json", "--weather", text(&weather), "-o", text(&out)]);
    assert!(status(&first) <= 1, "{}", said(&first));
    let again = wattshift(&["engineer", text(&out), "--json"]);
    let pue = |output: &Output| json(output)["site"]["annual_pue"].as_f64().unwrap();
    assert_eq!(pue(&first), pue(&again), "the saved site carries the weather");
    assert_ne!(pue(&first), pue(&wattshift(&["engineer", text(&site), "--json"])));

    std::fs::write(&weather, "dry bulb C,relative humidity %\nhot,60\n").unwrap();
    let bad = wattshift(&["engineer", text(&site), "--weather", text(&weather)]);
    assert_eq!(status(&bad), 2);
    assert!(said(&bad).contains("mild.csv"), "{}", said(&bad));
    let none = wattshift(&["engineer", text(&site), "--weather", text(&folder.path().join("none.epw"))]);
    assert_eq!(status(&none), 2);
}

#[test]
fn planned_work_is_counted_where_it_is_asked_for_and_said() {
    let file = template("washington-18mw");
    let (without, with) = (
        json(&wattshift(&["engineer", text(&file), "--json"])),
        json(&wattshift(&["engineer", text(&file), "--json", "--maintenance"])),
    );
    assert_eq!(
        (&without["planned_maintenance"], &with["planned_maintenance"]),
        (&false.into(), &true.into())
    );
    let mut judged = 0;
    for (out, counted) in without["halls"].as_array().unwrap().iter().zip(with["halls"].as_array().unwrap()) {
        let of = |hall: &Value, key: &str| hall["availability"][key].as_f64();
        let Some(down) = of(out, "hosting_downtime_hours_per_year") else { continue };
        let planned = of(counted, "planned_hours_per_year").unwrap();
        assert_eq!(of(out, "planned_hours_per_year"), Some(0.0));
        let more = of(counted, "hosting_downtime_hours_per_year").unwrap() - down;
        assert!(planned > 0.0 && (more - planned).abs() < 1e-9, "{more} {planned}");
        judged += 1;
    }
    assert!(judged > 0);
    let words = |arguments: &[&str]| String::from_utf8_lossy(&wattshift(arguments).stdout).into_owned();
    assert!(words(&["engineer", text(&file)]).contains("left out"));
    assert!(words(&["engineer", text(&file), "--maintenance"]).contains("counted"));
}

/// The text tells like remarks as one; JSON has each.
#[test]
fn like_remarks_are_one_line_of_text() {
    for name in ["west-texas-100mw", "upstate-new-york-75mw", "washington-18mw"] {
        let file = template(name);
        let found = json(&wattshift(&["engineer", text(&file), "--json"]));
        let problems = found["problems"].as_array().unwrap().len();
        let output = wattshift(&["engineer", text(&file)]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines =
            said.lines().filter(|line| line.starts_with("info: ") || line.starts_with("warning: ")).count();
        assert!(lines <= problems, "{name}: {said}");
        assert_eq!(said.contains("each of "), lines < problems, "{name}: {said}");
        assert!(said.contains("suits: "), "{name}");
    }
}

#[test]
fn played_years_agree_with_the_exact_availability() {
    let output =
        wattshift(&["engineer", text(&template("washington-18mw")), "--json", "--monte-carlo", "20000"]);
    let found = json(&output);
    let mut played = 0;
    for hall in found["halls"].as_array().unwrap() {
        let years = &hall["availability"]["monte_carlo"];
        let Some(low) = years["availability"]["low"].as_f64() else { continue };
        let exact = hall["availability"]["hosting"].as_f64().unwrap();
        let high = years["availability"]["high"].as_f64().unwrap();
        assert!((low..=high).contains(&exact), "{}: {exact} outside {low} to {high}", hall["id"]);
        played += 1;
    }
    assert!(played > 0, "{}", said(&output));
    let absurd = wattshift(&["engineer", text(&template("washington-18mw")), "--monte-carlo", "nan"]);
    assert_eq!(status(&absurd), 2, "{}", said(&absurd));
}
