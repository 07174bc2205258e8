//! Mean, deviation, quantile and the mean of the worst tail.

/// Arithmetic mean; zero for no values.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// Mean over the paths of each month, of series by path and month.
pub fn mean_by_month(paths: &[Vec<f64>], months: usize) -> Vec<f64> {
    let count = paths.len().max(1) as f64;
    (0..months).map(|month| paths.iter().map(|path| path[month]).sum::<f64>() / count).collect()
}

/// Sample standard deviation (n - 1); zero for fewer than two values.
pub fn standard_deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let centre = mean(values);
    let sum: f64 = values.iter().map(|value| (value - centre) * (value - centre)).sum();
    libm::sqrt(sum / (values.len() - 1) as f64)
}

/// Quantile with linear interpolation between order statistics (Hyndman and Fan type 7); zero for no values.
pub fn quantile(values: &[f64], probability: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile_of_sorted(&sorted, probability)
}

/// As [`quantile`], for values already in ascending order.
pub fn quantile_of_sorted(sorted: &[f64], probability: f64) -> f64 {
    if sorted.is_empty() {
        return 0.0;
    }
    let position = probability.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

/// Mean of the worst (lowest) `1 - level` probability mass of equally likely values: CVaR of an income, in its
/// own unit, higher is better.
///
/// The value at the edge of the tail counts with the fraction of its mass that is inside, as in Rockafellar and
/// Uryasev (2000), so that the figure equals the linear program's.
pub fn worst_tail_mean(values: &[f64], level: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mass = (1.0 - level).clamp(0.0, 1.0) * sorted.len() as f64;
    if sorted.is_empty() || mass <= 0.0 {
        return sorted.first().copied().unwrap_or(0.0);
    }
    let mut left = mass;
    let mut sum = 0.0;
    for value in sorted {
        let weight = left.min(1.0);
        if weight <= 0.0 {
            break;
        }
        sum += weight * value;
        left -= weight;
    }
    sum / mass
}

/// Weights (summing to one) of the worst `1 - level` mass of equally likely values, by index.
pub fn worst_tail_weights(values: &[f64], level: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
    let mass = ((1.0 - level).clamp(0.0, 1.0) * values.len() as f64).max(f64::MIN_POSITIVE);
    let mut weights = vec![0.0; values.len()];
    let mut left = mass;
    for index in order {
        let weight = left.min(1.0);
        if weight <= 0.0 {
            break;
        }
        weights[index] = weight / mass;
        left -= weight;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tail_mean_counts_the_edge_by_its_share() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert!((worst_tail_mean(&values, 0.5) - 1.5).abs() < 1e-12);
        // worst 37.5 % of four values = 1.5 values: (1 + 0.5 * 2) / 1.5
        assert!((worst_tail_mean(&values, 0.625) - 2.0 / 1.5).abs() < 1e-12);
        let weights = worst_tail_weights(&values, 0.625);
        let by_weights: f64 = weights.iter().zip(values).map(|(weight, value)| weight * value).sum();
        assert!((by_weights - 2.0 / 1.5).abs() < 1e-12);
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn quantile_interpolates() {
        assert!((quantile(&[10.0, 0.0], 0.25) - 2.5).abs() < 1e-12);
        assert_eq!(quantile(&[], 0.5), 0.0);
        assert!((standard_deviation(&[1.0, 2.0, 3.0]) - 1.0).abs() < 1e-12);
    }
}
