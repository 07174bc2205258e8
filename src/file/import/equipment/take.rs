//! The lines of a list that are taken, as one edit of the drawing.

use std::collections::BTreeSet;

use super::Book;
use super::draft::{Draft, SOURCE, What, free_id};
use crate::file::catalogue::usual_terms;
use crate::site::drawing::{Sketch, Stroke};
use crate::site::edit::Edit;
use crate::site::{Address, Component, ComponentId, Evidence, Link, Object, Point, Provenance, Site};

/// Distance between parts of the tray, drawing units.
const TRAY_STEP: (f64, f64) = (168.0, 120.0);
/// A hall takes more room.
const HALL_STEP: f64 = 264.0;
const TRAY_ROWS: usize = 8;

/// The edit that takes the rows of the given places; `None` where nothing is taken.
pub fn edit(site: &Site, book: &Book, draft: &Draft, taken: &BTreeSet<usize>) -> Option<Edit> {
    let rows =
        || draft.rows.iter().enumerate().filter(|(place, _)| taken.contains(place)).map(|(_, row)| row);
    let of = |what: What| rows().filter(move |row| row.what == what);
    let source = format!("{SOURCE} {}", book.file_name);
    let origin = |at: Address| Provenance {
        at,
        source: source.clone(),
        as_of: None,
        evidence: Evidence::Client,
        private: false,
        low: None,
        high: None,
    };
    let mut parts: Vec<Component> = of(What::Added).filter_map(|row| row.part.clone()).collect();
    place_in_tray(site, &mut parts);
    let whole = |part: &Component| Provenance {
        source: format!("{source}; what it does not say is as of a typical part"),
        ..origin(Address::whole(Object::Component(part.id.clone())))
    };
    let mut provenance: Vec<Provenance> = parts.iter().map(whole).collect();
    // Terms that no list named are those that are usual, with their sources.
    provenance.extend(parts.iter().filter(|part| part.planned().is_some()).flat_map(|part| {
        let (usual, origins) = usual_terms(part);
        let own = part.planned().cloned().unwrap_or_default();
        origins.into_iter().filter(move |origin| match origin.at.field.as_str() {
            "usd_per_mw" => usual.usd_per_mw == own.usd_per_mw,
            _ => usual.lead_months == own.lead_months,
        })
    }));
    let changed: Vec<Component> = of(What::Changed)
        .filter(|row| row.changes.iter().any(|change| !matches!(change.label.as_str(), "Fed from" | "Feeds")))
        .filter_map(|row| row.part.clone())
        .collect();
    let gone: Vec<ComponentId> =
        of(What::Gone).filter_map(|row| row.part.as_ref()).map(|part| part.id.clone()).collect();
    let drawn: BTreeSet<&str> = site.components.iter().chain(&parts).map(|part| part.id.as_str()).collect();
    let stays = |id: &str| drawn.contains(id) && !gone.iter().any(|gone| gone == id);
    let mut link_ids: BTreeSet<String> = site.links.iter().map(|link| link.id.clone()).collect();
    let mut links = Vec::new();
    for (from, to, medium) in
        rows().flat_map(|row| &row.links).filter(|(from, to, _)| stays(from) && stays(to))
    {
        let id = free_id(&format!("{from}_{to}"), &mut link_ids);
        let (from, to, medium) = (from.clone(), to.clone(), medium.clone());
        links.push(Link { id, from, to, medium, rating_mw: None, note: String::new() });
    }
    let counts = [(parts.len(), "added"), (of(What::Changed).count(), "changed"), (gone.len(), "taken out")];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if counts.is_empty() {
        return None;
    }
    let label = format!("Import equipment of {}: {}", book.file_name, counts.join(", "));
    let mut edits = Vec::new();
    if !changed.is_empty() {
        edits.push(Edit::PutParts { label: label.clone(), parts: changed });
    }
    if !parts.is_empty() || !links.is_empty() {
        edits.push(Edit::Draw(Stroke::Insert(Box::new(Sketch { parts, links, provenance }))));
    }
    for row in of(What::Changed) {
        let Some(part) = &row.part else { continue };
        for key in row.changes.iter().filter_map(|change| change.key) {
            let at = Address::new(Object::Component(part.id.clone()), key);
            edits.push(Edit::SetProvenance { at: at.clone(), entry: Some(origin(at)) });
        }
    }
    if !gone.is_empty() {
        edits.push(Edit::Draw(Stroke::Remove { parts: gone, links: Vec::new() }));
    }
    Some(Edit::Together { label, edits })
}

/// Puts parts without a place beside the drawing: in columns at its right, power first, then cooling, halls and fibre.
fn place_in_tray(site: &Site, parts: &mut Vec<Component>) {
    parts.sort_by_key(|part| part.kind.layer());
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let places = site.components.iter().map(|part| part.at_schematic);
    let right = places.clone().filter_map(|at| finite(at.x)).reduce(f64::max).map_or(0.0, |x| x + HALL_STEP);
    let top = places.filter_map(|at| finite(at.y)).reduce(f64::min).unwrap_or(0.0);
    let (mut x, mut count, mut step) = (right, 0, TRAY_STEP.0);
    for part in parts {
        if count == TRAY_ROWS {
            (x, count, step) = (x + step, 0, TRAY_STEP.0);
        }
        if part.hall().is_some() {
            step = HALL_STEP;
        }
        part.at_schematic =
            Point { x, y: top + count as f64 * TRAY_STEP.1 * if step > TRAY_STEP.0 { 1.5 } else { 1.0 } };
        count += 1;
    }
}
