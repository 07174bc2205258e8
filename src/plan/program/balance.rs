//! (C1) power balance, (C2) ratings, (C3) heat balance.
//!
//! Flows are projected out: from each hall a sum travels along the drawn links, away from the load for heat and
//! towards the source for power. Only where a part has several links to choose from does a flow get a column. Rows
//! then hold totals of what the halls do, and stay few.

use super::{ColumnCash, Load, Program};
use crate::lp::{Expression, Origin};
use crate::plan::context::{Weather, name, stamp};
use crate::site::Kind;

/// Sums for the two uses of power.
#[derive(Clone, Default)]
struct ByUse([Expression; 2]);

const MINING: usize = 0;
const HOSTING: usize = 1;
const USES: [usize; 2] = [MINING, HOSTING];
const USE_KEYS: [&str; 2] = ["m", "h"];

impl Program<'_> {
    pub(super) fn add_balances(&mut self, period: usize, weather: Weather) {
        let mut demand = self.hall_power(period, weather);
        self.add_heat(period, weather, &mut demand);
        self.add_power(period, weather, demand);
        self.add_link_rows(period, weather);
    }

    /// A rated link carries both uses together.
    fn add_link_rows(&mut self, period: usize, weather: Weather) {
        let stamp = stamp(&self.context.calendar, period);
        for (link, total) in std::mem::take(&mut self.link_flows) {
            let data = &self.context.site.links[link];
            let Some(rating) = data.rating_mw else { continue };
            let row = name(&["C2", "link", &data.id, weather.key(), &stamp]);
            let object = format!("link {}", data.id);
            let origin = Origin { family: "C2", object, unit: "MW" };
            self.at_most(row, total, &Expression::constant(rating), origin);
        }
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
    fn add_heat(&mut self, period: usize, weather: Weather, demand: &mut [ByUse]) {
        let context = self.context;
        let Some(order) = context.network.heat_order() else { return };
        let mut heat = vec![ByUse::default(); context.site.components.len()];
        for node in order {
            let component = context.component(node);
            if component.hall().is_some() {
                for (use_index, liquid, sum) in self.hall_heat(node, period, weather) {
                    let links = self.links(context.network.heat_out(node, liquid), use_index);
                    self.route(sum, &links, use_index, period, weather, &mut heat);
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
            let stamp = stamp(&context.calendar, period);
            let row = name(&["C3", &component.id, weather.key(), &stamp]);
            let origin = Origin { family: "C3", object: context.label(node), unit: "MW" };
            self.at_most(row, total, &capacity, origin);
            for (use_index, sum) in sums.0.into_iter().enumerate() {
                demand[node].0[use_index].add_scaled(&sum, power_share);
                let mut onward = self.links(context.network.heat_out(node, true), use_index);
                onward.extend(self.links(context.network.heat_out(node, false), use_index));
                self.route(sum, &onward, use_index, period, weather, &mut heat);
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
        sum: Expression,
        links: &[(usize, usize)],
        use_index: usize,
        period: usize,
        weather: Weather,
        into: &mut [ByUse],
    ) {
        if sum.is_zero() {
            return;
        }
        let context = self.context;
        let stamp = stamp(&context.calendar, period);
        let parts: Vec<(usize, usize, Expression)> = match links {
            [] => return,
            [(link, other)] => vec![(*link, *other, sum)],
            several => {
                let mut total = Expression::default();
                let mut parts = Vec::with_capacity(several.len());
                for (link, other) in several {
                    let id = &context.site.links[*link].id;
                    let label = name(&["flow", id, USE_KEYS[use_index], weather.key(), &stamp]);
                    let column = self.add_column(label, 0.0, f64::INFINITY, ColumnCash::default());
                    let (mining, hot) = (use_index == MINING, weather == Weather::Hot);
                    self.handles.flow.insert((*link, mining, hot, period), column);
                    total.add(column, 1.0);
                    parts.push((*link, *other, Expression::of(column, 1.0)));
                }
                let first = &context.site.links[several[0].0].id;
                let label = name(&["C1", "split", first, USE_KEYS[use_index], weather.key(), &stamp]);
                let origin = Origin { family: "C1", object: first.clone(), unit: "MW" };
                self.equal(label, total, &sum, origin);
                parts
            }
        };
        for (link, other, part) in parts {
            if context.site.links[link].rating_mw.is_some() {
                self.link_flows.entry(link).or_default().add_scaled(&part, 1.0);
            }
            into[other].0[use_index].add_scaled(&part, 1.0);
        }
    }

    /// Walks from the loads to the sources.
    fn add_power(&mut self, period: usize, weather: Weather, mut demand: Vec<ByUse>) {
        let context = self.context;
        let Some(order) = context.network.power_order() else { return };
        let supplied = self.supplied(&order);
        let stamp = stamp(&context.calendar, period);
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
                    let row = name(&["C2", &component.id, weather.key(), &stamp]);
                    let object = context.label(node);
                    self.at_most(row, total, &rating, Origin { family: "C2", object, unit: "MW" });
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
                    let row = name(&["C1", &component.id, USE_KEYS[use_index], weather.key(), &stamp]);
                    let object = context.label(node);
                    let origin = Origin { family: "C1", object, unit: "MW" };
                    self.equal(row, incoming, &Expression::default(), origin);
                    continue;
                }
                self.route(incoming, &feeders, use_index, period, weather, &mut demand);
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
