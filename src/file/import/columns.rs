//! Which column holds the values, which rows are meant, and how their numbers are written.

use super::table::{Cell, Fields, fields};
use super::{ImportOptions, Kind, Notes, shown};
use crate::quantity::written::{self, Mark, Marked, Marks, is_blank};
use std::collections::BTreeSet;

/// True for a heading that has one of the words, letters in any case, spaces and underscores passed over.
pub fn has_word(head: &str, words: &[&str]) -> bool {
    let plain: String = head.to_ascii_lowercase().chars().filter(|c| !matches!(c, ' ' | '_')).collect();
    words.iter().any(|word| plain.contains(word))
}

/// The column of the values: the one that was named, or has the best name, or is the only one with numbers.
pub fn value_column(
    kind: Kind,
    heads: &[String],
    sample: &Fields,
    free: &[usize],
    options: &ImportOptions,
    notes: &mut Notes,
) -> Option<usize> {
    let head = |column: usize| heads.get(column).map_or("", String::as_str);
    let listed = || {
        let names: Vec<String> =
            free.iter().map(|column| format!("`{}`", shown(head(*column)))).take(12).collect();
        names.join(", ")
    };
    let is_twice = |column: usize| {
        let twin = |other: &&usize| {
            **other != column
                && !head(column).is_empty()
                && head(**other).eq_ignore_ascii_case(head(column))
                && written::is_number(&sample[**other])
        };
        free.iter().find(twin).copied()
    };
    let twice = |column: usize, other: usize, notes: &mut Notes| {
        notes.error(
            "import-heading-twice",
            format!("the columns {} and {} are both headed `{}`", column + 1, other + 1, shown(head(column))),
            format!("rename one, or name the column by its place (--column {})", other + 1),
        );
    };
    if let Some(wanted) = &options.column {
        let wanted = wanted.trim();
        let exactly = free.iter().find(|column| head(**column).eq_ignore_ascii_case(wanted));
        if let Some((column, other)) = exactly.and_then(|column| Some((*column, is_twice(*column)?))) {
            twice(column, other, notes);
            return None;
        }
        let by_place = || {
            let place = wanted.parse::<usize>().ok()?.checked_sub(1)?;
            free.iter().find(|column| **column == place)
        };
        let by_word = || {
            let word = wanted.to_ascii_lowercase().replace([' ', '_'], "");
            free.iter().find(|column| has_word(head(**column), &[&word]))
        };
        let found = exactly.or_else(by_place).or_else(by_word);
        if found.is_none() {
            notes.error(
                "import-no-column",
                format!("there is no column `{}`", shown(wanted)),
                format!("there are {}", listed()),
            );
        }
        return found.copied();
    }
    let numbers: Vec<usize> =
        free.iter().copied().filter(|column| written::is_number(&sample[*column])).collect();
    let tiers: &[&[&str]] = match kind {
        Kind::Prices => &[
            &["lbmp", "lmp", "spp", "settlementpointprice", "hoep"],
            &["price"],
            &["$/", "usd", "/mwh", "/kwh", "rate", "cost"],
        ],
        Kind::Load => {
            &[&["kwh", "mwh"], &["kw", "mw"], &["load", "demand", "consumption", "usage", "energy", "power"]]
        }
    };
    let named =
        tiers.iter().find_map(|words| numbers.iter().copied().find(|column| has_word(head(*column), words)));
    let found = match (named, numbers.as_slice()) {
        (Some(column), _) => Some(column),
        (None, [only]) => Some(*only),
        (None, []) => None,
        (None, _) => {
            notes.error(
                "import-which-column",
                format!("several columns have numbers and none is plainly the one: {}", listed()),
                "say which holds the values (--column)",
            );
            return None;
        }
    };
    match found {
        // A first row may have a gap where the value should be.
        None => match free.iter().copied().find(|column| is_blank(&sample[*column])) {
            Some(blank) => Some(blank),
            None => {
                notes.error(
                    "import-no-values",
                    "the first row has no number beside its time",
                    "give a column of values",
                );
                None
            }
        },
        Some(column) => {
            if let Some(other) = is_twice(column) {
                twice(column.min(other), column.max(other), notes);
                return None;
            }
            if numbers.len() > 1 {
                let message = format!("values are taken from the column `{}`", shown(head(column)));
                notes.info("import-column", message, "name another with --column");
            }
            Some(column)
        }
    }
}

/// Rows of several zones or nodes in one file need a choice.
pub fn several_places(
    data: &[(usize, &str)],
    separator: char,
    (heads, value_at): (&[String], Option<usize>),
    options: &ImportOptions,
    notes: &mut Notes,
) -> Option<()> {
    let words = ["name", "node", "zone", "location", "settlementpoint", "hub", "meter"];
    let column = heads.iter().enumerate().position(|(column, head)| {
        Some(column) != value_at
            && has_word(head, &words)
            && !has_word(head, &["price", "type", "time", "zoneoffset", "(", "/"])
    });
    let (Some(column), None) = (column, &options.only) else { return Some(()) };
    let mut places = BTreeSet::new();
    for (_, line) in data {
        if let Some(place) = fields(line, separator).get(column).filter(|place| !place.is_empty()) {
            if !places.contains(place.as_ref()) {
                places.insert(place.as_ref().to_owned());
            }
            if places.len() > 20 {
                break;
            }
        }
    }
    if places.len() > 1 {
        let names: Vec<String> = places.iter().take(12).map(|place| shown(place)).collect();
        notes.error(
            "import-several-places",
            format!("the column `{}` has several names: {}", shown(&heads[column]), names.join(", ")),
            "say which rows are meant (--only NAME)",
        );
        return None;
    }
    Some(())
}

/// The decimal mark: said by the user, or told by the numbers that leave no choice, or assumed and told.
pub fn decimal_mark(
    cells: &[Cell],
    separator: char,
    options: &ImportOptions,
    notes: &mut Notes,
) -> Option<Mark> {
    if let Some(mark) = options.decimal_mark {
        return Some(mark);
    }
    let mut marks = Marks::default();
    cells.iter().for_each(|cell| marks.see(cell.line, &cell.text));
    match marks.verdict() {
        Marked::Plainly(mark) => Some(mark),
        Marked::Both { comma, point } => {
            notes.error(
                "import-decimal-mark",
                format!("line {comma} has a decimal comma and line {point} a decimal point"),
                "write all numbers alike, or say which it is (--decimal)",
            );
            None
        }
        Marked::Unsure { line, text, mark } => {
            // Semicolons part the cells where the comma is taken for decimals.
            let assumed = if separator == ';' { mark } else { Mark::Point };
            let (number, is_thousands) =
                (written::number(&text, assumed).unwrap_or_default(), assumed != mark);
            let message = format!(
                "`{text}` on line {line} could be a fraction or {}; it is read as {number}",
                if mark == Mark::Comma { "thousands parted by commas" } else { "thousands parted by points" },
            );
            let hint = "say if it is the other (--decimal point, --decimal comma)";
            // In a file of commas the point is decimal, and a comma in quotes parts thousands.
            if separator == ',' && (is_thousands || mark == Mark::Point) {
                if is_thousands {
                    notes.info("import-decimal-mark", message, hint);
                }
            } else {
                notes.warning("import-decimal-mark", message, hint);
            }
            Some(assumed)
        }
    }
}
