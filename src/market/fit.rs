//! The least of a function of a few parameters, and its curvature there: what maximum likelihood needs.

/// Evaluations after which the search ends where it is.
const MOST_EVALUATIONS: usize = 4_000;
/// The search ends when the values at all corners differ by less.
const TOLERANCE: f64 = 1e-10;

/// Where `function` is least near `start`, and its value there: the simplex of J. A. Nelder and R. Mead, A simplex
/// method for function minimization, The Computer Journal 7, 1965. `step` is the size of the first simplex by
/// parameter. Infinite values are walls.
pub fn minimise(function: &dyn Fn(&[f64]) -> f64, start: &[f64], step: &[f64]) -> (Vec<f64>, f64) {
    let dimensions = start.len();
    let mut corners: Vec<(Vec<f64>, f64)> = std::iter::once(start.to_vec())
        .chain((0..dimensions).map(|axis| {
            let mut corner = start.to_vec();
            corner[axis] += step[axis];
            corner
        }))
        .map(|corner| {
            let value = function(&corner);
            (corner, value)
        })
        .collect();
    let mut evaluations = corners.len();
    loop {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (best, worst) = (corners[0].1, corners[dimensions].1);
        if evaluations >= MOST_EVALUATIONS || worst - best < TOLERANCE {
            return corners.swap_remove(0);
        }
        let centre: Vec<f64> = (0..dimensions)
            .map(|axis| {
                corners[..dimensions].iter().map(|(corner, _)| corner[axis]).sum::<f64>() / dimensions as f64
            })
            .collect();
        // From the worst corner through the centre of the others, by the factor.
        let beyond = |factor: f64| -> (Vec<f64>, f64) {
            let corner: Vec<f64> = centre
                .iter()
                .zip(&corners[dimensions].0)
                .map(|(centre, worst)| centre + factor * (centre - worst))
                .collect();
            let value = function(&corner);
            (corner, value)
        };
        let reflected = beyond(1.0);
        evaluations += 1;
        let second_worst = corners[dimensions - 1].1;
        if reflected.1 < best {
            let further = beyond(2.0);
            evaluations += 1;
            corners[dimensions] = if further.1 < reflected.1 { further } else { reflected };
        } else if reflected.1 < second_worst {
            corners[dimensions] = reflected;
        } else {
            let nearer = beyond(if reflected.1 < worst { 0.5 } else { -0.5 });
            evaluations += 1;
            if nearer.1 < worst.min(reflected.1) {
                corners[dimensions] = nearer;
            } else {
                let towards = corners[0].0.clone();
                for (corner, value) in &mut corners[1..] {
                    for (at, best) in corner.iter_mut().zip(&towards) {
                        *at = f64::midpoint(*at, *best);
                    }
                    *value = function(corner);
                }
                evaluations += dimensions;
            }
        }
    }
}

/// Second derivatives of `function` at a point, by central differences of the given steps.
pub fn hessian(function: &dyn Fn(&[f64]) -> f64, at: &[f64], step: &[f64]) -> Vec<Vec<f64>> {
    let moved = |first: usize, by_first: f64, second: usize, by_second: f64| {
        let mut point = at.to_vec();
        point[first] += by_first * step[first];
        point[second] += by_second * step[second];
        function(&point)
    };
    (0..at.len())
        .map(|row| {
            (0..at.len())
                .map(|column| {
                    let difference = moved(row, 1.0, column, 1.0)
                        - moved(row, 1.0, column, -1.0)
                        - moved(row, -1.0, column, 1.0)
                        + moved(row, -1.0, column, -1.0);
                    difference / (4.0 * step[row] * step[column])
                })
                .collect()
        })
        .collect()
}

/// Inverse of a symmetric positive definite matrix; `None` where it is not one (a parameter the data say nothing of).
pub fn inverse(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let mut rows: Vec<Vec<f64>> = matrix
        .iter()
        .enumerate()
        .map(|(index, row)| {
            row.iter().copied().chain((0..size).map(|column| f64::from(u8::from(column == index)))).collect()
        })
        .collect();
    for pivot in 0..size {
        // Elimination of a positive definite matrix in order meets positive pivots only.
        let scale = rows[pivot][pivot];
        if !(scale > 1e-12 * matrix[pivot][pivot].abs()) || !scale.is_finite() {
            return None;
        }
        rows[pivot].iter_mut().for_each(|value| *value /= scale);
        let pivot_row = rows[pivot].clone();
        for (index, row) in rows.iter_mut().enumerate() {
            if index != pivot {
                let factor = row[pivot];
                row.iter_mut().zip(&pivot_row).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
    }
    Some(rows.into_iter().map(|row| row[size..].to_vec()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_rosenbrocks_valley_is_found() {
        let valley = |x: &[f64]| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2);
        let (at, value) = minimise(&valley, &[-1.2, 1.0], &[0.5, 0.5]);
        assert!((at[0] - 1.0).abs() < 1e-3 && (at[1] - 1.0).abs() < 1e-3 && value < 1e-6, "{at:?}");
        // A wall at 2 keeps the search on its side.
        let walled = |x: &[f64]| if x[0] < 2.0 { f64::INFINITY } else { x[0] };
        assert!((minimise(&walled, &[5.0], &[1.0]).0[0] - 2.0).abs() < 1e-4);
    }

    #[test]
    fn curvature_and_inverse_meet_a_quadratic() {
        let form = |x: &[f64]| 2.0 * x[0] * x[0] + x[0] * x[1] + 1.5 * x[1] * x[1];
        let matrix = hessian(&form, &[0.3, -0.2], &[1e-3, 1e-3]);
        for (row, expected) in matrix.iter().zip([[4.0, 1.0], [1.0, 3.0]]) {
            assert!(row.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-6));
        }
        let inverse_of = inverse(&matrix).unwrap();
        assert!((inverse_of[0][0] - 3.0 / 11.0).abs() < 1e-6 && (inverse_of[0][1] + 1.0 / 11.0).abs() < 1e-6);
        assert_eq!(inverse(&[vec![1.0, 2.0], vec![2.0, 1.0]]), None);
        assert_eq!(inverse(&[vec![f64::NAN]]), None);
    }
}
