//! How parts are named, locked and turned.

use crate::site::{Component, ComponentId, Object, Site};

/// Longest name of a part.
const LONGEST_TAG: usize = 120;

/// A part to be changed.
///
/// # Errors
/// That there is none of this id.
pub(super) fn held<'a>(site: &'a mut Site, id: &str) -> Result<&'a mut Component, String> {
    site.component_mut(id).ok_or_else(|| format!("there is no part `{id}`"))
}

/// Whether a part may be moved or taken out.
///
/// # Errors
/// That it is locked, and what would do.
pub(super) fn is_free(part: &Component) -> Result<(), String> {
    let name = if part.tag.is_empty() { &part.id } else { &part.tag };
    if part.drawn.locked { Err(format!("{name} is locked where it is; unlock it first")) } else { Ok(()) }
}

/// Why a part cannot be called so; `None` where it can.
pub fn name_problem(site: &Site, part: &str, tag: &str) -> Option<String> {
    let tag = tag.trim();
    if tag.is_empty() {
        return Some("a part needs a name".to_owned());
    }
    if tag.chars().any(char::is_control) {
        return Some("a name is one line of letters and signs".to_owned());
    }
    if tag.chars().count() > LONGEST_TAG {
        return Some(format!("a name has at most {LONGEST_TAG} letters"));
    }
    let other = site.components.iter().find(|other| other.id != part && other.tag == tag)?;
    Some(format!("there is already a {} called {tag}; choose another name", other.kind.label()))
}

pub(super) fn rename(site: &mut Site, part: &str, tag: &str) -> Result<String, String> {
    if let Some(why) = name_problem(site, part, tag) {
        return Err(why);
    }
    let before = site.object_name(&Object::Component(part.to_owned()));
    let tag = tag.trim();
    tag.clone_into(&mut held(site, part)?.tag);
    Ok(format!("Rename {before} to {tag}"))
}

/// "T1", "3 parts"
pub(super) fn named(site: &Site, parts: &[ComponentId]) -> String {
    match parts {
        [id] => site.object_name(&Object::Component(id.clone())),
        parts => format!("{} parts", parts.len()),
    }
}

pub(super) fn lock(site: &mut Site, parts: &[ComponentId], locked: bool) -> Result<String, String> {
    for id in parts {
        held(site, id)?.drawn.locked = locked;
    }
    let doing = if locked { "Lock" } else { "Unlock" };
    Ok(format!("{doing} {}", named(site, parts)))
}

pub(super) fn turn(site: &mut Site, parts: &[ComponentId]) -> Result<String, String> {
    for id in parts {
        let part = held(site, id)?;
        is_free(part)?;
        part.drawn.quarter_turns = (part.drawn.quarter_turns % 4 + 1) % 4;
    }
    Ok(format!("Turn {}", named(site, parts)))
}

/// A mirror after a turn is the turn the other way after the mirror.
pub(super) fn flip(site: &mut Site, parts: &[ComponentId]) -> Result<String, String> {
    for id in parts {
        let part = held(site, id)?;
        is_free(part)?;
        part.drawn.flipped = !part.drawn.flipped;
        part.drawn.quarter_turns = (4 - part.drawn.quarter_turns % 4) % 4;
    }
    Ok(format!("Flip {}", named(site, parts)))
}

#[cfg(test)]
mod tests {
    use super::super::Stroke;
    use super::super::tests::{draw, pair, part};
    use super::*;
    use crate::site::Point;

    #[test]
    fn a_name_is_taken_or_says_why_not() {
        let site = pair();
        let rename = |tag: &str| draw(&site, Stroke::Rename { part: "t-1".into(), tag: tag.into() });
        let (next, label) = rename(" Main ").unwrap();
        assert_eq!((next.components[0].tag.as_str(), label.as_str()), ("Main", "Rename T1 to Main"));
        assert_eq!(next.components[0].id, "t-1");
        assert_eq!(rename("T1").unwrap().0, site);
        for (tag, why) in [
            ("  ", "needs a name"),
            ("BUS", "already a Carrier called BUS"),
            ("a\nb", "one line"),
            (&"x".repeat(500), "at most 120"),
        ] {
            assert!(rename(tag).unwrap_err().contains(why), "{tag:?}");
        }
    }

    #[test]
    fn what_is_locked_stays() {
        let (site, _) = draw(&pair(), Stroke::Lock { parts: vec!["t-1".into()], locked: true }).unwrap();
        let refused = |stroke: Stroke| draw(&site, stroke).unwrap_err();
        let parts = vec!["t-1".to_owned()];
        for stroke in [
            Stroke::Move(vec![("t-1".into(), Point { x: 8.0, y: 0.0 })]),
            Stroke::Remove { parts: parts.clone(), links: Vec::new() },
            Stroke::Turn(parts.clone()),
            Stroke::Flip(parts.clone()),
        ] {
            assert!(refused(stroke).contains("T1 is locked"));
        }
        // To where it stands is no move.
        assert!(draw(&site, Stroke::Move(vec![("t-1".into(), Point::default())])).is_ok());
        assert_eq!(draw(&site, Stroke::Lock { parts, locked: false }).unwrap().0, pair());
    }

    /// Mirrored as it is seen, twice is nothing; four quarters are a whole turn, whatever a file said.
    #[test]
    fn turns_and_mirrors_add_up() {
        let mut site = pair();
        site.components[0] = Component {
            drawn: crate::site::Drawn { quarter_turns: u32::MAX, ..Default::default() },
            ..part("t-1", "T1")
        };
        let parts = vec!["t-1".to_owned()];
        let mut turned = site.clone();
        for quarter in [0, 1, 2, 3] {
            turned = draw(&turned, Stroke::Turn(parts.clone())).unwrap().0;
            assert_eq!(turned.components[0].drawn.quarter_turns, quarter);
        }
        let flipped = draw(&turned, Stroke::Flip(parts.clone())).unwrap().0;
        assert_eq!(
            (flipped.components[0].drawn.quarter_turns, flipped.components[0].drawn.flipped),
            (1, true)
        );
        assert_eq!(draw(&flipped, Stroke::Flip(parts)).unwrap().0, turned);
    }
}
