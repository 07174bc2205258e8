//! Prices of bitcoin from a CSV file: daily or monthly rows, as exchanges and chart sites hand them out.
//!
//! Nothing is guessed in silence: each column is named with what it was taken for, and a row that cannot be read is
//! named with its line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::quantity::delimited;
use crate::quantity::diagnostic::Severity;
use crate::quantity::{Date, Report, date, format, statistics};
use crate::site::{HistoryMonth, PriceHistory};

/// Rows that are read: two centuries of days.
const MOST_ROWS: usize = 100_000;
/// Columns that are looked at.
const MOST_COLUMNS: usize = 1_000;
/// Columns without a use that are named.
const MOST_NAMED: usize = 12;
/// Problems of one kind after which the rest are counted.
const MOST_PROBLEMS: usize = 20;
/// Prices beyond these are no prices of bitcoin in dollars.
const PRICES: std::ops::RangeInclusive<f64> = 1e-4..=1e9;
/// Hashes a unit of difficulty stands for, over the ten minutes of a block, EH/s.
const EH_PER_DIFFICULTY: f64 = 4_294_967_296.0 / 600.0 / 1e18;

/// One row that could be read.
struct Row {
    line: usize,
    day: Date,
    price: f64,
    network_eh: Option<f64>,
    fees: Option<f64>,
}

/// What a column holds, with the factor to our unit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Column {
    Date,
    Price,
    Network(f64),
    FeesOfSubsidy(f64),
    FeesOfReward(f64),
}

/// Reads a history from the text of a CSV file; `name` is the file's.
///
/// Columns are found by their heads: a date or month, a price (`close`, `price`, `last`), and where they are there
/// the network (`hashrate` in EH/s, PH/s or TH/s by its head, or `difficulty`) and fees (a share of the subsidy, or
/// `of reward`). Without a head the first two columns are date and price. Of several rows of a month the last price
/// and the means of the rest stand. The history is `None` when there is an error.
pub fn read_price_history(name: &str, text: &str) -> (Option<PriceHistory>, Report) {
    let mut reader = Reader { name, report: Report::default(), counts: BTreeMap::new(), day_first: None };
    let history = reader.read(text);
    let mut report = reader.finish();
    if history.is_none() && !report.has_errors() {
        report.error(
            "no-rows",
            name,
            "there is no row with a date and a price",
            "give a month and a price a row",
        );
    }
    (history.filter(|_| !report.has_errors()), report)
}

struct Reader<'n> {
    name: &'n str,
    report: Report,
    /// Problems by code, of which only the first are listed.
    counts: BTreeMap<&'static str, usize>,
    /// Whether `03/04/2025` is the third of April; `None` while no date has told.
    day_first: Option<bool>,
}

impl Reader<'_> {
    fn problem(
        &mut self,
        severity: Severity,
        code: &'static str,
        line: usize,
        message: impl Into<String>,
        hint: &str,
    ) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count <= MOST_PROBLEMS {
            self.report.add(severity, code, format!("{}, line {line}", self.name), message, hint);
        }
    }

    fn finish(mut self) -> Report {
        for (code, count) in self.counts {
            if count > MOST_PROBLEMS {
                let message = format!("{} more of the same", count - MOST_PROBLEMS);
                self.report.info(code, self.name, message, "");
            }
        }
        self.report
    }

    fn read(&mut self, text: &str) -> Option<PriceHistory> {
        let text = text.trim_start_matches('\u{feff}');
        let lines: Vec<(usize, &str)> = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .take(MOST_ROWS + 2)
            .map(|(index, line)| (index + 1, line))
            .collect();
        let &(first_line, first) = lines.first()?;
        let separator = separator(first);
        let head = cells(first, separator);
        if head.len() > MOST_COLUMNS {
            let message = format!("the first line has {} columns", head.len());
            self.report.error(
                "too-many-columns",
                self.name,
                message,
                "keep the date, the price and what goes with it",
            );
            return None;
        }
        // Without heads the first line is a row like the others.
        let (columns, from) = match self.columns(&head, first_line) {
            Ok(Some(columns)) => (columns, 1),
            Ok(None) => (vec![Some(Column::Date), Some(Column::Price)], 0),
            Err(()) => return None,
        };
        let body: Vec<(usize, Vec<String>)> =
            lines[from..].iter().map(|(line, text)| (*line, cells(text, separator))).collect();
        if body.len() > MOST_ROWS {
            let message = format!("there are more than {MOST_ROWS} rows");
            self.report.error("too-many-rows", self.name, message, "give a row a day or a month");
            return None;
        }
        self.find_day_order(&columns, &body);
        let mut rows: Vec<Row> = body
            .iter()
            .filter_map(|(line, cells)| self.row(*line, cells, &columns, separator == ';'))
            .collect();
        rows.sort_by(|a, b| a.day.cmp(&b.day).then(a.line.cmp(&b.line)));
        let rows = self.without_duplicates(rows);
        let months = self.months(&rows);
        (!months.is_empty()).then(|| PriceHistory {
            name: self.name.to_owned(),
            source: format!("imported from {}", self.name),
            months,
        })
    }

    /// `Ok(None)` where the first line is no head.
    fn columns(&mut self, head: &[String], line: usize) -> Result<Option<Vec<Option<Column>>>, ()> {
        if head.iter().any(|cell| number(cell, false).is_some() || number(cell, true).is_some()) {
            self.problem(
                Severity::Info,
                "no-heads",
                line,
                "the file has no heads: the first column is taken for the date, the second for the price",
                "",
            );
            return Ok(None);
        }
        let mut columns: Vec<Option<Column>> = head.iter().map(|cell| column_of(cell)).collect();
        keep_best_price(head, &mut columns);
        for (what, wanted) in [("date", Column::Date), ("price", Column::Price)] {
            if !columns.contains(&Some(wanted)) {
                self.problem(
                    Severity::Error,
                    "column-missing",
                    line,
                    format!("no column is headed {what}; there are: {}", shown(&head.join(", "))),
                    "head the columns `date` and `price`",
                );
            }
        }
        if self.report.has_errors() {
            return Err(());
        }
        // Of a date and a price alone nothing was chosen.
        let is_chosen = columns.contains(&None);
        for (cell, column) in head.iter().zip(&columns) {
            let taken = match column {
                Some(Column::Date) if is_chosen => "the date",
                Some(Column::Price) if is_chosen => "the price",
                Some(Column::Network(factor)) if *factor == EH_PER_DIFFICULTY => "difficulty",
                Some(Column::Network(1.0)) => "network hashrate in EH/s",
                Some(Column::Network(1e-3)) => "network hashrate in PH/s",
                Some(Column::Network(_)) => "network hashrate in TH/s",
                Some(Column::FeesOfSubsidy(_)) => "fees as a share of the subsidy",
                Some(Column::FeesOfReward(_)) => "fees as a share of the reward",
                Some(Column::Date | Column::Price) | None => continue,
            };
            let message = format!("the column `{}` is taken for {taken}", shown(cell));
            self.problem(Severity::Info, "column-taken", line, message, "");
        }
        if is_chosen {
            let unused = head.iter().zip(&columns).filter(|(_, column)| column.is_none());
            let names: Vec<String> =
                unused.take(MOST_NAMED).map(|(cell, _)| format!("`{}`", shown(cell))).collect();
            let message = format!("not used: {}", names.join(", "));
            self.problem(Severity::Info, "column-unused", line, message, "");
        }
        Ok(Some(columns))
    }

    /// Looks for a date that can only be read one way.
    fn find_day_order(&mut self, columns: &[Option<Column>], body: &[(usize, Vec<String>)]) {
        let Some(index) = columns.iter().position(|column| *column == Some(Column::Date)) else { return };
        let mut ambiguous = None;
        for (line, cells) in body {
            let Some([first, second]) = cells.get(index).and_then(|cell| slashed(cell)) else { continue };
            ambiguous = ambiguous.or(Some(*line));
            if first > 12 || second > 12 {
                self.day_first = Some(first > 12);
                return;
            }
        }
        if let Some(line) = ambiguous {
            self.problem(
                Severity::Warning,
                "date-ambiguous",
                line,
                "dates with slashes are taken for month/day/year",
                "write dates as 2025-01-31 if the day comes first",
            );
        }
    }

    fn row(&mut self, line: usize, cells: &[String], columns: &[Option<Column>], comma: bool) -> Option<Row> {
        let (mut day, mut price, mut network_eh, mut fees) = (None, None, None, None);
        for (cell, column) in cells.iter().zip(columns) {
            let Some(column) = column else { continue };
            if *column == Column::Date {
                day = day_of(cell, self.day_first.unwrap_or(false));
                if day.is_none() {
                    let message = format!("`{}` is not a date", shown(cell));
                    let hint = "write the month as 2025-01 or the day as 2025-01-31";
                    self.problem(Severity::Error, "date-unreadable", line, message, hint);
                    return None;
                }
                continue;
            }
            if cell.is_empty() && *column != Column::Price {
                continue;
            }
            let Some(value) = number(cell, comma) else {
                let message = if cell.is_empty() {
                    "the price is missing".to_owned()
                } else {
                    format!("`{}` is not a number", shown(cell))
                };
                self.problem(
                    Severity::Error,
                    "number-unreadable",
                    line,
                    message,
                    "correct the number, or take the line out: a missing month is a gap",
                );
                return None;
            };
            match column {
                Column::Date => {}
                Column::Price => price = Some(value),
                Column::Network(factor) => network_eh = Some(value * factor).filter(|eh| *eh > 0.0),
                Column::FeesOfSubsidy(factor) => fees = Some(value * factor),
                Column::FeesOfReward(factor) => {
                    let share = value * factor;
                    fees = (share < 1.0).then_some(share / (1.0 - share));
                }
            }
        }
        let Some((day, price)) = day.zip(price) else {
            let message = "the row has fewer columns than the head";
            self.problem(Severity::Error, "row-short", line, message, "complete the row or take it out");
            return None;
        };
        if !PRICES.contains(&price) {
            let message = format!("{} is not a price of bitcoin in dollars", format::number(price, 4));
            let hint = "give USD per bitcoin; a price below zero or beyond a billion is a slip";
            self.problem(Severity::Error, "price-absurd", line, message, hint);
            return None;
        }
        if let Some(share) = fees.filter(|share| !(0.0..=100.0).contains(share)) {
            let message = format!("fees of {} times the subsidy", format::number(share, 3));
            self.problem(Severity::Error, "fees-absurd", line, message, "give fees as a share: 0.02 is 2 %");
            return None;
        }
        if let Some(eh) = network_eh.filter(|eh| !(1e-9..=1e9).contains(eh)) {
            let message = format!("a network of {} EH/s", format::number(eh, 3));
            let hint = "name the unit in the head: hashrate_eh, hashrate_ph or hashrate_th";
            self.problem(Severity::Error, "network-absurd", line, message, hint);
            return None;
        }
        Some(Row { line, day, price, network_eh, fees })
    }

    /// Rows of one date: the same figures twice are one, different ones are a question.
    fn without_duplicates(&mut self, rows: Vec<Row>) -> Vec<Row> {
        let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
        for row in rows {
            match kept.last() {
                Some(last) if last.day == row.day && last.price == row.price => {
                    let message = format!("{} is there twice with the same price; one is used", row.day);
                    self.problem(Severity::Warning, "date-twice", row.line, message, "");
                }
                Some(last) if last.day == row.day => {
                    let message = format!("{} has another price on line {}", row.day, last.line);
                    self.problem(Severity::Error, "date-conflict", row.line, message, "keep the right one");
                }
                _ => kept.push(row),
            }
        }
        kept
    }

    fn months(&mut self, rows: &[Row]) -> Vec<HistoryMonth> {
        let mut months: Vec<HistoryMonth> = Vec::new();
        let month_of = |row: &Row| row.day.first_of_month();
        for of_month in rows.chunk_by(|a, b| month_of(a) == month_of(b)) {
            let [first, .., last] = of_month else {
                months.extend(of_month.iter().map(|row| HistoryMonth {
                    month: month_of(row),
                    price_usd_per_btc: row.price,
                    network_eh: row.network_eh,
                    fee_share_of_subsidy: row.fees,
                }));
                continue;
            };
            let mean = |of: &dyn Fn(&Row) -> Option<f64>| {
                let values: Vec<f64> = of_month.iter().filter_map(of).collect();
                (!values.is_empty()).then(|| statistics::mean(&values))
            };
            months.push(HistoryMonth {
                month: month_of(first),
                price_usd_per_btc: last.price,
                network_eh: mean(&|row| row.network_eh),
                fee_share_of_subsidy: mean(&|row| row.fees),
            });
        }
        if months.len() < rows.len() {
            let message = format!(
                "{} rows make {} months: the last price of each, and the mean of the rest",
                rows.len(),
                months.len()
            );
            self.report.info("months-made", self.name, message, "");
        }
        for pair in months.windows(2) {
            let missing = date::months_between(pair[0].month, pair[1].month) - 1;
            if missing > 0 {
                let line = rows.iter().find(|row| month_of(row) == pair[1].month).map_or(0, |row| row.line);
                let from = date::month_label(date::add_months(pair[0].month, 1));
                let message = match missing {
                    1 => format!("{from} is missing before this line; no return is formed over it"),
                    _ => format!(
                        "{missing} months from {from} on are missing before this line; no return is formed over them"
                    ),
                };
                self.problem(
                    Severity::Warning,
                    "months-missing",
                    line,
                    message,
                    "add them if they are known",
                );
            }
        }
        months
    }
}

/// A user's text, cut where it is long.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    if text.chars().count() > 60 {
        short.push('…');
    }
    short
}

/// The separator that is there most often.
fn separator(line: &str) -> char {
    let count = |separator: char| line.matches(separator).count();
    if count(';') > 0 {
        ';'
    } else if count('\t') > count(',') {
        '\t'
    } else {
        ','
    }
}

fn cells(line: &str, separator: char) -> Vec<String> {
    delimited::fields(line, separator).into_iter().map(Cow::into_owned).collect()
}

/// What a column is by its head.
fn column_of(head: &str) -> Option<Column> {
    let head = head.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| head.contains(word));
    if has(&["fee"]) {
        let factor = if head.contains('%') || has(&["percent"]) { 0.01 } else { 1.0 };
        let of_reward = has(&["reward", "revenue"]);
        Some(if of_reward { Column::FeesOfReward(factor) } else { Column::FeesOfSubsidy(factor) })
    } else if has(&["difficulty"]) {
        Some(Column::Network(EH_PER_DIFFICULTY))
    } else if has(&["hashprice"]) {
        None
    } else if has(&["network", "hashrate", "hash rate", "hash_rate"]) {
        let unit = |unit: &str| {
            has(&[&format!("{unit}/s"), &format!("{unit}s"), &format!("_{unit}"), &format!("({unit}")])
        };
        Some(Column::Network(if unit("th") {
            1e-6
        } else if unit("ph") {
            1e-3
        } else {
            1.0
        }))
    } else if has(&["date", "month", "day", "time"]) {
        Some(Column::Date)
    } else if has(&["close", "price", "last", "usd"]) {
        Some(Column::Price)
    } else {
        None
    }
}

/// Of several columns that look like a price the best named is one; of several dates, networks or fees the first.
fn keep_best_price(head: &[String], columns: &mut [Option<Column>]) {
    let rank = |index: usize| {
        let head = head[index].to_lowercase();
        if head.contains("adj") {
            4
        } else if head.contains("last") || head.contains("close") {
            0
        } else if head == "price" {
            1
        } else if head.contains("price") {
            2
        } else {
            3
        }
    };
    let prices = (0..columns.len()).filter(|index| columns[*index] == Some(Column::Price));
    let best = prices.min_by_key(|index| (rank(*index), *index));
    for index in 0..columns.len() {
        let repeated = columns[..index].iter().flatten().any(|earlier| {
            columns[index]
                .is_some_and(|column| core::mem::discriminant(earlier) == core::mem::discriminant(&column))
        });
        let second_price = columns[index] == Some(Column::Price) && Some(index) != best;
        if second_price || (repeated && columns[index] != Some(Column::Price)) {
            columns[index] = None;
        }
    }
}

/// A number as people write it: `$1,234.56`, `1 234,56` where `comma` is the decimal mark, `12 %` for 0.12.
fn number(cell: &str, comma: bool) -> Option<f64> {
    let mut text = cell.trim();
    let percent = text.ends_with('%');
    text = text.trim_end_matches('%').trim().trim_start_matches('$').trim_end_matches('$').trim();
    text = text.trim_end_matches("USD").trim();
    let (mark, group) = if comma { (',', '.') } else { ('.', ',') };
    let plain: String = text
        .chars()
        .filter(|letter| *letter != group && *letter != ' ' && *letter != '\u{a0}' && *letter != '\'')
        .map(|letter| if letter == mark { '.' } else { letter })
        .collect();
    // Rust reads words such as `inf` and `nan`; a price list does not.
    let digits = plain.chars().any(|letter| letter.is_ascii_digit());
    let value: f64 = plain.parse().ok().filter(|value: &f64| digits && value.is_finite())?;
    Some(if percent { value / 100.0 } else { value })
}

/// The first two numbers of a date with slashes that begins with a day or a month.
fn slashed(cell: &str) -> Option<[u32; 2]> {
    let mut parts = cell.split([' ', 'T']).next()?.split('/');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    (first.len() <= 2 && third.len() == 4).then_some([first.parse().ok()?, second.parse().ok()?])
}

/// A day, or the first of a month where no day is given.
fn day_of(cell: &str, day_first: bool) -> Option<Date> {
    let text = cell.trim();
    if let Some(day) = named_month(text) {
        return Some(day);
    }
    let text = text.split([' ', 'T']).next()?;
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let number =
        |text: &str| text.parse::<i16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let date = |year: &str, month: &str, day: &str| {
        Date::new(number(year)?, i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?).ok()
    };
    match parts[..] {
        [year, month] if year.len() == 4 => date(year, month, "1"),
        [month, year] if year.len() == 4 => date(year, month, "1"),
        [year, month, day] if year.len() == 4 => date(year, month, day),
        // With points the day comes first everywhere; with slashes it depends on the country.
        [day, month, year] if year.len() == 4 && (text.contains('.') || day_first) => date(year, month, day),
        [month, day, year] if year.len() == 4 => date(year, month, day),
        [whole] if whole.len() == 8 && whole.is_ascii() => date(&whole[..4], &whole[4..6], &whole[6..]),
        _ => None,
    }
}

/// `Jan 2024`, `January 2024`, `Jan-24`, `Jan 31, 2024`.
fn named_month(text: &str) -> Option<Date> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = text.split([' ', '-', ',', '/']).filter(|word| !word.is_empty()).collect();
    let name: String = words.first()?.chars().take(3).flat_map(char::to_lowercase).collect();
    let month = i8::try_from(NAMES.iter().position(|known| *known == name)? + 1).ok()?;
    let year = |text: &str| {
        let year: i16 = text.parse().ok()?;
        Some(if text.len() == 2 { 2000 + year } else { year })
    };
    match words[..] {
        [_, year_text] => Date::new(year(year_text)?, month, 1).ok(),
        [_, day, year_text] => Date::new(year(year_text)?, month, day.parse().ok()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(report: &Report) -> Vec<(&'static str, &str)> {
        report.problems.iter().map(|problem| (problem.code, problem.place.as_str())).collect()
    }

    fn prices(text: &str) -> Vec<(String, f64)> {
        let (history, report) = read_price_history("p.csv", text);
        let months = history.unwrap_or_else(|| panic!("{report:#?}")).months;
        months.into_iter().map(|month| (month.month.to_string(), month.price_usd_per_btc)).collect()
    }

    #[test]
    fn dates_are_read_in_the_forms_people_use() {
        for form in [
            "2025-03",
            "2025-03-31",
            "2025/03/31",
            "20250331",
            "31.03.2025",
            "3/31/2025",
            "31/3/2025",
            "03/2025",
            "Mar 2025",
            "March 2025",
            "mar-25",
            "Mar 31, 2025",
            "2025-03-31T00:00:00Z",
            "2025-03-31 23:59",
        ] {
            let text = format!("date,price\n\"{form}\",82000\n");
            assert_eq!(prices(&text), [("2025-03-01".to_owned(), 82_000.0)], "{form}");
        }
        for form in ["2025-13", "soon", "31/31/2025", "", "2025-02-30", "٢٠٢٥-٠٣", "99999999"] {
            let (history, report) = read_price_history("p.csv", &format!("date,price\n{form},82000\n"));
            assert!(history.is_none(), "{form}");
            assert_eq!(codes(&report), [("date-unreadable", "p.csv, line 2")], "{form}");
        }
    }

    #[test]
    fn days_make_months_and_numbers_may_have_commas() {
        let daily = "Date,Open,Close,Volume\n2024-01-30,1,\"43,000.5\",9\n2024-01-31,1,$42580,9\n2024-02-29,1,61200,9\n";
        assert_eq!(prices(daily), [("2024-01-01".to_owned(), 42_580.0), ("2024-02-01".to_owned(), 61_200.0)]);
        let german = "Monat date;Preis price\n31.01.2024;42.580,25\n29.02.2024;61.200\n";
        assert_eq!(
            prices(german),
            [("2024-01-01".to_owned(), 42_580.25), ("2024-02-01".to_owned(), 61_200.0)]
        );
        let bare = "2024-02,61200\n2024-01,42580\n";
        assert_eq!(prices(bare), [("2024-01-01".to_owned(), 42_580.0), ("2024-02-01".to_owned(), 61_200.0)]);
    }

    #[test]
    fn network_and_fees_are_read_in_their_units() {
        let text = "month,price_usd_last,difficulty,fee_share_of_reward\n2025-12,88000,148.26e12,0.01\n";
        let (history, report) = read_price_history("p.csv", text);
        let month = history.unwrap().months.remove(0);
        // 148.26 T are 1,061 EH/s.
        assert!((month.network_eh.unwrap() - 1_061.0).abs() < 1.0);
        assert!((month.fee_share_of_subsidy.unwrap() - 0.01 / 0.99).abs() < 1e-12);
        assert_eq!(codes(&report), [("column-taken", "p.csv, line 1"); 2]);
        for (head, value) in
            [("hashrate_eh", "1061"), ("Hash rate (TH/s)", "1061000000"), ("network PH/s", "1061000")]
        {
            let text = format!("month,price,{head},fees %\n2025-12,88000,{value},1\n");
            let month = read_price_history("p.csv", &text).0.unwrap().months.remove(0);
            assert!((month.network_eh.unwrap() - 1_061.0).abs() < 1e-6, "{head}");
            assert!((month.fee_share_of_subsidy.unwrap() - 0.01).abs() < 1e-12);
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_line() {
        let text = "date,price\n2024-01,42000\n2024-02,n/a\n2024-03,-5\n2024-04,\n2024-05,inf\n2024-06,1e12\n2024-07\n";
        let (history, report) = read_price_history("p.csv", text);
        assert!(history.is_none());
        let expected = [
            ("number-unreadable", "p.csv, line 3"),
            ("price-absurd", "p.csv, line 4"),
            ("number-unreadable", "p.csv, line 5"),
            ("number-unreadable", "p.csv, line 6"),
            ("price-absurd", "p.csv, line 7"),
            ("row-short", "p.csv, line 8"),
        ];
        assert_eq!(codes(&report), expected);
    }

    #[test]
    fn gaps_and_repeats_are_told_and_conflicts_refused() {
        let text = "date,price\n2024-01,42000\n2024-01,42000\n2024-02,61000\n2024-05,67000\n";
        let (history, report) = read_price_history("p.csv", text);
        assert_eq!(history.unwrap().months.len(), 3);
        assert_eq!(codes(&report), [("date-twice", "p.csv, line 3"), ("months-missing", "p.csv, line 5")]);
        assert!(report.problems[1].message.starts_with("2 months"), "{}", report.problems[1].message);
        let text = "date,price\n2024-01-31,42000\n2024-01-31,43000\n";
        let (history, report) = read_price_history("p.csv", text);
        assert!(history.is_none());
        assert_eq!(codes(&report), [("date-conflict", "p.csv, line 3")]);
        let ambiguous = "date,price\n01/02/2024,42000\n01/03/2024,43000\n";
        let (history, report) = read_price_history("p.csv", ambiguous);
        assert_eq!(history.unwrap().months.len(), 1);
        assert_eq!(codes(&report)[0], ("date-ambiguous", "p.csv, line 2"));
    }

    #[test]
    fn hostile_text_is_refused_in_bounded_time() {
        let begin = std::time::Instant::now();
        let wide = format!("date,price{}\n", ",x".repeat(200_000));
        let many = format!("date,price\n{}", "2024-01,nonsense\n".repeat(90_000));
        let endless = format!("date,price\n{}", "2024-01,1\n".repeat(200_000));
        for text in [
            "",
            "\n\n",
            "\u{feff}",
            "a,b\n1,2\n",
            "date\n2024-01\n",
            "\"\"\"",
            "date,price\n\"2024-01,5\n",
            &wide,
            &many,
            &endless,
        ] {
            let (history, report) = read_price_history("p.csv", text);
            assert!(history.is_none() && report.has_errors(), "{}", &text[..text.len().min(40)]);
            assert!(report.problems.len() < 50);
        }
        assert!(begin.elapsed().as_secs() < 10);
    }
}
