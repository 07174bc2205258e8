//! Where networks meet, from `assets/drawing/metros.csv`.

use std::sync::LazyLock;

use super::equipment::rows;
use crate::quantity::delimited;

const METROS: &str = include_str!("../../assets/drawing/metros.csv");

#[derive(Clone, Debug, PartialEq)]
pub struct MetroPlace {
    pub id: String,
    pub name: String,
    /// Degrees.
    pub latitude: f64,
    pub longitude: f64,
}

static PLACES: LazyLock<Vec<MetroPlace>> = LazyLock::new(|| rows(METROS).filter_map(place_of).collect());

/// All of them, by name.
pub fn metros() -> &'static [MetroPlace] {
    &PLACES
}

/// The metro of an id or a name, in any case.
pub fn metro(name: &str) -> Option<&'static MetroPlace> {
    let wanted = name.trim().to_lowercase();
    metros().iter().find(|place| place.id == wanted || place.name.to_lowercase() == wanted)
}

fn place_of(line: &str) -> Option<MetroPlace> {
    let cells = delimited::fields(line, ',');
    let [id, name, latitude, longitude] = cells.as_slice() else { return None };
    Some(MetroPlace {
        id: id.to_string(),
        name: name.to_string(),
        latitude: latitude.parse().ok()?,
        longitude: longitude.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engineering::latency::great_circle_km;

    #[test]
    fn every_metro_is_read_and_lies_where_maps_have_it() {
        assert_eq!(metros().len(), rows(METROS).count());
        assert!(metros().windows(2).all(|pair| pair[0].id < pair[1].id), "in order, none twice");
        let at = |name: &str| metro(name).map(|place| (place.latitude, place.longitude)).unwrap();
        // Great circles of public distance tables, km.
        for (one, other, km) in [
            ("dallas", "Houston", 362.0),
            ("new-york", "London", 5570.0),
            ("tokyo", "San Jose (Silicon Valley)", 8300.0),
        ] {
            let found = great_circle_km(at(one), at(other));
            assert!((found / km - 1.0).abs() < 0.01, "{one} {other}: {found}");
        }
        assert_eq!(metro("Atlantis"), None);
    }
}
