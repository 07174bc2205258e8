//! What customers would sign.

use crate::quantity::Date;

/// A contract a customer offers, has reserved or has signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub id: String,
    pub name: String,
    pub customer: String,
    /// Customers of one group fail together and count as one for concentration.
    pub tenant_group: String,
    pub status: OfferStatus,
    /// Probability that the deal closes as described; 1 for a signed contract.
    pub probability: f64,
    pub sign_by: Option<Date>,
    pub terms: Terms,
    pub min_mw: f64,
    pub max_mw: f64,
    pub block_mw: Option<f64>,
    /// Rent start dates.
    pub earliest: Option<Date>,
    pub latest: Option<Date>,
    /// Most critical MW the customer takes over in one month.
    pub start_mw_per_month: Option<f64>,
    pub term_months: f64,
    /// Landlord's operating cost, USD per kW of critical IT and month.
    pub opex_usd_per_kw_month: f64,
    /// Share of the power bill that the landlord bears; 0 is a full pass-through.
    pub power_share: f64,
    /// Load taken as a share of the contract, for energy.
    pub utilisation: f64,
    /// Share of the rent due whether the tenant uses the space or not.
    pub take_or_pay_share: f64,
    pub prepayment: Option<Prepayment>,
    pub backstop: Option<Backstop>,
    pub tenant_funded_usd_per_mw: f64,
    pub delivery: Delivery,
    /// Yearly probability of default set by hand; zero leaves it to the rating, see [`Offer::default_rate`].
    pub default_per_year: f64,
    /// How creditworthy the tenant is, or whoever stands in for it.
    pub rating: Option<Rating>,
    /// Months the space stands empty after a default and its backstop.
    pub void_months: f64,
    /// Rent of the next tenant as a share of this one's.
    pub relet_share: f64,
    pub needs: Needs,
    /// Service credits by hours lost, ascending; `sla_terms` says what is counted.
    pub sla: Vec<SlaBand>,
    pub sla_terms: SlaTerms,
    /// Offers of one set exclude each other: at most one of them is taken.
    pub exclusive_set: Option<String>,
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferStatus {
    Idea,
    LetterOfIntent,
    Exclusive,
    Signed,
}

impl OfferStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Idea => "Idea",
            Self::LetterOfIntent => "LOI",
            Self::Exclusive => "Exclusive",
            Self::Signed => "Signed",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Terms {
    Colocation {
        rent_usd_per_kw_month: f64,
        /// Yearly, on the anniversary of the rent start.
        escalator: f64,
    },
    GpuCloud {
        gpu_system: String,
        usd_per_gpu_hour: f64,
        /// Share of the hours sold.
        utilisation: f64,
        /// The price follows the rental index instead of staying fixed.
        indexed: bool,
        escalator: f64,
    },
    /// The client owns the miners and pays for their energy.
    BitcoinHosting { usd_per_mwh: f64, escalator: f64 },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Prepayment {
    /// Months of first-year rent paid at the rent start.
    pub months_of_rent: f64,
    /// Credited evenly over `credit_months` from this month of the term on.
    pub credit_from_month: f64,
    pub credit_months: f64,
}

/// A parent or a third party that pays when the tenant does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Backstop {
    pub by: String,
    pub share: f64,
    pub months: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Liquidated damages in days of rent per day late.
    pub damages_days_per_day: f64,
    /// The tenant may leave when space is not ready by this date.
    pub sunset: Option<Date>,
}

/// What the tenant's load asks of the hall.
#[derive(Clone, Debug, PartialEq)]
pub struct Needs {
    /// Share of the hours with power and cooling.
    pub availability: f64,
    pub survives: FailureClass,
    pub latency: Option<LatencyNeed>,
    pub diverse_routes: u32,
    pub kw_per_rack: f64,
    pub cooling: CoolingNeed,
}

/// What the hosting must survive without loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureClass {
    /// Nothing: all parts in service.
    N,
    /// Loss of any one unit.
    NPlusOne,
    /// Loss of any one part or link, and of the utility.
    Maintainable,
}

impl FailureClass {
    pub const ALL: [Self; 3] = [Self::N, Self::NPlusOne, Self::Maintainable];

    pub fn label(self) -> &'static str {
        match self {
            Self::N => "N",
            Self::NPlusOne => "N+1",
            Self::Maintainable => "Maintainable",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct LatencyNeed {
    /// A metro component.
    pub metro: String,
    pub rtt_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoolingNeed {
    Air,
    Liquid,
    Either,
}

/// Credit for an event, or a month, that loses more than `from_hours`.
#[derive(Clone, Debug, PartialEq)]
pub struct SlaBand {
    pub from_hours: f64,
    /// Share of the monthly rent.
    pub credit_share: f64,
}

/// What the bands of service credits count, and up to how much.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SlaTerms {
    /// Key of the schedule the bands were taken from; empty where they were entered by hand.
    pub schedule: String,
    pub measure: SlaMeasure,
    /// Most credit of a month as a share of its rent; not set, the sum of the events' credits counts as it is.
    pub cap_share: Option<f64>,
}

/// What is compared with the hours of a band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SlaMeasure {
    /// Each event by its own length; the credits of a month's events add up.
    #[default]
    Event,
    /// The hours lost in a calendar month together, as monthly uptime is judged: a band below 99.9 % begins at
    /// 0.1 % of the month.
    MonthTotal,
}

impl SlaMeasure {
    pub const ALL: [Self; 2] = [Self::Event, Self::MonthTotal];

    pub fn label(self) -> &'static str {
        match self {
            Self::Event => "Each event",
            Self::MonthTotal => "Sum of the month",
        }
    }
}

/// A rating with the yearly default rate that went with it when it was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Rating {
    pub name: String,
    pub default_per_year: f64,
}

/// What a library entry brings into a document: the offer with the origin of its values, and the machines it sells.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferAddition {
    pub offer: Offer,
    /// Set where the offer names a system that the document does not have yet.
    pub gpu_system: Option<super::GpuSystem>,
    pub provenance: Vec<super::Provenance>,
}

impl Offer {
    /// What it is called: its name, else its id.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }

    /// Whom the offer falls with: offers of one tenant group, else of one customer, default together; else it stands alone.
    pub fn falls_with(&self) -> String {
        match (self.tenant_group.is_empty(), self.customer.is_empty()) {
            (false, _) => self.tenant_group.clone(),
            (true, false) => self.customer.clone(),
            (true, true) => format!("offer {}", self.id),
        }
    }

    /// Probability of default per year: what was set by hand, else the rating's, else none.
    pub fn default_rate(&self) -> f64 {
        match &self.rating {
            Some(rating) if self.default_per_year <= 0.0 => rating.default_per_year,
            _ => self.default_per_year,
        }
    }

    /// True when the load sits on a hall's mining port and is interruptible.
    pub fn is_bitcoin_hosting(&self) -> bool {
        matches!(self.terms, Terms::BitcoinHosting { .. })
    }
}
