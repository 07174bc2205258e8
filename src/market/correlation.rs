//! Correlated monthly shocks of the four market drivers.

use crate::quantity::{Report, format};
use crate::site::Correlation;

/// Bitcoin price, network hashrate, power, GPU rental: the order of shocks everywhere.
pub const DRIVERS: usize = 4;
/// Rounding of a correlation matrix that is only just possible, such as one with a correlation of 1.
const TOLERANCE: f64 = 1e-9;

/// Lower triangular factor L of the correlation matrix: independent normals z become shocks L z.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor([[f64; DRIVERS]; DRIVERS]);

impl Factor {
    /// Cholesky's factor.
    ///
    /// # Errors
    /// Correlations that no four markets can have together, each named with its value.
    pub fn new(correlation: &Correlation) -> Result<Self, Report> {
        let matrix = matrix(correlation);
        let mut factor = [[0.0; DRIVERS]; DRIVERS];
        for row in 0..DRIVERS {
            for column in 0..=row {
                let known: f64 = (0..column).map(|k| factor[row][k] * factor[column][k]).sum();
                let rest = matrix[row][column] - known;
                if row == column {
                    if rest < -TOLERANCE || rest.is_nan() {
                        return Err(impossible(correlation));
                    }
                    factor[row][row] = libm::sqrt(rest.max(0.0));
                } else if factor[column][column] > libm::sqrt(TOLERANCE) {
                    factor[row][column] = rest / factor[column][column];
                } else if rest.abs() > libm::sqrt(TOLERANCE) || rest.is_nan() {
                    // The earlier drivers fix this one fully, and yet it should move with another in its own way.
                    return Err(impossible(correlation));
                }
            }
        }
        Ok(Self(factor))
    }

    /// Correlated shocks from independent standard normals.
    pub fn apply(&self, independent: [f64; DRIVERS]) -> [f64; DRIVERS] {
        self.0.map(|row| row.iter().zip(independent).map(|(weight, z)| weight * z).sum())
    }
}

fn matrix(correlation: &Correlation) -> [[f64; DRIVERS]; DRIVERS] {
    let Correlation { btc_hashrate, btc_power, btc_gpu, hashrate_power, hashrate_gpu, power_gpu } =
        *correlation;
    [
        [1.0, btc_hashrate, btc_power, btc_gpu],
        [btc_hashrate, 1.0, hashrate_power, hashrate_gpu],
        [btc_power, hashrate_power, 1.0, power_gpu],
        [btc_gpu, hashrate_gpu, power_gpu, 1.0],
    ]
}

fn impossible(correlation: &Correlation) -> Report {
    let named = [
        ("bitcoin – hashrate", correlation.btc_hashrate),
        ("bitcoin – power", correlation.btc_power),
        ("bitcoin – GPU rental", correlation.btc_gpu),
        ("hashrate – power", correlation.hashrate_power),
        ("hashrate – GPU rental", correlation.hashrate_gpu),
        ("power – GPU rental", correlation.power_gpu),
    ];
    let set: Vec<String> = named
        .iter()
        .filter(|(_, value)| *value != 0.0)
        .map(|(name, value)| format!("{name} {}", format::number(*value, 2)))
        .collect();
    let mut report = Report::default();
    report.error(
        "correlations-impossible",
        "correlation",
        format!("no four markets can have these correlations together: {}", set.join(", ")),
        "bring them nearer to zero, or let two drivers that both follow a third follow each other too",
    );
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Correlation = Correlation {
        btc_hashrate: 0.0,
        btc_power: 0.0,
        btc_gpu: 0.0,
        hashrate_power: 0.0,
        hashrate_gpu: 0.0,
        power_gpu: 0.0,
    };

    #[test]
    fn the_factor_times_its_transpose_is_the_matrix() {
        let correlation = Correlation {
            btc_hashrate: 0.5,
            btc_power: -0.2,
            btc_gpu: 0.3,
            hashrate_power: 0.1,
            hashrate_gpu: 0.4,
            power_gpu: -0.6,
        };
        let Factor(factor) = Factor::new(&correlation).unwrap();
        let matrix = matrix(&correlation);
        for row in 0..DRIVERS {
            for column in 0..DRIVERS {
                let product: f64 = (0..DRIVERS).map(|k| factor[row][k] * factor[column][k]).sum();
                assert!((product - matrix[row][column]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn drivers_that_move_as_one_are_allowed() {
        let all = Correlation {
            btc_hashrate: 1.0,
            btc_power: 1.0,
            btc_gpu: -1.0,
            hashrate_power: 1.0,
            hashrate_gpu: -1.0,
            power_gpu: -1.0,
        };
        let shocks = Factor::new(&all).unwrap().apply([0.7, 3.0, -2.0, 1.0]);
        for (shock, expected) in shocks.into_iter().zip([0.7, 0.7, 0.7, -0.7]) {
            assert!((shock - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn an_impossible_set_is_refused_by_name() {
        let against = Correlation { btc_hashrate: 0.9, btc_power: 0.9, hashrate_power: -0.9, ..NONE };
        let report = Factor::new(&against).unwrap_err();
        assert!(report.has_errors());
        let message = &report.problems[0].message;
        assert!(
            message.contains("bitcoin – hashrate 0.90") && message.contains("hashrate – power \u{2212}0.90")
        );
        assert!(!message.contains("GPU"));
        let one = Correlation { btc_hashrate: 1.0, btc_gpu: 0.5, ..NONE };
        assert!(Factor::new(&one).is_err());
        assert!(Factor::new(&Correlation { power_gpu: f64::NAN, ..NONE }).is_err());
    }
}
