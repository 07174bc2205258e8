//! Writing to the terminal: results to standard output, notes to standard error.

use crate::quantity::grouping::Group;
use crate::quantity::{Problem, Report, Severity};
use anyhow::{Context as _, anyhow, bail};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;

/// Prints one JSON document.
pub fn json(value: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Prints text as it is.
pub fn text(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).context("standard output")?;
    out.flush().context("standard output")?;
    Ok(())
}

/// Says something beside the result. A closed standard error is nobody's problem.
pub fn note(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}

/// True when the reader of our output has gone, as in `wattshift … | head`.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

pub fn problem_json(problem: &Problem) -> Value {
    json!({
        "severity": problem.severity.word(),
        "code": problem.code,
        "place": problem.place,
        "message": problem.message,
        "hint": problem.hint,
    })
}

pub fn problems_json(report: &Report) -> Value {
    report.problems.iter().map(problem_json).collect()
}

/// One problem as a line or two.
/// Refuses to write where something would be lost: over a file without `force`, over what is read from, and over what
/// is no file.
///
/// # Errors
/// A sentence with what would do.
pub fn may_write(path: &Path, force: bool, read_from: Option<&Path>) -> anyhow::Result<()> {
    let Ok(there) = std::fs::metadata(path) else { return Ok(()) };
    if !there.is_file() {
        bail!("only a file can be written; choose another name: {}", path.display());
    }
    let same = |other: &Path| match (path.canonicalize(), other.canonicalize()) {
        (Ok(path), Ok(other)) => path == other,
        _ => false,
    };
    if read_from.is_some_and(same) {
        bail!("the site would replace the file it is read from; choose another name: {}", path.display());
    }
    if !force {
        bail!("the file exists; choose another name or add --force: {}", path.display());
    }
    Ok(())
}

pub fn problem_text(problem: &Problem) -> String {
    let mut text =
        format!("{}: {}: {} [{}]", problem.severity.word(), problem.place, problem.message, problem.code);
    if !problem.hint.is_empty() {
        text.push_str("\n    ");
        text.push_str(&problem.hint);
    }
    text
}

/// Problems as the reason why a command could not run. The command line says `error:` before a reason, so the first
/// problem does not where it is one.
pub fn failure<'p>(problems: impl IntoIterator<Item = &'p Problem>) -> anyhow::Error {
    let words = problems.into_iter().map(problem_text).collect::<Vec<_>>().join("\n");
    let error = format!("{}: ", Severity::Error.word());
    anyhow!(words.strip_prefix(&error).unwrap_or(&words).to_owned())
}

/// Parts of one remark that are named.
const NAMED: usize = 12;

/// One problem as [`problem_text`], or several alike with the names of what they are about.
pub fn group_text(group: &Group<'_>) -> String {
    let [first, .., _] = group.problems.as_slice() else {
        return group.problems.first().map(|problem| problem_text(problem)).unwrap_or_default();
    };
    let mut text = format!("{}: {} [{}]", first.severity.word(), group.message, first.code);
    let mut names = group.names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if group.names.len() > NAMED {
        names.push_str(&format!(" and {} more", group.names.len() - NAMED));
    }
    text.push_str(&format!("\n    {names}"));
    if !group.hint.is_empty() {
        text.push_str(&format!("\n    {}", group.hint));
    }
    text
}

/// Lines of a table: first column to the left, the others to the right.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::from("  ");
        for (column, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
            if column == 0 {
                line.push_str(cell);
                line.push_str(&pad);
            } else {
                line.push_str("  ");
                line.push_str(&pad);
                line.push_str(cell);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A bar on standard error while a plan is made, when asked for and when it is a terminal.
pub fn progress_bar(wanted: bool) -> impl Fn(crate::plan::Progress) -> bool {
    use std::io::IsTerminal as _;
    let shown = wanted && std::io::stderr().is_terminal();
    move |progress| {
        if shown {
            let filled = (progress.share.clamp(0.0, 1.0) * 24.0).round() as usize;
            let bar: String = (0..24).map(|cell| if cell < filled { '█' } else { '░' }).collect();
            let end = if progress.share >= 1.0 { "\n" } else { "" };
            let _ = write!(std::io::stderr(), "\r{bar} {:<28}{end}", progress.stage);
        }
        true
    }
}
