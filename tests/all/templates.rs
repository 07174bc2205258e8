//! What each template must show: a clean file, a proven plan that other solvers confirm, and a split that is a real
//! decision and not a switch.

use std::process::Command;
use wattshift::lp::{self, Solver};
use wattshift::plan::{Detail, Options, Plan, Planner, Progress, Solved, Status, UseOf, solve_with};
use wattshift::quantity::Severity;
use wattshift::site::{Address, FailureClass, Object, Site, State, Terms};
use wattshift::{engineering, file};

fn templates() -> Vec<(&'static str, Site)> {
    let templates: Vec<(&'static str, Site)> = file::templates()
        .iter()
        .map(|template| {
            let (site, report) = file::read_text(template.text);
            assert!(report.is_clean(), "{}: {:#?}", template.name, report.problems);
            (template.name, site.expect("a clean template has a site"))
        })
        .collect();
    assert_eq!(templates.len(), 3);
    templates
}

fn solved(site: &Site) -> Solved {
    solve_with(site, None, Options { detail: Detail::Quick, ..Options::default() }, &|_| true)
        .unwrap_or_else(|error| panic!("{}: {error}", site.name))
}

fn hosting_share(plan: &Plan) -> Vec<f64> {
    plan.mining_mw()
        .iter()
        .zip(plan.hosting_mw())
        .map(|(mining, hosting)| hosting / (mining + hosting).max(1e-9))
        .collect()
}

/// Largest difference of hosting MW in any period, relative to the larger plan's peak.
fn largest_move(a: &Plan, b: &Plan) -> f64 {
    let (a, b) = (a.hosting_mw(), b.hosting_mw());
    let peak = a.iter().chain(&b).copied().fold(1e-9, f64::max);
    a.iter().zip(&b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max) / peak
}

#[test]
fn each_template_checks_clean_in_every_scenario() {
    for (name, site) in templates() {
        assert!((20..=50).contains(&site.components.len()), "{name}: {} parts", site.components.len());
        assert!((2..=3).contains(&site.scenarios.len()), "{name}: {} scenarios", site.scenarios.len());
        let scenarios = std::iter::once(None).chain(site.scenarios.iter().map(Some));
        for scenario in scenarios {
            let (applied, report) = wattshift::site::scenario::with_scenario(&site, scenario);
            assert!(report.is_clean(), "{name}: {:#?}", report.problems);
            let report = engineering::check(&applied);
            let worst: Vec<_> = report.problems.iter().filter(|p| p.severity > Severity::Info).collect();
            assert!(worst.is_empty(), "{name}: {worst:#?}");
        }
    }
}

#[test]
fn each_template_is_optimal_and_other_solvers_agree() {
    for (name, site) in templates() {
        let Solved { plan, model, .. } = solved(&site);
        assert_eq!(plan.status, Status::Optimal, "{name}: {:?} {:?}", plan.certificate, plan.repairs);
        let certificate = &plan.certificate;
        assert!(certificate.primal_residual <= 1e-6, "{name}");
        assert!(certificate.dual_residual <= 1e-6 && certificate.relative_gap <= 1e-6, "{name}");
        assert!(certificate.cash_flow_residual <= 1e-6, "{name}");
        assert_eq!(certificate.audit.len(), 19, "{name}");
        let objective = plan.objective_usd / 1e6;
        let near = |other: f64| (other - objective).abs() <= 1e-6 * (1.0 + objective.abs());
        let second = lp::solve(&model, Solver::Microlp, None).unwrap();
        assert!(near(second.objective), "{name}: microlp {} against {objective}", second.objective);
        let exported = -glpsol_optimum(&lp::write_mps(&model, name));
        assert!(near(exported), "{name}: glpsol {exported} against {objective}");
    }
}

/// Optimum that GLPK finds in an MPS text.
fn glpsol_optimum(mps: &str) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let (model, answer) = (folder.path().join("model.mps"), folder.path().join("answer.txt"));
    std::fs::write(&model, mps).unwrap();
    let output = Command::new("glpsol")
        .arg("--freemps")
        .arg(&model)
        .arg("--write")
        .arg(&answer)
        .output()
        .expect("glpsol is needed for this test; `make test` installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    // `s bas ROWS COLUMNS PRIMAL DUAL OBJECTIVE`
    let text = std::fs::read_to_string(&answer).unwrap();
    let line = text.lines().find(|line| line.starts_with("s bas")).unwrap();
    let fields: Vec<&str> = line.split_whitespace().collect();
    assert_eq!((fields[4], fields[5]), ("f", "f"), "{line}");
    fields[6].parse().unwrap()
}

#[test]
fn both_uses_share_the_megawatts_for_two_years_and_several_limits_bind() {
    for (name, site) in templates() {
        let plan = solved(&site).plan;
        let shared_months: usize = hosting_share(&plan)
            .iter()
            .zip(&plan.periods)
            .filter(|(share, _)| (0.1..=0.9).contains(*share))
            .map(|(_, period)| period.months)
            .sum();
        assert!(shared_months >= 24, "{name}: {shared_months} months, {:?}", hosting_share(&plan));
        let families: std::collections::BTreeSet<&str> =
            plan.binding.iter().map(|binding| binding.constraint.as_str()).collect();
        assert!(families.len() >= 3, "{name}: {families:?}");
    }
}

fn scale_hashprice(site: &mut Site, factor: f64) {
    site.assumptions.bitcoin.price_usd_per_btc *= factor;
    // The marginal miner's break-even moves along, or the market would take the change back.
    site.assumptions.bitcoin.marginal_usd_per_mwh *= factor;
    site.assumptions.bitcoin.marginal_other_usd_per_ph_day *= factor;
}

fn scale_rent(site: &mut Site, factor: f64) {
    for offer in &mut site.offers {
        match &mut offer.terms {
            Terms::Colocation { rent_usd_per_kw_month, .. } => *rent_usd_per_kw_month *= factor,
            Terms::GpuCloud { usd_per_gpu_hour, .. } => *usd_per_gpu_hour *= factor,
            Terms::BitcoinHosting { usd_per_mwh, .. } => *usd_per_mwh *= factor,
        }
    }
}

#[test]
fn a_tenth_of_hashprice_and_a_tenth_of_rent_each_move_the_split() {
    for (name, site) in templates() {
        let base = solved(&site).plan;
        let moved = |change: fn(&mut Site, f64), factor: f64| {
            let mut changed = site.clone();
            change(&mut changed, factor);
            largest_move(&base, &solved(&changed).plan)
        };
        let by_hashprice = moved(scale_hashprice, 1.1).max(moved(scale_hashprice, 0.9));
        let by_rent = moved(scale_rent, 1.1).max(moved(scale_rent, 0.9));
        println!("{name}: a tenth of hashprice moves {by_hashprice:.3} of the MW, of rent {by_rent:.3}");
        assert!(by_hashprice.min(by_rent) > 0.01, "{name}: hashprice moves {by_hashprice}, rent {by_rent}");
    }
}

#[test]
fn a_thousand_dollars_a_megawatt_never_flips_the_plan() {
    for (name, site) in templates() {
        let base = solved(&site).plan;
        for step in [1_000.0, -1_000.0] {
            let mut changed = site.clone();
            for component in &mut changed.components {
                if let State::Planned(planned) = &mut component.state {
                    planned.usd_per_mw = (planned.usd_per_mw + step).max(0.0);
                }
            }
            let moved = largest_move(&base, &solved(&changed).plan);
            assert!(moved <= 0.2, "{name}: {step} $/MW moves {moved}");
        }
    }
}

#[test]
fn a_higher_revenue_floor_raises_the_contracted_share() {
    for (name, site) in templates() {
        let contracted = |plan: &Plan| plan.stability.iter().map(|year| year.share_contracted).sum::<f64>();
        let mut low = site.clone();
        low.limits.worst_year_floor_share = None;
        low.limits.worst_year_floor_usd = None;
        let low = solved(&low).plan;
        let high = solved(&site).plan;
        assert_eq!(high.status, Status::Optimal, "{name}");
        assert!(
            contracted(&high) > contracted(&low) + 1e-3,
            "{name}: {} with the floor, {} without",
            contracted(&high),
            contracted(&low)
        );
        assert!(high.objective_usd <= low.objective_usd + 1.0, "{name}");
    }
}

/// Where nothing is promised a year may earn nothing, and a floor of nothing is kept.
#[test]
fn each_template_has_a_frontier_that_falls() {
    for (name, site) in templates() {
        let options = Options { detail: Detail::Quick, ..Options::default() };
        let found = Planner::default().frontier(&site, None, options, 5, &|_: Progress| true);
        let points = found.unwrap_or_else(|error| panic!("{name}: {error}")).points;
        assert_eq!(points.len(), 5, "{name}");
        for pair in points.windows(2) {
            assert!(pair[1].floor > pair[0].floor, "{name}");
            assert!(pair[1].npv_usd <= pair[0].npv_usd + 1.0, "{name}");
        }
    }
}

#[test]
fn tighter_needs_refuse_pairs_with_reasons() {
    for (name, site) in templates() {
        let base = solved(&site).plan;
        let mut latency = site.clone();
        for offer in latency.offers.clone() {
            let at = Address::new(Object::Offer(offer.id), "needs_rtt_ms");
            if latency.value(&at).is_some() {
                latency.set_value(&at, Some(0.05)).unwrap();
            }
        }
        let mut service = site.clone();
        for offer in &mut service.offers {
            offer.needs.availability = 0.999_999_99;
            offer.needs.survives = FailureClass::Maintainable;
        }
        for (what, tighter) in [("RTT", latency), ("SLA", service)] {
            let plan = solved(&tighter).plan;
            assert!(plan.refused.len() > base.refused.len(), "{name}: {what} refuses nothing more");
            assert!(plan.refused.iter().all(|refused| refused.reason.len() > 20), "{name}");
        }
    }
}

#[test]
fn what_a_plan_says_of_its_uses_adds_up() {
    for (name, site) in templates() {
        let plan = solved(&site).plan;
        let hosted: f64 = plan
            .halls
            .iter()
            .flat_map(|hall| &hall.uses)
            .filter(|of| matches!(of.of, UseOf::Hosting { .. }))
            .flat_map(|of| &of.mw)
            .sum();
        assert!((hosted - plan.hosting_mw().iter().sum::<f64>()).abs() < 1e-6, "{name}");
        for period in 0..plan.periods.len() {
            let import = plan.gross.mining_mw[period] + plan.gross.hosting_mw[period];
            assert!(import <= plan.gross.contract_mw[period] + 1e-6, "{name}");
            assert!(plan.gross.hosting_mw[period] <= plan.gross.firm_mw[period] + 1e-6, "{name}");
        }
        let paid: f64 = plan.builds.iter().flat_map(|build| &build.capex_usd).sum();
        let listed: f64 = plan.capex.by_year.iter().map(|(_, usd)| usd).sum();
        assert!(
            (listed - plan.capex.total_usd).abs() <= 1e-6 * plan.capex.total_usd.abs().max(1.0),
            "{name}"
        );
        assert!(
            paid <= plan.capex.total_usd + 1.0
                || site.offers.iter().any(|o| o.tenant_funded_usd_per_mw > 0.0),
            "{name}"
        );
    }
}
