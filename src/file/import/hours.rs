//! The columns of a file with a column an hour.

use super::columns::has_word;
use crate::quantity::written;

/// Hours of a day on which no clock is changed.
pub const HOURS_PER_DAY: i64 = 24;

/// What a column of a row of hours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hour {
    At {
        /// Of the day, as written.
        minutes: i64,
        /// The second of a doubled hour.
        is_second: bool,
    },
    /// The 25th of the day on which the clock is set back.
    Extra,
}

/// `he07`, `Hour 7`, `HE 7*`, `07:00`, `HE25`, `extra hour`.
pub fn hour_label(head: &str) -> Option<Hour> {
    let lower = head.trim().to_ascii_lowercase();
    if !lower.bytes().any(|byte| byte.is_ascii_digit()) {
        let is_extra =
            lower.contains("hour") && has_word(&lower, &["extra", "additional", "repeated", "doubled"]);
        return is_extra.then_some(Hour::Extra);
    }
    let is_second = ["*", "x", "dst", "extra", "2nd", "second"].iter().any(|word| lower.ends_with(word));
    let bare = lower
        .trim_start_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '_' | '-'))
        .trim_end_matches(|c: char| {
            c.is_ascii_alphabetic() || matches!(c, ' ' | '_' | '-' | '*' | '(' | ')')
        });
    let prefix = &lower[..lower.len()
        - lower.trim_start_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '_' | '-')).len()];
    let known =
        ["", "h", "he", "hr", "hour", "hour ending", "hour_ending", "hourending", "hb", "hour beginning"];
    if !known.contains(&prefix.trim_end_matches([' ', '_', '-'])) {
        return None;
    }
    let minutes = match bare.contains(':') {
        true => written::time(bare)?,
        false if bare.len() <= 2 && !bare.is_empty() => 60 * bare.parse::<i64>().ok()?,
        false => return None,
    };
    if minutes == (HOURS_PER_DAY + 1) * 60 {
        return Some(Hour::Extra);
    }
    (minutes % 60 == 0 && minutes <= HOURS_PER_DAY * 60).then_some(Hour::At { minutes, is_second })
}

/// The hours of a row: 0 to 24 are 25 of them.
pub fn with_extra(mut hours: Vec<(usize, Hour)>) -> Vec<(usize, Hour)> {
    let is_at =
        |hour: &Hour, at: i64| matches!(hour, Hour::At { minutes, is_second: false } if *minutes == at);
    if hours.iter().any(|(_, hour)| is_at(hour, 0)) {
        for (_, hour) in &mut hours {
            if is_at(hour, HOURS_PER_DAY * 60) {
                *hour = Hour::Extra;
            }
        }
    }
    hours
}
