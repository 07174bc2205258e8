//! What one unit of each decision costs, and when it is paid.

use super::time::Calendar;
use crate::site::{AsicFleet, Company, FitOut, GpuSystem, Payment, Planned};

/// USD paid per unit ordered, by plan month.
pub type Schedule = Vec<(usize, f64)>;

/// What an amount of something costs, of the schedule of one.
pub fn times(schedule: Schedule, amount: f64) -> Schedule {
    schedule.into_iter().map(|(month, usd)| (month, usd * amount)).collect()
}

fn spread(calendar: &Calendar, company: &Company, period: usize, usd: f64, payments: &[Payment]) -> Schedule {
    let order = calendar.periods[period].first_month;
    // The price is agreed at the order.
    let agreed = usd * (1.0 + company.contingency_share) * calendar.inflation(order);
    calendar.payments(period, payments).into_iter().map(|(month, share)| (month, agreed * share)).collect()
}

/// A MW of a planned part with a rating of `max_mw`; a fixed price is shared out over the MW.
pub fn part(
    calendar: &Calendar,
    company: &Company,
    period: usize,
    planned: &Planned,
    max_mw: f64,
) -> Schedule {
    let fixed = if max_mw > 0.0 { planned.fixed_usd / max_mw } else { 0.0 };
    part_at(calendar, company, period, planned, planned.usd_per_mw + fixed)
}

/// A MW of a planned part whose fixed price is paid apart.
pub fn part_mw(calendar: &Calendar, company: &Company, period: usize, planned: &Planned) -> Schedule {
    part_at(calendar, company, period, planned, planned.usd_per_mw)
}

/// The fixed price of a planned part, all of it.
pub fn part_fixed(calendar: &Calendar, company: &Company, period: usize, planned: &Planned) -> Schedule {
    part_at(calendar, company, period, planned, planned.fixed_usd)
}

fn part_at(calendar: &Calendar, company: &Company, period: usize, planned: &Planned, usd: f64) -> Schedule {
    spread(calendar, company, period, usd * (1.0 - planned.reuse_share), &planned.payments)
}

/// A critical MW of fit-out in a hall that can become `max_mw`.
pub fn fit_out(calendar: &Calendar, company: &Company, period: usize, fit: &FitOut, max_mw: f64) -> Schedule {
    let fixed = if max_mw > 0.0 { fit.fixed_usd / max_mw } else { 0.0 };
    spread(calendar, company, period, fit.usd_per_mw + fixed, &fit.payments)
}

/// A critical MW of fit-out whose fixed price is paid apart.
pub fn fit_out_mw(calendar: &Calendar, company: &Company, period: usize, fit: &FitOut) -> Schedule {
    spread(calendar, company, period, fit.usd_per_mw, &fit.payments)
}

/// The fixed price of a fit-out, all of it.
pub fn fit_out_fixed(calendar: &Calendar, company: &Company, period: usize, fit: &FitOut) -> Schedule {
    spread(calendar, company, period, fit.fixed_usd, &fit.payments)
}

/// A MW of new miners.
pub fn miners(calendar: &Calendar, company: &Company, period: usize, fleet: &AsicFleet) -> Option<Schedule> {
    let usd = fleet.purchase_usd_per_th? * fleet.th_per_mw();
    Some(spread(calendar, company, period, usd, &[]))
}

/// A critical MW of GPUs.
pub fn gpus(calendar: &Calendar, company: &Company, period: usize, system: &GpuSystem) -> Schedule {
    spread(calendar, company, period, crate::market::hosting::gpus_per_mw(system) * system.usd_per_gpu, &[])
}

/// Resale of a GPU system of an age, as a share of its price: linear to the 36-month residual, then to zero at the
/// end of life.
pub fn gpu_residual_share(system: &GpuSystem, age_months: f64) -> f64 {
    let residual = system.residual_share_after_36_months;
    if age_months <= 36.0 {
        1.0 - (1.0 - residual) * age_months / 36.0
    } else if age_months < system.life_months {
        residual * (system.life_months - age_months) / (system.life_months - 36.0)
    } else {
        0.0
    }
}
