//! Hashprice forwards that a company may sell.

/// Terms at which hashprice is sold forward: non-deliverable, a contract a month, settled in cash at the month's end.
///
/// Sources of the defaults: `assets/catalogue/planning.ron`, keys `company.hedge_…`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hedge {
    /// Most that may be sold of the hashrate that runs, 0 to 1.
    pub share: f64,
    /// How far below the expected hashprice a forward is sold, as a share of it.
    pub spread: f64,
    /// Initial margin as a share of a contract's value, held from the first day until it settles.
    pub margin_share: f64,
}

impl Default for Hedge {
    fn default() -> Self {
        Self { share: 0.8, spread: 0.03, margin_share: 0.35 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::{Edit, apply};
    use crate::site::{Address, Evidence, Object, Override, Provenance, Scenario, Site};

    #[test]
    fn what_is_said_of_the_terms_goes_with_them() {
        let at = |field: &str| Address::new(Object::Company, field);
        let refused = Edit::Change(Override::Value { at: at("hedge_share"), value: Some(0.5) });
        assert!(apply(&Site::empty("test"), &refused).is_err(), "there is no such number yet");
        let (mut site, label) = apply(&Site::empty("test"), &Edit::SetHedge(Some(Hedge::default()))).unwrap();
        assert_eq!(label, "Let hashprice be sold forward");
        let source = |field: &str| Provenance {
            at: at(field),
            source: "a quote".into(),
            as_of: None,
            evidence: Evidence::Document,
            private: false,
            low: None,
            high: None,
        };
        site.provenance = vec![source("hedge_spread"), source("inflation")];
        let change = |field: &str| Override::Value { at: at(field), value: Some(0.1) };
        site.scenarios = vec![Scenario {
            name: "bold".into(),
            note: String::new(),
            overrides: vec![change("hedge_share"), change("discount_rate")],
        }];
        for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(site.set_value(&at("hedge_share"), Some(bad)).is_err());
        }
        assert!(site.set_value(&at("hedge_spread"), Some(1.0)).is_err());
        let (site, _) = apply(&site, &Edit::SetHedge(None)).unwrap();
        assert_eq!(site.company.hedge, None);
        let left: Vec<_> = site.provenance.iter().map(|origin| origin.at.field.as_str()).collect();
        assert_eq!(left, ["inflation"]);
        assert_eq!(site.scenarios[0].overrides, [change("discount_rate")]);
    }
}
