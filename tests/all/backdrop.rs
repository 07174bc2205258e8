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

/// A plain picture of so many pixels.
fn drawn(folder: &Path, name: &str, width: u32, height: u32) -> PathBuf {
    let path = folder.join(name);
    image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90])).save(&path).unwrap();
    path
}

#[test]
fn a_script_puts_a_picture_under_the_plan_places_it_exports_it_and_takes_it_out() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let site = template("washington-18mw");
    let site = site.to_str().unwrap();
    let picture = drawn(folder.path(), "aerial.png", 400, 200);
    let picture = picture.to_str().unwrap();
    let (first, plain) = (at("first.site.ron"), json(&["check", site, "--json"]).0);
    let put = [
        "backdrop",
        site,
        "--under",
        "plan",
        "--picture",
        picture,
        "--width",
        "0.1 km",
        "-o",
        &first,
        "--json",
    ];
    let (status, found) = json(&put);
    assert_eq!((status, found["file"].as_str()), (plain, Some(first.as_str())));
    let backdrop = &found["backdrop"];
    assert_eq!(
        (backdrop["metres_per_pixel"].as_f64(), backdrop["calibrated"].as_bool()),
        (Some(0.25), Some(true))
    );
    assert_eq!((backdrop["width_px"].as_u64(), backdrop["name"].as_str()), (Some(400), Some("aerial.png")));
    assert_eq!(found["said"][0], "Put aerial.png under the plan");
    let written = file::read(Path::new(&first)).0.unwrap().site;
    let kept = written.backdrops.plan.clone().unwrap();
    assert_eq!(kept.picture.bytes().unwrap().to_vec(), std::fs::read(picture).unwrap());
    // Nothing else of the file is different.
    let mut without = written;
    without.backdrops.plan = None;
    let plain_site = file::read(Path::new(site)).0.unwrap().site;
    assert!(without == plain_site);

    // It is placed, then exported byte for byte, then taken out.
    let second = at("second.site.ron");
    let place = [
        "backdrop",
        &first,
        "--under",
        "plan",
        "--at",
        "-12.5,40",
        "--turn",
        "-7.5",
        "--opacity",
        "30 %",
        "--lock",
        "--metres-per-pixel",
        "0.5",
        "-o",
        &second,
        "--json",
    ];
    let (_, found) = json(&place);
    let backdrop = &found["backdrop"];
    assert_eq!((&backdrop["at"][0], &backdrop["at"][1]), (&Value::from(-12.5), &Value::from(40.0)));
    assert_eq!((backdrop["opacity"].as_f64(), backdrop["turn_degrees"].as_f64()), (Some(0.3), Some(-7.5)));
    assert_eq!(
        (backdrop["locked"].as_bool(), backdrop["metres_per_pixel"].as_f64()),
        (Some(true), Some(0.5))
    );
    let out = at("out.png");
    let (_, found) = json(&["backdrop", &second, "--under", "plan", "--export", &out, "--json"]);
    assert_eq!(found["exported"].as_str(), Some(out.as_str()));
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(picture).unwrap());
    // Another picture takes the place and the width of the first.
    let wide = drawn(folder.path(), "wide.png", 800, 400);
    let third = at("third.site.ron");
    let (_, found) = json(&[
        "backdrop",
        &second,
        "--under",
        "plan",
        "--picture",
        wide.to_str().unwrap(),
        "-o",
        &third,
        "--json",
    ]);
    let backdrop = &found["backdrop"];
    assert_eq!(
        (backdrop["metres_per_pixel"].as_f64(), backdrop["locked"].as_bool()),
        (Some(0.25), Some(true))
    );
    let gone = at("gone.site.ron");
    let (_, found) = json(&["backdrop", &third, "--under", "plan", "--remove", "-o", &gone, "--json"]);
    assert_eq!(
        (&found["backdrop"], &found["said"][0]),
        (&Value::Null, &"Take out the backdrop of the plan".into())
    );
    assert!(file::read(Path::new(&gone)).0.unwrap().site == plain_site);
    // Without -o it is described, and nothing is written.
    let text = String::from_utf8(wattshift(&["backdrop", &third, "--under", "plan"]).stdout).unwrap();
    assert!(
        text.contains("wide.png, PNG, 800 x 400 px")
            && text.contains("200.0 m wide")
            && text.contains("locked"),
        "{text}"
    );
}

/// A large one is made smaller, as in the window; on the one-line it is as wide as its drawing units say.
#[test]
fn a_large_picture_is_made_smaller_and_one_of_the_one_line_has_drawing_units() {
    let folder = tempfile::tempdir().unwrap();
    let picture = drawn(folder.path(), "sheet.png", 6000, 60);
    let out = folder.path().join("out.site.ron");
    let site = template("washington-18mw");
    let (_, found) = json(&[
        "backdrop",
        site.to_str().unwrap(),
        "--under",
        "one-line",
        "--picture",
        picture.to_str().unwrap(),
        "--width",
        "2048",
        "-o",
        out.to_str().unwrap(),
        "--json",
    ]);
    assert_eq!(found["backdrop"]["width_px"].as_u64(), Some(4096));
    assert_eq!(found["backdrop"]["units_per_pixel"].as_f64(), Some(0.5));
    assert!(found["said"][0].as_str().unwrap().contains("was made smaller"), "{}", found["said"]);
    assert!(found["backdrop"].get("calibrated").is_none());
    assert!(file::read(&out).0.unwrap().site.backdrops.of(Under::OneLine).is_some());
}

#[test]
fn what_cannot_be_under_a_drawing_ends_in_words_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let site = template("washington-18mw");
    let site = site.to_str().unwrap();
    let out = folder.path().join("out.site.ron");
    let good = drawn(folder.path(), "good.png", 40, 20);
    let good = good.to_str().unwrap();
    let file_of = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let mut bomb = TINY.to_vec();
    bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let bomb = file_of("bomb.png", &bomb);
    let cut = file_of("cut.png", &TINY[..40]);
    let text = file_of("print.pdf", b"%PDF-1.7");
    let empty = file_of("empty.png", b"");
    for (more, words) in [
        (&["--picture", &bomb][..], "million pixels"),
        (&["--picture", &cut], "breaks off"),
        (&["--picture", &text], "neither a PNG nor a JPEG"),
        (&["--picture", &empty], "is empty"),
        (&["--picture", "no-such.png"], "no-such.png"),
        (&["--picture", good, "--width", "0"], "size of a pixel"),
        (&["--picture", good, "--width", "-5 m"], "size of a pixel"),
        (&["--picture", good, "--width", "NaN"], "--width"),
        (&["--picture", good, "--width", "9e99"], "size of a pixel"),
        (&["--picture", good, "--at", "1;2"], "two numbers"),
        (&["--picture", good, "--at", "1e300,0"], "place"),
        (&["--picture", good, "--turn", "720"], "turn"),
        (&["--picture", good, "--opacity", "0 %"], "opacity"),
        (&["--opacity", "40 %"], "put one there with --picture"),
        (&["--remove"], "no backdrop under the plan"),
        (&[], "none was named with --picture"),
    ] {
        let command = [&["backdrop", site, "--under", "plan", "-o", out.to_str().unwrap()], more].concat();
        let output = wattshift(&command);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{more:?}: {said}");
        assert!(said.contains(words), "{more:?}: {said}");
        assert!(!out.exists(), "{more:?}");
    }
    let refused = |command: &[&str]| {
        let output = wattshift(command);
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let one_line = ["backdrop", site, "--under", "one-line", "--picture", good, "--metres-per-pixel", "1"];
    assert!(refused(&one_line).contains("has no lengths"));
    assert!(
        refused(&["backdrop", site, "--under", "plan", "--export", "x.png"]).contains("no picture under")
    );
    let both = ["backdrop", site, "--under", "plan", "--picture", good, "--remove"];
    assert!(refused(&both).contains("--remove"));
    // No file is written over unasked, least of all the site by its picture.
    let with = with_backdrop(folder.path(), TINY);
    let with = with.to_str().unwrap();
    assert!(refused(&["backdrop", with, "--under", "plan", "--export", good]).contains("--force"));
    assert!(
        refused(&["backdrop", with, "--under", "plan", "--export", with, "--force"]).contains("another name")
    );
}
