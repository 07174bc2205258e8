//! Backdrops as a script or a list of problems speaks of them.

use std::path::Path;

use super::picture::{self, Header, MOST_BYTES, Prepared, prepared};
use super::read::{companion_name, read_companion_bytes};
use crate::quantity::format;
use crate::site::backdrop::{Picture, SCALE, Under};
use crate::site::{Backdrop, Point, Site};

/// A backdrop of a site in short.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub under: Under,
    pub name: String,
    /// Of the picture as it is encoded.
    pub bytes: usize,
    /// `None` where it cannot be shown.
    pub header: Option<Header>,
}

/// The backdrops of a site in short.
pub fn summaries(site: &Site) -> Vec<Summary> {
    let of = |(under, backdrop): (Under, &Backdrop)| {
        let bytes = backdrop.picture.bytes();
        Summary {
            under,
            name: backdrop.name.clone(),
            bytes: bytes.map_or(0, |bytes| bytes.len()),
            header: bytes.and_then(|bytes| picture::look(bytes).ok()),
        }
    };
    site.backdrops.iter().map(of).collect()
}

/// Reads a picture to be put under a view, made small enough for a site file.
///
/// # Errors
/// Why it cannot be read or shown, and what would mend it.
pub fn read_picture(path: &Path) -> Result<Prepared, String> {
    match read_companion_bytes(path) {
        Ok(bytes) => prepared(&companion_name(path), bytes),
        Err(report) => Err(report.problems.first().map_or_else(String::new, |problem| {
            format!("{}: {}; {}", problem.place, problem.message, problem.hint)
        })),
    }
}

/// A picture in the place and at the width of the one before, if that has a size, with what is to be said of it.
pub fn in_place_of(before: &Backdrop, name: String, prepared: &Prepared) -> Option<(Backdrop, &'static str)> {
    let old = picture::look(before.picture.bytes()?).ok()?.size();
    let (width, height) = prepared.size;
    let scale = before.scale * f64::from(old.0) / width;
    let shape = (f64::from(old.0) / f64::from(old.1)) / (width / height);
    let is_alike = (shape - 1.0).abs() < 0.01;
    let said = if before.calibrated && !is_alike {
        "it has another shape than the one before: calibrate it again"
    } else {
        "at the place and the width of the one before"
    };
    let picture = Picture::Encoded(prepared.bytes.clone());
    let calibrated = before.calibrated && is_alike;
    Some((Backdrop { picture, name, scale, calibrated, ..before.clone() }, said))
}

/// A picture that fills nine tenths of what is seen of a view, of which the middle and the sides are given.
pub fn within(middle: Point, sides: (f64, f64), name: String, prepared: &Prepared) -> Backdrop {
    let (width, height) = prepared.size;
    let fits = (sides.0 / width).min(sides.1 / height);
    let scale = tidy((0.9 * fits).clamp(SCALE.min, SCALE.max));
    let at = |middle: f64, side: f64| (middle - side * scale / 2.0).round();
    Backdrop {
        picture: Picture::Encoded(prepared.bytes.clone()),
        name,
        at: Point { x: at(middle.x, width), y: at(middle.y, height) },
        scale,
        turn_degrees: 0.0,
        calibrated: false,
        opacity: 0.5,
        locked: false,
    }
}

/// With four digits, so that a file says no more than was meant.
fn tidy(scale: f64) -> f64 {
    let digits = 10_f64.powf(3.0 - scale.log10().floor());
    let rounded = (scale * digits).round() / digits;
    if rounded.is_finite() && rounded > 0.0 { rounded } else { scale }
}

/// What is seen of a view that was not shown yet: middle and sides, in its unit.
pub fn usual_extent(under: Under) -> (f64, f64) {
    match under {
        Under::OneLine => (1000.0, 700.0),
        Under::Plan => (300.0, 200.0),
    }
}

/// `the backdrop of the plan (aerial.png)`
pub fn called(under: Under, backdrop: &Backdrop) -> String {
    const LONGEST: usize = 60;
    let word = under.word();
    if backdrop.name.is_empty() {
        return format!("the backdrop of the {word}");
    }
    let shown: String = backdrop.name.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect();
    format!("the backdrop of the {word} ({shown})")
}

/// What is wrong with a backdrop: code, message and what mends it. None of it keeps a site from being shown or planned.
pub fn problems(under: Under, backdrop: &Backdrop) -> Vec<(&'static str, String, String)> {
    let called = called(under, backdrop);
    let mut found = Vec::new();
    if let Some(why) = backdrop.problem() {
        let hint = "it is shown with the nearest that can be; move or scale it, or put the picture in again";
        found.push((
            "backdrop-out-of-range",
            format!("{called} cannot be placed so: {why}"),
            hint.to_owned(),
        ));
    }
    let picture = match &backdrop.picture {
        Picture::Unreadable(_) => {
            let message = format!(
                "the picture of {called} is no base64 text, or breaks off; it is not shown, and kept as it stands"
            );
            found.push(("backdrop-not-base64", message, "put the picture in again".to_owned()));
            return found;
        }
        Picture::Encoded(bytes) => bytes,
    };
    match picture::look(picture) {
        Err(fault) => {
            let message =
                format!("the picture of {called} {}; it is not shown, and kept as it stands", fault.words());
            found.push((fault.code(), message, fault.hint().to_owned()));
        }
        Ok(_) if picture.len() > MOST_BYTES => {
            let megabytes = |bytes: usize| format::number(bytes as f64 / f64::from(1 << 20), 1);
            let message = format!(
                "the picture of {called} has {} MB, which makes the file large; {} MB are usual at most",
                megabytes(picture.len()),
                megabytes(MOST_BYTES)
            );
            found.push((
                "backdrop-large",
                message,
                "put the picture in again: it is then made smaller".to_owned(),
            ));
        }
        Ok(_) => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::file::base64;
    use crate::file::picture::tests::png_of;
    use crate::file::{read_text, write_text};
    use crate::quantity::Report;
    use crate::site::Point;

    fn backdrop(bytes: Vec<u8>) -> Backdrop {
        Backdrop {
            picture: Picture::Encoded(Arc::from(bytes)),
            name: "aerial.png".into(),
            at: Point { x: -12.5, y: 3.0 },
            scale: 0.25,
            turn_degrees: 7.5,
            calibrated: true,
            opacity: 0.4,
            locked: true,
        }
    }

    fn site(one_line: Option<Backdrop>, plan: Option<Backdrop>) -> Site {
        let mut site = read_text(&write_text(&Site::empty("x"))).0.unwrap();
        (site.backdrops.one_line, site.backdrops.plan) = (one_line, plan);
        site
    }

    fn text_with(entry: &str) -> String {
        format!(
            "Site(format: 1, name: \"x\", as_of: \"2026-01-01\", latitude: 0, longitude: 0, backdrop: ({entry}))"
        )
    }

    /// The file opens, names the backdrop under this code, and saves what it read.
    #[track_caller]
    fn warned(entry: &str, code: &str) -> (Site, Report) {
        let (site, report) = read_text(&text_with(entry));
        let site = site.expect("the document opens");
        let found = report.problems.iter().find(|problem| problem.code == code);
        let found = found.unwrap_or_else(|| panic!("{code} is not in {report:?}"));
        assert!(found.place.starts_with("backdrop"), "{}", found.place);
        assert!(found.message.contains("the backdrop of the plan") && !found.hint.is_empty(), "{found:?}");
        assert!(!report.has_errors(), "it can be planned");
        let text = write_text(&site);
        let again = read_text(&text).0.unwrap();
        assert_eq!((again.backdrops.clone(), write_text(&again)), (site.backdrops.clone(), text));
        (site, report)
    }

    #[test]
    fn pictures_are_kept_in_lines_and_read_back_the_same() {
        let photo: Vec<u8> = (0..20_000_u32).map(|byte| (byte * 7 % 251) as u8).collect();
        let one_line = Backdrop { calibrated: false, locked: false, ..backdrop(png_of(64, 48)) };
        let site = site(Some(one_line), Some(backdrop(photo)));
        let text = write_text(&site);
        let (again, _) = read_text(&text);
        assert_eq!(again.as_ref(), Some(&site));
        assert_eq!(write_text(&again.unwrap()), text, "one text");
        let head = "    backdrop: (name: \"aerial.png\", at: (-12.5, 3.0), metres_per_pixel: 0.25, turn_degrees: 7.5, \
                    calibrated: true, opacity: 0.4, locked: true, image_base64: \"\n";
        assert!(text.contains(head), "{}", &text[..600]);
        assert!(text.lines().all(|line| line.len() < 300 || !line.contains("base64")));
        let letters = text.lines().filter(|line| line.len() == base64::LINE && !line.contains(' '));
        assert!(letters.count() >= 20_000 / 57);
        // Lines ended otherwise on the way, or one line without an end, are the same picture.
        for other in [text.replace('\n', "\r\n"), text.replace("\n", "")] {
            let other = other.replacen("saves; `note` fields are.", "saves; `note` fields are.\n", 1);
            assert_eq!(read_text(&other).0.map(|other| other.backdrops), Some(site.backdrops.clone()));
        }
    }

    /// As the format had it from its beginning: a picture, its corner, its scale.
    #[test]
    fn an_old_file_means_what_it_meant() {
        let picture = base64::encode(&png_of(8, 8));
        let (site, report) = read_text(&text_with(&format!("image_base64: \"{picture}\", at: (1, 2)")));
        assert!(report.problems.iter().all(|problem| !problem.code.starts_with("backdrop")), "{report:?}");
        let found = site.unwrap().backdrops.plan.unwrap();
        assert_eq!((found.at, found.scale, found.opacity), (Point { x: 1.0, y: 2.0 }, 1.0, 0.5));
        assert!(!found.locked && !found.calibrated && found.turn_degrees == 0.0);
        let none = write_text(&Site::empty("x"));
        assert!(!none.contains("backdrop"), "nothing is written of none");
    }

    #[test]
    fn what_cannot_be_shown_is_named_and_kept() {
        let image = |bytes: &[u8]| format!("image_base64: \"{}\"", base64::encode(bytes));
        warned("", "backdrop-empty");
        warned(&image(b"GIF89a and so on"), "backdrop-format");
        warned(&image(&png_of(0, 10)), "backdrop-no-pixels");
        let bomb = png_of(100_000, 100_000);
        let (site, _) = warned(&image(&bomb), "backdrop-too-many-pixels");
        let kept = site.backdrops.plan.unwrap();
        assert_eq!(kept.picture.bytes().map(|bytes| bytes.to_vec()), Some(bomb));
        warned(&image(&png_of(64, 64)[..40]), "backdrop-cut-short");
        // Half a base64 text, and one that is none.
        let whole = base64::encode(&png_of(64, 64));
        warned(&format!("image_base64: \"{}\"", &whole[..whole.len() - 3]), "backdrop-not-base64");
        let (site, _) =
            warned("name: \"a\\u{1b}[31m.png\", image_base64: \"<no> \\\"text\\\"\"", "backdrop-not-base64");
        assert!(write_text(&site).contains("<no>"));
        assert_eq!(summaries(&site)[0].header, None);
        let (_, report) = warned(&format!("opacity: 3, {}", image(&png_of(4, 4))), "backdrop-out-of-range");
        let message =
            &report.problems.iter().find(|found| found.code == "backdrop-out-of-range").unwrap().message;
        assert!(message.contains("300 %"), "{message}");
        warned(&format!("metres_per_pixel: 0, {}", image(&png_of(4, 4))), "backdrop-out-of-range");
        warned(
            &format!("name: \"{}\", metres_per_pixel: -1", "x".repeat(1_000_000)),
            "backdrop-out-of-range",
        );
    }

    #[test]
    fn two_pictures_of_the_largest_size_are_saved_and_read_at_once() {
        let mut large = png_of(4_000, 3_000);
        let end = large.split_off(large.len() - 12);
        let filler = MOST_BYTES - large.len() - end.len() - 12;
        large.extend(u32::try_from(filler).unwrap().to_be_bytes());
        large.extend(b"IDAT");
        large.extend((0..filler + 4).map(|byte| (byte * 31 % 253) as u8));
        large.extend(end);
        assert_eq!(large.len(), MOST_BYTES);
        let site =
            site(Some(Backdrop { calibrated: false, ..backdrop(large.clone()) }), Some(backdrop(large)));
        let begun = Instant::now();
        let text = write_text(&site);
        let (again, report) = read_text(&text);
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert_eq!(again.as_ref(), Some(&site));
        assert!(!report.problems.iter().any(|problem| problem.code.starts_with("backdrop")), "{report:?}");
        let short = summaries(&site);
        assert_eq!((short.len(), short[1].bytes), (2, MOST_BYTES));
        assert_eq!(short[1].header.unwrap().words(), "PNG, 4\u{202f}000 x 3\u{202f}000 px");
    }
}
