//! The money of a plan as it is told: cash in both cases, debt, covenants, tax, and what to draw by when.

use super::context::Context;
use super::decisions::Decisions;
use super::judge::{Judged, judge};
use super::program::{Covenant, MILLION, Program};
use super::result::{Commitment, CovenantPlan, DebtPlan, Finance};
use super::stress::{self, Stress};
use super::treasury::{self, Ledger};
use super::{tax, time};
use crate::lp::Solution;
use crate::market::World;
use crate::quantity::format;
use crate::site::{Instrument, InstrumentKind};

/// Below this an amount owed is rounding, million USD.
const NOTHING_OWED: f64 = 1e-6;

/// Everything about money that a plan shows. `walked` is the plan on `world`, the paths it was made on: the cash told is
/// the cash that was kept above the minimum.
pub(super) fn finance(
    program: &Program<'_>,
    solution: &Solution,
    decisions: &Decisions,
    walked: &Judged,
    world: &World,
) -> Finance {
    let context = program.context;
    let stress = Stress::new(context, world);
    let stressed = judge(context, &stress.world, &stress.mining, decisions);
    let mut tax_usd = vec![0.0; context.calendar.periods.len()];
    for (year, usd) in walked.taxes.by_year.iter().enumerate() {
        tax_usd[context.calendar.period_of[tax::month_paid(year)]] += usd;
    }
    Finance {
        cash_by_month_usd: treasury::cash_by_month(context, walked),
        stress_by_month_usd: treasury::stressed_cash(context, walked, &stressed),
        stress_case: stress::words(context),
        minimum_cash_usd: context.site.limits.minimum_cash_usd,
        minimum_by_month_usd: treasury::minimum_cash(context).unwrap_or_default(),
        debt: debt(context, decisions, walked),
        covenants: covenants(program, solution),
        tax_usd,
        tax_rate: context.site.company.tax.rate,
    }
}

/// A monthly balance at the end of each period.
pub(super) fn at_period_ends(context: &Context<'_>, by_month: &[f64]) -> Vec<f64> {
    let ends = context.calendar.periods.iter().map(|period| period.first_month + period.months - 1);
    ends.map(|month| by_month[month]).collect()
}

/// Interest, dividends and principal of all debt in each period.
pub(super) fn debt_service(context: &Context<'_>, walked: &Judged) -> Vec<f64> {
    let mut service = vec![0.0; context.calendar.periods.len()];
    let standing = context.site.company.loans.iter().map(|loan| treasury::standing(context, loan).service);
    for paid in standing.chain(walked.raised.iter().map(|debt| debt.service.clone())) {
        for (month, usd) in paid.into_iter().enumerate() {
            service[context.calendar.period_of[month]] += usd;
        }
    }
    service
}

fn debt(context: &Context<'_>, decisions: &Decisions, walked: &Judged) -> Vec<DebtPlan> {
    let company = &context.site.company;
    let periods = context.calendar.periods.len();
    let standing = company.loans.iter().map(|loan| DebtPlan {
        instrument: loan.id.clone(),
        name: loan.label().to_owned(),
        balance_usd: at_period_ends(context, &treasury::standing(context, loan).balance),
        raised_usd: vec![0.0; periods],
    });
    let drawn =
        company.instruments.iter().zip(&walked.raised).enumerate().filter_map(|(index, (of, ledger))| {
            let mut raised_usd = vec![0.0; periods];
            for draw in decisions.draws.iter().filter(|draw| draw.of == index) {
                raised_usd[draw.period] += draw.usd;
            }
            let is_used = raised_usd.iter().any(|usd| *usd > 0.0);
            is_used.then(|| DebtPlan {
                instrument: of.id.clone(),
                name: of.label().to_owned(),
                balance_usd: at_period_ends(context, &whole_dollars(ledger)),
                raised_usd,
            })
        });
    standing.chain(drawn).collect()
}

/// Balances without the rounding of a solver.
fn whole_dollars(ledger: &Ledger) -> Vec<f64> {
    ledger.balance.iter().map(|usd| if usd.abs() < 1.0 { 0.0 } else { *usd }).collect()
}

/// One entry an instrument and promise, for instruments that are drawn on.
fn covenants(program: &Program<'_>, solution: &Solution) -> Vec<CovenantPlan> {
    let context = program.context;
    let values = &solution.values;
    let is_drawn = |index: usize| {
        let draws = program.handles.draw.range((index, 0)..=(index, usize::MAX));
        draws.map(|(_, column)| values[*column]).sum::<f64>() * MILLION > 1.0
    };
    // Where nothing is owed there is nothing to test.
    let headroom = |covenant: &Covenant| {
        let owed = covenant.owed.at(values);
        (owed > NOTHING_OWED).then(|| (covenant.cover.at(values) - owed) * MILLION)
    };
    let mut list: Vec<CovenantPlan> = Vec::new();
    for (index, instrument) in context.site.company.instruments.iter().enumerate() {
        if !is_drawn(index) {
            continue;
        }
        for covenant in program.covenants.iter().filter(|covenant| covenant.instruments.contains(&index)) {
            let Some(usd) = headroom(covenant) else { continue };
            let start = context.calendar.periods[covenant.period].start;
            match list
                .last_mut()
                .filter(|last| last.name == covenant.name && last.instrument == instrument.id)
            {
                Some(known) => {
                    known.headroom_usd[covenant.period] = Some(usd);
                    if usd < known.least_headroom_usd {
                        (known.least_headroom_usd, known.least_at) = (usd, start);
                    }
                }
                None => {
                    let mut headroom_usd = vec![None; program.periods()];
                    headroom_usd[covenant.period] = Some(usd);
                    list.push(CovenantPlan {
                        name: covenant.name.to_owned(),
                        instrument: instrument.id.clone(),
                        headroom_usd,
                        least_headroom_usd: usd,
                        least_at: start,
                    });
                }
            }
        }
    }
    list
}

/// Draws and sales of shares by date; what is irrevocable is the fee.
pub(super) fn commitments(context: &Context<'_>, decisions: &Decisions) -> Vec<Commitment> {
    let of_draw = |draw: &super::decisions::Amount| {
        let instrument = &context.site.company.instruments[draw.of];
        let label = instrument.label();
        let amount = format::usd(draw.usd);
        Commitment {
            date: context.calendar.periods[draw.period].start,
            item: match instrument.kind {
                InstrumentKind::EquityAtMarket { .. } => format!("Sell shares for {amount}: {label}"),
                _ => format!("Draw {amount} of {label}"),
            },
            object: instrument.id.clone(),
            cash_usd: draw.usd * instrument.fee_share,
            cancel_usd: 0.0,
        }
    };
    decisions.draws.iter().filter(|draw| draw.usd > 1.0).map(of_draw).collect()
}

/// What the NPV is net of.
pub(super) fn words_of_npv(context: &Context<'_>) -> String {
    let company = &context.site.company;
    let fees = if uses_instruments(context) { " less financing fees" } else { "" };
    if company.tax.rate > 0.0 {
        format!(
            "NPV is unlevered{fees} and after tax at {} on the mean of the paths, at one nominal rate, without corporate overhead; interest is not deducted",
            format::percent(company.tax.rate)
        )
    } else {
        format!("NPV is unlevered{fees} and before tax, at one nominal rate, without corporate overhead")
    }
}

fn uses_instruments(context: &Context<'_>) -> bool {
    context.site.limits.keeps_cash() && !context.site.company.instruments.is_empty()
}

/// What a plan keeps to and leaves out for this company's money.
pub(super) fn notes(context: &Context<'_>) -> Vec<String> {
    let site = context.site;
    let mut notes = Vec::new();
    if site.limits.keeps_cash() {
        let dollars = site.limits.minimum_cash_usd.map(format::usd);
        let months = site.limits.minimum_cash_months.map(|months| {
            let count = format::number(months, if months.fract() == 0.0 { 0 } else { 1 });
            format!("{count} months of overhead and interest")
        });
        let minimum: Vec<String> = dollars.into_iter().chain(months).collect();
        notes.push(format!(
            "Cash stays at or above {} at every month's end, on the mean of the paths and in the stress case: {}",
            minimum.join(" and "),
            stress::words(context)
        ));
    } else if !site.company.instruments.is_empty() {
        notes.push(
            "Instruments are drawn on only where a minimum cash is set under Limits: this plan is unlevered"
                .into(),
        );
    }
    if uses_instruments(context) {
        let closed =
            site.company.instruments.iter().filter(|instrument| !can_be_drawn(&context.calendar, instrument));
        notes.extend(closed.map(|instrument| {
            format!(
                "{} cannot be drawn: its limit is zero, it has nothing to rest on, or no period of the plan starts in its window",
                instrument.label()
            )
        }));
    }
    notes
}

/// True where some period of the plan starts in the window and there is something to draw.
pub(super) fn can_be_drawn(calendar: &time::Calendar, instrument: &Instrument) -> bool {
    let rests_on_something = match instrument.kind {
        InstrumentKind::SeniorSecuredNotes { loan_to_cost, .. }
        | InstrumentKind::ConstructionLoan { loan_to_cost, .. } => loan_to_cost > 0.0,
        InstrumentKind::AsicBackedLoan { loan_to_value } => loan_to_value > 0.0,
        InstrumentKind::BitcoinBackedLine { initial_ltv, .. } => initial_ltv > 0.0,
        _ => true,
    };
    let open = |period| calendar.starts_within(period, instrument.available_from, instrument.available_to);
    rests_on_something && instrument.limit_usd > 0.0 && (0..calendar.periods.len()).any(open)
}
