//! Civil dates and whole months.

pub use jiff::civil::Date;

/// Months from `from` to `to`, counted on the calendar; negative when `to` is earlier.
///
/// A date inside a month counts as that month: 2026-01-20 is zero months after 2026-01-01.
pub fn months_between(from: Date, to: Date) -> i32 {
    (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month())
}

/// First whole month, counted from `start`, that begins on or after `date`.
///
/// A plan month begins on the same day of the month as `start` does.
pub fn month_at_or_after(start: Date, date: Date) -> i32 {
    let months = months_between(start, date);
    if date.day() > start.day() { months + 1 } else { months }
}

/// The date `months` after `start`, on the same day of the month or its last day; clamped to the calendar jiff knows.
pub fn add_months(start: Date, months: i32) -> Date {
    start.checked_add(jiff::Span::new().try_months(months).unwrap_or_default()).unwrap_or(if months < 0 {
        Date::MIN
    } else {
        Date::MAX
    })
}

/// Whole days from `from` to `to`.
pub fn days_between(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

/// Date a number of days (rounded down) after `start`.
pub fn add_days(start: Date, days: f64) -> Date {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a range that i64 holds")]
    let whole = days.clamp(-1e6, 1e6).floor() as i64;
    start.checked_add(jiff::Span::new().try_days(whole).unwrap_or_default()).unwrap_or(start)
}

/// `Jan 2026`
pub fn month_label(date: Date) -> String {
    date.strftime("%b %Y").to_string()
}

/// `Q3 2027`
pub fn quarter_label(date: Date) -> String {
    format!("Q{} {}", (date.month() - 1) / 3 + 1, date.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn months_are_counted_on_the_calendar() {
        assert_eq!(months_between(date(2026, 1, 1), date(2028, 4, 10)), 27);
        assert_eq!(month_at_or_after(date(2026, 1, 1), date(2028, 4, 10)), 28);
        assert_eq!(month_at_or_after(date(2026, 1, 1), date(2028, 4, 1)), 27);
        assert_eq!(months_between(date(2026, 3, 1), date(2025, 12, 31)), -3);
        assert_eq!(add_months(date(2026, 1, 31), 1), date(2026, 2, 28));
    }

    #[test]
    fn labels_name_month_and_quarter() {
        assert_eq!(month_label(date(2027, 8, 1)), "Aug 2027");
        assert_eq!(quarter_label(date(2027, 8, 1)), "Q3 2027");
    }
}
