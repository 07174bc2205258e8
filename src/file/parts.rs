//! Typical parts, from `assets/drawing`: what a drawing begins with, each value with its source. They are kept as a site file,
//! so that a part is written and read in one way.

use super::read_text;
use crate::site::Site;
use std::sync::OnceLock;

const TEXT: &str = include_str!("../../assets/drawing/parts.site.ron");

/// A site whose components are one of each kind there is to draw.
pub fn typical_parts() -> &'static Site {
    static PARTS: OnceLock<Site> = OnceLock::new();
    PARTS.get_or_init(|| read_text(TEXT).0.unwrap_or_else(|| Site::empty("Typical parts")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Severity;
    use crate::site::Object;
    use std::collections::BTreeSet;

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
