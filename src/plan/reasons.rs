//! Why what is decided is decided then: what each order and each start of rent would cost a period earlier or later, and
//! what is never ordered lacks.
//!
//! All of it is read from the prices of the plan's own program ([`prices`]). The program has a concave optimum, so that
//! moving a MW loses at least what its prices say, however much is moved, and exactly that as far as the basis holds
//! (`Worth::holds_mw`). Nothing is said that the prices do not show: a plan of whole decisions, whose prices are those of
//! decisions already fixed, has no reasons, nor has the least of an impossible brief.

mod prices;
// What prices say needs a solver that tells them.
#[cfg(test)]
#[cfg(feature = "highs")]
mod tests;
mod weigh;
mod words;

pub(super) use weigh::weigh;

use super::context::Context;
use super::decisions::{Decision, Decisions};
use super::program::{MILLION, Program};
use crate::lp::{Column, Session, Solution};
use crate::quantity::Date;
use prices::{Money, Prices};
use std::collections::BTreeMap;

/// Below this a decision is a rounding error of the solver, MW.
const NOTHING_MW: f64 = 1e-6;

/// Less than this in all is told of by nobody, MW.
const LEAST_TOLD_MW: f64 = 0.05;

/// Rounding of a change of the basis, MW a MW.
const SAME: f64 = 1e-6;

/// Shares of a worth below this are rounding, USD a MW.
const LEAST_SHARE_USD: f64 = 1.0;

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decided {
    /// The order of a planned part.
    Part,
    /// The order of a hall's fit-out.
    FitOut,
    /// The start of an offer's rent in a hall.
    Hosting,
}

impl Decided {
    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::FitOut => "fit_out",
            Self::Hosting => "hosting",
        }
    }
}

/// Why a decision is made when it is made, or is not made at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub decided: Decided,
    /// Id of the part or the hall; of what is hosted nowhere, of the hall that comes nearest.
    pub object: String,
    /// Id of the offer whose rent starts.
    pub offer: Option<String>,
    /// First day of the period of the first order or start of rent, and of the last; `None` of what the plan leaves out.
    pub date: Option<Date>,
    pub last: Option<Date>,
    /// All that is ordered or started.
    pub mw: f64,
    /// Present value of what it costs or earns by itself, USD.
    pub money_usd: f64,
    /// All of it in words.
    pub now: String,
    /// The first of it a period earlier, the last of it a period later; `None` of what the plan leaves out.
    pub earlier: Option<Shift>,
    pub later: Option<Shift>,
    /// Of what the plan leaves out: what its first MW lacks at its best date.
    pub lacks: Option<Worth>,
}

/// A decision a period earlier or later.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// First day of the other period; `None` before the plan starts and beyond its horizon.
    pub to: Option<Date>,
    /// `None` where it is not possible.
    pub worth: Option<Worth>,
    pub sentence: String,
}

/// Change of the objective by a MW.
#[derive(Clone, Debug, PartialEq)]
pub struct Worth {
    /// USD of present value; never more than nothing but for rounding. A MW loses at least as much.
    pub usd_per_mw: f64,
    /// MW for which it loses exactly as much; zero where several prices hold at the plan, infinite where nothing stops
    /// them, `None` where the solver does not tell.
    pub holds_mw: Option<f64>,
    /// What it is made of, largest first; the sum is `usd_per_mw`, of what was solved again about that.
    pub shares: Vec<WorthShare>,
}

/// A part of [`Worth`]: what is paid and what a limit is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct WorthShare {
    /// Constraint family, such as `C11`; `objective` of the decision's own money.
    pub constraint: &'static str,
    /// To be read after *for*.
    pub what: String,
    pub usd_per_mw: f64,
}

/// Reasons on a page of text.
const ON_A_PAGE: usize = 8;

/// The reasons that most money goes with, by date, and what is nearest to being worth it: as many as a page takes.
pub fn told_first(reasons: &[Reason]) -> impl Iterator<Item = &Reason> {
    let mut money: Vec<f64> =
        reasons.iter().filter(|of| of.date.is_some()).map(|of| of.money_usd.abs()).collect();
    money.sort_by(|a, b| b.total_cmp(a));
    let least = money.get(ON_A_PAGE - 1).copied().unwrap_or(0.0);
    let made = reasons.iter().filter(move |of| of.date.is_some() && of.money_usd.abs() >= least);
    made.chain(reasons.iter().filter(|of| of.date.is_none()).take(ON_A_PAGE / 2))
}

/// A reason with what it is about in the program.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub reason: Reason,
    subject: String,
    of: usize,
    /// Periods of the first and of the last of it.
    first: usize,
    last: usize,
}

impl Told {
    fn say(&mut self) {
        if let (Some(earlier), Some(later)) = (&self.reason.earlier, &self.reason.later) {
            self.reason.now = words::made(&self.subject, &self.reason, earlier, later);
        }
    }
}

/// The reasons of a solved program whose session stands at its answer: what is decided by date, then what is left out, the
/// nearest to being worth it first.
pub(super) fn reasons(
    program: &Program<'_>,
    solution: &Solution,
    decisions: &Decisions,
    session: &Session,
) -> Vec<Told> {
    if program.is_whole() || solution.duals.len() != program.model.rows.len() {
        return Vec::new();
    }
    let asking = Asking { prices: Prices::new(program, solution), program, solution, session };
    let mut made = Vec::new();
    for (decided, list) in [
        (Decided::Part, &decisions.orders),
        (Decided::FitOut, &decisions.fits),
        (Decided::Hosting, &decisions.starts),
    ] {
        let mut by_object: BTreeMap<usize, Vec<Decision>> = BTreeMap::new();
        for decision in list.iter().filter(|decision| decision.mw > NOTHING_MW) {
            by_object.entry(decision.of).or_default().push(*decision);
        }
        made.extend(by_object.values().filter_map(|of_one| asking.made(decided, of_one)));
    }
    made.sort_by_key(|told| told.reason.date);
    let mut left_out = asking.left_out(decisions);
    let lack = |told: &Told| told.reason.lacks.as_ref().map_or(f64::INFINITY, |worth| -worth.usd_per_mw);
    left_out.sort_by(|a, b| lack(a).total_cmp(&lack(b)));
    made.extend(left_out);
    made
}

/// The plan's program at its answer.
struct Asking<'p, 'c> {
    prices: Prices<'p, 'c>,
    program: &'p Program<'c>,
    solution: &'p Solution,
    session: &'p Session,
}

impl<'c> Asking<'_, 'c> {
    fn context(&self) -> &'c Context<'c> {
        self.program.context
    }

    fn columns(&self, decided: Decided) -> &BTreeMap<(usize, usize), Column> {
        let handles = &self.program.handles;
        match decided {
            Decided::Part => &handles.build,
            Decided::FitOut => &handles.fit,
            Decided::Hosting => &handles.start,
        }
    }

    fn day(&self, period: usize) -> Date {
        self.context().calendar.periods[period].start
    }

    fn made(&self, decided: Decided, decisions: &[Decision]) -> Option<Told> {
        let (first, last) = (decisions.first()?, decisions.last()?);
        let mw = decisions.iter().map(|decision| decision.mw).sum();
        if mw < LEAST_TOLD_MW {
            return None;
        }
        let columns = self.columns(decided);
        let own = |decision: &Decision| {
            self.program.model.columns[columns[&(decision.of, decision.period)]].cost * decision.mw * MILLION
        };
        let after = Some(last.period + 1).filter(|next| *next < self.program.periods());
        let (object, offer) = self.object(decided, first.of);
        let mut told = Told {
            reason: Reason {
                decided,
                object,
                offer,
                date: Some(self.day(first.period)),
                last: Some(self.day(last.period)),
                mw,
                money_usd: decisions.iter().map(own).sum(),
                now: String::new(),
                earlier: Some(self.shift(decided, first, first.period.checked_sub(1), true)),
                later: Some(self.shift(decided, last, after, false)),
                lacks: None,
            },
            subject: self.subject(decided, first.of),
            of: first.of,
            first: first.period,
            last: last.period,
        };
        told.say();
        Some(told)
    }

    fn shift(&self, decided: Decided, decision: &Decision, to: Option<usize>, is_earlier: bool) -> Shift {
        let columns = self.columns(decided);
        let day = to.map(|period| self.day(period));
        let column = to.and_then(|period| Some((period, *columns.get(&(decision.of, period))?)));
        let Some((period, column)) = column else {
            let because = words::impossible(self.context(), decided, decision.of, to, is_earlier);
            return Shift { to: day, worth: None, sentence: because };
        };
        let from = columns[&(decision.of, decision.period)];
        let money = self.prices.moved(decided, decision.of, decision.period, period);
        let own: Vec<Column> =
            columns.range((decision.of, 0)..=(decision.of, usize::MAX)).map(|(_, column)| *column).collect();
        let worth = self.worth(money, column, Some((from, &own)));
        let sentence = words::shifted(&worth);
        Shift { to: day, worth: Some(worth), sentence }
    }

    /// In USD, with how far it holds: the ratio test of the column that enters. Of a move, from one column of an object to
    /// another, nothing holds where the basis does not take exactly as much away there and leave its other columns alone:
    /// the price is then of a MW more, which loses less than a MW moved.
    fn worth(&self, money: Money, entering: Column, moved: Option<(Column, &[Column])>) -> Worth {
        let mut direction: Vec<(usize, f64)> =
            self.prices.rows_of(entering).iter().map(|(row, factor)| (*row, -factor)).collect();
        // A column at its upper bound is taken away from by hand.
        let by_hand = moved.filter(|(leaving, _)| self.prices.rests_on_upper(*leaving));
        if let Some((leaving, _)) = by_hand {
            direction.extend(self.prices.rows_of(leaving));
        }
        let is_a_move = |(leaving, own): (Column, &[Column])| {
            let change = self.session.change(&direction)?;
            let of = |column: Column| {
                change.iter().filter(|(moving, _)| *moving == column).map(|(_, by)| by).sum::<f64>()
            };
            let wanted = |column: Column| if column == leaving && by_hand.is_none() { -1.0 } else { 0.0 };
            let others = own.iter().filter(|column| **column != entering);
            Some(others.into_iter().all(|column| (of(*column) - wanted(*column)).abs() < SAME))
        };
        let holds = moved.is_none_or(|moved| is_a_move(moved).unwrap_or(true));
        let reach = self.session.reach(&self.program.model, self.solution, &direction);
        let room = self.program.model.columns[entering].upper - self.solution.values[entering];
        let (usd_per_mw, shares) = shares_of(money);
        let holds_mw = reach.map(|reach| if holds { reach.more.min(room) } else { 0.0 });
        Worth { usd_per_mw, holds_mw, shares }
    }

    /// Planned parts, fit-outs and offers of which the plan takes nothing.
    fn left_out(&self, decisions: &Decisions) -> Vec<Told> {
        let context = self.context();
        let is_in = |list: &[Decision], of: usize| list.iter().any(|d| d.of == of && d.mw > NOTHING_MW);
        let mut found = Vec::new();
        for (index, component) in context.site.components.iter().enumerate() {
            if component.planned().is_some()
                && component.rating_mw() > 0.0
                && !is_in(&decisions.orders, index)
            {
                found.push(self.nearest(Decided::Part, &[index]));
            }
            let can_convert = component
                .hall()
                .is_some_and(|hall| hall.fit_out.is_some() && hall.hosting_max_mw() > hall.fitted_mw);
            if can_convert && !is_in(&decisions.fits, index) {
                found.push(self.nearest(Decided::FitOut, &[index]));
            }
        }
        for offer in 0..context.site.offers.len() {
            let halls: Vec<usize> = (0..context.candidates.len())
                .filter(|candidate| context.candidates[*candidate].offer == offer)
                .collect();
            // An offer that fits no hall is refused, with its own reasons.
            if !halls.is_empty() && !halls.iter().any(|candidate| is_in(&decisions.starts, *candidate)) {
                found.push(self.nearest(Decided::Hosting, &halls));
            }
        }
        found.into_iter().flatten().collect()
    }

    /// The one of several, at its best date, that lacks least.
    fn nearest(&self, decided: Decided, several: &[usize]) -> Option<Told> {
        let columns = self.columns(decided);
        let best =
            several.iter().flat_map(|of| columns.range((*of, 0)..=(*of, usize::MAX))).max_by(|a, b| {
                self.prices.reduced(*a.1).total_cmp(&self.prices.reduced(*b.1)).then(b.0.cmp(a.0))
            });
        let of = best.map_or(*several.first()?, |((of, _), _)| *of);
        let (object, offer) = self.object(decided, of);
        let subject = self.subject(decided, of);
        let lacks = best.map(|((of, period), column)| {
            let money = self.prices.alone(decided, *of, *period);
            (self.day(*period), self.worth(money, *column, None))
        });
        let now = match &lacks {
            Some((day, worth)) => words::left_out(&subject, decided, *day, worth),
            None => words::never(&subject, self.context(), decided),
        };
        let reason = Reason {
            decided,
            object,
            offer,
            date: None,
            last: None,
            mw: 0.0,
            money_usd: 0.0,
            now,
            earlier: None,
            later: None,
            lacks: lacks.map(|(_, worth)| worth),
        };
        Some(Told { reason, subject, of, first: 0, last: 0 })
    }

    fn object(&self, decided: Decided, of: usize) -> (String, Option<String>) {
        let context = self.context();
        match decided {
            Decided::Part | Decided::FitOut => (context.component(of).id.clone(), None),
            Decided::Hosting => {
                let candidate = &context.candidates[of];
                (context.component(candidate.hall).id.clone(), Some(context.offer(candidate).id.clone()))
            }
        }
    }

    /// `T2`, `Fit-out of West`, `North in West`.
    fn subject(&self, decided: Decided, of: usize) -> String {
        let context = self.context();
        match decided {
            Decided::Part => context.label(of),
            Decided::FitOut => format!("Fit-out of {}", context.label(of)),
            Decided::Hosting => {
                let candidate = &context.candidates[of];
                format!("{} in {}", context.offer(candidate).name, context.label(candidate.hall))
            }
        }
    }
}

/// USD a MW, and what it is made of, largest first.
fn shares_of(money: Money) -> (f64, Vec<WorthShare>) {
    let mut shares: Vec<WorthShare> = money
        .into_iter()
        .map(|((constraint, what), million)| WorthShare { constraint, what, usd_per_mw: million * MILLION })
        .collect();
    let usd_per_mw = shares.iter().map(|share| share.usd_per_mw).sum();
    shares.retain(|share| share.usd_per_mw.abs() >= LEAST_SHARE_USD);
    shares.sort_by(|a, b| b.usd_per_mw.abs().total_cmp(&a.usd_per_mw.abs()));
    (usd_per_mw, shares)
}
