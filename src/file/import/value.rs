//! What a file's numbers are: dollars or cents, a kWh or a MWh, kW or MW.

use super::table::Table;
use super::{ImportOptions, Kind, Notes, Preview, kind as what, shown};
use crate::quantity::format;
use crate::quantity::statistics;
use crate::quantity::written::{is_blank, number};

/// Prices beyond this, USD/MWh, are no market's: the highest cap there was is 9,000 (ERCOT to 2021), in Australia
/// about 12,000 USD; the lowest price 1,000 to 2,000 below zero.
pub const HIGHEST_PRICE: f64 = 20_000.0;
const LOWEST_PRICE: f64 = -5_000.0;
/// Mean prices outside of this, USD/MWh, look like another unit.
const LIKELY_MEAN: std::ops::RangeInclusive<f64> = -20.0..=400.0;
/// No site takes more, kW.
const HIGHEST_LOAD_KW: f64 = 20e6;
/// A load this many times the connection looks like another unit.
const TOO_MUCH_LOAD: f64 = 1.5;
/// Nor is a site metered whose highest load is less of its connection.
const TOO_LITTLE_LOAD: f64 = 0.01;

/// Unit of a file's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueUnit {
    UsdPerMwh,
    UsdPerKwh,
    CentsPerKwh,
    Kw,
    Mw,
    /// Energy of a step.
    Kwh,
    Mwh,
}

impl ValueUnit {
    pub const ALL: [Self; 7] =
        [Self::UsdPerMwh, Self::UsdPerKwh, Self::CentsPerKwh, Self::Kw, Self::Mw, Self::Kwh, Self::Mwh];

    pub fn symbol(self) -> &'static str {
        match self {
            Self::UsdPerMwh => "$/MWh",
            Self::UsdPerKwh => "$/kWh",
            Self::CentsPerKwh => "c/kWh",
            Self::Kw => "kW",
            Self::Mw => "MW",
            Self::Kwh => "kWh",
            Self::Mwh => "MWh",
        }
    }

    /// A unit as a user types it: `usd/mwh`, `$/kWh`, `c/kwh`, `kW`.
    pub fn named(text: &str) -> Option<Self> {
        let plain: String = text.to_ascii_lowercase().chars().filter(|c| *c != ' ').collect();
        Some(match plain.as_str() {
            "$/mwh" | "usd/mwh" | "$/mwhr" => Self::UsdPerMwh,
            "$/kwh" | "usd/kwh" => Self::UsdPerKwh,
            "c/kwh" | "¢/kwh" | "cents/kwh" | "cent/kwh" | "usc/kwh" => Self::CentsPerKwh,
            "kw" => Self::Kw,
            "mw" => Self::Mw,
            "kwh" => Self::Kwh,
            "mwh" => Self::Mwh,
            _ => return None,
        })
    }

    fn is_price(self) -> bool {
        matches!(self, Self::UsdPerMwh | Self::UsdPerKwh | Self::CentsPerKwh)
    }

    /// Factor to USD/MWh or to kW, for a step of some minutes.
    fn factor(self, step: i64) -> f64 {
        let steps_per_hour = 60.0 / step as f64;
        match self {
            Self::UsdPerMwh | Self::Kw => 1.0,
            Self::UsdPerKwh | Self::Mw => 1_000.0,
            Self::CentsPerKwh => 10.0,
            Self::Kwh => steps_per_hour,
            Self::Mwh => 1_000.0 * steps_per_hour,
        }
    }
}

/// The values of a table's cells in USD/MWh or kW; `None` for a gap or a refused one.
pub fn values(
    kind: Kind,
    table: &Table,
    step: i64,
    options: &ImportOptions,
    preview: &mut Preview,
    notes: &mut Notes,
) -> Option<Vec<Option<f64>>> {
    let currency = currency(kind, table, options, notes)?;
    let mut raw = Vec::with_capacity(table.cells.len());
    let mut refused = 0;
    for cell in &table.cells {
        let value = number(&cell.text, table.mark);
        if value.is_none() && !is_blank(&cell.text) {
            refused += 1;
            notes.line(
                cell.line,
                "import-not-a-number",
                || format!("`{}` is no number; the reading is left out", shown(&cell.text)),
                "what stands for a number is none, and is left out,",
                "write a number, or nothing where there is no reading",
            );
        }
        raw.push(value);
    }
    let (unit, is_said) = unit_of(kind, table, &raw, options, notes)?;
    unit.symbol().clone_into(&mut preview.unit);
    let factor = unit.factor(step) * currency;
    let numbers: Vec<f64> = raw.iter().flatten().copied().collect();
    what::sizes(kind, &numbers, (unit, factor, is_said), notes)?;
    let mut values = Vec::with_capacity(raw.len());
    for (cell, value) in table.cells.iter().zip(raw) {
        let value = value.map(|value| value * factor);
        let wrong = value.and_then(|value| refusal(kind, value));
        if let Some((code, what, rest, hint)) = wrong {
            refused += 1;
            notes.line(
                cell.line,
                code,
                || format!("{} is {what}; the reading is left out", shown(&cell.text)),
                rest,
                hint,
            );
        }
        values.push(value.filter(|_| wrong.is_none()));
    }
    preview.rows_refused = refused;
    preview.rows_read = values.iter().flatten().count();
    if preview.rows_read == 0 {
        notes.error(
            "import-no-values",
            "no value of the file can be read",
            "check the column, the unit and the numbers",
        );
        return None;
    }
    odd_sizes(kind, &values, (unit, step), options, notes);
    Some(values)
}

type Refusal = (&'static str, &'static str, &'static str, &'static str);

fn refusal(kind: Kind, value: f64) -> Option<Refusal> {
    match kind {
        Kind::Prices if !(LOWEST_PRICE..=HIGHEST_PRICE).contains(&value) => Some((
            "import-absurd-price",
            "beyond any market's price",
            "prices beyond any market's are left out",
            "check the unit (--unit) and the number",
        )),
        Kind::Load if value < 0.0 => Some((
            "import-negative-load",
            "less than nothing",
            "loads below zero are left out",
            "power taken from the utility is positive; leave exports out",
        )),
        Kind::Load if value > HIGHEST_LOAD_KW => Some((
            "import-absurd-load",
            "beyond any site's load",
            "loads beyond any site's are left out",
            "check the unit (--unit) and the number",
        )),
        _ => None,
    }
}

/// Dollars for a unit of the file's currency.
fn currency(kind: Kind, table: &Table, options: &ImportOptions, notes: &mut Notes) -> Option<f64> {
    if kind == Kind::Load {
        return Some(1.0);
    }
    match options.usd_per_unit {
        Some(rate) if rate.is_finite() && rate > 0.0 => {
            notes.info("import-currency", format!("prices are taken times {rate} for dollars"), "");
            return Some(rate);
        }
        Some(rate) => {
            notes.error(
                "import-currency",
                format!("{rate} is no exchange rate"),
                "give the dollars for one unit of the currency",
            );
            return None;
        }
        None => {}
    }
    let upper = table.heading.to_uppercase();
    let words: Vec<&str> = upper.split(|c: char| !c.is_alphabetic() && !"€£".contains(c)).collect();
    let foreign = ["CAD", "EUR", "GBP", "AUD", "NOK", "SEK", "DKK", "KR", "CHF", "JPY", "BRL", "€", "£"]
        .into_iter()
        .find(|word| words.contains(word));
    // What a sign of another character set becomes.
    let unreadable = upper.contains('\u{fffd}').then_some("a currency whose sign cannot be read");
    let foreign = foreign.or(unreadable);
    let foreign = foreign.or_else(|| upper.contains("CA$").then_some("CAD"));
    if let Some(foreign) = foreign {
        notes.error(
            "import-currency",
            format!("the prices are in {foreign}"),
            "give the dollars for one unit of it (--usd-per-unit)",
        );
        return None;
    }
    Some(1.0)
}

/// The unit, and whether the user or the heading says it; else it is the one the size of the numbers tells.
fn unit_of(
    kind: Kind,
    table: &Table,
    raw: &[Option<f64>],
    options: &ImportOptions,
    notes: &mut Notes,
) -> Option<(ValueUnit, bool)> {
    let wants_price = kind == Kind::Prices;
    if let Some(unit) = options.unit {
        if unit.is_price() != wants_price {
            let of = if wants_price { "a price" } else { "a load" };
            notes.error(
                "import-unit",
                format!("{} is no unit of {of}", unit.symbol()),
                "name another unit (--unit)",
            );
            return None;
        }
        return Some((unit, true));
    }
    let head = table.heading.to_ascii_lowercase().replace([' ', '_'], "");
    let heads: &[(&str, ValueUnit)] = if wants_price {
        &[
            ("c/kwh", ValueUnit::CentsPerKwh),
            ("¢/kwh", ValueUnit::CentsPerKwh),
            ("cents", ValueUnit::CentsPerKwh),
            ("/kwh", ValueUnit::UsdPerKwh),
            ("perkwh", ValueUnit::UsdPerKwh),
            ("/mwh", ValueUnit::UsdPerMwh),
            ("permwh", ValueUnit::UsdPerMwh),
        ]
    } else {
        &[("kwh", ValueUnit::Kwh), ("mwh", ValueUnit::Mwh), ("kw", ValueUnit::Kw), ("mw", ValueUnit::Mw)]
    };
    if let Some((_, unit)) = heads.iter().find(|(word, _)| head.contains(word)) {
        return Some((*unit, true));
    }
    let sizes: Vec<f64> = raw.iter().flatten().map(|value| value.abs()).filter(|size| *size > 0.0).collect();
    let middle = statistics::quantile(&sizes, 0.5);
    let (unit, is_plain) = if wants_price {
        match middle {
            size if size < 0.8 => (ValueUnit::UsdPerKwh, true),
            size if size < 14.0 => (ValueUnit::UsdPerMwh, false),
            _ => (ValueUnit::UsdPerMwh, true),
        }
    } else {
        match options.connection_mw.filter(|mw| *mw > 0.0) {
            Some(mw) if middle <= TOO_MUCH_LOAD * mw => (ValueUnit::Mw, middle > 0.05 * mw),
            Some(_) => (ValueUnit::Kw, true),
            None => (ValueUnit::Kw, false),
        }
    };
    let message = format!(
        "the file does not say its unit; numbers about {} are taken for {}",
        format::number(middle, format::decimals_for(middle)),
        unit.symbol()
    );
    if is_plain {
        notes.info("import-unit", message, "name the unit if it is another (--unit)");
    } else {
        notes.warning("import-unit", message, "name the unit (--unit): these numbers could be another's");
    }
    Some((unit, false))
}

/// Values that are numbers and look like another unit's.
fn odd_sizes(
    kind: Kind,
    values: &[Option<f64>],
    (unit, step): (ValueUnit, i64),
    options: &ImportOptions,
    notes: &mut Notes,
) {
    let taken: Vec<f64> = values.iter().flatten().copied().collect();
    match kind {
        Kind::Prices => {
            let mean = statistics::mean(&taken);
            let middle = statistics::quantile(&taken, 0.5);
            let is_small = mean > 0.0 && mean < 1.0 && middle > 0.0 && middle < 1.0;
            if !LIKELY_MEAN.contains(&mean) || is_small {
                let as_kwh = format::number(1_000.0 * mean, 1);
                notes.warning(
                    "import-odd-unit",
                    format!("the mean price is {} $/MWh, read as {}", format::number(mean, 3), unit.symbol()),
                    if is_small && unit == ValueUnit::UsdPerMwh {
                        format!("where they are $/kWh the mean is {as_kwh} $/MWh (--unit $/kWh)")
                    } else {
                        "check the unit (--unit)".to_owned()
                    },
                );
            }
        }
        Kind::Load => {
            let most = taken.iter().copied().fold(0.0, f64::max);
            let connection = options.connection_mw.filter(|mw| *mw > 0.0).map(|mw| 1_000.0 * mw);
            let Some(kw) = connection else { return };
            let is_likely = |most: f64| (TOO_LITTLE_LOAD * kw..=TOO_MUCH_LOAD * kw).contains(&most);
            if !is_likely(most) {
                let others = [ValueUnit::Mw, ValueUnit::Kw, ValueUnit::Mwh, ValueUnit::Kwh].into_iter();
                let as_other = |other: &ValueUnit| most / unit.factor(step) * other.factor(step);
                let other = others.filter(|other| *other != unit).find(|other| is_likely(as_other(other)));
                notes.warning(
                    "import-odd-unit",
                    format!(
                        "the highest load is {} and the connection has {}, read as {}",
                        format::mw(most / 1_000.0),
                        format::mw(kw / 1_000.0),
                        unit.symbol()
                    ),
                    other.map_or_else(
                        || "check the unit (--unit)".to_owned(),
                        |other| {
                            let mw = format::mw(as_other(&other) / 1_000.0);
                            format!("as {} it would be {mw} (--unit {})", other.symbol(), other.symbol())
                        },
                    ),
                );
            }
        }
    }
}
