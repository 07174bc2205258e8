//! What is typed into the table becomes an edit, or a sentence that says why not.

use crate::app::Document;
use crate::app::state::Slot;
use crate::quantity::Date;
use crate::site::edit::Edit;
use crate::site::field::{self, FieldSpec};
use crate::site::inventory::Origin;
use crate::site::{Address, Evidence, Provenance};

/// Longest source that is kept; a source is a line, not a document.
const LONGEST_SOURCE: usize = 400;

/// The number that was typed; `None` for nothing.
pub fn number(spec: &FieldSpec, text: &str) -> Result<Option<f64>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let value = spec.unit.parse(text)?;
    match spec.problem_with(value) {
        Some(problem) => Err(problem),
        None => Ok(Some(value)),
    }
}

/// The edit for what was typed of a number's source or range; `None` where nothing changes.
///
/// # Errors
/// A sentence for text that is no date or number, and for a range that cannot be.
pub fn edit(document: &Document, at: &Address, slot: Slot, text: &str) -> Result<Option<Edit>, String> {
    let Some(spec) = field::spec(document.shown(), at) else {
        return Err(format!("`{at}` does not exist any more"));
    };
    if field::spec(document.site(), at).is_none() {
        return Err(
            "this stands in the scenario alone; its source cannot be kept in the base case".to_owned()
        );
    }
    let before = known(document, at);
    let mut entry = before.clone();
    match slot {
        Slot::Value | Slot::All => return Ok(None),
        Slot::Low => entry.low = number(&spec, text)?,
        Slot::High => entry.high = number(&spec, text)?,
        Slot::Source => entry.source = source(text)?,
        Slot::AsOf => entry.as_of = date(text)?,
    }
    if let (Some(low), Some(high)) = (entry.low, entry.high)
        && low > high
    {
        return Err(format!("the low value of {} is above its high value", spec.label));
    }
    if entry == before {
        return Ok(None);
    }
    // An entry that says nothing more is taken out, so that the planning value stands again.
    let says_nothing = entry.source.is_empty()
        && entry.as_of.is_none()
        && entry.low.is_none()
        && entry.high.is_none()
        && entry.evidence == Evidence::Assumed;
    Ok(Some(Edit::SetProvenance { at: at.clone(), entry: (!says_nothing).then_some(entry) }))
}

/// The edit for another kind of evidence.
pub fn with_evidence(document: &Document, at: &Address, evidence: Evidence) -> Edit {
    Edit::SetProvenance { at: at.clone(), entry: Some(Provenance { evidence, ..known(document, at) }) }
}

/// What is known of a number as it is shown: of the file, else of the planning values, else nothing.
fn known(document: &Document, at: &Address) -> Provenance {
    let own = document.site().provenance_of(at).cloned();
    let usual = || {
        let row = super::list::row(document, at).filter(|row| row.origin == Origin::Planning)?;
        Some(Provenance {
            at: at.clone(),
            source: row.source,
            as_of: row.as_of,
            evidence: row.evidence?,
            private: false,
            low: row.low,
            high: row.high,
        })
    };
    let nothing = || Provenance {
        at: at.clone(),
        source: String::new(),
        as_of: None,
        evidence: Evidence::Assumed,
        private: false,
        low: None,
        high: None,
    };
    Provenance { at: at.clone(), ..own.or_else(usual).unwrap_or_else(nothing) }
}

fn source(text: &str) -> Result<String, String> {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > LONGEST_SOURCE {
        return Err(format!(
            "a source is a line of at most {LONGEST_SOURCE} letters; keep the rest in the note"
        ));
    }
    Ok(line)
}

fn date(text: &str) -> Result<Option<Date>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    // A month is taken as its first day, a year as its last.
    let whole = match text.len() {
        4 => format!("{text}-12-31"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    whole
        .parse::<Date>()
        .map(Some)
        .map_err(|_| format!("`{text}` is not a date; type it as 2025-12-31 or 2025-12"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{Object, Site};

    fn typed(document: &mut Document, slot: Slot, text: &str) -> Result<Option<Provenance>, String> {
        let at = Address::new(Object::Power, "volatility");
        if let Some(edit) = edit(document, &at, slot, text)? {
            document.apply(&edit)?;
        }
        Ok(document.site().provenance.first().cloned())
    }

    #[test]
    fn typing_a_source_begins_with_the_planning_range() {
        let mut document = Document::new(Site::empty("test"), None);
        let entry = typed(&mut document, Slot::Source, "  Board   paper 7 ").unwrap().unwrap();
        assert_eq!((entry.source.as_str(), entry.low, entry.high), ("Board paper 7", Some(0.1), Some(0.45)));
        let entry = typed(&mut document, Slot::Low, "20 %").unwrap().unwrap();
        assert_eq!((entry.source.as_str(), entry.low), ("Board paper 7", Some(0.2)));
        assert_eq!(document.history().undo_label(), Some("Change source of power price volatility of power"));
        let entry = typed(&mut document, Slot::AsOf, "2026-03").unwrap().unwrap();
        assert_eq!(entry.as_of.unwrap().to_string(), "2026-03-01");
    }

    #[test]
    fn what_cannot_be_is_refused_in_words_and_changes_nothing() {
        let mut document = Document::new(Site::empty("test"), None);
        for (slot, text, why) in [
            (Slot::Low, "90 %", "above its high value"),
            (Slot::High, "NaN", "not understood"),
            (Slot::High, "1e9", "above the most accepted"),
            (Slot::AsOf, "31.12.2025", "is not a date"),
            (Slot::AsOf, "2025-13", "is not a date"),
            (Slot::AsOf, "2025-02-30", "is not a date"),
        ] {
            let error = typed(&mut document, slot, text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!(typed(&mut document, Slot::Source, &"x".repeat(500)).unwrap_err().contains("at most 400"));
        assert!(document.site().provenance.is_empty() && !document.is_modified());
    }

    #[test]
    fn an_entry_that_says_nothing_gives_the_planning_value_back() {
        let mut document = Document::new(Site::empty("test"), None);
        for (slot, text) in [(Slot::Source, "a letter"), (Slot::Low, ""), (Slot::High, ""), (Slot::AsOf, "")]
        {
            typed(&mut document, slot, text).unwrap();
        }
        assert_eq!(document.site().provenance.len(), 1);
        assert_eq!(typed(&mut document, Slot::Source, "").unwrap(), None);
    }
}
