//! `wattshift import equipment FILE --site SITE`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::bail;
use serde_json::{Value, json};

use super::import::Sites;
use super::{CLEAN, Common, PROBLEMS, input, output};
use crate::engineering::joining_medium;
use crate::file;
use crate::file::import::equipment::{self, Book, Draft, Mapping, Row, Target, What, heading_key};
use crate::quantity::{Report, Severity, format};
use crate::site::edit;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// CSV, TSV or XLSX file with a header row and a line an item
    file: PathBuf,
    #[command(flatten)]
    sites: Sites,
    /// Sheet of a workbook, by its name; the one that looks most like a list without it
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// What a column holds, by its heading: `Leistung=rating`, `Bemerkung=` to pass it over; may be repeated
    #[arg(long = "map", value_name = "HEADING=COLUMN")]
    map: Vec<String>,
    /// Take only lines with these tags; may be repeated
    #[arg(long = "only", value_name = "TAG")]
    only: Vec<String>,
    /// Take out parts of an earlier list that this one does not name
    #[arg(long)]
    remove_gone: bool,
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    arguments.sites.may_write(&arguments.file)?;
    let site = input::read(&arguments.sites.site, common)?.site(true)?.site.clone();
    let name = file::companion_name(&arguments.file);
    let failed = |report: Report| output::failure(&report.problems);
    let bytes = file::read_companion_bytes(&arguments.file).map_err(failed)?;
    let book = equipment::book(&name, &bytes).map_err(failed)?;
    let mapping = book.guess(sheet_of(&book, arguments.sheet.as_deref())?, &mapped(&arguments.map)?);
    let mut draft = equipment::draft(&site, &book, &mapping, joining_medium, false);
    let is_taken = |row: &Row| {
        (arguments.only.is_empty() || arguments.only.contains(&row.tag))
            && (row.what != What::Gone || arguments.remove_gone)
    };
    for tag in arguments.only.iter().filter(|tag| !draft.rows.iter().any(|row| row.tag == **tag)) {
        let message = format!("no line has the tag {tag}");
        draft.report.warning("tag-missing", &name, message, "write the tag as it stands in the list");
    }
    let taken: BTreeSet<usize> =
        draft.rows.iter().enumerate().filter(|(_, row)| is_taken(row)).map(|(place, _)| place).collect();
    let edit = equipment::edit(&site, &book, &draft, &taken);
    let mut written = None;
    if let (Some(path), Some(edit)) = (&arguments.sites.output, &edit) {
        let (changed, _) = edit::apply(&site, edit).map_err(anyhow::Error::msg)?;
        file::save(path, &changed).map_err(|error| anyhow::anyhow!("{error}; {}", error.hint()))?;
        written = Some(path.display().to_string());
    }
    if common.json {
        output::json(&as_json(&book, &mapping, &draft, &taken, written.as_deref()))?;
    } else {
        output::text(&as_text(&book, &mapping, &draft))?;
        let least = if common.quiet { Severity::Error } else { Severity::Info };
        for problem in draft.report.problems.iter().filter(|problem| problem.severity >= least) {
            output::note(&output::problem_text(problem));
        }
        let end = match (&written, &edit) {
            (Some(path), _) => format!("Wrote {path}\n"),
            (None, None) => "Nothing of the list changes the site\n".to_owned(),
            (None, Some(_)) => {
                "Nothing is written; add -o OUT.site.ron to write the site with it\n".to_owned()
            }
        };
        output::text(&end)?;
    }
    Ok(if draft.report.is_clean() { CLEAN } else { PROBLEMS })
}

fn sheet_of(book: &Book, name: Option<&str>) -> anyhow::Result<Option<usize>> {
    let Some(name) = name else { return Ok(None) };
    let place = book.sheets.iter().position(|sheet| sheet.name.eq_ignore_ascii_case(name));
    if place.is_none() {
        let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        bail!("there is no sheet `{name}`; the file has {}", names.join(", "));
    }
    Ok(place)
}

/// What headings mean, as the command line says it.
fn mapped(map: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in map {
        let Some((heading, column)) = entry.rsplit_once('=') else {
            bail!("write --map HEADING=COLUMN, such as --map \"Leistung=rating\"");
        };
        let column = column.trim();
        if !column.is_empty() && Target::of_key(column).is_none() {
            let known: Vec<&str> = equipment::targets().map(|target| target.key()).collect();
            bail!("there is no column `{column}`; write one of {}", known.join(", "));
        }
        found.insert(heading_key(heading), column.to_owned());
    }
    Ok(found)
}

fn counts(draft: &Draft) -> [(What, usize); 5] {
    [What::Added, What::Changed, What::Same, What::Gone, What::Unmatched]
        .map(|what| (what, draft.count(what)))
}

fn as_json(
    book: &Book,
    mapping: &Mapping,
    draft: &Draft,
    taken: &BTreeSet<usize>,
    written: Option<&str>,
) -> Value {
    let sheet = book.sheets.get(mapping.sheet);
    let heads = sheet.and_then(|sheet| sheet.rows.get(mapping.header.unwrap_or(0)));
    let columns = mapping.columns.iter().enumerate().map(|(place, target)| {
        json!({
            "heading": heads.and_then(|heads| heads.get(place)),
            "holds": target.map(|target| target.key()),
        })
    });
    let rows = draft.rows.iter().enumerate().map(|(place, row)| {
        json!({
            "line": row.line,
            "tag": row.tag,
            "kind": row.kind,
            "what": row.what.word(),
            "taken": taken.contains(&place) && matches!(row.what, What::Added | What::Changed | What::Gone),
            "changes": row.changes.iter().map(|change| json!({
                "label": change.label, "before": change.before, "after": change.after,
            })).collect::<Value>(),
            "why": row.why,
            "notes": row.notes,
        })
    });
    let counts: serde_json::Map<String, Value> =
        counts(draft).into_iter().map(|(what, count)| (what.word().to_owned(), json!(count))).collect();
    json!({
        "kind": "equipment",
        "sheet": sheet.map(|sheet| &sheet.name),
        "header_line": mapping.header.map(|header| header + 1),
        "columns": columns.collect::<Value>(),
        "counts": counts,
        "rows": rows.collect::<Value>(),
        "problems": output::problems_json(&draft.report),
        "written": written,
    })
}

fn as_text(book: &Book, mapping: &Mapping, draft: &Draft) -> String {
    let columns: Vec<&str> = mapping.columns.iter().flatten().map(Target::label).collect();
    let header =
        mapping.header.map_or_else(|| "none found".to_owned(), |header| format!("line {}", header + 1));
    let mut rows =
        vec![vec!["Header row".to_owned(), header], vec!["Columns".to_owned(), columns.join(", ")]];
    if let Some(sheet) = book.sheets.get(mapping.sheet).filter(|sheet| !sheet.name.is_empty()) {
        rows.insert(0, vec!["Sheet".to_owned(), sheet.name.clone()]);
    }
    for (what, count) in counts(draft) {
        let mut word = what.word().to_owned();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        rows.push(vec![word, format::number(count as f64, 0)]);
    }
    let mut text = output::table(&rows);
    let mut lines = Vec::new();
    for row in draft.rows.iter().filter(|row| !matches!(row.what, What::Same | What::Unmatched)) {
        let line = row.line.map_or_else(String::new, |line| format!("line {line}"));
        lines.push(vec![line, row.what.word().to_owned(), row.tag.clone(), row.kind.clone(), row.words()]);
    }
    text.push('\n');
    text.push_str(&output::table(&lines));
    text
}
