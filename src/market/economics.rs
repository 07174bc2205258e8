//! What mining with a site's machines costs and earns: hashcost by what it is made of, payback with the halving and
//! the network's growth, and the map of hashprice against power price on which machines live or stop.

use super::bitcoin;
use super::plug::{Plugged, priced_feed};
use crate::quantity::date;
use crate::site::{AsicFleet, Site};

const DAYS_PER_MONTH: f64 = 365.0 / 12.0;
/// Steps of the map along either axis.
const GRID: usize = 25;

/// Cost of an operating PH/s, USD a day, as public miners' total hashcost is counted: cash, without depreciation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hashcost {
    /// Energy at the meter, losses and cooling included.
    pub power: f64,
    /// Demand and coincident-peak charges on the part of the peak that mining does not avoid. Charges that stand
    /// whatever runs are no part: the fixed one, a block settled against the index, a minimum take.
    pub charges: f64,
    /// Variable cost, pool fee and the cost of the site.
    pub site: f64,
    /// Power, charges and site: what the machines must earn to be worth running.
    pub fleet: f64,
    /// Overhead.
    pub corporate: f64,
    /// Interest of existing loans.
    pub financing: f64,
    pub total: f64,
}

/// How long new machines take to earn their price, days from their delivery; `None` when they never do within their
/// life or the paths, and without a price of the machine or of power.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Payback {
    /// There is a price of a new machine and of power.
    pub is_priced: bool,
    /// From an order at the start of the plan to the delivery.
    pub delivery_days: f64,
    /// While nothing changes.
    pub static_days: Option<f64>,
    /// Along the mean of the hashprice paths, with halvings and the network's growth in them.
    pub mean_path_days: Option<f64>,
    /// Along the median of the hashprice paths.
    pub median_path_days: Option<f64>,
}

impl Payback {
    /// Whether machines ordered at the start of the plan are paid back along the mean path only after the halving that
    /// is `days_to_halving` from then; `None` where they never are.
    pub fn is_after_halving(&self, days_to_halving: f64) -> Option<bool> {
        self.mean_path_days.map(|days| self.delivery_days + days > days_to_halving)
    }
}

/// Margin over hashprice and power price, and where the site stands on it.
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalMap {
    /// Ascending.
    pub hashprice_usd_per_ph_day: Vec<f64>,
    /// Ascending.
    pub power_usd_per_mwh: Vec<f64>,
    /// What a margin of the map counts, a sentence.
    pub counts: &'static str,
    pub fleets: Vec<FleetMap>,
    pub points: Vec<MapPoint>,
}

/// What the margins of the survival map count.
const MAP_COUNTS: &str = "Revenue after pool fee less power at the meter with losses and cooling of the hall, variable cost, and the charges on peaks that mining does not avoid; the cost of the site, overhead and interest are not in it";

#[derive(Clone, Debug, PartialEq)]
pub struct FleetMap {
    pub id: String,
    /// Where the fleet is judged; `None` at its own plug, without losses and cooling.
    pub hall: Option<String>,
    /// Revenue less power, variable cost and charges on peaks, USD per MWh of IT, `[power price][hashprice]`.
    pub margin_usd_per_mwh: Vec<Vec<f64>>,
    /// Delivered power price at which that is nothing, at each hashprice of the map, USD/MWh: a straight line.
    pub break_even_usd_per_mwh: Vec<f64>,
}

/// A named hashprice, at the site's mean power price where that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct MapPoint {
    pub key: &'static str,
    pub label: &'static str,
    pub hashprice_usd_per_ph_day: f64,
    pub power_usd_per_mwh: Option<f64>,
}

/// The low of November 2025, which planners test against (Hashrate Index: below 35 on 21 November 2025).
pub const STRESS_HASHPRICE: f64 = 35.0;

/// J/TH of a fleet's running machines on the as-of date of the network.
pub fn running_j_per_th(site: &Site, fleet: &AsicFleet) -> f64 {
    fleet.running_j_per_th(fleet.mean_age_years(site.assumptions.bitcoin.as_of))
}

/// Petahash per second at work: MW owned, less what is in repair, at today's J/TH.
fn working_ph(site: &Site, fleet: &AsicFleet) -> f64 {
    fleet.owned_mw() * fleet.working_share() * 1000.0 / running_j_per_th(site, fleet)
}

/// Hashcost of all machines owned, each fleet at the price of its feed; `None` without machines or without a price.
pub fn site_hashcost(site: &Site, fleets: &[Plugged<'_>], hashprice: f64) -> Option<Hashcost> {
    let petahash: f64 = site.fleets.iter().map(|fleet| working_ph(site, fleet)).sum();
    if !(petahash > 0.0) {
        return None;
    }
    let shared = shared_cost(site, petahash);
    let mut cost =
        Hashcost { corporate: shared.corporate, financing: shared.financing, ..Hashcost::default() };
    for plugged in fleets {
        let usd_per_mwh = plugged.power_usd_per_mwh()?;
        if let Some(own) = own_cost(site, plugged, hashprice, usd_per_mwh) {
            let share = working_ph(site, plugged.fleet) / petahash;
            cost.power += share * own.power;
            cost.charges += share * own.charges;
            cost.site += share * own.site;
        }
    }
    Some(added_up(cost))
}

/// Hashcost of one fleet, overhead and interest spread over all machines at work; `None` where it has no machines or
/// its power no price.
pub fn fleet_hashcost(site: &Site, plugged: &Plugged<'_>, hashprice: f64) -> Option<Hashcost> {
    let petahash: f64 = site.fleets.iter().map(|fleet| working_ph(site, fleet)).sum();
    let own = own_cost(site, plugged, hashprice, plugged.power_usd_per_mwh()?)?;
    let shared = shared_cost(site, petahash);
    Some(added_up(Hashcost { corporate: shared.corporate, financing: shared.financing, ..own }))
}

/// Power, charges and site cost of a PH/s of a fleet at work.
fn own_cost(site: &Site, plugged: &Plugged<'_>, hashprice: f64, usd_per_mwh: f64) -> Option<Hashcost> {
    let fleet = plugged.fleet;
    let petahash = working_ph(site, fleet);
    if !(petahash > 0.0) {
        return None;
    }
    let mwh_per_day = fleet.owned_mw() * fleet.working_share() * 24.0;
    // Peaks, rent, labour and land are paid for every MW that stands, at work or in repair.
    let standing = |usd_per_mw_month: f64| fleet.owned_mw() * usd_per_mw_month / DAYS_PER_MONTH / petahash;
    Some(Hashcost {
        power: mwh_per_day * plugged.plug.gross_factor * usd_per_mwh / petahash,
        charges: standing(plugged.charges_usd_per_mw_month()),
        site: mwh_per_day * fleet.variable_usd_per_mwh / petahash
            + standing(site.company.mining_site_usd_per_mw_month)
            + hashprice * fleet.pool_fee_share,
        ..Hashcost::default()
    })
}

fn shared_cost(site: &Site, petahash: f64) -> Hashcost {
    let interest: f64 =
        site.company.loans.iter().map(|loan| loan.balance_usd * loan.rate).sum::<f64>() / 365.0;
    Hashcost {
        corporate: site.company.overhead_usd_per_month / DAYS_PER_MONTH / petahash,
        financing: interest / petahash,
        ..Hashcost::default()
    }
}

fn added_up(cost: Hashcost) -> Hashcost {
    let fleet = cost.power + cost.charges + cost.site;
    Hashcost { fleet, total: fleet + cost.corporate + cost.financing, ..cost }
}

/// Payback of a new machine of a fleet at the steady mean price of its feed.
///
/// `mean` and `median` are hashprices by month from the start of the plan, USD/PH/s/day. In a month in which the
/// machine would lose money it is off. New machines are as good as their data sheet and age as the fleet says.
pub fn payback(site: &Site, plugged: &Plugged<'_>, hashprice: f64, mean: &[f64], median: &[f64]) -> Payback {
    let fleet = plugged.fleet;
    let (Some(usd_per_th), Some(power)) = (machine_price(site, fleet), plugged.power_usd_per_mwh()) else {
        return Payback::default();
    };
    // Margin of a nameplate TH/s over a day while it runs: it draws its nameplate power, whatever hashrate it gives.
    let daily = |hashprice: f64, age_years: f64| {
        let margin = plugged.margin_usd_per_mwh(hashprice, fleet.running_j_per_th(age_years), power);
        margin * fleet.efficiency_j_per_th * 24.0 / 1e6
    };
    let working = fleet.working_share();
    let lead_months = fleet.purchase_lead_months.max(0.0).round();
    let delivered = lead_months as usize;
    let along = |path: &[f64]| {
        dynamic_payback_days(fleet, usd_per_th, path.get(delivered..).unwrap_or_default(), &daily)
    };
    Payback {
        is_priced: true,
        delivery_days: lead_months * DAYS_PER_MONTH,
        static_days: bitcoin::static_payback_days(usd_per_th, daily(hashprice, 0.0), working),
        mean_path_days: along(mean),
        median_path_days: along(median),
    }
}

/// The first day on which the margins along `hashprices` (by month from the delivery) have earned the price.
fn dynamic_payback_days(
    fleet: &AsicFleet,
    usd_per_th: f64,
    hashprices: &[f64],
    margin_usd_per_th_day: &dyn Fn(f64, f64) -> f64,
) -> Option<f64> {
    let working = fleet.working_share();
    let mut left = usd_per_th;
    for (month, hashprice) in hashprices.iter().enumerate().take(fleet.life_months.ceil() as usize) {
        let daily = working * margin_usd_per_th_day(*hashprice, month as f64 / 12.0).max(0.0);
        if daily * DAYS_PER_MONTH >= left {
            return Some(month as f64 * DAYS_PER_MONTH + if left > 0.0 { left / daily } else { 0.0 });
        }
        left -= daily * DAYS_PER_MONTH;
    }
    None
}

/// USD per TH/s of a new machine: the fleet's own price, else the pinned catalogue's.
pub fn machine_price(site: &Site, fleet: &AsicFleet) -> Option<f64> {
    fleet.purchase_usd_per_th.or_else(|| {
        let model = site.catalogue.asics.iter().find(|asic| asic.model == fleet.model)?;
        Some(model.usd_per_th)
    })
}

/// The map of a site: hashprice from zero to twice the planned one, power price from zero to what the best fleet can
/// pay there, both at least as far as the named points.
pub fn survival_map(site: &Site, fleets: &[Plugged<'_>]) -> SurvivalMap {
    let points = map_points(site);
    let highest = points.iter().map(|point| point.hashprice_usd_per_ph_day).fold(STRESS_HASHPRICE, f64::max);
    let power = points.first().and_then(|point| point.power_usd_per_mwh).unwrap_or(0.0);
    let top = 1.5 * highest;
    let best = fleets.iter().map(|plugged| plugged.break_even_usd_per_mwh(top)).fold(100.0, f64::max);
    let hashprices = axis(top);
    let powers = axis(best.max(1.25 * power));
    let fleets = fleets
        .iter()
        .map(|plugged| {
            let margin = |power: f64| {
                let at = |hashprice: &f64| plugged.margin_usd_per_mwh(*hashprice, plugged.j_per_th, power);
                hashprices.iter().map(at).collect()
            };
            let break_even = |hashprice: &f64| plugged.break_even_usd_per_mwh(*hashprice);
            FleetMap {
                id: plugged.fleet.id.clone(),
                hall: plugged.plug.hall.clone(),
                margin_usd_per_mwh: powers.iter().map(|power| margin(*power)).collect(),
                break_even_usd_per_mwh: hashprices.iter().map(break_even).collect(),
            }
        })
        .collect();
    SurvivalMap {
        hashprice_usd_per_ph_day: hashprices,
        power_usd_per_mwh: powers,
        counts: MAP_COUNTS,
        fleets,
        points,
    }
}

/// From zero in [`GRID`] equal steps to the next round number above `top`.
fn axis(top: f64) -> Vec<f64> {
    let step = (top / GRID as f64).max(f64::MIN_POSITIVE);
    let magnitude = libm::pow(10.0, libm::floor(libm::log10(step)));
    let round = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|by| by * magnitude >= step).unwrap_or(10.0);
    (0..=GRID).map(|index| index as f64 * round * magnitude).collect()
}

/// The hashprice planned with, today's, the stress, and the one after the next halving while price and difficulty
/// stay as they are.
fn map_points(site: &Site) -> Vec<MapPoint> {
    let given = &site.assumptions.bitcoin;
    let today = bitcoin::hashprice_today(given);
    let planned = given.hashprice_override_usd_per_ph_day.unwrap_or(today);
    let power_usd_per_mwh = priced_feed(site, None).map(|feed| feed.mean_usd_per_mwh());
    let point = |key, label, hashprice_usd_per_ph_day| MapPoint {
        key,
        label,
        hashprice_usd_per_ph_day,
        power_usd_per_mwh,
    };
    let halving = bitcoin::halving_height_after(given.block_height);
    let subsidy = bitcoin::subsidy_btc(given.block_height);
    let halved = if subsidy > 0.0 { bitcoin::subsidy_btc(halving) / subsidy } else { 0.0 };
    vec![
        point("planned", "The plan's hashprice", planned),
        point("today", "Today's hashprice", today),
        point("stress", "The low of November 2025", STRESS_HASHPRICE),
        point("after_halving", "After the halving, nothing else changed", planned * halved),
    ]
}

/// Days from the start of the plan to the next halving.
pub fn days_to_halving_from_start(site: &Site) -> f64 {
    let given = &site.assumptions.bitcoin;
    let halving = bitcoin::halving_height_after(given.block_height);
    let days = bitcoin::days_to_height(given.block_height, halving, given.block_minutes);
    (days - date::days_between(given.as_of, site.plan.start)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::plug::{Plug, plugged};
    use crate::market::testing::{feed_at, fleet};
    use crate::site::{Kind, Loan};
    use jiff::civil::date;

    fn cost_of(site: &Site, hashprice: f64) -> Option<Hashcost> {
        site_hashcost(site, &plugged(site, &[]), hashprice)
    }

    /// Two fleets on power of 50 USD/MWh.
    fn site() -> Site {
        let mut site = feed_at(50.0);
        site.fleets = vec![fleet("new", 13.5, 27.0, Some(25.7)), fleet("old", 29.5, 29.5, Some(3.0))];
        site.assumptions.bitcoin.hashprice_override_usd_per_ph_day = Some(38.3);
        site
    }

    #[test]
    fn hashcost_is_built_up_per_fleet_and_adds_up_to_the_site() {
        let mut site = site();
        for fleet in &mut site.fleets {
            fleet.availability = 0.9;
            fleet.variable_usd_per_mwh = 4.0;
            fleet.pool_fee_share = 0.01;
        }
        site.company.mining_site_usd_per_mw_month = 5_000.0;
        site.company.overhead_usd_per_month = 1e6;
        let loan = Loan {
            id: "l".into(),
            name: "l".into(),
            balance_usd: 36.5e6,
            rate: 0.1,
            maturity: date(2030, 1, 1),
            amortisation_months: 0.0,
        };
        site.company.loans.push(loan);
        let cost = cost_of(&site, 38.3).unwrap();
        // 27 MW at 13.5 J/TH are 2,000 PH, 29.5 MW at 29.5 are 1,000: 56.5 kW of IT a PH on average / 3.
        let kw_per_ph = 56.5 / 3.0;
        assert!((cost.power - kw_per_ph * 24.0 * 0.05).abs() < 1e-9);
        let standing = 56.5 * 5_000.0 * 12.0 / 365.0 / 2_700.0;
        assert!((cost.site - kw_per_ph * 24.0 * 0.004 - 0.383 - standing).abs() < 1e-9);
        assert!((cost.corporate - 1e6 * 12.0 / 365.0 / 2_700.0).abs() < 1e-9);
        assert!((cost.financing - 1e4 / 2_700.0).abs() < 1e-9);
        assert!((cost.total - cost.power - cost.site - cost.corporate - cost.financing).abs() < 1e-9);
        assert!((cost.fleet - cost.power - cost.site).abs() < 1e-12);
        let [new, old] =
            [0, 1].map(|index| fleet_hashcost(&site, &plugged(&site, &[])[index], 38.3).unwrap());
        assert!(
            (new.power - 13.5 * 24.0 * 0.05).abs() < 1e-9 && (old.power - 29.5 * 24.0 * 0.05).abs() < 1e-9
        );
        assert!((2.0 / 3.0 * new.total + old.total / 3.0 - cost.total).abs() < 1e-9);
        site.fleets.clear();
        assert_eq!(cost_of(&site, 38.3), None);
    }

    /// The build-up of the reference: 20 J/TH at 45 USD/MWh are 21.6; site 4, corporate 9, financing 5 bring a miner
    /// within five dollars of the median of public miners, 44.8.
    #[test]
    fn a_typical_public_miner_comes_near_the_published_median() {
        let mut site = feed_at(45.0);
        site.fleets = vec![fleet("f", 20.0, 200.0, None)];
        let petahash = 10_000.0;
        site.company.mining_site_usd_per_mw_month = 0.0;
        site.fleets[0].variable_usd_per_mwh = 4.0 / 20.0 / 24.0 * 1_000.0;
        site.company.overhead_usd_per_month = 9.0 * petahash * DAYS_PER_MONTH;
        let balance_usd = 5.0 * petahash * 365.0 / 0.1;
        site.company.loans.push(Loan {
            id: "l".into(),
            name: "l".into(),
            balance_usd,
            rate: 0.1,
            maturity: date(2030, 1, 1),
            amortisation_months: 0.0,
        });
        let cost = cost_of(&site, 40.0).unwrap();
        assert!((cost.power - 21.6).abs() < 1e-9 && (cost.total - 39.6).abs() < 1e-9, "{cost:?}");
        assert!((cost.total - site.assumptions.bitcoin.public_hashcost_usd_per_ph_day).abs() < 5.5);
    }

    #[test]
    fn a_steady_path_pays_back_as_the_static_rule_says_and_a_halving_later() {
        let site = site();
        let steady = vec![38.3; 60];
        let found = payback(&site, &plugged(&site, &[])[0], 38.3, &steady, &steady);
        // The table's row: S21 XP at 38.3 and 0.05 USD/kWh.
        assert!((found.static_days.unwrap() - 1_163.0).abs() < 0.7, "{found:?}");
        assert!((found.mean_path_days.unwrap() - found.static_days.unwrap()).abs() < 1e-6, "{found:?}");
        // Halved after 24 months: 25.7 - 730 days at 0.0221 are 9.567 USD, then 0.00295 USD a day: 3,243 days more.
        let halved: Vec<f64> = (0..200).map(|month| if month < 24 { 38.3 } else { 19.15 }).collect();
        let mut long = site.clone();
        (long.fleets[0].life_months, long.fleets[0].purchase_lead_months) = (200.0, 0.0);
        let of_long = |long: &Site, hashprice, path: &[f64]| {
            payback(long, &plugged(long, &[])[0], hashprice, path, &steady)
        };
        let found = of_long(&long, 38.3, &halved);
        let after = (25.7 - 730.0 * 0.0221) / 0.002_95;
        assert!((found.mean_path_days.unwrap() - 730.0 - after).abs() < 1e-3, "{found:?}");
        assert_eq!(found.is_after_halving(730.0), Some(true));
        // Delivered three months later it has three good months less.
        long.fleets[0].purchase_lead_months = 3.0;
        let found = of_long(&long, 38.3, &halved);
        let good = 21.0 * 365.0 / 12.0;
        let after = (25.7 - good * 0.0221) / 0.002_95;
        assert!((found.mean_path_days.unwrap() - good - after).abs() < 1e-3, "{found:?}");
        // Paid back 100 days before the halving, counted from the delivery, is after it, counted from the order.
        let early = Payback { mean_path_days: Some(700.0), delivery_days: 91.25, ..Payback::default() };
        assert_eq!((early.is_after_halving(790.0), early.is_after_halving(800.0)), (Some(true), Some(false)));
        // Within its life of 60 months it does not.
        let found = payback(&site, &plugged(&site, &[])[0], 38.3, &halved, &steady);
        assert_eq!(found.mean_path_days, None);
        // Off where it would lose money: nothing is lost, nothing earned.
        let dead = vec![10.0; 60];
        let found = of_long(&long, 10.0, &dead);
        assert_eq!((found.is_priced, found.static_days, found.mean_path_days), (true, None, None));
        long.components.clear();
        assert_eq!(of_long(&long, 38.3, &steady), Payback::default());
    }

    #[test]
    fn worn_machines_earn_less_and_their_hash_costs_more() {
        let mut site = site();
        let fresh = cost_of(&site, 38.3).unwrap();
        for fleet in &mut site.fleets {
            fleet.wear.realised_share = 0.88;
            fleet.wear.ageing_per_year = 0.02;
            fleet.wear.failures_per_year = 0.06;
            fleet.wear.repair_hours = 720.0;
        }
        // Bought June 2024, judged 25 December 2025: 18 months.
        let aged = 1.02_f64.powf(1.5) / 0.88;
        let j_per_th = running_j_per_th(&site, &site.fleets[0]);
        assert!((j_per_th / 13.5 - aged).abs() < 1e-12);
        let worn = cost_of(&site, 38.3).unwrap();
        assert!((worn.power / fresh.power - aged).abs() < 1e-9);
        let working = site.fleets[0].working_share();
        assert!((working - 1.0 / (1.0 + 0.06 * 720.0 / 8_760.0)).abs() < 1e-12);
        let steady = vec![38.3; 60];
        let found = payback(&site, &plugged(&site, &[])[1], 38.3, &steady, &steady);
        assert_eq!(found.static_days, None, "29.5 J/TH over 0.88 at 50 USD/MWh loses money");
    }

    /// By hand: 20 J/TH are 20 kW a PH; 1.04 kWh at the meter for one of IT at 50 USD/MWh, 7 USD/kW of which a quarter
    /// is met at 1.1 kW for one of IT, over 365/12 days.
    #[test]
    fn losses_and_charges_stand_in_every_figure() {
        let mut site = site();
        site.company.mining_site_usd_per_mw_month = 0.0;
        site.fleets = vec![fleet("f", 20.0, 10.0, Some(15.0))];
        let Kind::GridFeed(grid) = &mut site.components[1].kind else { panic!() };
        (grid.tariff.demand_usd_per_kw_month, grid.tariff.four_cp_usd_per_kw_year) = (5.0, 24.0);
        grid.tariff.peak_avoidance_share = 0.75;
        let plug =
            Plug { hall: Some("h".into()), gross_factor: 1.04, design_hour_factor: 1.1, ..Plug::default() };
        let fleets = plugged(&site, &[plug]);
        let cost = fleet_hashcost(&site, &fleets[0], 48.0).unwrap();
        assert!((cost.power - 20.0 * 24.0 * 0.05 * 1.04).abs() < 1e-9, "{cost:?}");
        let charges = 20.0 * 1.1 * 7.0 * 0.25 * 12.0 / 365.0;
        assert!((cost.charges - charges).abs() < 1e-9, "{cost:?}");
        assert!((cost.fleet - cost.power - charges).abs() < 1e-9);
        assert!((site_hashcost(&site, &fleets, 48.0).unwrap().total - cost.total).abs() < 1e-12);
        // The break-even of the mean price is where hashprice pays the fleet's hashcost.
        let break_even = fleets[0].break_even_usd_per_mwh(48.0);
        assert!((20.0 * 24.0 * break_even / 1000.0 * 1.04 + charges - 48.0).abs() < 1e-9, "{break_even}");
        let steady = vec![48.0; 60];
        let found = payback(&site, &fleets[0], 48.0, &steady, &steady);
        let daily = (48.0 - cost.fleet) / 1000.0;
        assert!((found.static_days.unwrap() - 15.0 / daily).abs() < 1e-9, "{found:?}");
        let map = survival_map(&site, &fleets);
        assert_eq!(map.fleets[0].hall.as_deref(), Some("h"));
        let (row, column) = (7, 12);
        let (power, hashprice) = (map.power_usd_per_mwh[row], map.hashprice_usd_per_ph_day[column]);
        let by_hand = (hashprice - charges) / 24.0 * 1000.0 / 20.0 - 1.04 * power;
        assert!((map.fleets[0].margin_usd_per_mwh[row][column] - by_hand).abs() < 1e-9);
        assert!(map.counts.contains("charges on peaks"));
    }

    #[test]
    fn the_map_is_zero_on_its_ray_and_holds_its_points() {
        let site = site();
        let map = survival_map(&site, &plugged(&site, &[]));
        assert_eq!((map.hashprice_usd_per_ph_day.len(), map.power_usd_per_mwh.len()), (26, 26));
        let top = map.hashprice_usd_per_ph_day[25];
        let dearest = map.power_usd_per_mwh[25];
        for point in &map.points {
            assert!(point.hashprice_usd_per_ph_day < top && point.power_usd_per_mwh.unwrap() < dearest);
        }
        let keys: Vec<_> = map.points.iter().map(|point| point.key).collect();
        assert_eq!(keys, ["planned", "today", "stress", "after_halving"]);
        assert!((map.points[3].hashprice_usd_per_ph_day - 19.15).abs() < 1e-9);
        for (fleet, j_per_th) in map.fleets.iter().zip([13.5, 29.5]) {
            for (column, hashprice) in map.hashprice_usd_per_ph_day.iter().enumerate() {
                let ray = hashprice / 24.0 * 1_000.0 / j_per_th;
                assert!((fleet.break_even_usd_per_mwh[column] - ray).abs() < 1e-9);
                for (row, power) in map.power_usd_per_mwh.iter().enumerate() {
                    assert!((fleet.margin_usd_per_mwh[row][column] - (ray - power)).abs() < 1e-9);
                }
            }
        }
        // A document without machines or power still has its axes and no invented figures.
        let bare = survival_map(&Site::empty("bare"), &[]);
        assert!(bare.fleets.is_empty() && bare.points.iter().all(|point| point.power_usd_per_mwh.is_none()));
    }
}
