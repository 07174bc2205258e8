//! The typical years that come with the program, and which one a site is judged in.

use std::sync::LazyLock;

use super::import::{built_in_by_distance, from_site};
use super::weather::hour_name;
use crate::quantity::Report;
use crate::quantity::diagnostic::did_you_mean;
use crate::quantity::statistics::{mean, quantile};
use crate::site::{Climate, Site, WeatherYear};

/// A typical year this far away still stands for a site without a word, km.
const NEAR_KM: f64 = 100.0;

/// Share of the hours that are hotter than the design hour.
pub const DESIGN_SHARE: f64 = 0.004;

/// A typical year of the program and where it is from.
#[derive(Clone, Debug, PartialEq)]
pub struct BuiltInYear {
    /// What a site file names it by.
    pub id: &'static str,
    pub year: WeatherYear,
}

/// Where the weather of a study comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A typical year the site names.
    Named,
    /// A year the site carries.
    Imported,
    /// The site names none: the nearest of the program.
    Nearest,
}

/// The weather a site is judged in.
#[derive(Clone, Debug, PartialEq)]
pub struct ClimateUsed {
    pub choice: Choice,
    /// From the site to where the weather was taken.
    pub distance_km: f64,
    pub year: WeatherYear,
    pub design: Design,
}

/// The outdoor conditions devices are chosen for, as in the ASHRAE Handbook, Fundamentals, chapter 14: exceeded in
/// 0.4 % of the hours (35 of a year). Taken from the year itself, so that hours and design hour agree; those the
/// handbook lists come from decades of weather and may be a kelvin or two hotter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    pub dry_bulb_c: f64,
    /// Mean wet bulb of the hours within half a kelvin of the dry bulb.
    pub coincident_wet_bulb_c: f64,
    pub wet_bulb_c: f64,
    /// Mean dry bulb of the hours within half a kelvin of the wet bulb.
    pub coincident_dry_bulb_c: f64,
}

macro_rules! hours {
    ($id:literal) => {
        ($id, include_str!(concat!("../../../assets/weather/", $id, ".txt")))
    };
}

const HOURS_TEXT: [(&str, &str); 10] = [
    hours!("abilene-tx"),
    hours!("atlanta-ga"),
    hours!("buffalo-ny"),
    hours!("dallas-tx"),
    hours!("duluth-mn"),
    hours!("fargo-nd"),
    hours!("helena-mt"),
    hours!("houston-tx"),
    hours!("midland-tx"),
    hours!("oklahoma-city-ok"),
];

const INDEX: &str = include_str!("../../../assets/weather/climates.csv");

static YEARS: LazyLock<Vec<BuiltInYear>> =
    LazyLock::new(|| HOURS_TEXT.iter().filter_map(|(id, hours)| built_in_year(id, hours)).collect());

/// Every typical year of the program, in order of id.
pub fn built_in_years() -> &'static [BuiltInYear] {
    &YEARS
}

/// The fields of a row of the index.
fn index_row(id: &str) -> Option<Vec<&'static str>> {
    INDEX.lines().map(|line| line.split(',').collect::<Vec<_>>()).find(|fields| fields.first() == Some(&id))
}

fn built_in_year(id: &'static str, hours: &str) -> Option<BuiltInYear> {
    let fields = index_row(id)?;
    let [_, name, latitude, longitude, elevation, source, ..] = fields.as_slice() else { return None };
    let (dry_bulb_c, wet_bulb_c) = WeatherYear::hours_from_text(hours).ok()?;
    Some(BuiltInYear {
        id,
        year: WeatherYear {
            name: (*name).to_owned(),
            source: (*source).to_owned(),
            latitude: latitude.parse().ok()?,
            longitude: longitude.parse().ok()?,
            elevation_m: elevation.parse().ok()?,
            dry_bulb_c,
            wet_bulb_c,
        },
    })
}

/// The weather a site is judged in: what it names or carries, else the nearest typical year of the program, which
/// is said in the report. `None` only when the program came without any.
pub fn climate_of(site: &Site, report: &mut Report) -> Option<ClimateUsed> {
    let (choice, year) = match &site.climate {
        Some(Climate::Imported(imported)) => match imported.year() {
            Ok(year) => (Choice::Imported, Some(year)),
            Err(what) => {
                report.error(
                    "weather-unreadable",
                    "climate",
                    format!("the weather `{}` cannot be read: {what}", imported.name),
                    "import the weather file again, or name a typical year of the program",
                );
                (Choice::Nearest, None)
            }
        },
        Some(Climate::BuiltIn(id)) => match built_in_years().iter().find(|known| known.id == id.as_str()) {
            Some(known) => (Choice::Named, Some(known.year.clone())),
            None => {
                if let Some((message, hint)) = unknown_built_in(site) {
                    report.error("climate-unknown", "climate", message, hint);
                }
                (Choice::Nearest, None)
            }
        },
        None => (Choice::Nearest, None),
    };
    let year = match year {
        Some(year) => year,
        None => built_in_by_distance(site).first().map(|(_, nearest)| nearest.year.clone())?,
    };
    let distance_km = from_site(site, &year);
    if choice == Choice::Nearest || distance_km > NEAR_KM {
        tell_distance(choice, &year, distance_km, report);
    }
    let design = Design::of(&year);
    Some(ClimateUsed { choice, distance_km, year, design })
}

/// What is wrong where a site names a typical year that the program does not have, and what would mend it.
pub fn unknown_built_in(site: &Site) -> Option<(String, String)> {
    let Some(Climate::BuiltIn(id)) = &site.climate else { return None };
    let ids = || HOURS_TEXT.iter().map(|(known, _)| *known);
    if ids().any(|known| known == id.as_str()) {
        return None;
    }
    let hint = match did_you_mean(id, ids()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("name one of {}, or import a weather file", ids().collect::<Vec<_>>().join(", ")),
    };
    Some((format!("the program has no typical year `{id}`"), hint))
}

fn tell_distance(choice: Choice, year: &WeatherYear, distance_km: f64, report: &mut Report) {
    let said = match choice {
        Choice::Nearest => {
            format!("the site names no weather; the nearest typical year, {}, is taken", year.name)
        }
        Choice::Named | Choice::Imported => format!("the weather is that of {}", year.name),
    };
    report.info(
        "climate-distance",
        "climate",
        format!("{said}; it lies {distance_km:.0} km from the site"),
        "import a weather file (EPW or TMY3) of a station near the site",
    );
}

impl Design {
    pub fn of(year: &WeatherYear) -> Self {
        let WeatherYear { dry_bulb_c: dry, wet_bulb_c: wet, .. } = year;
        let dry_bulb_c = quantile(dry, 1.0 - DESIGN_SHARE);
        let wet_bulb_c = quantile(wet, 1.0 - DESIGN_SHARE);
        Self {
            dry_bulb_c,
            coincident_wet_bulb_c: coincident(dry, dry_bulb_c, wet).min(dry_bulb_c),
            wet_bulb_c,
            coincident_dry_bulb_c: coincident(wet, wet_bulb_c, dry).max(wet_bulb_c),
        }
    }

    /// In words: `36.9 C dry bulb with 19.4 C wet bulb`.
    pub fn words(&self) -> String {
        format!(
            "{:.1} C dry bulb with {:.1} C wet bulb, or {:.1} C wet bulb with {:.1} C dry bulb",
            self.dry_bulb_c, self.coincident_wet_bulb_c, self.wet_bulb_c, self.coincident_dry_bulb_c
        )
    }
}

/// Mean of one series over the hours in which another lies within half a kelvin of a value.
fn coincident(of: &[f64], value: f64, other: &[f64]) -> f64 {
    let found: Vec<f64> =
        of.iter().zip(other).filter(|(of, _)| (*of - value).abs() <= 0.5).map(|(_, other)| *other).collect();
    if found.is_empty() { value } else { mean(&found) }
}

impl ClimateUsed {
    /// `Midland International Ap TX, 23 km from the site`.
    pub fn words(&self) -> String {
        let how = match self.choice {
            Choice::Named => "named by the site",
            Choice::Imported => "carried by the site",
            Choice::Nearest => "the nearest of the program",
        };
        format!("{} ({}), {how}, {:.0} km from the site", self.year.name, self.year.source, self.distance_km)
    }

    /// The hottest hour of the year by name.
    pub fn hottest_hour(&self) -> String {
        let hottest = (0..self.year.dry_bulb_c.len())
            .max_by(|a, b| self.year.dry_bulb_c[*a].total_cmp(&self.year.dry_bulb_c[*b]));
        hottest.map_or_else(String::new, hour_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{ImportedYear, climate::HOURS};

    /// `climates.csv` is worked out from the original files by `assets/weather/statistics.py`, apart from this code.
    #[test]
    fn the_compact_years_have_the_statistics_of_the_original_files() {
        assert_eq!(built_in_years().len(), INDEX.lines().count() - 1, "every row of the index has its hours");
        for BuiltInYear { id, year } in built_in_years() {
            let fields = index_row(id).unwrap();
            let listed = |column: usize| fields[column].parse::<f64>().unwrap();
            let WeatherYear { dry_bulb_c: dry, wet_bulb_c: wet, .. } = year;
            assert_eq!((dry.len(), wet.len()), (HOURS, HOURS));
            let near = |found: f64, column: usize, tolerance: f64| {
                assert!(
                    (found - listed(column)).abs() <= tolerance,
                    "{id}: {found} against {}",
                    listed(column)
                );
            };
            near(mean(dry), 8, 5e-5);
            near(quantile(dry, 0.996), 9, 1e-9);
            near(dry.iter().copied().fold(f64::INFINITY, f64::min), 10, 1e-9);
            near(dry.iter().copied().fold(f64::NEG_INFINITY, f64::max), 11, 1e-9);
            near(mean(wet), 12, 2e-3);
            near(quantile(wet, 0.996), 13, 0.051);
            assert_eq!(fields[7].len(), 64, "{id}: the checksum of the original");
        }
    }

    /// Cooling design dry bulb of 0.4 % as the EPW files quote it from the ASHRAE Handbook, Fundamentals (2009).
    #[test]
    fn design_hours_are_those_of_the_handbook_within_the_spread_of_years() {
        for (id, published) in [
            ("atlanta-ga", 34.4),
            ("buffalo-ny", 30.3),
            ("dallas-tx", 38.0),
            ("duluth-mn", 29.2),
            ("helena-mt", 33.7),
            ("houston-tx", 36.0),
            ("oklahoma-city-ok", 37.5),
        ] {
            let known = built_in_years().iter().find(|known| known.id == id).unwrap();
            let design = Design::of(&known.year);
            assert!((design.dry_bulb_c - published).abs() < 1.5, "{id}: {}", design.dry_bulb_c);
            assert!(design.coincident_wet_bulb_c <= design.wet_bulb_c, "{id}");
            assert!(design.coincident_dry_bulb_c <= design.dry_bulb_c + 0.5, "{id}");
        }
    }

    fn site_at(latitude: f64, longitude: f64) -> Site {
        Site { latitude, longitude, ..Site::empty("test") }
    }

    #[test]
    fn without_a_word_the_nearest_year_is_taken_and_said() {
        let mut report = Report::default();
        let used = climate_of(&site_at(47.13, -119.28), &mut report).unwrap();
        assert_eq!((used.choice, used.year.name.as_str()), (Choice::Nearest, "Helena Airport MT"));
        assert!((used.distance_km - 559.0).abs() < 5.0, "{}", used.distance_km);
        assert_eq!(report.problems.len(), 1);
        assert!(report.is_clean() && report.problems[0].message.contains("559 km"), "{:?}", report.problems);
    }

    #[test]
    fn a_named_year_near_by_needs_no_word_and_an_unknown_one_gets_a_suggestion() {
        let mut site = site_at(42.9, -78.7);
        site.climate = Some(Climate::BuiltIn("buffalo-ny".to_owned()));
        let mut report = Report::default();
        assert_eq!(climate_of(&site, &mut report).unwrap().choice, Choice::Named);
        assert_eq!(report.problems, []);
        assert_eq!(unknown_built_in(&site), None);
        site.climate = Some(Climate::BuiltIn("bufalo-ny".to_owned()));
        assert_eq!(climate_of(&site, &mut report).unwrap().choice, Choice::Nearest);
        assert!(
            report.has_errors() && report.problems[0].hint.contains("`buffalo-ny`"),
            "{:?}",
            report.problems
        );
        let checked = crate::engineering::check(&site);
        assert!(checked.problems.iter().any(|problem| problem.code == "climate-unknown"));
    }

    #[test]
    fn an_imported_year_travels_with_the_site() {
        let mut site = site_at(-33.9, 18.4);
        let south = WeatherYear { latitude: -34.0, longitude: 18.6, ..built_in_years()[0].year.clone() };
        site.climate = Some(Climate::Imported(ImportedYear::of(&south)));
        let mut report = Report::default();
        let used = climate_of(&site, &mut report).unwrap();
        assert_eq!((used.choice, &used.year), (Choice::Imported, &south));
        assert_eq!(report.problems, []);
        let broken = ImportedYear { hours: "NN".to_owned(), ..ImportedYear::of(&south) };
        site.climate = Some(Climate::Imported(broken));
        assert_eq!(climate_of(&site, &mut report).unwrap().choice, Choice::Nearest);
        assert!(report.has_errors());
    }
}
