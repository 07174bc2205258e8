//! Readings at equal steps of real time, as a site file carries them: prices by the hour, load by the quarter-hour.

use jiff::civil::DateTime;

/// Most readings of a series: ten years by the quarter-hour, and a leap day or three.
pub const MOST_READINGS: usize = 351_000;
/// Largest size of a reading, in its whole unit.
pub const LARGEST_READING: i64 = 100_000_000;

/// A run of readings without a hole in time; a reading that was not taken is missing in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Local standard time at which the first step begins.
    pub start: DateTime,
    /// Length of a step: 15, 30 or 60.
    pub minutes: u32,
    /// Time zone by name ([`crate::quantity::zone`]): what the clock on the wall shows.
    pub zone: String,
    /// The readings as compact text: [`Series::text_of`].
    pub readings: String,
}

/// Symbols of the compact text, as in [`super::climate`]: printable ASCII that a text in a file need not escape.
const SYMBOLS: &[u8; 91] =
    b"!#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}";
const MISSING: u8 = b'~';
/// Values of the last symbol of a number; the symbols above these announce another.
const BASE: u64 = 45;
/// Symbols of the longest number: twice [`LARGEST_READING`], doubled for its sign, in base 45.
const LONGEST: usize = 6;

impl Series {
    /// The readings as compact text: of each the step from the last one that was taken (the first from zero), zero,
    /// minus and plus one in turn numbered from 0, in base 45 with the lowest digit first, a symbol a digit; a digit
    /// that is not the last is raised by 45. Steps up to 22 take one symbol, up to 1,012 two. A tilde is a missing
    /// reading.
    ///
    /// Readings are whole: hundredths of USD/MWh, or kW.
    pub fn text_of(readings: &[Option<i64>]) -> String {
        let mut text = String::with_capacity(2 * readings.len() + 16);
        let mut last = 0;
        for reading in readings {
            match reading {
                Some(reading) => {
                    let reading = (*reading).clamp(-LARGEST_READING, LARGEST_READING);
                    write_step(reading - last, &mut text);
                    last = reading;
                }
                None => text.push(char::from(MISSING)),
            }
        }
        text
    }

    /// Reads [`Self::text_of`]. White space is passed over.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    pub fn readings(&self) -> Result<Vec<Option<i64>>, String> {
        let mut symbols = self.readings.bytes().filter(|byte| !byte.is_ascii_whitespace());
        let mut readings = Vec::with_capacity(self.readings.len().min(MOST_READINGS));
        let mut last = 0;
        while let Some(first) = symbols.next() {
            if readings.len() == MOST_READINGS {
                return Err(format!("there are more than {MOST_READINGS} readings"));
            }
            if first == MISSING {
                readings.push(None);
                continue;
            }
            let step = read_step(first, &mut symbols)
                .ok_or_else(|| format!("reading {} cannot be read", readings.len() + 1))?;
            last += step;
            if last.abs() > LARGEST_READING {
                return Err(format!("reading {} is beyond all measure", readings.len() + 1));
            }
            readings.push(Some(last));
        }
        Ok(readings)
    }
}

/// 0, -1, 1, -2, 2 … numbered from 0.
fn write_step(step: i64, text: &mut String) {
    let mut left = if step < 0 { 2 * step.unsigned_abs() - 1 } else { 2 * step.unsigned_abs() };
    loop {
        let digit = left % BASE;
        left /= BASE;
        let symbol = if left > 0 { digit + BASE } else { digit };
        text.push(char::from(SYMBOLS[symbol as usize]));
        if left == 0 {
            return;
        }
    }
}

fn read_step(first: u8, rest: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let mut number = 0;
    let mut weight = 1;
    let mut byte = first;
    for _ in 0..LONGEST {
        let symbol = SYMBOLS.iter().position(|symbol| *symbol == byte)? as u64;
        number += symbol % BASE * weight;
        weight *= BASE;
        match symbol / BASE {
            0 => {
                let size = i64::try_from(number.div_ceil(2)).ok()?;
                return Some(if number.is_multiple_of(2) { size } else { -size });
            }
            1 => byte = rest.next()?,
            // The last symbol stands for nothing.
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn series(readings: &str) -> Series {
        Series {
            start: date(2025, 1, 1).at(0, 0, 0, 0),
            minutes: 60,
            zone: "UTC".into(),
            readings: readings.into(),
        }
    }

    #[test]
    fn readings_come_back_from_their_text() {
        let mut awkward: Vec<Option<i64>> =
            vec![Some(0), None, Some(LARGEST_READING), Some(-LARGEST_READING)];
        for size in [1, 22, 23, 1_012, 1_013, 45_562, 2_050_312, 92_264_062] {
            awkward.extend([Some(size), Some(-size), None, Some(0), Some(size), Some(0), Some(-size)]);
        }
        let text = Series::text_of(&awkward);
        assert!(!text.contains(['"', '\\', '\n', ' ']));
        assert_eq!(series(&text).readings().unwrap(), awkward);
        let broken: String = text.chars().flat_map(|symbol| [symbol, '\n']).collect();
        assert_eq!(series(&broken).readings().unwrap(), awkward);
        assert_eq!(series("").readings().unwrap(), []);
    }

    #[test]
    fn text_that_is_no_series_is_refused_in_words() {
        let refused = |text: &str| series(text).readings().unwrap_err();
        assert!(refused("!é").contains("reading 2"));
        assert!(refused("[").contains("reading 1"), "a number that does not end");
        assert!(refused("[[[[[[[[[!").contains("reading 1"), "a number that does not end soon");
        assert!(refused(&"!".repeat(MOST_READINGS + 1)).contains("more than"));
        let largest = Series::text_of(&[Some(LARGEST_READING)]);
        assert!(refused(&largest.repeat(2)).contains("reading 2 is beyond all measure"));
    }
}
