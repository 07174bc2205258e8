//! The window's services as the program has them.

use std::path::Path;
use std::sync::Arc;

use super::Services;
use super::state::Template;
use crate::engineering::thermal::WeatherImport;
use crate::quantity::Report;
use crate::site::Site;
use crate::{engineering, file, plan};

/// The rooms below, as they are.
pub fn services() -> Services {
    Services {
        solve: Arc::new(|site, scenario, detail, reporter| {
            let progress = |now: plan::Progress| reporter.progress(&now.stage, now.share);
            plan::solve(site, scenario, detail, &progress).map_err(|error| error.to_string())
        }),
        check: engineering::check,
        study: engineering::study_with,
        outlook: super::assumptions::outlook::outlook,
        read,
        read_weather,
        save: |path: &Path, site: &Site| {
            file::save(path, site).map_err(|error| format!("{error}; {}", error.hint()))
        },
        templates: templates(),
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
