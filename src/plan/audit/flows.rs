//! (C1) power balance, (C2) ratings, (C3) heat, (C10) the grid: every hall's load followed along the drawn links.

use super::books::{Books, by_period};
use super::times::Times;
use super::{Family, Subject};
use crate::plan::result::AuditLine;
use crate::quantity::format;
use crate::site::{DatedMw, Kind, Tariff};
use std::collections::BTreeMap;

/// MW by use.
type ByUse = [f64; 2];
const MINING: usize = 0;
const HOSTING: usize = 1;
const TYPICAL: usize = 0;
const HOT: usize = 1;

struct Found {
    balance: Family,
    ratings: Family,
    heat: Family,
    grid: Family,
}

/// What a period and a weather state come to.
struct Hour<'s, 'a> {
    subject: &'s Subject<'a>,
    times: &'s Times<'s>,
    books: &'s Books,
    /// Where a part has several links to choose from: MW by (link, mining).
    chosen: BTreeMap<(usize, usize), f64>,
    period: usize,
    weather: usize,
    /// Carried by each link, both uses together.
    carried: Vec<f64>,
    /// Wanted from each part by those behind it, or by itself.
    wanted: Vec<ByUse>,
}

pub(super) fn lines(subject: &Subject<'_>, times: &Times<'_>, books: &Books) -> Vec<AuditLine> {
    let mut found = Found {
        balance: Family::new("C1", "power balance along the drawing", "MW"),
        ratings: Family::new("C2", "loads, orders and what stands", "MW"),
        heat: Family::new("C3", "heat within what cools it", "MW"),
        grid: Family::new("C10", "firm and contract MW, billed peaks, minimum take", "MW"),
    };
    let context = subject.context;
    let parts = context.site.components.len();
    let mut chosen = vec![[BTreeMap::new(), BTreeMap::new()]; times.count()];
    for flow in &subject.decisions.flows {
        if let Some(hours) = chosen.get_mut(flow.period) {
            hours[usize::from(flow.hot)].insert((flow.link, usize::from(!flow.mining)), flow.mw);
        }
    }
    // Import of each feed by period and weather.
    let mut imports = vec![vec![[[0.0; 2]; 2]; times.count()]; context.feeds.len()];
    for (period, chosen) in chosen.into_iter().enumerate() {
        for (weather, chosen) in chosen.into_iter().enumerate() {
            let (carried, wanted) = (vec![0.0; context.site.links.len()], vec![[0.0; 2]; parts]);
            let mut hour = Hour { subject, times, books, chosen, period, weather, carried, wanted };
            hour.load_halls();
            hour.carry_heat(&mut found);
            hour.carry_power(&mut found);
            hour.hold_links(&mut found);
            for (feed, imports) in context.feeds.iter().zip(&mut imports) {
                imports[period][weather] = hour.wanted[feed.component];
            }
        }
    }
    hold_what_runs(subject, times, books, &mut found.balance);
    super::space::hold_orders(subject, times, books, &mut found.ratings);
    hold_gross(subject, times, &imports, &mut found.balance);
    for (feed, imports) in imports.iter().enumerate() {
        hold_grid(subject, times, books, feed, imports, &mut found.grid);
    }
    hold_contracts(subject, times, &mut found.grid);
    [found.balance, found.ratings, found.heat, found.grid].into_iter().map(Family::line).collect()
}

impl Hour<'_, '_> {
    fn at(&self, part: usize) -> String {
        let weather = if self.weather == HOT { ", hottest hours" } else { "" };
        format!("{}, {}{weather}", self.subject.context.label(part), self.times.label(self.period))
    }

    /// IT MW of the hosting port and, by air and by liquid, of the mining port of a hall.
    fn hall_loads(&self, hall: usize) -> (f64, [f64; 2]) {
        let context = self.subject.context;
        let (mut hosting, mut mining) = (0.0, [0.0; 2]);
        for (class, running) in context.classes.iter().zip(&self.books.running[self.weather]) {
            if class.hall == hall {
                mining[usize::from(context.fleet(class).cooling.is_liquid())] += running[self.period];
            }
        }
        for (candidate, host) in context.candidates.iter().zip(&self.books.host) {
            if candidate.hall == hall {
                match context.offer(candidate).is_bitcoin_hosting() {
                    // The client's miners run by air and never stop.
                    true => mining[0] += host[self.period],
                    false => hosting += host[self.period],
                }
            }
        }
        (hosting, mining)
    }

    fn load_halls(&mut self) {
        for hall in 0..self.wanted.len() {
            if self.subject.context.hall_of(hall).is_some() {
                let (hosting, mining) = self.hall_loads(hall);
                self.wanted[hall] = [mining[0] + mining[1], hosting];
            }
        }
    }

    /// Hands MW of a use over to links: all to the only one, else as the plan chooses.
    fn hand_over(
        &mut self,
        from: usize,
        mw: f64,
        use_of: usize,
        links: &[(usize, usize)],
        to: &mut [ByUse],
        found: &mut Found,
    ) {
        match links {
            [] => {}
            [(link, other)] => {
                self.carried[*link] += mw;
                to[*other][use_of] += mw;
            }
            several => {
                let mut sum = 0.0;
                for (link, other) in several {
                    let flow = self.chosen.get(&(*link, use_of)).copied().unwrap_or(0.0);
                    sum += flow;
                    self.carried[*link] += flow;
                    to[*other][use_of] += flow;
                }
                found.balance.same(sum, mw, || format!("links of {}", self.at(from)));
            }
        }
    }

    /// Links of a list that serve a use.
    fn serving(&self, links: &[(usize, usize)], use_of: usize) -> Vec<(usize, usize)> {
        let site = self.subject.context.site;
        let serves = |link: &(usize, usize)| site.links[link.0].medium.serves().allows(use_of == MINING);
        links.iter().filter(|link| serves(link)).copied().collect()
    }

    fn carry_heat(&mut self, found: &mut Found) {
        let context = self.subject.context;
        let mut heat: Vec<ByUse> = vec![[0.0; 2]; self.wanted.len()];
        for node in context.network.heat_order().unwrap_or_default() {
            let component = context.component(node);
            if component.hall().is_some() {
                let (hosting, mining) = self.hall_loads(node);
                let by_liquid = context.judged(&component.id).map_or(0.0, |judged| judged.liquid_share);
                for (use_of, liquid, mw) in [
                    (MINING, false, mining[0]),
                    (MINING, true, mining[1]),
                    (HOSTING, false, hosting * (1.0 - by_liquid)),
                    (HOSTING, true, hosting * by_liquid),
                ] {
                    let links = self.serving(context.network.heat_out(node, liquid), use_of);
                    self.hand_over(node, mw, use_of, &links, &mut heat, found);
                }
                continue;
            }
            let Some(cooling) = component.kind.cooling() else { continue };
            let (share, power) = match self.weather {
                HOT => (cooling.design_hour_share, cooling.design_hour_power_share),
                _ => (1.0, cooling.power_share),
            };
            let taken = heat[node];
            let capacity = self.books.standing[node][self.period] * share;
            found.heat.at_most(taken[MINING] + taken[HOSTING], capacity.max(0.0), || self.at(node));
            self.hold_told(node, taken, capacity, found);
            for use_of in [MINING, HOSTING] {
                self.wanted[node][use_of] += taken[use_of] * power;
                let mut onward = self.serving(context.network.heat_out(node, true), use_of);
                onward.extend(self.serving(context.network.heat_out(node, false), use_of));
                self.hand_over(node, taken[use_of], use_of, &onward, &mut heat, found);
            }
        }
    }

    /// From the loads to the sources.
    fn carry_power(&mut self, found: &mut Found) {
        let context = self.subject.context;
        let order = context.network.power_order().unwrap_or_default();
        let reached = self.reached(&order);
        for node in order.into_iter().rev() {
            let component = context.component(node);
            let passed = self.wanted[node];
            let stands = self.books.standing[node][self.period];
            let is_feed = matches!(component.kind, Kind::GridFeed(_));
            if component.hall().is_none() && component.kind.cooling().is_none() {
                if !is_feed {
                    found
                        .ratings
                        .at_most(passed[MINING] + passed[HOSTING], stands.max(0.0), || self.at(node));
                }
                self.hold_told(node, passed, stands, found);
            }
            if is_feed || matches!(component.kind, Kind::Generation(_)) {
                continue;
            }
            for use_of in [MINING, HOSTING] {
                let drawn = passed[use_of] / (1.0 - component.loss_share());
                let mut feeders = self.serving(context.network.power_in(node), use_of);
                feeders.retain(|(_, from)| reached[*from][use_of]);
                if feeders.is_empty() {
                    found.balance.forbidden(drawn, || format!("{} has no source", self.at(node)));
                }
                let mut wanted = std::mem::take(&mut self.wanted);
                self.hand_over(node, drawn, use_of, &feeders, &mut wanted, found);
                self.wanted = wanted;
            }
        }
    }

    /// Which parts a source reaches, by use: stand-by plant and batteries carry nothing while the grid is there.
    fn reached(&self, order: &[usize]) -> Vec<[bool; 2]> {
        let context = self.subject.context;
        let mut reached = vec![[false; 2]; self.wanted.len()];
        for node in order {
            reached[*node] = [MINING, HOSTING].map(|use_of| match context.component(*node).kind {
                Kind::GridFeed(_) | Kind::Generation(_) => true,
                Kind::Genset(_) | Kind::Battery(_) => false,
                _ => {
                    let feeders = self.serving(context.network.power_in(*node), use_of);
                    feeders.iter().any(|(_, from)| reached[*from][use_of])
                }
            });
        }
        reached
    }

    fn hold_links(&self, found: &mut Found) {
        for (link, carried) in self.subject.context.site.links.iter().zip(&self.carried) {
            if let Some(rating) = link.rating_mw {
                let object = || format!("link {}, {}", link.id, self.times.label(self.period));
                found.ratings.at_most(*carried, rating, object);
            }
        }
    }

    /// What the plan tells of a part at the design hour.
    fn hold_told(&self, node: usize, load: ByUse, rating: f64, found: &mut Found) {
        if self.weather != HOT {
            return;
        }
        let id = &self.subject.context.component(node).id;
        let Some(told) = self.subject.plan.parts.iter().find(|part| part.component == *id) else { return };
        let at = |series: &[f64]| series.get(self.period).copied().unwrap_or(f64::NAN);
        // A part of which a period asks nothing is told with no load and no rating.
        if at(&told.rating_mw) == 0.0 && at(&told.mining_mw) == 0.0 && at(&told.hosting_mw) == 0.0 {
            found.balance.forbidden(load[MINING] + load[HOSTING], || self.at(node));
            return;
        }
        found.balance.same(at(&told.mining_mw), load[MINING], || format!("mining through {}", self.at(node)));
        found
            .balance
            .same(at(&told.hosting_mw), load[HOSTING], || format!("hosting through {}", self.at(node)));
        found.ratings.same(at(&told.rating_mw), rating, || format!("rating of {}", self.at(node)));
    }
}

/// Nothing runs that does not stand, and the plan tells what runs.
fn hold_what_runs(subject: &Subject<'_>, times: &Times<'_>, books: &Books, balance: &mut Family) {
    let context = subject.context;
    for (index, class) in context.classes.iter().enumerate() {
        let fleet = context.fleet(class);
        let object = format!("{} in {}", fleet.model, context.label(class.hall));
        for running in &books.running {
            for (period, mw) in running[index].iter().enumerate() {
                let of = || format!("{object}, {}", times.label(period));
                balance.at_most(*mw, books.mined[index][period], of);
            }
        }
        let hall = subject.plan.halls.iter().find(|hall| hall.id == context.component(class.hall).id);
        let is_it = |of: &crate::plan::UseOf| matches!(of, crate::plan::UseOf::Mining { fleet: told } if *told == fleet.id);
        match hall.and_then(|hall| hall.uses.iter().find(|told| is_it(&told.of))) {
            Some(told) => balance.same_series(&told.mw, &books.running[TYPICAL][index], times, &object),
            None => balance.forbidden(f64::INFINITY, || format!("{object}: nothing is told of it")),
        }
    }
}

/// What the plan tells of the site's import at the design hour.
fn hold_gross(subject: &Subject<'_>, times: &Times<'_>, imports: &[Vec<[ByUse; 2]>], balance: &mut Family) {
    let told = [&subject.plan.gross.mining_mw, &subject.plan.gross.hosting_mw];
    for (use_of, (told, object)) in told.into_iter().zip(["mining import", "hosting import"]).enumerate() {
        let period_sum = |period: usize| imports.iter().map(|feed| feed[period][HOT][use_of]).sum();
        let reckoned: Vec<f64> = (0..times.count()).map(period_sum).collect();
        balance.same_series(told, &reckoned, times, object);
    }
}

/// Least value in force over a period's months.
fn in_force(times: &Times<'_>, period: usize, steps: &[DatedMw], before: f64) -> f64 {
    let on = |month: usize| {
        let day = times.date(month);
        let begun = steps.iter().filter(|step| step.from <= day);
        begun.max_by_key(|step| step.from).map_or(before, |step| step.mw)
    };
    times.span(period).map(on).fold(f64::INFINITY, f64::min)
}

/// (contract, firm) MW of a feed in a period.
pub(super) fn contract(subject: &Subject<'_>, times: &Times<'_>, feed: usize, period: usize) -> (f64, f64) {
    let Some(data) = subject.context.grid_feed(feed) else { return (0.0, 0.0) };
    let wires = data.interconnection_mw;
    let contract = in_force(times, period, &data.contract_mw, wires).min(wires);
    let without_steps = if data.firm_mw.is_empty() { contract } else { 0.0 };
    (contract, in_force(times, period, &data.firm_mw, without_steps).min(contract))
}

fn hold_grid(
    subject: &Subject<'_>,
    times: &Times<'_>,
    books: &Books,
    feed: usize,
    imports: &[[ByUse; 2]],
    grid: &mut Family,
) {
    let context = subject.context;
    let Some(data) = context.grid_feed(feed) else { return };
    let label = context.label(context.feeds[feed].component);
    let amounts = |list| by_period(list, context.feeds.len(), times.count()).swap_remove(feed);
    let decisions = subject.decisions;
    let (peaks, billed, shortfalls) =
        (amounts(&decisions.peaks), amounts(&decisions.billed), amounts(&decisions.shortfalls));
    let Tariff { demand_usd_per_kw_month, four_cp_usd_per_kw_year, ratchet_share, .. } = data.tariff;
    let is_charged = demand_usd_per_kw_month > 0.0 || four_cp_usd_per_kw_year > 0.0;
    for (period, hours) in imports.iter().enumerate() {
        let of = |what: &str| format!("{what} of {label}, {}", times.label(period));
        let (contract, firm) = contract(subject, times, feed, period);
        let tenants = context.candidates.iter().zip(&books.host).filter(|(candidate, _)| {
            candidate.feed == feed && !context.offer(candidate).is_bitcoin_hosting()
        });
        let landlord: f64 = tenants
            .map(|(candidate, host)| {
                host[period] * context.offer(candidate).power_share * candidate.pair.gross.design_hour
            })
            .sum();
        for import in hours {
            grid.at_most(import[HOSTING], firm, || of("firm MW"));
            grid.at_most(import[MINING] + import[HOSTING], contract, || of("contract"));
            if is_charged {
                let least = landlord + (1.0 - data.tariff.peak_avoidance_share) * import[MINING];
                grid.at_least(peaks[period], least, || of("peak"));
            }
        }
        let taken = hours[TYPICAL][MINING] + hours[TYPICAL][HOSTING];
        let least = data.minimum_take_share * contract - taken;
        grid.at_least(shortfalls[period], least, || of("minimum take"));
        if !is_charged {
            continue;
        }
        grid.at_least(billed[period], peaks[period], || of("billed peak"));
        for (earlier, peak) in peaks.iter().enumerate().take(period) {
            if times.span(earlier).end + 11 > times.first(period) {
                let least = ratchet_share * peak;
                grid.at_least(billed[period], least, || of("billed peak"));
            }
        }
    }
}

/// Contract and firm MW as the plan tells them, of all feeds together.
fn hold_contracts(subject: &Subject<'_>, times: &Times<'_>, grid: &mut Family) {
    let sums: Vec<(f64, f64)> = (0..times.count())
        .map(|period| {
            let feeds = 0..subject.context.feeds.len();
            let both = feeds.map(|feed| contract(subject, times, feed, period));
            both.fold((0.0, 0.0), |sum, (contract, firm)| (sum.0 + contract, sum.1 + firm))
        })
        .collect();
    let (contracts, firm): (Vec<f64>, Vec<f64>) = sums.into_iter().unzip();
    grid.same_series(&subject.plan.gross.contract_mw, &contracts, times, "contract");
    grid.same_series(&subject.plan.gross.firm_mw, &firm, times, "firm MW");
}

impl AuditLine {
    /// Nothing is off by more than its tolerance.
    pub fn holds(&self) -> bool {
        self.worst <= self.tolerance
    }

    /// `2027 budget: off by $3.00M (payments within the budgets, C11)`.
    pub fn sentence(&self) -> String {
        let amount = match self.unit {
            "USD" => format::usd(self.worst),
            _ => format!("{} {}", format::number(self.worst, 4), self.unit),
        };
        format!("{}: off by {amount} ({}, {})", self.object, self.what, self.family)
    }
}
