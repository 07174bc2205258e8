use super::*;
use crate::site::edit::apply;
use crate::site::{Component, Kind, Medium, Object, Serves, Site};

/// Power runs between any two parts.
fn joins(_: &Component, _: &Component) -> Result<Medium, String> {
    Ok(Medium::Power { serves: Serves::Both, normally_open: false })
}

fn drafted(site: &Site, text: &str) -> Draft {
    let book = book_of_text("list.csv", text);
    let mapping = book.guess(None, &BTreeMap::new());
    draft(site, &book, &mapping, joins, false)
}

fn taken(site: &Site, text: &str) -> Site {
    let book = book_of_text("list.csv", text);
    let mapping = book.guess(None, &BTreeMap::new());
    let found = draft(site, &book, &mapping, joins, false);
    let all = (0..found.rows.len()).collect();
    apply(site, &edit(site, &book, &found, &all).unwrap()).unwrap().0
}

const LIST: &str = "\
Substation upgrade,,,,,,,
rev A of 2026-02-03,,,,,,,
Tag No.,Description,Type,Rating,Voltage,Qty,Fed from,Status
UTIL,Utility service,Utility,60 MW,138 kV,1,,existing
T-1,Main power transformer,Transformer,\"40,000 kVA\",138/34.5 kV,1,UTIL,existing
SG-1,MV gear,Switchgear,2000 A @ 34.5 kV,34.5 kV,1,T1,in service
UPS-1,,UPS,2 x 1250 kW,480 V,,SG-1,new
X,mystery box,,,,,,
T-1,again,Transformer,1 kVA,,,,
CH-1,Chiller,Chiller,500 tons,480 V,3,SG-9,planned
";

#[test]
fn a_clients_list_is_read_under_its_header_row_with_units_and_links() {
    let found = drafted(&Site::empty("new"), LIST);
    let what: Vec<(&str, What)> = found.rows.iter().map(|row| (row.tag.as_str(), row.what)).collect();
    assert_eq!(
        what,
        [
            ("UTIL", What::Added),
            ("T-1", What::Added),
            ("SG-1", What::Added),
            ("UPS-1", What::Added),
            ("X", What::Unmatched),
            ("T-1", What::Unmatched),
            ("CH-1", What::Added),
        ]
    );
    assert!(found.rows[4].why.contains("`mystery box`") && found.rows[5].why.contains("line 5 already"));
    assert!(found.rows[6].notes[0].contains("no `SG-9`"));
    let site = taken(&Site::empty("new"), LIST);
    let part = |id: &str| site.component(id).unwrap();
    assert_eq!(part("util").rating_mw(), 60.0);
    let Kind::Transformer(transformer) = &part("t-1").kind else { panic!() };
    assert_eq!(
        (transformer.rating_mva, part("t-1").kv_in, part("t-1").kv_out),
        (40.0, Some(138.0), Some(34.5))
    );
    let Kind::Switchgear(gear) = &part("sg-1").kind else { panic!() };
    // 2,000 A at 34.5 kV by hand: 1.7320508 x 34.5 x 2 = 119.51 MVA.
    assert!((gear.rating_mva - 119.511_505).abs() < 1e-5);
    assert_eq!((part("ups-1").units, part("ups-1").unit_rating_mw()), (2, 1.25));
    assert!(part("ups-1").planned().is_some_and(|planned| planned.lead_months == 7.5));
    // 500 tons of refrigeration are 1.758 MW of heat.
    assert!((part("ch-1").unit_rating_mw() - 1.758_427).abs() < 1e-6 && part("ch-1").units == 3);
    let links: Vec<(&str, &str)> =
        site.links.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect();
    assert_eq!(links, [("util", "t-1"), ("t-1", "sg-1"), ("sg-1", "ups-1")]);
    // Nothing lies on anything else, and the file reads back.
    for (index, part) in site.components.iter().enumerate() {
        assert!(site.components[..index].iter().all(|other| other.at_schematic != part.at_schematic));
    }
    let (read, report) = crate::file::read_text(&crate::file::write_text(&site));
    assert_eq!(read.unwrap().components, site.components, "{report:?}");
}

#[test]
fn a_later_revision_says_what_is_added_changed_and_gone() {
    let site = taken(&Site::empty("new"), LIST);
    let later = "Tag,Type,Rating,Qty\nutil,Utility,60 MW,1\nT1,Transformer,50 MVA,1\nUPS-1,UPS,1.25 MW,4\nGEN-1,Genset,3 MW,2\nSG-1,Transformer,1 MVA,1\n";
    let found = drafted(&site, later);
    let of = |tag: &str| found.rows.iter().find(|row| row.tag == tag).unwrap();
    assert_eq!(
        (of("util").what, of("T1").what, of("UPS-1").what),
        (What::Same, What::Changed, What::Changed)
    );
    let change = &of("T1").changes[0];
    assert_eq!((change.before.as_str(), change.after.as_str()), ("40 MVA", "50 MVA"));
    assert_eq!(
        (of("GEN-1").what, of("CH-1").what, of("SG-1").what),
        (What::Added, What::Gone, What::Unmatched)
    );
    assert!(of("SG-1").why.contains("a Switchgear in the drawing and a Transformer in the list"));
    // One line alone.
    let book = book_of_text("rev B.csv", later);
    let place = found.rows.iter().position(|row| row.tag == "T1").unwrap();
    let edit = edit(&site, &book, &found, &BTreeSet::from([place])).unwrap();
    let (next, label) = apply(&site, &edit).unwrap();
    assert_eq!(label, "Import equipment of rev B.csv: 1 changed");
    assert_eq!((next.components.len(), next.component("ups-1").unwrap().units), (site.components.len(), 2));
    let at = crate::site::Address::new(Object::Component("t-1".into()), "rating_mva");
    assert_eq!(next.value(&at), Some(Some(50.0)));
    assert_eq!(next.provenance_of(&at).unwrap().source, "Equipment list rev B.csv");
    // The same list once more changes nothing.
    let again = drafted(&site, LIST);
    assert!(
        again.rows.iter().all(|row| matches!(row.what, What::Same | What::Unmatched)),
        "{:?}",
        again.rows
    );
}

#[test]
fn headings_are_matched_and_what_was_said_of_them_is_remembered() {
    let book = book_of_text(
        "x.csv",
        "Kennzeichen;Leistung [kVA];Equipment Type;Lead time, months\nT9;2500;Transformer;1 year\n",
    );
    let guessed = book.guess(None, &BTreeMap::new());
    let keys = |mapping: &Mapping| -> Vec<&str> {
        mapping.columns.iter().map(|target| target.map_or("", |target| target.key())).collect()
    };
    // Without a name nothing is a header row; the columns it knows are matched all the same.
    assert_eq!((guessed.header, keys(&guessed)), (None, vec!["", "", "kind", "lead_months"]));
    let remembered = BTreeMap::from([
        ("kennzeichen".to_owned(), "tag".to_owned()),
        (heading_key("Leistung [kVA]"), "rating".to_owned()),
    ]);
    let mapping = book.guess(None, &remembered);
    assert_eq!((mapping.header, keys(&mapping)), (Some(0), vec!["tag", "rating", "kind", "lead_months"]));
    let found = draft(&Site::empty("new"), &book, &mapping, joins, false);
    assert_eq!(found.rows[0].what, What::Added);
    // A lead time is of a planned part alone, and is said to be of no use to one that stands.
    assert!(found.rows[0].notes[0].contains("has no lead time"), "{:?}", found.rows[0].notes);
}

#[test]
fn every_kind_of_the_drawing_is_known_by_its_own_words() {
    for part in &crate::file::typical_parts().components {
        let found = words::kind_of(part.kind.label()).unwrap_or_else(|| panic!("{}", part.kind.label()));
        assert_eq!(found.kind.label(), part.kind.label());
    }
    assert!(words::known_words() > 100);
    for (text, id) in [
        ("UPS1", "ups"),
        ("Pad-mount transformer 2", "unit-transformer"),
        ("Static Transfer Switch", "sts"),
        ("2N diesel generators", "genset"),
        ("RPP-4B", "pdu"),
    ] {
        assert_eq!(words::kind_of(text).map(|part| part.id.as_str()), Some(id), "{text}");
    }
    assert!(words::kind_of("upset bushel").is_none());
}

#[test]
fn hostile_lists_end_in_words_and_change_nothing_unasked() {
    let site = Site::empty("new");
    let long = format!("Tag,Type\n{}", "a,b\n".repeat(MOST_ROWS + 5));
    let wide = format!("Tag,Type,{}\nT1,Transformer,{}\n", "x,".repeat(5000), "1,".repeat(5000));
    let deep = format!("Tag,Type\n\"{}\n", "never closed\n".repeat(100_000));
    let huge = format!("Tag,Type,Rating\nT1,Transformer,{}\n", "9".repeat(1_000_000));
    for text in [
        "",
        "\n\n\n",
        ",,,",
        "Tag",
        "Tag,Type",
        "\u{0}",
        "Tag,Type\n=cmd|' /C calc'!A0,UPS\n",
        &long,
        &wide,
        &deep,
        &huge,
    ] {
        let found = drafted(&site, text);
        let book = book_of_text("list.csv", text);
        let all = (0..found.rows.len()).collect();
        if let Some(edit) = edit(&site, &book, &found, &all) {
            let (next, _) = apply(&site, &edit).unwrap();
            assert!(next.components.iter().all(|part| part.rating_mw().is_finite()));
        } else {
            assert!(!found.report.problems.is_empty(), "{}", &text[..text.len().min(40)]);
        }
        assert!(found.report.problems.len() <= 110);
    }
    for bad in ["NaN kVA", "-5 kVA", "1e400 kVA", "inf MVA", "0 kVA"] {
        let found = drafted(&site, &format!("Tag,Type,Rating\nT1,Transformer,{bad}\n"));
        assert_eq!(found.rows[0].notes.len(), 1, "{bad}: {:?}", found.rows[0]);
    }
    for units in ["NaN", "-1", "0", "1.5", "1e9"] {
        let found = drafted(&site, &format!("Tag,Type,Qty\nT1,Transformer,{units}\n"));
        assert_eq!(found.rows[0].notes.len(), 1, "{units}: {:?}", found.rows[0]);
    }
    assert!(book("x.xls", &[0xd0, 0xcf, 0x11, 0xe0]).unwrap_err().problems[0].hint.contains("xlsx"));
    assert!(book("x.xlsx", b"PK nothing").is_err());
    assert!(book("x.bin", &[1, 0, 0, 2]).is_err());
}

#[test]
fn two_thousand_lines_are_quick() {
    let mut text = "Tag,Type,Rating,Fed from\n".to_owned();
    for index in 0..2000 {
        text.push_str(&format!(
            "T{index},Transformer,2500 kVA,{}\n",
            if index > 0 { format!("T{}", index - 1) } else { String::new() }
        ));
    }
    let begun = std::time::Instant::now();
    let site = taken(&Site::empty("new"), &text);
    assert_eq!((site.components.len(), site.links.len()), (2000, 1999));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
