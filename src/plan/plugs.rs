//! Where each fleet stands, for the room that judges machines without a drawing.

use crate::engineering::{Network, gross_factor};
use crate::market::Plug;
use crate::market::plug::priced_feed;
use crate::site::{AsicFleet, Kind, Site, State};

/// A plug of every fleet, in the order of the site.
///
/// Of the halls that take a fleet's heat, by air or by liquid, those that stand before those that are planned, and of
/// these the one where a MWh of IT costs least at the mean delivered price: a plan fills that one first. The factors
/// are the ones the plan mines there with. A fleet that no hall takes keeps the factor one.
pub fn plugs(site: &Site) -> Vec<Plug> {
    let network = Network::new(site);
    site.fleets.iter().map(|fleet| plug(site, &network, fleet)).collect()
}

fn plug(site: &Site, network: &Network, fleet: &AsicFleet) -> Plug {
    let liquid_share = if fleet.cooling.is_liquid() { 1.0 } else { 0.0 };
    let mut best: Option<((bool, f64), Plug)> = None;
    for (index, component) in site.components.iter().enumerate() {
        if component.hall().is_none() {
            continue;
        }
        let Some(factor) = gross_factor(site, network, index, true, liquid_share) else { continue };
        let feed = grid_feed_of(site, network, index).map(|feed| site.components[feed].id.clone());
        let price = priced_feed(site, feed.as_deref()).map_or(1.0, |feed| feed.mean_usd_per_mwh());
        let cost = (matches!(component.state, State::Planned(_)), factor.typical * price);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            let plug = Plug {
                hall: Some(component.id.clone()),
                feed,
                gross_factor: factor.typical,
                design_hour_factor: factor.design_hour,
            };
            best = Some((cost, plug));
        }
    }
    best.map_or_else(Plug::default, |(_, plug)| plug)
}

/// The grid feed upstream of a part: the first one found walking against the power.
pub(super) fn grid_feed_of(site: &Site, network: &Network, component: usize) -> Option<usize> {
    let mut seen = vec![false; site.components.len()];
    let mut stack = vec![component];
    while let Some(node) = stack.pop() {
        if std::mem::replace(&mut seen[node], true) {
            continue;
        }
        if matches!(site.components[node].kind, Kind::GridFeed(_)) {
            return Some(node);
        }
        stack.extend(network.power_in(node).iter().map(|(_, from)| *from));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::plug::plugged;
    use crate::market::power::curtailment::curtailment;
    use crate::market::{World, summary};
    use crate::plan::context::{Context, MiningTable};
    use crate::plan::result::Detail;
    use crate::plan::testing;
    use crate::quantity::HOURS_PER_MONTH;

    /// A world that stands still at one hashprice.
    fn still(site: &Site, months: usize, hashprice: f64) -> World {
        let mut world = World::sample(site, months, 2).unwrap();
        for path in &mut world.hashprice {
            path.fill(hashprice);
        }
        for path in &mut world.power_scale {
            path.fill(1.0);
        }
        world
    }

    fn near(found: f64, expected: f64, what: &str) {
        let off = (found - expected).abs();
        assert!(off <= 1e-9 * expected.abs().max(1.0), "{what}: {found} against {expected}");
    }

    /// The site of the tests as it is; with a worn fleet by liquid beside it; and without curtailment.
    fn sites() -> [Site; 3] {
        let mut two = testing::site();
        let mut hydro = two.fleets[0].clone();
        (hydro.id, hydro.cooling) = ("hydro".into(), crate::site::MinerCooling::Hydro);
        hydro.wear.realised_share = 0.88;
        (hydro.wear.failures_per_year, hydro.wear.repair_hours) = (0.06, 720.0);
        two.fleets.push(hydro);
        for link in &mut two.links {
            if let crate::site::Medium::Liquid { serves } = &mut link.medium {
                *serves = crate::site::Serves::Both;
            }
        }
        for (from, to) in [("S", "C"), ("S", "D")] {
            let mut link = two.links[1].clone();
            (link.id, link.from, link.to) = (format!("{from}-{to}"), from.into(), to.into());
            two.links.push(link);
        }
        let mut free = testing::site();
        if let Kind::GridFeed(grid) = &mut free.components[0].kind {
            grid.curtailment = crate::site::Curtailment::default();
        }
        [testing::site(), two, free]
    }

    /// What `market` says of a fleet is what the plan counts for it in the same hall.
    #[test]
    fn the_figures_of_a_fleet_are_those_of_the_plan() {
        for mut site in sites() {
            // The plan counts from its start and lets costs rise; here both count the same day.
            let hashprice = 41.0;
            site.assumptions.bitcoin.hashprice_override_usd_per_ph_day = Some(hashprice);
            site.assumptions.bitcoin.as_of = site.plan.start;
            site.company.inflation = 0.0;
            for fleet in &mut site.fleets {
                fleet.wear.ageing_per_year = 0.0;
            }
            let found = plugs(&site);
            let context = Context::new(&site, Detail::Full).unwrap();
            let world = still(&site, context.calendar.months, hashprice);
            let table = MiningTable::new(&context, &world);
            let fleets = plugged(&site, &found);
            let told = summary(&site, &world, &found);
            for (index, year) in curtailment(&site, hashprice, &found).iter().enumerate() {
                let (plug, own, told) = (&found[index], &fleets[index], &told.fleets[index]);
                let hall = plug.hall.clone().unwrap_or_else(|| panic!("{}: {}", site.name, year.fleet));
                let class = context
                    .classes
                    .iter()
                    .position(|class| class.fleet == index && context.component(class.hall).id == hall)
                    .unwrap();
                let of_plan = &context.classes[class];
                near(plug.gross_factor, of_plan.gross_factor, "gross factor");
                let feed = context.component(context.feeds[of_plan.feed].component);
                assert_eq!(plug.feed.as_deref(), Some(feed.id.as_str()));
                // The year of `market` begins in January; the plan's twelve months are the same ones.
                let months: Vec<_> = (0..12).map(|month| *table.at(class, 0, month)).collect();
                let sum = |of: fn(&crate::market::MiningMonth) -> f64| months.iter().map(of).sum::<f64>();
                near(year.margin_usd_per_mw_year, sum(|month| month.margin_usd_per_mw), "margin of the year");
                near(
                    year.demand_response_usd_per_mw_year,
                    sum(|month| month.other_usd_per_mw),
                    "demand response",
                );
                let working = site.fleets[index].working_share();
                near(year.hours.running * working, sum(|month| month.running_hours), "hours");
                // Strike at the meter times factor is what a MWh of IT earns.
                let fleet = &site.fleets[index];
                let earned = crate::market::bitcoin::revenue_usd_per_mwh(
                    hashprice,
                    context.running_j_per_th(fleet, 0),
                    fleet.pool_fee_share,
                    fleet.stale_share,
                ) - fleet.variable_usd_per_mwh;
                near(year.strike_usd_per_mwh * of_plan.gross_factor, earned, "strike");
                near(told.strike_usd_per_mwh, year.strike_usd_per_mwh, "strike told");
                // Hashcost and margin are of machines that never stop: a month at one price, in which it never does.
                let mut flat = site.clone();
                let price = own.power_usd_per_mwh().unwrap().min(0.9 * told.strike_usd_per_mwh);
                for component in &mut flat.components {
                    if let Kind::GridFeed(grid) = &mut component.kind {
                        let flat_price = crate::site::FlatPrice { usd_per_mwh: price, market_share: 1.0 };
                        grid.tariff.energy = crate::site::EnergyPrice::Flat(flat_price);
                        grid.tariff.adder_usd_per_mwh = 0.0;
                        grid.curtailment = crate::site::Curtailment::default();
                    }
                }
                let context = Context::new(&flat, Detail::Full).unwrap();
                let month = *MiningTable::new(&context, &world).at(class, 0, 0);
                let told = &summary(&flat, &world, &found).fleets[index];
                let charges = plugged(&flat, &found)[index].charges_usd_per_mw_month();
                near(
                    told.margin_usd_per_mwh.unwrap() * working * HOURS_PER_MONTH,
                    month.margin_usd_per_mw - charges,
                    "margin of the first month",
                );
                if let Some(cost) = told.hashcost_usd_per_ph_day {
                    // A MW of the fleet at work, PH/s, and the days of a month.
                    let petahash_days = told.working_ph / fleet.owned_mw() * 365.0 / 12.0;
                    near(cost.power * petahash_days, month.power_cost_usd_per_mw, "power of the hashcost");
                    near(cost.charges * petahash_days, charges, "charges of the hashcost");
                }
            }
        }
    }

    /// What a MW of mining adds to the plan's own bill: its peak in the program, at the tariff's rates.
    #[test]
    fn the_charges_are_those_of_the_programs_peak() {
        let site = testing::site();
        let plug = &plugs(&site)[0];
        // By hand: fans take a tenth of the heat in the design hour, the switchgear loses a hundredth.
        near(plug.design_hour_factor, 1.1 / 0.99, "design hour");
        near(plug.gross_factor, 1.05 / 0.99, "typical hour");
        // 2 USD/kW-month and 10 USD/kW-year, half of it avoided.
        let charges = plugged(&site, std::slice::from_ref(plug))[0].charges_usd_per_mw_month();
        near(charges, (2_000.0 + 10_000.0 / 12.0) * 0.5 * 1.1 / 0.99, "charges");
    }

    #[test]
    fn a_fleet_that_no_hall_takes_is_judged_at_its_own_plug() {
        let mut site = testing::site();
        // Hydro-cooled machines, where only a fan wall takes mining's heat.
        site.fleets[0].cooling = crate::site::MinerCooling::Hydro;
        assert_eq!(plugs(&site), [Plug::default()]);
        site.components.clear();
        site.links.clear();
        assert_eq!(plugs(&site), [Plug::default()]);
    }
}
