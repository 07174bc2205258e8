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
        edits(&site, options);
        full(&site);
        stages(&site, options);
        for detail in [Detail::Quick, Detail::Full] {
            twin(&site, template.text, Options { detail, ..options });
        }
        frontier(&site, options);
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
    let mut spent = Vec::new();
    for round in 0..EDIT_ROUNDS {
        for (kind, edit) in EDITS.iter().enumerate() {
            edit(&mut edited, round);
            let hearing = Hearing::default();
            let outcome = planner.solve(&edited, None, options, &hearing);
            match hearing.waited.get() {
                // The first of all has nothing to start from.
                Some(_) if kind == 0 && round == 0 => {}
                Some(waited) => {
                    waits.push(waited);
                    spent.extend(hearing.told.stages());
                }
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
    let mut stages: Vec<(String, f64)> = Vec::new();
    for (stage, seconds) in spent {
        match stages.iter_mut().find(|(known, _)| *known == stage) {
            Some((_, sum)) => *sum += seconds,
            None => stages.push((stage, seconds)),
        }
    }
    stages.iter_mut().for_each(|(_, sum)| *sum /= waits.len() as f64 * MEDIAN_SECONDS);
    println!("  {}", shares(&stages));
}

/// A plan by months: at once, and after an edit.
fn full(site: &Site) {
    let options = Options { detail: Detail::Full, ..Options::default() };
    let mut planner = Planner::default();
    let mut edited = site.clone();
    let mut shares = Vec::new();
    for _ in 0..2 {
        let hearing = Hearing::default();
        let outcome = planner.solve(&edited, None, options, &hearing);
        let waited = hearing.waited.get().filter(|_| outcome.is_ok()).unwrap_or(f64::INFINITY);
        let whole = hearing.begin.elapsed().as_secs_f64();
        shares.extend([waited, whole].map(|seconds| format::number(seconds / FULL_SECONDS, 2)));
        edited.offers[0].max_mw *= 0.95;
    }
    println!(
        "full detail: plan {} of {FULL_SECONDS} s, with all that is compared {}; after an edit {}, {}",
        shares[0], shares[1], shares[2], shares[3]
    );
    if let Some(mb) = peak_memory_mb() {
        println!("memory so far: {} of {MEMORY_MB} MB", format::number(mb / MEMORY_MB, 2));
    }
}

/// The most memory this process has had, where the system tells.
fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<f64>().ok().map(|kb| kb / 1000.0)
}

const FULL_SECONDS: f64 = 5.0;
const MEMORY_MB: f64 = 600.0;
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

/// Stages as they were told, with the moment each began.
#[derive(Default)]
struct Told(RefCell<Vec<(String, Instant)>>);

impl Told {
    fn hear(&self, stage: String) {
        let mut told = self.0.borrow_mut();
        if told.last().is_none_or(|(last, _)| *last != stage) {
            told.push((stage, Instant::now()));
        }
    }

    /// Each stage with its seconds; the last one ends nowhere.
    fn stages(&self) -> Vec<(String, f64)> {
        let told = self.0.borrow();
        told.windows(2).map(|pair| (pair[0].0.clone(), (pair[1].1 - pair[0].1).as_secs_f64())).collect()
    }
}

fn shares(stages: &[(String, f64)]) -> String {
    let one =
        |(stage, share): &(String, f64)| format!("{} {}", stage.to_lowercase(), format::number(*share, 2));
    stages.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Listens for the plan itself, and what was done until then.
struct Hearing {
    begin: Instant,
    told: Told,
    waited: Cell<Option<f64>>,
}

impl Default for Hearing {
    fn default() -> Self {
        Self { begin: Instant::now(), told: Told::default(), waited: Cell::new(None) }
    }
}

impl Listener for Hearing {
    fn progress(&self, progress: Progress) -> bool {
        if self.waited.get().is_none() {
            self.told.hear(progress.stage);
        }
        true
    }

    fn first(&self, _: Plan) {
        self.told.hear("the plan is there".into());
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

/// The same program built and solved in Python (linopy and HiGHS), where `WATTSHIFT_TWIN` names a Python that has them:
/// how many times as long it takes from data to answer.
fn twin(site: &Site, text: &str, options: Options) {
    let Some(python) = std::env::var_os("WATTSHIFT_TWIN") else { return };
    let (detail, least) = match options.detail {
        Detail::Quick => ("quick", TWIN_QUICK),
        Detail::Full => ("full", TWIN_FULL),
    };
    let told = Told::default();
    let listen = |progress: Progress| {
        told.hear(progress.stage);
        true
    };
    let seconds = || -> Option<(f64, f64)> {
        let solved = solve_with(site, None, options, &listen).ok()?;
        let stages = told.stages();
        let of = |name: &str| stages.iter().filter(|(stage, _)| stage == name).map(|(_, s)| s).sum::<f64>();
        let own = of("Keep mining") + of("Solving the plan");
        let folder = tempfile::tempdir().ok()?;
        for (name, text) in wattshift::plan::dump_world(site, None, None, &solved).ok()? {
            std::fs::write(folder.path().join(name), text).ok()?;
        }
        let file = folder.path().join("twin.site.ron");
        std::fs::write(&file, text).ok()?;
        let mut command = Command::new(&python);
        command.arg("benches/peers/plan_twin.py").args(["--detail", detail, "--dump"]);
        let output = command.arg(folder.path()).arg(&file).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = said.lines().last()?.split_whitespace().map(|word| word.parse::<f64>().ok());
        let (built, solved) = (numbers.next()??, numbers.next()??);
        Some((own, built + solved))
    };
    match seconds() {
        Some((own, other)) => println!(
            "twin, {detail}: {} times as long to build and solve ({least} asked)",
            format::number(other / own, 1)
        ),
        None => println!("twin, {detail}: no answer"),
    }
}

const TWIN_QUICK: f64 = 10.0;
const TWIN_FULL: f64 = 4.0;

/// Where the time of one plan goes, as shares of the limit.
fn stages(site: &Site, options: Options) {
    let told = Told::default();
    let listen = |progress: Progress| {
        told.hear(progress.stage);
        true
    };
    if solve_with(site, None, options, &listen).is_ok() {
        let stages: Vec<_> = told.stages().into_iter().map(|(stage, s)| (stage, s / LIMIT_SECONDS)).collect();
        println!("{}", shares(&stages));
    }
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
