//! How long the exact availability of a hall takes, as ratios against limits that keep the window at hand while a
//! drawing is changed. The machine is shared: read ratios, not seconds.

use std::time::Instant;
use wattshift::engineering::availability::monte_carlo::{MonteCarloOptions, monte_carlo};
use wattshift::engineering::availability::{ReliabilityData, availability, unavailability};
use wattshift::engineering::supply::{Port, Standing, Supply};
use wattshift::engineering::{Network, engineering};
use wattshift::site::{Component, Link, Medium, Serves, Site};
use wattshift::{file, quantity::format};

const ROUNDS: usize = 20;

fn main() {
    println!(
        "site                            parts   exact/limit   down share only/limit   100 years played, s"
    );
    for template in file::templates() {
        let (Some(site), _) = file::read_text(template.text) else {
            println!("{}: does not read", template.name);
            continue;
        };
        let judged = engineering(&site);
        let Some(hall) = judged.halls.iter().find(|hall| hall.availability.is_some()) else { continue };
        let (id, load_mw) = (hall.id.clone(), hall.firm_mw.n);
        report(template.name, &site, &id, load_mw, &judged.hosting_demand_mw, 0.005);
    }
    for (parts, limit_seconds) in [(60, 0.005), (200, 0.05)] {
        let Some(site) = two_n(parts) else { continue };
        report(&format!("2N, {parts} parts"), &site, "hall-1", 8.0, &[], limit_seconds);
    }
}

fn report(name: &str, site: &Site, hall: &str, load_mw: f64, demand_mw: &[f64], limit_seconds: f64) {
    let network = Network::new(site);
    let Some(node) = network.node(hall) else { return };
    let Some(supply) = Supply::of(site, &network, node, Port::Hosting, 0.8, Standing::FullBuild) else {
        return;
    };
    if let Err(problem) = availability(site, &supply, load_mw, demand_mw) {
        println!("{name}: {}", problem.message);
    }
    let exact = fastest(|| availability(site, &supply, load_mw, demand_mw).is_ok());
    let share = fastest(|| unavailability(site, &supply, load_mw, demand_mw).is_ok());
    let options = MonteCarloOptions { years: 100.0, seed: 1, data: ReliabilityData::default() };
    let begin = Instant::now();
    let played = monte_carlo(site, &supply, load_mw, demand_mw, &options, &|_| true).is_ok();
    let seconds = if played { begin.elapsed().as_secs_f64() } else { f64::NAN };
    println!(
        "{name:<30} {:>6} {:>13} {:>23} {:>21}",
        supply.nodes.len(),
        format::number(exact / limit_seconds, 3),
        format::number(share / limit_seconds, 3),
        format::number(seconds, 3),
    );
}

fn fastest(run: impl Fn() -> bool) -> f64 {
    (0..ROUNDS)
        .filter_map(|_| {
            let begin = Instant::now();
            run().then(|| begin.elapsed().as_secs_f64())
        })
        .fold(f64::NAN, f64::min)
}

/// The first template with so many parts on the supply of its first hall: on either side more boards in a row, every
/// second of them with ties to the other side.
fn two_n(parts: usize) -> Option<Site> {
    let (site, _) = file::read_text(file::templates().first()?.text);
    let mut site = site?;
    let own = supply_size(&site)?;
    let board = site.component("mv-a")?.clone();
    let mut ends = ["pdu-a".to_owned(), "pdu-b".to_owned()];
    // The boards go between.
    site.links.retain(|link| link.to != "hall-1" || !ends.contains(&link.from));
    for number in 0..parts.saturating_sub(own) / 2 {
        let ids = ["a", "b"].map(|side| format!("board-{side}-{number}"));
        for (side, id) in ids.iter().enumerate() {
            let board = Component { id: id.clone(), kv_in: None, kv_out: None, ..board.clone() };
            site.components.push(board);
            site.links.push(power(&ends[side], id));
            if number % 2 == 1 {
                site.links.push(power(&ends[1 - side], id));
            }
        }
        ends = ids;
    }
    for end in &ends {
        site.links.push(power(end, "hall-1"));
    }
    Some(site)
}

fn supply_size(site: &Site) -> Option<usize> {
    let network = Network::new(site);
    let node = network.node("hall-1")?;
    Supply::of(site, &network, node, Port::Hosting, 0.8, Standing::FullBuild).map(|supply| supply.nodes.len())
}

fn power(from: &str, to: &str) -> Link {
    Link {
        id: format!("{from}_{to}"),
        from: from.to_owned(),
        to: to.to_owned(),
        medium: Medium::Power { serves: Serves::Hosting, normally_open: false },
        rating_mw: None,
        note: String::new(),
    }
}
