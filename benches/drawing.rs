//! What a frame of the window costs on a large drawing: ui and tessellation, without a GPU, as shares of limits. The
//! machine is shared: read shares, not milliseconds, and the least of several runs.
//!
//! Words after `--` choose the rows that have them, as in `cargo bench --bench drawing -- table`.

#[path = "drawing/photo.rs"]
mod photo;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use egui::emath::TSTransform;
use egui::{Event, Pos2, RawInput, Rect, TexturesDelta, Vec2, pos2, vec2};
use wattshift::app::canvas::gesture::Gesture;
use wattshift::app::canvas::layers::Layers;
use wattshift::app::canvas::layout::Layout;
use wattshift::app::canvas::study::Study;
use wattshift::app::state::{Action, Camera, SiteView};
use wattshift::app::tool::Tool;
use wattshift::app::{App, Command, Services, built_in, canvas, theme};
use wattshift::engineering::{self, Study as Findings};
use wattshift::file;
use wattshift::plan::{Detail, Options, Plan, solve_with};
use wattshift::quantity::{Report, format};
use wattshift::site::drawing::Sketch;
use wattshift::site::{Object, Point, Site};

const PARTS: usize = 2_000;
/// Most that a frame may take where many parts are in sight, and at the scale one works at.
const FAR_MS: f64 = 4.0;
const NEAR_MS: f64 = 2.0;
/// Most that a frame may take while a hand moves parts: half of a frame at 60 a second.
const HELD_MS: f64 = 8.0;
/// Most that a change of one part may take until it is on the screen.
const EDIT_MS: f64 = 20.0;
/// Most memory of a step that can be undone.
const STEP_KB: f64 = 256.0;
const WINDOW: Vec2 = vec2(1600.0, 1000.0);
const FRAMES: usize = 60;
/// Frames that are not counted: the first lay out text and fill what is kept.
const FIRST: usize = 20;

/// What is drawn, with a plan of it and what its studies find.
struct Large {
    site: Arc<Site>,
    plan: Option<Arc<Plan>>,
    findings: Arc<Findings>,
    layout: Layout,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    let (site, plan) = large();
    let site = Arc::new(site);
    let begin = Instant::now();
    let layout = Layout::new(&site);
    let laid_out = begin.elapsed().as_secs_f64() * 1e3;
    println!(
        "{} parts, {} links, laid out in {} ms",
        site.components.len(),
        site.links.len(),
        format::number(laid_out, 1)
    );
    let findings = Arc::new(engineering::study(&site));
    let large = Large { site, plan: plan.map(Arc::new), findings, layout };
    for look in looks(&large) {
        if is_wanted(&look.name) {
            row(&look.name, &drawing(&large, &look), look.limit);
        }
    }
    for (name, command, limit) in
        [("window, all in sight", Command::Fit, FAR_MS), ("window, scale 1", Command::ZoomIn, NEAR_MS)]
    {
        for (with, study) in [
            ("", None),
            (", loading", Some(Study::Loading)),
            (", a part and the charts", None),
            (", pan, a part and the charts", None),
            (", and all problems", None),
        ] {
            let name = format!("{name}{with}");
            if is_wanted(&name) {
                row(&name, &window(&large, command, study, with), limit);
            }
        }
    }
    for (name, chosen, steps) in
        [("window, 500 parts selected", 500, 0), ("window, list of 200 steps", 1, 200)]
    {
        if is_wanted(name) {
            row(name, &chosen_or_done(&large, chosen, steps), FAR_MS);
        }
    }
    for view in SiteView::ALL {
        let name = format!("window, view {}", view.text());
        if is_wanted(&name) {
            row(&name, &view_of(&large, view, false, false), FAR_MS);
        }
        for (with, zooms) in [(", all placed", false), (", all placed, zoom", true)] {
            let name = format!("{name}{with}");
            if is_wanted(&name) && matches!(view, SiteView::Plan | SiteView::Map) {
                row(&name, &view_of(&large, view, true, zooms), FAR_MS);
            }
        }
    }
    for (name, format) in photo::KINDS {
        if is_wanted(name) {
            photo::rows(&large, name, format);
        }
    }
    if is_wanted("edit") {
        edits(&large);
    }
}

/// How the drawing is looked at, and what moves.
struct Look {
    name: String,
    scale: f32,
    at: Pos2,
    limit: f64,
    study: Option<Study>,
    plan: bool,
    chosen: usize,
    moves: Moves,
}

#[derive(Clone, Copy, PartialEq)]
enum Moves {
    Pointer,
    /// The drawing under the pointer.
    Pan,
    Zoom,
    /// The chosen parts.
    Parts,
}

fn looks(large: &Large) -> Vec<Look> {
    let world = large.layout.bounds.unwrap_or(Rect::ZERO);
    let middle = large.layout.nodes.get(large.site.components.len() / 2).map_or(Pos2::ZERO, Rect::center);
    let fitted = (WINDOW.x / world.width()).min(WINDOW.y / world.height());
    let mut looks = Vec::new();
    for (name, scale) in [
        ("all in sight", fitted),
        ("scale 0.2", 0.2),
        ("scale 0.34", 0.34),
        ("scale 0.36", 0.36),
        ("scale 0.4", 0.4),
        ("scale 0.5", 0.5),
        ("scale 0.7", 0.7),
        ("scale 1", 1.0),
        ("scale 1.5", 1.5),
        ("scale 3", 3.0),
    ] {
        let at = if scale == fitted { world.center() } else { middle };
        let limit = if scale < 1.0 { FAR_MS } else { NEAR_MS };
        let bare = |more: &str, limit: f64, study, plan, chosen, moves| {
            let name = format!("drawing, {name}{more}");
            Look { name, scale, at, limit, study, plan, chosen, moves }
        };
        looks.push(bare("", limit, None, false, 0, Moves::Pointer));
        looks.push(bare(", pan", limit, None, true, 0, Moves::Pan));
        if [fitted, 0.4, 0.7, 1.0].contains(&scale) {
            looks.push(bare(", zoom", limit, None, true, 0, Moves::Zoom));
            looks.push(bare(", plan, 50 chosen", limit, None, true, 50, Moves::Pan));
            looks.push(bare(", loading", limit, Some(Study::Loading), true, 0, Moves::Pan));
            looks.push(bare(", availability", limit, Some(Study::Availability), true, 0, Moves::Pan));
            looks.push(bare(", 1 part held", HELD_MS, None, true, 1, Moves::Parts));
            looks.push(bare(", 200 parts held", HELD_MS, None, true, 200, Moves::Parts));
        }
    }
    looks
}

/// Copies of a template beside each other, with the plan of the template for each of them.
fn large() -> (Site, Option<Plan>) {
    let template = file::templates().first().and_then(|template| file::read_text(template.text).0);
    let mut site = Site::empty("Large");
    let Some(template) = template else { return (site, None) };
    let options = Options { detail: Detail::Quick, ..Options::default() };
    let solved = solve_with(&template, None, options, &|_| true).ok();
    let mut plan = solved.map(|solved| solved.plan);
    let of_one = plan.clone();
    if let Some(plan) = &mut plan {
        (plan.parts, plan.halls, plan.builds) = Default::default();
    }
    site.offers.clone_from(&template.offers);
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
        let name = |id: &str| {
            let place = sketch.parts.iter().position(|part| part.id == id);
            place.map_or_else(String::new, |place| copy.parts[place].id.clone())
        };
        if let (Some(plan), Some(one)) = (&mut plan, &of_one) {
            plan.parts.extend(one.parts.iter().cloned().map(|mut flow| {
                flow.component = name(&flow.component);
                flow
            }));
            plan.builds.extend(one.builds.iter().cloned().map(|mut build| {
                build.component = name(&build.component);
                build
            }));
            plan.halls.extend(one.halls.iter().cloned().map(|mut hall| {
                hall.id = name(&hall.id);
                hall
            }));
        }
        site.components.extend(copy.parts);
        site.links.extend(copy.links);
    }
    site.components.truncate(PARTS);
    let known: BTreeSet<String> = site.components.iter().map(|part| part.id.clone()).collect();
    site.links.retain(|link| known.contains(&link.from) && known.contains(&link.to));
    (site, plan)
}

/// Milliseconds of ui and of tessellation of each frame, after some that are not counted.
fn frames(show: impl FnMut(&mut egui::Ui, usize)) -> Vec<(f64, f64)> {
    frames_with(|_| None, show)
}

/// As [`frames`], with what else happens in a frame.
fn frames_with(
    event: impl Fn(usize) -> Option<Event>,
    mut show: impl FnMut(&mut egui::Ui, usize),
) -> Vec<(f64, f64)> {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    let mut times = Vec::new();
    for frame in 0..FRAMES + FIRST {
        let pointer = pos2(700.0 + (frame % 9) as f32 * 3.0, 500.0);
        let events = std::iter::once(Event::PointerMoved(pointer)).chain(event(frame)).collect();
        times.push(one_frame(&ctx, frame, events, |ui| show(ui, frame)));
    }
    times.split_off(FIRST)
}

fn one_frame(
    ctx: &egui::Context,
    frame: usize,
    events: Vec<Event>,
    show: impl FnMut(&mut egui::Ui),
) -> (f64, f64) {
    let input = RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, WINDOW)),
        time: Some(frame as f64 / 60.0),
        events,
        ..RawInput::default()
    };
    let (times, mut textures) = timed(ctx, input, show);
    // No renderer takes them.
    textures.clear();
    times
}

/// Milliseconds of ui and of tessellation of a frame, and what a renderer would upload.
fn timed(
    ctx: &egui::Context,
    input: RawInput,
    mut show: impl FnMut(&mut egui::Ui),
) -> ((f64, f64), TexturesDelta) {
    let begin = Instant::now();
    let mut output = ctx.run_ui(input, &mut show);
    let ui = begin.elapsed().as_secs_f64() * 1e3;
    let begin = Instant::now();
    let meshes = ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
    let tessellation = begin.elapsed().as_secs_f64() * 1e3;
    std::hint::black_box(meshes);
    ((ui, tessellation), output.textures_delta)
}

fn drawing(large: &Large, look: &Look) -> Vec<(f64, f64)> {
    let Large { site, plan, findings, layout } = large;
    let to_screen = TSTransform::new(WINDOW / 2.0 - look.at.to_vec2() * look.scale, look.scale);
    let mut camera = Camera { to_screen, zoom_by: 1.0, moved: true, ..Camera::default() };
    // Those nearest to the middle.
    let mut order: Vec<usize> = (0..site.components.len()).collect();
    let away = |index: &usize| (layout.nodes[*index].center() - look.at).length_sq();
    order.sort_by(|a, b| away(a).total_cmp(&away(b)));
    let mut chosen = order.into_iter().take(look.chosen).map(|index| site.components[index].id.clone());
    let first = chosen.next();
    let also: BTreeSet<String> = chosen.collect();
    let mut gesture = match &first {
        Some(part) if look.moves == Moves::Parts => {
            Gesture::Moving { part: part.clone(), from: camera.to_screen.inverse() * pos2(700.0, 500.0) }
        }
        _ => Gesture::None,
    };
    let selection = first.map(Object::Component);
    frames(move |ui, frame| {
        let turn = if frame % 20 < 10 { 1.0 } else { -1.0 };
        match look.moves {
            Moves::Pan => camera.to_screen.translation += vec2(3.0, 2.0) * turn,
            Moves::Zoom => camera.zoom_by = if turn > 0.0 { 1.01 } else { 1.0 / 1.01 },
            Moves::Pointer | Moves::Parts => {}
        }
        let scene = canvas::Scene {
            site,
            plan: plan.as_ref().filter(|_| look.plan),
            period: 6,
            selection: selection.as_ref(),
            also: &also,
            legend: true,
            minimap: true,
            layers: Layers::default(),
            study: look.study,
            findings: Some(findings),
            ghosts: None,
            renaming: None,
            backdrop: None,
        };
        let mut actions = Vec::new();
        canvas::show(ui, &scene, &mut camera, &mut gesture, &mut actions);
    })
}

/// The program as it is, without what it leaves to other threads.
fn services() -> Services {
    Services {
        check: |_| Report::default(),
        study: |_, options| engineering::study_with(&Site::empty("nothing"), options),
        outlook: |_| Err("not of a frame".to_owned()),
        ..built_in::services()
    }
}

fn app_of(large: &Large) -> App {
    let mut app = App::for_test(Site::clone(&large.site), services());
    if let Some(plan) = &large.plan {
        app.inject_plan(Plan::clone(plan));
    }
    app.view_mut().month = 24.0;
    app
}

/// The whole window. What is not of a frame, such as studies, is left out.
fn window(large: &Large, command: Command, study: Option<Study>, with: &str) -> Vec<(f64, f64)> {
    let middle = large.layout.nodes.get(large.site.components.len() / 2).map_or(Pos2::ZERO, Rect::center);
    let has_problems = with.ends_with("problems");
    let panels = has_problems || with.ends_with("charts");
    let pans = with.contains("pan");
    let services =
        if has_problems { Services { check: built_in::services().check, ..services() } } else { services() };
    let mut app = App::for_test(Site::clone(&large.site), services);
    if let Some(plan) = &large.plan {
        app.inject_plan(Plan::clone(plan));
    }
    app.view_mut().month = 24.0;
    if panels {
        app.view_mut().problems = has_problems;
        let part = large.site.components.get(large.site.components.len() / 2).map(|part| part.id.clone());
        app.send(Action::Select(part.map(Object::Component)));
    }
    app.send(Action::Do(if panels { Command::ShowBoth } else { Command::ShowSite }));
    app.send(Action::Do(Command::Study(study)));
    frames(move |ui, frame| {
        if frame == 10 {
            app.send(Action::Do(command));
            if command == Command::ZoomIn {
                let view = app.view_mut();
                view.camera.to_screen = TSTransform::new(vec2(600.0, 500.0) - middle.to_vec2(), 1.0 / 1.25);
                view.camera.moved = true;
            }
        }
        if pans && frame > 10 {
            let turn = if frame % 20 < 10 { 1.0 } else { -1.0 };
            app.view_mut().camera.to_screen.translation += vec2(3.0, 2.0) * turn;
        }
        app.frame(ui);
    })
}

/// A view of the site, all of the window's height its own.
fn view_of(large: &Large, view: SiteView, placed: bool, zooms: bool) -> Vec<(f64, f64)> {
    let mut site = Site::clone(&large.site);
    for part in site.components.iter_mut().filter(|_| placed) {
        let at = part.at_schematic;
        part.at_plan = Some(Point { x: at.x * 0.3, y: at.y * 0.3 });
        part.at_map = Some(Point { x: at.x * 0.02, y: at.y * 0.02 });
    }
    let mut app = App::for_test(site, services());
    if let Some(plan) = &large.plan {
        app.inject_plan(Plan::clone(plan));
    }
    app.send(Action::Do(Command::ShowSite));
    app.send(Action::Do(Command::View(view)));
    let part = large.site.components.iter().find(|part| part.hall().is_some()).map(|part| part.id.clone());
    app.send(Action::Select(part.map(Object::Component)));
    let zoom =
        move |frame: usize| zooms.then_some(Event::Zoom(if frame % 20 < 10 { 1.01 } else { 1.0 / 1.01 }));
    frames_with(zoom, move |ui, _| app.frame(ui))
}

/// The whole window with so many parts selected, or with the list of what was done to one of them.
fn chosen_or_done(large: &Large, chosen: usize, steps: usize) -> Vec<(f64, f64)> {
    let mut app = app_of(large);
    let parts = large.site.components.iter().take(chosen).map(|part| part.id.clone());
    app.send(Action::SelectParts(parts.collect()));
    app.send(Action::Do(Command::ShowBoth));
    let ctx = egui::Context::default();
    theme::install(&ctx);
    for step in 0..steps {
        app.send(Action::Do(if step % 2 == 0 { Command::NudgeRight } else { Command::NudgeLeft }));
        // Steps that follow each other quickly are one.
        one_frame(&ctx, 600 * step, Vec::new(), |ui| app.frame(ui));
    }
    if steps > 0 {
        app.send(Action::Do(Command::Tool(Tool::Steps)));
    }
    frames(move |ui, _| app.frame(ui))
}

/// One part nudged: until it is on the screen, and what the step to undo it takes.
fn edits(large: &Large) {
    let mut app = app_of(large);
    let middle = large.layout.nodes.get(large.site.components.len() / 2).map_or(Pos2::ZERO, Rect::center);
    let part = large.site.components.get(large.site.components.len() / 2).map(|part| part.id.clone());
    app.send(Action::Do(Command::ShowSite));
    app.send(Action::Select(part.map(Object::Component)));
    let ctx = egui::Context::default();
    theme::install(&ctx);
    for frame in 0..FIRST {
        one_frame(&ctx, frame, Vec::new(), |ui| app.frame(ui));
    }
    let view = app.view_mut();
    view.camera.to_screen = TSTransform::new(vec2(600.0, 500.0) - middle.to_vec2(), 1.0);
    view.camera.moved = true;
    let before = resident_kb();
    let steps = FRAMES;
    let mut times = Vec::new();
    for step in 0..steps {
        let way = if step % 2 == 0 { Command::NudgeRight } else { Command::NudgeLeft };
        app.send(Action::Do(way));
        // What was sent is carried out after the frame, and on the screen in the next.
        let (carried_out, _) = one_frame(&ctx, FIRST + 2 * step, Vec::new(), |ui| app.frame(ui));
        let (ui, tessellate) = one_frame(&ctx, FIRST + 2 * step + 1, Vec::new(), |ui| app.frame(ui));
        times.push((carried_out + ui, tessellate));
    }
    row("edit, one part nudged", &times, EDIT_MS);
    if let (Some(before), Some(after)) = (before, resident_kb()) {
        let each = (after - before) / steps as f64;
        println!(
            "{:<44} {:>7} kB a step   {:>26} of the limit of {} kB",
            "edit, memory to undo it",
            format::number(each, 0),
            format::number(each / STEP_KB, 2),
            format::number(STEP_KB, 0)
        );
    }
}

/// Memory of this process, where the system tells.
fn resident_kb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

fn row(name: &str, times: &[(f64, f64)], limit: f64) {
    let median = |of: fn(&(f64, f64)) -> f64| {
        let mut sorted: Vec<f64> = times.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
    };
    println!(
        "{name:<44} {:>7} ms ui {:>7} ms tessellate   {:>6} of the limit of {} ms",
        format::number(median(|time| time.0), 2),
        format::number(median(|time| time.1), 2),
        format::number(median(|time| time.0 + time.1) / limit, 2),
        format::number(limit, 0),
    );
}
