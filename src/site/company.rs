//! Whose money, and what may be done with it.

use crate::quantity::Date;

#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    pub name: String,
    pub opening_cash_usd: f64,
    pub bitcoin_held: f64,
    pub overhead_usd_per_month: f64,
    /// Net cash from everything else the company does.
    pub other_cash_usd_per_month: f64,
    /// Share of the mined bitcoin sold at once.
    pub sold_bitcoin_share: f64,
    /// Nominal, unlevered, per year.
    pub discount_rate: f64,
    /// Rate for contracted rent beyond the horizon.
    pub tenant_discount_rate: f64,
    pub inflation: f64,
    /// Site cost of mining besides energy, USD per installed MW and month.
    pub mining_site_usd_per_mw_month: f64,
    /// Added to every purchase.
    pub contingency_share: f64,
    pub loans: Vec<Loan>,
    pub instruments: Vec<Instrument>,
}

/// Debt that stands today.
#[derive(Clone, Debug, PartialEq)]
pub struct Loan {
    pub id: String,
    pub name: String,
    pub balance_usd: f64,
    pub rate: f64,
    pub maturity: Date,
    /// Months of equal principal before the maturity; 0 pays all at the end.
    pub amortisation_months: f64,
}

/// Money the company could raise.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    pub id: String,
    pub name: String,
    pub kind: InstrumentKind,
    pub limit_usd: f64,
    pub rate: f64,
    pub fee_share: f64,
    pub available_from: Option<Date>,
    pub available_to: Option<Date>,
    pub term_months: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum InstrumentKind {
    SeniorSecuredNotes { dscr: f64, loan_to_cost: f64 },
    ConvertibleNotes { conversion_premium: f64 },
    ConstructionLoan { loan_to_cost: f64, dscr: f64 },
    AsicBackedLoan { loan_to_value: f64 },
    BitcoinBackedLine { initial_ltv: f64, call_ltv: f64, liquidation_ltv: f64 },
    EquityAtMarket { usd_per_year: f64 },
    Preferred { dividend: f64 },
}

impl Default for Company {
    fn default() -> Self {
        Self {
            name: String::new(),
            opening_cash_usd: 0.0,
            bitcoin_held: 0.0,
            overhead_usd_per_month: 0.0,
            other_cash_usd_per_month: 0.0,
            sold_bitcoin_share: 1.0,
            discount_rate: 0.11,
            tenant_discount_rate: 0.085,
            inflation: 0.025,
            mining_site_usd_per_mw_month: 5_000.0,
            contingency_share: 0.0,
            loans: Vec::new(),
            instruments: Vec::new(),
        }
    }
}

/// What the plan must keep to. Every limit that is not set does not bind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    pub capex_total_usd: Option<f64>,
    /// By calendar year; years not listed are not limited.
    pub capex_by_year_usd: Vec<YearUsd>,
    pub minimum_cash_usd: Option<f64>,
    /// Billed revenue of the worst tail as a share of keep-mining's expected billed revenue of that year.
    pub worst_year_floor_share: Option<f64>,
    /// The same floor in dollars a year; the higher of the two holds.
    pub worst_year_floor_usd: Option<f64>,
    /// First plan year (0-based) the floor holds in; the first full year after the shortest lead where not set.
    pub floor_from_year: Option<u32>,
    /// Contracted revenue of a year as a share of keep-mining's expected revenue of that year.
    pub contracted_share: Option<f64>,
    pub hosting_min_mw: Vec<HostingMinimum>,
    pub last_order: Option<Date>,
}

impl Limits {
    pub fn capex_of_year(&self, year: i16) -> Option<f64> {
        self.capex_by_year_usd.iter().find(|budget| budget.year == year).map(|budget| budget.usd)
    }

    /// Sets or takes away the budget of a year; the list stays in order.
    pub fn set_capex_of_year(&mut self, year: i16, usd: Option<f64>) {
        self.capex_by_year_usd.retain(|budget| budget.year != year);
        if let Some(usd) = usd {
            self.capex_by_year_usd.push(YearUsd { year, usd });
            self.capex_by_year_usd.sort_by_key(|budget| budget.year);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YearUsd {
    pub year: i16,
    pub usd: f64,
}

/// Hosting that must be in service from a date on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostingMinimum {
    pub from: Date,
    pub mw: f64,
}

/// How the plan is worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanSettings {
    pub start: Date,
    pub horizon_years: u32,
    /// Weight of the worst tail in the objective, 0 to 1.
    pub risk_weight: f64,
    /// Probability level of the worst tail in the plan.
    pub tail_level: f64,
    /// The level at which it is reported.
    pub report_tail_level: f64,
    pub seed: u64,
    /// Reduced paths in the linear program.
    pub paths: u32,
    /// Paths that judge the finished plan.
    pub judge_paths: u32,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            start: Date::constant(2026, 1, 1),
            horizon_years: 10,
            risk_weight: 0.0,
            tail_level: 0.9,
            report_tail_level: 0.95,
            seed: 1,
            paths: 200,
            judge_paths: 2_000,
        }
    }
}
