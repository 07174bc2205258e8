//! The way of power and heat along the drawn links, as sums of columns.

use super::super::supply::Port;
use super::layout::{Layout, power_share};
use super::program::{MOST_TERMS, Program, Split, Sum, add};
use super::ways::{Stream, Ways};
use crate::lp::{Column, Sense};
use crate::site::Kind;

/// Routes one stream from the halls to the outside and to the sources.
pub(super) struct Router<'a> {
    pub layout: &'a Layout<'a>,
    pub stream: &'a Stream,
    pub number: usize,
    pub program: &'a mut Program,
}

impl Router<'_> {
    pub fn run(&mut self) {
        let layout = self.layout;
        let count = layout.site.components.len();
        let ways = Ways::new(layout, self.stream, |_| true, |_| true);
        let mut heat = vec![Sum::new(); count];
        let mut given = vec![Sum::new(); count];
        for (place, hall) in layout.halls.iter().enumerate().filter(|(place, _)| self.stream.halls[*place]) {
            let host = self.program.host[place];
            let [air, liquid] = self.program.mine[place];
            let (by_air, by_liquid, power) = match self.stream.port {
                Port::Hosting => {
                    let part = |share: f64| if share > 0.0 { Sum::from([(host, share)]) } else { Sum::new() };
                    (part(1.0 - hall.liquid_share), part(hall.liquid_share), Sum::from([(host, 1.0)]))
                }
                Port::Mining => (
                    Sum::from([(air, 1.0)]),
                    Sum::from([(liquid, 1.0)]),
                    Sum::from([(air, 1.0), (liquid, 1.0)]),
                ),
            };
            self.route(by_air, ways.sinks(hall.component, false), &mut heat);
            self.route(by_liquid, ways.sinks(hall.component, true), &mut heat);
            self.route(power, ways.feeders(hall.component), &mut given);
        }
        for &node in &layout.heat_order {
            let taken = std::mem::take(&mut heat[node]);
            if taken.is_empty() {
                continue;
            }
            let component = layout.component(node);
            add(self.program.load_of.entry(node).or_default(), &taken, 1.0);
            let mut power = Sum::new();
            add(&mut power, &taken, power_share(component));
            self.route(power, ways.feeders(node), &mut given);
            let onward = ways.onward(node);
            if !onward.is_empty() {
                self.route(taken, onward, &mut heat);
            }
        }
        for &node in layout.power_order.iter().rev() {
            let output = std::mem::take(&mut given[node]);
            if output.is_empty() {
                continue;
            }
            let component = layout.component(node);
            add(self.program.load_of.entry(node).or_default(), &output, 1.0);
            self.program.terms += output.len();
            if self.program.terms > MOST_TERMS {
                return;
            }
            match component.kind {
                Kind::GridFeed(_) if self.stream.port == Port::Hosting => {
                    add(self.program.firm_of.entry(node).or_default(), &output, 1.0);
                }
                Kind::GridFeed(_) | Kind::Generation(_) | Kind::Genset(_) => {}
                _ => {
                    let mut incoming = Sum::new();
                    add(&mut incoming, &output, 1.0 / (1.0 - component.loss_share()));
                    self.route(incoming, ways.feeders(node), &mut given);
                }
            }
        }
    }

    /// Passes a sum on along links; what has no link to go along is held at zero.
    fn route(&mut self, sum: Sum, links: Vec<(usize, usize)>, into: &mut [Sum]) {
        if sum.is_empty() {
            return;
        }
        let number = self.number;
        let parts: Vec<(usize, usize, Sum)> = match links[..] {
            [] => {
                let row = format!("nowhere{number}.{}", self.program.model.rows.len());
                self.program.row(row, &sum, Sense::Equal, &[]);
                return;
            }
            [(link, other)] => vec![(link, other, sum)],
            _ => {
                let ratings: Vec<f64> =
                    links.iter().map(|(link, other)| self.rating(*link, *other)).collect();
                let total: f64 = ratings.iter().sum();
                let share = |rating: f64| {
                    if total > 0.0 && total.is_finite() { rating / total } else { 1.0 / links.len() as f64 }
                };
                let columns: Vec<Column> = links
                    .iter()
                    .map(|(link, _)| {
                        let name = format!("flow{number}.{link}.{}", self.program.model.columns.len());
                        self.program.model.add_column(name, 0.0, f64::INFINITY, 0.0)
                    })
                    .collect();
                let terms: Vec<(Column, f64)> = columns.iter().map(|column| (*column, 1.0)).collect();
                let row = format!("split{number}.{}", self.program.model.rows.len());
                self.program.row(row, &sum, Sense::Equal, &terms);
                let parts =
                    columns.iter().copied().zip(ratings.iter().map(|rating| share(*rating))).collect();
                self.program.splits.push(Split { total: sum, parts });
                let sums = columns.into_iter().map(|column| Sum::from([(column, 1.0)]));
                links.iter().zip(sums).map(|((link, other), sum)| (*link, *other, sum)).collect()
            }
        };
        for (link, other, part) in parts {
            add(self.program.links.entry(link).or_default(), &part, 1.0);
            self.program.terms += part.len();
            add(&mut into[other], &part, 1.0);
        }
    }

    /// What a link and the part at its other end carry, for sharing by rating.
    fn rating(&self, link: usize, other: usize) -> f64 {
        let link = self.layout.site.links[link].rating_mw.unwrap_or(f64::INFINITY);
        self.layout.component(other).rating_mw().min(if link.is_nan() { 0.0 } else { link }).max(0.0)
    }
}
