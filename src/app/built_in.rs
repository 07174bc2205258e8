//! The window's services as the program has them.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::Services;
use super::services::Planned;
use super::state::Template;
use crate::engineering::thermal::WeatherImport;
use crate::jobs::Reporter;
use crate::quantity::Report;
use crate::site::Site;
use crate::{engineering, file, plan};

/// The rooms below, as they are.
pub fn services() -> Services {
    // One plan is made at a time; the next one starts from what it leaves.
    let planner = Mutex::new(plan::Planner::default());
    // The frontier has its own, so that the next plan does not wait for it.
    let drawer = Mutex::new(plan::Planner::default());
    Services {
        solve: Arc::new(move |site, scenario, options, reporter| {
            let mut planner = planner.lock().unwrap_or_else(PoisonError::into_inner);
            let reported = Reported { reporter, sha256: file::sha256_as_saved(site) };
            let solved = planner.solve(site, scenario, options, &reported);
            solved.map(|solved| reported.stamped(solved.plan)).map_err(|error| error.to_string())
        }),
        frontier: Arc::new(move |site, scenario, options, points, reporter| {
            let mut drawer = drawer.lock().unwrap_or_else(PoisonError::into_inner);
            let listener = |progress: plan::Progress| reporter.progress(&progress.stage, progress.share);
            drawer.frontier(site, scenario, options, points, &listener).map_err(|error| error.to_string())
        }),
        check: engineering::check,
        study: engineering::study_with,
        outlook: super::assumptions::outlook::outlook,
        read,
        read_weather,
        save: |path: &Path, site: &Site| {
            file::save(path, site).map_err(|error| format!("{error}; {}", error.hint()))
        },
        stamp: file::stamp,
        templates: templates(),
    }
}

/// A job's reporter as a planner's listener, with the hash of the document that is planned.
struct Reported<'a> {
    reporter: &'a Reporter<Planned>,
    sha256: String,
}

impl Reported<'_> {
    fn stamped(&self, mut plan: plan::Plan) -> plan::Plan {
        plan.stamp.input_sha256 = Some(self.sha256.clone());
        plan
    }
}

impl plan::Listener for Reported<'_> {
    fn progress(&self, progress: plan::Progress) -> bool {
        self.reporter.progress(&progress.stage, progress.share)
    }

    fn first(&self, plan: plan::Plan) {
        self.reporter.first(Ok(self.stamped(plan)));
    }
}

fn read(path: &Path) -> (Option<Site>, Report) {
    let (loaded, report) = file::read(path);
    (loaded.map(|loaded| loaded.site), report)
}

/// A weather file as the command line takes it.
fn read_weather(path: &Path, site: &Site) -> WeatherImport {
    let name = file::companion_name(path);
    match file::read_companion(path) {
        Ok(text) => WeatherImport::read(site, &name, &text),
        Err(report) => WeatherImport::unreadable(&name, report),
    }
}

/// Templates that read; one that does not is a fault of the build, which a test finds.
fn templates() -> Vec<Template> {
    file::templates()
        .iter()
        .filter_map(|template| {
            let (site, _) = file::read_text(template.text);
            Some(Template {
                name: template.name.to_owned(),
                title: template.title.to_owned(),
                summary: template.summary.to_owned(),
                site: Arc::new(site?),
            })
        })
        .collect()
}
