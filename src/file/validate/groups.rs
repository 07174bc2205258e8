//! Groups of parts within each other: warnings all, since no plan depends on them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, way};
use crate::site::drawing::groups::MOST_LEVELS;
use crate::site::{Object, Site};

impl Check<'_, '_> {
    pub(super) fn groups(&mut self, site: &Site) {
        // The names around each group, as the first part of it has them.
        let mut around: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (index, part) in site.components.iter().enumerate() {
            if part.drawn.subgroups.is_empty() && part.drawn.group.is_none() {
                continue;
            }
            let name = site.object_name(&Object::Component(part.id.clone()));
            let way = way!["components", index, "drawn", "subgroups"];
            if part.drawn.group.is_none() {
                self.warning(
                    "group-dangling",
                    &way,
                    format!("{name} is of groups within a group, and that one is not named"),
                    "name the outermost group as `group`, or leave `subgroups` out",
                );
            }
            let count = part.drawn.groups().count();
            if count > MOST_LEVELS {
                self.warning(
                    "group-depth",
                    &way,
                    format!("{name} is of {count} groups within each other; those beyond {MOST_LEVELS} do not count"),
                    format!("leave at most {MOST_LEVELS}, the outermost as `group` and the others as `subgroups`"),
                );
            }
            let groups: Vec<&str> = part.drawn.groups().take(MOST_LEVELS).map(String::as_str).collect();
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for (depth, group) in groups.iter().copied().enumerate() {
                let now = &groups[..depth];
                if !seen.insert(group) {
                    self.warning(
                        "group-cycle",
                        &way,
                        format!("{name} is of the group `{group}` within itself"),
                        "name each group once, from the outermost to the innermost",
                    );
                    break;
                }
                let Some(known) = around.get(group) else {
                    around.insert(group, now.to_vec());
                    continue;
                };
                if known.as_slice() == now {
                    continue;
                }
                // Within this one here, and around it elsewhere; or the other way round.
                let inner = groups[depth + 1..].iter().find(|inner| known.contains(inner));
                let is_around =
                    |outer: &&&str| around.get(**outer).is_some_and(|known| known.contains(&group));
                let turned = inner.or_else(|| now.iter().find(is_around));
                let (code, message) = match turned {
                    Some(outer) => (
                        "group-cycle",
                        format!(
                            "the groups `{group}` and `{outer}` are each within the other, by {name} and by others"
                        ),
                    ),
                    None => (
                        "group-torn",
                        format!(
                            "the group `{group}` is {} with {name}, and {} elsewhere",
                            within(now),
                            within(known)
                        ),
                    ),
                };
                self.warning(
                    code,
                    &way,
                    message,
                    "a group is within one other at most; until then its parts count as several groups of one name",
                );
                break;
            }
        }
    }
}

fn within(groups: &[&str]) -> String {
    match groups.last() {
        Some(outer) => format!("within `{outer}`"),
        None => "in no other".to_owned(),
    }
}
