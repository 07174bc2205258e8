//! Lists of equipment on the command line, among them workbooks written by other programs (openpyxl, XlsxWriter).

use std::path::Path;
use std::process::Output;

use serde_json::Value;
use wattshift::file;

use crate::command_line::wattshift;

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name).display().to_string()
}

fn site(folder: &Path) -> String {
    let path = folder.join("empty.site.ron");
    std::fs::write(&path, file::write_text(&wattshift::site::Site::empty("Empty"))).unwrap();
    path.display().to_string()
}

#[test]
fn a_workbook_of_openpyxl_becomes_parts_links_and_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let (site, list) = (site(folder.path()), data("equipment-openpyxl.xlsx"));
    let out = folder.path().join("out.site.ron").display().to_string();
    let output = wattshift(&["import", "equipment", &list, "--site", &site, "-o", &out, "--json"]);
    // One line is not understood.
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let found = json(&output);
    assert_eq!((found["sheet"].as_str(), found["header_line"].as_u64()), (Some("Equipment list"), Some(4)));
    assert_eq!(
        (found["counts"]["added"].as_u64(), found["counts"]["unmatched"].as_u64()),
        (Some(3), Some(1))
    );
    let (read, _) = file::read_text(&std::fs::read_to_string(&out).unwrap());
    let read = read.unwrap();
    let main = read.component("tx-01").unwrap();
    assert_eq!((main.kv_in, main.kv_out), (Some(138.0), Some(34.5)));
    assert!((main.unit_rating_mw() - 40.0 * main.power_factor).abs() < 1e-9);
    let ups = read.component("ups-a").unwrap();
    assert!(ups.planned().is_some() && ups.units == 4 && (ups.unit_rating_mw() - 1.25).abs() < 1e-9);
    assert_eq!(read.component("sg-01").unwrap().note, "rebuilt 2021 – A&B");
    // The switchgear gives 34.5 kV and the UPS takes 0.48 kV: no link, and it is said.
    assert_eq!(read.links.iter().map(|link| link.to.as_str()).collect::<Vec<_>>(), ["sg-01"]);
    assert!(found["problems"].to_string().contains("put a transformer between them"));

    // The same list once more changes nothing; a part of it alone can be taken.
    let again = json(&wattshift(&["import", "equipment", &list, "--site", &out, "--json"]));
    assert_eq!((again["counts"]["same"].as_u64(), again["counts"]["added"].as_u64()), (Some(3), Some(0)));
    let one = folder.path().join("one.site.ron").display().to_string();
    wattshift(&["import", "equipment", &list, "--site", &site, "-o", &one, "--only", "TX-01"]);
    assert_eq!(file::read_text(&std::fs::read_to_string(&one).unwrap()).0.unwrap().components.len(), 1);
}

#[test]
fn a_workbook_of_xlsxwriter_is_read_and_a_later_list_takes_parts_out_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(folder.path());
    let out = folder.path().join("out.site.ron").display().to_string();
    let list = data("equipment-xlsxwriter.xlsx");
    let found = json(&wattshift(&["import", "equipment", &list, "--site", &site, "-o", &out, "--json"]));
    assert_eq!(found["counts"]["added"].as_u64(), Some(3), "{found}");
    let read = |path: &str| file::read_text(&std::fs::read_to_string(path).unwrap()).0.unwrap();
    assert_eq!(read(&out).component("gen-1").unwrap().units, 2);
    // 4,000 A at 480 V: 1.7320508 x 0.48 x 4 = 3.3255 MVA; the formula's value is that of the cell.
    let wattshift::site::Kind::AutomaticTransferSwitch(switch) =
        &read(&out).component("ats-1").unwrap().kind.clone()
    else {
        panic!("no transfer switch")
    };
    assert!((switch.rating_mva - 3.325_538).abs() < 1e-5);
    let later = folder.path().join("rev-b.csv");
    std::fs::write(&later, "Kennung;Typ;Leistung\nGEN-1;Genset;3,5 MW\n").unwrap();
    let later = later.display().to_string();
    let next = folder.path().join("next.site.ron").display().to_string();
    let map = ["--map", "Kennung=tag", "--map", "Typ=kind", "--map", "Leistung=rating"];
    let run = |extra: &[&str]| {
        let mut arguments = vec!["import", "equipment", &later, "--site", &out, "-o", &next, "--json"];
        arguments.extend(map);
        arguments.extend(extra);
        json(&wattshift(&arguments))
    };
    let found = run(&[]);
    assert_eq!((found["counts"]["changed"].as_u64(), found["counts"]["gone"].as_u64()), (Some(1), Some(2)));
    assert_eq!(read(&next).components.len(), 3);
    run(&["--remove-gone", "--force"]);
    let last = read(&next);
    assert_eq!((last.components.len(), last.component("gen-1").unwrap().unit_rating_mw()), (1, 3.5));
}

#[test]
fn lists_that_cannot_be_read_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(folder.path());
    for (name, bytes, words) in [
        ("old.xls", &[0xd0, 0xcf, 0x11, 0xe0][..], "Excel 97"),
        ("broken.xlsx", b"PK\x03\x04 nothing", "cannot be read"),
        ("bytes.csv", &[1, 0, 2], "no text"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let output = wattshift(&["import", "equipment", &path.display().to_string(), "--site", &site]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(words), "{name}");
    }
    let path = folder.path().join("no-tags.csv").display().to_string();
    std::fs::write(&path, "a,b\n1,2\n").unwrap();
    let output = wattshift(&["import", "equipment", &path, "--site", &site]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("tags or names"));
    let bad = wattshift(&["import", "equipment", &path, "--site", &site, "--map", "a=nonsense"]);
    assert!(String::from_utf8_lossy(&bad.stderr).contains("no column `nonsense`"));
}
