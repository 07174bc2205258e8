//! Names of single values in the document: `offers/north.rent_usd_per_kw_month`.
//!
//! Overrides, provenance, edits and messages all use the same names.

use crate::quantity::Date;
use std::fmt;
use std::str::FromStr;

/// The thing a value belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    Component(String),
    Link(String),
    Fleet(String),
    GpuSystem(String),
    Offer(String),
    Loan(String),
    Instrument(String),
    Bitcoin,
    Power,
    GpuRental,
    Delivery,
    Correlation,
    Company,
    Limits,
    /// The capex budget of a calendar year.
    CapexYear(i16),
    /// The hosting that must be in service from a date on.
    HostingFrom(Date),
    /// What the contract of a grid feed allows from a date on.
    ContractFrom(String, Date),
    /// The part of it that is never interrupted.
    FirmFrom(String, Date),
    Plan,
}

/// One editable value of one object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub object: Object,
    pub field: String,
}

impl Address {
    pub fn new(object: Object, field: &str) -> Self {
        Self { object, field: field.to_owned() }
    }

    /// All numbers of an object together: `offers/north.*`. Provenance alone uses it.
    pub fn whole(object: Object) -> Self {
        Self::new(object, WHOLE)
    }

    pub fn is_whole(&self) -> bool {
        self.field == WHOLE
    }
}

/// Stands for every field of an object.
const WHOLE: &str = "*";

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Component(id) => write!(f, "components/{id}"),
            Self::Link(id) => write!(f, "links/{id}"),
            Self::Fleet(id) => write!(f, "fleets/{id}"),
            Self::GpuSystem(id) => write!(f, "gpu_systems/{id}"),
            Self::Offer(id) => write!(f, "offers/{id}"),
            Self::Loan(id) => write!(f, "loans/{id}"),
            Self::Instrument(id) => write!(f, "instruments/{id}"),
            Self::Bitcoin => f.write_str("bitcoin"),
            Self::Power => f.write_str("power"),
            Self::GpuRental => f.write_str("gpu_rental"),
            Self::Delivery => f.write_str("delivery"),
            Self::Correlation => f.write_str("correlation"),
            Self::Company => f.write_str("company"),
            Self::Limits => f.write_str("limits"),
            Self::CapexYear(year) => write!(f, "capex_by_year/{year}"),
            Self::HostingFrom(from) => write!(f, "hosting_min_mw/{from}"),
            Self::ContractFrom(feed, from) => write!(f, "contract_mw/{feed}/{from}"),
            Self::FirmFrom(feed, from) => write!(f, "firm_mw/{feed}/{from}"),
            Self::Plan => f.write_str("plan"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.object, self.field)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || {
            format!("`{text}` is not the name of a value; write it as `offers/ID.FIELD` or `company.FIELD`")
        };
        let (object, field) = text.rsplit_once('.').ok_or_else(malformed)?;
        if field.is_empty() {
            return Err(malformed());
        }
        let dated = |id: &str| -> Option<(String, Date)> {
            let (feed, from) = id.rsplit_once('/').filter(|(feed, _)| !feed.is_empty())?;
            Some((feed.to_owned(), from.parse().ok()?))
        };
        let object = match object.split_once('/') {
            Some((list, id)) if !id.is_empty() => match list {
                "components" => Object::Component(id.to_owned()),
                "links" => Object::Link(id.to_owned()),
                "fleets" => Object::Fleet(id.to_owned()),
                "gpu_systems" => Object::GpuSystem(id.to_owned()),
                "offers" => Object::Offer(id.to_owned()),
                "loans" => Object::Loan(id.to_owned()),
                "instruments" => Object::Instrument(id.to_owned()),
                "capex_by_year" => Object::CapexYear(id.parse().map_err(|_| malformed())?),
                "hosting_min_mw" => Object::HostingFrom(id.parse().map_err(|_| malformed())?),
                "contract_mw" => {
                    let (feed, from) = dated(id).ok_or_else(malformed)?;
                    Object::ContractFrom(feed, from)
                }
                "firm_mw" => {
                    let (feed, from) = dated(id).ok_or_else(malformed)?;
                    Object::FirmFrom(feed, from)
                }
                _ => return Err(malformed()),
            },
            Some(_) => return Err(malformed()),
            None => match object {
                "bitcoin" => Object::Bitcoin,
                "power" => Object::Power,
                "gpu_rental" => Object::GpuRental,
                "delivery" => Object::Delivery,
                "correlation" => Object::Correlation,
                "company" => Object::Company,
                "limits" => Object::Limits,
                "plan" => Object::Plan,
                _ => return Err(malformed()),
            },
        };
        Ok(Self { object, field: field.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_what_it_prints() {
        for text in [
            "offers/a.b.rent_usd_per_kw_month",
            "company.discount_rate",
            "components/T1.rating_mva",
            "capex_by_year/2027.usd",
            "offers/north.*",
            "hosting_min_mw/2027-01-01.mw",
            "contract_mw/feed/2027-01-01.mw",
            "firm_mw/feed/east/2027-01-01.mw",
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        assert!("nonsense".parse::<Address>().is_err());
        assert!("offers/.x".parse::<Address>().is_err());
        assert!("planets/x.y".parse::<Address>().is_err());
        assert!("capex_by_year/soon.usd".parse::<Address>().is_err());
        for text in ["hosting_min_mw/soon.mw", "contract_mw/2027-01-01.mw", "firm_mw/feed/soon.mw"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        assert!("offers/x.".parse::<Address>().is_err());
    }
}
