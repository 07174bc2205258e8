//! Sums and products typed into a field.

/// The value of the arithmetic at the beginning of a text without spaces, and what stands behind it: `3*2.5MVA` is 7.5
/// and `MVA`. Knows `+ - * / ( )`, where a slash divides only before a number, so that `5/year` is 5 a year. `None` where
/// no number begins the text or a bracket stays open.
pub(super) fn evaluate(text: &str) -> Option<(f64, &str)> {
    // Deeper brackets than anyone types.
    let mut reader = Reader { rest: text, depth: 32 };
    let value = reader.sum()?;
    Some((value, reader.rest))
}

struct Reader<'a> {
    rest: &'a str,
    depth: u8,
}

impl Reader<'_> {
    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let first = self.rest.chars().next().filter(|first| wanted.contains(first))?;
        let behind = &self.rest[first.len_utf8()..];
        let is_number = |text: &str| {
            text.trim_start_matches('-')
                .starts_with(|next: char| next.is_ascii_digit() || matches!(next, '.' | '('))
        };
        is_number(behind).then(|| {
            self.rest = behind;
            first
        })
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product()?;
        while let Some(sign) = self.take(&['+', '-']) {
            let next = self.product()?;
            value += if sign == '+' { next } else { -next };
        }
        Some(value)
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.factor()?;
        while let Some(sign) = self.take(&['*', '/', '×', 'x', 'X']) {
            let next = self.factor()?;
            value = if sign == '/' { value / next } else { value * next };
        }
        Some(value)
    }

    fn factor(&mut self) -> Option<f64> {
        if let Some(rest) = self.rest.strip_prefix(['-', '+']) {
            let is_minus = self.rest.starts_with('-');
            self.depth = self.depth.checked_sub(1)?;
            self.rest = rest;
            return Some(if is_minus { -self.factor()? } else { self.factor()? });
        }
        if let Some(rest) = self.rest.strip_prefix('(') {
            self.depth = self.depth.checked_sub(1)?;
            self.rest = rest;
            let value = self.sum()?;
            self.rest = self.rest.strip_prefix(')')?;
            return Some(value);
        }
        self.number()
    }

    fn number(&mut self) -> Option<f64> {
        let bytes = self.rest.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') {
            end += 1 + digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = if end + 1 + sign <= bytes.len() { digits(end + 1 + sign) } else { 0 };
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        let (number, rest) = self.rest.split_at(end);
        let value = number.parse().ok()?;
        self.rest = rest;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_as_on_paper() {
        for (text, value, rest) in [
            ("3*2.5MVA", 7.5, "MVA"),
            ("2+3*4", 14.0, ""),
            ("(2+3)*4kV", 20.0, "kV"),
            ("10/4MW", 2.5, "MW"),
            ("5/year", 5.0, "/year"),
            ("42$/MWh", 42.0, "$/MWh"),
            ("2x2.5", 5.0, ""),
            ("2×2.5", 5.0, ""),
            ("-5", -5.0, ""),
            ("3*-2", -6.0, ""),
            ("1e-3", 0.001, ""),
            ("1e3+1", 1001.0, ""),
            ("1.", 1.0, ""),
            (".5MW", 0.5, "MW"),
            ("1e", 1.0, "e"),
            ("7-", 7.0, "-"),
            ("6-2-1", 3.0, ""),
            ("8/4/2", 1.0, ""),
        ] {
            assert_eq!(evaluate(text), Some((value, rest)), "{text}");
        }
    }

    #[test]
    fn what_is_no_arithmetic_is_none() {
        for text in ["", "-", "NaN", "MW", "(1+2", "()", "*3", "."] {
            assert_eq!(evaluate(text), None, "{text}");
        }
        // A field is no program: brackets and signs end somewhere.
        assert_eq!(evaluate(&"(".repeat(100_000)), None);
        assert_eq!(evaluate(&"-".repeat(100_000)), None);
        assert!(evaluate(&"1+".repeat(100_000)).is_some());
    }
}
