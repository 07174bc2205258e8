//! Reasons and changes as a script and a reader see them.

use crate::command_line::wattshift;
use serde_json::Value;

const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/site_templates/west-texas-100mw.site.ron");

fn plan(arguments: &[&str]) -> (Value, i32) {
    let output = wattshift(&[&["plan", SITE, "--json", "--quiet"], arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    (document, output.status.code().unwrap())
}

#[test]
fn a_plan_tells_why_then_and_what_is_different_from_another() {
    let (document, status) = plan(&["--since", &format!("{SITE}#Hashprice 35 flat")]);
    assert_eq!(status, 0);
    let reasons = document["reasons"].as_array().unwrap();
    // Everything ordered, and everything that is let, has a reason; nothing that is left out has a date.
    let built = document["builds"].as_array().unwrap().iter().filter(|build| {
        build["mw"].as_array().unwrap().iter().map(|mw| mw.as_f64().unwrap()).sum::<f64>() >= 0.05
    });
    for build in built {
        let decided = if build["fit_out"] == true { "fit_out" } else { "part" };
        let reason = reasons.iter().find(|of| of["decided"] == decided && of["object"] == build["component"]);
        let reason = reason.unwrap_or_else(|| panic!("no reason for {}", build["component"]));
        assert!(reason["date"].is_string() && reason["now"].as_str().unwrap().len() > 20, "{reason}");
        for side in ["earlier", "later"] {
            let shift = &reason[side];
            let possible = !shift["sentence"].as_str().unwrap().starts_with("is not possible");
            assert_eq!(possible, shift["worth"].is_object(), "{shift}");
            assert!(!possible || shift["worth"]["usd_per_mw"].as_f64().unwrap() < 100.0, "{shift}");
        }
    }
    let hosted = reasons.iter().filter(|of| of["decided"] == "hosting" && of["date"].is_string());
    assert!(hosted.count() > 3);
    let changes = &document["changes"];
    assert!(changes["since"].as_str().unwrap().ends_with("#Hashprice 35 flat"));
    let changes = changes["changes"].as_array().unwrap();
    assert!(!changes.is_empty() && changes.len() <= 8);
    // Where hashprice stays at 35 less is hosted: space that does not pay at once is not built.
    let hosting = changes
        .iter()
        .any(|of| of["sentence"].as_str().unwrap().starts_with("Hosting at full build goes from"));
    assert!(hosting, "{changes:?}");
    let money: Vec<f64> = changes.iter().map(|of| of["usd"].as_f64().unwrap()).collect();
    assert!(money.windows(2).all(|two| two[0] >= two[1]), "{money:?}");
}

#[test]
fn the_same_file_is_no_change_and_a_missing_one_is_named() {
    let output = wattshift(&["plan", SITE, "--quiet", "--since", SITE]);
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(page.contains("\nWhy then\n") && page.contains("Nothing is different"), "{page}");
    let missing = wattshift(&["plan", SITE, "--since", "no-such.site.ron"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        missing.stdout.is_empty() && String::from_utf8_lossy(&missing.stderr).contains("no-such.site.ron")
    );
}
