//! What each number alone allows and together makes no sense: periods that never come, bills no connection carries,
//! prices in another unit, names that are not in the libraries, a history too short to draw from.

use super::{Check, Step, way};
use crate::file::{catalogue, history::known, library};
use crate::quantity::diagnostic::did_you_mean;
use crate::quantity::format::{self, decimals_for, number};
use crate::quantity::{Date, date};
use crate::site::tariff::MOST_PERIODS;
use crate::site::{
    BillMonth, EnergyPrice, GridFeed, Kind, LEAST_RETURNS, PriceModel, Site, Tariff, Terms, TimeOfUse,
    TimeOfUsePeriod,
};

/// Prices below this and above nought, USD/MWh, are dollars a kWh; those above the other are thousandths.
const LIKELY_PRICE: std::ops::RangeInclusive<f64> = 1.0..=1_000.0;
/// Beyond this the table of editable numbers has named it.
const MOST_PRICE: f64 = 1e4;
/// Energy of a month over what the connection carries in all its hours: meters and connections are rounded.
const ENERGY_SLACK: f64 = 1.02;
/// Billed peaks may be kVA, or a contract's excess.
const PEAK_SLACK: f64 = 1.1;
/// Bills so many years before the date of the information say nothing of the site that is planned.
const OLDEST_BILL_YEARS: i16 = 15;

impl Check<'_, '_> {
    pub(super) fn sense(&mut self, site: &Site) {
        for (index, component) in site.components.iter().enumerate() {
            let Kind::GridFeed(feed) = &component.kind else { continue };
            let called = match component.name.as_str() {
                "" => component.id.as_str(),
                name => name,
            };
            let to = |rest: &[Step<'static>]| -> Vec<Step<'static>> {
                way!["components", index, "kind"].iter().copied().chain(rest.iter().copied()).collect()
            };
            self.tariff_sense(site, called, &feed.tariff, &to);
            self.bills_sense(site, called, feed, &to);
        }
        let marginal = site.assumptions.bitcoin.marginal_usd_per_mwh;
        self.likely_price(
            &way!["bitcoin", "marginal_usd_per_mwh"],
            "The marginal miner's power price",
            marginal,
        );
        for (index, deck) in site.assumptions.price_decks.iter().enumerate() {
            let highest = deck.months.iter().flatten().map(|band| band.usd_per_mwh.abs()).fold(0.0, f64::max);
            // A deck may have cheap bands; one without any of a dollar is in another unit.
            if highest < *LIKELY_PRICE.start() {
                let what = format!("The highest price of the deck {}", deck.id);
                self.likely_price(&way!["price_decks", index, "months"], &what, highest);
            }
        }
        self.library_names(site);
        if let Some(history) = &site.assumptions.price_history {
            for slip in known::slips(&history.months) {
                let place = self.places.place_of(&way!["price_history", "months"]);
                if !self.is_full() {
                    self.report.add(slip.severity, slip.code, place, slip.message, slip.hint);
                }
            }
        }
        self.enough_history(site, site.assumptions.bitcoin.price_model, &way!["bitcoin", "price_model"]);
    }

    /// A bootstrap has months to draw from; the market room would refuse it otherwise.
    pub(super) fn enough_history(&mut self, site: &Site, model: PriceModel, way: &[Step]) {
        let Some(history) = &site.assumptions.price_history else { return };
        let pairs = history.neighbouring_months();
        if model == PriceModel::Bootstrap && pairs < LEAST_RETURNS {
            self.error(
                "history-too-short",
                way,
                format!(
                    "the price is drawn from the history {}, which has {pairs} pairs of neighbouring months; {LEAST_RETURNS} are needed",
                    history.name
                ),
                "add months to `price_history`, remove it for the history that comes with the program, or set `price_model: JumpDiffusion`",
            );
        }
    }

    /// `what` begins a sentence.
    fn likely_price(&mut self, way: &[Step], what: &str, usd_per_mwh: f64) {
        if !(usd_per_mwh > 0.0 && usd_per_mwh <= MOST_PRICE) || LIKELY_PRICE.contains(&usd_per_mwh) {
            return;
        }
        let meant =
            if usd_per_mwh < *LIKELY_PRICE.start() { usd_per_mwh * 1_000.0 } else { usd_per_mwh / 1_000.0 };
        let unit = if usd_per_mwh < *LIKELY_PRICE.start() { "$/kWh" } else { "$/GWh" };
        self.warning(
            "price-unit",
            way,
            format!("{what} is {usd_per_mwh} $/MWh, which looks like {unit}"),
            format!("enter {} if {usd_per_mwh} {unit} is meant", (meant * 1e6).round() / 1e6),
        );
    }

    fn tariff_sense(
        &mut self,
        site: &Site,
        called: &str,
        tariff: &Tariff,
        to: &impl Fn(&[Step<'static>]) -> Vec<Step<'static>>,
    ) {
        match &tariff.energy {
            EnergyPrice::Index => {}
            EnergyPrice::Flat(flat) => {
                let at = to(&way!["tariff", "energy", "usd_per_mwh"]);
                self.likely_price(&at, &format!("The flat price of {called}"), flat.usd_per_mwh);
            }
            EnergyPrice::TimeOfUse(prices) => self.periods(called, prices, to),
        }
        if let Some(block) = &tariff.block {
            let at = to(&way!["tariff", "block", "usd_per_mwh"]);
            self.likely_price(&at, &format!("The price of the block of {called}"), block.usd_per_mwh);
            if let Some(until) = block.until.filter(|until| *until <= site.plan.start) {
                self.warning(
                    "block-over",
                    &to(&way!["tariff", "block", "until"]),
                    format!(
                        "the block of {called} ends on {until}, and the plan begins on {}: it never counts",
                        site.plan.start
                    ),
                    "correct the date, or remove the block",
                );
            }
        }
    }

    fn periods(
        &mut self,
        called: &str,
        prices: &TimeOfUse,
        to: &impl Fn(&[Step<'static>]) -> Vec<Step<'static>>,
    ) {
        let at = |index: usize, key: &'static str| to(&way!["tariff", "energy", "periods", index, key]);
        let name = |index: usize, period: &TimeOfUsePeriod| match period.name.as_str() {
            "" => format!("period {}", index + 1),
            name => format!("the period {name}"),
        };
        // Whatever hour a year can have: month, part of the week, hour.
        let kinds = || {
            (1..=12)
                .flat_map(|month| [false, true].map(|weekend| (month, weekend)))
                .flat_map(|(month, weekend)| (0..24).map(move |hour| (month, weekend, hour)))
        };
        // Months and hours that are none have been named.
        let are_hours = |period: &TimeOfUsePeriod| {
            let months = [period.from_month, period.to_month];
            months.iter().all(|month| (1..=12).contains(month))
                && period.from_hour < 24
                && (1..=24).contains(&period.to_hour)
        };
        if prices.periods.len() > MOST_PERIODS || !prices.periods.iter().all(are_hours) {
            return;
        }
        let mut others = 0;
        // For each period the hours it has, and those that are left to it by the periods before it.
        let mut own = vec![(0_usize, 0_usize); prices.periods.len()];
        let mut takers = vec![Vec::new(); prices.periods.len()];
        for (month, weekend, hour) in kinds() {
            let mut taker = None;
            for (index, period) in prices.periods.iter().enumerate() {
                if !period.has(month, weekend, hour) {
                    continue;
                }
                own[index].0 += 1;
                match taker {
                    None => {
                        own[index].1 += 1;
                        taker = Some(index);
                    }
                    Some(taker) if !takers[index].contains(&taker) => takers[index].push(taker),
                    Some(_) => {}
                }
            }
            others += usize::from(taker.is_none());
        }
        for (index, period) in prices.periods.iter().enumerate() {
            let what = name(index, period);
            self.likely_price(
                &at(index, "usd_per_mwh"),
                &format!("The price of {what} of {called}"),
                period.usd_per_mwh,
            );
            let (has, takes) = own[index];
            if has == 0 {
                self.warning(
                    "period-empty",
                    &at(index, "from_hour"),
                    format!("{what} of {called} has no hour, so its price never holds"),
                    "correct its months and hours, or remove it",
                );
            } else if takes == 0 {
                let before: Vec<String> =
                    takers[index].iter().map(|taker| name(*taker, &prices.periods[*taker])).collect();
                self.warning(
                    "period-shadowed",
                    &at(index, "from_hour"),
                    format!(
                        "all hours of {what} of {called} are taken by {}, which stand before it: its price never holds",
                        before.join(" and ")
                    ),
                    "move it up, change its hours, or remove it",
                );
            }
            if period.from_hour == period.to_hour {
                self.warning(
                    "period-all-day",
                    &at(index, "to_hour"),
                    format!(
                        "{what} of {called} runs from {} to {}, which is taken for all hours of the day",
                        period.from_hour, period.to_hour
                    ),
                    "write 0 to 24 if that is meant, else correct the hours",
                );
            }
        }
        let at = to(&way!["tariff", "energy", "otherwise_usd_per_mwh"]);
        if others > 0 {
            let what = format!("The price of the hours no period of {called} takes");
            self.likely_price(&at, &what, prices.otherwise_usd_per_mwh);
            if prices.otherwise_usd_per_mwh == 0.0 {
                let share = format::percent(others as f64 / kinds().count() as f64);
                self.warning(
                    "period-gap",
                    &at,
                    format!(
                        "no period of {called} takes about {share} of the hours, and their price is 0 $/MWh"
                    ),
                    "enter their price, or let the periods cover them",
                );
            }
        }
    }

    fn bills_sense(
        &mut self,
        site: &Site,
        called: &str,
        feed: &GridFeed,
        to: &impl Fn(&[Step<'static>]) -> Vec<Step<'static>>,
    ) {
        let known_until = site.as_of.max(site.plan.start);
        let connection_kw = feed.interconnection_mw * 1_000.0;
        for (index, bill) in feed.bills.iter().enumerate() {
            let at = |key: &'static str| to(&way!["bills", index, key]);
            let BillMonth { month, kwh, billed_kw, total_usd, .. } = *bill;
            let (first, of) =
                (month.first_of_month(), format!("the bill of {called} for {}", date::month_label(month)));
            if first > known_until {
                self.warning(
                    "bill-in-future",
                    &at("month"),
                    format!("{of} is later than the date of the information, {}", site.as_of),
                    "correct the month, or bring `as_of` up to date",
                );
            } else if first < years_before(site.as_of, OLDEST_BILL_YEARS) {
                self.warning(
                    "bill-too-old",
                    &at("month"),
                    format!("{of} is more than {OLDEST_BILL_YEARS} years older than the date of the information, {}", site.as_of),
                    "correct the year, or leave it out: its tariff says nothing of today's",
                );
            }
            let hours = 24.0 * f64::from(first.days_in_month());
            if kwh > ENERGY_SLACK * connection_kw * hours {
                self.warning(
                    "bill-beyond-connection",
                    &at("kwh"),
                    format!(
                        "{of} has {} MWh; the connection of {} carries {} in that month",
                        number(kwh / 1_000.0, 0),
                        format::mw(feed.interconnection_mw),
                        number(connection_kw * hours / 1_000.0, 0)
                    ),
                    "enter kWh of this meter alone, or correct the connection",
                );
            }
            if billed_kw > PEAK_SLACK * connection_kw {
                self.warning(
                    "bill-beyond-connection",
                    &at("billed_kw"),
                    format!(
                        "{of} has a peak of {}, and the connection carries {}",
                        format::mw(billed_kw / 1_000.0),
                        format::mw(feed.interconnection_mw)
                    ),
                    "enter the peak in kW, or correct the connection",
                );
            } else if billed_kw > 0.0 && kwh > ENERGY_SLACK * billed_kw * hours {
                self.warning(
                    "bill-peak-too-low",
                    &at("billed_kw"),
                    format!(
                        "{of} has {} on the mean and a peak of {}",
                        format::mw(kwh / hours / 1_000.0),
                        format::mw(billed_kw / 1_000.0)
                    ),
                    "enter the peak in kW and the energy in kWh",
                );
            }
            let price = 1_000.0 * total_usd / kwh;
            if kwh > 0.0
                && (price > *LIKELY_PRICE.end() || (total_usd > 0.0 && price < *LIKELY_PRICE.start()))
            {
                self.warning(
                    "bill-price",
                    &at("total_usd"),
                    format!("{of} comes to {} $/MWh", number(price, decimals_for(price))),
                    "enter the energy in kWh and all of the bill in dollars",
                );
            }
        }
    }

    /// Ratings, schedules and kinds that the libraries do not have: what stands beside the name is used all the same.
    fn library_names(&mut self, site: &Site) {
        for (index, offer) in site.offers.iter().enumerate() {
            let ratings: Vec<&str> = library::ratings().iter().map(|rating| rating.name.as_str()).collect();
            if let Some(rating) = &offer.rating {
                // BBB- and A+ are notches of a rating.
                let letters = rating.name.trim().trim_end_matches(['+', '-', '\u{2212}']);
                let at = way!["offers", index, "rating", "name"];
                self.in_library(&at, ("rating-unknown", "rating", letters), &ratings, "its own default rate");
            }
            let schedules: Vec<&str> =
                library::sla_schedules().iter().map(|schedule| schedule.key.as_str()).collect();
            if !offer.sla_terms.schedule.is_empty() {
                let at = way!["offers", index, "sla_terms", "schedule"];
                let name =
                    ("schedule-unknown", "schedule of service credits", offer.sla_terms.schedule.as_str());
                self.in_library(&at, name, &schedules, "the bands of the offer");
            }
            if let Terms::BitcoinHosting { usd_per_mwh, .. } = offer.terms {
                let at = way!["offers", index, "terms", "usd_per_mwh"];
                self.likely_price(&at, &format!("The price of {}", offer.label()), usd_per_mwh);
            }
        }
        let built_in = catalogue::built_in().reliability;
        let kinds: Vec<&str> = built_in.iter().map(|entry| entry.kind.as_str()).collect();
        for (index, entry) in site.catalogue.reliability.iter().enumerate() {
            let at = way!["catalogue", "reliability", index, "kind"];
            let name = ("reliability-kind-unknown", "kind of part with failure data", entry.kind.as_str());
            self.in_library(&at, name, &kinds, "nothing: no part is of the kind");
        }
    }

    fn in_library(
        &mut self,
        way: &[Step],
        (code, word, name): (&'static str, &str, &str),
        known: &[&str],
        used: &str,
    ) {
        if known.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return;
        }
        let near = (self.suggestions_left > 0).then(|| did_you_mean(name, known.iter().copied())).flatten();
        self.suggestions_left = self.suggestions_left.saturating_sub(1);
        let hint = near.map_or_else(
            || format!("there are: {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        self.warning(code, way, format!("there is no {word} `{name}`; what counts is {used}"), hint);
    }
}

fn years_before(day: Date, years: i16) -> Date {
    date::add_months(day, -12 * i32::from(years))
}
