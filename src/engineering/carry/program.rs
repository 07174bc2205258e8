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

/// A price below this is rounding.
pub(in crate::engineering) const PRICE: f64 = 1e-7;
/// Loads along a chain are the same product worked out in another order; this apart, they are multiples.
const SAME_RATIO: f64 = 1e-12;

/// A sum over columns, each once and in order.
pub(in crate::engineering) type Sum = BTreeMap<Column, f64>;

/// Something with a rating: its load is `size` times the sum of a direction.
#[derive(Clone, Debug)]
pub(in crate::engineering) struct Gauge {
    pub of: Limit,
    direction: usize,
    size: f64,
}

/// Loads that are multiples of one another, such as all along a chain of parts, have one column, whose upper bound is
/// what the tightest of their ratings leaves. A rating that changes is a changed bound, from which a solver starts
/// warm; and the fewer columns, the quicker.
#[derive(Clone, Debug)]
struct Direction {
    column: Column,
    /// The largest coefficient is one. `sum <= column`; a sum of one flow is its column.
    sum: Sum,
    /// The gauge whose rating is the bound: of several that bind alike, the first.
    tightest: usize,
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
    /// In the order of [`Limit`].
    pub gauges: Vec<Gauge>,
    directions: Vec<Direction>,
    pub splits: Vec<Split>,
    /// Power each link carries at its far end, heat for heat links.
    pub links: BTreeMap<usize, Sum>,
    pub(super) load_of: BTreeMap<usize, Sum>,
    pub(super) firm_of: BTreeMap<usize, Sum>,
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
        let parts = std::mem::take(&mut self.load_of).into_iter().map(|(node, sum)| (Limit::Part(node), sum));
        let firm = std::mem::take(&mut self.firm_of).into_iter().map(|(node, sum)| (Limit::Firm(node), sum));
        let links: Vec<_> = self.links.iter().map(|(link, sum)| (Limit::Link(*link), sum.clone())).collect();
        let flows = 3 * layout.halls.len()..self.model.columns.len();
        let mut alike: BTreeMap<Vec<Column>, Vec<usize>> = BTreeMap::new();
        for (of, mut sum) in parts.chain(firm).chain(links) {
            let size = sum.values().copied().fold(0.0, f64::max);
            if !(size > 0.0) {
                continue;
            }
            sum.values_mut().for_each(|coefficient| *coefficient /= size);
            let known = alike.entry(sum.keys().copied().collect()).or_default();
            let is_same = |direction: &&usize| {
                let pairs = self.directions[**direction].sum.values().zip(sum.values());
                pairs.into_iter().all(|(a, b)| (a - b).abs() <= SAME_RATIO)
            };
            let direction = match known.iter().find(is_same) {
                Some(direction) => *direction,
                None => {
                    let mut columns = sum.keys().copied();
                    let column = match (columns.next(), columns.next()) {
                        (Some(flow), None) if flows.contains(&flow) => flow,
                        _ => {
                            let column = self.model.add_column(format!("{of:?}"), 0.0, f64::INFINITY, 0.0);
                            self.row(format!("load {of:?}"), &sum, Sense::AtMost, &[(column, 1.0)]);
                            column
                        }
                    };
                    self.directions.push(Direction { column, sum, tightest: self.gauges.len() });
                    known.push(self.directions.len() - 1);
                    self.directions.len() - 1
                }
            };
            self.gauges.push(Gauge { of, direction, size });
        }
        self.set_ratings(|limit| rating_of(layout, ratings, limit));
    }

    pub fn set_ratings(&mut self, rating: impl Fn(Limit) -> f64) {
        for direction in &self.directions {
            self.model.columns[direction.column].upper = f64::INFINITY;
        }
        for (place, gauge) in self.gauges.iter().enumerate() {
            let direction = &mut self.directions[gauge.direction];
            let upper = &mut self.model.columns[direction.column].upper;
            let most = rating(gauge.of) / gauge.size;
            if most < *upper {
                (*upper, direction.tightest) = (most, place);
            }
        }
    }

    /// What has a rating and is full, with the change of the objective per MW of it, in the order of [`Limit`], by the
    /// prices of the rows: the reduced cost of a direction is what its bound is worth.
    pub fn full(&self, prices: &[f64]) -> Vec<(Limit, f64)> {
        let mut worth: Vec<f64> = self.model.columns.iter().map(|column| column.cost).collect();
        for (row, price) in self.model.rows.iter().zip(prices) {
            for (column, coefficient) in &row.terms {
                worth[*column] -= price * coefficient;
            }
        }
        let is_full = |direction: &&Direction| {
            worth[direction.column] > PRICE && self.model.columns[direction.column].upper.is_finite()
        };
        let mut full: Vec<(Limit, f64)> = self
            .directions
            .iter()
            .filter(is_full)
            .map(|direction| {
                let gauge = &self.gauges[direction.tightest];
                (gauge.of, worth[direction.column] / gauge.size)
            })
            .collect();
        full.sort_by_key(|(limit, _)| *limit);
        full
    }

    /// Loads of all that has a rating, MW, at a point, in the order of [`Limit`].
    pub fn loads(&self, values: &[f64]) -> Vec<(Limit, f64)> {
        let sums: Vec<f64> = self.directions.iter().map(|direction| value(&direction.sum, values)).collect();
        self.gauges.iter().map(|gauge| (gauge.of, gauge.size * sums[gauge.direction])).collect()
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
