//! What of the user's own an impossible brief may change: each limit with its value, its price, its name and the edit that
//! makes it another.

use super::prices::{MONTHS_GIVEN_UP, Prices};
use crate::plan::context::{Context, name, stamp};
use crate::plan::program::{FloorYear, MILLION};
use crate::plan::stress::Case;
use crate::quantity::{Date, Unit, date};
use crate::site::{Address, FailureClass, Object, Offer, OfferStatus, Override, Site, State};

/// Steps of one limit that are looked through.
const MOST_STEPS: usize = 20_000;

/// One thing the user set that could be another.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Give {
    BudgetOfYear {
        year: i16,
        usd: f64,
    },
    TotalBudget {
        usd: f64,
    },
    MinimumCash {
        usd: f64,
    },
    /// Raised before the first day, where a minimum is kept.
    OpeningCash {
        usd: f64,
    },
    FloorShare {
        share: f64,
    },
    FloorUsd {
        usd: f64,
    },
    ContractedShare {
        share: f64,
    },
    /// Least MW of an offer that is signed, by index.
    SignedMinimum {
        offer: usize,
    },
    HostingMinimum {
        from: Date,
        mw: f64,
    },
    /// A step of what the utility allows: its feed, among those of the context.
    Utility {
        feed: usize,
        from: Date,
        mw: f64,
        most: f64,
        is_firm: bool,
    },
    OfferLatest {
        offer: usize,
        now: Date,
    },
    /// By index among the components.
    PartLatest {
        part: usize,
        now: Date,
    },
    LastOrder {
        now: Date,
    },
    HostingFrom {
        from: Date,
        mw: f64,
    },
    /// What a signed offer asks of a hall.
    Need {
        offer: usize,
        need: Need,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Need {
    Availability(f64),
    Density(f64),
    RoundTrip(f64),
    Routes(f64),
    Survives(FailureClass),
}

/// What a limit is, or becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    /// In the unit of [`Give::unit`].
    Number(f64),
    Date(Date),
    Class(FailureClass),
}

impl Give {
    /// Limits that give way by an amount, in the order of the document.
    pub fn amounts(context: &Context<'_>) -> Vec<Self> {
        let (site, limits) = (context.site, &context.site.limits);
        let mut gives: Vec<Self> = limits
            .capex_by_year_usd
            .iter()
            .map(|budget| Self::BudgetOfYear { year: budget.year, usd: budget.usd })
            .collect();
        let positive = |value: Option<f64>| value.filter(|value| *value > 0.0);
        gives.extend(limits.capex_total_usd.map(|usd| Self::TotalBudget { usd }));
        gives.extend(positive(limits.minimum_cash_usd).map(|usd| Self::MinimumCash { usd }));
        let opening = site.company.opening_cash_usd;
        gives.extend(limits.keeps_cash().then_some(Self::OpeningCash { usd: opening }));
        gives.extend(positive(limits.worst_year_floor_share).map(|share| Self::FloorShare { share }));
        gives.extend(positive(limits.worst_year_floor_usd).map(|usd| Self::FloorUsd { usd }));
        gives.extend(positive(limits.contracted_share).map(|share| Self::ContractedShare { share }));
        let signed = site.offers.iter().enumerate().filter(|(_, offer)| is_promised(offer));
        gives.extend(signed.map(|(offer, _)| Self::SignedMinimum { offer }));
        let minimums = limits.hosting_min_mw.iter().filter(|minimum| minimum.mw > 0.0);
        gives.extend(minimums.map(|minimum| Self::HostingMinimum { from: minimum.from, mw: minimum.mw }));
        gives
    }

    /// Steps of the utility's contracts that are below what the wires carry.
    pub fn utility(context: &Context<'_>) -> Vec<Self> {
        let mut gives = Vec::new();
        for feed in 0..context.feeds.len() {
            let Some(data) = context.grid_feed(feed) else { continue };
            let most = data.interconnection_mw;
            for (steps, is_firm) in [(&data.contract_mw, false), (&data.firm_mw, true)] {
                let lower = steps.iter().filter(|step| step.mw < most);
                gives.extend(lower.map(|step| Self::Utility {
                    feed,
                    from: step.from,
                    mw: step.mw,
                    most,
                    is_firm,
                }));
            }
        }
        gives
    }

    /// Dates that may come later.
    pub fn dates(context: &Context<'_>) -> Vec<Self> {
        let site = context.site;
        let mut gives = Vec::new();
        for (index, offer) in site.offers.iter().enumerate() {
            let promised = is_promised(offer).then(|| offer.earliest.unwrap_or(context.calendar.start));
            gives.extend(offer.latest.or(promised).map(|now| Self::OfferLatest { offer: index, now }));
        }
        for (part, component) in site.components.iter().enumerate() {
            let latest = component.planned().and_then(|planned| planned.latest);
            // An option that was not chosen is closed by a date before all others.
            let latest = latest.filter(|date| *date != Date::MIN);
            gives.extend(latest.map(|now| Self::PartLatest { part, now }));
        }
        gives.extend(site.limits.last_order.map(|now| Self::LastOrder { now }));
        let minimums = site.limits.hosting_min_mw.iter().filter(|minimum| minimum.mw > 0.0);
        gives.extend(minimums.map(|minimum| Self::HostingFrom { from: minimum.from, mw: minimum.mw }));
        gives
    }

    /// Needs of signed offers that no hall serves.
    pub fn needs(context: &Context<'_>) -> Vec<Self> {
        let mut gives = Vec::new();
        for (index, offer) in context.site.offers.iter().enumerate() {
            if !is_promised(offer) || context.candidates.iter().any(|candidate| candidate.offer == index) {
                continue;
            }
            let needs = &offer.needs;
            let mut asked = vec![
                Need::Availability(needs.availability),
                Need::Density(needs.kw_per_rack),
                Need::Routes(f64::from(needs.diverse_routes)),
                Need::Survives(needs.survives),
            ];
            asked.extend(needs.latency.as_ref().map(|latency| Need::RoundTrip(latency.rtt_ms)));
            gives.extend(asked.into_iter().map(|need| Self::Need { offer: index, need }));
        }
        gives
    }

    /// What it may become, from the least change to the most; empty where there is nothing else, or any amount.
    pub fn steps(&self, context: &Context<'_>) -> Vec<Value> {
        let later = |now: Date, earliest: Option<Date>| -> Vec<Value> {
            let starts = context.calendar.periods.iter().map(|period| period.start);
            let later = starts.filter(|start| *start > now && earliest.is_none_or(|date| *start >= date));
            later.map(Value::Date).collect()
        };
        // Whole multiples of a part of one on the way from a number to another, and the other.
        let numbers = |now: f64, last: f64, parts: f64| -> Vec<Value> {
            let (sign, first) = if last > now {
                (1.0, (now * parts + 1e-9).floor() + 1.0)
            } else {
                (-1.0, (now * parts - 1e-9).ceil() - 1.0)
            };
            let mut values = Vec::new();
            let mut step = first;
            while (last * parts - step) * sign > 1e-9 && values.len() < MOST_STEPS {
                values.push(Value::Number(step / parts));
                step += sign;
            }
            if (last - now) * sign > 0.0 {
                values.push(Value::Number(last));
            }
            values
        };
        match self {
            Self::Utility { mw, most, .. } => numbers(*mw, *most, 10.0),
            Self::OfferLatest { offer, now } => later(*now, context.site.offers[*offer].earliest),
            Self::PartLatest { part, now } => {
                later(*now, context.component(*part).planned().and_then(|planned| planned.earliest))
            }
            Self::LastOrder { now } | Self::HostingFrom { from: now, .. } => later(*now, None),
            Self::Need { need, .. } => match need {
                Need::Availability(share) => numbers(*share, 0.0, 10_000.0),
                Need::Density(kw) => numbers(*kw, 1.0_f64.min(*kw), 1.0),
                Need::RoundTrip(ms) => numbers(*ms, 500.0_f64.max(*ms), 1.0),
                Need::Routes(routes) => numbers(*routes, 0.0, 1.0),
                Need::Survives(class) => {
                    let lower = FailureClass::ALL.into_iter().rev().filter(|other| other < class);
                    lower.map(Value::Class).collect()
                }
            },
            _ => Vec::new(),
        }
    }

    /// What it is now.
    pub fn now(&self, site: &Site) -> Value {
        match self {
            Self::BudgetOfYear { usd, .. }
            | Self::TotalBudget { usd }
            | Self::MinimumCash { usd }
            | Self::OpeningCash { usd }
            | Self::FloorUsd { usd } => Value::Number(*usd),
            Self::FloorShare { share } | Self::ContractedShare { share } => Value::Number(*share),
            Self::SignedMinimum { offer } => Value::Number(site.offers[*offer].min_mw),
            Self::HostingMinimum { mw, .. } | Self::Utility { mw, .. } => Value::Number(*mw),
            Self::OfferLatest { now, .. } | Self::PartLatest { now, .. } | Self::LastOrder { now } => {
                Value::Date(*now)
            }
            Self::HostingFrom { from, .. } => Value::Date(*from),
            Self::Need { need, .. } => match need {
                Need::Availability(value)
                | Need::Density(value)
                | Need::RoundTrip(value)
                | Need::Routes(value) => Value::Number(*value),
                Need::Survives(class) => Value::Class(*class),
            },
        }
    }

    /// True where giving way is more of it.
    pub fn is_raised(&self) -> bool {
        matches!(
            self,
            Self::BudgetOfYear { .. }
                | Self::TotalBudget { .. }
                | Self::OpeningCash { .. }
                | Self::Utility { .. }
                | Self::Need { need: Need::RoundTrip(_), .. }
        )
    }

    pub fn unit(&self) -> Unit {
        match self {
            Self::BudgetOfYear { .. }
            | Self::TotalBudget { .. }
            | Self::MinimumCash { .. }
            | Self::OpeningCash { .. }
            | Self::FloorUsd { .. } => Unit::Usd,
            Self::FloorShare { .. } | Self::ContractedShare { .. } => Unit::Share,
            Self::SignedMinimum { .. } | Self::HostingMinimum { .. } | Self::Utility { .. } => Unit::Mw,
            Self::Need { need, .. } => match need {
                Need::Availability(_) => Unit::Share,
                Need::Density(_) => Unit::KwPerRack,
                Need::RoundTrip(_) => Unit::Milliseconds,
                Need::Routes(_) | Need::Survives(_) => Unit::Count,
            },
            _ => Unit::None,
        }
    }

    /// The number of the document it is, where it is one.
    fn address(&self, context: &Context<'_>) -> Option<Address> {
        let limits = |field| Address::new(Object::Limits, field);
        let offer =
            |index: usize, field| Address::new(Object::Offer(context.site.offers[index].id.clone()), field);
        Some(match self {
            Self::BudgetOfYear { year, .. } => Address::new(Object::CapexYear(*year), "usd"),
            Self::TotalBudget { .. } => limits("capex_total_usd"),
            Self::MinimumCash { .. } => limits("minimum_cash_usd"),
            Self::OpeningCash { .. } => Address::new(Object::Company, "opening_cash_usd"),
            Self::FloorShare { .. } => limits("worst_year_floor_share"),
            Self::FloorUsd { .. } => limits("worst_year_floor_usd"),
            Self::ContractedShare { .. } => limits("contracted_share"),
            Self::SignedMinimum { offer: index } => offer(*index, "min_mw"),
            Self::HostingMinimum { from, .. } => Address::new(Object::HostingFrom(*from), "mw"),
            Self::Utility { feed, from, is_firm, .. } => {
                let id = context.component(context.feeds[*feed].component).id.clone();
                let object =
                    if *is_firm { Object::FirmFrom(id, *from) } else { Object::ContractFrom(id, *from) };
                Address::new(object, "mw")
            }
            Self::Need { offer: index, need } => offer(
                *index,
                match need {
                    Need::Availability(_) => "needs_availability",
                    Need::Density(_) => "needs_kw_per_rack",
                    Need::RoundTrip(_) => "needs_rtt_ms",
                    Need::Routes(_) => "needs_diverse_routes",
                    Need::Survives(_) => return None,
                },
            ),
            _ => return None,
        })
    }

    /// The changes of the document that make it `value`.
    pub fn overrides(&self, context: &Context<'_>, value: Value) -> Vec<Override> {
        let site = context.site;
        match (self, value) {
            (Self::OfferLatest { offer, .. }, Value::Date(latest)) => {
                let offer = &site.offers[*offer];
                vec![Override::OfferWindow {
                    offer: offer.id.clone(),
                    earliest: offer.earliest,
                    latest: Some(latest),
                }]
            }
            (Self::PartLatest { part, .. }, Value::Date(latest)) => {
                let component = context.component(*part);
                let State::Planned(mut planned) = component.state.clone() else { return Vec::new() };
                planned.latest = Some(latest);
                vec![Override::State { component: component.id.clone(), state: State::Planned(planned) }]
            }
            (Self::LastOrder { .. }, Value::Date(date)) => vec![Override::LastOrder { date: Some(date) }],
            (Self::HostingFrom { from, mw }, Value::Date(later)) => {
                let at = |date| Address::new(Object::HostingFrom(date), "mw");
                // Where something is already promised from that day on, both are kept by the higher.
                let there = site.limits.hosting_from(later).unwrap_or(0.0);
                vec![
                    Override::Value { at: at(*from), value: None },
                    Override::Value { at: at(later), value: Some(mw.max(there)) },
                ]
            }
            (Self::Need { offer, .. }, Value::Class(class)) => {
                vec![Override::Survives { offer: site.offers[*offer].id.clone(), class }]
            }
            (_, Value::Number(value)) => self
                .address(context)
                .map(|at| Override::Value { at, value: Some(value) })
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Names of the rows it loosens, and by how much a unit of it does in theirs. Floors are loosened by their cuts.
    pub fn rows(&self, context: &Context<'_>, floors: &[FloorYear]) -> Vec<(String, f64)> {
        let calendar = &context.calendar;
        let periods = 0..calendar.periods.len();
        let year_of = |floor: &FloorYear| calendar.date_of(floor.year * 12).year().to_string();
        match self {
            Self::BudgetOfYear { year, .. } => vec![(name(&["C11", &year.to_string()]), 1.0 / MILLION)],
            Self::TotalBudget { .. } => vec![("C11.total".to_owned(), 1.0 / MILLION)],
            Self::MinimumCash { .. } => {
                let cases = Case::BOTH.into_iter().flat_map(|case| periods.clone().map(move |t| (case, t)));
                let row = |(case, t): (Case, usize)| name(&["C13", "least", case.key(), &stamp(calendar, t)]);
                cases.map(|at| (row(at), 1.0 / MILLION)).collect()
            }
            // The balance of the first period: more on the right is less on the left.
            Self::OpeningCash { .. } => Case::BOTH
                .into_iter()
                .map(|case| (name(&["C13", case.key(), &stamp(calendar, 0)]), -1.0 / MILLION))
                .collect(),
            Self::ContractedShare { .. } => floors
                .iter()
                .map(|floor| (name(&["C15", &year_of(floor)]), floor.reference_usd / MILLION))
                .collect(),
            Self::SignedMinimum { offer } => {
                let id = &context.site.offers[*offer].id;
                periods.map(|period| (name(&["C8", "least", id, &stamp(calendar, period)]), 1.0)).collect()
            }
            Self::HostingMinimum { from, .. } => {
                let from = from.to_string();
                periods
                    .map(|period| (name(&["C8", "minimum", &from, &stamp(calendar, period)]), 1.0))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Price of a unit of an amount, USD.
    pub fn unit_price(&self, context: &Context<'_>, floors: &[FloorYear]) -> f64 {
        let prices = Prices::built_in();
        match self {
            Self::FloorShare { .. } | Self::ContractedShare { .. } => {
                floors.iter().map(|floor| floor.reference_usd).fold(1.0, f64::max)
            }
            Self::SignedMinimum { offer } => {
                MONTHS_GIVEN_UP * prices.month_of(&context.site.offers[*offer]).max(1.0)
            }
            Self::HostingMinimum { .. } => MONTHS_GIVEN_UP * prices.month(),
            Self::Utility { .. } => prices.contract_usd_per_mw,
            _ => 1.0,
        }
    }

    /// Price of making it `value`, USD.
    pub fn price(&self, context: &Context<'_>, floors: &[FloorYear], value: Value) -> f64 {
        let (site, prices) = (context.site, Prices::built_in());
        let of_offer = |offer: &Offer| {
            let mw = if offer.min_mw > 0.0 { offer.min_mw } else { offer.max_mw };
            prices.month_of(offer) * mw
        };
        match (self, self.now(site), value) {
            (Self::Need { offer, .. }, now, value) => {
                let share = match (now, value) {
                    (Value::Number(now), Value::Number(value)) => {
                        (value - now).abs() / now.max(value).max(f64::MIN_POSITIVE)
                    }
                    _ => 1.0,
                };
                MONTHS_GIVEN_UP * share * of_offer(&site.offers[*offer])
            }
            (_, Value::Number(now), Value::Number(value)) => {
                (value - now).abs() * self.unit_price(context, floors)
            }
            (_, Value::Date(now), Value::Date(value)) => {
                let a_month = match self {
                    Self::OfferLatest { offer, .. } => of_offer(&site.offers[*offer]),
                    Self::PartLatest { part, .. } => prices.month() * context.component(*part).rating_mw(),
                    Self::HostingFrom { mw, .. } => prices.month() * mw,
                    _ => prices.month() * site.halls().map(|(_, hall)| hall.hosting_max_mw()).sum::<f64>(),
                };
                f64::from(date::months_between(now, value).max(0)) * a_month
            }
            _ => 0.0,
        }
    }

    /// What the user calls it.
    pub fn object(&self, context: &Context<'_>) -> String {
        let site = context.site;
        let offer = |index: &usize| &site.offers[*index].name;
        match self {
            Self::BudgetOfYear { year, .. } => format!("{year} budget"),
            Self::TotalBudget { .. } => "total budget".to_owned(),
            Self::MinimumCash { .. } => "minimum cash".to_owned(),
            Self::OpeningCash { .. } => "cash on the first day".to_owned(),
            Self::FloorShare { .. } => "revenue floor as a share of keep mining".to_owned(),
            Self::FloorUsd { .. } => "revenue floor in dollars".to_owned(),
            Self::ContractedShare { .. } => "contracted revenue".to_owned(),
            Self::SignedMinimum { offer: index } => format!("least MW of {}", offer(index)),
            Self::HostingMinimum { from, .. } => format!("least hosting from {from}"),
            Self::Utility { feed, from, is_firm, .. } => {
                let what = if *is_firm { "firm MW" } else { "contract" };
                format!("{what} of {} from {from}", context.label(context.feeds[*feed].component))
            }
            Self::OfferLatest { offer: index, .. } => format!("latest start of {}", offer(index)),
            Self::PartLatest { part, .. } => format!("latest order of {}", context.label(*part)),
            Self::LastOrder { .. } => "last order date".to_owned(),
            Self::HostingFrom { mw, .. } => {
                format!("date of the least hosting of {}", crate::quantity::format::mw(*mw))
            }
            Self::Need { offer: index, need } => {
                let what = match need {
                    Need::Availability(_) => "availability",
                    Need::Density(_) => "rack density",
                    Need::RoundTrip(_) => "round trip",
                    Need::Routes(_) => "diverse routes",
                    Need::Survives(_) => "losses to survive",
                };
                format!("{what} that {} needs", offer(index))
            }
        }
    }
}

/// An offer that must be served.
fn is_promised(offer: &Offer) -> bool {
    offer.status == OfferStatus::Signed && offer.min_mw > 0.0
}
