//! The cash of one contract, month by month: rent start, escalation, default, backstop, void, re-let, term end.

use super::context::Context;
use crate::market::World;
use crate::market::hosting::{self, gpu_system};
use crate::site::Offer;

/// A megawatt of one offer that starts in one month, on one path.
#[derive(Clone, Copy, Debug)]
pub struct Cohort {
    /// Month the space was to be ready.
    pub start: usize,
    /// Months the works finish late.
    pub delay: u32,
    /// Plan month the tenant stops, if it does.
    pub default_month: Option<u32>,
}

/// What the space earns in one month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    /// Not started, or ended.
    Nothing,
    /// The tenant pays.
    Live,
    /// Somebody else pays a share.
    Backstop(f64),
    /// Empty.
    Void,
    /// A next tenant pays a share of the old rent.
    Relet(f64),
}

/// Cash of one month per MW of critical IT, USD.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LeaseMonth {
    /// Billed: rent or GPU hours or hosted energy, credits not yet taken off.
    pub revenue: f64,
    /// Credits, landlord's cost and power, damages, prepayment received less credited.
    pub other: f64,
}

impl LeaseMonth {
    pub fn net(self) -> f64 {
        self.revenue + self.other
    }
}

/// An offer made ready for monthly evaluation.
#[derive(Debug)]
pub struct Lease<'a> {
    offer: &'a Offer,
    /// First-year revenue of a MW and month, USD.
    base: f64,
    /// Rent by full years since the rent start, as a multiple of the first year's.
    escalation: Vec<f64>,
    indexed: bool,
    sunset: Option<i32>,
    term: usize,
    credit_share: f64,
}

impl<'a> Lease<'a> {
    pub fn new(context: &Context<'a>, offer: &'a Offer, credit_share: f64) -> Self {
        let (escalator, indexed) = (hosting::escalator(&offer.terms), hosting::is_indexed(&offer.terms));
        let base = hosting::first_month_usd_per_mw(offer, gpu_system(context.site, offer));
        let term = offer.term_months.round() as usize;
        let years = term / 12;
        Self {
            offer,
            base,
            escalation: (0..=years).map(|year| hosting::escalation(escalator, year)).collect(),
            indexed,
            sunset: context.sunset_month(offer),
            term,
            credit_share,
        }
    }

    /// True when the rent follows the GPU rental index, and so differs from path to path.
    pub fn is_indexed(&self) -> bool {
        self.indexed
    }

    /// Rental index by path and month that an indexed rent follows: the one of its own GPU generation.
    pub fn gpu_index<'w>(&self, world: &'w World) -> &'w [Vec<f64>] {
        world.gpu_index_of(hosting::gpu_system_id(&self.offer.terms).unwrap_or_default())
    }

    /// Month after the last month of a cohort's term.
    pub fn end(&self, cohort: Cohort) -> usize {
        cohort.start + cohort.delay as usize + self.term
    }

    /// Month in which the tenant stops, if it does: lost, or never in because the space came after the sunset date.
    fn stops(&self, cohort: Cohort) -> Option<usize> {
        let start = cohort.start + cohort.delay as usize;
        let too_late = self.sunset.is_some_and(|sunset| start as i64 > i64::from(sunset));
        if too_late { Some(start) } else { cohort.default_month.map(|month| month as usize) }
    }

    /// True when the tenant is gone before a month. Contracted rent beyond the horizon counts only where the tenant is
    /// still there at the horizon: the tenant's discount rate prices what may happen later.
    pub fn is_lost_by(&self, cohort: Cohort, month: usize) -> bool {
        self.stops(cohort).is_some_and(|stops| stops < month)
    }

    /// What the space earns in a month.
    pub fn phase(&self, cohort: Cohort, month: usize) -> Phase {
        let start = cohort.start + cohort.delay as usize;
        if month < start || month >= start + self.term {
            return Phase::Nothing;
        }
        let Some(stops) = self.stops(cohort).filter(|stops| *stops <= month) else { return Phase::Live };
        // A tenant lost before the rent start leaves no backstop behind.
        let from = stops.max(start);
        let backstop = self.offer.backstop.as_ref().filter(|_| stops > start);
        let backstop_months = backstop.map_or(0.0, |backstop| backstop.months);
        let gone = (month - from) as f64;
        if let Some(backstop) = backstop.filter(|_| gone < backstop_months) {
            Phase::Backstop(backstop.share)
        } else if gone < backstop_months + self.offer.void_months {
            Phase::Void
        } else {
            Phase::Relet(self.offer.relet_share)
        }
    }

    /// Rent due in a month while the tenant pays, USD per MW.
    pub fn rent(&self, cohort: Cohort, month: usize, gpu_index: f64) -> f64 {
        let start = cohort.start + cohort.delay as usize;
        let anniversaries = month.saturating_sub(start) / 12;
        let index = if self.indexed { gpu_index } else { 1.0 };
        self.base * self.escalation[anniversaries.min(self.escalation.len() - 1)] * index
    }

    /// Cash of a month.
    ///
    /// `power_usd` is the power bill of a MW of load over the month; `inflation` the cost level.
    pub fn month(
        &self,
        cohort: Cohort,
        month: usize,
        gpu_index: f64,
        power_usd: f64,
        inflation: f64,
    ) -> LeaseMonth {
        let phase = self.phase(cohort, month);
        let share = match phase {
            Phase::Nothing => return LeaseMonth::default(),
            Phase::Live => 1.0,
            Phase::Backstop(share) | Phase::Relet(share) => share,
            Phase::Void => 0.0,
        };
        let offer = self.offer;
        let rent = self.rent(cohort, month, gpu_index);
        let revenue = rent * share;
        let mut other = -offer.opex_usd_per_kw_month * 1000.0 * inflation;
        if matches!(phase, Phase::Live | Phase::Relet(_)) {
            other -= revenue * self.credit_share + offer.power_share * offer.utilisation * power_usd;
        }
        let start = cohort.start + cohort.delay as usize;
        if month == start {
            // Damages for lateness are settled at the rent start, against a tenant that is still there.
            if phase == Phase::Live {
                other -= offer.delivery.damages_days_per_day * f64::from(cohort.delay) * self.base;
                other += offer.prepayment.as_ref().map_or(0.0, |prepaid| prepaid.months_of_rent * self.base);
            }
        }
        if let (Some(prepaid), Phase::Live) = (&offer.prepayment, phase) {
            let since = (month - start) as f64;
            let from = prepaid.credit_from_month;
            if since >= from && since < from + prepaid.credit_months && prepaid.credit_months > 0.0 {
                other -= prepaid.months_of_rent * self.base / prepaid.credit_months;
            }
        }
        LeaseMonth { revenue, other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::result::Detail;
    use crate::plan::testing;

    /// A twin of the program found rent beyond the horizon counted for tenants whom the sunset date had lost.
    #[test]
    fn a_tenant_lost_to_the_sunset_date_is_gone_at_the_horizon() {
        let mut site = testing::site();
        let offer = &mut site.offers[0];
        (offer.term_months, offer.relet_share) = (180.0, 0.8);
        offer.delivery.sunset = Some(crate::quantity::date::add_months(site.plan.start, 12));
        let context = Context::new(&site, Detail::Quick).unwrap();
        let lease = Lease::new(&context, &site.offers[0], 0.0);
        let cohort = |delay| Cohort { start: 10, delay, default_month: None };
        let horizon = context.calendar.months;
        assert!(!lease.is_lost_by(cohort(2), horizon), "ready on the very month");
        assert!(lease.is_lost_by(cohort(3), horizon));
        assert_eq!(lease.phase(cohort(2), 40), Phase::Live);
        assert_eq!(lease.phase(cohort(3), 40), Phase::Relet(0.8));
        let stops = Cohort { default_month: Some(50), ..cohort(0) };
        assert!(lease.is_lost_by(stops, 51) && !lease.is_lost_by(stops, 50));
    }
}
