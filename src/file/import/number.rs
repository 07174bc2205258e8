//! Numbers, dates and times as people and programs write them.

use super::DateOrder;
use jiff::civil::{Date, DateTime};

/// A number: `1,234.5`, `(12.5)` for minus, `$`, a true minus sign; with `decimal_comma` also `1.234,5`.
/// `None` for what is no finite number.
pub fn number(text: &str, decimal_comma: bool) -> Option<f64> {
    let text = text.trim();
    let (text, in_brackets) = match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    // Longer than any number is written.
    if text.is_empty() || text.len() > 40 {
        return None;
    }
    // A comma between thousands has three digits after it; another would be a decimal comma that was not expected.
    if !decimal_comma
        && text.split(',').skip(1).any(|group| group.bytes().take_while(u8::is_ascii_digit).count() != 3)
    {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    for symbol in text.chars() {
        match symbol {
            '$' | ' ' | '\u{a0}' | '\u{202f}' | '\'' => {}
            '\u{2212}' => plain.push('-'),
            ',' if decimal_comma => plain.push('.'),
            '.' if decimal_comma => {}
            ',' => {}
            _ => plain.push(symbol),
        }
    }
    // What `f64` would read besides digits: `inf`, `nan`.
    if !plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E')) {
        return None;
    }
    let value: f64 = plain.parse().ok()?;
    value.is_finite().then_some(if in_brackets { -value } else { value })
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
    Some((day, time(clock)?, Some(crate::quantity::zone::offset_of(offset)?)))
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
            ("(12.5)", -12.5),
            ("\u{2212}3", -3.0),
            ("1e2", 100.0),
            ("-0.00109", -0.00109),
        ] {
            assert_eq!(number(text, false), Some(value), "{text}");
        }
        assert_eq!(number("1.234,5", true), Some(1234.5));
        for text in
            ["", "12,5", "1,2345", "abc", "NaN", "inf", "1e999", "12 MW", "1..2", "--5", &"9".repeat(50)]
        {
            assert_eq!(number(text, false), None, "{text}");
        }
        assert!(is_blank(" N/A ") && is_blank("") && !is_blank("0"));
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
