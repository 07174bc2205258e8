//! Money, limits and how the plan is worked out.

use super::Day;
use crate::file::mirror::{Mirror, choice, record, settings};
use crate::site;

settings! {
    /// Loans and instruments are lists of their own in the file.
    Company {
        name: String = String::new(),
        opening_cash_usd: f64 = 0.0,
        bitcoin_held: f64 = 0.0,
        overhead_usd_per_month: f64 = 0.0,
        other_cash_usd_per_month: f64 = 0.0,
        sold_bitcoin_share: f64 = 1.0,
        discount_rate: f64 = 0.11,
        tenant_discount_rate: f64 = 0.085,
        inflation: f64 = 0.025,
        mining_site_usd_per_mw_month: f64 = 5_000.0,
        contingency_share: f64 = 0.0,
        powered_land_usd_per_mw: Option<f64> = None,
        tax: Tax = Tax::default(),
        hedge: Option<Hedge> = None,
    }
}

impl Company {
    pub(super) fn from_site(company: &site::Company) -> (Self, Vec<Loan>, Vec<Instrument>) {
        let site::Company {
            name,
            opening_cash_usd,
            bitcoin_held,
            overhead_usd_per_month,
            other_cash_usd_per_month,
            sold_bitcoin_share,
            discount_rate,
            tenant_discount_rate,
            inflation,
            mining_site_usd_per_mw_month,
            contingency_share,
            powered_land_usd_per_mw,
            tax,
            hedge,
            loans,
            instruments,
        } = company;
        let company = Self {
            name: name.clone(),
            opening_cash_usd: *opening_cash_usd,
            bitcoin_held: *bitcoin_held,
            overhead_usd_per_month: *overhead_usd_per_month,
            other_cash_usd_per_month: *other_cash_usd_per_month,
            sold_bitcoin_share: *sold_bitcoin_share,
            discount_rate: *discount_rate,
            tenant_discount_rate: *tenant_discount_rate,
            inflation: *inflation,
            mining_site_usd_per_mw_month: *mining_site_usd_per_mw_month,
            contingency_share: *contingency_share,
            powered_land_usd_per_mw: *powered_land_usd_per_mw,
            tax: Mirror::from_site(tax),
            hedge: Mirror::from_site(hedge),
        };
        (company, Mirror::from_site(loans), Mirror::from_site(instruments))
    }

    pub(super) fn into_site(self, loans: Vec<Loan>, instruments: Vec<Instrument>) -> site::Company {
        let Self {
            name,
            opening_cash_usd,
            bitcoin_held,
            overhead_usd_per_month,
            other_cash_usd_per_month,
            sold_bitcoin_share,
            discount_rate,
            tenant_discount_rate,
            inflation,
            mining_site_usd_per_mw_month,
            contingency_share,
            powered_land_usd_per_mw,
            tax,
            hedge,
        } = self;
        site::Company {
            name,
            opening_cash_usd,
            bitcoin_held,
            overhead_usd_per_month,
            other_cash_usd_per_month,
            sold_bitcoin_share,
            discount_rate,
            tenant_discount_rate,
            inflation,
            mining_site_usd_per_mw_month,
            contingency_share,
            powered_land_usd_per_mw,
            tax: tax.into_site(),
            hedge: hedge.into_site(),
            loans: loans.into_site(),
            instruments: instruments.into_site(),
        }
    }
}

settings! {
    Tax => site::Tax {
        rate: f64 = 0.0,
        bonus_share: f64 = 0.7,
        depreciation_years: f64 = 39.0,
        loss_use_share: f64 = 0.8,
        opening_loss_usd: f64 = 0.0,
    }
}

settings! {
    Hedge => site::Hedge {
        share: f64 = 0.8,
        spread: f64 = 0.03,
        margin_share: f64 = 0.35,
    }
}

record! {
    Loan => site::Loan {
        id: String,
        name: String = String::new(),
        balance_usd: f64,
        rate: f64,
        maturity: Day,
        amortisation_months: f64 = 0.0,
    }
}

record! {
    Instrument => site::Instrument {
        id: String,
        name: String = String::new(),
        kind: InstrumentKind,
        limit_usd: f64,
        rate: f64 = 0.0,
        fee_share: f64 = 0.0,
        available_from: Option<Day> = None,
        available_to: Option<Day> = None,
        term_months: f64,
    }
}

choice! {
    InstrumentKind => site::InstrumentKind {
        SeniorSecuredNotes { dscr: f64, loan_to_cost: f64 },
        ConvertibleNotes { conversion_premium: f64 },
        ConstructionLoan { loan_to_cost: f64, dscr: f64 },
        AsicBackedLoan { loan_to_value: f64 },
        BitcoinBackedLine { initial_ltv: f64, call_ltv: f64, liquidation_ltv: f64 },
        EquityAtMarket { usd_per_year: f64 },
        Preferred { dividend: f64 },
    }
}

settings! {
    Limits => site::Limits {
        capex_total_usd: Option<f64> = None,
        capex_by_year_usd: Vec<YearUsd> = Vec::new(),
        minimum_cash_usd: Option<f64> = None,
        minimum_cash_months: Option<f64> = None,
        worst_year_floor_share: Option<f64> = None,
        worst_year_floor_usd: Option<f64> = None,
        floor_from_year: Option<u32> = None,
        contracted_share: Option<f64> = None,
        hosting_min_mw: Vec<HostingMinimum> = Vec::new(),
        last_order: Option<Day> = None,
    }
}

record! {
    YearUsd => site::company::YearUsd { year: i16, usd: f64 }
}

record! {
    HostingMinimum => site::company::HostingMinimum { from: Day, mw: f64 }
}

settings! {
    PlanSettings => site::PlanSettings {
        start: Day = Day(crate::quantity::Date::constant(2026, 1, 1)),
        horizon_years: u32 = 10,
        risk_weight: f64 = 0.0,
        tail_level: f64 = 0.9,
        report_tail_level: f64 = 0.95,
        seed: u64 = 1,
        paths: u32 = 200,
        judge_paths: u32 = 2_000,
    }
}
