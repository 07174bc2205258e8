//! Prices of bitcoin from a CSV file: daily or monthly rows, as exchanges and chart sites hand them out.
//!
//! Nothing is guessed in silence: each column is named with what it was taken for, and a row that cannot be read is
//! named with its line.

mod columns;
pub mod known;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use self::columns::{Column, EH_PER_DIFFICULTY, column_of, keep_best_price};
use crate::quantity::delimited;
use crate::quantity::diagnostic::Severity;
use crate::quantity::written::{self, DateOrder, Mark, Marked, Marks};
use crate::quantity::{Date, Report, date, format, statistics};
use crate::site::{HistoryMonth, PriceHistory};

/// Rows that are read: two centuries of days.
const MOST_ROWS: usize = 100_000;
/// Columns that are looked at.
const MOST_COLUMNS: usize = 1_000;
/// Columns without a use that are named.
const MOST_NAMED: usize = 12;
/// Longest line, bytes.
const LONGEST_LINE: usize = 1 << 16;
/// Problems of one kind after which the rest are counted.
const MOST_PROBLEMS: usize = 20;
/// Prices beyond these are no prices of bitcoin in dollars.
const PRICES: std::ops::RangeInclusive<f64> = 1e-4..=1e9;

/// One row that could be read.
struct Row {
    line: usize,
    day: Date,
    price: f64,
    network_eh: Option<f64>,
    fees: Option<f64>,
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
        let lines: Vec<(usize, &str)> = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.trim_matches(['\r', '\u{feff}'])))
            .filter(|(_, line)| !line.trim().is_empty())
            .take(MOST_ROWS + 2)
            .collect();
        if let Some((line, text)) = lines.iter().find(|(_, text)| text.len() > LONGEST_LINE) {
            let message = format!("the line has {} characters", text.len());
            self.problem(Severity::Error, "line-too-long", *line, message, "give a row a day or a month");
            return None;
        }
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
        let mark = self.decimal_mark(&columns, &body, separator)?;
        let mut rows: Vec<Row> =
            body.iter().filter_map(|(line, cells)| self.row(*line, cells, &columns, mark)).collect();
        rows.sort_by(|a, b| a.day.cmp(&b.day).then(a.line.cmp(&b.line)));
        let rows = self.without_duplicates(rows);
        let months = self.months(&rows);
        let named = columns.iter().flatten().any(|column| matches!(column, Column::Network(_, true)));
        for slip in known::slips(&months) {
            let place = self.name;
            let hint = match slip.code {
                known::NETWORK if named => format!("{}; the head names another unit", slip.hint),
                _ => slip.hint,
            };
            self.report.add(slip.severity, slip.code, place, slip.message, hint);
        }
        (!months.is_empty()).then(|| PriceHistory {
            name: self.name.to_owned(),
            source: format!("imported from {}", self.name),
            months,
        })
    }

    /// `Ok(None)` where the first line is no head.
    fn columns(&mut self, head: &[String], line: usize) -> Result<Option<Vec<Option<Column>>>, ()> {
        if head.iter().any(|cell| written::is_number(cell)) {
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
        let prices = columns.iter().filter(|column| **column == Some(Column::Price)).count();
        self.same_heads(head, &columns, line);
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
                Some(Column::Price) if is_chosen || prices > 1 => "the price",
                Some(Column::Network(factor, _)) if *factor == EH_PER_DIFFICULTY => "difficulty",
                Some(Column::Network(_, false)) => "network hashrate in EH/s, as it names no unit",
                Some(Column::Network(1e3, _)) => "network hashrate in ZH/s",
                Some(Column::Network(1.0, _)) => "network hashrate in EH/s",
                Some(Column::Network(1e-3, _)) => "network hashrate in PH/s",
                Some(Column::Network(1e-6, _)) => "network hashrate in TH/s",
                Some(Column::Network(..)) => "network hashrate in GH/s",
                Some(Column::FeesOfSubsidy(_)) => "fees as a share of the subsidy",
                Some(Column::FeesOfReward(_)) => "fees as a share of the reward",
                Some(Column::FeesInMoney) => {
                    let message = format!(
                        "the column `{}` is left out: it has fees in money, and fees are taken as a share",
                        shown(cell)
                    );
                    let hint = "divide them by the subsidy of the same time and head them `fee_share_of_subsidy`, or by \
                                subsidy and fees together and head them `fee_share_of_reward`";
                    self.problem(Severity::Warning, "column-left-out", line, message, hint);
                    continue;
                }
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

    /// Columns of one head, of which only the first is used.
    fn same_heads(&mut self, head: &[String], columns: &[Option<Column>], line: usize) {
        for (index, cell) in head.iter().enumerate().filter(|(index, _)| columns[*index].is_some()) {
            if let Some(first) = head[..index].iter().position(|other| other.eq_ignore_ascii_case(cell)) {
                let message = format!(
                    "the columns {} and {} are both headed `{}`; the first is used",
                    first + 1,
                    index + 1,
                    shown(cell)
                );
                self.problem(
                    Severity::Warning,
                    "heading-twice",
                    line,
                    message,
                    "rename or remove one of them",
                );
            }
        }
    }

    /// What stands before the decimals of the file's numbers.
    fn decimal_mark(
        &mut self,
        columns: &[Option<Column>],
        body: &[(usize, Vec<String>)],
        separator: char,
    ) -> Option<Mark> {
        let mut marks = Marks::default();
        for (line, cells) in body {
            let numbers = cells.iter().zip(columns).filter(|(_, column)| {
                column.is_some_and(|column| !matches!(column, Column::Date | Column::FeesInMoney))
            });
            numbers.for_each(|(cell, _)| marks.see(*line, cell.trim_end_matches('%')));
        }
        match marks.verdict() {
            Marked::Plainly(mark) => Some(mark),
            Marked::Both { comma, point } => {
                let message = format!("the number has a decimal comma, and line {point} a decimal point");
                let hint = "write all numbers alike";
                self.problem(Severity::Error, "decimal-mark-mixed", comma, message, hint);
                None
            }
            // A price in thousands, as bitcoin's are: 61.200 among semicolons, else 61,200.
            Marked::Unsure { line, text, mark } => {
                let thousands = if mark == Mark::Comma { Mark::Point } else { Mark::Comma };
                let mark = if separator == ',' { Mark::Point } else { thousands };
                if separator != ',' {
                    let number = format::number(written::number(&text, mark).unwrap_or_default(), 0);
                    let message = format!("`{}` could be a fraction; it is read as {number}", shown(&text));
                    let hint = "write numbers without a mark between thousands, or with all their decimals";
                    self.problem(Severity::Warning, "decimal-mark-unsure", line, message, hint);
                }
                Some(mark)
            }
        }
    }

    /// Looks for a date that can only be read one way.
    fn find_day_order(&mut self, columns: &[Option<Column>], body: &[(usize, Vec<String>)]) {
        let Some(index) = columns.iter().position(|column| *column == Some(Column::Date)) else { return };
        let mut ambiguous = None;
        for (line, cells) in body {
            let day = cells.get(index).and_then(|cell| cell.split([' ', 'T']).next());
            let Some(hint) = day.filter(|day| !day.contains('.')).and_then(written::order_hint) else {
                continue;
            };
            match (hint.month_first, hint.day_first) {
                (true, true) => ambiguous = ambiguous.or(Some(*line)),
                (false, false) => {}
                (_, day_first) => {
                    self.day_first = Some(day_first);
                    return;
                }
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

    fn row(&mut self, line: usize, cells: &[String], columns: &[Option<Column>], mark: Mark) -> Option<Row> {
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
            let is_optional = *column != Column::Price;
            if (cell.is_empty() && is_optional) || *column == Column::FeesInMoney {
                continue;
            }
            let Some(value) = number(cell, mark) else {
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
                Column::Date | Column::FeesInMoney => {}
                Column::Price => price = Some(value),
                Column::Network(factor, _) => network_eh = Some(value * factor).filter(|eh| *eh > 0.0),
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
        // Where the chain's difficulty is known, the size is judged once for all months.
        let is_judged = known::network_eh(day).is_some();
        if let Some(eh) = network_eh.filter(|eh| !is_judged && !(1e-9..=1e9).contains(eh)) {
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

/// A number, or a share written `12 %`.
fn number(cell: &str, mark: Mark) -> Option<f64> {
    match cell.trim().strip_suffix('%') {
        Some(percent) => Some(written::number(percent, mark)? / 100.0),
        None => written::number(cell, mark),
    }
}

/// A day, or the first of a month where no day is given. With points the day comes first everywhere; with slashes it
/// depends on the country.
fn day_of(cell: &str, day_first: bool) -> Option<Date> {
    let order = if day_first || cell.contains('.') { DateOrder::DayFirst } else { DateOrder::MonthFirst };
    written::day_or_month(cell, order)
}
