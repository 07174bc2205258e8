//! Whether a file holds prices or a load, by its headings and by the size of its numbers: one read as the other would
//! be planned with in silence.

use super::table::Table;
use super::value::{HIGHEST_PRICE, ValueUnit};
use super::{ImportOptions, Kind, Notes, shown};
use crate::quantity::format;
use crate::quantity::statistics;

/// Words of a heading that say what stands below.
const PRICE: [&str; 12] =
    ["price", "lmp", "lbmp", "spp", "hoep", "$", "€", "£", "¢", "/mwh", "/kwh", "cents"];
const LOAD: [&str; 5] = ["load", "demand", "consumption", "usage", "metered"];
/// Units of a load, which a heading has as words of their own.
const LOAD_UNITS: [&str; 6] = ["kw", "mw", "kwh", "mwh", "kva", "gw"];
/// A middle price, USD/MWh, that no market has over days; single hours reach its cap.
const TOO_DEAR: f64 = 1_000.0;

/// What a heading says, where it says it.
fn said(heading: &str) -> Option<Kind> {
    let plain = heading.to_lowercase();
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).collect();
    if PRICE.iter().any(|word| plain.contains(word)) || words.contains(&"usd") {
        Some(Kind::Prices)
    } else if LOAD.iter().any(|word| plain.contains(word))
        || LOAD_UNITS.iter().any(|unit| words.contains(unit))
    {
        Some(Kind::Load)
    } else {
        None
    }
}

/// Refuses a column that is headed as the other kind, unless the user named its unit.
pub fn heading(kind: Kind, table: &Table, options: &ImportOptions, notes: &mut Notes) -> Option<()> {
    let heading = if table.column.is_empty() { &table.heading } else { &table.column };
    let Some(found) = said(heading).filter(|found| *found != kind) else { return Some(()) };
    let (code, message, hint) = match found {
        Kind::Load => (
            "import-not-prices",
            format!("the heading `{}` is that of a load, not of prices", shown(heading.trim())),
            "take it as a load (import load), name the column of the prices (--column), or say their unit (--unit)",
        ),
        Kind::Prices => (
            "import-not-load",
            format!("the heading `{}` is that of prices, not of a load", shown(heading.trim())),
            "take it as prices (import prices), name the column of the load (--column), or say its unit (--unit)",
        ),
    };
    if options.unit.is_some() {
        notes.warning(code, message, "the unit that was named is taken at its word");
        return Some(());
    }
    notes.error(code, message, hint);
    None
}

/// Refuses numbers that cannot be of the kind; `raw` are the file's, `is_said` that heading or user name the unit.
pub fn sizes(
    kind: Kind,
    raw: &[f64],
    (unit, factor, is_said): (ValueUnit, f64, bool),
    notes: &mut Notes,
) -> Option<()> {
    let below = raw.iter().filter(|value| **value < 0.0).count();
    if kind == Kind::Load {
        if below > 0 && !is_said {
            notes.error(
                "import-not-load",
                format!(
                    "{below} of {} numbers are below zero, as prices can be and a metered load is not",
                    raw.len()
                ),
                "take the file as prices (import prices), or say the unit if it is a load (--unit)",
            );
            return None;
        }
        return Some(());
    }
    let sizes: Vec<f64> = raw.iter().map(|value| value.abs()).collect();
    let middle = statistics::quantile(&sizes, 0.5) * factor;
    let shown = format::number(middle, format::decimals_for(middle));
    if middle > HIGHEST_PRICE {
        let smaller = format::number(middle / 1_000.0, 2);
        notes.error(
            "import-absurd-price",
            format!("the middle price is {shown} $/MWh, read as {}: beyond any market's", unit.symbol()),
            format!(
                "a load is taken with import load; where the numbers are $/GWh, --usd-per-unit 0.001 makes it {smaller} $/MWh"
            ),
        );
        return None;
    }
    if middle > TOO_DEAR && !is_said {
        notes.error(
            "import-not-prices",
            format!("the middle number is {shown}: no market has such prices in $/MWh, and a load in kW could be so"),
            "take the file as a load (import load), or say the unit if it is prices (--unit)",
        );
        return None;
    }
    Some(())
}
