//! What a drawing of the program adds, as a list with ratings, cost and months, and under names of its own.

use crate::quantity::{Unit, format};
use crate::site::drawing::Sketch;
use crate::site::{Component, ComponentId, Point, Site};

/// A part that is added, or the fit-out.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// Id of the part; the hall's for its fit-out.
    pub id: ComponentId,
    pub tag: String,
    pub name: String,
    /// `7 × 2.5 MW`, the spares said.
    pub rating: String,
    /// Usable, MW.
    pub rating_mw: f64,
    pub usd: f64,
    pub lead_months: f64,
}

/// The sketch with ids and tags that the site does not have yet; links to parts of the site stay.
pub(super) fn renamed(site: &Site, sketch: Sketch, by: Point) -> Sketch {
    let before: Vec<String> = sketch.parts.iter().map(|part| part.id.clone()).collect();
    let links = sketch.links.clone();
    let mut fitted = sketch.fitted(site, by);
    let name = |id: &str| {
        let index = before.iter().position(|known| known == id);
        index.and_then(|index| fitted.parts.get(index)).map_or_else(|| id.to_owned(), |part| part.id.clone())
    };
    let outside =
        links.into_iter().filter(|link| !(before.contains(&link.from) && before.contains(&link.to)));
    let mut joined: Vec<crate::site::Link> = Vec::new();
    for link in outside {
        let (from, to) = (name(&link.from), name(&link.to));
        let mut id = format!("{from}_{to}");
        while site.links.iter().chain(&fitted.links).chain(&joined).any(|known| known.id == id) {
            id.push_str("-2");
        }
        joined.push(crate::site::Link { id, from, to, ..link });
    }
    fitted.links.extend(joined);
    fitted
}

/// What fitting a hall out costs and how long it takes, for a hall that has a fit-out.
pub(super) fn added_fit_out(part: &Component) -> Option<Added> {
    let hall = part.hall()?;
    let (fit_out, mw) = (hall.fit_out.as_ref()?, hall.hosting_max_mw() - hall.fitted_mw);
    Some(Added {
        id: part.id.clone(),
        tag: part.tag.clone(),
        name: format!("Fit-out for {}", format::with_unit(fit_out.kw_per_rack, Unit::KwPerRack)),
        rating: format::mw(mw),
        rating_mw: mw,
        usd: fit_out.fixed_usd + fit_out.usd_per_mw * mw,
        lead_months: fit_out.lead_months,
    })
}

/// What all units of a part that may be built cost, without what is put to use again, $.
pub fn price_usd(part: &Component) -> Option<f64> {
    let planned = part.planned()?;
    Some(planned.fixed_usd + planned.usd_per_mw * part.rating_mw() * (1.0 - planned.reuse_share))
}

pub(super) fn added(part: &Component) -> Added {
    let usd = price_usd(part).unwrap_or(0.0);
    let lead_months = part.planned().map_or(0.0, |planned| planned.lead_months);
    let (rating, unit) = match part.kind.electrical() {
        Some(electrical) => (electrical.rating_mva, Unit::Mva),
        None => (part.unit_rating_mw(), Unit::Mw),
    };
    let spare = if part.spare_units > 0 { format!(", {} to spare", part.spare_units) } else { String::new() };
    Added {
        id: part.id.clone(),
        tag: part.tag.clone(),
        name: part.name.clone(),
        rating: if rating > 0.0 {
            format!("{} × {}{spare}", part.units, format::with_unit(rating, unit))
        } else {
            part.units.to_string()
        },
        rating_mw: part.rating_mw(),
        usd,
        lead_months,
    }
}
