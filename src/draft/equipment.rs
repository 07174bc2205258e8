//! Ratings, prices and lead times of parts that may be built, and the one rule that picks units.

use std::sync::LazyLock;

use crate::quantity::delimited;

const EQUIPMENT: &str = include_str!("../../assets/drawing/equipment.csv");
const LADDERS: &str = include_str!("../../assets/drawing/ladders.csv");

/// A value of the table with its range and source.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// A typical part, or what a group of values is of.
    pub part: String,
    pub quantity: String,
    pub low: f64,
    pub value: f64,
    pub high: f64,
    pub unit: String,
    pub year: u16,
    pub source: String,
}

/// Ratings one typical part is made in, in order.
#[derive(Clone, Debug, PartialEq)]
struct Ladder {
    part: String,
    ratings: Vec<f64>,
    source: String,
}

static ESTIMATES: LazyLock<Vec<Estimate>> =
    LazyLock::new(|| rows(EQUIPMENT).filter_map(estimate_of).collect());
static STEPS: LazyLock<Vec<Ladder>> = LazyLock::new(|| rows(LADDERS).filter_map(ladder_of).collect());

/// Lines of a table that are no remark.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
}

fn estimate_of(line: &str) -> Option<Estimate> {
    let cells = delimited::fields(line, ',');
    let [part, quantity, low, value, high, unit, year, source] = cells.as_slice() else { return None };
    Some(Estimate {
        part: part.to_string(),
        quantity: quantity.to_string(),
        low: low.parse().ok()?,
        value: value.parse().ok()?,
        high: high.parse().ok()?,
        unit: unit.to_string(),
        year: year.parse().ok()?,
        source: source.to_string(),
    })
}

fn ladder_of(line: &str) -> Option<Ladder> {
    let cells = delimited::fields(line, ',');
    let [part, _, ratings, source] = cells.as_slice() else { return None };
    let ratings: Result<Vec<f64>, _> = ratings.split_whitespace().map(str::parse).collect();
    Some(Ladder { part: part.to_string(), ratings: ratings.ok()?, source: source.to_string() })
}

/// What the table says of a quantity of a part.
pub fn estimate(part: &str, quantity: &str) -> Option<&'static Estimate> {
    ESTIMATES.iter().find(|known| known.part == part && known.quantity == quantity)
}

/// The likely value of a quantity; zero where the table has none, which a test excludes for all that is asked.
pub(super) fn value(part: &str, quantity: &str) -> f64 {
    estimate(part, quantity).map_or(0.0, |known| known.value)
}

/// Ratings a typical part is made in; empty where no ladder is known.
pub(super) fn ladder(part: &str) -> &'static [f64] {
    STEPS.iter().find(|known| known.part == part).map_or(&[], |known| &known.ratings)
}

/// Where the ratings a typical part is made in come from.
pub(super) fn ladder_source(part: &str) -> Option<&'static str> {
    STEPS.iter().find(|known| known.part == part).map(|known| known.source.as_str())
}

/// Identical units that carry a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Units {
    /// Spares included.
    pub units: u32,
    pub spare: u32,
    /// Of one unit, in the unit of the ladder.
    pub rating: f64,
}

/// Most units of one set.
pub(super) const MOST_UNITS: f64 = 10_000.0;

/// The fewest units of a ladder that carry `need` without their spares, and of that many the smallest. With a spare
/// there are at least `design,least_working_units_with_spare` beside it. `None` where the load is no number, the
/// ladder is empty or more than [`MOST_UNITS`] would be needed.
pub(super) fn sized(need: f64, ladder: &[f64], spare: u32) -> Option<Units> {
    let largest = ladder.last().copied().filter(|rating| *rating > 0.0)?;
    if !(need.is_finite() && need >= 0.0) {
        return None;
    }
    let least = if spare > 0 { value("design", "least_working_units_with_spare").max(1.0) } else { 1.0 };
    // A load that a ladder step carries to the last digit takes no further unit.
    let exact = need * (1.0 - 1e-12);
    let working = (exact / largest).ceil().max(least);
    if working > MOST_UNITS {
        return None;
    }
    let rating = ladder.iter().copied().find(|rating| working * rating >= exact)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most MOST_UNITS")]
    let working = working as u32;
    Some(Units { units: working + spare, spare, rating })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_the_tables_is_dropped_and_each_value_lies_in_its_range() {
        assert_eq!(ESTIMATES.len(), rows(EQUIPMENT).count());
        assert_eq!(STEPS.len(), rows(LADDERS).count());
        for known in ESTIMATES.iter() {
            assert!(
                known.low <= known.value && known.value <= known.high,
                "{} {}",
                known.part,
                known.quantity
            );
            assert!(known.source.len() > 10 && known.year >= 2024);
            let same = |other: &&Estimate| other.part == known.part && other.quantity == known.quantity;
            assert_eq!(ESTIMATES.iter().filter(same).count(), 1, "{} {}", known.part, known.quantity);
        }
        for ladder in STEPS.iter() {
            assert!(ladder.ratings.windows(2).all(|pair| pair[0] < pair[1]), "{}", ladder.part);
        }
    }

    #[test]
    fn units_are_the_fewest_that_carry_the_load_by_trying_all() {
        let ladder = [0.5, 1.0, 1.25, 2.5];
        for step in 1..400_u32 {
            let need = f64::from(step) * 0.17;
            for spare in [0, 1, 2] {
                let found = sized(need, &ladder, spare).unwrap();
                let least = if spare > 0 { 3 } else { 1 };
                let best = (least..1000_u32)
                    .find_map(|count| {
                        ladder
                            .iter()
                            .find(|rating| f64::from(count) * **rating >= need)
                            .map(|rating| (count, *rating))
                    })
                    .unwrap();
                assert_eq!((found.units - found.spare, found.rating), best, "{need}");
                assert_eq!(found.spare, spare);
            }
        }
        assert_eq!(sized(5.0, &ladder, 0), Some(Units { units: 2, spare: 0, rating: 2.5 }));
        for need in [f64::NAN, f64::INFINITY, -1.0, 1e9] {
            assert_eq!(sized(need, &ladder, 0), None);
        }
        assert_eq!(sized(1.0, &[], 0), None);
    }
}
