//! Draws from named streams by inversion, so that one uniform makes one draw and its mirror image.

use crate::quantity::random;
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

/// The uniforms of one driver for one pair of antithetic paths.
///
/// The stream depends on seed, driver and pair alone: the first paths and the first months are the same however
/// many are drawn.
pub struct Uniforms(ChaCha8Rng);

impl Uniforms {
    pub fn new(seed: u64, driver: &str, pair: usize) -> Self {
        Self(random::stream(seed, &format!("{driver}/{pair}")))
    }

    /// Strictly between 0 and 1, and so is its mirror image `1 - u`.
    pub fn next_uniform(&mut self) -> f64 {
        // The 53 bits a double holds, moved off zero by half a step; the constant is 2^-53.
        ((self.0.next_u64() >> 11) as f64 + 0.5) * 1.110_223_024_625_156_5e-16
    }

    pub fn next_normal(&mut self) -> f64 {
        normal(self.next_uniform())
    }
}

/// Quantile of the standard normal distribution, for `0 < probability < 1`.
///
/// Wichura, algorithm AS 241 (PPND16), Applied Statistics 37(3), 1988; relative accuracy about 1e-16.
#[expect(clippy::excessive_precision, reason = "coefficients as published")]
pub fn normal(probability: f64) -> f64 {
    const CENTRE: ([f64; 8], [f64; 8]) = (
        [
            3.387_132_872_796_366_608,
            1.331_416_678_917_843_774_5e2,
            1.971_590_950_306_551_442_7e3,
            1.373_169_376_550_946_112_5e4,
            4.592_195_393_154_987_145_7e4,
            6.726_577_092_700_870_085_3e4,
            3.343_057_558_358_812_810_5e4,
            2.509_080_928_730_122_672_7e3,
        ],
        [
            1.0,
            4.231_333_070_160_091_125_2e1,
            6.871_870_074_920_579_083e2,
            5.394_196_021_424_751_107_7e3,
            2.121_379_430_158_659_586_7e4,
            3.930_789_580_009_271_061e4,
            2.872_908_573_572_194_267_4e4,
            5.226_495_278_852_854_561e3,
        ],
    );
    const TAIL: ([f64; 8], [f64; 8]) = (
        [
            1.423_437_110_749_683_577_34,
            4.630_337_846_156_545_295_9,
            5.769_497_221_460_691_405_5,
            3.647_848_324_763_204_605_04,
            1.270_458_252_452_368_382_58,
            2.417_807_251_774_506_117_7e-1,
            2.272_384_498_926_918_458_33e-2,
            7.745_450_142_783_414_076_4e-4,
        ],
        [
            1.0,
            2.053_191_626_637_758_821_87,
            1.676_384_830_183_803_849_4,
            6.897_673_349_851_000_045_5e-1,
            1.481_039_764_274_800_745_9e-1,
            1.519_866_656_361_645_719_66e-2,
            5.475_938_084_995_344_946e-4,
            1.050_750_071_644_416_843_24e-9,
        ],
    );
    const FAR_TAIL: ([f64; 8], [f64; 8]) = (
        [
            6.657_904_643_501_103_777_2,
            5.463_784_911_164_114_369_9,
            1.784_826_539_917_291_335_8,
            2.965_605_718_285_048_912_3e-1,
            2.653_218_952_657_612_309_3e-2,
            1.242_660_947_388_078_438_6e-3,
            2.711_555_568_743_487_578_15e-5,
            2.010_334_399_292_288_132_65e-7,
        ],
        [
            1.0,
            5.998_322_065_558_879_376_9e-1,
            1.369_298_809_227_358_053_1e-1,
            1.487_536_129_085_061_485_25e-2,
            7.868_691_311_456_132_591e-4,
            1.846_318_317_510_054_681_8e-5,
            1.421_511_758_316_445_888_7e-7,
            2.044_263_103_389_939_785_64e-15,
        ],
    );
    let centred = probability - 0.5;
    if centred.abs() <= 0.425 {
        return centred * ratio(&CENTRE, 0.180_625 - centred * centred);
    }
    let tail = if centred < 0.0 { probability } else { 1.0 - probability };
    let depth = libm::sqrt(-libm::log(tail));
    let magnitude = if depth <= 5.0 { ratio(&TAIL, depth - 1.6) } else { ratio(&FAR_TAIL, depth - 5.0) };
    if centred < 0.0 { -magnitude } else { magnitude }
}

/// Quotient of two polynomials, coefficients in ascending power.
fn ratio((above, below): &([f64; 8], [f64; 8]), x: f64) -> f64 {
    let polynomial = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c);
    polynomial(above) / polynomial(below)
}

/// Quantiles of the Poisson distribution with one mean (up to about 700, where `exp(-mean)` is still a number).
pub struct Poisson {
    /// Probability of at most 0, 1, 2, … events.
    below: Vec<f64>,
}

impl Poisson {
    pub fn new(mean: f64) -> Self {
        let mut term = libm::exp(-mean);
        let mut below = vec![term];
        let mut count = 0.0;
        // Until nothing is added any more; rounding can leave the sum a hair under one.
        while term > 1e-18 || count < mean {
            count += 1.0;
            term *= mean / count;
            below.push(below[below.len() - 1] + term);
        }
        Self { below }
    }

    /// Fewest events that are not exceeded with the given probability.
    pub fn quantile(&self, probability: f64) -> u32 {
        let count = self.below.iter().position(|below| *below >= probability).unwrap_or(self.below.len() - 1);
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

/// Quantile of the triangular distribution; the mode is moved between `low` and `high` where it is not there.
pub fn triangular(low: f64, mode: f64, high: f64, probability: f64) -> f64 {
    let (low, high) = (low.min(high), low.max(high));
    let width = high - low;
    if width <= 0.0 {
        return low;
    }
    let mode = mode.max(low).min(high);
    if probability * width < mode - low {
        low + libm::sqrt(probability * width * (mode - low))
    } else {
        high - libm::sqrt((1.0 - probability) * width * (high - mode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of the standard normal quantile from published tables.
    #[test]
    fn normal_quantiles_meet_the_tables() {
        let table = [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.95, 1.644_853_626_951_472_7),
            (0.9, 1.281_551_565_544_600_5),
            (0.001, -3.090_232_306_167_813_5),
            (1e-6, -4.753_424_308_822_899),
            (1e-10, -6.361_340_902_404_056),
            (1e-15, -7.941_345_326_170_997),
        ];
        for (probability, expected) in table {
            let value = normal(probability);
            assert!((value - expected).abs() < 1e-12, "{probability}: {value}");
        }
    }

    #[test]
    fn uniforms_are_open_and_mirror() {
        let mut uniforms = Uniforms::new(1, "test", 0);
        let mut sum = 0.0;
        for _ in 0..10_000 {
            let u = uniforms.next_uniform();
            assert!(u > 0.0 && u < 1.0 && 1.0 - u > 0.0 && 1.0 - u < 1.0);
            sum += u;
        }
        // Standard error 0.0029.
        assert!((sum / 1e4 - 0.5).abs() < 0.009, "{sum}");
    }

    #[test]
    fn poisson_and_triangular_invert_their_distributions() {
        // P(N <= 0) = 0.5134, P(N <= 1) = 0.8557 at mean 2/3.
        let mean = 2.0 / 3.0;
        assert_eq!([0.51, 0.52, 0.85, 0.86].map(|u| Poisson::new(mean).quantile(u)), [0, 1, 1, 2]);
        assert_eq!(Poisson::new(0.0).quantile(0.999_999), 0);
        assert!(Poisson::new(30.4).quantile(1.0 - 1e-16) < 200);
        let steps = 10_000;
        let average = |quantile: &dyn Fn(f64) -> f64| {
            (0..steps).map(|i| quantile((f64::from(i) + 0.5) / f64::from(steps))).sum::<f64>()
                / f64::from(steps)
        };
        assert!((average(&|u| f64::from(Poisson::new(30.4).quantile(u))) - 30.4).abs() < 0.01);
        // The mean of a triangular distribution is the mean of its corners.
        assert!((average(&|u| triangular(0.0, 3.0, 9.0, u)) - 4.0).abs() < 1e-3);
        assert!((average(&|u| triangular(0.0, 0.0, 6.0, u)) - 2.0).abs() < 1e-3);
        assert_eq!(triangular(2.0, 2.0, 2.0, 0.3), 2.0);
        assert_eq!(triangular(6.0, 9.0, 0.0, 1.0 - 1e-16).round(), 6.0);
    }
}
