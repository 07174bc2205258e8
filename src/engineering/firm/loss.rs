//! The losses a site is asked to survive, what each leaves of a rating, and what a hall leans on.

use std::collections::BTreeSet;

use super::super::carry::{Layout, Limit, Stream, Ways};
use super::super::checks::name_of;
use super::super::supply::{Port, Sources};
use crate::site::{FailureClass, Kind};

/// One credible loss. Parts are indices into `site.components`, links into `site.links`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contingency {
    Nothing,
    Unit(usize),
    Part(usize),
    Link(usize),
    /// Every grid feed.
    Utility,
}

impl Contingency {
    /// The user's own name for the loss.
    pub fn label(self, layout: &Layout) -> String {
        match self {
            Self::Nothing => "nothing lost".to_owned(),
            Self::Unit(node) if layout.component(node).units > 1 => {
                format!("loss of one unit of {}", name_of(layout.component(node)))
            }
            Self::Unit(node) | Self::Part(node) => format!("loss of {}", name_of(layout.component(node))),
            Self::Link(link) => {
                let link = &layout.site.links[link];
                let name = |id: &str| {
                    layout.site.component(id).map_or_else(|| id.to_owned(), |end| name_of(end).to_owned())
                };
                format!("loss of the link {} from {} to {}", link.id, name(&link.from), name(&link.to))
            }
            Self::Utility => "loss of the utility".to_owned(),
        }
    }
}

/// The losses a class asks to survive, besides those of the class below it.
pub fn contingencies(layout: &Layout, class: FailureClass) -> Vec<Contingency> {
    contingencies_of(layout, &Leaning::new(layout), class)
}

pub(super) fn contingencies_of(layout: &Layout, leaning: &Leaning, class: FailureClass) -> Vec<Contingency> {
    let parts = || {
        leaning.all.iter().filter_map(|limit| match limit {
            Limit::Part(node) => Some(*node),
            _ => None,
        })
    };
    match class {
        FailureClass::N => vec![Contingency::Nothing],
        FailureClass::NPlusOne => parts().map(Contingency::Unit).collect(),
        FailureClass::Maintainable => parts()
            // A single unit is the whole part, which the class below has looked at.
            .filter(|node| layout.component(*node).units > 1)
            .map(Contingency::Part)
            .chain(leaning.all.iter().filter_map(|limit| match limit {
                Limit::Link(link) => Some(Contingency::Link(*link)),
                _ => None,
            }))
            .chain([Contingency::Utility])
            .collect(),
    }
}

/// Share of a rating that a loss leaves.
pub(in crate::engineering) fn factor(layout: &Layout, contingency: Contingency, limit: Limit) -> f64 {
    match (contingency, limit) {
        (Contingency::Part(lost), Limit::Part(node) | Limit::Firm(node)) if lost == node => 0.0,
        (Contingency::Unit(lost), Limit::Part(node) | Limit::Firm(node)) if lost == node => {
            let component = layout.component(node);
            let left = component.working_units().min(component.units.saturating_sub(1));
            f64::from(left) / f64::from(component.working_units())
        }
        (Contingency::Link(lost), Limit::Link(link)) if lost == link => 0.0,
        (Contingency::Utility, Limit::Part(node) | Limit::Firm(node))
            if matches!(layout.component(node).kind, Kind::GridFeed(_)) =>
        {
            0.0
        }
        _ => 1.0,
    }
}

/// What each hall's hosting can lean on: parts and links, on the utility and on the gensets.
#[derive(Debug)]
pub(super) struct Leaning {
    pub grid: Vec<BTreeSet<Limit>>,
    pub gensets: Vec<BTreeSet<Limit>>,
    pub all: BTreeSet<Limit>,
}

impl Leaning {
    pub fn new(layout: &Layout) -> Self {
        let of = |sources| {
            let stream = Stream::all(layout, Port::Hosting, sources);
            let ways = Ways::new(layout, &stream, |_| true, |_| true);
            layout.halls.iter().map(|hall| leaned_on(layout, &ways, hall.component)).collect::<Vec<_>>()
        };
        let (grid, gensets) = (of(Sources::Grid), of(Sources::Gensets));
        let all = grid.iter().chain(&gensets).flatten().copied().collect();
        Self { grid, gensets, all }
    }
}

fn leaned_on(layout: &Layout, ways: &Ways, hall: usize) -> BTreeSet<Limit> {
    let mut found = BTreeSet::new();
    let mut open = vec![hall];
    while let Some(node) = open.pop() {
        let links = if node == hall {
            let share =
                layout.halls.iter().find(|space| space.component == hall).map_or(0.0, |h| h.liquid_share);
            let by = |liquid: bool, used: bool| if used { ways.sinks(node, liquid) } else { Vec::new() };
            [ways.feeders(node), by(false, share < 1.0), by(true, share > 0.0)].concat()
        } else if layout.component(node).kind.cooling().is_some() {
            [ways.feeders(node), ways.onward(node)].concat()
        } else {
            ways.feeders(node)
        };
        for (link, other) in links {
            found.insert(Limit::Link(link));
            if found.insert(Limit::Part(other)) {
                open.push(other);
            }
        }
    }
    found
}
