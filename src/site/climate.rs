//! The weather a site is judged in: a typical year by name, or one carried in the file.

/// Hours of a year without 29 February.
pub const HOURS: usize = 8_760;

/// Dry and wet bulbs that are taken for weather, degrees Celsius: beyond the records of the earth.
pub const COLDEST_C: f64 = -95.0;
pub const HOTTEST_C: f64 = 65.0;

/// Where the hourly weather of a site comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Climate {
    /// A typical year that comes with the program, by its id.
    BuiltIn(String),
    /// A year the planner imported.
    Imported(ImportedYear),
}

/// An imported year as a file carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedYear {
    pub name: String,
    pub source: String,
    pub latitude: f64,
    pub longitude: f64,
    pub elevation_m: f64,
    /// [`WeatherYear::hours_text`].
    pub hours: String,
}

/// A year of hourly weather in local standard time: hour 0 is the first of 1 January, 29 February is left out.
///
/// A typical year is stitched from months of several years, so it has no year of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct WeatherYear {
    pub name: String,
    /// Where the figures come from, in words.
    pub source: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    pub elevation_m: f64,
    /// [`HOURS`] long, in tenths of a degree.
    pub dry_bulb_c: Vec<f64>,
    /// [`HOURS`] long, never above the dry bulb.
    pub wet_bulb_c: Vec<f64>,
}

/// Symbols of the compact text: printable ASCII without the quote and the backslash, which a text in a file would
/// have to escape, and without the tilde, which announces a large step.
const SYMBOLS: &[u8; 91] =
    b"!#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}";
const LARGE_STEP: u8 = b'~';
/// Steps of this many tenths either way take one symbol.
const SMALL: i32 = 45;
/// Steps of this many tenths either way take two symbols after the tilde.
const LARGE: i32 = 4_140;

impl WeatherYear {
    /// The hours as compact text: the dry bulbs and then the wet bulbs in tenths of a degree, each as the step from
    /// the one before (the first from zero). A step of up to 4.5 K is one symbol, a larger one a tilde and two:
    /// about two characters an hour.
    pub fn hours_text(&self) -> String {
        let mut text = String::with_capacity(2 * self.dry_bulb_c.len() + 64);
        for series in [&self.dry_bulb_c, &self.wet_bulb_c] {
            let mut last = 0;
            for value in series {
                let tenths = to_tenths(*value);
                write_step(tenths - last, &mut text);
                last = tenths;
            }
        }
        text
    }

    /// Reads [`Self::hours_text`]: dry and wet bulbs. White space is passed over.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    pub fn hours_from_text(text: &str) -> Result<(Vec<f64>, Vec<f64>), String> {
        let mut symbols = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
        let mut tenths: Vec<i32> = Vec::with_capacity(2 * HOURS);
        while let Some(first) = symbols.next() {
            if tenths.len() == 2 * HOURS {
                return Err(format!("the weather has more than {HOURS} hours of dry and wet bulb"));
            }
            let step = read_step(first, &mut symbols)
                .ok_or_else(|| format!("value {} of the weather cannot be read", tenths.len() + 1))?;
            let last =
                if tenths.len().is_multiple_of(HOURS) { 0 } else { tenths.last().copied().unwrap_or(0) };
            tenths.push(last + step);
            if !(COLDEST_C..=HOTTEST_C).contains(&(f64::from(last + step) / 10.0)) {
                return Err(format!("value {} of the weather is no temperature of the air", tenths.len()));
            }
        }
        if tenths.len() != 2 * HOURS {
            return Err(format!("the weather has {} values in place of {}", tenths.len(), 2 * HOURS));
        }
        let celsius: Vec<f64> = tenths.into_iter().map(|tenths| f64::from(tenths) / 10.0).collect();
        let (dry, wet) = celsius.split_at(HOURS);
        match dry.iter().zip(wet).position(|(dry, wet)| wet > dry) {
            Some(hour) => Err(format!("the wet bulb is above the dry bulb in hour {}", hour + 1)),
            None => Ok((dry.to_vec(), wet.to_vec())),
        }
    }
}

impl ImportedYear {
    pub fn of(year: &WeatherYear) -> Self {
        let WeatherYear { name, source, latitude, longitude, elevation_m, .. } = year;
        Self {
            name: name.clone(),
            source: source.clone(),
            latitude: *latitude,
            longitude: *longitude,
            elevation_m: *elevation_m,
            hours: year.hours_text(),
        }
    }

    /// The year with its hours read.
    ///
    /// # Errors
    /// As [`WeatherYear::hours_from_text`].
    pub fn year(&self) -> Result<WeatherYear, String> {
        let Self { name, source, latitude, longitude, elevation_m, hours } = self;
        let (dry_bulb_c, wet_bulb_c) = WeatherYear::hours_from_text(hours)?;
        Ok(WeatherYear {
            name: name.clone(),
            source: source.clone(),
            latitude: *latitude,
            longitude: *longitude,
            elevation_m: *elevation_m,
            dry_bulb_c,
            wet_bulb_c,
        })
    }
}

/// Tenths of a degree, within what is taken for weather.
fn to_tenths(celsius: f64) -> i32 {
    (celsius.clamp(COLDEST_C, HOTTEST_C) * 10.0).round() as i32
}

fn write_step(step: i32, text: &mut String) {
    let symbol = |index: i32| char::from(SYMBOLS[index.clamp(0, 90) as usize]);
    if step.abs() <= SMALL {
        text.push(symbol(step + SMALL));
    } else {
        let shifted = step.clamp(-LARGE, LARGE) + LARGE;
        text.extend([char::from(LARGE_STEP), symbol(shifted / 91), symbol(shifted % 91)]);
    }
}

fn read_step(first: u8, rest: &mut impl Iterator<Item = u8>) -> Option<i32> {
    let index = |byte: u8| SYMBOLS.iter().position(|symbol| *symbol == byte).map(|index| index as i32);
    if first == LARGE_STEP {
        Some(91 * index(rest.next()?)? + index(rest.next()?)? - LARGE)
    } else {
        Some(index(first)? - SMALL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A year with every awkward step in it.
    fn awkward() -> WeatherYear {
        let dry_bulb_c: Vec<f64> = (0..HOURS)
            .map(|hour| match hour % 5 {
                0 => -95.0,
                1 => 65.0,
                _ => (hour as f64 * 0.37).rem_euclid(60.0) - 20.0,
            })
            .map(|celsius| (celsius * 10.0).round() / 10.0)
            .collect();
        let wet_bulb_c = dry_bulb_c.iter().map(|dry| (dry * 10.0 - 7.0).max(-950.0).round() / 10.0).collect();
        WeatherYear {
            name: "awkward".to_owned(),
            source: "made up".to_owned(),
            latitude: -33.9,
            longitude: 18.4,
            elevation_m: 42.0,
            dry_bulb_c,
            wet_bulb_c,
        }
    }

    #[test]
    fn hours_come_back_from_their_text() {
        let year = awkward();
        let imported = ImportedYear::of(&year);
        assert!(!imported.hours.contains(['"', '\\', '\n', ' ']));
        assert_eq!(imported.year().unwrap(), year);
        // Lines of a file may be broken anywhere.
        let broken: String = imported.hours.chars().flat_map(|symbol| [symbol, '\n']).collect();
        assert_eq!(ImportedYear { hours: broken, ..imported }.year().unwrap(), year);
    }

    #[test]
    fn text_that_is_no_weather_is_refused_in_words() {
        let good = awkward().hours_text();
        let refused = |text: &str| WeatherYear::hours_from_text(text).unwrap_err();
        assert!(refused("").contains("0 values"));
        assert!(refused(&"O".repeat(2 * HOURS - 3)).contains("17517 values in place of 17520"));
        let within_a_large_step = good.rfind('~').unwrap() + 2;
        assert!(refused(&good[..within_a_large_step]).contains("cannot be read"));
        assert!(refused(&format!("{good}N")).contains("more than"));
        assert!(refused("~").contains("value 1"));
        assert!(refused("é").contains("value 1"));
        assert!(refused(&"}".repeat(2 * HOURS)).contains("no temperature"));
        let flat = "O".repeat(HOURS);
        let above = format!("{flat}P{}", "O".repeat(HOURS - 1));
        assert!(refused(&above).contains("above the dry bulb in hour 1"), "{}", refused(&above));
    }
}
