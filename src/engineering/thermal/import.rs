//! A weather file as it would serve a site: what the command line takes and the window shows before it is taken.

use super::climates::{BuiltInYear, Design, built_in_years};
use super::weather::{Place, WeatherRead, read_weather_counted};
use crate::engineering::latency::great_circle_km;
use crate::quantity::Report;
use crate::site::climate::HOURS;
use crate::site::{Climate, ImportedYear, Site, WeatherYear};

/// A weather file that was read, well or not.
#[derive(Clone, Debug, PartialEq)]
pub struct WeatherImport {
    pub file_name: String,
    /// `None` where the report has errors.
    pub found: Option<FoundYear>,
    /// Gaps and faults, each with its line where it has one.
    pub report: Report,
}

/// A year that can be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundYear {
    pub year: WeatherYear,
    pub design: Design,
    /// From the site to where it was measured; zero where the file does not say where that was.
    pub distance_km: f64,
    /// Hours the file itself has; the rest of the 8,760 was filled.
    pub hours_given: usize,
}

impl WeatherImport {
    /// Reads a file's text. A file that does not say where it was measured was measured at the site.
    pub fn read(site: &Site, file_name: &str, text: &str) -> Self {
        let here = Place { latitude: site.latitude, longitude: site.longitude, elevation_m: 0.0 };
        let (read, report) = read_weather_counted(file_name, text, here);
        let found = read.map(|WeatherRead { year, hours_given }| FoundYear {
            design: Design::of(&year),
            distance_km: from_site(site, &year),
            hours_given,
            year,
        });
        Self { file_name: file_name.to_owned(), found, report }
    }

    /// A file that could not be opened.
    pub fn unreadable(file_name: &str, report: Report) -> Self {
        Self { file_name: file_name.to_owned(), found: None, report }
    }
}

impl FoundYear {
    /// As the site carries it.
    pub fn climate(&self) -> Climate {
        Climate::Imported(ImportedYear::of(&self.year))
    }

    /// Hours filled by straight lines.
    pub fn hours_filled(&self) -> usize {
        HOURS.saturating_sub(self.hours_given)
    }
}

/// The typical years of the program with their distance from the site in km, the nearest first.
pub fn built_in_by_distance(site: &Site) -> Vec<(f64, &'static BuiltInYear)> {
    let mut years: Vec<(f64, &BuiltInYear)> =
        built_in_years().iter().map(|known| (from_site(site, &known.year), known)).collect();
    years.sort_by(|a, b| a.0.total_cmp(&b.0));
    years
}

pub(super) fn from_site(site: &Site, year: &WeatherYear) -> f64 {
    great_circle_km((site.latitude, site.longitude), (year.latitude, year.longitude))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A year of mild hours as CSV, but for the hours left out.
    fn csv(without: std::ops::Range<usize>) -> String {
        let mut text = "dry bulb C,relative humidity %\n".to_owned();
        for hour in 0..HOURS {
            text.push_str(if without.contains(&hour) { ",\n" } else { "12.5,60\n" });
        }
        text
    }

    #[test]
    fn a_file_is_read_with_its_hours_counted_and_its_distance() {
        let site = Site { latitude: 31.9, longitude: -102.2, ..Site::empty("x") };
        let import = WeatherImport::read(&site, "mild.csv", &csv(100..104));
        let found = import.found.unwrap();
        assert_eq!((found.hours_given, found.hours_filled()), (HOURS - 4, 4));
        assert_eq!(found.distance_km, 0.0, "a file without a place is of the site");
        assert!(import.report.problems.iter().any(|problem| problem.code == "weather-hours-filled"));
        assert_eq!(found.design.dry_bulb_c, 12.5);
        assert!(matches!(found.climate(), Climate::Imported(year) if year.year().unwrap() == found.year));

        let broken = WeatherImport::read(&site, "mild.csv", &csv(100..180));
        assert!(broken.found.is_none() && broken.report.has_errors());
        for hostile in ["", "\0", "LOCATION,", "a,b\n1,2\n"] {
            let import = WeatherImport::read(&site, "x.epw", hostile);
            assert!(import.found.is_none() && import.report.has_errors(), "{hostile:?}");
        }
    }

    #[test]
    fn the_nearest_typical_year_comes_first() {
        let site = Site { latitude: 42.9, longitude: -78.7, ..Site::empty("x") };
        let years = built_in_by_distance(&site);
        assert_eq!((years.len(), years[0].1.id), (built_in_years().len(), "buffalo-ny"));
        assert!(years.is_sorted_by(|a, b| a.0 <= b.0) && years[0].0 < 10.0);
        let nowhere = Site { latitude: f64::NAN, ..Site::empty("x") };
        assert_eq!(built_in_by_distance(&nowhere).len(), built_in_years().len());
    }
}
