//! Studies laid over the drawing: loading, margin after a loss, availability, heat, latency, what
//! one more MW is worth.
//!
//! A study gives parts a grade, a few words and an explanation. The grade is a colour, and so it is never alone: the
//! words beside the part say the same.

use std::collections::BTreeMap;

use super::moment::Moment;
use crate::engineering::{HallEngineering, Study as Findings};
use crate::plan::{Binding, Plan, Status};
use crate::quantity::{Unit, format};
use crate::site::{Component, Kind, Layer, Object, Site};

/// What is laid over the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Study {
    Loading,
    Margin,
    Availability,
    Heat,
    Latency,
    Worth,
}

/// How well a part stands in a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    Good,
    Fair,
    Tight,
    Bad,
}

impl Grade {
    pub const ALL: [Self; 4] = [Self::Good, Self::Fair, Self::Tight, Self::Bad];

    /// The first grade whose limit the value does not pass.
    fn up_to(value: f64, limits: [f64; 3]) -> Self {
        let place = limits.iter().position(|limit| value <= *limit).unwrap_or(limits.len());
        Self::ALL[place]
    }
}

/// What a study says of one part.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub grade: Grade,
    /// Beside the symbol: `81 %`.
    pub words: String,
    /// How the figure comes about, for the pointer that rests on the part.
    pub because: String,
}

impl Study {
    pub const ALL: [Self; 6] =
        [Self::Loading, Self::Margin, Self::Availability, Self::Heat, Self::Latency, Self::Worth];

    pub fn text(self) -> &'static str {
        match self {
            Self::Loading => "Loading",
            Self::Margin => "N-1 margin",
            Self::Availability => "Availability",
            Self::Heat => "Heat",
            Self::Latency => "Latency",
            Self::Worth => "Worth",
        }
    }

    /// Title of the legend.
    pub fn title(self) -> &'static str {
        match self {
            Self::Loading => "Load at the design hour",
            Self::Margin => "Left after the worst single loss",
            Self::Availability => "Hours a year it takes hosting down",
            Self::Heat => "Heat at the design hour",
            Self::Latency => "Round trip",
            Self::Worth => "NPV of one more MW",
        }
    }

    /// Words of each grade, best first.
    pub fn grades(self) -> [&'static str; 4] {
        match self {
            Self::Loading | Self::Heat => ["to 60 %", "to 80 %", "to 100 %", "over"],
            Self::Margin => ["30 % and more", "10 to 30 %", "0 to 10 %", "short"],
            Self::Availability => ["to 0.01 h", "to 0.1 h", "to 1 h", "more, or alone"],
            Self::Latency => ["to 2 ms", "to 10 ms", "to 30 ms", "more, or none"],
            Self::Worth => ["nothing", "to $0.1M", "to $1M", "more"],
        }
    }

    /// True for links that belong to the study; the others stand back.
    pub fn keeps(self, medium: &crate::site::Medium) -> bool {
        use crate::site::Medium;
        match self {
            Self::Loading | Self::Margin | Self::Availability | Self::Worth => true,
            Self::Heat => matches!(medium, Medium::Air { .. } | Medium::Liquid { .. }),
            Self::Latency => matches!(medium, Medium::Fibre { .. }),
        }
    }
}

const LOAD_LIMITS: [f64; 3] = [0.6, 0.8, 1.0 + 1e-6];
const HOUR_LIMITS: [f64; 3] = [0.01, 0.1, 1.0];
const MILLISECOND_LIMITS: [f64; 3] = [2.0, 10.0, 30.0];
/// USD of NPV a MW; below the first it rounds to nothing.
const WORTH_LIMITS: [f64; 3] = [500.0, 1e5, 1e6];

/// The marks of a study by place in `site.components`.
pub fn marks(
    study: Study,
    site: &Site,
    findings: &Findings,
    (plan, moment): (Option<&Plan>, &Moment),
) -> BTreeMap<usize, Mark> {
    let mark = |(index, part): (usize, &Component)| {
        let mark = match study {
            Study::Loading => loading(part, index, findings, moment),
            Study::Margin => margin(part, index, findings),
            Study::Availability => availability(site, part, findings),
            Study::Heat => heat(part, index, findings),
            Study::Latency => latency(site, part, findings),
            Study::Worth => plan.and_then(|plan| worth(site, part, plan)),
        };
        Some((index, mark?))
    };
    site.components.iter().enumerate().filter_map(mark).collect()
}

fn share_words(share: f64) -> String {
    format!("{} %", format::number(share * 100.0, 0))
}

/// In the plan's period, and without a plan when every hall hosts all it can.
fn loading(part: &Component, index: usize, findings: &Findings, moment: &Moment) -> Option<Mark> {
    if part.kind.layer() == Layer::Fibre {
        return None;
    }
    let at = moment.parts.get(index)?;
    if let (Some(load), Some(share)) = (at.load_mw, at.load_share()) {
        return Some(Mark {
            grade: Grade::up_to(share, LOAD_LIMITS),
            words: share_words(share),
            because: format!(
                "In this period of the plan it carries {} of {} at the design hour",
                format::mw(load),
                format::mw(at.rating_mw)
            ),
        });
    }
    let loading = findings.loading(index)?;
    Some(Mark {
        grade: Grade::up_to(loading.share, LOAD_LIMITS),
        words: share_words(loading.share),
        because: format!(
            "When all halls host, and then mine, all they can together it passes on {} of {}; there is no plan yet",
            format::mw(loading.used_mw),
            format::mw(loading.rating_mw)
        ),
    })
}

/// Halls: what survives any one unit, and any one part or link, as a share of what is carried with nothing lost.
/// Other parts: what is left of their rating in the loss that leaves least.
fn margin(part: &Component, index: usize, findings: &Findings) -> Option<Mark> {
    if part.hall().is_none() {
        let loading = findings.loading(index)?;
        let margin = loading.n_minus_1_margin_mw?;
        let grade = match margin / loading.rating_mw.max(1e-9) {
            share if share >= 0.3 => Grade::Good,
            share if share >= 0.1 => Grade::Fair,
            share if share >= -1e-6 => Grade::Tight,
            _ => Grade::Bad,
        };
        return Some(Mark {
            grade,
            words: format::mw(margin),
            because: format!(
                "{} of its {} left after the {}, with hosting going on and mining dropped",
                format::mw(margin),
                format::mw(loading.rating_mw),
                loading.worst_contingency
            ),
        });
    }
    judged(part, findings)?;
    let survival = findings.survival(&part.id)?;
    let firm = survival.mw;
    if firm.n <= 0.0 {
        return None;
    }
    let grade = match (firm.n_plus_1 / firm.n, firm.maintainable / firm.n) {
        (_, maintainable) if maintainable >= 1.0 - 1e-6 => Grade::Good,
        (any, _) if any >= 1.0 - 1e-6 => Grade::Fair,
        (any, _) if any > 1e-6 => Grade::Tight,
        _ => Grade::Bad,
    };
    let after = |place: usize| match survival.contingency[place].as_str() {
        "" => String::new(),
        loss => format!(" (least after the {loss})"),
    };
    Some(Mark {
        grade,
        words: format!("N+1 {}", format::mw(firm.n_plus_1)),
        because: format!(
            "Hosts {} with nothing lost, {} with any one unit lost{}, {} with any one part or link or the utility lost{}",
            format::mw(firm.n),
            format::mw(firm.n_plus_1),
            after(1),
            format::mw(firm.maintainable),
            after(2)
        ),
    })
}

fn judged<'f>(part: &Component, findings: &'f Findings) -> Option<&'f HallEngineering> {
    part.hall()?;
    findings.engineering.hall(&part.id).filter(|hall| hall.is_judged)
}

/// Halls: hours a year without power or cooling. Other parts: the hours of the worst hall that go with them.
fn availability(site: &Site, part: &Component, findings: &Findings) -> Option<Mark> {
    if part.hall().is_some() {
        let found = judged(part, findings)?.availability.as_ref()?;
        return Some(Mark {
            grade: Grade::up_to(found.downtime_hours_per_year, HOUR_LIMITS),
            words: format::availability(found.availability),
            because: format!(
                "Hosting is down {} hours and {} times a year, planned work {}; {}",
                format::number(found.downtime_hours_per_year, 2),
                format::number(found.failures_per_year, 2),
                if findings.options.planned_maintenance { "counted" } else { "left out" },
                match found.single_points_of_failure.len() {
                    0 => "no part alone takes it down".to_owned(),
                    1 => "one part alone takes it down".to_owned(),
                    count => format!("{count} parts each take it down alone"),
                }
            ),
        });
    }
    let halls =
        findings.engineering.halls.iter().filter_map(|hall| Some((hall, hall.availability.as_ref()?)));
    let caused = halls.filter_map(|(hall, found)| {
        // A cause common to several parts counts with each of them.
        let causes = found.causes.iter().filter(|cause| cause.cause.parts().contains(&part.id));
        let hours: f64 = causes.map(|cause| cause.hours_per_year).sum();
        let alone = found.single_points_of_failure.contains(&part.id);
        (hours > 0.0 || alone).then_some((hall, hours, alone))
    });
    let (hall, hours, alone) = caused.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let name = name_of(site, &hall.id);
    let grade = if alone { Grade::Bad } else { Grade::up_to(hours, HOUR_LIMITS) };
    Some(Mark {
        grade,
        words: match hours {
            hours if hours < 0.001 => "< 0.001 h".to_owned(),
            hours => format!("{} h", format::number(hours, if hours < 0.1 { 3 } else { 2 })),
        },
        because: format!(
            "{} hours a year in which {name} is down come from it, alone or in common with others{}",
            format::number(hours, 3),
            if alone { "; its loss alone takes the hall down" } else { "" }
        ),
    })
}

/// Devices: heat of hosting against what they can take at the design hour, and what the weather leaves of them.
/// Halls: power use over the year.
fn heat(part: &Component, index: usize, findings: &Findings) -> Option<Mark> {
    if part.hall().is_some() {
        let chain = findings.thermal.hall(&part.id)?.hosting.as_ref()?;
        let share = chain.it_mw / chain.design_hour_mw.max(1e-9);
        return Some(Mark {
            grade: Grade::up_to(share, LOAD_LIMITS),
            words: format!("PUE {}", format::number(chain.annual_pue, 2)),
            because: format!(
                "Hosting {}: its cooling takes up to {} at the design hour; PUE {} over the year and {} in the worst \
                 hour, {} hours without compressors, {} hours short",
                format::mw(chain.it_mw),
                format::mw(chain.design_hour_mw),
                format::number(chain.annual_pue, 3),
                format::number(chain.peak_pue, 3),
                format::number(f64::from(chain.free_cooling_hours), 0),
                format::number(f64::from(chain.short_hours), 0)
            ),
        });
    }
    part.kind.cooling()?;
    let loading = findings.loading(index)?;
    let weather = findings.thermal.devices.iter().find(|device| device.id == part.id).map(|device| {
        format!(
            "; of its rating the weather leaves {} at the design hour",
            format::percent(device.design_hour_share)
        )
    });
    Some(Mark {
        grade: Grade::up_to(loading.share, LOAD_LIMITS),
        words: share_words(loading.share),
        because: format!(
            "Takes {} of heat, of {} at the design hour, when all halls host and mine all they can together{}",
            format::mw(loading.used_mw),
            format::mw(loading.rating_mw),
            weather.unwrap_or_default()
        ),
    })
}

/// Halls: round trip to the nearest metro. Metros: from the nearest hall.
fn latency(site: &Site, part: &Component, findings: &Findings) -> Option<Mark> {
    let halls = || findings.engineering.halls.iter();
    let (ms, routes, because) = match &part.kind {
        Kind::Hall(_) => {
            let hall = judged(part, findings)?;
            let metro = hall.rtt_ms.iter().min_by(|a, b| a.1.total_cmp(b.1));
            let Some((metro, ms)) = metro else {
                return Some(no_route("No metro is in reach over the fibre drawn"));
            };
            let listed: Vec<String> = hall
                .rtt_ms
                .iter()
                .map(|(id, ms)| {
                    format!("{} {}", name_of(site, id), format::with_unit(*ms, Unit::Milliseconds))
                })
                .collect();
            (*ms, hall.diverse_routes.get(metro).copied().unwrap_or(0), listed.join(", "))
        }
        Kind::Metro(_) => {
            let nearest = halls()
                .filter_map(|hall| Some((hall, *hall.rtt_ms.get(&part.id)?)))
                .min_by(|a, b| a.1.total_cmp(&b.1));
            let Some((hall, ms)) = nearest else {
                return Some(no_route("No hall reaches it over the fibre drawn"));
            };
            let routes =
                halls().filter_map(|hall| hall.diverse_routes.get(&part.id)).max().copied().unwrap_or(0);
            (ms, routes, format!("From {}, the nearest hall", name_of(site, &hall.id)))
        }
        _ => return None,
    };
    let routes = format!("{routes} {}", if routes == 1 { "route" } else { "routes" });
    Some(Mark {
        grade: Grade::up_to(ms, MILLISECOND_LIMITS),
        words: format!("{} · {routes}", format::with_unit(ms, Unit::Milliseconds)),
        because: format!("{because}; {routes} of which no two share a trench"),
    })
}

/// What the plan says one more MW of a part is worth: of the dearest of its limits, over the whole horizon.
fn worth(site: &Site, part: &Component, plan: &Plan) -> Option<Mark> {
    if part.kind.layer() == Layer::Fibre || plan.status == Status::Infeasible {
        return None;
    }
    let name = name_of(site, &part.id);
    let bound: Vec<&Binding> = plan.binding.iter().filter(|bound| bound.is_of(&name)).collect();
    let a_mw = |bound: &&Binding| match (bound.unit.as_str(), part.hall()) {
        // Of all positions of the hall.
        ("USD per share", Some(hall)) => bound.worth_usd() / hall.critical_mw.max(1e-9),
        _ => bound.worth_usd(),
    };
    let usd = bound.iter().map(a_mw).fold(0.0, f64::max);
    let grade = Grade::up_to(usd, WORTH_LIMITS);
    let because = match bound.as_slice() {
        [] => "No limit of it binds in the plan: more of it would earn nothing".to_owned(),
        bound => bound.iter().map(|bound| bound.sentence.as_str()).collect::<Vec<_>>().join("\n"),
    };
    let words = if grade == Grade::Good { "$0".to_owned() } else { format::usd(usd) };
    Some(Mark { grade, words, because })
}

fn no_route(because: &str) -> Mark {
    Mark { grade: Grade::Bad, words: "no route".to_owned(), because: because.to_owned() }
}

fn name_of(site: &Site, id: &str) -> String {
    site.object_name(&Object::Component(id.to_owned()))
}
