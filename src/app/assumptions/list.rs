//! Which numbers are listed, and in what order: topic, filter, search, sorting, and the list as text for a spreadsheet.

use super::{AssumptionsView, Column, Filter};
use crate::app::Document;
use crate::app::inspector::number::evidence_word;
use crate::file;
use crate::quantity::format;
use crate::site::inventory::{Assumption, Origin, Topic, assumptions};
use crate::site::{Address, Scenario};

/// Numbers of a topic, and which of them are shown.
pub struct List {
    pub rows: Vec<Assumption>,
    /// Lines from top to bottom.
    pub lines: Vec<Line>,
    pub counts: Counts,
    /// The rows stand under the names of their objects; otherwise each names its own.
    pub is_grouped: bool,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// The object that the rows beneath belong to.
    Group(String),
    /// Index of a row.
    Row(usize),
}

/// How many numbers each filter lets through, of the whole topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub all: usize,
    pub assumed: usize,
    pub differs: usize,
    pub no_source: usize,
}

impl List {
    pub fn new(document: &Document, view: &AssumptionsView) -> Self {
        let rows = rows(document, view.topic);
        let count = |filter: Filter| rows.iter().filter(|row| filter.lets(row)).count();
        let counts = Counts {
            all: rows.len(),
            assumed: count(Filter::Assumed),
            differs: count(Filter::Differs),
            no_source: count(Filter::NoSource),
        };
        let mut shown: Vec<usize> = (0..rows.len())
            .filter(|index| view.filter.lets(&rows[*index]) && is_found(&rows[*index], &view.search))
            .collect();
        let mut lines = Vec::new();
        let by_range = view.sort.is_none() && view.filter == Filter::Assumed;
        match view.sort {
            None if by_range => {
                // A stable sort: rows of one range stay as in the file, those without a range come last.
                shown.sort_by(|a, b| spread(&rows[*b]).total_cmp(&spread(&rows[*a])));
                lines.extend(shown.into_iter().map(Line::Row));
            }
            None => {
                let mut object = "";
                for index in shown {
                    if rows[index].object != object {
                        object = &rows[index].object;
                        lines.push(Line::Group(heading(object)));
                    }
                    lines.push(Line::Row(index));
                }
            }
            Some((column, rising)) => {
                // A stable sort: rows that are equal stay as in the file.
                shown.sort_by(|a, b| {
                    let order = key(&rows[*a], column).cmp(&key(&rows[*b], column));
                    if rising { order } else { order.reverse() }
                });
                lines.extend(shown.into_iter().map(Line::Row));
            }
        }
        let is_grouped = view.sort.is_none() && !by_range;
        Self { rows, lines, counts, is_grouped }
    }
}

/// From the low to the high value as a share of the value, or of the larger end where the value is zero; below zero where
/// there is no range.
fn spread(row: &Assumption) -> f64 {
    let (Some(low), Some(high), Some(value)) = (row.low, row.high, row.value) else { return -1.0 };
    let size = if value == 0.0 { low.abs().max(high.abs()) } else { value.abs() };
    let share = (high - low) / size;
    if share.is_finite() { share } else { 0.0 }
}

fn rows(document: &Document, topic: Topic) -> Vec<Assumption> {
    assumptions(document.site(), document.shown(), scenario(document), file::catalogue::planning(), topic)
}

fn scenario(document: &Document) -> Option<&Scenario> {
    let name = document.scenario()?;
    document.site().scenarios.iter().find(|scenario| scenario.name == name)
}

/// The row of a number, in whatever topic it is.
pub fn row(document: &Document, at: &Address) -> Option<Assumption> {
    let topic = Topic::ALL.into_iter().find(|topic| topic.objects(document.shown()).contains(&at.object))?;
    rows(document, topic).into_iter().find(|row| row.at == *at)
}

/// Every word typed occurs in the name, the object, the unit, the source or the address.
fn is_found(row: &Assumption, search: &str) -> bool {
    let place = format!(
        "{} {} {} {} {} {}",
        row.spec.label,
        row.object,
        row.spec.unit.symbol(),
        row.source,
        evidence_of(row),
        row.at
    )
    .to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| place.contains(word))
}

fn key(row: &Assumption, column: Column) -> String {
    match column {
        Column::Name => format!("{} {}", row.spec.label, row.object),
        Column::Unit => row.spec.unit.symbol().to_owned(),
        Column::Source => row.source.clone(),
        // What has no date comes last, as the oldest would mislead.
        Column::AsOf => row.as_of.map_or_else(|| "9".to_owned(), |date| date.to_string()),
        Column::Evidence => evidence_of(row).to_owned(),
    }
    .to_lowercase()
}

/// A word for the evidence; a scenario and a value that is left out have none.
pub fn evidence_of(row: &Assumption) -> &'static str {
    match (row.origin, row.evidence) {
        (Origin::Scenario, _) => "Scenario",
        (Origin::NotSet, _) => "Not set",
        (_, Some(evidence)) => evidence_word(evidence),
        (_, None) => "No source",
    }
}

fn heading(object: &str) -> String {
    let mut letters = object.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

/// The lines that are listed, with tabs between the columns: for a spreadsheet or a mail.
pub fn as_table(document: &Document, view: &AssumptionsView) -> String {
    let list = List::new(document, view);
    let mut text =
        String::from("Object\tNumber\tLow\tBase\tHigh\tUnit\tSource\tAs of\tEvidence\tBase case\tAddress\n");
    for line in &list.lines {
        let Line::Row(index) = line else { continue };
        let row = &list.rows[*index];
        let value =
            |value: Option<f64>| value.map(|value| format::in_unit(value, row.spec.unit)).unwrap_or_default();
        let cells = [
            row.object.clone(),
            row.spec.label.to_owned(),
            value(row.low),
            value(row.value),
            value(row.high),
            row.spec.unit.symbol().to_owned(),
            row.source.clone(),
            row.as_of.map(format::date).unwrap_or_default(),
            evidence_of(row).to_owned(),
            if row.differs { value(row.base) } else { String::new() },
            row.at.to_string(),
        ];
        // A tab or a line break inside a name would shift the columns.
        let clean = cells.map(|cell| cell.split(['\t', '\n', '\r']).collect::<Vec<_>>().join(" "));
        text.push_str(&clean.join("\t"));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Site;

    fn listed(view: &AssumptionsView) -> Vec<String> {
        let list = List::new(&Document::new(Site::empty("test"), None), view);
        let name = |line: &Line| match line {
            Line::Group(name) => format!("[{name}]"),
            Line::Row(index) => list.rows[*index].spec.label.to_owned(),
        };
        list.lines.iter().map(name).collect()
    }

    #[test]
    fn rows_stand_under_their_object_unless_they_are_sorted() {
        let power = AssumptionsView { topic: Topic::Power, ..AssumptionsView::default() };
        assert_eq!(listed(&power)[..2], ["[Power]", "Power price growth"]);
        let sorted = AssumptionsView { sort: Some((Column::Name, false)), ..power };
        assert_eq!(listed(&sorted), ["Power price volatility", "Power price growth", "Half-life"]);
    }

    #[test]
    fn what_is_assumed_begins_with_the_widest_range() {
        let document = Document::new(Site::empty("test"), None);
        let view =
            AssumptionsView { topic: Topic::Power, filter: Filter::Assumed, ..AssumptionsView::default() };
        let list = List::new(&document, &view);
        assert!(!list.is_grouped && list.lines.len() == list.counts.assumed);
        let spreads: Vec<f64> = list
            .lines
            .iter()
            .map(|line| match line {
                Line::Row(index) => spread(&list.rows[*index]),
                Line::Group(name) => panic!("no heading {name}"),
            })
            .collect();
        assert!(spreads.windows(2).all(|pair| pair[0] >= pair[1]), "{spreads:?}");
        let mut row = list.rows[0].clone();
        (row.low, row.value, row.high) = (Some(-0.02), Some(0.0), Some(0.04));
        assert!((spread(&row) - 1.5).abs() < 1e-12);
        (row.low, row.value, row.high) = (Some(6.0), Some(12.0), Some(24.0));
        assert!((spread(&row) - 1.5).abs() < 1e-12);
        row.high = None;
        assert_eq!(spread(&row), -1.0);
    }

    #[test]
    fn the_search_looks_into_source_and_address() {
        let of = |search: &str| AssumptionsView { search: search.into(), ..AssumptionsView::default() };
        assert_eq!(listed(&of("TheMinerMag MEDIAN")), ["[Bitcoin]", "Public hashcost"]);
        assert_eq!(listed(&of("bitcoin.difficulty")), ["[Bitcoin]", "Difficulty"]);
        assert!(listed(&of("no such thing")).is_empty());
    }

    #[test]
    fn the_copy_has_a_line_a_number_and_as_many_columns_as_its_head() {
        let document = Document::new(Site::empty("test"), None);
        let view = AssumptionsView::default();
        let text = as_table(&document, &view);
        let head = text.lines().next().unwrap().matches('\t').count();
        assert!(text.lines().all(|line| line.matches('\t').count() == head));
        assert_eq!(text.lines().count(), List::new(&document, &view).counts.all + 1);
        assert!(text.contains("Difficulty\t110 T\t148.26 T\t156 T\t"));
    }
}
