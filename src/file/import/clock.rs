//! From clock times to a series without a hole in time: zones, daylight saving, gaps, doubled readings.

use super::table::{Cell, Table};
use super::{ImportOptions, Kind, Notes, Preview, SAMPLE, Stamps, shown};
use crate::quantity::statistics;
use crate::quantity::written::{at, is_blank};
use crate::quantity::zone::{Local, Zone};
use crate::site::Series;
use crate::site::series::MOST_READINGS;
use jiff::civil::{Date, DateTime};
use std::collections::{BTreeMap, BTreeSet};

/// Steps a file may have, minutes.
const STEPS: [i64; 5] = [5, 10, 15, 30, 60];
const HOUR: i64 = 60;
/// Hundredths of USD/MWh in one.
const CENTS: f64 = 100.0;
/// Share of missing steps that is worth a warning.
const MANY_MISSING: f64 = 0.1;
/// Gaps told one by one.
const GAPS_TOLD: usize = 6;

/// Instants of a table's cells, minutes since the Unix epoch.
pub struct Timeline {
    pub zone: Zone,
    /// Minutes.
    pub step: i64,
    /// Begin of each cell's step; `None` for one that does not exist.
    pub begins: Vec<Option<i64>>,
}

/// Finds zone, clock and step of a table, and when each cell begins.
pub fn timeline(
    table: &Table,
    options: &ImportOptions,
    preview: &mut Preview,
    notes: &mut Notes,
) -> Option<Timeline> {
    let step = step_of(table, notes)?;
    preview.step_minutes = u32::try_from(step).unwrap_or(0);
    let zone = zone_of(table, options, notes);
    preview.zone.clone_from(&zone.name);
    let shift = if table.stamps == Stamps::Ending { step } else { 0 };
    let clocks: Vec<Option<DateTime>> =
        table.cells.iter().map(|cell| at(cell.date, cell.minutes - shift)).collect();
    let keeps_standard =
        table.bare_step.is_some() || options.standard_time || !changes(table, &clocks, &zone, notes);
    preview.clock = if table.cells.iter().all(|cell| cell.offset.is_some()) {
        "every time says its offset".to_owned()
    } else if keeps_standard {
        "standard time all year".to_owned()
    } else {
        "the clock changes with daylight saving".to_owned()
    };
    let is_counted = hours_are_counted(table, &zone, keeps_standard, notes);
    let mut first_of_two: BTreeSet<DateTime> = BTreeSet::new();
    let begins = table
        .cells
        .iter()
        .zip(clocks)
        .map(|(cell, clock)| {
            let clock = clock?;
            if let Some(offset) = cell.offset {
                return Some(utc_minutes(clock) - i64::from(offset)).filter(|_| !is_extra(cell));
            }
            if let Some(place) = cell.place.filter(|_| is_counted) {
                let begin = start_of_day(cell.date, &zone)? + place.elapsed;
                return Some(begin).filter(|begin| zone.clock(*begin).date() == cell.date);
            }
            if is_extra(cell) {
                let begin = doubled_hour(cell.date, &zone).filter(|_| !keeps_standard);
                if begin.is_none() && !is_blank(&cell.text) {
                    notes.line(
                        cell.line,
                        "import-hour-25",
                        || format!("{} has no 25th hour in {}; the reading is left out", cell.date, zone.name),
                        "days of 24 hours have a reading in the column of the 25th, which is left out,",
                        "leave the column empty except on the day the clock is set back; name the zone if it is another (--time-zone)",
                    );
                }
                return begin;
            }
            if keeps_standard {
                return Some(zone.standard(clock));
            }
            match zone.local(clock) {
                Local::Once(instant) => Some(instant),
                Local::Twice(first, second) => {
                    // The first row of a doubled time is of daylight saving, unless the file says it is the second.
                    let is_second = cell.is_second || !first_of_two.insert(clock);
                    Some(if is_second { second } else { first })
                }
                Local::Never => {
                    if !is_blank(&cell.text) {
                        notes.line(
                            cell.line,
                            "import-hour-skipped",
                            || format!("{clock} does not exist in {}: the clock was set forward; the reading is left out", zone.name),
                            "hours that daylight saving skips are left out",
                            "say if the file keeps standard time (--standard-time)",
                        );
                    }
                    None
                }
            }
        })
        .collect();
    Some(Timeline { zone, step, begins })
}

fn is_extra(cell: &Cell) -> bool {
    cell.place.is_some_and(|place| place.is_extra)
}

fn start_of_day(date: Date, zone: &Zone) -> Option<i64> {
    match zone.local(date.at(0, 0, 0, 0)) {
        Local::Once(begin) | Local::Twice(begin, _) => Some(begin),
        Local::Never => None,
    }
}

/// The second of the hour that a day has twice.
fn doubled_hour(date: Date, zone: &Zone) -> Option<i64> {
    (0..5).find_map(|hour| match zone.local(date.at(hour, 0, 0, 0)) {
        Local::Twice(_, second) => Some(second),
        _ => None,
    })
}

/// Whether the columns of a file with 25 hours count the hours of a day as they pass, so that the day of 23 has none in
/// the last; else a column is a clock hour, the day of 23 has none in the hour that is skipped, and the 25th column
/// holds the second of the doubled hour.
fn hours_are_counted(table: &Table, zone: &Zone, keeps_standard: bool, notes: &mut Notes) -> bool {
    let filled = table.cells.iter().filter(|cell| is_extra(cell) && !is_blank(&cell.text)).count();
    if keeps_standard || filled == 0 {
        return false;
    }
    let mut last_is_empty = None;
    for day in table.cells.chunk_by(|one, next| one.line == next.line) {
        let Some(first) = day.first() else { continue };
        let is_short = (0..5).any(|hour| zone.local(first.date.at(hour, 0, 0, 0)) == Local::Never);
        if is_short {
            let last = day.iter().find(|cell| cell.place.is_some_and(|place| place.elapsed == 23 * HOUR));
            let gaps = day.iter().filter(|cell| !is_extra(cell) && is_blank(&cell.text)).count();
            last_is_empty = Some(gaps == 1 && last.is_some_and(|cell| is_blank(&cell.text)));
        }
    }
    let is_counted = last_is_empty.unwrap_or(false);
    let message = if is_counted {
        "the columns count the hours of a day as they pass: the day of 23 hours has none in the 24th"
    } else {
        "the 25th column is taken for the second of the hour that is doubled when the clock is set back"
    };
    notes.info("import-hour-25", message, "");
    is_counted
}

/// Minutes since the Unix epoch of a clock in Greenwich, within the time that is known.
fn utc_minutes(clock: DateTime) -> i64 {
    let end = if clock.year() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    jiff::tz::Offset::UTC.to_timestamp(clock).unwrap_or(end).as_second().div_euclid(60)
}

/// The most frequent difference between times that follow each other.
fn step_of(table: &Table, notes: &mut Notes) -> Option<i64> {
    if let Some(step) = table.bare_step {
        return Some(step);
    }
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for pair in table.cells.windows(2) {
        let [one, next] = pair else { continue };
        let minutes = |cell: &Cell| at(cell.date, cell.minutes).map(utc_minutes);
        if let (Some(one), Some(next)) = (minutes(one), minutes(next)) {
            *counts.entry((next - one).abs()).or_default() += 1;
        }
    }
    counts.remove(&0);
    let Some((step, _)) = counts.iter().max_by_key(|(step, count)| (**count, -**step)) else {
        notes.error(
            "import-one-row",
            "the file has one reading",
            "give a series by the hour or the quarter-hour",
        );
        return None;
    };
    if !STEPS.contains(step) {
        notes.error(
            "import-step",
            format!("readings are {step} minutes apart"),
            "give readings by the hour, or by 30, 15, 10 or 5 minutes",
        );
        return None;
    }
    Some(*step)
}

fn zone_of(table: &Table, options: &ImportOptions, notes: &mut Notes) -> Zone {
    if let Some(zone) = &options.zone {
        return zone.clone();
    }
    let near = Zone::near(options.place.0, options.place.1);
    if table.cells.iter().any(|cell| cell.offset.is_none()) {
        notes.info(
            "import-zone",
            format!("times are taken for {}, the zone of the site by its longitude", near.name),
            "name the zone if it is another (--time-zone)",
        );
    }
    near
}

/// Whether the file's clock changes with daylight saving: it does where an hour is doubled, or where the hour that the
/// clock skips is not there; it does not where that hour is there and none is doubled.
fn changes(table: &Table, clocks: &[Option<DateTime>], zone: &Zone, notes: &mut Notes) -> bool {
    if !zone.has_daylight_saving() {
        return false;
    }
    let mut days: BTreeMap<Date, bool> = BTreeMap::new();
    let (mut in_skipped, mut doubled, mut single) = (0_usize, 0_usize, BTreeSet::new());
    for (cell, clock) in table.cells.iter().zip(clocks) {
        let Some(clock) = clock.filter(|_| cell.offset.is_none()) else { continue };
        days.entry(clock.date())
            .or_insert_with(|| (0..5).any(|hour| zone.local(clock.date().at(hour, 0, 0, 0)) == Local::Never));
        match zone.local(clock) {
            _ if is_extra(cell) => {
                doubled += usize::from(!is_blank(&cell.text) && doubled_hour(cell.date, zone).is_some());
            }
            Local::Never if !is_blank(&cell.text) => in_skipped += 1,
            Local::Twice(..) if cell.is_second || !single.insert(clock) => doubled += 1,
            _ => {}
        }
    }
    let has_spring = days.values().any(|has_gap| *has_gap);
    let changes = if doubled > 0 {
        true
    } else if in_skipped > 0 {
        false
    } else {
        has_spring || single.is_empty()
    };
    let told = (has_spring || !single.is_empty()).then_some(if changes {
        "the file's clock changes with daylight saving"
    } else {
        "the file's clock keeps standard time all year: no hour is doubled, none skipped"
    });
    if let Some(told) = told {
        notes.info("import-clock", told, "");
    }
    changes
}

/// The series of a file.
pub fn series(
    kind: Kind,
    table: &Table,
    timeline: &Timeline,
    values: &[Option<f64>],
    preview: &mut Preview,
    notes: &mut Notes,
) -> Option<Series> {
    let taken = || {
        let cells = table.cells.iter().zip(&timeline.begins).zip(values);
        cells.filter_map(|((cell, begin), value)| Some((cell, (*begin)?, (*value)?)))
    };
    let Some(first) = taken().map(|(_, begin, _)| begin).min() else {
        notes.error(
            "import-no-values",
            "no reading of the file has both a time and a value",
            "check times and numbers",
        );
        return None;
    };
    let last = taken().map(|(_, begin, _)| begin).max().unwrap_or(first);
    let step = timeline.step;
    // Prices are kept by the hour; a load in steps of 15 minutes or more.
    let kept = match kind {
        Kind::Prices => HOUR,
        Kind::Load if step < 15 => 15,
        Kind::Load => step,
    };
    // The series begins with a whole step of the clock of standard time.
    let zone = &timeline.zone;
    let minute = i64::from(zone.standard_clock(first).minute());
    let start = first - minute.rem_euclid(kept);
    let steps = usize::try_from((last - start) / kept + 1).unwrap_or(usize::MAX);
    if steps > MOST_READINGS {
        notes.error(
            "import-too-long",
            format!("the times run from {} to {}", zone.clock(first), zone.clock(last)),
            "give ten years or less, and check the years of the first and last rows",
        );
        return None;
    }
    let mut slots: Vec<Slot> = vec![Slot::default(); steps];
    for (cell, begin, value) in taken() {
        let offset = begin - start;
        if (begin - first).rem_euclid(step) != 0 {
            notes.line(
                cell.line,
                "import-off-step",
                || {
                    format!(
                        "{} does not fall on a step of {step} minutes; the reading is left out",
                        zone.clock(begin)
                    )
                },
                "readings off the step are left out",
                "give readings at equal steps",
            );
            preview.rows_refused += 1;
            continue;
        }
        let Some(slot) = usize::try_from(offset / kept).ok().and_then(|index| slots.get_mut(index)) else {
            continue;
        };
        if slot.last == Some(begin) {
            preview.doubled += 1;
            notes.line(
                cell.line,
                "import-hour-twice",
                || {
                    let (text, line) = (shown(&cell.text), slot.line);
                    format!(
                        "{} was read on line {line} already; the mean with {text} is taken",
                        zone.clock(begin)
                    )
                },
                "times that were read before are averaged",
                "keep one reading a time",
            );
        }
        *slot = Slot { sum: slot.sum + value, count: slot.count + 1, line: cell.line, last: Some(begin) };
    }
    // Half of an hour's parts must be there for their mean to stand for it.
    let least = (kept / step).div_euclid(2).max(1);
    let readings: Vec<Option<f64>> =
        slots.iter().map(|slot| (slot.count >= least).then(|| slot.sum / slot.count as f64)).collect();
    describe(kind, table, timeline, values, &readings, preview, notes);
    gaps(&readings, &slots, start, kept, zone, preview, notes);
    preview.first = Some(zone.standard_clock(start));
    preview.last = Some(zone.standard_clock(start + kept * (steps as i64 - 1)));
    preview.steps = steps;
    let per_unit = if kind == Kind::Prices { CENTS } else { 1.0 };
    let whole: Vec<Option<i64>> =
        readings.iter().map(|reading| reading.map(|value| (value * per_unit).round() as i64)).collect();
    Some(Series {
        start: zone.standard_clock(start),
        minutes: u32::try_from(kept).unwrap_or(60),
        zone: zone.name.clone(),
        readings: Series::text_of(&whole),
    })
}

/// Readings of one step of the series.
#[derive(Clone, Debug, Default)]
struct Slot {
    sum: f64,
    count: i64,
    /// Of the last reading.
    line: usize,
    last: Option<i64>,
}

fn describe(
    kind: Kind,
    table: &Table,
    timeline: &Timeline,
    values: &[Option<f64>],
    readings: &[Option<f64>],
    preview: &mut Preview,
    notes: &mut Notes,
) {
    let all: Vec<f64> = readings.iter().flatten().copied().collect();
    preview.least = all.iter().copied().fold(f64::INFINITY, f64::min);
    preview.most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    preview.mean = statistics::mean(&all);
    preview.negative = all.iter().filter(|value| **value < 0.0).count();
    if kind == Kind::Prices && preview.negative > 0 {
        let hours = preview.negative;
        notes.info(
            "import-negative-prices",
            format!(
                "{hours} hours have a price below zero, the lowest {:.2} $/MWh; they are kept",
                preview.least
            ),
            "",
        );
    }
    preview.sample = table
        .cells
        .iter()
        .zip(&timeline.begins)
        .zip(values)
        .filter_map(|((cell, begin), value)| Some((cell.line, timeline.zone.clock((*begin)?), (*value)?)))
        .take(SAMPLE)
        .collect();
}

/// Steps without a reading, told by the lines they lie between.
fn gaps(
    readings: &[Option<f64>],
    slots: &[Slot],
    start: i64,
    step: i64,
    zone: &Zone,
    preview: &mut Preview,
    notes: &mut Notes,
) {
    preview.missing = readings.iter().filter(|reading| reading.is_none()).count();
    if preview.missing == 0 {
        return;
    }
    let clock = |index: usize| zone.clock(start + step * index as i64);
    let mut told = Vec::new();
    let mut runs = 0;
    let mut index = 0;
    while index < readings.len() {
        if readings[index].is_some() {
            index += 1;
            continue;
        }
        let end =
            readings[index..].iter().position(Option::is_some).map_or(readings.len(), |run| index + run);
        runs += 1;
        if told.len() < GAPS_TOLD {
            let after = slots[..index].iter().rev().find(|slot| slot.count > 0).map_or(0, |slot| slot.line);
            let span = if end - index == 1 { String::new() } else { format!(" to {}", clock(end - 1)) };
            told.push(format!("{}{span} (after line {after})", clock(index)));
        }
        index = end;
    }
    if runs > told.len() {
        told.push(format!("{} more gaps", runs - told.len()));
    }
    let share = preview.missing as f64 / readings.len() as f64;
    let message = format!(
        "{} of {} steps have no reading and are kept as missing: {}",
        preview.missing,
        readings.len(),
        told.join("; ")
    );
    notes.warning(
        "import-missing",
        message,
        if share > MANY_MISSING {
            "more than a tenth is missing: what is worked out from the rest may mislead"
        } else {
            "bands and bills are worked out from the others"
        },
    );
}
