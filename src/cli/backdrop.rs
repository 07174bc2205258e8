//! `wattshift backdrop FILE --under plan --picture PATH -o OUT`: the picture under a view, put in, placed, taken out or
//! written to a file of its own.

use super::{CLEAN, Common, PROBLEMS, blueprints, check, input, output};
use crate::file;
use crate::file::backdrop::{in_place_of, read_picture, summaries, usual_extent, within};
use crate::quantity::{Report, Unit, format};
use crate::site::backdrop::{Change, SCALE, Under, percent};
use crate::site::edit::{self, Edit};
use crate::site::{Backdrop, Point, Site};
use anyhow::{Context as _, anyhow, bail};
use clap::ValueEnum;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --picture, --remove or --export the picture that is there is placed as the other options say, \
                  or described where there are none. Without -o nothing is written.\n\n\
                  Exit status: 0 done and clean, 1 done but the input has problems, 2 could not run."
)]
pub struct Arguments {
    /// Site file
    file: PathBuf,
    /// View that the picture is under
    #[arg(long, value_enum)]
    under: UnderName,
    /// PNG or JPEG to put there; made smaller where it is beyond 4 MB or 4,096 pixels a side
    #[arg(long, value_name = "PATH", conflicts_with_all = ["remove", "export"])]
    picture: Option<PathBuf>,
    /// How many metres a pixel is wide: of the plan alone
    #[arg(long, value_name = "X", conflicts_with = "width", allow_hyphen_values = true)]
    metres_per_pixel: Option<String>,
    /// How wide the picture is: `120m`, `350 ft` or `0.4 km` on the plan, drawing units on the one-line
    #[arg(long, value_name = "WIDTH", allow_hyphen_values = true)]
    width: Option<String>,
    /// Where its upper left corner lies: metres east and south on the plan, drawing units on the one-line
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true)]
    at: Option<String>,
    /// Clockwise, about the upper left corner
    #[arg(long, value_name = "DEG", allow_hyphen_values = true)]
    turn: Option<String>,
    /// 5 to 100 %
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    opacity: Option<String>,
    /// Keep the pointer from moving it
    #[arg(long, conflicts_with = "unlock")]
    lock: bool,
    /// Let the pointer move it while its panel is open
    #[arg(long)]
    unlock: bool,
    /// Take it out
    #[arg(
        long,
        conflicts_with_all = ["export", "metres_per_pixel", "width", "at", "turn", "opacity", "lock", "unlock"]
    )]
    remove: bool,
    /// File to write the picture to, byte for byte as the site keeps it
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with_all = ["output", "metres_per_pixel", "width", "at", "turn", "opacity", "lock", "unlock"]
    )]
    export: Option<PathBuf>,
    /// Site file to write
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file that is written if it exists (an old site file is kept as .bak)
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum UnderName {
    OneLine,
    Plan,
}

impl From<UnderName> for Under {
    fn from(name: UnderName) -> Self {
        match name {
            UnderName::OneLine => Self::OneLine,
            UnderName::Plan => Self::Plan,
        }
    }
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let (common, under) = (&arguments.common, Under::from(arguments.under));
    let input = input::read(&arguments.file, common)?;
    if input.scenario.is_some() {
        bail!("a scenario means nothing here: a picture is under the drawing in all of them");
    }
    if let Some(path) = &arguments.export {
        // Also of a drawing that has errors: they are no matter of its picture.
        let loaded = input.loaded.as_ref().ok_or_else(|| output::failure(&input.report.problems))?;
        export(arguments, &loaded.site, (under, path), &input.report)?;
        return Ok(input.status());
    }
    let before = &input.site(common.quiet)?.site;
    let mut said = Vec::new();
    let mut site = before.clone();
    for change in changes(arguments, before, under, &mut said)? {
        let (next, label) =
            edit::apply(&site, &Edit::Backdrop { under, change }).map_err(|why| anyhow!(why))?;
        site = next;
        said.push(label);
    }
    let is_changed = site != *before;
    let path = arguments.output.as_ref().filter(|_| is_changed);
    if arguments.output.is_some() && !is_changed {
        bail!("{}", nothing_to_do(before, under));
    }
    if let Some(path) = path {
        output::may_write(path, arguments.force, None)?;
        file::save(path, &site)?;
    }
    let report = judged(&input.report, &site);
    if common.json {
        output::json(&json!({
            "backdrop": backdrop_json(&site, under),
            "said": said,
            "file": path.map(|path| path.display().to_string()),
            "exported": Value::Null,
            "problems": output::problems_json(&report),
        }))?;
    } else {
        let mut text = said.iter().map(|line| format!("{line}\n")).collect::<String>();
        text += &describe(&site, under);
        if let Some(path) = path {
            text += &format!("Wrote {}\n", path.display());
        } else if is_changed {
            text += "Nothing is written without -o FILE\n";
        }
        output::text(&text)?;
    }
    Ok(if report.is_clean() { CLEAN } else { PROBLEMS })
}

/// What was wrong with the file, with what is wrong with its pictures now.
fn judged(before: &Report, site: &Site) -> Report {
    let mut report = before.clone();
    report.problems.retain(|problem| !problem.code.starts_with("backdrop-"));
    for (under, backdrop) in site.backdrops.iter() {
        let place = match under {
            Under::OneLine => "one_line_backdrop",
            Under::Plan => "backdrop",
        };
        for (code, message, hint) in file::backdrop::problems(under, backdrop) {
            report.warning(code, place, message, hint);
        }
    }
    report
}

fn nothing_to_do(site: &Site, under: Under) -> String {
    match site.backdrops.of(under) {
        Some(_) => {
            "nothing is to be changed; say what with --picture, --width, --at, --turn, --opacity or --remove"
        }
        None => "there is no picture there, and none was named with --picture",
    }
    .to_owned()
}

/// What is done to the backdrop, in order.
fn changes(
    arguments: &Arguments,
    site: &Site,
    under: Under,
    said: &mut Vec<String>,
) -> anyhow::Result<Vec<Change>> {
    if arguments.remove {
        return Ok(vec![Change::TakeOut]);
    }
    let before = site.backdrops.of(under);
    let mut changes = Vec::new();
    let mut backdrop = match &arguments.picture {
        Some(path) => put(path, site, under, arguments, said)?,
        None => match before {
            Some(before) => before.clone(),
            None if is_placed(arguments) => {
                bail!("there is no picture under the {}; put one there with --picture PATH", under.word())
            }
            None => return Ok(changes),
        },
    };
    let parse = |flag: &str, unit: Unit, text: &str| unit.parse(text).map_err(|why| anyhow!("{flag}: {why}"));
    if let Some(scale) = scale(arguments, &backdrop, under)? {
        // About its middle where nothing says where it lies.
        let middle = Point { x: width_of(&backdrop)? / 2.0, y: height_of(&backdrop)? / 2.0 };
        let is_new = arguments.picture.is_some() && before.is_none();
        backdrop = if is_new && SCALE.problem_with(scale).is_none() {
            backdrop.about(middle, scale, backdrop.turn_degrees)
        } else {
            Backdrop { scale, ..backdrop }
        };
        backdrop.calibrated |= under == Under::Plan;
    }
    if let Some(text) = &arguments.turn {
        backdrop.turn_degrees = parse("--turn", Unit::Degrees, text)?;
    }
    if let Some(text) = &arguments.at {
        backdrop.at = blueprints::point(text)?;
    }
    if let Some(text) = &arguments.opacity {
        backdrop.opacity = parse("--opacity", Unit::Share, text)?;
    }
    backdrop.locked = (backdrop.locked || arguments.lock) && !arguments.unlock;
    let Some(known) = before.filter(|_| arguments.picture.is_none()) else {
        changes.push(Change::Put(Box::new(backdrop)));
        return Ok(changes);
    };
    let Backdrop { at, scale, turn_degrees, opacity, locked, .. } = backdrop;
    if (at, scale, turn_degrees) != (known.at, known.scale, known.turn_degrees) {
        changes.push(Change::Place { at, scale, turn_degrees });
    }
    if opacity != known.opacity {
        changes.push(Change::Opacity(opacity));
    }
    if locked != known.locked {
        changes.push(Change::Lock(locked));
    }
    Ok(changes)
}

fn is_placed(arguments: &Arguments) -> bool {
    let Arguments { metres_per_pixel, width, at, turn, opacity, lock, unlock, .. } = arguments;
    [metres_per_pixel, width, at, turn, opacity].into_iter().any(Option::is_some) || *lock || *unlock
}

/// A picture read and placed as the window would: as the one before, else over what is drawn.
fn put(
    path: &Path,
    site: &Site,
    under: Under,
    arguments: &Arguments,
    said: &mut Vec<String>,
) -> anyhow::Result<Backdrop> {
    let prepared = read_picture(path).map_err(|why| anyhow!(why))?;
    said.extend(prepared.note.clone());
    let name = file::companion_name(path);
    let before = site.backdrops.of(under);
    if let Some((backdrop, words)) = before.and_then(|before| in_place_of(before, name.clone(), &prepared)) {
        if arguments.width.is_none() && arguments.metres_per_pixel.is_none() {
            said.push(words.to_owned());
        }
        return Ok(backdrop);
    }
    let (middle, sides) = drawn_extent(site, under);
    Ok(within(middle, sides, name, &prepared))
}

/// Middle and sides of what is drawn of a view, at least as large as a window shows of one that is empty.
fn drawn_extent(site: &Site, under: Under) -> (Point, (f64, f64)) {
    let places = site.components.iter().filter_map(|part| match under {
        Under::OneLine => Some(part.at_schematic),
        Under::Plan => part.at_plan,
    });
    let places: Vec<Point> = places.filter(|at| at.x.is_finite() && at.y.is_finite()).collect();
    let range = |of: fn(&Point) -> f64, least: f64| {
        let (low, high) = places
            .iter()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
        if low <= high { ((low + high) / 2.0, (high - low).max(least)) } else { (0.0, least) }
    };
    let usual = usual_extent(under);
    let ((x, width), (y, height)) = (range(|at| at.x, usual.0), range(|at| at.y, usual.1));
    (Point { x, y }, (width, height))
}

/// Size of a pixel, where it is said.
fn scale(arguments: &Arguments, backdrop: &Backdrop, under: Under) -> anyhow::Result<Option<f64>> {
    if let Some(text) = &arguments.metres_per_pixel {
        if under == Under::OneLine {
            bail!("--metres-per-pixel: the one-line has no lengths; give --width in drawing units");
        }
        return Ok(Some(Unit::Metre.parse(text).map_err(|why| anyhow!("--metres-per-pixel: {why}"))?));
    }
    let Some(text) = &arguments.width else { return Ok(None) };
    let unit = if under == Under::Plan { Unit::Metre } else { Unit::None };
    let width = unit.parse(text).map_err(|why| anyhow!("--width: {why}"))?;
    Ok(Some(width / width_of(backdrop)?))
}

fn width_of(backdrop: &Backdrop) -> anyhow::Result<f64> {
    size_of(backdrop).map(|(width, _)| f64::from(width))
}

fn height_of(backdrop: &Backdrop) -> anyhow::Result<f64> {
    size_of(backdrop).map(|(_, height)| f64::from(height))
}

fn size_of(backdrop: &Backdrop) -> anyhow::Result<(u32, u32)> {
    let header = backdrop.picture.bytes().and_then(|bytes| file::picture::look(bytes).ok());
    let header = header.with_context(|| {
        format!("{} cannot be shown, so its width is not known; put the picture in again", backdrop.name)
    })?;
    Ok(header.size())
}

/// Writes the picture's own bytes.
fn export(
    arguments: &Arguments,
    site: &Site,
    (under, path): (Under, &Path),
    report: &Report,
) -> anyhow::Result<()> {
    let word = under.word();
    let backdrop =
        site.backdrops.of(under).with_context(|| format!("there is no picture under the {word}"))?;
    let bytes = backdrop.picture.bytes().filter(|bytes| !bytes.is_empty());
    let bytes = bytes.with_context(|| {
        format!("the picture under the {word} is damaged in the file, so there is nothing to write")
    })?;
    output::may_write(path, arguments.force, Some(&arguments.file))?;
    file::write_atomically(path, bytes)?;
    if arguments.common.json {
        return output::json(&json!({
            "backdrop": backdrop_json(site, under),
            "said": Vec::<String>::new(),
            "file": Value::Null,
            "exported": path.display().to_string(),
            "problems": output::problems_json(report),
        }));
    }
    output::text(&format!("{}Wrote {}\n", describe(site, under), path.display()))
}

/// What is under a view; null where nothing is.
fn backdrop_json(site: &Site, under: Under) -> Value {
    let summary = summaries(site).into_iter().find(|summary| summary.under == under);
    let (Some(backdrop), Some(summary)) = (site.backdrops.of(under), summary) else { return Value::Null };
    let mut value = check::backdrop_json(&summary);
    let per_pixel = match under {
        Under::OneLine => "units_per_pixel",
        Under::Plan => "metres_per_pixel",
    };
    value["at"] = json!([backdrop.at.x, backdrop.at.y]);
    value[per_pixel] = json!(backdrop.scale);
    value["turn_degrees"] = json!(backdrop.turn_degrees);
    value["opacity"] = json!(backdrop.opacity);
    value["locked"] = json!(backdrop.locked);
    if under == Under::Plan {
        value["calibrated"] = json!(backdrop.calibrated);
    }
    value
}

fn describe(site: &Site, under: Under) -> String {
    let summary = summaries(site).into_iter().find(|summary| summary.under == under);
    let (Some(backdrop), Some(summary)) = (site.backdrops.of(under), summary) else {
        return format!("no picture is under the {}\n", under.word());
    };
    let mut text = check::backdrop_text(&summary);
    let unit = if under == Under::Plan { "m" } else { "drawing units" };
    let width = size_of(backdrop).map(|(width, _)| f64::from(width) * backdrop.scale);
    if let Ok(width) = width {
        text += &format!("  {} {unit} wide", format::number(width, 1));
        text += &format!(", upper left corner at {}, {}", backdrop.at.x, backdrop.at.y);
        text += &format!(", {} opaque", percent(backdrop.opacity));
        if backdrop.turn_degrees != 0.0 {
            text += &format!(", turned {}°", backdrop.turn_degrees);
        }
        if under == Under::Plan && !backdrop.calibrated {
            text += ", not calibrated";
        }
        if backdrop.locked {
            text += ", locked";
        }
        text.push('\n');
    }
    text
}
