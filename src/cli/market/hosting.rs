//! The hosting part of `wattshift market`: what each offer is worth, beside mining.

use super::super::output;
use super::{Market, fan};
use crate::market::{self, World};
use crate::plan::hosting::{HostedOffer, Hosting, hosting};
use crate::quantity::format;
use crate::site::Site;
use serde_json::{Map, Value, json};

pub fn keys(market: &Market<'_>) -> Map<String, Value> {
    let hosting = hosting(market.site, market.world);
    Map::from_iter([
        ("gpu_generations".to_owned(), generations_json(market.site, market.world)),
        ("offers".to_owned(), offers_json(&hosting)),
        ("mining_margin".to_owned(), mining_json(&hosting)),
    ])
}

/// The key `offers` of the outlook: one object an offer.
fn offers_json(hosting: &Hosting) -> Value {
    hosting.offers.iter().map(|offer| offer_json(offer, hosting)).collect()
}

/// The key `mining_margin` of the outlook; null where nothing can mine.
fn mining_json(hosting: &Hosting) -> Value {
    hosting.mining.as_ref().map_or(Value::Null, |mining| {
        json!({
            "fleet": mining.fleet,
            "hall": mining.hall,
            "usd_per_mwh_gross_by_year": mining.usd_per_mwh_gross,
            "year1_p5": mining.year1_p5,
            "year1_p95": mining.year1_p95,
        })
    })
}

/// The key `gpu_generations` of the outlook: each GPU system of the site with the index its rental price follows.
fn generations_json(site: &Site, world: &World) -> Value {
    site.gpu_systems
        .iter()
        .map(|system| {
            let index = market::summary::fan(world.gpu_index_of(&system.id), world.months);
            json!({
                "system": system.id,
                "model": system.model,
                "generation": system.rental.generation,
                "follows_site": system.rental.follows_site(),
                "usd_per_gpu_hour": system.rental.usd_per_gpu_hour,
                "index": fan(&index),
            })
        })
        .collect()
}

fn offer_json(offer: &HostedOffer, hosting: &Hosting) -> Value {
    let figures = &offer.figures;
    let first = figures.year1();
    let mining = hosting.mining.as_ref().and_then(|mining| mining.usd_per_mwh_gross.first().copied());
    let contract = json!({
        "id": figures.id,
        "name": figures.name,
        "kind": figures.kind,
        "hall": offer.hall,
        "refused": offer.refused,
        "contract_mw": figures.mw,
        "halls": offer.halls.iter().map(|(hall, mw)| json!({ "hall": hall, "servable_mw": mw }))
            .collect::<Value>(),
        "servable_mw": offer.servable_mw,
        "gross_mw": figures.gross_mw,
        "gross_to_critical": figures.gross_to_critical,
        "gpus": figures.gpus,
        "term_months": figures.term_months,
        "escalator": figures.escalator,
        "tcv_usd": figures.tcv_usd,
        "expected_tcv_usd": figures.expected_tcv_usd,
        "usd_per_kw_month": figures.usd_per_kw_month,
        "year1_usd_per_kw_month": figures.year1_usd_per_kw_month,
        "year1_revenue_usd": first.revenue_usd,
    });
    let income = json!({
        "take_or_pay_year1_usd": first.take_or_pay_usd,
        "opex_year1_usd": first.opex_usd,
        "power_year1_usd": first.power_usd,
        "charges_year1_usd": first.charges_usd,
        "expected_credits_usd_per_year": first.credits_usd,
        "expected_credit_share": figures.credit_share,
        "outages_per_year": offer.outages_per_year,
        "outage_hours": offer.outage_hours,
        "noi_year1_usd": first.noi_usd,
        "noi_margin": figures.noi_margin(),
        "usd_per_mwh_critical": figures.year1_usd_per_mwh_critical,
        "usd_per_mwh_equivalent": figures.year1_usd_per_mwh_gross,
        "noi_usd_per_mwh_gross": figures.year1_noi_usd_per_mwh_gross,
        "mining_usd_per_mwh_gross": mining,
        "capex_usd": figures.capex_usd,
        "tenant_funded_usd": figures.tenant_funded_usd,
        "yield_on_cost": figures.yield_on_cost,
    });
    let risk = json!({
        "default_per_year": figures.default_per_year,
        "survival_to_end": figures.survival_to_end,
        "prepayment": figures.prepayment.map(|prepaid| json!({
            "usd": prepaid.usd,
            "share_of_tcv": prepaid.share_of_tcv,
            "credit_usd_per_month": prepaid.credit_usd_per_month,
            "credit_from_month": prepaid.credit_from_month,
            "credit_to_month": prepaid.credit_to_month,
            "never_credited_usd": prepaid.never_credited_usd,
        })),
        "backstop": figures.backstop.as_ref().map(|backstop| json!({
            "by": backstop.by,
            "share": backstop.share,
            "months": backstop.months,
            "most_usd": backstop.most_usd,
        })),
        "years": figures.years.iter().map(|year| json!({
            "year": year.year,
            "months": year.months,
            "revenue_usd": year.revenue_usd,
            "take_or_pay_usd": year.take_or_pay_usd,
            "credits_usd": year.credits_usd,
            "opex_usd": year.opex_usd,
            "power_usd": year.power_usd,
            "charges_usd": year.charges_usd,
            "noi_usd": year.noi_usd,
            "prepayment_usd": year.prepayment_usd,
            "cash_usd": year.cash_usd,
            "survival": year.survival,
        })).collect::<Value>(),
    });
    // In parts: the macro has a limit to the keys of one object.
    let parts = [contract, income, risk].into_iter().filter_map(|part| match part {
        Value::Object(keys) => Some(keys),
        _ => None,
    });
    Value::Object(parts.flatten().collect())
}

/// Two tables and a sentence; empty without offers.
pub fn text(market: &Market<'_>) -> String {
    let hosting = &hosting(market.site, market.world);
    if hosting.offers.is_empty() {
        return String::new();
    }
    let none = || "\u{2013}".to_owned();
    let mut worth = vec![
        ["Offer", "MW", "$/kW-month", "year 1", "contract", "NOI margin", "capex", "yield"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut risk = vec![
        [
            "Offer",
            "GPUs",
            "prepaid",
            "credits/year",
            "default/year",
            "to term end",
            "expected",
            "NOI $/MWh gross",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for offer in &hosting.offers {
        let figures = &offer.figures;
        let first = figures.year1();
        worth.push(vec![
            figures.id.clone(),
            format::number(figures.mw, 1),
            format::number(figures.year1_usd_per_kw_month, 1),
            format::usd(first.revenue_usd),
            format::usd(figures.tcv_usd),
            figures.noi_margin().map_or_else(none, format::percent),
            figures.capex_usd.map_or_else(none, format::usd),
            figures.yield_on_cost.map_or_else(none, format::percent),
        ]);
        risk.push(vec![
            figures.id.clone(),
            figures.gpus.map_or_else(none, |gpus| format::number(gpus, 0)),
            figures.prepayment.map_or_else(none, |prepaid| format::usd(prepaid.usd)),
            format::usd(first.credits_usd),
            format!("{} %", format::number(figures.default_per_year * 100.0, 2)),
            format::percent(figures.survival_to_end),
            format::usd(figures.expected_tcv_usd),
            figures.year1_noi_usd_per_mwh_gross.map_or_else(none, |usd| format::number(usd, 1)),
        ]);
    }
    let mut text = format!("\n{}\n{}", output::table(&worth), output::table(&risk));
    if let Some(mining) = &hosting.mining
        && let Some(first) = mining.usd_per_mwh_gross.first()
    {
        text.push_str(&format!(
            "\n  Mining makes {} $ of a MWh of gross power in the first year ({} in {}; P5 {}, P95 {}); offers above are before their capex\n",
            format::number(*first, 1),
            mining.fleet,
            mining.hall,
            format::number(mining.year1_p5, 1),
            format::number(mining.year1_p95, 1),
        ));
    }
    for offer in &hosting.offers {
        if let Some(reason) = &offer.refused {
            text.push_str(&format!("  No hall serves {}: {reason}\n", offer.figures.name));
        }
    }
    text
}
