//! What a frame of the window costs on a large drawing: ui and tessellation, without a GPU, as ratios against limits.
//! The machine is shared: read ratios, not milliseconds.

use std::sync::Arc;
use std::time::Instant;

use egui::emath::TSTransform;
use egui::{Event, Pos2, RawInput, Rect, Vec2, pos2, vec2};
use wattshift::app::canvas::layers::Layers;
use wattshift::app::canvas::layout::Layout;
use wattshift::app::state::{Action, Camera};
use wattshift::app::{App, Command, Services, built_in, canvas, theme};
use wattshift::quantity::{Report, format};
use wattshift::site::drawing::Sketch;
use wattshift::site::{Point, Site};
use wattshift::{engineering, file};

const PARTS: usize = 2_000;
/// All of it in sight, and at the scale one works at.
const FAR_MS: f64 = 4.0;
const NEAR_MS: f64 = 2.0;
const WINDOW: Vec2 = vec2(1600.0, 1000.0);
const FRAMES: usize = 60;

fn main() {
    let site = Arc::new(large());
    let begin = Instant::now();
    let layout = Layout::new(&site);
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "drawing: {} parts, {} links, laid out in {} ms",
        site.components.len(),
        site.links.len(),
        format::number(seconds * 1e3, 1)
    );
    let world = layout.bounds.unwrap_or(Rect::ZERO);
    let middle = layout.nodes.get(site.components.len() / 2).map_or(Pos2::ZERO, Rect::center);
    let fitted = (WINDOW.x / world.width()).min(WINDOW.y / world.height());
    for (name, scale, limit) in [
        ("all in sight", fitted, FAR_MS),
        ("scale 0.2", 0.2, FAR_MS),
        ("scale 0.4", 0.4, FAR_MS),
        ("scale 1", 1.0, NEAR_MS),
    ] {
        let at = if scale == fitted { world.center() } else { middle };
        let to_screen = TSTransform::new(WINDOW / 2.0 - at.to_vec2() * scale, scale);
        row("the drawing", name, &drawing(&site, to_screen), limit);
    }
    for (name, command, limit) in
        [("all in sight", Command::Fit, FAR_MS), ("scale 1", Command::ZoomIn, NEAR_MS)]
    {
        row("the window", name, &window(&site, command, middle), limit);
    }
}

/// Copies of a template beside each other.
fn large() -> Site {
    let template = file::templates().first().and_then(|template| file::read_text(template.text).0);
    let mut site = Site::empty("Large");
    let Some(template) = template else { return site };
    let sketch = Sketch::of_site(template.clone());
    let bounds = Layout::new(&template).bounds.unwrap_or(Rect::ZERO);
    for copy in 0.. {
        if site.components.len() >= PARTS {
            break;
        }
        let (column, row) = (f64::from(copy % 7), f64::from(copy / 7));
        let by = Point {
            x: column * f64::from(bounds.width() + 120.0),
            y: row * f64::from(bounds.height() + 120.0),
        };
        let copy = sketch.clone().fitted(&site, by);
        site.components.extend(copy.parts);
        site.links.extend(copy.links);
    }
    site.components.truncate(PARTS);
    let known: std::collections::BTreeSet<String> =
        site.components.iter().map(|part| part.id.clone()).collect();
    site.links.retain(|link| known.contains(&link.from) && known.contains(&link.to));
    site
}

/// Milliseconds of frames, ui and tessellation, after some to warm up.
fn frames(mut show: impl FnMut(&mut egui::Ui)) -> Vec<(f64, f64)> {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    let mut times = Vec::new();
    for frame in 0..FRAMES + 20 {
        let pointer = pos2(700.0 + (frame % 9) as f32 * 3.0, 500.0);
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, WINDOW)),
            time: Some(frame as f64 / 60.0),
            events: vec![Event::PointerMoved(pointer)],
            ..RawInput::default()
        };
        let begin = Instant::now();
        let mut output = ctx.run_ui(input, &mut show);
        let ui = begin.elapsed().as_secs_f64() * 1e3;
        let begin = Instant::now();
        let meshes = ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        std::hint::black_box(meshes);
        // No renderer takes them.
        output.textures_delta.clear();
        times.push((ui, begin.elapsed().as_secs_f64() * 1e3));
    }
    times.split_off(20)
}

fn drawing(site: &Arc<Site>, to_screen: TSTransform) -> Vec<(f64, f64)> {
    let mut camera = Camera { to_screen, zoom_by: 1.0, moved: true, ..Camera::default() };
    let mut gesture = canvas::gesture::Gesture::None;
    let also = std::collections::BTreeSet::new();
    frames(move |ui| {
        let scene = canvas::Scene {
            site,
            plan: None,
            period: 0,
            selection: None,
            also: &also,
            legend: true,
            minimap: true,
            layers: Layers::default(),
            study: None,
            findings: None,
            ghosts: None,
            renaming: None,
            backdrop: None,
        };
        let mut actions = Vec::new();
        canvas::show(ui, &scene, &mut camera, &mut gesture, &mut actions);
    })
}

/// The whole window on the place of the drawing. What is not of a frame, such as checks, is left out.
fn window(site: &Arc<Site>, command: Command, middle: Pos2) -> Vec<(f64, f64)> {
    let services = Services {
        check: |_| Report::default(),
        study: |_, options| engineering::study_with(&Site::empty("nothing"), options),
        outlook: |_| Err("not of a frame".to_owned()),
        ..built_in::services()
    };
    let mut app = App::for_test(Site::clone(site), services);
    app.send(Action::Do(Command::ShowSite));
    let mut frame = 0;
    frames(move |ui| {
        frame += 1;
        if frame == 10 {
            app.send(Action::Do(command));
            if command == Command::ZoomIn {
                let view = app.view_mut();
                view.camera.to_screen = TSTransform::new(vec2(600.0, 500.0) - middle.to_vec2(), 1.0 / 1.25);
                view.camera.moved = true;
            }
        }
        app.frame(ui);
    })
}

fn row(what: &str, name: &str, times: &[(f64, f64)], limit: f64) {
    let median = |of: fn(&(f64, f64)) -> f64| {
        let mut sorted: Vec<f64> = times.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
    };
    println!(
        "{what:<12} {name:<14} {:>6} ms ui {:>6} ms tessellate   {:>5} of the limit of {} ms",
        format::number(median(|time| time.0), 2),
        format::number(median(|time| time.1), 2),
        format::number(median(|time| time.0 + time.1) / limit, 2),
        format::number(limit, 0),
    );
}
