//! (C7) what must survive a loss, jointly over halls: rows cut from losses that the present plan would not survive.
//!
//! A row a loss, class and period would be some thousands, of which a handful ever bind. So the program is solved
//! without them, each loss of each period is judged on the parts in service then, and only the rows that are broken
//! are added (lazy Benders cuts, Farkas form; `engineering::firm` proves them).

use super::Program;
use crate::engineering::carry::Ratings;
use crate::engineering::{Contingency, FirmCut, Mode, Screen};
use crate::lp::{Expression, Origin, SolveError};
use crate::plan::Binding;
use crate::plan::context::{Context, name, stamp};
use crate::site::{FailureClass, Kind};
use std::collections::BTreeMap;

/// A vector below this hosts nothing, MW.
const NOTHING_MW: f64 = 1e-6;
/// A row is broken by more than this, MW.
const BROKEN_MW: f64 = 1e-5;

/// A row of (C7) that was cut: what a loss lets be hosted, in the ratings of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct LossRow {
    pub period: usize,
    pub cut: FirmCut,
}

/// Judges the losses of plans of one context, period by period, remembering what was proven.
#[derive(Debug)]
pub struct Losses<'a> {
    /// `None` where the drawing is too large for every loss to be looked at, which the context's notes say.
    screen: Option<Screen<'a>>,
    /// Rows that were broken before. They hold in any period, in that period's ratings.
    known: Vec<FirmCut>,
    /// The way to run that a loss of a period is kept to.
    held: BTreeMap<(usize, Contingency), Mode>,
}

impl<'a> Losses<'a> {
    pub fn new(context: &'a Context<'a>) -> Self {
        Self {
            screen: context.layout.as_ref().and_then(Screen::new),
            known: Vec::new(),
            held: BTreeMap::new(),
        }
    }

    /// Adds the rows that the present point breaks; returns how many.
    ///
    /// # Errors
    /// [`SolveError`].
    pub fn cut(&mut self, program: &mut Program<'_>, values: &[f64]) -> Result<usize, SolveError> {
        let Some(screen) = &mut self.screen else { return Ok(0) };
        let mut added = 0;
        let mut survived: Option<(Ratings, BTreeMap<FailureClass, Vec<f64>>)> = None;
        // The last period first: what carries the most, carries what stood before it where the parts did too.
        for period in (0..program.periods()).rev() {
            let wanted: BTreeMap<FailureClass, Vec<f64>> = FailureClass::ALL
                .into_iter()
                .map(|class| (class, program.must_survive(class, period, values)))
                .filter(|(_, by_hall)| by_hall.iter().sum::<f64>() > NOTHING_MW)
                .collect();
            if wanted.is_empty() {
                continue;
            }
            let ratings = program.ratings_in_service(period, values);
            let present = (ratings.clone(), wanted);
            if survived.as_ref() == Some(&present) {
                continue;
            }
            screen.set_ratings(ratings);
            let before = added;
            // What broke in another period mostly breaks here too, and needs no program to be found.
            for (class, by_hall) in &present.1 {
                let hosting = screen.layout().by_component(by_hall);
                for cut in self.known.iter().filter(|cut| cut.class == *class) {
                    let held = self.held.get(&(period, cut.loss));
                    if held.is_none_or(|mode| *mode == cut.mode)
                        && cut.excess(&hosting, &present.0) > BROKEN_MW * cut.largest_weight()
                        && screen.proven_way(cut.loss, by_hall, held).is_none()
                    {
                        added += program.add_loss_row(cut, period);
                    }
                }
            }
            if added > before {
                continue;
            }
            for (class, by_hall) in &present.1 {
                let held = |loss: Contingency| self.held.get(&(period, loss)).cloned();
                for cut in screen.broken_rows(*class, by_hall, &held)? {
                    added += program.add_loss_row(&cut, period);
                    if !self.known.iter().any(|known| known.says_the_same(&cut)) {
                        self.known.push(cut);
                    }
                }
            }
            survived = (added == before).then_some(present);
        }
        Ok(added)
    }

    /// Keeps to the ways in which a plan lives through the losses from now on, so that what is asked of plans beside it has
    /// that plan among its answers.
    pub fn hold(&mut self, program: &Program<'_>, values: &[f64]) {
        let Some(screen) = &mut self.screen else { return };
        for period in 0..program.periods() {
            screen.set_ratings(program.ratings_in_service(period, values));
            for class in FailureClass::ALL {
                let by_hall = program.must_survive(class, period, values);
                if by_hall.iter().sum::<f64>() <= NOTHING_MW {
                    continue;
                }
                for loss in screen.losses(class) {
                    if let Some(mode) = screen.proven_way(loss, &by_hall, None) {
                        self.held.insert((period, loss), mode);
                    }
                }
            }
        }
    }
}

impl Program<'_> {
    /// Hosting of a class and above in a period, by hall of the layout, MW.
    pub fn must_survive(&self, class: FailureClass, period: usize, values: &[f64]) -> Vec<f64> {
        let halls = self.context.layout.as_ref().map_or(&[][..], |layout| &layout.halls);
        halls.iter().map(|hall| self.surviving_in(hall.component, class, period).at(values)).collect()
    }

    /// Tenants of a hall that ask to survive the losses of a class.
    pub(super) fn surviving_in(&self, hall: usize, class: FailureClass, period: usize) -> Expression {
        let context = self.context;
        let mut sum = Expression::default();
        for (index, candidate) in context.candidates.iter().enumerate() {
            let offer = context.offer(candidate);
            if candidate.hall == hall
                && !offer.is_bitcoin_hosting()
                && offer.needs.survives >= class
                && let Some(column) = self.handles.host.get(&(index, period))
            {
                sum.add(*column, 1.0);
            }
        }
        sum
    }

    pub fn ratings_in_service(&self, period: usize, values: &[f64]) -> Ratings {
        let components = &self.context.site.components;
        let mut ratings = Ratings {
            parts: (0..components.len())
                .map(|part| self.rating_or_drawn(part, period).at(values).max(0.0))
                .collect(),
            firm: vec![f64::INFINITY; components.len()],
        };
        for (feed, data) in self.context.feeds.iter().enumerate() {
            let part = data.component;
            ratings.parts[part] = ratings.parts[part].min(self.contract_mw(feed, period));
            ratings.firm[part] = self.firm_mw(feed, period);
        }
        ratings
    }

    /// [`Program::rating`], and the drawn rating of a hall: what space a tenant has is (C4)'s to say.
    fn rating_or_drawn(&self, part: usize, period: usize) -> Expression {
        let component = self.context.component(part);
        match component.kind {
            Kind::Hall(_) => Expression::constant(component.rating_mw()),
            _ => self.rating(part, period),
        }
    }

    /// Adds a row unless one that says the same is there; returns how many it added.
    pub fn add_loss_row(&mut self, cut: &FirmCut, period: usize) -> usize {
        let context = self.context;
        // Many losses leave the same: either of two halves of a path.
        if self.loss_rows.iter().any(|(_, row)| row.period == period && row.cut.says_the_same(cut)) {
            return 0;
        }
        // In MW of the hall that counts most, so that the price of the row is a price of a megawatt.
        let unit = cut.largest_weight();
        if unit <= 0.0 {
            return 0;
        }
        let mut left = Expression::default();
        for (hall, weight) in &cut.hosting {
            left.add_scaled(&self.surviving_in(*hall, cut.class, period), weight / unit);
        }
        let mut right = Expression::constant(cut.constant / unit);
        for (part, weight) in &cut.capacity {
            match context.feeds.iter().position(|feed| feed.component == *part) {
                // A feed is as good as its contract, which nobody orders.
                Some(feed) => {
                    let rating = context.component(*part).rating_mw().min(self.contract_mw(feed, period));
                    right.constant += weight / unit * rating;
                }
                None => right.add_scaled(&self.rating_or_drawn(*part, period), weight / unit),
            }
        }
        for (part, weight) in &cut.firm {
            if let Some(feed) = context.feeds.iter().position(|feed| feed.component == *part) {
                right.constant += weight / unit * self.firm_mw(feed, period);
            }
        }
        // By its place in the period: what is cut elsewhere leaves its name, by which a basis knows it, as it is.
        let number = self.loss_rows.iter().filter(|(_, row)| row.period == period).count().to_string();
        let row = name(&["C7", "loss", cut.class.label(), &number, &stamp(&context.calendar, period)]);
        let object = match &cut.cut[..] {
            [] => format!("Hosting in the {}", cut.contingency),
            parts => format!(
                "Hosting in the {}{}{}",
                cut.contingency,
                Binding::LIMITED_BY,
                parts.join(Binding::AND)
            ),
        };
        let origin = Origin { family: "C7 loss", object, unit: "MW" };
        self.at_most(row, left, &right, origin);
        let row = LossRow { period, cut: cut.clone() };
        self.loss_rows.push((self.model.rows.len() - 1, row));
        1
    }
}
