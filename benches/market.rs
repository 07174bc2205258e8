//! How long it takes to sample the markets and to reduce their paths, as ratios against a limit and against the same
//! model written with NumPy, timed in the same run. The machine is shared: read ratios, not seconds.

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;
use wattshift::market::{World, reduce};
use wattshift::quantity::format;
use wattshift::site::{PriceModel, Site};

/// 10,000 paths of 144 months and five drivers (bitcoin, network, power, GPU rental, colocation) on two cores.
const LIMIT_SECONDS: f64 = 0.5;
const PATHS: usize = 10_000;
const MONTHS: usize = 144;
const ROUNDS: usize = 7;
const TWIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/market_paths.py");

fn main() {
    let site = Site::empty("bench");
    let peer = numpy();
    println!("{PATHS} paths x {MONTHS} months x 5 drivers, on {} threads", threads());
    println!("what                     time/limit   NumPy/ours");
    let Some(begin) = row("jump diffusion", &site, peer) else { return };
    let mut bootstrap = site.clone();
    bootstrap.assumptions.bitcoin.price_model = PriceModel::Bootstrap;
    row("bootstrap", &bootstrap, None);
    let reduced = fastest(|| reduce::reduce(&site, &begin, 200));
    println!("{:<24} {:>10}", "reduction to 200", ratio(reduced / LIMIT_SECONDS));
}

fn row(name: &str, site: &Site, peer: Option<f64>) -> Option<World> {
    let seconds = fastest(|| World::sample(site, MONTHS, PATHS));
    let against = peer.map_or_else(|| "\u{2013}".to_owned(), |peer| ratio(peer / seconds));
    println!("{name:<24} {:>10}   {against:>10}", ratio(seconds / LIMIT_SECONDS));
    World::sample(site, MONTHS, PATHS).ok()
}

fn ratio(value: f64) -> String {
    format::number(value, 2)
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Fastest of several runs, seconds.
fn fastest<T>(run: impl Fn() -> T) -> f64 {
    (0..ROUNDS)
        .map(|_| {
            let begin = Instant::now();
            black_box(run());
            begin.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}

/// Seconds of the twin, fastest of as many runs; `None` where no Python with NumPy is found.
fn numpy() -> Option<f64> {
    let found = ["python3", "python"].into_iter().find(|python| {
        Command::new(python).args(["-c", "import numpy"]).output().is_ok_and(|out| out.status.success())
    });
    let Some(python) = found else {
        println!("no python3 with numpy on the path: the twin is left out");
        return None;
    };
    let out = Command::new(python)
        .args([TWIN, &PATHS.to_string(), &MONTHS.to_string(), &ROUNDS.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&out.stdout);
    let seconds = text.trim().parse().ok();
    if seconds.is_none() {
        println!("the twin failed: {}", String::from_utf8_lossy(&out.stderr).trim());
    }
    seconds
}
