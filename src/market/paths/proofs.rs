//! Simulated paths against closed forms, within sampling error: moments, quantiles, half-lives, and what each of the
//! network's habits does alone.

use super::*;
use crate::site::{BootstrapDrift, PriceModel};

const PATHS: usize = 4_000;
/// Antithetic pairs are what is independent.
const PAIRS: f64 = 2_000.0;

fn site() -> Site {
    Site::empty("proof")
}

/// A market in which nothing happens by chance and the price stands still.
fn still() -> Site {
    let mut site = site();
    let bitcoin = &mut site.assumptions.bitcoin;
    bitcoin.price_drift = 0.0;
    bitcoin.price_volatility = 0.0;
    bitcoin.jumps_per_year = 0.0;
    bitcoin.hashrate_volatility_per_month = 0.0;
    bitcoin.efficiency_gain = 0.0;
    site
}

fn logs(paths: &[Vec<f64>], month: usize) -> Vec<f64> {
    paths.iter().map(|path| (path[month] / path[0]).ln()).collect()
}

#[test]
fn quantiles_of_a_diffusion_are_those_of_the_lognormal() {
    let mut site = site();
    site.assumptions.bitcoin.jumps_per_year = 0.0;
    let given = site.assumptions.bitcoin.clone();
    let world = World::sample(&site, 61, PATHS).unwrap();
    for month in [12, 60] {
        let t = f64::from(month) / 12.0;
        let variance = given.price_volatility.powi(2) * t;
        let centre = (1.0 + given.price_drift).ln() * t - variance / 2.0;
        let drawn = logs(&world.btc_price, month as usize);
        for probability in [0.05, 0.25, 0.5, 0.75, 0.95] {
            let quantile = centre + variance.sqrt() * draw::normal(probability);
            let below = drawn.iter().filter(|log| **log <= quantile).count() as f64 / PATHS as f64;
            let error = (probability * (1.0 - probability) / PATHS as f64).sqrt();
            assert!((below - probability).abs() < 4.0 * error, "month {month}: {below} below P{probability}");
        }
    }
}

#[test]
fn jumps_add_their_variance_and_their_skew() {
    let mut site = site();
    let bitcoin = &mut site.assumptions.bitcoin;
    (bitcoin.jumps_per_year, bitcoin.jump_mean, bitcoin.jump_deviation) = (3.0, -0.12, 0.1);
    let given = site.assumptions.bitcoin.clone();
    let world = World::sample(&site, 37, PATHS).unwrap();
    let drawn = logs(&world.btc_price, 36);
    let (mean, deviation) = (statistics::mean(&drawn), statistics::standard_deviation(&drawn));
    // Cumulants of a compound Poisson sum: rate times the moments of a jump.
    let (rate, m, s) = (given.jumps_per_year * 3.0, given.jump_mean, given.jump_deviation);
    let variance = given.price_volatility.powi(2) * 3.0 + rate * (m * m + s * s);
    let third = rate * (m.powi(3) + 3.0 * m * s * s);
    assert!((deviation * deviation / variance - 1.0).abs() < 4.0 * (2.5 / PAIRS).sqrt(), "{deviation}");
    let skew = drawn.iter().map(|log| (log - mean).powi(3)).sum::<f64>() / PATHS as f64 / deviation.powi(3);
    let expected = third / variance.powf(1.5);
    assert!((skew - expected).abs() < 4.0 * (15.0 / PAIRS).sqrt(), "{skew}, not {expected}");
    let drift = (1.0 + given.price_drift).ln()
        - given.price_volatility.powi(2) / 2.0
        - given.jumps_per_year * ((m + s * s / 2.0).exp() - 1.0);
    let centre = 3.0 * drift + rate * m;
    assert!((mean - centre).abs() < 4.0 * deviation / PAIRS.sqrt(), "{mean}, not {centre}");
}

#[test]
fn deviations_of_an_index_halve_in_their_half_life() {
    let world = World::sample(&site(), 61, PATHS).unwrap();
    let given = site().assumptions.power;
    let months = given.half_life_months as usize;
    let (early, late) = (logs(&world.power_scale, 36), logs(&world.power_scale, 36 + months));
    let (mean_early, mean_late) = (statistics::mean(&early), statistics::mean(&late));
    let squares: f64 = early.iter().map(|log| (log - mean_early).powi(2)).sum();
    let products: f64 =
        early.iter().zip(&late).map(|(early, late)| (early - mean_early) * (late - mean_late)).sum();
    // Of two months of one path the later keeps half of the earlier's deviation.
    let slope = products / squares;
    assert!((slope - 0.5).abs() < 4.0 * (0.75 / PAIRS).sqrt(), "{slope}");
    // Variance of the process that began at rest: sigma^2/(2k) (1 - e^(-2kt)).
    let speed = std::f64::consts::LN_2 / given.half_life_months * 12.0;
    let variance = given.volatility.powi(2) / (2.0 * speed) * (1.0 - (-2.0 * speed * 3.0).exp());
    let drawn = statistics::standard_deviation(&early).powi(2);
    assert!((drawn / variance - 1.0).abs() < 4.0 * (2.0 / PAIRS).sqrt(), "{drawn}, not {variance}");
}

#[test]
fn the_network_grows_by_half_the_gap_in_its_half_life() {
    let mut site = still();
    let bitcoin = &mut site.assumptions.bitcoin;
    // Half of today's hashprice would do: the network doubles in the end.
    bitcoin.marginal_usd_per_mwh = 0.0;
    let start = World::sample(&site, 1, 1).unwrap().hashprice[0][0];
    site.assumptions.bitcoin.marginal_other_usd_per_ph_day = start / 2.0;
    let world = World::sample(&site, 27, 2).unwrap();
    let grown = logs(&world.network_eh, 9)[0];
    assert!((grown / 2.0_f64.ln() - 0.5).abs() < 1e-9, "{grown}");
    assert!((logs(&world.network_eh, 18)[0] / 2.0_f64.ln() - 0.75).abs() < 1e-9);
}

#[test]
fn ordered_machines_arrive_late_and_machines_stop_at_once() {
    let mut growing = site();
    let bitcoin = &mut growing.assumptions.bitcoin;
    bitcoin.hashrate_volatility_per_month = 0.0;
    // Cheap miners: there is always a reason to grow.
    bitcoin.marginal_usd_per_mwh = 1.0;
    bitcoin.marginal_other_usd_per_ph_day = 0.1;
    bitcoin.delivery_months = 6;
    let world = World::sample(&growing, 12, 2).unwrap();
    // Both paths know the price of the start for a month of lag and six of delivery.
    assert_eq!(world.network_eh[0][..8], world.network_eh[1][..8]);
    assert_ne!(world.network_eh[0][8], world.network_eh[1][8]);
    let mut shrinking = growing.clone();
    // Dear miners: there is never a reason to order, and a delay of orders changes nothing.
    shrinking.assumptions.bitcoin.marginal_other_usd_per_ph_day = 900.0;
    let late = World::sample(&shrinking, 8, 20).unwrap();
    shrinking.assumptions.bitcoin.delivery_months = 0;
    assert_eq!(World::sample(&shrinking, 8, 20).unwrap(), late);
    assert_ne!(late.network_eh[0][2], late.network_eh[1][2]);
}

#[test]
fn between_break_even_and_switch_off_the_network_stands_still() {
    let mut site = still();
    let bitcoin = &mut site.assumptions.bitcoin;
    bitcoin.marginal_other_usd_per_ph_day = 20.0;
    bitcoin.switch_off_other_usd_per_ph_day = Some(2.0);
    // 27.6 of power and 20 more to buy, 27.6 and 2 to run; hashprice is 38.
    let world = World::sample(&site, 27, 2).unwrap();
    assert!(world.network_eh[0].iter().all(|eh| *eh == world.network_eh[0][0]), "{:?}", world.network_eh[0]);
    // The halving of 2028 takes it below the switch-off cost, and the network shrinks from then on.
    let world = World::sample(&site, 60, 2).unwrap();
    let cost = 23.0 * 24.0 * 0.05 + 2.0;
    assert!(world.network_eh[0][40] < world.network_eh[0][20]);
    assert!((world.hashprice[0][59] / cost - 1.0).abs() < 0.01, "{}", world.hashprice[0][59]);
}

#[test]
fn a_bootstrap_grows_as_assumed_or_as_the_history_did() {
    let mut site = site();
    site.assumptions.bitcoin.price_model = PriceModel::Bootstrap;
    let world = World::sample(&site, 61, PATHS).unwrap();
    for month in [1, 12, 60] {
        let pairs: Vec<f64> = world
            .btc_price
            .chunks(2)
            .map(|pair| f64::midpoint(pair[0][month], pair[1][month]) / pair[0][0])
            .collect();
        let error = statistics::standard_deviation(&pairs) / PAIRS.sqrt();
        let expected = 1.05_f64.powf(month as f64 / 12.0);
        assert!((statistics::mean(&pairs) - expected).abs() < 4.0 * error, "month {month}");
        assert!(error < 0.1 * expected);
    }
    // The two paths of a pair lean against each other.
    let halves =
        |half: usize| -> Vec<f64> { logs(&world.btc_price, 12).into_iter().skip(half).step_by(2).collect() };
    let (first, second) = (halves(0), halves(1));
    let sums: Vec<f64> = first.iter().zip(&second).map(|(a, b)| a + b).collect();
    let (alone, together) = (statistics::standard_deviation(&first), statistics::standard_deviation(&sums));
    assert!(together < 1.2 * alone, "{together} against {alone}: independent paths would give 1.41");

    site.assumptions.bitcoin.bootstrap_drift = BootstrapDrift::History;
    let world = World::sample(&site, 61, PATHS).unwrap();
    let drawn = logs(&world.btc_price, 60);
    // ln(118,748.50 / 2,738.92) over 96 months.
    let expected = 60.0 * (118_748.50_f64 / 2_738.92).ln() / 96.0;
    let error = statistics::standard_deviation(&drawn) / PAIRS.sqrt();
    assert!((statistics::mean(&drawn) - expected).abs() < 4.0 * error);
}

#[test]
fn the_other_markets_follow_a_bootstrapped_price_as_stated() {
    let mut site = site();
    site.assumptions.bitcoin.price_model = PriceModel::Bootstrap;
    site.assumptions.correlation.btc_gpu = 0.6;
    let world = World::sample(&site, 2, PATHS).unwrap();
    let (btc, gpu) = (logs(&world.btc_price, 1), logs(&world.gpu_index, 1));
    let (mean_btc, mean_gpu) = (statistics::mean(&btc), statistics::mean(&gpu));
    let products: f64 = btc.iter().zip(&gpu).map(|(btc, gpu)| (btc - mean_btc) * (gpu - mean_gpu)).sum();
    let correlation = products
        / (PATHS as f64 * statistics::standard_deviation(&btc) * statistics::standard_deviation(&gpu));
    assert!((correlation - 0.6).abs() < 0.09, "{correlation}");
}

#[test]
fn fee_spikes_lift_the_mean_hashprice_and_nothing_else() {
    let mut site = still();
    let calm = World::sample(&site, 24, PATHS).unwrap();
    let bitcoin = &mut site.assumptions.bitcoin;
    (bitcoin.fee_spikes_per_year, bitcoin.fee_spike_share) = (1.5, 0.2);
    let spiky = World::sample(&site, 24, PATHS).unwrap();
    assert_eq!((&spiky.network_eh, &spiky.btc_price), (&calm.network_eh, &calm.btc_price));
    let ratios: Vec<f64> =
        (0..PATHS).map(|path| spiky.hashprice[path][12] / calm.hashprice[path][12]).collect();
    let expected = 1.0 + (1.0 - (-1.5_f64 / 12.0).exp()) * 0.2 / 1.01;
    let error = statistics::standard_deviation(&ratios) / PAIRS.sqrt();
    assert!((statistics::mean(&ratios) - expected).abs() < 4.0 * error && error < 0.01);
}

#[test]
fn one_thread_and_four_draw_the_same_world() {
    let draw = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| World::sample(&site(), 60, 101).unwrap())
    };
    assert_eq!(draw(1), draw(4));
}
