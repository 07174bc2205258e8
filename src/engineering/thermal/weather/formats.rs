//! The layouts of weather files, down to one reading a row.

use super::Place;
use crate::quantity::{Report, delimited};
use std::borrow::Cow;

/// Days of the months of a year without 29 February.
pub const DAYS: [usize; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Most rows that are read: beyond two years by the hour the file is not what is asked for.
const MOST_ROWS: usize = 20_000;
/// Faults of one kind that are told one by one.
const MOST_TOLD: usize = 5;

/// One row of a file. What the file marks as missing is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Counted from one.
    pub line: usize,
    /// Counted from zero; `None` on 29 February.
    pub hour_of_year: Option<usize>,
    pub dry_bulb_c: Option<f64>,
    pub wet_bulb_c: Option<f64>,
    pub dew_point_c: Option<f64>,
    pub humidity_percent: Option<f64>,
    pub pressure_pa: Option<f64>,
}

/// A file as read.
pub struct Table {
    pub name: String,
    pub source: String,
    pub place: Option<Place>,
    pub readings: Vec<Reading>,
}

/// Which column holds what, counted from zero.
#[derive(Default)]
struct Columns {
    when: When,
    /// Hours are 1 to 24 and named by their end; else 0 to 23 and named by their beginning.
    hours_from_one: bool,
    dry_bulb: Option<Temperature>,
    wet_bulb: Option<Temperature>,
    dew_point: Option<Temperature>,
    humidity: Option<usize>,
    pressure: Option<usize>,
    /// Columns a row must have.
    least: usize,
}

/// How a row says its hour.
#[derive(Clone, Copy, Default)]
enum When {
    /// By its place in the file.
    #[default]
    Row,
    Parts {
        month: usize,
        day: usize,
        hour: usize,
    },
    DateAndTime {
        date: usize,
        time: usize,
    },
    Stamp(usize),
}

#[derive(Clone, Copy)]
struct Temperature {
    column: usize,
    fahrenheit: bool,
}

/// Reads the layout the text has; problems name line and remedy. `None` when no layout is recognised.
pub fn table_of(file_name: &str, text: &str, report: &mut Report) -> Option<Table> {
    let lines: Vec<(usize, &str)> = text
        .lines()
        .take(MOST_ROWS + 100)
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim_end_matches('\r')))
        .filter(|(_, line)| !line.trim().is_empty())
        .collect();
    let Some((_, first)) = lines.first() else {
        report.error(
            "weather-empty",
            file_name,
            "the file is empty",
            "give one year of hourly values, such as an EPW file",
        );
        return None;
    };
    let head = fields(first);
    if head[0].eq_ignore_ascii_case("LOCATION") {
        return epw(file_name, &lines, report);
    }
    if lines.get(1).is_some_and(|(_, second)| second.starts_with("Date (MM/DD/YYYY)")) {
        let place = place_of(head.get(4..7).unwrap_or_default());
        let name = format!("{} {}", text_of(&head, 1), text_of(&head, 2));
        return named(file_name, &lines[1..], (&name, "TMY3", place), report);
    }
    if head[0].eq_ignore_ascii_case("Source") && head.len() > 3 && lines.len() > 2 {
        let values = fields(lines[1].1);
        let value = |key: &str| {
            let column = head.iter().position(|name| name.eq_ignore_ascii_case(key));
            column.map_or("", |column| text_of(&values, column))
        };
        let place = place_of(&[value("Latitude"), value("Longitude"), value("Elevation")].map(str::to_owned));
        let name = format!("{} {}", value("City"), value("State"));
        return named(file_name, &lines[2..], (&name, value("Source"), place), report);
    }
    let begin = lines.iter().position(|(_, line)| !line.starts_with('#')).unwrap_or(0);
    named(file_name, &lines[begin..], (file_name, "imported", None), report)
}

fn text_of(fields: &[String], column: usize) -> &str {
    fields.get(column).map_or("", |field| field.trim())
}

fn place_of(fields: &[String]) -> Option<Place> {
    let [latitude, longitude, elevation] = fields else { return None };
    let number = |text: &String| text.trim().parse::<f64>().ok();
    Some(Place {
        latitude: number(latitude)?,
        longitude: number(longitude)?,
        elevation_m: number(elevation)?,
    })
}

/// The fields of a line: by comma, semicolon or tab.
fn fields(line: &str) -> Vec<String> {
    delimited::fields(line, separator_of(line)).into_iter().map(Cow::into_owned).collect()
}

fn separator_of(line: &str) -> char {
    // A file with semicolons or tabs may have decimal commas.
    [';', '\t'].into_iter().find(|separator| line.contains(*separator)).unwrap_or(',')
}

/// EnergyPlus weather: eight header lines, then 35 columns; hours 1 to 24.
fn epw(file_name: &str, lines: &[(usize, &str)], report: &mut Report) -> Option<Table> {
    const COLUMNS: usize = 35;
    let head = fields(lines[0].1);
    let is_header = |line: &str| !line.starts_with(|symbol: char| symbol.is_ascii_digit());
    let headers = lines.iter().take_while(|(_, line)| is_header(line)).count();
    if headers != 8 {
        report.warning(
            "weather-header",
            format!("{file_name}, line {}", lines.get(headers).map_or(1, |(line, _)| *line)),
            format!("an EPW file has 8 header lines, this one has {headers}"),
            "check that the file is whole",
        );
    }
    let place = place_of(&[6, 7, 9].map(|column| text_of(&head, column).to_owned()));
    let celsius = |column| Some(Temperature { column, fahrenheit: false });
    let columns = Columns {
        when: When::Parts { month: 1, day: 2, hour: 3 },
        hours_from_one: true,
        dry_bulb: celsius(6),
        dew_point: celsius(7),
        humidity: Some(8),
        pressure: Some(9),
        least: COLUMNS,
        ..Columns::default()
    };
    let name = [1, 2, 3].map(|column| text_of(&head, column)).into_iter().filter(|part| !part.is_empty());
    Some(Table {
        name: name.collect::<Vec<_>>().join(", "),
        source: format!("EPW, {}", text_of(&head, 4)),
        place,
        readings: readings(file_name, &lines[headers..], &columns, report),
    })
}

/// Any table with a line of column names.
fn named(
    file_name: &str,
    lines: &[(usize, &str)],
    (name, source, place): (&str, &str, Option<Place>),
    report: &mut Report,
) -> Option<Table> {
    let &(line, header) = lines.first()?;
    let names: Vec<String> = fields(header)
        .iter()
        .map(|name| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase())
        .collect();
    let mut columns = columns_of(&names);
    let has_humidity =
        columns.wet_bulb.is_some() || columns.dew_point.is_some() || columns.humidity.is_some();
    if columns.dry_bulb.is_none() || !has_humidity {
        let missing =
            if columns.dry_bulb.is_none() { "dry bulb" } else { "wet bulb, dew point or relative humidity" };
        report.error(
            "weather-columns",
            format!("{file_name}, line {line}"),
            format!("no column is the {missing}"),
            "give an EPW or TMY3 file, or a first line with column names such as `dry_bulb_c,wet_bulb_c`, \
             `dry_bulb_c,dew_point_c` or `dry_bulb_c,relative_humidity`",
        );
        return None;
    }
    let rows = &lines[1..];
    columns.hours_from_one = hours_from_one(rows, columns.when);
    Some(Table {
        name: name.trim().to_owned(),
        source: source.to_owned(),
        place,
        readings: readings(file_name, rows, &columns, report),
    })
}

fn columns_of(names: &[String]) -> Columns {
    let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    let temperature = |known: &[&str]| {
        names.iter().enumerate().find_map(|(column, name)| {
            let is = |name: &str| known.contains(&name);
            if is(name) || name.strip_suffix(['c']).is_some_and(is) {
                return Some(Temperature { column, fahrenheit: false });
            }
            name.strip_suffix('f').is_some_and(is).then_some(Temperature { column, fahrenheit: true })
        })
    };
    let when = match (find(&["month"]), find(&["day"]), find(&["hour"])) {
        (Some(month), Some(day), Some(hour)) => When::Parts { month, day, hour },
        _ => match (find(&["datemmddyyyy", "date"]), find(&["timehhmm", "time"])) {
            (Some(date), Some(time)) => When::DateAndTime { date, time },
            (None, Some(stamp)) => When::Stamp(stamp),
            _ => find(&["datetime", "timestamp", "datehour"]).map_or(When::Row, When::Stamp),
        },
    };
    let dry_bulb = temperature(&["drybulb", "tdry", "temperature", "airtemperature", "temp", "dbt", "tdb"]);
    let wet_bulb = temperature(&["wetbulb", "twet", "wetbulbtemperature", "wbt", "twb"]);
    let dew_point = temperature(&["dewpoint", "tdew", "dewpointtemperature", "dpt", "tdp"]);
    let humidity =
        find(&["relativehumidity", "rhum", "rh", "humidity", "relativehumiditypercent", "rhpercent"]);
    let pressure = find(&[
        "pressure",
        "pres",
        "pressurembar",
        "pressurehpa",
        "pressurepa",
        "pressurekpa",
        "stationpressure",
    ]);
    let by_when = match when {
        When::Row => 0,
        When::Parts { month, day, hour } => month.max(day).max(hour),
        When::DateAndTime { date, time } => date.max(time),
        When::Stamp(stamp) => stamp,
    };
    let used = [dry_bulb, wet_bulb, dew_point].into_iter().flatten().map(|temperature| temperature.column);
    let least = used.chain([by_when]).chain(humidity).chain(pressure).max().unwrap_or(0) + 1;
    Columns { when, hours_from_one: false, dry_bulb, wet_bulb, dew_point, humidity, pressure, least }
}

/// True where some row names an hour 24, which only a count from one has.
fn hours_from_one(rows: &[(usize, &str)], when: When) -> bool {
    let column = match when {
        When::Parts { hour, .. } => hour,
        When::DateAndTime { time, .. } => time,
        When::Row | When::Stamp(_) => return false,
    };
    rows.iter().any(|(_, row)| {
        fields(row).get(column).is_some_and(|field| field.split(':').next().is_some_and(|hour| hour == "24"))
    })
}

fn readings(file_name: &str, rows: &[(usize, &str)], columns: &Columns, report: &mut Report) -> Vec<Reading> {
    let mut tell = Tell { file_name, report, told: [0; 3] };
    if rows.len() > MOST_ROWS {
        tell.report.error(
            "weather-too-large",
            file_name,
            format!("the file has more than {MOST_ROWS} rows"),
            "give one year of hourly values: 8,760 rows",
        );
        return Vec::new();
    }
    let leap_rows = matches!(columns.when, When::Row) && rows.len() == 8_784;
    let mut found = Vec::with_capacity(rows.len());
    for (index, (line, row)) in rows.iter().enumerate() {
        let fields = fields(row);
        if fields.len() < columns.least {
            let (count, least) = (fields.len(), columns.least);
            tell.error(
                0,
                "weather-columns",
                *line,
                format!("the row has {count} columns in place of {least}"),
                "a row was cut or a comma is missing: correct it, or leave its values empty",
            );
            continue;
        }
        let hour_of_year = match columns.when {
            When::Row => Ok(row_hour(index, leap_rows)),
            _ => hour_of(&fields, columns).ok_or(()),
        };
        let Ok(hour_of_year) = hour_of_year else {
            tell.error(1, "weather-time", *line, "the date and hour of the row cannot be read".to_owned(),
                "give month, day and hour in columns of these names, or a column `datetime` such as 2025-07-14 15:00");
            continue;
        };
        let semicolons = separator_of(row) != ',';
        let mut number = |column: Option<usize>| -> Option<f64> {
            let text = fields.get(column?)?;
            match number_of(text, semicolons) {
                Ok(value) => value,
                Err(()) => {
                    tell.error(
                        2,
                        "weather-number",
                        *line,
                        format!("`{text}` is not a number"),
                        "write the number, or leave a missing value empty",
                    );
                    None
                }
            }
        };
        let mut celsius = |temperature: Option<Temperature>| {
            let Temperature { column, fahrenheit } = temperature?;
            let value = number(Some(column))?;
            Some(if fahrenheit { (value - 32.0) / 1.8 } else { value })
        };
        found.push(Reading {
            line: *line,
            hour_of_year,
            dry_bulb_c: celsius(columns.dry_bulb),
            wet_bulb_c: celsius(columns.wet_bulb),
            dew_point_c: celsius(columns.dew_point),
            humidity_percent: number(columns.humidity),
            pressure_pa: number(columns.pressure).map(to_pascal),
        });
    }
    tell.close();
    found
}

/// Tells the first faults of a kind one by one and counts the rest.
struct Tell<'a> {
    file_name: &'a str,
    report: &'a mut Report,
    told: [usize; 3],
}

impl Tell<'_> {
    fn error(&mut self, kind: usize, code: &'static str, line: usize, message: String, hint: &str) {
        self.told[kind] += 1;
        if self.told[kind] <= MOST_TOLD {
            self.report.error(code, format!("{}, line {line}", self.file_name), message, hint);
        }
    }

    fn close(self) {
        let rest: usize = self.told.iter().map(|told| told.saturating_sub(MOST_TOLD)).sum();
        if rest > 0 {
            self.report.error(
                "weather-more-faults",
                self.file_name,
                format!("{rest} more rows have faults of the same kinds"),
                "mend the first ones",
            );
        }
    }
}

/// Hour of the year of a row by its place, `None` on 29 February of a leap year and past its end.
fn row_hour(index: usize, leap_rows: bool) -> Option<usize> {
    const LEAP_DAY: usize = 24 * (31 + 28);
    match index {
        _ if !leap_rows || index < LEAP_DAY => Some(index),
        _ if index < LEAP_DAY + 24 => None,
        _ => Some(index - 24),
    }
}

/// `Some(None)` on 29 February; `None` where the time makes no sense.
#[expect(clippy::option_option, reason = "a leap day and a fault are different")]
fn hour_of(fields: &[String], columns: &Columns) -> Option<Option<usize>> {
    let text = |column: usize| fields.get(column).map_or("", String::as_str);
    let (month, day, hour) = match columns.when {
        When::Row => return None,
        When::Parts { month, day, hour } => (whole(text(month))?, whole(text(day))?, whole(text(hour))?),
        When::DateAndTime { date, time } => {
            let (month, day) = month_and_day(text(date))?;
            (month, day, whole(text(time).split(':').next()?)?)
        }
        When::Stamp(stamp) => {
            let (date, time) = text(stamp).split_once([' ', 'T'])?;
            let (month, day) = month_and_day(date)?;
            (month, day, whole(time.split(':').next()?)?)
        }
    };
    let hour = if columns.hours_from_one { hour.checked_sub(1)? } else { hour };
    if hour >= 24 {
        return None;
    }
    if (month, day) == (2, 29) {
        return Some(None);
    }
    let length = *DAYS.get(month.checked_sub(1)?)?;
    let day = day.checked_sub(1).filter(|day| *day < length)?;
    let before: usize = DAYS[..month - 1].iter().sum();
    Some(Some(24 * (before + day) + hour))
}

/// A whole number that may be written as `7.0`.
fn whole(text: &str) -> Option<usize> {
    let number: f64 = text.trim().parse().ok()?;
    (number.fract() == 0.0 && (0.0..1e6).contains(&number)).then_some(number as usize)
}

/// `2025-07-14` or `07/14/2025`.
fn month_and_day(date: &str) -> Option<(usize, usize)> {
    if date.contains('/') {
        let mut parts = date.split('/');
        return Some((whole(parts.next()?)?, whole(parts.next()?)?));
    }
    let mut parts = date.split('-').skip(1);
    Some((whole(parts.next()?)?, whole(parts.next()?)?))
}

/// A number; `Ok(None)` where the file marks it as missing.
fn number_of(text: &str, decimal_comma: bool) -> Result<Option<f64>, ()> {
    /// What EPW, TMY3, TMY2 and loggers write for a missing value.
    const MISSING: [f64; 10] =
        [99.9, 999.0, 9_999.0, 99_999.0, 999_999.0, -99.9, -999.0, -9_900.0, -9_999.0, 999.9];
    let text = text.trim();
    if ["", "nan", "na", "n/a", "null", "-", "missing"].contains(&text.to_lowercase().as_str()) {
        return Ok(None);
    }
    let number: f64 =
        if decimal_comma { text.replace(',', ".").parse() } else { text.parse() }.map_err(|_| ())?;
    if !number.is_finite() {
        return Err(());
    }
    Ok(Some(number).filter(|number| !MISSING.contains(number)))
}

/// Pressure in whichever unit its size shows: kilopascal below 200, hectopascal (millibar) below 2,000, else pascal.
fn to_pascal(pressure: f64) -> f64 {
    if pressure < 200.0 {
        1_000.0 * pressure
    } else if pressure < 2_000.0 {
        100.0 * pressure
    } else {
        pressure
    }
}
