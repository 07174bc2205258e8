//! Items of the assessment of a site.

use super::Day;
use crate::file::mirror::{choice, record};
use crate::site;

record! {
    AssessmentItem => site::AssessmentItem {
        topic: AssessmentTopic,
        item: String,
        state: AssessmentState = AssessmentState::Open,
        evidence: String = String::new(),
        cost_usd: f64 = 0.0,
        months: f64 = 0.0,
        gate: Option<Day> = None,
    }
}

choice! {
    AssessmentTopic => site::AssessmentTopic {
        Power, GridRight, Cooling, Water, Fibre, Space, FloorLoad, Permits, Sla
    }
}

choice! {
    AssessmentState => site::AssessmentState { Open, UnderWay, Met, Missed }
}
