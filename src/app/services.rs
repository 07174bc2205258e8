//! The other rooms as the window uses them, so that a test can put its own in their place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engineering::thermal::WeatherImport;
use crate::engineering::{Study, StudyOptions};
use crate::jobs::Reporter;
use crate::plan::{Frontier, Options, Plan};
use crate::quantity::Report;
use crate::site::Site;

use super::assumptions::history::HistoryImport;
use super::assumptions::import::SeriesImport;
use super::assumptions::outlook::Outlook;
use super::state::Template;

/// A plan, or why there is none.
pub type Planned = Result<Plan, String>;

/// A frontier, or why there is none.
pub type Drawn = Result<Frontier, String>;

type Draw = dyn Fn(&Site, Option<&str>, Options, usize, &Reporter<Drawn>) -> Drawn + Send + Sync;

type Solve = dyn Fn(&Site, Option<&str>, Options, &Reporter<Planned>) -> Planned + Send + Sync;

/// Reads a site file; whatever is wrong is in the report.
pub type Read = fn(&Path) -> (Option<Site>, Report);
/// Writes a site file; an error is what the user should read.
pub type Save = fn(&Path, &Site) -> Result<(), String>;

/// What tells a file from the same file with other contents; none where it is not there.
pub type Stamp = fn(&Path) -> Option<String>;

/// Reads a weather file for a site; whatever is wrong is in its report.
pub type ReadWeather = fn(&Path, &Site) -> WeatherImport;

/// What the window asks of the rooms below.
#[derive(Clone)]
pub struct Services {
    /// Works out the plan of a scenario, which may be reported before it is whole; an error is what the user should read.
    pub solve: Arc<Solve>,
    /// Draws the frontier of a scenario with so many points; an error is what the user should read.
    pub frontier: Arc<Draw>,
    pub check: fn(&Site) -> Report,
    /// What the drawing can carry.
    pub study: fn(&Site, StudyOptions) -> Study,
    /// What the markets may bring; an error is what the user should read.
    pub outlook: fn(&Site) -> Result<Outlook, String>,
    pub read: Read,
    pub read_weather: ReadWeather,
    pub save: Save,
    pub stamp: Stamp,
    pub templates: Vec<Template>,
}

/// What the thread for files and dialogs brings back.
#[derive(Debug)]
pub enum FileOutcome {
    Read {
        path: PathBuf,
        site: Option<Box<Site>>,
        report: Report,
        stamp: Option<String>,
    },
    Saved {
        path: PathBuf,
        site: Arc<Site>,
        outcome: Result<(), String>,
        stamp: Option<String>,
    },
    /// Nothing was saved: the file was changed since it was read or saved here.
    Changed {
        path: PathBuf,
    },
    Weather(Box<WeatherImport>),
    Series(Box<SeriesImport>),
    Equipment(Box<super::equipment::Found>),
    History(Box<HistoryImport>),
    /// For a backdrop.
    Picture(Box<super::backdrop::Found>),
    /// The user closed the dialog.
    Cancelled,
    /// The desktop has none to show.
    NoDialog,
}
