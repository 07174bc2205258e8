//! Reading the site file that a subcommand names.

use super::{Common, output};
use crate::file::{self, Loaded};
use crate::quantity::diagnostic::did_you_mean;
use crate::quantity::{Report, Severity};
use std::path::{Path, PathBuf};

/// A file read, with all its problems, and the scenario asked for.
pub struct Input {
    pub path: PathBuf,
    pub loaded: Option<Loaded>,
    pub report: Report,
    pub scenario: Option<String>,
}

/// Reads `FILE` or `FILE#SCENARIO`. A scenario that the file does not have is one of the problems.
///
/// # Errors
/// Where `--scenario` names another scenario than the part after `#`.
pub fn read(file: &Path, common: &Common) -> anyhow::Result<Input> {
    let (path, named) = split_scenario(file);
    if let (Some(flag), Some(named)) = (&common.scenario, &named)
        && flag != named
    {
        anyhow::bail!("{} and --scenario {flag} name two scenarios; give one", file.display());
    }
    let scenario = common.scenario.clone().or(named);
    let (loaded, mut report) = file::read(&path);
    if let (Some(loaded), Some(wanted)) = (&loaded, &scenario) {
        let names: Vec<&str> = loaded.site.scenarios.iter().map(|known| known.name.as_str()).collect();
        if !names.contains(&wanted.as_str()) {
            let hint = match (did_you_mean(wanted, names.iter().copied()), names.as_slice()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, []) => "the file has no scenarios; leave it out for the base case".to_owned(),
                (None, names) => format!("there are: {}", names.join(", ")),
            };
            report.error("scenario-unknown", "scenarios", format!("there is no scenario `{wanted}`"), hint);
        }
    }
    if let Some(loaded) = &loaded
        && !report.has_errors()
    {
        report.extend(crate::engineering::check(&loaded.site));
    }
    Ok(Input { path, loaded, report, scenario })
}

/// A file whose own name holds a `#` is meant as it stands.
fn split_scenario(file: &Path) -> (PathBuf, Option<String>) {
    if file.exists() {
        return (file.to_owned(), None);
    }
    match file.to_str().and_then(|text| text.rsplit_once('#')) {
        Some((path, scenario)) if !scenario.is_empty() => (PathBuf::from(path), Some(scenario.to_owned())),
        _ => (file.to_owned(), None),
    }
}

impl Input {
    /// The site, when it can be worked with; its problems go to standard error.
    ///
    /// # Errors
    /// When the file cannot be read or has errors; every one of them is named.
    pub fn site(&self, quiet: bool) -> anyhow::Result<&Loaded> {
        let least = if quiet { Severity::Error } else { Severity::Warning };
        for problem in self.report.problems.iter().filter(|problem| problem.severity >= least) {
            output::note(&output::problem_text(problem));
        }
        match &self.loaded {
            Some(loaded) if !self.report.has_errors() => Ok(loaded),
            _ => anyhow::bail!(
                "{} of {} must be mended first",
                match self.report.count(Severity::Error) {
                    1 => "one error".to_owned(),
                    count => format!("{count} errors"),
                },
                self.path.display()
            ),
        }
    }

    /// Exit status for a result on this input.
    pub fn status(&self) -> u8 {
        if self.report.is_clean() { super::CLEAN } else { super::PROBLEMS }
    }
}
