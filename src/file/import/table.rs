//! The layouts of price and load files, down to one text a step.

use super::columns::{decimal_mark, has_word, several_places, value_column};
use super::hours::{HOURS_PER_DAY, Hour, hour_label, with_extra};
use super::{DateOrder, ImportOptions, Kind, Notes, Preview, Stamps, shown};
use crate::quantity::delimited;
use crate::quantity::written::{self, Mark, is_blank};
use jiff::civil::Date;
use std::borrow::Cow;

/// Most lines that are read: ten years by the quarter-hour and their headings, or two by five minutes.
const MOST_LINES: usize = 360_000;
/// Longest line, bytes.
const LONGEST_LINE: usize = 1 << 16;
/// Columns of a line that are looked at.
const MOST_COLUMNS: usize = 400;
/// Lines among which the first row of data must be.
const HEADING: usize = 60;

/// A value with the time written beside it.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// Counted from one.
    pub line: usize,
    pub date: Date,
    /// Of the day, as written: 0 to 1,440.
    pub minutes: i64,
    /// Minutes east, where the row says it.
    pub offset: Option<i32>,
    /// The row is said to be the second of a doubled hour.
    pub is_second: bool,
    /// Of a row with a column an hour and one for a 25th.
    pub place: Option<DayPlace>,
    pub text: Cow<'a, str>,
}

/// Where a cell stands among the hours of a day that may have 25.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayPlace {
    /// Minutes from the begin of the day, were the hours counted as they pass.
    pub elapsed: i64,
    /// It is the 25th.
    pub is_extra: bool,
}

/// A file as cells.
pub struct Table<'a> {
    pub cells: Vec<Cell<'a>>,
    pub stamps: Stamps,
    /// Heading of the values and what stands above the table, for the unit.
    pub heading: String,
    /// Heading of the values alone; empty where there is no one column of them.
    pub column: String,
    pub mark: Mark,
    /// A file without times: local standard time by its place in the file, minutes a row.
    pub bare_step: Option<i64>,
}

/// Columns that hold what, counted from zero.
enum Layout {
    /// A date, and a column an hour.
    Wide { date: usize, hours: Vec<(usize, Hour)> },
    /// A time, a value.
    Stamped { stamp: usize, value: usize },
    /// A date, an hour or time of day, perhaps a part of the hour, a value.
    Dated { date: usize, hour: usize, part: Option<usize>, value: usize },
    /// Values alone.
    Bare,
}

pub type Fields<'a> = Vec<Cow<'a, str>>;

/// Reads the layout the text has.
pub fn read<'a>(
    kind: Kind,
    text: &'a str,
    options: &ImportOptions,
    preview: &mut Preview,
    notes: &mut Notes,
) -> Option<Table<'a>> {
    let mut lines: Vec<(usize, &str)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_matches(['\r', '\u{feff}']);
        if line.len() > LONGEST_LINE {
            notes.error(
                "import-line-too-long",
                format!("line {} has {} characters", index + 1, line.len()),
                "give a text file with a row a line, such as a CSV",
            );
            return None;
        }
        if line.trim().is_empty() {
            continue;
        }
        if lines.len() == MOST_LINES {
            notes.error(
                "import-too-many-rows",
                format!("the file has more than {MOST_LINES} rows"),
                "give ten years or less",
            );
            return None;
        }
        lines.push((index + 1, line));
    }
    if lines.is_empty() {
        notes.error(
            "import-empty",
            "the file is empty",
            "give a series by the hour or the quarter-hour, such as a CSV",
        );
        return None;
    }
    let separator = separator_of(&lines);
    let Some(first) = lines.iter().take(HEADING).position(|(_, line)| is_data(&fields(line, separator)))
    else {
        notes.error(
            "import-no-rows",
            format!("no row with a time and a number is in the first {HEADING} lines"),
            "give a CSV with a column of times and a column of values, or a date and 24 columns",
        );
        return None;
    };
    let data = &lines[first..];
    let sample: Fields = fields(data[0].1, separator);
    let heads: Vec<String> = match first.checked_sub(1) {
        Some(head) => fields(lines[head].1, separator).iter().map(|head| head.trim().to_owned()).collect(),
        None => Vec::new(),
    };
    let above: String = lines[..first.saturating_sub(1)]
        .iter()
        .map(|(_, line)| line.chars().take(200).collect::<String>() + " ")
        .collect();
    let order = date_order(data, separator, options, notes)?;
    let layout = layout_of(kind, &heads, &sample, order, options, notes)?;
    let value_at = match &layout {
        Layout::Stamped { value, .. } | Layout::Dated { value, .. } => Some(*value),
        Layout::Wide { .. } | Layout::Bare => None,
    };
    several_places(data, separator, (&heads, value_at), options, notes)?;
    let value_head = value_at.and_then(|value| heads.get(value)).cloned().unwrap_or_default();
    // The units of other columns say nothing of this one's.
    let heading = if value_head.is_empty() {
        format!("{above} {}", heads.join(" "))
    } else {
        format!("{value_head} | {above}")
    };
    preview.layout = match &layout {
        Layout::Wide { hours, .. } => format!("a date and {} columns", hours.len()),
        Layout::Stamped { .. } => "a column of times".to_owned(),
        Layout::Dated { part: None, .. } => "a date and an hour".to_owned(),
        Layout::Dated { part: Some(_), .. } => "a date, an hour and a part of the hour".to_owned(),
        Layout::Bare => "values without times".to_owned(),
    };
    preview.column = value_head;
    // A decimal comma in a file of commas would be cut in two in silence.
    let wide =
        |fields: &Fields| fields.iter().rposition(|field| !field.trim().is_empty()).map_or(0, |at| at + 1);
    let too_wide = |(line, text): &(usize, &str)| {
        let cells = wide(&fields(text, separator));
        (heads.len() > 1 && cells > heads.len()).then_some((*line, cells))
    };
    if let Some((line, cells)) = data.iter().find_map(too_wide) {
        notes.error(
            "import-too-wide",
            format!("line {line} has {cells} cells under {} headings", heads.len()),
            "write numbers with a point, put them in quotes, or separate the cells by semicolons",
        );
        return None;
    }
    let is_utc = options.zone.is_none()
        && match &layout {
            Layout::Stamped { stamp: at, .. }
            | Layout::Dated { date: at, .. }
            | Layout::Wide { date: at, .. } => heads.get(*at).is_some_and(|head| says_utc(head)),
            Layout::Bare => false,
        };
    if is_utc {
        notes.info("import-utc", "the heading of the times says that they are UTC", "");
    }
    let mut reader = Reader { separator, order, heads: &heads, options, notes, is_utc };
    let (cells, bare_step) = reader.cells(&layout, data)?;
    let mark = decimal_mark(&cells, separator, options, notes)?;
    let stamps = stamps_of(&layout, &heads, &cells, options, notes);
    preview.stamps = match stamps {
        Stamps::Beginning => "begin of the step".to_owned(),
        Stamps::Ending => "end of the step".to_owned(),
    };
    Some(Table { cells, stamps, heading, column: preview.column.clone(), mark, bare_step })
}

pub fn fields(line: &str, separator: char) -> Fields<'_> {
    let mut fields = delimited::fields(line, separator);
    fields.truncate(MOST_COLUMNS);
    fields
}

/// A file with semicolons or tabs may have decimal commas.
fn separator_of(lines: &[(usize, &str)]) -> char {
    let head = lines.iter().take(HEADING);
    [';', '\t']
        .into_iter()
        .find(|separator| head.clone().filter(|(_, line)| line.contains(*separator)).count() * 2 > head.len())
        .unwrap_or(',')
}

fn is_date(text: &str) -> bool {
    [DateOrder::MonthFirst, DateOrder::DayFirst].iter().any(|order| written::stamp(text, *order).is_some())
}

/// A row of data has a date and a number (or a gap), or is one number alone.
fn is_data(fields: &Fields) -> bool {
    match fields.as_slice() {
        [alone] => written::is_number(alone),
        _ => {
            let dates = fields.iter().filter(|field| is_date(field)).count();
            dates > 0
                && fields
                    .iter()
                    .filter(|field| !is_date(field))
                    .any(|field| written::is_number(field) || is_blank(field))
        }
    }
}

/// Order of day and month, from the dates that leave no choice.
fn date_order(
    data: &[(usize, &str)],
    separator: char,
    options: &ImportOptions,
    notes: &mut Notes,
) -> Option<DateOrder> {
    if let Some(order) = options.date_order {
        return Some(order);
    }
    let (mut month_first_only, mut day_first_only, mut either, mut has_points) = (None, None, false, false);
    for (line, text) in data {
        // Dates stand among the first columns.
        for field in text.split(separator).take(4) {
            let day = field.trim().trim_matches('"');
            let day = day.split(' ').next().unwrap_or(day);
            let Some(hint) = written::order_hint(day) else { continue };
            match (hint.month_first, hint.day_first) {
                (true, true) => {
                    either = true;
                    has_points |= day.contains('.');
                }
                (true, false) => month_first_only = month_first_only.or(Some(*line)),
                (false, true) => day_first_only = day_first_only.or(Some(*line)),
                (false, false) => {}
            }
        }
    }
    match (month_first_only, day_first_only) {
        (Some(month), Some(day)) => {
            notes.error(
                "import-date-order",
                format!("line {month} has the month first and line {day} the day"),
                "write all dates alike, best as 2025-03-09",
            );
            None
        }
        (None, Some(_)) => {
            notes.info("import-date-order", "dates are read with the day first", "");
            Some(DateOrder::DayFirst)
        }
        (Some(_), None) => Some(DateOrder::MonthFirst),
        (None, None) => {
            if has_points {
                notes.info("import-date-order", "dates with points are read with the day first", "");
                return Some(DateOrder::DayFirst);
            }
            if either {
                notes.warning(
                    "import-date-order",
                    "no date shows whether the day or the month comes first; the month is taken to",
                    "say which is first if that is wrong (--date-order)",
                );
            }
            Some(DateOrder::MonthFirst)
        }
    }
}

/// True for a heading such as `time (UTC)` or `INTERVALSTARTTIME_GMT`.
fn says_utc(head: &str) -> bool {
    head.split(|c: char| !c.is_alphanumeric())
        .any(|word| word.eq_ignore_ascii_case("utc") || word.eq_ignore_ascii_case("gmt"))
}

fn layout_of(
    kind: Kind,
    heads: &[String],
    sample: &Fields,
    order: DateOrder,
    options: &ImportOptions,
    notes: &mut Notes,
) -> Option<Layout> {
    if sample.len() == 1 {
        return Some(Layout::Bare);
    }
    let has_time = |field: &Cow<str>| field.contains(':') && written::stamp(field, order).is_some();
    let stamp = sample.iter().position(has_time);
    let date = sample.iter().position(|field| written::date(field, order).is_some());
    if let Some(date) = date.filter(|_| stamp.is_none()) {
        let labelled: Vec<(usize, Hour)> = heads
            .iter()
            .enumerate()
            .filter(|(column, _)| *column != date)
            .filter_map(|(column, head)| hour_label(head).map(|hour| (column, hour)))
            .collect();
        if labelled.len() >= 24 {
            return Some(Layout::Wide { date, hours: with_extra(labelled) });
        }
        let after: Vec<usize> = (date + 1..sample.len())
            .filter(|column| written::is_number(&sample[*column]) || is_blank(&sample[*column]))
            .collect();
        if heads.is_empty() && after.len() >= 24 {
            if after.len() > 25 {
                notes.warning(
                    "import-columns-left",
                    format!(
                        "rows have {} figures: the first 24 are taken for the hours of the day",
                        after.len()
                    ),
                    "give a line of headings if the hours are others",
                );
            }
            let hours = after
                .iter()
                .zip(1..=24)
                .map(|(column, hour)| (*column, Hour::At { minutes: 60 * hour, is_second: false }));
            let extra = after.get(24).filter(|_| after.len() == 25).map(|column| (*column, Hour::Extra));
            return Some(Layout::Wide { date, hours: hours.chain(extra).collect() });
        }
    }
    let (time, hour, part) = match (stamp, date) {
        (Some(stamp), _) => (stamp, None, None),
        (None, Some(date)) => {
            let hour = heads
                .iter()
                .position(|head| {
                    has_word(head, &["hour", "time"])
                        || head.eq_ignore_ascii_case("he")
                        || head.eq_ignore_ascii_case("hr")
                })
                .filter(|column| *column != date)
                .or_else(|| {
                    (date + 1..sample.len()).find(|column| written::time(&sample[*column]).is_some())
                });
            let Some(hour) = hour.filter(|hour| *hour < sample.len()) else {
                notes.error(
                    "import-no-hour",
                    "there is a column of dates and none of hours",
                    "give the time beside the date, an hour column, or a column an hour",
                );
                return None;
            };
            let part =
                heads.iter().position(|head| has_word(head, &["interval"])).filter(|column| *column != hour);
            (date, Some(hour), part)
        }
        (None, None) => {
            notes.error(
                "import-no-times",
                "no column of the first row is a date or a time",
                "write times as 2025-03-09 13:00",
            );
            return None;
        }
    };
    let taken = [Some(time), hour, part];
    let free: Vec<usize> = (0..sample.len()).filter(|column| !taken.contains(&Some(*column))).collect();
    let value = value_column(kind, heads, sample, &free, options, notes)?;
    Some(match hour {
        Some(hour) => Layout::Dated { date: time, hour, part, value },
        None => Layout::Stamped { stamp: time, value },
    })
}

struct Reader<'r> {
    separator: char,
    order: DateOrder,
    heads: &'r [String],
    options: &'r ImportOptions,
    notes: &'r mut Notes,
    /// Times without an offset are UTC by their heading.
    is_utc: bool,
}

impl Reader<'_> {
    /// Every value with its time; rows without one are refused by line.
    fn cells<'a>(
        &mut self,
        layout: &Layout,
        data: &[(usize, &'a str)],
    ) -> Option<(Vec<Cell<'a>>, Option<i64>)> {
        if matches!(layout, Layout::Bare) {
            return self.bare(data);
        }
        let flag = self.heads.iter().position(|head| has_word(head, &["dst", "repeated", "daylight"]));
        let only = self.options.only.as_deref().map(str::trim);
        let mut cells = Vec::with_capacity(data.len());
        let mut found_only = only.is_none();
        for (line, text) in data {
            let fields = fields(text, self.separator);
            if let Some(only) = only
                && !fields.iter().any(|field| field.eq_ignore_ascii_case(only))
            {
                continue;
            }
            found_only = true;
            let is_second = flag.and_then(|flag| fields.get(flag)).is_some_and(|flag| {
                ["y", "yes", "1", "true", "t"].iter().any(|word| flag.eq_ignore_ascii_case(word))
            });
            let at = self.row(layout, *line, &fields);
            let Some((date, minutes, offset)) = at else { continue };
            let offset = offset.or(self.is_utc.then_some(0));
            let mut push = |column: usize, minutes: i64, is_second: bool, place: Option<DayPlace>| {
                // A row that is too short has gaps at its end.
                let text = fields.get(column).cloned().unwrap_or_default();
                cells.push(Cell { line: *line, date, minutes, offset, is_second, place, text });
            };
            match layout {
                Layout::Wide { hours, .. } => {
                    let has_extra = hours.iter().any(|(_, hour)| *hour == Hour::Extra);
                    let first = hours.iter().filter_map(|(_, hour)| match hour {
                        Hour::At { minutes, .. } => Some(*minutes),
                        Hour::Extra => None,
                    });
                    let first = first.min().unwrap_or(0);
                    for (column, hour) in hours {
                        match *hour {
                            Hour::At { minutes, is_second } => {
                                let place = DayPlace { elapsed: minutes - first, is_extra: false };
                                push(*column, minutes, is_second, Some(place).filter(|_| has_extra));
                            }
                            Hour::Extra => {
                                let place = DayPlace { elapsed: HOURS_PER_DAY * 60, is_extra: true };
                                push(*column, 60, true, Some(place));
                            }
                        }
                    }
                }
                Layout::Stamped { value, .. } | Layout::Dated { value, .. } => {
                    push(*value, minutes, is_second, None);
                }
                Layout::Bare => {}
            }
        }
        if !found_only {
            let only = only.unwrap_or_default();
            self.notes.error(
                "import-no-such-place",
                format!("no row has `{}`", shown(only)),
                "check the name (--only)",
            );
            return None;
        }
        if cells.is_empty() {
            self.notes.error(
                "import-no-rows",
                "no row has a time that can be read",
                "write times as 2025-03-09 13:00",
            );
            return None;
        }
        Some((cells, None))
    }

    /// Date, minutes of the day and offset of a row.
    fn row(&mut self, layout: &Layout, line: usize, fields: &Fields) -> Option<(Date, i64, Option<i32>)> {
        let field = |column: usize| fields.get(column).map_or("", |field| field.as_ref());
        let found = match layout {
            Layout::Wide { date, .. } => written::date(field(*date), self.order).map(|date| (date, 0, None)),
            Layout::Stamped { stamp, .. } => written::stamp(field(*stamp), self.order),
            Layout::Dated { date, hour, part, .. } => {
                written::date(field(*date), self.order).and_then(|date| {
                    let mut minutes = written::time(field(*hour))?;
                    if let Some(part) = part {
                        // Hour 1 to 24 and quarter 1 to 4, as ERCOT numbers them.
                        let part: i64 = field(*part).parse().ok().filter(|part| (1..=4).contains(part))?;
                        minutes = minutes - 60 + 15 * (part - 1);
                    }
                    (0..=HOURS_PER_DAY * 60).contains(&minutes).then_some((date, minutes, None))
                })
            }
            Layout::Bare => None,
        };
        if found.is_none() {
            let text = match layout {
                Layout::Wide { date, .. } => field(*date).to_owned(),
                Layout::Stamped { stamp, .. } => field(*stamp).to_owned(),
                Layout::Dated { date, hour, .. } => format!("{} {}", field(*date), field(*hour)),
                Layout::Bare => String::new(),
            };
            self.notes.line(
                line,
                "import-no-time",
                || format!("`{}` is no time; the row is left out", shown(&text)),
                "the row is left out as its time cannot be read",
                "write times as 2025-03-09 13:00",
            );
        }
        found
    }

    /// A year of values without times.
    fn bare<'a>(&mut self, data: &[(usize, &'a str)]) -> Option<(Vec<Cell<'a>>, Option<i64>)> {
        let step = match data.len() {
            8_760 | 8_784 => 60,
            17_520 | 17_568 => 30,
            35_040 | 35_136 => 15,
            count => {
                self.notes.error(
                    "import-not-a-year",
                    format!("the file has {count} values and no times"),
                    "give 8,760 hours or 35,040 quarter-hours of a year, or a column of times",
                );
                return None;
            }
        };
        let is_leap = data.len() as i64 * step == 366 * 24 * 60;
        let year = self.options.year.unwrap_or(if is_leap { 2024 } else { 2025 });
        let Some(first) = Date::new(year, 1, 1).ok().filter(|_| (1990..=2100).contains(&year)) else {
            self.notes.error(
                "import-year",
                format!("{year} is no year for it"),
                "name the year of the values (--year)",
            );
            return None;
        };
        if first.in_leap_year() != is_leap {
            self.notes.error(
                "import-year",
                format!("{} values are not a year by {step} minutes of {year}", data.len()),
                "name the year of the values (--year)",
            );
            return None;
        }
        if self.options.year.is_none() {
            self.notes.warning(
                "import-year",
                format!("the values have no times: they are taken for {year}, in local standard time from 1 January"),
                "name their year if it is another (--year)",
            );
        }
        let mut cells = Vec::with_capacity(data.len());
        let mut day = first;
        let mut minutes = 0;
        for (line, text) in data {
            cells.push(Cell {
                line: *line,
                date: day,
                minutes,
                offset: None,
                is_second: false,
                place: None,
                text: Cow::Borrowed(text.trim()),
            });
            minutes += step;
            if minutes == HOURS_PER_DAY * 60 {
                minutes = 0;
                day = day.tomorrow().unwrap_or(day);
            }
        }
        Some((cells, Some(step)))
    }
}

fn stamps_of(
    layout: &Layout,
    heads: &[String],
    cells: &[Cell],
    options: &ImportOptions,
    notes: &mut Notes,
) -> Stamps {
    if let Some(stamps) = options.stamps {
        return stamps;
    }
    if matches!(layout, Layout::Bare | Layout::Dated { part: Some(_), .. }) {
        return Stamps::Beginning;
    }
    let has_midnight_end = cells.iter().any(|cell| cell.minutes == HOURS_PER_DAY * 60);
    let has_midnight_begin = cells.iter().any(|cell| cell.minutes == 0);
    let time = match layout {
        Layout::Stamped { stamp, .. } => heads.get(*stamp),
        Layout::Dated { hour, .. } => heads.get(*hour),
        Layout::Wide { hours, .. } => hours.first().and_then(|(column, _)| heads.get(*column)),
        Layout::Bare => None,
    };
    let says_ending = time.is_some_and(|head| {
        has_word(head, &["ending", "hourend", "intervalend", "endtime"])
            || head.to_ascii_lowercase().starts_with("he")
    });
    if has_midnight_end && !has_midnight_begin || says_ending {
        notes.info(
            "import-stamps",
            "times are taken for the end of their step",
            "say so if they begin it (--hour beginning)",
        );
        Stamps::Ending
    } else {
        notes.info(
            "import-stamps",
            "times are taken for the begin of their step",
            "say so if they end it (--hour ending)",
        );
        Stamps::Beginning
    }
}
