//! Equipment lists of clients and engineers (CSV, TSV, XLSX): a header row that is found, columns that are matched to what
//! they mean, and every line held against the drawing: added, changed, the same, gone, or not understood and why.
//!
//! The bytes are given; nothing here opens a file. The drawing is changed by [`edit`] alone, with the lines that are taken.

mod cells;
mod draft;
mod fill;
mod take;
mod words;
mod xlsx;

use std::collections::{BTreeMap, BTreeSet};

use crate::file::text;
use crate::quantity::Report;
use crate::quantity::delimited::fields;

pub use draft::{Change, Draft, Joining, Row, What, draft};
pub use take::edit;
pub use words::{Target, targets};

/// What is read of a sheet; a list of equipment has hundreds of lines.
pub const MOST_ROWS: usize = 10_000;
pub const MOST_COLUMNS: usize = 200;
/// Lines at the top of a sheet in which the header row is looked for.
const HEADER_WITHIN: usize = 40;
/// Letters of a cell that are kept.
const MOST_LETTERS: usize = 2_000;

/// A file with its sheets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    pub file_name: String,
    pub sheets: Vec<Sheet>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub name: String,
    /// Cells as text; lines may be of different length.
    pub rows: Vec<Vec<String>>,
    /// It goes on beyond what is read.
    pub is_cut: bool,
}

/// How a sheet is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    pub sheet: usize,
    /// Place of the header row; `None` where none was recognised and the first line counts.
    pub header: Option<usize>,
    /// What each column means; `None` for one that is passed over.
    pub columns: Vec<Option<Target>>,
}

/// Reads the bytes of a list.
///
/// # Errors
/// A report with what is wrong with the file and what would mend it.
pub fn book(file_name: &str, bytes: &[u8]) -> Result<Book, Report> {
    let mut report = Report::default();
    if bytes.starts_with(b"PK") {
        return match xlsx::sheets(bytes) {
            Ok(sheets) => Ok(Book {
                file_name: file_name.to_owned(),
                sheets: sheets.into_iter().map(bounded).collect(),
            }),
            Err(why) => {
                let hint = "save it anew as an Excel workbook (.xlsx), or as CSV UTF-8";
                report.error(
                    "workbook-broken",
                    file_name,
                    format!("the workbook cannot be read: {why}"),
                    hint,
                );
                Err(report)
            }
        };
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let hint = "save it as an Excel workbook of today (.xlsx), or as CSV UTF-8";
        report.error(
            "workbook-old",
            file_name,
            "this is a workbook of Excel 97 to 2003, or one with a password",
            hint,
        );
        return Err(report);
    }
    match text::text_of(bytes) {
        Ok(text) => Ok(book_of_text(file_name, &text)),
        Err((message, hint)) => {
            report.error("not-text", file_name, message, hint);
            Err(report)
        }
    }
}

/// A list given as text: tabs, semicolons or commas between the cells, whichever holds most together.
pub fn book_of_text(file_name: &str, text: &str) -> Book {
    let separator = ['\t', ';', ',', '|']
        .into_iter()
        .map(|separator| {
            let of_line = |line: &str| line.matches(separator).count();
            (text.lines().take(HEADER_WITHIN).map(of_line).sum::<usize>(), separator)
        })
        // The first of those that are as many.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map_or(',', |(_, separator)| separator);
    let lines = joined_lines(text);
    let is_cut = lines.len() > MOST_ROWS;
    let rows = lines.iter().take(MOST_ROWS).map(|line| {
        let cells = fields(line, separator).into_iter().take(MOST_COLUMNS);
        cells.map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    });
    let sheet = Sheet { name: String::new(), rows: rows.collect(), is_cut };
    Book { file_name: file_name.to_owned(), sheets: vec![bounded(sheet)] }
}

/// Lines, of which a cell in quotes may hold several (RFC 4180, section 2).
fn joined_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines().take(4 * MOST_ROWS) {
        // A quote that is never closed must not swallow the file.
        match lines.last_mut().filter(|last| is_open && last.len() < MOST_LETTERS) {
            Some(last) => {
                last.push(' ');
                last.push_str(line);
            }
            None => {
                is_open = false;
                lines.push(line.to_owned());
            }
        }
        is_open ^= line.matches('"').count() % 2 == 1;
    }
    lines
}

fn bounded(mut sheet: Sheet) -> Sheet {
    for cell in sheet.rows.iter_mut().flatten() {
        if let Some((at, _)) = cell.char_indices().nth(MOST_LETTERS) {
            cell.truncate(at);
        }
    }
    sheet
}

impl Book {
    /// How the sheet is most likely to be read; `remembered` is what earlier headings were said to mean, by
    /// [`heading_key`] and [`Target::key`], empty for a column that is passed over.
    pub fn guess(&self, sheet: Option<usize>, remembered: &BTreeMap<String, String>) -> Mapping {
        let candidates: Vec<usize> = match sheet {
            Some(sheet) => vec![sheet],
            None => (0..self.sheets.len()).collect(),
        };
        let best = candidates
            .iter()
            .filter_map(|place| Some((*place, header_of(self.sheets.get(*place)?, remembered)?)))
            .reduce(|best, next| if next.1.1 > best.1.1 { next } else { best });
        let (place, header) = match best {
            Some((place, (header, _))) => (place, Some(header)),
            None => (candidates.first().copied().unwrap_or(0), None),
        };
        let empty = Vec::new();
        let heads =
            self.sheets.get(place).and_then(|sheet| sheet.rows.get(header.unwrap_or(0))).unwrap_or(&empty);
        Mapping { sheet: place, header, columns: matched(heads, remembered) }
    }
}

/// What the cells of a header row mean; of two that mean the same the first counts.
fn matched(heads: &[String], remembered: &BTreeMap<String, String>) -> Vec<Option<Target>> {
    let mut taken = BTreeSet::new();
    let columns = heads.iter().map(|head| {
        let target = match remembered.get(&heading_key(head)) {
            Some(key) => Target::of_key(key),
            None => words::heading(head),
        };
        target.filter(|target| taken.insert(target.key()))
    });
    columns.collect()
}

/// The header row of a sheet and how many of its cells are recognised.
fn header_of(sheet: &Sheet, remembered: &BTreeMap<String, String>) -> Option<(usize, usize)> {
    let known = sheet.rows.iter().take(HEADER_WITHIN).map(|row| {
        let found: Vec<Target> = matched(row, remembered).into_iter().flatten().collect();
        let names = found.iter().any(|target| matches!(target, Target::Tag | Target::Name));
        if names && found.len() >= 2 { found.len() } else { 0 }
    });
    let best = known.enumerate().filter(|(_, count)| *count > 0);
    best.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// A heading as it is remembered: without case, spaces and unit.
pub fn heading_key(head: &str) -> String {
    words::plain(words::split_unit(head).0)
}

#[cfg(test)]
mod tests;
