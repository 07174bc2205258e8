//! Pictures under a drawing as a script sees them: named, judged, kept by what the program writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use wattshift::file;
use wattshift::site::backdrop::{Picture, Under};
use wattshift::site::{Backdrop, Point, Site};

use super::command_line::{template, wattshift};

/// A PNG of two by two pixels, made by another program.
const TINY: &[u8] = b"\
    \x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x02\x00\x00\x00\x02\
    \x08\x02\x00\x00\x00\xfd\xd4\x9a\x73\x00\x00\x00\x12\x49\x44\x41\x54\x78\x9c\x63\xf8\xcf\xc0\xc0\
    \xd0\xf0\x9f\x01\x42\x01\x00\x21\x72\x04\xfd\x53\x55\xa6\x77\x00\x00\x00\x00\x49\x45\x4e\x44\xae\
    \x42\x60\x82";

fn with_backdrop(folder: &Path, bytes: &[u8]) -> PathBuf {
    let mut site: Site = file::read(&template("washington-18mw")).0.unwrap().site;
    site.backdrops.plan = Some(Backdrop {
        picture: Picture::Encoded(Arc::from(bytes)),
        name: "aerial.png".to_owned(),
        at: Point { x: -10.0, y: 4.0 },
        scale: 0.5,
        turn_degrees: 0.0,
        calibrated: true,
        opacity: 0.6,
        locked: true,
    });
    let path = folder.join("with.site.ron");
    file::save(&path, &site).unwrap();
    path
}

fn json(arguments: &[&str]) -> (i32, Value) {
    let output = wattshift(arguments);
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code().unwrap(), value)
}

#[test]
fn check_says_what_is_under_the_drawing_and_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = with_backdrop(folder.path(), TINY);
    let path = path.to_str().unwrap();
    let (status, found) = json(&["check", path, "--json"]);
    let backdrop = &found["backdrops"][0];
    assert_eq!((backdrop["under"].as_str(), backdrop["name"].as_str()), (Some("plan"), Some("aerial.png")));
    assert_eq!((backdrop["format"].as_str(), backdrop["width_px"].as_u64()), (Some("PNG"), Some(2)));
    assert_eq!(backdrop["bytes"].as_u64(), Some(TINY.len() as u64));
    let (plain, without) = json(&["check", template("washington-18mw").to_str().unwrap(), "--json"]);
    assert_eq!((status, &found["problems"]), (plain, &without["problems"]), "a picture is no problem");
    assert_eq!(without["backdrops"], Value::Array(Vec::new()));
    let text = String::from_utf8(wattshift(&["check", path]).stdout).unwrap();
    assert!(text.contains("backdrop of the plan: aerial.png, PNG, 2 x 2 px"), "{text}");

    // A head that promises ten thousand million pixels, and a picture that breaks off.
    let mut bomb = TINY.to_vec();
    bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    for (bytes, code) in [(&bomb[..], "backdrop-too-many-pixels"), (&TINY[..40], "backdrop-cut-short")] {
        let path = with_backdrop(folder.path(), bytes);
        let (status, found) = json(&["check", path.to_str().unwrap(), "--json"]);
        let problems = found["problems"].as_array().unwrap();
        let problem = problems.iter().find(|problem| problem["code"] == code).unwrap();
        assert_eq!((status, problem["severity"].as_str()), (1, Some("warning")));
        assert!(problem["message"].as_str().unwrap().contains("the backdrop of the plan (aerial.png)"));
        assert!(found["backdrops"][0]["format"].is_null());
        // It can be planned all the same, and the bytes are kept.
        let kept = file::read(&path).0.unwrap().site.backdrops.plan.unwrap();
        assert_eq!(kept.picture.bytes().map(|kept| kept.to_vec()), Some(bytes.to_vec()));
    }
}

/// What a command makes of a file has its picture, byte for byte.
#[test]
fn what_commands_write_keeps_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let path = with_backdrop(folder.path(), TINY);
    let before = file::read(&path).0.unwrap().site;
    let hall = before.halls().next().unwrap().0.id.clone();
    let out = folder.path().join("out.site.ron");
    let output = wattshift(&[
        "convert",
        path.to_str().unwrap(),
        "--hall",
        &hall,
        "-o",
        out.to_str().unwrap(),
        "--quiet",
    ]);
    assert!(out.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = file::read(&out).0.unwrap().site;
    assert_eq!(after.backdrops, before.backdrops);
    assert!(after.backdrops.of(Under::Plan).is_some() && after.components.len() > before.components.len());
}
