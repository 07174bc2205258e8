//! Pictures under the one-line and the plan: dropped, moved, scaled, calibrated, locked, seen through, saved and read again.

use std::io::Cursor;
use std::sync::atomic::{AtomicUsize, Ordering};

use egui::{Modifiers, Pos2, pos2};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use wattshift::app::canvas::layers::Seen;
use wattshift::app::state::SiteView;
use wattshift::site::backdrop::{Change, Picture, Under};
use wattshift::site::edit::Edit;
use wattshift::site::ground::Ground;
use wattshift::site::{Backdrop, Point};

use super::assumptions::undo_label;
use super::drawing::drag;
use super::editing::wait_for;
use super::*;

/// A client's one-line diagram as it is scanned: black on white, three bays under a bus.
fn diagram() -> DynamicImage {
    let mut image = RgbImage::from_pixel(1400, 900, Rgb([255, 255, 255]));
    let mut line = |from: (u32, u32), to: (u32, u32)| {
        for x in from.0.min(to.0)..=from.0.max(to.0) + 3 {
            for y in from.1.min(to.1)..=from.1.max(to.1) + 3 {
                image.put_pixel(x, y, Rgb([20, 20, 20]));
            }
        }
    };
    line((700, 40), (700, 160));
    line((150, 160), (1250, 160));
    for x in [250, 700, 1150] {
        line((x, 160), (x, 300));
        let frame = [(x - 70, 300), (x + 70, 300), (x + 70, 420), (x - 70, 420), (x - 70, 300)];
        for two in frame.windows(2) {
            line(two[0], two[1]);
        }
        line((x, 420), (x, 640));
        let hall = [(x - 170, 640), (x + 170, 640), (x + 170, 800), (x - 170, 800), (x - 170, 640)];
        for two in hall.windows(2) {
            line(two[0], two[1]);
        }
    }
    DynamicImage::ImageRgb8(image)
}

/// Fields, a road and three sheds from above.
fn aerial() -> DynamicImage {
    let grain = |x: u32, y: u32| {
        let mixed = x.wrapping_mul(374_761_393).wrapping_add(y.wrapping_mul(668_265_263));
        ((mixed ^ (mixed >> 13)).wrapping_mul(1_274_126_177) >> 26) as u8
    };
    let image = RgbImage::from_fn(1600, 1000, |x, y| {
        let noise = grain(x, y) / 3 + grain(x / 9, y / 9) / 2;
        let is_road = (470..520).contains(&y) || (760..790).contains(&x);
        let shed = [(120, 120), (860, 110), (860, 640)]
            .into_iter()
            .any(|(left, top): (u32, u32)| (left..left + 560).contains(&x) && (top..top + 240).contains(&y));
        let base = match (shed, is_road) {
            (true, _) if x % 40 < 2 => [150, 152, 156],
            (true, _) => [188, 190, 194],
            (_, true) => [120, 116, 110],
            _ if x / 380 % 2 == y / 260 % 2 => [146, 128, 92],
            _ => [112, 122, 78],
        };
        Rgb(base.map(|ink: u8| ink.saturating_add(noise)))
    });
    DynamicImage::ImageRgb8(image)
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Drops a file with those bytes on the window.
fn drop_bytes(harness: &mut Harness<'_, App>, folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    harness.input_mut().dropped_files.push(Arc::new(Dropped(path)));
    harness.step();
    harness.input_mut().dropped_files.clear();
}

fn backdrop(harness: &Harness<'_, App>, under: Under) -> Option<Backdrop> {
    harness.state().document().unwrap().site().backdrops.of(under).cloned()
}

fn last_toast(harness: &Harness<'_, App>) -> String {
    harness.state().view().toasts.last().map(|toast| toast.text.clone()).unwrap_or_default()
}

fn shown(view: SiteView, site: Site) -> Harness<'static, App> {
    let mut harness = harness(App::for_test(site, services()));
    harness.state_mut().send(Action::Do(Command::ShowSite));
    harness.state_mut().send(Action::Do(Command::View(view)));
    harness.run_steps(4);
    harness
}

/// Where a pixel of the backdrop is on the screen.
fn on_screen(harness: &Harness<'_, App>, under: Under, pixel: (f64, f64)) -> Pos2 {
    let at = backdrop(harness, under).unwrap().to_view(Point { x: pixel.0, y: pixel.1 });
    let view = harness.state().view();
    let to_screen = match under {
        Under::OneLine => view.camera.to_screen,
        Under::Plan => view.grounds.to_screen(Ground::Plan),
    };
    to_screen * pos2(at.x as f32, at.y as f32)
}

/// Clears the way: panels lie over the drawing.
fn press_command(harness: &mut Harness<'_, App>, command: wattshift::app::backdrop::Doing) {
    harness.state_mut().send(Action::Do(Command::Tool(wattshift::app::tool::Tool::Backdrop(command))));
    harness.run_steps(3);
}

/// As a user does it: dropped on the plan, calibrated by two clicks and a distance, seen through, locked, a step taken back,
/// saved, and there again when the file is read. The plan is made once.
#[test]
fn a_picture_is_dropped_calibrated_saved_and_read_again() {
    use wattshift::app::backdrop::Doing;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.site.ron");
    wattshift::file::save(&path, &fixture::site()).unwrap();
    let planned = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&planned);
    let built_in = wattshift::app::built_in::services();
    let app = App::new(Services {
        read: built_in.read,
        save: built_in.save,
        stamp: wattshift::file::stamp,
        solve: Arc::new(move |site: &Site, _, _, _| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(fixture::plan(site))
        }),
        ..services()
    });
    let mut harness = with_workers(app, 40);
    harness.state_mut().send(Action::OpenPath(path.clone()));
    wait_for(&mut harness, |app| app.answer().plan.is_some() && !app.answer().is_busy());
    let begun = Site::clone(harness.state().document().unwrap().site());
    harness.state_mut().send(Action::Do(Command::ShowSite));
    harness.state_mut().send(Action::Do(Command::View(SiteView::Plan)));
    harness.run_steps(4);
    assert_eq!(planned.load(Ordering::SeqCst), 1);

    let photo = encoded(&aerial(), ImageFormat::Jpeg);
    drop_bytes(&mut harness, folder.path(), "aerial.jpg", &photo);
    wait_for(&mut harness, |app| app.document().unwrap().site().backdrops.plan.is_some());
    harness.run_steps(4);
    assert_eq!(undo_label(&harness), Some("Put aerial.jpg under the plan".to_owned()));
    let first = backdrop(&harness, Under::Plan).unwrap();
    assert_eq!(first.picture, Picture::Encoded(Arc::from(photo.clone())), "as it was given");
    assert!(!first.calibrated && !first.locked);
    harness.get_by_label("Backdrop of the plan: aerial.jpg");

    // The road's two ends of the picture are 800 m apart, typed in feet.
    press_command(&mut harness, Doing::Calibrate);
    let pixels = [(300.0, 900.0), (1500.0, 900.0)];
    let ends = pixels.map(|pixel| on_screen(&harness, Under::Plan, pixel));
    for end in ends {
        harness.hover_at(end);
        harness.step();
        harness.drag_at(end);
        harness.step();
        harness.drop_at(end);
        harness.run_steps(3);
    }
    let field = || "Distance between the points";
    harness.get_by_label(field()).type_text("nonsense");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.get_by_label_contains("is not understood");
    harness
        .state_mut()
        .send(Action::Backdrop(wattshift::app::backdrop::Ask::TakeDistance("1,000 ft".into())));
    harness.run_steps(3);
    let calibrated = backdrop(&harness, Under::Plan).unwrap();
    assert!(calibrated.calibrated, "{:?}", last_toast(&harness));
    assert_eq!(undo_label(&harness), Some("Calibrate the backdrop of the plan by 304.8 m".to_owned()));
    let [one, other] = pixels.map(|(x, y)| calibrated.to_view(Point { x, y }));
    let apart = (one.x - other.x).hypot(one.y - other.y);
    // Two clicks are as exact as the pixels of the screen.
    assert!((apart / 304.8 - 1.0).abs() < 0.01, "{apart}");
    let kept = first.to_view(Point { x: pixels[0].0, y: pixels[0].1 });
    assert!((kept.x - one.x).hypot(kept.y - one.y) < first.scale * 4.0, "the first point stays");

    for change in [Change::Opacity(0.35), Change::Lock(true)] {
        harness.state_mut().send(Action::Backdrop(wattshift::app::backdrop::Ask::Change(change)));
        harness.run_steps(2);
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    let after = backdrop(&harness, Under::Plan).unwrap();
    assert_eq!((after.opacity, after.locked), (0.35, false), "undo took the lock back and no more");
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run_steps(2);
    let last = backdrop(&harness, Under::Plan).unwrap();
    assert!(last.locked && last.opacity == 0.35);

    harness.state_mut().send(Action::Do(Command::Save));
    wait_for(&mut harness, |app| app.document().is_some_and(|document| !document.is_modified()));
    let read = wattshift::file::read(&path).0.unwrap().site;
    assert_eq!(read.backdrops.plan.as_ref(), Some(&last));
    harness.state_mut().send(Action::OpenPath(path.clone()));
    wait_for(&mut harness, |app| {
        app.document().is_some_and(|document| document.history().undo_label().is_none())
    });
    wait_for(&mut harness, |app| app.answer().plan.is_some() && !app.answer().is_busy());
    harness.run_steps(3);
    assert_eq!(backdrop(&harness, Under::Plan), Some(last));
    // Never for the picture, and the file as it was read again is the same to a plan.
    assert_eq!(planned.load(Ordering::SeqCst), 1);
    assert_eq!(Site { backdrops: read.backdrops.clone(), ..begun }, read, "all else is as it was");
}

#[test]
fn on_the_one_line_it_is_moved_and_scaled_while_its_panel_is_open_and_it_is_not_locked() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = shown(SiteView::OneLine, Site::empty("blank"));
    drop_bytes(&mut harness, folder.path(), "client.png", &encoded(&diagram(), ImageFormat::Png));
    harness.run_steps(4);
    let first = backdrop(&harness, Under::OneLine).unwrap();
    // A blank drawing is fitted to it.
    let [corner, opposite] = [(0.0, 0.0), (1400.0, 900.0)].map(|at| on_screen(&harness, Under::OneLine, at));
    assert!((opposite - corner).x > 500.0 || (opposite - corner).y > 350.0, "{corner:?} {opposite:?}");
    let free = on_screen(&harness, Under::OneLine, (1100.0, 520.0));
    drag(&mut harness, free, free + vec2(60.0, 30.0));
    assert_eq!(undo_label(&harness), Some("Move the backdrop of the one-line".to_owned()));
    let moved = backdrop(&harness, Under::OneLine).unwrap();
    let scale = f64::from(harness.state().view().camera.to_screen.scaling);
    assert!((moved.at.x - first.at.x - 60.0 / scale).abs() < 1.0 && moved.scale == first.scale);
    // At a corner it is scaled, and the opposite one stays.
    let corner = on_screen(&harness, Under::OneLine, (1400.0, 900.0));
    drag(&mut harness, corner, corner - vec2(140.0, 90.0));
    assert_eq!(undo_label(&harness), Some("Scale the backdrop of the one-line".to_owned()));
    let scaled = backdrop(&harness, Under::OneLine).unwrap();
    assert!(scaled.scale < 0.95 * first.scale && (scaled.at.x - moved.at.x).abs() < 1e-6);
    // Escape leaves it where it was.
    let free = on_screen(&harness, Under::OneLine, (1100.0, 520.0));
    harness.hover_at(free);
    harness.drag_at(free);
    harness.run();
    harness.hover_at(free + vec2(80.0, 0.0));
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    harness.drop_at(free + vec2(80.0, 0.0));
    harness.run();
    assert_eq!(backdrop(&harness, Under::OneLine), Some(scaled.clone()));
    // Locked, and with its panel closed, the drawing is panned instead.
    for closes in [false, true] {
        harness
            .state_mut()
            .send(Action::Edit(Edit::Backdrop { under: Under::OneLine, change: Change::Lock(!closes) }));
        if closes {
            harness.key_press(Key::B);
        }
        harness.run_steps(2);
        let before = harness.state().view().camera.to_screen.translation;
        let steps = undo_label(&harness);
        drag(&mut harness, pos2(640.0, 420.0), pos2(600.0, 420.0));
        assert_ne!(harness.state().view().camera.to_screen.translation, before);
        assert_eq!(undo_label(&harness), steps);
    }
    // Undone to the last step, the document is as it began.
    while undo_label(&harness).is_some() {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run();
    }
    assert_eq!(*harness.state().document().unwrap().site().as_ref(), Site::empty("blank"));
}

#[test]
fn the_keyboard_does_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = shown(SiteView::Plan, fixture::site());
    harness.key_press(Key::B);
    harness.run();
    harness.get_by_label("Choose a picture…");
    drop_bytes(&mut harness, folder.path(), "aerial.jpg", &encoded(&aerial(), ImageFormat::Jpeg));
    harness.run_steps(3);
    let first = backdrop(&harness, Under::Plan).unwrap();
    for (label, typed, wanted) in [
        ("Left of the backdrop", "-25", "Move the backdrop of the plan"),
        ("Turn of the backdrop", "15", "Turn the backdrop of the plan"),
        ("Width of the backdrop", "0.5 km", "Scale the backdrop of the plan"),
    ] {
        type_into(&mut harness, label, typed);
        assert_eq!(undo_label(&harness).as_deref(), Some(wanted), "{}", last_toast(&harness));
    }
    let placed = backdrop(&harness, Under::Plan).unwrap();
    assert!((placed.scale * 1600.0 - 500.0).abs() < 1e-6 && placed.turn_degrees == 15.0 && placed.calibrated);
    let middle = Point { x: 800.0, y: 500.0 };
    assert!(first.to_view(middle).x - placed.to_view(middle).x < 400.0);
    type_into(&mut harness, "Width of the backdrop", "wide");
    assert!(last_toast(&harness).contains("wide"));
    // Two points by arrows and Enter.
    harness.key_press_modifiers(Modifiers::ALT, Key::B);
    harness.run();
    for way in [Key::ArrowLeft, Key::ArrowRight] {
        for _ in 0..8 {
            harness.key_press(way);
            harness.run();
        }
        harness.key_press(Key::Enter);
        harness.run_steps(2);
        if way == Key::ArrowLeft {
            for _ in 0..8 {
                harness.key_press(Key::ArrowRight);
                harness.run();
            }
        }
    }
    let scaling = f64::from(harness.state().view().grounds.to_screen(Ground::Plan).scaling);
    let before = backdrop(&harness, Under::Plan).unwrap();
    harness.get_by_label("Distance between the points").type_text("100 m");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let after = backdrop(&harness, Under::Plan).unwrap();
    // Sixteen steps of twelve pixels.
    let wanted = before.scale * 100.0 / (16.0 * 12.0 / scaling);
    assert!((after.scale / wanted - 1.0).abs() < 1e-3, "{} {wanted}", after.scale);
    // Escape leaves it.
    harness.key_press_modifiers(Modifiers::ALT, Key::B);
    harness.run();
    assert!(harness.state().view().backdrop.calibration.is_some());
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().view().backdrop.calibration.is_none());
    harness.key_press_modifiers(Modifiers::ALT, Key::Num0);
    harness.run();
    assert_eq!(harness.state().view().layers.backdrop, Seen::Dimmed);
    harness.get_by_label("Take out").click();
    harness.run();
    assert_eq!(backdrop(&harness, Under::Plan), None);
    assert_eq!(undo_label(&harness), Some("Take out the backdrop of the plan".to_owned()));
    harness.get_by_label("Choose a picture…");
}

#[test]
fn what_is_dropped_and_cannot_be_shown_is_named_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = shown(SiteView::OneLine, fixture::site());
    let mut bomb = encoded(&DynamicImage::new_rgb8(4, 4), ImageFormat::Png);
    bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let photo = encoded(&aerial(), ImageFormat::Jpeg);
    for (name, bytes, words) in [
        ("bomb.png", bomb.as_slice(), "10\u{202f}000 million pixels"),
        ("print.pdf", b"%PDF-1.7", "neither a PNG nor a JPEG"),
        ("empty.png", b"", "is empty"),
        ("half.jpg", &photo[..photo.len() / 2], "breaks off"),
        ("text.jpg", b"Site(format: 1)", "neither"),
    ] {
        drop_bytes(&mut harness, folder.path(), name, bytes);
        harness.run_steps(2);
        let toast = last_toast(&harness);
        assert!(toast.contains(name) && toast.contains(words), "{toast}");
        assert_eq!(undo_label(&harness), None);
    }
    // A view that has none says which have; so does a window without a site.
    harness.state_mut().send(Action::Do(Command::View(SiteView::Halls)));
    harness.run();
    drop_bytes(&mut harness, folder.path(), "a.jpg", &photo);
    harness.run();
    assert!(last_toast(&harness).contains("the one-line or the plan"), "{}", last_toast(&harness));
    // Another picture takes the place and the width of the one before.
    harness.state_mut().send(Action::Do(Command::View(SiteView::OneLine)));
    harness.run();
    drop_bytes(&mut harness, folder.path(), "a.jpg", &photo);
    harness.run_steps(2);
    let first = backdrop(&harness, Under::OneLine).unwrap();
    let half = aerial().thumbnail(800, 500);
    drop_bytes(&mut harness, folder.path(), "b.png", &encoded(&half, ImageFormat::Png));
    harness.run_steps(2);
    let second = backdrop(&harness, Under::OneLine).unwrap();
    assert_eq!((second.at, second.scale), (first.at, 2.0 * first.scale));
    assert_eq!(undo_label(&harness), Some("Replace the backdrop of the one-line by b.png".to_owned()));
    // One that cannot be shown stands as a frame with the reason, in windows of any size.
    let mut site = fixture::site();
    site.backdrops.one_line = Some(Backdrop {
        picture: Picture::Encoded(Arc::from(bomb)),
        scale: f64::NAN,
        opacity: 40.0,
        at: Point { x: 1e300, y: f64::NEG_INFINITY },
        ..second
    });
    site.backdrops.plan.clone_from(&site.backdrops.one_line);
    for view in [SiteView::OneLine, SiteView::Plan] {
        let mut harness = shown(view, site.clone());
        harness.key_press(Key::B);
        for size in [vec2(1.0, 1.0), vec2(300.0, 200.0), vec2(2500.0, 1500.0)] {
            harness.set_size(size);
            harness.run();
        }
        harness.get_by_label_contains("Not shown: says that it has");
    }
}

/// Pictures under both views; written into the folder of `WATTSHIFT_PICTURES`.
#[test]
fn pictures_of_backdrops() {
    if std::env::var_os("WATTSHIFT_PICTURES").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let template = wattshift::file::read_text(wattshift::file::templates()[0].text).0.unwrap();
    let (print, photo) = (encoded(&diagram(), ImageFormat::Png), encoded(&aerial(), ImageFormat::Jpeg));
    for dark in [false, true] {
        let shade = if dark { "dark" } else { "light" };
        for (size, width) in [(vec2(1280.0, 800.0), 1280), (vec2(1920.0, 1080.0), 1920)] {
            let mut harness = harness_of(size, dark, App::for_test(Site::empty("Traced"), services()));
            harness.state_mut().send(Action::Do(Command::ShowSite));
            harness.run_steps(3);
            harness.key_press(Key::B);
            harness.run_steps(3);
            picture_of(&mut harness, &format!("backdrop-none-{width}-{shade}"));
            drop_bytes(&mut harness, folder.path(), "client.png", &print);
            harness.run_steps(4);
            picture_of(&mut harness, &format!("backdrop-trace-{width}-{shade}"));
            for (app, name) in [
                (App::for_test(template.clone(), services()), "one-line"),
                (App::for_test(template.clone(), services()), "plan"),
            ] {
                let mut harness = harness_of(size, dark, app);
                harness.state_mut().send(Action::Do(Command::ShowSite));
                let view = if name == "plan" { SiteView::Plan } else { SiteView::OneLine };
                harness.state_mut().send(Action::Do(Command::View(view)));
                harness.run_steps(4);
                if name == "plan" {
                    harness.get_by_label("Place all by the one-line").click();
                    harness.run();
                    harness.state_mut().send(Action::Do(Command::Fit));
                    harness.run();
                }
                let (file, bytes) =
                    if name == "plan" { ("aerial.jpg", &photo) } else { ("client.png", &print) };
                drop_bytes(&mut harness, folder.path(), file, bytes);
                harness.run_steps(4);
                picture_of(&mut harness, &format!("backdrop-{name}-{width}-{shade}"));
                if name == "plan" {
                    harness.key_press_modifiers(Modifiers::ALT, Key::B);
                    harness.run();
                    let [from, to] =
                        [(300.0, 600.0), (1100.0, 420.0)].map(|at| on_screen(&harness, Under::Plan, at));
                    for at in [from, to] {
                        harness.hover_at(at);
                        harness.drag_at(at);
                        harness.step();
                        harness.drop_at(at);
                        harness.run_steps(3);
                        if at == from {
                            harness.hover_at(to);
                            harness.run_steps(2);
                            picture_of(&mut harness, &format!("backdrop-points-{width}-{shade}"));
                        }
                    }
                    picture_of(&mut harness, &format!("backdrop-distance-{width}-{shade}"));
                }
            }
        }
    }
}
