//! The linear program with everything needed to read its answer.

use std::collections::BTreeMap;

use super::super::space::{RackCooling, rack_space_mw};
use super::super::supply::Port;
use super::layout::{Layout, Limit, Ratings, rating_of};
use super::route::Router;
use super::ways::Stream;
use crate::lp::{Column, Expression, Model, Origin, RowIndex, Sense};

/// Nonzeros of one program; sixty parts use about two thousand.
pub(super) const MOST_TERMS: usize = 400_000;

/// A sum over columns, each once and in order.
pub(in crate::engineering) type Sum = BTreeMap<Column, f64>;

/// A rating as a column: `load - column <= 0`, `0 <= column <= rating`. A rating that changes is a changed bound,
/// from which a solver starts warm.
#[derive(Clone, Debug)]
pub(in crate::engineering) struct Gauge {
    pub of: Limit,
    pub column: Column,
    pub row: RowIndex,
    pub load: Sum,
}

/// A sum that several links share, with what each would take if they shared by rating.
#[derive(Clone, Debug)]
pub(in crate::engineering) struct Split {
    pub total: Sum,
    pub parts: Vec<(Column, f64)>,
}

/// The program with everything needed to read its answer.
#[derive(Clone, Debug, Default)]
pub(in crate::engineering) struct Program {
    pub model: Model,
    /// Hosting MW by hall.
    pub host: Vec<Column>,
    /// Mining MW by hall, by air and by liquid.
    pub mine: Vec<[Column; 2]>,
    pub gauges: Vec<Gauge>,
    pub splits: Vec<Split>,
    /// Power each link carries at its far end, heat for heat links.
    pub links: BTreeMap<usize, Sum>,
    pub(super) loads: BTreeMap<usize, Sum>,
    pub(super) firm: BTreeMap<usize, Sum>,
    pub(super) terms: usize,
}

impl Program {
    /// The program of some streams; `None` when it would be too large.
    pub fn new(layout: &Layout, streams: &[Stream], ratings: &Ratings) -> Option<Self> {
        let mut program = Self::default();
        for (place, hall) in layout.halls.iter().enumerate() {
            let hosts = streams.iter().any(|stream| stream.port == Port::Hosting && stream.halls[place]);
            let mines = streams.iter().any(|stream| stream.port == Port::Mining && stream.halls[place]);
            let upper = |used: bool, mw: f64| if used { mw } else { 0.0 };
            let host =
                program.model.add_column(format!("host{place}"), 0.0, upper(hosts, hall.hosting_mw), 0.0);
            program.host.push(host);
            program.mine.push(["air", "liquid"].map(|medium| {
                let most = upper(mines, hall.critical_mw);
                program.model.add_column(format!("mine{place}{medium}"), 0.0, most, 0.0)
            }));
        }
        for (number, stream) in streams.iter().enumerate() {
            Router { layout, stream, number, program: &mut program }.run();
            if program.terms > MOST_TERMS {
                return None;
            }
        }
        program.add_gauges(layout, ratings);
        (program.model.nonzeros() <= MOST_TERMS).then_some(program)
    }

    fn add_gauges(&mut self, layout: &Layout, ratings: &Ratings) {
        let parts = std::mem::take(&mut self.loads).into_iter().map(|(node, sum)| (Limit::Part(node), sum));
        let firm = std::mem::take(&mut self.firm).into_iter().map(|(node, sum)| (Limit::Firm(node), sum));
        let links: Vec<_> = self.links.iter().map(|(link, sum)| (Limit::Link(*link), sum.clone())).collect();
        for (of, load) in parts.chain(firm).chain(links) {
            let upper = rating_of(layout, ratings, of);
            let column = self.model.add_column(format!("{of:?}"), 0.0, upper, 0.0);
            let row = self.row(format!("load {of:?}"), &load, Sense::AtMost, &[(column, 1.0)]);
            self.gauges.push(Gauge { of, column, row, load });
        }
    }

    /// Adds `left sense right`, both sums of columns.
    pub fn row(&mut self, name: String, left: &Sum, sense: Sense, right: &[(Column, f64)]) -> RowIndex {
        let left = Expression { terms: left.iter().map(|(c, a)| (*c, *a)).collect(), constant: 0.0 };
        let right = Expression { terms: right.to_vec(), constant: 0.0 };
        self.model.add_row(name, left, sense, &right, Origin::default())
    }

    /// Space of the halls: critical MW, floor and positions are shared between the two uses (C4, C5).
    pub fn add_space_rows(&mut self, layout: &Layout) {
        for (place, space) in layout.halls.iter().enumerate() {
            let Some(hall) = layout.component(space.component).hall() else { continue };
            let fit_m2 = hall.fit_out.as_ref().map_or(0.0, |fit_out| fit_out.m2_per_mw);
            let positions: f64 = hall
                .row_groups
                .iter()
                .map(|group| f64::from(group.positions) * group.mining_kw_per_position / 1000.0)
                .sum();
            let cooling = if space.liquid_share > 0.0 { RackCooling::Liquid } else { RackCooling::Air };
            let racks = rack_space_mw(hall, cooling, 0.0);
            let share = |mw: f64| if mw > 0.0 && mw.is_finite() { 1.0 / mw } else { 0.0 };
            let limits = [
                ("power", 1.0, 1.0, hall.critical_mw),
                ("floor", fit_m2, hall.mining_m2_per_mw, hall.area_m2),
                ("positions", share(racks), share(positions), 1.0),
            ];
            for (what, by_host, by_mine, right) in limits {
                let usable = [by_host, by_mine, right].iter().all(|value| value.is_finite() && *value >= 0.0);
                if !usable || (what == "floor" && right <= 0.0) || (by_host == 0.0 && by_mine == 0.0) {
                    continue;
                }
                let mut left = Expression::default();
                left.add(self.host[place], by_host);
                self.mine[place].iter().for_each(|column| left.add(*column, by_mine));
                let name = format!("{what}{place}");
                self.model.add_row(
                    name,
                    left,
                    Sense::AtMost,
                    &Expression::constant(right),
                    Origin::default(),
                );
            }
        }
    }

    pub fn set_ratings(&mut self, rating: impl Fn(Limit) -> f64) {
        for gauge in &self.gauges {
            self.model.columns[gauge.column].upper = rating(gauge.of);
        }
    }

    pub fn clear_costs(&mut self) {
        self.model.columns.iter_mut().for_each(|column| column.cost = 0.0);
    }
}

pub(in crate::engineering) fn value(sum: &Sum, values: &[f64]) -> f64 {
    sum.iter().map(|(column, coefficient)| coefficient * values[*column]).sum()
}

pub(in crate::engineering) fn add(to: &mut Sum, what: &Sum, factor: f64) {
    if factor != 0.0 {
        for (column, coefficient) in what {
            *to.entry(*column).or_default() += coefficient * factor;
        }
    }
}
