//! Why a fitted value is not to be leaned on, in words for a reader who would take it over.

/// Months below which a fit is called short: each calendar month five times.
const FEW_MONTHS: usize = 60;

/// Doubts about a fitted value with its standard error (`None` where it cannot be told), fitted to so many months.
pub fn doubts(value: f64, error: Option<f64>, months: usize) -> Vec<String> {
    let mut doubts = Vec::new();
    match error {
        None => doubts.push(
            "its error cannot be told: the fit is flat there or ends where it stops looking".to_owned(),
        ),
        Some(error) if error >= value.abs() => {
            doubts.push("its error is as large as the value: the history hardly tells it".to_owned());
        }
        Some(_) => {}
    }
    doubts.extend(shortness(months));
    doubts
}

/// What is to be said of a short history.
pub fn shortness(months: usize) -> Option<String> {
    (months < FEW_MONTHS).then(|| format!("only {months} months are behind it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poor_fits_are_told_apart() {
        assert!(doubts(0.6, Some(0.05), 96).is_empty());
        assert!(doubts(-0.6, Some(0.05), 96).is_empty());
        assert!(doubts(0.6, Some(0.6), 96)[0].contains("as large"));
        assert!(doubts(0.6, None, 96)[0].contains("cannot be told"));
        assert_eq!(doubts(0.6, Some(0.9), 36).len(), 2);
        assert!(shortness(60).is_none() && shortness(59).is_some());
    }
}
