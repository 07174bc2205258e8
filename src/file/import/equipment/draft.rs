//! What a list would do to the drawing, line by line, and the edit that does it.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{self, Power};
use super::words::{self, Target};
use super::{Book, Mapping, Sheet};
use crate::file::catalogue::usual_terms;
use crate::quantity::{Report, Unit, format};
use crate::site::drawing::{Sketch, Stroke};
use crate::site::edit::Edit;
use crate::site::field::{FieldSpec, fields_of_part, set_in_part};
use crate::site::{
    Address, Component, ComponentId, Evidence, Kind, Link, Medium, Object, Point, Provenance, Side, Site,
    State,
};

/// What a new link between two parts carries, or why nothing runs between them.
pub type Joining = fn(&Component, &Component) -> Result<Medium, String>;

/// How a source that is such a list begins.
const SOURCE: &str = "Equipment list";
/// Problems told line by line; the others are counted.
const MOST_TOLD: usize = 100;
/// Distance between parts of the tray, drawing units.
const TRAY_STEP: (f64, f64) = (168.0, 120.0);
/// A hall takes more room.
const HALL_STEP: f64 = 264.0;
const TRAY_ROWS: usize = 8;

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
    key: Option<&'static str>,
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
    part: Option<Component>,
    /// From and to, by id, with the medium.
    links: Vec<(ComponentId, ComponentId, Medium)>,
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

fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// An id of the letters, digits and dashes of a tag that nothing has yet.
fn free_id(tag: &str, ids: &mut BTreeSet<String>) -> String {
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

/// True for a part that may be built, false for one that stands.
fn state_of(text: &str) -> Option<bool> {
    match words::plain(text).as_str() {
        "planned" | "new" | "proposed" | "future" | "to be built" | "to be procured" | "procure" => {
            Some(true)
        }
        "existing" | "removable" | "installed" | "in service" | "operational" | "energized" | "energised"
        | "as built" => Some(false),
        _ => None,
    }
}

/// The key of a kind's rating, in MVA or in MW.
fn rating_key(kind: &Kind) -> Option<(&'static str, Unit)> {
    Some(match kind {
        Kind::GridFeed(_) => ("interconnection_mw", Unit::Mw),
        Kind::Generation(_) => ("generation_mw", Unit::Mw),
        Kind::Genset(_) => ("genset_mw", Unit::Mw),
        Kind::Ups(_) => ("ups_mw", Unit::Mw),
        Kind::Battery(_) => ("battery_mw", Unit::Mw),
        Kind::Hall(_) => ("critical_mw", Unit::Mw),
        Kind::MeetMeRoom | Kind::Carrier | Kind::Metro(_) => return None,
        kind if kind.electrical().is_some() => ("rating_mva", Unit::Mva),
        _ => ("heat_mw", Unit::Mw),
    })
}

fn set_side(part: &mut Component, text: &str) -> Result<(), String> {
    part.side = match text.to_lowercase().trim_start_matches("side").trim() {
        "a" => Side::A,
        "b" => Side::B,
        "none" | "n" => Side::None,
        _ => return Err("is no side; write A or B".to_owned()),
    };
    Ok(())
}

fn set_rating(part: &mut Component, text: &str, unit: &str) -> Result<(), String> {
    let found = cells::rating(text, unit)?;
    let (key, unit) =
        rating_key(&part.kind).ok_or_else(|| format!("is no use: a {} has no rating", part.kind.label()))?;
    let value = match (found.power, unit) {
        (Power::Mva(mva), Unit::Mva) => mva,
        (Power::Mw(mw), Unit::Mva) => mw / part.power_factor,
        (Power::Mw(mw), _) => mw,
        (Power::Mva(_), _) if part.kind.cooling().is_some() => {
            return Err("is no heat; write kW, MW or tons of refrigeration".to_owned());
        }
        (Power::Mva(mva), _) => mva * part.power_factor,
    };
    set_in_part(part, key, Some(value)).map_err(|why| format!("cannot be: {why}"))?;
    match found.units {
        Some(units) => set_in_part(part, "units", Some(units)).map_err(|why| format!("cannot be: {why}")),
        None => Ok(()),
    }
}

fn set_voltage(part: &mut Component, text: &str, unit: &str) -> Result<(), String> {
    let (one, other) = cells::voltages(text, unit)?;
    let gives_only = matches!(part.kind, Kind::GridFeed(_) | Kind::Generation(_) | Kind::Genset(_));
    let ports: &[(&str, Option<f64>)] = match (&part.kind, other) {
        (_, Some(other)) => &[("kv_in", Some(one)), ("kv_out", Some(other))],
        (_, None) if gives_only => &[("kv_out", Some(one))],
        // A transformer with one voltage is of that voltage at the side it is fed.
        (Kind::Transformer(_), None) => &[("kv_in", Some(one))],
        _ => &[("kv_in", Some(one)), ("kv_out", None)],
    };
    for (key, kv) in ports {
        set_in_part(part, key, *kv).map_err(|why| format!("cannot be: {why}"))?;
    }
    Ok(())
}

/// A number under a heading: in its own unit, else in that of the heading, else in the usual one.
fn set_number(part: &mut Component, spec: &FieldSpec, text: &str, unit: &str) -> Result<(), String> {
    // Kinds have numbers of one name each: losses of a UPS, of a transformer.
    let fields = fields_of_part(part);
    let own = fields.iter().find(|(own, _)| own.key == spec.key);
    let own = own.or_else(|| fields.iter().find(|(own, _)| own.label == spec.label)).map(|(own, _)| *own);
    let own = own.ok_or_else(|| {
        format!("is no use: this {} has no {}", part.kind.label(), spec.label.to_lowercase())
    })?;
    let has_unit = text.contains(|letter: char| letter.is_alphabetic() || matches!(letter, '%' | '$'));
    let value = own.unit.parse(text).map(|value| {
        let with = own.unit.parse(&format!("{text} {unit}"));
        if has_unit || unit.is_empty() { value } else { with.unwrap_or(value) }
    });
    let value = value.map_err(|_| {
        format!("is no number in {}", if own.unit.symbol().is_empty() { "digits" } else { own.unit.symbol() })
    })?;
    set_in_part(part, own.key, Some(value)).map_err(|why| format!("cannot be: {why}"))
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

/// The edit that takes the rows of the given places; `None` where nothing is taken.
pub fn edit(site: &Site, book: &Book, draft: &Draft, taken: &BTreeSet<usize>) -> Option<Edit> {
    let rows =
        || draft.rows.iter().enumerate().filter(|(place, _)| taken.contains(place)).map(|(_, row)| row);
    let of = |what: What| rows().filter(move |row| row.what == what);
    let source = format!("{SOURCE} {}", book.file_name);
    let origin = |at: Address| Provenance {
        at,
        source: source.clone(),
        as_of: None,
        evidence: Evidence::Client,
        private: false,
        low: None,
        high: None,
    };
    let mut parts: Vec<Component> = of(What::Added).filter_map(|row| row.part.clone()).collect();
    place_in_tray(site, &mut parts);
    let whole = |part: &Component| Provenance {
        source: format!("{source}; what it does not say is as of a typical part"),
        ..origin(Address::whole(Object::Component(part.id.clone())))
    };
    let mut provenance: Vec<Provenance> = parts.iter().map(whole).collect();
    // Terms that no list named are those that are usual, with their sources.
    provenance.extend(parts.iter().filter(|part| part.planned().is_some()).flat_map(|part| {
        let (usual, origins) = usual_terms(part);
        let own = part.planned().cloned().unwrap_or_default();
        origins.into_iter().filter(move |origin| match origin.at.field.as_str() {
            "usd_per_mw" => usual.usd_per_mw == own.usd_per_mw,
            _ => usual.lead_months == own.lead_months,
        })
    }));
    let changed: Vec<Component> = of(What::Changed)
        .filter(|row| row.changes.iter().any(|change| !matches!(change.label.as_str(), "Fed from" | "Feeds")))
        .filter_map(|row| row.part.clone())
        .collect();
    let gone: Vec<ComponentId> =
        of(What::Gone).filter_map(|row| row.part.as_ref()).map(|part| part.id.clone()).collect();
    let drawn: BTreeSet<&str> = site.components.iter().chain(&parts).map(|part| part.id.as_str()).collect();
    let stays = |id: &str| drawn.contains(id) && !gone.iter().any(|gone| gone == id);
    let mut link_ids: BTreeSet<String> = site.links.iter().map(|link| link.id.clone()).collect();
    let mut links = Vec::new();
    for (from, to, medium) in
        rows().flat_map(|row| &row.links).filter(|(from, to, _)| stays(from) && stays(to))
    {
        let id = free_id(&format!("{from}_{to}"), &mut link_ids);
        let (from, to, medium) = (from.clone(), to.clone(), medium.clone());
        links.push(Link { id, from, to, medium, rating_mw: None, note: String::new() });
    }
    let counts = [(parts.len(), "added"), (of(What::Changed).count(), "changed"), (gone.len(), "taken out")];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if counts.is_empty() {
        return None;
    }
    let label = format!("Import equipment of {}: {}", book.file_name, counts.join(", "));
    let mut edits = Vec::new();
    if !changed.is_empty() {
        edits.push(Edit::PutParts { label: label.clone(), parts: changed });
    }
    if !parts.is_empty() || !links.is_empty() {
        edits.push(Edit::Draw(Stroke::Insert(Box::new(Sketch { parts, links, provenance }))));
    }
    for row in of(What::Changed) {
        let Some(part) = &row.part else { continue };
        for key in row.changes.iter().filter_map(|change| change.key) {
            let at = Address::new(Object::Component(part.id.clone()), key);
            edits.push(Edit::SetProvenance { at: at.clone(), entry: Some(origin(at)) });
        }
    }
    if !gone.is_empty() {
        edits.push(Edit::Draw(Stroke::Remove { parts: gone, links: Vec::new() }));
    }
    Some(Edit::Together { label, edits })
}

/// Puts parts without a place beside the drawing: in columns at its right, power first, then cooling, halls and fibre.
fn place_in_tray(site: &Site, parts: &mut Vec<Component>) {
    parts.sort_by_key(|part| part.kind.layer());
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let places = site.components.iter().map(|part| part.at_schematic);
    let right = places.clone().filter_map(|at| finite(at.x)).reduce(f64::max).map_or(0.0, |x| x + HALL_STEP);
    let top = places.filter_map(|at| finite(at.y)).reduce(f64::min).unwrap_or(0.0);
    let (mut x, mut count, mut step) = (right, 0, TRAY_STEP.0);
    for part in parts {
        if count == TRAY_ROWS {
            (x, count, step) = (x + step, 0, TRAY_STEP.0);
        }
        if part.hall().is_some() {
            step = HALL_STEP;
        }
        part.at_schematic =
            Point { x, y: top + count as f64 * TRAY_STEP.1 * if step > TRAY_STEP.0 { 1.5 } else { 1.0 } };
        count += 1;
    }
}
