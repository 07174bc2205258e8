//! Opens the window: renderer, storage, threads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use egui::ThemePreference;

use super::pages::blueprint::MOST_KEPT;
use super::{App, Services, View, Workers, theme};
use crate::file;
use crate::jobs::{Wake, Worker};
use crate::site::{ComponentId, Site};

const APP_ID: &str = "wattshift";
const HEADINGS: &str = "headings of equipment lists";
const RECENT: &str = "recent files";
const BLUEPRINTS: &str = "blueprints";
const FAVOURITES: &str = "favourite parts";
const WINDOW: [f32; 2] = [1440.0, 900.0];
const LEAST_WINDOW: [f32; 2] = [640.0, 420.0];

/// What draws the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renderer {
    Wgpu,
    Glow,
}

/// Opens the window.
///
/// # Errors
/// When no renderer can open a window.
pub fn run(file: Option<PathBuf>, renderer: Option<Renderer>) -> anyhow::Result<()> {
    run_with(&super::built_in::services(), file, renderer)
}

/// Opens the window on given services. Without a named renderer wgpu is tried first and glow next.
///
/// # Errors
/// When no renderer can open a window.
pub fn run_with(
    services: &Services,
    file: Option<PathBuf>,
    renderer: Option<Renderer>,
) -> anyhow::Result<()> {
    let choices = match renderer {
        Some(renderer) => vec![renderer],
        None => vec![Renderer::Wgpu, Renderer::Glow],
    };
    let mut failures = Vec::new();
    for choice in choices {
        match open(services.clone(), file.clone(), choice) {
            Ok(()) => return Ok(()),
            Err(error) => {
                log::warn!("the window could not be opened with {choice:?}: {error}");
                failures.push(format!("{choice:?}: {error}"));
            }
        }
    }
    anyhow::bail!("no window could be opened ({})", failures.join("; "))
}

fn open(services: Services, file: Option<PathBuf>, renderer: Renderer) -> eframe::Result {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_app_id(APP_ID)
            .with_title("Wattshift")
            .with_inner_size(WINDOW)
            .with_min_inner_size(LEAST_WINDOW)
            .with_drag_and_drop(true),
        renderer: match renderer {
            Renderer::Wgpu => eframe::Renderer::Wgpu,
            Renderer::Glow => eframe::Renderer::Glow,
        },
        multisampling: if renderer == Renderer::Glow { 4 } else { 0 },
        ..Default::default()
    };
    eframe::run_native(
        APP_ID,
        options,
        Box::new(move |creation| {
            theme::install(&creation.egui_ctx);
            creation.egui_ctx.set_theme(ThemePreference::System);
            let mut app = App::new(services);
            app.start_workers(&creation.egui_ctx)?;
            app.view.recent = recalled(creation.storage);
            app.view.headings = recalled_headings(creation.storage);
            app.view.blueprints = recalled_blueprints(creation.storage);
            app.view.favourites = recalled_favourites(creation.storage);
            if let Some(path) = file {
                app.send(super::Action::OpenPath(path));
            }
            Ok(Box::new(app))
        }),
    )
}

impl App {
    /// Starts the threads beside the window, without which nothing is worked out.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start_workers(&mut self, ctx: &egui::Context) -> std::io::Result<()> {
        self.workers = Some(Workers::start(ctx)?);
        Ok(())
    }
}

impl Workers {
    fn start(ctx: &egui::Context) -> std::io::Result<Self> {
        let ctx = ctx.clone();
        let wake: Wake = Arc::new(move || ctx.request_repaint());
        let solver = Worker::start("wattshift-solver", Arc::clone(&wake))?;
        let studies = Worker::start("wattshift-studies", Arc::clone(&wake))?;
        let markets = Worker::start("wattshift-markets", Arc::clone(&wake))?;
        let frontier = Worker::start("wattshift-frontier", Arc::clone(&wake))?;
        let pictures = Worker::start("wattshift-pictures", Arc::clone(&wake))?;
        let trials = Worker::start("wattshift-trials", Arc::clone(&wake))?;
        let files = Worker::start("wattshift-files", wake)?;
        Ok(Self { solver, files, studies, pictures, trials, markets, frontier })
    }
}

/// Files opened lately, one a line.
fn recalled(storage: Option<&dyn eframe::Storage>) -> Vec<PathBuf> {
    let text = storage.and_then(|storage| storage.get_string(RECENT)).unwrap_or_default();
    text.lines().filter(|line| !line.is_empty()).map(PathBuf::from).collect()
}

/// Typical parts that are kept on top of lists, one a line; those that there are no more are let go.
fn recalled_favourites(storage: Option<&dyn eframe::Storage>) -> BTreeSet<ComponentId> {
    let text = storage.and_then(|storage| storage.get_string(FAVOURITES)).unwrap_or_default();
    let known = |id: &&str| file::typical_parts().component(id).is_some();
    text.lines().filter(known).map(str::to_owned).collect()
}

/// What headings of equipment lists were said to mean, a heading and a column a line.
fn recalled_headings(storage: Option<&dyn eframe::Storage>) -> BTreeMap<String, String> {
    let text = storage.and_then(|storage| storage.get_string(HEADINGS)).unwrap_or_default();
    let pair = |line: &str| line.split_once('\t').map(|(head, column)| (head.to_owned(), column.to_owned()));
    text.lines().filter_map(pair).collect()
}

/// Kept parts, each the text of a site file; what no longer reads is left out and said in the log.
fn recalled_blueprints(storage: Option<&dyn eframe::Storage>) -> Vec<Site> {
    let text = storage.and_then(|storage| storage.get_string(BLUEPRINTS)).unwrap_or_default();
    if text.is_empty() {
        return Vec::new();
    }
    let kept: Vec<String> = serde_json::from_str(&text).unwrap_or_else(|error| {
        log::warn!("the blueprints kept on this computer do not read: {error}");
        Vec::new()
    });
    let read = |text: &String| {
        let (site, report) = file::read_text(text);
        if site.is_none() {
            log::warn!("a blueprint kept on this computer does not read: {:?}", report.problems.first());
        }
        site
    };
    kept.iter().take(MOST_KEPT).filter_map(read).collect()
}

pub(super) fn remember(view: &View, storage: &mut dyn eframe::Storage) {
    let headings = view.headings.iter().filter(|(head, _)| !head.contains(['\t', '\n']));
    let lines: Vec<String> = headings.map(|(head, column)| format!("{head}\t{column}")).collect();
    storage.set_string(HEADINGS, lines.join("\n"));
    let lines: Vec<String> = view.recent.iter().map(|path| path.display().to_string()).collect();
    storage.set_string(RECENT, lines.join("\n"));
    let favourites: Vec<&str> = view.favourites.iter().map(String::as_str).collect();
    storage.set_string(FAVOURITES, favourites.join("\n"));
    let kept: Vec<String> = view.blueprints.iter().map(file::write_text).collect();
    if let Ok(text) = serde_json::to_string(&kept) {
        storage.set_string(BLUEPRINTS, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Default)]
    struct Shelf(BTreeMap<String, String>);

    impl eframe::Storage for Shelf {
        fn get_string(&self, key: &str) -> Option<String> {
            self.0.get(key).cloned()
        }
        fn set_string(&mut self, key: &str, value: String) {
            self.0.insert(key.to_owned(), value);
        }
        fn remove_string(&mut self, key: &str) {
            self.0.remove(key);
        }
        fn flush(&mut self) {}
    }

    #[test]
    fn favourites_are_there_again_but_for_parts_that_are_not() {
        let known = file::typical_parts().components[3].id.clone();
        let favourites = BTreeSet::from([known.clone(), "no such part".to_owned()]);
        let mut shelf = Shelf::default();
        remember(&View { favourites, ..View::default() }, &mut shelf);
        assert_eq!(recalled_favourites(Some(&shelf)), BTreeSet::from([known]));
        assert_eq!(recalled_favourites(None), BTreeSet::new());
    }

    #[test]
    fn blueprints_are_there_again_and_spoilt_ones_are_no_harm() {
        let blueprints: Vec<Site> = file::blueprints().iter().map(|known| known.site.clone()).collect();
        let view =
            View { blueprints: blueprints.clone(), recent: vec!["a b.site.ron".into()], ..View::default() };
        let mut shelf = Shelf::default();
        remember(&view, &mut shelf);
        assert_eq!(recalled_blueprints(Some(&shelf)), blueprints);
        assert_eq!(recalled(Some(&shelf)), view.recent);
        for spoilt in ["[", "{}", "[\"Site(\", \"\"]", "[1]"] {
            shelf.0.insert(BLUEPRINTS.to_owned(), spoilt.to_owned());
            assert_eq!(recalled_blueprints(Some(&shelf)), Vec::<Site>::new(), "{spoilt}");
        }
        assert_eq!(recalled_blueprints(None), Vec::<Site>::new());
    }
}
