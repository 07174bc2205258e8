//! Contracts.

use super::Day;
use crate::file::mirror::{choice, record, settings};
use crate::site;

record! {
    Offer => site::Offer {
        id: String,
        name: String = String::new(),
        customer: String = String::new(),
        tenant_group: String = String::new(),
        status: OfferStatus = OfferStatus::Idea,
        probability: f64 = 1.0,
        sign_by: Option<Day> = None,
        terms: Terms,
        min_mw: f64 = 0.0,
        max_mw: f64,
        block_mw: Option<f64> = None,
        earliest: Option<Day> = None,
        latest: Option<Day> = None,
        start_mw_per_month: Option<f64> = None,
        term_months: f64,
        opex_usd_per_kw_month: f64 = 0.0,
        power_share: f64 = 0.0,
        utilisation: f64 = 1.0,
        take_or_pay_share: f64 = 1.0,
        prepayment: Option<Prepayment> = None,
        backstop: Option<Backstop> = None,
        tenant_funded_usd_per_mw: f64 = 0.0,
        delivery: Delivery = Delivery::default(),
        default_per_year: f64 = 0.0,
        rating: Option<Rating> = None,
        void_months: f64 = 0.0,
        relet_share: f64 = 0.0,
        needs: Needs = Needs::default(),
        sla: Vec<SlaBand> = Vec::new(),
        sla_terms: SlaTerms = SlaTerms::default(),
        exclusive_set: Option<String> = None,
        note: String = String::new(),
    }
}

choice! {
    OfferStatus => site::OfferStatus { Idea, LetterOfIntent, Exclusive, Signed }
}

choice! {
    Terms => site::Terms {
        Colocation {
            rent_usd_per_kw_month: f64,
            #[serde(default)]
            escalator: f64,
        },
        GpuCloud {
            gpu_system: String,
            usd_per_gpu_hour: f64,
            #[serde(default = "one")]
            utilisation: f64,
            #[serde(default)]
            indexed: bool,
            #[serde(default)]
            escalator: f64,
        },
        BitcoinHosting {
            usd_per_mwh: f64,
            #[serde(default)]
            escalator: f64,
        },
    }
}

fn one() -> f64 {
    1.0
}

record! {
    Prepayment => site::Prepayment {
        months_of_rent: f64,
        credit_from_month: f64 = 0.0,
        credit_months: f64,
    }
}

record! {
    Backstop => site::Backstop { by: String = String::new(), share: f64 = 1.0, months: f64 }
}

settings! {
    Delivery => site::Delivery {
        damages_days_per_day: f64 = 0.0,
        sunset: Option<Day> = None,
    }
}

settings! {
    Needs => site::Needs {
        availability: f64 = 0.0,
        survives: FailureClass = FailureClass::N,
        latency: Option<LatencyNeed> = None,
        diverse_routes: u32 = 0,
        kw_per_rack: f64 = 0.0,
        cooling: CoolingNeed = CoolingNeed::Either,
    }
}

choice! {
    FailureClass => site::FailureClass { N, NPlusOne, Maintainable }
}

record! {
    LatencyNeed => site::LatencyNeed { metro: String, rtt_ms: f64 }
}

choice! {
    CoolingNeed => site::CoolingNeed { Air, Liquid, Either }
}

record! {
    Rating => site::Rating { name: String, default_per_year: f64 }
}

settings! {
    SlaTerms => site::SlaTerms {
        schedule: String = String::new(),
        measure: SlaMeasure = SlaMeasure::Event,
        cap_share: Option<f64> = None,
    }
}

choice! {
    SlaMeasure => site::SlaMeasure { Event, MonthTotal }
}

record! {
    SlaBand => site::SlaBand { from_hours: f64, credit_share: f64 }
}
