//! From the drawing to a structure of sets, gates, common causes and demands.

use super::super::checks::{name_of, place_of};
use super::super::supply::{Supply, needs_power};
use super::common_cause::{Likeness, groups};
use super::data::{ReliabilityData, failure_data};
use super::exact::{Gate, Node};
use super::model::{Model, Origin};
use super::needs::{asked_mw, gates, units_needed};
use super::sets::Rates;
use super::standby::{Outage, Plant, permit_problem};
use crate::quantity::{HOURS_PER_YEAR, Problem, Severity};
use crate::site::{Component, Kind, Site};

/// Nodes: the parts by place in [`Supply::nodes`], then changes-over and common causes.
pub struct Structure {
    pub nodes: Vec<Node>,
    pub models: Vec<Model>,
    pub origins: Vec<Origin>,
    pub hall: usize,
    /// Outages of the sources that the hall rides through without gensets, hours.
    pub ride_through_hours: f64,
    /// Hours that the hall is without power or cooling when gensets take over; zero where that is ridden through.
    pub start_gap_hours: f64,
    /// Hours a year that one unit of each part is out for planned work.
    pub maintenance_hours: Vec<f64>,
    pub problems: Vec<Problem>,
}

impl Structure {
    /// # Errors
    /// A problem that names the part whose failure data is missing or cannot be, or a supply that is too large.
    pub fn new(
        site: &Site,
        supply: &Supply,
        load_mw: f64,
        demand_mw: &[f64],
        data: &ReliabilityData,
    ) -> Result<Self, Problem> {
        let needs = asked_mw(site, supply, load_mw);
        let count = supply.nodes.len();
        let needed: Vec<u32> = (0..count)
            .map(|node| {
                let demand = demand_mw.get(supply.nodes[node]).copied().unwrap_or(0.0).max(needs[node]);
                units_needed(supply.component(site, node), demand)
            })
            .collect();
        let gates = (0..count).map(|node| gates(site, supply, node, &needs)).collect();
        let mut build = Build {
            site,
            supply,
            data,
            needed,
            gates,
            order: Vec::new(),
            models: Vec::new(),
            origins: Vec::new(),
        };
        build.transfers();
        let ridden = build.ride_through();
        build.sets(ridden.hours)?;
        let problems = build.stand_by(ridden.hours)?;
        build.common_causes()?;
        let has_plant = build.models.iter().any(|model| matches!(model, Model::StandBy { .. }));
        let start_hours = data.genset_start_hours();
        let is_bridged = ridden.hours >= start_hours || !has_plant;
        let nodes =
            build.models.iter().zip(build.gates).map(|(model, gates)| Node { own: model.own(), gates });
        Ok(Self {
            nodes: nodes.collect(),
            hall: supply.hall(),
            ride_through_hours: ridden.hours,
            start_gap_hours: if is_bridged { 0.0 } else { start_hours + ridden.restart_hours },
            maintenance_hours: (0..count)
                .map(|node| data.maintenance_hours(&supply.component(site, node).kind))
                .collect(),
            problems,
            models: build.models,
            origins: build.origins,
        })
    }
}

struct RideThrough {
    hours: f64,
    /// Until the cooling that was lost takes heat again.
    restart_hours: f64,
}

struct Build<'a> {
    site: &'a Site,
    supply: &'a Supply,
    data: &'a ReliabilityData,
    needed: Vec<u32>,
    gates: Vec<Vec<Gate>>,
    /// Suppliers before what they serve.
    order: Vec<usize>,
    models: Vec<Model>,
    origins: Vec<Origin>,
}

impl Build<'_> {
    fn component(&self, node: usize) -> &Component {
        self.supply.component(self.site, node)
    }

    fn is_switch(&self, node: usize) -> bool {
        matches!(self.component(node).kind, Kind::AutomaticTransferSwitch(_) | Kind::StaticTransferSwitch(_))
    }

    fn is_plant(&self, node: usize) -> bool {
        node < self.supply.nodes.len() && matches!(self.component(node).kind, Kind::Genset(_))
    }

    /// Puts a change-over between each transfer switch and all its feeders but the first that is no stand-by plant.
    fn transfers(&mut self) {
        for node in 0..self.supply.nodes.len() {
            if self.is_switch(node)
                && let Some(gate) = self.gates[node].first().cloned()
                && let Some(first) = gate.members.iter().position(|(member, _)| !self.is_plant(*member))
                && gate.members.len() > 1
                && gate.members[first].1 >= gate.needed
            {
                let mut others = gate.members;
                let preferred = others.remove(first);
                let rating = others.iter().map(|(_, rating)| rating).sum();
                let transfer = self.gates.len();
                self.gates.push(vec![Gate { members: others, needed: gate.needed.min(rating) }]);
                self.gates[node][0].members = vec![preferred, (transfer, rating)];
                self.origins.push(Origin::Transfer(node));
                self.order.push(transfer);
            }
            self.order.push(node);
        }
        let transfers = std::mem::take(&mut self.origins);
        self.origins = (0..self.supply.nodes.len()).map(Origin::Part).chain(transfers).collect();
    }

    /// Hours that what a gate gives outlasts the loss of the sources: the most that enough members last.
    fn gate_lasts(gate: &Gate, lasts: &[f64]) -> f64 {
        let mut members: Vec<(f64, f64)> =
            gate.members.iter().map(|(member, rating)| (lasts[*member], *rating)).collect();
        members.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut sum = 0.0;
        for (hours, rating) in members {
            sum += rating;
            if sum >= gate.needed {
                return hours;
            }
        }
        0.0
    }

    /// How long the hall goes on when the utility is lost and nothing starts.
    fn ride_through(&self) -> RideThrough {
        let mut lasts = vec![0.0_f64; self.gates.len()];
        let mut restart_hours = 0.0_f64;
        for node in self.order.iter().copied().filter(|node| *node < self.supply.nodes.len()) {
            let kind = &self.component(node).kind;
            let mut gates = self.gates[node].iter().map(|gate| Self::gate_lasts(gate, &lasts));
            let power = if needs_power(kind) { gates.next().unwrap_or(0.0) } else { f64::INFINITY };
            let cooled = gates.fold(f64::INFINITY, f64::min);
            lasts[node] = match kind {
                Kind::Generation(_) => f64::INFINITY,
                Kind::GridFeed(_) | Kind::Genset(_) => 0.0,
                Kind::Ups(ups) => power.max((ups.ride_through_minutes / 60.0).max(0.0)),
                Kind::Battery(battery) => power.max((battery.energy_mwh / battery.rating_mw).max(0.0)),
                _ if kind.cooling().is_some() => {
                    let restart = self.data.restart_hours(kind);
                    let stored = self.data.thermal_ride_through_hours(kind) - restart;
                    if power < stored.max(self.data.genset_start_hours()) {
                        restart_hours = restart_hours.max(restart);
                    }
                    power.max(stored).min(cooled)
                }
                _ => power.min(cooled),
            };
        }
        let hours = lasts.get(self.supply.hall()).copied().unwrap_or(0.0);
        RideThrough { hours: if hours.is_finite() { hours.max(0.0) } else { 0.0 }, restart_hours }
    }

    fn sets(&mut self, ridden_hours: f64) -> Result<(), Problem> {
        for node in 0..self.supply.nodes.len() {
            let component = self.component(node);
            let units = component.units.max(1);
            let (failures, repair_hours) = match component.kind {
                Kind::Genset(_) => (0.0, 0.0),
                _ => failure_data(self.site, component)?,
            };
            let (failures, hours, outage, ridden_hours) = match component.kind {
                // Outages that are ridden through do not happen.
                Kind::GridFeed(_) if failures > 0.0 => {
                    let log_deviation = self.data.outage_log_deviation();
                    let outage = Outage::LogNormal { mean: repair_hours, log_deviation };
                    let longer = outage.longer_than(ridden_hours);
                    let lasts = if longer > 0.0 { outage.excess(ridden_hours) / longer } else { 0.0 };
                    (failures * longer, lasts, outage, ridden_hours)
                }
                _ => (failures, repair_hours, Outage::Exponential { mean: repair_hours }, 0.0),
            };
            let common = if units > 1 { self.data.beta_set() * failures } else { 0.0 };
            let rates = Rates { own: failures - common, common, repair_hours: hours };
            self.models.push(Model::Set { units, needed: self.needed[node], rates, outage, ridden_hours });
        }
        for origin in self.origins.iter().skip(self.supply.nodes.len()) {
            let &Origin::Transfer(switch) = origin else { continue };
            let component = self.supply.component(self.site, switch);
            let units = component.units.max(1);
            let chance = self.data.fails_to_transfer(&component.kind);
            let common = if units > 1 { self.data.beta_set() * chance } else { 0.0 };
            let triggers = self.gates[switch][0].members.first().map(|(preferred, _)| *preferred);
            self.models.push(Model::Demand {
                units,
                needed: self.needed[switch].min(units),
                chance: chance - common,
                common,
                triggers: triggers.into_iter().collect(),
            });
        }
        Ok(())
    }

    /// Gensets stand by for the grid feeds and generation of the supply, and for what else is upstream of the
    /// feeders that they are an alternative to.
    fn stand_by(&mut self, ridden_hours: f64) -> Result<Vec<Problem>, Problem> {
        let count = self.supply.nodes.len();
        let of_kind = |wanted: fn(&Kind) -> bool| -> Vec<usize> {
            (0..count).filter(|node| wanted(&self.component(*node).kind)).collect()
        };
        let plants = of_kind(|kind| matches!(kind, Kind::Genset(_)));
        if plants.is_empty() {
            return Ok(Vec::new());
        }
        let sources = of_kind(|kind| matches!(kind, Kind::GridFeed(_) | Kind::Generation(_)));
        let mut away = Outage::Exponential { mean: 0.0 };
        // All of several sources are away for no more than the least hours of any.
        let mut away_hours_per_year = if sources.is_empty() { HOURS_PER_YEAR } else { f64::INFINITY };
        for source in &sources {
            let component = self.component(*source);
            let (failures, hours) = failure_data(self.site, component)?;
            away_hours_per_year = away_hours_per_year.min(failures * hours);
            if hours >= away.mean() && hours > 0.0 {
                away = match component.kind {
                    Kind::GridFeed(_) => {
                        Outage::LogNormal { mean: hours, log_deviation: self.data.outage_log_deviation() }
                    }
                    _ => Outage::Exponential { mean: hours },
                };
            }
        }
        let mut problems = Vec::new();
        for node in plants {
            let component = self.component(node);
            let Kind::Genset(genset) = &component.kind else { continue };
            let plant = Plant::new(component, genset, self.needed[node], self.data)?;
            problems.extend(permit_problem(component, genset, away_hours_per_year));
            let others = self.others(node);
            let here = self.other_outages(&others, &sources);
            let sources = sources.clone();
            self.models[node] = Model::StandBy { plant, sources, others, away, here, ridden_hours };
        }
        Ok(problems)
    }

    /// Feeders that a plant is an alternative to: other members of the gates it leads to, through transfers.
    fn others(&self, plant: usize) -> Vec<usize> {
        let mut others = Vec::new();
        for node in &self.order {
            for gate in &self.gates[*node] {
                let leads_here = |member: usize| {
                    member == plant
                        || (member >= self.supply.nodes.len()
                            && self.gates[member]
                                .iter()
                                .flat_map(|gate| &gate.members)
                                .any(|(alternative, _)| *alternative == plant))
                };
                if gate.members.iter().any(|(member, _)| leads_here(*member)) {
                    let rest = gate.members.iter().map(|(member, _)| *member);
                    others.extend(rest.filter(|member| {
                        *member < self.supply.nodes.len() && !leads_here(*member) && !self.is_plant(*member)
                    }));
                }
            }
        }
        others.sort_unstable();
        others.dedup();
        others
    }

    /// Repairs, other than of sources, that call a plant: as exponential, with the mean over the hours.
    fn other_outages(&self, others: &[usize], sources: &[usize]) -> Outage {
        let mut is_upstream = vec![false; self.gates.len()];
        let mut open: Vec<usize> = others.to_vec();
        let (mut hours, mut squares) = (0.0, 0.0);
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut is_upstream[node], true) {
                continue;
            }
            if let Model::Set { units, rates, .. } = &self.models[node]
                && !sources.contains(&node)
            {
                let down = (rates.own * f64::from(*units) + rates.common) * rates.repair_hours;
                hours += down;
                squares += down * rates.repair_hours;
            }
            open.extend(self.gates[node].iter().flat_map(|gate| &gate.members).map(|(member, _)| *member));
        }
        Outage::Exponential { mean: if hours > 0.0 { squares / hours } else { 0.0 } }
    }

    /// Parts that are alike and each other's reserve lean on one more node, which stands for what takes all of them.
    fn common_causes(&mut self) -> Result<(), Problem> {
        let alike: Vec<Option<Likeness>> = (0..self.gates.len()).map(|node| self.likeness(node)).collect();
        let found =
            groups(&self.gates, &self.order, &alike).ok_or_else(|| too_large(self.site, self.supply))?;
        for group in found {
            let causes = match &self.models[group[0]] {
                Model::Set { .. } => self.common_failures(&group),
                Model::StandBy { .. } => self.common_starts(&group),
                Model::Demand { .. } => self.common_transfers(&group),
            };
            let Some((model, origin)) = causes else { continue };
            let cause = self.gates.len();
            for node in &group {
                self.gates[*node].push(Gate { members: vec![(cause, 1.0)], needed: 0.5 });
            }
            self.gates.push(Vec::new());
            self.models.push(model);
            self.origins.push(origin);
        }
        Ok(())
    }

    fn likeness(&self, node: usize) -> Option<Likeness> {
        let kv = |component: &Component| component.kv_out.or(component.kv_in).unwrap_or(0.0).to_bits();
        match (&self.origins[node], &self.models[node]) {
            (Origin::Transfer(switch), _) => {
                let component = self.component(*switch);
                Some(Likeness { kind: "transfer", kv: kv(component) })
            }
            (Origin::Part(_), Model::Set { rates, .. }) if rates.own * rates.repair_hours > 0.0 => {
                let component = self.component(node);
                let is_alike = component.hall().is_none();
                is_alike.then(|| Likeness { kind: component.kind.catalogue_key(), kv: kv(component) })
            }
            (Origin::Part(_), Model::StandBy { .. }) => Some(Likeness { kind: "genset", kv: 0 }),
            _ => None,
        }
    }

    /// The least rate of the group is what one cause can take of all of them; it lasts as long as the longest repair.
    fn common_failures(&mut self, group: &[usize]) -> Option<(Model, Origin)> {
        let beta = self.data.beta_sides(&self.component(group[0]).kind);
        let mut least = f64::INFINITY;
        let mut longest: Option<(Rates, Outage, f64)> = None;
        for node in group {
            if let Model::Set { rates, outage, ridden_hours, .. } = &self.models[*node] {
                least = least.min(rates.own + rates.common);
                if longest.is_none_or(|(other, ..)| rates.repair_hours > other.repair_hours) {
                    longest = Some((*rates, *outage, *ridden_hours));
                }
            }
        }
        let (longest, outage, ridden_hours) = longest?;
        let common = (beta * least).min(least);
        if !(common > 0.0) {
            return None;
        }
        for node in group {
            if let Model::Set { rates, .. } = &mut self.models[*node] {
                rates.own = (rates.own - common).max(0.0);
            }
        }
        let rates = Rates { own: common, common: 0.0, repair_hours: longest.repair_hours };
        let model = Model::Set { units: 1, needed: 1, rates, outage, ridden_hours };
        Some((model, Origin::CommonCause(group.to_vec())))
    }

    fn common_starts(&mut self, group: &[usize]) -> Option<(Model, Origin)> {
        let mut chance = f64::INFINITY;
        let mut triggers = Vec::new();
        for node in group {
            if let Model::StandBy { plant, sources, others, .. } = &self.models[*node] {
                chance = chance.min(self.data.beta_start() * (1.0 - plant.ready));
                triggers.extend(sources.iter().chain(others));
            }
        }
        if !(chance > 0.0 && chance < 1.0) {
            return None;
        }
        for node in group {
            if let Model::StandBy { plant, .. } = &mut self.models[*node] {
                plant.shared = chance;
            }
        }
        Some(demand(chance, triggers, group.to_vec()))
    }

    fn common_transfers(&mut self, group: &[usize]) -> Option<(Model, Origin)> {
        let switches: Vec<usize> = group
            .iter()
            .filter_map(|node| match &self.origins[*node] {
                Origin::Transfer(switch) => Some(*switch),
                _ => None,
            })
            .collect();
        let beta = self.data.beta_sides(&self.component(*switches.first()?).kind);
        let mut chance = f64::INFINITY;
        let mut triggers = Vec::new();
        for node in group {
            if let Model::Demand { chance: own, common, triggers: own_triggers, .. } = &self.models[*node] {
                chance = chance.min(beta * (own + common));
                triggers.extend(own_triggers);
            }
        }
        if !(chance > 0.0 && chance < 1.0) {
            return None;
        }
        for node in group {
            if let Model::Demand { chance: own, .. } = &mut self.models[*node] {
                *own = (*own - chance).max(0.0);
            }
        }
        Some(demand(chance, triggers, switches))
    }
}

fn demand(chance: f64, mut triggers: Vec<usize>, parts: Vec<usize>) -> (Model, Origin) {
    triggers.sort_unstable();
    triggers.dedup();
    (Model::Demand { units: 1, needed: 1, chance, common: 0.0, triggers }, Origin::CommonDemand(parts))
}

/// The problem of a supply that is beyond an exact calculation.
pub fn too_large(site: &Site, supply: &Supply) -> Problem {
    let hall = supply.component(site, supply.hall());
    Problem {
        severity: Severity::Warning,
        code: "too-meshed",
        place: place_of(hall),
        message: format!(
            "the supply of {} is too meshed for an exact availability ({} parts, more than {} states at once)",
            name_of(hall),
            supply.nodes.len(),
            super::MOST_STATES
        ),
        hint: "draw identical parallel parts as one part with several units".to_owned(),
    }
}
