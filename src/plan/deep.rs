//! A site file looked at as deeply as the program can: first the solvers, on programs with known answers; then the plan, by a
//! second solver; then the plan again without any, on markets that are drawn anew.

use super::audit::audit;
use super::result::{AuditLine, Plan, Status};
use super::solve::{Failure, Options, PlanError, Progress, Solved, solve_with};
use crate::lp::{PROVEN, SelfTest, self_test};
use crate::quantity::format;
use crate::site::Site;

/// Two objectives within this share of a million USD, or of the larger of them, are one.
const SAME: f64 = 1e-6;

/// Everything that was found.
#[derive(Clone, Debug)]
pub struct Deep {
    pub self_tests: Vec<SelfTest>,
    pub plan: Plan,
    pub audit: Vec<AuditLine>,
}

/// One check, for people and scripts.
#[derive(Clone, Debug, PartialEq)]
pub struct DeepCheck {
    /// `solvers`, `proof` or `audit`.
    pub part: &'static str,
    pub name: String,
    pub holds: bool,
    /// What was found, in words with figures.
    pub figures: String,
}

/// Tests the solvers, plans the site with a second opinion and audits the plan.
///
/// # Errors
/// [`PlanError`] as of a plan.
pub fn check_deeply(
    site: &Site,
    scenario: Option<&str>,
    options: Options,
    progress: &dyn Fn(Progress) -> bool,
) -> Result<Deep, PlanError> {
    let at = |stage: &str, share: f32| progress(Progress { stage: stage.to_owned(), share });
    let goes_on = || at("Testing the solvers", 0.0);
    let self_tests = self_test(&goes_on);
    let cancelled = || PlanError(Failure::Cancelled);
    if !goes_on() {
        return Err(cancelled());
    }
    let part = |Progress { stage, share }| progress(Progress { stage, share: 0.05 + 0.85 * share });
    let options = Options { second_opinion: true, ..options };
    let solved = solve_with(site, scenario, options, &part)?;
    if !at("Auditing the plan", 0.93) {
        return Err(cancelled());
    }
    let audit = audit(site, scenario, options.seed, &solved)?;
    let Solved { plan, .. } = solved;
    at("Done", 1.0);
    Ok(Deep { self_tests, plan, audit })
}

impl Deep {
    pub fn holds(&self) -> bool {
        self.checks().iter().all(|check| check.holds)
    }

    /// Every check, in the order in which they were made.
    pub fn checks(&self) -> Vec<DeepCheck> {
        let of_solvers = self.self_tests.iter().map(|test| DeepCheck {
            part: "solvers",
            name: format!("{}: {}", test.solver, test.name),
            holds: test.holds(),
            figures: match test.holds() {
                true => format!("finds {}", test.expected),
                false => format!("finds {} instead of {}", test.found, test.expected),
            },
        });
        let of_audit = self.audit.iter().map(|line| DeepCheck {
            part: "audit",
            name: format!("{}: {}", line.family, line.what),
            holds: line.holds(),
            figures: match line.holds() {
                true => format!("off by {:.1e} {} of {:.1e}", line.worst, line.unit, line.tolerance),
                false => line.sentence(),
            },
        });
        of_solvers.chain(self.of_proof()).chain(of_audit).collect()
    }

    fn of_proof(&self) -> Vec<DeepCheck> {
        let plan = &self.plan;
        let proof = &plan.certificate;
        let check = |name: &str, holds: bool, figures: String| DeepCheck {
            part: "proof",
            name: name.to_owned(),
            holds,
            figures,
        };
        let residual = |name: &str, of: f64| {
            check(name, of <= PROVEN, format!("off by {of:.1e} of {PROVEN:.0e}, relative"))
        };
        let mut checks = vec![check(
            "the plan",
            plan.status == Status::Optimal,
            match plan.status {
                Status::Optimal => format!("optimal, worth {}", format::usd(plan.objective_usd)),
                Status::Feasible => "keeps to every limit, but is not proven best".to_owned(),
                Status::Infeasible => {
                    let repair = plan.repairs.first().map_or("", |repair| repair.sentence.as_str());
                    format!("no plan keeps to every limit. {repair}").trim_end().to_owned()
                }
            },
        )];
        checks.push(residual("rows and bounds", proof.primal_residual));
        // A solver without prices shows neither.
        checks.push(residual("prices of rows", proof.dual_residual));
        checks.push(residual("duality gap", proof.relative_gap));
        checks.push(residual("cash flows walked month by month", proof.cash_flow_residual));
        checks.push(match proof.second_solver_objective_usd {
            Some(second) => {
                let apart = (second - plan.objective_usd).abs();
                let holds = apart <= SAME * plan.objective_usd.abs().max(1e6);
                check("second solver", holds, format!("finds {second:.2} USD, {apart:.2} apart"))
            }
            None => check("second solver", false, "gave no answer in time".to_owned()),
        });
        checks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing;
    use crate::site::OfferStatus;
    use std::cell::Cell;

    #[test]
    fn a_sound_site_holds_in_every_check() {
        let deep = check_deeply(&testing::site(), None, Options::default(), &|_| true).unwrap();
        let checks = deep.checks();
        let count = |part: &str| checks.iter().filter(|check| check.part == part).count();
        assert_eq!((count("proof"), count("audit")), (6, 19));
        assert!(count("solvers") >= 25);
        assert!(deep.holds(), "{:#?}", checks.iter().filter(|check| !check.holds).collect::<Vec<_>>());
        // What was worked out twice agrees.
        let families = |lines: &[AuditLine]| lines.iter().map(|line| line.family).collect::<Vec<_>>();
        assert_eq!(families(&deep.audit), families(&deep.plan.certificate.audit));
    }

    #[test]
    fn what_does_not_hold_is_told() {
        let sound = check_deeply(&testing::site(), None, Options::default(), &|_| true).unwrap();
        let mut wrong = sound.clone();
        wrong.self_tests[0].off_by = 1.0;
        wrong.plan.certificate.second_solver_objective_usd = Some(wrong.plan.objective_usd + 50.0);
        wrong.audit[3].worst = 2.0;
        let failed: Vec<&str> =
            wrong.checks().into_iter().filter(|check| !check.holds).map(|check| check.part).collect();
        assert_eq!(failed, ["solvers", "proof", "audit"]);
        wrong.plan.certificate.second_solver_objective_usd = None;
        assert!(!wrong.holds());

        let mut site = testing::site();
        (site.offers[0].status, site.offers[0].min_mw) = (OfferStatus::Signed, 8.0);
        site.limits.capex_by_year_usd.clear();
        site.limits.capex_total_usd = Some(1e6);
        let deep = check_deeply(&site, None, Options::default(), &|_| true).unwrap();
        let plan = deep.checks().into_iter().find(|check| check.name == "the plan").unwrap();
        assert!(!plan.holds && plan.figures.contains("no plan keeps"), "{plan:?}");
    }

    #[test]
    fn it_stops_when_asked() {
        let left = Cell::new(0);
        let patient = |_: Progress| {
            left.set(left.get() - 1_i32);
            left.get() > 0
        };
        for patience in [1, 20] {
            left.set(patience);
            let stopped = check_deeply(&testing::site(), None, Options::default(), &patient);
            assert_eq!(stopped.err(), Some(PlanError(Failure::Cancelled)), "{patience}");
        }
        // And when the plan is there.
        let until_the_audit = |progress: Progress| progress.stage != "Auditing the plan";
        let stopped = check_deeply(&testing::site(), None, Options::default(), &until_the_audit);
        assert_eq!(stopped.err(), Some(PlanError(Failure::Cancelled)));
    }
}
