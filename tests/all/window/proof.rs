//! The proof of a plan, opened in the answer.

use super::*;
use wattshift::plan::{AuditLine, Detail, Stamp};

fn line(family: &'static str, worst: f64) -> AuditLine {
    AuditLine {
        family,
        what: "payments within the budgets",
        worst,
        object: if worst > 0.0 { "2027 budget".to_owned() } else { String::new() },
        unit: "USD",
        tolerance: 10.0,
    }
}

#[test]
fn the_audit_and_the_stamp_are_read_at_a_click() {
    let site = fixture::site();
    let mut plan = fixture::plan(&site);
    plan.certificate.audit = vec![line("C10", 0.0), line("C11", 3e6)];
    plan.stamp = Stamp {
        program: "wattshift 0.0.0".to_owned(),
        solver: "HiGHS 0".to_owned(),
        tolerance_asked: 1e-9,
        tolerance_proven: 1e-6,
        seed: 7,
        detail: Detail::Quick,
        whole: false,
        paths: 200,
        judge_paths: 2_000,
        input_sha256: Some("ab".repeat(32)),
    };
    let mut app = App::for_test(site, services());
    app.inject_plan(plan);
    app.send(Action::Do(Command::ShowAnswer));
    let mut harness = harness_of(vec2(1280.0, 2400.0), false, app);
    harness.run();
    harness.get_by_label("Proof: 1 of 2 families hold").click();
    harness.run();
    harness.get_by_label("C10: payments within the budgets");
    harness.get_by_label("2027 budget: off by $3.00M (payments within the budgets, C11)");
    harness.get_by_label_contains("seed 7");
    harness.get_by_label_contains("wattshift 0.0.0 with HiGHS 0");
    harness.get_by_label_contains(&"ab".repeat(32));
}
