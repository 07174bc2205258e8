//! Where parts stand besides the one-line diagram: on the plan of the site, in metres, and on the map of fibre, in
//! kilometres.

use super::{Component, ComponentId, Kind, Layer, Link, Medium, Object, Point, Site};

/// Kilometres of a degree of latitude: a quarter of the meridian is 10,002 km (WGS 84).
const KM_PER_DEGREE: f64 = 111.13;

/// A picture of the site in real lengths; x is east, y is south.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// Metres.
    Plan,
    /// Kilometres from the site.
    Map,
}

impl Ground {
    /// As in `taken off the plan`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Map => "map",
        }
    }

    pub fn unit(self) -> &'static str {
        match self {
            Self::Plan => "m",
            Self::Map => "km",
        }
    }

    /// Farthest from the middle that a part may stand: a thousand kilometres of plan, half round the earth of map.
    pub fn farthest(self) -> f64 {
        match self {
            Self::Plan => 1e6,
            Self::Map => 20_100.0,
        }
    }

    /// Whether a part is shown there: all of them on the plan but what lies outside the site, fibre on the map.
    pub fn shows(self, part: &Component) -> bool {
        match self {
            Self::Plan => !matches!(part.kind, Kind::Metro(_) | Kind::Carrier),
            Self::Map => part.kind.layer() == Layer::Fibre,
        }
    }

    /// Where somebody put a part.
    pub fn entered(self, part: &Component) -> Option<Point> {
        match self {
            Self::Plan => part.at_plan,
            Self::Map => part.at_map,
        }
    }
}

/// Where a part stands: as entered; on the map a metro lies where its latitude and longitude say, and a meet-me room at the
/// site.
pub fn place(site: &Site, part: &Component, ground: Ground) -> Option<Point> {
    let by_degrees = || match (&part.kind, ground) {
        (Kind::Metro(metro), Ground::Map) => Some(from_site(site, metro.latitude, metro.longitude)),
        _ => None,
    };
    let at_site = || (ground == Ground::Map && part.kind == Kind::MeetMeRoom).then(Point::default);
    ground.entered(part).or_else(by_degrees).or_else(at_site)
}

/// Where a carrier is likely to be: as far from the site as its fibre to there is long, towards the metro it leads to;
/// nowhere where it leads to none.
pub fn on_its_way(site: &Site, carrier: &str) -> Option<Point> {
    let end = |link: &Link| {
        let Medium::Fibre { km, .. } = &link.medium else { return None };
        let other = match (link.from == carrier, link.to == carrier) {
            (true, _) => &link.to,
            (_, true) => &link.from,
            _ => return None,
        };
        Some((site.component(other)?, *km))
    };
    let ends: Vec<(&Component, Option<f64>)> = site.links.iter().filter_map(end).collect();
    let is_metro = |other: &Component| matches!(other.kind, Kind::Metro(_));
    // The nearest of several.
    let metros = ends.iter().filter(|(other, _)| is_metro(other));
    let toward = metros
        .filter_map(|(metro, _)| place(site, metro, Ground::Map))
        .min_by(|one, other| one.x.hypot(one.y).total_cmp(&other.x.hypot(other.y)))?;
    let length = toward.x.hypot(toward.y);
    let to_site = ends.iter().filter(|(other, _)| !is_metro(other)).find_map(|(_, km)| *km);
    let share = if length > 0.0 { (to_site.unwrap_or(length / 2.0) / length).clamp(0.0, 1.0) } else { 0.0 };
    Some(Point { x: (toward.x * share).round(), y: (toward.y * share).round() })
}

/// Kilometres east and south of the site, on the plane that touches the earth there: the equirectangular projection at
/// the latitude of the site, good to a percent over a thousand kilometres.
pub fn from_site(site: &Site, latitude: f64, longitude: f64) -> Point {
    let middle = (site.latitude + latitude) / 2.0;
    // The shorter way round.
    let mut east = (longitude - site.longitude) % 360.0;
    if east > 180.0 {
        east -= 360.0;
    } else if east < -180.0 {
        east += 360.0;
    }
    Point {
        x: east * KM_PER_DEGREE * libm::cos(middle.to_radians()),
        y: (site.latitude - latitude) * KM_PER_DEGREE,
    }
}

/// Latitude and longitude of a place of the map, to four decimals (eleven metres): the inverse of [`from_site`]. `None`
/// beyond a pole.
pub fn degrees_at(site: &Site, at: Point) -> Option<(f64, f64)> {
    let latitude = site.latitude - at.y / KM_PER_DEGREE;
    let around = libm::cos(((site.latitude + latitude) / 2.0).to_radians());
    let east = at.x / (KM_PER_DEGREE * around);
    let holds = latitude.abs() <= 90.0 && around > 0.0 && east.abs() <= 180.0;
    let longitude = (site.longitude + east + 540.0).rem_euclid(360.0) - 180.0;
    let rounded = |degrees: f64| (degrees * 1e4).round() / 1e4;
    holds.then(|| (rounded(latitude), rounded(longitude)))
}

/// Puts parts on a ground, or takes them off it.
///
/// # Errors
/// Where a part is not there or not shown there, or a place is none.
pub(super) fn put(
    site: &mut Site,
    ground: Ground,
    places: &[(ComponentId, Option<Point>)],
) -> Result<String, String> {
    for (id, at) in places {
        let name = site.object_name(&Object::Component(id.clone()));
        let farthest = ground.farthest();
        let is_somewhere = |at: &Point| at.x.abs() <= farthest && at.y.abs() <= farthest;
        if at.as_ref().is_some_and(|at| !is_somewhere(at)) {
            let unit = ground.unit();
            return Err(format!(
                "{name} cannot stand there; a place is at most {farthest} {unit} from the middle"
            ));
        }
        let part = site.component_mut(id).ok_or_else(|| format!("there is no part `{id}`"))?;
        if !ground.shows(part) {
            return Err(format!("{name} is not shown on the {}", ground.word()));
        }
        match ground {
            Ground::Plan => part.at_plan = *at,
            Ground::Map => part.at_map = *at,
        }
    }
    let word = ground.word();
    Ok(match places {
        [(id, at)] => {
            let name = site.object_name(&Object::Component(id.clone()));
            if at.is_some() {
                format!("Put {name} on the {word}")
            } else {
                format!("Take {name} off the {word}")
            }
        }
        places => format!("Put {} parts on the {word}", places.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::{Edit, apply};
    use crate::site::{Electrical, Metro};

    fn site() -> Site {
        let part = |id: &str, kind| Component { tag: id.to_uppercase(), ..Component::standing(id, kind) };
        let mut site = Site::empty("ground");
        (site.latitude, site.longitude) = (32.78, -96.8);
        site.components = vec![
            part("t1", Kind::Transformer(Electrical { rating_mva: 3.0, loss_share: 0.0 })),
            part("houston", Kind::Metro(Metro { latitude: 29.76, longitude: -95.37 })),
            part("car", Kind::Carrier),
        ];
        site
    }

    /// Dallas to Houston is 362 km by public distance tables; the date line is no edge.
    #[test]
    fn a_metro_lies_as_far_away_as_on_the_globe() {
        let site = site();
        let at = place(&site, &site.components[1], Ground::Map).unwrap();
        assert!((at.x.hypot(at.y) / 362.0 - 1.0).abs() < 0.01, "{at:?}");
        assert!(at.x > 0.0 && at.y > 0.0, "Houston is south and east of Dallas");
        assert_eq!(place(&site, &site.components[2], Ground::Map), None);
        let mut east = site;
        (east.latitude, east.longitude) = (0.0, 179.0);
        assert!((from_site(&east, 0.0, -179.0).x - 2.0 * KM_PER_DEGREE).abs() < 1e-9);
    }

    #[test]
    fn degrees_of_a_place_lead_back_to_it() {
        let mut site = site();
        for (latitude, longitude) in [(32.78, -96.8), (60.2, 24.9), (-33.9, 151.2), (0.0, 179.9)] {
            (site.latitude, site.longitude) = (latitude, longitude);
            for (x, y) in [(0.0, 0.0), (120.0, -340.0), (-900.0, 610.0), (250.0, 3.0)] {
                let (latitude, longitude) = degrees_at(&site, Point { x, y }).unwrap();
                assert!((-180.0..=180.0).contains(&longitude));
                let back = from_site(&site, latitude, longitude);
                assert!((back.x - x).hypot(back.y - y) < 0.02, "{back:?}");
            }
        }
        for (x, y) in [(0.0, 20_000.0), (f64::NAN, 0.0), (0.0, f64::INFINITY), (20_100.0, -9_000.0)] {
            assert_eq!(degrees_at(&site, Point { x, y }), None);
        }
        // Houston from Dallas, by the degrees of a public table.
        (site.latitude, site.longitude) = (32.78, -96.8);
        let (latitude, longitude) = degrees_at(&site, from_site(&site, 29.76, -95.37)).unwrap();
        assert_eq!((latitude, longitude), (29.76, -95.37));
    }

    #[test]
    fn a_carrier_is_likely_on_the_way_to_its_metro() {
        let mut site = site();
        assert_eq!(on_its_way(&site, "car"), None);
        let fibre = |from: &str, to: &str, km| crate::site::Link {
            id: format!("{from}_{to}"),
            from: from.into(),
            to: to.into(),
            medium: Medium::Fibre { km: Some(km), trench: None },
            rating_mw: None,
            note: String::new(),
        };
        let mut room = site.components[2].clone();
        (room.id, room.kind) = ("mmr".into(), Kind::MeetMeRoom);
        assert_eq!(place(&site, &room, Ground::Map), Some(Point::default()));
        site.components.push(room);
        site.links = vec![fibre("car", "houston", 340.0), fibre("mmr", "car", 40.0)];
        let at = on_its_way(&site, "car").unwrap();
        let houston = place(&site, &site.components[1], Ground::Map).unwrap();
        assert!((at.x.hypot(at.y) - 40.0).abs() < 1.0, "{at:?}");
        assert!((at.x / at.y / (houston.x / houston.y) - 1.0).abs() < 0.05);
    }

    #[test]
    fn parts_are_put_and_taken_off_and_nowhere_is_refused() {
        let site = site();
        let put = |site: &Site, ground, id: &str, at| {
            apply(site, &Edit::Ground { ground, places: vec![(id.into(), at)] })
        };
        let (placed, label) = put(&site, Ground::Plan, "t1", Some(Point { x: 12.0, y: -3.0 })).unwrap();
        assert_eq!(
            (label.as_str(), placed.components[0].at_plan),
            ("Put T1 on the plan", Some(Point { x: 12.0, y: -3.0 }))
        );
        let (off, label) = put(&placed, Ground::Plan, "t1", None).unwrap();
        assert_eq!((label.as_str(), &off), ("Take T1 off the plan", &site));
        for at in [f64::NAN, f64::INFINITY, 1e9] {
            let why = put(&site, Ground::Plan, "t1", Some(Point { x: at, y: 0.0 })).unwrap_err();
            assert!(why.contains("T1 cannot stand there"), "{why}");
        }
        assert!(
            put(&site, Ground::Map, "t1", Some(Point::default()))
                .unwrap_err()
                .contains("not shown on the map")
        );
        assert!(put(&site, Ground::Map, "gone", None).unwrap_err().contains("`gone`"));
    }
}
