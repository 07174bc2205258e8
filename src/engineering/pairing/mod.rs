//! Which offer fits which hall, what the judgement leans on, and why not (C6).

use super::availability::{Cause, availability, unavailability};
use super::checks::name_of;
use super::contingency::{OWN_SPACE, firm_mw};
use super::credits::expected_credit_share;
use super::factors::{GrossFactor, factor_of, mining_supply};
use super::graph::Network;
use super::space::{RackCooling, densest_kw_per_rack, rack_space_mw};
use super::summary::{
    Engineering, HallEngineering, has_heat_path, has_power_path, hosting_cap_mw, hosting_liquid_share,
};
use super::supply::{Port, Standing, Supply};
use crate::quantity::{Problem, format};
use crate::site::{
    Component, ComponentId, CoolingNeed, FailureClass, Hall, Needs, Offer, OfferStatus, Site, Terms,
};

/// An offer that a hall can serve once what it requires is built.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub hall: ComponentId,
    pub offer: String,
    /// Planned parts without any one of which the pair would fail, in drawing order.
    pub requires: Vec<ComponentId>,
    /// Critical MW of the hall that can serve the offer at full build, at the class it must survive.
    pub hosting_max_mw: f64,
    /// Share of the load's heat that leaves by liquid.
    pub liquid_share: f64,
    /// Share of the hours with power and cooling at that load.
    pub availability: f64,
    /// Losses of power or cooling at that load, and how long one lasts on average.
    pub outages_per_year: f64,
    pub outage_hours: f64,
    /// Expected share of the rent credited back.
    pub sla_credit_share: f64,
    pub gross: GrossFactor,
}

/// Why an offer cannot be served by any hall; `None` when that is for the halls to say.
pub fn offer_refusal(site: &Site, offer: &Offer) -> Option<String> {
    let start = site.plan.start;
    if let Some(sign_by) = offer.sign_by
        && sign_by < start
        && offer.status != OfferStatus::Signed
    {
        return Some(format!(
            "{} had to be signed by {sign_by}, before the plan starts on {start}, and it is not signed; mark it as signed or agree a later date",
            offer.name
        ));
    }
    if let Some(latest) = offer.latest
        && latest < start
    {
        return Some(format!(
            "the rent of {} would have to start by {latest}, before the plan starts on {start}; agree a later start",
            offer.name
        ));
    }
    if !(offer.max_mw > 0.0) || offer.min_mw > offer.max_mw {
        return Some(format!(
            "{} asks for {} at least and {} at most; mend its minimum and maximum",
            offer.name,
            format::mw(offer.min_mw),
            format::mw(offer.max_mw)
        ));
    }
    if let Terms::GpuCloud { gpu_system, .. } = &offer.terms
        && !site.gpu_systems.iter().any(|system| system.id == *gpu_system)
    {
        return Some(format!(
            "{} names GPU system `{gpu_system}`, which is not in the file; add it or name another",
            offer.name
        ));
    }
    None
}

/// Whether a hall can serve an offer at full build.
///
/// # Errors
/// The reason in words: what is needed, what the hall gives, what would mend it.
pub fn pair(
    site: &Site,
    network: &Network,
    engineering: &Engineering,
    hall_id: &str,
    offer: &Offer,
) -> Result<Pair, String> {
    let (Some(node), Some(judged)) = (network.node(hall_id), engineering.hall(hall_id)) else {
        return Err(format!("there is no hall `{hall_id}`"));
    };
    let component = &site.components[node];
    let Some(hall) = component.hall() else { return Err(format!("{} is no hall", name_of(component))) };
    if !judged.is_judged {
        return Err(format!(
            "{} was not judged: the drawing is too large; draw identical parallel parts as one part with several units",
            name_of(component)
        ));
    }
    let demand_mw = if offer.is_bitcoin_hosting() {
        &engineering.mining_demand_mw
    } else {
        &engineering.hosting_demand_mw
    };
    let case = Case { site, network, judged, node, component, hall, offer, needs: &offer.needs, demand_mw };
    if offer.is_bitcoin_hosting() {
        case.check_fibre()?;
        case.judge(&case.mining()?)
    } else {
        case.check_convertible()?;
        case.check_fibre()?;
        case.judge(&case.hosting()?)
    }
}

/// What an offer would be served by.
struct Service {
    supply: Supply,
    /// Most IT power that the hall has room for.
    cap_mw: f64,
    /// What sets that, in words.
    cap_reason: String,
}

/// One hall and one offer.
struct Case<'a> {
    site: &'a Site,
    network: &'a Network,
    judged: &'a HallEngineering,
    node: usize,
    component: &'a Component,
    hall: &'a Hall,
    offer: &'a Offer,
    needs: &'a Needs,
    /// What all halls together ask of each component.
    demand_mw: &'a [f64],
}

impl Case<'_> {
    fn check_fibre(&self) -> Result<(), String> {
        let name = name_of(self.component);
        let metro_name = |id: &str| {
            self.site.component(id).map_or_else(|| id.to_owned(), |metro| name_of(metro).to_owned())
        };
        if let Some(latency) = &self.needs.latency {
            let metro = metro_name(&latency.metro);
            match self.judged.rtt_ms.get(&latency.metro) {
                None => {
                    return Err(format!(
                        "needs {} ms round trip to {metro}, which no fibre from {name} reaches; draw a route to it",
                        format::number(latency.rtt_ms, 2)
                    ));
                }
                Some(time) if *time > latency.rtt_ms => {
                    return Err(format!(
                        "needs {} ms round trip to {metro}, {name} has {} ms; a shorter route or a looser bound would mend it",
                        format::number(latency.rtt_ms, 2),
                        format::number(*time, 2)
                    ));
                }
                Some(_) => {}
            }
        }
        if self.needs.diverse_routes > 0 {
            // Towards the metro asked for; without one, towards whichever has most.
            let routes = match &self.needs.latency {
                Some(latency) => self.judged.diverse_routes.get(&latency.metro).copied(),
                None => self.judged.diverse_routes.values().copied().max(),
            };
            let routes = routes.unwrap_or(0);
            if routes < self.needs.diverse_routes {
                return Err(format!(
                    "needs {} diverse fibre routes, {name} has {routes}; draw another route that shares no trench with the others",
                    self.needs.diverse_routes
                ));
            }
        }
        Ok(())
    }

    fn mining(&self) -> Result<Service, String> {
        let shares: &[f64] = match self.needs.cooling {
            CoolingNeed::Air => &[0.0],
            CoolingNeed::Liquid => &[1.0],
            CoolingNeed::Either => &[0.0, 1.0],
        };
        let found = shares.iter().find_map(|share| mining_supply(self.site, self.network, self.node, *share));
        let Some((supply, _)) = found else {
            let name = name_of(self.component);
            return Err(if self.judged.has_mining_power_path {
                format!(
                    "{name} has no way to take away the heat of {} miners; link its {} side to a cooling device that serves mining",
                    cooling_word(self.needs.cooling),
                    cooling_word(self.needs.cooling)
                )
            } else {
                format!("no power for mining reaches {name}; link a part that serves mining to it")
            });
        };
        let cap_reason = "its critical IT power".to_owned();
        Ok(Service { supply, cap_mw: self.hall.critical_mw, cap_reason })
    }

    fn check_convertible(&self) -> Result<(), String> {
        let name = name_of(self.component);
        if self.hall.hosting_max_mw() <= 0.0 {
            return Err(format!("nothing of {name} may become hosting; raise its convertible share"));
        }
        if self.hall.fit_out.is_none() && self.hall.fitted_mw <= 0.0 {
            return Err(format!(
                "{name} has no fit-out to turn it into hosting; give it one with a price and a lead time"
            ));
        }
        Ok(())
    }

    fn hosting(&self) -> Result<Service, String> {
        let name = name_of(self.component);
        let (cooling, liquid_share, kw_per_rack) = self.racks()?;
        let Some(supply) = self.supply(liquid_share, Standing::FullBuild) else {
            return Err(format!("power or heat runs in a circle on the way to {name}; see the checks"));
        };
        if !has_power_path(self.site, &supply) {
            return Err(format!(
                "no protected power reaches {name}: no closed path of links that serve hosting leads from the grid to it; draw one, as it may be built"
            ));
        }
        if !has_heat_path(self.site, &supply) {
            return Err(format!(
                "{name} has no way to take away hosting's heat ({} % by liquid); link it to a powered device that rejects heat, with links that serve hosting",
                format::number(liquid_share * 100.0, 0)
            ));
        }
        let cap_mw = hosting_cap_mw(self.hall, cooling, kw_per_rack);
        let cap_reason = if rack_space_mw(self.hall, cooling, kw_per_rack) <= cap_mw {
            format!("its positions for racks of {} kW", format::number(kw_per_rack, 0))
        } else {
            "the share of it that may become hosting".to_owned()
        };
        Ok(Service { supply, cap_mw, cap_reason })
    }

    /// How the offer's racks are cooled here, the share of liquid, and their density.
    fn racks(&self) -> Result<(RackCooling, f64, f64), String> {
        let name = name_of(self.component);
        let system = match &self.offer.terms {
            Terms::GpuCloud { gpu_system, .. } => {
                self.site.gpu_systems.iter().find(|system| system.id == *gpu_system)
            }
            _ => None,
        };
        let fitted_share = hosting_liquid_share(self.site, self.network, self.node);
        let must_be_liquid = self.needs.cooling == CoolingNeed::Liquid
            || self.needs.cooling == CoolingNeed::Either
                && system.is_some_and(|system| system.liquid_share > 0.0);
        if must_be_liquid && fitted_share <= 0.0 {
            return Err(format!(
                "needs liquid cooling, the fit-out of {name} takes all heat by air; give the fit-out a liquid share and draw a CDU"
            ));
        }
        let (cooling, share) = match self.needs.cooling {
            CoolingNeed::Air => (RackCooling::Air, 0.0),
            _ if fitted_share > 0.0 => (RackCooling::Liquid, fitted_share),
            _ => (RackCooling::Air, 0.0),
        };
        let needed = self.needs.kw_per_rack.max(system.map_or(0.0, |system| system.kw_per_rack));
        let densest = densest_kw_per_rack(self.hall, cooling);
        if needed > densest {
            return Err(format!(
                "needs {} kW per rack, {name} serves {} kW by {}; a denser fit-out and row groups (or a floor that bears them) would mend it",
                format::number(needed, 0),
                format::number(densest, 0),
                cooling.word()
            ));
        }
        Ok((cooling, share, needed))
    }

    fn supply(&self, liquid_share: f64, standing: Standing) -> Option<Supply> {
        Supply::of(self.site, self.network, self.node, Port::Hosting, liquid_share, standing)
    }

    fn judge(&self, service: &Service) -> Result<Pair, String> {
        let Service { supply, cap_mw, cap_reason } = service;
        let name = name_of(self.component);
        let class = self.needs.survives;
        let Some(gross) = factor_of(self.site, supply) else {
            return Err(format!("{name} has power or cooling in no working order; see the checks"));
        };
        let Some((firm, limiting)) = firm_mw(self.site, supply, *cap_mw, class) else {
            return Err(format!(
                "{name} leans on too many parts to judge class {}; draw identical parallel parts as one part with several units",
                class.label()
            ));
        };
        if firm.of(class) < self.least_mw() {
            let limit = &limiting[class as usize];
            return Err(self.too_small(firm.of(class), if limit == OWN_SPACE { cap_reason } else { limit }));
        }
        let load_mw = self.most_available_mw(supply, firm.of(class))?;
        let found = availability(self.site, supply, load_mw, self.demand_mw)
            .map_err(|problem| with_hint(&problem))?;
        Ok(Pair {
            hall: self.component.id.clone(),
            offer: self.offer.id.clone(),
            requires: self.requires(supply, load_mw, *cap_mw),
            hosting_max_mw: load_mw,
            liquid_share: supply.liquid_share,
            availability: found.availability,
            outages_per_year: found.failures_per_year,
            outage_hours: found.mean_duration_hours(),
            sla_credit_share: expected_credit_share(
                found.failures_per_year,
                found.mean_duration_hours(),
                &self.offer.sla,
                &self.offer.sla_terms,
            ),
            gross,
        })
    }

    fn too_small(&self, carried_mw: f64, limit: &str) -> String {
        let name = name_of(self.component);
        let class = self.needs.survives;
        let needed =
            if self.offer.min_mw > 0.0 { format::mw(self.offer.min_mw) } else { "hosting".to_owned() };
        let carried = if carried_mw > 0.0 { format::mw(carried_mw) } else { "none".to_owned() };
        if class == FailureClass::N {
            format!(
                "needs {needed}, {name} carries {carried}, limited by {limit}; enlarge that or lower the offer's minimum"
            )
        } else {
            format!(
                "needs {needed} that survives class {}, {name} carries {carried} then, limited by {limit}; add a spare unit or a second path there",
                class.label()
            )
        }
    }

    /// The most MW at which the availability is met, among what each class of failure leaves: parts that are no
    /// reserve for one another at full load are at a smaller one.
    fn most_available_mw(&self, supply: &Supply, allowed_mw: f64) -> Result<f64, String> {
        let down_at = |load_mw| {
            unavailability(self.site, supply, load_mw, self.demand_mw).map_err(|problem| with_hint(&problem))
        };
        let down = down_at(allowed_mw)?;
        if 1.0 - down >= self.needs.availability {
            return Ok(allowed_mw);
        }
        if let Some((firm, _)) = firm_mw(self.site, supply, allowed_mw, FailureClass::Maintainable) {
            for load_mw in [firm.n_plus_1, firm.maintainable] {
                let is_smaller = load_mw < allowed_mw && load_mw >= self.least_mw();
                if is_smaller && 1.0 - down_at(load_mw)? >= self.needs.availability {
                    return Ok(load_mw);
                }
            }
        }
        Err(self.too_unavailable(supply, allowed_mw, down))
    }

    /// The offer's minimum; hosting below a kilowatt is none.
    fn least_mw(&self) -> f64 {
        self.offer.min_mw.max(1e-3)
    }

    fn too_unavailable(&self, supply: &Supply, load_mw: f64, down: f64) -> String {
        let worst = availability(self.site, supply, load_mw, self.demand_mw).ok().and_then(|found| {
            let worst = found.causes.into_iter().next()?;
            Some(format!(
                "; {} of the lost hours come from {}: {} would help most",
                format::percent(worst.fussell_vesely),
                worst.cause.words(self.site),
                match worst.cause {
                    Cause::Part(_) | Cause::Transfer(_) => "a spare unit or a second path there",
                    Cause::Common(_) | Cause::CommonDemand(_) => "a reserve of another make or kind there",
                }
            ))
        });
        let decimals = nines_decimals(self.needs.availability).max(nines_decimals(1.0 - down));
        let text = |share: f64| format!("{} %", format::number(share * 100.0, decimals));
        format!(
            "needs an availability of {}, {} gives {}{}",
            text(self.needs.availability),
            name_of(self.component),
            text(1.0 - down),
            worst.unwrap_or_default()
        )
    }

    /// Planned parts on the hall's supply without which the offer's needs would not be met.
    fn requires(&self, supply: &Supply, load_mw: f64, cap_mw: f64) -> Vec<ComponentId> {
        let mut planned: Vec<usize> = supply
            .nodes
            .iter()
            .copied()
            .filter(|node| self.site.components[*node].planned().is_some())
            .collect();
        planned.sort_unstable();
        planned
            .into_iter()
            .filter(|part| !self.works_without(*part, supply, load_mw, cap_mw))
            .map(|part| self.site.components[part].id.clone())
            .collect()
    }

    fn works_without(&self, part: usize, supply: &Supply, load_mw: f64, cap_mw: f64) -> bool {
        let (port, standing) = if self.offer.is_bitcoin_hosting() {
            (Port::Mining, Standing::DrawnWithout(part))
        } else {
            (Port::Hosting, Standing::FullBuildWithout(part))
        };
        let Some(rest) = Supply::of(self.site, self.network, self.node, port, supply.liquid_share, standing)
        else {
            return false;
        };
        if factor_of(self.site, &rest).is_none() {
            return false;
        }
        let class = self.needs.survives;
        let Some((firm, _)) = firm_mw(self.site, &rest, cap_mw, class) else { return false };
        let left = firm.of(class).min(load_mw);
        if left < self.least_mw() {
            return false;
        }
        unavailability(self.site, &rest, left, self.demand_mw)
            .is_ok_and(|down| 1.0 - down >= self.needs.availability)
    }
}

fn with_hint(problem: &Problem) -> String {
    format!("{}; {}", problem.message, problem.hint)
}

fn cooling_word(cooling: CoolingNeed) -> &'static str {
    match cooling {
        CoolingNeed::Air => "air",
        CoolingNeed::Liquid => "liquid",
        CoolingNeed::Either => "air or liquid",
    }
}

/// Decimals of a percentage that show what follows its nines: two for 99.9 %, three for 99.982 %.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a range that usize holds"
)]
fn nines_decimals(share: f64) -> usize {
    let nines = -libm::log10((1.0 - share).max(1e-12));
    (nines.ceil() - 1.0).clamp(2.0, 9.0) as usize
}

#[cfg(test)]
mod tests;
