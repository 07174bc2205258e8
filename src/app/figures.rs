//! The five figures that lead the answer, with their difference from keeping the site as it is.

use crate::plan::{Plan, Status};
use crate::quantity::format;

use super::chart::{period_label, weakest_year};

/// One figure as it stands on its card.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub name: &'static str,
    pub value: String,
    /// Difference from keep-mining, and whether it is for the better.
    pub change: Option<(String, Trend)>,
    pub detail: String,
    /// What the figure is, for the tooltip.
    pub meaning: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    Better,
    Worse,
    Neutral,
}

/// The figures of a plan, in their order.
pub fn figures(plan: &Plan) -> Vec<Figure> {
    vec![npv(plan), capex(plan), worst_year(plan), hosted(plan), runway(plan)]
}

fn better_if(higher: bool) -> Trend {
    if higher { Trend::Better } else { Trend::Worse }
}

fn none_if_infeasible(plan: &Plan, text: String) -> String {
    if plan.status == Status::Infeasible { "–".to_owned() } else { text }
}

fn npv(plan: &Plan) -> Figure {
    let change = plan.keep_mining().map(|keep| {
        let difference = plan.npv.expected_usd - keep.npv_usd;
        (format::usd_change(difference), better_if(difference >= 0.0))
    });
    // Two texts: a figure that is after tax says so where it stands.
    let (after_tax, meaning) = if plan.finance.tax_rate > 0.0 {
        (
            "after tax, ",
            "Expected net present value after tax, unlevered and nominal, at the company's discount rate; a part of it is contracted rent and equipment beyond the horizon",
        )
    } else {
        (
            "",
            "Expected net present value before tax, unlevered and nominal, at the company's discount rate; a part of it is contracted rent and equipment beyond the horizon",
        )
    };
    Figure {
        name: "NPV",
        value: none_if_infeasible(plan, format::usd(plan.npv.expected_usd)),
        change,
        detail: format!("{}{} beyond horizon", after_tax, format::percent(plan.npv.beyond_horizon_share)),
        meaning,
    }
}

fn capex(plan: &Plan) -> Figure {
    let base = plan.keep_mining().map_or(0.0, |keep| keep.capex_usd);
    let difference = plan.capex.total_usd - base;
    let largest = plan.capex.by_year.iter().max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, usd)| *usd > 0.5);
    Figure {
        name: "Capex",
        value: none_if_infeasible(plan, format::usd(plan.capex.total_usd)),
        change: (difference.abs() > 0.5).then(|| (format::usd_change(difference), Trend::Neutral)),
        detail: largest.map_or_else(
            || "nothing is built".to_owned(),
            |(year, usd)| format!("most in {year}: {}", format::usd(*usd)),
        ),
        meaning: "Nominal cash for parts, fit-out and machines over the horizon, less what tenants fund",
    }
}

fn worst_year(plan: &Plan) -> Figure {
    let weakest = weakest_year(plan);
    let share = weakest.map(|year| year.worst_year_share);
    let change = plan.keep_mining().zip(share).map(|(keep, share)| {
        let difference = share - keep.worst_year_share;
        let sign = if difference > 0.0 { "+" } else { "" };
        (format!("{sign}{} pts", format::number(difference * 100.0, 0)), better_if(difference >= 0.0))
    });
    Figure {
        name: "1-in-20 revenue",
        value: share.map_or_else(|| "–".to_owned(), format::percent),
        change,
        detail: weakest.map_or_else(String::new, |year| format!("of expected, weakest in {}", year.year)),
        meaning: "Mean billed revenue of the worst 5 % of years as a share of what is expected, in the weakest year of the horizon; power reimbursed, demand response and prepayment credits are no part of it",
    }
}

fn hosted(plan: &Plan) -> Figure {
    let hosting = plan.hosting_mw();
    let most = hosting.iter().copied().fold(0.0, f64::max);
    let reached = hosting.iter().position(|mw| *mw >= most * 0.995 && most > 0.05);
    let base = plan.keep_mining().map_or(0.0, |keep| keep.hosting_mw.iter().copied().fold(0.0, f64::max));
    let detail = match reached.and_then(|index| plan.periods.get(index)) {
        Some(period) => format!("critical IT, from {}", period_label(period)),
        None => "critical IT".to_owned(),
    };
    Figure {
        name: "Hosted",
        value: none_if_infeasible(plan, format::mw(most)),
        change: (most - base > 0.05).then(|| (format!("+{}", format::mw(most - base)), Trend::Better)),
        detail,
        meaning: "Critical IT megawatts let to tenants at full build",
    }
}

fn runway(plan: &Plan) -> Figure {
    let lowest = plan.cash_usd.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
    let detail = match lowest {
        Some((index, cash)) => {
            let when = plan.periods.get(index).map(period_label).unwrap_or_default();
            let stressed = plan.finance.lowest()[1].map(|(_, usd)| format!("; stress {}", format::usd(usd)));
            format!("lowest {}, {when}{}", format::usd(*cash), stressed.unwrap_or_default())
        }
        None => String::new(),
    };
    let months = lowest_runway_months(plan);
    let short = lowest.is_some_and(|(_, cash)| *cash < 0.0);
    let (value, change) = match months {
        _ if short => ("0 months".to_owned(), Some(("cash runs out".to_owned(), Trend::Worse))),
        Some(months) if months < 120.0 => {
            let months = format::number(months, 0);
            (format!("{months} {}", if months == "1" { "month" } else { "months" }), None)
        }
        _ => ("self-funding".to_owned(), None),
    };
    Figure {
        name: "Lowest runway",
        value: none_if_infeasible(plan, value),
        change,
        detail,
        meaning: "Months that the cash at a period's end lasts at the average net outflow of the year before; the lowest of the horizon",
    }
}

/// Fewest months of runway at the end of any period that burnt cash over the year before; none if none did.
fn lowest_runway_months(plan: &Plan) -> Option<f64> {
    let mut lowest: Option<f64> = None;
    for (index, (period, cash)) in plan.periods.iter().zip(&plan.cash_usd).enumerate() {
        let end = period.first_month + period.months;
        let before = plan.periods[..index]
            .iter()
            .rposition(|earlier| earlier.first_month + earlier.months + 12 <= end);
        let Some(before) = before else { continue };
        let since = plan.periods[before].first_month + plan.periods[before].months;
        let burn = (plan.cash_usd[before] - cash) / (end - since).max(1) as f64;
        if burn > 1.0 {
            let months = (cash / burn).max(0.0);
            lowest = Some(lowest.map_or(months, |known: f64| known.min(months)));
        }
    }
    lowest
}
