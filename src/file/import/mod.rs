//! Reading hourly prices and metered loads from the text files that markets, utilities and meters give.
//!
//! The text is given; nothing here opens a file. What was read, what was assumed for want of a word in the file, and
//! what was refused, line by line, is part of the answer: [`Import::preview`] and [`Import::report`].

mod clock;
mod columns;
pub mod equipment;
mod hours;
mod kind;
mod table;
#[cfg(test)]
mod tests;
mod value;

use crate::quantity::Report;
use crate::quantity::written::Mark;
use crate::quantity::zone::Zone;
use crate::site::Series;
use jiff::civil::DateTime;

pub use crate::quantity::written::DateOrder;
pub use value::ValueUnit;

/// Largest text that is read, bytes: ten years by the quarter-hour have under 20 MB.
const LARGEST_TEXT: usize = 64 << 20;
/// Faults of one kind that are told line by line; the others are counted.
const MOST_TOLD: usize = 5;
/// First readings shown in a preview.
const SAMPLE: usize = 6;

/// What the hours of a file's clock times stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamps {
    /// A time is the begin of its step.
    Beginning,
    /// A time is the end of its step ("hour ending").
    Ending,
}

/// What the user says of a file; what is not said is found out or assumed, and told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportOptions {
    pub unit: Option<ValueUnit>,
    /// Zone of the clock times.
    pub zone: Option<Zone>,
    /// The clock keeps standard time all year.
    pub standard_time: bool,
    pub stamps: Option<Stamps>,
    pub date_order: Option<DateOrder>,
    /// What stands before the decimals of a number.
    pub decimal_mark: Option<Mark>,
    /// Header of the column with the values, or its place counted from one.
    pub column: Option<String>,
    /// Only rows that have this text in a column, such as the name of a zone or a node.
    pub only: Option<String>,
    /// First day of a file without dates.
    pub year: Option<i16>,
    /// Dollars for a unit of the file's currency.
    pub usd_per_unit: Option<f64>,
    /// Degrees north and east of the site, for its zone.
    pub place: (f64, f64),
    /// Power of the connection, MW, to tell kW from MW.
    pub connection_mw: Option<f64>,
}

/// What is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Prices,
    Load,
}

/// A file as it was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Hundredths of USD/MWh by the hour, or kW by the step; `None` where the report has an error.
    pub series: Option<Series>,
    pub preview: Preview,
    /// Everything that was assumed (notes), is odd (warnings) or cannot be taken (errors), by line.
    pub report: Report,
}

/// What was read, in words and figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// `date and 24 columns`, `time column` and so on.
    pub layout: String,
    /// Header of the value column, where there is one.
    pub column: String,
    pub unit: String,
    pub zone: String,
    /// `the clock changes with daylight saving`, `standard time all year`.
    pub clock: String,
    /// `begin of the hour`, `end of the hour`.
    pub stamps: String,
    pub step_minutes: u32,
    /// Lines with a reading.
    pub rows_read: usize,
    /// Lines that were refused.
    pub rows_refused: usize,
    /// First and last step of the series, on the clock of standard time.
    pub first: Option<DateTime>,
    pub last: Option<DateTime>,
    /// Steps from first to last, and how many of them have no reading.
    pub steps: usize,
    pub missing: usize,
    /// Readings of a step that already had one; their mean is taken where clocks do not explain them.
    pub doubled: usize,
    /// In USD/MWh or kW.
    pub least: f64,
    pub mean: f64,
    pub most: f64,
    pub negative: usize,
    /// Line, clock time as understood (begin, wall clock), value in USD/MWh or kW.
    pub sample: Vec<(usize, DateTime, f64)>,
}

/// Hourly prices of a text, USD/MWh.
///
/// Quarter-hours and five minutes are averaged to hours.
pub fn prices(file_name: &str, text: &str, options: &ImportOptions) -> Import {
    import(Kind::Prices, file_name, text, options)
}

/// Load of a text by the hour, half-hour or quarter-hour, kW.
pub fn load(file_name: &str, text: &str, options: &ImportOptions) -> Import {
    import(Kind::Load, file_name, text, options)
}

fn import(kind: Kind, file_name: &str, text: &str, options: &ImportOptions) -> Import {
    let mut notes = Notes::new(file_name);
    let mut preview = Preview::default();
    let series = read(kind, text, options, &mut preview, &mut notes);
    let report = notes.finish();
    Import { series: series.filter(|_| !report.has_errors()), preview, report }
}

fn read(
    kind: Kind,
    text: &str,
    options: &ImportOptions,
    preview: &mut Preview,
    notes: &mut Notes,
) -> Option<Series> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > LARGEST_TEXT {
        notes.error(
            "import-too-large",
            format!(
                "the file has {} MB; files of up to {} MB are read",
                text.len() >> 20,
                LARGEST_TEXT >> 20
            ),
            "give one series by the hour or the quarter-hour",
        );
        return None;
    }
    let table = table::read(kind, text, options, preview, notes)?;
    let timeline = clock::timeline(&table, options, preview, notes)?;
    kind::heading(kind, &table, options, notes)?;
    let values = value::values(kind, &table, timeline.step, options, preview, notes)?;
    clock::series(kind, &table, &timeline, &values, preview, notes)
}

/// Problems of a file, told by line and not without end.
struct Notes {
    file: String,
    report: Report,
    /// Code, lines told and not told, and what they are about.
    lines: Vec<(&'static str, usize, String, &'static str)>,
}

impl Notes {
    fn new(file: &str) -> Self {
        Self { file: file.to_owned(), report: Report::default(), lines: Vec::new() }
    }

    fn error(&mut self, code: &'static str, message: impl Into<String>, hint: impl Into<String>) {
        self.report.error(code, self.file.clone(), message, hint);
    }

    fn warning(&mut self, code: &'static str, message: impl Into<String>, hint: impl Into<String>) {
        self.report.warning(code, self.file.clone(), message, hint);
    }

    fn info(&mut self, code: &'static str, message: impl Into<String>, hint: impl Into<String>) {
        self.report.info(code, self.file.clone(), message, hint);
    }

    /// A line that is refused or odd. After the first few of a kind the rest are counted.
    fn line(
        &mut self,
        line: usize,
        code: &'static str,
        message: impl FnOnce() -> String,
        rest: &str,
        hint: &'static str,
    ) {
        let seen = match self.lines.iter_mut().find(|known| known.0 == code) {
            Some(known) => {
                known.1 += 1;
                known.1
            }
            None => {
                self.lines.push((code, 1, rest.to_owned(), hint));
                1
            }
        };
        if seen <= MOST_TOLD {
            self.report.warning(code, format!("{}, line {line}", self.file), message(), hint);
        }
    }

    fn finish(mut self) -> Report {
        for (code, count, rest, hint) in std::mem::take(&mut self.lines) {
            if count > MOST_TOLD {
                let message = format!("{rest} on {} more lines", count - MOST_TOLD);
                self.report.warning(code, self.file.clone(), message, hint);
            }
        }
        self.report
    }
}

/// A text of a file in a message: short, on one line.
fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let clean: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() { format!("{clean}…") } else { clean }
}
