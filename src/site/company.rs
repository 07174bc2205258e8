//! Whose money, and what may be done with it.

use super::Hedge;
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
    /// What the land with its contracted power would fetch on the first day, USD per MW of utility power.
    pub powered_land_usd_per_mw: Option<f64>,
    pub tax: Tax,
    /// Hashprice may be sold forward at these terms; not at all where not set.
    pub hedge: Option<Hedge>,
    pub loans: Vec<Loan>,
    pub instruments: Vec<Instrument>,
}

/// Tax on the income of the site, year by year on the mean path. A rate of zero plans before tax.
///
/// Sources of the defaults: `assets/catalogue/planning.ron`, keys `company.tax_…`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tax {
    /// Of taxable income, federal and state together.
    pub rate: f64,
    /// Share of a purchase that is written off in the year it is paid.
    pub bonus_share: f64,
    /// Years over which the rest is written off in equal months.
    pub depreciation_years: f64,
    /// Share of a year's positive income that earlier losses may take away.
    pub loss_use_share: f64,
    /// Losses brought into the plan, USD.
    pub opening_loss_usd: f64,
}

impl Default for Tax {
    fn default() -> Self {
        Self {
            rate: 0.0,
            bonus_share: 0.7,
            depreciation_years: 39.0,
            loss_use_share: 0.8,
            opening_loss_usd: 0.0,
        }
    }
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

impl Loan {
    /// What it is called: its name, else its id.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
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

impl Instrument {
    /// What it is called: its name, else its id.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }

    /// What is paid on a dollar outstanding, per year: the dividend of preferred shares, nothing on equity.
    pub fn coupon(&self) -> f64 {
        match self.kind {
            InstrumentKind::Preferred { dividend } => dividend,
            InstrumentKind::EquityAtMarket { .. } => 0.0,
            _ => self.rate,
        }
    }

    /// True where a draw is paid back.
    pub fn is_repaid(&self) -> bool {
        !matches!(self.kind, InstrumentKind::EquityAtMarket { .. })
    }

    /// True where the company may pay back at par before the maturity. Notes and preferred shares stay until theirs:
    /// their early redemption costs a premium.
    pub fn may_repay_early(&self) -> bool {
        matches!(
            self.kind,
            InstrumentKind::ConstructionLoan { .. }
                | InstrumentKind::AsicBackedLoan { .. }
                | InstrumentKind::BitcoinBackedLine { .. }
        )
    }

    /// True where what is paid back may be drawn again.
    pub fn revolves(&self) -> bool {
        matches!(self.kind, InstrumentKind::BitcoinBackedLine { .. })
    }

    /// (loan to cost, debt service coverage) where the instrument finances works.
    pub fn project_covenants(&self) -> Option<(f64, f64)> {
        match self.kind {
            InstrumentKind::SeniorSecuredNotes { dscr, loan_to_cost }
            | InstrumentKind::ConstructionLoan { loan_to_cost, dscr } => Some((loan_to_cost, dscr)),
            _ => None,
        }
    }
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
            powered_land_usd_per_mw: None,
            tax: Tax::default(),
            hedge: None,
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
    /// Months of fixed cost that the minimum of cash is higher by.
    pub minimum_cash_months: Option<f64>,
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

    /// True where a minimum of cash is set, in dollars, in months of fixed cost or in both.
    pub fn keeps_cash(&self) -> bool {
        self.minimum_cash_usd.is_some() || self.minimum_cash_months.is_some()
    }

    /// Sets or takes away the budget of a year; the list stays in order.
    pub fn set_capex_of_year(&mut self, year: i16, usd: Option<f64>) {
        self.capex_by_year_usd.retain(|budget| budget.year != year);
        if let Some(usd) = usd {
            self.capex_by_year_usd.push(YearUsd { year, usd });
            self.capex_by_year_usd.sort_by_key(|budget| budget.year);
        }
    }

    pub fn hosting_from(&self, from: Date) -> Option<f64> {
        self.hosting_min_mw.iter().find(|minimum| minimum.from == from).map(|minimum| minimum.mw)
    }

    /// Sets or takes away what must be hosted from a date on; the list stays in order.
    pub fn set_hosting_from(&mut self, from: Date, mw: Option<f64>) {
        self.hosting_min_mw.retain(|minimum| minimum.from != from);
        if let Some(mw) = mw {
            self.hosting_min_mw.push(HostingMinimum { from, mw });
            self.hosting_min_mw.sort_by_key(|minimum| minimum.from);
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
