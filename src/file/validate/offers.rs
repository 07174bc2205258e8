//! Offers: what their numbers mean together, each number alone being checked by the table of editable numbers; and
//! the catalogue of the machines they sell.

use super::Check;
use crate::file::mirror::{Step, way};
use crate::quantity::format::{number, percent};
use crate::site::{Offer, Prepayment, Site};

/// Most bands of service credits of one offer; published schedules have up to 34.
const MOST_BANDS: usize = 200;

impl Check<'_, '_> {
    pub(super) fn offers(&mut self, site: &Site) {
        for (index, offer) in site.offers.iter().enumerate() {
            self.in_order(
                &way!["offers", index, "latest"],
                "earliest start",
                offer.earliest,
                "latest",
                offer.latest,
            );
            self.least(&way!["offers", index, "block_mw"], "The block", offer.block_mw);
            if offer.min_mw > offer.max_mw {
                self.error(
                    "value-out-of-range",
                    &way!["offers", index, "min_mw"],
                    format!("the least, {} MW, is more than the most, {} MW", offer.min_mw, offer.max_mw),
                    "lower `min_mw` or raise `max_mw`",
                );
            } else if offer.max_mw == 0.0 {
                self.warning(
                    "offer-empty",
                    &way!["offers", index, "max_mw"],
                    format!("{} takes 0 MW at most, so no plan can serve it", offer.label()),
                    "raise `max_mw`, or remove the offer",
                );
            }
            if let Some(prepayment) = &offer.prepayment {
                self.prepayment(offer, prepayment, index);
            }
            self.service_credits(offer, index);
        }
    }

    pub(super) fn gpu_models(&mut self, site: &Site) {
        for (index, gpu) in site.catalogue.gpus.iter().enumerate() {
            for (key, value, least, most) in [
                ("kw_per_gpu", gpu.kw_per_gpu, 0.01, 1e3),
                ("liquid_share", gpu.liquid_share, 0.0, 1.0),
                ("kw_per_rack", gpu.kw_per_rack, 0.1, 5e3),
                ("usd_per_gpu_low", gpu.usd_per_gpu_low, 0.0, 1e7),
                ("usd_per_gpu", gpu.usd_per_gpu, 0.0, 1e7),
                ("usd_per_gpu_high", gpu.usd_per_gpu_high, 0.0, 1e7),
            ] {
                self.range(&way!["catalogue", "gpus", index, key], key, value, least, most);
            }
            for (key, range, least, most) in [
                ("kw_per_unit", gpu.kw_per_unit, 0.01, 1e5),
                ("kw_per_gpu_range", gpu.kw_per_gpu_range, 0.01, 1e3),
                ("life_months", gpu.life_months, 1.0, 240.0),
                ("residual_share", gpu.residual_share, 0.0, 1.0),
                ("lead_months", gpu.lead_months, 0.0, 120.0),
                ("rental_usd_per_gpu_hour", gpu.rental_usd_per_gpu_hour, 0.0, 1e3),
                ("rental_drift", gpu.rental_drift, -0.99, 1.0),
            ] {
                let Some(range) = range else { continue };
                for (step, value) in [("low", range.low), ("value", range.value), ("high", range.high)] {
                    self.range(&way!["catalogue", "gpus", index, key, step], key, value, least, most);
                }
                if range.low > range.value || range.value > range.high {
                    self.error(
                        "value-out-of-range",
                        &way!["catalogue", "gpus", index, key],
                        format!("{key} of {} does not ascend from low through likely to high", gpu.model),
                        "put the three values in order",
                    );
                }
            }
        }
    }

    fn prepayment(&mut self, offer: &Offer, prepayment: &Prepayment, index: usize) {
        let Prepayment { months_of_rent, credit_from_month, credit_months } = *prepayment;
        let months = |value: f64| format!("{} months", number(value, 0));
        if months_of_rent > offer.term_months {
            self.error(
                "prepayment-beyond-term",
                &way!["offers", index, "prepayment", "months_of_rent"],
                format!(
                    "{} prepays {} of rent for a term of {}",
                    offer.label(),
                    months(months_of_rent),
                    months(offer.term_months)
                ),
                "prepay no more months than the term has",
            );
        }
        let last = credit_from_month + credit_months;
        if months_of_rent > 0.0 && last > offer.term_months {
            self.warning(
                "prepayment-not-credited",
                &way!["offers", index, "prepayment", "credit_months"],
                format!(
                    "the prepayment of {} is credited until month {} of a term of {}, so part of it never is",
                    offer.label(),
                    number(last, 0),
                    months(offer.term_months)
                ),
                "credit it earlier or over fewer months",
            );
        }
    }

    fn service_credits(&mut self, offer: &Offer, index: usize) {
        if offer.sla.len() > MOST_BANDS {
            self.error(
                "too-many",
                &way!["offers", index, "sla"],
                format!("{} has {} bands of service credits", offer.label(), offer.sla.len()),
                format!("keep {MOST_BANDS} of them at most"),
            );
            return;
        }
        let mut before: Option<(f64, f64)> = None;
        for (band, sla) in offer.sla.iter().enumerate() {
            let at = |key: &'static str| -> Vec<Step<'static>> {
                way!["offers", index, "sla", band, key].to_vec()
            };
            self.range(&at("from_hours"), "The hours lost", sla.from_hours, 0.0, 8_760.0);
            self.range(&at("credit_share"), "The credit", sla.credit_share, 0.0, 12.0);
            if sla.credit_share > 1.0 && sla.credit_share <= 12.0 {
                self.warning(
                    "sla-credit-over-rent",
                    &at("credit_share"),
                    format!(
                        "{} credits {} of the month's rent from {} h on",
                        offer.label(),
                        percent(sla.credit_share),
                        number(sla.from_hours, 2)
                    ),
                    "a share of 1 is the whole rent; more is never paid back in the plan",
                );
            }
            if let Some((hours, credit)) = before {
                if sla.from_hours <= hours {
                    self.error(
                        "sla-unsorted",
                        &at("from_hours"),
                        "the bands do not ascend by hours",
                        "put them in order, each once",
                    );
                } else if sla.credit_share < credit {
                    self.warning(
                        "sla-descending",
                        &at("credit_share"),
                        format!(
                            "{} credits less from {} h on than before",
                            offer.label(),
                            number(sla.from_hours, 2)
                        ),
                        "let the credits rise with the hours lost",
                    );
                }
            }
            before = Some((sla.from_hours, sla.credit_share));
        }
    }
}
