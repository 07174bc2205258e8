//! How long the engineering of a drawing takes, as ratios against limits. The machine is shared: read ratios, not
//! seconds. A section is one function, called from `main`.

use std::hint::black_box;
use std::time::Instant;
use wattshift::engineering::carry::Layout;
use wattshift::engineering::supply::Standing;
use wattshift::engineering::{Capacity, Screen, capacity, engineering};
use wattshift::site::{Component, FailureClass, Kind, Layer, Link, Medium, Serves, Site};
use wattshift::{file, quantity::format};

/// The whole judgement of a drawing is made again on each edit.
const EDIT_SECONDS: f64 = 0.020;
const ROUNDS: usize = 15;

fn main() {
    capacity_section();
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

fn row(section: &str, name: &str, parts: usize, seconds: f64, limit_seconds: f64, note: &str) {
    println!(
        "{section:<12} {name:<28} {parts:>4} parts   {:>7} ms   {:>6} of the limit   {note}",
        format::number(seconds * 1e3, 2),
        format::number(seconds / limit_seconds, 2),
    );
}

/// Capacity and every contingency, jointly.
fn capacity_section() {
    let mut sites: Vec<(String, Site)> = file::templates()
        .iter()
        .filter_map(|template| Some((template.name.to_owned(), file::read_text(template.text).0?)))
        .collect();
    if let Some((_, first)) = sites.first().cloned() {
        sites.push(("west-texas, with twins".to_owned(), with_twins(&first, 60)));
        sites.push(("west-texas, doubled".to_owned(), doubled(&first, 60)));
        sites.push(("west-texas, five times".to_owned(), doubled(&first, 200)));
    }
    for (name, site) in &sites {
        let found = capacity(site);
        let note = format!("{} programs for {} judgements", found.firm.solved, found.firm.looked_at);
        let parts = site.components.len();
        let losses = screened(site, &found).map_or_else(String::new, |rows| format!("{rows} rows broken"));
        row("screening", name, parts, fastest(|| screened(site, &found)), EDIT_SECONDS, &losses);
        row("capacity", name, parts, fastest(|| capacity(site)), EDIT_SECONDS, &note);
        row("all", name, parts, fastest(|| engineering(site)), EDIT_SECONDS, "");
    }
}

/// Judges every credible loss against the coupled program at the joint hosting, from nothing: rows that are broken.
fn screened(site: &Site, found: &Capacity) -> Option<usize> {
    let hosting: Vec<f64> = found.halls.iter().map(|hall| hall.hosting_mw).collect();
    let (layout, _) = Layout::new(site, Standing::FullBuild).ok()?;
    let mut screen = Screen::new(&layout)?;
    let broken =
        FailureClass::ALL.into_iter().map(|class| screen.broken_rows(class, &hosting, &|_| None).ok());
    broken.map(|rows| rows.map(|rows| rows.len())).sum()
}

/// The drawing with some of its power and cooling parts drawn twice, on the same links, until it has so many parts.
fn with_twins(site: &Site, parts: usize) -> Site {
    let mut whole = site.clone();
    let can_be_twin = |part: &&Component| {
        matches!(part.kind.layer(), Layer::Power | Layer::Cooling) && !matches!(part.kind, Kind::GridFeed(_))
    };
    let missing = parts.saturating_sub(site.components.len());
    for component in site.components.iter().filter(can_be_twin).step_by(2).take(missing) {
        let twin = |id: &str| format!("{id}-twin");
        whole.components.push(Component {
            id: twin(&component.id),
            tag: twin(&component.tag),
            ..component.clone()
        });
        for link in site.links.iter().filter(|link| link.from == component.id || link.to == component.id) {
            let end = |old: &str| if old == component.id { twin(old) } else { old.to_owned() };
            let id = format!("{}-{}", link.id, component.id);
            whole.links.push(Link { id, from: end(&link.from), to: end(&link.to), ..link.clone() });
        }
    }
    whole
}

/// The drawing beside a copy of itself on the same feeds, at least so many parts large.
fn doubled(site: &Site, parts: usize) -> Site {
    let mut whole = site.clone();
    let mut copy = 0;
    while whole.components.len() < parts {
        copy += 1;
        let id = |old: &str| format!("{old}-{copy}");
        let is_shared = |component: &&Component| {
            matches!(component.kind, Kind::GridFeed(_) | Kind::MeetMeRoom | Kind::Carrier | Kind::Metro(_))
        };
        let shared: Vec<&str> =
            site.components.iter().filter(is_shared).map(|part| part.id.as_str()).collect();
        let end = |old: &str| if shared.contains(&old) { old.to_owned() } else { id(old) };
        for component in site.components.iter().filter(|part| !is_shared(part)) {
            whole.components.push(Component {
                id: id(&component.id),
                tag: id(&component.tag),
                ..component.clone()
            });
        }
        for link in &site.links {
            if !matches!(link.medium, Medium::Fibre { .. }) {
                whole.links.push(Link {
                    id: id(&link.id),
                    from: end(&link.from),
                    to: end(&link.to),
                    ..link.clone()
                });
            }
        }
    }
    // A tie, so that the copies are not independent.
    let buses: Vec<String> = whole
        .components
        .iter()
        .filter(|part| matches!(part.kind, Kind::Transformer(_)))
        .map(|part| part.id.clone())
        .collect();
    if let [first, .., last] = &buses[..]
        && let Some(fed) = whole.links.iter().find(|link| link.from == *last && link.medium.is_power())
    {
        let medium = Medium::Power { serves: Serves::Both, normally_open: false };
        let tie = Link {
            id: "bench-tie".to_owned(),
            from: first.clone(),
            to: fed.to.clone(),
            medium,
            ..fed.clone()
        };
        whole.links.push(tie);
    }
    whole
}
