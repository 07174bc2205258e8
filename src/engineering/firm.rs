//! The hosting that survives the loss of a part, of each hall alone and of all halls jointly, judged by the coupled
//! program with mining dropped.
//!
//! In a loss the site runs in one of three ways: all on the utility; the halls that lean on what is lost on the
//! gensets and the others on the utility, with no part below a transfer switch shared between the two; all on the
//! gensets. Never on a mixture. The loss is judged in the first of them that serves the joint hosting of everything
//! in service, else in the one that falls least short of it. Gensets start only when something is lost.
//!
//! Jointly firm is the hosting vector with the most in all that every loss of the class serves. It is found by
//! cutting: a loss that does not serve the present vector gives, by the prices of its program (Farkas), a row every
//! served vector keeps to; the vector is chosen again, until all losses serve it.
//!
//! Most losses need no program. What was carried once is a witness: its flows carry every smaller vector in every
//! other loss that leaves what they use. In a 2N site the flows that survive side A prove every loss in side A.

use std::collections::{BTreeMap, BTreeSet};

use super::capacity::{Fill, Joint, SAME_MW, limit_name, to_watts};
use super::carry::{Layout, Limit, Program, Ratings, Stream, Sum, Ways, design_hour_share, rating_of, value};
use super::checks::name_of;
use super::contingency::{FirmMw, MOST_PARTS, OWN_SPACE};
use super::supply::{Port, Sources};
use crate::lp::{self, Expression, Origin, Sense, Session, SolveError, Solver};
use crate::site::{ComponentId, FailureClass, Kind, Layer};

/// Rounds of cutting before the joint vector is given up as not settling.
const MOST_ROUNDS: usize = 200;
/// A price below this is rounding.
const PRICE: f64 = 1e-7;

/// One credible loss. Parts are indices into `site.components`, links into `site.links`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contingency {
    Nothing,
    Unit(usize),
    Part(usize),
    Link(usize),
    /// Every grid feed.
    Utility,
}

impl Contingency {
    /// The user's own name for the loss.
    pub fn label(self, layout: &Layout) -> String {
        match self {
            Self::Nothing => "nothing lost".to_owned(),
            Self::Unit(node) if layout.component(node).units > 1 => {
                format!("loss of one unit of {}", name_of(layout.component(node)))
            }
            Self::Unit(node) | Self::Part(node) => format!("loss of {}", name_of(layout.component(node))),
            Self::Link(link) => {
                let link = &layout.site.links[link];
                let name = |id: &str| {
                    layout.site.component(id).map_or_else(|| id.to_owned(), |end| name_of(end).to_owned())
                };
                format!("loss of the link {} from {} to {}", link.id, name(&link.from), name(&link.to))
            }
            Self::Utility => "loss of the utility".to_owned(),
        }
    }
}

/// What survives, MW by class, and why not more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survival {
    pub mw: FirmMw,
    /// By class: the loss that leaves least, empty where it is the hall's own space.
    pub contingency: [String; 3],
    /// By class: the parts that are full, or gone, in that loss.
    pub cut: [Vec<String>; 3],
}

/// Survival of every hall alone and of all jointly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Firm {
    /// False where the drawing is too large to look at every loss; then all is empty.
    pub is_judged: bool,
    /// By hall in drawing order, every other hall empty.
    pub alone: Vec<(ComponentId, Survival)>,
    /// Of all halls together.
    pub joint: Survival,
    /// The joint vector by class and hall, MW.
    pub joint_by_hall: [Vec<f64>; 3],
    /// Rows that any firm hosting keeps to; enough of them to prove the joint vectors.
    pub cuts: Vec<FirmCut>,
    /// Programs solved and losses looked at, for benches and tests.
    pub solved: usize,
    pub looked_at: usize,
}

/// `sum_h hosting_h * MW_h <= sum_p capacity_p * rating_p + sum_f firm_f * firm MW_f + constant`, true of every hosting
/// vector that survives the loss, whatever of the parts is built.
#[derive(Clone, Debug, PartialEq)]
pub struct FirmCut {
    pub class: FailureClass,
    pub contingency: String,
    /// The parts and links that make up the right side.
    pub cut: Vec<String>,
    /// Coefficient a hall, by index into `site.components`.
    pub hosting: Vec<(usize, f64)>,
    /// Coefficient per MW of a part's usable rating, by index into `site.components`.
    pub capacity: Vec<(usize, f64)>,
    /// Coefficient per MW of the hosting a grid feed may carry.
    pub firm: Vec<(usize, f64)>,
    pub constant: f64,
}

impl FirmCut {
    /// By how much a hosting vector (by component) breaks the row, MW of the left side; at most zero when it keeps it.
    pub fn excess(&self, hosting_mw: &[f64], ratings: &Ratings) -> f64 {
        let sum = |terms: &[(usize, f64)], values: &[f64]| -> f64 {
            terms.iter().map(|(node, coefficient)| coefficient * values[*node]).sum()
        };
        sum(&self.hosting, hosting_mw)
            - sum(&self.capacity, &ratings.parts)
            - sum(&self.firm, &ratings.firm)
            - self.constant
    }
}

/// The losses a class asks to survive, besides those of the class below it.
pub fn contingencies(layout: &Layout, class: FailureClass) -> Vec<Contingency> {
    contingencies_of(layout, &Leaning::new(layout), class)
}

fn contingencies_of(layout: &Layout, leaning: &Leaning, class: FailureClass) -> Vec<Contingency> {
    let parts = || {
        leaning.all.iter().filter_map(|limit| match limit {
            Limit::Part(node) => Some(*node),
            _ => None,
        })
    };
    match class {
        FailureClass::N => vec![Contingency::Nothing],
        FailureClass::NPlusOne => parts().map(Contingency::Unit).collect(),
        FailureClass::Maintainable => parts()
            // A single unit is the whole part, which the class below has looked at.
            .filter(|node| layout.component(*node).units > 1)
            .map(Contingency::Part)
            .chain(leaning.all.iter().filter_map(|limit| match limit {
                Limit::Link(link) => Some(Contingency::Link(*link)),
                _ => None,
            }))
            .chain([Contingency::Utility])
            .collect(),
    }
}

/// Share of a rating that a loss leaves.
pub(super) fn factor(layout: &Layout, contingency: Contingency, limit: Limit) -> f64 {
    match (contingency, limit) {
        (Contingency::Part(lost), Limit::Part(node) | Limit::Firm(node)) if lost == node => 0.0,
        (Contingency::Unit(lost), Limit::Part(node) | Limit::Firm(node)) if lost == node => {
            let component = layout.component(node);
            let left = component.working_units().min(component.units.saturating_sub(1));
            f64::from(left) / f64::from(component.working_units())
        }
        (Contingency::Link(lost), Limit::Link(link)) if lost == link => 0.0,
        (Contingency::Utility, Limit::Part(node) | Limit::Firm(node))
            if matches!(layout.component(node).kind, Kind::GridFeed(_)) =>
        {
            0.0
        }
        _ => 1.0,
    }
}

/// What each hall's hosting can lean on: parts and links, on the utility and on the gensets.
#[derive(Debug)]
struct Leaning {
    grid: Vec<BTreeSet<Limit>>,
    gensets: Vec<BTreeSet<Limit>>,
    all: BTreeSet<Limit>,
}

impl Leaning {
    fn new(layout: &Layout) -> Self {
        let of = |sources| {
            let stream = Stream::all(layout, Port::Hosting, sources);
            let ways = Ways::new(layout, &stream, |_| true, |_| true);
            layout.halls.iter().map(|hall| leaned_on(layout, &ways, hall.component)).collect::<Vec<_>>()
        };
        let (grid, gensets) = (of(Sources::Grid), of(Sources::Gensets));
        let all = grid.iter().chain(&gensets).flatten().copied().collect();
        Self { grid, gensets, all }
    }
}

fn leaned_on(layout: &Layout, ways: &Ways, hall: usize) -> BTreeSet<Limit> {
    let mut found = BTreeSet::new();
    let mut open = vec![hall];
    while let Some(node) = open.pop() {
        let links = if node == hall {
            let share =
                layout.halls.iter().find(|space| space.component == hall).map_or(0.0, |h| h.liquid_share);
            let by = |liquid: bool, used: bool| if used { ways.sinks(node, liquid) } else { Vec::new() };
            [ways.feeders(node), by(false, share < 1.0), by(true, share > 0.0)].concat()
        } else if layout.component(node).kind.cooling().is_some() {
            [ways.feeders(node), ways.onward(node)].concat()
        } else {
            ways.feeders(node)
        };
        for (link, other) in links {
            found.insert(Limit::Link(link));
            if found.insert(Limit::Part(other)) {
                open.push(other);
            }
        }
    }
    found
}

/// How the site runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    Utility,
    /// These halls on the gensets, the others on the utility.
    Split(Vec<bool>),
    Gensets,
}

#[derive(Debug)]
struct Carrier {
    program: Program,
    session: Session,
}

/// Flows that carried a vector once.
#[derive(Debug)]
struct Witness {
    mode: Mode,
    hosting: Vec<f64>,
    used: BTreeMap<Limit, f64>,
}

/// What a loss serves of a vector.
struct Served {
    hosting: Vec<f64>,
    short_mw: f64,
}

/// Judges losses against ratings, remembering what was carried.
#[derive(Debug)]
pub struct Screen<'a> {
    layout: &'a Layout<'a>,
    leaning: Leaning,
    ratings: Ratings,
    carriers: BTreeMap<Mode, Carrier>,
    witnesses: Vec<Witness>,
    has_gensets: bool,
    /// False: every loss is solved. For proof that remembering changes nothing.
    remembers: bool,
    solved: usize,
    looked_at: usize,
}

impl<'a> Screen<'a> {
    /// A screen at full build; `None` when more parts are leaned on than losses can be looked at.
    pub fn new(layout: &'a Layout<'a>) -> Option<Self> {
        let leaning = Leaning::new(layout);
        let has_gensets = leaning.all.iter().any(|limit| match limit {
            Limit::Part(node) => matches!(layout.component(*node).kind, Kind::Genset(_)),
            _ => false,
        });
        (leaning.all.len() <= 2 * MOST_PARTS).then(|| Self {
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

    /// Judges from now on against other ratings, such as what is built in some year.
    pub fn set_ratings(&mut self, ratings: Ratings) {
        let layout = self.layout;
        let fits = |used: &BTreeMap<Limit, f64>| {
            used.iter().all(|(limit, mw)| *mw <= rating_of(layout, &ratings, *limit) + SAME_MW / 10.0)
        };
        self.witnesses.retain(|witness| fits(&witness.used));
        self.ratings = ratings;
    }

    /// Rows broken by a hosting vector (by hall) in the losses of one class; none when every loss serves it.
    ///
    /// # Errors
    /// [`SolveError`].
    pub fn broken_rows(&mut self, class: FailureClass, hosting: &[f64]) -> Result<Vec<FirmCut>, SolveError> {
        let mut rows = Vec::new();
        for contingency in contingencies_of(self.layout, &self.leaning, class) {
            if let Some((_, cut)) = self.judge(contingency, class, hosting)?.1 {
                rows.push(cut);
            }
        }
        Ok(rows)
    }

    /// The ways the site may run in a loss, preferred first.
    fn modes(&self, contingency: Contingency) -> Vec<Mode> {
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

    fn streams(&self, mode: &Mode) -> Vec<Stream> {
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

    fn proven(&self, mode: &Mode, contingency: Contingency, target: &[f64]) -> bool {
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
            let used = witness.used.get(&limit).copied().unwrap_or(0.0) * scale;
            used <= 1e-9 || (left > 0.0 && used <= rating_of(self.layout, &self.ratings, limit) * left + 1e-7)
        };
        scale <= 1.0 + 1e-9
            && match contingency {
                Contingency::Nothing => true,
                Contingency::Unit(node) | Contingency::Part(node) => {
                    fits(Limit::Part(node)) && fits(Limit::Firm(node))
                }
                Contingency::Link(link) => fits(Limit::Link(link)),
                Contingency::Utility => witness.used.keys().all(|limit| fits(*limit)),
            }
    }

    /// The most of a vector that a loss serves in one way to run.
    fn serve(
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
        let solution = carrier.session.solve(&carrier.program.model, None)?;
        self.solved += 1;
        let hosting: Vec<f64> = carrier.program.host.iter().map(|column| solution.values[*column]).collect();
        let short_mw = target.iter().zip(&hosting).map(|(wanted, served)| wanted.max(0.0) - served).sum();
        let gauges = &carrier.program.gauges;
        let used = gauges.iter().map(|gauge| (gauge.of, value(&gauge.load, &solution.values))).collect();
        if self.remembers {
            self.witnesses.push(Witness { mode: mode.clone(), hosting: hosting.clone(), used });
        }
        Ok((Served { hosting, short_mw }, solution))
    }

    /// The way to run in which a loss is judged, and where the vector is not served the row it breaks.
    fn judge(
        &mut self,
        contingency: Contingency,
        class: FailureClass,
        target: &[f64],
    ) -> Result<(Mode, Option<(f64, FirmCut)>), SolveError> {
        self.looked_at += 1;
        let modes = self.modes(contingency);
        let mut least: Option<(Mode, f64, FirmCut)> = None;
        for mode in modes {
            let Some((short_mw, cut)) = self.judge_in(&mode, contingency, class, target)? else {
                return Ok((mode, None));
            };
            if least.as_ref().is_none_or(|(_, mw, _)| short_mw < mw - SAME_MW / 10.0) {
                least = Some((mode, short_mw, cut));
            }
        }
        Ok(match least {
            Some((mode, short_mw, cut)) => (mode, Some((short_mw, cut))),
            None => (Mode::Utility, None),
        })
    }

    fn judge_in(
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
        Ok(Some((served.short_mw, self.cut(mode, contingency, class, &solution)?)))
    }

    /// The row that the prices of a loss's program prove: every column but the halls' has no positive reduced cost,
    /// so that the prices times the ratings bound the halls' megawatts at the prices' own coefficients.
    fn cut(
        &self,
        mode: &Mode,
        contingency: Contingency,
        class: FailureClass,
        solution: &lp::Solution,
    ) -> Result<FirmCut, SolveError> {
        let mut found = FirmCut {
            class,
            contingency: contingency.label(self.layout),
            cut: Vec::new(),
            hosting: Vec::new(),
            capacity: Vec::new(),
            firm: Vec::new(),
            constant: 0.0,
        };
        let Some(carrier) = self.carriers.get(mode) else { return Ok(found) };
        let program = &carrier.program;
        let prices = lp::prices(&program.model, solution, Solver::default())?;
        let mut by_column = vec![0.0; program.model.columns.len()];
        for (row, price) in program.model.rows.iter().zip(&prices) {
            for (column, coefficient) in &row.terms {
                by_column[*column] += price * coefficient;
            }
        }
        for (hall, column) in self.layout.halls.iter().zip(&program.host) {
            if by_column[*column] > PRICE {
                found.hosting.push((hall.component, by_column[*column]));
            }
        }
        let mut lost = Vec::new();
        for gauge in &program.gauges {
            let price = prices[gauge.row].max(0.0);
            if price <= PRICE {
                continue;
            }
            let left = factor(self.layout, contingency, gauge.of);
            if left <= 0.0 {
                lost.push(limit_name(self.layout, gauge.of));
                continue;
            }
            found.cut.push(limit_name(self.layout, gauge.of));
            match gauge.of {
                Limit::Part(node) => {
                    found
                        .capacity
                        .push((node, price * left * design_hour_share(self.layout.component(node))));
                }
                Limit::Firm(node) => found.firm.push((node, price * left)),
                Limit::Link(_) => {
                    found.constant += price * left * rating_of(self.layout, &self.ratings, gauge.of);
                }
            }
        }
        if found.cut.is_empty() {
            found.cut = lost;
        }
        found.cut.dedup();
        Ok(found)
    }

    /// What survives in one hall with every other hall empty. A single number is served or not, so that here the
    /// better of the utility and the gensets is taken, loss by loss.
    fn alone(&mut self, place: usize) -> Result<Survival, SolveError> {
        let mut result = Survival::default();
        let space = self.layout.halls[place].hosting_mw;
        let mut target = vec![0.0; self.layout.halls.len()];
        target[place] = space;
        let mut mw = [0.0; 3];
        for (class_place, class) in FailureClass::ALL.into_iter().enumerate() {
            if class_place > 0 {
                let (below, here) = result.contingency.split_at_mut(class_place);
                here[0].clone_from(&below[class_place - 1]);
                let (below, here) = result.cut.split_at_mut(class_place);
                here[0].clone_from(&below[class_place - 1]);
            }
            for contingency in contingencies_of(self.layout, &self.leaning, class) {
                // Nothing survives less than nothing.
                if target[place] <= 0.0 {
                    break;
                }
                self.looked_at += 1;
                let mut best: Option<(f64, Vec<String>)> = None;
                for mode in self.modes(contingency).into_iter().filter(|mode| !matches!(mode, Mode::Split(_)))
                {
                    if self.proven(&mode, contingency, &target) {
                        best = None;
                        break;
                    }
                    let (served, solution) = self.serve(&mode, contingency, &target)?;
                    if served.short_mw <= SAME_MW {
                        best = None;
                        break;
                    }
                    let carried = served.hosting[place];
                    if best.as_ref().is_none_or(|(most, _)| carried > most + SAME_MW / 10.0) {
                        best = Some((carried, self.cut(&mode, contingency, class, &solution)?.cut));
                    }
                }
                if let Some((carried, cut)) = best {
                    target[place] = to_watts(carried.max(0.0));
                    result.contingency[class_place] = contingency.label(self.layout);
                    result.cut[class_place] = cut;
                }
            }
            mw[class_place] = to_watts(target[place]);
            if result.cut[class_place].is_empty() {
                result.cut[class_place].push(OWN_SPACE.to_owned());
            }
        }
        result.mw = FirmMw { n: mw[0], n_plus_1: mw[1], maintainable: mw[2] };
        Ok(result)
    }

    /// What survives in all halls together; `hosting` is the joint answer with everything in service.
    fn joint(&mut self, hosting: &[f64], alone: &[f64], result: &mut Firm) -> Result<(), SolveError> {
        let mut judged: Vec<(Contingency, FailureClass, Mode)> = Vec::new();
        let mut cuts: Vec<FirmCut> = Vec::new();
        let mut vector = hosting.to_vec();
        let mut mw = [0.0; 3];
        for (place, class) in FailureClass::ALL.into_iter().enumerate() {
            let before = cuts.len();
            for contingency in contingencies_of(self.layout, &self.leaning, class) {
                let (mode, broken) = self.judge(contingency, class, hosting)?;
                cuts.extend(broken.map(|(_, cut)| cut));
                judged.push((contingency, class, mode));
            }
            let mut is_settled = cuts.len() == before;
            for round in 0.. {
                if is_settled {
                    break;
                }
                if round >= MOST_ROUNDS {
                    return Err(SolveError::Failed("the jointly firm hosting did not settle".to_owned()));
                }
                vector = self.most_within(&cuts, alone)?;
                is_settled = true;
                for (contingency, class, mode) in &judged {
                    if let Some((_, cut)) = self.judge_in(mode, *contingency, *class, &vector)? {
                        cuts.push(cut);
                        is_settled = false;
                    }
                }
            }
            mw[place] = to_watts(vector.iter().sum());
            result.joint_by_hall[place] = vector.iter().map(|mw| to_watts(*mw)).collect();
            let binding = cuts.iter().max_by(|a, b| {
                let tightness = |cut: &FirmCut| -> f64 {
                    let size: f64 = cut.hosting.iter().map(|(_, a)| a).sum::<f64>().max(PRICE);
                    cut.excess(&self.by_component(&vector), &self.ratings) / size
                };
                // The first of several that bind alike.
                tightness(a).total_cmp(&tightness(b)).then(std::cmp::Ordering::Greater)
            });
            match binding {
                Some(cut) => {
                    result.joint.contingency[place].clone_from(&cut.contingency);
                    result.joint.cut[place].clone_from(&cut.cut);
                }
                None => result.joint.cut[place].push(OWN_SPACE.to_owned()),
            }
        }
        result.joint.mw = FirmMw { n: mw[0], n_plus_1: mw[1], maintainable: mw[2] };
        result.cuts = cuts;
        Ok(())
    }

    fn by_component(&self, vector: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; self.layout.site.components.len()];
        for (hall, mw) in self.layout.halls.iter().zip(vector) {
            all[hall.component] = *mw;
        }
        all
    }

    /// The fairest of the vectors with the most in all that keep to some rows.
    fn most_within(&self, cuts: &[FirmCut], alone: &[f64]) -> Result<Vec<f64>, SolveError> {
        let mut program = Program::default();
        for (place, mw) in alone.iter().enumerate() {
            let column = program.model.add_column(format!("host{place}"), 0.0, mw.max(0.0), 0.0);
            program.host.push(column);
            program.mine.push(
                ["air", "liquid"]
                    .map(|medium| program.model.add_column(format!("mine{place}{medium}"), 0.0, 0.0, 0.0)),
            );
        }
        let nothing = vec![0.0; self.layout.site.components.len()];
        for (number, cut) in cuts.iter().enumerate() {
            let columns = self.layout.halls.iter().zip(&program.host);
            let left: Sum = columns
                .filter_map(|(hall, column)| {
                    let (_, coefficient) = cut.hosting.iter().find(|(node, _)| *node == hall.component)?;
                    Some((*column, *coefficient))
                })
                .collect();
            let right = Expression::constant(-cut.excess(&nothing, &self.ratings));
            let left = Expression { terms: left.into_iter().collect(), constant: 0.0 };
            program.model.add_row(format!("cut{number}"), left, Sense::AtMost, &right, Origin::default());
        }
        let fill = Fill::new(&mut program, alone.len());
        let mut joint = Joint { program, session: Session::new(Solver::default()), fill };
        joint.share_out(0, alone)
    }
}

/// Survival of every hall alone and of all jointly; `hosting` is the joint answer with everything in service.
///
/// # Errors
/// [`SolveError`].
pub(super) fn firm(layout: &Layout, hosting: &[f64]) -> Result<Firm, SolveError> {
    let Some(screen) = Screen::new(layout) else { return Ok(Firm::default()) };
    screened(screen, hosting)
}

fn screened(mut screen: Screen, hosting: &[f64]) -> Result<Firm, SolveError> {
    let mut result = Firm { is_judged: true, ..Firm::default() };
    let mut alone = Vec::new();
    for (place, hall) in screen.layout.halls.iter().enumerate() {
        let survival = screen.alone(place)?;
        alone.push(survival.mw.n);
        result.alone.push((screen.layout.component(hall.component).id.clone(), survival));
    }
    screen.joint(hosting, &alone, &mut result)?;
    (result.solved, result.looked_at) = (screen.solved, screen.looked_at);
    Ok(result)
}

#[cfg(test)]
mod tests;
