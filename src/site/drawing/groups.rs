//! Groups of parts, and groups of groups: how they are made and left, and what a hand reaches of them.
//!
//! A part names the groups it is of, from the outermost to the innermost. Parts are of one group where their names agree as
//! far as that group: what a damaged file says of groups can then be no circle and no more than what is written.

use std::collections::{BTreeMap, BTreeSet};

use super::free;
use super::hold::{held, named};
use crate::site::{Component, ComponentId, Site};

/// Most groups within each other.
pub const MOST_LEVELS: usize = 16;

/// Names of a part's groups; of a damaged file no more than a drawing can have.
fn path(part: &Component) -> Vec<&str> {
    part.drawn.groups().take(MOST_LEVELS).map(String::as_str).collect()
}

/// How many names two lists begin with alike.
fn alike(one: &[&str], other: &[&str]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// Places of the parts of a group: of all that are within it.
fn members(site: &Site, of: &[&str]) -> BTreeSet<usize> {
    let is_of = |part: &Component| {
        let mut groups = part.drawn.groups();
        of.iter().all(|name| groups.next().is_some_and(|group| group == name))
    };
    let parts = site.components.iter().enumerate().filter(|(_, part)| is_of(part));
    parts.map(|(place, _)| place).collect()
}

/// The group, by the names down to it, that parts are the whole of; the outermost of such.
fn whole<'a>(site: &'a Site, chosen: &BTreeSet<usize>) -> Option<Vec<&'a str>> {
    let first = path(site.components.get(*chosen.first()?)?);
    let is_whole = |depth: &usize| members(site, &first[..*depth]) == *chosen;
    let depth = (1..=first.len()).find(is_whole)?;
    Some(first[..depth].to_vec())
}

/// The group whose parts and groups a hand is at, by the names down to it, once `chosen` is selected.
fn level<'a>(site: &'a Site, chosen: &BTreeSet<usize>) -> Vec<&'a str> {
    if let Some(mut group) = whole(site, chosen).filter(|_| chosen.len() > 1) {
        group.pop();
        return group;
    }
    let mut paths = chosen.iter().filter_map(|place| site.components.get(*place)).map(path);
    let Some(mut common) = paths.next() else { return Vec::new() };
    for other in paths {
        if common.is_empty() {
            break;
        }
        common.truncate(alike(&common, &other));
    }
    common
}

/// What of a part is `depth` groups deep: its group there, else the part itself.
fn unit(site: &Site, place: usize, depth: usize) -> BTreeSet<usize> {
    match site.components.get(place).map(path) {
        Some(groups) if groups.len() > depth => members(site, &groups[..=depth]),
        _ => BTreeSet::from([place]),
    }
}

/// What a click on a part reaches while `chosen` is selected: its outermost group; where the selection is inside of groups
/// that the part is of, too, what stands there beside it.
pub fn reached(site: &Site, place: usize, chosen: &BTreeSet<usize>) -> BTreeSet<usize> {
    let Some(part) = site.components.get(place) else { return BTreeSet::new() };
    unit(site, place, alike(&level(site, chosen), &path(part)))
}

/// What is one level further in towards a part; `None` where the whole of a group that it is of is not selected.
pub fn further_in(site: &Site, place: usize, chosen: &BTreeSet<usize>) -> Option<BTreeSet<usize>> {
    let group = whole(site, chosen).filter(|_| chosen.contains(&place))?;
    (group.len()..=MOST_LEVELS).map(|depth| unit(site, place, depth)).find(|unit| unit != chosen)
}

/// The group around what is selected; `None` where it is in none.
pub fn further_out(site: &Site, chosen: &BTreeSet<usize>) -> Option<BTreeSet<usize>> {
    let around = level(site, chosen);
    (1..=around.len()).rev().map(|depth| members(site, &around[..depth])).find(|group| group != chosen)
}

/// What a selection is of groups, in words; `None` where it is of none.
pub fn words(site: &Site, chosen: &BTreeSet<usize>) -> Option<String> {
    let around = match further_out(site, chosen).map(|group| group.len()) {
        Some(count) => format!("in a group of {count}: Escape selects it"),
        None => String::new(),
    };
    let Some(group) = whole(site, chosen).filter(|_| chosen.len() > 1) else {
        let mut letters = around.chars();
        let first = letters.next()?;
        return Some(first.to_uppercase().chain(letters).collect());
    };
    let mut groups: BTreeSet<&str> = BTreeSet::new();
    let mut alone = 0;
    for part in chosen.iter().filter_map(|place| site.components.get(*place)) {
        match path(part).get(group.len()) {
            Some(inner) => {
                groups.insert(inner);
            }
            None => alone += 1,
        }
    }
    let some = |count: usize, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    };
    let inside = [some(groups.len(), "group", "groups"), some(alone, "part", "parts")];
    let inside = inside.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    let out = if around.is_empty() { String::new() } else { format!("; {around}") };
    Some(format!("A group of {inside}: Enter goes in{out}"))
}

/// Of each group, by the names down to it, how many of its parts are not among those chosen.
fn left_out<'a>(site: &'a Site, chosen: &BTreeSet<usize>) -> BTreeMap<Vec<&'a str>, usize> {
    let mut others: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    for (place, part) in site.components.iter().enumerate() {
        let groups = path(part);
        for depth in 1..=groups.len() {
            *others.entry(groups[..depth].to_vec()).or_default() += usize::from(!chosen.contains(&place));
        }
    }
    others
}

/// Names that are taken by groups.
fn taken(parts: &[Component]) -> BTreeSet<String> {
    parts.iter().flat_map(|part| part.drawn.groups().cloned()).collect()
}

pub(super) fn group(site: &mut Site, parts: &[ComponentId]) -> Result<String, String> {
    let parts: BTreeSet<&ComponentId> = parts.iter().collect();
    if parts.len() < 2 {
        return Err("a group is of two parts or more; Shift and a click adds one".to_owned());
    }
    for id in &parts {
        held(site, id)?;
    }
    let places = site.components.iter().enumerate().filter(|(_, part)| parts.contains(&part.id));
    let chosen: BTreeSet<usize> = places.map(|(place, _)| place).collect();
    if whole(site, &chosen).is_some() {
        return Err(format!("these {} parts are a group already", chosen.len()));
    }
    let around: Vec<String> = level(site, &chosen).into_iter().map(str::to_owned).collect();
    let known = taken(&site.components);
    let name = free("group", "-", |name| known.contains(name));
    let left_out = left_out(site, &chosen);
    let mut next: Vec<(usize, Vec<String>)> = Vec::new();
    for place in &chosen {
        let part = &site.components[*place];
        let groups = path(part);
        let is_whole = |depth: &usize| left_out.get(&groups[..=*depth]) == Some(&0);
        let inner: Vec<String> =
            (around.len()..groups.len()).filter(is_whole).map(|depth| groups[depth].to_owned()).collect();
        if part.drawn.groups().count() > MOST_LEVELS || around.len() + 1 + inner.len() > MOST_LEVELS {
            let why = format!("groups are at most {MOST_LEVELS} within each other");
            return Err(format!(
                "{why}; take one of those of {} off first",
                named(site, std::slice::from_ref(&part.id))
            ));
        }
        next.push((*place, around.iter().cloned().chain([name.clone()]).chain(inner).collect()));
    }
    for (place, groups) in next {
        site.components[place].drawn.set_groups(groups);
    }
    Ok(format!("Group {} parts", chosen.len()))
}

pub(super) fn ungroup(site: &mut Site, parts: &[ComponentId]) -> Result<String, String> {
    let label = format!("Ungroup {}", named(site, parts));
    for id in parts {
        held(site, id)?;
    }
    let wanted: BTreeSet<&ComponentId> = parts.iter().collect();
    let places = site.components.iter().enumerate().filter(|(_, part)| wanted.contains(&part.id));
    let chosen: BTreeSet<usize> = places.map(|(place, _)| place).collect();
    let left_out = left_out(site, &chosen);
    let mut next: Vec<(usize, Vec<String>)> = Vec::new();
    for place in &chosen {
        let part = &site.components[*place];
        let groups = path(part);
        let outermost = (0..groups.len()).find(|depth| left_out.get(&groups[..=*depth]) == Some(&0));
        let off = outermost.or(groups.len().checked_sub(1));
        let kept = part.drawn.groups().enumerate().filter(|(depth, _)| Some(*depth) != off);
        next.push((*place, kept.map(|(_, name)| name.clone()).collect()));
    }
    for (place, groups) in next {
        site.components[place].drawn.set_groups(groups);
    }
    Ok(label)
}

/// Gives the groups of parts that are put in names that the site does not have. A group of which one part is put in is none,
/// nor is one around another of the same parts.
pub(super) fn own(parts: &mut [Component], site: &Site) {
    let mut sizes: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for part in parts.iter() {
        let groups: Vec<String> = part.drawn.groups().cloned().collect();
        for depth in 1..=groups.len().min(MOST_LEVELS) {
            *sizes.entry(groups[..depth].to_vec()).or_default() += 1;
        }
    }
    let mut taken = taken(&site.components);
    let mut renamed: BTreeMap<Vec<String>, String> = BTreeMap::new();
    for part in parts {
        let groups: Vec<String> = part.drawn.groups().cloned().collect();
        let size = |depth: usize| groups.get(..depth).and_then(|of| sizes.get(of)).copied().unwrap_or(0);
        let mut own = Vec::new();
        for depth in (1..=groups.len()).filter(|depth| size(*depth) > 1 && size(*depth) != size(*depth + 1)) {
            let name = renamed
                .entry(groups[..depth].to_vec())
                .or_insert_with(|| free(&groups[depth - 1], "-", |name| taken.contains(name)));
            taken.insert(name.clone());
            own.push(name.clone());
        }
        part.drawn.set_groups(own);
    }
}

#[cfg(test)]
mod tests;
