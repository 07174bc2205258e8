//! Whole decisions (C2), (C8): blocks, fixed prices paid with the first order, options, least MW of offers that are not
//! signed, and offers of which one at most is taken.
//!
//! Integers count from the first day on, `N[k,t]` blocks and `Y[k,t]` whether the fixed price has been paid: whether something
//! has begun by a date is a question that splits the plans, while an order of one quarter moves to the next for little. With
//! `n[t] = N[t] - N[t-1]` and `y[t] = Y[t] - Y[t-1]`, both at least 0, and binaries `z`, `v`:
//!
//! - A part in blocks of `b` MW, up to its rating `R` and `ceil(R/b)` blocks: `b n[k,t] - over <= build[k,t] <= b n[k,t]`,
//!   `over = b ceil(R/b) - R`. The blocks carry the price, so that a last block which exceeds what is left of the rating is
//!   paid whole; what exceeds is not used.
//! - A fixed price, paid with `y`: `sum_{u<=t} build[k,u] <= R Y[k,t]`, and an order that carries the fixed price is one:
//!   `build[k,t] >= least * y[k,t]`, where least is a block or a thousandth of the rating. The same of fit-outs.
//! - Options of a set: their shares are binary.
//! - An offer in blocks: `start[h,o,t] = b m[h,o,t]`, with integer `M` as `N`, as many as its most MW hold.
//! - An offer that is taken: `sum_h host[h,o,t] <= most * z[o]`. Of offers that exclude each other, `sum_o z[o] <= 1`. One that
//!   is not signed has at least its least MW under contract at some time. Where all starts fall within one term, that is
//!   when the last may fall: `sum_h host[h,o,last] >= least * z[o]`; else at a time that is chosen, `>= least * v[o,t]` with
//!   `sum_t v[o,t] >= z[o]`, since what is under contract is most when something has just started.
//!
//! Relaxed, with every integer a fraction, the program gives what the linear one does where nothing is gained by paying a
//! fixed price sooner: `n = build/b`, `y = build/R`. Shares of offers that exclude each other, as of options, are kept in
//! linear plans too.

use super::{ColumnCash, Program};
use crate::lp::{Column, Expression, Origin, RowIndex, Sense};
use crate::plan::context::name;
use crate::plan::prices;
use crate::site::{FitOut, Offer, OfferStatus, Planned};
use std::collections::BTreeMap;

/// Blocks beyond this number are so small that any size is as good; the plan says so.
const MOST_BLOCKS: f64 = 10_000.0;

/// Least order that carries a fixed price, as a share of the rating, where there are no blocks.
const LEAST_ORDER: f64 = 1e-3;

/// Columns of whole decisions, by what they decide; see [`super::Handles`].
#[derive(Clone, Debug, Default)]
pub struct Whole {
    /// Blocks of a planned part ordered in a period.
    pub blocks: BTreeMap<(usize, usize), Column>,
    /// The fixed price of a planned part is paid in a period.
    pub first: BTreeMap<(usize, usize), Column>,
    /// The fixed price of a hall's fit-out is paid.
    pub first_fit: BTreeMap<(usize, usize), Column>,
    /// Blocks of a candidate that start in a period.
    pub start_blocks: BTreeMap<(usize, usize), Column>,
    /// An offer is taken.
    pub taken: BTreeMap<usize, Column>,
    /// An offer has its least MW in a period.
    pub at_least: BTreeMap<(usize, usize), Column>,
    /// An option of a set is chosen.
    pub options: Vec<Column>,
    /// What has been ordered, paid or started by a period: sums of the others.
    by: Vec<Column>,
    /// Rows that a decision opens.
    gates: Vec<Gate>,
    /// Bounds of the columns while their decisions are held.
    held: Vec<(Column, f64, f64)>,
    /// Gates of decisions that are held stand open.
    stand_open: bool,
}

/// A row that says nothing once its decision is made.
#[derive(Clone, Debug)]
struct Gate {
    row: RowIndex,
    opened_by: Column,
    /// What it lets through.
    most: f64,
}

/// Blocks that something comes in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blocks {
    pub mw: f64,
    pub count: f64,
}

impl Blocks {
    fn new(block_mw: Option<f64>, count: impl Fn(f64) -> f64) -> Option<Self> {
        let mw = block_mw.filter(|mw| mw.is_finite() && *mw > 0.0)?;
        Some(Self { mw, count: count(mw) }).filter(|blocks| blocks.count <= MOST_BLOCKS)
    }

    /// Whole blocks that hold an amount, MW; a rounding error over a block is none.
    pub fn holding(&self, mw: f64) -> f64 {
        (mw / self.mw - 1e-6).ceil().max(0.0)
    }
}

/// Blocks of a planned part up to its rating; the last may exceed it. `None` where it comes in any size, and where blocks
/// are too small to matter.
pub fn part_blocks(planned: &Planned, rating_mw: f64) -> Option<Blocks> {
    Blocks::new(planned.block_mw, |mw| (rating_mw / mw - 1e-9).ceil())
}

/// Blocks that a customer takes up to the most MW; `None` as of parts.
fn offer_blocks(offer: &Offer) -> Option<Blocks> {
    Blocks::new(offer.block_mw, |mw| (offer.max_mw / mw + 1e-9).floor())
}

/// True of blocks that are too small to be kept to.
pub fn too_small(block_mw: Option<f64>, most_mw: f64) -> bool {
    block_mw.is_some_and(|mw| mw > 0.0 && most_mw / mw > MOST_BLOCKS)
}

impl Program<'_> {
    /// Cash of a MW of a part ordered in a period; in whole decisions the fixed price and blocks get columns that carry
    /// theirs.
    pub(super) fn order_cash(
        &mut self,
        part: usize,
        period: usize,
        planned: &Planned,
        max_mw: f64,
    ) -> ColumnCash {
        let (calendar, company) = (&self.context.calendar, &self.context.site.company);
        if !self.is_whole {
            return self.outlay(prices::part(calendar, company, period, planned, max_mw));
        }
        let per_mw = prices::part_mw(calendar, company, period, planned);
        let (id, stamp) = (&self.context.component(part).id, self.stamp(period));
        if planned.fixed_usd > 0.0 {
            let cash = self.outlay(prices::part_fixed(calendar, company, period, planned));
            let first = self.add_column(name(&["first", id, &stamp]), 0.0, 1.0, cash);
            self.handles.whole.first.insert((part, period), first);
        }
        let Some(blocks) = part_blocks(planned, max_mw) else { return self.outlay(per_mw) };
        let cash = self.outlay(per_mw.into_iter().map(|(month, usd)| (month, usd * blocks.mw)).collect());
        let column = self.add_column(name(&["blocks", id, &stamp]), 0.0, blocks.count, cash);
        self.handles.whole.blocks.insert((part, period), column);
        ColumnCash::default()
    }

    /// As [`Program::order_cash`], of a critical MW of fit-out.
    pub(super) fn fit_cash(&mut self, hall: usize, period: usize, fit: &FitOut, max_mw: f64) -> ColumnCash {
        let (calendar, company) = (&self.context.calendar, &self.context.site.company);
        if !self.is_whole {
            return self.outlay(prices::fit_out(calendar, company, period, fit, max_mw));
        }
        let per_mw = self.outlay(prices::fit_out_mw(calendar, company, period, fit));
        if fit.fixed_usd > 0.0 {
            let cash = self.outlay(prices::fit_out_fixed(calendar, company, period, fit));
            let label = name(&["first-fit", &self.context.component(hall).id, &self.stamp(period)]);
            let first = self.add_column(label, 0.0, 1.0, cash);
            self.handles.whole.first_fit.insert((hall, period), first);
        }
        per_mw
    }

    /// MW that a customer takes at a time; nothing where any size starts.
    pub(super) fn start_block(&self, offer: &Offer) -> f64 {
        if self.is_whole { offer_blocks(offer).map_or(0.0, |blocks| blocks.mw) } else { 0.0 }
    }

    /// Columns of what customers take whole.
    pub(super) fn add_taken_columns(&mut self) {
        let context = self.context;
        if self.is_whole {
            let starts: Vec<(usize, usize)> = self.handles.start.keys().copied().collect();
            for (candidate, period) in starts {
                let data = &context.candidates[candidate];
                let offer = context.offer(data);
                let Some(blocks) = offer_blocks(offer) else { continue };
                let hall = &context.component(data.hall).id;
                let label = name(&["start-blocks", hall, &offer.id, &self.stamp(period)]);
                let column = self.add_column(label, 0.0, blocks.count, ColumnCash::default());
                self.handles.whole.start_blocks.insert((candidate, period), column);
            }
        }
        for (index, offer) in context.site.offers.iter().enumerate() {
            let excludes = self.set_of(offer).len() > 1;
            if !self.is_candidate(index) || !(excludes || self.has_least(offer)) {
                continue;
            }
            // What is signed is taken.
            let least = if excludes && offer.status == OfferStatus::Signed { 1.0 } else { 0.0 };
            let taken = self.add_column(name(&["taken", &offer.id]), least, 1.0, ColumnCash::default());
            self.handles.whole.taken.insert(index, taken);
            if !self.has_least(offer) || self.last_of_one_term(index).is_some() {
                continue;
            }
            for period in self.start_periods(index) {
                let label = name(&["at-least", &offer.id, &self.stamp(period)]);
                let column = self.add_column(label, 0.0, 1.0, ColumnCash::default());
                self.handles.whole.at_least.insert((index, period), column);
            }
        }
    }

    /// True when some of an offer may start.
    fn is_candidate(&self, offer: usize) -> bool {
        self.handles.start.keys().any(|(candidate, _)| self.context.candidates[*candidate].offer == offer)
    }

    fn has_least(&self, offer: &Offer) -> bool {
        self.is_whole && offer.min_mw > 0.0 && offer.status != OfferStatus::Signed
    }

    /// Offers of the same set that may start, the offer itself among them; none where it is in no set.
    fn set_of(&self, offer: &Offer) -> Vec<usize> {
        let Some(set) = &offer.exclusive_set else { return Vec::new() };
        let offers = self.context.site.offers.iter().enumerate();
        offers
            .filter(|(index, other)| other.exclusive_set.as_ref() == Some(set) && self.is_candidate(*index))
            .map(|(index, _)| index)
            .collect()
    }

    /// Periods in which some of an offer may start, in order.
    fn start_periods(&self, offer: usize) -> Vec<usize> {
        let starts = self.handles.start.keys();
        let mut periods: Vec<usize> = starts
            .filter(|(candidate, _)| self.context.candidates[*candidate].offer == offer)
            .map(|(_, period)| *period)
            .collect();
        periods.sort_unstable();
        periods.dedup();
        periods
    }

    /// The last period in which some of an offer may start, where nothing that started before has come to its term.
    fn last_of_one_term(&self, offer: usize) -> Option<usize> {
        let calendar = &self.context.calendar;
        let periods = self.start_periods(offer);
        let (first, last) = (*periods.first()?, *periods.last()?);
        let term = self.context.site.offers[offer].term_months.round();
        let ended = calendar.period_from(calendar.periods[first].first_month as f64 + term);
        ended.is_none_or(|ended| ended > last).then_some(last)
    }

    pub(super) fn add_whole_rows(&mut self) {
        self.add_block_rows();
        let first = std::mem::take(&mut self.handles.whole.first);
        let build = self.handles.build.clone();
        self.add_first_rows("C2", &first, &build);
        self.handles.whole.first = first;
        let first_fit = std::mem::take(&mut self.handles.whole.first_fit);
        let fit = self.handles.fit.clone();
        self.add_first_rows("C4", &first_fit, &fit);
        self.handles.whole.first_fit = first_fit;
        self.add_taken_rows();
    }

    /// A column that is the sum of others up to a period, kept within `most`.
    fn add_running(&mut self, label: String, before: Option<Column>, step: Column, most: f64) -> Column {
        let running = self.add_column(label.clone(), 0.0, most, ColumnCash::default());
        let mut sum = Expression::of(step, 1.0);
        if let Some(before) = before {
            sum.add(before, 1.0);
        }
        self.equal(name(&["whole", &label]), Expression::of(running, 1.0), &sum, whole_origin(label));
        self.handles.whole.by.push(running);
        running
    }

    fn add_block_rows(&mut self) {
        let context = self.context;
        let mut before: Option<(usize, Column)> = None;
        for ((part, period), column) in self.handles.whole.blocks.clone() {
            let component = context.component(part);
            let Some(blocks) =
                component.planned().and_then(|terms| part_blocks(terms, component.rating_mw()))
            else {
                continue;
            };
            let label = name(&["blocks-by", &component.id, &self.stamp(period)]);
            let last = before.filter(|(of, _)| *of == part).map(|(_, column)| column);
            before = Some((part, self.add_running(label, last, column, blocks.count)));
            let build = Expression::of(self.handles.build[&(part, period)], 1.0);
            let over = (blocks.mw * blocks.count - component.rating_mw()).max(0.0);
            let whole = Expression::of(column, blocks.mw);
            let row = name(&["C2", "blocks", &component.id, &self.stamp(period)]);
            let origin = whole_origin(context.label(part));
            if over <= 1e-9 * blocks.mw {
                self.equal(row, build, &whole, origin);
                continue;
            }
            self.at_most(row, build.clone(), &whole, origin.clone());
            let row = name(&["C2", "last-block", &component.id, &self.stamp(period)]);
            let mut least = whole;
            least.constant = -over;
            self.model.add_row(row, build, Sense::AtLeast, &least, origin);
        }
        let mut before: Option<(usize, Column)> = None;
        for ((candidate, period), column) in self.handles.whole.start_blocks.clone() {
            let data = &context.candidates[candidate];
            let offer = context.offer(data);
            let label =
                name(&["started-by", &context.component(data.hall).id, &offer.id, &self.stamp(period)]);
            let last = before.filter(|(of, _)| *of == candidate).map(|(_, column)| column);
            // A block that has come to its term may be taken again.
            before = Some((candidate, self.add_running(label, last, column, f64::INFINITY)));
            let start = Expression::of(self.handles.start[&(candidate, period)], 1.0);
            let hall = &context.component(data.hall).id;
            let row = name(&["C8", "blocks", hall, &offer.id, &self.stamp(period)]);
            let whole = Expression::of(column, self.start_block(offer));
            self.equal(row, start, &whole, whole_origin(offer.name.clone()));
        }
    }

    /// Nothing is built before the fixed price is paid, once.
    fn add_first_rows(
        &mut self,
        family: &str,
        firsts: &BTreeMap<(usize, usize), Column>,
        orders: &BTreeMap<(usize, usize), Column>,
    ) {
        let context = self.context;
        let mut parts: Vec<usize> = firsts.keys().map(|(part, _)| *part).collect();
        parts.dedup();
        for part in parts {
            let component = context.component(part);
            let id = &component.id;
            let (mut ordered, mut before) = (Expression::default(), None);
            for ((_, period), first) in firsts.range((part, 0)..=(part, usize::MAX)) {
                let order = orders[&(part, *period)];
                let max = self.model.columns[order].upper;
                let stamp = self.stamp(*period);
                let paid = self.add_running(name(&[family, "paid-by", id, &stamp]), before, *first, 1.0);
                before = Some(paid);
                ordered.add(order, 1.0);
                let origin = whole_origin(context.label(part));
                let row = name(&[family, "first", id, &stamp]);
                self.at_most(row, ordered.clone(), &Expression::of(paid, max), origin.clone());
                let row = self.model.rows.len() - 1;
                self.handles.whole.gates.push(Gate { row, opened_by: paid, most: max });
                let planned = component.planned().filter(|_| family == "C2");
                let blocks = planned.and_then(|planned| part_blocks(planned, max));
                let least = blocks.map_or(LEAST_ORDER * max, |blocks| blocks.mw.min(max));
                let row = name(&[family, "first-order", id, &stamp]);
                let right = Expression::of(*first, least);
                self.model.add_row(row, Expression::of(order, 1.0), Sense::AtLeast, &right, origin);
            }
        }
    }

    fn add_taken_rows(&mut self) {
        let context = self.context;
        for (index, taken) in self.handles.whole.taken.clone() {
            let offer = &context.site.offers[index];
            let halls = context.candidates.iter().filter(|candidate| candidate.offer == index);
            let space: f64 = halls.map(|candidate| candidate.pair.hosting_max_mw).sum();
            let most = offer.max_mw.min(space);
            for period in 0..self.periods() {
                let row = name(&["C8", "taken", &offer.id, &self.stamp(period)]);
                let hosted = self.hosted_for(index, period);
                if hosted.is_zero() {
                    continue;
                }
                self.at_most(row, hosted, &Expression::of(taken, most), whole_origin(offer.name.clone()));
                let row = self.model.rows.len() - 1;
                self.handles.whole.gates.push(Gate { row, opened_by: taken, most });
            }
            if !self.has_least(offer) {
                continue;
            }
            let mut chosen = Expression::default();
            let times: Vec<(usize, Column)> = match self.last_of_one_term(index) {
                Some(last) => vec![(last, taken)],
                None => {
                    let at_least = self.handles.whole.at_least.range((index, 0)..=(index, usize::MAX));
                    at_least.map(|((_, period), column)| (*period, *column)).collect()
                }
            };
            for (period, column) in &times {
                chosen.add(*column, 1.0);
                let row = name(&["C8", "least-taken", &offer.id, &self.stamp(*period)]);
                let origin = Origin { family: "C8 least", object: offer.name.clone(), unit: "MW" };
                let hosted = self.hosted_for(index, *period);
                let least = Expression::of(*column, offer.min_mw);
                self.model.add_row(row, hosted, Sense::AtLeast, &least, origin);
            }
            if times.iter().all(|(_, column)| *column != taken) {
                let row = name(&["C8", "some-time", &offer.id]);
                let right = Expression::of(taken, 1.0);
                let origin = whole_origin(offer.name.clone());
                self.model.add_row(row, chosen, Sense::AtLeast, &right, origin);
            }
        }
        self.add_exclusive_rows();
    }

    /// At most one offer of a set is taken; of several that are signed, those and no other.
    fn add_exclusive_rows(&mut self) {
        let context = self.context;
        let mut sets: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for index in self.handles.whole.taken.keys() {
            if let Some(set) = &context.site.offers[*index].exclusive_set {
                sets.entry(set).or_default().push(*index);
            }
        }
        for (set, offers) in sets.into_iter().filter(|(_, offers)| offers.len() > 1) {
            let signed = offers
                .iter()
                .filter(|offer| context.site.offers[**offer].status == OfferStatus::Signed)
                .count();
            let taken = offers.iter().map(|offer| (self.handles.whole.taken[offer], 1.0)).collect();
            let origin = whole_origin(format!("offers of {set}"));
            let right = Expression::constant(signed.max(1) as f64);
            let row = name(&["C8", "one-of", set]);
            self.at_most(row, Expression { terms: taken, constant: 0.0 }, &right, origin);
        }
    }

    /// Every column that is to be whole: choices first, then what is done by when.
    pub fn whole_columns(&self) -> Vec<Column> {
        if !self.is_whole {
            return Vec::new();
        }
        let whole = &self.handles.whole;
        let mut columns: Vec<Column> = whole.taken.values().copied().collect();
        columns.extend(&whole.options);
        columns.extend(whole.at_least.values());
        columns.extend(&whole.by);
        columns
    }

    /// How many of [`Program::whole_columns`] are choices.
    pub fn choices(&self) -> usize {
        let whole = &self.handles.whole;
        whole.taken.len() + whole.options.len() + whole.at_least.len()
    }

    /// Has a solver keep whole decisions whole.
    pub fn ask_whole(&mut self) {
        self.release();
        for column in self.whole_columns() {
            self.model.columns[column].is_integer = true;
        }
    }

    /// Holds the whole decisions of a point, and leaves the rest of the program linear. Rows that a decision opens say
    /// nothing then, so that no price is theirs.
    pub fn hold(&mut self, values: &[f64]) {
        let whole = self.whole_columns();
        let bounds: Vec<(Column, f64, f64)> = whole
            .into_iter()
            .map(|column| (column, values[column].round(), values[column].round()))
            .collect();
        self.narrow(&bounds);
        self.handles.whole.stand_open = true;
        self.shift_gates(1.0);
    }

    /// Lets whole decisions range only within bounds: (column, lower, upper). All others are free.
    pub fn narrow(&mut self, bounds: &[(Column, f64, f64)]) {
        self.release();
        for (column, lower, upper) in bounds {
            let data = &mut self.model.columns[*column];
            self.handles.whole.held.push((*column, data.lower, data.upper));
            let (least, most) = (data.lower, data.upper);
            (data.lower, data.upper) = (lower.clamp(least, most), upper.clamp(least, most));
        }
    }

    /// Lets go of whole decisions: fractions of them may be taken.
    pub fn release(&mut self) {
        for column in self.whole_columns() {
            self.model.columns[column].is_integer = false;
        }
        if std::mem::take(&mut self.handles.whole.stand_open) {
            self.shift_gates(-1.0);
        }
        // The last first: a column that was narrowed twice gets its first bounds back.
        for (column, lower, upper) in std::mem::take(&mut self.handles.whole.held).into_iter().rev() {
            let data = &mut self.model.columns[column];
            (data.lower, data.upper) = (lower, upper);
        }
    }

    fn shift_gates(&mut self, sign: f64) {
        for gate in &self.handles.whole.gates {
            if self.model.columns[gate.opened_by].lower > 0.5 {
                self.model.rows[gate.row].right += sign * gate.most;
            }
        }
    }
}

/// Rows that put a decision into numbers are nobody's limit.
fn whole_origin(object: String) -> Origin {
    Origin { family: "whole", object, unit: "" }
}
