//! Reading a year of hourly weather from the files planners have: EPW, TMY3, the CSV of NREL's SAM (TMY2 and
//! NSRDB), and any CSV with named columns. The text is given; nothing here opens a file.
//!
//! Hours are local standard time, as all these files have them. Nothing assumes a hemisphere.

mod formats;
#[cfg(test)]
mod tests;

use formats::{Reading, Table};

use super::psychrometrics::{standard_pressure_pa, wet_bulb_from_dew_point_c, wet_bulb_from_humidity_c};
use crate::quantity::Report;
use crate::site::WeatherYear;
use crate::site::climate::{COLDEST_C, HOTTEST_C, HOURS};

/// Largest text that is read, bytes: a year of EPW has under 2 MB.
const LARGEST_TEXT: usize = 64 << 20;
/// Longest line, bytes.
const LONGEST_LINE: usize = 1 << 16;
/// Longest run of missing hours that is filled by straight lines; more changes what a year says of its extremes.
const LONGEST_GAP: usize = 6;
/// Most hours filled in all.
const MOST_FILLED: usize = 200;
/// Pressures of the air at the ground that are believed, pascal.
const PRESSURES_PA: std::ops::RangeInclusive<f64> = 45_000.0..=112_000.0;
/// A relative humidity up to this many per cent is taken for saturated air and a rounding.
const HIGHEST_HUMIDITY: f64 = 110.0;

/// A place on the earth, for files that do not say where they are from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
    pub elevation_m: f64,
}

/// Reads a weather file; `file_name` names it in problems, `otherwise_at` stands in for a place the file lacks.
///
/// The wet bulb is the file's own where it has one, else from the dew point, else from the relative humidity, at
/// the file's pressure or else that of the standard atmosphere at its elevation. 29 February is left out with a
/// note. Gaps of up to six hours are filled by straight lines with a warning; more is an error. There is a year
/// whenever the report has no error.
pub fn read_weather(file_name: &str, text: &str, otherwise_at: Place) -> (Option<WeatherYear>, Report) {
    let (read, report) = read_weather_counted(file_name, text, otherwise_at);
    (read.map(|read| read.year), report)
}

/// A year and how much of it the file itself has.
pub(super) struct WeatherRead {
    pub year: WeatherYear,
    /// Hours with temperature and humidity; the others were filled.
    pub hours_given: usize,
}

/// As [`read_weather`], with the hours counted.
pub(super) fn read_weather_counted(
    file_name: &str,
    text: &str,
    otherwise_at: Place,
) -> (Option<WeatherRead>, Report) {
    let mut report = Report::default();
    let read = read(file_name, text, otherwise_at, &mut report).filter(|_| !report.has_errors());
    (read, report)
}

fn read(file_name: &str, text: &str, otherwise_at: Place, report: &mut Report) -> Option<WeatherRead> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > LARGEST_TEXT {
        report.error(
            "weather-too-large",
            file_name,
            format!("the file has {} MB; a year of hourly weather has a few", text.len() >> 20),
            "give one year of hourly values, such as an EPW file",
        );
        return None;
    }
    if let Some((index, line)) = text.lines().enumerate().find(|(_, line)| line.len() > LONGEST_LINE) {
        report.error(
            "weather-line-too-long",
            format!("{file_name}, line {}", index + 1),
            format!("the line has {} characters", line.len()),
            "give one year of hourly values, a row an hour",
        );
        return None;
    }
    let mut table = formats::table_of(file_name, text, report)?;
    shares_to_percent(file_name, &mut table, report);
    if table.place.is_none() {
        report.info(
            "weather-without-place",
            file_name,
            "the file does not say where it is from; the place of the site is taken, its elevation as given",
            "an EPW file says where it is from",
        );
    }
    let place = checked_place(file_name, table.place.unwrap_or(otherwise_at), report)?;
    let slots = hours_of(file_name, &table, report)?;
    let (bulbs, hours_given) = filled(file_name, slots, place, report)?;
    let year = WeatherYear {
        name: table.name,
        source: table.source,
        latitude: place.latitude,
        longitude: place.longitude,
        elevation_m: place.elevation_m,
        dry_bulb_c: bulbs.iter().map(|(dry, _)| to_tenth(*dry)).collect(),
        wet_bulb_c: bulbs.iter().map(|(dry, wet)| to_tenth(*wet).min(to_tenth(*dry))).collect(),
    };
    Some(WeatherRead { year, hours_given })
}

fn to_tenth(celsius: f64) -> f64 {
    (celsius * 10.0).round() / 10.0
}

fn checked_place(file_name: &str, place: Place, report: &mut Report) -> Option<Place> {
    let Place { latitude, longitude, elevation_m } = place;
    let is_on_earth = (-90.0..=90.0).contains(&latitude)
        && (-180.0..=180.0).contains(&longitude)
        && (-500.0..=9_000.0).contains(&elevation_m);
    if !is_on_earth {
        report.error(
            "weather-place",
            file_name,
            format!(
                "latitude {latitude}, longitude {longitude}, elevation {elevation_m} m is no place on land"
            ),
            "correct the line that says where the file is from: degrees north, degrees east, metres",
        );
    }
    is_on_earth.then_some(place)
}

/// A year in which no hour reaches 1.5 % holds shares of one.
fn shares_to_percent(file_name: &str, table: &mut Table, report: &mut Report) {
    let highest = table.readings.iter().filter_map(|reading| reading.humidity_percent).fold(0.0, f64::max);
    if highest > 0.0 && highest <= 1.5 {
        for reading in &mut table.readings {
            reading.humidity_percent = reading.humidity_percent.map(|share| 100.0 * share);
        }
        report.info(
            "weather-humidity-shares",
            file_name,
            "relative humidity is given from 0 to 1 and is read as shares",
            "",
        );
    }
}

/// Readings by hour of the year; 29 February and second readings of an hour are left out.
fn hours_of(file_name: &str, table: &Table, report: &mut Report) -> Option<Vec<Option<Reading>>> {
    let mut slots: Vec<Option<Reading>> = vec![None; HOURS];
    let (mut leap, mut twice) = (0_usize, Vec::new());
    for reading in &table.readings {
        match reading.hour_of_year {
            None => leap += 1,
            Some(hour) => match slots.get_mut(hour) {
                Some(slot @ None) => *slot = Some(*reading),
                _ => twice.push(reading.line),
            },
        }
    }
    if leap > 0 {
        report.info(
            "weather-leap-day",
            file_name,
            format!("{leap} hours of 29 February are left out: a year has {HOURS} hours here"),
            "",
        );
    }
    if let Some(first) = twice.first() {
        let count = twice.len();
        report.warning(
            "weather-hour-twice",
            format!("{file_name}, line {first}"),
            format!(
                "{count} rows are a second reading of an hour, or of another year; the first of each counts"
            ),
            "give one year of hourly values",
        );
    }
    if slots.iter().all(Option::is_none) {
        report.error(
            "weather-empty",
            file_name,
            "the file has no hour with readings",
            "give one year of hourly values, such as an EPW file",
        );
        return None;
    }
    Some(slots)
}

/// Dry and wet bulb of every hour, short gaps filled, and how many hours had readings.
fn filled(
    file_name: &str,
    slots: Vec<Option<Reading>>,
    place: Place,
    report: &mut Report,
) -> Option<(Vec<(f64, f64)>, usize)> {
    let mut checks = Checks::default();
    let found: Vec<Option<(f64, f64)>> =
        slots.iter().map(|slot| bulbs(slot.as_ref()?, place, &mut checks)).collect();
    checks.tell(file_name, report);
    if report.has_errors() {
        return None;
    }
    let missing: Vec<usize> = (0..HOURS).filter(|hour| found[*hour].is_none()).collect();
    if missing.is_empty() {
        return Some((found.into_iter().collect::<Option<_>>()?, HOURS));
    }
    let longest = longest_gap(&found);
    let (count, first) = (missing.len(), named_hours(&missing));
    if longest > LONGEST_GAP || count > MOST_FILLED {
        report.error(
            "weather-hours-missing",
            file_name,
            format!("{count} of {HOURS} hours have no temperature or no humidity: {first}; up to {longest} in a row"),
            format!(
                "fill them from a station nearby; up to {LONGEST_GAP} in a row and {MOST_FILLED} in all are filled \
                 here by straight lines"
            ),
        );
        return None;
    }
    report.warning(
        "weather-hours-filled",
        file_name,
        format!("{count} of {HOURS} hours had no temperature or no humidity and are filled by straight lines: {first}"),
        "check that none of them is among the hottest of the year",
    );
    let bulbs = (0..HOURS).map(|hour| found[hour].unwrap_or_else(|| between(&found, hour))).collect();
    Some((bulbs, HOURS - count))
}

/// The straight line over a gap; the year closes in a ring.
fn between(found: &[Option<(f64, f64)>], hour: usize) -> (f64, f64) {
    let at = |step: usize, back: bool| {
        found[if back { (hour + HOURS - step) % HOURS } else { (hour + step) % HOURS }]
    };
    let look = |back: bool| (1..=HOURS).find_map(|step| at(step, back).map(|bulbs| (step as f64, bulbs)));
    match (look(true), look(false)) {
        (Some((before, (dry_a, wet_a))), Some((after, (dry_b, wet_b)))) => {
            let share = before / (before + after);
            (dry_a + share * (dry_b - dry_a), wet_a + share * (wet_b - wet_a))
        }
        _ => (0.0, 0.0),
    }
}

fn longest_gap(found: &[Option<(f64, f64)>]) -> usize {
    // Twice round, so that a gap over the new year counts as one.
    let (mut longest, mut run) = (0, 0);
    for hour in found.iter().chain(found) {
        run = if hour.is_none() { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest.min(found.len())
}

fn named_hours(hours: &[usize]) -> String {
    let mut names: Vec<String> = hours.iter().take(3).map(|hour| hour_name(*hour)).collect();
    if hours.len() > 3 {
        names.push("...".to_owned());
    }
    names.join(", ")
}

/// `14 July 15:00`, the hour that ends then.
pub fn hour_name(hour_of_year: usize) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut day = hour_of_year / 24;
    for (name, length) in NAMES.iter().zip(formats::DAYS) {
        if day < length {
            return format!("{} {name} {:02}:00", day + 1, hour_of_year % 24 + 1);
        }
        day -= length;
    }
    format!("hour {}", hour_of_year + 1)
}

/// Rows with a fault of one kind: how many, and the first.
#[derive(Default)]
struct Fault {
    count: usize,
    first: Option<(usize, f64)>,
}

impl Fault {
    fn add(&mut self, line: usize, value: f64) {
        self.count += 1;
        self.first.get_or_insert((line, value));
    }
}

#[derive(Default)]
struct Checks {
    temperature: Fault,
    humidity: Fault,
    supersaturated: Fault,
    pressure: Fault,
}

/// Dry and wet bulb of a reading; `None` where either is missing.
fn bulbs(reading: &Reading, place: Place, checks: &mut Checks) -> Option<(f64, f64)> {
    let dry = reading.dry_bulb_c?;
    for celsius in [Some(dry), reading.wet_bulb_c, reading.dew_point_c].into_iter().flatten() {
        if !(COLDEST_C..=HOTTEST_C).contains(&celsius) {
            checks.temperature.add(reading.line, celsius);
            return None;
        }
    }
    let standard = || standard_pressure_pa(place.elevation_m);
    let pressure = match reading.pressure_pa {
        Some(pascal) if PRESSURES_PA.contains(&pascal) => pascal,
        Some(pascal) => {
            checks.pressure.add(reading.line, pascal);
            standard()
        }
        None => standard(),
    };
    let above_dry =
        [reading.wet_bulb_c, reading.dew_point_c].into_iter().flatten().find(|other| *other > dry);
    if let Some(other) = above_dry {
        checks.supersaturated.add(reading.line, other);
    }
    let wet = match (reading.wet_bulb_c, reading.dew_point_c, reading.humidity_percent) {
        (Some(wet), ..) => wet.min(dry),
        (None, Some(dew), _) => wet_bulb_from_dew_point_c(dry, dew, pressure),
        (None, None, Some(percent)) if (0.0..=HIGHEST_HUMIDITY).contains(&percent) => {
            if percent > 100.0 {
                checks.supersaturated.add(reading.line, percent);
            }
            wet_bulb_from_humidity_c(dry, percent / 100.0, pressure)
        }
        (None, None, Some(percent)) => {
            checks.humidity.add(reading.line, percent);
            return None;
        }
        (None, None, None) => return None,
    };
    Some((dry, wet))
}

impl Checks {
    fn tell(&self, file_name: &str, report: &mut Report) {
        let place = |line: usize| format!("{file_name}, line {line}");
        if let Some((line, value)) = self.temperature.first {
            report.error(
                "weather-temperature",
                place(line),
                format!("{} rows have a temperature no air has, the first {value} C", self.temperature.count),
                "give degrees Celsius; missing hours are left empty or 99.9",
            );
        }
        if let Some((line, value)) = self.humidity.first {
            report.error(
                "weather-humidity",
                place(line),
                format!(
                    "{} rows have an impossible relative humidity, the first {value} %",
                    self.humidity.count
                ),
                "give per cent from 0 to 100; missing hours are left empty or 999",
            );
        }
        if let Some((line, _)) = self.supersaturated.first {
            report.warning(
                "weather-supersaturated",
                place(line),
                format!(
                    "{} rows are moister than saturated air and count as saturated",
                    self.supersaturated.count
                ),
                "a few are rounding; many are a wrong column",
            );
        }
        if let Some((line, value)) = self.pressure.first {
            report.warning(
                "weather-pressure",
                place(line),
                format!(
                    "{} rows have a pressure no air at the ground has, the first {value} Pa; the standard pressure \
                     of the elevation is taken",
                    self.pressure.count
                ),
                "give station pressure, not pressure at sea level, in Pa, hPa or kPa",
            );
        }
    }
}
