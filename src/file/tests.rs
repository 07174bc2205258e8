//! The room as a whole: nothing is lost, nothing breaks it, and every problem is named.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::sample::{Random, Sample};
use super::{read, read_text, v1, write, write_text};
use crate::quantity::{Report, Severity};
use crate::site::Site;

fn codes(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<_> = report.problems.iter().map(|problem| problem.code).collect();
    codes.dedup();
    codes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_reads_back_the_same(seed: u64) {
        let mut file = v1::Site::sample(&mut Random::new(seed));
        file.format = v1::FORMAT;
        file.saved_by = env!("CARGO_PKG_VERSION").to_owned();
        let site: Site = file.clone().into_site();
        prop_assert_eq!(&v1::Site::from_site(&site, &file.saved_by), &file);
        let text = write_text(&site);
        let back = super::read::decode(&text, &mut Report::default());
        prop_assert!(back.is_some(), "{}", text);
        let back = back.map(|decoded| decoded.site);
        prop_assert_eq!(back.as_ref(), Some(&site));
        prop_assert_eq!(back.map(|site| write_text(&site)), Some(text));
    }

    #[test]
    fn a_damaged_file_is_refused_or_read_but_never_breaks_the_reader(seed: u64, cut in 0_usize..4_000, byte: u8) {
        let mut file = v1::Site::sample(&mut Random::new(seed));
        file.format = v1::FORMAT;
        let mut bytes = write::text_of(&file).into_bytes();
        let at = cut % bytes.len();
        bytes[at] = byte;
        if seed % 2 == 0 {
            bytes.truncate(at + 1);
        }
        let (site, report) = read_text(&String::from_utf8_lossy(&bytes));
        prop_assert!(site.is_some() || report.has_errors());
        for problem in &report.problems {
            prop_assert!(!problem.place.is_empty() && !problem.message.is_empty());
        }
    }
}

/// `// expect: code place` lines at the head of a file say what must be found in it, in that order.
#[test]
fn every_bad_file_is_refused_with_its_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/bad");
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 30, "{}", names.len());
    for path in names {
        let text = fs::read_to_string(&path).unwrap();
        let expected: Vec<&str> = text
            .lines()
            .filter_map(|line| line.trim_start_matches('\u{feff}').strip_prefix("// expect: "))
            .collect();
        assert!(!expected.is_empty(), "{} expects nothing", path.display());
        let (loaded, report) = read(&path);
        let found: Vec<String> =
            report.problems.iter().map(|problem| format!("{} {}", problem.code, problem.place)).collect();
        assert_eq!(found, expected, "{}\n{:#?}", path.display(), report.problems);
        assert_eq!(
            loaded.is_some(),
            text.contains("// still shown"),
            "{} is to be shown when all its values can be read",
            path.display()
        );
        for problem in &report.problems {
            assert!(!problem.message.is_empty() && !problem.message.ends_with('.'), "{}", problem.message);
        }
    }
}

const SMALL: &str = r#"(format: 1, name: "small", as_of: "2026-01-01", latitude: 31.5, longitude: -102,
    components: [(id: "C", kind: Carrier)])"#;

#[test]
fn a_file_written_by_hand_needs_little() {
    let (site, report) = read_text(SMALL);
    assert_eq!(report.problems, []);
    let site = site.unwrap();
    assert_eq!(site.components[0].units, 1);
    assert_eq!(site.components[0].power_factor, 1.0);
    assert!(site.catalogue.reliability.iter().any(|entry| entry.kind == "ups"), "failure data is pinned");
    assert!(site.catalogue.availability.iter().any(|entry| entry.key == "beta_sides" && entry.value == 0.05));
    // With a byte order mark, Windows line ends, and options in their long form.
    let awkward =
        format!("\u{feff}{}", SMALL.replace('\n', "\r\n").replace("Carrier", "Carrier, kv_in: Some(13.8)"));
    assert_eq!(read_text(&awkward).0.unwrap().components[0].kv_in, Some(13.8));
}

#[test]
fn a_pinned_entry_wins_over_the_built_in_one() {
    let pinned = SMALL.replace(
        "components:",
        r#"catalogue: (reliability: [(kind: "ups", failures_per_year: 9, repair_hours: 1, source: "ours")]), components:"#,
    );
    let (site, report) = read_text(&pinned);
    assert_eq!(report.problems, []);
    let entries = site.unwrap().catalogue.reliability;
    assert_eq!(entries.iter().filter(|entry| entry.kind == "ups").count(), 1);
    assert_eq!(entries[0].failures_per_year, 9.0);
    assert_eq!(entries.len(), 23);
}

/// What no part carries is pinned like failure data, so that a program update does not move an answer.
#[test]
fn pinned_availability_values_are_kept_checked_and_used() {
    let with = |entry: &str| {
        let catalogue = format!("catalogue: (availability: [{entry}]), components:");
        read_text(&SMALL.replace("components:", &catalogue))
    };
    let (site, report) = with(r#"(key: "beta_sides", value: 0.02, source: "ours")"#);
    assert_eq!(report.problems, []);
    let site = site.unwrap();
    let pinned = &site.catalogue.availability;
    assert_eq!(pinned.len(), crate::site::catalogue::availability_values().len());
    assert_eq!((pinned[0].key.as_str(), pinned[0].value), ("beta_sides", 0.02));
    assert_eq!(read_text(&write_text(&site)).0.unwrap(), site);

    let (site, report) = with(r#"(key: "beta_side", value: 0.02, source: "ours")"#);
    assert!(!report.is_clean() && !report.has_errors(), "{:?}", report.problems);
    assert!(report.problems[0].hint.contains("`beta_sides`"), "{:?}", report.problems);
    assert!(
        site.unwrap().catalogue.availability.iter().any(|entry| entry.key == "beta_side"),
        "nothing is lost"
    );
    for value in ["-0.1", "7"] {
        let (_, report) = with(&format!(r#"(key: "beta_sides", value: {value}, source: "ours")"#));
        assert_eq!(report.problems[0].code, "value-out-of-range");
    }
}

#[test]
fn a_read_site_is_saved_and_read_again_without_a_difference() {
    let site = read_text(SMALL).0.unwrap();
    let text = write_text(&site);
    let (again, report) = read_text(&text);
    assert_eq!(report.problems, []);
    assert_eq!(again.as_ref(), Some(&site));
    assert_eq!(text.lines().filter(|line| line.contains("id: \"C\"")).count(), 1);
    assert!(!text.contains('\r') && text.ends_with(")\n"));
}

#[test]
fn comments_of_ones_own_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.site.ron");
    let loaded = |text: &str| {
        fs::write(&path, text).unwrap();
        read(&path).0.unwrap()
    };
    assert!(!loaded(SMALL).had_comments);
    assert!(!loaded(&write_text(&read_text(SMALL).0.unwrap())).had_comments);
    assert!(loaded(&format!("// mine\n{SMALL}")).had_comments);
    assert!(!loaded(&SMALL.replace("small", "https://example.org")).had_comments, "an address is no comment");
    let hash = loaded("(format:1,name:\"\",as_of:\"2026-01-01\",latitude:0,longitude:0)").sha256;
    assert_eq!(hash.len(), 64);
}

#[test]
fn files_that_are_no_files_are_named_for_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, content: Option<&[u8]>, code: &str| {
        let path = folder.path().join(name);
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let (loaded, report) = read(&path);
        assert!(loaded.is_none());
        assert_eq!(codes(&report), [code]);
    };
    check("nowhere.site.ron", None, "file-missing");
    check(".", None, "file-is-folder");
    check("empty.site.ron", Some(b""), "empty-file");
    check("blank.site.ron", Some(b" \n\t// only a comment\n"), "empty-file");
    check("picture.site.ron", Some(b"\x89PNG\r\n\x1a\n\xff\xfe"), "not-text");
    check("zeros.site.ron", Some(&[0; 100]), "not-text");
    let sparse = folder.path().join("sparse.site.ron");
    fs::File::create(&sparse).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(codes(&read(&sparse).1), ["file-too-large"]);
}

#[test]
fn ten_million_components_are_answered_at_once() {
    let text = format!("(format: 1, name: \"\", components: [{}])", "(),".repeat(10_000_000));
    let (site, report) = read_text(&text);
    assert!(site.is_none());
    assert_eq!(codes(&report), ["too-many"]);
    assert!(report.problems[0].message.contains("20000 components"));
}

#[test]
fn a_file_of_the_largest_size_full_of_mistakes_is_answered() {
    use std::fmt::Write as _;
    let mut text = String::from(
        "(format: 1, name: \"\", as_of: \"2026-01-01\", latitude: 0, longitude: 0, components: [",
    );
    for index in 0..20_000 {
        write!(text, "(id: \"c{}\", kind: Carrier, units: 0, kv_in: NaN),", index / 2).unwrap();
    }
    text.push_str("], links: [");
    for index in 0..20_000 {
        write!(text, "(id: \"l{index}\", from: \"d{index}\", to: \"e{index}\", medium: Power()),").unwrap();
    }
    text.push_str("])");
    let (site, report) = read_text(&text);
    assert!(site.is_some() && report.has_errors());
    assert_eq!(report.problems.len(), 1_001);
    assert_eq!(report.problems[1_000].code, "too-many-problems");
}

#[test]
fn deep_nesting_is_refused() {
    for bracket in ["(", "[", "Some(", "{"] {
        let text = format!("(format: 1, name: \"\", later: {}", bracket.repeat(100_000));
        let (site, report) = read_text(&text);
        assert!(site.is_none() && report.has_errors());
    }
}

/// Money that cannot be: each wrong number is named once, at its place.
#[test]
fn instruments_and_tax_that_cannot_be_are_named() {
    let text = r#"Site(format: 1, name: "x", as_of: "2026-01-01", latitude: 0, longitude: 0,
    plan: (start: "2026-01-01"),
    company: (tax: (rate: -0.2, depreciation_years: 0)),
    instruments: [
        (id: "a", kind: ConstructionLoan(loan_to_cost: 1.4, dscr: -1), limit_usd: -5, rate: 0.1, term_months: 36),
        (id: "b", kind: EquityAtMarket(usd_per_year: -1), limit_usd: 5, fee_share: 2, term_months: 0),
        (id: "c", kind: BitcoinBackedLine(initial_ltv: 0.8, call_ltv: 0.7, liquidation_ltv: 0.75), limit_usd: 5, available_from: "2028-01-01", available_to: "2027-01-01", term_months: 12),
        (id: "d", kind: Preferred(dividend: 7), limit_usd: 5, rate: NaN, term_months: 12),
    ],
    limits: (minimum_cash_usd: -3))"#;
    let (_, report) = read_text(text);
    let found: Vec<String> =
        report.problems.iter().map(|problem| format!("{} {}", problem.code, problem.place)).collect();
    for (code, place) in [
        ("value-out-of-range", "company.tax.rate, line 3"),
        ("value-out-of-range", "company.tax.depreciation_years, line 3"),
        ("value-out-of-range", "instruments/a.kind.loan_to_cost, line 5"),
        ("value-out-of-range", "instruments/a.kind.dscr, line 5"),
        ("value-out-of-range", "instruments/a.limit_usd, line 5"),
        ("value-out-of-range", "instruments/b.kind.usd_per_year, line 6"),
        ("value-out-of-range", "instruments/b.fee_share, line 6"),
        ("value-out-of-range", "instruments/b.term_months, line 6"),
        ("value-out-of-range", "instruments/c.kind.initial_ltv, line 7"),
        ("dates-out-of-order", "instruments/c.available_to, line 7"),
        ("value-out-of-range", "instruments/d.kind.dividend, line 8"),
        ("", "instruments/d.rate, line 8"),
        ("value-out-of-range", "limits.minimum_cash_usd, line 10"),
    ] {
        let hits = found.iter().filter(|found| found.starts_with(code) && found.contains(place)).count();
        assert_eq!(hits, 1, "{code} {place} in {found:#?}");
    }
    assert!(report.problems.iter().all(|problem| !problem.hint.is_empty()));
}

/// Files from before tax mean what they meant, and tax is kept.
#[test]
fn tax_is_left_out_where_it_is_the_default_and_kept_where_it_is_not() {
    let mut site = crate::site::Site::empty("tax");
    assert!(!super::write_text(&site).contains("tax:"));
    site.company.tax.rate = 0.25;
    site.company.tax.opening_loss_usd = 12e6;
    let text = super::write_text(&site);
    assert!(text.contains("tax: (rate: 0.25, opening_loss_usd: 12000000.0)"), "{text}");
    let (read, _) = read_text(&text);
    assert_eq!(read.unwrap().company, site.company);
}

/// Terms of forwards that cannot be: each wrong number is named once, at its place.
#[test]
fn forwards_that_cannot_be_are_named() {
    for (terms, field) in [
        ("share: -0.1", "share"),
        ("share: 1.01", "share"),
        ("spread: -0.01", "spread"),
        ("spread: 1", "spread"),
        ("spread: NaN", "spread"),
        ("spread: inf", "spread"),
        ("margin_share: 7", "margin_share"),
        ("share: 1e300", "share"),
    ] {
        let text = format!(
            r#"Site(format: 1, name: "x", as_of: "2026-01-01", latitude: 0, longitude: 0,
    plan: (start: "2026-01-01"),
    company: (hedge: ({terms})))"#
        );
        let (_, report) = read_text(&text);
        let place = format!("company.hedge.{field}, line 3");
        let hits = report.problems.iter().filter(|problem| problem.place.contains(&place)).count();
        assert_eq!(hits, 1, "{terms}: {:#?}", report.problems);
        assert!(report.has_errors() && report.problems.iter().all(|problem| !problem.hint.is_empty()));
    }
}

/// Files from before forwards mean what they meant, and forwards are kept, at their usual terms too.
#[test]
fn forwards_are_left_out_where_there_are_none_and_kept_where_there_are() {
    let mut site = crate::site::Site::empty("forwards");
    assert!(!super::write_text(&site).contains("hedge"));
    let own = crate::site::Hedge { share: 0.5, ..crate::site::Hedge::default() };
    for hedge in [own, crate::site::Hedge::default()] {
        site.company.hedge = Some(hedge);
        let text = super::write_text(&site);
        let (read, report) = read_text(&text);
        assert!(!report.has_errors(), "{text} {:?}", report.problems);
        assert_eq!(read.as_ref().unwrap().company, site.company);
        // The first reading pins the catalogue; from then on saving and reading change nothing.
        let saved = super::write_text(&read.unwrap());
        assert_eq!(super::write_text(&read_text(&saved).0.unwrap()), saved);
    }
}

#[test]
fn every_unreadable_value_is_reported_not_only_the_first() {
    let text = r#"Site(format: 1, name: "x", as_of: "2026-01-01", latitude: 0, longitude: 0,
    plan: (start: "soon"),
    company: (discount_rate: "high", inflaton: 0.02),
    components: [
        (id: "T1", kind: Transformer((rating_mva: "large"))),
        (id: "T2", kind: Transfomer((rating_mva: 5))),
        (id: "T3", kind: Transformer((rating_mva: -5))),
    ],
    links: [(id: "L1", from: "T1")])"#;
    let (site, report) = read_text(text);
    assert!(site.is_none());
    let found = codes(&report);
    for code in ["wrong-type", "unknown-field", "unknown-variant", "missing-field"] {
        assert!(found.contains(&code), "{code} in {:#?}", report.problems);
    }
    let places: Vec<&str> = report.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert!(
        places.iter().any(|place| place.starts_with("components/T1.kind.rating_mva, line 5:")),
        "{places:?}"
    );
    assert!(places.iter().any(|place| place.starts_with("company.inflaton, line 3:")), "{places:?}");
    assert!(report.problems.iter().any(|problem| problem.hint == "did you mean `Transformer`?"));
    assert!(report.problems.iter().any(|problem| problem.hint == "did you mean `inflation`?"));
    assert_eq!(report.count(Severity::Warning), 1);
    assert!(
        places.iter().any(|place| place.starts_with("components/T3.kind.rating_mva, line 7:")),
        "{places:?}"
    );
    assert!(places.iter().any(|place| place.starts_with("plan.start, line 2:")), "{places:?}");
    assert!(report.problems.iter().all(|problem| !problem.hint.is_empty()));
    assert_eq!(report.problems.len(), 7, "nothing that follows from another problem: {:#?}", report.problems);
}

/// What each number allows and together makes no sense, in a file of one feed.
mod sense {
    use super::*;

    fn site(feed: &str, rest: &str) -> Report {
        let text = format!(
            r#"(format: 1, name: "s", as_of: "2026-01-01", latitude: 31.5, longitude: -102, plan: (start: "2026-03-01"),
            components: [(id: "F", name: "Substation", kind: GridFeed((interconnection_mw: 10, {feed}))),
                (id: "M", kind: Metro((latitude: 32.8, longitude: -96.8)))], {rest})"#
        );
        read_text(&text).1
    }

    fn found(report: &Report) -> Vec<(&'static str, &str)> {
        report.problems.iter().map(|problem| (problem.code, problem.message.as_str())).collect()
    }

    fn one(report: &Report, code: &str, words: [&str; 2]) {
        let [problem] = report.problems.as_slice() else { panic!("{:#?}", report.problems) };
        assert_eq!(problem.code, code, "{problem:?}");
        assert!(problem.message.contains(words[0]) && problem.hint.contains(words[1]), "{problem:?}");
        assert!(problem.place.contains("line "), "{problem:?}");
    }

    #[test]
    fn a_price_in_another_unit_is_offered_in_this_one() {
        let flat = |usd: &str| site(&format!("tariff: (energy: Flat((usd_per_mwh: {usd})))"), "");
        one(&flat("0.045"), "price-unit", ["Substation is 0.045 $/MWh", "enter 45"]);
        one(&flat("4500"), "price-unit", ["is 4500 $/MWh, which looks like $/GWh", "enter 4.5 if"]);
        for usd in ["45", "0", "-20", "1"] {
            assert_eq!(flat(usd).problems, [], "{usd}");
        }
        assert_eq!(found(&flat("45000"))[0].0, "value-out-of-range");
        let marginal =
            site("tariff: (energy: Flat((usd_per_mwh: 45)))", "bitcoin: (marginal_usd_per_mwh: 0.05)");
        one(&marginal, "price-unit", ["marginal miner", "enter 50"]);
    }

    #[test]
    fn periods_that_never_come_are_named_with_those_that_take_their_hours() {
        let periods = |list: &str, otherwise: &str| {
            site(
                &format!(
                    "tariff: (energy: TimeOfUse((periods: [{list}], otherwise_usd_per_mwh: {otherwise})))"
                ),
                "",
            )
        };
        let summer = r#"(name: "summer", from_month: 6, to_month: 9, usd_per_mwh: 60)"#;
        let peak =
            r#"(name: "peak", from_month: 7, to_month: 8, from_hour: 15, to_hour: 20, usd_per_mwh: 120)"#;
        assert_eq!(periods(&format!("{peak}, {summer}"), "30").problems, []);
        let shadowed = periods(&format!("{summer}, {peak}"), "30");
        one(
            &shadowed,
            "period-shadowed",
            ["the period peak of Substation are taken by the period summer", "move it up"],
        );
        let halves = r#"(days: Weekdays, usd_per_mwh: 60), (days: Weekend, usd_per_mwh: 20)"#;
        let both = periods(&format!("{halves}, {peak}"), "30");
        one(&both, "period-shadowed", ["period 1 and period 2", "move it up"]);
        one(&periods(summer, "0"), "period-gap", ["66.7 %", "enter their price"]);
        assert_eq!(periods(halves, "0").problems, [], "nothing is left for the other price");
        let all_day = r#"(from_hour: 6, to_hour: 6, usd_per_mwh: 40)"#;
        one(&periods(all_day, "30"), "period-all-day", ["from 6 to 6", "0 to 24"]);
    }

    #[test]
    fn a_block_that_is_over_is_named() {
        let deck = format!("price_decks: [(id: \"d\", months: [{}])]", "[(1, 40)],".repeat(12));
        let block = |until: &str| {
            site(&format!("tariff: (price_deck: \"d\", block: (mw: 5, usd_per_mwh: 40{until}))"), &deck)
        };
        one(&block(r#", until: "2026-03-01""#), "block-over", ["2026-03-01", "remove the block"]);
        assert_eq!(block(r#", until: "2026-04-01""#).problems, []);
        assert_eq!(block("").problems, []);
    }

    #[test]
    fn bills_that_cannot_be_are_named() {
        let bills =
            |list: &str| site(&format!("tariff: (energy: Flat((usd_per_mwh: 45))), bills: [{list}]"), "");
        // 10 MW carry 7,440 MWh in January.
        let bill = |month: &str, kwh: &str, kw: &str, usd: &str| {
            bills(&format!("(month: \"{month}\", kwh: {kwh}, billed_kw: {kw}, total_usd: {usd})"))
        };
        assert_eq!(bill("2025-01-01", "7400e3", "9990", "300e3").problems, []);
        one(
            &bill("2025-01-01", "9400e3", "0", "300e3"),
            "bill-beyond-connection",
            ["9\u{202f}400 MWh", "connection"],
        );
        one(
            &bill("2025-01-01", "7400e3", "12000", "300e3"),
            "bill-beyond-connection",
            ["12.0 MW", "connection"],
        );
        one(&bill("2025-01-01", "7400e3", "10", "300e3"), "bill-peak-too-low", ["Jan 2025", "in kW"]);
        one(&bill("2026-05-01", "7400e3", "9990", "300e3"), "bill-in-future", ["May 2026", "as_of"]);
        one(&bill("2009-05-01", "7400e3", "9990", "300e3"), "bill-too-old", ["15 years", "year"]);
        one(&bill("2025-01-01", "7400", "9990", "300e3"), "bill-price", ["$/MWh", "kWh"]);
        let twice = bills(
            r#"(month: "2025-01-01", kwh: 5e6, total_usd: 2e5), (month: "2025-01-31", kwh: 5e6, total_usd: 2e5)"#,
        );
        one(&twice, "dates-unsorted", ["two bills of 2025-01", "keep one"]);
    }

    const FLAT: &str = "tariff: (energy: Flat((usd_per_mwh: 45)))";

    #[test]
    fn names_that_no_library_has_are_named_with_the_nearest() {
        let offer = |more: &str| {
            site(
                FLAT,
                &format!(
                    r#"offers: [(id: "O", terms: Colocation(rent_usd_per_kw_month: 130), max_mw: 5, term_months: 120, {more})]"#
                ),
            )
        };
        assert_eq!(offer(r#"rating: (name: "BBB-", default_per_year: 0.003)"#).problems, []);
        let rating = offer(r#"rating: (name: "Unrated neocloud", default_per_year: 0.04)"#);
        one(&rating, "rating-unknown", ["`Unrated neocloud`", "`Unrated neo-cloud`"]);
        one(&offer(r#"sla_terms: (schedule: "level9")"#), "schedule-unknown", ["`level9`", "`level3`"]);
        let metro = offer(r#"needs: (latency: (metro: "N", rtt_ms: 5))"#);
        one(&metro, "metro-dangling", ["`N`", "`M`"]);
        let kind = r#"catalogue: (reliability: [(kind: "upss", failures_per_year: 1, repair_hours: 1, source: "x")])"#;
        one(&site(FLAT, kind), "reliability-kind-unknown", ["`upss`", "`ups`"]);
    }

    #[test]
    fn a_bootstrap_without_months_to_draw_from_is_an_error_of_the_file() {
        let months: String = (1..=12)
            .map(|month| format!("(month: \"2024-{month:02}-01\", price_usd_per_btc: 60000),"))
            .collect();
        let with = |months: &str, model: &str, rest: &str| {
            site(
                FLAT,
                &format!(
                    "bitcoin: (price_model: {model}), price_history: (name: \"mine\", months: [{months}]), {rest}"
                ),
            )
        };
        let short = with(&months, "Bootstrap", "");
        one(&short, "history-too-short", ["11 pairs", "JumpDiffusion"]);
        assert!(short.has_errors());
        let one_more = format!("(month: \"2023-12-01\", price_usd_per_btc: 42000),{months}");
        assert_eq!(with(&one_more, "Bootstrap", "").problems, []);
        assert_eq!(with(&months, "JumpDiffusion", "").problems, []);
        let scenario = r#"scenarios: [(name: "wild", overrides: [PriceModel(model: Bootstrap)])]"#;
        one(&with(&months, "JumpDiffusion", scenario), "history-too-short", ["11 pairs", "add months"]);
        assert_eq!(with("", "Bootstrap", "").problems[0].code, "history-too-short");
        let slip = with(&months.replace("60000", "60"), "JumpDiffusion", "");
        one(&slip, "price-unlikely", ["0.0009", "thousands of dollars"]);
    }
}
