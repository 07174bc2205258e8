//! Arguments and files that cannot be meant, as a script sees them: refused in words, nothing half done.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn wattshift(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wattshift"));
    command.args(arguments).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().unwrap()
}

fn site() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("site_templates/washington-18mw.site.ron");
    path.to_str().unwrap().to_owned()
}

/// Status 2, nothing on standard output, and the words on standard error.
fn refused(arguments: &[&str], words: &str) {
    let output = wattshift(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    assert!(said.contains(words), "{arguments:?}: {said}");
}

fn file(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path: PathBuf = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn arguments_that_mean_nothing_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (site, out) = (site(), folder.path().join("o.site.ron"));
    let out = out.to_str().unwrap();
    let add = ["offers", "--mw", "4", "--to", &site, "-o", out, "--add"];
    let with = |more: &[&'static str]| -> Vec<String> {
        add.iter().chain(more).map(|word| (*word).to_owned()).collect()
    };
    for (more, words) in [
        (&["cipher-fluidstack", "--gpu", "H100"][..], "sells no GPU hours"),
        (&["cipher-fluidstack", "--seed", "7"], "--seed means nothing"),
        (&["cipher-fluidstack", "--scenario", "base"], "--scenario means nothing"),
    ] {
        let arguments = with(more);
        refused(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), words);
    }
    refused(&["offers", "--sla", "level3"], "--sla means nothing");
    refused(&["offers", "--rating", "BB", "--json"], "--rating means nothing");
    refused(&["offers", "--force"], "--force means nothing");
    refused(&["offers", "--mw", "4"], "--add");
    refused(&["offers", "--gpu", "H100"], "--add");
    assert!(!Path::new(out).exists());
}

#[test]
fn two_scenarios_at_once_and_scenarios_that_are_not_there_are_refused() {
    let site = site();
    for command in ["check", "market", "plan", "engineer"] {
        refused(&[command, &format!("{site}#one"), "--scenario", "two", "--json"], "two scenarios");
    }
    refused(&["market", &format!("{site}#nowhere"), "--json"], "no scenario `nowhere`");
    let checked = wattshift(&["check", &format!("{site}#nowhere"), "--json"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stdout).contains("scenario-unknown"));
}

#[test]
fn what_could_not_run_prints_no_json() {
    let folder = tempfile::tempdir().unwrap();
    let (site, bad) = (site(), file(folder.path(), "bad.csv", "date,price\n2024-01,cheap\n"));
    let gone = folder.path().join("gone.site.ron");
    let nowhere = folder.path().join("no/such/folder/o.site.ron");
    let (gone, nowhere) = (gone.to_str().unwrap(), nowhere.to_str().unwrap());
    refused(&["check", gone, "--json"], "there is no such file");
    refused(&["market", &site, "--history", &bad, "--json"], "line 2");
    refused(&["market", &site, "--calibrate", "-o", nowhere, "--json"], "folder");
    refused(&["engineer", &site, "--weather", &bad, "--json"], "bad.csv");
    refused(&["import", "prices", &bad, "--site", &site, "--deck", "d", "--json"], "nothing is imported");
}

#[test]
fn utf_16_is_read_and_bytes_that_are_no_text_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..8_760).map(|hour| format!("{}\n", 30 + hour % 24)).collect();
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(rows.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let site = site();
    let import = |path: &str| -> Vec<String> {
        [
            "import", "prices", path, "--site", &site, "--deck", "d", "--unit", "$/MWh", "--year", "2025",
            "--json",
        ]
        .map(str::to_owned)
        .to_vec()
    };
    let run = |path: &str| wattshift(&import(path).iter().map(String::as_str).collect::<Vec<_>>());
    let read = run(&file(folder.path(), "utf16.csv", &wide));
    assert_eq!(read.status.code(), Some(0), "{}", String::from_utf8_lossy(&read.stderr));
    assert!(String::from_utf8_lossy(&read.stdout).contains("\"steps\": 8760"));
    let nulls = run(&file(folder.path(), "nulls.csv", format!("{rows}\0\0\n")));
    assert_eq!((nulls.status.code(), nulls.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&nulls.stderr).contains("line 8761"));
}
