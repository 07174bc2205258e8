//! What a file that could be read may still have wrong: numbers out of range, names that mean nothing, lists
//! that do not add up. Whether the drawing makes sense as a plant is the engineering room's to judge.

mod backdrop;
mod groups;
mod offers;
mod power;
mod sense;

use std::collections::BTreeSet;

use super::mirror::{Step, Walk as _, way};
use super::places::{MOST_ITEMS, Places};
use super::v1;
use crate::quantity::diagnostic::did_you_mean;
use crate::quantity::format::{decimals_for, number, with_unit};
use crate::quantity::{Date, Report};
use crate::site::assessment::{COST, MONTHS};
use crate::site::catalogue::availability_values;
use crate::site::rows::ROW_FIELDS;
use crate::site::scenario::with_scenario;
use crate::site::{
    Climate, Component, InstrumentKind, Kind, Object, Override, Payment, Scenario, Site, State, Terms, field,
};

/// Shares of a whole may miss it by this much.
const SHARE_TOLERANCE: f64 = 1e-6;
/// Most scenarios of a file; each is tried on the whole site.
const MOST_SCENARIOS: usize = 200;

/// Months of a price history: more than bitcoin is old, many times over.
const MOST_HISTORY_MONTHS: usize = 1_200;

/// Problems after which no more are looked for.
const MOST_PROBLEMS: usize = 1_000;
/// Names that are compared with all known ones for a suggestion.
const MOST_SUGGESTIONS: usize = 50;

/// Reports every number that is not finite.
pub fn numbers(file: &v1::Site, places: &Places, report: &mut Report) {
    let mut check = Check::new(places, report);
    file.walk(&mut Vec::new(), &mut |way, value| {
        if !value.is_finite() {
            check.error(
                "not-finite",
                way,
                format!("the value is {value}, which is not a finite number"),
                "write the number that is meant",
            );
        }
    });
}

/// Reports every number out of its range.
pub fn ranges(site: &Site, places: &Places, report: &mut Report) {
    let mut check = Check::new(places, report);
    check.table(site);
    check.range(&way!["latitude"], "Latitude", site.latitude, -90.0, 90.0);
    check.range(&way!["longitude"], "Longitude", site.longitude, -180.0, 180.0);
    check.year(&way!["as_of"], "The date of the information", site.as_of);
    check.year(&way!["plan", "start"], "The start of the plan", site.plan.start);
    check.year(&way!["bitcoin", "as_of"], "The date of the network", site.assumptions.bitcoin.as_of);
    check.climate(site);
    for (index, component) in site.components.iter().enumerate() {
        check.component(component, &way!["components", index]);
    }
    check.machines(site);
    check.offers(site);
    check.money(site);
    check.price_decks(site);
    check.price_history(site);
    check.catalogue(site);
    check.backdrops(site);
    check.groups(site);
    for (index, item) in site.assessment.iter().enumerate() {
        for (spec, value) in [(&COST, item.cost_usd), (&MONTHS, item.months)] {
            let way = way!["assessment", index, spec.key];
            check.range(&way, spec.label, value, spec.min, spec.max);
        }
        if let Some(gate) = item.gate {
            check.year(&way!["assessment", index, "gate"], "The gate", gate);
        }
    }
}

/// Reports everything that can be told without engineering.
pub fn all(site: &Site, places: &Places, report: &mut Report) {
    ranges(site, places, report);
    let mut check = Check::new(places, report);
    check.names(site);
    check.references(site);
    check.sense(site);
    check.scenarios(site);
}

struct Check<'a, 't> {
    places: &'a Places<'t>,
    report: &'a mut Report,
    suggestions_left: usize,
}

impl<'a, 't> Check<'a, 't> {
    fn new(places: &'a Places<'t>, report: &'a mut Report) -> Self {
        Self { places, report, suggestions_left: MOST_SUGGESTIONS }
    }

    fn error(
        &mut self,
        code: &'static str,
        way: &[Step],
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if !self.is_full() {
            self.report.error(code, self.places.place_of(way), message, hint);
        }
    }

    fn warning(
        &mut self,
        code: &'static str,
        way: &[Step],
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if !self.is_full() {
            self.report.warning(code, self.places.place_of(way), message, hint);
        }
    }

    /// True when there are so many problems that more would only bury the first.
    fn is_full(&mut self) -> bool {
        let count = self.report.problems.len();
        if count == MOST_PROBLEMS {
            self.report.info(
                "too-many-problems",
                "the file",
                format!("after {MOST_PROBLEMS} problems no more are looked for"),
                "mend these first",
            );
        }
        count >= MOST_PROBLEMS
    }

    // Numbers

    /// The numbers of the one table of editable numbers.
    fn table(&mut self, site: &Site) {
        // Each object in a document of its own: finding it among all would take the square of their number, and
        // of two with one id would find the first only.
        let mut alone = Site::empty("");
        macro_rules! each {
            ($list:literal, $object:ident, $($path:ident).+) => {
                for (index, item) in site.$($path).+.iter().enumerate() {
                    alone.$($path).+ = vec![item.clone()];
                    self.object(&alone, &Object::$object(item.id.clone()), &way![$list, index]);
                }
            };
        }
        each!("components", Component, components);
        each!("links", Link, links);
        each!("fleets", Fleet, fleets);
        each!("gpu_systems", GpuSystem, gpu_systems);
        each!("offers", Offer, offers);
        each!("loans", Loan, company.loans);
        each!("instruments", Instrument, company.instruments);
        for object in [
            Object::Bitcoin,
            Object::Power,
            Object::GpuRental,
            Object::Delivery,
            Object::Correlation,
            Object::Company,
            Object::Limits,
            Object::Plan,
        ] {
            let list = object.to_string();
            self.object(site, &object, &way![list.as_str()]);
        }
    }

    fn object(&mut self, site: &Site, object: &Object, way: &[Step]) {
        for (spec, value) in field::fields_of(site, object) {
            let Some(value) = value.filter(|value| value.is_finite()) else { continue };
            let Some(message) = spec.problem_with(value) else { continue };
            if self.is_full() {
                return;
            }
            let (node, _) = self.places.nearest(way);
            let place = match self.places.field_within(node, spec.key) {
                Some(field) => self.places.place(field),
                None => self
                    .places
                    .place_at(&format!("{}.{}", self.places.name(node), spec.key), self.places.start(node)),
            };
            let range = |limit| with_unit(limit, spec.unit);
            self.report.error(
                "value-out-of-range",
                place,
                message,
                format!("enter a value from {} to {}", range(spec.min), range(spec.max)),
            );
        }
    }

    fn range(&mut self, way: &[Step], what: &str, value: f64, least: f64, most: f64) {
        // A number that is not finite has been reported where all numbers are looked at.
        if value.is_finite() && !(least..=most).contains(&value) {
            let shown = |value| number(value, decimals_for(value));
            self.error(
                "value-out-of-range",
                way,
                format!("{what} is {}, outside {} to {}", shown(value), shown(least), shown(most)),
                format!("enter a value from {} to {}", shown(least), shown(most)),
            );
        }
    }

    /// An imported year; whether a built-in one exists is the engineering room's to judge.
    fn climate(&mut self, site: &Site) {
        let Some(Climate::Imported(year)) = &site.climate else { return };
        let way = way!["climate"];
        self.range(&way, "The latitude of the weather", year.latitude, -90.0, 90.0);
        self.range(&way, "The longitude of the weather", year.longitude, -180.0, 180.0);
        self.range(&way, "The elevation of the weather", year.elevation_m, -500.0, 9_000.0);
        if let Err(what) = year.year() {
            self.error(
                "weather-unreadable",
                &way,
                format!("the weather `{}` cannot be read: {what}", year.name),
                "import the weather file again, or name a typical year of the program",
            );
        }
    }

    fn year(&mut self, way: &[Step], what: &str, date: Date) {
        if !(2009..=2150).contains(&date.year()) {
            self.error(
                "value-out-of-range",
                way,
                format!("{what} is {date}"),
                "enter a date from 2009 to 2150",
            );
        }
    }

    fn component(&mut self, component: &Component, way: &[Step]) {
        let to = |rest: &[Step<'static>]| -> Vec<Step> {
            way.iter().copied().chain(rest.iter().copied()).collect()
        };
        let points = [
            ("at_schematic", Some(component.at_schematic)),
            ("at_plan", component.at_plan),
            ("at_map", component.at_map),
        ];
        for (key, point) in points {
            for value in point.iter().flat_map(|point| [point.x, point.y]) {
                self.range(&to(&way![key]), "The position", value, -1e6, 1e6);
            }
        }
        if component.spare_units >= component.units {
            self.error(
                "spare-units",
                &to(&way!["spare_units"]),
                format!(
                    "{} of {} units are spare, so none carries the load",
                    component.spare_units, component.units
                ),
                "leave at least one unit to carry the load",
            );
        }
        if let State::Planned(planned) = &component.state {
            self.payments(&planned.payments, &to(&way!["state", "payments"]));
            self.in_order(
                &to(&way!["state", "latest"]),
                "earliest order",
                planned.earliest,
                "latest",
                planned.latest,
            );
            self.least(&to(&way!["state", "block_mw"]), "The block", planned.block_mw);
        }
        match &component.kind {
            Kind::GridFeed(feed) => {
                for (key, steps) in [("contract_mw", &feed.contract_mw), ("firm_mw", &feed.firm_mw)] {
                    let list = to(&way!["kind", key]);
                    self.steps(&list, steps.iter().map(|step| (step.from, step.mw)));
                }
                self.grid_feed(feed, way);
            }
            Kind::Hall(hall) => {
                for (index, group) in hall.row_groups.iter().enumerate() {
                    for field in &ROW_FIELDS {
                        let (key, value) = (field.spec.key, (field.get)(group));
                        let way = to(&way!["kind", "row_groups", index, key]);
                        self.range(&way, key, value, field.spec.min, field.spec.max);
                    }
                }
                if let Some(fit_out) = &hall.fit_out {
                    self.payments(&fit_out.payments, &to(&way!["kind", "fit_out", "payments"]));
                }
            }
            _ => {}
        }
    }

    fn least(&mut self, way: &[Step], what: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.range(way, what, value, 1e-6, 1e5);
        }
    }

    fn payments(&mut self, payments: &[Payment], way: &[Step]) {
        for (index, payment) in payments.iter().enumerate() {
            let at = |key| -> Vec<Step> { way.iter().copied().chain(way![index, key]).collect() };
            self.range(&at("share"), "The share of the payment", payment.share, 0.0, 1.0);
            self.range(
                &at("months_after_order"),
                "The month of the payment",
                payment.months_after_order,
                0.0,
                240.0,
            );
        }
        let sum: f64 = payments.iter().map(|payment| payment.share).sum();
        if !payments.is_empty() && (sum - 1.0).abs() > SHARE_TOLERANCE {
            self.error(
                "payment-shares",
                way,
                format!("the shares of the payments sum to {sum}"),
                "make them sum to 1",
            );
        }
    }

    /// Values from dates on, which must go up.
    fn steps(&mut self, way: &[Step], steps: impl Iterator<Item = (Date, f64)>) {
        let mut before: Option<Date> = None;
        for (index, (from, mw)) in steps.enumerate() {
            let at: Vec<Step> = way.iter().copied().chain(way![index]).collect();
            self.range(&at, "The power", mw, 0.0, 1e5);
            if let Some(before) = before.filter(|before| *before >= from) {
                self.error(
                    "dates-unsorted",
                    &at,
                    format!("{from} does not come after {before}"),
                    "put the dates in order, each once",
                );
            }
            before = Some(from);
        }
    }

    fn in_order(&mut self, way: &[Step], first: &str, from: Option<Date>, last: &str, to: Option<Date>) {
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            self.error(
                "dates-out-of-order",
                way,
                format!("the {first} date {from} is after the {last} date {to}"),
                "swap or correct the two dates",
            );
        }
    }

    fn machines(&mut self, site: &Site) {
        for (index, fleet) in site.fleets.iter().enumerate() {
            for (cohort_index, cohort) in fleet.cohorts.iter().enumerate() {
                let at = way!["fleets", index, "cohorts", cohort_index, "mw"];
                self.range(&at, "The power of the machines", cohort.mw, 0.0, 1e5);
            }
        }
    }

    fn money(&mut self, site: &Site) {
        for (index, instrument) in site.company.instruments.iter().enumerate() {
            self.in_order(
                &way!["instruments", index, "available_to"],
                "first",
                instrument.available_from,
                "last",
                instrument.available_to,
            );
            // Most terms are in the table of numbers; these stand beside it, or against one another.
            let shares: &[(&'static str, f64, f64)] = match instrument.kind {
                InstrumentKind::ConvertibleNotes { conversion_premium } => {
                    &[("conversion_premium", conversion_premium, 10.0)]
                }
                InstrumentKind::BitcoinBackedLine { initial_ltv, call_ltv, liquidation_ltv } => &[
                    ("initial_ltv", initial_ltv, call_ltv),
                    ("call_ltv", call_ltv, liquidation_ltv),
                    ("liquidation_ltv", liquidation_ltv, 1.0),
                ],
                _ => &[],
            };
            for (key, value, most) in shares {
                self.range(&way!["instruments", index, "kind", *key], key, *value, 0.0, *most);
            }
        }
        let limits = &site.limits;
        let mut before = i16::MIN;
        for (index, year) in limits.capex_by_year_usd.iter().enumerate() {
            let at = way!["limits", "capex_by_year_usd", index];
            self.range(&at, "The budget", year.usd, 0.0, 1e12);
            self.range(&at, "The year", f64::from(year.year), 2009.0, 2150.0);
            if year.year <= before {
                self.error(
                    "dates-unsorted",
                    &at,
                    format!("{} does not come after {before}", year.year),
                    "put the years in order, each once",
                );
            }
            before = year.year;
        }
        if let Some(year) = limits.floor_from_year {
            self.range(
                &way!["limits", "floor_from_year"],
                "The first year of the floor",
                f64::from(year),
                0.0,
                25.0,
            );
        }
        self.steps(
            &way!["limits", "hosting_min_mw"],
            limits.hosting_min_mw.iter().map(|minimum| (minimum.from, minimum.mw)),
        );
        let delay = &site.assumptions.delivery;
        if !(delay.delay_low_months <= delay.delay_mode_months
            && delay.delay_mode_months <= delay.delay_high_months)
            && [delay.delay_low_months, delay.delay_mode_months, delay.delay_high_months]
                .iter()
                .all(|value| value.is_finite())
        {
            self.error(
                "value-out-of-range",
                &way!["delivery"],
                "the delays do not ascend from low through likely to high",
                "put the three delays in order",
            );
        }
    }

    fn price_decks(&mut self, site: &Site) {
        for (index, deck) in site.assumptions.price_decks.iter().enumerate() {
            if deck.months.len() != 12 {
                self.error(
                    "price-months",
                    &way!["price_decks", index, "months"],
                    format!("the deck has {} months", deck.months.len()),
                    "give twelve, January first",
                );
            }
            if let Some(hours) = &deck.hours {
                self.series(hours, &way!["price_decks", index, "hours"], "The hourly price");
            }
            for (month, bands) in deck.months.iter().enumerate() {
                let at = way!["price_decks", index, "months", month];
                for band in bands {
                    self.range(&at, "The share of a band", band.share, 0.0, 1.0);
                    self.range(&at, "The price of a band", band.usd_per_mwh, -1e5, 1e5);
                }
                let sum: f64 = bands.iter().map(|band| band.share).sum();
                // Written so that a sum that is not a number is no sum of 1 either.
                if (sum - 1.0).abs() > SHARE_TOLERANCE {
                    self.error(
                        "band-shares",
                        &at,
                        format!("the shares of the bands sum to {sum}"),
                        "make them sum to 1",
                    );
                }
                if bands.windows(2).any(|pair| pair[0].usd_per_mwh > pair[1].usd_per_mwh) {
                    self.error(
                        "bands-unsorted",
                        &at,
                        "the bands do not ascend by price",
                        "put them in order of price",
                    );
                }
            }
        }
    }

    fn price_history(&mut self, site: &Site) {
        let Some(history) = &site.assumptions.price_history else { return };
        if history.months.len() > MOST_HISTORY_MONTHS {
            self.error(
                "history-too-long",
                &way!["price_history", "months"],
                format!("the history has {} months", history.months.len()),
                format!("keep the last {MOST_HISTORY_MONTHS}"),
            );
            return;
        }
        for (index, month) in history.months.iter().enumerate() {
            let at = way!["price_history", "months", index];
            self.range(&at, "The price of the month", month.price_usd_per_btc, 1e-4, 1e9);
            self.range(&at, "The network of the month", month.network_eh.unwrap_or(1.0), 1e-9, 1e9);
            self.range(&at, "The fees of the month", month.fee_share_of_subsidy.unwrap_or(0.0), 0.0, 100.0);
            if month.month.day() != 1 {
                self.error(
                    "history-day",
                    &at,
                    format!("{} is not the first day of a month", month.month),
                    "name each month by its first day",
                );
            }
        }
        if let Some(index) = history.months.windows(2).position(|pair| pair[0].month >= pair[1].month) {
            self.error(
                "history-unsorted",
                &way!["price_history", "months", index + 1],
                "the months are not in order, or one is there twice",
                "put each month once, the oldest first",
            );
        }
    }

    fn catalogue(&mut self, site: &Site) {
        for (index, asic) in site.catalogue.asics.iter().enumerate() {
            let at = |key| way!["catalogue", "asics", index, key];
            self.range(&at("th_per_s"), "The hashrate", asic.th_per_s, 1e-3, 1e6);
            self.range(&at("efficiency_j_per_th"), "The efficiency", asic.efficiency_j_per_th, 1.0, 1e4);
            for (key, value) in [
                ("usd_per_th_low", asic.usd_per_th_low),
                ("usd_per_th", asic.usd_per_th),
                ("usd_per_th_high", asic.usd_per_th_high),
            ] {
                self.range(&at(key), "The price", value, 0.0, 1e4);
            }
        }
        self.gpu_models(site);
        for (index, entry) in site.catalogue.reliability.iter().enumerate() {
            let at = |key| way!["catalogue", "reliability", index, key];
            self.range(&at("failures_per_year"), "The failures a year", entry.failures_per_year, 0.0, 1e4);
            self.range(&at("repair_hours"), "The repair time", entry.repair_hours, 0.0, 8_760.0);
        }
        for (index, entry) in site.catalogue.availability.iter().enumerate() {
            let known = availability_values().iter().find(|known| known.key == entry.key);
            if let Some(known) = known {
                let (least, most) = known.bounds();
                let way = way!["catalogue", "availability", index, "value"];
                self.range(&way, &format!("The value of `{}`", entry.key), entry.value, least, most);
            } else if !self.is_full() {
                let near =
                    did_you_mean(&entry.key, availability_values().iter().map(|known| known.key.as_str()));
                self.report.warning(
                    "availability-key-unknown",
                    self.places.place_of(&way!["catalogue", "availability", index, "key"]),
                    format!("there is no failure data called `{}`; it is kept and not used", entry.key),
                    near.map_or_else(String::new, |near| format!("did you mean `{near}`?")),
                );
            }
        }
    }

    // Names

    fn names(&mut self, site: &Site) {
        self.ids("components", "component", site.components.iter().map(|item| item.id.as_str()));
        self.ids("links", "link", site.links.iter().map(|item| item.id.as_str()));
        self.ids("fleets", "fleet", site.fleets.iter().map(|item| item.id.as_str()));
        self.ids("gpu_systems", "GPU system", site.gpu_systems.iter().map(|item| item.id.as_str()));
        self.ids("offers", "offer", site.offers.iter().map(|item| item.id.as_str()));
        self.ids(
            "price_decks",
            "price deck",
            site.assumptions.price_decks.iter().map(|item| item.id.as_str()),
        );
        self.ids("loans", "loan", site.company.loans.iter().map(|item| item.id.as_str()));
        self.ids("instruments", "instrument", site.company.instruments.iter().map(|item| item.id.as_str()));
        let mut seen = BTreeSet::new();
        for (index, scenario) in site.scenarios.iter().enumerate() {
            let at = way!["scenarios", index, "name"];
            if scenario.name.trim().is_empty() {
                self.error("id-empty", &at, "the scenario has no name", "give it a name");
            } else if !seen.insert(scenario.name.as_str()) {
                self.error(
                    "scenario-duplicate",
                    &at,
                    format!("there are two scenarios `{}`", scenario.name),
                    "rename one of them",
                );
            }
        }
    }

    fn ids<'s>(&mut self, list: &'static str, word: &str, ids: impl Iterator<Item = &'s str>) {
        let mut seen = BTreeSet::new();
        for (index, id) in ids.enumerate() {
            let at = way![list, index, "id"];
            if id.is_empty() {
                self.error(
                    "id-empty",
                    &at,
                    format!("a {word} has an empty id"),
                    "give it a short name of its own",
                );
            } else if !id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
            {
                self.error(
                    "id-malformed",
                    &at,
                    format!("the id `{id}` has characters an id cannot have"),
                    "use letters, digits, `_`, `.` and `-`; the name is free",
                );
            } else if !seen.insert(id) {
                self.error(
                    "id-duplicate",
                    &at,
                    format!("there are two {word}s `{id}`"),
                    "rename one of them",
                );
            }
        }
    }

    // References

    fn references(&mut self, site: &Site) {
        let components: BTreeSet<&str> = site.components.iter().map(|item| item.id.as_str()).collect();
        let decks: BTreeSet<&str> =
            site.assumptions.price_decks.iter().map(|item| item.id.as_str()).collect();
        let systems: BTreeSet<&str> = site.gpu_systems.iter().map(|item| item.id.as_str()).collect();
        let metros: BTreeSet<&str> = site
            .components
            .iter()
            .filter(|item| matches!(item.kind, Kind::Metro(_)))
            .map(|item| item.id.as_str())
            .collect();
        for (index, link) in site.links.iter().enumerate() {
            self.known("link-dangling", &way!["links", index, "from"], &link.from, "component", &components);
            self.known("link-dangling", &way!["links", index, "to"], &link.to, "component", &components);
        }
        for (index, component) in site.components.iter().enumerate() {
            if let State::Planned(planned) = &component.state {
                for (key, code, ids) in [
                    ("works_outage", "works-outage-dangling", &planned.works_outage),
                    ("replaces", "replaces-dangling", &planned.replaces),
                ] {
                    for (item, id) in ids.iter().enumerate() {
                        let at = way!["components", index, "state", key, item];
                        self.known(code, &at, id, "component", &components);
                    }
                }
            }
            if let Kind::GridFeed(feed) = &component.kind {
                let at = way!["components", index, "kind", "tariff", "price_deck"];
                // A price that is no index needs no deck; one that is named must be there all the same.
                if feed.tariff.energy.is_index() || !feed.tariff.price_deck.is_empty() {
                    self.known("price-deck-dangling", &at, &feed.tariff.price_deck, "price deck", &decks);
                }
            }
        }
        for (index, offer) in site.offers.iter().enumerate() {
            if let Some(need) = &offer.needs.latency {
                let at = way!["offers", index, "needs", "latency", "metro"];
                self.known("metro-dangling", &at, &need.metro, "metro", &metros);
            }
            if let Terms::GpuCloud { gpu_system, .. } = &offer.terms {
                let at = way!["offers", index, "terms", "gpu_system"];
                self.known("gpu-system-dangling", &at, gpu_system, "GPU system", &systems);
            }
        }
        for (index, provenance) in site.provenance.iter().enumerate() {
            let leads_nowhere = if provenance.at.is_whole() {
                field::fields_of(site, &provenance.at.object).is_empty()
            } else {
                site.value(&provenance.at).is_none()
            };
            if leads_nowhere && !self.is_full() {
                let at = way!["provenance", index, "at"];
                self.report.warning(
                    "provenance-dangling",
                    self.places.place_of(&at),
                    format!("there is no value `{}`", provenance.at),
                    "remove the entry or correct the name",
                );
            }
            let pair = (provenance.low, provenance.high);
            if matches!(pair, (Some(low), Some(high)) if low > high) {
                self.error(
                    "value-out-of-range",
                    &way!["provenance", index, "low"],
                    format!("the low value of `{}` is above its high value", provenance.at),
                    "swap or correct the two",
                );
            }
        }
    }

    fn known(&mut self, code: &'static str, way: &[Step], id: &str, word: &str, known: &BTreeSet<&str>) {
        if known.contains(id) {
            return;
        }
        let near = (self.suggestions_left > 0).then(|| did_you_mean(id, known.iter().copied())).flatten();
        self.suggestions_left = self.suggestions_left.saturating_sub(1);
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("add a {word} or remove what names it"),
            None => format!("name a {word} that exists, or add it"),
        };
        self.error(code, way, format!("there is no {word} `{id}`"), hint);
    }

    fn scenarios(&mut self, site: &Site) {
        if site.scenarios.len() > MOST_SCENARIOS {
            self.error(
                "too-many",
                &way!["scenarios"],
                format!("there are {} scenarios", site.scenarios.len()),
                format!("keep {MOST_SCENARIOS} of them at most"),
            );
            return;
        }
        let overrides: usize = site.scenarios.iter().map(|scenario| scenario.overrides.len()).sum();
        if overrides > MOST_ITEMS {
            self.error(
                "too-many",
                &way!["scenarios"],
                format!("the scenarios have {overrides} overrides"),
                format!("keep {MOST_ITEMS} of them at most"),
            );
            return;
        }
        for (index, scenario) in site.scenarios.iter().enumerate() {
            self.scenario(site, scenario, index);
        }
    }

    fn scenario(&mut self, site: &Site, scenario: &Scenario, index: usize) {
        let (changed, problems) = with_scenario(site, Some(scenario));
        for mut problem in problems.problems {
            problem.place = self.places.place_of(&way!["scenarios", index]);
            self.report.problems.push(problem);
        }
        for (place, change) in scenario.overrides.iter().enumerate() {
            let at = way!["scenarios", index, "overrides", place];
            match change {
                Override::State { component, .. } => {
                    if let Some(component) = changed.component(component) {
                        self.component(component, &at);
                        self.object(&changed, &Object::Component(component.id.clone()), &at);
                    }
                }
                Override::OfferStatus { probability, .. } => {
                    self.range(&at, "The probability", *probability, 0.0, 1.0);
                }
                Override::OfferWindow { earliest, latest, .. } => {
                    self.in_order(&at, "earliest start", *earliest, "latest", *latest);
                }
                Override::PriceModel { model } => self.enough_history(&changed, *model, &at),
                Override::Value { .. }
                | Override::Choice { .. }
                | Override::Survives { .. }
                | Override::LastOrder { .. }
                | Override::WithoutOffer { .. } => {}
            }
        }
    }
}
