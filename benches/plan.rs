//! How long the plans of the templates take to build and to solve, as ratios against a limit and against named peers
//! in the same run. The machine is shared: read ratios, not seconds.

use std::cell::{Cell, RefCell};
use std::process::Command;
use std::time::Instant;
use wattshift::lp::{self, Solver};
use wattshift::plan::{Detail, Listener, Options, Plan, Planner, Progress, solve_with};
use wattshift::site::{Kind, Site, State, Terms};
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
        edits(&site, options);
        frontier(&site, options);
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

/// How long one waits for a new plan after an edit, by kind of edit: median and worst as shares of their limits.
fn edits(site: &Site, options: Options) {
    let mut planner = Planner::default();
    let mut edited = site.clone();
    let mut waits = Vec::new();
    for round in 0..EDIT_ROUNDS {
        for (kind, edit) in EDITS.iter().enumerate() {
            edit(&mut edited, round);
            let hearing = Hearing { begin: Instant::now(), waited: Cell::new(None) };
            let outcome = planner.solve(&edited, None, options, &hearing);
            match hearing.waited.get() {
                // The first of all has nothing to start from.
                Some(_) if kind == 0 && round == 0 => {}
                Some(waited) => waits.push(waited),
                None => println!(
                    "edit {kind}: {}",
                    outcome.map_or_else(|error| error.to_string(), |_| "no plan".into())
                ),
            }
        }
    }
    waits.sort_by(f64::total_cmp);
    let (median, worst) = (waits[waits.len() / 2], waits[waits.len() - 1]);
    println!(
        "{} edits: median {} of {MEDIAN_SECONDS} s, worst {} of {WORST_SECONDS} s",
        waits.len(),
        format::number(median / MEDIAN_SECONDS, 2),
        format::number(worst / WORST_SECONDS, 2)
    );
}

const EDIT_ROUNDS: usize = 2;
const MEDIAN_SECONDS: f64 = 0.3;
const WORST_SECONDS: f64 = 2.0;
const FRONTIER_SECONDS: f64 = 15.0;

type Edit = fn(&mut Site, usize);

/// What people do while they watch the plan.
const EDITS: [Edit; 10] = [
    |_, _| {},
    |site, _| site.offers[0].max_mw *= 0.95,
    |site, _| {
        for offer in &mut site.offers {
            if let Terms::Colocation { rent_usd_per_kw_month, .. } = &mut offer.terms {
                *rent_usd_per_kw_month *= 1.03;
            }
        }
    },
    |site, round| site.limits.capex_total_usd = Some(300e6 - 40e6 * round as f64),
    |site, _| {
        for component in &mut site.components {
            if let State::Planned(planned) = &mut component.state {
                planned.usd_per_mw *= 1.04;
            }
        }
    },
    |site, _| {
        if let Some(State::Planned(planned)) = site
            .components
            .iter_mut()
            .map(|component| &mut component.state)
            .find(|state| matches!(state, State::Planned(_)))
        {
            planned.lead_months += 3.0;
        }
    },
    |site, _| {
        for component in &mut site.components {
            if let Kind::Hall(hall) = &mut component.kind {
                hall.critical_mw *= 0.99;
            }
        }
    },
    |site, _| site.assumptions.bitcoin.price_usd_per_btc *= 1.02,
    |site, round| site.limits.worst_year_floor_share = Some(0.3 + 0.05 * round as f64),
    |site, _| site.components[0].at_schematic.x += 40.0,
];

/// Listens for the plan itself.
struct Hearing {
    begin: Instant,
    waited: Cell<Option<f64>>,
}

impl Listener for Hearing {
    fn progress(&self, _: Progress) -> bool {
        true
    }

    fn first(&self, _: Plan) {
        self.waited.set(Some(self.begin.elapsed().as_secs_f64()));
    }
}

fn frontier(site: &Site, options: Options) {
    let begin = Instant::now();
    match Planner::default().frontier(site, None, options, 21, &|_: Progress| true) {
        Ok(found) => println!(
            "frontier of {} points: {} of {FRONTIER_SECONDS} s",
            found.points.len(),
            format::number(begin.elapsed().as_secs_f64() / FRONTIER_SECONDS, 2)
        ),
        Err(error) => println!("frontier: {error}"),
    }
}

/// Where the time of one plan goes, as shares of the limit.
fn stages(site: &Site, options: Options) {
    let told: RefCell<Vec<(String, Instant)>> = RefCell::default();
    let listen = |progress: Progress| {
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
