//! Whole decisions on the templates, from the command line and in the file.

use crate::command_line::wattshift;
use wattshift::file;
use wattshift::plan::{Options, Solved, Status, solve_with};
use wattshift::site::Site;

fn templates() -> Vec<(&'static str, Site)> {
    let read = |template: &file::Template| {
        (template.name, file::read_text(template.text).0.expect("a template reads"))
    };
    file::templates().iter().map(read).collect()
}

#[test]
fn every_template_plans_in_whole_decisions_and_its_cash_adds_up() {
    for (name, site) in templates() {
        let options = Options { whole: true, seconds: Some(120.0), ..Options::default() };
        let Solved { plan, model, .. } = solve_with(&site, None, options, &|_| true).unwrap();
        let certificate = &plan.certificate;
        assert_eq!(plan.status, Status::Optimal, "{name}: {certificate:?}");
        assert!(certificate.cash_flow_residual <= 1e-6, "{name}: {certificate:?}");
        assert!(certificate.primal_residual <= 1e-6, "{name}: {certificate:?}");
        let whole = certificate.whole.expect("whole decisions were asked for");
        assert!(whole.integer_columns > 0 && whole.integer_gap <= 1e-3, "{name}: {whole:?}");
        assert!(whole.lp_bound_usd >= whole.bound_usd - 1.0, "{name}: {whole:?}");
        assert!(whole.bound_usd >= plan.objective_usd - 1.0, "{name}: {whole:?}");
        assert!(model.has_integers(), "{name}");
        // Each offer that is taken has its least MW at some time.
        for offer in site.offers.iter().filter(|offer| offer.min_mw > 0.0) {
            let key = format!("hosting:{}", offer.id);
            let in_period = |period: usize| -> f64 {
                let uses = plan.halls.iter().flat_map(|hall| &hall.uses);
                uses.filter(|of| of.of.key() == key).map(|of| of.mw[period]).sum()
            };
            let most = (0..plan.periods.len()).map(in_period).fold(0.0, f64::max);
            assert!(most < 1e-6 || most >= offer.min_mw - 1e-6, "{name}: {most} MW of {}", offer.name);
        }
        // A fixed price of a fit-out is paid once, whole.
        for (component, hall) in site.halls() {
            let Some(fit) = &hall.fit_out else { continue };
            let build = plan.builds.iter().find(|build| build.fit_out && build.component == component.id);
            let ordered: f64 = build.map_or(0.0, |build| build.ordered_mw.iter().sum());
            let paid: f64 = build.map_or(0.0, |build| build.capex_usd.iter().sum());
            let least = (fit.usd_per_mw * ordered + fit.fixed_usd) * (1.0 + site.company.contingency_share);
            assert!(ordered < 1e-6 || paid >= least * (1.0 - 1e-9), "{name}: {paid} of {least}");
        }
    }
}

#[test]
fn seconds_want_whole_decisions_and_sense() {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/site_templates/washington-18mw.site.ron");
    for arguments in [
        &["plan", template, "--seconds", "5"][..],
        &["plan", template, "--whole", "--seconds", "0"],
        &["plan", template, "--whole", "--seconds", "NaN"],
        &["plan", template, "--whole", "--seconds", "1e99"],
    ] {
        assert_eq!(wattshift(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn offers_that_exclude_each_other_are_kept_in_the_file_edited_and_checked() {
    use wattshift::engineering;
    use wattshift::site::edit::{Edit, apply};
    let (_, site) = templates().remove(0);
    let of = |offer: usize, set: Option<&str>| Edit::SetExclusive {
        offer: site.offers[offer].id.clone(),
        set: set.map(str::to_owned),
    };
    let codes = |site: &Site| -> Vec<String> {
        let problems = engineering::check(site).problems.into_iter();
        problems.filter(|problem| problem.code.starts_with("exclusive")).map(|p| p.code.to_owned()).collect()
    };
    let (one, label) = apply(&site, &of(0, Some(" inference "))).unwrap();
    assert_eq!(one.offers[0].exclusive_set.as_deref(), Some("inference"));
    assert!(label.contains(&site.offers[0].name), "{label}");
    assert_eq!(codes(&one), ["exclusive-alone"]);
    let (two, _) = apply(&one, &of(1, Some("inference"))).unwrap();
    assert!(codes(&two).is_empty());
    // Saved, read and saved again it is the same text; without a set nothing is written.
    let text = file::write_text(&two);
    assert!(text.contains("exclusive_set: \"inference\""));
    let (again, report) = file::read_text(&text);
    assert!(report.is_clean(), "{:?}", report.problems);
    let again = again.unwrap();
    assert_eq!(again, two);
    assert_eq!(file::write_text(&again), text);
    let (none, _) = apply(&two, &of(0, None)).unwrap();
    let (none, _) = apply(&none, &of(1, Some("  "))).unwrap();
    assert!(!file::write_text(&none).contains("exclusive_set"));
    assert!(apply(&site, &Edit::SetExclusive { offer: "nobody".into(), set: None }).is_err());
}

#[test]
fn blocks_and_sets_that_say_nothing_are_named() {
    use wattshift::engineering;
    use wattshift::site::{OptionSet, State};
    let (_, mut site) = templates().remove(0);
    let part = site.components.iter_mut().find(|component| component.planned().is_some()).unwrap();
    let tag = part.tag.clone();
    let rating = part.rating_mw();
    if let State::Planned(planned) = &mut part.state {
        planned.block_mw = Some(rating * 1.5);
        planned.option_set = Some(OptionSet { set: "s".into(), option: "a".into() });
    }
    site.offers[0].block_mw = Some(site.offers[0].max_mw + 1.0);
    let report = engineering::check(&site);
    for (code, object) in [
        ("block-over-rating", &tag),
        ("option-alone", &"a".to_owned()),
        ("block-over-most", &site.offers[0].name),
    ] {
        let problem = report.problems.iter().find(|problem| problem.code == code).expect(code);
        assert!(problem.message.contains(object.as_str()) && !problem.hint.is_empty(), "{}", problem.message);
    }
}
