//! Lines of comma-separated files, as spreadsheets and instruments write them.

use std::borrow::Cow;

/// The fields of a line, trimmed, quotes taken off: a field in quotes may hold the separator, and two quotes in it are
/// one (RFC 4180, section 2).
pub fn fields(line: &str, separator: char) -> Vec<Cow<'_, str>> {
    if !line.contains('"') {
        return line.split(separator).map(|field| Cow::Borrowed(field.trim())).collect();
    }
    let (mut found, mut field, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut symbols = line.chars().peekable();
    while let Some(symbol) = symbols.next() {
        match symbol {
            '"' if is_quoted && symbols.peek() == Some(&'"') => {
                symbols.next();
                field.push('"');
            }
            '"' => is_quoted = !is_quoted,
            _ if symbol == separator && !is_quoted => {
                found.push(Cow::Owned(std::mem::take(&mut field).trim().to_owned()));
            }
            _ => field.push(symbol),
        }
    }
    found.push(Cow::Owned(field.trim().to_owned()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_separators_and_quotes() {
        assert_eq!(fields("a, b ;c", ','), ["a", "b ;c"]);
        assert_eq!(fields("", ';'), [""]);
        assert_eq!(fields("\"1,5\",x,\"say \"\"so\"\"\",\"\",", ','), ["1,5", "x", "say \"so\"", "", ""]);
        // A quote that is never closed takes the rest of the line.
        assert_eq!(fields("a,\"b,c", ','), ["a", "b,c"]);
    }
}
