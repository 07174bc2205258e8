//! What the engineering says of the items of an assessment, on the sites that come with the program.

use wattshift::engineering::assessment::suggestions;
use wattshift::engineering::study;
use wattshift::file::{read_text, templates};
use wattshift::site::{AssessmentState, AssessmentTopic, Kind, Site};

#[test]
fn every_template_is_judged_by_topics_with_evidence() {
    for template in templates() {
        let site = read_text(template.text).0.unwrap();
        let found = suggestions(&site, &study(&site));
        let topics: Vec<AssessmentTopic> = found.iter().map(|item| item.topic).collect();
        for topic in AssessmentTopic::ALL {
            assert!(
                topics.contains(&topic) || matches!(topic, AssessmentTopic::Permits),
                "{}: {topic:?}",
                template.name
            );
        }
        assert!(found.iter().all(|item| !item.evidence.is_empty() && item.cost_usd == 0.0));
    }
    let bare = Site::empty("bare");
    assert!(suggestions(&bare, &study(&bare)).is_empty());
}

#[test]
fn a_weak_floor_and_a_soft_grid_right_are_seen() {
    let mut site = read_text(templates()[0].text).0.unwrap();
    let state = |site: &Site, topic| {
        let found = suggestions(site, &study(site));
        found.into_iter().find(|item| item.topic == topic).unwrap().state
    };
    assert_eq!(state(&site, AssessmentTopic::FloorLoad), AssessmentState::Met);
    for part in &mut site.components {
        match &mut part.kind {
            Kind::Hall(hall) => hall.floor_load_t_per_m2 = 0.1,
            Kind::GridFeed(feed) => feed.firm_mw.iter_mut().for_each(|step| step.mw = 1.0),
            _ => {}
        }
    }
    assert_eq!(state(&site, AssessmentTopic::FloorLoad), AssessmentState::Open);
    assert_eq!(state(&site, AssessmentTopic::GridRight), AssessmentState::Open);
}
