//! Numbers, dates and times as people and programs write them: the one reader of what stands in an imported file.

use super::Date;
use jiff::civil::DateTime;

/// Order of day and month in dates such as 03/04/2025.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    MonthFirst,
    DayFirst,
}

/// What stands between the whole part of a number and its decimals; the other one may stand between thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Point,
    Comma,
}

impl Mark {
    pub fn word(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }
}

/// Longer than any number is written, bytes.
const LONGEST_NUMBER: usize = 40;

/// A number: `1,234.5` (or `1.234,5` with a decimal comma), `1 234.5`, `1'234`, `(12.5)` for minus, `$`, `USD`, a true
/// minus sign, `1.5e3`. Thousands are parted by threes or not at all. `None` for what is no finite number.
pub fn number(text: &str, mark: Mark) -> Option<f64> {
    let text = text.trim();
    if text.len() > LONGEST_NUMBER {
        return None;
    }
    let (text, in_brackets) = match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let (text, before) = without_sign(text);
    let (text, had_currency) = without_currency(text);
    let (text, behind) = if had_currency && before.is_none() { without_sign(text) } else { (text, None) };
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, "0"),
    };
    let (decimal, thousands) = match mark {
        Mark::Point => ('.', ','),
        Mark::Comma => (',', '.'),
    };
    let (whole, fraction) = mantissa.split_once(decimal).unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = |symbol: char| {
        symbol == thousands || matches!(symbol, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}')
    };
    let mut groups = whole.split(parts);
    let first = groups.next().unwrap_or_default();
    let mut digits = String::with_capacity(text.len() + 2);
    digits.push_str(first);
    for group in groups {
        // 0,123 is no grouping: nobody writes a nought before thousands.
        if group.len() != 3 || !(1..=3).contains(&first.len()) || first.starts_with('0') {
            return None;
        }
        digits.push_str(group);
    }
    let size = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let is_number = is_digits(&digits)
        && is_digits(fraction)
        && digits.len() + fraction.len() > 0
        && !size.is_empty()
        && is_digits(size);
    if !is_number {
        return None;
    }
    let value: f64 = format!("{digits}.{fraction}e{exponent}").parse().ok()?;
    let is_minus = in_brackets != (before.or(behind) == Some(Sign::Minus));
    value.is_finite().then_some(if is_minus { -value } else { value })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
}

fn without_sign(text: &str) -> (&str, Option<Sign>) {
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
        (rest.trim_start(), Some(Sign::Minus))
    } else if let Some(rest) = text.strip_prefix('+') {
        (rest.trim_start(), Some(Sign::Plus))
    } else {
        (text, None)
    }
}

/// Dollars may say so before or behind the figure; another currency is no plain number.
fn without_currency(text: &str) -> (&str, bool) {
    for word in ["US$", "USD", "$"] {
        if let Some(rest) = text.strip_prefix(word) {
            return (rest.trim_start(), true);
        }
        if let Some(rest) = text.strip_suffix(word) {
            return (rest.trim_end(), true);
        }
    }
    (text, false)
}

/// True for what is a number with one decimal mark or the other.
pub fn is_number(text: &str) -> bool {
    number(text, Mark::Point).is_some() || number(text, Mark::Comma).is_some()
}

/// What the numbers of a file tell of its decimal mark, gathered one by one.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// First line with a number that only a decimal comma explains, and the same of the point.
    comma: Option<usize>,
    point: Option<usize>,
    /// First line and number such as 45.123 or 45,123, with the mark that makes it a fraction.
    either: Option<(usize, String, Mark)>,
    /// Numbers of four digits and more are written without parting them.
    has_plain_thousands: bool,
}

/// What a file's decimal mark is.
#[derive(Clone, Debug, PartialEq)]
pub enum Marked {
    /// No number leaves a choice.
    Plainly(Mark),
    /// A line with a decimal comma and a line with a decimal point.
    Both { comma: usize, point: usize },
    /// `text` on `line` may be a fraction, with `mark`, or a whole number in thousands.
    Unsure { line: usize, text: String, mark: Mark },
}

impl Marks {
    pub fn see(&mut self, line: usize, text: &str) {
        match (number(text, Mark::Point), number(text, Mark::Comma)) {
            (Some(_), None) => self.point = self.point.or(Some(line)),
            (None, Some(_)) => self.comma = self.comma.or(Some(line)),
            (Some(point), Some(comma)) if point != comma => {
                let mark = if point.abs() < comma.abs() { Mark::Point } else { Mark::Comma };
                self.either.get_or_insert_with(|| (line, text.trim().to_owned(), mark));
            }
            (Some(value), Some(_)) => {
                let is_plain = !text.contains([' ', '\u{a0}', '\u{202f}', '\'', '\u{2019}']);
                self.has_plain_thousands |= is_plain && value.abs() >= 1_000.0;
            }
            (None, None) => {}
        }
    }

    pub fn verdict(self) -> Marked {
        match (self.comma, self.point, self.either) {
            (Some(comma), Some(point), _) => Marked::Both { comma, point },
            (Some(_), None, _) => Marked::Plainly(Mark::Comma),
            (None, Some(_), _) | (None, None, None) => Marked::Plainly(Mark::Point),
            // Who writes 45123 beside 45,123 does not part thousands.
            (None, None, Some((.., mark))) if self.has_plain_thousands => Marked::Plainly(mark),
            (None, None, Some((line, text, mark))) => Marked::Unsure { line, text, mark },
        }
    }
}

/// What a reading that was not taken is written as.
pub fn is_blank(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || ["-", "--", "na", "n/a", "nan", "null", "none", "missing", "#n/a"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
}

/// Day and month of a date whose order is not plain from its form: which could come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderHint {
    pub month_first: bool,
    pub day_first: bool,
}

/// The numbers or the month's name of a date: three parts.
fn parts(text: &str) -> Option<[&str; 3]> {
    let mut parts = text.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty());
    let found = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(found)
}

fn month_of_name(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.trim_end_matches(',');
    let is_word = text.len() >= 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let start = text.get(..3).filter(|_| is_word)?;
    (1..).zip(NAMES).find(|(_, name)| name.eq_ignore_ascii_case(start)).map(|(month, _)| month)
}

fn small(text: &str) -> Option<i8> {
    let text = text.trim_end_matches(',');
    (text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn year_of(text: &str) -> Option<i16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() {
        4 if digits => text.parse().ok(),
        // Two digits are of this century.
        2 if digits => text.parse::<i16>().ok().map(|year| 2000 + year),
        _ => None,
    }
}

/// Which orders a date with numbers allows; `None` where the order is plain or it is no date.
pub fn order_hint(text: &str) -> Option<OrderHint> {
    let [first, second, last] = parts(text)?;
    if first.len() == 4 || year_of(last).is_none() {
        return None;
    }
    let (first, second) = (small(first)?, small(second)?);
    Some(OrderHint { month_first: (1..=12).contains(&first), day_first: (1..=12).contains(&second) })
}

/// `2025-03-09`, `2025/3/9`, `20250309`, `09-Mar-2025`, `Mar 9, 2025`, and `3/9/2025` in the order given.
pub fn date(text: &str, order: DateOrder) -> Option<Date> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (year, rest) = text.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        return Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    }
    let [first, second, last] = parts(text)?;
    let (year, month, day) = if first.len() == 4 {
        (year_of(first)?, small(second).or_else(|| month_of_name(second))?, small(last)?)
    } else if let Some(month) = month_of_name(second) {
        (year_of(last)?, month, small(first)?)
    } else if let Some(month) = month_of_name(first) {
        (year_of(last)?, month, small(second)?)
    } else {
        let (first, second) = (small(first)?, small(second)?);
        match order {
            DateOrder::MonthFirst => (year_of(last)?, first, second),
            DateOrder::DayFirst => (year_of(last)?, second, first),
        }
    };
    Date::new(year, month, day).ok()
}

/// A time of day as minutes from midnight, 0 to 1,440: `13:45`, `1:45 PM`, `24:00`, `13:45:00`, `1345`, `13`.
pub fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    let (clock, half) = match upper.strip_suffix('M').map(str::trim_end) {
        Some(rest) => {
            let (clock, letter) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
            match letter {
                "A" => (clock.trim(), Some(false)),
                "P" => (clock.trim(), Some(true)),
                _ => return None,
            }
        }
        None => (upper.as_str(), None),
    };
    let whole: i64;
    let minutes: i64;
    if clock.contains(':') {
        let mut parts = clock.split(':');
        whole = i64::from(small(parts.next()?)?);
        minutes = i64::from(small(parts.next()?)?);
        // Seconds, with their fraction, are passed over.
        let seconds = parts.next().unwrap_or("0");
        if parts.next().is_some() || seconds.parse::<f64>().ok().is_none_or(|s| !(0.0..60.0).contains(&s)) {
            return None;
        }
    } else if clock.len() == 4 && clock.bytes().all(|byte| byte.is_ascii_digit()) {
        let (hours, rest) = clock.split_at_checked(2)?;
        (whole, minutes) = (i64::from(small(hours)?), i64::from(small(rest)?));
    } else {
        (whole, minutes) = (i64::from(small(clock)?), 0);
    }
    let hours = match half {
        None => whole,
        Some(afternoon) if (1..=12).contains(&whole) => whole % 12 + if afternoon { 12 } else { 0 },
        Some(_) => return None,
    };
    let of_day = 60 * hours + minutes;
    (minutes < 60 && of_day <= 24 * 60).then_some(of_day)
}

/// A date and a time of day in one text, with the offset where it is written: (date, minutes of the day, offset).
pub fn stamp(text: &str, order: DateOrder) -> Option<(Date, i64, Option<i32>)> {
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    if let Some(date) = date(text, order) {
        return Some((date, 0, None));
    }
    // The date ends at the T of ISO 8601, else at the last space before the first colon.
    let iso = text.find('T').filter(|at| text[..*at].ends_with(|c: char| c.is_ascii_digit()));
    let (day, rest) = match iso {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => {
            let until = text.find(':').unwrap_or(text.len());
            let at = text[..until].rfind(' ')?;
            (&text[..at], &text[at + 1..])
        }
    };
    let day = date(day, order)?;
    let rest = rest.trim();
    if let Some(minutes) = time(rest) {
        return Some((day, minutes, None));
    }
    // `13:45Z`, `13:45-06:00`, `13:45 UTC`
    let at = rest
        .char_indices()
        .skip(1)
        .find(|(_, c)| matches!(c, 'Z' | 'z' | '+' | '-' | '\u{2212}' | 'U' | 'G'))?
        .0;
    let (clock, offset) = rest.split_at_checked(at)?;
    Some((day, time(clock)?, Some(super::zone::offset_of(offset)?)))
}

/// A month: `2025-03`, `03/2025`, `Mar 2025`, `March-25`; its first day.
pub fn month(text: &str) -> Option<Date> {
    let mut parts = text.trim().split(['-', '/', '.', ' ']).filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month) = if first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
        (first, small(second).or_else(|| month_of_name(second))?)
    } else if let Some(month) = month_of_name(first) {
        (second, month)
    } else {
        // 03/25 could be a day of March.
        (Some(second).filter(|year| year.len() == 4)?, small(first)?)
    };
    Date::new(year_of(year)?, month, 1).ok()
}

/// A day, whatever time of it stands behind, or the first of a month where no day is written.
pub fn day_or_month(text: &str, order: DateOrder) -> Option<Date> {
    stamp(text, order).map(|(date, ..)| date).or_else(|| month(text))
}

/// A clock time some minutes into a day.
pub fn at(date: Date, minutes: i64) -> Option<DateTime> {
    date.at(0, 0, 0, 0).checked_add(jiff::Span::new().try_minutes(minutes).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn numbers_as_they_are_written() {
        for (text, value) in [
            ("1,234.5", 1234.5),
            (" $ 12.5 ", 12.5),
            ("-$12.5", -12.5),
            ("$-12.5", -12.5),
            ("12.5 USD", 12.5),
            ("(12.5)", -12.5),
            ("($1,200)", -1200.0),
            ("\u{2212}3", -3.0),
            ("1e2", 100.0),
            ("148.26e12", 148.26e12),
            ("1 234 567.25", 1_234_567.25),
            ("1'234", 1234.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("-0.00109", -0.00109),
        ] {
            assert_eq!(number(text, Mark::Point), Some(value), "{text}");
        }
        for (text, value) in [("1.234,5", 1234.5), ("45,123", 45.123), ("61.200", 61_200.0), ("12,5", 12.5)] {
            assert_eq!(number(text, Mark::Comma), Some(value), "{text}");
        }
        for text in [
            "",
            "12,5",
            "1,2345",
            "1234,567",
            "0,123",
            "1,,234",
            "12 5",
            "abc",
            "NaN",
            "inf",
            "1e999",
            "1e",
            "e5",
            "12 MW",
            "1..2",
            "--5",
            "+-5",
            ".",
            "-",
            "$",
            "()",
            "€5",
            "12 %",
            &"9".repeat(50),
            "1,23,456",
        ] {
            assert_eq!(number(text, Mark::Point), None, "{text}");
        }
        for text in ["45.12", "0.123", "1.234.5", "1,2,3", "45.123.5"] {
            assert_eq!(number(text, Mark::Comma), None, "{text}");
        }
        assert!(is_blank(" N/A ") && is_blank("") && !is_blank("0"));
    }

    #[test]
    fn the_decimal_mark_is_told_by_the_numbers_that_leave_no_choice() {
        let verdict = |texts: &[&str]| {
            let mut marks = Marks::default();
            (1..).zip(texts).for_each(|(line, text)| marks.see(line, text));
            marks.verdict()
        };
        let plainly = |texts: &[&str], mark| assert_eq!(verdict(texts), Marked::Plainly(mark), "{texts:?}");
        plainly(&["45.123", "12,5"], Mark::Comma);
        plainly(&["45.123", "0.456"], Mark::Point);
        plainly(&["45,123", "1.234,5"], Mark::Comma);
        plainly(&["45,123", "44,980", "1250"], Mark::Comma);
        plainly(&["45.123", "1250"], Mark::Point);
        plainly(&["12", "x", ""], Mark::Point);
        let unsure = |line, text: &str, mark| Marked::Unsure { line, text: text.to_owned(), mark };
        assert_eq!(verdict(&["7", "45,123"]), unsure(2, "45,123", Mark::Comma));
        assert_eq!(verdict(&["45.123", "999"]), unsure(1, "45.123", Mark::Point));
        assert_eq!(verdict(&["12.5", "7", "12,5"]), Marked::Both { comma: 3, point: 1 });
    }

    #[test]
    fn months_and_days_as_they_are_written() {
        let march = Some(day(2025, 3, 1));
        for text in ["2025-03", "2025/3", "03/2025", "Mar 2025", "March-25", "mar-25", "2025 Mar"] {
            assert_eq!(month(text), march, "{text}");
            assert_eq!(day_or_month(text, DateOrder::MonthFirst), march, "{text}");
        }
        for text in ["2025", "03/25", "2025-13", "soon 2025", "", "2025-03-01-1", "٢٠٢٥-٠٣"] {
            assert_eq!(month(text), None, "{text}");
        }
        let last = day_or_month("2025-03-31T00:00:00Z", DateOrder::MonthFirst);
        assert_eq!(last, Some(day(2025, 3, 31)));
    }

    #[test]
    fn dates_and_times_as_they_are_written() {
        let nine = Some(day(2025, 3, 9));
        for text in
            ["2025-03-09", "2025/3/9", "20250309", "09-Mar-2025", "March 9, 2025", "3/9/2025", "03/09/25"]
        {
            assert_eq!(date(text, DateOrder::MonthFirst), nine, "{text}");
        }
        assert_eq!(date("9.3.2025", DateOrder::DayFirst), nine);
        for text in ["", "2025-02-30", "13/13/2025", "soon", "2025-03", "1/2/3/4", "é/1/2025", "Mär 9 2025"]
        {
            assert_eq!(date(text, DateOrder::MonthFirst), None, "{text}");
        }
        assert_eq!(order_hint("13/2/2025"), Some(OrderHint { month_first: false, day_first: true }));
        assert_eq!(order_hint("2025-03-09"), None);
        for (text, minutes) in [
            ("13:45", 825),
            ("1:45 PM", 825),
            ("12:00 am", 0),
            ("24:00", 1440),
            ("1345", 825),
            ("7", 420),
            ("00:15:30.5", 15),
        ] {
            assert_eq!(time(text), Some(minutes), "{text}");
        }
        for text in ["", "25:00", "13:60", "13 PM", "24:30", "M", "é", "1:2:3:4", "PM", ":"] {
            assert_eq!(time(text), None, "{text}");
        }
        let stamps = |text| stamp(text, DateOrder::MonthFirst);
        assert_eq!(stamps("2025-03-09T13:45:00-06:00"), Some((day(2025, 3, 9), 825, Some(-360))));
        assert_eq!(stamps("2025-03-09 13:45Z"), Some((day(2025, 3, 9), 825, Some(0))));
        assert_eq!(stamps("3/9/2025 1:45 PM"), Some((day(2025, 3, 9), 825, None)));
        assert_eq!(stamps("09-Mar-2025 24:00"), Some((day(2025, 3, 9), 1440, None)));
        assert_eq!(stamps("2025-03-09"), Some((day(2025, 3, 9), 0, None)));
        for text in ["", "T", "2025-03-09T", "2025-03-09 13:45+99:00", "nonsense: x", "é13:45"] {
            assert_eq!(stamps(text), None, "{text}");
        }
        assert_eq!(at(day(2025, 12, 31), 1440), Some(day(2026, 1, 1).at(0, 0, 0, 0)));
    }
}
