//! Which offer fits which hall, kept between plans: judging the pairs takes longer than all else that is read from a
//! drawing, and most edits are of money and dates, which have no part in it.

use crate::engineering::{self, Engineering, Network, Pair};
use crate::site::{Assumptions, Company, Limits, Offer, Point, Site, State, Terms};
use rayon::prelude::*;

/// What a hall says to an offer: the pair, or why not.
pub type Fit = Result<Pair, String>;

/// Pairs that were judged, as long as the drawing stays as it is.
#[derive(Debug, Default)]
pub struct Pairs {
    drawing: Option<Site>,
    /// By hall, as an index into the components, and what of an offer is judged.
    known: Vec<(usize, Offer, Fit)>,
}

impl Pairs {
    /// Judges pairs of a hall and an offer, as indices into the components and the offers.
    pub fn judge(
        &mut self,
        site: &Site,
        network: &Network,
        engineering: &Engineering,
        asked: &[(usize, usize)],
    ) -> Vec<Fit> {
        let drawing = drawing_of(site);
        let kept = if self.drawing.as_ref() == Some(&drawing) {
            std::mem::take(&mut self.known)
        } else {
            Vec::new()
        };
        self.drawing = Some(drawing);
        self.known = asked
            .par_iter()
            .map(|(hall, offer)| {
                let offer = &site.offers[*offer];
                let judged = judged_of(offer);
                let known = kept.iter().find(|(other, known, _)| other == hall && *known == judged);
                let fit = known.map_or_else(
                    || engineering::pair(site, network, engineering, &site.components[*hall].id, offer),
                    |(.., fit)| fit.clone(),
                );
                (*hall, judged, fit)
            })
            .collect();
        self.known.iter().map(|(.., fit)| fit.clone()).collect()
    }
}

/// A site without what has no part in any judgement of its drawing or its markets. What is not taken out is taken to matter.
pub fn without_money(site: &Site) -> Site {
    let mut key = site.clone();
    for component in &mut key.components {
        component.at_schematic = Point::default();
        (component.at_plan, component.at_map) = (None, None);
        component.note.clear();
    }
    key.offers.clear();
    key.scenarios.clear();
    key.provenance.clear();
    key.backdrops = crate::site::Backdrops::default();
    key.assessment.clear();
    key.limits = Limits::default();
    key.company = Company::default();
    key.plan.risk_weight = 0.0;
    key
}

/// What pairs are judged on besides the offer.
fn drawing_of(site: &Site) -> Site {
    let mut key = without_money(site);
    key.assumptions = Assumptions::default();
    key.plan.seed = 0;
    for component in &mut key.components {
        if let State::Planned(planned) = &mut component.state {
            (planned.fixed_usd, planned.usd_per_mw, planned.lead_months) = (0.0, 0.0, 0.0);
            planned.payments.clear();
        }
    }
    key
}

/// An offer without its money.
fn judged_of(offer: &Offer) -> Offer {
    let terms = match &offer.terms {
        Terms::Colocation { .. } => Terms::Colocation { rent_usd_per_kw_month: 0.0, escalator: 0.0 },
        Terms::GpuCloud { gpu_system, .. } => Terms::GpuCloud {
            gpu_system: gpu_system.clone(),
            usd_per_gpu_hour: 0.0,
            utilisation: 0.0,
            indexed: false,
            escalator: 0.0,
        },
        Terms::BitcoinHosting { .. } => Terms::BitcoinHosting { usd_per_mwh: 0.0, escalator: 0.0 },
    };
    Offer {
        terms,
        max_mw: 0.0,
        term_months: 0.0,
        probability: 0.0,
        opex_usd_per_kw_month: 0.0,
        tenant_funded_usd_per_mw: 0.0,
        note: String::new(),
        ..offer.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::context::Context;
    use crate::plan::result::Detail;
    use crate::plan::testing;

    fn fits(site: &Site, pairs: &mut Pairs) -> Vec<String> {
        let context = Context::knowing(site, Detail::Quick, pairs).unwrap();
        let found = context.candidates.iter().map(|candidate| format!("{candidate:?}"));
        found.chain(context.refused.iter().map(|refused| format!("{refused:?}"))).collect()
    }

    #[test]
    fn what_is_kept_is_what_is_judged_afresh() {
        let mut site = testing::site();
        site.offers.push(crate::site::Offer { id: "another".into(), ..site.offers[0].clone() });
        let mut pairs = Pairs::default();
        fits(&site, &mut pairs);
        let hall = site.components.iter().position(|component| component.hall().is_some()).unwrap();
        let edits: [fn(&mut Site, usize); 6] = [
            |site, _| site.offers[0].max_mw *= 0.5,
            |site, _| site.offers[0].needs.availability = 0.999_999_9,
            |site, _| site.offers.swap(0, 1),
            |site, _| drop(site.links.remove(0)),
            |site, hall| site.components[hall].units += 1,
            |site, _| site.components.reverse(),
        ];
        for (index, edit) in edits.into_iter().enumerate() {
            edit(&mut site, hall);
            assert_eq!(fits(&site, &mut pairs), fits(&site, &mut Pairs::default()), "edit {index}");
        }
    }
}
