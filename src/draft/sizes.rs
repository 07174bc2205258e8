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
