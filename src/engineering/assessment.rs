//! What the studies know of the items of an assessment.

use super::space::bears_racks;
use super::study::Study;
use crate::quantity::format;
use crate::site::{AssessmentItem, AssessmentState, AssessmentTopic, Kind, Object, Site};

/// Shares within which figures are the same.
const NEAR: f64 = 0.99;

/// Items as the drawing and its studies show them, in the order of the topics: state and evidence are theirs, cost, months
/// and gate are the user's to say. A topic of which nothing is drawn is left out.
pub fn suggestions(site: &Site, study: &Study) -> Vec<AssessmentItem> {
    let name = |id: &str| site.object_name(&Object::Component(id.to_owned()));
    let mut found = Vec::new();
    let mut add = |topic, item: &str, is_met: bool, evidence: String| {
        let state = if is_met { AssessmentState::Met } else { AssessmentState::Open };
        found.push(AssessmentItem {
            topic,
            item: item.to_owned(),
            state,
            evidence,
            ..AssessmentItem::default()
        });
    };
    let wanted: f64 = site.halls().map(|(_, hall)| hall.hosting_max_mw()).sum();
    if wanted <= 0.0 {
        return found;
    }
    let can = study.capacity.hosting_mw;
    add(
        AssessmentTopic::Power,
        "Power and cooling carry all that may become hosting",
        can >= NEAR * wanted,
        format!(
            "{} of {} at the design hour with everything planned built",
            format::mw(can),
            format::mw(wanted)
        ),
    );
    let feeds: Vec<_> = site.grid_feeds().collect();
    if !feeds.is_empty() {
        // Without a list of dates all of the connection is firm.
        let firm: f64 = feeds
            .iter()
            .map(|(_, feed)| feed.firm_mw.last().map_or(feed.interconnection_mw, |step| step.mw))
            .sum();
        let pue = study.site_thermal().map(|thermal| thermal.peak_pue);
        let needed = wanted * pue.unwrap_or(1.0);
        let by = match pue {
            Some(pue) => format!("at a peak PUE of {}", format::number(pue, 2)),
            None => "before losses and cooling".to_owned(),
        };
        add(
            AssessmentTopic::GridRight,
            "The firm right covers hosting in its worst hour",
            firm >= NEAR * needed,
            format!("{} firm, {} needed {by}", format::mw(firm), format::mw(needed)),
        );
    }
    let chains: Vec<_> =
        study.thermal.halls.iter().filter_map(|hall| Some((&hall.id, hall.hosting.as_ref()?))).collect();
    if let Some((hall, worst)) = chains.iter().max_by_key(|(_, chain)| chain.short_hours) {
        let evidence = match worst.short_hours {
            0 => "All the heat is carried in every hour of the year".to_owned(),
            hours => format!(
                "{} is short of cooling in {} h of the year",
                name(hall),
                format::number(f64::from(hours), 0)
            ),
        };
        add(
            AssessmentTopic::Cooling,
            "Cooling carries the heat in every hour",
            worst.short_hours == 0,
            evidence,
        );
        let cubic_metres: f64 = chains.iter().map(|(_, chain)| chain.wue_l_per_kwh * chain.it_mwh).sum();
        let evidence = match cubic_metres {
            water if water > 0.5 => {
                format!("{} m³ a year are evaporated at full build", format::number(water, 0))
            }
            _ => "Nothing is evaporated".to_owned(),
        };
        add(
            AssessmentTopic::Water,
            "The water right covers what is evaporated",
            cubic_metres <= 0.5,
            evidence,
        );
    }
    let judged = study.engineering.halls.iter().filter(|hall| hall.is_judged && hall.hosting_max_mw > 0.0);
    let routes: Vec<_> = judged
        .clone()
        .map(|hall| (&hall.id, hall.diverse_routes.values().copied().max().unwrap_or(0)))
        .collect();
    if let Some((hall, least)) = routes.iter().min_by_key(|(_, routes)| *routes) {
        add(
            AssessmentTopic::Fibre,
            "Two diverse routes reach a metro",
            *least >= 2,
            format!("{least} from {}, the hall with fewest", name(hall)),
        );
    }
    let narrow: Vec<String> = site
        .halls()
        .filter(|(_, hall)| {
            let sums = hall.row_sums();
            let fit_out =
                hall.fit_out.as_ref().map_or(0.0, |fit_out| fit_out.m2_per_mw * hall.hosting_max_mw());
            sums.floor_m2.max(fit_out) > hall.area_m2 / NEAR
        })
        .map(|(part, _)| name(&part.id))
        .collect();
    let evidence = match narrow.as_slice() {
        [] => "Floors of all halls hold their rows and fit-outs".to_owned(),
        halls => format!("Too little floor in {}", halls.join(", ")),
    };
    add(AssessmentTopic::Space, "The halls have the floor", narrow.is_empty(), evidence);
    if site.halls().any(|(_, hall)| !hall.row_groups.is_empty()) {
        let weak: Vec<String> = site
            .halls()
            .filter(|(_, hall)| hall.row_groups.iter().any(|group| !bears_racks(hall, group)))
            .map(|(part, _)| name(&part.id))
            .collect();
        let evidence = match weak.as_slice() {
            [] => "By weight and footprint of the racks of every row".to_owned(),
            halls => format!("Racks too heavy in {}", halls.join(", ")),
        };
        add(AssessmentTopic::FloorLoad, "The floors bear the racks", weak.is_empty(), evidence);
    }
    for part in &site.components {
        if let Kind::Genset(genset) = &part.kind {
            let evidence = format!(
                "{} sets of {}, {} h a year by the drawing",
                part.units,
                format::mw(genset.rating_mw),
                format::number(genset.permit_hours_per_year, 0)
            );
            // A permit is a paper: nothing drawn shows it.
            add(AssessmentTopic::Permits, &format!("Air permit of {}", name(&part.id)), false, evidence);
        }
    }
    let available = judged.filter_map(|hall| Some((&hall.id, hall.availability.as_ref()?.availability)));
    let least = available.min_by(|a, b| a.1.total_cmp(&b.1));
    let asked = site.offers.iter().map(|offer| offer.needs.availability).fold(0.0, f64::max);
    if let Some((hall, least)) = least
        && asked > 0.0
    {
        add(
            AssessmentTopic::Sla,
            "Availability is what the customers ask",
            least >= asked,
            format!(
                "{} in {}, {} asked",
                format::availability(least),
                name(hall),
                format::availability(asked)
            ),
        );
    }
    found
}
