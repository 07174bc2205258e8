//! Typical parts, from `assets/drawing`: what a drawing begins with, each value with its source. They are kept as a site file,
//! so that a part is written and read in one way. So are the blueprints that come with the program.

use super::read_text;
use crate::site::Site;
use std::sync::OnceLock;

const TEXT: &str = include_str!("../../assets/drawing/parts.site.ron");

/// A site whose components are one of each kind there is to draw.
pub fn typical_parts() -> &'static Site {
    static PARTS: OnceLock<Site> = OnceLock::new();
    PARTS.get_or_init(|| read_text(TEXT).0.unwrap_or_else(|| Site::empty("Typical parts")))
}

/// A blueprint that comes with the program.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptParts {
    /// What it is called on the command line: the file's name without `.site.ron`.
    pub key: &'static str,
    pub site: Site,
}

macro_rules! kept {
    ($key:literal) => {
        ($key, include_str!(concat!("../../assets/drawing/blueprints/", $key, ".site.ron")))
    };
}

const BLUEPRINTS: [(&str, &str); 4] =
    [kept!("liquid-cooled-block"), kept!("container-group"), kept!("substation-bay"), kept!("fibre-entry")];

/// Blueprints from `assets/drawing/blueprints`, in the order they are shown.
pub fn blueprints() -> &'static [KeptParts] {
    static KEPT: OnceLock<Vec<KeptParts>> = OnceLock::new();
    KEPT.get_or_init(|| {
        BLUEPRINTS
            .into_iter()
            .filter_map(|(key, text)| Some(KeptParts { key, site: read_text(text).0? }))
            .collect()
    })
}

/// The blueprint of a key.
pub fn blueprint(key: &str) -> Option<&'static KeptParts> {
    blueprints().iter().find(|known| known.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Severity;
    use crate::site::Object;
    use std::collections::BTreeSet;

    #[test]
    fn every_blueprint_reads_clean_and_is_canonical() {
        assert_eq!(blueprints().len(), BLUEPRINTS.len());
        for (key, text) in BLUEPRINTS {
            let (site, report) = read_text(text);
            let worse: Vec<_> =
                report.problems.iter().filter(|problem| problem.severity > Severity::Info).collect();
            assert!(worse.is_empty(), "{key}: {worse:?}");
            let site = site.unwrap();
            assert!(!site.name.is_empty() && !site.note.is_empty(), "{key}");
            assert_eq!(read_text(&super::super::write_text(&site)).0.as_ref(), Some(&site), "{key}");
        }
    }

    #[test]
    fn there_is_one_of_every_kind_and_each_says_where_its_values_come_from() {
        let (site, report) = read_text(TEXT);
        let worse: Vec<_> =
            report.problems.iter().filter(|problem| problem.severity > Severity::Info).collect();
        assert!(worse.is_empty(), "{worse:?}");
        let site = site.unwrap();
        assert_eq!(&site, typical_parts());
        let kinds: BTreeSet<&str> = site.components.iter().map(|part| part.kind.label()).collect();
        assert_eq!(kinds.len(), 23, "{kinds:?}");
        for part in &site.components {
            let object = Object::Component(part.id.clone());
            let has_source = site.provenance.iter().any(|origin| origin.at.object == object);
            assert!(has_source || part.unit_rating_mw() == 0.0, "{}", part.id);
        }
    }
}
