//! Which classes of work a hall suits, by round trip and availability.
//!
//! A class has a bound on the round trip to its users, its peer site or its pool, and a need for availability
//! (`assets/catalogue/workloads.csv`, with ranges and sources). It is met at a metro when the round trip there keeps the
//! bound and power and cooling of the hall and the fibre to the metro are both up for the share needed:
//! `A = A_port * A_fibre`, the two failing independently of each other.
//!
//! What it leaves out: bandwidth, the network beyond the metro, and what the work asks of the hall itself (density,
//! cooling), which [`super::pair`] judges for an offer.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::availability::fibre::FibreAvailability;
use super::summary::HallEngineering;
use super::supply::Port;
use crate::quantity::{Unit, format};
use crate::site::{ComponentId, Object, Site};

const ASSET: &str = include_str!("../../assets/catalogue/workloads.csv");

/// A class of work and what it asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// Stable, for scripts: `chat_inference`.
    pub key: String,
    pub name: String,
    pub port: Port,
    /// Round trip it bears, ms: by strict, usual and lax practice. The usual one is judged by; `None` bears any.
    pub rtt_ms: [Option<f64>; 3],
    /// Share of the hours it asks for at least, and the share that is good practice where that is more.
    pub availability_need: f64,
    pub availability_good: Option<f64>,
    /// What the round trip is to: users, peer, venue, pool.
    pub rtt_to: String,
    pub year: u16,
    pub source: String,
}

static BUILT_IN: LazyLock<Vec<Workload>> =
    LazyLock::new(|| ASSET.lines().skip(1).filter_map(workload).collect());

/// Every class of the program, in the order of the asset.
pub fn workloads() -> &'static [Workload] {
    &BUILT_IN
}

/// A line of the asset; a test sees that none is dropped.
fn workload(line: &str) -> Option<Workload> {
    let cells = cells(line);
    let [key, name, port, low, base, high, need, good, rtt_to, year, source] = cells.as_slice() else {
        return None;
    };
    let number = |cell: &String| -> Option<Option<f64>> {
        if cell.is_empty() { Some(None) } else { cell.parse().ok().map(Some) }
    };
    Some(Workload {
        key: key.clone(),
        name: name.clone(),
        port: [Port::Hosting, Port::Mining].into_iter().find(|known| known.word() == port)?,
        rtt_ms: [number(low)?, number(base)?, number(high)?],
        availability_need: need.parse().ok()?,
        availability_good: number(good)?,
        rtt_to: rtt_to.clone(),
        year: year.parse().ok()?,
        source: source.clone(),
    })
}

/// Cells between commas outside quotes.
fn cells(line: &str) -> Vec<String> {
    let (mut found, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(String::new()),
            _ => {
                if let Some(cell) = found.last_mut() {
                    cell.push(letter);
                }
            }
        }
    }
    found
}

/// How a class fares in a hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Satisfied,
    /// No fibre leads to any metro.
    OutOfReach,
    /// Even the nearest metro is too far.
    TooFar,
    /// Near enough, and down too often.
    DownTooOften,
    /// The hall has no port of that use, or its availability could not be judged.
    NotJudged,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Self::Satisfied => "fits",
            Self::OutOfReach => "out of reach",
            Self::TooFar => "too far",
            Self::DownTooOften => "down too often",
            Self::NotJudged => "not judged",
        }
    }

    /// As JSON names it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::OutOfReach => "out_of_reach",
            Self::TooFar => "too_far",
            Self::DownTooOften => "down_too_often",
            Self::NotJudged => "not_judged",
        }
    }
}

/// A class of work in one hall, at the metro that suits it best.
#[derive(Clone, Debug, PartialEq)]
pub struct Suitability {
    pub workload: &'static Workload,
    pub verdict: Verdict,
    /// The most available metro within the bound, else the nearest.
    pub metro: Option<ComponentId>,
    pub rtt_ms: Option<f64>,
    /// Of power, cooling and the fibre to the metro together.
    pub availability: Option<f64>,
}

/// Every class in a hall; `fibre` is by metro id.
pub fn suitability(
    hall: &HallEngineering,
    fibre: Option<&BTreeMap<ComponentId, FibreAvailability>>,
) -> Vec<Suitability> {
    workloads().iter().map(|workload| judged(workload, hall, fibre)).collect()
}

fn judged(
    workload: &'static Workload,
    hall: &HallEngineering,
    fibre: Option<&BTreeMap<ComponentId, FibreAvailability>>,
) -> Suitability {
    let port = match workload.port {
        Port::Hosting => hall.availability.as_ref().map(|found| found.availability),
        Port::Mining => hall.mining_availability,
    };
    let up = |metro: &ComponentId| Some(port? * fibre?.get(metro)?.availability);
    let bound = workload.rtt_ms[1].unwrap_or(f64::INFINITY);
    let nearest = hall.rtt_ms.iter().min_by(|a, b| a.1.total_cmp(b.1));
    // Of equals the nearer, and then the first by id.
    let near = hall
        .rtt_ms
        .iter()
        .filter(|(_, ms)| **ms <= bound)
        .map(|(metro, ms)| (metro, ms, up(metro)))
        .min_by(|a, b| b.2.unwrap_or(0.0).total_cmp(&a.2.unwrap_or(0.0)).then(a.1.total_cmp(b.1)));
    let (verdict, metro, availability) = match (near, nearest) {
        (Some((metro, ms, availability)), _) => {
            let verdict = match availability {
                None => Verdict::NotJudged,
                Some(share) if share >= workload.availability_need => Verdict::Satisfied,
                Some(_) => Verdict::DownTooOften,
            };
            (verdict, Some((metro, ms)), availability)
        }
        (None, Some((metro, ms))) => (Verdict::TooFar, Some((metro, ms)), up(metro)),
        (None, None) => (Verdict::OutOfReach, None, None),
    };
    Suitability {
        workload,
        verdict,
        metro: metro.map(|(metro, _)| metro.clone()),
        rtt_ms: metro.map(|(_, ms)| *ms),
        availability,
    }
}

impl Suitability {
    pub fn is_satisfied(&self) -> bool {
        self.verdict == Verdict::Satisfied
    }

    /// Why it is or is not satisfied, by the names of the site.
    pub fn because(&self, site: &Site) -> String {
        let metro = self.metro.as_ref().map(|id| site.object_name(&Object::Component(id.clone())));
        let metro = metro.unwrap_or_default();
        let milliseconds = |ms: f64| format::with_unit(ms, Unit::Milliseconds);
        let ms = milliseconds(self.rtt_ms.unwrap_or(0.0));
        let bound = match self.workload.rtt_ms[1] {
            Some(bound) => format!("of at most {}", milliseconds(bound)),
            None => "without a bound".to_owned(),
        };
        let up = format::availability(self.availability.unwrap_or(0.0));
        let need = format::availability(self.workload.availability_need);
        match self.verdict {
            Verdict::Satisfied => format!("{ms} to {metro} {bound}; up {up} with the fibre, {need} needed"),
            Verdict::OutOfReach => "no metro is in reach over the fibre drawn".to_owned(),
            Verdict::TooFar => format!("{metro} is the nearest with {ms}, {bound}"),
            Verdict::DownTooOften => {
                format!("{ms} to {metro} {bound}; up {up} with the fibre, {need} needed")
            }
            Verdict::NotJudged => format!(
                "{ms} to {metro} {bound}; the hall has no {} whose availability can be judged",
                self.workload.port.word()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Study, study};
    use super::*;
    use crate::site::{Kind, Metro, Serves};

    #[test]
    fn every_line_of_the_asset_is_read_in_order_with_its_source() {
        assert_eq!(workloads().len(), ASSET.lines().skip(1).count());
        for workload in workloads() {
            let bounds: Vec<f64> = workload.rtt_ms.iter().flatten().copied().collect();
            assert!(bounds.is_sorted() && bounds.iter().all(|ms| *ms > 0.0), "{}", workload.key);
            assert!(bounds.is_empty() || workload.rtt_ms[1].is_some(), "{}", workload.key);
            assert!((0.5..1.0).contains(&workload.availability_need), "{}", workload.key);
            assert!(workload.availability_good.is_none_or(|good| good > workload.availability_need));
            assert!(workload.source.len() > 20 && workload.year >= 2020 && !workload.name.is_empty());
        }
    }

    /// A hall on grid and fan wall that never fail, and a metro so many km of fibre away.
    fn site(km: Option<f64>) -> Site {
        let mut site = site_of(&[
            ("hall", hall(10.0)),
            ("grid", grid(50.0)),
            ("wall", Kind::FanWall(cooling(12.0, 0.02))),
            ("dallas", Kind::Metro(Metro { latitude: 32.8, longitude: -96.8 })),
        ]);
        power(&mut site, "grid", "hall");
        power(&mut site, "grid", "wall");
        air(&mut site, "hall", "wall", Serves::Both);
        for id in ["grid", "wall", "dallas"] {
            reliability(&mut site, id, 0.0, 0.0);
        }
        if let Some(km) = km {
            fibre(&mut site, "hall", "dallas", Some(km), None);
        }
        site
    }

    fn verdict(study: &Study, key: &str) -> Verdict {
        let found = study.workloads["hall"].iter().find(|found| found.workload.key == key);
        found.unwrap().verdict
    }

    #[test]
    fn a_class_is_met_by_round_trip_and_availability_together() {
        // 50 km: 0.0027 cuts a km and year of 6 h, so 0.135 * 6 / 8760 of the hours: 0.99991.
        let near = study(&site(Some(50.0)));
        assert_eq!(verdict(&near, "chat_inference"), Verdict::Satisfied);
        assert_eq!(verdict(&near, "availability_zone"), Verdict::Satisfied);
        assert_eq!(verdict(&near, "control"), Verdict::DownTooOften);
        assert_eq!(verdict(&near, "high_frequency_trading"), Verdict::TooFar);
        let zone =
            near.workloads["hall"].iter().find(|found| found.workload.key == "availability_zone").unwrap();
        assert!((zone.rtt_ms.unwrap() - (2.0 * 4.9e-3 * 50.0 + 0.02)).abs() < 1e-12);
        let down = 1.0 - 1.0 / (1.0 + 0.0027 * 50.0 * 6.0 / 8760.0);
        assert!((1.0 - zone.availability.unwrap() - down).abs() < 1e-12);
        assert!(zone.because(&site(Some(50.0))).contains("to dallas"), "{}", zone.because(&site(Some(50.0))));

        // 600 km: 5.9 ms, and 0.0011 of the hours cut.
        let far = study(&site(Some(600.0)));
        for key in ["availability_zone", "training_across_sites"] {
            assert_eq!(verdict(&far, key), Verdict::TooFar);
        }
        assert_eq!(verdict(&far, "real_time_inference"), Verdict::DownTooOften);
        for key in ["training", "batch_inference", "bitcoin_pool"] {
            assert_eq!(verdict(&far, key), Verdict::Satisfied, "{key}");
        }
    }

    #[test]
    fn without_fibre_or_without_availability_nothing_is_claimed() {
        let dark = study(&site(None));
        assert!(dark.workloads["hall"].iter().all(|found| found.verdict == Verdict::OutOfReach));
        let mut unknown = site(Some(50.0));
        unknown.component_mut("grid").unwrap().repair_hours = None;
        let unknown = study(&unknown);
        assert_eq!(verdict(&unknown, "chat_inference"), Verdict::NotJudged);
        assert_eq!(verdict(&unknown, "availability_zone"), Verdict::NotJudged);
        assert_eq!(verdict(&unknown, "high_frequency_trading"), Verdict::TooFar);
    }

    #[test]
    fn of_two_metros_the_one_that_suits_is_taken() {
        let mut both = site(Some(1_500.0));
        both.components.push(component("austin", Kind::Metro(Metro { latitude: 30.3, longitude: -97.7 })));
        reliability(&mut both, "austin", 20.0, 24.0);
        fibre(&mut both, "hall", "austin", Some(10.0), None);
        let found = study(&both);
        let metro = |key: &str| {
            let class = found.workloads["hall"].iter().find(|found| found.workload.key == key).unwrap();
            class.metro.clone().unwrap()
        };
        // The near metro is down for 5 % of the hours: only what cannot do with the far one goes there.
        assert_eq!(
            (metro("chat_inference"), metro("availability_zone")),
            ("dallas".to_owned(), "austin".to_owned())
        );
        assert_eq!(verdict(&found, "availability_zone"), Verdict::DownTooOften);
    }
}
