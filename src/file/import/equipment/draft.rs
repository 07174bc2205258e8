//! What a list would do to the drawing, line by line.

use std::collections::{BTreeMap, BTreeSet};

use super::fill::{set_number, set_rating, set_side, set_voltage, state_of};
use super::words::{self, Target};
use super::{Book, Mapping, Sheet};
use crate::file::catalogue::usual_terms;
use crate::quantity::{Report, format};
use crate::site::field::fields_of_part;
use crate::site::{Component, ComponentId, Medium, Object, Side, Site, State};

/// What a new link between two parts carries, or why nothing runs between them.
pub type Joining = fn(&Component, &Component) -> Result<Medium, String>;

/// How a source that is such a list begins.
pub(super) const SOURCE: &str = "Equipment list";
/// Problems told line by line; the others are counted.
const MOST_TOLD: usize = 100;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Added,
    Changed,
    Same,
    /// In the drawing from an earlier list, and not in this one.
    Gone,
    /// Not understood: [`Row::why`].
    Unmatched,
}

impl What {
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Same => "same",
            Self::Gone => "gone",
            Self::Unmatched => "unmatched",
        }
    }
}

/// A value of a part before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub label: String,
    pub before: String,
    pub after: String,
    /// The number it is, where it is one.
    pub(super) key: Option<&'static str>,
}

/// A line of the list, or a part that the list has no more.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Of the sheet, counted from one; `None` for a part that is gone.
    pub line: Option<usize>,
    pub what: What,
    pub tag: String,
    pub kind: String,
    pub changes: Vec<Change>,
    /// Why it is unmatched; else empty.
    pub why: String,
    /// Cells that were not understood; the values stay as they are.
    pub notes: Vec<String>,
    /// The part as it would be.
    pub(super) part: Option<Component>,
    /// From and to, by id, with the medium.
    pub(super) links: Vec<(ComponentId, ComponentId, Medium)>,
}

impl Row {
    /// What is different, why it is unmatched, and what was not understood, in a line.
    pub fn words(&self) -> String {
        let changes = self.changes.iter().map(|change| match change.before.as_str() {
            "" => format!("{} {}", change.label.to_lowercase(), change.after),
            before => format!("{} {before} → {}", change.label.to_lowercase(), change.after),
        });
        let why = Some(self.why.clone()).filter(|why| !why.is_empty());
        why.into_iter().chain(changes).chain(self.notes.iter().cloned()).collect::<Vec<_>>().join("; ")
    }
}

/// All that a list would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    pub rows: Vec<Row>,
    pub report: Report,
}

impl Draft {
    pub fn count(&self, what: What) -> usize {
        self.rows.iter().filter(|row| row.what == what).count()
    }
}

/// Tags are the same without case, spaces and marks.
fn key_of(tag: &str) -> String {
    tag.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Holds a list against a drawing. `is_part` lists, such as lines pasted from a spreadsheet, say nothing of parts they do
/// not name.
pub fn draft(site: &Site, book: &Book, mapping: &Mapping, joining: Joining, is_part: bool) -> Draft {
    let mut report = Report::default();
    let empty = Sheet::default();
    let sheet = book.sheets.get(mapping.sheet).unwrap_or(&empty);
    let place = book.file_name.as_str();
    if sheet.is_cut {
        let message =
            format!("the list goes on beyond line {} or column {}", super::MOST_ROWS, super::MOST_COLUMNS);
        report.warning("list-long", place, message, "split the list; what is beyond is not read");
    }
    let has = |wanted: &str| mapping.columns.iter().flatten().any(|target| target.key() == wanted);
    if !has("tag") && !has("name") {
        report.error(
            "no-tags",
            place,
            "no column is known to hold tags or names",
            "say which column is the tag; the header row must stand above the list",
        );
        return Draft { rows: Vec::new(), report };
    }
    let header = mapping.header.unwrap_or(0);
    let heads = sheet.rows.get(header).map(Vec::as_slice).unwrap_or_default();
    let mut reader = Reader::new(site, mapping, heads);
    for (index, cells) in sheet.rows.iter().enumerate().skip(header + 1) {
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            reader.line(index + 1, cells);
        }
    }
    let mut rows = reader.finish(joining);
    if !is_part {
        rows.extend(gone(site, &rows));
    }
    if rows.is_empty() {
        report.error(
            "list-empty",
            place,
            "no line follows the header row",
            "check the sheet and the header row",
        );
    }
    tell(&rows, place, &mut report);
    Draft { rows, report }
}

/// What was not understood, a bounded number of lines of it.
fn tell(rows: &[Row], place: &str, report: &mut Report) {
    let found = rows.iter().flat_map(|row| {
        let line = row.line.map(|line| format!("{place}, line {line}")).unwrap_or_default();
        let why = (row.what == What::Unmatched).then(|| ("line-unmatched", row.why.clone()));
        let notes = row.notes.iter().map(|note| ("cell-unread", note.clone()));
        why.into_iter().chain(notes).map(move |(code, words)| (code, line.clone(), words))
    });
    let found: Vec<_> = found.collect();
    for (code, line, words) in found.iter().take(MOST_TOLD) {
        let hint = match *code {
            "line-unmatched" => {
                "correct the list or match its columns otherwise; nothing of the line is taken"
            }
            _ => "correct the cell; the other values of the line are taken",
        };
        report.warning(code, line, words, hint);
    }
    if found.len() > MOST_TOLD {
        let more = format!("{} more of the kind", found.len() - MOST_TOLD);
        report.warning("list-problems", place, more, "match the columns otherwise, or correct the list");
    }
}

/// Parts of an earlier list that this one does not name.
fn gone(site: &Site, rows: &[Row]) -> Vec<Row> {
    let named: BTreeSet<String> = rows.iter().map(|row| key_of(&row.tag)).collect();
    let is_listed = |part: &&Component| {
        site.provenance.iter().any(|origin| {
            origin.at.is_whole()
                && origin.at.object == Object::Component(part.id.clone())
                && origin.source.starts_with(SOURCE)
        })
    };
    let is_missing =
        |part: &&Component| !named.contains(&key_of(&part.tag)) && !named.contains(&key_of(&part.id));
    let gone = site.components.iter().filter(is_missing).filter(is_listed);
    gone.map(|part| Row {
        line: None,
        what: What::Gone,
        tag: part.tag.clone(),
        kind: part.kind.label().to_owned(),
        changes: Vec::new(),
        why: String::new(),
        notes: Vec::new(),
        part: Some(part.clone()),
        links: Vec::new(),
    })
    .collect()
}

/// Reads the lines of a sheet.
struct Reader<'a> {
    site: &'a Site,
    mapping: &'a Mapping,
    heads: &'a [String],
    /// Parts of the drawing by tag, and by id where no tag is so.
    known: BTreeMap<String, &'a Component>,
    ids: BTreeSet<String>,
    lines: BTreeMap<String, usize>,
    rows: Vec<Row>,
    /// Place of a row, whether its part is fed from or feeds, and the names.
    wanted: Vec<(usize, bool, String)>,
}

impl<'a> Reader<'a> {
    fn new(site: &'a Site, mapping: &'a Mapping, heads: &'a [String]) -> Self {
        let mut known = BTreeMap::new();
        for part in &site.components {
            known.entry(key_of(&part.tag)).or_insert(part);
        }
        for part in &site.components {
            known.entry(key_of(&part.id)).or_insert(part);
        }
        known.remove("");
        let ids = site.components.iter().map(|part| part.id.clone()).collect();
        let lines = BTreeMap::new();
        Self { site, mapping, heads, known, ids, lines, rows: Vec::new(), wanted: Vec::new() }
    }

    /// The cell of a column by what it means, and the unit of its heading.
    fn cell<'c>(&self, cells: &'c [String], wanted: &str) -> (&'c str, &'a str) {
        let at = self
            .mapping
            .columns
            .iter()
            .position(|target| target.is_some_and(|target| target.key() == wanted));
        let text = at.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim());
        // What stands for nothing in lists.
        let text = if matches!(text, "-" | "–" | "n/a" | "N/A" | "TBD" | "tbd") { "" } else { text };
        (text, at.and_then(|at| self.heads.get(at)).map_or("", |head| words::unit_of(head)))
    }

    fn line(&mut self, line: usize, cells: &[String]) {
        let (tag, _) = self.cell(cells, "tag");
        let (name, _) = self.cell(cells, "name");
        let called = if tag.is_empty() { name } else { tag };
        let mut row = Row {
            line: Some(line),
            what: What::Unmatched,
            tag: called.to_owned(),
            kind: String::new(),
            changes: Vec::new(),
            why: String::new(),
            notes: Vec::new(),
            part: None,
            links: Vec::new(),
        };
        match self.part_of(line, cells, called, &mut row) {
            Ok((before, mut part)) => {
                self.fill(cells, &mut part, &mut row);
                part.kind.label().clone_into(&mut row.kind);
                row.changes = changes(before, &part);
                row.what = match before {
                    None => What::Added,
                    Some(_) if row.changes.is_empty() => What::Same,
                    Some(_) => What::Changed,
                };
                for (column, is_fed) in [("fed_from", true), ("feeds", false)] {
                    let (names, _) = self.cell(cells, column);
                    if !names.is_empty() {
                        self.wanted.push((self.rows.len(), is_fed, names.to_owned()));
                    }
                }
                row.part = Some(part);
            }
            Err(why) => row.why = why,
        }
        self.rows.push(row);
    }

    /// The part a line is about, as it is drawn and to be changed.
    fn part_of(
        &mut self,
        line: usize,
        cells: &[String],
        called: &str,
        row: &mut Row,
    ) -> Result<(Option<&'a Component>, Component), String> {
        let key = key_of(called);
        if key.is_empty() {
            return Err(match called {
                "" => "the line has neither tag nor name".to_owned(),
                _ => format!("`{}` is no tag: it has neither letter nor digit", shortened(called)),
            });
        }
        if let Some(first) = self.lines.insert(key.clone(), line) {
            self.lines.insert(key, first);
            return Err(format!("{called} stands in line {first} already"));
        }
        let (kind, _) = self.cell(cells, "kind");
        let (name, _) = self.cell(cells, "name");
        let typical = words::kind_of(kind);
        kind.clone_into(&mut row.kind);
        if let Some(known) = self.known.get(&key).copied() {
            if let Some(typical) = typical.filter(|typical| typical.kind.label() != known.kind.label()) {
                let (drawn, listed) = (known.kind.label(), typical.kind.label());
                return Err(format!("{called} is a {drawn} in the drawing and a {listed} in the list"));
            }
            return Ok((Some(known), known.clone()));
        }
        let typical = typical.or_else(|| words::kind_of(name)).or_else(|| words::kind_of(called));
        let typical = typical.ok_or_else(|| {
            let what = [kind, name, called].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
            format!("what `{}` is was not understood; name its kind, such as Transformer", shortened(what))
        })?;
        let id = free_id(called, &mut self.ids);
        let (tag, name) = (called.to_owned(), name.to_owned());
        let state = State::Existing(None);
        // Voltages nobody named are left open: a typical one would not fit what stands here.
        let part = Component {
            id,
            tag,
            name,
            state,
            note: String::new(),
            kv_in: None,
            kv_out: None,
            ..typical.clone()
        };
        Ok((None, part))
    }

    /// Takes the cells of a line into its part; what is not understood is noted.
    fn fill(&self, cells: &[String], part: &mut Component, row: &mut Row) {
        // Power factors and terms come before what depends on them.
        let (state, _) = self.cell(cells, "state");
        match state_of(state) {
            Some(true) if part.planned().is_none() => part.state = State::Planned(usual_terms(part).0),
            Some(false) if part.planned().is_some() => part.state = State::Existing(None),
            None if !state.is_empty() => {
                row.notes.push(format!(
                    "{}: `{}` is neither existing nor planned",
                    row.tag,
                    shortened(state)
                ));
            }
            _ => {}
        }
        let order = |target: &Target| match target {
            Target::Number(spec) if spec.key == "power_factor" => 0,
            Target::Rating => 1,
            _ => 2,
        };
        let mut targets: Vec<Target> = self.mapping.columns.iter().flatten().copied().collect();
        targets.sort_by_key(order);
        for target in targets {
            let (text, unit) = self.cell(cells, target.key());
            if text.is_empty() {
                continue;
            }
            let taken = match target {
                Target::Name => {
                    text.clone_into(&mut part.name);
                    Ok(())
                }
                Target::Note => {
                    text.clone_into(&mut part.note);
                    Ok(())
                }
                Target::Rating => set_rating(part, text, unit),
                Target::Voltage => set_voltage(part, text, unit),
                Target::Side => set_side(part, text),
                Target::Number(spec) => set_number(part, &spec, text, unit),
                Target::Tag | Target::Kind | Target::State | Target::FedFrom | Target::Feeds => Ok(()),
            };
            if let Err(why) = taken {
                row.notes.push(format!(
                    "{}: {} `{}` {why}",
                    row.tag,
                    target.label().to_lowercase(),
                    shortened(text)
                ));
            }
        }
    }

    /// Links between all the parts there will be.
    fn finish(mut self, joining: Joining) -> Vec<Row> {
        let mut parts = self.known.clone();
        let listed: Vec<(String, Component)> =
            self.rows.iter().filter_map(|row| Some((key_of(&row.tag), row.part.clone()?))).collect();
        for (key, part) in &listed {
            parts.insert(key.clone(), part);
        }
        let drawn: BTreeSet<(&str, &str)> =
            self.site.links.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect();
        let mut made: BTreeSet<(String, String)> = BTreeSet::new();
        for (place, is_fed, names) in std::mem::take(&mut self.wanted) {
            let Some(own) = self.rows[place].part.clone() else { continue };
            for name in names.split([',', ';', '/', '&', '+']).map(str::trim).filter(|name| !name.is_empty())
            {
                let row = &mut self.rows[place];
                let Some(other) = parts.get(&key_of(name)) else {
                    row.notes.push(format!("{}: there is no `{}` to join it to", row.tag, shortened(name)));
                    continue;
                };
                let (from, to) = if is_fed { (*other, &own) } else { (&own, *other) };
                let ends = (from.id.clone(), to.id.clone());
                if drawn.contains(&(from.id.as_str(), to.id.as_str())) || made.contains(&ends) {
                    continue;
                }
                if from.id == to.id {
                    row.notes.push(format!("{} cannot be fed from itself", row.tag));
                    continue;
                }
                match joining(from, to) {
                    Ok(medium) => {
                        let label = if is_fed { "Fed from" } else { "Feeds" };
                        row.changes.push(Change {
                            label: label.to_owned(),
                            before: String::new(),
                            after: name.to_owned(),
                            key: None,
                        });
                        row.links.push((ends.0.clone(), ends.1.clone(), medium));
                        if row.what == What::Same {
                            row.what = What::Changed;
                        }
                        made.insert(ends);
                    }
                    Err(why) => row.notes.push(why),
                }
            }
        }
        self.rows
    }
}

pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// An id of the letters, digits and dashes of a tag that nothing has yet.
pub(super) fn free_id(tag: &str, ids: &mut BTreeSet<String>) -> String {
    let letters =
        |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let mut stem: String = tag.chars().map(letters).take(40).collect();
    stem = stem.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    if stem.is_empty() {
        "part".clone_into(&mut stem);
    }
    let mut id = (1..).map(|number| if number == 1 { stem.clone() } else { format!("{stem}-{number}") });
    let id = id.find(|id| !ids.contains(id)).unwrap_or_default();
    ids.insert(id.clone());
    id
}

/// What is different, in words.
fn changes(before: Option<&Component>, part: &Component) -> Vec<Change> {
    let mut found = Vec::new();
    let mut words = |label: &str, before: &str, after: &str| {
        if before != after {
            let (label, before, after) = (label.to_owned(), before.to_owned(), after.to_owned());
            found.push(Change { label, before, after, key: None });
        }
    };
    let state = |part: &Component| if part.planned().is_some() { "Planned" } else { "Existing" };
    let side = |part: &Component| match part.side {
        Side::None => "",
        Side::A => "A",
        Side::B => "B",
    };
    words("Name", before.map_or("", |part| &part.name), &part.name);
    words("Note", before.map_or("", |part| &part.note), &part.note);
    words("Side", before.map_or("", side), side(part));
    words("State", before.map_or("", state), state(part));
    let Some(before) = before else { return found };
    let was = fields_of_part(before);
    for (spec, after) in fields_of_part(part) {
        let before = was.iter().find(|(other, _)| other.key == spec.key).and_then(|(_, value)| *value);
        if before != after {
            let shown = |value: Option<f64>| {
                value.map_or_else(String::new, |value| format::with_unit(value, spec.unit))
            };
            found.push(Change {
                label: spec.label.to_owned(),
                before: shown(before),
                after: shown(after),
                key: Some(spec.key),
            });
        }
    }
    found
}
