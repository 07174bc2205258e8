//! Rows of a hall: the one table of their numbers, and what they add up to.

use super::field::FieldSpec;
use super::{Hall, RowGroup};
use crate::quantity::Unit;

/// A number of a row group.
pub struct RowField {
    pub spec: FieldSpec,
    pub get: fn(&RowGroup) -> f64,
    pub set: fn(&mut RowGroup, f64),
}

macro_rules! row {
    ($path:ident, $label:literal, $unit:ident, $max:expr, $help:literal) => {
        RowField {
            spec: FieldSpec {
                key: stringify!($path),
                label: $label,
                unit: Unit::$unit,
                min: 0.0,
                max: $max,
                optional: false,
                whole: false,
                help: $help,
            },
            get: |group| group.$path,
            set: |group, value| group.$path = value,
        }
    };
}

/// The numbers of a row group, in the order they are shown.
pub const ROW_FIELDS: [RowField; 6] = [
    RowField {
        spec: FieldSpec {
            key: "positions",
            label: "Count",
            unit: Unit::Count,
            min: 0.0,
            max: 1e6,
            optional: false,
            whole: true,
            help: "Positions of racks, containers or tanks",
        },
        get: |group| f64::from(group.positions),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked before"
        )]
        set: |group, value| group.positions = value as u32,
    },
    row!(
        mining_kw_per_position,
        "Mining each",
        Kw,
        1e5,
        "Power of one position under miners; none where it is zero"
    ),
    row!(
        air_kw_per_rack,
        "Air-cooled each",
        Kw,
        5e3,
        "Power of one hosting rack cooled by air; none where it is zero"
    ),
    row!(
        liquid_kw_per_rack,
        "Liquid-cooled each",
        Kw,
        5e3,
        "Power of one hosting rack cooled by liquid; none where it is zero"
    ),
    row!(rack_tonnes, "Weight each", Tonnes, 100.0, "Weight of one hosting rack with what stands in it"),
    row!(m2_per_rack, "Floor each", SquareMetre, 1e4, "Footprint of one rack with its share of the aisle"),
];

/// What the rows of a hall add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowSums {
    pub positions: u64,
    /// IT power with miners in every position, MW.
    pub mining_mw: f64,
    /// IT power with an air-cooled, with a liquid-cooled rack in every position, MW; floors too weak are counted in.
    pub air_mw: f64,
    pub liquid_mw: f64,
    /// Floor of all positions, m².
    pub floor_m2: f64,
}

impl Hall {
    pub fn row_sums(&self) -> RowSums {
        let sum = |of: fn(&RowGroup) -> f64| -> f64 {
            self.row_groups.iter().map(|group| f64::from(group.positions) * of(group)).sum()
        };
        RowSums {
            positions: self.row_groups.iter().map(|group| u64::from(group.positions)).sum(),
            mining_mw: sum(|group| group.mining_kw_per_position) / 1000.0,
            air_mw: sum(|group| group.air_kw_per_rack) / 1000.0,
            liquid_mw: sum(|group| group.liquid_kw_per_rack) / 1000.0,
            floor_m2: sum(|group| group.m2_per_rack),
        }
    }
}

impl RowGroup {
    /// Load of one hosting rack on its share of the floor, t/m²; `None` without a footprint.
    pub fn load_t_per_m2(&self) -> Option<f64> {
        (self.m2_per_rack > 0.0).then(|| self.rack_tonnes / self.m2_per_rack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Use;

    fn hall(row_groups: Vec<RowGroup>) -> Hall {
        Hall {
            critical_mw: 10.0,
            area_m2: 2000.0,
            mining_m2_per_mw: 93.0,
            floor_load_t_per_m2: 1.2,
            row_groups,
            convertible_share: 1.0,
            fit_out: None,
            fitted_mw: 0.0,
            present_use: Use::Mining,
        }
    }

    #[test]
    fn rows_add_up_to_what_is_counted_by_hand() {
        let group = |positions, mining: f64, liquid: f64| RowGroup {
            name: String::new(),
            holder: Default::default(),
            positions,
            mining_kw_per_position: mining,
            air_kw_per_rack: 0.0,
            liquid_kw_per_rack: liquid,
            rack_tonnes: 1.8,
            m2_per_rack: 2.0,
        };
        let hall = hall(vec![group(54, 110.0, 190.0), group(10, 0.0, 132.0)]);
        let sums = hall.row_sums();
        // 54 x 110 = 5,940 kW; 54 x 190 + 10 x 132 = 11,580 kW; 64 x 2 m2.
        assert!((sums.mining_mw - 5.94).abs() < 1e-12 && (sums.liquid_mw - 11.58).abs() < 1e-12);
        assert_eq!((sums.positions, sums.floor_m2, sums.air_mw), (64, 128.0, 0.0));
        assert_eq!(hall.row_groups[0].load_t_per_m2(), Some(0.9));
        let bare = RowGroup { m2_per_rack: 0.0, ..hall.row_groups[0].clone() };
        assert_eq!(bare.load_t_per_m2(), None);
    }

    #[test]
    fn every_number_is_read_and_set_by_its_own_row() {
        let mut group = RowGroup {
            name: String::new(),
            holder: Default::default(),
            positions: 0,
            mining_kw_per_position: 0.0,
            air_kw_per_rack: 0.0,
            liquid_kw_per_rack: 0.0,
            rack_tonnes: 0.0,
            m2_per_rack: 0.0,
        };
        for (index, field) in ROW_FIELDS.iter().enumerate() {
            (field.set)(&mut group, index as f64 + 1.0);
        }
        let values: Vec<f64> = ROW_FIELDS.iter().map(|field| (field.get)(&group)).collect();
        assert_eq!(values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert!(hall(Vec::new()).row_sums() == RowSums::default());
    }
}
