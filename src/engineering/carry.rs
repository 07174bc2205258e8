//! The site as one coupled linear program: power with its losses, heat, and the power of the cooling, for every
//! hall at once, at the design hour.
//!
//! Flows are projected out as in the plan (C1 to C3): from each hall a sum travels along the drawn links, away from
//! the load for heat and towards the source for power, and only where a part has several links to choose from does
//! a flow get a column. Loads are linear in the halls' megawatts, so that the program is a cone cut off by ratings:
//! what is feasible stays so when a hall takes less.

use std::collections::BTreeMap;

use super::checks::{name_of, place_of};
use super::graph::Network;
use super::space::RackCooling;
use super::summary::{hosting_cap_mw, hosting_liquid_share};
use super::supply::{Port, Sources, Standing, needs_power, rejects_heat};
use crate::lp::{Column, Expression, Model, Origin, RowIndex, Sense};
use crate::quantity::Report;
use crate::site::{Component, DatedMw, Hall, Kind, Layer, Site};

/// Nonzeros of one program; sixty parts use about two thousand.
const MOST_TERMS: usize = 400_000;

/// A sum over columns, each once and in order.
pub(super) type Sum = BTreeMap<Column, f64>;

/// A drawing fit to be carried through: no circles, and only parts whose numbers make sense.
#[derive(Debug)]
pub struct Layout<'a> {
    pub site: &'a Site,
    pub network: Network,
    pub(super) power_order: Vec<usize>,
    pub(super) heat_order: Vec<usize>,
    /// By component: stands and has usable numbers.
    pub(super) stands: Vec<bool>,
    pub halls: Vec<HallSpace>,
}

/// What the space of a hall allows.
#[derive(Clone, Debug, PartialEq)]
pub struct HallSpace {
    /// Index into `site.components`.
    pub component: usize,
    pub critical_mw: f64,
    /// Most hosting by convertible share, rack positions and floor, MW.
    pub hosting_mw: f64,
    /// Share of hosting's heat that leaves by liquid.
    pub liquid_share: f64,
}

impl<'a> Layout<'a> {
    /// Reads a drawing. Parts with numbers that cannot be carried through are left out and named in the report.
    ///
    /// # Errors
    /// A report when power or heat runs in a circle: then nothing can be said of any part.
    pub fn new(site: &'a Site, standing: Standing) -> Result<(Self, Report), Report> {
        let network = Network::new(site);
        let mut report = Report::default();
        let (Some(power_order), Some(heat_order)) = (network.power_order(), network.heat_order()) else {
            let cycle = network.power_cycles().into_iter().chain(network.heat_cycles()).next();
            let first = cycle.and_then(|cycle| cycle.first().copied());
            let (place, name) = first
                .and_then(|node| site.components.get(node))
                .map_or_else(Default::default, |part| (place_of(part), name_of(part).to_owned()));
            report.error(
                "capacity-circle",
                place,
                format!(
                    "power or heat runs in a circle through {name}, so what the site carries is not judged"
                ),
                "mark a tie as normally open, or turn one link round",
            );
            return Err(report);
        };
        let mut layout =
            Self { site, network, power_order, heat_order, stands: Vec::new(), halls: Vec::new() };
        for (node, component) in site.components.iter().enumerate() {
            let sound = defect(component).is_none();
            if let Some(what) = defect(component) {
                report.error(
                    "capacity-number",
                    place_of(component),
                    format!(
                        "{what} of {} is no number that can be carried; it counts as absent",
                        name_of(component)
                    ),
                    "give ratings of zero or more and losses between 0 and 1",
                );
            }
            layout.stands.push(sound && standing.includes(site, &layout.network, node));
        }
        for (node, component) in site.components.iter().enumerate().filter(|(node, _)| layout.stands[*node]) {
            if let Some(hall) = component.hall() {
                let liquid_share = hosting_liquid_share(site, &layout.network, node);
                let cooling = if liquid_share > 0.0 { RackCooling::Liquid } else { RackCooling::Air };
                let hosting_mw = hosting_space_mw(hall, cooling);
                let critical_mw = hall.critical_mw;
                layout.halls.push(HallSpace { component: node, critical_mw, hosting_mw, liquid_share });
            }
        }
        Ok((layout, report))
    }

    pub fn component(&self, node: usize) -> &'a Component {
        &self.site.components[node]
    }

    /// Ratings at which everything that stands is built and whole.
    pub fn full_build(&self) -> Ratings {
        let rating = |node: usize, component: &Component| {
            if self.stands[node] { component.rating_mw() } else { 0.0 }
        };
        let parts: Vec<f64> =
            self.site.components.iter().enumerate().map(|(node, part)| rating(node, part)).collect();
        let feed = |node: usize, component: &Component| match &component.kind {
            Kind::GridFeed(feed) => {
                let contract = last_step(&feed.contract_mw).unwrap_or(f64::INFINITY).min(parts[node]);
                (contract, last_step(&feed.firm_mw).unwrap_or(f64::INFINITY).min(contract))
            }
            _ => (f64::INFINITY, f64::INFINITY),
        };
        let feeds: Vec<(f64, f64)> =
            self.site.components.iter().enumerate().map(|(node, part)| feed(node, part)).collect();
        Ratings {
            parts: parts.iter().zip(&feeds).map(|(part, (contract, _))| part.min(*contract)).collect(),
            firm: feeds.into_iter().map(|(_, firm)| firm).collect(),
        }
    }
}

fn last_step(steps: &[DatedMw]) -> Option<f64> {
    steps.iter().max_by_key(|step| step.from).map(|step| step.mw)
}

/// The number of a part that no program should see, in words.
fn defect(component: &Component) -> Option<&'static str> {
    let usable = |value: f64| value.is_finite() && value >= 0.0;
    if !usable(component.rating_mw()) {
        return Some("the rating");
    }
    let loss = component.loss_share();
    if !(usable(loss) && loss < 1.0) {
        return Some("the loss");
    }
    if let Some(cooling) = component.kind.cooling()
        && ![cooling.design_hour_share, cooling.power_share, cooling.design_hour_power_share]
            .into_iter()
            .all(usable)
    {
        return Some("the design-hour share or the power");
    }
    match &component.kind {
        Kind::Hall(hall) => (!usable(hosting_space_mw(hall, RackCooling::Air))
            || !usable(hosting_space_mw(hall, RackCooling::Liquid)))
        .then_some("the space"),
        Kind::GridFeed(feed) => (!feed.contract_mw.iter().chain(&feed.firm_mw).all(|step| usable(step.mw)))
            .then_some("the contract"),
        _ => None,
    }
}

fn hosting_space_mw(hall: &Hall, cooling: RackCooling) -> f64 {
    let m2_per_mw = hall.fit_out.as_ref().map_or(0.0, |fit_out| fit_out.m2_per_mw);
    let floor = if hall.area_m2 > 0.0 && m2_per_mw > 0.0 { hall.area_m2 / m2_per_mw } else { f64::INFINITY };
    hosting_cap_mw(hall, cooling, 0.0).min(hall.critical_mw).min(floor)
}

/// Ratings in service, by component: MW of the kind [`Component::rating_mw`] gives, contracts of feeds included;
/// and of a feed the part of it that may carry hosting.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratings {
    pub parts: Vec<f64>,
    pub firm: Vec<f64>,
}

/// Load that is routed together: one port, one kind of source, and the halls (by place in [`Layout::halls`]) that
/// are on it.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub port: Port,
    pub sources: Sources,
    pub halls: Vec<bool>,
    /// By component: closed to this stream.
    pub closed: Vec<bool>,
}

impl Stream {
    pub fn all(layout: &Layout, port: Port, sources: Sources) -> Self {
        Self {
            port,
            sources,
            halls: vec![true; layout.halls.len()],
            closed: vec![false; layout.site.components.len()],
        }
    }
}

/// What has a rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// A part, by index into `site.components`.
    Part(usize),
    /// The part of a feed's contract that is never interrupted, which is all that hosting may use.
    Firm(usize),
    /// A link, by index into `site.links`.
    Link(usize),
}

/// A rating as a column: `load - column <= 0`, `0 <= column <= rating`. A rating that changes is a changed bound,
/// from which a solver starts warm.
#[derive(Clone, Debug)]
pub(super) struct Gauge {
    pub of: Limit,
    pub column: Column,
    pub row: RowIndex,
    pub load: Sum,
}

/// A sum that several links share, with what each would take if they shared by rating.
#[derive(Clone, Debug)]
pub(super) struct Split {
    pub total: Sum,
    pub parts: Vec<(Column, f64)>,
}

/// The program with everything needed to read its answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    pub model: Model,
    /// Hosting MW by hall.
    pub host: Vec<Column>,
    /// Mining MW by hall, by air and by liquid.
    pub mine: Vec<[Column; 2]>,
    pub gauges: Vec<Gauge>,
    pub splits: Vec<Split>,
    /// Power each link carries at its far end, heat for heat links.
    pub links: BTreeMap<usize, Sum>,
    loads: BTreeMap<usize, Sum>,
    firm: BTreeMap<usize, Sum>,
    terms: usize,
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
            let racks = super::space::rack_space_mw(hall, cooling, 0.0);
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

/// Rating of what has one, MW of what its load is counted in: heat at the design hour for cooling.
pub(super) fn rating_of(layout: &Layout, ratings: &Ratings, of: Limit) -> f64 {
    match of {
        Limit::Part(node) => ratings.parts[node] * design_hour_share(layout.component(node)),
        Limit::Firm(node) => ratings.firm[node],
        Limit::Link(link) => match layout.site.links[link].rating_mw {
            // A rating that is no number carries nothing; the checks name it.
            Some(mw) => {
                if mw.is_finite() {
                    mw.max(0.0)
                } else {
                    0.0
                }
            }
            None => f64::INFINITY,
        },
    }
}

pub(super) fn design_hour_share(component: &Component) -> f64 {
    component.kind.cooling().map_or(1.0, |cooling| cooling.design_hour_share)
}

/// Electric power of a device per heat it handles at the design hour; its typical figure where none is given.
pub(super) fn power_share(component: &Component) -> f64 {
    component.kind.cooling().map_or(0.0, |cooling| {
        if cooling.design_hour_power_share > 0.0 {
            cooling.design_hour_power_share
        } else {
            cooling.power_share
        }
    })
}

pub(super) fn value(sum: &Sum, values: &[f64]) -> f64 {
    sum.iter().map(|(column, coefficient)| coefficient * values[*column]).sum()
}

/// Which links and parts a stream can use.
pub(super) struct Ways<'a> {
    layout: &'a Layout<'a>,
    stream: &'a Stream,
    /// Power arrives.
    pub supplied: Vec<bool>,
    /// Heat taken in reaches the outside.
    pub rejects: Vec<bool>,
}

impl<'a> Ways<'a> {
    /// Ways with some parts and links out of service.
    pub fn new(
        layout: &'a Layout<'a>,
        stream: &'a Stream,
        part_works: impl Fn(usize) -> bool,
        link_works: impl Fn(usize) -> bool,
    ) -> Self {
        let count = layout.site.components.len();
        let mut ways = Self { layout, stream, supplied: vec![false; count], rejects: vec![false; count] };
        for &node in &layout.power_order {
            let component = layout.component(node);
            ways.supplied[node] = layout.stands[node]
                && !stream.closed[node]
                && part_works(node)
                && match component.kind {
                    Kind::GridFeed(_) => stream.sources == Sources::Grid,
                    Kind::Genset(_) => stream.sources == Sources::Gensets,
                    Kind::Generation(_) => true,
                    Kind::Battery(_) => false,
                    _ => {
                        component.kind.layer() == Layer::Power
                            && ways.feeders(node).iter().any(|(link, _)| link_works(*link))
                    }
                };
        }
        for &node in layout.heat_order.iter().rev() {
            let component = layout.component(node);
            let powered =
                !needs_power(&component.kind) || ways.feeders(node).iter().any(|(link, _)| link_works(*link));
            let onward = ways.drawn_onward(node);
            let leaves = if onward.is_empty() {
                rejects_heat(&component.kind)
            } else {
                onward.iter().any(|(link, to)| ways.rejects[*to] && link_works(*link))
            };
            ways.rejects[node] = component.kind.cooling().is_some()
                && layout.stands[node]
                && part_works(node)
                && powered
                && leaves;
        }
        ways
    }

    fn serves(&self, link: usize) -> bool {
        self.layout.site.links[link].medium.serves().allows(self.stream.port.is_mining())
    }

    /// Power links into a node from parts that have power.
    pub fn feeders(&self, node: usize) -> Vec<(usize, usize)> {
        let links = self.layout.network.power_in(node).iter().copied();
        links.filter(|(link, from)| self.supplied[*from] && self.serves(*link)).collect()
    }

    /// Heat links out of a node in one medium to devices that reject it.
    pub fn sinks(&self, node: usize, liquid: bool) -> Vec<(usize, usize)> {
        let links = self.layout.network.heat_out(node, liquid).iter().copied();
        links.filter(|(link, to)| self.rejects[*to] && self.serves(*link)).collect()
    }

    /// Every heat link out of a device to another that stands, in either medium.
    fn drawn_onward(&self, node: usize) -> Vec<(usize, usize)> {
        let is_device =
            |to: usize| self.layout.stands[to] && self.layout.component(to).kind.cooling().is_some();
        [false, true]
            .into_iter()
            .flat_map(|liquid| self.layout.network.heat_out(node, liquid).iter().copied())
            .filter(|(link, to)| is_device(*to) && self.serves(*link))
            .collect()
    }

    /// Where a device hands its heat on; none for one that gives it to the outside.
    pub fn onward(&self, node: usize) -> Vec<(usize, usize)> {
        let mut onward = self.drawn_onward(node);
        onward.retain(|(_, to)| self.rejects[*to]);
        onward
    }
}

/// Routes one stream from the halls to the outside and to the sources.
struct Router<'a> {
    layout: &'a Layout<'a>,
    stream: &'a Stream,
    number: usize,
    program: &'a mut Program,
}

impl Router<'_> {
    fn run(&mut self) {
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
            add(self.program.loads.entry(node).or_default(), &taken, 1.0);
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
            add(self.program.loads.entry(node).or_default(), &output, 1.0);
            self.program.terms += output.len();
            if self.program.terms > MOST_TERMS {
                return;
            }
            match component.kind {
                Kind::GridFeed(_) if self.stream.port == Port::Hosting => {
                    add(self.program.firm.entry(node).or_default(), &output, 1.0);
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

pub(super) fn add(to: &mut Sum, what: &Sum, factor: f64) {
    if factor != 0.0 {
        for (column, coefficient) in what {
            *to.entry(*column).or_default() += coefficient * factor;
        }
    }
}
