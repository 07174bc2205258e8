//! The offers library from `assets/offers`: contracts to put into a site, schedules of service credits, ratings.
//!
//! An entry becomes an [`Offer`] in one way: facts of the contract give rent, prepayment, backstop and the landlord's
//! cost, the entry's values are set through the table of editable numbers, and every one of them leaves its origin in
//! the document. Contract arithmetic is the market room's; the few lines of it that a file needs are tested against it
//! (`tests/all/library.rs`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::catalogue;
use super::mirror::Mirror;
use super::v1;
use crate::quantity::diagnostic::did_you_mean;
use crate::quantity::{Date, HOURS_PER_MONTH, format};
use crate::site::catalogue::GpuModel;
use crate::site::{
    Address, Backstop, CoolingNeed, Delivery, Evidence, FailureClass, GpuSystem, Needs, Object, Offer,
    OfferAddition, OfferStatus, Prepayment, Provenance, Rating, Site, SlaBand, SlaMeasure, SlaTerms, Terms,
};

/// Most megawatts of one contract: the range of the table of editable numbers.
const MOST_MW: f64 = 1e5;
const MONTHS_PER_YEAR: f64 = 12.0;

/// A number of an entry with its range and origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Sourced {
    pub key: String,
    pub low: Option<f64>,
    pub value: f64,
    pub high: Option<f64>,
    pub source: String,
    pub as_of: Date,
    pub evidence: Evidence,
}

/// How a customer pays, in the trade's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum OfferKind {
    TripleNet,
    ModifiedGross,
    GpuContract,
    GpuOnDemand,
    BitcoinHosting,
}

impl OfferKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::TripleNet => "Colocation, triple net",
            Self::ModifiedGross => "Colocation, modified gross",
            Self::GpuContract => "GPU cloud, contract",
            Self::GpuOnDemand => "GPU cloud, on demand",
            Self::BitcoinHosting => "Bitcoin hosting",
        }
    }

    /// The word scripts see.
    pub fn key(self) -> &'static str {
        match self {
            Self::TripleNet => "triple-net",
            Self::ModifiedGross => "modified-gross",
            Self::GpuContract => "gpu-contract",
            Self::GpuOnDemand => "gpu-on-demand",
            Self::BitcoinHosting => "bitcoin-hosting",
        }
    }
}

/// An entry of the library.
#[derive(Clone, Debug, PartialEq)]
pub struct LibraryOffer {
    pub key: String,
    pub name: String,
    pub kind: OfferKind,
    pub customer: String,
    pub announced: Date,
    pub summary: String,
    pub source: String,
    /// What was announced, per contract: `critical_mw`, `gross_mw`, `term_years`, `tcv_usd`, `noi_margin`,
    /// `capex_usd_per_mw` and what else is public. Usual kinds have few.
    pub facts: Vec<Sourced>,
    /// Numbers of the offer by their keys in the table of editable numbers.
    pub values: Vec<Sourced>,
    /// Names of a rating, a schedule and a GPU model; empty where the entry names none.
    pub rating: String,
    pub sla: String,
    pub gpu_model: String,
    shape: Shape,
}

/// What of an entry is no plain number.
#[derive(Clone, Debug, PartialEq)]
struct Shape {
    tenant_group: String,
    indexed: bool,
    prepayment: Option<RawPrepayment>,
    backstop: Option<RawBackstop>,
    survives: FailureClass,
    cooling: CoolingNeed,
}

/// A schedule of service credits.
#[derive(Clone, Debug, PartialEq)]
pub struct SlaSchedule {
    pub key: String,
    pub name: String,
    pub measure: SlaMeasure,
    pub cap_share: Option<f64>,
    pub bands: Vec<SlaBand>,
    pub summary: String,
    pub source: String,
    pub as_of: Date,
    pub evidence: Evidence,
}

impl SlaSchedule {
    pub fn terms(&self) -> SlaTerms {
        SlaTerms { schedule: self.key.clone(), measure: self.measure, cap_share: self.cap_share }
    }
}

/// A rating and the yearly default rate that goes with it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingEntry {
    pub name: String,
    pub low: f64,
    pub default_per_year: f64,
    pub high: f64,
    pub source: String,
    pub as_of: Date,
    evidence: v1::Evidence,
}

impl RatingEntry {
    pub fn rating(&self) -> Rating {
        Rating { name: self.name.clone(), default_per_year: self.default_per_year }
    }

    pub fn evidence(&self) -> Evidence {
        self.evidence.clone().into_site()
    }
}

/// What a user says beside the entry and its size; empty names leave the entry's own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Choices<'a> {
    pub gpu_model: &'a str,
    pub sla: &'a str,
    pub rating: &'a str,
}

static OFFERS: LazyLock<Vec<LibraryOffer>> = LazyLock::new(|| {
    let file: Option<RawLibrary> = ron::from_str(include_str!("../../assets/offers/offers.ron")).ok();
    file.map(RawLibrary::entries).unwrap_or_default()
});
static SCHEDULES: LazyLock<Vec<SlaSchedule>> = LazyLock::new(|| {
    let file: Vec<RawSchedule> =
        ron::from_str(include_str!("../../assets/offers/sla.ron")).unwrap_or_default();
    file.into_iter().map(RawSchedule::schedule).collect()
});
static RATINGS: LazyLock<Vec<RatingEntry>> =
    LazyLock::new(|| ron::from_str(include_str!("../../assets/offers/ratings.ron")).unwrap_or_default());

/// Every entry, the usual kinds first.
pub fn offers() -> &'static [LibraryOffer] {
    &OFFERS
}

pub fn sla_schedules() -> &'static [SlaSchedule] {
    &SCHEDULES
}

pub fn ratings() -> &'static [RatingEntry] {
    &RATINGS
}

/// GPU models to choose from: those pinned in the document, then the program's others.
pub fn gpu_models(site: &Site) -> Vec<GpuModel> {
    let mut models = site.catalogue.gpus.clone();
    for model in catalogue::built_in().gpus {
        if !models.iter().any(|pinned| pinned.model == model.model) {
            models.push(model);
        }
    }
    models
}

/// The entry of a key.
///
/// # Errors
/// A sentence with what was meant, or all there is.
pub fn offer(key: &str) -> Result<&'static LibraryOffer, String> {
    named(offers(), "library offer", key, |entry| &entry.key)
}

/// # Errors
/// As [`offer`].
pub fn sla_schedule(key: &str) -> Result<&'static SlaSchedule, String> {
    named(sla_schedules(), "schedule of service credits", key, |schedule| &schedule.key)
}

/// # Errors
/// As [`offer`].
pub fn rating(name: &str) -> Result<&'static RatingEntry, String> {
    named(ratings(), "rating", name, |rating| &rating.name)
}

fn named<'a, T>(list: &'a [T], word: &str, key: &str, name: impl Fn(&T) -> &str) -> Result<&'a T, String> {
    list.iter().find(|item| name(item).eq_ignore_ascii_case(key)).ok_or_else(|| {
        let names: Vec<&str> = list.iter().map(name).collect();
        let hint = did_you_mean(key, names.iter().copied()).map_or_else(
            || format!("there are: {}", names.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        format!("there is no {word} `{key}`; {hint}")
    })
}

impl LibraryOffer {
    pub fn fact(&self, key: &str) -> Option<&Sourced> {
        self.facts.iter().find(|fact| fact.key == key)
    }

    /// True for an entry with a GPU system, which another can take the place of.
    pub fn sells_gpu_hours(&self) -> bool {
        !self.gpu_model.is_empty()
    }

    fn given(&self, key: &str) -> Option<&Sourced> {
        self.values.iter().find(|value| value.key == key)
    }

    /// First-year rent of a critical kW and month, USD: what was announced, else solved from the total value (see
    /// [`level_first_year`]); `None` for an entry without a contract.
    pub fn year1_usd_per_kw_month(&self) -> Option<f64> {
        let value = |key| self.fact(key).map(|fact| fact.value);
        let mw = value("critical_mw").or_else(|| Some(value("gross_mw")? / value("gross_to_critical")?))?;
        let per_mw = value("year1_usd_per_mw").or_else(|| {
            let escalator = self.given("escalator").map_or(0.0, |value| value.value);
            Some(level_first_year(value("tcv_usd")?, escalator, value("term_years")?) / mw)
        })?;
        Some(per_mw / (1000.0 * MONTHS_PER_YEAR))
    }

    /// The entry as an offer of a site, for `mw` critical megawatts, with the origin of its values.
    ///
    /// # Errors
    /// A sentence with what would do: megawatts out of range, a name that is not in the library.
    pub fn addition(&self, site: &Site, mw: f64, choices: Choices<'_>) -> Result<OfferAddition, String> {
        if !(mw > 0.0 && mw <= MOST_MW) {
            return Err(format!(
                "{} cannot be added for {} MW; enter more than 0 and at most {}",
                self.name,
                format::number(mw, 1),
                format::mw(MOST_MW)
            ));
        }
        let or =
            |chosen: &'_ str, own: &str| if chosen.is_empty() { own.to_owned() } else { chosen.to_owned() };
        let id = free_id(&self.key, site.offers.iter().map(|offer| offer.id.as_str()));
        let system = self.system(site, &or(choices.gpu_model, &self.gpu_model))?;
        let mut draft = Draft {
            // A document of one offer and one system, so that values are set and checked by the one table.
            site: Site { offers: vec![self.bare(&id, mw, system.as_ref())], ..Site::empty("") },
            provenance: Vec::new(),
        };
        let sla = or(choices.sla, &self.sla);
        if !sla.is_empty() {
            let schedule = sla_schedule(&sla)?;
            draft.change(|offer| {
                offer.sla.clone_from(&schedule.bands);
                offer.sla_terms = schedule.terms();
            });
        }
        let rating_name = or(choices.rating, &self.rating);
        if !rating_name.is_empty() {
            let entry = rating(&rating_name)?;
            draft.change(|offer| offer.rating = Some(entry.rating()));
            draft.note(
                "rating_default_per_year",
                &Sourced {
                    key: String::new(),
                    low: Some(entry.low),
                    value: entry.default_per_year,
                    high: Some(entry.high),
                    source: entry.source.clone(),
                    as_of: entry.as_of,
                    evidence: entry.evidence(),
                },
            );
        }
        self.price(&mut draft, system.as_ref(), !choices.gpu_model.is_empty())?;
        let chosen = !choices.gpu_model.is_empty();
        for value in &self.values {
            // The price of the entry's own machine is not that of another.
            if !(chosen && value.key == "usd_per_gpu_hour") {
                draft.set(&value.key, value)?;
            }
        }
        self.landlords_cost(&mut draft)?;
        self.before_and_behind(&mut draft);
        for default in LIBRARY_DEFAULTS.iter() {
            if self.given(&default.key).is_none() {
                draft.set(&default.key, default)?;
            }
        }
        if let Some(system) = system.as_ref().filter(|_| chosen) {
            let racks = self.derived(system.kw_per_rack, None, &format!("rack of the {}", system.model));
            draft.set("needs_kw_per_rack", &racks)?;
        }
        let known = |system: &GpuSystem| site.gpu_systems.iter().any(|other| other.id == system.id);
        let offer = draft.site.offers.pop().ok_or_else(|| "the library entry is empty".to_owned())?;
        Ok(OfferAddition {
            offer,
            gpu_system: system.filter(|system| !known(system)),
            provenance: draft.provenance,
        })
    }

    /// The site's system of the model an entry sells, else the catalogue's under a free id.
    fn system(&self, site: &Site, model: &str) -> Result<Option<GpuSystem>, String> {
        if self.gpu_model.is_empty() {
            return Ok(None);
        }
        let owned = site
            .gpu_systems
            .iter()
            .find(|system| system.model.eq_ignore_ascii_case(model) || system.id == model);
        if let Some(system) = owned {
            return Ok(Some(system.clone()));
        }
        let models = gpu_models(site);
        let found = named(&models, "GPU system", model, |entry| &entry.model)?;
        let id = free_id(&slug(&found.model), site.gpu_systems.iter().map(|system| system.id.as_str()));
        Ok(Some(found.system(&id)))
    }

    /// The offer before its values.
    fn bare(&self, id: &str, mw: f64, system: Option<&GpuSystem>) -> Offer {
        let terms = match (self.kind, system) {
            (OfferKind::GpuContract | OfferKind::GpuOnDemand, Some(system)) => Terms::GpuCloud {
                gpu_system: system.id.clone(),
                usd_per_gpu_hour: 0.0,
                utilisation: 1.0,
                indexed: self.shape.indexed,
                escalator: 0.0,
            },
            (OfferKind::BitcoinHosting, _) => Terms::BitcoinHosting { usd_per_mwh: 0.0, escalator: 0.0 },
            _ => Terms::Colocation { rent_usd_per_kw_month: 0.0, escalator: 0.0 },
        };
        Offer {
            id: id.to_owned(),
            name: self.name.clone(),
            customer: self.customer.clone(),
            tenant_group: self.shape.tenant_group.clone(),
            status: OfferStatus::Idea,
            probability: 1.0,
            sign_by: None,
            terms,
            min_mw: 0.0,
            max_mw: mw,
            block_mw: None,
            earliest: None,
            latest: None,
            start_mw_per_month: None,
            term_months: self
                .fact("term_years")
                .map_or(MONTHS_PER_YEAR, |years| years.value * MONTHS_PER_YEAR),
            opex_usd_per_kw_month: 0.0,
            power_share: 0.0,
            utilisation: 1.0,
            take_or_pay_share: 1.0,
            prepayment: None,
            backstop: None,
            tenant_funded_usd_per_mw: 0.0,
            delivery: Delivery { damages_days_per_day: 0.0, sunset: None },
            default_per_year: 0.0,
            rating: None,
            void_months: 0.0,
            relet_share: 0.0,
            needs: Needs {
                availability: 0.0,
                survives: self.shape.survives,
                latency: None,
                diverse_routes: 0,
                kw_per_rack: 0.0,
                cooling: self.shape.cooling,
            },
            sla: Vec::new(),
            sla_terms: SlaTerms::default(),
            exclusive_set: None,
            note: format!("{} ({}, {})", self.summary, self.source, self.announced),
        }
    }

    /// The price of the contract, where a value does not name it.
    fn price(&self, draft: &mut Draft, system: Option<&GpuSystem>, chosen: bool) -> Result<(), String> {
        if let Some(term) = self.fact("term_years") {
            draft.note("term_months", term);
        }
        match self.kind {
            OfferKind::TripleNet | OfferKind::ModifiedGross => {
                let Some(rent) = self.year1_usd_per_kw_month() else { return Ok(()) };
                let origin = self.fact("year1_usd_per_mw").or(self.fact("tcv_usd"));
                let rent = self.derived(rent, origin, "from the contract's value, term and escalator");
                draft.set("rent_usd_per_kw_month", &rent)
            }
            OfferKind::GpuContract | OfferKind::GpuOnDemand => {
                let Some(system) = system else { return Ok(()) };
                let value = |key| self.fact(key).map(|fact| fact.value);
                let sold = self.given("terms_utilisation").map_or(1.0, |value| value.value);
                let contract =
                    value("tcv_usd").zip(value("gpus")).zip(value("term_years")).filter(|_| !chosen);
                if let Some(((tcv, gpus), years)) = contract {
                    let hours = gpus * years * MONTHS_PER_YEAR * HOURS_PER_MONTH * sold;
                    let price =
                        self.derived(tcv / hours, self.fact("tcv_usd"), "over the GPU-hours of the term");
                    return draft.set("usd_per_gpu_hour", &price);
                }
                // Another machine than the entry's, or none priced by it: what the market pays for that one.
                match system.rental.usd_per_gpu_hour {
                    Some(usd) if chosen || self.given("usd_per_gpu_hour").is_none() => {
                        let price = self.derived(usd, None, &format!("rental price of the {}", system.model));
                        draft.set("usd_per_gpu_hour", &price)
                    }
                    None if chosen || self.given("usd_per_gpu_hour").is_none() => Err(format!(
                        "the {} has no rental price; enter one for the GPU system first, or choose another",
                        system.model
                    )),
                    _ => Ok(()),
                }
            }
            OfferKind::BitcoinHosting => Ok(()),
        }
    }

    /// What the landlord spends besides power, where a value does not name it: the rent less the margin, of a tenant
    /// who pays power.
    fn landlords_cost(&self, draft: &mut Draft) -> Result<(), String> {
        let (Some(margin), None) = (self.fact("noi_margin"), self.given("opex_usd_per_kw_month")) else {
            return Ok(());
        };
        let rent = draft.value("rent_usd_per_kw_month");
        let cost = |margin: f64| rent * (1.0 - margin).max(0.0);
        let mut opex = self.derived(cost(margin.value), Some(margin), "from the net operating margin");
        opex.low = margin.high.map(cost);
        opex.high = margin.low.map(cost);
        draft.set("opex_usd_per_kw_month", &opex)
    }

    /// Prepayment and backstop, which lean on rent and term.
    fn before_and_behind(&self, draft: &mut Draft) {
        let term = draft.value("term_months");
        let escalator = draft.value("escalator");
        // Months of first-year rent that the contract is worth.
        let worth = MONTHS_PER_YEAR * annuity(escalator, term / MONTHS_PER_YEAR);
        if let Some(prepaid) = self.shape.prepayment {
            let months = if prepaid.share > 0.0 { prepaid.share * worth } else { prepaid.rent_months };
            draft.change(|offer| {
                offer.prepayment = Some(Prepayment {
                    months_of_rent: months,
                    credit_from_month: prepaid.from_month,
                    credit_months: prepaid.over_months,
                });
            });
            draft.note(
                "prepayment_months_of_rent",
                &self.derived(months, None, "prepayment as announced or usual"),
            );
        }
        if let Some(backstop) = &self.shape.backstop {
            let announced = self.fact("backstop_usd").zip(self.fact("tcv_usd"));
            let share = match announced {
                Some((usd, tcv)) if backstop.share <= 0.0 => (usd.value / tcv.value).min(1.0),
                _ => backstop.share,
            };
            draft.change(|offer| {
                offer.backstop = Some(Backstop { by: backstop.by.clone(), share, months: backstop.months });
            });
            let origin = self.fact("backstop_usd").or(self.fact("tcv_usd"));
            draft
                .note("backstop_share", &self.derived(share, origin, "sum backed over the contract's value"));
        }
    }

    fn derived(&self, value: f64, origin: Option<&Sourced>, how: &str) -> Sourced {
        let evidence = origin.map_or(Evidence::Assumed, |fact| fact.evidence);
        Sourced {
            key: String::new(),
            low: None,
            value,
            high: None,
            source: format!("{}; {how}", origin.map_or(&self.source, |fact| &fact.source)),
            as_of: origin.map_or(self.announced, |fact| fact.as_of),
            evidence,
        }
    }
}

/// First-year rent of a contract value in whole or part years: `total * e / ((1+e)^n - 1)`.
pub fn level_first_year(total: f64, escalator: f64, years: f64) -> f64 {
    let worth = annuity(escalator, years);
    if worth > 0.0 { total / worth } else { 0.0 }
}

/// `((1+e)^n - 1)/e` for n full years, the last started one in its part.
fn annuity(escalator: f64, years: f64) -> f64 {
    let mut worth = 0.0;
    let mut rent = 1.0;
    let mut left = years;
    while left > 0.0 {
        worth += rent * left.min(1.0);
        rent *= 1.0 + escalator;
        left -= 1.0;
    }
    worth
}

/// An offer in the making, in a document of its own.
struct Draft {
    site: Site,
    provenance: Vec<Provenance>,
}

impl Draft {
    fn address(&self, key: &str) -> Option<Address> {
        self.site.offers.first().map(|offer| Address::new(Object::Offer(offer.id.clone()), key))
    }

    fn change(&mut self, change: impl FnOnce(&mut Offer)) {
        if let Some(offer) = self.site.offers.first_mut() {
            change(offer);
        }
    }

    fn value(&self, key: &str) -> f64 {
        self.address(key).and_then(|at| self.site.value(&at)).flatten().unwrap_or(0.0)
    }

    fn set(&mut self, key: &str, value: &Sourced) -> Result<(), String> {
        let Some(at) = self.address(key) else { return Ok(()) };
        self.site.set_value(&at, Some(value.value))?;
        self.note(key, value);
        Ok(())
    }

    /// Where a value comes from; a later note of the same value takes the place of an earlier one.
    fn note(&mut self, key: &str, value: &Sourced) {
        let Some(at) = self.address(key) else { return };
        self.provenance.retain(|other| other.at != at);
        self.provenance.push(Provenance {
            at,
            source: value.source.clone(),
            as_of: Some(value.as_of),
            evidence: value.evidence,
            private: false,
            low: value.low,
            high: value.high,
        });
    }
}

/// `wanted`, else `wanted-2`, `wanted-3` and so on.
fn free_id<'a>(wanted: &str, taken: impl Iterator<Item = &'a str>) -> String {
    let taken: BTreeSet<&str> = taken.collect();
    let mut id = wanted.to_owned();
    let mut number = 2;
    while taken.contains(id.as_str()) {
        id = format!("{wanted}-{number}");
        number += 1;
    }
    id
}

/// A name as an id: small letters, digits and dashes.
fn slug(name: &str) -> String {
    name.to_lowercase().chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '-' }).collect()
}

// As the assets are written.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLibrary {
    defaults: Vec<RawValue>,
    offers: Vec<RawOffer>,
}

static LIBRARY_DEFAULTS: LazyLock<Vec<Sourced>> = LazyLock::new(|| {
    let file: Option<RawLibrary> = ron::from_str(include_str!("../../assets/offers/offers.ron")).ok();
    let date = Date::constant(2025, 12, 31);
    let values = file.into_iter().flat_map(|file| file.defaults);
    values.map(|value| value.sourced("Usual terms", date, Evidence::Assumed)).collect()
});

impl RawLibrary {
    fn entries(self) -> Vec<LibraryOffer> {
        self.offers.into_iter().map(RawOffer::entry).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValue {
    key: String,
    #[serde(default)]
    low: Option<f64>,
    value: f64,
    #[serde(default)]
    high: Option<f64>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    as_of: Option<Date>,
    #[serde(default)]
    evidence: Option<v1::Evidence>,
}

impl RawValue {
    fn sourced(self, source: &str, as_of: Date, evidence: Evidence) -> Sourced {
        Sourced {
            key: self.key,
            low: self.low,
            value: self.value,
            high: self.high,
            source: self.source.unwrap_or_else(|| source.to_owned()),
            as_of: self.as_of.unwrap_or(as_of),
            evidence: self.evidence.map_or(evidence, Mirror::into_site),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOffer {
    key: String,
    name: String,
    kind: OfferKind,
    customer: String,
    tenant_group: String,
    announced: Date,
    evidence: v1::Evidence,
    summary: String,
    source: String,
    facts: Vec<RawValue>,
    values: Vec<RawValue>,
    #[serde(default)]
    rating: String,
    #[serde(default = "level3")]
    sla: String,
    #[serde(default)]
    gpu: Option<RawGpu>,
    #[serde(default)]
    prepayment: Option<RawPrepayment>,
    #[serde(default)]
    backstop: Option<RawBackstop>,
    #[serde(default)]
    survives: Option<RawClass>,
    #[serde(default)]
    cooling: Option<RawCooling>,
}

/// The schedule of an entry that names none.
fn level3() -> String {
    "level3".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGpu {
    model: String,
    indexed: bool,
}

/// A share of the contract's value, or months of rent.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPrepayment {
    #[serde(default)]
    share: f64,
    #[serde(default)]
    rent_months: f64,
    from_month: f64,
    over_months: f64,
}

/// Without a share, it is the sum backed over the contract's value.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBackstop {
    by: String,
    months: f64,
    #[serde(default)]
    share: f64,
}

#[derive(Deserialize)]
enum RawClass {
    N,
    NPlusOne,
    Maintainable,
}

#[derive(Deserialize)]
enum RawCooling {
    Air,
    Liquid,
    Either,
}

impl RawOffer {
    fn entry(self) -> LibraryOffer {
        let evidence = self.evidence.into_site();
        let sourced = |values: Vec<RawValue>| -> Vec<Sourced> {
            values.into_iter().map(|value| value.sourced(&self.source, self.announced, evidence)).collect()
        };
        let colocation = matches!(self.kind, OfferKind::TripleNet | OfferKind::ModifiedGross);
        LibraryOffer {
            facts: sourced(self.facts),
            values: sourced(self.values),
            key: self.key,
            name: self.name,
            kind: self.kind,
            customer: self.customer,
            announced: self.announced,
            summary: self.summary,
            source: self.source,
            rating: self.rating,
            sla: self.sla,
            shape: Shape {
                tenant_group: self.tenant_group,
                indexed: self.gpu.as_ref().is_some_and(|gpu| gpu.indexed),
                prepayment: self.prepayment,
                backstop: self.backstop,
                survives: match self.survives {
                    Some(RawClass::N) => FailureClass::N,
                    Some(RawClass::Maintainable) => FailureClass::Maintainable,
                    Some(RawClass::NPlusOne) | None => FailureClass::NPlusOne,
                },
                cooling: match self.cooling {
                    Some(RawCooling::Air) => CoolingNeed::Air,
                    Some(RawCooling::Liquid) => CoolingNeed::Liquid,
                    Some(RawCooling::Either) => CoolingNeed::Either,
                    // GPU systems bring their own cooling; leased halls of the contracts are liquid-cooled.
                    None if colocation => CoolingNeed::Liquid,
                    None => CoolingNeed::Either,
                },
            },
            gpu_model: self.gpu.map(|gpu| gpu.model).unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSchedule {
    key: String,
    name: String,
    measure: RawMeasure,
    cap_share: Option<f64>,
    #[serde(default)]
    by_uptime: bool,
    steps: Vec<(f64, f64)>,
    #[serde(default)]
    repeat: Option<RawRepeat>,
    summary: String,
    source: String,
    as_of: Date,
    evidence: v1::Evidence,
}

#[derive(Deserialize)]
enum RawMeasure {
    Event,
    MonthTotal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRepeat {
    every_hours: f64,
    credit: f64,
    up_to: f64,
}

impl RawSchedule {
    fn schedule(self) -> SlaSchedule {
        // Rounded, so that a file says 0.73 hours and not what binary fractions make of it.
        let below = |uptime: f64| ((1.0 - uptime) * HOURS_PER_MONTH * 1e9).round() / 1e9;
        let hours = |step: f64| if self.by_uptime { below(step) } else { step };
        let mut bands: Vec<SlaBand> = self
            .steps
            .iter()
            .map(|(step, credit)| SlaBand { from_hours: hours(*step), credit_share: *credit })
            .collect();
        if let (Some(repeat), Some(last)) = (self.repeat, bands.last().cloned()) {
            let mut count = 0;
            let mut credit = last.credit_share;
            while credit < repeat.up_to && count < 100 {
                count += 1;
                credit = (last.credit_share + f64::from(count) * repeat.credit).min(repeat.up_to);
                let from_hours = last.from_hours + f64::from(count) * repeat.every_hours;
                bands.push(SlaBand { from_hours, credit_share: credit });
            }
        }
        SlaSchedule {
            key: self.key,
            name: self.name,
            measure: match self.measure {
                RawMeasure::Event => SlaMeasure::Event,
                RawMeasure::MonthTotal => SlaMeasure::MonthTotal,
            },
            cap_share: self.cap_share,
            bands,
            summary: self.summary,
            source: self.source,
            as_of: self.as_of,
            evidence: self.evidence.into_site(),
        }
    }
}
