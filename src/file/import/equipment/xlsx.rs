//! Cells of a workbook as spreadsheets save it: the parts of ECMA-376 (Office Open XML) that hold values.
//!
//! Written here rather than taken from a library so that a hostile file ends at a limit: a few kilobytes can hold
//! gigabytes of nothing.

use super::{MOST_COLUMNS, MOST_ROWS, Sheet};

/// One part of a workbook unpacked, bytes.
const MOST_BYTES: usize = 64 << 20;
const MOST_SHEETS: usize = 64;

/// The sheets of a workbook in their order.
///
/// # Errors
/// What is wrong with the file, in words.
pub fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    let archive = Archive::new(bytes)?;
    let workbook = archive.text("xl/workbook.xml")?.ok_or("it has no workbook in it")?;
    let relations = archive.text("xl/_rels/workbook.xml.rels")?.unwrap_or_default();
    let shared = archive.text("xl/sharedStrings.xml")?.map(|text| shared_strings(&text)).unwrap_or_default();
    let targets: Vec<(String, String)> = Tags::new(&relations)
        .filter_map(|tag| match tag {
            Tag::Open { name: "Relationship", attributes, .. } => {
                Some((attribute(attributes, "Id")?, attribute(attributes, "Target")?))
            }
            _ => None,
        })
        .collect();
    let mut sheets = Vec::new();
    for tag in Tags::new(&workbook) {
        let Tag::Open { name: "sheet", attributes, .. } = tag else { continue };
        let (Some(name), Some(id)) = (attribute(attributes, "name"), attribute(attributes, "id")) else {
            continue;
        };
        let Some((_, target)) = targets.iter().find(|(known, _)| *known == id) else { continue };
        let path = match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("xl/{target}"),
        };
        if sheets.len() == MOST_SHEETS {
            break;
        }
        if let Some(text) = archive.text(&path)? {
            let (rows, is_cut) = rows(&text, &shared);
            sheets.push(Sheet { name, rows, is_cut });
        }
    }
    if sheets.is_empty() { Err("it has no sheet of cells".to_owned()) } else { Ok(sheets) }
}

/// The files in a ZIP archive, read by its directory (PKWARE APPNOTE, section 4.3).
struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<(&'a [u8], Entry)>,
}

#[derive(Clone, Copy)]
struct Entry {
    method: u16,
    packed: usize,
    at: usize,
}

impl<'a> Archive<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, String> {
        let broken = || "its directory is broken or cut off".to_owned();
        let first = bytes.len().saturating_sub(22 + usize::from(u16::MAX));
        let end =
            (first..bytes.len().saturating_sub(21)).rev().find(|at| bytes[*at..].starts_with(b"PK\x05\x06"));
        let end = end.ok_or_else(broken)?;
        let count = half(bytes, end + 10).ok_or_else(broken)?;
        let mut at = word(bytes, end + 16).ok_or_else(broken)?;
        let mut entries = Vec::new();
        for _ in 0..count {
            if !bytes.get(at..).is_some_and(|rest| rest.starts_with(b"PK\x01\x02")) {
                return Err(broken());
            }
            let read = || {
                let (name, extra, comment) =
                    (half(bytes, at + 28)?, half(bytes, at + 30)?, half(bytes, at + 32)?);
                let entry = Entry {
                    method: half(bytes, at + 10)?,
                    packed: word(bytes, at + 20)?,
                    at: word(bytes, at + 42)?,
                };
                let from = at + 46;
                let to = from + usize::from(name);
                Some((bytes.get(from..to)?, entry, to + usize::from(extra) + usize::from(comment)))
            };
            let (name, entry, next) = read().ok_or_else(broken)?;
            entries.push((name, entry));
            at = next;
        }
        Ok(Self { bytes, entries })
    }

    /// A part as text; `None` where the archive has no such part.
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        let found = self.entries.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        let Some((_, entry)) = found else { return Ok(None) };
        let data = || {
            let header = self.bytes.get(entry.at..).filter(|rest| rest.starts_with(b"PK\x03\x04"))?;
            let from = 30 + usize::from(half(header, 26)?) + usize::from(half(header, 28)?);
            header.get(from..from.checked_add(entry.packed)?)
        };
        let data = data().ok_or_else(|| format!("{name} in it is cut off"))?;
        let bytes = match entry.method {
            0 => data.to_vec(),
            8 => miniz_oxide::inflate::decompress_to_vec_with_limit(data, MOST_BYTES)
                .map_err(|_| format!("{name} in it is broken, or larger than {} MB", MOST_BYTES >> 20))?,
            _ => return Err(format!("{name} in it is packed in a way that is not read")),
        };
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
}

/// What XML is made of; names without the prefix of their namespace.
#[derive(Debug)]
enum Tag<'a> {
    Open { name: &'a str, attributes: &'a str, is_empty: bool },
    Close(&'a str),
    Text(&'a str),
}

struct Tags<'a> {
    rest: &'a str,
}

impl<'a> Tags<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text }
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(behind) = self.rest.strip_prefix('<') else {
                let (text, rest) = self.rest.split_at(self.rest.find('<').unwrap_or(self.rest.len()));
                self.rest = rest;
                return Some(Tag::Text(text));
            };
            // What is for programs alone is passed over.
            let passed = if behind.starts_with("!--") {
                Some("-->")
            } else if behind.starts_with(['!', '?']) {
                Some(">")
            } else {
                None
            };
            if let Some(end) = passed {
                self.rest = behind.find(end).map_or("", |at| &behind[at + end.len()..]);
                continue;
            }
            let (inside, rest) = behind.split_once('>')?;
            self.rest = rest;
            if let Some(name) = inside.strip_prefix('/') {
                return Some(Tag::Close(bare(name.trim())));
            }
            let (inside, is_empty) =
                inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
            let (name, attributes) =
                inside.split_once(|space: char| space.is_whitespace()).unwrap_or((inside, ""));
            return Some(Tag::Open { name: bare(name), attributes, is_empty });
        }
    }
}

fn bare(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, name)| name)
}

/// The value of an attribute by its name without prefix.
fn attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        let (name, behind) = rest.split_once('=')?;
        let behind = behind.trim_start();
        let quote = behind.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, next) = behind[1..].split_once(quote)?;
        if bare(name.trim()) == wanted {
            return Some(unescaped(value));
        }
        rest = next;
    }
}

fn unescaped(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        found.push_str(before);
        let (sign, next) = match behind.split_once(';').filter(|(name, _)| name.len() <= 8) {
            Some((name, next)) => {
                let code = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
                    Some(number) => u32::from_str_radix(number, 16).ok(),
                    None => number.parse().ok(),
                });
                let sign = match name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => code.and_then(char::from_u32),
                };
                (sign, next)
            }
            None => (None, behind),
        };
        match sign {
            Some(sign) => {
                found.push(sign);
                rest = next;
            }
            None => {
                found.push('&');
                rest = behind;
            }
        }
    }
    found.push_str(rest);
    found
}

/// Texts that cells refer to by their place; how a word is read aloud (`rPh`) is left out.
fn shared_strings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut now, mut in_text, mut aloud) = (String::new(), false, false);
    for tag in Tags::new(text) {
        match tag {
            Tag::Open { name: "si", is_empty: true, .. } => found.push(String::new()),
            Tag::Open { name: "t", is_empty, .. } => in_text = !is_empty,
            Tag::Open { name: "rPh", is_empty, .. } => aloud = !is_empty,
            Tag::Close("t") => in_text = false,
            Tag::Close("rPh") => aloud = false,
            Tag::Close("si") => found.push(std::mem::take(&mut now)),
            Tag::Text(text) if in_text && !aloud => now.push_str(&unescaped(text)),
            _ => {}
        }
    }
    found
}

/// `AB12` is column 27, counted from nought.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    letters.fold(None, |column: Option<usize>, letter| {
        Some(column.map_or(0, |column| column + 1) * 26 + usize::from(letter.to_ascii_uppercase() - b'A'))
    })
}

/// The cells of a sheet, and whether it goes on beyond what is read.
fn rows(text: &str, shared: &[String]) -> (Vec<Vec<String>>, bool) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut is_cut = false;
    let (mut row, mut column, mut kind) = (0_usize, 0_usize, String::new());
    let (mut value, mut is_value) = (String::new(), false);
    for tag in Tags::new(text) {
        match tag {
            Tag::Open { name: "row", attributes, .. } => {
                row = attribute(attributes, "r").and_then(|number| number.parse().ok()).unwrap_or(row + 1);
                column = 0;
            }
            Tag::Open { name: "c", attributes, is_empty } => {
                if let Some(place) = attribute(attributes, "r").as_deref().and_then(column_of) {
                    column = place;
                }
                kind = attribute(attributes, "t").unwrap_or_default();
                value.clear();
                if is_empty {
                    column += 1;
                }
            }
            Tag::Open { name: "v" | "t", is_empty, .. } => is_value = !is_empty,
            Tag::Close("v" | "t") => is_value = false,
            Tag::Text(text) if is_value => value.push_str(&unescaped(text)),
            Tag::Close("c") => {
                let cell = match kind.as_str() {
                    "s" => value
                        .trim()
                        .parse::<usize>()
                        .ok()
                        .and_then(|at| shared.get(at))
                        .cloned()
                        .unwrap_or_default(),
                    "b" => (if value.trim() == "1" { "yes" } else { "no" }).to_owned(),
                    // An error such as #N/A is no value.
                    "e" => String::new(),
                    "str" | "inlineStr" => std::mem::take(&mut value),
                    // As short as it reads back: 0.1 is kept as 0.10000000000000001.
                    _ => value
                        .trim()
                        .parse::<f64>()
                        .map_or_else(|_| value.clone(), |number| number.to_string()),
                };
                if (1..=MOST_ROWS).contains(&row) && column < MOST_COLUMNS {
                    if !cell.is_empty() {
                        if rows.len() < row {
                            rows.resize_with(row, Vec::new);
                        }
                        let cells = &mut rows[row - 1];
                        if cells.len() <= column {
                            cells.resize_with(column + 1, String::new);
                        }
                        cells[column] = cell;
                    }
                } else {
                    is_cut |= !cell.is_empty();
                }
                column += 1;
            }
            _ => {}
        }
    }
    (rows, is_cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of parts that are packed or not.
    fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (index, (name, text)) in parts.iter().enumerate() {
            let packed = index % 2 == 0;
            let data = if packed {
                miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6)
            } else {
                text.as_bytes().to_vec()
            };
            let at = u32::try_from(bytes.len()).unwrap();
            let size = u32::try_from(data.len()).unwrap().to_le_bytes();
            let method: [u8; 2] = if packed { [8, 0] } else { [0, 0] };
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            bytes.extend(b"PK\x03\x04\x14\0\0\0");
            bytes.extend(method);
            bytes.extend([0; 8]);
            bytes.extend(size);
            bytes.extend([0; 4]);
            bytes.extend(length);
            bytes.extend([0, 0]);
            bytes.extend(name.as_bytes());
            bytes.extend(&data);
            directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0");
            directory.extend(method);
            directory.extend([0; 8]);
            directory.extend(size);
            directory.extend([0; 4]);
            directory.extend(length);
            directory.extend([0; 12]);
            directory.extend(at.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
        let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
        bytes.extend(directory);
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend(count);
        bytes.extend(count);
        bytes.extend(size);
        bytes.extend(at);
        bytes.extend([0, 0]);
        bytes
    }

    const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns:r="x"><sheets><sheet name="A &amp; B" sheetId="1" r:id="rId7"/></sheets></workbook>"#;
    const RELATIONS: &str =
        r#"<Relationships><Relationship Id="rId7" Target="worksheets/sheet1.xml"/></Relationships>"#;

    fn workbook(sheet: &str, shared: &str) -> Vec<u8> {
        archive(&[
            ("xl/workbook.xml", WORKBOOK),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
            ("xl/sharedStrings.xml", shared),
            ("xl/worksheets/sheet1.xml", sheet),
        ])
    }

    #[test]
    fn every_way_to_write_a_cell_is_read() {
        let sheet = r#"<worksheet><sheetData>
            <row r="2"><c r="B2" t="s"><v>1</v></c><c r="C2"><v>0.10000000000000001</v></c><c r="D2" s="4"/>
            <c r="E2" t="inlineStr"><is><t>a &lt; b</t></is></c><c r="AA2" t="b"><v>1</v></c></row>
            <x:row r="3"><x:c r="A3" t="str"><x:f>B2</x:f><x:v>UPS-1</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c></x:row>
            </sheetData></worksheet>"#;
        let shared = "<sst><si><t>no</t></si><si><r><t>kV</t></r><r><t>A&#233;</t></r><rPh><t>aloud</t></rPh></si></sst>";
        let sheets = sheets(&workbook(sheet, shared)).unwrap();
        assert_eq!((sheets.len(), sheets[0].name.as_str()), (1, "A & B"));
        let rows = &sheets[0].rows;
        assert_eq!((rows[0].len(), rows[1].len()), (0, 27));
        assert_eq!(rows[1][..5], ["", "kVAé", "0.1", "", "a < b"]);
        assert_eq!(rows[1][26], "yes");
        assert_eq!(rows[2], ["UPS-1"]);
    }

    #[test]
    fn a_file_that_is_broken_or_hostile_ends_in_words() {
        let good = workbook("<row r='1'><c r='A1'><v>1</v></c></row>", "");
        for length in 0..good.len() {
            // Nothing panics whatever is cut off; mostly there is no directory left.
            assert!(sheets(&good[..length]).is_err());
        }
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 0xff;
            let _ = sheets(&bytes);
        }
        let far =
            "<row r='4000000000'><c r='ZZZZ1'><v>1</v></c></row><row r='1'><c r='XFD1'><v>1</v></c></row>";
        let found = sheets(&workbook(far, "")).unwrap();
        assert!(found[0].is_cut && found[0].rows.is_empty());
        let bomb = " ".repeat(MOST_BYTES + 1);
        let error = sheets(&archive(&[("xl/workbook.xml", &bomb)])).unwrap_err();
        assert!(error.contains("larger than 64 MB"), "{error}");
        assert!(sheets(b"").is_err());
    }

    #[test]
    fn letters_of_columns_count_from_nought() {
        for (reference, column) in [("A1", 0), ("Z9", 25), ("AA1", 26), ("XFD1", 16_383)] {
            assert_eq!(column_of(reference), Some(column));
        }
        assert_eq!(column_of("12"), None);
    }
}
