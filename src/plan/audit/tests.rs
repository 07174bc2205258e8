//! A finished plan holds; falsified, the family is named.

use super::audit;
use crate::plan::result::{AuditLine, Plan};
use crate::plan::solve::{Options, Solved, solve_with};
use crate::plan::testing;
use crate::site::Site;

fn solved(site: &Site, options: Options) -> Solved {
    solve_with(site, None, options, &|_| true).unwrap()
}

#[test]
fn scratch() {
    let site = testing::site();
    let solved = solved(&site, Options::default());
    println!("{:?} {:?}", solved.plan.status, solved.plan.notes);
    for line in &solved.plan.certificate.audit { println!("{line:?}"); }
    for template in ["west-texas-100mw", "north-dakota", "new-york"] {
        let _ = template;
    }
    for (path, _) in [("site_templates", 0)] {
        for entry in std::fs::read_dir(path).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let _ = text;
        }
    }
    let _ = audit(&site, None, None, &solved).unwrap();
}
