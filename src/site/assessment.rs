//! What has to be true of a site before tenants come: items with their state, evidence, cost, months and gate.

use super::field::FieldSpec;
use crate::quantity::{Date, Unit};

/// What an item is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssessmentTopic {
    #[default]
    Power,
    /// How firm the right to the grid is.
    GridRight,
    Cooling,
    Water,
    Fibre,
    Space,
    FloorLoad,
    Permits,
    Sla,
}

impl AssessmentTopic {
    pub const ALL: [Self; 9] = [
        Self::Power,
        Self::GridRight,
        Self::Cooling,
        Self::Water,
        Self::Fibre,
        Self::Space,
        Self::FloorLoad,
        Self::Permits,
        Self::Sla,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Power => "Power",
            Self::GridRight => "Grid right",
            Self::Cooling => "Cooling",
            Self::Water => "Water",
            Self::Fibre => "Fibre",
            Self::Space => "Space",
            Self::FloorLoad => "Floor load",
            Self::Permits => "Permits",
            Self::Sla => "SLA",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssessmentState {
    #[default]
    Open,
    UnderWay,
    Met,
    /// Cannot be met as things stand.
    Missed,
}

impl AssessmentState {
    pub const ALL: [Self; 4] = [Self::Open, Self::UnderWay, Self::Met, Self::Missed];

    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::UnderWay => "Under way",
            Self::Met => "Met",
            Self::Missed => "Missed",
        }
    }
}

/// One thing that has to be true.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssessmentItem {
    pub topic: AssessmentTopic,
    pub item: String,
    pub state: AssessmentState,
    /// Document, measurement or study that says so.
    pub evidence: String,
    /// What it takes to meet it. Not part of a plan: what is built is drawn.
    pub cost_usd: f64,
    pub months: f64,
    /// Day by which it has to be met.
    pub gate: Option<Date>,
}

/// The numbers of an item.
pub const COST: FieldSpec = FieldSpec {
    key: "cost_usd",
    label: "Cost",
    unit: Unit::Usd,
    min: 0.0,
    max: 1e12,
    optional: false,
    whole: false,
    help: "What it takes to meet the item; a plan does not count it",
};
pub const MONTHS: FieldSpec = FieldSpec {
    key: "months",
    label: "Months",
    unit: Unit::Months,
    min: 0.0,
    max: 240.0,
    optional: false,
    whole: false,
    help: "How long it takes to meet the item",
};
