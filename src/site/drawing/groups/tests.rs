use super::super::tests::{chosen, draw, pair, part};
use super::super::{Sketch, Stroke, same_but_for_places};
use super::*;
use crate::site::Point;

fn ids(names: &str) -> Vec<ComponentId> {
    names.chars().map(String::from).collect()
}

/// Parts `a` to `f`, alone.
fn six() -> Site {
    let mut site = Site::empty("six");
    site.components =
        "abcdef".chars().map(|id| part(&id.to_string(), &id.to_uppercase().to_string())).collect();
    site
}

fn grouped(site: &Site, names: &str) -> Site {
    draw(site, Stroke::Group(ids(names))).unwrap().0
}

fn ungrouped(site: &Site, names: &str) -> Site {
    draw(site, Stroke::Ungroup(ids(names))).unwrap().0
}

/// `(a b) c` as one group, `d` and `e` another, `f` alone.
fn nested() -> Site {
    grouped(&grouped(&grouped(&six(), "ab"), "abc"), "de")
}

fn paths(site: &Site) -> Vec<String> {
    site.components.iter().map(|part| path(part).join("/")).collect()
}

fn places(site: &Site, names: &str) -> BTreeSet<usize> {
    let parts = site.components.iter().enumerate().filter(|(_, part)| names.contains(&part.id));
    parts.map(|(place, _)| place).collect()
}

fn names(site: &Site, places: Option<BTreeSet<usize>>) -> String {
    places
        .map_or("-".into(), |places| places.iter().map(|place| site.components[*place].id.as_str()).collect())
}

#[test]
fn groups_are_made_copied_and_left() {
    let site = pair();
    let both = vec!["t-1".to_owned(), "bus".to_owned()];
    let (grouped, label) = draw(&site, Stroke::Group(both.clone())).unwrap();
    assert_eq!(label, "Group 2 parts");
    assert!(same_but_for_places(&site, &grouped) && site != grouped);
    let sketch = Sketch::of(&grouped, &chosen(&["t-1", "bus"])).fitted(&grouped, Point::default());
    let (copied, _) = draw(&grouped, Stroke::Insert(Box::new(sketch))).unwrap();
    let groups: Vec<Option<&str>> =
        copied.components.iter().map(|part| part.drawn.group.as_deref()).collect();
    assert_eq!(groups, [Some("group"), Some("group"), Some("group-2"), Some("group-2")]);
    let (left, _) = draw(&grouped, Stroke::Ungroup(both.clone())).unwrap();
    assert_eq!(left, site);
    let refused = |site: &Site, parts: Vec<ComponentId>| draw(site, Stroke::Group(parts)).unwrap_err();
    assert!(refused(&site, vec!["t-1".into()]).contains("two parts or more"));
    assert!(refused(&site, vec!["t-1".into(), "gone".into()]).contains("gone"));
    assert!(refused(&grouped, both).contains("a group already"));
}

#[test]
fn a_group_of_groups_is_taken_off_from_outside() {
    let site = nested();
    assert_eq!(paths(&site), ["group-2/group", "group-2/group", "group-2", "group-3", "group-3", ""]);
    // All of it in one more, with another group and a part.
    let all = grouped(&site, "abcdef");
    assert_eq!(all.components[0].drawn.groups().count(), 3);
    assert_eq!(ungrouped(&all, "abcdef"), site);
    // Each of the two outermost goes; what was within one stays.
    assert_eq!(paths(&ungrouped(&site, "abcde")), ["group", "group", "", "", "", ""]);
    // The inner one alone, from inside of the outer one.
    assert_eq!(paths(&ungrouped(&site, "ab"))[..3], ["group-2", "group-2", "group-2"]);
    // A part that is selected without the others leaves the innermost.
    assert_eq!(paths(&ungrouped(&site, "a"))[..2], ["group-2", "group-2/group"]);
}

#[test]
fn parts_within_a_group_are_grouped_there_and_torn_ones_leave_theirs() {
    let site = grouped(&six(), "abcd");
    assert_eq!(paths(&grouped(&site, "ab")), ["group/group-2", "group/group-2", "group", "group", "", ""]);
    // `d` is of another group than `f`, which is not chosen whole: it leaves that group.
    assert_eq!(paths(&grouped(&site, "df")), ["group", "group", "group", "group-2", "", "group-2"]);
    // A whole group with one part of another.
    let site = nested();
    assert_eq!(
        paths(&grouped(&site, "abcd")),
        ["group-4/group-2/group", "group-4/group-2/group", "group-4/group-2", "group-4", "group-3", ""]
    );
}

#[test]
fn a_click_reaches_the_outermost_and_goes_in_and_out_level_by_level() {
    let site = nested();
    let none = BTreeSet::new();
    let click =
        |place: usize, chosen: &str| names(&site, Some(reached(&site, place, &places(&site, chosen))));
    assert_eq!([click(0, ""), click(2, ""), click(3, ""), click(5, "")], ["abc", "abc", "de", "f"]);
    // What is selected stays; from inside, what stands beside it is reached, and outside the outermost.
    assert_eq!([click(0, "abc"), click(0, "ab"), click(2, "ab"), click(1, "a")], ["abc", "ab", "c", "b"]);
    assert_eq!([click(2, "a"), click(3, "a"), click(0, "de"), click(0, "abcde")], ["c", "de", "abc", "abc"]);
    let inward = |place: usize, chosen: &str| names(&site, further_in(&site, place, &places(&site, chosen)));
    assert_eq!([inward(0, "abc"), inward(2, "abc"), inward(0, "ab"), inward(0, "a")], ["ab", "c", "a", "-"]);
    assert_eq!([inward(0, ""), inward(3, "abc"), inward(5, "f"), inward(0, "abcde")], ["-"; 4]);
    let outward = |chosen: &str| names(&site, further_out(&site, &places(&site, chosen)));
    assert_eq!([outward("a"), outward("ab"), outward("abc"), outward("f")], ["ab", "abc", "-", "-"]);
    assert_eq!([outward("ac"), outward("ad"), outward("")], ["abc", "-", "-"]);
    let said = |chosen: &str| words(&site, &places(&site, chosen)).unwrap_or_default();
    assert_eq!(said("abc"), "A group of 1 group and 1 part: Enter goes in");
    assert_eq!(said("ab"), "A group of 2 parts: Enter goes in; in a group of 3: Escape selects it");
    assert_eq!([said("c").as_str(), said("f").as_str()], ["In a group of 3: Escape selects it", ""]);
    assert_eq!(reached(&site, 99, &none), none);
}

#[test]
fn copies_have_groups_of_their_own_with_the_same_nesting() {
    let site = nested();
    let copied = |names: &str| {
        let of = ids(names).into_iter().collect();
        let sketch = Sketch::of(&site, &of).fitted(&site, Point { x: 400.0, y: 0.0 });
        let next = draw(&site, Stroke::Insert(Box::new(sketch))).unwrap().0;
        paths(&next)[6..].to_vec()
    };
    assert_eq!(copied("abc"), ["group-4/group-5", "group-4/group-5", "group-4"]);
    // Of a group that is not there but for one inside, that one; of a single part none.
    assert_eq!(copied("ab"), ["group-4", "group-4"]);
    assert_eq!(copied("ad"), ["", ""]);
    assert_eq!(copied("bc"), ["group-4", "group-4"]);
}

#[test]
fn groups_within_groups_have_an_end_and_damaged_ones_do_no_harm() {
    let mut site = six();
    let mut ways: Vec<Site> = vec![site.clone()];
    // Each one more part around those before it.
    site.components.extend((0..40).map(|number| part(&format!("p{number}"), "")));
    let mut inside = vec!["a".to_owned()];
    let mut refused = None;
    for number in 0..40 {
        inside.push(format!("p{number}"));
        match draw(&site, Stroke::Group(inside.clone())) {
            Ok((next, _)) => site = next,
            Err(why) => {
                refused = Some((number, why));
                break;
            }
        }
    }
    let (number, why) = refused.unwrap();
    assert!(number == MOST_LEVELS && why.contains("at most 16 within each other"), "{number} {why}");
    // A name within itself, two ways round, inner ones without an outer one, far too many.
    let mut damaged = six();
    let many: Vec<String> = (0..5_000).map(|number| format!("g{number}")).collect();
    for (place, groups) in [vec!["x", "x"], vec!["x", "y"], vec!["y", "x"]].into_iter().enumerate() {
        damaged.components[place].drawn.set_groups(groups.into_iter().map(str::to_owned));
    }
    damaged.components[3].drawn.subgroups = vec!["alone".to_owned()];
    damaged.components[4].drawn.set_groups(many);
    ways.push(damaged);
    for site in &ways {
        for place in 0..6 {
            for other in 0..6 {
                let chosen = reached(site, place, &BTreeSet::from([other]));
                assert!(chosen.contains(&place));
                further_in(site, place, &chosen);
                further_out(site, &chosen);
                words(site, &chosen);
            }
        }
        for parts in ["ab", "abcdef", "de"] {
            draw(site, Stroke::Group(ids(parts))).ok();
            draw(site, Stroke::Ungroup(ids(parts))).unwrap();
        }
    }
}
