//! Which parts are listed, in what order and with which columns; and the list as text for a spreadsheet.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::TableView;
use crate::app::inspector::number::entry_number;
use crate::quantity::{Unit, format};
use crate::site::field::{FieldSpec, fields_of_part};
use crate::site::{Component, Site, State};

/// Numbers that are listed of parts of several kinds.
const SHARED: [&str; 9] = [
    "units",
    "spare_units",
    "kv_in",
    "kv_out",
    "usd_per_mw",
    "fixed_usd",
    "lead_months",
    "failures_per_year",
    "repair_hours",
];

/// A column, by what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Tag,
    Name,
    Kind,
    State,
    /// Usable MW of the whole set.
    Rating,
    /// A number by its key.
    Number(&'static str),
}

/// The parts that are listed.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Places in the site's list of parts, from top to bottom.
    pub rows: Vec<usize>,
    /// The columns of numbers behind tag, name, kind, state and rating.
    pub numbers: Vec<FieldSpec>,
}

impl Sheet {
    pub fn new(site: &Site, view: &TableView) -> Self {
        let words: Vec<String> = view.search.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let is_listed = |part: &Component| {
            view.kind.is_none_or(|kind| part.kind.label() == kind) && is_found(part, &words)
        };
        let parts = site.components.iter().enumerate();
        let mut rows: Vec<usize> = parts.filter(|(_, part)| is_listed(part)).map(|(row, _)| row).collect();
        if let Some((column, rising)) = view.sort {
            sort(&mut rows, site, column, rising);
        }
        let is_shown = |spec: &FieldSpec| view.kind.is_some() || SHARED.contains(&spec.key);
        let mut numbers: Vec<FieldSpec> = Vec::new();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for row in &rows {
            let mut at = 0;
            for (spec, _) in fields_of_part(&site.components[*row]) {
                if !is_shown(&spec) {
                    continue;
                }
                // Every part has its numbers in the order of one table, so that a new one has its place.
                if known.insert(spec.key) {
                    numbers.insert(at, spec);
                }
                at = numbers.iter().position(|other| other.key == spec.key).map_or(at, |place| place + 1);
            }
        }
        if view.kind.is_none() {
            numbers.sort_by_key(|spec| SHARED.iter().position(|key| *key == spec.key));
        }
        Self { rows, numbers }
    }

    pub fn parts<'a>(&'a self, site: &'a Site) -> impl Iterator<Item = &'a Component> {
        self.rows.iter().filter_map(|row| site.components.get(*row))
    }

    /// The list with tabs between the columns and units in the head, numbers as they are typed.
    pub fn as_text(&self, site: &Site, only: &BTreeSet<String>) -> String {
        let mut text = String::from("Tag\tName\tKind\tState");
        for spec in &self.numbers {
            text.push('\t');
            text.push_str(&head(spec));
        }
        text.push('\n');
        for part in self.parts(site).filter(|part| only.is_empty() || only.contains(&part.id)) {
            let fields = fields_of_part(part);
            let mut cells = vec![
                plain(&part.tag),
                plain(&part.name),
                part.kind.label().to_owned(),
                state_word(&part.state).to_owned(),
            ];
            cells.extend(self.numbers.iter().map(|spec| {
                let value =
                    fields.iter().find(|(other, _)| other.key == spec.key).and_then(|(_, value)| *value);
                entry_number(value, spec.unit)
            }));
            text.push_str(&cells.join("\t"));
            text.push('\n');
        }
        text
    }
}

/// `Lead time, months`
pub fn head(spec: &FieldSpec) -> String {
    match spec.unit.symbol() {
        "" => spec.label.to_owned(),
        unit => format!("{}, {unit}", spec.label),
    }
}

/// A value under a head that names its unit.
pub fn figure(value: f64, unit: Unit) -> String {
    format::in_unit(value, unit)
}

pub fn state_word(state: &State) -> &'static str {
    match state {
        State::Existing(None) => "Existing",
        State::Existing(Some(_)) => "Removable",
        State::Planned(_) => "Planned",
    }
}

/// Kinds that the site has parts of, in order of their words, with how many.
pub fn kinds(site: &Site) -> Vec<(&'static str, usize)> {
    let mut kinds: std::collections::BTreeMap<&'static str, usize> = Default::default();
    for part in &site.components {
        *kinds.entry(part.kind.label()).or_default() += 1;
    }
    kinds.into_iter().collect()
}

/// A text in one cell: what would end it is a space.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every word typed occurs in tag, name, kind, state or note.
fn is_found(part: &Component, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let state = state_word(&part.state);
    let text = format!("{} {} {} {state} {} {}", part.tag, part.name, part.kind.label(), part.id, part.note);
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

fn sort(rows: &mut [usize], site: &Site, column: Column, rising: bool) {
    let part = |row: &usize| &site.components[*row];
    let turned = |order: Ordering| if rising { order } else { order.reverse() };
    let by_text = |rows: &mut [usize], key: &dyn Fn(&Component) -> String| {
        let mut keyed: Vec<(String, usize)> = rows.iter().map(|row| (key(part(row)), *row)).collect();
        keyed.sort_by(|a, b| turned(natural(&a.0, &b.0)));
        rows.iter_mut().zip(keyed).for_each(|(row, (_, sorted))| *row = sorted);
    };
    let by_number = |rows: &mut [usize], key: &dyn Fn(&Component) -> Option<f64>| {
        let mut keyed: Vec<(Option<f64>, usize)> = rows.iter().map(|row| (key(part(row)), *row)).collect();
        // What has no such value comes last either way.
        keyed.sort_by(|a, b| match (a.0, b.0) {
            (Some(a), Some(b)) => turned(a.total_cmp(&b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        rows.iter_mut().zip(keyed).for_each(|(row, (_, sorted))| *row = sorted);
    };
    match column {
        Column::Tag => by_text(rows, &|part| part.tag.to_lowercase()),
        Column::Name => by_text(rows, &|part| part.name.to_lowercase()),
        Column::Kind => by_text(rows, &|part| part.kind.label().to_lowercase()),
        Column::State => by_text(rows, &|part| state_word(&part.state).to_owned()),
        Column::Rating => by_number(rows, &|part| Some(part.rating_mw()).filter(|mw| *mw > 0.0)),
        Column::Number(key) => by_number(rows, &|part| {
            fields_of_part(part).into_iter().find(|(spec, _)| spec.key == key).and_then(|(_, value)| value)
        }),
    }
}

/// Order of names as people count: T2 before T10.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (in_a, in_b) = (digits(a), digits(b));
        if in_a > 0 && in_b > 0 {
            let (number_a, rest_a) = a.split_at(in_a);
            let (number_b, rest_b) = b.split_at(in_b);
            let (bare_a, bare_b) = (number_a.trim_start_matches('0'), number_b.trim_start_matches('0'));
            let order = bare_a.len().cmp(&bare_b.len()).then_with(|| bare_a.cmp(bare_b));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (rest_a, rest_b);
            continue;
        }
        let (mut rest_a, mut rest_b) = (a.chars(), b.chars());
        match (rest_a.next(), rest_b.next()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(x), Some(y)) if x != y => return x.cmp(&y),
            _ => (a, b) = (rest_a.as_str(), rest_b.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    fn typical() -> Site {
        file::typical_parts().clone()
    }

    #[test]
    fn names_are_ordered_as_people_count() {
        let mut names = ["T10", "T2", "", "t1", "T2b", "T02", "UPS-A", "99999999999999999999999", "é"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["", "99999999999999999999999", "T2", "T02", "T2b", "T10", "UPS-A", "t1", "é"]);
    }

    #[test]
    fn one_kind_shows_all_its_numbers_and_all_kinds_those_they_share() {
        let site = typical();
        let all = Sheet::new(&site, &TableView::default());
        assert_eq!(all.rows.len(), site.components.len());
        assert!(all.numbers.iter().all(|spec| SHARED.contains(&spec.key)));
        let of_kind = TableView { kind: Some("Transformer"), ..TableView::default() };
        let sheet = Sheet::new(&site, &of_kind);
        assert!(sheet.parts(&site).all(|part| part.kind.label() == "Transformer"));
        let keys: Vec<&str> = sheet.numbers.iter().map(|spec| spec.key).collect();
        assert!(keys.contains(&"rating_mva") && keys.contains(&"power_factor"), "{keys:?}");
    }

    #[test]
    fn parts_without_a_value_come_last_whichever_way_it_is_sorted() {
        let site = typical();
        for rising in [true, false] {
            let view = TableView { sort: Some((Column::Rating, rising)), ..TableView::default() };
            let sheet = Sheet::new(&site, &view);
            let ratings: Vec<f64> = sheet.parts(&site).map(Component::rating_mw).collect();
            let with = ratings.iter().filter(|mw| **mw > 0.0).count();
            assert!(ratings[with..].iter().all(|mw| *mw == 0.0), "{ratings:?}");
            assert!(ratings[..with].windows(2).all(|two| if rising {
                two[0] <= two[1]
            } else {
                two[0] >= two[1]
            }));
        }
    }

    #[test]
    fn a_search_finds_words_in_any_order_and_hostile_text_stays_in_its_cell() {
        let mut site = typical();
        site.components[0].name = "Main\ttransformer\n=cmd()".into();
        site.components[0].tag = "Ω-7".into();
        let view = TableView { search: "transformer ω".into(), ..TableView::default() };
        let sheet = Sheet::new(&site, &view);
        assert_eq!(sheet.rows, [0]);
        let text = sheet.as_text(&site, &BTreeSet::new());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].matches('\t').count(), lines[1].matches('\t').count());
    }
}
