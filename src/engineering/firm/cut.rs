//! Rows that the prices of a loss prove.

use super::super::capacity::limit_name;
use super::super::carry::{Limit, PRICE, Ratings, design_hour_share, rating_of};
use super::loss::{Contingency, factor};
use super::screen::{Mode, Screen};
use crate::lp;
use crate::site::FailureClass;

/// Coefficients that differ less are the same.
const SAME: f64 = 1e-9;

/// `sum_h hosting_h * MW_h <= sum_p capacity_p * rating_p + sum_f firm_f * firm MW_f + constant`, true of every hosting
/// vector that survives the loss, whatever of the parts is built.
#[derive(Clone, Debug, PartialEq)]
pub struct FirmCut {
    pub class: FailureClass,
    pub loss: Contingency,
    /// The way to run that the row is proven in.
    pub mode: Mode,
    /// The loss in words.
    pub contingency: String,
    /// The parts and links that make up the right side.
    pub cut: Vec<String>,
    /// Coefficient a hall, by index into `site.components`.
    pub hosting: Vec<(usize, f64)>,
    /// Coefficient per MW of a part's usable rating, by index into `site.components`.
    pub capacity: Vec<(usize, f64)>,
    /// Coefficient per MW of the hosting a grid feed may carry.
    pub firm: Vec<(usize, f64)>,
    pub constant: f64,
}

impl FirmCut {
    /// By how much a hosting vector (by component) breaks the row, MW of the left side; at most zero when it keeps it.
    pub fn excess(&self, hosting_mw: &[f64], ratings: &Ratings) -> f64 {
        let sum = |terms: &[(usize, f64)], values: &[f64]| -> f64 {
            terms.iter().map(|(node, coefficient)| coefficient * values[*node]).sum()
        };
        sum(&self.hosting, hosting_mw)
            - sum(&self.capacity, &ratings.parts)
            - sum(&self.firm, &ratings.firm)
            - self.constant
    }

    /// Weight of the hall that counts most: the row over it is in megawatts of that hall.
    pub fn largest_weight(&self) -> f64 {
        self.hosting.iter().map(|(_, weight)| *weight).fold(0.0, f64::max)
    }

    /// True for a row of another loss that allows the same, but for a solver's rounding.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= SAME * (1.0 + a.abs());
        let same = |a: &[(usize, f64)], b: &[(usize, f64)]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && near(a.1, b.1))
        };
        self.class == other.class
            && same(&self.hosting, &other.hosting)
            && same(&self.capacity, &other.capacity)
            && same(&self.firm, &other.firm)
            && near(self.constant, other.constant)
    }
}

impl Screen<'_> {
    /// The row that the prices of a loss's program prove: every column but the halls' has no positive reduced cost,
    /// so that the prices times the ratings bound the halls' megawatts at the prices' own coefficients.
    pub(super) fn cut(
        &self,
        mode: &Mode,
        contingency: Contingency,
        class: FailureClass,
        solution: &lp::Solution,
    ) -> FirmCut {
        let mut found = FirmCut {
            class,
            loss: contingency,
            mode: mode.clone(),
            contingency: contingency.label(self.layout),
            cut: Vec::new(),
            hosting: Vec::new(),
            capacity: Vec::new(),
            firm: Vec::new(),
            constant: 0.0,
        };
        let Some(carrier) = self.carriers.get(mode) else { return found };
        let program = &carrier.program;
        let prices = &solution.duals;
        let mut by_column = vec![0.0; program.model.columns.len()];
        for (row, price) in program.model.rows.iter().zip(prices) {
            for (column, coefficient) in &row.terms {
                by_column[*column] += price * coefficient;
            }
        }
        for (hall, column) in self.layout.halls.iter().zip(&program.host) {
            if by_column[*column] > PRICE {
                found.hosting.push((hall.component, by_column[*column]));
            }
        }
        let mut lost = Vec::new();
        for (limit, price) in program.full(prices) {
            let left = factor(self.layout, contingency, limit);
            if left <= 0.0 {
                lost.push(limit_name(self.layout, limit));
                continue;
            }
            found.cut.push(limit_name(self.layout, limit));
            match limit {
                Limit::Part(node) => {
                    found
                        .capacity
                        .push((node, price * left * design_hour_share(self.layout.component(node))));
                }
                Limit::Firm(node) => found.firm.push((node, price * left)),
                Limit::Link(_) => {
                    found.constant += price * left * rating_of(self.layout, &self.ratings, limit);
                }
            }
        }
        if found.cut.is_empty() {
            found.cut = lost;
        }
        found.cut.dedup();
        found
    }
}
