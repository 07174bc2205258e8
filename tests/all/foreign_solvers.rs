//! The exported program as two solvers read it that are no part of this one: GLPK and COIN-OR CBC. Each finds the objective of
//! the plan; where one is not installed it is passed over (`make test` installs both).

use crate::command_line::wattshift;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use wattshift::file;

/// What a solver found, million USD.
type Find = fn(&Path, &Path) -> Option<f64>;

fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("{program} is not installed and is passed over");
    }
    found
}

/// Largest relative difference of objectives.
const SAME: f64 = 1e-6;

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= SAME * expected.abs().max(1.0)
}

/// Exports a template's program; its file and what was said of it.
fn exported(folder: &Path, template: &str, more: &[&str]) -> (PathBuf, Value) {
    let site = format!("{}/site_templates/{template}.site.ron", env!("CARGO_MANIFEST_DIR"));
    let model = folder.join("model.mps");
    let mut arguments = vec!["export-lp", &site, "-o", model.to_str().unwrap(), "--json", "--quiet"];
    arguments.extend(more);
    let output = wattshift(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (model, serde_json::from_slice(&output.stdout).unwrap())
}

/// Minimum as GLPK's own listing tells it, by its simplex or its branch and bound.
fn glpsol(model: &Path, folder: &Path) -> Option<f64> {
    let answer = folder.join("glpk.txt");
    let output = Command::new("glpsol")
        .arg("--freemps")
        .arg(model)
        .args(["--cuts", "--tmlim", "600", "--write"])
        .arg(&answer)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    // `s bas ROWS COLUMNS PRIMAL DUAL OBJECTIVE` or `s mip ROWS COLUMNS STATUS OBJECTIVE`
    let text = std::fs::read_to_string(&answer).unwrap();
    let line = text.lines().find(|line| line.starts_with("s ")).unwrap();
    let fields: Vec<&str> = line.split_whitespace().collect();
    match fields[1] {
        "bas" => assert_eq!(fields[4..6], ["f", "f"], "{line}"),
        _ => assert_eq!(fields[4], "o", "{line}"),
    }
    fields.last().unwrap().parse().ok()
}

/// Minimum as the first line of CBC's solution tells it.
fn cbc(model: &Path, folder: &Path) -> Option<f64> {
    let answer = folder.join("cbc.txt");
    // Its searches for a first point take longer than the proof.
    let output = Command::new("cbc")
        .arg(model)
        .args(["ratio", "0", "heur", "off", "passF", "0", "solve", "solu"])
        .arg(&answer)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let text = std::fs::read_to_string(&answer).unwrap();
    let line = text.lines().next().unwrap();
    assert!(line.starts_with("Optimal"), "{line}");
    line.split_whitespace().last().unwrap().parse().ok()
}

fn solvers() -> Vec<(&'static str, Find)> {
    let all: [(&str, Find); 2] = [("glpsol", glpsol), ("cbc", cbc)];
    all.into_iter().filter(|(program, _)| is_there(program)).collect()
}

#[test]
fn two_foreign_solvers_find_the_plan_of_every_template() {
    for template in file::templates() {
        let folder = tempfile::tempdir().unwrap();
        let (model, said) = exported(folder.path(), template.name, &[]);
        let optimum = said["optimum"].as_f64().unwrap();
        assert!(near(-1e6 * optimum, said["objective_usd"].as_f64().unwrap()));
        for (name, find) in solvers() {
            let found = find(&model, folder.path()).unwrap();
            assert!(near(found, optimum), "{}: {name} {found} against {optimum}", template.name);
        }
    }
}

/// A plan of whole decisions lies within its gap of the best: neither above what is found without a gap, nor is that above the
/// bound.
#[test]
fn a_foreign_branch_and_bound_ends_between_the_plan_and_its_bound() {
    for template in file::templates() {
        let folder = tempfile::tempdir().unwrap();
        let seconds = ["--whole", "--seconds", "120"];
        let (model, said) = exported(folder.path(), template.name, &seconds);
        let plan = said["optimum"].as_f64().unwrap();
        for (name, find) in solvers() {
            // A minute of CBC's is enough.
            if name == "cbc" && template.name != "upstate-new-york-75mw" {
                continue;
            }
            let best = find(&model, folder.path()).unwrap();
            let slack = SAME * plan.abs().max(1.0);
            // The file minimises: the plan's own is the least that may be found, and 0.1 % lower the bound.
            assert!(best <= plan + slack, "{}: {name} {best} against {plan}", template.name);
            assert!(
                best >= plan - 1e-3 * plan.abs() - slack,
                "{}: {name} {best} against {plan}",
                template.name
            );
        }
    }
}
