//! The document: everything a user draws, believes and allows. Plain data with public fields.

pub mod address;
pub mod assessment;
pub mod assumptions;
pub mod backdrop;
pub mod catalogue;
pub mod climate;
pub mod company;
pub mod component;
pub mod drawing;
pub mod edit;
pub mod field;
pub mod fleet;
pub mod ground;
pub mod hedge;
pub mod history;
pub mod inventory;
pub mod offer;
mod parts;
pub mod place;
pub mod rows;
pub mod scenario;
pub mod series;
pub mod split;
pub mod tariff;

pub use address::{Address, Object};
pub use assessment::{AssessmentItem, AssessmentState, AssessmentTopic};
pub use assumptions::{
    Assumptions, BitcoinAssumptions, Correlation, DeliveryAssumptions, GpuRental, PowerAssumptions,
    PriceBand, PriceDeck,
};
pub use backdrop::{Backdrop, Backdrops};
pub use catalogue::Catalogue;
pub use climate::{Climate, ImportedYear, WeatherYear};
pub use company::{
    Company, HostingMinimum, Instrument, InstrumentKind, Limits, Loan, PlanSettings, Tax, YearUsd,
};
pub use component::{
    Battery, Component, Cooling, Curtailment, DatedMw, Drawn, Electrical, FitOut, Generation, Genset,
    GridFeed, Hall, Holder, Kind, Layer, Metro, OptionSet, Payment, Planned, Removal, RowGroup, Serves, Side,
    State, Tariff, Ups, Use,
};
pub use fleet::{AsicFleet, Cohort, GpuSystem, MinerCooling, ResaleRule, SystemRental, Wear};
pub use hedge::Hedge;
pub use history::{BootstrapDrift, HistoryMonth, LEAST_RETURNS, PriceHistory, PriceModel};
pub use offer::{
    Backstop, CoolingNeed, Delivery, FailureClass, LatencyNeed, Needs, Offer, OfferAddition, OfferStatus,
    Prepayment, Rating, SlaBand, SlaMeasure, SlaTerms, Terms,
};
pub use scenario::{Override, Scenario};
pub use series::Series;
pub use tariff::{
    BillMonth, Days, EnergyPrice, FixedBlock, FlatPrice, MeasuredLoad, TimeOfUse, TimeOfUsePeriod,
};

use crate::quantity::Date;

pub type ComponentId = String;

/// A position: drawing units on the one-line diagram, metres on the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// One site file in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    pub name: String,
    pub note: String,
    pub revision: String,
    /// Date of the information in the file.
    pub as_of: Date,
    pub latitude: f64,
    pub longitude: f64,
    /// The weather cooling is judged in; the nearest typical year of the program where it is not set.
    pub climate: Option<Climate>,
    pub components: Vec<Component>,
    pub links: Vec<Link>,
    pub fleets: Vec<AsicFleet>,
    pub gpu_systems: Vec<GpuSystem>,
    pub offers: Vec<Offer>,
    pub assumptions: Assumptions,
    pub company: Company,
    pub limits: Limits,
    pub plan: PlanSettings,
    pub scenarios: Vec<Scenario>,
    /// Where entered values come from.
    pub provenance: Vec<Provenance>,
    /// Catalogue entries as they were when the site was solved: a program update never moves an old answer.
    pub catalogue: Catalogue,
    /// Pictures under the views; no plan takes notice of them.
    pub backdrops: Backdrops,
    /// What has to be true before tenants come; no plan takes notice of it.
    pub assessment: Vec<AssessmentItem>,
}

/// A connection between two components.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub id: String,
    /// Upstream end: the source of power, the source of heat.
    pub from: ComponentId,
    pub to: ComponentId,
    pub medium: Medium,
    /// What the link itself carries at most, MW; unlimited where it is not set.
    pub rating_mw: Option<f64>,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Medium {
    /// Electric power, towards the load.
    Power { serves: Serves, normally_open: bool },
    /// Heat in a liquid, away from the load.
    Liquid { serves: Serves },
    /// Heat in air, away from the load.
    Air { serves: Serves },
    /// Fibre in both directions; links that share a trench fail together.
    Fibre { km: Option<f64>, trench: Option<String> },
}

/// Where an entered value comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    pub at: Address,
    pub source: String,
    pub as_of: Option<Date>,
    pub evidence: Evidence,
    /// Left out of a client copy.
    pub private: bool,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    Measured,
    Document,
    Quote,
    Client,
    Assumed,
}

impl Medium {
    pub fn label(&self) -> &'static str {
        match self {
            Self::Power { .. } => "Power",
            Self::Liquid { .. } => "Liquid",
            Self::Air { .. } => "Air",
            Self::Fibre { .. } => "Fibre",
        }
    }

    pub fn is_power(&self) -> bool {
        matches!(self, Self::Power { .. })
    }

    pub fn is_heat(&self) -> bool {
        matches!(self, Self::Liquid { .. } | Self::Air { .. })
    }

    /// What the link serves; everything for fibre.
    pub fn serves(&self) -> Serves {
        match self {
            Self::Power { serves, .. } | Self::Liquid { serves } | Self::Air { serves } => *serves,
            Self::Fibre { .. } => Serves::Both,
        }
    }
}

impl Site {
    /// A site with nothing drawn and every assumption at its default.
    pub fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            note: String::new(),
            revision: "1".to_owned(),
            as_of: Date::constant(2026, 1, 1),
            latitude: 0.0,
            longitude: 0.0,
            climate: None,
            components: Vec::new(),
            links: Vec::new(),
            fleets: Vec::new(),
            gpu_systems: Vec::new(),
            offers: Vec::new(),
            assumptions: Assumptions::default(),
            company: Company::default(),
            limits: Limits::default(),
            plan: PlanSettings::default(),
            scenarios: Vec::new(),
            provenance: Vec::new(),
            catalogue: Catalogue::default(),
            backdrops: Backdrops::default(),
            assessment: Vec::new(),
        }
    }

    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.id == id)
    }

    pub fn component_mut(&mut self, id: &str) -> Option<&mut Component> {
        self.components.iter_mut().find(|component| component.id == id)
    }

    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    pub fn fleet(&self, id: &str) -> Option<&AsicFleet> {
        self.fleets.iter().find(|fleet| fleet.id == id)
    }

    /// What the wires to the utility carry, all grid feeds together, MW.
    pub fn interconnection_mw(&self) -> f64 {
        let feed = |part: &Component| match &part.kind {
            Kind::GridFeed(feed) => feed.interconnection_mw,
            _ => 0.0,
        };
        self.components.iter().map(feed).sum()
    }

    /// Halls with their components, in drawing order.
    pub fn halls(&self) -> impl Iterator<Item = (&Component, &Hall)> {
        self.components.iter().filter_map(|component| component.hall().map(|hall| (component, hall)))
    }

    /// Grid feeds with their components, in drawing order.
    pub fn grid_feeds(&self) -> impl Iterator<Item = (&Component, &GridFeed)> {
        self.components.iter().filter_map(|component| match &component.kind {
            Kind::GridFeed(feed) => Some((component, feed)),
            _ => None,
        })
    }

    pub fn price_deck(&self, id: &str) -> Option<&PriceDeck> {
        self.assumptions.price_decks.iter().find(|deck| deck.id == id)
    }
}
