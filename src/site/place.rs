//! From a problem's place to the object it names, and to what such objects are called.

use std::str::FromStr as _;

use super::{Address, Object, Site, field};
use crate::quantity::Problem;
use crate::quantity::grouping::Subject;

/// The object a problem's place names: an address, `components/T1`, or `component T1`.
pub fn object_at(site: &Site, place: &str) -> Option<Object> {
    let first = place.split([',', ' ']).next().unwrap_or_default();
    // Every part has numbers: those of thousands need not be read to know that it is there.
    let exists = |object: &Object| match object {
        Object::Component(id) => site.component(id).is_some(),
        object => !field::fields_of(site, object).is_empty(),
    };
    if let Ok(at) = first.parse::<Address>() {
        return Some(at.object).filter(exists);
    }
    // Whole objects as most checks name them, without a walk over all there are.
    let named = |text: &str| Some(Address::from_str(&format!("{text}.any")).ok()?.object);
    let known = [place, first].into_iter().filter_map(named);
    if let Some(object) = known.into_iter().find(exists) {
        return Some(object);
    }
    field::objects(site).into_iter().find(|object| {
        let name = object.to_string();
        let id = name.rsplit('/').next().unwrap_or(&name).to_owned();
        place == name || place.split_whitespace().last() == Some(id.as_str()) || first == name
    })
}

/// What a problem is about, for [`crate::quantity::grouping::grouped`]: parts by their kind.
pub fn subject_of(site: &Site, problem: &Problem) -> Option<Subject> {
    let Object::Component(id) = object_at(site, &problem.place)? else { return None };
    let kind = site.component(&id)?.kind.label().to_owned();
    Some(Subject { kind, name: site.object_name(&Object::Component(id)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_leads_to_its_object() {
        let site = Site::empty("x");
        assert_eq!(object_at(&site, "company.discount_rate, line 4:9"), Some(Object::Company));
        assert_eq!(object_at(&site, "limits"), Some(Object::Limits));
        assert_eq!(object_at(&site, "component T1"), None);
    }
}
