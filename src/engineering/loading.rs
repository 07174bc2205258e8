//! How full every part is, and what is left of it in the worst single loss.

use super::capacity::{HallCapacity, to_watts};
use super::carry::{Layout, Limit, Program, Stream, Ways, power_share, rating_of};
use super::firm::{Contingency, contingencies, factor};
use super::supply::{Port, Sources};
use crate::site::{FailureClass, Kind, Layer};

/// Load of one part at the design hour.
#[derive(Clone, Debug, PartialEq)]
pub struct PartLoading {
    /// Index into `site.components`.
    pub component: usize,
    /// Power passed on, or heat taken in, in the joint answer with everything in service, MW.
    pub used_mw: f64,
    /// Usable rating, spares left out; heat left at the design hour for cooling; the contract for a grid feed.
    pub rating_mw: f64,
    /// Used per rating; zero for a part without rating.
    pub share: f64,
    /// Rating that nothing uses in the joint answer, MW.
    pub stranded_mw: f64,
    /// What is left of the rating still in service, MW, in the single loss that leaves least, while the joint
    /// hosting goes on, mining is dropped, and loads share by rating among what still works: on the utility where it
    /// reaches every hall still, else on the gensets. Negative where the part would have to carry more than its
    /// rating; `None` where no loss puts hosting on the part.
    pub n_minus_1_margin_mw: Option<f64>,
    /// The loss that leaves least.
    pub worst_contingency: String,
}

/// Loads of every part that has any way to a hall.
pub(super) fn loadings(
    layout: &Layout,
    program: &Program,
    values: &[f64],
    halls: &[HallCapacity],
) -> Vec<PartLoading> {
    let ratings = layout.full_build();
    let hosting: Vec<f64> = halls.iter().map(|hall| hall.hosting_mw).collect();
    let margins = margins(layout, &hosting);
    let mut used = vec![0.0; layout.site.components.len()];
    for (limit, mw) in program.loads(values) {
        if let Limit::Part(node) = limit {
            used[node] = mw;
        }
    }
    let carries = |node: usize| {
        layout.stands[node] && matches!(layout.component(node).kind.layer(), Layer::Power | Layer::Cooling)
    };
    let margins = margins.into_iter().enumerate();
    margins
        .filter(|(node, _)| carries(*node))
        .map(|(node, margin)| {
            let rating_mw = rating_of(layout, &ratings, Limit::Part(node));
            let used_mw = to_watts(used[node].max(0.0));
            let (n_minus_1_margin_mw, worst_contingency) = match margin {
                Some((mw, contingency)) => (Some(to_watts(mw)), contingency.label(layout)),
                None => (None, String::new()),
            };
            PartLoading {
                component: node,
                used_mw,
                rating_mw,
                share: if rating_mw > 0.0 { used_mw / rating_mw } else { 0.0 },
                stranded_mw: (rating_mw - used_mw).max(0.0),
                n_minus_1_margin_mw,
                worst_contingency,
            }
        })
        .collect()
}

/// What the worst loss leaves of each part, and which loss that is.
fn margins(layout: &Layout, hosting: &[f64]) -> Vec<Option<(f64, Contingency)>> {
    let ratings = layout.full_build();
    let mut worst: Vec<Option<(f64, Contingency)>> = vec![None; layout.site.components.len()];
    let all = |node: usize| rating_of(layout, &ratings, Limit::Part(node));
    let whole = shared_by_rating(layout, hosting, Contingency::Nothing, &all);
    let classes = [FailureClass::NPlusOne, FailureClass::Maintainable];
    for contingency in classes.into_iter().flat_map(|class| contingencies(layout, class)) {
        let left = |node: usize| {
            rating_of(layout, &ratings, Limit::Part(node)) * factor(layout, contingency, Limit::Part(node))
        };
        // What carries nothing is not missed.
        let touches = match contingency {
            Contingency::Unit(node) | Contingency::Part(node) => whole[node] > 0.0,
            _ => true,
        };
        let loads = if touches { &shared_by_rating(layout, hosting, contingency, &left) } else { &whole };
        for (node, load) in loads.iter().copied().enumerate() {
            // A part that is lost has nothing to carry with.
            if load <= 0.0 || factor(layout, contingency, Limit::Part(node)) <= 0.0 {
                continue;
            }
            let margin = left(node) - load;
            if worst[node].is_none_or(|(least, _)| margin < least - 1e-9) {
                worst[node] = Some((margin, contingency));
            }
        }
    }
    worst
}

/// Load of every part when hosting is carried and everything in parallel shares by what is left of its rating.
fn shared_by_rating(
    layout: &Layout,
    hosting: &[f64],
    contingency: Contingency,
    left: &impl Fn(usize) -> f64,
) -> Vec<f64> {
    let part_works = |node: usize| left(node) > 0.0;
    let link_works = |link: usize| contingency != Contingency::Link(link);
    let streams =
        [Sources::Grid, Sources::Gensets].map(|sources| Stream::all(layout, Port::Hosting, sources));
    let ways = [0, 1].map(|which| Ways::new(layout, &streams[which], part_works, link_works));
    let served = |ways: &Ways<'_>, place: usize| {
        let hall = &layout.halls[place];
        let live = |links: Vec<(usize, usize)>| links.iter().any(|(link, _)| link_works(*link));
        live(ways.feeders(hall.component))
            && (hall.liquid_share >= 1.0 || live(ways.sinks(hall.component, false)))
            && (hall.liquid_share <= 0.0 || live(ways.sinks(hall.component, true)))
    };
    let on = |which: usize| (0..hosting.len()).filter(|place| served(&ways[which], *place)).count();
    let ways = &ways[usize::from(on(1) > on(0))];
    let count = layout.site.components.len();
    let (mut heat, mut given) = (vec![0.0; count], vec![0.0; count]);
    let split = |amount: f64, links: Vec<(usize, usize)>, to: &mut Vec<f64>| {
        let live: Vec<usize> =
            links.into_iter().filter(|(link, _)| link_works(*link)).map(|(_, other)| other).collect();
        let total: f64 = live.iter().map(|node| left(*node)).sum();
        for node in &live {
            let even = 1.0 / live.len() as f64;
            to[*node] += amount * if total > 0.0 && total.is_finite() { left(*node) / total } else { even };
        }
    };
    for (place, hall) in layout.halls.iter().enumerate().filter(|(place, _)| served(ways, *place)) {
        split(hosting[place] * (1.0 - hall.liquid_share), ways.sinks(hall.component, false), &mut heat);
        split(hosting[place] * hall.liquid_share, ways.sinks(hall.component, true), &mut heat);
        split(hosting[place], ways.feeders(hall.component), &mut given);
    }
    for &node in &layout.heat_order {
        if heat[node] > 0.0 {
            split(heat[node] * power_share(layout.component(node)), ways.feeders(node), &mut given);
            split(heat[node], ways.onward(node), &mut heat);
        }
    }
    for &node in layout.power_order.iter().rev() {
        let component = layout.component(node);
        let is_source = matches!(component.kind, Kind::GridFeed(_) | Kind::Generation(_) | Kind::Genset(_));
        if given[node] > 0.0 && !is_source {
            split(given[node] / (1.0 - component.loss_share()), ways.feeders(node), &mut given);
        }
    }
    (0..count).map(|node| heat[node] + given[node]).collect()
}
