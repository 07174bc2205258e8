//! (C2) orders, (C4) and (C5) space, (C6) and (C7) who may move in, (C8) what customers take, (C9) machines.

use super::books::{Books, by_period};
use super::times::Times;
use super::{Family, Subject};
use crate::market::hosting::gpu_system;
use crate::plan::result::{AuditLine, UseOf};
use crate::quantity::date;
use crate::site::{Component, FailureClass, OfferStatus, RowGroup, State};
use std::collections::BTreeMap;

pub(super) fn lines(subject: &Subject<'_>, times: &Times<'_>, books: &Books) -> Vec<AuditLine> {
    let mut space = Family::new("C4", "fitted space, works and floor", "MW");
    let mut positions = Family::new("C5", "positions of rows", "share");
    for (hall, component) in subject.context.site.components.iter().enumerate() {
        if component.hall().is_some() {
            hold_hall(subject, times, books, hall, &mut space, &mut positions);
        }
    }
    let families = [
        space,
        positions,
        pairs(subject, times, books),
        classes(subject, times, books),
        customers(subject, times, books),
        machines(subject, times, books),
    ];
    families.into_iter().map(Family::line).collect()
}

/// (C2) orders within their dates and sizes; options and removals share one place.
pub(super) fn hold_orders(subject: &Subject<'_>, times: &Times<'_>, books: &Books, ratings: &mut Family) {
    let Subject { context, decisions, plan, .. } = subject;
    let components = &context.site.components;
    let last_order = context.site.limits.last_order;
    let mut hold = |index: usize, period: usize, mw: f64, may: bool| {
        let is_open = may && times.begins_within(period, None, last_order) && period < times.count();
        if !is_open {
            let name = components.get(index).map_or("a part that is not there", |part| part.tag.as_str());
            ratings.forbidden(mw, || format!("order of {name} in {}", times.label(period)));
        }
    };
    for order in &decisions.orders {
        let planned = components.get(order.of).and_then(|part| part.planned());
        let may = planned.is_some_and(|planned| {
            times.begins_within(order.period, planned.earliest, planned.latest)
                && times.ready(order.period, planned.lead_months).is_some()
        });
        hold(order.of, order.period, order.mw, may);
    }
    for order in &decisions.fits {
        let fit =
            components.get(order.of).and_then(|part| part.hall()).and_then(|hall| hall.fit_out.as_ref());
        let may = fit.is_some_and(|fit| {
            times.begins_within(order.period, fit.earliest, None)
                && times.ready(order.period, fit.lead_months).is_some()
        });
        hold(order.of, order.period, order.mw, may);
    }
    for removal in &decisions.removals {
        let may = match components.get(removal.of).map(|part| &part.state) {
            Some(State::Existing(Some(terms))) => times.begins_within(removal.period, terms.earliest, None),
            _ => false,
        };
        let rating = components.get(removal.of).map_or(1.0, Component::rating_mw);
        hold(removal.of, removal.period, removal.mw * rating, may);
    }

    // Of a set, the largest shares of its options together fill one place.
    let mut sets: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for (index, component) in components.iter().enumerate() {
        let rating = component.rating_mw();
        let removed = decisions.removals.iter().filter(|removal| removal.of == index);
        let removed: f64 = removed.map(|removal| removal.mw).sum();
        ratings.at_most(removed * rating, rating, || format!("{} is removed once", context.label(index)));
        let Some(planned) = component.planned() else { continue };
        let in_service = books.ready[index].last().copied().unwrap_or(0.0);
        ratings.at_most(in_service, rating, || context.label(index));
        let build = plan.builds.iter().find(|build| !build.fit_out && build.component == component.id);
        if let Some(build) = build {
            let label = format!("what is ready of {}", context.label(index));
            ratings.same_series(&build.ready_mw, &books.ready[index], times, &label);
            let ordered = by_period(&decisions.orders, components.len(), times.count());
            let label = format!("orders of {}", context.label(index));
            ratings.same_series(&build.ordered_mw, &ordered[index], times, &label);
        }
        if let Some(option) = planned.option_set.as_ref().filter(|_| rating > 0.0) {
            let share = sets.entry(&option.set).or_default().entry(&option.option).or_default();
            *share = share.max(in_service / rating);
        }
    }
    for (set, options) in sets {
        ratings.at_most(options.values().sum(), 1.0, || format!("option set {set}"));
    }
}

fn hold_hall(
    subject: &Subject<'_>,
    times: &Times<'_>,
    books: &Books,
    hall: usize,
    space: &mut Family,
    positions: &mut Family,
) {
    let context = subject.context;
    let component = context.component(hall);
    let Some(data) = component.hall() else { return };
    let label = context.label(hall);
    if let Some(told) = subject.plan.halls.iter().find(|told| told.id == component.id) {
        space.same_series(&told.fitted_mw, &books.fitted[hall], times, &format!("fitted space of {label}"));
        let works: Vec<f64> =
            books.begun[hall].iter().zip(&books.fitted[hall]).map(|(begun, fitted)| begun - fitted).collect();
        space.same_series(&told.works_mw, &works, times, &format!("works in {label}"));
    }
    let build = subject.plan.builds.iter().find(|build| build.fit_out && build.component == component.id);
    if let Some(build) = build {
        let orders = by_period(&subject.decisions.fits, context.site.components.len(), times.count());
        let label = format!("orders of fit-out in {label}");
        space.same_series(&build.ordered_mw, &orders[hall], times, &label);
        space.same_series(&build.ready_mw, &books.fitted[hall], times, &format!("fit-out of {label}"));
    }
    let liquid = context.judged(&component.id).is_some_and(|judged| judged.liquid_share > 0.0);
    let held = |kw: &dyn Fn(&RowGroup) -> f64| -> f64 {
        data.row_groups.iter().map(|group| f64::from(group.positions) * kw(group) / 1000.0).sum()
    };
    let miners = held(&|group| group.mining_kw_per_position);
    let racks = held(&|group| if liquid { group.liquid_kw_per_rack } else { group.air_kw_per_rack });
    let fitted_m2 = data.fit_out.as_ref().map_or(0.0, |fit| fit.m2_per_mw);
    for period in 0..times.count() {
        let of = |what: &str| format!("{what} of {label}, {}", times.label(period));
        let (mut mined, mut hosted) = (0.0, 0.0);
        for (class, standing) in context.classes.iter().zip(&books.mined) {
            mined += if class.hall == hall { standing[period] } else { 0.0 };
        }
        for (candidate, host) in context.candidates.iter().zip(&books.host) {
            if candidate.hall == hall {
                let on = if context.offer(candidate).is_bitcoin_hosting() { &mut mined } else { &mut hosted };
                *on += host[period];
            }
        }
        let (fitted, begun) = (books.fitted[hall][period], books.begun[hall][period]);
        space.at_most(fitted, data.hosting_max_mw().max(data.fitted_mw), || of("fitted space"));
        space.at_most(hosted, fitted, || of("fitted space"));
        space.at_most(mined + begun, books.standing[hall][period], || of("critical MW"));
        if data.area_m2 > 0.0 {
            // In MW of the hall, so that one line has one unit.
            let share = (mined * data.mining_m2_per_mw + begun * fitted_m2) / data.area_m2;
            space.at_most(share * data.critical_mw, data.critical_mw, || of("floor"));
        }
        let of_miners = if miners > 0.0 { mined / miners } else { 0.0 };
        let of_racks = if racks > 0.0 { begun / racks } else { 0.0 };
        positions.at_most(of_miners + of_racks, 1.0, || of("positions"));
    }
}

/// (C6) tenants only in halls that fit them, as far as the parts they lean on are ready.
fn pairs(subject: &Subject<'_>, times: &Times<'_>, books: &Books) -> Family {
    let context = subject.context;
    let mut pairs = Family::new("C6", "tenants only where they fit and what they lean on is ready", "MW");
    for start in &subject.decisions.starts {
        if start.of >= context.candidates.len() {
            pairs.forbidden(start.mw, || "a hall and an offer that do not fit".to_owned());
        }
    }
    for hall in &subject.plan.halls {
        for told in &hall.uses {
            let UseOf::Hosting { offer } = &told.of else { continue };
            let object = format!("{offer} in {}", hall.id);
            let fits = |candidate: &&super::super::context::Candidate| {
                context.component(candidate.hall).id == hall.id && context.offer(candidate).id == *offer
            };
            if context.candidates.iter().find(fits).is_none() {
                pairs.forbidden(told.mw.iter().sum(), || format!("{object}, which does not fit"));
            }
        }
    }
    for (candidate, host) in context.candidates.iter().zip(&books.host) {
        let most = candidate.pair.hosting_max_mw;
        for (period, mw) in host.iter().enumerate() {
            let of = || {
                let (offer, hall) = (&context.offer(candidate).name, context.label(candidate.hall));
                format!("{offer} in {hall}, {}", times.label(period))
            };
            pairs.at_most(*mw, most, of);
            for part in candidate.pair.requires.iter().filter_map(|id| context.network.node(id)) {
                let rating = context.component(part).rating_mw();
                if rating > 0.0 && context.component(part).planned().is_some() {
                    let ready = books.ready[part][period] / rating;
                    pairs.at_most(*mw, most * ready, || format!("{}: {}", of(), context.label(part)));
                }
            }
        }
    }
    pairs
}

/// (C7) hall by hall: tenants of a class and above together keep within what survives there. Losses that halls share are
/// judged by flows while the plan is made (`engineering::firm`), not again here.
fn classes(subject: &Subject<'_>, times: &Times<'_>, books: &Books) -> Family {
    let context = subject.context;
    let mut classes = Family::new("C7", "what survives a failure, hall by hall", "MW");
    for (hall, component) in context.site.components.iter().enumerate() {
        let Some(judged) = context.judged(&component.id) else { continue };
        let firm = [judged.firm_mw.n, judged.firm_mw.n_plus_1, judged.firm_mw.maintainable];
        for (class, limit) in FailureClass::ALL.into_iter().zip(firm) {
            for period in 0..times.count() {
                let asks = context.candidates.iter().zip(&books.host).filter(|(candidate, _)| {
                    let offer = context.offer(candidate);
                    candidate.hall == hall && !offer.is_bitcoin_hosting() && offer.needs.survives >= class
                });
                let mw: f64 = asks.map(|(_, host)| host[period]).sum();
                let of = || format!("{} in {}, {}", class.label(), context.label(hall), times.label(period));
                // Who asks for nothing finds nothing in a hall that was not judged.
                if mw > 0.0 {
                    classes.at_most(mw, limit, of);
                }
            }
        }
    }
    classes
}

/// (C8) windows, pace, most and least of every offer, and one of those that exclude each other.
fn customers(subject: &Subject<'_>, times: &Times<'_>, books: &Books) -> Family {
    let Subject { context, decisions, plan, .. } = subject;
    let site = context.site;
    let mut customers = Family::new("C8", "dates, pace, most and least of offers", "MW");
    let mut hosted_in_all = vec![0.0; times.count()];
    let mut sets: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for (index, offer) in site.offers.iter().enumerate() {
        let own: Vec<usize> =
            (0..context.candidates.len()).filter(|of| context.candidates[*of].offer == index).collect();
        let hosted: Vec<f64> =
            (0..times.count()).map(|period| own.iter().map(|of| books.host[*of][period]).sum()).collect();
        hosted_in_all.iter_mut().zip(&hosted).for_each(|(sum, mw)| *sum += mw);

        let mut begun = vec![0.0; times.count()];
        for start in decisions.starts.iter().filter(|start| own.contains(&start.of)) {
            match begun.get_mut(start.period) {
                Some(begun) if times.begins_within(start.period, offer.earliest, offer.latest) => {
                    *begun += start.mw;
                }
                _ => customers.forbidden(start.mw, || {
                    format!("{} starts in {}", offer.name, times.label(start.period))
                }),
            }
        }
        let block = offer.block_mw.filter(|_| decisions.is_whole).unwrap_or(0.0);
        for (period, begun) in begun.iter().enumerate() {
            if let Some(pace) = offer.start_mw_per_month {
                let most = (pace * times.span(period).len() as f64).max(block);
                customers
                    .at_most(*begun, most, || format!("pace of {}, {}", offer.name, times.label(period)));
            }
        }
        for (period, mw) in hosted.iter().enumerate() {
            let of = |what: &str| format!("{what} of {}, {}", offer.name, times.label(period));
            customers.at_most(*mw, offer.max_mw, || of("most MW"));
        }
        let most_ever = hosted.iter().copied().fold(0.0, f64::max);
        if offer.status == OfferStatus::Signed {
            let from = offer.latest.or(offer.earliest).unwrap_or(times.date(0));
            let first = (0..times.count()).find(|period| times.date(times.first(*period)) >= from);
            let runs = |first: usize, period: usize| {
                period >= first
                    && (times.first(period) as f64) < times.first(first) as f64 + offer.term_months
            };
            for (period, mw) in hosted.iter().enumerate() {
                if first.is_some_and(|first| runs(first, period)) {
                    let of = || format!("least MW of {}, {}", offer.name, times.label(period));
                    customers.at_least(*mw, offer.min_mw, of);
                }
            }
        } else if decisions.is_whole && most_ever > 1e-6 {
            customers.at_least(most_ever, offer.min_mw, || format!("least MW of {}", offer.name));
        }
        if let Some(set) = &offer.exclusive_set {
            let space: f64 = own.iter().map(|of| context.candidates[*of].pair.hosting_max_mw).sum();
            let most = offer.max_mw.min(space);
            let is_signed = offer.status == OfferStatus::Signed && !own.is_empty();
            let entry = sets.entry(set).or_default();
            entry.0 += if is_signed {
                1.0
            } else if most > 0.0 {
                most_ever / most
            } else {
                0.0
            };
            entry.1 += usize::from(is_signed);
        }
    }
    for (set, (taken, signed)) in sets {
        customers.at_most(taken, signed.max(1) as f64, || format!("offers of {set}"));
    }
    for minimum in &site.limits.hosting_min_mw {
        for (period, mw) in hosted_in_all.iter().enumerate() {
            if times.date(times.first(period)) >= minimum.from {
                let of = || format!("least hosting from {}, {}", minimum.from, times.label(period));
                customers.at_least(*mw, minimum.mw, of);
            }
        }
    }
    for (candidate, host) in context.candidates.iter().zip(&books.host) {
        let offer = &context.offer(candidate).id;
        let hall = plan.halls.iter().find(|hall| hall.id == context.component(candidate.hall).id);
        let is_it = |of: &UseOf| matches!(of, UseOf::Hosting { offer: told } if told == offer);
        match hall.and_then(|hall| hall.uses.iter().find(|told| is_it(&told.of))) {
            Some(told) => {
                let object = format!("{offer} in {}", context.label(candidate.hall));
                customers.same_series(&told.mw, host, times, &object);
            }
            None => customers.forbidden(f64::INFINITY, || format!("{offer}: nothing is told of it")),
        }
    }
    customers
}

/// (C9) no machine stands that is not owned, alive, delivered and moved; no GPU serves that is not.
fn machines(subject: &Subject<'_>, times: &Times<'_>, books: &Books) -> Family {
    let Subject { context, decisions, .. } = subject;
    let site = context.site;
    let mut machines = Family::new("C9", "machines and GPUs owned, alive and moved", "MW");
    let last_order = site.limits.last_order;
    for (index, fleet) in site.fleets.iter().enumerate() {
        let buys: Vec<_> = decisions.buys.iter().filter(|buy| buy.of == index).collect();
        let bought: f64 = buys.iter().map(|buy| buy.mw).sum();
        let most = if fleet.purchase_usd_per_th.is_some() { fleet.purchase_max_mw } else { 0.0 };
        machines.at_most(bought, most, || format!("purchases of {}", fleet.model));
        for buy in &buys {
            let arrives = times.ready(buy.period, fleet.purchase_lead_months).is_some();
            if !arrives || !times.begins_within(buy.period, None, last_order) {
                let of = || format!("purchase of {} in {}", fleet.model, times.label(buy.period));
                machines.forbidden(buy.mw, of);
            }
        }
        for period in 0..times.count() {
            let of = |what: &str| format!("{what} of {}, {}", fleet.model, times.label(period));
            let now = times.first(period) as f64;
            let old = fleet.cohorts.iter().filter(|cohort| {
                f64::from(date::months_between(times.date(0), cohort.bought)) + fleet.life_months > now
            });
            let young = buys.iter().filter(|buy| {
                let from = times.first(buy.period) as f64 + fleet.purchase_lead_months;
                from <= now && now < from + fleet.life_months
            });
            let alive = old.map(|cohort| cohort.mw).sum::<f64>() + young.map(|buy| buy.mw).sum::<f64>();
            let owned = books.owned[index][period];
            machines.at_most(owned, alive, || of("machines within their life"));
            machines.at_least(owned, 0.0, || of("stock"));
            let standing = context.classes.iter().zip(&books.mined).filter(|(class, _)| class.fleet == index);
            let standing: f64 = standing.map(|(_, mined)| mined[period]).sum();
            machines.at_most(standing, owned, || of("stock"));
        }
        let left = decisions.left.iter().filter(|left| left.of == index).map(|left| left.mw).sum();
        let owned = books.owned[index].last().copied().unwrap_or(0.0);
        machines.same(left, owned, || format!("{} at the horizon", fleet.model));
    }
    let moved = by_period(&decisions.installs, context.classes.len(), times.count());
    for (index, class) in context.classes.iter().enumerate() {
        // Where machines stand on the first day is free.
        let steps = books.mined[index].windows(2).zip(moved[index].iter().skip(1)).enumerate();
        for (before, (mined, moved)) in steps {
            let period = before + 1;
            machines.at_least(*moved, mined[1] - mined[0], || {
                let (fleet, hall) = (&context.fleet(class).model, context.label(class.hall));
                format!("{fleet} moved into {hall}, {}", times.label(period))
            });
        }
    }
    for (index, offer) in site.offers.iter().enumerate() {
        let Some(system) = gpu_system(site, offer) else { continue };
        for period in 0..times.count() {
            let now = times.first(period) as f64;
            let alive = decisions.gpus.iter().filter(|order| {
                let from = times.first(order.period) as f64 + system.lead_months;
                order.of == index && from <= now && now < from + system.life_months
            });
            let alive: f64 = alive.map(|order| order.mw).sum();
            let hosted = context.candidates.iter().zip(&books.host).filter(|(of, _)| of.offer == index);
            let hosted: f64 = hosted.map(|(_, host)| host[period]).sum();
            machines.at_most(hosted, alive, || format!("{} of {}", system.model, offer.name));
        }
    }
    machines
}
