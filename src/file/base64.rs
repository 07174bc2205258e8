//! Bytes as text: base64 with the standard alphabet and padding (RFC 4648, section 4), white space passed over.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Letters of a line, as in mail (RFC 2045): what every decoder takes.
pub const LINE: usize = 76;

/// Letters that so many bytes take, without ends of lines.
pub const fn length(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// The text of bytes, without ends of lines.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(length(bytes.len()));
    for three in bytes.chunks(3) {
        let byte = |place: usize| u32::from(three.get(place).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            // Two letters say one byte, three say two.
            let letter = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// The bytes of a text; `None` where it is no base64: another letter, a length that breaks off, padding inside.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut letters, mut padding) = (0_u32, 0_usize, 0_usize);
    for letter in text.bytes().filter(|letter| !letter.is_ascii_whitespace()) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                0
            }
            _ => return None,
        };
        if padding > 0 && letter != b'=' {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        letters += 1;
        if letters.is_multiple_of(4) {
            let [_, one, two, three] = bits.to_be_bytes();
            bytes.extend([one, two, three]);
            bits = 0;
        }
    }
    let is_whole = letters.is_multiple_of(4) && padding <= 2;
    is_whole.then(|| {
        bytes.truncate(bytes.len() - padding);
        bytes
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The vectors of RFC 4648, section 10.
    #[test]
    fn texts_are_those_of_the_standard() {
        let whole = "foobar";
        let texts = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (letters, text) in texts.into_iter().enumerate() {
            let word = &whole[..letters];
            assert_eq!(encode(word.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(word.as_bytes()));
            assert_eq!(length(word.len()), text.len());
        }
        assert_eq!(decode(" Zm9v\r\n\tYg= =\n").as_deref(), Some(&b"foob"[..]));
        for no in ["Z", "Zg", "Zg=", "Zm9v*", "Zg==Zg==", "====", "é", "Zm9vY"] {
            assert_eq!(decode(no), None, "{no}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn any_text_is_bytes_or_nothing(text: String) {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
            }
        }
    }
}
