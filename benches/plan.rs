//! How long the plans of the templates take to build and to solve, as ratios against a limit and against named peers
//! in the same run. The machine is shared: read ratios, not seconds.

use std::cell::RefCell;
use std::process::Command;
use std::time::Instant;
use wattshift::lp::{self, Solver};
use wattshift::plan::{Detail, Options, solve_with};
use wattshift::{file, quantity::format};

/// A quick plan should be there before a meeting's next sentence.
const LIMIT_SECONDS: f64 = 1.0;
const ROUNDS: usize = 5;

fn main() {
    println!(
        "template                  size (columns x rows)   plan/limit   LP {}   ratio microlp   ratio glpsol",
        Solver::default().name()
    );
    for template in file::templates() {
        let (Some(site), _) = file::read_text(template.text) else {
            println!("{}: does not read", template.name);
            continue;
        };
        let options = Options { detail: Detail::Quick, ..Options::default() };
        let mut whole = f64::INFINITY;
        let mut model = lp::Model::default();
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            match solve_with(&site, None, options, &|_| true) {
                Ok(solved) => model = solved.model,
                Err(error) => println!("{}: {error}", template.name),
            }
            whole = whole.min(begin.elapsed().as_secs_f64());
        }
        stages(&site, options);
        let first = fastest(|| lp::solve(&model, Solver::default(), None).is_ok());
        let second = fastest(|| lp::solve(&model, Solver::Microlp, None).is_ok());
        let peer = glpsol(&model);
        let ratio = |seconds: Option<f64>| {
            seconds.map_or_else(
                || "–".to_owned(),
                |seconds| format::number(seconds / first.unwrap_or(f64::NAN), 1),
            )
        };
        println!(
            "{:<25} {:>9} x {:<9}   {:>10}   {:>8} s   {:>13}   {:>12}",
            template.name,
            model.columns.len(),
            model.rows.len(),
            format::number(whole / LIMIT_SECONDS, 2),
            format::number(first.unwrap_or(f64::NAN), 3),
            ratio(second),
            ratio(peer),
        );
    }
}

/// Where the time of one plan goes, as shares of the limit.
fn stages(site: &wattshift::site::Site, options: Options) {
    let told: RefCell<Vec<(String, Instant)>> = RefCell::default();
    let listen = |progress: wattshift::plan::Progress| {
        let mut told = told.borrow_mut();
        if told.last().is_none_or(|(stage, _)| *stage != progress.stage) {
            told.push((progress.stage, Instant::now()));
        }
        true
    };
    if solve_with(site, None, options, &listen).is_err() {
        return;
    }
    let told = told.into_inner();
    let shares: Vec<String> = told
        .windows(2)
        .map(|pair| {
            let seconds = pair[1].1.duration_since(pair[0].1).as_secs_f64();
            format!("{} {}", pair[0].0.to_lowercase(), format::number(seconds / LIMIT_SECONDS, 2))
        })
        .collect();
    println!("{}", shares.join(", "));
}

fn fastest(run: impl Fn() -> bool) -> Option<f64> {
    (0..ROUNDS)
        .filter_map(|_| {
            let begin = Instant::now();
            run().then(|| begin.elapsed().as_secs_f64())
        })
        .min_by(f64::total_cmp)
}

/// GLPK on the exported program, when it is installed; reading the file counts.
fn glpsol(model: &lp::Model) -> Option<f64> {
    let file = tempfile::Builder::new().suffix(".mps").tempfile().ok()?;
    std::fs::write(file.path(), lp::write_mps(model, "bench")).ok()?;
    fastest(|| {
        Command::new("glpsol")
            .arg("--freemps")
            .arg(file.path())
            .output()
            .is_ok_and(|output| output.status.success())
    })
}
