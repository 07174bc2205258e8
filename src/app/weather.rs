//! Weather from a file: asked for, read beside the window, shown, and only then taken.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use egui::Context;

use super::App;
use super::dispatch::unanswered;
use super::services::FileOutcome;
use super::state::Overlay;
use crate::engineering::thermal::WeatherImport;
use crate::quantity::Severity;
use crate::site::edit::Edit;

/// Endings of weather files. A site file ends in `.ron`.
const ENDINGS: [&str; 2] = ["epw", "csv"];

pub(super) fn is_weather(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

impl App {
    pub(super) fn weather_dialog(&mut self) {
        let Some(document) = &self.document else { return };
        let (read, site) = (self.services.read_weather, Arc::clone(document.site()));
        if let Some(workers) = &mut self.workers {
            workers.files.submit(0, move |_| {
                let dialog = rfd::FileDialog::new()
                    .set_title("Import weather")
                    .add_filter("Hourly weather (EPW, TMY3, CSV)", &["epw", "EPW", "csv", "CSV"]);
                let asked = Instant::now();
                dialog.pick_file().map_or_else(
                    || unanswered(asked),
                    |path| FileOutcome::Weather(Box::new(read(&path, &site))),
                )
            });
        }
    }

    /// Reads a file that was dropped or named: by the worker, or here where there is none.
    pub(super) fn read_weather(&mut self, path: PathBuf, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        let Some(document) = &self.document else {
            self.toast(
                now,
                Severity::Error,
                "Weather belongs to a site: open a site or a template first".to_owned(),
            );
            return;
        };
        let (read, site) = (self.services.read_weather, Arc::clone(document.site()));
        match &mut self.workers {
            Some(workers) => {
                workers.files.submit(0, move |_| FileOutcome::Weather(Box::new(read(&path, &site))));
            }
            None => self.show_weather(read(&path, &site), now),
        }
    }

    /// Shows what a file holds; a question that is open goes first.
    pub(super) fn show_weather(&mut self, import: WeatherImport, now: f64) {
        if self.document.is_none() || matches!(self.view.overlay, Some(Overlay::Unsaved(_))) {
            let words = format!("The weather of {} was not taken: import it again", import.file_name);
            self.toast(now, Severity::Error, words);
            return;
        }
        self.view.overlay = Some(Overlay::Weather(Arc::new(import)));
    }

    /// The year shown becomes the site's, as one step of undo.
    pub(super) fn take_weather(&mut self, now: f64) {
        let Some(Overlay::Weather(import)) = self.view.overlay.take() else { return };
        if let Some(found) = &import.found {
            let (climate, name) = (Some(found.climate()), found.year.name.clone());
            self.edit(&Edit::SetClimate { climate, name }, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weather_is_known_by_its_ending() {
        for name in ["a.epw", "A.EPW", "b.Csv", "x/y.z.csv"] {
            assert!(is_weather(Path::new(name)), "{name}");
        }
        for name in ["a.site.ron", "epw", "", ".csv", "a.csv.gz"] {
            assert!(!is_weather(Path::new(name)), "{name}");
        }
    }
}
