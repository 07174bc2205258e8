//! Everything the program is built from: the calendar, the judged pairs, the mining classes and the sampled world.

use super::pairs::Pairs;
use super::plugs::grid_feed_of;
use super::result::{Detail, Refused};
use super::time::Calendar;
use crate::engineering::carry::Layout;
use crate::engineering::supply::Standing;
use crate::engineering::{self, Engineering, HallEngineering, Network, Pair, Screen};
use crate::lp;
use crate::market::{self, MiningMonth, OfferPath, PreparedDeck, World};
use crate::quantity::{Report, date};
use crate::site::{AsicFleet, Component, GridFeed, Hall, Offer, Site};

/// Share of the year above the 0.4 % design hour.
pub const DESIGN_HOUR_SHARE: f64 = 0.004;

/// Weather states the balances are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Typical,
    /// The hours above the 0.4 % design condition.
    Hot,
}

impl Weather {
    pub const BOTH: [Self; 2] = [Self::Typical, Self::Hot];

    pub fn share(self) -> f64 {
        match self {
            Self::Typical => 1.0 - DESIGN_HOUR_SHARE,
            Self::Hot => DESIGN_HOUR_SHARE,
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::Typical => "typ",
            Self::Hot => "hot",
        }
    }
}

/// One fleet in one hall that can hold it.
#[derive(Clone, Debug, PartialEq)]
pub struct MiningClass {
    /// Index into the site's components.
    pub hall: usize,
    /// Index into the site's fleets.
    pub fleet: usize,
    /// Utility MWh per IT MWh in a typical hour.
    pub gross_factor: f64,
    /// Utility MW per IT MW in the design hour.
    pub design_hour_factor: f64,
    /// Index into `Context::feeds`.
    pub feed: usize,
}

/// A hall and an offer that fit each other.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub hall: usize,
    pub offer: usize,
    pub pair: Pair,
    pub feed: usize,
}

/// A grid feed with its prices net of curtailed hours.
#[derive(Debug)]
pub struct Feed {
    pub component: usize,
    pub deck: PreparedDeck,
}

/// What the plan is made from. Plain data; built once a scenario and detail.
#[derive(Debug)]
pub struct Context<'a> {
    pub site: &'a Site,
    pub calendar: Calendar,
    pub network: Network,
    pub engineering: Engineering,
    /// Everything drawn, as losses are judged on it; `None` where it cannot be carried through.
    pub layout: Option<Layout<'a>>,
    pub feeds: Vec<Feed>,
    pub classes: Vec<MiningClass>,
    pub candidates: Vec<Candidate>,
    pub refused: Vec<Refused>,
    pub notes: Vec<String>,
}

impl<'a> Context<'a> {
    /// Judges the drawing and pairs halls with fleets and offers.
    ///
    /// # Errors
    /// The problems that keep a plan from being made: no grid feed, no price deck, a cyclic drawing.
    pub fn new(site: &'a Site, detail: Detail) -> Result<Self, Report> {
        Self::knowing(site, detail, &mut Pairs::default())
    }

    /// As [`Context::new`], with pairs that may have been judged before.
    ///
    /// # Errors
    /// As [`Context::new`].
    pub fn knowing(site: &'a Site, detail: Detail, pairs: &mut Pairs) -> Result<Self, Report> {
        let mut report = Report::default();
        let network = Network::new(site);
        if network.power_order().is_none() || network.heat_order().is_none() {
            report.extend(engineering::check(site));
        }
        let mut feeds = Vec::new();
        for (index, component) in site.components.iter().enumerate() {
            let crate::site::Kind::GridFeed(feed) = &component.kind else { continue };
            match market::power::deck_of(site, &feed.tariff) {
                Some(deck) => feeds.push(Feed {
                    component: index,
                    deck: PreparedDeck::new(&deck, &feed.tariff, &feed.curtailment),
                }),
                None => report.error(
                    "price-deck-missing",
                    format!("component {}", component.tag),
                    format!(
                        "the tariff names the price deck `{}`, which does not exist",
                        feed.tariff.price_deck
                    ),
                    "name one of the decks under assumptions",
                ),
            }
        }
        if feeds.is_empty() && !report.has_errors() {
            report.error(
                "no-grid-feed",
                "site",
                "there is no grid feed, so there is no power to plan with",
                "draw a grid feed",
            );
        }
        if report.has_errors() {
            return Err(report);
        }
        let engineering = engineering::engineering(site);
        let mut context = Self {
            site,
            calendar: Calendar::new(site, detail),
            network,
            engineering,
            layout: Layout::new(site, Standing::Drawn).ok().map(|(layout, _)| layout),
            feeds,
            classes: Vec::new(),
            candidates: Vec::new(),
            refused: Vec::new(),
            notes: Vec::new(),
        };
        context.find_classes();
        context.find_candidates(pairs);
        context.note_simplifications();
        Ok(context)
    }

    fn find_classes(&mut self) {
        for (hall, component) in self.site.components.iter().enumerate() {
            if component.hall().is_none() {
                continue;
            }
            let Some(judged) = self.judged(&component.id) else { continue };
            let (air, liquid) = (judged.has_mining_air_path, judged.has_mining_liquid_path);
            let feed = self.feed_of(hall);
            for (fleet, machines) in self.site.fleets.iter().enumerate() {
                let needs_liquid = machines.cooling.is_liquid();
                if (needs_liquid && !liquid) || (!needs_liquid && !air) {
                    continue;
                }
                let share = if needs_liquid { 1.0 } else { 0.0 };
                let factor = engineering::gross_factor(self.site, &self.network, hall, true, share);
                if let Some(factor) = factor {
                    let (gross_factor, design_hour_factor) = (factor.typical, factor.design_hour);
                    self.classes.push(MiningClass { hall, fleet, gross_factor, design_hour_factor, feed });
                }
            }
        }
    }

    fn find_candidates(&mut self, pairs: &mut Pairs) {
        let mut asked = Vec::new();
        for (index, offer) in self.site.offers.iter().enumerate() {
            if let Some(reason) = engineering::offer_refusal(self.site, offer) {
                for (component, _) in self.site.halls().filter(|(_, hall)| hall.hosting_max_mw() > 0.0) {
                    self.refuse(component, offer, reason.clone());
                }
                continue;
            }
            for (hall, component) in self.site.components.iter().enumerate() {
                let Some(data) = component.hall() else { continue };
                // A hall that its owner keeps for mining is nobody's candidate and needs no reason.
                if data.hosting_max_mw() > 0.0 || offer.is_bitcoin_hosting() {
                    asked.push((hall, index));
                }
            }
        }
        let fits = pairs.judge(self.site, &self.network, &self.engineering, &asked);
        for ((hall, offer), fit) in asked.into_iter().zip(fits) {
            match fit {
                Ok(pair) => {
                    let feed = self.feed_of(hall);
                    self.candidates.push(Candidate { hall, offer, pair, feed });
                }
                Err(reason) => self.refuse(self.component(hall), &self.site.offers[offer], reason),
            }
        }
    }

    fn refuse(&mut self, hall: &Component, offer: &Offer, reason: String) {
        self.refused.push(Refused { hall: hall.id.clone(), offer: offer.id.clone(), reason });
    }

    fn note_simplifications(&mut self) {
        let notes = super::finance::notes(self);
        self.notes.extend(notes);
        let limits = &self.site.limits;
        let floors = [limits.worst_year_floor_share, limits.worst_year_floor_usd, limits.contracted_share];
        let first = super::planner::first_floor_year(self);
        if floors.into_iter().flatten().any(|floor| floor > 0.0) && first >= self.calendar.years() {
            self.notes.push(format!(
                "Revenue floors and contracted shares hold from plan year {} on, and the horizon ends before: no year keeps to them; plan further ahead, or set the first year of the floor",
                first + 1
            ));
        }
        if self.layout.as_ref().is_none_or(|layout| Screen::new(layout).is_none()) {
            self.notes.push(
                "The drawing is too large to look at every loss: what survives a failure is judged hall by hall only"
                    .into(),
            );
        }
    }

    pub fn judged(&self, hall: &str) -> Option<&HallEngineering> {
        self.engineering.halls.iter().find(|judged| judged.id == hall)
    }

    /// The grid feed upstream of a part.
    fn feed_of(&self, component: usize) -> usize {
        let upstream = grid_feed_of(self.site, &self.network, component);
        self.feeds.iter().position(|feed| Some(feed.component) == upstream).unwrap_or(0)
    }

    pub fn component(&self, index: usize) -> &'a Component {
        &self.site.components[index]
    }

    pub fn hall_of(&self, index: usize) -> Option<&'a Hall> {
        self.site.components[index].hall()
    }

    pub fn fleet(&self, class: &MiningClass) -> &'a AsicFleet {
        &self.site.fleets[class.fleet]
    }

    /// J/TH at which a fleet's machines run in a plan month, at the mean age of those owned today.
    pub fn running_j_per_th(&self, fleet: &AsicFleet, month: usize) -> f64 {
        fleet.running_j_per_th(fleet.mean_age_years(self.calendar.date_of(month)))
    }

    /// What a MW of a class does in a month of a path, by path and month. What depends on the month alone is worked out
    /// once.
    pub fn mining_months<'c>(
        &'c self,
        class: &'c MiningClass,
    ) -> impl Fn(&World, usize, usize) -> MiningMonth + Sync + 'c {
        struct Month {
            of_year: i8,
            j_per_th: f64,
            variable_usd_per_mwh: f64,
        }
        let (fleet, deck, calendar) = (self.fleet(class), &self.feeds[class.feed].deck, &self.calendar);
        let months: Vec<Month> = (0..calendar.months)
            .map(|month| Month {
                of_year: calendar.calendar_month(month),
                j_per_th: self.running_j_per_th(fleet, month),
                variable_usd_per_mwh: fleet.variable_usd_per_mwh * calendar.inflation(month),
            })
            .collect();
        let working = fleet.working_share();
        move |world, path, month| {
            let known = &months[month];
            let revenue = market::bitcoin::revenue_usd_per_mwh(
                world.hashprice[path][month],
                known.j_per_th,
                fleet.pool_fee_share,
                fleet.stale_share,
            );
            deck.mining_month(
                known.of_year,
                revenue,
                world.power_scale[path][month],
                class.gross_factor,
                known.variable_usd_per_mwh,
                working,
            )
        }
    }

    pub fn offer(&self, candidate: &Candidate) -> &'a Offer {
        &self.site.offers[candidate.offer]
    }

    pub fn grid_feed(&self, feed: usize) -> Option<&'a GridFeed> {
        match &self.site.components[self.feeds[feed].component].kind {
            crate::site::Kind::GridFeed(feed) => Some(feed),
            _ => None,
        }
    }

    /// Months from the order to a megawatt of a pair that can be hosted: the longest lead of its fit-out and of the planned
    /// parts it needs.
    pub fn lead_months(&self, candidate: &Candidate) -> f64 {
        let fit_out = self.hall_of(candidate.hall).and_then(|hall| hall.fit_out.as_ref());
        let parts = candidate.pair.requires.iter().filter_map(|id| self.site.component(id)?.planned());
        parts.map(|planned| planned.lead_months).chain(fit_out.map(|fit| fit.lead_months)).fold(0.0, f64::max)
    }

    /// Words used for a component in row names and sentences.
    pub fn label(&self, index: usize) -> String {
        let component = &self.site.components[index];
        if component.tag.is_empty() { component.id.clone() } else { component.tag.clone() }
    }

    /// Least value in force during a period of a series of dated steps; `fallback` before the first step.
    pub fn least_in_force(&self, steps: &[crate::site::DatedMw], fallback: f64, period: usize) -> f64 {
        let span = self.calendar.periods[period];
        (span.first_month..span.first_month + span.months)
            .map(|month| {
                let day = self.calendar.date_of(month);
                steps.iter().rev().find(|step| step.from <= day).map_or(fallback, |step| step.mw)
            })
            .fold(f64::INFINITY, f64::min)
    }

    /// Month in which the space of a sunset date must be ready at the latest.
    pub fn sunset_month(&self, offer: &Offer) -> Option<i32> {
        offer.delivery.sunset.map(|sunset| date::month_at_or_after(self.calendar.start, sunset))
    }
}

/// Mining by class, path and month, on one sampled world.
#[derive(Clone, Debug)]
pub struct MiningTable {
    paths: usize,
    months: usize,
    /// `[class][path * months + month]`
    cells: Vec<Vec<MiningMonth>>,
}

impl MiningTable {
    pub fn new(context: &Context<'_>, world: &World) -> Self {
        use rayon::prelude::*;
        let months = context.calendar.months;
        let cells = context
            .classes
            .iter()
            .map(|class| {
                let mined = context.mining_months(class);
                (0..world.paths)
                    .into_par_iter()
                    .flat_map_iter(|path| {
                        let mined = &mined;
                        (0..months).map(move |month| mined(world, path, month))
                    })
                    .collect()
            })
            .collect();
        Self { paths: world.paths, months, cells }
    }

    pub fn at(&self, class: usize, path: usize, month: usize) -> &MiningMonth {
        &self.cells[class][path * self.months + month]
    }

    pub fn paths(&self) -> usize {
        self.paths
    }
}

/// What a tenant's cohort does on one path.
pub fn tenant_path<'w>(world: &'w World, offer: &Offer) -> Option<&'w OfferPath> {
    world.tenants.iter().find(|tenant| tenant.offer == offer.id)
}

/// Name of a column or row: parts joined by dots, made fit for a solver.
pub fn name(parts: &[&str]) -> String {
    lp::name_of(&parts.join("."))
}

/// `2027-04` for a period's first day, used in names.
pub fn stamp(calendar: &Calendar, period: usize) -> String {
    let start = calendar.periods[period].start;
    format!("{:04}-{:02}", start.year(), start.month())
}
