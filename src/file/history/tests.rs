//! Histories as exchanges hand them out, and as they should not be.

use super::*;

fn codes(report: &Report) -> Vec<(&'static str, &str)> {
    report.problems.iter().map(|problem| (problem.code, problem.place.as_str())).collect()
}

fn prices(text: &str) -> Vec<(String, f64)> {
    let (history, report) = read_price_history("p.csv", text);
    let months = history.unwrap_or_else(|| panic!("{report:#?}")).months;
    months.into_iter().map(|month| (month.month.to_string(), month.price_usd_per_btc)).collect()
}

#[test]
fn dates_are_read_in_the_forms_people_use() {
    for form in [
        "2025-03",
        "2025-03-31",
        "2025/03/31",
        "20250331",
        "31.03.2025",
        "3/31/2025",
        "31/3/2025",
        "03/2025",
        "Mar 2025",
        "March 2025",
        "mar-25",
        "Mar 31, 2025",
        "2025-03-31T00:00:00Z",
        "2025-03-31 23:59",
    ] {
        let text = format!("date,price\n\"{form}\",82000\n");
        assert_eq!(prices(&text), [("2025-03-01".to_owned(), 82_000.0)], "{form}");
    }
    for form in ["2025-13", "soon", "31/31/2025", "", "2025-02-30", "٢٠٢٥-٠٣", "99999999"] {
        let (history, report) = read_price_history("p.csv", &format!("date,price\n{form},82000\n"));
        assert!(history.is_none(), "{form}");
        assert_eq!(codes(&report), [("date-unreadable", "p.csv, line 2")], "{form}");
    }
}

#[test]
fn days_make_months_and_numbers_may_have_commas() {
    let daily =
        "Date,Open,Close,Volume\n2024-01-30,1,\"43,000.5\",9\n2024-01-31,1,$42580,9\n2024-02-29,1,61200,9\n";
    assert_eq!(prices(daily), [("2024-01-01".to_owned(), 42_580.0), ("2024-02-01".to_owned(), 61_200.0)]);
    let german = "Monat date;Preis price\n31.01.2024;42.580,25\n29.02.2024;61.200\n";
    assert_eq!(prices(german), [("2024-01-01".to_owned(), 42_580.25), ("2024-02-01".to_owned(), 61_200.0)]);
    let bare = "2024-02,61200\n2024-01,42580\n";
    assert_eq!(prices(bare), [("2024-01-01".to_owned(), 42_580.0), ("2024-02-01".to_owned(), 61_200.0)]);
}

#[test]
fn network_and_fees_are_read_in_their_units() {
    let text = "month,price_usd_last,difficulty,fee_share_of_reward\n2025-12,88000,148.26e12,0.01\n";
    let (history, report) = read_price_history("p.csv", text);
    let month = history.unwrap().months.remove(0);
    // 148.26 T are 1,061 EH/s.
    assert!((month.network_eh.unwrap() - 1_061.0).abs() < 1.0);
    assert!((month.fee_share_of_subsidy.unwrap() - 0.01 / 0.99).abs() < 1e-12);
    assert_eq!(codes(&report), [("column-taken", "p.csv, line 1"); 2]);
    for (head, value) in
        [("hashrate_eh", "1061"), ("Hash rate (TH/s)", "1061000000"), ("network PH/s", "1061000")]
    {
        let text = format!("month,price,{head},fees %\n2025-12,88000,{value},1\n");
        let month = read_price_history("p.csv", &text).0.unwrap().months.remove(0);
        assert!((month.network_eh.unwrap() - 1_061.0).abs() < 1e-6, "{head}");
        assert!((month.fee_share_of_subsidy.unwrap() - 0.01).abs() < 1e-12);
    }
}

#[test]
fn another_unit_than_the_head_says_is_refused_and_fees_in_money_are_left_out() {
    let read = |head: &str, values: [&str; 2]| {
        let [first, second] = values;
        let text = format!("month,price,{head}\n2024-01,42580,{first}\n2024-02,61200,{second}\n");
        read_price_history("p.csv", &text)
    };
    for (head, values, unit) in [
        ("hashrate", ["515000", "560000"], "PH/s"),
        ("network", ["515000000", "560000000"], "TH/s"),
        ("hashrate", ["72e12", "80e12"], "difficulty"),
        ("hashrate EH/s", ["515000", "560000"], "PH/s"),
        ("difficulty", ["515", "560"], "EH/s taken for a difficulty"),
    ] {
        let (history, report) = read(head, values);
        assert!(history.is_none(), "{head} {values:?}");
        let problem = report.problems.iter().find(|problem| problem.code == known::NETWORK).unwrap();
        assert!(problem.message.ends_with(unit) && problem.hint.contains("hashrate_ph"), "{problem:?}");
    }
    let (history, report) = read("fees_btc", ["28", "31"]);
    assert!(history.unwrap().months.iter().all(|month| month.fee_share_of_subsidy.is_none()));
    assert_eq!(codes(&report)[0], ("column-left-out", "p.csv, line 1"));
    let (history, report) = read("fees", ["11", "9"]);
    assert!(history.is_none() && report.problems.iter().any(|problem| problem.hint.contains("fees %")));
    assert!(read("fees", ["11 %", "9 %"]).0.is_some());
    let (history, report) = read_price_history("p.csv", "month,close,close\n2024-01,42580,1\n");
    assert_eq!(history.unwrap().months[0].price_usd_per_btc, 42_580.0);
    assert!(codes(&report).contains(&("heading-twice", "p.csv, line 1")), "{report:#?}");
}

#[test]
fn semicolons_do_not_make_a_decimal_comma() {
    let month = |price: &str| prices(&format!("month;price\n2024-01;{price}\n2024-02;61200\n"))[0].1;
    assert_eq!(month("42580.25"), 42_580.25);
    assert_eq!(month("42580,25"), 42_580.25);
    let (history, report) = read_price_history("p.csv", "month;price\n2024-01;42.580\n2024-02;61.200\n");
    assert_eq!(history.unwrap().months[1].price_usd_per_btc, 61_200.0);
    assert_eq!(codes(&report), [("decimal-mark-unsure", "p.csv, line 2")]);
    let mixed = "month;price\n2024-01;42580,5\n2024-02;61200.5\n";
    assert_eq!(codes(&read_price_history("p.csv", mixed).1)[0], ("decimal-mark-mixed", "p.csv, line 2"));
}

#[test]
fn what_is_wrong_is_named_by_line() {
    let text =
        "date,price\n2024-01,42000\n2024-02,n/a\n2024-03,-5\n2024-04,\n2024-05,inf\n2024-06,1e12\n2024-07\n";
    let (history, report) = read_price_history("p.csv", text);
    assert!(history.is_none());
    let expected = [
        ("number-unreadable", "p.csv, line 3"),
        ("price-absurd", "p.csv, line 4"),
        ("number-unreadable", "p.csv, line 5"),
        ("number-unreadable", "p.csv, line 6"),
        ("price-absurd", "p.csv, line 7"),
        ("row-short", "p.csv, line 8"),
    ];
    assert_eq!(codes(&report), expected);
}

#[test]
fn gaps_and_repeats_are_told_and_conflicts_refused() {
    let text = "date,price\n2024-01,42000\n2024-01,42000\n2024-02,61000\n2024-05,67000\n";
    let (history, report) = read_price_history("p.csv", text);
    assert_eq!(history.unwrap().months.len(), 3);
    assert_eq!(codes(&report), [("date-twice", "p.csv, line 3"), ("months-missing", "p.csv, line 5")]);
    assert!(report.problems[1].message.starts_with("2 months"), "{}", report.problems[1].message);
    let text = "date,price\n2024-01-31,42000\n2024-01-31,43000\n";
    let (history, report) = read_price_history("p.csv", text);
    assert!(history.is_none());
    assert_eq!(codes(&report), [("date-conflict", "p.csv, line 3")]);
    let ambiguous = "date,price\n01/02/2024,42000\n01/03/2024,43000\n";
    let (history, report) = read_price_history("p.csv", ambiguous);
    assert_eq!(history.unwrap().months.len(), 1);
    assert_eq!(codes(&report)[0], ("date-ambiguous", "p.csv, line 2"));
}

#[test]
fn hostile_text_is_refused_in_bounded_time() {
    let wide = format!("date,price{}\n", ",x".repeat(200_000));
    let many = format!("date,price\n{}", "2024-01,nonsense\n".repeat(90_000));
    let endless = format!("date,price\n{}", "2024-01,1\n".repeat(200_000));
    let commas = ",".repeat(4 << 20);
    for text in [
        "",
        "\n\n",
        "\u{feff}",
        "a,b\n1,2\n",
        "date\n2024-01\n",
        "\"\"\"",
        "date,price\n\"2024-01,5\n",
        &wide,
        &many,
        &endless,
        &commas,
    ] {
        let (history, report) = read_price_history("p.csv", text);
        assert!(history.is_none() && report.has_errors(), "{}", &text[..text.len().min(40)]);
        assert!(report.problems.len() < 50);
    }
}
