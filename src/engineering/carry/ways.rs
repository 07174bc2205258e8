//! Which links and parts a load can use.

use super::super::supply::{Port, Sources, needs_power, rejects_heat};
use super::layout::Layout;
use crate::site::{Kind, Layer};

/// Load that is routed together: one port, one kind of source, and the halls (by place in [`Layout::halls`]) that
/// are on it.
#[derive(Clone, Debug)]
pub(in crate::engineering) struct Stream {
    pub port: Port,
    pub sources: Sources,
    pub halls: Vec<bool>,
    /// By component: closed to this stream.
    pub closed: Vec<bool>,
}

impl Stream {
    pub fn all(layout: &Layout, port: Port, sources: Sources) -> Self {
        Self {
            port,
            sources,
            halls: vec![true; layout.halls.len()],
            closed: vec![false; layout.site.components.len()],
        }
    }
}

/// Which links and parts a stream can use.
pub(in crate::engineering) struct Ways<'a> {
    layout: &'a Layout<'a>,
    stream: &'a Stream,
    /// Power arrives.
    pub supplied: Vec<bool>,
    /// Heat taken in reaches the outside.
    pub rejects: Vec<bool>,
}

impl<'a> Ways<'a> {
    /// Ways with some parts and links out of service.
    pub fn new(
        layout: &'a Layout<'a>,
        stream: &'a Stream,
        part_works: impl Fn(usize) -> bool,
        link_works: impl Fn(usize) -> bool,
    ) -> Self {
        let count = layout.site.components.len();
        let mut ways = Self { layout, stream, supplied: vec![false; count], rejects: vec![false; count] };
        for &node in &layout.power_order {
            let component = layout.component(node);
            ways.supplied[node] = layout.stands[node]
                && !stream.closed[node]
                && part_works(node)
                && match component.kind {
                    Kind::GridFeed(_) => stream.sources == Sources::Grid,
                    Kind::Genset(_) => stream.sources == Sources::Gensets,
                    Kind::Generation(_) => true,
                    Kind::Battery(_) => false,
                    _ => {
                        component.kind.layer() == Layer::Power
                            && ways.feeders(node).iter().any(|(link, _)| link_works(*link))
                    }
                };
        }
        for &node in layout.heat_order.iter().rev() {
            let component = layout.component(node);
            let powered =
                !needs_power(&component.kind) || ways.feeders(node).iter().any(|(link, _)| link_works(*link));
            let onward = ways.drawn_onward(node);
            let leaves = if onward.is_empty() {
                rejects_heat(&component.kind)
            } else {
                onward.iter().any(|(link, to)| ways.rejects[*to] && link_works(*link))
            };
            ways.rejects[node] = component.kind.cooling().is_some()
                && layout.stands[node]
                && part_works(node)
                && powered
                && leaves;
        }
        ways
    }

    fn serves(&self, link: usize) -> bool {
        self.layout.site.links[link].medium.serves().allows(self.stream.port.is_mining())
    }

    /// Power links into a node from parts that have power.
    pub fn feeders(&self, node: usize) -> Vec<(usize, usize)> {
        let links = self.layout.network.power_in(node).iter().copied();
        links.filter(|(link, from)| self.supplied[*from] && self.serves(*link)).collect()
    }

    /// Heat links out of a node in one medium to devices that reject it.
    pub fn sinks(&self, node: usize, liquid: bool) -> Vec<(usize, usize)> {
        let links = self.layout.network.heat_out(node, liquid).iter().copied();
        links.filter(|(link, to)| self.rejects[*to] && self.serves(*link)).collect()
    }

    /// Every heat link out of a device to another that stands, in either medium.
    fn drawn_onward(&self, node: usize) -> Vec<(usize, usize)> {
        let is_device =
            |to: usize| self.layout.stands[to] && self.layout.component(to).kind.cooling().is_some();
        [false, true]
            .into_iter()
            .flat_map(|liquid| self.layout.network.heat_out(node, liquid).iter().copied())
            .filter(|(link, to)| is_device(*to) && self.serves(*link))
            .collect()
    }

    /// Where a device hands its heat on; none for one that gives it to the outside.
    pub fn onward(&self, node: usize) -> Vec<(usize, usize)> {
        let mut onward = self.drawn_onward(node);
        onward.retain(|(_, to)| self.rejects[*to]);
        onward
    }
}
