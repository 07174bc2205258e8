//! Sizes that a typical part is made in, from the ladders that chains and sites are sized by: what a list of parts offers
//! beside the typical size.
//!
//! A size is chosen by a key, the typical part's id with the rating behind it (`ups@1.5`), so that wherever a typical part
//! can be named one of its sizes can be. No id of a part has this mark.

use super::blueprint::typical_of;
use super::equipment::{ladder, ladder_source};
use super::pen::set_rating;
use crate::site::drawing::Sketch;
use crate::site::{Component, ComponentId, Kind, Site, State};

const MARK: char = '@';

/// Ratings a part is made in, in order and with its own, in the unit of [`rating_of`]; empty where there is nothing to choose.
pub fn sizes(part: &Component) -> Vec<f64> {
    let mut sizes = typical_of(part).map_or(&[][..], ladder).to_vec();
    let own = rating_of(part);
    if sizes.len() < 2 || !(own > 0.0) {
        return Vec::new();
    }
    if let Err(place) = sizes.binary_search_by(|size| size.total_cmp(&own)) {
        sizes.insert(place, own);
    }
    sizes
}

/// Where the sizes of a part come from, in words.
pub fn source_of_sizes(part: &Component) -> Option<&'static str> {
    ladder_source(typical_of(part)?)
}

/// What one unit is rated: MVA of what carries power, else MW.
pub fn rating_of(part: &Component) -> f64 {
    part.kind.electrical().map_or_else(|| part.unit_rating_mw(), |electrical| electrical.rating_mva)
}

/// The part with units of another rating. A battery keeps its hours, a planned part its blocks of whole units.
pub fn resized(part: &Component, rating: f64) -> Component {
    let before = rating_of(part);
    let by = if before > 0.0 { rating / before } else { 1.0 };
    let mut next = part.clone();
    set_rating(&mut next.kind, rating);
    if let Kind::Battery(battery) = &mut next.kind {
        // Of a multiple of a rating that has a finite decimal form, so has this.
        battery.energy_mwh = (battery.energy_mwh * by * 1e9).round() / 1e9;
    }
    if let State::Planned(planned) = &mut next.state {
        planned.block_mw = planned.block_mw.map(|mw| (mw * by * 1e9).round() / 1e9);
    }
    next
}

/// The current a part carries at its rating, A: S / (√3 U) of three phases; `None` of what is not rated by its bus.
pub fn bus_current_a(part: &Component) -> Option<f64> {
    let is_bus = matches!(
        part.kind,
        Kind::Switchgear(_)
            | Kind::AutomaticTransferSwitch(_)
            | Kind::StaticTransferSwitch(_)
            | Kind::Distribution(_)
    );
    let kv = part.kv_out.or(part.kv_in).filter(|kv| is_bus && *kv > 0.0)?;
    let amperes = part.kind.electrical()?.rating_mva * 1e3 / (3.0_f64.sqrt() * kv);
    amperes.is_finite().then_some(amperes)
}

/// The key of a size of a typical part.
pub fn size_key(typical: &str, rating: f64) -> ComponentId {
    format!("{typical}{MARK}{rating}")
}

/// The typical part of a key, at the size the key names; `None` where there is no such part or it is not made in that size.
pub fn sized_part(parts: &Site, key: &str) -> Option<Component> {
    let Some((id, rating)) = key.split_once(MARK) else { return parts.component(key).cloned() };
    let typical = parts.component(id)?;
    let rating: f64 = rating.parse().ok()?;
    sizes(typical).contains(&rating).then(|| resized(typical, rating))
}

/// The part of a key with where its values come from, to be put in; empty where [`sized_part`] knows none.
pub fn sized_sketch(parts: &Site, key: &str) -> Sketch {
    let Some(part) = sized_part(parts, key) else { return Sketch::default() };
    let mut sketch = Sketch::of(parts, &[part.id.clone()].into());
    if let (true, Some(source)) = (key.contains(MARK), source_of_sizes(&part)) {
        for origin in &mut sketch.provenance {
            origin.source = format!("{}; its size: {source}", origin.source);
        }
    }
    sketch.parts = vec![part];
    sketch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::typical_parts;

    #[test]
    fn every_key_of_a_list_gives_its_part_at_its_size_and_others_give_none() {
        let mut choices = 0;
        for typical in &typical_parts().components {
            let sizes = sizes(typical);
            assert!(sizes.is_empty() || source_of_sizes(typical).is_some_and(|source| source.len() > 10));
            assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]), "{}", typical.id);
            for size in sizes {
                let key = size_key(&typical.id, size);
                let part = sized_part(typical_parts(), &key).unwrap();
                assert_eq!((rating_of(&part), part.kind.label()), (size, typical.kind.label()), "{key}");
                let sketch = sized_sketch(typical_parts(), &key);
                assert_eq!(sketch.parts, [part]);
                assert!(
                    sketch.provenance.iter().all(|origin| origin.source.contains("; its size: ")),
                    "{key}"
                );
                choices += 1;
            }
            assert_eq!(sized_part(typical_parts(), &typical.id).as_ref(), Some(typical));
        }
        assert!(choices > 100, "{choices}");
        for key in
            ["", "@", "ups@", "ups@NaN", "ups@inf", "ups@-1", "ups@1e300", "ups@1.5@2", "gone@1", "hall@3"]
        {
            assert_eq!(sized_part(typical_parts(), key), None, "{key}");
            assert!(sized_sketch(typical_parts(), key).parts.is_empty());
        }
    }

    #[test]
    fn the_sizes_planners_ask_for_are_there() {
        for (id, wanted) in [
            ("unit-transformer", &[1.0, 1.5, 2.0, 2.5, 3.0][..]),
            ("transformer", &[25.0, 40.0, 65.0]),
            ("genset", &[2.0, 2.5, 3.0]),
            ("ups", &[0.5, 1.0, 1.5, 2.0]),
            ("cdu", &[1.0, 1.35, 2.0]),
            ("dry-cooler", &[0.5, 0.75, 1.0, 1.25, 1.5]),
        ] {
            let known = sizes(typical_parts().component(id).unwrap());
            assert!(wanted.iter().all(|size| known.contains(size)), "{id}: {known:?}");
        }
    }

    /// Frames of low-voltage gear at 415 V: sqrt(3) 415 V 4,000 A is 2.875 MVA.
    #[test]
    fn gear_has_the_current_of_its_frame() {
        let frames = [200.0, 400.0, 600.0, 800.0, 1200.0, 1600.0, 2000.0, 2500.0, 3000.0, 4000.0, 5000.0];
        for id in ["switchboard", "ats", "sts"] {
            let typical = typical_parts().component(id).unwrap();
            for size in sizes(typical) {
                let amperes = bus_current_a(&resized(typical, size)).unwrap();
                let is_frame = frames.iter().any(|frame| (amperes / frame - 1.0).abs() < 0.01);
                assert!(is_frame, "{id} of {size} MVA carries {amperes} A");
            }
        }
        let cdu = typical_parts().component("cdu").unwrap();
        assert_eq!(bus_current_a(cdu), None);
    }

    #[test]
    fn a_battery_keeps_its_hours_and_a_planned_part_its_blocks() {
        let battery = typical_parts().component("battery").unwrap();
        let Kind::Battery(larger) = resized(battery, 50.0).kind else { panic!() };
        assert_eq!((larger.rating_mw, larger.energy_mwh), (50.0, 100.0));
        let mut ups = typical_parts().component("ups").unwrap().clone();
        ups.state = State::Planned(crate::site::Planned { block_mw: Some(2.5), ..Default::default() });
        assert_eq!(resized(&ups, 2.5).planned().unwrap().block_mw, Some(5.0));
    }
}
