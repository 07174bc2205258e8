//! Blueprints: parts of a drawing kept to be put in again, scaled by megawatts and joined at their ports.
//!
//! A blueprint is a site of its own. What its parts are joined to outside are stand-ins, parts whose note is
//! [`STAND_IN`]: a port is a stand-in, named by it and joined to whatever the site has in its place. So a blueprint is
//! written, read and checked as a site is.

use std::collections::{BTreeMap, BTreeSet};

use super::added::{added, added_fit_out, renamed};
use super::convertible::Proposal;
use super::equipment::{ladder, sized};
use super::place::put_beside;
use super::sizes::rating_of;
use crate::quantity::{Report, format};
use crate::site::drawing::{Sketch, Stroke};
use crate::site::edit::{Edit, apply};
use crate::site::{Component, ComponentId, Kind, Layer, Object, Point, Side, Site};

/// Note of a part that stands for one of the site.
pub const STAND_IN: &str = "Stand-in: joined to a part of the site";

/// Parts kept to be put in. Its name and what it is for are the site's name and note.
#[derive(Clone, Debug, PartialEq)]
pub struct Blueprint {
    pub site: Site,
}

/// Where a blueprint is joined to the site.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// Of the stand-in, within the blueprint.
    pub id: ComponentId,
    pub name: String,
    /// What of the site may take its place, likeliest first.
    pub choices: Vec<ComponentId>,
}

/// What is put in, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Insertion {
    pub blueprint: Blueprint,
    /// As large as this, MW; see [`Blueprint::mw`].
    pub mw: f64,
    /// Where the middle of it is meant to stand on the one-line.
    pub at: Point,
    /// What of the site takes the place of a stand-in, by its id; nothing where it is `None`, the likeliest where the
    /// port is not named.
    pub joins: BTreeMap<ComponentId, Option<ComponentId>>,
}

fn is_stand_in(part: &Component) -> bool {
    part.note == STAND_IN
}

impl Blueprint {
    /// A blueprint of a site read from a file.
    ///
    /// # Errors
    /// When there are no parts to put in.
    pub fn of(site: Site) -> Result<Self, String> {
        if site.components.iter().all(is_stand_in) {
            return Err(format!(
                "{} holds no parts to put in",
                if site.name.is_empty() { "the blueprint" } else { &site.name }
            ));
        }
        Ok(Self { site })
    }

    /// Keeps parts of a site: themselves, their links, and stand-ins for what they are joined to.
    ///
    /// # Errors
    /// When none of the parts is there.
    pub fn cut_out(site: &Site, parts: &BTreeSet<ComponentId>, name: &str) -> Result<Self, String> {
        let outside: BTreeSet<ComponentId> = site
            .links
            .iter()
            .filter_map(|link| match (parts.contains(&link.from), parts.contains(&link.to)) {
                (true, false) => Some(link.to.clone()),
                (false, true) => Some(link.from.clone()),
                _ => None,
            })
            .collect();
        let mut kept = Sketch::of(site, &parts.union(&outside).cloned().collect());
        let is_within = |id: &str| parts.contains(id);
        // What stands outside is joined among itself, too; that is no matter of the blueprint.
        kept.links.retain(|link| is_within(&link.from) || is_within(&link.to));
        for part in &mut kept.parts {
            if !is_within(&part.id) {
                STAND_IN.clone_into(&mut part.note);
                part.state = crate::site::State::Existing(None);
            }
            if let crate::site::State::Planned(planned) = &mut part.state {
                for list in [&mut planned.works_outage, &mut planned.replaces] {
                    list.retain(|id| is_within(id));
                }
            }
        }
        kept.provenance.retain(|origin| match &origin.at.object {
            Object::Component(id) | Object::ContractFrom(id, _) | Object::FirmFrom(id, _) => is_within(id),
            Object::Link(id) => kept.links.iter().any(|link| link.id == *id),
            _ => false,
        });
        let mut blueprint = kept.into_site(name);
        blueprint.catalogue.clone_from(&site.catalogue);
        Self::of(blueprint)
    }

    /// How large it is as it is kept: the IT of its halls, else the largest rating of its parts, MW. Zero where
    /// nothing has one, as for fibre.
    pub fn mw(&self) -> f64 {
        let own = || self.site.components.iter().filter(|part| !is_stand_in(part));
        let halls: f64 = own().filter_map(Component::hall).map(|hall| hall.critical_mw).sum();
        if halls > 0.0 { halls } else { own().map(Component::rating_mw).fold(0.0, f64::max) }
    }

    /// Its ports, with the parts of a site that fit: of the stand-in's kind and voltage, those of its side first, then
    /// the nearest to a place.
    pub fn ports(&self, site: &Site, at: Point) -> Vec<Port> {
        let mut taken: BTreeSet<ComponentId> = BTreeSet::new();
        let mut ports = Vec::new();
        for port in self.site.components.iter().filter(|part| is_stand_in(part)) {
            let mut choices: Vec<&Component> =
                site.components.iter().filter(|part| fits(port, part)).collect();
            let order = |part: &&Component| {
                let (dx, dy) = (part.at_schematic.x - at.x, part.at_schematic.y - at.y);
                let other_side = port.side != Side::None && part.side != port.side;
                (taken.contains(&part.id), other_side, dx * dx + dy * dy)
            };
            choices.sort_by(|one, other| {
                let ((a, b, c), (d, e, f)) = (order(one), order(other));
                (a, b).cmp(&(d, e)).then(c.total_cmp(&f))
            });
            let choices: Vec<ComponentId> = choices.iter().map(|part| part.id.clone()).collect();
            taken.extend(choices.first().cloned());
            let name = if port.name.is_empty() { port.tag.clone() } else { port.name.clone() };
            ports.push(Port { id: port.id.clone(), name, choices });
        }
        ports
    }
}

/// Whether a part of the site may take the place of a stand-in.
fn fits(port: &Component, part: &Component) -> bool {
    let same = |one: Option<f64>, other: Option<f64>| match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 0.01 * one.abs().max(other.abs()),
        _ => true,
    };
    port.kind.label() == part.kind.label() && same(port.kv_out.or(port.kv_in), part.kv_out.or(part.kv_in))
}

impl Insertion {
    /// A blueprint as large as it is kept, joined to what is likeliest.
    pub fn of(blueprint: Blueprint, at: Point) -> Self {
        Self { mw: blueprint.mw(), blueprint, at, joins: BTreeMap::new() }
    }

    /// Works out what is put in; without a proposal where the report has errors.
    pub fn propose(&self, site: &Site) -> (Option<Proposal>, Report) {
        let mut report = Report::default();
        let name = &self.blueprint.site.name;
        let kept_mw = self.blueprint.mw();
        let is_scalable = kept_mw > 0.0;
        if is_scalable && !(self.mw.is_finite() && self.mw > 0.0 && self.mw <= MOST_MW) {
            report.error(
                "size-impossible",
                "blueprint",
                format!("{} of {name} cannot be drawn", format::mw(self.mw)),
                format!("enter more than 0 and at most {}", format::mw(MOST_MW)),
            );
        }
        if !(self.at.x.is_finite() && self.at.y.is_finite()) {
            report.error(
                "no-place",
                "blueprint",
                format!("{name} cannot be put at no place"),
                "enter two numbers",
            );
        }
        let ports = self.blueprint.ports(site, self.at);
        let joins = self.chosen(site, &ports, &mut report);
        if report.has_errors() {
            return (None, report);
        }
        let factor = if is_scalable { self.mw / kept_mw } else { 1.0 };
        let Some(sketch) = self.sketch(site, factor, &joins) else {
            report.error(
                "load-too-large",
                "blueprint",
                format!(
                    "{} of {name} would take more than ten thousand units of one part",
                    format::mw(self.mw)
                ),
                "put in a smaller one, or several",
            );
            return (None, report);
        };
        let fit_outs = sketch.parts.iter().filter_map(added_fit_out);
        let added: Vec<_> = sketch.parts.iter().map(added).chain(fit_outs).collect();
        let label = if name.is_empty() { "Insert a blueprint".to_owned() } else { format!("Insert {name}") };
        let edit = Edit::Together { label, edits: vec![Edit::Draw(Stroke::Insert(Box::new(sketch)))] };
        match apply(site, &edit) {
            Ok((after, _)) => {
                let proposal = Proposal {
                    edit,
                    capex_usd: added.iter().map(|part| part.usd).sum(),
                    lead_months: added.iter().map(|part| part.lead_months).fold(0.0, f64::max),
                    added,
                    site: after,
                };
                (Some(proposal), report)
            }
            Err(why) => {
                report.error("cannot-draw", "blueprint", why, "");
                (None, report)
            }
        }
    }

    /// What takes the place of each stand-in.
    fn chosen(&self, site: &Site, ports: &[Port], report: &mut Report) -> BTreeMap<ComponentId, ComponentId> {
        let mut joins = BTreeMap::new();
        for port in ports {
            match self.joins.get(&port.id) {
                Some(Some(id)) if port.choices.contains(id) => {
                    joins.insert(port.id.clone(), id.clone());
                }
                Some(Some(id)) => {
                    let hint = match port.choices.as_slice() {
                        [] => "leave the port open".to_owned(),
                        choices => format!("there are: {}", choices.join(", ")),
                    };
                    let what = site.object_name(&Object::Component(id.clone()));
                    report.error(
                        "port-misfit",
                        "blueprint",
                        format!("{what} does not fit the port {}", port.name),
                        hint,
                    );
                }
                Some(None) => {}
                None => match port.choices.first() {
                    Some(first) => {
                        joins.insert(port.id.clone(), first.clone());
                    }
                    None => report.warning(
                        "port-open",
                        "blueprint",
                        format!("nothing in the site fits the port {}, which stays open", port.name),
                        "draw what it takes, and join it",
                    ),
                },
            }
        }
        for id in self.joins.keys().filter(|id| !ports.iter().any(|port| port.id == **id)) {
            let known: Vec<&str> = ports.iter().map(|port| port.id.as_str()).collect();
            report.error(
                "no-port",
                "blueprint",
                format!("{} has no port `{id}`", self.blueprint.site.name),
                if known.is_empty() { String::new() } else { format!("there are: {}", known.join(", ")) },
            );
        }
        joins
    }

    fn sketch(&self, site: &Site, factor: f64, joins: &BTreeMap<ComponentId, ComponentId>) -> Option<Sketch> {
        let kept = &self.blueprint.site;
        let own: BTreeSet<ComponentId> =
            kept.components.iter().filter(|part| !is_stand_in(part)).map(|part| part.id.clone()).collect();
        let mut sketch = Sketch::of(kept, &own);
        for part in &mut sketch.parts {
            scale(part, factor)?;
        }
        let middle = sketch.centre();
        let by = Point { x: self.at.x - middle.x, y: self.at.y - middle.y };
        for link in &mut sketch.links {
            link.rating_mw = link.rating_mw.map(|mw| mw * factor);
        }
        // Ids of the blueprint may be those of parts of the site: its own are renamed first, with the parts of the site
        // that take the place of stand-ins under names nothing else has.
        let apart = |id: &str| format!("{id}\u{1}");
        for link in kept.links.iter().filter(|link| own.contains(&link.from) != own.contains(&link.to)) {
            let end = |id: &str| {
                if own.contains(id) { Some(id.to_owned()) } else { joins.get(id).map(|id| apart(id)) }
            };
            if let (Some(from), Some(to)) = (end(&link.from), end(&link.to)) {
                let rating_mw = link.rating_mw.map(|mw| mw * factor);
                sketch.links.push(crate::site::Link { from, to, rating_mw, ..link.clone() });
            }
        }
        let mut sketch = renamed(site, sketch, by);
        for link in &mut sketch.links {
            for (end, other) in [(true, link.from.clone()), (false, link.to.clone())] {
                if let Some(id) = other.strip_suffix('\u{1}') {
                    if end {
                        id.clone_into(&mut link.from);
                    } else {
                        id.clone_into(&mut link.to);
                    }
                    link.id = link.id.replace('\u{1}', "");
                }
            }
        }
        // Two ports may have got the same part.
        let mut seen = BTreeSet::new();
        sketch.links.retain(|link| seen.insert((link.from.clone(), link.to.clone(), link.medium.label())));
        let mut ids: BTreeSet<String> = site.links.iter().map(|link| link.id.clone()).collect();
        for link in &mut sketch.links {
            while !ids.insert(link.id.clone()) {
                link.id.push_str("-2");
            }
        }
        Some(put_beside(site, sketch))
    }
}

/// Largest blueprint that can be put in, MW: the range of the table of editable numbers.
const MOST_MW: f64 = 1e5;

/// Makes a part larger or smaller: halls and single parts by their rating, sets by the units that carry the load, with
/// units of the ladder where the set would have less than one. What has no rating stays.
fn scale(part: &mut Component, factor: f64) -> Option<()> {
    if factor == 1.0 || part.kind.layer() == Layer::Fibre {
        return Some(());
    }
    match &mut part.kind {
        Kind::Hall(hall) => {
            hall.critical_mw *= factor;
            hall.area_m2 *= factor;
            hall.fitted_mw *= factor;
            for group in &mut hall.row_groups {
                group.positions = whole(f64::from(group.positions) * factor)?;
            }
            return Some(());
        }
        Kind::GridFeed(feed) => {
            feed.interconnection_mw *= factor;
            for step in feed.contract_mw.iter_mut().chain(&mut feed.firm_mw) {
                step.mw *= factor;
            }
            feed.deposit_usd *= factor;
            return Some(());
        }
        Kind::Battery(battery) => {
            battery.rating_mw *= factor;
            battery.energy_mwh *= factor;
            return Some(());
        }
        Kind::Generation(generation) => {
            generation.rating_mw *= factor;
            return Some(());
        }
        _ => {}
    }
    let (unit, ladder) = (rating_of(part), ladder_of(part));
    let need = unit * f64::from(part.working_units()) * factor;
    let (working, rating) = if ladder.is_empty() || !(unit > 0.0) {
        (whole((f64::from(part.working_units()) * factor * (1.0 - 1e-12)).ceil())?, unit)
    } else if part.working_units() > 1 && need >= unit {
        (whole((need / unit * (1.0 - 1e-12)).ceil())?, unit)
    } else {
        let found = sized(need, ladder, 0)?;
        (found.units, found.rating)
    };
    let before = f64::from(part.units) / f64::from(part.working_units());
    part.units = working.checked_add(part.spare_units)?;
    super::pen::set_rating(&mut part.kind, rating);
    if let crate::site::State::Planned(planned) = &mut part.state {
        // A spare beside fewer or more units is another share of the price of a usable MW.
        planned.usd_per_mw *= f64::from(part.units) / f64::from(working) / before;
        planned.block_mw = planned.block_mw.map(|mw| mw * rating / unit);
    }
    Some(())
}

/// At least one, and no more than a set may have.
fn whole(count: f64) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held to the range")]
    (count.is_finite() && count <= super::equipment::MOST_UNITS * 10.0)
        .then_some(count.round().max(1.0) as u32)
}

/// Ratings a part is made in.
fn ladder_of(part: &Component) -> &'static [f64] {
    typical_of(part).map_or(&[], ladder)
}

/// The typical part that a part is one of, by kind and voltage.
pub(super) fn typical_of(part: &Component) -> Option<&'static str> {
    let is_low = part.kv_out.or(part.kv_in).is_some_and(|kv| kv < 1.0);
    Some(match &part.kind {
        Kind::GridFeed(_) => "grid-feed",
        Kind::Generation(_) => "generation",
        Kind::Transformer(_) if is_low => "unit-transformer",
        Kind::Transformer(_) => "transformer",
        Kind::Switchgear(_) if is_low => "switchboard",
        Kind::Switchgear(_) => "switchgear",
        Kind::Genset(_) => "genset",
        Kind::Ups(_) => "ups",
        Kind::Battery(_) => "battery",
        Kind::AutomaticTransferSwitch(_) => "ats",
        Kind::StaticTransferSwitch(_) => "sts",
        Kind::Distribution(_) => "pdu",
        Kind::FanWall(_) => "fan-wall",
        Kind::Crah(_) => "crah",
        Kind::RearDoor(_) => "rear-door",
        Kind::Cdu(_) => "cdu",
        Kind::Immersion(_) => "immersion",
        Kind::Chiller(_) => "chiller",
        Kind::DryCooler(_) => "dry-cooler",
        Kind::AdiabaticCooler(_) => "adiabatic-cooler",
        Kind::CoolingTower(_) => "cooling-tower",
        Kind::MeetMeRoom => "meet-me-room",
        Kind::Hall(_) | Kind::Carrier | Kind::Metro(_) => return None,
    })
}
