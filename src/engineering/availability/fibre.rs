//! Availability of a hall's connection to a metro over the fibre drawn.
//!
//! A connection stands while some way of working links, carriers and meet-me rooms leads from the hall to the metro;
//! without fibre of its own a hall starts at any meet-me room of the site. Links are cut by the kilometre. All links
//! in one trench are cut together over the length they share, which is that of the shortest of them. The hall itself
//! does not count: what happens to it is the availability of its port.
//!
//! Exact by factoring (Moskowitz 1958): take a way that may still stand, split by the first part of it that is not
//! yet decided, and add up.

use std::collections::{BTreeMap, VecDeque};

use super::super::checks::{name_of, place_of};
use super::super::graph::Network;
use super::super::latency::fibre_km;
use super::data::{ReliabilityData, failure_data};
use super::sets::{Rates, SetReliability, set_reliability};
use crate::quantity::{HOURS_PER_YEAR, Problem, Severity, format};
use crate::site::{ComponentId, Kind, Medium, Object, Site};

/// Most parts looked at, over all ways of splitting, for one connection.
pub const MOST_STEPS: usize = 50_000_000;
/// Most parts that are lost at once on one way of splitting.
const DEEPEST: usize = 500;

/// Share of a connection's hours down from which a shared trench is named: in a mesh every trench has some part.
const WORTH_NAMING: f64 = 0.01;

/// A hall's connection to one metro.
#[derive(Clone, Debug, PartialEq)]
pub struct FibreAvailability {
    /// Share of the hours.
    pub availability: f64,
    pub failures_per_year: f64,
    pub downtime_hours_per_year: f64,
    /// What alone takes the connection down: ids of components and links, and names of trenches.
    pub single_points_of_failure: Vec<FibrePart>,
    /// (part, hours a year that would go if it never failed), the largest first.
    pub contributors: Vec<(FibrePart, f64)>,
}

impl FibreAvailability {
    /// Trenches whose cut takes several links of the way at once, and that bring at least [`WORTH_NAMING`] of the
    /// hours; by name.
    pub fn shared_trenches(&self) -> Vec<&str> {
        let worth = WORTH_NAMING * self.downtime_hours_per_year;
        let shared = self.contributors.iter().filter_map(|(part, hours)| match part {
            FibrePart::Trench(name) if *hours >= worth => Some(name.as_str()),
            _ => None,
        });
        let mut found: Vec<&str> = shared.collect();
        found.sort_unstable();
        found
    }

    /// `0.46 failures and 2.8 hours a year; each alone takes it down: MMR A, trench gate`
    pub fn words(&self, site: &Site) -> String {
        let often = format!(
            "{} failures and {} hours a year",
            format::number(self.failures_per_year, 3),
            format::number(self.downtime_hours_per_year, 2)
        );
        if self.single_points_of_failure.is_empty() {
            return format!("{often}; nothing alone takes it down");
        }
        let alone: Vec<String> = self.single_points_of_failure.iter().map(|part| part.words(site)).collect();
        format!("{often}; each alone takes it down: {}", alone.join(", "))
    }
}

impl FibrePart {
    /// Id of the component or link, or the trench's name.
    pub fn id(&self) -> &str {
        match self {
            Self::Component(id) | Self::Link(id) | Self::Trench(id) => id,
        }
    }

    /// As a user calls it.
    pub fn words(&self, site: &Site) -> String {
        match self {
            Self::Component(id) => site.object_name(&Object::Component(id.clone())),
            Self::Link(id) => format!("link {id}"),
            Self::Trench(name) => format!("trench {name}"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FibrePart {
    Component(ComponentId),
    Link(String),
    /// All links in it at once.
    Trench(String),
}

/// The carrier of the first catalogue stood for 50 km of cable as well (0.135 failures a year of 6 h). Files that pin it
/// keep their answer; with links by the kilometre it is too low, and the user is told.
const CARRIER_WITH_CABLE: (f64, f64) = (0.135, 6.0);

/// A warning where the fibre drawn leads over a carrier that the site's catalogue counts with cable.
pub fn carrier_with_cable(site: &Site, network: &Network) -> Option<Problem> {
    let entry =
        site.catalogue.reliability.iter().find(|entry| entry.kind == Kind::Carrier.catalogue_key())?;
    let is_drawn = |(node, part): (usize, &crate::site::Component)| {
        let has_own = part.failures_per_year.is_some() && part.repair_hours.is_some();
        matches!(part.kind, Kind::Carrier) && !has_own && !network.fibre(node).is_empty()
    };
    let counts_cable = (entry.failures_per_year, entry.repair_hours) == CARRIER_WITH_CABLE;
    if !counts_cable || !site.components.iter().enumerate().any(is_drawn) {
        return None;
    }
    Some(Problem {
        severity: Severity::Warning,
        code: "carrier-counts-cable",
        place: "catalogue".to_owned(),
        message: "the file pins failure data of a carrier that holds 50 km of cable, which the links count by their \
                  length too; the availability of the fibre is understated"
            .to_owned(),
        hint: "take the entry `carrier` out of the file's catalogue, so that today's is pinned in its place".to_owned(),
    })
}

struct Element {
    part: FibrePart,
    reliability: SetReliability,
}

/// An undirected graph whose nodes and edges need elements to work.
struct Graph {
    elements: Vec<Element>,
    /// By node: the element it needs, and (other end, elements of the edge).
    node_element: Vec<Option<usize>>,
    edges: Vec<Vec<(usize, Vec<usize>)>>,
    starts: Vec<usize>,
    end: usize,
}

/// Availability of a hall's connection to each metro within reach, by metro id, and what could not be judged.
pub fn connections(
    site: &Site,
    network: &Network,
    hall: usize,
    data: &ReliabilityData,
) -> (BTreeMap<ComponentId, FibreAvailability>, Vec<Problem>) {
    let mut found = BTreeMap::new();
    let mut problems: Vec<Problem> = Vec::new();
    for (metro, component) in site.components.iter().enumerate() {
        if !matches!(component.kind, Kind::Metro(_)) {
            continue;
        }
        match connection(site, network, hall, metro, data) {
            Ok(Some(connection)) => {
                found.insert(component.id.clone(), connection);
            }
            Ok(None) => {}
            Err(problem) if problems.contains(&problem) => {}
            Err(problem) => problems.push(problem),
        }
    }
    (found, problems)
}

/// Availability of a hall's connection to a metro, both by component index; `None` where no fibre leads there.
///
/// # Errors
/// A problem that names a part without failure data, a link whose length cannot be, or a mesh that is too large.
pub fn connection(
    site: &Site,
    network: &Network,
    hall: usize,
    metro: usize,
    data: &ReliabilityData,
) -> Result<Option<FibreAvailability>, Problem> {
    let Some(graph) = Graph::new(site, network, hall, metro, data)? else { return Ok(None) };
    let mut factoring = Factoring::new(&graph);
    factoring.split(1.0, 0).ok_or_else(|| Problem {
        severity: Severity::Warning,
        code: "fibre-too-meshed",
        place: place_of(&site.components[metro]),
        message: format!(
            "the fibre between {} and {} is too meshed for an exact availability ({} parts)",
            name_of(&site.components[hall]),
            name_of(&site.components[metro]),
            graph.elements.len()
        ),
        hint: "leave out fibre that no connection of the site would take".to_owned(),
    })?;
    Ok(Some(factoring.result()))
}

impl Graph {
    fn new(
        site: &Site,
        network: &Network,
        hall: usize,
        metro: usize,
        data: &ReliabilityData,
    ) -> Result<Option<Self>, Problem> {
        let of_kind = |wanted: fn(&Kind) -> bool| -> Vec<usize> {
            (0..network.len()).filter(|node| wanted(&site.components[*node].kind)).collect()
        };
        let starts = if network.fibre(hall).is_empty() {
            of_kind(|kind| matches!(kind, Kind::MeetMeRoom))
        } else {
            vec![hall]
        };
        let on_the_way = on_the_way(network, &starts, metro);
        if !on_the_way[metro] || !starts.iter().any(|start| on_the_way[*start]) {
            return Ok(None);
        }
        let mut graph = Self {
            elements: Vec::new(),
            node_element: vec![None; network.len()],
            edges: vec![Vec::new(); network.len()],
            starts: starts.into_iter().filter(|start| on_the_way[*start]).collect(),
            end: metro,
        };
        for node in (0..network.len()).filter(|node| on_the_way[*node]) {
            let component = &site.components[node];
            // A hall that fibre only passes through, and the hall judged, pass light on whatever happens there.
            if component.hall().is_some() {
                continue;
            }
            let (failures, repair_hours) = failure_data(site, component)?;
            let units = component.units.max(1);
            let common = if units > 1 { data.beta_set() * failures } else { 0.0 };
            let rates = Rates { own: failures - common, common, repair_hours };
            let reliability = set_reliability(units, component.working_units().min(units), rates);
            graph.node_element[node] =
                Some(graph.add(FibrePart::Component(component.id.clone()), reliability));
        }
        graph.add_links(site, network, &on_the_way, data)?;
        Ok(Some(graph))
    }

    fn add(&mut self, part: FibrePart, reliability: SetReliability) -> usize {
        self.elements.push(Element { part, reliability });
        self.elements.len() - 1
    }

    fn add_links(
        &mut self,
        site: &Site,
        network: &Network,
        on_the_way: &[bool],
        data: &ReliabilityData,
    ) -> Result<(), Problem> {
        let mut links: Vec<(usize, usize, usize)> = Vec::new();
        for from in (0..network.len()).filter(|node| on_the_way[*node]) {
            for (link, to) in network.fibre(from) {
                if from < *to && on_the_way[*to] {
                    links.push((*link, from, *to));
                }
            }
        }
        links.sort_unstable();
        let mut lengths = Vec::with_capacity(links.len());
        for (link, from, to) in &links {
            let drawn = &site.links[*link];
            let given = if let Medium::Fibre { km: Some(km), .. } = drawn.medium { km } else { 0.0 };
            let km = fibre_km(site, *link, *from, *to);
            if !(given >= 0.0 && km.is_finite()) {
                return Err(Problem {
                    severity: Severity::Warning,
                    code: "fibre-length",
                    place: drawn.id.clone(),
                    message: format!(
                        "the fibre `{}` has a length of {given} km, which is not possible",
                        drawn.id
                    ),
                    hint: "enter the length of the route in km".to_owned(),
                });
            }
            lengths.push(km);
        }
        let trenches = trenches(site, network);
        let cuts = |km: f64| {
            let rates = Rates {
                own: data.fibre_cuts_per_km_year() * km,
                common: 0.0,
                repair_hours: data.fibre_repair_hours(),
            };
            set_reliability(1, 1, rates)
        };
        let shared: BTreeMap<&str, (f64, usize)> = trenches
            .into_iter()
            .map(|(trench, km)| (trench, (km, self.add(FibrePart::Trench(trench.to_owned()), cuts(km)))))
            .collect();
        for ((link, from, to), km) in links.into_iter().zip(lengths) {
            let drawn = &site.links[link];
            let trench = match &drawn.medium {
                Medium::Fibre { trench: Some(trench), .. } => shared.get(trench.as_str()),
                _ => None,
            };
            let alone = (km - trench.map_or(0.0, |(shared, _)| *shared)).max(0.0);
            let mut needs = vec![self.add(FibrePart::Link(drawn.id.clone()), cuts(alone))];
            needs.extend(trench.map(|(_, element)| *element));
            self.edges[from].push((to, needs.clone()));
            self.edges[to].push((from, needs));
        }
        Ok(())
    }

    /// Elements, not yet decided, of a way from the starts to the end that no lost element is on; the way that asks
    /// for the fewest of them. `None` where every way is lost.
    fn way(&self, states: &[State]) -> Option<Vec<usize>> {
        let cost = |elements: &[usize]| -> Option<usize> {
            elements.iter().try_fold(0, |cost, element| match states[*element] {
                State::Down => None,
                State::Up => Some(cost),
                State::Open => Some(cost + 1),
            })
        };
        let own = |node: usize| self.node_element[node].as_slice();
        // Shortest ways over small whole numbers: one queue for each number would do the same as this, which
        // takes a node up again when it is reached for less.
        let mut best: Vec<usize> = vec![usize::MAX; self.edges.len()];
        let mut from: Vec<Option<(usize, usize)>> = vec![None; self.edges.len()];
        let mut queue = VecDeque::new();
        for start in &self.starts {
            if let Some(cost) = cost(own(*start)) {
                best[*start] = cost;
                queue.push_back(*start);
            }
        }
        while let Some(node) = queue.pop_front() {
            for (place, (other, elements)) in self.edges[node].iter().enumerate() {
                let (Some(edge), Some(there)) = (cost(elements), cost(own(*other))) else { continue };
                let cost = best[node] + edge + there;
                if cost < best[*other] {
                    best[*other] = cost;
                    from[*other] = Some((node, place));
                    queue.push_back(*other);
                }
            }
        }
        if best[self.end] == usize::MAX {
            return None;
        }
        let mut open: Vec<usize> = own(self.end).to_vec();
        let mut node = self.end;
        while let Some((previous, place)) = from[node] {
            open.extend(&self.edges[previous][place].1);
            open.extend(own(previous));
            node = previous;
        }
        open.retain(|element| states[*element] == State::Open);
        open.sort_unstable();
        open.dedup();
        Some(open)
    }
}

/// Trenches with several links in them and the kilometres these share, whatever connection they serve.
fn trenches<'a>(site: &'a Site, network: &Network) -> BTreeMap<&'a str, f64> {
    let mut found: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for from in 0..network.len() {
        for (link, to) in network.fibre(from) {
            if let Medium::Fibre { trench: Some(trench), .. } = &site.links[*link].medium
                && from < *to
            {
                found.entry(trench).or_default().push(fibre_km(site, *link, from, *to));
            }
        }
    }
    found
        .into_iter()
        .filter(|(_, links)| links.len() > 1)
        .map(|(trench, links)| (trench, links.into_iter().fold(f64::INFINITY, f64::min)))
        .filter(|(_, km)| km.is_finite())
        .collect()
}

/// Nodes that lie between the starts and the end: reached, and no dead ends.
fn on_the_way(network: &Network, starts: &[usize], end: usize) -> Vec<bool> {
    let mut is_reached = vec![false; network.len()];
    let mut open = starts.to_vec();
    while let Some(node) = open.pop() {
        if !std::mem::replace(&mut is_reached[node], true) {
            open.extend(network.fibre(node).iter().map(|(_, other)| *other));
        }
    }
    let is_fixed = |node: usize| node == end || starts.contains(&node);
    let mut neighbours: Vec<usize> = (0..network.len())
        .map(|node| network.fibre(node).iter().filter(|(_, other)| is_reached[*other]).count())
        .collect();
    let mut dead: Vec<usize> = (0..network.len())
        .filter(|node| is_reached[*node] && neighbours[*node] < 2 && !is_fixed(*node))
        .collect();
    while let Some(node) = dead.pop() {
        if !std::mem::replace(&mut is_reached[node], false) {
            continue;
        }
        for (_, other) in network.fibre(node) {
            neighbours[*other] = neighbours[*other].saturating_sub(1);
            if is_reached[*other] && neighbours[*other] < 2 && !is_fixed(*other) {
                dead.push(*other);
            }
        }
    }
    is_reached
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Up,
    Down,
}

struct Factoring<'a> {
    graph: &'a Graph,
    states: Vec<State>,
    unavailability: f64,
    /// Derivative of the unavailability to that of each element.
    birnbaum: Vec<f64>,
    steps: usize,
}

impl<'a> Factoring<'a> {
    fn new(graph: &'a Graph) -> Self {
        let count = graph.elements.len();
        Self {
            graph,
            states: vec![State::Open; count],
            unavailability: 0.0,
            birnbaum: vec![0.0; count],
            steps: 0,
        }
    }

    /// Follows the states decided so far, which have this probability and so many parts lost; `None` when there are
    /// too many.
    fn split(&mut self, probability: f64, lost: usize) -> Option<()> {
        self.steps += self.states.len() + self.graph.edges.len();
        if self.steps > MOST_STEPS || lost > DEEPEST {
            return None;
        }
        let Some(way) = self.graph.way(&self.states) else {
            self.lost(probability);
            return Some(());
        };
        // The way stands, or its first part to be lost is the first, the second and so on.
        let mut left = probability;
        for element in &way {
            let down = self.graph.elements[*element].reliability.unavailability;
            if down > 0.0 {
                self.states[*element] = State::Down;
                self.split(left * down, lost + 1)?;
            }
            self.states[*element] = State::Up;
            left *= 1.0 - down;
        }
        for element in way {
            self.states[element] = State::Open;
        }
        Some(())
    }

    fn lost(&mut self, probability: f64) {
        self.unavailability += probability;
        for (element, state) in self.states.iter().enumerate() {
            let down = self.graph.elements[element].reliability.unavailability;
            self.birnbaum[element] += match state {
                State::Open => 0.0,
                State::Up if down < 1.0 => -probability / (1.0 - down),
                State::Up => 0.0,
                State::Down => probability / down,
            };
        }
    }

    fn result(&self) -> FibreAvailability {
        let mut failures_per_year = 0.0;
        let mut contributors = Vec::new();
        let mut single_points = Vec::new();
        for (place, element) in self.graph.elements.iter().enumerate() {
            let SetReliability { unavailability, failures_per_year: fails } = element.reliability;
            failures_per_year += self.birnbaum[place] * fails;
            let hours = self.birnbaum[place] * unavailability * HOURS_PER_YEAR;
            if hours > 0.0 {
                contributors.push((element.part.clone(), hours));
            }
            let mut states = vec![State::Open; self.graph.elements.len()];
            states[place] = State::Down;
            if self.graph.way(&states).is_none() {
                single_points.push(element.part.clone());
            }
        }
        contributors.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        single_points.sort();
        FibreAvailability {
            availability: 1.0 - self.unavailability,
            failures_per_year,
            downtime_hours_per_year: self.unavailability * HOURS_PER_YEAR,
            single_points_of_failure: single_points,
            contributors,
        }
    }
}

#[cfg(test)]
mod tests;
