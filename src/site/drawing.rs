//! The drawing itself, changed: parts moved, put in, joined and taken out. Pure: a stroke gives a new document or a sentence
//! that says why not.

pub mod groups;
mod hold;
mod swap;

pub use hold::name_problem;
pub use swap::lost_by;

use super::{Address, Component, ComponentId, Link, Medium, Object, Override, Point, Provenance, Site};
use std::collections::{BTreeMap, BTreeSet};

/// One gesture on the drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum Stroke {
    /// Puts parts elsewhere on the one-line diagram.
    Move(Vec<(ComponentId, Point)>),
    /// Puts in parts with their links.
    Insert(Box<Sketch>),
    /// Joins two parts.
    Connect(Box<Link>),
    /// Changes what a link carries and whom it serves; its ends stay.
    Relink(Box<Link>),
    /// Takes out parts and links, and what hangs on them; see [`hanging`].
    Remove { parts: Vec<ComponentId>, links: Vec<String> },
    /// Gives a part another tag; its id, which addresses name, stays.
    Rename { part: ComponentId, tag: String },
    /// Makes one group of parts; groups that are whole among them are then within it, of others the parts are no more.
    Group(Vec<ComponentId>),
    /// Takes the outermost group that is whole among the parts off; a part of none leaves its innermost.
    Ungroup(Vec<ComponentId>),
    /// Keeps parts where they are, or lets them be moved and taken out again.
    Lock { parts: Vec<ComponentId>, locked: bool },
    /// Turns each symbol a quarter clockwise about its own middle.
    Turn(Vec<ComponentId>),
    /// Changes left and right of each symbol, as it is seen.
    Flip(Vec<ComponentId>),
    /// Puts another kind in the place of the part of its id; links that do not fit it go. See [`lost_by`].
    Replace(Box<Replacement>),
    /// Leads a link into a part and from there on, with another link, to where it went.
    Split { link: String, by: ComponentId, into: Medium, rest: Box<Link> },
}

/// A part in the place of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Replacement {
    /// With the id of the part that it replaces.
    pub part: Component,
    /// Where its values come from.
    pub provenance: Vec<Provenance>,
    /// Links of the part before that do not fit.
    pub without: Vec<String>,
}

/// Some parts with the links among them and the origin of their values: what is copied, pasted and kept to be put in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    pub parts: Vec<Component>,
    pub links: Vec<Link>,
    pub provenance: Vec<Provenance>,
}

impl Sketch {
    /// Parts of a site, as they are drawn.
    pub fn of(site: &Site, parts: &BTreeSet<ComponentId>) -> Self {
        let inside = |link: &&Link| parts.contains(&link.from) && parts.contains(&link.to);
        let links: Vec<Link> = site.links.iter().filter(inside).cloned().collect();
        let is_of = |object: &Object| match object {
            Object::Component(id) | Object::ContractFrom(id, _) | Object::FirmFrom(id, _) => {
                parts.contains(id)
            }
            Object::Link(id) => links.iter().any(|link| link.id == *id),
            _ => false,
        };
        Self {
            parts: site.components.iter().filter(|part| parts.contains(&part.id)).cloned().collect(),
            provenance: site.provenance.iter().filter(|origin| is_of(&origin.at.object)).cloned().collect(),
            links,
        }
    }

    /// The sketch with ids and tags that the site does not have yet, moved by a distance. What its parts refer to and
    /// neither has is left out.
    pub fn fitted(mut self, site: &Site, by: Point) -> Self {
        let mut ids: BTreeSet<String> = site.components.iter().map(|part| part.id.clone()).collect();
        let mut tags: BTreeSet<String> = site.components.iter().map(|part| part.tag.clone()).collect();
        let mut renamed: BTreeMap<String, String> = BTreeMap::new();
        for part in &mut self.parts {
            let id = free(&part.id, "-", |id| ids.contains(id));
            ids.insert(id.clone());
            renamed.insert(std::mem::replace(&mut part.id, id.clone()), id);
            if !part.tag.is_empty() {
                part.tag = free(&part.tag, " ", |tag| tags.contains(tag));
                tags.insert(part.tag.clone());
            }
            part.at_schematic = Point { x: part.at_schematic.x + by.x, y: part.at_schematic.y + by.y };
            // Where it will stand nobody has said yet.
            (part.at_plan, part.at_map) = (None, None);
        }
        groups::own(&mut self.parts, site);
        let name = |id: &str| renamed.get(id).cloned().or_else(|| ids.contains(id).then(|| id.to_owned()));
        for part in &mut self.parts {
            if let super::State::Planned(planned) = &mut part.state {
                for list in [&mut planned.works_outage, &mut planned.replaces] {
                    *list = list.iter().filter_map(|id| name(id)).collect();
                }
            }
        }
        let mut link_ids: BTreeSet<String> = site.links.iter().map(|link| link.id.clone()).collect();
        let mut links_renamed: BTreeMap<String, String> = BTreeMap::new();
        self.links.retain_mut(|link| {
            let (Some(from), Some(to)) = (renamed.get(&link.from), renamed.get(&link.to)) else {
                return false;
            };
            (link.from, link.to) = (from.clone(), to.clone());
            let id = free(&format!("{from}_{to}"), "-", |id| link_ids.contains(id));
            link_ids.insert(id.clone());
            links_renamed.insert(std::mem::replace(&mut link.id, id.clone()), id);
            true
        });
        for origin in &mut self.provenance {
            let renamed = match &origin.at.object {
                Object::Component(id) => renamed.get(id).cloned().map(Object::Component),
                Object::ContractFrom(id, date) => {
                    renamed.get(id).map(|id| Object::ContractFrom(id.clone(), *date))
                }
                Object::FirmFrom(id, date) => renamed.get(id).map(|id| Object::FirmFrom(id.clone(), *date)),
                Object::Link(id) => links_renamed.get(id).cloned().map(Object::Link),
                _ => None,
            };
            if let Some(object) = renamed {
                origin.at = Address { object, field: origin.at.field.clone() };
            }
        }
        self
    }

    /// A site of its parts alone, to be written as a file is.
    pub fn into_site(self, name: &str) -> Site {
        let Self { parts, links, provenance } = self;
        Site { components: parts, links, provenance, ..Site::empty(name) }
    }

    /// All that is drawn of a site.
    pub fn of_site(site: Site) -> Self {
        let parts = site.components.iter().map(|part| part.id.clone()).collect();
        Self::of(&site, &parts)
    }

    /// The middle of its parts on the one-line diagram.
    pub fn centre(&self) -> Point {
        let range = |of: fn(&Component) -> f64| {
            let (low, high) = self
                .parts
                .iter()
                .map(of)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
            if low <= high { (low + high) / 2.0 } else { 0.0 }
        };
        Point { x: range(|part| part.at_schematic.x), y: range(|part| part.at_schematic.y) }
    }
}

/// True where two documents differ at most in where and how their parts are drawn, on what, and in their assessment, which no plan
/// takes notice of.
pub fn same_but_for_places(one: &Site, other: &Site) -> bool {
    let parts = one.components.iter().zip(&other.components);
    let stands_elsewhere = |(part, place): (&Component, &Component)| {
        part == place
            || Component {
                at_schematic: place.at_schematic,
                at_plan: place.at_plan,
                drawn: place.drawn.clone(),
                at_map: place.at_map,
                ..part.clone()
            } == *place
    };
    // Documents are large; most differ in the first part that does.
    one.components.len() == other.components.len()
        && parts.clone().all(stands_elsewhere)
        && (one == other
            || Site {
                components: other.components.clone(),
                assessment: other.assessment.clone(),
                backdrops: other.backdrops.clone(),
                ..one.clone()
            } == *other)
}

/// Places in the list of components of the parts that each link joins; none where one of them is not there.
pub fn link_ends(site: &Site) -> Vec<Option<(usize, usize)>> {
    let place: BTreeMap<&str, usize> =
        site.components.iter().enumerate().map(|(index, part)| (part.id.as_str(), index)).collect();
    let end = |id: &str| place.get(id).copied();
    site.links.iter().map(|link| end(&link.from).zip(end(&link.to))).collect()
}

/// A name that is not taken: itself, or with the next number at its end.
fn free(name: &str, between: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = name[stem.len()..].parse::<u64>().ok().filter(|_| !stem.is_empty());
    let (stem, mut next) = match number {
        Some(number) => (stem.to_owned(), number.saturating_add(1)),
        None => (format!("{name}{between}"), 2),
    };
    loop {
        let candidate = format!("{stem}{next}");
        if !is_taken(&candidate) {
            return candidate;
        }
        next = next.saturating_add(1);
    }
}

/// Carries out a stroke and says what it was.
///
/// # Errors
/// A sentence that names the part and what would do; the document is then left as it may be and thrown away.
pub(super) fn draw(site: &mut Site, stroke: &Stroke) -> Result<String, String> {
    match stroke {
        Stroke::Move(moves) => move_parts(site, moves),
        Stroke::Insert(sketch) => insert(site, sketch),
        Stroke::Connect(link) => connect(site, link),
        Stroke::Relink(link) => relink(site, link),
        Stroke::Remove { parts, links } => remove(site, parts, links),
        Stroke::Rename { part, tag } => hold::rename(site, part, tag),
        Stroke::Group(parts) => groups::group(site, parts),
        Stroke::Ungroup(parts) => groups::ungroup(site, parts),
        Stroke::Lock { parts, locked } => hold::lock(site, parts, *locked),
        Stroke::Turn(parts) => hold::turn(site, parts),
        Stroke::Flip(parts) => hold::flip(site, parts),
        Stroke::Replace(replacement) => swap::replace(site, replacement),
        Stroke::Split { link, by, into, rest } => swap::split(site, link, by, into, rest),
    }
}

fn move_parts(site: &mut Site, moves: &[(ComponentId, Point)]) -> Result<String, String> {
    for (id, at) in moves {
        if !(at.x.is_finite() && at.y.is_finite()) {
            return Err(format!(
                "{} cannot be moved to no place",
                site.object_name(&Object::Component(id.clone()))
            ));
        }
        let part = hold::held(site, id)?;
        if part.at_schematic != *at {
            hold::is_free(part)?;
        }
        part.at_schematic = *at;
    }
    Ok(match moves {
        [(id, _)] => format!("Move {}", site.object_name(&Object::Component(id.clone()))),
        _ => format!("Move {} parts", moves.len()),
    })
}

fn insert(site: &mut Site, sketch: &Sketch) -> Result<String, String> {
    let mut ids: BTreeSet<&str> = site.components.iter().map(|part| part.id.as_str()).collect();
    for part in &sketch.parts {
        if !ids.insert(&part.id) {
            return Err(format!("there is already a part `{}`; give the new one another id", part.id));
        }
    }
    let label = match sketch.parts.as_slice() {
        [part] => format!("Add {} {}", part.kind.label(), part.tag).trim_end().to_owned(),
        parts => format!("Add {} parts", parts.len()),
    };
    site.components.extend(sketch.parts.iter().cloned());
    for link in &sketch.links {
        connect(site, link)?;
    }
    site.provenance.extend(sketch.provenance.iter().cloned());
    Ok(label)
}

fn connect(site: &mut Site, link: &Link) -> Result<String, String> {
    can_connect(site, link)?;
    let name = |id: &str| site.object_name(&Object::Component(id.to_owned()));
    let label = format!("Join {} to {}", name(&link.from), name(&link.to));
    site.links.push(link.clone());
    Ok(label)
}

/// Whether a link can be drawn.
///
/// # Errors
/// Why not: an end that is not there, a part with itself, an id or a link that there is already.
pub fn can_connect(site: &Site, link: &Link) -> Result<(), String> {
    let name = |id: &str| site.object_name(&Object::Component(id.to_owned()));
    for end in [&link.from, &link.to] {
        if site.component(end).is_none() {
            return Err(format!("there is no part `{end}` to join"));
        }
    }
    if link.from == link.to {
        return Err(format!("{} cannot be joined to itself", name(&link.from)));
    }
    if site.links.iter().any(|other| other.id == link.id) {
        return Err(format!("there is already a link `{}`; give the new one another id", link.id));
    }
    let is_same = |other: &Link| {
        other.from == link.from && other.to == link.to && other.medium.label() == link.medium.label()
    };
    if site.links.iter().any(is_same) {
        let medium = link.medium.label().to_lowercase();
        return Err(format!("{} gives {medium} to {} already", name(&link.from), name(&link.to)));
    }
    Ok(())
}

fn relink(site: &mut Site, link: &Link) -> Result<String, String> {
    let name = |id: &str| site.object_name(&Object::Component(id.to_owned()));
    let label = format!("Change the link from {} to {}", name(&link.from), name(&link.to));
    let place = site.links.iter().position(|other| other.id == link.id);
    let place = place.ok_or_else(|| format!("there is no link `{}`", link.id))?;
    let known = &mut site.links[place];
    if (&known.from, &known.to) != (&link.from, &link.to) {
        return Err(format!("the link `{}` joins other parts; take it out and draw another", link.id));
    }
    *known = link.clone();
    Ok(label)
}

/// A link of a medium between two parts, with an id of its own.
pub fn link_between(site: &Site, from: &str, to: &str, medium: super::Medium) -> Link {
    Link {
        id: free(&format!("{from}_{to}"), "-", |id| site.links.iter().any(|link| link.id == id)),
        from: from.to_owned(),
        to: to.to_owned(),
        medium,
        rating_mw: None,
        note: String::new(),
    }
}

/// Links that go when parts do.
fn links_of<'a>(site: &'a Site, parts: &'a BTreeSet<&str>) -> impl Iterator<Item = &'a Link> {
    site.links.iter().filter(|link| parts.contains(link.from.as_str()) || parts.contains(link.to.as_str()))
}

/// What else goes with parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hanging {
    pub links: usize,
    /// What other parts, offers and scenarios say of them, in words.
    pub said: Vec<String>,
}

impl Hanging {
    /// All of it, a line each.
    pub fn words(&self) -> Vec<String> {
        let links = match self.links {
            0 => None,
            1 => Some("1 link".to_owned()),
            count => Some(format!("{count} links")),
        };
        links.into_iter().chain(self.said.iter().cloned()).collect()
    }
}

/// What hangs on parts and goes with them.
pub fn hanging(site: &Site, parts: &[ComponentId]) -> Hanging {
    let gone: BTreeSet<&str> = parts.iter().map(String::as_str).collect();
    let links = links_of(site, &gone).count();
    let mut found = Vec::new();
    for part in site.components.iter().filter(|part| !gone.contains(part.id.as_str())) {
        let Some(planned) = part.planned() else { continue };
        let names = |list: &[ComponentId]| {
            let names = list.iter().filter(|id| gone.contains(id.as_str()));
            names.map(|id| site.object_name(&Object::Component(id.clone()))).collect::<Vec<_>>().join(", ")
        };
        let own = site.object_name(&Object::Component(part.id.clone()));
        let (replaced, down) = (names(&planned.replaces), names(&planned.works_outage));
        if !replaced.is_empty() {
            found.push(format!("that {own} replaces {replaced}"));
        }
        if !down.is_empty() {
            found.push(format!("that the works of {own} take {down} down"));
        }
    }
    for offer in &site.offers {
        if let Some(latency) =
            offer.needs.latency.as_ref().filter(|latency| gone.contains(latency.metro.as_str()))
        {
            let metro = site.object_name(&Object::Component(latency.metro.clone()));
            found.push(format!("the round trip to {metro} that {} asks for", offer.label()));
        }
    }
    for scenario in &site.scenarios {
        let count =
            scenario.overrides.iter().filter(|change| is_about(change, &gone, &BTreeSet::new())).count();
        if count > 0 {
            let word = if count == 1 { "change" } else { "changes" };
            found.push(format!("{count} {word} of scenario {}", scenario.name));
        }
    }
    Hanging { links, said: found }
}

fn is_of(object: &Object, parts: &BTreeSet<&str>, links: &BTreeSet<String>) -> bool {
    match object {
        Object::Component(id) | Object::ContractFrom(id, _) | Object::FirmFrom(id, _) => {
            parts.contains(id.as_str())
        }
        Object::Link(id) => links.contains(id),
        _ => false,
    }
}

fn is_about(change: &Override, parts: &BTreeSet<&str>, links: &BTreeSet<String>) -> bool {
    match change {
        Override::Value { at, .. } => is_of(&at.object, parts, links),
        Override::State { component, .. } => parts.contains(component.as_str()),
        _ => false,
    }
}

fn remove(site: &mut Site, parts: &[ComponentId], links: &[String]) -> Result<String, String> {
    let label = match (parts, links) {
        ([id], []) => format!("Take out {}", site.object_name(&Object::Component(id.clone()))),
        ([], [id]) => format!("Take out {}", site.object_name(&Object::Link(id.clone()))),
        ([], links) => format!("Take out {} links", links.len()),
        (parts, _) => format!("Take out {} parts", parts.len()),
    };
    let gone: BTreeSet<&str> = parts.iter().map(String::as_str).collect();
    for id in &gone {
        hold::is_free(hold::held(site, id)?)?;
    }
    let mut links_gone: BTreeSet<String> = links_of(site, &gone).map(|link| link.id.clone()).collect();
    for id in links {
        if !site.links.iter().any(|link| link.id == *id) {
            return Err(format!("there is no link `{id}`"));
        }
        links_gone.insert(id.clone());
    }
    site.components.retain(|part| !gone.contains(part.id.as_str()));
    site.links.retain(|link| !links_gone.contains(&link.id));
    for part in &mut site.components {
        if let super::State::Planned(planned) = &mut part.state {
            planned.works_outage.retain(|id| !gone.contains(id.as_str()));
            planned.replaces.retain(|id| !gone.contains(id.as_str()));
        }
    }
    for offer in &mut site.offers {
        offer.needs.latency.take_if(|latency| gone.contains(latency.metro.as_str()));
    }
    for scenario in &mut site.scenarios {
        scenario.overrides.retain(|change| !is_about(change, &gone, &links_gone));
    }
    site.provenance.retain(|origin| !is_of(&origin.at.object, &gone, &links_gone));
    // A choice between options of which none is left chooses nothing.
    let sets: BTreeSet<&String> = site
        .components
        .iter()
        .filter_map(|part| part.planned()?.option_set.as_ref())
        .map(|option| &option.set)
        .collect();
    for scenario in &mut site.scenarios {
        scenario
            .overrides
            .retain(|change| !matches!(change, Override::Choice { set, .. } if !sets.contains(set)));
    }
    Ok(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::edit::{Edit, apply};
    use crate::site::{Kind, Medium, Scenario, Serves, State};

    pub(super) fn draw(site: &Site, stroke: Stroke) -> Result<(Site, String), String> {
        apply(site, &Edit::Draw(stroke))
    }

    pub(super) fn power() -> Medium {
        Medium::Power { serves: Serves::Both, normally_open: false }
    }

    pub(super) fn part(id: &str, tag: &str) -> Component {
        Component { tag: tag.into(), ..Component::standing(id, Kind::Carrier) }
    }

    /// Two parts that are joined, with an origin and a change in a scenario of the first.
    pub(super) fn pair() -> Site {
        let mut site = Site::empty("pair");
        site.components = vec![part("t-1", "T1"), part("bus", "BUS")];
        site.links = vec![link_between(&site, "t-1", "bus", power())];
        let at = Address::new(Object::Component("t-1".into()), "units");
        site.provenance.push(Provenance {
            at: at.clone(),
            source: "nameplate".into(),
            as_of: None,
            evidence: crate::site::Evidence::Measured,
            private: false,
            low: None,
            high: None,
        });
        site.scenarios.push(Scenario {
            name: "more".into(),
            overrides: vec![Override::Value { at, value: Some(2.0) }],
            note: String::new(),
        });
        site
    }

    pub(super) fn chosen(ids: &[&str]) -> BTreeSet<ComponentId> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_copy_has_names_of_its_own_and_keeps_its_links_and_sources() {
        let site = pair();
        let sketch = Sketch::of(&site, &chosen(&["t-1", "bus"])).fitted(&site, Point { x: 80.0, y: 0.0 });
        let (next, label) = draw(&site, Stroke::Insert(Box::new(sketch.clone()))).unwrap();
        assert_eq!(label, "Add 2 parts");
        let names: Vec<(&str, &str)> =
            next.components.iter().map(|part| (part.id.as_str(), part.tag.as_str())).collect();
        assert_eq!(names, [("t-1", "T1"), ("bus", "BUS"), ("t-2", "T2"), ("bus-2", "BUS 2")]);
        assert_eq!((next.links[1].from.as_str(), next.links[1].to.as_str()), ("t-2", "bus-2"));
        assert_eq!(next.provenance[1].at.to_string(), "components/t-2.units");
        assert_eq!(next.components[2].at_schematic.x, 80.0);
        // The same sketch again would give the same ids twice.
        assert!(draw(&next, Stroke::Insert(Box::new(sketch))).unwrap_err().contains("already a part `t-2`"));
    }

    #[test]
    fn a_part_elsewhere_is_the_same_to_a_plan_and_a_larger_one_is_not() {
        let site = pair();
        let (moved, _) = draw(&site, Stroke::Move(vec![("bus".into(), Point { x: 80.0, y: 8.0 })])).unwrap();
        assert!(moved != site && same_but_for_places(&site, &moved));
        let mut larger = moved;
        larger.components[0].units = 2;
        assert!(!same_but_for_places(&site, &larger));
    }

    #[test]
    fn a_part_goes_with_all_that_hangs_on_it_and_says_so_first() {
        let mut site = pair();
        let mut planned = crate::site::Planned { replaces: vec!["t-1".into()], ..Default::default() };
        planned.works_outage.push("t-1".into());
        site.components[1].state = State::Planned(planned);
        let parts = vec!["t-1".to_owned()];
        let words = hanging(&site, &parts).words().join("; ");
        for part in ["1 link", "that BUS replaces T1", "take T1 down", "1 change of scenario more"] {
            assert!(words.contains(part), "{words}");
        }
        let (next, label) = draw(&site, Stroke::Remove { parts, links: Vec::new() }).unwrap();
        assert_eq!(label, "Take out T1");
        assert!(
            next.links.is_empty() && next.provenance.is_empty() && next.scenarios[0].overrides.is_empty()
        );
        let planned = next.components[0].planned().unwrap();
        assert!(planned.replaces.is_empty() && planned.works_outage.is_empty());
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_with_the_parts_names() {
        let site = pair();
        let link = |from: &str, to: &str| Stroke::Connect(Box::new(link_between(&site, from, to, power())));
        let refused = |stroke: Stroke| draw(&site, stroke).unwrap_err();
        assert!(refused(link("t-1", "t-1")).contains("T1 cannot be joined to itself"));
        assert!(refused(link("t-1", "bus")).contains("T1 gives power to BUS already"));
        assert!(refused(link("t-1", "gone")).contains("no part `gone`"));
        assert!(refused(Stroke::Move(vec![("t-1".into(), Point { x: f64::NAN, y: 0.0 })])).contains("T1"));
        assert!(refused(Stroke::Move(vec![("gone".into(), Point::default())])).contains("`gone`"));
        assert!(refused(Stroke::Remove { parts: vec!["gone".into()], links: Vec::new() }).contains("`gone`"));
        assert!(refused(Stroke::Remove { parts: Vec::new(), links: vec!["gone".into()] }).contains("`gone`"));
        let mut other = site.links[0].clone();
        other.to = "t-1".into();
        assert!(refused(Stroke::Relink(Box::new(other))).contains("joins other parts"));
    }

    #[test]
    fn free_names_count_on() {
        let next = |name: &str| free(name, " ", |name| ["T1", "T2", "GEN", "7", "LV 1"].contains(&name));
        assert_eq!(
            [next("T1"), next("GEN"), next("X"), next("7"), next("LV 1")],
            ["T3", "GEN 2", "X", "7 2", "LV 2"]
        );
    }
}
