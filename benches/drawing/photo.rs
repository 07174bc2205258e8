//! A photo of twelve megapixels put under the one-line of a large drawing: read, made small enough and unpacked beside the
//! window, which goes on meanwhile.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{DroppedFile, Event, Pos2, RawInput, Rect, pos2};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use wattshift::app::state::Action;
use wattshift::app::{App, Command, Services, theme};
use wattshift::quantity::format;
use wattshift::site::Site;
use wattshift::site::backdrop::Under;

use crate::{EDIT_MS, FAR_MS, Large, WINDOW, row, services, timed};

/// Most that may pass until the picture is seen.
const SHOWN_MS: f64 = 2_000.0;
const ROUNDS: usize = 3;
const SIZE: (u32, u32) = (4_000, 3_000);
/// A window that waits longer has lost its picture.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name of a row and in what the photo is encoded.
pub const KINDS: [(&str, ImageFormat); 2] =
    [("photo, 12 megapixels of JPEG", ImageFormat::Jpeg), ("photo, 12 megapixels of PNG", ImageFormat::Png)];

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Ground as from the air: fields, roofs and roads, with the grain of a camera.
fn photo(format: ImageFormat) -> Vec<u8> {
    let mut state = 1_u32;
    let image = RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = u8::try_from(state >> 28).unwrap_or_default();
        let slope = u8::try_from((x / 97 + y / 53) % 32).unwrap_or_default();
        let ground: [u8; 3] = match (x % 900 < 380 && y % 700 < 180, x % 450 < 14 || y % 350 < 14) {
            (true, _) => [176, 178, 182],
            (_, true) => [120, 116, 110],
            _ if x / 450 % 2 == y / 350 % 2 => [146, 128, 92],
            _ => [98, 112, 70],
        };
        Rgb(ground.map(|ink| ink + grain + slope))
    });
    let mut bytes = Vec::new();
    match DynamicImage::ImageRgb8(image).write_to(&mut Cursor::new(&mut bytes), format) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

/// What a round took, milliseconds.
struct Round {
    shown: f64,
    /// Of the frame in which the site gets the picture, which is an edit as any other.
    edit: (f64, f64),
    /// Of the frame in which the screen gets it.
    seen: (f64, f64),
}

/// From the drop until the picture is seen, and the frames in which site and screen take it.
pub fn rows(large: &Large, name: &str, format: ImageFormat) {
    let Ok(folder) = tempfile::tempdir() else { return println!("{name}: no folder for it") };
    let path = folder.path().join(if format == ImageFormat::Png { "aerial.png" } else { "aerial.jpg" });
    if std::fs::write(&path, photo(format)).is_err() {
        return println!("{name}: no room for it");
    }
    let rounds: Vec<Round> = (0..ROUNDS).filter_map(|_| round(large, &path)).collect();
    let Some(shown) = rounds.iter().map(|round| round.shown).min_by(f64::total_cmp) else {
        return println!("{name}: it was not shown");
    };
    println!(
        "{:<44} {:>7} ms                     {:>6} of the limit of {} ms",
        format!("{name}, until shown"),
        format::number(shown, 0),
        format::number(shown / SHOWN_MS, 2),
        format::number(SHOWN_MS, 0),
    );
    let edits: Vec<(f64, f64)> = rounds.iter().map(|round| round.edit).collect();
    row(&format!("{name}, into the site"), &edits, EDIT_MS);
    let seen: Vec<(f64, f64)> = rounds.iter().map(|round| round.seen).collect();
    row(&format!("{name}, onto the screen"), &seen, FAR_MS);
}

fn round(large: &Large, path: &Path) -> Option<Round> {
    let solve = Arc::new(|_: &Site, _: Option<&str>, _, _: &_| Err("not of a frame".to_owned()));
    let mut app = App::for_test(Site::clone(&large.site), Services { solve, ..services() });
    app.send(Action::Do(Command::ShowSite));
    let ctx = egui::Context::default();
    theme::install(&ctx);
    app.start_workers(&ctx).ok()?;
    let mut window = eframe::Frame::_new_kittest();
    let mut number = 0;
    let mut next = |app: &mut App, dropped: Option<&Path>| {
        number += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, WINDOW)),
            time: Some(f64::from(number) / 60.0),
            max_texture_side: Some(8_192),
            events: vec![Event::PointerMoved(pos2(700.0, 500.0))],
            dropped_files: dropped
                .map(|path| Arc::new(Dropped(path.to_owned())) as Arc<dyn DroppedFile + Send + Sync>)
                .into_iter()
                .collect(),
            ..RawInput::default()
        };
        timed(&ctx, input, |ui| {
            eframe::App::logic(app, &ctx, &mut window);
            app.frame(ui);
        })
    };
    for _ in 0..20 {
        next(&mut app, None).1.clear();
    }
    let size = [SIZE.0 as usize, SIZE.1 as usize];
    let begin = Instant::now();
    next(&mut app, Some(path)).1.clear();
    let mut edit = (0.0, 0.0);
    while begin.elapsed() < PATIENCE {
        let had = has_backdrop(&app);
        let (frame, mut textures) = next(&mut app, None);
        let is_seen = textures.set.values().flatten().any(|texture| texture.image.size() == size);
        textures.clear();
        if had != has_backdrop(&app) {
            edit = frame;
        }
        if is_seen {
            return Some(Round { shown: begin.elapsed().as_secs_f64() * 1e3, edit, seen: frame });
        }
        std::thread::sleep(Duration::from_millis(4));
    }
    None
}

fn has_backdrop(app: &App) -> bool {
    app.document().is_some_and(|document| document.site().backdrops.of(Under::OneLine).is_some())
}
