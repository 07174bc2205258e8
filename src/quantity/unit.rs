//! Units of entered values, and reading what a user types: `120 MW`, `0.5 GW`, `4.2 c/kWh`, `3*2.5 MVA`.

use super::expression::evaluate;

/// Unit of an editable value, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    None,
    Count,
    Share,
    Mw,
    Mva,
    Mwh,
    Kv,
    Kw,
    KwPerRack,
    SquareMetre,
    Metre,
    Km,
    Hours,
    Minutes,
    Months,
    Years,
    Milliseconds,
    Degrees,
    JPerTh,
    UsdPerTh,
    Usd,
    UsdPerMw,
    UsdPerKwMonth,
    UsdPerMwMonth,
    UsdPerMwh,
    UsdPerKwYear,
    UsdPerGpuHour,
    UsdPerPhDay,
    UsdPerBtc,
    Btc,
    PerYear,
    LitresPerKwh,
    TonnesPerSquareMetre,
    Tonnes,
}

impl Unit {
    /// Printed beside a value; empty for plain numbers.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::None | Self::Count => "",
            Self::Share => "%",
            Self::Mw => "MW",
            Self::Mva => "MVA",
            Self::Mwh => "MWh",
            Self::Kv => "kV",
            Self::Kw => "kW",
            Self::KwPerRack => "kW/rack",
            Self::SquareMetre => "m²",
            Self::Metre => "m",
            Self::Km => "km",
            Self::Hours => "h",
            Self::Minutes => "min",
            Self::Months => "months",
            Self::Years => "years",
            Self::Milliseconds => "ms",
            Self::Degrees => "°",
            Self::JPerTh => "J/TH",
            Self::UsdPerTh => "$/TH",
            Self::Usd => "$",
            Self::UsdPerMw => "$/MW",
            Self::UsdPerKwMonth => "$/kW-month",
            Self::UsdPerMwMonth => "$/MW-month",
            Self::UsdPerMwh => "$/MWh",
            Self::UsdPerKwYear => "$/kW-year",
            Self::UsdPerGpuHour => "$/GPU-h",
            Self::UsdPerPhDay => "$/PH/s/day",
            Self::UsdPerBtc => "$/BTC",
            Self::Btc => "BTC",
            Self::PerYear => "/year",
            Self::LitresPerKwh => "L/kWh",
            Self::TonnesPerSquareMetre => "t/m²",
            Self::Tonnes => "t",
        }
    }

    /// Units a user may type for this one, each with its factor to the stored unit. Compared without case or spaces.
    fn accepted(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::None => &[("t", 1e12)],
            Self::Count => &[],
            Self::Share => &[("%", 0.01)],
            Self::Mw => &[("mw", 1.0), ("gw", 1000.0), ("kw", 0.001)],
            Self::Mva => &[("mva", 1.0), ("gva", 1000.0), ("kva", 0.001)],
            Self::Mwh => &[("mwh", 1.0), ("gwh", 1000.0), ("kwh", 0.001)],
            Self::Kv => &[("kv", 1.0), ("v", 0.001)],
            Self::Kw => &[("kw", 1.0), ("mw", 1000.0), ("w", 0.001)],
            Self::KwPerRack => &[("kw/rack", 1.0), ("kw", 1.0)],
            Self::SquareMetre => &[("m2", 1.0), ("m²", 1.0), ("sqft", 0.092_903_04), ("ft2", 0.092_903_04)],
            Self::Metre => &[
                ("m", 1.0),
                ("km", 1000.0),
                ("ft", 0.3048),
                ("feet", 0.3048),
                ("yd", 0.9144),
                ("mi", 1609.344),
            ],
            Self::Km => &[("km", 1.0), ("m", 0.001), ("mi", 1.609_344), ("miles", 1.609_344)],
            Self::Hours => &[("h", 1.0), ("hours", 1.0), ("min", 1.0 / 60.0), ("days", 24.0)],
            Self::Minutes => &[("min", 1.0), ("s", 1.0 / 60.0), ("h", 60.0)],
            Self::Months => &[
                ("months", 1.0),
                ("month", 1.0),
                ("mo", 1.0),
                ("years", 12.0),
                ("year", 12.0),
                ("y", 12.0),
                ("weeks", 12.0 / 52.0),
            ],
            Self::Years => &[("years", 1.0), ("year", 1.0), ("y", 1.0), ("months", 1.0 / 12.0)],
            Self::Milliseconds => &[("ms", 1.0), ("s", 1000.0), ("µs", 0.001), ("us", 0.001)],
            Self::Degrees => &[("°", 1.0), ("deg", 1.0)],
            Self::JPerTh => &[("j/th", 1.0), ("w/th", 1.0)],
            Self::UsdPerTh => &[("$/th", 1.0), ("usd/th", 1.0)],
            Self::Usd => &[
                ("$", 1.0),
                ("usd", 1.0),
                ("k", 1e3),
                ("m", 1e6),
                ("b", 1e9),
                ("kusd", 1e3),
                ("musd", 1e6),
                ("million", 1e6),
                ("billion", 1e9),
            ],
            Self::UsdPerMw => &[
                ("$/mw", 1.0),
                ("usd/mw", 1.0),
                ("m$/mw", 1e6),
                ("m/mw", 1e6),
                ("m", 1e6),
                ("k", 1e3),
                ("$/kw", 1e3),
                ("usd/kw", 1e3),
            ],
            Self::UsdPerKwMonth => {
                &[("$/kw-month", 1.0), ("usd/kw-month", 1.0), ("$/kw-mo", 1.0), ("$/mw-month", 0.001)]
            }
            Self::UsdPerMwMonth => &[("$/mw-month", 1.0), ("usd/mw-month", 1.0), ("$/kw-month", 1000.0)],
            Self::UsdPerMwh => &[
                ("$/mwh", 1.0),
                ("usd/mwh", 1.0),
                ("c/kwh", 10.0),
                ("¢/kwh", 10.0),
                ("$/kwh", 1000.0),
                ("usd/kwh", 1000.0),
            ],
            Self::UsdPerKwYear => &[("$/kw-year", 1.0), ("$/kw-yr", 1.0), ("usd/kw-year", 1.0)],
            Self::UsdPerGpuHour => &[("$/gpu-h", 1.0), ("usd/gpu-h", 1.0), ("$/h", 1.0)],
            Self::UsdPerPhDay => &[("$/ph/s/day", 1.0), ("$/ph/day", 1.0), ("$/th/day", 1000.0)],
            Self::UsdPerBtc => &[("$/btc", 1.0), ("$", 1.0), ("usd", 1.0), ("k", 1000.0)],
            Self::Btc => &[("btc", 1.0), ("₿", 1.0)],
            Self::PerYear => &[("/year", 1.0), ("/yr", 1.0)],
            Self::LitresPerKwh => &[("l/kwh", 1.0)],
            Self::TonnesPerSquareMetre => &[("t/m2", 1.0), ("t/m²", 1.0)],
            Self::Tonnes => &[("t", 1.0), ("kg", 0.001), ("lb", 0.000_453_592_37)],
        }
    }

    /// Reads what a user typed for a value of this unit.
    ///
    /// Accepts thousands separators, sums and products (`3*2.5 MVA`, `(12+8)/2 MW`), a leading `$` and any unit of the same dimension.
    ///
    /// # Errors
    /// A sentence that names what was typed and what is accepted.
    pub fn parse(self, typed: &str) -> Result<f64, String> {
        let mut text: String = typed
            .trim()
            .chars()
            .filter(|c| !matches!(c, ' ' | '\u{202f}' | '\u{a0}' | '_'))
            .map(|c| if c == '\u{2212}' { '-' } else { c })
            .collect();
        if text.contains('.') || text.matches(',').count() > 1 {
            text = text.replace(',', "");
        } else if let Some((_, tail)) = text.split_once(',') {
            // One comma and three digits after it is a thousands separator; anything else a decimal comma.
            let digits = tail.chars().take_while(char::is_ascii_digit).count();
            text = text.replace(',', if digits == 3 { "" } else { "." });
        }
        let text = text.trim_start_matches('$');
        let (value, unit) = evaluate(text).ok_or_else(|| self.not_understood(typed))?;
        let unit = unit.to_lowercase();
        let factor = if unit.is_empty() {
            // A bare number is in the unit shown: for a share that is percent.
            if self == Self::Share { 0.01 } else { 1.0 }
        } else {
            self.accepted()
                .iter()
                .find(|(name, _)| *name == unit)
                .map(|(_, factor)| *factor)
                .ok_or_else(|| self.not_understood(typed))?
        };
        let result = value * factor;
        if result.is_finite() { Ok(result) } else { Err(format!("`{typed}` is not a finite number")) }
    }

    fn not_understood(self, typed: &str) -> String {
        let names: Vec<_> = self.accepted().iter().map(|(name, _)| *name).collect();
        if names.is_empty() || self == Self::None {
            format!("`{typed}` is not a number")
        } else {
            format!("`{typed}` is not understood; type a number with one of: {}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_values_take_their_unit() {
        let near = |typed: &str, unit: Unit, expected: f64| {
            let value = unit.parse(typed).unwrap();
            assert!((value - expected).abs() < 1e-9 * expected.abs().max(1.0), "{typed}: {value}");
        };
        near("120 MW", Unit::Mw, 120.0);
        near("0.5 GW", Unit::Mw, 500.0);
        near("4.2 c/kWh", Unit::UsdPerMwh, 42.0);
        near("3*2.5 MVA", Unit::Mva, 7.5);
        near("(12+8)/2 MW", Unit::Mw, 10.0);
        near("3 x 2.5 MVA", Unit::Mva, 7.5);
        near("0.02 /year", Unit::PerYear, 0.02);
        near("$1,250,000", Unit::Usd, 1_250_000.0);
        near("12,500", Unit::Usd, 12_500.0);
        near("9.5 M", Unit::UsdPerMw, 9.5e6);
        near("85", Unit::Share, 0.85);
        near("85 %", Unit::Share, 0.85);
        near("1.5e3", Unit::None, 1500.0);
        near("1e-3", Unit::None, 0.001);
        near("148.26 T", Unit::None, 148.26e12);
        near("−5", Unit::None, -5.0);
        near("2 years", Unit::Months, 24.0);
        near("1,250 ft", Unit::Metre, 381.0);
        near("0.4 km", Unit::Metre, 400.0);
    }

    #[test]
    fn nonsense_is_refused_with_what_would_do() {
        assert!(Unit::Mw.parse("12 parsecs").unwrap_err().contains("gw"));
        assert!(Unit::Mw.parse("").is_err());
        assert!(Unit::None.parse("1e400").is_err());
        assert!(Unit::None.parse("NaN").is_err());
        assert!(Unit::Mw.parse("1e").is_err());
        assert!(Unit::Mw.parse("1/0").is_err());
        assert!(Unit::Mw.parse("(1+2 MW").is_err());
    }
}
