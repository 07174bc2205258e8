//! Time zones of power markets: the offset of their standard time and when their clocks change.
//!
//! The rules are in `assets/power/time_zones.csv`, as POSIX writes them, so that the same file gives the same hours
//! on every machine whatever its own list of zones. They hold from 2007 on (North America) and 1996 on (Europe);
//! readings before that would be an hour off for some weeks a year.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// `name,rule,west,east`: where a zone of the contiguous United States lies, about, by longitude.
const ZONES: &str = include_str!("../../assets/power/time_zones.csv");

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone {
    pub name: String,
    rule: TimeZone,
    standard: Offset,
    /// Of the clock in summer, where it is another.
    has_daylight_saving: bool,
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// What a local clock time stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// Minutes since the Unix epoch.
    Once(i64),
    /// The clock was set back: first in daylight saving, again in standard time.
    Twice(i64, i64),
    /// The clock was set forward over it.
    Never,
}

impl Zone {
    /// A zone of the table, `UTC`, or a fixed offset such as `UTC-06:00`; letters in any case.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        if let Some(offset) = offset_of(name) {
            return Some(Self::fixed(offset));
        }
        let (name, rule) = rows().map(|row| (row.0, row.1)).find(|row| row.0.eq_ignore_ascii_case(name))?;
        let rule = TimeZone::posix(rule).ok()?;
        // Daylight saving is the later clock: of the two offsets of a year the smaller is standard time.
        let noon = |month| {
            let noon = jiff::civil::date(2025, month, 1).at(12, 0, 0, 0);
            Some(rule.to_ambiguous_zoned(noon).compatible().ok()?.offset())
        };
        let (january, july) = (noon(1)?, noon(7)?);
        let standard = january.min(july);
        Some(Self { name: name.to_owned(), rule, standard, has_daylight_saving: january != july })
    }

    /// Minutes east of Greenwich, all year.
    fn fixed(minutes: i32) -> Self {
        let offset = Offset::from_seconds(minutes * 60).unwrap_or(Offset::UTC);
        let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
        let name = match size {
            0 => "UTC".to_owned(),
            _ => format!("UTC{sign}{:02}:{:02}", size / 60, size % 60),
        };
        Self { name, rule: offset.to_time_zone(), standard: offset, has_daylight_saving: false }
    }

    /// The zone a place is in, about: by longitude in the contiguous United States, elsewhere whole hours of
    /// longitude without daylight saving.
    pub fn near(latitude: f64, longitude: f64) -> Self {
        let is_contiguous = (24.0..=49.5).contains(&latitude);
        let named = rows().filter(|_| is_contiguous).find_map(|(name, _, span)| {
            let (west, east) = span?;
            (west..east).contains(&longitude).then(|| Self::named(name)).flatten()
        });
        named.unwrap_or_else(|| Self::fixed(60 * (longitude.clamp(-180.0, 180.0) / 15.0).round() as i32))
    }

    /// Names of the table, in its order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        rows().map(|row| row.0)
    }

    /// Whether the clock is ever changed.
    pub fn has_daylight_saving(&self) -> bool {
        self.has_daylight_saving
    }

    /// The instant of a local clock time.
    pub fn local(&self, clock: DateTime) -> Local {
        let minutes = |offset| minutes_of(offset, clock);
        match self.rule.to_ambiguous_timestamp(clock).offset() {
            AmbiguousOffset::Unambiguous { offset } => Local::Once(minutes(offset)),
            AmbiguousOffset::Gap { .. } => Local::Never,
            AmbiguousOffset::Fold { before, after } => Local::Twice(minutes(before), minutes(after)),
        }
    }

    /// The instant of a clock that keeps standard time all year, minutes since the Unix epoch.
    pub fn standard(&self, clock: DateTime) -> i64 {
        minutes_of(self.standard, clock)
    }

    /// What a clock that keeps standard time all year shows.
    pub fn standard_clock(&self, minutes: i64) -> DateTime {
        self.standard.to_datetime(instant(minutes))
    }

    /// What the clock on the wall shows.
    pub fn clock(&self, minutes: i64) -> DateTime {
        self.rule.to_datetime(instant(minutes))
    }
}

/// Minutes since the Unix epoch, within the time jiff knows.
fn minutes_of(offset: Offset, clock: DateTime) -> i64 {
    let end = if clock.year() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    offset.to_timestamp(clock).unwrap_or(end).as_second().div_euclid(60)
}

fn instant(minutes: i64) -> jiff::Timestamp {
    let seconds = minutes.saturating_mul(60);
    jiff::Timestamp::from_second(seconds).unwrap_or(if seconds < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    })
}

/// Name, rule, and the degrees east between which the zone lies.
type Row = (&'static str, &'static str, Option<(f64, f64)>);

fn rows() -> impl Iterator<Item = Row> {
    ZONES.lines().skip(1).filter_map(|line| {
        let (name, rest) = line.split_once(',')?;
        let (rest, east) = rest.rsplit_once(',')?;
        let (rule, west) = rest.rsplit_once(',')?;
        let span = west.parse().ok().zip(east.parse().ok());
        Some((name, rule.trim_matches('"'), span))
    })
}

/// Minutes of `UTC`, `Z`, `UTC-06:00`, `GMT+1`, `-0530`.
pub fn offset_of(text: &str) -> Option<i32> {
    let upper = text.trim().to_ascii_uppercase().replace('\u{2212}', "-");
    let bare = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT")).unwrap_or(&upper);
    if bare.is_empty() || bare == "Z" {
        return (!upper.is_empty()).then_some(0);
    }
    let (sign, digits) = match bare.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let is_number =
        |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (60 * hours + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_zone_of_the_table_is_one() {
        assert!(Zone::names().count() >= 20);
        for name in Zone::names() {
            let zone = Zone::named(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(Zone::named(&zone.name.to_lowercase()), Some(zone));
        }
        for (name, minutes) in
            [("UTC", 0), ("z", 0), ("UTC-06:00", -360), ("GMT+1", 60), ("-0530", -330), ("+05:45", 345)]
        {
            assert_eq!(offset_of(name), Some(minutes), "{name}");
        }
        for name in ["", "Mars/Olympus", "UTC+25", "+1:2:3", "é", "+é", "UTC+12é"] {
            assert_eq!(Zone::named(name), None, "{name}");
        }
        assert_eq!(Zone::named("utc-6").unwrap().name, "UTC-06:00");
    }

    /// The changes of 2025 in the United States (9 March, 2 November, Energy Policy Act of 2005) and in Europe
    /// (30 March, 26 October at 01:00 UTC, Directive 2000/84/EC).
    #[test]
    fn clocks_change_on_the_days_the_law_says() {
        let chicago = Zone::named("America/Chicago").unwrap();
        let at = |month, day, hour| date(2025, month, day).at(hour, 30, 0, 0);
        assert_eq!(chicago.local(at(3, 9, 2)), Local::Never);
        let Local::Twice(first, second) = chicago.local(at(11, 2, 1)) else { panic!() };
        assert_eq!(second - first, 60);
        assert_eq!((chicago.clock(first), chicago.clock(second)), (at(11, 2, 1), at(11, 2, 1)));
        assert_eq!(
            (chicago.standard_clock(first), chicago.standard_clock(second)),
            (at(11, 2, 0), at(11, 2, 1))
        );
        assert_eq!(chicago.local(at(7, 1, 12)), Local::Once(chicago.standard(at(7, 1, 11))));
        assert!(matches!(chicago.local(at(3, 2, 2)), Local::Once(_)));

        let berlin = Zone::named("Europe/Berlin").unwrap();
        assert_eq!(berlin.local(at(3, 30, 2)), Local::Never);
        assert!(matches!(berlin.local(at(10, 26, 2)), Local::Twice(..)));
        assert_eq!(berlin.standard(date(1970, 1, 1).at(1, 0, 0, 0)), 0);
        let london = Zone::named("Europe/London").unwrap();
        assert_eq!(london.local(at(3, 30, 1)), Local::Never);

        // The ends of time are no panic.
        for end in [DateTime::MIN, DateTime::MAX] {
            let minutes = chicago.standard(end);
            assert!(minutes.abs() < 1 << 40 && matches!(chicago.local(end), Local::Once(_)), "{minutes}");
        }
        let phoenix = Zone::named("America/Phoenix").unwrap();
        assert!(!phoenix.has_daylight_saving() && chicago.has_daylight_saving());
        assert!(matches!(phoenix.local(at(3, 9, 2)), Local::Once(_)));
    }

    #[test]
    fn a_place_has_a_zone() {
        for (latitude, longitude, name) in [
            (31.5, -103.5, "America/Chicago"),
            (43.2, -78.6, "America/New_York"),
            (47.4, -120.3, "America/Los_Angeles"),
            (59.9, 10.7, "UTC+01:00"),
            (-25.4, -54.6, "UTC-04:00"),
            (0.0, f64::NAN, "UTC"),
        ] {
            assert_eq!(Zone::near(latitude, longitude).name, name);
        }
    }
}
