//! The thermal study of the templates, and the typical years of the program made anew from the original files.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use wattshift::engineering::thermal::{Choice, Place, read_weather, thermal};
use wattshift::engineering::{Network, Thermal};
use wattshift::file;
use wattshift::site::Site;

/// Characters a line of `assets/weather/*.txt`: mostly a day or so each, so that a difference is found by eye.
const LINE: usize = 120;

fn studied() -> Vec<(&'static str, Site, Thermal)> {
    file::templates()
        .iter()
        .map(|template| {
            let site = file::read_text(template.text).0.unwrap();
            let result = thermal(&site, &Network::new(&site));
            (template.name, site, result)
        })
        .collect()
}

#[test]
fn each_template_cools_what_it_hosts_and_mines() {
    for (name, site, result) in studied() {
        assert!(result.report.is_clean(), "{name}: {:#?}", result.report.problems);
        for hall in &result.halls {
            assert!(hall.hosting.is_some() || hall.mining.is_some(), "{name} {}", hall.id);
            for chain in hall.hosting.iter().chain(&hall.mining) {
                assert_eq!(chain.short_hours, 0, "{name} {}: {chain:?}", hall.id);
                assert!(
                    1.0 < chain.annual_pue && chain.annual_pue <= chain.peak_pue + 1e-9,
                    "{name} {chain:?}"
                );
            }
            // Both sides of the 2N plants run at less than half speed: the low end of the published 1.15 to 1.30.
            if let Some(chain) = &hall.hosting {
                assert!((1.13..1.2).contains(&chain.annual_pue), "{name} {}: {}", hall.id, chain.annual_pue);
            }
            if let Some(chain) = &hall.mining {
                assert!((1.01..1.06).contains(&chain.annual_pue), "{name} {}: {}", hall.id, chain.annual_pue);
            }
        }
        let cooling = site.components.iter().filter(|component| component.kind.cooling().is_some()).count();
        assert_eq!(result.devices.len(), cooling, "{name}: every cooling device is judged");
    }
}

#[test]
fn each_template_says_what_weather_it_is_judged_in() {
    let used: Vec<(Choice, String)> = studied()
        .into_iter()
        .filter_map(|(.., result)| result.climate.map(|climate| (climate.choice, climate.year.name)))
        .collect();
    let named = |choice, name: &str| (choice, name.to_owned());
    assert_eq!(
        used,
        [
            named(Choice::Named, "Midland Airport TX"),
            named(Choice::Named, "Buffalo Niagara Airport NY"),
            named(Choice::Nearest, "Helena Airport MT"),
        ]
    );
}

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/weather")
}

/// Writes `assets/weather/*.txt` from the files `climates.csv` names, found unpacked in the folder
/// `WATTSHIFT_WEATHER`. `assets/weather/README.md` says where they are from.
#[test]
#[ignore = "needs the original weather files"]
fn make_the_typical_years() {
    let folder = PathBuf::from(std::env::var("WATTSHIFT_WEATHER").expect("the folder of the original files"));
    let index = fs::read_to_string(assets().join("climates.csv")).unwrap();
    for row in index.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let (id, file) = (fields[0], fields[6]);
        let text = String::from_utf8_lossy(&fs::read(folder.join(file)).unwrap()).into_owned();
        let nowhere = Place { latitude: 0.0, longitude: 0.0, elevation_m: 0.0 };
        let (year, report) = read_weather(file, &text, nowhere);
        assert_eq!(report.problems, [], "{file}");
        let year = year.unwrap();
        let place = [year.latitude, year.longitude, year.elevation_m];
        for (found, listed) in place.iter().zip(&fields[2..5]) {
            assert!((found - listed.parse::<f64>().unwrap()).abs() < 1e-6, "{file}: {found} {listed}");
        }
        let hours = year.hours_text();
        let mut lines = String::new();
        for line in hours.as_bytes().chunks(LINE) {
            writeln!(lines, "{}", std::str::from_utf8(line).unwrap()).unwrap();
        }
        fs::write(assets().join(format!("{id}.txt")), lines).unwrap();
    }
}
