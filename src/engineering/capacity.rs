//! What the site carries at the design hour with everything in service: each hall alone, all of them jointly, how
//! full every part is, and what is stranded by which part.
//!
//! Everything planned counts as built and what it replaces as gone; gensets carry nothing. Hosting comes first, then
//! mining with that hosting kept. Where several splits between halls carry as much in all, the one is taken in which
//! the worst-off hall has the largest share of what it could have alone, then the next worst, and so on: there is
//! exactly one such split, whatever the solver. Flows are the ones nearest to sharing by rating among parallel
//! links (least sum of departures), as parts in parallel do by themselves.
//!
//! Every answer of a solver is proven from the answer itself ([`lp::Session::prove`]). HiGHS is what this is meant for;
//! microlp ends some of these degenerate programs without an answer, or with a wrong one. What is not proven is not
//! given: the report names it.

use super::carry::{Layout, Limit, PRICE, Program, Stream, Sum, value};
use super::checks::name_of;
use super::firm::{Firm, MOST_LOSSES, firm};
use super::loading::{PartLoading, loadings};
use super::supply::{Port, Sources, Standing};
use crate::lp::{self, Column, RowIndex, Sense, Session, SolveError, Solver};
use crate::quantity::Report;
use crate::site::{ComponentId, Site};

/// Largest drawing whose capacity is worked out; the program has to be solved some thirty times.
pub const MOST_CARRIED: usize = 1_500;

/// What the site carries. Empty, with the reason in the report, where that cannot be judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capacity {
    /// In drawing order.
    pub halls: Vec<HallCapacity>,
    /// Most hosting of all halls together, MW.
    pub hosting_mw: f64,
    /// Most mining beside that hosting, MW.
    pub mining_mw: f64,
    /// Every part that can carry something, in drawing order.
    pub parts: Vec<PartLoading>,
    /// What each link carries: index into `site.links`, MW of power or heat at its far end.
    pub links: Vec<(usize, f64)>,
    /// What survives each class of failure.
    pub firm: Firm,
    pub report: Report,
}

/// One hall, MW of IT.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HallCapacity {
    pub id: ComponentId,
    /// Index into `site.components`.
    pub component: usize,
    /// Most hosting by convertible share, positions and floor.
    pub space_mw: f64,
    /// Most hosting with every other hall empty.
    pub hosting_alone_mw: f64,
    /// Most mining with every other hall empty and no hosting.
    pub mining_alone_mw: f64,
    /// In the joint answer.
    pub hosting_mw: f64,
    pub mining_mw: f64,
    /// Space for hosting that power or heat cannot follow in the joint answer.
    pub stranded_mw: f64,
    /// The parts that strand it: the full ones that stand in the way of one more MW here.
    pub stranded_by: Vec<String>,
}

/// Works out what the site carries. Deterministic; no time limit but a limit of size.
pub fn capacity(site: &Site) -> Capacity {
    let (layout, report) = match Layout::new(site, Standing::FullBuild) {
        Ok(found) => found,
        Err(report) => return Capacity { report, ..Capacity::default() },
    };
    let mut result = Capacity { report, ..Capacity::default() };
    if layout.halls.is_empty() {
        return result;
    }
    if site.components.len() > MOST_CARRIED {
        too_large(&mut result.report);
        return result;
    }
    match carried(&layout) {
        Ok(Some(mut found)) => {
            let mut problems = std::mem::take(&mut found.report.problems);
            result.report.problems.append(&mut problems);
            Capacity { report: result.report, ..found }
        }
        Ok(None) => {
            too_large(&mut result.report);
            result
        }
        Err(Unsolved { what, error }) => {
            result.report.warning(
                "capacity-unsolved",
                "site",
                format!("{what} could not be shown, so what the site carries is left out: {error}"),
                UNSOLVED_HINT,
            );
            result
        }
    }
}

/// What mends a program whose answer does not hold.
const UNSOLVED_HINT: &str =
    "look for ratings that differ by more than a million times, or use a build with HiGHS";

/// A program without a proven answer, and what it was to tell.
struct Unsolved {
    what: String,
    error: SolveError,
}

/// Names what a failed program was to tell.
fn telling<T>(what: impl FnOnce() -> String, outcome: Result<T, SolveError>) -> Result<T, Unsolved> {
    outcome.map_err(|error| Unsolved { what: what(), error })
}

fn too_large(report: &mut Report) {
    report.warning(
        "capacity-too-large",
        "site",
        "the drawing is too large to work out what all of it carries at once",
        "draw identical parallel parts as one part with several units, or split the site into several files",
    );
}

fn carried(layout: &Layout) -> Result<Option<Capacity>, Unsolved> {
    let streams = [Port::Hosting, Port::Mining].map(|port| Stream::all(layout, port, Sources::Grid));
    let ratings = layout.full_build();
    let Some(mut program) = Program::new(layout, &streams, &ratings) else { return Ok(None) };
    program.add_space_rows(layout);
    let fill = Fill::new(&mut program, layout.halls.len());
    let mut solver = Joint { program, session: Session::new(Solver::default()), fill };

    let mut halls = Vec::new();
    for (place, space) in layout.halls.iter().enumerate() {
        let part = layout.component(space.component);
        let most = |of: &str| format!("the most {of} of {} with every other hall empty", name_of(part));
        halls.push(HallCapacity {
            id: part.id.clone(),
            component: space.component,
            space_mw: to_watts(space.hosting_mw),
            hosting_alone_mw: telling(|| most("hosting"), solver.alone(0, place))?,
            mining_alone_mw: telling(|| most("mining"), solver.alone(1, place))?,
            ..HallCapacity::default()
        });
    }
    let alone: Vec<f64> = halls.iter().map(|hall| hall.hosting_alone_mw).collect();
    let hosting =
        telling(|| "the most hosting of all halls together".to_owned(), solver.share_out(0, &alone))?;
    for (place, hall) in halls.iter_mut().enumerate() {
        hall.hosting_mw = to_watts(hosting[place]);
        hall.stranded_mw = (hall.space_mw - hall.hosting_mw).max(0.0);
        if hall.stranded_mw > SAME_MW {
            let what = || format!("what strands {}", name_of(layout.component(hall.component)));
            hall.stranded_by = telling(what, solver.in_the_way(layout, place))?;
        }
    }
    let alone: Vec<f64> = halls.iter().map(|hall| hall.mining_alone_mw).collect();
    let mining = telling(|| "the most mining beside the hosting".to_owned(), solver.share_out(1, &alone))?;
    for (hall, mw) in halls.iter_mut().zip(mining) {
        hall.mining_mw = to_watts(mw);
    }
    let values = telling(|| "how parts share the load".to_owned(), solver.nearest_to_sharing_by_rating())?;
    let mut report = Report::default();
    let firm = surviving(layout, &halls, &mut report);
    let links = solver.program.links.iter().map(|(link, sum)| (*link, value(sum, &values))).collect();
    Ok(Some(Capacity {
        hosting_mw: halls.iter().map(|hall| hall.hosting_mw).sum(),
        mining_mw: halls.iter().map(|hall| hall.mining_mw).sum(),
        parts: loadings(layout, &solver.program, &values, &halls),
        links,
        halls,
        firm,
        report,
    }))
}

/// What survives the loss of a part; where that cannot be judged nothing, and the report says so.
fn surviving(layout: &Layout, halls: &[HallCapacity], report: &mut Report) -> Firm {
    let hosting: Vec<f64> = halls.iter().map(|hall| hall.hosting_mw).collect();
    match firm(layout, &hosting) {
        Ok(Some(found)) => found,
        Ok(None) => {
            report.warning(
                "firm-too-large",
                "site",
                format!(
                    "hosting leans on more than {MOST_LOSSES} parts and links, too many to look at the loss of \
                     each, so what survives a loss is not judged"
                ),
                "draw identical parallel parts as one part with several units, or split the site into several files",
            );
            Firm::default()
        }
        Err(error) => {
            report.warning(
                "firm-unsolved",
                "site",
                format!("the hosting that survives each loss could not be shown and is left out: {error}"),
                UNSOLVED_HINT,
            );
            Firm::default()
        }
    }
}

/// A solver's point is exact to some billionths; what is less than this apart is the same.
pub(super) const SAME_MW: f64 = 1e-5;

/// Rounded to a watt, so that the last digits of a solver are not taken for an answer.
pub(super) fn to_watts(mw: f64) -> f64 {
    (mw * 1e6).round() / 1e6
}

/// Columns and rows for sharing out each use between the halls.
#[derive(Clone, Debug)]
pub(super) struct Fill {
    /// By use (hosting, mining): megawatts of each hall, and of all.
    amounts: [Vec<Column>; 2],
    totals: [Column; 2],
    /// Least share of what each hall could have alone, over the halls not settled yet.
    share: Column,
    /// What lets a settled hall off that row.
    off: Vec<Column>,
}

impl Fill {
    pub fn new(program: &mut Program, halls: usize) -> Self {
        let mut column = |name: String, upper: f64| program.model.add_column(name, 0.0, upper, 0.0);
        let share = column("share".into(), 1.0);
        let off = (0..halls).map(|place| column(format!("off{place}"), f64::INFINITY)).collect();
        let totals = ["hosting", "mining"].map(|name| column(name.into(), f64::INFINITY));
        let mined: Vec<Column> =
            (0..halls).map(|place| column(format!("mined{place}"), f64::INFINITY)).collect();
        for (place, amount) in mined.iter().enumerate() {
            let sum: Sum = program.mine[place].iter().map(|column| (*column, 1.0)).collect();
            program.row(format!("mined{place}"), &sum, Sense::Equal, &[(*amount, 1.0)]);
        }
        let amounts = [program.host.clone(), mined];
        for (use_index, columns) in amounts.iter().enumerate() {
            let sum: Sum = columns.iter().map(|column| (*column, 1.0)).collect();
            program.row(format!("total{use_index}"), &sum, Sense::Equal, &[(totals[use_index], 1.0)]);
        }
        Self { amounts, totals, share, off }
    }
}

/// A program that is solved again and again with other costs and bounds, each time from the last basis.
#[derive(Debug)]
pub(super) struct Joint {
    pub program: Program,
    pub session: Session,
    pub fill: Fill,
}

impl Joint {
    pub fn solve(&mut self) -> Result<lp::Solution, SolveError> {
        self.session.prove(&self.program.model)
    }

    fn most(&mut self, column: Column) -> Result<lp::Solution, SolveError> {
        self.program.clear_costs();
        self.program.model.columns[column].cost = 1.0;
        self.solve()
    }

    /// Most of one use in one hall while every other hall and the other use have none.
    fn alone(&mut self, use_index: usize, place: usize) -> Result<f64, SolveError> {
        let wanted = self.fill.amounts[use_index][place];
        let kept: Vec<Column> =
            self.fill.amounts.iter().flatten().copied().filter(|column| *column != wanted).collect();
        let uppers: Vec<f64> =
            kept.iter().map(|c| std::mem::replace(&mut self.program.model.columns[*c].upper, 0.0)).collect();
        let solution = self.most(wanted);
        for (column, upper) in kept.into_iter().zip(uppers) {
            self.program.model.columns[column].upper = upper;
        }
        Ok(to_watts(solution?.values[wanted].max(0.0)))
    }

    /// The most of a use in all, split so that the shares of what each hall could have alone are, sorted from the
    /// smallest, as large as can be one after the other; then fixed at that.
    ///
    /// A row "at least the common share" with a price is at its limit in every optimum: that hall is settled.
    pub fn share_out(&mut self, use_index: usize, alone: &[f64]) -> Result<Vec<f64>, SolveError> {
        let amounts = self.fill.amounts[use_index].clone();
        let total = self.fill.totals[use_index];
        let most = self.most(total)?.values[total];
        self.program.model.columns[total].lower = (most - slack(most)).max(0.0);
        let mut open: Vec<usize> = (0..amounts.len()).filter(|place| alone[*place] > SAME_MW).collect();
        let mut rows: Vec<(usize, RowIndex)> = Vec::new();
        for &place in &open {
            self.program.model.columns[self.fill.off[place]].upper = 0.0;
            let left = Sum::from([(amounts[place], 1.0 / alone[place]), (self.fill.off[place], 1.0)]);
            let name = format!("share{use_index}.{place}");
            rows.push((place, self.program.row(name, &left, Sense::AtLeast, &[(self.fill.share, 1.0)])));
        }
        let mut values = Vec::new();
        while !open.is_empty() {
            let solution = self.most(self.fill.share)?;
            let share = solution.values[self.fill.share];
            let mut settled = open.clone();
            if open.len() > 1 && share < 1.0 - 1e-9 {
                let prices = &solution.duals;
                let priced =
                    |place: &usize| rows.iter().any(|(of, row)| of == place && prices[*row] < -PRICE);
                settled.retain(priced);
                if settled.is_empty() {
                    settled.clone_from(&open);
                }
            }
            for place in settled {
                let column = &mut self.program.model.columns[amounts[place]];
                column.lower = (share * alone[place] - slack(alone[place])).clamp(0.0, column.upper);
                self.program.model.columns[self.fill.off[place]].upper = f64::INFINITY;
                open.retain(|still| *still != place);
            }
            values = solution.values;
        }
        if values.is_empty() {
            values = self.most(total)?.values;
        }
        // Where there is nothing to share a hall has nothing.
        let found: Vec<f64> = amounts.iter().map(|column| values[*column].max(0.0)).collect();
        for (column, mw) in amounts.iter().zip(&found) {
            let column = &mut self.program.model.columns[*column];
            column.lower = (mw - slack(*mw)).clamp(0.0, column.upper);
            column.upper = column.upper.min(mw + slack(*mw)).max(column.lower);
        }
        self.program.model.columns[total].lower = 0.0;
        Ok(found)
    }

    /// Full parts that keep a hall from hosting more than in the joint answer, while the others keep theirs.
    fn in_the_way(&mut self, layout: &Layout, place: usize) -> Result<Vec<String>, SolveError> {
        let column = self.fill.amounts[0][place];
        let upper = self.program.model.columns[column].upper;
        self.program.model.columns[column].upper = layout.halls[place].hosting_mw;
        let solution = self.most(column)?;
        let full = self.program.full(&solution.duals);
        self.program.model.columns[column].upper = upper;
        let mut names: Vec<String> = full.iter().map(|(limit, _)| limit_name(layout, *limit)).collect();
        names.dedup();
        let hall = name_of(layout.component(layout.halls[place].component));
        Ok(if names.is_empty() { vec![format!("no way for power or heat of {hall}")] } else { names })
    }

    /// The flows of the joint answer that depart least, in sum of MW, from sharing by rating.
    fn nearest_to_sharing_by_rating(&self) -> Result<Vec<f64>, SolveError> {
        let mut program = self.program.clone();
        program.clear_costs();
        for (number, split) in self.program.splits.iter().enumerate() {
            for (column, share) in &split.parts {
                let more =
                    program.model.add_column(format!("more{number}.{column}"), 0.0, f64::INFINITY, -1.0);
                let less =
                    program.model.add_column(format!("less{number}.{column}"), 0.0, f64::INFINITY, -1.0);
                let mut left = Sum::from([(*column, 1.0), (more, -1.0), (less, 1.0)]);
                super::carry::add(&mut left, &split.total, -share);
                program.row(format!("share{number}.{column}"), &left, Sense::Equal, &[]);
            }
        }
        Session::new(Solver::default()).prove(&program.model).map(|solution| solution.values)
    }
}

/// Room for rounding when an optimum is held fast for the next question, MW.
fn slack(mw: f64) -> f64 {
    1e-8 * (1.0 + mw)
}

/// The user's own name of what has a rating.
pub(super) fn limit_name(layout: &Layout, limit: Limit) -> String {
    match limit {
        Limit::Part(node) => name_of(layout.component(node)).to_owned(),
        Limit::Firm(node) => format!("the firm MW of {}", name_of(layout.component(node))),
        Limit::Link(link) => format!("the link {}", layout.site.links[link].id),
    }
}

#[cfg(test)]
mod tests;
