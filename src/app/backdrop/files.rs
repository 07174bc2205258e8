//! Pictures from files: asked for or dropped, read and made small enough beside the window.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::app::App;
use crate::app::dispatch::unanswered;
use crate::app::services::FileOutcome;
use crate::file;
use crate::file::picture::Prepared;
use crate::quantity::Severity;
use crate::site::backdrop::Under;

/// Endings of pictures and of what pictures are made from; those that cannot be read are told so.
const ENDINGS: [&str; 12] =
    ["png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "tif", "tiff", "webp", "heic", "pdf"];

/// A picture for a view, or why there is none.
#[derive(Debug)]
pub struct Found {
    pub under: Under,
    pub name: String,
    pub outcome: Result<Prepared, String>,
}

pub fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

impl App {
    pub(super) fn backdrop_dialog(&mut self, under: Under) {
        if let Some(workers) = &mut self.workers {
            workers.files.submit(0, move |_| {
                let title = format!("Picture under the {}", under.word());
                let dialog = rfd::FileDialog::new()
                    .set_title(title)
                    .add_filter("Picture (PNG, JPEG)", &["png", "PNG", "jpg", "JPG", "jpeg", "JPEG"]);
                let asked = Instant::now();
                dialog.pick_file().map_or_else(
                    || unanswered(asked),
                    |path| FileOutcome::Picture(Box::new(found(under, &path))),
                )
            });
        }
    }

    /// Reads a picture: by the worker, or here where there is none.
    pub(super) fn read_picture(&mut self, under: Under, path: PathBuf, now: f64) {
        match &mut self.workers {
            Some(workers) => {
                let words = format!("Reading {}…", file::companion_name(&path));
                workers.files.submit(0, move |_| FileOutcome::Picture(Box::new(found(under, &path))));
                self.toast(now, Severity::Info, words);
            }
            None => self.take_picture(found(under, &path), now),
        }
    }
}

fn found(under: Under, path: &Path) -> Found {
    Found { under, name: file::companion_name(path), outcome: file::read_picture(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_ending() {
        for name in ["a.png", "B.JPG", "x/c.Jpeg", "plan.pdf"] {
            assert!(is_picture(Path::new(name)), "{name}");
        }
        for name in ["a.site.ron", "b.csv", "png", ""] {
            assert!(!is_picture(Path::new(name)), "{name}");
        }
    }
}
