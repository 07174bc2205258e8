//! The arithmetic of an offer: rent with its escalator, contract value, what the landlord bears, prepayment,
//! take-or-pay, backstop, and what is left. Pure functions of the offer and of what surrounds it.
//!
//! Formulas are those of landlords' and miners' announcements: level escalator on the anniversary of the rent start,
//! total contract value as the sum of the rent over the term, net operating income before capital cost, tax and
//! overhead, yield on cost as first-year net operating income over the capital spent.

use crate::quantity::HOURS_PER_MONTH;
use crate::site::{GpuSystem, Offer, Site, Terms};

const MONTHS_PER_YEAR: usize = 12;

/// GPUs that a critical MW carries.
pub fn gpus_per_mw(system: &GpuSystem) -> f64 {
    1000.0 / system.kw_per_gpu
}

/// The GPU system an offer sells; `None` for other offers and for a system that is not in the document.
pub fn gpu_system<'a>(site: &'a Site, offer: &Offer) -> Option<&'a GpuSystem> {
    let id = gpu_system_id(&offer.terms)?;
    site.gpu_systems.iter().find(|system| system.id == id)
}

pub fn gpu_system_id(terms: &Terms) -> Option<&str> {
    match terms {
        Terms::GpuCloud { gpu_system, .. } => Some(gpu_system),
        Terms::Colocation { .. } | Terms::BitcoinHosting { .. } => None,
    }
}

/// Yearly rise of the rent.
pub fn escalator(terms: &Terms) -> f64 {
    match terms {
        Terms::Colocation { escalator, .. }
        | Terms::GpuCloud { escalator, .. }
        | Terms::BitcoinHosting { escalator, .. } => *escalator,
    }
}

/// True where the price follows the rental index of its GPU generation: on demand, not contracted.
pub fn is_indexed(terms: &Terms) -> bool {
    matches!(terms, Terms::GpuCloud { indexed: true, .. })
}

/// Revenue of the first month of a critical MW, USD: rent, GPU-hours or hosted energy.
///
/// A GPU-cloud offer whose system is unknown earns nothing.
pub fn first_month_usd_per_mw(offer: &Offer, system: Option<&GpuSystem>) -> f64 {
    match &offer.terms {
        Terms::Colocation { rent_usd_per_kw_month, .. } => rent_usd_per_kw_month * 1000.0,
        Terms::GpuCloud { usd_per_gpu_hour, utilisation, .. } => {
            system.map_or(0.0, gpus_per_mw) * usd_per_gpu_hour * HOURS_PER_MONTH * utilisation
        }
        Terms::BitcoinHosting { usd_per_mwh, .. } => usd_per_mwh * HOURS_PER_MONTH * offer.utilisation,
    }
}

/// Rent after full years, as a multiple of the first year's.
pub fn escalation(escalator: f64, years: usize) -> f64 {
    libm::pow(1.0 + escalator, years as f64)
}

/// First years' rents that a term is worth: the sum of the rent over the term over the rent of its first year,
/// `((1+e)^n - 1)/e` for n whole years.
pub fn rent_years(escalator: f64, term_months: usize) -> f64 {
    let month = |month: usize| escalation(escalator, month / MONTHS_PER_YEAR) / MONTHS_PER_YEAR as f64;
    (0..term_months).map(month).sum()
}

/// First-year rent behind an announced contract value, in the unit of the value; zero without a term.
///
/// The level-escalator solve `R1 = TCV e / ((1+e)^n - 1)`.
pub fn first_year_from_total(total: f64, escalator: f64, term_months: usize) -> f64 {
    let years = rent_years(escalator, term_months);
    if years > 0.0 { total / years } else { 0.0 }
}

/// What surrounds an offer. Monthly series run from the rent start; the last value holds beyond their end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surroundings {
    /// Critical MW under contract.
    pub mw: f64,
    /// Utility MWh per critical MWh in a typical hour; `None` where no hall can serve the offer.
    pub gross_per_critical: Option<f64>,
    /// Energy bill of a critical MW of load in a month, USD; empty where the price is not known.
    pub power_usd_per_mw: Vec<f64>,
    /// What a critical MW adds to the landlord's own charges on peaks in a month, USD.
    pub charges_usd_per_mw: f64,
    /// Level of costs relative to today's; 1 where empty.
    pub cost_level: Vec<f64>,
    /// Expected rental index of the offer's GPU generation; 1 where empty.
    pub gpu_index: Vec<f64>,
    /// Expected share of the rent credited back.
    pub credit_share: f64,
    /// Capital the landlord spends on a critical MW, machines included, before what the tenant pays.
    pub capex_usd_per_mw: Option<f64>,
}

/// An offer in numbers, while the tenant stays and the space is ready in time. USD nominal.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferFigures {
    pub id: String,
    pub name: String,
    /// `colocation`, `gpu cloud` or `bitcoin hosting`.
    pub kind: &'static str,
    pub mw: f64,
    pub gpus: Option<f64>,
    pub term_months: usize,
    pub escalator: f64,
    /// Total contract value: all rent of the term.
    pub tcv_usd: f64,
    /// Mean rent of a kW and month over the term, and in the first year.
    pub usd_per_kw_month: f64,
    pub year1_usd_per_kw_month: f64,
    /// First-year revenue over the energy of the contract at full load, at the servers and at the utility.
    pub year1_usd_per_mwh_critical: f64,
    pub year1_usd_per_mwh_gross: Option<f64>,
    /// First-year net operating income over the utility energy set aside for the contract.
    pub year1_noi_usd_per_mwh_gross: Option<f64>,
    pub gross_mw: Option<f64>,
    pub gross_to_critical: Option<f64>,
    /// Expected service credits as a share of the rent.
    pub credit_share: f64,
    pub years: Vec<OfferYear>,
    pub prepayment: Option<PrepaymentFigures>,
    pub backstop: Option<BackstopFigures>,
    pub tenant_funded_usd: f64,
    /// Capital spent less what the tenant pays of it.
    pub capex_usd: Option<f64>,
    /// First-year net operating income over `capex_usd`; `None` where there is no capital to yield on.
    pub yield_on_cost: Option<f64>,
    pub default_per_year: f64,
    /// Probability that the tenant pays to the end of the term.
    pub survival_to_end: f64,
    /// Contract value expected when the tenant may stop, with backstop, void and re-let as the offer states them.
    pub expected_tcv_usd: f64,
}

/// A year of the term; the last may be short.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OfferYear {
    pub year: usize,
    pub months: usize,
    pub revenue_usd: f64,
    /// Of the revenue, due whether the tenant uses the space or not.
    pub take_or_pay_usd: f64,
    pub credits_usd: f64,
    pub opex_usd: f64,
    /// The landlord's share of the power bill: energy, and the charges on peaks it adds to.
    pub power_usd: f64,
    /// Of that, charges on peaks.
    pub charges_usd: f64,
    /// Revenue less credits, operating cost and the landlord's power.
    pub noi_usd: f64,
    /// Prepayment received less credited.
    pub prepayment_usd: f64,
    pub cash_usd: f64,
    /// Probability that the tenant still pays at the end of the year.
    pub survival: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrepaymentFigures {
    pub usd: f64,
    pub share_of_tcv: f64,
    pub credit_usd_per_month: f64,
    /// Months of the term: the first with a credit, and the one after the last.
    pub credit_from_month: f64,
    pub credit_to_month: f64,
    /// What the term ends too early to credit.
    pub never_credited_usd: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BackstopFigures {
    pub by: String,
    pub share: f64,
    pub months: f64,
    /// The most it pays: its share of the rent of its months, of a tenant that stops when that is dearest.
    pub most_usd: f64,
}

impl OfferFigures {
    pub fn year1(&self) -> OfferYear {
        self.years.first().copied().unwrap_or_default()
    }

    /// Net operating income over revenue in the first year; `None` without revenue.
    pub fn noi_margin(&self) -> Option<f64> {
        let first = self.year1();
        (first.revenue_usd > 0.0).then(|| first.noi_usd / first.revenue_usd)
    }
}

/// Every figure of an offer.
pub fn offer_figures(offer: &Offer, system: Option<&GpuSystem>, around: &Surroundings) -> OfferFigures {
    let contract = Contract::new(offer, system, around);
    let years = contract.years();
    let tcv_usd: f64 = years.iter().map(|year| year.revenue_usd).sum();
    let first = years.first().copied().unwrap_or_default();
    let energy = |mw: f64| first.months as f64 * HOURS_PER_MONTH * mw;
    let gross_mw = around.gross_per_critical.map(|factor| factor * around.mw);
    let per = |usd: f64, mwh: f64| if mwh > 0.0 { usd / mwh } else { 0.0 };
    let capex_usd = around.capex_usd_per_mw.map(|usd| (usd - offer.tenant_funded_usd_per_mw) * around.mw);
    let full_year = if first.months == 0 { 0.0 } else { MONTHS_PER_YEAR as f64 / first.months as f64 };
    OfferFigures {
        id: offer.id.clone(),
        name: offer.name.clone(),
        kind: kind(&offer.terms),
        mw: around.mw,
        gpus: gpu_system_id(&offer.terms).and(system).map(|system| gpus_per_mw(system) * around.mw),
        term_months: contract.term,
        escalator: escalator(&offer.terms),
        tcv_usd,
        usd_per_kw_month: per(tcv_usd, around.mw * 1000.0 * contract.term as f64),
        year1_usd_per_kw_month: per(first.revenue_usd, around.mw * 1000.0 * first.months as f64),
        year1_usd_per_mwh_critical: per(first.revenue_usd, energy(around.mw)),
        year1_usd_per_mwh_gross: gross_mw.map(|mw| per(first.revenue_usd, energy(mw))),
        year1_noi_usd_per_mwh_gross: gross_mw.map(|mw| per(first.noi_usd, energy(mw))),
        gross_mw,
        gross_to_critical: around.gross_per_critical,
        credit_share: around.credit_share,
        prepayment: contract.prepayment(tcv_usd),
        backstop: offer.backstop.as_ref().map(|backstop| BackstopFigures {
            by: backstop.by.clone(),
            share: backstop.share,
            months: backstop.months,
            most_usd: backstop.share * contract.dearest_run(backstop.months),
        }),
        tenant_funded_usd: offer.tenant_funded_usd_per_mw * around.mw,
        capex_usd,
        yield_on_cost: capex_usd.filter(|usd| *usd > 0.0).map(|usd| first.noi_usd * full_year / usd),
        default_per_year: offer.default_rate(),
        survival_to_end: survival(offer.default_rate(), contract.term as f64),
        expected_tcv_usd: contract.expected_total(),
        years,
    }
}

fn kind(terms: &Terms) -> &'static str {
    match terms {
        Terms::Colocation { .. } => "colocation",
        Terms::GpuCloud { .. } => "gpu cloud",
        Terms::BitcoinHosting { .. } => "bitcoin hosting",
    }
}

/// Probability that a tenant who fails with the same probability every year still pays after months.
fn survival(default_per_year: f64, months: f64) -> f64 {
    libm::pow((1.0 - default_per_year).clamp(0.0, 1.0), months / MONTHS_PER_YEAR as f64)
}

/// Of a monthly series, the last value beyond its end.
fn at(series: &[f64], month: usize, otherwise: f64) -> f64 {
    series.get(month).or(series.last()).copied().unwrap_or(otherwise)
}

struct Contract<'a> {
    offer: &'a Offer,
    around: &'a Surroundings,
    first_month_usd: f64,
    escalator: f64,
    indexed: bool,
    term: usize,
}

impl<'a> Contract<'a> {
    fn new(offer: &'a Offer, system: Option<&GpuSystem>, around: &'a Surroundings) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "600 months at most; a cast saturates"
        )]
        let term = offer.term_months.round() as usize;
        Self {
            offer,
            around,
            first_month_usd: first_month_usd_per_mw(offer, system) * around.mw,
            escalator: escalator(&offer.terms),
            indexed: is_indexed(&offer.terms),
            term,
        }
    }

    /// Rent due in a month of the term, USD.
    fn rent(&self, month: usize) -> f64 {
        let index = if self.indexed { at(&self.around.gpu_index, month, 1.0) } else { 1.0 };
        self.first_month_usd * escalation(self.escalator, month / MONTHS_PER_YEAR) * index
    }

    /// The dearest run of so many months of rent after the first month, cut off by the end of the term.
    fn dearest_run(&self, months: f64) -> f64 {
        let length = months.max(0.0).ceil() as usize;
        // Up to each month, so that a run is a difference.
        let mut until = vec![0.0];
        for month in 1..self.term {
            until.push(until[month - 1] + self.rent(month));
        }
        let run = |from: usize| until[(from + length).min(until.len() - 1)] - until[from];
        (0..until.len()).map(run).fold(0.0, f64::max)
    }

    fn years(&self) -> Vec<OfferYear> {
        let (offer, around) = (self.offer, self.around);
        let mut years: Vec<OfferYear> = Vec::new();
        for month in 0..self.term {
            if month % MONTHS_PER_YEAR == 0 {
                years.push(OfferYear { year: years.len() + 1, ..OfferYear::default() });
            }
            let Some(year) = years.last_mut() else { break };
            let rent = self.rent(month);
            year.months += 1;
            year.revenue_usd += rent;
            year.take_or_pay_usd += rent * offer.take_or_pay_share;
            year.credits_usd += rent * around.credit_share;
            year.opex_usd +=
                offer.opex_usd_per_kw_month * 1000.0 * around.mw * at(&around.cost_level, month, 1.0);
            let charges = around.mw * around.charges_usd_per_mw;
            year.charges_usd += charges;
            year.power_usd += charges
                + offer.power_share
                    * offer.utilisation
                    * around.mw
                    * at(&around.power_usd_per_mw, month, 0.0);
            year.prepayment_usd += self.prepaid_in(month);
            year.survival = survival(offer.default_rate(), (month + 1) as f64);
        }
        for year in &mut years {
            year.noi_usd = year.revenue_usd - year.credits_usd - year.opex_usd - year.power_usd;
            year.cash_usd = year.noi_usd + year.prepayment_usd;
        }
        years
    }

    fn prepaid_usd(&self) -> f64 {
        self.offer.prepayment.as_ref().map_or(0.0, |prepaid| prepaid.months_of_rent * self.first_month_usd)
    }

    /// Prepayment received in a month less what is credited in it.
    fn prepaid_in(&self, month: usize) -> f64 {
        let Some(prepaid) = &self.offer.prepayment else { return 0.0 };
        let received = if month == 0 { self.prepaid_usd() } else { 0.0 };
        let since = month as f64 - prepaid.credit_from_month;
        let credits = since >= 0.0 && since < prepaid.credit_months;
        received - if credits { self.prepaid_usd() / prepaid.credit_months } else { 0.0 }
    }

    fn prepayment(&self, tcv_usd: f64) -> Option<PrepaymentFigures> {
        let prepaid = self.offer.prepayment.as_ref()?;
        let usd = self.prepaid_usd();
        let kept: f64 = (0..self.term).map(|month| self.prepaid_in(month)).sum();
        Some(PrepaymentFigures {
            usd,
            share_of_tcv: if tcv_usd > 0.0 { usd / tcv_usd } else { 0.0 },
            credit_usd_per_month: if prepaid.credit_months > 0.0 { usd / prepaid.credit_months } else { 0.0 },
            credit_from_month: prepaid.credit_from_month,
            credit_to_month: prepaid.credit_from_month + prepaid.credit_months,
            // What rounding leaves of a prepayment that is credited in full is nothing.
            never_credited_usd: if kept > 1e-9 * usd { kept } else { 0.0 },
        })
    }

    /// Rent expected over the term when the tenant may stop: as in the sampled paths, the rent of a month is paid with
    /// the probability of living to its middle, the first month's always.
    fn expected_total(&self) -> f64 {
        let hazard = self.offer.default_rate();
        let pays = |month: usize| if month == 0 { 1.0 } else { survival(hazard, month as f64 + 0.5) };
        let backstop = self.offer.backstop.as_ref().map_or(0.0, |backstop| backstop.months);
        let after = |gone: f64| {
            if gone < backstop {
                self.offer.backstop.as_ref().map_or(0.0, |backstop| backstop.share)
            } else if gone < backstop + self.offer.void_months {
                0.0
            } else {
                self.offer.relet_share
            }
        };
        (0..self.term)
            .map(|month| {
                let stopped: f64 = (1..=month)
                    .map(|stops| (pays(stops - 1) - pays(stops)) * after((month - stops) as f64))
                    .sum();
                self.rent(month) * (pays(month) + stopped)
            })
            .sum()
    }
}

#[cfg(test)]
mod tests;
