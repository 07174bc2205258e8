//! Format 1 of the site file. Frozen: a value a left-out field stands for is part of the format, so it stays as
//! it is here even when the program's own default moves.
//!
//! The top level has one entry for each list and each set of values that an address can begin with, so that
//! `offers/north.max_mw` is found in `offers`, `bitcoin.difficulty` in `bitcoin`.

pub mod assessment;
pub mod backdrop;
pub mod catalogue;
pub mod company;
pub mod component;
pub mod fleet;
pub mod market;
pub mod offer;
pub mod scenario;
pub mod tariff;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::mirror::{Mirror, Step, Visit, Walk, choice, record};
use crate::quantity::Date;
use crate::site;

pub use assessment::AssessmentItem;
pub use backdrop::{Backdrop, OneLineBackdrop};
pub use catalogue::Catalogue;
pub use company::{Company, Instrument, Limits, Loan, PlanSettings};
pub use component::{Component, Serves};
pub use fleet::{AsicFleet, GpuSystem};
pub use market::{
    BitcoinAssumptions, Correlation, DeliveryAssumptions, GpuRental, PowerAssumptions, PriceDeck,
    PriceHistory, PriceModel,
};
pub use offer::Offer;
pub use scenario::Scenario;

/// The number of this format.
pub const FORMAT: u32 = 1;

record! {
    Site {
        format: u32,
        saved_by: String = String::new(),
        name: String,
        note: String = String::new(),
        revision: String = "1".to_owned(),
        as_of: Day,
        latitude: f64,
        longitude: f64,
        climate: Option<Climate> = None,
        plan: PlanSettings = PlanSettings::default(),
        company: Company = Company::default(),
        loans: Vec<Loan> = Vec::new(),
        instruments: Vec<Instrument> = Vec::new(),
        limits: Limits = Limits::default(),
        bitcoin: BitcoinAssumptions = BitcoinAssumptions::default(),
        power: PowerAssumptions = PowerAssumptions::default(),
        gpu_rental: GpuRental = GpuRental::default(),
        delivery: DeliveryAssumptions = DeliveryAssumptions::default(),
        correlation: Correlation = Correlation::default(),
        components: Vec<Component> = Vec::new(),
        links: Vec<Link> = Vec::new(),
        fleets: Vec<AsicFleet> = Vec::new(),
        gpu_systems: Vec<GpuSystem> = Vec::new(),
        offers: Vec<Offer> = Vec::new(),
        scenarios: Vec<Scenario> = Vec::new(),
        price_decks: Vec<PriceDeck> = Vec::new(),
        price_history: Option<PriceHistory> = None,
        provenance: Vec<Provenance> = Vec::new(),
        catalogue: Catalogue = Catalogue::default(),
        backdrop: Option<Backdrop> = None,
        one_line_backdrop: Option<OneLineBackdrop> = None,
        assessment: Vec<AssessmentItem> = Vec::new(),
    }
}

choice! {
    Climate => site::Climate {
        BuiltIn(id: String),
        Imported(year: ImportedYear),
    }
}

record! {
    ImportedYear => site::ImportedYear {
        name: String,
        source: String = String::new(),
        latitude: f64,
        longitude: f64,
        elevation_m: f64 = 0.0,
        hours: String,
    }
}

record! {
    Link => site::Link {
        id: String,
        from: String,
        to: String,
        medium: Medium,
        rating_mw: Option<f64> = None,
        note: String = String::new(),
    }
}

choice! {
    Medium => site::Medium {
        Power {
            #[serde(default, skip_serializing_if = "Serves::is_both")]
            serves: Serves,
            #[serde(default, skip_serializing_if = "is_false")]
            normally_open: bool,
        },
        Liquid {
            #[serde(default, skip_serializing_if = "Serves::is_both")]
            serves: Serves,
        },
        Air {
            #[serde(default, skip_serializing_if = "Serves::is_both")]
            serves: Serves,
        },
        Fibre {
            #[serde(default, skip_serializing_if = "Option::is_none")]
            km: Option<f64>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            trench: Option<String>,
        },
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_false(value: &bool) -> bool {
    !value
}

record! {
    Provenance => site::Provenance {
        at: Address,
        source: String = String::new(),
        as_of: Option<Day> = None,
        evidence: Evidence = Evidence::Assumed,
        private: bool = false,
        low: Option<f64> = None,
        high: Option<f64> = None,
    }
}

choice! {
    Evidence => site::Evidence { Measured, Document, Quote, Client, Assumed }
}

/// `(x, y)`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point(pub f64, pub f64);

impl Mirror for Point {
    type Site = site::Point;

    fn from_site(site: &site::Point) -> Self {
        let site::Point { x, y } = site;
        Self(*x, *y)
    }

    fn into_site(self) -> site::Point {
        let Self(x, y) = self;
        site::Point { x, y }
    }
}

impl Walk for Point {
    fn walk(&self, way: &mut Vec<Step>, visit: &mut Visit) {
        visit(way, self.0);
        visit(way, self.1);
    }
}

/// A type written as a text: a date, the name of a value.
macro_rules! text {
    ($(#[$meta:meta])* $name:ident => $site:path, $expecting:literal, |$text:ident| $parse:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(pub $site);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_str<E: serde::de::Error>(self, $text: &str) -> Result<$name, E> {
                        $parse.map($name).map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }

        impl Mirror for $name {
            type Site = $site;
            fn from_site(site: &$site) -> Self {
                Self(site.clone())
            }
            fn into_site(self) -> $site {
                self.0
            }
        }

        impl Walk for $name {
            fn walk(&self, _: &mut Vec<Step>, _: &mut Visit) {}
        }

        #[cfg(test)]
        impl crate::file::sample::Sample for $name {
            fn sample(random: &mut crate::file::sample::Random) -> Self {
                Self(crate::file::sample::Sample::sample(random))
            }
        }
    };
}

text! {
    /// `"offers/north.rent_usd_per_kw_month"`
    Address => site::Address, "the name of a value, such as \"offers/ID.max_mw\"", |text| text.parse()
}

text! {
    /// `"2026-01-31"`
    Day => Date, "a date, such as \"2026-01-31\"",
    |text| text.parse().map_err(|_| format!("`{text}` is not a date; write it as \"2026-01-31\""))
}

text! {
    /// `"2026-01-31T13:45:00"`
    Moment => jiff::civil::DateTime, "a date and time of day, such as \"2026-01-31T13:45\"",
    |text| text.parse().map_err(|_| format!("`{text}` is no date and time; write it as \"2026-01-31T13:45\""))
}

impl Site {
    /// The file of a document.
    pub fn from_site(document: &site::Site, saved_by: &str) -> Self {
        let site::Site {
            name,
            note,
            revision,
            as_of,
            latitude,
            longitude,
            climate,
            components,
            links,
            fleets,
            gpu_systems,
            offers,
            assumptions,
            company,
            limits,
            plan,
            scenarios,
            provenance,
            catalogue,
            backdrops,
            assessment,
        } = document;
        let site::Assumptions {
            bitcoin,
            power,
            price_decks,
            gpu_rental,
            delivery,
            correlation,
            price_history,
        } = assumptions;
        let (company, loans, instruments) = Company::from_site(company);
        Self {
            format: FORMAT,
            saved_by: saved_by.to_owned(),
            name: name.clone(),
            note: note.clone(),
            revision: revision.clone(),
            as_of: Day::from_site(as_of),
            latitude: *latitude,
            longitude: *longitude,
            climate: Mirror::from_site(climate),
            plan: Mirror::from_site(plan),
            company,
            loans,
            instruments,
            limits: Mirror::from_site(limits),
            bitcoin: Mirror::from_site(bitcoin),
            power: Mirror::from_site(power),
            gpu_rental: Mirror::from_site(gpu_rental),
            delivery: Mirror::from_site(delivery),
            correlation: Mirror::from_site(correlation),
            components: Mirror::from_site(components),
            links: Mirror::from_site(links),
            fleets: Mirror::from_site(fleets),
            gpu_systems: Mirror::from_site(gpu_systems),
            offers: Mirror::from_site(offers),
            scenarios: Mirror::from_site(scenarios),
            price_decks: Mirror::from_site(price_decks),
            price_history: Mirror::from_site(price_history),
            provenance: Mirror::from_site(provenance),
            catalogue: Mirror::from_site(catalogue),
            backdrop: Mirror::from_site(&backdrops.plan),
            one_line_backdrop: Mirror::from_site(&backdrops.one_line),
            assessment: Mirror::from_site(assessment),
        }
    }

    /// The document of a file.
    pub fn into_site(self) -> site::Site {
        let Self {
            format: _,
            saved_by: _,
            name,
            note,
            revision,
            as_of,
            latitude,
            longitude,
            climate,
            plan,
            company,
            loans,
            instruments,
            limits,
            bitcoin,
            power,
            gpu_rental,
            delivery,
            correlation,
            components,
            links,
            fleets,
            gpu_systems,
            offers,
            scenarios,
            price_decks,
            price_history,
            provenance,
            catalogue,
            backdrop,
            one_line_backdrop,
            assessment,
        } = self;
        site::Site {
            name,
            note,
            revision,
            as_of: as_of.into_site(),
            latitude,
            longitude,
            climate: climate.into_site(),
            components: components.into_site(),
            links: links.into_site(),
            fleets: fleets.into_site(),
            gpu_systems: gpu_systems.into_site(),
            offers: offers.into_site(),
            assumptions: site::Assumptions {
                bitcoin: bitcoin.into_site(),
                power: power.into_site(),
                price_decks: price_decks.into_site(),
                gpu_rental: gpu_rental.into_site(),
                delivery: delivery.into_site(),
                correlation: correlation.into_site(),
                price_history: price_history.into_site(),
            },
            company: company.into_site(loans, instruments),
            limits: limits.into_site(),
            plan: plan.into_site(),
            scenarios: scenarios.into_site(),
            provenance: provenance.into_site(),
            catalogue: catalogue.into_site(),
            backdrops: site::Backdrops {
                one_line: one_line_backdrop.into_site(),
                plan: backdrop.into_site(),
            },
            assessment: assessment.into_site(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::sample::{Random, Sample};

    impl Sample for Point {
        fn sample(random: &mut Random) -> Self {
            Self(Sample::sample(random), Sample::sample(random))
        }
    }

    #[test]
    fn what_a_left_out_setting_stands_for_is_todays_default() {
        // When one of these fails because a default moved, the format keeps its own: drop the line, not the format.
        let mut empty = site::Site::empty("");
        empty.company.loans.clear();
        let file: Site =
            ron::from_str(r#"(format: 1, name: "", as_of: "2026-01-01", latitude: 0, longitude: 0)"#)
                .unwrap();
        assert_eq!(file.into_site(), empty);
    }
}
