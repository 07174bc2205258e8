use super::*;
use crate::quantity::Severity;

const HERE: Place = Place { latitude: 31.0, longitude: -103.0, elevation_m: 800.0 };

/// Every hour of a year as (month, day, hour from zero); a leap year has 29 February.
fn calendar(is_leap: bool) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for (month, days) in formats::DAYS.iter().enumerate() {
        let days = days + usize::from(is_leap && month == 1);
        found.extend((1..=days).flat_map(|day| (0..24).map(move |hour| (month + 1, day, hour))));
    }
    found
}

/// Month, day, hour from zero, dry bulb.
type Row = (usize, usize, usize, f64);

/// A made-up year: warm in July, warmest at 15 h.
fn dry_at(month: usize, hour: usize) -> f64 {
    15.0 - 12.0 * libm::cos((month as f64 - 1.0) / 6.0 * std::f64::consts::PI)
        - 5.0 * libm::cos((hour as f64 - 3.0) / 12.0 * std::f64::consts::PI)
}

/// An EPW file with one row an hour, which `row` may change.
fn epw(is_leap: bool, row: impl Fn(usize, Vec<String>) -> Option<Vec<String>>) -> String {
    let mut lines = vec!["LOCATION,Sand Hills,TX,USA,TMY3,700001,31.5,-102.5,-6.0,850.0".to_owned()];
    lines.extend((2..=8).map(|line| format!("HEADER {line}")));
    for (index, (month, day, hour)) in calendar(is_leap).into_iter().enumerate() {
        let dry = dry_at(month, hour);
        let mut fields: Vec<String> = ["1999".to_owned()].into();
        fields.extend([month, day, hour + 1, 0].map(|number| number.to_string()));
        fields.push("?9?9".to_owned());
        fields.extend([
            format!("{dry:.1}"),
            format!("{:.1}", dry - 8.0),
            "50".to_owned(),
            "91500".to_owned(),
        ]);
        fields.extend((10..35).map(|_| "0".to_owned()));
        lines.extend(row(index, fields).map(|fields| fields.join(",")));
    }
    lines.join("\r\n")
}

fn whole() -> String {
    epw(false, |_, fields| Some(fields))
}

fn with(column: usize, value: &'static str, hours: std::ops::Range<usize>) -> String {
    epw(false, |index, mut fields| {
        if hours.contains(&index) {
            fields[column] = value.to_owned();
        }
        Some(fields)
    })
}

fn codes(report: &Report) -> Vec<(Severity, &str)> {
    report.problems.iter().map(|problem| (problem.severity, problem.code)).collect()
}

fn refused(text: &str) -> Report {
    let (year, report) = read_weather("made.epw", text, HERE);
    assert!(year.is_none() && report.has_errors());
    for problem in &report.problems {
        assert!(problem.place.starts_with("made.epw") && !problem.message.is_empty());
        assert!(problem.severity == Severity::Info || !problem.hint.is_empty(), "{problem:?}");
    }
    report
}

#[test]
fn an_epw_file_becomes_a_year() {
    let (year, report) = read_weather("made.epw", &whole(), HERE);
    assert_eq!(report.problems, []);
    let year = year.unwrap();
    assert_eq!((year.name.as_str(), year.source.as_str()), ("Sand Hills, TX, USA", "EPW, TMY3"));
    assert_eq!((year.latitude, year.longitude, year.elevation_m), (31.5, -102.5, 850.0));
    assert_eq!((year.dry_bulb_c.len(), year.wet_bulb_c.len()), (HOURS, HOURS));
    // 15 July, hour 15 of the clock is the 16th of the day in a count from one.
    let hour = 24 * (31 + 28 + 31 + 30 + 31 + 30 + 14) + 15;
    assert!((year.dry_bulb_c[hour] - 32.0).abs() < 0.06, "{}", year.dry_bulb_c[hour]);
    assert_eq!(hour_name(hour), "15 July 16:00");
    // 32 C with a dew point of 24 C at 915 hPa: wet bulb 26.0 C (drawn on a chart for that pressure).
    assert!((year.wet_bulb_c[hour] - 26.0).abs() < 0.2, "{}", year.wet_bulb_c[hour]);
    assert!(year.wet_bulb_c.iter().zip(&year.dry_bulb_c).all(|(wet, dry)| wet <= dry));
}

#[test]
fn a_leap_year_loses_its_29_february_with_a_note() {
    let (year, report) = read_weather("made.epw", &epw(true, |_, fields| Some(fields)), HERE);
    assert_eq!(codes(&report), [(Severity::Info, "weather-leap-day")]);
    assert_eq!(year, read_weather("made.epw", &whole(), HERE).0);
}

#[test]
fn short_gaps_are_filled_with_a_warning_and_long_ones_refused() {
    let complete = read_weather("made.epw", &whole(), HERE).0.unwrap();
    for missing in [
        with(6, "99.9", 5000..5004),
        epw(false, |index, fields| (!(5000..5004).contains(&index)).then_some(fields)),
    ] {
        let (year, report) = read_weather("made.epw", &missing, HERE);
        assert_eq!(codes(&report), [(Severity::Warning, "weather-hours-filled")]);
        assert!(report.problems[0].message.contains("4 of 8760"), "{}", report.problems[0].message);
        assert!(report.problems[0].message.contains("28 July 09:00"), "{}", report.problems[0].message);
        let year = year.unwrap();
        let step = (complete.dry_bulb_c[5004] - complete.dry_bulb_c[4999]) / 5.0;
        assert!((year.dry_bulb_c[5001] - (complete.dry_bulb_c[4999] + 2.0 * step)).abs() < 0.06);
    }
    // A gap over the new year is one gap, closed from both ends.
    let over = epw(false, |index, fields| (!(3..8757).contains(&index)).then_some(fields));
    let report = refused(&over);
    assert!(report.problems[0].message.contains("8754 of 8760"), "{}", report.problems[0].message);
    let ends = epw(false, |index, fields| (2..8758).contains(&index).then_some(fields));
    assert!(read_weather("made.epw", &ends, HERE).0.is_some());
    let report = refused(&with(6, "99.9", 100..107));
    assert_eq!(codes(&report), [(Severity::Error, "weather-hours-missing")]);
    assert!(report.problems[0].message.contains("5 January 05:00"), "{}", report.problems[0].message);
    // No dew point, and the relative humidity stands in; neither, and the hours are missing.
    assert!(read_weather("made.epw", &with(7, "99.9", 0..8760), HERE).1.problems.is_empty());
}

#[test]
fn faults_name_their_line() {
    let line = |report: &Report| report.problems[0].place.clone();
    let report = refused(&with(6, "warm", 10..30));
    assert_eq!(line(&report), "made.epw, line 19");
    assert_eq!(report.count(Severity::Error), 6, "five are told, the rest counted: {:#?}", report.problems);
    let report = refused(&with(6, "312.0", 4..5));
    assert_eq!(
        (line(&report).as_str(), report.problems[0].code),
        ("made.epw, line 13", "weather-temperature")
    );
    let cut = epw(false, |index, mut fields| {
        fields.truncate(if index == 7 { 9 } else { 35 });
        Some(fields)
    });
    assert_eq!(line(&refused(&cut)), "made.epw, line 16");
    let report = refused(&with(1, "13", 50..51));
    assert_eq!((line(&report).as_str(), report.problems[0].code), ("made.epw, line 59", "weather-time"));
    for value in ["inf", "-inf", "1e999"] {
        assert_eq!(
            refused(&epw(false, |index, mut fields| {
                if index == 3 {
                    fields[6] = value.to_owned();
                }
                Some(fields)
            }))
            .problems[0]
                .code,
            "weather-number"
        );
    }
}

#[test]
fn humidity_a_little_over_full_is_taken_for_full_and_nonsense_is_not() {
    let csv = |humidity: &str| {
        let rows: Vec<String> = (0..HOURS).map(|hour| format!("{},{humidity}", 10 + hour % 15)).collect();
        format!("dry_bulb_c,relative_humidity\n{}", rows.join("\n"))
    };
    let (year, report) = read_weather("made.epw", &csv("103"), HERE);
    let year = year.unwrap();
    assert_eq!(year.dry_bulb_c, year.wet_bulb_c);
    assert!(codes(&report).contains(&(Severity::Warning, "weather-supersaturated")));
    for nonsense in ["-4", "180"] {
        let report = refused(&csv(nonsense));
        assert!(report.problems.iter().any(|problem| problem.code == "weather-humidity"));
    }
    let (shares, report) = read_weather("made.epw", &csv("0.5"), HERE);
    assert_eq!(shares, read_weather("made.epw", &csv("50"), HERE).0);
    assert!(codes(&report).contains(&(Severity::Info, "weather-humidity-shares")));
}

#[test]
fn other_layouts_say_the_same() {
    let epw = read_weather("made.epw", &whole(), HERE).0.unwrap();
    let rows: Vec<Row> = calendar(false)
        .into_iter()
        .map(|(month, day, hour)| (month, day, hour, dry_at(month, hour)))
        .collect();
    let write = |head: &str, row: &dyn Fn(&Row) -> String| {
        format!("{head}\n{}", rows.iter().map(row).collect::<Vec<_>>().join("\n"))
    };
    let tmy3 = write(
        "700001,\"SAND HILLS\",TX,-6.0,31.5,-102.5,850\nDate (MM/DD/YYYY),Time (HH:MM),Dry-bulb (C),Dew-point (C),RHum (%),Pressure (mbar)",
        &|(month, day, hour, dry)| {
            format!("{month:02}/{day:02}/1999,{:02}:00,{dry:.1},{:.1},50,915", hour + 1, dry - 8.0)
        },
    );
    let sam = write(
        "Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation\nTMY2,1,Sand Hills,TX,USA,31.5,-102.5,-6,850\nYear,Month,Day,Hour,Tdry,Tdew,RH,Pres",
        &|(month, day, hour, dry)| format!("1968,{month},{day},{hour},{dry:.1},{:.1},50,915", dry - 8.0),
    );
    let fahrenheit = write("# our mast\ndatetime;Dry bulb (F);Dew point (F);Pressure (hPa)", &|(
        month,
        day,
        hour,
        dry,
    )| {
        let to_f =
            |celsius: f64| format!("{:.2}", (celsius * 10.0).round() / 10.0 * 1.8 + 32.0).replace('.', ",");
        format!("1999-{month:02}-{day:02}T{hour:02}:00;{};{};915", to_f(*dry), to_f(dry - 8.0))
    });
    for text in [tmy3, sam, fahrenheit] {
        let (year, report) =
            read_weather("made.csv", &text, Place { latitude: 31.5, longitude: -102.5, elevation_m: 850.0 });
        assert!(report.is_clean(), "{:#?}", report.problems);
        let year = year.unwrap();
        assert_eq!((year.latitude, year.elevation_m), (31.5, 850.0));
        let far = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(
            far(&year.dry_bulb_c, &epw.dry_bulb_c) < 0.11 && far(&year.wet_bulb_c, &epw.wet_bulb_c) < 0.11
        );
    }
}

#[test]
fn a_southern_year_keeps_its_summer_in_january() {
    let rows: Vec<String> = calendar(false)
        .into_iter()
        .map(|(month, day, hour)| {
            format!("{month},{day},{hour},{:.1},10.0", dry_at((month + 5) % 12 + 1, hour))
        })
        .collect();
    let text = format!("month,day,hour,dry_bulb_c,wet_bulb_c\n{}", rows.join("\n"));
    let south = Place { latitude: -33.9, longitude: 18.4, elevation_m: 42.0 };
    let (year, report) = read_weather("cape.csv", &text, south);
    assert!(!report.has_errors(), "{:#?}", report.problems);
    let year = year.unwrap();
    let mean = |hours: std::ops::Range<usize>| crate::quantity::statistics::mean(&year.dry_bulb_c[hours]);
    assert!(mean(0..744) > mean(4344..5088) + 20.0);
    assert_eq!(year.latitude, -33.9);
}

#[test]
fn files_of_another_kind_are_refused_in_bounded_time() {
    for nothing in [
        "",
        "\n\n",
        "\u{feff}",
        "LOCATION",
        "PNG\u{0}\u{1}",
        "dry_bulb_c,relative_humidity",
        "dry_bulb_c\n1\n",
    ] {
        refused(nothing);
    }
    assert_eq!(refused("a,b,c\n1,2,3\n").problems[0].code, "weather-columns");
    let five_minutes = format!("dry_bulb_c,wet_bulb_c\n{}", "20,10\n".repeat(105_120));
    assert!(refused(&five_minutes).problems.iter().any(|problem| problem.code == "weather-too-large"));
    refused(&"x".repeat(LARGEST_TEXT + 1));
    let long_line = format!("dry_bulb_c,wet_bulb_c\n{}", ",".repeat(1_000_000));
    refused(&long_line);
    let nowhere = whole().replacen("31.5,-102.5", "131.5,-102.5", 1);
    assert_eq!(refused(&nowhere).problems[0].code, "weather-place");
    // A second year in the same file, hour for hour.
    let twice = format!("{}\n{}", whole(), whole().lines().skip(8).collect::<Vec<_>>().join("\n"));
    let (year, report) = read_weather("made.epw", &twice, HERE);
    assert_eq!(codes(&report), [(Severity::Warning, "weather-hour-twice")]);
    assert_eq!(year, read_weather("made.epw", &whole(), HERE).0);
}

#[test]
fn a_pressure_at_sea_level_or_worse_gives_way_to_the_standard_one() {
    let (year, report) = read_weather("made.epw", &with(9, "915000", 0..8760), HERE);
    assert_eq!(codes(&report), [(Severity::Warning, "weather-pressure")]);
    let standard = read_weather("made.epw", &with(9, "999999", 0..8760), HERE);
    assert_eq!((year, Vec::new()), (standard.0, standard.1.problems));
}
