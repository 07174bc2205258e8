//! The typical years of the program, made anew from the original files.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use wattshift::engineering::thermal::{Place, read_weather};

/// Characters a line of `assets/weather/*.txt`: mostly a day or so each, so that a difference is found by eye.
const LINE: usize = 120;

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
