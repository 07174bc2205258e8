//! From thousands of paths to the few hundred equally weighted ones a linear program can carry.
//!
//! 1. Paths are put in order of what mining is worth on them over the plan, and cut into as many strata of equal
//!    probability as half the paths that are wanted; two are taken of each. So the few have the quantiles of the many.
//! 2. Which paths of a stratum are taken is chosen, one after another and then six times more around, so that the
//!    running sum of features stays nearest to what it is among the many: mean, square, and the tails beyond the 10 %
//!    and 90 % quantile, of hashprice in every quarter and of power, GPU rental and rents in every year. (M. Welling,
//!    Herding dynamical weights to learn, ICML 2009, is this greedy sum; strata keep it from drifting.) Paths are
//!    taken whole: what moves together still does.
//! 3. Each driver is scaled month by month, by one to five per cent, to the mean it has among the many, so that no
//!    expected value of the plan hangs on which paths were taken.
//!
//! Tenants' fates do not hang on the markets and are drawn for the few as for any number of paths.

use super::paths::tenants;
use super::{SystemPath, World, bitcoin, economics, summary};
use crate::quantity::{Report, statistics};
use crate::site::Site;
use rayon::prelude::*;

const MONTHS: usize = 12;
/// Times around all strata after the first choice.
const SWEEPS: usize = 6;
/// The tail that is kept, either side.
const TAIL: f64 = 0.1;
/// Paths taken of each stratum: more leave more to choose from and less to the order.
const PER_STRATUM: usize = 2;
/// Features of a driver in a span of months: value, square, tail below, tail above.
const FEATURES: usize = 4;

/// The worlds of a plan: what it is made on, and the larger one it is judged on.
#[derive(Clone, Debug)]
pub struct Worlds {
    pub program: World,
    pub judge: World,
}

/// Samples the paths a plan is judged on and reduces them to those of its linear program.
///
/// # Errors
/// As [`World::sample`].
pub fn worlds(site: &Site, months: usize) -> Result<Worlds, Report> {
    let judge = World::sample(site, months, site.plan.judge_paths as usize)?;
    let few = site.plan.paths as usize;
    // A program on as many paths as the judge is made on a world of its own size.
    let program =
        if few < judge.paths { reduce(site, &judge, few) } else { World::sample(site, months, few)? };
    Ok(Worlds { program, judge })
}

impl Worlds {
    /// Draws the fates of a site's tenants; the markets stay. As [`worlds`] where the markets are the site's.
    pub fn take_tenants_of(&mut self, site: &Site) {
        for world in [&mut self.program, &mut self.judge] {
            world.tenants = tenants(site, world.paths);
        }
    }
}

/// `paths` equally weighted paths that stand for the many; the many themselves where they are no more.
pub fn reduce(site: &Site, many: &World, paths: usize) -> World {
    if many.paths <= paths || many.months == 0 || paths == 0 {
        return many.clone();
    }
    let chosen = choose(&mining_value(site, many), &features(many), paths);
    let take = |series: &[Vec<f64>]| matched(series, &chosen, many.months);
    World {
        months: many.months,
        paths,
        hashprice: take(&many.hashprice),
        btc_price: take(&many.btc_price),
        network_eh: take(&many.network_eh),
        power_scale: take(&many.power_scale),
        gpu_index: take(&many.gpu_index),
        gpu_systems: many
            .gpu_systems
            .iter()
            .map(|own| SystemPath { system: own.system.clone(), index: take(&own.index) })
            .collect(),
        colocation_index: take(&many.colocation_index),
        tenants: tenants(site, paths),
    }
}

/// What a MW of the site's miners earns on each path over the months, discounted, USD: the margin over the mean power
/// price times the path's scaling, never below zero.
pub fn mining_value(site: &Site, world: &World) -> Vec<f64> {
    let power = summary::mean_power_price(site).unwrap_or(0.0);
    let (mut mw, mut usd_per_mwh) = (0.0, 0.0);
    for fleet in &site.fleets {
        // Machines that may be bought count where none stand yet.
        let share = fleet.owned_mw().max(1e-6 * fleet.purchase_max_mw);
        let j_per_th = economics::running_j_per_th(site, fleet);
        mw += share;
        usd_per_mwh +=
            share * bitcoin::revenue_usd_per_mwh(1.0, j_per_th, fleet.pool_fee_share, fleet.stale_share);
    }
    // Without machines hashprice alone puts the paths in order.
    let per_hashprice = if mw > 0.0 { usd_per_mwh / mw } else { 1.0 };
    let discount: Vec<f64> = (0..world.months)
        .map(|month| libm::pow(1.0 + site.company.discount_rate, -(month as f64 + 0.5) / MONTHS as f64))
        .collect();
    let hours = crate::quantity::HOURS_PER_MONTH;
    (0..world.paths)
        .into_par_iter()
        .map(|path| {
            let months = world.hashprice[path].iter().zip(&world.power_scale[path]).zip(&discount);
            months
                .map(|((hashprice, scale), discount)| {
                    hours * discount * (per_hashprice * hashprice - power * scale).max(0.0)
                })
                .sum()
        })
        .collect()
}

/// Features of every path, each of mean zero among all of them.
fn features(many: &World) -> Vec<Vec<f64>> {
    let mut spans = Vec::new();
    for (series, months, weight) in [
        (&many.hashprice, 3, 1.0),
        (&many.power_scale, MONTHS, 1.0),
        (&many.gpu_index, MONTHS, 0.7),
        (&many.colocation_index, MONTHS, 0.7),
    ] {
        for start in (0..many.months).step_by(months) {
            spans.push((series, weight, start..(start + months).min(many.months)));
        }
    }
    let blocks: Vec<Vec<[f64; FEATURES]>> =
        spans.into_par_iter().map(|(series, weight, span)| span_features(series, weight, span)).collect();
    (0..many.paths).map(|path| blocks.iter().flat_map(|block| block[path]).collect()).collect()
}

/// Of the mean of one driver over a span of months, standardised.
fn span_features(series: &[Vec<f64>], weight: f64, span: std::ops::Range<usize>) -> Vec<[f64; FEATURES]> {
    let means: Vec<f64> = series.iter().map(|path| statistics::mean(&path[span.clone()])).collect();
    let (centre, deviation) = (statistics::mean(&means), statistics::standard_deviation(&means));
    let standard: Vec<f64> =
        means.iter().map(|mean| if deviation > 0.0 { (mean - centre) / deviation } else { 0.0 }).collect();
    let mut sorted = standard.clone();
    sorted.sort_by(f64::total_cmp);
    let (low, high) =
        (statistics::quantile_of_sorted(&sorted, TAIL), statistics::quantile_of_sorted(&sorted, 1.0 - TAIL));
    let mut features: Vec<[f64; FEATURES]> = standard
        .iter()
        .map(|value| [*value, value * value, (value - low).min(0.0), (value - high).max(0.0)])
        .collect();
    for feature in 0..FEATURES {
        let mean = features.iter().map(|values| values[feature]).sum::<f64>() / features.len() as f64;
        features.iter_mut().for_each(|values| values[feature] = weight * (values[feature] - mean));
    }
    features
}

/// Paths of all strata of the scores, so that the features of all add up to nearly zero.
fn choose(scores: &[f64], features: &[Vec<f64>], paths: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(a.cmp(b)));
    let strata = paths.div_ceil(PER_STRATUM);
    let stratum = |index: usize| {
        let index = index / PER_STRATUM;
        &order[index * order.len() / strata..(index + 1) * order.len() / strata]
    };
    let squares: Vec<f64> =
        features.iter().map(|values| values.iter().map(|value| value * value).sum()).collect();
    let mut sum = vec![0.0; features.first().map_or(0, Vec::len)];
    let mut chosen: Vec<Option<usize>> = vec![None; paths];
    let mut taken = vec![false; scores.len()];
    for _ in 0..=SWEEPS {
        for (index, choice) in chosen.iter_mut().enumerate() {
            if let Some(old) = choice.take() {
                taken[old] = false;
                sum.iter_mut().zip(&features[old]).for_each(|(sum, value)| *sum -= value);
            }
            // The length of the sum after adding a path, less what is the same for all.
            let length = |path: usize| {
                let product: f64 = sum.iter().zip(&features[path]).map(|(sum, value)| sum * value).sum();
                2.0 * product + squares[path]
            };
            let lengths =
                stratum(index).iter().filter(|path| !taken[**path]).map(|path| (*path, length(*path)));
            let best = lengths.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(path, _)| path);
            if let Some(path) = best {
                sum.iter_mut().zip(&features[path]).for_each(|(sum, value)| *sum += value);
                taken[path] = true;
            }
            *choice = best;
        }
    }
    chosen.into_iter().flatten().collect()
}

/// The chosen paths of a driver, scaled month by month to the mean over all.
fn matched(series: &[Vec<f64>], chosen: &[usize], months: usize) -> Vec<Vec<f64>> {
    let mut few: Vec<Vec<f64>> = chosen.iter().map(|path| series[*path].clone()).collect();
    for month in 0..months {
        let mean =
            |paths: &[Vec<f64>]| paths.iter().map(|path| path[month]).sum::<f64>() / paths.len() as f64;
        let factor = mean(series) / mean(&few);
        if factor.is_finite() && factor > 0.0 {
            few.iter_mut().for_each(|path| path[month] *= factor);
        }
    }
    few
}

/// How far few paths are from the many, as shares of the many's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distance {
    pub mean: f64,
    pub p5: f64,
    pub p95: f64,
    /// Mean of the worst tenth: the tail a plan's worst years are made of.
    pub worst_tenth: f64,
}

/// Errors of a smaller world.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReductionErrors {
    /// Of the hashprice: root mean square over the months.
    pub hashprice: Distance,
    /// Of [`mining_value`].
    pub mining_value: Distance,
}

/// How well few paths stand for the many.
pub fn errors(site: &Site, many: &World, few: &World) -> ReductionErrors {
    let months = many.months.min(few.months);
    let column = |world: &World, month: usize| -> Vec<f64> {
        world.hashprice.iter().map(|path| path[month]).collect()
    };
    let squares: Vec<Distance> =
        (0..months).into_par_iter().map(|month| distance(column(many, month), column(few, month))).collect();
    let root = |part: fn(&Distance) -> f64| {
        let parts: Vec<f64> = squares.iter().map(|distance| part(distance) * part(distance)).collect();
        libm::sqrt(statistics::mean(&parts))
    };
    ReductionErrors {
        hashprice: Distance {
            mean: root(|distance| distance.mean),
            p5: root(|distance| distance.p5),
            p95: root(|distance| distance.p95),
            worst_tenth: root(|distance| distance.worst_tenth),
        },
        mining_value: distance(mining_value(site, many), mining_value(site, few)),
    }
}

fn distance(mut many: Vec<f64>, mut few: Vec<f64>) -> Distance {
    many.sort_by(f64::total_cmp);
    few.sort_by(f64::total_cmp);
    let share = |of: &dyn Fn(&[f64]) -> f64| {
        let (whole, part) = (of(&many), of(&few));
        if whole == part { 0.0 } else { part / whole - 1.0 }
    };
    Distance {
        mean: share(&statistics::mean),
        p5: share(&|values| statistics::quantile_of_sorted(values, 0.05)),
        p95: share(&|values| statistics::quantile_of_sorted(values, 0.95)),
        worst_tenth: share(&|values| statistics::worst_tail_mean(values, 0.9)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::testing::{feed_at, fleet};

    fn site() -> Site {
        let mut site = feed_at(45.0);
        site.fleets = vec![fleet("s21", 17.5, 40.0, None)];
        site
    }

    /// The first paths of the same number, what was used before, err half as much again or more.
    #[test]
    fn few_chosen_paths_stand_for_many_better_than_the_first() {
        let site = site();
        let many = World::sample(&site, 120, 2_000).unwrap();
        let few = reduce(&site, &many, 200);
        let first = World::sample(&site, 120, 200).unwrap();
        let (chosen, plain) = (errors(&site, &many, &few), errors(&site, &many, &first));
        assert!(chosen.hashprice.mean.abs() < 1e-12);
        for (chosen, plain, limit) in [
            (chosen.hashprice.p5, plain.hashprice.p5, 0.03),
            (chosen.hashprice.p95, plain.hashprice.p95, 0.03),
            (chosen.hashprice.worst_tenth, plain.hashprice.worst_tenth, 0.025),
            (chosen.mining_value.mean, plain.mining_value.mean, 0.01),
            (chosen.mining_value.p5, plain.mining_value.p5, 0.05),
            (chosen.mining_value.p95, plain.mining_value.p95, 0.03),
            (chosen.mining_value.worst_tenth, plain.mining_value.worst_tenth, 0.03),
        ] {
            assert!(chosen.abs() < limit, "{chosen} against {plain}");
        }
        let rms = |errors: &ReductionErrors| {
            let of = |distance: &Distance| {
                distance.p5.powi(2) + distance.p95.powi(2) + distance.worst_tenth.powi(2)
            };
            of(&errors.hashprice).sqrt()
        };
        assert!(rms(&chosen) < 0.75 * rms(&plain), "{} against {}", rms(&chosen), rms(&plain));
    }

    #[test]
    fn means_are_kept_and_paths_stay_whole() {
        let site = site();
        let many = World::sample(&site, 37, 301).unwrap();
        let few = reduce(&site, &many, 50);
        assert_eq!((few.paths, few.months, few.hashprice.len()), (50, 37, 50));
        for (small, large) in [
            (&few.hashprice, &many.hashprice),
            (&few.power_scale, &many.power_scale),
            (&few.gpu_index, &many.gpu_index),
            (&few.colocation_index, &many.colocation_index),
            (&few.btc_price, &many.btc_price),
            (&few.network_eh, &many.network_eh),
        ] {
            for month in 0..37 {
                let mean = |paths: &[Vec<f64>]| {
                    paths.iter().map(|path| path[month]).sum::<f64>() / paths.len() as f64
                };
                assert!((mean(small) / mean(large) - 1.0).abs() < 1e-12);
            }
        }
        // The same path in every driver: prices of the two largest markets still move as they did together.
        let ratio = |world: &World, path: usize| {
            world.hashprice[path][36] * world.network_eh[path][36] / world.btc_price[path][36]
        };
        for path in 0..50 {
            let moved = ratio(&few, path) / ratio(&many, 0);
            assert!((moved / (ratio(&few, 0) / ratio(&many, 0)) - 1.0).abs() < 1e-9);
        }
        assert_eq!(reduce(&site, &many, 50), few, "the same every time");
        assert_eq!(reduce(&site, &many, 301), many);
        assert_eq!(reduce(&site, &World::default(), 10), World::default());
    }
}
