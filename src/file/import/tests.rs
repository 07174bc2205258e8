//! Files as markets and meters give them, and as they should not be.

use super::*;
use jiff::civil::date;
use std::fmt::Write as _;

fn chicago() -> ImportOptions {
    ImportOptions {
        zone: Zone::named("America/Chicago"),
        place: (31.5, -102.1),
        connection_mw: Some(100.0),
        ..ImportOptions::default()
    }
}

fn codes(import: &Import) -> Vec<&'static str> {
    let mut codes: Vec<_> = import.report.problems.iter().map(|problem| problem.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn told<'a>(import: &'a Import, code: &str) -> Vec<&'a crate::quantity::Problem> {
    import.report.problems.iter().filter(|problem| problem.code == code).collect()
}

fn readings(import: &Import) -> Vec<Option<i64>> {
    let series = import.series.as_ref().unwrap_or_else(|| panic!("{:#?}", import.report.problems));
    series.readings().unwrap()
}

/// Hours of real time of 2025 in a zone, with their clock.
fn hours_of_2025(zone: &Zone) -> Vec<DateTime> {
    let first = zone.standard(date(2025, 1, 1).at(0, 0, 0, 0));
    (0..8_760).map(|hour| zone.clock(first + 60 * hour)).collect()
}

/// A price that tells its hour.
fn price(hour: usize) -> f64 {
    20.0 + (hour % 500) as f64 / 10.0
}

/// Local clock, hour beginning: an hour is skipped in March and one doubled in November.
fn stamped() -> String {
    let zone = Zone::named("America/Chicago").unwrap();
    let mut text = String::from("timestamp,price ($/MWh)\n");
    for (hour, clock) in hours_of_2025(&zone).into_iter().enumerate() {
        writeln!(text, "{},{}", clock.strftime("%Y-%m-%d %H:%M"), price(hour)).unwrap();
    }
    text
}

fn expected() -> Vec<Option<i64>> {
    (0..8_760).map(|hour| Some((price(hour) * 100.0).round() as i64)).collect()
}

#[test]
fn a_year_of_a_clock_with_daylight_saving_has_8760_hours() {
    let import = prices("p.csv", &stamped(), &chicago());
    assert_eq!(readings(&import), expected());
    let series = import.series.as_ref().unwrap();
    assert_eq!((series.start, series.minutes), (date(2025, 1, 1).at(0, 0, 0, 0), 60));
    assert_eq!(series.zone, "America/Chicago");
    assert_eq!((import.preview.missing, import.preview.doubled, import.preview.rows_read), (0, 0, 8_760));
    assert!(import.preview.clock.contains("changes"), "{}", import.preview.clock);
    assert_eq!(codes(&import), ["import-clock", "import-stamps"]);
    // The doubled hour of 2 November: the first row is of daylight saving.
    let wall = date(2025, 11, 2).at(1, 0, 0, 0);
    let at: Vec<usize> = hours_of_2025(&Zone::named("America/Chicago").unwrap())
        .iter()
        .enumerate()
        .filter(|(_, clock)| **clock == wall)
        .map(|(hour, _)| hour)
        .collect();
    assert_eq!(at.len(), 2);
}

/// The same year as ERCOT, NYISO and spreadsheets would write it.
#[test]
fn every_layout_of_a_year_gives_the_same_hours() {
    let zone = Zone::named("America/Chicago").unwrap();
    let clocks = hours_of_2025(&zone);
    let mut seen = std::collections::BTreeSet::new();
    let flags: Vec<bool> = clocks.iter().map(|clock| !seen.insert(*clock)).collect();

    let mut ercot = String::from("DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\r\n");
    let mut nyiso = String::from(
        "\"Time Stamp\",\"Name\",\"PTID\",\"LBMP ($/MWHr)\",\"Marginal Cost Losses ($/MWHr)\"\n",
    );
    let mut german = String::from("Datum;Preis ($/MWh)\n");
    let mut offsets = String::from("interval_start,lmp $/kWh\n");
    let mut cents = String::from("When,Rate (c/kWh)\n");
    let mut am_pm = String::from("time,$/MWh\n");
    let mut standard = String::from("time,$/MWh\n");
    let mut days: Vec<(jiff::civil::Date, Vec<(i8, f64)>)> = Vec::new();
    for (hour, (clock, flag)) in clocks.iter().zip(&flags).enumerate() {
        let usd = price(hour);
        let day = clock.strftime("%m/%d/%Y");
        writeln!(ercot, "{day},{:02}:00,HB_WEST,{usd},{}", clock.hour() + 1, if *flag { 'Y' } else { 'N' })
            .unwrap();
        writeln!(nyiso, "\"{day} {:02}:00\",\"WEST\",61752,{usd},0.1", clock.hour()).unwrap();
        writeln!(german, "{};{}", clock.strftime("%d.%m.%Y %H:%M"), format!("{usd}").replace('.', ","))
            .unwrap();
        let instant = zone.standard(date(2025, 1, 1).at(0, 0, 0, 0)) + 60 * hour as i64;
        let utc = Zone::named("UTC").unwrap().clock(instant);
        writeln!(offsets, "{}Z,{:.6}", utc.strftime("%Y-%m-%dT%H:%M:%S"), usd / 1000.0).unwrap();
        writeln!(cents, "{},{:.5}", clock.strftime("%d-%b-%Y %H:%M"), usd / 10.0).unwrap();
        writeln!(am_pm, "{},\"${usd}\"", clock.strftime("%m/%d/%Y %I:%M %p")).unwrap();
        writeln!(standard, "{},{usd}", zone.standard_clock(instant).strftime("%Y-%m-%d %H:%M")).unwrap();
        match days.last_mut() {
            Some((day, prices)) if *day == clock.date() => prices.push((clock.hour(), usd)),
            _ => days.push((clock.date(), vec![(clock.hour(), usd)])),
        }
    }
    // A column an hour: nothing in the skipped hour, a 25th column for the doubled one.
    let mut wide = String::from("date");
    (1..=24).for_each(|hour| write!(wide, ",he{hour:02}").unwrap());
    wide.push_str(",he02*\n");
    for (day, prices) in &days {
        let mut cells: Vec<String> = vec![String::new(); 25];
        for (hour, usd) in prices {
            let cell = usize::from(hour.unsigned_abs());
            let cell = if cells[cell].is_empty() { cell } else { 24 };
            cells[cell] = usd.to_string();
        }
        writeln!(wide, "{day},{}", cells.join(",")).unwrap();
    }
    let files = [
        ("ercot", ercot),
        ("nyiso", nyiso),
        ("german", german),
        ("offsets", offsets),
        ("cents", cents),
        ("am/pm", am_pm),
        ("standard", standard),
        ("wide", wide),
    ];
    for (name, text) in files {
        let import = prices(name, &text, &chicago());
        assert_eq!(readings(&import), expected(), "{name}: {:#?}", import.report.problems);
        assert_eq!(import.preview.missing, 0, "{name}");
        assert!(!import.report.has_errors());
    }
}

#[test]
fn values_alone_are_a_year_of_standard_time_and_the_year_is_told() {
    let text = include_str!("../../../tests/files/power/ercot_sample_year.csv");
    let import = prices("sample.csv", text, &chicago());
    assert_eq!(readings(&import).len(), 8_760);
    assert!((import.preview.mean - 27.7982).abs() < 1e-3, "{}", import.preview.mean);
    assert_eq!(codes(&import), ["import-unit", "import-year"]);
    let named = ImportOptions { year: Some(2023), unit: Some(ValueUnit::UsdPerMwh), ..chicago() };
    let import = prices("sample.csv", text, &named);
    assert_eq!((codes(&import), import.preview.first), (vec![], Some(date(2023, 1, 1).at(0, 0, 0, 0))));
    // 2024 has a day more.
    let leap = prices("sample.csv", text, &ImportOptions { year: Some(2024), ..chicago() });
    assert!(leap.series.is_none() && codes(&leap).contains(&"import-year"));
    let short: String = text.lines().take(8_000).map(|line| format!("{line}\n")).collect();
    assert_eq!(codes(&prices("short.csv", &short, &chicago())), ["import-not-a-year"]);
}

/// Ontario's layout: a leap year, hours 1 to 24, dollars a kWh of another currency, two columns of prices.
#[test]
fn another_currency_wants_its_rate() {
    let mut text = String::from("date,hour,HOEP (CAD),TOU\n");
    let mut day = date(2016, 1, 1);
    for index in 0..366 {
        for hour in 1..=24 {
            writeln!(text, "{},{hour},{:.5},0.087", day.strftime("%d/%m/%Y"), 0.01 + f64::from(index) * 1e-4)
                .unwrap();
        }
        day = day.tomorrow().unwrap();
    }
    let toronto = ImportOptions { zone: Zone::named("UTC-05:00"), ..chicago() };
    let refused = prices("hoep.csv", &text, &toronto);
    assert!(refused.series.is_none());
    assert!(told(&refused, "import-currency")[0].message.contains("CAD"));
    let import = prices("hoep.csv", &text, &ImportOptions { usd_per_unit: Some(0.75), ..toronto });
    assert_eq!(readings(&import).len(), 8_784);
    assert_eq!((import.preview.unit.as_str(), import.preview.stamps.as_str()), ("$/kWh", "end of the step"));
    assert_eq!(readings(&import)[0], Some(750));
    assert!(codes(&import).contains(&"import-date-order") && codes(&import).contains(&"import-column"));
}

#[test]
fn a_load_by_the_quarter_hour_takes_its_unit_from_heading_or_size() {
    let zone = Zone::named("America/Chicago").unwrap();
    let first = zone.standard(date(2025, 1, 1).at(0, 0, 0, 0));
    let year = |head: &str, factor: f64| {
        let mut text = format!("timestamp,{head}\n");
        for quarter in 0..35_040_i64 {
            let clock = zone.clock(first + 15 * quarter);
            let mw = 80.0 + (quarter % 96) as f64 / 8.0;
            writeln!(text, "{},{}", clock.strftime("%Y-%m-%d %H:%M"), mw * factor).unwrap();
        }
        text
    };
    for (head, factor, unit) in [
        ("load kW", 1e3, "kW"),
        ("MW", 1.0, "MW"),
        ("kWh delivered", 250.0, "kWh"),
        ("value", 1.0, "MW"),
        ("value", 1e3, "kW"),
    ] {
        let import = load("load.csv", &year(head, factor), &chicago());
        assert_eq!(import.preview.unit, unit, "{head}");
        let kw = readings(&import);
        assert_eq!((kw.len(), kw[1], import.preview.step_minutes), (35_040, Some(80_125), 15), "{head}");
        assert!(!codes(&import).contains(&"import-odd-unit"));
    }
    // MW that are said to be kW.
    let wrong = load("load.csv", &year("kW", 1.0), &chicago());
    assert!(codes(&wrong).contains(&"import-odd-unit"), "{:?}", codes(&wrong));
    let refused = load(
        "load.csv",
        &year("kW", 1.0),
        &ImportOptions { unit: Some(ValueUnit::CentsPerKwh), ..chicago() },
    );
    assert_eq!(refused.series, None);
}

#[test]
fn each_fault_is_named_by_its_line() {
    let mut lines: Vec<String> = stamped().lines().map(str::to_owned).collect();
    // Line numbers from one; line 1 is the heading.
    lines[10] = "2025-01-01 09:00,abc".into();
    lines[20] = "2025-01-01 19:00,-250.5".into();
    lines[30] = "2025-01-02 05:00,999999".into();
    lines[40] = "yesterday,30".into();
    lines[50] = lines[49].clone();
    lines[60] = "2025-01-03 11:00,".into();
    lines.drain(100..106);
    let import = prices("p.csv", &lines.join("\n"), &chicago());
    let read = readings(&import);
    assert_eq!(
        (read.len(), read[9], read[18 + 1], read[29], read[59]),
        (8_760, None, Some(-25_050), None, None)
    );
    for (code, place) in [
        ("import-not-a-number", "p.csv, line 11"),
        ("import-absurd-price", "p.csv, line 31"),
        ("import-no-time", "p.csv, line 41"),
        ("import-hour-twice", "p.csv, line 51"),
    ] {
        assert_eq!(told(&import, code)[0].place, place);
        assert!(!told(&import, code)[0].hint.is_empty());
    }
    // Six hours cut out, one that was never written for the doubled line, and five readings left out.
    assert_eq!(import.preview.missing, 6 + 1 + 4);
    let missing = &told(&import, "import-missing")[0].message;
    assert!(missing.contains("after line 100") && missing.starts_with("11 of 8760"), "{missing}");
    assert_eq!((import.preview.negative, import.preview.rows_refused), (1, 2));
    assert!(codes(&import).contains(&"import-negative-prices"));
}

#[test]
fn faults_without_end_are_counted() {
    let text: String =
        stamped()
            .lines()
            .enumerate()
            .map(|(index, line)| {
                if index > 0 && index % 2 == 0 { format!("{},x\n", &line[..16]) } else { format!("{line}\n") }
            })
            .collect();
    let import = prices("p.csv", &text, &chicago());
    assert_eq!(told(&import, "import-not-a-number").len(), 6);
    assert!(told(&import, "import-not-a-number")[5].message.contains("4375 more lines"));
    assert!(told(&import, "import-missing")[0].hint.contains("a tenth"));
}

#[test]
fn the_clock_is_told_from_the_rows_of_the_two_days() {
    let zone = Zone::named("America/Chicago").unwrap();
    let days = |keep: fn(DateTime) -> bool| {
        let mut text = String::from("time,$/MWh\n");
        for day in [date(2025, 3, 8), date(2025, 3, 9), date(2025, 3, 10)] {
            for hour in 0..24 {
                let clock = day.at(hour, 0, 0, 0);
                if keep(clock) {
                    writeln!(text, "{},30", clock.strftime("%Y-%m-%d %H:%M")).unwrap();
                }
            }
        }
        text
    };
    let skipped = |clock: DateTime| clock == date(2025, 3, 9).at(2, 0, 0, 0);
    // The hour is not there: the clock was set forward.
    let daylight = prices("d.csv", &days(|clock| clock != date(2025, 3, 9).at(2, 0, 0, 0)), &chicago());
    assert_eq!((readings(&daylight).len(), daylight.preview.missing), (71, 0));
    assert!(daylight.preview.clock.contains("changes"));
    // It is there: the clock keeps standard time.
    let standard = prices("s.csv", &days(|_| true), &chicago());
    assert_eq!((readings(&standard).len(), standard.preview.missing), (72, 0));
    assert!(standard.preview.clock.contains("standard"));
    // The user's word is stronger: the reading of an hour that was never is refused by line.
    let mut text = days(|_| true);
    text.push_str("2025-11-02 01:00,10\n2025-11-02 01:00,20\n2025-11-02 02:00,30\n");
    let doubled = prices("n.csv", &text, &chicago());
    let problem = told(&doubled, "import-hour-skipped")[0];
    assert_eq!(problem.place, "n.csv, line 28");
    assert!(problem.message.contains("America/Chicago"));
    let at = |clock: DateTime| match zone.local(clock) {
        crate::quantity::zone::Local::Twice(first, second) => (first, second),
        _ => panic!(),
    };
    let start = zone.standard(date(2025, 3, 8).at(0, 0, 0, 0));
    let (first, second) = at(date(2025, 11, 2).at(1, 0, 0, 0));
    let index = |instant: i64| usize::try_from((instant - start) / 60).unwrap();
    assert_eq!(
        (readings(&doubled)[index(first)], readings(&doubled)[index(second)]),
        (Some(1_000), Some(2_000))
    );
    assert!(skipped(date(2025, 3, 9).at(2, 0, 0, 0)));
}

#[test]
fn five_minutes_become_hours_and_odd_steps_are_refused() {
    let mut five = String::from("time,$/MWh\n");
    let mut clock = date(2025, 6, 1).at(0, 0, 0, 0);
    for index in 0..288 {
        writeln!(five, "{},{}", clock.strftime("%Y-%m-%d %H:%M"), index % 12).unwrap();
        clock = clock.checked_add(jiff::Span::new().minutes(5)).unwrap();
    }
    let import = prices("five.csv", &five, &chicago());
    assert_eq!(readings(&import), vec![Some(550); 24]);
    let daily = "time,$/MWh\n2025-06-01 00:00,1\n2025-06-02 00:00,2\n2025-06-03 00:00,3\n";
    assert_eq!(told(&prices("daily.csv", daily, &chicago()), "import-step").len(), 1);
}

#[test]
fn what_is_no_series_is_refused_in_words() {
    let both = "time,price\n13/01/2025 00:00,1\n01/13/2025 01:00,2\n";
    let places = "time,node,price\n2025-01-01 00:00,A,1\n2025-01-01 00:00,B,2\n2025-01-01 01:00,A,1\n";
    let columns = "time,first,second\n2025-01-01 00:00,1,2\n2025-01-01 01:00,1,2\n";
    let century = "time,price\n1925-01-01 00:00,30\n1925-01-01 01:00,30\n2025-01-01 00:00,30\n";
    let no_hour = "date,price\n2025-01-01,30\n2025-01-02,30\n";
    for (text, code) in [
        ("", "import-empty"),
        ("\n\r\n  \n", "import-empty"),
        ("Hello, this is a letter.\nWith regards", "import-no-rows"),
        ("\u{feff}time,price\n", "import-no-rows"),
        (both, "import-date-order"),
        (places, "import-several-places"),
        (columns, "import-which-column"),
        (century, "import-too-long"),
        (no_hour, "import-no-hour"),
        ("time,price\n2025-01-01 00:00,30\n", "import-one-row"),
        ("time,price\n2025-01-01 00:00,NaN\n2025-01-01 01:00,inf\n", "import-no-values"),
    ] {
        let import = prices("x.csv", text, &chicago());
        assert!(import.series.is_none(), "{text}");
        assert!(codes(&import).contains(&code), "{text}: {:?}", import.report.problems);
        for problem in &import.report.problems {
            assert!(problem.place.starts_with("x.csv") && problem.message.len() > 10, "{problem:?}");
        }
    }
    let one = prices("x.csv", places, &ImportOptions { only: Some("a".into()), ..chicago() });
    assert_eq!(readings(&one), [Some(100), Some(100)]);
    let none = prices("x.csv", places, &ImportOptions { only: Some("C".into()), ..chicago() });
    assert!(codes(&none).contains(&"import-no-such-place"));
    let second = prices("x.csv", columns, &ImportOptions { column: Some("Second".into()), ..chicago() });
    assert_eq!(readings(&second), [Some(200), Some(200)]);
    let third = prices("x.csv", columns, &ImportOptions { column: Some("third".into()), ..chicago() });
    assert!(told(&third, "import-no-column")[0].hint.contains("`first`"));
}

/// A day of hours under a heading, each twice the one before in cents.
fn day(head: &str, value: impl Fn(i64) -> String) -> String {
    let rows: String = (0..24).map(|hour| format!("2025-06-02 {hour:02}:00,{}\n", value(hour))).collect();
    format!("time,{head}\n{rows}")
}

#[test]
fn a_load_is_not_read_as_prices_nor_prices_as_a_load() {
    let number = |hour: i64| (25 + hour % 5).to_string();
    for head in ["MW", "Load", "site_kW", "Energy (MWh)", "METERED_USAGE"] {
        let import = prices("l.csv", &day(head, number), &chicago());
        assert!(import.series.is_none(), "{head}");
        assert!(told(&import, "import-not-prices")[0].hint.contains("import load"), "{head}");
        assert!(load("l.csv", &day(head, number), &chicago()).series.is_some(), "{head}");
    }
    for head in ["LMP", "price", "$/MWh", "Settlement Point Price", "USD"] {
        let import = load("p.csv", &day(head, number), &chicago());
        assert!(import.series.is_none(), "{head}");
        assert!(told(&import, "import-not-load")[0].message.contains(head), "{head}");
        assert!(prices("p.csv", &day(head, number), &chicago()).series.is_some(), "{head}");
    }
    // A user who names the unit is taken at his word, and told.
    let named = ImportOptions { unit: Some(ValueUnit::UsdPerMwh), ..chicago() };
    let import = prices("l.csv", &day("MW", number), &named);
    assert!(import.series.is_some() && codes(&import).contains(&"import-not-prices"));
    // Without a heading the sizes tell.
    let signed = |hour: i64| (hour - 3).to_string();
    assert!(codes(&load("p.csv", &day("value", signed), &chicago())).contains(&"import-not-load"));
    assert!(prices("p.csv", &day("value", signed), &chicago()).series.is_some());
    let large = |hour: i64| (5_000 + hour).to_string();
    assert!(codes(&prices("l.csv", &day("value", large), &chicago())).contains(&"import-not-prices"));
    // A site that feeds in has a few such hours under a heading of its own: they are left out by line.
    let metered = load("m.csv", &day("MW", signed), &chicago());
    assert_eq!((told(&metered, "import-negative-load").len(), metered.preview.missing), (3, 0));
}

#[test]
fn sizes_of_another_unit_are_told_with_the_unit_that_would_do() {
    let dear = |hour: i64| (40_000 + hour).to_string();
    let import = prices("p.csv", &day("$/MWh", dear), &chicago());
    assert!(import.series.is_none());
    let problem = told(&import, "import-absurd-price")[0];
    assert!(
        problem.severity == crate::quantity::Severity::Error && problem.hint.contains("40.01 $/MWh"),
        "{problem:?}"
    );
    let cheap = |hour: i64| format!("0.0{}", 40 + hour % 10);
    let import = prices("p.csv", &day("price $/MWh", cheap), &chicago());
    let hint = &told(&import, "import-odd-unit")[0].hint;
    assert!(hint.contains("44") && hint.contains("--unit $/kWh"), "{hint}");
    let small = |hour: i64| (60 + hour % 5).to_string();
    let import = load("l.csv", &day("kW", small), &chicago());
    assert_eq!(told(&import, "import-odd-unit")[0].hint, "as MW it would be 64.0 MW (--unit MW)");
}

#[test]
fn three_decimals_after_a_comma_are_decimals_among_semicolons() {
    let file = |separator: char, value: &dyn Fn(i64) -> String| {
        let rows: String =
            (0..24).map(|hour| format!("2025-06-02 {hour:02}:00{separator}{}\n", value(hour))).collect();
        format!("time{separator}price $/MWh\n{rows}")
    };
    let first = |import: &Import| readings(import)[0];
    let comma = |hour: i64| format!("45,1{:02}", hour + 10);
    let import = prices("p.csv", &file(';', &comma), &chicago());
    assert_eq!(first(&import), Some(4_511));
    assert_eq!(told(&import, "import-decimal-mark")[0].severity, crate::quantity::Severity::Warning);
    let point = |hour: i64| format!("45.1{:02}", hour + 10);
    assert_eq!(first(&prices("p.csv", &file(';', &point), &chicago())), Some(4_511));
    assert_eq!(codes(&prices("p.csv", &file(',', &point), &chicago())), ["import-stamps"]);
    // One number without a choice settles all.
    let plain = |hour: i64| if hour == 5 { "7,5".to_owned() } else { comma(hour) };
    let import = prices("p.csv", &file(';', &plain), &chicago());
    assert_eq!((first(&import), codes(&import)), (Some(4_511), vec!["import-stamps"]));
    // Thousands in quotes, as English spreadsheets write a load; and a decimal comma in quotes.
    let thousands = |hour: i64| format!("\"45,1{:02}\"", hour + 10);
    assert_eq!(first(&load("l.csv", &day("kW", thousands), &chicago())), Some(45_110));
    assert_eq!(
        first(&prices("p.csv", &day("$/MWh", |hour| format!("\"3{hour},5\"")), &chicago())),
        Some(3_050)
    );
    let mixed = |hour: i64| if hour == 5 { "7.5".to_owned() } else { "7,5".to_owned() };
    let import = prices("p.csv", &file(';', &mixed), &chicago());
    assert!(import.series.is_none());
    assert!(told(&import, "import-decimal-mark")[0].message.contains("line 2"));
    let said = ImportOptions { decimal_mark: Some(crate::quantity::written::Mark::Point), ..chicago() };
    assert_eq!(first(&load("l.csv", &file(';', &comma).replace("price $/MWh", "kW"), &said)), Some(45_110));
}

#[test]
fn the_25th_hour_of_a_row_is_kept() {
    let zone = Zone::named("America/Chicago").unwrap();
    let mut days: Vec<(jiff::civil::Date, Vec<(i8, f64)>)> = Vec::new();
    for (hour, clock) in hours_of_2025(&zone).iter().enumerate() {
        match days.last_mut() {
            Some((day, prices)) if *day == clock.date() => prices.push((clock.hour(), price(hour))),
            _ => days.push((clock.date(), vec![(clock.hour(), price(hour))])),
        }
    }
    let wide = |head: &str, is_counted: bool| {
        let mut text = String::from("date");
        (1..=24).for_each(|hour| write!(text, ",HE{hour:02}").unwrap());
        writeln!(text, ",{head}").unwrap();
        for (day, prices) in &days {
            let mut cells: Vec<String> = vec![String::new(); 25];
            for (place, (hour, usd)) in prices.iter().enumerate() {
                let clock = usize::from(hour.unsigned_abs());
                let at = if is_counted {
                    place
                } else if cells[clock].is_empty() {
                    clock
                } else {
                    24
                };
                cells[at] = usd.to_string();
            }
            writeln!(text, "{day},{}", cells.join(",")).unwrap();
        }
        text
    };
    for head in ["HE25", "25", "Hour 25", "extra hour", "Additional Hour"] {
        for is_counted in [false, true] {
            let import = prices("w.csv", &wide(head, is_counted), &chicago());
            assert_eq!(readings(&import), expected(), "{head} {is_counted}: {:#?}", import.report.problems);
            assert_eq!(codes(&import), ["import-clock", "import-hour-25", "import-stamps", "import-unit"]);
        }
    }
    let bare: String = wide("HE25", false).lines().skip(1).map(|line| format!("{line}\n")).collect();
    assert_eq!(readings(&prices("b.csv", &bare, &chicago())), expected());
    // Hours 0 to 24 are 25 as well.
    let from_nought: String = (1..=24).fold(wide("HE25", false), |text, hour| {
        text.replace(&format!("HE{hour:02}"), &format!("h{:02}", hour - 1))
    });
    let from_nought = from_nought.replace("HE25", "h24");
    assert_eq!(readings(&prices("n.csv", &from_nought, &chicago())), expected());
    // A 25th hour on a day of 24 is named, not taken.
    let import = prices("w.csv", &wide("HE25", false).replacen(",\n", ",99\n", 1), &chicago());
    assert_eq!(told(&import, "import-hour-25").last().unwrap().place, "w.csv, line 2");
    assert_eq!(readings(&import), expected());
}

#[test]
fn odd_beginnings_and_twin_headings() {
    let text = format!("\n \n\u{feff}\u{feff}{}", stamped());
    assert_eq!(readings(&prices("p.csv", &text, &chicago())), expected());
    let twins = "time,price,price\n2025-01-01 00:00,1,2\n2025-01-01 01:00,1,2\n";
    let import = prices("p.csv", twins, &chicago());
    let problem = told(&import, "import-heading-twice")[0];
    assert!(
        import.series.is_none() && problem.message.contains("2 and 3") && problem.hint.contains("--column 3")
    );
    let named = |column: &str| {
        prices("p.csv", twins, &ImportOptions { column: Some(column.to_owned()), ..chicago() })
    };
    assert_eq!(readings(&named("3")), [Some(200), Some(200)]);
    assert!(codes(&named("Price")).contains(&"import-heading-twice"));
    assert!(codes(&named("9")).contains(&"import-no-column"));
    let points = "time;price $/MWh\n03.02.2025 00:00;1,5\n03.02.2025 01:00;2,5\n";
    let import = prices("p.csv", points, &chicago());
    assert_eq!(import.preview.first, Some(date(2025, 2, 3).at(0, 0, 0, 0)));
}

#[test]
fn hostile_sizes_and_bytes_end_in_bounded_time() {
    let one_line = "1,".repeat(20 << 20);
    assert_eq!(codes(&prices("line.csv", &one_line, &chicago())), ["import-line-too-long"]);
    let large = "x".repeat((64 << 20) + 1);
    assert_eq!(codes(&prices("large.csv", &large, &chicago())), ["import-too-large"]);
    let rows = "1\n".repeat(400_000);
    assert_eq!(codes(&prices("rows.csv", &rows, &chicago())), ["import-too-many-rows"]);
    // Every row a fault, every row the same time, every row another century.
    let same = format!("time,price\n{}", "2025-01-01 00:00,1\n".repeat(100_000));
    assert!(prices("same.csv", &same, &chicago()).series.is_none());
    let mut scattered = String::from("time,price\n");
    for index in 0..20_000 {
        writeln!(scattered, "{:04}-12-31 {:02}:00,1", index % 10_000, index % 24).unwrap();
    }
    assert!(prices("scattered.csv", &scattered, &chicago()).series.is_none());
    let quotes = format!("time,price\n{}", "\"2025-01-01 00:00,\"1\n".repeat(10_000));
    let _ = prices("quotes.csv", &quotes, &chicago());
    let commas = format!("{}\n2025-01-01 00:00,1\n2025-01-01 01:00,1", ",".repeat(60_000));
    let _ = prices("commas.csv", &commas, &chicago());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Any damage to a file leaves a series or a reason, never a panic.
    #[test]
    fn a_damaged_file_is_read_or_refused(
        damage in proptest::collection::vec((0_usize..2_000, proptest::prelude::any::<char>()), 1..12),
        cut in 0_usize..2_000,
    ) {
        let mut text: Vec<char> = stamped().chars().take(2_000).collect();
        for (at, symbol) in damage {
            if let Some(slot) = text.get_mut(at) {
                *slot = symbol;
            }
        }
        text.truncate(cut);
        let text: String = text.into_iter().collect();
        for import in [prices("d.csv", &text, &chicago()), load("d.csv", &text, &chicago())] {
            proptest::prop_assert!(import.series.is_some() != import.report.has_errors());
            for problem in &import.report.problems {
                proptest::prop_assert!(!problem.message.is_empty() && problem.message.len() < 2_000);
            }
        }
    }
}
