//! What each offer of a site is worth where it fits best, beside what mining makes of the same megawatts.

use super::context::{Candidate, Context};
use super::prices::{self, Schedule};
use super::program::{at_month, power_bill};
use super::result::Detail;
use crate::engineering::supply::{Port, Standing, Supply};
use crate::market::World;
use crate::market::hosting::{OfferFigures, Surroundings, gpu_system, gpu_system_id, offer_figures};
use crate::market::plug::{mining_peak_usd_per_mw_month, peak_usd_per_mw_month};
use crate::quantity::{HOURS_PER_YEAR, statistics};
use crate::site::{Offer, Site};
use std::collections::{BTreeMap, BTreeSet};

/// Paths the mining margin is averaged over: the mean of a year is then within a percent or two, and the outlook
/// does not wait for ten thousand.
const MOST_PATHS: usize = 1000;
const MONTHS_PER_YEAR: usize = 12;

/// The offers of a site in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Hosting {
    /// In the order of the site's offers.
    pub offers: Vec<HostedOffer>,
    /// The fleet and hall that earn most in the first year; `None` where nothing can mine.
    pub mining: Option<MiningYears>,
}

/// An offer where it fits best.
#[derive(Clone, Debug, PartialEq)]
pub struct HostedOffer {
    pub figures: OfferFigures,
    /// The hall its figures are of: the first of `halls`. `None` where none fits.
    pub hall: Option<String>,
    /// Every hall that fits, with the critical MW of the offer that it can serve alone; room for most first.
    pub halls: Vec<(String, f64)>,
    /// Why no hall fits.
    pub refused: Option<String>,
    /// Critical MW of all of `halls`, up to the most the customer takes.
    pub servable_mw: f64,
    /// Outages a year of that hall, and how long one lasts on average.
    pub outages_per_year: f64,
    pub outage_hours: f64,
}

/// Margin of mining on a utility MWh set aside for it, by plan year.
#[derive(Clone, Debug, PartialEq)]
pub struct MiningYears {
    pub fleet: String,
    pub hall: String,
    /// Revenue less power, charges on peaks, variable and site cost over all hours of the year, curtailed ones too.
    pub usd_per_mwh_gross: Vec<f64>,
    /// One year in twenty of the first is worse, one is better.
    pub year1_p5: f64,
    pub year1_p95: f64,
}

/// Works out every offer; a drawing that no plan can be made of gives the contracts' own figures alone.
pub fn hosting(site: &Site, world: &World) -> Hosting {
    let context = Context::new(site, Detail::Full).ok();
    let scales = world.mean_power_scale();
    Hosting {
        offers: site
            .offers
            .iter()
            .map(|offer| hosted(site, context.as_ref(), world, &scales, offer))
            .collect(),
        mining: context.as_ref().and_then(|context| mining_years(context, world)),
    }
}

fn hosted(
    site: &Site,
    context: Option<&Context<'_>>,
    world: &World,
    scales: &[f64],
    offer: &Offer,
) -> HostedOffer {
    let system = gpu_system(site, offer);
    let fitting: Vec<&Candidate> = context
        .iter()
        .flat_map(|context| &context.candidates)
        .filter(|candidate| candidate.pair.offer == offer.id)
        .collect();
    let mut fitting = fitting;
    // Stable: of halls with as much room the first drawn leads.
    fitting.sort_by(|a, b| b.pair.hosting_max_mw.total_cmp(&a.pair.hosting_max_mw));
    let best = fitting.first().copied();
    let mut around = Surroundings { mw: offer.max_mw, ..Surroundings::default() };
    if let Some(context) = context {
        let calendar = &context.calendar;
        let start = offer.earliest.map_or(0, |date| {
            usize::try_from(crate::quantity::date::month_at_or_after(calendar.start, date)).unwrap_or(0)
        });
        let term = start..start + offer.term_months.round() as usize;
        around.cost_level = term.clone().map(|month| calendar.inflation(month)).collect();
        if let Some(id) = gpu_system_id(&offer.terms) {
            let means = statistics::mean_by_month(world.gpu_index_of(id), world.months);
            around.gpu_index = term.clone().map(|month| at_month(&means, month)).collect();
        }
        if let Some(candidate) = best {
            let deck = &context.feeds[candidate.feed].deck;
            let gross = candidate.pair.gross.typical;
            around.gross_per_critical = Some(gross);
            around.power_usd_per_mw = term
                .map(|month| power_bill(deck, calendar.calendar_month(month), at_month(scales, month), gross))
                .collect();
            around.charges_usd_per_mw = charges_usd_per_mw(context, candidate);
            around.credit_share = candidate.pair.sla_credit_share;
            around.capex_usd_per_mw = Some(capex_usd_per_mw(context, candidate));
        }
    }
    let reason = |context: &Context<'_>| {
        context.refused.iter().find(|refused| refused.offer == offer.id).map(|refused| refused.reason.clone())
    };
    HostedOffer {
        figures: offer_figures(offer, system, &around),
        hall: best.map(|candidate| candidate.pair.hall.clone()),
        halls: fitting
            .iter()
            .map(|candidate| (candidate.pair.hall.clone(), candidate.pair.hosting_max_mw.min(offer.max_mw)))
            .collect(),
        refused: if best.is_none() { context.and_then(reason) } else { None },
        servable_mw: fitting
            .iter()
            .map(|candidate| candidate.pair.hosting_max_mw)
            .fold(0.0, |sum, mw| sum + mw)
            .min(offer.max_mw),
        outages_per_year: best.map_or(0.0, |candidate| candidate.pair.outages_per_year),
        outage_hours: best.map_or(0.0, |candidate| candidate.pair.outage_hours),
    }
}

/// What a critical MW of an offer adds to the landlord's own charges on peaks in a month, USD (C10): its share of a
/// tenant's design-hour import, or hosted miners' import less what mining avoids.
fn charges_usd_per_mw(context: &Context<'_>, candidate: &Candidate) -> f64 {
    let Some(feed) = context.grid_feed(candidate.feed) else { return 0.0 };
    let (offer, gross) = (context.offer(candidate), candidate.pair.gross);
    if offer.is_bitcoin_hosting() {
        gross.typical.max(gross.design_hour) * mining_peak_usd_per_mw_month(&feed.tariff)
    } else {
        offer.power_share * gross.design_hour * peak_usd_per_mw_month(&feed.tariff)
    }
}

/// Capital of a critical MW ordered on the first day: fit-out beyond what is fitted, the hall's part of the plant that is
/// planned for hosting, GPUs. Contingency included, as the plan pays it.
fn capex_usd_per_mw(context: &Context<'_>, candidate: &Candidate) -> f64 {
    let (calendar, company) = (&context.calendar, &context.site.company);
    let paid = |schedule: Schedule| schedule.iter().map(|(_, usd)| usd).sum::<f64>();
    let mut usd = if context.offer(candidate).is_bitcoin_hosting() {
        0.0
    } else {
        plant_usd_per_mw(context, candidate)
    };
    if let Some((hall, fit)) =
        context.hall_of(candidate.hall).and_then(|hall| hall.fit_out.as_ref().map(|fit| (hall, fit)))
        && !context.offer(candidate).is_bitcoin_hosting()
    {
        let most = hall.hosting_max_mw();
        let to_fit = if most > 0.0 { (1.0 - hall.fitted_mw / most).clamp(0.0, 1.0) } else { 0.0 };
        usd += paid(prices::fit_out(calendar, company, 0, fit, most - hall.fitted_mw)) * to_fit;
    }
    if let Some(system) = gpu_system(context.site, context.offer(candidate)) {
        usd += paid(prices::gpus(calendar, company, 0, system));
    }
    usd
}

/// Planned parts that a hall's hosting can lean on at full build, each by its price over the megawatts of all the halls
/// that lean on it: two sides of a redundant pair are both bought, and a shared plant is paid for once. Of options that
/// exclude each other one is bought: the one the judgement leans on, else the cheapest.
fn plant_usd_per_mw(context: &Context<'_>, candidate: &Candidate) -> f64 {
    let hall = candidate.hall;
    let (calendar, company) = (&context.calendar, &context.site.company);
    let halls: Vec<(usize, f64, BTreeSet<usize>)> = (0..context.site.components.len())
        .filter_map(|index| {
            let judged = context.judged(&context.component(index).id)?;
            let most = context.hall_of(index)?.hosting_max_mw().min(judged.firm_mw.n);
            let supply = Supply::of(
                context.site,
                &context.network,
                index,
                Port::Hosting,
                judged.liquid_share,
                Standing::FullBuild,
            )?;
            (most > 0.0).then(|| (index, most, supply.nodes.into_iter().collect()))
        })
        .collect();
    let Some((_, _, own)) = halls.iter().find(|(index, _, _)| *index == hall) else { return 0.0 };
    let mut usd = 0.0;
    // By set and option: whether the judgement leans on a part of it, and what its parts cost.
    let mut sets: BTreeMap<&str, BTreeMap<&str, (bool, f64)>> = BTreeMap::new();
    for part in own {
        let component = context.component(*part);
        let Some(planned) = component.planned() else { continue };
        let rating = component.rating_mw();
        let paid: f64 = prices::part(calendar, company, 0, planned, rating).iter().map(|(_, usd)| usd).sum();
        let leaning = halls.iter().filter(|(_, _, nodes)| nodes.contains(part));
        let share = paid * rating / leaning.map(|(_, most, _)| most).sum::<f64>();
        match &planned.option_set {
            Some(choice) => {
                let options = sets.entry(&choice.set).or_default();
                let option = options.entry(&choice.option).or_insert((false, 0.0));
                option.0 |= candidate.pair.requires.contains(&component.id);
                option.1 += share;
            }
            None => usd += share,
        }
    }
    let cheapest = |options: &BTreeMap<&str, (bool, f64)>| {
        let order = |a: &&(bool, f64), b: &&(bool, f64)| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1));
        options.values().min_by(order).map_or(0.0, |option| option.1)
    };
    usd + sets.values().map(cheapest).sum::<f64>()
}

/// Charges on the peak of a MW of a class in a month, USD, in the hour that asks most of the way (C10).
fn mining_charges_usd_per_mw(context: &Context<'_>, class: &super::context::MiningClass) -> f64 {
    let Some(feed) = context.grid_feed(class.feed) else { return 0.0 };
    class.gross_factor.max(class.design_hour_factor) * mining_peak_usd_per_mw_month(&feed.tariff)
}

fn mining_years(context: &Context<'_>, world: &World) -> Option<MiningYears> {
    let calendar = &context.calendar;
    let paths = world.paths.min(MOST_PATHS);
    let years = world.months.min(calendar.months) / MONTHS_PER_YEAR;
    if paths == 0 || years == 0 {
        return None;
    }
    let site_cost = context.site.company.mining_site_usd_per_mw_month;
    // USD per utility MWh by path, of one year.
    let margins = |class: &super::context::MiningClass, year: usize| -> Vec<f64> {
        let mined = context.mining_months(class);
        let charges = mining_charges_usd_per_mw(context, class);
        (0..paths)
            .map(|path| {
                let earned: f64 = (year * MONTHS_PER_YEAR..(year + 1) * MONTHS_PER_YEAR)
                    .map(|month| {
                        // A month that does not earn the charges on its peak is not run.
                        let margin = (mined(world, path, month).margin_usd_per_mw - charges).max(0.0);
                        margin - site_cost * calendar.inflation(month)
                    })
                    .sum();
                earned / (HOURS_PER_YEAR * class.gross_factor)
            })
            .collect()
    };
    let (class, first) = context
        .classes
        .iter()
        .filter(|class| context.fleet(class).owned_mw() > 0.0 || context.fleet(class).purchase_max_mw > 0.0)
        .map(|class| (class, margins(class, 0)))
        .reduce(
            |best, other| {
                if statistics::mean(&other.1) > statistics::mean(&best.1) { other } else { best }
            },
        )?;
    Some(MiningYears {
        fleet: context.fleet(class).id.clone(),
        hall: context.component(class.hall).id.clone(),
        usd_per_mwh_gross: (0..years).map(|year| statistics::mean(&margins(class, year))).collect(),
        year1_p5: statistics::quantile(&first, 0.05),
        year1_p95: statistics::quantile(&first, 0.95),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::lease::{Cohort, Lease};
    use crate::plan::testing;
    use crate::site::{Prepayment, SlaBand, Terms};

    fn rich() -> Site {
        let mut site = testing::site();
        let offer = &mut site.offers[0];
        offer.power_share = 0.5;
        offer.prepayment =
            Some(Prepayment { months_of_rent: 6.0, credit_from_month: 24.0, credit_months: 36.0 });
        offer.sla = vec![SlaBand { from_hours: 0.0, credit_share: 0.1 }];
        offer.tenant_funded_usd_per_mw = 250_000.0;
        site
    }

    /// The figures of an offer are the cash the plan counts for a tenant who stays and moves in on time.
    #[test]
    fn the_figures_are_the_plans_own_cash() {
        let site = rich();
        let world = World::sample(&site, site.plan.horizon_years as usize * 12, 40).unwrap();
        let found = hosting(&site, &world).offers.remove(0);
        let context = Context::new(&site, Detail::Full).unwrap();
        let candidate = &context.candidates[0];
        assert_eq!(found.hall.as_deref(), Some(candidate.pair.hall.as_str()));
        assert!(candidate.pair.sla_credit_share > 0.0 && found.outages_per_year > 0.0);
        let lease = Lease::new(&context, &site.offers[0], candidate.pair.sla_credit_share);
        let cohort = Cohort { start: 0, delay: 0, default_month: None };
        let scales = world.mean_power_scale();
        let deck = &context.feeds[candidate.feed].deck;
        // Half of a tenant's peak in the design hour, at 2 USD/kW-month and 10 USD/kW-year, is the landlord's.
        let charges = 0.5 * candidate.pair.gross.design_hour * (2_000.0 + 10_000.0 / 12.0);
        let mut years: Vec<(f64, f64)> = Vec::new();
        for month in 0..lease.end(cohort) {
            let bill = power_bill(
                deck,
                context.calendar.calendar_month(month),
                at_month(&scales, month),
                candidate.pair.gross.typical,
            );
            let cash = lease.month(cohort, month, 1.0, bill, context.calendar.inflation(month));
            if month % 12 == 0 {
                years.push((0.0, 0.0));
            }
            let year = years.last_mut().unwrap();
            year.0 += cash.revenue * found.figures.mw;
            year.1 += (cash.net() - charges) * found.figures.mw;
        }
        assert_eq!(years.len(), found.figures.years.len());
        for (year, (revenue, net)) in found.figures.years.iter().zip(years) {
            assert!((year.revenue_usd / revenue - 1.0).abs() < 1e-12);
            assert!((year.cash_usd / net - 1.0).abs() < 1e-9, "{} {net}", year.cash_usd);
            let of_year = charges * found.figures.mw * year.months as f64;
            assert!((year.charges_usd / of_year - 1.0).abs() < 1e-12 && year.power_usd > year.charges_usd);
        }
        // The hall named leads the list that the servable megawatts are the sum of.
        assert_eq!(found.halls.first().map(|(hall, _)| hall), found.hall.as_ref());
        let sum: f64 = found.halls.iter().map(|(_, mw)| mw).sum();
        assert!((found.servable_mw - sum.min(site.offers[0].max_mw)).abs() < 1e-12);
        // Capital is positive and less what the tenant brings; the yield follows.
        let funded = 250_000.0 * found.figures.mw;
        let capex = found.figures.capex_usd.unwrap();
        assert!(capex > funded, "{capex}");
        assert!((found.figures.yield_on_cost.unwrap() - found.figures.year1().noi_usd / capex).abs() < 1e-12);
    }

    /// Against the closed form of a month's mining, summed by hand over one path of a world without chance.
    #[test]
    fn mining_beside_hosting_is_margin_over_gross_hours() {
        let mut site = rich();
        let bitcoin = &mut site.assumptions.bitcoin;
        (bitcoin.price_volatility, bitcoin.jumps_per_year, bitcoin.hashrate_volatility_per_month) =
            (0.0, 0.0, 0.0);
        site.assumptions.power.volatility = 0.0;
        let world = World::sample(&site, site.plan.horizon_years as usize * 12, 2).unwrap();
        let found = hosting(&site, &world).mining.unwrap();
        let context = Context::new(&site, Detail::Full).unwrap();
        let table = crate::plan::context::MiningTable::new(&context, &world);
        let class = &context.classes[0];
        // Half of 2 USD/kW-month and 10 USD/kW-year, at a tenth of heat by fans and a hundredth lost.
        let charges = 0.5 * (2_000.0 + 10_000.0 / 12.0) * 1.1 / 0.99;
        let earned: f64 = (0..12)
            .map(|month| {
                table.at(0, 0, month).margin_usd_per_mw
                    - charges
                    - site.company.mining_site_usd_per_mw_month * context.calendar.inflation(month)
            })
            .sum();
        let expected = earned / (8760.0 * class.gross_factor);
        assert!((found.usd_per_mwh_gross[0] / expected - 1.0).abs() < 1e-9, "{found:?} {expected}");
        assert!((found.year1_p5 - found.year1_p95).abs() < 1e-9);
    }

    /// A second UPS beside the first: both are paid for as a redundant pair, one of them as options of a set.
    #[test]
    fn of_options_that_exclude_each_other_one_is_paid_for() {
        let capex = |site: &Site| {
            let world = World::sample(site, 24, 2).unwrap();
            hosting(site, &world).offers.remove(0).figures.capex_usd.unwrap()
        };
        let one = rich();
        let mut two = one.clone();
        let mut other = two.component_mut("U").unwrap().clone();
        other.id = "U2".into();
        other.tag = "U2".into();
        two.components.push(other);
        let link = |from: &str, to: &str| {
            let mut link = one.links.iter().find(|link| link.id == "T-U").unwrap().clone();
            (link.id, link.from, link.to) = (format!("{from}-{to}"), from.into(), to.into());
            link
        };
        // What the first UPS alone feeds makes the judgement lean on it.
        two.links.extend([link("T", "U2"), link("U2", "H")]);
        let priced = |site: &mut Site, usd_per_mw: f64, is_option: bool| {
            for (id, option) in [("U", "a"), ("U2", "b")] {
                let terms = testing::terms_of(site, id).unwrap();
                terms.option_set =
                    is_option.then(|| crate::site::OptionSet { set: "ups".into(), option: option.into() });
            }
            testing::terms_of(site, "U2").unwrap().usd_per_mw = usd_per_mw;
        };
        let mw = one.offers[0].max_mw;
        let near = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 1e-6 * expected.abs(), "{found} against {expected}");
        };
        // 12 MW of UPS over the hall's 10 MW of hosting, with the contingency of the plan.
        let contingency = 1.0 + one.company.contingency_share;
        let per_mw = |usd_per_mw: f64| usd_per_mw * 12.0 / 10.0 * contingency;
        priced(&mut two, 0.2e6, false);
        near(capex(&two) - capex(&one), per_mw(0.2e6) * mw);
        priced(&mut two, 0.2e6, true);
        near(capex(&two), capex(&one));
        // Where either would do, the cheaper is bought.
        two.links.extend([link("T", "C"), link("T", "D")]);
        near(capex(&one) - capex(&two), per_mw(1.0e6) * mw);
        priced(&mut two, 2.4e6, true);
        near(capex(&two), capex(&one));
    }

    #[test]
    fn an_offer_no_hall_serves_has_figures_and_its_reason() {
        let mut site = rich();
        site.offers[0].needs.kw_per_rack = 4_000.0;
        let mut cloud = site.offers[0].clone();
        cloud.id = "cloud".into();
        cloud.terms = Terms::GpuCloud {
            gpu_system: "none".into(),
            usd_per_gpu_hour: 3.0,
            utilisation: 1.0,
            indexed: true,
            escalator: 0.0,
        };
        site.offers.push(cloud);
        let world = World::sample(&site, 24, 2).unwrap();
        let found = hosting(&site, &world);
        assert!(found.offers.iter().all(|offer| offer.hall.is_none() && offer.refused.is_some()));
        assert!(found.offers[0].figures.tcv_usd > 0.0 && found.offers[0].figures.yield_on_cost.is_none());
        // Without a grid feed there is no plan, and still a contract.
        site.components.clear();
        site.links.clear();
        let bare = hosting(&site, &world);
        assert!(bare.mining.is_none() && bare.offers[0].figures.tcv_usd > 0.0);
    }
}
