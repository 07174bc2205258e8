//! Briefs that make little sense: each is answered with a plan, or refused in the user's words, and never in a solver's.

use std::time::{Duration, Instant};
use wattshift::file;
use wattshift::plan::{self, Detail, Plan, Status};
use wattshift::quantity::{Date, Severity};
use wattshift::site::company::{HostingMinimum, YearUsd};
use wattshift::site::{Kind, OfferStatus, Site, Terms};

/// A site of five parts is answered at once, on any machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What becomes of a brief that is saved, read and planned.
#[derive(Debug)]
enum Answer {
    Plan(Box<Plan>),
    /// Errors of the file with what to do about them.
    Problems(Vec<String>),
    /// Why there is no plan.
    Refused(String),
}

/// Words that are a solver's and no user's.
const RAW: [&str; 8] = [
    "HiGHS",
    "microlp",
    "simplex",
    "unbounded",
    "presolve",
    "no point keeps",
    "grows without",
    "solver failed",
];

fn site() -> Site {
    let text = include_str!("../files/plan_cases/07_hosting.site.ron");
    file::read_text(text).0.unwrap()
}

fn answered(site: &Site) -> Answer {
    let (read, report) = file::read_text(&file::write_text(site));
    if report.has_errors() {
        let errors = report.problems.iter().filter(|problem| problem.severity == Severity::Error);
        return Answer::Problems(
            errors
                .map(|problem| {
                    assert!(!problem.hint.is_empty(), "{problem:?}");
                    format!("{}: {}; {}", problem.place, problem.message, problem.hint)
                })
                .collect(),
        );
    }
    match plan::solve(&read.unwrap(), None, Detail::Quick, &|_| true) {
        Ok(plan) => Answer::Plan(Box::new(plan)),
        Err(error) => Answer::Refused(error.to_string()),
    }
}

fn feed(site: &mut Site) -> &mut wattshift::site::GridFeed {
    match &mut site.component_mut("feed").unwrap().kind {
        Kind::GridFeed(feed) => feed,
        other => panic!("{other:?}"),
    }
}

type Edit = fn(&mut Site);

/// What is expected of a brief.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wanted {
    /// A proven plan that hosts something, or nothing.
    Hosting(bool),
    /// A plan that says which limits clash and what would mend it.
    Impossible,
    /// A plan with a note of this.
    Noted(&'static str),
    /// A plan without the offer, for this reason.
    Refused(&'static str),
    /// Errors, each of which names this.
    Named(&'static str),
}

fn briefs() -> Vec<(&'static str, Edit, Wanted)> {
    use Wanted::{Hosting, Impossible, Named, Noted, Refused};
    vec![
        ("as it is", |_| {}, Hosting(true)),
        ("no money at all", |site| site.limits.capex_total_usd = Some(0.0), Hosting(false)),
        (
            "no money in any year",
            |site| {
                site.limits.capex_by_year_usd = (2025..2030).map(|year| YearUsd { year, usd: 0.0 }).collect();
            },
            Hosting(false),
        ),
        ("a budget below zero", |site| site.limits.capex_total_usd = Some(-1.0), Named("capex")),
        ("a budget of 1e12", |site| site.limits.capex_total_usd = Some(1e12), Hosting(true)),
        ("a budget without end", |site| site.limits.capex_total_usd = Some(f64::INFINITY), Named("capex")),
        ("a budget that is no number", |site| site.limits.capex_total_usd = Some(f64::NAN), Named("capex")),
        (
            "budgets of years long gone",
            |site| {
                site.limits.capex_by_year_usd = vec![YearUsd { year: 1999, usd: 0.0 }];
            },
            Named("year"),
        ),
        ("no offers", |site| site.offers.clear(), Hosting(false)),
        ("no machines", |site| site.fleets.clear(), Hosting(true)),
        (
            "neither",
            |site| {
                site.offers.clear();
                site.fleets.clear();
            },
            Hosting(false),
        ),
        ("machines of no hashrate", |site| site.fleets[0].efficiency_j_per_th = 0.0, Named("efficiency")),
        ("machines of next to none", |site| site.fleets[0].efficiency_j_per_th = 1e9, Named("efficiency")),
        ("every offer refused", |site| site.offers[0].needs.kw_per_rack = 250.0, Refused("kW")),
        ("availability that nothing has", |site| site.offers[0].needs.availability = 1.0, Refused("%")),
        ("a term beyond the horizon", |site| site.offers[0].term_months = 600.0, Hosting(true)),
        ("a term without end", |site| site.offers[0].term_months = 1e9, Named("term")),
        ("no term", |site| site.offers[0].term_months = 0.0, Named("term")),
        (
            "dates before the plan",
            |site| {
                site.offers[0].earliest = Some(Date::constant(1990, 1, 1));
                site.offers[0].latest = Some(Date::constant(1991, 1, 1));
            },
            Hosting(false),
        ),
        (
            "dates after the plan",
            |site| {
                site.offers[0].earliest = Some(Date::constant(2090, 1, 1));
                site.offers[0].latest = Some(Date::constant(2091, 1, 1));
            },
            Hosting(false),
        ),
        (
            "dates the wrong way round",
            |site| {
                site.offers[0].earliest = Some(Date::constant(2026, 9, 1));
                site.offers[0].latest = Some(Date::constant(2026, 3, 1));
            },
            Named("latest"),
        ),
        (
            "last order before the plan",
            |site| {
                site.limits.last_order = Some(Date::constant(2000, 1, 1));
            },
            Hosting(false),
        ),
        (
            "a promise beyond the drawing",
            |site| {
                site.limits.hosting_min_mw =
                    vec![HostingMinimum { from: Date::constant(2026, 6, 1), mw: 1_000.0 }];
            },
            Impossible,
        ),
        (
            "two promises that contradict",
            |site| {
                site.limits.hosting_min_mw = vec![
                    HostingMinimum { from: Date::constant(2026, 4, 1), mw: 9.0 },
                    HostingMinimum { from: Date::constant(2026, 9, 1), mw: 1.0 },
                ];
            },
            Impossible,
        ),
        (
            "a promise without money",
            |site| {
                site.limits.capex_total_usd = Some(0.0);
                site.limits.hosting_min_mw =
                    vec![HostingMinimum { from: Date::constant(2026, 7, 1), mw: 2.0 }];
            },
            Impossible,
        ),
        (
            "a signed offer that no hall serves",
            |site| {
                let offer = &mut site.offers[0];
                (offer.status, offer.probability, offer.min_mw) = (OfferStatus::Signed, 1.0, 2.0);
                offer.needs.kw_per_rack = 250.0;
            },
            Impossible,
        ),
        ("least above most", |site| site.offers[0].min_mw = 40.0, Named("min")),
        (
            "a floor of 1e12",
            |site| site.limits.worst_year_floor_usd = Some(1e12),
            Noted("horizon ends before"),
        ),
        (
            "contracted tenfold",
            |site| site.limits.contracted_share = Some(10.0),
            Noted("horizon ends before"),
        ),
        (
            "a floor of 1e12 at once",
            |site| {
                let limits = &mut site.limits;
                (limits.worst_year_floor_usd, limits.floor_from_year) = (Some(1e12), Some(0));
            },
            Impossible,
        ),
        (
            "contracted tenfold at once",
            |site| {
                let limits = &mut site.limits;
                (limits.contracted_share, limits.floor_from_year) = (Some(10.0), Some(0));
            },
            Impossible,
        ),
        (
            "a rent of 1e12",
            |site| {
                site.offers[0].terms = Terms::Colocation { rent_usd_per_kw_month: 1e12, escalator: 0.0 };
            },
            Named("rent"),
        ),
        (
            "power that pays for being taken",
            |site| {
                for band in site.assumptions.price_decks[0].months.iter_mut().flatten() {
                    band.usd_per_mwh = -1_000.0;
                }
            },
            Hosting(false),
        ),
        (
            "power at 1e12",
            |site| {
                for band in site.assumptions.price_decks[0].months.iter_mut().flatten() {
                    band.usd_per_mwh = 1e12;
                }
            },
            Named("price_deck"),
        ),
        ("no contract for power", |site| feed(site).interconnection_mw = 0.0, Hosting(false)),
        ("a minimum take of everything", |site| feed(site).minimum_take_share = 1.0, Hosting(true)),
        (
            "no space to convert",
            |site| {
                if let Kind::Hall(hall) = &mut site.component_mut("hall").unwrap().kind {
                    hall.convertible_share = 0.0;
                }
            },
            Hosting(false),
        ),
    ]
}

#[test]
fn a_brief_that_makes_no_sense_gets_an_answer_or_a_reason() {
    for (what, edit, wanted) in briefs() {
        let mut site = site();
        edit(&mut site);
        let begun = Instant::now();
        let answer = answered(&site);
        assert!(begun.elapsed() < PATIENCE, "{what}: {:?}", begun.elapsed());
        let said = words(&answer);
        for raw in RAW {
            assert!(!said.contains(raw), "{what}: {raw}: {said}");
        }
        let keeps = match (wanted, &answer) {
            (Wanted::Hosting(wanted), Answer::Plan(plan)) => {
                let hosts = plan.hosting_mw().iter().any(|mw| *mw > 1e-6);
                is_sound(plan) && hosts == wanted
            }
            (Wanted::Impossible, Answer::Plan(plan)) => {
                let is_told =
                    |repair: &plan::Repair| repair.sentence.len() > 30 && !repair.changes.is_empty();
                plan.status == Status::Infeasible
                    && !plan.repairs.is_empty()
                    && plan.repairs.iter().all(is_told)
            }
            (Wanted::Noted(note), Answer::Plan(plan)) => {
                is_sound(plan) && plan.notes.iter().any(|told| told.contains(note))
            }
            (Wanted::Refused(reason), Answer::Plan(plan)) => {
                is_sound(plan) && plan.refused.iter().any(|refused| refused.reason.contains(reason))
            }
            (Wanted::Named(name), Answer::Problems(problems)) => {
                problems.iter().all(|problem| problem.contains(name))
            }
            _ => false,
        };
        assert!(keeps, "{what}: {wanted:?} is wanted: {said}");
    }
}

/// Proven, and held against the site.
fn is_sound(plan: &Plan) -> bool {
    let proven = if cfg!(feature = "highs") { Status::Optimal } else { Status::Feasible };
    plan.status == proven && plan.certificate.audit.iter().all(plan::AuditLine::holds)
}

/// Everything a user reads of an answer that is not one of his own names.
fn words(answer: &Answer) -> String {
    match answer {
        Answer::Problems(problems) => problems.join("\n"),
        Answer::Refused(reason) => reason.clone(),
        Answer::Plan(plan) => {
            let sentences = plan.repairs.iter().map(|repair| repair.sentence.clone());
            let reasons = plan.refused.iter().map(|refused| refused.reason.clone());
            let told = sentences.chain(reasons).chain(plan.notes.clone());
            format!("{:?} {}", plan.status, told.collect::<Vec<_>>().join("\n"))
        }
    }
}
