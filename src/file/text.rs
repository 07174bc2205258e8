//! Text of the files that go with a site, whatever program wrote their bytes.

/// The text of a file's bytes, without byte order marks.
///
/// UTF-16 is known by its byte order mark, as spreadsheets write it ("Unicode text"). Bytes that are no UTF-8 (signs
/// and names of places in older character sets, mostly) become replacement characters.
///
/// # Errors
/// What is wrong, and what would mend it, for bytes that are no text.
pub fn text_of(bytes: &[u8]) -> Result<String, (String, &'static str)> {
    let units = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    let text = match units {
        Some((rest, unit)) => {
            let (pairs, odd) = rest.as_chunks::<2>();
            if !odd.is_empty() {
                return Err((
                    "the file is UTF-16 and breaks off in the middle of a character".to_owned(),
                    "copy the file again, or save it as CSV UTF-8",
                ));
            }
            let decoded: String = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
                .map(|symbol| symbol.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
            decoded
        }
        None => String::from_utf8_lossy(bytes).into_owned(),
    };
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() + 1;
        return Err((
            format!("line {line} has bytes that are no text"),
            "save it as CSV UTF-8: a spreadsheet's own file or UTF-16 without its mark is not read",
        ));
    }
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// True for bytes that begin with the mark of UTF-16.
pub fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_by_its_mark_and_what_is_no_text_is_named_by_line() {
        let words = "Zeit;Preis €\n01.01.2025 00:00;30,5\n\u{1d11e}\n";
        for (mark, bytes_of) in [
            ([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]),
            ([0xfe, 0xff], u16::to_be_bytes as fn(u16) -> [u8; 2]),
        ] {
            let bytes: Vec<u8> = mark.into_iter().chain(words.encode_utf16().flat_map(bytes_of)).collect();
            assert_eq!(text_of(&bytes).as_deref(), Ok(words));
            assert!(text_of(&bytes[..bytes.len() - 1]).unwrap_err().0.contains("breaks off"));
            // Without the mark every other byte is nought.
            assert!(text_of(&bytes[2..]).unwrap_err().0.starts_with("line 1 has bytes"));
        }
        assert_eq!(text_of("\u{feff}\u{feff}a,b\n".as_bytes()).as_deref(), Ok("a,b\n"));
        assert_eq!(text_of(b"price \x80\n").as_deref(), Ok("price \u{fffd}\n"));
        assert!(text_of(b"time,price\n1,2\n\0\0\n").unwrap_err().0.starts_with("line 3"));
        assert_eq!(text_of(b"").as_deref(), Ok(""));
    }
}
