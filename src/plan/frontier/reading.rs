//! What a frontier says: the part that costs nothing, the knee, the finding in a sentence, and a point as a change of the
//! document.

use super::{DOLLARS, FloorUnit, Frontier};
use crate::plan::repair::typed;
use crate::quantity::format;
use crate::site::edit::Edit;
use crate::site::{Address, Limits, Object, Override};

/// How far above the straight line between its ends a frontier must bend to have a knee, as a share of its fall. Less is
/// a line to a reader.
const BEND: f64 = 0.1;
/// A fall of the whole frontier below this is nothing to a reader, USD.
const NOTHING_USD: f64 = 5_000.0;
/// A price of a step below this is nothing to a reader, USD.
const NOTHING_A_STEP_USD: f64 = 500.0;
/// A floor below this shows as none, in the unit of the frontier.
const SHOWN: f64 = 5e-4;
/// Significant digits of a floor that is set from a point: enough that the plan is that point's.
const DIGITS: i32 = 6;

/// Where a steadier income begins to cost more than it does on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knee {
    /// Of the point.
    pub index: usize,
    /// In the unit of the frontier.
    pub floor: f64,
    /// NPV that a unit of the floor costs on the way from the first point to the knee, USD.
    pub before_usd: f64,
    /// NPV that a unit of the floor costs on the way to the next point, USD; every later unit costs as much or more.
    pub beyond_usd: f64,
}

impl FloorUnit {
    /// What the floor of a document is measured in: dollars where only dollars are set.
    pub fn of(limits: &Limits) -> Self {
        match (limits.worst_year_floor_share, limits.worst_year_floor_usd) {
            (None, Some(_)) => Self::MillionUsd,
            _ => Self::Share,
        }
    }

    /// The floor of a document in this unit, where one is set.
    pub fn own(self, limits: &Limits) -> Option<f64> {
        let own = match self {
            Self::Share => limits.worst_year_floor_share,
            Self::MillionUsd => limits.worst_year_floor_usd.map(|usd| usd / DOLLARS),
        };
        own.filter(|floor| *floor > 0.0)
    }

    /// `48.1 %` or `$48.1M`.
    pub fn words(self, floor: f64) -> String {
        match self {
            Self::Share => format::percent(floor),
            Self::MillionUsd => format::usd(floor * DOLLARS),
        }
    }

    /// What a price is told for: a hundredth or a million dollars.
    pub fn step_words(self) -> &'static str {
        match self {
            Self::Share => "point",
            Self::MillionUsd => "$1M",
        }
    }

    /// A price of a whole unit as the price of a step, USD.
    pub fn step_price(self, price_usd: f64) -> f64 {
        match self {
            Self::Share => price_usd / 100.0,
            Self::MillionUsd => price_usd,
        }
    }
}

impl Frontier {
    /// The knee: the point farthest above the straight line between the two ends, of the NPV on the paths of the program,
    /// which is concave along the floor. Up to it a unit of the floor costs less than it does on average, beyond it
    /// more: there the price rises through its mean. None where the frontier is a line to a reader, or costs nothing.
    ///
    /// The largest jump of the price itself would say nothing: it is always the last, since no price buys more than the
    /// highest floor there is. The definition is that of V. Satopää and others, "Finding a Kneedle in a Haystack" (2011).
    pub fn knee(&self) -> Option<Knee> {
        let (first, last) = (self.points.first()?, self.points.last()?);
        let (width, fall) = (last.floor - first.floor, first.npv_usd - last.npv_usd);
        if width <= 0.0 || fall < NOTHING_USD {
            return None;
        }
        let above = |index: usize| {
            let point = &self.points[index];
            (point.floor - first.floor) / width - (first.npv_usd - point.npv_usd) / fall
        };
        let inside = 1..self.points.len() - 1;
        let index = inside.max_by(|a, b| above(*a).total_cmp(&above(*b)))?;
        (above(index) >= BEND).then(|| Knee {
            index,
            floor: self.points[index].floor,
            before_usd: self.price_between(0, index),
            beyond_usd: self.price_between(index, index + 1),
        })
    }

    /// NPV that a unit of the floor costs between two points, USD.
    fn price_between(&self, low: usize, high: usize) -> f64 {
        let (low, high) = (&self.points[low], &self.points[high]);
        ((low.npv_usd - high.npv_usd) / (high.floor - low.floor).max(f64::MIN_POSITIVE)).max(0.0)
    }

    /// What steadiness costs, in a sentence.
    pub fn finding(&self) -> String {
        let unit = self.unit;
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return "There is no plan to compare".to_owned();
        };
        let floor = |floor: f64| match unit {
            FloorUnit::Share => unit.words(floor),
            FloorUnit::MillionUsd => format!("{} a year", unit.words(floor)),
        };
        if first.npv_usd - last.npv_usd < NOTHING_USD {
            return format!(
                "Steady income costs nothing here: the best plan keeps {} unasked, and none keeps more for a price",
                floor(last.floor)
            );
        }
        let step = unit.step_words();
        let price = |usd: f64| format::usd(unit.step_price(usd));
        let is_nothing = |usd: f64| unit.step_price(usd) < NOTHING_A_STEP_USD;
        let free = |to: f64| format!("The first {} of steady income cost nothing", floor(to));
        let is_free = first.floor >= SHOWN;
        let Some(knee) = self.knee() else {
            let (usd, to) = (price(self.price_between(0, self.points.len() - 1)), floor(last.floor));
            return match is_free {
                true => format!(
                    "{}; each further {step} costs {usd}, up to {to}, the most there is",
                    free(first.floor)
                ),
                false => format!("Each {step} of steady income costs {usd}, up to {to}, the most there is"),
            };
        };
        let beyond = price(knee.beyond_usd);
        if is_nothing(knee.before_usd) {
            return format!("{}; beyond, each further {step} costs {beyond} and more", free(knee.floor));
        }
        let (to, before) = (floor(knee.floor), price(knee.before_usd));
        match is_free {
            true => format!(
                "{}; up to {to} each further {step} costs {before}, beyond it {beyond} and more",
                free(first.floor)
            ),
            false => {
                format!("Up to {to} each {step} of steady income costs {before}, beyond it {beyond} and more")
            }
        }
    }

    /// A point as one step: its floor in the scenario that is shown, or in the base case. A floor in the other unit goes,
    /// so that what holds is the point's. None where there is no such point.
    pub fn edit(&self, point: usize, limits: &Limits, scenario: Option<&str>) -> Option<Edit> {
        let floor = self.points.get(point)?.floor;
        let value = match self.unit {
            FloorUnit::Share => floor,
            FloorUnit::MillionUsd => floor * DOLLARS,
        };
        // Not above the point, so that the last one stays possible.
        let value = if value > 0.0 { typed::at_digits(value, DIGITS, false) } else { 0.0 };
        let (set, other, other_value) = match self.unit {
            FloorUnit::Share => {
                ("worst_year_floor_share", "worst_year_floor_usd", limits.worst_year_floor_usd)
            }
            FloorUnit::MillionUsd => {
                ("worst_year_floor_usd", "worst_year_floor_share", limits.worst_year_floor_share)
            }
        };
        let change = |field: &str, value| Override::Value { at: Address::new(Object::Limits, field), value };
        let mut changes = vec![change(set, Some(value))];
        if other_value.is_some() {
            changes.push(change(other, None));
        }
        let label = format!("Set the worst-year floor to {}", self.unit.words(floor));
        Some(Edit::of_overrides(label, &changes, scenario))
    }
}
