//! Instruments to put into a site, from `assets/finance/instruments.ron`: terms that were paid, each with its origin.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::mirror::Mirror as _;
use super::v1;
use crate::quantity::Date;
use crate::site::edit::Edit;
use crate::site::{Address, Instrument, Object, Provenance, Site};

/// An entry of the library.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryInstrument {
    pub key: String,
    pub name: String,
    pub summary: String,
    kind: v1::company::InstrumentKind,
    /// A size to begin with.
    limit_usd: f64,
    as_of: Date,
    values: Vec<Value>,
}

/// A term by its key in the table of editable numbers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Value {
    key: String,
    low: f64,
    value: f64,
    high: f64,
    #[serde(default = "assumed")]
    evidence: v1::Evidence,
    source: String,
}

fn assumed() -> v1::Evidence {
    v1::Evidence::Assumed
}

static INSTRUMENTS: LazyLock<Vec<LibraryInstrument>> =
    LazyLock::new(|| ron::from_str(include_str!("../../assets/finance/instruments.ron")).unwrap_or_default());

/// What can be put into a site.
pub fn instruments() -> &'static [LibraryInstrument] {
    &INSTRUMENTS
}

impl LibraryInstrument {
    /// The step that puts the entry into a site, with the origin of its terms, under an id that is free.
    pub fn addition(&self, site: &Site) -> Edit {
        let taken: BTreeSet<&str> = site.company.instruments.iter().map(|known| known.id.as_str()).collect();
        let mut ids = std::iter::once(self.key.clone()).chain((2_u32..).map(|n| format!("{}-{n}", self.key)));
        let id = ids.find(|id| !taken.contains(id.as_str())).unwrap_or_else(|| self.key.clone());
        let object = Object::Instrument(id.clone());
        // Set through the table, so that a term is what the table means by its key.
        let mut alone = Site::empty("");
        alone.company.instruments.push(Instrument {
            id,
            name: self.name.clone(),
            kind: self.kind.clone().into_site(),
            limit_usd: self.limit_usd,
            rate: 0.0,
            fee_share: 0.0,
            available_from: None,
            available_to: None,
            term_months: 600.0,
        });
        let mut provenance = Vec::new();
        for term in &self.values {
            let at = Address::new(object.clone(), &term.key);
            // The assets are tested: every key and value stands.
            if alone.set_value(&at, Some(term.value)).is_ok() {
                provenance.push(Provenance {
                    at,
                    source: term.source.clone(),
                    as_of: Some(self.as_of),
                    evidence: term.evidence.clone().into_site(),
                    private: false,
                    low: Some(term.low),
                    high: Some(term.high),
                });
            }
        }
        let instrument = alone.company.instruments.remove(0);
        Edit::AddInstrument { instrument: Box::new(instrument), provenance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::apply;
    use crate::site::field;

    #[test]
    fn every_entry_goes_into_a_site_with_all_its_terms_and_leads_back() {
        assert_eq!(instruments().len(), 7);
        let mut site = Site::empty("library");
        for entry in instruments().iter().chain(instruments()) {
            for term in &entry.values {
                assert!(term.low <= term.value && term.value <= term.high, "{} {}", entry.key, term.key);
                assert!(!term.source.is_empty());
            }
            let before = site.clone();
            let (after, label) = apply(&site, &entry.addition(&site)).unwrap();
            assert_eq!(label, format!("Add instrument {}", entry.name));
            let added = after.company.instruments.last().unwrap();
            let object = Object::Instrument(added.id.clone());
            assert_eq!(after.provenance.len() - before.provenance.len(), entry.values.len(), "{}", entry.key);
            for (spec, value) in field::fields_of(&after, &object) {
                assert!(spec.problem_with(value.unwrap()).is_none(), "{} {}", entry.key, spec.key);
            }
            let text = crate::file::write_text(&after);
            let (read, report) = crate::file::read_text(&text);
            assert!(!report.has_errors(), "{:?}", report.problems);
            assert_eq!(read.unwrap().company.instruments, after.company.instruments);
            let (gone, _) = apply(&after, &Edit::RemoveInstrument(added.id.clone())).unwrap();
            assert_eq!(gone, before, "what is taken away leaves nothing behind");
            site = after;
        }
        assert!(site.company.instruments[7].id.ends_with("-2"));
        let gone = apply(&site, &Edit::RemoveInstrument("nothing".into())).unwrap_err();
        assert!(gone.contains("there is no instrument `nothing`"), "{gone}");
        let twice = Edit::AddInstrument {
            instrument: Box::new(site.company.instruments[0].clone()),
            provenance: Vec::new(),
        };
        assert!(apply(&site, &twice).unwrap_err().contains("already an instrument"));
    }
}
