//! Keeps `docs/architecture.md` true: its two tables are read and compared with every source file.

mod page;
mod paths;

use page::{Border, Page, Room};
use paths::{Path, paths_of};
use std::collections::BTreeSet;
use std::fs;

const PAGE: &str = include_str!("../../docs/architecture.md");

/// A source file: its place under `src/` with forward slashes, and its text.
struct Source {
    place: String,
    text: String,
}

impl Source {
    fn new(place: &str, text: &str) -> Self {
        Self { place: place.to_owned(), text: text.to_owned() }
    }

    /// The folder under `src/`; none for `lib.rs` and `main.rs`, which stand outside the rooms.
    fn room(&self) -> Option<&str> {
        self.place.split_once('/').map(|(room, _)| room)
    }
}

/// What is wrong with the page itself or with a source, a sentence each.
fn violations(page: &Page, sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    let standing: BTreeSet<&str> = sources.iter().filter_map(Source::room).collect();
    for room in &standing {
        if page.room(room).is_none() {
            found.push(format!("the room `{room}` is not in the table of rooms"));
        }
    }
    for (index, room) in page.rooms.iter().enumerate() {
        if !standing.contains(room.name.as_str()) {
            found.push(format!("the table of rooms has `{}`, which is no folder under src", room.name));
        }
        for import in &room.imports {
            if !page.rooms[..index].iter().any(|earlier| earlier.name == *import) {
                found.push(format!("`{}` may import `{import}`, which does not stand above it", room.name));
            }
        }
    }
    for source in sources {
        for path in paths_of(&source.place, &source.text) {
            if let Some(room) = source.room().and_then(|name| page.room(name)) {
                found.extend(forbidden_import(room, &path).map(|what| at(source, &path, &what)));
            }
            let broken = page.borders.iter().filter_map(|border| broken_border(border, source, &path));
            found.extend(broken.map(|what| at(source, &path, &what)));
        }
    }
    found
}

fn at(source: &Source, path: &Path, what: &str) -> String {
    format!("src/{}:{}: {what}", source.place, path.line)
}

fn forbidden_import(room: &Room, path: &Path) -> Option<String> {
    let [root, entered, ..] = path.segments.as_slice() else { return None };
    if root != "crate" || *entered == room.name || room.imports.contains(entered) {
        return None;
    }
    Some(format!("`{}` may not import `{entered}` (`{}`)", room.name, path.segments.join("::")))
}

fn broken_border(border: &Border, source: &Source, path: &Path) -> Option<String> {
    let allowed = border.places.iter().any(|place| source.place == *place || source.room() == Some(place));
    let name = border.names.iter().find(|name| names(name, path))?;
    (!allowed).then(|| format!("only {} may name `{name}`: {}", border.places.join(", "), border.reason))
}

/// `a` is a crate, `a::b` a pair anywhere in a path, `b*` a beginning, `a!` a macro.
fn names(pattern: &str, path: &Path) -> bool {
    if let Some(name) = pattern.strip_suffix('!') {
        return path.is_macro && path.segments.last().is_some_and(|last| last == name);
    }
    match pattern.split_once("::") {
        Some((first, second)) => path.segments.windows(2).any(|pair| {
            pair[0] == first
                && second.strip_suffix('*').map_or(pair[1] == second, |begin| pair[1].starts_with(begin))
        }),
        None => path.segments[0] == pattern && (path.segments.len() > 1 || path.in_use),
    }
}

fn sources() -> Vec<Source> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                let parts: Vec<_> = inside.iter().map(|part| part.to_str().unwrap()).collect();
                sources.push(Source::new(&parts.join("/"), &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources.sort_by(|a, b| a.place.cmp(&b.place));
    sources
}

#[test]
fn the_sources_keep_to_the_page() {
    let found = violations(&Page::parse(PAGE), &sources());
    assert!(found.is_empty(), "docs/architecture.md and src disagree:\n{}", found.join("\n"));
}

#[test]
fn the_page_guards_what_it_must() {
    let page = Page::parse(PAGE);
    let guarded: Vec<&str> =
        page.borders.iter().flat_map(|border| &border.names).map(String::as_str).collect();
    for name in ["egui", "good_lp", "highs_sys", "std::fs", "Color32::from_*", "println!"] {
        assert!(guarded.contains(&name), "`{name}` is no longer guarded");
    }
    assert!(page.room("app").is_some_and(|app| !app.imports.contains(&"lp".to_owned())));
    assert!(page.room("quantity").is_some_and(|room| room.imports.is_empty()));
}

/// A page and sources made up for the tests below: `low` imports nothing, `high` imports `low`.
const MADE_UP_PAGE: &str = "
## Rooms

| room | what | may import |
|---|---|---|
| `low` | | nothing |
| `high` | | `low` |

## Borders

| names | only in | because |
|---|---|---|
| `egui` | `high` | it draws |
| `std::fs`, `fs::*` | `low/disk.rs` | it reads |
| `Color32::from_*` | `low` | it is the theme |
| `println!` | `main.rs` | it speaks |
";

fn violations_in(place: &str, text: &str) -> Vec<String> {
    let others = [("low/mod.rs", ""), ("high/mod.rs", "")];
    let mut sources: Vec<Source> = others
        .iter()
        .filter(|(other, _)| *other != place)
        .map(|(place, text)| Source::new(place, text))
        .collect();
    sources.push(Source::new(place, text));
    violations(&Page::parse(MADE_UP_PAGE), &sources)
}

#[track_caller]
fn refused(place: &str, text: &str, words: &str) {
    let found = violations_in(place, text);
    assert_eq!(found.len(), 1, "{place}: {text}\n{found:#?}");
    assert!(found[0].contains(words), "{}", found[0]);
}

#[track_caller]
fn accepted(place: &str, text: &str) {
    assert_eq!(violations_in(place, text), Vec::<String>::new(), "{place}: {text}");
}

#[test]
fn an_import_against_the_table_is_found_however_it_is_written() {
    let words = "`low` may not import `high`";
    refused("low/mod.rs", "use crate::high::Thing;", words);
    refused("low/mod.rs", "use crate::high;", words);
    refused("low/mod.rs", "use crate::{high::Thing, low};", words);
    refused("low/mod.rs", "use crate::{low::{self, a, b::{c, d}}, high};", words);
    refused("low/mod.rs", "fn f() -> Vec<crate::high::Thing> { Vec::new() }", words);
    refused("low/mod.rs", "use super::high::Thing;", words);
    refused("low/inner.rs", "use super::super::high::Thing;", words);
    refused("low/inner/mod.rs", "use super::super::{high::Thing};", words);
    refused("low/inner/deep.rs", "use super::super::super::high;", words);
    refused("low/mod.rs", "mod tests { use super::super::high; }", words);
    refused("low/mod.rs", "macro_rules! m { () => { $crate::high::f() } }", words);
    refused("low/mod.rs", "mod a { fn f() {} }\nmod b;\nuse super::high;", "src/low/mod.rs:3:");
}

#[test]
fn an_import_by_the_table_passes() {
    accepted("high/mod.rs", "use crate::low::{self, Thing}; use crate::high::other;");
    accepted("low/mod.rs", "mod high; use self::high::Thing; fn f() { high::g(); }");
    accepted("low/inner.rs", "use super::high; mod tests { use super::super::high; }");
    accepted("low/inner/deep.rs", "pub(in crate::low) fn f() { super::super::g() }");
    accepted("main.rs", "fn main() { wattshift::high::run() }");
}

#[test]
fn comments_and_strings_import_nothing() {
    accepted(
        "low/mod.rs",
        "//! See [`crate::high`].\n/* use crate::high; /* nested */ egui::Ui */ fn f() {}",
    );
    accepted(
        "low/mod.rs",
        r##"const A: &str = "crate::high \" egui::Ui"; const B: &str = r#"crate::high " egui::Ui"#;"##,
    );
    accepted(
        "low/mod.rs",
        "const QUOTE: char = '\"'; const SLASH: char = '\\''; fn f<'a>(x: &'a str) -> &'a str { x }",
    );
    // After each of them code is code again.
    refused("low/mod.rs", "const QUOTE: char = '\"'; use crate::high;", "may not import");
    refused("low/mod.rs", "const A: &str = \"//\"; use crate::high;", "may not import");
    refused("low/mod.rs", "fn f<'a>(x: &'a crate::high::Thing) {}", "may not import");
    refused("low/mod.rs", "const A: &[u8] = br#\"\"\"#; use crate::high;", "may not import");
}

#[test]
fn a_border_is_guarded() {
    refused("low/mod.rs", "fn f(ui: &mut egui::Ui) {}", "only high may name `egui`: it draws");
    refused("low/mod.rs", "use egui;", "only high");
    refused("low/mod.rs", "use egui as window;", "only high");
    refused("low/mod.rs", "use ::egui::Ui;", "only high");
    refused("high/mod.rs", "use std::{fmt, fs::File};", "only low/disk.rs may name `std::fs`");
    refused("high/mod.rs", "use std::fs;", "only low/disk.rs");
    refused("low/other.rs", "fn f() { std::fs::read(\"a\"); }", "only low/disk.rs");
    refused(
        "high/mod.rs",
        "const RED: Color32 = Color32::from_rgb(1, 2, 3);",
        "only low may name `Color32::from_*`",
    );
    refused("high/mod.rs", "const RED: egui::Color32 = egui::Color32::from_gray(1);", "only low");
    refused("high/mod.rs", "fn f() { println!(\"hello\"); }", "only main.rs may name `println!`");
    refused("high/mod.rs", "fn f() { std::println!(\"hello\"); }", "only main.rs");
}

#[test]
fn a_border_lets_its_own_people_pass() {
    accepted("high/mod.rs", "use egui::Ui;");
    accepted("low/disk.rs", "use std::fs; fn f() { fs::read(\"a\"); }");
    accepted("low/mod.rs", "fn f() { Color32::from_rgb(1, 2, 3); }");
    accepted("main.rs", "fn main() { println!(\"hello\"); }");
    accepted(
        "high/mod.rs",
        "fn f(println: bool) { let fs = println; let egui = fs; eprintln!(\"{egui}\"); self.egui.draw(); }",
    );
    accepted("high/mod.rs", "use std::fmt; use std::io::Write; fn f() { Color32::WHITE; }");
}

#[test]
fn the_table_of_rooms_must_be_the_folders_and_have_no_circle() {
    refused("third/mod.rs", "", "the room `third` is not in the table");
    let page = Page::parse(MADE_UP_PAGE);
    let found = violations(&page, &[Source::new("low/mod.rs", "")]);
    assert_eq!(found, ["the table of rooms has `high`, which is no folder under src"]);
    let circle = Page::parse(&MADE_UP_PAGE.replace("| `low` | | nothing |", "| `low` | | `high` |"));
    let found = violations(&circle, &[Source::new("low/mod.rs", ""), Source::new("high/mod.rs", "")]);
    assert_eq!(found, ["`low` may import `high`, which does not stand above it"]);
}
