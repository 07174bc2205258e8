//! A finished plan holds; falsified by a megawatt, a date or a few dollars, it does not, and the family is named.

use super::audit;
use crate::plan::planner::Planner;
use crate::plan::result::{AuditLine, Status};
use crate::plan::solve::{Options, Solved, solve_with};
use crate::plan::testing::{self, terms_of};
use crate::site::company::{Instrument, InstrumentKind, Loan};
use crate::site::{
    GpuSystem, Kind, Limits, Offer, OfferStatus, OptionSet, RowGroup, Site, SystemRental, Terms,
};

fn solved(site: &Site, options: Options) -> Solved {
    solve_with(site, None, options, &|_| true).unwrap()
}

fn failing(site: &Site, solved: &Solved) -> Vec<AuditLine> {
    let lines = audit(site, None, None, solved).unwrap();
    assert_eq!(lines.len(), 19, "a line a family");
    lines.into_iter().filter(|line| !line.holds()).collect()
}

/// Everything that can be owed, paid back and taxed.
fn with_money() -> Site {
    let mut site = testing::site();
    site.company.opening_cash_usd = 10e6;
    site.company.overhead_usd_per_month = 50_000.0;
    site.company.bitcoin_held = 60.0;
    site.company.tax.rate = 0.25;
    site.limits.minimum_cash_usd = Some(2e6);
    if let Kind::GridFeed(feed) = &mut site.components[0].kind {
        feed.minimum_take_share = 0.0;
    }
    let of = |id: &str, kind, limit_usd, rate| Instrument {
        id: id.to_owned(),
        name: String::new(),
        kind,
        limit_usd,
        rate,
        fee_share: 0.02,
        available_from: None,
        available_to: None,
        term_months: 48.0,
    };
    site.company.instruments = vec![
        of("loan", InstrumentKind::ConstructionLoan { loan_to_cost: 0.7, dscr: 1.2 }, 12e6, 0.08),
        of(
            "line",
            InstrumentKind::BitcoinBackedLine { initial_ltv: 0.5, call_ltv: 0.7, liquidation_ltv: 0.8 },
            2e6,
            0.09,
        ),
        of("shares", InstrumentKind::EquityAtMarket { usd_per_year: 3e6 }, 6e6, 0.0),
        of("notes", InstrumentKind::ConvertibleNotes { conversion_premium: 0.3 }, 3e6, 0.03),
    ];
    site.company.loans = vec![Loan {
        id: "old".into(),
        name: String::new(),
        balance_usd: 3e6,
        rate: 0.1,
        maturity: crate::quantity::date::add_months(site.plan.start, 30),
        amortisation_months: 12.0,
    }];
    site
}

/// Floors, rows of racks, GPUs that the site buys, and blocks.
fn with_everything_else() -> Site {
    let mut site = testing::site();
    site.limits =
        Limits { worst_year_floor_share: Some(0.5), contracted_share: Some(0.2), ..Limits::default() };
    site.limits.capex_total_usd = Some(90e6);
    if let Kind::Hall(hall) = &mut site.component_mut("H").unwrap().kind {
        hall.row_groups = vec![RowGroup {
            holder: Default::default(),
            name: "all".into(),
            positions: 200,
            mining_kw_per_position: 100.0,
            air_kw_per_rack: 0.0,
            liquid_kw_per_rack: 130.0,
            rack_tonnes: 1.5,
            m2_per_rack: 3.0,
        }];
    }
    site.gpu_systems = vec![GpuSystem {
        id: "g".into(),
        model: "G".into(),
        kw_per_gpu: 2.0,
        usd_per_gpu: 40_000.0,
        lead_months: 6.0,
        life_months: 60.0,
        liquid_share: 1.0,
        kw_per_rack: 100.0,
        residual_share_after_36_months: 0.3,
        rental: SystemRental::default(),
    }];
    let cloud = Offer {
        id: "cloud".into(),
        name: "Cloud".into(),
        terms: Terms::GpuCloud {
            gpu_system: "g".into(),
            usd_per_gpu_hour: 3.2,
            utilisation: 0.8,
            indexed: true,
            escalator: 0.0,
        },
        max_mw: 1.0,
        term_months: 48.0,
        ..site.offers[0].clone()
    };
    site.offers[0].status = OfferStatus::Signed;
    site.offers[0].min_mw = 2.0;
    site.offers[0].latest = Some(crate::quantity::date::add_months(site.plan.start, 30));
    site.offers.push(cloud);
    site
}

/// A second way for the heat, of which one at most may be built; everything comes whole.
fn with_options() -> Site {
    let mut site = testing::site();
    let mut twin = site.component("D").unwrap().clone();
    (twin.id, twin.tag) = ("D2".into(), "D2".into());
    site.components.push(twin);
    for mut link in site.links.clone() {
        if link.from == "D" || link.to == "D" {
            link.id.push('2');
            for end in [&mut link.from, &mut link.to] {
                if end == "D" {
                    *end = "D2".into();
                }
            }
            site.links.push(link);
        }
    }
    for (id, option) in [("D", "one"), ("D2", "other")] {
        let terms = terms_of(&mut site, id).unwrap();
        terms.option_set = Some(OptionSet { set: "cooling".into(), option: option.into() });
        terms.fixed_usd = 0.3e6;
    }
    terms_of(&mut site, "U").unwrap().block_mw = Some(5.0);
    site
}

#[test]
fn finished_plans_hold() {
    let whole = Options { whole: true, ..Options::default() };
    let full = Options { detail: crate::plan::Detail::Full, ..Options::default() };
    let mut wary = testing::site();
    wary.plan.risk_weight = 0.5;
    let cases = [
        ("fixture", testing::site(), Options::default()),
        ("months", testing::site(), full),
        ("money", with_money(), Options::default()),
        ("everything else", with_everything_else(), Options::default()),
        ("options", with_options(), Options::default()),
        ("whole", with_options(), whole),
        ("risk", wary, Options::default()),
    ];
    for (what, site, options) in cases {
        let solved = solved(&site, options);
        assert!(solved.plan.status != Status::Infeasible, "{what}: {:?}", solved.plan.repairs);
        assert!(solved.plan.hosting_mw().iter().any(|mw| *mw > 0.5), "{what}: nothing to audit");
        let found = failing(&site, &solved);
        assert!(found.is_empty(), "{what}: {found:#?}");
        // What the planner wrote into the certificate is the same.
        assert_eq!(solved.plan.certificate.audit.len(), super::ORDER.len(), "{what}");
        assert!(solved.plan.certificate.audit.iter().all(AuditLine::holds), "{what}");
    }
}

type Falsify = fn(&mut Solved);

/// Each falsified plan is named by its family.
fn all_are_named(
    site: &Site,
    honest: &Solved,
    cases: impl IntoIterator<Item = (&'static str, &'static str, Falsify)>,
) {
    for (family, what, falsify) in cases {
        let mut plan = honest.clone();
        falsify(&mut plan);
        let named: Vec<&str> = failing(site, &plan).iter().map(|line| line.family).collect();
        assert!(named.contains(&family), "{family}, {what}: {named:?}");
    }
}

/// What is moved in the finished plan, and the family that must say so.
fn falsified() -> Vec<(&'static str, &'static str, Falsify)> {
    vec![
        ("C1", "a MW runs that does not stand", |s| s.decisions.running[0][0].mw += 1.0),
        ("C1", "a MW of load is not told", |s| s.plan.parts[0].mining_mw[2] -= 1.0),
        ("C1", "import of the site", |s| s.plan.gross.hosting_mw[12] += 1.0),
        ("C2", "an order two years later", |s| s.decisions.orders[0].period += 8),
        ("C2", "what is ready is told a MW higher", |s| {
            s.plan.builds.iter_mut().find(|build| !build.fit_out).unwrap().ready_mw[20] += 1.0;
        }),
        ("C4", "what is fitted is told a MW higher", |s| {
            s.plan.builds.iter_mut().find(|build| build.fit_out).unwrap().ready_mw[20] += 1.0;
        }),
        ("C3", "heat of six MW more", |s| s.decisions.starts[0].mw += 6.0),
        ("C4", "fit-out a year later", |s| s.decisions.fits[0].period += 4),
        ("C4", "works that nobody sees", |s| s.plan.halls[0].works_mw[3] += 1.0),
        ("C5", "racks beside miners", |s| s.decisions.mined.iter_mut().for_each(|of| of.mw += 10.0)),
        ("C6", "a tenant in a hall that does not fit", |s| s.decisions.starts[0].of = 99),
        ("C6", "a year before what it leans on", |s| s.decisions.starts[0].period -= 4),
        ("C7", "more than the hall carries", |s| s.decisions.starts[0].mw += 12.0),
        ("C8", "a MW more than the pace", |s| s.decisions.starts[0].mw += 7.0),
        ("C8", "a MW that no start brings", |s| {
            let host = s.plan.halls[0].uses.iter_mut().find(|of| !of.of.is_mining());
            host.unwrap().mw[20] += 1.0;
        }),
        ("C9", "machines that nobody owns", |s| s.decisions.mined[0].mw += 30.0),
        ("C9", "machines moved for nothing", |s| {
            s.decisions.installs.clear();
            s.decisions.mined.retain(|of| of.period > 0);
        }),
        ("C10", "a peak a MW too low", |s| s.decisions.peaks[0].mw -= 1.0),
        ("C10", "a billed peak", |s| s.decisions.billed[0].mw -= 1.0),
        ("C10", "firm MW", |s| s.plan.gross.firm_mw[1] += 1.0),
        ("C11", "a thousand dollars of capex", |s| s.plan.capex.total_usd += 1_000.0),
        ("C11", "a MW more of a part", |s| s.decisions.orders[0].mw += 1.0),
        ("C13", "a thousand dollars of cash", |s| s.plan.finance.cash_by_month_usd[5] += 1_000.0),
        ("C13", "the stress case", |s| s.plan.finance.stress_by_month_usd[50] -= 1_000.0),
        ("C14", "no tenant", |s| s.decisions.starts.clear()),
        ("C15", "rent due", |s| s.plan.revenue.contracted_usd[20] += 1_000.0),
        ("C17", "tax of a year", |s| s.plan.finance.tax_usd[3] += 1_000.0),
        ("revenue", "rent", |s| s.plan.revenue.hosting.mean[20] += 1_000.0),
        ("revenue", "coins", |s| s.plan.revenue.mining.mean[2] -= 1_000.0),
        ("NPV", "a thousand dollars", |s| s.plan.npv.expected_usd += 1_000.0),
        ("NPV", "the objective", |s| s.plan.objective_usd -= 1_000.0),
        ("NPV", "a figure that is no number", |s| s.plan.npv.p5_usd = f64::NAN),
    ]
}

#[test]
fn a_falsified_plan_is_named() {
    let mut site = with_everything_else();
    // The floor is above what mining alone brings.
    (site.limits.worst_year_floor_share, site.limits.floor_from_year) = (Some(0.9), Some(3));
    let honest = solved(&site, Options::default());
    assert_eq!(failing(&site, &honest), [], "the honest plan");
    all_are_named(&site, &honest, falsified());
}

#[test]
fn falsified_money_is_named() {
    let site = with_money();
    let honest = solved(&site, Options::default());
    assert_eq!(failing(&site, &honest), [], "the honest plan");
    let drawn = honest.decisions.draws.clone();
    assert!(!drawn.is_empty(), "nothing is drawn");
    let cases: [(&'static str, &'static str, Falsify); 6] = [
        ("C12", "a draw beyond the limit", |s| s.decisions.draws[0].usd += 20e6),
        ("C12", "a draw two years earlier than its works", |s| s.decisions.draws[0].period = 0),
        ("C12", "a balance", |s| s.plan.finance.debt[1].balance_usd[6] += 1_000.0),
        ("C13", "a draw less", |s| s.decisions.draws[0].usd -= 0.5e6),
        ("C17", "a dollar of income in a thousand", |s| {
            s.decisions.starts.iter_mut().for_each(|start| start.mw *= 1.001);
        }),
        ("C17", "tax", |s| s.plan.finance.tax_usd.iter_mut().for_each(|usd| *usd *= 1.001)),
    ];
    all_are_named(&site, &honest, cases);
}

#[test]
fn flows_and_options_are_followed() {
    let site = with_options();
    let honest = solved(&site, Options::default());
    assert!(!honest.decisions.flows.is_empty(), "no part has a choice");
    let cases: [(&'static str, &'static str, Falsify); 3] = [
        ("C1", "a MW of flow", |s| s.decisions.flows[0].mw += 1.0),
        ("C1", "a flow in the other weather", |s| s.decisions.flows[0].hot ^= true),
        ("C2", "both options", |s| {
            let more = s.decisions.orders[0];
            for of in 0..9 {
                s.decisions.orders.push(crate::plan::decisions::Decision { of, mw: 12.0, ..more });
            }
        }),
    ];
    all_are_named(&site, &honest, cases);
}

/// The plan of an impossible brief breaks what its repairs name, and nothing else.
#[test]
fn the_nearest_plan_of_an_impossible_brief_breaks_what_it_says() {
    let mut site = testing::site();
    site.offers[0].status = OfferStatus::Signed;
    site.offers[0].min_mw = 8.0;
    site.limits.capex_by_year_usd.clear();
    site.limits.capex_total_usd = Some(20e6);
    let solved = solved(&site, Options::default());
    assert_eq!(solved.plan.status, Status::Infeasible);
    let broken: Vec<&str> = failing(&site, &solved).iter().map(|line| line.family).collect();
    let named = ["C8", "C11"];
    assert!(!broken.is_empty() && broken.iter().all(|family| named.contains(family)), "{broken:?}");
}

/// Markets that a planner keeps from an earlier site must not be what its answer is held against.
#[test]
fn a_plan_of_another_site_does_not_hold() {
    let site = testing::site();
    let mut planner = Planner::default();
    let solved = planner.solve(&site, None, Options::default(), &|_| true).unwrap();
    let mut dearer = site.clone();
    if let Terms::Colocation { rent_usd_per_kw_month, .. } = &mut dearer.offers[0].terms {
        *rent_usd_per_kw_month -= 1.0;
    }
    let named: Vec<&str> = failing(&dearer, &solved).iter().map(|line| line.family).collect();
    assert!(named.contains(&"NPV") && named.contains(&"revenue"), "{named:?}");
}
