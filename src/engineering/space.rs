//! Racks a hall has room for: positions, density and floor load (C5).

use crate::site::{Hall, RowGroup};

/// How a tenant's racks are cooled in a hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RackCooling {
    Air,
    Liquid,
}

impl RackCooling {
    pub fn word(self) -> &'static str {
        match self {
            Self::Air => "air",
            Self::Liquid => "liquid",
        }
    }

    fn kw_per_rack(self, group: &RowGroup) -> f64 {
        match self {
            Self::Air => group.air_kw_per_rack,
            Self::Liquid => group.liquid_kw_per_rack,
        }
    }
}

/// True when the floor bears the group's hosting racks with the aisle that goes with them.
pub fn bears_racks(hall: &Hall, group: &RowGroup) -> bool {
    group.rack_tonnes <= hall.floor_load_t_per_m2 * group.m2_per_rack
}

/// Densest rack of a cooling type the hall serves on a floor that bears it, kW; zero where there is none.
pub fn densest_kw_per_rack(hall: &Hall, cooling: RackCooling) -> f64 {
    let most = hall.fit_out.as_ref().map_or(f64::INFINITY, |fit_out| fit_out.kw_per_rack);
    if hall.row_groups.is_empty() {
        return if most.is_finite() { most } else { 0.0 };
    }
    usable_groups(hall).map(|group| cooling.kw_per_rack(group)).fold(0.0, f64::max).min(most)
}

/// Critical MW of racks of `kw_per_rack` that find a position; racks as dense as each group allows where the
/// tenant names no density. Unlimited where the hall lists no row groups.
pub fn rack_space_mw(hall: &Hall, cooling: RackCooling, kw_per_rack: f64) -> f64 {
    if hall.row_groups.is_empty() {
        return f64::INFINITY;
    }
    let most = hall.fit_out.as_ref().map_or(f64::INFINITY, |fit_out| fit_out.kw_per_rack);
    usable_groups(hall)
        .map(|group| {
            let offered = cooling.kw_per_rack(group).min(most);
            let rack = if kw_per_rack > 0.0 { kw_per_rack } else { offered };
            if offered >= rack { f64::from(group.positions) * rack / 1000.0 } else { 0.0 }
        })
        .sum()
}

fn usable_groups(hall: &Hall) -> impl Iterator<Item = &RowGroup> {
    hall.row_groups.iter().filter(|group| bears_racks(hall, group))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn two_groups() -> Hall {
        let mut site = site_of(&[("hall", hall(10.0))]);
        let hall = hall_mut(&mut site, "hall");
        let mut heavy = hall.row_groups[0].clone();
        heavy.positions = 40;
        heavy.air_kw_per_rack = 60.0;
        hall.row_groups.push(heavy);
        hall.clone()
    }

    #[test]
    fn racks_count_where_their_density_is_offered() {
        let hall = two_groups();
        // 100 positions of 20 kW and 40 of 60 kW.
        assert_eq!(rack_space_mw(&hall, RackCooling::Air, 20.0), 2.8);
        assert_eq!(rack_space_mw(&hall, RackCooling::Air, 50.0), 2.0);
        assert_eq!(rack_space_mw(&hall, RackCooling::Air, 0.0), 4.4);
        assert_eq!(rack_space_mw(&hall, RackCooling::Air, 61.0), 0.0);
        assert_eq!(densest_kw_per_rack(&hall, RackCooling::Air), 60.0);
        assert_eq!(densest_kw_per_rack(&hall, RackCooling::Liquid), 130.0);
    }

    #[test]
    fn a_floor_that_does_not_bear_a_rack_holds_none() {
        let mut hall = two_groups();
        // 1.5 t/m2 on 2.5 m2 bear 3.75 t.
        hall.row_groups[1].rack_tonnes = 3.8;
        assert_eq!(densest_kw_per_rack(&hall, RackCooling::Air), 20.0);
        assert_eq!(rack_space_mw(&hall, RackCooling::Air, 20.0), 2.0);
    }

    #[test]
    fn a_hall_without_row_groups_is_limited_by_its_fit_out_alone() {
        let mut hall = two_groups();
        hall.row_groups.clear();
        assert_eq!(rack_space_mw(&hall, RackCooling::Air, 50.0), f64::INFINITY);
        assert_eq!(densest_kw_per_rack(&hall, RackCooling::Air), 130.0);
        hall.fit_out = None;
        assert_eq!(densest_kw_per_rack(&hall, RackCooling::Air), 0.0);
    }
}
