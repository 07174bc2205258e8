//! Judges one loss after the other against ratings, remembering what was carried.

use std::collections::BTreeMap;

use super::super::capacity::SAME_MW;
use super::super::carry::{Layout, Limit, Program, Ratings, Stream, rating_of};
use super::super::supply::{Port, Sources};
use super::cut::FirmCut;
use super::loss::{Contingency, Leaning, contingencies_of, factor};
use crate::lp::{self, Session, SolveError, Solver};
use crate::site::{FailureClass, Kind, Layer};

/// Most parts and links leaned on whose every loss is looked at.
pub const MOST_LOSSES: usize = 1_200;

/// How the site runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    Utility,
    /// These halls on the gensets, the others on the utility.
    Split(Vec<bool>),
    Gensets,
}

#[derive(Debug)]
pub(super) struct Carrier {
    pub program: Program,
    pub session: Session,
}

/// Flows that carried a vector once.
#[derive(Debug)]
pub(super) struct Witness {
    pub mode: Mode,
    pub hosting: Vec<f64>,
    /// In the order of [`Limit`].
    pub used: Vec<(Limit, f64)>,
    /// How many times over the flows fit the present ratings with nothing lost; below one where less is built now.
    pub fits: f64,
}

impl Witness {
    /// Looks at the flows again under other ratings. Flows may be scaled: loads are linear in the halls' megawatts.
    fn measure(&mut self, layout: &Layout, ratings: &Ratings) {
        let times = |(limit, mw): &(Limit, f64)| (rating_of(layout, ratings, *limit) + SAME_MW / 10.0) / mw;
        let used = self.used.iter().filter(|(_, mw)| *mw > 1e-9);
        self.fits = used.map(times).fold(f64::INFINITY, f64::min);
    }

    fn uses(&self, limit: Limit) -> f64 {
        let place = self.used.binary_search_by_key(&limit, |(of, _)| *of);
        place.map_or(0.0, |place| self.used[place].1)
    }
}

/// What a loss serves of a vector.
pub(super) struct Served {
    pub hosting: Vec<f64>,
    pub short_mw: f64,
}

/// Judges losses against ratings, remembering what was carried.
#[derive(Debug)]
pub struct Screen<'a> {
    pub(super) layout: &'a Layout<'a>,
    pub(super) leaning: Leaning,
    pub(super) ratings: Ratings,
    pub(super) carriers: BTreeMap<Mode, Carrier>,
    pub(super) witnesses: Vec<Witness>,
    pub(super) has_gensets: bool,
    /// False: every loss is solved. For proof that remembering changes nothing.
    pub(super) remembers: bool,
    pub(super) solved: usize,
    pub(super) looked_at: usize,
}

impl<'a> Screen<'a> {
    /// A screen at full build; `None` when more parts are leaned on than losses can be looked at.
    pub fn new(layout: &'a Layout<'a>) -> Option<Self> {
        let leaning = Leaning::new(layout);
        let has_gensets = leaning.all.iter().any(|limit| match limit {
            Limit::Part(node) => matches!(layout.component(*node).kind, Kind::Genset(_)),
            _ => false,
        });
        (leaning.all.len() <= MOST_LOSSES).then(|| Self {
            layout,
            leaning,
            ratings: layout.full_build(),
            carriers: BTreeMap::new(),
            witnesses: Vec::new(),
            has_gensets,
            remembers: true,
            solved: 0,
            looked_at: 0,
        })
    }

    pub fn layout(&self) -> &'a Layout<'a> {
        self.layout
    }

    /// Judges from now on against other ratings, such as what is built in some year.
    pub fn set_ratings(&mut self, ratings: Ratings) {
        self.witnesses.iter_mut().for_each(|witness| witness.measure(self.layout, &ratings));
        self.ratings = ratings;
    }

    /// The losses that a class asks to survive, besides those of the class below it.
    pub fn losses(&self, class: FailureClass) -> Vec<Contingency> {
        contingencies_of(self.layout, &self.leaning, class)
    }

    /// Rows broken by a hosting vector (by hall) in the losses of one class; none when every loss serves it. A loss that is
    /// held to one way to run is judged in that.
    ///
    /// # Errors
    /// [`SolveError`].
    pub fn broken_rows(
        &mut self,
        class: FailureClass,
        hosting: &[f64],
        held: &dyn Fn(Contingency) -> Option<Mode>,
    ) -> Result<Vec<FirmCut>, SolveError> {
        let mut broken = Vec::new();
        for contingency in self.losses(class) {
            let held = held(contingency);
            // Which of the ways to run serves it does not matter here: one whose flows are known needs no program.
            if self.proven_way(contingency, hosting, held.as_ref()).is_some() {
                continue;
            }
            let modes = held.map_or_else(|| self.modes(contingency), |mode| vec![mode]);
            if let Err(ways) = self.ways(&modes, contingency, class, hosting)? {
                broken.push(ways);
            }
        }
        Ok(cheapest_ways(broken))
    }

    /// A way to run in which flows that are known carry a hosting vector (by hall) through a loss: any, or the one it is
    /// held to.
    pub fn proven_way(&self, loss: Contingency, hosting: &[f64], held: Option<&Mode>) -> Option<Mode> {
        let modes = held.map_or_else(|| self.modes(loss), |mode| vec![mode.clone()]);
        modes.into_iter().find(|mode| self.proven(mode, loss, hosting))
    }

    /// The ways the site may run in a loss, preferred first.
    pub(super) fn modes(&self, contingency: Contingency) -> Vec<Mode> {
        match contingency {
            Contingency::Nothing => vec![Mode::Utility],
            Contingency::Utility => vec![Mode::Gensets],
            _ if !self.has_gensets => vec![Mode::Utility],
            Contingency::Unit(node) | Contingency::Part(node) => self.modes_without(Limit::Part(node)),
            Contingency::Link(link) => self.modes_without(Limit::Link(link)),
        }
    }

    fn modes_without(&self, lost: Limit) -> Vec<Mode> {
        let affected: Vec<bool> = self.leaning.grid.iter().map(|leans| leans.contains(&lost)).collect();
        if affected.iter().all(|is| *is) || !affected.contains(&true) {
            vec![Mode::Utility, Mode::Gensets]
        } else {
            vec![Mode::Utility, Mode::Split(affected), Mode::Gensets]
        }
    }

    pub(super) fn streams(&self, mode: &Mode) -> Vec<Stream> {
        let layout = self.layout;
        let all = |sources| Stream::all(layout, Port::Hosting, sources);
        match mode {
            Mode::Utility => vec![all(Sources::Grid)],
            Mode::Gensets => vec![all(Sources::Gensets)],
            Mode::Split(affected) => {
                let (mut grid, mut gensets) = (all(Sources::Grid), all(Sources::Gensets));
                // A bus is on one side: what the gensets feed for their halls is closed to the others.
                for leans in self.leaning.gensets.iter().zip(affected).filter(|(_, is)| **is).map(|(l, _)| l)
                {
                    for limit in leans {
                        if let Limit::Part(node) = limit
                            && layout.component(*node).kind.layer() == Layer::Power
                            && !matches!(layout.component(*node).kind, Kind::Generation(_))
                        {
                            grid.closed[*node] = true;
                        }
                    }
                }
                grid.halls = affected.iter().map(|is| !is).collect();
                gensets.halls.clone_from(affected);
                vec![grid, gensets]
            }
        }
    }

    pub(super) fn proven_in_any(&self, modes: &[Mode], contingency: Contingency, target: &[f64]) -> bool {
        modes.iter().any(|mode| self.proven(mode, contingency, target))
    }

    pub(super) fn proven(&self, mode: &Mode, contingency: Contingency, target: &[f64]) -> bool {
        self.remembers
            && self
                .witnesses
                .iter()
                .any(|witness| witness.mode == *mode && self.proves(witness, contingency, target))
    }

    /// The witness carries the target, and what it uses is left.
    fn proves(&self, witness: &Witness, contingency: Contingency, target: &[f64]) -> bool {
        let mut scale: f64 = 0.0;
        for (wanted, carried) in target.iter().zip(&witness.hosting) {
            if *wanted > SAME_MW / 10.0 {
                // Nothing carried proves nothing; a solver's zero may be a negative one.
                if *carried <= 0.0 {
                    return false;
                }
                scale = scale.max(wanted / carried);
            }
        }
        let fits = |limit: Limit| {
            let left = factor(self.layout, contingency, limit);
            let used = witness.uses(limit) * scale;
            used <= 1e-9 || (left > 0.0 && used <= rating_of(self.layout, &self.ratings, limit) * left + 1e-7)
        };
        scale <= witness.fits + 1e-9
            && match contingency {
                Contingency::Nothing => true,
                Contingency::Unit(node) | Contingency::Part(node) => {
                    fits(Limit::Part(node)) && fits(Limit::Firm(node))
                }
                Contingency::Link(link) => fits(Limit::Link(link)),
                Contingency::Utility => witness.used.iter().all(|(limit, _)| fits(*limit)),
            }
    }

    /// The most of a vector that a loss serves in one way to run.
    pub(super) fn serve(
        &mut self,
        mode: &Mode,
        contingency: Contingency,
        target: &[f64],
    ) -> Result<(Served, lp::Solution), SolveError> {
        if !self.carriers.contains_key(mode) {
            let program = Program::new(self.layout, &self.streams(mode), &self.ratings)
                .ok_or_else(|| SolveError::Failed("the drawing is too large".to_owned()))?;
            self.carriers.insert(mode.clone(), Carrier { program, session: Session::new(Solver::default()) });
        }
        let Some(carrier) = self.carriers.get_mut(mode) else {
            return Err(SolveError::Failed("no program for this way to run".to_owned()));
        };
        let (layout, ratings) = (self.layout, &self.ratings);
        carrier.program.set_ratings(|limit| match factor(layout, contingency, limit) {
            0.0 => 0.0,
            left => rating_of(layout, ratings, limit) * left,
        });
        for (column, mw) in carrier.program.host.iter().zip(target) {
            let column = &mut carrier.program.model.columns[*column];
            (column.upper, column.cost) = (mw.max(0.0), 1.0);
        }
        let solution = carrier.session.prove(&carrier.program.model)?;
        self.solved += 1;
        let hosting: Vec<f64> = carrier.program.host.iter().map(|column| solution.values[*column]).collect();
        let short_mw = target.iter().zip(&hosting).map(|(wanted, served)| wanted.max(0.0) - served).sum();
        if self.remembers {
            let used = carrier.program.loads(&solution.values);
            let mut witness = Witness { mode: mode.clone(), hosting: hosting.clone(), used, fits: 1.0 };
            witness.measure(layout, ratings);
            self.witnesses.push(witness);
        }
        Ok((Served { hosting, short_mw }, solution))
    }

    /// The way to run in which a loss is judged, and where the vector is not served the row it breaks.
    pub(super) fn judge(
        &mut self,
        contingency: Contingency,
        class: FailureClass,
        target: &[f64],
    ) -> Result<(Mode, Option<(f64, FirmCut)>), SolveError> {
        let ways = match self.ways(&self.modes(contingency), contingency, class, target)? {
            Ok(mode) => return Ok((mode, None)),
            Err(ways) => ways,
        };
        Ok(match ways.into_iter().reduce(less_short) {
            Some((short_mw, cut)) => (cut.mode.clone(), Some((short_mw, cut))),
            None => (Mode::Utility, None),
        })
    }

    /// The first of some ways to run that serves a vector in a loss, else what each falls short by with the row it breaks.
    fn ways(
        &mut self,
        modes: &[Mode],
        contingency: Contingency,
        class: FailureClass,
        target: &[f64],
    ) -> Result<Result<Mode, Vec<(f64, FirmCut)>>, SolveError> {
        self.looked_at += 1;
        let mut ways = Vec::new();
        for mode in modes {
            match self.judge_in(mode, contingency, class, target)? {
                Some(broken) => ways.push(broken),
                None => return Ok(Ok(mode.clone())),
            }
        }
        Ok(Err(ways))
    }

    pub(super) fn judge_in(
        &mut self,
        mode: &Mode,
        contingency: Contingency,
        class: FailureClass,
        target: &[f64],
    ) -> Result<Option<(f64, FirmCut)>, SolveError> {
        if self.proven(mode, contingency, target) {
            return Ok(None);
        }
        let (served, solution) = self.serve(mode, contingency, target)?;
        if served.short_mw <= SAME_MW {
            return Ok(None);
        }
        Ok(Some((served.short_mw, self.cut(mode, contingency, class, &solution))))
    }
}

/// The earlier of two ways to run unless the other falls less short, MW.
fn less_short(one: (f64, FirmCut), other: (f64, FirmCut)) -> (f64, FirmCut) {
    if other.0 < one.0 - SAME_MW / 10.0 { other } else { one }
}

/// One row for each of some losses, given what it falls short by in each way to run.
///
/// The worst loss is met in the way that falls least short. A milder one is met in a way that a worse one needs anyhow, where
/// it falls no shorter there: that asks for nothing more. In a way of its own it would, though it fell less short in it. A
/// site that has to live through the loss of its utility on gensets need not carry the loss of one line besides.
fn cheapest_ways(losses: Vec<Vec<(f64, FirmCut)>>) -> Vec<FirmCut> {
    let least =
        |ways: &[(f64, FirmCut)]| ways.iter().map(|(short_mw, _)| *short_mw).fold(f64::INFINITY, f64::min);
    let mut losses: Vec<(f64, Vec<(f64, FirmCut)>)> =
        losses.into_iter().map(|ways| (least(&ways), ways)).collect();
    losses.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut asked: BTreeMap<Mode, f64> = BTreeMap::new();
    let mut rows = Vec::new();
    for (_, ways) in losses {
        let is_asked = |(short_mw, cut): &(f64, FirmCut)| {
            asked.get(&cut.mode).is_some_and(|asked_mw| *short_mw <= asked_mw + SAME_MW)
        };
        let way = match ways.iter().position(is_asked) {
            Some(place) => ways.into_iter().nth(place),
            None => ways.into_iter().reduce(less_short),
        };
        let Some((short_mw, cut)) = way else { continue };
        let most = asked.entry(cut.mode.clone()).or_insert(short_mw);
        *most = most.max(short_mw);
        rows.push(cut);
    }
    rows
}
