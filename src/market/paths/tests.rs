//! Paths by their stated means, their draws and their bounds.

use super::*;
use crate::site::{
    CoolingNeed, Delivery, FailureClass, Needs, OfferStatus, Rating, SlaTerms, SystemRental, Terms,
};
use jiff::civil::date;

fn offer(id: &str, group: &str, default_per_year: f64, probability: f64) -> Offer {
    Offer {
        id: id.into(),
        name: id.into(),
        customer: String::new(),
        tenant_group: group.into(),
        status: OfferStatus::Idea,
        probability,
        sign_by: None,
        terms: Terms::Colocation { rent_usd_per_kw_month: 130.0, escalator: 0.03 },
        min_mw: 0.0,
        max_mw: 50.0,
        block_mw: None,
        earliest: None,
        latest: None,
        start_mw_per_month: None,
        term_months: 120.0,
        opex_usd_per_kw_month: 10.0,
        power_share: 0.0,
        utilisation: 0.9,
        take_or_pay_share: 1.0,
        prepayment: None,
        backstop: None,
        tenant_funded_usd_per_mw: 0.0,
        delivery: Delivery { damages_days_per_day: 0.0, sunset: None },
        default_per_year,
        rating: None,
        void_months: 6.0,
        relet_share: 0.9,
        needs: Needs {
            availability: 0.999,
            survives: FailureClass::N,
            latency: None,
            diverse_routes: 0,
            kw_per_rack: 10.0,
            cooling: CoolingNeed::Either,
        },
        sla: Vec::new(),
        sla_terms: SlaTerms::default(),
        exclusive_set: None,
        note: String::new(),
    }
}

fn site() -> Site {
    let mut site = Site::empty("test");
    site.offers = vec![offer("a", "one", 0.05, 0.7), offer("b", "one", 0.05, 1.0), offer("c", "", 0.0, 1.0)];
    site
}

/// Mean over paths and its standard error, from the means of antithetic pairs.
fn mean_and_error(paths: &[Vec<f64>], month: usize) -> (f64, f64) {
    let pairs: Vec<f64> = paths.chunks(2).map(|pair| f64::midpoint(pair[0][month], pair[1][month])).collect();
    let error = statistics::standard_deviation(&pairs) / (pairs.len() as f64).sqrt();
    (statistics::mean(&pairs), error)
}

fn assert_mean(paths: &[Vec<f64>], month: usize, expected: f64) {
    let (mean, error) = mean_and_error(paths, month);
    assert!(
        (mean - expected).abs() <= 3.0 * error + 1e-12,
        "month {month}: {mean} \u{b1} {error}, not {expected}"
    );
    // A mean without an error would prove nothing.
    assert!(month == 0 || (error > 0.0 && error < 0.1 * expected), "month {month}: error {error}");
}

#[test]
fn prices_and_indices_have_their_stated_means() {
    let mut site = site();
    site.assumptions.correlation.btc_power = 0.4;
    let world = World::sample(&site, 121, 4000).unwrap();
    let given = &site.assumptions;
    for month in [0, 1, 12, 60, 120] {
        let t = month as f64 / 12.0;
        let btc = given.bitcoin.price_usd_per_btc * (1.0 + given.bitcoin.price_drift).powf(t);
        assert_mean(&world.btc_price, month, btc);
        assert_mean(&world.power_scale, month, (1.0 + given.power.drift).powf(t));
        // A generation every two years, from the start on.
        let steps = (1.0 - given.gpu_rental.step_share).powi((month / 24) as i32);
        assert_mean(&world.gpu_index, month, (1.0 + given.gpu_rental.drift).powf(t) * steps);
        assert_mean(&world.colocation_index, month, (1.0 + given.gpu_rental.colocation_drift).powf(t));
    }
}

#[test]
fn shocks_are_correlated_as_stated() {
    let mut site = site();
    site.assumptions.bitcoin.jumps_per_year = 0.0;
    site.assumptions.correlation.btc_gpu = 0.6;
    site.assumptions.correlation.btc_power = -0.3;
    let world = World::sample(&site, 2, 4000).unwrap();
    let log_change =
        |paths: &[Vec<f64>]| paths.iter().map(|path| (path[1] / path[0]).ln()).collect::<Vec<_>>();
    let correlation = |a: &[f64], b: &[f64]| {
        let (mean_a, mean_b) = (statistics::mean(a), statistics::mean(b));
        let products: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).collect();
        statistics::mean(&products) / (statistics::standard_deviation(a) * statistics::standard_deviation(b))
    };
    let btc = log_change(&world.btc_price);
    // Four standard errors of a correlation over 2,000 independent pairs are below 0.09.
    assert!((correlation(&btc, &log_change(&world.gpu_index)) - 0.6).abs() < 0.09);
    assert!((correlation(&btc, &log_change(&world.power_scale)) + 0.3).abs() < 0.09);
    assert!(correlation(&btc, &log_change(&world.colocation_index)).abs() < 0.09);
}

#[test]
fn fewer_paths_or_months_are_a_prefix_of_more() {
    let site = site();
    let long = World::sample(&site, 60, 21).unwrap();
    let short = World::sample(&site, 24, 8).unwrap();
    for path in 0..8 {
        for (of_short, of_long) in [
            (&short.hashprice, &long.hashprice),
            (&short.btc_price, &long.btc_price),
            (&short.network_eh, &long.network_eh),
            (&short.power_scale, &long.power_scale),
            (&short.gpu_index, &long.gpu_index),
            (&short.colocation_index, &long.colocation_index),
        ] {
            assert_eq!(of_short[path], of_long[path][..24]);
        }
    }
    for (of_short, of_long) in short.tenants.iter().zip(&long.tenants) {
        assert_eq!(of_short.default_month, of_long.default_month[..8]);
        assert_eq!(of_short.delay_months, of_long.delay_months[..8]);
    }
    assert_eq!((long.hashprice.len(), long.tenants[0].default_month.len()), (21, 21));
    let mut other = site.clone();
    other.plan.seed += 1;
    assert_ne!(World::sample(&other, 24, 8).unwrap(), short);
    // Taking an offer off the table moves nothing else.
    other = site.clone();
    other.offers.remove(0);
    let without = World::sample(&other, 24, 8).unwrap();
    assert_eq!((&without.hashprice, &without.tenants[0]), (&short.hashprice, &short.tenants[1]));
}

#[test]
fn the_paths_of_a_pair_mirror_each_other() {
    let mut site = site();
    site.assumptions.bitcoin.jumps_per_year = 0.0;
    let world = World::sample(&site, 37, 40).unwrap();
    for pair in world.power_scale.chunks(2) {
        let centre = (pair[0][36].ln() + pair[1][36].ln()) / 2.0;
        let first = (world.power_scale[0][36].ln() + world.power_scale[1][36].ln()) / 2.0;
        assert!((centre - first).abs() < 1e-12);
    }
    let defaults = uniforms(1, "x".into(), 2).collect::<Vec<_>>();
    assert_eq!(defaults[0] + defaults[1], 1.0);
}

/// Without chance the price stands still, so hashprice halves with the subsidy and recovers as machines
/// stop, and at last sits at the marginal miner's cost.
#[test]
fn hashprice_halves_at_the_halving_and_reverts_to_the_marginal_cost() {
    let mut site = site();
    let bitcoin = &mut site.assumptions.bitcoin;
    bitcoin.price_volatility = 0.0;
    bitcoin.jumps_per_year = 0.0;
    bitcoin.price_drift = 0.0;
    bitcoin.hashrate_volatility_per_month = 0.0;
    bitcoin.efficiency_gain = 0.0;
    // Half of April 2028: 28 months after the start.
    let halving = date(2028, 4, 16);
    let days = date::days_between(bitcoin.as_of, halving);
    bitcoin.block_minutes = 10.0;
    bitcoin.block_height = 1_050_000 - (days * 144.0) as u32;
    let cost = bitcoin::power_hashcost(bitcoin.marginal_j_per_th, bitcoin.marginal_usd_per_mwh)
        + bitcoin.marginal_other_usd_per_ph_day;
    let world = World::sample(&site, 200, 2).unwrap();
    let path = &world.hashprice[0];
    assert!((path[0] - bitcoin::hashprice_today(&site.assumptions.bitcoin)).abs() < 1e-9);
    assert!((path[26] - cost).abs() < 0.3, "{}", path[26]);
    let network = &world.network_eh[0];
    let per_eh = |month: usize| path[month] * network[month];
    assert!((per_eh(27) / per_eh(26) - 0.75).abs() < 1e-3, "half of April at half the subsidy");
    assert!((per_eh(28) / per_eh(26) - 0.5).abs() < 1e-9);
    // Four months close half of the gap of ln 2.
    let gap = |month: usize| (cost / path[month]).ln();
    assert!((gap(32) / gap(28) - 0.5).abs() < 0.01);
    // 1,440 days after the halving the next one is still ahead, and the network has come to rest.
    assert!((path[70] / cost - 1.0).abs() < 1e-3);
}

#[test]
fn a_slow_network_grows_later_than_a_quick_one_and_sees_the_price_late() {
    let mut site = site();
    let bitcoin = &mut site.assumptions.bitcoin;
    bitcoin.hashrate_volatility_per_month = 0.0;
    bitcoin.lag_months = 6;
    bitcoin.efficiency_gain = 0.0;
    let world = World::sample(&site, 8, 2).unwrap();
    // Until the lag has passed the network of both paths knows the same price, however theirs have parted.
    assert_eq!(world.network_eh[0][..7], world.network_eh[1][..7]);
    assert_ne!(world.network_eh[0][7], world.network_eh[1][7]);
}

#[test]
fn an_override_scales_every_path_through_the_halving() {
    let mut site = site();
    let free = World::sample(&site, 60, 10).unwrap();
    site.assumptions.bitcoin.hashprice_override_usd_per_ph_day = Some(35.0);
    let shifted = World::sample(&site, 60, 10).unwrap();
    let factor = 35.0 / free.hashprice[0][0];
    for path in 0..10 {
        assert!((shifted.hashprice[path][0] - 35.0).abs() < 1e-9);
        for month in 0..60 {
            assert!((shifted.hashprice[path][month] / free.hashprice[path][month] - factor).abs() < 1e-9);
            assert!(
                (shifted.network_eh[path][month] * factor / free.network_eh[path][month] - 1.0).abs() < 1e-9
            );
        }
    }
    assert_eq!(shifted.btc_price, free.btc_price);
}

#[test]
fn each_gpu_generation_decays_at_its_own_rate() {
    let mut site = site();
    let system = |id: &str, generation: &str, drift: Option<f64>, step_share: Option<f64>| GpuSystem {
        id: id.into(),
        model: id.into(),
        kw_per_gpu: 2.0,
        usd_per_gpu: 50_000.0,
        lead_months: 6.0,
        life_months: 60.0,
        liquid_share: 0.0,
        kw_per_rack: 40.0,
        residual_share_after_36_months: 0.3,
        rental: SystemRental { generation: generation.into(), drift, step_share, ..SystemRental::default() },
    };
    let before = World::sample(&site, 61, 4000).unwrap();
    site.gpu_systems = vec![
        system("plain", "", None, None),
        system("old", "Hopper", Some(-0.35), Some(0.2)),
        system("new", "Blackwell", Some(-0.10), None),
        system("new too", "Blackwell", Some(-0.10), None),
    ];
    let world = World::sample(&site, 61, 4000).unwrap();
    // Nothing else moves, and a system without values of its own follows the site.
    assert_eq!((&world.gpu_index, &world.tenants), (&before.gpu_index, &before.tenants));
    assert_eq!(world.gpu_index_of("plain"), world.gpu_index);
    assert_eq!(world.gpu_systems.len(), 3);
    for month in [1, 23, 24, 60] {
        let t = month as f64 / 12.0;
        let steps = |share: f64| (1.0 - share).powi((month / 24) as i32);
        assert_mean(world.gpu_index_of("old"), month, 0.65_f64.powf(t) * steps(0.2));
        assert_mean(world.gpu_index_of("new"), month, 0.90_f64.powf(t) * steps(0.1));
    }
    // At a correlation of one the generations differ in drift and step alone.
    let ratio = |world: &World, path: usize| world.gpu_index_of("old")[path][12] / world.gpu_index[path][12];
    assert!((ratio(&world, 0) - ratio(&world, 7)).abs() < 1e-12);
    site.assumptions.gpu_rental.generation_correlation = 0.5;
    let apart = World::sample(&site, 61, 4000).unwrap();
    assert!((ratio(&apart, 0) - ratio(&apart, 7)).abs() > 1e-3);
    assert_eq!(apart.gpu_index, world.gpu_index);
    // One generation, one price; and the shocks are as correlated as stated.
    assert_eq!(apart.gpu_index_of("new"), apart.gpu_index_of("new too"));
    let logs = |paths: &[Vec<f64>]| paths.iter().map(|path| (path[1] / path[0]).ln()).collect::<Vec<_>>();
    let (a, b) = (logs(&apart.gpu_index), logs(apart.gpu_index_of("old")));
    let (mean_a, mean_b) = (statistics::mean(&a), statistics::mean(&b));
    let products: Vec<f64> = a.iter().zip(&b).map(|(a, b)| (a - mean_a) * (b - mean_b)).collect();
    let correlation = statistics::mean(&products)
        / (statistics::standard_deviation(&a) * statistics::standard_deviation(&b));
    assert!((correlation - 0.5).abs() < 0.07, "{correlation}");
    // Fewer paths or months are a prefix of more, here too.
    let short = World::sample(&site, 12, 3).unwrap();
    for path in 0..3 {
        assert_eq!(short.gpu_index_of("old")[path], apart.gpu_index_of("old")[path][..12]);
    }
}

#[test]
fn the_hazard_follows_the_rating_unless_it_is_set_by_hand() {
    let mut site = site();
    site.offers[1].default_per_year = 0.0;
    site.offers[1].tenant_group = "alone".into();
    let failed = |site: &Site| {
        let world = World::sample(site, 12, 4000).unwrap();
        world.tenants[1].default_month.iter().filter(|month| month.is_some_and(|month| month < 120)).count()
            as f64
            / 4000.0
    };
    assert_eq!(failed(&site), 0.0);
    site.offers[1].rating = Some(Rating { name: "B".into(), default_per_year: 0.031 });
    assert!((failed(&site) - (1.0 - 0.969_f64.powi(10))).abs() < 0.025);
    site.offers[1].default_per_year = 0.10;
    assert!((failed(&site) - (1.0 - 0.9_f64.powi(10))).abs() < 0.025);
}

#[test]
fn tenants_of_a_group_fail_together_and_as_often_as_stated() {
    let world = World::sample(&site(), 12, 4000).unwrap();
    let [a, b, c] = &world.tenants[..] else { panic!("three offers") };
    assert!(c.default_month.iter().all(Option::is_none));
    let closed: Vec<usize> = (0..4000).filter(|path| a.default_month[*path] != Some(0)).collect();
    assert!((closed.len() as f64 / 4000.0 - 0.7).abs() < 0.03);
    assert!(closed.iter().all(|path| a.default_month[*path] == b.default_month[*path]));
    assert!(b.default_month.iter().all(|month| *month != Some(0)));
    // 1 - 0.95^10 = 0.401; rent of month 119 is lost by those who failed before its middle.
    let failed = b.default_month.iter().filter(|month| month.is_some_and(|month| month < 120)).count();
    assert!((failed as f64 / 4000.0 - 0.401).abs() < 0.025, "{failed}");
    // Triangular from 0 over 0 to 6 months: mean 2.
    let delays: f64 = a.delay_months.iter().map(|months| f64::from(*months)).sum();
    assert!((delays / 4000.0 - 2.0).abs() < 0.1);
    assert_eq!(default_month(1.0, 0.5), Some(1));
}

/// Every assumption at either end of its range, alone and together.
#[test]
fn extreme_assumptions_stay_finite() {
    let mut sites = Vec::new();
    for upper in [false, true] {
        let mut all = site();
        for object in &DRAWN_FROM {
            for (spec, _) in field::fields_of(&site(), object) {
                let value = Some(if upper { spec.max } else { spec.min });
                let at = Address::new(object.clone(), spec.key);
                let mut alone = site();
                alone.set_value(&at, value).unwrap();
                all.set_value(&at, value).unwrap();
                sites.push((at.to_string(), alone));
            }
        }
        sites.push((format!("all at {}", if upper { "max" } else { "min" }), all));
    }
    assert!(sites.len() > 60);
    for (name, site) in sites {
        let world = World::sample(&site, 300, 2).unwrap();
        for series in [
            &world.hashprice,
            &world.btc_price,
            &world.network_eh,
            &world.power_scale,
            &world.gpu_index,
            &world.colocation_index,
        ] {
            assert!(series.iter().flatten().all(|value| value.is_finite() && *value >= 0.0), "{name}");
            assert_eq!((series.len(), series[0].len()), (2, 300));
        }
        assert!(world.mean_hashprice(299).is_finite());
    }
}

#[test]
fn an_empty_world_and_impossible_correlations_are_no_panic() {
    let mut site = site();
    let empty = World::sample(&site, 0, 0).unwrap();
    assert_eq!((empty.mean_hashprice(0), empty.quantile_hashprice(3, 0.5)), (0.0, 0.0));
    assert_eq!(World::sample(&site, 0, 3).unwrap().hashprice, vec![Vec::<f64>::new(); 3]);
    site.assumptions.correlation.btc_hashrate = 0.99;
    site.assumptions.correlation.btc_power = 0.99;
    site.assumptions.correlation.hashrate_power = -0.99;
    assert!(World::sample(&site, 12, 2).unwrap_err().has_errors());
    site.assumptions.correlation = Default::default();
    site.assumptions.bitcoin.difficulty = f64::NAN;
    let report = World::sample(&site, 12, 2).unwrap_err();
    assert_eq!(report.problems[0].place, "bitcoin.difficulty");
}
