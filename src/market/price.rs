//! How the price of bitcoin moves from month to month: a jump diffusion, or runs of months of a history.

use super::draw::{Poisson, Uniforms};
use super::history;
use crate::quantity::{Report, statistics};
use crate::site::{BitcoinAssumptions, BootstrapDrift, LEAST_RETURNS, PriceModel, Site};

const MONTHS_PER_YEAR: f64 = 12.0;

/// The price process of a site.
pub enum PriceProcess {
    JumpDiffusion(JumpDiffusion),
    Bootstrap(Bootstrap),
}

/// What chance does to the price in one month.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PriceDraw {
    /// Of mean zero and variance one; what the other markets are correlated with.
    pub shock: f64,
    /// Sum of the month's log jumps.
    pub jumps: f64,
}

impl PriceProcess {
    /// # Errors
    /// A history with too few returns, where the price is drawn from it.
    pub fn new(site: &Site, months: usize) -> Result<Self, Report> {
        let given = &site.assumptions.bitcoin;
        Ok(match given.price_model {
            PriceModel::JumpDiffusion => Self::JumpDiffusion(JumpDiffusion::new(given)),
            PriceModel::Bootstrap => Self::Bootstrap(Bootstrap::new(site, months)?),
        })
    }

    /// The draws of a pair of antithetic paths.
    pub fn pair(&self, seed: u64, pair: usize, months: usize) -> [Vec<PriceDraw>; 2] {
        match self {
            Self::JumpDiffusion(process) => process.pair(seed, pair, months),
            Self::Bootstrap(process) => process.pair(seed, pair, months),
        }
    }

    /// Log return from month `month` to the next.
    pub fn step(&self, month: usize, draw: &PriceDraw) -> f64 {
        match self {
            Self::JumpDiffusion(process) => process.drift + process.deviation * draw.shock + draw.jumps,
            Self::Bootstrap(process) => process.drift[month] + process.deviation * draw.shock,
        }
    }
}

/// Merton's jump diffusion, compensated so that the expected price grows by `price_drift` (R. C. Merton, Option
/// pricing when underlying stock returns are discontinuous, Journal of Financial Economics 3, 1976).
pub struct JumpDiffusion {
    /// Per month.
    drift: f64,
    deviation: f64,
    jumps: Option<Poisson>,
    jump_mean: f64,
    jump_deviation: f64,
}

impl JumpDiffusion {
    fn new(given: &BitcoinAssumptions) -> Self {
        let variance = given.price_volatility * given.price_volatility;
        let mean_jump_factor =
            libm::exp(given.jump_mean + given.jump_deviation * given.jump_deviation / 2.0) - 1.0;
        let yearly_log_drift =
            libm::log(1.0 + given.price_drift) - given.jumps_per_year * mean_jump_factor - variance / 2.0;
        let jumps_per_month = given.jumps_per_year / MONTHS_PER_YEAR;
        Self {
            drift: yearly_log_drift / MONTHS_PER_YEAR,
            deviation: given.price_volatility / libm::sqrt(MONTHS_PER_YEAR),
            jumps: (jumps_per_month > 0.0).then(|| Poisson::new(jumps_per_month)),
            jump_mean: given.jump_mean,
            jump_deviation: given.jump_deviation,
        }
    }

    fn pair(&self, seed: u64, pair: usize, months: usize) -> [Vec<PriceDraw>; 2] {
        let mut shocks = Uniforms::new(seed, "btc", pair);
        let mut jumps = self.jumps.as_ref().map(|counts| (counts, Uniforms::new(seed, "btc jumps", pair)));
        let mut paths = [Vec::with_capacity(months), Vec::with_capacity(months)];
        for _ in 0..months {
            let shock = shocks.next_normal();
            let [first, second] = match &mut jumps {
                None => [0.0; 2],
                Some((counts, uniforms)) => {
                    let (count, size) = (uniforms.next_uniform(), uniforms.next_normal());
                    [self.jumped(counts, count, size), self.jumped(counts, 1.0 - count, -size)]
                }
            };
            paths[0].push(PriceDraw { shock, jumps: first });
            paths[1].push(PriceDraw { shock: -shock, jumps: second });
        }
        paths
    }

    /// Sum of the month's log jumps: n of them are together one normal with n times the mean and the variance.
    fn jumped(&self, counts: &Poisson, uniform: f64, normal: f64) -> f64 {
        let count = f64::from(counts.quantile(uniform));
        count * self.jump_mean + libm::sqrt(count) * self.jump_deviation * normal
    }
}

/// Stationary bootstrap of monthly log returns (D. N. Politis and J. P. Romano, The stationary bootstrap, Journal of
/// the American Statistical Association 89, 1994): runs of the history, its end joined to its beginning, of a
/// geometric length with the stated mean.
///
/// The two paths of a pair begin their runs in the same months, at starts of mirrored rank when all starts are
/// ordered by what the price does in the run's mean length after them: where one path takes the best months, the
/// other takes the worst, and each start is still equally likely on both.
pub struct Bootstrap {
    /// Log returns less their mean, over their deviation.
    shocks: Vec<f64>,
    deviation: f64,
    /// By month.
    drift: Vec<f64>,
    /// Starts in order of the run that follows.
    ranked: Vec<usize>,
    /// Probability that a month begins a run.
    restart: f64,
}

impl Bootstrap {
    fn new(site: &Site, months: usize) -> Result<Self, Report> {
        let given = &site.assumptions.bitcoin;
        let history = history::of(site);
        let returns: Vec<f64> = history::returns(history).into_iter().map(|(_, value)| value).collect();
        if returns.len() < LEAST_RETURNS {
            let mut report = Report::default();
            report.error(
                "history-too-short",
                "price_history",
                format!(
                    "the history {} has {} pairs of neighbouring months, and the bootstrap draws from {LEAST_RETURNS} at least",
                    history.name,
                    returns.len()
                ),
                "import a longer history, or draw the price from the jump diffusion",
            );
            return Err(report);
        }
        let mean = statistics::mean(&returns);
        let centred: Vec<f64> = returns.iter().map(|value| value - mean).collect();
        let squares: f64 = centred.iter().map(|value| value * value).sum();
        let deviation = libm::sqrt(squares / centred.len() as f64);
        let restart = 1.0 / given.bootstrap_block_months.max(1.0);
        let drift = match given.bootstrap_drift {
            BootstrapDrift::History => vec![mean; months],
            BootstrapDrift::Assumed => {
                let growth = libm::log(1.0 + given.price_drift) / MONTHS_PER_YEAR;
                let expected = log_expected_growth(&centred, restart, months);
                let before = std::iter::once(0.0).chain(expected.iter().copied());
                expected.iter().zip(before).map(|(now, before)| growth - (now - before)).collect()
            }
        };
        let shocks =
            centred.iter().map(|value| if deviation > 0.0 { value / deviation } else { 0.0 }).collect();
        Ok(Self { shocks, deviation, drift, ranked: ranked_starts(&centred, restart), restart })
    }

    fn pair(&self, seed: u64, pair: usize, months: usize) -> [Vec<PriceDraw>; 2] {
        let mut uniforms = Uniforms::new(seed, "btc runs", pair);
        let mut at = [0, 0];
        let mut paths = [Vec::with_capacity(months), Vec::with_capacity(months)];
        let last = self.ranked.len() - 1;
        for month in 0..months {
            let uniform = uniforms.next_uniform();
            // One uniform says whether a run begins and, by what is left of it, where.
            let chance = if month == 0 { 1.0 } else { self.restart };
            if uniform < chance {
                let rank = ((uniform / chance * self.ranked.len() as f64) as usize).min(last);
                at = [self.ranked[rank], self.ranked[last - rank]];
            } else {
                at = at.map(|index| (index + 1) % self.ranked.len());
            }
            for (path, index) in paths.iter_mut().zip(at) {
                path.push(PriceDraw { shock: self.shocks[index], jumps: 0.0 });
            }
        }
        paths
    }
}

/// Starts in ascending order of the sum of returns over the mean run after them.
fn ranked_starts(returns: &[f64], restart: f64) -> Vec<usize> {
    let run = (1.0 / restart).round() as usize;
    let sums: Vec<f64> = (0..returns.len())
        .map(|start| (start..start + run).map(|index| returns[index % returns.len()]).sum())
        .collect();
    let mut ranked: Vec<usize> = (0..returns.len()).collect();
    ranked.sort_by(|a, b| sums[*a].total_cmp(&sums[*b]).then(a.cmp(b)));
    ranked
}

/// Log of the expected growth factor after 1, 2, … months of the stationary bootstrap, exactly: the mass that ends on
/// each return, weighted with the growth so far, is carried from month to month.
fn log_expected_growth(returns: &[f64], restart: f64, months: usize) -> Vec<f64> {
    let count = returns.len();
    let factors: Vec<f64> = returns.iter().map(|value| libm::exp(*value)).collect();
    let mut mass = vec![1.0 / count as f64; count];
    let mut logged = 0.0;
    (0..months)
        .map(|month| {
            if month > 0 {
                let fresh = restart * mass.iter().sum::<f64>() / count as f64;
                mass = (0..count)
                    .map(|index| (1.0 - restart) * mass[(index + count - 1) % count] + fresh)
                    .collect();
            }
            for (mass, factor) in mass.iter_mut().zip(&factors) {
                *mass *= factor;
            }
            // Kept near one, so that centuries of growth are no overflow.
            let total: f64 = mass.iter().sum();
            mass.iter_mut().for_each(|mass| *mass /= total);
            logged += libm::log(total);
            logged
        })
        .collect()
}

/// Months with a fee spike, as factors on the reward: `1 + size / (1 + usual fees)`.
///
/// In a month there is a spike with probability `1 - exp(-spikes per year / 12)`; its size on top of the usual fees,
/// as a share of the subsidy, is exponential with the stated mean.
pub struct FeeSpikes {
    probability: f64,
    size: f64,
}

impl FeeSpikes {
    /// `None` where there are none.
    pub fn new(given: &BitcoinAssumptions) -> Option<Self> {
        let probability = -libm::expm1(-given.fee_spikes_per_year / MONTHS_PER_YEAR);
        let size = given.fee_spike_share / (1.0 + given.fee_share_of_subsidy);
        (probability > 0.0 && size > 0.0).then_some(Self { probability, size })
    }

    /// Factors on the hashprice of a pair of antithetic paths, by month.
    pub fn pair(&self, seed: u64, pair: usize, months: usize) -> [Vec<f64>; 2] {
        let mut uniforms = Uniforms::new(seed, "fee spikes", pair);
        let draws: Vec<f64> = (0..months).map(|_| uniforms.next_uniform()).collect();
        let factors =
            |mirror: &dyn Fn(f64) -> f64| draws.iter().map(|draw| self.factor(mirror(*draw))).collect();
        [factors(&|uniform| uniform), factors(&|uniform| 1.0 - uniform)]
    }

    fn factor(&self, uniform: f64) -> f64 {
        if uniform < self.probability { 1.0 - self.size * libm::log(uniform / self.probability) } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every path of the bootstrap over a few months, weighted with its probability, against the recursion.
    #[test]
    fn the_expected_growth_of_a_bootstrap_is_exact() {
        let returns = [0.3, -0.5, 0.1, 0.25];
        let restart = 0.4;
        let expected = log_expected_growth(&returns, restart, 5);
        // (probability, growth, index) of every way to be somewhere.
        let mut ways: Vec<(f64, f64, usize)> =
            (0..4).map(|index| (0.25, f64::exp(returns[index]), index)).collect();
        for (month, expected) in expected.into_iter().enumerate() {
            let mean: f64 = ways.iter().map(|(probability, growth, _)| probability * growth).sum();
            assert!((mean.ln() - expected).abs() < 1e-12, "month {month}");
            ways = ways
                .into_iter()
                .flat_map(|(probability, growth, index)| {
                    (0..4).map(move |next| {
                        let run = if next == (index + 1) % 4 { 1.0 - restart } else { 0.0 };
                        (probability * (restart / 4.0 + run), growth * f64::exp(returns[next]), next)
                    })
                })
                .collect();
        }
    }

    #[test]
    fn runs_have_their_mean_length_and_every_month_its_turn() {
        let mut site = Site::empty("test");
        site.assumptions.bitcoin.price_model = PriceModel::Bootstrap;
        let Ok(PriceProcess::Bootstrap(process)) = PriceProcess::new(&site, 120) else { panic!() };
        let count = process.ranked.len();
        let mut seen = vec![0.0; count];
        let (mut runs, mut months) = (0.0, 0.0);
        for pair in 0..200 {
            for path in process.pair(1, pair, 120) {
                let at: Vec<usize> = path
                    .iter()
                    .map(|draw| process.shocks.iter().position(|shock| *shock == draw.shock).unwrap())
                    .collect();
                at.iter().for_each(|index| seen[*index] += 1.0);
                runs += at.windows(2).filter(|pair| pair[1] != (pair[0] + 1) % count).count() as f64;
                months += 119.0;
            }
        }
        // A run that happens to begin where the last one went on is not seen: 1/6 less a 96th of it.
        let expected = (1.0 - 1.0 / count as f64) / 6.0;
        assert!((runs / months - expected).abs() < 4.0 * (expected / months).sqrt(), "{}", runs / months);
        let each = 200.0 * 2.0 * 120.0 / count as f64;
        assert!(seen.iter().all(|times| (times / each - 1.0).abs() < 0.35), "{seen:?}");
        let mean = statistics::mean(&process.shocks);
        let variance = process.shocks.iter().map(|shock| shock * shock).sum::<f64>() / count as f64;
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_short_history_is_refused_by_name() {
        let mut site = Site::empty("test");
        site.assumptions.bitcoin.price_model = PriceModel::Bootstrap;
        let mut history = history::built_in().clone();
        history.months.truncate(5);
        history.name = "mine".to_owned();
        site.assumptions.price_history = Some(history);
        let report = PriceProcess::new(&site, 12).err().unwrap();
        assert!(report.problems[0].message.contains("mine has 4 pairs"), "{}", report.problems[0].message);
    }

    #[test]
    fn fee_spikes_come_as_often_and_as_large_as_stated() {
        let given = BitcoinAssumptions {
            fee_spikes_per_year: 2.0,
            fee_spike_share: 0.3,
            fee_share_of_subsidy: 0.5,
            ..BitcoinAssumptions::default()
        };
        let spikes = FeeSpikes::new(&given).unwrap();
        let factors: Vec<f64> = (0..500).flat_map(|pair| spikes.pair(1, pair, 100)).flatten().collect();
        let sizes: Vec<f64> =
            factors.iter().filter(|factor| **factor > 1.0).map(|factor| (factor - 1.0) * 1.5).collect();
        let probability = 1.0 - f64::exp(-2.0 / 12.0);
        assert!((sizes.len() as f64 / 1e5 - probability).abs() < 4.0 * (probability / 1e5).sqrt());
        assert!((statistics::mean(&sizes) / 0.3 - 1.0).abs() < 4.0 / (sizes.len() as f64).sqrt());
        assert!(FeeSpikes::new(&BitcoinAssumptions::default()).is_none());
    }
}
