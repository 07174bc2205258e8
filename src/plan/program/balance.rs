//! (C1) power balance, (C2) ratings, (C3) heat balance.
//!
//! Flows are projected out: from each hall a sum travels along the drawn links, away from the load for heat and
//! towards the source for power. Only where a part has several links to choose from does a flow get a column. Rows
//! then hold totals of what the halls do, and stay few.
//!
//! The hottest hours come first. What is to be split then and is the same in typical hours, as tenants' loads and their
//! heat are, goes the same ways in both: nobody wires a hall anew for the weather. And a typical hour gets no row that the
//! hottest hours already say as strictly.

use super::{ColumnCash, Load, Program};
use crate::lp::{Column, Expression, Origin};
use crate::plan::context::{Weather, name, stamp};
use crate::site::Kind;
use std::collections::BTreeMap;

/// Sums for the two uses of power.
#[derive(Clone, Default)]
struct ByUse([Expression; 2]);

const MINING: usize = 0;
const HOSTING: usize = 1;
const USES: [usize; 2] = [MINING, HOSTING];
const USE_KEYS: [&str; 2] = ["m", "h"];

/// What was written for a period's hottest hours.
#[derive(Default)]
struct Hottest {
    /// What is split at the first of several links, by use, and the flow on each.
    splits: BTreeMap<(usize, usize), (Expression, Vec<Column>)>,
    /// Left less right of the rows, by what they are of.
    rows: BTreeMap<Rated, Expression>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rated {
    Part(usize),
    Link(usize),
}

/// A period and weather while its rows are written.
struct Hour<'h> {
    period: usize,
    weather: Weather,
    stamp: String,
    hottest: &'h mut Hottest,
}

impl Hour<'_> {
    fn is_hot(&self) -> bool {
        self.weather == Weather::Hot
    }
}

impl Program<'_> {
    pub(super) fn add_balances(&mut self, period: usize) {
        let mut hottest = Hottest::default();
        for weather in [Weather::Hot, Weather::Typical] {
            let stamp = stamp(&self.context.calendar, period);
            let hour = &mut Hour { period, weather, stamp, hottest: &mut hottest };
            let mut demand = self.hall_power(period, weather);
            self.add_heat(hour, &mut demand);
            self.add_power(hour, demand);
            self.add_link_rows(hour);
        }
    }

    /// A rated link carries both uses together.
    fn add_link_rows(&mut self, hour: &mut Hour<'_>) {
        for (link, total) in std::mem::take(&mut self.link_flows) {
            let data = &self.context.site.links[link];
            let Some(rating) = data.rating_mw else { continue };
            let row = name(&["C2", "link", &data.id, hour.weather.key(), &hour.stamp]);
            let object = format!("link {}", data.id);
            let origin = Origin { family: "C2", object, unit: "MW" };
            self.rate(hour, Rated::Link(link), row, total, &Expression::constant(rating), origin);
        }
    }

    /// Keeps a total to a rating, unless the hottest hours do so already.
    fn rate(
        &mut self,
        hour: &mut Hour<'_>,
        of: Rated,
        row: String,
        total: Expression,
        rating: &Expression,
        origin: Origin,
    ) {
        let mut excess = total.clone();
        excess.add_scaled(rating, -1.0);
        if hour.is_hot() {
            hour.hottest.rows.insert(of, excess);
        } else if hour.hottest.rows.get(&of).is_some_and(|hot| self.is_never_above(&excess, hot)) {
            return;
        }
        self.at_most(row, total, rating, origin);
    }

    /// True where one sum is at most another at every point that keeps to the bounds of the columns from below.
    fn is_never_above(&self, one: &Expression, other: &Expression) -> bool {
        let difference = other.less(one);
        let lowest =
            |(column, factor): &(Column, f64)| *factor >= 0.0 && self.model.columns[*column].lower >= 0.0;
        difference.constant >= 0.0 && difference.terms.iter().all(lowest)
    }

    fn weather_index(weather: Weather) -> usize {
        usize::from(weather == Weather::Hot)
    }

    /// IT power of each hall by use.
    fn hall_power(&self, period: usize, weather: Weather) -> Vec<ByUse> {
        let context = self.context;
        let mut power = vec![ByUse::default(); context.site.components.len()];
        for (index, class) in context.classes.iter().enumerate() {
            if let Some(column) = self.handles.running.get(&(index, period, Self::weather_index(weather))) {
                power[class.hall].0[MINING].add(*column, 1.0);
            }
        }
        for (index, candidate) in context.candidates.iter().enumerate() {
            if let Some(column) = self.handles.host.get(&(index, period)) {
                let use_index = if context.offer(candidate).is_bitcoin_hosting() { MINING } else { HOSTING };
                power[candidate.hall].0[use_index].add(*column, 1.0);
            }
        }
        power
    }

    /// Sends each hall's heat along the drawn links; cooling devices then ask for power.
    fn add_heat(&mut self, hour: &mut Hour<'_>, demand: &mut [ByUse]) {
        let context = self.context;
        let (period, weather) = (hour.period, hour.weather);
        let Some(order) = context.network.heat_order() else { return };
        let mut heat = vec![ByUse::default(); context.site.components.len()];
        for node in order {
            let component = context.component(node);
            if component.hall().is_some() {
                for (use_index, liquid, sum) in self.hall_heat(node, period, weather) {
                    let links = self.links(context.network.heat_out(node, liquid), use_index);
                    self.route(hour, sum, &links, use_index, &mut heat);
                }
                continue;
            }
            let Some(cooling) = component.kind.cooling() else { continue };
            let sums = std::mem::take(&mut heat[node]);
            if sums.0.iter().all(Expression::is_zero) {
                continue;
            }
            let (capacity_share, power_share) = match weather {
                Weather::Typical => (1.0, cooling.power_share),
                Weather::Hot => (cooling.design_hour_share, cooling.design_hour_power_share),
            };
            let mut total = sums.0[MINING].clone();
            total.add_scaled(&sums.0[HOSTING], 1.0);
            let mut capacity = Expression::default();
            capacity.add_scaled(&self.rating(node, period), capacity_share);
            if weather == Weather::Hot {
                self.loads.push(Load {
                    component: node,
                    period,
                    mining: sums.0[MINING].clone(),
                    hosting: sums.0[HOSTING].clone(),
                    rating: capacity.clone(),
                });
            }
            let row = name(&["C3", &component.id, weather.key(), &hour.stamp]);
            let origin = Origin { family: "C3", object: context.label(node), unit: "MW" };
            self.rate(hour, Rated::Part(node), row, total, &capacity, origin);
            for (use_index, sum) in sums.0.into_iter().enumerate() {
                demand[node].0[use_index].add_scaled(&sum, power_share);
                let mut onward = self.links(context.network.heat_out(node, true), use_index);
                onward.extend(self.links(context.network.heat_out(node, false), use_index));
                self.route(hour, sum, &onward, use_index, &mut heat);
            }
        }
    }

    /// Heat of a hall: (use, by liquid, MW).
    fn hall_heat(&self, hall: usize, period: usize, weather: Weather) -> Vec<(usize, bool, Expression)> {
        let context = self.context;
        let mut sums = [Expression::default(), Expression::default()];
        for (index, class) in context.classes.iter().enumerate().filter(|(_, class)| class.hall == hall) {
            let Some(column) = self.handles.running.get(&(index, period, Self::weather_index(weather)))
            else {
                continue;
            };
            sums[usize::from(context.fleet(class).cooling.is_liquid())].add(*column, 1.0);
        }
        let liquid_share =
            context.judged(&context.component(hall).id).map_or(0.0, |judged| judged.liquid_share);
        let mut hosting = Expression::default();
        for (index, candidate) in context.candidates.iter().enumerate().filter(|(_, c)| c.hall == hall) {
            let Some(column) = self.handles.host.get(&(index, period)) else { continue };
            if context.offer(candidate).is_bitcoin_hosting() {
                sums[0].add(*column, 1.0);
            } else {
                hosting.add(*column, 1.0);
            }
        }
        let [air, liquid] = sums;
        let scaled = |share: f64| {
            let mut part = Expression::default();
            part.add_scaled(&hosting, share);
            part
        };
        vec![
            (MINING, false, air),
            (MINING, true, liquid),
            (HOSTING, false, scaled(1.0 - liquid_share)),
            (HOSTING, true, scaled(liquid_share)),
        ]
    }

    /// Links of a list that serve a use: (link, other end).
    fn links(&self, links: &[(usize, usize)], use_index: usize) -> Vec<(usize, usize)> {
        links
            .iter()
            .copied()
            .filter(|(link, _)| self.context.site.links[*link].medium.serves().allows(use_index == MINING))
            .collect()
    }

    /// Passes a sum on along links: as it is where there is one, by new flow columns where there are several.
    fn route(
        &mut self,
        hour: &mut Hour<'_>,
        sum: Expression,
        links: &[(usize, usize)],
        use_index: usize,
        into: &mut [ByUse],
    ) {
        if sum.is_zero() {
            return;
        }
        let context = self.context;
        let parts: Vec<(usize, usize, Expression)> = match links {
            [] => return,
            [(link, other)] => vec![(*link, *other, sum)],
            several => {
                let columns = self.split(hour, sum, several, use_index);
                let parts = several.iter().zip(columns);
                parts.map(|((link, other), column)| (*link, *other, Expression::of(column, 1.0))).collect()
            }
        };
        for (link, other, part) in parts {
            if context.site.links[link].rating_mw.is_some() {
                self.link_flows.entry(link).or_default().add_scaled(&part, 1.0);
            }
            into[other].0[use_index].add_scaled(&part, 1.0);
        }
    }

    /// Flow columns of several links that share a sum: those of the hottest hours where it is the same sum.
    fn split(
        &mut self,
        hour: &mut Hour<'_>,
        sum: Expression,
        links: &[(usize, usize)],
        use_index: usize,
    ) -> Vec<Column> {
        let context = self.context;
        let first = links[0].0;
        let known = hour.hottest.splits.get(&(first, use_index));
        let columns = match known.filter(|(hot, _)| hot.less(&sum).is_zero()) {
            Some((_, columns)) => columns.clone(),
            None => {
                let label = |link: usize| {
                    let id = &context.site.links[link].id;
                    name(&["flow", id, USE_KEYS[use_index], hour.weather.key(), &hour.stamp])
                };
                let mut column =
                    |link| self.add_column(label(link), 0.0, f64::INFINITY, ColumnCash::default());
                let columns: Vec<Column> = links.iter().map(|(link, _)| column(*link)).collect();
                let mut total = Expression::default();
                columns.iter().for_each(|column| total.add(*column, 1.0));
                let first_id = &context.site.links[first].id;
                let row =
                    name(&["C1", "split", first_id, USE_KEYS[use_index], hour.weather.key(), &hour.stamp]);
                let origin = Origin { family: "C1", object: first_id.clone(), unit: "MW" };
                self.equal(row, total, &sum, origin);
                if hour.is_hot() {
                    hour.hottest.splits.insert((first, use_index), (sum, columns.clone()));
                }
                columns
            }
        };
        for ((link, _), column) in links.iter().zip(&columns) {
            self.handles.flow.insert((*link, use_index == MINING, hour.is_hot(), hour.period), *column);
        }
        columns
    }

    /// Walks from the loads to the sources.
    fn add_power(&mut self, hour: &mut Hour<'_>, mut demand: Vec<ByUse>) {
        let context = self.context;
        let (period, weather) = (hour.period, hour.weather);
        let Some(order) = context.network.power_order() else { return };
        let supplied = self.supplied(&order);
        for node in order.into_iter().rev() {
            let component = context.component(node);
            let sums = std::mem::take(&mut demand[node]);
            if sums.0.iter().all(Expression::is_zero) {
                continue;
            }
            let is_device = component.kind.cooling().is_some();
            let is_feed = matches!(component.kind, Kind::GridFeed(_));
            if !is_device && component.hall().is_none() {
                let rating = self.rating(node, period);
                if weather == Weather::Hot {
                    let [mining, hosting] = sums.0.clone();
                    self.loads.push(Load {
                        component: node,
                        period,
                        mining,
                        hosting,
                        rating: rating.clone(),
                    });
                }
                if !is_feed {
                    let mut total = sums.0[MINING].clone();
                    total.add_scaled(&sums.0[HOSTING], 1.0);
                    let row = name(&["C2", &component.id, weather.key(), &hour.stamp]);
                    let origin = Origin { family: "C2", object: context.label(node), unit: "MW" };
                    self.rate(hour, Rated::Part(node), row, total, &rating, origin);
                }
            }
            if is_feed {
                if let Some(feed) = context.feeds.iter().position(|feed| feed.component == node) {
                    let [mining, hosting] = sums.0;
                    self.imports.insert((feed, period, Self::weather_index(weather)), (mining, hosting));
                }
                continue;
            }
            if matches!(component.kind, Kind::Generation(_)) {
                continue;
            }
            let loss = component.loss_share();
            for use_index in USES {
                let mut incoming = Expression::default();
                incoming.add_scaled(&sums.0[use_index], 1.0 / (1.0 - loss));
                let feeders: Vec<(usize, usize)> = self
                    .links(context.network.power_in(node), use_index)
                    .into_iter()
                    .filter(|(_, from)| supplied[*from][use_index])
                    .collect();
                if feeders.is_empty() && !incoming.is_zero() {
                    let row = name(&["C1", &component.id, USE_KEYS[use_index], weather.key(), &hour.stamp]);
                    let object = context.label(node);
                    let origin = Origin { family: "C1", object, unit: "MW" };
                    self.equal(row, incoming, &Expression::default(), origin);
                    continue;
                }
                self.route(hour, incoming, &feeders, use_index, &mut demand);
            }
        }
    }

    /// Which parts a source reaches, by use. Stand-by plant and batteries carry nothing in normal operation.
    fn supplied(&self, order: &[usize]) -> Vec<[bool; 2]> {
        let context = self.context;
        let mut supplied = vec![[false; 2]; context.site.components.len()];
        for node in order {
            supplied[*node] = match context.component(*node).kind {
                Kind::GridFeed(_) | Kind::Generation(_) => [true; 2],
                Kind::Genset(_) | Kind::Battery(_) => [false; 2],
                _ => USES.map(|use_index| {
                    self.links(context.network.power_in(*node), use_index)
                        .iter()
                        .any(|(_, from)| supplied[*from][use_index])
                }),
            };
        }
        supplied
    }
}
