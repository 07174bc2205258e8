//! Reading a site file: every problem it has, each with its place, and the document when it can be made out.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use ron::extensions::Extensions;
use sha2::{Digest as _, Sha256};

use super::mirror::Step;
use super::places::{NodeId, Places, ROOT};
use super::v1;
use super::{catalogue, text, validate};
use crate::quantity::Report;
use crate::quantity::diagnostic::did_you_mean;
use crate::site::Site;

/// Largest file that is read, bytes: far beyond any site, well below what would trouble a machine.
pub(super) const LARGEST_FILE: u64 = 64 << 20;
/// Unreadable values after which looking for more is given up.
const MOST_FAULTS: usize = 100;

/// A site with what is worth knowing of the file it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    pub site: Site,
    /// Of the bytes on disk, hexadecimal.
    pub sha256: String,
    /// The file was in an older format; saving writes the newest.
    pub upgraded: bool,
    /// The file has comments of its own, which saving would drop.
    pub had_comments: bool,
}

/// What a file that goes with a site is called in problems and previews: its name without the folder.
pub fn companion_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Text of a file that goes with a site, such as weather; UTF-8, or UTF-16 with its byte order mark. Bytes that are
/// neither (names of places, mostly) become replacement characters.
///
/// # Errors
/// A report when the file cannot be read, is too large or is no text.
pub fn read_companion(path: &Path) -> Result<String, Report> {
    text::text_of(&read_companion_bytes(path)?).map_err(|(message, hint)| {
        let mut report = Report::default();
        report.error("not-text", shown(path), message, hint);
        report
    })
}

/// The bytes of a file that goes with a site, such as a workbook.
///
/// # Errors
/// As [`read_companion`], but for what the bytes are.
pub fn read_companion_bytes(path: &Path) -> Result<Vec<u8>, Report> {
    let mut report = Report::default();
    bytes_of(path, &mut report).ok_or(report)
}

/// Reads a document from text.
///
/// There is a site whenever every value could be read, also when the report has errors (a link to nowhere): it
/// can be shown and mended then, but must not be solved. Warnings alone leave it fit to solve.
pub fn read_text(text: &str) -> (Option<Site>, Report) {
    let mut report = Report::default();
    let decoded = decode(text, &mut report);
    (decoded.map(|decoded| pinned(decoded.site)), report)
}

/// Reads a site file; see [`read_text`].
pub fn read(path: &Path) -> (Option<Loaded>, Report) {
    let mut report = Report::default();
    let Some(bytes) = bytes_of(path, &mut report) else { return (None, report) };
    let sha256 = sha256_of(&bytes);
    let Ok(text) = std::str::from_utf8(&bytes) else {
        let (message, hint) = if text::is_utf16(&bytes) {
            ("the file is UTF-16, and a site file is UTF-8", "save it as UTF-8 in the editor that changed it")
        } else {
            ("the file is not text", "open a file that Wattshift saved, *.site.ron")
        };
        report.error("not-text", shown(path), message, hint);
        return (None, report);
    };
    let loaded = decode(text, &mut report).map(|decoded| Loaded {
        site: pinned(decoded.site),
        sha256,
        upgraded: decoded.upgraded,
        had_comments: decoded.had_comments,
    });
    (loaded, report)
}

fn sha256_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of the file that a site would be saved as.
pub fn sha256_as_saved(site: &Site) -> String {
    sha256_of(super::write_text(site).as_bytes())
}

/// What tells a file from the same file with other contents: SHA-256 of its bytes; none where it cannot be read.
pub fn stamp(path: &Path) -> Option<String> {
    std::fs::read(path).ok().map(|bytes| sha256_of(&bytes))
}

fn shown(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn bytes_of(path: &Path, report: &mut Report) -> Option<Vec<u8>> {
    use std::io::ErrorKind;
    let mut fail = |code, message: String, hint: &str| {
        report.error(code, shown(path), message, hint);
        None
    };
    let read = || -> std::io::Result<Result<Vec<u8>, u64>> {
        let file = File::open(path)?;
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        if about.len() > LARGEST_FILE {
            return Ok(Err(about.len()));
        }
        let mut bytes = Vec::new();
        // A device or a pipe tells no length, and a file may grow while it is read.
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
        Ok(if bytes.len() as u64 > LARGEST_FILE { Err(bytes.len() as u64) } else { Ok(bytes) })
    };
    match read() {
        Ok(Ok(bytes)) => Some(bytes),
        Ok(Err(length)) => fail(
            "file-too-large",
            format!(
                "the file has {} MB or more; files of up to {} MB are read",
                length >> 20,
                LARGEST_FILE >> 20
            ),
            "check that this is the right file",
        ),
        Err(error) => match error.kind() {
            ErrorKind::NotFound => {
                fail("file-missing", "there is no such file".to_owned(), "check the name and the folder")
            }
            ErrorKind::IsADirectory => {
                fail("file-is-folder", "this is a folder".to_owned(), "name a file inside it")
            }
            _ => fail(
                "file-unreadable",
                format!("the file cannot be read: {error}"),
                "check who may read it, and that its disk is there",
            ),
        },
    }
}

/// Gives the document the built-in failure data it does not pin yet, so that a later program answers the same.
fn pinned(mut site: Site) -> Site {
    for entry in catalogue::built_in().reliability {
        if !site.catalogue.reliability.iter().any(|pinned| pinned.kind == entry.kind) {
            site.catalogue.reliability.push(entry);
        }
    }
    for entry in catalogue::built_in().availability {
        if !site.catalogue.availability.iter().any(|pinned| pinned.key == entry.key) {
            site.catalogue.availability.push(entry);
        }
    }
    site
}

pub(super) struct Decoded {
    pub site: Site,
    upgraded: bool,
    had_comments: bool,
}

/// The document just as the text has it, nothing pinned.
pub(super) fn decode(text: &str, report: &mut Report) -> Option<Decoded> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() as u64 > LARGEST_FILE {
        report.error(
            "file-too-large",
            "the file",
            format!("the text is longer than {} MB", LARGEST_FILE >> 20),
            "check that this is a site file",
        );
        return None;
    }
    if text.contains('\0') {
        report.error(
            "not-text",
            "the file",
            "the file is not text",
            "open a file that Wattshift saved, *.site.ron",
        );
        return None;
    }
    let mut places = Places::scan(text);
    if let Some(what) = &places.oversize {
        report.error(
            "too-many",
            "the file",
            format!("the file has {what}"),
            "split the site into several files",
        );
        return None;
    }
    if places.too_deep {
        let (line, column) = places.line_and_column(places.sound_until);
        report.error(
            "too-deep",
            format!("line {line}:{column}"),
            "brackets are nested deeper than in any site file",
            "check the brackets here",
        );
        return None;
    }
    if places.is_empty() {
        report.error(
            "empty-file",
            "the file",
            "the file is empty",
            "restore it from its .bak copy, or begin with a template",
        );
        return None;
    }
    let beginning = places.text_from(places.start(ROOT));
    if !beginning.strip_prefix("Site").unwrap_or(beginning).trim_start().starts_with('(') {
        report.error(
            "not-a-site-file",
            places.place(ROOT),
            "this is not a site file",
            "a site file begins with `Site(`",
        );
        return None;
    }
    let had_comments = places.foreign_comments;
    match format_of(&places, report)? {
        v1::FORMAT => {
            let (file, complete) = decode_values(text, &mut places, report)?;
            validate::numbers(&file, &places, report);
            let site = file.into_site();
            if !complete {
                validate::ranges(&site, &places, report);
                return None;
            }
            validate::all(&site, &places, report);
            Some(Decoded { site, upgraded: false, had_comments })
        }
        newer => {
            let (node, _) = places.nearest(&[Step::Field("format")]);
            report.error(
                "format-newer",
                places.place(node),
                format!("the file is in format {newer}; this Wattshift reads formats up to {}", v1::FORMAT),
                "open it with a newer Wattshift",
            );
            None
        }
    }
}

/// The format the file says it is in, when there is or may one day be such a format.
fn format_of(places: &Places, report: &mut Report) -> Option<u32> {
    let Some(node) = places.field(ROOT, "format") else {
        if places.sound {
            report.error(
                "format-missing",
                places.place(ROOT),
                "the file does not say which format it is in",
                format!("add `format: {},` after `Site(`", v1::FORMAT),
            );
            return None;
        }
        // The text breaks off or apart before it; the reader says where.
        return Some(v1::FORMAT);
    };
    let text = places.text_of(node);
    match text.replace('_', "").parse::<u32>() {
        Ok(format) if format >= v1::FORMAT => Some(format),
        Ok(format) => {
            report.error(
                "format-unknown",
                places.place(node),
                format!("there never was a format {format}"),
                format!("write `format: {}`", v1::FORMAT),
            );
            None
        }
        Err(_) => {
            report.error(
                "format-unknown",
                places.place(node),
                format!("`{text}` is not the number of a format"),
                format!("write `format: {}`", v1::FORMAT),
            );
            None
        }
    }
}

/// What the reader stumbled over.
struct Fault {
    error: ron::Error,
    node: NodeId,
    /// Byte of the text.
    at: usize,
}

/// Reads all values. One that cannot be read is reported and left out, and the rest is read again, until the
/// whole is read (`true` when nothing but unknown fields was left out) or nothing more can be left out.
fn decode_values(text: &str, places: &mut Places, report: &mut Report) -> Option<(v1::Site, bool)> {
    let mut text = text.to_owned();
    let mut complete = true;
    let mut left_out_fields: Vec<(NodeId, String)> = Vec::new();
    // Each time the whole text is read; of a huge one only a few times.
    let most_faults = (LARGEST_FILE as usize / text.len().max(1)).clamp(4, MOST_FAULTS);
    for _ in 0..most_faults {
        let fault = match decode_once(&text, places) {
            Ok(file) => return Some((file, complete)),
            Err(fault) => fault,
        };
        // Where brackets do not match there is no telling where a value ends.
        if let ron::Error::NoSuchStructField { expected, found, .. } = &fault.error
            && places.sound
        {
            let node = fault.node;
            let near = did_you_mean(found, expected.iter().copied());
            report.warning(
                "unknown-field",
                places.place(node),
                format!("there is no field `{found}` here; it is not read and would be lost on saving"),
                match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the fields here are {}", expected.join(", ")),
                },
            );
            places.leave_out(node, &mut text);
            continue;
        }
        complete = false;
        let follows_from_another = matches!(
            &fault.error,
            ron::Error::MissingStructField { field, .. }
                if left_out_fields.contains(&(places.unwrapped(fault.node), (*field).to_owned()))
        );
        if !follows_from_another {
            explain(&fault, places, report);
        }
        if !places.sound
            || matches!(fault.error, ron::Error::ExceededRecursionLimit | ron::Error::TrailingCharacters)
        {
            return None;
        }
        let missing = matches!(fault.error, ron::Error::MissingStructField { .. });
        let node = if missing { places.entry_of(fault.node)? } else { fault.node };
        if node == ROOT {
            return None;
        }
        if places.is_field(node) {
            left_out_fields.push((places.parent(node), places.field_name(node).to_owned()));
        }
        places.leave_out(node, &mut text);
    }
    report.info(
        "too-many-problems",
        "the file",
        format!("after {most_faults} values that cannot be read the rest is not looked at"),
        "mend these first",
    );
    None
}

fn decode_once(text: &str, places: &Places) -> Result<v1::Site, Fault> {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    let at_position =
        |error: &ron::error::SpannedError| places.byte_of(error.span.start.line, error.span.start.col);
    let mut deserializer = ron::Deserializer::from_str_with_options(text, &options)
        .map_err(|error| Fault { at: at_position(&error), error: error.code, node: ROOT })?;
    let read = serde_path_to_error::deserialize::<_, v1::Site>(&mut deserializer);
    match read {
        Err(error) => {
            let path = error.path().clone();
            let error = deserializer.span_error(error.into_inner());
            let steps: Vec<Step> = path.iter().filter_map(step_of).collect();
            let at = at_position(&error);
            let (found, _) = places.nearest(&steps);
            let node = match &error.code {
                ron::Error::MissingStructField { .. } => found,
                // The way ends at the struct or at the field itself.
                ron::Error::NoSuchStructField { found: name, .. } if places.field_name(found) != name => {
                    places.field(found, name).unwrap_or(found)
                }
                _ => places.innermost(found, at),
            };
            Err(Fault { error: error.code, node, at })
        }
        Ok(file) => match deserializer.end() {
            Ok(()) => Ok(file),
            Err(error) => {
                let error = deserializer.span_error(error);
                Err(Fault { at: at_position(&error), error: error.code, node: ROOT })
            }
        },
    }
}

fn step_of(segment: &serde_path_to_error::Segment) -> Option<Step<'_>> {
    match segment {
        serde_path_to_error::Segment::Seq { index } => Some(Step::Index(*index)),
        serde_path_to_error::Segment::Map { key } => Some(Step::Field(key)),
        _ => None,
    }
}

fn explain(fault: &Fault, places: &Places, report: &mut Report) {
    use ron::Error;
    let Fault { error, node, at } = fault;
    let here = places.place_at(&places.name(*node), *at);
    match error {
        Error::NoSuchEnumVariant { expected, found, .. } => {
            let hint = match did_you_mean(found, expected.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of {}", expected.join(", ")),
            };
            report.error("unknown-variant", here, format!("`{found}` is not one of the choices here"), hint);
        }
        Error::MissingStructField { field, .. } => {
            // The reader notices at the end of the struct; the user looks for its beginning.
            report.error(
                "missing-field",
                places.place(*node),
                format!("`{field}` is missing"),
                format!("add `{field}: …`"),
            );
        }
        Error::DuplicateStructField { field, .. } => {
            report.error(
                "duplicate-field",
                here,
                format!("`{field}` is given twice"),
                "remove one of the two",
            );
        }
        Error::ExceededRecursionLimit => {
            report.error("too-deep", here, "brackets are nested too deep", "check the brackets here");
        }
        Error::TrailingCharacters => {
            report.error(
                "trailing-text",
                here,
                "there is text after the end of the site",
                "remove what follows the last `)`",
            );
        }
        _ if !places.sound => {
            let at = if is_about_values(error) { places.sound_until } else { *at };
            let here = places.place_at(&places.name(*node), at);
            if places.text_from(at).trim().is_empty() {
                report.error(
                    "truncated",
                    here,
                    "the file ends in the middle",
                    "restore it from its .bak copy, or close the brackets",
                );
            } else if is_about_values(error) {
                let message = "from here on the brackets, commas and quotes do not match";
                report.error("syntax", here, message, "check them before this place and behind it");
            } else {
                report.error("syntax", here, sentence(error), "check the brackets, commas and quotes here");
            }
        }
        Error::Message(message) => {
            report.error("wrong-type", places.place(*node), message.clone(), "correct the text in quotes");
        }
        _ => {
            let given = places.text_of(*node);
            let short: String = given.chars().take(40).collect();
            let dots = if short.len() < given.len() { "…" } else { "" };
            report.error(
                "wrong-type",
                places.place(*node),
                format!("`{short}{dots}` cannot stand here: {}", sentence(error)),
                what_would_do(error),
            );
        }
    }
}

fn what_would_do(error: &ron::Error) -> &'static str {
    use ron::Error;
    match error {
        Error::ExpectedFloat => "write a number, without quotes or unit",
        Error::ExpectedInteger
        | Error::IntegerOutOfBounds
        | Error::InvalidIntegerDigit { .. }
        | Error::ExpectedComma => "write a whole number, without quotes or unit",
        Error::ExpectedString => "write a text in quotes",
        Error::ExpectedBoolean => "write `true` or `false`",
        Error::ExpectedArray => "write a list in `[ ]`",
        _ => "compare with the same entry of a template",
    }
}

/// True for a fault the reader may find before it comes to where the brackets do not match.
fn is_about_values(error: &ron::Error) -> bool {
    use ron::Error;
    matches!(
        error,
        Error::Message(_)
            | Error::NoSuchStructField { .. }
            | Error::ExpectedFloat
            | Error::ExpectedInteger
            | Error::ExpectedString
            | Error::ExpectedBoolean
            | Error::ExpectedArray
            | Error::IntegerOutOfBounds
            | Error::InvalidValueForType { .. }
    )
}

/// The reader's message with a small first letter, to go on a sentence.
fn sentence(error: &ron::Error) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + chars.as_str())
}
