//! What one state of a document has that a later one has not.

use std::collections::BTreeMap;

use crate::site::{Component, Link, Site};

/// A state as what it has in common with another and what it has of its own.
#[derive(Clone, Debug)]
pub struct Difference {
    components: Vec<Piece<Component>>,
    links: Vec<Piece<Link>>,
    /// All beside the drawing; none where it is that of the other.
    rest: Option<Box<Site>>,
}

/// Items of a list, in its order.
#[derive(Clone, Debug)]
enum Piece<T> {
    /// So many of the other list, from a place on.
    Of {
        first: usize,
        count: usize,
    },
    Own(Vec<T>),
}

impl Difference {
    /// What `one` has that `other` has not.
    pub fn new(one: &Site, other: &Site) -> Self {
        let rest = (!is_same_beside_drawing(one, other)).then(|| {
            let mut rest = one.clone();
            (rest.components, rest.links) = (Vec::new(), Vec::new());
            Box::new(rest)
        });
        Self {
            components: pieces(&one.components, &other.components, |part| part.id.as_str()),
            links: pieces(&one.links, &other.links, |link| link.id.as_str()),
            rest,
        }
    }

    /// The state this is of, from the other.
    pub fn applied_to(&self, other: &Site) -> Site {
        let components = joined(&self.components, &other.components);
        let links = joined(&self.links, &other.links);
        let rest = self.rest.as_deref().unwrap_or(other);
        Site { components, links, ..rest.clone() }
    }
}

fn pieces<T: Clone + PartialEq>(one: &[T], other: &[T], id: impl Fn(&T) -> &str) -> Vec<Piece<T>> {
    // Where as many are there they are at the same places, but for lists put in another order.
    let by_id: Option<BTreeMap<&str, usize>> = (one.len() != other.len())
        .then(|| other.iter().enumerate().map(|(place, item)| (id(item), place)).collect());
    let mut pieces: Vec<Piece<T>> = Vec::new();
    for (place, item) in one.iter().enumerate() {
        let there = by_id.as_ref().map_or(Some(place), |by_id| by_id.get(id(item)).copied());
        let there = there.filter(|there| other.get(*there) == Some(item));
        match (pieces.last_mut(), there) {
            (Some(Piece::Of { first, count }), Some(there)) if *first + *count == there => *count += 1,
            (_, Some(there)) => pieces.push(Piece::Of { first: there, count: 1 }),
            (Some(Piece::Own(items)), None) => items.push(item.clone()),
            (_, None) => pieces.push(Piece::Own(vec![item.clone()])),
        }
    }
    pieces
}

fn joined<T: Clone>(pieces: &[Piece<T>], other: &[T]) -> Vec<T> {
    let mut items = Vec::with_capacity(other.len());
    for piece in pieces {
        match piece {
            Piece::Of { first, count } => items.extend(other.iter().skip(*first).take(*count).cloned()),
            Piece::Own(own) => items.extend(own.iter().cloned()),
        }
    }
    items
}

/// Names every field, so that a new one is not forgotten.
fn is_same_beside_drawing(one: &Site, other: &Site) -> bool {
    let Site {
        name,
        note,
        revision,
        as_of,
        latitude,
        longitude,
        climate,
        components: _,
        links: _,
        fleets,
        gpu_systems,
        offers,
        assumptions,
        company,
        limits,
        plan,
        scenarios,
        provenance,
        catalogue,
        backdrops,
        assessment,
    } = one;
    (name, note, revision, as_of, latitude, longitude, climate)
        == (
            &other.name,
            &other.note,
            &other.revision,
            &other.as_of,
            &other.latitude,
            &other.longitude,
            &other.climate,
        )
        && (fleets, gpu_systems, offers, assumptions, company, limits, plan)
            == (
                &other.fleets,
                &other.gpu_systems,
                &other.offers,
                &other.assumptions,
                &other.company,
                &other.limits,
                &other.plan,
            )
        && (scenarios, provenance, catalogue, backdrops, assessment)
            == (&other.scenarios, &other.provenance, &other.catalogue, &other.backdrops, &other.assessment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    fn template() -> Site {
        file::read_text(file::templates()[0].text).0.unwrap()
    }

    fn of(one: &Site, other: &Site) -> Difference {
        let less = Difference::new(one, other);
        assert_eq!(less.applied_to(other), *one);
        less
    }

    fn both_ways(one: &Site, other: &Site) {
        of(one, other);
        of(other, one);
    }

    /// What is kept of a state of which one part differs is that part.
    #[test]
    fn a_state_is_got_back_from_the_other_and_what_differs() {
        let site = template();
        let mut other = site.clone();
        other.components[5].at_schematic.x += 8.0;
        let less = of(&site, &other);
        let own = |piece: &Piece<Component>| match piece {
            Piece::Of { .. } => 0,
            Piece::Own(items) => items.len(),
        };
        assert_eq!(less.components.iter().map(own).sum::<usize>(), 1);
        assert!(less.rest.is_none() && matches!(less.links.as_slice(), [Piece::Of { .. }]));
        let nothing = of(&site, &site);
        assert!(matches!(nothing.components.as_slice(), [Piece::Of { first: 0, .. }]));
        let mut without = site.clone();
        without.components.remove(7);
        without.links.truncate(3);
        both_ways(&site, &without);
        let mut turned = site.clone();
        turned.components.reverse();
        both_ways(&site, &turned);
        let mut richer = site.clone();
        richer.company.opening_cash_usd += 1.0;
        assert!(of(&site, &richer).rest.is_some());
        both_ways(&site, &Site::empty("other"));
        // Two parts of one id, as a file by hand may have: nothing is lost.
        let mut twice = site.clone();
        twice.components.push(site.components[0].clone());
        both_ways(&site, &twice);
    }
}
