//! Sites so small that their optimum is worked out by hand, in the text beside each file.

use std::path::{Path, PathBuf};
use wattshift::file;
use wattshift::plan::{self, Detail, Status};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/plan_cases");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".site.ron"))
        .collect();
    files.sort();
    files
}

/// The last line of a derivation: `optimum: 2803200 USD`.
fn by_hand(case: &Path) -> f64 {
    let derivation = PathBuf::from(case.to_string_lossy().replace(".site.ron", ".txt"));
    let text = std::fs::read_to_string(&derivation).unwrap();
    let last = text.trim_end().lines().next_back().unwrap();
    last.strip_prefix("optimum: ").and_then(|rest| rest.strip_suffix(" USD")).unwrap().parse().unwrap()
}

#[test]
fn what_is_solved_by_hand_is_what_the_program_finds() {
    let cases = cases();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let (site, report) = file::read_text(&std::fs::read_to_string(&case).unwrap());
        assert!(!report.has_errors(), "{}: {:#?}", case.display(), report.problems);
        let (site, expected) = (site.unwrap(), by_hand(&case));
        for detail in [Detail::Quick, Detail::Full] {
            let plan = plan::solve(&site, None, detail, &|_| true).unwrap();
            assert_eq!(plan.status, Status::Optimal, "{}", case.display());
            let off = (plan.objective_usd - expected).abs();
            assert!(off <= 1e-3, "{}, {detail:?}: {} and not {expected}", case.display(), plan.objective_usd);
        }
    }
}
